r"""The result of a search for thresholds: intervals, the breakpoints between them, and what can be read off
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from gametheory import scalars
from gametheory.equilibria import representation
from gametheory.equilibria.result import EquilibriumSet
from gametheory.errors import ParameterError, Unsupported, unknown
from gametheory.games.extensive import ExtensiveGame
from gametheory.sensitivity import _cells
from gametheory.sensitivity._extremes import extremes
from gametheory.sensitivity._indifference import Indifference
from gametheory.solvers import _plotting
from gametheory.solvers.algebraic import RealAlgebraic, from_fraction, to_fraction
from gametheory.solvers.fields import AlgebraicNumber, Germ
from gametheory.solvers.nash import nash_equilibria
from gametheory.solvers.subgame_perfect import subgame_perfect_equilibria
from gametheory.solvers.surds import Surd

if TYPE_CHECKING:
    import pandas

    from gametheory.parameters.model import Model

__all__ = ["Breakpoint", "Concept", "Interval", "Thresholds", "solve_numbers", "surface"]

Concept: TypeAlias = Literal["nash", "subgame_perfect"]


#: Said of a breakpoint at which mixtures between tied choices may support plays that are not listed.
MIXTURES = "and mixtures of tied choices"


class _Picklable:
    """Frozen results hold read-only mappings, which pickle only as the dictionaries behind them."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        values = [getattr(self, entry.name) for entry in fields(self)]  # type: ignore[arg-type]  # each subclass is a dataclass
        return _rebuild, (type(self), [dict(v) if isinstance(v, MappingProxyType) else v for v in values])


def _rebuild(kind: type, values: list[Any]) -> Any:
    return kind(*(MappingProxyType(value) if isinstance(value, dict) else value for value in values))


@dataclass(frozen=True, slots=True, eq=False)
class Interval(_Picklable):
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
    _functions: Mapping[str, tuple[_cells.Ratio | _cells.RootFunction, ...]] = field(repr=False)
    _ends: tuple[Any, Any] = field(repr=False)
    #: For each equilibrium the probabilities, as functions.
    _profiles: tuple[tuple[tuple[_cells.Ratio | _cells.RootFunction, ...], ...], ...] = field(repr=False)

    def describe(self, name: str) -> str:
        """The interval as a chain of inequalities."""
        below, above = ("<=" if included else "<" for included in (self.includes_low, self.includes_high))
        low, high = _readable(self.low, self._ends[0]), _readable(self.high, self._ends[1])
        return f"{low} {below} {name} {above} {high}"


