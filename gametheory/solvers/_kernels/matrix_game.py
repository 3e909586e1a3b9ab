"""The simplex method for matrix games, on an implicit slack basis.

For payoffs ``A`` of the player who picks rows, shifted so that all are positive, the minimax strategies of the player who picks
columns are the solutions, scaled to probabilities, of ::

    max 1'y  subject to  A y <= 1, y >= 0,

and the dual solution gives the maximin strategies of the player who picks rows (Gale, Kuhn and Tucker 1951). The slack basis is
feasible, so there is no first phase. The column (or slack) with the greatest reduced cost enters; ties in what leaves are
broken lexicographically by :mod:`gametheory.solvers._kernels.slack_basis`, so that no basis comes back.

References
----------
D. Gale, H. W. Kuhn and A. W. Tucker, "Linear programming and the theory of games", in T. C. Koopmans (ed.), Activity
Analysis of Production and Allocation, Wiley, 1951, 317-329.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gametheory.solvers._kernels.slack_basis import LOST, pivot, refresh, workspace

__all__ = ["matrix_game"]

Array = np.ndarray[Any, Any]

_FRESH = 100  # pivots after which the inverse is computed anew, at the least
_GAIN = 1e-11  # reduced costs below this are zero


@njit(cache=True)
def _row(
    a: Array, shift: float, scale: float, space: Any, k: int, weights: Array, base: float, into: Array
) -> None:
    """Write ``base - weights' M_I.`` over all columns."""
    rows = space[2]
    total = 0.0
    for q in range(k):
        total += weights[q]
    into[:] = base - total * shift
    for q in range(k):
        row, factor = a[rows[q]], scale * weights[q]
        for j in range(into.size):
            into[j] -= factor * row[j]


@njit(cache=True)
def _reduced_costs(
    a: Array, shift: float, scale: float, space: Any, k: int, w: Array, gains: Array, losses: Array
) -> None:
    """What the objective gains by one unit of each column, and of each slack that is not in the basis, anew."""
    rows, line = space[2], space[10]
    for q in range(k):
        line[q] = 0.0
    for p in range(k):
        for q in range(k):
            line[q] += w[p, q]
    _row(a, shift, scale, space, k, line, 1.0, gains)
    losses[:] = 0.0
    for q in range(k):
        losses[rows[q]] = -line[q]


@njit(cache=True)
def matrix_game(a: Array, low: float, scale: float, most: int) -> tuple[int, int, Array, Array]:
    """Optimal strategies of a matrix game, as a basis.

    Parameters
    ----------
    a : float array (m, n)
        Payoffs of the player who picks rows, read-only.
    low, scale : float
        The least payoff and the reciprocal of their range.
    most : int
        Pivots allowed.

    Returns
    -------
    status : int
        0 if optimal, 1 after `most` pivots, 2 if rounding has led astray.
    pivots : int
    rows, columns : int array (k,)
        Strategies of the players in the optimal basis.
    """
    m, n = a.shape
    shift = 1.0 - scale * low
    space = workspace(m, n)
    store, _, rows, columns, at_row, at_column, _, _, _, _, line, _ = space
    w = np.empty((32, 32))
    k, since, step, status = 0, 0, 0, 1
    # Reduced costs and Devex weights of the columns and of the slacks.
    gains, losses = np.ones(n), np.zeros(m)
    column_weights, slack_weights = np.ones(n), np.ones(m)
    change = np.empty(n)
    while step < most:
        entering, best = -1, 0.0
        for j in range(n):
            if gains[j] > _GAIN and at_column[j] < 0:
                score = gains[j] * gains[j] / column_weights[j]
                if score > best:
                    entering, best = j, score
        for q in range(k):
            i = rows[q]
            if losses[i] > _GAIN:
                score = losses[i] * losses[i] / slack_weights[i]
                if score > best:
                    entering, best = n + i, score
        if entering < 0 or since >= max(_FRESH, k):
            # That a basis is optimal is believed only of an inverse that is fresh.
            if entering < 0 and since == 0:
                status = 0
                break
            if not refresh(space, k, w):
                status = LOST
                break
            since = 0
            _reduced_costs(a, shift, scale, space, k, w, gains, losses)
            continue
        leaving, k, moved, w = pivot(a, False, low, scale, space, k, w, entering)
        step += 1
        since += 1
        if moved == LOST:
            status = LOST
            break
        # The row of the tableau in which the new variable now is, over all others.
        if entering < n:
            p = at_column[entering]
            for q in range(k):
                line[q] = -w[p, q]
            _row(a, shift, scale, space, k, line, 0.0, change)
            gain, weight = gains[entering], column_weights[entering]
        else:
            back = entering - n
            for q in range(k):
                line[q] = 0.0
            for p in range(k):
                entry = store[columns[p], back]
                for q in range(k):
                    line[q] += entry * w[p, q]
            _row(a, shift, scale, space, k, line, 0.0, change)
            row = a[back]
            for j in range(n):
                change[j] += shift + scale * row[j]
            gain, weight = losses[back], slack_weights[back]
        for j in range(n):
            gains[j] -= gain * change[j]
            column_weights[j] = max(column_weights[j], weight * change[j] * change[j])
        for q in range(k):
            i = rows[q]
            losses[i] += gain * line[q]
            slack_weights[i] = max(slack_weights[i], weight * line[q] * line[q])
        if entering < n:
            gains[entering] = 0.0
        else:
            losses[entering - n] = 0.0
        if leaving < n:
            column_weights[leaving] = max(weight * change[leaving] * change[leaving], 1.0)
        else:
            i = leaving - n
            slack_weights[i] = max(weight * line[at_row[i]] * line[at_row[i]], 1.0)
    return status, step, rows[:k].copy(), columns[:k].copy()
