"""Backward induction over flat trees: one large tree, or one tree at many points.

Nodes are in pre-order and each inner node has the numbers of its children, so going through the inner nodes from the last to the
first meets all that follows a node before the node itself. One tree is solved part by part, each part a subtree whose values
stay in the cache, in parallel (:mod:`gametheory.solvers.perfect_information`); then what lies above them.

For a stack, every step works on a block of points side by side, which the compiler turns into vector instructions; that the
best action differs from point to point then costs a selection instead of a mispredicted branch. For the same reason values
are read into local names before a choice between them: a choice that has to read is a branch.

At every decision the gap between the best and the second best action of the mover is taken; what comes out is the least gap
of each player over the whole tree, with the least and the greatest of the player's payoffs to measure it by.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange

__all__ = ["BLOCK", "flatten", "parts_of_tree", "stack", "top_of_tree"]

Array = np.ndarray[Any, Any]

BLOCK = 64
"""Points that are worked on side by side: the values of a block stay in the cache."""

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
        for c in range(columns):
            value[_U(c), here] = value[_U(c), chosen]
        actions[q] = arg - a
        gap[who] = min(gap[who], best - second)


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
    return rest.sum() == 0.0


@njit(cache=True, parallel=True, error_model="numpy")
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
