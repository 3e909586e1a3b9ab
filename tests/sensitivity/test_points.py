"""The flagship at points anywhere in its box: compiled and exact solutions agree, for every form and order."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import gametheory as gt
from gametheory.errors import Unsupported
from gametheory.models import deterrence, kazakhstan
from gametheory.sensitivity._points import PointSolver, moves, resolve_concept
from gametheory.sensitivity.phase_diagram import phase_diagram
from gametheory.sensitivity.sweep import sweep
from gametheory.solvers import _plotting

FORMS = {
    "normal form": lambda space: deterrence.simultaneous(space),
    "at once": lambda space: deterrence.sequential(space),
    "west first": lambda space: deterrence.sequential(space, order="west_first"),
    "china first": lambda space: deterrence.sequential(space, order="china_first"),
}


@pytest.fixture(scope="module")
def space() -> gt.ParameterSpace:
    return kazakhstan.space()


def anywhere(space: gt.ParameterSpace, points: int) -> dict[str, list[Fraction]]:
    rng = np.random.default_rng(7)
    return {
        name: [low + (high - low) * Fraction(int(k), 1000) for k in rng.integers(0, 1001, points)]
        for name, (low, high) in space.box.items()
    }


@pytest.mark.parametrize("form", FORMS)
def test_compiled_and_exact_solutions_agree(form: str, space: gt.ParameterSpace) -> None:
    model = FORMS[form](space)
    functionals = [model.outcomes[name] for name in model.outcomes]
    solver = PointSolver(model, resolve_concept(model.game, None), functionals, {}, behaviour=True)
    points = anywhere(space, 60)
    rows = solver.solve({name: np.array(values, float) for name, values in points.items()})
    several, plays = 0, set()
    for b in np.flatnonzero(~rows.degenerate)[:25]:
        exact = solver.exact({name: values[b] for name, values in points.items()})
        if not rows.complete[b]:  # three movers and ties: the pure equilibria, and no claim of others
            at = model.at({name: values[b] for name, values in points.items()})
            exact = gt.nash_equilibria(at, method="pure")
        mine = rows.behaviour[rows.start[b] : rows.start[b + 1]]  # type: ignore[index]
        theirs = [[float(p) for array in eq.profile.arrays for p in array] for eq in exact]
        assert sorted(map(tuple, mine.round(7) + 0.0)) == sorted(map(tuple, np.round(theirs, 7) + 0.0))
        assert exact.complete or not rows.complete[b]
        for k, name in enumerate(model.outcomes):
            values = rows.values[rows.start[b] : rows.start[b + 1], k]
            low, high = exact.outcome(name)
            assert values.min() == pytest.approx(float(low), abs=1e-9)
            assert values.max() == pytest.approx(float(high), abs=1e-9)
        several += len(exact) > 1
        plays |= {eq.play for eq in exact}
    assert rows.degenerate.mean() < 0.2
    assert len(plays) > 2  # the points are not all alike


def test_the_sweep_turns_where_the_exact_thresholds_are(space: gt.ParameterSpace) -> None:
    model = deterrence.sequential(space)
    name = "G_L"  # Russia's gain from the limited action
    exact = [float(point) for point in gt.sensitivity.thresholds(model, name).points]
    low, high = (float(end) for end in space.box[name])
    axis = np.linspace(low, high, 1001)
    found = sweep(model, {name: axis})
    jumps = np.zeros(len(axis) - 1, bool)
    for player in model.game.players:
        for action in {move.action for move in moves(model.game) if move.player == player}:
            values = found[f"P({player}: {action})"].values
            jumps |= (np.abs(np.diff(values, axis=0)) > 1e-6).any(axis=1)
    assert jumps.any()
    for k in np.flatnonzero(jumps):
        assert any(axis[k] - 1e-9 <= point <= axis[k + 1] + 1e-9 for point in exact)


def test_what_the_reply_to_the_large_aim_depends_on(space: gt.ParameterSpace) -> None:
    """In the plane of FLAGSHIP: the West supports iff its stake outweighs the cost, a line in (E_W, N_WF)."""
    model = deterrence.sequential(space)
    diagram = phase_diagram(model, "E_W", "N_WF", after="full", resolution=64)
    assert set(diagram.labels) == {"West support; China acquiesce", "West acquiesce; China acquiesce"}
    b = {name: float(value) for name, value in space.baseline.items()}
    drop = b["p0_F"] * (
        1 - (1 - b["r_S"]) * (1 - b["r_A"])
    )  # fall in the chance of success, China acquiescing
    slope = drop * b["reach_F"] * (b["d_s"] - b["d_f"]) - b["transit"]
    gain = slope * diagram.boundaries["E_W"] + drop * diagram.boundaries["N_WF"] - b["c_W"] - b["m"]
    np.testing.assert_allclose(gain, 0, atol=1e-3)
    exact = diagram.at(122, 600)
    assert exact[0].strategies["West"]["full"]["support"] == 1


def test_pictures_without_a_drawing_library(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib")

    monkeypatch.setattr(_plotting.importlib, "import_module", missing)
    with pytest.raises(Unsupported, match=r"gametheory\[plot\]"):
        _plotting.draw("sweep", None)
