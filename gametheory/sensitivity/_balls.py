"""A point with scales and ranges, the boxes around it, and what is known of a distance from it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

__all__ = ["Ball", "Distance", "root_above"]

Point: TypeAlias = dict[str, Fraction]


@dataclass(frozen=True, slots=True, eq=False)
class Distance:
    """Bounds on a distance.

    Attributes
    ----------
    lower : Fraction
        Proved: the statement holds wherever the norm is less.
    upper : Fraction or None
        The norm of `point`; None if no counterexample is known.
    point : mapping of str to Fraction, or None
        At which the statement fails.
    exact : Fraction, RealAlgebraic or None
        The distance itself, if it is known.
    """

    lower: Fraction
    upper: Fraction | None
    point: Mapping[str, Fraction] | None
    exact: Any = None

    @property
    def gap(self) -> float | None:
        """How far the bounds are apart, relative to the upper one; None without that."""
        if self.upper is None:
            return None
        return 0.0 if self.exact is not None or not self.upper else float(1 - self.lower / self.upper)


class Ball:
    """A point, scales and ranges, and the boxes around the point.

    Parameters
    ----------
    base, scale : mapping of str to Fraction
    ranges : mapping of str to (Fraction, Fraction)
    """

    def __init__(
        self,
        base: Mapping[str, Fraction],
        scale: Mapping[str, Fraction],
        ranges: Mapping[str, tuple[Fraction, Fraction]],
    ) -> None:
        self.base, self.scale, self.ranges = dict(base), dict(scale), dict(ranges)
        self.names = tuple(scale)

    @property
    def reach(self) -> Fraction:
        """The half-width of the smallest box that holds all ranges."""
        return max(
            (
                max(self.base[n] - self.ranges[n][0], self.ranges[n][1] - self.base[n]) / self.scale[n]
                for n in self.names
            ),
            default=Fraction(0),
        )

    def box(self, radius: Fraction) -> dict[str, tuple[Fraction, Fraction]]:
        """The part of the ranges within a box."""
        result = {}
        for name in self.names:
            middle, step, (low, high) = self.base[name], radius * self.scale[name], self.ranges[name]
            result[name] = (max(low, middle - step), min(high, middle + step))
        return result

    def norm(self, point: Mapping[str, Fraction], p: float) -> Fraction:
        """The scaled norm of the difference to the middle; that of p = 2 rounded up a little."""
        sizes = [abs(point[n] - self.base[n]) / self.scale[n] for n in self.names]
        if p == 1:
            return sum(sizes, Fraction(0))
        if p == math.inf:
            return max(sizes, default=Fraction(0))
        return root_above(sum((size * size for size in sizes), Fraction(0)))


def root_above(square: Fraction) -> Fraction:
    """A rational little above a square root."""
    guess = Fraction(math.sqrt(square)).limit_denominator(10**12)
    while guess * guess < square:
        guess += Fraction(1, 10**12) if not guess else guess / 10**12
    return guess
