"""Stacks of two-player games: which kernel takes which game, in how many threads, and in how much memory.

1. Games of two strategies each go to :mod:`gametheory.solvers._kernels.two_by_two`, others to
   :mod:`gametheory.solvers._kernels.minors`: fast, and it leaves alone whatever is not clearly nondegenerate.
2. What is left goes on to :mod:`gametheory.solvers._kernels.signs` if the payoffs are to be taken at their word, and to
   :mod:`gametheory.solvers._kernels.two_player` if they are to be taken with a tolerance.
3. What is left after that is reported as doubtful.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from gametheory.errors import GameError
from gametheory.solvers import stack_pieces
from gametheory.solvers._kernels import minor_tables, minors, signs, two_by_two, two_player
from gametheory.solvers._kernels.lanes import WIDTH
from gametheory.solvers.stack_pieces import flat_of, in_pieces, merge, no_rows

__all__ = ["MAX_MINORS", "Columns", "is_small", "solve"]

MAX_MINORS = 400_000
"""Minors of one game up to which shapes have tables (10x10 has 335,920)."""

# Beyond ten strategies each, powers of differences may leave the range of floats.
_LARGEST = 10


Array = np.ndarray[Any, Any]

_two_by_two: Any = two_by_two.solve  # Numba's types do not know the arguments of what it compiles
_minors: Any = minors.solve
_signs: Any = signs.solve


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Equilibria, one a row, sorted by game; and for each game whether it is in doubt, and whether it is tied."""

    game: npt.NDArray[np.int64]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    payoffs: npt.NDArray[np.float64]
    regret: npt.NDArray[np.float64]
    index: npt.NDArray[np.int8]
    doubtful: npt.NDArray[np.bool_]
    tied: npt.NDArray[np.bool_]


def is_small(m: int, n: int) -> bool:
    """Whether games of this shape are within the reach of the kernels of minors."""
    return min(m, n) <= _LARGEST and max(m, n) <= 2 * _LARGEST and minor_tables.minors_of(m, n) <= MAX_MINORS


def solve(stack: npt.NDArray[np.float64], *, tolerance: float, noise: float) -> Columns:
    """Return the extreme equilibria of each game that the kernels can settle.

    Parameters
    ----------
    stack : float array (B, 2, m, n)
    tolerance, noise : float
        Differences below `tolerance` times the range of the player's payoffs plus `noise` times their size are too close to
        call. If both are zero, the payoffs are taken at their word, and what is called is certain.

    Raises
    ------
    GameError
        If a payoff is not finite.
    """
    games, _, m, n = stack.shape
    flat, stride, step = flat_of(stack)
    doubtful = np.zeros(games, np.bool_)
    if is_small(m, n):
        rows = _first_pass(flat, stride, step, (m, n), tolerance, noise, doubtful)
    else:
        doubtful[:] = True
        rows = no_rows((m, n))
    tied = np.zeros(games, np.bool_)
    left = np.flatnonzero(doubtful)
    refuse_infinite(stack, left)  # no kernel ever settles a game with an entry that is not finite
    if not len(left):
        return _columns(rows, doubtful, tied)
    if tolerance > 0.0 or noise > 0.0:
        more, open_, tied[left] = _with_tolerance(stack, left, tolerance)
        doubtful[left] = open_
    elif is_small(m, n):
        more, open_, tied[left] = _second_pass(flat, stride, step, (m, n), left)
        doubtful[left] = open_
    else:
        more = no_rows((m, n))
    return _columns(merge(rows, more), doubtful, tied)


def _columns(rows: tuple[Array, ...], doubtful: Array, tied: Array) -> Columns:
    game, x, y, payoffs, regret, index = rows
    return Columns(game, x, y, payoffs, regret, index, doubtful, tied)


