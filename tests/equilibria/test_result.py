"""Results: what they hold, how they read, that they survive pickling, and that a false equilibrium never becomes one."""

from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest
import sympy

import gametheory as gt
from gametheory.equilibria import representation
from gametheory.equilibria.result import (
    Component,
    Equilibrium,
    EquilibriumSet,
    judge_nash,
    judge_subgame_perfect,
)


@pytest.fixture
def battle():
    return gt.NormalFormGame.from_bimatrix(
        [[2, 0], [0, 1]], [[1, 0], [0, 2]], players=("Ann", "Bob"), strategies=[["opera", "fight"]] * 2
    )


@pytest.fixture
def found(battle):
    third = Fraction(1, 3)
    profiles = [[[1, 0], [1, 0]], [[0, 1], [0, 1]], [[2 * third, third], [third, 2 * third]]]
    return EquilibriumSet(tuple(judge_nash(battle, p) for p in profiles), "Nash", "by hand", True)


@pytest.fixture
def tripwire():
    reply = gt.Decision(
        "West",
        {
            "acquiesce": gt.Outcome("fait accompli", Russia=50, West=-67),
            "respond": gt.Chance(
                {
                    "success": ("1/4", gt.Outcome("war", Russia=20, West=-90)),
                    "failure": ("3/4", gt.Outcome("war", Russia=-40, West=-50)),
                }
            ),
        },
    )
    return gt.ExtensiveGame(
        gt.Decision("Russia", {"act": reply, "refrain": gt.Outcome("status quo", Russia=0, West=0)})
    )


def test_a_judged_equilibrium_holds_what_was_judged(found):
    mixed = found[2]
    assert mixed.payoffs == {"Ann": Fraction(2, 3), "Bob": Fraction(2, 3)}
    assert (mixed.regret, mixed.index, mixed.exact, mixed.is_pure) == (0, -1, True, False)
    assert mixed.support == {"Ann": ("opera", "fight"), "Bob": ("opera", "fight")}
    assert mixed.strategies["Ann"]["opera"] == mixed.action_probability("Ann", "opera") == Fraction(2, 3)
    assert mixed.outcome_probabilities() == {
        "opera, opera": Fraction(2, 9),
        "opera, fight": Fraction(4, 9),
        "fight, opera": Fraction(1, 9),
        "fight, fight": Fraction(2, 9),
    }
    assert found[0].is_pure
    assert found[0].outcome_probabilities() == {"opera, opera": 1}


def test_floats_stay_floats_and_are_not_exact():
    game = gt.NormalFormGame.from_bimatrix([[2.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 2.0]])
    equilibrium = judge_nash(game, [[2 / 3, 1 / 3], [1 / 3, 2 / 3]])
    assert not equilibrium.exact
    assert all(type(value) is float for value in equilibrium.payoffs.values())
    assert type(equilibrium.regret) is float
    assert 0 <= equilibrium.regret < 1e-15
    assert equilibrium.index == -1


def test_what_is_not_an_equilibrium_is_refused(battle, tripwire):
    with pytest.raises(gt.GameTheoryError, match=r"internal error.*Ann would gain 1 "):
        judge_nash(battle, [[1, 0], [0, 1]])
    with pytest.raises(gt.GameTheoryError, match="internal error"):
        judge_nash(battle, [[0.5, 0.5], [0.5, 0.5]])
    # Responding is worth -60 to the West and acquiescing -67, though the play never comes there.
    empty = {"Russia": {"start": {"refrain": 1}}, "West": {"act": {"acquiesce": 1}}}
    with pytest.raises(gt.GameTheoryError, match="internal error"):
        judge_subgame_perfect(tripwire, empty)


def test_an_equilibrium_of_a_tree(tripwire):
    equilibrium = judge_subgame_perfect(
        tripwire, {"Russia": {"start": {"refrain": 1}}, "West": {"act": {"respond": 1}}}
    )
    assert equilibrium.payoffs == {"Russia": 0, "West": 0}
    assert equilibrium.strategies["West"]["act"]["respond"] == 1
    assert equilibrium.action_probability("West", "respond") == 0, "the play does not come there"
    assert equilibrium.outcome_probabilities() == {"fait accompli": 0, "war": 0, "status quo": 1}
    assert equilibrium.support == {"Russia": {"start": ("refrain",)}, "West": {"act": ("respond",)}}
    assert equilibrium.play == "Russia: refrain"
    assert repr(equilibrium) == "Equilibrium(Russia: refrain; West: [respond] | payoffs Russia 0, West 0)"
    assert equilibrium.index is None


