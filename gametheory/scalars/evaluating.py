"""Expressions to numbers, in any field."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from gametheory.errors import GameTheoryError, ParameterError, unknown
from gametheory.scalars.expressions import is_expression
from gametheory.scalars.showing import to_text

__all__ = ["evaluate", "names", "substitute"]


def names(value: object) -> frozenset[str]:
    """The names of the parameters in a scalar."""
    if not is_expression(value):
        return frozenset()
    return frozenset(str(atom) for atom in value.free_symbols)  # type: ignore[attr-defined]  # is_expression holds


def evaluate(expr: Any, values: Mapping[str, Any], number: Callable[[Fraction], Any] = Fraction) -> Any:
    """Evaluate a scalar in any field, exactly.

    One walk over sums, products and integer powers serves fractions, FLINT rationals, rational functions of
    one parameter and algebraic numbers: anything with ``+ - * /``.

    Parameters
    ----------
    expr : Fraction, float or sympy.Expr
    values : mapping
        A number of the field for each parameter name in `expr`.
    number : callable
        Takes a :class:`~fractions.Fraction` into the field.

    Returns
    -------
    number of the field

    Raises
    ------
    UnknownName
        If `values` lacks a parameter.
    ZeroDivisionError
        If `expr` divides by zero at these values.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory.scalars import evaluate, parse
    >>> evaluate(parse("x**2/3 - y"), {"x": Fraction(1, 2), "y": Fraction(1)})
    Fraction(-11, 12)
    """
    if not is_expression(expr):
        return number(expr)
    if expr.is_Symbol:
        if expr.name not in values:
            raise unknown("parameter", expr.name, values)
        return values[expr.name]
    if expr.is_Rational:
        return number(Fraction(int(expr.p), int(expr.q)))
    if expr.is_Add:
        terms = iter(expr.args)
        total = evaluate(next(terms), values, number)
        for term in terms:
            total = total + evaluate(term, values, number)
        return total
    if expr.is_Mul:
        factors = iter(expr.args)
        product = evaluate(next(factors), values, number)
        for factor in factors:
            product = product * evaluate(factor, values, number)
        return product
    if expr.is_Pow and expr.exp.is_Integer:
        base, exponent = evaluate(expr.base, values, number), int(expr.exp)
        power = base
        for _ in range(abs(exponent) - 1):
            power = power * base
        if exponent > 0:
            return power
        try:
            return number(Fraction(1)) / power
        except ZeroDivisionError:
            raise ZeroDivisionError(f"{expr.base} is zero") from None
    raise GameTheoryError(f"{expr} is not a rational function of parameters.")


def substitute(value: Any, values: Mapping[str, Any], where: str = "value") -> Any:
    """Put numbers for parameters in a scalar: exact if all are exact, a float if one is a float.

    Parameters
    ----------
    value : Fraction, float or sympy.Expr
    values : mapping of str to Fraction or float
    where : str
        Named in the error.

    Raises
    ------
    ParameterError
        If the scalar divides by zero at these values, or overflows.
    """
    if not is_expression(value):
        return value
    real = any(isinstance(values.get(name), float) for name in names(value))
    try:
        if not real:
            return evaluate(value, values)
        result = float(evaluate(value, {name: float(number) for name, number in values.items()}, float))
    except (ZeroDivisionError, OverflowError) as error:
        at = ", ".join(f"{name} = {to_text(values[name])}" for name in sorted(names(value)))
        what = "divides by zero" if isinstance(error, ZeroDivisionError) else "overflows"
        raise ParameterError(f"{where}, which is {value}, {what} at {at}.") from None
    if not math.isfinite(result):
        raise ParameterError(f"{where}, which is {value}, overflows at these parameter values.")
    return result
