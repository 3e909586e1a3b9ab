r"""All equilibria of three-player games with two or three strategies each, one support after another.

Of the up to 343 supports, signs leave few (:mod:`.many_player_supports`). By sizes:

- 1, 1, 1: an equilibrium, tied if another strategy is as good.
- 1, 1, k: left over only where pure strategies tie; in doubt unless the other players refute it.
- 1, k, l: linear (:func:`.many_player_supports.two_mixers`).
- 2, 2, 2; 2, 2, 3; 2, 3, 3: one polynomial in one unknown (:mod:`.many_player_mixed`).
- 3, 3, 3: two plane quartics (:mod:`.many_player_triangle`).

Every step proves how many equilibria there are with the support, or is in doubt. A game is reported as not degenerate only if nothing
was in doubt, no equilibrium has a best reply outside its support within the slack, and the indices add up to one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gametheory.solvers._kernels.many_player_mixed import mixed_222, mixed_223, mixed_233
from gametheory.solvers._kernels.many_player_roots import MAX_CELLS
from gametheory.solvers._kernels.many_player_supports import (
    SIZE,
    deviation,
    integral,
    one_mixer,
    prepare,
    put,
    two_mixers,
)
from gametheory.solvers._kernels.many_player_triangle import DEPTH, mixed_333

__all__ = ["ROWS", "solve"]

Array = np.ndarray[Any, Any]

ROWS = 300
"""No game fills as many rows: 27 pure, 81 + 9 with two mixers, 27 * 2 + 27 * 2 + 9 * 4 + 10 with three."""

_SOLUTIONS = 16  # room for the equilibria with one support; no more than ten are isolated


@njit(cache=True, error_model="numpy")
def _support(
    differences: Array,
    n: Array,
    slack: Array,
    tolerance: float,
    supports: Array,
    strategies: Array,
    errors: Array,
    index: Array,
    square: Array,
    intervals: Array,
    triangles: tuple[Array, ...],
) -> int:
    """Number of candidates with these supports, or -1; they are written to `strategies`, `errors` and `index`.

    All from `strategies` on is modified in place.
    """
    one, two, three = SIZE[supports[0]], SIZE[supports[1]], SIZE[supports[2]]
    size, largest = one + two + three, max(one, two, three)
    if size == 3:
        for i in range(3):
            put(strategies, 0, i, supports[i], 1.0, 0.0, 0.0)
        index[0] = 1
        return 1
    if largest == size - 2:
        return one_mixer(differences, n, supports)
    count = -1
    if size < 9:
        # Where zeros leave a doubt, it may be known that they are exact: of products of up to three numbers, or of five.
        for attempt in range(2):
            exact = attempt == 1
            if exact and not integral(differences, 15 if size < 8 else 8):
                break
            if min(one, two, three) == 1:
                count = two_mixers(
                    differences, slack, tolerance, exact, supports, strategies, errors, index, square
                )
            elif size == 6:
                count = mixed_222(differences, tolerance, exact, supports, strategies, errors, index, square)
            elif size == 7:
                count = mixed_223(differences, tolerance, exact, supports, strategies, errors, index, square)
            else:
                count = mixed_233(
                    differences,
                    tolerance,
                    exact,
                    supports,
                    strategies,
                    errors,
                    index,
                    square,
                    intervals[:MAX_CELLS],
                    intervals[MAX_CELLS:],
                )
            if count >= 0:
                break
        return count
    for p in range(3):  # what is ill-conditioned seen from one player need not be so from another
        if count < 0:
            count = mixed_333(differences, p, tolerance, strategies, errors, index, *triangles)
    return count


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
    """Solve games `first` to `last` of (B, 3, n_1, n_2, n_3) as far as there is room; arrays from `game` on are modified in place.

    Returns the first game not solved and the number of rows written.
    """
    n = np.array([payoffs.shape[2], payoffs.shape[3], payoffs.shape[4]])
    differences, signs = np.zeros((3, 3, 9)), np.zeros((3, 3, 3), np.int64)
    slack, undominated = np.zeros(3), np.zeros((3, 8, 8), np.int64)
    supports = np.zeros(3, np.int64)
    strategies, errors = np.zeros((_SOLUTIONS, 3, 3)), np.zeros((_SOLUTIONS, 3))
    indices = np.zeros(_SOLUTIONS, np.int64)
    square, intervals = np.zeros((8, 7)), np.zeros((2 * MAX_CELLS, 8))
    triangles = (
        np.zeros((DEPTH + 2, 15, 2)),
        np.zeros((DEPTH + 2, 6, 6)),
        np.zeros((DEPTH + 2, 3, 3)),
        np.zeros((3, 2, 3, 3)),
        np.zeros((4, 15)),
        np.zeros(15),
        np.zeros(DEPTH + 2, np.int64),
    )
    row = 0
    for g in range(first, last):
        if row + ROWS > len(game):
            return g, row
        total, ties, doubt = 0, False, False
        if not prepare(payoffs[g], n, tolerance, differences, signs, slack, undominated):
            tied[g], degenerate[g] = False, True
            continue
        for others in range(1 << (n[1] + n[2])):
            t, u = others >> n[2], others & ((1 << n[2]) - 1)
            one = undominated[0, t, u]  # none where a support is empty
            for s in range(1, one + 1):
                two, three = undominated[1, s, u], undominated[2, s, t]
                if s & ~one or t & ~two or u & ~three:
                    continue
                supports[0], supports[1], supports[2] = s, t, u
                count = _support(
                    differences,
                    n,
                    slack,
                    tolerance,
                    supports,
                    strategies,
                    errors,
                    indices,
                    square,
                    intervals,
                    triangles,
                )
                doubt |= count < 0
                pure = SIZE[s] + SIZE[t] + SIZE[u] == 3
                for k in range(count):
                    if pure:
                        stable = 1 if one == s and two == t and three == u else -1
                    else:
                        stable = deviation(differences, n, slack, supports, strategies[k], errors[k])
                    if stable == 0:
                        continue
                    game[row], index[row] = g, indices[k] if stable == 1 else 0
                    for a in range(n[0]):
                        x[row, a] = strategies[k, 0, a]
                    for a in range(n[1]):
                        y[row, a] = strategies[k, 1, a]
                    for a in range(n[2]):
                        z[row, a] = strategies[k, 2, a]
                    total += index[row]
                    ties |= stable < 0
                    row += 1
        tied[g], degenerate[g] = ties, ties or doubt or total != 1
    return last, row