def test_an_outcome_is_a_range_over_the_equilibria(found):
    assert found.outcome("payoff: Ann") == (Fraction(2, 3), 2)
    assert found.outcome("P(Bob: fight)") == (0, 1)
    assert found.outcome(lambda e: sum(e.payoffs.values())) == (Fraction(4, 3), 3)
    nothing = EquilibriumSet((), "Nash", "pure enumeration", False, "only pure equilibria were looked for")
    with pytest.raises(gt.Unsupported, match="only pure equilibria were looked for"):
        nothing.outcome("payoff: Ann")


def test_closed_forms_go_straight_in():
    a = sympy.Symbol("a", real=True)
    game = gt.NormalFormGame.from_bimatrix([[a, 0], [0, 1]], [[1, 0], [0, 1]])
    profile = gt.MixedProfile.from_arrays(
        game, [[Fraction(1, 2), Fraction(1, 2)], [1 / (a + 1), a / (a + 1)]]
    )
    equilibrium = Equilibrium(game, profile, {"Player 1": a / (a + 1), "Player 2": Fraction(1, 2)}, 0, -1)
    assert equilibrium.outcome("payoff: Player 1") == a / (a + 1)
    assert sympy.simplify(equilibrium.outcome("P(Player 2: 1)") - 1 / (a + 1)) == 0
    assert equilibrium.outcome("P(Player 1: 2)") == Fraction(1, 2)
    other = Equilibrium(game, profile, {"Player 1": a, "Player 2": 1}, 0)
    several = EquilibriumSet((equilibrium, other), "Nash", "by hand", True)
    assert several.outcome("P(Player 1: 2)") == (Fraction(1, 2), Fraction(1, 2))
    with pytest.raises(gt.Unsupported, match="depends on a"):
        several.outcome("payoff: Player 1")
    assert r"\frac{a}{a + 1}" in equilibrium.to_latex()
    assert "(a/(a + 1)" in repr(equilibrium) or "a/(a + 1)" in repr(equilibrium)


def test_a_set_is_a_sequence_that_says_whether_it_is_all(found):
    assert len(found) == 3
    assert list(found) == [found[0], found[1], found[2]]
    assert found[0:2] == (found[0], found[1])
    assert found[1] in found
    with pytest.raises(gt.GameTheoryError, match="must say why"):
        EquilibriumSet((), "Nash", "guesswork", False)


def test_components_are_given_by_their_vertices(found, battle):
    assert [component.is_point for component in found.components] == [True] * 3
    grouped = EquilibriumSet(
        found.equilibria, "Nash", "by hand", True, components=Component.groups(found, ((0, 1), (2,)))
    )
    first, second = grouped.components
    assert isinstance(first, Component)
    assert first.vertices == (found[0], found[1])
    assert not first.is_point
    assert second.is_point
    assert "components: {1, 2}, {3}" in repr(grouped)
    tied = judge_nash(battle, [[1, 0], [1, 0]], continuum=True)
    assert not EquilibriumSet((tied,), "Nash", "by hand", True).components[0].is_point


def test_results_survive_pickling(found, tripwire):
    copy = pickle.loads(pickle.dumps(found))
    assert list(copy) == list(found)
    assert [e.payoffs for e in copy] == [e.payoffs for e in found]
    assert (copy.concept, copy.method, copy.complete) == ("Nash", "by hand", True)
    assert [c.vertices for c in copy.components] == [c.vertices for c in found.components]
    assert hash(copy[0]) == hash(found[0])


def test_results_are_frozen(found):
    with pytest.raises(TypeError):
        found[0].payoffs["Ann"] = 3
    with pytest.raises(AttributeError):
        found[0].regret = 1
    with pytest.raises(gt.GameError, match="payoffs are for"):
        Equilibrium(found[0].game, found[0].profile, {"Ann": 1}, 0)


def test_the_listing_has_one_line_for_each(found):
    assert repr(found).splitlines() == [
        "3 Nash equilibria (by hand; complete)",
        "  1. Ann: opera; Bob: opera | payoffs Ann 2, Bob 1",
        "  2. Ann: fight; Bob: fight | payoffs Ann 1, Bob 2",
        "  3. Ann: 2/3 opera + 1/3 fight; Bob: 1/3 opera + 2/3 fight | payoffs Ann 2/3, Bob 2/3",
    ]
    partial = EquilibriumSet(found[:1], "Nash", "pure enumeration", False, "mixed ones were not looked for")
    assert repr(partial).startswith(
        "1 Nash equilibrium (pure enumeration; not complete: mixed ones were not looked for)"
    )
    many = EquilibriumSet(found.equilibria * 20, "Nash", "by hand", True)
    assert repr(many).splitlines()[-1] == "  ... and 30 more"


