"""Pictures of exact maps of two parameters."""

from __future__ import annotations

import random

import pytest

import gametheory as gt
from gametheory import scalars
from gametheory.models import kazakhstan
from gametheory.reports import plots
from gametheory.sensitivity.plane_map import plane_map
from pictures import outside, overlapping, texts


def choice(**payoffs) -> gt.Model:
    space = gt.ParameterSpace(gt.Parameter("x", 0, -2, 2), gt.Parameter("y", 0, -2, 2))
    tree = gt.Decision("A", {name: gt.Outcome(A=scalars.parse(text)) for name, text in payoffs.items()})
    return gt.Model("choice", gt.ExtensiveGame(tree), space)


def many_faces() -> gt.Model:
    rng = random.Random(120)
    space = gt.ParameterSpace(gt.Parameter("x", 0, -1, 1), gt.Parameter("y", 0, -1, 1))
    x, y = space.symbols("x y")
    a, b = (
        [[rng.randint(-3, 3) + rng.randint(-3, 3) * x + rng.randint(-3, 3) * x * y for _ in range(2)] for _ in range(2)]
        for _ in range(2)
    )  # fmt: skip
    return gt.Model("many", gt.NormalFormGame.from_bimatrix(a, b), space)


@pytest.mark.parametrize("y", ["N_WF", "transit", "E_C"])
def test_the_planes_of_the_study(y):
    found = plane_map(kazakhstan.sequential(), "E_W", y, after="full", progress=False)
    figure = found.plot(title="After full action")
    words = " ".join(texts(figure))
    assert all(part in words for label in found.labels for part in label.split("; "))
    assert "baseline" in words
    assert not outside(figure)
    assert not overlapping(figure)


def test_formulas_are_written_along_curves_and_can_be_left_out():
    found = plane_map(choice(a="x", b="y"), "x", "y", progress=False)
    assert "y = x" in texts(found.plot())
    assert "y = x" not in texts(found.plot(formulas=False))


def test_a_disc_is_drawn_as_a_disc():
    found = plane_map(choice(inside="1 - x**2", outside="y**2"), "x", "y", progress=False)
    figure = found.plot()
    axes = figure.axes[-1]
    filled = [patch for patch in axes.patches if patch.get_facecolor()[3] == 1]
    extents = [patch.get_path().get_extents().bounds for patch in filled]
    assert (-2.0, -2.0, 4.0, 4.0) in [tuple(round(v, 6) for v in e) for e in extents]
    assert (-1.0, -1.0, 2.0, 2.0) in [tuple(round(v, 2) for v in e) for e in extents]
    disc = next(p.get_path() for p in filled if round(p.get_path().get_extents().width, 2) == 2)
    assert disc.contains_point((0.7, 0.7))
    assert not disc.contains_point((0.72, 0.72))


def test_small_faces_are_numbered_and_named_below():
    found = plane_map(choice(a="x", b="y", c="7/4 + (x + y)/20"), "x", "y", progress=False)
    figure = found.plot(label=lambda text: f"the choice of the alternative that is called {text}")
    assert not outside(figure)
    assert any(text.isdigit() for text in texts(figure))


def test_the_same_picture_each_time_and_shared_looks():
    found = plane_map(many_faces(), "x", "y", progress=False)
    assert plots.svg(found.plot()) == plots.svg(found.plot())
    scheme = plots.Scheme()
    found.plot(scheme=scheme)
    assert list(scheme.looks) == list(found.labels)
