"""Comparative statics: against differences of the exact solver, the envelope theorem, invariances, and published games."""

from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory import scalars
from gametheory.errors import GameError, ParameterError, UnknownName, Unsupported
from gametheory.models import kazakhstan
from gametheory.sensitivity import comparative_statics, thresholds
from gametheory.sensitivity.statics_result import Bounds
from gametheory.testing import models

STEP = Fraction(1, 10**7)


def inspection(**changes):
    space = gt.ParameterSpace(
        gt.Parameter("fine", 4, 2, 10),
        gt.Parameter("gain", 1, "1/2", "3/2"),
        gt.Parameter("cost", 1, "1/2", 2),
    ).with_values(**changes)
    fine, gain, cost = space.symbols("fine gain cost")
    game = gt.NormalFormGame.from_bimatrix(
        [[gain - fine, gain], [0, 0]],
        [[3 - cost, 0], [-cost, 0]],
        players=("Citizen", "Police"),
        strategies=[["break", "keep"], ["inspect", "rest"]],
    )
    return gt.Model("inspection", game, space)


def solve(model, point):
    game = model.at(point)
    return (
        gt.subgame_perfect_equilibria(game)
        if isinstance(game, gt.ExtensiveGame)
        else gt.nash_equilibria(game)
    )


def value(expression, point):
    return (
        Fraction(scalars.substitute(expression, point))
        if scalars.is_expression(expression)
        else Fraction(expression)
    )


def three_players(space, seed, degree=1):
    """A 2x2x2 game whose payoffs move with t."""
    t = space.symbols("t")
    rng = np.random.default_rng(seed)
    payoffs = np.empty((3, 2, 2, 2), dtype=object)
    for index in np.ndindex(3, 2, 2, 2):
        payoffs[index] = int(rng.integers(-9, 10)) + int(rng.integers(-2, 3)) * t**degree
    return gt.NormalFormGame(payoffs)


# ---------------------------------------------------------------------------------------------------------------------
# Published
# ---------------------------------------------------------------------------------------------------------------------
def test_own_payoffs_do_not_move_own_mixing_in_the_inspection_game():
    # Tsebelis 1990: a higher fine changes how often the police inspect, not how often the law is broken.
    found = comparative_statics(inspection())
    for name in ("fine", "gain"):
        assert found.derivative("P(Citizen: break)", name) == 0
        assert found.sign_over_box("P(Citizen: break)", name) == "0"
    assert found.derivative("P(Police: inspect)", "cost") == 0
    assert found.formula("P(Police: inspect)") == scalars.parse("gain/fine")
    assert found.derivative("P(Police: inspect)", "fine") == Fraction(-1, 16)
    assert found.elasticity("P(Police: inspect)", "fine") == -1
    assert found.elasticity("P(Police: inspect)", "gain") == 1
    assert found.derivative("P(Citizen: break)", "cost") == Fraction(1, 3)
    assert found.sign_over_box("P(Police: inspect)", "fine") == "-"
    assert found.sign_over_box("P(Police: rest)", "fine") == "+"
    assert found.index == 1


def test_matching_pennies_with_a_parameter():
    # Goeree and Holt 2001: the own payoff of the row player moves the column player only.
    space = gt.ParameterSpace(gt.Parameter("x", 80, 44, 320))
    x = space.symbols("x")
    game = gt.NormalFormGame.from_bimatrix(
        [[x, 40], [40, 80]], [[40, 80], [80, 40]], strategies=[["T", "B"], ["L", "R"]]
    )
    found = comparative_statics(gt.Model("pennies", game, space))
    assert found.derivative("P(Player 1: T)", "x") == 0
    assert found.formula("P(Player 2: L)") == scalars.parse("40/x")
    assert found.derivative("P(Player 2: L)", "x") == Fraction(-40, 6400)
    assert found.elasticity("P(Player 2: L)", "x") == -1


