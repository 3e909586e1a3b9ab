r"""The Lemke-Howson algorithm in integers: what decides where floating-point numbers cannot.

The tableaux of :math:`B^\top x + s = 1` and :math:`A y + r = 1` are kept as integers: after each pivot every entry is a minor of
the tableau one began with, so that the division by the previous pivot leaves no remainder (Bareiss 1968; von Stengel 2007,
section 3.4). The lexicographic rule compares rows divided by their entry in the pivot column, across all slack
columns; it is exact, so every path ends.

References
----------
B. von Stengel, "Equilibrium computation for two-player games in strategic and extensive form", in N. Nisan et al. (eds),
*Algorithmic Game Theory*, Cambridge University Press, 2007, ch. 3.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

from flint import fmpz

__all__ = ["Ending", "Paths"]


class Ending(NamedTuple):
    """Where a path ends: the basic variables of either tableau, and the pivots that it took."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    pivots: int


class _Tableau:
    """``M y + r = 1``: rows of integers over the columns, the slacks and the right-hand side."""

    def __init__(self, matrix: list[list[Fraction]]) -> None:
        self.n_rows, self.n_columns = len(matrix), len(matrix[0])
        low = min(min(row) for row in matrix)
        high = max(max(row) for row in matrix)
        shift = (high - low or Fraction(1)) - low
        common = math.lcm(*(v.denominator for row in matrix for v in row), shift.denominator)
        self.rows: list[list[Any]] = []
        for r, row in enumerate(matrix):
            slacks = [fmpz(int(r == s)) for s in range(self.n_rows)]
            self.rows.append([*(fmpz(int((v + shift) * common)) for v in row), *slacks, fmpz(1)])
        self.basis = [self.n_columns + r for r in range(self.n_rows)]
        self.divisor = fmpz(1)

    def pivot(self, entering: int) -> int:
        """Let a variable enter the basis; returns the one that leaves."""
        candidates = [r for r in range(self.n_rows) if self.rows[r][entering] > 0]
        # The right-hand side first, then the slacks: the powers of the infinitely small number.
        for column in (-1, *range(self.n_columns, self.n_columns + self.n_rows)):
            if len(candidates) == 1:
                break
            kept = [candidates[0]]
            for r in candidates[1:]:
                best = self.rows[kept[0]]
                difference = self.rows[r][column] * best[entering] - best[column] * self.rows[r][entering]
                if difference < 0:
                    kept = [r]
                elif difference == 0:
                    kept.append(r)
            candidates = kept
        out = candidates[0]
        row = self.rows[out]
        piece, divisor = row[entering], self.divisor
        for r, other in enumerate(self.rows):
            if r != out:
                factor = other[entering]
                self.rows[r] = [
                    (piece * mine - factor * its) // divisor for mine, its in zip(other, row, strict=True)
                ]
        self.divisor = piece
        leaving, self.basis[out] = self.basis[out], entering
        return leaving

    def solution(self) -> list[Fraction]:
        """The columns' variables, scaled to sum to one; all zero in the basis of slacks."""
        values = [Fraction(0)] * self.n_columns
        for r, variable in enumerate(self.basis):
            if variable < self.n_columns:
                values[variable] = Fraction(int(self.rows[r][-1]), int(self.divisor))
        total = sum(values, Fraction(0))
        return [value / total for value in values] if total else values


class Paths:
    """Paths of the Lemke-Howson algorithm in a game of fractions, each from where the last one ended.

    Parameters
    ----------
    a, b : list of m rows of n fractions
    """

    def __init__(self, a: list[list[Fraction]], b: list[list[Fraction]]) -> None:
        self.m, self.n = len(a), len(a[0])
        self._first = _Tableau([list(column) for column in zip(*b, strict=True)])
        self._second = _Tableau(a)

    @property
    def cost(self) -> int:
        """Numbers that a pivot changes, on average."""
        return (self.m + self.n) * (self.m + self.n + 1) // 2

    def follow(self, label: int, most: int) -> Ending | None:
        """Drop a label and go on to the next equilibrium; None if that takes more pivots than `most`."""
        m, n = self.m, self.n
        # Variables of the first tableau are numbered as the labels are.
        in_first = label not in self._first.basis
        entering, pivots = label, 0
        while pivots < most:
            pivots += 1
            if in_first:
                left = self._first.pivot(entering)
            else:
                leaving = self._second.pivot(n + entering if entering < m else entering - m)
                left = m + leaving if leaving < n else leaving - n
            if left == label:
                return Ending(tuple(self._first.basis), tuple(self._second.basis), pivots)
            entering, in_first = left, not in_first
        return None

    def strategies(self) -> tuple[list[Fraction], list[Fraction]]:
        """The mixed strategies where the last path ended."""
        return self._first.solution(), self._second.solution()
