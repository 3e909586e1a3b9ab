r"""All equilibria of a game with any number of players, each certified, with a proof that there are no others.

An equilibrium is a root of the equations of its support (all strategies in it earn the same) that satisfies the inequalities (none
earns more). Which supports and which parts of them can hold equilibria is found by branch and prune with rigorous bounds
(:mod:`gametheory.solvers._kernels.branch_and_prune`), which discards supports by conditional dominance (Porter, Nudelman and Shoham 2008)
and isolates the regular roots of the others. What it reports is settled exactly:

- where at most two players mix, the equations are linear; :mod:`gametheory.solvers.linear_supports` gives the polytope of solutions;
- a regular root of other equations goes to :mod:`gametheory.solvers.certification`, which decides each sign that floats leave open and
  tells rational from irrational roots;
- a support with a root that is not regular goes to :mod:`gametheory.solvers.singular_supports`.

The answer is complete when every report was settled and every set of equilibria is described by its vertices;
:mod:`gametheory.solvers.findings` puts it together and checks the indices.

References
----------
.. [1] R. Porter, E. Nudelman and Y. Shoham, "Simple search methods for finding a Nash equilibrium", *Games and Economic
   Behavior* 63 (2008), 642-662.
.. [2] P. Herings and R. Peeters, "A globally convergent algorithm to compute all Nash equilibria for n-person games",
   *Annals of Operations Research* 137 (2005), 349-368.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from flint import fmpq

from gametheory.equilibria import nash
from gametheory.equilibria.components import Enclosure
from gametheory.solvers.algebraic import to_fraction
from gametheory.solvers.certification import Root, Undecided, bounds
from gametheory.solvers.fields import AlgebraicNumber
from gametheory.solvers.findings import Findings, Names, assemble, support_text
from gametheory.solvers.linear_supports import Profile, Support, linear_part
from gametheory.solvers.table_solution import TableSolution

if TYPE_CHECKING:
    from gametheory.solvers.singular_supports import AlgebraicPoint

__all__ = ["MAX_BOXES", "Report", "reports", "support_enumeration", "whole_payoffs"]

Array: TypeAlias = np.ndarray[Any, Any]

#: How many boxes are looked at before the search is given up; some tens of seconds.
MAX_BOXES = 2_000_000

# Boxes between two looks at the clock and at the keyboard.
_CHUNK = 4_000
# The kernel keeps sets of strategies as bits.
_MOST_STRATEGIES = 60
_MOST_CELLS = 200_000


class Report(NamedTuple):
    """What the search says of one support."""

    kind: int
    support: Support
    #: Bounds of a root, and of a larger box in which it is the only one.
    low: Array
    high: Array
    wide_low: Array
    wide_high: Array


def whole_payoffs(payoffs: Array) -> Array:
    """What players earn more than by their first strategy, in whole numbers, each player's in units of its own.

    Equilibria depend on nothing else, and the numbers are the smallest ones possible.

    Parameters
    ----------
    payoffs : ndarray of FLINT rationals, shape (N, n_1, ..., n_N)

    Returns
    -------
    ndarray of int

    Examples
    --------
    >>> import numpy as np
    >>> from flint import fmpq
    >>> from gametheory.solvers.support_enumeration import whole_payoffs
    >>> whole_payoffs(np.array([[fmpq(1, 2), fmpq(1, 3), fmpq(3, 2)]], dtype=object))
    array([[0, -1, 6]], dtype=object)
    """
    whole = np.empty(payoffs.shape, dtype=object)
    for i, table in enumerate(payoffs):
        gains = table - table.take([0], axis=i)
        common = math.lcm(*(int(value.q) for value in gains.flat))
        numbers = [int(value.p) * (common // int(value.q)) for value in gains.flat]
        factor = math.gcd(*numbers) or 1
        whole[i].ravel()[:] = [value // factor for value in numbers]
    return whole


def _in_floats(whole: Array) -> Array:
    """What players earn more than by their first strategy, over the greatest difference; own strategy first, one row for each player."""
    rows = np.zeros((len(whole), whole[0].size))
    for i, table in enumerate(whole):
        own = np.moveaxis(table, i, 0)
        spread = np.max(own.max(axis=0) - own.min(axis=0))
        if spread:
            rows[i] = [value / spread for value in own.flat]  # whole numbers divide with one rounding
    return rows


def reports(whole: Array, max_boxes: int = MAX_BOXES, progress: bool = True) -> Iterator[Report | None]:
    """What the search reports, one at a time; a final None says that it was given up after `max_boxes` boxes."""
    from tqdm import tqdm

    from gametheory.solvers._kernels import branch_and_prune
    from gametheory.solvers._kernels.enclosures import OUT, PLAYED, UNDECIDED

    shape = np.array(whole.shape[1:])
    n, m, total = len(shape), int(shape.max()), int(shape.sum())
    u = _in_floats(whole)
    # Every float operation is off by at most 2**-53 of its result; see the module of the kernel.
    error = 2.0**-53 * 16 * (total + 3 * n)
    search: Any = (
        branch_and_prune.search
    )  # Numba's type for compiled functions knows nothing of starred arguments
    depth, room = 34 * total + 64, 256
    boxes = [np.zeros((depth, n, m)), np.zeros((depth, n, m)), np.full((depth, n, m), OUT), np.zeros(depth)]
    for i, size in enumerate(shape):
        boxes[1][0, i, :size] = 1.0
        boxes[2][0, i, :size] = UNDECIDED
    boxes[3][0] = 1.0
    found = [np.zeros(room, np.int64), np.zeros((room, n, m), np.int64), *np.zeros((4, room, n, m))]
    stack, taken = 1, 0
    search(u, shape, error, 0, *boxes, 0, *found, 0)  # loads compiled code before the clock of the bar starts
    with tqdm(total=100, desc="supports", unit="%", delay=1, disable=not progress, leave=False) as bar:
        while stack:
            if taken >= max_boxes:
                yield None
                return
            stack, count, nodes, share = search(
                u, shape, error, stack, *boxes, 0, *found, min(_CHUNK, max_boxes - taken)
            )
            taken += nodes
            bar.update(100 * share)
            for k in range(count):
                support = tuple(tuple(np.flatnonzero(found[1][k, i] == PLAYED).tolist()) for i in range(n))
                yield Report(int(found[0][k]), support, *(array[k].copy() for array in found[2:]))


def support_enumeration(
    payoffs: Array,
    *,
    irrational: bool = True,
    max_boxes: int = MAX_BOXES,
    progress: bool = True,
    names: Names | None = None,
) -> TableSolution:
    """All equilibria of a payoff table.

    Parameters
    ----------
    payoffs : ndarray of FLINT rationals, shape (N, n_1, ..., n_N)
    irrational : bool
        Whether to tell irrational equilibria from rational ones, and to give bounds of them. If not, both are rounded to rationals
        within 2**-100, which is all that a game of floats needs.
    max_boxes : int
        How many boxes to look at before giving up. The answer is then what was found, and not complete; with no boxes it is the
        pure equilibria.
    progress : bool
        Whether to show a bar if it lasts.
    names : (players, strategies of each), optional
        What the reason calls them.

    Returns
    -------
    TableSolution

    Examples
    --------
    Three players of whom each wants to differ from the next:

    >>> import numpy as np
    >>> from flint import fmpq
    >>> from gametheory.solvers.support_enumeration import support_enumeration
    >>> table = np.array([np.fromfunction(lambda *s: s[i] != s[(i + 1) % 3], (2, 2, 2)) for i in range(3)])
    >>> solution = support_enumeration(np.vectorize(fmpq, otypes=[object])(table.astype(int)))
    >>> solution.profiles, solution.complete
    ((((1/2, 1/2), (1/2, 1/2), (1/2, 1/2)),), True)
    """
    findings = Findings(names=names)
    whole = whole_payoffs(payoffs)
    only_pure = (
        _too_large(whole.shape[1:])
        if max_boxes > 0
        else "no boxes may be looked at: only pure equilibria are listed"
    )
    if only_pure:
        _only_pure(payoffs, findings, only_pure)
    else:
        from gametheory.solvers._kernels.branch_and_prune import LINEAR, SINGULAR

        roots: dict[Support, list[Report]] = {}
        singular: list[Support] = []
        for report in reports(whole, max_boxes, progress):
            if report is None:
                findings.reasons.append(
                    f"the search was given up after {max_boxes:,} boxes; a larger max_boxes lets it go on"
                )
            elif report.kind == SINGULAR:
                singular.append(report.support)
            elif report.kind == LINEAR or _mixing(report.support) <= 2:
                _settle_linear(payoffs, whole, report, findings)
            else:
                roots.setdefault(report.support, []).append(report)
        for support, several in roots.items():
            if support not in singular:
                _settle_roots(whole, support, several, irrational, singular, findings)
        for support in sorted(singular, key=lambda s: (_mixing(s), s)):
            _settle_singular(payoffs, whole, support, irrational, findings)
    return assemble(findings)


def _mixing(support: Support) -> int:
    return sum(len(played) > 1 for played in support)


def _too_large(shape: Sequence[int]) -> str:
    cells = math.prod(shape)
    if max(shape) > _MOST_STRATEGIES or cells > _MOST_CELLS:
        return (
            f"{len(shape)} players with {' x '.join(map(str, shape))} strategies are too many for mixed equilibria (at most "
            f"{_MOST_STRATEGIES} strategies a player and {_MOST_CELLS:,} profiles): only pure equilibria are listed"
        )
    return ""


def _only_pure(payoffs: Array, findings: Findings, reason: str) -> None:
    from gametheory.solvers.pure import pure_equilibria

    for cell in pure_equilibria(payoffs):
        profile = tuple(
            tuple(fmpq(int(s == k)) for s in range(n)) for n, k in zip(payoffs.shape[1:], cell, strict=True)
        )
        findings.join([findings.add(profile, _index(payoffs, profile))], None, False)
    findings.reasons.append(reason)


def _index(payoffs: Array, profile: Profile) -> int | None:
    vectors = []
    for strategy in profile:
        vector = np.empty(len(strategy), dtype=object)
        vector[:] = strategy
        vectors.append(vector)
    return nash.index(payoffs, vectors)


def _settle_linear(payoffs: Array, whole: Array, report: Report, findings: Findings) -> None:
    from gametheory.solvers._kernels.branch_and_prune import REGULAR

    parts = linear_part(whole, report.support)
    place = f"with the strategies {support_text(report.support, findings.names)}"
    if not parts and report.kind == REGULAR:
        findings.reasons.append(f"{place} floats and exact arithmetic disagree: please report this game")
    for part in parts:
        if part.dimension == 0 and part.described:
            (vertex,) = part.vertices
            pure = report.kind == REGULAR and not _mixing(report.support)
            findings.join([findings.add(vertex, 1 if pure else _index(payoffs, vertex))], 0, True)
            continue
        if part.vertices:
            positions = [findings.add(vertex, None) for vertex in part.vertices]
            findings.join(positions, part.dimension, part.described)
        if not part.described:
            findings.reasons.append(
                f"{place} there is a curved continuum of equilibria, of which only some points are listed"
            )


def _settle_roots(
    whole: Array,
    support: Support,
    several: list[Report],
    irrational: bool,
    singular: list[Support],
    findings: Findings,
) -> None:
    """Certify the roots of one support; a root that turns out to be nearly singular makes the support a singular one."""
    from gametheory.solvers._kernels.branch_and_prune import DOUBTFUL

    accepted: list[tuple[Profile, int | None, Enclosure | None, bool]] = []
    try:
        for report in _distinct(whole, several):
            root = Root(whole, support, report.low, report.high)
            strict = True
            if report.kind == DOUBTFUL:
                sign = _least_sign(whole, root)
                if sign < 0:
                    continue
                strict = sign > 0
            exact = root.rational() if irrational else None
            bounds = root.enclosure() if irrational and exact is None else None
            accepted.append((exact or root.middle(), root.index() if strict else None, bounds, exact is None))
    except Undecided:
        singular.append(support)  # exact algebra has the last word
        return
    for profile, index, enclosure, rounded in accepted:
        findings.join([findings.add(profile, index, enclosure, rounded=rounded)], 0, True)


def _distinct(whole: Array, several: list[Report]) -> list[Report]:
    """Roots of one support, each once: two boxes hold the same root if one is inside the other's larger box."""
    kept: list[Report] = []
    for report in several:
        for other in kept:
            if _within(report, other.wide_low, other.wide_high) or _within(
                other, report.wide_low, report.wide_high
            ):
                break
            if (np.maximum(report.low, other.low) <= np.minimum(report.high, other.high)).all():
                # One root, if there is exactly one in the smallest box around both; else this says that it cannot be told.
                low, high = np.minimum(report.low, other.low), np.maximum(report.high, other.high)
                Root(whole, report.support, low, high)
                break
        else:
            kept.append(report)
    return kept


