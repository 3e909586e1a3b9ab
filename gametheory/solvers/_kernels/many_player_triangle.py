r"""Totally mixed equilibria of 3x3x3 games: two plane quartics on a triangle, by subdivision and an inclusion test.

Let any player be the first. Given its mixture ``x``, the third player's two gains (of strategies 1 and 2 over 0) are linear
in the second player's ``y`` with coefficients ``R1(x), R2(x)``; they vanish at ``y ~ Y(x) = R1(x) x R2(x)``, a vector of conics.
From the second player's gains ``z ~ Z(x)`` likewise. Put into the first player's two gains, ``A1(y, z)`` and ``A2(y, z)``, this makes
two quartics ``f, g`` on the triangle of ``x``. All six conics and both quartics are held in Bernstein form, a net of coefficients
whose least and largest bound the values on the triangle.

A triangle is dropped if two weights of ``Y``, or two of ``Z``, have opposite signs all over it, or if ``f``, ``g``, or a combination
of them, has no zero in it. Let ``F = J (f, g)``, ``J`` being the inverse of the slopes between the corners. If the coefficients of ``F'``
stay within ``kappa < 1`` of the identity (largest sum of a row), then ``F`` is one-to-one on the triangle and a point ``c`` with
``|F(c)| <= (1 - kappa) rho`` whose ``rho``-neighbourhood lies inside is within ``rho`` of its only zero there (Newton's method being a
contraction). Otherwise the triangle is halved, never at the middle, as symmetric games have their zeros on simple lines. One that
is still not settled when it is tiny leaves the game in doubt; so does a game that takes too many.

Of the sixteen common zeros of two quartics, six are no equilibria: three where ``Y`` vanishes altogether, and three where
``Z`` does. At a zero of ``Y`` any equilibrium would have to satisfy ``R1(x) y = A1(y, z) = A2(y, z) = 0`` (or ``R2``) with ``z ~ Z(x)``;
if a determinant of these three rows, linear in ``y``, is not zero there is none.

The index is the sign of ``det(-J)`` of the gains' Jacobian: by Schur complements that of ``det d(f, g)/dx`` times the common
signs of ``Y`` and of ``Z``.

References
----------
R. T. Farouki, "The Bernstein polynomial basis: a centennial retrospective", Computer Aided Geometric Design 29(6), 2012.
R. E. Moore, R. B. Kearfott and M. J. Cloud, "Introduction to Interval Analysis", SIAM, 2009.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from gametheory.solvers._kernels.many_player_mixed import one_sign
from gametheory.solvers._kernels.many_player_supports import put

__all__ = ["DEPTH", "mixed_333"]

Array = np.ndarray[Any, Any]

DEPTH = 44
"""How often a triangle is halved; its sides shrink by half every second time."""

_MOST_CELLS = 3000  # triangles looked at, in one game; fifty are usual
_UNIT = 1.2e-16  # half a unit in the last place of one, and a little
# Rounding errors met by a conic's coefficients and a quartic's, as multiples of the unit and of the sum of absolute values that went
# into them: so many at first, so many more with each halving. Counted generously: three for each average, four averages in a row.
_CONIC_FIRST, _CONIC_MORE = 12.0, 12.0
_QUARTIC_FIRST, _QUARTIC_MORE = 60.0, 30.0
_CONTRACTION = 0.8
_ROUNDING = 1e-15


def _at(d: int, j: int, k: int) -> int:
    """Position in a net of degree `d` of the coefficient that counts corners B and C `j` and `k` times."""
    return k * (d + 1) - k * (k - 1) // 2 + j


_INDICES = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (0, 2)]
_CORNERS = np.array([[0, 0], [0, 1], [1, 1], [0, 2], [1, 2], [2, 2]])
# Where products of two nets of degree 2 go in degree 4, and the multinomial coefficients of both degrees.
_PRODUCT = np.array([[_at(4, j + s, k + t) for s, t in _INDICES] for j, k in _INDICES])
_WEIGHT2 = np.array([1.0, 2.0, 1.0, 2.0, 2.0, 1.0])
_WEIGHT4 = np.array([1.0, 4.0, 6.0, 4.0, 1.0, 4.0, 12.0, 12.0, 4.0, 6.0, 12.0, 6.0, 4.0, 4.0, 1.0])
_RATIO = 0.5 + 0.021 * np.cos(1.0 + 1.7 * np.arange(DEPTH + 1))


@njit(cache=True, error_model="numpy")
def _halve_conics(nets: Array, r: float, out: Array) -> None:
    """Split six nets (6 coefficients, 6) of degree 2 at a point of their side AB.

    What keeps A replaces `nets`, the other part goes to `out`; corners are renamed (C, A, new) and (B, C, new), so that the sides
    not yet split come first.
    """
    for e in range(6):
        a, ab, b, ac, bc, c = nets[0, e], nets[1, e], nets[2, e], nets[3, e], nets[4, e], nets[5, e]
        am, bm, cm = a + r * (ab - a), ab + r * (b - ab), ac + r * (bc - ac)
        m = am + r * (bm - am)
        nets[0, e], nets[1, e], nets[2, e], nets[3, e], nets[4, e], nets[5, e] = c, ac, a, cm, am, m
        out[0, e], out[1, e], out[2, e], out[3, e], out[4, e], out[5, e] = b, bc, c, bm, cm, m


@njit(cache=True, error_model="numpy")
def _halve_quartics(nets: Array, r: float, out: Array) -> None:
    """Split two nets (15, 2) of degree 4, as `_halve_conics` does."""
    for e in range(2):
        # By de Casteljau on each row: coefficients with the same number of corners C.
        a0, a1, a2, a3, a4 = nets[0, e], nets[1, e], nets[2, e], nets[3, e], nets[4, e]
        b0, b1, b2, b3 = nets[5, e], nets[6, e], nets[7, e], nets[8, e]
        c0, c1, c2, d0, d1, f0 = nets[9, e], nets[10, e], nets[11, e], nets[12, e], nets[13, e], nets[14, e]
        p0, p1, p2, p3 = a0 + r * (a1 - a0), a1 + r * (a2 - a1), a2 + r * (a3 - a2), a3 + r * (a4 - a3)
        q0, q1, q2 = p0 + r * (p1 - p0), p1 + r * (p2 - p1), p2 + r * (p3 - p2)
        s0, s1 = q0 + r * (q1 - q0), q1 + r * (q2 - q1)
        t0 = s0 + r * (s1 - s0)
        g0, g1, g2 = b0 + r * (b1 - b0), b1 + r * (b2 - b1), b2 + r * (b3 - b2)
        h0, h1 = g0 + r * (g1 - g0), g1 + r * (g2 - g1)
        i0 = h0 + r * (h1 - h0)
        j0, j1 = c0 + r * (c1 - c0), c1 + r * (c2 - c1)
        k0 = j0 + r * (j1 - j0)
        l0 = d0 + r * (d1 - d0)
        # (A, M, C) has rows (a0 p0 q0 s0 t0), (b0 g0 h0 i0), (c0 j0 k0), (d0 l0), (f0); as (C, A, M):
        nets[0, e], nets[1, e], nets[2, e], nets[3, e], nets[4, e] = f0, d0, c0, b0, a0
        nets[5, e], nets[6, e], nets[7, e], nets[8, e] = l0, j0, g0, p0
        nets[9, e], nets[10, e], nets[11, e], nets[12, e], nets[13, e], nets[14, e] = k0, h0, q0, i0, s0, t0
        # (M, B, C) has rows (t0 s1 q2 p3 a4), (i0 h1 g2 b3), (k0 j1 c2), (l0 d1), (f0); as (B, C, M):
        out[0, e], out[1, e], out[2, e], out[3, e], out[4, e] = a4, b3, c2, d1, f0
        out[5, e], out[6, e], out[7, e], out[8, e] = p3, g2, j1, l0
        out[9, e], out[10, e], out[11, e], out[12, e], out[13, e], out[14, e] = q2, h1, k0, s1, i0, t0


@njit(cache=True, error_model="numpy")
def _value(net: Array, s: float, t: float, work: Array) -> tuple[float, float, float]:
    """Value and slopes at ``A + s (B - A) + t (C - A)`` of the quartic `net`; `work` is modified in place."""
    w = 1.0 - s - t
    for m in range(15):
        work[m] = net[m]
    for d in range(4, 1, -1):
        new, old = 0, 0
        for k in range(d):
            above = old + d - k + 1
            for j in range(d - k):
                work[new] = w * work[old + j] + s * work[old + j + 1] + t * work[above + j]
                new += 1
            old = above
    a, b, c = work[0], work[1], work[2]
    return w * a + s * b + t * c, 4.0 * (b - a), 4.0 * (c - a)


@njit(cache=True, error_model="numpy")
def _rows(differences: Array, i: int, j: int, k: int, out: Array) -> None:
    """Player i's two gains as ``out[gain, j's strategy, k's strategy]``, each scaled to a largest entry of one; in place."""
    s, t = 3 if j < k else 1, 1 if j < k else 3
    for e in range(2):
        scale = 1e-300
        for m in range(9):
            scale = max(scale, abs(differences[i, e, m]))
        for a in range(3):
            for b in range(3):
                out[e, a, b] = differences[i, e, a * s + b * t] / scale


