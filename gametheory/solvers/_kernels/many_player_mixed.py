r"""Equilibria of three players all of whom mix, one of them over two strategies: eliminated to one polynomial in one unknown.

Write ``x, y, z`` for the mixtures of players in the roles ``p, q, r``, and ``x`` also for the probability of p's second strategy. A
player mixes only where its gains vanish, and its gains are bilinear in the others' mixtures.

- Supports 2, 2, 2. r's gain ``(1-y) P0(x) + y P1(x)``, with ``P0, P1`` linear in ``x``, vanishes at ``(1-y, y) ~ (P1, -P0)``, and q's
  likewise at ``(1-z, z) ~ (Q1, -Q0)``. Put into p's gain this is a quadratic in ``x``. (It is also q's gain with ``y`` from r's and ``z``
  from p's, which serves where ``Q0`` and ``Q1`` both vanish.)
- Supports 2, 2, 3. The two gains of r, ``F`` and ``G``, are bilinear in ``x, y``; eliminating ``y`` leaves the quadratic
  ``F0 G1 - F1 G0``. Then p's and q's gains are two linear equations for the weights ``z``: their cross product.
- Supports 2, 3, 3. Given ``x``, r's two gains are linear in ``y``, so ``y`` is the cross product ``Y(x)`` of their coefficients, a
  vector of quadratics; so is ``z ~ Z(x)``. Put into p's gain this is a quartic in ``x``.

A root counts if it lies in (0, 1) and the weights it gives to the others are all of one sign; all comparisons
carry the radius of the root (:mod:`.many_player_roots`). What cannot be compared is in doubt, and so is the game.

The index is the sign of ``det(-J)``, ``J`` the Jacobian of the gains. By Schur complements it is the sign of the quadratic's slope for
2, 2, 2; of the quadratic's slope times the common sign of ``z``'s weights for 2, 2, 3; and of minus the quartic's slope for 2, 3, 3.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gametheory.solvers._kernels.many_player_roots import clear_roots, isolate, polish, quadratic, rootless
from gametheory.solvers._kernels.many_player_supports import MEMBER, PAIR, SIZE, STRIDE, put

__all__ = ["cycle", "mixed_222", "mixed_223", "mixed_233", "no_cycle", "one_sign"]

Array = np.ndarray[Any, Any]

_ROUNDING = 1e-15
_CONIC_ERROR = 1e-14  # of a minor of two rows of numbers up to one
# Of a quartic's coefficients, relative to the sizes of the terms: a hundred roundings, and thirty in each of thirty halvings.
_QUARTIC_ERROR = 1e-13


@njit(cache=True, error_model="numpy")
def one_sign(weights: Array, error: float, tolerance: float) -> int:
    """Whether three weights with this error are all of one sign, and none small: 1, 0, or -1 (in doubt)."""
    total = abs(weights[0]) + abs(weights[1]) + abs(weights[2])
    limit = error + tolerance * total
    positive, negative = 0, 0
    for k in range(3):
        if weights[k] > limit:
            positive += 1
        elif weights[k] < -limit:
            negative += 1
    if positive and negative:
        return 0
    return 1 if positive == 3 or negative == 3 else -1


@njit(cache=True, error_model="numpy")
def _cycle_polynomial(
    a00: float,
    a01: float,
    a10: float,
    a11: float,
    b00: float,
    b01: float,
    b10: float,
    b11: float,
    c00: float,
    c01: float,
    c10: float,
    c11: float,
) -> tuple[float, float, float]:
    """The quadratic (in Bernstein form) for player 1's second strategy, given the gains as in `cycle`."""
    h0 = c01 * (a00 * b01 - a01 * b00) - c00 * (a10 * b01 - a11 * b00)
    h2 = c11 * (a00 * b11 - a01 * b10) - c10 * (a10 * b11 - a11 * b10)
    h1 = 0.5 * (
        c01 * (a00 * b11 - a01 * b10)
        + c11 * (a00 * b01 - a01 * b00)
        - c00 * (a10 * b11 - a11 * b10)
        - c10 * (a10 * b01 - a11 * b00)
    )
    return h0, h1, h2