def test_the_threshold_of_the_tripwire_by_hand():
    # The West responds if x > 10 k / 3.
    space = gt.ParameterSpace(gt.Parameter("x", 134, 60, 160), gt.Parameter("k", 40, 10, 90))
    x, k = space.symbols("x k")
    reply = {
        "acquiesce": gt.Outcome(Russia=50, West=-x / 2),
        "respond": gt.Outcome(Russia=-20, West=-x / 5 - k),
    }
    tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": gt.Decision("West", reply)})
    model = gt.Model("tripwire", gt.ExtensiveGame(tree), space)
    found = comparative_statics(model, outcomes=["threshold: x", "threshold: k", "P(Russia: act)"])
    row = found["threshold: x"]
    assert (row.value, row.derivatives["k"], row.derivatives["x"]) == (Fraction(400, 3), Fraction(10, 3), 0)
    assert "lower end" in row.name
    assert "acquiesce instead of respond" in row.name
    assert found.elasticity("threshold: x", "k") == 1
    assert found.formula("threshold: x") == scalars.parse("10*k/3")
    assert found["threshold: k"].value == Fraction(201, 5)
    assert found.derivative("threshold: k", "x") == Fraction(3, 10)


def test_only_the_nearest_ends_are_thresholds():
    space = gt.ParameterSpace(gt.Parameter("t", 2, -5, 5), gt.Parameter("a", 1, 0, 2))
    t, a = space.symbols("t a")
    worth = {"go": t, "low": a, "middle": 2 * a - Fraction(1, 2)}
    tree = gt.Decision("A", {name: gt.Outcome(A=value) for name, value in worth.items()})
    found = comparative_statics(gt.Model("ends", gt.ExtensiveGame(tree), space), outcomes=["threshold: t"])
    assert [(r.value, r.derivatives["a"]) for r in found] == [(Fraction(3, 2), 2)]


# ---------------------------------------------------------------------------------------------------------------------
# Against the solver
# ---------------------------------------------------------------------------------------------------------------------
def agree(model, found, k, point, equilibrium):
    """Derivatives against quotients of differences of the solver's equilibria of the same support."""
    for name in found.parameters:
        near = []
        for step in (STEP, -STEP):
            others = solve(model, {**point, name: point[name] + step})
            near.append([e for e in others if e.support == equilibrium.support])
        if any(len(side) != 1 for side in near):
            continue
        (above,), (below,) = near
        for response in found:
            try:
                high, low = above.outcome(response.name), below.outcome(response.name)
            except UnknownName:
                continue
            quotient = float(Fraction(high) - Fraction(low)) / float(2 * STEP)
            assert float(response.derivatives[name]) == pytest.approx(quotient, rel=1e-4, abs=1e-4), (
                response.name,
                name,
            )


@settings(max_examples=40, deadline=None)
@given(models(size=(2, 3), parameters=(1, 2), players=2))
def test_derivatives_are_limits_of_differences(model):
    if not model.game.parameters:
        return
    point = dict(model.space.baseline)
    equilibria = solve(model, point)
    for k, equilibrium in enumerate(equilibria):
        try:
            found = comparative_statics(model, k, at=point, progress=False)
        except Unsupported as refusal:
            error = str(refusal)
        else:
            error = ""
        if error:
            # Only what is not regular has no derivatives.
            assert equilibrium.continuum or "not regular" in error or "surface" in error, error
            continue
        if not found.binding and not found.notes:
            agree(model, found, k, point, equilibrium)


@settings(max_examples=15, deadline=None)
@given(models(form="normal", size=(2, 3), parameters=2, players=2))
def test_envelope_theorem_and_formulas_at_a_point(model):
    if not model.game.parameters:
        return
    point = dict(model.space.baseline)
    for k, equilibrium in enumerate(solve(model, point)):
        try:
            found = comparative_statics(model, k, progress=False)
        except Unsupported:
            continue
        if not equilibrium.continuum:
            assert found.index == equilibrium.index
        for response in found:
            for name in found.parameters:
                rate = response.derivatives[name]
                assert value(found.formula(response.name, name), point) == rate
                if response.kind == "payoff":
                    assert response.own[name] == 0
                    assert response.direct[name] + response.strategic[name] == rate


