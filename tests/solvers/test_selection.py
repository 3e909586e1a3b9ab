"""Selection by name: published results, the definitions, refusals, and what must not change a selection."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.testing import normal_form_games

CRITERIA = ["payoff_dominance", "risk_dominance", "logit_limit", "global_games"]
SMALL = st.integers(0, 4).map(Fraction)


def hunt(safe):
    """The stag hunt: 4 for both if both hunt the stag, `safe` for a hare."""
    return gt.NormalFormGame.from_bimatrix(
        [[4, 0], [safe, safe]],
        [[4, safe], [0, safe]],
        players=("Ann", "Bob"),
        strategies=[["stag", "hare"]] * 2,
    )


def both(selection):
    return None if selection.equilibrium is None else selection.equilibrium.play


def investment(n, cost):
    """Each of n may invest: 1 minus the cost if all but at most one of the others do (Morris and Shin 2003 in spirit)."""
    gains = [Fraction(k, n - 1) - cost for k in range(n)]
    return gt.NormalFormGame.from_function(
        lambda *plan: [gains[plan.count("invest") - 1] if own == "invest" else 0 for own in plan],
        {f"P{i}": ["wait", "invest"] for i in range(n)},
    )


# ---------------------------------------------------------------------------------------------------------------------
# Published results
# ---------------------------------------------------------------------------------------------------------------------
def test_the_stag_hunt():
    """Harsanyi and Selten (1988); Carlsson and van Damme (1993): the hare is risk dominant from half of the stag on."""
    for safe, risk in ((1, "stag"), (3, "hare")):
        game = hunt(safe)
        assert both(gt.select_equilibrium(game)) == "Ann: stag; Bob: stag"
        for criterion in CRITERIA[1:]:
            assert both(gt.select_equilibrium(game, criterion)) == f"Ann: {risk}; Bob: {risk}"
    numbers = gt.select_equilibrium(hunt(3), "risk_dominance").numbers
    assert numbers == {"(stag, stag)": 1, "(hare, hare)": 9}
    even = gt.select_equilibrium(hunt(2), "risk_dominance")
    assert even.equilibrium is None and "are equal" in even.reason


def test_the_battle_of_the_sexes_has_no_payoff_dominant_equilibrium():
    game = gt.NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]], players=("Ann", "Bob"))
    selection = gt.select_equilibrium(game)
    assert selection.equilibrium is None
    assert (
        selection.reason
        == "players prefer different equilibria: Ann most in equilibrium 1, Bob most in equilibrium 2"
    )
    assert gt.select_equilibrium(game, "risk_dominance").equilibrium is None


def test_common_payoffs_that_are_equal_select_nothing():
    game = gt.NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]])
    selection = gt.select_equilibrium(game)
    assert selection.equilibrium is None and "the same to each" in selection.reason


@pytest.mark.parametrize("n", [2, 3, 5])
def test_investment_with_strategic_complements(n):
    """Morris and Shin (2003): invest if the mean share of the others, one half, exceeds the cost."""
    for cost, play in ((Fraction(2, 5), "invest"), (Fraction(3, 5), "wait")):
        selection = gt.select_equilibrium(investment(n, cost), "global_games")
        assert set(selection.equilibrium.support.values()) == {(play,)}
    assert gt.select_equilibrium(investment(n, Fraction(1, 2)), "global_games").equilibrium is None
    if n > 2:
        numbers = gt.select_equilibrium(investment(n, Fraction(2, 5)), "global_games").numbers
        assert numbers["mean gain"] == Fraction(1, 10) and numbers["gain if 0 others"] == Fraction(-2, 5)


def test_dominance_solvable_games_need_no_noise():
    dilemma = gt.NormalFormGame.from_bimatrix([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    selection = gt.select_equilibrium(dilemma, "global_games")
    assert selection.equilibrium.payoffs == {"Player 1": 1, "Player 2": 1} and selection.numbers == {}
    assert gt.select_equilibrium(dilemma).reason == "the only equilibrium"


# ---------------------------------------------------------------------------------------------------------------------
# Definitions and invariances
# ---------------------------------------------------------------------------------------------------------------------
@settings(max_examples=50, deadline=None)
@given(normal_form_games(players=2, size=(1, 3), payoffs=SMALL))
def test_payoff_dominance_by_the_definition(game):
    found = gt.nash_equilibria(game)
    selection = gt.select_equilibrium(found)
    best = [
        e
        for e in found
        if all(
            all(e.payoffs[p] >= other.payoffs[p] for p in game.players)
            and any(e.payoffs[p] > other.payoffs[p] for p in game.players)
            for other in found
            if other is not e
        )
    ]
    assert ([selection.equilibrium] if selection.equilibrium else []) == best
    assert selection.candidates is found


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 9), min_size=4, max_size=4),
    st.fractions(Fraction(1, 9), 9, max_denominator=9),
    st.lists(st.integers(-9, 9), min_size=2, max_size=2),
)
def test_risk_dominance_depends_on_best_replies_only(losses, factor, shifts):
    """Harsanyi and Selten's axioms: isomorphism, positive affine payoffs, and shifts against each strategy of the other."""
    a, b, c, d = losses
    game = gt.NormalFormGame.from_bimatrix([[a, 0], [0, b]], [[c, 0], [0, d]])
    selection = gt.select_equilibrium(game, "risk_dominance")
    assert (selection.equilibrium is None) == (a * c == b * d)
    payoffs = game.payoffs.copy()
    payoffs[0] = payoffs[0] * factor + np.array(shifts, dtype=object)[None, :]
    payoffs[1] = payoffs[1] + np.array(shifts, dtype=object)[:, None]
    same = gt.select_equilibrium(gt.NormalFormGame(payoffs), "risk_dominance")
    turned = gt.select_equilibrium(gt.NormalFormGame(game.payoffs[:, ::-1]), "risk_dominance")
    swapped = gt.NormalFormGame(np.array([game.payoffs[1].T, game.payoffs[0].T]))
    other = gt.select_equilibrium(swapped, "risk_dominance")
    if selection.equilibrium is None:
        assert same.equilibrium is turned.equilibrium is other.equilibrium is None
        return
    x, y = (vector.tolist() for vector in selection.equilibrium.profile.arrays)
    for selected, vectors in ((same, [x, y]), (turned, [x[::-1], y]), (other, [y, x])):
        assert [vector.tolist() for vector in selected.equilibrium.profile.arrays] == vectors
    assert gt.select_equilibrium(game, "global_games").equilibrium == selection.equilibrium


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-9, 9), min_size=2, max_size=4), st.integers(0, 3))
def test_the_laplacian_belief(gains, base):
    gains = sorted(gains)
    game = gt.NormalFormGame.from_function(
        lambda *plan: [base + (gains[plan.count("b") - 1] if own == "b" else 0) for own in plan],
        {f"P{i}": ["a", "b"] for i in range(len(gains))},
    )
    try:
        selection = gt.select_equilibrium(game, "global_games")
    except gt.Unsupported:  # two players, of whom one is indifferent somewhere
        assert len(gains) == 2 and 0 in gains
        return
    if sum(gains) == 0:
        assert selection.equilibrium is None
    else:
        assert set(selection.equilibrium.support.values()) == {("b",) if sum(gains) > 0 else ("a",)}


