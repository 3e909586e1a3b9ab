"""How robust published conclusions are, and what it takes to reach them: distances computed by hand from the published conditions."""

from __future__ import annotations

from fractions import Fraction

import pytest

import gametheory as gt
from gametheory import scalars
from gametheory.sensitivity import conditions, levers, robustness

F = Fraction


def model(name, **ranges):
    """A game of the catalog; parameters without a range keep their value."""
    entry = gt.catalog.entry(name)
    parameters = []
    for parameter, value in entry.parameters.items():
        baseline = scalars.exact(value, parameter)
        low, high = ranges.get(parameter, (baseline, baseline))
        parameters.append(gt.Parameter(parameter, baseline, low=low, high=high))
    assert set(ranges) <= set(entry.parameters)
    return gt.Model(entry.title, entry.game(parametric=True), gt.ParameterSpace(*parameters))


def turns(switch):
    return tuple(turn and turn.value for turn in (switch.below, switch.above))


def test_fearon_how_far_a_settlement_is_from_war():
    # x = 3/5 lies between p - c_A = 2/5 and p + c_B = 7/10.
    game = model("bargaining_and_war", x=(0, 1), p=(0, 1), c_A=(0, "1/2"), c_B=(0, "1/2"))
    found = robustness(
        game, "outcome: settlement = 1", scale=dict.fromkeys(("x", "p", "c_A", "c_B"), 1), progress=False
    )
    assert turns(found["x"]) == (F(2, 5), F(7, 10))
    assert turns(found["p"]) == (F(2, 5), F(7, 10))
    assert turns(found["c_B"]) == (F(1, 10), None)
    assert turns(found["c_A"]) == (None, None)
    # B accepts while p + c_B - x = 1/10 is positive; the gradient is (-1, 1, 1), the distance 1/10 over its dual norm.
    assert found.box.exact == F(1, 30)
    assert found.box.lower <= F(1, 30) < found.box.upper
    assert abs(float(found.l2.lower) - 0.1 / 3**0.5) < 1e-4
    assert abs(float(found.l1.lower) - 0.1) < 1e-4
    assert not found.holds_everywhere


def test_zagare_and_kilgour_what_the_status_quo_hangs_on():
    ranges = {"ch_SQ": (0, 4), "ch_CD": (0, 4), "ch_DD": (0, 4), "def_DC": (0, 4), "def_DD": (0, 4)}
    found = robustness(model("unilateral_deterrence", **ranges), "outcome: status quo = 1", progress=False)
    # A hard challenger is deterred while 1 < ch_SQ; one that is soft is too, while ch_CD < ch_SQ.
    assert turns(found["ch_SQ"]) == (1, None)
    assert turns(found["ch_CD"]) == (None, 2)
    assert turns(found["ch_DD"]) == (None, 2)
    # The threat must be credible.
    assert turns(found["def_DC"]) == (None, 1)
    assert turns(found["def_DD"]) == (0, None)


def test_drezner_what_makes_a_threat_credible():
    game = model("economic_coercion", c_S=(0, 5), c_T=(0, 20))
    # With w_S = 1/10 it takes c_S < c_T/10, and c_S = 1, c_T = 6.
    alone = levers(
        game, "outcome: acquiescence = 1", levers=["c_S"], cost={"c_S": 1}, at={"w_S": "1/10"}, progress=False
    )
    assert (alone.cost, alone.exact, alone.attained) == (F(2, 5), True, False)
    assert alone["c_S"].limit == F(3, 5)
    both = levers(
        game,
        "outcome: acquiescence = 1",
        levers=["c_S", "c_T"],
        cost={"c_S": 1, "c_T": "1/20"},
        at={"w_S": "1/10"},
        progress=False,
    )
    assert both.cost == F(1, 5)
    assert (both["c_S"].change, both["c_T"].limit) == (0, 10)


def test_dixit_the_least_commitment_that_deters():
    game = model("entry_deterrence", C=(0, 20))
    found = levers(game, "outcome: monopoly = 1", levers=["C"], cost={"C": 1}, at={"C": 0}, progress=False)
    # More than P_d - P_w.
    assert (found.cost, found.exact, found.attained) == (5, True, False)
    # With a duopoly worth more than a monopoly less P_d - P_w there is no cost at which it pays.
    none = levers(
        game, "outcome: monopoly = 1", levers=["C"], cost={"C": 1}, at={"C": 0, "P_m": 8}, progress=False
    )
    assert none.feasible is False
    assert none.complete


@pytest.mark.parametrize(
    "name, ranges, profile, needles",
    [
        (
            "bargaining_and_war",
            {"x": (0, 1), "p": (0, 1), "c_A": (0, "1/2"), "c_B": (0, "1/2")},
            {"A": "propose", "B": "accept"},
            ("c_{A}", "c_{B}"),
        ),
        (
            "asymmetric_pennies",
            {"X": (0, 400)},
            {"row": ["top", "bottom"], "column": ["left", "right"]},
            ("X", "40"),
        ),
    ],
)
def test_published_conditions_as_propositions(name, ranges, profile, needles):
    found = conditions(model(name, **ranges), profile).proposition()
    text, latex = str(found), found.to_latex()
    assert all(needle in latex for needle in needles)
    assert "equilibrium" in text


def test_fearon_solved_for_the_division():
    game = model("bargaining_and_war", x=(0, 1), p=(0, 1), c_A=(0, "1/2"), c_B=(0, "1/2"))
    found = str(conditions(game, {"A": "propose", "B": "accept"}).solve_for("x"))
    assert "x >= p - c_A" in found
    assert "x <= c_B + p" in found or "x <= p + c_B" in found
