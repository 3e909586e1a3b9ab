"""Published quantal response equilibria."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

import gametheory as gt
from gametheory.solvers.logit_path import logit_equilibrium
from gametheory.solvers.quantal_response import principal_branch

#: Asymmetric matching pennies of Ochs (1995), in the units of McKelvey and Palfrey (1995).
OCHS = gt.NormalFormGame.from_bimatrix([[1.1141, 0], [0, 0.2785]], [[0, 1.1141], [1.1141, 0]])


def test_the_estimate_of_mckelvey_and_palfrey_for_a_block_of_ochs():
    """Maximum likelihood of 128 observations a player, of which 52.7 % and 36.6 % chose the first strategy.

    The documentation of Gambit replicates the published estimate with these data; its answer is the one asked for here.
    """
    counts = 128 * np.array([0.527, 1 - 0.527, 0.366, 1 - 0.366])

    def loss(precision):
        (response,) = gt.quantal_response_equilibrium(OCHS, precision)
        return -counts @ np.log(np.concatenate(response.profile.arrays))

    best = minimize_scalar(loss, bounds=(0.5, 5), method="bounded", options={"xatol": 1e-6})
    (fit,) = gt.quantal_response_equilibrium(OCHS, best.x)
    assert best.x == pytest.approx(1.8459, abs=1e-3)
    assert fit.strategies["Player 1"]["1"] == pytest.approx(0.6156, abs=1e-3)
    assert fit.strategies["Player 2"]["1"] == pytest.approx(0.3832, abs=1e-3)
    pygambit = pytest.importorskip("pygambit", minversion="17.0.0b2")
    game = pygambit.StrategicGame.from_arrays([[1.1141, 0], [0, 0.2785]], [[0, 1.1141], [1.1141, 0]])
    data = game.mixed_strategy_profile(counts.reshape(2, 2).tolist())
    theirs = pygambit.qre.logit_estimate(data)
    assert best.x == pytest.approx(theirs.lam, abs=1e-3)
    assert -best.fun == pytest.approx(theirs.log_like, abs=1e-6)


def test_own_payoffs_matter_as_nash_equilibrium_says_they_do_not():
    """Ochs (1995): players lean to the strategy whose payoff was raised, though in equilibrium its owner mixes evenly."""
    (equilibrium,) = gt.nash_equilibria(OCHS)
    assert equilibrium.strategies["Player 1"]["1"] == pytest.approx(0.5)
    branch = principal_branch(OCHS, [0.5, 1, 2, 4, 8])
    assert (branch.probabilities[0][:, 0] > 0.5).all()
    for limit, mixed in zip(
        logit_equilibrium(OCHS)[0].profile.arrays, equilibrium.profile.arrays, strict=True
    ):
        assert np.allclose(limit, mixed, atol=1e-12)


def test_the_logit_solution_of_battle_of_the_sexes_with_unequal_stakes():
    """Turocy (2005), for 2x2 games: the principal branch leads to the risk-dominant equilibrium."""
    game = gt.NormalFormGame.from_bimatrix([[3, 0], [0, 1]], [[1, 0], [0, 2]])
    assert logit_equilibrium(game)[0].support == {"Player 1": ("1",), "Player 2": ("1",)}


def test_passing_in_the_centipede_falls_with_precision_and_with_the_moves_left():
    """McKelvey and Palfrey (1998): agents take more often the nearer the end, and always in the limit."""
    node = gt.Outcome(One=6.4, Two=1.6)
    for k in reversed(range(4)):
        big, small = 0.4 * 2**k, 0.1 * 2**k
        take = gt.Outcome(One=big, Two=small) if k % 2 == 0 else gt.Outcome(One=small, Two=big)
        node = gt.Decision(("One", "Two")[k % 2], {"take": take, "pass": node})
    game = gt.ExtensiveGame(node)
    branch = principal_branch(game, [1, 4, 40])
    takes = np.array([[table[row][0] for table in branch.probabilities] for row in range(3)])
    assert (np.diff(takes[1]) > 0).all()
    assert (takes[2] > 0.99).all()
    # With little precision players pass at first, unlike in the subgame-perfect equilibrium.
    assert takes[0][0] < 0.5
