"""What a payoff may be, and how text becomes one.

A *scalar* is a ``float``, an exact rational (:class:`fractions.Fraction`) or a SymPy expression in
parameters. A set of scalars has one *domain*:

- ``"rational"``: all are exact rationals. Ints, fractions, decimals and strings such as ``"1/3"`` are;
- ``"real"``: at least one is a float, and none is an expression; all become floats;
- ``"parametric"``: at least one is an expression; all become expressions with rational coefficients.

A float is an approximation of an unknown real, so a game of floats is solved as the floats are. Inside an
expression, or as the value of a parameter, a float is instead read as the decimal that it prints as (``0.1``
is 1/10, not 3602879701896397/36028797018963968), because there it is something that a person typed and the
answer is to be exact.

Text is read by :func:`parse`, which walks Python's own syntax tree and admits numbers, names and ``+ - * /
**`` only. Nothing is ever evaluated.
"""

from __future__ import annotations

import ast
import decimal
import math
import numbers
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from gametheory.errors import ExpressionError, GameError, GameTheoryError, ParameterError, unknown

if TYPE_CHECKING:
    import sympy

    Scalar: TypeAlias = float | Fraction | sympy.Expr

__all__ = [
    "Domain",
    "array",
    "as_scalar",
    "domain_of",
    "evaluate",
    "exact",
    "is_expression",
    "names",
    "parse",
    "substitute",
    "symbol",
    "to_latex",
    "to_text",
    "unify",
]

Domain: TypeAlias = Literal["real", "rational", "parametric"]

#: Largest exponent that :func:`parse` admits; a larger one is a slip or an attack, not a payoff.
MAX_EXPONENT = 100
#: Largest degree of an expression in its parameters together; powers of powers reach beyond it fast.
MAX_DEGREE = 1000
#: Longest text that :func:`parse` reads, in characters, and the deepest nesting.
MAX_LENGTH = 100_000
MAX_DEPTH = 200


# ---------------------------------------------------------------------------------------------------------------------
# Kinds of scalar
# ---------------------------------------------------------------------------------------------------------------------
def is_expression(value: object) -> bool:
    """Whether the value is a SymPy object (without importing SymPy: what was never imported has no
    instances).
    """
    sympy = sys.modules.get("sympy")
    return sympy is not None and isinstance(value, sympy.Basic)


def symbol(name: str) -> sympy.Symbol:
    """The SymPy symbol that stands for the parameter of that name everywhere in the package."""
    import sympy

    return sympy.Symbol(name, real=True)


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
        expr = expr.xreplace({number: _rational(exact(float(number))) for number in floats})
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
        return _rational(value if isinstance(value, Fraction) else exact(value))
    return value


def _rational(value: Fraction) -> Any:
    import sympy

    return sympy.Rational(value.numerator, value.denominator)


def array(values: object, domain: Domain) -> np.ndarray[Any, Any]:
    """A new array of scalars of one domain: float64, or objects for exact numbers and expressions."""
    if domain == "real":
        return np.array(values, dtype=np.float64)
    return np.array(values, dtype=object)


# ---------------------------------------------------------------------------------------------------------------------
# Text to scalars
# ---------------------------------------------------------------------------------------------------------------------
_OPERATIONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(/\d+)?|(\d+\.\d*|\.\d+))")


def parse(text: str) -> Any:
    """Read an arithmetic expression: numbers, names and ``+ - * / **``, with parentheses.

    Decimals are exact (``"0.35"`` is 7/20). Exponents must be whole numbers.

    Parameters
    ----------
    text : str

    Returns
    -------
    Fraction or sympy.Expr
        A fraction if the text names no parameter.

    Raises
    ------
    ExpressionError
        For anything else, with the offending part and its column.

    Examples
    --------
    >>> from gametheory.scalars import parse
    >>> parse("0.35"), parse("-x_W/2 + 3*k**2")
    (Fraction(7, 20), 3*k**2 - x_W/2)
    >>> parse("__import__('os')")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    gametheory.errors.ExpressionError: a call, at column 1 of "__import__('os')"; only numbers, ...
    """
    if not isinstance(text, str):
        raise ExpressionError(f"an expression must be text, not {type(text).__name__}.")
    source = text.strip()
    if _PLAIN_NUMBER.fullmatch(source) and len(source) < 1000:
        try:
            return Fraction(source)
        except ZeroDivisionError:
            raise ExpressionError(f"{text!r} divides by zero.") from None
    if not source:
        raise ExpressionError("the expression is empty.")
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"the expression has {len(source):,} characters; the limit is {MAX_LENGTH:,}.")
    try:
        tree = ast.parse(source, mode="eval")
    except SyntaxError as error:
        column = f" at column {error.offset}" if error.offset else ""
        raise ExpressionError(f"{_short(text)} is not an expression: {error.msg}{column}.") from None
    except (RecursionError, MemoryError, ValueError) as error:
        raise ExpressionError(
            f"{_short(text)} cannot be read: {str(error) or 'too deeply nested'}."
        ) from None
    return _walk(tree.body, source, 0)


def _degree(expr: Any) -> int:
    """A bound on the degree of numerator and denominator of an expression, without expanding it."""
    if expr.is_Symbol:
        return 1
    if expr.is_Pow:
        return abs(int(expr.exp)) * _degree(expr.base)
    degrees = [_degree(part) for part in expr.args]
    return sum(degrees) if expr.is_Mul else max(degrees, default=0)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _refuse(what: str, node: ast.AST, source: str) -> ExpressionError:
    column = int(getattr(node, "col_offset", 0)) + 1
    shown = source if len(source) <= 60 else source[:57] + "..."
    return ExpressionError(
        f'{what}, at column {column} of "{shown}"; only numbers, parameter names, + - * / ** and parentheses may '
        "stand in an expression."
    )


