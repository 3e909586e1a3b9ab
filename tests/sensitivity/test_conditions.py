"""Conditions of profiles: against the exact solvers at points, their invariances, and published games."""

from __future__ import annotations

import itertools
import pickle
from fractions import Fraction
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.errors import GameError, ParameterError, TooLarge, UnknownName, Unsupported
from gametheory.models import kazakhstan
from gametheory.sensitivity import _profile_cases, conditions
from gametheory.sensitivity._reduction import Reducer
from gametheory.sensitivity._systems import Systems
from gametheory.sensitivity.arrangement import sides, tidy
from gametheory.solvers.rational_functions import Ring
from gametheory.testing import models

SPACE = gt.ParameterSpace(gt.Parameter("s", 1, -2, 2), gt.Parameter("t", 1, -2, 2))


def random_point(rng, space, steps=20):
    """A point of the box, often on its boundary, where ties are."""
    return {
        name: p.low + (p.high - p.low) * Fraction(int(rng.integers(0, steps + 1)), steps)
        for name, p in space.items()
    }


def random_table(rng, shape):
    s, t = SPACE.symbols("s t")
    payoffs = np.empty((len(shape), *shape), dtype=object)
    for index in np.ndindex(*payoffs.shape):
        a, b, c, d = (int(k) for k in rng.integers(-4, 5, 4))
        payoffs[index] = a + b * t + c * s * t + d * s**2
    return gt.Model("random", gt.NormalFormGame(payoffs), SPACE)


def supports(game):
    options = [
        [c for size in (1, 2, 3) for c in itertools.combinations(names, size)] for names in game.strategies
    ]
    for chosen in itertools.product(*options):
        if len({len(names) for names in chosen}) == 1:
            yield dict(zip(game.players, map(list, chosen), strict=True))


def _agrees(model, values, found, systems):
    """Of those asked for, the supports whose conditions hold are those of equilibria; not said where there is a continuum."""
    equilibria = gt.nash_equilibria(model.at(values))
    if not any(e.continuum for e in equilibria):
        held = {support for support, c in found.items() if c.holds_at(values)}
        assert held == {systems.support(e) for e in equilibria} & set(found)


@pytest.mark.parametrize("seed", range(4))
def test_of_a_table_they_hold_exactly_where_the_solver_finds_the_support(seed):
    rng = np.random.default_rng(seed)
    model = random_table(rng, (2, 2))
    systems = Systems(model.game)
    found = {systems.support(profile): conditions(model, profile) for profile in supports(model.game)}
    for _ in range(12):
        _agrees(model, random_point(rng, SPACE), found, systems)


def test_a_three_by_three_table():
    rng = np.random.default_rng(3)
    model = random_table(rng, (3, 3))
    systems = Systems(model.game)
    points = [random_point(rng, SPACE) for _ in range(5)]
    played = {systems.support(e) for p in points for e in gt.nash_equilibria(model.at(p))}
    # Supports that are in equilibrium at one of the points, and a few that need not be.
    wanted = [p for k, p in enumerate(supports(model.game)) if systems.support(p) in played or k % 7 == 0]
    found = {systems.support(profile): conditions(model, profile) for profile in wanted}
    assert any(len(support[0]) > 1 for support in found)
    for point in points:
        _agrees(model, point, found, systems)


@given(models(form="extensive", size=(2, 2), depth=2), st.integers(0, 1000))
@settings(max_examples=15)
def test_of_a_tree_they_hold_exactly_where_the_profile_is_subgame_perfect(model, seed):
    from gametheory.equilibria.sequential import is_subgame_perfect

    rng = np.random.default_rng(seed)
    game = model.game
    profile = {
        player: {
            game.infosets[h].label: str(rng.choice(game.infosets[h].actions))
            for h in game.infosets_of(player)
        }
        for player in game.players
    }
    profile = {player: own for player, own in profile.items() if own}
    found = conditions(model, profile)
    support = Systems(game).support(profile)
    for _ in range(4):
        values = random_point(rng, model.space, 6)
        numbers = model.at(values)
        vectors = [
            [int(a in own) for a in range(len(h.actions))]
            for own, h in zip(support, game.infosets, strict=True)
        ]
        exact = gt.BehaviourProfile.from_arrays(numbers, vectors)
        assert found.holds_at(values) == is_subgame_perfect(numbers, exact)


FLAGSHIP = {
    "Russia": "limited",
    "West": {"limited": "acquiesce", "full": "support"},
    "China": {"limited": "acquiesce", "full": "acquiesce"},
}


