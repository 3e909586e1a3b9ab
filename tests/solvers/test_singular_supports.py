"""Supports with solutions that are not regular, or nearly so."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

import gametheory as gt


def double_root(gap):
    """All mix with the probabilities 1/2 +- sqrt(gap): two indifferences say p = q = r, the third says (p - 1/2)^2 = gap."""
    payoffs = np.full((3, 2, 2, 2), Fraction(0), dtype=object)
    for p, q, r in itertools.product((0, 1), repeat=3):
        if p:
            payoffs[0, p, q, r] = Fraction(q - r)
        if q:
            payoffs[1, p, q, r] = Fraction(p - r)
        if r:
            payoffs[2, p, q, r] = p * q - p + Fraction(1, 4) - gap
    return payoffs


def solved(payoffs):
    return gt.nash_equilibria(gt.NormalFormGame(payoffs), progress=False)


@pytest.mark.parametrize(
    "gap",
    [
        Fraction(1, 10**12),
        Fraction(1, 10**24),
        Fraction(1, 10**80),
        Fraction(1, 2**600),
        Fraction(2, 10**12),
        Fraction(2, 10**80),
        Fraction(1, 2**601),
    ],
    ids=range(7),
)
def test_two_equilibria_next_to_each_other(gap):
    found = solved(double_root(gap))
    mixed = [e for e in found if not e.is_pure]
    assert found.complete
    assert sorted(e.index for e in mixed if e.index is not None) == [-1, 1]
    bounds = sorted(e.bounds["Player 1"]["1"] for e in mixed if e.index is not None)
    assert bounds[0][1] < bounds[1][0]
    for low, high in bounds:
        edges = [(p - Fraction(1, 2)) ** 2 - gap for p in (low, high)]
        assert edges[0] * edges[1] <= 0


@pytest.mark.parametrize("gap", [Fraction(0), Fraction(-1, 10**24), Fraction(-1, 2**600)], ids=range(3))
def test_a_double_root_and_none(gap):
    found = solved(double_root(gap))
    assert found.complete
    assert sum(all(0 < p < 1 for v in e.profile.arrays for p in v) for e in found) == (gap == 0)


def test_large_constants_that_do_not_matter():
    """What a player gets whatever it does changes no equilibrium, and is no burden for exact algebra."""
    rng = np.random.default_rng(0)
    payoffs = double_root(Fraction(1, 10**24))
    shifted = payoffs.copy()
    for i in range(3):
        sizes = [1 if k == i else 2 for k in range(3)]
        constants = [Fraction(int(x), 3**2000) for x in rng.integers(1, 9, 4)]
        shifted[i] = shifted[i] * 7 + np.array(constants, dtype=object).reshape(sizes)
    found, same = solved(payoffs), solved(shifted)
    assert same.complete and len(found) == len(same)
    for first, second in zip(found, same, strict=True):
        pairs = zip(first.profile.arrays, second.profile.arrays, strict=True)
        assert all(np.array_equal(a, b) for a, b in pairs)


def from_gains(*gains):
    """The game in which players gain so much by their second strategy: functions of the probabilities of all second strategies."""
    payoffs = np.full((3, 2, 2, 2), Fraction(0), dtype=object)
    for cell in itertools.product((0, 1), repeat=3):
        for i, gain in enumerate(gains):
            if cell[i]:
                payoffs[(i, *cell)] = Fraction(gain(*cell))
    return payoffs


def test_a_line_in_a_plane_is_no_maximal_set():
    """Equations that fall into parts which meet: q = 1/2, and r = 1/3 with p = 1/2 or q = 1/2, the last of which is in the first."""
    half, third = Fraction(1, 2), Fraction(1, 3)
    found = solved(
        from_gains(
            lambda p, q, r: (q - half) * (r - third),
            lambda p, q, r: 0,
            lambda p, q, r: (p - half) * (q - half),
        )
    )
    assert found.complete and len(found) == 10
    assert sorted(component.dimension for component in found.components) == [1, 1, 1, 1, 1, 2]
    assert [part.index for part in found.connected_components] == [1]


def test_three_lines_through_a_point():
    half = Fraction(1, 2)
    found = solved(
        from_gains(
            lambda p, q, r: (q - half) * (r - half),
            lambda p, q, r: (p - half) * (r - half),
            lambda p, q, r: (p - half) * (q - half),
        )
    )
    assert found.complete
    assert sorted(part.index for part in found.connected_components) == [-3, 1, 1, 1, 1]
