"""What stands for a parameter, and how a SymPy object is told from a number without importing SymPy."""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sympy

__all__ = ["is_expression", "rational", "symbol"]


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


def rational(value: Fraction) -> Any:
    """The SymPy number of a fraction."""
    import sympy

    return sympy.Rational(value.numerator, value.denominator)