@pytest.fixture(scope="module")
def flagship():
    return conditions(kazakhstan.sequential(), FLAGSHIP)


def test_of_the_flagship_they_hold_exactly_where_the_profile_is_an_equilibrium(flagship):
    model = flagship.model
    systems = Systems(model.game)
    rng = np.random.default_rng(0)
    near = list(flagship.cases[0].point.items())
    held = 0
    for k in range(8):
        values = random_point(rng, model.space)
        if k % 2:  # near a point at which it holds, where random ones rarely come
            values = {name: value + (values[name] - value) / 8 for name, value in near}
        found = gt.subgame_perfect_equilibria(model.at(values))
        expected = systems.support(FLAGSHIP) in {systems.support(e) for e in found}
        assert flagship.holds_at(values) == expected
        assert flagship.solve_for("E_W").holds_at(values) == expected
        held += expected
    assert held


def test_the_flagships_reply_is_the_published_inequality(flagship):
    label = "West [full]: acquiesce instead of support"
    (own,) = (c for c in flagship.conditions if c.label == label)
    E, reach, d_s, d_f, N, p0, r_S, r_A, c, transit, m = flagship.model.space.symbols(
        "E_W reach_F d_s d_f N_WF p0_F r_S r_A c_W transit m"
    )
    fall = p0 * (1 - (1 - r_S) * (1 - r_A))
    stated = fall * (reach * (d_s - d_f) * E + N) - (c + transit * E + m)
    assert (own.ring.to_sympy(own.polynomial) - stated).expand() == 0
    # At the baseline it holds by the margin of the payoffs.
    assert flagship.margin_at()[label] == stated.subs(
        dict(
            zip(
                stated.free_symbols,
                [flagship.model.space[s.name].baseline for s in stated.free_symbols],
                strict=True,
            )
        )
    )


# -- what becomes of superfluous conditions ----------------------------------------------------------------------------
@given(models(form="normal", size=(2, 3), parameters=2), st.integers(0, 1000))
@settings(max_examples=25)
def test_dropping_conditions_keeps_the_set(model, seed):
    rng = np.random.default_rng(seed)
    profile = {
        player: str(rng.choice(names))
        for player, names in zip(model.game.players, model.game.strategies, strict=True)
    }
    found = conditions(model, profile)
    systems = Systems(model.game)
    every = systems.system(systems.support(profile)).requirements
    corners = [
        dict(zip(model.space, ends, strict=True)) for ends in itertools.product(*model.space.box.values())
    ]
    for point in [*corners, *(random_point(rng, model.space, 8) for _ in range(6))]:
        whole = all(
            systems.ring.evaluate(r.function.numerator, point)
            / systems.ring.evaluate(r.function.denominator, point)
            >= 0
            for r in every
        )
        assert found.holds_at(point) == whole


def _reducer(**ranges):
    ring = Ring(ranges)
    return Reducer(ring, {name: (Fraction(a), Fraction(b)) for name, (a, b) in ranges.items()})


def _conditions(reducer, *texts):
    for text in texts:
        body, relation = text.rsplit(" ", 1)
        yield reducer.condition(reducer.ring.read(gt.scalars.parse(body)).numerator, relation)


def test_a_factor_of_one_sign_goes_and_one_that_may_vanish_stays():
    reducer = _reducer(x=(0, 1), y=(1, 2))
    (dropped, kept) = _conditions(reducer, "(y*x - 1/2)*y**3 >=", "x*(y - 3/2) >=")
    assert str(reducer.ring.to_sympy(dropped.polynomial)) == "2*x*y - 1"
    assert str(reducer.ring.to_sympy(kept.polynomial)) == "2*x*y - 3*x"
    # At x = 0 the product holds whatever y.
    assert kept.holds({"x": Fraction(0), "y": Fraction(1)})


def test_even_powers_do_not_lose_their_zeros():
    reducer = _reducer(x=(-1, 1), y=(-1, 1))
    weak, strict, equal = _conditions(reducer, "x**2*y >=", "x**2*y >", "x**2*y ==")
    on_axis = {"x": Fraction(0), "y": Fraction(-1)}
    assert weak.holds(on_axis) and not strict.holds(on_axis) and equal.holds(on_axis)
    assert not weak.holds({"x": Fraction(1), "y": Fraction(-1)})
    assert all(c.holds({"x": Fraction(-1), "y": Fraction(1)}) for c in (weak, strict))


