"""Other people's solvers, asked for all they find; what each of them speaks is spoken in this file only."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

Equilibria = set[tuple[tuple[Fraction, ...], ...]]


def gambit(*payoffs: Any, method: str = "enummixed") -> Equilibria:
    """Return Gambit's equilibria of a game of integers, one array a player: ``enummixed`` (extreme ones) or ``enumpure``."""
    pygambit = pytest.importorskip("pygambit", minversion="17.0.0b2")
    game = pygambit.StrategicGame.from_arrays(*payoffs)
    options = {"rational": True} if method == "enummixed" else {}
    result = getattr(pygambit.nash, f"{method}_solve")(game, **options)
    return {
        tuple(tuple(Fraction(int(p.numerator), int(p.denominator)) for _, p in mixed) for mixed in profile)
        for profile in result.equilibria
    }


def gambit_undominated(*payoffs: Any, strict: bool) -> list[tuple[str, ...]]:
    """What Gambit leaves, by player, when strategies dominated by other pure strategies are eliminated round by round."""
    pygambit = pytest.importorskip("pygambit", minversion="17.0.0b2")
    profile = pygambit.StrategicGame.from_arrays(*payoffs).strategy_support_profile()
    while True:
        smaller = pygambit.supports.undominated_strategies_solve(profile, strict=strict)
        if list(smaller) == list(profile):
            return [tuple(names) for names in profile]
        profile = smaller