@settings(max_examples=30, deadline=None)
@given(
    models(form="normal", size=2, parameters=1, players=2),
    st.tuples(*[st.integers(1, 5)] * 2),
    st.tuples(*[st.integers(-5, 5)] * 2),
    st.permutations([0, 1]),
)
def test_units_of_payoffs_and_order_of_players_do_not_matter(model, scales, shifts, order):
    if not model.game.parameters:
        return
    game = model.game
    changed = [game.payoffs[i] * scales[i] + shifts[i] for i in range(2)]
    payoffs = np.array([np.transpose(changed[i], order) for i in order], dtype=object)
    other = gt.NormalFormGame(
        payoffs, players=[game.players[i] for i in order], strategies=[game.strategies[i] for i in order]
    )
    moved = gt.Model("moved", other, model.space)
    for equilibrium in solve(model, {}):
        profile = {player: list(names) for player, names in equilibrium.support.items()}
        try:
            first = comparative_statics(model, profile, progress=False)
        except Unsupported:
            with pytest.raises(Unsupported):
                comparative_statics(moved, profile, progress=False)
            continue
        second = comparative_statics(moved, profile, progress=False)
        assert first.index == second.index
        for response in first:
            for name in first.parameters:
                unit = 1
                if response.kind == "payoff":
                    unit = scales[game.players.index(response.name.removeprefix("payoff: "))]
                elif response.name.startswith("outcome"):
                    continue  # named after the order of the players
                assert second.derivative(response.name, name) == unit * response.derivatives[name]


@pytest.mark.parametrize("name", ["E_W", "N_WF", "G_F"])
def test_thresholds_of_the_flagship_are_those_of_the_exact_map_and_move_as_it_does(name):
    model = kazakhstan.sequential()
    found = comparative_statics(model, outcomes=[f"threshold: {name}"], progress=False)
    here = model.space.baseline[name]
    points = thresholds(model, name, progress=False).points
    below, above = [p for p in points if p < here], [p for p in points if p > here]
    expected = {("lower", p) for p in below[-1:]} | {("upper", p) for p in above[:1]}
    assert {(r.name.split("(")[1].split(" ")[0], r.value) for r in found} == expected
    for response in found:
        for other in ("transit", "N_WF", "d_s"):
            if other == name:
                continue
            step = Fraction(1, 10**6)
            moved = []
            for sign in (1, -1):
                at = {other: model.space.baseline[other] + sign * step}
                moved.append(
                    min(
                        thresholds(model, name, at=at, progress=False).points,
                        key=lambda p: abs(p - response.value),
                    )
                )
            quotient = float(moved[0] - moved[1]) / float(2 * step)
            assert float(response.derivatives[other]) == pytest.approx(quotient, rel=1e-4, abs=1e-7)


def test_a_mixed_stage_of_a_tree():
    # An entrant comes in before an inspection game; the mixed stage moves what entry is worth.
    space = gt.ParameterSpace(gt.Parameter("fine", 4, 2, 10), gt.Parameter("cost", 1, "1/2", 2))
    fine, cost = space.symbols("fine cost")
    ends = {
        ("break", "inspect"): gt.Outcome(Citizen=1 - fine, Police=3 - cost),
        ("break", "rest"): gt.Outcome(Citizen=1, Police=0),
        ("keep", "inspect"): gt.Outcome(Citizen=0, Police=-cost),
        ("keep", "rest"): gt.Outcome(Citizen=0, Police=0),
    }
    stage = gt.simultaneous(
        {"Citizen": ["break", "keep"], "Police": ["inspect", "rest"]}, lambda c, p: ends[c, p]
    )
    tree = gt.Decision("Citizen", {"stay": gt.Outcome(Citizen=-1, Police=0), "come": stage})
    model = gt.Model("visit", gt.ExtensiveGame(tree), space)
    (equilibrium,) = solve(model, {})
    found = comparative_statics(model, equilibrium)
    agree(model, found, 0, dict(model.space.baseline), equilibrium)
    names = [r.name for r in found if r.kind == "strategy"]
    assert len(names) == 4
    (inspect,) = [name for name in names if name.endswith("inspect")]
    assert found.derivative(inspect, "fine") == Fraction(-1, 16)
    assert found.derivative("P(Police: inspect)", "fine") == Fraction(-1, 16)
    for response in found:
        if response.kind == "payoff":
            assert set(response.own.values()) == {Fraction(0)}


