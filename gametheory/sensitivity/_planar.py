r"""Solving a game for all values of two parameters: a rectangle cut into cells on each of which fixed functions solve it.

**Leaves.** The game is solved over :math:`\mathbb{Q}(x, y)` ordered at a rational sample
(:class:`gametheory.solvers.function_fields.PointCell`). The answer, together with the signs of the irreducible polynomials that decided
it, is a *leaf*. It is the answer at every point at which those polynomials have those signs, so a new sample is first looked up
among the leaves.

**Cylinders.** A vertical line at a rational :math:`x_0` is cut by the roots of polynomials of leaves into a *stack* of cells, as in one
dimension (:mod:`gametheory.sensitivity._cells`): around a sample up to the nearest roots of its leaf. A cell lies between two
*sections*, branches of the curves :math:`p = 0` and :math:`q = 0`, or borders of the rectangle. As :math:`x` moves away from :math:`x_0`,
the stack stays as it is until

- two branches of `p` meet or one goes to infinity: a root of the discriminant or of the leading coefficient of `p`;
- another polynomial `r` of the leaf becomes zero in the cell. Its curve comes in through a side, at a root of
  :math:`\operatorname{Res}_y(p, r)` or on a border, or begins inside, at a root of the discriminant of `r`; or it is a vertical line.

So the stack is a *cylinder* over the interval around :math:`x_0` up to the nearest of those roots. What lies left and right of it is
treated in the same way. This is a cylindrical algebraic decomposition (Collins 1975), computed where it is needed only, with
polynomials that need not be known beforehand.

**Walls.** A section between two cells is *open* if the functions of both are the same and solve the game on it as well. If the
polynomial of the section is missing in one of the two leaves, that leaf is the answer on the section and beyond. Else the game is solved
on the section, over the functions on the curve :math:`p = 0`, and the section is cut where what decided that changes. Vertical lines
between neighbouring cylinders are treated in the same way. Cells that are connected through open walls form a *face*; finitely many
points of its walls may be exceptions.

References
----------
.. [1] G. E. Collins, "Quantifier elimination for real closed fields by cylindrical algebraic decomposition", *Automata Theory and
   Formal Languages*, Springer LNCS 33, 1975, 134-183.
.. [2] S. Basu, R. Pollack and M.-F. Roy, *Algorithms in Real Algebraic Geometry*, 2nd ed., Springer, 2006, ch. 5 and 11.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cmp_to_key
from typing import Any, NamedTuple, TypeAlias

from tqdm import tqdm

from gametheory.sensitivity._cells import Solution
from gametheory.sensitivity._heights import Height
from gametheory.sensitivity._plane_cells import (
    Cell,
    Cylinder,
    Decomposition,
    Leaf,
    Section,
    Wall,
    contacts,
    vertical,
)
from gametheory.sensitivity._plane_polynomials import NotGeneric, Plane, PlanePolynomial, nearest
from gametheory.solvers.algebraic import RealAlgebraic, rational_between
from gametheory.solvers.fields import SampleNotGeneric
from gametheory.solvers.function_fields import PointCell

__all__ = ["decompose"]

Number: TypeAlias = Fraction | RealAlgebraic

#: How many samples on one line to try before the line itself is given up: a line that is not generic has none.
MOST_SAMPLES = 12


#: Solves the game in a field of functions, given as the place where their signs are read.
Solver: TypeAlias = Callable[[PointCell], Solution]


def decompose(plane: Plane, solve: Solver, *, label: str, progress: bool = True) -> Decomposition:
    """Solve for all values of two parameters.

    Parameters
    ----------
    plane : Plane
    solve : callable
        The solver, for functions ordered at a point.
    label : str
        Shown beside the progress bar.

    Returns
    -------
    Decomposition
    """
    return _Work(plane, solve).run(label, progress)


class _Arc(NamedTuple):
    """A solution on a curve and the signs under which it is one."""

    solution: Solution
    signs: dict[PlanePolynomial, int]
    cell: PointCell
    known: dict[int, bool]

    def continues(self, leaf: Leaf) -> bool:
        """Whether the solution on the curve is what the functions of a leaf are worth there."""
        if leaf.answer not in self.known:
            self.known[leaf.answer] = self._continues(leaf.solution)
        return self.known[leaf.answer]

    def _continues(self, solution: Solution) -> bool:
        there = self.solution
        if (solution.complete, len(solution.profiles)) != (there.complete, len(there.profiles)):
            return False
        unmatched = set(range(len(there.profiles)))
        for k, profile in enumerate(solution.profiles):
            match = next(
                (
                    other
                    for other in sorted(unmatched)
                    if there.continuum[other] == solution.continuum[k]
                    and all(
                        self._equal(ours, theirs)
                        for vector, others in zip(profile, there.profiles[other], strict=True)
                        for ours, theirs in zip(vector, others, strict=True)
                    )
                ),
                None,
            )
            if match is None:
                return False
            unmatched.remove(match)
        return True

    def _equal(self, ours: Any, theirs: Any) -> bool:
        if self.cell.vanishes(ours.denominator):
            return False
        return self.cell.vanishes(ours.numerator * theirs.denominator - theirs.numerator * ours.denominator)


class _Work:
    """The work of :func:`decompose`."""

    def __init__(self, plane: Plane, solve: Solver) -> None:
        self.plane, self.solve = plane, solve
        self.leaves: list[Leaf] = []
        self.answers: dict[Any, int] = {}
        self.arcs: dict[PlanePolynomial, list[_Arc]] = {}

    def run(self, label: str, progress: bool) -> Decomposition:
        low, high = self.plane.x_range
        cylinders: list[Cylinder] = []
        waiting: list[tuple[Number, Number]] = [(low, high)]
        with tqdm(total=100, desc=label, unit="%", delay=1, disable=not progress, leave=False) as bar:
            while waiting:
                below, above = waiting.pop()
                cylinder = self.cylinder(below, above)
                cylinders.append(cylinder)
                if below < cylinder.low:
                    waiting.append((below, cylinder.low))
                if cylinder.high < above:
                    waiting.append((cylinder.high, above))
                bar.update(90 * (float(cylinder.high) - float(cylinder.low)) / float(high - low))
            cylinders.sort(key=lambda cylinder: cylinder.sample)
            result = Decomposition(self.plane, cylinders, [], self.leaves)
            for k in range(len(cylinders)):
                self.inside(result, k)
                bar.update(5 / len(cylinders))
            for k in range(len(cylinders) - 1):
                self.between(result, k)
                bar.update(5 / len(cylinders))
        return result

    # -- cylinders -----------------------------------------------------------------------------------------------------------
    def cylinder(self, low: Number, high: Number) -> Cylinder:
        """A cylinder around some value between two."""
        x = rational_between(low, high)
        while True:
            try:
                cells = self.stack(x)
                below, above = low, high
                seen: set[int] = set()  # the plane keeps every tuple of events
                for cell in cells:
                    for values in self.events(cell):
                        if id(values) not in seen:
                            seen.add(id(values))
                            below, above = nearest(values, x, below, above)
            except NotGeneric:
                # One of finitely many; samples that keep coming nearer to `low` leave them behind.
                x = rational_between(low, x)
                continue
            return Cylinder(below, above, x, cells)

    def stack(self, x: Fraction) -> tuple[Cell, ...]:
        """The cells on a vertical line, from below."""
        cells: list[Cell] = []
        border = self.plane.y_range
        waiting: list[Any] = [(border[0], None, border[1], None)]
        while waiting:
            low, lower, high, upper = waiting.pop()
            y, leaf = self.leaf_between(x, low, high)
            below, above = (low, lower), (high, upper)
            for polynomial in leaf.signs:
                if polynomial.vertical:
                    continue
                for position, root in enumerate(polynomial.roots(x)):
                    section = Section(polynomial, position)
                    # Two sections at the same height cross there.
                    if root < y:
                        if root > below[0]:
                            below = root, section
                        elif root == below[0] and below[1] != section:
                            raise NotGeneric(str(x))
                    else:
                        if root < above[0]:
                            above = root, section
                        elif root == above[0] and above[1] != section:
                            raise NotGeneric(str(x))
                        break
            cells.append(Cell(below[1], above[1], y, leaf))
            if low < below[0]:
                waiting.append((low, lower, *below))
            if above[0] < high:
                waiting.append((*above, high, upper))
        cells.sort(key=lambda cell: cell.sample)
        return tuple(cells)

    def leaf_between(self, x: Fraction, low: Number, high: Number) -> tuple[Fraction, Leaf]:
        y = rational_between(low, high)
        for _ in range(MOST_SAMPLES):
            leaf = self.known(x, y)
            if leaf is not None:
                return y, leaf
            cell = PointCell(self.plane.ring, dict(zip(self.plane.ring.names, (x, y), strict=True)))
            try:
                solution = self.solve(cell)
                return y, self.remember(cell, solution, (x, y))
            except (SampleNotGeneric, NotGeneric):
                y = rational_between(low, y)
        raise NotGeneric(str(x))

    def known(self, x: Fraction, y: Fraction) -> Leaf | None:
        """The leaf that holds at a point."""
        signs: dict[PlanePolynomial, int] = {}
        leaf: Leaf
        for leaf in reversed(self.leaves):
            for polynomial, sign in leaf.signs.items():
                found = signs.get(polynomial)
                if found is None:
                    found = signs[polynomial] = polynomial.sign(x, y)
                if found != sign:
                    break
            else:
                return leaf
        return None

    def remember(self, cell: PointCell, solution: Solution, sample: tuple[Fraction, Fraction]) -> Leaf:
        changing, touching = self.plane.turning(cell.decisions)
        signs = {polynomial: polynomial.sign(*sample) for polynomial in changing}
        if 0 in signs.values():  # a product may vanish where no factor that it was asked as does
            raise NotGeneric(str(sample[0]))
        answer = self.answers.setdefault(_facts(solution), len(self.answers))
        leaf = Leaf(len(self.leaves), solution, signs, tuple(touching), answer, sample)
        self.leaves.append(leaf)
        return leaf

    def events(self, cell: Cell) -> Iterator[tuple[Number, ...]]:
        """Values of x beyond which a cell may look different."""
        plane = self.plane
        bounds = [section.polynomial for section in (cell.lower, cell.upper) if section is not None]
        for p in bounds:
            yield plane.folds(p)
            yield plane.poles(p)
        if len(bounds) == 2 and bounds[0] != bounds[1]:
            yield plane.crossings(*bounds)
        inside = [*cell.leaf.signs, *(p for p in bounds if p not in cell.leaf.signs)]
        for r in inside:
            if r.vertical:
                yield plane.lines(r)
                continue
            yield plane.folds(r)
            for section, top in ((cell.lower, False), (cell.upper, True)):
                if section is None:
                    yield plane.exits(r, top)
                elif section.polynomial != r:
                    yield plane.crossings(section.polynomial, r)

    # -- walls along sections ------------------------------------------------------------------------------------------------
    def inside(self, result: Decomposition, k: int) -> None:
        """The sections of a cylinder."""
        cylinder = result.cylinders[k]
        for j, (below, above) in enumerate(itertools.pairwise(cylinder.cells)):
            section = below.upper
            assert section is not None
            p = section.polynomial
            places = (k, j), (k, j + 1)
            if below.leaf.answer != above.leaf.answer:
                result.walls.append(Wall(p, section.position, cylinder.low, cylinder.high, *places, k))
            elif p not in below.leaf.signs or p not in above.leaf.signs:
                result.unite(*places)
            else:
                for low, high, is_open in self.along(section, cylinder.low, cylinder.high, below.leaf):
                    if is_open:
                        result.unite(*places)
                    else:
                        result.walls.append(Wall(p, section.position, low, high, *places, k))

    def along(
        self, section: Section, low: Number, high: Number, leaf: Leaf
    ) -> Iterator[tuple[Number, Number, bool]]:
        """Pieces of a section over an interval, and whether a leaf's functions solve the game on each, from the left."""
        pieces: list[tuple[Number, Number, bool]] = []
        waiting = [(low, high)]
        while waiting:
            begin, end = waiting.pop()
            x = rational_between(begin, end)
            while True:
                try:
                    point = x, section.polynomial.roots(x)[section.position]
                    arc = self.arc(section.polynomial, point)
                    below, above = begin, end
                    for r in arc.signs:
                        values = (
                            self.plane.lines(r) if r.vertical else self.plane.crossings(section.polynomial, r)
                        )
                        below, above = nearest(values, x, below, above)
                    break
                except (NotGeneric, SampleNotGeneric):
                    x = rational_between(begin, x)
            pieces.append((below, above, arc.continues(leaf)))
            if begin < below:
                waiting.append((begin, below))
            if above < end:
                waiting.append((above, end))
        pieces.sort(key=cmp_to_key(_by_beginning))
        yield from _joined(pieces)

    def arc(self, modulus: PlanePolynomial, point: tuple[Number, Number]) -> _Arc:
        """The solution at a point of a curve, known or new."""
        names = self.plane.ring.names
        cell = PointCell(self.plane.ring, dict(zip(names, point, strict=True)), modulus.polynomial)
        arc: _Arc
        for arc in reversed(self.arcs.setdefault(modulus, [])):
            if all(cell.value_sign(r.polynomial) == sign for r, sign in arc.signs.items()):
                return arc
        solution = self.solve(cell)
        changing, _ = self.plane.turning(cell.decisions)
        signs = {r: cell.value_sign(r.polynomial) for r in changing if r != modulus}
        if 0 in signs.values():
            raise NotGeneric(str(point[0]))
        arc = _Arc(solution, signs, cell, {})
        self.arcs[modulus].append(arc)
        return arc

    # -- walls along vertical lines ------------------------------------------------------------------------------------------
    def between(self, result: Decomposition, k: int) -> None:
        """The vertical line between a cylinder and the next."""
        x = result.cylinders[k].high
        line = self.line(x)
        for low, high, left, right in contacts(result, k):
            before, after = result.cell((k, left)).leaf, result.cell((k + 1, right)).leaf
            places = (k, left), (k + 1, right)
            if line not in before.signs or line not in after.signs:
                result.unite(*places)
            elif before.answer != after.answer:
                result.walls.append(Wall(line, None, low, high, *places, k, x))
            else:
                for begin, end, is_open in self.upward(line, x, low, high, before):
                    if is_open:
                        result.unite(*places)
                    else:
                        result.walls.append(Wall(line, None, begin, end, *places, k, x))

    def line(self, x: Number) -> PlanePolynomial:
        """The irreducible polynomial of a vertical line."""
        return self.plane.polynomial(vertical(self.plane, x))

    def upward(
        self, line: PlanePolynomial, x: Number, low: Height, high: Height, leaf: Leaf
    ) -> Iterator[tuple[Height, Height, bool]]:
        """Pieces of a vertical line between two heights, and whether a leaf's functions solve the game on each, from below."""
        pieces: list[tuple[Height, Height, bool]] = []
        waiting = [(low, high)]
        while waiting:
            begin, end = waiting.pop()
            y = begin.rational_below(end)
            while True:
                try:
                    arc = self.arc(line, (x, y))
                    below, above = begin, end
                    for r in arc.signs:
                        for root in Height.candidates(self.plane, r, x):
                            if root == y:
                                raise NotGeneric(str(y))
                            at = Height.of(root)
                            if root < y and at > below:
                                below = at
                            if root > y and at < above:
                                above = at
                    break
                except (NotGeneric, SampleNotGeneric):
                    y = begin.rational_below(Height.of(y))
            pieces.append((below, above, arc.continues(leaf)))
            if begin < below:
                waiting.append((begin, below))
            if above < end:
                waiting.append((above, end))
        pieces.sort(key=cmp_to_key(_by_beginning))
        yield from _joined(pieces)


def _by_beginning(one: tuple[Any, Any, bool], two: tuple[Any, Any, bool]) -> int:
    return -1 if one[0] < two[0] else 1


def _joined(pieces: list[tuple[Any, Any, bool]]) -> Iterator[tuple[Any, Any, bool]]:
    """Neighbouring pieces that are both open, or both not, as one."""
    current = pieces[0]
    for piece in pieces[1:]:
        if piece[2] == current[2]:
            current = current[0], piece[1], current[2]
        else:
            yield current
            current = piece
    yield current


def _facts(solution: Solution) -> Any:
    """Equal for solutions by the same functions."""
    keys = [tuple(tuple(number.key for number in vector) for vector in p) for p in solution.profiles]
    profiles = frozenset(zip(keys, solution.continuum, strict=True))
    groups = frozenset(frozenset(keys[k] for k in component) for component in solution.components)
    return profiles, groups, solution.complete