@njit(cache=True, error_model="numpy")
def _weights(
    c00: float, c01: float, c10: float, c11: float, x: float, radius: float, scale: float, tolerance: float
) -> tuple[float, float, float, float, bool]:
    """A player's gains at `x` against two strategies, the sum of their sizes, their error, and whether they are clear of zero."""
    p0, p1 = c00 + x * (c10 - c00), c01 + x * (c11 - c01)
    p, error = abs(p0) + abs(p1), scale * (2.0 * radius + _ROUNDING)
    limit = error + tolerance * p
    return p0, p1, p, error, (abs(p0) > limit) & (abs(p1) > limit)


@njit(cache=True, error_model="numpy", forceinline=True)  # a loop that calls it is not vectorised
def no_cycle(
    a00: float,
    a01: float,
    a10: float,
    a11: float,
    b00: float,
    b01: float,
    b10: float,
    b11: float,
    c00: float,
    c01: float,
    c10: float,
    c11: float,
    scale_b: float,
    scale_c: float,
    scale: float,
    tolerance: float,
) -> bool:
    """Whether `cycle` is easily seen to find nothing, and to have no doubt: without jumps, for many games side by side."""
    h0, h1, h2 = _cycle_polynomial(a00, a01, a10, a11, b00, b01, b10, b11, c00, c01, c10, c11)
    clear, one, two, radius = clear_roots(h0, h1, h2, scale)
    p0, p1, _, _, sure = _weights(c00, c01, c10, c11, one, radius, scale_c, tolerance)
    q0, q1, _, _, certain = _weights(b00, b01, b10, b11, one, radius, scale_b, tolerance)
    clear &= (sure & ((p0 > 0.0) == (p1 > 0.0))) | (certain & ((q0 > 0.0) == (q1 > 0.0)))
    p0, p1, _, _, sure = _weights(c00, c01, c10, c11, two, radius, scale_c, tolerance)
    q0, q1, _, _, certain = _weights(b00, b01, b10, b11, two, radius, scale_b, tolerance)
    clear &= (sure & ((p0 > 0.0) == (p1 > 0.0))) | (certain & ((q0 > 0.0) == (q1 > 0.0)))
    return clear | rootless(h0, h1, h2, scale)


