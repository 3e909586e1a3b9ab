r"""What floating point thinks of a linear program: HiGHS on a scaled copy. Nothing here is proved; the caller does that.

Rows and columns are multiplied by powers of two so that the coefficients that are not zero come near 1 (geometric scaling), because
tolerances are absolute: what is zero and what is not shows better. Variables and prices of the answer stay scaled; only which of
them are zero is asked.

References
----------
.. [1] Q. Huangfu and J. Hall, "Parallelizing the dual revised simplex method", *Mathematical Programming Computation* 10
   (2018), 119-142.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from gametheory.equilibria._simplex import Program

__all__ = ["Guess", "propose"]

Floats: TypeAlias = npt.NDArray[np.float64]

#: The strictest tolerance that HiGHS accepts, and its own, for programs with which it otherwise does not come to an end.
_TOLERANCES = (1e-10, 1e-7)
#: Rounds of geometric scaling.
_ROUNDS = 4


class Guess(NamedTuple):
    """A solution as floats see it, scaled."""

    status: str  #: "optimal", "infeasible", "unbounded" or "unknown"
    point: list[float]
    prices: list[float]
    slack: list[float]
    reduced: list[float]


_UNKNOWN = Guess("unknown", [], [], [], [])


def propose(program: Program) -> Guess:
    """What HiGHS says of a program."""
    m, n, n_ub = len(program.rows), program.n, program.n_ub
    if not n:
        return _UNKNOWN
    try:
        # Whole numbers of any size, each row divided by the greatest.
        tops = [max(map(abs, row), default=0) or 1 for row in program.rows]
        table = [[value / top for value in row] for row, top in zip(program.rows, tops, strict=True)]
        right = np.array(
            [bound / top for bound, top in zip(program.rhs, tops, strict=True)], dtype=np.float64
        )
        most = max(map(abs, program.objective)) or 1
        goal = np.array([value / most for value in program.objective], dtype=np.float64)
    except OverflowError:
        return _UNKNOWN
    matrix = np.array(table, dtype=np.float64).reshape(m, n)
    across, down = _scales(matrix)
    matrix = matrix * across[:, None] * down
    right, goal = _unit(right * across), _unit(goal * down)
    lower = [None if j in program.free else 0.0 for j in range(n)]
    for tolerance in _TOLERANCES:
        answer = _linprog(matrix, right, n_ub, goal, lower, tolerance)
        if answer is None:
            return _UNKNOWN
        if answer.status in (0, 2, 3):
            break
    if answer.status != 0:
        return _UNKNOWN._replace(status={2: "infeasible", 3: "unbounded"}.get(answer.status, "unknown"))
    prices, slack = np.zeros(m), np.zeros(m)
    if n_ub:
        prices[:n_ub], slack[:n_ub] = -answer.ineqlin.marginals, np.abs(answer.ineqlin.residual)
    if n_ub < m:
        prices[n_ub:] = -answer.eqlin.marginals
    reduced = np.abs(answer.lower.marginals)
    return Guess("optimal", answer.x.tolist(), prices.tolist(), slack.tolist(), reduced.tolist())


def _scales(matrix: Floats) -> tuple[Floats, Floats]:
    """Powers of two for the rows and the columns."""
    across, down = np.ones(matrix.shape[0]), np.ones(matrix.shape[1])
    if not matrix.size:
        return across, down
    sizes = np.abs(matrix)
    used = sizes > 0
    for _ in range(_ROUNDS):
        for axis, scale in ((1, across), (0, down)):
            now = sizes * across[:, None] * down
            least = np.where(used, now, np.inf).min(axis=axis)
            most = now.max(axis=axis)
            some = most > 0
            scale[some] /= np.sqrt(least[some] * most[some])
    most = (sizes * across[:, None] * down).max(axis=0)
    down[most > 0] /= most[most > 0]
    return np.exp2(np.round(np.log2(across))), np.exp2(np.round(np.log2(down)))


def _unit(values: Floats) -> Floats:
    top = np.abs(values).max(initial=0)
    return values / top if top else values


def _linprog(
    matrix: Floats, right: Floats, n_ub: int, goal: Floats, lower: list[float | None], tolerance: float
) -> Any:
    """HiGHS's answer; None if it cannot read the numbers."""
    from scipy.optimize import OptimizeWarning, linprog  # heavy, and not needed by those who only judge

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OptimizeWarning)  # whatever HiGHS says is checked
        try:
            return linprog(
                -goal,
                A_ub=matrix[:n_ub] if n_ub else None,
                b_ub=right[:n_ub] if n_ub else None,
                A_eq=matrix[n_ub:] if n_ub < len(right) else None,
                b_eq=right[n_ub:] if n_ub < len(right) else None,
                bounds=[(low, None) for low in lower],
                method="highs-ds",  # the simplex method, which ends in vertices
                options={
                    "maxiter": 2000
                    + 20 * sum(matrix.shape),  # several times what it ever needs if it does not cycle
                    "primal_feasibility_tolerance": tolerance,
                    "dual_feasibility_tolerance": tolerance,
                },
            )
        except ValueError:
            return None
