r"""The extreme rays of a polyhedral cone in the positive orthant, exactly.

The cone :math:`\{x \ge 0 : r_k \cdot x \le 0 \text{ for all } k\}` is built up by the *double description method*: the orthant has the unit
vectors as extreme rays, and the inequalities are added one by one. Each cuts off the rays beyond it and adds one ray where it
crosses the two-dimensional face that two *adjacent* rays span, one inside and one beyond. Two extreme rays are adjacent exactly if no
third one satisfies with equality all inequalities that both of them do. Rays are vectors of whole numbers without a common factor.

(:mod:`gametheory.solvers.double_description` is the same method for best-reply polyhedra, where a perturbation
tells the index of equilibria. Here there is none: cones of correlated equilibria are so degenerate that a perturbed one
has many times more rays.)

References
----------
.. [1] T. Motzkin, H. Raiffa, G. Thompson and R. Thrall, "The double description method", *Contributions to
   the Theory of Games* II, Princeton University Press, 1953, 51-73.
.. [2] K. Fukuda and A. Prodon, "Double description method revisited", *Combinatorics and Computer Science*, Lecture Notes in
   Computer Science 1120, Springer, 1996, 91-111.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from gametheory.errors import TooLarge

__all__ = ["MAX_RAYS", "extreme_rays"]

#: Most extreme rays, at the end or on the way, unless another limit is given.
MAX_RAYS = 10_000

Array: TypeAlias = np.ndarray[Any, Any]
Masks: TypeAlias = npt.NDArray[np.uint64]


def extreme_rays(
    rows: Sequence[Sequence[Fraction | int]], n: int, *, max_rays: int = MAX_RAYS, what: str = "the cone"
) -> list[list[int]]:
    """The extreme rays of the cone of all x >= 0 with ``rows @ x <= 0``.

    Parameters
    ----------
    rows : sequence of rows of n rational numbers
    n : int
    max_rays : int, optional
        Most rays.
    what : str, optional
        What the rays belong to, for the error message.

    Returns
    -------
    list of lists of n int
        Whole numbers without a common factor; none if the cone is the origin only.

    Raises
    ------
    TooLarge
        If there are more rays, at the end or on the way.

    Examples
    --------
    >>> from gametheory.solvers.cones import extreme_rays
    >>> extreme_rays([[1, -1, 0]], 3)
    [[0, 1, 0], [0, 0, 1], [1, 1, 0]]
    """
    words = (n + len(rows) + 63) // 64
    rays: Array = np.array([[int(i == j) for j in range(n)] for i in range(n)], dtype=object).reshape(n, n)
    masks = np.zeros((n, words), dtype=np.uint64)
    for i in range(n):
        for j in range(n):
            if i != j:
                masks[i, j // 64] |= np.uint64(1 << (j % 64))
    for k, row in enumerate(rows):
        if not any(row):
            continue
        rays, masks = _cut(rays, masks, _whole(row), n, n + k, max_rays, what)
    return [[int(value) for value in ray] for ray in rays]


def _whole(row: Sequence[Fraction | int]) -> list[int]:
    values = [Fraction(value) for value in row]
    common = math.lcm(*(value.denominator for value in values))
    return [int(value * common) for value in values]


def _cut(
    rays: Array, masks: Masks, row: list[int], n: int, label: int, max_rays: int, what: str
) -> tuple[Array, Masks]:
    """Add one inequality."""
    used = [j for j, value in enumerate(row) if value]
    slacks = rays[:, used] @ np.array([row[j] for j in used], dtype=object)
    signs = np.array([(value > 0) - (value < 0) for value in slacks], dtype=np.int8)
    inside, beyond, on = (np.flatnonzero(signs == sign) for sign in (-1, 1, 0))
    word, bit = label // 64, np.uint64(1 << (label % 64))
    new_rays, new_masks = [], []
    for b in beyond.tolist():
        common = masks[inside] & masks[b]
        # Adjacent rays have n - 2 independent inequalities in common; that is quickly looked up.
        enough = np.bitwise_count(common).sum(axis=1) >= n - 2
        for g, shared in zip(inside[enough].tolist(), common[enough], strict=True):
            if ((masks & shared) == shared).all(axis=1).sum() > 2:
                continue
            ray = slacks[b] * rays[g] - slacks[g] * rays[b]
            new_rays.append(ray // math.gcd(*ray))
            new_masks.append(shared)
        if len(inside) + len(on) + len(new_rays) > max_rays:
            raise TooLarge(
                f"{what}: more than {max_rays:,} vertices, at the end or on the way to it, the limit of max_rays. Ask for the best "
                "for an objective instead, raise the limit, or make the game smaller."
            )
    kept = np.concatenate([inside, on])
    old = masks[kept]
    old[len(inside) :, word] |= bit
    if not new_rays:
        return rays[kept], old
    added = np.array(new_masks, dtype=np.uint64)
    added[:, word] |= bit
    fresh = np.empty((len(new_rays), n), dtype=object)
    for k, ray in enumerate(new_rays):
        fresh[k] = ray
    return np.concatenate([rays[kept], fresh]), np.concatenate([old, added])
