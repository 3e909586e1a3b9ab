"""Scalars to text and LaTeX."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from gametheory.scalars.expressions import is_expression

__all__ = ["to_latex", "to_text"]


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
    >>> from gametheory.scalars import parse, to_latex
    >>> to_latex(Fraction(-1, 3))
    '-\\frac{1}{3}'
    >>> print(to_latex(parse("3*transit/x_WL")))
    \frac{3 \mathit{transit}}{x_{\mathit{WL}}}
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

    symbols = {atom: _latex_name(atom.name) for atom in value.free_symbols} if is_expression(value) else {}
    return str(sympy.latex(value, symbol_names=symbols))


def _latex_name(name: str) -> str:
    r"""A parameter's name as one word: set as a product of letters, ``transit`` would read t times r times a ..."""
    import sympy

    written = str(sympy.latex(sympy.Symbol(name)))
    base, underscore, below = written.partition("_")
    if base.isalpha() and len(base) > 1:
        base = rf"\mathit{{{base}}}"
    inner = below[1:-1] if below.startswith("{") else below
    if inner.isalpha() and len(inner) > 1:
        below = rf"{{\mathit{{{inner}}}}}"
    return base + underscore + below
