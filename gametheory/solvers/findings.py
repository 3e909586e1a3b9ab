r"""From the equilibria of all supports to the answer: maximal sets, connected components, indices.

An equilibrium lies in exactly one support. Sets found in different supports are closed, so one may be a face of another; only maximal ones
are kept. In a set that is a product of polytopes all vertices are equilibria, and two sets belong to one connected component if they
meet. The indices of all connected components sum to +1 (Ritzberger 1994): where all are known, this is checked, and where one is not,
it follows.

References
----------
.. [1] K. Ritzberger, "The theory of normal form games from the differentiable viewpoint", *International Journal of Game Theory*
   23 (1994), 207-236.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from flint import fmpq

from gametheory.equilibria import nash
from gametheory.solvers.linear_supports import Profile, Support, polytope_vertices
from gametheory.solvers.table_solution import TableSolution

if TYPE_CHECKING:
    from gametheory.equilibria.components import Enclosure

__all__ = ["Findings", "assemble", "support_text"]

#: Names of the players, and of the strategies of each.
Names: TypeAlias = tuple[Sequence[str], Sequence[Sequence[str]]]


@dataclass(slots=True)
class Findings:
    """Equilibria as they are found, and what was left open."""

    profiles: list[Profile] = field(default_factory=list)
    indices: list[int | None] = field(default_factory=list)
    enclosures: list[Enclosure | None] = field(default_factory=list)
    rounded: list[bool] = field(default_factory=list)
    groups: dict[frozenset[int], tuple[int | None, bool]] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    known: dict[Any, int] = field(default_factory=dict)
    #: Names of players and of their strategies, for reasons.
    names: Names | None = None
    #: Whether sets may meet elsewhere than in vertices.
    crossing: bool = False

    def add(
        self,
        profile: Profile,
        index: int | None,
        enclosure: Enclosure | None = None,
        *,
        rounded: bool = False,
    ) -> int:
        """The position of an equilibrium, which is listed once."""
        key = tuple(map(_hashable, profile))
        if key not in self.known:
            self.known[key] = len(self.profiles)
            self.profiles.append(profile)
            self.indices.append(index)
            self.enclosures.append(enclosure)
            self.rounded.append(rounded)
        return self.known[key]

    def join(self, vertices: Iterable[int], dimension: int | None, described: bool) -> None:
        """Remember a set of equilibria by its vertices."""
        self.groups.setdefault(frozenset(vertices), (dimension, described))


def support_text(support: Support, names: Names | None = None) -> str:
    """A support as text: the names of the strategies of each player, or their numbers, counted from 1.

    Examples
    --------
    >>> from gametheory.solvers.findings import support_text
    >>> support_text(((0, 2), (1,)))
    '{1, 3} x {2}'
    >>> support_text(((0, 2), (1,)), (("Ann", "Bob"), (("a", "b", "c"), ("x", "y"))))
    '{Ann: a, c; Bob: y}'
    """
    if names is not None:
        parts = (
            f"{player}: {', '.join(own[s] for s in played)}"
            for player, own, played in zip(*names, support, strict=True)
        )
        return "{" + "; ".join(parts) + "}"
    return " x ".join("{" + ", ".join(str(s + 1) for s in played) + "}" for played in support)


def assemble(findings: Findings) -> TableSolution:
    """The solution that findings make: pure equilibria first, then by support.

    Examples
    --------
    >>> from flint import fmpq
    >>> from gametheory.solvers.findings import Findings, assemble
    >>> findings = Findings()
    >>> findings.join([findings.add(((fmpq(1),),), 1)], 0, True)
    >>> assemble(findings).complete
    True
    """
    maximal = _maximal(findings)
    order = sorted({k for group in maximal for k in group}, key=lambda k: _key(findings.profiles[k]))
    place = {k: position for position, k in enumerate(order)}
    groups = [(tuple(sorted(place[k] for k in group)), *findings.groups[group]) for group in maximal]
    groups.sort(key=lambda group: group[0])
    components = tuple(group for group, _, _ in groups)
    spread = {k for group, dimension, _ in groups if dimension != 0 for k in group}
    indices = [None if position in spread else findings.indices[k] for position, k in enumerate(order)]
    connected = _connected(components, [findings.profiles[k] for k in order], findings.crossing)
    totals: list[int | None] = [
        indices[components[part[0]][0]] if len(part) == 1 and len(components[part[0]]) == 1 else None
        for part in connected
    ]
    reasons = list(dict.fromkeys(findings.reasons))
    if not reasons:
        unknown = [k for k, total in enumerate(totals) if total is None]
        known = sum(total for total in totals if total is not None)
        if len(unknown) == 1:
            totals[unknown[0]] = 1 - known
        elif not unknown and known != 1:
            reasons.append(
                f"the indices of what was found add up to {known} and not to 1: please report this game"
            )
    enclosures = tuple(findings.enclosures[k] for k in order)
    return TableSolution(
        tuple(findings.profiles[k] for k in order),
        components,
        tuple(k in spread for k in range(len(order))),
        not reasons,
        "support enumeration",
        "; ".join(reasons),
        tuple(dimension for _, dimension, _ in groups),
        connected,
        tuple(totals),
        tuple(indices),
        tuple(described for _, _, described in groups),
        enclosures if any(enclosures) else (),
        tuple(findings.rounded[k] for k in order) if any(findings.rounded) else (),
    )


def _maximal(findings: Findings) -> list[frozenset[int]]:
    """The sets that are not part of another one."""
    groups = [group for group in findings.groups if not any(group < other for other in findings.groups)]
    if findings.crossing:
        for group in sorted(groups, key=len):
            vertices = [findings.profiles[k] for k in sorted(group)]
            for other in groups:
                around = [findings.profiles[k] for k in sorted(other)]
                if (
                    other != group
                    and findings.groups[other][1]
                    and all(_meet([vertex], around) for vertex in vertices)
                ):
                    groups.remove(group)
                    break
    return groups


def _key(profile: Profile) -> Any:
    supports = [nash.support_array(vector) for vector in profile]
    return sum(map(len, supports)), supports, [tuple(-p for p in vector) for vector in profile]


def _connected(
    components: Sequence[tuple[int, ...]], profiles: Sequence[Profile], crossing: bool
) -> tuple[tuple[int, ...], ...]:
    """Components that meet, directly or through others.

    Those of supports in which at most two players mix are faces of each other where they meet, so that they share vertices; others
    (`crossing`) may meet anywhere.
    """
    name = list(range(len(components)))

    def unite(k: int, other: int) -> None:
        old, new = sorted((name[k], name[other]), reverse=True)
        name[:] = [new if x == old else x for x in name]

    first: dict[int, int] = {}
    for k, component in enumerate(components):
        for vertex in component:
            unite(k, first.setdefault(vertex, k))
    if crossing:
        for k, other in itertools.combinations(range(len(components)), 2):
            if name[k] != name[other] and _meet(
                [profiles[v] for v in components[k]], [profiles[v] for v in components[other]]
            ):
                unite(k, other)
    return tuple(tuple(k for k, x in enumerate(name) if x == own) for own in sorted(set(name)))


def _meet(first: Sequence[Profile], second: Sequence[Profile]) -> bool:
    """Whether two products of polytopes, given by their vertices, have a point in common."""
    for ours, theirs in zip(zip(*first, strict=True), zip(*second, strict=True), strict=True):
        left, right = list(dict.fromkeys(map(_hashable, ours))), list(dict.fromkeys(map(_hashable, theirs)))
        # Weights of either side, of the same sum, that make the same strategy.
        columns = [[fmpq(*p) for p in vector] for vector in left] + [
            [-fmpq(*p) for p in vector] for vector in right
        ]
        rows = [list(row) for row in zip(*columns, strict=True)]
        if not polytope_vertices(len(columns), rows, []):
            return False
    return True


def _hashable(vector: Sequence[fmpq]) -> tuple[tuple[int, int], ...]:
    return tuple((int(p.p), int(p.q)) for p in vector)
