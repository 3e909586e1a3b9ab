r"""Exact thresholds: every equilibrium for every value of one parameter.

One parameter is free over an interval, the others are fixed at exact values. The interval falls into finitely
many *breakpoints* and open intervals between them; on each of these the equilibria are given by fixed
rational functions of the parameter. Both are found exactly, with no grid and no tolerance; see
:mod:`gametheory.sensitivity._cells` for how, and why nothing is missed.

The map is *complete* (every equilibrium on every interval, extreme ones where there is a continuum) for games
of two players, of three players with two strategies each, and for trees with such stages; and of more players or
strategies where dominance discards all other supports. Where three players mix, probabilities have square roots of functions of the
parameter. Otherwise, ``complete`` is False and ``reason`` names what is left open.

References
----------
.. [1] S. Basu, R. Pollack and M.-F. Roy, *Algorithms in Real Algebraic Geometry*, 2nd ed., Springer, 2006.
.. [2] D. Avis, G. Rosenberg, R. Savani and B. von Stengel, "Enumeration of Nash equilibria for two-player
   games", *Economic Theory* 42 (2010), 9-37.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np

from gametheory import scalars
from gametheory.equilibria.outcomes import OutcomeFunctional
from gametheory.equilibria.result import (
    Component,
    Equilibrium,
    EquilibriumSet,
)
from gametheory.errors import ParameterError, unknown
from gametheory.games.conversion import strategic_form
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame
from gametheory.games.profiles import BehaviourProfile, MixedProfile
from gametheory.parameters.model import Model
from gametheory.sensitivity import _cells
from gametheory.sensitivity._indifference import Indifference, indifferences
from gametheory.sensitivity._judging import judge_at_sample
from gametheory.sensitivity._points import resolve_concept
from gametheory.sensitivity.threshold_map import (
    Breakpoint,
    Concept,
    Interval,
    Thresholds,
    portable,
    solve_numbers,
    surface,
)
from gametheory.solvers.nash import solve_table
from gametheory.solvers.stages import stages
from gametheory.solvers.subgame_perfect import solve_tree
from gametheory.solvers.surds import Surd

__all__ = ["Breakpoint", "Interval", "Thresholds", "concept_for", "thresholds"]

#: How long the numeric solver may look at one breakpoint at which a support is left open; well under a second.
_MAX_BOXES = 20_000


# ---------------------------------------------------------------------------------------------------------------------
# Finding them
# ---------------------------------------------------------------------------------------------------------------------
def concept_for(model: Model, concept: str | None) -> Concept:
    """The solution concept: subgame perfection for a tree, Nash for a normal form; a tree may also be asked for Nash."""
    if concept == "nash":
        return "nash"
    return "subgame_perfect" if resolve_concept(model.game, concept) == "subgame_perfect" else "nash"


def thresholds(
    model: Model,
    name: str,
    *,
    at: Mapping[str, Any] | None = None,
    over: tuple[Any, Any] | None = None,
    concept: str | None = None,
    progress: bool = True,
) -> Thresholds:
    """Find every equilibrium for every value of one parameter, and the exact values at which they change.

    Parameters
    ----------
    model : Model
    name : str
        The free parameter.
    at : mapping of str to number, optional
        Exact values of other parameters; the rest are at their baseline. Floats are read as the decimals they
        print as.
    over : (low, high), optional
        The interval, the range of the parameter by default.
    concept : {"nash", "subgame_perfect"}, optional
        Subgame perfection for trees and Nash for strategic forms by default.
    progress : bool
        Show a progress bar if the work takes more than a second.

    Returns
    -------
    Thresholds

    Raises
    ------
    UnknownName
        If a parameter does not exist.
    ParameterError
        If the interval is empty, or a payoff divides by zero or a probability is negative somewhere in it.

    Notes
    -----
    Complete for strategic forms with at most two players who have a choice or three with two strategies each, and for trees
    with such stages. The reason names supports that are left open.

    Examples
    --------
    >>> import gametheory as gt
    >>> space = gt.ParameterSpace(gt.Parameter("x_W", 134, low=60, high=160), gt.Parameter("k", 40, low=10, high=90))
    >>> x_W, k = space.symbols("x_W k")
    >>> reply = gt.Decision("West", {
    ...     "acquiesce": gt.Outcome(Russia=50, West=-x_W / 2), "respond": gt.Outcome(Russia=-20, West=-x_W / 5 - k)})
    >>> tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply})
    >>> model = gt.Model("tripwire", gt.ExtensiveGame(tree), space)
    >>> found = gt.sensitivity.thresholds(model, "x_W")
    >>> found.points
    (Fraction(400, 3),)
    >>> [interval.outcomes["P(Russia: act)"] for interval in found.intervals]
    [(Fraction(1, 1),), (Fraction(0, 1),)]
    """
    if not isinstance(model, Model):
        raise ParameterError(
            f"thresholds takes a Model, not {type(model).__name__}; gametheory.Model(name, game, space) makes one of a game."
        )
    if at is not None and not isinstance(at, Mapping):
        raise ParameterError(
            f"at={at!r} does not say which parameter has which value; write at={{'NAME': value}}."
        )
    ends: Any = over  # a caller may give anything
    if ends is not None and (
        isinstance(ends, str) or not isinstance(ends, Iterable) or len(tuple(ends)) != 2
    ):
        raise ParameterError(f"over={over!r} is not a pair; write over=(low, high).")
    parameter = model.space[name]
    fixed = {key: value for key, value in model.space.baseline.items() if key != name}
    for key, value in (at or {}).items():
        if key == name:
            raise ParameterError(
                f"{name} is the free parameter; do not fix it in at={{...}}, restrict it with over=(low, high)."
            )
        if key not in fixed:
            raise unknown("parameter", key, model.space)
        fixed[key] = scalars.exact(value, f"the value of {key}")
    low, high = (parameter.low, parameter.high) if over is None else over
    low, high = (
        scalars.exact(low, f"the lower end of {name}"),
        scalars.exact(high, f"the upper end of {name}"),
    )
    if low >= high:
        raise ParameterError(
            f"{name} ranges from {scalars.to_text(low)} to {scalars.to_text(high)}, which is no interval; "
            "give over=(low, high) with low < high."
        )
    return _Search(model, name, fixed, low, high, concept_for(model, concept)).run(progress)


class _Search:
    """The work of :func:`thresholds`, with what its steps share."""

    def __init__(
        self,
        model: Model,
        name: str,
        fixed: Mapping[str, Fraction],
        low: Fraction,
        high: Fraction,
        concept: Concept,
    ) -> None:
        self.model, self.name, self.fixed, self.low, self.high, self.concept = (
            model,
            name,
            fixed,
            low,
            high,
            concept,
        )
        game = model.game
        if concept == "nash" and isinstance(game, ExtensiveGame):
            game = strategic_form(game)
        self.game = game
        self.symbol = scalars.symbol(name)
        #: The game with the other parameters fixed, in which closed forms are written.
        self.reduced = game.substitute({**fixed, name: self.symbol}) if game.domain == "parametric" else game
        #: The tree of the model, whose chance probabilities must not be negative, also in its strategic form.
        self.tree = model.game if isinstance(model.game, ExtensiveGame) else None
        arrays = (game.payoffs,) if self.tree is None else (game.payoffs, self.tree.chance_probability)
        self.curves = _cells.Curves(arrays, name, fixed, low, high, self._entry)
        self.parts = stages(game) if isinstance(game, ExtensiveGame) else ()
        #: Whether three or more players choose at once somewhere.
        shapes = [part.shape for part in self.parts] if isinstance(game, ExtensiveGame) else [game.shape]
        self.many = any(sum(n > 1 for n in shape) > 2 for shape in shapes)

    def _entry(self, array: int, index: tuple[int, ...]) -> str:
        game = self.game
        if array == 1 and self.tree is not None:
            return f"the probability of {self.tree.path(index[0])}"
        if isinstance(game, NormalFormGame):
            profile = ", ".join(names[k] for names, k in zip(game.strategies, index[1:], strict=True))
            return f"the payoff of {game.players[index[0]]} at ({profile})"
        return f"the payoff of {game.players[index[0]]} at {game.path(int(game.terminals[index[1]]))}"

    def solve(self, arrays: list[np.ndarray[Any, Any]]) -> _cells.Solution:
        """Solve the game over whatever field the numbers are from."""
        if self.tree is not None:
            nodes = [n for n in range(1, self.tree.n_nodes) if self.tree.kind[self.tree.parent[n]] == 2]
            _cells.check_probabilities(arrays[1], nodes, self.tree.path)
        solution: _cells.Solution = self._solve(arrays, algebraic=True)
        return solution

    def _solve(self, arrays: list[np.ndarray[Any, Any]], *, algebraic: bool) -> Any:
        """A solution; None if it is rounded."""
        payoffs = arrays[0]
        if isinstance(self.game, NormalFormGame):
            table = solve_table(
                payoffs,
                max_boxes=_MAX_BOXES,
                progress=False,
                names=(self.game.players, self.game.strategies),
                algebraic=algebraic,
            )
            if any(table.rounded):
                return None
            values = tuple(
                tuple(_mean(payoffs[i], profile) for i in range(len(payoffs))) for profile in table.profiles
            )
            return _cells.Solution(
                table.profiles,
                values,
                table.continuum,
                table.components,
                table.complete,
                table.method,
                table.reason,
                table.regular,
                table.connected,
                table.indices,
            )
        tree = solve_tree(
            self.game, payoffs, arrays[1], parts=self.parts, max_boxes=_MAX_BOXES, algebraic=algebraic
        )
        if any(tree.rounded):
            return None
        return _cells.Solution(
            tree.profiles,
            tree.payoffs,
            tree.continuum,
            (),
            tree.complete,
            "backward induction over stages",
            tree.reason,
        )

    def run(self, progress: bool) -> Thresholds:
        cells, points = _cells.decompose(
            self.curves,
            self.solve,
            self.low,
            self.high,
            label=f"thresholds in {self.name}",
            progress=progress,
        )
        # An end of the interval, or a point where only one side continues, belongs to the interval that
        # continues there.
        inside = [
            (_cells.continues(cell.solution, points[k]), _cells.continues(cell.solution, points[k + 1]))
            for k, cell in enumerate(cells)
        ]
        last = len(cells)
        special = [
            k for k in range(len(points)) if 0 < k < last or not (inside[0][0] if k == 0 else inside[-1][1])
        ]
        intervals = tuple(
            self._interval(cell, k == 0 and inside[k][0], k == last - 1 and inside[k][1])
            for k, cell in enumerate(cells)
        )
        breakpoints = tuple(self._breakpoint(points[k], intervals[max(k - 1, 0) : k + 1]) for k in special)
        return Thresholds(
            self.model,
            self.name,
            self.low,
            self.high,
            MappingProxyType(dict(self.fixed)),
            self.concept,
            breakpoints,
            intervals,
        )

    # -- results
    # ------------------------------------------------------------------------------------------------------
    def _interval(self, cell: _cells.OpenCell, includes_low: bool, includes_high: bool) -> Interval:
        values = {**self.fixed, self.name: cell.sample}
        game = self.game.substitute(values) if self.game.domain == "parametric" else self.game
        indices = judge_at_sample(game, cell.solution)
        equilibria = self._equilibria(cell.solution, indices)
        numbers = self._outcomes(cell.solution, self.curves.at_sample(_cell_of(cell.solution, cell.sample)))
        functions = {
            name: tuple(_cells.function_of(number) for number in values) for name, values in numbers.items()
        }
        outcomes = {
            name: tuple(surface(value, self.name) for value in values) for name, values in numbers.items()
        }
        return Interval(
            surface(cell.low, self.name),
            surface(cell.high, self.name),
            includes_low,
            includes_high,
            cell.sample,
            equilibria,
            MappingProxyType(self._with_callables(outcomes, equilibria)),
            MappingProxyType(functions),
            (cell.low, cell.high),
            tuple(
                tuple(tuple(map(_cells.function_of, vector)) for vector in profile)
                for profile in cell.solution.profiles
            ),
        )

    def _breakpoint(self, point: _cells.Point, around: tuple[Interval, ...]) -> Breakpoint:
        solution = point.solution
        if self.many and not solution.complete and isinstance(point.value, Fraction):
            # Of numbers the numeric solver knows more; an answer that it rounds is of no use here.
            solution = self._solve(self.curves.at_point(point.value), algebraic=False) or solution
        if isinstance(point.value, Fraction) and not self.many:
            equilibria = solve_numbers(self.model, self.concept, {**self.fixed, self.name: point.value})
        else:
            equilibria = self._equilibria(solution, solution.regular or [None] * len(solution.profiles))
        numbers = self._outcomes(solution, self.curves.at_point(point.value))
        turns: tuple[Indifference, ...] = ()
        if len(around) == 2:
            sides = (around[0].equilibria, around[1].equilibria)
            turns = indifferences(self.game, self.name, self.fixed, point.value, sides, (self.low, self.high))
        outcomes = {
            name: tuple(surface(value, self.name) for value in values) for name, values in numbers.items()
        }
        return Breakpoint(
            surface(point.value, self.name),
            equilibria,
            MappingProxyType(self._with_callables(outcomes, equilibria)),
            turns,
            point.value,
            MappingProxyType({name: tuple(map(portable, values)) for name, values in numbers.items()}),
            tuple(tuple(tuple(map(portable, vector)) for vector in profile) for profile in solution.profiles),
        )

    def _equilibria(self, solution: _cells.Solution, indices: Sequence[int | None]) -> EquilibriumSet:
        game = self.reduced
        make: Callable[..., Any] = (
            BehaviourProfile.from_arrays if isinstance(game, ExtensiveGame) else MixedProfile.from_arrays
        )
        equilibria = tuple(
            Equilibrium(
                game,
                make(game, [[surface(number, self.name) for number in vector] for vector in profile]),
                MappingProxyType(
                    {p: surface(v, self.name) for p, v in zip(game.players, solution.payoffs[k], strict=True)}
                ),
                Fraction(0),
                indices[k],
                True,
                solution.continuum[k],
            )
            for k, profile in enumerate(solution.profiles)
        )
        concept = "Nash" if self.concept == "nash" else "subgame-perfect"
        return EquilibriumSet(
            equilibria,
            concept,
            solution.method,
            solution.complete,
            solution.reason,
            Component.groups(equilibria, solution.components),
        )

    def _outcomes(
        self, solution: _cells.Solution, arrays: list[np.ndarray[Any, Any]]
    ) -> dict[str, tuple[Any, ...]]:
        """Every named outcome in every equilibrium, in the field of the solution."""
        zero = arrays[0].flat[0] - arrays[0].flat[0]
        distributions = [self._distribution(profile, arrays) for profile in solution.profiles]
        result: dict[str, tuple[Any, ...]] = {}
        for name, outcome in self._functionals().items():
            if outcome.kind == "payoff" and outcome.player is not None:
                result[name] = tuple(payoffs[outcome.player] for payoffs in solution.payoffs)
            else:
                result[name] = tuple(
                    sum((p for p in distribution[outcome.weights]), start=zero)
                    for distribution in distributions
                )
        return result

    def _functionals(self) -> dict[str, OutcomeFunctional]:
        if self.game is not self.model.game:
            # The strategic form of a tree has plans for strategies, so the outcomes of the tree do not fit
            # it.
            from gametheory.equilibria.outcomes import default_outcomes, parse_outcome

            return {name: parse_outcome(name, self.game) for name in default_outcomes(self.game)}
        return {name: f for name, f in self.model.outcomes.items() if isinstance(f, OutcomeFunctional)}

    def _with_callables(
        self, outcomes: dict[str, tuple[Any, ...]], found: EquilibriumSet
    ) -> dict[str, tuple[Any, ...]]:
        if self.game is self.model.game:
            for name, outcome in self.model.outcomes.items():
                if not isinstance(outcome, OutcomeFunctional):
                    outcomes[name] = tuple(outcome(equilibrium) for equilibrium in found)
        return outcomes

    def _distribution(self, profile: tuple[tuple[Any, ...], ...], arrays: list[np.ndarray[Any, Any]]) -> Any:
        """Probabilities of the ends of the game."""
        game = self.game
        if isinstance(game, NormalFormGame):
            result = np.array(1, dtype=object)
            for vector in profile:
                result = np.multiply.outer(result, np.array(vector, dtype=object))
            return result
        chance = arrays[1]
        zero = arrays[0].flat[0] - arrays[0].flat[0]
        reached: list[Any] = [zero + 1] + [zero] * (game.n_nodes - 1)
        for node in range(1, game.n_nodes):
            above = int(game.parent[node])
            infoset = int(game.infoset[above])
            edge = chance[node] if infoset < 0 else profile[infoset][int(game.action[node])]
            reached[node] = reached[above] * edge
        result = np.empty(len(game.terminals), dtype=object)
        for k, node in enumerate(game.terminals):
            result[k] = reached[node]
        return result


def _cell_of(solution: _cells.Solution, sample: Fraction) -> Any:
    from gametheory.solvers.fields import Cell

    for profile in solution.profiles:
        for vector in profile:
            for number in vector:
                while isinstance(number, Surd):
                    number = number.root.delta
                return number.cell
    return Cell(sample)


def _mean(table: np.ndarray[Any, Any], profile: tuple[tuple[Any, ...], ...]) -> Any:
    """The expectation of a payoff table under a mixed profile."""
    value: Any = table
    for vector in reversed(profile):
        value = np.tensordot(value, np.array(vector, dtype=object), axes=([-1], [0]))
    return value.item() if isinstance(value, np.ndarray) else value
