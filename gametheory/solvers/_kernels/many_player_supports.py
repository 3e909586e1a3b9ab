r"""Which supports of a three-player game may carry an equilibrium, by signs alone; and what is shared by all that solve them.

A *support* is one nonempty set of strategies for each player, stored as bits (1 to 7). What a player gains by strategy ``b``
rather than ``a`` against each of the nine pure profiles of the others is a row of `differences`, one for each pair ``(a, b)`` out
of (0, 1), (0, 2), (1, 2). It is the difference of two floats, hence right to half a unit in the last place, whatever the size of
the payoffs; it is scaled by a power of two so that the range of the player's payoffs is at most one. Its sign is held as bits
too: *positive*, *negative*, *near* zero (not zero, but within `slack`), or equal to zero, where no bit is set.

If, against all profiles of the others within a support, ``b`` never gains less than ``a`` and somewhere gains more, then ``a`` is
conditionally dominated and no best reply to a mixture with that support. An equilibrium's strategies are therefore all
`undominated` against its support. This is exact, and it leaves few supports to be solved.

Solvers of one kind of support write to `Found` rows ``(strategies, errors, index)``; :func:`deviation` then asks whether a strategy
outside the support does better. Three answers are possible everywhere: yes (1), no (0), and in doubt (-1).

Players in the arrays keep their positions; "roles" ``p, q, r`` are positions in the order in which a solver wants them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = [
    "MEMBER",
    "OPPONENTS",
    "PAIR",
    "SIZE",
    "STRIDE",
    "deviation",
    "integral",
    "prepare",
    "put",
    "two_mixers",
]

Array = np.ndarray[Any, Any]

STRIDE = np.array([[0, 3, 1], [3, 0, 1], [3, 1, 0]])
"""``STRIDE[i, j]``: how far apart, in a row of player i's differences, two neighbouring strategies of player j are."""
SIZE = np.array([0, 1, 1, 2, 1, 2, 2, 3])
MEMBER = np.array([[0, 0, 0], [0, 0, 0], [1, 0, 0], [0, 1, 0], [2, 0, 0], [0, 2, 0], [1, 2, 0], [0, 1, 2]])
"""The strategies in a support."""
PAIR = np.array([[0, 0, 1], [0, 0, 2], [1, 2, 0]])
"""``PAIR[a, b]``: the row of differences between two strategies."""
OPPONENTS = np.array(
    [
        [
            sum(1 << (3 * j + k) for j in range(3) for k in range(3) if s >> j & 1 and t >> k & 1)
            for t in range(8)
        ]
        for s in range(8)
    ]
)
"""The profiles of the others, as bits, of which two supports consist."""

_NOISE = 1e-13  # of the size of the payoffs: a difference below it is rounding, whatever the range; as in solvers.stacked
_ROUNDING = 1e-14  # several times what rounding does to a sum of nine products of numbers up to one
_LEAST, _MOST = (
    1e-200,
    1e200,
)  # ranges outside are left to exact arithmetic: no product of differences may overflow


@njit(cache=True, error_model="numpy")
def prepare(
    payoffs: Array,
    n: Array,
    tolerance: float,
    differences: Array,
    signs: Array,
    slack: Array,
    undominated: Array,
) -> bool:
    """Fill the arrays that describe a game (all but `payoffs` and `n` are modified in place).

    `payoffs` (3, n_1, n_2, n_3); `differences` (3, 3, 9); `signs` (3, 3, 3): bits that are positive, negative, near;
    `slack` (3,); `undominated` (3, 8, 8): strategies of player i against supports of the others, as bits. Returns False if
    the payoffs are too large or too small for floats.
    """
    for i in range(3):
        low, high = np.inf, -np.inf
        for u in payoffs[i].flat:
            low, high = min(low, u), max(high, u)
        spread, size = high - low, max(abs(low), abs(high))
        if spread != 0.0 and not _LEAST < spread < _MOST:
            return False
        scale = 1.0 if spread == 0.0 else 2.0 ** -np.ceil(np.log2(spread))
        slack[i] = (tolerance * spread + _NOISE * size) * scale
        j, k = (1, 2) if i == 0 else ((0, 2) if i == 1 else (0, 1))
        for pair in range(3):
            a, b = (0, 1) if pair == 0 else ((0, 2) if pair == 1 else (1, 2))
            positive, negative, near = 0, 0, 0
            if b < n[i]:
                for s in range(n[j]):
                    for t in range(n[k]):
                        if i == 0:
                            d = payoffs[0, b, s, t] - payoffs[0, a, s, t]
                        elif i == 1:
                            d = payoffs[1, s, b, t] - payoffs[1, s, a, t]
                        else:
                            d = payoffs[2, s, t, b] - payoffs[2, s, t, a]
                        d *= scale
                        differences[i, pair, 3 * s + t] = d
                        bit = 1 << (3 * s + t)
                        if d > slack[i]:
                            positive |= bit
                        elif d < -slack[i]:
                            negative |= bit
                        elif d != 0.0:
                            near |= bit
            signs[i, pair, 0], signs[i, pair, 1], signs[i, pair, 2] = positive, negative, near
        for s in range(1, 1 << n[j]):
            for t in range(1, 1 << n[k]):
                others = OPPONENTS[s, t]
                left = (1 << n[i]) - 1
                for pair in range(3 if n[i] == 3 else n[i] - 1):
                    if signs[i, pair, 2] & others:
                        continue
                    gains, losses = signs[i, pair, 0] & others, signs[i, pair, 1] & others
                    if gains and not losses:
                        left &= ~(2 if pair == 2 else 1)
                    elif losses and not gains:
                        left &= ~(2 if pair == 0 else 4)
                undominated[i, s, t] = left
    return True