def test_payoffs_that_are_quotients():
    space = gt.ParameterSpace(gt.Parameter("s", 1, 0, 2), gt.Parameter("t", 2, 1, 3))
    s, t = space.symbols("s t")
    game = gt.NormalFormGame.from_bimatrix([[s / (t + s), 0], [0, 1 / t]], [[0, 1 / (1 + s)], [t / 3, 0]])
    model = gt.Model("shares", game, space)
    (equilibrium,) = solve(model, {})
    found = comparative_statics(model)
    agree(model, found, 0, dict(model.space.baseline), equilibrium)
    point = dict(model.space.baseline)
    for response in found:
        for name in found.parameters:
            assert value(found.formula(response.name, name), point) == response.derivatives[name]
            if response.kind == "payoff":
                assert response.own[name] == 0
    pure = gt.Model(
        "tree", gt.ExtensiveGame(gt.Decision("A", {"a": gt.Outcome(A=s / t), "b": gt.Outcome(A=0)})), space
    )
    assert comparative_statics(pure).derivative("payoff: A", "t") == Fraction(-1, 4)


# ---------------------------------------------------------------------------------------------------------------------
# Irrational equilibria
# ---------------------------------------------------------------------------------------------------------------------
SPACE = gt.ParameterSpace(gt.Parameter("t", 1, -2, 2))


def mixing(count=4):
    """Games of three players with a fully mixed equilibrium, and its position."""
    found = []
    seed = 0
    while len(found) < count:
        model = gt.Model(f"seed {seed}", three_players(SPACE, seed), SPACE)
        equilibria = gt.nash_equilibria(model.at())
        found += [(model, k, e) for k, e in enumerate(equilibria) if e.enclosure and e.index][:1]
        seed += 1
    return found


def test_irrational_equilibria_move_as_the_solver_says_within_bounds():
    for model, _, equilibrium in mixing():
        found = comparative_statics(model, equilibrium)
        assert not found.exact
        assert found.index == equilibrium.index
        assert any("more than two mix" in note for note in found.notes)
        near = []
        for step in (Fraction(1, 10**5), Fraction(-1, 10**5)):
            others = gt.nash_equilibria(model.at(t=1 + step))
            near.append(min(others, key=lambda e: distance(e, equilibrium)))
        for response in found:
            rate = response.derivatives["t"]
            if isinstance(rate, Bounds):
                assert 0 < rate.high - rate.low < Fraction(1, 10**20)
            quotient = float(near[0].outcome(response.name) - near[1].outcome(response.name)) / 2e-5
            assert float(rate) == pytest.approx(quotient, rel=1e-4, abs=1e-4), response.name
            if response.kind == "payoff":
                own = response.own["t"]
                assert (own.low <= 0 <= own.high) if isinstance(own, Bounds) else own == 0


def distance(first, second):
    pairs = zip(first.profile.arrays, second.profile.arrays, strict=True)
    return max(abs(float(a) - float(b)) for one, other in pairs for a, b in zip(one, other, strict=True))


def test_formulas_in_the_probabilities_that_mix_agree_with_the_bounds():
    model, k, equilibrium = mixing(1)[0]
    found = comparative_statics(model, k)
    names = {
        f"{p}: {s}": float(equilibrium.profile[p][s])
        for p in model.game.players
        for s in model.game.strategies[0]
    }
    for response in (found[name] for name in ("P(Player 1: 1)", "payoff: Player 2")):
        formula = sympy.sympify(found.formula(response.name, "t"))
        at = {symbol: names.get(symbol.name, 1.0) for symbol in formula.free_symbols}
        assert float(formula.subs(at)) == pytest.approx(float(response.derivatives["t"]), rel=1e-6, abs=1e-9)
    with pytest.raises(Unsupported, match="need closed forms"):
        comparative_statics(model, k, outcomes=["threshold: t"])


