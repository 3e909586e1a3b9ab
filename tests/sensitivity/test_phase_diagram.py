"""Phase diagrams against boundaries known in closed form and against the exact solver at points."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.errors import ParameterError, UnknownName, Unsupported
from gametheory.sensitivity._plays import Plays
from gametheory.sensitivity.phase_diagram import PhaseDiagram, phase_diagram


def circle() -> gt.Model:
    """A acts within the unit circle; the boundary is curved and the regions have areas known exactly."""
    space = gt.ParameterSpace(
        gt.Parameter("x", 0, "-3/2", "3/2", unit="m"), gt.Parameter("y", 0, "-3/2", "3/2")
    )
    x, y = space.symbols("x y")
    tree = gt.Decision("A", {"in": gt.Outcome(A=1 - x**2), "out": gt.Outcome(A=y**2)})
    return gt.Model("circle", gt.ExtensiveGame(tree), space)


def coordination() -> gt.Model:
    """Coordination where both pay, one dominant where one pays, avoiding each other where none does."""
    space = gt.ParameterSpace(
        gt.Parameter("a", 1, -1, 1), gt.Parameter("b", 1, -1, 1), gt.Parameter("c", 0, 0, 1)
    )
    a, b, c = space.symbols("a b c")
    table = {("l", "l"): (a, a), ("l", "r"): (0, 0), ("r", "l"): (c, c), ("r", "r"): (b, b)}
    return gt.Model("coordination", gt.NormalFormGame.from_profiles(table, players=("A", "B")), space)


def three_stages() -> gt.Model:
    space = gt.ParameterSpace(gt.Parameter("u", 0, -4, 4), gt.Parameter("v", 0, -4, 4))
    u, v = space.symbols("u v")
    stage = gt.simultaneous(
        {"B": ["l", "r"], "C": ["l", "r"]},
        lambda b, c: gt.Outcome(
            A=u * v - int(b == "l"), B=2 * int(b == c) + u * int(b == "l"), C=int(b == c) + v * int(c == "r")
        ),
    )
    return gt.Model(
        "stages", gt.ExtensiveGame(gt.Decision("A", {"no": gt.Outcome(A=0, B=0, C=0), "yes": stage})), space
    )


@pytest.fixture(scope="module")
def disc() -> PhaseDiagram:
    return phase_diagram(circle(), "x", "y", resolution=128, accuracy=1e-7)


def test_the_boundary_is_located_to_the_stated_accuracy(disc: PhaseDiagram) -> None:
    assert len(disc.boundaries) > 100
    x, y = disc.boundaries["x"], disc.boundaries["y"]
    # Within 3e-7 (the range is 3) along an axis; the radius moves by no more.
    np.testing.assert_allclose(np.hypot(x, y), 1, atol=3e-7)
    assert disc.accuracy == 1e-7


def test_sides_of_the_boundary(disc: PhaseDiagram) -> None:
    for row in disc.boundaries.itertuples():
        assert {row.label_a, row.label_b} == {"in", "out"}
    horizontal = disc.boundaries[np.isclose(disc.boundaries["y"] % (3 / 128), 0, atol=1e-9)]
    before_centre = horizontal[horizontal["x"] < -0.1]
    assert len(before_centre) and (before_centre["label_a"] == "out").all()


def test_area_shares(disc: PhaseDiagram) -> None:
    assert disc.labels == ("out", "in")
    assert disc.area_shares.sum() == pytest.approx(1)
    assert disc.area_shares["in"] == pytest.approx(np.pi / 9, abs=2e-3)


def test_every_grid_point_has_its_label(disc: PhaseDiagram) -> None:
    assert disc.grid["label"].dims == ("y", "x")
    x, y = np.meshgrid(disc.grid["x"], disc.grid["y"])
    inside = disc.grid["label"].values == disc.labels.index("in")
    clear = np.abs(np.hypot(x, y) - 1) > 1e-9
    np.testing.assert_array_equal(inside[clear], (np.hypot(x, y) < 1)[clear])
    assert disc.grid["x"].attrs["units"] == "m"
    assert disc.grid.sizes == {"y": 129, "x": 129}


def test_refinement_solves_few_points() -> None:
    asked = []
    model = circle()
    payoffs = type(model).payoffs

    class Counting(gt.Model):
        def payoffs(self, points):  # type: ignore[no-untyped-def]
            asked.append(np.broadcast(*points.values()).size)
            return payoffs(self, points)

    counting = Counting(model.name, model.game, model.space)
    phase_diagram(counting, "x", "y", resolution=512, accuracy=1e-3)
    assert sum(asked) < 513**2 / 10


def test_frames(disc: PhaseDiagram) -> None:
    frame = disc.to_frame()
    assert list(frame.columns) == ["x", "y", "label"] and len(frame) == 129**2
    row = frame[(frame["x"].abs() < 1e-12) & (frame["y"].abs() < 1e-12)]
    assert row["label"].tolist() == ["in"]
    assert isinstance(disc.area_shares, pd.Series)
    assert "in" in repr(disc) and "circle" in repr(disc)


def test_multiplicity_is_shown() -> None:
    diagram = phase_diagram(coordination(), "a", "b", resolution=32)
    # Where both pay (a quarter of the square) there are three equilibria.
    both = "A l; B l | A r; B r | A l/r; B l/r"
    assert diagram.area_shares[both] == pytest.approx(0.25, abs=0.05)
    # The boundaries run along lines of the grid; they are not regions.
    assert len(diagram.labels) == 4
    assert diagram.label_at(0.5, 0.5) == both
    assert len(diagram.at(0.5, 0.5)) == 3
    assert diagram.label_at("1/2", "-1/2") == "A l; B l"
    found = diagram.boundaries
    middle = found[(found["b"] > 0.1) & (found["a"] > 0.1)]
    assert middle.empty  # no change inside the quadrant


def label(model: gt.Model, point: dict[str, Fraction]) -> str:
    """The label of the exact solution at a point."""
    exact = gt.subgame_perfect_equilibria(model.at(**point))
    plays = Plays(model.game)
    rows = np.array([[float(p) for array in eq.profile.arrays for p in array] for eq in exact])
    code = int(plays.codes(np.array([0, len(rows)]), rows)[0])
    return plays.labels()[code]


@settings(max_examples=25, deadline=None)
@given(st.fractions(-4, 4, max_denominator=50), st.fractions(-4, 4, max_denominator=50))
def test_labels_agree_with_the_exact_solver(u: Fraction, v: Fraction) -> None:
    model = three_stages()
    diagram = phase_diagram(model, "u", "v", resolution=4, accuracy=0.2)
    assert diagram.label_at(u, v) == label(model, {"u": u, "v": v})


def test_grid_labels_agree_with_the_exact_solver() -> None:
    model = three_stages()
    diagram = phase_diagram(model, "u", "v", resolution=37, over={"u": ("-29/10", 3), "v": ("-7/3", 3)})
    rng = np.random.default_rng(3)
    u, v = diagram.grid["u"].values, diagram.grid["v"].values
    assert (u[0], u[-1]) == (-2.9, 3) and v[0] == -7 / 3
    for _ in range(60):
        i, j = rng.integers(len(u)), rng.integers(len(v))
        name = diagram.labels[int(diagram.grid["label"].values[j, i])]
        assert name == label(model, {"u": Fraction(float(u[i])), "v": Fraction(float(v[j]))})


def test_by_the_value_of_a_probability() -> None:
    diagram = phase_diagram(coordination(), "a", "b", resolution=16, outcome="P(A: l)")
    assert diagram.label_at(0.5, -0.5) == "P(A: l) = 1"
    assert diagram.label_at(-0.5, 0.5) == "P(A: l) = 0"
    assert diagram.label_at(0.5, 0.5) == "P(A: l) = 0 | 0 < P(A: l) < 1 | P(A: l) = 1"
    assert diagram.outcome == "P(A: l)"


def test_what_would_be_played_after_a_history() -> None:
    """The whole play hides what is off its path."""
    whole = phase_diagram(three_stages(), "u", "v", resolution=32)
    later = phase_diagram(three_stages(), "u", "v", resolution=32, after="yes")
    assert "no" in whole.labels and not any("no" in label for label in later.labels)
    # Where A goes on for certain, what follows is the same.
    assert whole.label_at(3, 3) == "yes; B l; C r" and later.label_at(3, 3) == "B l; C r"
    # Where A does not, it still says what would follow.
    assert whole.label_at(3, -3) == "no" and later.label_at(3, -3) == "B l; C l"
    assert later.after == "yes" and whole.after is None


def test_other_parameters_are_held() -> None:
    one = phase_diagram(coordination(), "a", "b", resolution=8)
    two = phase_diagram(coordination(), "a", "b", resolution=8, at={"c": 1})
    assert one.fixed == {"c": 0} and two.fixed == {"c": 1}
    assert one.labels != two.labels


def test_one_region_has_no_boundary() -> None:
    diagram = phase_diagram(circle(), "x", "y", over={"x": (0, 0.1), "y": (0, 0.1)}, resolution=8)
    assert diagram.labels == ("in",)
    assert diagram.boundaries.empty
    assert list(diagram.boundaries.columns) == ["x", "y", "label_a", "label_b"]


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"x": "z"}, UnknownName, "unknown parameter 'z'"),
        ({"x": "y"}, ParameterError, "two different"),
        ({"over": {"z": (0, 1)}}, UnknownName, "axis"),
        ({"over": {"x": (1, 1)}}, ParameterError, "range"),
        ({"over": {"x": (0, 1, 2)}}, ParameterError, "the range of x"),
        ({"over": (0, 1)}, ParameterError, "by parameter"),
        ({"resolution": 1}, ParameterError, "resolution"),
        ({"accuracy": 0}, ParameterError, "accuracy"),
        ({"accuracy": "x"}, ParameterError, "accuracy must be a number"),
        ({"resolution": 2.5}, ParameterError, "whole number of cells"),
        ({"resolution": "fine"}, ParameterError, "whole number of cells"),
        ({"at": {"x": 1}}, ParameterError, "x is an axis"),
        ({"outcome": "payoff: A"}, Unsupported, "sweep"),
        ({"outcome": "P(A: in)", "after": "in"}, Unsupported, "not both"),
        ({"after": "inn"}, UnknownName, "unknown path 'inn'"),
        ({"outcome": "P(A: inn)"}, UnknownName, "did you mean 'in'"),
    ],
)
def test_what_a_user_may_get_wrong(change: dict, error: type[Exception], message: str) -> None:
    arguments = {"x": "x", "y": "y"} | change
    with pytest.raises(error, match=message):
        phase_diagram(circle(), arguments.pop("x"), arguments.pop("y"), **arguments)
