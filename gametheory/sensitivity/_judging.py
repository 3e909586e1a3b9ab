"""Closed forms of equilibria judged as numbers, at one value of the parameter.

A solver that computes with functions has proved that nobody gains on a whole interval. That is checked again at a sample, by judges that
know nothing of functions: for rational numbers and for square roots of them in exact arithmetic, in trees with square roots up to
rounding errors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from flint import fmpq

from gametheory.equilibria import nash
from gametheory.equilibria.result import judge_nash, judge_subgame_perfect
from gametheory.errors import GameTheoryError
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame
from gametheory.games.profiles import BehaviourProfile, MixedProfile
from gametheory.sensitivity._cells import Solution
from gametheory.solvers.algebraic import to_fraction
from gametheory.solvers.nash import to_exact
from gametheory.solvers.surds import constant

__all__ = ["judge_at_sample"]


def judge_at_sample(game: NormalFormGame | ExtensiveGame, solution: Solution) -> list[int | None]:
    """The index of each equilibrium, after its judgement.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
        At the sample of the solution's cell.
    solution : Solution
        In functions of the parameter.

    Raises
    ------
    GameTheoryError
        If a profile is no equilibrium: a fault of the solver, never of the user.
    """
    indices: list[int | None] = []
    for k, profile in enumerate(solution.profiles):
        vectors = [[constant(number) for number in vector] for vector in profile]
        exact = all(isinstance(number, fmpq) for vector in vectors for number in vector)
        if isinstance(game, ExtensiveGame):
            number: Callable[[Any], Any] = to_fraction if exact else _as_float
            behaviour = BehaviourProfile.from_arrays(game, [[number(p) for p in v] for v in vectors])
            indices.append(judge_subgame_perfect(game, behaviour).index)
        elif exact:
            mixed = MixedProfile.from_arrays(game, [[to_fraction(p) for p in v] for v in vectors])
            indices.append(judge_nash(game, mixed).index)
        else:
            _refuse_gains(to_exact(game.payoffs), vectors)
            indices.append(solution.regular[k])
    return indices


def _as_float(number: Any) -> float:
    return float(to_fraction(number)) if isinstance(number, fmpq) else float(number)


def _refuse_gains(payoffs: np.ndarray[Any, Any], vectors: list[list[Any]]) -> None:
    mixed = []
    for vector in vectors:
        entries = np.empty(len(vector), dtype=object)
        entries[:] = vector
        mixed.append(entries)
    replies = nash.best_replies_array(payoffs, mixed)
    for entries, best in zip(mixed, replies, strict=True):
        if not set(nash.support_array(entries)) <= set(best):
            raise GameTheoryError("internal error: a solution is no equilibrium. Please report this game.")
