"""The judge of mixed profiles against brute force, in every kind of number, and against hand-computed indices."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import flint
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import gametheory as gt
from gametheory.equilibria import nash
from gametheory.equilibria.arithmetic import determinant_sign, tolerance

NUMBERS = {
    "Fraction": Fraction,
    "fmpq": lambda q: flint.fmpq(Fraction(q).numerator, Fraction(q).denominator),
    "sympy": lambda q: sympy.Rational(Fraction(q).numerator, Fraction(q).denominator),
    "float": float,
}


def convert(number, values):
    array = np.array(values, dtype=object)
    dtype = float if number is float else object
    return np.array([number(value) for value in array.flat], dtype=dtype).reshape(array.shape)


@st.composite
def games_with_profiles(draw):
    """Small integer payoffs, from one to three players, and mixed strategies that may have zeros."""
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    size = len(shape) * math.prod(shape)
    payoffs = np.array(
        draw(st.lists(st.integers(-4, 4), min_size=size, max_size=size)), dtype=object
    ).reshape(len(shape), *shape)
    mixed = []
    for n in shape:
        weights = draw(st.lists(st.integers(0, 4), min_size=n, max_size=n).filter(any))
        mixed.append([Fraction(weight, sum(weights)) for weight in weights])
    return payoffs, mixed


def brute_payoff(payoffs, mixed, player):
    """The definition: a sum over all pure profiles."""
    total = Fraction(0)
    for cell in itertools.product(*(range(len(vector)) for vector in mixed)):
        probability = math.prod((mixed[i][s] for i, s in enumerate(cell)), start=Fraction(1))
        total += probability * int(payoffs[(player, *cell)])
    return total


def brute_action_payoffs(payoffs, mixed, player):
    size = len(mixed[player])
    pure = [[Fraction(s == t) for t in range(size)] for s in range(size)]
    return [brute_payoff(payoffs, [*mixed[:player], vector, *mixed[player + 1 :]], player) for vector in pure]


@given(games_with_profiles())
def test_payoffs_and_regret_are_their_definitions(drawn):
    payoffs, mixed = drawn
    players = range(len(mixed))
    assert nash.expected_payoffs(payoffs, mixed) == [brute_payoff(payoffs, mixed, i) for i in players]
    gains = []
    for i in players:
        values = brute_action_payoffs(payoffs, mixed, i)
        assert list(nash.action_payoffs(payoffs, mixed, i)) == values
        best = {s for s, value in enumerate(values) if value == max(values)}
        assert set(nash.best_replies_array(payoffs, mixed)[i]) == best
        gains.append(max(values) - brute_payoff(payoffs, mixed, i))
    assert nash.regrets_array(payoffs, mixed) == gains
    assert nash.regret(payoffs, mixed) == max(gains)
    assert nash.is_nash(payoffs, mixed) == (max(gains) == 0)


@given(games_with_profiles())
def test_every_kind_of_number_gives_the_same_answer(drawn):
    payoffs, mixed = drawn
    exact = nash.regrets_array(payoffs, mixed)
    for name, number in NUMBERS.items():
        found = nash.regrets_array(convert(number, payoffs), [convert(number, vector) for vector in mixed])
        for value, truth in zip(found, exact, strict=True):
            if name == "float":
                assert math.isclose(value, truth, abs_tol=1e-12)
            else:
                assert value == number(truth)


@given(games_with_profiles(), st.integers(1, 5), st.integers(-3, 3))
def test_regret_scales_with_the_payoffs_and_ignores_a_constant(drawn, factor, constant):
    payoffs, mixed = drawn
    assert nash.regret(payoffs * factor + constant, mixed) == factor * nash.regret(payoffs, mixed)


@pytest.mark.parametrize("kind", NUMBERS)
def test_index_of_the_battle_of_the_sexes(kind):
    number = NUMBERS[kind]
    payoffs = convert(number, [[[2, 0], [0, 1]], [[1, 0], [0, 2]]])
    third = Fraction(1, 3)
    profiles = {
        1: [[[1, 0], [1, 0]], [[0, 1], [0, 1]]],
        -1: [[[2 * third, third], [third, 2 * third]]],
    }
    for wanted, known in profiles.items():
        for profile in known:
            assert nash.index(payoffs, [convert(number, vector) for vector in profile]) == wanted


def test_indices_of_three_players_add_up_to_one():
    # Three players each choose a side; each wants to be where both others are: 2 strict equilibria, the uniform mixture, and
    # none besides (with p the others' common probability of side one, indifference needs p^2 = (1-p)^2).
    payoffs = np.zeros((3, 2, 2, 2), dtype=object)
    payoffs[:, 0, 0, 0] = payoffs[:, 1, 1, 1] = 1
    half = [Fraction(1, 2)] * 2
    assert nash.index(payoffs, [[1, 0]] * 3) == nash.index(payoffs, [[0, 1]] * 3) == 1
    # det(-J) for J with zero diagonal and all other entries 1 (u = pq - (1-p)(1-q) has both partials 1): -det(J) = -2.
    assert nash.index(payoffs, [half] * 3) == -1


def test_index_is_none_where_an_equilibrium_is_not_regular():
    tie = np.array([[[1, 1], [0, 1]], [[1, 1], [0, 0]]])
    assert nash.is_nash(tie, [[1, 0], [1, 0]])
    assert nash.index(tie, [[1, 0], [1, 0]]) is None, "an unused best reply"
    constant = np.zeros((2, 2, 2), dtype=int)
    assert nash.index(constant, [[0.5, 0.5], [0.5, 0.5]]) is None, "a singular matrix of derivatives"
    assert nash.index(constant.astype(float), [[0.5, 0.5], [0.5, 0.5]]) is None


def test_only_an_equilibrium_has_an_index():
    with pytest.raises(gt.GameError, match="only an equilibrium"):
        nash.index(np.array([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]), [[1, 0], [1, 0]])


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(st.integers(-3, 3), min_size=n, max_size=n), min_size=n, max_size=n)
    )
)
def test_determinant_sign_is_that_of_sympy(matrix):
    truth = int(sympy.sign(sympy.Matrix(matrix).det())) or None
    for number in (Fraction, NUMBERS["fmpq"], float):
        assert determinant_sign([[number(entry) for entry in row] for row in matrix]) == truth


def test_floats_are_compared_at_the_scale_of_each_players_payoffs():
    # The same coordination game, the second player's payoffs in other units.
    for unit in (1e-12, 1.0, 1e12):
        payoffs = np.array([[[2.0, 0.1], [0.3, 1.0]], [[1.0, 0.1], [0.7, 2.0]]])
        payoffs[1] *= unit
        x = (payoffs[1, 1, 1] - payoffs[1, 1, 0]) / (
            payoffs[1, 0, 0] - payoffs[1, 0, 1] - payoffs[1, 1, 0] + payoffs[1, 1, 1]
        )
        y = 0.9 / 2.6
        mixed = [[x, 1 - x], [y, 1 - y]]
        assert nash.is_nash(payoffs, mixed)
        assert nash.index(payoffs, mixed) == -1
        assert not nash.is_nash(payoffs, [[x + 1e-3, 1 - x - 1e-3], [y, 1 - y]])
    assert tolerance(np.array([5.0, 5.0])) > 0
    assert tolerance(np.array([Fraction(5), Fraction(7)])) == 0


def test_labels_in_labels_out():
    game = gt.NormalFormGame.from_bimatrix(
        [[3, 0], [5, 1]], [[3, 5], [0, 1]], players=("Ann", "Bob"), strategies=[["c", "d"]] * 2
    )
    profile = {"Ann": {"c": 1}, "Bob": {"c": Fraction(1, 2), "d": Fraction(1, 2)}}
    assert nash.support(game, profile) == {"Ann": ("c",), "Bob": ("c", "d")}
    assert nash.best_replies(game, profile) == {"Ann": ("d",), "Bob": ("d",)}
    assert nash.regrets(game, profile) == {"Ann": Fraction(3, 2), "Bob": 1}
    assert nash.regret(game, profile) == Fraction(3, 2)
    assert nash.expected_payoffs(game, gt.MixedProfile(game, profile)) == [Fraction(3, 2), 4]
    with pytest.raises(gt.GameTheoryError, match="Bob"):
        nash.regret(game, {"Ann": {"c": 1}, "Bobb": {"c": 1}})


def test_what_cannot_be_judged_says_so():
    a = sympy.Symbol("a", real=True)
    game = gt.NormalFormGame.from_bimatrix([[a, 0], [1, 1]], [[1, 0], [0, 1]])
    profile = [[1, 0], [1, 0]]
    with pytest.raises(gt.Unsupported, match=r"depends on a;.*substitute"):
        nash.is_nash(game, profile)
    assert nash.regret(game, profile) == sympy.Max(0, 1 - a)
    with pytest.raises(gt.GameError, match=r"shape"):
        nash.regret(np.zeros((2, 2)), [[1, 0], [1, 0]])
    with pytest.raises(gt.GameError, match=r"\(2, 3\).*\(2, 2\)"):
        nash.regret(np.zeros((2, 2, 2)), [[1, 0], [1, 0, 0]])
    with pytest.raises(gt.GameError, match="game with names"):
        nash.regret(np.zeros((2, 2, 2)), {"Ann": {"c": 1}})
    tree = gt.ExtensiveGame(gt.Decision("A", {"x": gt.Outcome(A=1), "y": gt.Outcome(A=0)}))
    with pytest.raises(gt.GameError, match=r"equilibria\.sequential"):
        nash.regret(tree, {"A": {"start": {"x": 1}}})


def test_an_equilibrium_stands_for_its_profile():
    game = gt.NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    for equilibrium in gt.nash_equilibria(game):
        assert nash.is_nash(game, equilibrium)
        assert nash.is_perfect(game, equilibrium)
        assert nash.is_proper(game, equilibrium)


@pytest.mark.parametrize("profile", ["half", 0.5, None])
def test_what_is_no_profile_is_refused_with_what_one_is(profile):
    game = gt.NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    with pytest.raises(
        gt.GameError, match=f"one vector of probabilities for each player, not {type(profile).__name__}"
    ):
        nash.regret(game, profile)


def test_a_profile_of_another_game_is_refused():
    game = gt.NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    other = gt.NormalFormGame(game.payoffs, game.players, [["1", "2"], ["left", "right"]])
    profile = gt.nash_equilibria(other)[0]
    with pytest.raises(gt.GameError, match="another game: there Player 2 has the strategies left, right"):
        nash.is_nash(game, profile)
    assert nash.is_nash(gt.NormalFormGame(2 * game.payoffs), gt.nash_equilibria(game)[0])


def test_an_index_at_the_end_of_the_range_of_floats():
    pennies = np.array([[[1.0, -1.0], [-1.0, 1.0]], [[-1.0, 1.0], [1.0, -1.0]]]) * 1.7e308
    assert nash.index(pennies, [[0.5, 0.5], [0.5, 0.5]]) == 1
