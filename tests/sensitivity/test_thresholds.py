"""Exact thresholds: against solving the game at single values, against published games, and against wrong input."""

from __future__ import annotations

import pickle
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory import scalars
from gametheory.sensitivity import thresholds
from gametheory.solvers.algebraic import rational_between

t = scalars.symbol("t")
space = gt.ParameterSpace(gt.Parameter("t", 0, low=-2, high=3))


@st.composite
def polynomials(draw, degree=2):
    coefficients = draw(st.lists(st.integers(-3, 3), min_size=1, max_size=degree + 1))
    return sum((c * t**k for k, c in enumerate(coefficients)), start=sympy.Integer(0))


@st.composite
def bimatrix_models(draw):
    m, n = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    # Few distinct payoffs make ties that hold for every t, so degenerate games are tried as well.
    pool = draw(st.lists(polynomials(), min_size=2, max_size=6))
    a, b = ([[draw(st.sampled_from(pool)) for _ in range(n)] for _ in range(m)] for _ in range(2))
    return gt.Model("random", gt.NormalFormGame.from_bimatrix(a, b), space)


@st.composite
def tree_models(draw):
    """A mover, then a reply or a simultaneous stage of the other and a third player, with chance before the end."""

    def end():
        return gt.Outcome(A=draw(polynomials(1)), B=draw(polynomials(1)), C=draw(polynomials(1)))

    def stage():
        kind = draw(st.sampled_from(["end", "reply", "simultaneous", "chance"]))
        if kind == "end":
            return end()
        if kind == "reply":
            return gt.Decision("B", {"x": end(), "y": end()})
        if kind == "chance":
            return gt.Chance(
                {"up": (Fraction(1, 3), gt.Decision("C", {"x": end(), "y": end()})), "down": ("2/3", end())}
            )
        return gt.simultaneous({"B": ["x", "y"], "C": ["x", "y"]}, lambda b, c: end())

    return gt.Model(
        "random", gt.ExtensiveGame(gt.Decision("A", {"l": stage(), "m": stage(), "r": stage()})), space
    )


def at_value(profile, value):
    """A profile of closed forms as a set of numbers."""
    return tuple(
        tuple(Fraction(str(sympy.sympify(p).subs(t, sympy.Rational(str(value))))) for p in vector)
        for vector in profile.arrays
    )


def check_against_single_solutions(model, found):
    values = []
    for interval in found.intervals:
        low, high = interval._ends
        values += [
            rational_between(low, interval.sample),
            interval.sample,
            rational_between(interval.sample, high),
        ]
    for value in values:
        interval = found.interval_at(value)
        solved = found.at(value)
        assert {at_value(e.profile, value) for e in interval.equilibria} == {
            at_value(e.profile, value) for e in solved
        }
        assert interval.equilibria.complete == solved.complete
        for equilibrium in interval.equilibria:
            twin = next(
                e for e in solved if at_value(e.profile, value) == at_value(equilibrium.profile, value)
            )
            assert twin.index == equilibrium.index
            for player, payoff in equilibrium.payoffs.items():
                assert sympy.sympify(payoff).subs(t, sympy.Rational(str(value))) == sympy.Rational(
                    str(twin.payoffs[player])
                )


@settings(max_examples=60, deadline=None)
@given(bimatrix_models())
def test_bimatrix_maps_agree_with_solving_at_single_values(model):
    found = thresholds(model, "t")
    assert found.complete
    check_against_single_solutions(model, found)


@settings(max_examples=40, deadline=None)
@given(tree_models())
def test_tree_maps_agree_with_solving_at_single_values(model):
    check_against_single_solutions(model, thresholds(model, "t"))