def _within(report: Report, low: Array, high: Array) -> bool:
    return bool((report.low >= low).all() and (report.high <= high).all())


def _least_sign(whole: Array, root: Root) -> int:
    """-1 if the root is no equilibrium of exactly this support, 0 if a strategy outside ties with the best, else 1."""
    for i, played in enumerate(root.support):
        if len(played) > 1 and any(root.probability_sign(i, k) <= 0 for k in range(len(played))):
            return -1
    least = 1
    for i, played in enumerate(root.support):
        for s in range(whole.shape[1 + i]):
            if s not in played:
                least = min(least, -root.gain_sign(i, s))
                if least < 0:
                    return -1
    return least


def _settle_singular(
    payoffs: Array, whole: Array, support: Support, irrational: bool, findings: Findings
) -> None:
    """Solve a support by exact algebra."""
    from gametheory.solvers.singular_supports import solve_singular

    place = f"with the strategies {support_text(support, findings.names)}"
    try:
        solution = solve_singular(payoffs, whole, support)
    except Undecided as doubt:
        findings.reasons.append(f"{place} there may be equilibria that are not regular: {doubt}")
        return
    bits = _bits_apart(solution.points)
    for point in solution.points:
        findings.join([_add_algebraic(point, irrational, findings, bits)], 0, True)
    for part in solution.parts:
        findings.join([findings.add(vertex, None) for vertex in part.vertices], part.dimension, True)
        findings.crossing = True
    for dimension, samples in solution.continua:
        if samples:
            positions = [
                _add_algebraic(replace(point, index=None), irrational, findings) for point in samples
            ]
            findings.join(positions, dimension, False)
            findings.reasons.append(
                f"{place} there is a curved continuum of equilibria, of which only some points are listed"
            )
        else:
            findings.reasons.append(
                f"{place} the equations have infinitely many solutions, and it is not known whether any is an equilibrium"
            )


