"""Sweeps against the exact solver point by point, thresholds known by hand, and what a user may get wrong."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.errors import GameTheoryError, ParameterError, TooLarge, UnknownName, Unsupported
from gametheory.sensitivity import _points
from gametheory.sensitivity.sweep import sweep, variable_name


def tripwire() -> gt.Model:
    """Respond iff x_W >= 10 k / 3; Russia acts iff there is no response."""
    space = gt.ParameterSpace(
        gt.Parameter("x_W", 134, 60, 160, unit="USD bn", role="lever", description="western stock"),
        gt.Parameter("k", 40, 10, 90, unit="USD bn"),
    )
    x_W, k = space.symbols("x_W k")
    reply = gt.Decision(
        "West",
        {
            "acquiesce": gt.Outcome("taken", Russia=50, West=-x_W / 2),
            "respond": gt.Outcome("war", Russia=-20, West=-x_W / 5 - k),
        },
    )
    tree = gt.Decision("Russia", {"refrain": gt.Outcome("peace", Russia=0, West=0), "act": reply})
    return gt.Model("tripwire", gt.ExtensiveGame(tree), space)


def chicken() -> gt.Model:
    """Two players, both pure asymmetric equilibria and a mixed one for 0 < v < c; one pure one for v > c."""
    space = gt.ParameterSpace(gt.Parameter("v", 2, 1, 9), gt.Parameter("c", 4, 2, 6))
    v, c = space.symbols("v c")
    table = {
        ("hawk", "hawk"): ((v - c) / 2, (v - c) / 2),
        ("hawk", "dove"): (v, 0),
        ("dove", "hawk"): (0, v),
        ("dove", "dove"): (v / 2, v / 2),
    }
    return gt.Model("hawk and dove", gt.NormalFormGame.from_profiles(table, players=("A", "B")), space)


def staged() -> gt.Model:
    """A choice, a lottery with a parameter for its odds, and a coordination stage in one branch."""
    space = gt.ParameterSpace(
        gt.Parameter("p", "1/2", 0, 1), gt.Parameter("w", 1, -5, 5), gt.Parameter("t", 2, 1, 4)
    )
    p, w, t = space.symbols("p w t")
    pay = {("l", "l"): (t, 3), ("r", "r"): (1, 2 * t), ("l", "r"): (0, w), ("r", "l"): (w - 1, 0)}
    stage = gt.simultaneous(
        {"B": ["l", "r"], "C": ["l", "r"]}, lambda b, c: gt.Outcome(A=w, B=pay[b, c][0], C=pay[b, c][1])
    )
    lottery = gt.Chance({"on": (p, stage), "off": (1 - p, gt.Outcome("off", A=-1, B=0, C=0))})
    tree = gt.Decision("A", {"stay": gt.Outcome("stay", A=0, B=1, C=1), "go": lottery})
    return gt.Model("staged", gt.ExtensiveGame(tree), space)


def test_the_threshold_is_where_it_is_by_hand() -> None:
    found = sweep(tripwire(), x_W=range(60, 161), k=[30, 40])
    assert found["P(Russia: act)"].dims == ("x_W", "k", "bound")
    for k in (30, 40):
        act = found["P(Russia: act)"].sel(k=k, bound="least").values
        tie = 10 * k / 3
        x = found["x_W"].values
        np.testing.assert_array_equal(act, np.where(x < tie, 1.0, 0.0))
        np.testing.assert_array_equal(found["n_equilibria"].sel(k=k), np.where(x == tie, 2, 1))
        # At the tie there are further equilibria, in which the West mixes.
        np.testing.assert_array_equal(found["complete"].sel(k=k), x != tie)


def test_a_tie_on_the_grid_is_solved_exactly() -> None:
    found = sweep(tripwire(), x_W=["400/3", Fraction(400, 3) + Fraction(1, 10**13), 133])
    assert found["n_equilibria"].values.tolist() == [2, 1, 1]
    assert found["P(Russia: act)"].values.tolist() == [[0, 1], [0, 0], [1, 1]]
    assert found["payoff: Russia"].values.tolist() == [[0, 50], [0, 0], [50, 50]]
    assert found.attrs["points_solved_exactly"] == 2


def test_floats_are_read_as_decimals() -> None:
    """At k = 0.3 and x_W = 1, floats would differ: 3 * 0.1 is not 0.3."""
    found = sweep(tripwire(), k=[0.3], at={"x_W": 1})
    assert found["n_equilibria"].values.tolist() == [2]
    assert json.loads(found["k"].attrs["exact"]) == ["3/10"]


MODELS = {"tripwire": tripwire, "hawk and dove": chicken, "staged": staged}


@pytest.mark.parametrize("name", MODELS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_every_point_agrees_with_the_exact_solver(name: str, data: st.DataObject) -> None:
    model = MODELS[name]()
    axes = {
        parameter: data.draw(
            st.lists(st.fractions(p.low, p.high, max_denominator=4), min_size=1, max_size=3), label=parameter
        )
        for parameter, p in model.space.items()
    }
    found = sweep(model, axes)
    rows = sweep(model, axes, equilibria="all")
    solve = gt.nash_equilibria if name == "hawk and dove" else gt.subgame_perfect_equilibria
    names = list(axes)
    for index in np.ndindex(*(len(values) for values in axes.values())):
        point = {parameter: axes[parameter][k] for parameter, k in zip(names, index, strict=True)}
        exact = solve(model.at(**point))
        here = found.isel(dict(zip(names, index, strict=True)))
        assert int(here["n_equilibria"]) == len(exact)
        assert bool(here["complete"]) == exact.complete
        for outcome in model.outcomes:
            expected = [float(v) for v in exact.outcome(outcome)]
            np.testing.assert_allclose(here[variable_name(outcome)].values, expected, atol=1e-9)
        number = int(np.ravel_multi_index(index, [len(values) for values in axes.values()]))
        mine = rows.isel(equilibrium=rows["point"].values == number)
        theirs = {tuple(round(float(p), 6) + 0.0 for a in e.profile.arrays for p in a) for e in exact}
        assert {tuple(r) for r in (mine["probability"].values.round(6) + 0.0).tolist()} == theirs
        for parameter, value in point.items():
            assert (mine[parameter].values == float(value)).all()


def test_a_mixed_equilibrium_has_its_textbook_probability() -> None:
    """Maynard Smith and Price 1973: hawk with probability v / c."""
    rows = sweep(chicken(), v=[1, 2, 3], equilibria="all")
    assert rows["point"].values.tolist() == [0] * 3 + [1] * 3 + [2] * 3
    hawk = rows["probability"].sel(move="A: hawk").values.reshape(3, 3)
    np.testing.assert_allclose(np.sort(hawk, axis=1), [[0, v / 4, 1] for v in (1, 2, 3)])
    summary = sweep(chicken(), v=[1, 2, 3])
    assert summary["n_equilibria"].values.tolist() == [3, 3, 3]
    np.testing.assert_allclose(summary["payoff: A"].sel(bound="least"), 0)
    np.testing.assert_allclose(summary["payoff: A"].sel(bound="greatest"), [1, 2, 3])


@pytest.mark.parametrize("chunk", [1, 2, 7, 1000])
def test_chunks_do_not_show(chunk: int) -> None:
    axes = {"p": [0, "1/3", 1], "w": [-1, 0, 1, 2], "t": [1, 2]}
    for equilibria in ("summary", "all"):
        whole = sweep(staged(), axes, equilibria=equilibria)  # type: ignore[arg-type]
        xr.testing.assert_identical(sweep(staged(), axes, equilibria=equilibria, chunk=chunk), whole)  # type: ignore[arg-type]


def test_the_order_of_axes_does_not_matter() -> None:
    one = sweep(staged(), p=[0.25, 0.75], w=[-1, 2, 3])
    two = sweep(staged(), w=[-1, 2, 3], p=[0.25, 0.75])
    xr.testing.assert_allclose(one, two.transpose(*one.dims))
    assert list(one["n_equilibria"].dims) == ["p", "w"]


def test_no_call_per_point(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    solve = _points.PointSolver.solve

    def counted(self: _points.PointSolver, points: dict) -> _points.Rows:
        calls.append(len(points["p"]))
        return solve(self, points)

    monkeypatch.setattr(_points.PointSolver, "solve", counted)
    found = sweep(staged(), p=np.linspace(0.01, 0.98, 40), w=np.linspace(0.11, 3.07, 50))
    assert sum(calls) == 2000 and len(calls) < 5
    assert found.attrs["points_solved_exactly"] == 0


def test_ties_everywhere_take_no_exact_solutions() -> None:
    """In the table of the tripwire, refraining makes the West indifferent whatever the parameters."""
    model = gt.Model("table", gt.strategic_form(tripwire().game), tripwire().space)
    axes = {"x_W": range(61, 160, 7), "k": [11, 37, 83]}
    found = sweep(model, axes)
    assert found.attrs["points_solved_exactly"] == 0
    assert found["complete"].values.all()
    for (i, x_W), (j, k) in ((a, b) for a in enumerate(axes["x_W"]) for b in enumerate(axes["k"])):
        exact = gt.nash_equilibria(model.at(x_W=x_W, k=k))
        here = found.isel(x_W=i, k=j)
        assert int(here["n_equilibria"]) == len(exact)
        np.testing.assert_allclose(here["payoff: West"], [float(v) for v in exact.outcome("payoff: West")])


def test_combinations_beyond_memory_are_halved(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sweep(staged(), w=np.linspace(-1, 2, 20))
    monkeypatch.setattr("gametheory.solvers.stacked_trees.MAX_BYTES", 5000)
    xr.testing.assert_identical(sweep(staged(), w=np.linspace(-1, 2, 20)), whole)


def test_coordinates_say_what_they_are() -> None:
    found = sweep(tripwire(), x_W=[100.5, 120], at={"k": "1/3"})
    assert found["x_W"].attrs["units"] == "USD bn"
    assert found["x_W"].attrs["long_name"] == "western stock"
    assert found["x_W"].attrs["role"] == "lever"
    assert found["x_W"].values.tolist() == [100.5, 120]
    assert found["bound"].values.tolist() == ["least", "greatest"]
    assert found.attrs["model"] == "tripwire" and found.attrs["concept"] == "subgame_perfect"
    assert json.loads(found.attrs["baseline"]) == {"k": "1/3"}


def test_outcomes_by_choice() -> None:
    found = sweep(tripwire(), x_W=[100, 150], outcomes=["outcome: war", "payoff: West"])
    assert set(found.data_vars) == {"outcome: war", "payoff: West", "n_equilibria", "complete"}
    assert found["payoff: West"].values.tolist() == [[-50, -50], [0, 0]]
    renamed = sweep(tripwire(), x_W=[100, 150], outcomes={"west": "payoff: West"})
    np.testing.assert_array_equal(renamed["west"], found["payoff: West"])


def test_callable_outcomes_are_applied_to_equilibria() -> None:
    axes = {"x_W": [100, "400/3", 150]}
    welfare = {"welfare": lambda eq: sum(eq.payoffs.values()), "payoff: West": "payoff: West"}
    found = sweep(tripwire(), axes, outcomes=welfare)
    np.testing.assert_allclose(found["welfare"], [[0, 0], [-50 / 3, 0], [0, 0]], atol=1e-12)
    rows = sweep(tripwire(), axes, outcomes=welfare, equilibria="all")
    assert rows["point"].values.tolist() == [0, 1, 1, 2]
    np.testing.assert_allclose(np.sort(rows["welfare"]), [-50 / 3, 0, 0, 0], atol=1e-12)


def test_three_movers_at_once_may_have_no_pure_equilibrium() -> None:
    """Jordan 1993, with a prize for the third player that, when negative, makes a pure equilibrium."""
    space = gt.ParameterSpace(gt.Parameter("prize", 1, -1, 1))
    prize = space.symbols("prize")
    sides = ["h", "t"]
    game = gt.NormalFormGame.from_function(
        lambda a, b, c: (int(a == b), int(b == c), prize * int(c != a)),
        strategies={"A": sides, "B": sides, "C": sides},
    )
    found = sweep(gt.Model("three pennies", game, space), prize=[-1, 1])
    assert found["complete"].values.tolist() == [True, True]
    assert found["n_equilibria"].values.tolist() == [3, 1]
    assert found["payoff: A"].sel(prize=1).values.tolist() == [0.5, 0.5]
    assert found["payoff: C"].sel(prize=-1).values.tolist() == [-0.5, 0]


def with_slashes() -> gt.Model:
    space = gt.ParameterSpace(gt.Parameter("a", 1, 0, 2, unit="1/yr"))
    a = space.symbols("a")
    tree = gt.Decision(
        "A/B",
        {"stop/go": gt.Outcome("win/lose", {"A/B": a}), "(wait)": gt.Outcome("Ünentschieden", {"A/B": 1})},
    )
    return gt.Model("slashes", gt.ExtensiveGame(tree), space)


@pytest.mark.parametrize("equilibria", ["summary", "all"])
@pytest.mark.parametrize("make", [with_slashes, tripwire, chicken])
def test_netcdf_round_trip(equilibria: str, make: object, tmp_path: Path) -> None:
    model = make()  # type: ignore[operator]
    name = next(iter(model.space))
    found = sweep(model, {name: [0.5, 1, 1.5]}, equilibria=equilibria)  # type: ignore[arg-type]
    found.to_netcdf(tmp_path / "sweep.nc")
    with xr.open_dataset(tmp_path / "sweep.nc") as back:
        xr.testing.assert_identical(back.load(), found)
    for outcome in model.outcomes:
        assert found[variable_name(outcome)].attrs["long_name"] == outcome


def test_a_name_that_netcdf_refuses_is_changed_and_recorded() -> None:
    assert variable_name("a/b\nc ") == "a∕b c"
    assert variable_name("(x)") == "_(x)"
    assert variable_name("payoff: New Zealand") == "payoff: New Zealand"


def test_unknown_names_get_suggestions() -> None:
    with pytest.raises(UnknownName, match="did you mean 'x_W'"):
        sweep(tripwire(), xW=[1])
    with pytest.raises(UnknownName, match="did you mean 'x_W'"):
        sweep(tripwire(), k=[1], at={"x_w": 3})
    with pytest.raises(UnknownName, match="Russia"):
        sweep(tripwire(), k=[1], outcomes=["payoff: Rusia"])
    with pytest.raises(UnknownName, match="concept"):
        sweep(tripwire(), k=[1], concept="nish")
    with pytest.raises(UnknownName, match="summary"):
        sweep(tripwire(), k=[1], equilibria="every")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "axes, message",
    [
        ({}, "at least one parameter"),
        ({"k": []}, "no values"),
        ({"k": 3}, "list of values"),
        ({"k": "1/3"}, "list of values"),
        ({"k": [1, float("nan")]}, r"k\[1\]"),
        ({"k": [[1, 2]]}, "one dimension"),
    ],
)
def test_bad_axes(axes: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        sweep(tripwire(), axes)


def test_an_axis_cannot_be_fixed_too() -> None:
    with pytest.raises(ParameterError, match="k is an axis"):
        sweep(tripwire(), k=[1], at={"k": 2})


def test_concepts_that_do_not_apply() -> None:
    with pytest.raises(Unsupported, match="strategic_form"):
        sweep(tripwire(), k=[1], concept="nash")
    with pytest.raises(Unsupported, match="normal form"):
        sweep(chicken(), v=[1], concept="subgame-perfect")


def test_names_that_collide() -> None:
    with pytest.raises(ParameterError, match="taken"):
        sweep(tripwire(), k=[1], outcomes={"n_equilibria": "payoff: West"})
    with pytest.raises(ParameterError, match="taken"):
        sweep(tripwire(), k=[1], outcomes={"k": "payoff: West"})


def test_a_result_beyond_memory_is_refused_before_it_is_computed() -> None:
    with pytest.raises(TooLarge, match="max_bytes"):
        sweep(tripwire(), x_W=range(60, 160), k=range(10, 90), max_bytes=1000)
    with pytest.raises(TooLarge, match="GB"):
        sweep(staged(), p=np.linspace(0, 1, 10_000), w=np.linspace(0, 1, 10_000), t=np.linspace(1, 2, 100))


def test_a_division_by_zero_is_located() -> None:
    space = gt.ParameterSpace(gt.Parameter("a", 1, 0, 2))
    a = space.symbols("a")
    game = gt.NormalFormGame.from_bimatrix([[1 / a, 0]], [[1, 2]])
    with pytest.raises(GameTheoryError, match="a"):
        sweep(gt.Model("pole", game, space), a=[1, 0])