@settings(max_examples=40, deadline=None)
@given(bimatrix_models())
def test_something_happens_at_every_threshold(model):
    found = thresholds(model, "t")
    for point in found.breakpoints:
        sides = [i for i in found.intervals if point._number in i._ends]
        forms = [{str(e.profile) for e in i.equilibria} for i in sides]
        if len(sides) == 2 and forms[0] == forms[1]:
            # The same functions on both sides: then the point itself must have other equilibria, or others in a continuum.
            here = {(str(e.profile), e.continuum) for e in point.equilibria}
            limits = {(str(e.profile), e.continuum) for e in sides[0].equilibria}
            assert here != limits


def tripwire():
    both = gt.ParameterSpace(
        gt.Parameter("x_W", 134, low=60, high=160, unit="USD bn"), gt.Parameter("k", 40, low=10, high=90)
    )
    x, k = both.symbols("x_W k")
    reply = gt.Decision(
        "West",
        {"acquiesce": gt.Outcome(Russia=50, West=-x / 2), "respond": gt.Outcome(Russia=-20, West=-x / 5 - k)},
    )
    tree = gt.Decision("Russia", {"refrain": gt.Outcome("status quo", Russia=0, West=0), "act": reply})
    return gt.Model("tripwire", gt.ExtensiveGame(tree), both)


def test_the_tripwire_threshold_and_its_formula():
    found = thresholds(tripwire(), "x_W")
    assert found.points == (Fraction(400, 3),)
    assert [i.outcomes["P(Russia: act)"] for i in found.intervals] == [(1,), (0,)]
    (point,) = found.breakpoints
    assert len(point.equilibria) == 2
    assert all(e.continuum for e in point.equilibria)
    (turn,) = point.indifferences
    assert (turn.player, turn.infoset, {turn.action, turn.instead}) == (
        "West",
        "act",
        {"acquiesce", "respond"},
    )
    assert sympy.simplify(turn.threshold - 10 * scalars.symbol("k") / 3) == 0
    assert found.at("400/3").complete is False  # Russia may respond to how the West mixes
    assert found.at(100).complete


def test_intervals_hold_their_ends_where_nothing_happens_there():
    found = thresholds(tripwire(), "x_W")
    first, last = found.intervals
    assert (first.low, first.includes_low, first.high, first.includes_high) == (
        60,
        True,
        Fraction(400, 3),
        False,
    )
    assert (last.includes_low, last.includes_high, last.high) == (False, True, 160)
    assert found.interval_at("400/3") is None


def test_a_threshold_at_the_end_of_the_interval_is_reported():
    found = thresholds(tripwire(), "x_W", over=(60, "400/3"))
    assert found.points == (Fraction(400, 3),)
    assert len(found.intervals) == 1
    assert found.intervals[0].includes_high is False


def test_an_irrational_threshold_is_exact():
    tree = gt.Decision("A", {"stay": gt.Outcome(A=2), "go": gt.Outcome(A=t**2)})
    found = thresholds(gt.Model("square", gt.ExtensiveGame(tree), space), "t")
    assert found.points == (-sympy.sqrt(2), sympy.sqrt(2))
    point = found.breakpoints[1]
    assert len(point.equilibria) == 2
    assert found.at(sympy.sqrt(2)) is point.equilibria
    assert found.range("payoff: A") == (2, 9)
    assert found.switches("payoff: A") == ()
    assert found.switches("P(A: go)") == (-sympy.sqrt(2), sympy.sqrt(2))


def test_a_double_root_is_a_breakpoint_without_a_change_beside_it():
    tree = gt.Decision("A", {"stay": gt.Outcome(A=0), "go": gt.Outcome(A=(t - 1) ** 2)})
    found = thresholds(gt.Model("touch", gt.ExtensiveGame(tree), space), "t")
    assert found.points == (1,)
    assert len(found.breakpoints[0].equilibria) == 2
    assert [i.outcomes["P(A: go)"] for i in found.intervals] == [(1,), (1,)]


