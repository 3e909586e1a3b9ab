"""Comparative statics as a picture."""

from __future__ import annotations

import pytest

import gametheory as gt
from gametheory.errors import ParameterError, UnknownName
from gametheory.models import kazakhstan
from gametheory.reports import plots
from gametheory.sensitivity import comparative_statics
from pictures import outside, overlapping, texts


@pytest.fixture(scope="module")
def flagship():
    names = ["payoff: Russia", "payoff: West", "P(Russia: full)", "threshold: N_WF", "threshold: c_W"]
    return comparative_statics(kazakhstan.sequential(), outcomes=names, progress=False)


def test_cells_hold_signed_numbers_and_the_rest_is_named(flagship):
    figure = flagship.plot(title="What moves what")
    shown = texts(figure)
    assert "+0.85" in shown  # Russia gains what a limited action is worth if it succeeds
    assert "\N{MINUS SIGN}1" in shown
    words = " ".join(shown)
    assert "Moved by none: P(Russia: full)" in words
    assert "Weaker everywhere" in words
    assert outside(figure) == []
    assert overlapping(figure) == []


def test_the_strongest_columns_stay_and_all_may(flagship):
    assert "Weaker everywhere" not in " ".join(texts(flagship.plot(most=31)))
    narrow = texts(flagship.plot(most=1))
    assert "N_WF" not in narrow or "G_L" not in narrow
    with pytest.raises(ParameterError, match="at least one"):
        flagship.plot(most=0)
    with pytest.raises(UnknownName, match="elasticity"):
        flagship.plot(numbers="elasticty")


def test_elasticities_of_negative_values_are_explained(flagship):
    assert any("those above zero lower it" in text for text in texts(flagship.plot(numbers="elasticity")))


def test_boundaries_and_tables_without_movement():
    space = gt.ParameterSpace(gt.Parameter("t", 1, 0, 2))
    t = space.symbols("t")
    tree = gt.Decision("A", {"first": gt.Outcome(A=t), "second": gt.Outcome(A=1)})
    model = gt.Model("kink", gt.ExtensiveGame(tree), space)
    assert "binds" in " ".join(texts(comparative_statics(model, {"A": "first"}).plot()))
    still = comparative_statics(model, {"A": "second"}).plot()
    assert "No parameter moves anything here." in texts(still)
    assert outside(still) == []


def test_the_same_file_every_time(flagship):
    assert plots.svg(flagship.plot()) == plots.svg(flagship.plot())
