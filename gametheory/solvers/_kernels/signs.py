r"""Extreme equilibria of two-player games, one game after another, from signs of minors that are certain, zero among them.

The games that :mod:`gametheory.solvers._kernels.minors` leaves in doubt are mostly degenerate, with ties that are exact: an action that
ends the game makes the other player's reply immaterial, or payoffs are small integers. Here every minor :math:`E(I, J)`
gets a sign -, 0 or + that is certain, or is called unknown:

- differences of two floats are rounded correctly, so their sign is exact;
- let :math:`A` be the sum of the absolute values of the terms in the expansion of a minor of size `k`. The rounding error of the
  computed minor is at most :math:`(k^2 + 4 k) u A` (each term is a product of `k` differences and goes through fewer than
  :math:`k^2 / 2 + 2 k` roundings), so a larger value has a certain sign;
- if all payoffs of the player are multiples of some power of two, and :math:`A` is at most :math:`2^{52}` such units (to the power
  `k`), nothing was rounded at all, and zero is zero: so for integers that are not too large;
- if :math:`A = 0`, every term has a factor zero.

A mixture with support `I` and best replies `J`, :math:`|J| \ge |I|`, is a vertex iff for some :math:`J' \subseteq J` of the size of `I` the
weights have one sign and none is zero, and the losses of the columns outside of :math:`J'` have the same sign or are zero, the
columns with zero being the rest of `J`. A pair of vertices is an extreme equilibrium iff the support of each lies within the best
replies to the other, and every equilibrium is a convex combination of such (von Stengel 2002, section 2.6 and theorem 2.10). If an
unknown sign would decide, the game stays in doubt.

References
----------
B. von Stengel, "Computing equilibria for two-person games", Handbook of Game Theory 3, 2002, ch. 45.
N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., SIAM 2002, ch. 3.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from gametheory.solvers._kernels.minors import ACCURACY

__all__ = ["solve"]

Array = np.ndarray[Any, Any]

_UNIT = 2.0**-53
_EXACT = 2.0**52  # sums of terms up to this many units have no rounding
_FLOOR = 1e-290  # far above what underflow can lose where payoffs have a range of about one
_TINY = 2.0**-64  # products of up to ten differences of this size do not underflow
_UNKNOWN = 2


@njit(cache=True, nogil=True)
def _read(flat: Array, start: int, step: int, cells: int, first: int, out: Array) -> int:
    """Write a player's payoffs, scaled by a power of two to a range of about one, to `out` from `first`, modified in place.

    Returns the exponent of the unit of which they are multiples; 1 if there is no range, or scaling would round.
    """
    low, high = np.inf, -np.inf
    for e in range(cells):
        low, high = min(low, flat[start + e * step]), max(high, flat[start + e * step])
    if not high - low < np.inf:
        return 1
    shift = -math.frexp(high - low)[1]
    unit = 0
    for e in range(cells):
        v = flat[start + e * step]
        scaled = math.ldexp(v, shift)
        if math.ldexp(scaled, -shift) != v or not abs(scaled) < np.inf:
            return 1
        out[first + e] = scaled
        if scaled != 0.0:
            fraction, exponent = math.frexp(scaled)
            digits = np.int64(math.ldexp(fraction, 53))
            zeros = 0
            while not digits & 1:
                digits >>= 1
                zeros += 1
            unit = min(unit, exponent - 53 + zeros)
    return unit


@njit(cache=True, nogil=True)
def _minors(
    values: Array,
    units: Array,
    top: int,
    cells: Array,
    size: Array,
    starts: Array,
    terms: Array,
    minors: Array,
    absolute: Array,
    sign: Array,
    error: Array,
) -> None:
    """Compute the minors, the sums of their terms' absolute values, their signs and errors, all modified in place."""
    smallest = np.array([np.inf, np.inf])
    for t in range(len(size)):
        player, k = np.int64(size[t]) // (top + 1), np.int64(size[t]) % (top + 1)
        if cells[t, 0] != cells[t, 1]:
            d = values[cells[t, 1]] - values[cells[t, 0]]
            minors[t], absolute[t] = d, abs(d)
            sign[t] = 1 if d > 0.0 else (-1 if d < 0.0 else 0)
            error[t] = _UNIT * abs(d)
            if d != 0.0:
                smallest[player] = min(smallest[player], abs(d))
            continue
        value = total = 0.0
        positive = True
        for at in range(np.int64(starts[t + 1]) - 1, np.int64(starts[t]) - 1, -1):
            a, p = terms[at, 0], terms[at, 1]
            term = minors[a] * minors[p]
            value += term if positive else -term
            total += absolute[a] * absolute[p]
            positive = not positive
        minors[t], absolute[t] = value, total
        bound = (k * k + 4 * k) * _UNIT * total + _FLOOR
        certain = bool(value != 0.0 and abs(value) > bound)
        error[t] = bound
        if math.ldexp(total, -k * units[player]) <= _EXACT and units[player] > -100:
            certain = True
            error[t] = 0.0
        elif total == 0.0 and smallest[player] > _TINY:
            certain = True
        sign[t] = (1 if value > 0.0 else (-1 if value < 0.0 else 0)) if certain else _UNKNOWN


