r"""Rational functions of several named variables, exactly.

An element of :math:`\mathbb{Q}(x_1, \dots, x_k)` is a quotient of two polynomials without a common factor. FLINT multiplies,
divides and factors the polynomials; what stands here gives them names and makes a field of them, in which the exact solvers
and :func:`gametheory.scalars.evaluate` can compute.

References
----------
.. [1] K. O. Geddes, S. R. Czapor and G. Labahn, *Algorithms for Computer Algebra*, Kluwer, 1992, ch. 3 and 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from gametheory import scalars
from gametheory.solvers.algebraic import from_fraction, to_fraction

__all__ = ["RationalFunction", "Ring"]

Polynomial: TypeAlias = fmpq_mpoly


class Ring:
    """Polynomials with rational coefficients in named variables.

    Rings of the same names in the same order are interchangeable.

    Parameters
    ----------
    names : iterable of str
        Any text.

    Examples
    --------
    >>> from gametheory.scalars import parse
    >>> from gametheory.solvers.rational_functions import Ring
    >>> ring = Ring(["stake", "cost"])
    >>> function = ring.read(parse("(stake**2 - cost**2) / (stake - cost)"))
    >>> ring.to_sympy(function)
    cost + stake
    >>> function.denominator.is_one()
    True
    """

    __slots__ = ("_index", "context", "names")

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self._index = {name: k for k, name in enumerate(self.names)}
        if len(self._index) != len(self.names):
            raise ValueError(f"a name stands twice among {self.names}")
        self.context = _context(len(self.names))

    def index(self, name: str) -> int:
        """The position of a variable."""
        return self._index[name]

    def variable(self, name: str) -> Polynomial:
        """A variable as a polynomial."""
        return self.context.gen(self._index[name])

    def constant(self, value: Fraction | int) -> Polynomial:
        """A number as a polynomial."""
        return self.context.constant(from_fraction(Fraction(value)))

    def function(self, polynomial: Polynomial) -> RationalFunction:
        """A polynomial as a rational function."""
        return RationalFunction(polynomial, self.context.constant(1))

    def read(self, value: Any) -> RationalFunction:
        """A scalar (an exact number, or an expression in the variables) as a rational function.

        Raises
        ------
        ZeroDivisionError
            If it divides by zero everywhere.
        """
        numbers = {str(name): self.function(self.variable(name)) for name in scalars.names(value)}
        return scalars.evaluate(value, numbers, lambda number: self.function(self.constant(number)))  # type: ignore[no-any-return]  # of this field

    def evaluate(self, polynomial: Polynomial, values: Mapping[str, Fraction]) -> Fraction:
        """The value of a polynomial where every variable that occurs in it has a value."""
        point = [from_fraction(values.get(name, Fraction(0))) for name in self.names]
        return to_fraction(fmpq(polynomial(*point)))

    def substitute(self, polynomial: Polynomial, values: Mapping[str, Fraction]) -> Polynomial:
        """Some of the variables replaced by numbers, in the same ring."""
        return polynomial.subs({self._index[name]: from_fraction(value) for name, value in values.items()})

    def derivative(self, polynomial: Polynomial, name: str) -> Polynomial:
        """The partial derivative in one variable."""
        return polynomial.derivative(self._index[name])

    def degree(self, polynomial: Polynomial, name: str) -> int:
        """The degree in one variable; -1 for the zero polynomial."""
        return int(polynomial.degrees()[self._index[name]]) if polynomial else -1

    def used(self, polynomial: Polynomial) -> tuple[str, ...]:
        """The variables that occur in a polynomial."""
        if not polynomial:
            return ()
        return tuple(name for name, degree in zip(self.names, polynomial.degrees(), strict=True) if degree)

    def coefficients(self, polynomial: Polynomial, name: str) -> list[Polynomial]:
        """The coefficients of the powers of one variable, the constant one first; empty for zero."""
        k = self._index[name]
        powers: list[dict[tuple[int, ...], fmpq]] = [{} for _ in range(self.degree(polynomial, name) + 1)]
        for exponents, coefficient in polynomial.to_dict().items():
            powers[exponents[k]][(*exponents[:k], 0, *exponents[k + 1 :])] = coefficient
        return [self.context.from_dict(terms) for terms in powers]

    def to_sympy(self, value: RationalFunction | Polynomial) -> Any:
        """A function or polynomial as a SymPy expression in the symbols of the package, expanded."""
        import sympy

        if isinstance(value, RationalFunction):
            return self.to_sympy(value.numerator) / self.to_sympy(value.denominator)
        symbols = [scalars.symbol(name) for name in self.names]
        terms = (
            sympy.Mul(
                sympy.Rational(int(c.p), int(c.q)),
                *(s**e for s, e in zip(symbols, exponents, strict=True) if e),
            )
            for exponents, c in value.to_dict().items()
        )
        return sympy.Add(*terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ring) and self.names == other.names

    def __hash__(self) -> int:
        return hash(self.names)

    def __reduce__(self) -> tuple[Any, ...]:
        return Ring, (self.names,)

    def __repr__(self) -> str:
        return f"Ring({', '.join(self.names)})"


@lru_cache
def _context(count: int) -> fmpq_mpoly_ctx:
    # FLINT takes ASCII names only, and parameters may have others.
    return fmpq_mpoly_ctx.get([f"v{k}" for k in range(count)], Ordering.lex)


class RationalFunction:
    """A quotient of polynomials in lowest terms, with a denominator whose leading coefficient is one.

    Functions of one ring add, subtract, multiply, divide and compare for equality, also with whole numbers and fractions.
    """

    __slots__ = ("denominator", "numerator")

    def __init__(self, numerator: Polynomial, denominator: Polynomial) -> None:
        if not denominator.is_constant():
            common = numerator.gcd(denominator)
            if not common.is_constant():
                numerator, denominator = numerator / common, denominator / common
        lead = denominator.leading_coefficient()
        if lead != 1:
            numerator, denominator = numerator / lead, denominator / lead
        self.numerator, self.denominator = numerator, denominator

    def _make(self, numerator: Polynomial, denominator: Polynomial) -> Any:
        """A function of the same field; fields that know more of their elements override it."""
        return type(self)(numerator, denominator)

    def _lift(self, other: object) -> tuple[Polynomial, Polynomial] | None:
        if isinstance(other, RationalFunction):
            return other.numerator, other.denominator
        if isinstance(other, Fraction | int | fmpq):
            context = self.numerator.context()
            number = other if isinstance(other, fmpq) else from_fraction(Fraction(other))
            return context.constant(number), context.constant(1)
        return None

    def __add__(self, other: object) -> Any:
        parts = self._lift(other)
        if parts is None:
            return NotImplemented
        n, d = parts
        if self.denominator == d:
            return self._make(self.numerator + n, d)
        return self._make(self.numerator * d + n * self.denominator, self.denominator * d)

    __radd__ = __add__

    def __neg__(self) -> Any:
        return self._make(-self.numerator, self.denominator)

    def __sub__(self, other: object) -> Any:
        parts = self._lift(other)
        return NotImplemented if parts is None else self + self._make(-parts[0], parts[1])

    def __rsub__(self, other: object) -> Any:
        return -(self - other)

    def __mul__(self, other: object) -> Any:
        parts = self._lift(other)
        if parts is None:
            return NotImplemented
        return self._make(self.numerator * parts[0], self.denominator * parts[1])

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Any:
        parts = self._lift(other)
        if parts is None:
            return NotImplemented
        n, d = parts
        if n.is_zero():
            raise ZeroDivisionError("division by the zero function")
        return self._make(self.numerator * d, self.denominator * n)

    def __rtruediv__(self, other: object) -> Any:
        parts = self._lift(other)
        return NotImplemented if parts is None else self._make(*parts) / self

    def __eq__(self, other: object) -> bool:
        parts = self._lift(other)
        if parts is None:
            return NotImplemented
        return bool(self.numerator * parts[1] == parts[0] * self.denominator)

    __hash__ = None  # type: ignore[assignment]  # FLINT's polynomials have no hash

    def __bool__(self) -> bool:
        return not self.numerator.is_zero()

    def __reduce__(self) -> tuple[Any, ...]:
        # FLINT's polynomials do not pickle; their terms do.
        parts = [
            {exponents: (int(c.p), int(c.q)) for exponents, c in part.to_dict().items()}
            for part in (self.numerator, self.denominator)
        ]
        return _rebuilt, (self.numerator.context().nvars(), *parts)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.numerator} over {self.denominator})"


def _rebuilt(
    count: int, above: dict[tuple[int, ...], tuple[int, int]], below: dict[tuple[int, ...], tuple[int, int]]
) -> RationalFunction:
    context = _context(count)
    numerator, denominator = (
        context.from_dict({exponents: fmpq(*c) for exponents, c in part.items()}) for part in (above, below)
    )
    return RationalFunction(numerator, denominator)
