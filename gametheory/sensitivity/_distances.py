r"""How far from a point a statement about the equilibria begins to fail.

Let :math:`b` be a point at which a statement holds, :math:`s_i > 0` a scale for each parameter, and :math:`F` the set of points of the box
of ranges at which it fails. The distances are

.. math:: \rho_p = \inf_{\theta \in F} \Bigl\| \Bigl( \frac{\theta_i - b_i}{s_i} \Bigr)_i \Bigr\|_p , \qquad p \in \{\infty, 2, 1\};

:math:`\rho_\infty` is the half-width of the largest scaled box around :math:`b` on which the statement holds.

*Above.* A point at which the exact solver finds the statement to fail.

*Below,* :math:`p = \infty`. The statement holds on the box of half-width :math:`r` if every case that breaks it is proved impossible there
(:mod:`gametheory.sensitivity._cases`). The box is made larger until a counterexample is found, then bisected. If one polynomial :math:`g`
with :math:`g \ge 0` is among the constraints of all cases left, and is monotone in each parameter on the box, then its greatest
value on the box of half-width :math:`r` is at one known corner :math:`\theta(r)`, so that :math:`\rho_\infty` is a root of the
polynomial :math:`g(\theta(r))` in one variable, exactly.

*Below,* :math:`p = 2, 1`. By the mean value theorem :math:`g(\theta) \le g(b) + \sum_i |\theta_i - b_i| D_i`, where
:math:`D_i` bounds the slope in the :math:`i`-th parameter while those before it are in the box and those after it are at the
baseline. So :math:`g(\theta) \ge 0` needs :math:`\sum_i |\theta_i - b_i| D_i \ge -g(b)`, and by Hoelder's inequality the
distance is at least :math:`-g(b) / \|(D_i s_i)_i\|_q` with :math:`1/p + 1/q = 1`. A case is impossible within the best of these
bounds over its constraints and over a combination of them that refutes it on the box.

References
----------
.. [1] R. E. Moore, R. B. Kearfott and M. J. Cloud, *Introduction to Interval Analysis*, SIAM, 2009, ch. 6.
.. [2] A. Ben-Tal, L. El Ghaoui and A. Nemirovski, *Robust Optimization*, Princeton University Press, 2009, ch. 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from flint import fmpq_mpoly
from tqdm import tqdm

from gametheory.errors import GameTheoryError
from gametheory.sensitivity._balls import Ball, Distance, Point, root_above
from gametheory.sensitivity._boxes import Domain, range_on
from gametheory.sensitivity._cases import Arena, Case, Cases, solve_at
from gametheory.sensitivity._local import best_multipliers, nearest_in
from gametheory.sensitivity._scaled_systems import Constraint
from gametheory.sensitivity._statements import Statement
from gametheory.sensitivity._witnesses import solution
from gametheory.solvers.algebraic import (
    RealAlgebraic,
    from_fraction,
    real_roots,
    simplest_fraction,
    to_fraction,
)

__all__ = ["distance"]


class Search:
    """The search for the distances of one statement."""

    def __init__(self, cases: Cases, statement: Statement, ball: Ball, fixed: Mapping[str, Fraction]) -> None:
        self.cases, self.statement, self.ball, self.fixed = cases, statement, ball, dict(fixed)
        self.ring = cases.ring
        self._known: list[tuple[Fraction, list[Case]]] = []
        self._judged: dict[tuple[Fraction, ...], bool | None] = {}

    # -- points -------------------------------------------------------------------------------------------------------
    def fails(self, point: Mapping[str, Fraction]) -> bool:
        """Whether the exact solver finds the statement to fail at a point."""
        key = tuple(point[name] for name in self.ball.names)
        if key not in self._judged:
            try:
                found = solve_at(self.cases.model, {**self.fixed, **point})
                self._judged[key] = self.statement.holds(found)
            except GameTheoryError:  # the game has no meaning there, so it is no counterexample
                self._judged[key] = None
        return self._judged[key] is False

    def parameters(self, point: Mapping[str, Fraction]) -> Point:
        """A point of the ring without its probabilities."""
        return {n: point.get(n, self.ball.base[n]) for n in self.ball.names}

    # -- boxes --------------------------------------------------------------------------------------------------------
    def breaking(self, radius: Fraction) -> list[Case]:
        """The cases that break the statement and are not proved impossible within a radius."""
        larger = [cases for known, cases in self._known if known >= radius]
        arena = self.cases.arena(self.ball.box(radius))
        if larger:
            found = self.cases.narrow(min(larger, key=len), arena)
        else:
            found = self.cases.possible(arena)
        self._known.append((radius, found))
        if self.statement.quantifier == "some" and any(
            case.meets and arena.always(case.constraints) for case in found
        ):
            return []
        return [case for case in found if not case.meets]

    def counterexample(self, radius: Fraction, cases: Sequence[Case]) -> Point | None:
        """A point within a radius at which the statement fails."""
        box = self.ball.box(radius)
        arena = self.cases.arena(box)
        for case in sorted(cases, key=lambda case: len(case.groups)):
            # Corners at which one constraint is great, also where the middle is a saddle and no way leads up from it.
            system = arena.system(case.constraints)
            for row in system.rows:
                point = self.parameters(system.cube.points(row.vertex)[0])
                if self.fails(point):
                    return point
            own = {name: box[name] for name in self.cases.names}
            domain = Domain(own, {group: Domain.simplex(len(group)) for group in case.groups})
            found = solution(self.ring, case.constraints, domain, None)
            if found is not None:
                point = self.parameters(found)
                if self.fails(point):
                    return point
        return None

    # -- the largest box ----------------------------------------------------------------------------------------------
    def joint(self, tolerance: Fraction, progress: bool, hints: Sequence[Point] = ()) -> Distance:
        """The half-width of the largest box on which the statement holds."""
        reach = self.ball.reach
        best = Distance(Fraction(0), None, None)
        for point in hints:
            if self.fails(point):
                best = self._better(best, point, math.inf)
        #: The least radius at which neither a proof nor a counterexample was found.
        doubtful = reach
        tried = min(reach, best.upper or reach) / 256
        with tqdm(desc="robustness: boxes", unit="box", delay=1, disable=not progress, leave=False) as bar:
            while best.lower < reach:
                bar.update()
                cases = self.breaking(tried)
                if not cases:
                    best = replace(best, lower=max(best.lower, tried))
                else:
                    best = self._by_corners(best, cases, tried, tolerance)
                    if best.exact is not None:
                        return best
                    if best.upper is None or best.upper > tried:
                        nearer = self.counterexample(tried, cases)
                        if nearer is not None:
                            best = self._better(best, nearer, math.inf)
                        elif best.lower < tried:
                            doubtful = min(doubtful, tried)
                end = doubtful if best.upper is None else min(best.upper, doubtful)
                if end - best.lower <= tolerance * end and (best.upper is not None or end < reach):
                    break
                tried = self._next(best.lower, end, tolerance)
        if best.upper is not None:
            # Bisection may have come near without a look at the corners.
            radius = min(reach, best.upper * (1 + tolerance))
            best = self._by_corners(best, self.breaking(radius), radius, tolerance)
        return best

    def _next(self, low: Fraction, end: Fraction, tolerance: Fraction) -> Fraction:
        """The radius to look at next: twice the one proved as long as that is far from the end, else between the two."""
        if 2 * low < end:
            return 2 * low if low else end / 256
        if end == self.ball.reach and all(known < end for known, _ in self._known):
            return end
        margin = tolerance * end / 4
        return simplest_fraction((low + end) / 2 - margin, (low + end) / 2 + margin)

    def _better(self, best: Distance, point: Point, p: float) -> Distance:
        """The distance with a counterexample, if it is nearer than the one known."""
        upper = self.ball.norm(point, p)
        return replace(best, upper=upper, point=point) if best.upper is None or upper < best.upper else best

    # -- corners ------------------------------------------------------------------------------------------------------
    def _by_corners(
        self, best: Distance, cases: Sequence[Case], radius: Fraction, tolerance: Fraction
    ) -> Distance:
        """Better bounds from constraints that are monotone on the box, whose greatest values are at known corners."""
        arena = self.cases.arena(self.ball.box(radius))
        corners: dict[tuple[Any, ...], _Corner | None] = {}
        binding: list[tuple[_Corner, Case]] = []
        for case in cases:
            own = []
            for polynomial in _senses(case.constraints):
                key = tuple(sorted(polynomial.to_dict().items()))
                if key not in corners:
                    corners[key] = self._corner(polynomial, arena, radius)
                corner = corners[key]
                if corner is not None:
                    own.append((corner, case))
            if not own:
                return best
            # The case is impossible before the last of its constraints can hold.
            binding.append(max(own, key=lambda pair: pair[0].root))
        corner, case = min(binding, key=lambda pair: pair[0].root)
        root = corner.root
        best = replace(best, lower=max(best.lower, _below(root)))
        step = tolerance / 1000
        while step <= tolerance:
            beyond = _above(root, step)
            point = self._at(corner.direction, beyond)
            if self.fails(point):
                best = self._better(best, point, math.inf)
                return replace(best, exact=root) if self._is_exact(corner, case, beyond) else best
            step *= 10
        return best

    def _corner(self, polynomial: fmpq_mpoly, arena: Arena, radius: Fraction) -> _Corner | None:
        """Where a constraint that fails at the middle first holds, if it is monotone in each parameter; else None."""
        ring, ball = self.ring, self.ball
        if any(name not in ball.scale for name in ring.used(polynomial)):
            return None
        if ring.evaluate(polynomial, ball.base) >= 0:
            return None
        direction: dict[str, int] = {}
        for name in ring.used(polynomial):
            sign = arena.sign(ring.derivative(polynomial, name))
            if sign is None:
                return None
            direction[name] = sign
        # Along the corner the value never falls, so it is zero on one segment between two ends of ranges.
        ends = sorted({min(radius, end) for end in self._ends(direction)} | {Fraction(0), radius})
        for low, high in pairwise(ends):
            if ring.evaluate(polynomial, self._at(direction, high)) >= 0:
                along = self._along(polynomial, direction, low, high)
                roots = [root for root in _roots(along) if low <= root <= high]
                return _Corner(direction, min(roots)) if roots else None
        return None

    def _ends(self, direction: Mapping[str, int]) -> list[Fraction]:
        """The radii at which the corner meets the end of a range."""
        ball, ends = self.ball, []
        for name, sign in direction.items():
            if sign:
                ends.append(abs(ball.ranges[name][1 if sign > 0 else 0] - ball.base[name]) / ball.scale[name])
        return ends

    def _at(self, direction: Mapping[str, int], radius: Fraction) -> Point:
        """The corner of a box."""
        ball = self.ball
        box = ball.box(radius)
        return {
            name: ball.base[name] if not direction.get(name) else box[name][1 if direction[name] > 0 else 0]
            for name in ball.names
        }

    def _along(
        self, polynomial: fmpq_mpoly, direction: Mapping[str, int], low: Fraction, high: Fraction
    ) -> list[Fraction]:
        """A polynomial on the way of the corner between two radii: coefficients of powers of the radius."""
        ring = self.ring
        radius = ring.context.gen(0)
        first, last = self._at(direction, low), self._at(direction, high)
        arguments = []
        for name in ring.names:
            if name not in first:
                arguments.append(ring.context.constant(0))
                continue
            slope = (last[name] - first[name]) / (high - low)
            start = first[name] - slope * low
            arguments.append(radius * from_fraction(slope) + from_fraction(start))
        powers: dict[int, Fraction] = {
            int(exponents[0]): to_fraction(c)
            for exponents, c in polynomial.compose(*arguments).to_dict().items()
        }
        return [powers.get(k, Fraction(0)) for k in range(max(powers, default=0) + 1)]

    def _is_exact(self, corner: _Corner, case: Case, beyond: Fraction) -> bool:
        """Whether the case is possible at the corner of every box from the root on, up to a radius beyond it."""
        if case.groups or self.statement.quantifier == "some":
            return False
        low = max([end for end in self._ends(corner.direction) if end <= corner.root], default=Fraction(0))
        if any(corner.root < end < beyond for end in self._ends(corner.direction)):
            return False
        for polynomial, relation in case.constraints:
            along = self._along(polynomial, corner.direction, low, beyond)
            value = sum((c * beyond**k for k, c in enumerate(along)), Fraction(0))
            if not any(along):
                if relation == ">":
                    return False
                continue
            if relation == "==" or value <= 0:
                return False
            if any(corner.root < root <= beyond for root in _roots(along)):
                return False
        return True

    # -- nearest points -----------------------------------------------------------------------------------------------
    def nearest(self, p: float, start: Point, joint: Distance) -> Distance:
        """The nearest point in the norm of p = 1 or 2, from a counterexample to begin with."""
        ball = self.ball
        best = self._better(Distance(joint.lower, None, None), start, p)
        # First among the cases that are possible near by, so that the others are looked for within a small radius only.
        best, cases = self._approach(best, self.breaking(min(joint.upper or ball.reach, ball.reach)), p, ())
        radius = min(best.upper or ball.reach, ball.reach)
        known, cases = cases, self.breaking(radius)
        bounds = []
        for case in cases:
            bounds.append(self._norm_bound(case, p, radius, joint.lower, best.point or start))
            # A case that is impossible up to the best point has none that is nearer.
            if case not in known and (best.upper is None or bounds[-1] < best.upper):
                best, _ = self._approach(best, [case], p, (start,))
        return replace(best, lower=max(best.lower, min([best.upper or radius, radius, *bounds])))

    def _approach(
        self, best: Distance, cases: list[Case], p: float, starts: Sequence[Point]
    ) -> tuple[Distance, list[Case]]:
        """Nearer counterexamples from local searches in cases; these are returned with it."""
        ball = self.ball
        for case in cases:
            for found in nearest_in(self.ring, case, ball.base, ball.scale, ball.ranges, p, starts):
                point = self._just_beyond(found)
                if point is not None:
                    best = self._better(best, point, p)
        return best, cases

    def _just_beyond(self, point: Mapping[str, float]) -> Point | None:
        """A counterexample of few digits near a point of floats, a little further away from the middle."""
        ball = self.ball
        shifts = {n: point.get(n, float(ball.base[n])) - float(ball.base[n]) for n in ball.names}
        sizes = {name: abs(shift) / float(ball.scale[name]) for name, shift in shifts.items()}
        most = max(sizes.values(), default=0.0)
        for share, digits in ((1e-3, 3), (1e-4, 4), (1e-5, 6), (1e-7, 9), (1e-6, 12), (1e-4, 12), (1e-3, 12)):
            moved = dict(ball.base)
            for name in ball.names:
                if sizes[name] > most * 1e-5:
                    low, high = ball.ranges[name]
                    shift = Fraction(f"{shifts[name] * (1 + share):.{digits}g}")
                    moved[name] = min(max(ball.base[name] + shift, low), high)
            if self.fails(moved):
                return moved
        return None

    def _norm_bound(
        self, case: Case, p: float, radius: Fraction, proved: Fraction, point: Mapping[str, Fraction]
    ) -> Fraction:
        """A radius within which the case is impossible, by the slopes of its constraints and of combinations of them."""
        polynomials = list(_senses(case.constraints))
        best = max(
            [self._slope_bound(polynomial, p, radius) for polynomial in polynomials], default=Fraction(0)
        )
        if best >= radius:
            return radius
        found = self.cases.arena(self.ball.box(proved)).attempt(case.constraints)
        ways = [self._dual(polynomials, p, point)]
        if found.multipliers is not None and len(found.multipliers) > 1:
            positions = {id(polynomial): k for k, (polynomial, _) in enumerate(case.constraints)}
            ways.append([found.multipliers.get(positions.get(id(q), -1), Fraction(0)) for q in polynomials])
        for multipliers in ways:
            total = self.ring.constant(0)
            for polynomial, multiplier in zip(polynomials, multipliers, strict=True):
                total = total + polynomial * from_fraction(multiplier)
            if sum(map(bool, multipliers)) > 1:
                best = max(best, self._slope_bound(total, p, radius))
        return best

    def _dual(
        self, polynomials: Sequence[fmpq_mpoly], p: float, point: Mapping[str, Fraction]
    ) -> list[Fraction]:
        """Multipliers that are best where the constraints are replaced by their tangents half way to a point."""
        ring, ball = self.ring, self.ball
        half = {n: (ball.base[n] + point[n]) / 2 for n in ball.names}
        values, slopes = [], []
        for polynomial in polynomials:
            moving = {n: ball.base[n] for n in ring.used(polynomial) if n in ball.scale}
            unit = {n: (Fraction(0), Fraction(1)) for n in ring.used(polynomial) if n not in ball.scale}
            # Probabilities are where they help most.
            most = range_on(ring, ring.substitute(polynomial, moving), unit)
            values.append(float(most.high))
            here = {**half, **most.at_high}
            slopes.append(
                [
                    float(ring.evaluate(ring.derivative(polynomial, n), here) * ball.scale[n])
                    if n in moving
                    else 0.0
                    for n in ball.names
                ]
            )
        found = best_multipliers(np.array(values), np.array(slopes).reshape(len(values), len(ball.names)), p)
        return [Fraction(float(value)).limit_denominator(10**6) for value in found]

    def _slope_bound(self, polynomial: fmpq_mpoly, p: float, radius: Fraction) -> Fraction:
        """The greatest radius within which the mean value theorem shows a polynomial to be negative."""
        ring, ball = self.ring, self.ball
        unit = {name: (Fraction(0), Fraction(1)) for name in ring.used(polynomial) if name not in ball.scale}
        moving = [name for name in ring.used(polynomial) if name in ball.scale]
        box = ball.box(radius) | unit
        start = range_on(ring, ring.substitute(polynomial, {n: ball.base[n] for n in moving}), unit).high
        if start >= 0:
            return Fraction(0)
        slopes = []
        for k, name in enumerate(moving):
            slope = ring.derivative(polynomial, name)
            # The parameters behind it have not moved yet.
            slope = ring.substitute(slope, {later: ball.base[later] for later in moving[k + 1 :]})
            bounds = range_on(ring, slope, box)
            slopes.append(max(abs(bounds.low), abs(bounds.high)) * ball.scale[name])
        if p == 1:
            dual = max(slopes, default=Fraction(0))
        else:
            dual = root_above(sum((slope * slope for slope in slopes), Fraction(0)))
        return min(radius, -start / dual) if dual else radius


@dataclass(frozen=True, slots=True)
class _Corner:
    """The corner at which a constraint is greatest, as the side of each parameter, and the radius at which it becomes zero."""

    direction: Mapping[str, int]
    root: Any


def _senses(constraints: Sequence[Constraint]) -> list[fmpq_mpoly]:
    """Polynomials that must not be negative: an equation gives two."""
    result = []
    for polynomial, relation in constraints:
        result.append(polynomial)
        if relation == "==":
            result.append(-polynomial)
    return result


def _roots(coefficients: Sequence[Fraction]) -> tuple[Fraction | RealAlgebraic, ...]:
    common = math.lcm(*(c.denominator for c in coefficients)) if coefficients else 1
    whole = tuple(int(c * common) for c in coefficients)
    return real_roots(whole) if any(whole) and len(whole) > 1 else ()


def _below(root: Any) -> Fraction:
    """A rational at or little below a number."""
    return root if isinstance(root, Fraction) else root.bounds(128)[0]


def _above(root: Any, share: Fraction) -> Fraction:
    """A rational with few digits above a number, at most by a share of it."""
    high = root if isinstance(root, Fraction) else root.bounds(128)[1]
    return simplest_fraction(high * (1 + share / 10), high * (1 + share)) if high else share


def distance(
    cases: Cases,
    statement: Statement,
    ball: Ball,
    fixed: Mapping[str, Fraction],
    *,
    hints: Sequence[Point] = (),
    tolerance: Fraction = Fraction(1, 1000),
    progress: bool = True,
) -> dict[str, Distance]:
    """The distances of a statement in the greatest norm (``"box"``), the Euclidean (``"l2"``) and the sum norm (``"l1"``).

    Parameters
    ----------
    cases : Cases
        Of the statement; its free parameters are those of `ball`.
    statement : Statement
        Which holds at the middle of `ball`.
    ball : Ball
    fixed : mapping of str to Fraction
        The other parameters.
    hints : sequence of mapping
        Counterexamples that are known.
    tolerance : Fraction
        Relative gap of the bounds of the first distance that is enough.

    Returns
    -------
    dict of str to Distance
        The last two are missing if there is no counterexample.
    """
    search = Search(cases, statement, ball, fixed)
    joint = search.joint(tolerance, progress, hints)
    found = {"box": joint}
    if joint.point is not None:
        for name, p in (("l2", 2.0), ("l1", 1.0)):
            starts = [dict(joint.point), *(point for point in hints if search.fails(point))]
            norms = [ball.norm(start, p) for start in starts]
            found[name] = search.nearest(p, starts[norms.index(min(norms))], joint)
    return found