def test_frame_html_and_latex(found, tripwire):
    frame = found.to_frame()
    assert list(frame.index) == [1, 2, 3]
    assert frame.loc[3, "payoff: Ann"] == frame.loc[3, "P(Ann: opera)"] == Fraction(2, 3)
    assert frame.loc[3, "index"] == -1
    assert frame["regret"].tolist() == [0, 0, 0]
    equilibrium = judge_subgame_perfect(
        tripwire, {"Russia": {"start": {"refrain": 1}}, "West": {"act": {"respond": 1}}}
    )
    tree = EquilibriumSet((equilibrium,), "subgame-perfect", "by hand", True)
    assert tree.to_frame().loc[1, "West at act: respond"] == 1
    assert "3 Nash equilibria" in found._repr_html_()
    assert found._repr_html_().count("<tr>") == 4
    assert "<td>[respond]</td>" in equilibrium._repr_html_()
    assert r"$\frac{2}{3}$ opera + $\frac{1}{3}$ fight" in found.to_latex()
    empty = EquilibriumSet((), "Nash", "by hand", True)
    assert "no Nash equilibria" in empty._repr_html_()
    assert "no equilibrium" in empty.to_latex()
    assert empty.to_frame().empty


def test_labels_are_escaped():
    game = gt.NormalFormGame.from_bimatrix(
        [[1]], [[1]], players=("A&B", "<i>"), strategies=[["x_1"], ["50%"]]
    )
    found = EquilibriumSet((judge_nash(game, [[1], [1]]),), "Nash", "by hand", True)
    assert "<i>" not in found._repr_html_()
    assert "&lt;i&gt;" in found._repr_html_()
    assert r"A\&B" in found.to_latex()
    assert r"x\_1 & 50\%" in found.to_latex()


def test_latex_tells_names_from_numbers_and_shortens_fractions():
    seventh = Fraction(1, 7)
    assert representation.latex_mixture(["1", "b"], [seventh, 6 * seventh]) == (
        r"$\frac{1}{7}$ ``1'' + $\frac{6}{7}$ b"
    )
    assert representation.latex_number(Fraction(3333333333, 10**25 + 1)) == r"\approx 3.33333 \cdot 10^{-16}"
    assert representation.latex_number(Fraction(10**500, 3)) == r"\approx 3.33333 \cdot 10^{499}"
    assert representation.latex_number(Fraction(10**20, 10**20 + 7)) == r"\approx 1"
    assert representation.latex_number(Fraction(123456, 7654321)) == r"\frac{123456}{7654321}"


def test_a_long_fraction_is_shown_by_its_value():
    tiny = Fraction(1, 3**40)
    game = gt.NormalFormGame.from_bimatrix([[tiny]], [[-tiny]])
    assert "payoffs Player 1 ≈8.22526e-20" in repr(judge_nash(game, [[1], [1]]))
    assert judge_nash(game, [[1], [1]]).payoffs["Player 1"] == tiny


def test_moves_off_the_path_are_cut_short_in_a_line():
    tree = gt.Outcome(A=0)
    for k in range(10):
        tree = gt.Decision("A", {"stop": gt.Outcome(A=k + 1), f"go on {k}": tree})
    game = gt.ExtensiveGame(tree)
    equilibrium = judge_subgame_perfect(game, [np.array([1, 0])] * 10)
    assert repr(equilibrium).count("→") == 5
    assert "5 more]" in repr(equilibrium)
    assert equilibrium.play == "A: start→stop"


@pytest.mark.parametrize(
    "value, text",
    [
        (Fraction(1, 3), "1/3"),
        (Fraction(10**20, 3), "≈3.33333e+19"),
        (Fraction(10**400, 3), "≈3.33333e+399"),
        (sympy.sqrt(2), "sqrt(2)"),
        (sympy.CRootOf("x**5 - x - 2", 0) ** 3 / 2, "≈1.01736"),
        (sympy.sympify("(x - 2)/(x**5 - 4)"), "(x - 2)/(x**5 - 4)"),
    ],
)
def test_long_numbers_are_shown_by_their_value_and_functions_as_they_are(value, text):
    assert representation.number(value) == text
