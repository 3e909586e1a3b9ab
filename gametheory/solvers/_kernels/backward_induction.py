"""Backward induction in one large flat tree.

Nodes are in pre-order and each inner node has the numbers of its children, so going through the inner nodes from the last to the
first meets all that follows a node before the node itself. The tree is solved part by part, each part a subtree whose values
stay in the cache, in parallel (:mod:`gametheory.solvers.perfect_information`); then what lies above them.

At every decision the gap between the best and the second best action of the mover is taken; what comes out is the least gap
of each player.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange

__all__ = ["flatten", "parts_of_tree", "top_of_tree"]

Array = np.ndarray[Any, Any]

# Unsigned positions: a signed one would be tested for "negative, counts from the end" at every use.
_U = np.uint64


@njit(cache=True)
def flatten(parent: Array, action: Array, end: Array) -> int:
    """Fill in the position among the siblings and the end of the subtree; return the first node out of pre-order, or -1.

    In pre-order the parent of each node is on the path from the root to the node before it.
    """
    n = len(parent)
    children = np.zeros(n, np.int32)
    action[0] = -1
    for v in range(1, n):
        p = parent[v]
        above = v - 1
        while above > p and above >= 0:
            above = parent[above]
        if p < 0 or above != p:
            return v
        action[v] = children[p]
        children[p] += 1
    for v in range(n):
        end[v] = v + 1
    for v in range(n - 1, 0, -1):
        end[parent[v]] = max(end[parent[v]], end[v])
    return -1


@njit(cache=True, error_model="numpy")
def _solve(
    shift: int, low: int, high: int, first: Array, child: Array, node: Array, mover: Array, chance: Array,
    value: Array, actions: Array, gap: Array,
) -> None:  # fmt: skip
    """Solve the inner nodes from `high` - 1 down to `low`; the value of node `v` stands in column ``v - shift``."""
    columns = value.shape[0]
    away = _U(shift)
    for r in range(high - low):
        q = _U(high - 1 - r)
        here = _U(node[q]) - away
        a, b = first[q], first[q + _U(1)]
        if mover[q] < 0:
            for c in range(columns):
                total = 0.0
                for j in range(a, b):
                    below = _U(child[_U(j)])
                    total += chance[below] * value[_U(c), below - away]
                value[_U(c), here] = total
            continue
        who = _U(mover[q])
        best, second, arg = value[who, _U(child[_U(a)]) - away], -np.inf, a
        for j in range(a + 1, b):
            x = value[who, _U(child[_U(j)]) - away]
            second = max(second, min(x, best))
            arg = j if x > best else arg
            best = max(best, x)
        chosen = _U(child[_U(arg)]) - away
        value[_U(0), here] = value[_U(0), chosen]
        if columns > 1:
            value[_U(1), here] = value[_U(1), chosen]
        for c in range(2, columns):
            value[_U(c), here] = value[_U(c), chosen]
        actions[q] = arg - a
        if best - second < gap[who]:  # seldom, so that no node waits for the one before
            gap[who] = best - second


@njit(cache=True, parallel=True, error_model="numpy")
def parts_of_tree(
    parts: Array, first: Array, child: Array, node: Array, mover: Array, terminal: Array, payoffs: Array,
    chance: Array, actions: Array, values: Array, gap: Array,
) -> None:  # fmt: skip
    """Solve disjoint subtrees of one tree; the values of their roots go to `values`, the least gaps to `gap`.

    A row of `parts` has the first and last (exclusive) of the subtree's nodes, inner nodes and ends.
    """
    columns, players = payoffs.shape[0], gap.shape[1]
    for k in prange(len(parts)):
        start = parts[k, 0]
        value = np.empty((columns, parts[k, 1] - start))
        least = np.full(players, np.inf)
        for c in range(columns):
            for t in range(parts[k, 4], parts[k, 5]):
                value[c, terminal[t] - start] = payoffs[c, t]
        _solve(start, parts[k, 2], parts[k, 3], first, child, node, mover, chance, value, actions, least)
        for c in range(columns):
            values[c, k] = value[c, 0]
        for i in range(players):
            gap[k, i] = least[i]


@njit(cache=True, error_model="numpy")
def top_of_tree(
    first: Array, child: Array, node: Array, mover: Array, chance: Array, value: Array, actions: Array, gap: Array
) -> None:  # fmt: skip
    """Solve a tree whose ends have their values in `value` already; the other arrays are as in :func:`parts_of_tree`."""
    _solve(0, 0, len(node), first, child, node, mover, chance, value, actions, gap)
