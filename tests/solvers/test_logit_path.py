"""The logit path: its end is a certified equilibrium, that of Gambit's, and risk-dominant in 2x2 games."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.equilibria import nash
from gametheory.solvers import logit_path as module
from gametheory.solvers.logit_path import logit_equilibrium
from gametheory.solvers.quantal_response import principal_branch


def random_game(seed, kind, most=4):
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, most + 1, size=rng.integers(1, 4))
    draw = {
        "real": lambda size: rng.normal(size=size),
        "integers": lambda size: rng.integers(0, 100, size),
        "ties": lambda size: rng.integers(0, 3, size),
    }[kind]
    return gt.NormalFormGame(draw((len(shape), *shape)))


@pytest.mark.parametrize("kind", ["real", "integers", "ties"])
@pytest.mark.parametrize("seed", range(12))
def test_the_end_is_an_equilibrium_and_near_the_branch(seed, kind):
    game = random_game(seed, kind)
    (e,) = found = logit_equilibrium(game)
    assert not found.complete
    assert e.regret <= 1e-8
    assert nash.is_nash(game, e.profile)
    if e.exact:
        assert e.regret == 0
    spread = float(max(max(row) - min(row) for row in game.payoffs.reshape(game.n_players, -1))) or 1.0
    last = principal_branch(game, to=1e6 / spread)[-1]
    for limit, near in zip(e.profile.arrays, last.profile.arrays, strict=True):
        assert np.allclose(limit.astype(float), near, atol=1e-3)


@pytest.mark.parametrize("seed", range(16))
def test_the_end_is_gambits(seed):
    """Gambit stops at a regret of 1e-8, which is near the end in these games."""
    pygambit = pytest.importorskip("pygambit", minversion="17.0.0b2")
    rng = np.random.default_rng(seed)
    payoffs = rng.random([(2, 3, 3), (2, 4, 4), (3, 2, 2, 2), (3, 3, 3, 3)][seed % 4])
    theirs = pygambit.nash.logit_solve(pygambit.StrategicGame.from_arrays(*payoffs)).equilibrium
    ours = np.concatenate(logit_equilibrium(gt.NormalFormGame(payoffs))[0].profile.arrays)
    assert np.allclose(ours, [float(p) for mixed in theirs for _, p in mixed], atol=1e-4)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 20), min_size=4, max_size=4))
def test_risk_dominance_in_two_by_two_games(gains):
    """With two strict equilibria the path leads to the one with the greater product of losses (Turocy 2005)."""
    a, b, c, d = gains
    game = gt.NormalFormGame.from_bimatrix([[a, 0], [0, b]], [[c, 0], [0, d]])
    (e,) = logit_equilibrium(game)
    if a * c != b * d:
        assert e.profile.arrays[0].tolist() == ([1, 0] if a * c > b * d else [0, 1])


def test_exact_games_have_exact_ends_where_two_players_randomise():
    (e,) = logit_equilibrium(gt.NormalFormGame.from_bimatrix([[9, 0], [0, 1]]))
    assert (e.exact, str(e.strategies["Player 1"]["1"])) == (True, "1/10")
    # A third player who does not randomise, and one without a choice.
    table = np.zeros((4, 2, 2, 2, 1), dtype=object)
    table[0, :, :, :, 0] = np.array([[9, 0], [0, 1]])[:, :, None]
    table[1] = -table[0]
    table[2, :, :, 1] = 1
    (e,) = logit_equilibrium(gt.NormalFormGame(table))
    assert e.exact
    assert e.strategies["Player 3"]["2"] == 1


def test_an_irrational_end_is_in_floats():
    """Three players, minority of one: all is symmetric; a game of Nash's kind whose solution has square roots."""
    rng = np.random.default_rng(50)
    for seed in range(50, 150):
        game = random_game(seed, "integers", 3)
        (e,) = logit_equilibrium(game)
        if sum(len(s) > 1 for s in e.support.values()) == 3:
            assert not e.exact
            assert e.regret < 1e-7
            return
    raise AssertionError(f"no game with three players who randomise was drawn from {rng}")


def test_a_continuum_at_the_end():
    """The chain store: out, with the incumbent's mixture at the middle of the segment or within it, or share."""
    game = gt.NormalFormGame.from_bimatrix([[1, 1], [1, 1]], [[2, 1], [0, 1]])
    (e,) = logit_equilibrium(game)
    assert e.regret == 0


def test_crossings_are_told():
    found = logit_equilibrium(gt.NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]]))
    assert "may lead elsewhere" in found.reason
    assert str(found[0].strategies["Player 1"]["1"]) == "2/3"


def test_nothing_is_returned_that_is_not_certified(monkeypatch):
    monkeypatch.setattr(module, "_limit", lambda *_: None)
    with pytest.raises(gt.NotConverged, match="no equilibrium could be certified"):
        logit_equilibrium(random_game(0, "real"))


def test_what_is_refused():
    with pytest.raises(gt.Unsupported, match="depend on x"):
        logit_equilibrium(gt.NormalFormGame([[["x", 0]], [[1, 1]]]))
    with pytest.raises(gt.GameError, match="takes a NormalFormGame"):
        logit_equilibrium(3)
