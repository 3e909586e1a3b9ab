"""Robustness: by hand, against points inside and outside what is certified, and unchanged by units."""

from __future__ import annotations

import math
import pickle
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.errors import ParameterError, UnknownName, Unsupported
from gametheory.sensitivity import robustness
from gametheory.sensitivity._cases import solve_at
from gametheory.sensitivity._statements import read, read_play
from gametheory.testing import models

F = Fraction


def tripwire(x=140, unit=1):
    """The West responds if x > 10 k / 3; Russia then refrains. `unit` is what x is measured in."""
    space = gt.ParameterSpace(
        gt.Parameter("x", F(x) / unit, F(60) / unit, F(160) / unit),
        gt.Parameter("k", 40, 10, 90),
        gt.Parameter("idle", 1, 0, 2),
    )
    x_W, k = space.symbols("x k")
    reply = gt.Decision(
        "West",
        {
            "acquiesce": gt.Outcome(Russia=50, West=-x_W * unit / 2),
            "respond": gt.Outcome(Russia=-20, West=-x_W * unit / 5 - k),
        },
    )
    tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply})
    return gt.Model("tripwire", gt.ExtensiveGame(tree), space)


def choice(payoff, **parameters):
    """One player, who goes in if that pays; each parameter is (baseline, low, high)."""
    space = gt.ParameterSpace(*(gt.Parameter(name, *numbers) for name, numbers in parameters.items()))
    symbols = {name: space.symbols(name) for name in parameters}
    tree = gt.Decision("Ann", {"in": gt.Outcome(Ann=payoff(**symbols)), "out": gt.Outcome(Ann=0)})
    return gt.Model("choice", gt.ExtensiveGame(tree), space)


# -- by hand ----------------------------------------------------------------------------------------------------------
def test_the_tripwire_by_hand():
    found = robustness(tripwire(), "P(Russia: act) = 0", progress=False)
    # 140 - 100 r = 10 (40 + 80 r) / 3 at r = 1/55.
    assert found.box.exact == F(1, 55)
    assert found.box.lower == F(1, 55) <= found.box.upper < F(1, 55) * F(1001, 1000)
    assert (found["x"].below.value, found["x"].above) == (F(400, 3), None)
    assert (found["k"].below, found["k"].above.value) == (None, 42)
    assert found["idle"].distance is None
    assert [switch.name for switch in found.switches] == ["k", "x", "idle"]
    assert {i.player for i in found["x"].below.indifferences} == {"West"}
    assert found.complete and not found.holds_everywhere
    # In the sum norm one parameter does it all, the one that has least far to go: k, by 2 of 80.
    assert found.binding == ("k",)
    assert found.l1.lower <= F(1, 40) <= found.l1.upper < F(1, 40) * F(1002, 1000)
    assert str(found).startswith(
        "P(Russia: act) = 0 holds unless parameters move by more than 1.82 % of their ranges at once; alone, nearest is k (from 40 to "
        "above 42)"
    )


def test_the_three_norms_of_a_plane():
    model = choice(lambda a, b: a + b - 1, a=(0, -3, 3), b=(0, -3, 3))
    found = robustness(model, "P(Ann: in) = 0", scale={"a": 1, "b": 1}, progress=False)
    assert found.box.exact == F(1, 2)
    for radius, square in ((found.l2, F(1, 2)), (found.l1, 1)):
        assert radius.lower**2 <= square <= radius.upper**2
        assert radius.gap < 0.002
        here = dict.fromkeys("ab", F(0)) | dict(radius.point)
        assert solve_at(model, here).outcome("P(Ann: in)")[1] == 1


