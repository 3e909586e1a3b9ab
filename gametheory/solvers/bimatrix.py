r"""All equilibria of a two-player game, exactly, degenerate or not.

Let :math:`A, B` be the :math:`m \times n` payoff matrices. The *best-reply polyhedra* are

.. math::
    P = \{(x, v) : x \in \Delta^m,\; (x^\top B)_j \le v \text{ for all } j\}, \qquad
    Q = \{(y, u) : y \in \Delta^n,\; (A y)_i \le u \text{ for all } i\}.

A point of either carries as *labels* its tight inequalities: an own strategy that is not played, or a
strategy of the opponent that is a best reply. A pair :math:`(x, y)` is an equilibrium exactly when its two
points carry all :math:`m + n` labels between them. If both are vertices it is an *extreme* equilibrium. Every
equilibrium is a convex combination of extreme ones: a maximal set :math:`X \times Y` of vertices that are
equilibria with each other spans a *maximal Nash subset* :math:`\operatorname{conv} X \times
\operatorname{conv} Y`, and the equilibria of the game are the union of those.

The vertices are found by the double description method: starting from the cone over the simplex and one
inequality, the other inequalities are added one by one, each cutting off the vertices beyond it and adding
one on each edge that it crosses. Degeneracy needs no special treatment: a vertex is kept once, with all its
labels. Only ``+ - * /`` and comparisons are used, so the entries may come from any ordered field
(:mod:`gametheory.solvers.fields`).

References
----------
.. [1] T. Motzkin, H. Raiffa, G. Thompson and R. Thrall, "The double description method", *Contributions to
   the Theory of Games* II, Princeton University Press, 1953, 51-73.
.. [2] D. Avis, G. Rosenberg, R. Savani and B. von Stengel, "Enumeration of Nash equilibria for two-player
   games", *Economic Theory* 42 (2010), 9-37.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

__all__ = ["ExtremeEquilibria", "Vertex", "best_reply_vertices", "extreme_equilibria"]


class Vertex(NamedTuple):
    """A vertex of a best-reply polyhedron."""

    #: The mixed strategy, one number for each own strategy.
    strategy: tuple[Any, ...]
    #: What the opponent gets from a best reply.
    value: Any
    #: Own strategies not played.
    unplayed: frozenset[int]
    #: Strategies of the opponent that are best replies.
    best_replies: frozenset[int]


class ExtremeEquilibria(NamedTuple):
    """The extreme equilibria of a game and the maximal Nash subsets that they span."""

    #: Pairs (x, y) of mixed strategies.
    equilibria: tuple[tuple[tuple[Any, ...], tuple[Any, ...]], ...]
    #: Each a tuple of positions in `equilibria`.
    components: tuple[tuple[int, ...], ...]


class _Ray(NamedTuple):
    """A ray of the cone over a polyhedron: the vertex it passes through, or the direction (0, ..., 0, 1)."""

    strategy: tuple[Any, ...]
    value: Any
    labels: int  # bit i: own strategy i unplayed; bit m + j: reply j best
    is_vertex: bool


def best_reply_vertices(payoffs: Sequence[Sequence[Any]]) -> list[Vertex]:
    """The vertices of the best-reply polyhedron of one player.

    Parameters
    ----------
    payoffs : sequence of m rows of n numbers
        The *opponent's* payoff from each own strategy (row) and each of its replies (column).

    Returns
    -------
    list of Vertex

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory.solvers.bimatrix import best_reply_vertices
    >>> one, zero = Fraction(1), Fraction(0)
    >>> [tuple(map(str, v.strategy)) for v in best_reply_vertices([[one, zero], [zero, one]])]
    [('1', '0'), ('1/2', '1/2'), ('0', '1')]
    """
    m, n = len(payoffs), len(payoffs[0])
    zero = payoffs[0][0] - payoffs[0][0]
    one = zero + 1
    everything = (1 << m) - 1
    # The cone of x >= 0 and the first reply's inequality is simplicial, so its rays are known.
    rays = [
        _Ray(
            tuple(one if k == i else zero for k in range(m)),
            payoffs[i][0],
            (everything ^ (1 << i)) | (1 << m),
            True,
        )
        for i in range(m)
    ]
    rays.append(_Ray((zero,) * m, one, everything, False))
    for j in range(1, n):
        rays = _cut(rays, [row[j] for row in payoffs], m, 1 << (m + j))
    return [
        Vertex(
            ray.strategy,
            ray.value,
            frozenset(i for i in range(m) if ray.labels >> i & 1),
            frozenset(j for j in range(n) if ray.labels >> (m + j) & 1),
        )
        for ray in rays
        if ray.is_vertex
    ]


def _cut(rays: list[_Ray], column: list[Any], m: int, label: int) -> list[_Ray]:
    """Add the inequality x . column <= v to the cone."""
    inside: list[tuple[_Ray, Any]] = []
    outside: list[tuple[_Ray, Any]] = []
    kept: list[_Ray] = []
    for ray in rays:
        slack = ray.value
        for i, payoff in enumerate(column):
            if not ray.labels >> i & 1:  # the label says which are zero, without a decision
                slack = slack - ray.strategy[i] * payoff
        if slack > 0:
            inside.append((ray, slack))
            kept.append(ray)
        elif slack == 0:
            kept.append(ray._replace(labels=ray.labels | label))
        else:
            outside.append((ray, slack))
    masks = [ray.labels for ray in rays]
    for good, above in inside:
        for bad, below in outside:
            common = good.labels & bad.labels
            # Two rays of a cone of dimension m + 1 span a face of dimension two exactly when no third one has
            # all their common labels; they need m - 1 of them at the least.
            if common.bit_count() < m - 1 or sum(mask & common == common for mask in masks) > 2:
                continue
            kept.append(_crossing(good, above, bad, below, common | label))
    return kept


def _crossing(good: _Ray, above: Any, bad: _Ray, below: Any, labels: int) -> _Ray:
    """Where the edge between a ray inside and one outside meets the new inequality."""
    if not good.is_vertex:
        return _Ray(bad.strategy, bad.value - below, labels, True)
    share = above / (above - below)
    strategy = tuple(g + share * (b - g) for g, b in zip(good.strategy, bad.strategy, strict=True))
    return _Ray(strategy, good.value + share * (bad.value - good.value), labels, True)


def extreme_equilibria(a: Sequence[Sequence[Any]], b: Sequence[Sequence[Any]]) -> ExtremeEquilibria:
    """All extreme equilibria of a bimatrix game and its maximal Nash subsets.

    Parameters
    ----------
    a, b : sequence of m rows of n numbers
        Payoffs of the row and of the column player, from one ordered field.

    Returns
    -------
    ExtremeEquilibria
        Complete, whether the game is degenerate or not.

    Notes
    -----
    The number of vertices can grow exponentially with the number of strategies.

    Examples
    --------
    A game with a continuum: the row player is indifferent when the column player plays left.

    >>> from fractions import Fraction
    >>> from gametheory.solvers.bimatrix import extreme_equilibria
    >>> a = [[Fraction(1), Fraction(1)], [Fraction(1), Fraction(0)]]
    >>> b = [[Fraction(1), Fraction(0)], [Fraction(1), Fraction(0)]]
    >>> result = extreme_equilibria(a, b)
    >>> len(result.equilibria), result.components
    (2, ((0, 1),))
    """
    m, n = len(a), len(a[0])
    rows = best_reply_vertices(b)
    columns = best_reply_vertices([[a[i][j] for i in range(m)] for j in range(n)])
    labelled = [
        (_mask(vertex.best_replies, 0) | _mask(vertex.unplayed, m), vertex.strategy) for vertex in columns
    ]
    full = (1 << (m + n)) - 1
    pairs: list[tuple[int, int]] = []
    for p, vertex in enumerate(rows):
        missing = full & ~(_mask(vertex.unplayed, 0) | _mask(vertex.best_replies, m))
        pairs.extend((p, q) for q, (labels, _) in enumerate(labelled) if labels & missing == missing)
    # Pure equilibria first, then by support, so that the order does not depend on how the vertices were
    # found.
    pairs.sort(key=lambda pair: _order(rows[pair[0]], columns[pair[1]]))
    equilibria = tuple((rows[p].strategy, columns[q].strategy) for p, q in pairs)
    return ExtremeEquilibria(equilibria, _maximal_nash_subsets(pairs))


def _order(row: Vertex, column: Vertex) -> tuple[int, list[list[int]]]:
    supports = [[k for k in range(len(v.strategy)) if k not in v.unplayed] for v in (row, column)]
    return sum(map(len, supports)), supports


def _mask(labels: frozenset[int], offset: int) -> int:
    return sum(1 << (offset + label) for label in labels)


def _maximal_nash_subsets(pairs: list[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Group equilibria (row vertex, column vertex) into maximal products: the maximal bicliques of their
    graph.
    """
    if len({p for p, _ in pairs}) == len(pairs) == len({q for _, q in pairs}):
        return tuple((k,) for k in range(len(pairs)))  # all isolated: no vertex is in two equilibria
    import networkx as nx

    graph: nx.Graph[tuple[int, int]] = nx.Graph()
    for side in (0, 1):
        vertices = sorted({pair[side] for pair in pairs})
        graph.add_edges_from(((side, s), (side, t)) for k, s in enumerate(vertices) for t in vertices[:k])
    graph.add_edges_from(((0, p), (1, q)) for p, q in pairs)
    position = {pair: k for k, pair in enumerate(pairs)}
    subsets = []
    # A maximal biclique, with each side joined to itself, is a maximal clique, and the other way round.
    for clique in nx.find_cliques(graph):
        chosen = [sorted(vertex for s, vertex in clique if s == side) for side in (0, 1)]
        if chosen[0] and chosen[1]:
            subsets.append(tuple(sorted(position[p, q] for p in chosen[0] for q in chosen[1])))
    return tuple(sorted(subsets))
