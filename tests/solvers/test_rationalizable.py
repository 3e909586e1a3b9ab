"""Iterated dominance: published games, the definition, what must not change it, and Gambit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.equilibria.dominance import dominates, own_table
from gametheory.testing import normal_form_games
from judges import gambit_undominated

KINDS = [("strict", "mixed"), ("strict", "pure"), ("weak", "mixed"), ("weak", "pure")]
SMALL = st.integers(0, 3).map(Fraction)
GAMES = st.one_of(
    normal_form_games(players=2, size=(1, 4), payoffs=SMALL),
    normal_form_games(players=(1, 3), size=(1, 3), payoffs=SMALL),
)


# ---------------------------------------------------------------------------------------------------------------------
# Published games
# ---------------------------------------------------------------------------------------------------------------------
def test_bernheims_game():
    """Bernheim (1984), as in Osborne and Rubinstein (1994), section 4.1.

    A mixture of b1 and b3 removes b4, and then a4 goes; all else is rationalizable, and (a2, b2) is Nash.
    """
    a = [[0, 2, 7, 0], [5, 3, 5, 0], [7, 2, 0, 0], [0, 0, 0, 10]]
    b = [[7, 5, 0, 1], [2, 3, 2, 1], [0, 5, 7, 1], [0, -2, 0, -1]]
    game = gt.NormalFormGame.from_bimatrix(
        a, b, strategies=[["a1", "a2", "a3", "a4"], ["b1", "b2", "b3", "b4"]]
    )
    found = gt.rationalizable(game)
    assert found.strategies == {"Player 1": ("a1", "a2", "a3"), "Player 2": ("b1", "b2", "b3")}
    assert [[one.strategy for one in round_] for round_ in found.rounds] == [["b4"], ["a4"]]
    assert set(found.rounds[0][0].dominated_by) <= {"b1", "b3", "b2"}
    assert gt.rationalizable(game, by="pure").rounds == () and not found.solvable
    with pytest.raises(gt.Unsupported, match="not dominance solvable"):
        _ = found.solution


def test_guessing_half_of_the_average_is_dominance_solvable():
    """Guesses from 0 to 6, each wants to be near half of the mean; also by weak dominance."""
    guess = [str(k) for k in range(7)]
    game = gt.NormalFormGame.from_function(
        lambda i, j: [-abs(Fraction(int(k)) - Fraction(int(i) + int(j), 4)) for k in (i, j)],
        {"A": guess, "B": guess},
    )
    found = gt.rationalizable(game)
    assert found.solvable and found.solution["A"]["0"] == 1 and len(found.rounds) >= 2
    assert gt.equilibria.nash.is_nash(game, found.solution)


def test_order_matters_for_weak_dominance():
    """All weakly dominated strategies go at once: (T, L) and (T, R) are equilibria, and one of them does not survive."""
    game = gt.NormalFormGame.from_bimatrix(
        [[1, 1], [1, 0]], [[1, 0], [1, 0]], strategies=[["T", "B"], ["L", "R"]], players=("Row", "Column")
    )
    found = gt.rationalizable(game, "weak")
    assert found.strategies == {"Row": ("T",), "Column": ("L",)} and len(found.rounds) == 1
    assert gt.rationalizable(game).strategies["Row"] == ("T", "B")


def test_correlated_rationalizability_of_three_players_is_said():
    """The third player's M is best if it believes the others to be perfectly correlated, and never if they are independent."""
    payoffs = np.zeros((3, 2, 2, 3), dtype=int)
    payoffs[2] = np.moveaxis([[[9, 0], [0, 0]], [[5, -5], [-5, 5]], [[0, 0], [0, 9]]], 0, 2)
    game = gt.NormalFormGame(payoffs, strategies=[["0", "1"], ["0", "1"], ["L", "M", "R"]])
    found = gt.rationalizable(game)
    assert found.concept == "correlated rationalizable strategies" and found.rounds == ()
    for p in range(11):
        for q in range(11):
            beliefs = [
                [Fraction(p, 10), 1 - Fraction(p, 10)],
                [Fraction(q, 10), 1 - Fraction(q, 10)],
                [0, 1, 0],
            ]
            values = gt.equilibria.nash.action_payoffs(game, beliefs, 2)
            assert max(values) > values[1]


