"""Stacks of three-player games, compiled: against definitions, exact arithmetic, Gambit, published games, and invariances."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import permutations
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from gametheory.equilibria import nash
from gametheory.solvers import stack_pieces
from gametheory.solvers._kernels import lanes
from gametheory.solvers._kernels import many_player as kernels
from gametheory.solvers._kernels.many_player_roots import MAX_CELLS, isolate, polish, quadratic
from gametheory.solvers.nash import solve_table, to_exact

TOLERANCE = 1e-9
SHAPES = [(2, 2, 2), (2, 2, 3), (3, 2, 2), (2, 3, 3), (3, 3, 2), (3, 3, 3)]
REGIMES = "uniform,integers,lognormal"

Kind = tuple[tuple[int, ...], ...]
Rows = list[tuple[tuple[float, ...], int]]


def draw(regime: str, shape: tuple[int, ...], games: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    size = (games, 3, *shape)
    if regime == "integers":
        return rng.integers(-(10**6), 10**6, size).astype(float)
    if regime == "few":
        return rng.integers(0, 3, size).astype(float)
    return np.exp(1.5 * rng.normal(size=size)) if regime == "lognormal" else rng.random(size)


def rows(stack: np.ndarray) -> tuple[list[Rows], np.ndarray]:
    """Equilibria of each game, sorted, as (all probabilities, index); and which games are degenerate."""
    game, strategies, _, _, index, tied, degenerate = kernels.many_player(
        np.ascontiguousarray(stack, float), TOLERANCE
    )
    assert (np.diff(game) >= 0).all() and not (tied & ~degenerate).any()
    found: list[Rows] = [[] for _ in stack]
    for k, *parts, sign in zip(game, *strategies, index, strict=True):
        found[k].append((tuple(np.concatenate(parts).round(7) + 0.0), int(sign)))
    return [sorted(r) for r in found], degenerate


def close(one: Rows, two: Rows) -> bool:
    if len(one) != len(two):
        return False
    a, b = np.array([r for r, _ in one]), np.array([r for r, _ in two])
    nearest = np.abs(a[:, None] - b[None]).max(axis=2)
    match = nearest.argmin(axis=1)
    return bool(
        (nearest.min(axis=1) < 1e-6).all()
        and len(set(match.tolist())) == len(one)
        and all(one[i][1] == two[j][1] for i, j in enumerate(match))
    )


def split(vector: tuple[float, ...], shape: tuple[int, ...]) -> list[np.ndarray]:
    return np.split(np.array(vector), np.cumsum(shape)[:-1])


def test_the_shapes_it_takes() -> None:
    assert all(kernels.supports(shape) for shape in SHAPES)
    assert not any(kernels.supports(shape) for shape in [(2, 2), (2, 2, 4), (1, 2, 2), (2, 2, 2, 2)])
    with pytest.raises(ValueError, match="three players"):
        kernels.many_player(np.zeros((1, 3, 2, 2, 4)), TOLERANCE)


def test_nine_equilibria() -> None:
    # McKelvey and McLennan (1997): no 2x2x2 game has more regular equilibria than this one.
    game = [
        [[[9, 0], [0, 3]], [[0, 3], [9, 0]]],
        [[[8, 0], [0, 4]], [[0, 4], [8, 0]]],
        [[[12, 0], [0, 6]], [[0, 6], [2, 0]]],
    ]
    found, degenerate = rows(np.array([game]))
    assert not degenerate[0] and len(found[0]) == 9 and sum(sign for _, sign in found[0]) == 1
    mixed = [split(r, (2, 2, 2)) for r, _ in found[0] if min(r) > 0]
    assert sorted([round(v[0], 6) for v in m] for m in mixed) == [[0.4, 0.5, 0.333333], [0.5, 0.4, 0.25]]


def test_irrational_equilibrium() -> None:
    # Nau, Gomez Canovas and Hansen (2004), section 4: one equilibrium, in irrational probabilities.
    game = [
        [[[3, 1], [0, 0]], [[0, 0], [1, 2]]],
        [[[0, 0], [2, 1]], [[1, 3], [0, 0]]],
        [[[2, 0], [0, 0]], [[0, 0], [0, 3]]],
    ]
    found, degenerate = rows(np.array([game]))
    assert not degenerate[0] and len(found[0]) == 1 and close(found[0], exactly(np.array(game, float)))


@pytest.mark.parametrize("regime", REGIMES.split(","))
@pytest.mark.parametrize("shape", SHAPES)
def test_definition_parity_and_index(shape: tuple[int, ...], regime: str) -> None:
    stack = draw(regime, shape, 60, seed=1)
    found, degenerate = rows(stack)
    assert degenerate.mean() < 0.05
    for game, equilibria, doubt in zip(stack, found, degenerate, strict=True):
        if doubt:
            continue
        assert len(equilibria) % 2 == 1 and sum(sign for _, sign in equilibria) == 1
        assert len({r for r, _ in equilibria}) == len(equilibria)
        for vector, sign in equilibria[:3]:
            x, y, z = split(vector, shape)
            gains = (
                np.einsum("ijk,j,k->i", game[0], y, z),
                np.einsum("ijk,i,k->j", game[1], x, z),
                np.einsum("ijk,i,j->k", game[2], x, y),
            )
            for payoff, own, u in zip(gains, (x, y, z), game, strict=True):
                assert payoff.max() - payoff @ own < 1e-5 * np.ptp(u)
            assert abs(sign) == 1


@pytest.mark.parametrize("shape", SHAPES)
def test_payoffs_and_regret(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(15)
    stack, game = draw("uniform", shape, 7, seed=16), rng.integers(0, 7, 40)
    x, y, z = (rng.dirichlet(np.ones(n), 40) for n in shape)
    payoffs, regret = kernels.payoffs_and_regret(stack, game, (x, y, z))
    u = stack[game]
    replies = [
        np.einsum(f"rabc,{others}->r{own}", u[:, i], *mixtures)
        for i, (own, others, mixtures) in enumerate(
            [("a", "rb,rc", (y, z)), ("b", "ra,rc", (x, z)), ("c", "ra,rb", (x, y))]
        )
    ]
    value = np.stack([(r * own).sum(axis=1) for r, own in zip(replies, (x, y, z), strict=True)], axis=1)
    assert np.allclose(payoffs, value)
    gains = [r.max(axis=1) - v for r, v in zip(replies, value.T, strict=True)]
    assert np.allclose(regret, np.max(gains, axis=0))


def exactly(game: np.ndarray) -> Rows:
    """The exact engine's answer on the same floats; it shares no code with the kernels."""
    table = np.array([Fraction(float(u)) for u in game.ravel()], object).reshape(game.shape)
    solution = solve_table(to_exact(table))
    assert solution.complete
    signs = solution.regular or (None,) * len(solution.profiles)
    return [
        (tuple(float(Fraction(int(p.p), int(p.q))) for mixture in profile for p in mixture), sign or 0)
        for profile, sign in zip(solution.profiles, signs, strict=True)
    ]


