r"""How equilibria hang together, and where irrational ones are.

The set of Nash equilibria of a finite game is a finite union of *connected components* (Kohlberg and Mertens 1986). In a
nondegenerate game each of them is a point. In a two-player game a component is a union of finitely many polytopes, the
*maximal Nash subsets*: a :class:`Component` here is one of those, and a :class:`ConnectedComponent` is all that hangs
together, through equilibria that they share.

Each connected component has an *index*, an integer: of a regular equilibrium that of :func:`gametheory.equilibria.nash.index`,
in general the sum of the indices of the equilibria near it in any game near by whose equilibria are all regular. So the
indices of all components of a game add up to +1 (Shapley 1974; Ritzberger 1994), and a component of index other than zero is
*essential*: every game near by has an equilibrium near it.

An equilibrium of a game with three players or more may be irrational where all payoffs are rational. It is then given by
an :class:`Enclosure`: rational bounds that are proved to hold exactly one equilibrium.

References
----------
Kohlberg, E. and Mertens, J.-F. (1986). On the strategic stability of equilibria. Econometrica 54, 1003-1037.
Ritzberger, K. (1994). The theory of normal form games from the differentiable viewpoint. International Journal of Game
Theory 23, 207-236.
Shapley, L. S. (1974). A note on the Lemke-Howson algorithm. Mathematical Programming Study 1, 175-189.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from gametheory.errors import GameTheoryError

if TYPE_CHECKING:
    from gametheory.equilibria.result import Equilibrium

__all__ = ["Component", "ConnectedComponent", "Enclosure"]

Interval: TypeAlias = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True, repr=False)
class Enclosure:
    """Rational bounds on the probabilities of an equilibrium, proved to hold exactly one equilibrium of its support.

    Attributes
    ----------
    intervals : tuple of tuples of pairs of Fraction
        ``intervals[player][strategy]`` is a lower and an upper bound, by position.
    polynomials : tuple of tuples of (tuple of int or None)
        ``polynomials[player][strategy]`` is the minimal polynomial of the probability, integer coefficients with the constant
        term first; None where it was not computed. Empty if none was.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory.equilibria.components import Enclosure
    >>> golden = (Fraction(61803, 100000), Fraction(61804, 100000))
    >>> rest = (1 - golden[1], 1 - golden[0])
    >>> found = Enclosure(((golden, rest),), (((-1, 1, 1), (1, -3, 1)),))
    >>> found.width, found.midpoints()
    (Fraction(1, 100000), ((0.618035, 0.381965),))
    """

    intervals: tuple[tuple[Interval, ...], ...]
    polynomials: tuple[tuple[tuple[int, ...] | None, ...], ...] = ()

    def __post_init__(self) -> None:
        intervals = tuple(
            tuple((Fraction(low), Fraction(high)) for low, high in player) for player in self.intervals
        )
        polynomials = tuple(
            tuple(None if c is None else tuple(map(int, c)) for c in player) for player in self.polynomials
        ) or tuple((None,) * len(player) for player in intervals)
        if any(low > high for player in intervals for low, high in player):
            raise GameTheoryError("an enclosure has a lower bound above the upper one.")
        if [len(player) for player in polynomials] != [len(player) for player in intervals]:
            raise GameTheoryError("an enclosure needs one polynomial, or None, for each interval.")
        object.__setattr__(self, "intervals", intervals)
        object.__setattr__(self, "polynomials", polynomials)

    @property
    def width(self) -> Fraction:
        """The greatest distance of an upper from a lower bound."""
        return max(high - low for player in self.intervals for low, high in player)

    def midpoints(self) -> tuple[tuple[float, ...], ...]:
        """The middle of each interval, as a float: ``midpoints()[player][strategy]``."""
        return tuple(tuple(float((low + high) / 2) for low, high in player) for player in self.intervals)

    def __repr__(self) -> str:
        players = ["(" + ", ".join(f"{p:.6g}" for p in player) + ")" for player in self.midpoints()]
        return f"Enclosure({', '.join(players)}; bounds at most {float(self.width):.0e} apart)"


@dataclass(frozen=True, slots=True, repr=False)
class Component:
    """A maximal Nash subset: of a two-player game a maximal convex set of equilibria, given by its vertices.

    Any mixture of the first player's strategies in `vertices` together with any mixture of the second player's is an
    equilibrium. An isolated equilibrium is a component with a single vertex.

    Attributes
    ----------
    vertices : tuple of Equilibrium
    dimension : int or None
        0 for a point, 1 for a segment and so on; None where it was not found out.
    described : bool
        Whether `vertices` describe the set. If not, they are only sample points of a continuum, as for three players and more.
    """

    vertices: tuple[Equilibrium, ...]
    dimension: int | None = None
    described: bool = True

    @classmethod
    def groups(
        cls,
        equilibria: Sequence[Equilibrium],
        groups: Iterable[Sequence[int]],
        dimensions: Sequence[int | None] | None = None,
        described: Sequence[bool] | None = None,
    ) -> tuple[Component, ...]:
        """Components from the positions of their vertices in `equilibria`; `dimensions` and `described` one for each."""
        return tuple(
            cls(
                tuple(equilibria[k] for k in group),
                None if dimensions is None else dimensions[position],
                True if described is None else described[position],
            )
            for position, group in enumerate(groups)
        )

    @property
    def is_point(self) -> bool:
        """Whether the component is an isolated equilibrium."""
        if self.dimension is not None:
            return self.dimension == 0
        return len(self.vertices) == 1 and not self.vertices[0].continuum

    def __len__(self) -> int:
        return len(self.vertices)

    def __iter__(self) -> Iterator[Equilibrium]:
        return iter(self.vertices)

    def __repr__(self) -> str:
        if self.is_point:
            return f"Component(point: {self.vertices[0].play})"
        size = "" if self.dimension is None else f"dimension {self.dimension}, "
        count = _counted(len(self), "vertex", "vertices")
        if not self.described:
            count = _counted(len(self), "sample", "samples")
        return f"Component({size}{count}: {' | '.join(vertex.play for vertex in self.vertices)})"


@dataclass(frozen=True, slots=True, repr=False)
class ConnectedComponent:
    """A connected component of the set of equilibria: maximal Nash subsets that hang together.

    Attributes
    ----------
    subsets : tuple of Component
    index : int or None
        The sum of the indices of the equilibria near it in any regular game near by; None where it was not computed.

    Examples
    --------
    Where the row player does not mind, everything in which the column player does its best is one component:

    >>> import gametheory as gt
    >>> found = gt.nash_equilibria(gt.NormalFormGame.from_bimatrix([[1, 0], [1, 0]], [[1, 0], [1, 0]]))
    >>> len(found), len(found.connected_components)
    (2, 1)
    """

    subsets: tuple[Component, ...]
    index: int | None = None

    @classmethod
    def groups(
        cls,
        components: Sequence[Component],
        groups: Iterable[Sequence[int]] | None = None,
        indices: Iterable[int | None] | None = None,
    ) -> tuple[ConnectedComponent, ...]:
        """Connected components from the positions of their subsets in `components`.

        By default those with an equilibrium in common belong together, and a single point has the index of its equilibrium.
        """
        chosen = [tuple(group) for group in (_sharing(components) if groups is None else groups)]
        subsets = [tuple(components[k] for k in group) for group in chosen]
        found = [_own_index(parts) for parts in subsets] if indices is None else list(indices)
        return tuple(cls(parts, index) for parts, index in zip(subsets, found, strict=True))

    @property
    def vertices(self) -> tuple[Equilibrium, ...]:
        """The equilibria in `subsets`, each once."""
        return tuple({id(vertex): vertex for part in self.subsets for vertex in part}.values())

    @property
    def is_point(self) -> bool:
        """Whether the component is an isolated equilibrium."""
        return len(self.subsets) == 1 and self.subsets[0].is_point

    @property
    def is_essential(self) -> bool | None:
        """Whether its index is not zero, so that every game near by has an equilibrium near it; None where the index is not known."""
        return None if self.index is None else self.index != 0

    def __len__(self) -> int:
        return len(self.subsets)

    def __iter__(self) -> Iterator[Component]:
        return iter(self.subsets)

    def __repr__(self) -> str:
        index = "index not known" if self.index is None else f"index {self.index:+d}".replace("+0", "0")
        if self.is_point:
            return f"ConnectedComponent({index}, point: {self.subsets[0].vertices[0].play})"
        subsets = _counted(len(self), "maximal Nash subset", "maximal Nash subsets")
        plays = " | ".join(vertex.play for vertex in self.vertices)
        return f"ConnectedComponent({index}, {subsets}: {plays})"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _own_index(subsets: Sequence[Component]) -> int | None:
    if len(subsets) == 1 and len(subsets[0]) == 1 and subsets[0].is_point:
        return subsets[0].vertices[0].index
    return None


def _sharing(components: Sequence[Component]) -> list[tuple[int, ...]]:
    """The positions of components that share equilibria, directly or through others."""
    group = list(range(len(components)))
    first: dict[int, int] = {}
    for k, component in enumerate(components):
        for vertex in component:
            other = first.setdefault(id(vertex), k)
            old, new = sorted((group[k], group[other]), reverse=True)
            if old != new:
                group = [new if g == old else g for g in group]
    return [tuple(k for k, g in enumerate(group) if g == name) for name in sorted(set(group))]
