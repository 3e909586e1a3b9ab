"""Numbers in sentences: rounded where they are long, and as shares."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from gametheory import scalars

__all__ = ["escape", "latex", "percent", "rounded"]


def rounded(value: Any, digits: int = 4) -> str:
    """A number with few digits; whole numbers and short decimals as they are.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory.sensitivity._words import rounded
    >>> rounded(Fraction(400, 3)), rounded(Fraction(42)), rounded(Fraction(1, 8))
    ('133.3', '42', '0.125')
    """
    if isinstance(value, Fraction):
        text = scalars.to_text(value)
        if "/" not in text and len(text.replace("-", "").replace(".", "")) <= digits:
            return text
    return f"{float(value):.{digits}g}"


def percent(value: Any) -> str:
    """A share in per cent, with three digits."""
    return f"{100 * float(value):.3g} %"


def latex(value: Any) -> str:
    """A number in LaTeX, in decimals where the exact one would be long."""
    text = scalars.to_latex(value)
    return f"${text}$" if len(text) <= 24 else f"${float(value):.6g}$"


def escape(text: str) -> str:
    """Text for LaTeX."""
    for character in "\\&%$#_{}":
        text = text.replace(character, r"\textbackslash{}" if character == "\\" else "\\" + character)
    for sign, written in ((">=", r"$\ge$"), ("<=", r"$\le$"), ("→", r"$\to$"), ("·", r"$\cdot$")):
        text = text.replace(sign, written)
    return text
