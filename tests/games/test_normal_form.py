"""NormalFormGame: what it accepts, what it refuses and how, identity, and substitution."""

from __future__ import annotations

import copy
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from gametheory.errors import GameError, GameTheoryError, ParameterError, TooLarge, UnknownName
from gametheory.games import NormalFormGame, normal_form
from gametheory.testing import normal_form_games

PRISONERS = {
    "payoffs": [[[3, 0], [5, 1]], [[3, 5], [0, 1]]],
    "players": ["Ann", "Bob"],
    "strategies": [["cooperate", "defect"]] * 2,
}
DOMAINS = st.sampled_from(["rational", "real", "parametric"])


# ---------------------------------------------------------------------------------------------------------------------
# Reading
# ---------------------------------------------------------------------------------------------------------------------
def test_labels_and_payoffs_in_every_spelling() -> None:
    game = NormalFormGame(**PRISONERS, title="PD")
    expected = {"Ann": 5, "Bob": 0}
    assert game.payoff("defect", "cooperate") == expected
    assert game.payoff(("defect", "cooperate")) == expected
    assert game.payoff({"Bob": "cooperate", "Ann": "defect"}) == expected
    assert game.strategy_index("Bob", "defect") == 1
    assert game.player_index("Bob") == 1
    assert (game.n_players, game.shape, game.domain, game.title) == (2, (2, 2), "rational", "PD")


def test_default_labels() -> None:
    game = NormalFormGame(np.zeros((3, 1, 2, 3)))
    assert game.players == ("Player 1", "Player 2", "Player 3")
    assert game.strategies == (("1",), ("1", "2"), ("1", "2", "3"))


def test_strategies_by_player() -> None:
    by_name = NormalFormGame([[[1, 2]], [[3, 4]]], ["A", "B"], {"B": ["l", "r"], "A": ["t"]})
    assert by_name.strategies == (("t",), ("l", "r"))


@pytest.mark.parametrize(
    "entries, domain, first",
    [
        ([1, 2], "rational", Fraction(1)),
        (["1/3", Decimal("0.1")], "rational", Fraction(1, 3)),
        ([np.int32(7), 2**70], "rational", Fraction(7)),
        ([1, 0.5], "real", 1.0),
        ([np.float32(0.5), "1/4"], "real", 0.5),
        ([sympy.Rational(1, 3), 1], "rational", Fraction(1, 3)),
        (["x/2", 0.1], "parametric", sympy.Symbol("x", real=True) / 2),
    ],
)
def test_domains(entries: list[object], domain: str, first: object) -> None:
    game = NormalFormGame([entries])
    assert game.domain == domain
    assert game.payoffs[0, 0] == first
    assert type(game.payoffs.flat[0]) is not int


def test_float_beside_an_expression_is_the_decimal_it_prints_as() -> None:
    x = sympy.Symbol("x")
    game = NormalFormGame([[0.1 * x, 0.1]])
    assert game.payoffs[0, 0] == sympy.Symbol("x", real=True) / 10
    assert game.payoffs[0, 1] == sympy.Rational(1, 10)


def test_integers_beyond_64_bits_stay_exact() -> None:
    # NumPy would turn this list into floats.
    game = NormalFormGame([[2**63, -1]])
    assert game.payoff("1") == {"Player 1": 2**63}
    assert game.domain == "rational"


def test_integer_and_float_arrays() -> None:
    assert NormalFormGame(np.array([[1, 2]])).domain == "rational"
    assert NormalFormGame(np.array([[1, 2]], dtype=np.float32)).payoffs.dtype == np.float64


# ---------------------------------------------------------------------------------------------------------------------
# Constructors
# ---------------------------------------------------------------------------------------------------------------------
def test_bimatrix_and_zero_sum() -> None:
    game = NormalFormGame.from_bimatrix([["1/2", -1]])
    assert game.payoff("1", "1") == {"Player 1": Fraction(1, 2), "Player 2": Fraction(-1, 2)}
    floats = NormalFormGame.from_bimatrix(np.array([[0.5, 0.0]]))
    assert floats.domain == "real"
    assert floats.payoff("1", "1")["Player 2"] == -0.5
    mixed = NormalFormGame.from_bimatrix(np.array([[0.5]]), [[1]])
    assert mixed.domain == "real"


def test_from_profiles_orders_and_names() -> None:
    game = NormalFormGame.from_profiles(
        {("in", "fight"): {"Entrant": -1, "Monopolist": 0}, ("in", "share"): {"Monopolist": 1, "Entrant": 1},
         ("out", "share"): (0, 2), ("out", "fight"): [0, 2]}
    )  # fmt: skip
    assert game.players == ("Entrant", "Monopolist")
    assert game.strategies == (("in", "out"), ("fight", "share"))
    assert game.payoff("in", "share") == {"Entrant": 1, "Monopolist": 1}
    single = NormalFormGame.from_profiles({"stay": (0,), "go": (1,)}, players=["Ann"])
    assert single.payoff("go") == {"Ann": 1}


