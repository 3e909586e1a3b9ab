r"""Whether polynomial inequalities have a common solution on a box, with a proof where they have none.

Let :math:`g_1, \dots, g_m` be polynomials that are to be :math:`\ge 0` (or :math:`> 0`, or :math:`= 0`) at once on a domain :math:`D`.
If there are multipliers :math:`\lambda_i \ge 0` (of any sign for equations) with

.. math:: \sum_i \lambda_i g_i(x) < 0 \quad \text{for all } x \in D,

then there is no solution in :math:`D`; :math:`\le 0` is enough if some strict inequality has :math:`\lambda_i > 0`. A solution would
make the sum at least zero, in the second case positive. For multi-affine :math:`g_i` the sum is bounded by its values at the
vertices, so multipliers are the solution of a linear program with a row for each vertex. Of the many rows few
matter: the program is solved with some of them, the vertex where the sum found is greatest is added, and so on (cutting planes, Kelley
1960), in floating point. The multipliers are then made rational, and the bound is checked in whole numbers.

Where no multipliers exist the optimal dual variables are weights on vertices, and tell two things: a point to start a search for a
solution from, and the variable whose interval it is best to halve, which is the one that the weights use most at both
ends at once. Halving makes the vertices of the parts closer to their inside, so that where the inequalities contradict each other by a
margin the proof ends.

References
----------
.. [1] J. E. Kelley, "The cutting-plane method for solving convex programs", *Journal of the SIAM* 8 (1960), 703-712.
.. [2] D. Handelman, "Representing polynomials by positive linear functions on compact convex polyhedra", *Pacific Journal of
   Mathematics* 132 (1988), 35-62.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import numpy as np
from scipy.optimize import linprog

from gametheory.sensitivity._boxes import Box, Domain, Point, greatest
from gametheory.sensitivity._scaled_systems import Constraint, Floats, System, middle, point_of
from gametheory.sensitivity._witnesses import solution
from gametheory.solvers.rational_functions import Ring

__all__ = ["Attempt", "Outcome", "attempt", "decide"]

#: ``{"multipliers": {position: number}}``, ``{"split": name, "at": number, "parts": [tree, tree]}``,
#: ``{"split": [names], "edge": [i, j], "parts": [tree, tree]}`` or ``{"open": True}``.
Tree: TypeAlias = dict[str, Any]

#: Linear programs in search of one set of multipliers.
MAX_CUTS = 60
#: How much below zero a combination must be in floating point, where constraints are scaled to one.
MARGIN = 1e-7
#: Denominators of multipliers, the simplest first.
DENOMINATORS = (1, 2, 12, 60, 1000, 10**6, 10**9, 10**12)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The answer of :func:`decide`.

    Attributes
    ----------
    kind : {"infeasible", "feasible", "unknown"}
    tree : dict
        The proof, as far as it has come: splits of the box, and at each leaf the multipliers of the constraints by position.
    point : mapping of str to Fraction, or None
        A solution, exactly.
    left : tuple of Domain
        The parts that are not decided.
    volume_left : float
        Their share of the volume.
    parts : int
        Parts that were looked at.
    """

    kind: Literal["infeasible", "feasible", "unknown"]
    tree: Tree
    point: Point | None = None
    left: tuple[Domain, ...] = ()
    volume_left: float = 0.0
    parts: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """What came of one search for multipliers: them, or where to look for a solution and what to halve."""

    multipliers: dict[int, Fraction] | None
    start: Point | None = None
    split: str | tuple[tuple[str, ...], int, int] | None = None
    #: The least bound that multipliers reach; zero and more means that the constraints agree on average.
    gap: float = 0.0


