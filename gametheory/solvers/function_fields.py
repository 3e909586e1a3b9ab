r"""Ordered fields of functions of several variables, in which the exact solvers compute.

Let :math:`s` be a real point and :math:`b` an irreducible polynomial over :math:`\mathbb{Q}` with :math:`b(s) = 0`, or no polynomial
at all. The rational functions whose denominator :math:`b` does not divide, taken modulo :math:`b`, are the functions on the curve (or
surface) :math:`b = 0`; without :math:`b` they are :math:`\mathbb{Q}(x_1, \dots, x_k)`. Near a *generic* :math:`s`, at which none of the
functions that matter vanishes unless :math:`b` divides it, each has one sign: its sign at :math:`s`. So a solver that needs only
``+ - * /`` and comparisons can run on them. An answer holds wherever all functions whose signs it asked for have the signs that
they have at :math:`s`; they are recorded in :attr:`PointCell.decisions`.

One class thus serves

- an open cell of a space of parameters: no modulus, a rational sample;
- an arc of a curve :math:`b(x, y) = 0`: modulus :math:`b`, sample :math:`(x_0, y_k)` with :math:`y_k` the `k`-th real root of
  :math:`b(x_0, y)`; also a vertical line, on which :math:`b` is the minimal polynomial of :math:`x`;
- a branch :math:`z(t)` of solutions of :math:`R(t, z) = 0`: modulus :math:`R`, sample :math:`(t_0, z_k)`.

It generalises :class:`gametheory.solvers.fields.Cell` and :class:`gametheory.solvers.fields.Germ`, which serve one variable faster.

References
----------
.. [1] S. Basu, R. Pollack and M.-F. Roy, *Algorithms in Real Algebraic Geometry*, 2nd ed., Springer, 2006, ch. 2 and 11.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from flint import fmpq, fmpq_mpoly, fmpq_poly, fmpz

from gametheory.errors import Unsupported
from gametheory.solvers.algebraic import RealAlgebraic, from_fraction, to_fraction
from gametheory.solvers.fields import AlgebraicNumber, SampleNotGeneric, _Ordered
from gametheory.solvers.rational_functions import RationalFunction, Ring

__all__ = ["PointCell", "PointGerm", "polynomial_key", "primitive"]

#: A polynomial as what has a hash: pairs of exponents and whole coefficients, in the order of the ring.
PolynomialKey: TypeAlias = tuple[tuple[tuple[int, ...], int], ...]


def polynomial_key(polynomial: fmpq_mpoly) -> PolynomialKey:
    """What two polynomials have in common exactly if one is a non-zero number times the other: coprime whole coefficients, the first
    of them positive.

    Examples
    --------
    >>> from gametheory.solvers.function_fields import polynomial_key
    >>> from gametheory.solvers.rational_functions import Ring
    >>> x = Ring(["x"]).variable("x")
    >>> polynomial_key(2 - x / 3)
    (((1,), 1), ((0,), -6))
    """
    terms = [(exponents, int(c.p), int(c.q)) for exponents, c in polynomial.to_dict().items()]
    if not terms:
        return ()
    common = math.lcm(*(q for _, _, q in terms))
    whole = [p * (common // q) for _, p, q in terms]
    factor = math.gcd(*whole)
    if whole[0] < 0:
        factor = -factor
    return tuple(
        (tuple(map(int, exponents)), c // factor) for (exponents, _, _), c in zip(terms, whole, strict=True)
    )


def primitive(ring: Ring, key: PolynomialKey) -> fmpq_mpoly:
    """The polynomial of a key.

    Examples
    --------
    >>> from gametheory.solvers.function_fields import polynomial_key, primitive
    >>> from gametheory.solvers.rational_functions import Ring
    >>> ring = Ring(["x"])
    >>> primitive(ring, (((1,), 1), ((0,), -6))) == ring.variable("x") - 6
    True
    """
    return ring.context.from_dict({exponents: fmpq(c) for exponents, c in key})


class PointCell:
    """A place in a space of several variables: a sample, perhaps on a hypersurface, and what was decided there.

    Parameters
    ----------
    ring : Ring
        The variables.
    sample : mapping of str to (Fraction or RealAlgebraic)
        A value of each variable of the ring. At most one is irrational.
    modulus : fmpq_mpoly, optional
        An irreducible polynomial that vanishes at the sample: functions are then compared on its zero set.

    Attributes
    ----------
    decisions : dict
        By :func:`polynomial_key`, the sign at the sample of each non-constant polynomial whose sign was asked for.

    Raises
    ------
    Unsupported
        If two coordinates are irrational.
    ValueError
        If the modulus does not vanish at the sample, or a variable has no value.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory.solvers.algebraic import real_roots
    >>> from gametheory.solvers.function_fields import PointCell
    >>> from gametheory.solvers.rational_functions import Ring
    >>> ring = Ring(["x", "y"])
    >>> cell = PointCell(ring, {"x": Fraction(1), "y": Fraction(3)})
    >>> x, y = cell.variable("x"), cell.variable("y")
    >>> x * x < y, len(cell.decisions)
    (True, 1)

    On the upper half of the unit circle at :math:`x = 1/3`:

    >>> high = real_roots((-8, 0, 9))[1]
    >>> circle = ring.read(__import__("sympy").parse_expr("x**2 + y**2 - 1")).numerator
    >>> cell = PointCell(ring, {"x": Fraction(1, 3), "y": high}, circle)
    >>> x, y = cell.variable("x"), cell.variable("y")
    >>> x * x + y * y == 1, x < y, y > 1
    (True, True, False)
    """

    __slots__ = ("_irrational", "_point", "decisions", "modulus", "ring", "sample")

    def __init__(
        self,
        ring: Ring,
        sample: Mapping[str, Fraction | RealAlgebraic],
        modulus: fmpq_mpoly | None = None,
    ) -> None:
        missing = [name for name in ring.names if name not in sample]
        if missing:
            raise ValueError(f"the sample gives no value to {', '.join(missing)}")
        self.ring, self.sample, self.modulus = ring, dict(sample), modulus
        self._irrational: tuple[int, RealAlgebraic] | None = None
        self._point: list[fmpq] = []
        for k, name in enumerate(ring.names):
            value = sample[name]
            if isinstance(value, RealAlgebraic):
                if self._irrational is not None:
                    raise Unsupported(
                        f"both {ring.names[self._irrational[0]]} and {name} are irrational at the sample; at most one may be."
                    )
                self._irrational = k, value
                self._point.append(fmpq(0))
            else:
                self._point.append(from_fraction(Fraction(value)))
        self.decisions: dict[PolynomialKey, int] = {}
        if modulus is not None and self.value_sign(modulus) != 0:
            raise ValueError(f"the modulus {modulus} does not vanish at the sample")

    def variable(self, name: str) -> PointGerm:
        """A variable as an element of the field."""
        return self.germ(self.ring.function(self.ring.variable(name)))

    def constant(self, value: Fraction | int | fmpq) -> PointGerm:
        """A number as an element of the field."""
        number = value if isinstance(value, fmpq) else from_fraction(Fraction(value))
        context = self.ring.context
        return PointGerm(context.constant(number), context.constant(1), self)

    def germ(self, function: RationalFunction) -> PointGerm:
        """A rational function as an element of the field.

        Raises
        ------
        ZeroDivisionError
            If its denominator is zero there.
        """
        if self.vanishes(function.denominator):
            raise ZeroDivisionError("a function has a pole all along the modulus")
        return PointGerm(function.numerator, function.denominator, self)

    def vanishes(self, polynomial: fmpq_mpoly) -> bool:
        """Whether a polynomial is zero in the field: zero, or a multiple of the modulus."""
        if polynomial.is_zero():
            return True
        if self.modulus is None or polynomial.is_constant():
            return False
        _, rest = divmod(polynomial, self.modulus)
        return bool(rest.is_zero())

    def value_sign(self, polynomial: fmpq_mpoly) -> int:
        """The sign of a polynomial at the sample, a number; nothing is recorded."""
        if self._irrational is None:
            value = polynomial(*self._point)
            return int(value > 0) - int(value < 0)
        free, alpha = self._irrational
        known: dict[str | int, int | fmpz | fmpq] = {k: v for k, v in enumerate(self._point) if k != free}
        rest = polynomial.subs(known) if known else polynomial
        coefficients = [fmpq(0)] * (int(rest.degrees()[free]) + 1 if not rest.is_zero() else 1)
        for exponents, c in rest.to_dict().items():
            coefficients[int(exponents[free])] = c
        return AlgebraicNumber(fmpq_poly(coefficients), alpha).sign()

    def sign(self, polynomial: fmpq_mpoly) -> int:
        """The sign of a polynomial in the field; the polynomial is recorded if it is neither constant nor zero there.

        Raises
        ------
        SampleNotGeneric
            If it vanishes at the sample though it is not zero: the sample is on the border of what is to be decided.
        """
        if polynomial.is_constant():
            return self.value_sign(polynomial) if not polynomial.is_zero() else 0
        value = self.value_sign(polynomial)
        if value == 0:
            if self.vanishes(polynomial):
                return 0
            raise SampleNotGeneric(", ".join(f"{name} = {v}" for name, v in self.sample.items()))
        key = polynomial_key(polynomial)
        # The key has a positive first coefficient.
        turned = polynomial.leading_coefficient() < 0
        self.decisions[key] = -value if turned else value
        return value

    def __reduce__(self) -> tuple[Any, ...]:
        modulus = None if self.modulus is None else _terms(self.modulus)
        return _rebuild_cell, (self.ring, self.sample, modulus, self.decisions)

    def __repr__(self) -> str:
        where = ", ".join(f"{name} = {value}" for name, value in self.sample.items())
        return f"PointCell({where}{'' if self.modulus is None else f'; on {self.modulus} = 0'})"


class PointGerm(RationalFunction, _Ordered):
    """A rational function, ordered by its sign at the sample of its cell, and zero where the modulus of the cell divides it."""

    __slots__ = ("cell",)

    def __init__(self, numerator: fmpq_mpoly, denominator: fmpq_mpoly, cell: PointCell) -> None:
        super().__init__(numerator, denominator)
        self.cell = cell

    def _make(self, numerator: fmpq_mpoly, denominator: fmpq_mpoly) -> PointGerm:
        return PointGerm(numerator, denominator, self.cell)

    def __sub__(self, other: object) -> Any:
        return RationalFunction.__sub__(self, other)

    def __truediv__(self, other: object) -> Any:
        parts = self._lift(other)
        if parts is None:
            return NotImplemented
        numerator, denominator = parts
        # The quotient has a pole where the divisor vanishes, so the answer holds only up to there.
        if self.cell.sign(numerator) == 0:
            raise ZeroDivisionError("division by the zero function")
        return self._make(self.numerator * denominator, self.denominator * numerator)

    def __rtruediv__(self, other: object) -> Any:
        parts = self._lift(other)
        return NotImplemented if parts is None else self._make(*parts) / self

    def sign(self) -> int:
        """The sign at the sample; what decides it is recorded in the cell."""
        sign = self.cell.sign(self.numerator)
        return sign * self.cell.sign(self.denominator) if sign else 0

    def __eq__(self, other: object) -> bool:
        return _Ordered.__eq__(self, other)

    def __bool__(self) -> bool:
        return self.sign() != 0

    __hash__ = None  # equal elements may be written differently

    @property
    def key(self) -> tuple[PolynomialKey, PolynomialKey, tuple[int, int]]:
        """Equal for equal functions without a modulus, whatever their cells."""
        lead = self.numerator.leading_coefficient() if not self.numerator.is_zero() else fmpq(0)
        return polynomial_key(self.numerator), polynomial_key(self.denominator), (int(lead.p), int(lead.q))

    def __reduce__(self) -> tuple[Any, ...]:
        # FLINT's polynomials do not pickle.
        return _rebuild_germ, (_terms(self.numerator), _terms(self.denominator), self.cell)

    def __repr__(self) -> str:
        return f"PointGerm({self.numerator} over {self.denominator} at {self.cell!r})"


def _terms(polynomial: fmpq_mpoly) -> dict[tuple[int, ...], Fraction]:
    return {tuple(map(int, exponents)): to_fraction(c) for exponents, c in polynomial.to_dict().items()}


def _polynomial(ring: Ring, terms: Mapping[tuple[int, ...], Fraction]) -> fmpq_mpoly:
    return ring.context.from_dict({exponents: from_fraction(c) for exponents, c in terms.items()})


def _rebuild_cell(
    ring: Ring,
    sample: Mapping[str, Fraction | RealAlgebraic],
    modulus: Mapping[tuple[int, ...], Fraction] | None,
    decisions: dict[PolynomialKey, int],
) -> PointCell:
    cell = PointCell(ring, sample, None if modulus is None else _polynomial(ring, modulus))
    cell.decisions = decisions
    return cell


def _rebuild_germ(
    numerator: Mapping[tuple[int, ...], Fraction],
    denominator: Mapping[tuple[int, ...], Fraction],
    cell: PointCell,
) -> PointGerm:
    return PointGerm(_polynomial(cell.ring, numerator), _polynomial(cell.ring, denominator), cell)
