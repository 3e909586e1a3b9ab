"""Which minors a shape has, of which smaller ones they are made, and which of them decide: tables of integers for the kernels.

The mathematics is that of :mod:`gametheory.solvers._kernels.minors`: minors :math:`E(I, J)` with a row of ones, expanded by their last row.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from math import comb
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Plan", "growth", "minors_of", "plan", "rounding"]

Array = np.ndarray[Any, Any]

_UNIT = 2.0**-53


class Plan(NamedTuple):
    """What of a shape the kernels need to know: integer tables. Minors of `b` come before those of `a`, by size.

    Attributes
    ----------
    cells : int array (T, 2)
        For each difference, the cell that is subtracted and the other; 0 and 0 for larger minors. The cell of player `p`, row `i`
        and column `j` is ``(p * m + i) * n + j``; for player 0 columns play the part of rows.
    size : int array (T,)
        For each minor, ``player * (top + 1) + k``.
    starts, terms : int arrays (T + 1,) and (*, 2)
        For each minor with two rows or more its terms, each a difference and a smaller minor; the last has the sign +
        and signs alternate.
    tests : int array (S, n + m)
        For each pair of supports the minors that decide, ``2 * minor + (1 if its sign is flipped)``: of the first player's mixture
        the `k` weights and `n - k` losses, then `k` weights and `m - k` losses of the second's. Minor `T` is that of no rows,
        which is 1.
    members : int array (S, 2, top)
        The supports, as strategies.
    support_size : int array (S,)
        Their size.
    """

    cells: Array
    size: Array
    starts: Array
    terms: Array
    tests: Array
    members: Array
    support_size: Array


def minors_of(m: int, n: int) -> int:
    """Number of minors, of both players together."""
    return comb(m + n, m + 1) + comb(m + n, n + 1)


def _subsets(n: int, k: int) -> tuple[Array, Array, Array]:
    """Return the members (ascending) and bit masks of all subsets of `k` out of `n`, and the rank of each mask."""
    members = np.array(list(combinations(range(n), k)), np.int64).reshape(comb(n, k), k)
    masks = (1 << members).sum(axis=1)
    rank = np.zeros(1 << n, np.int64)
    rank[masks] = np.arange(len(masks))
    return members, masks, rank


@lru_cache(maxsize=16)
def plan(m: int, n: int) -> Plan:
    """Return the tables for games of shape `m` by `n`, made once."""
    top = min(m, n)
    cells, sizes, terms, lengths = [], [], [], []
    base: list[dict[int, int]] = []  # of each player, the first minor of each size
    at = 0
    for own, other, offset, row_step, step, player in ((m, n, m * n, n, 1, 1), (n, m, 0, 1, n, 0)):
        base.append({})
        for k in range(1, min(own, other - 1) + 1):
            rows, row_masks, _ = _subsets(own, k)
            columns, masks, _ = _subsets(other, k + 1)
            base[-1][k] = at
            shape = (len(rows), len(columns))
            at += shape[0] * shape[1]
            sizes.append(np.full(shape[0] * shape[1], player * (top + 1) + k))
            last, first = rows[:, -1], columns[:, 0]
            if k == 1:
                pair = columns[None] * step + last[:, None, None] * row_step + offset
                cells.append((base[-1][1], pair.reshape(-1, 2)))
                lengths.append(np.zeros(shape[0] * shape[1], np.int64))
                continue
            lengths.append(np.full(shape[0] * shape[1], k))
            pair_rank, row_rank, rank = _subsets(other, 2)[2], _subsets(own, k - 1)[2], _subsets(other, k)[2]
            wide, below = comb(other, 2), comb(other, k)
            block = np.empty((*shape, k, 2), np.int64)
            for p in range(1, k + 1):
                out = columns[:, p]
                block[:, :, p - 1, 0] = (
                    base[-1][1] + last[:, None] * wide + pair_rank[(1 << first) | (1 << out)]
                )
                smaller = row_rank[row_masks ^ (1 << last)]
                block[:, :, p - 1, 1] = base[-1][k - 1] + smaller[:, None] * below + rank[masks ^ (1 << out)]
            terms.append(block.reshape(-1, 2))
    differences = np.zeros((at, 2), np.int64)
    for start, pairs in cells:
        differences[start : start + len(pairs)] = pairs
    starts = np.concatenate([[0], np.cumsum(np.concatenate(lengths))]) if lengths else np.zeros(1, np.int64)
    tests, members, count = [], [], []
    for k in range(1, top + 1):
        rows, row_masks, _ = _subsets(m, k)
        columns, masks, _ = _subsets(n, k)
        r, c = (
            grid.ravel() for grid in np.meshgrid(np.arange(len(rows)), np.arange(len(columns)), indexing="ij")
        )
        x = _tests(rows[r], row_masks[r], columns[c], masks[c], m, n, base[0], at)
        y = _tests(columns[c], masks[c], rows[r], row_masks[r], n, m, base[1], at)
        tests.append(np.concatenate([x, y], axis=1))
        both = np.zeros((len(r), 2, top), np.int64)
        both[:, 0, :k], both[:, 1, :k] = rows[r], columns[c]
        members.append(both)
        count.append(np.full(len(r), k))
    narrow = np.uint32  # Numba need not ask whether an index counts from the end
    return Plan(
        differences.astype(narrow),
        np.concatenate([*sizes, []]).astype(narrow),
        starts.astype(narrow),
        np.concatenate([*terms, np.zeros((0, 2))]).astype(narrow),
        np.concatenate(tests).astype(narrow),
        np.concatenate(members).astype(narrow),
        np.concatenate(count).astype(np.int64),
    )


def _tests(
    rows: Array,
    row_masks: Array,
    columns: Array,
    masks: Array,
    m: int,
    n: int,
    base: dict[int, int],
    one: int,
) -> Array:
    """Return the tests of one player's mixtures of `rows` that make `columns` equally good."""
    k = rows.shape[1]
    tests = np.empty((len(rows), n), np.int64)
    if k == 1:
        tests[:, 0] = 2 * one
    else:
        row_rank, rank = _subsets(m, k - 1)[2], _subsets(n, k)[2]
        for q in range(k):
            minor = base[k - 1] + row_rank[row_masks ^ (1 << rows[:, q])] * comb(n, k) + rank[masks]
            tests[:, q] = 2 * minor + q % 2
    if k < n:
        row_rank, rank = _subsets(m, k)[2], _subsets(n, k + 1)[2]
        inside = np.zeros((len(rows), n), bool)
        np.put_along_axis(inside, columns, True, axis=1)
        outside = np.nonzero(~inside)[1].reshape(len(rows), n - k)
        for q in range(n - k):
            j = outside[:, q]
            minor = base[k] + row_rank[row_masks] * comb(n, k + 1) + rank[masks | (1 << j)]
            tests[:, k + q] = 2 * minor + (columns < j[:, None]).sum(axis=1) % 2
    return tests


def _size(k: int) -> float:
    """Hadamard's bound for :math:`E(I, J)` with `k` rows and payoffs with a range of 1."""
    return float((k + 2) ** ((k + 2) / 2) / 2.0 ** (k + 1))


def rounding(top: int) -> Array:
    """Return the error bounds :math:`e_0, e_1, ..., e_{top}` of minors of payoffs with a range of 1."""
    error = np.zeros(top + 1)
    for k in range(1, top + 1):
        before = error[k - 1]
        error[k] = _UNIT if k == 1 else k * (before + (k + 2) * _UNIT * (_size(k - 1) + before))
    return error


def growth(top: int) -> Array:
    """Return, for minors of each size, how large one may be that stands for a probability or loss of 1."""
    return np.array([1.0, *((k + 1) * _size(k - 1) for k in range(1, top + 1))])