@njit(cache=True, error_model="numpy")
def cycle(
    a00: float,
    a01: float,
    a10: float,
    a11: float,
    b00: float,
    b01: float,
    b10: float,
    b11: float,
    c00: float,
    c01: float,
    c10: float,
    c11: float,
    scale_b: float,
    scale_c: float,
    scale: float,
    tolerance: float,
    exact: bool,
    out: Array,
) -> int:
    """Totally mixed equilibria of a 2x2x2 game with the gains ``a[y, z]``, ``b[x, z]``, ``c[x, y]`` from second strategies.

    The scales are the largest of the ``|b|``, of the ``|c|``, and the product of all three largest. Rows of `out` (2, 7), modified in
    place: the probability of each second strategy, the errors of the three mixtures, the index. Returns the number, or -1. If sums
    of products of three are `exact`, zeros are, too; so are sums of nothing but zeros.
    """
    h0, h1, h2 = _cycle_polynomial(a00, a01, a10, a11, b00, b01, b10, b11, c00, c01, c10, c11)
    zero0, zero2 = h0 == 0.0, h2 == 0.0
    if (zero0 or zero2) and not exact:
        zero0 &= (c01 == 0.0 or ((a00 == 0.0 or b01 == 0.0) and (a01 == 0.0 or b00 == 0.0))) and (
            c00 == 0.0 or ((a10 == 0.0 or b01 == 0.0) and (a11 == 0.0 or b00 == 0.0))
        )
        zero2 &= (c11 == 0.0 or ((a00 == 0.0 or b11 == 0.0) and (a01 == 0.0 or b10 == 0.0))) and (
            c10 == 0.0 or ((a10 == 0.0 or b11 == 0.0) and (a11 == 0.0 or b10 == 0.0))
        )
    count, x0, radius0, slope0, x1, radius1, slope1 = quadratic(h0, h1, h2, scale, zero0, zero2)
    if count < 1:
        return count
    found = 0
    doubt = False
    for root in range(count):
        x, radius, slope = (x0, radius0, slope0) if root == 0 else (x1, radius1, slope1)
        p0, p1, p, error_p, clear_p = _weights(c00, c01, c10, c11, x, radius, scale_c, tolerance)
        q0, q1, q, error_q, clear_q = _weights(b00, b01, b10, b11, x, radius, scale_b, tolerance)
        if clear_p and not clear_q:
            # Given y, p's gain determines z as well.
            q0, q1 = a00 * p1 - a10 * p0, a01 * p1 - a11 * p0
            q, error_q = abs(q0) + abs(q1), scale / scale_b / scale_c * (2.0 * error_p + _ROUNDING * p)
            limit_q = error_q + tolerance * q
            clear_q = abs(q0) > limit_q and abs(q1) > limit_q
        elif clear_q and not clear_p:
            p0, p1 = a00 * q1 - a01 * q0, a10 * q1 - a11 * q0
            p, error_p = abs(p0) + abs(p1), scale / scale_b / scale_c * (2.0 * error_q + _ROUNDING * q)
            limit_p = error_p + tolerance * p
            clear_p = abs(p0) > limit_p and abs(p1) > limit_p
        if (clear_p and (p0 > 0.0) == (p1 > 0.0)) or (clear_q and (q0 > 0.0) == (q1 > 0.0)):
            continue
        if not (clear_p and clear_q and radius + tolerance < x < 1.0 - radius - tolerance):
            doubt = True
            continue
        out[found, 0], out[found, 1], out[found, 2] = x, abs(p0) / p, abs(q0) / q
        out[found, 3], out[found, 4], out[found, 5] = 2.0 * radius, 3.0 * error_p / p, 3.0 * error_q / q
        out[found, 6] = slope
        found += 1
    return -1 if doubt else found


@njit(cache=True, error_model="numpy")
def mixed_222(
    differences: Array,
    tolerance: float,
    exact: bool,
    supports: Array,
    strategies: Array,
    errors: Array,
    index: Array,
    scratch: Array,
) -> int:
    """Equilibria, apart from deviations, with these supports of two strategies each; rows as in `two_mixers`."""
    x0, x1 = MEMBER[supports[0], 0], MEMBER[supports[0], 1]
    y0, y1 = MEMBER[supports[1], 0], MEMBER[supports[1], 1]
    z0, z1 = MEMBER[supports[2], 0], MEMBER[supports[2], 1]
    a, b, c = (
        differences[0, PAIR[x0, x1]],
        differences[1, PAIR[y0, y1]],
        differences[2, PAIR[z0, z1]],
    )
    a00, a01, a10, a11 = a[3 * y0 + z0], a[3 * y0 + z1], a[3 * y1 + z0], a[3 * y1 + z1]
    b00, b01, b10, b11 = b[3 * x0 + z0], b[3 * x0 + z1], b[3 * x1 + z0], b[3 * x1 + z1]
    c00, c01, c10, c11 = c[3 * x0 + y0], c[3 * x0 + y1], c[3 * x1 + y0], c[3 * x1 + y1]
    scale_a = max(abs(a00), abs(a01), abs(a10), abs(a11))
    scale_b = max(abs(b00), abs(b01), abs(b10), abs(b11))
    scale_c = max(abs(c00), abs(c01), abs(c10), abs(c11))
    count = cycle(
        a00,
        a01,
        a10,
        a11,
        b00,
        b01,
        b10,
        b11,
        c00,
        c01,
        c10,
        c11,
        scale_b,
        scale_c,
        scale_a * scale_b * scale_c,
        tolerance,
        exact,
        scratch,
    )
    for row in range(count):
        for i in range(3):
            put(strategies, row, i, supports[i], 1.0 - scratch[row, i], scratch[row, i], 0.0)
            errors[row, i] = scratch[row, 3 + i]
        index[row] = 1 if scratch[row, 6] > 0.0 else -1
    return count


