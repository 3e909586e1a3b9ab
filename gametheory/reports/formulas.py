"""Formulas for a page that is read offline: written in MathML, which browsers set themselves."""

from __future__ import annotations

from gametheory.scalars import to_mathml as mathml

__all__ = ["mathml"]
