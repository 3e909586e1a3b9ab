"""The judge of behaviour profiles against the definition: every plan of every player in every subgame."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.equilibria import nash, sequential

PLAYERS = ("A", "B", "C")
#: One counter for each example, so that information sets get names of their own.
COUNTER = st.shared(st.builds(itertools.count), key="information sets")


@st.composite
def trees(draw, depth=2):
    """Trees of up to three players with chance moves, simultaneous stages and information sets that span nodes."""
    root = draw(_node(depth))
    if not isinstance(root, gt.Decision):
        root = gt.Decision("A", {"go": root, "stop": draw(_outcome())})
    return gt.ExtensiveGame(root, players=PLAYERS)


@st.composite
def _outcome(draw):
    label = draw(st.sampled_from([None, "peace", "war"]))
    return gt.Outcome(label, **{player: draw(st.integers(-2, 2)) for player in PLAYERS})


@st.composite
def _node(draw, depth):
    kind = draw(st.sampled_from(["decision", "outcome", "chance", "stage", "hidden"])) if depth else "outcome"
    if kind == "outcome":
        return draw(_outcome())
    actions = ["x", "y", "z"][: draw(st.integers(2, 3))]
    if kind == "decision":
        return gt.Decision(draw(st.sampled_from(PLAYERS)), {a: draw(_node(depth - 1)) for a in actions})
    if kind == "chance":
        weights = [draw(st.integers(0, 3)) for _ in actions]
        weights[0] += 1
        return gt.Chance(
            {
                a: (Fraction(w, sum(weights)), draw(_node(depth - 1)))
                for a, w in zip(actions, weights, strict=True)
            }
        )
    movers = draw(st.permutations(PLAYERS))[:2]
    if kind == "stage":
        return gt.simultaneous({mover: ["x", "y"] for mover in movers}, lambda *_: draw(_node(depth - 1)))
    # The second mover does not see what the first did, and the first then moves again, remembering only its own move:
    # information sets of one player after one another, each of two nodes.
    first, second = movers
    tag = f"hidden {next(draw(COUNTER))}"
    return gt.Decision(
        first,
        {
            own: gt.Decision(
                second,
                {
                    other: gt.Decision(
                        first,
                        {"up": draw(_outcome()), "down": draw(_outcome())},
                        infoset=f"{tag} again after {own}",
                    )
                    for other in "xy"
                },
                infoset=f"{tag} second",
            )
            for own in "xy"
        },
        infoset=f"{tag} first",
    )


@st.composite
def behaviours(draw, game):
    """A random behaviour profile as bare vectors, often pure."""
    vectors = []
    for infoset in game.infosets:
        n = len(infoset.actions)
        if draw(st.booleans()):
            chosen = draw(st.integers(0, n - 1))
            vectors.append([Fraction(int(k == chosen)) for k in range(n)])
        else:
            weights = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n).filter(any))
            vectors.append([Fraction(w, sum(weights)) for w in weights])
    return tuple(vectors)


@st.composite
def trees_with_behaviours(draw):
    game = draw(trees())
    return game, draw(behaviours(game))


def value(game, vectors, node):
    """The expected payoffs from a node on, straight from the definition."""
    if not game.children[node]:
        position = game.terminals.tolist().index(node)
        return [game.payoffs[i, position] for i in range(len(game.players))]
    total = [Fraction(0)] * len(game.players)
    for k, child in enumerate(game.children[node]):
        h = game.infoset[node]
        p = game.chance_probability[child] if h < 0 else vectors[h][k]
        if p:
            total = [t + p * v for t, v in zip(total, value(game, vectors, child), strict=True)]
    return total


def brute_regret(game, vectors, root, player):
    """The gain of the best of all pure plans of a player in a subgame, found by trying every one."""
    below = set(range(root, int(game.subtree_end[root])))
    own = [
        h
        for h, infoset in enumerate(game.infosets)
        if infoset.player == player and set(infoset.nodes) & below
    ]
    actual, best = value(game, vectors, root)[player], None
    for plan in itertools.product(*(range(len(game.infosets[h].actions)) for h in own)):
        changed = list(vectors)
        for h, k in zip(own, plan, strict=True):
            changed[h] = [Fraction(int(j == k)) for j in range(len(game.infosets[h].actions))]
        found = value(game, changed, root)[player]
        best = found if best is None else max(best, found)
    return best - actual


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(trees_with_behaviours())
def test_regret_in_every_subgame_is_its_definition(drawn):
    game, vectors = drawn
    found = sequential.subgame_regrets(game, vectors)
    truth = {
        root: [brute_regret(game, vectors, root, i) for i in range(3)]
        for root in game.subgame_roots()
        if game.children[root]
    }
    assert found == truth
    assert sequential.subgame_regret(game, vectors) == max(max(gains) for gains in truth.values())
    assert sequential.regret(game, vectors) == max(truth[0])
    assert sequential.is_subgame_perfect(game, vectors) == (max(max(gains) for gains in truth.values()) == 0)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(trees_with_behaviours())
def test_payoffs_and_probabilities_along_the_play(drawn):
    game, vectors = drawn
    assert sequential.expected_payoffs(game, vectors) == value(game, vectors, 0)
    ends = sequential.terminal_probabilities(game, vectors)
    assert sum(ends) == 1
    outcomes = sequential.outcome_probabilities(game, vectors)
    assert sum(outcomes.values()) == 1
    for player in PLAYERS:
        for action in {a for h in game.infosets if game.players[h.player] == player for a in h.actions}:
            taken = Fraction(0)
            for node, p in zip(game.terminals.tolist(), ends, strict=True):
                while node > 0:
                    above = int(game.parent[node])
                    if game.player[above] == PLAYERS.index(player) and game.edge_labels[node] == action:
                        taken += p
                        break
                    node = above
            assert sequential.action_probability(game, vectors, player, action) == taken


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(trees_with_behaviours())
def test_floats_agree_with_fractions(drawn):
    game, vectors = drawn
    floats = tuple(np.array(vector, dtype=float) for vector in vectors)
    exact = sequential.subgame_regrets(game, vectors)
    for root, gains in sequential.subgame_regrets(game, floats).items():
        assert np.allclose(np.array(gains, dtype=float), np.array(exact[root], dtype=float), atol=1e-12)


def test_a_pure_profile_of_a_simultaneous_tree_has_the_regret_of_its_table():
    table = [[[3, 0], [5, 1]], [[3, 5], [0, 1]]]
    tree = gt.ExtensiveGame(
        gt.simultaneous(
            {"A": ["c", "d"], "B": ["c", "d"]},
            lambda a, b: gt.Outcome(
                A=table[0]["cd".index(a)]["cd".index(b)], B=table[1]["cd".index(a)]["cd".index(b)]
            ),
        )
    )
    for profile in itertools.product([[1, 0], [0, 1], [Fraction(1, 3), Fraction(2, 3)]], repeat=2):
        vectors = tuple([Fraction(p) for p in vector] for vector in profile)
        assert sequential.regret(tree, vectors) == nash.regret(np.array(table), vectors)


def test_a_threat_that_is_never_carried_out_is_found_empty():
    entry = gt.ExtensiveGame(
        gt.Decision(
            "Entrant",
            {
                "in": gt.Decision(
                    "Incumbent",
                    {
                        "fight": gt.Outcome(Entrant=-1, Incumbent=-1),
                        "accommodate": gt.Outcome(Entrant=1, Incumbent=1),
                    },
                ),
                "out": gt.Outcome(Entrant=0, Incumbent=2),
            },
        )
    )
    threat = {"Entrant": {"start": {"out": 1}}, "Incumbent": {"in": {"fight": 1}}}
    assert sequential.regret(entry, threat) == 0
    # Given the threat the entrant does well to stay out; in the subgame the incumbent loses 2 by carrying it out.
    assert sequential.subgame_regrets(entry, threat) == {0: [0, 0], 1: [0, 2]}
    assert not sequential.is_subgame_perfect(entry, threat)


def test_a_deep_tree_is_judged_without_recursion():
    node = gt.Outcome(A=0, B=0)
    for k in range(20_000):
        node = gt.Decision("AB"[k % 2], {"stop": gt.Outcome(A=k, B=-k), "go on": node})
    game = gt.ExtensiveGame(node)
    stop = tuple([Fraction(1), Fraction(0)] for _ in game.infosets)
    # B moves last (k = 19999 at the root belongs to B); each would rather go on by one where the other stops cheaper.
    assert sequential.subgame_regret(game, stop) == 1


def test_expressions_pass_through_payoffs_but_are_not_judged():
    a = sympy.Symbol("a", real=True)
    game = gt.ExtensiveGame(gt.Decision("A", {"x": gt.Outcome(A=a), "y": gt.Outcome(A=1)}))
    assert sequential.expected_payoffs(game, ([1, 0],)) == [a]
    assert [sequential.subgame_regret(game, ([1, 0],)).subs(a, value) for value in (-1, 1, 3)] == [2, 0, 0]
    with pytest.raises(gt.Unsupported, match="depends on a"):
        sequential.is_subgame_perfect(game, ([1, 0],))


def test_what_cannot_be_judged_says_so():
    game = gt.ExtensiveGame(gt.Decision("A", {"x": gt.Outcome(A=1), "y": gt.Outcome(A=0)}))
    with pytest.raises(gt.GameError, match=r"\[3\].*\[2\]"):
        sequential.regret(game, ([1, 0, 0],))
    with pytest.raises(gt.GameError, match=r"equilibria\.nash"):
        sequential.regret(gt.NormalFormGame.from_bimatrix([[1]], [[1]]), ([1], [1]))
    with pytest.raises(gt.UnknownName, match="did you mean 'x'"):
        sequential.action_probability(game, ([1, 0],), "A", "X")
    forgetful = gt.ExtensiveGame(
        gt.Decision(
            "A",
            {
                a: gt.Decision("A", {"l": gt.Outcome(A=1), "r": gt.Outcome(A=0)}, infoset="forgotten")
                for a in "xy"
            },
        ),
        allow_imperfect_recall=True,
    )
    with pytest.raises(gt.Unsupported, match="imperfect recall"):
        sequential.subgame_regret(forgetful, ([1, 0], [1, 0]))