@njit(cache=True, error_model="numpy")
def mixed_223(
    differences: Array,
    tolerance: float,
    exact: bool,
    supports: Array,
    strategies: Array,
    errors: Array,
    index: Array,
    scratch: Array,
) -> int:
    """As `mixed_222`, where one player mixes over three strategies and two mix over two."""
    r = 0 if SIZE[supports[0]] == 3 else (1 if SIZE[supports[1]] == 3 else 2)
    p, q = (1, 2) if r == 0 else ((0, 2) if r == 1 else (0, 1))
    x0, x1 = MEMBER[supports[p], 0], MEMBER[supports[p], 1]
    y0, y1 = MEMBER[supports[q], 0], MEMBER[supports[q], 1]
    f, g = differences[r, 0], differences[r, 1]
    s, t = STRIDE[r, p], STRIDE[r, q]
    o00, o01, o10, o11 = x0 * s + y0 * t, x0 * s + y1 * t, x1 * s + y0 * t, x1 * s + y1 * t
    f00, f01, f10, f11 = f[o00], f[o01], f[o10], f[o11]
    g00, g01, g10, g11 = g[o00], g[o01], g[o10], g[o11]
    scale_f, scale_g = (
        max(abs(f00), abs(f01), abs(f10), abs(f11)),
        max(abs(g00), abs(g01), abs(g10), abs(g11)),
    )
    h0, h2 = f00 * g01 - f01 * g00, f10 * g11 - f11 * g10
    h1 = 0.5 * (f00 * g11 + f10 * g01 - f01 * g10 - f11 * g00)
    zero0 = h0 == 0.0 and (exact or ((f00 == 0.0 or g01 == 0.0) and (f01 == 0.0 or g00 == 0.0)))
    zero2 = h2 == 0.0 and (exact or ((f10 == 0.0 or g11 == 0.0) and (f11 == 0.0 or g10 == 0.0)))
    count, root0, radius0, slope0, root1, radius1, slope1 = quadratic(
        h0, h1, h2, scale_f * scale_g, zero0, zero2
    )
    if count < 1:
        return count
    a, b = differences[p, PAIR[x0, x1]], differences[q, PAIR[y0, y1]]
    scale_a, scale_b = 0.0, 0.0
    for k in range(3):
        for j in (y0, y1):
            scale_a = max(scale_a, abs(a[j * STRIDE[p, q] + k * STRIDE[p, r]]))
        for i in (x0, x1):
            scale_b = max(scale_b, abs(b[i * STRIDE[q, p] + k * STRIDE[q, r]]))
    one, two, weights = scratch[2], scratch[3], scratch[4]
    found = 0
    doubt = False
    for root in range(count):
        x, radius, slope = (root0, radius0, slope0) if root == 0 else (root1, radius1, slope1)
        # y from f, and where f leaves it open from g, which vanishes at the same y.
        y, error_y, settled = 0.0, 0.0, -1
        for equation in range(2):
            if equation == 0:
                v0, v1, scale = f00 + x * (f10 - f00), f01 + x * (f11 - f01), scale_f
            else:
                v0, v1, scale = g00 + x * (g10 - g00), g01 + x * (g11 - g01), scale_g
            total = abs(v0) + abs(v1)
            error = scale * (2.0 * radius + _ROUNDING)
            limit = error + tolerance * total
            if abs(v0) > limit and abs(v1) > limit:
                if (v0 > 0.0) == (v1 > 0.0):
                    settled = 0
                    break
                if settled < 0 or 3.0 * error / total < error_y:
                    settled, y, error_y = 1, abs(v0) / total, 3.0 * error / total
        if settled == 0:
            continue
        for k in range(3):
            at = k * STRIDE[p, r]
            u0, u1 = a[y0 * STRIDE[p, q] + at], a[y1 * STRIDE[p, q] + at]
            one[k] = (u0 + y * (u1 - u0)) / scale_a
            at = k * STRIDE[q, r]
            u0, u1 = b[x0 * STRIDE[q, p] + at], b[x1 * STRIDE[q, p] + at]
            two[k] = (u0 + x * (u1 - u0)) / scale_b
        for k in range(3):
            m, n = (k + 1) % 3, (k + 2) % 3
            weights[k] = one[m] * two[n] - one[n] * two[m]
        error_z = 4.0 * (error_y + 2.0 * radius) + _CONIC_ERROR
        sign = one_sign(weights, error_z, tolerance) if settled == 1 else -1
        if sign == 0:
            continue
        if sign < 0 or not radius + tolerance < x < 1.0 - radius - tolerance:
            doubt = True
            continue
        put(strategies, found, p, supports[p], 1.0 - x, x, 0.0)
        put(strategies, found, q, supports[q], 1.0 - y, y, 0.0)
        put(strategies, found, r, 7, weights[0], weights[1], weights[2])
        errors[found, p], errors[found, q] = 2.0 * radius, 2.0 * error_y
        errors[found, r] = 6.0 * error_z / abs(weights[0] + weights[1] + weights[2])
        index[found] = slope if weights[0] > 0.0 else -slope
        found += 1
    return -1 if doubt else found