def test_mixed_equilibria_come_as_functions_of_the_parameter():
    game = gt.NormalFormGame.from_bimatrix([[t, 0], [0, 1]], [[0, 1], [1, 0]])
    found = thresholds(gt.Model("matching", game, space), "t", over=(1, 3))
    (interval,) = found.intervals
    (equilibrium,) = interval.equilibria
    assert sympy.simplify(equilibrium.strategies["Player 2"]["1"] - 1 / (1 + t)) == 0
    assert sympy.simplify(equilibrium.payoffs["Player 1"] - t / (1 + t)) == 0
    assert equilibrium.index == 1
    assert found.range("P(Player 2: 1)") == (Fraction(1, 4), Fraction(1, 2))


def test_the_greatest_value_may_lie_between_thresholds():
    tree = gt.Decision("A", {"only": gt.Outcome(A=t * (1 - t))})
    found = thresholds(gt.Model("hill", gt.ExtensiveGame(tree), space), "t")
    assert found.range("payoff: A") == (-6, Fraction(1, 4))


def test_three_players_who_want_to_match_in_a_circle():
    game = gt.NormalFormGame.from_function(
        lambda a, b, c: [t * int(a == b), int(b == c), int(c == a)],
        {"A": ["0", "1"], "B": ["0", "1"], "C": ["0", "1"]},
    )
    found = thresholds(gt.Model("three", game, space), "t")
    assert found.complete
    assert found.points == (0,)
    assert [len(interval.equilibria) for interval in found.intervals] == [1, 3]


def circle_of_four():
    """Each wants to match the next, but the last does not: all four mix, and nothing else is an equilibrium."""
    return gt.NormalFormGame.from_function(
        lambda a, b, c, d: [t * int(a == b), int(b == c), int(c == d), int(d != a)],
        {player: ["0", "1"] for player in "ABCD"},
    )


def test_supports_that_are_left_open_are_named():
    found = thresholds(gt.Model("four", circle_of_four(), space), "t", over=(1, 2))
    assert not found.complete
    assert "{A: 0, 1; B: 0, 1; C: 0, 1; D: 0, 1}" in found.reason


def test_a_tree_can_be_solved_for_nash_equilibria():
    found = thresholds(tripwire(), "x_W", concept="nash")
    # The threat to respond is an equilibrium whether credible or not.
    assert all(any("refrain" in e.play for e in i.equilibria) for i in found.intervals)


def test_other_parameters_are_fixed_exactly():
    assert thresholds(tripwire(), "x_W", at={"k": 30.3}).points == (Fraction(101),)


def test_chance_may_depend_on_the_parameter():
    p = gt.ParameterSpace(gt.Parameter("p", "1/2", low=0, high=1))
    (symbol,) = (p.symbols("p"),)
    war = gt.Chance({"win": (symbol, gt.Outcome(A=3)), "lose": (1 - symbol, gt.Outcome(A=-1))})
    model = gt.Model("gamble", gt.ExtensiveGame(gt.Decision("A", {"war": war, "peace": gt.Outcome(A=1)})), p)
    assert thresholds(model, "p").points == (Fraction(1, 2),)
    with pytest.raises(gt.ParameterError, match="negative"):
        thresholds(model, "p", over=(0, 2))


@pytest.mark.parametrize(
    "name,options,error,words",
    [
        ("x_w", {}, gt.UnknownName, "did you mean 'x_W'"),
        ("x_W", {"at": {"kk": 3}}, gt.UnknownName, "did you mean 'k'"),
        ("x_W", {"at": {"x_W": 3}}, gt.ParameterError, "free parameter"),
        ("x_W", {"over": (3, 3)}, gt.ParameterError, "no interval"),
        ("x_W", {"over": (3, float("nan"))}, gt.ParameterError, "nan"),
        ("x_W", {"over": (3,)}, gt.ParameterError, "not a pair"),
        ("x_W", {"over": "ab"}, gt.ParameterError, "not a pair"),
        ("x_W", {"at": "k"}, gt.ParameterError, "write at="),
        ("x_W", {"concept": "nashh"}, gt.UnknownName, "did you mean 'nash'"),
    ],
)
def test_wrong_requests_are_explained(name, options, error, words):
    with pytest.raises(error, match=words):
        thresholds(tripwire(), name, **options)


