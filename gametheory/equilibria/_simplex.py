r"""The revised simplex method in exact arithmetic, from any basis.

The program is :math:`\max c^\top x`, :math:`A x + s = b` with whole numbers, where :math:`x_j \ge 0` or free, and the *logical* variable
:math:`s_r` of a row is at least 0 for an inequality and equal to 0 for an equation. A basis is a set of structural variables :math:`S`
and logical ones :math:`L` that the equations determine when all others are 0; with :math:`R` the rows whose logical is not
basic, everything follows from the square matrix :math:`A_{RS}`, whose systems FLINT solves exactly (Dixon's method) for every
step anew.

While basic variables violate their bounds, the sum of the violations is reduced (the composite first phase), then the objective is
increased. So any basis will do for a start, and from one that floating point found nearly optimal few steps are left. The entering
variable is the one with the best reduced cost. If many basic variables are zero, steps may go nowhere. Then the right-hand side is
perturbed so that none is zero, that program is solved, and the method goes on from its last basis. If that has not helped, Bland's rule
takes over wherever there is no progress, so that the method cannot cycle: while the point stays the same, so does the set of
violated bounds.

The prices at the end of the first phase, if violations remain, are a Farkas certificate.

References
----------
.. [1] V. Chvatal, *Linear Programming*, Freeman, 1983, chapters 7 and 8.
.. [2] R. Bland, "New finite pivoting rules for the simplex method", *Mathematics of Operations Research* 2 (1977), 103-107.
.. [3] J. Dixon, "Exact solution of linear equations using p-adic expansions", *Numerische Mathematik* 40 (1982), 137-141.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from random import Random
from typing import Any, Literal, NamedTuple, TypeAlias

import flint

__all__ = ["Program", "solve"]

Status: TypeAlias = Literal["optimal", "infeasible", "unbounded"]

#: Steps without progress after which the right-hand side is perturbed.
_PATIENCE = 12
#: How often that is done before Bland's rule takes over; and what part of the right-hand side a perturbation is, as a power of
#: 1/2: so small that a basis that is feasible for the perturbed program is so for the program as well.
_DETOURS = 3
_SHARP = 400

#: A prime below 2**63: ranks of integer matrices are found modulo it. A wrong rank, one in 10^18, costs time only.
PRIME = 9_223_372_036_854_775_783


class Program(NamedTuple):
    """Maximise ``objective x`` in integers: each row was multiplied by a positive number."""

    rows: list[list[int]]  #: inequalities first, then equations
    rhs: list[int]
    scales: list[Fraction]  #: what each row was multiplied by
    n_ub: int
    objective: list[int]
    scale: Fraction
    free: Collection[int]

    @property
    def n(self) -> int:
        """The number of variables."""
        return len(self.objective)


class _Step(NamedTuple):
    """A basic solution: whole numbers over a common positive denominator, by position in the basis."""

    values: list[Any]
    denominator: Any


class _Simplex:
    """A program with a basis. Variables are numbered: structural ones first, then the logical ones of the rows."""

    def __init__(self, program: Program, preference: Sequence[int]) -> None:
        self.program = program
        self.m, self.n = len(program.rows), program.n
        self.matrix = flint.fmpz_mat(program.rows) if self.m and self.n else flint.fmpz_mat(self.m, self.n)
        # Rows have numbers of any size; logical variables are measured in units of the greatest of their row, rounded to a power of 2.
        self.units = [max(map(abs, row), default=0).bit_length() for row in program.rows]
        self.most = max(self.units, default=0)
        self._set(self.n + r for r in range(self.m))
        if preference:
            cold = self.violations()
            self._set(_first_basis(program, preference))
            if self.violations() > cold:  # degenerate, and a wrong guess
                self._set(self.n + r for r in range(self.m))

    def violations(self) -> int:
        """How many basic variables violate their bounds."""
        values = self.forward(self.program.rhs).values
        return sum(self.violation(v, value) != 0 for v, value in zip(self.basis, values, strict=True))

    def _set(self, variables: Iterable[int]) -> None:
        basis = list(variables)
        self.structural = sorted(j for j in basis if j < self.n)
        logical = {j - self.n for j in basis if j >= self.n}
        self.logical = sorted(logical)
        self.tight = [r for r in range(self.m) if r not in logical]
        rows = self.program.rows
        self.core = flint.fmpz_mat(
            len(self.tight), len(self.tight), [rows[r][j] for r in self.tight for j in self.structural]
        )
        self.below = flint.fmpz_mat(
            len(self.logical),
            len(self.structural),
            [rows[r][j] for r in self.logical for j in self.structural],
        )

    @property
    def basis(self) -> list[int]:
        """The basic variables in order: structural, logical."""
        return [*self.structural, *(self.n + r for r in self.logical)]

    def forward(self, column: Sequence[int]) -> _Step:
        """What the basic variables are if the basic columns add up to a column."""
        if self.tight:
            solved: Any = self.core.solve(flint.fmpz_mat([[column[r]] for r in self.tight]))
            top, denominator = solved.numer_denom()
        else:
            top, denominator = flint.fmpz_mat(0, 1), flint.fmpz(1)
        rest = (self.below * top).entries() if self.tight else [0] * len(self.logical)
        values = [
            *top.entries(),
            *(column[r] * denominator - v for r, v in zip(self.logical, rest, strict=True)),
        ]
        return _Step(values, denominator)

    def prices(self, costs: Sequence[int], logical_costs: Sequence[int]) -> tuple[list[Any], Any]:
        """Prices of the rows at which basic variables earn what they cost; costs are by position in the basis."""
        y: list[Any] = [0] * self.m
        denominator: Any = flint.fmpz(1)
        if self.tight:
            right = [[cost] for cost in costs]
            if any(logical_costs):
                moved = (flint.fmpz_mat([list(logical_costs)]) * self.below).entries()
                right = [[int(cost - v)] for cost, v in zip(costs, moved, strict=True)]
            solved: Any = self.core.transpose().solve(flint.fmpz_mat(right))
            top, denominator = solved.numer_denom()
            for r, value in zip(self.tight, top.entries(), strict=True):
                y[r] = value
        for r, cost in zip(self.logical, logical_costs, strict=True):
            y[r] = cost * denominator
        return y, denominator

    def reduced(self, objective: Sequence[int], y: list[Any], denominator: Any) -> list[Any]:
        """Reduced costs of the structural variables, over the denominator."""
        if not self.m:
            return [cost * denominator for cost in objective]
        worth = (flint.fmpz_mat([y]) * self.matrix).entries() if self.n else []
        return [cost * denominator - v for cost, v in zip(objective, worth, strict=True)]

    def violation(self, variable: int, value: Any) -> int:
        """+1 if a basic variable is below its bound and should grow, -1 if it is above, 0 if it is neither."""
        if value < 0:
            return 0 if variable in self.program.free else 1
        return -1 if value > 0 and variable >= self.n + self.program.n_ub else 0

    def entering(self, reduced: list[Any], y: list[Any], careful: bool) -> tuple[int, int] | None:
        """A variable outside of the basis and the direction in which it improves; the first one if careful."""
        inside, free = set(self.structural), self.program.free
        best: tuple[int, int] | None = None
        top: Any = 0
        for j, gain in enumerate(reduced):
            if j in inside or gain == 0 or (gain < 0 and j not in free):
                continue
            if careful:
                return j, 1 if gain > 0 else -1
            if abs(gain) > top:
                top, best = abs(gain), (j, 1 if gain > 0 else -1)
        for r in self.tight:
            if r < self.program.n_ub and y[r] < 0:
                if careful:
                    return self.n + r, 1
                if -y[r] << self.units[r] > top:
                    top, best = -y[r] << self.units[r], (self.n + r, 1)
        return best

    def leaving(self, now: _Step, change: list[Any]) -> int | None:
        """The position of the basic variable that first meets a bound as the basic variables decrease by `change`."""
        best: int | None = None
        ahead: tuple[Any, Any] = (0, 1)
        for k, (variable, value, rate) in enumerate(zip(self.basis, now.values, change, strict=True)):
            if rate == 0 or variable in self.program.free:
                continue
            side = self.violation(variable, value)
            fixed = variable >= self.n + self.program.n_ub
            if side == 0 and not fixed and rate < 0:
                continue  # grows, and has no upper bound
            if side * rate > 0:
                continue  # goes further astray
            step = (abs(value), abs(rate))
            gap = step[0] * ahead[1] - ahead[0] * step[1]
            if best is None or gap < 0 or (gap == 0 and variable < self.basis[best]):
                best, ahead = k, step
        return best

    def perturbed(self, seed: int) -> list[int]:
        """A right-hand side, almost a multiple of the true one, at which no basic variable is zero."""
        random = Random(seed)
        rhs = [value << _SHARP for value in self.program.rhs]
        for variable in self.basis:
            if variable >= self.n + self.program.n_ub:
                continue
            amount = random.randrange(1 << 10, 1 << 11)
            if variable >= self.n:
                row = variable - self.n
                rhs[row] += amount << self.units[row]
            else:
                rhs = [
                    value + amount * row[variable] for value, row in zip(rhs, self.program.rows, strict=True)
                ]
        return rhs

    def column(self, variable: int) -> list[int]:
        if variable >= self.n:
            return [int(r == variable - self.n) for r in range(self.m)]
        return [row[variable] for row in self.program.rows]

    def exchange(self, position: int, variable: int) -> None:
        """Replace the basic variable at a position by another variable."""
        basis = self.basis
        basis[position] = variable
        self._set(basis)


def _first_basis(program: Program, preference: Sequence[int]) -> list[int]:
    """A basis of the first variables in an order of preference that are independent, filled up with logical ones."""
    m, n = len(program.rows), program.n
    listed = set(preference)
    order = [*preference, *(n + r for r in range(m) if n + r not in listed)]
    if not any(j < n for j in order) or not m:
        return [n + r for r in range(m)]
    entries = [program.rows[r][j] % PRIME if j < n else int(r == j - n) for r in range(m) for j in order]
    reduced, _ = flint.nmod_mat(m, len(order), entries, PRIME).rref()
    basis, start = [], 0
    for r in range(m):
        start = next(k for k in range(start, len(order)) if int(reduced[r, k]))
        basis.append(order[start])
    return basis


def solve(
    program: Program, preference: Sequence[int] = ()
) -> tuple[Status, list[Fraction], list[Fraction], list[Fraction]]:
    """Maximise.

    Parameters
    ----------
    program : Program
    preference : sequence of int, optional
        Variables that may be in an optimal basis, the surest first; `n + r` is the logical variable of row `r`.

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
    >>> from fractions import Fraction
    >>> from gametheory.equilibria._simplex import Program, solve
    >>> one = Fraction(1)
    >>> status, x, dual, _ = solve(Program([[1, 1], [3, 1]], [4, 7], [one, one], 2, [3, 2], one, ()))
    >>> status, [str(v) for v in x], [str(y) for y in dual]
    ('optimal', ['3/2', '5/2'], ['3/2', '1/2'])
    """
    work = _Simplex(program, preference)
    n, idle, rhs, detours = program.n, 0, program.rhs, 0
    while True:
        if idle > _PATIENCE and detours < _DETOURS and rhs is program.rhs:
            rhs, idle, detours = work.perturbed(detours), 0, detours + 1
        now = work.forward(rhs)
        basis = work.basis
        signs = [work.violation(v, value) for v, value in zip(basis, now.values, strict=True)]
        first_phase = any(signs)
        if first_phase:
            objective = [0] * n
            for variable, sign in zip(basis, signs, strict=True):
                if variable < n:
                    objective[variable] = sign << work.most
            logical_costs = [
                sign << (work.most - work.units[r])
                for r, sign in zip(work.logical, signs[len(work.structural) :], strict=True)
            ]
        else:
            objective, logical_costs = program.objective, [0] * len(work.logical)
        y, denominator = work.prices([objective[j] for j in work.structural], logical_costs)
        chosen = work.entering(work.reduced(objective, y, denominator), y, idle > _PATIENCE)
        if chosen is None and rhs is not program.rhs:
            rhs, idle = program.rhs, 0  # what is best for the perturbed program is nearly so for the program
            continue
        if chosen is None:
            dual = [_fraction(value, denominator) for value in y]
            if first_phase:
                return "infeasible", [], dual, []
            return "optimal", _point(work, now, n), dual, []
        variable, direction = chosen
        moved = work.forward([direction * value for value in work.column(variable)])
        position = work.leaving(now, moved.values)
        if position is None and rhs is not program.rhs:
            rhs, idle = program.rhs, _PATIENCE + 1
            continue
        if position is None:
            ray = _point(work, _Step([-value for value in moved.values], moved.denominator), n)
            if variable < n:
                ray[variable] = Fraction(direction)
            return "unbounded", _point(work, now, n), [], ray
        idle = idle + 1 if now.values[position] == 0 else 0
        work.exchange(position, variable)


def _fraction(value: Any, denominator: Any) -> Fraction:
    return Fraction(int(value), int(denominator))


def _point(work: _Simplex, step: _Step, n: int) -> list[Fraction]:
    x = [Fraction(0)] * n
    for j, value in zip(work.structural, step.values, strict=False):
        x[j] = _fraction(value, step.denominator)
    return x
