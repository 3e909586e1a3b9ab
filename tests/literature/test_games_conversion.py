"""Published trees and the strategic forms that their authors print."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from gametheory.games import (
    BehaviourProfile,
    Chance,
    Decision,
    ExtensiveGame,
    MixedProfile,
    Outcome,
    agent_form,
    strategic_form,
)
from gametheory.games.conversion import behaviour, mixed


def table(game):
    """Payoffs by strategy profile."""
    return {labels: tuple(game.payoff(labels).values()) for labels in itertools.product(*game.strategies)}


def test_seltens_horse():
    # R. Selten (1975), figure 1: "Reexamination of the perfectness concept", Int. J. Game Theory 4, p. 33.
    def three(left, right, infoset="3"):
        return Decision("3", {"L": Outcome(None, left), "R": Outcome(None, right)}, infoset=infoset)

    def pay(*payoffs):
        return dict(zip("123", payoffs, strict=True))

    horse = ExtensiveGame(
        Decision("1", {
            "C": Decision("2", {"c": Outcome(None, pay(1, 1, 1)), "d": three(pay(4, 4, 0), pay(0, 0, 1))}),
            "D": three(pay(3, 3, 2), pay(0, 0, 0)),
        })
    )  # fmt: skip
    form = strategic_form(horse)
    assert table(form) == {
        ("C", "c", "L"): (1, 1, 1),
        ("C", "c", "R"): (1, 1, 1),
        ("C", "d", "L"): (4, 4, 0),
        ("C", "d", "R"): (0, 0, 1),
        ("D", "c", "L"): (3, 3, 2),
        ("D", "c", "R"): (0, 0, 0),
        ("D", "d", "L"): (3, 3, 2),
        ("D", "d", "R"): (0, 0, 0),
    }
    # Everyone moves once, so that agents are players.
    np.testing.assert_array_equal(agent_form(horse).payoffs, form.payoffs)
    assert horse.subgame_roots() == (0,)


def test_myersons_card_game():
    # R. B. Myerson (1991), Game Theory: Analysis of Conflict, figure 2.2 and table 2.1.
    def meet_or_pass(sign):
        return Decision(
            "2",
            {"M": Outcome(None, {"1": 2 * sign, "2": -2 * sign}), "P": Outcome(None, {"1": 1, "2": -1})},
            infoset="raised",
        )

    def hold(sign, raises, folds):
        return Decision("1", {raises: meet_or_pass(sign), folds: Outcome(None, {"1": sign, "2": -sign})})

    game = ExtensiveGame(
        Chance({"red": ("1/2", hold(1, "R", "F")), "black": ("1/2", hold(-1, "r", "f"))}), players=["1", "2"]
    )
    half = Fraction(1, 2)
    assert table(strategic_form(game)) == {
        ("R · r", "M"): (0, 0),
        ("R · r", "P"): (1, -1),
        ("R · f", "M"): (half, -half),
        ("R · f", "P"): (0, 0),
        ("F · r", "M"): (-half, half),
        ("F · r", "P"): (1, -1),
        ("F · f", "M"): (0, 0),
        ("F · f", "P"): (0, 0),
    }


def kuhn_poker():
    """H. W. Kuhn (1950), "A simplified two-person poker", Contributions to the Theory of Games I, 97-103."""

    def end(winner, stake):
        sign = 1 if winner == 1 else -1
        return Outcome(None, {"1": sign * stake, "2": -sign * stake})

    def deal(first, second):
        best = 1 if first > second else 2
        reply_to_bet = Decision(
            "2", {"fold": end(1, 1), "call": end(best, 2)}, infoset=f"{second} facing a bet"
        )
        after_pass_bet = Decision(
            "1", {"fold": end(2, 1), "call": end(best, 2)}, infoset=f"{first} facing a bet of 2"
        )
        after_pass = Decision(
            "2", {"pass": end(best, 1), "bet": after_pass_bet}, infoset=f"{second} after a pass"
        )
        return Decision("1", {"pass": after_pass, "bet": reply_to_bet}, infoset=f"{first}")

    deals = itertools.permutations((1, 2, 3), 2)
    return ExtensiveGame(Chance({f"{a}{b}": ("1/6", deal(a, b)) for a, b in deals}), players=["1", "2"])


def kuhn_solution(game, alpha):
    third = Fraction(1, 3)
    first = {"1": alpha, "2": 0, "3": 3 * alpha}
    call = {"1": 0, "2": alpha + third, "3": 1}
    bluff = {"1": third, "2": 0, "3": 1}
    reply = {"1": 0, "2": third, "3": 1}
    return BehaviourProfile(
        game,
        {
            "1": {card: {"bet": p, "pass": 1 - p} for card, p in first.items()}
            | {f"{card} facing a bet of 2": {"call": p, "fold": 1 - p} for card, p in call.items()},
            "2": {f"{card} after a pass": {"bet": p, "pass": 1 - p} for card, p in bluff.items()}
            | {f"{card} facing a bet": {"call": p, "fold": 1 - p} for card, p in reply.items()},
        },
    )


@pytest.mark.parametrize("alpha", [Fraction(0), Fraction(1, 5), Fraction(1, 3)])
def test_kuhns_poker(alpha):
    game = kuhn_poker()
    form = strategic_form(game)
    assert form.shape == (27, 64)
    solution = mixed(game, kuhn_solution(game, alpha))
    x, y = solution.arrays
    value = Fraction(-1, 18)
    assert max(form.payoffs[0] @ y) == value
    assert min(x @ form.payoffs[0]) == value
    # And back again, as far as the solution itself reaches.
    again = mixed(game, behaviour(game, solution))
    assert isinstance(again, MixedProfile)
    assert again.arrays[0] @ form.payoffs[0] @ again.arrays[1] == value
