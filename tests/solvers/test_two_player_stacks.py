"""Stacks taken at their word: against exact arithmetic and other programs on games of all kinds, most of them unpleasant."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import linear_sum_assignment

from gametheory.errors import GameError, TooLarge
from gametheory.solvers import stack_pieces, stacked, two_player_stacks
from gametheory.solvers._kernels import lanes, minor_tables, minors
from gametheory.solvers.bimatrix import extreme_equilibria
from gametheory.solvers.nash import to_exact
from gametheory.solvers.stacked import StackedEquilibria, chunks, nash_equilibria
from judges import gambit

Rng = np.random.Generator


@pytest.fixture
def rng() -> Rng:
    return np.random.default_rng(20251117)


def middle(shape: tuple[int, ...], rng: Rng) -> np.ndarray:
    """A strategy that is as good as a mixture of two others, up to rounding."""
    stack = rng.random(shape)
    stack[:, 1, :, -1] = (stack[:, 1, :, 0] + stack[:, 1, :, 1]) / 2
    stack[:, 0, -1] = 0.3 * stack[:, 0, 0] + 0.7 * stack[:, 0, 1]
    return stack


def twins(shape: tuple[int, ...], rng: Rng) -> np.ndarray:
    """A strategy twice, here and there with a difference in the last place."""
    stack = rng.random(shape)
    stack[..., -1] = stack[..., 0]
    return np.where(rng.random(shape) < 0.05, np.nextafter(stack, 2), stack)


def one_reply_immaterial(shape: tuple[int, ...], rng: Rng) -> np.ndarray:
    """The first row ends the game."""
    stack = rng.random(shape)
    stack[:, :, 0] = stack[:, :, 0, :1]
    return stack


REGIMES = {
    "uniform": lambda shape, rng: rng.random(shape),
    "integers": lambda shape, rng: rng.integers(-(10**6), 10**6 + 1, shape),
    "lognormal": lambda shape, rng: rng.lognormal(0, 2, shape),
    "of all sizes": lambda shape, rng: np.exp(20 * rng.normal(size=shape)),
    "0, 1, 2": lambda shape, rng: rng.integers(0, 3, shape),
    "tenths": lambda shape, rng: rng.integers(0, 3, shape) * 0.1,
    "hundredths": lambda shape, rng: np.round(rng.random(shape), 2),
    "nearly integers": lambda shape, rng: rng.integers(0, 3, shape) + 1e-15 * rng.normal(size=shape),
    "far from zero": lambda shape, rng: 1e9 + rng.integers(0, 3, shape),
    "powers of ten": lambda shape, rng: rng.integers(0, 4, shape) * np.array([1e-200, 3e200])[:, None, None],
    "subnormal": lambda shape, rng: rng.integers(0, 50, shape) * 5e-324,
    "near the largest float": lambda shape, rng: rng.uniform(-1, 1, shape) * 1.7e308,
    "zero-sum": lambda shape, rng: (
        rng.integers(-2, 3, (shape[0], 1, *shape[2:])) * np.array([1, -1])[:, None, None]
    ),
    "middle": middle,
    "twins": twins,
    "one reply immaterial": one_reply_immaterial,
}


def same(mine: np.ndarray, theirs: np.ndarray) -> bool:
    """Whether the rows are the same, in whatever order, as the exact ones when these are rounded."""
    if len(mine) != len(theirs):
        return False
    # Equilibria may be closer to each other than to what they are when rounded: pair them off.
    distance = np.abs(mine[:, None] - theirs[None]).max(axis=2)
    return bool((distance[linear_sum_assignment(distance)] < 1e-9).all())


def rows(found: StackedEquilibria, game: int) -> np.ndarray:
    return np.concatenate(found.strategies, axis=1)[found.game == game]


@pytest.mark.parametrize("shape", [(2, 2), (2, 3), (3, 3), (4, 3), (4, 4)])
@pytest.mark.parametrize("regime", REGIMES)
def test_all_and_only_the_exact_equilibria(regime: str, shape: tuple[int, int], rng: Rng) -> None:
    stack = np.asarray(REGIMES[regime]((16, 2, *shape), rng), float)
    found = nash_equilibria(stack)
    assert found.complete.all()
    size = np.abs(stack).reshape(len(stack), 2, -1).max(axis=2).max(axis=1)
    if regime != "subnormal":  # of which the payoffs themselves have but one or two digits
        assert (found.regret <= 1e-9 * size[found.game]).all()
    for g, game in enumerate(stack):
        a, b = to_exact(game).tolist()
        exact = extreme_equilibria(a, b)
        assert same(
            rows(found, g), np.array([[float(p) for s in pair for p in s] for pair in exact.equilibria])
        )
        index = found.index[found.game == g]
        assert found.tied[g] == (index == 0).any()
        if not found.tied[g]:
            assert sorted(index.tolist()) == sorted(exact.indices)


def test_near_ties_are_never_guessed(rng: Rng) -> None:
    """Of a thousand such games ten come out wrong if minors are taken for what floats make of them."""
    stack = REGIMES["nearly integers"]((1000, 2, 3, 4), rng)
    found = nash_equilibria(stack)
    for g, game in enumerate(stack):
        exact = extreme_equilibria(*to_exact(game).tolist())
        assert same(
            rows(found, g), np.array([[float(p) for s in pair for p in s] for pair in exact.equilibria])
        )


@pytest.mark.parametrize("shape", [(3, 3), (4, 4), (2, 6), (5, 5)])
@pytest.mark.parametrize("high", [3, 1000])
def test_against_gambit(shape: tuple[int, int], high: int, rng: Rng) -> None:
    stack = rng.integers(0, high, (12 if high > 3 else 6, 2, *shape))
    found = nash_equilibria(stack)
    for g, game in enumerate(stack):
        theirs = np.array([np.concatenate(p).astype(float) for p in gambit(*game)])
        assert same(rows(found, g), theirs)


def test_what_goes_where(monkeypatch: pytest.MonkeyPatch, rng: Rng) -> None:
    """Random games are settled by the first kernel, exact ties by the second; what only rounding could tell, by neither."""
    shape = (200, 2, 3, 3)
    doubles = rng.random(shape)
    doubles[..., -1] = doubles[..., 0]
    ties = [np.asarray(REGIMES[regime](shape, rng), float) for regime in ("0, 1, 2", "one reply immaterial")]
    for stack in (*ties, doubles):
        found = nash_equilibria(stack)
        assert not found.exact.any() and not found.degenerate.any() and found.complete.all()
    found = nash_equilibria(middle((20, 2, 3, 3), rng))
    assert found.exact.all() and found.complete.all()
    assert "20 of them solved exactly" in repr(found)
    left = nash_equilibria(middle((20, 2, 3, 3), rng), settle=False)
    assert not left.exact.any() and not left.complete[left.degenerate].any()
    monkeypatch.setattr(two_player_stacks, "_signs", None)
    for regime, other in product(
        ("uniform", "integers", "lognormal"), [(200, 2, 2, 2), shape, (50, 2, 4, 5)]
    ):
        assert nash_equilibria(np.asarray(REGIMES[regime](other, rng), float)).complete.all()


def test_the_last_place_decides() -> None:
    # Best replies differ by one unit in the last place of a payoff: pennies, or a dominant strategy.
    up, down = np.nextafter(1.0, 2), np.nextafter(1.0, 0)
    for corner, count in ((up, 1), (down, 1)):
        game = np.array([[[1, 0], [corner, 1]], [[0, 1], [1, 0]]], float)
        found = nash_equilibria(game[None])
        assert found.count.tolist() == [count] and not found.tied[0] and not found.exact[0]
        assert (found.strategies[0][0, 0] == 0) == (corner == up)
    tied = nash_equilibria(np.array([[[[1, 0], [1, 1]], [[0, 1], [1, 0]]]], float))
    assert tied.tied[0] and tied.complete[0]


def test_games_with_two_hundred_equilibria_do_not_overflow() -> None:
    """Coordination games have an equilibrium for each nonempty set of strategies; there are more rows than the first guess."""
    stack = np.zeros((300, 2, 7, 7))
    stack[:] = np.eye(7)
    stack[::3] += np.arange(7)  # here the column player's payoffs do not depend on rows alone
    found = nash_equilibria(stack[1::3])
    assert (found.count == 127).all() and found.complete.all()
    assert (np.bincount(found.game, found.index) == 1).all()
    assert (np.diff(found.game) >= 0).all()


def test_rows_outgrow_their_room_only_late(monkeypatch: pytest.MonkeyPatch, rng: Rng) -> None:
    """First games with one equilibrium, then games with 31, in pieces of 64 games."""
    monkeypatch.setattr(stack_pieces, "PIECE", 1)
    dominant = np.zeros((2, 5, 5))
    dominant[0, 0], dominant[1, :, 0] = 1, 1
    dominant += 1e-3 * rng.random((2, 5, 5))
    crowd = np.stack([np.diag(np.arange(1.0, 6))] * 2) + 1e-3 * rng.random((2, 5, 5))
    for threads in (1, 3):
        monkeypatch.setattr(stack_pieces, "THREADS", threads)
        found = nash_equilibria(np.concatenate([[dominant] * 400, [crowd] * 400, [dominant] * 90]))
        assert found.count.tolist() == [1] * 400 + [31] * 400 + [1] * 90
        assert (np.diff(found.game) >= 0).all()
        assert found.regret.max() < 1e-12 and found.index.sum() == 890


@pytest.mark.parametrize("shape", [(2, 2), (3, 4)])
def test_threads_and_layouts_do_not_show(
    shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch, rng: Rng
) -> None:
    stack = rng.normal(size=(5000, 2, *shape))
    stack[::50] = rng.integers(0, 3, (100, 2, *shape))
    stack[7] = middle((1, 2, *shape), rng)[0]
    expected = nash_equilibria(stack)
    monkeypatch.setattr(stack_pieces, "THREADS", 1)
    columns = np.moveaxis(np.ascontiguousarray(np.moveaxis(stack, 0, -1)), -1, 0)
    double = np.repeat(stack, 2, axis=0)[::2]
    for other in (stack, columns, double, np.asfortranarray(stack), stack.tolist()):
        found = nash_equilibria(other)
        for name in ("game", "payoffs", "regret", "index", "tied", "degenerate", "exact", "complete"):
            np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
        for mine, theirs in zip(found.strategies, expected.strategies, strict=True):
            np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_chunks_are_the_stack(size: int, rng: Rng) -> None:
    stack = rng.integers(-3, 4, (100, 2, 3, 2))
    whole, parts = nash_equilibria(stack), list(chunks(stack, size))
    assert len(parts) == -(-100 // size)
    assert np.concatenate([part.count for part in parts]).tolist() == whole.count.tolist()
    np.testing.assert_array_equal(np.concatenate([part.payoffs for part in parts]), whole.payoffs)
    assert sum(len(part) for part in chunks(stack, settle=False)) >= 100


@pytest.mark.parametrize("size", [0, -1, 2.5, "many", None])
def test_chunks_of_no_size(size: object) -> None:
    with pytest.raises(GameError, match="at least 1"):
        list(chunks(np.zeros((3, 2, 2, 2)), size))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (4, 4), (2, 25), (1, 3), (2, 2, 2), (2, 2, 2, 2)])
@pytest.mark.parametrize("settle", [True, False])
def test_what_is_not_finite_is_found(bad: float, shape: tuple[int, ...], settle: bool, rng: Rng) -> None:
    stack = rng.random((5, len(shape), *shape))
    where = (3, len(shape) - 1, *(n - 1 for n in shape))
    stack[where] = bad
    with pytest.raises(GameError, match=rf"finite; game 3, player {where[1]}, strategies .* is {bad}"):
        nash_equilibria(stack, settle=settle)


@pytest.mark.parametrize("tolerance", [-1e-9, np.nan])
def test_a_tolerance_that_is_none(tolerance: float) -> None:
    with pytest.raises(GameError, match="not below zero"):
        nash_equilibria(np.zeros((1, 2, 2, 2)), tolerance=tolerance)


def test_shapes_beyond_the_tables_are_solved_exactly(rng: Rng) -> None:
    assert not two_player_stacks.is_small(2, 25)
    stack = rng.integers(0, 100, (3, 2, 2, 25)).astype(float)
    found = nash_equilibria(stack)
    assert found.exact.all() and found.complete.all() and found.regret.max() < 1e-9
    floats = nash_equilibria(stack, settle=False)
    assert not floats.exact.any()
    for g in np.flatnonzero(floats.complete):
        assert same(rows(floats, g), rows(found, g))
    with pytest.raises(TooLarge, match="MAX_SYSTEMS"):
        nash_equilibria(np.zeros((1, 2, 30, 30)))


def test_one_player_to_the_last_place() -> None:
    nearly = np.array([[[0.3, 0.1 + 0.2, 0.0]], [[1.0, 1.0, 0.5]], [[5e-324, 0.0, 0.0]]])
    found = nash_equilibria(nearly)
    assert found.count.tolist() == [1, 2, 1] and found.complete.all()
    assert found.tied.tolist() == [False, True, False]
    assert nash_equilibria(nearly, settle=False).degenerate.tolist() == [True, False, False]


def test_more_than_two_movers_are_settled(rng: Rng) -> None:
    """Whatever the exact solver says of a game without a kernel, the stack says."""
    from gametheory.solvers.nash import solve_table

    stack = rng.integers(0, 5, (4, 3, 2, 4, 2)).astype(float)
    found = nash_equilibria(stack)
    assert found.exact.all()
    for g, game in enumerate(stack):
        exact = solve_table(to_exact(game), irrational=False, progress=False)
        assert found.complete[g] == exact.complete
        assert same(
            rows(found, g), np.array([[float(p) for s in profile for p in s] for profile in exact.profiles])
        )


# The kernels' mathematics.


def determinant(matrix: list[list[Fraction]]) -> Fraction:
    """Leibniz's formula, by expansion."""
    if not matrix:
        return Fraction(1)
    total = Fraction(0)
    for j, entry in enumerate(matrix[0]):
        total += (-1) ** j * entry * determinant([row[:j] + row[j + 1 :] for row in matrix[1:]])
    return total


