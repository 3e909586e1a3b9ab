"""Vertices of perturbed best-reply polyhedra: bases, limits and orientations against linear algebra, in both arithmetics."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from flint import fmpq, fmpz
from hypothesis import given
from hypothesis import strategies as st

import gametheory as gt
from gametheory.equilibria.arithmetic import determinant_sign
from gametheory.solvers.double_description import Exact, Integers, perturbed_vertices
from gametheory.solvers.nash_subsets import bits

few = st.integers(-2, 2)


@st.composite
def matrices(draw, size=4, payoffs=few):
    m, n = draw(st.integers(1, size)), draw(st.integers(1, size))
    return [[draw(payoffs) for _ in range(n)] for _ in range(m)]


def whole(payoffs):
    m, n = len(payoffs), len(payoffs[0])
    return perturbed_vertices(Integers([[fmpz(p) for p in row] for row in payoffs]), m, n)


def normal(payoffs, label):
    """The inequality of a label as a row: in the probabilities and the value."""
    m = len(payoffs)
    if label < m:
        return [Fraction(int(k == label)) for k in range(m)] + [Fraction(0)]
    return [Fraction(-row[label - m]) for row in payoffs] + [Fraction(1)]


@given(matrices())
def test_every_basis_is_a_vertex_of_the_limit_with_that_orientation(payoffs):
    m = len(payoffs)
    points, bases = whole(payoffs)
    assert len({basis.labels for basis in bases}) == len(bases)
    for basis in bases:
        assert basis.labels.bit_count() == m
        assert basis.labels & ~basis.point.labels == 0
        ray = [Fraction(int(basis.point.ray[k])) for k in range(m + 1)]
        rows = [normal(payoffs, label) for label in bits(basis.labels)]
        assert all(sum(r * c for r, c in zip(row, ray, strict=True)) == 0 for row in rows)
        assert determinant_sign([*rows, ray]) == basis.orientation
    assert {id(basis.point) for basis in bases} == {id(point) for point in points}


@given(matrices())
def test_labels_are_all_the_tight_inequalities_and_none_is_violated(payoffs):
    m, n = len(payoffs), len(payoffs[0])
    points, _ = whole(payoffs)
    for point in points:
        ray = [int(point.ray[k]) for k in range(m + 1)]
        slacks = [sum(r * c for r, c in zip(normal(payoffs, k), ray, strict=True)) for k in range(m + n)]
        assert min(slacks) >= 0
        assert [k for k, slack in enumerate(slacks) if slack == 0] == list(bits(point.labels))
    assert len({point.labels for point in points}) == len(points)


@given(matrices(size=3))
def test_bases_are_those_of_a_small_perturbation(payoffs):
    """With numbers for the infinitesimals, each basic solution of the perturbed system that is feasible is found, and no other."""
    m, n = len(payoffs), len(payoffs[0])
    bonus = [Fraction(1, 10**6) ** (n - j) for j in range(n)]
    expected = set()
    for labels in itertools.combinations(range(m + n), m):
        rows = [normal(payoffs, label) for label in labels] + [[Fraction(1)] * m + [Fraction(0)]]
        right = [-bonus[label - m] if label >= m else Fraction(0) for label in labels] + [Fraction(1)]
        solution = solve(rows, right)
        if solution is None:
            continue
        slacks = [
            sum(r * c for r, c in zip(normal(payoffs, k), solution, strict=True))
            + (bonus[k - m] if k >= m else 0)
            for k in range(m + n)
        ]
        if min(slacks) >= 0:
            assert slacks.count(0) == m, "the perturbed polyhedron is not simple"
            expected.add(sum(1 << label for label in labels))
    assert {basis.labels for basis in whole(payoffs)[1]} == expected


def solve(rows, right):
    """The solution of a square system of fractions, or None (Gauss and Jordan)."""
    work = [[*row, value] for row, value in zip(rows, right, strict=True)]
    for k in range(len(work)):
        pivot = next((r for r in range(k, len(work)) if work[r][k] != 0), None)
        if pivot is None:
            return None
        work[k], work[pivot] = work[pivot], work[k]
        work[k] = [entry / work[k][k] for entry in work[k]]
        for r in range(len(work)):
            if r != k:
                work[r] = [e - work[r][k] * p for e, p in zip(work[r], work[k], strict=True)]
    return [row[-1] for row in work]


@given(matrices())
def test_both_arithmetics_find_the_same(payoffs):
    m, n = len(payoffs), len(payoffs[0])
    found = whole(payoffs)
    exact = perturbed_vertices(Exact([[fmpq(p) for p in row] for row in payoffs]), m, n)
    for one, other in zip(found[1], exact[1], strict=True):
        assert (one.labels, one.orientation, one.point.labels) == (
            other.labels,
            other.orientation,
            other.point.labels,
        )
    for one, other in zip(found[0], exact[0], strict=True):
        numbers = [one.ray[k] for k in range(m + 1)]
        total = sum(numbers[:m], fmpz(0))
        strategy, value = other.ray
        assert tuple(fmpq(number, total) for number in numbers) == (*strategy, value)


@given(matrices(payoffs=st.integers(-(10**9), 10**9)))
def test_rays_have_no_common_factor(payoffs):
    for point in whole(payoffs)[0]:
        assert point.ray.content() == 1


def test_too_many_vertices_are_refused_with_advice():
    identity = [[fmpz(int(i == j)) for j in range(6)] for i in range(6)]
    points, _ = perturbed_vertices(Integers(identity), 6, 6, limit=600)
    assert len(points) == 63
    with pytest.raises(gt.TooLarge, match=r"6 strategies have more than 20 vertices.*lemke_howson"):
        perturbed_vertices(Integers(identity), 6, 6, limit=120)
