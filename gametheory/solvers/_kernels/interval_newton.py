r"""An interval Newton step: whether a box holds no root of the equations of a support, or exactly one.

At an equilibrium with support :math:`S` the square system :math:`F(x) = 0` of differences within the support holds in the coordinates that
remain when one strategy of each player is expressed by the others. With the centre :math:`c` of a box :math:`B`, an interval matrix
:math:`J \supseteq F'(B)` and any matrix :math:`Y` (here: Gauss-Jordan elimination of the midpoint of :math:`J`), the *Krawczyk operator*

.. math:: K(B) = c - Y F(c) + (I - Y J)(B - c)

contains every root in :math:`B`. If :math:`K(B)` lies in the interior of :math:`B`, there is exactly one root in
:math:`B`, and it is regular.
Rows that have no pivot say :math:`0 \in Y F(c) + Y J (B - c)`, which excludes boxes where the system is overdetermined.

Sums weighted with :math:`Y` carry a bound of their own rounding error, beside those of :mod:`gametheory.solvers._kernels.enclosures`.

References
----------
.. [1] A. Neumaier, *Interval Methods for Systems of Equations*, Cambridge University Press, 1990, ch. 5.
.. [2] R. Krawczyk, "Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken", *Computing* 4 (1969), 187-201.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gametheory.solvers._kernels.enclosures import OUT, PLAYED, UNDECIDED, UNIT, difference, slopes

__all__ = ["EXCLUDED", "VERIFIED", "newton"]

Array = np.ndarray[Any, Any]

#: What a Newton step found: no root in the box, nothing yet, exactly one root.
EXCLUDED, OPEN, VERIFIED = -1, 0, 1

# A pivot below this is no pivot: its row is used for exclusion only.
_SMALL_PIVOT = 1e-9
# How far a box on which existence is tested may reach out of the simplex.
_OUTSIDE = 0.02


@njit(cache=True)
def _eliminate(jacobian: Array, y: Array, rows: int, columns: int, pivots: Array) -> int:
    """Gauss-Jordan elimination with complete pivoting; `jacobian` and `y` (the transformation) are modified in place."""
    for r in range(rows):
        pivots[r] = -1
        for k in range(rows):
            y[r, k] = 1.0 if r == k else 0.0
    rank = 0
    while rank < rows and rank < columns:
        best, at_row, at_column = _SMALL_PIVOT, -1, -1
        for r in range(rank, rows):
            for v in range(columns):
                if abs(jacobian[r, v]) > best:
                    best, at_row, at_column = abs(jacobian[r, v]), r, v
        if at_row < 0:
            break
        if at_row != rank:
            for v in range(columns):
                jacobian[rank, v], jacobian[at_row, v] = jacobian[at_row, v], jacobian[rank, v]
            for k in range(rows):
                y[rank, k], y[at_row, k] = y[at_row, k], y[rank, k]
        pivot = jacobian[rank, at_column]
        for v in range(columns):
            jacobian[rank, v] /= pivot
        for k in range(rows):
            y[rank, k] /= pivot
        for r in range(rows):
            factor = jacobian[r, at_column]
            if r != rank and factor != 0.0:
                for v in range(columns):
                    jacobian[r, v] -= factor * jacobian[rank, v]
                jacobian[r, at_column] = 0.0
                for k in range(rows):
                    y[r, k] -= factor * y[rank, k]
        pivots[rank] = at_column
        rank += 1
    return rank


@njit(cache=True)
def _widen(
    shape: Array, lo: Array, hi: Array, status: Array, base: Array, wide_lo: Array, wide_hi: Array
) -> bool:
    """A slightly larger product of intervals of all but the base strategies; False if it reaches far out of the simplex."""
    wide_lo[:] = lo
    wide_hi[:] = hi
    for j in range(len(shape)):
        least, most = 1.0, 1.0
        for k in range(shape[j]):
            if status[j, k] != OUT and k != base[j]:
                extra = 0.05 * (hi[j, k] - lo[j, k]) + 1e-12
                wide_lo[j, k] -= extra
                wide_hi[j, k] += extra
                least -= wide_hi[j, k]
                most -= wide_lo[j, k]
        if least < -_OUTSIDE or most > 1.0 + _OUTSIDE * shape[j]:
            return False
        wide_lo[j, base[j]] = least - 4 * UNIT * shape[j]
        wide_hi[j, base[j]] = most + 4 * UNIT * shape[j]
    return True


@njit(cache=True)
def newton(
    u: Array,
    shape: Array,
    lo: Array,
    hi: Array,
    status: Array,
    err: float,
    wide_lo: Array,
    wide_hi: Array,
    root_lo: Array,
    root_hi: Array,
) -> int:
    """One interval Newton step with the equations of the strategies that are played.

    Parameters
    ----------
    lo, hi : array (N, m)
        The box; made smaller in place.
    wide_lo, wide_hi : array (N, m)
        Scratch: the slightly larger box that was tested.
    root_lo, root_hi : array (N, m)
        Where ``VERIFIED`` is returned: bounds of the only root in the larger box.

    Returns
    -------
    EXCLUDED, OPEN or VERIFIED
    """
    n_players, m = lo.shape
    total = n_players * m
    low, high = np.empty(u.shape[1]), np.empty(u.shape[1])
    centre = np.zeros((n_players, m))
    base = np.zeros(n_players, np.int64)
    player, strategy = np.empty(total, np.int64), np.empty(total, np.int64)
    columns, decided = 0, True
    for j in range(n_players):
        b, least, most = -1, 0.0, 0.0
        for k in range(shape[j]):
            if status[j, k] == UNDECIDED:
                decided = False
            if status[j, k] != OUT and (b < 0 or lo[j, k] + hi[j, k] > lo[j, b] + hi[j, b]):
                b = k
            least += lo[j, k]
            most += hi[j, k]
        base[j] = b
        # The centre is a strategy: it must not leave the simplex, or weights would not be bounded by one.
        share = min(1.0, max(0.0, (1.0 - least) / (most - least))) if most > least else 0.0
        centre[j, b] = 1.0
        for k in range(shape[j]):
            if status[j, k] != OUT and k != b:
                player[columns], strategy[columns] = j, k
                columns += 1
                centre[j, k] = lo[j, k] + share * (hi[j, k] - lo[j, k])
                centre[j, b] -= centre[j, k]
    decided = decided and _widen(shape, lo, hi, status, base, wide_lo, wide_hi)
    if not decided:
        wide_lo[:] = lo
        wide_hi[:] = hi
    value, middle = np.empty(total), np.empty((total, total))
    owner, own, own_base = np.empty(total, np.int64), np.empty(total, np.int64), np.empty(total, np.int64)
    f = np.empty(u.shape[1])
    slope_lo, slope_hi = np.empty(columns), np.empty(columns)
    rows = 0
    for i in range(n_players):
        b = -1
        for s in range(shape[i]):
            if status[i, s] == PLAYED and b < 0:
                b = s
            elif status[i, s] == PLAYED:
                size = u.shape[1] // shape[i]
                for q in range(size):
                    f[q] = u[i, s * size + q] - u[i, b * size + q]
                difference(u, shape, i, s, b, centre, centre, low, high)
                value[rows] = 0.5 * (low[0] + high[0])
                slope_lo[:] = 0.0
                slope_hi[:] = 0.0
                slopes(
                    f, size, shape, i, player, strategy, columns, base, centre, centre, centre, True,
                    slope_lo, slope_hi, low, high,
                )  # fmt: skip
                middle[rows, :columns] = slope_lo
                owner[rows], own[rows], own_base[rows] = i, s, b
                rows += 1
    if rows == 0:
        return OPEN
    y, pivots = np.empty((rows, rows)), np.empty(rows, np.int64)
    rank = _eliminate(middle, y, rows, columns, pivots)
    verified = decided and rank == rows == columns
    slack = (rows + columns + 8) * 2 * UNIT
    for r in range(rows):
        v = pivots[r]
        moved, spread, weight = 0.0, 0.0, 0.0
        for k in range(rows):
            moved += y[r, k] * value[k]
            spread += abs(y[r, k]) * (err + slack * abs(value[k]))
            weight += abs(y[r, k])
        sum_lo, sum_hi = moved - spread, moved + spread
        _row_slopes(
            u, shape, y[r], rows, owner, own, own_base, player, strategy, columns, base, centre, wide_lo, wide_hi, False,
            f, slope_lo, slope_hi, low, high, 2 * (err + slack) * weight,
        )  # fmt: skip
        # Krawczyk's sum over the larger box, and the Gauss-Seidel sum over the present one.
        k_lo, k_hi = sum_lo, sum_hi
        for w in range(columns):
            j, k = player[w], strategy[w]
            shift = 1.0 if w == v else 0.0
            if verified:
                part_lo, part_hi = _product(
                    slope_lo[w] - shift,
                    slope_hi[w] - shift,
                    wide_lo[j, k] - centre[j, k],
                    wide_hi[j, k] - centre[j, k],
                )
                k_lo += part_lo
                k_hi += part_hi
            if w != v:
                part_lo, part_hi = _product(
                    slope_lo[w], slope_hi[w], lo[j, k] - centre[j, k], hi[j, k] - centre[j, k]
                )
                sum_lo += part_lo
                sum_hi += part_hi
        rounding = slack * (1.0 + max(abs(sum_lo), abs(sum_hi)))
        sum_lo -= rounding
        sum_hi += rounding
        if v < 0:
            if sum_lo > 0.0 or sum_hi < 0.0:
                return EXCLUDED
            continue
        j, k = player[v], strategy[v]
        if verified:
            rounding = slack * (1.0 + max(abs(k_lo), abs(k_hi)))
            root_lo[j, k] = centre[j, k] - k_hi - rounding
            root_hi[j, k] = centre[j, k] - k_lo + rounding
            verified = wide_lo[j, k] < root_lo[j, k] and root_hi[j, k] < wide_hi[j, k]
        if slope_lo[v] > 0.0:  # the pivot was scaled to one, so it is not negative
            small = sum_lo / (slope_hi[v] if sum_lo > 0.0 else slope_lo[v])
            large = sum_hi / (slope_lo[v] if sum_hi > 0.0 else slope_hi[v])
            rounding = slack * (1.0 + max(abs(small), abs(large)))
            lo[j, k] = max(lo[j, k], centre[j, k] - large - rounding)
            hi[j, k] = min(hi[j, k], centre[j, k] - small + rounding)
            if lo[j, k] > hi[j, k] and not verified:
                return EXCLUDED
    if verified:  # there is a root; it is the only one if I - Y F' is a contraction
        for r in range(rows):
            weight = 0.0
            for k in range(rows):
                weight += abs(y[r, k])
            _row_slopes(
                u, shape, y[r], rows, owner, own, own_base, player, strategy, columns, base, centre, wide_lo, wide_hi, True,
                f, slope_lo, slope_hi, low, high, 2 * (err + slack) * weight,
            )  # fmt: skip
            reach = 0.0
            for w in range(columns):
                shift = 1.0 if w == pivots[r] else 0.0
                radius = wide_hi[player[w], strategy[w]] - wide_lo[player[w], strategy[w]]
                reach += max(abs(slope_lo[w] - shift), abs(slope_hi[w] - shift)) * radius
            v = pivots[r]
            if reach * (1.0 + slack) >= wide_hi[player[v], strategy[v]] - wide_lo[player[v], strategy[v]]:
                verified = False
                break
    if not verified:
        for v in range(columns):
            if lo[player[v], strategy[v]] > hi[player[v], strategy[v]]:
                return EXCLUDED
        return OPEN
    for j in range(n_players):
        least, most = 1.0, 1.0
        for k in range(shape[j]):
            if k == base[j]:
                continue
            if status[j, k] == OUT:
                root_lo[j, k] = root_hi[j, k] = 0.0
            else:
                least -= root_hi[j, k]
                most -= root_lo[j, k]
        root_lo[j, base[j]] = least - slack
        root_hi[j, base[j]] = most + slack
    return VERIFIED


@njit(cache=True)
def _row_slopes(
    u: Array,
    shape: Array,
    y: Array,
    rows: int,
    owner: Array,
    own: Array,
    own_base: Array,
    player: Array,
    strategy: Array,
    columns: int,
    base: Array,
    centre: Array,
    lo: Array,
    hi: Array,
    everywhere: bool,
    f: Array,
    slope_lo: Array,
    slope_hi: Array,
    low: Array,
    high: Array,
    error: float,
) -> None:
    """Slopes of one combination of the equations: combined first, bounded afterwards, which is sharper than the other way round."""
    slope_lo[:] = -error
    slope_hi[:] = error
    first = 0
    while first < rows:
        i = owner[first]
        size, last = u.shape[1] // shape[i], first
        f[:size] = 0.0
        while last < rows and owner[last] == i:
            for q in range(size):
                f[q] += y[last] * (u[i, own[last] * size + q] - u[i, own_base[last] * size + q])
            last += 1
        slopes(
            f, size, shape, i, player, strategy, columns, base, centre, lo, hi, everywhere,
            slope_lo, slope_hi, low, high,
        )  # fmt: skip
        first = last


@njit(cache=True)
def _product(a: float, b: float, c: float, d: float) -> tuple[float, float]:
    """The product of the intervals [a, b] and [c, d]."""
    w, x, y, z = a * c, a * d, b * c, b * d
    return min(min(w, x), min(y, z)), max(max(w, x), max(y, z))
