"""Where along one parameter, all others at the baseline, a property holds: exactly, by thresholds."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gametheory import scalars
from gametheory.games import ExtensiveGame
from gametheory.models.kazakhstan._gains import readable
from gametheory.models.kazakhstan._reading import Measure, Reading
from gametheory.sensitivity.thresholds import Breakpoint, Interval, Thresholds, thresholds
from gametheory.solvers.subgame_perfect import subgame_perfect_equilibria

if TYPE_CHECKING:
    from gametheory.equilibria.result import EquilibriumSet
    from gametheory.parameters import Model

__all__ = ["Along", "At", "Lines", "Span"]


@dataclass(frozen=True, slots=True)
class Span:
    """A set of values of one parameter without gaps: an interval or a single value.

    Attributes
    ----------
    low, high : Fraction or sympy.Expr
    includes_low, includes_high : bool
    """

    low: Any
    high: Any
    includes_low: bool
    includes_high: bool

    def __contains__(self, value: Any) -> bool:
        above = value >= self.low if self.includes_low else value > self.low
        below = value <= self.high if self.includes_high else value < self.high
        return bool(above and below)

    def within(self, low: Fraction, high: Fraction) -> Span | None:
        """The part of it from `low` to `high`; None if there is none."""
        first = (low, True) if low > self.low else (self.low, self.includes_low)
        last = (high, True) if high < self.high else (self.high, self.includes_high)
        if first[0] > last[0] or (first[0] == last[0] and not (first[1] and last[1])):
            return None
        return Span(first[0], last[0], first[1], last[1])

    def describe(self, name: str) -> str:
        """The span as a chain of inequalities."""
        if self.low == self.high:
            return f"{name} = {readable(self.low)}"
        below, above = ("<=" if closed else "<" for closed in (self.includes_low, self.includes_high))
        return f"{readable(self.low)} {below} {name} {above} {readable(self.high)}"


@dataclass(frozen=True, slots=True)
class Along:
    """Somewhere along a parameter, from `low` (its range's low end if None) to the top of its range, the measure has the value
    `target` in every equilibrium, all else at the baseline.
    """

    measure: Measure
    target: int
    name: str
    low: Fraction | None = None


@dataclass(frozen=True, slots=True)
class At:
    """At the baseline the measure has the value `target` in every equilibrium."""

    measure: Measure
    target: int


class Lines:
    """Exact maps along single parameters through the baseline, made once each."""

    def __init__(self, model: Model, reading: Reading, maps: Mapping[str, Thresholds] | None) -> None:
        self.model, self.reading = model, reading
        self._maps: dict[str, Thresholds] = {}
        for name, found in (maps or {}).items():
            if found.model == model and all(model.space.baseline[k] == v for k, v in found.fixed.items()):
                self._maps[name] = found

    @functools.cached_property
    def baseline(self) -> EquilibriumSet:
        """The equilibria at the baseline."""
        return self.at()

    def at(self, **values: Any) -> EquilibriumSet:
        """The equilibria with all else at the baseline."""
        game = self.model.at(**values)
        assert isinstance(game, ExtensiveGame)  # a Reading of it came first
        return subgame_perfect_equilibria(game)

    def range(self, name: str, low: Fraction | None = None) -> tuple[Fraction, Fraction]:
        """The ends of a line."""
        parameter = self.model.space[name]
        return (parameter.low if low is None else min(low, parameter.low)), parameter.high

    def spans(
        self, measure: Measure, target: int, name: str, low: Fraction | None = None
    ) -> tuple[Span, ...]:
        """Where on the line the measure has the value in every equilibrium."""
        ends = self.range(name, low)
        if ends[0] == ends[1]:
            return (Span(*ends, True, True),) if self.holds(measure, target, self.baseline) else ()
        spans: list[Span] = []
        fresh = True
        for part in self._parts(name, ends):
            if not self.holds(measure, target, part.equilibria):
                fresh = True
                continue
            piece = (
                Span(part.low, part.high, part.includes_low, part.includes_high)
                if isinstance(part, Interval)
                else Span(part.value, part.value, True, True)
            )
            if fresh:
                spans.append(piece)
            else:
                last = spans.pop()
                spans.append(Span(last.low, piece.high, last.includes_low, piece.includes_high))
            fresh = False
        return tuple(span for whole in spans if (span := whole.within(*ends)) is not None)

    def missed(self, measure: Measure, target: int, name: str, low: Fraction | None = None) -> bool:
        """Whether at every value on the line some equilibrium has another value of the measure."""
        ends = self.range(name, low)
        if ends[0] == ends[1]:
            return self.misses(measure, target, self.baseline)
        return all(
            self.misses(measure, target, part.equilibria)
            for part in self._parts(name, ends)
            if not _outside(part, ends)
        )

    def _parts(self, name: str, ends: tuple[Fraction, Fraction]) -> list[Interval | Breakpoint]:
        """The intervals and breakpoints of a line, in order."""
        found = self._maps.get(name)
        if found is None or found.low > ends[0] or found.high < ends[1]:
            found = self._maps[name] = thresholds(self.model, name, over=ends, progress=False)
        parts: list[tuple[float, Interval | Breakpoint]] = [(float(i.sample), i) for i in found.intervals]
        parts += [(float(point.value), point) for point in found.breakpoints]
        return [part for _, part in sorted(parts, key=lambda pair: pair[0])]

    def misses(self, measure: Measure, target: int, equilibria: EquilibriumSet) -> bool:
        """Whether some equilibrium, of those that are listed, has another value of the measure."""
        return any(not _is(value, target) for value in self.reading.values(measure, equilibria))

    def holds(self, measure: Measure, target: int, equilibria: EquilibriumSet) -> bool:
        """Whether every equilibrium has the value, and it is known that none is missing."""
        values = self.reading.values(measure, equilibria)
        if not values or not self.reading.settled(measure, equilibria):
            return False
        return all(_is(value, target) for value in values)


def _is(value: Any, target: int) -> bool:
    """Whether a number, or a function of the free parameter, is the target throughout."""
    if scalars.is_expression(value):
        import sympy

        return bool(sympy.simplify(value - target) == 0)
    return bool(value == target)


def _outside(part: Interval | Breakpoint, ends: tuple[Fraction, Fraction]) -> bool:
    """Whether no value of a part of a wider line is between the ends."""
    piece = (
        Span(part.low, part.high, part.includes_low, part.includes_high)
        if isinstance(part, Interval)
        else Span(part.value, part.value, True, True)
    )
    return piece.within(*ends) is None
