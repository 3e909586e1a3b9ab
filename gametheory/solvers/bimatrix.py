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
the second polyhedron's player are known when the vertices of the first are, and are left out of the second. From
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
from typing import Any, NamedTuple

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


class _Polyhedron:
    """The best-reply polyhedron of a player, for some of the strategies of both players.

    Parameters
    ----------
    payoffs : list of m rows of n numbers
        The opponent's, by own strategy and reply.
    scale : fmpz or None
        What they were multiplied by to make them whole.
    own, replies : list of int
        The strategies that count.
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

    def squeeze(self) -> list[int]:
        """Drop the replies that are best nowhere; return the others."""
        size = len(self.own)
        used = reduce(int.__or__, (point.labels >> size for point in self.points))
        places = list(bits(used))
        if len(places) < len(self.replies):
            labelled: list[Point | Basis] = [*self.points, *self.bases]
            for item in labelled:
                best = sum(1 << new for new, old in enumerate(places) if item.labels >> (size + old) & 1)
                item.labels = item.labels & ((1 << size) - 1) | best << size
            self.replies = [self.replies[j] for j in places]
        return list(self.replies)

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

    def support(self, point: Point) -> list[int]:
        return [place for k, place in enumerate(self.own) if not point.labels >> k & 1]

    def best_replies(self, point: Point) -> list[int]:
        return [self.replies[j] for j in bits(point.labels >> len(self.own))]


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
            frozenset(range(m)) - frozenset(polyhedron.support(point)),
            frozenset(polyhedron.best_replies(point)),
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
        If a best-reply polyhedron has more vertices than :data:`gametheory.solvers.double_description.MOST_VERTICES`.
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
        p = _Polyhedron(*one, rows, columns)
        q = _Polyhedron(*two, p.squeeze(), rows)
        pairs, parts = _equilibria(p, q)
    else:
        q = _Polyhedron(*two, columns, rows)
        p = _Polyhedron(*one, q.squeeze(), columns)
        swapped, opposite = _equilibria(q, p)
        pairs = [(x, y) for y, x in swapped]
        parts = {(x, y): index for (y, x), index in opposite.items()}
    known = {
        point: (side.support(point), side.best_replies(point), side.strategy(point))
        for side, points in ((p, {x for x, _ in pairs}), (q, {y for _, y in pairs}))
        for point in points
    }

    def order(pair: tuple[Point, Point]) -> tuple[Any, ...]:
        (played, best, _), (replied, top, _) = known[pair[0]], known[pair[1]]
        return len(played) + len(replied), played, replied, best, top

    pairs.sort(key=order)
    groups = nash_subsets([((id(x), x.labels), (id(y), y.labels)) for x, y in pairs])
    place = {
        k: number
        for number, group in enumerate(groups.connected)
        for part in group
        for k in groups.subsets[part]
    }
    indices = [0] * len(groups.connected)
    for k, pair in enumerate(pairs):
        indices[place[k]] += parts.get(pair, 0)
    if sum(indices) != 1:
        raise GameTheoryError(
            f"internal error: components of equilibria with indices {indices}, which do not sum to 1. Please report this game: "
            f"{a!r}, {b!r}."
        )
    return ExtremeEquilibria(
        tuple((known[x][2], known[y][2]) for x, y in pairs),
        groups.subsets,
        groups.dimensions,
        groups.connected,
        tuple(indices),
        # Where each best reply is played, no label is in both vertices: each has just as many as its polyhedron has dimensions, and
        # the equilibrium stays alone after the perturbation.
        tuple(
            parts[x, y] if known[x][0] == known[y][1] and known[y][0] == known[x][1] else None
            for x, y in pairs
        ),
    )


def _equilibria(
    first: _Polyhedron, second: _Polyhedron
) -> tuple[list[tuple[Point, Point]], dict[tuple[Point, Point], int]]:
    """The extreme equilibria, and to each the sum of the indices of the perturbed equilibria that converge to it, unless zero."""
    m, n = len(first.own), len(second.own)
    full, own = (1 << (m + n)) - 1, (1 << n) - 1

    def turned(labels: int) -> int:  # labels of the second polyhedron in the order of those of the first
        return labels >> n | (labels & own) << m

    points = second.points
    labels = [turned(point.labels) for point in points]
    # For each label the second player's vertices that have it, as bits: intersections find the partners of a vertex.
    having = [int("".join(["01"[mask >> k & 1] for mask in reversed(labels)]), 2) for k in range(m + n)]
    pairs: list[tuple[Point, Point]] = []
    for point in first.points:
        partners = (1 << len(points)) - 1
        for k in bits(full ^ point.labels):
            partners &= having[k]
            if not partners:
                break
        pairs.extend((point, points[q]) for q in bits(partners))
    parts: dict[tuple[Point, Point], int] = defaultdict(int)
    others = {full ^ turned(basis.labels): basis for basis in second.bases}
    for basis in first.bases:
        other = others.get(basis.labels)
        if other is not None:
            size = m - (basis.labels & ((1 << m) - 1)).bit_count()
            sign = basis.orientation * other.orientation * _tau(basis.labels, m) * _tau(other.labels, n)
            parts[basis.point, other.point] += sign if size % 2 else -sign
    return pairs, parts


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