@dataclass(frozen=True, slots=True, eq=False)
class Breakpoint(_Picklable):
    """A value of the parameter at which the equilibria change.

    Attributes
    ----------
    value : Fraction or sympy.Expr
        Exact; rational where it is.
    equilibria : EquilibriumSet
        At exactly this value. At an irrational one the strategies are exact constants, and ``game`` is the
        game in the parameter.
    outcomes : mapping of str to tuple
        Each outcome in each equilibrium.
    indifferences : tuple of Indifference
        Whose choice turns here, with the condition in all parameters, where the play on both sides is pure
        and unique.
    """

    value: Any
    equilibria: EquilibriumSet
    outcomes: Mapping[str, tuple[Any, ...]]
    indifferences: tuple[Indifference, ...]
    _number: Any = field(repr=False)
    _values: Mapping[str, tuple[Any, ...]] = field(repr=False)
    #: For each equilibrium the probabilities, as numbers of a field.
    _profiles: tuple[tuple[tuple[Any, ...], ...], ...] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds(_Picklable):
    """Every equilibrium for every value of one parameter; what :func:`gametheory.sensitivity.thresholds`
    returns.

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
            Within the interval; a float is read as the decimal that it prints as. A member of ``points`` is
            taken exactly.

        Raises
        ------
        ParameterError
            If the value lies outside the interval.
        """
        point = self._irrational(value)
        if point is not None:
            return point.equilibria
        return solve_numbers(self.model, self.concept, {**self.fixed, self.name: self._within(value)})

    def _irrational(self, value: Any) -> Breakpoint | None:
        """The breakpoint at a value, if it is irrational."""
        for point in self.breakpoints:
            if not isinstance(point.value, Fraction) and point.value == value:
                return point
        return None

    def _within(self, value: Any) -> Fraction:
        """A rational value of the parameter within the interval."""
        number = scalars.exact(value, f"the value of {self.name}")
        if not self.low <= number <= self.high:
            raise ParameterError(
                f"{self.name} = {scalars.to_text(number)} lies outside the interval from {scalars.to_text(self.low)} to "
                f"{scalars.to_text(self.high)}; ask thresholds for a wider one with over=(low, high)."
            )
        return number

    def interval_at(self, value: Any) -> Interval | None:
        """The interval that holds a value, or None at a breakpoint.

        Raises
        ------
        ParameterError
            If the value lies outside the interval looked at.
        """
        if self._irrational(value) is not None:
            return None
        number = self._within(value)
        for interval in self.intervals:
            low, high = interval._ends
            if (
                (low < number < high)
                or (number == low and interval.includes_low)
                or (number == high and interval.includes_high)
            ):
                return interval
        return None

    def range(self, outcome: str) -> tuple[Any, Any]:
        """The least and the greatest value of an outcome over the interval and over all equilibria, exactly.

        On an open interval the value may be approached and not taken. At a breakpoint that is not complete
        it is over the equilibria listed there; mixtures between tied choices may support others.

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
        return surface(least, self.name), surface(greatest, self.name)

    def values_at(self, outcome: str, value: Any) -> tuple[Any, ...]:
        """An outcome in each equilibrium at one value of the parameter.

        A float is read as the decimal that it prints as; a member of ``points`` is taken exactly.

        Raises
        ------
        ParameterError
            If the value lies outside the interval.
        """
        self._check(outcome)
        point = self._irrational(value)
        if point is not None:
            return tuple(point.outcomes[outcome])
        interval = self.interval_at(value)
        number = self._within(value)
        if interval is not None:
            return tuple(surface(function.at(number), self.name) for function in interval._functions[outcome])
        return next(tuple(p.outcomes[outcome]) for p in self.breakpoints if p.value == number)

    def switches(self, outcome: str) -> tuple[Any, ...]:
        """The thresholds at which the set of values of an outcome jumps or splits, exactly."""
        self._check(outcome)
        found = []
        for point in self.breakpoints:
            near = [i for i in self.intervals if point._number in i._ends]
            here = point._values[outcome]
            if not all(_limits_are(here, i._functions[outcome], point._number) for i in near):
                found.append(point.value)
        return tuple(found)

    def _check(self, outcome: str) -> None:
        known = self.intervals[0].outcomes
        if outcome not in known:
            raise unknown("outcome", outcome, known)
        for part in self._parts():
            if not part.equilibria:
                raise Unsupported(
                    f"no equilibrium was found where {self._where(part)}, so {outcome!r} has no value there: "
                    f"{part.equilibria.reason}."
                )
        if outcome not in self.intervals[0]._functions:
            raise Unsupported(
                f"the outcome {outcome!r} is a callable; exact ranges are for named outcomes such as "
                "'payoff: PLAYER'."
            )

    def to_frame(self) -> pandas.DataFrame:
        """One row for each equilibrium on each interval and at each breakpoint, in their order."""
        import pandas as pd

        rows = []
        for part in self._parts():
            low, high = (part.low, part.high) if isinstance(part, Interval) else (part.value, part.value)
            numbers = part._ends if isinstance(part, Interval) else (part._number, part._number)
            for k, (equilibrium, play) in enumerate(zip(part.equilibria, self.plays(part), strict=True)):
                rows.append(
                    {
                        "where": self._where(part),
                        "low": low,
                        "high": high,
                        "low_value": float(numbers[0]),
                        "high_value": float(numbers[1]),
                        "equilibrium": k + 1,
                        "play": play,
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
        return f"{self.name} = {_readable(part.value, part._number)}"

    def plays(self, part: Interval | Breakpoint) -> tuple[str, ...]:
        """What is done in each equilibrium of an interval or breakpoint, as text.

        Along the play only, unless that reads the same on both sides of a threshold: then with what would be
        done elsewhere.
        """
        along = [{equilibrium.play for equilibrium in interval.equilibria} for interval in self.intervals]
        hidden = any(first == second for first, second in pairwise(along))
        return tuple(representation.play(e) if hidden else e.play for e in part.equilibria)

    def _listed(self, part: Interval | Breakpoint) -> list[str]:
        """What is played, each once, with a last word where that is not all."""
        plays = list(dict.fromkeys(self.plays(part))) or ["no equilibrium found"]
        if isinstance(part, Breakpoint) and any(e.continuum for e in part.equilibria):
            plays.append(MIXTURES)
        return plays

    def to_latex(self) -> str:
        """A ``tabular`` of intervals and breakpoints with their equilibria and payoffs."""
        symbol = scalars.to_latex(scalars.symbol(self.name))
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
                where = f"${_latex(part.low)} {below} {symbol} {above} {_latex(part.high)}$"
            else:
                where = f"${symbol} = {_latex(part.value)}$"
            for k, (equilibrium, play) in enumerate(zip(part.equilibria, self.plays(part), strict=True)):
                payoffs = [f"${_latex(value)}$" for value in equilibrium.payoffs.values()]
                shown = _escape(play) if equilibrium.is_pure else representation.latex_play(equilibrium)
                lines.append(" & ".join(["" if k else where, shown, *payoffs]) + r" \\")
            if self._listed(part)[-1] == MIXTURES:
                lines.append(" & ".join(["", MIXTURES, *("" for _ in players)]) + r" \\")
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
        lines += [f"  {self._where(part)}: " + " | ".join(self._listed(part)) for part in self._parts()]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(self._where(part))}</td><td>"
            + "<br>".join(escape(play) for play in self._listed(part))
            + "</td></tr>"
            for part in self._parts()
        )
        caption = escape(str(self).split("\n", 1)[0])
        return f"<table><caption>{caption}</caption><tr><th>Range</th><th>Equilibria</th></tr>{rows}</table>"


def _readable(value: Any, number: Any) -> str:
    """An exact number, as people read it and in its field, with its decimal value where the notation does not show it."""
    text = scalars.to_text(value)
    plain = text.lstrip("-").replace(".", "", 1).isdigit()
    return text if plain else f"{text} (≈ {float(number):.6g})"


def _latex(value: Any) -> str:
    """A number in LaTeX; roots that have no radicals by their decimal value, which is readable at least."""
    import sympy

    if scalars.is_expression(value) and not value.free_symbols and value.has(sympy.polys.rootoftools.CRootOf):
        return f"{float(value):.10g}\\ldots"
    return scalars.to_latex(value)


def _escape(text: str) -> str:
    for character in "&%$#_{}":
        text = text.replace(character, "\\" + character)
    return text.replace("→", r"$\to$").replace("·", r"$\cdot$")


def _limits_are(values: Sequence[Any], functions: Sequence[Any], number: Any) -> bool:
    """Whether functions tend at a point to just these values, apart from how often each comes."""
    try:
        limits = [function.at(number) for function in functions]
    except ZeroDivisionError:
        return False
    here = [from_fraction(value) if isinstance(value, Fraction) else value for value in values]
    return all(any(x == y for y in here) for x in limits) and all(any(x == y for y in limits) for x in here)


def solve_numbers(model: Model, concept: Concept, values: Mapping[str, Fraction]) -> EquilibriumSet:
    """The equilibria of a model at one point."""
    game = model.at(**values)
    if concept == "subgame_perfect" and isinstance(game, ExtensiveGame):
        return subgame_perfect_equilibria(game, progress=False)
    return nash_equilibria(game, progress=False)


def _sympified(value: Any) -> Any:
    import sympy

    return sympy.Rational(value.numerator, value.denominator) if isinstance(value, Fraction) else value


def portable(number: Any) -> Any:
    """A number of Q or Q(alpha) that can be pickled."""
    return number if isinstance(number, AlgebraicNumber | Surd) else to_fraction(number)


def surface(number: Any, name: str) -> Any:
    """A number of a field as people give and read it: a Fraction, or a SymPy expression."""
    if isinstance(number, Fraction):
        return number
    if isinstance(number, Germ):
        if number.numerator.degree() <= 0 and number.denominator.degree() <= 0:
            return to_fraction(number.numerator[0] / number.denominator[0])
        return number.to_sympy(scalars.symbol(name))
    if isinstance(number, Surd):
        import sympy

        whole, part, delta = (
            _sympified(surface(value, name)) for value in (number.whole, number.part, number.root.delta)
        )
        return whole + part * sympy.sqrt(delta)
    if isinstance(number, AlgebraicNumber):
        if number.polynomial.degree() <= 0:
            return to_fraction(number.polynomial[0])
        return number.to_sympy()
    if isinstance(number, RealAlgebraic):
        return number.to_sympy()
    return to_fraction(number)
