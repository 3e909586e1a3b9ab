"""Exact linear programs: proofs checked on the numbers as given, SciPy as an oracle, and the slow path against the fast one."""

from __future__ import annotations

from fractions import Fraction

import flint
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from gametheory.equilibria import _simplex, linear_programs
from gametheory.equilibria.linear_programs import maximise
from gametheory.errors import GameError, TooLarge

NUMBERS = st.one_of(st.integers(-2, 2), st.integers(-9, 9), st.fractions(-9, 9, max_denominator=7))


@st.composite
def programs(draw):
    n = draw(st.integers(1, 4))
    row = st.lists(NUMBERS, min_size=n, max_size=n)
    objective = draw(row)
    a_ub, a_eq = draw(st.lists(row, max_size=4)), draw(st.lists(row, max_size=2))
    if a_eq and draw(st.booleans()):
        a_eq.append(
            [2 * value for value in a_eq[0]]
        )  # an equation that follows from another, or contradicts it
    b_ub, b_eq = (draw(st.lists(NUMBERS, min_size=len(a), max_size=len(a))) for a in (a_ub, a_eq))
    if len(a_eq) > 1 and draw(st.booleans()):
        b_eq[-1] = 2 * b_eq[0]
    free = draw(st.sets(st.integers(0, n - 1)))
    return objective, a_ub, b_ub, a_eq, b_eq, free


def dot(first, second):
    return sum((a * b for a, b in zip(first, second, strict=True)), Fraction(0))


def check_point(x, a_ub, b_ub, a_eq, b_eq, free):
    assert all(value >= 0 for j, value in enumerate(x) if j not in free)
    assert all(dot(row, x) <= b for row, b in zip(a_ub, b_ub, strict=True))
    assert all(dot(row, x) == b for row, b in zip(a_eq, b_eq, strict=True))


def check_prices(found, goal, a_ub, a_eq, free):
    assert all(price >= 0 for price in found.dual_ub)
    for j, target in enumerate(goal):
        gap = dot([row[j] for row in a_ub], found.dual_ub) + dot([row[j] for row in a_eq], found.dual_eq)
        assert gap == target if j in free else gap >= target


def prove(found, objective, a_ub, b_ub, a_eq, b_eq, free):
    """The proof that comes with the answer, with nothing but additions and multiplications."""
    if found.status == "infeasible":
        assert found.x is None and found.value is None and not found.feasible
        check_prices(found, [0] * len(objective), a_ub, a_eq, free)
        assert dot(b_ub, found.dual_ub) + dot(b_eq, found.dual_eq) < 0
        return
    assert found.feasible
    check_point(found.x, a_ub, b_ub, a_eq, b_eq, free)
    if found.status == "optimal":
        check_prices(found, objective, a_ub, a_eq, free)
        assert found.value == dot(objective, found.x)
        assert found.value == dot(b_ub, found.dual_ub) + dot(b_eq, found.dual_eq)
    else:
        check_point(found.ray, a_ub, [0] * len(b_ub), a_eq, [0] * len(b_eq), free)
        assert dot(objective, found.ray) > 0


@settings(max_examples=200, deadline=None)
@given(programs())
def test_every_answer_comes_with_its_proof_and_both_ways_agree(program):
    *rest, free = program
    fast, slow = (maximise(*rest, free=free, floats=floats) for floats in (True, False))
    prove(fast, *program)
    prove(slow, *program)
    assert fast.status == slow.status and fast.value == slow.value


@settings(max_examples=60, deadline=None)
@given(programs())
def test_optima_are_scipys(program):
    objective, a_ub, b_ub, a_eq, b_eq, free = program
    found = maximise(objective, a_ub, b_ub, a_eq, b_eq, free=free)
    arrays = [np.array(a, dtype=float) if len(a) else None for a in (a_ub, b_ub, a_eq, b_eq)]
    bounds = [(None if j in free else 0, None) for j in range(len(objective))]
    theirs = linprog([-float(c) for c in objective], *arrays, bounds=bounds, method="highs-ipm")
    if found.status == "optimal":
        assert theirs.status == 0 and -theirs.fun == pytest.approx(float(found.value), abs=1e-6)
    else:
        assert theirs.status != 0


def test_what_floats_cannot_tell_is_told_exactly():
    """x <= 1 + 10^-30 and x >= 1 + 2 10^-30: infeasible by less than any float sees."""
    tiny = Fraction(1, 10**30)
    found = maximise([1], [[1], [-1]], [1 + tiny, -1 - 2 * tiny])
    assert found.status == "infeasible"
    assert maximise([1], [[1], [-1]], [1 + tiny, -1 - tiny]).value == 1 + tiny


@pytest.mark.parametrize("tiny", [Fraction(1, 10**12), Fraction(1, 10**20), Fraction(3, 2**90)])
def test_what_no_tolerance_sees_is_optimised_exactly(tiny):
    """The second variable is better by less than any tolerance of HiGHS, and the third fills what is left of its bound."""
    found = maximise([1, 1 + tiny, 1], [[1, 1, 1], [0, 1, -1], [2, 1, 5]], [1, 1 - tiny, 2 + tiny])
    assert found.value == 1 + tiny - tiny**2 / 2


def test_a_cycling_example_ends():
    """Chvatal (1983), ch. 3: the largest-coefficient rule cycles on it."""
    rows = [
        [Fraction(1, 2), Fraction(-11, 2), Fraction(-5, 2), 9],
        [Fraction(1, 2), Fraction(-3, 2), Fraction(-1, 2), 1],
        [1, 0, 0, 0],
    ]
    for floats in (True, False):
        assert maximise([10, -57, -9, -24], rows, [0, 0, 1], floats=floats).value == 1


