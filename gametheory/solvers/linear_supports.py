r"""Equilibria of one support in which at most two players mix: polytopes, exactly.

Fix a support :math:`S = S_1 \times \dots \times S_N` and look at all profiles with :math:`\operatorname{supp} x \subseteq S` in which every
strategy of :math:`S` is a best reply. Where only player :math:`i` mixes, the conditions of the others are linear in :math:`x_i` and its own
are a matter of fact. Where :math:`i` and :math:`j` mix, the conditions of :math:`i` are linear in :math:`x_j` and those of :math:`j` in
:math:`x_i`; so the candidates are a product :math:`X \times Y` of polytopes. The conditions of the players who do not mix are bilinear
in :math:`(x_i, x_j)`. If one factor is a point, they are linear in the other and cut it. If both have vertices to choose from, a bilinear
function takes its extremes over :math:`X \times Y` at pairs of vertices: where all pairs satisfy the conditions, so does the whole
product; where some do not, the set is curved and only its vertices that are equilibria are given.

Vertices are found by the double description method over the rationals.

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

__all__ = ["Part", "Profile", "Support", "linear_part", "polytope_vertices", "product_part"]

#: One vector of probabilities for each player.
Profile: TypeAlias = tuple[tuple[fmpq, ...], ...]
#: The strategies that may be played, for each player.
Support: TypeAlias = tuple[tuple[int, ...], ...]

_ZERO, _ONE = fmpq(0), fmpq(1)


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
    return sorted(vertices)


def linear_part(payoffs: np.ndarray[Any, Any], support: Support) -> Part | None:
    """All equilibria of a support with at most two mixing players.

    Parameters
    ----------
    payoffs : ndarray of numbers that multiply FLINT rationals, shape (N, n_1, ..., n_N)
    support : tuple of tuples of int

    Returns
    -------
    Part or None
        None if there are none.

    Examples
    --------
    >>> import numpy as np
    >>> from gametheory.solvers.linear_supports import linear_part
    >>> battle = np.array([[[2, 0], [0, 1]], [[1, 0], [0, 2]]], dtype=object)
    >>> linear_part(battle, ((0, 1), (0, 1))).vertices
    (((2/3, 1/3), (1/3, 2/3)),)
    """
    mixing = [i for i, played in enumerate(support) if len(played) > 1]
    pure = [played[0] for played in support]

    def table(player: int, strategy: int) -> np.ndarray[Any, Any]:
        """What a player gets from a strategy, over the strategies in the support of those who mix."""
        index: list[Any] = list(pure)
        for i in mixing:
            index[i] = list(support[i])
        index[player] = [strategy] if player in mixing else strategy
        if len(mixing) == 2:
            # NumPy pairs two lists of positions; one axis at a time is a product.
            first, second = mixing
            whole = payoffs[(player, *(slice(None) if i in mixing else index[i] for i in range(len(pure))))]
            return np.asarray(whole[index[first], :][:, index[second]])
        # Without the type NumPy would make machine numbers of whole numbers, and lose digits.
        return np.array(payoffs[(player, *index)], dtype=object)

    def gains(player: int) -> tuple[list[Any], list[Any]]:
        """Tables of gains from a first strategy that must be zero, and of those that must not be positive."""
        base = table(player, support[player][0])
        own = range(payoffs.shape[1 + player])
        played = support[player]
        return (
            [table(player, s) - base for s in played[1:]],
            [table(player, s) - base for s in own if s not in played],
        )

    others = [k for k in range(len(support)) if k not in mixing]
    if not mixing:
        holds = all(gain <= 0 for k in others for gain in map(_scalar, gains(k)[1]))
        return Part((_embed(payoffs, support, {}),), 0, True) if holds else None
    if len(mixing) == 1:
        i = mixing[0]
        ties, losses = gains(i)
        if any(_scalar(gain) != 0 for gain in ties) or any(_scalar(gain) > 0 for gain in losses):
            return None
        below = [gain.ravel().tolist() for k in others for gain in gains(k)[1]]
        vertices = polytope_vertices(len(support[i]), [], below)
        return _part(payoffs, support, {i: vertices}) if vertices else None
    i, j = mixing
    factors: dict[int, list[tuple[fmpq, ...]]] = {}
    for own, other in ((i, j), (j, i)):
        ties, losses = gains(other)  # the other's indifference makes the own strategy
        factors[own] = polytope_vertices(
            len(support[own]),
            [gain.ravel().tolist() for gain in ties],
            [gain.ravel().tolist() for gain in losses],
        )
        if not factors[own]:
            return None
    bilinear = [gain for k in others for gain in gains(k)[1]]
    if not bilinear:
        return _part(payoffs, support, factors)
    if len(factors[i]) == 1 or len(factors[j]) == 1:
        fixed, free = (i, j) if len(factors[i]) == 1 else (j, i)
        weights = np.array(factors[fixed][0], dtype=object)
        below = [(weights @ gain if fixed == i else gain @ weights).tolist() for gain in bilinear]
        ties, losses = gains(fixed)
        factors[free] = polytope_vertices(
            len(support[free]),
            [gain.ravel().tolist() for gain in ties],
            [gain.ravel().tolist() for gain in losses] + below,
        )
        return _part(payoffs, support, factors) if factors[free] else None
    signs = {
        (p, q): [np.array(x, dtype=object) @ gain @ np.array(y, dtype=object) for gain in bilinear]
        for p, x in enumerate(factors[i])
        for q, y in enumerate(factors[j])
    }
    if all(value <= 0 for values in signs.values() for value in values):
        return _part(payoffs, support, factors)
    if any(all(values[g] > 0 for values in signs.values()) for g in range(len(bilinear))):
        return None
    good = [pair for pair, values in signs.items() if all(value <= 0 for value in values)]
    chosen = tuple(_embed(payoffs, support, {i: factors[i][p], j: factors[j][q]}) for p, q in good)
    return Part(chosen, _dimension(factors[i]) + _dimension(factors[j]), False)


def product_part(
    payoffs: np.ndarray[Any, Any], support: Support, equal: Sequence[Sequence[Sequence[int]]]
) -> Part | None:
    """The equilibria in a product of polytopes on which every strategy of a support is known to earn the same.

    Parameters
    ----------
    payoffs : ndarray of int, shape (N, n_1, ..., n_N)
    support : tuple of tuples of int
    equal : sequence of rows of numbers for each player
        The polytope of a player: its strategies x on the support with ``row @ x == 0``.

    Returns
    -------
    Part or None
        None if the product is empty or holds no equilibrium; not described where only a part of it does.
    """
    factors = {
        i: polytope_vertices(len(played), equal[i], []) for i, played in enumerate(support) if len(played) > 1
    }
    corners = list(itertools.product(*factors.values()))
    if not corners:
        return None
    profiles = [_embed(payoffs, support, dict(zip(factors, corner, strict=True))) for corner in corners]
    good = []
    signs: dict[tuple[int, int], set[bool]] = {}
    for profile in profiles:
        vectors = [np.array(vector, dtype=object) for vector in profile]
        holds = True
        for i, played in enumerate(support):
            table = payoffs[i]
            for other in reversed(range(len(vectors))):
                if other != i:
                    table = np.tensordot(table, vectors[other], axes=([other], [0]))
            for s, value in enumerate(table):
                if s not in played:
                    worse = bool(value <= table[played[0]])
                    signs.setdefault((i, s), set()).add(worse)
                    holds &= worse
        if holds:
            good.append(profile)
    dimension = sum(map(_dimension, factors.values()))
    if len(good) == len(profiles):
        return Part(tuple(profiles), dimension, True)
    if any(sign == {False} for sign in signs.values()):
        return None
    return Part(tuple(good), dimension, False)


def _scalar(value: Any) -> Any:
    return value.flat[0] if isinstance(value, np.ndarray) else value


def _part(
    payoffs: np.ndarray[Any, Any], support: Support, factors: dict[int, list[tuple[fmpq, ...]]]
) -> Part:
    vertices = tuple(
        _embed(payoffs, support, dict(zip(factors, choice, strict=True)))
        for choice in itertools.product(*factors.values())
    )
    return Part(vertices, sum(map(_dimension, factors.values())), True)


def _embed(payoffs: np.ndarray[Any, Any], support: Support, mixed: dict[int, tuple[fmpq, ...]]) -> Profile:
    """Probabilities on the support as a profile of the whole game."""
    profile = []
    for i, n in enumerate(payoffs.shape[1:]):
        vector = [_ZERO] * n
        for s, p in zip(support[i], mixed.get(i, (_ONE,)), strict=True):
            vector[s] = p
        profile.append(tuple(vector))
    return tuple(profile)


def _dimension(vertices: Sequence[tuple[fmpq, ...]]) -> int:
    if len(vertices) == 1:
        return 0
    differences = [[a - b for a, b in zip(vertex, vertices[0], strict=True)] for vertex in vertices[1:]]
    return int(fmpq_mat(differences).rank())