@pytest.mark.parametrize("shape, regime, games", [
    ((2, 2, 2), "uniform", 40),
    ((2, 2, 2), "few", 60),
    ((2, 2, 3), "lognormal", 15),
    ((3, 3, 2), "integers", 6),
])  # fmt: skip
def test_exact_arithmetic_agrees(shape: tuple[int, ...], regime: str, games: int) -> None:
    stack = draw(regime, shape, games, seed=3)
    found, degenerate = rows(stack)
    for game, equilibria, doubt in zip(stack, found, degenerate, strict=True):
        assert doubt or close(exactly(game), equilibria)


def test_index_by_its_definition() -> None:
    for shape in SHAPES:
        stack = draw("uniform", shape, 6, seed=4)
        game, strategies, _, _, index, *_ = kernels.many_player(stack, TOLERANCE)
        for k, *profile, sign in zip(game, *strategies, index, strict=True):
            supports = [np.flatnonzero(s) for s in profile]
            jacobian = nash._negative_jacobian(stack[k], profile, [tuple(s) for s in supports])
            determinant = np.linalg.det(np.array(jacobian, float)) if len(jacobian) else 1.0
            assert np.sign(determinant) == sign


@pytest.mark.parametrize("shape", SHAPES)
def test_players_and_strategies_have_no_order(shape: tuple[int, ...]) -> None:
    stack = draw("uniform", shape, 25, seed=5)
    found, _ = rows(stack)
    rng = np.random.default_rng(6)
    for players in permutations(range(3)):
        orders = [rng.permutation(shape[i]) for i in players]
        moved = stack[:, players].transpose(0, 1, *(2 + i for i in players))
        moved = moved[:, :, orders[0][:, None, None], orders[1][:, None], orders[2]]
        other, degenerate = rows(moved)
        assert not degenerate.any()
        for k, equilibria in enumerate(found):
            expected = [
                (
                    tuple(
                        np.concatenate(
                            [split(r, shape)[i][order] for i, order in zip(players, orders, strict=True)]
                        )
                    ),
                    sign,
                )
                for r, sign in equilibria
            ]
            assert close(sorted(expected), other[k])


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 10**6),
    scale=st.tuples(*[st.sampled_from([1e-8, 0.37, 3.0, 1e12])] * 3),
    shift=st.tuples(*[st.sampled_from([0.0, -1.0, 40.0])] * 3),
)
def test_units_of_payoff_do_not_matter(seed: int, scale: tuple[float, ...], shift: tuple[float, ...]) -> None:
    for shape in ((2, 2, 2), (3, 3, 3)):
        stack = draw("uniform", shape, 3, seed)
        factor, constant = (np.array(v).reshape(1, 3, 1, 1, 1) for v in (scale, shift))
        # Each player's payoffs may also depend on the others' strategies alone.
        own = [np.random.default_rng(seed + i).random(shape) for i in range(3)]
        extra = np.stack([o.mean(axis=i, keepdims=True) + 0 * o for i, o in enumerate(own)])[None]
        before, doubt = rows(stack)
        after, doubtful = rows((stack + constant + extra) * factor)
        for one, two, settled in zip(before, after, ~doubt & ~doubtful, strict=True):
            assert not settled or close(one, two)
        assert (doubt == doubtful).all()


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6), player=st.integers(0, 2))
def test_a_dominated_strategy_changes_nothing(seed: int, player: int) -> None:
    stack = draw("uniform", (2, 2, 2), 4, seed)
    worse = stack.take([0], axis=player + 2)
    worse[:, player] = stack[:, player].min(axis=player + 1, keepdims=True) - 0.5
    before, _ = rows(stack)
    after, _ = rows(np.concatenate([stack, worse], axis=player + 2))
    for one, two in zip(before, after, strict=True):
        assert close([(tuple(np.insert(r, 2 * player + 2, 0.0)), sign) for r, sign in one], two)


