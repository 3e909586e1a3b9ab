"""What a planar decomposition consists of: leaves, cells between sections, cylinders of cells, and walls.

See :mod:`gametheory.sensitivity._planar` for what they are and how they are found.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from flint import fmpq_mpoly

from gametheory.sensitivity._cells import Solution
from gametheory.sensitivity._heights import Height, height
from gametheory.sensitivity._plane_polynomials import Plane, PlanePolynomial
from gametheory.solvers.algebraic import RealAlgebraic, rational_between

__all__ = [
    "Cell",
    "Cylinder",
    "Decomposition",
    "Leaf",
    "Section",
    "Wall",
    "cell_heights",
    "contacts",
    "vertical",
]

Number: TypeAlias = Fraction | RealAlgebraic


class Leaf(NamedTuple):
    """A solution and the signs under which it is one."""

    number: int
    solution: Solution
    signs: dict[PlanePolynomial, int]
    #: Polynomials that decided it, have no two signs on the rectangle, and may be zero at points of it.
    touching: tuple[PlanePolynomial, ...]
    #: Equal for leaves with the same functions for solutions.
    answer: int
    sample: tuple[Fraction, Fraction]


class Section(NamedTuple):
    """A branch of a curve over an interval: the root of a polynomial with a position among the real roots, counted from below."""

    polynomial: PlanePolynomial
    position: int


class Cell(NamedTuple):
    """What lies between two sections (None: a border of the rectangle) of a cylinder."""

    lower: Section | None
    upper: Section | None
    sample: Fraction
    leaf: Leaf


class Cylinder(NamedTuple):
    """The cells over an open interval, from below."""

    low: Number
    high: Number
    sample: Fraction
    cells: tuple[Cell, ...]


#: A cell, by the position of its cylinder and its position in it.
Place: TypeAlias = tuple[int, int]


@dataclass(slots=True)
class Wall:
    """A piece of a section, or of a vertical line, that is not open: the boundary of what is on either side.

    `low` and `high` are its ends: values of x, or heights on a vertical line. `before` is the cell below it or left of it,
    `after` the one above or right of it; None outside the rectangle.
    """

    polynomial: PlanePolynomial
    #: The position of the branch; of a vertical line, None.
    position: int | None
    low: Any
    high: Any
    before: Place | None
    after: Place | None
    #: The cylinder of a section; of a vertical line, the one left of it.
    cylinder: int
    x: Number | None = None


@dataclass(slots=True)
class Decomposition:
    """Cylinders, walls between their cells, and which cells form a face."""

    plane: Plane
    cylinders: list[Cylinder]
    walls: list[Wall]
    leaves: list[Leaf]
    parent: dict[Place, Place] = field(default_factory=dict)

    def find(self, place: Place) -> Place:
        """The cell that stands for the face of a cell."""
        while self.parent.setdefault(place, place) != place:
            self.parent[place] = self.parent[self.parent[place]]
            place = self.parent[place]
        return place

    def unite(self, one: Place, two: Place) -> None:
        """Make two faces one."""
        first, second = sorted((self.find(one), self.find(two)))
        self.parent[second] = first

    def touched(self, x: Fraction, y: Fraction) -> tuple[list[Place], bool]:
        """The cells whose closures hold a point of the rectangle, and whether the point is inside one of them."""
        ends: list[Any] = [
            cylinder.high for cylinder in self.cylinders
        ]  # fractions and real algebraic numbers compare
        first = bisect_left(ends, x)
        found: list[Place] = []
        for k in range(first, len(self.cylinders)):
            cylinder = self.cylinders[k]
            if cylinder.low > x:
                break
            if cylinder.low < x < cylinder.high:
                bounds = [
                    (self.bound(c.lower, x, False), self.bound(c.upper, x, True)) for c in cylinder.cells
                ]
                hits = [(j, low < y < high) for j, (low, high) in enumerate(bounds) if low <= y <= high]
                return [(k, j) for j, _ in hits], all(strict for _, strict in hits)
            at = Height.of(y)
            touching = cell_heights(self.plane, cylinder, x)
            found += [(k, j) for j, (low, high) in enumerate(touching) if low <= at <= high]
        return found, False

    def bound(self, section: Section | None, x: Fraction, top: bool) -> Number:
        """Where a section, or the upper or lower border, is at a value of x inside its cylinder."""
        if section is None:
            return self.plane.y_range[top]
        return section.polynomial.roots(x)[section.position]

    def sample_on(self, wall: Wall) -> Fraction:
        """A value of x inside the interval of a wall that is no vertical line."""
        cylinder = self.cylinders[wall.cylinder]
        if (wall.low, wall.high) == (cylinder.low, cylinder.high):
            return cylinder.sample
        return rational_between(wall.low, wall.high)

    def cell(self, place: Place) -> Cell:
        """A cell by its place."""
        return self.cylinders[place[0]].cells[place[1]]


def vertical(plane: Plane, x: Number) -> fmpq_mpoly:
    """The least polynomial in x that vanishes at a value of x."""
    variable = plane.ring.variable(plane.ring.names[0])
    if isinstance(x, Fraction):
        return variable - plane.ring.constant(x)
    return sum((c * variable**k for k, c in enumerate(x.coefficients)), start=plane.ring.constant(0))


def contacts(result: Decomposition, k: int) -> Iterator[tuple[Height, Height, int, int]]:
    """The pieces of the line between a cylinder and the next: heights, and the positions of the cells on the left and right."""
    plane, x = result.plane, result.cylinders[k].high
    left = cell_heights(plane, result.cylinders[k], x)
    right = cell_heights(plane, result.cylinders[k + 1], x)
    i = j = 0
    while i < len(left) and j < len(right):
        (a, b), (c, d) = left[i], right[j]
        low, high = (c if a < c else a), (d if d < b else b)
        if low < high:
            yield low, high, i, j
        if b < d:
            i += 1
        elif d < b:
            j += 1
        else:
            i, j = i + 1, j + 1


def cell_heights(plane: Plane, cylinder: Cylinder, x: Number) -> list[tuple[Height, Height]]:
    """For each cell, the interval of the line at an end of its cylinder that it touches; of length zero where it ends in a point."""
    low, high = (Height.of(y) for y in plane.y_range)
    walls = [
        low,
        *(height(plane, c.upper, x, cylinder) for c in cylinder.cells[:-1] if c.upper is not None),
        high,
    ]
    return list(itertools.pairwise(walls))
