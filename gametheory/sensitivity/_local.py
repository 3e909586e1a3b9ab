r"""Points of a case near the baseline, in floating point.

The scaled distance is minimised subject to the constraints of the case by sequential quadratic programming (Kraft 1988). What is found is
a candidate only: bounds come from exact solutions at rational points near by.

References
----------
.. [1] D. Kraft, "A software package for sequential quadratic programming", DFVLR-FB 88-28, 1988.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog, minimize

from gametheory.sensitivity._cases import Case
from gametheory.solvers.rational_functions import Ring

__all__ = ["Smooth", "best_multipliers", "minimise", "nearest_in"]

Floats: TypeAlias = NDArray[np.float64]

#: SciPy's stubs do not know functions that return their gradient as well, which jac=True says.
minimise: Any = minimize

#: How far constraints are to be from zero, where each is scaled to one.
MARGIN = 1e-9


class Smooth:
    """Polynomials as functions of floats, with their gradients.

    Parameters
    ----------
    ring : Ring
    polynomials : sequence of fmpq_mpoly
    names : sequence of str
        The variables, in the order of the points.
    start, step : array
        A point is ``start + step * x``.
    """

    def __init__(
        self, ring: Ring, polynomials: Sequence[Any], names: Sequence[str], start: Floats, step: Floats
    ) -> None:
        columns = [ring.index(name) for name in names]
        terms = [polynomial.to_dict() for polynomial in polynomials]
        monomials = sorted({tuple(int(e[k]) for k in columns) for own in terms for e in own})
        place = {monomial: k for k, monomial in enumerate(monomials)}
        self._exponents = np.array(monomials, float).reshape(len(monomials), len(names))
        self._weights = np.zeros((len(polynomials), len(monomials)))
        for row, own in enumerate(terms):
            for exponents, c in own.items():
                self._weights[row, place[tuple(int(exponents[k]) for k in columns)]] += float(
                    Fraction(int(c.p), int(c.q))
                )
        self._start, self._step = start, step
        size = np.abs(self.gradient(np.zeros(len(names)))).max(axis=1, initial=0.0)
        size = np.maximum(size, np.abs(self(np.zeros(len(names)))))
        self._weights /= np.where(size > 0, size, 1.0)[:, None]

    def __call__(self, x: Floats) -> Floats:
        at = self._start + self._step * x
        return np.asarray(self._weights @ (at**self._exponents).prod(axis=1))

    def gradient(self, x: Floats) -> Floats:
        """Of each polynomial, a row each."""
        at = self._start + self._step * x
        powers = at**self._exponents
        result = np.empty((len(self._weights), len(at)))
        for k in range(len(at)):
            lowered = np.where(
                self._exponents[:, k] > 0,
                self._exponents[:, k] * at[k] ** np.maximum(self._exponents[:, k] - 1, 0),
                0.0,
            )
            others = np.delete(powers, k, axis=1).prod(axis=1)
            result[:, k] = self._weights @ (lowered * others) * self._step[k]
        return result


def nearest_in(
    ring: Ring,
    case: Case,
    base: Mapping[str, Fraction],
    scale: Mapping[str, Fraction],
    ranges: Mapping[str, tuple[Fraction, Fraction]],
    p: float,
    starts: Sequence[Mapping[str, Fraction]],
) -> Iterator[dict[str, float]]:
    """Points of a case that are locally nearest in a scaled norm.

    Parameters
    ----------
    ring : Ring
    case : Case
    base, scale : mapping of str to Fraction
    ranges : mapping of str to (Fraction, Fraction)
    p : 1 or 2
    starts : sequence of mapping
        Points to begin with, besides the base.

    Yields
    ------
    dict of str to float
        The parameters.
    """
    names = [name for name in scale if name in ring.names]
    unknown = [name for group in case.groups for name in group]
    n, m = len(names), len(unknown)
    start = np.array([float(base[name]) for name in names] + [0.0] * m)
    step = np.array([float(scale[name]) for name in names] + [1.0] * m)
    equal = [k for k, (_, relation) in enumerate(case.constraints) if relation == "=="]
    other = [k for k in range(len(case.constraints)) if k not in equal]
    smooth = Smooth(ring, [polynomial for polynomial, _ in case.constraints], [*names, *unknown], start, step)
    totals = np.zeros((len(case.groups), n + m))
    for g, group in enumerate(case.groups):
        for name in group:
            totals[g, n + unknown.index(name)] = 1.0
    low = np.array([float((ranges[k][0] - base[k]) / scale[k]) for k in names])
    high = np.array([float((ranges[k][1] - base[k]) / scale[k]) for k in names])
    # The sum norm is not smooth: each move is what goes up less what goes down.
    extra = n if p == 1 else 0

    def point(z: Floats) -> Floats:
        return np.concatenate([z[:n] - z[n + m :], z[n : n + m]]) if extra else z

    def spread(rows: Floats) -> Floats:
        return np.hstack([rows, -rows[:, :n]]) if extra else rows

    constraints: list[dict[str, Any]] = [
        {
            "type": "ineq",
            "fun": lambda z: smooth(point(z))[other] - MARGIN,
            "jac": lambda z: spread(smooth.gradient(point(z))[other]),
        }
    ]
    if equal or len(totals):
        constraints.append(
            {
                "type": "eq",
                "fun": lambda z: np.append(smooth(point(z))[equal], totals @ point(z) - 1.0),
                "jac": lambda z: spread(np.vstack([smooth.gradient(point(z))[equal], totals])),
            }
        )
    if extra:
        bounds = [(0.0, max(h, 0.0)) for h in high] + [(0.0, 1.0)] * m + [(0.0, max(-v, 0.0)) for v in low]
    else:
        bounds = [*zip(low, high, strict=True)] + [(0.0, 1.0)] * m
    ones = np.concatenate([np.ones(n), np.zeros(m), np.ones(extra)])

    def size(z: Floats) -> tuple[float, Floats]:
        if extra:
            return float(ones @ z), ones
        return float((ones * z) @ z), 2 * ones * z

    shares = np.concatenate([np.full(len(group), 1 / len(group)) for group in case.groups] or [np.empty(0)])
    for begin in (None, *starts):
        move = (
            np.zeros(n)
            if begin is None
            else np.array([float((begin[k] - base[k]) / scale[k]) for k in names])
        )
        first = np.concatenate([np.maximum(move, 0) if extra else move, shares, np.maximum(-move, 0)[:extra]])
        result = minimise(
            size,
            first,
            jac=True,
            bounds=bounds,
            constraints=constraints,
            method="SLSQP",
            options={"maxiter": 200, "ftol": 1e-14},
        )
        if np.all(np.isfinite(result.x)):
            at = point(np.asarray(result.x))
            yield {
                name: float(base[name]) + float(scale[name]) * float(at[k]) for k, name in enumerate(names)
            }


def best_multipliers(values: Floats, slopes: Floats, p: float) -> Floats:
    r"""Multipliers of inequalities ``values + slopes @ x >= 0`` that show best how long `x` must be.

    They are a solution of the dual of the least norm: :math:`-\lambda^\top v` is made greatest where
    :math:`\|S^\top \lambda\|_q \le 1` and :math:`\lambda \ge 0`.

    Parameters
    ----------
    values : array of shape (K,)
    slopes : array of shape (K, n)
    p : 1 or 2

    Returns
    -------
    array of shape (K,)
        Not negative, the greatest of them one; zero where the inequalities hold at zero.
    """
    size = np.maximum(np.abs(slopes).max(axis=1, initial=0.0), np.abs(values))
    size = np.where(size > 0, size, 1.0)
    v, s = values / size, slopes / size[:, None]
    if not len(v) or v.min() >= 0:
        return np.zeros(len(v))
    if p == 1:
        rows = np.vstack([s.T, -s.T])
        found = linprog(v, A_ub=rows, b_ub=np.ones(len(rows)), bounds=[(0, None)] * len(v), method="highs")
        weights = np.asarray(found.x) if found.success else np.zeros(len(v))
    else:
        found = minimise(
            lambda w: (float(w @ v + (w @ s) @ (w @ s) / 2), v + s @ (w @ s)),
            np.zeros(len(v)),
            jac=True,
            bounds=[(0, None)] * len(v),
            method="L-BFGS-B",
        )
        weights = np.asarray(found.x)
    weights = weights / size
    return weights / weights.max() if weights.max(initial=0.0) > 0 else np.zeros(len(v))