@njit(cache=True, nogil=True)
def _vertices(
    tests: Array,
    first: int,
    last: int,
    members: Array,
    side: int,
    count: Array,
    minors: Array,
    sign: Array,
    error: Array,
    room: Array,
) -> int:
    """Write the vertices of one player's polyhedron to `room`, modified in place: support, best replies, pair and sign.

    Returns their number, or -1 if an unknown sign decides.
    """
    found = 0
    for s in range(len(tests)):
        k = count[s]
        common, unknown, feasible = 0, False, True
        for e in range(first, first + k):
            z = sign[tests[s, e] >> 1]
            if z == _UNKNOWN:
                unknown = True
                continue
            if tests[s, e] & 1:
                z = -z
            if z == 0 or z == -common:
                feasible = False
                break
            common = z
        if not feasible:
            continue
        replies = 0
        # Columns outside of the chosen ones come in ascending order.
        j, chosen = 0, 0
        for e in range(first + k, last):
            while chosen < k and members[s, 1 - side, chosen] == j:
                chosen += 1
                j += 1
            z = sign[tests[s, e] >> 1]
            if z == _UNKNOWN:
                unknown = True
            else:
                if tests[s, e] & 1:
                    z = -z
                if z == 0:
                    replies |= 1 << j
                elif z == -common:
                    feasible = False
                    break
                elif common == 0:
                    # All weights are unknown: the losses may still contradict each other.
                    common = z
            j += 1
        if not feasible:
            continue
        if unknown:
            return -1
        support = 0
        total = wrong = 0.0
        for q in range(k):
            support |= 1 << members[s, side, q]
            replies |= 1 << members[s, 1 - side, q]
            total += abs(minors[tests[s, first + q] >> 1])
            wrong += error[tests[s, first + q] >> 1]
        if wrong > ACCURACY * total:
            return -1
        known = False
        for v in range(found):
            if room[v, 0] == support and room[v, 1] == replies:
                known = True
                break
        if not known:
            room[found, 0], room[found, 1], room[found, 2], room[found, 3] = support, replies, s, common
            found += 1
    return found


@njit(cache=True, nogil=True)
def _write(
    tests: Array, first: int, members: Array, side: int, k: int, s: int, minors: Array, out: Array, row: int
) -> None:
    """Write the mixture of a vertex to a row of `out`, modified in place."""
    for i in range(out.shape[1]):
        out[row, i] = 0.0
    total = 0.0
    for q in range(k):
        weight = abs(minors[tests[s, first + q] >> 1])
        out[row, members[s, side, q]] = weight
        total += weight
    for q in range(k):
        out[row, members[s, side, q]] /= total


@njit(cache=True, nogil=True)
def solve(
    flat: Array,
    stride: int,
    step: int,
    m: int,
    n: int,
    games: Array,
    first: int,
    stop: int,
    cells: Array,
    size: Array,
    starts: Array,
    terms: Array,
    tests: Array,
    members: Array,
    count: Array,
    values: Array,
    minors: Array,
    absolute: Array,
    sign: Array,
    error: Array,
    x_room: Array,
    y_room: Array,
    game: Array,
    x: Array,
    y: Array,
    payoffs: Array,
    regret: Array,
    index: Array,
    doubtful: Array,
    tied: Array,
) -> tuple[int, int]:
    """Solve the games ``games[first:stop]`` as far as the rows have room.

    Layout and tables are those of :func:`gametheory.solvers._kernels.minors.solve`; `values` to `y_room` are scratch and `game` to
    `tied` results, all modified in place. Returns the position of the first game not looked at and the number of rows.
    """
    top, half = min(m, n), m * n
    units = np.empty(2, np.int64)
    one = len(size)  # the minor of no rows
    minors[one], sign[one], error[one] = 1.0, 1, 0.0
    rows = 0
    for position in range(first, stop):
        g = games[position]
        base = g * stride
        doubtful[position], tied[position] = True, False
        units[0] = _read(flat, base, step, half, 0, values)
        units[1] = _read(flat, base + half * step, step, half, half, values)
        if units[0] > 0 or units[1] > 0:
            continue
        _minors(values, units, top, cells, size, starts, terms, minors, absolute, sign, error)
        many = _vertices(tests, 0, n, members, 0, count, minors, sign, error, x_room)
        if many < 0:
            continue
        others = _vertices(tests, n, n + m, members, 1, count, minors, sign, error, y_room)
        if others < 0:
            continue
        start, total = rows, 0
        for v in range(many):
            for w in range(others):
                if x_room[v, 0] & ~y_room[w, 1] or y_room[w, 0] & ~x_room[v, 1]:
                    continue
                if rows == len(game):
                    return position, start
                s, r = x_room[v, 2], y_room[w, 2]
                _write(tests, 0, members, 0, count[s], s, minors, x, rows)
                _write(tests, n, members, 1, count[r], r, minors, y, rows)
                game[rows], index[rows] = g, 0
                if x_room[v, 0] == y_room[w, 1] and y_room[w, 0] == x_room[v, 1] and count[s] == count[r]:
                    z = x_room[v, 3] * y_room[w, 3]
                    index[rows] = z if count[s] & 1 else -z
                    total += index[rows]
                else:
                    tied[position] = True
                for player in range(2):
                    value, best = 0.0, -np.inf
                    for i in range(m if player == 0 else n):
                        pay = 0.0
                        for j in range(n if player == 0 else m):
                            cell = i * n + j if player == 0 else half + j * n + i
                            weight = y[rows, j] if player == 0 else x[rows, j]
                            if weight > 0.0:
                                pay += weight * flat[base + cell * step]
                        best = max(best, pay)
                        value += (x[rows, i] if player == 0 else y[rows, i]) * pay
                    payoffs[rows, player] = value
                    regret[rows] = max(best - value, 0.0 if player == 0 else regret[rows])
                rows += 1
        if tied[position] or total == 1:
            doubtful[position] = False
        else:
            rows = start
    return stop, rows
