"""The Hypothesis strategies keep what they promise, and find what they should."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import Phase, assume, find, given, settings
from hypothesis import strategies as st

from gametheory.errors import GameError
from gametheory.games import NormalFormGame
from gametheory.testing import (
    behaviour_profiles,
    extensive_games,
    mixed_profiles,
    models,
    normal_form_games,
    numbers,
)

DOMAINS = st.sampled_from(["rational", "real", "parametric"])


def ties(game: NormalFormGame):
    """Against every pure profile of the others: player, payoffs of the player's strategies."""
    for i in range(game.n_players):
        for others in itertools.product(*(range(n) for j, n in enumerate(game.shape) if j != i)):
            yield i, game.payoffs[(i, *others[:i], slice(None), *others[i:])].tolist()


@given(st.data(), DOMAINS)
def test_normal_forms_have_the_size_and_domain_asked_for(data, domain):
    game = data.draw(normal_form_games(players=(2, 3), size=(2, 3), domain=domain))
    assert game.n_players in (2, 3)
    assert set(game.shape) <= {2, 3}
    assert game.domain == domain or (domain == "parametric" and not game.parameters)
    assert game.parameters <= {"x", "y"}


@given(normal_form_games(size=3, degenerate=False))
def test_without_degeneracy_nobody_is_indifferent(game):
    assert all(len(set(own)) == len(own) for _, own in ties(game))


@given(st.sampled_from(["rational", "real"]), st.data())
def test_with_degeneracy_somebody_has_two_best_replies(domain, data):
    game = data.draw(normal_form_games(degenerate=True, domain=domain))
    assert any(own.count(max(own)) > 1 for _, own in ties(game))


@given(normal_form_games(degenerate=True, domain="parametric"))
def test_parametric_ties_are_identities(game):
    assert any(len(set(own)) < len(own) for _, own in ties(game))


def test_degenerate_games_are_found_when_neither_is_asked_for():
    game = find(
        normal_form_games(players=2, size=2), lambda game: any(len(set(own)) < 2 for _, own in ties(game))
    )
    assert not game.payoffs.any()  # shrunk to the simplest, in which all payoffs are zero


@given(st.data(), DOMAINS)
def test_trees_keep_to_their_limits(data, domain):
    game = data.draw(extensive_games(players=2, depth=3, actions=(2, 3), domain=domain, max_nodes=20))
    assert game.players == ("Player 1", "Player 2")
    assert game.perfect_recall
    assert max(len(game.history(node)) for node in game.terminals) <= 3
    assert game.n_nodes < 20 + 3 * 20
    assert {len(below) for below in game.children if below} <= {2, 3}
    assert game.kind[0] == 1
    assert game.domain == domain or domain == "parametric"


@given(extensive_games(perfect_information=True, chance=False))
def test_perfect_information_without_chance(game):
    assert all(len(infoset.nodes) == 1 for infoset in game.infosets)
    assert 2 not in game.kind


@given(extensive_games(degenerate=False))
def test_generic_trees_have_distinct_payoffs(game):
    assert all(len(set(row)) == len(row) for row in game.payoffs.tolist())


@given(extensive_games(degenerate=True))
def test_degenerate_trees_have_an_indifferent_player(game):
    def indifferent(node):
        inside = (game.terminals >= node) & (game.terminals < game.subtree_end[node])
        return len(game.children[node]) > 1 and len(set(game.payoffs[game.player[node], inside])) == 1

    assert any(indifferent(node) for node in np.flatnonzero(game.kind == 1))


@pytest.mark.parametrize("what", ["hidden moves", "chance", "a subgame below the root", "an idle player"])
def test_every_kind_of_tree_turns_up(what):
    conditions = {
        "hidden moves": lambda game: any(len(infoset.nodes) > 1 for infoset in game.infosets),
        "chance": lambda game: 2 in game.kind,
        "a subgame below the root": lambda game: len(game.subgame_roots()) > 1,
        "an idle player": lambda game: len(set(game.player[game.kind == 1])) < game.n_players,
    }
    found = find(extensive_games(), conditions[what], settings=settings(phases=[Phase.generate]))
    assert conditions[what](found)


@given(st.data())
def test_profiles_belong_to_their_games(data):
    game = data.draw(normal_form_games())
    profile = data.draw(mixed_profiles(game, completely=True))
    assert [len(array) for array in profile.arrays] == list(game.shape)
    assert all((array > 0).all() for array in profile.arrays)
    tree = data.draw(extensive_games(domain="real"))
    assume(tree.infosets)
    behaviour = data.draw(behaviour_profiles(tree, completely=True))
    assert behaviour.domain == "real"
    assert all((array > 0).all() for array in behaviour.arrays)


@given(models(parameters=(1, 3)))
def test_models_are_games_at_every_corner_of_their_box(model):
    assert 1 <= len(model.space) <= 3
    for corner in itertools.product(*model.space.box.values()):
        game = model.at(dict(zip(model.space, corner, strict=True)))
        assert game.domain == "rational"
    assert model.game.parameters <= set(model.space)


@given(models(form="extensive", players=3, depth=2, chance=False))
def test_models_pass_the_limits_of_trees_on(model):
    assert len(model.game.players) == 3
    assert 2 not in model.game.kind


REFUSED = {
    "players": (lambda: normal_form_games(players=0), "players is 0"),
    "size": (lambda: normal_form_games(size=(3, 2)), "size is"),
    "domain": (lambda: normal_form_games(domain="complex"), "'complex' is none"),
    "never degenerate": (lambda: normal_form_games(size=1, degenerate=True), "allow a larger size"),
    "tree never degenerate": (lambda: extensive_games(actions=1, degenerate=True), "allow more actions"),
    "depth": (lambda: extensive_games(depth=0), "depth is 0"),
    "actions": (lambda: extensive_games(actions=9), "at most 8"),
    "parameters": (lambda: models(parameters=9), "at most 5"),
    "form": (lambda: models(form="matrix"), "'matrix' is none"),
    "no names": (lambda: numbers("parametric", ()), "names of parameters"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_impossible_requests_are_refused(case):
    build, message = REFUSED[case]

    def draw():
        find(build(), lambda value: True)

    with pytest.raises(GameError, match=message):
        draw()
