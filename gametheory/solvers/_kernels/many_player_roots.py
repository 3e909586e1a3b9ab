r"""Roots in (0, 1) of quadratics and quartics in Bernstein form, all of them or an admission of doubt.

A polynomial of degree ``d`` is given by the coefficients ``c`` of ::

    H(x) = sum_m c[m] comb(d, m) x**m (1 - x)**(d - m).

``H(0) = c[0]``, ``H(1) = c[d]``, ``H`` lies between the least and the largest coefficient on [0, 1], and the number of roots
in (0, 1), counted with multiplicity, is the number of changes of sign among the coefficients less an even number (Descartes). De
Casteljau's averages give the coefficients on the two halves of an interval. Each coefficient comes with a bound on its error,
so a change of sign counts only between coefficients that clear the bound: a cell whose coefficients are all clear and change sign
once has exactly one root, one without a change has none, others are halved. A cell that cannot be settled is handed
back as doubtful. A quadratic needs no halving: its discriminant ``c[1]**2 - c[0]*c[2]`` decides, if it clears its bound.

A root is returned with the radius of an interval that holds the root of the true polynomial: if the computed polynomial is
wrong by at most ``e`` and its slope at the root is ``s``, the true one changes sign between ``x - 4e/|s|`` and ``x + 4e/|s|``
where the curvature may be neglected, which is verified by evaluating there.

References
----------
J. M. Lane and R. F. Riesenfeld, "Bounds on a polynomial", BIT 21, 1981, 112-117.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["MAX_CELLS", "clear_roots", "isolate", "polish", "quadratic", "rootless"]

Array = np.ndarray[Any, Any]

MAX_CELLS = 64
"""Room for the intervals still to be looked at; their widths halve, so more are never needed."""

# Error of a quadratic's coefficients relative to their scale: three factors and a few sums; twenty times what rounding can do.
_QUADRATIC_ERROR = 1e-13
_MARGIN = 20.0  # of the discriminant, in errors of a coefficient
_ROUNDING = 1e-15
_NARROWEST = 1e-7  # an interval of this width that is not settled is given up
_SPLIT = 0.4871  # not the middle: roots of symmetric games sit at simple fractions


@njit(cache=True, error_model="numpy")
def rootless(c0: float, c1: float, c2: float, scale: float) -> bool:
    """Whether a quadratic whose first and last coefficients clear their errors has no root in (0, 1), for certain.

    It has one if they differ in sign. Else it has none if the discriminant is negative or all three are of one sign.
    """
    error = _QUADRATIC_ERROR * scale
    clear = (abs(c0) > error) & (abs(c2) > error) & ((c0 > 0.0) == (c2 > 0.0))
    negative = c1 * c1 - c0 * c2 < -_MARGIN * error * scale
    return clear & (negative | ((abs(c1) > error) & ((c1 > 0.0) == (c0 > 0.0))))


@njit(cache=True, error_model="numpy")
def _unchecked(c0: float, c1: float, c2: float, scale: float) -> tuple[float, float, float, float]:
    """The roots of a quadratic wherever they are, their radius, and ``w``, which is of the sign of `c2` if the first is in (0, 1)."""
    half_slope = np.sqrt(c1 * c1 - c0 * c2)
    # In t = x / (1 - x): c2 t^2 + 2 c1 t + c0 = 0, and w / c2, c0 / w are the roots without cancellation.
    w = -c1 - half_slope if c1 > 0.0 else -c1 + half_slope
    return w / (w + c2), c0 / (c0 + w), 2.0 * (_QUADRATIC_ERROR * scale) / half_slope + _ROUNDING, w


@njit(cache=True, error_model="numpy")
def clear_roots(c0: float, c1: float, c2: float, scale: float) -> tuple[bool, float, float, float]:
    """Whether `quadratic` finds a root, no coefficient being near zero; then its roots, twice the same if there is one, and their radius.

    Without jumps, to be computed for many games side by side.
    """
    error = _QUADRATIC_ERROR * scale
    found = (abs(c0) > error) & (abs(c2) > error) & (c1 * c1 - c0 * c2 > _MARGIN * error * scale)
    first, second, radius, w = _unchecked(c0, c1, c2, scale)
    single = (c0 > 0.0) != (c2 > 0.0)
    is_first = (w > 0.0) == (c2 > 0.0)
    one = second if single & (not is_first) else first
    two = first if single & is_first else second
    return found & (not rootless(c0, c1, c2, scale)), one, two, radius


@njit(cache=True, error_model="numpy")
def quadratic(
    c0: float, c1: float, c2: float, scale: float, zero0: bool, zero2: bool
) -> tuple[int, float, float, int, float, float, int]:
    """Roots in (0, 1) of the quadratic with these coefficients, each at most four times `scale`.

    `zero0` and `zero2` tell that the first or the last coefficient is exactly zero. Returns the number of roots (-1: in doubt), then for
    each the root, its radius and the sign of the slope.
    """
    error = _QUADRATIC_ERROR * scale
    if zero0 != zero2:
        # One root is at an end, the other one's factor is linear.
        first, last = (2.0 * c1, c2) if zero0 else (c0, 2.0 * c1)
        if abs(first) <= 2.0 * error or abs(last) <= 2.0 * error:
            return -1, 0.0, 0.0, 0, 0.0, 0.0, 0
        if (first > 0.0) == (last > 0.0):
            return 0, 0.0, 0.0, 0, 0.0, 0.0, 0
        rising = 1 if last > 0.0 else -1
        return 1, first / (first - last), 8.0 * error / abs(first - last) + _ROUNDING, rising, 0.0, 0.0, 0
    if zero0 and zero2 and abs(c1) > error:
        return 0, 0.0, 0.0, 0, 0.0, 0.0, 0
    if abs(c0) <= error or abs(c2) <= error:
        return -1, 0.0, 0.0, 0, 0.0, 0.0, 0
    if rootless(c0, c1, c2, scale):
        return 0, 0.0, 0.0, 0, 0.0, 0.0, 0
    discriminant = c1 * c1 - c0 * c2
    single = (c0 > 0.0) != (c2 > 0.0)
    if discriminant <= _MARGIN * error * scale:
        return -1, 0.0, 0.0, 0, 0.0, 0.0, 0
    first, second, radius, w = _unchecked(c0, c1, c2, scale)
    if single:
        root = first if (w > 0.0) == (c2 > 0.0) else second
        return 1, root, radius, 1 if c2 > 0.0 else -1, 0.0, 0.0, 0
    down = -1 if c0 > 0.0 else 1
    if first > second:
        first, second = second, first
    return 2, first, radius, down, second, radius, -down


@njit(cache=True, error_model="numpy")
def _evaluate(c: Array, x: float) -> tuple[float, float]:
    """Value and slope of a quartic."""
    y = 1.0 - x
    a0, a1, a2, a3 = (
        y * c[0] + x * c[1],
        y * c[1] + x * c[2],
        y * c[2] + x * c[3],
        y * c[3] + x * c[4],
    )
    b0, b1, b2 = y * a0 + x * a1, y * a1 + x * a2, y * a2 + x * a3
    d0, d1 = y * b0 + x * b1, y * b1 + x * b2
    return y * d0 + x * d1, 4.0 * (d1 - d0)


@njit(cache=True, error_model="numpy")
def polish(c: Array, error: float) -> tuple[float, float]:
    """The only root in (0, 1) of a quartic, whose five coefficients (wrong by at most `error`) change sign once, and its radius.

    A negative radius stands for doubt.
    """
    low, high = 0.0, 1.0
    rising = c[4] > 0.0 or (c[4] == 0.0 and c[0] < 0.0)
    if c[0] == 0.0:
        rising = c[4] > 0.0 or (c[4] == 0.0 and c[3] > 0.0)
    x = c[0] / (c[0] - c[4]) if c[0] != 0.0 and c[4] != 0.0 else 0.5
    for _ in range(60):
        value, slope = _evaluate(c, x)
        if (value > 0.0) == rising:
            high = x
        else:
            low = x
        step = x - value / slope if slope != 0.0 else -1.0
        if not (low < step < high):
            step = 0.5 * (low + high)
        if abs(step - x) <= 2e-16 or high - low <= 2e-16:
            x = step
            break
        x = step
    value, slope = _evaluate(c, x)
    if slope == 0.0:
        return x, -1.0
    radius = (4.0 * error + 2.0 * abs(value)) / abs(slope) + _ROUNDING
    before, _ = _evaluate(c, max(x - radius, 0.0))
    after, _ = _evaluate(c, min(x + radius, 1.0))
    settled = (
        abs(before) > error and abs(after) > error and (before > 0.0) != rising and (after > 0.0) == rising
    )
    return x, radius if settled else -1.0


@njit(cache=True, error_model="numpy")
def isolate(cells: Array, error: float, exact: bool, found: Array) -> int:
    """Intervals with the roots in (0, 1) of the quartic in ``cells[0, :5]``, whose coefficients are wrong by at most `error`.

    If they are `exact`, zeros among them are; a first or last one stays so in the outermost intervals, and Descartes' rule passes over
    it. (That is the rule for the open interval: a root at the end does not count.)

    `cells` (MAX_CELLS, 8) is scratch; rows of `found` (any number, 8) are the coefficients on the interval, its ends, and 1 if there is
    exactly one root, 0 if any number. Both are modified in place. Returns the number of rows; -1 if there is no room.
    """
    cells[0, 5], cells[0, 6] = 0.0, 1.0
    waiting, count = 1, 0
    while waiting:
        waiting -= 1
        cell = cells[waiting]
        low, high = cell[5], cell[6]
        changes, unclear, previous = 0, False, 0.0
        for m in range(5):
            if exact and cell[m] == 0.0 and ((m == 0 and low == 0.0) or (m == 4 and high == 1.0)):
                continue
            if abs(cell[m]) <= error:
                unclear = True
            elif previous != 0.0 and (cell[m] > 0.0) != (previous > 0.0):
                changes += 1
            previous = cell[m]
        if not unclear and changes == 0:
            continue
        single = not unclear and changes == 1
        if single or high - low < _NARROWEST:
            if count == found.shape[0]:
                return -1
            cell[7] = 1.0 if single else 0.0
            for m in range(8):
                found[count, m] = cell[m]
            count += 1
            continue
        if waiting + 2 > cells.shape[0]:
            return -1
        # De Casteljau: what is left of the split stays here, what is right of it goes on top.
        right = cells[waiting + 1]
        for m in range(5):
            right[4 - m] = cell[4]
            for j in range(4, m, -1):
                cell[j] = (1.0 - _SPLIT) * cell[j - 1] + _SPLIT * cell[j]
        # Now cell[m] holds the m-th average that starts from the left: the coefficients of the left part.
        middle = low + _SPLIT * (high - low)
        cell[6], right[5], right[6] = middle, middle, high
        waiting += 2
    return count
