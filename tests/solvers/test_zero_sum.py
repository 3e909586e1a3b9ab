"""Zero-sum games: the minimax theorem, interchangeable strategies, uniqueness as enumeration has it, and large games."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.solvers import zero_sum as module
from gametheory.solvers.zero_sum import zero_sum


@st.composite
def matrices(draw, low, high, most):
    m, n = draw(st.integers(1, most)), draw(st.integers(1, most))
    return np.array(draw(st.lists(st.integers(low, high), min_size=m * n, max_size=m * n))).reshape(m, n)


def game_of(a, total=0):
    return gt.NormalFormGame.from_bimatrix(a, total - a)


@pytest.mark.parametrize("solver", ["simplex", "highs"])
@settings(max_examples=40, deadline=None)
@given(st.one_of(matrices(0, 2, 5), matrices(-30, 30, 5)), st.integers(-5, 5))
def test_it_is_an_extreme_equilibrium_and_complete_only_where_it_is_the_only_one(solver, a, total):
    game = game_of(a, total)
    (e,) = found = zero_sum(game, solver)
    everything = gt.nash_equilibria(game)
    assert e in list(everything)
    assert (e.exact, e.regret) == (True, 0)
    assert found.complete == (len(everything) == 1)
    assert e.continuum == (len(everything) > 1)
    assert {other.payoffs["Player 1"] for other in everything} == {e.payoffs["Player 1"]}
    assert e.index == (1 if found.complete else None)


@settings(max_examples=40, deadline=None)
@given(matrices(-9, 9, 6))
def test_floats_are_solved_as_the_rationals_that_they_are(a):
    exact, rounded = zero_sum(game_of(a)), zero_sum(game_of(a.astype(float)))
    assert rounded.complete == exact.complete
    assert rounded[0].payoffs["Player 1"] == pytest.approx(float(exact[0].payoffs["Player 1"]), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(matrices(-9, 9, 5), st.integers(1, 7), st.integers(-9, 9))
def test_the_value_scales_and_shifts(a, factor, constant):
    value, other = (zero_sum(game_of(x))[0].payoffs["Player 1"] for x in (a, factor * a + constant))
    assert other == factor * value + constant
    # From the other side of the board.
    assert zero_sum(game_of(-a.T))[0].payoffs["Player 1"] == -value


def test_published_games():
    # Rock, paper, scissors; Morra with two fingers (value 0, 7/12 and 5/12); Colonel Blotto-like saddle point.
    assert zero_sum(game_of(np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])))[0].support == {
        "Player 1": ("1", "2", "3"),
        "Player 2": ("1", "2", "3"),
    }
    (odd,) = zero_sum(game_of(np.array([[-2, 3], [3, -4]])))
    assert [str(p) for p in odd.profile.arrays[0]] == ["7/12", "5/12"]
    assert str(odd.payoffs["Player 1"]) == "1/12"
    (saddle,) = zero_sum(game_of(np.array([[3, 2, 5], [1, 0, 9], [2, 1, 0]])))
    assert (saddle.is_pure, saddle.payoffs["Player 1"]) == (True, 2)


@pytest.mark.parametrize("solver", ["simplex", "highs"])
@pytest.mark.parametrize("kind", ["uniform", "integers", "skew"])
def test_large_games_are_certified(solver, kind):
    rng = np.random.default_rng(3)
    a = {
        "uniform": lambda: rng.random((130, 110)),
        "integers": lambda: rng.integers(0, 3, (130, 110)).astype(float),
        "skew": lambda: np.subtract.outer(rng.random(90), rng.random(90)) * rng.random((90, 90)),
    }[kind]()
    (e,) = found = zero_sum(game_of(a), solver)
    x, y = e.profile.arrays
    assert (a @ y).max() - (x @ a).min() < 1e-9
    assert solver in found.method.lower() or solver == "highs"


def test_the_value_is_quantecons():
    minmax = pytest.importorskip("quantecon.optimize").minmax
    for seed in range(8):
        a = np.random.default_rng(seed).normal(size=(20 + seed, 30 - seed))
        assert zero_sum(game_of(a))[0].payoffs["Player 1"] == pytest.approx(minmax(a)[0], abs=1e-9)


def test_uniqueness_of_large_float_games_is_left_open(monkeypatch):
    monkeypatch.setattr(module, "EXACT_SUPPORT", 1)
    a = np.random.default_rng(0).random((4, 4)) + 4 * np.eye(4)
    found = zero_sum(game_of(a))
    assert not found.complete
    assert "not decided" in found.reason


def test_constant_up_to_rounding_only():
    a = np.array([[0.1, 0.7], [0.6, 0.3]])
    b = 1.3 - a
    found = zero_sum(gt.NormalFormGame.from_bimatrix(a, b))
    assert found[0].regret < 1e-15
    # 0.1 + (1.3 - 0.1) and the like are not the same float: then nothing is proved about the game itself.
    exact = (
        len({(gt.scalars.exact(p) + gt.scalars.exact(q)) for p, q in zip(a.flat, b.flat, strict=True)}) == 1
    )
    assert found.complete == exact


@pytest.mark.parametrize("exact", [True, False])
def test_exact_linear_programming_answers_where_floats_fail(monkeypatch, exact):
    monkeypatch.setattr(module, "_simplex", lambda *_: None)
    a = np.array([[2, -1], [-1, 1]])
    (e,) = found = zero_sum(game_of(a if exact else a.astype(float)))
    assert found.method == "linear programming, exact"
    assert e.payoffs["Player 1"] == pytest.approx(0.2)
    assert e.exact is exact
    monkeypatch.setattr(module, "EXACT_ENTRIES", 3)
    with pytest.raises(gt.NotConverged, match="up to 3 payoffs"):
        zero_sum(game_of(a))


def test_a_player_without_a_choice():
    game = gt.NormalFormGame.from_bimatrix([[1, 2, 2]], [[-1, -2, -2]])
    assert zero_sum(game)[0].payoffs["Player 1"] == 1
    game = gt.NormalFormGame.from_bimatrix([[1], [3]], [[-1], [-3]])
    (e,) = found = zero_sum(game)
    assert (e.payoffs["Player 1"], found.complete) == (3, True)
    with pytest.raises(gt.Unsupported, match="only Player 1 has a choice"):
        zero_sum(gt.NormalFormGame(np.zeros((3, 2, 1, 1))))


def test_what_is_refused():
    with pytest.raises(gt.Unsupported, match=r"0 at \(1, 1\), -1 at \(2, 2\)"):
        zero_sum(gt.NormalFormGame.from_bimatrix([[1, 2], [3, 4]], [[-1, -2], [-3, -5]]))
    with pytest.raises(gt.Unsupported, match="do not add up"):
        zero_sum(gt.NormalFormGame.from_bimatrix([[1.0, 2.0]], [[-1.0, -2.1]]))
    with pytest.raises(gt.Unsupported, match="3 have more"):
        zero_sum(gt.NormalFormGame(np.zeros((3, 2, 2, 2))))
    with pytest.raises(gt.UnknownName, match="simplex"):
        zero_sum(game_of(np.eye(2)), "simplx")