@njit(cache=True, error_model="numpy")
def integral(differences: Array, bits: int) -> bool:
    """Whether all differences are multiples of ``2**-bits``, so that sums of products of few of them are exact."""
    unit = 2.0**bits
    count = 0
    for d in differences.flat:
        count += d * unit != np.floor(d * unit)
    return count == 0


@njit(cache=True, error_model="numpy")
def put(strategies: Array, row: int, player: int, support: int, x0: float, x1: float, x2: float) -> None:
    """Write a mixture over `support`, given by positive weights, to ``strategies[row, player]``."""
    total = x0 + x1 + x2
    for a in range(3):
        strategies[row, player, a] = 0.0
    strategies[row, player, MEMBER[support, 0]] = x0 / total
    if SIZE[support] > 1:
        strategies[row, player, MEMBER[support, 1]] = x1 / total
    if SIZE[support] > 2:
        strategies[row, player, MEMBER[support, 2]] = x2 / total


@njit(cache=True, error_model="numpy")
def deviation(
    differences: Array, n: Array, slack: Array, supports: Array, strategies: Array, errors: Array
) -> int:
    """Whether a strategy outside its support is no better reply for anybody: 1, 0, or -1 where it is about as good.

    `strategies` (3, 3); `errors` (3,) bounds, for each player, the sum of the errors of its probabilities.
    """
    answer = 1
    for i in range(3):
        if SIZE[supports[i]] == n[i]:
            continue
        j, k = (1, 2) if i == 0 else ((0, 2) if i == 1 else (0, 1))
        a = MEMBER[supports[i], 0]
        limit = slack[i] + 2.0 * (errors[j] + errors[k]) + _ROUNDING
        for b in range(n[i]):
            if supports[i] >> b & 1:
                continue
            pair = PAIR[a, b]
            gain = 0.0
            for s in range(n[j]):
                if strategies[j, s] != 0.0:
                    for t in range(n[k]):
                        gain += strategies[j, s] * strategies[k, t] * differences[i, pair, 3 * s + t]
            if b < a:
                gain = -gain
            if gain > limit:
                return 0
            if gain >= -limit:
                answer = -1
    return answer


@njit(cache=True, error_model="numpy")
def one_mixer(differences: Array, n: Array, supports: Array) -> int:
    """Whether only one player's mixing, for whom its strategies tie, can be ruled out: 0, or -1 where it cannot.

    With two strategies mixed at odds ``t``, every other reply of the others bounds ``t`` from below or above: gains ``g + h t <= 0``.
    """
    r = 0 if SIZE[supports[0]] > 1 else (1 if SIZE[supports[1]] > 1 else 2)
    if SIZE[supports[r]] == 3:
        return -1
    z0, z1 = MEMBER[supports[r], 0], MEMBER[supports[r], 1]
    least, most = 0.0, np.inf
    for i in range(3):
        if i == r:
            continue
        other = 3 - i - r
        a = MEMBER[supports[i], 0]
        base = MEMBER[supports[other], 0] * STRIDE[i, other]
        for b in range(n[i]):
            if b != a:
                row = differences[i, PAIR[a, b]]
                sign = 1.0 if a < b else -1.0
                g, h = sign * row[base + z0 * STRIDE[i, r]], sign * row[base + z1 * STRIDE[i, r]]
                if h < 0.0:
                    least = max(least, g / -h)
                elif h > 0.0:
                    most = min(most, -g / h)
                elif g > 0.0:
                    return 0
    return 0 if least > most + 1e-9 * abs(most) else -1