def test_two_small_errors_do_together_what_neither_does_alone():
    """Russia acts in full only if the West gives way (a < 0) and it is worth it then (b > 0)."""
    space = gt.ParameterSpace(gt.Parameter("a", F(1, 10), -1, 1), gt.Parameter("b", F(-3, 10), -1, 1))
    a, b = space.symbols("a b")
    reply = gt.Decision(
        "West", {"yield": gt.Outcome(Russia=b, West=0), "fight": gt.Outcome(Russia=-5, West=a)}
    )
    tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=9), "act": reply})
    model = gt.Model("both", gt.ExtensiveGame(tree), space)
    found = robustness(model, progress=False)
    assert all(switch.below is None and switch.above is None for switch in found.switches)
    # b must rise by 3/10 of a range of 2, and a fall by 1/10 of it.
    assert found.box.lower <= F(3, 20) <= found.box.upper
    assert found.box.gap <= 0.001
    assert found.l1.lower <= F(4, 20) <= found.l1.upper
    # No constraint alone shows this: it takes the sum of the two.
    assert found.l1.gap < 0.01
    assert found.binding == ("b", "a")
    assert "no parameter alone breaks it" in str(found)


def test_a_quadratic_radius_is_an_algebraic_number():
    model = choice(lambda a, b: a * b - 2, a=(1, 0, 4), b=(1, 0, 4))
    found = robustness(model, "P(Ann: in) = 0", scale={"a": 1, "b": 1}, progress=False)
    # (1 + r)^2 = 2.
    assert float(found.box.exact) == pytest.approx(math.sqrt(2) - 1)
    assert (
        found.box.exact**2 + 2 * found.box.exact - 1 == 0
        or abs(float((1 + found.box.exact) ** 2 - 2)) < 1e-15
    )


def test_a_saddle_has_no_corner_that_is_best():
    # With s = a b it is 0.7 s^2 - 0.3 s - 1: zero at s = -1, which is at (+, -), before s = 1 / 0.7 at (+, +).
    model = choice(lambda a, b: F(7, 10) * a**2 * b**2 - F(3, 10) * a * b - 1, a=(0, -3, 3), b=(0, -3, 3))
    found = robustness(model, "P(Ann: in) = 0", scale={"a": 1, "b": 1}, progress=False)
    assert found.box.lower <= 1 <= found.box.upper
    assert found.box.gap <= 0.001


def test_slopes_are_bounded_over_the_box_and_not_at_the_baseline():
    model = choice(lambda a: a**2 + a - 1, a=(0, -1, 3))
    found = robustness(model, "P(Ann: in) = 0", scale={"a": 1}, progress=False)
    for radius in (found.box, found.l2, found.l1):
        assert radius.lower**2 + radius.lower <= 1 <= radius.upper**2 + radius.upper


def test_a_range_that_ends_early_holds_one_parameter_back():
    # a may rise by 1/4 only, so that b has to make up for it: 1/4 + r = 1.
    model = choice(lambda a, b: a + b - 1, a=(0, -1, F(1, 4)), b=(0, -3, 3))
    found = robustness(model, "P(Ann: in) = 0", scale={"a": 1, "b": 1}, progress=False)
    assert found.box.exact == F(3, 4)


def test_the_nearer_of_two_cases_in_one_box_counts():
    """Two ways in become worth while at nearly the same radius, so that the box on which the first is possible holds the second too."""
    space = gt.ParameterSpace(*(gt.Parameter(name, 0, -9, 9) for name in "ab"))
    a, b = space.symbols("a b")
    ways = {"one": gt.Outcome(Ann=2 * a + b - 3), "two": gt.Outcome(Ann=2 * a - b - F(306, 100))}
    model = gt.Model("ways", gt.ExtensiveGame(gt.Decision("Ann", {"out": gt.Outcome(Ann=0), **ways})), space)
    found = robustness(model, "P(Ann: out) = 1", scale={"a": 1, "b": 1}, progress=False)
    # Alone a breaks it from 3/2 on, so that 3/8 of 3 is looked at, where both are possible: from 1 and from 1.02 on.
    assert found.box.exact == 1
    assert found.box.lower <= 1 <= found.box.upper


