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
#: A variable, or an edge of the simplex of a group.
Split: TypeAlias = str | tuple[tuple[str, ...], int, int]

#: Linear programs in search of one set of multipliers.
MAX_CUTS = 60
#: Vertices from which better ones are sought.
CLIMBS = 4
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
    #: What may be halved, by how much it should help.
    splits: tuple[tuple[float, Split], ...] = ()
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
        found = attempt(System.of(ring, constraints, domain))
        if found.multipliers is not None:
            return {"multipliers": found.multipliers}
        point = solution(ring, constraints, domain, found.start)
        if point is not None:
            return point
        if not found.splits:
            open_parts.append(domain)
            return {"open": True}
        parts = []
        label, halves = divide(domain, found.splits[0][1])
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


def divide(domain: Domain, split: Split) -> tuple[Tree, tuple[Domain, Domain]]:
    """The two parts of a domain, and how the tree of the proof names the cut."""
    if isinstance(split, str):
        low, high = domain.box[split]
        middle = (low + high) / 2
        return {"split": split, "at": middle}, domain.halves(split, middle)
    group, i, j = split
    return {"split": list(group), "edge": [i, j]}, domain.bisected(group, i, j)


def attempt(system: System) -> Attempt:
    """Search for multipliers on a domain, without dividing it."""
    # One constraint alone, and constraints that always hold, which add nothing to a contradiction.
    useful = []
    starts = []
    for k, relation in enumerate(system.relations):
        row = system.rows[k]
        if row.above < 0 or (row.above == 0 and relation == ">"):
            return Attempt({k: Fraction(1)})
        if relation == "==" and row.below < 0:
            return Attempt({k: Fraction(-1)})
        if relation == "==" or row.below > 0 or (row.below == 0 and relation == ">"):
            useful.append(k)
        starts.append(system.vertex(system.rows[k].vertex))
    if not useful:
        return Attempt(None, middle(system.cube.domain))
    cuts = np.array(starts)
    found, lam, weights, cuts, gap = _cutting_planes(system, useful, cuts, strict=False)
    if found is not None:
        return Attempt(found, gap=gap)
    if any(system.relations[k] == ">" for k in useful) and gap < 1e-6:
        found = _cutting_planes(system, useful, cuts, strict=True)[0]
        if found is not None:
            return Attempt(found)
    mean = weights @ cuts
    return Attempt(None, point_of(system, mean), _splits(system, useful, lam, weights, cuts, mean), gap)


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
        combination = np.zeros(len(system.rows))
        np.add.at(combination, rows, lam * turn)
        # Good vertices nearby are found fast; only where none is the greatest value is computed.
        above = max(gap, 0.0) + MARGIN / 10 if strict else gap + MARGIN / 10
        order = np.argsort(-(combination @ system.values(cuts)), kind="stable")[:CLIMBS]
        near = np.unique(np.array([system.climb(combination, cuts[k]) for k in order]), axis=0)
        fresh = near[combination @ system.values(near) > above]
        fresh = fresh[[not (cuts == row).all(axis=1).any() for row in fresh]] if len(fresh) else fresh
        if len(fresh):
            cuts = np.vstack([cuts, fresh])
            weights = np.append(weights, np.zeros(len(fresh)))
            continue
        exact, worst = _rational(system, rows, lam * turn)
        if exact is not None:
            return exact, lam, weights, cuts, gap
        if worst is None or (cuts == worst).all(axis=1).any():
            return None, lam, weights, cuts, gap
        cuts = np.vstack([cuts, worst])
        weights = np.append(weights, 0.0)
    return None, lam, weights, cuts, gap


def _rational(
    system: System, rows: list[int], lam: Floats
) -> tuple[dict[int, Fraction] | None, Floats | None]:
    """Multipliers of the constraints themselves, as simple as will do; otherwise a vertex that speaks against them."""
    raw: dict[int, float] = {}
    for k, value in zip(rows, lam, strict=True):
        if abs(value) > 1e-10:
            raw[k] = raw.get(k, 0.0) + float(value) * float(system.rows[k].factor)
    largest = max(map(abs, raw.values()), default=0.0)
    against: Floats | None = None
    tried: list[dict[int, Fraction]] = []
    for denominator in DENOMINATORS if largest else ():
        exact = {k: Fraction(v / largest).limit_denominator(denominator) for k, v in raw.items()}
        exact = {k: v for k, v in exact.items() if v}
        if not exact or exact in tried:
            continue
        tried.append(exact)
        counts = any(system.relations[k] == ">" and v > 0 for k, v in exact.items())
        value, vertex = greatest(system.combined(exact), system.groups, enough=0)
        if value < 0 or (value == 0 and counts):
            return exact, None
        against = system.vertex(vertex or 0)
    return None, against


def _splits(
    system: System, useful: list[int], lam: Floats, weights: Floats, cuts: Floats, mean: Floats
) -> tuple[tuple[float, Split], ...]:
    """What to halve, the variable first whose vertices the weights use most against each other."""
    pairs = sorted(zip(useful, lam.tolist(), strict=False), key=lambda pair: -pair[1])
    rows = [k for k, value in pairs if value > 1e-9] or useful
    importance = np.array([1e-3 + value for k, value in pairs if k in rows][: len(rows)])
    used = weights > 1e-9
    points, shares = cuts[used], weights[used]
    before = system.values(points, rows)
    found: list[tuple[float, Split]] = []

    def effect(bits: list[int], value: Floats) -> float:
        moved = points.copy()
        moved[:, bits] = value
        return float(importance @ np.abs((before - system.values(moved, rows)) @ shares))

    domain = system.cube.domain
    for name, bits in system.cube.copies.items():
        low, high = domain.box[name]
        at_both = effect(list(bits), mean[list(bits)].mean())
        # Where no variable is used at both ends the longest is halved.
        found.append((at_both + 1e-15 * float(high - low), name))
    for group, group_bits in zip(system.cube.group_names, system.groups, strict=True):
        first, second = np.argsort(-mean[list(group_bits)], kind="stable")[:2].tolist()
        found.append((effect(list(group_bits), mean[list(group_bits)]), (group, first, second)))
    return tuple(sorted(found, key=lambda pair: -pair[0]))