@njit(cache=True, error_model="numpy")
def _conics(rows: Array, out: Array, first: int, size: Array) -> float:
    """Nets, columns from `first` on, of the cross product of ``sum_i x_i rows[0, i]`` and ``sum_i x_i rows[1, i]``.

    `out` and the sizes of the terms, `size` (3,), are modified in place. Returns the largest size.
    """
    f, g = rows[0], rows[1]
    largest = 0.0
    for j in range(3):
        m, n = (j + 1) % 3, (j + 2) % 3
        size[j] = 0.0
        for c in range(6):
            a, b = _CORNERS[c, 0], _CORNERS[c, 1]
            v0, v1, v2, v3 = f[a, m] * g[b, n], f[b, m] * g[a, n], f[a, n] * g[b, m], f[b, n] * g[a, m]
            out[c, first + j] = 0.5 * (v0 + v1 - v2 - v3)
            size[j] = max(size[j], 0.5 * (abs(v0) + abs(v1) + abs(v2) + abs(v3)))
        largest = max(largest, size[j])
    return largest


@njit(cache=True, error_model="numpy")
def _quartics(first: Array, conics: Array, out: Array, w: Array) -> None:
    """Nets (15, 2) of the first player's gains at ``Y(x), Z(x)``; `out` and the scratch `w` (6,) are modified in place."""
    for e in range(2):
        f = out[:, e]
        for m in range(15):
            f[m] = 0.0
        for j in range(3):
            for c in range(6):
                w[c] = _WEIGHT2[c] * (
                    first[e, j, 0] * conics[c, 3]
                    + first[e, j, 1] * conics[c, 4]
                    + first[e, j, 2] * conics[c, 5]
                )
            for a in range(6):
                y = _WEIGHT2[a] * conics[a, j]
                for b in range(6):
                    f[_PRODUCT[a, b]] += y * w[b]
        for m in range(15):
            f[m] /= _WEIGHT4[m]