def test_bounds_in_other_norms_are_those_of_the_nearest_case():
    """The nearest point of the first line is irrational, so that a bound that is too great shows."""
    space = gt.ParameterSpace(*(gt.Parameter(name, 0, -9, 9) for name in "ab"))
    a, b = space.symbols("a b")
    ways = {"one": gt.Outcome(Ann=a + b / 2 - 1), "two": gt.Outcome(Ann=a - b / 2 - F(21, 20))}
    model = gt.Model("ways", gt.ExtensiveGame(gt.Decision("Ann", {"out": gt.Outcome(Ann=0), **ways})), space)
    found = robustness(model, "P(Ann: out) = 1", scale={"a": 1, "b": 1}, progress=False)
    assert found.box.exact == F(2, 3)
    assert found.l2.lower**2 <= F(4, 5) <= found.l2.upper**2
    assert found.l1.lower <= 1 <= found.l1.upper


@pytest.mark.parametrize("start", [0, F(1, 2)])
def test_a_play_does_not_change_where_only_a_probability_reaches_the_end_of_its_range(start):
    space = gt.ParameterSpace(gt.Parameter("p", start, 0, 1))
    p = space.symbols("p")
    choose = gt.Decision("Ann", {"in": gt.Outcome(Ann=1), "out": gt.Outcome(Ann=0)})
    again = gt.Decision("Ann", {"in": gt.Outcome(Ann=1), "out": gt.Outcome(Ann=0)})
    tree = gt.Chance({"rain": (p, choose), "sun": (1 - p, again)})
    found = robustness(gt.Model("weather", gt.ExtensiveGame(tree), space), progress=False)
    assert found.holds_everywhere
    assert (found["p"].below, found["p"].above) == (None, None)


def test_a_conclusion_that_holds_everywhere_is_proved():
    model = choice(lambda a, b: a * b + a + 1, a=(1, 0, 4), b=(1, 0, 4))
    found = robustness(model, progress=False)
    assert found.holds_everywhere and found.complete
    assert (found.box.upper, found.l1, found.l2) == (None, None, None)
    assert "holds wherever the parameters are within their ranges" in str(found)


def test_a_payoff_may_pass_a_number_where_no_play_changes():
    model = choice(lambda a: a, a=(4, 1, 5))
    found = robustness(model, "payoff: Ann >= 2", progress=False)
    assert found["a"].below.value == 2
    assert found["a"].below.indifferences == ()
    assert found.box.exact == F(1, 2)


def test_mixed_equilibria_are_followed():
    """Matching pennies: the column player heads with probability 2 / (t + 3)."""
    space = gt.ParameterSpace(gt.Parameter("t", 1, F(1, 2), 5))
    t = space.symbols("t")
    game = gt.NormalFormGame.from_bimatrix([[t, -1], [-1, 1]], [[-1, 1], [1, -1]], players=("Row", "Column"))
    model = gt.Model("pennies", game, space)
    found = robustness(model, "P(Column: 1) >= 0.4", progress=False)
    assert found["t"].above.value == 2
    assert found.box.lower <= F(2, 9) <= found.box.upper
    assert found.box.gap <= 0.001


def test_some_equilibrium_is_less_than_every_equilibrium():
    space = gt.ParameterSpace(gt.Parameter("t", 0, -3, 3))
    t = space.symbols("t")
    game = gt.NormalFormGame.from_bimatrix(
        [[2 + t, 0], [0, 1]], [[2, 0], [0, 1]], players=("Ann", "Bob"), strategies=[["a", "b"]] * 2
    )
    model = gt.Model("coordination", game, space)
    found = robustness(model, "P(Bob: a) = 1", quantifier="some", progress=False)
    # (a, a) is an equilibrium as long as 2 + t >= 0.
    assert found["t"].below.value == -2
    assert found.box.lower <= F(1, 3) <= found.box.upper
    with pytest.raises(ParameterError, match="does not hold in every equilibrium"):
        robustness(model, "P(Bob: a) = 1", progress=False)


