r"""Linear programs over the rationals, solved exactly and with a certificate.

The program and its dual are

.. math::
    \max\, c^\top x \;\text{ s.t. }\; A x \le b,\; E x = d,\; x_j \ge 0 \; (j \notin F)
    \qquad\qquad
    \min\, b^\top y + d^\top z \;\text{ s.t. }\; y \ge 0,\; (A^\top y + E^\top z - c)_j \ge 0, \;= 0 \text{ for } j \in F,

where :math:`F` are the free variables. Exactly one of three things is true, and each has a proof that anyone can check
with additions and multiplications only:

- *optimal*: feasible :math:`x` and :math:`(y, z)` with :math:`c^\top x = b^\top y + d^\top z`;
- *infeasible*: (Farkas) :math:`(y, z)`, :math:`y \ge 0`, with :math:`(A^\top y + E^\top z)_j \ge 0`, :math:`= 0` on
  :math:`F`, and :math:`b^\top y + d^\top z < 0`;
- *unbounded*: a feasible :math:`x` and a direction :math:`r` with :math:`A r \le 0`, :math:`E r = 0`, :math:`r_j \ge 0`
  off :math:`F`, and :math:`c^\top r > 0`.

HiGHS proposes in floating point and exact arithmetic disposes. Which variables are positive and which rows are tight is read off its
answer; the vertex :math:`x` and the dual vertex :math:`(y, z)` that these determine are solved for over the integers (FLINT), and
the proof is checked. Where it fails because floats could not tell, the exact simplex method goes on from there
(:mod:`gametheory.equilibria._simplex`). Infeasible and unbounded programs are proved by the programs of their certificates, in the
same way.

References
----------
.. [1] V. Chvatal, *Linear Programming*, Freeman, 1983.
.. [2] D. Applegate, W. Cook, S. Dash and D. Espinoza, "Exact solutions to linear programming problems", *Operations
   Research Letters* 35 (2007), 693-699.
.. [3] R. Bland, "New finite pivoting rules for the simplex method", *Mathematics of Operations Research* 2 (1977), 103-107.
.. [4] Q. Huangfu and J. Hall, "Parallelizing the dual revised simplex method", *Mathematical Programming Computation* 10
   (2018), 119-142.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import numpy as np

from gametheory.equilibria import _simplex
from gametheory.equilibria._highs import Guess, propose
from gametheory.equilibria._simplex import PRIME, Program
from gametheory.errors import GameError, GameTheoryError, TooLarge

__all__ = ["MAX_ENTRIES", "LinearProgramSolution", "maximise"]

#: Most coefficients (rows times variables) that a program may have.
MAX_ENTRIES = 4_000_000

#: Shares of the scale below which a float of HiGHS, whose own tolerance is 1e-7, is tried as a zero, and up to which a row may look
#: loose and still be tight. A wrong guess costs time only.
_ZEROS = (0.0, 1e-11, 1e-9, 1e-7)
_NEARLY = 1e-6

Vector: TypeAlias = tuple[Fraction, ...]
Status: TypeAlias = Literal["optimal", "infeasible", "unbounded"]


@dataclass(frozen=True, slots=True)
class LinearProgramSolution:
    """The answer to a linear program, with its proof.

    Attributes
    ----------
    status : {"optimal", "infeasible", "unbounded"}
    value : Fraction or None
        The greatest value of the objective, if there is one.
    x : tuple of Fraction or None
        An optimal vertex; a feasible point if the program is unbounded; None if it is infeasible.
    dual_ub, dual_eq : tuple of Fraction or None
        Prices of the rows: an optimal dual solution, or the Farkas certificate that the program is infeasible.
    ray : tuple of Fraction or None
        A feasible direction along which an unbounded objective grows.
    method : str
        What found it; whoever did, the proof was checked exactly.
    """

    status: Status
    value: Fraction | None
    x: Vector | None
    dual_ub: Vector | None
    dual_eq: Vector | None
    ray: Vector | None = None
    method: str = ""

    @property
    def feasible(self) -> bool:
        """Whether any point satisfies the constraints."""
        return self.status != "infeasible"


def maximise(
    objective: Sequence[Any],
    a_ub: Sequence[Sequence[Any]] = (),
    b_ub: Sequence[Any] = (),
    a_eq: Sequence[Sequence[Any]] = (),
    b_eq: Sequence[Any] = (),
    *,
    free: Collection[int] = (),
    floats: bool = True,
) -> LinearProgramSolution:
    """Maximise a linear function subject to linear constraints, exactly.

    Parameters
    ----------
    objective : sequence of n numbers
        Integers, fractions, FLINT rationals or floats; a float is the rational that it is.
    a_ub, b_ub : rows of n numbers and as many bounds
        ``a_ub @ x <= b_ub``.
    a_eq, b_eq : rows of n numbers and as many values
        ``a_eq @ x == b_eq``.
    free : collection of int
        Positions of the variables that may be negative; the others are at least 0.
    floats : bool
        Whether floating point may propose the solution, which is much faster; False goes straight to the exact simplex method.

    Returns
    -------
    LinearProgramSolution

    Raises
    ------
    GameError
        If shapes do not fit or a number is not finite.
    TooLarge
        If there are more than :data:`MAX_ENTRIES` coefficients.

    Examples
    --------
    >>> from gametheory.equilibria.linear_programs import maximise
    >>> found = maximise([3, 2], [[1, 1], [3, 1]], [4, 7])
    >>> found.status, found.value, [str(v) for v in found.x], [str(y) for y in found.dual_ub]
    ('optimal', Fraction(19, 2), ['3/2', '5/2'], ['3/2', '1/2'])

    That x >= 0 contradicts x <= -1 is proved by the price 1 of the latter:

    >>> found = maximise([1], [[1]], [-1])
    >>> found.status, found.dual_ub
    ('infeasible', (Fraction(1, 1),))
    """
    program = _read(objective, a_ub, b_ub, a_eq, b_eq, free)
    if not floats:
        return _by_simplex(program, None)
    guess = propose(program)
    found = _by_proposal(program, guess)
    return _by_simplex(program, guess if guess.status == "optimal" else None) if found is None else found


# ---------------------------------------------------------------------------------------------------------------------
# Reading
# ---------------------------------------------------------------------------------------------------------------------
def _read(objective: Any, a_ub: Any, b_ub: Any, a_eq: Any, b_eq: Any, free: Collection[int]) -> Program:
    goal = [_fraction(value, "the objective") for value in objective]
    n, n_rows = len(goal), len(a_ub) + len(a_eq)
    if n * n_rows > MAX_ENTRIES:
        raise TooLarge(
            f"the linear program has {n_rows:,} constraints on {n:,} variables, {n * n_rows:,} coefficients; the limit is "
            f"{MAX_ENTRIES:,}. Ask about a smaller game."
        )
    if any(j not in range(n) for j in free):
        raise GameError(f"free variables are positions from 0 to {n - 1}; these are {sorted(free)}.")
    rows, rhs, scales = [], [], []
    for name, matrix, bounds in (("inequalities", a_ub, b_ub), ("equations", a_eq, b_eq)):
        if len(matrix) != len(bounds):
            raise GameError(f"there are {len(matrix)} rows and {len(bounds)} right-hand sides of {name}.")
        for k, (row, bound) in enumerate(zip(matrix, bounds, strict=True)):
            if len(row) != n:
                raise GameError(f"row {k} of the {name} has {len(row)} coefficients for {n} variables.")
            numbers, scale = _integers([_fraction(v, f"row {k} of the {name}") for v in (*row, bound)])
            rows.append(numbers[:-1])
            rhs.append(numbers[-1])
            scales.append(scale)
    target, scale = _integers(goal)
    return Program(rows, rhs, scales, len(a_ub), target, scale, frozenset(free))


def _fraction(value: Any, where: str) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int | np.integer):
        return Fraction(int(value))
    if isinstance(value, float | np.floating):
        if not math.isfinite(value):
            raise GameError(f"{where} has the number {value}; a linear program needs finite numbers.")
        return Fraction(float(value))
    if hasattr(value, "p") and hasattr(value, "q"):  # FLINT and SymPy rationals
        return Fraction(int(value.p), int(value.q))
    if type(value).__name__ == "fmpz":
        return Fraction(int(value))
    raise GameError(f"{where} has {value!r}, which is not a rational number.")


def _integers(values: list[Fraction]) -> tuple[list[int], Fraction]:
    """The smallest whole multiple of a row by a positive number, and that number."""
    common = math.lcm(*(value.denominator for value in values))
    numbers = [value.numerator * (common // value.denominator) for value in values]
    divisor = math.gcd(*numbers) or 1
    return [number // divisor for number in numbers], Fraction(common, divisor)


# ---------------------------------------------------------------------------------------------------------------------
# Floats propose, integers dispose
# ---------------------------------------------------------------------------------------------------------------------
def _by_proposal(program: Program, guess: Guess) -> LinearProgramSolution | None:
    """The answer that HiGHS suggests, if it can be proved."""
    if guess.status == "optimal":
        return _verified(program, guess)
    if guess.status == "infeasible":
        return _proved_infeasible(program)
    return _proved_unbounded(program) if guess.status == "unbounded" else None


def _verified(program: Program, guess: Guess) -> LinearProgramSolution | None:
    """The vertices that the floats point at, if they prove each other optimal."""
    point, prices, slack, reduced = guess.point, guess.prices, guess.slack, guess.reduced
    # Where too many rows seem tight the surest come first: those with a price, then those with the least slack.
    near = _NEARLY * _scale(point)
    tight = sorted(
        (r for r in range(len(slack)) if r >= program.n_ub or slack[r] <= near),
        key=lambda r: (prices[r] == 0, slack[r]),
    )
    cheap = _NEARLY * _scale(prices)
    binding = sorted(
        (j for j in range(program.n) if j in program.free or reduced[j] <= cheap),
        key=lambda j: (point[j] == 0, reduced[j]),
    )
    x = _first_proved(
        point,
        lambda kept: _vertex(
            [[program.rows[r][j] for j in kept] for r in tight], [program.rhs[r] for r in tight], len(kept)
        ),
        lambda x: _feasible(program, x),
    )
    if x is None:
        return None
    dual = _first_proved(
        prices,
        lambda kept: _vertex(
            [[program.rows[r][j] for r in kept] for j in binding],
            [program.objective[j] for j in binding],
            len(kept),
        ),
        lambda dual: _prices_fit(program, dual, program.objective),
    )
    return None if dual is None else _optimal(program, x, dual, "HiGHS, verified exactly")


def _scale(values: list[float]) -> float:
    return max(1.0, max(map(abs, values), default=0.0))


def _first_proved(
    guess: list[float],
    solve: Callable[[list[int]], list[Fraction] | None],
    proved: Callable[[list[Fraction]], bool],
) -> list[Fraction] | None:
    """The exact values of the numbers that are not zero, for the first reading of what is zero that gives a proof."""
    tried: list[list[int]] = []
    for share in _ZEROS:
        least = share * _scale(guess)
        kept = [k for k, value in enumerate(guess) if abs(value) > least]
        if kept in tried:
            continue
        tried.append(kept)
        values = solve(kept)
        if values is None:
            continue
        full = [Fraction(0)] * len(guess)
        for k, value in zip(kept, values, strict=True):
            full[k] = value
        if proved(full):
            return full
    return None


def _vertex(matrix: list[list[int]], rhs: list[int], unknowns: int) -> list[Fraction] | None:
    """The one solution of a system of equations, if there is exactly one; whether it meets all of them is not checked."""
    if not unknowns:
        return []
    import flint

    if len(matrix) > unknowns:
        # Rows that span all others, modulo a prime: the pivots of the transpose.
        columns = flint.nmod_mat(
            unknowns, len(matrix), [row[j] % PRIME for j in range(unknowns) for row in matrix], PRIME
        )
        reduced, rank = columns.rref()
        if rank < unknowns:
            return None
        chosen, start = [], 0
        for k in range(unknowns):
            start = next(c for c in range(start, len(matrix)) if int(reduced[k, c]))
            chosen.append(start)
        matrix, rhs = [matrix[r] for r in chosen], [rhs[r] for r in chosen]
    if len(matrix) < unknowns:
        return None
    try:
        solved = flint.fmpz_mat(matrix).solve(flint.fmpz_mat([[value] for value in rhs]))
    except ZeroDivisionError:
        return None
    return [Fraction(int(value.p), int(value.q)) for value in solved.entries()]


def _proved_infeasible(program: Program) -> LinearProgramSolution | None:
    """A Farkas certificate: prices, at most 1 in sum, of the least right-hand side."""
    m = len(program.rows)
    # Equations carry prices of either sign: as two columns, so that all prices together can be bounded.
    signs = [(r, 1) for r in range(m)] + [(r, -1) for r in range(program.n_ub, m)]
    rows = [[1] * len(signs)]
    equations: list[list[int]] = []
    for j in range(program.n):
        column = [-sign * program.rows[r][j] for r, sign in signs]
        (equations if j in program.free else rows).append(column)
    found = maximise(
        [-sign * program.rhs[r] for r, sign in signs],
        rows,
        [1] + [0] * (len(rows) - 1),
        equations,
        [0] * len(equations),
    )
    if found.x is None or not found.value:
        return None
    dual = [Fraction(0)] * m
    for (r, sign), price in zip(signs, found.x, strict=True):
        dual[r] += sign * price
    return _infeasible(program, dual, "HiGHS, verified exactly")


def _proved_unbounded(program: Program) -> LinearProgramSolution | None:
    ub, eq = program.rows[: program.n_ub], program.rows[program.n_ub :]
    start = maximise(
        [0] * program.n, ub, program.rhs[: program.n_ub], eq, program.rhs[program.n_ub :], free=program.free
    )
    if start.x is None:  # HiGHS cannot always tell infeasible from unbounded
        return _infeasible(program, [*(start.dual_ub or ()), *(start.dual_eq or ())], start.method)
    along = maximise(
        program.objective,
        [*ub, program.objective],
        [0] * len(ub) + [1],
        eq,
        [0] * len(eq),
        free=program.free,
    )
    if along.x is None or not along.value:
        return None
    return _unbounded(program, list(start.x), list(along.x), "HiGHS, verified exactly")


# ---------------------------------------------------------------------------------------------------------------------
# Proofs
# ---------------------------------------------------------------------------------------------------------------------
def _feasible(program: Program, x: list[Fraction], *, homogeneous: bool = False) -> bool:
    if any(value < 0 and j not in program.free for j, value in enumerate(x)):
        return False
    used = [(j, value) for j, value in enumerate(x) if value]
    for r, row in enumerate(program.rows):
        left = sum((row[j] * value for j, value in used if row[j]), Fraction(0))
        gap = left - (0 if homogeneous else program.rhs[r])
        if gap > 0 or (gap < 0 and r >= program.n_ub):
            return False
    return True


def _prices_fit(program: Program, dual: list[Fraction], goal: list[int]) -> bool:
    if any(price < 0 for price in dual[: program.n_ub]):
        return False
    used = [(r, price) for r, price in enumerate(dual) if price]
    for j, target in enumerate(goal):
        gap = (
            sum((program.rows[r][j] * price for r, price in used if program.rows[r][j]), Fraction(0)) - target
        )
        if gap < 0 or (gap > 0 and j in program.free):
            return False
    return True


def _dot(first: Sequence[int], second: list[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(first, second, strict=True) if b), Fraction(0))


def _duals(program: Program, dual: list[Fraction], scale: Fraction) -> tuple[Vector, Vector]:
    prices = tuple(price * row / scale for price, row in zip(dual, program.scales, strict=True))
    return prices[: program.n_ub], prices[program.n_ub :]


def _optimal(
    program: Program, x: list[Fraction], dual: list[Fraction], method: str
) -> LinearProgramSolution | None:
    value = _dot(program.objective, x)
    if value != _dot(program.rhs, dual):
        return None
    if not _feasible(program, x) or not _prices_fit(program, dual, program.objective):
        return None
    prices = _duals(program, dual, program.scale)
    return LinearProgramSolution("optimal", value / program.scale, tuple(x), *prices, method=method)


def _infeasible(program: Program, dual: list[Fraction], method: str) -> LinearProgramSolution | None:
    if _dot(program.rhs, dual) >= 0 or not _prices_fit(program, dual, [0] * program.n):
        return None
    return LinearProgramSolution("infeasible", None, None, *_duals(program, dual, Fraction(1)), method=method)


def _unbounded(
    program: Program, x: list[Fraction], ray: list[Fraction], method: str
) -> LinearProgramSolution | None:
    if not _feasible(program, x) or not _feasible(program, ray, homogeneous=True):
        return None
    if _dot(program.objective, ray) <= 0:
        return None
    return LinearProgramSolution("unbounded", None, tuple(x), None, None, tuple(ray), method)


def _by_simplex(program: Program, guess: Guess | None) -> LinearProgramSolution:
    """The answer of the exact simplex method, from where floating point stands, proved like any other."""
    status, x, dual, ray = _simplex.solve(program, () if guess is None else _preference(program, guess))
    found: LinearProgramSolution | None
    if status == "optimal":
        found = _optimal(program, x, dual, "exact simplex")
    elif status == "infeasible":
        found = _infeasible(program, dual, "exact simplex")
    else:
        found = _unbounded(program, x, ray, "exact simplex")
    if found is None:
        raise GameTheoryError(
            f"internal error: the simplex method called a linear program {status} and could not prove it; please report it."
        )
    return found


def _preference(program: Program, guess: Guess) -> list[int]:
    """Variables, logical ones included, in the order in which they are likely to be basic."""
    n = program.n
    small, cheap = _ZEROS[-1] * _scale(guess.point), _ZEROS[-1] * _scale(guess.prices)
    # Positive ones are basic; those at zero may be if they cost nothing.
    values = [(j, abs(guess.point[j]), abs(guess.reduced[j])) for j in range(n)]
    values += [(n + r, abs(guess.slack[r]), abs(guess.prices[r])) for r in range(program.n_ub)]
    sure = sorted((v for v in values if v[1] > small), key=lambda v: -v[1])
    maybe = sorted((v for v in values if v[1] <= small and v[2] <= cheap), key=lambda v: (-v[1], v[2]))
    return [v[0] for v in (*sure, *maybe)]
