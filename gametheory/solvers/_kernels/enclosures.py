r"""Rigorous bounds of payoff differences over boxes of mixed strategies.

Payoffs :math:`u_i` are scaled to a greatest difference of one. A *box* is a product of the polytopes
:math:`X_j = \{l_j \le x_j \le h_j,\ \sum_k x_j(k) = 1\}`. The difference :math:`d(x) = u_i(s, x_{-i}) - u_i(t, x_{-i})` is multilinear,
so it is bounded over a box by eliminating one opponent after the other: the least value of :math:`\sum_k x_j(k)\,f_k` over :math:`X_j`
is found greedily, and weights are not negative, so least values may be put for the :math:`f_k`.

Every float operation has a relative error of at most :math:`2^{-53}`; the constant `err` bounds what these add up to in one
difference (its terms are at most 2 in absolute value and its weights sum to one). So all answers are proofs, not estimates.

References
----------
.. [1] A. Neumaier, *Interval Methods for Systems of Equations*, Cambridge University Press, 1990, ch. 5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = [
    "OUT",
    "PLAYED",
    "UNDECIDED",
    "UNIT",
    "difference",
    "dominance",
    "simplex",
    "slopes",
]

Array = np.ndarray[Any, Any]

#: What is known of a strategy: not played, in the support (its payoff ties with the best), or either.
OUT, PLAYED, UNDECIDED = 0, 1, 2
#: Relative error of one operation.
UNIT = 2.0**-53


@njit(cache=True)
def _fold(low: Array, high: Array, size: int, n: int, lo: Array, hi: Array) -> int:
    """Bounds of sums over the last axis, weighted by a strategy between `lo` and `hi`; in place. The size that remains."""
    rest = size // n
    full = (1 << n) - 1
    for p in range(rest):
        start = p * n
        least, most, free = 0.0, 0.0, 1.0
        for k in range(n):
            w = lo[k]
            free -= w
            if w >= 0.0:
                least += w * low[start + k]
                most += w * high[start + k]
            else:
                least += w * high[start + k]
                most += w * low[start + k]
        left, done = free, 0
        while left > 0.0 and done != full:
            best = -1
            for k in range(n):
                if not done >> k & 1 and (best < 0 or low[start + k] < low[start + best]):
                    best = k
            done |= 1 << best
            take = min(left, hi[best] - lo[best])
            least += take * low[start + best]
            left -= take
        left, done = free, 0
        while left > 0.0 and done != full:
            best = -1
            for k in range(n):
                if not done >> k & 1 and (best < 0 or high[start + k] > high[start + best]):
                    best = k
            done |= 1 << best
            take = min(left, hi[best] - lo[best])
            most += take * high[start + best]
            left -= take
        low[p] = least
        high[p] = most
    return rest


@njit(cache=True)
def difference(
    u: Array, shape: Array, i: int, s: int, t: int, lo: Array, hi: Array, low: Array, high: Array
) -> None:
    """Bounds, without rounding, of what player i's strategy s earns more than t; left in ``low[0], high[0]``."""
    size = 1
    for j in range(len(shape)):
        if j != i:
            size *= shape[j]
    for q in range(size):
        low[q] = u[i, s * size + q] - u[i, t * size + q]
        high[q] = low[q]
    for j in range(len(shape) - 1, -1, -1):
        if j != i:
            size = _fold(low, high, size, shape[j], lo[j], hi[j])


@njit(cache=True)
def slopes(
    f: Array,
    size: int,
    shape: Array,
    i: int,
    player: Array,
    strategy: Array,
    columns: int,
    base: Array,
    centre: Array,
    lo: Array,
    hi: Array,
    everywhere: bool,
    sum_lo: Array,
    sum_hi: Array,
    low: Array,
    high: Array,
) -> None:
    """Add the slopes of a multilinear function of all but player i, given by its values at pure profiles.

    ``f(x) - f(centre)`` is the sum of slopes times ``x - centre``, if the slope in the coordinates of one opponent is taken with
    the opponents before it anywhere in the box and those after it at the centre; with all of them anywhere in the box
    (`everywhere`) it bounds the derivative.
    """
    for v in range(columns):
        j, k = player[v], strategy[v]
        if j == i:
            continue
        n, inner = shape[j], 1
        for other in range(j + 1, len(shape)):
            if other != i:
                inner *= shape[other]
        shift = (base[j] - k) * inner
        for o in range(size // (n * inner)):
            for r in range(inner):
                at = (o * n + k) * inner + r
                low[o * inner + r] = f[at] - f[at + shift]
                high[o * inner + r] = low[o * inner + r]
        rest = size // n
        for other in range(len(shape) - 1, -1, -1):
            if other != i and other != j:
                if everywhere or other < j:
                    rest = _fold(low, high, rest, shape[other], lo[other], hi[other])
                else:
                    rest = _fold(low, high, rest, shape[other], centre[other], centre[other])
        sum_lo[v] += low[0]
        sum_hi[v] += high[0]


@njit(cache=True)
def simplex(shape: Array, lo: Array, hi: Array) -> bool:
    """Tighten a box by what sums of one imply; whether anything is left of it."""
    slack = 8 * UNIT * hi.shape[1]
    for j in range(len(shape)):
        least, most = 0.0, 0.0
        for k in range(shape[j]):
            least += lo[j, k]
            most += hi[j, k]
        if least > 1.0 + slack or most < 1.0 - slack:
            return False
        for k in range(shape[j]):
            low = 1.0 - (most - hi[j, k]) - slack
            high = 1.0 - (least - lo[j, k]) + slack
            lo[j, k] = max(lo[j, k], low)
            hi[j, k] = min(hi[j, k], high)
            if lo[j, k] > hi[j, k]:
                return False
    return True


@njit(cache=True)
def dominance(
    u: Array, shape: Array, lo: Array, hi: Array, status: Array, err: float, low: Array, high: Array
) -> int:
    """Strike strategies that are worse than another one all over the box.

    -1 if the box holds no equilibrium, else the number of strategies struck. A strategy that is left out of the support by
    choice, not by dominance, dominates others all the same.
    """
    struck = 0
    for i in range(len(shape)):
        for s in range(shape[i]):
            for t in range(s + 1, shape[i]):
                if status[i, s] == OUT and status[i, t] == OUT:
                    continue
                difference(u, shape, i, s, t, lo, hi, low, high)
                worse = -1
                if high[0] + err < 0.0:
                    worse = s
                elif low[0] - err > 0.0:
                    worse = t
                if worse < 0 or status[i, worse] == OUT:
                    continue
                if status[i, worse] == PLAYED or lo[i, worse] > 0.0:
                    return -1
                status[i, worse] = OUT
                hi[i, worse] = 0.0
                struck += 1
        options, last = 0, -1
        for s in range(shape[i]):
            if status[i, s] == UNDECIDED and lo[i, s] > 0.0:
                status[i, s] = PLAYED
            if status[i, s] != OUT:
                options += 1
                last = s
        if options == 0:
            return -1
        if options == 1:
            status[i, last] = PLAYED
    return struck
