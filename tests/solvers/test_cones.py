"""Extreme rays against the definition: the feasible solutions, up to a factor, of n - 1 independent tight inequalities."""

from __future__ import annotations

import itertools
from fractions import Fraction

import flint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory.errors import TooLarge
from gametheory.solvers.cones import extreme_rays


@st.composite
def cones(draw):
    n = draw(st.integers(1, 4))
    entry = st.one_of(st.integers(-1, 1), st.integers(-3, 3))
    return n, draw(st.lists(st.lists(entry, min_size=n, max_size=n), max_size=4))


def by_definition(n, rows):
    every = [[-int(i == j) for j in range(n)] for i in range(n)] + rows
    found = set()
    for chosen in itertools.combinations(every, n - 1):
        if n > 1 and flint.fmpz_mat(list(map(list, chosen))).rank() < n - 1:
            continue
        kernel, _ = (
            flint.fmpz_mat(list(map(list, chosen))).nullspace() if n > 1 else (flint.fmpz_mat([[1]]), 1)
        )
        ray = [int(kernel[j, 0]) for j in range(n)]
        for sign in (1, -1):
            x = [sign * value for value in ray]
            if any(x) and all(sum(a * b for a, b in zip(row, x, strict=True)) <= 0 for row in every):
                found.add(tuple(Fraction(value, sum(x)) for value in x))
    return found


@settings(max_examples=200, deadline=None)
@given(cones())
def test_extreme_rays_by_the_definition(cone):
    n, rows = cone
    rays = extreme_rays(rows, n)
    ours = [tuple(Fraction(value, sum(ray)) for value in ray) for ray in rays]
    assert len(set(ours)) == len(ours) and set(ours) == by_definition(n, rows)


def test_fractions_and_nothing():
    assert extreme_rays([[Fraction(1, 2), Fraction(-1, 3)]], 2) == [[0, 1], [2, 3]]
    assert extreme_rays([[1, 1]], 2) == []
    assert extreme_rays([[0, 0]], 2) == [[1, 0], [0, 1]]


def test_more_than_sixty_four_inequalities():
    rows = [[k, -1] for k in range(1, 80)]
    assert extreme_rays(rows, 2) == [[0, 1], [1, 79]]


def test_too_many_rays_are_refused():
    with pytest.raises(TooLarge, match="more than 3 vertices"):
        extreme_rays([[1, 1, -1, -1]], 4, max_rays=3)
