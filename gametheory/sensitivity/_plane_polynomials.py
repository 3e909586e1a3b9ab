r"""Polynomials in two parameters over a rectangle: their roots on lines, where their curves fold and cross, and their signs.

What a solver asks for at a sample is the sign of polynomials in :math:`x` and :math:`y`. They are taken apart into irreducible
factors, each of which stands once. A factor that has one sign on the whole rectangle is left out; this is seen from its Bernstein
coefficients, between whose least and greatest value the polynomial stays (Farin 2002). Where curves :math:`p = 0` and :math:`q = 0`
cross, :math:`x` is a root of the resultant :math:`\operatorname{Res}_y(p, q)`; where two branches of :math:`p = 0` meet, of the
discriminant of :math:`p` in :math:`y` (Basu, Pollack and Roy 2006, ch. 4). Resultants are computed when they are asked for.

References
----------
.. [1] S. Basu, R. Pollack and M.-F. Roy, *Algorithms in Real Algebraic Geometry*, 2nd ed., Springer, 2006.
.. [2] G. Farin, *Curves and Surfaces for CAGD*, 5th ed., Morgan Kaufmann, 2002, ch. 4.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, TypeAlias

from flint import fmpq, fmpq_mpoly

from gametheory.solvers.algebraic import RealAlgebraic, from_fraction, real_roots
from gametheory.solvers.function_fields import PolynomialKey, polynomial_key, primitive
from gametheory.solvers.rational_functions import Ring

__all__ = ["NotGeneric", "Plane", "PlanePolynomial", "coefficients_of", "nearest", "roots_of"]

Number: TypeAlias = Fraction | RealAlgebraic

#: How often a rectangle is cut in four to see that a polynomial has one sign on it.
MOST_CUTS = 4


class NotGeneric(ArithmeticError):
    """Something vanishes at the value of `x` at which the plane is cut, or changes there: take another value."""


class PlanePolynomial:
    """An irreducible polynomial in two variables, with coprime whole coefficients; one object for each in a :class:`Plane`."""

    __slots__ = ("_hash", "_lines", "degrees", "key", "polynomial", "ring", "rows")

    def __init__(self, ring: Ring, key: PolynomialKey) -> None:
        self.ring, self.key, self._hash = ring, key, hash(key)
        self.polynomial = primitive(ring, key)
        self.degrees = tuple(map(int, self.polynomial.degrees()))
        #: Coefficients of the powers of y, each as those of the powers of x.
        self.rows = [[0] * (self.degrees[0] + 1) for _ in range(self.degrees[1] + 1)]
        for (i, j), c in key:
            self.rows[j][i] = c
        self._lines: dict[Fraction, tuple[Number, ...]] = {}

    @property
    def vertical(self) -> bool:
        """Whether it depends on x alone: its curve consists of vertical lines."""
        return self.degrees[1] == 0

    def line(self, x: Fraction) -> tuple[int, ...]:
        """The whole coefficients of the powers of y at a value of x; empty if all are zero."""
        d = self.degrees[0]
        powers = [x.numerator**k * x.denominator ** (d - k) for k in range(d + 1)]
        return _trim([sum(c * p for c, p in zip(row, powers, strict=True) if c) for row in self.rows])

    def line_across(self, y: Fraction) -> tuple[int, ...]:
        """The whole coefficients of the powers of x at a value of y; empty if all are zero."""
        d = self.degrees[1]
        powers = [y.numerator**k * y.denominator ** (d - k) for k in range(d + 1)]
        return _trim(
            [
                sum(row[i] * p for row, p in zip(self.rows, powers, strict=True) if row[i])
                for i in range(self.degrees[0] + 1)
            ]
        )

    def roots(self, x: Fraction) -> tuple[Number, ...]:
        """The real roots in y at a value of x, in increasing order."""
        found = self._lines.get(x)
        if found is None:
            line = self.line(x)
            if not line:
                raise NotGeneric(str(x))
            found = self._lines[x] = roots_of(line)
        return found

    def sign(self, x: Fraction, y: Fraction) -> int:
        """The sign at a rational point."""
        value = self.polynomial(from_fraction(x), from_fraction(y))
        return int(value > 0) - int(value < 0)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, PlanePolynomial) and self.key == other.key)

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        return PlanePolynomial, (self.ring, self.key)

    def __repr__(self) -> str:
        return f"PlanePolynomial({self.polynomial})"


def _trim(coefficients: list[int]) -> tuple[int, ...]:
    while coefficients and coefficients[-1] == 0:
        coefficients.pop()
    return tuple(coefficients)


def roots_of(coefficients: tuple[int, ...]) -> tuple[Number, ...]:
    """The real roots of a polynomial in one variable, in increasing order; none of the zero polynomial."""
    if len(coefficients) == 2:  # most of them
        return (Fraction(-coefficients[0], coefficients[1]),)
    if len(coefficients) < 2:
        return ()
    common = math.gcd(*coefficients)
    return real_roots(tuple(c // common for c in coefficients))


def coefficients_of(polynomial: fmpq_mpoly, variable: int) -> tuple[int, ...]:
    """The whole coefficients of a polynomial in one of its variables alone, the constant one first; empty for zero."""
    key = polynomial_key(polynomial)
    result = [0] * (max((exponents[variable] for exponents, _ in key), default=-1) + 1)
    for exponents, c in key:
        result[exponents[variable]] = c
    return tuple(result)


class Plane:
    """A rectangle, and the polynomials that matter on it.

    Parameters
    ----------
    ring : Ring
        Of the two variables.
    x_range, y_range : (low, high)
    """

    def __init__(
        self, ring: Ring, x_range: tuple[Fraction, Fraction], y_range: tuple[Fraction, Fraction]
    ) -> None:
        self.ring, self.x_range, self.y_range = ring, x_range, y_range
        self._known: dict[PolynomialKey, PlanePolynomial] = {}
        self._factors: dict[PolynomialKey, tuple[PlanePolynomial, ...]] = {}
        self._definite: dict[PolynomialKey, bool] = {}
        self._events: dict[Any, tuple[Number, ...]] = {}
        #: Of those who use the plane, under keys of their own.
        self.cache: dict[Any, Any] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        # What is remembered can be found again.
        return Plane, (self.ring, self.x_range, self.y_range)

    def polynomial(self, polynomial: fmpq_mpoly) -> PlanePolynomial:
        """An irreducible polynomial, up to a factor that is a number."""
        key = polynomial_key(polynomial)
        if key not in self._known:
            self._known[key] = PlanePolynomial(self.ring, key)
        return self._known[key]

    def factors(self, key: PolynomialKey) -> tuple[PlanePolynomial, ...]:
        """The irreducible factors of a polynomial, each once."""
        if key not in self._factors:
            _, parts = primitive(self.ring, key).factor()
            self._factors[key] = tuple(self.polynomial(part) for part, _ in parts)
        return self._factors[key]

    def turning(
        self, keys: Iterable[PolynomialKey]
    ) -> tuple[dict[PlanePolynomial, None], list[PlanePolynomial]]:
        """The irreducible factors of polynomials that may change their signs on the rectangle, and those that may be zero
        somewhere on it without that.
        """
        changing: dict[PlanePolynomial, None] = {}
        touching: list[PlanePolynomial] = []
        for key in keys:
            for factor in self.factors(key):
                strict = self.one_sign(factor)
                if strict is None:
                    changing[factor] = None
                elif not strict and factor not in touching:
                    touching.append(factor)
        return changing, touching

    def one_sign(self, factor: PlanePolynomial) -> bool | None:
        """True if it is positive all over the rectangle, or negative; False if zero as well, but nowhere of the other sign; None if
        neither is seen.
        """
        if factor.key not in self._definite:
            self._definite[factor.key] = _one_sign(factor, self.x_range, self.y_range)  # type: ignore[assignment]  # None too
        return self._definite[factor.key]

    # -- values of x at which something happens ----------------------------------------------------------------------------
    def folds(self, p: PlanePolynomial) -> tuple[Number, ...]:
        """Where branches may meet: roots of the discriminant in y."""
        if p.degrees[1] < 2:
            return ()
        return self._at(("fold", p.key), lambda: p.polynomial.discriminant(1))

    def poles(self, p: PlanePolynomial) -> tuple[Number, ...]:
        """Where the number of branches may change because one goes to infinity: roots of the leading coefficient in y."""
        if p.degrees[1] < 2:
            return ()
        return self._within(("pole", p.key), tuple(p.rows[-1]))

    def crossings(self, p: PlanePolynomial, q: PlanePolynomial) -> tuple[Number, ...]:
        """Where two curves may cross: roots of the resultant in y."""
        if p.key > q.key:
            p, q = q, p
        return self._at(("cross", p.key, q.key), lambda: p.polynomial.resultant(q.polynomial, 1))

    def lines(self, p: PlanePolynomial) -> tuple[Number, ...]:
        """Where the vertical lines of a polynomial in x alone stand."""
        return self._within(("line", p.key), tuple(p.rows[0]))

    def exits(self, p: PlanePolynomial, top: bool) -> tuple[Number, ...]:
        """Where a curve may meet the lower or upper border."""
        return self._within(("exit", p.key, top), p.line_across(self.y_range[top]))

    def _at(self, key: Any, compute: Any) -> tuple[Number, ...]:
        if key not in self._events:
            return self._within(key, coefficients_of(compute(), 0))
        return self._events[key]

    def _within(self, key: Any, coefficients: tuple[int, ...]) -> tuple[Number, ...]:
        """The roots inside the range of x of a polynomial in x; none of the zero polynomial."""
        if key not in self._events:
            low, high = self.x_range
            coefficients = _trim(list(coefficients))
            self._events[key] = tuple(r for r in roots_of(coefficients) if low < r < high)
        return self._events[key]


def nearest(values: tuple[Number, ...], x: Fraction, low: Number, high: Number) -> tuple[Number, Number]:
    """The greatest of increasing values below `x`, or `low`, and the least above it, or `high`, whichever are closer.

    Raises
    ------
    NotGeneric
        If `x` is one of them.
    """
    if not values:
        return low, high
    first, last = bisect_left(values, x), bisect_right(values, x)
    if first != last:
        raise NotGeneric(str(x))
    if first > 0 and values[first - 1] > low:
        low = values[first - 1]
    if last < len(values) and values[last] < high:
        high = values[last]
    return low, high


def _one_sign(
    factor: PlanePolynomial, x_range: tuple[Fraction, Fraction], y_range: tuple[Fraction, Fraction]
) -> bool | None:
    """See :meth:`Plane.one_sign`: by Bernstein coefficients on a rectangle that is cut in four where they do not tell."""
    context = factor.polynomial.context()
    x, y = context.gens()
    waiting = [(x_range, y_range, 0)]
    sign, strict = 0, True
    while waiting:
        xs, ys, depth = waiting.pop()
        unit = factor.polynomial.compose(
            x * from_fraction(xs[1] - xs[0]) + from_fraction(xs[0]),
            y * from_fraction(ys[1] - ys[0]) + from_fraction(ys[0]),
        )
        values = _bernstein(unit, factor.degrees)
        here = {int(v > 0) - int(v < 0) for row in values for v in row}
        corners = {
            int(v > 0) - int(v < 0) for v in (values[0][0], values[0][-1], values[-1][0], values[-1][-1])
        } - {0}
        if len(corners | ({sign} - {0})) > 1:
            return None
        if here >= {-1, 1}:
            if depth == MOST_CUTS:
                return None
            (x0, x1), (y0, y1) = xs, ys
            xm, ym = (x0 + x1) / 2, (y0 + y1) / 2
            waiting += [(a, b, depth + 1) for a in ((x0, xm), (xm, x1)) for b in ((y0, ym), (ym, y1))]
            continue
        strict &= 0 not in here
        for found in here - {0}:
            if sign not in (0, found):
                return None
            sign = found
    return strict


def _bernstein(polynomial: fmpq_mpoly, degrees: tuple[int, ...]) -> list[list[fmpq]]:
    """The coefficients of a polynomial in the Bernstein basis of the unit square."""
    m, n = degrees
    power = [[fmpq(0)] * (n + 1) for _ in range(m + 1)]
    for (i, j), c in polynomial.to_dict().items():
        power[int(i)][int(j)] = c / (math.comb(m, int(i)) * math.comb(n, int(j)))
    # In each direction: b_k = sum over i <= k of C(k, i) times the scaled coefficient.
    half = [
        [sum((math.comb(k, i) * power[i][j] for i in range(k + 1)), start=fmpq(0)) for j in range(n + 1)]
        for k in range(m + 1)
    ]
    return [
        [sum((math.comb(k, j) * row[j] for j in range(k + 1)), start=fmpq(0)) for k in range(n + 1)]
        for row in half
    ]
