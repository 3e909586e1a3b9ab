"""ExtensiveGame: structure, information, refusals by path, and substitution."""

from __future__ import annotations

import itertools
import pickle
from collections import defaultdict
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory.errors import GameError, GameTheoryError, ParameterError, UnknownName
from gametheory.games import Chance, Decision, ExtensiveGame, Node, Outcome, simultaneous
from gametheory.testing import extensive_games
from sample_trees import END, chance, stage_after, tripwire, under

DOMAINS = st.sampled_from(["rational", "real", "parametric"])


# ---------------------------------------------------------------------------------------------------------------------
# Structure
# ---------------------------------------------------------------------------------------------------------------------
def test_flat_arrays() -> None:
    game = ExtensiveGame(tripwire())
    assert game.players == ("Russia", "West")
    assert game.parent.tolist() == [-1, 0, 0, 2, 2, 4, 4]
    assert game.kind.tolist() == [1, 0, 1, 0, 2, 0, 0]
    assert game.player.tolist() == [0, -1, 1, -1, -1, -1, -1]
    assert game.infoset.tolist() == [0, -1, 1, -1, -1, -1, -1]
    assert game.action.tolist() == [-1, 0, 1, 0, 1, 0, 1]
    assert game.children == ((1, 2), (), (3, 4), (), (5, 6), (), ())
    assert game.subtree_end.tolist() == [7, 2, 7, 4, 7, 6, 7]
    assert game.terminals.tolist() == [1, 3, 5, 6]
    assert game.payoffs.tolist() == [[0, 50, 10, -40], [0, -67, -80, -50]]
    assert game.outcome_labels == ("status quo", None, "success", "failure")
    assert game.chance_probability.tolist() == [1, 1, 1, 1, 1, Fraction(2, 5), Fraction(3, 5)]
    assert [(h.player, h.label, h.actions, h.nodes) for h in game.infosets] == [
        (0, "start", ("refrain", "act"), (0,)),
        (1, "act", ("acquiesce", "respond"), (2,)),
    ]
    assert game.path(6) == "act/respond/failure"
    assert game.path(0) == "(root)"
    assert game.history(3) == ("act", "acquiesce")
    assert game.infoset_index("West", "act") == 1
    assert game.action_index(1, "respond") == 1


def test_players_in_order_of_decisions_then_outcomes() -> None:
    tree = Decision("B", {"x": Outcome(A=1, B=1, C=2), "y": Decision("A", {"z": Outcome(C=0, B=1, A=2)})})
    assert ExtensiveGame(tree).players == ("B", "A", "C")
    assert ExtensiveGame(tree, players=["C", "A", "B"]).payoffs.tolist() == [[2, 0], [1, 2], [1, 1]]


def test_a_tree_may_be_a_single_outcome() -> None:
    game = ExtensiveGame(Outcome("end", Ann=1))
    assert (game.n_nodes, game.infosets, game.subgame_roots()) == (1, (), (0,))
    assert str(game) == "end (Ann 1)"


@pytest.mark.parametrize(
    "payoff, probability, domain",
    [
        (1, "1/2", "rational"),
        (1, 0.5, "real"),
        (1.5, "1/2", "real"),
        ("x", 0.5, "parametric"),
        (1, "p", "parametric"),
    ],
)
def test_payoffs_and_probabilities_have_one_domain(payoff: object, probability: object, domain: str) -> None:
    rest = "1 - p" if probability == "p" else probability
    game = ExtensiveGame(Chance({"a": (probability, Outcome(Ann=payoff)), "b": (rest, Outcome(Ann=2))}))
    assert game.domain == domain
    assert {type(value) for value in game.payoffs.flat} | {type(value) for value in game.chance_probability} <= {
        "rational": {Fraction}, "real": {np.float64}, "parametric": set(sympy.Basic.__subclasses__()) | {
            type(sympy.Integer(1)), type(sympy.Integer(2)), type(sympy.Rational(1, 2)), sympy.Symbol, sympy.Add},
    }[domain]  # fmt: skip


