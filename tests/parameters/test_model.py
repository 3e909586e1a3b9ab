"""Models: exact games at points, and the compiled function that must agree with them."""

from __future__ import annotations

import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.errors import GameError, ParameterError, UnknownName, Unsupported
from gametheory.models import kazakhstan
from gametheory.parameters import compiled

SPACE = gt.ParameterSpace(
    gt.Parameter("x", 2, 0, 10),
    gt.Parameter("y", "1/3", 0, 1),
    gt.Parameter("p", 0.25, 0, 1),
    gt.Parameter("unused", 1),
)
TABLE = gt.NormalFormGame.from_profiles(
    {
        ("act", "respond"): ("x - y", "x/y"),
        ("act", "acquiesce"): ("x**2", "-x"),
        ("refrain", "respond"): (0, "0.1"),
        ("refrain", "acquiesce"): (0, "1/(x - y)"),
    },
    players=["Russia", "West"],
)
TREE = gt.ExtensiveGame(
    gt.Decision(
        "Russia",
        {
            "refrain": gt.Outcome("status quo", Russia=0, West=0),
            "act": gt.Chance(
                {
                    "success": ("p", gt.Outcome("won", Russia="x", West="-x")),
                    "failure": ("1 - p", gt.Outcome("lost", Russia="-1", West="-x*y")),
                }
            ),
        },
    )
)
MODEL = gt.Model("table", TABLE, SPACE)
TREE_MODEL = gt.Model("tree", TREE, SPACE)


def test_a_game_at_a_point_is_exact() -> None:
    game = MODEL.at(x="1/2")
    assert game.domain == "rational"
    assert game.payoff("act", "respond") == {"Russia": Fraction(1, 6), "West": Fraction(3, 2)}
    assert MODEL.at({"x": Decimal("0.5")}) == game == MODEL.at(x=Fraction(1, 2))
    assert MODEL.at().payoff("act", "acquiesce")["Russia"] == 4


def test_a_float_makes_the_game_one_of_floats() -> None:
    game = MODEL.at(x=0.5)
    assert game.domain == "real"
    assert game.payoff("act", "respond")["West"] == pytest.approx(1.5)


def test_a_point_may_lie_outside_the_box_but_not_where_the_game_has_no_meaning() -> None:
    assert MODEL.at(x=-100).payoff("act", "acquiesce")["West"] == 100
    with pytest.raises(ParameterError, match=r"'West' at \(act, respond\).*divides by zero at .*y = 0"):
        MODEL.at(y=0)
    with pytest.raises(ParameterError, match=r"at p = 3/2|p = 1\.5"):
        TREE_MODEL.at(p="3/2")
    with pytest.raises(UnknownName, match="did you mean 'unused'"):
        MODEL.at(unsued=3)
    for bad in (float("nan"), 1j, "x + 1", None):
        with pytest.raises(ParameterError, match="the value of parameter x"):
            MODEL.at(x=bad)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_stacks_have_the_shape_of_the_points_in_front(shape: tuple[int, ...]) -> None:
    points = {"x": np.full(shape, 2.0), "p": 0.5}
    assert MODEL.payoffs(points).shape == (*shape, 2, 2, 2)
    assert TREE_MODEL.payoffs(points).shape == (*shape, 2, 3)
    assert TREE_MODEL.chance(points).shape == (*shape, TREE.n_nodes)
    for stack in (MODEL.payoffs(points), TREE_MODEL.chance(points)):
        assert stack.flags.c_contiguous
        assert stack.dtype == np.float64


def test_values_broadcast_and_missing_ones_are_the_baseline() -> None:
    stack = MODEL.payoffs({"x": np.arange(1, 4)[:, None], "y": [0.5, 0.25]})
    assert stack.shape == (3, 2, 2, 2, 2)
    assert stack[2, 1, 1, 0, 0] == pytest.approx(3 / 0.25)
    assert MODEL.payoffs().tolist() == MODEL.at().payoffs.astype(float).tolist()


def test_a_frame_is_a_table_of_points() -> None:
    frame = pd.DataFrame({"x": [1, 2], "p": [0.0, 1.0]})
    assert TREE_MODEL.payoffs(frame).tolist() == TREE_MODEL.payoffs({"x": [1, 2], "p": [0, 1]}).tolist()
    assert TREE_MODEL.chance(frame)[:, -2:].tolist() == [[0, 1], [1, 0]]
    assert MODEL.payoffs({}).shape == (2, 2, 2)
    assert MODEL.payoffs({"x": []}).shape == (0, 2, 2, 2)


