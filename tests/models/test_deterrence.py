"""The deterrence games: the formulas, the forms that pay them, and what follows at the baseline."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pytest
import sympy

import gametheory as gt
from gametheory.errors import GameError, ParameterError, UnknownName
from gametheory.models import deterrence, kazakhstan

SPACE = kazakhstan.space()
V = {name: SPACE.symbols(name) for name in SPACE}
ORDERS = ("simultaneous", "west_first", "china_first")
WEST = {"acquiesce": (0, 0), "sanction": (1, 0), "support": (1, 1)}
CHINA = {"acquiesce": 0, "oppose": 1}


def formulas(a: str, S: Any, A: Any, c: Any) -> dict[str, Any]:
    """The payoffs as the model's description states them, transcribed independently of the package."""
    names = (
        "E_W E_C E_R d_s d_f survive_C r_S r_A r_C alliance s_W lever_W lever_C evade s_C c_W transit m c_C"
    )
    (
        E_W,
        E_C,
        E_R,
        d_s,
        d_f,
        survive_C,
        r_S,
        r_A,
        r_C,
        alliance,
        s_W,
        lever_W,
        lever_C,
        evade,
        s_C,
        c_W,
        transit,
        m,
        c_C,
    ) = SPACE.symbols(names)
    p0, reach, G, K, N_W, N_C = SPACE.symbols(f"p0_{a} reach_{a} G_{a} K_{a} N_W{a} N_C{a}")
    p = p0 * (1 - r_S * S) * (1 - r_A * A) * (1 - r_C * c)
    L = reach * (d_s * p + d_f * (1 - p))
    L_C = reach * (d_s * (1 - survive_C) * p + d_f * (1 - p))
    return {
        "Russia": p * G
        - K
        - alliance
        - E_R * L
        - S * (s_W + lever_W * E_W) * (1 - evade * (1 - c))
        - c * (s_C + lever_C * E_C),
        "West": -E_W * L - p * N_W - S * (c_W + transit * E_W) - A * m,
        "China": -E_C * L_C - p * N_C - c * c_C,
    }


def same(left: Any, right: Any) -> bool:
    return bool(sympy.expand(left - right) == 0)


def node_at(game: gt.ExtensiveGame, path: str) -> int:
    return next(node for node in range(game.n_nodes) if game.path(node) == path)


def expectation(game: gt.ExtensiveGame, node: int) -> dict[str, Any]:
    """The payoffs after a chance node, averaged over its branches."""
    column = {int(terminal): k for k, terminal in enumerate(game.terminals)}
    return {
        player: sum(
            game.chance_probability[child] * game.payoffs[i, column[child]] for child in game.children[node]
        )
        for i, player in enumerate(game.players)
    }


@pytest.mark.parametrize("action", ["limited", "full"])
@pytest.mark.parametrize("S, A, c", [*itertools.product((0, 1), repeat=3), sympy.symbols("S A c")])
def test_the_payoffs_are_the_formulas(action: str, S: Any, A: Any, c: Any) -> None:
    found = deterrence.payoffs(V, action, S, A, c)
    for player, stated in formulas(action[0].upper(), S, A, c).items():
        assert same(found[player], stated)


@pytest.mark.parametrize("order", ORDERS)
def test_in_the_tree_chance_pays_the_formulas_on_average(order: str) -> None:
    game = deterrence.sequential(SPACE, order=order).game
    assert isinstance(game, gt.ExtensiveGame)
    for action, west, china in itertools.product(("limited", "full"), WEST, CHINA):
        replies = f"{china}/{west}" if order == "china_first" else f"{west}/{china}"
        found = expectation(game, node_at(game, f"{action}/{replies}"))
        for player, stated in formulas(action[0].upper(), *WEST[west], CHINA[china]).items():
            assert same(found[player], stated), (action, west, china, player)


def test_the_normal_form_pays_the_formulas() -> None:
    game = deterrence.simultaneous(SPACE).game
    assert isinstance(game, gt.NormalFormGame)
    assert game.strategies == (("act", "refrain"), ("respond", "acquiesce"), ("oppose", "acquiesce"))
    for (west, (S, A)), (china, c) in itertools.product(
        {"respond": (1, 1), "acquiesce": (0, 0)}.items(), CHINA.items()
    ):
        assert set(game.payoff("refrain", west, china).values()) == {0}
        found = game.payoff("act", west, china)
        for player, stated in formulas("F", S, A, c).items():
            assert same(found[player], stated)


