"""Ranges on which a chance move has a negative probability are refused."""

import pytest

import gametheory as gt
from gametheory.sensitivity import conditions, equilibrium_map, levers, robustness, verify


@pytest.fixture
def bet():
    space = gt.ParameterSpace(gt.Parameter("p", 0.3, low=0, high=1), gt.Parameter("k", 1, low=1, high=2))
    p, k = space.symbols("p k")
    draw = gt.Chance({"win": (p / k, gt.Outcome(A=1)), "lose": (1 - p / k, gt.Outcome(A=-1))})
    return gt.Model("bet", gt.ExtensiveGame(gt.Decision("A", {"bet": draw, "pass": gt.Outcome(A=0)})), space)


def test_conditions_and_levers_refuse_and_say_where(bet):
    assert conditions(bet, {"A": "bet"}).cases
    for ask in (
        lambda: conditions(bet, {"A": "bet"}, over={"p": (0, 2)}),
        lambda: levers(bet, "P(A: bet) = 1", levers=["p"], over={"p": (0, 2)}),
        lambda: verify("P(A: bet) <= 1", bet, over={"p": (0, 2)}),
        lambda: verify("P(A: bet) <= 1", bet, over={"p": (0, 2), "k": (1, 2)}),
    ):
        with pytest.raises(
            gt.ParameterError,
            match=r"the probability of bet/lose.* is negative on part of the box, as at .*p = 2",
        ):
            ask()
    assert conditions(bet, {"A": "bet"}, over={"p": (0, 2)}, at={"k": 2}).cases


def test_robustness_refuses_ranges_of_the_model_itself(bet):
    wide = gt.Model("bet", bet.game, bet.space.replace("p", high=2))
    with pytest.raises(gt.ParameterError, match=r"negative on part of the box, as at .*p = 2"):
        robustness(wide)
    assert verify("P(A: bet) <= 1", bet).verdict == "proved"


def test_a_range_that_is_no_pair_is_said(bet):
    with pytest.raises(gt.ParameterError, match="over=3 is not a pair"):
        equilibrium_map(bet, "p", over=3)
