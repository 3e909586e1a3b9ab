r"""Which way an exposure pushes, and where the push turns round.

The payoffs of :mod:`gametheory.models.deterrence` are polynomials of degree one in every single parameter, and so is the derivative
:math:`\partial g / \partial E` of any difference of payoffs :math:`g` with respect to an exposure :math:`E`. Such a polynomial takes its
least and its greatest value over a box at corners of it, so that its sign over the whole box is known exactly. It changes sign in one
parameter, the others fixed, at the root of a linear equation.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gametheory import scalars
from gametheory.models.deterrence.payoffs import CHINA_REPLIES, WEST_REPLIES, payoffs
from gametheory.parameters import ParameterSpace

__all__ = ["Effect", "Turn", "effect", "gain", "level", "root", "value"]


@dataclass(frozen=True)
class Turn:
    """A value of a parameter at which an effect changes sign, the others at their baseline."""

    name: str
    value: Fraction
    derivative: Any

    @property
    def formula(self) -> Any:
        """The value in all other parameters."""
        return root(self.derivative, self.name)


@dataclass(frozen=True)
class Effect:
    """How an exposure moves something, per unit of exposure.

    Attributes
    ----------
    exposure : str
    derivative : sympy.Expr
        In all parameters.
    baseline, least, greatest : Fraction
        At the baseline, and over the whole box.
    turns : tuple of Turn
        Inside the ranges of the parameters.
    """

    exposure: str
    derivative: Any
    baseline: Fraction
    least: Fraction
    greatest: Fraction
    turns: tuple[Turn, ...]

    @property
    def sign(self) -> int:
        """At the baseline: 1, 0 or -1."""
        return (self.baseline > 0) - (self.baseline < 0)

    @property
    def everywhere(self) -> bool:
        """Whether the sign at the baseline is never reversed in the box."""
        return (self.sign >= 0 and self.least >= 0) or (self.sign <= 0 and self.greatest <= 0)


def value(space: ParameterSpace, action: str, player: str, west: str, china: str) -> Any:
    """What a player gets after an action and the replies to it, in all parameters."""
    sanction, arm = WEST_REPLIES[west]
    symbols = {name: scalars.symbol(name) for name in space}
    return payoffs(symbols, action, sanction, arm, CHINA_REPLIES[china])[player]


def gain(
    space: ParameterSpace, action: str, player: str, *, west: tuple[str, str], china: tuple[str, str]
) -> Any:
    """What a player gains by the second reply over the first; the other's is the same in both entries.

    Examples
    --------
    >>> from gametheory.models import kazakhstan
    >>> from gametheory.reports.kazakhstan.signs import gain
    >>> gain(kazakhstan.space(), "full", "China", west=("support", "support"), china=("oppose", "oppose"))
    0
    """
    import sympy

    before, after = (value(space, action, player, west[k], china[k]) for k in range(2))
    return sympy.expand(after - before)


def effect(space: ParameterSpace, expression: Any, exposure: str) -> Effect:
    """The effect of an exposure on an expression in the parameters, of degree one in each."""
    import sympy

    derivative = sympy.expand(sympy.diff(expression, scalars.symbol(exposure)))
    here = space.baseline
    names = sorted(scalars.names(derivative))
    corners = [
        scalars.evaluate(derivative, dict(zip(names, corner, strict=True)))
        for corner in itertools.product(*((space[name].low, space[name].high) for name in names))
    ]
    turns = []
    for name in names:
        # Of degree one in each parameter: two values give the line, and the line its root.
        start, end = (scalars.evaluate(derivative, {**here, name: Fraction(k)}) for k in range(2))
        if start != end and space[name].low < start / (start - end) < space[name].high:
            turns.append(Turn(name, start / (start - end), derivative))
    baseline = Fraction(scalars.evaluate(derivative, here))
    return Effect(exposure, derivative, baseline, min(corners), max(corners), tuple(turns))


def root(expression: Any, name: str) -> Any | None:
    """Where an expression of degree one in a parameter is zero, in the others; None if it does not depend on it."""
    import sympy

    symbol = scalars.symbol(name)
    slope = sympy.expand(sympy.diff(expression, symbol))
    if slope == 0:
        return None
    return sympy.cancel(-sympy.expand(expression).subs(symbol, 0) / slope)


def _at(formula: Any, values: Mapping[str, Fraction]) -> Fraction | None:
    try:
        return Fraction(scalars.evaluate(formula, values))
    except ZeroDivisionError:
        return None


def level(expression: Any, name: str, values: Mapping[str, Fraction]) -> tuple[Any, Fraction | None, int]:
    """Where a gain is zero in one parameter: the formula, its value, and the sign of the gain above it."""
    import sympy

    formula = root(expression, name)
    if formula is None:
        return None, None, 0
    slope = scalars.evaluate(sympy.expand(sympy.diff(expression, scalars.symbol(name))), values)
    return formula, _at(formula, values), (slope > 0) - (slope < 0)
