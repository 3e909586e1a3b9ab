"""The parts of a result of robustness: how far one parameter can move alone, and a distance with its counterexample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from gametheory.sensitivity._switching import Turn

if TYPE_CHECKING:
    from gametheory.equilibria.result import EquilibriumSet

__all__ = ["Radius", "Switch"]


@dataclass(frozen=True, slots=True, eq=False)
class Switch:
    """How far one parameter can move alone.

    Attributes
    ----------
    name : str
    baseline, low, high : Fraction
    scale : Fraction
        What distances are measured in.
    below, above : Turn or None
        The nearest values at which the conclusion begins to fail, each with ``value`` (exact), a value ``beyond`` it, and the
        ``indifferences`` that bind there as formulas in all parameters. None where it holds to the end of the range.
    complete : bool
        Whether every equilibrium on the way is known.
    """

    name: str
    baseline: Fraction
    low: Fraction
    high: Fraction
    scale: Fraction
    below: Turn | None
    above: Turn | None
    complete: bool

    @property
    def distance(self) -> float | None:
        """The way to the nearer switching value in units of the scale; None if there is none."""
        ways = [
            abs(float(turn.value - self.baseline)) for turn in (self.below, self.above) if turn is not None
        ]
        return min(ways) / float(self.scale) if ways else None

    @property
    def nearest(self) -> Turn | None:
        """The nearer of the two."""
        both = [turn for turn in (self.below, self.above) if turn is not None]
        return min(both, key=lambda turn: abs(float(turn.value - self.baseline)), default=None)


@dataclass(frozen=True, slots=True, eq=False)
class Radius:
    """Bounds on a distance at which the conclusion begins to fail, in units of the scales.

    Attributes
    ----------
    norm : {"box", "l2", "l1"}
        The greatest, Euclidean or sum norm of the scaled moves.
    lower : Fraction
        Proved: the conclusion holds wherever the norm is less.
    upper : Fraction or None
        The norm of `point`; None if no counterexample is known.
    exact : Fraction, sympy.Expr or None
        The distance itself where it is known.
    point : mapping of str to Fraction, or None
        A counterexample: the parameters that differ from the baseline.
    equilibria : EquilibriumSet or None
        Exactly, at that point.
    """

    norm: Literal["box", "l2", "l1"]
    lower: Fraction
    upper: Fraction | None
    exact: Any
    point: Mapping[str, Fraction] | None
    equilibria: EquilibriumSet | None

    @property
    def gap(self) -> float | None:
        """How far the bounds are apart, relative to the upper one; None without one."""
        if self.upper is None:
            return None
        return 0.0 if self.exact is not None else float(1 - self.lower / self.upper)

    def __reduce__(self) -> tuple[Any, ...]:
        values = [getattr(self, entry.name) for entry in fields(self)]
        return _radius, tuple(dict(v) if isinstance(v, MappingProxyType) else v for v in values)


def _radius(norm: Any, lower: Any, upper: Any, exact: Any, point: Any, equilibria: Any) -> Radius:
    return Radius(norm, lower, upper, exact, None if point is None else MappingProxyType(point), equilibria)