def test_an_irrational_stage_of_a_tree():
    names = ["x", "y"]
    table = three_players(SPACE, 0).payoffs

    def end(*moves):
        cell = tuple(names.index(move) for move in moves)
        return gt.Outcome(**{player: table[(k, *cell)] for k, player in enumerate("ABC")})

    stage = gt.simultaneous(dict.fromkeys("ABC", names), end)
    tree = gt.Decision("A", {"in": stage, "out": gt.Outcome(A=-9, B=0, C=0)})
    model = gt.Model("stage", gt.ExtensiveGame(tree), SPACE)
    equilibria = gt.subgame_perfect_equilibria(model.at())
    k, equilibrium = next((k, e) for k, e in enumerate(equilibria) if not e.exact)
    found = comparative_statics(model, k)
    near = [
        min(gt.subgame_perfect_equilibria(model.at(t=1 + step)), key=lambda e: distance(e, equilibrium))
        for step in (Fraction(1, 10**5), Fraction(-1, 10**5))
    ]
    for player in "ABC":
        name = f"payoff: {player}"
        quotient = float(near[0].outcome(name) - near[1].outcome(name)) / 2e-5
        assert float(found.derivative(name, "t")) == pytest.approx(quotient, rel=1e-5)
    with pytest.raises(Unsupported, match="at=\\{"):
        comparative_statics(model, equilibrium, at={"t": "3/2"})


def test_three_who_mix_rationally_are_exact():
    # Each of three wants to differ from the next; half and half for everybody, whatever t.
    t = SPACE.symbols("t")
    payoffs = np.empty((3, 2, 2, 2), dtype=object)
    for index in np.ndindex(2, 2, 2):
        for i in range(3):
            j, k = (i + 1) % 3, (i + 2) % 3
            payoffs[(i, *index)] = (
                (2 + t) * int(index[i] != index[j])
                + t * index[k] * (index[i] - Fraction(1, 2))
                - (index[i] * t / 2)
            )
    model = gt.Model("ring", gt.NormalFormGame(payoffs), SPACE)
    equilibrium = next(
        e
        for e in gt.nash_equilibria(model.at())
        if all(p == Fraction(1, 2) for v in e.profile.arrays for p in v)
    )
    found = comparative_statics(model, equilibrium)
    assert found.exact
    assert found.derivative("P(Player 1: 1)", "t") == 0
    assert found.index == equilibrium.index
    assert all(isinstance(rate, Fraction) for r in found for rate in r.derivatives.values())


# ---------------------------------------------------------------------------------------------------------------------
# Signs over the box
# ---------------------------------------------------------------------------------------------------------------------
@settings(max_examples=6, deadline=None)
@given(models(form="normal", size=2, parameters=2, players=2), st.randoms(use_true_random=False))
def test_proved_signs_hold_at_points_of_the_box(model, random):
    if not model.game.parameters:
        return
    equilibria = solve(model, {})
    try:
        found = comparative_statics(model, len(equilibria) - 1, progress=False)
    except Unsupported:
        return
    box, played = (
        {
            (r.name, name): found.sign_over_box(r.name, name, where=where, budget=10)
            for r in list(found)[::4]
            for name in found.parameters
        }
        for where in ("defined", "equilibrium")
    )
    profile = {player: list(names) for player, names in equilibria[-1].support.items()}
    for _ in range(6):
        point = {
            n: p.low + (p.high - p.low) * Fraction(random.randint(0, 12), 12) for n, p in model.space.items()
        }
        for (outcome, name), sign in box.items():
            try:
                rate = value(found.formula(outcome, name), point)
            except (ZeroDivisionError, TypeError, ValueError, ParameterError):
                continue
            assert (rate >= 0 or sign != "+") and (rate <= 0 or sign != "-") and (rate == 0 or sign != "0")
        try:
            there = comparative_statics(model, profile, at=point, progress=False)
        except (GameError, Unsupported):
            continue  # the conditions fail there
        for (outcome, name), sign in played.items():
            rate = there.derivative(outcome, name)
            assert (rate >= 0 or sign != "+") and (rate <= 0 or sign != "-") and (rate == 0 or sign != "0")