def test_what_others_imply_goes_once_and_with_a_certificate():
    reducer = _reducer(x=(0, 3), y=(0, 3))
    found = reducer.reduce(_conditions(reducer, "x - 1 >=", "y - 1 >=", "x + y - 2 >=", "x*y - 1 >="))
    assert sorted(str(reducer.ring.to_sympy(c.polynomial)) for c in found.conditions) == ["x - 1", "y - 1"]
    assert len(found.implied) == 2 and all(c.certificate["trees"] for c in found.implied)
    # Two that imply each other do not both go.
    twice = reducer.reduce(_conditions(reducer, "x - y >=", "y - x >="))
    assert [c.relation for c in twice.conditions] == ["=="]


def test_of_two_that_imply_each_other_one_stays():
    reducer = _reducer(x=(0, 3), y=(0, 3))
    found = reducer.reduce(_conditions(reducer, "x - y >=", "y - x >=", "x - 1 >=", "y - 1 >="))
    assert len(found.implied) == 1
    below = {"x": Fraction(1, 2), "y": Fraction(1, 2)}
    assert not all(condition.holds(below) for condition in found.conditions)


def test_what_is_not_decided_stays_and_is_named():
    ring = Ring(["x", "y"])
    reducer = Reducer(ring, {name: (Fraction(0), Fraction(3)) for name in ring.names}, budget=0)
    found = reducer.reduce(_conditions(reducer, "x - 1 >=", "y - 1 >=", "x + y - 2 >="))
    assert len(found.conditions) == 3 and not found.implied
    assert len(found.undecided) == 4  # of each, and whether they can hold together


def test_a_strict_condition_that_fails_on_the_border_only_is_kept():
    reducer = _reducer(x=(0, 1))
    found = reducer.reduce(_conditions(reducer, "x >", "x >="))
    assert [condition.relation for condition in found.conditions] == [">"] and len(found.always) == 1


def test_what_cannot_hold_says_which_and_why():
    reducer = _reducer(x=(0, 1), y=(0, 1))
    found = reducer.reduce(
        _conditions(reducer, "x - 3/4 >=", "1/2 - x*y >=", "x + y - 3/2 >", "1/4 - y >="), "both"
    )
    assert not hasattr(found, "implied") and found.certificate
    model = _coordination()
    none = conditions(model, {"Player 1": "1", "Player 2": "2"})
    assert none.cases == () and none.possible is False
    assert "Player 1: 2 instead of 1" in str(none)


def _coordination():
    space = gt.ParameterSpace(gt.Parameter("a", 1, 1, 2), gt.Parameter("b", 1, 1, 2))
    a, b = space.symbols("a b")
    return gt.Model(
        "coordination", gt.NormalFormGame.from_bimatrix([[a, 0], [0, b]], [[b, 0], [0, a]]), space
    )


# -- solved forms -------------------------------------------------------------------------------------------------------
@given(st.lists(st.integers(-3, 3), min_size=6, max_size=6), st.integers(0, 10000), st.booleans())
@settings(max_examples=15)
def test_solved_forms_agree_with_the_polynomial_on_both_sides(numbers, seed, strict):
    space = gt.ParameterSpace(gt.Parameter("x", 0, -2, 2), gt.Parameter("y", 0, -2, 2))
    x, y = space.symbols("x y")
    a, b, c, d, e, f = numbers
    worth = (a + b * y) * x**2 + (c + d * y) * x + e + f * y
    tree = gt.Decision("Ann", {"go": gt.Outcome(Ann=worth), "stop": gt.Outcome(Ann=0)})
    found = conditions(gt.Model("choice", gt.ExtensiveGame(tree), space), {"Ann": "go" if strict else "stop"})
    solved = {name: found.solve_for(name) for name in ("x", "y")}
    rng = np.random.default_rng(seed)
    for _ in range(12):
        point = random_point(rng, space, 8)
        for each in solved.values():
            assert each.holds_at(point) == found.holds_at(point)


def test_the_case_distinction_shows_only_signs_that_can_be():
    space = gt.ParameterSpace(
        gt.Parameter("x", 1, 0, 9), gt.Parameter("a", 1, -1, 1), gt.Parameter("b", 1, 1, 2)
    )
    x, a, b = space.symbols("x a b")

    def solved(coefficient):
        choice = gt.Decision("Ann", {"go": gt.Outcome(Ann=coefficient * x), "stop": gt.Outcome(Ann=b)})
        model = gt.Model("choice", gt.ExtensiveGame(choice), space)
        return conditions(model, {"Ann": "go"}).solve_for("x").cases[0][0].branches

    assert [branch.relation for branch in solved(b)] == [">="]
    # x >= 0 and b > 0, so that a <= 0 cannot be.
    (branch,) = solved(a)
    assert branch.relation == ">=" and [c.relation for c in branch.where] == [">"]


