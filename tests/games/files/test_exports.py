"""Games as objects of other packages, and back."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import nashpy
import numpy as np
import pytest
from hypothesis import given, settings

import gametheory as gt
from gametheory.games.files.exports import from_nashpy, from_pygambit, to_nashpy, to_pygambit
from gametheory.testing import extensive_games, normal_form_games

pygambit = pytest.importorskip("pygambit", minversion="17.0.0b2")


@given(normal_form_games(players=2, size=(1, 4), domain="real"))
def test_games_of_floats_go_to_nashpy_and_come_back(game):
    there = to_nashpy(game)
    assert np.array_equal(there.payoff_matrices, game.payoffs)
    assert from_nashpy(there, game.players, game.strategies) == game


def test_games_of_whole_numbers_stay_exact_from_nashpy():
    game = from_nashpy(nashpy.Game(np.array([[1, 2], [3, 4]])))
    assert game.domain == "rational"
    assert game.payoff("2", "1") == {"Player 1": 3, "Player 2": -3}
    equilibria = to_nashpy(gt.catalog.load("battle_of_the_sexes")).support_enumeration()
    assert {tuple(np.round(row, 9)) for row, _ in equilibria} == {(1, 0), (0, 1), (0.6, 0.4)}


def test_what_nashpy_cannot_hold_is_refused():
    with pytest.raises(gt.Unsupported, match="two players; this one has 3"):
        to_nashpy(gt.catalog.load("mckelvey_mclennan"))
    with pytest.raises(gt.Unsupported, match="strategic_form"):
        to_nashpy(gt.catalog.load("kuhn_poker"))
    with pytest.raises(gt.Unsupported, match="parameter"):
        to_nashpy(gt.catalog.load("hawk_dove", parametric=True))
    with pytest.raises(gt.Unsupported, match="too large for the floats"):
        to_nashpy(gt.NormalFormGame.from_bimatrix([[10**400]], [[1]]))
    with pytest.raises(gt.GameError, match="no game of Nashpy"):
        from_nashpy("a game")


@settings(max_examples=25)
@given(normal_form_games(players=(1, 3), size=(1, 3)))
def test_games_in_normal_form_go_to_pygambit_and_come_back(game):
    there = to_pygambit(game, pygambit)
    arrays = there.to_arrays(Fraction)
    assert np.array_equal(np.array(arrays, dtype=object), game.payoffs)
    assert from_pygambit(there) == game


@settings(max_examples=25)
@given(extensive_games(players=(1, 3)))
def test_trees_go_to_pygambit_and_come_back(game):
    there = to_pygambit(game, pygambit)
    back = from_pygambit(there)
    # Gambit 17 gives every outcome a label; nothing else changes.
    assert back.players == game.players
    assert back.infosets == game.infosets
    assert back.edge_labels == game.edge_labels
    assert np.array_equal(back.payoffs, game.payoffs)
    assert np.array_equal(back.chance_probability, game.chance_probability)


@pytest.mark.parametrize("name", gt.catalog.names())
def test_pygambit_takes_every_game_of_our_catalog(name):
    game = gt.catalog.load(name)
    there = to_pygambit(game, pygambit)
    assert there.title == game.title
    assert from_pygambit(there, allow_imperfect_recall=True).players == game.players
    if isinstance(game, gt.NormalFormGame):
        assert from_pygambit(there) == game


def test_gambit_agrees_about_kuhn_poker():
    there = to_pygambit(gt.catalog.load("kuhn_poker"), pygambit)
    found = pygambit.nash.lcp_solve(there, rational=True).equilibrium
    assert found.payoffs["Ann"] == pygambit.Rational(-1, 18)


def test_older_versions_of_pygambit_say_themselves_what_they_hold():
    tree = gt.catalog.load("selten_horse")
    there = to_pygambit(tree, pygambit)
    old = SimpleNamespace(is_tree=True, to_efg=there.to_efg, to_nfg=there.to_nfg)
    assert isinstance(from_pygambit(old), gt.ExtensiveGame)
    old.is_tree = False
    assert isinstance(from_pygambit(old), gt.NormalFormGame)


def test_what_pygambit_cannot_hold_is_refused():
    with pytest.raises(gt.Unsupported, match="parameter"):
        to_pygambit(gt.catalog.load("hawk_dove", parametric=True), pygambit)
    with pytest.raises(gt.Unsupported, match=r"pygambit refuses the game: .*two consecutive whitespace"):
        to_pygambit(gt.NormalFormGame([[1, 2]], strategies=[["a  b", "c"]]), pygambit)
    with pytest.raises(gt.Unsupported, match="'nashpy' has no read_nfg"):
        to_pygambit(gt.NormalFormGame([[1, 2]]), nashpy)
    with pytest.raises(gt.GameError, match="no game of pygambit"):
        from_pygambit("a game")
    with pytest.raises(gt.GameFileError, match="absent-mindedness"):
        from_pygambit(pygambit.catalog.load("journals/geb/gilboa1997/fig1"))
