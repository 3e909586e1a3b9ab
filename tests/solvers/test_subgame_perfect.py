"""Subgame-perfect equilibria: against the definition by brute force, and against what ties and size do."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.equilibria import sequential
from gametheory.solvers import stacked_trees
from gametheory.solvers.stages import stages

payoff = st.integers(-2, 2)


def tree(choose, number=int, depth=2):
    """A small tree of three players with chance, simultaneous stages of two and ties; `choose` picks from a list."""

    def outcome():
        return gt.Outcome(**{player: number(choose([-2, -1, 0, 1, 2])) for player in "ABC"})

    def node(level):
        kinds = ["outcome"] if level == 0 else ["outcome", "decision", "decision", "chance", "simultaneous"]
        kind = choose(kinds)
        if kind == "outcome":
            return outcome()
        if kind == "decision":
            return gt.Decision(choose("ABC"), {"l": node(level - 1), "r": node(level - 1)})
        if kind == "chance":
            return gt.Chance({"up": ("1/4", node(level - 1)), "down": ("3/4", node(level - 1))})
        first, second = choose(["AB", "BC", "CA"])
        return gt.simultaneous({first: ["x", "y"], second: ["x", "y"]}, lambda a, b: outcome())

    return gt.ExtensiveGame(gt.Decision("A", {"l": node(depth), "r": node(depth)}), players=["A", "B", "C"])


@st.composite
def trees(draw):
    return tree(lambda options: draw(st.sampled_from(options)))


def pure_by_definition(game):
    choices = [range(len(infoset.actions)) for infoset in game.infosets]
    for chosen in itertools.product(*choices):
        arrays = [
            [Fraction(int(k == c)) for k in range(len(infoset.actions))]
            for infoset, c in zip(game.infosets, chosen, strict=True)
        ]
        profile = gt.BehaviourProfile.from_arrays(game, arrays)
        if sequential.subgame_regret(game, profile) == 0:
            yield chosen


@settings(max_examples=80, deadline=None)
@given(trees())
def test_the_pure_ones_are_those_of_the_definition(game):
    expected = set(itertools.islice(pure_by_definition(game), 3000))
    found = gt.subgame_perfect_equilibria(game)
    pure = {
        tuple(next(k for k, p in enumerate(v) if p) for v in e.profile.arrays) for e in found if e.is_pure
    }
    assert pure == expected
    assert all(e.regret == 0 for e in found)
    assert len(found) >= 1


@pytest.mark.parametrize("seed", range(40))
def test_floats_and_fractions_agree(seed):
    exact = gt.subgame_perfect_equilibria(tree(random.Random(seed).choice))
    real = gt.subgame_perfect_equilibria(tree(random.Random(seed).choice, number=float))
    assert [e.payoffs["A"] for e in real] == pytest.approx([float(e.payoffs["A"]) for e in exact])
    assert [e.continuum for e in real] == [e.continuum for e in exact]


def tie(west):
    reply = gt.Decision("West", {"a": gt.Outcome(Russia=1, West=west), "b": gt.Outcome(Russia=-1, West=0)})
    return gt.ExtensiveGame(gt.Decision("Russia", {"stay": gt.Outcome(Russia=0, West=0), "go": reply}))


def test_a_tie_is_listed_both_ways_and_never_broken():
    found = gt.subgame_perfect_equilibria(tie(0))
    assert {e.action_probability("Russia", "go") for e in found} == {0, 1}
    assert all(e.continuum for e in found)
    assert not found.complete
    assert "indifferent" in found.reason
    assert "go" in found.reason


def test_a_tie_that_touches_nobody_before_leaves_the_list_complete():
    game = gt.ExtensiveGame(
        gt.Decision(
            "A",
            {
                "in": gt.Decision("B", {"l": gt.Outcome(A=1, B=0), "r": gt.Outcome(A=1, B=0)}),
                "out": gt.Outcome(A=0, B=0),
            },
        )
    )
    found = gt.subgame_perfect_equilibria(game)
    assert len(found) == 2
    assert found.complete
    assert all(e.continuum for e in found)


def test_without_ties_the_equilibrium_is_alone_and_complete():
    found = gt.subgame_perfect_equilibria(tie(-1))
    (equilibrium,) = found
    assert found.complete
    assert not equilibrium.continuum
    assert equilibrium.strategies["West"]["go"]["b"] == 1


def test_a_mixed_stage_feeds_the_choice_before_it():
    war = gt.simultaneous(
        {"A": ["x", "y"], "B": ["x", "y"]},
        lambda a, b: gt.Outcome(A=4 if a == b else 0, B=0 if a == b else 4),
    )
    game = gt.ExtensiveGame(gt.Decision("A", {"in": war, "out": gt.Outcome(A=1, B=1)}))
    (equilibrium,) = gt.subgame_perfect_equilibria(game)
    assert equilibrium.payoffs == {"A": 2, "B": 2}
    assert equilibrium.action_probability("A", "in") == 1
    assert equilibrium.action_probability("B", "x") == Fraction(1, 2)


def test_chance_at_the_root_and_an_outcome_alone():
    game = gt.ExtensiveGame(gt.Chance({"a": ("1/4", gt.Outcome(A=4)), "b": ("3/4", gt.Outcome(A=0))}))
    (equilibrium,) = gt.subgame_perfect_equilibria(game)
    assert equilibrium.payoffs["A"] == 1
    (alone,) = gt.subgame_perfect_equilibria(gt.ExtensiveGame(gt.Outcome(A=3)))
    assert alone.payoffs["A"] == 3


def test_a_private_signal_makes_one_stage_of_the_whole_tree():
    """The informed player's decisions start no proper subgame if the other cannot tell what chance did."""

    def reply(state):
        return gt.Decision(
            "B",
            {"fight": gt.Outcome(A=-1, B=1 if state == "weak" else -1), "yield": gt.Outcome(A=1, B=0)},
            infoset="seen",
        )

    def informed(state):
        return gt.Decision("A", {"go": reply(state), "stay": gt.Outcome(A=0, B=2)})

    game = gt.ExtensiveGame(
        gt.Chance({"weak": ("1/2", informed("weak")), "strong": ("1/2", informed("strong"))})
    )
    (stage,) = stages(game)
    assert stage.shape == (4, 2)
    assert all(e.regret == 0 for e in gt.subgame_perfect_equilibria(game))


