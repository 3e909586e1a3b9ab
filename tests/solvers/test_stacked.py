"""The stacked solver against published games, other programs, the definition of an equilibrium, and invariances."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gametheory as gt
from gametheory.errors import GameError, TooLarge
from gametheory.solvers import stacked
from gametheory.solvers.stacked import nash_equilibria, pure_nash
from judges import gambit

# Published games: payoff matrices, then the equilibria as (row strategy, column strategy).
PUBLISHED = {
    # von Stengel 2002, (2.5)/(2.6): three equilibria, one of them pure.
    "von Stengel 2002": (
        [[0, 6], [2, 5], [3, 3]],
        [[1, 0], [0, 2], [4, 3]],
        [((0, 0, 1), (1, 0)), ((0, 1 / 3, 2 / 3), (2 / 3, 1 / 3)), ((2 / 3, 1 / 3, 0), (1 / 3, 2 / 3))],
    ),
    "matching pennies": ([[1, -1], [-1, 1]], [[-1, 1], [1, -1]], [((0.5, 0.5), (0.5, 0.5))]),
    "rock paper scissors": (
        [[0, -1, 1], [1, 0, -1], [-1, 1, 0]],
        [[0, 1, -1], [-1, 0, 1], [1, -1, 0]],
        [((1 / 3,) * 3, (1 / 3,) * 3)],
    ),
    "prisoner's dilemma": ([[3, 0], [5, 1]], [[3, 5], [0, 1]], [((0, 1), (0, 1))]),
}


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20240917)


def regret(game: np.ndarray, profile: list[np.ndarray]) -> float:
    """Largest gain from a deviation, by the definition and with loops."""
    worst = 0.0
    n_players = len(profile)
    for i in range(n_players):
        values = np.zeros(game.shape[1 + i])
        for cell in product(*(range(n) for n in game.shape[1:])):
            weight = np.prod([profile[j][cell[j]] for j in range(n_players) if j != i])
            values[cell[i]] += weight * game[(i, *cell)]
        worst = max(worst, float(values.max() - values @ profile[i]))
    return worst


def as_set(found: stacked.StackedEquilibria, game: int, decimals: int = 6) -> set[tuple[float, ...]]:
    rows = np.flatnonzero(found.game == game)
    return {tuple(np.concatenate([s[r] for s in found.strategies]).round(decimals) + 0.0) for r in rows}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published(name: str) -> None:
    a, b, expected = PUBLISHED[name]
    found = nash_equilibria(np.array([[a, b]], float))
    assert as_set(found, 0) == {tuple(np.round([*x, *y], 6)) for x, y in expected}
    assert found.complete.all() and not found.degenerate.any()
    assert found.index.sum() == 1


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_coordination_game_has_all_supports(n: int) -> None:
    found = nash_equilibria(np.array([[np.eye(n), np.eye(n)]]))
    assert len(as_set(found, 0)) == len(found) == 2**n - 1  # one for each nonempty support
    size = (found.strategies[0] > 0).sum(axis=1)
    assert (found.index == (-1) ** (size + 1)).all()


@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (2, 4), (3, 3), (4, 3), (5, 5)])
def test_random_games_against_gambit(shape: tuple[int, int], rng: np.random.Generator) -> None:
    # Integers, so that Gambit works on exactly the same game.
    stack = rng.integers(-50, 51, size=(12, 2, *shape)).astype(float)
    found = nash_equilibria(stack)
    compared = 0
    for g in np.flatnonzero(~found.degenerate):
        theirs = gambit(*stack[g].astype(int))
        assert as_set(found, int(g)) == {
            tuple(np.round(np.concatenate(p).astype(float), 6) + 0.0) for p in theirs
        }
        compared += 1
    assert compared >= 8


def test_random_games_against_quantecon(rng: np.random.Generator) -> None:
    gt = pytest.importorskip("quantecon.game_theory")
    stack = rng.normal(size=(20, 2, 4, 4))
    found = nash_equilibria(stack)
    assert not found.degenerate.any()
    for g, (a, b) in enumerate(stack):
        theirs = gt.support_enumeration(gt.NormalFormGame([gt.Player(a), gt.Player(b.T)]))
        assert as_set(found, g) == {tuple(np.concatenate(p).round(6) + 0.0) for p in theirs}


small = st.integers(-4, 4).map(float)
shapes = st.sampled_from([(2, 2), (3, 2), (2, 3), (3, 3), (4, 3)])
bimatrices = shapes.flatmap(lambda s: hnp.arrays(float, (2, *s), elements=small))


@given(bimatrices)
def test_every_row_is_an_equilibrium(game: np.ndarray) -> None:
    found = nash_equilibria(game[None])
    assert len(found) >= 1  # Nash 1951
    for r in range(len(found)):
        profile = [s[r] for s in found.strategies]
        assert all(s.min() >= 0 and abs(s.sum() - 1) < 1e-9 for s in profile)
        assert regret(game, profile) < 1e-8
        values = [np.einsum("ij,i,j", game[i], *profile) for i in range(2)]
        np.testing.assert_allclose(found.payoffs[r], values, atol=1e-9)


@given(bimatrices)
def test_untied_games_have_an_odd_number_and_indices_that_sum_to_one(game: np.ndarray) -> None:
    found = nash_equilibria(game[None])
    if not found.tied[0] and not found.degenerate[0]:
        assert found.complete[0]
        assert len(found) % 2 == 1
        assert found.index.astype(int).sum() == 1
        assert (found.index != 0).all()


@given(bimatrices, st.integers(1, 9), st.integers(-9, 9), st.integers(1, 9))
def test_invariant_under_positive_affine_maps(game: np.ndarray, a: int, shift: int, b: int) -> None:
    moved = np.stack([a * game[0] + shift, b * game[1] - shift])
    one, two = nash_equilibria(game[None]), nash_equilibria(moved[None])
    assert as_set(one, 0) == as_set(two, 0)
    assert one.degenerate[0] == two.degenerate[0]


@given(bimatrices, st.randoms(use_true_random=False))
def test_invariant_under_relabelling(game: np.ndarray, random: object) -> None:
    rows, columns = list(range(game.shape[1])), list(range(game.shape[2]))
    random.shuffle(rows)  # type: ignore[attr-defined]
    random.shuffle(columns)  # type: ignore[attr-defined]
    one, two = nash_equilibria(game[None]), nash_equilibria(game[:, rows][:, :, columns][None])
    back = {
        tuple(
            np.concatenate(
                [np.array(p[: len(rows)])[np.argsort(rows)], np.array(p[len(rows) :])[np.argsort(columns)]]
            )
        )
        for p in as_set(two, 0)
    }
    assert as_set(one, 0) == back
    assert one.degenerate[0] == two.degenerate[0]


@given(bimatrices)
def test_invariant_under_exchange_of_players(game: np.ndarray) -> None:
    one, two = nash_equilibria(game[None]), nash_equilibria(game.transpose(0, 2, 1)[::-1][None])
    m = game.shape[1]
    n = game.shape[2]
    assert as_set(one, 0) == {p[n:] + p[:n] for p in as_set(two, 0)}
    assert len(as_set(one, 0)) and m + n == len(next(iter(as_set(one, 0))))


@given(st.lists(hnp.arrays(float, (2, 3, 2), elements=small), min_size=1, max_size=5))
def test_a_stack_is_its_games_one_by_one(games: list[np.ndarray]) -> None:
    together = nash_equilibria(np.stack(games))
    assert (np.diff(together.game) >= 0).all()
    for g, game in enumerate(games):
        alone = nash_equilibria(game[None])
        assert as_set(together, g) == as_set(alone, 0)
        assert together.degenerate[g] == alone.degenerate[0]
    assert together.count.sum() == len(together)


DEGENERATE = {
    "equal payoffs everywhere": np.zeros((2, 2, 2)),
    "a dominated tie": np.array([[[1, 1], [0, 0]], [[1, 1], [0, 1]]]),
    # Selten's entry game in normal form: staying out makes the reply immaterial.
    "entry": np.array([[[0, 0], [-1, 1]], [[2, 2], [-1, 1]]]),
    # von Stengel 2002, after (2.5): the nondegenerate example made degenerate.
    "von Stengel": np.array([[[0, 6], [2, 5], [3, 3]], [[1, 0], [0, 2], [4, 4]]]),
    "supports of unequal size": np.array([[[1, 1]], [[2, 2]]]),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_tied_games_say_so(name: str) -> None:
    found = nash_equilibria(DEGENERATE[name][None].astype(float))
    assert found.tied.tolist() == [True]
    assert (found.index == 0).any()
    # A tie between the payoffs of one profile, as all of these are, is a fact; it moves into doubt with the slightest change.
    assert found.degenerate.tolist() == [False] and found.complete.tolist() == [True]
    nudge = 1e-14 * np.arange(DEGENERATE[name].size).reshape(DEGENERATE[name].shape) ** 2
    nearly = nash_equilibria((DEGENERATE[name] + nudge)[None], settle=False)
    assert nearly.degenerate.tolist() == [name != "equal payoffs everywhere"]
    assert len(nearly) >= 1


@given(bimatrices)
def test_tied_games_against_the_exact_solver(game: np.ndarray) -> None:
    """All extreme equilibria, with small integers, so that nearly every game is tied somewhere."""
    found = nash_equilibria(game[None])
    if not found.degenerate[0]:
        exact = gt.nash_equilibria(
            gt.NormalFormGame.from_bimatrix(*[[[int(v) for v in row] for row in table] for table in game])
        )
        assert exact.complete
        theirs = {tuple(round(float(p), 6) + 0.0 for a in eq.profile.arrays for p in a) for eq in exact}
        assert as_set(found, 0) == theirs
        assert bool(found.tied[0]) == any(eq.index is None for eq in exact)


def test_a_tie_that_takes_solving_is_in_doubt() -> None:
    # The row player's mixture 1/2, 1/2 ties all three columns.
    game = np.array([[[1, 0, 0], [0, 1, 0]], [[3, 0, 1.5], [0, 3, 1.5]]])
    found = nash_equilibria(game[None], settle=False)
    assert found.degenerate.tolist() == [True] and found.complete.tolist() == [False]


def test_extreme_equilibria_of_a_degenerate_game() -> None:
    # Stay out against any reply harsh enough (vertices: always fight; fight half the time), or enter and share.
    found = nash_equilibria(DEGENERATE["entry"][None].astype(float))
    assert as_set(found, 0) == {(1, 0, 1, 0), (1, 0, 0.5, 0.5), (0, 1, 0, 1)}
    assert sorted(found.index.tolist()) == [0, 0, 1]


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize("gap, flagged", [(0.0, True), (1e-12, True), (1e-5, False)])
def test_ties_are_measured_against_the_range_of_payoffs(scale: float, gap: float, flagged: bool) -> None:
    game = np.array([[[2, 1], [2 + gap, 0]], [[1, 0], [1, 0]]]) * scale
    found = nash_equilibria(game[None], settle=False)
    assert found.tied[0] == flagged
    assert found.degenerate[0] == (flagged and gap > 0)
    one_player = nash_equilibria(np.array([[[0.0, 1.0, 1.0 + gap]]]) * scale, settle=False)
    assert one_player.tied[0] == flagged and len(one_player) == 1 + flagged
    assert one_player.degenerate[0] == (flagged and gap > 0)


def test_a_tie_hidden_by_large_payoffs_is_flagged() -> None:
    # A difference of 1e-10 between payoffs of 1e6 is rounding, although it is all the difference there is.
    assert nash_equilibria(np.array([[[1e6, 1e6 + 1e-10]]]), settle=False).degenerate[0]


def test_pure_only_where_there_is_no_kernel(rng: np.random.Generator) -> None:
    stack = rng.normal(size=(50, 3, 2, 4, 2))
    found = nash_equilibria(stack, settle=False)
    assert not found.complete.any()
    mask = pure_nash(stack)
    for g in range(len(stack)):
        brute = {
            cell
            for cell in product(range(2), range(4), range(2))
            if regret(stack[g], [np.eye(n)[k] for n, k in zip((2, 4, 2), cell, strict=True)]) <= 0
        }
        assert {tuple(map(int, cell)) for cell in np.argwhere(mask[g])} == brute
        rows = np.flatnonzero(found.game == g)
        assert {tuple(int(s[r].argmax()) for s in found.strategies) for r in rows} == brute
    cells = tuple(s.argmax(axis=1) for s in found.strategies)
    np.testing.assert_array_equal(
        found.payoffs, stack[(found.game[:, None], np.arange(3), *(c[:, None] for c in cells))]
    )


def test_three_players_exact_ties_are_ties_and_near_ties_are_flagged() -> None:
    game = np.zeros((1, 3, 2, 4, 2))
    game[0, 0, 0] = 1.0  # the first player ends the game; the others are then indifferent
    found = nash_equilibria(game, settle=False)
    assert len(found) == 8 and not found.degenerate[0]
    assert (found.index == 0).all()
    game[0, 1, 1, 1, 1] = 1.0
    game[0, 1, 0, 0, 0] = 1e-12
    assert nash_equilibria(game, settle=False).degenerate[0]


def test_players_without_a_choice_are_spectators(rng: np.random.Generator) -> None:
    stack = rng.normal(size=(9, 4, 1, 3, 1, 2))
    found = nash_equilibria(stack)
    inner = nash_equilibria(stack[:, :, 0, :, 0, :][:, [1, 3]])
    assert found.complete.all()
    np.testing.assert_allclose(found.strategies[1], inner.strategies[0])
    np.testing.assert_allclose(found.strategies[3], inner.strategies[1])
    np.testing.assert_allclose(found.payoffs[:, [1, 3]], inner.payoffs)
    np.testing.assert_allclose(
        found.payoffs[:, 0],
        np.einsum(
            "rij,ri,rj->r", stack[:, 0, 0, :, 0, :][found.game], found.strategies[1], found.strategies[3]
        ),
    )
    assert len(nash_equilibria(np.ones((2, 2, 1, 1)))) == 2


def test_an_empty_stack() -> None:
    for shape in [(0, 1, 3), (0, 2, 3, 2), (0, 3, 2, 2, 2)]:
        found = nash_equilibria(np.zeros(shape))
        assert len(found) == 0 and len(found.complete) == 0


@pytest.mark.parametrize(
    "bad, message",
    [
        (np.zeros((2, 2)), "shape"),
        (np.zeros((5, 3, 2, 2)), "2 strategy axes for 3 players"),
        (np.zeros((5, 2, 0, 2)), "at least one strategy"),
        (np.array([[[[np.nan, 1], [0, 1]], [[1, 0], [0, 1]]]]), "finite"),
    ],
)
def test_malformed_stacks_are_refused(bad: np.ndarray, message: str) -> None:
    with pytest.raises(GameError, match=message):
        nash_equilibria(bad)


def test_a_game_with_too_many_supports_is_refused() -> None:
    with pytest.raises(TooLarge, match="linear systems"):
        nash_equilibria(np.zeros((1, 2, 40, 40)))


@pytest.mark.parametrize(
    "payoffs",
    ["abc", [["a"]], np.ones((1, 2, 2, 2)) * 1j, gt.NormalFormGame([[1, 2]]), [[[1, 2], [3]]], [[[10**400]]]],
    ids=["text", "texts", "complex", "game", "ragged", "huge"],
)
def test_what_is_no_array_of_numbers_is_refused(payoffs):
    with pytest.raises(gt.GameError, match=r"an array of numbers, of shape .*game\.payoffs"):
        nash_equilibria(payoffs)


def test_the_frame_has_a_row_for_each_equilibrium():
    found = nash_equilibria(np.random.default_rng(2).normal(size=(30, 3, 2, 1, 2)))
    frame = found.to_frame()
    assert frame["game"].tolist() == found.game.tolist()
    assert frame["payoff: Player 3"].tolist() == found.payoffs[:, 2].tolist()
    assert frame["P(Player 3: 2)"].tolist() == found.strategies[2][:, 1].tolist()
    assert len(frame.columns) == 1 + 3 + 5 + 3 and frame["complete"].all()


@pytest.mark.parametrize(
    "given", ["abc", [[1, 2], [3]], np.full((1, 2, 2, 2), 1j), [[[[10**400]]]]], ids=range(4)
)
def test_what_is_no_array_of_numbers(given):
    with pytest.raises(GameError, match="array of numbers"):
        stacked.nash_equilibria(given)
