"""Mixed and behaviour profiles: labels, probabilities, refusals, identity."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import gametheory as gt
from gametheory.errors import GameError, GameTheoryError
from gametheory.games import (
    BehaviourProfile,
    Chance,
    Decision,
    ExtensiveGame,
    MixedProfile,
    NormalFormGame,
    Outcome,
    simultaneous,
)
from gametheory.testing import behaviour_profiles, extensive_games, mixed_profiles, normal_form_games

GAME = NormalFormGame.from_bimatrix(
    [[1, -1, 0], [-1, 1, 0]],
    players=["Ann", "Bob"],
    strategies=[["heads", "tails"], ["heads", "tails", "edge"]],
)
TREE = ExtensiveGame(
    Decision("Russia", {
        "refrain": Outcome(Russia=0, West=0, China=0),
        "act": simultaneous(
            {"West": ["acquiesce", "support"], "China": ["acquiesce", "oppose"]},
            lambda west, china: Chance({"w": (1, Outcome(Russia=1, West=0, China=0))}),
        ),
    }),
    players=["China", "Russia", "West"],
)  # fmt: skip
HALF = Fraction(1, 2)


def test_mixed_profile_by_label() -> None:
    profile = MixedProfile(GAME, {"Bob": {"edge": 0.25, "heads": "3/4"}, "Ann": {"tails": 1}})
    assert list(profile) == ["Ann", "Bob"]
    assert dict(profile["Bob"]) == {"heads": 0.75, "tails": 0.0, "edge": 0.25}
    assert profile["Ann"]["heads"] == 0
    assert profile.domain == "real"
    assert [array.tolist() for array in profile.arrays] == [[0, 1], [0.75, 0, 0.25]]
    assert str(profile) == "Ann: tails\nBob: 0.75 heads + 0.25 edge"
    assert not profile.is_pure


def test_pure_profiles() -> None:
    for spelling in ({"Ann": "heads", "Bob": "edge"}, ("heads", "edge")):
        profile = MixedProfile.pure(GAME, spelling)
        assert profile.is_pure
        assert profile.domain == "rational"
        assert profile["Bob"]["edge"] == 1
    behaviour = BehaviourProfile.pure(
        TREE, {"Russia": {"start": "act"}, "West": {"act": "support"}, "China": {"act": "oppose"}}
    )
    assert behaviour.is_pure
    assert behaviour["China"]["act"]["oppose"] == 1


def test_behaviour_profile_by_label() -> None:
    profile = BehaviourProfile(
        TREE,
        {
            "West": {"act": {"support": 1}},
            "Russia": {"start": {"act": HALF, "refrain": HALF}},
            "China": {"act": {"oppose": 1}},
        },
    )
    assert list(profile) == ["China", "Russia", "West"]
    assert profile["Russia"]["start"]["act"] == HALF
    assert [array.tolist() for array in profile.arrays] == [[HALF, HALF], [0, 1], [0, 1]]
    assert repr(profile) == (
        "<BehaviourProfile Russia [start]: 0.5 refrain + 0.5 act; West [act]: support; China [act]: oppose>"
    )


def test_players_without_decisions_may_be_left_out() -> None:
    game = ExtensiveGame(Decision("Ann", {"x": Outcome(Ann=1, Bob=1)}))
    assert dict(BehaviourProfile(game, {"Ann": {"start": {"x": 1}}})["Bob"]) == {}
    assert BehaviourProfile(game, {"Ann": {"start": {"x": 1}}, "Bob": {}}).is_pure


def test_closed_forms() -> None:
    x = sympy.Symbol("x", real=True)
    root = (sympy.sqrt(5) - 1) / 2
    profile = MixedProfile.from_arrays(GAME, [[x, 1 - x], [root, 1 - root, 0]])
    assert profile.domain == "parametric"
    assert profile["Bob"]["heads"] == root
    assert (
        str(profile)
        == "Ann: x heads + (1 - x) tails\nBob: (-1/2 + sqrt(5)/2) heads + (3/2 - sqrt(5)/2) tails"
    )
    assert r"$\frac{3}{2}" in profile.to_latex()
    assert pickle.loads(pickle.dumps(profile)) == profile
    with pytest.raises(GameError, match="Bob sums to"):
        MixedProfile.from_arrays(GAME, [[x, 1 - x], [root, root, 0]])


def test_rounding_noise_is_forgiven_and_removed() -> None:
    profile = MixedProfile.from_arrays(GAME, [[1.0 + 1e-12, -1e-12], [0.1, 0.2, 0.7]])
    assert profile["Ann"]["tails"] == 0.0


REFUSED = {
    "sum": (lambda: MixedProfile(GAME, {"Ann": {"heads": HALF}, "Bob": {"edge": 1}}), "Ann sums to 0.5"),
    "float sum": (lambda: MixedProfile.from_arrays(GAME, [[0.5, 0.4], [1, 0, 0]]), "Ann sums to 0.9"),
    "exact sum": (lambda: MixedProfile.from_arrays(GAME, [["1/3", "0.666666666666"], [1, 0, 0]]), "Ann sums to"),
    "negative": (lambda: MixedProfile.from_arrays(GAME, [[2, -1], [1, 0, 0]]), "Ann gives 'tails' the probability -1"),
    "nan": (lambda: MixedProfile.from_arrays(GAME, [[float("nan"), 1], [1, 0, 0]]), "probability of 'heads' of Ann is nan"),
    "player missing": (lambda: MixedProfile(GAME, {"Ann": {"heads": 1}}), "nothing about the player 'Bob'"),
    "player unknown": (lambda: MixedProfile(GAME, {"Anne": {"heads": 1}}), "did you mean 'Ann'"),
    "strategy unknown": (lambda: MixedProfile(GAME, {"Ann": {"head": 1}, "Bob": {"edge": 1}}), "did you mean 'heads'"),
    "number as strategy": (lambda: MixedProfile(GAME, {"Ann": 1, "Bob": 1}), "a mapping of label to probability"),
    "list as profile": (lambda: MixedProfile(GAME, [1, 2]), "a mapping by player"),
    "too few arrays": (lambda: MixedProfile.from_arrays(GAME, [[1, 0]]), "1 distributions; the game needs 2"),
    "short array": (lambda: MixedProfile.from_arrays(GAME, [[1, 0], [1]]), "Bob has 1 probabilities; it needs 3"),
    "a tree": (lambda: MixedProfile(TREE, {}), r"belongs to a NormalFormGame.*strategic_form"),
    "a table": (lambda: BehaviourProfile(GAME, {}), "belongs to a ExtensiveGame"),
    "infoset missing": (
        lambda: BehaviourProfile(TREE, {"Russia": {}, "West": {"act": {"support": 1}}, "China": {"act": {"oppose": 1}}}),
        "nothing about the information set of 'Russia' 'start'",
    ),
    "infoset unknown": (
        lambda: BehaviourProfile.pure(TREE, {"Russia": {"strat": "act"}, "West": {}, "China": {}}), "did you mean 'start'",
    ),
    "action unknown": (
        lambda: BehaviourProfile.pure(TREE, {"Russia": {"start": "atc"}, "West": {"act": "support"}, "China": {"act": "oppose"}}),
        "did you mean 'act'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_place(case: str) -> None:
    build, message = REFUSED[case]
    with pytest.raises(GameTheoryError, match=message):
        build()


def test_reading_an_unknown_player_suggests_a_name() -> None:
    with pytest.raises(KeyError, match="did you mean 'Ann'"):
        MixedProfile.pure(GAME, ("heads", "edge"))["Anne"]


def test_profiles_are_immutable() -> None:
    array = np.array([0.5, 0.5])
    profile = MixedProfile.from_arrays(GAME, [array, [1, 0, 0]])
    array[0] = 9
    assert profile["Ann"]["heads"] == 0.5
    with pytest.raises(ValueError, match="read-only"):
        profile.arrays[0][0] = 1
    with pytest.raises(TypeError):
        profile["Ann"]["heads"] = 1
    with pytest.raises(AttributeError):
        profile.arrays = ()  # type: ignore[misc]


@given(st.data(), st.sampled_from(["rational", "real"]))
def test_mixed_profiles_round_trip(data, domain) -> None:
    game = data.draw(normal_form_games(domain=domain))
    profile = data.draw(mixed_profiles(game))
    for other in (
        MixedProfile(game, profile),
        MixedProfile.from_arrays(game, profile.arrays),
        pickle.loads(pickle.dumps(profile)),
        copy.deepcopy(profile),
    ):
        assert other == profile
        assert hash(other) == hash(profile)
        assert type(other) is MixedProfile
    assert "<table" in profile._repr_html_()


@given(st.data(), st.sampled_from(["rational", "real"]))
def test_behaviour_profiles_round_trip(data, domain) -> None:
    game = data.draw(extensive_games(domain=domain))
    profile = data.draw(behaviour_profiles(game))
    for other in (
        BehaviourProfile(game, profile),
        BehaviourProfile.from_arrays(game, profile.arrays),
        pickle.loads(pickle.dumps(profile)),
    ):
        assert other == profile
        assert hash(other) == hash(profile)
    for h, infoset in enumerate(game.infosets):
        row = profile[game.players[infoset.player]][infoset.label]
        assert list(row) == list(infoset.actions)
        assert list(row.values()) == profile.arrays[h].tolist()


def test_html_escapes_labels() -> None:
    game = NormalFormGame([[0, 1]], ["<b>"], [["<script>", "&"]])
    text = MixedProfile.pure(game, ["<script>"])._repr_html_()
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_a_wrong_label_at_any_level_is_explained():
    table = gt.NormalFormGame.from_bimatrix(
        [[1, 0]], [[0, 1]], players=["Row", "Column"], strategies=[["up"], ["left", "right"]]
    )
    profile = gt.MixedProfile.pure(table, {"Row": "up", "Column": "left"})
    with pytest.raises(gt.UnknownName, match=r"unknown strategy of Column 'lfet'; did you mean 'left'"):
        profile["Column"]["lfet"]
    tree = gt.ExtensiveGame(gt.Decision("A", {"in": gt.Outcome(A=1), "out": gt.Outcome(A=0)}))
    (equilibrium,) = gt.subgame_perfect_equilibria(tree)
    with pytest.raises(gt.UnknownName, match=r"unknown information set of A 'strat'; did you mean 'start'"):
        equilibrium.strategies["A"]["strat"]
    with pytest.raises(gt.UnknownName, match=r"unknown action of A at 'start' 'inn'; did you mean 'in'"):
        equilibrium.strategies["A"]["start"]["inn"]
    with pytest.raises(gt.UnknownName, match=r"unknown player 'X'"):
        equilibrium.payoffs["X"]
    with pytest.raises(TypeError):
        equilibrium.payoffs["A"] = 3
