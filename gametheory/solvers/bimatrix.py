r"""All equilibria of a two-player game, exactly, degenerate or not, and the index of each component of them.

Let :math:`A, B` be the :math:`m \times n` payoff matrices. The *best-reply polyhedra* are

.. math::
    P = \{(x, v) : x \in \Delta^m,\; (x^\top B)_j \le v \text{ for all } j\}, \qquad
    Q = \{(y, u) : y \in \Delta^n,\; (A y)_i \le u \text{ for all } i\}.

A point of either carries as *labels* its tight inequalities: an own strategy that is not played, or a strategy of the opponent that is
a best reply. A pair :math:`(x, y)` is an equilibrium exactly when its two points carry all :math:`m + n` labels between them. If
both are vertices it is an *extreme* equilibrium. Every equilibrium is a convex combination of extreme ones: a maximal set
:math:`X \times Y` of vertices that are equilibria with each other spans a *maximal Nash subset*
:math:`\operatorname{conv} X \times \operatorname{conv} Y`, and the equilibria of the game are the union of those (Avis, Rosenberg,
Savani and von Stengel 2010). :mod:`gametheory.solvers.nash_subsets` finds them and what hangs together of them.

The vertices come from :mod:`gametheory.solvers.double_description`, together with those of the perturbed polyhedra
:math:`P^\varepsilon, Q^\varepsilon`, in which the opponent's payoffs from each strategy are less by an infinitesimal of its own.

**Index.** The perturbed game :math:`(A^\varepsilon, B^\varepsilon)` is nondegenerate, for each vertex of its polyhedra has just
:math:`m` or :math:`n` labels. Its equilibria are the pairs of vertices with complementary labels, and each converges to an extreme
equilibrium of :math:`(A, B)` as :math:`\varepsilon \to 0`. By definition the index of a component is the sum of the indices of those that
converge into it; by homotopy invariance it does not depend on the perturbation. For supports :math:`S, T` of :math:`k` strategies
each, let :math:`D_A` be the :math:`(k - 1) \times (k - 1)` matrix of the differences :math:`A_{st} - A_{bt} - A_{so} + A_{bo}`
to the first strategies :math:`b \in S, o \in T`, and :math:`D_B` that of :math:`B`. Then

.. math:: \operatorname{index} = (-1)^{k-1} \operatorname{sign} \det D_A \operatorname{sign} \det D_B,

as in :mod:`gametheory.equilibria.nash`. (The perturbation cancels in the differences.) Neither determinant is computed. The
orientation :math:`\sigma_P` of a basis, which the double description method passes on by counting, is the sign of the determinant with
the rows :math:`e_i, i \notin S`, then :math:`(-B_{\cdot j}, 1), j \in T`, and last the ray :math:`(x, v)`. The ray is orthogonal to
the other rows and has :math:`\sum_i x_i > 0`, so that :math:`(1, \dots, 1, 0)` may take its place. With :math:`\tau(S)` the
sign of the permutation that lists the strategies outside :math:`S` before those in :math:`S`,

.. math::
    \sigma_P = \tau(S)\, \operatorname{sign} \det \begin{pmatrix} -B_{ST}^\top & 1 \\ 1^\top & 0 \end{pmatrix}
             = -\tau(S)\, \operatorname{sign} \det (-D_B),

where the last step subtracts the first row and column. The same holds for :math:`\sigma_Q` with :math:`\tau(T)` and :math:`D_A`; hence

.. math:: \operatorname{index} = (-1)^{k-1}\, \tau(S)\, \tau(T)\, \sigma_P\, \sigma_Q.

The sum over all components is +1 (Shapley 1974), which is checked each time.

**What is left out.** A strategy that is nowhere a best reply is not played in any equilibrium, nor in one of a game near by. Those of
the second polyhedron's player are known when the vertices of the first are, and are left out of the second. Where a player has many more
strategies than the other, only the faces of the second polyhedron are looked at where best replies to one vertex of the first are
played; a face of the perturbed polyhedron is the perturbed polyhedron of the face, and the formula above is the same in both. From
rationals, strategies that another pure one strictly dominates are left out before, again and again until there are none. In other
fields this would ask for signs that the answer does not depend on, and make the cells of
:mod:`gametheory.sensitivity.thresholds` smaller than they are.

References
----------
.. [1] D. Avis, G. Rosenberg, R. Savani and B. von Stengel, "Enumeration of Nash equilibria for two-player
   games", *Economic Theory* 42 (2010), 9-37.
.. [2] L. S. Shapley, "A note on the Lemke-Howson algorithm", *Mathematical Programming Study* 1 (1974), 175-189.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

from flint import fmpq, fmpz

from gametheory.errors import GameTheoryError
from gametheory.solvers.double_description import Basis, Exact, Integers, Point, perturbed_vertices
from gametheory.solvers.nash_subsets import bits, nash_subsets

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
    """The extreme equilibria of a game and how they hang together."""

    #: Pairs (x, y) of mixed strategies.
    equilibria: tuple[tuple[tuple[Any, ...], tuple[Any, ...]], ...]
    #: Maximal Nash subsets, each a tuple of positions in `equilibria`.
    components: tuple[tuple[int, ...], ...]
    #: The dimension of each of `components`; 0 for a point.
    dimensions: tuple[int, ...]
    #: Connected components, each a tuple of positions in `components`.
    connected: tuple[tuple[int, ...], ...]
    #: The index of each of `connected`; they sum to one.
    indices: tuple[int, ...]
    #: The index of each of `equilibria`, +1 or -1; None where it is not regular (a best reply is not played).
    regular: tuple[int | None, ...]


def _table(payoffs: Sequence[Sequence[Any]]) -> tuple[list[list[Any]], fmpz | None]:
    """Payoffs as whole numbers and what they were multiplied by; as they are, and None, if they are not all rational."""
    kinds = {type(entry) for row in payoffs for entry in row}
    if kinds <= {Fraction, int, float}:
        payoffs = [[fmpq(*entry.as_integer_ratio()) for entry in row] for row in payoffs]
    elif kinds != {fmpq}:
        return [list(row) for row in payoffs], None
    scale = reduce(fmpz.lcm, {int(entry.q): entry.q for row in payoffs for entry in row}.values())
    if scale == 1:
        return [[entry.p for entry in row] for row in payoffs], scale
    return [[entry.p * (scale // entry.q) for entry in row] for row in payoffs], scale


#: Support and best replies.
_Corner: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]

#: How many times as many best replies as own strategies there may be before the opponent's polyhedron is looked at face by face.
MOST_REPLIES = 1.4


class _Polyhedron:
    """The best-reply polyhedron of a player, for some of the strategies of both players.

    Parameters
    ----------
    payoffs : list of m rows of n numbers
        The opponent's, by own strategy and reply.
    scale : fmpz or None
        What they were multiplied by to make them whole.
    own, replies : list of int
        The strategies that count, in increasing order.
    """

    def __init__(
        self, payoffs: list[list[Any]], scale: fmpz | None, own: Sequence[int], replies: Sequence[int]
    ) -> None:
        chosen = [[payoffs[i][j] for j in replies] for i in own]
        self.strategies, self.own, self.replies, self.scale = len(payoffs), own, replies, scale
        self.zero = payoffs[0][0] - payoffs[0][0] if scale is None else fmpq(0)
        self.points, self.bases = perturbed_vertices(
            Exact(chosen) if scale is None else Integers(chosen), len(own), len(replies)
        )

    def strategy(self, point: Point) -> tuple[Any, ...]:
        """The mixed strategy of a vertex, over all own strategies; FLINT rationals where the payoffs are rational."""
        if self.scale is None:
            numbers = point.ray[0]
        else:
            whole = [point.ray[i] for i in range(len(self.own))]
            total = sum(whole, fmpz(0))
            numbers = [fmpq(number, total) for number in whole]
        full = [self.zero] * self.strategies
        for place, number in zip(self.own, numbers, strict=True):
            full[place] = number
        return tuple(full)

    def value(self, point: Point) -> Any:
        """What the opponent gets at a vertex from a best reply."""
        if self.scale is None:
            return point.ray[1]
        size = len(self.own)
        return fmpq(point.ray[size], sum((point.ray[i] for i in range(size)), fmpz(0)) * self.scale)

    def corner(self, point: Point) -> _Corner:
        """What tells a vertex from all others: its support and its best replies."""
        size = len(self.own)
        return (
            tuple(place for k, place in enumerate(self.own) if not point.labels >> k & 1),
            tuple(self.replies[j] for j in bits(point.labels >> size)),
        )

    def faces(self) -> dict[int, list[Point]]:
        """Sets of replies, as bits, in which the opponent's polyhedron is enough for the vertices listed with each.

        The equilibria with a vertex are on the face of the opponent's polyhedron where only best replies to that vertex are
        played. One set of all replies that are best anywhere serves all vertices. But if those are many more than the own
        strategies, few vertices of the opponent's polyhedron are on such a face, and the face of each maximal set is taken by itself.
        """
        size = len(self.own)
        best = [point.labels >> size for point in self.points]
        used = reduce(int.__or__, best)
        if used.bit_count() <= MOST_REPLIES * size:
            return {used: self.points}
        sets = sorted(set(best), key=int.bit_count, reverse=True)
        having = [sum(1 << k for k, own in enumerate(sets) if own >> j & 1) for j in range(len(self.replies))]
        # The first set that includes a set is the largest such, and in no other.
        first = {own: sets[next(bits(reduce(int.__and__, (having[j] for j in bits(own)))))] for own in sets}
        groups: dict[int, list[Point]] = defaultdict(list)
        for point, own in zip(self.points, best, strict=True):
            groups[first[own]].append(point)
        return groups


def best_reply_vertices(payoffs: Sequence[Sequence[Any]]) -> list[Vertex]:
    """The vertices of the best-reply polyhedron of one player.

    Parameters
    ----------
    payoffs : sequence of m rows of n numbers
        The *opponent's* payoff from each own strategy (row) and each of its replies (column), from one ordered field.

    Returns
    -------
    list of Vertex
        With FLINT rationals if the payoffs are rational (``int``, ``Fraction``, ``float`` or ``fmpq``).

    Examples
    --------
    >>> from gametheory.solvers.bimatrix import best_reply_vertices
    >>> [tuple(map(str, v.strategy)) for v in best_reply_vertices([[1, 0], [0, 1]])]
    [('1', '0'), ('1/2', '1/2'), ('0', '1')]
    """
    m, n = len(payoffs), len(payoffs[0])
    polyhedron = _Polyhedron(*_table(payoffs), range(m), range(n))
    return [
        Vertex(
            polyhedron.strategy(point),
            polyhedron.value(point),
            frozenset(bits(point.labels & ((1 << m) - 1))),
            frozenset(bits(point.labels >> m)),
        )
        for point in polyhedron.points
    ]


def extreme_equilibria(a: Sequence[Sequence[Any]], b: Sequence[Sequence[Any]]) -> ExtremeEquilibria:
    """All extreme equilibria of a bimatrix game, its maximal Nash subsets and connected components, and their indices.

    Parameters
    ----------
    a, b : sequence of m rows of n numbers
        Payoffs of the row and of the column player, from one ordered field. Rationals (``int``, ``Fraction``, ``float``, which is the
        rational that it is, or ``fmpq``) are fastest.

    Returns
    -------
    ExtremeEquilibria
        Complete, whether the game is degenerate or not. Strategies are of the field of the payoffs; FLINT rationals if these are
        rational. Pure equilibria come first, then by support.

    Raises
    ------
    TooLarge
        If a best-reply polyhedron has too many vertices: more than about half a million in twelve dimensions.
    GameTheoryError
        If the indices do not sum to one: a fault of this function, never of the user.

    Notes
    -----
    The number of vertices can grow exponentially with the number of strategies. Random games of 12x12 have some thousands.

    Examples
    --------
    A game with a continuum: the row player is indifferent when the column player plays left.

    >>> from gametheory.solvers.bimatrix import extreme_equilibria
    >>> result = extreme_equilibria([[1, 1], [1, 0]], [[1, 0], [1, 0]])
    >>> len(result.equilibria), result.components, result.dimensions
    (2, ((0, 1),), (1,))

    Where both players like to match, the two pure equilibria have index +1 and the mixed one has -1:

    >>> extreme_equilibria([[1, 0], [0, 1]], [[1, 0], [0, 1]]).indices
    (1, 1, -1)
    """
    # The polyhedron of the row player is that of the column player's payoffs, and the other way round.
    one = _table(b)
    two = _table([list(column) for column in zip(*a, strict=True)])
    rows, columns = list(range(len(a))), list(range(len(a[0])))
    if one[1] is not None and two[1] is not None:
        rows, columns = _undominated(two[0], one[0])
    # The player with fewer strategies comes first: its polyhedron has fewer vertices, and it may spare the other some strategies.
    if len(rows) <= len(columns):
        found = _equilibria(_Polyhedron(*one, rows, columns), *two)
    else:
        found = _equilibria(_Polyhedron(*two, columns, rows), *one).swapped()
    # Pure equilibria first, then by support, so that the order does not depend on how they were found.
    pairs = sorted(
        found.pairs, key=lambda pair: (len(pair[0][0]) + len(pair[1][0]), pair[0][0], pair[1][0], pair)
    )
    sides = (found.rows, found.columns)
    labels = [
        {corner: _labels(corner, size) for corner in side}
        for side, size in zip(sides, (len(a), len(a[0])), strict=True)
    ]
    groups = nash_subsets([((x, labels[0][x]), (y, labels[1][y])) for x, y in pairs])
    indices = [
        sum(found.parts[pairs[k]] for k in {k for part in group for k in groups.subsets[part]})
        for group in groups.connected
    ]
    if sum(indices) != 1:
        raise GameTheoryError(
            f"internal error: components of equilibria with indices {indices}, which do not sum to 1. Please report this game: "
            f"{a!r}, {b!r}."
        )
    return ExtremeEquilibria(
        tuple((found.rows[x], found.columns[y]) for x, y in pairs),
        groups.subsets,
        groups.dimensions,
        groups.connected,
        tuple(indices),
        # Where each best reply is played, no label is in both vertices: each has just as many as its polyhedron has dimensions, and
        # the equilibrium stays alone after the perturbation.
        tuple(found.parts[x, y] if x == y[::-1] else None for x, y in pairs),
    )


def _labels(corner: _Corner, size: int) -> int:
    """The labels of a vertex as bits, among all strategies."""
    support, best = corner
    played = sum(1 << k for k in support)
    return (1 << size) - 1 - played | sum(1 << k for k in best) << size


class _Found(NamedTuple):
    """Extreme equilibria, by the corners that they are at."""

    #: The strategies of the corners of equilibria.
    rows: dict[_Corner, tuple[Any, ...]]
    columns: dict[_Corner, tuple[Any, ...]]
    pairs: list[tuple[_Corner, _Corner]]
    #: To each the sum of the indices of the perturbed equilibria that converge to it.
    parts: dict[tuple[_Corner, _Corner], int]

    def swapped(self) -> _Found:
        parts = {pair[::-1]: index for pair, index in self.parts.items()}
        return _Found(self.columns, self.rows, [pair[::-1] for pair in self.pairs], parts)


def _equilibria(first: _Polyhedron, payoffs: list[list[Any]], scale: fmpz | None) -> _Found:
    """The extreme equilibria; the payoffs are those of which the second polyhedron is made."""
    result = _Found({}, {}, [], {})
    bases: dict[Point, list[Basis]] = defaultdict(list)
    for basis in first.bases:
        bases[basis.point].append(basis)
    for replies, points in first.faces().items():
        second = _Polyhedron(payoffs, scale, [first.replies[j] for j in bits(replies)], first.own)
        _match(first, second, replies, points, bases, result)
    return result


def _match(
    first: _Polyhedron,
    second: _Polyhedron,
    replies: int,
    points: list[Point],
    bases: dict[Point, list[Basis]],
    result: _Found,
) -> None:
    """Add the equilibria of some points of the first polyhedron with those of a face of the second to the result."""
    m, n = len(first.own), len(second.own)
    full, own = (1 << (m + n)) - 1, (1 << m) - 1
    places = list(bits(replies))
    squeezed = places != list(range(n))

    def narrow(labels: int) -> int:  # labels of the first polyhedron with the replies of the face only
        if not squeezed:
            return labels
        return labels & own | sum(1 << (m + k) for k, place in enumerate(places) if labels >> (m + place) & 1)

    def turned(labels: int) -> int:  # labels of the second polyhedron in that order
        return labels >> n | (labels & ((1 << n) - 1)) << m

    partners = [turned(point.labels) for point in second.points]
    # For each label the second player's vertices that have it, as bits: intersections find the partners of a vertex.
    having = [int("".join(["01"[mask >> k & 1] for mask in reversed(partners)]), 2) for k in range(m + n)]
    others = {full ^ turned(basis.labels): basis for basis in second.bases}
    corners: dict[Point, _Corner] = {}
    for point in points:
        chosen = (1 << len(partners)) - 1
        for k in bits(full ^ narrow(point.labels)):
            chosen &= having[k]
            if not chosen:
                break
        if not chosen:
            continue
        x = first.corner(point)
        result.rows[x] = first.strategy(point)
        for k in bits(chosen):
            other = second.points[k]
            if other not in corners:
                y = corners[other] = second.corner(other)
                if y not in result.columns:
                    result.columns[y] = second.strategy(other)
            result.pairs.append((x, corners[other]))
            result.parts[x, corners[other]] = 0
        for basis in bases[point]:
            labels = narrow(basis.labels)
            opposite = others.get(labels)
            if opposite is not None:
                size = m - (labels & own).bit_count()
                sign = basis.orientation * opposite.orientation * _tau(labels, m) * _tau(opposite.labels, n)
                result.parts[x, corners[opposite.point]] += sign if size % 2 else -sign


def _tau(labels: int, m: int) -> int:
    """The sign of the permutation that lists the strategies not played before those played."""
    passed = 0
    unplayed = labels & ((1 << m) - 1)
    for k in range(m):
        if not labels >> k & 1:
            passed += (unplayed >> k).bit_count()
    return -1 if passed % 2 else 1


def _undominated(a: list[list[Any]], b: list[list[Any]]) -> tuple[list[int], list[int]]:
    """What is left of the strategies when those that another pure one strictly dominates are dropped, as often as there are any.

    The payoffs are ``a[j][i]`` of the row player and ``b[i][j]`` of the column player.
    """
    rows, columns = list(range(len(b))), list(range(len(a)))
    left = [rows, columns]
    payoffs = (a, b)
    unchanged = 0
    player = 0
    while unchanged < 2:
        table, own, others = payoffs[player], left[player], left[1 - player]
        kept = [
            k for k in own if not any(all(table[o][k] < table[o][other] for o in others) for other in own)
        ]
        unchanged = unchanged + 1 if len(kept) == len(own) else 1
        left[player] = kept
        player = 1 - player
    return left[0], left[1]
