r"""All equilibria of 2x2x2 games: signs decide, at most thirteen short formulas remain.

The gains from second strategies are twelve numbers ``a[j, k]``, ``b[i, k]``, ``c[i, j]`` (player 1's given ``j, k``, and so on). If none is
within the slack of zero, their signs, one bit each, look up in a table of 4096 entries

- the strict equilibria in pure strategies (8 bits),
- the faces of the cube on which two players may mix, the third player's strategy given (6 bits): both of their pairs of gains
  are of opposite signs, which proves one mixture, found by two divisions,
- whether all three may mix: everybody's four gains are of both signs (1 bit). Then :func:`.many_player_mixed.cycle` solves a quadratic.

Games with gains that are zero or nearly so take the general way (:mod:`.many_player_supports`), one support after another.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gametheory.solvers._kernels.many_player_mixed import cycle, mixed_222
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


def _table() -> Array:
    """What the signs of the gains allow: pure profiles 4i + 2j + k, faces (third player, its strategy), all three."""
    signs = np.arange(4096)
    a = [[signs >> (2 * j + k) & 1 for k in range(2)] for j in range(2)]
    b = [[signs >> (4 + 2 * i + k) & 1 for k in range(2)] for i in range(2)]
    c = [[signs >> (8 + 2 * i + j) & 1 for j in range(2)] for i in range(2)]
    table = np.zeros(4096, np.int64)
    for i in range(2):
        for j in range(2):
            for k in range(2):
                strict = (a[j][k] == i) & (b[i][k] == j) & (c[i][j] == k)
                table |= strict.astype(np.int64) << (4 * i + 2 * j + k)
    for s in range(2):
        # With player 2's strategy j given, player 1's gains are a[j, k] and player 3's c[i, j]; and so on.
        faces = (
            (b[s][0] != b[s][1]) & (c[s][0] != c[s][1]),
            (a[s][0] != a[s][1]) & (c[0][s] != c[1][s]),
            (a[0][s] != a[1][s]) & (b[0][s] != b[1][s]),
        )
        for p in range(3):
            table |= faces[p].astype(np.int64) << (8 + 2 * p + s)
    mixed = np.ones(4096, bool)
    for gains in (a, b, c):
        total = gains[0][0] + gains[0][1] + gains[1][0] + gains[1][1]
        mixed &= (total > 0) & (total < 4)
    return table | mixed.astype(np.int64) << 14


_TABLE = _table()

# For each face, positions among the gains (a, b, c): those of the first mixing player, of the second, and of the third player.
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


@njit(cache=True, error_model="numpy")
def _write(out: Array, row: int, second: float) -> None:
    out[row, 0], out[row, 1] = 1.0 - second, second


@njit(cache=True, nogil=True, error_model="numpy")
def solve(
    payoffs: Array,
    first: int,
    last: int,
    tolerance: float,
    game: Array,
    x: Array,
    y: Array,
    z: Array,
    index: Array,
    tied: Array,
    degenerate: Array,
) -> tuple[int, int]:
    """Solve games `first` to `last` of (B, 3, 2, 2, 2) as far as there is room; arrays from `game` on are modified in place.

    Returns the first game not solved and the number of rows written.
    """
    n = np.full(3, 2)
    differences, signs = np.zeros((3, 3, 9)), np.zeros((3, 3, 3), np.int64)
    slack, undominated = np.zeros(3), np.zeros((3, 8, 8), np.int64)
    strategies, errors, indices = np.zeros((3, 3, 3)), np.zeros((3, 3)), np.zeros(3, np.int64)
    scratch = np.zeros((5, 7))
    d, slacks, scales = np.empty(12), np.empty(3), np.empty(3)
    row = 0
    for g in range(first, last):
        if row + ROWS > len(game):
            return g, row
        start = row
        usual = True
        for i in range(3):
            u = payoffs[g, i]
            low = high = u[0, 0, 0]
            for s in range(2):
                for t in range(2):
                    low, high = min(low, u[0, s, t], u[1, s, t]), max(high, u[0, s, t], u[1, s, t])
                    # The strategies of the others are s, t; the gain is from the second strategy of player i.
                    if i == 0:
                        d[2 * s + t] = u[1, s, t] - u[0, s, t]
                    elif i == 1:
                        d[4 + 2 * s + t] = u[s, 1, t] - u[s, 0, t]
                    else:
                        d[8 + 2 * s + t] = u[s, t, 1] - u[s, t, 0]
            slacks[i] = tolerance * (high - low) + _NOISE * max(abs(high), abs(low))
            a, b, c, e = abs(d[4 * i]), abs(d[4 * i + 1]), abs(d[4 * i + 2]), abs(d[4 * i + 3])
            scales[i] = max(a, b, c, e)
            usual &= (min(a, b, c, e) > slacks[i]) & (slacks[i] > _LEAST) & (high - low < _MOST)
        total, ties, doubt = 0, False, False
        what = 0
        if usual:
            bits = 0
            for m in range(12):
                bits |= (d[m] > 0.0) << m
            what = _TABLE[bits]
        for profile in range(8):
            if what >> profile & 1:
                x[row, 0], x[row, 1] = 1 - (profile >> 2), profile >> 2
                y[row, 0], y[row, 1] = 1 - (profile >> 1 & 1), profile >> 1 & 1
                z[row, 0], z[row, 1] = 1 - (profile & 1), profile & 1
                index[row] = 1
                total += 1
                row += 1
        for face in range(6):
            if what >> (8 + face) & 1:
                at = _FACE[face]
                d0, d1, e0, e1 = d[at[0]], d[at[1]], d[at[2]], d[at[3]]
                second, first_mix = d0 / (d0 - d1), e0 / (e0 - e1)
                p, s = face >> 1, face & 1
                gain = (1.0 - first_mix) * ((1.0 - second) * d[at[4]] + second * d[at[5]]) + first_mix * (
                    (1.0 - second) * d[at[6]] + second * d[at[7]]
                )
                if s == 1:
                    gain = -gain
                if gain > slacks[p]:
                    continue
                ties |= gain >= -slacks[p]
                _write(x, row, s if p == 0 else first_mix)
                _write(y, row, s if p == 1 else (second if p == 2 else first_mix))
                _write(z, row, s if p == 2 else second)
                index[row] = 1 if (d0 > 0.0) != (e0 > 0.0) else -1
                total += index[row]
                row += 1
        if what >> 14 & 1:
            count = cycle(
                d[0],
                d[1],
                d[2],
                d[3],
                d[4],
                d[5],
                d[6],
                d[7],
                d[8],
                d[9],
                d[10],
                d[11],
                scales[1],
                scales[2],
                scales[0] * scales[1] * scales[2],
                tolerance,
                False,
                scratch,
            )
            doubt = count < 0
            for k in range(count):
                _write(x, row, scratch[k, 0])
                _write(y, row, scratch[k, 1])
                _write(z, row, scratch[k, 2])
                index[row] = 1 if scratch[k, 6] > 0.0 else -1
                total += index[row]
                row += 1
        if not usual or doubt:
            row = start
            row, total, ties, doubt = _tied(
                payoffs[g],
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
                row,
                x,
                y,
                z,
                index,
            )
        tied[g], degenerate[g] = ties, ties or doubt or total != 1
        for k in range(start, row):
            game[k] = g
    return last, row