def test_simultaneous_stages_have_one_information_set_a_player() -> None:
    game = ExtensiveGame(
        Decision("Russia", {"limited": stage_after("limited"), "full": stage_after("full")}),
        players=["Russia", "West", "China"],
    )
    assert [(game.players[h.player], h.label, len(h.nodes)) for h in game.infosets] == [
        ("Russia", "start", 1),
        ("West", "limited", 1),
        ("China", "limited", 2),
        ("West", "full", 1),
        ("China", "full", 2),
    ]
    assert game.subgame_roots() == (0, 1, 8)
    assert game.outcome_labels[1] == "limited: acquiesce, oppose"


def test_a_stage_of_three_players() -> None:
    stage = simultaneous(
        {"A": ["x", "y"], "B": ["x", "y"], "C": ["x", "y", "z"]},
        lambda a, b, c: Outcome(a + b + c, A=1, B=2, C=3),
    )
    game = ExtensiveGame(Decision("A", {"on": stage, "off": Outcome(A=0, B=0, C=0)}))
    assert [(game.players[h.player], h.label, len(h.nodes)) for h in game.infosets] == [
        ("A", "start", 1), ("A", "on", 1), ("B", "on", 2), ("C", "on", 4),
    ]  # fmt: skip
    assert game.outcome_labels[:4] == ("xxx", "xxy", "xxz", "xyx")
    assert game.subgame_roots() == (0, 1)
    assert ExtensiveGame(game.root) == game


def test_the_same_stage_in_two_places_is_two_stages() -> None:
    stage = stage_after("either")
    game = ExtensiveGame(Decision("Russia", {"limited": stage, "full": stage}))
    assert len(game.infosets) == 5


def test_tied_decisions_may_list_their_actions_in_another_order() -> None:
    tree = Decision("A", {
        "l": Decision("B", {"x": Outcome(A=1, B=1), "y": Outcome(A=2, B=2)}, infoset="h"),
        "r": Decision("B", {"y": Outcome(A=4, B=4), "x": Outcome(A=3, B=3)}, infoset="h"),
    })  # fmt: skip
    game = ExtensiveGame(tree)
    assert game.payoffs[0].tolist() == [1, 2, 3, 4]
    assert game.infosets[1].actions == ("x", "y")


def test_labels_of_information_sets_are_unique_for_a_player() -> None:
    end = Outcome(A=0, B=0)
    one = Decision("A", {"x": end})
    named = Decision("A", {"l": one, "r": Decision("A", {"y": end}, infoset="l")})
    assert [h.label for h in ExtensiveGame(named).infosets] == ["start", "l #2", "l"]


def test_histories_that_read_alike_get_different_labels() -> None:
    end = Outcome(A=0, B=0)
    after = Decision("B", {"x": end})
    tree = Decision("A", {"a/b": after, "a": Decision("A", {"b": after})})
    assert [h.label for h in ExtensiveGame(tree).infosets if h.player == 1] == ["a/b", "a/b #2"]


def _subgames_by_definition(game: ExtensiveGame) -> list[int]:
    roots = [0]
    for node in range(1, game.n_nodes):
        below = set(range(node, int(game.subtree_end[node])))
        whole = all(not (set(h.nodes) & below) or set(h.nodes) <= below for h in game.infosets)
        alone = game.kind[node] == 2 or (
            game.kind[node] == 1 and len(game.infosets[game.infoset[node]].nodes) == 1
        )
        if alone and whole:
            roots.append(node)
    return roots


@given(extensive_games(depth=4))
def test_subgame_roots_are_those_of_the_definition(game: ExtensiveGame) -> None:
    assert list(game.subgame_roots()) == _subgames_by_definition(game)


@given(extensive_games(domain="real"))
def test_the_flat_arrays_agree_with_one_another(game: ExtensiveGame) -> None:
    for node in range(game.n_nodes):
        for k, child in enumerate(game.children[node]):
            assert game.parent[child] == node < child
            assert game.action[child] == k
        below = [v for v in range(game.n_nodes) if node in _above(game, v)]
        assert below == list(range(node, int(game.subtree_end[node])))
        if game.kind[node] == 2:
            assert sum(game.chance_probability[k] for k in game.children[node]) == pytest.approx(1)
    for number, h in enumerate(game.infosets):
        assert [v for v in range(game.n_nodes) if game.infoset[v] == number] == list(h.nodes)
        assert all(tuple(game.edge_labels[k] for k in game.children[v]) == h.actions for v in h.nodes)
    assert game.terminals.tolist() == [v for v in range(game.n_nodes) if not game.children[v]]


