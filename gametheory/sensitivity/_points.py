"""Equilibria of a model at many points of its parameter space: compiled for all of them, exact for those on a knife edge.

The stacked solvers answer in floating point and flag every point that comes within tolerance of a tie. Those points, usually
a handful, can be solved again at their exact parameter values. Both ways are here behind one object, so that sweeps and
phase diagrams differ only in which points they ask for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from gametheory.equilibria.outcomes import OutcomeFunctional
from gametheory.errors import TooLarge, Unsupported, unknown
from gametheory.games.extensive import ExtensiveGame
from gametheory.solvers import stacked, stacked_trees
from gametheory.solvers.nash import nash_equilibria
from gametheory.solvers.stacked import Booleans, Floats, Integers
from gametheory.solvers.stages import stages
from gametheory.solvers.subgame_perfect import subgame_perfect_equilibria

if TYPE_CHECKING:
    from gametheory.equilibria.result import EquilibriumSet
    from gametheory.parameters.model import Model

__all__ = ["Move", "PointSolver", "Rows", "moves", "resolve_concept"]

CONCEPTS = ("nash", "subgame_perfect")


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """One row for each equilibrium at each point, sorted by point."""

    point: Integers
    values: Floats  # (R, K): the outcomes asked for
    behaviour: Floats | None  # (R, M): probability of each move
    tied: Booleans  # (B,)
    degenerate: Booleans  # (B,)
    complete: Booleans  # (B,)

    @property
    def start(self) -> Integers:
        """Rows of point `b` are ``start[b]`` to ``start[b + 1]``."""
        return np.searchsorted(self.point, np.arange(len(self.complete) + 1)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Move:
    """What one column of behaviour is the probability of."""

    player: str
    infoset: str
    action: str

    def __str__(self) -> str:
        return (
            f"{self.player}: {self.infoset}: {self.action}"
            if self.infoset
            else f"{self.player}: {self.action}"
        )


def moves(game: Any) -> tuple[Move, ...]:
    """The columns of behaviour: every action of every information set, or every strategy, in the order of the game."""
    if isinstance(game, ExtensiveGame):
        return tuple(
            Move(game.players[infoset.player], infoset.label, action)
            for infoset in game.infosets
            for action in infoset.actions
        )
    return tuple(
        Move(player, "", strategy)
        for player, strategies in zip(game.players, game.strategies, strict=True)
        for strategy in strategies
    )


def resolve_concept(game: Any, concept: str | None) -> str:
    """Return the solution concept by its one name: subgame perfection for trees and Nash for tables by default."""
    natural = "subgame_perfect" if isinstance(game, ExtensiveGame) else "nash"
    if concept is None:
        return natural
    name = str(concept).strip().casefold().replace("-", "_").replace(" ", "_")
    if name not in CONCEPTS:
        raise unknown("concept", concept, CONCEPTS)
    if name != natural:
        what, other = (
            ("a tree", "a normal form") if natural == "subgame_perfect" else ("a normal form", "a tree")
        )
        raise Unsupported(
            f"the model is {what}, which is solved here for concept={natural!r}; {name!r} needs the model as {other} "
            "(gametheory.strategic_form turns a tree into a normal form)"
        )
    return natural


class PointSolver:
    """Solves one model at any number of points.

    Parameters
    ----------
    model : Model
    concept : str
        As :func:`resolve_concept` returns it.
    functionals : sequence of OutcomeFunctional
        The outcomes whose values every row carries.
    fixed : mapping of str to Fraction
        Values of the parameters that no point gives.
    behaviour : bool
        Whether rows carry the probability of each move.
    """

    def __init__(
        self,
        model: Model,
        concept: str,
        functionals: Sequence[OutcomeFunctional],
        fixed: Mapping[str, Fraction],
        behaviour: bool = False,
    ) -> None:
        self.model, self.concept, self.functionals = model, concept, tuple(functionals)
        self.fixed, self.behaviour = dict(fixed), behaviour
        self._weighted = [k for k, f in enumerate(self.functionals) if f.kind != "payoff"]
        self._stages = stages(model.game) if isinstance(model.game, ExtensiveGame) else ()
        weights = [np.asarray(self.functionals[k].weights, dtype=np.float64).ravel() for k in self._weighted]
        self._weights = np.array(weights).reshape(len(weights), model.game.payoffs[0].size)

    @property
    def chunk(self) -> int:
        """Points to solve at once: enough to amortise calls, few enough to stay in the processor's cache."""
        columns = len(self.model.game.players) + len(self._weighted)
        return int(np.clip(2**24 // (8 * self.model.game.payoffs[0].size * columns), 64, 8192))

    def solve(self, points: Mapping[str, Floats]) -> Rows:
        """Solve at points given as one array a parameter, in floating point."""
        given = {name: float(value) for name, value in self.fixed.items()} | dict(points)
        try:
            game = self.model.game
            return self._tree(game, given) if isinstance(game, ExtensiveGame) else self._table(given)
        except TooLarge:
            size = len(next(iter(points.values()), ()))
            if size < 2:
                raise
        # Too many combinations of equilibria at once: half the points need half the memory.
        halves = [slice(0, size // 2), slice(size // 2, size)]
        first, second = (
            self.solve({name: values[half] for name, values in points.items()}) for half in halves
        )
        behaviour = None
        if first.behaviour is not None and second.behaviour is not None:
            behaviour = np.concatenate([first.behaviour, second.behaviour])
        return Rows(
            np.concatenate([first.point, second.point + size // 2]),
            np.concatenate([first.values, second.values]),
            behaviour,
            np.concatenate([first.tied, second.tied]),
            np.concatenate([first.degenerate, second.degenerate]),
            np.concatenate([first.complete, second.complete]),
        )

    def exact(self, values: Mapping[str, Fraction]) -> EquilibriumSet:
        """Solve at one point in exact arithmetic."""
        game = self.model.at(self.fixed | dict(values))
        return subgame_perfect_equilibria(game) if isinstance(game, ExtensiveGame) else nash_equilibria(game)

    def _tree(self, game: ExtensiveGame, points: Mapping[str, Any]) -> Rows:
        found = stacked_trees.subgame_perfect(
            game,
            self.model.payoffs(points),
            self.model.chance(points),
            self._weights,
            behaviour=self.behaviour,
            stages=self._stages,
        )
        values = self._values(found.payoffs, found.outcomes)
        return Rows(found.point, values, found.behaviour, found.tied, found.degenerate, found.complete)

    def _table(self, points: Mapping[str, Any]) -> Rows:
        found = stacked.nash_equilibria(self.model.payoffs(points), settle=False)
        joint = np.ones((len(found), 1))
        for strategy in found.strategies:
            joint = (joint[:, :, None] * strategy[:, None, :]).reshape(len(found), -1)
        behaviour = np.concatenate(found.strategies, axis=1) if self.behaviour else None
        values = self._values(found.payoffs, joint @ self._weights.T)
        return Rows(found.game, values, behaviour, found.tied, found.degenerate, found.complete)

    def _values(self, payoffs: Floats, weighted: Floats) -> Floats:
        """Put the outcomes in the order asked for; payoffs differ from point to point and come from the solver."""
        values = np.empty((len(payoffs), len(self.functionals)))
        if len(self._weights):
            # An expectation lies between the values it is of: a probability does not exceed one by a rounding error.
            weighted = np.clip(weighted, self._weights.min(axis=1), self._weights.max(axis=1))
        values[:, self._weighted] = weighted
        for k, functional in enumerate(self.functionals):
            if functional.kind == "payoff":
                values[:, k] = payoffs[:, functional.player]
        return values
