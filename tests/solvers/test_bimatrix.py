"""All equilibria of two-player games: against definitions and invariances; other people's solvers judge in tests/literature."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.equilibria import nash
from gametheory.solvers.algebraic import from_fraction
from gametheory.solvers.bimatrix import best_reply_vertices

few = st.integers(-3, 3)


@st.composite
def bimatrices(draw, size=4, payoffs=few):
    m, n = draw(st.integers(1, size)), draw(st.integers(1, size))
    return tuple([[Fraction(draw(payoffs)) for _ in range(n)] for _ in range(m)] for _ in range(2))


def solved(a, b):
    return gt.nash_equilibria(gt.NormalFormGame.from_bimatrix(a, b))


def vectors(found):
    return {tuple(map(tuple, equilibrium.profile.arrays)) for equilibrium in found}


@given(bimatrices())
def test_there_is_an_equilibrium_and_none_can_be_improved_on(game):
    found = solved(*game)
    assert len(found) >= 1
    assert found.complete
    assert all(equilibrium.regret == 0 and equilibrium.exact for equilibrium in found)
    assert len(vectors(found)) == len(found)


@given(bimatrices(payoffs=st.integers(-(10**6), 10**6)))
def test_indices_of_a_regular_game_add_up_to_one(game):
    found = solved(*game)
    indices = [equilibrium.index for equilibrium in found]
    assume(None not in indices)
    assert sum(indices) == 1
    assert len(found) % 2 == 1
    assert all(component.is_point for component in found.components)


@given(bimatrices(payoffs=st.integers(0, 2)), st.data())
def test_every_mixture_within_a_component_is_an_equilibrium(game, data):
    found = solved(*game)
    table = np.array([game[0], game[1]], dtype=object)
    for component in found.components:
        mixed = []
        for player in (0, 1):
            corners = {tuple(e.profile.arrays[player]) for e in component}
            weights = [Fraction(data.draw(st.integers(1, 5))) for _ in corners]
            total = sum(weights)
            mixed.append(
                np.array(
                    [
                        sum(w * c[k] for w, c in zip(weights, corners, strict=True)) / total
                        for k in range(len(next(iter(corners))))
                    ],
                    dtype=object,
                )
            )
        assert nash.regret(table, mixed) == 0


@given(bimatrices(payoffs=st.integers(0, 2)))
def test_all_pure_equilibria_are_among_them(game):
    a, b = game
    pure = {
        (i, j)
        for i in range(len(a))
        for j in range(len(a[0]))
        if a[i][j] == max(row[j] for row in a) and b[i][j] == max(b[i])
    }
    found = {
        tuple(int(np.argmax([float(p) for p in vector])) for vector in e.profile.arrays)
        for e in solved(*game)
        if e.is_pure
    }
    assert found == pure


@given(bimatrices(), st.data())
def test_renaming_strategies_and_rescaling_payoffs_changes_nothing(game, data):
    a, b = game
    rows = data.draw(st.permutations(range(len(a))))
    columns = data.draw(st.permutations(range(len(a[0]))))
    scale = data.draw(st.fractions(Fraction(1, 9), 9, max_denominator=9))
    shifts = data.draw(st.lists(st.integers(-5, 5), min_size=len(a[0]), max_size=len(a[0])))
    # A column's worth to the row player may be shifted: she does not choose the column.
    other_a = [[scale * a[i][j] + shifts[j] for j in columns] for i in rows]
    other_b = [[3 * b[i][j] - 1 for j in columns] for i in rows]
    renamed = {(tuple(x[i] for i in rows), tuple(y[j] for j in columns)) for x, y in vectors(solved(a, b))}
    assert vectors(solved(other_a, other_b)) == renamed


@given(bimatrices(size=3))
def test_a_dominated_strategy_is_never_played(game):
    a, b = game
    worse = [min(a[i][j] for i in range(len(a))) - 1 for j in range(len(a[0]))]
    extended = solved([*a, worse], [*b, [Fraction(k) for k in range(len(a[0]))]])
    assert all(x[-1] == 0 for x, _ in vectors(extended))
    assert {(x[:-1], y) for x, y in vectors(extended)} == vectors(solved(a, b))


@given(bimatrices(size=3))
def test_swapping_the_players_swaps_the_strategies(game):
    a, b = (np.array(table, dtype=object) for table in game)
    swapped = solved(b.T, a.T)
    assert {(y, x) for x, y in vectors(swapped)} == vectors(solved(a, b))


@given(bimatrices(size=3))
def test_a_game_of_floats_has_the_rounded_equilibria_of_the_exact_one(game):
    exact = solved(*game)
    real = solved(*([[float(p) for p in row] for row in table] for table in game))
    assert not any(e.exact for e in real)
    assert [tuple(map(float, (p for v in e.profile.arrays for p in v))) for e in real] == [
        tuple(map(float, (p for v in e.profile.arrays for p in v))) for e in exact
    ]


@settings(max_examples=30)
@given(bimatrices(size=4, payoffs=st.integers(0, 3)))
def test_vertices_carry_the_labels_of_their_tight_inequalities(game):
    _, b = game
    for vertex in best_reply_vertices([[from_fraction(p) for p in row] for row in b]):
        values = [sum(x * b[i][j].numerator for i, x in enumerate(vertex.strategy)) for j in range(len(b[0]))]
        assert max(values) == vertex.value
        assert vertex.best_replies == {j for j, value in enumerate(values) if value == vertex.value}
        assert vertex.unplayed == {i for i, x in enumerate(vertex.strategy) if x == 0}
        assert sum(vertex.strategy[1:], start=vertex.strategy[0]) == 1


@settings(max_examples=40, deadline=None)
@given(bimatrices(size=4, payoffs=st.integers(0, 2)))
def test_vertices_are_all_and_only_the_basic_solutions(game):
    """Every set of m tight inequalities that are independent and leave the others satisfied gives a vertex, and each comes so."""
    _, b = game
    m, n = len(b), len(b[0])
    expected = set()
    for own in itertools.chain.from_iterable(itertools.combinations(range(m), k) for k in range(m)):
        played = [i for i in range(m) if i not in own]
        for replies in itertools.combinations(range(n), len(played)):
            # Unknowns: the probabilities of the strategies played, and the value.
            rows = [[*(b[i][j] for i in played), -1, 0] for j in replies] + [[1] * len(played) + [0, 1]]
            system = sympy.Matrix([[sympy.Rational(str(entry)) for entry in row] for row in rows])
            if system[:, :-1].rank() < len(played) + 1:
                continue
            *x, value = system[:, :-1].LUsolve(system[:, -1])
            full = dict(zip(played, x, strict=True))
            if all(p >= 0 for p in x) and all(
                sum(full.get(i, 0) * sympy.Rational(str(b[i][j])) for i in range(m)) <= value
                for j in range(n)
            ):
                expected.add(tuple(str(full.get(i, 0)) for i in range(m)))
    found = [
        tuple(map(str, vertex.strategy))
        for vertex in best_reply_vertices([[from_fraction(p) for p in row] for row in b])
    ]
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_an_edge_that_is_none_makes_no_vertex():
    """Here two vertices share enough tight inequalities for an edge, and there is none between them."""
    b = [[1, 1, 0, 2, 2], [2, 2, 1, 1, 2], [0, 0, 2, 0, 2], [2, 0, 0, 2, 1], [0, 2, 0, 0, 0]]
    for vertex in best_reply_vertices([[from_fraction(Fraction(p)) for p in row] for row in b]):
        tight = [[int(k == i) for k in range(5)] + [0] for i in vertex.unplayed]
        tight += [[row[j] for row in b] + [-1] for j in vertex.best_replies]
        assert sympy.Matrix([*tight, [1] * 5 + [0]]).rank() == 6


def test_a_pure_equilibrium_that_a_tie_makes_one_of_many():
    # C is indifferent and nobody else cares what C does.
    game = gt.NormalFormGame.from_function(
        lambda a, b, c: [int(a == "1"), int(b == "1"), 0], {name: ["0", "1"] for name in "ABC"}
    )
    assert [e.continuum for e in gt.nash_equilibria(game)] == [True, True]
    # C is indifferent only where A and B play 1, whose replies are strict: C can mix without losing them, up to a third.
    game = gt.NormalFormGame.from_function(
        lambda a, b, c: [
            (2 if c == "0" else -1) if a == "1" else 0,
            int(b == "1"),
            int(a == "0" and c == "0"),
        ],
        {name: ["0", "1"] for name in "ABC"},
    )
    found = gt.nash_equilibria(game)
    assert [e.continuum for e in found] == [True, True] and found.complete
    assert [e.strategies["C"]["0"] for e in found] == [1, Fraction(1, 3)]
    assert [(e.play, e.continuum) for e in gt.nash_equilibria(game, "pure")] == [("A: 1; B: 1; C: 0", True)]


def test_a_game_all_of_whose_profiles_are_equilibria():
    found = solved([[0, 0], [0, 0]], [[0, 0], [0, 0]])
    assert len(found) == 4
    assert [len(component) for component in found.components] == [4]
    assert all(equilibrium.continuum for equilibrium in found)


def test_three_players_get_pure_equilibria_only_if_that_is_asked_for():
    game = gt.NormalFormGame.from_function(
        lambda a, b, c: [int(a == b == c)] * 3, {name: ["0", "1"] for name in "ABC"}
    )
    for found, reason in [
        (gt.nash_equilibria(game, max_boxes=0), "mixed equilibria are not searched for"),
        (gt.nash_equilibria(game, "pure"), "only pure equilibria were asked for"),
    ]:
        assert {e.play for e in found} == {"A: 0; B: 0; C: 0", "A: 1; B: 1; C: 1"}
        assert not found.complete
        assert reason in found.reason
    assert len(gt.nash_equilibria(game)) == 3


def test_a_third_player_without_a_choice_leaves_two():
    game = gt.NormalFormGame.from_function(
        lambda a, b, c: [int(a == b), int(a != b), 7], {"A": ["0", "1"], "B": ["0", "1"], "C": ["only"]}
    )
    found = gt.nash_equilibria(game)
    assert found.complete
    assert found[0].strategies["A"]["0"] == Fraction(1, 2)


def test_one_player_maximises():
    game = gt.NormalFormGame([[3, 1, 3]])
    found = gt.nash_equilibria(game)
    assert [e.play for e in found] == ["Player 1: 1", "Player 1: 3"]
    assert all(e.continuum for e in found)
    assert found.complete


@pytest.mark.parametrize(
    "method,error,words",
    [("puer", gt.UnknownName, "did you mean 'pure'"), ("vertex_enumeration", gt.Unsupported, "two players")],
)
def test_methods_that_do_not_fit_are_refused(method, error, words):
    game = gt.NormalFormGame(np.zeros((3, 2, 2, 2)))
    with pytest.raises(error, match=words):
        gt.nash_equilibria(game, method=method)


def test_a_game_with_parameters_is_refused_with_their_names():
    game = gt.NormalFormGame.from_bimatrix([["x", 0]], [[0, "y"]])
    with pytest.raises(gt.Unsupported, match="depend on x, y"):
        gt.nash_equilibria(game)
    with pytest.raises(gt.GameError, match="not str"):
        gt.nash_equilibria("game")
