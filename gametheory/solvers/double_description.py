r"""All vertices of a best-reply polyhedron, and those of the polyhedron perturbed so that no game is degenerate.

A player with :math:`m` strategies faces an opponent with :math:`n` replies, whose payoffs are the :math:`m \times n` matrix
:math:`B`. The *best-reply polyhedron* of the player is

.. math:: P = \{(x, v) : x \in \Delta^m,\; (x^\top B)_j \le v \text{ for } j = 1, \dots, n\}.

The *labels* of a point are its tight inequalities: label :math:`i < m` where :math:`x_i = 0`, label :math:`m + j` where the
reply :math:`j` is best. A vertex has at least :math:`m` labels; the game is *degenerate* if a vertex has more.

**The double description method** (Motzkin, Raiffa, Thompson and Thrall 1953). The cone over the simplex and the first inequality
has :math:`m + 1` known rays. The other inequalities are added one by one: each cuts off the rays beyond it and adds one ray on
each two-dimensional face that it crosses. The ray :math:`(0, 1)` is no vertex but the direction in which :math:`P` is unbounded.

**Perturbation.** Ties are broken by taking :math:`\varepsilon_j` from all the opponent's payoffs from reply :math:`j`, where

.. math:: 0 < \varepsilon_1 \ll \varepsilon_2 \ll \dots \ll \varepsilon_n \ll 1,

each infinitesimal compared with the next, which is how the inequalities come one after the other. When inequality :math:`j` is added,
the slack of a ray is :math:`s + \varepsilon_j \sum_i x_i + o(\varepsilon_j)`, where :math:`s` is its slack in the limit
:math:`\varepsilon \to 0`: earlier perturbations are of lower order. So the sign of :math:`s` decides, and where
:math:`s = 0` the ray is *strictly inside*. No ray is ever on an added inequality, so every ray of the perturbed cone has
exactly :math:`m` labels, its *basis*, and two rays are adjacent exactly when their bases have :math:`m - 1` labels in common.
The perturbation itself is never computed with: coordinates are those of the limit, and a *point* with its limit labels is kept once
with all its bases. The limit of a ray on the edge between a ray inside and one outside is their crossing with the
inequality, or the inside one's limit where :math:`s = 0` there.

*Every vertex of P is found as a limit, and every limit is a vertex.* The limit of a basic solution satisfies all inequalities,
and :math:`m` independent ones with equality. Conversely let the linear function :math:`c` be least over :math:`P` at the vertex
:math:`p` only. Its minimum over the perturbed polyhedron, which has the same unbounded direction, is attained at a vertex of
that, and converges to :math:`p` as :math:`\varepsilon \to 0`.

*Labels of a limit need no decision of their own.* A crossing of an edge with ends of slack :math:`s > 0` and :math:`s < 0` is a
proper convex combination of points that satisfy the inequalities so far; it makes exactly those tight that both ends make, and the new
one. So the signs of the slacks are all that is ever asked of the numbers, and each once.

**Orientation.** Let :math:`\sigma` be the sign of the determinant whose rows are the normals of the labels of a basis, in
increasing order, and the ray. If two adjacent rays have the labels :math:`k` and :math:`l` not in common, and one writes
:math:`l` in the place of :math:`k`, their determinants have opposite signs: in the plane that the :math:`m - 1` common
inequalities leave, the two normals are the perpendiculars of the two rays that point inwards. So :math:`\sigma` passes
from ray to ray by counting transpositions. It gives the index of equilibria in :mod:`gametheory.solvers.bimatrix`.

There are two arithmetics for the one algorithm. Rationals are brought to whole numbers, and a ray is a vector of
integers without a common factor, which holds its slacks in all the inequalities still to come; FLINT combines two of
them in one operation. Numbers of any other ordered field (:mod:`gametheory.solvers.fields`) are combined with ``+ - * /``.

References
----------
.. [1] T. Motzkin, H. Raiffa, G. Thompson and R. Thrall, "The double description method", *Contributions to
   the Theory of Games* II, Princeton University Press, 1953, 51-73.
.. [2] D. Avis, G. Rosenberg, R. Savani and B. von Stengel, "Enumeration of Nash equilibria for two-player
   games", *Economic Theory* 42 (2010), 9-37.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from flint import fmpz, fmpz_poly

from gametheory.errors import TooLarge

__all__ = ["MOST_NEIGHBOURS", "Basis", "Exact", "Integers", "Point", "perturbed_vertices"]

#: Pairs of a ray and one next to it; more would need some gigabytes of memory. Each ray has as many as own strategies.
MOST_NEIGHBOURS = 6_000_000


class Point:
    """A ray in the limit: of a vertex, or the unbounded direction."""

    __slots__ = ("labels", "ray", "slack")

    def __init__(self, ray: Any, labels: int) -> None:
        #: Coordinates, as the arithmetic keeps them.
        self.ray = ray
        #: All tight inequalities, as bits.
        self.labels = labels
        #: In the inequality that is being added.
        self.slack: Any = None


class Basis:
    """A ray of the perturbed cone."""

    __slots__ = ("labels", "neighbours", "orientation", "point")

    def __init__(self, labels: int, orientation: int, point: Point) -> None:
        #: The tight inequalities after perturbation, as bits; exactly as many as own strategies.
        self.labels = labels
        #: +1 or -1.
        self.orientation = orientation
        #: Where it goes as the perturbation vanishes.
        self.point = point
        #: Adjacent rays.
        self.neighbours: list[Basis] = []


class Arithmetic(Protocol):
    """What the double description method needs to know about numbers."""

    def start(self) -> list[Any]:
        """The rays of the vertices of the simplex, each with the first reply's payoff, and the unbounded direction last."""

    def slack(self, point: Point, reply: int) -> Any:
        """How far a ray is inside the inequality of a reply."""

    def crossing(self, good: Point, bad: Point, reply: int) -> Any:
        """The positive combination of a ray inside and a ray outside that makes the inequality tight."""


