"""Solutions of polynomial inequalities on a domain, by successive linear programs.

The least of the constraints (each scaled to one) is made as great as it can be near a point, by a linear program over their tangents
within a region that shrinks where the tangents promise too much (sequential linear programming, Griffith and Stewart 1961). What comes
out is made rational, equations are solved for one variable each, and only a point at which everything holds exactly is
returned.

References
----------
.. [1] R. E. Griffith and R. A. Stewart, "A nonlinear programming technique for the optimization of continuous processing
   systems", *Management Science* 7 (1961), 379-392.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from gametheory.sensitivity._boxes import Domain, Point
from gametheory.sensitivity._scaled_systems import Constraint, Floats, System, middle, point_of
from gametheory.solvers.rational_functions import Ring

__all__ = ["meets", "nearest", "solution"]

#: Steps of the search for a solution.
STEPS = 25


def solution(
    ring: Ring, constraints: Sequence[Constraint], domain: Domain, start: Point | None
) -> Point | None:
    """A point at which all constraints hold, exactly, or None if none is found."""
    for point in (start, middle(domain)):
        if point is not None and meets(ring, constraints, point):
            return point
    near = nearest(System.of(ring, constraints, domain), start)
    if near is None:
        return None
    if meets(ring, constraints, near):
        return near
    solved = _solved(ring, constraints, domain, near)
    return solved if solved is not None and meets(ring, constraints, solved) else None


def meets(ring: Ring, constraints: Sequence[Constraint], point: Mapping[str, Fraction]) -> bool:
    """Whether all constraints hold at a point."""
    for polynomial, relation in constraints:
        value = ring.evaluate(polynomial, point)
        if not (value == 0 if relation == "==" else value > 0 if relation == ">" else value >= 0):
            return False
    return True


def nearest(system: System, start: Point | None) -> Point | None:
    """A point at which the least of the constraints is as great as successive linear programs make it, in floating point."""
    domain, n = system.cube.domain, system.cube.size
    if not n:
        return None
    free, owner = list(system.cube.copies), np.zeros(n, int)
    for k, name in enumerate(free):
        owner[list(system.cube.copies[name])] = k
    for group in system.groups:
        for bit in group:
            owner[bit] = len(free)
            free.append(f"bit {bit}")
    gather = np.zeros((n, len(free)))
    gather[np.arange(n), owner] = 1.0
    at = np.full(len(free), 0.5)
    if start is not None:
        for k, name in enumerate(system.cube.copies):
            low, high = domain.box[name]
            at[k] = float((start.get(name, low) - low) / (high - low))
    total = np.zeros((len(system.groups), len(free)))
    for g, group in enumerate(system.groups):
        columns = owner[list(group)]
        total[g, columns] = 1.0
        at[columns] = 1 / len(group)
    equal = np.array([relation == "==" for relation in system.relations])
    radius, best = 0.5, -np.inf
    values = system.values((gather @ at)[None])[:, 0]
    best = _worst(values, equal)
    for _ in range(STEPS):
        slope = system.gradient(gather @ at) @ gather
        base = values - slope @ at
        # Maximise z with base + slope x >= z, and -z <= base + slope x <= -z reversed for equations.
        upper = [np.append(-slope[k], 1.0) for k in range(len(values))]
        right = list(base)
        for k in np.flatnonzero(equal).tolist():
            upper.append(np.append(slope[k], 1.0))
            right.append(-base[k])
        result = linprog(
            np.append(np.zeros(len(free)), -1.0),
            A_ub=np.array(upper),
            b_ub=np.array(right),
            A_eq=np.hstack([total, np.zeros((len(total), 1))]) if len(total) else None,
            b_eq=np.ones(len(total)) if len(total) else None,
            bounds=[(max(0.0, v - radius), min(1.0, v + radius)) for v in at] + [(None, None)],
            method="highs-ds",
        )
        if not result.success:
            break
        there = np.clip(np.asarray(result.x)[:-1], 0.0, 1.0)
        fresh = system.values((gather @ there)[None])[:, 0]
        if _worst(fresh, equal) > best + 1e-12:
            at, values, best = there, fresh, _worst(fresh, equal)
            if best > 1e-6 and not equal.any():
                break
        else:
            radius /= 3
            if radius < 1e-6:
                break
    return point_of(system, gather @ at)


def _worst(values: Floats, equal: NDArray[np.bool_]) -> float:
    return float(np.where(equal, -np.abs(values), values).min()) if len(values) else 0.0


def _solved(ring: Ring, constraints: Sequence[Constraint], domain: Domain, point: Point) -> Point | None:
    """The point with one variable of each equation changed so that it holds, if the equations are affine in one each."""
    exact: Point = dict(point)
    taken: set[str] = set()
    for polynomial, relation in constraints:
        if relation != "==":
            continue
        slopes = {}
        for name in ring.used(polynomial):
            if name in taken or name not in domain.box or ring.degree(polynomial, name) != 1:
                continue
            slopes[name] = ring.evaluate(ring.derivative(polynomial, name), exact)
        chosen = max(
            slopes, key=lambda n: abs(slopes[n] * (domain.box[n][1] - domain.box[n][0])), default=None
        )
        if chosen is None or not slopes[chosen]:
            return None
        exact[chosen] -= ring.evaluate(polynomial, exact) / slopes[chosen]
        taken |= set(ring.used(polynomial))
        low, high = domain.box[chosen]
        if not low <= exact[chosen] <= high:
            return None
    return exact
