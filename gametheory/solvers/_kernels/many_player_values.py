r"""What the players of three-player games earn at given mixtures, and the most that one of them would gain by deviating (the regret)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["evaluate"]

Array = np.ndarray[Any, Any]


@njit(cache=True, nogil=True, error_model="numpy")
def evaluate(
    stack: Array,
    game: Array,
    x: Array,
    y: Array,
    z: Array,
    first: int,
    last: int,
    payoffs: Array,
    regret: Array,
) -> None:
    """Fill rows `first` to `last` of `payoffs` (R, 3) and `regret` (R,) (modified in place)."""
    k, m, n = stack.shape[2], stack.shape[3], stack.shape[4]
    for row in range(first, last):
        u, v, w = stack[game[row], 0], stack[game[row], 1], stack[game[row], 2]
        value, best = 0.0, -np.inf
        for a in range(k):
            reply = 0.0
            for b in range(m):
                for c in range(n):
                    reply += u[a, b, c] * (y[row, b] * z[row, c])
            value, best = value + x[row, a] * reply, max(best, reply)
        payoffs[row, 0] = value
        worst = max(0.0, best - value)
        value, best = 0.0, -np.inf
        for b in range(m):
            reply = 0.0
            for a in range(k):
                for c in range(n):
                    reply += v[a, b, c] * (x[row, a] * z[row, c])
            value, best = value + y[row, b] * reply, max(best, reply)
        payoffs[row, 1] = value
        worst = max(worst, best - value)
        value, best = 0.0, -np.inf
        for c in range(n):
            reply = 0.0
            for a in range(k):
                for b in range(m):
                    reply += w[a, b, c] * (x[row, a] * y[row, b])
            value, best = value + z[row, c] * reply, max(best, reply)
        payoffs[row, 2] = value
        regret[row] = max(worst, best - value)