def test_what_an_own_earlier_choice_precludes_is_free():
    """A's second choice after l starts no subgame, because A does not see what B did; if A plays r it is never reached."""

    def again(b):
        return gt.Decision(
            "A", {"x": gt.Outcome(A=-1, B=0), "y": gt.Outcome(A=-2, B=int(b == "d"))}, infoset="again"
        )

    left = gt.Decision("B", {"u": again("u"), "d": again("d")}, infoset="hidden")
    right = gt.Decision("B", {"u": gt.Outcome(A=3, B=2), "d": gt.Outcome(A=3, B=1)}, infoset="hidden")
    game = gt.ExtensiveGame(gt.Decision("A", {"l": left, "r": right}))
    (stage,) = stages(game)
    assert stage.strategies[0] == ((0, 0), (0, 1), (1, -1))
    (equilibrium,) = gt.subgame_perfect_equilibria(game)
    assert equilibrium.payoffs == {"A": 3, "B": 2}
    assert equilibrium.continuum
    assert sum(equilibrium.strategies["A"]["again"].values()) == 1


def test_a_long_tree_is_solved_without_recursion():
    node = gt.Outcome(A=0, B=0)
    for k in range(3000):
        player = "AB"[k % 2]
        node = gt.Decision(player, {"take": gt.Outcome(A=k + 1, B=k + 1), "pass": node})
    game = gt.ExtensiveGame(node)
    (equilibrium,) = gt.subgame_perfect_equilibria(game)
    # Every next round pays both more, so the first mover (B, in the last round built) ends it at once.
    assert equilibrium.payoffs == {"A": 3000, "B": 3000}


def test_float_probabilities_that_add_up_to_one_do_not_break_a_tie():
    third = gt.Chance({name: (1 / 3, gt.Outcome(A=1.0)) for name in "abc"})
    tenths = gt.Chance({name: (0.1, gt.Outcome(A=1.0)) for name in "abcdefghij"})
    found = gt.subgame_perfect_equilibria(
        gt.ExtensiveGame(gt.Decision("A", {"third": third, "tenth": tenths}))
    )
    assert len(found) == 2


def test_too_many_combinations_of_ties_are_refused_before_they_are_made():
    def tied(player):
        return gt.Decision(player, {f"a{k}": gt.Outcome(A=0, B=k) for k in range(10)})

    game = gt.ExtensiveGame(gt.Decision("B", {f"b{k}": tied("A") for k in range(8)}))
    with pytest.raises(gt.TooLarge, match="100,000,000"):
        gt.subgame_perfect_equilibria(game)


def test_wrong_input_is_explained():
    with pytest.raises(gt.Unsupported, match="depends on w"):
        gt.subgame_perfect_equilibria(tie("w"))
    with pytest.raises(gt.GameError, match="use nash_equilibria"):
        gt.subgame_perfect_equilibria(gt.NormalFormGame([[1, 2]]))
    forgetful = gt.Decision(
        "A",
        {
            "l": gt.Decision("A", {"x": gt.Outcome(A=0), "y": gt.Outcome(A=1)}, infoset="?"),
            "r": gt.Decision("A", {"x": gt.Outcome(A=0), "y": gt.Outcome(A=1)}, infoset="?"),
        },
    )
    with pytest.raises(gt.Unsupported, match="forgets"):
        gt.subgame_perfect_equilibria(gt.ExtensiveGame(forgetful, allow_imperfect_recall=True))


