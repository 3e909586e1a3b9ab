r"""All equilibria of stacks of 2x2 games in closed form.

Everything about a 2x2 game follows from four differences: what the row player gains by the first row in either column,
:math:`d_j = a_{0j} - a_{1j}`, and what the column player gains by the first column in either row, :math:`e_i = b_{i0} - b_{i1}`.
Differences of floats are rounded correctly, so their signs are exact, and if none is zero the game is nondegenerate:

- if the :math:`d_j` have different signs, and the :math:`e_i` too, there is an equilibrium in mixed strategies, with
  :math:`x_0 = e_1 / (e_1 - e_0)` and :math:`y_0 = d_1 / (d_1 - d_0)`; if :math:`d_0 e_0 > 0` it comes between two in pure strategies,
  on the diagonal where :math:`d_0 > 0`, and has index -1; otherwise it is alone;
- if not, somebody has a dominant strategy, and the other's best reply to it makes the only equilibrium.

The quotients have a relative error below four units in the last place. A game with a difference of zero, or within the slack
that the caller asks for, or with payoffs whose differences overflow, is reported as doubtful.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["solve"]

Array = np.ndarray[Any, Any]


@njit(cache=True, nogil=True)
def _range(flat: Array, base: int, step: int) -> tuple[float, float]:
    """Return the range and the largest size of four payoffs."""
    a, b, c, d = flat[base], flat[base + step], flat[base + 2 * step], flat[base + 3 * step]
    low, high = min(min(a, b), min(c, d)), max(max(a, b), max(c, d))
    return high - low, max(abs(low), abs(high))


@njit(cache=True, nogil=True)
def solve(
    flat: Array,
    stride: int,
    step: int,
    first: int,
    stop: int,
    tolerance: float,
    noise: float,
    game: Array,
    x: Array,
    y: Array,
    payoffs: Array,
    regret: Array,
    index: Array,
    doubtful: Array,
) -> tuple[int, int, bool]:
    """Solve games `first` to `stop` as far as the rows have room.

    Cell ``(p * 2 + i) * 2 + j`` of game `g` is ``flat[g * stride + cell * step]``. Differences within `tolerance` of the range plus
    `noise` of the size of a player's payoffs are doubtful. `game` to `doubtful` are modified in place. Returns the first game not looked
    at, the number of rows, and False: rows of doubtful games are never among them.
    """
    rows = 0
    room = len(game) - 3
    slack_d = slack_e = 0.0
    for g in range(first, stop):
        if rows > room:
            return g, rows, False
        o = g * stride
        q = o + 4 * step
        a00, a01, a10, a11 = flat[o], flat[o + step], flat[o + 2 * step], flat[o + 3 * step]
        b00, b01, b10, b11 = flat[q], flat[q + step], flat[q + 2 * step], flat[q + 3 * step]
        d0, d1, e0, e1 = a00 - a10, a01 - a11, b00 - b01, b10 - b11
        if tolerance > 0.0:
            spread, largest = _range(flat, o, step)
            slack_d = tolerance * spread + noise * largest
            spread, largest = _range(flat, q, step)
            slack_e = tolerance * spread + noise * largest
        if not (abs(d0) > slack_d and abs(d1) > slack_d and abs(e0) > slack_e and abs(e1) > slack_e):
            doubtful[g] = True
            continue
        d_total, e_total = abs(d0) + abs(d1), abs(e0) + abs(e1)
        if not d_total + e_total < np.inf:
            doubtful[g] = True
            continue
        d0_up, d1_up, e0_up, e1_up = d0 > 0.0, d1 > 0.0, e0 > 0.0, e1 > 0.0
        if d0_up == d1_up or e0_up == e1_up:
            i = int((not d0_up and e1_up) or (not d1_up and not e1_up))
            j = int((d1_up and not e0_up) or (not d1_up and not e1_up))
            game[rows] = g
            x[rows, 0], x[rows, 1] = 1 - i, i
            y[rows, 0], y[rows, 1] = 1 - j, j
            cell = (2 * i + j) * step
            payoffs[rows, 0], payoffs[rows, 1] = flat[o + cell], flat[q + cell]
            regret[rows] = 0.0
            index[rows] = 1
            rows += 1
            continue
        x0, x1, y0, y1 = abs(e1) / e_total, abs(e0) / e_total, abs(d1) / d_total, abs(d0) / d_total
        matching = d0_up == e0_up
        if matching:
            for r in range(2):
                c = r if d0_up else 1 - r
                game[rows] = g
                x[rows, 0], x[rows, 1] = 1 - r, r
                y[rows, 0], y[rows, 1] = 1 - c, c
                cell = (2 * r + c) * step
                payoffs[rows, 0], payoffs[rows, 1] = flat[o + cell], flat[q + cell]
                regret[rows] = 0.0
                index[rows] = 1
                rows += 1
        game[rows] = g
        x[rows, 0], x[rows, 1] = x0, x1
        y[rows, 0], y[rows, 1] = y0, y1
        top, bottom = y0 * a00 + y1 * a01, y0 * a10 + y1 * a11
        left, right = x0 * b00 + x1 * b10, x0 * b01 + x1 * b11
        one, two = x0 * top + x1 * bottom, y0 * left + y1 * right
        payoffs[rows, 0], payoffs[rows, 1] = one, two
        regret[rows] = max(max(top, bottom) - one, max(left, right) - two, 0.0)
        index[rows] = -1 if matching else 1
        rows += 1
    return stop, rows, False
