"""Levers: by hand, against grids, and what cannot be done proved."""

from __future__ import annotations

import itertools
import pickle
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.errors import ParameterError, UnknownName
from gametheory.sensitivity import levers
from gametheory.sensitivity._cases import solve_at
from gametheory.sensitivity._statements import read
from gametheory.testing import models

F = Fraction


def tripwire(unit=1):
    space = gt.ParameterSpace(
        gt.Parameter("x", F(120) / unit, F(60) / unit, F(160) / unit, role="lever"),
        gt.Parameter("k", 40, 10, 90),
    )
    x, k = space.symbols("x k")
    reply = gt.Decision(
        "West",
        {
            "acquiesce": gt.Outcome(Russia=50, West=-x * unit / 2),
            "respond": gt.Outcome(Russia=-20, West=-x * unit / 5 - k),
        },
    )
    tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply})
    return gt.Model("tripwire", gt.ExtensiveGame(tree), space)


def choice(payoff, **parameters):
    space = gt.ParameterSpace(
        *(gt.Parameter(name, *numbers, role="lever") for name, numbers in parameters.items())
    )
    symbols = {name: space.symbols(name) for name in parameters}
    tree = gt.Decision("Ann", {"in": gt.Outcome(Ann=payoff(**symbols)), "out": gt.Outcome(Ann=0)})
    return gt.Model("choice", gt.ExtensiveGame(tree), space)


def holds(model, found, point):
    base = dict(model.space.baseline)
    return read(model, found.target, found.quantifier).holds(solve_at(model, base | dict(point)))


# -- by hand ----------------------------------------------------------------------------------------------------------
def test_the_tripwire_by_hand():
    found = levers(tripwire(), "P(Russia: act) = 0", cost={"x": 1}, progress=False)
    assert (found.cost, found.exact, found.attained, found.feasible) == (F(40, 3), True, False, True)
    assert found["x"].limit == F(400, 3) < found["x"].value
    assert holds(found.model, found, found.point) is True
    assert holds(found.model, found, {"x": F(400, 3) - F(1, 1000)}) is False
    assert "takes more than 13.33, and nothing cheaper does (proved)" in str(found)
    assert found.complete


def test_with_some_equilibrium_the_tie_itself_is_enough():
    found = levers(tripwire(), "P(Russia: act) = 0", cost={"x": 1}, quantifier="some", progress=False)
    assert (found.cost, found.exact, found.attained) == (F(40, 3), True, True)


def test_what_no_lever_can_do_is_proved():
    found = levers(tripwire(), "P(Russia: act) = 0", at={"k": 60}, progress=False)
    assert (found.feasible, found.cost, found.point, found.complete) == (False, None, None, True)
    assert {part.reason for part in found.proof} <= {"none meets", "one breaks"}
    assert "nothing that x can do within its range makes it hold (proved" in str(found)
    # With a wider range it takes x > 200.
    wider = levers(
        tripwire(), "P(Russia: act) = 0", at={"k": 60}, over={"x": (60, 300)}, cost={"x": 1}, progress=False
    )
    assert (wider.cost, wider.exact) == (80, True)


def test_a_target_that_holds_costs_nothing():
    found = levers(tripwire(), "P(Russia: act) = 1", progress=False)
    assert (found.cost, found.attained, found.exact) == (0, True, True)
    assert "holds already" in str(found)


def test_the_cheaper_of_two_levers_is_pulled_and_a_limit_passes_the_rest_on():
    model = choice(lambda a, b: a + 2 * b - 10, a=(0, -20, 20), b=(0, -20, 4))
    found = levers(model, "P(Ann: in) = 1", cost={"a": 1, "b": 1}, progress=False)
    # b does twice as much for its cost, but ends at 4: then a must do 2.
    assert (found.cost, found.exact) == (6, True)
    assert (found["a"].limit, found["b"].limit) == (2, 4)
    dear = levers(model, "P(Ann: in) = 1", cost={"a": 1, "b": (3, 1)}, progress=False)
    assert (dear.cost, dear["a"].limit) == (10, 10)


def test_a_tie_between_levers_is_solved_by_either():
    model = choice(lambda a, b: a + b - 1, a=(0, -2, 2), b=(0, -2, 2))
    found = levers(model, "P(Ann: in) = 1", cost={"a": 1, "b": 1}, progress=False)
    assert (found.cost, found.exact) == (1, True)


def test_a_set_in_two_pieces_has_a_nearer_one():
    model = choice(lambda a: a * a - 1, a=(F(1, 10), -3, 3))
    found = levers(model, "P(Ann: in) = 1", cost={"a": 1}, progress=False)
    assert found.lower <= F(9, 10) <= found.cost <= F(9, 10) * F(1001, 1000)
    down = levers(model, "P(Ann: in) = 1", cost={"a": (10, 1)}, progress=False)
    assert down.lower <= F(11, 10) <= down.cost <= F(11, 10) * F(1001, 1000)
    assert down["a"].value < -1