@njit(cache=True, error_model="numpy")
def _opposite(conics: Array, error: float) -> bool:
    """Whether two weights of Y, or two of Z, are of opposite signs all over the triangle."""
    answer = False
    for first in (0, 3):
        positive, negative = False, False
        for e in range(first, first + 3):
            up, down = True, True
            for c in range(6):
                up &= conics[c, e] > error
                down &= conics[c, e] < -error
            positive |= up
            negative |= down
        answer |= positive & negative
    return answer


@njit(cache=True, error_model="numpy")
def _zero(quartics: Array, error: float, nets: Array, work: Array) -> tuple[int, float, float, float, int]:
    """The common zero in a triangle: (1, s, t, radius, orientation), or why there is none to tell: 0 none, -1 split it.

    `error` bounds that of the coefficients of `quartics` (15, 2).
    `nets` (2, 15) and `work` (15,) are scratch, modified in place. Coordinates and radius are those of the triangle.
    """
    f, g = quartics[:, 0], quartics[:, 1]
    above_f, below_f, above_g, below_g = True, True, True, True
    e = error
    for m in range(15):
        above_f &= f[m] > e
        below_f &= f[m] < -e
        above_g &= g[m] > e
        below_g &= g[m] < -e
    if above_f | below_f | above_g | below_g:
        return 0, 0.0, 0.0, 0.0, 0
    fs, ft, gs, gt = f[4] - f[0], f[14] - f[0], g[4] - g[0], g[14] - g[0]
    determinant = fs * gt - ft * gs
    if abs(determinant) <= 1e-6 * (abs(fs * gt) + abs(ft * gs)):
        return -1, 0.0, 0.0, 0.0, 0
    u, v = nets[0], nets[1]
    e *= (abs(fs) + abs(ft) + abs(gs) + abs(gt)) / abs(determinant)
    above_u, below_u, above_v, below_v, above_w, below_w = True, True, True, True, True, True
    fs, ft, gs, gt = fs / determinant, ft / determinant, gs / determinant, gt / determinant
    for m in range(15):
        u[m] = gt * f[m] - ft * g[m]
        v[m] = fs * g[m] - gs * f[m]
        above_u &= u[m] > e
        below_u &= u[m] < -e
        above_v &= v[m] > e
        below_v &= v[m] < -e
        above_w &= u[m] + v[m] > e
        below_w &= u[m] + v[m] < -e
    if above_u | below_u | above_v | below_v | above_w | below_w:
        return 0, 0.0, 0.0, 0.0, 0
    # How far F' is from the identity.
    us, ut, vs, vt = 0.0, 0.0, 0.0, 0.0
    start = 0
    for k in range(4):
        above = start + 5 - k
        for j in range(4 - k):
            a, b, c = start + j, start + j + 1, above + j
            us = max(us, abs(4.0 * (u[b] - u[a]) - 1.0))
            ut = max(ut, abs(4.0 * (u[c] - u[a])))
            vs = max(vs, abs(4.0 * (v[b] - v[a])))
            vt = max(vt, abs(4.0 * (v[c] - v[a]) - 1.0))
        start = above
    kappa = max(us + ut, vs + vt) + 16.0 * e
    if not kappa < _CONTRACTION:
        return -1, 0.0, 0.0, 0.0, 0
    s = t = 1.0 / 3.0
    for _ in range(12):
        p, ps, pt = _value(u, s, t, work)
        q, qs, qt = _value(v, s, t, work)
        jacobian = ps * qt - pt * qs
        ds, dt = (qt * p - pt * q) / jacobian, (ps * q - qs * p) / jacobian
        s, t = s - ds, t - dt
        if not abs(s) + abs(t) < 4.0:
            return -1, 0.0, 0.0, 0.0, 0
        if abs(ds) + abs(dt) < 1e-15:
            break
    p, ps, pt = _value(u, s, t, work)
    q, qs, qt = _value(v, s, t, work)
    radius = 2.0 * (max(abs(p), abs(q)) + e) / (1.0 - kappa) + _ROUNDING
    if s > radius and t > radius and s + t < 1.0 - 2.0 * radius:
        return 1, s, t, radius, 1 if determinant > 0.0 else -1
    return -1, 0.0, 0.0, 0.0, 0