@njit(cache=True, error_model="numpy")
def _minors(differences: Array, r: int, p: int, q: int, x0: int, x1: int, exact: bool, out: Array) -> None:
    """Bernstein coefficients (3, 3) of q's three weights that make r's three strategies equally good, in p's ``x``.

    They are at most 2 in absolute value, and scaled towards it unless they are to be `exact`; `out` is modified in place.
    """
    s, t = STRIDE[r, p], STRIDE[r, q]
    f, g = differences[r, 0], differences[r, 1]
    scale_f, scale_g = 1e-300, 1e-300
    for j in range(3):
        scale_f = max(scale_f, abs(f[x0 * s + j * t]), abs(f[x1 * s + j * t]))
        scale_g = max(scale_g, abs(g[x0 * s + j * t]), abs(g[x1 * s + j * t]))
    factor = 1.0 if exact else 1.0 / scale_f / scale_g
    for j in range(3):
        m, n = (j + 1) % 3 * t, (j + 2) % 3 * t
        m0, m1, n0, n1 = x0 * s + m, x1 * s + m, x0 * s + n, x1 * s + n
        out[j, 0] = (f[m0] * g[n0] - f[n0] * g[m0]) * factor
        out[j, 1] = 0.5 * (f[m0] * g[n1] + f[m1] * g[n0] - f[n0] * g[m1] - f[n1] * g[m0]) * factor
        out[j, 2] = (f[m1] * g[n1] - f[n1] * g[m1]) * factor


@njit(cache=True, error_model="numpy")
def _refuted(minors: Array, low: float, high: float) -> bool:
    """Whether, by their coefficients on an interval, two of the three weights are of opposite signs all over it."""
    positive, negative = False, False
    u, v = 1.0 - low, 1.0 - high
    for j in range(3):
        a, b, c = minors[j, 0], minors[j, 1], minors[j, 2]
        first = u * (u * a + low * b) + low * (u * b + low * c)
        middle = u * (v * a + high * b) + low * (v * b + high * c)
        last = v * (v * a + high * b) + high * (v * b + high * c)
        positive |= (first > _CONIC_ERROR) & (middle > _CONIC_ERROR) & (last > _CONIC_ERROR)
        negative |= (first < -_CONIC_ERROR) & (middle < -_CONIC_ERROR) & (last < -_CONIC_ERROR)
    return positive and negative