# -- against points ---------------------------------------------------------------------------------------------------
@settings(max_examples=5)
@given(models(parameters=2, size=(2, 2), degenerate=False), st.randoms(use_true_random=False))
def test_no_point_inside_the_box_is_a_counterexample_and_the_one_given_is(model, rng):
    try:
        found = robustness(model, progress=False)
    except Unsupported:
        assume(False)
    base = model.space.baseline
    statement = read_play(model, found.equilibria)
    for _ in range(6):
        point = {}
        for switch in found.switches:
            reach = found.box.lower * switch.scale * F(rng.randint(-999, 999), 1000)
            point[switch.name] = min(max(base[switch.name] + reach, switch.low), switch.high)
        assert statement.holds(solve_at(model, {**base, **point})) is not False
    for radius in (found.box, found.l2, found.l1):
        if radius is not None and radius.point is not None:
            assert statement.holds(solve_at(model, {**base, **radius.point})) is False
            sizes = [abs(radius.point.get(s.name, s.baseline) - s.baseline) / s.scale for s in found.switches]
            norm = {"box": max(sizes), "l1": sum(sizes), "l2": math.hypot(*map(float, sizes))}[radius.norm]
            assert float(norm) <= float(radius.upper) * (1 + 1e-9)
            assert radius.lower <= radius.upper
    for switch in found.switches:
        for turn in (switch.below, switch.above):
            if turn is not None and turn.beyond is not None:
                assert statement.holds(solve_at(model, {**base, switch.name: turn.beyond})) is False


@settings(max_examples=5)
@given(
    st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4), st.integers(1, 6)), min_size=1, max_size=3),
    st.randoms(use_true_random=False),
)
def test_norms_against_the_distance_to_half_planes(lines, rng):
    """Ann goes in if any of several affine functions is positive: the distance is that of the nearest line."""
    lines = [line for line in lines if line[0] or line[1]]
    assume(lines)
    space = gt.ParameterSpace(gt.Parameter("a", 0, -9, 9), gt.Parameter("b", 0, -9, 9))
    a, b = space.symbols("a b")
    branches = {f"way {k}": gt.Outcome(Ann=u * a + v * b - w) for k, (u, v, w) in enumerate(lines)}
    tree = gt.Decision("Ann", {"out": gt.Outcome(Ann=0), **branches})
    model = gt.Model("lines", gt.ExtensiveGame(tree), space)
    found = robustness(model, "P(Ann: out) = 1", scale={"a": 1, "b": 1}, progress=False)
    box = min(F(w, abs(u) + abs(v)) for u, v, w in lines)
    assert found.box.exact == box
    assert found.l1.lower <= min(F(w, max(abs(u), abs(v))) for u, v, w in lines) <= found.l1.upper
    two = min(w / math.hypot(u, v) for u, v, w in lines)
    assert float(found.l2.lower) <= two * (1 + 1e-12) and two <= float(found.l2.upper) * (1 + 1e-12)
    assert found.l2.gap < 0.01 and found.l1.gap < 0.01


# -- invariance -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("unit", [1000, F(1, 7)])
def test_the_unit_of_a_parameter_does_not_matter(unit):
    plain, other = (robustness(tripwire(unit=u), progress=False) for u in (1, unit))
    assert plain.box.exact == other.box.exact
    assert other["x"].below.value * unit == plain["x"].below.value
    assert [s.distance for s in plain.switches] == pytest.approx([s.distance for s in other.switches])


