"""Formulas for a page that is read offline: arranged to be short, and written in MathML, which browsers set themselves.

An expanded polynomial is arranged by taking together the terms that share the most common symbol and factoring what they make; a sum
that is one minus a product is written so. Thus :math:`a r + a s - a r s + c` becomes :math:`a (1 - (1 - r)(1 - s)) + c`. The value never
changes, only the arrangement.
"""

from __future__ import annotations

import functools
from fractions import Fraction
from html import escape
from typing import Any

from gametheory import scalars

__all__ = ["mathml", "tidy"]


@functools.lru_cache(maxsize=512)
def tidy(expression: Any) -> Any:
    """Arrange a rational function so that it can be read.

    Parameters
    ----------
    expression : sympy.Expr or number

    Returns
    -------
    sympy.Expr or number
        Equal to it.

    Examples
    --------
    >>> from gametheory.reports.formulas import tidy
    >>> from gametheory.scalars import parse
    >>> tidy(parse("(c + m - N*p*r - N*p*s + N*p*r*s) / (p*r*d - p*r*f - t)"))
    (-N*p*(-(1 - r)*(1 - s) + 1) + c + m)/(p*r*(d - f) - t)
    """
    if not scalars.is_expression(expression) or expression.is_number:
        return expression
    import sympy

    numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(expression)))
    above, below = sympy.expand(numerator), sympy.expand(denominator)
    if _minuses(above) + _minuses(below) > _minuses(-above) + _minuses(-below):
        above, below = -above, -below
    return _grouped(above) / _grouped(below)


def _minuses(polynomial: Any) -> int:
    """Terms of degree one or less with a minus, which read badly in front."""
    return sum(1 for term in polynomial.as_ordered_terms() if term.could_extract_minus_sign())


def _grouped(polynomial: Any) -> Any:
    import sympy

    if polynomial.is_Add and all(_is_plain(term) for term in polynomial.args):
        return polynomial
    whole = sympy.factor(polynomial)
    if not whole.is_Add:
        return _product(whole)
    complement = _complement(polynomial)
    if complement is not None:
        return complement
    terms = sympy.Add.make_args(sympy.expand(polynomial))
    counts = {s: sum(term.has(s) for term in terms) for s in sorted(polynomial.free_symbols, key=str)}
    symbol = max(counts, key=lambda s: counts[s], default=None)
    if symbol is None or counts[symbol] < 2 or counts[symbol] == len(terms):
        return whole
    shared = sympy.Add(*(term for term in terms if term.has(symbol)))
    rest = sympy.Add(*(term for term in terms if not term.has(symbol)))
    return _grouped(shared) + _grouped(rest)


def _is_plain(term: Any) -> bool:
    """Whether a term is a number, a symbol, or a symbol with a minus."""
    return bool(term.is_Number or term.is_Symbol or (-term).is_Symbol)


def _product(whole: Any) -> Any:
    """A product with its sums arranged, and a minus in front moved into a difference."""
    import sympy

    sign, factors = 1, []
    for factor in sympy.Mul.make_args(whole):
        if factor.is_Add:
            opposite = _complement(-factor)
            if opposite is not None and _complement(factor) is None:
                sign, factor = -sign, opposite
            elif opposite is None and factor.as_coeff_Add()[0].is_negative:
                sign, factor = -sign, _grouped(-factor)  # 1 - r rather than r - 1
            else:
                factor = _grouped(factor)
        factors.append(factor)
    negative = sympy.Mul(sign, *(f for f in factors if f.is_Number)).could_extract_minus_sign()
    if negative:
        for k, factor in enumerate(factors):
            if _can_turn(factor):
                sign, factors[k] = -sign, sympy.Add(*(-part for part in factor.args))
                break
    return sympy.Mul(sign, *factors)


def _can_turn(factor: Any) -> bool:
    """Whether a sum reads no worse with all its signs turned."""
    return bool(
        factor.is_Add
        and not factor.as_coeff_Add()[0]
        and any(part.could_extract_minus_sign() for part in factor.args)
        and _complement(factor) is None
    )


def _complement(polynomial: Any) -> Any | None:
    """The polynomial as one minus a product, as in ``1 - (1 - r)*(1 - s)``, if it is that."""
    import sympy

    rest = sympy.factor(1 - polynomial)
    sums = [factor for factor in sympy.Mul.make_args(rest) if factor.is_Add]
    if len(sums) < 2 or len(sympy.Add.make_args(sympy.expand(polynomial))) < 3:
        return None
    backwards = [factor.as_coeff_Add()[0].is_negative for factor in sums]  # such as r - 1
    turned = [-factor if back else factor for factor, back in zip(sums, backwards, strict=True)]
    others = [factor for factor in sympy.Mul.make_args(rest) if not factor.is_Add]
    return 1 - sympy.Mul((-1) ** sum(map(bool, backwards)), *others, *turned)


def mathml(expression: Any, *, left: Any = None, sign: str = "=", block: bool = False) -> str:
    """An expression, or an equation, as a MathML element.

    Parameters
    ----------
    expression : sympy.Expr or number
    left : sympy.Expr, optional
        What stands before the sign.
    sign : str
        The sign between them.
    block : bool
        Whether it stands on a line of its own.

    Returns
    -------
    str
        It needs no style sheet and no script.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory.reports.formulas import mathml
    >>> mathml(Fraction(1, 3))
    '<math><mfrac><mn>1</mn><mn>3</mn></mfrac></math>'
    """
    import sympy
    from sympy.printing.mathml import MathMLPresentationPrinter

    class Printer(MathMLPresentationPrinter):  # type: ignore[misc]
        def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
            """Terms without a minus first: 1 - r, not -r + 1."""
            terms = super()._as_ordered_terms(expr, order)
            return sorted(terms, key=lambda term: term.could_extract_minus_sign())

        def _print_Symbol(self, symbol: Any, style: str = "plain") -> Any:
            """``p0_F`` as p with the subscript 0,F."""
            base, _, below = symbol.name.partition("_")
            letters = base.rstrip("0123456789")
            marks = [part for part in (base[len(letters) :], below) if part] if letters else []
            if not marks:
                return self._mi(symbol.name)
            made = self.dom.createElement("msub")
            made.appendChild(self._mi(letters))
            made.appendChild(self._mi(",".join(marks)))
            return made

        def _mi(self, name: str) -> Any:
            element = self.dom.createElement("mi")
            element.appendChild(self.dom.createTextNode(name))
            return element

    def one(value: Any) -> str:
        if isinstance(value, Fraction):
            value = sympy.Rational(value.numerator, value.denominator)
        return str(Printer().doprint(sympy.sympify(value)))

    body = one(expression) if left is None else f"{one(left)}<mo>{escape(sign)}</mo>{one(expression)}"
    text = scalars.to_text(expression) if left is None else f"{left} {sign} {scalars.to_text(expression)}"
    title = f' title="{escape(text)}"' if len(text) > 12 else ""
    display = ' display="block"' if block else ""
    return f"<math{display}{title}>{body}</math>".replace("<mo>-</mo>", "<mo>\N{MINUS SIGN}</mo>")
