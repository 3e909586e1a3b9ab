"""How a stack of games is cut into pieces, whose equilibria are found by threads and put together as columns.

The games are cut into pieces whose results fit in the processor's caches; each thread solves a piece, and when all threads are
done and it is known where the rows belong, copies them there before it solves its next piece. Beside the result there are thus a
few megabytes for each thread. The kernels let go of the interpreter's lock, so plain threads do, and serial and parallel calls run
the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import config

__all__ = ["SERIAL", "THREADS", "flat_of", "in_pieces", "merge", "no_rows"]

Array = np.ndarray[Any, Any]

PIECE = 2**21
"""Bytes of rows of a piece."""

SERIAL = 20_000.0
"""Work, in differences and minors, below which threads do not pay."""

THREADS: int = getattr(config, "NUMBA_DEFAULT_NUM_THREADS")  # noqa: B009 - set at run time, which types do not see


def merge(rows: Sequence[Array], more: Sequence[Array]) -> tuple[Array, ...]:
    """Return the rows of both, sorted by the first column."""
    if not len(more[0]):
        return tuple(rows)
    if not len(rows[0]):
        return tuple(more)
    order = np.argsort(np.concatenate([rows[0], more[0]]), kind="stable")
    return tuple(np.concatenate([a, b])[order] for a, b in zip(rows, more, strict=True))


def flat_of(stack: Array) -> tuple[Array, int, int]:
    """Return the numbers as one axis, and how far apart games and cells are; games may vary slowest or fastest."""
    cells = stack[0].size if len(stack) else 1
    if len(stack) > 1 and not stack.flags.c_contiguous:
        columns = np.moveaxis(stack, 0, -1)
        if columns.flags.c_contiguous:
            return columns.reshape(-1), 1, len(stack)
    return np.ascontiguousarray(stack).reshape(-1), cells, 1


def no_rows(shape: tuple[int, ...], room: int = 0) -> tuple[Array, ...]:
    """Return empty columns with room for `room` rows: game, strategies, payoffs, regret, index.

    They lie in one piece of memory: the system hands out, and takes back, one large piece much faster than some smaller ones.
    """
    memory = np.empty(room * _bytes_of_row(shape), np.uint8)
    columns: list[Array] = []
    at = 0
    for width, kind in (
        (0, np.int64),
        *((n, np.float64) for n in shape),
        (len(shape), np.float64),
        (0, np.float64),
        (0, np.int8),
    ):
        size = room * max(width, 1) * np.dtype(kind).itemsize
        column = memory[at : at + size].view(kind)
        columns.append(column.reshape(room, width) if width else column)
        at += size
    return tuple(columns)


def _bytes_of_row(shape: tuple[int, ...]) -> int:
    return 8 * (sum(shape) + len(shape) + 2) + 1


class _Worker:
    """What one thread calls its own: scratch, and room for the rows of a piece."""

    def __init__(self, shape: tuple[int, ...], room: int, make: Callable[[], Callable[..., Any]]) -> None:
        self.shape, self.kernel = shape, make()
        self.buffers = no_rows(shape, room)
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


def in_pieces(
    make: Callable[[], Callable[..., Any]], games: int, shape: tuple[int, ...], work: float, doubtful: Array
) -> tuple[Array, ...]:
    """Return the rows that kernels find: game, strategies, payoffs, regret, index.

    `make` makes a kernel, with scratch of its own, for one thread: a function of the first game, the end, columns to fill and
    `doubtful`, which returns the first game not looked at (for want of room), the number of rows, and whether rows of doubtful games, to
    be left out, are among them. `work` is that of all games.
    """
    piece = max(1, PIECE // (_bytes_of_row(shape) * 2 * 64)) * 64
    threads = max(1, min(THREADS, -(-games // 64))) if work > SERIAL else 1
    piece = max(64, min(piece, -(-games // (64 * threads)) * 64))
    workers = [_Worker(shape, 2 * min(piece, games) + 64, make) for _ in range(threads)]
    return _gather(workers, piece, doubtful, shape)


def _gather(workers: list[_Worker], piece: int, doubtful: Array, shape: tuple[int, ...]) -> tuple[Array, ...]:
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
                    worker.buffers = no_rows(shape, 2 * len(worker.buffers[0]))
        if out is None:
            return no_rows(shape)
        for worker in workers:
            worker.copy(out)
    finally:
        if pool:
            pool.shutdown()
    return tuple(column[:written] for column in out)


def _grown(
    out: tuple[Array, ...] | None, room: int, written: int, workers: list[_Worker], shape: tuple[int, ...]
) -> tuple[Array, ...]:
    """Return columns with room for `room` rows, with what has been copied to `out`."""
    new = no_rows(shape, max(room, written))
    if out is not None:
        copied = min(worker.target for worker in workers if worker.target >= 0)
        for column, old in zip(new, out, strict=True):
            column[:copied] = old[:copied]
    return new