def test_a_curved_border():
    model = choice(lambda a, b: a * b - 1, a=(F(1, 2), 0, 4), b=(F(1, 2), 0, 4))
    found = levers(model, "P(Ann: in) = 1", cost={"a": 1, "b": 1}, progress=False)
    assert found.lower <= 1 <= found.cost <= F(1001, 1000)
    assert found.complete and not found.exact
    assert holds(model, found, found.point) is True


def test_a_payoff_may_be_the_target_and_its_infimum_attained():
    model = choice(lambda a: a, a=(1, 0, 5))
    found = levers(model, "payoff: Ann >= 3", cost={"a": 1}, progress=False)
    assert (found.cost, found.exact, found.attained) == (2, True, True)


def test_every_equilibrium_asks_more_than_some():
    space = gt.ParameterSpace(gt.Parameter("t", -3, -4, 4, role="lever"))
    t = space.symbols("t")
    game = gt.NormalFormGame.from_bimatrix(
        [[2 + t, 0], [0, 1]], [[2 + t, 0], [0, 1 - t]], players=("Ann", "Bob"), strategies=[["a", "b"]] * 2
    )
    model = gt.Model("coordination", game, space)
    some = levers(model, "P(Bob: a) = 1", cost={"t": 1}, quantifier="some", progress=False)
    assert (some.cost, some.exact, some.attained) == (1, True, True)
    # (b, b) is an equilibrium until Bob no longer wants it there, at t = 1.
    every = levers(model, "P(Bob: a) = 1", cost={"t": 1}, progress=False)
    assert (every.cost, every.exact, every.attained) == (4, True, False)


def test_a_limit_is_exact_only_if_the_target_holds_from_there_on():
    """(x, x) is an equilibrium from 1/2 on, but (y, y) is one until 1/2 + 1/10^6: only beyond that does the target hold."""
    beyond = F(1, 2) + F(1, 10**6)
    space = gt.ParameterSpace(gt.Parameter("t", 0, 0, 1, role="lever"))
    t = space.symbols("t")
    game = gt.NormalFormGame.from_bimatrix(
        [[t - F(1, 2), 0], [0, beyond - t]], [[1, 0], [0, 1]], players=("P", "Q"), strategies=[["x", "y"]] * 2
    )
    found = levers(gt.Model("two", game, space), "P(P: x) = 1", cost={"t": 1}, progress=False)
    assert found.lower <= beyond < found.point["t"]
    assert not found.exact or found.cost == beyond


def test_what_is_proved_counts_where_an_irrational_equilibrium_leaves_the_solver_in_doubt():
    """The only equilibrium is irrational (Nau, Gomez Canovas and Hansen 2004, section 4); a fourth player has exactly 1 in it."""
    tables = [
        [[[3, 1], [0, 0]], [[0, 0], [1, 2]]],
        [[[0, 0], [2, 1]], [[1, 3], [0, 0]]],
        [[[2, 0], [0, 0]], [[0, 0], [0, 3]]],
    ]
    space = gt.ParameterSpace(gt.Parameter("t", 0, 0, 1, role="lever"))
    t = space.symbols("t")
    game = gt.NormalFormGame.from_function(
        lambda a, b, c, d: [*(table[a][b][c] for table in tables), 1 + t],
        {"Ann": [0, 1], "Bob": [0, 1], "Cid": [0, 1], "Dan": ["watch"]},
    )
    found = levers(gt.Model("irrational", game, space), "payoff: Dan >= 1", progress=False)
    assert found.feasible and found.complete
    assert (found.cost, found.attained) == (0, True)


def test_mixed_equilibria_as_a_target():
    """The column player heads with probability 2 / (t + 3): at most 0.4 from t = 2 on."""
    space = gt.ParameterSpace(gt.Parameter("t", 1, F(1, 2), 5, role="lever"))
    t = space.symbols("t")
    game = gt.NormalFormGame.from_bimatrix([[t, -1], [-1, 1]], [[-1, 1], [1, -1]], players=("Row", "Column"))
    found = levers(gt.Model("pennies", game, space), "P(Column: 1) <= 0.4", cost={"t": 1}, progress=False)
    assert found.complete
    assert found.lower <= 1 <= found.cost <= F(1001, 1000)


