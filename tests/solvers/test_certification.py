"""Roots, signs and bounds: against exact arithmetic, brute force and published formulas."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory.solvers._kernels.enclosures import PLAYED, difference
from gametheory.solvers._kernels.interval_newton import VERIFIED, newton
from gametheory.solvers.certification import Root
from gametheory.solvers.linear_supports import linear_part, polytope_vertices
from gametheory.solvers.separation import root_count, separation
from gametheory.solvers.singular_supports import _radical, _System, solve_singular

BOTH = ((0, 1),) * 3


def from_gaps(*gaps):
    """A game of three players with two strategies, in which the first earns a given function of the others' first chances more."""
    whole = np.zeros((3, 2, 2, 2), dtype=object)
    for i, gap in enumerate(gaps):
        for others in itertools.product((1, 0), repeat=2):
            cell = [1 - c for c in others]
            whole[(i, *cell[:i], 0, *cell[i:])] = gap(*others)
    return whole


# ---------------------------------------------------------------------------------------------------------------------
# Bounds in floats
# ---------------------------------------------------------------------------------------------------------------------
@given(st.integers(0, 10**6), st.sampled_from([(2, 2, 2), (3, 2, 4), (2, 3, 2, 2)]))
@settings(max_examples=60, deadline=None)
def test_bounds_hold_for_every_profile_in_the_box(seed, shape):
    rng = np.random.default_rng(seed)
    n, m = len(shape), max(shape)
    payoffs = rng.uniform(-1, 1, (n, *shape))
    u = np.array([np.moveaxis(payoffs[i], i, 0).ravel() for i in range(n)])
    profiles = [[rng.dirichlet(np.ones(k)) for k in shape] for _ in range(20)]
    lo, hi = np.zeros((n, m)), np.zeros((n, m))
    for i, k in enumerate(shape):
        lo[i, :k] = np.min([p[i] for p in profiles], axis=0)
        hi[i, :k] = np.max([p[i] for p in profiles], axis=0)
    low, high = np.empty(u.shape[1]), np.empty(u.shape[1])
    for i in range(n):
        difference(u, np.array(shape), i, 0, 1, lo, hi, low, high)
        for profile in profiles:
            table = payoffs[i].take(0, axis=i) - payoffs[i].take(1, axis=i)
            for k in reversed([k for k in range(n) if k != i]):
                table = (
                    table @ profile[k]
                    if k == max(j for j in range(n) if j != i)
                    else np.tensordot(table, profile[k], axes=([k - (k > i)], [0]))
                )
            assert low[0] - 1e-12 <= float(table) <= high[0] + 1e-12


def test_a_newton_step_proves_a_root_and_does_not_prove_two():
    # x = y = z = 1/2 is the only root of the cyclic game, and 1/4, 3/4 are those of a product.
    for gaps, box, expected in [
        ((lambda y, z: y + z - 1, lambda x, z: x - z, lambda x, y: x + 2 * y - 1.5), (0.3, 0.7), VERIFIED),
        ((lambda y, z: y - z, lambda x, z: x - z, lambda x, y: x * y - (x + y) / 2 + 3 / 16), (0.1, 0.9), 0),
    ]:
        payoffs = from_gaps(*gaps).astype(float)
        u = np.array([np.moveaxis(payoffs[i], i, 0).ravel() for i in range(3)])
        lo, hi = np.full((3, 2), box[0]), np.full((3, 2), box[1])
        scratch = [np.zeros((3, 2)) for _ in range(4)]
        status = np.full((3, 2), PLAYED)
        answer = newton(u, np.array([2, 2, 2]), lo, hi, status, 1e-13, *scratch)
        assert answer == expected
        if answer == VERIFIED:
            assert (scratch[2] <= 0.5).all() and (scratch[3] >= 0.5).all()


