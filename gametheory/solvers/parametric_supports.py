r"""All equilibria of three players and more over any ordered field, support by support.

The numbers may be rationals, algebraic numbers, functions of a parameter near a sample, or have square roots
(:mod:`gametheory.solvers.fields`, :mod:`gametheory.solvers.surds`): the code needs ``+ - * /`` and signs only. For each support

- a strategy that another one beats against all that the others may play in the support discards it (conditional dominance, Porter,
  Nudelman and Shoham 2008), also if it only ties in some of these cases: where all of them have positive probability that is enough;
- where at most two players mix, the equations are linear: :mod:`gametheory.solvers.linear_supports`;
- where three players mix two strategies each, with probabilities :math:`x, y, z` of the second, the indifference of the first and of
  the second player,

  .. math:: a_0 + a_1 y + a_2 z + a_3 y z = 0, \qquad b_0 + b_1 x + b_2 z + b_3 x z = 0,

  give :math:`y` and :math:`x` as quotients of linear functions of :math:`z`, and what the third player's indifference then says is a
  quadratic equation in :math:`z`. Its roots have square roots of the field. A denominator that vanishes at a root is
  treated on its own;
- equations of other supports, and equations with a continuum of solutions, are left open, and the answer says so by name.

So the answer is complete for three players of whom each mixes at most two strategies, unless a continuum of equilibria is curved.

References
----------
.. [1] R. Porter, E. Nudelman and Y. Shoham, "Simple search methods for finding a Nash equilibrium", *Games and Economic
   Behavior* 63 (2008), 642-662.
.. [2] R. D. McKelvey and A. McLennan, "The maximal number of regular totally mixed Nash equilibria", *Journal of Economic
   Theory* 72 (1997), 411-425.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from gametheory.equilibria import nash
from gametheory.errors import GameTheoryError
from gametheory.solvers.findings import Names, support_text
from gametheory.solvers.linear_supports import Support, _gain, linear_part
from gametheory.solvers.pure import pure_equilibria
from gametheory.solvers.surds import sign, square_root
from gametheory.solvers.table_solution import TableSolution

__all__ = ["MAX_SUPPORTS", "solve_supports"]

Array: TypeAlias = np.ndarray[Any, Any]

#: The most supports that are looked at; with more, only pure equilibria are listed.
MAX_SUPPORTS = 5_000


class _Open(Exception):
    """A support that is left open; the text says why."""


def solve_supports(payoffs: Array, *, names: Names | None = None) -> TableSolution:
    """All equilibria of a payoff table.

    Parameters
    ----------
    payoffs : ndarray of objects, shape (N, n_1, ..., n_N)
        Numbers of one ordered field, or of several that have a common one.
    names : (players, strategies of each), optional
        What the reason calls them.

    Returns
    -------
    TableSolution
        With the numbers themselves, also where they are irrational. Continua are given by their vertices.

    Raises
    ------
    GameTheoryError
        If the indices of regular equilibria do not sum to one: a fault of this function, never of the user.

    Examples
    --------
    With probabilities x, y, z of their second strategies the players gain y - z, x - z and xy - x + 1/5 by them: all three mix where
    x = y = z and z**2 - z + 1/5 = 0.

    >>> import numpy as np
    >>> from flint import fmpq
    >>> from gametheory.solvers.parametric_supports import solve_supports
    >>> table = np.empty((3, 2, 2, 2), dtype=object)
    >>> for a, b, c in np.ndindex(2, 2, 2):
    ...     table[:, a, b, c] = [fmpq(a * (b - c)), fmpq(b * (a - c)), c * (a * b - a + fmpq(1, 5))]
    >>> solution = solve_supports(table)
    >>> solution.complete, [f"{float(profile[2][1]):.9f}" for profile in solution.profiles if 0 < profile[2][1] < 1]
    (True, ['0.276393202', '0.723606798'])
    """
    return _Search(payoffs, names).run()


class _Search:
    """The work of :func:`solve_supports`."""

    def __init__(self, payoffs: Array, names: Names | None) -> None:
        self.payoffs, self.names = payoffs, names
        self.shape = payoffs.shape[1:]
        some = payoffs.flat[0]
        self.zero = some - some
        self.one = self.zero + 1
        self.profiles: list[tuple[tuple[Any, ...], ...]] = []
        self.indices: list[int | None] = []
        self.by_support: dict[Support, list[int]] = {}
        self.groups: dict[frozenset[int], tuple[int, bool]] = {}
        self.reasons: list[str] = []
        self.signs: dict[tuple[int, int, int, tuple[int, ...]], int] = {}

    def run(self) -> TableSolution:
        count = math.prod(2**n - 1 for n in self.shape)
        if count > MAX_SUPPORTS:
            for cell in pure_equilibria(self.payoffs):
                self._add(self._profile(tuple((k,) for k in cell), {}))
            self.reasons.append(
                f"the game has {count:,} supports, and at most {MAX_SUPPORTS:,} are looked at: only pure equilibria are listed"
            )
        else:
            for support in _supports(self.shape):
                if not self._dominated(support):
                    self._solve(support)
        return self._assemble()

    # -- supports
    # ------------------------------------------------------------------------------------------------------
    def _gain_sign(self, player: int, other: int, own: int, cell: tuple[int, ...]) -> int:
        """The sign of what a player earns more by `other` than by `own` where the others play a cell."""
        if other < own:
            return -self._gain_sign(player, own, other, cell)
        key = (player, other, own, cell)
        if key not in self.signs:
            table = self.payoffs[player]
            first = table[(*cell[:player], other, *cell[player:])]
            second = table[(*cell[:player], own, *cell[player:])]
            self.signs[key] = sign(first - second)
        return self.signs[key]

    def _dominated(self, support: Support) -> bool:
        """Whether no equilibrium can have just this support."""
        for player, played in enumerate(support):
            others = [own for k, own in enumerate(support) if k != player]
            for own, other in itertools.product(played, range(self.shape[player])):
                if other == own or (other in played and other < own):
                    continue
                seen = set()
                for cell in itertools.product(*others):
                    seen.add(self._gain_sign(player, other, own, cell))
                    if len(seen - {0}) > 1:
                        break
                    if other not in played and -1 in seen:
                        break
                # In the support there must be a tie, out of it no gain.
                if seen == {0} or (-1 in seen and (other not in played or 1 in seen)):
                    continue
                return True
        return False

    def _solve(self, support: Support) -> None:
        mixing = [player for player, played in enumerate(support) if len(played) > 1]
        if len(mixing) <= 2:
            for part in linear_part(self.payoffs, support):
                positions = [self._add(vertex) for vertex in part.vertices]
                if positions:
                    self.groups.setdefault(frozenset(positions), (part.dimension, part.described))
                if not part.described:
                    self._leave(
                        support,
                        "there is a curved continuum of equilibria, of which only some points are listed",
                    )
            return
        try:
            if len(mixing) > 3 or any(len(support[player]) > 2 for player in mixing):
                raise _Open(
                    "the equations are not quadratic; mixed equilibria of this kind are not searched for"
                )
            for values in self._three(support, mixing):
                if all(value > 0 for value in values) and all(value < 1 for value in values):
                    profile = self._profile(support, dict(zip(mixing, values, strict=True)))
                    if self._holds(support, profile):
                        self.groups.setdefault(frozenset([self._add(profile)]), (0, True))
        except _Open as reason:
            self._leave(support, str(reason))

    def _leave(self, support: Support, reason: str) -> None:
        self.reasons.append(f"with the strategies {support_text(support, self.names)} {reason}")

    def _profile(self, support: Support, second: dict[int, Any]) -> list[list[Any]]:
        profile = []
        for player, n in enumerate(self.shape):
            vector = [self.zero] * n
            if player in second:
                first, other = support[player]
                vector[first], vector[other] = 1 - second[player], second[player]
            else:
                vector[support[player][0]] = self.one
            profile.append(vector)
        return profile

    def _holds(self, support: Support, profile: list[list[Any]]) -> bool:
        """Whether nobody gains by a strategy out of the support."""
        for player, played in enumerate(support):
            for other in range(self.shape[player]):
                if other not in played:
                    table: Any = self.payoffs[player].take(other, axis=player)
                    table = table - self.payoffs[player].take(played[0], axis=player)
                    for k in reversed([k for k in range(len(profile)) if k != player]):
                        axis = k - (k > player)
                        chosen = list(support[k])
                        weights = np.empty(len(chosen), dtype=object)
                        weights[:] = [profile[k][s] for s in chosen]
                        table = np.tensordot(table.take(chosen, axis=axis), weights, axes=([axis], [0]))
                    if table.item() > 0:
                        return False
        return True

    # -- three players with two strategies each
    # ------------------------------------------------------------------------------------------------------
    def _three(self, support: Support, mixing: list[int]) -> Iterator[tuple[Any, Any, Any]]:
        """The candidates: probabilities of the second strategy of each of the three, not yet known to be between 0 and 1."""
        a, b, c = (_bilinear(_gain(self.payoffs, support, player, support[player][1])) for player in mixing)
        quadratic = (
            c[0] * b[1] * a[1] - c[1] * b[0] * a[1] - c[2] * a[0] * b[1] + c[3] * a[0] * b[0],
            c[0] * (b[1] * a[3] + b[3] * a[1])
            - c[1] * (b[0] * a[3] + b[2] * a[1])
            - c[2] * (a[0] * b[3] + a[2] * b[1])
            + c[3] * (a[0] * b[2] + a[2] * b[0]),
            c[0] * b[3] * a[3] - c[1] * b[2] * a[3] - c[2] * a[2] * b[3] + c[3] * a[2] * b[2],
        )
        for z in _roots(quadratic):
            if not z > 0 or not z < 1:
                continue
            y, x = _quotient(a, z), _quotient(b, z)
            if y is _NONE or x is _NONE:
                continue
            if y is _ANY and x is _ANY:
                raise _Open("the equations have a continuum of solutions")
            if y is _ANY:
                y = _quotient((c[0], c[2], c[1], c[3]), x)
            elif x is _ANY:
                x = _quotient(c, y)
            if y is _ANY or x is _ANY:
                raise _Open("the equations have a continuum of solutions")
            if y is not _NONE and x is not _NONE:
                yield x, y, z

    # -- the result
    # ------------------------------------------------------------------------------------------------------
    def _add(self, profile: Sequence[Sequence[Any]]) -> int:
        """The position of an equilibrium, which is listed once."""
        full = tuple(tuple(self.zero + p for p in vector) for vector in profile)
        support = tuple(nash.support_array(vector) for vector in full)
        for k in self.by_support.setdefault(support, []):
            if all(
                p == q for v, w in zip(self.profiles[k], full, strict=True) for p, q in zip(v, w, strict=True)
            ):
                return k
        self.by_support[support].append(len(self.profiles))
        self.profiles.append(full)
        vectors = []
        for vector in full:
            entries = np.empty(len(vector), dtype=object)
            entries[:] = vector
            vectors.append(entries)
        self.indices.append(nash.index(self.payoffs, vectors))
        return len(self.profiles) - 1

    def _assemble(self) -> TableSolution:
        groups = [group for group in self.groups if not any(group < other for other in self.groups)]
        supports = {k: support for support, found in self.by_support.items() for k in found}
        order = sorted(supports, key=lambda k: (sum(map(len, supports[k])), supports[k], k))
        place = {k: position for position, k in enumerate(order)}
        spread = {k for group in groups if self.groups[group][0] for k in group}
        indices = [None if k in spread else self.indices[k] for k in order]
        reasons = tuple(dict.fromkeys(self.reasons))
        if not reasons and None not in indices and sum(k for k in indices if k is not None) != 1:
            raise GameTheoryError(
                f"internal error: equilibria with indices {indices}, which do not sum to 1. Please report this game."
            )
        listed = sorted((tuple(sorted(place[k] for k in group)), *self.groups[group]) for group in groups)
        return TableSolution(
            tuple(self.profiles[k] for k in order),
            tuple(group for group, _, _ in listed),
            tuple(k in spread for k in order),
            not reasons,
            "support enumeration",
            "; ".join(reasons),
            tuple(dimension for _, dimension, _ in listed),
            (),
            (),
            tuple(indices),
            tuple(described for *_, described in listed),
        )


def _supports(shape: Sequence[int]) -> list[Support]:
    """All supports, those with the fewest strategies first."""
    own = [
        [chosen for size in range(1, n + 1) for chosen in itertools.combinations(range(n), size)]
        for n in shape
    ]
    return sorted(itertools.product(*own), key=lambda support: sum(map(len, support)))


def _bilinear(gain: Array) -> tuple[Any, Any, Any, Any]:
    """The coefficients of 1, u, v and uv of a table of gains at the corners of two players' probabilities u and v."""
    corner = gain.reshape(2, 2)
    return (
        corner[0, 0],
        corner[1, 0] - corner[0, 0],
        corner[0, 1] - corner[0, 0],
        corner[1, 1] - corner[1, 0] - corner[0, 1] + corner[0, 0],
    )


#: No value, and any value, solves an equation.
_NONE, _ANY = object(), object()


def _quotient(e: Sequence[Any], v: Any) -> Any:
    """The solution u of ``e0 + e1 u + e2 v + e3 u v == 0``."""
    slope, start = e[1] + e[3] * v, e[0] + e[2] * v
    if slope == 0:
        return _ANY if start == 0 else _NONE
    return -start / slope


def _roots(polynomial: tuple[Any, Any, Any]) -> list[Any]:
    """The roots of a polynomial of degree at most two, constant term first."""
    c, b, a = polynomial
    if a == 0:
        if b == 0:
            if c == 0:
                raise _Open("the equations have a continuum of solutions")
            return []
        return [-c / b]
    discriminant = b * b - 4 * a * c
    kind = sign(discriminant)
    if kind < 0:
        return []
    if kind == 0:
        return [-b / (2 * a)]
    root = square_root(discriminant)
    return [(-b - root) / (2 * a), (root - b) / (2 * a)]