def test_chance_pays_the_realised_outcome() -> None:
    won, lost = (deterrence.payoffs(V, "full", 1, 1, 0, outcome) for outcome in ("success", "failure"))
    E_C, reach_F, d_s, d_f, survive_C, N_CF = SPACE.symbols("E_C reach_F d_s d_f survive_C N_CF")
    assert same(won["China"], -E_C * reach_F * d_s * (1 - survive_C) - N_CF)
    assert same(lost["China"], -E_C * reach_F * d_f)


@pytest.mark.parametrize("order", ORDERS)
def test_the_shape_of_the_tree(order: str) -> None:
    game = deterrence.sequential(SPACE, order=order).game
    assert isinstance(game, gt.ExtensiveGame)
    assert game.players == ("Russia", "West", "China")
    assert dict.fromkeys(game.outcome_labels) == dict.fromkeys(
        ["status quo", "limited: success", "limited: failure", "full: success", "full: failure"]
    )
    actions = {game.players[h.player]: h.actions for h in game.infosets}
    assert actions["Russia"] == ("refrain", "limited", "full")
    assert actions["West"] == ("acquiesce", "sanction", "support")
    assert actions["China"] == ("acquiesce", "oppose")
    sizes = {(game.players[h.player], h.label): len(h.nodes) for h in game.infosets}
    expected = {
        "simultaneous": {("West", "full"): 1, ("China", "full"): 3},
        "west_first": {("West", "full"): 1, ("China", "full/sanction"): 1},
        "china_first": {("China", "full"): 1, ("West", "full/oppose"): 1},
    }[order]
    assert expected.items() <= sizes.items()
    assert len(game.terminals) == 1 + 2 * 3 * 2 * 2


def test_the_west_supports_if_its_stake_covers_the_cost() -> None:
    # U_W(support) - U_W(acquiesce) = dp (reach (d_s - d_f) E_W + N_W) - (c_W + transit E_W + m), whatever
    # China does.
    c = sympy.Symbol("c")
    support, acquiesce = deterrence.payoffs(V, "full", 1, 1, c), deterrence.payoffs(V, "full", 0, 0, c)
    dp = deterrence.success_probability(V, "full", 0, 0, c) - deterrence.success_probability(
        V, "full", 1, 1, c
    )
    reach_F, d_s, d_f, E_W, N_WF, c_W, transit, m = SPACE.symbols("reach_F d_s d_f E_W N_WF c_W transit m")
    gain = dp * (reach_F * (d_s - d_f) * E_W + N_WF) - (c_W + transit * E_W + m)
    assert same(support["West"] - acquiesce["West"], gain)
    # So exposure makes the reply more credible only where dp reach (d_s - d_f) > transit.
    assert same(sympy.diff(gain, E_W), dp * reach_F * (d_s - d_f) - transit)


def test_the_baseline_as_checked_by_hand() -> None:
    # After "full": West 0.6 -> 0.6 * 0.9 * 0.65 = 0.351 by support; after "limited" both acquiesce and Russia
    # gains.
    exact = {name: Fraction(value) for name, value in SPACE.baseline.items()}
    assert deterrence.success_probability(exact, "full", 1, 1, 0) == Fraction("0.351")
    russia = {
        "limited": deterrence.payoffs(exact, "limited")["Russia"],
        "full": deterrence.payoffs(exact, "full", 1, 1, 0)["Russia"],
    }
    assert russia["limited"] > 0 > russia["full"]

    def reply(action: str, c: int) -> dict[str, Fraction]:
        return {west: deterrence.payoffs(exact, action, *WEST[west], c)["West"] for west in WEST}

    assert max(reply("full", 0), key=reply("full", 0).__getitem__) == "support"
    assert max(reply("limited", 0), key=reply("limited", 0).__getitem__) == "acquiesce"
    for action, (S, A) in {"full": (1, 1), "limited": (0, 0)}.items():
        china = [deterrence.payoffs(exact, action, S, A, c)["China"] for c in (0, 1)]
        assert china[0] > china[1]


