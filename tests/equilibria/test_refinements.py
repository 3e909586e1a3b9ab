"""Perfect and proper equilibria: published games, epsilon-proper profiles built and found, and what must follow from what."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.equilibria import nash, refinements
from gametheory.solvers.bimatrix import extreme_equilibria
from gametheory.solvers.nash import to_exact
from gametheory.testing import normal_form_games

SMALL = st.integers(0, 2).map(Fraction)
DUELS = normal_form_games(players=2, size=(2, 3), payoffs=SMALL)
MYERSON = [[1, 0, -9], [0, 0, -7], [-9, -7, -7]]


def pure(game, *cell):
    return [[Fraction(int(k == s)) for k in range(n)] for s, n in zip(cell, game.shape, strict=True)]


# ---------------------------------------------------------------------------------------------------------------------
# Published games
# ---------------------------------------------------------------------------------------------------------------------
def test_seltens_game_has_an_equilibrium_that_is_not_perfect():
    """A weakly dominated equilibrium (Selten 1975)."""
    game = gt.NormalFormGame.from_bimatrix([[1, 0], [0, 0]], [[1, 0], [0, 0]])
    verdicts = [
        (nash.is_perfect(game, pure(game, k, k)), nash.is_proper(game, pure(game, k, k))) for k in (0, 1)
    ]
    assert verdicts == [(True, True), (False, False)]
    assert not nash.is_perfect(game, pure(game, 0, 1)) and not nash.is_proper(game, pure(game, 0, 1))


def test_myersons_game():
    """Myerson (1978): three pure equilibria, of which (1, 1) is proper, (2, 2) perfect but not proper, (3, 3) not perfect."""
    game = gt.NormalFormGame.from_bimatrix(MYERSON, MYERSON)
    cells = [pure(game, k, k) for k in range(3)]
    assert [nash.is_nash(game, cell) for cell in cells] == [True] * 3
    assert [nash.is_perfect(game, cell) for cell in cells] == [True, True, False]
    assert [nash.is_proper(game, cell) for cell in cells] == [True, False, False]


def test_the_chain_store():
    game = gt.NormalFormGame.from_bimatrix([[-1, 1], [0, 0]], [[-1, 1], [2, 2]])
    verdicts = {
        tuple(e.support["Player 2"]): nash.is_proper(game, e.profile) for e in gt.nash_equilibria(game)
    }
    assert verdicts == {("2",): True, ("1",): False, ("1", "2"): False}


def test_a_dominated_mixture_of_undominated_strategies():
    """Rows 1 and 2 are undominated, their mixture is not: a third row does better than it where the column is not sure."""
    a = [[3, 0, 2], [0, 3, 2], [2, 2, 2]]
    game = gt.NormalFormGame.from_bimatrix(a, [[0, 0, 1]] * 3)
    half = [Fraction(1, 2), Fraction(1, 2), 0]
    assert nash.is_nash(game, [half, [0, 0, 1]]) and not nash.is_perfect(game, [half, [0, 0, 1]])
    assert nash.is_perfect(game, pure(game, 0, 2)) and nash.is_perfect(game, pure(game, 2, 2))


# ---------------------------------------------------------------------------------------------------------------------
# The definition
# ---------------------------------------------------------------------------------------------------------------------
def epsilon_proper(game, profile, epsilon):
    """Myerson's definition, on numbers."""
    for i in range(2):
        values = nash.action_payoffs(game, profile, i)
        for s, t in itertools.permutations(range(len(values)), 2):
            if values[s] < values[t] and not profile[i][s] <= epsilon * profile[i][t]:
                return False
    return all(p > 0 for vector in profile for p in vector)


def build(game, profile, q):
    """A 1/q-proper profile near an equilibrium, if there is one."""
    tables = [refinements._duel_table(game.payoffs, i, 1 - i) for i in (0, 1)]
    x = [list(vector) for vector in profile.arrays]
    every = [list(refinements._all_orderings(refinements._ties(tables[i], x[i], x[1 - i]))) for i in (0, 1)]
    for own, other in itertools.product(*every):
        y = refinements._belief(tables[0], x[1], own, other, q)
        z = refinements._belief(tables[1], x[0], other, own, q) if y else None
        if z:
            return [z, y]
    return None