# ---------------------------------------------------------------------------------------------------------------------
# Certified roots
# ---------------------------------------------------------------------------------------------------------------------
def test_square_roots_come_with_their_minimal_polynomials():
    # x y = 1/2 with x = y = z.
    whole = from_gaps(lambda y, z: y - z, lambda x, z: x - z, lambda x, y: 2 * x * y - 1)
    root = Root(whole, BOTH, np.tile([0.7, 0.29], (3, 1)), np.tile([0.71, 0.3], (3, 1)))
    assert root.rational() is None
    assert root.minimal_polynomial(0, 0) == (-1, 0, 2)
    assert root.minimal_polynomial(0, 1) == (1, -4, 2)
    (low, high), _ = root.enclosure().intervals[0]
    assert low**2 < Fraction(1, 2) < high**2 and high - low < Fraction(1, 2**100)
    assert root.index() in (-1, 1)


@pytest.mark.parametrize("tie, sign", [(0, 0), (1, 1), (-1, -1)])
def test_signs_at_irrational_roots_are_exact(tie, sign):
    # The third strategy of the first player earns y - z more than the second, which is zero at the root, and a little.
    base = from_gaps(lambda y, z: y - z, lambda x, z: x - z, lambda x, y: 2 * x * y - 1)
    whole = np.zeros((3, 3, 2, 2), dtype=object)
    whole[:, :2] = base * 10**60
    for y, z in itertools.product((1, 0), repeat=2):
        whole[0, 2, 1 - y, 1 - z] = 10**60 * (2 * y * z - 1) + tie
    root = Root(whole, BOTH, np.tile([0.7, 0.29], (3, 1)), np.tile([0.71, 0.3], (3, 1)))
    assert root.gain_sign(0, 2) == sign


def test_rational_roots_are_recognised():
    p, q = Fraction(10**9 + 7, 3 * 10**9), Fraction(2, 7)
    whole = from_gaps(
        lambda y, z: 7 * (y - 2 * z) + 2,
        lambda x, z: 7 * z - 2,
        lambda x, y: 3 * 10**9 * x - (10**9 + 7),
    )
    middle = np.array([[0.335, 0.665], [0.285, 0.715], [0.285, 0.715]])
    root = Root(whole, BOTH, middle - 0.005, middle + 0.005)
    assert root.rational() == tuple(
        (fmpq(x.numerator, x.denominator), fmpq((1 - x).numerator, x.denominator)) for x in (p, q, q)
    )


# ---------------------------------------------------------------------------------------------------------------------
# Counting and separating
# ---------------------------------------------------------------------------------------------------------------------
def test_totally_mixed_equilibria_are_counted_as_published():
    """McKelvey and McLennan 1997, The maximal number of regular totally mixed Nash equilibria."""

    def count(*sizes):
        return root_count([k - 1 for k in sizes], [i for i, k in enumerate(sizes) for _ in range(k - 1)])

    assert [count(*[2] * n) for n in range(2, 8)] == [1, 2, 9, 44, 265, 1854]  # derangements
    assert (count(3, 3, 3), count(4, 4, 4), count(3, 3, 3, 3)) == (10, 56, 297)
    assert count(2, 2, 4) == 0  # three equations in two unknowns


@given(
    st.lists(st.integers(-20, 20), min_size=12, max_size=12),
    st.lists(st.integers(-20, 20), min_size=3, max_size=3),
)
@settings(max_examples=20, deadline=None)
def test_values_that_are_not_zero_are_beyond_the_separation(equations, form):
    x, y, z = sympy.symbols("x y z")
    terms = [[1, y, z, y * z], [1, x, z, x * z], [1, x, y, x * y]]
    system = [
        sum(c * t for c, t in zip(equations[4 * i : 4 * i + 4], own, strict=True))
        for i, own in enumerate(terms)
    ]
    value = sum(c * v for c, v in zip(form, (x, y, z), strict=True))
    eliminant = sympy.resultant(sympy.resultant(system[0], system[1], z), system[2], y)
    if eliminant == 0 or not eliminant.has(x):
        return
    bound = separation([1, 1, 1], [(i, 20) for i in range(3)], 20)
    for at in sympy.Poly(eliminant, x).nroots(n=60, maxsteps=500):
        slope = system[2].subs(x, at)
        second = sympy.Poly(slope, y)
        if second.degree() != 1:
            continue
        other = -second.nth(0) / second.nth(1)
        third = sympy.Poly(system[1].subs(x, at), z)
        if third.degree() != 1:
            continue
        size = abs(sympy.N(value.subs({x: at, y: other, z: -third.nth(0) / third.nth(1)}), 50))
        assert size < 1e-25 or size > sympy.Float(2) ** -bound.bits