@pytest.mark.parametrize("order", ORDERS)
def test_the_subgame_perfect_outcome_at_the_baseline_is_a_limited_action(order: str) -> None:
    found = gt.subgame_perfect_equilibria(kazakhstan.sequential(order).at())
    assert len(found) >= 1
    for equilibrium in found:
        assert equilibrium.action_probability("Russia", "limited") == 1
        assert equilibrium.action_probability("West", "acquiesce") == 1
        assert equilibrium.action_probability("China", "acquiesce") == 1


def test_the_tools_find_the_thresholds_that_the_formulas_imply() -> None:
    model = kazakhstan.sequential()
    v = model.space.baseline
    dp = v["p0_F"] * (1 - (1 - v["r_S"]) * (1 - v["r_A"]))
    slope = (
        dp * v["reach_F"] * (v["d_s"] - v["d_f"])
    )  # what a dollar of exposure adds to the worth of support
    cost = v["c_W"] + v["m"]

    stake = gt.sensitivity.thresholds(model, "N_WF", progress=False)
    assert stake.complete
    assert stake.points == ((cost + v["transit"] * v["E_W"] - slope * v["E_W"]) / dp,)

    transit = gt.sensitivity.thresholds(model, "transit", progress=False)
    assert transit.points == ((dp * v["N_WF"] + slope * v["E_W"] - cost) / v["E_W"],)


@pytest.mark.parametrize("transit, stake, credible", [("0.08", 215, "above"), ("0.12", 225, "below")])
def test_the_sign_of_exposure_flips_with_transit(transit: str, stake: int, credible: str) -> None:
    model = kazakhstan.sequential()
    v = model.space.baseline | {"transit": Fraction(transit), "N_WF": Fraction(stake)}
    dp = v["p0_F"] * (1 - (1 - v["r_S"]) * (1 - v["r_A"]))
    slope = dp * v["reach_F"] * (v["d_s"] - v["d_f"]) - v["transit"]
    assert (slope > 0) == (credible == "above")
    at = {"transit": transit, "N_WF": stake}
    found = gt.sensitivity.thresholds(model, "E_W", at=at, over=(0, 200), progress=False)
    assert found.points == ((v["c_W"] + v["m"] - dp * v["N_WF"]) / slope,)
    supports = [
        {equilibrium.strategies["West"]["full"]["support"] for equilibrium in interval.equilibria}
        for interval in found.intervals
    ]
    assert supports == ([{0}, {1}] if credible == "above" else [{1}, {0}])


def test_missing_parameters_are_listed() -> None:
    small = gt.ParameterSpace(*(p for name, p in SPACE.items() if name not in ("N_WF", "transit", "G_L")))
    with pytest.raises(ParameterError, match=r"lacks 3 of the 31 parameters .*: transit, G_L, N_WF\."):
        deterrence.sequential(small)
    without_limited = gt.ParameterSpace(
        *(p for name, p in SPACE.items() if not name.endswith(("_L", "WL", "CL")))
    )
    assert deterrence.simultaneous(without_limited).space is without_limited
    with pytest.raises(ParameterError, match="transit"):
        deterrence.simultaneous(small)
    with pytest.raises(ParameterError, match="give a ParameterSpace"):
        deterrence.simultaneous(None)  # type: ignore[arg-type]  # the slip under test
    with pytest.raises(ParameterError, match="need values for E_C"):
        deterrence.payoffs({name: value for name, value in V.items() if name != "E_C"}, "full")


def test_misspelt_choices_are_refused_with_a_suggestion() -> None:
    with pytest.raises(UnknownName, match="did you mean 'west_first'"):
        deterrence.sequential(SPACE, order="west-first")  # type: ignore[arg-type]  # the slip under test
    with pytest.raises(UnknownName, match="did you mean 'limited'"):
        deterrence.payoffs(V, "limted")
    with pytest.raises(GameError, match="'success', 'failure' or 'expected'"):
        deterrence.payoffs(V, "full", outcome="win")  # type: ignore[arg-type]  # the slip under test


def test_the_space_of_the_caller_is_the_models() -> None:
    moved = SPACE.with_values(E_W=100)
    assert deterrence.sequential(moved).space == moved
    assert deterrence.sequential(moved).at() == kazakhstan.sequential().at(E_W=100)