def test_logit_limits_are_taken_from_the_set_given():
    game = hunt(3)
    found = gt.nash_equilibria(game)
    selection = gt.select_equilibrium(found, "logit_limit")
    assert any(selection.equilibrium is e for e in found)


def test_trees_and_sets_of_trees():
    tree = gt.ExtensiveGame(
        gt.simultaneous(
            {"Ann": ["stag", "hare"], "Bob": ["stag", "hare"]},
            lambda ann, bob: gt.Outcome(
                Ann=3 if ann == "hare" else 4 * (bob == "stag"),
                Bob=3 if bob == "hare" else 4 * (ann == "stag"),
            ),
        )
    )
    assert both(gt.select_equilibrium(tree, "risk_dominance")) == "Ann: hare; Bob: hare"
    perfect = gt.subgame_perfect_equilibria(tree)
    selection = gt.select_equilibrium(perfect)
    assert selection.equilibrium.payoffs == {"Ann": 4, "Bob": 4} and selection.equilibrium.game == tree


def test_floats_are_equal_up_to_rounding():
    game = gt.NormalFormGame.from_bimatrix([[0.3, 0.0], [0.0, 0.1 + 0.2]], [[0.3, 0.0], [0.0, 0.3]])
    assert gt.select_equilibrium(game, "risk_dominance").equilibrium is None
    assert gt.select_equilibrium(game).equilibrium is None