@njit(cache=True, error_model="numpy")
def _weights(rows: Array, x: Array, one: Array, two: Array, out: Array) -> None:
    """The cross product of the two rows at `x`; `one`, `two` and `out` (3,) are modified in place."""
    for j in range(3):
        one[j] = x[0] * rows[0, 0, j] + x[1] * rows[0, 1, j] + x[2] * rows[0, 2, j]
        two[j] = x[0] * rows[1, 0, j] + x[1] * rows[1, 1, j] + x[2] * rows[1, 2, j]
    for j in range(3):
        m, n = (j + 1) % 3, (j + 2) % 3
        out[j] = one[m] * two[n] - one[n] * two[m]


@njit(cache=True, error_model="numpy")
def _extraneous(
    first: Array, by_first: bool, one: Array, two: Array, known: Array, error: float, normal: Array
) -> bool:
    """Whether no mixture of the undetermined player goes with the known one: a determinant clear of zero; see the module.

    `one`, `two`: rows of the undetermined mixture; `known`: weights of the other, of one sign; `error`: of all of these.
    `by_first`: the known mixture is the second player's, not the third's. `normal` (3,) is modified in place.
    """
    total = known[0] + known[1] + known[2]
    a0 = a1 = a2 = b0 = b1 = b2 = 0.0
    for k in range(3):
        z = known[k] / total
        if by_first:
            a0 += z * first[0, k, 0]
            a1 += z * first[0, k, 1]
            a2 += z * first[0, k, 2]
            b0 += z * first[1, k, 0]
            b1 += z * first[1, k, 1]
            b2 += z * first[1, k, 2]
        else:
            a0 += z * first[0, 0, k]
            a1 += z * first[0, 1, k]
            a2 += z * first[0, 2, k]
            b0 += z * first[1, 0, k]
            b1 += z * first[1, 1, k]
            b2 += z * first[1, 2, k]
    normal[0], normal[1], normal[2] = a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0
    # Rows are at most one, and the normalised mixture is wrong by at most 6 errors over the total.
    limit = 10.0 * error + 24.0 * (6.0 * error / abs(total)) + 1e-13
    first_row = abs(one[0] * normal[0] + one[1] * normal[1] + one[2] * normal[2])
    second_row = abs(two[0] * normal[0] + two[1] * normal[1] + two[2] * normal[2])
    return bool(max(first_row, second_row) > limit)