def refuse_infinite(stack: Array, games: Array | None = None) -> None:
    """Raise GameError if a payoff of the games (of all, if none are named) is not finite."""
    step = max(1, 2**16 // max(1, prod(stack.shape[1:])))
    for first in range(0, len(stack) if games is None else len(games), step):
        part = stack[first : first + step] if games is None else stack[games[first : first + step]]
        with np.errstate(over="ignore", invalid="ignore"):
            # The sum is finite unless an entry is not, or it overflows: cheaper than a flag for each of the entries.
            if np.isfinite(part.sum()) or np.isfinite(part).all():
                continue
        where = tuple(int(k) for k in np.argwhere(~np.isfinite(part))[0])
        game = first + where[0] if games is None else int(games[first + where[0]])
        raise GameError(
            f"payoffs must be finite; game {game}, player {where[1]}, strategies {where[2:]} is {part[where]}"
        )


def _first_pass(
    flat: Array,
    stride: int,
    step: int,
    shape: tuple[int, int],
    tolerance: float,
    noise: float,
    doubtful: Array,
) -> tuple[Array, ...]:
    m, n = shape
    games = len(doubtful)
    if shape == (2, 2):

        def make() -> Callable[..., Any]:
            return lambda first, stop, rows, flags: _two_by_two(
                flat, stride, step, first, stop, tolerance, noise, *rows, flags
            )

    else:
        plan = minor_tables.plan(m, n)
        top = min(m, n)
        errors = minor_tables.rounding(top)
        close = tolerance > 0.0 or noise > 0.0
        slack = minor_tables.growth(top) if close else 4.0 * errors
        if not close:
            slack[1] = 0.0  # the signs of differences are exact
        unit = tolerance if close else 1.0

        def make() -> Callable[..., Any]:
            scratch = (
                np.empty((2 * m * n, WIDTH)),
                np.empty((len(plan.size) + 1, WIDTH)),
                np.empty(len(plan.size) + 1, np.uint64),
                np.empty((WIDTH * len(plan.support_size), 2), np.int64),
            )
            return lambda first, stop, rows, flags: _minors(
                flat,
                stride,
                step,
                m,
                n,
                first,
                stop,
                errors,
                slack,
                unit,
                noise,
                *plan,
                *scratch,
                *rows,
                flags,
            )

    work = games * (m * n + minor_tables.minors_of(m, n) * (shape != (2, 2)))
    return in_pieces(make, games, shape, work, doubtful)


def _second_pass(
    flat: Array, stride: int, step: int, shape: tuple[int, int], left: Array
) -> tuple[tuple[Array, ...], Array, Array]:
    """Solve the games `left` by signs that are certain; returns rows, and for each game whether it is in doubt, and tied."""
    m, n = shape
    plan = minor_tables.plan(m, n)

    def part(games: Array) -> tuple[tuple[Array, ...], Array, Array]:
        t, pairs = len(plan.size) + 1, len(plan.support_size)
        scratch = (
            np.empty(2 * m * n),
            np.empty(t),
            np.empty(t),
            np.empty(t, np.int8),
            np.empty(t),
            np.empty((pairs, 4), np.int64),
            np.empty((pairs, 4), np.int64),
        )
        doubtful, tied = np.ones(len(games), np.bool_), np.zeros(len(games), np.bool_)
        rows = no_rows((m, n), 4 * min(len(games), 4096) + 64)
        parts: list[tuple[Array, ...]] = []
        first = 0
        while first < len(games):
            reached, count = _signs(
                flat, stride, step, m, n, games, first, len(games), *plan, *scratch, *rows, doubtful, tied
            )
            parts.append(tuple(column[:count].copy() for column in rows))
            if reached == first:
                rows = no_rows((m, n), 4 * len(rows[0]))
            first = reached
        return tuple(np.concatenate(columns) for columns in zip(*parts, strict=True)), doubtful, tied

    threads = stack_pieces.THREADS if len(left) * minor_tables.minors_of(m, n) > stack_pieces.SERIAL else 1
    return _in_parts(part, left, threads)


def _with_tolerance(stack: Array, left: Array, tolerance: float) -> tuple[tuple[Array, ...], Array, Array]:
    """Solve the games `left` within a tolerance; returns rows, and for each game whether it is in doubt, and tied."""
    games = np.ascontiguousarray(stack[left])
    game, x, y, index, tied, doubtful = two_player.two_player(games, tolerance)
    # The kernel scales payoffs, which may make equal what is only near: that is no tie that floats can settle.
    facts = np.flatnonzero(tied & ~doubtful)
    doubtful[facts] = near(games[facts], tolerance)
    values = [np.einsum("rij,rj->ri", games[game, 0], y), np.einsum("rij,ri->rj", games[game, 1], x)]
    payoffs = np.stack([(x * values[0]).sum(axis=1), (y * values[1]).sum(axis=1)], axis=1)
    regret = np.zeros(len(game))
    for player, value in enumerate(values):
        if len(game):
            regret = np.maximum(regret, value.max(axis=1) - payoffs[:, player])
    return (left[game], x, y, payoffs, regret, index), doubtful, tied


def slack(stack: Array, tolerance: float, noise: float) -> Array:
    """Return, for each game and player, the payoff difference below which there may be a tie; shape (B, N, 1, ...)."""
    axes = tuple(range(2, stack.ndim))
    low, high = stack.min(axis=axes, keepdims=True), stack.max(axis=axes, keepdims=True)
    result: Array = tolerance * (high - low) + noise * np.maximum(np.abs(low), np.abs(high))
    return result


def near(stack: Array, tolerance: float, noise: float = 1e-13) -> Array:
    """Return the games in which a reply to pure strategies is as good as the best within tolerance, and not equal to it."""
    limit = slack(stack, tolerance, noise)
    found = np.zeros(len(stack), bool)
    for i in range(stack.shape[1]):
        shortfall = stack[:, i].max(axis=i + 1, keepdims=True) - stack[:, i]
        flags = (shortfall > 0) & (shortfall <= limit[:, i])
        found |= flags.any(axis=tuple(range(1, flags.ndim)))
    return found


def _in_parts(
    part: Callable[[Array], Any], left: Array, threads: int
) -> tuple[tuple[Array, ...], Array, Array]:
    if threads < 2:
        rows, doubtful, tied = part(left)
        return rows, doubtful, tied
    with ThreadPoolExecutor(threads) as pool:
        done = list(pool.map(part, np.array_split(left, 4 * threads)))
    done = [piece for piece in done if len(piece[1])]
    return (
        tuple(np.concatenate(columns) for columns in zip(*(piece[0] for piece in done), strict=True)),
        np.concatenate([piece[1] for piece in done]),
        np.concatenate([piece[2] for piece in done]),
    )
