"""Stacks of two-player games: which kernel takes which game, in how many threads, and in how much memory.

1. Games of two strategies each go to :mod:`gametheory.solvers._kernels.two_by_two`, others to
   :mod:`gametheory.solvers._kernels.minors`: fast, and it leaves alone whatever is not clearly nondegenerate.
2. What is left goes on to :mod:`gametheory.solvers._kernels.signs` if the payoffs are to be taken at their word, and to
   :mod:`gametheory.solvers._kernels.two_player` if they are to be taken with a tolerance.
3. What is left after that is reported as doubtful.

The games are cut into pieces whose results fit in the processor's caches; each thread solves a piece, and when all threads are
done and it is known where the rows belong, copies them there before it solves its next piece. Beside the result there are thus a
few megabytes for each thread. The kernels let go of the interpreter's lock, so plain threads do, and serial and parallel calls run
the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import config

from gametheory.errors import GameError
from gametheory.solvers._kernels import minor_tables, minors, signs, two_by_two, two_player

__all__ = ["MAX_MINORS", "Columns", "is_small", "solve"]

MAX_MINORS = 400_000
"""Minors of one game up to which shapes have tables (10x10 has 335,920)."""

# Beyond ten strategies each, powers of differences may leave the range of floats.
_LARGEST = 10
_PIECE = 2**21  # bytes of rows of a piece
_SERIAL = 20_000.0  # differences and minors below which threads do not pay

Array = np.ndarray[Any, Any]

_two_by_two: Any = two_by_two.solve  # Numba's types do not know the arguments of what it compiles
_minors: Any = minors.solve
_signs: Any = signs.solve
_THREADS: int = getattr(config, "NUMBA_DEFAULT_NUM_THREADS")  # noqa: B009 - set at run time, which types do not see


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
    flat, stride, step = _flat(stack)
    doubtful = np.zeros(games, np.bool_)
    if is_small(m, n):
        rows = _first_pass(flat, stride, step, (m, n), tolerance, noise, doubtful)
    else:
        doubtful[:] = True
        rows = _no_rows(m, n)
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
        more = _no_rows(m, n)
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


def merge(rows: Sequence[Array], more: Sequence[Array]) -> tuple[Array, ...]:
    """Return the rows of both, sorted by the first column."""
    if not len(more[0]):
        return tuple(rows)
    if not len(rows[0]):
        return tuple(more)
    order = np.argsort(np.concatenate([rows[0], more[0]]), kind="stable")
    return tuple(np.concatenate([a, b])[order] for a, b in zip(rows, more, strict=True))


def _flat(stack: Array) -> tuple[Array, int, int]:
    """Return the numbers as one axis, and how far apart games and cells are; games may vary slowest or fastest."""
    cells = stack[0].size if len(stack) else 1
    if len(stack) > 1 and not stack.flags.c_contiguous:
        columns = np.moveaxis(stack, 0, -1)
        if columns.flags.c_contiguous:
            return columns.reshape(-1), 1, len(stack)
    return np.ascontiguousarray(stack).reshape(-1), cells, 1


def _no_rows(m: int, n: int, room: int = 0) -> tuple[Array, ...]:
    """Return empty columns with room for `room` rows: game, x, y, payoffs, regret, index.

    They lie in one piece of memory: the system hands out, and takes back, one large piece much faster than six smaller ones.
    """
    memory = np.empty(room * _bytes_of_row(m, n), np.uint8)
    columns: list[Array] = []
    at = 0
    for width, kind in (
        (1, np.int64),
        (m, np.float64),
        (n, np.float64),
        (2, np.float64),
        (1, np.float64),
        (1, np.int8),
    ):
        size = room * width * np.dtype(kind).itemsize
        column = memory[at : at + size].view(kind)
        columns.append(column.reshape(room, width) if len(columns) in (1, 2, 3) else column)
        at += size
    return tuple(columns)


def _bytes_of_row(m: int, n: int) -> int:
    return 8 * (m + n + 4) + 1


class _Worker:
    """What one thread calls its own: scratch, and room for the rows of a piece."""

    def __init__(self, shape: tuple[int, int], room: int, make: Callable[[], Callable[..., Any]]) -> None:
        self.shape, self.kernel = shape, make()
        self.buffers = _no_rows(*shape, room)
        self.rows, self.target = 0, -1

    def copy(self, out: Sequence[Array]) -> None:
        """Put the rows of the last piece where they belong."""
        if self.rows and self.target >= 0:
            for column, buffer in zip(out, self.buffers, strict=True):
                column[self.target : self.target + self.rows] = buffer[: self.rows]
        self.rows, self.target = 0, -1

    def run(self, out: Sequence[Array] | None, first: int, stop: int, doubtful: Array) -> int:
        """Solve a piece, after copying what is left of the last one; returns the first game not looked at."""
        if out is not None:
            self.copy(out)
        reached: int
        reached, self.rows, spoiled = self.kernel(first, stop, self.buffers, doubtful)
        if spoiled:
            keep = np.flatnonzero(~doubtful[self.buffers[0][: self.rows]])
            for buffer in self.buffers:
                buffer[: len(keep)] = buffer[keep]
            self.rows = len(keep)
        return reached


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
                np.empty((2 * m * n, minors.WIDTH)),
                np.empty((len(plan.size) + 1, minors.WIDTH)),
                np.empty(len(plan.size) + 1, np.uint64),
                np.empty((minors.WIDTH * len(plan.support_size), 2), np.int64),
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

    piece = max(1, _PIECE // (_bytes_of_row(m, n) * 2 * 64)) * 64
    work = games * (m * n + minor_tables.minors_of(m, n) * (shape != (2, 2)))
    threads = max(1, min(_THREADS, -(-games // 64))) if work > _SERIAL else 1
    piece = max(64, min(piece, -(-games // (64 * threads)) * 64))
    workers = [_Worker(shape, 2 * min(piece, games) + 64, make) for _ in range(threads)]
    return _gather(workers, piece, doubtful, shape)


def _gather(workers: list[_Worker], piece: int, doubtful: Array, shape: tuple[int, int]) -> tuple[Array, ...]:
    """Let the workers solve the games piece by piece, and return all rows."""
    games = len(doubtful)
    out: tuple[Array, ...] | None = None
    first = written = 0
    # The pool lives no longer than the call: nothing is left behind for a process that forks.
    pool = ThreadPoolExecutor(len(workers) - 1) if len(workers) > 1 and games > piece else None
    try:
        while first < games:
            jobs = []
            for w, worker in enumerate(workers):
                start = min(games, first + w * piece)
                jobs.append((worker, start, min(games, start + piece)))
            futures = (
                [pool.submit(worker.run, out, start, stop, doubtful) for worker, start, stop in jobs[1:]]
                if pool
                else []
            )
            reached = [jobs[0][0].run(out, *jobs[0][1:], doubtful)]
            reached += [future.result() for future in futures] if pool else []
            whole = True
            for (worker, _, stop), end in zip(jobs, reached, strict=False):
                worker.target = written
                written += worker.rows
                first = end
                if end < stop:
                    whole = False
                    break
            if out is None or written > len(out[0]):
                room = written if first >= games else int(1.1 * written / max(first, 1) * games) + 1024
                out = _grown(out, room, written, workers, shape)
            if not whole:
                # A piece had more rows than its buffer holds: larger ones, and on from where it stopped.
                for worker in workers:
                    worker.copy(out)
                    worker.buffers = _no_rows(*shape, 2 * len(worker.buffers[0]))
        if out is None:
            return _no_rows(*shape)
        for worker in workers:
            worker.copy(out)
    finally:
        if pool:
            pool.shutdown()
    return tuple(column[:written] for column in out)


def _grown(
    out: tuple[Array, ...] | None, room: int, written: int, workers: list[_Worker], shape: tuple[int, int]
) -> tuple[Array, ...]:
    """Return columns with room for `room` rows, with what has been copied to `out`."""
    new = _no_rows(*shape, max(room, written))
    if out is not None:
        copied = min(worker.target for worker in workers if worker.target >= 0)
        for column, old in zip(new, out, strict=True):
            column[:copied] = old[:copied]
    return new


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
        rows = _no_rows(m, n, 4 * min(len(games), 4096) + 64)
        parts: list[tuple[Array, ...]] = []
        first = 0
        while first < len(games):
            reached, count = _signs(
                flat, stride, step, m, n, games, first, len(games), *plan, *scratch, *rows, doubtful, tied
            )
            parts.append(tuple(column[:count].copy() for column in rows))
            if reached == first:
                rows = _no_rows(m, n, 4 * len(rows[0]))
            first = reached
        return tuple(np.concatenate(columns) for columns in zip(*parts, strict=True)), doubtful, tied

    threads = _THREADS if len(left) * minor_tables.minors_of(m, n) > _SERIAL else 1
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
