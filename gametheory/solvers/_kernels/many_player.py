r"""All equilibria of every three-player game in a stack, with two or three strategies each.

A game is taken support by support; what is solved is proved to be all, or the game is reported as degenerate, to be settled by exact
arithmetic. The mathematics is in

- :mod:`.many_player_supports`: which supports are possible, by signs alone; two mixing players,
- :mod:`.many_player_mixed`: three mixing players, reduced to one polynomial in one unknown,
- :mod:`.many_player_roots`: how the roots of that polynomial are proved to be all,
- :mod:`.many_player_triangle`: three players mixing over three strategies each,
- :mod:`.many_player_general` and :mod:`.many_player_2x2x2`: the loops over games.

Games of 2x2x2 go through :mod:`gametheory.solvers.stack_pieces`. Of others, which take a thousand times longer, blocks go to
threads (the kernels release the interpreter's lock), each into arrays of its own, which are joined at the end: memory is what the
answer takes, twice. A kernel is compiled when the first game that needs it comes up, once for all shapes but 2x2x2, and cached
on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numba
import numpy as np

from gametheory.solvers._kernels import many_player_2x2x2, many_player_general, many_player_values
from gametheory.solvers.stack_pieces import flat_of, in_pieces

__all__ = ["Found", "many_player", "payoffs_and_regret", "supports"]

Array = np.ndarray[Any, Any]

_BLOCK = 2048  # games of a block: large enough to make threads worth their while, small enough to even out

# Numba's types do not know the arguments of what it compiles.
_general: Any = many_player_general.solve
_two_by_two_by_two: Any = many_player_2x2x2.solve

_ROWS = 8192  # rows of a block when payoffs are computed


class Found(NamedTuple):
    """Columns, one row an equilibrium, and flags for each game.

    Attributes
    ----------
    game : int array (R,)
        In ascending order.
    strategies, payoffs, regret : float arrays (R, n_i), (R, 3), (R,)
    indices : int8 array (R,)
        0 where tied.
    tied, degenerate : bool arrays (B,)
        Whether an equilibrium is tied, and whether the game is degenerate: only games that are not have all their equilibria
        listed for certain.
    """

    game: Array
    strategies: tuple[Array, ...]
    payoffs: Array
    regret: Array
    indices: Array
    tied: Array
    degenerate: Array


def supports(shape: tuple[int, ...]) -> bool:
    """Whether games of this shape are solved here."""
    return len(shape) == 3 and all(n in (2, 3) for n in shape)


def many_player(stack: Array, tolerance: float) -> Found:
    """Equilibria of each game in the stack of shape ``(B, 3, n_1, n_2, n_3)``."""
    shape = stack.shape[2:]
    if not supports(shape):
        raise ValueError(f"three players with two or three strategies each, not {shape}")
    games = len(stack)
    tied, degenerate = np.zeros(games, np.bool_), np.zeros(games, np.bool_)
    if shape == (2, 2, 2):
        return _two_each(stack, tolerance, tied, degenerate)
    stack = _plain(stack)

    def solve(block: int) -> list[tuple[Array, ...]]:
        first, last = block * _BLOCK, min((block + 1) * _BLOCK, games)
        parts = []
        while first < last:
            room = 4 * (last - first) + many_player_general.ROWS
            columns = (
                np.empty(room, np.int64),
                *(np.empty((room, n)) for n in shape),
                np.empty(room, np.int8),
            )
            first, rows = _general(stack, first, last, tolerance, *columns, tied, degenerate)
            parts.append(tuple(column[:rows] for column in columns))
        return parts

    blocks = range(-(-games // _BLOCK))
    with _Threads(len(blocks)) as run:
        solved = [part for parts in run(solve, blocks) for part in parts]
        ends = np.cumsum([0, *(len(part[0]) for part in solved)])
        whole = (
            np.empty(ends[-1], np.int64),
            *(np.empty((ends[-1], n)) for n in shape),
            np.empty(ends[-1], np.int8),
        )

        def join(k: int) -> None:
            for column, part in zip(whole, solved[k], strict=True):
                column[ends[k] : ends[k + 1]] = part

        run(join, range(len(solved)))
    game, *strategies, index = whole
    payoffs, regret = payoffs_and_regret(stack, game, tuple(strategies))
    return Found(game, tuple(strategies), payoffs, regret, index, tied, degenerate)


def _two_each(stack: Array, tolerance: float, tied: Array, degenerate: Array) -> Found:
    flat, stride, step = flat_of(stack)

    def make() -> Callable[..., Any]:
        return lambda first, stop, rows, flags: _two_by_two_by_two(
            flat, stride, step, first, stop, tolerance, *rows, tied, flags
        )

    game, x, y, z, payoffs, regret, index = in_pieces(
        make, len(stack), (2, 2, 2), 12 * len(stack), degenerate
    )
    return Found(game, (x, y, z), payoffs, regret, index, tied, degenerate)


def payoffs_and_regret(stack: Array, game: Array, strategies: tuple[Array, ...]) -> tuple[Array, Array]:
    """Expected payoffs (R, 3) and regret (R,) of profiles of three players, one a row, in the games of the stack that `game` names."""
    stack, game = _plain(stack), np.require(game, np.int64, ["C", "W"])
    x, y, z = (_plain(s) for s in strategies)
    payoffs, regret = np.empty((len(game), 3)), np.empty(len(game))

    def part(block: int) -> None:
        first, last = block * _ROWS, min((block + 1) * _ROWS, len(game))
        many_player_values.evaluate(stack, game, x, y, z, first, last, payoffs, regret)

    blocks = range(-(-len(game) // _ROWS))
    with _Threads(len(blocks)) as run:
        run(part, blocks)
    return payoffs, regret


def _plain(array: Array) -> Array:
    """The array itself or a copy: floats, in order, writeable; a kernel is compiled anew for each other kind."""
    return np.require(array, np.float64, ["C", "W"])


class _Threads:
    """Runs a function over a range, by threads if there is more than one piece of work."""

    def __init__(self, pieces: int) -> None:
        workers = min(pieces, numba.get_num_threads())
        self._pool = ThreadPoolExecutor(workers) if workers > 1 else None

    def __enter__(self) -> Callable[[Callable[[int], Any], range], list[Any]]:
        return lambda function, work: list((self._pool.map if self._pool else map)(function, work))

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown()
