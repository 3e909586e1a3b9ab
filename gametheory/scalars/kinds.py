"""Kinds of scalar: what a user may give, made exact, and brought to one domain."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import numpy as np

from gametheory.errors import ExpressionError, GameError, ParameterError
from gametheory.scalars.expressions import is_expression, rational, symbol
from gametheory.scalars.reading import MAX_EXPONENT, parse

__all__ = ["Domain", "array", "as_scalar", "domain_of", "exact", "unify"]

Domain: TypeAlias = Literal["real", "rational", "parametric"]


def as_scalar(value: object, where: str = "value") -> Any:
    """Turn whatever a user may give as a payoff or a probability into a scalar.

    Parameters
    ----------
    value : int, Fraction, Decimal, str, float, numpy number or SymPy expression
        Ints, fractions, decimals and numeric strings stay exact.
    where : str
        Named in the error, such as ``"payoff of West at (act, respond)"``.

    Returns
    -------
    Fraction, float or sympy.Expr

    Raises
    ------
    GameError
        For NaN, infinities, complex numbers, booleans and anything that is not a number.

    Examples
    --------
    >>> from gametheory.scalars import as_scalar
    >>> as_scalar("1/3"), as_scalar(2), as_scalar(0.5), as_scalar("x/2 + 1")
    (Fraction(1, 3), Fraction(2, 1), 0.5, x/2 + 1)
    """
    # The kinds are tried in the order of how often they come.
    if isinstance(value, bool | np.bool_):
        raise GameError(f"{where} is the truth value {value!s}; give a number, such as {int(value)}.")
    if isinstance(value, int | Fraction):
        return Fraction(value)
    if isinstance(value, float | np.floating):
        number = float(value)
        if not math.isfinite(number):
            raise GameError(f"{where} is {number}; payoffs and probabilities must be finite real numbers.")
        return number
    if isinstance(value, str):
        try:
            return parse(value)
        except ExpressionError as error:
            raise GameError(f"{where}: {error}") from error
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise GameError(f"{where} is {value}; payoffs and probabilities must be finite real numbers.")
        if abs(value.adjusted()) > 10 * MAX_EXPONENT:
            raise GameError(f"{where} is {value}, which is out of all proportion.")
        return Fraction(value)
    if isinstance(value, numbers.Rational):  # includes the integers of NumPy
        return Fraction(int(value.numerator), int(value.denominator))
    if is_expression(value):
        return _tidy(value, where)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return as_scalar(value.item(), where)
    if isinstance(value, complex | np.complexfloating):
        raise GameError(f"{where} is the complex number {value}; payoffs and probabilities must be real.")
    raise GameError(
        f"{where} is {value!r} of type {type(value).__name__}; give an int, a Fraction, a Decimal, a float, "
        "a string such as '1/3', or a SymPy expression in parameters."
    )


def _tidy(expr: Any, where: str) -> Any:
    """A SymPy object as a scalar: floats as decimals, rational numbers as fractions, nothing but
    arithmetic.
    """
    import sympy

    if not isinstance(expr, sympy.Expr):
        raise GameError(f"{where} is the SymPy object {expr}, which is not an arithmetic expression.")
    if expr.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo):
        raise GameError(f"{where} is {expr}; payoffs and probabilities must be finite.")
    if expr.has(sympy.I):
        raise GameError(f"{where} is {expr}, which is complex; payoffs and probabilities must be real.")
    floats = expr.atoms(sympy.Float)
    if floats:
        expr = expr.xreplace({number: rational(exact(float(number))) for number in floats})
    renamed = {
        atom: symbol(atom.name)
        for atom in expr.free_symbols
        if isinstance(atom, sympy.Symbol) and atom != symbol(atom.name)
    }
    if renamed:
        # Symbols made with other assumptions would look alike and be different; one name is one parameter.
        expr = expr.xreplace(renamed)
    if expr.is_Rational:
        return Fraction(int(expr.p), int(expr.q))
    for part in sympy.preorder_traversal(expr):
        if part.is_Symbol or part.is_Rational or part.is_Add or part.is_Mul:
            continue
        if part.is_Pow and part.exp.is_Integer:
            continue
        raise GameError(
            f"{where} holds {part}, which is not a rational function of parameters; "
            "use numbers, parameters and + - * / with integer powers."
        )
    return expr


def exact(value: object, where: str = "value") -> Fraction:
    """The exact rational that a person means by a number; a float is read as the decimal that it prints as.

    Raises
    ------
    ParameterError
        If the value is not a finite rational number.

    Examples
    --------
    >>> from gametheory.scalars import exact
    >>> exact(0.35), exact("1/3"), exact(2)
    (Fraction(7, 20), Fraction(1, 3), Fraction(2, 1))
    """
    try:
        scalar = as_scalar(value, where)
    except GameError as error:
        raise ParameterError(str(error)) from error
    if isinstance(scalar, float):
        return Fraction(repr(scalar))
    if not isinstance(scalar, Fraction):
        raise ParameterError(f"{where} is the expression {scalar}; a number is needed here.")
    return scalar


def domain_of(scalars: Iterable[object]) -> Domain:
    """The domain of values that :func:`as_scalar` returned."""
    domain: Domain = "rational"
    for value in scalars:
        if isinstance(value, float):
            domain = "real"
        elif not isinstance(value, Fraction):
            return "parametric"
    return domain


def unify(values: Sequence[object], where: str | Callable[[int], str] = "value") -> tuple[Domain, list[Any]]:
    """Bring values to their common domain.

    Parameters
    ----------
    values : sequence
        Anything :func:`as_scalar` takes.
    where : str or callable
        Names the place in errors; a callable gets the position in `values`.

    Returns
    -------
    domain : {"real", "rational", "parametric"}
    scalars : list
        All ``float``, all ``Fraction`` or all ``sympy.Expr``.

    Examples
    --------
    >>> from gametheory.scalars import unify
    >>> unify([1, "1/2"])
    ('rational', [Fraction(1, 1), Fraction(1, 2)])
    >>> unify([1, 0.5])
    ('real', [1.0, 0.5])
    """
    scalars = [
        as_scalar(value, where if isinstance(where, str) else where(k)) for k, value in enumerate(values)
    ]
    domain = domain_of(scalars)
    return domain, [_convert(value, domain) for value in scalars]


def _convert(value: Any, domain: Domain) -> Any:
    if domain == "real":
        try:
            return float(value)
        except OverflowError as error:
            raise GameError(f"the exact number {value} is too large to stand beside floats.") from error
    if domain == "parametric" and not is_expression(value):
        return rational(value if isinstance(value, Fraction) else exact(value))
    return value


def array(values: object, domain: Domain) -> np.ndarray[Any, Any]:
    """A new array of scalars of one domain: float64, or objects for exact numbers and expressions."""
    if domain == "real":
        return np.array(values, dtype=np.float64)
    return np.array(values, dtype=object)
