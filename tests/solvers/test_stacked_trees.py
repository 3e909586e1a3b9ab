"""The stacked tree solver against the exact one, published trees, the definition, and invariances."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from gametheory.errors import GameError, TooLarge
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.nodes import Chance, Decision, Node, Outcome, simultaneous
from gametheory.solvers import stacked_trees
from gametheory.solvers.stacked_trees import behaviour_columns, subgame_perfect
from gametheory.solvers.subgame_perfect import subgame_perfect_equilibria


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20240917)


def blank(players: str) -> Outcome:
    return Outcome(None, dict.fromkeys(players, 0))


def entry() -> ExtensiveGame:
    """Selten 1978: the chain-store stage game."""
    reply = Decision("M", {"fight": blank("EM"), "share": blank("EM")})
    return ExtensiveGame(Decision("E", {"out": blank("EM"), "in": reply}))


def two_stages() -> ExtensiveGame:
    """A choice, then chance, then a simultaneous stage in each branch."""

    def stage(label: str) -> Node:
        return simultaneous({"B": ["l", "r"], "C": ["x", "y", "z"]}, lambda b, c: blank("ABC"))

    return ExtensiveGame(
        Decision(
            "A",
            {"safe": blank("ABC"), "risk": Chance({"up": ("1/3", stage("u")), "down": ("2/3", stage("d"))})},
        )
    )


def outside_option() -> ExtensiveGame:
    """A player moves, then moves again in the simultaneous stage that follows: one stage with reduced strategies."""
    inner = Decision(
        "B",
        {b: Decision("A", {a: blank("AB") for a in "lr"}, infoset="again") for b in "LR"},
        infoset="reply",
    )
    # The information set of B ties a chance branch to the decision, so nothing below the root is a subgame.
    other = Decision(
        "B",
        {b: Decision("A", {a: blank("AB") for a in "lr"}, infoset="third") for b in "LR"},
        infoset="reply",
    )
    return ExtensiveGame(Decision("A", {"stop": blank("AB"), "one": inner, "two": other}, infoset="start"))


def payoffs(game: ExtensiveGame, points: int, rng: np.random.Generator) -> np.ndarray:
    # Integers: the exact solver then solves the very same game, quickly.
    return rng.integers(-99, 100, size=(points, len(game.players), len(game.terminals))).astype(float)


def with_payoffs(game: ExtensiveGame, table: np.ndarray, chance: np.ndarray | None = None) -> ExtensiveGame:
    """The same tree with other numbers at its ends, built anew from the root."""
    at = {int(node): t for t, node in enumerate(game.terminals)}
    edges = game.chance_probability if chance is None else chance

    def build(node: int) -> Node:
        if node in at:
            return Outcome(None, {p: int(table[i, at[node]]) for i, p in enumerate(game.players)})
        if game.kind[node] == 2:
            return Chance({str(c): (edges[c], build(c)) for c in game.children[node]})
        infoset = game.infosets[int(game.infoset[node])]
        below = zip(infoset.actions, game.children[node], strict=True)
        player = game.players[infoset.player]
        return Decision(player, {a: build(c) for a, c in below}, infoset=f"{player}: {infoset.label}")

    return ExtensiveGame(build(0), players=game.players)


TREES = {"entry": entry, "two stages": two_stages, "outside option": outside_option}


@pytest.mark.parametrize("name", TREES)
def test_against_the_exact_solver(name: str, rng: np.random.Generator) -> None:
    game = TREES[name]()
    tables = payoffs(game, 40, rng)
    found = subgame_perfect(game, tables, behaviour=True)
    compared = several = 0
    for b in np.flatnonzero(~found.degenerate):
        exact = subgame_perfect_equilibria(with_payoffs(game, tables[b]))
        assert exact.complete == found.complete[b]
        theirs = {
            tuple(np.concatenate([np.array(a, float) for a in eq.profile.arrays]).round(7) + 0.0)
            for eq in exact
        }
        rows = np.flatnonzero(found.point == b)
        assert {tuple(found.behaviour[r].round(7) + 0.0) for r in rows} == theirs
        paid = sorted(tuple(float(eq.payoffs[p]) for p in game.players) for eq in exact)
        np.testing.assert_allclose(sorted(map(tuple, found.payoffs[rows])), paid, atol=1e-7)
        compared += 1
        several += len(rows) > 1
    assert compared >= 5
    assert several or name == "entry"


def test_published_entry_game() -> None:
    # Selten 1978: out pays (1, 5), fight (0, 0), share (2, 2); the entrant comes in and they share.
    found = subgame_perfect(entry(), [[[1, 0, 2], [5, 0, 2]]], behaviour=True)
    assert found.payoffs.tolist() == [[2, 2]]
    columns = [
        (entry().infosets[h].label, entry().infosets[h].actions[a]) for h, a in behaviour_columns(entry())
    ]
    played = {label_action for label_action, p in zip(columns, found.behaviour[0], strict=True) if p == 1}
    assert {action for _, action in played} == {"in", "share"}
    assert found.complete.all()


def test_every_combination_of_later_equilibria(rng: np.random.Generator) -> None:
    """Two coordination stages after a choice of A: 3 equilibria each, 9 combinations, of which A picks the better."""

    def stage() -> Node:
        return simultaneous({"B": ["l", "r"], "C": ["l", "r"]}, lambda b, c: blank("ABC"))

    game = ExtensiveGame(Decision("A", {"one": stage(), "two": stage()}))
    points = 7
    table = np.zeros((points, 3, 8))
    for point, half in product(range(points), range(2)):
        # Ends in the order ll, lr, rl, rr.
        table[point, 0, 4 * half : 4 * half + 4] = rng.permutation([1.0, 2.0, 4.0, 8.5]) + half * 0.25
        table[point, 1:, 4 * half : 4 * half + 4] = [3, 0, 0, 1 + point / 10]
    found = subgame_perfect(game, table, behaviour=True)
    assert found.count.tolist() == [9] * points
    for point in range(points):
        rows = np.flatnonzero(found.point == point)
        assert len({tuple(found.behaviour[r].round(9)) for r in rows}) == 9
        worth = []
        for half in range(2):
            a = table[point, 0, 4 * half : 4 * half + 4].reshape(2, 2)
            low = table[point, 1, 4 * half + 3]
            mix = np.array([low, 3.0]) / (3.0 + low)
            worth.append([a[0, 0], a[1, 1], mix @ a @ mix])
        expected = sorted(max(one, two) for one, two in product(*worth))
        np.testing.assert_allclose(sorted(found.payoffs[rows, 0]), expected)


def test_outcomes_are_expectations_over_the_ends(rng: np.random.Generator) -> None:
    game = two_stages()
    tables = payoffs(game, 30, rng)
    weights = rng.normal(size=(4, len(game.terminals)))
    found = subgame_perfect(game, tables, outcomes=weights, behaviour=True)
    columns = {column: k for k, column in enumerate(behaviour_columns(game))}
    for r in range(len(found)):
        reach = np.ones(game.n_nodes)
        for node in range(1, game.n_nodes):
            above = int(game.parent[node])
            step = float(game.chance_probability[node])
            if game.kind[above] == 1:
                step = found.behaviour[r, columns[int(game.infoset[above]), int(game.action[node])]]
            reach[node] = reach[above] * step
        ends = reach[np.asarray(game.terminals)]
        assert abs(ends.sum() - 1) < 1e-9
        np.testing.assert_allclose(found.outcomes[r], weights @ ends, atol=1e-9)
        np.testing.assert_allclose(found.payoffs[r], tables[found.point[r]] @ ends, atol=1e-9)
    # Weights that differ from point to point are the same thing, one point at a time.
    stacked = np.broadcast_to(weights, (30, *weights.shape))
    np.testing.assert_allclose(subgame_perfect(game, tables, outcomes=stacked).outcomes, found.outcomes)


def test_chance_may_differ_from_point_to_point(rng: np.random.Generator) -> None:
    game = two_stages()
    tables = payoffs(game, 11, rng)
    up, down = (c for node in range(game.n_nodes) if game.kind[node] == 2 for c in game.children[node])
    chance = np.ones((11, game.n_nodes))
    chance[:, up] = np.arange(11) / 10
    chance[:, down] = 1 - chance[:, up]
    together = subgame_perfect(game, tables, chance)
    for b in range(11):
        alone = subgame_perfect(game, tables[b : b + 1], chance[b])
        np.testing.assert_allclose(together.payoffs[together.point == b], alone.payoffs)
    assert not np.allclose(
        together.payoffs[together.point == 10], subgame_perfect(game, tables[10:]).payoffs[:1]
    )


@pytest.mark.parametrize("name", TREES)
def test_a_stack_is_its_points_one_by_one(name: str, rng: np.random.Generator) -> None:
    game = TREES[name]()
    tables = payoffs(game, 12, rng) // 40  # few values, so that there are ties
    together = subgame_perfect(game, tables, behaviour=True)
    assert (np.diff(together.point) >= 0).all()
    for b in range(12):
        alone = subgame_perfect(game, tables[b : b + 1], behaviour=True)
        rows = together.point == b
        np.testing.assert_array_equal(together.behaviour[rows], alone.behaviour)
        np.testing.assert_array_equal(together.payoffs[rows], alone.payoffs)
        assert together.degenerate[b] == alone.degenerate[0]
    assert together.degenerate.any()
    assert not (together.complete & together.degenerate).any()


def test_a_tie_is_flagged_and_every_choice_listed() -> None:
    found = subgame_perfect(entry(), [[[1, 0, 2], [5, 2, 2]], [[1, 0, 2], [5, 0, 2]]], behaviour=True)
    assert found.degenerate.tolist() == [True, False]
    assert found.complete.tolist() == [False, True]
    assert sorted(found.payoffs[found.point == 0].tolist()) == [[1, 5], [2, 2]]


def test_four_movers_are_incomplete() -> None:
    game = ExtensiveGame(simultaneous({p: ["l", "r"] for p in "ABCD"}, lambda *_: blank("ABCD")))
    # Jordan 1993: each wants to match the next, the last to differ from the first: no pure equilibrium.
    ends = np.array(list(product(range(2), repeat=4)))
    next_one = np.roll(ends, -1, axis=1).T
    table = next_one == ends.T
    table[3] = ~table[3]
    found = subgame_perfect(game, np.stack([table, np.ones_like(table) * ends.sum(1)]).astype(float))
    assert found.complete.tolist() == [False, False]
    assert found.count.tolist() == [0, 1]
    assert found.payoffs.tolist() == [[4, 4, 4, 4]]


def test_chance_at_the_root_and_nobody_moving() -> None:
    game = ExtensiveGame(
        Chance({"a": ("1/4", Outcome(None, {"A": 0})), "b": ("3/4", Outcome(None, {"A": 0}))})
    )
    found = subgame_perfect(game, [[[4.0, 8.0]], [[0.0, 4.0]]], behaviour=True)
    assert found.payoffs.tolist() == [[7.0], [3.0]]
    assert found.behaviour is not None and found.behaviour.shape == (2, 0)
    assert found.complete.all()


def test_a_long_tree() -> None:
    """The centipede (Rosenthal 1981) with a thousand moves: taken at once."""
    moves = 1000
    node: Node = blank("AB")
    for k in reversed(range(moves)):
        node = Decision("AB"[k % 2], {"take": blank("AB"), "pass": node})
    game = ExtensiveGame(node, players=("A", "B"))
    table = np.array([[[k + 2 * (k % 2 == i) for k in range(moves + 1)] for i in range(2)]], float)
    found = subgame_perfect(game, table, behaviour=True)
    assert found.payoffs.tolist() == [[2.0, 0.0]]
    assert found.behaviour is not None and found.behaviour[0, ::2].tolist() == [1.0] * moves


@pytest.mark.parametrize(
    "change, message",
    [
        ({"payoffs": np.zeros((1, 2, 4))}, "3 terminal nodes"),
        ({"payoffs": np.full((1, 2, 3), np.nan)}, "payoffs must be finite"),
        ({"chance": np.ones(3)}, "5 nodes"),
        ({"chance": np.ones((4, 5))}, "5 nodes"),
        ({"outcomes": np.ones((1, 2))}, "3 terminal nodes"),
        ({"outcomes": np.full((1, 3), np.inf)}, "outcome weights must be finite"),
    ],
)
def test_malformed_stacks_are_refused(change: dict, message: str) -> None:
    arguments = {"payoffs": np.zeros((1, 2, 3)), "chance": None, "outcomes": None} | change
    with pytest.raises(GameError, match=message):
        subgame_perfect(entry(), **arguments)


def test_combinations_beyond_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacked_trees, "MAX_BYTES", 1000)
    with pytest.raises(TooLarge, match="combinations of equilibria over 50 points"):
        subgame_perfect(entry(), np.zeros((50, 2, 3)))