@settings(max_examples=20, deadline=None)
@given(DUELS)
def test_proper_equilibria_have_epsilon_proper_profiles_near_them(game):
    for equilibrium in gt.nash_equilibria(game):
        if not nash.is_proper(game, equilibrium.profile):
            continue
        for q in (10, 1000):
            near = build(game, equilibrium.profile, q)
            assert epsilon_proper(game, near, Fraction(1, q))
            gaps = zip(near, equilibrium.profile.arrays, strict=True)
            assert max(abs(a - b) for u, v in gaps for a, b in zip(u, v, strict=True)) <= Fraction(1, q)


def weights(n, powers, epsilon):
    raw = [epsilon**power for power in powers[:n]]
    return sorted(set(itertools.permutations(w / sum(raw) for w in raw)))


@settings(max_examples=20, deadline=None)
@given(
    DUELS,
    st.sampled_from([(0, 1, 2), (0, 1, 3), (0, 2, 3)]),
    st.sampled_from([(0, 1, 2), (0, 1, 3), (0, 3, 4)]),
)
def test_epsilon_proper_profiles_are_near_proper_equilibria_only(game, mine, yours):
    """Myerson's existence proof: equilibria of the game whose strategies are all ways to order mistakes of given rarity.

    They are epsilon-proper, and are found by an engine that knows nothing of properness.
    """
    epsilon = Fraction(1, 10**6)
    p, q = (
        np.array(weights(n, powers, epsilon), dtype=object)
        for n, powers in zip(game.shape, (mine, yours), strict=True)
    )
    tables = [to_exact(p @ own @ q.T).tolist() for own in game.payoffs]
    equilibria = list(gt.nash_equilibria(game))
    for x, y in extreme_equilibria(*tables).equilibria:
        near = [
            [
                sum(Fraction(int(w.p), int(w.q)) * v for w, v in zip(z, column, strict=True))
                for column in rows.T
            ]
            for z, rows in ((x, p), (y, q))
        ]
        assert epsilon_proper(game, near, epsilon)
        for equilibrium in equilibria:
            gaps = [
                abs(a - b)
                for u, v in zip(near, equilibrium.profile.arrays, strict=True)
                for a, b in zip(u, v, strict=True)
            ]
            if max(gaps) < Fraction(1, 1000):
                assert nash.is_proper(game, equilibrium.profile)


# ---------------------------------------------------------------------------------------------------------------------
# What follows from what
# ---------------------------------------------------------------------------------------------------------------------
@settings(max_examples=40, deadline=None)
@given(normal_form_games(players=2, size=(1, 3), payoffs=SMALL))
def test_proper_implies_perfect_implies_nash(game):
    equilibria = gt.nash_equilibria(game)
    verdicts = [(nash.is_perfect(game, e.profile), nash.is_proper(game, e.profile)) for e in equilibria]
    assert all(perfect or not proper for perfect, proper in verdicts)
    if max(game.shape) <= 2:
        assert all(perfect == proper for perfect, proper in verdicts)
    # What is in no weakly dominated strategy is perfect, and the other way round, where it is pure.
    undominated = gt.rationalizable(game, "weak").rounds
    gone = {(one.player, one.strategy) for one in (undominated[0] if undominated else ())}
    for equilibrium, (perfect, _) in zip(equilibria, verdicts, strict=True):
        if equilibrium.is_pure:
            played = {(player, own[0]) for player, own in equilibrium.support.items()}
            assert perfect == (not played & gone)


@settings(max_examples=40, deadline=None)
@given(normal_form_games(players=2, size=(1, 3), payoffs=st.integers(-1000, 1000).map(Fraction)))
def test_regular_equilibria_are_proper(game):
    for equilibrium in gt.nash_equilibria(game):
        if equilibrium.index is not None and not equilibrium.continuum:
            assert nash.is_perfect(game, equilibrium.profile) and nash.is_proper(game, equilibrium.profile)


@settings(max_examples=15, deadline=None)
@given(DUELS, st.data())
def test_units_and_order_of_strategies_do_not_matter(game, data):
    orders = [data.draw(st.permutations(range(n))) for n in game.shape]
    other = gt.NormalFormGame(game.payoffs[np.ix_(range(2), *orders)] * 5 - 7)
    for equilibrium in gt.nash_equilibria(game):
        moved = [vector[order] for vector, order in zip(equilibrium.profile.arrays, orders, strict=True)]
        assert nash.is_perfect(other, moved) == nash.is_perfect(game, equilibrium.profile)
        assert nash.is_proper(other, moved) == nash.is_proper(game, equilibrium.profile)