@njit(cache=True, error_model="numpy")
def mixed_233(
    differences: Array,
    tolerance: float,
    exact: bool,
    supports: Array,
    strategies: Array,
    errors: Array,
    index: Array,
    scratch: Array,
    cells: Array,
    intervals: Array,
) -> int:
    """As `mixed_222`, where one player mixes over two strategies and two mix over three."""
    p = 0 if SIZE[supports[0]] == 2 else (1 if SIZE[supports[1]] == 2 else 2)
    q, r = (1, 2) if p == 0 else ((0, 2) if p == 1 else (0, 1))
    x0, x1 = MEMBER[supports[p], 0], MEMBER[supports[p], 1]
    ys, zs = scratch[0:3], scratch[3:6]
    _minors(differences, r, p, q, x0, x1, exact, ys)
    if _refuted(ys, 0.0, 1.0):
        return 0
    _minors(differences, q, p, r, x0, x1, exact, zs)
    if _refuted(zs, 0.0, 1.0):
        return 0
    a = differences[p, PAIR[x0, x1]]
    scale = 1e-300
    for j in range(9):
        scale = max(scale, abs(a[j]))
    if exact:
        scale = 1.0
    h = cells[0]
    for m in range(5):
        h[m] = 0.0
    for j in range(3):
        w0, w1, w2 = 0.0, 0.0, 0.0
        for k in range(3):
            u = a[j * STRIDE[p, q] + k * STRIDE[p, r]] / scale
            w0 += u * zs[k, 0]
            w1 += u * zs[k, 1]
            w2 += u * zs[k, 2]
        y0, y1, y2 = ys[j, 0], ys[j, 1], ys[j, 2]
        h[0] += y0 * w0
        h[1] += 0.5 * (y0 * w1 + y1 * w0)
        h[2] += (y0 * w2 + 4.0 * y1 * w1 + y2 * w0) / 6.0
        h[3] += 0.5 * (y1 * w2 + y2 * w1)
        h[4] += y2 * w2
    # Nine terms, of two minors each at most 2.
    quartic_error = 36.0 * _QUARTIC_ERROR
    count = isolate(cells, quartic_error, exact, intervals)
    if count < 0:
        return -1
    found = 0
    doubt = False
    y, z = scratch[6], scratch[7]
    for k in range(count):
        low, high = intervals[k, 5], intervals[k, 6]
        if _refuted(ys, low, high) or _refuted(zs, low, high):
            continue
        x, radius = polish(intervals[k], quartic_error)
        if intervals[k, 7] == 0.0 or radius < 0.0:
            doubt = True
            continue
        x, radius = low + (high - low) * x, (high - low) * radius + _ROUNDING
        v = 1.0 - x
        for j in range(3):
            y[j] = v * v * ys[j, 0] + 2.0 * v * x * ys[j, 1] + x * x * ys[j, 2]
            z[j] = v * v * zs[j, 0] + 2.0 * v * x * zs[j, 1] + x * x * zs[j, 2]
        # A minor lies between -2 and 2, so its slope between -8 and 8.
        error = 8.0 * radius + _CONIC_ERROR
        sign_y, sign_z = one_sign(y, error, tolerance), one_sign(z, error, tolerance)
        if sign_y == 0 or sign_z == 0:
            continue
        if sign_y < 0 or sign_z < 0 or not radius + tolerance < x < 1.0 - radius - tolerance:
            doubt = True
            continue
        if found == len(index):
            return -1
        put(strategies, found, p, supports[p], 1.0 - x, x, 0.0)
        put(strategies, found, q, 7, y[0], y[1], y[2])
        put(strategies, found, r, 7, z[0], z[1], z[2])
        errors[found, p] = 2.0 * radius
        errors[found, q] = 6.0 * error / abs(y[0] + y[1] + y[2])
        errors[found, r] = 6.0 * error / abs(z[0] + z[1] + z[2])
        index[found] = -1 if intervals[k, 4] > 0.0 else 1
        found += 1
    return -1 if doubt else found
