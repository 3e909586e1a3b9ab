r"""The least and the greatest value of functions that are rational, or have square roots, in pieces; exactly.

On a closed interval a rational function without poles takes its extremes at an end or where its derivative
vanishes, that is at a real root of :math:`n'd - nd'`. For :math:`a + b\sqrt\delta` the derivative vanishes only where
:math:`a'^2\delta = (b'\delta + b\delta'/2)^2`. The candidates are exact numbers of different fields
:math:`\mathbb{Q}(\alpha)`; they are compared by balls of growing precision. Two that agree to :data:`DIGITS`
bits are taken for equal, which decides only by which of two equal expressions the extreme is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import flint
from flint import fmpq

from gametheory.sensitivity._cells import Number, Ratio, RootFunction
from gametheory.solvers.algebraic import from_fraction, real_roots
from gametheory.solvers.fields import AlgebraicNumber

__all__ = ["extremes"]

#: Bits to which two numbers of different fields are compared.
DIGITS = 4096


def extremes(
    functions: Iterable[tuple[Number, Number, Ratio | RootFunction]], values: Iterable[Any]
) -> tuple[Any, Any]:
    """The least and the greatest number.

    Parameters
    ----------
    functions : iterable of (low, high, Ratio or RootFunction)
        Functions on the closures of intervals, on which they have no pole.
    values : iterable of numbers
        Single values besides: of Q or of some Q(alpha).

    Returns
    -------
    least, greatest : number of a field

    Raises
    ------
    ValueError
        If there is nothing to compare.
    Unsupported
        If a function has roots within roots.
    """
    numbers = list(values)
    for low, high, function in functions:
        points = {low, high}
        slope = function.critical()
        if slope.degree() > 0:
            points.update(
                root
                for root in real_roots(tuple(int(c) for c in slope.numer().coeffs()))
                if low < root < high
            )
        elif slope.is_zero():
            points = {low}
        numbers.extend(function.at(point) for point in points)
    if not numbers:
        raise ValueError("no equilibrium, so no value")
    least = greatest = numbers[0]
    for number in numbers[1:]:
        if _less(number, least):
            least = number
        if _less(greatest, number):
            greatest = number
    return least, greatest


def _less(first: Any, second: Any) -> bool:
    exact = [n if isinstance(n, fmpq) else _rational(n) for n in (first, second)]
    if exact[0] is not None and exact[1] is not None:
        return bool(exact[0] < exact[1])
    precision = 64
    while precision <= DIGITS:
        with flint.ctx.workprec(precision):
            difference = _ball(first, precision) - _ball(second, precision)
            if difference < 0:
                return True
            if difference > 0:
                return False
        precision *= 2
    return False


def _rational(number: Any) -> fmpq | None:
    if isinstance(number, Fraction):
        return from_fraction(number)
    if isinstance(number, AlgebraicNumber) and number.polynomial.degree() <= 0:
        return number.polynomial[0]
    return None


def _ball(number: Any, precision: int) -> Any:
    rational = number if isinstance(number, fmpq) else _rational(number)
    return number.ball(precision) if rational is None else flint.arb(rational)
