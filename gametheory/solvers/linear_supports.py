r"""Equilibria of one support in which at most two players mix: polytopes, exactly.

Fix a support :math:`S = S_1 \times \dots \times S_N` and look at all profiles with :math:`\operatorname{supp} x \subseteq S` in which every
strategy of :math:`S` is a best reply. Where only player :math:`i` mixes, the conditions of the others are linear in :math:`x_i` and its own
are a matter of fact. Where :math:`i` and :math:`j` mix, the indifference of :math:`i` is linear in :math:`x_j` and that of :math:`j` in
:math:`x_i`; so the candidates are a product of polytopes. What is left are inequalities: nobody gains by a strategy out of the support.
A gain is multilinear. Where it depends on one factor only (others being points, or not mattering), it cuts that factor. A gain that
depends on several takes its extremes over the product at corners:

- if no corner gains, nobody does anywhere;
- if all corners gain, there is no equilibrium;
- if gains at the corners are zero or positive, a mixture gains nothing exactly if no corner in it does: the equilibria are the
  maximal products of vertices in which all corners gain zero;
- otherwise the set is curved, and only the corners that are equilibria are given.

Vertices are found by the double description method. Payoffs may be of any ordered field.

References
----------
.. [1] T. Motzkin, H. Raiffa, G. Thompson and R. Thrall, "The double description method", *Contributions to
   the Theory of Games* II, Princeton University Press, 1953, 51-73.
.. [2] D. Avis, G. Rosenberg, R. Savani and B. von Stengel, "Enumeration of Nash equilibria for two-player
   games", *Economic Theory* 42 (2010), 9-37.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from flint import fmpq, fmpq_mat

__all__ = ["Part", "linear_part", "polytope_vertices", "product_parts"]

#: One vector of probabilities for each player.
Profile: TypeAlias = tuple[tuple[fmpq, ...], ...]
#: The strategies that may be played, for each player.
Support: TypeAlias = tuple[tuple[int, ...], ...]

_ZERO, _ONE = fmpq(0), fmpq(1)
# All sets of vertices are gone through, of all factors together.
_MOST_VERTICES = 16


class Part(NamedTuple):
    """The equilibria of one support."""

    vertices: tuple[Profile, ...]
    dimension: int
    #: Whether every mixture of the vertices, player by player, is an equilibrium and there are no others.
    described: bool


def polytope_vertices(
    size: int, equal: Sequence[Sequence[Any]], below: Sequence[Sequence[Any]]
) -> list[tuple[fmpq, ...]]:
    """The vertices of the mixed strategies x with ``row @ x == 0`` for rows of `equal` and ``row @ x <= 0`` for those of `below`.

    Examples
    --------
    >>> from gametheory.solvers.linear_supports import polytope_vertices
    >>> polytope_vertices(2, [], [[1, -2]])
    [(0, 1), (2/3, 1/3)]
    """
    full = (1 << size) - 1
    rays = [
        (tuple(_ONE if k == i else _ZERO for k in range(size)), full ^ (1 << i))
        for i in reversed(range(size))
    ]
    rows = [(row, True) for row in equal] + [(row, False) for row in below]
    for position, (row, tight) in enumerate(rows):
        bit = 1 << (size + position)
        inside, outside, kept = [], [], []
        for ray, labels in rays:
            value = sum((a * x for a, x in zip(row, ray, strict=True) if x != 0), start=_ZERO)
            if value == 0:
                kept.append((ray, labels | bit))
            elif value < 0:
                inside.append((ray, labels, value))
            else:
                outside.append((ray, labels, value))
        masks = [labels for _, labels in rays]
        for good, first, below_zero in inside:
            for bad, second, above_zero in outside:
                common = first & second
                # Two rays are adjacent exactly when no third one has all their common labels.
                if sum(mask & common == common for mask in masks) > 2:
                    continue
                share = above_zero / (above_zero - below_zero)
                crossing = tuple(share * g + (1 - share) * b for g, b in zip(good, bad, strict=True))
                kept.append((crossing, common | bit))
        rays = kept if tight else kept + [(ray, labels) for ray, labels, _ in inside]
    vertices = [tuple(x / sum(ray, start=_ZERO) for x in ray) for ray, _ in rays]
    if all(isinstance(x, fmpq) for vertex in vertices for x in vertex):
        return sorted(vertices)
    return vertices  # in another field an order would ask for signs that nothing depends on


def linear_part(payoffs: np.ndarray[Any, Any], support: Support) -> list[Part]:
    """All equilibria of a support with at most two mixing players.

    Parameters
    ----------
    payoffs : ndarray of numbers of one ordered field, shape (N, n_1, ..., n_N)
    support : tuple of tuples of int

    Returns
    -------
    list of Part
        Empty if there are none.

    Examples
    --------
    >>> import numpy as np
    >>> from gametheory.solvers.linear_supports import linear_part
    >>> battle = np.array([[[2, 0], [0, 1]], [[1, 0], [0, 2]]], dtype=object)
    >>> linear_part(battle, ((0, 1), (0, 1)))[0].vertices
    (((2/3, 1/3), (1/3, 2/3)),)
    """
    mixing = [i for i, played in enumerate(support) if len(played) > 1]
    equal: list[list[list[Any]]] = [[] for _ in support]
    for i in mixing:
        for s in support[i][1:]:
            gain = _gain(payoffs, support, i, s)
            others = [j for j in mixing if j != i]
            if others:
                equal[others[0]].append(gain.ravel().tolist())
            elif gain.flat[0] != 0:
                return []
    return product_parts(payoffs, support, equal)


def product_parts(
    payoffs: np.ndarray[Any, Any], support: Support, equal: Sequence[Sequence[Sequence[Any]]]
) -> list[Part]:
    """The equilibria in a product of polytopes on which every strategy of a support is known to earn the same.

    Parameters
    ----------
    payoffs : ndarray of int, shape (N, n_1, ..., n_N)
    support : tuple of tuples of int
    equal : sequence of rows of numbers for each player
        The polytope of a player: its strategies x on the support with ``row @ x == 0``.

    Returns
    -------
    list of Part
        Several, where the product holds equilibria in some of its faces only.
    """
    below: list[list[list[Any]]] = [[] for _ in support]
    waiting = [
        _gain(payoffs, support, i, s)
        for i, played in enumerate(support)
        for s in range(payoffs.shape[1 + i])
        if s not in played
    ]
    while True:
        factors = [polytope_vertices(len(played), equal[i], below[i]) for i, played in enumerate(support)]
        if not all(factors):
            return []
        curved, cut = [], False
        for gain in waiting:
            for k, vertices in enumerate(factors):
                if len(vertices) == 1 and gain.shape[k] > 1:
                    weights = np.array(vertices[0], dtype=object)
                    gain = np.expand_dims(np.tensordot(gain, weights, axes=([k], [0])), k)
            axes = [k for k in range(gain.ndim) if not (gain == gain.take([0], axis=k)).all()]
            if len(axes) > 1:
                curved.append(gain)
            elif axes:
                index = tuple(slice(None) if k == axes[0] else 0 for k in range(gain.ndim))
                below[axes[0]].append(gain[index].tolist())
                cut = True
            elif gain.flat[0] > 0:
                return []
        waiting = curved
        if not cut:
            return _corners(payoffs, support, factors, curved)


def _gain(
    payoffs: np.ndarray[Any, Any], support: Support, player: int, strategy: int
) -> np.ndarray[Any, Any]:
    """What a player gains by a strategy over its first in the support, for what the others play; its own axis has length one."""
    index = [list(played) for played in support]
    index[player] = [strategy]
    chosen = payoffs[player][np.ix_(*index)]
    index[player] = [support[player][0]]
    return np.asarray(chosen - payoffs[player][np.ix_(*index)], dtype=object)


def _corners(
    payoffs: np.ndarray[Any, Any],
    support: Support,
    factors: list[list[tuple[fmpq, ...]]],
    gains: list[np.ndarray[Any, Any]],
) -> list[Part]:
    """The equilibria in a product of polytopes, by the signs of multilinear gains at its corners."""
    kept: list[np.ndarray[Any, Any]] = []
    for gain in gains:
        values = gain
        for k, vertices in enumerate(factors):
            if gain.shape[k] > 1:
                table = np.array(vertices, dtype=object).T
                values = np.moveaxis(np.tensordot(values, table, axes=([k], [0])), -1, k)
        values = np.broadcast_to(values, tuple(map(len, factors)))
        if (values > 0).all():
            return []
        if (values > 0).any():
            kept.append(values)
    everything = [list(range(len(vertices))) for vertices in factors]
    if not kept:
        return [_part(payoffs, support, factors, everything, True)]
    wide = [k for k, vertices in enumerate(factors) if len(vertices) > 1]
    holds = np.logical_and.reduce([values <= 0 for values in kept])
    if sum(len(factors[k]) for k in wide) <= _MOST_VERTICES and all((values >= 0).all() for values in kept):
        # A mean of numbers that are not negative is zero only if all that count are zero.
        return [
            _part(payoffs, support, factors, [list(own) for own in box], True)
            for box in _maximal_boxes(holds)
        ]
    part = _part(payoffs, support, factors, everything, False)
    good = tuple(vertex for vertex, fine in zip(part.vertices, holds.ravel(), strict=True) if fine)
    return [part._replace(vertices=good)]


def _maximal_boxes(table: np.ndarray[Any, Any]) -> list[tuple[frozenset[int], ...]]:
    """The maximal products of positions in which a table of truth values is true throughout."""
    if table.ndim == 0:
        return [()] if table else []
    found: set[tuple[frozenset[int], ...]] = set()
    places = range(len(table))
    for size in range(len(table), 0, -1):
        for chosen in itertools.combinations(places, size):
            for rest in _maximal_boxes(np.asarray(np.logical_and.reduce(table[list(chosen)], axis=0))):
                if all(rest):
                    found.add((frozenset(chosen), *rest))
    maximal = [
        box
        for box in found
        if not any(box != other and all(a <= b for a, b in zip(box, other, strict=True)) for other in found)
    ]
    return sorted(maximal, key=lambda box: [sorted(own) for own in box])


def _part(
    payoffs: np.ndarray[Any, Any],
    support: Support,
    factors: list[list[tuple[fmpq, ...]]],
    chosen: list[list[int]],
    described: bool,
) -> Part:
    """The product of the polytopes that the chosen vertices span."""
    parts = [[vertices[k] for k in own] for vertices, own in zip(factors, chosen, strict=True)]
    corners = tuple(_embed(payoffs, support, corner) for corner in itertools.product(*parts))
    return Part(corners, sum(map(_dimension, parts)), described)


def _embed(payoffs: np.ndarray[Any, Any], support: Support, mixed: Sequence[Sequence[fmpq]]) -> Profile:
    """Probabilities on the support as a profile of the whole game."""
    profile = []
    for i, n in enumerate(payoffs.shape[1:]):
        vector = [_ZERO] * n
        for s, p in zip(support[i], mixed[i], strict=True):
            vector[s] = p
        profile.append(tuple(vector))
    return tuple(profile)


def _dimension(vertices: Sequence[tuple[fmpq, ...]]) -> int:
    if len(vertices) == 1:
        return 0
    differences = [[a - b for a, b in zip(vertex, vertices[0], strict=True)] for vertex in vertices[1:]]
    if all(isinstance(entry, fmpq) for row in differences for entry in row):
        return int(fmpq_mat(differences).rank())
    rank = 0
    for column in range(len(vertices[0])):
        pivot = next((r for r in range(rank, len(differences)) if differences[r][column] != 0), None)
        if pivot is None:
            continue
        differences[rank], differences[pivot] = differences[pivot], differences[rank]
        top = differences[rank]
        for r in range(rank + 1, len(differences)):
            share = differences[r][column] / top[column]
            differences[r] = [x - share * y for x, y in zip(differences[r], top, strict=True)]
        rank += 1
    return rank