# ---------------------------------------------------------------------------------------------------------------------
# Refusals and results
# ---------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "game, criterion, message",
    [
        (gt.NormalFormGame(np.zeros((2, 3, 2), dtype=int)), "risk_dominance", "have 3, 2"),
        (gt.NormalFormGame(np.zeros((3, 2, 2, 2), dtype=int)), "risk_dominance", "have 2, 2, 2"),
        (gt.NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]), "risk_dominance", "has none"),
        (gt.NormalFormGame([[[1, 0], [0, 0]], [[1, 0], [0, 0]]]), "risk_dominance", r"has 1: \(1, 1\)"),
        (
            gt.NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]),
            "global_games",
            "has no strict equilibria",
        ),
        (gt.NormalFormGame(np.zeros((2, 3, 2), dtype=int)), "global_games", "may depend on the noise"),
        (gt.NormalFormGame([[["x", 0]], [[0, 1]]]), "payoff_dominance", "depend on x"),
    ],
)
def test_refusals_say_why(game, criterion, message):
    with pytest.raises(gt.Unsupported, match=message):
        gt.select_equilibrium(game, criterion)


def test_global_games_refuse_what_may_depend_on_noise():
    payoffs = np.zeros((3, 2, 2, 2), dtype=int)
    payoffs[:, 1, 1, 1] = [1, 2, 3]
    payoffs[:, 0, 0, 0] = 1
    with pytest.raises(gt.Unsupported, match="symmetric games"):
        gt.select_equilibrium(gt.NormalFormGame(payoffs), "global_games")
    crowd = gt.NormalFormGame.from_function(
        lambda *plan: [2 - plan.count("go") if own == "go" else Fraction(1, 2) for own in plan],
        {name: ["stay", "go"] for name in "ABC"},
    )
    with pytest.raises(gt.Unsupported, match="strategic substitutes"):
        gt.select_equilibrium(crowd, "global_games")


def test_wrong_requests_are_explained():
    with pytest.raises(gt.UnknownName, match="did you mean 'risk_dominance'"):
        gt.select_equilibrium(hunt(3), "risk dominance")
    with pytest.raises(gt.GameError, match="not list"):
        gt.select_equilibrium([hunt(3)])
    nothing = gt.EquilibriumSet((), "Nash", "pure", True)
    with pytest.raises(gt.Unsupported, match="none can be selected"):
        gt.select_equilibrium(nothing)


def test_an_incomplete_list_is_said_to_be_one():
    found = gt.nash_equilibria(hunt(3), method="pure")
    assert not found.complete
    selection = gt.select_equilibrium(found)
    assert both(selection) == "Ann: stag; Bob: stag" and "not complete" in selection.reason


def test_selections_are_shown():
    selection = gt.select_equilibrium(hunt(3))
    assert (
        "Payoff dominance: no player gets more" in selection._repr_html_() and "stag" in selection.to_latex()
    )
    none = gt.select_equilibrium(hunt(2), "risk_dominance")
    assert repr(none).startswith("Selection(risk dominance: none | the products")
    assert "none" in none._repr_html_() and r"\emph{risk dominance: none" in none.to_latex()