@pytest.mark.parametrize("shape", [(2, 2, 2), (2, 2, 3), (2, 3, 3), (3, 3, 3)])
def test_near_bifurcations_doubt_comes_before_error(shape: tuple[int, ...]) -> None:
    # Between two games with different equilibria, find where they change, then come closer from either side.
    rng = np.random.default_rng(11)
    passed = 0
    while passed < 2:
        one, two = rng.random((2, 3, *shape))
        t = np.linspace(0, 1, 33)
        kinds = kinds_of(one + t[:, None, None, None, None] * (two - one))
        for k in range(32):
            if not a_pair_merges(kinds[k], kinds[k + 1]):
                continue
            low, high = t[k], t[k + 1]
            for _ in range(50):
                middle = 0.5 * (low + high)
                kind = kinds_of((one + middle * (two - one))[None])[0]
                if kind == kinds[k]:
                    low = middle
                elif kind == kinds[k + 1]:
                    high = middle
                else:
                    break
            if kind is not None and high - low > 1e-12:
                continue  # more than one change in between
            passed += 1
            # Closer than this nobody can tell, and the kernel does not.
            assert high - low > 1e-13
            near = np.concatenate([low - 10.0 ** np.arange(-14, -6), high + 10.0 ** np.arange(-14, -6)])
            for at, answer in zip(
                near, kinds_of(one + near[:, None, None, None, None] * (two - one)), strict=True
            ):
                assert answer in (None, kinds[k] if at <= low else kinds[k + 1])


def a_pair_merges(one: Kind | None, two: Kind | None) -> bool:
    """Whether one game has two equilibria more, with the same support, as where two roots of a polynomial merge."""
    if one is None or two is None:
        return False
    more, less = sorted((Counter(one), Counter(two)), key=Counter.total, reverse=True)
    extra = list((more - less).elements())
    return not less - more and len(extra) == 2 and extra[0][:-1] == extra[1][:-1]


def kinds_of(stack: np.ndarray) -> list[Kind | None]:
    """The supports and indices of each game's equilibria; None for degenerate games."""
    found, degenerate = rows(stack)
    return [
        None if doubt else tuple(sorted((*(int(p > 0) for p in r), sign) for r, sign in equilibria))
        for equilibria, doubt in zip(found, degenerate, strict=True)
    ]


