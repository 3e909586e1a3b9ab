r"""How the extreme equilibria of a two-player game hang together.

Let :math:`P, Q` be the best-reply polyhedra of :mod:`gametheory.solvers.bimatrix`. Take the graph whose edges are the extreme equilibria
:math:`(p, q)`, between a vertex :math:`p` of :math:`P` and a vertex :math:`q` of :math:`Q`. It is bipartite.

*Maximal Nash subsets* are :math:`\operatorname{conv} X \times \operatorname{conv} Y` for the maximal bicliques :math:`X \times Y`
(Avis, Rosenberg, Savani and von Stengel 2010). In a maximal biclique :math:`Y` is the intersection of the neighbourhoods of :math:`X`,
and :math:`X` holds every :math:`p` whose neighbourhood includes it. So they are found as the distinct non-empty intersections of
neighbourhoods.

*Connected components* of the set of equilibria are those of the graph. The edges of a biclique are connected with each
other. Conversely :math:`\operatorname{conv} X` is a bounded face of :math:`P`, namely that of all points with the labels which
:math:`Y` lacks. So where two maximal Nash subsets meet, their factors meet in faces, which have vertices, and these make an
extreme equilibrium in both.

*Dimension.* That of a face is the length of the longest chains of faces in it, and all maximal chains are equally long. Its proper
faces are cut out by further labels; the one with the most vertices is not contained in another, so it has one dimension less.

None of this looks at a number: labels are enough.

References
----------
.. [1] D. Avis, G. Rosenberg, R. Savani and B. von Stengel, "Enumeration of Nash equilibria for two-player
   games", *Economic Theory* 42 (2010), 9-37.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

__all__ = ["NashSubsets", "bits", "nash_subsets"]

#: A name of a vertex, and its labels as bits.
Vertex: TypeAlias = tuple[Hashable, int]


class NashSubsets(NamedTuple):
    """How extreme equilibria hang together."""

    #: Maximal Nash subsets, each as positions of equilibria.
    subsets: tuple[tuple[int, ...], ...]
    #: The dimension of each of them.
    dimensions: tuple[int, ...]
    #: Connected components, each as positions in `subsets`.
    connected: tuple[tuple[int, ...], ...]


def bits(mask: int) -> Iterator[int]:
    """The positions of the bits that are set, in increasing order.

    Examples
    --------
    >>> from gametheory.solvers.nash_subsets import bits
    >>> list(bits(0b1011))
    [0, 1, 3]
    """
    while mask:
        bit = mask & -mask
        mask ^= bit
        yield bit.bit_length() - 1


def nash_subsets(pairs: Sequence[tuple[Vertex, Vertex]]) -> NashSubsets:
    """The maximal Nash subsets and connected components that extreme equilibria make.

    Parameters
    ----------
    pairs : sequence of pairs of (name, labels)
        All extreme equilibria, each as a vertex of either polyhedron. Labels are bits, of any numbering that is the same for all
        vertices of one polyhedron.

    Returns
    -------
    NashSubsets
        In the order of their first equilibria.

    Examples
    --------
    Two equilibria with a strategy in common span a segment, and a third is on its own:

    >>> from gametheory.solvers.nash_subsets import nash_subsets
    >>> nash_subsets([((0, 0b1110), (0, 0b110)), ((0, 0b1110), (1, 0b101)), ((1, 0b1101), (2, 0b011))])
    NashSubsets(subsets=((0, 1), (2,)), dimensions=(1, 0), connected=((0,), (1,)))
    """
    if len({x for x, _ in pairs}) == len(pairs) == len({y for _, y in pairs}):
        alone = tuple((k,) for k in range(len(pairs)))
        return NashSubsets(alone, (0,) * len(pairs), alone)
    found: list[tuple[tuple[int, ...], int, int]] = []
    for number, group in enumerate(_connected(pairs)):
        position = {pairs[k]: k for k in group}
        for xs, ys in _bicliques([pairs[k] for k in group]):
            subset = tuple(sorted(position[x, y] for x in xs for y in ys))
            dimension = sum(_dimension([labels for _, labels in side]) for side in (xs, ys))
            found.append((subset, dimension, number))
    found.sort()
    connected: dict[int, list[int]] = {}
    for place, (_, _, number) in enumerate(found):
        connected.setdefault(number, []).append(place)
    return NashSubsets(
        tuple(subset for subset, _, _ in found),
        tuple(dimension for _, dimension, _ in found),
        tuple(sorted(tuple(group) for group in connected.values())),
    )


def _connected(pairs: Sequence[tuple[Vertex, Vertex]]) -> list[list[int]]:
    """The edges of a bipartite graph by connected component, as positions."""
    edges: dict[tuple[int, Vertex], list[int]] = {}
    for k, pair in enumerate(pairs):
        for side in (0, 1):
            edges.setdefault((side, pair[side]), []).append(k)
    groups, seen = [], [False] * len(pairs)
    for k in range(len(pairs)):
        if seen[k]:
            continue
        seen[k] = True
        group, pending = [], [k]
        while pending:
            edge = pending.pop()
            group.append(edge)
            for side in (0, 1):
                # Emptied, so that each is looked through once.
                for other in edges.pop((side, pairs[edge][side]), ()):
                    if not seen[other]:
                        seen[other] = True
                        pending.append(other)
        groups.append(sorted(group))
    return groups


def _bicliques(pairs: Sequence[tuple[Vertex, Vertex]]) -> Iterator[tuple[list[Vertex], list[Vertex]]]:
    """The maximal bicliques of a connected bipartite graph."""
    sides = [list(dict.fromkeys(pair[side] for pair in pairs)) for side in (0, 1)]
    # The neighbourhoods of the side with fewer vertices have fewer intersections to form.
    near = 0 if len(sides[0]) <= len(sides[1]) else 1
    place = {vertex: k for k, vertex in enumerate(sides[1 - near])}
    neighbours = dict.fromkeys(sides[near], 0)
    for pair in pairs:
        neighbours[pair[near]] |= 1 << place[pair[1 - near]]
    shared: set[int] = set()
    for mask in set(neighbours.values()):
        shared |= {mask & other for other in shared}
        shared.add(mask)
    for mask in shared - {0}:
        chosen = [vertex for vertex, own in neighbours.items() if own & mask == mask]
        partners = [sides[1 - near][k] for k in bits(mask)]
        yield (chosen, partners) if near == 0 else (partners, chosen)


def _dimension(face: Iterable[int]) -> int:
    """The dimension of a bounded face, from the labels of all its vertices."""
    vertices, dimension = list(face), 0
    while len(vertices) > 1:
        common, either = vertices[0], 0
        for labels in vertices:
            common &= labels
            either |= labels
        faces = ([labels for labels in vertices if labels >> k & 1] for k in bits(either & ~common))
        vertices = max(faces, key=len)
        dimension += 1
    return dimension
