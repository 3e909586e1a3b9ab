"""Paths of the Lemke-Howson algorithm through the best-reply polytopes of a bimatrix game.

For positive payoffs ``A`` and ``B`` of shape ``(m, n)`` let ::

    P = {x >= 0: B' x + s = 1, s >= 0},    Q = {y >= 0: A y + r = 1, r >= 0}.

Row `i` of the game gives the label `i` to the points of P with ``x_i = 0`` and to those of Q with ``r_i = 0``; column `j` gives
the label ``m + j`` where ``s_j = 0`` or ``y_j = 0``. A pair of vertices that together carry all labels is an equilibrium, once
scaled to probabilities, or the pair (0, 0). Dropping one label from such a pair and from then on always the one that is
found twice leads along a unique path to another such pair (Lemke and Howson 1964). Both systems are pivoted by
:mod:`gametheory.solvers._kernels.slack_basis`, lexicographically, so that no path comes back to where it was.

References
----------
C. E. Lemke and J. T. Howson, "Equilibrium points of bimatrix games", SIAM Journal 12, 1964, 413-423.
B. von Stengel, "Computing equilibria for two-person games", Handbook of Game Theory 3, 2002, ch. 45.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gametheory.solvers._kernels.slack_basis import LOST, TIED, load, pivot, refresh, restart, workspace

__all__ = ["CAPPED", "FOUND", "paths"]

Array = np.ndarray[Any, Any]

#: How a path may end: at an equilibrium; after so many pivots as were allowed; or in rounding errors.
FOUND, CAPPED = 0, 1

# Pivots after which the inverse is computed anew, at the least; as many as it has rows, if these are more.
_FRESH = 50


@njit(cache=True)
def _start(source: Array, by_row: bool, low: float, scale: float, space: Any, basis: Array, w: Array) -> Any:
    """Put a workspace at a basis, given as the rows and the columns of its support."""
    _, _, rows, columns, at_row, at_column, _, _, _, _, _, _ = space
    restart(space)
    k = basis.shape[1]
    if k == 0:
        return True, w
    for p in range(k):
        rows[p], columns[p] = basis[0, p], basis[1, p]
        at_row[rows[p]], at_column[columns[p]] = p, p
        load(source, by_row, low, scale, space, columns[p])
    if w.shape[0] < k:
        w = np.empty((2 * k, 2 * k))
    return refresh(space, k, w), w


@njit(cache=True)
def paths(
    a: Array,
    b: Array,
    scaling: tuple[float, float, float, float],
    first: Array,
    second: Array,
    labels: Array,
    most: int,
    any_will_do: bool,
) -> Any:
    """Follow the path of each label from one equilibrium, or from the pair (0, 0).

    Parameters
    ----------
    a, b : float array (m, n)
        Payoffs, read-only.
    scaling : tuple
        The least entry of `a` and the reciprocal of its range, then those of `b`.
    first, second : int array (2, k)
        The basis to start from in P (supporting columns, rows of the game) and in Q (rows, columns); with ``k = 0`` the
        pair (0, 0).
    labels : int array (L,)
        The labels to drop.
    most : int
        Pivots allowed to a path.
    any_will_do : bool
        Whether to stop at the first equilibrium.

    Returns
    -------
    status : int8 array (L,)
        :data:`FOUND`, :data:`CAPPED` or ``LOST`` for each path that was followed.
    pivots : int array (L,)
    tied : bool array (L,)
        Whether there was a tie to break.
    first, second : int32 array (L, 2, K)
        Where each path ends, as bases filled up with -1.
    done : int
        How many paths were followed.
    """
    m, n = a.shape
    low_a, scale_a, low_b, scale_b = scaling
    p, q = workspace(n, m), workspace(m, n)
    # Columns of the tableaux are read when they are first needed, whatever the path.
    wp, wq = np.empty((32, 32)), np.empty((32, 32))
    count = 1 if any_will_do else labels.size
    width = min(m, n)
    status = np.full(count, CAPPED, np.int8)
    pivots, tied = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    ends_p, ends_q = np.full((count, 2, width), -1, np.int32), np.full((count, 2, width), -1, np.int32)
    done = 0
    for at in range(labels.size):
        label = labels[at]
        into = 0 if any_will_do else at
        done = at + 1
        kp, kq = first.shape[1], second.shape[1]
        good_p, wp = _start(b, True, low_b, scale_b, p, first, wp)
        good_q, wq = _start(a, False, low_a, scale_a, q, second, wq)
        if not (good_p and good_q):
            status[into] = LOST
            continue
        # The twin variables of a label are x_i and r_i, or s_j and y_j; one of them is not in the basis.
        in_p = p[5][label] < 0 if label < m else p[4][label - m] >= 0
        entering = label
        since, ties, result = 0, False, CAPPED
        step = 0
        while step < most:
            step += 1
            if in_p:
                leaving, kp, moved, wp = pivot(b, True, low_b, scale_b, p, kp, wp, entering)
                left = leaving
            else:
                variable = n + entering if entering < m else entering - m
                leaving, kq, moved, wq = pivot(a, False, low_a, scale_a, q, kq, wq, variable)
                left = m + leaving if leaving < n else leaving - n
            if moved == LOST:
                result = LOST
                break
            ties |= moved == TIED
            if left == label:
                result = FOUND
                break
            entering, in_p = left, not in_p
            since += 1
            if since >= max(_FRESH, kp, kq):
                since = 0
                if not (refresh(p, kp, wp) and refresh(q, kq, wq)):
                    result = LOST
                    break
        status[into], pivots[into], tied[into] = result, step, ties
        if result == FOUND:
            for t in range(kp):
                ends_p[into, 0, t], ends_p[into, 1, t] = p[2][t], p[3][t]
            for t in range(kq):
                ends_q[into, 0, t], ends_q[into, 1, t] = q[2][t], q[3][t]
            if any_will_do:
                break
    return status, pivots, tied, ends_p, ends_q, done