def _bits_apart(points: Sequence[AlgebraicPoint], bits: int = 192) -> int:
    """A precision at which the bounds of no two solutions of one support overlap; they may be as close as coefficients allow."""
    for first, second in itertools.combinations(points, 2):
        pairs = [
            (p, q)
            for ours, theirs in zip(first.profile, second.profile, strict=True)
            for p, q in zip(ours, theirs, strict=True)
        ]
        while all(_overlap(_bounds(p, bits), _bounds(q, bits)) for p, q in pairs):
            bits *= 2  # distinct solutions part
    return bits


def _overlap(first: tuple[Fraction, Fraction], second: tuple[Fraction, Fraction]) -> bool:
    return max(first[0], second[0]) <= min(first[1], second[1])


def _add_algebraic(point: AlgebraicPoint, irrational: bool, findings: Findings, bits: int = 192) -> int:
    numbers = [p for vector in point.profile for p in vector]
    if not any(isinstance(p, AlgebraicNumber) for p in numbers):
        return findings.add(point.profile, point.index)
    intervals = tuple(tuple(_bounds(p, bits) for p in vector) for vector in point.profile)
    rounded = []
    for own in intervals:
        middles = [(low + high) / 2 for low, high in own]
        largest = max(range(len(own)), key=lambda s: middles[s])
        middles[largest] += 1 - sum(middles)
        rounded.append(tuple(fmpq(x.numerator, x.denominator) for x in middles))
    enclosure = Enclosure(intervals, point.polynomials) if irrational else None
    return findings.add(tuple(rounded), point.index, enclosure, rounded=True)


def _bounds(value: Any, bits: int) -> tuple[Fraction, Fraction]:
    if isinstance(value, AlgebraicNumber):
        return bounds(value.ball(bits))
    exact = to_fraction(value)
    return exact, exact