class Integers:
    """Rays as integer vectors: own probabilities up to a factor, the value, and slacks of the replies from the last to the first.

    Parameters
    ----------
    payoffs : sequence of m rows of n fmpz
        The opponent's payoffs.
    """

    def __init__(self, payoffs: Sequence[Sequence[fmpz]]) -> None:
        self.payoffs = payoffs
        self.m, self.n = len(payoffs), len(payoffs[0])

    def start(self) -> list[fmpz_poly]:
        """As in the protocol."""
        rays = []
        for i, row in enumerate(self.payoffs):
            first = row[0]
            unit = [0] * self.m
            unit[i] = 1
            rays.append(fmpz_poly([*unit, first, *(first - row[j] for j in range(self.n - 1, 0, -1))]))
        return [*rays, fmpz_poly([0] * self.m + [1] * self.n)]

    def slack(self, point: Point, reply: int) -> fmpz:
        """As in the protocol: a coefficient that is at hand."""
        slack: fmpz = point.ray[self.m + self.n - reply]
        return slack

    def crossing(self, good: Point, bad: Point, reply: int) -> fmpz_poly:
        """As in the protocol, without a common factor."""
        ray: fmpz_poly = good.slack * bad.ray - bad.slack * good.ray
        factor = ray.content()
        return ray if factor == 1 else ray // factor


class Exact:
    """Rays as points of the polyhedron: a pair of the strategy, whose probabilities sum to one, and the value.

    Parameters
    ----------
    payoffs : sequence of m rows of n numbers of an ordered field
    """

    def __init__(self, payoffs: Sequence[Sequence[Any]]) -> None:
        self.payoffs = payoffs
        self.zero = payoffs[0][0] - payoffs[0][0]
        self.one = self.zero + 1

    def start(self) -> list[tuple[tuple[Any, ...], Any]]:
        """As in the protocol."""
        m = len(self.payoffs)
        units = [tuple(self.one if k == i else self.zero for k in range(m)) for i in range(m)]
        rays = [(unit, row[0]) for unit, row in zip(units, self.payoffs, strict=True)]
        return [*rays, ((self.zero,) * m, self.one)]

    def slack(self, point: Point, reply: int) -> Any:
        """As in the protocol: computed here."""
        strategy, slack = point.ray
        for i, row in enumerate(self.payoffs):
            if not point.labels >> i & 1:  # the label says which are zero, without a decision
                slack = slack - strategy[i] * row[reply]
        return slack

    def crossing(self, good: Point, bad: Point, reply: int) -> tuple[tuple[Any, ...], Any]:
        """As in the protocol, with probabilities that sum to one."""
        (inner, high), (outer, low) = good.ray, bad.ray
        above, below = good.slack, bad.slack
        if not good.labels >> len(inner):  # the unbounded direction, where no reply is best
            return outer, low - below
        share = above / (above - below)
        strategy = tuple(g + share * (b - g) for g, b in zip(inner, outer, strict=True))
        return strategy, high + share * (low - high)


