"""All equilibria of every two-player game in a stack, by the vertices of the two best-reply polyhedra.

For the mixed strategies ``x`` of the player who picks rows ``i`` and the other player's payoffs ``b[i, j]``, let ::

    P = {(x, w): x >= 0, sum(x) = 1, x'b[:, j] <= w for all j}.

At a vertex, the support ``I = {i: x[i] > 0}`` and the best replies ``J = {j: x'b[:, j] = w}`` determine ``(x, w)``; so
there are ``|I|`` columns within ``J`` that, with ``sum(x) = 1``, form a regular system whose solution is ``x``. Going
through all pairs of ``I`` and ``|I|`` columns therefore meets every vertex, which is the support enumeration of
Dickhaut and Kaplan (1991). A pair of vertices ``(x, y)``, one of each player's polyhedron, is an extreme equilibrium
iff the support of each lies within the best replies to the other; a game in which ``|I| = |J|`` at every vertex is
nondegenerate and has no other equilibria (von Stengel 2002, theorem 2.10). An equilibrium at which ``|I| < |J|`` within
tolerance is tied. If ``x`` is pure and the payoffs of ``J`` are equal as floats, so that no solving comes in, this is taken for
a fact; otherwise floats cannot tell on which side of the tie the game lies, and it is reported as degenerate.

The index of an untied equilibrium with supports of size ``k`` is ``(-1)**(k+1) sign(det A_IJ det B_IJ)`` for positive
payoffs; written with the bordered systems solved here the sign needs no shift of the payoffs. Where no equilibrium is tied
the indices add up to 1, which is used as the last check on what was found (Shapley 1974).

References
----------
J. Dickhaut and T. Kaplan, "A program for finding Nash equilibria", The Mathematica Journal 1(4), 1991, 87-93.
B. von Stengel, "Computing equilibria for two-person games", Handbook of Game Theory 3, 2002, ch. 45.
L. S. Shapley, "A note on the Lemke-Howson algorithm", Mathematical Programming Study 1, 1974, 175-189.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["two_player"]

Array = np.ndarray[Any, Any]

# A pivot below this is rounding noise of payoffs scaled to a range of one: the system is taken for singular.
_SINGULAR = 1e-12
# Rounding of the payoffs relative to their range above which payoffs that are equal as floats may yet differ.
_COARSE = 1e-12
# Rounding error of one solution, relative to the reciprocal of the smallest pivot.
_ROUNDING = 1e-14


@njit(cache=True)
def _eliminate(a: Array, k: int) -> tuple[float, int]:
    """Solve the ``k`` by ``k`` system in the augmented matrix `a`, modified in place; the solution is in column ``k``.

    Returns the smallest pivot in absolute value (0 when the matrix is singular to rounding) and the determinant's sign.
    """
    smallest, sign = np.inf, 1
    for c in range(k):
        p = c
        for r in range(c + 1, k):
            if abs(a[r, c]) > abs(a[p, c]):
                p = r
        pivot = a[p, c]
        if abs(pivot) < _SINGULAR:
            return 0.0, 0
        smallest = min(smallest, abs(pivot))
        if pivot < 0.0:
            sign = -sign
        if p != c:
            sign = -sign
            for j in range(c, k + 1):
                a[c, j], a[p, j] = a[p, j], a[c, j]
        for r in range(c + 1, k):
            factor = a[r, c] / pivot
            if factor != 0.0:
                for j in range(c + 1, k + 1):
                    a[r, j] -= factor * a[c, j]
    for c in range(k - 1, -1, -1):
        value = a[c, k]
        for j in range(c + 1, k):
            value -= a[c, j] * a[j, k]
        a[c, k] = value / a[c, c]
    return smallest, sign


@njit(cache=True)
def _next_subset(mask: int) -> int:
    """Return the next larger integer with as many bits set (Gosper)."""
    low = mask & -mask
    ripple = mask + low
    return ripple | (((mask ^ ripple) // low) >> 2)


@njit(cache=True)
def _members(mask: int, out: Array) -> None:
    """Write the positions of the bits of `mask` to `out`, modified in place."""
    count, position = 0, 0
    while mask:
        if mask & 1:
            out[count] = position
            count += 1
        mask >>= 1
        position += 1


@njit(cache=True)
def _vertices(
    b: Array,
    noise: float,
    tolerance: float,
    points: Array,
    masks: Array,
    system: Array,
    rows: Array,
    columns: Array,
) -> int:
    """Vertices of the best-reply polyhedron: mixtures of rows of `b`, which holds the other player's scaled payoffs.

    `points` and `masks` (support, best replies, sign of the determinant, whether it is tied beyond what floats can
    tell) receive the vertices, and `system`, `rows` and `columns` are scratch; all are modified in place. Returns the
    number of vertices; those beyond the room are not written.
    """
    m, n = b.shape
    most = min(m, n)
    room = points.shape[0]
    count = 0
    for k in range(1, most + 1):
        support = (1 << k) - 1
        while support < (1 << m):
            _members(support, rows)
            chosen = (1 << k) - 1
            while chosen < (1 << n):
                _members(chosen, columns)
                # Equal payoffs of the chosen columns, then probabilities that add up to one.
                for c in range(k):
                    for r in range(k - 1):
                        system[r, c] = b[rows[c], columns[r + 1]] - b[rows[c], columns[0]]
                    system[c, k] = 0.0
                    system[k - 1, c] = 1.0
                system[k - 1, k] = 1.0
                pivot, sign = _eliminate(system, k)
                replies = 0
                positive = 0
                doubt = 1 if k > 1 or noise > _COARSE else 0
                if sign != 0:
                    limit = tolerance + (_ROUNDING + noise) / pivot
                    replies = chosen
                    for c in range(k):
                        p = system[c, k]
                        if p < -limit:
                            replies = 0
                            break
                        if p > limit:
                            positive |= 1 << rows[c]
                if replies:
                    value = 0.0
                    for c in range(k):
                        value += system[c, k] * b[rows[c], columns[0]]
                    for j in range(n):
                        if not (chosen >> j) & 1:
                            gain = -value
                            for c in range(k):
                                gain += system[c, k] * b[rows[c], j]
                            if gain > limit:
                                replies = 0
                                break
                            if gain >= -limit:
                                replies |= 1 << j
                                if gain != 0.0:
                                    doubt = 1
                if replies == chosen and positive == support:
                    doubt = 0
                elif replies:
                    # A tied vertex is met once for each regular choice of columns: keep one.
                    for v in range(min(count, room)):
                        if masks[v, 0] == positive and masks[v, 1] == replies:
                            replies = 0
                            break
                if replies:
                    if count < room:
                        for i in range(m):
                            points[count, i] = 0.0
                        for c in range(k):
                            points[count, rows[c]] = max(system[c, k], 0.0)
                        masks[count, 0], masks[count, 1] = positive, replies
                        masks[count, 2], masks[count, 3] = sign, doubt
                    count += 1
                chosen = _next_subset(chosen)
            support = _next_subset(support)
    return count


@njit(cache=True)
def _scale(u: Array, out: Array) -> float:
    """Write `u` scaled to a range of one to `out`, modified in place; return the rounding noise after scaling."""
    low, high, size = np.inf, -np.inf, 0.0
    for i in range(u.shape[0]):
        for j in range(u.shape[1]):
            low, high, size = min(low, u[i, j]), max(high, u[i, j]), max(size, abs(u[i, j]))
    spread = high - low
    indifferent = spread <= 1e-13 * size  # among everything, up to rounding
    for i in range(u.shape[0]):
        for j in range(u.shape[1]):
            out[i, j] = 0.0 if indifferent else (u[i, j] - low) / spread
    return 0.0 if indifferent else 4.0 * 2.220446049250313e-16 * size / spread


@njit(cache=True)
def _bits(mask: int) -> int:
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count


@njit(cache=True)
def _kernel(
    payoffs: Array,
    first: int,
    found: int,
    tolerance: float,
    a: Array,
    b: Array,
    xs: Array,
    x_masks: Array,
    ys: Array,
    y_masks: Array,
    system: Array,
    rows: Array,
    columns: Array,
    game: Array,
    x: Array,
    y: Array,
    index: Array,
    tied: Array,
    degenerate: Array,
) -> tuple[int, int, int]:
    """Solve the games from `first` on, as far as there is room; all arrays but `payoffs` are modified in place.

    Returns the first game not solved, the number of equilibria found, and the number of vertices that this game has if
    they are too many for the room (0 if it is the equilibria that are too many).
    """
    games, m, n = payoffs.shape[0], payoffs.shape[2], payoffs.shape[3]
    for g in range(first, games):
        # The row player is held indifferent by the column player's mixture, so `a` has the columns first.
        noise_a, noise_b = _scale(payoffs[g, 0].T, a), _scale(payoffs[g, 1], b)
        x_count = _vertices(b, noise_b, tolerance, xs, x_masks, system, rows, columns)
        y_count = _vertices(a, noise_a, tolerance, ys, y_masks, system, rows, columns)
        if x_count > xs.shape[0] or y_count > ys.shape[0]:
            return g, found, max(x_count, y_count)
        index_sum, new = 0, found
        tied[g], degenerate[g] = False, False
        for v in range(x_count):
            support_x, replies_x = x_masks[v, 0], x_masks[v, 1]
            for w in range(y_count):
                support_y, replies_y = y_masks[w, 0], y_masks[w, 1]
                if support_x & ~replies_y or support_y & ~replies_x:
                    continue
                if new == game.shape[0]:
                    return g, found, 0
                game[new], index[new] = g, 0
                size = _bits(support_x)
                if support_x == replies_y and support_y == replies_x and size == _bits(support_y):
                    index[new] = x_masks[v, 2] * y_masks[w, 2] * (1 if size % 2 else -1)
                    index_sum += index[new]
                else:
                    tied[g] = True
                    if x_masks[v, 3] or y_masks[w, 3]:
                        degenerate[g] = True
                for i in range(m):
                    x[new, i] = xs[v, i]
                for j in range(n):
                    y[new, j] = ys[w, j]
                new += 1
        found = new
        if index_sum != 1 and not tied[g]:
            degenerate[g] = True
    return games, found, 0


def two_player(payoffs: Array, tolerance: float) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Extreme equilibria of each game in the stack `payoffs` of shape ``(B, 2, m, n)``.

    Returns the game of each equilibrium (ascending), the two players' strategies and the index (0 where tied); and for
    each game, whether an equilibrium is tied, and whether it is so in a way that floats cannot settle (or no equilibrium is tied,
    and yet the indices do not add up to one).
    """
    # Memory is handled here and not in the kernel, which would take five times as long to compile.
    games, _, m, n = payoffs.shape
    most = min(m, n)
    scaled = np.empty((n, m)), np.empty((m, n))
    scratch = np.empty((most, most + 1)), np.empty(most, np.int64), np.empty(most, np.int64)
    vertices = _room_for_vertices(2 * (m + n), m, n)
    room = games + 16
    game, index = np.empty(room, np.int64), np.empty(room, np.int8)
    x, y = np.empty((room, m)), np.empty((room, n))
    tied, degenerate = np.zeros(games, np.bool_), np.zeros(games, np.bool_)
    first, found = 0, 0
    while first < games:
        first, found, needed = _kernel(
            payoffs,
            first,
            found,
            tolerance,
            *scaled,
            *vertices,
            *scratch,
            game,
            x,
            y,
            index,
            tied,
            degenerate,
        )
        if needed:
            vertices = _room_for_vertices(2 * needed, m, n)
        elif first < games:
            game, index, x, y = (
                np.concatenate([column, np.empty_like(column)]) for column in (game, index, x, y)
            )
    return game[:found], x[:found], y[:found], index[:found], tied, degenerate


def _room_for_vertices(room: int, m: int, n: int) -> tuple[Array, Array, Array, Array]:
    return (
        np.empty((room, m)),
        np.empty((room, 4), np.int64),
        np.empty((room, n)),
        np.empty((room, 4), np.int64),
    )
