r"""The principal branch of logit quantal response equilibria, traced through one game or a stack of games.

Variables are the actions ``v`` of all information sets; a normal form is a tree with one information set a player. With
``z = log p`` and `u(v)` what the owner expects from the action `v` once its information set is reached, a logit equilibrium at
precision `t` solves, at every information set with actions `H`, ::

    z_v - z_w = t (u(v) - u(w)) for v in H,    log sum_H exp(z_v) = 0,

where `w` is some action of `H`. These are as many equations as there are variables in ``(z, t)`` less one, so that their
solutions are curves. The one that begins with uniform play at ``t = 0`` is followed by predictor and corrector steps in arc
length, which pass turning points of `t` (Turocy 2005; Allgower and Georg 1990): a step along the tangent, then Newton's method
in the hyperplane across it. Logarithms keep what is played with probability ``1e-100`` as accurate as the rest.

*No leaving the curve.* A step is taken back and halved if Newton's method does not contract, if it has far to go, or if the
tangent turns or a probability changes by much. On a regular curve the determinant of the derivatives bordered by the tangent
keeps its sign. Where a step changes it, the step is halved as well: either it had jumped to another branch, or, if the change
stays at steps of :data:`_TINY`, branches cross there (as in symmetric games). The smooth continuation is then followed,
and the crossing is reported.

The *structure* of a game is a tuple of arrays: ``start`` (first variable of each information set), ``owner`` (its player),
``node_start`` (its first node), for each node ``log_chance`` and the variables before it (``before_start``, ``before``), for each
variable its entries ``entry_start``, and for each entry, a way on to the end of the game, ``node``, ``end`` (position of the payoff),
``chance`` and the variables after (``after_start``, ``after``).

References
----------
T. L. Turocy, "A dynamic homotopy interpretation of the logistic quantal response equilibrium correspondence", Games and
Economic Behavior 51, 2005, 243-263.
E. L. Allgower and K. Georg, Numerical Continuation Methods, Springer, 1990.
R. D. McKelvey and T. R. Palfrey, "Quantal response equilibria for extensive form games", Experimental Economics 1, 1998,
9-41.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange

__all__ = ["DONE", "evaluate", "stack", "trace"]

Array = np.ndarray[Any, Any]

#: How a trace may end: all precisions reached; no step succeeds; more steps than allowed.
DONE, STUCK, LONG = 0, 1, 2

_TINY = 1e-5  # steps at which a change of orientation is a crossing of branches
_LEAP = 0.02  # the step across one
_LEAST = 1e-9  # steps below this mean that there is no way on
_MOST_CHANGE = 0.2  # of a probability in one step
_TURN = 0.95  # least cosine between tangents
_NEWTON = 8


@njit(cache=True)
def evaluate(form: Any, payoffs: Array, z: Array, values: Array, slopes: Array) -> None:
    """Write what every action is worth, and the derivatives of that in all ``z``, into the last two arrays."""
    start, owner, node_start, log_chance, before_start, before = form[:6]
    entry_start, node, end, chance, after_start, after = form[6:]
    n = z.size
    p = np.exp(z)
    values[:] = 0.0
    slopes[:] = 0.0
    beliefs = np.ones(log_chance.size)
    reached = np.empty(n)
    for h in range(start.size - 1):
        first, last = node_start[h], node_start[h + 1]
        reached[:] = 0.0
        several = last > first + 1
        if several:
            # Probabilities of the nodes given the information set; their logarithms never leave the range of floats.
            top = -np.inf
            for x in range(first, last):
                total = log_chance[x]
                for k in range(before_start[x], before_start[x + 1]):
                    total += z[before[k]]
                beliefs[x] = total
                top = max(top, total)
            weight = 0.0
            for x in range(first, last):
                beliefs[x] = np.exp(beliefs[x] - top)
                weight += beliefs[x]
            for x in range(first, last):
                beliefs[x] /= weight
                for k in range(before_start[x], before_start[x + 1]):
                    reached[before[k]] += beliefs[x]
        i = owner[h]
        for v in range(start[h], start[h + 1]):
            for e in range(entry_start[v], entry_start[v + 1]):
                x = node[e]
                worth = beliefs[x] * chance[e] * payoffs[i, end[e]]
                for k in range(after_start[e], after_start[e + 1]):
                    worth *= p[after[k]]
                values[v] += worth
                for k in range(after_start[e], after_start[e + 1]):
                    slopes[v, after[k]] += worth
                if several:
                    for k in range(before_start[x], before_start[x + 1]):
                        slopes[v, before[k]] += worth
            if several:
                for g in range(n):
                    slopes[v, g] -= values[v] * reached[g]


@njit(cache=True)
def _system(
    form: Any, payoffs: Array, point: Array, values: Array, slopes: Array, matrix: Array, right: Array
) -> None:
    """Write the derivatives of the equations into the first rows of `matrix`, and minus the equations into `right`."""
    start = form[0]
    n = point.size - 1
    z, precision = point[:n], point[n]
    evaluate(form, payoffs, z, values, slopes)
    for h in range(start.size - 1):
        first, last = start[h], start[h + 1]
        base = first
        for v in range(first + 1, last):
            if z[v] > z[base]:
                base = v
        total = 0.0
        for v in range(first, last):
            total += np.exp(z[v] - z[base])
        for v in range(first, last):
            if v == base:
                matrix[v, :] = 0.0
                for w in range(first, last):
                    matrix[v, w] = np.exp(z[w] - z[base]) / total
                right[v] = -(z[base] + np.log(total))
            else:
                gain = values[v] - values[base]
                for g in range(n):
                    matrix[v, g] = -precision * (slopes[v, g] - slopes[base, g])
                matrix[v, v] += 1.0
                matrix[v, base] -= 1.0
                matrix[v, n] = -gain
                right[v] = -(z[v] - z[base] - precision * gain)


@njit(cache=True)
def _solve(matrix: Array, right: Array) -> int:
    """Solve a linear system in place; returns the sign of the determinant, 0 if the matrix is singular."""
    n, sign = right.size, 1
    for c in range(n):
        best = c
        for r in range(c + 1, n):
            if abs(matrix[r, c]) > abs(matrix[best, c]):
                best = r
        pivot = matrix[best, c]
        if pivot == 0.0 or not np.isfinite(pivot):
            return 0
        if best != c:
            sign = -sign
            right[c], right[best] = right[best], right[c]
            for j in range(c, n):
                matrix[c, j], matrix[best, j] = matrix[best, j], matrix[c, j]
        if pivot < 0.0:
            sign = -sign
        for r in range(c + 1, n):
            factor = matrix[r, c] / pivot
            if factor != 0.0:
                for j in range(c + 1, n):
                    matrix[r, j] -= factor * matrix[c, j]
                right[r] -= factor * right[c]
    for c in range(n - 1, -1, -1):
        total = right[c]
        for j in range(c + 1, n):
            total -= matrix[c, j] * right[j]
        right[c] = total / matrix[c, c]
    return sign


@njit(cache=True)
def _newton(
    form: Any,
    payoffs: Array,
    point: Array,
    across: Array,
    reach: float,
    values: Array,
    slopes: Array,
    matrix: Array,
) -> tuple[bool, int]:
    """Newton's method from `point`, modified in place, in the hyperplane across a direction; says whether it converged.

    It must contract, and begin with no more than `reach`; second comes the number of iterations.
    """
    n = point.size - 1
    right = np.empty(n + 1)
    previous = np.inf
    for iteration in range(_NEWTON):
        _system(form, payoffs, point, values, slopes, matrix, right)
        matrix[n, :] = across
        right[n] = 0.0
        if _solve(matrix, right) == 0:
            return False, iteration
        size, weighted = 0.0, 0.0
        small = True
        for k in range(n + 1):
            change = abs(right[k])
            if not np.isfinite(change):
                return False, iteration
            size = max(size, change)
            near = change <= 1e-10 * (1.0 + abs(point[k]))
            if k < n:
                p = min(1.0, np.exp(point[k]))
                weighted = max(weighted, change * p)
                # At great precision the logarithm of a tiny probability is no more accurate than the payoffs that decide it.
                near |= change <= 1e-6 and change * p <= 1e-14
            small &= near
        if iteration == 0 and (size > reach or weighted > 0.1):
            return False, iteration
        if iteration > 0 and not small and size > 0.5 * previous:
            return False, iteration
        previous = size
        point += right
        if small:
            return True, iteration + 1
    return False, _NEWTON


@njit(cache=True)
def _residual(form: Any, values: Array, z: Array, precision: float) -> float:
    """How far the probabilities are from the logit response to them."""
    start = form[0]
    worst = 0.0
    for h in range(start.size - 1):
        first, last = start[h], start[h + 1]
        top = -np.inf
        for v in range(first, last):
            top = max(top, values[v])
        total = 0.0
        for v in range(first, last):
            total += np.exp(precision * (values[v] - top))
        for v in range(first, last):
            worst = max(worst, abs(np.exp(z[v]) - np.exp(precision * (values[v] - top)) / total))
    return worst


@njit(cache=True)
def trace(
    form: Any,
    payoffs: Array,
    targets: Array,
    most_steps: int,
    keep: bool,
    hits: Array,
    hit_at: Array,
    points: Array,
    crossings: Array,
) -> tuple[int, int, int, int]:
    """Follow the principal branch until the last target is reached.

    Parameters
    ----------
    form : tuple
        The structure of the game.
    payoffs : float array (N, T)
        Of every player at every end of the game.
    targets : float array (K,)
        Precisions, increasing, positive.
    most_steps : int
    keep : bool
        Whether to record all points of the curve.
    hits : float array (M, n + 3)
        Written: ``z``, the precision, the arc length and the residual wherever the curve has a target precision.
    hit_at : int array (M,)
        Written: which target.
    points : float array (P, n + 3)
        Written if `keep`: the points of the curve.
    crossings : float array (C,)
        Written: precisions at which other branches cross.

    Returns
    -------
    status : int
        :data:`DONE`, :data:`STUCK` or :data:`LONG` (also if one of the arrays is full).
    n_hits, n_points, n_crossings : int
    """
    start = form[0]
    n = start[-1]
    values, slopes = np.empty(n), np.empty((n, n))
    matrix, right = np.empty((n + 1, n + 1)), np.empty(n + 1)
    point, tangent = np.zeros(n + 1), np.zeros(n + 1)
    for h in range(start.size - 1):
        for v in range(start[h], start[h + 1]):
            point[v] = -np.log(float(start[h + 1] - start[h]))
    tangent[n] = 1.0
    _system(form, payoffs, point, values, slopes, matrix, right)
    matrix[n, :] = tangent
    right[:] = 0.0
    right[n] = 1.0
    orientation = _solve(matrix, right)
    tangent[:] = right / np.sqrt((right * right).sum())
    n_hits, n_points, n_crossings, length = 0, 0, 0, 0.0
    if keep:
        points[0, : n + 1] = point
        points[0, n + 1 :] = 0.0
        n_points = 1
    step = 0.05
    halved_for_orientation = False
    last_target = targets[-1]
    for _ in range(most_steps):
        if step < _LEAST:
            return STUCK, n_hits, n_points, n_crossings
        crossing = halved_for_orientation and step < _TINY
        if crossing:
            step = _LEAP * (1.0 + 0.1 * point[n])
        new = point + step * tangent
        good, iterations = _newton(form, payoffs, new, tangent, 0.1 * step + 1e-8, values, slopes, matrix)
        if good:
            for v in range(n):
                good &= abs(np.exp(new[v]) - np.exp(point[v])) <= _MOST_CHANGE
        sign, turn = 0, 1.0
        if good:
            _system(form, payoffs, new, values, slopes, matrix, right)
            matrix[n, :] = tangent
            right[:] = 0.0
            right[n] = 1.0
            sign = _solve(matrix, right)
            if sign == 0:
                good = False
            else:
                right /= np.sqrt((right * right).sum())
                turn = (right * tangent).sum()
                good = turn >= _TURN
        if not good:
            if crossing:
                return STUCK, n_hits, n_points, n_crossings
            step *= 0.5
            continue
        if sign != orientation and not crossing:
            halved_for_orientation = True
            step *= 0.5
            continue
        # The targets between the two points.
        passed = True
        found = n_hits
        low, high = min(point[n], new[n]), max(point[n], new[n])
        upward = new[n] >= point[n]
        for k in range(targets.size):
            t = k if upward else targets.size - 1 - k
            target = targets[t]
            if (low < target <= high) if upward else (low <= target < high):
                share = (target - point[n]) / (new[n] - point[n])
                hit = point + share * (new - point)
                hit[n] = target
                only = np.zeros(n + 1)
                only[n] = 1.0
                good, _ = _newton(form, payoffs, hit, only, np.inf, values, slopes, matrix)
                far = 0.0
                for v in range(n):
                    far = max(far, abs(np.exp(hit[v]) - np.exp(point[v])))
                if not good or far > _MOST_CHANGE:
                    passed = False
                    break
                if found == hits.shape[0]:
                    return LONG, n_hits, n_points, n_crossings
                evaluate(form, payoffs, hit[:n], values, slopes)
                hits[found, : n + 1] = hit
                hits[found, n + 1] = length + share * step
                hits[found, n + 2] = _residual(form, values, hit[:n], target)
                hit_at[found] = t
                found += 1
                if target == last_target:
                    break
        if not passed:
            step *= 0.5
            continue
        n_hits = found
        if sign != orientation:
            if n_crossings == crossings.size:
                return LONG, n_hits, n_points, n_crossings
            crossings[n_crossings] = 0.5 * (point[n] + new[n])
            n_crossings += 1
            orientation = sign
        halved_for_orientation = False
        length += step
        point[:] = new
        tangent[:] = right
        if keep:
            if n_points == points.shape[0]:
                return LONG, n_hits, n_points, n_crossings
            evaluate(form, payoffs, point[:n], values, slopes)
            points[n_points, : n + 1] = point
            points[n_points, n + 1] = length
            points[n_points, n + 2] = _residual(form, values, point[:n], point[n])
            n_points += 1
        if point[n] >= last_target:
            return DONE, n_hits, n_points, n_crossings
        if iterations <= 3 and turn > 0.99:
            step *= 2.0
        elif iterations <= 4:
            step *= 1.3
    return LONG, n_hits, n_points, n_crossings


@njit(cache=True, parallel=True)
def stack(form: Any, payoffs: Array, targets: Array, most_steps: int) -> tuple[Array, Array, Array]:
    """The first points of the principal branches of many games at a precision each, in parallel.

    Parameters
    ----------
    form : tuple
        The structure that the games share.
    payoffs : float array (B, N, T)
    targets : float array (B,)
        Positive precisions.
    most_steps : int

    Returns
    -------
    probabilities : float array (B, n)
        NaN where the branch was not followed so far.
    residual : float array (B,)
    crossings : int array (B,)
        Crossings with other branches on the way.
    """
    n = form[0][-1]
    size = payoffs.shape[0]
    probabilities = np.full((size, n), np.nan)
    residual, crossings = np.full(size, np.nan), np.zeros(size, np.int64)
    for b in prange(size):
        hits, at = np.empty((1, n + 3)), np.empty(1, np.int64)
        where = np.empty(64)
        nothing = np.empty((0, n + 3))
        _, found, _, count = trace(
            form, payoffs[b], targets[b : b + 1], most_steps, False, hits, at, nothing, where
        )
        crossings[b] = count
        if found:
            probabilities[b] = np.exp(hits[0, :n])
            residual[b] = hits[0, n + 2]
    return probabilities, residual, crossings
