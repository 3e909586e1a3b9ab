r"""Who is indifferent at a threshold, as a condition in all parameters.

A pure equilibrium that exists on one side of a breakpoint only is lost through a deviation whose gain passes
zero there. In a tree it is enough to look at one action changed at one information set, valued in the
smallest proper subgame around it (the one-deviation principle, Blackwell 1965; Hendon, Jacobsen and Sloth
1996). Each such gain is a rational function of *all* parameters: set to zero it is the condition for the
threshold, and where the free parameter enters linearly it can be solved for it.

References
----------
.. [1] D. Blackwell, "Discounted dynamic programming", *Annals of Mathematical Statistics* 36 (1965), 226-235.
.. [2] E. Hendon, H. J. Jacobsen and B. Sloth, "The one-shot-deviation principle for sequential rationality",
   *Games and Economic Behavior* 12 (1996), 274-282.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gametheory import scalars
from gametheory.games.extensive import ExtensiveGame
from gametheory.sensitivity import _cells
from gametheory.sensitivity.arrangement import tidy

if TYPE_CHECKING:
    from gametheory.equilibria.result import Equilibrium, EquilibriumSet
    from gametheory.games.normal_form import NormalFormGame

__all__ = ["Indifference", "indifferences"]


@dataclass(frozen=True, slots=True)
class Indifference:
    """A choice that turns at a threshold.

    Attributes
    ----------
    player : str
    infoset : str
        Label of the information set; empty in a strategic form.
    action, instead : str
        The two actions between which the player is indifferent.
    difference : sympy.Expr
        What `action` is worth more than `instead`, in all parameters, as it comes from the payoffs; zero at the threshold.
    name : str
        The free parameter.
    """

    player: str
    infoset: str
    action: str
    instead: str
    difference: Any
    name: str

    @property
    def gain(self) -> Any:
        """What `action` is worth more than `instead`, tidied; a common denominator is left out."""
        return tidy(_numerator(self.difference))

    @property
    def threshold(self) -> Any | None:
        """The free parameter where the player is indifferent, in the others; None unless it enters linearly."""
        return _solved(self.difference, self.name)

    def __str__(self) -> str:
        place = f" [{self.infoset}]" if self.infoset else ""
        formula = f"{self.name} = {self.threshold}" if self.threshold is not None else f"{self.gain} = 0"
        return f"{self.player}{place}: {self.action} or {self.instead}, where {formula}"

    def to_latex(self) -> str:
        """The condition in LaTeX, without dollar signs."""
        if self.threshold is not None:
            return f"{scalars.to_latex(scalars.symbol(self.name))} = {scalars.to_latex(self.threshold)}"
        return f"{scalars.to_latex(self.gain)} = 0"


@cache
def _numerator(expression: Any) -> Any:
    import sympy

    return sympy.expand(sympy.fraction(sympy.together(expression))[0])


@cache
def _solved(expression: Any, name: str) -> Any | None:
    """The root of an expression in one of its symbols, if it is linear in it."""
    import sympy

    symbol = scalars.symbol(name)
    polynomial = sympy.Poly(_numerator(expression), symbol)
    if polynomial.degree() != 1:
        return None
    slope, constant = polynomial.all_coeffs()
    return tidy(-constant / slope)


def indifferences(
    game: ExtensiveGame | NormalFormGame,
    name: str,
    fixed: Mapping[str, Fraction],
    value: _cells.Number,
    sides: tuple[EquilibriumSet, EquilibriumSet],
    over: tuple[Fraction, Fraction],
) -> tuple[Indifference, ...]:
    """The choices that turn at a breakpoint.

    Parameters
    ----------
    game : ExtensiveGame or NormalFormGame
    name : str
        The free parameter.
    fixed : mapping of str to Fraction
        The other parameters.
    value : Fraction or RealAlgebraic
        The breakpoint.
    sides : pair of EquilibriumSet
        The equilibria below and above it.
    over : (low, high)
        An interval around it.

    Returns
    -------
    tuple of Indifference
        Empty where only mixed equilibria come or go.
    """
    chosen = [{_choices(equilibrium): None for equilibrium in side if equilibrium.is_pure} for side in sides]
    found: dict[Any, Indifference] = {}
    for here, there in (chosen, reversed(chosen)):
        for choices in here:
            if choices in there:
                continue
            candidates = list(_deviations(game, choices))
            gains = np.array([gain for *_, gain in candidates], dtype=object)
            curves = _cells.Curves((gains,), name, fixed, *over, lambda *_: "a gain from deviating")
            (worth,) = curves.at_point(value)
            for k, (player, infoset, action, instead, gain) in enumerate(candidates):
                numerator, _ = curves.arrays[0][k]
                if worth[k] == 0 and numerator != 0:
                    # The same indifference is met from both sides, with the two actions exchanged.
                    turn = Indifference(player, infoset, action, instead, gain, name)
                    key = (player, infoset, frozenset((action, instead)), _monic(numerator))
                    found.setdefault(key, turn)
    return tuple(found.values())


def _monic(polynomial: Any) -> str:
    return str(polynomial / polynomial.leading_coefficient())


def _choices(equilibrium: Equilibrium) -> tuple[int, ...]:
    """A pure profile as the position of the action at each information set, or of each player's strategy."""
    return tuple(next(k for k, p in enumerate(vector) if p != 0) for vector in equilibrium.profile.arrays)


