r"""Ordered fields in which the exact solvers compute.

An exact solver here is written once, with ``+ - * /`` and comparisons only, and so runs in any *ordered
field*:

- :math:`\mathbb{Q}`: FLINT rationals, for a game whose payoffs are numbers;
- :math:`\mathbb{Q}(\alpha)`: :class:`AlgebraicNumber`, for a game at an irrational value :math:`\alpha` of a
  parameter. An element is a polynomial in :math:`\alpha` reduced by the minimal polynomial of :math:`\alpha`;
  it is zero exactly when that polynomial is, and otherwise its sign is read off a ball around :math:`\alpha`
  that is refined until it excludes zero;
- :math:`\mathbb{Q}(t)` *near a sample* :math:`t_0`: :class:`Germ`, for a game with one free parameter
  :math:`t`. An element is a rational function, ordered by its sign at :math:`t_0`. Each non-constant function
  whose sign decides anything is recorded in the :class:`Cell`.

The last one is what makes exact thresholds possible. A solver run on germs takes the same branches for every
:math:`t` for which all recorded functions keep their signs. So its answer, a rational function of :math:`t`,
is the answer on the whole open interval around :math:`t_0` up to the nearest real roots of the recorded
polynomials; :meth:`Cell.interval` finds those exactly.

References
----------
.. [1] S. Basu, R. Pollack and M.-F. Roy, *Algorithms in Real Algebraic Geometry*, 2nd ed., Springer, 2006,
   ch. 2 and 10.
.. [2] F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic", *IEEE
   Transactions on Computers* 66 (2017), 1281-1292.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Any

import flint
from flint import fmpq, fmpq_poly

from gametheory.solvers.algebraic import Coefficients, RealAlgebraic, from_fraction, real_roots, to_fraction

__all__ = ["AlgebraicNumber", "Cell", "Germ", "SampleNotGeneric"]


class _Ordered:
    """Comparisons from subtraction and sign; the part that all elements share."""

    __slots__ = ()

    def sign(self) -> int:
        raise TypeError("an element of an ordered field has a sign")

    def __sub__(self, other: Any) -> Any:
        raise TypeError("an element of an ordered field can be subtracted")

    def __eq__(self, other: object) -> bool:
        return bool((self - other).sign() == 0)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: Any) -> bool:
        return bool((self - other).sign() < 0)

    def __gt__(self, other: Any) -> bool:
        return bool((self - other).sign() > 0)

    def __le__(self, other: Any) -> bool:
        return bool((self - other).sign() <= 0)

    def __ge__(self, other: Any) -> bool:
        return bool((self - other).sign() >= 0)

    def __bool__(self) -> bool:
        return self.sign() != 0

    __hash__ = None  # type: ignore[assignment]  # equal elements may be written differently


class AlgebraicNumber(_Ordered):
    """An element of Q(alpha), as a polynomial in alpha of lower degree than alpha's minimal polynomial."""

    __slots__ = ("alpha", "modulus", "polynomial")

    def __init__(self, polynomial: fmpq_poly, alpha: RealAlgebraic, modulus: fmpq_poly | None = None) -> None:
        self.alpha = alpha
        self.modulus = fmpq_poly(list(alpha.coefficients)) if modulus is None else modulus
        self.polynomial = (
            polynomial % self.modulus if polynomial.degree() >= self.modulus.degree() else polynomial
        )

    def _lift(self, other: object) -> fmpq_poly | None:
        if isinstance(other, AlgebraicNumber):
            return other.polynomial
        if isinstance(other, Fraction):
            return fmpq_poly([from_fraction(other)])
        if isinstance(other, int | fmpq):
            return fmpq_poly([other])
        return None

    def _make(self, polynomial: fmpq_poly) -> AlgebraicNumber:
        return AlgebraicNumber(polynomial, self.alpha, self.modulus)

    def __add__(self, other: object) -> AlgebraicNumber:
        value = self._lift(other)
        return NotImplemented if value is None else self._make(self.polynomial + value)

    __radd__ = __add__

    def __sub__(self, other: object) -> AlgebraicNumber:
        value = self._lift(other)
        return NotImplemented if value is None else self._make(self.polynomial - value)

    def __rsub__(self, other: object) -> AlgebraicNumber:
        return -(self - other)

    def __neg__(self) -> AlgebraicNumber:
        return self._make(-self.polynomial)

    def __mul__(self, other: object) -> AlgebraicNumber:
        value = self._lift(other)
        return NotImplemented if value is None else self._make(self.polynomial * value)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> AlgebraicNumber:
        value = self._lift(other)
        if value is None:
            return NotImplemented
        if value.is_zero():
            raise ZeroDivisionError("division by zero in Q(alpha)")
        gcd, inverse, _ = value.xgcd(self.modulus)
        return self._make(self.polynomial * inverse / gcd[0])

    def __rtruediv__(self, other: object) -> AlgebraicNumber:
        value = self._lift(other)
        return NotImplemented if value is None else self._make(value) / self

    def sign(self) -> int:
        """The sign: -1, 0 or 1."""
        if self.polynomial.degree() <= 0:
            constant = self.polynomial[0]
            return int(constant > 0) - int(constant < 0)
        precision = 64
        while True:
            value = self.ball(precision)
            if value > 0:
                return 1
            if value < 0:
                return -1
            precision *= 2

    def ball(self, precision: int) -> Any:
        """A FLINT ball that holds the number."""
        point = self.alpha.ball(precision)
        with flint.ctx.workprec(precision):
            value = flint.arb(0)
            for coefficient in reversed(self.polynomial.coeffs()):
                value = value * point + flint.arb(coefficient)
            return value

    def __float__(self) -> float:
        return float(self.ball(128))

    def to_sympy(self) -> Any:
        """The number as a SymPy expression in alpha."""
        import sympy

        alpha = self.alpha.to_sympy()
        terms = (
            sympy.Rational(int(c.p), int(c.q)) * alpha**power
            for power, c in enumerate(self.polynomial.coeffs())
        )
        total = sympy.Add(*terms)
        return sympy.radsimp(sympy.expand(total)) if len(self.alpha.coefficients) == 3 else total

    def __reduce__(self) -> tuple[Any, ...]:
        # FLINT's numbers do not pickle.
        return _rebuild_algebraic, (tuple(to_fraction(c) for c in self.polynomial.coeffs()), self.alpha)

    def __repr__(self) -> str:
        return f"AlgebraicNumber({float(self):.10g})"