def _walk(node: ast.expr, source: str, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise ExpressionError(f"{_short(source)} nests more than {MAX_DEPTH} operations; split it up.")
    if isinstance(node, ast.Constant):
        return _constant(node, source)
    if isinstance(node, ast.Name):
        return symbol(node.id)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub):
        value = _walk(node.operand, source, depth + 1)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp):
        return _binary(node, source, depth)
    if isinstance(node, ast.Call):
        raise _refuse("a call", node, source)
    raise _refuse(
        f"{ast.get_source_segment(source, node) or type(node).__name__!r} is not arithmetic", node, source
    )


def _constant(node: ast.Constant, source: str) -> Fraction:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refuse(f"{value!r} is not a real number", node, source)
    if isinstance(value, int):
        return Fraction(value)
    # The text of the literal, not the float that Python made of it.
    literal = (ast.get_source_segment(source, node) or repr(value)).replace("_", "")
    try:
        number = Decimal(literal)
    except decimal.InvalidOperation:
        raise _refuse(f"{literal} is not a real number", node, source) from None
    if number.adjusted() > 10 * MAX_EXPONENT or number.adjusted() < -10 * MAX_EXPONENT:
        raise _refuse(f"{literal} is out of all proportion", node, source)
    return Fraction(number)


def _binary(node: ast.BinOp, source: str, depth: int) -> Any:
    if isinstance(node.op, ast.Pow):
        base = _walk(node.left, source, depth + 1)
        exponent = _walk(node.right, source, depth + 1)
        if not isinstance(exponent, Fraction) or exponent.denominator != 1:
            raise _refuse(f"the exponent {exponent} is not a whole number", node.right, source)
        if abs(exponent) > MAX_EXPONENT:
            raise _refuse(f"the exponent {exponent} is beyond {MAX_EXPONENT}", node.right, source)
        if isinstance(base, Fraction) and base == 0 and exponent < 0:
            raise _refuse("a division by zero", node, source)
        if (
            isinstance(base, Fraction)
            and max(base.numerator.bit_length(), base.denominator.bit_length()) > 10_000
        ):
            raise _refuse("a number out of all proportion", node, source)
        power = base ** int(exponent)
        if is_expression(power) and _degree(power) > MAX_DEGREE:
            raise _refuse(f"a power of degree {_degree(power)}, beyond {MAX_DEGREE}", node, source)
        return power
    operation = _OPERATIONS.get(type(node.op))
    if operation is None:
        raise _refuse(f"{ast.get_source_segment(source, node)!r} is not arithmetic", node, source)
    left, right = _walk(node.left, source, depth + 1), _walk(node.right, source, depth + 1)
    if isinstance(node.op, ast.Div) and isinstance(right, Fraction) and right == 0:
        raise _refuse("a division by zero", node.right, source)
    if isinstance(left, Fraction) != isinstance(right, Fraction):
        # SymPy refuses nothing but would turn a Fraction into a float-like object in old versions.
        left = _rational(left) if isinstance(left, Fraction) else left
        right = _rational(right) if isinstance(right, Fraction) else right
    result = operation(left, right)
    if is_expression(result) and result.is_Rational:
        return Fraction(int(result.p), int(result.q))
    if is_expression(result) and not result.is_finite and not result.free_symbols:
        raise _refuse("a division by zero", node, source)
    return result


# ---------------------------------------------------------------------------------------------------------------------
# Expressions to numbers
# ---------------------------------------------------------------------------------------------------------------------
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


# ---------------------------------------------------------------------------------------------------------------------
# Scalars to text
# ---------------------------------------------------------------------------------------------------------------------
def _terminating(value: Fraction) -> str | None:
    """The decimal notation of a fraction, if it has a short one."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest != 1 or places > 10:
        return None
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    return ("-" if value < 0 else "") + whole + ("." + part if part else "")


def to_text(value: Any, digits: int = 6) -> str:
    """A scalar for people: exact where it is short, otherwise a fraction; floats to `digits` significant
    digits.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory.scalars import to_text
    >>> to_text(Fraction(7, 20)), to_text(Fraction(400, 3)), to_text(1 / 3)
    ('0.35', '400/3', '0.333333')
    """
    if isinstance(value, float | np.floating):
        return f"{float(value):.{digits}g}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Fraction):
        return _terminating(value) or str(value)
    if is_expression(value) and value.is_Rational:
        return to_text(Fraction(int(value.p), int(value.q)), digits)
    return str(value)


def to_latex(value: Any, digits: int = 6) -> str:
    r"""A scalar in LaTeX (without dollar signs).

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory.scalars import to_latex
    >>> to_latex(Fraction(-1, 3))
    '-\\frac{1}{3}'
    """
    if isinstance(value, float | np.floating):
        text = f"{float(value):.{digits}g}"
        if "e" in text:
            mantissa, exponent = text.split("e")
            return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
        return text
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Fraction):
        decimal_text = _terminating(value)
        if decimal_text is not None:
            return decimal_text
        sign = "-" if value < 0 else ""
        return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
    import sympy

    return str(sympy.latex(value))