def _above(game: ExtensiveGame, node: int) -> list[int]:
    path = [node]
    while game.parent[path[-1]] >= 0:
        path.append(int(game.parent[path[-1]]))
    return path


# ---------------------------------------------------------------------------------------------------------------------
# Refusals
# ---------------------------------------------------------------------------------------------------------------------
def _tied(first: Decision, second: Decision) -> ExtensiveGame:
    return ExtensiveGame(Decision("A", {"l": first, "r": second}))


REFUSED = {
    "sum": (lambda: ExtensiveGame(under(chance("1/2", "1/3"))), "act/go sum to 5/6, not to 1: c0 0.5, c1 1/3"),
    "float sum": (lambda: ExtensiveGame(under(chance(0.5, 0.4))), "act/go sum to 0.9"),
    "exact sum": (lambda: ExtensiveGame(chance("1/3", "1/3", "0.3333333333333")), "sum to"),
    "negative": (lambda: ExtensiveGame(under(chance("3/2", "-1/2"))), "act/go gives the branch 'c1' .* -0.5"),
    "parametric sum": (lambda: ExtensiveGame(under(chance("p", "1 - q"))), "act/go sum to .*'c1' as one minus"),
    "negative beside a parameter": (lambda: ExtensiveGame(chance("-1/2", "3/2", "0*p + q - q")), "must not be neg"),
    "nan probability": (lambda: chance(float("nan"), 1), "probability of the branch 'c0' is nan"),
    "no pair": (lambda: Chance({"a": END}), "a pair of a probability and a node"),
    "no branches": (lambda: Chance({}), "has no actions"),
    "no actions": (lambda: Decision("A", {}), "'A' has no actions"),
    "a list of actions": (lambda: Decision("A", [END]), "a mapping of action to node"),
    "an action without a name": (lambda: Decision("A", {3: END}), "an action's label is text"),
    "no player": (lambda: Decision("", {"x": END}), "a player's name is text"),
    "payoffs as a child": (lambda: Decision("A", {"x": {"A": 0}}), "action 'x' .* not a Decision"),
    "number as a chance child": (lambda: Chance({"x": (1, 5)}), "branch 'x' .* leads to 5"),
    "number as the root": (lambda: ExtensiveGame(3), "the root"),
    "infoset": (lambda: Decision("A", {"x": END}, infoset=3), "named by text"),
    "nan payoff": (lambda: Outcome("war", A=float("nan")), "payoff of 'A' in outcome 'war' is nan"),
    "payoff before label": (lambda: Outcome({"A": 0}), "first argument of Outcome"),
    "label by keyword": (lambda: Outcome(label="war", A=0), "go by position"),
    "payoffs by keyword": (lambda: Outcome("war", payoffs={"A": 0}), "go by position"),
    "payoff twice": (lambda: Outcome(None, {"A": 0}, A=1), "two payoffs to 'A'"),
    "payoffs as a list": (lambda: Outcome(None, [1]), "a mapping of player to payoff"),
    "payoff missing": (
        lambda: ExtensiveGame(Decision("A", {"l": END, "r": Outcome("war", A=1)})),
        r"at r \(war\) gives no payoff to 'B'",
    ),
    "nobody": (lambda: ExtensiveGame(Outcome()), "no players"),
    "players repeated": (lambda: ExtensiveGame(END, players=["A", "A"]), "'A' occurs twice"),
    "player missing": (lambda: ExtensiveGame(END, players=["A"]), "unknown player 'B'"),
    "player idle": (lambda: ExtensiveGame(END, players=["A", "B", "C"]), "no payoff to 'C'"),
    "other actions": (
        lambda: _tied(Decision("B", {"x": END, "y": END}, infoset="h"), Decision("B", {"x": END, "z": END}, infoset="h")),
        r"'h' of 'B' has the actions \['x', 'y'\] at l and \['x', 'z'\] at r",
    ),
    "other player": (
        lambda: _tied(Decision("B", {"x": END}, infoset="h"), Decision("A", {"x": END}, infoset="h")),
        "'h' belongs to 'B' at l and to 'A' at r",
    ),
    "forgetting an action": (
        lambda: _tied(Decision("A", {"x": END, "y": END}, infoset="h"), Decision("A", {"x": END, "y": END}, infoset="h")),
        "imperfect recall: 'A' cannot tell r from l.*allow_imperfect_recall",
    ),
    "forgetting knowledge": (
        lambda: ExtensiveGame(Chance({
            "u": ("1/2", Decision("A", {"on": Decision("A", {"x": END}, infoset="h")})),
            "d": ("1/2", Decision("A", {"on": Decision("A", {"x": END}, infoset="h")})),
        })),
        "imperfect recall: 'A' cannot tell d/on from u/on",
    ),
    "absent-mindedness": (
        lambda: ExtensiveGame(Decision("A", {"exit": END, "on": Decision("A", {"exit": END, "on": END}, infoset="h")}, "h")),
        "absent-mindedness: the information set 'h' of 'A' comes twice on the path to on",
    ),
    "absent-mindedness across levels": (
        lambda: ExtensiveGame(Decision("A", {"x": Decision("A", {"y": Decision("A", {"x": END}, infoset="h")})}, "h")),
        "absent-mindedness",
    ),
    "stage outside a stage": (lambda: ExtensiveGame(Decision("A", {"x": END}, stage=1)), "stands outside such a stage"),
    "stage taken apart": (
        lambda: ExtensiveGame(Chance({"c": (1, stage_after("x").actions["support"])})), "build it with simultaneous",
    ),
    "negative stage": (lambda: Decision("A", {"x": END}, stage=-1), "whole number of levels"),
    "stage and name": (lambda: Decision("A", {"x": END}, "h", stage=1), "give one of them"),
    "stage of nobody": (lambda: simultaneous({}, lambda: END), "no players"),
    "stage as a list": (lambda: simultaneous([["x"]], lambda x: END), "mapping of player to actions"),
    "stage without actions": (lambda: simultaneous({"A": []}, lambda a: END), "'A' has no actions"),
    "stage with an action twice": (lambda: simultaneous({"A": ["x", "x"]}, lambda a: END), "'x' occurs twice"),
    "stage without a node": (lambda: simultaneous({"A": ["x"], "B": ["y"]}, lambda a, b: 0), "stage at x/y leads to 0"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_place(case: str) -> None:
    build, message = REFUSED[case]
    with pytest.raises(GameTheoryError, match=message):
        build()


def test_unknown_names_are_suggested() -> None:
    game = ExtensiveGame(tripwire())
    with pytest.raises(UnknownName, match="did you mean 'Russia'"):
        game.player_index("Rusia")
    with pytest.raises(UnknownName, match="information set of 'West' 'atc'; did you mean 'act'"):
        game.infoset_index("West", "atc")
    with pytest.raises(UnknownName, match="action of 'West' at 'act' 'repsond'; did you mean 'respond'"):
        game.action_index(1, "repsond")
    with pytest.raises(GameError, match="no node 7"):
        game.path(7)


def test_imperfect_recall_may_be_allowed_by_name() -> None:
    inner = Decision("A", {"exit": Outcome(A=4), "on": Outcome(A=1)}, infoset="h")
    driver = ExtensiveGame(
        Decision("A", {"exit": Outcome(A=0), "on": inner}, infoset="h"), allow_imperfect_recall=True
    )
    assert not driver.perfect_recall
    assert driver.infosets[0].nodes == (0, 2)
    assert driver.subgame_roots() == (0,)
    assert pickle.loads(pickle.dumps(driver)) == driver
    assert ExtensiveGame(tripwire(), allow_imperfect_recall=True).perfect_recall


def _own_history(game: ExtensiveGame, node: int) -> list[tuple[int, int]]:
    history = []
    path = _above(game, node)
    for child, above in itertools.pairwise(path):
        if game.player[above] == game.player[node]:
            history.append((int(game.infoset[above]), int(game.action[child])))
    return history


@given(extensive_games(depth=4, players=(1, 2), actions=2, chance=False), st.data())
def test_recall_is_decided_as_it_is_defined(game: ExtensiveGame, data: st.DataObject) -> None:
    # Merge two information sets of a player at random, and decide perfect recall from whole histories.
    mergeable = defaultdict(list)
    for number, h in enumerate(game.infosets):
        mergeable[h.player, h.actions].append(number)
    groups = [group for group in mergeable.values() if len(group) > 1]
    if not groups:
        return
    first, second = data.draw(
        st.sampled_from(groups).flatmap(
            lambda g: st.lists(st.sampled_from(g), min_size=2, max_size=2, unique=True)
        )
    )
    nodes: dict[int, Node] = {}
    for v in reversed(range(game.n_nodes)):
        if not game.children[v]:
            nodes[v] = Outcome(None, dict.fromkeys(game.players, 0))
            continue
        number = int(game.infoset[v])
        label = f"h{first if number == second else number}"
        nodes[v] = Decision(
            game.players[game.player[v]],
            {game.edge_labels[k]: nodes[k] for k in game.children[v]},
            infoset=label,
        )
    merged = ExtensiveGame(nodes[0], allow_imperfect_recall=True)
    by_definition = all(len({tuple(_own_history(merged, v)) for v in h.nodes}) == 1 for h in merged.infosets)
    assert merged.perfect_recall == by_definition
    if not by_definition:
        with pytest.raises(GameError, match=r"imperfect recall|absent-mindedness"):
            ExtensiveGame(nodes[0])


# ---------------------------------------------------------------------------------------------------------------------
# Parameters
# ---------------------------------------------------------------------------------------------------------------------
def test_substitute() -> None:
    tree = Decision("A", {
        "safe": Outcome("safe", A="x/3"),
        "risk": Chance({"win": ("p", Outcome(A="1/x")), "lose": ("1 - p", Outcome(A=0))}),
    })  # fmt: skip
    game = ExtensiveGame(tree, title="bet")
    assert game.parameters == {"p", "x"}
    exact = game.substitute({"p": "1/3", "x": 2, "unused": 1})
    assert exact.domain == "rational"
    assert exact.payoffs[0].tolist() == [Fraction(2, 3), Fraction(1, 2), 0]
    assert exact.chance_probability.tolist() == [1, 1, 1, Fraction(1, 3), Fraction(2, 3)]
    assert (exact.title, exact.outcome_labels[0], exact.parameters) == ("bet", "safe", frozenset())
    assert game.substitute({"p": 0.1, "x": 2}).domain == "real"
    t = sympy.Symbol("t", real=True)
    assert game.substitute({"p": t, "x": 2}).parameters == {"t"}
    with pytest.raises(ParameterError, match=r"'A' at risk/win.*divides by zero at x = 0"):
        game.substitute({"p": "1/3", "x": 0})
    with pytest.raises(
        ParameterError, match=r"at risk gives the branch 'lose' the probability -1.*p = 2, x = 1"
    ):
        game.substitute({"p": 2, "x": 1})
    with pytest.raises(ParameterError, match="needs a value for the parameter 'x'"):
        game.substitute({"p": "1/3"})


def test_a_parametric_sum_is_seen_through() -> None:
    probabilities = ("p*q", "p*(1 - q)", "(1 - p)**2 + p*(1 - p)")
    assert ExtensiveGame(chance(*probabilities)).parameters == {"p", "q"}
    assert ExtensiveGame(chance("1/(1 + x)", "x/(1 + x)")).parameters == {"x"}


@settings(max_examples=40)
@given(extensive_games(domain="parametric"), st.fractions(-3, 3), st.fractions(-3, 3))
def test_substitution_commutes_with_rebuilding(game: ExtensiveGame, x: Fraction, y: Fraction) -> None:
    at = {"x": x, "y": y}
    once = game.substitute(at)
    u, v = sympy.symbols("u v", real=True)
    twice = game.substitute({"x": u, "y": v}).substitute({"u": x, "v": y})
    assert once == twice
