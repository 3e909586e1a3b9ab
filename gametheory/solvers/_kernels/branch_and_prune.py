r"""Branch and prune: where in the space of mixed profiles equilibria can be, with proof.

A *node* is a box of mixed strategies and, for each strategy, whether it is played, not played or undecided. Played strategies tie with the
best, so their equations hold. A node is narrowed by conditional dominance and by an interval Newton step
(:mod:`gametheory.solvers._kernels.enclosures`, :mod:`gametheory.solvers._kernels.interval_newton`), and then

- discarded, if it holds no equilibrium;
- branched on an undecided strategy, which is first taken to be played and then not to be;
- settled, if its equations have exactly one root in it (Krawczyk): the root is reported, unless it surely is no equilibrium;
- reported as it is, if at most two players mix, for then the equations are linear and exact arithmetic solves them;
- split in two at the middle of its widest side.

The search ends by itself if all solutions of the supports that survive are regular. Where one is not, boxes around it can be neither
discarded nor settled; when the first becomes tiny, the support is reported as *singular* and left to exact algebra.
All equilibria of the game lie in what was reported, because every bound is rigorous.

References
----------
.. [1] R. Porter, E. Nudelman and Y. Shoham, "Simple search methods for finding a Nash equilibrium", *Games and Economic
   Behavior* 63 (2008), 642-662.
.. [2] A. Neumaier, *Interval Methods for Systems of Equations*, Cambridge University Press, 1990, ch. 5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gametheory.solvers._kernels.enclosures import OUT, PLAYED, UNDECIDED, difference, dominance, simplex
from gametheory.solvers._kernels.interval_newton import EXCLUDED, VERIFIED, newton

__all__ = ["DOUBTFUL", "LINEAR", "REGULAR", "SINGULAR", "search"]

Array = np.ndarray[Any, Any]

#: Kinds of report: a root that is a regular equilibrium; one where a sign is too close to tell; a support with linear equations
#: that have no single regular solution; a support with a root that is not regular.
REGULAR, DOUBTFUL, LINEAR, SINGULAR = 0, 1, 2, 3

# Sides shorter than this are not split.
_TINY = 1e-9


@njit(cache=True)
def _same(a: Array, b: Array) -> bool:
    for i in range(a.shape[0]):
        for k in range(a.shape[1]):
            if a[i, k] != b[i, k]:
                return False
    return True


@njit(cache=True)
def _inside(lo: Array, hi: Array, outer_lo: Array, outer_hi: Array) -> bool:
    for i in range(lo.shape[0]):
        for k in range(lo.shape[1]):
            if lo[i, k] < outer_lo[i, k] or hi[i, k] > outer_hi[i, k]:
                return False
    return True


@njit(cache=True)
def _verdict(
    u: Array, shape: Array, lo: Array, hi: Array, status: Array, err: float, low: Array, high: Array
) -> int:
    """Whether the root in a tiny box is an equilibrium: REGULAR, DOUBTFUL, or -1 for no."""
    kind = REGULAR
    for i in range(len(shape)):
        base = -1
        for s in range(shape[i]):
            if status[i, s] == PLAYED:
                base = s if base < 0 else base
                if hi[i, s] < 0.0:
                    return -1
                if lo[i, s] <= 0.0:
                    kind = DOUBTFUL
        for s in range(shape[i]):
            if status[i, s] == OUT:
                difference(u, shape, i, s, base, lo, hi, low, high)
                if low[0] - err > 0.0:
                    return -1
                if high[0] + err >= 0.0:
                    kind = DOUBTFUL
    return kind


@njit(cache=True)
def _undecided(shape: Array, status: Array) -> tuple[int, int]:
    """The strategy to branch on: of the player whose support is nearest to being decided; (-1, -1) if all are."""
    player, strategy, fewest = -1, -1, 1 << 30
    for i in range(len(shape)):
        count, first = 0, -1
        for s in range(shape[i]):
            if status[i, s] == UNDECIDED:
                count += 1
                first = s if first < 0 else first
        if 0 < count < fewest:
            player, strategy, fewest = i, first, count
    return player, strategy


@njit(cache=True)
def search(
    u: Array,
    shape: Array,
    err: float,
    stack: int,
    stack_lo: Array,
    stack_hi: Array,
    stack_status: Array,
    weight: Array,
    found: int,
    kind: Array,
    found_status: Array,
    found_lo: Array,
    found_hi: Array,
    wide_lo: Array,
    wide_hi: Array,
    n_nodes: int,
) -> tuple[int, int, int, float]:
    """Take up to `n_nodes` nodes off the stack.

    Parameters
    ----------
    u : array (N, T)
        Payoffs of each player as floats, scaled, own strategy first.
    shape : array (N,)
    err : float
        Bound of the error of one payoff difference, rounding of the payoffs included.
    stack, found : int
        How many nodes wait, and how many reports there are.
    stack_lo, stack_hi, stack_status : array (depth, N, m)
    weight : array (depth,)
        The part of the search that a node is.
    kind : array (room,)
    found_status, found_lo, found_hi, wide_lo, wide_hi : array (room, N, m)
        Reports: the support, bounds of the root, and the larger box in which it is the only one.

    Returns
    -------
    tuple
        `stack`, `found`, the nodes taken, and the part of the search that they were. The search stops early when the
        reports leave no room.
    """
    n_players, m = stack_lo.shape[1], stack_lo.shape[2]
    lo, hi = np.empty((n_players, m)), np.empty((n_players, m))
    test_lo, test_hi = np.empty((n_players, m)), np.empty((n_players, m))
    outer_lo, outer_hi = np.empty((n_players, m)), np.empty((n_players, m))
    root_lo, root_hi = np.zeros((n_players, m)), np.zeros((n_players, m))
    status = np.empty((n_players, m), np.int64)
    low, high = np.empty(u.shape[1]), np.empty(u.shape[1])
    # Boxes with exactly one root of the support being searched.
    room = 32
    known, known_lo, known_hi = 0, np.empty((room, n_players, m)), np.empty((room, n_players, m))
    current = np.full((n_players, m), -1, np.int64)
    done, taken = 0.0, 0
    while stack > 0 and taken < n_nodes and found < len(kind):
        stack -= 1
        taken += 1
        lo[:] = stack_lo[stack]
        hi[:] = stack_hi[stack]
        status[:] = stack_status[stack]
        part = weight[stack]
        done += part
        alive = True
        while alive:
            if not simplex(shape, lo, hi):
                alive = False
                break
            struck = dominance(u, shape, lo, hi, status, err, low, high)
            if struck < 0:
                alive = False
            if struck <= 0:
                break
        if not alive:
            continue
        player, strategy = _undecided(shape, status)
        if player >= 0:
            if newton(u, shape, lo, hi, status, err, outer_lo, outer_hi, root_lo, root_hi) == EXCLUDED:
                continue
            for choice in (OUT, PLAYED):
                stack_lo[stack] = lo
                stack_hi[stack] = hi
                stack_status[stack] = status
                stack_status[stack, player, strategy] = choice
                if choice == OUT:
                    stack_hi[stack, player, strategy] = 0.0
                weight[stack] = 0.5 * part
                stack += 1
            done -= part
            continue

        mixing = 0
        for i in range(n_players):
            count = 0
            for s in range(shape[i]):
                count += status[i, s] == PLAYED
            mixing += count > 1
        if mixing == 0:
            answer = _verdict(u, shape, lo, hi, status, err, low, high)
            if answer >= 0:
                kind[found] = answer
                found_status[found] = status
                found_lo[found] = lo
                found_hi[found] = hi
                wide_lo[found] = lo
                wide_hi[found] = hi
                found += 1
            continue
        if not _same(status, current):
            current[:] = status
            known = 0
        settled = False
        for k in range(known):
            if _inside(lo, hi, known_lo[k], known_hi[k]):
                settled = True
        if settled:
            continue

        answer, before = 0, 0.0
        while True:
            before = 0.0
            for i in range(n_players):
                for s in range(shape[i]):
                    before += hi[i, s] - lo[i, s]
            answer = newton(u, shape, lo, hi, status, err, outer_lo, outer_hi, root_lo, root_hi)
            if answer != 0:
                break
            if not simplex(shape, lo, hi) or dominance(u, shape, lo, hi, status, err, low, high) < 0:
                answer = EXCLUDED
                break
            after = 0.0
            for i in range(n_players):
                for s in range(shape[i]):
                    after += hi[i, s] - lo[i, s]
            if after > 0.7 * before:
                break
        if answer == EXCLUDED:
            continue
        if answer == VERIFIED:
            if known < room:
                known_lo[known] = outer_lo
                known_hi[known] = outer_hi
                known += 1
            width = np.inf
            lo[:] = outer_lo
            hi[:] = outer_hi
            while True:
                # The root is the only one in the outer box, so every box around it may be narrowed further.
                size = (root_hi - root_lo).max()
                if size > 0.5 * width:
                    break
                width = size
                lo[:] = root_lo
                hi[:] = root_hi
                keep_lo, keep_hi = root_lo.copy(), root_hi.copy()
                if newton(u, shape, lo, hi, status, err, test_lo, test_hi, root_lo, root_hi) != VERIFIED:
                    root_lo[:] = keep_lo
                    root_hi[:] = keep_hi
                    break
            answer = _verdict(u, shape, root_lo, root_hi, status, err, low, high)
            if answer >= 0:
                kind[found] = answer
                found_status[found] = status
                found_lo[found] = root_lo
                found_hi[found] = root_hi
                wide_lo[found] = outer_lo
                wide_hi[found] = outer_hi
                found += 1
            continue
        side, player, strategy = 0.0, 0, 0
        for i in range(n_players):
            for s in range(shape[i]):
                if hi[i, s] - lo[i, s] > side:
                    side, player, strategy = hi[i, s] - lo[i, s], i, s
        if mixing <= 2 or side < _TINY:
            kind[found] = LINEAR if mixing <= 2 else SINGULAR
            found_status[found] = status
            found_lo[found] = lo
            found_hi[found] = hi
            found += 1
            while stack > 0 and _same(stack_status[stack - 1], status):
                stack -= 1
                done += weight[stack]
            continue
        middle = 0.5 * (lo[player, strategy] + hi[player, strategy])
        for half in range(2):
            stack_lo[stack] = lo
            stack_hi[stack] = hi
            stack_status[stack] = status
            if half == 0:
                stack_hi[stack, player, strategy] = middle
            else:
                stack_lo[stack, player, strategy] = middle
            weight[stack] = 0.5 * part
            stack += 1
        done -= part
    return stack, found, taken, done
