r"""All equilibria of 2x2x2 games: signs decide, at most thirteen short formulas remain.

The gains from second strategies are twelve numbers ``a[j, k]``, ``b[i, k]``, ``c[i, j]`` (player 1's given ``j, k``, and so on), computed
for 64 games side by side (:mod:`.lanes`). The signs of one of them are the bits of a word, and logic on twelve words tells for all 64 games
at once

- the strict equilibria in pure strategies (8 words),
- the faces of the cube on which two players may mix, the third player's strategy given (6 words): both of their pairs of gains
  are of opposite signs, which proves one mixture, found by two divisions,
- whether all three may mix: everybody's four gains are of both signs, and a quadratic is not seen to have no root that
  others can answer to (1 word). Then :func:`.many_player_mixed.cycle` solves it.

What is found is put in the order of games at the end, with payoffs and regret. Games with gains that are zero or within the
slack of it take the general way (:mod:`.many_player_supports`), one support after another.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gametheory.solvers._kernels.lanes import WIDTH, load, lowest_bit, negative, positive, within
from gametheory.solvers._kernels.many_player_mixed import cycle, mixed_222, no_cycle
from gametheory.solvers._kernels.many_player_supports import (
    SIZE,
    deviation,
    integral,
    one_mixer,
    prepare,
    two_mixers,
)

__all__ = ["ROWS", "solve"]

Array = np.ndarray[Any, Any]

ROWS = 24
"""No 2x2x2 game fills as many rows."""

_NOISE = 1e-13
_LEAST, _MOST = 1e-30, 1e25  # products of six gains must neither overflow nor vanish


# Rows of a table of 64 games: their payoffs, gains, slacks and scales of the players, and scratch. One array, rows of a width that is
# known: so LLVM sees that they do not overlap.
_D, _SLACK, _SCALE, _OVER, _FLOOR = 24, 36, 39, 42, 43

# For each face (third player, its strategy), positions among the gains: those of the first mixing player, of the second, and of
# the third player.
_FACE = np.array(
    [
        [4, 5, 8, 9, 0, 1, 2, 3],
        [6, 7, 10, 11, 0, 1, 2, 3],
        [0, 1, 8, 10, 4, 5, 6, 7],
        [2, 3, 9, 11, 4, 5, 6, 7],
        [0, 2, 4, 6, 8, 9, 10, 11],
        [1, 3, 5, 7, 8, 9, 10, 11],
    ]
)


@njit(cache=True, error_model="numpy")
def _tied(
    payoffs: Array,
    tolerance: float,
    n: Array,
    differences: Array,
    signs: Array,
    slack: Array,
    undominated: Array,
    strategies: Array,
    errors: Array,
    index: Array,
    scratch: Array,
    row: int,
    x: Array,
    y: Array,
    z: Array,
    indices: Array,
) -> tuple[int, int, bool, bool]:
    """A game support by support; writes from `row` on. Returns the next row, the sum of the indices, whether tied, in doubt."""
    if not prepare(payoffs, n, tolerance, differences, signs, slack, undominated):
        return row, 0, False, True
    supports = np.empty(3, np.int64)
    exact = integral(differences, 15)
    total, tied, doubt = 0, False, False
    for s in range(1, 4):
        for t in range(1, 4):
            for u in range(1, 4):
                one, two, three = undominated[0, t, u], undominated[1, s, u], undominated[2, s, t]
                if s & ~one or t & ~two or u & ~three:
                    continue
                supports[0], supports[1], supports[2] = s, t, u
                size = SIZE[s] + SIZE[t] + SIZE[u]
                if size == 3:
                    if row == len(x):
                        return row, total, tied, True
                    x[row, 0], y[row, 0], z[row, 0] = 2 - s, 2 - t, 2 - u
                    x[row, 1], y[row, 1], z[row, 1] = s - 1, t - 1, u - 1
                    if one == s and two == t and three == u:
                        indices[row] = 1
                        total += 1
                    else:
                        indices[row] = 0
                        tied = doubt = True
                    row += 1
                    continue
                if size == 4:
                    doubt |= one_mixer(differences, n, supports) < 0
                    continue
                if size == 5:
                    count = two_mixers(
                        differences, slack, tolerance, exact, supports, strategies, errors, index, scratch
                    )
                else:
                    count = mixed_222(
                        differences, tolerance, exact, supports, strategies, errors, index, scratch
                    )
                if count < 0:
                    doubt = True
                for k in range(count):
                    stable = deviation(differences, n, slack, supports, strategies[k], errors[k])
                    if stable == 0:
                        continue
                    if row == len(x):
                        return row, total, tied, True
                    x[row, 0], x[row, 1] = strategies[k, 0, 0], strategies[k, 0, 1]
                    y[row, 0], y[row, 1] = strategies[k, 1, 0], strategies[k, 1, 1]
                    z[row, 0], z[row, 1] = strategies[k, 2, 0], strategies[k, 2, 1]
                    indices[row] = index[k] if stable == 1 else 0
                    total += indices[row]
                    if stable < 0:
                        tied = doubt = True
                    row += 1
    return row, total, tied, doubt


@njit(cache=True, error_model="numpy", forceinline=True)
def _player(table: Array, i: int, step: int, q: int, r: int, s: int, tolerance: float) -> np.uint64:
    """Write a player's gains, slack and scale to the rows of `table`, modified in place; returns unusual games.

    The cells of the first strategy are 0, `q`, `r` and `s`, those of the second by `step` further on.
    """
    for g in range(WIDTH):
        a, b, c, d = table[8 * i, g], table[8 * i + q, g], table[8 * i + r, g], table[8 * i + s, g]
        e, f = table[8 * i + step, g], table[8 * i + q + step, g]
        h, k = table[8 * i + r + step, g], table[8 * i + s + step, g]
        low, high = (a if a < b else b), (a if a > b else b)
        low, high = (c if c < low else low), (c if c > high else high)
        low, high = (d if d < low else low), (d if d > high else high)
        low, high = (e if e < low else low), (e if e > high else high)
        low, high = (f if f < low else low), (f if f > high else high)
        low, high = (h if h < low else low), (h if h > high else high)
        low, high = (k if k < low else low), (k if k > high else high)
        e, f, h, k = e - a, f - b, h - c, k - d
        table[_D + 4 * i, g], table[_D + 4 * i + 1, g] = e, f
        table[_D + 4 * i + 2, g], table[_D + 4 * i + 3, g] = h, k
        size = abs(high) if abs(high) > abs(low) else abs(low)
        table[_SLACK + i, g] = tolerance * (high - low) + _NOISE * size
        e, f, h, k = abs(e), abs(f), abs(h), abs(k)
        e, h = (e if e > f else f), (h if h > k else k)
        table[_SCALE + i, g] = e if e > h else h
        # Negative if the range is below its limit, and not if it is no number.
        table[_OVER, g] = high - low - _MOST
    slack = table[_SLACK + i]
    unusual: np.uint64 = ~negative(table[_OVER]) | within(slack, table[_FLOOR])
    for m in range(4 * i, 4 * i + 4):
        unusual |= within(table[_D + m], slack)
    return unusual


@njit(cache=True, error_model="numpy", forceinline=True)
def _totally_mixed(d: Array, scales: Array, up: Array, tolerance: float) -> np.uint64:
    """Games in which all three may mix: everybody's gains have both signs, and a root of the quadratic may do for others."""
    possible = np.uint64(0)  # bit by bit: a row to be written might be one that is read, as far as LLVM knows
    for g in range(WIDTH):
        nothing = no_cycle(
            d[0, g],
            d[1, g],
            d[2, g],
            d[3, g],
            d[4, g],
            d[5, g],
            d[6, g],
            d[7, g],
            d[8, g],
            d[9, g],
            d[10, g],
            d[11, g],
            scales[1, g],
            scales[2, g],
            scales[0, g] * scales[1, g] * scales[2, g],
            tolerance,
        )
        possible |= (np.uint64(0) if nothing else np.uint64(1)) << np.uint64(g)
    for m in range(0, 12, 4):
        possible &= (up[m] | up[m + 1] | up[m + 2] | up[m + 3]) & ~(up[m] & up[m + 1] & up[m + 2] & up[m + 3])
    return possible


