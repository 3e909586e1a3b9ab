r"""Exact thresholds: every equilibrium for every value of one parameter.

One parameter is free over an interval, the others are fixed at exact values. The interval falls into finitely many *breakpoints* and
open intervals between them; on each of these the equilibria are given by fixed rational functions of the parameter. Both are
found exactly, with no grid and no tolerance; see :mod:`gametheory.sensitivity._cells` for how, and why nothing is missed.

The map is *complete* (every equilibrium on every interval, extreme ones where there is a continuum) for games of two players and for
trees whose stages have at most two movers. Otherwise, ``complete`` is False and ``reason`` says why.

References
----------
.. [1] S. Basu, R. Pollack and M.-F. Roy, *Algorithms in Real Algebraic Geometry*, 2nd ed., Springer, 2006.
.. [2] D. Avis, G. Rosenberg, R. Savani and B. von Stengel, "Enumeration of Nash equilibria for two-player games", *Economic Theory*
   42 (2010), 9-37.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from gametheory.games.conversion import strategic_form
from gametheory.games.profiles import BehaviourProfile, MixedProfile
from gametheory.sensitivity._extremes import extremes
from gametheory.sensitivity._indifference import Indifference, indifferences

from gametheory import scalars
from gametheory.equilibria.outcomes import OutcomeFunctional
from gametheory.equilibria.result import Equilibrium, EquilibriumSet, judge_nash, judge_subgame_perfect
from gametheory.errors import ParameterError, Unsupported, unknown
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame
from gametheory.sensitivity import _cells, _plotting
from gametheory.solvers.fields import AlgebraicNumber, Germ, RealAlgebraic, to_fraction
from gametheory.solvers.nash import nash_equilibria, solve_table
from gametheory.solvers.stages import stages
from gametheory.solvers.subgame_perfect import solve_tree, subgame_perfect_equilibria

if TYPE_CHECKING:
    import pandas
    from gametheory.parameters.model import Model

__all__ = ["Breakpoint", "Interval", "Thresholds", "concept_for", "thresholds"]

Concept: TypeAlias = Literal["nash", "subgame_perfect"]


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """An interval of the parameter on which the equilibria are fixed functions of it.

    Attributes
    ----------
    low, high : Fraction or sympy.Expr
        Its ends; an end belongs to it only if ``includes_low`` or ``includes_high``.
    sample : Fraction
        A value inside.
    equilibria : EquilibriumSet
        With strategies and payoffs as functions of the parameter.
    outcomes : mapping of str to tuple
        Each outcome in each equilibrium, in their order, as a function of the parameter.
    """

    low: Any
    high: Any
    includes_low: bool
    includes_high: bool
    sample: Fraction
    equilibria: EquilibriumSet
    outcomes: Mapping[str, tuple[Any, ...]]
    _functions: Mapping[str, tuple[Any, ...]] = field(repr=False)
    _ends: tuple[Any, Any] = field(repr=False)

    def describe(self, name: str) -> str:
        """The interval as a chain of inequalities."""
        below, above = ("<=" if included else "<" for included in (self.includes_low, self.includes_high))
        return f"{scalars.to_text(self.low)} {below} {name} {above} {scalars.to_text(self.high)}"


@dataclass(frozen=True, slots=True, eq=False)
class Breakpoint:
    """A value of the parameter at which the equilibria change.

    Attributes
    ----------
    value : Fraction or sympy.Expr
        Exact; rational where it is.
    equilibria : EquilibriumSet
        At exactly this value. At an irrational one the strategies are exact constants, and ``game`` is the game in the parameter.
    outcomes : mapping of str to tuple
        Each outcome in each equilibrium.
    indifferences : tuple of Indifference
        Whose choice turns here, with the condition in all parameters, where the play on both sides is pure and unique.
    """

    value: Any
    equilibria: EquilibriumSet
    outcomes: Mapping[str, tuple[Any, ...]]
    indifferences: tuple[Indifference, ...]
    _number: Any = field(repr=False)
    _values: Mapping[str, tuple[Any, ...]] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """Every equilibrium for every value of one parameter; what :func:`thresholds` returns.

    Attributes
    ----------
    model : Model
    name : str
        The free parameter.
    low, high : Fraction
        The interval looked at.
    fixed : mapping of str to Fraction
        The values of the other parameters.
    concept : {"nash", "subgame_perfect"}
    points : tuple
        The thresholds, in increasing order: exact numbers, fractions where they are rational.
    breakpoints : tuple of Breakpoint
        The same, with the equilibria at each.
    intervals : tuple of Interval
    complete : bool
        Whether every equilibrium on every interval is found.
    reason : str
        Why not.
    """

    model: Model
    name: str
    low: Fraction
    high: Fraction
    fixed: Mapping[str, Fraction]
    concept: Concept
    breakpoints: tuple[Breakpoint, ...]
    intervals: tuple[Interval, ...]

    @property
    def points(self) -> tuple[Any, ...]:
        """The thresholds, in increasing order."""
        return tuple(point.value for point in self.breakpoints)

    @property
    def complete(self) -> bool:
        """Whether every equilibrium on every interval is found."""
        return all(interval.equilibria.complete for interval in self.intervals)

    @property
    def reason(self) -> str:
        """Why the map is not complete."""
        return "; ".join(dict.fromkeys(i.equilibria.reason for i in self.intervals if i.equilibria.reason))

    def at(self, value: Any) -> EquilibriumSet:
        """The equilibria at one value of the parameter.

        Parameters
        ----------
        value : number
            Within the interval; a float is read as the decimal that it prints as. A member of ``points`` is taken exactly.

        Raises
        ------
        ParameterError
            If the value lies outside the interval.
        """
        for point in self.breakpoints:
            if not isinstance(point.value, Fraction) and point.value == value:
                return point.equilibria
        number = scalars.exact(value, f"the value of {self.name}")
        if not self.low <= number <= self.high:
            raise ParameterError(
                f"{self.name} = {scalars.to_text(number)} lies outside the interval from {scalars.to_text(self.low)} to "
                f"{scalars.to_text(self.high)}; ask thresholds for a wider one with over=(low, high)."
            )
        return _solve_numbers(self.model, self.concept, {**self.fixed, self.name: number})

    def interval_at(self, value: Any) -> Interval | None:
        """The interval that holds a value, or None at a breakpoint."""
        number = scalars.exact(value, f"the value of {self.name}")
        for interval in self.intervals:
            low, high = interval._ends
            if (low < number < high) or (number == low and interval.includes_low) or (
                number == high and interval.includes_high
            ):
                return interval
        return None

    def range(self, outcome: str) -> tuple[Any, Any]:
        """The least and the greatest value of an outcome over the interval and over all equilibria, exactly.

        On an open interval the value may be approached and not taken.

        Raises
        ------
        UnknownName
            If the model has no such outcome.
        Unsupported
            If the outcome is a callable, whose functions are not known to be rational.
        """
        self._check(outcome)
        functions = [
            (*interval._ends, f) for interval in self.intervals for f in interval._functions[outcome]
        ]
        values = [value for point in self.breakpoints for value in point._values[outcome]]
        least, greatest = extremes(functions, values)
        return _surface(least, self.name), _surface(greatest, self.name)

    def values_at(self, outcome: str, value: Any) -> tuple[Any, ...]:
        """An outcome in each equilibrium at one value of the parameter."""
        self._check(outcome)
        interval = self.interval_at(value)
        number = scalars.exact(value, f"the value of {self.name}")
        if interval is not None:
            return tuple(
                _surface(_cells.evaluate(numerator, denominator, number), self.name)
                for numerator, denominator in interval._functions[outcome]
            )
        return next(tuple(p.outcomes[outcome]) for p in self.breakpoints if p.value == number)

    def switches(self, outcome: str) -> tuple[Any, ...]:
        """The thresholds at which the set of values of an outcome jumps or splits, exactly."""
        self._check(outcome)
        found = []
        for point in self.breakpoints:
            near = [i for i in self.intervals if point._number in i._ends]
            here = {_key(v) for v in point.outcomes[outcome]}
            limits = [
                {_key(_surface(_cells.evaluate(n, d, point._number), self.name)) for n, d in i._functions[outcome]}
                for i in near
            ]
            if any(limit != here for limit in limits):
                found.append(point.value)
        return tuple(found)

    def _check(self, outcome: str) -> None:
        known = self.intervals[0].outcomes
        if outcome not in known:
            raise unknown("outcome", outcome, known)
        if outcome not in self.intervals[0]._functions:
            raise Unsupported(
                f"the outcome {outcome!r} is a callable; exact ranges are for named outcomes such as 'payoff: PLAYER'."
            )

    def to_frame(self) -> pandas.DataFrame:
        """One row for each equilibrium on each interval and at each breakpoint, in the order of the parameter."""
        import pandas as pd

        rows = []
        for part in self._parts():
            low, high = (part.low, part.high) if isinstance(part, Interval) else (part.value, part.value)
            for k, equilibrium in enumerate(part.equilibria):
                rows.append(
                    {
                        "where": self._where(part),
                        "low": low,
                        "high": high,
                        "low_value": float(low),
                        "high_value": float(high),
                        "equilibrium": k + 1,
                        "play": equilibrium.play,
                        "continuum": equilibrium.continuum,
                        **{name: values[k] for name, values in part.outcomes.items()},
                    }
                )
        return pd.DataFrame(rows)

    def _parts(self) -> list[Interval | Breakpoint]:
        """Intervals and breakpoints in the order of the parameter."""
        parts: list[tuple[Any, int, Interval | Breakpoint]] = [
            (interval.sample, 0, interval) for interval in self.intervals
        ]
        parts += [(point._number, 1, point) for point in self.breakpoints]
        return [part for _, _, part in sorted(parts, key=lambda entry: entry[:2])]

    def _where(self, part: Interval | Breakpoint) -> str:
        if isinstance(part, Interval):
            return part.describe(self.name)
        return f"{self.name} = {scalars.to_text(part.value)}"

    def to_latex(self) -> str:
        """A ``tabular`` of intervals and breakpoints with their equilibria and payoffs."""
        import sympy

        symbol = sympy.latex(scalars.symbol(self.name))
        players = self.intervals[0].equilibria[0].payoffs if self.intervals[0].equilibria else {}
        lines = [
            r"\begin{tabular}{l l" + " r" * len(players) + "}",
            r"\hline",
            " & ".join(["Range", "Equilibrium", *(_escape(player) for player in players)]) + r" \\",
            r"\hline",
        ]
        for part in self._parts():
            if isinstance(part, Interval):
                below, above = (r"\le" if i else "<" for i in (part.includes_low, part.includes_high))
                where = f"${scalars.to_latex(part.low)} {below} {symbol} {above} {scalars.to_latex(part.high)}$"
            else:
                where = f"${symbol} = {scalars.to_latex(part.value)}$"
            for k, equilibrium in enumerate(part.equilibria):
                payoffs = [f"${scalars.to_latex(value)}$" for value in equilibrium.payoffs.values()]
                lines.append(" & ".join(["" if k else where, _escape(equilibrium.play), *payoffs]) + r" \\")
        return "\n".join([*lines, r"\hline", r"\end{tabular}"])

    def plot(self, outcome: str | None = None, **options: Any) -> Any:
        """Draw the intervals as a strip, or an outcome against the parameter; needs the ``plot`` extra.

        Returns
        -------
        matplotlib.figure.Figure
        """
        return _plotting.draw("thresholds", self, outcome=outcome, **options)

    def __str__(self) -> str:
        head = f"{self.name} from {scalars.to_text(self.low)} to {scalars.to_text(self.high)}: "
        count = len(self.breakpoints)
        head += f"{count or 'no'} threshold{'s' * (count != 1)} ({self.concept.replace('_', '-')} equilibria)"
        lines = [head if self.complete else f"{head}, not complete: {self.reason}"]
        for part in self._parts():
            plays = dict.fromkeys(equilibrium.play for equilibrium in part.equilibria)
            lines.append(f"  {self._where(part)}: " + (" | ".join(plays) or "no equilibrium found"))
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(self._where(part))}</td><td>"
            + "<br>".join(escape(play) for play in dict.fromkeys(e.play for e in part.equilibria))
            + "</td></tr>"
            for part in self._parts()
        )
        caption = escape(str(self).split("\n", 1)[0])
        return f"<table><caption>{caption}</caption><tr><th>Range</th><th>Equilibria</th></tr>{rows}</table>"


def _escape(text: str) -> str:
    for character in "&%$#_{}":
        text = text.replace(character, "\\" + character)
    return text.replace("→", r"$\to$").replace("·", r"$\cdot$")


def _key(value: Any) -> str:
    return str(value)


# ---------------------------------------------------------------------------------------------------------------------
# Finding them
# ---------------------------------------------------------------------------------------------------------------------
def concept_for(model: Model, concept: str | None) -> Concept:
    """The solution concept: subgame perfection for a tree, Nash for a strategic form, unless asked otherwise."""
    tree = isinstance(model.game, ExtensiveGame)
    if concept is None:
        return "subgame_perfect" if tree else "nash"
    if concept not in ("nash", "subgame_perfect"):
        raise unknown("concept", concept, ("nash", "subgame_perfect"))
    if concept == "subgame_perfect" and not tree:
        raise Unsupported("subgame perfection is a concept for trees; this model is a strategic form, use concept='nash'.")
    return "nash" if concept == "nash" else "subgame_perfect"


def _solve_numbers(model: Model, concept: Concept, values: Mapping[str, Fraction]) -> EquilibriumSet:
    game = model.at(**values)
    return subgame_perfect_equilibria(game) if concept == "subgame_perfect" else nash_equilibria(game)


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
        Exact values of other parameters; the rest are at their baseline. Floats are read as the decimals they print as.
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
    Complete for strategic forms with at most two players who have a choice, and for trees with at most two movers in a stage.

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
    parameter = model.space[name]
    fixed = {key: value for key, value in model.space.baseline.items() if key != name}
    for key, value in (at or {}).items():
        if key == name:
            raise ParameterError(f"{name} is the free parameter; do not fix it in at={{...}}, restrict it with over=(low, high).")
        if key not in fixed:
            raise unknown("parameter", key, model.space)
        fixed[key] = scalars.exact(value, f"the value of {key}")
    low, high = (parameter.low, parameter.high) if over is None else over
    low, high = scalars.exact(low, f"the lower end of {name}"), scalars.exact(high, f"the upper end of {name}")
    if low >= high:
        raise ParameterError(
            f"{name} ranges from {scalars.to_text(low)} to {scalars.to_text(high)}, which is no interval; "
            "give over=(low, high) with low < high."
        )
    return _Search(model, name, fixed, low, high, concept_for(model, concept)).run(progress)


class _Search:
    """The work of :func:`thresholds`, with what its steps share."""

    def __init__(
        self, model: Model, name: str, fixed: Mapping[str, Fraction], low: Fraction, high: Fraction, concept: Concept
    ) -> None:
        self.model, self.name, self.fixed, self.low, self.high, self.concept = model, name, fixed, low, high, concept
        game = model.game
        if concept == "nash" and isinstance(game, ExtensiveGame):
            game = strategic_form(game)
        self.game = game
        self.symbol = scalars.symbol(name)
        #: The game with the other parameters fixed, in which closed forms are written.
        self.reduced = game.substitute({**fixed, name: self.symbol}) if game.domain == "parametric" else game
        arrays = (game.payoffs, game.chance_probability) if isinstance(game, ExtensiveGame) else (game.payoffs,)
        self.curves = _cells.Curves(arrays, name, fixed, low, high, self._entry)
        self.parts = stages(game) if isinstance(game, ExtensiveGame) else ()

    def _entry(self, array: int, index: tuple[int, ...]) -> str:
        game = self.game
        if isinstance(game, NormalFormGame):
            profile = ", ".join(names[k] for names, k in zip(game.strategies, index[1:], strict=True))
            return f"the payoff of {game.players[index[0]]} at ({profile})"
        if array == 1:
            return f"the probability of {game.path(index[0])}"
        return f"the payoff of {game.players[index[0]]} at {game.path(int(game.terminals[index[1]]))}"

    def solve(self, arrays: list[np.ndarray[Any, Any]]) -> _cells.Solution:
        """Solve the game over whatever field the numbers are from."""
        if isinstance(self.game, NormalFormGame):
            (payoffs,) = arrays
            table = solve_table(payoffs)
            values = tuple(
                tuple(_mean(payoffs[i], profile) for i in range(len(payoffs))) for profile in table.profiles
            )
            return _cells.Solution(
                table.profiles, values, table.continuum, table.components, table.complete, table.method, table.reason
            )
        payoffs, chance = arrays
        nodes = [n for n in range(1, self.game.n_nodes) if self.game.kind[self.game.parent[n]] == 2]
        _cells.check_probabilities(chance, nodes, self.game.path)
        tree = solve_tree(self.game, payoffs, chance, parts=self.parts)
        return _cells.Solution(
            tree.profiles, tree.payoffs, tree.continuum, (), tree.complete, "backward induction over stages", tree.reason
        )

    def run(self, progress: bool) -> Thresholds:
        cells, points = _cells.decompose(
            self.curves, self.solve, self.low, self.high, label=f"thresholds in {self.name}", progress=progress
        )
        # An end of the interval, or a point where only one side continues, belongs to the interval that continues there.
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
            self.model, self.name, self.low, self.high, MappingProxyType(dict(self.fixed)), self.concept, breakpoints, intervals
        )

    # -- results ------------------------------------------------------------------------------------------------------
    def _interval(self, cell: _cells.OpenCell, includes_low: bool, includes_high: bool) -> Interval:
        judged = self._judged(cell.solution, cell.sample)
        equilibria = self._equilibria(cell.solution, [equilibrium.index for equilibrium in judged])
        numbers = self._outcomes(cell.solution, self.curves.at_sample(_cell_of(cell.solution, cell.sample)))
        functions = {
            name: tuple((germ.numerator, germ.denominator) for germ in values) for name, values in numbers.items()
        }
        outcomes = {name: tuple(_surface(value, self.name) for value in values) for name, values in numbers.items()}
        return Interval(
            _surface(cell.low, self.name),
            _surface(cell.high, self.name),
            includes_low,
            includes_high,
            cell.sample,
            equilibria,
            MappingProxyType(self._with_callables(outcomes, equilibria)),
            MappingProxyType(functions),
            (cell.low, cell.high),
        )

    def _breakpoint(self, point: _cells.Point, around: tuple[Interval, ...]) -> Breakpoint:
        if isinstance(point.value, Fraction):
            equilibria = _solve_numbers(self.model, self.concept, {**self.fixed, self.name: point.value})
        else:
            equilibria = self._equilibria(point.solution, [None] * len(point.solution.profiles))
        numbers = self._outcomes(point.solution, self.curves.at_point(point.value))
        turns: tuple[Indifference, ...] = ()
        if len(around) == 2:
            sides = (around[0].equilibria, around[1].equilibria)
            turns = indifferences(self.game, self.name, self.fixed, point.value, sides, (self.low, self.high))
        outcomes = {name: tuple(_surface(value, self.name) for value in values) for name, values in numbers.items()}
        return Breakpoint(
            _surface(point.value, self.name),
            equilibria,
            MappingProxyType(self._with_callables(outcomes, equilibria)),
            turns,
            point.value,
            MappingProxyType(numbers),
        )

    def _judged(self, solution: _cells.Solution, sample: Fraction) -> list[Equilibrium]:
        """The solution at the sample, as numbers, judged: closed forms are believed only if regret is exactly zero there."""
        values = {**self.fixed, self.name: sample}
        game = self.game.substitute(values) if self.game.domain == "parametric" else self.game
        judged = []
        for profile in solution.profiles:
            vectors = [[to_fraction(g.numerator(g.cell.point) / g.denominator(g.cell.point)) for g in v] for v in profile]
            if isinstance(game, ExtensiveGame):
                judged.append(judge_subgame_perfect(game, BehaviourProfile.from_arrays(game, vectors)))
            else:
                judged.append(judge_nash(game, MixedProfile.from_arrays(game, vectors)))
        return judged

    def _equilibria(self, solution: _cells.Solution, indices: list[int | None]) -> EquilibriumSet:
        game = self.reduced
        make: Callable[..., Any] = (
            BehaviourProfile.from_arrays if isinstance(game, ExtensiveGame) else MixedProfile.from_arrays
        )
        equilibria = tuple(
            Equilibrium(
                game,
                make(game, [[_surface(number, self.name) for number in vector] for vector in profile]),
                MappingProxyType(
                    {p: _surface(v, self.name) for p, v in zip(game.players, solution.payoffs[k], strict=True)}
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
            equilibria, concept, solution.method, solution.complete, solution.reason, solution.components
        )

    def _outcomes(self, solution: _cells.Solution, arrays: list[np.ndarray[Any, Any]]) -> dict[str, tuple[Any, ...]]:
        """Every named outcome in every equilibrium, in the field of the solution."""
        zero = arrays[0].flat[0] - arrays[0].flat[0]
        distributions = [self._distribution(profile, arrays) for profile in solution.profiles]
        result: dict[str, tuple[Any, ...]] = {}
        for name, outcome in self._functionals().items():
            if outcome.kind == "payoff" and outcome.player is not None:
                result[name] = tuple(payoffs[outcome.player] for payoffs in solution.payoffs)
            else:
                result[name] = tuple(
                    sum((p for p in distribution[outcome.weights]), start=zero) for distribution in distributions
                )
        return result

    def _functionals(self) -> dict[str, OutcomeFunctional]:
        if self.game is not self.model.game:
            # The strategic form of a tree has plans for strategies, so the outcomes of the tree do not fit it.
            from gametheory.equilibria.outcomes import default_outcomes, parse_outcome

            return {name: parse_outcome(name, self.game) for name in default_outcomes(self.game)}
        return {name: f for name, f in self.model.outcomes.items() if isinstance(f, OutcomeFunctional)}

    def _with_callables(self, outcomes: dict[str, tuple[Any, ...]], found: EquilibriumSet) -> dict[str, tuple[Any, ...]]:
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
                return number.cell
    return Cell(sample)


def _mean(table: np.ndarray[Any, Any], profile: tuple[tuple[Any, ...], ...]) -> Any:
    """The expectation of a payoff table under a mixed profile."""
    value: Any = table
    for vector in reversed(profile):
        value = np.tensordot(value, np.array(vector, dtype=object), axes=([-1], [0]))
    return value.item() if isinstance(value, np.ndarray) else value


def _surface(number: Any, name: str) -> Any:
    """A number of a field as people give and read it: a Fraction, or a SymPy expression."""
    if isinstance(number, Fraction):
        return number
    if isinstance(number, Germ):
        if number.numerator.degree() <= 0 and number.denominator.degree() <= 0:
            return to_fraction(number.numerator[0] / number.denominator[0])
        return number.to_sympy(scalars.symbol(name))
    if isinstance(number, AlgebraicNumber):
        if number.polynomial.degree() <= 0:
            return to_fraction(number.polynomial[0])
        return number.to_sympy()
    if isinstance(number, RealAlgebraic):
        return number.to_sympy()
    return to_fraction(number)
