r"""Where the sections of a cylinder end: exact values of `y` at an exact value of `x`, which may be irrational.

Let :math:`\alpha` be a root of the irreducible :math:`m(x)`. The roots of :math:`p(\alpha, y)` are among those of
:math:`R(y) = \operatorname{Res}_x(m, p)`. Separate the real roots of `R` by rational numbers :math:`e_j`. As :math:`R(e_j) \ne 0`, no
:math:`p(\alpha, e_j)` is zero, so there is a rational :math:`x'` so near to :math:`\alpha` that no :math:`p(x, e_j)` is zero for
:math:`x` between them. On the way from :math:`x'` to :math:`\alpha` no root of :math:`p(x, \cdot)` crosses an :math:`e_j`: the bounded
branch that is between two of them at :math:`x'` ends in the root of `R` between them. This also tells where branches end that meet.

Where `p` is linear in `y` the end is a number of :math:`\mathbb{Q}(\alpha)`; two of those are compared by their difference.

References
----------
.. [1] S. Basu, R. Pollack and M.-F. Roy, *Algorithms in Real Algebraic Geometry*, 2nd ed., Springer, 2006, ch. 10.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from functools import total_ordering
from typing import TYPE_CHECKING, Any, TypeAlias

from flint import fmpq, fmpq_poly

from gametheory.sensitivity._plane_polynomials import Plane, PlanePolynomial, coefficients_of, roots_of
from gametheory.solvers.algebraic import RealAlgebraic, rational_between
from gametheory.solvers.fields import AlgebraicNumber

if TYPE_CHECKING:
    from gametheory.sensitivity._plane_cells import Cylinder, Section

__all__ = ["Height", "height"]

Number: TypeAlias = Fraction | RealAlgebraic


@total_ordering
class Height:
    """A value of y on a vertical line.

    Parameters
    ----------
    value : Fraction or RealAlgebraic or AlgebraicNumber
        The last is an element of the field of the line's x.
    candidates : callable, optional
        For an element of that field: numbers of which it is one.
    """

    __slots__ = ("_candidates", "_value")

    def __init__(self, value: Any, candidates: Any = None) -> None:
        self._value, self._candidates = value, candidates

    @classmethod
    def of(cls, value: Number) -> Height:
        """A number as a height."""
        return cls(value)

    @property
    def exact(self) -> Number:
        """The number itself."""
        if isinstance(self._value, AlgebraicNumber):
            self._value = _recognised(self._value, self._candidates())
        return self._value  # type: ignore[no-any-return]  # no element of a field any more

    @staticmethod
    def candidates(plane: Plane, p: PlanePolynomial, x: Number) -> tuple[Number, ...]:
        """Numbers in increasing order among which are all real roots in y of a polynomial at a value of x."""
        if p.vertical:
            return ()
        if isinstance(x, Fraction):
            return p.roots(x)
        key = ("candidates", p.key, x)
        if key not in plane.cache:
            variable = plane.ring.variable(plane.ring.names[0])
            line = sum((c * variable**k for k, c in enumerate(x.coefficients)), start=plane.ring.constant(0))
            plane.cache[key] = roots_of(coefficients_of(p.polynomial.resultant(line, 0), 1))
        return plane.cache[key]  # type: ignore[no-any-return]  # what is under this key

    def rational_below(self, other: Height) -> Fraction:
        """A rational number strictly between this height and a greater one."""
        return rational_between(self.exact, other.exact)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Height) and self._compare(other) == 0

    def __lt__(self, other: Height) -> bool:
        return self._compare(other) < 0

    def _compare(self, other: Height) -> int:
        one, two = self._value, other._value
        if isinstance(one, AlgebraicNumber) and isinstance(two, AlgebraicNumber):
            return int((one - two).sign())
        if isinstance(one, AlgebraicNumber) and isinstance(two, Fraction):
            return int((one - two).sign())
        if isinstance(one, Fraction) and isinstance(two, AlgebraicNumber):
            return int((one - two).sign())
        first, second = self.exact, other.exact
        return (first > second) - (first < second)

    __hash__ = None  # type: ignore[assignment]  # equal heights may be written differently

    def __float__(self) -> float:
        return float(self._value)

    def __repr__(self) -> str:
        return f"Height({float(self):.10g})"


def _recognised(value: AlgebraicNumber, candidates: tuple[Number, ...]) -> Number:
    """Which of several distinct numbers an element of a field is, if it is one of them."""
    precision = 64
    left = list(candidates)
    while len(left) > 1:
        low, high = _bounds(value.ball(precision))
        left = [
            c
            for c in left
            if (c <= high and c >= low)
            or (
                isinstance(c, RealAlgebraic)
                and c.bounds(precision)[0] <= high
                and low <= c.bounds(precision)[1]
            )
        ]
        precision *= 2
    return left[0]


def _bounds(ball: Any) -> tuple[Fraction, Fraction]:
    ends = []
    for end in (ball.lower(), ball.upper()):
        mantissa, exponent = end.man_exp()
        ends.append(Fraction(int(mantissa)) * Fraction(2) ** int(exponent))
    return ends[0], ends[1]


def height(plane: Plane, section: Section, x: Number, cylinder: Cylinder) -> Height:
    """Where a section of a cylinder ends at one of the ends of it."""
    right = cylinder.high == x
    key = ("height", section.polynomial.key, section.position, x, right)
    if key not in plane.cache:
        plane.cache[key] = _height(plane, section, x, cylinder, right)
    return plane.cache[key]  # type: ignore[no-any-return]  # what is under this key


def _height(plane: Plane, section: Section, x: Number, cylinder: Cylinder, right: bool) -> Height:
    p = section.polynomial
    if p.degrees[1] == 1 and isinstance(x, RealAlgebraic):
        below, above = (AlgebraicNumber(_univariate(row), x) for row in p.rows)
        return Height(-below / above, lambda: Height.candidates(plane, p, x))
    candidates = Height.candidates(plane, p, x)
    if len(candidates) == 1:
        return Height(candidates[0])
    separators = [rational_between(a, b) for a, b in itertools.pairwise(candidates)]
    near: Number = cylinder.low if right else cylinder.high
    for e in separators:
        for root in roots_of(p.line_across(e)):
            if (near < root < x) if right else (x < root < near):
                near = root
    beside = rational_between(near, x) if right else rational_between(x, near)
    branch = p.roots(beside)[section.position]
    return Height(candidates[sum(e < branch for e in separators)])


def _univariate(row: list[int]) -> fmpq_poly:
    return fmpq_poly([fmpq(c) for c in row])