def test_exact_numbers_may_be_values() -> None:
    points = {"x": np.array([Fraction(1, 2), Decimal("1.5")], dtype=object)}
    assert MODEL.payoffs(points)[:, 0, 0, 1].tolist() == [0.25, 2.25]


@pytest.mark.parametrize(
    "points, error, message",
    [
        ({"z": 1}, UnknownName, "unknown parameter 'z'"),
        ({"x": [1, float("nan")]}, ParameterError, r"parameter x at position \(1,\) is nan"),
        ({"x": ["a"]}, ParameterError, "parameter x are of type"),
        ({"x": [None]}, ParameterError, "parameter x"),
        ({"x": True}, ParameterError, "parameter x are of type bool"),
        ({"x": 1j}, ParameterError, "parameter x are of type complex"),
        ({"x": [1, 2], "y": [1, 2, 3]}, ParameterError, r"do not broadcast together: x \(2,\), y \(3,\)"),
        ([1, 2], ParameterError, "points are a mapping"),
        (
            {"y": [1, 0]},
            ParameterError,
            r"payoff of 'West' at \(act, respond\), which is x/y, divides by zero at x = 2, y = 0\.",
        ),
        (
            {"x": 1e200},
            ParameterError,
            r"payoff of 'Russia' at \(act, acquiesce\), which is x\*\*2, overflows at x = 1e\+200\.",
        ),
    ],
)
def test_bad_points_are_refused_by_name(points: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        MODEL.payoffs(points)


def test_a_fault_far_into_a_stack_is_found_and_placed() -> None:
    y = np.ones(3 * compiled.BLOCK + 5)
    y[2 * compiled.BLOCK + 7] = 0
    with pytest.raises(ParameterError, match="y = 0"):
        MODEL.payoffs({"y": y})
    p = np.full(2 * compiled.BLOCK + 5, 0.5)
    p[-1] = 1.25
    with pytest.raises(
        ParameterError, match=r"probability of act/success, which is p, is 1\.25 at p = 1\.25"
    ):
        TREE_MODEL.chance({"p": p})


def test_a_normal_form_has_no_chance_moves() -> None:
    with pytest.raises(Unsupported, match="no chance moves"):
        MODEL.chance()


def test_games_without_parameters_are_models_too() -> None:
    exact = gt.Model(
        "exact", gt.NormalFormGame.from_bimatrix([[1, "1/3"]]), gt.ParameterSpace(gt.Parameter("x", 1))
    )
    assert exact.at(x=3) is exact.game
    assert exact.payoffs({"x": [1, 2]}).tolist() == [[[[1, 1 / 3]], [[-1, -1 / 3]]]] * 2
    floats = gt.Model("floats", gt.NormalFormGame.from_bimatrix([[0.5]]), gt.ParameterSpace())
    assert floats.payoffs().tolist() == [[[0.5]], [[-0.5]]]


@pytest.mark.parametrize(
    "name", ["x0", "x1", "numpy", "sin", "E", "I", "S", "beta", "lambda_", "_Dummy_1", "parameter_1"]
)
def test_any_name_may_name_a_parameter(name: str) -> None:
    # x0, x1 are what SymPy calls shared subexpressions; the others are functions and constants to it.
    space = gt.ParameterSpace(gt.Parameter(name, 3), gt.Parameter("z", 2), gt.Parameter("parameter_0", 5))
    shared = f"({name} + z)**2*(z + parameter_0)"
    game = gt.NormalFormGame([[[shared, f"{shared} + {name}"]], [[f"1/({name} + z)", f"{name}/7"]]])
    found = gt.Model("names", game, space).payoffs({name: [3, 4]})
    for k, value in enumerate((3, 4)):
        exact = gt.Model("names", game, space).at({name: value}).payoffs.astype(float)
        np.testing.assert_allclose(found[k], exact, rtol=1e-15)


def test_numbers_beyond_machine_integers() -> None:
    game = gt.NormalFormGame([[f"x*{10**30} + {10**25}/{3**40}"]])
    model = gt.Model("large", game, SPACE)
    expected = float(model.at(x=3).payoffs.item())
    assert model.payoffs({"x": [3.0]}).item() == pytest.approx(expected, rel=1e-15)


values = st.fractions(min_value=Fraction(1, 100), max_value=100, max_denominator=1000)


expressions = st.recursive(
    st.sampled_from(["x", "y", "2", "1/3", "0.7", "1/(x + y)"]),
    lambda parts: st.builds("({} {} {})".format, parts, st.sampled_from(["+", "-", "*"]), parts),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(expressions, min_size=4, max_size=4),
    st.lists(st.tuples(values, values), min_size=1, max_size=5),
)
def test_the_compiled_function_agrees_with_the_exact_game(
    cells: list[str], at: list[tuple[Fraction, Fraction]]
) -> None:
    model = gt.Model("any", gt.NormalFormGame([[cells[:2]], [cells[2:]]]), SPACE)
    stack = model.payoffs({"x": [float(x) for x, _ in at], "y": [float(y) for _, y in at]})
    for k, (x, y) in enumerate(at):
        x, y = Fraction(float(x)), Fraction(float(y))
        exact = model.at(x=x, y=y).payoffs.astype(float)
        np.testing.assert_allclose(stack[k], exact, rtol=1e-9, atol=1e-6)


def test_the_flagship_agrees_with_itself_across_block_boundaries() -> None:
    model = kazakhstan.sequential()
    n = 2 * compiled.BLOCK + 3
    rng = np.random.default_rng(0)
    points = {
        name: float(low) + float(high - low) * rng.random(n) for name, (low, high) in model.space.box.items()
    }
    payoffs, chance = model.payoffs(points), model.chance(points)
    for k in (0, compiled.BLOCK - 1, compiled.BLOCK, n - 1):
        game = model.at({name: Fraction(value[k]) for name, value in points.items()})
        np.testing.assert_allclose(payoffs[k], game.payoffs.astype(float), rtol=1e-12, atol=1e-10)
        assert isinstance(game, gt.ExtensiveGame)
        np.testing.assert_allclose(chance[k], game.chance_probability.astype(float), rtol=1e-12, atol=1e-12)


def test_outcomes_by_name() -> None:
    assert list(TREE_MODEL.outcomes)[:3] == ["P(Russia: refrain)", "P(Russia: act)", "payoff: Russia"]
    named = gt.Model(
        "named", TREE, SPACE, {"attack": "P(Russia: act)", "twice": lambda e: 2 * e.payoffs["West"]}
    )
    attack = named.outcome("attack")
    assert attack.weights.tolist() == [False, True, True]  # type: ignore[union-attr]  # it was named, not a function
    assert named.outcome("payoff: West").kind == "payoff"  # type: ignore[union-attr]  # likewise
    assert named.outcome("twice") is named.outcomes["twice"]
    with pytest.raises(UnknownName, match="did you mean 'attack'"):
        named.outcome("atack")
    with pytest.raises(UnknownName, match="did you mean 'Russia'"):
        named.outcome("P(Rusia: act)")
    with pytest.raises(TypeError):
        named.outcomes["more"] = attack  # type: ignore[index]  # the assignment under test


def test_slips_in_a_model_are_refused() -> None:
    with pytest.raises(UnknownName, match="unknown parameter in the game 'p'"):
        gt.Model("short", TREE, gt.ParameterSpace(gt.Parameter("x", 1), gt.Parameter("y", 1)))
    with pytest.raises(GameError, match=r"write ExtensiveGame\(tree\)"):
        gt.Model("bare", TREE.root, SPACE)  # type: ignore[arg-type]  # the slip under test
    with pytest.raises(GameError, match="give a NormalFormGame or"):
        gt.Model("none", None, SPACE)  # type: ignore[arg-type]  # the slip under test
    with pytest.raises(ParameterError, match="give a ParameterSpace"):
        gt.Model("space", TREE, {"x": 1})  # type: ignore[arg-type]  # the slip under test
    with pytest.raises(ParameterError, match="name of a model"):
        gt.Model("", TREE, SPACE)
    with pytest.raises(UnknownName, match="did you mean 'status quo'"):
        gt.Model("outcome", TREE, SPACE, ["outcome: status qou"])
    with pytest.raises(ParameterError, match="give a list of names"):
        gt.Model("outcome", TREE, SPACE, "payoff: West")


def test_identity() -> None:
    model = gt.Model("tree", TREE, SPACE, {"attack": "P(Russia: act)"})
    model.payoffs()  # what was compiled is not part of the model
    copy = pickle.loads(pickle.dumps(model))
    assert copy == model
    assert hash(copy) == hash(model)
    assert copy.payoffs().tolist() == model.payoffs().tolist()
    assert model != TREE_MODEL
    assert model != gt.Model("tree", TREE, SPACE.with_values(x=3), {"attack": "P(Russia: act)"})
    with pytest.raises(AttributeError):
        model.name = "other"  # type: ignore[misc]  # the assignment under test
    assert repr(model) == "<Model 'tree': tree of Russia, West with 3 of 4 parameters>"
    assert "<table" in model._repr_html_()