def test_roots_are_in_order_and_a_higher_degree_is_said():
    space = gt.ParameterSpace(gt.Parameter("x", 0, -3, 3), gt.Parameter("k", 1, 0, 2))
    x, k = space.symbols("x k")

    def solved(worth):
        choice = gt.Decision("Ann", {"go": gt.Outcome(Ann=worth), "stop": gt.Outcome(Ann=0)})
        return conditions(gt.Model("choice", gt.ExtensiveGame(choice), space), {"Ann": "go"}).solve_for("x")

    between = solved(k - x**2)
    assert "<= x <=" in str(between)
    low, high = between.to_frame().iloc[0][["bound", "second"]]
    assert low.subs(dict.fromkeys(low.free_symbols, 1)) == -1 and high == -low
    assert " or x >= " in str(solved(x**2 - k))
    assert "degree above two" in str(solved(x**3 - k))
    assert "if k >= 1" in str(solved(k - 1 - x**2))


# -- invariances --------------------------------------------------------------------------------------------------------
@given(
    models(form="normal", size=2, parameters=1), st.integers(1, 5), st.integers(-5, 5), st.integers(0, 100)
)
@settings(max_examples=15)
def test_positive_affine_transformations_and_other_names_keep_the_set(model, factor, shift, seed):
    game = model.game
    payoffs = np.array([factor * table + shift for table in game.payoffs], dtype=object)
    other = gt.NormalFormGame(payoffs[:, ::-1], players=game.players, strategies=[["B", "A"], ["L", "R"]])
    first, second = (gt.Model("game", g, model.space) for g in (game, other))
    names = [
        dict(zip(strategies, new, strict=True))
        for strategies, new in zip(game.strategies, (["A", "B"], ["L", "R"]), strict=True)
    ]
    rng = np.random.default_rng(seed)
    points = [random_point(rng, model.space, 8) for _ in range(5)]
    for a, b in itertools.product(*game.strategies):
        one = conditions(first, dict(zip(game.players, (a, b), strict=True)))
        two = conditions(second, dict(zip(game.players, (names[0][a], names[1][b]), strict=True)))
        assert [one.holds_at(p) for p in points] == [two.holds_at(p) for p in points]


# -- outcomes -----------------------------------------------------------------------------------------------------------
def _entry():
    """Selten's entry game with a prize and a cost of fighting that may be either sign of worth it."""
    space = gt.ParameterSpace(gt.Parameter("prize", 1, -1, 2), gt.Parameter("cost", 1, -1, 2))
    prize, cost = space.symbols("prize cost")
    reply = gt.Decision(
        "Incumbent",
        {
            "fight": gt.Outcome("war", Entrant=-1, Incumbent=-cost),
            "yield": gt.Outcome("peace", Entrant=prize, Incumbent=0),
        },
    )
    tree = gt.Decision("Entrant", {"out": gt.Outcome("status quo", Entrant=0, Incumbent=2), "in": reply})
    return gt.Model("entry", gt.ExtensiveGame(tree), space)


@pytest.mark.parametrize(
    "text", ["P(Entrant: in) = 1", "P(Entrant: in)", "outcome: status quo", "P(Entrant: in)=0"]
)
def test_an_outcome_is_the_union_of_the_pure_profiles_with_it(text):
    model = _entry()
    found = conditions(model, text)
    happens = not text.endswith("0")
    name = "outcome: status quo" if "status" in text else "P(Entrant: in)"
    rng = np.random.default_rng(2)
    for _ in range(25):
        values = random_point(rng, model.space, 6)
        game = model.at(values)
        every = gt.subgame_perfect_equilibria(game)
        pure = {_happens(game, e, name) for e in every if e.is_pure}
        assert found.holds_at(values) == (Fraction(int(happens)) in pure)


def _happens(game, equilibrium, name):
    from gametheory.equilibria.outcomes import parse_outcome
    from gametheory.equilibria.sequential import reach_probabilities

    reach = reach_probabilities(game, equilibrium.profile)
    return parse_outcome(name, game).mean(np.array([reach[int(n)] for n in game.terminals], dtype=object))