def _deviations(
    game: ExtensiveGame | NormalFormGame, choices: Sequence[int]
) -> Iterator[tuple[str, str, str, str, Any]]:
    """Each change of one choice: player, information set, action, the other action, what the first is worth more."""
    return (
        _tree_deviations(game, choices)
        if isinstance(game, ExtensiveGame)
        else _table_deviations(game, choices)
    )


def _table_deviations(
    game: NormalFormGame, choices: Sequence[int]
) -> Iterator[tuple[str, str, str, str, Any]]:
    for i, player in enumerate(game.players):
        own = game.payoffs[i][(*choices[:i], slice(None), *choices[i + 1 :])]
        names = game.strategies[i]
        for k, name in enumerate(names):
            if k != choices[i]:
                yield player, "", names[choices[i]], name, own[choices[i]] - own[k]


def _tree_deviations(game: ExtensiveGame, choices: Sequence[int]) -> Iterator[tuple[str, str, str, str, Any]]:
    roots = set(game.subgame_roots())
    column = {int(node): k for k, node in enumerate(game.terminals)}
    for h, infoset in enumerate(game.infosets):
        start = infoset.nodes[0]
        while start not in roots or not all(
            start <= node < game.subtree_end[start] for node in infoset.nodes
        ):
            start = int(game.parent[start])
        worth = [
            _value(game, [*choices[:h], k, *choices[h + 1 :]], start, infoset.player, column)
            for k in range(len(infoset.actions))
        ]
        for k, action in enumerate(infoset.actions):
            if k != choices[h]:
                player = game.players[infoset.player]
                yield player, infoset.label, infoset.actions[choices[h]], action, worth[choices[h]] - worth[k]


def _value(
    game: ExtensiveGame, choices: Sequence[int], start: int, player: int, column: Mapping[int, int]
) -> Any:
    """A player's expected payoff from a pure profile in the subgame at `start`, in all parameters."""
    total: Any = Fraction(0) if game.domain != "parametric" else 0
    waiting: list[tuple[int, Any]] = [(start, 1)]
    while waiting:
        node, weight = waiting.pop()
        if node in column:
            total = total + weight * game.payoffs[player, column[node]]
        elif game.kind[node] == 1:
            waiting.append((game.children[node][choices[int(game.infoset[node])]], weight))
        else:
            waiting.extend((child, weight * game.chance_probability[child]) for child in game.children[node])
    return total
