"""Text to scalars: a walk over Python's own syntax tree that admits arithmetic only and evaluates nothing."""

from __future__ import annotations

import ast
import decimal
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from gametheory.errors import ExpressionError
from gametheory.scalars.expressions import is_expression, rational, symbol

__all__ = ["MAX_DEGREE", "MAX_DEPTH", "MAX_EXPONENT", "MAX_LENGTH", "parse"]

#: Largest exponent that :func:`parse` admits; a larger one is a slip or an attack, not a payoff.
MAX_EXPONENT = 100
#: Largest degree of an expression in its parameters together; powers of powers reach beyond it fast.
MAX_DEGREE = 1000
#: Longest text that :func:`parse` reads, in characters, and the deepest nesting.
MAX_LENGTH = 100_000
MAX_DEPTH = 200

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
        left = rational(left) if isinstance(left, Fraction) else left
        right = rational(right) if isinstance(right, Fraction) else right
    result = operation(left, right)
    if is_expression(result) and result.is_Rational:
        return Fraction(int(result.p), int(result.q))
    if is_expression(result) and not result.is_finite and not result.free_symbols:
        raise _refuse("a division by zero", node, source)
    return result
