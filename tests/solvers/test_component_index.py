"""The index of components of equilibria: against the determinant, perturbations by numbers, invariances and published games."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from gametheory.equilibria import nash
from gametheory.solvers import bimatrix
from gametheory.solvers.algebraic import to_fraction
from gametheory.solvers.bimatrix import extreme_equilibria

few = st.integers(0, 2)


@st.composite
def bimatrices(draw, size=4, payoffs=few):
    m, n = draw(st.integers(1, size)), draw(st.integers(1, size))
    entries = st.lists(st.lists(payoffs, min_size=n, max_size=n), min_size=m, max_size=m)
    return draw(entries), draw(entries)


def components(a, b, project=lambda x, y: (x, y)):
    """Each connected component as the set of its extreme equilibria, with its index."""
    found = extreme_equilibria(a, b)
    vectors = [tuple(tuple(to_fraction(p) for p in vector) for vector in pair) for pair in found.equilibria]
    assert sum(found.indices) == 1
    assert sorted(k for group in found.connected for k in group) == list(range(len(found.components)))
    return {
        frozenset(project(*vectors[k]) for part in group for k in found.components[part]): index
        for group, index in zip(found.connected, found.indices, strict=True)
    }


def transpose(table):
    return [list(column) for column in zip(*table, strict=True)]


@given(bimatrices(payoffs=st.integers(-3, 3)) | bimatrices(5, st.integers(-(10**6), 10**6)))
def test_a_regular_equilibrium_has_the_index_of_its_determinant(game):
    table = np.array(game, dtype=object) + Fraction(0)
    for equilibria, index in components(*game).items():
        if len(equilibria) == 1:
            (mixed,) = equilibria
            assert nash.index(table, mixed) in (None, index)
    found = extreme_equilibria(*game)
    for pair, index in zip(found.equilibria, found.regular, strict=True):
        assert nash.index(table, [[to_fraction(p) for p in vector] for vector in pair]) == index


def near(equilibria, mixed):
    """The distance of a profile from the convex hull of the products of a list of vertices of one maximal Nash subset."""
    distance = 0.0
    for side in (0, 1):
        corners = np.array(sorted({e[side] for e in equilibria}), dtype=float)
        weight = 1e3  # the weights of the corners sum to one
        system = np.vstack([corners.T, np.full(len(corners), weight)])
        distance += nnls(system, np.append(np.array(mixed[side], dtype=float), weight))[1]
    return distance


@settings(max_examples=60, deadline=None)
@given(bimatrices(), st.integers(0, 2**32 - 1))
def test_it_is_the_sum_of_the_indices_near_by_after_a_perturbation_by_numbers(game, seed):
    exact = extreme_equilibria(*game)
    vectors = [tuple(tuple(map(to_fraction, v)) for v in pair) for pair in exact.equilibria]
    noise = np.random.default_rng(seed).integers(-(10**6), 10**6, (2, len(game[0]), len(game[0][0])))
    table = np.array(game, dtype=object) + np.vectorize(lambda k: Fraction(int(k), 10**12), otypes=[object])(
        noise
    )
    total = [0] * len(exact.connected)
    for pair in extreme_equilibria(*table.tolist()).equilibria:
        mixed = [[to_fraction(p) for p in vector] for vector in pair]
        distances = [
            min(near([vectors[k] for k in exact.components[part]], mixed) for part in group)
            for group in exact.connected
        ]
        nearest = int(np.argmin(distances))
        # The numbers are small, not infinitesimal; a vertex moves by the perturbation times a condition number.
        assert distances[nearest] < 1e-3
        index = nash.index(table, mixed)
        assert index is not None
        total[nearest] += index
    assert tuple(total) == exact.indices


@given(bimatrices(), st.data())
def test_names_order_and_units_do_not_matter(game, data):
    a, b = game
    rows = data.draw(st.permutations(range(len(a))))
    columns = data.draw(st.permutations(range(len(a[0]))))
    other_a = [[Fraction(a[i][j], 3) + j for j in columns] for i in rows]
    other_b = [[7 * b[i][j] - i for j in columns] for i in rows]
    renamed = components(
        other_a,
        other_b,
        lambda x, y: (
            tuple(p for _, p in sorted(zip(rows, x, strict=True))),
            tuple(p for _, p in sorted(zip(columns, y, strict=True))),
        ),
    )
    # The column's worth to the row player may be shifted, and the other way round.
    assert renamed == components(a, b)
    assert components(transpose(b), transpose(a), lambda y, x: (x, y)) == components(a, b)


@given(bimatrices(3), st.data())
def test_a_strategy_twice_does_not_matter(game, data):
    a, b = game
    k = data.draw(st.integers(0, len(a) - 1))

    def merged(x, y):
        return tuple(p + x[-1] if i == k else p for i, p in enumerate(x[:-1])), y

    assert components([*a, a[k]], [*b, b[k]], merged) == components(a, b)


@given(bimatrices(3), st.data())
def test_a_strategy_that_is_a_mixture_of_others_does_not_matter(game, data):
    a, b = game
    weights = data.draw(st.lists(st.integers(0, 3), min_size=len(a), max_size=len(a)).filter(any))
    mixed = [
        [
            Fraction(sum(w * row[j] for w, row in zip(weights, t, strict=True)), sum(weights))
            for j in range(len(a[0]))
        ]
        for t in (a, b)
    ]
    assert Counter(components([*a, mixed[0]], [*b, mixed[1]]).values()) == Counter(components(a, b).values())


@given(bimatrices(3), st.lists(st.integers(-3, 3), min_size=3, max_size=3))
def test_a_dominated_strategy_does_not_matter(game, payoffs):
    a, b = game
    worse = [min(column) - 1 for column in zip(*a, strict=True)]
    extended = components([*a, worse], [*b, payoffs[: len(worse)]], lambda x, y: (x[:-1], y))
    assert extended == components(a, b)


@given(bimatrices(3, st.integers(-9, 9)), st.integers(-9, 9))
def test_an_outside_option_absorbs_the_equilibria_that_pay_less(game, worth):
    """All equilibria inside in which the row player gets less than outside, and no others, come into the component outside."""
    a, b = game
    value = Fraction(2 * worth + 1, 2) + Fraction(1, 1009)
    inside = components(a, b)
    payoff = {
        e: sum(p * q * a[i][j] for i, p in enumerate(e[0]) for j, q in enumerate(e[1]))
        for c in inside
        for e in c
    }
    if value in payoff.values() or any(len({payoff[e] > value for e in c}) > 1 for c in inside):
        return
    kept = {c: index for c, index in inside.items() if all(payoff[e] > value for e in c)}
    found = components([*a, [value] * len(a[0])], [*b, [0] * len(a[0])])
    expected = {frozenset(((*x, Fraction(0)), y) for x, y in c): index for c, index in kept.items()}
    outside = {c: index for c, index in found.items() if all(x[-1] == 1 for x, _ in c)}
    assert found == expected | outside
    assert len(outside) <= 1
    assert sum(outside.values()) == 1 - sum(kept.values())


class Number(Fraction):
    """A fraction of which the solver does not know that it is one: an element of some ordered field."""


@given(bimatrices(payoffs=st.integers(-3, 3)))
def test_any_ordered_field_gives_the_same_as_the_rationals(game):
    general = extreme_equilibria(*([[Number(p) for p in row] for row in table] for table in game))
    rational = extreme_equilibria(*game)
    assert [tuple(map(tuple, pair)) for pair in general.equilibria] == [
        tuple(tuple(to_fraction(p) for p in vector) for vector in pair) for pair in rational.equilibria
    ]
    assert general[1:] == rational[1:]


KOHLBERG_MERTENS = ([[1, 0, -1], [-1, 0, -1], [1, 0, -2]], [[1, -1, 1], [0, 0, 0], [-1, -1, -2]])


def test_the_circle_of_kohlberg_and_mertens():
    """Kohlberg and Mertens 1986, On the strategic stability of equilibria: the equilibria form a hexagon, a topological circle."""
    found = extreme_equilibria(*KOHLBERG_MERTENS)
    assert len(found.equilibria) == len(found.components) == 6
    assert found.dimensions == (1,) * 6
    assert Counter(k for edge in found.components for k in edge) == dict.fromkeys(range(6), 2)
    assert (found.connected, found.indices) == (((0, 1, 2, 3, 4, 5),), (1,))


def test_deterring_entry_by_a_threat_has_index_zero():
    """Selten 1978, The chain store paradox, played once: staying out is an equilibrium by the threat to fight, of index zero."""
    # Rows: stay out, enter; columns: yield, fight.
    found = components([[1, 1], [2, 0]], [[5, 5], [2, 0]])
    enter = frozenset([((0, 1), (1, 0))])
    out = frozenset([((1, 0), (0, 1)), ((1, 0), (Fraction(1, 2), Fraction(1, 2)))])
    assert found == {enter: 1, out: 0}


@pytest.mark.parametrize("size", [2, 3, 4])
def test_outside_of_meeting_places_the_index_is_negative(size):
    """Where players must meet, k pure equilibria have index +1; outside, worth less than those only, then has index 1 - k."""
    meet = [[int(i == j) for j in range(size)] for i in range(size)]
    found = components([*meet, [Fraction(2, 3)] * size], [*meet, [0] * size])
    assert sorted(found.values()) == [1 - size] + [1] * size


def test_outside_of_an_unstable_equilibrium_the_index_is_two():
    """A component of an index above 1, as in Hauk and Hurkens 2002, On forward induction and evolutionary and strategic stability.

    Inside there are equilibria worth 3 and 60/11 to the row player, of index +1, and one worth 6, of index -1. Outside is worth a
    little less than 6.
    """
    a = [[1, 8, 3], [8, 4, 1], [9, 3, 1]]
    b = [[7, 5, 8], [5, 6, 1], [5, 3, 8]]
    assert sorted(components(a, b).values()) == [-1, 1, 1]
    found = components([*a, [Fraction(71, 12)] * 3], [*b, [0] * 3])
    assert sorted((len(c) > 1, index) for c, index in found.items()) == [(False, -1), (True, 2)]


@pytest.mark.parametrize("most", [0, 1])
@given(game=bimatrices(payoffs=st.integers(0, 3)))
def test_face_by_face_the_same_is_found(most, game):
    found = extreme_equilibria(*game)
    with mock.patch.object(bimatrix, "MOST_REPLIES", most):
        assert extreme_equilibria(*game) == found