@pytest.mark.parametrize("shape", [(2, 3), (3, 3), (4, 2), (4, 4)])
def test_minors_are_determinants_within_the_stated_error(shape: tuple[int, int], rng: Rng) -> None:
    m, n = shape
    plan, top = minor_tables.plan(m, n), min(m, n)
    block = np.repeat(rng.random((2 * m * n, 1)), lanes.WIDTH, axis=1)
    values = np.empty((len(plan.size) + 1, lanes.WIDTH))
    minors._minors(
        block,
        *plan[:4],
        np.zeros((2 * top + 2, lanes.WIDTH)),
        np.empty(lanes.WIDTH),
        values,
        np.empty(len(values), np.uint64),
    )
    b = [[Fraction(float(block[(m + i) * n + j, 0])) for j in range(n)] for i in range(m)]
    a = [[Fraction(float(block[i * n + j, 0])) for i in range(m)] for j in range(n)]
    expected = []
    for table, own, other in ((b, m, n), (a, n, m)):
        for k in range(1, min(own, other - 1) + 1):
            for rows_, columns in product(combinations(range(own), k), combinations(range(other), k + 1)):
                matrix = [[Fraction(1)] * (k + 1)] + [[table[i][j] for j in columns] for i in rows_]
                expected.append((k, determinant(matrix)))
    assert len(expected) == len(plan.size) == minor_tables.minors_of(m, n) - m - n
    error = minor_tables.rounding(top)
    for (k, exact), value in zip(expected, values[:, 0], strict=False):
        assert abs(Fraction(float(value)) - exact) <= Fraction(float(error[k]))


