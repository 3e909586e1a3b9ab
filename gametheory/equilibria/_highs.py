r"""What floating point thinks of a linear program: HiGHS, refined where a first look is not sharp enough.

HiGHS satisfies constraints up to a tolerance. Where that hides which variables are zero, *iterative refinement* looks closer.
For the program in equations, with :math:`x^*, y^*` at hand and a factor :math:`\Delta`, the program with objective
:math:`\Delta (c - A^\top y^*)`, right-hand side :math:`\Delta (b - A x^*)` and bounds :math:`x' \ge -\Delta x^*` is solved, and
:math:`x^* + x'/\Delta`, :math:`y^* + y'/\Delta` are nearer to an optimum by that factor. The residuals are computed exactly.
Nothing here is proved; the caller does that.

References
----------
.. [1] A. Gleixner, D. Steffy and K. Wolter, "Iterative refinement for linear programming", *INFORMS Journal on Computing* 28
   (2016), 449-464.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

import numpy as np

__all__ = ["Guess", "Program", "propose", "refine"]

Array: TypeAlias = np.ndarray[Any, Any]

#: The strictest tolerance that HiGHS accepts.
_TOLERANCE = 1e-10
#: How much closer each round of refinement looks.
_ZOOM = 2**27


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


class Guess(NamedTuple):
    """A solution as floats see it. Rows, prices and objective are scaled to coefficients of at most 1."""

    status: str  #: "optimal", "infeasible", "unbounded" or "unknown"
    point: list[Any]
    prices: list[Any]
    slack: list[Any]
    reduced: list[Any]
    error: Fraction  #: what the tolerance was divided by


def propose(program: Program) -> Guess:
    """What HiGHS says of a program."""
    tops = [_top(row) for row in program.rows]
    rhs = [_over(bound, top) for bound, top in zip(program.rhs, tops, strict=True)]
    goal = [_over(value, _top(program.objective)) for value in program.objective]
    lower = [None if j in program.free else 0.0 for j in range(program.n)]
    answer = _linprog(_scaled(program), rhs, program.n_ub, goal, lower)
    if answer is None:
        return Guess("unknown", [], [], [], [], Fraction(1))
    if answer.status != 0:
        status = {2: "infeasible", 3: "unbounded"}.get(answer.status, "unknown")
        return Guess(status, [], [], [], [], Fraction(1))
    prices, slack = np.zeros(len(rhs)), np.zeros(len(rhs))
    if program.n_ub:
        prices[: program.n_ub], slack[: program.n_ub] = -answer.ineqlin.marginals, answer.ineqlin.residual
    if program.n_ub < len(rhs):
        prices[program.n_ub :] = -answer.eqlin.marginals
    reduced = np.asarray(answer.lower.marginals)
    return Guess("optimal", answer.x.tolist(), prices.tolist(), slack.tolist(), reduced.tolist(), Fraction(1))


def refine(program: Program, guess: Guess) -> Guess | None:
    """The same solution with an error smaller by a factor, or None where HiGHS gets no further."""
    n, n_ub = program.n, program.n_ub
    tops = [_top(row) for row in program.rows]
    point, prices = [Fraction(value) for value in guess.point], [Fraction(value) for value in guess.prices]
    left, reduced = _residuals(program, point, prices, tops)
    zoom = guess.error * _ZOOM
    # Slacks are variables here, because their prices need shifting as well; they are at least 0, so are their shifted values.
    slack = [max(value, Fraction(0)) for value in left[:n_ub]]
    rhs = [value - slack[r] if r < n_ub else value for r, value in enumerate(left)]
    goal = [*reduced, *(-price for price in prices[:n_ub])]
    try:
        answer = _linprog(
            np.hstack([_scaled(program), np.eye(len(rhs), n_ub)]),
            [float(value * zoom) for value in rhs],
            0,
            [float(value * zoom) for value in goal],
            [None if j in program.free else -float(value * zoom) for j, value in enumerate([*point, *slack])],
        )
    except OverflowError:
        return None
    if answer is None or answer.status != 0:
        return None
    point = [old + Fraction(new) / zoom for old, new in zip(point, answer.x[:n], strict=True)]
    prices = [old - Fraction(new) / zoom for old, new in zip(prices, answer.eqlin.marginals, strict=True)]
    return Guess("optimal", point, prices, *_residuals(program, point, prices, tops), zoom)


def _residuals(
    program: Program, point: list[Fraction], prices: list[Fraction], tops: list[int]
) -> tuple[list[Fraction], list[Fraction]]:
    """What is left of each right-hand side and of the objective, exactly."""
    used = [(j, value) for j, value in enumerate(point) if value]
    slack = [
        (bound - sum((row[j] * value for j, value in used if row[j]), Fraction(0))) / scale
        for row, bound, scale in zip(program.rows, program.rhs, tops, strict=True)
    ]
    priced = [(program.rows[r], price / tops[r]) for r, price in enumerate(prices) if price]
    reduced = [
        Fraction(value, _top(program.objective))
        - sum((row[j] * price for row, price in priced if row[j]), Fraction(0))
        for j, value in enumerate(program.objective)
    ]
    return slack, reduced


def _top(row: list[int]) -> int:
    return max(map(abs, row), default=0) or 1


def _over(value: int, top: int) -> float:
    try:
        return value / top
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _scaled(program: Program) -> Array:
    table = [[value / top for value in row] for row in program.rows for top in (_top(row),)]
    return np.array(table, dtype=np.float64).reshape(len(table), program.n)


def _linprog(matrix: Array, rhs: list[float], n_ub: int, goal: list[float], lower: list[float | None]) -> Any:
    """HiGHS's answer; None if it cannot read the numbers."""
    from scipy.optimize import OptimizeWarning, linprog  # heavy, and not needed by those who only judge

    right, cost = np.array(rhs), -np.array(goal)
    if not len(cost) or not np.isfinite(right).all():
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OptimizeWarning)  # whatever HiGHS says is checked
        try:
            return linprog(
                cost,
                A_ub=matrix[:n_ub] if n_ub else None,
                b_ub=right[:n_ub] if n_ub else None,
                A_eq=matrix[n_ub:] if n_ub < len(right) else None,
                b_eq=right[n_ub:] if n_ub < len(right) else None,
                bounds=[(low, None) for low in lower],
                method="highs-ds",  # the simplex method, which ends in vertices
                options={
                    "primal_feasibility_tolerance": _TOLERANCE,
                    "dual_feasibility_tolerance": _TOLERANCE,
                },
            )
        except ValueError:
            return None