def test_scales_and_parameters_may_be_chosen():
    model = tripwire()
    assert robustness(model, parameters=["x"], progress=False).box.exact == F(1, 15)
    # 140 (1 - r) = 10 * 40 (1 + r) / 3.
    relative = robustness(model, scale="baseline", parameters=["x", "k"], progress=False)
    assert relative.box.exact == F(1, 41)
    assert "of their baselines" in str(relative)
    moved = robustness(model, at={"k": 41}, parameters=["x"], progress=False)
    assert moved["x"].below.value == F(410, 3)


# -- results ----------------------------------------------------------------------------------------------------------
def test_results_are_tables_pictures_and_pickles():
    found = robustness(tripwire(), progress=False)
    frame = found.to_frame()
    assert list(frame["parameter"]) == ["k", "x", "idle"]
    assert frame["below"][1] == F(400, 3)
    assert "400" in found.to_latex() and r"\begin{tabular}" in found.to_latex()
    assert "<table>" in found._repr_html_()
    assert found.plot().axes
    copy = pickle.loads(pickle.dumps(found))
    assert str(copy) == str(found)
    assert copy.box.point == found.box.point


def test_errors_say_what_to_do():
    model = tripwire()
    with pytest.raises(ParameterError, match="takes a Model"):
        robustness(model.game)
    with pytest.raises(ParameterError, match=r"does not hold in every equilibrium at the baseline.*levers"):
        robustness(model, "P(Russia: act) = 1", progress=False)
    with pytest.raises(UnknownName, match="did you mean 'idle'"):
        robustness(model, parameters=["idl"], progress=False)
    with pytest.raises(UnknownName, match="did you mean 'Russia'"):
        robustness(model, "P(Rusia: act) = 0", progress=False)
    with pytest.raises(ParameterError, match="x has the scale 0"):
        robustness(model, scale={"x": 0}, progress=False)
    with pytest.raises(ParameterError, match="does not say in what k"):
        robustness(model, scale={"x": 1}, parameters=["x", "k"], progress=False)
    with pytest.raises(UnknownName, match="unknown scale"):
        robustness(model, scale="rnge", progress=False)
    with pytest.raises(ParameterError, match="not between 0 and 1"):
        robustness(model, tolerance=2, progress=False)
    with pytest.raises(UnknownName, match="unknown quantifier"):
        robustness(model, quantifier="all", progress=False)
    with pytest.raises(ParameterError, match="does not say how much"):
        robustness(model, "payoff: West", progress=False)
    with pytest.raises(Unsupported, match="is not decided"):
        # Exactly at the threshold the West is indifferent.
        robustness(model, "payoff: Russia <= 60", at={"x": "400/3"}, progress=False)


def test_statements_are_read_and_judged():
    game = gt.NormalFormGame.from_bimatrix(
        [[2, 0], [0, 1]], [[1, 0], [0, 2]], players=("Ann", "Bob"), strategies=[["a", "b"]] * 2
    )
    model = gt.Model("battle", game, gt.ParameterSpace())
    found = gt.nash_equilibria(game)
    cases = {
        "payoff: Ann >= 2/3": (True, True),
        "payoff: Ann > 2/3": (False, True),
        "payoff: Ann ≤ 2": (True, True),
        "payoff: Ann < 2/3": (False, False),
        "P(Ann: a)": (False, True),
        "P(Ann: a) = 0.5": (False, False),
        "P(Ann: a) != 1/2": (True, True),
    }
    for text, (every, some) in cases.items():
        assert read(model, text, "every").holds(found) is every, text
        assert read(model, text, "some").holds(found) is some, text
    # On a segment of equilibria an outcome takes every value between those of its ends.
    tied = gt.Model(
        "tied",
        gt.NormalFormGame.from_bimatrix([[1], [1]], [[0], [0]], players=("Ann", "Bob")),
        gt.ParameterSpace(),
    )
    ends = gt.nash_equilibria(tied.game)
    assert read(tied, "P(Ann: 1) = 1/2", "some").holds(ends) is True
    assert read(tied, "P(Ann: 1) != 1/2", "every").holds(ends) is False