def test_a_pole_inside_the_interval_is_refused_with_its_place():
    tree = gt.Decision("A", {"stay": gt.Outcome(A=2), "go": gt.Outcome(A=1 / (t - 1))})
    model = gt.Model("pole", gt.ExtensiveGame(tree), space)
    with pytest.raises(gt.ParameterError, match=r"payoff of A at go.*divides by zero at t = 1"):
        thresholds(model, "t")
    assert thresholds(model, "t", over=(2, 3)).points == ()


def test_unknown_outcomes_and_values_outside_are_refused():
    found = thresholds(tripwire(), "x_W")
    with pytest.raises(gt.UnknownName, match="did you mean"):
        found.range("payoff: Rusia")
    with pytest.raises(gt.ParameterError, match="outside the interval"):
        found.at(1)


def test_where_no_equilibrium_is_found_an_outcome_has_no_value():
    found = thresholds(gt.Model("four", circle_of_four(), space), "t", over=(1, 2))
    assert "no equilibrium found" in str(found)
    with pytest.raises(gt.Unsupported, match=r"no equilibrium was found where 1 <= t <= 2.*not quadratic"):
        found.range("payoff: A")


def test_shown_as_text_frame_latex_and_html():
    found = thresholds(tripwire(), "x_W")
    assert "x_W = 400/3" in str(found)
    frame = found.to_frame()
    assert frame["where"].iloc[0] == "60 <= x_W < 400/3 (≈ 133.333)"
    assert frame["payoff: Russia"].tolist() == [50, 50, 0, 0]
    assert r"\frac{400}{3}" in found.to_latex()
    assert "<table" in found._repr_html_()


def test_a_tie_that_mixtures_would_use_is_marked_wherever_it_is_read():
    """At t = 1 C is indifferent; if it mixes half and half, Z plays, and none of the listed equilibria says so."""
    inner = gt.Decision("C", {"l": gt.Outcome(Z=100, A=0, C=t), "r": gt.Outcome(Z=0, A=10, C=1)})
    middle = gt.Decision("A", {"out": gt.Outcome(Z=0, A=5, C=0), "in": inner})
    game = gt.ExtensiveGame(gt.Decision("Z", {"stay": gt.Outcome(Z=10, A=0, C=0), "play": middle}))
    model = gt.Model("hidden", game, gt.ParameterSpace(gt.Parameter("t", 1, low=0, high=2)))
    found = thresholds(model, "t")
    (point,) = found.breakpoints
    assert not point.equilibria.complete
    assert str(found).count("mixtures of tied choices") == 1
    assert "mixtures of tied choices" in found.to_latex()
    assert "mixtures of tied choices" in found._repr_html_()
    bars = gt.sensitivity.tornado(model, "P(Z: play)", progress=False)
    assert not bars["t"].complete
    assert "t: not every equilibrium is listed" in str(bars)


def test_what_is_no_model_is_refused():
    with pytest.raises(gt.ParameterError, match="takes a Model"):
        thresholds(tripwire().game, "x_W")


def test_latex_of_mixtures_and_of_roots_without_radicals():
    game = gt.NormalFormGame.from_bimatrix([[t, 0], [0, 1]], [[0, 1], [1, 0]])
    text = thresholds(gt.Model("matching", game, space), "t", over=(1, 3)).to_latex()
    assert r"\frac{t}{t + 1}" in text or r"\frac{1}{t + 1}" in text
    tree = gt.Decision("A", {"stay": gt.Outcome(A=1), "go": gt.Outcome(A=t**5 - t)})
    assert "CRootOf" not in thresholds(gt.Model("quintic", gt.ExtensiveGame(tree), space), "t").to_latex()