small = st.integers(-2, 2).map(float)


@settings(max_examples=60)
@given(
    hnp.arrays(float, (2, 3, 3), elements=small),
    st.sampled_from([2.0**-40, 1.0, 2.0**300]),
    st.integers(-9, 9),
)
def test_scaling_and_dominated_strategies_change_nothing(game: np.ndarray, scale: float, shift: int) -> None:
    base = nash_equilibria(game[None])
    moved = nash_equilibria((game + shift)[None] * scale)
    assert same(rows(base, 0), rows(moved, 0))
    assert base.tied[0] == moved.tied[0]
    worse = np.concatenate([game, game.min(axis=(1, 2), keepdims=True) - np.ones((2, 1, 3))], axis=1)
    worse[1, 3] = game[1, 0]
    larger = nash_equilibria(worse[None])
    assert same(np.insert(rows(base, 0), 3, 0.0, axis=1), rows(larger, 0))


def test_tables_beyond_reach_say_so() -> None:
    assert two_player_stacks.is_small(10, 10)
    assert not two_player_stacks.is_small(11, 11)
    assert stacked.MAX_SYSTEMS > 2 * 184756


def test_a_large_shape(rng: Rng) -> None:
    found = nash_equilibria(rng.random((1, 2, 6, 10)))
    assert found.complete.all() and found.regret.max() < 1e-12