@njit(cache=True, error_model="numpy")
def _cross(differences: Array, q: int, r: int, other: int, tolerance: float, exact: bool, out: Array) -> int:
    """The mixture of r's three strategies that makes q's three equally good, the third player's strategy being given.

    Weights go to `out` (5,), modified in place, then their sum and a bound on the error of the normalised weights. Returns 1, 0,
    or -1 as they are all of one sign, clearly not, or in doubt. If products are `exact`, so is a weight of zero.
    """
    base, step = other * STRIDE[q, 3 - q - r], STRIDE[q, r]
    first, second = differences[q, 0], differences[q, 1]
    total, bound = 0.0, 0.0
    for k in range(3):
        s, t = base + (k + 1) % 3 * step, base + (k + 2) % 3 * step
        one, two = first[s] * second[t], first[t] * second[s]
        out[k] = one - two
        total += abs(out[k])
        bound += abs(one) + abs(two)
    limit = tolerance * total + _ROUNDING * bound
    positive, negative = 0, 0
    for k in range(3):
        if out[k] > limit:
            positive += 1
        elif out[k] < -limit:
            negative += 1
    out[3] = out[0] + out[1] + out[2]
    if positive and negative:
        return 0
    if positive < 3 and negative < 3:
        if exact and positive + negative > 0 and (out[0] == 0.0 or out[1] == 0.0 or out[2] == 0.0):
            return 0
        return -1
    out[4] = _ROUNDING * bound / total
    return 1


@njit(cache=True, error_model="numpy")
def two_mixers(
    differences: Array,
    slack: Array,
    tolerance: float,
    exact: bool,
    supports: Array,
    strategies: Array,
    errors: Array,
    index: Array,
    scratch: Array,
) -> int:
    """The equilibrium, apart from deviations, with a support in which one player has a single strategy.

    That player's strategy is given; the other two keep each other indifferent. With two strategies each, the signs alone prove the
    mixture interior; with three each, the weights are the cross product of two rows; with two and three there are two equations
    for one unknown, and a determinant that is not zero refutes them. Writes row 0 of `strategies`, `errors`, `index`
    (modified in place). Returns 1, 0, or -1.
    """
    p = 0 if SIZE[supports[0]] == 1 else (1 if SIZE[supports[1]] == 1 else 2)
    q, r = (1, 2) if p == 0 else ((0, 2) if p == 1 else (0, 1))
    other = MEMBER[supports[p], 0]
    if SIZE[supports[q]] > SIZE[supports[r]]:
        q, r = r, q
    put(strategies, 0, p, supports[p], 1.0, 0.0, 0.0)
    errors[0, p] = 0.0
    if SIZE[supports[q]] == 3:
        one = _cross(differences, q, r, other, tolerance, exact, scratch[0])
        if one == 0:
            return 0
        two = _cross(differences, r, q, other, tolerance, exact, scratch[1])
        if one < 1 or two < 1:
            return 0 if two == 0 else -1
        put(strategies, 0, r, 7, scratch[0, 0], scratch[0, 1], scratch[0, 2])
        put(strategies, 0, q, 7, scratch[1, 0], scratch[1, 1], scratch[1, 2])
        errors[0, r], errors[0, q] = scratch[0, 4], scratch[1, 4]
        index[0] = 1 if (scratch[0, 3] > 0.0) == (scratch[1, 3] > 0.0) else -1
        return 1
    q0, q1 = MEMBER[supports[q], 0], MEMBER[supports[q], 1]
    if SIZE[supports[r]] == 3:
        base, step = other * STRIDE[r, p], STRIDE[r, q]
        s, t = base + q0 * step, base + q1 * step
        one = differences[r, 0, s] * differences[r, 1, t]
        two = differences[r, 0, t] * differences[r, 1, s]
        return 0 if abs(one - two) > (tolerance + _ROUNDING) * (abs(one) + abs(two)) else -1
    r0, r1 = MEMBER[supports[r], 0], MEMBER[supports[r], 1]
    row = differences[q, PAIR[q0, q1]]
    base, step = other * STRIDE[q, p], STRIDE[q, r]
    d0, d1 = row[base + r0 * step], row[base + r1 * step]
    row = differences[r, PAIR[r0, r1]]
    base, step = other * STRIDE[r, p], STRIDE[r, q]
    e0, e1 = row[base + q0 * step], row[base + q1 * step]
    if min(abs(d0), abs(d1)) <= slack[q] or min(abs(e0), abs(e1)) <= slack[r]:
        return -1
    # Neither strategy is dominated, so the signs are opposite.
    put(strategies, 0, r, supports[r], abs(d1), abs(d0), 0.0)
    put(strategies, 0, q, supports[q], abs(e1), abs(e0), 0.0)
    errors[0, q] = errors[0, r] = _ROUNDING
    index[0] = 1 if (d1 > 0.0) != (e1 > 0.0) else -1
    return 1
