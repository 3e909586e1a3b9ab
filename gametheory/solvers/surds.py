r"""Square roots over an ordered field: numbers :math:`a + b\sqrt\delta`, ordered exactly.

The mixed equilibria of three players with two strategies each solve quadratic equations, so they live in
:math:`K(\sqrt\delta)` with :math:`\delta > 0` of the field :math:`K` of the payoffs: the rationals, :math:`\mathbb{Q}(\alpha)` or
:math:`\mathbb{Q}(t)` at a sample (:mod:`gametheory.solvers.fields`), or again a field with square roots. The sign of a number of it is
decided in :math:`K` alone: where the signs of :math:`a` and :math:`b` differ, it is that of :math:`a` if the *norm*
:math:`a^2 - b^2\delta` is positive, and that of :math:`b` if it is negative. So nothing is lost if :math:`\delta` happens to be a
square: the representation is then not unique, but signs and quotients are right.

Over :math:`\mathbb{Q}(t)` it is enough to record the norm in the cell. Where neither the norm nor :math:`\delta` vanishes, the number,
which is continuous there, is not zero.

Several roots at once stand in a tower: each root has a level, and a number of a higher level has coefficients of lower ones.

References
----------
.. [1] H. Cohen, *A Course in Computational Algebraic Number Theory*, Springer, 1993, ch. 4.
.. [2] S. Basu, R. Pollack and M.-F. Roy, *Algorithms in Real Algebraic Geometry*, 2nd ed., Springer, 2006, ch. 2.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import flint
from flint import fmpq, fmpq_poly, fmpz_poly

from gametheory.solvers.algebraic import from_fraction, to_fraction
from gametheory.solvers.fields import AlgebraicNumber, Germ, SampleNotGeneric, _Ordered

__all__ = ["Root", "Surd", "constant", "is_zero", "sign", "square_root"]

_LEVELS = itertools.count()


class Root:
    """The positive square root of a positive number of a field."""

    __slots__ = ("delta", "level", "value")

    def __init__(self, delta: Any) -> None:
        self.delta = delta
        self.level = next(_LEVELS)
        #: The root at the sample of the cell; itself where nothing varies.
        self.value: Any = None


def is_zero(number: Any) -> bool:
    """Whether a number is written as zero; nothing is recorded."""
    if isinstance(number, Surd):
        return is_zero(number.whole) and is_zero(number.part)
    if isinstance(number, Germ):
        return bool(number.numerator.is_zero())
    if isinstance(number, AlgebraicNumber):
        return bool(number.polynomial.is_zero())
    return bool(number == 0)


def sign(number: Any) -> int:
    """The sign of a number of any field."""
    return int(number.sign()) if isinstance(number, _Ordered) else int(number > 0) - int(number < 0)


def constant(number: Any) -> Any:
    """A number at the sample of its cell, without the cell; itself where nothing varies."""
    if isinstance(number, Germ):
        below = number.denominator(number.cell.point)
        if below == 0:
            raise SampleNotGeneric(str(number.cell.sample))
        return number.numerator(number.cell.point) / below
    if isinstance(number, Surd):
        root = number.root
        if root.value is None:
            root.value = square_root(constant(root.delta))
        return constant(number.whole) + constant(number.part) * root.value
    return number


def square_root(delta: Any) -> Any:
    """The positive square root of a positive number; of its field where that is seen at once.

    Examples
    --------
    >>> from flint import fmpq
    >>> from gametheory.solvers.surds import square_root
    >>> square_root(fmpq(9, 4)), float(square_root(fmpq(2)))
    (3/2, 1.4142135623730951)
    >>> golden = (square_root(fmpq(5)) + 1) / 2
    >>> golden * golden == golden + 1, golden > 1.618
    (True, True)
    """
    zero = delta - delta
    if isinstance(delta, fmpq):
        above, below = math.isqrt(int(delta.p)), math.isqrt(int(delta.q))
        if above * above == delta.p and below * below == delta.q:
            return fmpq(above, below)
    if isinstance(delta, Germ):
        return _of_function(delta)
    return Surd(zero, zero + 1, Root(delta))


def _of_function(delta: Germ) -> Any:
    """A root of a rational function, with what is squared taken out; of either sign at the sample."""
    cell = delta.cell
    product = delta.numerator * delta.denominator
    whole = product.numer()
    outer, inner = fmpz_poly([1]), fmpz_poly([1])
    content, factors = whole.factor()
    for factor, power in factors:
        outer *= factor ** (power // 2)
        inner *= factor ** (power % 2)
    number = to_fraction(fmpq(int(content), int(product.denom())))
    square, rest = _square_part(number.numerator * number.denominator)
    outside = Germ(fmpq_poly(outer) * fmpq(square, number.denominator), delta.denominator, cell)
    if inner.degree() <= 0 and inner[0] * rest == 1:
        return outside
    inside = Germ(fmpq_poly(inner) * fmpq(rest), fmpq_poly([1]), cell)
    root = cell.roots.setdefault(inside.key, Root(inside))
    return Surd(inside - inside, outside, root)


def _square_part(number: int) -> tuple[int, int]:
    """(s, r) with ``s**2 * r == number``; only squares of small primes, and a square as a whole, are found."""
    root = math.isqrt(abs(number))
    if number > 0 and root * root == number:
        return root, 1
    square = 1
    for prime in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        while number % (prime * prime) == 0:
            number, square = number // (prime * prime), square * prime
    return square, number


class Surd(_Ordered):
    """A number a + b sqrt(delta).

    Parameters
    ----------
    whole, part : numbers of the field below
    root : Root
    """

    __slots__ = ("part", "root", "whole")

    def __init__(self, whole: Any, part: Any, root: Root) -> None:
        self.whole, self.part, self.root = whole, part, root

    def _lift(self, other: Any) -> tuple[Any, Any] | None:
        """The coefficients of another number in this field; None if it is of a higher one, or no number."""
        if isinstance(other, Surd):
            if other.root is self.root:
                return other.whole, other.part
            if other.root.level > self.root.level:
                return None
            return other, None
        if isinstance(other, Fraction):
            return from_fraction(other), None
        if isinstance(other, float):
            return fmpq(*other.as_integer_ratio()), None
        return (other, None) if isinstance(other, int | fmpq | _Ordered) else None

    def _make(self, whole: Any, part: Any) -> Any:
        return whole if is_zero(part) else Surd(whole, part, self.root)

    def __add__(self, other: Any) -> Any:
        parts = self._lift(other)
        if parts is None:
            return _turned(other, self, "__radd__")
        whole, part = parts
        return self._make(self.whole + whole, self.part if part is None else self.part + part)

    def __radd__(self, other: Any) -> Any:
        return self + other

    def __neg__(self) -> Any:
        return Surd(-self.whole, -self.part, self.root)

    def __sub__(self, other: Any) -> Any:
        return NotImplemented if not isinstance(other, _NUMBERS) else self + _minus(other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        parts = self._lift(other)
        if parts is None:
            return _turned(other, self, "__rmul__")
        whole, part = parts
        if part is None:
            return self._make(self.whole * whole, self.part * whole)
        delta = self.root.delta
        return self._make(
            self.whole * whole + self.part * part * delta, self.whole * part + self.part * whole
        )

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Surd):
            return self * other.inverse()
        parts = self._lift(other)
        if parts is None:
            return NotImplemented
        return Surd(self.whole / parts[0], self.part / parts[0], self.root)

    def __rtruediv__(self, other: Any) -> Any:
        return self.inverse() * other

    # The difference of two numbers may be one of the field below, also a rational, which has no method `sign`.
    def __eq__(self, other: object) -> bool:
        return sign(self - other) == 0

    def __lt__(self, other: Any) -> bool:
        return sign(self - other) < 0

    def __gt__(self, other: Any) -> bool:
        return sign(self - other) > 0

    def __le__(self, other: Any) -> bool:
        return sign(self - other) <= 0

    def __ge__(self, other: Any) -> bool:
        return sign(self - other) >= 0

    __hash__ = None

    @property
    def norm(self) -> Any:
        """The product with the conjugate, a number of the field below."""
        return self.whole * self.whole - self.part * self.part * self.root.delta

    def inverse(self) -> Any:
        """One over the number.

        Raises
        ------
        ZeroDivisionError
            If it is zero.
        """
        norm = self.norm
        if not is_zero(norm) and sign(norm) != 0:
            return self._make(self.whole / norm, -self.part / norm)
        if self.sign() == 0:
            raise ZeroDivisionError("division by zero")
        return 1 / (self.whole + self.whole)  # the conjugate is zero

    def sign(self) -> int:
        """The sign; over functions that at the sample, and the norm is recorded in the cell."""
        here = constant(self)
        if not isinstance(here, Surd):
            here_sign = sign(here)
        else:
            first, second = sign(here.whole), sign(here.part)
            if first * second >= 0:
                here_sign = first or second
            else:
                here_sign = first * sign(here.norm)
        if not _varies(self):
            return here_sign
        norm = self.norm
        if is_zero(norm) or sign(norm) == 0:
            # A number, or its conjugate, that vanishes everywhere: it is zero, or twice `whole`.
            return here_sign and sign(self.whole)
        if here_sign == 0:
            raise SampleNotGeneric("the sample")
        return here_sign

    def ball(self, precision: int) -> Any:
        """A FLINT ball that holds the number, computed with so many bits; nothing may vary."""
        with flint.ctx.workprec(precision):
            return _ball(self.whole, precision) + _ball(self.part, precision) * (
                _ball(self.root.delta, precision).sqrt()
            )

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for equal functions of one square root."""
        return "root", self.root.delta.key, self.whole.key, self.part.key

    def __float__(self) -> float:
        return float(constant(self).ball(256).mid())

    def __reduce__(self) -> tuple[Any, ...]:
        # FLINT's numbers do not pickle.
        return _rebuild, tuple(map(_portable, (self.whole, self.part, self.root.delta)))

    def __repr__(self) -> str:
        return f"Surd({self.whole!r} + {self.part!r} sqrt({self.root.delta!r}))"


_NUMBERS = (_Ordered, fmpq, int, Fraction, float)


def _minus(other: Any) -> Any:
    if isinstance(other, AlgebraicNumber | Germ | Surd | fmpq):
        return -other
    return -from_fraction(Fraction(other))


def _turned(other: Any, number: Surd, operation: str) -> Any:
    return getattr(other, operation)(number) if isinstance(other, Surd) else NotImplemented


def _varies(number: Any) -> bool:
    """Whether a number is a function of a parameter."""
    if isinstance(number, Surd):
        return _varies(number.whole) or _varies(number.part) or _varies(number.root.delta)
    return isinstance(number, Germ)


def _ball(number: Any, precision: int) -> Any:
    return flint.arb(number) if isinstance(number, fmpq | int) else number.ball(precision)


def _portable(number: Any) -> Any:
    return number if isinstance(number, AlgebraicNumber | Surd) else to_fraction(number)


def _rebuild(whole: Any, part: Any, delta: Any) -> Surd:
    first, second, third = (from_fraction(n) if isinstance(n, Fraction) else n for n in (whole, part, delta))
    return Surd(first, second, Root(third))
