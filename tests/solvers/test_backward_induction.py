"""Backward induction on flat arrays: against the exact solver, the definition, invariances, and published trees."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gametheory as gt
from gametheory.errors import GameError, Unsupported
from gametheory.solvers import backward_induction as module
from gametheory.solvers import perfect_information
from gametheory.solvers.backward_induction import backward_induction
from gametheory.solvers.perfect_information import PerfectInformationTree
from gametheory.testing import extensive_games

SMALL = st.integers(-2, 2)


def random_tree(
    rng: np.random.Generator, nodes: int, players: int, *, chance: float = 0.0
) -> PerfectInformationTree:
    """A random tree of about so many nodes, in pre-order."""
    children: list[list[int]] = [[]]
    leaves = [0]
    while len(children) < nodes:
        node = leaves.pop(int(rng.integers(len(leaves))))
        for _ in range(int(rng.integers(1, 5))):
            children[node].append(len(children))
            leaves.append(len(children))
            children.append([])
    parent, mover, waiting = [], [], [(0, -1)]
    while waiting:
        node, above = waiting.pop()
        here = len(parent)
        parent.append(above)
        moves = -2 if rng.random() < chance else int(rng.integers(players))
        mover.append(moves if children[node] else -1)
        waiting.extend((child, here) for child in reversed(children[node]))
    return PerfectInformationTree(parent, mover, players)


def probabilities(tree: PerfectInformationTree, rng: np.random.Generator, points: int) -> np.ndarray:
    weight = rng.random((points, tree.n_nodes)) + 0.1
    total = np.zeros((points, tree.n_nodes))
    for node in range(1, tree.n_nodes):
        total[:, tree.parent[node]] += weight[:, node]
    weight[:, 1:] /= total[:, tree.parent[1:]]
    return weight


def by_definition(tree, payoffs, chance):
    """One game, one node at a time: values of the root, actions, and whether an action is as good as another somewhere."""
    value = {}
    end = {int(v): t for t, v in enumerate(tree.terminals)}
    actions, tied = {}, False
    for node in range(tree.n_nodes - 1, -1, -1):
        below = [k for k in range(tree.n_nodes) if tree.parent[k] == node]
        if node in end:
            value[node] = payoffs[:, end[node]]
        elif tree.mover[node] == -2:
            value[node] = sum(chance[k] * value[k] for k in below)
        else:
            own = [value[k][tree.mover[node]] for k in below]
            best = int(np.argmax(own))
            tied |= sum(x == own[best] for x in own) > 1
            actions[node], value[node] = best, value[below[best]]
    return value[0], [actions[int(v)] for v in tree.decisions], tied


# -- against the exact solver ------------------------------------------------------------------------------------------
@given(extensive_games(perfect_information=True, payoffs=SMALL))
def test_against_all_equilibria_of_the_exact_solver(game):
    found = backward_induction(game)
    exact = gt.subgame_perfect_equilibria(game)
    tree = found.tree
    played = [
        tuple(int(np.argmax([p == 1 for p in eq.profile.arrays[game.infoset[v]]])) for v in tree.decisions)
        for eq in exact
    ]
    assert tuple(found.actions[0].tolist()) in played
    match = exact[played.index(tuple(found.actions[0].tolist()))]
    np.testing.assert_allclose(found.values[0], [float(match.payoffs[p]) for p in game.players], atol=1e-12)
    if not found.degenerate[0]:
        assert len(exact) == 1 and exact.complete
    if len(exact) > 1:
        assert found.degenerate[0]
    if not (game.kind == 2).any():
        assert found.degenerate[0] == found.tied[0] == (len(exact) > 1)


@given(extensive_games(perfect_information=True, domain="real", degenerate=False))
def test_floats_against_the_exact_solver(game):
    found = backward_induction(game)
    if not found.degenerate[0]:
        (eq,) = gt.subgame_perfect_equilibria(game)
        np.testing.assert_allclose(found.values[0], [float(eq.payoffs[p]) for p in game.players], atol=1e-9)


# -- against the definition, in both compiled forms --------------------------------------------------------------------
@pytest.mark.parametrize("chance", [0.0, 0.4])
@pytest.mark.parametrize("players", [1, 2, 3])
def test_stacks_and_single_trees_against_the_definition(players, chance):
    rng = np.random.default_rng(players)
    for nodes in (2, 9, 40):
        tree = random_tree(rng, nodes, players, chance=chance)
        points = module._FEW + module_block() + 3  # not a multiple of the block
        payoffs = rng.integers(-3, 4, (points, players, len(tree.terminals))).astype(float)
        edge = probabilities(tree, rng, points)
        found = backward_induction(tree, payoffs, edge)
        for b in range(points):
            alone = backward_induction(tree, payoffs[b], edge[b])
            np.testing.assert_allclose(alone.values[0], found.values[b], atol=1e-12)
            assert alone.actions[0].tolist() == found.actions[b].tolist() or found.degenerate[b]
            assert alone.degenerate[0] == found.degenerate[b]
            value, actions, tied = by_definition(tree, payoffs[b], edge[b])
            if not found.degenerate[b]:
                np.testing.assert_allclose(found.values[b], value, atol=1e-12)
                assert found.actions[b].tolist() == actions
                assert not tied
            if not chance:
                assert found.tied[b] == found.degenerate[b] == tied
                assert found.actions[b].tolist() == actions  # the first of the best ones
        if players == 2 and nodes == 40 and not chance:
            assert found.tied.any()


def module_block() -> int:
    from gametheory.solvers._kernels.backward_induction_stacks import BLOCK

    return BLOCK


@pytest.mark.parametrize("chance", [0.0, 0.3])
def test_a_tree_solved_in_parts_is_the_tree_solved_at_once(chance, monkeypatch):
    rng = np.random.default_rng(7)
    for part in (3, 10, 60):
        tree = random_tree(rng, 800, 3, chance=chance)
        edge = probabilities(tree, rng, 1)
        payoffs = rng.normal(size=(3, len(tree.terminals)))
        whole = backward_induction(tree, payoffs, edge)
        monkeypatch.setattr(perfect_information, "PART", part)
        monkeypatch.setattr(perfect_information, "ALONE", part)
        again = PerfectInformationTree(tree.parent, tree.mover, 3)
        assert len(again._split.roots) > 2
        cut = backward_induction(again, payoffs, edge)
        monkeypatch.undo()
        np.testing.assert_array_equal(cut.values, whole.values)
        np.testing.assert_array_equal(cut.actions, whole.actions)
        together = backward_induction(tree, np.broadcast_to(payoffs, (40, *payoffs.shape)), edge)
        np.testing.assert_array_equal(together.actions[17], whole.actions[0])


def test_a_large_tree_and_a_long_one():
    rng = np.random.default_rng(1)
    tree = random_tree(rng, 120_000, 2)
    payoffs = rng.normal(size=(2, len(tree.terminals)))
    found = backward_induction(tree, payoffs)
    # No deviation at a single node pays (the one-shot deviation principle): follow the reported actions from every node.
    follow = np.empty(tree.n_nodes, np.int64)
    follow[tree.terminals] = np.arange(len(tree.terminals))
    action = dict(zip(tree.decisions.tolist(), found.actions[0].tolist(), strict=True))
    for node in range(tree.n_nodes - 1, 0, -1):
        above = int(tree.parent[node])
        if action[above] == tree.action[node]:
            follow[above] = follow[node]
    for node in range(1, tree.n_nodes):
        above = int(tree.parent[node])
        who = tree.mover[above]
        assert payoffs[who, follow[above]] >= payoffs[who, follow[node]]
    assert not found.degenerate[0]
    np.testing.assert_array_equal(found.values[0], payoffs[:, follow[0]])
    # The centipede (Rosenthal 1981), long enough that its top has no small subtree: taken at once.
    moves = 60_000
    parent = [-1]
    mover = [0]
    for k in range(moves):
        parent += [2 * k, 2 * k]
        mover += [-1, (k + 1) % 2 if k < moves - 1 else -1]
    ends = np.array([[k + 2 * (k % 2 == i) for k in range(moves)] + [moves] for i in range(2)], float)
    found = backward_induction(PerfectInformationTree(parent, mover), ends)
    assert found.values.tolist() == [[2, 0]] and not found.actions.any()


# -- ties and tolerance ------------------------------------------------------------------------------------------------
def test_ties_anywhere_are_flagged_also_where_they_do_not_matter():
    tree = PerfectInformationTree([-1, 0, 0, 2, 2], [0, -1, 1, -1, -1])
    payoffs = np.array([[[5, 0, 0], [0, 1, 1]], [[5, 0, 0], [0, 1, 2]], [[5, 5, 0], [0, 2, 1]]], float)
    found = backward_induction(tree, payoffs)
    assert found.degenerate.tolist() == found.tied.tolist() == [True, False, True]
    assert found.complete.tolist() == [False, True, False]
    assert found.actions.tolist() == [[0, 0], [0, 1], [0, 0]]


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_tolerance_scales_with_the_payoffs(scale):
    tree = PerfectInformationTree([-1, 0, 0, 0], [0, -1, -1, -1], 2)
    payoffs = np.array([[0.0, 1.0, 1 - 1e-10], [0.0, 0.0, 0.0]]) * scale
    found = backward_induction(tree, payoffs)
    assert found.degenerate[0] and not found.tied[0]
    assert not backward_induction(tree, payoffs, tolerance=0).degenerate[0]  # nothing was rounded
    assert backward_induction(tree, np.broadcast_to(payoffs, (99, 2, 3))).degenerate.all()


@given(
    extensive_games(perfect_information=True, payoffs=SMALL, chance=False),
    st.integers(1, 9),
    st.integers(-9, 9),
)
def test_positive_affine_payoffs_change_nothing(game, factor, shift):
    tree = PerfectInformationTree.from_game(game)
    before = backward_induction(tree, game.payoffs)
    after = backward_induction(tree, game.payoffs * factor + shift)
    assert before.actions.tolist() == after.actions.tolist()
    assert before.tied.tolist() == after.tied.tolist()


# -- what is taken and refused -----------------------------------------------------------------------------------------
def test_layouts_and_readonly_input_give_the_same():
    rng = np.random.default_rng(3)
    tree = random_tree(rng, 60, 2)
    payoffs = rng.normal(size=(200, 2, len(tree.terminals)))
    last = np.ascontiguousarray(payoffs.transpose(1, 2, 0)).transpose(2, 0, 1)
    frozen = payoffs.copy()
    frozen.setflags(write=False)
    one = backward_induction(tree, payoffs)
    for other in (last, frozen, payoffs[::-1][::-1], payoffs.tolist()):
        np.testing.assert_array_equal(backward_induction(tree, other).actions, one.actions)
    frame = one.to_frame()
    assert len(frame) == 200 and frame["value of player 1"].tolist() == one.values[:, 1].tolist()


def test_a_tree_that_is_an_end_and_one_without_choices():
    assert backward_induction(PerfectInformationTree([-1], [-1], 2), [[3], [4]]).values.tolist() == [[3, 4]]
    many = backward_induction(PerfectInformationTree([-1], [-1], 1), np.arange(50.0).reshape(50, 1, 1))
    assert many.values[:, 0].tolist() == list(range(50)) and not many.degenerate.any()
    chance = PerfectInformationTree([-1, 0, 0], [-2, -1, -1], 1)
    assert backward_induction(chance, [[4, 8]], [1, 0.25, 0.75]).values.tolist() == [[7]]
    assert backward_induction(chance, np.zeros((0, 1, 2)), [1, 0.25, 0.75]).values.shape == (0, 1)


def test_a_structure_survives_pickling():
    tree = random_tree(np.random.default_rng(0), 30, 2)
    again = pickle.loads(pickle.dumps(tree))
    assert repr(again) == repr(tree)
    assert not again.parent.flags.writeable


@pytest.mark.parametrize(
    "parent, mover, message",
    [
        ([], [], "at least one"),
        ([-1, 0], [0], "2 and 1"),
        ([0], [-1], "node 0 is the root"),
        ([-1, 0, 1, 0, 1], [0, 0, -1, 0, -1], "pre-order: the parent of node 4"),
        ([-1, 2, 0], [0, -1, 0], "pre-order: the parent of node 1"),
        ([-1, -1], [0, -1], "pre-order: the parent of node 1"),
        ([-1, 0], [-1, -1], "node 0 has children"),
        ([-1, 0], [0, 0], "node 1 has no children"),
        ([-1, 0], [-3, -1], "node 0 has a mover below -2"),
        ([-1.0, 0.0], [0, -1], "list of integers"),
    ],
)
def test_malformed_structures_are_refused(parent, mover, message):
    with pytest.raises(GameError, match=message):
        PerfectInformationTree(parent, mover)


def test_malformed_requests_are_refused():
    tree = PerfectInformationTree([-1, 0, 0], [-2, -1, -1], 1)
    choice = PerfectInformationTree([-1, 0, 0], [0, -1, -1], 1)
    with pytest.raises(GameError, match="only 1 players"):
        PerfectInformationTree([-1, 0], [1, -1], 1)
    with pytest.raises(GameError, match="give chance"):
        backward_induction(tree, [[1, 2]])
    with pytest.raises(GameError, match="sum to 1; at point 0"):
        backward_induction(tree, [[1, 2]], [1, 0.5, 0.6])
    with pytest.raises(GameError, match="not negative"):
        backward_induction(tree, [[1, 2]], [1, -0.5, 1.5])
    with pytest.raises(GameError, match="chance probabilities have shape"):
        backward_induction(tree, [[1, 2]], [1, 0.5])
    with pytest.raises(GameError, match="1 players, 2 ends"):
        backward_induction(choice, [[1, 2, 3]])
    with pytest.raises(GameError, match="give payoffs"):
        backward_induction(choice)
    with pytest.raises(GameError, match="tolerance"):
        backward_induction(choice, [[1, 2]], tolerance=-1)
    with pytest.raises(GameError, match="not list"):
        backward_induction([[1, 2]])
    for count in (1, 50):
        bad = np.zeros((count, 1, 2))
        for value in (np.nan, np.inf, -np.inf):
            bad[-1, 0, 1] = value
            with pytest.raises(GameError, match=f"finite; at point {count - 1} player 0 gets"):
                backward_induction(choice, bad)


def test_imperfect_information_and_parameters_are_refused_by_name():
    stage = gt.ExtensiveGame(
        gt.simultaneous({"A": ["l", "r"], "B": ["x", "y"]}, lambda *_: gt.Outcome(A=0, B=0))
    )
    with pytest.raises(Unsupported, match="B cannot tell l from r"):
        backward_induction(stage)
    game = gt.ExtensiveGame(gt.Decision("A", {"x": gt.Outcome(A="k"), "y": gt.Outcome(A=1)}))
    with pytest.raises(Unsupported, match="depends on k"):
        backward_induction(game)
    assert backward_induction(game, [[[0, 1]], [[2, 1]]]).actions.tolist() == [[1], [0]]


def test_published_trees():
    # Selten 1978: the chain-store stage game, entry and sharing.
    reply = gt.Decision("M", {"fight": gt.Outcome(E=0, M=0), "share": gt.Outcome(E=2, M=2)})
    game = gt.ExtensiveGame(gt.Decision("E", {"out": gt.Outcome(E=1, M=5), "in": reply}))
    found = backward_induction(game)
    assert found.values.tolist() == [[2, 2]] and found.actions.tolist() == [[1, 1]]