def test_signs_where_the_equilibrium_is_played():
    space = gt.ParameterSpace(
        gt.Parameter("size", 1, -1, 1), gt.Parameter("gain", 1, "1/2", 2), gt.Parameter("tax", 0, -1, 1)
    )
    size, gain, tax = space.symbols("size gain tax")
    tree = gt.Decision(
        "Ann", {"in": gt.Outcome(Ann=size * gain, Bob=size * tax), "out": gt.Outcome(Ann=0, Bob=0)}
    )
    found = comparative_statics(gt.Model("entry", gt.ExtensiveGame(tree), space))
    for where, expected in (("defined", "+/-"), ("equilibrium", "+")):
        assert found.sign_over_box("payoff: Ann", "gain", where=where) == expected
        assert found.sign_over_box("payoff: Bob", "tax", where=where) == expected
        assert found.sign_over_box("payoff: Bob", "size", where=where) == "+/-"
        assert found.sign_over_box("payoff: Bob", "gain", where=where) == "0"
    with pytest.raises(UnknownName, match="equilibrium"):
        found.sign_over_box("payoff: Ann", "gain", where="equilibria")


def test_signs_where_a_factor_of_a_condition_is_negative():
    space = gt.ParameterSpace(gt.Parameter("size", -1, -1, 1), gt.Parameter("loss", -1, -2, "-1/2"))
    size, loss = space.symbols("size loss")
    tree = gt.Decision("Ann", {"in": gt.Outcome(Ann=size * loss), "out": gt.Outcome(Ann=0)})
    found = comparative_statics(gt.Model("entry", gt.ExtensiveGame(tree), space))
    assert found.sign_over_box("payoff: Ann", "loss") == "+/-"
    assert found.sign_over_box("payoff: Ann", "loss", where="equilibrium") == "-"


def test_signs_of_thresholds_where_the_equilibrium_is_played():
    # Ann goes if t >= (a - 1) / b: a higher b lowers the threshold where a > 1, and raises it elsewhere.
    space = gt.ParameterSpace(
        gt.Parameter("t", 2, 0, 2), gt.Parameter("a", 2, 0, 2), gt.Parameter("b", 1, "1/2", 2)
    )
    t, a, b = space.symbols("t a b")
    tree = gt.Decision("Ann", {"go": gt.Outcome(Ann=t * b), "stay": gt.Outcome(Ann=a - 1)})
    found = comparative_statics(gt.Model("go", gt.ExtensiveGame(tree), space), outcomes=["threshold: t"])
    assert found.sign_over_box("threshold: t", "b") == "+/-"
    # Within the range of t, which is not negative, the threshold is one of a > 1.
    assert found.sign_over_box("threshold: t", "b", where="equilibrium") == "-"
    assert found.sign_over_box("threshold: t", "a", where="equilibrium") == "+"


def test_signs_of_quotients_whose_denominator_is_negative_on_the_box():
    space = gt.ParameterSpace(
        gt.Parameter("t", -2, -4, 4), gt.Parameter("a", 1, 1, 2), gt.Parameter("b", -1, -2, -1)
    )
    t, a, b = space.symbols("t a b")
    tree = gt.Decision("Ann", {"go": gt.Outcome(Ann=t * b), "stay": gt.Outcome(Ann=a)})
    found = comparative_statics(gt.Model("go", gt.ExtensiveGame(tree), space), outcomes=["threshold: t"])
    assert found.formula("threshold: t", "a") == scalars.parse("1/b")
    assert found.sign_over_box("threshold: t", "a") == found.sign("threshold: t", "a") == "-"
    assert found.sign_over_box("threshold: t", "b") == found.sign("threshold: t", "b") == "-"


