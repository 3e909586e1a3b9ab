"""Tornado: exact ranges and switching values, against dense sampling and against what must hold by construction."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory import scalars
from gametheory.sensitivity import thresholds, tornado


def tripwire(**changes):
    space = gt.ParameterSpace(
        gt.Parameter("x_W", 134, low=60, high=160, unit="USD bn"),
        gt.Parameter("k", 40, low=10, high=90),
        gt.Parameter("idle", 1, low=0, high=2),
        gt.Parameter("fixed", 3),
    ).with_values(**changes)
    x, k, fixed = space.symbols("x_W k fixed")
    reply = gt.Decision(
        "West",
        {"acquiesce": gt.Outcome(Russia=50, West=-x / 2), "respond": gt.Outcome(Russia=-20, West=-x / 5 - k)},
    )
    tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0 * fixed, West=0), "act": reply})
    return gt.Model("tripwire", gt.ExtensiveGame(tree), space)


def test_bars_are_exact_and_sorted_by_width():
    found = tornado(tripwire(), "payoff: West", progress=False)
    assert [bar.name for bar in found] == ["k", "x_W", "idle"]
    assert (found["x_W"].least, found["x_W"].greatest) == (Fraction(-200, 3), 0)
    assert found["x_W"].switches == (Fraction(400, 3),)
    # The response is credible below k = 201/5, so nothing happens; above it the West acquiesces and loses half its stake.
    assert found["k"].switches == (Fraction(201, 5),)
    assert (found["k"].at_low, found["k"].at_high) == ((0, 0), (-67, -67))
    assert found["idle"].swing == 0
    assert found["idle"].switches == ()


def test_parameters_without_a_range_are_left_out_and_none_at_all_is_refused():
    with pytest.raises(gt.UnknownName, match="unknown parameter"):
        tornado(tripwire(), "payoff: West", progress=False)["fixed"]
    space = gt.ParameterSpace(gt.Parameter("a", 1))
    model = gt.Model("still", gt.ExtensiveGame(gt.Outcome(A=space.symbols("a"))), space)
    with pytest.raises(gt.ParameterError, match="no parameter of the model has a range"):
        tornado(model, "payoff: A")
    with pytest.raises(gt.UnknownName, match="did you mean 'payoff: West'"):
        tornado(tripwire(), "payoff: Wset", progress=False)


def test_maps_found_before_are_used():
    model = tripwire()
    maps = {name: thresholds(model, name) for name in ("x_W", "k", "idle")}
    assert str(tornado(model, "payoff: Russia", maps=maps)) == str(tornado(model, "payoff: Russia"))


def test_the_others_may_stay_elsewhere_than_at_their_baseline():
    found = tornado(tripwire(), "P(Russia: act)", at={"k": 20}, progress=False)
    assert found["x_W"].switches == (Fraction(200, 3),)
    assert found["k"].baseline == 20


t = scalars.symbol("t")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(-4, 4), min_size=1, max_size=4), min_size=1, max_size=3))
def test_the_range_holds_every_sample_and_is_attained(polynomials):
    payoffs = [sum((c * t**k for k, c in enumerate(p)), start=sympy.Integer(0)) for p in polynomials]
    tree = gt.Decision("A", {f"a{k}": gt.Outcome(A=value) for k, value in enumerate(payoffs)})
    space = gt.ParameterSpace(gt.Parameter("t", 0, low=-2, high=2))
    found = thresholds(gt.Model("best", gt.ExtensiveGame(tree), space), "t")
    least, greatest = found.range("payoff: A")
    samples = [
        max(sum(c * (Fraction(s, 100)) ** k for k, c in enumerate(p)) for p in polynomials)
        for s in range(-200, 201)
    ]
    assert float(least) <= float(min(samples)) + 1e-12
    assert float(greatest) >= float(max(samples)) - 1e-12
    # The samples are dense, and no slope exceeds 4 (1 + 4 + 12) = 68, so the extremes cannot lie far beyond them.
    assert float(least) >= float(min(samples)) - 0.68
    assert float(greatest) <= float(max(samples)) + 0.68


def test_shown_as_text_frame_and_latex():
    found = tornado(tripwire(), "P(Russia: act)", progress=False)
    assert "switches at 400/3" in str(found)
    assert "no effect: idle" in str(found)
    assert found.to_frame()["parameter"].tolist() == [bar.name for bar in found]
    assert r"x\_W" in found.to_latex()


def test_a_bar_is_complete_only_if_its_thresholds_are():
    # At t = 0 B may mix so that A is indifferent, which gives C 20/3; the equilibria listed there give it 0.
    space = gt.ParameterSpace(gt.Parameter("t", 1, low=-2, high=3))
    reply = gt.Decision(
        "B", {"x": gt.Outcome(A=3, B=space.symbols("t"), C=0), "y": gt.Outcome(A=0, B=0, C=10)}
    )
    tree = gt.Decision("A", {"l": reply, "m": gt.Outcome(A=1, B=0, C=0)})
    model = gt.Model("tie", gt.ExtensiveGame(tree), space)
    assert not tornado(model, "payoff: C")["t"].complete
    model = gt.Model("plain", gt.ExtensiveGame(reply), space)
    assert tornado(model, "payoff: C")["t"].complete
