r"""Trying to break a property of equilibria: many points, the edges between regimes, then the simplest counterexample.

A property is tested at points of the box in three designs, all solved together in compiled code:

- the baseline, every parameter alone and every two parameters together at the ends of their ranges;
- a Latin hypercube over the whole box;
- *edges*: pairs of points between which the play changes are bisected until they nearly touch. A property of
  comparative statics can only fail where the play changes, and a small share of a box of many dimensions is
  near such an edge, so most of the search is spent there.

A counterexample is then shrunk (as QuickCheck does with failing tests): parameters are put back to their baseline one at a
time while it still fails, then values are rounded. What remains is minimal in this sense: *no single parameter
of those that differ from the baseline can be put back without losing the failure.* It is solved again in exact
arithmetic, and only then believed.

References
----------
M. D. McKay, R. J. Beckman and W. J. Conover, "A comparison of three methods for selecting values of input variables",
*Technometrics* 21 (1979), 239-245.
K. Claessen and J. Hughes, "QuickCheck: a lightweight tool for random testing of Haskell programs", *ICFP* (2000), 268-279.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import qmc

from gametheory import scalars
from gametheory.models.kazakhstan._goals import (
    TOLERANCE,
    Box,
    Commitments,
    Everywhere,
    Flags,
    Floats,
    Measured,
    Move,
    Never,
)
from gametheory.models.kazakhstan._reading import Measure, Reading
from gametheory.parameters import Model
from gametheory.sensitivity._claim_models import committed
from gametheory.sensitivity._points import PointSolver, Rows

if TYPE_CHECKING:
    from gametheory.equilibria.result import EquilibriumSet

__all__ = ["Arena", "Found", "Search"]

#: Halvings of the way between two points with different play.
BISECTIONS = 16
#: Counterexamples that are shrunk side by side; the one that becomes simplest is reported.
STARTS = 32
#: Values of a parameter that are tried to make up for another that is put back.
TUNINGS = 61
#: Digits to which values are rounded, the fewest first.
DIGITS = (1, 2, 3, 4, 6)


class Solved:
    """The equilibria at some points, as least and greatest values of measures."""

    def __init__(self, reading: Reading, rows: Rows) -> None:
        self.reading, self.rows = reading, rows
        #: Points at which all equilibria are known: the others are near a tie, and left out.
        self.known = rows.complete & ~rows.degenerate & (np.diff(rows.start) > 0)
        self._cache: dict[Measure, tuple[Floats, Floats]] = {}

    def bounds(self, measure: Measure) -> tuple[Floats, Floats]:
        if measure not in self._cache:
            values = self.reading.value(measure, self.rows.behaviour)
            some = np.flatnonzero(np.diff(self.rows.start))
            least, greatest = np.full((2, len(self.known)), np.nan)
            if len(some):
                first = self.rows.start[some]
                least[some] = np.minimum.reduceat(values, first)
                greatest[some] = np.maximum.reduceat(values, first)
            self._cache[measure] = least, greatest
        return self._cache[measure]


@dataclass(frozen=True, slots=True)
class Found:
    """A counterexample, verified in exact arithmetic; `after` is None where nothing is moved."""

    values: Mapping[str, Fraction]
    moved: Mapping[str, Fraction]
    before: EquilibriumSet
    after: EquilibriumSet | None
    measured: Measured
    in_every_equilibrium: bool


@dataclass(frozen=True, slots=True)
class Search:
    """What came of trying to break a property.

    `points` has the tested points, `broken` says at which of them the property fails; `helped` counts the points at which a
    move does the opposite.
    """

    points: Floats
    broken: Flags
    helped: int
    left_out: int
    found: Found | None


class Arena:
    """The points at which properties of one model are tested, solved once for all of them."""

    def __init__(self, model: Model, n: int, rng: np.random.Generator) -> None:
        self.model, self.n, self.rng, self.box = model, n, rng, Box(model)
        self._solvers: dict[Commitments, tuple[PointSolver, Reading]] = {}
        self._base: dict[Commitments, Solved] = {}
        box = self.box
        cube = qmc.LatinHypercube(len(box.names) + 1, rng=rng).random(n)
        bulk = box.low + cube[:, :-1] * (box.high - box.low)
        few = self._few()
        # The largest move for the simple points, any move for the rest; negative shares lead backwards.
        share = np.concatenate([np.where(np.arange(len(few)) % 2, 1.0, -1.0), 2 * cube[:, -1] - 1])
        self.points, self.share, self.n_few = np.concatenate([few, bulk]), share, len(few)
        self._add_edges(max(1, n // 8))

    # -- points
    def _one(self) -> list[Floats]:
        """One parameter at an end of its range."""
        box = self.box
        return [
            _put(box.base, {j: end})
            for j, ends in enumerate(zip(box.low, box.high, strict=True))
            for end in ends
        ]

    def _few(self) -> Floats:
        """The baseline, and one or two parameters at the ends of their ranges."""
        return np.unique(np.concatenate([[self.box.base], self._one(), *self._lines()]), axis=0)

    def _add_edges(self, count: int) -> None:
        """Add points on both sides of the edges at which the play changes, at most `count` edges of each kind a measure."""
        solved = self.solve(self.points)
        ways = [self._lines(), self._segments(solved.known, 4 * count)]
        extra = [np.empty((0, len(self.box.names)))]
        for first, second in ways:
            a, b = self.solve(first), self.solve(second)
            for measure in self.solver()[1].edges():
                values = [side.bounds(measure)[1] for side in (a, b)]
                crossing = np.flatnonzero(a.known & b.known & (np.abs(values[0] - values[1]) > TOLERANCE))
                chosen = np.sort(self.rng.permutation(crossing)[:count])
                extra.append(self._bisect(first[chosen], second[chosen], measure, values[0][chosen]))
        edges = np.concatenate(extra)
        # The largest move in either direction.
        self.points = np.concatenate([self.points, edges, edges])
        self.share = np.concatenate([self.share, np.ones(len(edges)), -np.ones(len(edges))])

    def _lines(self) -> tuple[Floats, Floats]:
        """Pairs of points at the two ends of one parameter, with another at the baseline or at one of its ends."""
        low, high = [], []
        for start in [self.box.base, *self._one()]:
            for j in range(len(start)):
                low.append(_put(start, {j: self.box.low[j]}))
                high.append(_put(start, {j: self.box.high[j]}))
        shape = (-1, len(self.box.names))
        return np.array(low).reshape(shape), np.array(high).reshape(shape)

    def _segments(self, known: Flags, count: int) -> tuple[Floats, Floats]:
        """Pairs of points inside the box."""
        bulk = self.points[self.n_few :][known[self.n_few :]]
        first, second = self.rng.integers(len(bulk), size=(2, count if len(bulk) else 0))
        return bulk[first], bulk[second]

    def _bisect(self, first: Floats, second: Floats, measure: Measure, value: Floats) -> Floats:
        """Points on both sides of an edge between each two points; `value` is what the measure is at the first."""
        if not len(first):
            return first
        for _ in range(BISECTIONS):
            middle = (first + second) / 2
            same = (np.abs(self.solve(middle).bounds(measure)[1] - value) <= TOLERANCE)[:, None]
            first, second = np.where(same, middle, first), np.where(same, second, middle)
        return np.concatenate([first, second])

    # -- solving
    def solver(self, commitments: Commitments = ()) -> tuple[PointSolver, Reading]:
        """What solves the model, with some replies given, at many points or exactly at one."""
        if commitments not in self._solvers:
            model = committed(self.model, dict(commitments)) if commitments else self.model
            solver = PointSolver(model, "subgame_perfect", (), self.model.space.baseline, behaviour=True)
            self._solvers[commitments] = solver, Reading(model.game)
        return self._solvers[commitments]

    def solve(self, points: Floats, commitments: Commitments = ()) -> Solved:
        """The equilibria at points, in floating point."""
        solver, reading = self.solver(commitments)
        columns = {name: np.ascontiguousarray(points[:, j]) for j, name in enumerate(self.box.names)}
        return Solved(reading, solver.solve(columns))

    def base(self, commitments: Commitments = ()) -> Solved:
        """The equilibria at the points of the arena."""
        if commitments not in self._base:
            self._base[commitments] = self.solve(self.points, commitments)
        return self._base[commitments]

    # -- trying
    def test(self, goal: Never | Everywhere) -> Search:
        """Try to break a property, and find the simplest counterexample."""
        if isinstance(goal, Never):
            return self._test_move(goal, self.points, self.share)
        return self._test_everywhere(goal)

    def _test_everywhere(self, goal: Everywhere) -> Search:
        if goal.free:
            points = self._only(goal.free)
            solved = self.solve(points, goal.commitments)
        else:
            points, solved = self.points, self.base(goal.commitments)
        some, every = goal.broken((solved.bounds(goal.measure),))
        some, every = some & solved.known, every & solved.known

        def fails(points: Floats, share: Floats) -> Flags:
            here = self.solve(points, goal.commitments)
            flags: Flags = goal.broken((here.bounds(goal.measure),))[int(every.any())]
            return here.known & flags

        starts = np.flatnonzero(every if every.any() else some)
        found = self._simplest(goal, points[starts], np.ones(len(starts)), fails)
        return Search(points[solved.known], some[solved.known], 0, int((~solved.known).sum()), found)

    def _only(self, free: tuple[str, ...]) -> Floats:
        """Points at which only some parameters leave the baseline: the corners of their box, and points inside."""
        columns = [j for j, name in enumerate(self.box.names) if name in free]
        inside = np.tile(self.box.base, (len(self.points) - self.n_few, 1))
        inside[:, columns] = self.points[self.n_few :, columns]
        ends = [(self.box.low[j], self.box.high[j]) for j in columns]
        corners = [
            _put(self.box.base, dict(zip(columns, at, strict=True))) for at in itertools.product(*ends)
        ]
        return np.concatenate([np.array(corners), inside])

    def _test_move(self, goal: Never, points: Floats, share: Floats) -> Search:
        box, move = self.box, goal.move.within(self.box)
        if move is None:
            return Search(np.empty((0, len(box.names))), np.zeros(0, bool), 0, 0, None)
        share = share if move.reversible else np.abs(share)
        up = share >= 0
        there_points = np.where(
            up[:, None],
            move.apply(points, np.abs(share), box),
            move.apply(points, np.abs(share), box, back=True),
        )
        here = self.base() if points is self.points else self.solve(points)
        there = self.solve(there_points)
        changed = np.abs(there_points - points).max(axis=1, initial=0.0) > TOLERANCE
        known = here.known & there.known & changed
        sides = list(zip(here.bounds(goal.measure), there.bounds(goal.measure), strict=True))
        low, high = (tuple(np.where(flag, a, b) for a, b in sides) for flag in (up, ~up))
        forth: Measured = ((low[0], low[1]), (high[0], high[1]))
        some, every = (flags & known for flags in goal.broken(forth))
        helped = goal.broken((forth[1], forth[0]))[0] & known & ~some
        before, moved_to = (np.where(flag[:, None], points, there_points) for flag in (up, ~up))
        left_out = int((changed & ~known).sum())
        starts = np.flatnonzero(every if every.any() else some)
        shares = self._shares(move, before[starts], moved_to[starts])

        def fails(points: Floats, share: Floats) -> Flags:
            moved = move.apply(points, share, box)
            both = self.solve(np.concatenate([points, moved]))
            least, most = both.bounds(goal.measure)
            half = len(points)
            measured = ((least[:half], most[:half]), (least[half:], most[half:]))
            flags: Flags = goal.broken(measured)[int(every.any())]
            return both.known[:half] & both.known[half:] & flags

        found = self._simplest(goal, before[starts], shares, fails)
        return Search(before[known], some[known], int(helped.sum()), left_out, found)

    def _shares(self, move: Move, before: Floats, after: Floats) -> Floats:
        """The share of the room that a move has taken."""
        j = self.box.names.index(move.names[0])
        whole = move.apply(before, 1.0, self.box)[:, j] - before[:, j]
        gone = after[:, j] - before[:, j]
        return np.divide(gone, whole, out=np.ones(len(before)), where=whole != 0)

    # -- shrinking
    def _simplest(
        self,
        goal: Never | Everywhere,
        points: Floats,
        share: Floats,
        fails: Callable[[Floats, Floats], Flags],
    ) -> Found | None:
        """Shrink the counterexamples nearest to the baseline, and verify the simplest."""
        away = (points != self.box.base).sum(axis=1)
        first = np.argsort(away, kind="stable")[:STARTS]
        points, share = points[first].copy(), share[first].copy()
        if not len(points):
            return None
        share = np.where(fails(points, np.ones(len(points))), 1.0, share)
        raw = [(points[k : k + 1].copy(), share[k : k + 1].copy()) for k in range(len(points))]
        self._reset(points, share, fails)
        distance = np.abs((points - self.box.base) / (self.box.high - self.box.low)).sum(axis=1)
        order = np.lexsort((distance, (points != self.box.base).sum(axis=1)))
        for k in order:
            one, u = points[k : k + 1].copy(), share[k : k + 1].copy()
            while self._retune(one, u, fails) or self._reset(one, u, fails):
                pass
            while True:
                self._round(one, u, fails)
                if not self._reset(one, u, fails):
                    break
            found = self._verify(goal, one, u)
            if found is not None:
                return found
        # Never seen: every simple form is too near to a tie for floats to be right about it.
        verified = (self._verify(goal, *case) for case in raw)
        return next((found for found in verified if found is not None), None)

    def _reset(self, points: Floats, share: Floats, fails: Callable[[Floats, Floats], Flags]) -> bool:
        """Put parameters back to their baseline one at a time while the property still fails; modified in place.

        Each point tries its parameters in an order of its own. The passes end when none can be put back.
        """
        base, everything = self.box.base, False
        while True:
            progress = False
            away = points != base
            # Those off the baseline first, shuffled.
            order = np.argsort(np.where(away, self.rng.random(points.shape), 2.0), axis=1)
            for column in order[:, : away.sum(axis=1).max(initial=0)].T:
                rows = np.flatnonzero(points[np.arange(len(points)), column] != base[column])
                if not len(rows):
                    continue
                trial = points[rows].copy()
                trial[np.arange(len(rows)), column[rows]] = base[column[rows]]
                kept = fails(trial, share[rows])
                points[rows[kept]] = trial[kept]
                progress |= bool(kept.any())
            if not progress:
                return everything
            everything = True

    def _retune(self, point: Floats, share: Floats, fails: Callable[[Floats, Floats], Flags]) -> bool:
        """Put one parameter back if another can make up for it within its range; modified in place."""
        away = np.flatnonzero(point[0] != self.box.base)
        pairs = list(itertools.permutations(away, 2))
        if not pairs:
            return False
        trial = np.tile(point[0], (len(pairs), TUNINGS, 1))
        for k, (back, other) in enumerate(pairs):
            trial[k, :, back] = self.box.base[back]
            trial[k, :, other] = np.linspace(self.box.low[other], self.box.high[other], TUNINGS)
        rows = trial.reshape(len(pairs) * TUNINGS, -1)
        kept = np.flatnonzero(fails(rows, np.repeat(share, len(rows))))
        if not len(kept):
            return False
        point[0] = rows[kept[len(kept) // 2]]
        return True

    def _round(self, point: Floats, share: Floats, fails: Callable[[Floats, Floats], Flags]) -> None:
        """Replace each value that is not at its baseline by the one with the fewest digits that will do; in place."""
        shares = np.array(
            [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, *(round(share[0], d) for d in DIGITS), share[0]]
        )
        kept = fails(np.repeat(point, len(shares), axis=0), shares)
        if kept.any():
            share[0] = shares[np.argmax(kept)]
        for j in np.flatnonzero(point[0] != self.box.base):
            rounded = [float(f"{point[0, j]:.{d}g}") for d in DIGITS]
            inside = [v for v in rounded if self.box.low[j] <= v <= self.box.high[j]]
            if not inside:
                continue
            trial = np.repeat(point, len(inside), axis=0)
            trial[:, j] = inside
            kept = fails(trial, np.repeat(share, len(inside)))
            if kept.any():
                point[0, j] = inside[int(np.argmax(kept))]

    # -- verifying
    def _verify(self, goal: Never | Everywhere, point: Floats, share: Floats) -> Found | None:
        """Solve a counterexample in exact arithmetic; None if it is none."""
        exact = np.array([[scalars.exact(float(v)) for v in point[0]]], dtype=object)
        values = dict(zip(self.box.names, exact[0], strict=True))
        if isinstance(goal, Everywhere):
            return self.check(goal, values)
        move = goal.move.within(self.box)
        assert move is not None  # or nothing would have been found
        after = move.apply(exact, scalars.exact(float(share[0])), self.box)
        moved = {n: v for n, v in zip(self.box.names, after[0], strict=True) if n in move.names}
        return self.check(goal, values, moved)

    def check(
        self,
        goal: Never | Everywhere,
        values: Mapping[str, Fraction],
        moved: Mapping[str, Fraction] | None = None,
    ) -> Found | None:
        """The counterexample at exact values, or None if the property holds there."""
        solver, reading = self.solver(goal.commitments if isinstance(goal, Everywhere) else ())
        before = solver.exact(values)
        after = solver.exact({**values, **moved}) if isinstance(goal, Never) and moved is not None else None
        sets = [before] if after is None else [before, after]
        measured = tuple(reading.bounds(goal.measure, equilibria) for equilibria in sets)
        broken = goal.broken(measured, 0)
        if not broken[0] or not all(equilibria.complete for equilibria in sets):
            return None
        return Found(dict(values), dict(moved or {}), before, after, measured, bool(broken[1]))


def _put(base: Floats, values: Mapping[int, float]) -> Floats:
    point = base.copy()
    for j, value in values.items():
        point[j] = value
    return point