def _rebuild_algebraic(coefficients: tuple[Fraction, ...], alpha: RealAlgebraic) -> AlgebraicNumber:
    return AlgebraicNumber(fmpq_poly([from_fraction(c) for c in coefficients]), alpha)


class SampleNotGeneric(ArithmeticError):
    """The sample is a root of a function whose sign was asked for: it may be a breakpoint; take another."""


class Cell:
    """An open interval of the parameter in the making: a sample, and what was decided there.

    Parameters
    ----------
    sample : Fraction
        Where signs are read.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory.solvers.fields import Cell
    >>> cell = Cell(Fraction(1))
    >>> t = cell.parameter()
    >>> t * t - 2 < 0, t > -1
    (True, True)
    >>> low, high = cell.interval(Fraction(-10), Fraction(10))
    >>> low, str(high)
    (Fraction(-1, 1), 'sqrt(2)')
    """

    __slots__ = ("decisions", "point", "roots", "sample")

    def __init__(self, sample: Fraction) -> None:
        self.sample = sample
        self.point = from_fraction(sample)
        self.decisions: set[Coefficients] = set()
        #: Square roots of functions that have been taken, each once; see :mod:`gametheory.solvers.surds`.
        self.roots: dict[Any, Any] = {}

    def parameter(self) -> Germ:
        """The free parameter itself."""
        return Germ(fmpq_poly([0, 1]), fmpq_poly([1]), self)

    def constant(self, value: Fraction | int) -> Germ:
        """A number that does not depend on the parameter."""
        return Germ(fmpq_poly([from_fraction(Fraction(value))]), fmpq_poly([1]), self)

    def sign(self, polynomial: fmpq_poly) -> int:
        """The sign of a polynomial at the sample; the polynomial is recorded."""
        value = polynomial(self.point)
        if polynomial.degree() > 0:
            if value == 0:
                raise SampleNotGeneric(str(self.sample))
            numerator = polynomial.numer()
            content = numerator.content()
            self.decisions.add(tuple(int(c / content) for c in numerator.coeffs()))
        return int(value > 0) - int(value < 0)

    def interval(
        self, low: Fraction | RealAlgebraic, high: Fraction | RealAlgebraic
    ) -> tuple[Fraction | RealAlgebraic, Fraction | RealAlgebraic]:
        """The open interval around the sample, within (`low`, `high`), on which every recorded sign is
        constant.
        """
        for polynomial in self.decisions:
            for root in real_roots(polynomial):
                if root < self.sample:
                    low = max(low, root)
                else:
                    high = min(high, root)
                    break
        return low, high