def test_numbers_of_every_kind_are_read_exactly():
    assert maximise([flint.fmpq(1, 3)], [[np.int64(1)]], [0.1]).value == Fraction(0.1) / 3
    assert maximise([flint.fmpz(2)], [[1]], [10**400]).value == 2 * 10**400


def test_programs_without_rows_or_without_variables():
    assert maximise([0, -1]).value == 0
    assert maximise([1]).status == "unbounded"
    assert maximise([], [[]], [1]).value == 0
    assert maximise([], [[]], [-1]).status == "infeasible"


def test_a_larger_program_is_proved_not_pivoted():
    rng = np.random.default_rng(0)
    a = rng.integers(1, 1000, size=(60, 60)).tolist()
    found = maximise([1] * 60, a, [1] * 60)
    assert found.method == "HiGHS, verified exactly"
    prove(found, [1] * 60, a, [1] * 60, [], [], set())


@pytest.mark.parametrize(
    "arguments, message",
    [
        (([1], [[1, 2]], [1]), "row 0 of the inequalities has 2 coefficients for 1 variables"),
        (([1], [[1]], []), "1 rows and 0 right-hand sides"),
        (([float("nan")],), "the objective has the number nan"),
        ((["1"],), "not a rational number"),
    ],
)
def test_malformed_programs_are_explained(arguments, message):
    with pytest.raises(GameError, match=message):
        maximise(*arguments)
    with pytest.raises(GameError, match="free variables are positions"):
        maximise([1], free=[1])


def test_size_is_limited(monkeypatch):
    monkeypatch.setattr(linear_programs, "MAX_ENTRIES", 3)
    with pytest.raises(TooLarge, match="4 coefficients; the limit is 3"):
        maximise([1, 1], [[1, 1], [1, 1]], [1, 1])


def disobediences(table):
    """The inequalities of correlated equilibrium of a symmetric two-player game, which are degenerate: all bounds are 0."""
    n = len(table)
    rows = []
    for s in range(n):
        for t in range(n):
            if s != t:
                gains = [table[t][k] - table[s][k] for k in range(n)]
                rows.append([g if i == s else 0 for i in range(n) for g in gains])
                rows.append([gains[i] if j == s else 0 for i in range(n) for j in range(n)])
    return rows


@pytest.mark.parametrize("floats", [True, False])
@pytest.mark.parametrize("unit", [Fraction(1), Fraction(1, 10**9), Fraction(1, 10**40)])
def test_degenerate_programs_with_differences_that_floats_hardly_see(floats, unit):
    rng = np.random.default_rng(3)
    table = [
        [int(a) + int(b) * unit for a, b in zip(*pair, strict=True)] for pair in rng.integers(0, 3, (5, 2, 5))
    ]
    rows = disobediences(table)
    welfare = [table[i][j] + table[j][i] for i in range(5) for j in range(5)]
    program = welfare, rows, [0] * len(rows), [[1] * 25], [1], set()
    found = maximise(*program[:5], floats=floats)
    prove(found, *program)
    assert found.status == "optimal"


def test_the_simplex_method_goes_on_from_any_basis():
    """Whatever it is told to start with, the answer is the same; perturbation and Bland's rule are met on the way."""
    rng = np.random.default_rng(0)
    rows = disobediences(rng.integers(0, 2, (4, 4)).tolist())
    one, n = Fraction(1), 16
    program = _simplex.Program(
        [*rows, [1] * n], [0] * len(rows) + [1], [one] * (len(rows) + 1), len(rows), list(range(n)), one, ()
    )
    values = set()
    for _ in range(20):
        preference = rng.permutation(n + len(rows)).tolist()
        status, x, _, _ = _simplex.solve(program, preference)
        assert status == "optimal"
        values.add(dot(program.objective, x))
    assert len(values) == 1


def test_blands_rule_alone_ends(monkeypatch):
    monkeypatch.setattr(_simplex, "_DETOURS", 0)
    monkeypatch.setattr(_simplex, "_PATIENCE", -1)
    rows = disobediences([[0, 2, 1], [1, 0, 2], [2, 1, 0]])
    assert maximise([1] * 9, rows, [0] * len(rows), [[1] * 9], [1], floats=False).value == 1


def test_a_proof_that_proves_nothing_is_refused():
    """Equations count on both sides, and free variables have no reduced cost."""
    one = Fraction(1)
    program = _simplex.Program([[1, 1]], [1], [one], 0, [1, 0], one, frozenset([1]))
    assert (
        linear_programs._optimal(program, [one, Fraction(0)], [one], "") is None
    )  # the free variable is worth more
    bounded = program._replace(free=frozenset())
    assert linear_programs._optimal(bounded, [one, Fraction(0)], [one], "").value == 1
    for x in ([2 * one, Fraction(0)], [Fraction(1, 2), Fraction(0)], [2 * one, -one]):
        assert linear_programs._optimal(bounded, x, [dot([1, 0], x)], "") is None
    assert linear_programs._infeasible(bounded, [-one], "") is None
    assert linear_programs._unbounded(bounded, [one, Fraction(0)], [one, Fraction(0)], "") is None
    assert not linear_programs._feasible(bounded, [Fraction(1, 2), Fraction(0)])
    assert not linear_programs._prices_fit(program, [one], program.objective)