# ---------------------------------------------------------------------------------------------------------------------
# The definition
# ---------------------------------------------------------------------------------------------------------------------
@settings(max_examples=100, deadline=None)
@given(GAMES, st.sampled_from(KINDS))
def test_every_step_is_a_domination_and_no_domination_is_left(game, kind):
    dominance, by = kind
    found = gt.rationalizable(game, dominance, by=by)
    left = [list(range(n)) for n in game.shape]
    for eliminations in found.rounds:
        payoffs = game.payoffs[np.ix_(range(game.n_players), *left)]
        assert eliminations
        for one in eliminations:
            i = game.player_index(one.player)
            names = [game.strategies[i][s] for s in left[i]]
            mixture = [one.dominated_by[name] if name in one.dominated_by else Fraction(0) for name in names]
            assert sum(mixture) == 1 and (by == "mixed" or one.dominator in names)
            assert dominates(
                own_table(payoffs, i), mixture, names.index(one.strategy), weak=dominance == "weak"
            )
        for one in eliminations:
            i = game.player_index(one.player)
            left[i].remove(game.strategies[i].index(one.strategy))
    assert found.reduced.payoffs.tolist() == game.payoffs[np.ix_(range(game.n_players), *left)].tolist()
    if by == "pure":
        for i in range(game.n_players):
            table = own_table(found.reduced.payoffs, i)
            units = np.eye(len(table), dtype=int).astype(object)
            assert not any(
                dominates(table, units[t], s, weak=dominance == "weak")
                for s in range(len(table))
                for t in range(len(table))
                if s != t
            )


@settings(max_examples=40, deadline=None)
@given(normal_form_games(players=2, size=(1, 4), payoffs=SMALL))
def test_what_is_left_is_a_best_reply_to_a_belief(game):
    """Strict dominance by mixed strategies: exactly the strategies that some belief makes best, by linear programs of SciPy."""
    from scipy.optimize import linprog

    found = gt.rationalizable(game)
    for i in range(2):
        table = np.array(own_table(found.reduced.payoffs, i), dtype=float)
        for own in table:
            n = len(own)
            answer = linprog(np.zeros(n), table - own, np.zeros(len(table)), np.ones((1, n)), [1])
            assert answer.status == 0
    # ... and in the whole game a strategy eliminated in the first round is best against no belief.
    for one in found.rounds[0] if found.rounds else ():
        i = game.player_index(one.player)
        table = np.array(own_table(game.payoffs, i), dtype=float)
        own = table[game.strategies[i].index(one.strategy)]
        n = len(own)
        assert linprog(np.zeros(n), table - own, np.zeros(len(table)), np.ones((1, n)), [1]).status == 2


@settings(max_examples=60, deadline=None)
@given(GAMES)
def test_equilibria_survive_strict_dominance(game):
    found = gt.rationalizable(game)
    for equilibrium in gt.nash_equilibria(game, method="pure"):
        for player, played in equilibrium.support.items():
            assert set(played) <= set(found.strategies[player])
    weak = gt.rationalizable(game, "weak")
    assert all(set(weak.strategies[p]) <= set(found.strategies[p]) for p in game.players)
    if weak.solvable:
        assert gt.equilibria.nash.is_nash(game, weak.solution)


