r"""Pivoting in ``M y + r = 1, y, r >= 0`` with an implicit slack basis: the cost of a pivot grows with the support only.

Let ``M`` be a positive matrix with `R` rows and `C` columns. In a basic solution `k` columns ``J`` are basic, and as many
slacks ``I`` are not; with ``W`` the inverse of ``M_IJ`` ::

    y_J = W 1,    r = 1 - M_.J y_J,

so that all there is to keep is ``W``, `k` by `k`, and the two vectors. A tableau has `R` by ``R + C`` numbers, of which each
pivot changes all; here a pivot takes ``k**2 + R k`` operations, and the supports of equilibria of large games are small.

As the entering variable grows, ``y_J`` falls at the rate ``W M_Ij`` (a column `j` enters) or ``W e_i`` (the slack of row `i`
enters), and the slacks at the rate that follows. What reaches zero first leaves. Ties are broken *lexicographically*: the
right-hand side is thought of as ``1 + (e, e**2, ...)`` with an infinitely small `e`, so that among tied rows of the inverse
basis, each divided by its rate, the lexicographically least one leaves. No basis can then come back (Dantzig, Orden and Wolfe
1955; Lemke and Howson 1964, for complementary pivoting). Rows of the inverse of the whole basis are put together from ``W``
only where there is a tie. There are four cases of a pivot, by what enters and what leaves: ``M_IJ`` grows, has a column or a
row replaced, or shrinks, and its inverse follows by an update of rank one.

A *workspace* is the tuple of arrays made by :func:`workspace`, all of them modified in place.

Numba keeps a compiled function for as long as the file it stands in does not change, with what it calls compiled into it: after
a change here, the caches of the modules that call these functions are to be deleted.

References
----------
G. B. Dantzig, A. Orden and P. Wolfe, "The generalized simplex method for minimizing a linear form under linear inequality
restraints", Pacific Journal of Mathematics 5, 1955, 183-195.
C. E. Lemke and J. T. Howson, "Equilibrium points of bimatrix games", SIAM Journal 12, 1964, 413-423.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["LOST", "MOVED", "TIED", "load", "pivot", "refresh", "restart", "workspace"]

Array = np.ndarray[Any, Any]

#: What a pivot reports: it was made; it was made and had a tie to break; rounding errors have made it impossible.
MOVED, TIED, LOST = 0, 1, 2

# Entries of M lie between 1 and 2, and all variables between 0 and 1, so that tolerances are absolute.
_PIVOT = 1e-9  # rates below this are rounding noise
_TIE = 1e-11  # a variable this close to zero has reached it
_ASTRAY = 1e-6  # a variable this far below zero shows that the basis is not feasible: rounding has led astray


@njit(cache=True)
def workspace(n_rows: int, n_columns: int) -> Any:
    """Scratch arrays for a system: the columns read so far, which those are, ``I``, ``J``, their inverses, and vectors."""
    most = min(n_rows, n_columns)
    return (
        np.empty((n_columns, n_rows)),  # the columns of M, as rows
        np.zeros(n_columns, np.bool_),  # whether each has been read
        np.empty(most, np.int64),  # I: rows whose slack is zero
        np.empty(most, np.int64),  # J: columns in the basis
        np.full(n_rows, -1, np.int64),  # position of a row in I, or -1
        np.full(n_columns, -1, np.int64),  # position of a column in J, or -1
        np.zeros(most),  # y_J
        np.ones(n_rows),  # r
        np.empty(n_rows),  # rates of r
        np.empty(most),  # rates of y_J
        np.empty(most),  # a row of M, in ..., or times W
        np.empty(n_rows + most, np.int64),  # tied variables
    )


@njit(cache=True)
def load(source: Array, by_row: bool, low: float, scale: float, space: Any, c: int) -> None:
    """Read a column of ``M = 1 + scale * (source - low)``, or of its transpose if `by_row`, unless that is done."""
    store, ready = space[0], space[1]
    if ready[c]:
        return
    if by_row:
        for r in range(store.shape[1]):
            store[c, r] = 1.0 + scale * (source[c, r] - low)
    else:
        for r in range(store.shape[1]):
            store[c, r] = 1.0 + scale * (source[r, c] - low)
    ready[c] = True


@njit(cache=True)
def restart(space: Any) -> None:
    """Go back to the basis of all slacks."""
    _, _, _, _, at_row, at_column, _, slack, _, _, _, _ = space
    at_row[:] = -1
    at_column[:] = -1
    slack[:] = 1.0


@njit(cache=True)
def refresh(space: Any, k: int, w: Array) -> bool:
    """Compute ``W``, ``y_J`` and ``r`` anew from ``I`` and ``J``; says whether that shows a feasible basis."""
    store, _, rows, columns, _, _, y, slack, _, _, _, _ = space
    # Gauss-Jordan elimination with partial pivoting, in place; `order` undoes the interchanges of rows.
    for p in range(k):
        for q in range(k):
            w[q, p] = store[columns[p], rows[q]]
    order = np.arange(k)
    for c in range(k):
        best = c
        for r in range(c + 1, k):
            if abs(w[r, c]) > abs(w[best, c]):
                best = r
        if abs(w[best, c]) < 1e-13:
            return False
        if best != c:
            order[c], order[best] = order[best], order[c]
            for j in range(k):
                w[c, j], w[best, j] = w[best, j], w[c, j]
        inverse = 1.0 / w[c, c]
        w[c, c] = 1.0
        for j in range(k):
            w[c, j] *= inverse
        for r in range(k):
            if r != c:
                factor = w[r, c]
                w[r, c] = 0.0
                for j in range(k):
                    w[r, j] -= factor * w[c, j]
    line = np.empty(k)
    for r in range(k):
        for j in range(k):
            line[order[j]] = w[r, j]
        w[r, :k] = line
    slack[:] = 1.0
    feasible = True
    for p in range(k):
        total = 0.0
        for q in range(k):
            total += w[p, q]
        y[p] = total
        feasible &= total > -_ASTRAY
        column = store[columns[p]]
        for r in range(slack.size):
            slack[r] -= total * column[r]
    for q in range(k):
        slack[rows[q]] = 0.0
    for r in range(slack.size):
        feasible &= slack[r] > -_ASTRAY
    return feasible


@njit(cache=True)
def _first(space: Any, k: int, w: Array, count: int) -> int:
    """The variable that leaves among `count` tied ones, by the lexicographic rule."""
    store, _, _, columns, at_row, at_column, _, slack, d_slack, d_y, _, tied = space
    n_columns = at_column.size
    values = np.empty(count)
    for i in range(slack.size):
        q = at_row[i]
        least = np.inf
        for t in range(count):
            variable = tied[t]
            if variable < n_columns:
                p = at_column[variable]
                value = w[p, q] / d_y[p] if q >= 0 else 0.0
            else:
                r = variable - n_columns
                value = 0.0
                if q >= 0:
                    for p in range(k):
                        value -= store[columns[p], r] * w[p, q]
                elif r == i:
                    value = 1.0
                value /= d_slack[r]
            values[t] = value
            least = min(least, value)
        kept = 0
        slip = _TIE * (1.0 + abs(least))
        for t in range(count):
            if values[t] <= least + slip:
                tied[kept] = tied[t]
                kept += 1
        count = kept
        if count == 1:
            break
    return int(tied[0])


@njit(cache=True)
def pivot(
    source: Array, by_row: bool, low: float, scale: float, space: Any, k: int, w: Array, entering: int
) -> tuple[int, int, int, Array]:
    """Let a variable enter the basis.

    Variables are numbered: columns from 0, slacks after them. Returns what leaves, the new `k`, one of :data:`MOVED`,
    :data:`TIED`, :data:`LOST`, and ``W``, which is moved where it must grow.
    """
    store, _, rows, columns, at_row, at_column, y, slack, d_slack, d_y, line, tied = space
    n_rows, n_columns = slack.size, at_column.size
    # Rates.
    if entering < n_columns:
        load(source, by_row, low, scale, space, entering)
        column = store[entering]
        for q in range(k):
            line[q] = column[rows[q]]
        for p in range(k):
            rate = 0.0
            for q in range(k):
                rate += w[p, q] * line[q]
            d_y[p] = rate
        d_slack[:] = column
    else:
        q = at_row[entering - n_columns]
        for p in range(k):
            d_y[p] = w[p, q]
        d_slack[:] = 0.0
    for p in range(k):
        rate, column = d_y[p], store[columns[p]]
        for r in range(n_rows):
            d_slack[r] -= rate * column[r]
    # What reaches zero first.
    step = np.inf
    for p in range(k):
        if d_y[p] > _PIVOT:
            step = min(step, max(y[p], 0.0) / d_y[p])
    for r in range(n_rows):
        if d_slack[r] > _PIVOT and at_row[r] < 0:
            step = min(step, max(slack[r], 0.0) / d_slack[r])
    if step == np.inf:
        return -1, k, LOST, w
    count = 0
    for p in range(k):
        if d_y[p] > _PIVOT and y[p] - step * d_y[p] <= _TIE:
            tied[count] = columns[p]
            count += 1
    for r in range(n_rows):
        if d_slack[r] > _PIVOT and at_row[r] < 0 and slack[r] - step * d_slack[r] <= _TIE:
            tied[count] = n_columns + r
            count += 1
    leaving = tied[0] if count == 1 else _first(space, k, w, count)
    # The step, and the inverse.
    for p in range(k):
        y[p] -= step * d_y[p]
    for r in range(n_rows):
        slack[r] -= step * d_slack[r]
    if leaving >= n_columns:
        row = leaving - n_columns
        # The row of M that comes in, times W.
        for q in range(k):
            line[q] = 0.0
        for p in range(k):
            entry = store[columns[p], row]
            for q in range(k):
                line[q] += entry * w[p, q]
        if entering < n_columns:
            if k == w.shape[0]:
                larger = np.empty((2 * k, 2 * k))
                larger[:k, :k] = w[:k, :k]
                w = larger
            inverse = 1.0 / d_slack[row]
            for p in range(k):
                factor = d_y[p] * inverse
                for q in range(k):
                    w[p, q] += factor * line[q]
                w[p, k] = -factor
            for q in range(k):
                w[k, q] = -line[q] * inverse
            w[k, k] = inverse
            rows[k], columns[k], y[k] = row, entering, step
            at_row[row], at_column[entering] = k, k
            k += 1
        else:
            back = entering - n_columns
            s = at_row[back]
            inverse = 1.0 / line[s]
            line[s] = 0.0
            for p in range(k):
                factor = w[p, s] * inverse
                for q in range(k):
                    w[p, q] -= factor * line[q]
                w[p, s] = factor
            rows[s] = row
            at_row[row], at_row[back] = s, -1
            slack[back] = step
        slack[row] = 0.0
    else:
        out = at_column[leaving]
        if entering < n_columns:
            inverse = 1.0 / d_y[out]
            for q in range(k):
                w[out, q] *= inverse
            for p in range(k):
                if p != out:
                    factor = d_y[p]
                    for q in range(k):
                        w[p, q] -= factor * w[out, q]
            columns[out], y[out] = entering, step
            at_column[leaving], at_column[entering] = -1, out
        else:
            back = entering - n_columns
            s = at_row[back]
            inverse = 1.0 / w[out, s]
            for p in range(k):
                if p != out:
                    factor = w[p, s] * inverse
                    for q in range(k):
                        w[p, q] -= factor * w[out, q]
            k -= 1
            # The last row and column of W take the places of those that go.
            if out != k:
                for q in range(k + 1):
                    w[out, q] = w[k, q]
                columns[out], y[out] = columns[k], y[k]
                at_column[columns[out]] = out
            if s != k:
                for p in range(k):
                    w[p, s] = w[p, k]
                rows[s] = rows[k]
                at_row[rows[s]] = s
            at_column[leaving], at_row[back] = -1, -1
            slack[back] = step
    return leaving, k, TIED if count > 1 else MOVED, w
