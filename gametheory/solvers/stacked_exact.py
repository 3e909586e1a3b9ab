"""Games of a stack in exact arithmetic, one by one, and their answers as rows.

A float is a rational number, so that every game of floats has an exact answer; only the answer is rounded. This is the court of
appeal of :mod:`gametheory.solvers.stacked`: slow, and always right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gametheory.equilibria.nash import index as index_of
from gametheory.solvers.nash import solve_table, to_exact

__all__ = ["ExactRows", "solve_exactly"]


@dataclass(frozen=True, slots=True, eq=False)
class ExactRows:
    """Equilibria of some games of a stack, one a row, and for each of these games whether it is tied, and complete."""

    game: npt.NDArray[np.int64]
    strategies: tuple[npt.NDArray[np.float64], ...]
    index: npt.NDArray[np.int8]
    tied: npt.NDArray[np.bool_]
    complete: npt.NDArray[np.bool_]


def solve_exactly(stack: npt.NDArray[np.float64], games: npt.NDArray[np.int64]) -> ExactRows:
    """Solve some games of a stack exactly.

    Parameters
    ----------
    stack : float array (B, N, n_1, ..., n_N)
    games : int array
        Positions of the games to solve, ascending.

    Returns
    -------
    ExactRows
    """
    where: list[int] = []
    rows: list[list[npt.NDArray[np.float64]]] = []
    index: list[int] = []
    tied, complete = np.zeros(len(games), bool), np.zeros(len(games), bool)
    for position, g in enumerate(games.tolist()):
        table = to_exact(stack[g])
        solution = solve_table(table, irrational=False, progress=False)
        complete[position] = solution.complete
        # The index of an irrational equilibrium cannot be told from the rationals to which it is rounded.
        for k, profile in enumerate(solution.profiles):
            known = (solution.regular[k] if solution.regular else _index(table, profile)) or 0
            tied[position] |= known == 0
            where.append(g)
            index.append(known)
            rows.append([np.array([float(p) for p in strategy]) for strategy in profile])
    strategies = tuple(
        np.array([row[i] for row in rows]).reshape(len(rows), n) for i, n in enumerate(stack.shape[2:])
    )
    return ExactRows(np.array(where, np.int64), strategies, np.array(index, np.int8), tied, complete)


def _index(table: Any, profile: Any) -> int | None:
    """The index of an equilibrium, None where it is tied."""
    vectors = []
    for strategy in profile:
        vector = np.empty(len(strategy), dtype=object)
        vector[:] = strategy
        vectors.append(vector)
    return index_of(table, vectors)
