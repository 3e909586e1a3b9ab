"""All equilibria over any ordered field: against the solver of boxes and bounds, which shares no algebra with it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory.equilibria import nash
from gametheory.solvers.fields import Cell
from gametheory.solvers.parametric_supports import solve_supports
from gametheory.solvers.support_enumeration import support_enumeration


def table(numbers, shape=(3, 2, 2, 2)):
    result = np.empty(shape, dtype=object)
    result.ravel()[:] = [fmpq(int(number)) for number in numbers]
    return result


def floats(solution):
    rows = [
        [int(p.p) / int(p.q) if isinstance(p, fmpq) else float(p) for vector in profile for p in vector]
        for profile in solution.profiles
    ]
    return sorted([round(p, 9) + 0.0 for p in row] for row in rows)


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from([1, 2, 9, 40]).flatmap(lambda m: st.lists(st.integers(-m, m), min_size=24, max_size=24))
)
def test_same_equilibria_components_and_indices_as_the_other_solver(numbers):
    payoffs = table(numbers)
    ours, theirs = solve_supports(payoffs), support_enumeration(payoffs, progress=False)
    if not (ours.complete and theirs.complete):
        assert (
            not ours.complete
        )  # the other may settle continua that this one leaves open, never the other way round
        return
    assert np.array(floats(ours)) == pytest.approx(np.array(floats(theirs)), abs=1e-8)
    assert sorted(map(len, ours.components)) == sorted(map(len, theirs.components))
    assert sorted(ours.dimensions) == sorted(theirs.dimensions)
    assert sorted(map(str, ours.regular)) == sorted(map(str, theirs.regular))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-9, 9), min_size=24, max_size=24))
def test_everything_listed_is_an_equilibrium_exactly(numbers):
    payoffs = table(numbers)
    for profile in solve_supports(payoffs).profiles:
        vectors = []
        for vector in profile:
            entries = np.empty(len(vector), dtype=object)
            entries[:] = vector
            vectors.append(entries)
            assert sum(vector[1:], start=vector[0]) == 1
        replies = nash.best_replies_array(payoffs, vectors)
        assert all(set(nash.support_array(v)) <= set(r) for v, r in zip(vectors, replies, strict=True))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(-3, 3), min_size=54, max_size=54))
def test_two_by_three_by_three_where_nothing_is_left_open(numbers):
    payoffs = table(numbers, (3, 2, 3, 3))
    ours = solve_supports(payoffs)
    theirs = support_enumeration(payoffs, progress=False)
    if ours.complete and theirs.complete:
        assert np.array(floats(ours)) == pytest.approx(np.array(floats(theirs)), abs=1e-8)


def test_numbers_of_a_parameter_give_functions_of_it():
    cell = Cell(Fraction(1, 8))
    t = cell.parameter()
    payoffs = np.empty((3, 2, 2, 2), dtype=object)
    for a, b, c in np.ndindex(2, 2, 2):
        payoffs[:, a, b, c] = [
            cell.constant(a * (b - c)),
            cell.constant(b * (a - c)),
            c * (cell.constant(a * b - a) + t),
        ]
    solution = solve_supports(payoffs)
    mixed = [p for p in solution.profiles if all(x != 0 for vector in p for x in vector)]
    assert len(mixed) == 2
    for profile in mixed:
        z = profile[2][1]
        assert z * z - z + t == 0
    low, high = cell.interval(Fraction(0), Fraction(1))
    assert high == Fraction(1, 4)
    assert low == 0


def test_a_continuum_of_all_three_is_left_open_by_name():
    solution = solve_supports(table([0] * 24), names=(("A", "B", "C"), [["l", "r"]] * 3))
    assert not solution.complete
    assert "{A: l, r; B: l, r; C: l, r}" in solution.reason


def test_too_many_supports_leave_the_pure_equilibria():
    shape = (3, 6, 6, 6)
    solution = solve_supports(table(np.arange(3 * 216) % 7, shape))
    assert "only pure equilibria" in solution.reason