@settings(max_examples=15, deadline=None)
@given(DUELS)
def test_a_strategy_worse_than_all_matters_for_proper_equilibria_only_as_a_mistake(game):
    """A row that is the worst against everything, and equally bad for the column, is the last mistake: nothing changes."""
    worst = np.full((2, 1, game.shape[1]), Fraction(-10), dtype=object)
    larger = gt.NormalFormGame(np.concatenate([game.payoffs, worst], axis=1))
    for equilibrium in gt.nash_equilibria(game):
        x, y = equilibrium.profile.arrays
        assert nash.is_proper(larger, [[*x, 0], y]) == nash.is_proper(game, [x, y])


def test_three_players():
    """Where the answer is plain it is given."""
    strict = gt.NormalFormGame(np.array([[[[1, 0], [0, 0]], [[0, 0], [0, 1]]]] * 3))
    assert nash.is_perfect(strict, pure(strict, 0, 0, 0)) and nash.is_proper(strict, pure(strict, 1, 1, 1))
    third = [[Fraction(1, 2)] * 2] * 3
    assert nash.is_proper(strict, third)
    flat = gt.NormalFormGame(np.array([[[[1, 0], [0, 0]], [[0, 0], [0, 0]]]] * 3))
    assert not nash.is_perfect(flat, pure(flat, 1, 1, 1)) and not nash.is_proper(flat, pure(flat, 1, 1, 1))
    open_ = gt.NormalFormGame(np.zeros((3, 2, 2, 2), dtype=int))
    with pytest.raises(gt.Unsupported, match="3 players have several strategies"):
        nash.is_perfect(open_, pure(open_, 0, 0, 0))


def test_players_without_a_choice_do_not_count():
    payoffs = np.zeros((3, 3, 1, 3), dtype=int)
    payoffs[0, :, 0], payoffs[2, :, 0] = MYERSON, MYERSON
    game = gt.NormalFormGame(payoffs)
    assert [nash.is_proper(game, pure(game, k, 0, k)) for k in range(3)] == [True, False, False]
    alone = gt.NormalFormGame([[1, 1, 0]])
    assert nash.is_proper(alone, [[0, 1, 0]]) and not nash.is_proper(alone, [[0, 0, 1]])


def test_floats_are_judged_where_that_can_be_done():
    game = gt.NormalFormGame.from_bimatrix(np.array(MYERSON) / 8, np.array(MYERSON) / 8)
    assert nash.is_perfect(game, [[0.0, 1.0, 0.0]] * 2) and not nash.is_proper(game, [[0.0, 1.0, 0.0]] * 2)
    battle = gt.NormalFormGame.from_bimatrix([[0.2, 0], [0, 0.1], [-1, -1]], [[0.1, 0], [0, 0.3], [-1, -1]])
    assert all(nash.is_proper(battle, e.profile) for e in gt.nash_equilibria(battle))
    vague = gt.NormalFormGame.from_bimatrix([[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]], [[1.0, 0.0]] * 3)
    with pytest.raises(gt.Unsupported, match="probabilities are rounded"):
        nash.is_proper(vague, [[0.5, 0.5, 0.0], [1.0, 0.0]])
    assert nash.is_proper(vague, [[Fraction(1, 2), Fraction(1, 2), 0], [1, 0]])


def test_too_many_ties_are_refused():
    game = gt.NormalFormGame.from_bimatrix(np.zeros((7, 7), dtype=int), np.zeros((7, 7), dtype=int))
    with pytest.raises(gt.TooLarge, match="pairs of orderings"):
        nash.is_proper(game, pure(game, 0, 0))


def test_parameters_are_refused():
    game = gt.NormalFormGame([[["x", 0], [0, 1]], [[1, 0], [0, 1]]])
    with pytest.raises(gt.Unsupported, match="put numbers"):
        nash.is_proper(game, [[0, 1], [0, 1]])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 3))
def test_ordered_partitions_are_counted(n):
    assert len(list(refinements._partitions(tuple(range(n))))) == refinements._weak_orders(n)
    assume(n)
    assert len(list(refinements._all_orderings([((9,), tuple(range(n)))]))) == 2 * refinements._weak_orders(n)