def test_choices_on_which_nothing_depends_do_not_multiply_cases():
    # Whatever the second player does, the first gets nothing by going: one case for the two replies.
    space = gt.ParameterSpace(gt.Parameter("t", 0, -1, 1))
    t = space.symbols("t")
    reply = gt.Decision("Two", {"l": gt.Outcome(One=-1, Two=t), "r": gt.Outcome(One=-1, Two=0)})
    model = gt.Model(
        "idle", gt.ExtensiveGame(gt.Decision("One", {"stay": gt.Outcome(One=0, Two=0), "go": reply})), space
    )
    found = conditions(model, "P(One: stay)")
    assert len(found.cases) == 1 and len(found.cases[0].profiles) == 2 and not found.conditions
    assert "not impossible on the box: 2" in str(found)


def test_cases_that_pay_differently_or_do_not_complement_each_other_stay_apart():
    space = gt.ParameterSpace(gt.Parameter("t", 0, -1, 1))
    t = space.symbols("t")
    reply = gt.Decision("Two", {"l": gt.Outcome(One=1, Two=t), "r": gt.Outcome(One=1, Two=0)})
    tree = gt.Decision("One", {"stay": gt.Outcome(One=0, Two=0), "go": reply})
    found = conditions(gt.Model("idle", gt.ExtensiveGame(tree), space), "P(One: go)")
    assert [case.payoffs["Two"] for case in found.cases] == [t, 0]
    reducer = _reducer(x=(0, 1), y=(0, 1))
    drafts = [
        _profile_cases.Draft((), (condition,), (), (), (), ())
        for condition in _conditions(reducer, "2*x - 1 >=", "2*y - 1 >=", "1 - 2*x >=")
    ]
    assert len(_profile_cases.merged(drafts[:2])) == 2 and len(_profile_cases.merged(drafts)) == 2


def test_nash_of_a_tree_keeps_threats_that_subgame_perfection_removes():
    space = gt.ParameterSpace(gt.Parameter("cost", 1, "1/2", 2))
    cost = space.symbols("cost")
    reply = gt.Decision("In", {"fight": gt.Outcome(Out=-1, In=-cost), "yield": gt.Outcome(Out=1, In=1)})
    model = gt.Model(
        "entry",
        gt.ExtensiveGame(gt.Decision("Out", {"stay": gt.Outcome(Out=0, In=2), "enter": reply})),
        space,
    )
    profile = {"Out": "stay", "In": "fight"}
    assert conditions(model, profile).possible is False
    threat = conditions(model, profile, concept="nash")
    assert threat.possible and threat.cases[0].ties  # fighting is worth the same while nobody enters
    assert "plan for the whole game" in str(threat.proposition())


# -- published games ----------------------------------------------------------------------------------------------------
def test_fearons_bargaining_range():
    """Fearon (1995): an offer x is accepted iff 1 - x >= (1 - p) - c_B, and there is one that both prefer: p - c_A <= x <= p + c_B."""
    space = gt.ParameterSpace(
        gt.Parameter("x", "1/2", 0, 1),
        gt.Parameter("p", "1/2", 0, 1),
        gt.Parameter("c_A", "1/10", 0, "1/2"),
        gt.Parameter("c_B", "1/10", 0, "1/2"),
    )
    x, p, c_A, c_B = space.symbols("x p c_A c_B")
    war = gt.Outcome("war", A=p - c_A, B=1 - p - c_B)
    reply = gt.Decision("B", {"accept": gt.Outcome("deal", A=x, B=1 - x), "reject": war})
    model = gt.Model("bargaining", gt.ExtensiveGame(gt.Decision("A", {"offer": reply, "attack": war})), space)
    found = conditions(model, {"A": "offer", "B": "accept"})
    bounds = {
        str(b.bounds(found.notation(found.cases[0]))[0]) + b.relation
        for entry in found.solve_for("x").cases[0]
        for b in entry.branches
    }
    assert bounds == {"c_B + p<=", "p - c_A>="} or bounds == {"c_B + p<=", "-c_A + p>="}
    assert len(found.conditions) == 2


