"""Nodes and ExtensiveGame: size and depth, equality, hashing, pickling, immutability."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gametheory.errors import TooLarge
from gametheory.games import Chance, Decision, ExtensiveGame, Node, Outcome, simultaneous
from gametheory.testing import extensive_games
from sample_trees import END, chain, chance, stage_after, tripwire, under

DOMAINS = st.sampled_from(["rational", "real", "parametric"])


# ---------------------------------------------------------------------------------------------------------------------
# Size and depth
# ---------------------------------------------------------------------------------------------------------------------
def test_shared_nodes_that_make_an_enormous_tree_are_refused_before_it_is_built() -> None:
    node: Node = Outcome(A=0)
    for _ in range(200):
        node = Decision("A", {"l": node, "r": node})
    with pytest.raises(TooLarge, match=r"about 10\^60 nodes.*max_nodes"):
        ExtensiveGame(node)
    with pytest.raises(TooLarge, match="7 nodes"):
        ExtensiveGame(tripwire(), max_nodes=6)
    assert ExtensiveGame(tripwire(), max_nodes=7).n_nodes == 7


def test_a_simultaneous_stage_of_a_billion_profiles_is_refused_before_it_is_built() -> None:
    def never(*actions: str) -> Node:
        raise AssertionError("the outcome function was called")

    with pytest.raises(TooLarge, match="1,000,000,000 combinations"):
        simultaneous({name: [str(k) for k in range(1000)] for name in "ABC"}, never)


def test_a_tree_a_hundred_thousand_levels_deep() -> None:
    root = chain(100_000)
    game = ExtensiveGame(root)
    assert game.n_nodes == 200_001
    assert game.perfect_recall
    assert len(game.subgame_roots()) == 100_000
    assert len(game.history(100_000)) == 100_000
    assert game.path(100_000).count("/") == 99_999
    assert len(str(game)) < 100_000
    assert len(game._repr_html_()) < 100_000
    assert len(game.to_latex()) < 100_000
    assert repr(game).startswith("<ExtensiveGame (rational)")
    assert len({h.label for h in game.infosets}) == 100_000


def test_identity_of_deep_trees() -> None:
    root = chain(3_000)
    game = ExtensiveGame(root)
    other = pickle.loads(pickle.dumps(game))
    assert other == game
    assert hash(other) == hash(game)
    assert game.root == root
    assert pickle.loads(pickle.dumps(root)) == root
    assert copy.deepcopy(root) == root
    assert game != ExtensiveGame(chain(3_001))


# ---------------------------------------------------------------------------------------------------------------------
# Identity
# ---------------------------------------------------------------------------------------------------------------------
@given(st.data())
def test_pickle_copy_hash_equality_and_root(data: st.DataObject) -> None:
    game = data.draw(extensive_games(domain=data.draw(DOMAINS)))
    rebuilt = ExtensiveGame(game.root, game.players)
    for other in (pickle.loads(pickle.dumps(game)), copy.deepcopy(game), rebuilt):
        assert other == game
        assert hash(other) == hash(game)
        assert other.domain == game.domain
        assert not other.payoffs.flags.writeable
    assert pickle.loads(pickle.dumps(game.root)) == game.root
    assert hash(game.root) == hash(rebuilt.root)


def test_simultaneous_stages_survive_pickling_and_rebuilding() -> None:
    game = ExtensiveGame(Decision("Russia", {"limited": stage_after("a"), "full": stage_after("b")}))
    assert pickle.loads(pickle.dumps(game)) == game == ExtensiveGame(game.root)


def test_what_makes_trees_different() -> None:
    game = ExtensiveGame(tripwire())
    assert game == ExtensiveGame(tripwire(), title="another caption")
    assert game != ExtensiveGame(tripwire(), players=["West", "Russia"])
    assert game != ExtensiveGame(Decision("Russia", dict(reversed(tripwire().actions.items()))))
    assert game != "tree"
    hidden = ExtensiveGame(under(Decision("A", {"x": END}, infoset="h")))
    assert hidden != ExtensiveGame(under(Decision("A", {"x": END})))


def test_nodes_compare_by_value_whatever_they_share() -> None:
    shared = Outcome(A=1)
    one = Decision("A", {"l": shared, "r": shared})
    two = Decision("A", {"l": Outcome(A=1), "r": Outcome(None, {"A": 1})})
    assert one == two
    assert hash(one) == hash(two)
    assert one != Decision("A", {"l": shared, "r": Outcome(A=2)})
    assert Outcome(A=0.5) != Outcome(A="1/2")
    assert Outcome("x", A=1) != Outcome(A=1)
    assert Outcome(A=1, B=2) == Outcome(B=2, A=1)
    assert Outcome(A=1, B=2) != Outcome(A=2, B=1)
    assert Decision("A", {"l": shared, "r": two}) != Decision("A", {"r": two, "l": shared})
    assert list(pickle.loads(pickle.dumps(Decision("C", {"x": Outcome(B=2, A=1)}))).actions["x"].payoffs) == [
        "B",
        "A",
    ]
    assert Outcome(A=1) != 1
    assert Chance({"a": (1, shared)}) == Chance({"a": ("1", shared)})
    assert Chance({"a": (1.0, shared)}) != Chance({"a": (1, shared)})


def test_nodes_are_frozen_and_copy_what_they_are_given() -> None:
    actions: dict[str, Node] = {"x": END}
    node = Decision("A", actions)
    actions["y"] = END
    assert list(node.actions) == ["x"]
    with pytest.raises(TypeError):
        node.actions["y"] = END  # type: ignore[index]
    with pytest.raises(AttributeError):
        node.player = "B"  # type: ignore[misc]
    assert repr(node) == "Decision('A', ['x'])"
    assert repr(Outcome("w", {"New Zealand": 1})) == "Outcome('w', {'New Zealand': 1})"
    assert chance("1/2", "1/2").probabilities == (Fraction(1, 2), Fraction(1, 2))


def test_arrays_are_read_only() -> None:
    game = ExtensiveGame(tripwire())
    for name in (
        "parent",
        "kind",
        "player",
        "infoset",
        "action",
        "subtree_end",
        "chance_probability",
        "terminals",
        "payoffs",
    ):
        with pytest.raises(ValueError, match="read-only"):
            getattr(game, name)[0] = 1