@settings(max_examples=40, deadline=None)
@given(GAMES, st.sampled_from(KINDS), st.data())
def test_units_and_order_of_strategies_do_not_matter(game, kind, data):
    dominance, by = kind
    found = gt.rationalizable(game, dominance, by=by)
    orders = [data.draw(st.permutations(range(n))) for n in game.shape]
    payoffs = game.payoffs[np.ix_(range(game.n_players), *orders)] * 3 - 5
    names = [[own[s] for s in order] for own, order in zip(game.strategies, orders, strict=True)]
    other = gt.rationalizable(gt.NormalFormGame(payoffs, game.players, names), dominance, by=by)
    assert all(set(found.strategies[p]) == set(other.strategies[p]) for p in game.players)
    assert len(found.rounds) == len(other.rounds)


@settings(max_examples=60, deadline=None)
@given(GAMES, st.booleans())
def test_dominance_by_pure_strategies_is_gambits(game, strict):
    ours = gt.rationalizable(game, "strict" if strict else "weak", by="pure")
    theirs = gambit_undominated(*(own.astype(int) for own in game.payoffs), strict=strict)
    assert list(ours.strategies.values()) == theirs


# ---------------------------------------------------------------------------------------------------------------------
# Trees, floats, results
# ---------------------------------------------------------------------------------------------------------------------
def test_a_threat_goes_by_weak_dominance():
    tree = gt.ExtensiveGame(
        gt.Decision(
            "Entrant",
            {
                "in": gt.Decision(
                    "Incumbent",
                    {
                        "fight": gt.Outcome(Entrant=-1, Incumbent=-1),
                        "share": gt.Outcome(Entrant=1, Incumbent=1),
                    },
                ),
                "out": gt.Outcome(Entrant=0, Incumbent=2),
            },
        )
    )
    found = gt.rationalizable(tree, "weak")
    assert found.strategies == {"Entrant": ("in",), "Incumbent": ("share",)}
    assert gt.rationalizable(tree).rounds == ()


def test_floats_are_compared_as_the_rationals_that_they_are():
    game = gt.NormalFormGame.from_bimatrix([[0.1 + 0.2], [0.3]], [[0.0], [0.0]])
    found = gt.rationalizable(game)
    assert found.solvable and isinstance(found.rounds[0][0].margin, float) and found.rounds[0][0].margin > 0


def test_results_are_shown():
    game = gt.NormalFormGame.from_bimatrix([[3, 0], [0, 3], [1, 1]], [[1, 0], [2, 0], [0, 5]])
    found = gt.rationalizable(game)
    frame = found.to_frame()
    assert list(frame["round"]) == [1, 2, 3] and frame["dominated by"][0] == '0.5 "1" + 0.5 "2"'
    assert frame["margin"][0] == Fraction(1, 2)
    assert found.eliminated == {"Player 1": ("3", "2"), "Player 2": ("2",)}
    assert "<td>Player 2</td>" in found._repr_html_() and r"2 & Player 2 & 2 & 1 \\" in found.to_latex()
    assert r"1 & Player 1 & 3 & $0.5$ ``1'' + $0.5$ ``2'' \\" in found.to_latex()
    nothing = gt.rationalizable(gt.NormalFormGame([[1, 1]]), by="pure")
    assert (
        repr(nothing)
        == "undominated strategies (strict dominance by pure strategies; no rounds): Player 1 {1, 2}"
    )
    assert "<table" not in nothing._repr_html_()


def test_wrong_requests_are_explained():
    game = gt.NormalFormGame([[1, 2]])
    with pytest.raises(gt.UnknownName, match="unknown dominance 'strictly'; did you mean 'strict'"):
        gt.rationalizable(game, "strictly")
    with pytest.raises(gt.UnknownName, match="dominating strategy"):
        gt.rationalizable(game, by="both")
    with pytest.raises(gt.Unsupported, match="depend on x"):
        gt.rationalizable(gt.NormalFormGame([["x", 0]]))
    with pytest.raises(gt.Unsupported, match="depend on x"):
        gt.rationalizable(gt.ExtensiveGame(gt.Decision("Ann", {"a": gt.Outcome(Ann="x")})))
    with pytest.raises(gt.GameError, match="not list"):
        gt.rationalizable([[1]])