# ---------------------------------------------------------------------------------------------------------------------
# Boundaries and errors
# ---------------------------------------------------------------------------------------------------------------------
def test_on_a_boundary_the_sides_are_named():
    # The value 2 - t of the other action: at t = 1 the first is as good as the second, and better above.
    space = gt.ParameterSpace(gt.Parameter("t", 1, 0, 2), gt.Parameter("s", 1, 0, 2))
    t, s = space.symbols("t s")
    tree = gt.Decision("A", {"first": gt.Outcome(A=t * s), "second": gt.Outcome(A=2 - t)})
    model = gt.Model("kink", gt.ExtensiveGame(tree), space)
    first = comparative_statics(model, {"A": "first"}, outcomes=["payoff: A", "threshold: t"])
    assert [condition.label for condition in first.binding] == ["A [start]: second instead of first"]
    assert (first.side("t"), first.side("s")) == ("up", "up")
    assert first.index is None
    assert first.derivative("payoff: A", "t") == 1
    assert first["threshold: t"].value == 1
    assert first.derivative("threshold: t", "s") == Fraction(-1, 2)
    assert "binds" in str(first)
    second = comparative_statics(model, {"A": "second"})
    assert (second.side("t"), second.side("s")) == ("down", "down")
    assert second.derivative("payoff: A", "t") == -1


def test_a_condition_that_touches_zero_binds_on_no_side():
    space = gt.ParameterSpace(gt.Parameter("t", 0, -1, 1))
    t = space.symbols("t")
    tree = gt.Decision("A", {"safe": gt.Outcome(A=0), "risk": gt.Outcome(A=t**2)})
    model = gt.Model("touch", gt.ExtensiveGame(tree), space)
    assert comparative_statics(model, {"A": "safe"}).side("t") == "none"
    assert comparative_statics(model, {"A": "risk"}).side("t") == "both"
    assert len(comparative_statics(model, {"A": "risk"}, at={"t": "1/2"}, outcomes=["threshold: t"])) == 0


def test_irrational_thresholds_move_as_their_polynomial_does():
    space = gt.ParameterSpace(gt.Parameter("t", 0, 0, 2), gt.Parameter("a", 2, 1, 3))
    t, a = space.symbols("t a")
    tree = gt.Decision("A", {"stay": gt.Outcome(A=a), "go": gt.Outcome(A=t**2)})
    found = comparative_statics(gt.Model("root", gt.ExtensiveGame(tree), space), outcomes=["threshold: t"])
    row = found["threshold: t"]
    assert float(row.value) == pytest.approx(2**0.5)
    rate = row.derivatives["a"]
    assert rate.low < Fraction(2**0.5 / 4) + Fraction(1, 10**12)
    assert rate.high > Fraction(2**0.5 / 4) - Fraction(1, 10**12)
    assert rate.high - rate.low < Fraction(1, 10**12)
    assert found.formula("threshold: t", "a") == scalars.parse("1/(2*t)")
    assert found.sign_over_box("threshold: t", "a") == "+"
    assert float(found.elasticity("threshold: t", "a")) == pytest.approx(0.5)


def test_what_is_not_regular_is_refused_by_name():
    space = gt.ParameterSpace(gt.Parameter("t", 0, -1, 1))
    t = space.symbols("t")
    game = gt.NormalFormGame.from_bimatrix([[t, 0], [0, t]], [[0, 1], [1, 0]])
    model = gt.Model("flat", game, space)
    with pytest.raises(Unsupported, match="do not determine"):
        comparative_statics(model, {"Player 1": ["1", "2"], "Player 2": ["1", "2"]})
    with pytest.raises(GameError, match="1 instead of 2"):
        comparative_statics(model, {"Player 1": "2", "Player 2": "1"}, at={"t": 1})
    with pytest.raises(GameError, match="at=\\{"):
        comparative_statics(inspection(), solve(inspection(), {"fine": 5})[0])
    with pytest.raises(GameError, match="no equilibrium number 3"):
        comparative_statics(inspection(), 3)