@njit(cache=True, error_model="numpy")
def _values(
    block: Array,
    g: int,
    x0: float,
    x1: float,
    y0: float,
    y1: float,
    z0: float,
    z1: float,
    payoffs: Array,
    row: int,
) -> float:
    """Write what the players of a game earn to a row of `payoffs`, modified in place, and return the regret."""
    p, q, r, s = y0 * z0, y0 * z1, y1 * z0, y1 * z1
    one = block[0, g] * p + block[1, g] * q + block[2, g] * r + block[3, g] * s
    two = block[4, g] * p + block[5, g] * q + block[6, g] * r + block[7, g] * s
    value = x0 * one + x1 * two
    payoffs[row, 0] = value
    regret = max(0.0, max(one, two) - value)
    p, q, r, s = x0 * z0, x0 * z1, x1 * z0, x1 * z1
    one = block[8, g] * p + block[9, g] * q + block[12, g] * r + block[13, g] * s
    two = block[10, g] * p + block[11, g] * q + block[14, g] * r + block[15, g] * s
    value = y0 * one + y1 * two
    payoffs[row, 1], regret = value, max(regret, max(one, two) - value)
    p, q, r, s = x0 * y0, x0 * y1, x1 * y0, x1 * y1
    one = block[16, g] * p + block[18, g] * q + block[20, g] * r + block[22, g] * s
    two = block[17, g] * p + block[19, g] * q + block[21, g] * r + block[23, g] * s
    value = z0 * one + z1 * two
    payoffs[row, 2] = value
    worst: float = max(regret, max(one, two) - value)
    return worst


