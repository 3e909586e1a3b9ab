"""What moves of levers cost, and what came of the search for the cheapest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

__all__ = ["Costs", "Found", "Left"]

Point: TypeAlias = dict[str, Fraction]
Box: TypeAlias = dict[str, tuple[Fraction, Fraction]]


class Left(NamedTuple):
    """A part of the box of levers that is done with, and why."""

    box: Box
    #: ``"none meets"``: each case that meets the target is contradictory. ``"one breaks"``: a case that breaks it holds throughout.
    #: ``"holds"``: no case breaks it. ``"dearer"``: none meets it at less than the cost found. ``"open"``: not decided.
    reason: Literal["none meets", "one breaks", "holds", "dearer", "open"]


@dataclass(frozen=True, slots=True)
class Costs:
    """What a unit of each lever costs, upward and downward."""

    up: Mapping[str, Fraction]
    down: Mapping[str, Fraction]
    base: Mapping[str, Fraction]

    def of(self, point: Mapping[str, Fraction]) -> Fraction:
        """The cost of a point."""
        total = Fraction(0)
        for name, rate in self.up.items():
            move = point[name] - self.base[name]
            total += rate * move if move > 0 else -self.down[name] * move
        return total

    def least(self, box: Mapping[str, tuple[Fraction, Fraction]]) -> Point:
        """The cheapest point of a box."""
        return {name: min(max(self.base[name], low), high) for name, (low, high) in box.items()}

    def slopes(self, box: Mapping[str, tuple[Fraction, Fraction]]) -> dict[str, Fraction]:
        """The cost's slope in each lever on a box that is on one side of the baseline."""
        return {n: self.up[n] if low >= self.base[n] else -self.down[n] for n, (low, _) in box.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What came of the search.

    `limit` is a point with the infimum of the costs, if it is known, and `point` one at which the target holds.
    """

    lower: Fraction
    upper: Fraction | None
    point: Point | None
    limit: Point | None
    exact: bool
    left: tuple[Left, ...]
    share_open: float