class Germ(_Ordered):
    """A rational function of the free parameter, ordered by its sign at the sample of its cell."""

    __slots__ = ("cell", "denominator", "numerator")

    def __init__(self, numerator: fmpq_poly, denominator: fmpq_poly, cell: Cell) -> None:
        if denominator.degree() > 0:
            common = numerator.gcd(denominator)
            if common.degree() > 0:
                numerator, denominator = numerator // common, denominator // common
        if denominator.degree() == 0:
            numerator, denominator = numerator / denominator[0], fmpq_poly([1])
        self.numerator, self.denominator, self.cell = numerator, denominator, cell

    def _lift(self, other: object) -> tuple[fmpq_poly, fmpq_poly] | None:
        if isinstance(other, Germ):
            return other.numerator, other.denominator
        if isinstance(other, Fraction):
            return fmpq_poly([from_fraction(other)]), fmpq_poly([1])
        if isinstance(other, int | fmpq):
            return fmpq_poly([other]), fmpq_poly([1])
        return None

    def __add__(self, other: object) -> Germ:
        parts = self._lift(other)
        if parts is None:
            return NotImplemented
        n, d = parts
        if self.denominator.degree() == 0 and d.degree() == 0:
            return Germ(self.numerator + n, d, self.cell)
        return Germ(self.numerator * d + n * self.denominator, self.denominator * d, self.cell)

    __radd__ = __add__

    def __neg__(self) -> Germ:
        return Germ(-self.numerator, self.denominator, self.cell)

    def __sub__(self, other: object) -> Germ:
        parts = self._lift(other)
        if parts is None:
            return NotImplemented
        return self + Germ(-parts[0], parts[1], self.cell)

    def __rsub__(self, other: object) -> Germ:
        return -(self - other)

    def __mul__(self, other: object) -> Germ:
        parts = self._lift(other)
        if parts is None:
            return NotImplemented
        return Germ(self.numerator * parts[0], self.denominator * parts[1], self.cell)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Germ:
        parts = self._lift(other)
        if parts is None:
            return NotImplemented
        n, d = parts
        if n.is_zero():
            raise ZeroDivisionError("division by the zero function")
        # The quotient has a pole where the divisor vanishes, so the answer holds only up to there.
        self.cell.sign(n)
        return Germ(self.numerator * d, self.denominator * n, self.cell)

    def __rtruediv__(self, other: object) -> Germ:
        parts = self._lift(other)
        return NotImplemented if parts is None else Germ(*parts, self.cell) / self

    def sign(self) -> int:
        """The sign at the sample; what decides it is recorded in the cell."""
        if self.numerator.is_zero():
            return 0
        return self.cell.sign(self.numerator) * self.cell.sign(self.denominator)

    @property
    def key(self) -> tuple[str, str]:
        """Equal for equal functions, whatever their cells."""
        lead = self.denominator.leading_coefficient()
        return str(self.numerator / lead), str(self.denominator / lead)

    def to_sympy(self, parameter: Any) -> Any:
        """The function as a SymPy expression in `parameter`: a polynomial expanded, a quotient in factors."""
        above, below = (
            tuple(to_fraction(c) for c in part.coeffs()) for part in (self.numerator, self.denominator)
        )
        return _expression(above, below, parameter)

    def __repr__(self) -> str:
        return f"Germ({self.numerator} over {self.denominator} at {self.cell.sample})"


@lru_cache(4096)
def _expression(above: tuple[Fraction, ...], below: tuple[Fraction, ...], parameter: Any) -> Any:
    """A rational function in lowest terms as a SymPy expression."""
    import sympy

    def polynomial(coefficients: Iterable[Any]) -> Any:
        terms = (
            sympy.Rational(int(c.numerator), int(c.denominator)) * parameter**power
            for power, c in enumerate(coefficients)
            if c
        )
        return sympy.Add(*terms)

    if len(below) == 1:
        return polynomial(Fraction(c, below[0]) for c in above)
    scale, factors = sympy.Integer(1), []
    for coefficients, sign in ((above, 1), (below, -1)):
        whole = fmpq_poly([from_fraction(c) for c in coefficients])
        content, found = whole.numer().factor()
        scale *= sympy.Rational(int(content), int(whole.denom())) ** sign
        factors += [polynomial(map(Fraction, map(int, f.coeffs()))) ** (sign * power) for f, power in found]
    return sympy.Mul(scale, *factors)
