"""All equilibria of every two-player game in a stack, by the vertices of the two best-reply polyhedra.

For the mixed strategies ``x`` of the player who picks rows ``i`` and the other player's payoffs ``b[i, j]``, let ::

    P = {(x, w): x >= 0, sum(x) = 1, x'b[:, j] <= w for all j}.

At a vertex, the support ``I = {i: x[i] > 0}`` and the best replies ``J = {j: x'b[:, j] = w}`` determine ``(x, w)``; so
there are ``|I|`` columns within ``J`` that, with ``sum(x) = 1``, form a regular system whose solution is ``x``. Going
through all pairs of ``I`` and ``|I|`` columns therefore meets every vertex, which is the support enumeration of
Dickhaut and Kaplan (1991). A pair of vertices ``(x, y)``, one of each player's polyhedron, is an extreme equilibrium
iff the support of each lies within the best replies to the other; a game in which ``|I| = |J|`` at every vertex is
nondegenerate and has no other equilibria (von Stengel 2002, theorem 2.10). An equilibrium at which ``|I| < |J|`` within
tolerance is reported as tied: floats cannot tell on which side of the tie the game lies.

The index of an untied equilibrium with supports of size ``k`` is ``(-1)**(k+1) sign(det A_IJ det B_IJ)`` for positive
payoffs; written with the bordered systems solved here the sign needs no shift of the payoffs. In a nondegenerate game
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
def _grow(a: Array, size: int) -> Array:
    """Return `a` with room for `size` rows, its content kept."""
    bigger = np.zeros((size,) + a.shape[1:], a.dtype)
    bigger[: a.shape[0]] = a
    return bigger


@njit(cache=True)
def _vertices(
    b: Array, noise: float, tolerance: float, points: Array, masks: Array, signs: Array
) -> tuple[Array, Array, Array, int]:
    """Vertices of the best-reply polyhedron: mixtures of rows of `b`, which holds the other player's scaled payoffs.

    `points`, `masks` (support, best replies) and `signs` (of the determinant) are scratch, modified in place, and are
    returned because they may have grown.
    """
    m, n = b.shape
    most = min(m, n)
    rows, columns = np.empty(most, np.int64), np.empty(most, np.int64)
    system = np.empty((most, most + 1))
    x = np.empty(m)
    count = 0
    for k in range(1, most + 1):
        support = (1 << k) - 1
        while support < (1 << m):
            _members(support, rows)
            chosen = (1 << k) - 1
            while chosen < (1 << n):
                _members(chosen, columns)
                # Equal payoffs of the chosen columns, then probabilities that add up to one.
                for r in range(k - 1):
                    for c in range(k):
                        system[r, c] = b[rows[c], columns[r + 1]] - b[rows[c], columns[0]]
                    system[r, k] = 0.0
                for c in range(k + 1):
                    system[k - 1, c] = 1.0
                pivot, sign = _eliminate(system, k)
                accept = sign != 0
                if accept:
                    slack = tolerance + (_ROUNDING + noise) / pivot
                    positive = 0
                    x[:] = 0.0
                    for c in range(k):
                        p = system[c, k]
                        if p < -slack:
                            accept = False
                            break
                        if p > slack:
                            positive |= 1 << rows[c]
                        x[rows[c]] = max(p, 0.0)
                if accept:
                    value = 0.0
                    for c in range(k):
                        value += x[rows[c]] * b[rows[c], columns[0]]
                    replies = chosen
                    for j in range(n):
                        if not (chosen >> j) & 1:
                            gain = -value
                            for c in range(k):
                                gain += x[rows[c]] * b[rows[c], j]
                            if gain > slack:
                                accept = False
                                break
                            if gain >= -slack:
                                replies |= 1 << j
                if accept and (replies != chosen or positive != support):
                    # A tied vertex is met once for each regular choice of columns: keep one.
                    for v in range(count):
                        if masks[v, 0] == positive and masks[v, 1] == replies:
                            accept = False
                            break
                if accept:
                    if count == points.shape[0]:
                        points, masks, signs = (
                            _grow(points, 2 * count),
                            _grow(masks, 2 * count),
                            _grow(signs, 2 * count),
                        )
                    points[count] = x
                    masks[count, 0], masks[count, 1] = positive, replies
                    signs[count] = sign
                    count += 1
                chosen = _next_subset(chosen)
            support = _next_subset(support)
    return points, masks, signs, count


@njit(cache=True)
def _scale(u: Array, out: Array) -> float:
    """Write `u` scaled to a range of one to `out`, modified in place; return the rounding noise after scaling."""
    low, high, size = np.inf, -np.inf, 0.0
    for i in range(u.shape[0]):
        for j in range(u.shape[1]):
            low, high, size = min(low, u[i, j]), max(high, u[i, j]), max(size, abs(u[i, j]))
    spread = high - low
    if spread <= 1e-13 * size:  # indifferent among everything, up to rounding
        out[:] = 0.0
        return 0.0
    for i in range(u.shape[0]):
        for j in range(u.shape[1]):
            out[i, j] = (u[i, j] - low) / spread
    return 4.0 * 2.220446049250313e-16 * size / spread


@njit(cache=True)
def _bits(mask: int) -> int:
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count


@njit(cache=True)
def two_player(payoffs: Array, tolerance: float) -> tuple[Array, Array, Array, Array, Array]:
    """Extreme equilibria of each game in the stack `payoffs` of shape ``(B, 2, m, n)``.

    Returns the game of each equilibrium (ascending), the two players' strategies, the index (0 where tied) and, for
    each game, whether it is degenerate: an equilibrium is tied within tolerance, or the indices do not add up to one.
    """
    games, _, m, n = payoffs.shape
    scaled_a, scaled_b = np.empty((m, n)), np.empty((m, n))
    transposed = np.empty((n, m))
    room = 2 * (m + n)
    xs, x_masks, x_signs = np.zeros((room, m)), np.zeros((room, 2), np.int64), np.zeros(room, np.int64)
    ys, y_masks, y_signs = np.zeros((room, n)), np.zeros((room, 2), np.int64), np.zeros(room, np.int64)
    out_room = games + 16
    out_game, out_index = np.zeros(out_room, np.int64), np.zeros(out_room, np.int8)
    out_x, out_y = np.zeros((out_room, m)), np.zeros((out_room, n))
    degenerate = np.zeros(games, np.bool_)
    found = 0
    for g in range(games):
        noise_a, noise_b = _scale(payoffs[g, 0], scaled_a), _scale(payoffs[g, 1], scaled_b)
        for i in range(m):
            for j in range(n):
                transposed[j, i] = scaled_a[i, j]
        xs, x_masks, x_signs, x_count = _vertices(scaled_b, noise_b, tolerance, xs, x_masks, x_signs)
        ys, y_masks, y_signs, y_count = _vertices(transposed, noise_a, tolerance, ys, y_masks, y_signs)
        index_sum = 0
        for v in range(x_count):
            support_x, replies_x = x_masks[v, 0], x_masks[v, 1]
            for w in range(y_count):
                support_y, replies_y = y_masks[w, 0], y_masks[w, 1]
                if support_x & ~replies_y or support_y & ~replies_x:
                    continue
                if found == out_game.shape[0]:
                    out_game, out_index = _grow(out_game, 2 * found), _grow(out_index, 2 * found)
                    out_x, out_y = _grow(out_x, 2 * found), _grow(out_y, 2 * found)
                index = 0
                if support_x == replies_y and support_y == replies_x and _bits(support_x) == _bits(support_y):
                    index = x_signs[v] * y_signs[w] * (1 if _bits(support_x) % 2 else -1)
                else:
                    degenerate[g] = True
                index_sum += index
                out_game[found], out_index[found] = g, index
                out_x[found], out_y[found] = xs[v], ys[w]
                found += 1
        if index_sum != 1:
            degenerate[g] = True
    return out_game[:found], out_x[:found], out_y[:found], out_index[:found], degenerate