def perturbed_vertices(
    arithmetic: Arithmetic, m: int, n: int, limit: int = MOST_NEIGHBOURS
) -> tuple[list[Point], list[Basis]]:
    """The vertices of a best-reply polyhedron with all their labels, and the bases of the perturbed one.

    Parameters
    ----------
    arithmetic : Integers or Exact
    m, n : int
        How many strategies the player and the opponent have.
    limit : int
        The most pairs of a ray and a neighbour to hold at once.

    Returns
    -------
    points : list of Point
        The vertices, each once.
    bases : list of Basis
        One for each vertex of the perturbed polyhedron.

    Raises
    ------
    TooLarge
        If there are more than `limit`.

    Examples
    --------
    Both replies are equally good against everything: an edge with two vertices, of two labels each beside their own.

    >>> from flint import fmpz
    >>> from gametheory.solvers.double_description import Integers, perturbed_vertices
    >>> points, bases = perturbed_vertices(Integers([[fmpz(1), fmpz(1)], [fmpz(1), fmpz(1)]]), 2, 2)
    >>> [bin(point.labels) for point in points], [bin(basis.labels) for basis in bases]
    (['0b1110', '0b1101'], ['0b110', '0b101'])
    """
    everything = (1 << m) - 1
    rays = arithmetic.start()
    bases = []
    for i, ray in enumerate(rays[:m]):
        labels = everything ^ (1 << i) | 1 << m
        # Rows e_k for k != i, then the normal (-B_1, 1) of the reply, then the ray e_i + B_i1 e_v: bringing the column i behind
        # the others takes m - 1 - i transpositions, and leaves the determinant -B_i1 * B_i1 - 1 < 0.
        bases.append(Basis(labels, 1 if (m - 1 - i) % 2 else -1, Point(ray, labels)))
    bases.append(Basis(everything, 1, Point(rays[m], everything)))
    for basis in bases:
        basis.neighbours = [other for other in bases if other is not basis]
    for j in range(1, n):
        bases = _cut(bases, arithmetic, m, j, limit)
    bases = [basis for basis in bases if basis.labels != everything]
    return list(dict.fromkeys(basis.point for basis in bases)), bases


def _cut(bases: list[Basis], arithmetic: Arithmetic, m: int, reply: int, limit: int) -> list[Basis]:
    """Add the inequality of a reply to the perturbed cone."""
    label = 1 << (m + reply)
    outside = set()
    for point in dict.fromkeys(basis.point for basis in bases):
        point.slack = slack = arithmetic.slack(point, reply)
        if slack < 0:
            outside.add(point)
        elif slack == 0:
            point.labels |= label
    if not outside:
        return bases
    kept = [basis for basis in bases if basis.point not in outside]
    crossings: dict[tuple[Point, Point], Point] = {}
    # A two-dimensional face of the new facet has two rays: the second to come finds the first here.
    waiting: dict[int, Basis] = {}
    for bad in bases:
        if bad.point not in outside:
            continue
        for good in bad.neighbours:
            if good.point in outside:
                continue
            common = good.labels & bad.labels
            point = good.point
            if not point.labels & label:
                pair = (good.point, bad.point)
                if pair in crossings:
                    point = crossings[pair]
                else:
                    ray = arithmetic.crossing(*pair, reply)
                    point = crossings[pair] = Point(ray, good.point.labels & bad.point.labels | label)
            # The new label comes last in the place of the one left, past all that are greater.
            passed = (common & -(good.labels ^ common)).bit_count()
            new = Basis(common | label, good.orientation if passed % 2 else -good.orientation, point)
            good.neighbours[good.neighbours.index(bad)] = new
            new.neighbours.append(good)
            rest = common
            while rest:
                bit = rest & -rest
                rest ^= bit
                other = waiting.pop(common ^ bit, None)
                if other is None:
                    waiting[common ^ bit] = new
                else:
                    other.neighbours.append(new)
                    new.neighbours.append(other)
            kept.append(new)
        if len(kept) * m > limit:
            raise TooLarge(
                f"the best replies to the mixtures of {m} strategies have more than {limit // m:,} vertices, the limit for listing "
                "all equilibria. Drop strategies that are dominated, or ask for one equilibrium with method='lemke_howson'."
            )
    return kept