# -- against grids ----------------------------------------------------------------------------------------------------
@settings(max_examples=12)
@given(
    models(form="normal", parameters=(1, 2), size=(2, 2), degenerate=False),
    st.sampled_from(["every", "some"]),
)
def test_nothing_on_a_grid_is_cheaper_than_what_is_proved(model, quantifier):
    game = model.game
    target = f"P({game.players[0]}: {game.strategies[0][0]}) = 1"
    found = levers(model, target, levers=list(model.space), quantifier=quantifier, budget=120, progress=False)
    statement = read(model, target, quantifier)
    axes = [[p.low + (p.high - p.low) * F(k, 6) for k in range(7)] for p in model.space.values()]
    best = None
    for values in itertools.product(*axes):
        point = dict(zip(model.space, values, strict=True))
        if statement.holds(solve_at(model, point)):
            cost = sum(
                abs(v - p.baseline) / (p.high - p.low)
                for v, p in zip(values, model.space.values(), strict=True)
            )
            best = cost if best is None else min(best, cost)
    if found.feasible is False:
        assert best is None
    if found.point is not None:
        assert statement.holds(solve_at(model, found.point)) is True
        assert found.lower <= found.cost
    if best is not None:
        assert found.lower <= best


@settings(max_examples=10)
@given(
    st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4), st.integers(-3, 6)), min_size=1, max_size=3),
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
)
def test_against_linear_programming(rows, prices):
    """Ann stays out of ways that lose: the target is a polyhedron, and its cheapest point is known."""
    from scipy.optimize import linprog

    space = gt.ParameterSpace(*(gt.Parameter(n, 0, -8, 8, role="lever") for n in "ab"))
    a, b = space.symbols("a b")
    ways = {f"way {k}": gt.Outcome(Ann=w - u * a - v * b) for k, (u, v, w) in enumerate(rows)}
    model = gt.Model("ways", gt.ExtensiveGame(gt.Decision("Ann", {"out": gt.Outcome(Ann=0), **ways})), space)
    found = levers(
        model, "P(Ann: out) = 1", cost=dict(zip("ab", prices, strict=True)), quantifier="some", progress=False
    )
    table = [[-u, -v, u, v] for u, v, _ in rows]
    best = linprog([*prices, *prices], A_ub=table, b_ub=[-w for *_, w in rows], bounds=[(0, 8)] * 4)
    assert found.complete
    assert found.feasible == best.success
    if best.success:
        assert float(found.lower) <= best.fun + 1e-9
        assert float(found.cost) >= best.fun - 1e-9
        assert float(found.cost) == pytest.approx(best.fun, rel=1e-3)


# -- invariance and results -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("unit", [1000, F(1, 7)])
def test_the_unit_of_a_lever_does_not_matter(unit):
    plain, other = (levers(tripwire(u), "P(Russia: act) = 0", progress=False) for u in (1, unit))
    assert plain.cost == other.cost == F(40, 300)
    assert other["x"].limit * unit == plain["x"].limit


def test_a_small_budget_is_told():
    model = choice(lambda a, b: a * b - 1, a=(F(1, 2), 0, 4), b=(F(1, 2), 0, 4))
    found = levers(model, "P(Ann: in) = 1", budget=1, progress=False)
    assert not found.complete
    assert found.share_open > 0
    assert {part.reason for part in found.proof} >= {"open"}


def test_results_are_tables_pictures_and_pickles():
    for found in (
        levers(tripwire(), "P(Russia: act) = 0", progress=False),
        levers(tripwire(), "P(Russia: act) = 0", at={"k": 60}, progress=False),
    ):
        assert list(found.to_frame()["name"]) == ["x"]
        assert r"\begin{tabular}" in found.to_latex()
        assert "<table>" in found._repr_html_()
        assert found.plot().axes
        assert str(pickle.loads(pickle.dumps(found))) == str(found)


def test_errors_say_what_to_do():
    model = tripwire()
    with pytest.raises(ParameterError, match="takes a Model"):
        levers(model.game, "P(Russia: act) = 0")
    with pytest.raises(UnknownName, match="did you mean 'x'"):
        levers(model, "P(Russia: act) = 0", levers=["X"])
    with pytest.raises(ParameterError, match="the cost of x is not given"):
        levers(model, "P(Russia: act) = 0", cost={"k": 1})
    with pytest.raises(ParameterError, match="the cost of x is negative"):
        levers(model, "P(Russia: act) = 0", cost={"x": -1})
    with pytest.raises(ParameterError, match="outside its range"):
        levers(model, "P(Russia: act) = 0", over={"x": (130, 160)})
    with pytest.raises(ParameterError, match="no range to move in"):
        levers(model, "P(Russia: act) = 0", over={"x": (160, 160)})
    with pytest.raises(ParameterError, match="role 'lever'"):
        levers(
            gt.Model("none", model.game, model.space.replace("x", role="uncertainty")), "P(Russia: act) = 0"
        )
    with pytest.raises(UnknownName, match="unknown cost"):
        levers(model, "P(Russia: act) = 0", cost="money")


def test_no_exposure_within_its_range_deters_a_limited_aim():
    from gametheory.models import kazakhstan

    model = kazakhstan.sequential()
    assert levers(model, "P(Russia: refrain) = 1", progress=False).feasible is False
    own = levers(model, "P(Russia: refrain) = 1", over={"E_R": (4, 500)}, progress=False)
    assert own.exact and own["E_R"].limit > 390 and own["E_W"].change == 0