def test_the_inspection_game_is_mixed_at_the_published_probabilities():
    """Avenhaus, von Stengel and Zamir (2002): inspect with probability b/(b + d), violate with probability c/(c + e)."""
    space = gt.ParameterSpace(*(gt.Parameter(n, 1, "1/10", 3) for n in ("gain", "fine", "effort", "loss")))
    gain, fine, effort, loss = space.symbols("gain fine effort loss")
    game = gt.NormalFormGame.from_bimatrix(
        [[0, 0], [-fine, gain]],
        [[-effort, 0], [-effort, -loss - effort]],
        players=("Inspectee", "Inspector"),
        strategies=[["comply", "violate"], ["inspect", "trust"]],
    )
    model = gt.Model("inspection", game, space)
    found = conditions(model, {"Inspectee": ["comply", "violate"], "Inspector": ["inspect", "trust"]})
    assert not found.conditions and found.possible  # everywhere
    probabilities = found.cases[0].probabilities
    assert probabilities["Inspector", "", "inspect"] == gain / (fine + gain)
    assert probabilities["Inspectee", "", "violate"] == effort / (effort + loss)
    assert "everywhere" in str(found)


def test_unilateral_deterrence_under_complete_information():
    """Zagare and Kilgour (2000): with a defender that prefers conflict to conceding, and a challenger that prefers the status quo to
    conflict, the status quo is the equilibrium outcome."""
    space = gt.ParameterSpace(*(gt.Parameter(n, 1, -1, 3) for n in ("c_SQ", "c_DD", "d_DC", "d_DD")))
    c_SQ, c_DD, d_DC, d_DD = space.symbols("c_SQ c_DD d_DC d_DD")
    last = gt.Decision(
        "Defender",
        {
            "concede": gt.Outcome("DC", Challenger=4, Defender=d_DC),
            "deny": gt.Outcome("conflict", Challenger=c_DD, Defender=d_DD),
        },
    )
    model = gt.Model(
        "unilateral",
        gt.ExtensiveGame(
            gt.Decision(
                "Challenger", {"cooperate": gt.Outcome("SQ", Challenger=c_SQ, Defender=3), "defect": last}
            )
        ),
        space,
    )
    found = conditions(model, "outcome: SQ")
    assert len(found.cases) == 1
    assert {found.notation(found.cases[0]).text(c) for c in found.conditions} == {
        "d_DD >= d_DC",
        "c_SQ >= c_DD",
    }


# -- three who mix ------------------------------------------------------------------------------------------------------
def test_three_who_mix_leave_their_probabilities_as_unknowns():
    space = gt.ParameterSpace(gt.Parameter("t", 1, 0, 3))
    t = space.symbols("t")
    payoffs = np.zeros((3, 2, 2, 2), dtype=object)
    for index in np.ndindex(2, 2, 2):
        for i in range(
            3
        ):  # what the second action is worth more is t (4 q r - 1) for others' probabilities q, r of it
            others = index[(i + 1) % 3] * index[(i + 2) % 3]
            payoffs[(i, *index)] = t * index[i] * (4 * others - 1)
    model = gt.Model("three", gt.NormalFormGame(payoffs), space)
    found = conditions(model, {player: ["1", "2"] for player in model.game.players})
    (case,) = found.cases
    assert len(case.unknowns) == 3 and "closed form" in case.reason
    half = dict.fromkeys(case.unknowns, Fraction(1, 2))
    assert found.holds_at(half) and not found.holds_at({**half, case.unknowns[0]: Fraction(1, 3)})
    with pytest.raises(Unsupported, match="Player 1: 1"):
        found.holds_at({"t": 2})
    assert "p_1 is the probability of" in str(found) and "no closed form" in str(found)


def test_where_a_denominator_vanishes_nothing_is_said():
    space = gt.ParameterSpace(gt.Parameter("a", 1, -1, 1), gt.Parameter("b", 1, -1, 1))
    a, b = space.symbols("a b")
    game = gt.NormalFormGame.from_bimatrix([[a, 0], [0, b]], [[1, 0], [0, 1]])
    found = conditions(gt.Model("signs", game, space), {p: ["1", "2"] for p in game.players})
    assert {tuple(c.constraint[1] for c in case.conditions) for case in found.cases} == {(">", ">")}
    assert len(found.cases) == 2
    assert found.holds_at({"a": "1/2", "b": "1/3"}) and found.holds_at({"a": "-1/2", "b": "-1/3"})
    assert not found.holds_at({"a": "1/2", "b": "-1/3"})
    # a + b = 0 alone leaves the indifference without a solution; at a = b = 0 every mixture is one.
    assert not found.holds_at({"a": "1/2", "b": "-1/2"})
    assert {str(zero) for zeros in found.cases[0].silent_where for zero in zeros} == {"b", "a + b"}
    with pytest.raises(Unsupported, match="say nothing"):
        found.holds_at({"a": 0, "b": 0})
    assert "Nothing is claimed where b == 0 and a + b == 0" in str(found.proposition())


