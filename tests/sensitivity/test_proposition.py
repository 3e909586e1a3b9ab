"""What a proposition says about the parameters it rests on, and about uniqueness."""

import pytest

import gametheory as gt
from gametheory.sensitivity import conditions


@pytest.fixture
def entry():
    space = gt.ParameterSpace(
        gt.Parameter("D", 3, low=-2, high=6), gt.Parameter("M", 10, low=5, high=15), gt.Parameter("c", 2, low=0, high=8),
        gt.Parameter("F", 1, low=0, high=5), gt.Parameter("unused", 1, low=0, high=2),
    )  # fmt: skip
    D, M, c, F = space.symbols("D M c F")
    tree = gt.Decision("Entrant", {
        "out": gt.Outcome(Entrant=0, Incumbent=M),
        "in": gt.Decision("Incumbent", {
            "fight": gt.Outcome(Entrant=-F, Incumbent=D - c), "share": gt.Outcome(Entrant=D, Incumbent=D)}),
    })  # fmt: skip
    return gt.Model("entry", gt.ExtensiveGame(tree), space)


def test_an_equation_does_not_make_an_equilibrium_unique(entry):
    """Where c = 0 the incumbent may as well share: entry then happens, too, if D > 0."""
    found = conditions(entry, {"Entrant": "out", "Incumbent": "fight"})
    assert [condition.relation for condition in found.conditions] == ["=="]
    assert len(gt.subgame_perfect_equilibria(entry.at({"c": 0}))) > 1
    assert "the only one" not in found.proposition().to_text()
    assert (
        "the only one" in conditions(entry, {"Entrant": "in", "Incumbent": "share"}).proposition().to_text()
    )


def test_every_parameter_that_statement_or_proof_rests_on_is_introduced(entry):
    text = conditions(entry, "P(Entrant: in) = 0").proposition().to_text()
    ranges = text.split("In the game")[0]
    assert all(
        f"{name} between" in ranges for name in ("D", "M", "c", "F")
    )  # F only in the proof, M only in a payoff
    assert "unused" not in text


def test_ranges_of_parameters_whose_sign_was_used_are_named():
    space = gt.ParameterSpace(gt.Parameter("x", 1, low=-2, high=2), gt.Parameter("y", 1, low="1/2", high=2))
    x, y = space.symbols("x y")
    tree = gt.Decision("A", {"left": gt.Outcome(A=(x - 1) * y), "right": gt.Outcome(A=0)})
    found = conditions(gt.Model("sign", gt.ExtensiveGame(tree), space), {"A": "left"})
    assert found.parameters == ("x",)
    assert "y lie between 0.5 and 2" in found.proposition().to_text()


def test_the_rest_of_the_profiles_is_counted_in_plain_words(entry):
    assert (
        conditions(entry, "P(Entrant: in) = 0")
        .proposition()
        .to_text()
        .count("No other pure profile has this outcome.")
        == 1
    )
    some = conditions(entry, "P(Entrant: in) = 0", over={"c": (1, 8)}).proposition().to_text()
    assert "Of 2 pure profiles with this outcome, 1 is in equilibrium nowhere on the box." in some
    none = conditions(entry, "P(Entrant: in) = 0", over={"c": (1, 8), "D": (1, 6)}).proposition().to_text()
    assert "No pure profile with this outcome is in equilibrium anywhere on the box." in none


def test_each_deviation_that_always_loses_has_its_own_reason():
    """What comes to the same sign on the box is not the same difference of payoffs."""
    space = gt.ParameterSpace(gt.Parameter("x", 1, low=1, high=2), gt.Parameter("y", 1, low=1, high=2))
    x, y = space.symbols("x y")
    second = gt.Decision("B", {"stay": gt.Outcome(A=x, B=y), "go": gt.Outcome(A=0, B=0)})
    tree = gt.Decision("A", {"in": second, "out": gt.Outcome(A=0, B=0)})
    text = (
        conditions(gt.Model("two", gt.ExtensiveGame(tree), space), "P(B: stay) = 1").proposition().to_text()
    )
    assert "A [start] does not gain by playing out instead of in, as x > 0." in text
    assert "B [in] does not gain by playing go instead of stay, as y > 0." in text
    assert "P(B: stay) = 1 exists without further conditions on this range." in text


def test_a_mixed_probability_is_positive_by_its_closed_form():
    space = gt.ParameterSpace(gt.Parameter("a", 1, low=1, high=2))
    game = gt.NormalFormGame.from_bimatrix([[space.symbols("a"), 0], [0, 1]], [[0, 1], [1, 0]])
    found = conditions(gt.Model("mixed", game, space), {"Player 1": ["1", "2"], "Player 2": ["1", "2"]})
    assert "Player 2 plays 1 with positive probability, as 1/(a + 1) > 0." in found.proposition().to_text()
