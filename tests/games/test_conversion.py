"""Strategic and agent form, and Kuhn's theorem, against brute force over the plays of the tree."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gametheory.errors import GameError, TooLarge, Unsupported
from gametheory.games import (
    BehaviourProfile,
    Chance,
    Decision,
    ExtensiveGame,
    MixedProfile,
    NormalFormGame,
    Outcome,
    agent_form,
    simultaneous,
    strategic_form,
)
from gametheory.games.conversion import behaviour, mixed, pure_strategies
from gametheory.testing import behaviour_profiles, extensive_games, mixed_profiles

TREES = extensive_games(players=(1, 3), depth=3, actions=(1, 2), max_nodes=20)


# ---------------------------------------------------------------------------------------------------------------------
# Brute force: nothing shared with the code under test
# ---------------------------------------------------------------------------------------------------------------------
def play_values(game: ExtensiveGame, profile: BehaviourProfile) -> list[Fraction]:
    """Expected payoffs, by walking from the root with probabilities."""
    totals = [Fraction(0)] * game.n_players
    for column, end in enumerate(game.terminals.tolist()):
        weight = Fraction(1)
        node = end
        while node:
            above = int(game.parent[node])
            weight *= (
                game.chance_probability[node]
                if game.kind[above] == 2
                else profile.arrays[game.infoset[above]][game.action[node]]
            )
            node = above
        for i in range(game.n_players):
            totals[i] += weight * game.payoffs[i, column]
    return totals


def table_values(game: NormalFormGame, profile: MixedProfile) -> list[Fraction]:
    totals = [Fraction(0)] * game.n_players
    for cell in np.ndindex(game.shape):
        weight = math.prod((profile.arrays[i][k] for i, k in enumerate(cell)), start=Fraction(1))
        for i in range(game.n_players):
            totals[i] += weight * game.payoffs[(i, *cell)]
    return totals


@settings(max_examples=60)
@given(TREES)
def test_full_form_is_the_play_of_every_combination_of_actions(game) -> None:
    form = strategic_form(game, reduced=False)
    own = [game.infosets_of(name) for name in game.players]
    choices = [list(itertools.product(*(range(len(game.infosets[h].actions)) for h in hs))) for hs in own]
    assert form.shape == tuple(map(len, choices))
    for cell in np.ndindex(form.shape):
        rows = {}
        for i, k in enumerate(cell):
            rows |= dict(zip(own[i], choices[i][k], strict=True))
        arrays = [[int(k == rows[h]) for k in range(len(s.actions))] for h, s in enumerate(game.infosets)]
        assert form.payoffs_at(cell) == play_values(game, BehaviourProfile.from_arrays(game, arrays))


@settings(max_examples=60)
@given(TREES)
def test_reduced_form_is_the_full_form_without_equivalent_strategies(game) -> None:
    full, reduced = strategic_form(game, reduced=False), strategic_form(game)
    classes = []
    for i, name in enumerate(game.players):
        kept = pure_strategies(game, name)
        matching = [
            [k for k, s in enumerate(kept) if all(a in (-1, b) for a, b in zip(s, t, strict=True))]
            for t in pure_strategies(game, name, reduced=False)
        ]
        # Every full strategy belongs to exactly one reduced one, and no reduced one is empty.
        assert [len(found) for found in matching] == [1] * full.shape[i]
        classes.append([found[0] for found in matching])
        assert set(classes[-1]) == set(range(reduced.shape[i]))
    for cell in np.ndindex(full.shape):
        assert full.payoffs_at(cell) == reduced.payoffs_at(tuple(classes[i][k] for i, k in enumerate(cell)))


@settings(max_examples=60)
@given(TREES, st.data())
def test_agent_form_plays_the_same_game(game, data) -> None:
    assume(0 < len(game.infosets) < 12)
    form = agent_form(game)
    profile = data.draw(behaviour_profiles(game))
    by_agent = table_values(form, MixedProfile.from_arrays(form, profile.arrays))
    of_player = play_values(game, profile)
    assert by_agent == [of_player[infoset.player] for infoset in game.infosets]


# ---------------------------------------------------------------------------------------------------------------------
# Kuhn's theorem
# ---------------------------------------------------------------------------------------------------------------------
@settings(max_examples=60)
@given(TREES, st.data(), st.booleans())
def test_behaviour_of_a_mixed_profile_pays_the_same(game, data, reduced) -> None:
    form = strategic_form(game, reduced)
    profile = data.draw(mixed_profiles(form))
    assert play_values(game, behaviour(game, profile)) == table_values(form, profile)


@settings(max_examples=60)
@given(TREES, st.data(), st.booleans())
def test_mixture_of_a_behaviour_profile_pays_the_same(game, data, reduced) -> None:
    profile = data.draw(behaviour_profiles(game))
    form = strategic_form(game, reduced)
    assert table_values(form, mixed(game, profile, reduced)) == play_values(game, profile)


@settings(max_examples=60)
@given(TREES, st.data(), st.booleans())
def test_there_and_back_where_everything_is_reached(game, data, reduced) -> None:
    profile = data.draw(behaviour_profiles(game, completely=True))
    assert behaviour(game, mixed(game, profile, reduced)) == profile


def test_an_information_set_that_is_never_reached_is_played_evenly() -> None:
    later = Decision("Ann", {"left": Outcome(Ann=1), "right": Outcome(Ann=2)})
    game = ExtensiveGame(Decision("Ann", {"on": later, "off": Outcome(Ann=0)}))
    off = MixedProfile.pure(strategic_form(game), ["off · *"])
    assert dict(behaviour(game, off)["Ann"]["on"]) == {"left": Fraction(1, 2), "right": Fraction(1, 2)}


def test_a_mixed_profile_of_another_game_is_refused() -> None:
    game = ExtensiveGame(Decision("Ann", {"on": Outcome(Ann=1), "off": Outcome(Ann=0)}))
    other = NormalFormGame([[1, 2]], ["Ann"], [["up", "down"]])
    with pytest.raises(GameError, match="strategic_form"):
        behaviour(game, MixedProfile.pure(other, ["up"]))


# ---------------------------------------------------------------------------------------------------------------------
# Labels, domains, sizes
# ---------------------------------------------------------------------------------------------------------------------
def test_labels() -> None:
    tree = Decision("Russia", {
        "refrain": Outcome(Russia=0, West=0, Kazakhstan=0),
        "act": simultaneous(
            {"West": ["acquiesce", "support"], "Russia": ["press on", "stop"]},
            lambda west, russia: Outcome(Russia=1, West=2, Kazakhstan=3),
        ),
    })  # fmt: skip
    game = ExtensiveGame(tree)
    form = strategic_form(game)
    assert form.strategies == (
        ("refrain · *", "act · press on", "act · stop"),
        ("acquiesce", "support"),
        ("(no move)",),
    )
    assert strategic_form(game, reduced=False).strategies[0][:2] == ("refrain · press on", "refrain · stop")
    assert agent_form(game).players == ("Russia: start", "West: act", "Russia: act")


def test_labels_that_read_alike_are_told_apart() -> None:
    end = Outcome(A=0, B=0)
    tree = Decision("A", {
        "x · *": end, "x": Decision("A", {"y": end}), "x · y": Decision("B", {"z": end}),
    })  # fmt: skip
    labels = strategic_form(ExtensiveGame(tree)).strategies[0]
    assert len(set(labels)) == 3


def test_domains_are_kept() -> None:
    def game(payoff, p, rest):
        return ExtensiveGame(
            Chance({"u": (p, Decision("A", {"x": Outcome(A=payoff)})), "d": (rest, Outcome(A=2))})
        )

    assert strategic_form(game(1, "1/3", "2/3")).payoff("x") == {"A": Fraction(5, 3)}
    assert strategic_form(game(1, 0.25, 0.75)).payoff("x") == {"A": 1.75}
    parametric = strategic_form(game("x", "p", "1 - p"))
    assert parametric.domain == "parametric"
    assert parametric.substitute({"x": 1, "p": "1/3"}) == strategic_form(game(1, "1/3", "2/3"))


@settings(max_examples=25)
@given(
    extensive_games(players=(1, 2), depth=3, actions=2, max_nodes=12, domain="parametric"),
    st.fractions(-3, 3),
    st.fractions(-3, 3),
)
def test_conversion_commutes_with_substitution(game, x, y) -> None:
    at = {"x": x, "y": y}
    form = strategic_form(game)
    substituted = form.substitute(at) if form.domain == "parametric" else form
    assert substituted == strategic_form(game.substitute(at))


def wide(sets: int, actions: int) -> ExtensiveGame:
    end = Outcome(A=0, B=0)
    seen = {f"s{k}": Decision("B", {f"a{j}": end for j in range(actions)}) for k in range(sets)}
    return ExtensiveGame(Decision("A", dict(seen)))


def test_sizes_are_refused_before_anything_is_built() -> None:
    with pytest.raises(TooLarge, match=r"reduced strategic form has about 10\^\d+ payoffs"):
        strategic_form(wide(500, 3))
    with pytest.raises(TooLarge, match="max_cells"):
        strategic_form(wide(4, 3), max_cells=600)
    assert strategic_form(wide(4, 3), max_cells=648).shape == (4, 81)
    with pytest.raises(TooLarge, match="agent form"):
        agent_form(wide(100, 2))
    with pytest.raises(Unsupported, match="64 players"):
        agent_form(wide(63, 1))


def test_long_games_have_few_reduced_strategies() -> None:
    node = Outcome(Ann=0, Bob=0)
    for k in range(60):
        node = Decision(("Ann", "Bob")[k % 2], {"go": node, "stop": Outcome(Ann=k, Bob=-k)})
    game = ExtensiveGame(node)
    assert strategic_form(game).shape == (31, 31)
    with pytest.raises(TooLarge):
        strategic_form(game, reduced=False)


def test_imperfect_recall() -> None:
    # The absent-minded driver (Piccione and Rubinstein 1997): full forms exist, the reduced one and Kuhn's theorem do not.
    inner = Decision("Driver", {"exit": Outcome(Driver=4), "go on": Outcome(Driver=1)}, infoset="h")
    tree = Decision("Driver", {"exit": Outcome(Driver=0), "go on": inner}, infoset="h")
    game = ExtensiveGame(tree, allow_imperfect_recall=True)
    form = strategic_form(game, reduced=False)
    assert form.payoffs.tolist() == [[0, 1]]
    assert agent_form(game).payoffs.tolist() == [[0, 1]]
    with pytest.raises(Unsupported, match="reduced=False"):
        strategic_form(game)
    with pytest.raises(Unsupported, match="perfect recall"):
        behaviour(game, MixedProfile.pure(form, ["exit"]))
    with pytest.raises(Unsupported, match="perfect recall"):
        pure_strategies(game, "Driver")


def test_a_tree_without_decisions() -> None:
    game = ExtensiveGame(Chance({"heads": ("1/2", Outcome(A=1)), "tails": ("1/2", Outcome(A=0))}))
    assert strategic_form(game).payoffs.tolist() == [[Fraction(1, 2)]]
    with pytest.raises(GameError, match="no decisions"):
        agent_form(game)