@pytest.mark.parametrize("shape", [(2, 2, 2), (3, 3, 3)])
def test_ties_are_in_doubt(shape: tuple[int, ...]) -> None:
    stack = draw("uniform", shape, 4, seed=8)
    stack[0] = 0.0  # everything is an equilibrium
    stack[1, 0] = 1.0  # one player does not care
    stack[2, 0, 1] = stack[2, 0, 0] + 1e-12  # as good as tied
    _, degenerate = rows(stack)
    assert degenerate.tolist() == [True, True, True, False]


@pytest.mark.parametrize("scale", [1e300, 1e-300, 1e30, 1e-40])
@pytest.mark.parametrize("shape", [(2, 2, 2), (3, 3, 3)])
def test_extreme_units(shape: tuple[int, ...], scale: float) -> None:
    stack = draw("uniform", shape, 10, seed=9) - 0.5
    before, _ = rows(stack)
    after, degenerate = rows(stack * scale)
    assert all(doubt or close(*pair) for *pair, doubt in zip(before, after, degenerate, strict=True))


def test_blocks_and_order() -> None:
    stack = draw("uniform", (2, 2, 2), 5000, seed=10)
    stack[::7] = np.random.default_rng(0).integers(0, 2, stack[::7].shape)
    together = kernels.many_player(stack, TOLERANCE)
    parts = [kernels.many_player(stack[k : k + 500], TOLERANCE) for k in range(0, 5000, 500)]
    assert (together[0] == np.concatenate([p[0] + 500 * k for k, p in enumerate(parts)])).all()
    for i in range(3):
        assert (together[1][i] == np.concatenate([p[1][i] for p in parts])).all()
    for column in range(2, 7):
        assert (together[column] == np.concatenate([p[column] for p in parts])).all()
    nothing = kernels.many_player(stack[:0], TOLERANCE)
    assert len(nothing[0]) == len(nothing[6]) == 0 and nothing[1][2].shape == (0, 2)


def test_layouts_and_threads_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = draw("uniform", (2, 2, 2), 3000, seed=11)
    stack[::7] = np.random.default_rng(1).integers(0, 2, stack[::7].shape)
    stack[100:500] = np.array([[[1.0, 0], [0, 0]], [[0, 0], [0, 1]]])  # four equilibria each, and ties
    expected = kernels.many_player(stack, TOLERANCE)
    monkeypatch.setattr(stack_pieces, "PIECE", 1)
    columns = np.moveaxis(np.ascontiguousarray(np.moveaxis(stack, 0, -1)), -1, 0)
    for threads, other in (
        (1, stack),
        (3, stack),
        (1, columns),
        (3, np.asfortranarray(stack)),
        (1, stack[::-1][::-1]),
    ):
        monkeypatch.setattr(stack_pieces, "THREADS", threads)
        found = kernels.many_player(other, TOLERANCE)
        for mine, theirs in zip(
            (*found.strategies, *found[2:]), (*expected.strategies, *expected[2:]), strict=True
        ):
            np.testing.assert_array_equal(mine, theirs)
        np.testing.assert_array_equal(found.game, expected.game)


def test_columns_agree_with_the_definition() -> None:
    stack = draw("lognormal", (2, 2, 2), 2000, seed=12)
    found = kernels.many_player(stack, TOLERANCE)
    payoffs, regret = kernels.payoffs_and_regret(stack, found.game, found.strategies)
    np.testing.assert_array_equal(found.payoffs, payoffs)
    np.testing.assert_array_equal(found.regret, regret)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_leave_a_doubt(number: float) -> None:
    """Whatever the cell, and whether or not there are games enough for a block."""
    for cell in range(24):
        stack = draw("uniform", (2, 2, 2), 70, seed=13)
        for game in (3, 68):
            stack.reshape(70, 24)[game, cell] = number
        assert np.flatnonzero(kernels.many_player(stack, TOLERANCE).degenerate).tolist() == [3, 68]


def test_rows_of_games_are_compared_as_words() -> None:
    row = np.random.default_rng(0).normal(size=lanes.WIDTH)
    row[:6] = 0.0, -0.0, np.nan, np.inf, -np.inf, 0.5
    limits = np.full(lanes.WIDTH, 0.5)
    limits[9] = np.nan

    def word(flags: np.ndarray) -> int:
        return sum(int(flag) << k for k, flag in enumerate(flags))

    found = _compare(row, limits)
    assert found == (word(row < 0), word(row > 0), word(~(abs(row) > limits)))


