r"""Areas, lines and polygons of a planar decomposition.

**Areas.** The area of a set of cells is the sum of :math:`\int (u - l)\,dx` over their cylinders, `u` the upper and `l` the lower
section of each. Sections within the set cancel. Where a section is :math:`y = f(x)` with a polynomial `f`,
its integral is exact. Else it is computed with :math:`x = m - h \cos\theta`, in which a branch is smooth also where it begins at a fold,
by Gauss and Legendre's rule with 20 points, on parts that are halved until the rule with 12 points gives the same to twelve digits of
the rectangle's height; the sum of the differences is the stated error.

**Polygons.** Each cell has four sides: its sections, and the pieces of vertical lines at its ends, which are cut wherever a cell on the
other side begins or ends. Sides between two cells of one set cancel, the others are walked around with the set on the left.
Which sides meet is decided exactly; only the points drawn between are floats.

References
----------
.. [1] P. J. Davis and P. Rabinowitz, *Methods of Numerical Integration*, 2nd ed., Academic Press, 1984, ch. 2 and 6.
.. [2] H. Butler et al., *The GeoJSON Format*, RFC 7946, 2016.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cmp_to_key
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from gametheory.sensitivity._heights import Height, height
from gametheory.sensitivity._plane_cells import (
    Cylinder,
    Decomposition,
    Number,
    Place,
    Section,
    Wall,
    cell_heights,
    contacts,
)

__all__ = ["Geometry"]

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Point: TypeAlias = tuple[float, float]

_FINE = np.polynomial.legendre.leggauss(20)
_COARSE = np.polynomial.legendre.leggauss(12)
#: How often an interval is halved at most, in an integral and in a line that is drawn.
MOST_HALVINGS = 12


class Geometry:
    """Floats of a decomposition.

    Parameters
    ----------
    work : Decomposition
    """

    def __init__(self, work: Decomposition) -> None:
        self.work = work
        self.lines = [work.cylinders[0].low, *(cylinder.high for cylinder in work.cylinders)]
        self.at = [float(x) for x in self.lines]
        self.spans = tuple(float(b - a) for a, b in (work.plane.x_range, work.plane.y_range))
        self._integrals: dict[tuple[int, Section], tuple[float, float]] = {}
        self._polylines: dict[Any, Array] = {}
        self._ranks: list[list[Height]] | None = None

    # -- branches ------------------------------------------------------------------------------------------------------------
    def branch(self, section: Section, cylinder: Cylinder) -> Callable[[Array], Array]:
        """A section as a function of x, inside its cylinder."""
        p = section.polynomial
        rows = [np.array(row[::-1], dtype=object) for row in p.rows]
        scale = max(abs(c) for row in p.rows for c in row)
        floats = [np.array([float(Fraction(c, scale)) for c in row]) for row in rows]
        if len(rows) == 2:
            return lambda x: -np.polyval(floats[0], x) / np.polyval(floats[1], x)
        count = len(p.roots(cylinder.sample))

        def values(x: Array) -> Array:
            result = np.empty(len(x))
            for k, at in enumerate(x):
                line = [np.polyval(row, at) for row in reversed(floats)]
                roots = np.roots(line)
                # As many are real as at the sample: those nearest to the real line.
                real = np.sort(roots[np.argsort(np.abs(roots.imag), kind="stable")[:count]].real)
                result[k] = real[section.position]
            return result

        return values

    # -- areas ---------------------------------------------------------------------------------------------------------------
    def area(self, places: Iterable[Place]) -> tuple[Fraction | float, float]:
        """The area of a set of cells, a fraction where it is known exactly, and a bound on its error."""
        weight: dict[tuple[int, Section], int] = defaultdict(int)
        border: dict[tuple[Number, bool], int] = defaultdict(int)
        for k, j in places:
            cell, cylinder = self.work.cell((k, j)), self.work.cylinders[k]
            for section, sign, top in ((cell.upper, 1, True), (cell.lower, -1, False)):
                if section is not None:
                    weight[k, section] += sign
                    continue
                border[cylinder.high, top] += sign
                border[cylinder.low, top] -= sign
        exact: dict[Any, list[Any]] = {}  # values of antiderivatives, which cancel between neighbours
        for (x, top), count in border.items():
            y = self.work.plane.y_range[top]
            rows = [[-y.numerator], [y.denominator]]
            _add(exact, (x, top), count, lambda x=x, rows=rows: _antiderivative(rows, x))  # type: ignore[misc]  # defaults bind
        total, error = 0.0, 0.0
        for (k, section), count in weight.items():
            if not count:
                continue
            cylinder = self.work.cylinders[k]
            p = section.polynomial
            if len(p.rows) == 2 and len([c for c in p.rows[1] if c]) == 1 and p.rows[1][0]:
                for x, sign in ((cylinder.high, 1), (cylinder.low, -1)):
                    _add(exact, (x, p), sign * count, lambda x=x, p=p: _antiderivative(p.rows, x))  # type: ignore[misc]  # defaults bind
            else:
                value, doubt = self._integral(k, section)
                total += count * value
                error += abs(count) * doubt
        whole: Fraction | float = Fraction(0)
        for count, value in exact.values():
            if count:
                number = value()
                whole += count * number
                if isinstance(number, float):
                    error += abs(number) * 1e-15
        if error == 0 and total == 0 and isinstance(whole, Fraction):
            return whole, 0.0
        return float(whole) + total, error + abs(total) * 1e-15

    def _integral(self, k: int, section: Section) -> tuple[float, float]:
        key = (k, section)
        if key not in self._integrals:
            cylinder = self.work.cylinders[k]
            low, high = self.at[k], self.at[k + 1]
            middle, half = (low + high) / 2, (high - low) / 2
            function = self.branch(section, cylinder)
            floor, ceiling = (float(y) for y in self.work.plane.y_range)

            def rule(begin: float, end: float, nodes: Array, weights: Array) -> float:
                angle = (begin + end) / 2 + (end - begin) / 2 * nodes
                y = np.clip(function(middle - half * np.cos(angle)), floor, ceiling)
                return float((end - begin) / 2 * np.sum(weights * y * half * np.sin(angle)))

            total = doubt = 0.0
            waiting = [(0.0, math.pi, 0)]
            while waiting:
                begin, end, depth = waiting.pop()
                fine, coarse = rule(begin, end, *_FINE), rule(begin, end, *_COARSE)
                bound = 1e-12 * self.spans[1] * 2 * half * (end - begin) / math.pi
                if abs(fine - coarse) <= bound or depth == MOST_HALVINGS:
                    total, doubt = total + fine, doubt + abs(fine - coarse)
                else:
                    cut = (begin + end) / 2
                    waiting += [(begin, cut, depth + 1), (cut, end, depth + 1)]
            self._integrals[key] = total, doubt
        return self._integrals[key]

    # -- lines ---------------------------------------------------------------------------------------------------------------
    def polyline(self, section: Section, k: int, ends: tuple[Point, Point], tolerance: float) -> Array:
        """Points of a section of the `k`-th cylinder between two of its points, no farther from the curve than a share of the ranges."""
        key = (section, k, ends, tolerance)
        if key not in self._polylines:
            p = section.polynomial
            if p.degrees[1] == 1 and p.polynomial.total_degree() == 1:
                self._polylines[key] = np.array(ends)
            else:
                self._polylines[key] = self._curve(section, k, ends, tolerance)
        return self._polylines[key]

    def end_of(self, wall: Wall) -> Point:
        """The right or upper end of a wall."""
        if wall.position is None:
            assert wall.x is not None
            return float(wall.x), float(wall.high)
        cylinder = self.work.cylinders[wall.cylinder]._replace(low=wall.low, high=wall.high)
        section = Section(wall.polynomial, wall.position)
        return float(wall.high), float(height(self.work.plane, section, wall.high, cylinder))

    def _curve(self, section: Section, k: int, ends: tuple[Point, Point], tolerance: float) -> Array:
        function = self.branch(section, self.work.cylinders[k])
        (low, y_low), (high, y_high) = ends
        middle, half = (low + high) / 2, (high - low) / 2
        floor, ceiling = (float(y) for y in self.work.plane.y_range)

        def points(angles: Array) -> Array:
            x = middle - half * np.cos(angles)
            return np.column_stack([x, np.clip(function(x), floor, ceiling)])

        angles = np.linspace(0, math.pi, 9)
        line = np.vstack([[low, y_low], points(angles[1:-1]), [high, y_high]])
        scale = np.array(self.spans)
        for _ in range(MOST_HALVINGS):
            between = (angles[:-1] + angles[1:]) / 2
            new = points(between)
            far = _distance(new / scale, line[:-1] / scale, line[1:] / scale) > tolerance
            if not far.any():
                break
            angles = np.insert(angles, np.flatnonzero(far) + 1, between[far])
            line = np.insert(line, np.flatnonzero(far) + 1, new[far], axis=0)
        return line

    # -- polygons ------------------------------------------------------------------------------------------------------------
    def _heights(self) -> list[list[Height]]:
        """On each line between cylinders, the heights at which a section ends, in increasing order."""
        if self._ranks is None:
            self._ranks = []
            for k, x in enumerate(self.lines):
                found = [
                    h
                    for cylinder in self.work.cylinders[max(k - 1, 0) : k + 1]
                    for pair in cell_heights(self.work.plane, cylinder, x)
                    for h in pair
                ]
                found.sort(key=cmp_to_key(_compare))
                self._ranks.append([h for i, h in enumerate(found) if i == 0 or h != found[i - 1]])
        return self._ranks

    def _rank(self, k: int, at: Height) -> int:
        heights = self._heights()[k]
        low, high = 0, len(heights)
        while low < high:
            middle = (low + high) // 2
            if heights[middle] < at:
                low = middle + 1
            else:
                high = middle
        return low

    def rings(self, group: Callable[[Place], Any], tolerance: float) -> dict[Any, list[list[Point]]]:
        """The closed lines around sets of cells, each with the set on its left, by what `group` calls the set of a cell."""
        work = self.work
        heights = self._heights()
        coordinates = [[(self.at[k], float(h)) for h in line] for k, line in enumerate(heights)]
        edges: dict[Any, list[tuple[tuple[int, int], tuple[int, int], Array]]] = defaultdict(list)
        for k, cylinder in enumerate(work.cylinders):
            sides = [
                [(self._rank(line, a), self._rank(line, b)) for a, b in cell_heights(work.plane, cylinder, self.lines[line])]
                for line in (k, k + 1)
            ]  # fmt: skip
            names = [group((k, j)) for j in range(len(cylinder.cells))]
            for j in range(len(cylinder.cells) + 1):
                below, above = (names[j - 1] if j else None), (names[j] if j < len(names) else None)
                if j and j < len(names) and below == above:
                    continue
                ends = tuple(
                    (line, side[j][0] if j < len(names) else side[j - 1][1])
                    for line, side in zip((k, k + 1), sides, strict=True)
                )
                here = tuple(coordinates[line][rank] for line, rank in ends)
                section = cylinder.cells[j].lower if j < len(names) else None
                points = (
                    np.array(here)
                    if section is None
                    else self.polyline(section, k, (here[0], here[1]), tolerance)
                )
                if j < len(names):
                    edges[above].append((ends[0], ends[1], points))
                if j:
                    edges[below].append((ends[1], ends[0], points[::-1]))
        for line in range(len(self.lines)):
            for low, high, left, right in self._contacts(line):
                one = None if left is None else group((line - 1, left))
                two = None if right is None else group((line, right))
                if left is not None and right is not None and one == two:
                    continue
                ranks = range(self._rank(line, low), self._rank(line, high) + 1)
                for a, b in pairwise(ranks):
                    points = np.array([coordinates[line][a], coordinates[line][b]])
                    if left is not None:
                        edges[one].append(((line, a), (line, b), points))
                    if right is not None:
                        edges[two].append(((line, b), (line, a), points[::-1]))
        return {name: _trace(parts, np.array(self.spans)) for name, parts in edges.items()}

    def _contacts(self, line: int) -> Iterable[tuple[Height, Height, int | None, int | None]]:
        if 0 < line < len(self.lines) - 1:
            yield from contacts(self.work, line - 1)
            return
        k = 0 if line == 0 else line - 1
        for j, (low, high) in enumerate(
            cell_heights(self.work.plane, self.work.cylinders[k], self.lines[line])
        ):
            if low < high:
                yield (low, high, None, j) if line == 0 else (low, high, j, None)

    def polygons(self, group: Callable[[Place], Any], tolerance: float) -> dict[Any, list[list[list[Point]]]]:
        """Polygons of sets of cells: each a closed line around it, counterclockwise, and closed lines around holes, clockwise."""
        return {name: _nested(rings) for name, rings in self.rings(group, tolerance).items()}


def _compare(one: Height, two: Height) -> int:
    return 0 if one == two else -1 if one < two else 1


def _add(terms: dict[Any, list[Any]], key: Any, count: int, value: Callable[[], Any]) -> None:
    terms.setdefault(key, [0, value])[0] += count


def _antiderivative(rows: list[list[int]], x: Number) -> Fraction | float:
    """The integral from zero to x of the root of ``rows[0](x) + rows[1][0] y``."""
    at: Any = x if isinstance(x, Fraction) else float(x)
    return sum(  # type: ignore[no-any-return]  # a fraction or a float
        (Fraction(-c, rows[1][0] * (i + 1)) * at ** (i + 1) for i, c in enumerate(rows[0])), start=at * 0
    )


def _distance(points: Array, begin: Array, end: Array) -> Array:
    """How far points are from segments."""
    along = end - begin
    length = np.maximum((along**2).sum(axis=1), 1e-300)
    share = np.clip(((points - begin) * along).sum(axis=1) / length, 0, 1)
    return np.asarray(np.sqrt(((points - begin - share[:, None] * along) ** 2).sum(axis=1)))


def _trace(edges: list[tuple[tuple[int, int], tuple[int, int], Array]], scale: Array) -> list[list[Point]]:
    """Directed edges joined to closed lines. Where several go on from a point, the sharpest turn to the left is taken: what is on the
    left of a line is then in one piece.
    """
    leaving: dict[tuple[int, int], list[int]] = defaultdict(list)
    for k, (begin, _, _) in enumerate(edges):
        leaving[begin].append(k)
    unused = set(range(len(edges)))
    rings: list[list[Point]] = []
    for start in range(len(edges)):
        if start not in unused:
            continue
        ring: list[Point] = []
        current = start
        while current in unused:
            unused.remove(current)
            points = edges[current][2]
            ring.extend((float(x), float(y)) for x, y in points[:-1])
            # The edge that the line began with is one of them: where lines touch, it may go on elsewhere.
            choices = [k for k in leaving[edges[current][1]] if k in unused or k == start]
            if not choices:
                break
            if len(choices) > 1:
                back = _angle((points[-2] - points[-1]) / scale)
                choices.sort(key=lambda k: (back - _angle((edges[k][2][1] - edges[k][2][0]) / scale)) % math.tau or math.tau)  # fmt: skip
            current = choices[0]
        ring.append(ring[0])
        rings.append(ring)
    return rings


def _angle(direction: Array) -> float:
    return math.atan2(float(direction[1]), float(direction[0]))


def _signed(ring: list[Point]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def _nested(rings: list[list[Point]]) -> list[list[list[Point]]]:
    """Closed lines around areas, with the lines around holes given to the smallest area that holds them."""
    outer = sorted((r for r in rings if _signed(r) > 0), key=_signed)
    polygons = [[ring] for ring in outer]
    for hole in rings:
        if _signed(hole) < 0:
            point = hole[0][0] / 2 + hole[1][0] / 2, hole[0][1] / 2 + hole[1][1] / 2
            for polygon in polygons:
                if _signed(polygon[0]) > -_signed(hole) and _inside(point, polygon[0]):
                    polygon.append(hole)
                    break
    return polygons[::-1]


def _inside(point: Point, ring: list[Point]) -> bool:
    x, y = point
    within = False
    for (x0, y0), (x1, y1) in pairwise(ring):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            within = not within
    return within