def decide(
    ring: Ring,
    constraints: Sequence[Constraint],
    box: Box,
    *,
    budget: int = 1000,
    groups: Sequence[tuple[str, ...]] = (),
) -> Outcome:
    """Whether constraints have a common solution on a box.

    Parameters
    ----------
    ring : Ring
    constraints : sequence of (polynomial, relation)
        Relation ``">="``, ``">"`` or ``"=="``, against zero.
    box : mapping of str to (Fraction, Fraction)
    budget : int
        Parts of the box to look at before giving up.
    groups : sequence of tuple of str
        Variables outside the box that run over a simplex of probability vectors.

    Returns
    -------
    Outcome
        Equations are met exactly only where they can be solved for one variable each; otherwise their solutions may stay
        ``"unknown"``.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory.scalars import parse
    >>> from gametheory.sensitivity._infeasibility import decide
    >>> from gametheory.solvers.rational_functions import Ring
    >>> ring = Ring(["x", "y"])
    >>> unit = {"x": (Fraction(0), Fraction(1)), "y": (Fraction(0), Fraction(1))}
    >>> def read(*texts):
    ...     return [(ring.read(parse(text)).numerator, ">=") for text in texts]
    >>> decide(ring, read("x*y - 1/2", "1/3 - x"), unit).tree
    {'multipliers': {0: Fraction(1, 1), 1: Fraction(1, 1)}}
    >>> decide(ring, read("x*y - 1/4", "3/4 - x"), unit).kind
    'feasible'
    """
    whole = Domain(dict(box), {group: Domain.simplex(len(group)) for group in groups})
    open_parts: list[Domain] = []
    state = {"parts": 0}

    def work(domain: Domain) -> Tree | Point:
        if state["parts"] >= budget:
            open_parts.append(domain)
            return {"open": True}
        state["parts"] += 1
        found = attempt(ring, constraints, domain)
        if found.multipliers is not None:
            return {"multipliers": found.multipliers}
        point = solution(ring, constraints, domain, found.start)
        if point is not None:
            return point
        if found.split is None:
            open_parts.append(domain)
            return {"open": True}
        parts = []
        label, halves = divide(domain, found.split)
        for half in halves:
            part = work(half)
            if "parts" not in part and "multipliers" not in part and "open" not in part:
                return part
            parts.append(part)
        return {**label, "parts": parts}

    tree = work(whole)
    if not {"parts", "multipliers", "open"} & set(tree):
        return Outcome("feasible", {}, tree, parts=state["parts"])
    if open_parts:
        total = volume(whole)
        left = float(sum((volume(part) for part in open_parts), Fraction(0)) / total)
        return Outcome("unknown", tree, None, tuple(open_parts), left, state["parts"])
    return Outcome("infeasible", tree, parts=state["parts"])


def volume(domain: Domain) -> Fraction:
    """The volume of a domain, up to a factor that is the same for all its parts."""
    size = domain.share
    for corners in domain.groups.values():
        edges = [[a - b for a, b in zip(corner, corners[0], strict=True)] for corner in corners[1:]]
        size *= _determinant([row[1:] for row in edges]) if edges and len(edges[0]) == len(corners) else 1
    return size


def _determinant(rows: list[list[Fraction]]) -> Fraction:
    from flint import fmpq_mat

    from gametheory.solvers.algebraic import from_fraction, to_fraction

    found = fmpq_mat(len(rows), len(rows), [from_fraction(v) for row in rows for v in row]).det()
    return abs(to_fraction(found))


def divide(
    domain: Domain, split: str | tuple[tuple[str, ...], int, int]
) -> tuple[Tree, tuple[Domain, Domain]]:
    """The two parts of a domain, and how the tree of the proof names the cut."""
    if isinstance(split, str):
        low, high = domain.box[split]
        middle = (low + high) / 2
        return {"split": split, "at": middle}, domain.halves(split, middle)
    group, i, j = split
    return {"split": list(group), "edge": [i, j]}, domain.bisected(group, i, j)


def attempt(ring: Ring, constraints: Sequence[Constraint], domain: Domain) -> Attempt:
    """Search for multipliers on a domain, without dividing it."""
    system = System(ring, constraints, domain)
    # One constraint alone, and constraints that always hold, which add nothing to a contradiction.
    useful = []
    starts = []
    for k, relation in enumerate(system.relations):
        high, vertex = greatest(system.exact[k], system.groups)
        low = -greatest({m: -c for m, c in system.exact[k].items()}, system.groups)[0]
        if high < 0 or (high == 0 and relation == ">"):
            return Attempt({k: Fraction(1)})
        if relation == "==" and low > 0:
            return Attempt({k: Fraction(-1)})
        if relation == "==" or low < 0 or (low == 0 and relation == ">" and high == 0):
            useful.append(k)
        starts.append(system.vertex(vertex or 0))
    if not useful:
        return Attempt(None, middle(domain))
    cuts = np.array(starts)
    found, lam, weights, cuts, gap = _cutting_planes(system, useful, cuts, strict=False)
    if found is not None:
        return Attempt(found, gap=gap)
    if any(system.relations[k] == ">" for k in useful) and gap < 1e-6:
        found = _cutting_planes(system, useful, cuts, strict=True)[0]
        if found is not None:
            return Attempt(found)
    mean = weights @ cuts
    return Attempt(
        None, point_of(system, mean), _split(system, domain, useful, lam, weights, cuts, mean), gap
    )


