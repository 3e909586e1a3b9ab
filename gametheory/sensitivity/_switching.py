r"""Where a statement about the equilibria turns when one parameter moves alone.

An exact map (:func:`gametheory.sensitivity.thresholds`) cuts the range of the parameter into intervals on which each equilibrium is
a fixed function of it. Where an outcome crosses the number that the statement names, an interval is cut once more, at the
real roots of a polynomial. On what remains the statement is true throughout or false throughout; walking outward from the
baseline, the *switching value* is where the first such part begins on which it is false.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gametheory.sensitivity._statements import CLEAR, Statement, compare, path
from gametheory.solvers.algebraic import RealAlgebraic, rational_between, real_roots, simplest_fraction

if TYPE_CHECKING:
    from gametheory.sensitivity._indifference import Indifference
    from gametheory.sensitivity.threshold_map import Interval, Thresholds

__all__ = ["Turn", "first_truth", "turns"]


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A value of one parameter beyond which a statement fails.

    Attributes
    ----------
    value : Fraction or sympy.Expr
        Exact.
    beyond : Fraction or None
        A value at which the statement fails, as near as convenient; None if it fails at an irrational point only.
    indifferences : tuple of Indifference
        Whose choice turns there, with the condition in all parameters; empty where only an outcome passes the number.
    """

    value: Any
    beyond: Fraction | None
    indifferences: tuple[Indifference, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A point or an open interval on which the statement is true or false throughout."""

    low: Any
    high: Any
    sample: Any
    truth: bool | None
    indifferences: tuple[Indifference, ...] = ()


def turns(found: Thresholds, statement: Statement, base: Fraction) -> tuple[Turn | None, Turn | None, bool]:
    """The nearest turns below and above a value at which the statement holds.

    Returns
    -------
    below, above : Turn or None
        None if the statement holds up to the end of the range.
    complete : bool
        Whether every equilibrium on the way is known; isolated ties apart, at which mixtures may not be listed.
    """
    parts = list(_parts(found, statement))
    complete = True
    result: list[Turn | None] = []
    for below in (True, False):
        ordered = list(reversed(parts)) if below else parts
        turn = None
        for k, part in enumerate(ordered):
            if (part.low >= base if below else part.high <= base) and part.low != part.high:
                continue
            if part.low == part.high and (part.low > base if below else part.low < base):
                continue
            if part.truth is None and part.low != part.high:
                complete = False
                break
            if part.truth is False:
                edge = part.high if below else part.low
                touching = [
                    other for other in ordered[max(k - 1, 0) : k + 2] if other.low == other.high == edge
                ]
                why = tuple(i for other in touching for i in other.indifferences)
                # At an irrational point no rational value fails: the next part may.
                behind = ordered[k + 1] if k + 1 < len(ordered) else part
                failing = behind if part.low == part.high and behind.truth is False else part
                turn = Turn(_shown(edge), _beyond(failing, edge), why)
                break
        result.append(turn)
    return result[0], result[1], complete


def first_truth(found: Thresholds, statement: Statement) -> bool | None:
    """Whether a statement holds on the first open part of a map; None if that is not known."""
    return next(part.truth for part in _parts(found, statement) if part.low != part.high)


def _beyond(part: _Part, edge: Any) -> Fraction | None:
    """A rational value in a part, near its edge; None if the part is an irrational point."""
    if part.low == part.high:
        return part.sample if isinstance(part.sample, Fraction) else None
    far = rational_between(part.low, part.high)
    near = edge if isinstance(edge, Fraction) else edge.bounds(128)[int(edge < far)]
    return simplest_fraction(*sorted((near + (far - near) / 8192, near + (far - near) / 4096)))


def _parts(found: Thresholds, statement: Statement) -> Iterator[_Part]:
    points = {point._number: point for point in found.breakpoints}
    for interval in found.intervals:
        low, high = interval._ends
        if low in points:
            yield _at(found, statement, points[low])
        elif interval.includes_low:
            yield _Part(low, low, low, statement.holds(found.at(low)))
        yield from _along(found, statement, interval, low, high)
    last = found.intervals[-1]
    if last._ends[1] in points:
        yield _at(found, statement, points[last._ends[1]])
    elif last.includes_high:
        yield _Part(found.high, found.high, found.high, statement.holds(found.at(found.high)))


def _at(found: Thresholds, statement: Statement, point: Any) -> _Part:
    number = point._number
    truth: bool | None
    if isinstance(number, Fraction):
        truth = statement.holds(point.equilibria)
    else:
        judged = [_judge(statement, e, value) for e, value in _values(statement, point)]
        wanted = statement.quantifier == "some"
        truth = wanted if wanted in judged else None
    return _Part(number, number, number, truth, point.indifferences)


def _values(statement: Statement, part: Any) -> Iterator[tuple[Any, Any]]:
    names = part.outcomes.get(statement.outcome) if statement.outcome is not None else None
    for k, equilibrium in enumerate(part.equilibria):
        yield equilibrium, None if names is None else names[k]


def _judge(statement: Statement, equilibrium: Any, value: Any) -> bool | None:
    if statement.outcome is None:
        support = [tuple(a for a, p in enumerate(vector) if p != 0) for vector in equilibrium.profile.arrays]
        return path(equilibrium.game, support) in statement.plays
    near = abs(float(value) - float(statement.value)) <= CLEAR * max(1.0, abs(float(statement.value)))
    return None if near else bool(compare(float(value), statement.relation, statement.value))


def _along(
    found: Thresholds, statement: Statement, interval: Interval, low: Any, high: Any
) -> Iterator[_Part]:
    """An interval, cut where an outcome passes the number."""
    cuts: set[Any] = set()
    known = interval.equilibria.complete
    for _, value in _values(statement, interval):
        if value is not None:
            roots = _roots(value - statement.value, found.name)
            if roots is None:
                known = False
            else:
                cuts |= {root for root in roots if low < root < high}
    ends = [low, *sorted(cuts), high]
    for first, second in pairwise(ends):
        if first != low:
            # At an irrational one only the edge of what follows counts.
            truth = statement.holds(found.at(first)) if isinstance(first, Fraction) else None
            yield _Part(first, first, first, truth)
        sample = rational_between(first, second)
        yield _Part(first, second, sample, statement.holds(found.at(sample)) if known else None)


def _symbol(name: str) -> Any:
    from gametheory import scalars

    return scalars.symbol(name)


def _roots(expression: Any, name: str) -> tuple[Fraction | RealAlgebraic, ...] | None:
    """The zeros of a function of one parameter; None if it is not rational."""
    import sympy

    if not hasattr(expression, "free_symbols") or not expression.free_symbols:
        return ()
    try:
        numerator = sympy.Poly(sympy.fraction(sympy.together(expression))[0], _symbol(name), domain="QQ")
    except sympy.PolynomialError:
        return None
    _, whole = numerator.clear_denoms(convert=True)
    return real_roots(tuple(int(c) for c in reversed(whole.all_coeffs())))


def _shown(value: Any) -> Any:
    return value if isinstance(value, Fraction) else value.to_sympy()
