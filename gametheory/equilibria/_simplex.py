r"""The simplex method in integers: slow, but never wrong.

The program :math:`\max c^\top x`, :math:`A x \le b`, :math:`E x = d`, :math:`x \ge 0` with integer entries is written as a table of
integers over one common denominator, the determinant of the current basis. A pivot on :math:`t_{rs}` replaces

.. math:: t_{ij} \leftarrow (t_{ij} t_{rs} - t_{is} t_{rj}) / D, \qquad D \leftarrow t_{rs},

where the division leaves no remainder (Edmonds; Bareiss's elimination applied to the simplex method), so that all entries stay minors
of the input. The entering column is the one with the best reduced cost; after a number of pivots without progress Bland's rule takes over
until there is some, so that the method cannot cycle. Free variables are written :math:`x_j = x'_j - x'_0` with one common
:math:`x'_0 \ge 0`.

References
----------
.. [1] J. Edmonds and J.-F. Maurras, "Note sur les Q-matrices d'Edmonds", *RAIRO Operations Research* 31 (1997), 203-209.
.. [2] R. Bland, "New finite pivoting rules for the simplex method", *Mathematics of Operations Research* 2 (1977), 103-107.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import numpy as np

__all__ = ["solve"]

Array: TypeAlias = np.ndarray[Any, Any]
Status: TypeAlias = Literal["optimal", "infeasible", "unbounded"]

#: Pivots without progress after which Bland's rule takes over.
_PATIENCE = 12


class _Table:
    """Rows of constraints, then one row of reduced costs; the last column is the right-hand side."""

    def __init__(self, table: Array, basis: list[int]) -> None:
        self.table, self.basis, self.denominator = table, basis, 1

    def pivot(self, r: int, s: int) -> None:
        table, pivot = self.table, self.table[r, s]
        row = table[r].copy()
        reduced = (table * pivot - np.multiply.outer(table[:, s], row)) // self.denominator
        reduced[r] = row
        if pivot < 0:  # keep the common denominator positive
            reduced, pivot = -reduced, -pivot
        self.table, self.denominator, self.basis[r] = reduced, pivot, s

    def improve(self, allowed: int) -> int | None:
        """Pivot to an optimum over the first columns; the column along which there is none, if so."""
        idle = 0
        while True:
            costs = self.table[-1, :allowed]
            candidates = [j for j in range(allowed) if costs[j] < 0]
            if not candidates:
                return None
            s = candidates[0] if idle > _PATIENCE else min(candidates, key=lambda j: costs[j])
            r = self._leaving(s)
            if r is None:
                return s
            idle = idle + 1 if self.table[r, -1] == 0 else 0
            self.pivot(r, s)

    def _leaving(self, s: int) -> int | None:
        best: int | None = None
        for r in range(len(self.basis)):
            entry = self.table[r, s]
            if entry <= 0:
                continue
            if best is None:
                best = r
                continue
            ahead = self.table[r, -1] * self.table[best, s] - self.table[best, -1] * entry
            if ahead < 0 or (ahead == 0 and self.basis[r] < self.basis[best]):
                best = r
        return best

    def price(self, objective: list[int]) -> None:
        """Put an objective of the columns in the last row: reduced costs, negative where a column improves it."""
        costs = np.array([-value for value in objective] + [0], dtype=object) * self.denominator
        for r, column in enumerate(self.basis):
            if objective[column]:
                costs = costs + objective[column] * self.table[r]
        self.table[-1] = costs


def solve(
    rows: list[list[int]], rhs: list[int], n_ub: int, objective: list[int], free: Collection[int]
) -> tuple[Status, list[Fraction], list[Fraction], list[Fraction]]:
    """Maximise over ``rows[:n_ub] x <= rhs[:n_ub]``, ``rows[n_ub:] x = rhs[n_ub:]`` and ``x >= 0`` but for free variables.

    Returns
    -------
    status : {"optimal", "infeasible", "unbounded"}
    x : list of Fraction
        Optimal, or feasible if unbounded.
    dual : list of Fraction
        Prices of the rows: optimal, or the Farkas certificate.
    ray : list of Fraction
        If unbounded, the direction.

    Examples
    --------
    >>> from gametheory.equilibria._simplex import solve
    >>> status, x, dual, _ = solve([[1, 1], [3, 1]], [4, 7], 2, [3, 2], ())
    >>> status, [str(v) for v in x], [str(y) for y in dual]
    ('optimal', ['3/2', '5/2'], ['3/2', '1/2'])
    """
    m, n = len(rows), len(objective)
    shift = 1 if free else 0
    signs = [-1 if value < 0 else 1 for value in rhs]
    # Columns: variables, the common shift of the free ones, slacks, and one artificial variable a row, basic at the start.
    # An artificial column is a unit column at first, so that its reduced cost is the price of its row ever after.
    first_slack = n + shift
    first_artificial = first_slack + n_ub
    width = first_artificial + m
    table = np.zeros((m + 1, width + 1), dtype=object)
    for r, row in enumerate(rows):
        entries = list(row)
        if shift:
            entries.append(-sum(row[j] for j in free))
        table[r, : n + shift] = [signs[r] * value for value in entries]
        if r < n_ub:
            table[r, first_slack + r] = signs[r]
        table[r, first_artificial + r] = 1
        table[r, -1] = signs[r] * rhs[r]
    work = _Table(table, [first_artificial + r for r in range(m)])
    for r in range(n_ub):
        if signs[r] > 0:
            work.pivot(r, first_slack + r)
    work.price([0] * first_artificial + [-1] * m)
    work.improve(first_artificial)
    if work.table[-1, -1] < 0:
        # Reduced cost of an artificial column is its price plus its own cost 1.
        prices = [
            signs[r] * (Fraction(work.table[-1, first_artificial + r], work.denominator) - 1)
            for r in range(m)
        ]
        return "infeasible", [], prices, []
    for r in range(m):
        if work.basis[r] >= first_artificial:
            # At zero; out it goes, or its row follows from the others and stays zero for ever.
            column = next((j for j in range(first_artificial) if work.table[r, j] != 0), None)
            if column is not None:
                work.pivot(r, column)
    full = list(objective) + ([-sum(objective[j] for j in free)] if shift else [])
    work.price(full + [0] * (n_ub + m))
    column = work.improve(first_artificial)
    x = _variables(work, n, free)
    if column is not None:
        return "unbounded", x, [], _direction(work, column, n, free)
    prices = [signs[r] * Fraction(work.table[-1, first_artificial + r], work.denominator) for r in range(m)]
    return "optimal", x, prices, []


def _variables(work: _Table, n: int, free: Collection[int]) -> list[Fraction]:
    values = [Fraction(0)] * (n + 1)
    for r, column in enumerate(work.basis):
        if column < n + bool(free):
            values[column] = Fraction(work.table[r, -1], work.denominator)
    return [value - values[n] if j in free else value for j, value in enumerate(values[:n])]


def _direction(work: _Table, entering: int, n: int, free: Collection[int]) -> list[Fraction]:
    values = [Fraction(0)] * (n + 1)
    if entering < n + bool(free):
        values[entering] = Fraction(1)
    for r, column in enumerate(work.basis):
        if column < n + bool(free):
            values[column] = -Fraction(work.table[r, entering], work.denominator)
    return [value - values[n] if j in free else value for j, value in enumerate(values[:n])]
