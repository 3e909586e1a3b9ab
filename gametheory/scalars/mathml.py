"""Scalars to MathML, which browsers set themselves, offline."""

from __future__ import annotations

from fractions import Fraction
from html import escape
from typing import Any

from gametheory.scalars.showing import to_text

__all__ = ["to_mathml"]


def to_mathml(expression: Any, *, left: Any = None, sign: str = "=", block: bool = False) -> str:
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
    >>> from gametheory.scalars import to_mathml
    >>> to_mathml(Fraction(1, 3))
    '<math><mfrac><mn>1</mn><mn>3</mn></mfrac></math>'
    """
    import sympy
    from sympy.printing.mathml import MathMLPresentationPrinter

    class Printer(MathMLPresentationPrinter):  # type: ignore[misc]  # SymPy has no types
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
    text = to_text(expression) if left is None else f"{left} {sign} {to_text(expression)}"
    title = f' title="{escape(text)}"' if len(text) > 12 else ""
    display = ' display="block"' if block else ""
    return f"<math{display}{title}>{body}</math>".replace("<mo>-</mo>", "<mo>\N{MINUS SIGN}</mo>")
