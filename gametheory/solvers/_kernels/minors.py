r"""All equilibria of stacks of two-player games by the signs of minors, many games at a time.

Let the player who picks rows :math:`i` mix by :math:`x`, and let :math:`b_{ij}` be what the *other* player gets. For a set
:math:`I` of rows and a set :math:`J` of :math:`|I| + 1` columns put

.. math:: E(I, J) = \det \begin{pmatrix} 1 \\ b_{IJ} \end{pmatrix},

rows and columns in ascending order, and a row of ones on top. Where :math:`|I| = |J| = k`, the mixture of :math:`I` that makes
the columns of :math:`J` equally good spans the kernel of :math:`(1; b_{IJ})^\top`, and by Cramer's rule it is

.. math:: x_{i_q} = (-1)^q E(I \setminus i_q, J) / N, \qquad N = \sum_q (-1)^q E(I \setminus i_q, J), \quad q = 0, \dots, k - 1,

and a column :math:`j` that would be the :math:`p`-th (from zero) of :math:`J \cup j` is worse than those of :math:`J` by
:math:`(-1)^p E(I, J \cup j) / N`. So :math:`(I, J)` gives a vertex of the best-reply polyhedron at which nothing is tied iff
these :math:`n` minors, with their :math:`(-1)`'s, have one and the same sign; no division and no pivoting comes in.
If that holds for :math:`(I, J)` in :math:`b` and for :math:`(J, I)` in the other player's payoffs, the pair of mixtures is an
equilibrium with index :math:`(-1)^{k+1}` times the two common signs, and if no minor of a game is zero, the game is
nondegenerate and has no others (von Stengel 2002, theorem 2.10; Shapley 1974).

**Minors.** With :math:`j_0` the first of :math:`J`, expansion by the last row :math:`i` of :math:`I` gives

.. math:: E(I, J) = \sum_{p \ge 1} (-1)^{k + p} (b_{i j_p} - b_{i j_0}) E(I \setminus i, J \setminus j_p),

so all :math:`\binom{m + n}{m + 1}` minors, the smallest of which are the differences, take one multiplication for each term. This
is done for blocks of 64 games side by side (a row of memory for each minor, which processors handle several games at a time), and
what follows is logic on words with a bit for each game.

**Rounding.** Let :math:`R` be the range of the payoffs and :math:`u` half a unit in the last place. By Hadamard's inequality
for matrices of zeros and ones, :math:`|E| \le M_k R^k`, :math:`M_k = (k + 2)^{(k + 2) / 2} / 2^{k + 1}`, and the error of the
computed value is at most :math:`e_k R^k` with :math:`e_1 = u` and :math:`e_k = k (e_{k-1} + (k + 2) u (M_{k-1} + e_{k-1}))`. A game with
a minor below (four times) this is not decided here but reported as doubtful. So is one at an equilibrium of which the
error bound lets the probabilities be off by more than `ACCURACY`, and one whose indices do not add up to 1. What *is*
decided has, therefore, all equilibria.

References
----------
B. von Stengel, "Computing equilibria for two-person games", Handbook of Game Theory 3, 2002, ch. 45.
L. S. Shapley, "A note on the Lemke-Howson algorithm", Mathematical Programming Study 1, 1974, 175-189.
N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., SIAM 2002, ch. 2-3 (rounding of sums of products).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gametheory.solvers._kernels.lanes import WIDTH, load, lowest_bit

__all__ = ["ACCURACY", "solve"]

Array = np.ndarray[Any, Any]

ACCURACY = 1e-10
"""Guaranteed absolute accuracy of a probability that is settled in floats."""

# Powers of ranges outside of this might overflow or lose digits to underflow: the sign kernel scales such games.
_SMALL, _LARGE = 1e-20, 1e20


@njit(cache=True, nogil=True)
def _limits(
    block: Array,
    slack: Array,
    tolerance: float,
    noise: float,
    low: Array,
    high: Array,
    unit: Array,
    limits: Array,
) -> np.uint64:
    """Write the least and greatest payoffs, and what is doubtful in a minor of each size; all are modified in place.

    Returns the games whose payoffs have a range too small or too large for their powers.
    """
    top, cells = slack.shape[0] - 1, block.shape[0] // 2
    strange = np.uint64(0)
    for player in range(2):
        for g in range(WIDTH):
            low[player, g] = high[player, g] = block[player * cells, g]
        for e in range(player * cells + 1, (player + 1) * cells):
            for g in range(WIDTH):
                v = block[e, g]
                low[player, g] = v if v < low[player, g] else low[player, g]
                high[player, g] = v if v > high[player, g] else high[player, g]
        for g in range(WIDTH):
            r = high[player, g] - low[player, g]
            strange |= np.uint64(0) if _SMALL < r < _LARGE else np.uint64(1) << np.uint64(g)
            unit[g] = tolerance * r + noise * max(abs(low[player, g]), abs(high[player, g]))
        for k in range(1, top + 1):
            row = player * (top + 1) + k
            for g in range(WIDTH):
                limits[row, g] = slack[k] * unit[g]
                unit[g] *= high[player, g] - low[player, g]
    return strange


@njit(cache=True, nogil=True)
def _minors(
    block: Array,
    cells: Array,
    size: Array,
    starts: Array,
    terms: Array,
    limits: Array,
    out: Array,
    minors: Array,
    negative: Array,
) -> np.uint64:
    """Compute all minors and their signs; `out` to `negative` are modified in place. Returns the doubtful games."""
    doubt = np.uint64(0)
    for t in range(len(size)):
        low, high = cells[t, 0], cells[t, 1]
        if low != high:
            for g in range(WIDTH):
                out[g] = block[high, g] - block[low, g]
        else:
            at = starts[t + 1]
            a, p, b, q = terms[at - 1, 0], terms[at - 1, 1], terms[at - 2, 0], terms[at - 2, 1]
            for g in range(WIDTH):
                out[g] = minors[a, g] * minors[p, g] - minors[b, g] * minors[q, g]
            sign = 1.0
            for back in range(3, at - starts[t] + 1):
                a, p = terms[at - back, 0], terms[at - back, 1]
                for g in range(WIDTH):
                    out[g] += sign * minors[a, g] * minors[p, g]
                sign = -sign
        word = np.uint64(0)
        row = size[t]
        for g in range(WIDTH):
            bit = np.uint64(1) << np.uint64(g)
            v = out[g]
            minors[t, g] = v
            word |= bit if v < 0.0 else np.uint64(0)
            doubt |= np.uint64(0) if abs(v) > limits[row, g] else bit
        negative[t] = word
    return doubt


@njit(cache=True, nogil=True)
def _search(
    tests: Array,
    n: int,
    support_size: Array,
    negative: Array,
    alive: np.uint64,
    hits: Array,
    ends: Array,
    total: Array,
) -> int:
    """Find the supports of all equilibria of a block, by size.

    `hits` (game and ``2 * pair + (1 if the index is positive)``), `ends` (equilibria of each game, from place 1) and `total`
    (sum of indices) are modified in place; returns the number of hits.
    """
    found = 0
    ends[:] = 0
    total[:] = 0
    for s in range(tests.shape[0]):
        plus = minus = alive
        for e in range(n):
            code = tests[s, e]
            word = negative[code >> 1] ^ (np.uint64(0) - np.uint64(code & 1))
            plus &= ~word
            minus &= word
            if not plus | minus:
                break
        if not plus | minus:
            continue
        other_plus = other_minus = plus | minus
        for e in range(n, tests.shape[1]):
            code = tests[s, e]
            word = negative[code >> 1] ^ (np.uint64(0) - np.uint64(code & 1))
            other_plus &= ~word
            other_minus &= word
            if not other_plus | other_minus:
                break
        hit = other_plus | other_minus
        positive = (plus & other_plus) | (minus & other_minus)
        if not support_size[s] & 1:
            positive = ~positive
        while hit:
            g = lowest_bit(hit)
            sign = np.int64((positive >> g) & np.uint64(1))
            hit &= hit - np.uint64(1)
            hits[found, 0], hits[found, 1] = g, 2 * s + sign
            total[g] += 2 * sign - 1
            ends[g + np.uint64(1)] += 1
            found += 1
    return found


@njit(cache=True, nogil=True)
def _mix(
    minors: Array,
    tests: Array,
    s: int,
    first: int,
    members: Array,
    side: int,
    k: int,
    g: np.uint64,
    out: Array,
    row: np.uint64,
) -> float:
    """Write a mixture to a row of zeros of `out`, modified in place, and return the sum of its weights."""
    total = 0.0
    for q in range(k):
        total += abs(minors[tests[s, first + q] >> 1, g])
    for q in range(k):
        out[row, members[s, side, q]] = abs(minors[tests[s, first + q] >> 1, g]) / total
    return total


@njit(cache=True, nogil=True)
def solve(
    flat: Array,
    stride: int,
    step: int,
    m: int,
    n: int,
    first: int,
    stop: int,
    errors: Array,
    slack: Array,
    tolerance: float,
    noise: float,
    cells: Array,
    size: Array,
    starts: Array,
    terms: Array,
    tests: Array,
    members: Array,
    support_size: Array,
    block: Array,
    minors: Array,
    negative: Array,
    hits: Array,
    game: Array,
    x: Array,
    y: Array,
    payoffs: Array,
    regret: Array,
    index: Array,
    doubtful: Array,
) -> tuple[int, int, bool]:
    """Solve games `first` to `stop` as far as the rows have room.

    The tables are those of :class:`gametheory.solvers._kernels.minor_tables.Plan`, and cell `e` of game `g` is
    ``flat[g * stride + e * step]``. `errors` are the rounding errors of minors by size for a range of 1. A minor of
    size `k` is doubtful below ``slack[k]`` times ``tolerance * R + noise * S`` times ``R**(k - 1)``, where `R` is the
    range and `S` the size of the player's payoffs. `block` to `hits` are scratch and `game` to `doubtful` results,
    all modified in place. Returns the first game not looked at, the number of rows, and whether rows of doubtful
    games are among them.
    """
    top = len(slack) - 1
    limits, low, high = np.empty((2 * top + 2, WIDTH)), np.empty((2, WIDTH)), np.empty((2, WIDTH))
    unit, out = np.empty(WIDTH), np.empty(WIDTH)
    ends, total = np.empty(WIDTH + 1, np.int64), np.empty(WIDTH, np.int64)
    rows, spoiled = 0, False
    last = len(size)
    negative[last] = np.uint64(0)
    for lane in range(WIDTH):
        minors[last, lane] = 1.0
    while first < stop:
        lanes = min(WIDTH, stop - first)
        load(flat, stride, step, first, lanes, block)
        doubt = _limits(block, slack, tolerance, noise, low, high, unit, limits)
        doubt |= _minors(block, cells, size, starts, terms, limits, out, minors, negative)
        alive = ~doubt
        if lanes < WIDTH:
            alive &= (np.uint64(1) << np.uint64(lanes)) - np.uint64(1)
        found = _search(tests, n, support_size, negative, alive, hits, ends, total)
        if rows + found > len(game):
            break
        for lane in range(WIDTH):
            ends[lane + 1] += ends[lane]
            if lane < lanes and total[lane] != 1:
                doubtful[first + lane] = True
                spoiled = spoiled or ends[lane + 1] > ends[lane]
        x[rows : rows + found] = 0.0
        y[rows : rows + found] = 0.0
        for h in range(found):
            g: Any = np.uint64(hits[h, 0])
            s: Any = np.uint64(hits[h, 1]) >> np.uint64(1)
            row: Any = np.uint64(rows + ends[g])
            ends[g] += 1
            k = support_size[s]
            game[row] = np.uint64(first) + g
            index[row] = 2 * (hits[h, 1] & 1) - 1
            if k == 1:
                i, j = members[s, 0, 0], members[s, 1, 0]
                x[row, i] = y[row, j] = 1.0
                payoffs[row, 0], payoffs[row, 1] = block[i * n + j, g], block[(m + i) * n + j, g]
                regret[row] = 0.0
                continue
            if k == 2:
                # The weights are differences, accurate to the last place. Written out, for speed.
                a, b = abs(minors[tests[s, 0] >> 1, g]), abs(minors[tests[s, 1] >> 1, g])
                c, d = abs(minors[tests[s, n] >> 1, g]), abs(minors[tests[s, n + 1] >> 1, g])
                a, b, c, d = a / (a + b), b / (a + b), c / (c + d), d / (c + d)
                i, r = members[s, 0, 0], members[s, 0, 1]
                j, q = members[s, 1, 0], members[s, 1, 1]
                x[row, i], x[row, r], y[row, j], y[row, q] = a, b, c, d
                best = rival = -np.inf
                for e in range(m):
                    best = max(best, c * block[e * n + j, g] + d * block[e * n + q, g])
                for e in range(n):
                    rival = max(rival, a * block[(m + i) * n + e, g] + b * block[(m + r) * n + e, g])
                value = a * (c * block[i * n + j, g] + d * block[i * n + q, g])
                value += b * (c * block[r * n + j, g] + d * block[r * n + q, g])
                other = c * (a * block[(m + i) * n + j, g] + b * block[(m + r) * n + j, g])
                other += d * (a * block[(m + i) * n + q, g] + b * block[(m + r) * n + q, g])
                payoffs[row, 0], payoffs[row, 1] = value, other
                regret[row] = max(best - value, rival - other, 0.0)
                continue
            sum_x = _mix(minors, tests, s, 0, members, 0, k, g, x, row)
            sum_y = _mix(minors, tests, s, n, members, 1, k, g, y, row)
            bound_x = bound_y = k * errors[k - 1]
            for _ in range(k - 1):
                bound_x *= high[1, g] - low[1, g]
                bound_y *= high[0, g] - low[0, g]
            if bound_x > ACCURACY * sum_x or bound_y > ACCURACY * sum_y:
                doubtful[game[row]] = True
                spoiled = True
            value = other = 0.0
            best = rival = -np.inf
            for i in range(m):
                pay = 0.0
                for q in range(k):
                    j = members[s, 1, q]
                    pay += y[row, j] * block[i * n + j, g]
                value += x[row, i] * pay
                best = max(best, pay)
            for j in range(n):
                pay = 0.0
                for q in range(k):
                    i = members[s, 0, q]
                    pay += x[row, i] * block[(m + i) * n + j, g]
                other += y[row, j] * pay
                rival = max(rival, pay)
            payoffs[row, 0], payoffs[row, 1] = value, other
            regret[row] = max(best - value, rival - other, 0.0)
        rows += found
        first += lanes
    return first, rows, spoiled