@njit(cache=True, nogil=True, error_model="numpy")
def solve(
    flat: Array,
    stride: int,
    step: int,
    first: int,
    stop: int,
    tolerance: float,
    game: Array,
    x: Array,
    y: Array,
    z: Array,
    payoffs: Array,
    regret: Array,
    index: Array,
    tied: Array,
    degenerate: Array,
) -> tuple[int, int, bool]:
    """Solve games `first` to `stop` as far as the rows have room; arrays from `game` on are modified in place.

    Cell `e` of game `g` is ``flat[g * stride + e * step]``. Returns the first game not looked at, the number of rows, and False: rows of
    degenerate games are not to be taken out again.
    """
    n = np.full(3, 2)
    differences, signs = np.zeros((3, 3, 9)), np.zeros((3, 3, 3), np.int64)
    slack, undominated = np.zeros(3), np.zeros((3, 8, 8), np.int64)
    strategies, errors, indices = np.zeros((3, 3, 3)), np.zeros((3, 3)), np.zeros(3, np.int64)
    scratch, single = np.zeros((5, 7)), np.empty((3, 2, 2, 2))
    table, up = np.empty((_FLOOR + 1, WIDTH)), np.empty(12, np.uint64)
    block, d, slacks, scales = table[:_D], table[_D:_SLACK], table[_SLACK:_SCALE], table[_SCALE:_OVER]
    table[_FLOOR] = _LEAST
    # Rows to be: first the pure ones, then those with two mixing players, with three, and of unusual games.
    lane, what = np.empty(ROWS * WIDTH, np.int64), np.empty(ROWS * WIDTH, np.int64)
    mixtures, sign = np.empty((ROWS * WIDTH, 6)), np.empty(ROWS * WIDTH, np.int64)
    roots, roots_at = np.empty((2 * WIDTH, 3)), np.empty((2 * WIDTH, 2), np.int64)
    special_x, special_y, special_z = np.empty((ROWS, 2)), np.empty((ROWS, 2)), np.empty((ROWS, 2))
    special_index = np.empty(ROWS, np.int64)
    ends, total = np.empty(WIDTH + 1, np.int64), np.empty(WIDTH, np.int64)
    bit = np.uint64(1)
    rows = 0
    while first < stop:
        lanes = min(WIDTH, stop - first)
        load(flat, stride, step, first, lanes, block)
        unusual = _player(table, 0, 4, 1, 2, 3, tolerance)
        unusual |= _player(table, 1, 2, 1, 4, 5, tolerance)
        unusual |= _player(table, 2, 1, 2, 4, 6, tolerance)
        for m in range(12):
            up[m] = positive(d[m])
        alive = ~np.uint64(0)
        if lanes < WIDTH:
            alive = (bit << np.uint64(lanes)) - bit
        unusual &= alive
        ties, doubtful = np.uint64(0), np.uint64(0)
        # Three mixing players come first: a doubt there puts the game among the unusual ones.
        count = 0
        word = _totally_mixed(d, scales, up, tolerance) & alive & ~unusual
        while word:
            g: Any = np.int64(lowest_bit(word))
            word &= word - bit
            found = cycle(
                d[0, g],
                d[1, g],
                d[2, g],
                d[3, g],
                d[4, g],
                d[5, g],
                d[6, g],
                d[7, g],
                d[8, g],
                d[9, g],
                d[10, g],
                d[11, g],
                scales[1, g],
                scales[2, g],
                scales[0, g] * scales[1, g] * scales[2, g],
                tolerance,
                False,
                scratch,
            )
            if found < 0:
                unusual |= bit << np.uint64(g)
            for k in range(found):
                roots[count, 0], roots[count, 1], roots[count, 2] = (
                    scratch[k, 0],
                    scratch[k, 1],
                    scratch[k, 2],
                )
                roots_at[count, 0], roots_at[count, 1] = g, 1 if scratch[k, 6] > 0.0 else -1
                count += 1
        alive &= ~unusual
        rest: Any = 0
        for profile in range(8):
            i, j, k = profile >> 2, profile >> 1 & 1, profile & 1
            word = alive
            word &= up[2 * j + k] if i else ~up[2 * j + k]
            word &= up[4 + 2 * i + k] if j else ~up[4 + 2 * i + k]
            word &= up[8 + 2 * i + j] if k else ~up[8 + 2 * i + j]
            while word:
                lane[rest], what[rest], sign[rest] = lowest_bit(word), profile, 1
                word &= word - bit
                rest += 1
        pure = rest
        for face in range(6):
            at = _FACE[face]
            word = alive & (up[at[0]] ^ up[at[1]]) & (up[at[2]] ^ up[at[3]])
            p, s = face >> 1, face & 1
            while word:
                g = np.int64(lowest_bit(word))
                word &= word - bit
                d0, d1, e0, e1 = d[at[0], g], d[at[1], g], d[at[2], g], d[at[3], g]
                second, first_mix = d0 / (d0 - d1), e0 / (e0 - e1)
                gain = (1.0 - first_mix) * ((1.0 - second) * d[at[4], g] + second * d[at[5], g]) + (
                    first_mix * ((1.0 - second) * d[at[6], g] + second * d[at[7], g])
                )
                if s == 1:
                    gain = -gain
                limit = slacks[p, g]
                # Written in any case and kept if nobody gains: a jump that cannot be foreseen costs more.
                u = s if p == 0 else first_mix
                v = s if p == 1 else (second if p == 2 else first_mix)
                w = s if p == 2 else second
                lane[rest] = g
                mixtures[rest, 0], mixtures[rest, 1], mixtures[rest, 2] = 1.0 - u, u, 1.0 - v
                mixtures[rest, 3], mixtures[rest, 4], mixtures[rest, 5] = v, 1.0 - w, w
                sign[rest] = 1 if (d0 > 0.0) != (e0 > 0.0) else -1
                ties |= np.uint64((gain <= limit) & (gain >= -limit)) << np.uint64(g)
                rest += np.int64(gain <= limit)
        for k in range(count):
            g = roots_at[k, 0]
            if alive >> np.uint64(g) & bit:
                lane[rest], sign[rest] = g, roots_at[k, 1]
                for e in range(3):
                    mixtures[rest, 2 * e], mixtures[rest, 2 * e + 1] = 1.0 - roots[k, e], roots[k, e]
                rest += 1
        total[:] = 0
        for k in range(rest):
            total[lane[k]] += sign[k]
        word = unusual
        while word:
            g = np.int64(lowest_bit(word))
            flag = word & (~word + bit)
            word ^= flag
            finite = True
            for m in range(12):
                finite &= abs(d[m, g]) < np.inf
            if not finite:
                doubtful |= flag
                continue
            for e in range(24):
                single[e // 8, e // 4 % 2, e // 2 % 2, e % 2] = block[e, g]
            found, total[g], tie, doubt = _tied(
                single,
                tolerance,
                n,
                differences,
                signs,
                slack,
                undominated,
                strategies,
                errors,
                indices,
                scratch,
                0,
                special_x,
                special_y,
                special_z,
                special_index,
            )
            ties |= flag if tie else np.uint64(0)
            doubtful |= flag if doubt else np.uint64(0)
            for k in range(found):
                lane[rest], sign[rest] = g, special_index[k]
                for e in range(2):
                    mixtures[rest, e], mixtures[rest, 2 + e] = special_x[k, e], special_y[k, e]
                    mixtures[rest, 4 + e] = special_z[k, e]
                rest += 1
        if rows + rest > len(game):
            return first, rows, False
        ends[:] = 0
        for k in range(rest):
            ends[lane[k] + 1] += 1
        for g in range(lanes):
            ends[g + 1] += ends[g]
            tie = bool(ties >> np.uint64(g) & bit)
            tied[first + g] = tie
            degenerate[first + g] = tie or bool(doubtful >> np.uint64(g) & bit) or total[g] != 1
        for k in range(rest):
            g = lane[k]
            row = rows + ends[g]
            ends[g] += 1
            game[row], index[row] = first + g, sign[k]
            if k < pure:
                e = what[k]
                x[row, 0], x[row, 1] = 1 - (e >> 2), e >> 2
                y[row, 0], y[row, 1] = 1 - (e >> 1 & 1), e >> 1 & 1
                z[row, 0], z[row, 1] = 1 - (e & 1), e & 1
                payoffs[row, 0], payoffs[row, 1] = block[e, g], block[8 + e, g]
                payoffs[row, 2], regret[row] = block[16 + e, g], 0.0
                continue
            x[row, 0], x[row, 1], y[row, 0] = mixtures[k, 0], mixtures[k, 1], mixtures[k, 2]
            y[row, 1], z[row, 0], z[row, 1] = mixtures[k, 3], mixtures[k, 4], mixtures[k, 5]
            regret[row] = _values(
                block,
                g,
                mixtures[k, 0],
                mixtures[k, 1],
                mixtures[k, 2],
                mixtures[k, 3],
                mixtures[k, 4],
                mixtures[k, 5],
                payoffs,
                row,
            )
        rows += rest
        first += lanes
    return first, rows, False