def _cutting_planes(
    system: System, useful: list[int], cuts: Floats, *, strict: bool
) -> tuple[dict[int, Fraction] | None, Floats, Floats, Floats, float]:
    """Multipliers or None; the last ones in floats, the weights on the vertices, the vertices, and the bound."""
    signs = [(k, 1.0) for k in useful] + [(k, -1.0) for k in useful if system.relations[k] == "=="]
    m = len(signs)
    rows = [k for k, _ in signs]
    turn = np.array([sign for _, sign in signs])
    counts = np.array([float(system.relations[k] == ">") for k in rows])
    weights, lam, gap = np.full(len(cuts), 1 / len(cuts)), np.full(m, 1 / m), 0.0
    for _ in range(MAX_CUTS):
        table = (system.values(cuts)[rows] * turn[:, None]).T
        if strict:
            cost = np.append(-counts, 0.0)
            last: tuple[float | None, float | None] = (0.0, 0.0)
        else:
            cost = np.append(np.zeros(m), 1.0)
            last = (None, None)
        result = linprog(
            cost,
            A_ub=np.hstack([table, -np.ones((len(table), 1))]),
            b_ub=np.zeros(len(table)),
            A_eq=np.append(np.ones(m), 0.0)[None],
            b_eq=[1.0],
            bounds=[*[(0.0, None)] * m, last],
            method="highs-ds",
        )
        if not result.success:
            return None, lam, weights, cuts, gap
        found: Floats = np.asarray(result.x)
        lam = found[:m]
        if strict:
            if counts @ lam < 1e-9:
                return None, lam, weights, cuts, gap
        else:
            gap = float(found[m])
            weights = np.maximum(-result.ineqlin.marginals, 0.0)
            weights = weights / weights.sum() if weights.sum() > 0 else np.full(len(cuts), 1 / len(cuts))
            if gap > -MARGIN:
                return None, lam, weights, cuts, gap
        total: dict[int, float] = {}
        for multiplier, k, sign in zip(lam, rows, turn, strict=True):
            if multiplier > 1e-12:
                for mask, c in system.floats[k].items():
                    total[mask] = total.get(mask, 0.0) + multiplier * sign * c
        value, vertex = greatest(total, system.groups)
        if (value < 0 and value < gap / 2) if not strict else value < 1e-9:
            exact = _rational(system, rows, lam * turn, strict)
            if exact is not None:
                return exact, lam, weights, cuts, gap
        fresh = system.vertex(vertex or 0)
        if (cuts == fresh).all(axis=1).any():
            return None, lam, weights, cuts, gap
        cuts = np.vstack([cuts, fresh])
        weights = np.append(weights, 0.0)
    return None, lam, weights, cuts, gap


def _rational(system: System, rows: list[int], lam: Floats, strict: bool) -> dict[int, Fraction] | None:
    """Multipliers of the constraints themselves, as simple as will do, or None."""
    raw: dict[int, float] = {}
    for k, value in zip(rows, lam, strict=True):
        if abs(value) > 1e-10:
            raw[k] = raw.get(k, 0.0) + float(value) * float(system.factor[k])
    largest = max(map(abs, raw.values()), default=0.0)
    if not largest:
        return None
    for denominator in DENOMINATORS:
        exact = {k: Fraction(v / largest).limit_denominator(denominator) for k, v in raw.items()}
        exact = {k: v for k, v in exact.items() if v}
        if not exact:
            continue
        counts = any(system.relations[k] == ">" and v > 0 for k, v in exact.items())
        value = greatest(system.combined(exact), system.groups)[0]
        if value < 0 or (value == 0 and counts):
            return exact
    return None


def _split(
    system: System,
    domain: Domain,
    useful: list[int],
    lam: Floats,
    weights: Floats,
    cuts: Floats,
    mean: Floats,
) -> str | tuple[tuple[str, ...], int, int] | None:
    """What to halve: the variable whose vertices the weights use against each other."""
    importance = np.full(len(system.relations), 1e-3)
    for k, value in zip(useful, lam, strict=False):
        importance[k] += abs(value)
    used = weights > 1e-9
    points, shares = cuts[used], weights[used]
    before = system.values(points)
    best: tuple[float, str | tuple[tuple[str, ...], int, int]] | None = None
    for name, bits in system.cube.copies.items():
        moved = points.copy()
        moved[:, list(bits)] = mean[list(bits)].mean()
        effect = float(importance @ np.abs((before - system.values(moved)) @ shares))
        if best is None or effect > best[0]:
            best = effect, name
    for group, group_bits in zip(system.cube.group_names, system.groups, strict=True):
        moved = points.copy()
        moved[:, list(group_bits)] = mean[list(group_bits)]
        effect = float(importance @ np.abs((before - system.values(moved)) @ shares))
        if best is None or effect > best[0]:
            first, second = np.argsort(-mean[list(group_bits)], kind="stable")[:2]
            best = effect, (group, int(first), int(second))
    if best is not None and best[0] < 1e-12:
        # Nothing is used at both ends: halve the longest.
        width = {n: domain.box[n][1] - domain.box[n][0] for n in system.cube.copies}
        return max(width, key=lambda n: float(width[n])) if width else best[1]
    return None if best is None else best[1]