def test_from_function_gets_the_strategies_as_given() -> None:
    game = NormalFormGame.from_function(
        lambda q, r: {"B": r, "A": q * r}, {"A": [1, 2], "B": [Fraction(1, 2), 3]}
    )
    assert game.strategies == (("1", "2"), ("0.5", "3"))
    assert game.payoff("2", "0.5") == {"A": 1, "B": Fraction(1, 2)}
    assert NormalFormGame.from_function(lambda q: [q], [[5, 6]]).payoff("6") == {"Player 1": 6}


# ---------------------------------------------------------------------------------------------------------------------
# Refusals
# ---------------------------------------------------------------------------------------------------------------------
NAN, INF = float("nan"), float("inf")
REFUSED = {
    "nan": (lambda: NormalFormGame([[[0, 1]], [[NAN, 1]]], ["A", "B"], [["t"], ["l", "r"]]), r"'B' at \(t, l\) is nan"),
    "nan array": (lambda: NormalFormGame(np.array([[[0, 1.0]], [[0, NAN]]])), r"'Player 2' at \(1, 2\) is nan"),
    "infinite": (lambda: NormalFormGame([[0, -INF]]), r"'Player 1' at \(2\) is -inf"),
    "complex": (lambda: NormalFormGame([[1, 1j]]), "complex"),
    "complex array": (lambda: NormalFormGame(np.array([[1, 1j]])), "complex"),
    "truth": (lambda: NormalFormGame([[1, True]]), "truth value"),
    "truth array": (lambda: NormalFormGame(np.array([[True]])), "truth value"),
    "none": (lambda: NormalFormGame([[1, None]]), "NoneType"),
    "code": (lambda: NormalFormGame([["__import__('os')", 1]]), "a call"),
    "scalar": (lambda: NormalFormGame(3), "shape"),
    "one axis": (lambda: NormalFormGame([1, 2]), r"\(n_players, n_1, \.\.\., n_N\)"),
    "a single matrix": (lambda: NormalFormGame([[1, 2], [3, 4]]), "from_bimatrix"),
    "a player too few": (lambda: NormalFormGame(np.zeros((2, 2, 2, 2))), "3 strategy axes"),
    "ragged": (lambda: NormalFormGame([[[1, 2], [3]], [[1, 2], [3, 4]]]), "rectangular"),
    "ragged arrays": (lambda: NormalFormGame([np.zeros((2, 2)), np.zeros((2, 3))]), "different shapes"),
    "no strategies": (lambda: NormalFormGame(np.zeros((2, 0, 3)), ["A", "B"]), "'A' has an empty strategy set"),
    "no players": (lambda: NormalFormGame(np.zeros((1, 3)), []), "list of players is empty"),
    "players' count": (lambda: NormalFormGame(np.zeros((1, 3)), ["A", "B"]), "2 player label"),
    "duplicate player": (lambda: NormalFormGame(np.zeros((2, 1, 1)), ["A", "A"]), "'A' occurs twice"),
    "text as labels": (lambda: NormalFormGame(np.zeros((2, 1, 1)), "AB"), "give a list"),
    "label of a wrong kind": (lambda: NormalFormGame(np.zeros((1, 1)), [None]), "a label is text"),
    "empty label": (lambda: NormalFormGame(np.zeros((1, 1)), [" "]), "empty label"),
    "duplicate strategy": (lambda: NormalFormGame(np.zeros((1, 2)), ["A"], [["t", "t"]]), "'t' occurs twice"),
    "strategies' count": (lambda: NormalFormGame(np.zeros((1, 2)), ["A"], [["t"]]), "axis of the payoffs has length 2"),
    "lists of strategies": (lambda: NormalFormGame(np.zeros((1, 2)), ["A"], [["t", "b"]] * 2), "2 list"),
    "strategies of nobody": (lambda: NormalFormGame(np.zeros((1, 1)), ["A"], {"a": ["t"]}), "did you mean 'A'"),
    "strategies missing": (lambda: NormalFormGame(np.zeros((2, 1, 1)), ["A", "B"], {"A": ["t"]}), "nothing about.*'B'"),
    "bimatrix shapes": (lambda: NormalFormGame.from_bimatrix([[1, 2]], [[1], [2]]), "different shapes"),
    "bimatrix axes": (lambda: NormalFormGame.from_bimatrix([1, 2]), "matrix A has 1 dimension"),
    "no profiles": (lambda: NormalFormGame.from_profiles({}), "no strategy profiles"),
    "missing profile": (
        lambda: NormalFormGame.from_profiles({("a", "b"): (0, 0), ("c", "d"): (0, 0)}),
        r"no payoffs are given for the strategy profile \(a, d\)",
    ),
    "uneven profiles": (lambda: NormalFormGame.from_profiles({("a",): [0], ("a", "b"): [0]}), "names 2 strategies"),
    "misspelt profile": (
        lambda: NormalFormGame.from_profiles({("act",): [0], ("atc",): [0]}, strategies=[["act"]]),
        "did you mean 'act'",
    ),
    "payoffs of a profile": (lambda: NormalFormGame.from_profiles({("a", "b"): (1,)}), r"at \(a, b\) are .* 2 are needed"),
    "payoff of a player": (
        lambda: NormalFormGame.from_profiles({("a", "b"): {"A": 1}}, players=["A", "B"]),
        r"\(a, b\) says nothing about the player 'B'",
    ),
    "function without payoffs": (lambda: NormalFormGame.from_function(lambda s: None, {"A": ["a"]}), "1 are needed"),
    "function without strategies": (lambda: NormalFormGame.from_function(lambda s: 0, {"A": []}), "empty strategy set"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_place(case: str) -> None:
    build, message = REFUSED[case]
    with pytest.raises(GameTheoryError, match=message):
        build()


def test_unknown_names_are_suggested() -> None:
    game = NormalFormGame(**PRISONERS)
    with pytest.raises(UnknownName, match="did you mean 'cooperate'"):
        game.payoff("coperate", "defect")
    with pytest.raises(UnknownName, match="did you mean 'Ann'"):
        game.strategy_index("An", "defect")
    with pytest.raises(GameError, match="names 1 strategies; the game has 2"):
        game.payoff("defect")


def test_a_game_of_a_billion_cells_is_refused_before_anything_is_built() -> None:
    def never(*labels: object) -> list[int]:
        raise AssertionError("the payoff function was called")

    with pytest.raises(TooLarge, match=r"3,000,000,000 payoffs, about 24 GB.*max_cells"):
        NormalFormGame.from_function(never, [range(1000)] * 3)
    with pytest.raises(TooLarge):
        NormalFormGame(np.broadcast_to(0.0, (2, 40_000, 40_000)))
    with pytest.raises(TooLarge):
        NormalFormGame.from_bimatrix(
            np.broadcast_to(0.0, (40_000, 40_000)), np.broadcast_to(0.0, (40_000, 40_000))
        )
    with pytest.raises(TooLarge):
        NormalFormGame.from_bimatrix(np.broadcast_to(0.0, (40_000, 40_000)))
    with pytest.raises(TooLarge):
        NormalFormGame.from_profiles({(f"a{k}", f"b{k}", f"c{k}"): (0, 0, 0) for k in range(1000)})
    with pytest.raises(TooLarge):
        NormalFormGame.from_function(never, {"A": range(10**9)})


def test_the_limit_can_be_raised_and_lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(normal_form, "MAX_CELLS", 7)
    with pytest.raises(TooLarge):
        NormalFormGame(np.zeros((2, 2, 2)))
    game = NormalFormGame(np.zeros((2, 2, 2)), max_cells=8)
    assert pickle.loads(pickle.dumps(game)) == game
    assert NormalFormGame.from_function(lambda a, b: (0, 0), [["a", "b"], ["c", "d"]], max_cells=8).shape == (
        2,
        2,
    )


# ---------------------------------------------------------------------------------------------------------------------
# Identity
# ---------------------------------------------------------------------------------------------------------------------
def test_the_callers_array_is_copied_and_the_games_is_read_only() -> None:
    array = np.zeros((1, 2))
    game = NormalFormGame(array)
    array[0, 0] = 9
    assert game.payoffs[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        game.payoffs[0, 0] = 1
    with pytest.raises(AttributeError):
        game.title = "other"  # type: ignore[misc]
    objects = np.array([[Fraction(1), Fraction(2)]], dtype=object)
    exact = NormalFormGame(objects)
    objects[0, 0] = Fraction(9)
    assert exact.payoffs[0, 0] == 1


def test_what_makes_games_different() -> None:
    game = NormalFormGame(**PRISONERS)
    assert game == NormalFormGame(**PRISONERS, title="another caption")
    assert game != NormalFormGame(PRISONERS["payoffs"])
    assert game != NormalFormGame(
        np.array(PRISONERS["payoffs"], dtype=float), PRISONERS["players"], PRISONERS["strategies"]
    )
    assert game != "game"
    assert NormalFormGame(np.array([[0.0]])) == NormalFormGame(np.array([[-0.0]]))
    assert hash(NormalFormGame(np.array([[0.0]]))) == hash(NormalFormGame(np.array([[-0.0]])))


@given(st.data())
def test_pickle_copy_hash_and_equality(data: st.DataObject) -> None:
    game = data.draw(normal_form_games(domain=data.draw(DOMAINS)))
    for other in (pickle.loads(pickle.dumps(game)), copy.deepcopy(game), copy.copy(game)):
        assert other == game
        assert hash(other) == hash(game)
        assert not other.payoffs.flags.writeable
        assert other.domain == game.domain


@given(normal_form_games(players=(2, 3)), st.data())
def test_reordering_labels_with_the_payoffs_keeps_every_payoff(
    game: NormalFormGame, data: st.DataObject
) -> None:
    i = data.draw(st.integers(0, game.n_players - 1))
    order = data.draw(st.permutations(range(game.shape[i])))
    strategies = [list(own) for own in game.strategies]
    strategies[i] = [strategies[i][k] for k in order]
    moved = NormalFormGame(np.take(game.payoffs, order, axis=i + 1), game.players, strategies)
    for cell in np.ndindex(game.shape):
        profile = [game.strategies[j][k] for j, k in enumerate(cell)]
        assert moved.payoff(profile) == game.payoff(profile)
    assert (moved == game) == (list(order) == list(range(game.shape[i])))


@given(normal_form_games())
def test_the_game_is_what_its_profiles_say(game: NormalFormGame) -> None:
    profiles = {}
    for cell in np.ndindex(game.shape):
        profile = tuple(own[k] for own, k in zip(game.strategies, cell, strict=True))
        profiles[profile] = game.payoff(profile)
    assert NormalFormGame.from_profiles(profiles) == game
    table = NormalFormGame.from_function(
        lambda *labels: profiles[labels], dict(zip(game.players, game.strategies, strict=True))
    )
    assert table == game


# ---------------------------------------------------------------------------------------------------------------------
# Parameters
# ---------------------------------------------------------------------------------------------------------------------
def test_substitute_keeps_exactness() -> None:
    game = NormalFormGame([["x/3 + y", "1/y"]])
    assert game.parameters == {"x", "y"}
    exact = game.substitute({"x": 1, "y": "1/2", "unused": 5})
    assert exact.domain == "rational"
    assert exact.payoffs[0].tolist() == [Fraction(5, 6), 2]
    real = game.substitute({"x": 0.1, "y": 2})
    assert real.domain == "real"
    assert real.payoffs[0].tolist() == pytest.approx([0.1 / 3 + 2, 0.5])
    assert exact.substitute({}) is exact
    assert exact.parameters == frozenset()


def test_substitute_expressions_stays_parametric() -> None:
    game = NormalFormGame([["x + y", "x*y"]])
    t = sympy.Symbol("t", real=True)
    partly = game.substitute({"x": t / 2, "y": 0.5})
    assert partly.parameters == {"t"}
    assert partly.payoffs[0].tolist() == [t / 2 + sympy.Rational(1, 2), t / 4]


def test_substitute_errors_name_parameter_player_and_profile() -> None:
    game = NormalFormGame([[1, "1/(x - 1)"]], ["West"], [["wait", "act"]])
    with pytest.raises(ParameterError, match=r"'West' at \(act\).*divides by zero at x = 1"):
        game.substitute({"x": 1})
    with pytest.raises(ParameterError, match=r"'West' at \(act\).*divides by zero"):
        game.substitute({"x": 1.0})
    t = sympy.Symbol("t", real=True)
    with pytest.raises(ParameterError, match=r"'West' at \(act\).*divides by zero"):
        NormalFormGame([["1/(x - y)"]], ["West"], [["act"]]).substitute({"x": t, "y": t})
    with pytest.raises(ParameterError, match=r"needs a value for the parameter 'x'.*'X'"):
        game.substitute({"X": 2})
    with pytest.raises(ParameterError, match="value of parameter 'x' is nan"):
        game.substitute({"x": NAN})


@given(normal_form_games(domain="parametric"), st.fractions(-3, 3), st.fractions(-3, 3))
def test_substitution_is_what_sympy_says(game: NormalFormGame, x: Fraction, y: Fraction) -> None:
    at = {"x": x, "y": y}
    found = game.substitute(at)
    numbers = {
        sympy.Symbol(name, real=True): sympy.Rational(value.numerator, value.denominator)
        for name, value in at.items()
    }
    for index, expression in np.ndenumerate(game.payoffs):
        assert sympy.Rational(*found.payoffs[index].as_integer_ratio()) == sympy.sympify(expression).subs(
            numbers
        )
