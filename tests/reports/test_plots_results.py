"""Strips, curves, phase diagrams and tornados."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gametheory as gt
from gametheory.errors import GameError, ParameterError, UnknownName
from gametheory.reports import plots
from gametheory.reports.plots import style
from gametheory.reports.plots.planes import chains
from gametheory.reports.plots.strips import _marks
from gametheory.sensitivity import phase_diagram, thresholds, tornado
from pictures import outside, overlapping, texts


def joined(figure) -> str:
    return " ".join(texts(figure))


# -- measures of text -------------------------------------------------------------------------------------------------
@given(
    st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=60), st.floats(0.3, 4)
)
def test_wrapped_lines_fit_unless_a_word_does_not(text, width):
    lines = style.wrap(text, width, 9)
    assert " ".join(lines).split() == text.split()
    assert all(style.text_width(line, 9) <= width or " " not in line for line in lines)


@given(st.fractions(-10000, 10000))
def test_a_rounded_number_is_near_and_says_so(value):
    text = style.number(value)
    shown = float(text.removeprefix("≈").replace("\N{MINUS SIGN}", "-"))
    assert abs(shown - float(value)) <= 5e-4 * abs(float(value))
    assert text.startswith("≈") == (Fraction(str(shown)) != value)


@given(st.lists(st.tuples(st.floats(0, 7), st.text("0123456789/", min_size=1, max_size=12)), max_size=12))
def test_marks_in_one_row_never_overlap(places):
    marks = _marks(sorted(places), 0, 7)
    for row in {mark[3] for mark in marks}:
        spans = sorted(
            (m - style.text_width(t, 8, True) / 2, m + style.text_width(t, 8, True) / 2)
            for _, m, t, r in marks
            if r == row
        )
        assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_a_scheme_gives_every_label_its_own_look():
    scheme = plots.Scheme()
    looks = [scheme[str(k)] for k in range(25)]
    assert len(set(looks)) == 25 and looks == [scheme[str(k)] for k in range(25)]


# -- strips -----------------------------------------------------------------------------------------------------------
def test_a_strip_prints_thresholds_labels_baseline_and_unit(tripwire):
    found = thresholds(tripwire, "x_W")
    figure = found.plot()
    shown = texts(figure)
    assert "400/3 ≈ 133.3" in shown
    assert "western investment (x_W), USD bn" in shown
    assert "baseline 134" in shown
    assert "Russia: act" in joined(figure) and "Russia: refrain" in joined(figure)
    assert outside(figure) == [] and overlapping(figure) == []


def test_every_interval_is_named_even_where_it_is_too_narrow(model):
    found = thresholds(model, "c_C", progress=False)
    figure = plots.thresholds(
        found, label=lambda e: f"this is {e.play}, and more words than fit into a narrow interval"
    )
    words = joined(figure).replace("\n", " ")
    for interval in found.intervals:
        for equilibrium in interval.equilibria:
            assert f"this is {equilibrium.play}" in words
    assert {"a", "b"} <= set(texts(figure))
    assert outside(figure) == []


def test_strips_of_several_parameters_share_their_looks(model):
    several = [thresholds(model, name, progress=False) for name in ("G_L", "c_W", "K_L")]
    figure = plots.thresholds(several, title="Three")
    assert {"Three", "14.5065975", "40.717775"} <= set(texts(figure))
    colours = {patch.get_facecolor() for patch in figure.axes[0].patches if patch.get_fill()}
    labels = {e.play for found in several for i in found.intervals for e in i.equilibria}
    assert len(colours) >= len(labels)
    assert outside(figure) == []
    with pytest.raises(GameError, match="no thresholds"):
        plots.thresholds([])


def test_a_wider_map_shows_the_range_of_the_parameter(tripwire):
    figure = thresholds(tripwire, "x_W", over=(0, 400)).plot()
    assert "range 60 to 160" in texts(figure)
    assert "baseline 134" not in texts(thresholds(tripwire, "x_W", over=(0, 100)).plot())


def test_an_outcome_is_drawn_as_the_function_that_it_is(tripwire):
    found = thresholds(tripwire, "x_W")
    figure = found.plot("payoff: West")
    curves = [line for line in figure.axes[1].lines if line.get_linewidth() == 2.2]
    assert len(curves) == len(found.intervals)
    for line in curves:
        for x, y in list(zip(*line.get_data(), strict=True))[1:-1:20]:
            assert y == pytest.approx(float(found.values_at("payoff: West", x)[0]))
    assert {"400/3 ≈ 133.3", "payoff: West", "baseline 134"} <= set(texts(figure))
    with pytest.raises(UnknownName, match="payoff: West"):
        found.plot("payoff: Wset")


def test_a_mixed_equilibrium_is_a_curve(model):
    """Where the West and China mix, payoffs are ratios of polynomials in the parameter."""
    tree = gt.ExtensiveGame(model.game.root.actions["full"], model.game.players)
    worth = thresholds(gt.Model("after full", tree, model.space), "E_W", at={"c_C": 3}, progress=False)
    assert any(len(interval.equilibria) == 3 for interval in worth.intervals)
    curves = [line for line in worth.plot("payoff: Russia").axes[1].lines if line.get_linewidth() == 2.2]
    assert len(curves) >= 3
    for line in curves:
        x, y = (values[60] for values in line.get_data())
        assert min(abs(float(v) - y) for v in worth.values_at("payoff: Russia", x)) < 1e-6


# -- phase diagrams ---------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def plane(model):
    return phase_diagram(model, "G_F", "N_WF", over={"G_F": (50, 900)}, resolution=64)


def test_regions_carry_their_labels_and_no_legend(plane):
    figure = plane.plot()
    words = joined(figure)
    for label in plane.labels:
        assert label.split(";")[0] in words
    assert "baseline" in words and figure.axes[1].get_legend() is None
    assert any("(G_F), USD bn" in text for text in texts(figure))
    assert outside(figure) == [] and overlapping(figure) == []


def test_a_label_stands_in_the_region_that_it_names(plane):
    figure = plane.plot(label=lambda text: text.replace(" ", "_"))  # in one piece
    axes = figure.axes[1]
    found = 0
    for text in axes.texts:
        if text.get_text().replace("_", " ") in plane.labels:
            x, y = axes.transData.inverted().transform(axes.transAxes.transform(text.get_position()))
            assert plane.label_at(float(x), float(y)) == text.get_text().replace("_", " ")
            found += 1
    assert found >= len(plane.labels)


def test_boundaries_pass_through_every_located_point(plane):
    points = plane.boundaries[["G_F", "N_WF"]].to_numpy()
    drawn = np.concatenate(chains(plane))
    for point in points:
        assert (np.abs(drawn - point).max(axis=1) < 1e-9).any()
    longest = max(chains(plane), key=len)
    steps = np.abs(np.diff(longest, axis=0)) / [850, 550]
    assert steps.max() < 2 / 64  # no line jumps across the plane


def test_a_plane_with_a_single_region_is_drawn(model):
    figure = phase_diagram(model, "E_W", "E_C", resolution=32).plot()
    assert "limited" in joined(figure)


def test_a_scheme_is_shared(model, plane):
    scheme = plots.Scheme()
    plots.phase_diagram(plane, scheme=scheme)
    before = dict(scheme.looks)
    plots.phase_diagram(phase_diagram(model, "G_F", "E_W", resolution=32), scheme=scheme)
    assert {label: scheme.looks[label] for label in before} == before


# -- tornado ----------------------------------------------------------------------------------------------------------
def test_a_tornado_shows_bars_switching_values_and_units(tripwire):
    result = tornado(tripwire, "payoff: Russia", progress=False)
    figure = plots.tornado(result, space=tripwire.space)
    shown = texts(figure)
    assert {
        "x_W",
        "k",
        "payoff: Russia",
        "baseline: 0",
        "≈133.3",
        "40.2",
        "160 USD bn",
        "western investment",
    } <= set(shown)
    assert outside(figure) == []
    with pytest.raises(ParameterError, match="at least one"):
        plots.tornado(result, most=0)


def test_a_tornado_names_what_does_nothing(model):
    space = gt.ParameterSpace(gt.Parameter("a", 1, 0, 2), gt.Parameter("b", 1, 0, 2))
    a, _ = space.symbols()
    game = gt.ExtensiveGame(gt.Decision("A", {"go": gt.Outcome(A=a), "stay": gt.Outcome(A=-1)}))
    moved = tornado(gt.Model("one", game, space), "payoff: A", progress=False)
    assert "No effect anywhere in their range: b." in texts(moved.plot())
    still = tornado(gt.Model("one", game, space), "P(A: go)", progress=False)
    assert "No parameter moves this outcome." in texts(still.plot())
