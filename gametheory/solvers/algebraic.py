r"""Real algebraic numbers: exact values of a parameter at which a polynomial with rational coefficients vanishes.

A rational root is a fraction. An irrational one is named by its minimal polynomial and its position among the real roots of that. Two
numbers are compared by rational bounds that FLINT refines until they part; numbers with different minimal polynomials differ, so
they do part.

References
----------
.. [1] H. Cohen, *A Course in Computational Algebraic Number Theory*, Springer, 1993, ch. 4.
.. [2] F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic", *IEEE
   Transactions on Computers* 66 (2017), 1281-1292.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache, total_ordering
from typing import Any, TypeAlias

import flint
from flint import fmpq, fmpz_poly

__all__ = [
    "RealAlgebraic",
    "from_fraction",
    "rational_between",
    "real_roots",
    "simplest_fraction",
    "to_fraction",
]

#: Integer coefficients of a polynomial, constant term first: what a FLINT polynomial, which has no hash, is
#: remembered by.
Coefficients: TypeAlias = tuple[int, ...]


def from_fraction(value: Fraction | int) -> fmpq:
    """A FLINT rational."""
    return fmpq(value.numerator, value.denominator)


def to_fraction(value: fmpq) -> Fraction:
    """A Python fraction."""
    return Fraction(int(value.p), int(value.q))


@cache
def _balls(coefficients: Coefficients, precision: int) -> tuple[Any, ...]:
    """Disjoint balls around the real roots of a squarefree polynomial, in increasing order."""
    with flint.ctx.workprec(precision):
        # FLINT returns certified isolating balls, and an imaginary part of exactly zero for real roots.
        found: Any = fmpz_poly(list(coefficients)).complex_roots()
        roots = [root.real for root, _ in found if root.imag == 0]
        return tuple(sorted(roots, key=lambda root: _dyadic(root.mid())))


@cache
def _bounds(coefficients: Coefficients, precision: int) -> tuple[tuple[Fraction, Fraction], ...]:
    """Rational bounds of the real roots of a squarefree polynomial, in increasing order."""
    with flint.ctx.workprec(precision):
        return tuple((_dyadic(b.lower()), _dyadic(b.upper())) for b in _balls(coefficients, precision))


def _dyadic(value: Any) -> Fraction:
    mantissa, exponent = map(int, value.man_exp())
    return Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)


@total_ordering
class RealAlgebraic:
    """An irrational real root of an irreducible polynomial with integer coefficients.

    Parameters
    ----------
    coefficients : tuple of int
        Of the irreducible polynomial, constant term first, leading coefficient positive, content 1, degree at
        least 2.
    position : int
        Which of its real roots, in increasing order.

    Examples
    --------
    >>> from gametheory.solvers.algebraic import real_roots
    >>> low, high = real_roots((-2, 0, 1))
    >>> float(high), low < 0 < high, str(high)
    (1.4142135623730951, True, 'sqrt(2)')
    """

    __slots__ = ("coefficients", "position")

    def __init__(self, coefficients: Coefficients, position: int) -> None:
        self.coefficients = coefficients
        self.position = position

    def bounds(self, precision: int = 64) -> tuple[Fraction, Fraction]:
        """Rational lower and upper bounds, about `precision` bits apart from each other."""
        return _bounds(self.coefficients, precision)[self.position]

    def ball(self, precision: int) -> Any:
        """A FLINT ball that holds the number."""
        return _balls(self.coefficients, precision)[self.position]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RealAlgebraic):
            return self.coefficients == other.coefficients and self.position == other.position
        return False

    def __hash__(self) -> int:
        return hash((self.coefficients, self.position))

    def __lt__(self, other: RealAlgebraic | Fraction | int) -> bool:
        if isinstance(other, RealAlgebraic) and other.coefficients == self.coefficients:
            return self.position < other.position
        if not isinstance(other, RealAlgebraic | Fraction | int):
            return NotImplemented
        precision = 64
        while True:
            # Distinct numbers, so their bounds part at some precision.
            low, high = self.bounds(precision)
            other_low, other_high = (
                other.bounds(precision) if isinstance(other, RealAlgebraic) else (other, other)
            )
            if high < other_low:
                return True
            if other_high < low:
                return False
            precision *= 2

    def __gt__(self, other: RealAlgebraic | Fraction | int) -> bool:
        return self != other and not self < other

    def __float__(self) -> float:
        low, high = self.bounds(128)
        return float((low + high) / 2)

    def to_sympy(self) -> Any:
        """The number as a SymPy expression: in radicals up to degree two, otherwise ``CRootOf``."""
        import sympy

        if len(self.coefficients) == 3:
            c, b, a = self.coefficients
            root = sympy.sqrt(b * b - 4 * a * c) / (2 * a)
            # a > 0, so the sign of the root orders the two.
            return sympy.Rational(-b, 2 * a) + (-root if self.position == 0 else root)
        x = sympy.Symbol("x")
        polynomial = sympy.Poly(list(reversed(self.coefficients)), x)
        return sympy.CRootOf(polynomial, self.position)

    def __str__(self) -> str:
        return str(self.to_sympy())

    def __repr__(self) -> str:
        return f"{float(self):.10g} (root {self.position} of {fmpz_poly(list(self.coefficients))})"


def real_roots(polynomial: Coefficients) -> tuple[Fraction | RealAlgebraic, ...]:
    """All distinct real roots of a non-zero polynomial with integer coefficients, in increasing order.

    Examples
    --------
    >>> from gametheory.solvers.algebraic import real_roots
    >>> real_roots((3, -4, 1))
    (Fraction(1, 1), Fraction(3, 1))
    """
    return _real_roots(polynomial)


@cache
def _real_roots(polynomial: Coefficients) -> tuple[Fraction | RealAlgebraic, ...]:
    roots: list[Fraction | RealAlgebraic] = []
    for factor, _ in fmpz_poly(list(polynomial)).factor()[1]:
        coefficients = tuple(int(c) for c in factor.coeffs())
        if coefficients[-1] < 0:
            coefficients = tuple(-c for c in coefficients)
        if len(coefficients) == 2:
            roots.append(Fraction(-coefficients[0], coefficients[1]))
        else:
            roots.extend(RealAlgebraic(coefficients, k) for k in range(len(_balls(coefficients, 64))))
    return tuple(sorted(roots))


def rational_between(low: Fraction | RealAlgebraic, high: Fraction | RealAlgebraic) -> Fraction:
    """A rational strictly between two distinct numbers, in their middle half and with a small denominator."""
    precision = 64
    while True:
        below = low if isinstance(low, Fraction) else low.bounds(precision)[1]
        above = high if isinstance(high, Fraction) else high.bounds(precision)[0]
        if below < above:
            quarter = (above - below) / 4
            return simplest_fraction(below + quarter, above - quarter)
        precision *= 2


def simplest_fraction(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of least denominator in a closed interval (Stern-Brocot, by continued fractions)."""
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest_fraction(-high, -low)
    wholes = []  # a loop, for narrow intervals have long continued fractions
    while True:
        whole = low.numerator // low.denominator
        if low == whole or whole + 1 <= high:
            break
        wholes.append(whole)
        low, high = 1 / (high - whole), 1 / (low - whole)
    result = Fraction(whole if low == whole else whole + 1)
    for whole in reversed(wholes):
        result = whole + 1 / result
    return result