# ---------------------------------------------------------------------------------------------------------------------
# Polytopes and singular systems
# ---------------------------------------------------------------------------------------------------------------------
@given(st.lists(st.lists(st.integers(-3, 3), min_size=4, max_size=4), max_size=4), st.integers(0, 2))
@settings(max_examples=20, deadline=None)
def test_vertices_are_those_of_brute_force(rows, n_equal):
    equal, below = rows[:n_equal], rows[n_equal:]
    found = set()
    tight_rows = [*equal, *below, *np.eye(4, dtype=int).tolist()]
    for chosen in itertools.combinations(tight_rows, 3):
        matrix = sympy.Matrix([*chosen, [1] * 4])
        if matrix.rank() == 4:
            point = matrix.solve(sympy.Matrix([0, 0, 0, 1]))
            values = [Fraction(int(v.p), int(v.q)) for v in point]
            fine = all(v >= 0 for v in values)
            fine &= all(sum(a * v for a, v in zip(row, values, strict=True)) == 0 for row in equal)
            fine &= all(sum(a * v for a, v in zip(row, values, strict=True)) <= 0 for row in below)
            if fine:
                found.add(tuple(values))
    ours = {tuple(Fraction(int(p.p), int(p.q)) for p in v) for v in polytope_vertices(4, equal, below)}
    assert ours == found


def test_a_bystander_cuts_a_product_of_equilibria():
    # Players 1 and 2 do not care; player 3 keeps its first strategy while x < 2/3.
    whole = np.zeros((3, 2, 2, 2), dtype=object)
    whole[2, 0, :, 1], whole[2, 1, :, 1] = 1, -2
    [part] = linear_part(whole, ((0, 1), (0, 1), (0,)))
    assert part.described and part.dimension == 2
    assert {vertex[0] for vertex in part.vertices} == {(fmpq(0), fmpq(1)), (fmpq(2, 3), fmpq(1, 3))}


def test_a_bystander_who_minds_both_makes_a_curve():
    whole = np.zeros((3, 2, 2, 2), dtype=object)
    whole[2, :, :, 1] = [[1, -1], [-1, -1]]  # 2 x y - 1
    [part] = linear_part(whole, ((0, 1), (0, 1), (0,)))
    assert not part.described and len(part.vertices) == 3


def test_exact_algebra_finds_regular_and_double_roots():
    payoffs = from_gaps(lambda y, z: y - z, lambda x, z: x - z, lambda x, y: 8 * x * y - 6 * x + 1)
    exact = np.vectorize(fmpq, otypes=[object])(payoffs)
    found = solve_singular(exact, payoffs, BOTH).points
    assert sorted(float(p.profile[0][0]) for p in found) == [0.25, 0.5]
    assert sorted(p.index for p in found) == [-1, 1]
    payoffs = from_gaps(lambda y, z: y - z, lambda x, z: x - z, lambda x, y: 4 * x * y - 4 * x + 1)
    exact = np.vectorize(fmpq, otypes=[object])(payoffs)
    [point] = solve_singular(exact, payoffs, BOTH).points
    assert point.profile[0][0] == fmpq(1, 2) and point.index is None
    payoffs = from_gaps(lambda y, z: y - z, lambda x, z: x - z, lambda x, y: 9 * x * y - 2)
    exact = np.vectorize(fmpq, otypes=[object])(payoffs)
    [point] = solve_singular(exact, payoffs, BOTH).points
    assert abs(float(point.profile[0][0]) - 2**0.5 / 3) < 1e-15
    assert point.polynomials[0] == ((-2, 0, 9), (7, -18, 9))


def test_a_multiple_solution_counts_once():
    system = _System(from_gaps(*[lambda first, second: 0] * 3), BOTH)
    x, y, z = system.ring.gens()
    quotient, _ = _radical(system, system.basis([(x - y) ** 2, (x + y - 1) ** 2, z - y]))
    assert quotient.monomials == [(0, 0, 0)]
