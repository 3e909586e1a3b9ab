"""Backward induction in one flat tree at many points of its payoffs.

Every step works on a block of points side by side, which the compiler turns into vector instructions; that the best action differs
from point to point then costs a selection instead of a mispredicted branch. For the same reason values are read into local
names before a choice between them: a choice that has to read is a branch. Blocks are solved in parallel.

What comes out besides values and actions is the least gap between a best and a second best action of each player over
the whole tree, and the least and the greatest of the player's payoffs to measure it by.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange, types

__all__ = ["BLOCK", "stack"]

Array = np.ndarray[Any, Any]

BLOCK = 64
"""Points that are worked on side by side: the values of a block stay in the cache."""

# Unsigned positions: a signed one would be tested for "negative, counts from the end" at every use.
_U = np.uint64

# One machine code for inputs of any layout, not one for each.
_GIVEN = types.Array(types.float64, 3, "A", readonly=True)
_ODDS = types.Array(types.float64, 2, "A", readonly=True)
_NUMBERS = types.Array(types.int32, 1, "C", readonly=True)
_TABLE = types.Array(types.float64, 2, "C")
_ACTIONS = types.Array(types.int32, 2, "C")
_SIGNATURE = types.boolean(*[_NUMBERS] * 5, _GIVEN, _ODDS, _TABLE, _ACTIONS, *[_TABLE] * 3)


@njit(cache=True, error_model="numpy")
def _block(
    start: int, first: Array, child: Array, node: Array, mover: Array, terminal: Array, payoffs: Array,
    chance: Array, values: Array, actions: Array, gap: Array, least: Array, most: Array,
) -> bool:  # fmt: skip
    """Solve the tree at the points of one block; `payoffs` are (columns, T, B), outputs have the points last."""
    columns, _, points = payoffs.shape
    players, inner = len(gap), len(mover)
    width = min(BLOCK, points - start)
    value = np.zeros((inner + len(terminal), columns, BLOCK))
    low, high = np.full((columns, BLOCK), np.inf), np.full((columns, BLOCK), -np.inf)
    space = np.full((players, BLOCK), np.inf)
    second, best, arg = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK, np.int64)
    rest = np.zeros(BLOCK)
    for c in range(columns):
        for t in range(len(terminal)):
            v = _U(terminal[t])
            for w in range(width):
                value[v, c, w] = payoffs[c, t, start + w]
            for w in range(BLOCK):
                low[c, w] = min(low[c, w], value[v, c, w])
            for w in range(BLOCK):
                high[c, w] = max(high[c, w], value[v, c, w])
            for w in range(BLOCK):
                rest[w] += value[v, c, w] - value[v, c, w]  # NaN once a payoff is infinite or NaN
    for r in range(inner):
        q = _U(inner - 1 - r)
        here = _U(node[q])
        a, b = first[q], first[q + _U(1)]
        if mover[q] < 0:
            for j in range(a, b):
                v = _U(child[_U(j)])
                for c in range(columns):
                    for w in range(width):
                        value[here, c, w] += chance[start + w, v] * value[v, c, w]
            continue
        who = _U(mover[q])
        v = _U(child[_U(a)])
        for w in range(BLOCK):
            best[w] = value[v, who, w]
            second[w] = -np.inf
            arg[w] = 0
        for c in range(columns):
            for w in range(BLOCK):
                value[here, c, w] = value[v, c, w]
        for j in range(a + 1, b):
            v, number = _U(child[_U(j)]), j - a
            for c in range(columns):
                if c != who:
                    for w in range(BLOCK):
                        new, old, better = value[v, c, w], value[here, c, w], value[v, who, w] > best[w]
                        value[here, c, w] = new if better else old
            for w in range(BLOCK):
                x, old, runner, before = value[v, who, w], best[w], second[w], arg[w]
                second[w] = max(runner, min(x, old))
                arg[w] = number if x > old else before
                best[w] = max(old, x)
        for w in range(BLOCK):
            value[here, who, w] = best[w]
        for w in range(BLOCK):
            space[who, w] = min(space[who, w], best[w] - second[w])
        for w in range(width):
            actions[q, start + w] = arg[w]
    for c in range(columns):
        for w in range(width):
            values[c, start + w] = value[0, c, w]
    for i in range(players):
        for w in range(width):
            gap[i, start + w] = space[i, w]
            least[i, start + w] = low[i, w]
            most[i, start + w] = high[i, w]
    return bool(rest.sum() == 0.0)


@njit(_SIGNATURE, cache=True, parallel=True, error_model="numpy")
def stack(
    first: Array, child: Array, node: Array, mover: Array, terminal: Array, payoffs: Array, chance: Array,
    values: Array, actions: Array, gap: Array, least: Array, most: Array,
) -> bool:  # fmt: skip
    """Solve the tree at every point, blocks in parallel; whether all payoffs are finite."""
    faulty = 0
    for k in prange((payoffs.shape[2] + BLOCK - 1) // BLOCK):
        fine = _block(
            k * BLOCK, first, child, node, mover, terminal, payoffs, chance, values, actions, gap, least, most
        )
        faulty += 0 if fine else 1
    return faulty == 0