def test_names_that_do_not_exist():
    model = inspection()
    with pytest.raises(UnknownName, match="did you mean 'fine'"):
        comparative_statics(model, 0, "fin")
    with pytest.raises(UnknownName, match="did you mean 'cost'"):
        comparative_statics(model, at={"cots": 1})
    with pytest.raises(UnknownName, match="unknown"):
        comparative_statics(model, outcomes=["P(Police: inspct)"])
    with pytest.raises(UnknownName, match="parameter"):
        comparative_statics(model, outcomes=["threshold: fin"])
    with pytest.raises(ParameterError, match="single text"):
        comparative_statics(model, outcomes="payoff: Police")
    with pytest.raises(ParameterError, match="empty"):
        comparative_statics(model, 0, [])
    with pytest.raises(ParameterError, match="of a Model"):
        comparative_statics(model.game)
    found = comparative_statics(model)
    with pytest.raises(UnknownName, match="parameter"):
        found.derivative("payoff: Police", "fin")
    with pytest.raises(UnknownName, match="outcome"):
        found["payoff: Polic3"]
    with pytest.raises(UnknownName, match="kind"):
        found.to_frame("slope")
    real = gt.Model(
        "floats",
        gt.NormalFormGame.from_bimatrix([[0.5, 1.0]], [[1.0, 2.0]]),
        gt.ParameterSpace(gt.Parameter("t", 1)),
    )
    with pytest.raises((Unsupported, ParameterError)):
        comparative_statics(real, 0, "t")


def test_functions_of_an_equilibrium_are_left_out_and_refused_by_name():
    model = inspection()
    own = gt.Model(
        "own", model.game, model.space, {"war": "P(Citizen: break)", "sum": lambda e: sum(e.payoffs.values())}
    )
    found = comparative_statics(own)
    assert found.derivative("war", "cost") == Fraction(1, 3)
    assert any("sum" in note for note in found.notes)
    with pytest.raises(Unsupported, match="function of an equilibrium"):
        comparative_statics(own, outcomes=["sum"])


# ---------------------------------------------------------------------------------------------------------------------
# Shapes
# ---------------------------------------------------------------------------------------------------------------------
def test_tables_of_every_kind_and_the_same_after_a_pickle():
    found = comparative_statics(inspection())
    again = pickle.loads(pickle.dumps(found))
    for kind in ("derivative", "elasticity", "sign", "box", "side", "formula", "direct", "strategic", "own"):
        frame = found.to_frame(kind)
        assert list(frame.columns) == ["fine", "gain", "cost"]
        assert frame.equals(again.to_frame(kind))
        assert r"\begin{tabular}" in found.to_latex(kind)
    assert list(found.to_frame("own").index) == ["payoff: Citizen", "payoff: Police"]
    assert found.to_frame("sign").loc["P(Police: inspect)", "fine"] == "-"
    assert str(found) == str(again)
    assert "inspect" in found._repr_html_()
    assert "<script" not in found._repr_html_()


def test_parameters_that_are_not_in_the_game_move_nothing():
    model = inspection()
    space = gt.ParameterSpace(*model.space.values(), gt.Parameter("idle", 1, 0, 2))
    wide = gt.Model("wide", model.game, space)
    assert "idle" not in comparative_statics(wide).parameters
    found = comparative_statics(wide, 0, ["idle", "fine"])
    assert set(found.to_frame("sign")["idle"]) == {"0"}
    assert set(found.to_frame("box")["idle"]) == {"0"}
    assert found.derivative("P(Police: inspect)", "fine") == Fraction(-1, 16)


def test_an_equilibrium_may_be_given_in_every_way():
    model = inspection()
    (equilibrium,) = solve(model, {})
    closed = thresholds(model, "fine").intervals[0].equilibria[0]
    ways = [
        equilibrium,
        equilibrium.profile,
        0,
        -1,
        closed,
        {"Citizen": ["break", "keep"], "Police": ["inspect", "rest"]},
    ]
    tables = [str(comparative_statics(model, way)) for way in ways]
    assert len(set(tables)) == 1


def test_all_parameters_of_the_flagship():
    model = kazakhstan.sequential()
    found = comparative_statics(model, progress=False)
    assert len(found.parameters) == 31
    assert found.index == 1
    # Investment abroad: Russia loses its own stock, and the West its own, by the share that a limited action destroys.
    assert found.derivative("payoff: Russia", "E_W") == 0
    assert found.derivative("payoff: West", "E_W") == -found.at["reach_L"] * (
        found.at["d_s"] * found.at["p0_L"] + found.at["d_f"] * (1 - found.at["p0_L"])
    )
    assert found.sign_over_box("payoff: Russia", "G_L") == "+"
    assert found.sign_over_box("payoff: China", "p0_L") == "+/-"