@njit
def _compare(row: Any, limits: Any) -> Any:
    return lanes.negative(row), lanes.positive(row), lanes.within(row, limits)


def test_quadratics() -> None:
    rng = np.random.default_rng(12)
    for c0, c1, c2 in rng.uniform(-1, 1, (300, 3)):
        count, *rest = quadratic(c0, c1, c2, 1.0, False, False)
        roots = np.roots([c0 - 2 * c1 + c2, 2 * (c1 - c0), c0])
        inside = sorted(float(r.real) for r in roots if abs(r.imag) < 1e-9 and 0 < r.real < 1)
        assert count == len(inside)
        for k, expected in enumerate(inside):
            root, radius, slope = rest[3 * k : 3 * k + 3]
            assert abs(root - expected) < 1e-6 and radius < 1e-6
            assert np.sign((c1 - c0) * (1 - root) + (c2 - c1) * root) == slope
    assert quadratic(1.0, -1.0, 1.0, 1.0, False, False)[0] == -1  # a double root
    assert quadratic(1.0, -1.0 - 1e-13, 1.0, 1.0, False, False)[0] == -1  # nearly
    assert quadratic(0.0, -1.0, 1.0, 1.0, False, False)[0] == -1  # perhaps at the end
    assert quadratic(0.0, -1.0, 1.0, 1.0, True, False)[:2] == (1, pytest.approx(2 / 3))
    assert quadratic(0.0, 1.0, 1.0, 1.0, True, False)[0] == 0
    assert quadratic(0.0, 1.0, 0.0, 1.0, True, True)[0] == 0


def test_quartics() -> None:
    rng = np.random.default_rng(13)
    cells, found = np.zeros((MAX_CELLS, 8)), np.zeros((MAX_CELLS, 8))
    up, down = np.poly1d([1, 0]), np.poly1d([-1, 1])
    basis = [comb(4, m) * up**m * down ** (4 - m) for m in range(5)]
    for coefficients in rng.uniform(-1, 1, (300, 5)):
        cells[0, :5] = coefficients
        count = isolate(cells, 1e-13, False, found)
        polynomial = sum((c * b for c, b in zip(coefficients, basis, strict=True)), np.poly1d([0.0]))
        expected = sorted(r.real for r in polynomial.roots if abs(r.imag) < 1e-9 and 0 < r.real < 1)
        assert (found[:count, 7] == 1).all()
        roots = []
        for k in range(count):
            x, radius = polish(found[k], 1e-13)
            assert 0 <= radius < 1e-6
            roots.append(found[k, 5] + x * (found[k, 6] - found[k, 5]))
        assert np.allclose(sorted(roots), expected, atol=1e-6)
    # A double root at 1/3: nothing is certain there, and so is said.
    square = np.poly1d([1, -1 / 3]) ** 2
    cells[0, :5] = np.linalg.solve(
        np.array([[b(x) for b in basis] for x in (0, 0.2, 0.5, 0.7, 1)]),
        [square(x) for x in (0, 0.2, 0.5, 0.7, 1)],
    )
    count = isolate(cells, 1e-13, False, found)
    assert count >= 1 and (found[:count, 7] == 0).all()
    # A root at the end does not count if it is known to be there.
    cells[0, :5] = [0.0, 1.0, 1.0, -1.0, -1.0]
    assert isolate(cells, 1e-13, True, found) == 1 and found[0, 7] == 1


def test_gambit_finds_no_more() -> None:
    pygambit = pytest.importorskip("pygambit")
    for shape, games in (((2, 2, 2), 12), ((2, 2, 3), 6)):
        stack = np.random.default_rng(14).integers(-50, 51, (games, 3, *shape)).astype(float)
        found, degenerate = rows(stack)
        for game, equilibria, doubt in zip(stack, found, degenerate, strict=True):
            if doubt:
                continue
            theirs = pygambit.nash.enumpoly_solve(
                pygambit.StrategicGame.from_arrays(*(u.astype(int) for u in game))
            ).equilibria
            ours = np.array([r for r, _ in equilibria])
            for profile in theirs:
                vector = np.array([float(p) for mixture in profile for _, p in mixture])
                assert np.abs(ours - vector).max(axis=1).min() < 1e-4
