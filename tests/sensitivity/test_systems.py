"""Requirements of supports: against the exact solvers at points, for tables and trees."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

import gametheory as gt
from gametheory.errors import GameError, UnknownName, Unsupported
from gametheory.models import kazakhstan
from gametheory.sensitivity._systems import NoClosedForm, Systems
from gametheory.solvers.rational_functions import Ring
from gametheory.solvers.subgame_perfect import subgame_perfect_equilibria


def _met(systems, system, values):
    """Whether every requirement holds at a point; None where a closed form has a pole."""
    holds = True
    for requirement in system.requirements:
        bottom = systems.ring.evaluate(requirement.function.denominator, values)
        if bottom == 0:
            return None
        value = systems.ring.evaluate(requirement.function.numerator, values) / bottom
        holds &= {">=": value >= 0, "==": value == 0, ">": value > 0}[requirement.relation]
    return holds


def _random_table(rng, shape, space):
    s, t = space.symbols("s t")
    payoffs = np.empty((len(shape), *shape), dtype=object)
    for index in np.ndindex(*payoffs.shape):
        a, b, c = (int(k) for k in rng.integers(-5, 6, 3))
        payoffs[index] = a + b * t + c * s * t
    return gt.NormalFormGame(payoffs)


SPACE = gt.ParameterSpace(gt.Parameter("s", 1, -2, 2), gt.Parameter("t", 1, -2, 2))


@pytest.mark.parametrize("seed", range(12))
def test_supports_of_a_table_whose_requirements_hold_are_its_equilibria(seed):
    rng = np.random.default_rng(seed)
    shape = ((2, 2), (3, 2), (3, 3))[seed % 3]
    model = gt.Model("random", _random_table(rng, shape, SPACE), SPACE)
    systems = Systems(model.game)
    for _ in range(3):
        values = {name: Fraction(int(rng.integers(-20, 21)), 10) for name in ("s", "t")}
        found = gt.nash_equilibria(model.at(values))
        if any(e.continuum for e in found):
            continue
        held = set()
        for chosen in systems.supports(0):
            if len({len(actions) for actions in chosen.values()}) > 1:
                continue
            support = tuple(chosen[k] for k in range(len(shape)))
            if _met(systems, systems.system(support, solve=True), values):
                held.add(support)
        assert held == {systems.support(e) for e in found}


def test_closed_forms_are_the_mixed_equilibria_of_the_solver():
    rng = np.random.default_rng(5)
    model = gt.Model("random", _random_table(rng, (3, 3), SPACE), SPACE)
    systems = Systems(model.game)
    values = {"s": Fraction(1, 3), "t": Fraction(-3, 7)}
    found = gt.nash_equilibria(model.at(values))
    for equilibrium in found:
        system = systems.system(systems.support(equilibrium), solve=True)
        for i, player in enumerate(model.game.players):
            value = system.payoffs[i]
            assert (
                systems.ring.evaluate(value.numerator, values)
                / systems.ring.evaluate(value.denominator, values)
                == equilibrium.payoffs[player]
            )


@pytest.mark.parametrize("order", ["simultaneous", "west_first", "china_first"])
def test_pure_profiles_of_the_flagship_that_meet_them_are_subgame_perfect(order):
    model = kazakhstan.sequential(order=order)
    systems = Systems(model.game)
    rng = np.random.default_rng(1)
    for _ in range(4):
        values = {
            name: p.low + (p.high - p.low) * Fraction(int(rng.integers(0, 101)), 100)
            for name, p in model.space.items()
        }
        found = subgame_perfect_equilibria(model.at(values))
        pure = {systems.support(e) for e in found if e.is_pure}
        # By stages: a profile meets the requirements of the whole exactly when it meets those of every part.
        held = [()]
        for part in range(len(systems.parts)):
            grown = []
            for chosen, before in itertools.product(systems.supports(part, pure=True), held):
                whole = {**dict(before), **chosen}
                own = systems.system(whole, part=part)
                if _met(systems, own, values):
                    grown.append(tuple(whole.items()))
            held = grown
        assert {tuple(dict(whole)[k] for k in range(len(systems.places))) for whole in held} == pure


def test_lifted_unknowns_are_named_and_requirements_hold_at_the_equilibrium():
    t = SPACE.symbols("t")
    payoffs = np.zeros((3, 2, 2, 2), dtype=object)
    for index in np.ndindex(2, 2, 2):
        payoffs[(0, *index)] = (1 + t) * int(index[0] == index[1]) - index[2]
        payoffs[(1, *index)] = int(index[1] == index[2]) * 2
        payoffs[(2, *index)] = int(index[2] != index[0])
    game = gt.NormalFormGame(payoffs)
    systems = Systems(game)
    system = systems.system(((0, 1),) * 3)
    assert system.unknowns == ("Player 1: 1", "Player 2: 1", "Player 3: 1")
    half = {**dict.fromkeys(system.unknowns, Fraction(1, 2)), "t": Fraction(3)}
    assert _met(systems, system, half)


def test_three_who_mix_have_no_closed_form():
    t = SPACE.symbols("t")
    payoffs = np.zeros((3, 2, 2, 2), dtype=object)
    for index in np.ndindex(2, 2, 2):
        for player, factor in enumerate((t, 3, 2)):
            payoffs[(player, *index)] = factor * index[0] * index[1] * index[2] - index[player]
    systems = Systems(gt.NormalFormGame(payoffs))
    with pytest.raises(NoClosedForm, match="more than two mix"):
        systems.system(((0, 1),) * 3, solve=True)


def test_a_support_without_solution_has_no_closed_form():
    game = gt.NormalFormGame.from_bimatrix([[1, 1], [0, 0]], [[1, 0], [0, 1]])
    with pytest.raises(NoClosedForm, match="do not determine"):
        Systems(game).system(((0,), (0, 1)), solve=True)


def test_outcomes_of_a_tree_are_functions_of_the_parameters():
    model = kazakhstan.sequential()
    systems = Systems(model.game)
    equilibrium = subgame_perfect_equilibria(model.at())[0]
    system = systems.system(systems.support(equilibrium))
    baseline = dict(model.space.baseline)
    for name, outcome in model.outcomes.items():
        value = systems.outcome(outcome, system)
        number = systems.ring.evaluate(value.numerator, baseline) / systems.ring.evaluate(
            value.denominator, baseline
        )
        assert number == equilibrium.outcome(name), name


def test_readable_errors_of_profiles():
    model = kazakhstan.sequential()
    systems = Systems(model.game)
    with pytest.raises(UnknownName, match="Rusia"):
        systems.support({"Rusia": "full"})
    with pytest.raises(GameError, match="West chooses at 2 information sets"):
        systems.support({"Russia": "full", "West": "support", "China": "acquiesce"})
    with pytest.raises(UnknownName, match="supprt"):
        systems.support({"Russia": "full", "West": {"limited": "supprt", "full": "support"}, "China": {}})
    with pytest.raises(GameError, match="does not say what"):
        systems.support({"Russia": "full"})
    with pytest.raises(GameError, match="no profile"):
        systems.support("limited")
    with pytest.raises(Unsupported, match="floats"):
        Systems(gt.NormalFormGame.from_bimatrix([[0.5, 1.0]], [[1.0, 2.0]]))


def test_plans_of_several_information_sets_in_one_stage():
    # The second mover does not see the first move, and the first mover moves again: one stage, two own information sets.
    def end(a, b, c):
        return gt.Outcome(One=a + b + c, Two=a * b)

    tree = gt.Decision(
        "One",
        {
            "out": gt.Decision("Two", {"l": end(0, 0, 0), "r": end(0, 1, 0)}, infoset="two"),
            "in": gt.Decision(
                "Two",
                {
                    "l": gt.Decision("One", {"u": end(1, 0, 0), "d": end(1, 0, 1)}, infoset="again"),
                    "r": gt.Decision("One", {"u": end(1, 1, 0), "d": end(1, 1, 1)}, infoset="again"),
                },
                infoset="two",
            ),
        },
    )
    game = gt.ExtensiveGame(tree)
    systems = Systems(game)
    found = subgame_perfect_equilibria(game)
    for equilibrium in found:
        system = systems.system(systems.support(equilibrium))
        assert _met(systems, system, {}) or not equilibrium.is_pure
    wrong = systems.system({0: (1,), 1: (1,), 2: (0,)})
    assert not _met(systems, wrong, {})
    assert any(r.label == "One [again]: d instead of u" for r in wrong.requirements)


def test_an_information_set_that_some_of_the_mixed_plans_reach_is_governed_by_the_support():
    def end(a, b):
        return gt.Outcome(One=a, Two=b)

    again = {"l": (0, 3, 1, 0), "r": (2, 0, 0, 1)}
    stage = {
        name: gt.Decision("One", {"u": end(0, b), "d": end(a, c)}, infoset="again")
        for name, (a, b, c, _) in again.items()
    }
    tree = gt.Decision(
        "One",
        {
            "out": gt.Decision("Two", {"l": end(1, 0), "r": end(0, 1)}, infoset="two"),
            "in": gt.Decision("Two", stage, infoset="two"),
        },
    )
    systems = Systems(gt.ExtensiveGame(tree))
    labels = [place.label for place in systems.places]
    start, two, last = (labels.index(label) for label in ("start", "two", "again"))
    system = systems.system({start: (0, 1), two: (0, 1), last: (1,)})
    assert [systems.ring.to_sympy(p) for p in system.probabilities[last]] == [0, 1]
    # Plans: out, in & u, in & d. The mixed ones are as good as one another, and the third is a deviation.
    kinds = sorted((r.kind, r.player) for r in system.requirements if r.kind != "positive")
    assert kinds == [("deviation", "One"), ("indifference", "One"), ("indifference", "Two")]
    solved = systems.system({start: (0, 1), two: (0, 1), last: (1,)}, solve=True)
    assert [systems.ring.to_sympy(p) for p in solved.probabilities[two]] == [Fraction(2, 3), Fraction(1, 3)]


def test_equations_beyond_the_number_of_unknowns_stay_requirements():
    # One mixes three plans by two own choices, so that there are two equations for the one unknown of Two.
    def end(a, b):
        return gt.Outcome(One=a, Two=b)

    def stage(one, two):
        return gt.Decision("One", {"u": end(one[0], two[0]), "d": end(one[1], two[1])}, infoset="again")

    tree = gt.Decision(
        "One",
        {
            "out": gt.Decision("Two", {"l": end(1, 0), "r": end(0, 1)}, infoset="two"),
            "in": gt.Decision(
                "Two", {"l": stage((0, -1), (1, 3)), "r": stage((1, 5), (0, 2))}, infoset="two"
            ),
        },
    )
    systems = Systems(gt.ExtensiveGame(tree))
    labels = [place.label for place in systems.places]
    start, two, last = (labels.index(label) for label in ("start", "two", "again"))
    lifted = systems.system({start: (0, 1), two: (0, 1), last: (0, 1)})
    assert sum(r.kind == "indifference" for r in lifted.requirements) == 3
    assert len(lifted.unknowns) == 3


def test_coefficients_of_the_powers_of_a_variable():
    ring = Ring(["x", "y"])
    x, y = ring.variable("x"), ring.variable("y")
    polynomial = x * x * y + 3 * x + y * y
    powers = ring.coefficients(polynomial, "x")
    assert [ring.to_sympy(c) for c in powers] == [ring.to_sympy(c) for c in (y * y, ring.constant(3), y)]
    assert ring.coefficients(ring.constant(0), "x") == []
    assert ring.used(polynomial) == ("x", "y")
    assert (ring.degree(polynomial, "x"), ring.degree(ring.constant(0), "x")) == (2, -1)


def test_functions_of_a_field_add_multiply_divide_and_compare():
    ring = Ring(["x", "y"])
    x, y = (ring.function(ring.variable(name)) for name in ("x", "y"))
    assert x / y + y / x == (x * x + y * y) / (x * y)
    assert (x + 1) * (x - 1) == x * x - 1
    assert 1 - x == -(x - 1)
    assert 2 / (x / 3) == Fraction(6) / x
    assert not x - x
    with pytest.raises(ZeroDivisionError):
        x / (y - y)


def test_a_probability_that_is_zero_for_all_parameters_is_still_required_to_be_positive():
    # Two is indifferent between l and r only if One never plays d.
    game = gt.NormalFormGame.from_bimatrix([[1, 2], [2, 1]], [[0, 0], [1, 2]])
    requirements = Systems(game).system(((0, 1), (0, 1)), solve=True).requirements
    zero = [r for r in requirements if r.kind == "positive" and not r.function]
    assert [(r.player, r.action) for r in zero] == [("Player 1", "2")]


def test_a_tree_as_one_stage_has_the_requirements_of_nash():
    # The threat that is not credible: an equilibrium of the whole, not of the subgame.
    reply = gt.Decision("In", {"fight": gt.Outcome(Out=-1, In=-1), "yield": gt.Outcome(Out=1, In=1)})
    game = gt.ExtensiveGame(gt.Decision("Out", {"stay": gt.Outcome(Out=0, In=2), "enter": reply}))
    profile = {"Out": "stay", "In": "fight"}
    for whole, holds in ((False, False), (True, True)):
        systems = Systems(game, whole=whole)
        assert _met(systems, systems.system(systems.support(profile)), {}) is holds