# -- arguments and results ----------------------------------------------------------------------------------------------
def test_ranges_and_values_are_read_and_refused():
    model = _entry()
    profile = {"Entrant": "in", "Incumbent": "yield"}
    assert conditions(model, profile, over={"prize": (0, 2), "cost": ("1/10", 2)}).conditions == ()
    fixed = conditions(model, profile, at="baseline", free="prize")
    assert fixed.parameters == ("prize",) and fixed.fixed == {"cost": 1}
    assert conditions(model, profile, at={"cost": 0.5}).parameters == ("prize",)
    with pytest.raises(ParameterError, match="lies outside the box"):
        fixed.holds_at({"prize": 7})
    with pytest.raises(ParameterError, match="fixed at 1"):
        fixed.holds_at({"cost": 2})
    with pytest.raises(ParameterError, match="fixed at 1"):
        fixed.solve_for("cost")
    with pytest.raises(UnknownName, match="prize"):
        fixed.solve_for("price")
    for wrong in (
        {"at": "base"},
        {"at": 3},
        {"free": ["cost"]},
        {"over": {"cost": 3}},
        {"over": {"cost": (2, 1)}},
    ):
        with pytest.raises(ParameterError):
            conditions(model, profile, **wrong)
    with pytest.raises(ParameterError, match="takes a Model"):
        conditions(model.game, profile)
    for text in ("payoff: Entrant", "P(Entrant: in) = 0.5"):
        with pytest.raises(Unsupported):
            conditions(model, text)
    with pytest.raises(UnknownName, match="Entrant"):
        conditions(model, "P(Entrent: in)")
    with pytest.raises(GameError):
        conditions(model, {"Entrant": "in"})


def test_an_outcome_of_too_many_profiles_is_refused(monkeypatch):
    monkeypatch.setattr(_profile_cases, "MAX_PROFILES", 3)
    with pytest.raises(TooLarge, match="4 pure profiles"):
        conditions(_entry(), "P(Entrant: in)")


def test_results_pickle_and_become_frames(flagship):
    again = pickle.loads(pickle.dumps(flagship))
    assert str(again) == str(flagship) and again.margin_at() == flagship.margin_at()
    frame = flagship.to_frame()
    assert list(frame["status"]) == ["condition"] * 8
    assert flagship.binding_at() == ()
    solved = pickle.loads(pickle.dumps(flagship.solve_for("E_W")))
    assert solved.holds_at() and len(solved.to_frame()) > 8


def test_a_binding_condition_is_named():
    model = _entry()
    found = conditions(model, {"Entrant": "in", "Incumbent": "yield"})
    assert found.binding({"prize": 0, "cost": 1}) == ("Entrant [start]: out instead of in",)
    assert found.margin_at({"prize": "1/3", "cost": 1})["Entrant [start]: out instead of in"] == Fraction(
        1, 3
    )


def test_formulas_are_well_formed_in_every_notation(flagship):
    for html in (
        flagship._repr_html_(),
        flagship.proposition("A").to_html(),
        flagship.solve_for("E_W")._repr_html_(),
    ):
        text = html.replace("&InvisibleTimes;", "").replace("&nbsp;", "").replace("<br>", "<br/>")
        ElementTree.fromstring(f"<div>{text}</div>")
        assert "<script" not in html
    latex = flagship.proposition("A & B").to_latex(document=True)
    assert latex.count(r"\begin{align*}") == latex.count(r"\end{align*}") and r"A \& B" in latex
    assert latex.count(r"\tag{") == 8 and "→" not in latex


def test_a_proposition_claims_uniqueness_only_where_every_stage_is_one_decision(flagship):
    assert "only one" not in str(flagship.proposition())
    found = conditions(_entry(), {"Entrant": "in", "Incumbent": "yield"})
    assert "only one" in str(found.proposition())
    rng = np.random.default_rng(4)
    for _ in range(10):
        values = random_point(rng, found.model.space, 6)
        if found.holds_at(values) and all(value > 0 for value in found.margin_at(values).values()):
            assert len(gt.subgame_perfect_equilibria(found.model.at(values))) == 1