def test_stages_come_later_ones_first_and_cut_where_information_allows():
    game = gt.ExtensiveGame(
        gt.Decision(
            "Russia",
            {
                "refrain": gt.Outcome(Russia=0, West=0, China=0),
                "act": gt.simultaneous(
                    {"West": ["a", "b"], "China": ["a", "b"]},
                    lambda w, c: gt.Outcome(Russia=1, West=0, China=0),
                ),
            },
        )
    )
    last, first = stages(game)
    assert (last.players, last.shape, last.child) == ((1, 2), (2, 2), (-1,) * 4)
    assert (first.players, first.is_decision, first.child) == ((0,), True, (-1, 0))
    assert last.reaches().sum() == 4


def test_decisions_that_do_not_see_a_chance_move_are_a_subgame_of_their_own():
    # Nash equilibria of the whole tree let B threaten to play y after "in"; the subgame after the chance move does not.
    def blind():
        return gt.Decision("B", {"x": gt.Outcome(A=5, B=0), "y": gt.Outcome(A=-1, B=-5)}, infoset="b")

    tree = gt.Decision(
        "A",
        {
            "out": gt.Outcome(A=0, B=9),
            "in": gt.Chance({"up": ("1/2", blind()), "down": ("1/2", gt.Chance({"only": (1, blind())}))}),
        },
    )
    game = gt.ExtensiveGame(tree)
    (equilibrium,) = found = gt.subgame_perfect_equilibria(game)
    assert found.complete
    assert equilibrium.payoffs == {"A": 5, "B": 0}
    assert [stage.players for stage in stages(game)] == [(1,), (0,)]
    stacked = stacked_trees.subgame_perfect(game, game.payoffs[None].astype(float))
    assert stacked.payoffs.tolist() == [[5, 0]]


def test_mixtures_of_plans_that_are_one_behaviour_are_one_equilibrium():
    # B knows which of two opposite matching pennies is played and A does not: plans mix in ways that behave alike.
    def pennies(k, sign):
        def end(x, y):
            win = sign * k * (1 if x == y else -1)
            return gt.Outcome(A=win, B=-win)

        replies = {x: gt.Decision("B", {y: end(x, y) for y in "ht"}, infoset=f"b{k}") for x in "ht"}
        return gt.Decision("A", replies, infoset="a")

    found = gt.subgame_perfect_equilibria(
        gt.ExtensiveGame(gt.Chance({"1": ("1/2", pennies(1, 1)), "2": ("1/2", pennies(2, -1))}))
    )
    assert len(found) == len({str(e.profile) for e in found}) == 3
    assert found.complete
    assert all(e.continuum for e in found)


# ---------------------------------------------------------------------------------------------------------------------
# Stages with three movers
# ---------------------------------------------------------------------------------------------------------------------
def three_movers(payoff):
    return gt.simultaneous(
        {name: ["0", "1"] for name in "ABC"},
        lambda a, b, c: gt.Outcome(**dict(zip("ABC", payoff(int(a), int(b), int(c)), strict=True))),
    )


def test_a_rational_mixture_of_three_movers_is_worth_what_it_is():
    stage = three_movers(lambda a, b, c: (int(a == b), int(b == c), int(c != a)))
    for outside, choice in [("1/3", "in"), ("2/3", "out")]:
        game = gt.ExtensiveGame(gt.Decision("A", {"in": stage, "out": gt.Outcome(A=outside, B=0, C=0)}))
        found = gt.subgame_perfect_equilibria(game)
        assert found.complete and len(found) == 1 and found[0].exact
        assert found[0].profile["A"]["start"][choice] == 1
    found = gt.subgame_perfect_equilibria(
        gt.ExtensiveGame(gt.Decision("A", {"in": stage, "out": gt.Outcome(A="1/2", B=0, C=0)}))
    )
    assert len(found) == 2 and all(equilibrium.continuum for equilibrium in found)


def test_an_irrational_mixture_is_not_carried_upward_as_exact():
    payoffs = gt.catalog.load("nau_irrational").payoffs
    stage = three_movers(lambda a, b, c: payoffs[:, a, b, c])
    found = gt.subgame_perfect_equilibria(gt.ExtensiveGame(stage))
    assert found.complete and len(found) == 1 and not found[0].exact
    game = gt.ExtensiveGame(gt.Decision("A", {"in": stage, "out": gt.Outcome(A=1, B=0, C=0)}))
    found = gt.subgame_perfect_equilibria(game)
    assert not found.complete and "irrational" in found.reason
    assert found[0].profile["A"]["start"]["out"] == 1
