"""Outcomes by name: their grammar, their weights, and what they say when a name is wrong."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import gametheory as gt
from gametheory.equilibria.outcomes import action_flags, default_outcomes, outcome_flags, parse_outcome


@pytest.fixture
def crisis():
    """Russia acts twice if the West lets it; two ends share a label and one has none."""
    second = gt.Decision(
        "Russia", {"limited": gt.Outcome("war", Russia=3, West=-3), "stop": gt.Outcome(Russia=2, West=-1)}
    )
    reply = gt.Decision("West", {"acquiesce": second, "respond": gt.Outcome("war", Russia=-2, West=-2)})
    return gt.ExtensiveGame(
        gt.Decision("Russia", {"limited": reply, "refrain": gt.Outcome("status quo", Russia=0, West=0)})
    )


@pytest.fixture
def table():
    return gt.NormalFormGame.from_bimatrix(
        [[1, 2], [3, 4]],
        [[5, 6], [7, 8]],
        players=("Ann", "Bob"),
        strategies=[["up", "down"], ["left", "right"]],
    )


def test_an_action_counts_once_however_often_it_is_taken(crisis):
    ends = [crisis.path(node) for node in crisis.terminals.tolist()]
    flags = dict(zip(ends, action_flags(crisis, "Russia", "limited").tolist(), strict=True))
    assert flags == {
        "limited/acquiesce/limited": True,
        "limited/acquiesce/stop": True,
        "limited/respond": True,
        "refrain": False,
    }


def test_ends_that_share_a_label_are_one_outcome_and_others_go_by_path(crisis):
    ends = [crisis.path(node) for node in crisis.terminals.tolist()]
    war = dict(zip(ends, outcome_flags(crisis, "war").tolist(), strict=True))
    assert {end for end, flag in war.items() if flag} == {"limited/acquiesce/limited", "limited/respond"}
    assert outcome_flags(crisis, "limited/acquiesce/stop").sum() == 1


def test_default_outcomes_name_everything_once_and_all_can_be_read(crisis, table):
    assert default_outcomes(crisis) == [
        "P(Russia: limited)",
        "P(Russia: refrain)",
        "P(Russia: stop)",
        "P(West: acquiesce)",
        "P(West: respond)",
        "payoff: Russia",
        "payoff: West",
        "outcome: war",
        "outcome: status quo",
    ]
    for game in (crisis, table):
        for name in default_outcomes(game):
            assert parse_outcome(name, game).name == name


def test_in_a_normal_form_outcomes_are_profiles(table):
    assert action_flags(table, "Bob", "right").tolist() == [[False, True], [False, True]]
    assert parse_outcome("outcome: up, right", table).weights.tolist() == [[False, True], [False, False]]
    functional = parse_outcome("payoff: Bob", table)
    assert (functional.kind, functional.player) == ("payoff", 1)
    assert functional.mean([[Fraction(1, 2), 0], [0, Fraction(1, 2)]]) == Fraction(13, 2)
    assert parse_outcome("P(Ann: down)", table).mean(np.array([[0.5, 0.25], [0.25, 0.0]])) == 0.25
    assert parse_outcome("P(Ann: down)", table).mean(np.array([[1.0, 0.0], [0.0, 0.0]])) == 0.0


def test_names_may_hold_colons_and_parentheses():
    game = gt.ExtensiveGame(
        gt.Decision("A: the first", {"go (west): now": gt.Outcome("end: good", **{"A: the first": 1})}),
    )
    assert parse_outcome("P(A: the first: go (west): now)", game).weights.tolist() == [True]
    assert parse_outcome("  payoff :A: the first ", game).kind == "payoff"
    assert parse_outcome("outcome: end: good", game).weights.tolist() == [True]


@pytest.mark.parametrize(
    "name, message",
    [
        ("P(Rusia: limited)", "did you mean 'Russia'"),
        ("P(Russia: limitd)", "did you mean 'limited'"),
        ("P(West: limited)", "action of 'West' 'limited'"),
        ("P(Russia)", "written 'P\\(player: action\\)'"),
        ("payoff: Wst", "did you mean 'West'"),
        ("outcome: wr", "did you mean 'war'"),
        ("payof: West", "did you mean 'payoff: West'"),
    ],
)
def test_a_wrong_name_gets_a_suggestion(crisis, name, message):
    with pytest.raises(gt.UnknownName, match=message):
        parse_outcome(name, crisis)


def test_wrong_profiles_and_kinds_are_refused(table):
    with pytest.raises(gt.UnknownName, match="a strategy of each player, such as 'up, left'"):
        parse_outcome("outcome: up", table)
    with pytest.raises(gt.UnknownName, match="did you mean 'left'"):
        parse_outcome("outcome: up, lft", table)
    with pytest.raises(gt.GameError, match="named by text"):
        parse_outcome(3, table)
    with pytest.raises(gt.GameError, match=r"\(4,\).*\(2, 2\)"):
        parse_outcome("payoff: Ann", table).mean([0, 0, 0, 1])