def test_a_proposition_defines_its_symbols_and_lists_what_it_rests_on():
    space = gt.ParameterSpace(
        gt.Parameter("x", 134, 60, 160, description="exposure", unit="USD bn"), gt.Parameter("k", 40, 10, 90)
    )
    x, k = space.symbols("x k")
    reply = gt.Decision(
        "West", {"acquiesce": gt.Outcome(R=50, West=-x / 2), "respond": gt.Outcome(R=-20, West=-x / 5 - k)}
    )
    model = gt.Model(
        "tripwire",
        gt.ExtensiveGame(gt.Decision("R", {"refrain": gt.Outcome(R=0, West=0), "act": reply})),
        space,
    )
    text = str(conditions(model, {"R": "refrain", "West": "respond"}).proposition("Deterrence"))
    assert "x (exposure) lie between 60 and 160 USD bn" in text
    assert (
        "(i) 3*x >= 10*k." in text
        and "R [start] does not gain by playing act instead of refrain, as 20 > 0" in text
    )


# -- arrangement --------------------------------------------------------------------------------------------------------
SYMBOLS = [gt.scalars.symbol(name) for name in ("a", "b", "r", "d", "f")]


@given(
    st.lists(
        st.tuples(st.integers(-3, 3), st.lists(st.sampled_from(SYMBOLS), max_size=3)), min_size=1, max_size=6
    ),
    st.integers(0, 99),
)
@settings(max_examples=40)
def test_arranging_at_a_point_keeps_the_value(terms, seed):
    import math

    import sympy

    expression = sympy.expand(
        sum((c * math.prod(part, start=sympy.Integer(1)) for c, part in terms), start=sympy.Integer(0))
    )
    rng = np.random.default_rng(seed)
    at = {s.name: Fraction(int(rng.integers(1, 9)), 8) for s in SYMBOLS}
    left, right = sides(expression, at)
    assert sympy.expand(left - right - expression) == 0
    assert sympy.expand(tidy(expression, at) - expression) == 0


# -- certificates -------------------------------------------------------------------------------------------------------
def _leaf(tree, point):
    """The multipliers that a certificate gives for a point; None if the point is outside the bounds that constraints are."""
    for name, (low, high) in tree.get("box", {}).items():
        if not low <= point[name] <= high:
            return None
    while "parts" in tree:
        assert isinstance(tree["split"], str)
        tree = tree["parts"][0 if point[tree["split"]] <= tree["at"] else 1]
    return tree["multipliers"]


@pytest.mark.parametrize("seed", range(3))
def test_certificates_prove_what_they_are_for(seed):
    rng = np.random.default_rng(seed)
    reducer = _reducer(x=(0, 2), y=(-1, 1))
    x, y = (reducer.ring.variable(name) for name in ("x", "y"))
    checked = 0
    for _ in range(12):
        numbers = rng.integers(-3, 4, (4, 4))
        polynomials = [int(a) * x * y + int(b) * x + int(c) * y + int(d) for a, b, c, d in numbers]
        given_ = [reducer.condition(p, ">=") for p in polynomials if p]
        found = reducer.reduce(given_)
        if hasattr(found, "implied"):
            continue
        constraints = [c.constraint for c in found.conditions]
        if found.certificate is None:
            continue
        for k in range(9):
            for j in range(9):
                point = {"x": Fraction(k, 4), "y": Fraction(j - 4, 4)}
                used = _leaf(found.certificate, point)
                if used is None:
                    continue
                total = sum(
                    (m * reducer.ring.evaluate(constraints[i][0], point) for i, m in used.items()),
                    start=Fraction(0),
                )
                assert all(m >= 0 for i, m in used.items() if constraints[i][1] != "==")
                assert total < 0 or not used
                checked += 1
        # Nowhere on a fine grid do all hold.
        assert not any(
            all(c.holds({"x": Fraction(k, 8), "y": Fraction(j, 8)}) for c in given_)
            for k in range(17)
            for j in range(-8, 9)
        )
    assert checked


def test_factors_turned_to_be_positive_keep_the_value():
    import sympy

    a, b, r, d, f = SYMBOLS
    at = {"a": Fraction(1), "b": Fraction(1, 2), "r": Fraction(1, 4), "d": Fraction(1, 3), "f": Fraction(1)}
    for expression in ((b - a) * (r + d), (b - a) ** 2 * (d - f), (b - a) ** 3 * (d - f) * r):
        arranged = tidy(sympy.expand(expression), at)
        assert sympy.expand(arranged - expression) == 0
        assert "a - b" in str(arranged)