@njit(cache=True, error_model="numpy")
def mixed_333(
    differences: Array,
    p: int,
    tolerance: float,
    strategies: Array,
    errors: Array,
    index: Array,
    quartics: Array,
    conics: Array,
    corners: Array,
    rows: Array,
    nets: Array,
    row: Array,
    depths: Array,
) -> int:
    """Totally mixed equilibria of a 3x3x3 game, player `p` being the first of the above.

    Rows of `strategies`, `errors` and `index` as in `two_mixers`; returns their number, or -1.

    Scratch, modified in place: `quartics` (DEPTH + 2, 15, 2), `conics` (DEPTH + 2, 6, 6), `corners` (DEPTH + 2, 3, 3), `rows` (3, 2, 3, 3),
    `nets` (4, 15), `row` (15,), `depths` (DEPTH + 2,).
    """
    q, r = (1, 2) if p == 0 else ((0, 2) if p == 1 else (0, 1))
    _rows(differences, p, q, r, rows[0])
    _rows(differences, q, p, r, rows[1])
    _rows(differences, r, p, q, rows[2])
    size_y, size_z = nets[3, 0:3], nets[3, 3:6]
    conic_error = _UNIT * max(_conics(rows[2], conics[0], 0, size_y), _conics(rows[1], conics[0], 3, size_z))
    if _opposite(conics[0], conic_error * _CONIC_FIRST):
        return 0
    _quartics(rows[0], conics[0], quartics[0], row)
    size = 0.0
    for e in range(2):
        total = 0.0
        for j in range(3):
            for k in range(3):
                total += abs(rows[0, e, j, k]) * size_y[j] * size_z[k]
        size = max(size, total)
    for a in range(3):
        for i in range(3):
            corners[0, a, i] = 1.0 if a == i else 0.0
    depths[0] = 0
    waiting, looked_at, found = 1, 0, 0
    x, y, z = nets[2, 0:3], nets[2, 3:6], nets[2, 6:9]
    r1, r2, q1, q2, normal = nets[3, 0:3], nets[3, 3:6], nets[3, 6:9], nets[3, 9:12], nets[3, 12:15]
    while waiting:
        waiting -= 1
        looked_at += 1
        here = waiting
        error = conic_error * (_CONIC_FIRST + _CONIC_MORE * depths[here])
        if looked_at > 1 and _opposite(conics[here], error):
            continue
        error = size * _UNIT * (_QUARTIC_FIRST + _QUARTIC_MORE * depths[here])
        answer, s, t, radius, orientation = _zero(quartics[here], error, nets, row)
        if answer == 0:
            continue
        if answer < 0:
            depth = depths[here]
            if depth == DEPTH or looked_at > _MOST_CELLS:
                return -1
            there, ratio = here + 1, _RATIO[depth]
            _halve_quartics(quartics[here], ratio, quartics[there])
            _halve_conics(conics[here], ratio, conics[there])
            for i in range(3):
                a, b, c = corners[here, 0, i], corners[here, 1, i], corners[here, 2, i]
                middle = a + ratio * (b - a)
                corners[here, 0, i], corners[here, 1, i], corners[here, 2, i] = c, a, middle
                corners[there, 0, i], corners[there, 1, i], corners[there, 2, i] = b, c, middle
            depths[here] = depths[there] = depth + 1
            waiting += 2
            continue
        side, least = 0.0, 1.0
        for i in range(3):
            a, b, c = corners[here, 0, i], corners[here, 1, i], corners[here, 2, i]
            x[i] = a + s * (b - a) + t * (c - a)
            side += abs(b - a) + abs(c - a)
            least = min(least, x[i])
        radius = radius * side + _ROUNDING
        _weights(rows[2], x, r1, r2, y)
        _weights(rows[1], x, q1, q2, z)
        error = 4.0 * radius + _CONIC_FIRST * conic_error
        sign_y, sign_z = one_sign(y, error, tolerance), one_sign(z, error, tolerance)
        if sign_y == 0 or sign_z == 0:
            continue
        if sign_y < 0 or sign_z < 0 or least <= radius + tolerance:
            if sign_z == 1 and _extraneous(rows[0], False, r1, r2, z, error, normal):
                continue
            if sign_y == 1 and _extraneous(rows[0], True, q1, q2, y, error, normal):
                continue
            return -1
        if found == len(index):
            return -1
        put(strategies, found, p, 7, x[0], x[1], x[2])
        put(strategies, found, q, 7, y[0], y[1], y[2])
        put(strategies, found, r, 7, z[0], z[1], z[2])
        errors[found, p] = radius
        errors[found, q] = 6.0 * error / abs(y[0] + y[1] + y[2])
        errors[found, r] = 6.0 * error / abs(z[0] + z[1] + z[2])
        index[found] = orientation if (y[0] > 0.0) == (z[0] > 0.0) else -orientation
        found += 1
    return found
