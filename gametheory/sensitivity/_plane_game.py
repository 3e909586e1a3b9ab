"""A model as a game over the functions of two parameters: payoffs and chance probabilities read, checked, and solved anywhere."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from gametheory import scalars
from gametheory.equilibria.outcomes import OutcomeFunctional, default_outcomes, parse_outcome
from gametheory.errors import ParameterError
from gametheory.games.conversion import strategic_form
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame
from gametheory.parameters.model import Model
from gametheory.sensitivity._cells import Solution
from gametheory.sensitivity._plane_polynomials import Plane, PlanePolynomial
from gametheory.sensitivity.threshold_map import Concept
from gametheory.solvers.algebraic import RealAlgebraic, rational_between
from gametheory.solvers.fields import SampleNotGeneric
from gametheory.solvers.function_fields import PointCell, PointGerm
from gametheory.solvers.nash import solve_table
from gametheory.solvers.rational_functions import RationalFunction
from gametheory.solvers.stages import stages
from gametheory.solvers.subgame_perfect import solve_tree

__all__ = ["PlaneGame"]


class PlaneGame:
    """The payoffs and chance probabilities of a model as functions of two parameters.

    Parameters
    ----------
    model : Model
    x, y : str
        The free parameters.
    fixed : mapping of str to Fraction
        The others.
    plane : Plane
    concept : {"nash", "subgame_perfect"}

    Raises
    ------
    ParameterError
        If a payoff or probability divides by zero somewhere in the rectangle, or is a float.
    """

    def __init__(
        self, model: Model, x: str, y: str, fixed: Mapping[str, Fraction], plane: Plane, concept: Concept
    ) -> None:
        self.model, self.x, self.y, self.fixed, self.plane, self.concept = model, x, y, fixed, plane, concept
        game = model.game
        if concept == "nash" and isinstance(game, ExtensiveGame):
            game = strategic_form(game)
        #: The game that is solved; the strategic form of a tree of which the Nash equilibria are asked for.
        self.game: NormalFormGame | ExtensiveGame = game
        #: The tree of the model, whose chance probabilities must not be negative, also in its strategic form.
        self.tree = model.game if isinstance(model.game, ExtensiveGame) else None
        self.parts = stages(game) if isinstance(game, ExtensiveGame) else ()
        arrays = (game.payoffs,) if self.tree is None else (game.payoffs, self.tree.chance_probability)
        self._known: dict[Any, RationalFunction] = {}
        self.arrays = [self._read(a, values) for a, values in enumerate(arrays)]

    # -- reading -------------------------------------------------------------------------------------------------------------
    def _read(self, array: int, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        functions = np.empty(values.shape, dtype=object)
        for index, value in np.ndenumerate(values):
            if isinstance(value, float):
                raise ParameterError(
                    f"{self._entry(array, index)} is the float {value}; an equilibrium map is exact and needs exact numbers."
                )
            if value not in self._known:
                self._known[value] = self._function(value, array, index)
            functions[index] = self._known[value]
        return functions

    def _function(self, value: Any, array: int, index: tuple[int, ...]) -> RationalFunction:
        """One entry, if it is defined on all of the rectangle."""
        x, y = (rational_between(*ends) for ends in (self.plane.x_range, self.plane.y_range))
        while True:
            cell = PointCell(self.plane.ring, {self.x: x, self.y: y})
            numbers: dict[str, Any] = {
                name: cell.constant(self.fixed[name]) if name in self.fixed else cell.variable(name)
                for name in scalars.names(value)
            }
            try:
                germ = scalars.evaluate(value, numbers, cell.constant)
                break
            except SampleNotGeneric:
                x, y = rational_between(self.plane.x_range[0], x), y + (self.plane.y_range[1] - y) / 3
            except ZeroDivisionError:
                raise ParameterError(
                    f"{self._entry(array, index)}, which is {value}, divides by zero for all values of {self.x} and {self.y}."
                ) from None
        # All divisors, also those that cancel: the model has no payoff where one of them is zero.
        for key in cell.decisions:
            for factor in self.plane.factors(key):
                where = _zero(self.plane, factor)
                if where is not None:
                    raise ParameterError(
                        f"{self._entry(array, index)}, which is {value}, divides by zero at {self.x} = {_shown(where[0])}, "
                        f"{self.y} = {_shown(where[1])}; give ranges without that in over={{...}}."
                    )
        return RationalFunction(germ.numerator, germ.denominator)

    def _entry(self, array: int, index: tuple[int, ...]) -> str:
        game = self.game
        if array == 1 and self.tree is not None:
            return f"the probability of {self.tree.path(index[0])}"
        if isinstance(game, NormalFormGame):
            profile = ", ".join(names[k] for names, k in zip(game.strategies, index[1:], strict=True))
            return f"the payoff of {game.players[index[0]]} at ({profile})"
        return f"the payoff of {game.players[index[0]]} at {game.path(int(game.terminals[index[1]]))}"

    # -- solving -------------------------------------------------------------------------------------------------------------
    def solve(self, cell: PointCell) -> Solution:
        """Solve the game over the functions ordered at a point."""
        payoffs, *chance = (self._at(functions, cell) for functions in self.arrays)
        if self.tree is not None:
            self._check(chance[0], cell)
        game = self.game
        if isinstance(game, NormalFormGame):
            # Closed forms of mixed equilibria of three and more players would be irrational: pure ones only.
            table = solve_table(payoffs, max_boxes=0)
            values = tuple(tuple(_mean(own, profile) for own in payoffs) for profile in table.profiles)
            return Solution(
                table.profiles, values, table.continuum, table.components, table.complete, table.method, table.reason
            )  # fmt: skip
        tree = solve_tree(game, payoffs, chance[0], parts=self.parts, max_boxes=0)
        return Solution(
            tree.profiles, tree.payoffs, tree.continuum, (), tree.complete, "backward induction over stages", tree.reason
        )  # fmt: skip

    def _at(self, functions: np.ndarray[Any, Any], cell: PointCell) -> np.ndarray[Any, Any]:
        numbers = np.empty(functions.shape, dtype=object)
        made: dict[int, PointGerm] = {}
        for index, function in np.ndenumerate(functions):
            if id(function) not in made:
                made[id(function)] = cell.germ(function)
            numbers[index] = made[id(function)]
        return numbers

    def _check(self, chance: np.ndarray[Any, Any], cell: PointCell) -> None:
        """Refuse chance probabilities that are negative here."""
        assert self.tree is not None
        for node in range(1, self.tree.n_nodes):
            if self.tree.kind[self.tree.parent[node]] == 2 and chance[node] < 0:
                at = ", ".join(f"{name} = {_shown(value)}" for name, value in cell.sample.items())
                raise ParameterError(
                    f"the probability of {self.tree.path(node)}, which is {self.tree.chance_probability[node]}, is negative in "
                    f"part of the rectangle, as at {at}; give ranges without that in over={{...}}."
                )

    # -- outcomes ------------------------------------------------------------------------------------------------------------
    def functionals(self) -> dict[str, OutcomeFunctional]:
        """The outcomes whose values are functions of the parameters."""
        if self.game is not self.model.game:
            # The strategic form of a tree has plans for strategies, so the outcomes of the tree do not fit it.
            return {name: parse_outcome(name, self.game) for name in default_outcomes(self.game)}
        return {name: f for name, f in self.model.outcomes.items() if isinstance(f, OutcomeFunctional)}

    def outcomes(self, solution: Solution, cell: PointCell) -> dict[str, tuple[Any, ...]]:
        """Every outcome in every equilibrium, as functions."""
        weights = [self._distribution(profile, cell) for profile in solution.profiles]
        return {
            name: self._values(outcome, solution, weights, cell)
            for name, outcome in self.functionals().items()
        }

    def values(self, solution: Solution, cell: PointCell, outcome: OutcomeFunctional) -> tuple[Any, ...]:
        """One outcome in every equilibrium, as functions."""
        weights = [self._distribution(profile, cell) for profile in solution.profiles]
        return self._values(outcome, solution, weights, cell)

    def _values(
        self,
        outcome: OutcomeFunctional,
        solution: Solution,
        distributions: list[np.ndarray[Any, Any]],
        cell: PointCell,
    ) -> tuple[Any, ...]:
        if outcome.kind == "payoff" and outcome.player is not None:
            return tuple(payoffs[outcome.player] for payoffs in solution.payoffs)
        zero = cell.constant(0)
        return tuple(sum((p for p in weights[outcome.weights]), start=zero) for weights in distributions)

    def _distribution(self, profile: tuple[tuple[Any, ...], ...], cell: PointCell) -> np.ndarray[Any, Any]:
        """Probabilities of the ends of the game."""
        game = self.game
        if isinstance(game, NormalFormGame):
            result = np.array(cell.constant(1), dtype=object)
            for vector in profile:
                result = np.multiply.outer(result, np.array(vector, dtype=object))
            return result
        chance = self._at(self.arrays[1], cell)
        reached: list[Any] = [cell.constant(1)] + [cell.constant(0)] * (game.n_nodes - 1)
        for node in range(1, game.n_nodes):
            above = int(game.parent[node])
            infoset = int(game.infoset[above])
            edge = chance[node] if infoset < 0 else profile[infoset][int(game.action[node])]
            reached[node] = reached[above] * edge
        ends = np.empty(len(game.terminals), dtype=object)
        for k, node in enumerate(game.terminals):
            ends[k] = reached[node]
        return ends


def _mean(table: np.ndarray[Any, Any], profile: tuple[tuple[Any, ...], ...]) -> Any:
    """The expectation of a payoff table under a mixed profile."""
    value: Any = table
    for vector in reversed(profile):
        value = np.tensordot(value, np.array(vector, dtype=object), axes=([-1], [0]))
    return value.item() if isinstance(value, np.ndarray) else value


def _shown(value: Fraction | RealAlgebraic) -> str:
    return scalars.to_text(value) if isinstance(value, Fraction) else f"about {float(value):.6g}"


def _zero(plane: Plane, factor: PlanePolynomial) -> tuple[Any, Any] | None:
    """A point of the closed rectangle at which a polynomial is zero; None if there is none."""
    if plane.one_sign(factor):
        return None
    for side in plane.x_range:
        for y in _line_roots(plane, factor, side):
            return side, y
    for border in plane.y_range:
        for x in _roots_in(factor.line_across(border), plane.x_range):
            return x, border
    if factor.vertical:
        for x in plane.lines(factor):
            return x, plane.y_range[0]
        return None
    # A curve that does not meet the border is closed; it begins and ends where its branches meet.
    events = sorted({*plane.folds(factor), *plane.poles(factor)})
    low, high = plane.x_range
    for a, b in _pairs([low, *events, high]):
        sample = rational_between(a, b)
        for y in _line_roots(plane, factor, sample):
            return sample, y
    # What is left are single points, at which two branches meet that are not real elsewhere.
    for x in events:
        for y in _isolated(plane, factor, x):
            return x, y
    return None


def _pairs(values: list[Any]) -> Iterator[tuple[Any, Any]]:
    return itertools.pairwise(values)


def _roots_in(line: tuple[int, ...], ends: tuple[Fraction, Fraction]) -> list[Any]:
    from gametheory.sensitivity._plane_polynomials import roots_of

    if not line:
        return [ends[0]]
    return [root for root in roots_of(line) if ends[0] <= root <= ends[1]]


def _line_roots(plane: Plane, factor: PlanePolynomial, x: Fraction) -> list[Any]:
    return _roots_in(factor.line(x), plane.y_range)


def _isolated(plane: Plane, factor: PlanePolynomial, x: Fraction | RealAlgebraic) -> list[Any]:
    """Values of y in range at which a polynomial is zero on a vertical line; at an irrational x those at which it cannot be told
    from zero with a thousand digits.
    """
    from gametheory.sensitivity._heights import Height

    low, high = plane.y_range
    found = [y for y in Height.candidates(plane, factor, x) if low <= y <= high]
    if isinstance(x, Fraction):
        return found
    return [y for y in found if _contains_zero(factor, x, y)]


def _contains_zero(factor: PlanePolynomial, x: RealAlgebraic, y: Fraction | RealAlgebraic) -> bool:
    import flint

    with flint.ctx.workprec(3400):
        at = x.ball(3400)
        up = y.ball(3400) if isinstance(y, RealAlgebraic) else flint.arb(y.numerator) / y.denominator
        value = flint.arb(0)
        for (i, j), c in factor.key:
            value += flint.arb(c) * at**i * up**j
        return bool(value.contains(0))