def test_a_map_can_be_pickled():
    found = thresholds(tripwire(), "x_W")
    again = pickle.loads(pickle.dumps(found))
    assert again.points == found.points
    assert again.range("payoff: West") == found.range("payoff: West")


def test_an_irrational_threshold_near_a_fraction_is_not_taken_for_it():
    tree = gt.Decision(
        "A", {"stay": gt.Outcome(A=-1000000000), "go": gt.Outcome(A=2000000000 * t**2 - 2999999999 * t)}
    )
    found = thresholds(gt.Model("near", gt.ExtensiveGame(tree), space), "t")
    assert all(not isinstance(point, Fraction) and not point.is_Rational for point in found.points)
    assert [float(point) for point in found.points] == pytest.approx([0.5, 1], abs=1e-8)
    assert len(found.at(1)) == len(found.at("1/2")) == 1
    assert len(found.at(found.points[0])) == 2


def test_values_at_every_threshold_and_outside():
    tree = gt.Decision("A", {"stay": gt.Outcome(A=2), "go": gt.Outcome(A=t**2)})
    found = thresholds(gt.Model("square", gt.ExtensiveGame(tree), space), "t")
    assert found.values_at("payoff: A", found.points[1]) == (2, 2)
    assert found.interval_at(found.points[1]) is None
    for ask in (found.interval_at, lambda value: found.values_at("payoff: A", value)):
        with pytest.raises(gt.ParameterError, match="outside the interval"):
            ask(77)


@pytest.mark.parametrize("over", [(0, "1e400"), ("-1e308", "1e308"), (0, "1e-400")])
def test_intervals_of_any_size(over):
    tree = gt.Decision("A", {"stay": gt.Outcome(A=0), "go": gt.Outcome(A=t - scalars.exact(over[1]) / 2)})
    found = thresholds(gt.Model("wide", gt.ExtensiveGame(tree), space), "t", over=over)
    assert found.points == (scalars.exact(over[1]) / 2,)


def test_a_polynomial_of_high_degree():
    tree = gt.Decision(
        "A",
        {
            "l": gt.Outcome(A=t**40 - 3 * t**17 + t - sympy.Rational(1, 7)),
            "m": gt.Outcome(A=t**5 - t - 1),
            "r": gt.Outcome(A=0),
        },
    )
    found = thresholds(gt.Model("high", gt.ExtensiveGame(tree), space), "t")
    values = found.to_frame()["low_value"]
    assert "≈" in str(found)
    assert values.is_monotonic_increasing


def test_probabilities_must_not_be_negative_in_the_strategic_form_either():
    p = gt.ParameterSpace(gt.Parameter("p", "1/2", low=0, high=1))
    symbol = p.symbols("p")
    war = gt.Chance({"win": (symbol, gt.Outcome(A=3)), "lose": (1 - symbol, gt.Outcome(A=-1))})
    model = gt.Model("gamble", gt.ExtensiveGame(gt.Decision("A", {"war": war, "peace": gt.Outcome(A=1)})), p)
    assert thresholds(model, "p", concept="nash").points == (Fraction(1, 2),)
    with pytest.raises(gt.ParameterError, match=r"probability of war/lose is negative"):
        thresholds(model, "p", over=(0, 2), concept="nash")


def test_a_pole_that_cancels_is_refused_as_the_game_there_is():
    tree = gt.Decision("A", {"stay": gt.Outcome(A=0), "go": gt.Outcome(A=(t**2 - 1) / (t - 1))})
    model = gt.Model("hole", gt.ExtensiveGame(tree), space)
    with pytest.raises(gt.ParameterError, match="divides by zero at t = 1"):
        model.at(t=1)
    with pytest.raises(gt.ParameterError, match="divides by zero at t = 1"):
        thresholds(model, "t")
