r"""How close to zero an algebraic number can come without being zero.

Let :math:`F_1, \dots, F_n` be the equations of a support, polynomials with integer coefficients in the :math:`n` free probabilities,
multilinear in the blocks of the players, and :math:`\alpha` a regular root. For another such polynomial :math:`g` let :math:`R(t)` be
the multihomogeneous resultant of :math:`F_1, \dots, F_n, g - t`. It has integer coefficients and :math:`R(g(\alpha)) = 0`. It is
homogeneous of degree :math:`M_i` in the coefficients of :math:`F_i` and of degree :math:`M_0` in those of :math:`g - t`, where
:math:`M_i` is the number of roots that the other polynomials have in general (Bernstein 1975); here, with :math:`\zeta_j` for the block
of player :math:`j`, which has dimension :math:`d_j`,

.. math:: M_0 = [\zeta_1^{d_1} \cdots \zeta_N^{d_N}] \prod_k \sum_{j \ne i(k)} \zeta_j .

On polydiscs a sparse resultant is at most :math:`\prod_i (A_i \lVert F_i \rVert_\infty)^{M_i}`, where :math:`A_i` counts monomials (Sombra
2004). By Cauchy's inequality this bounds the coefficients of :math:`R` by some :math:`H`, and so any root of :math:`R` that is not zero
is at least :math:`1 / (1 + H)` in absolute value. If :math:`R` vanishes identically, because there are further solutions, at infinity or
elsewhere, that are not isolated, let :math:`F_i + \varepsilon P_i` take the place of :math:`F_i`, with integer :math:`P_i` for which it
does not vanish; since it has degree :math:`M = \sum M_i` in the coefficients, there are such with coefficients up to :math:`M`. A
regular root persists for small :math:`\varepsilon`, so :math:`g(\alpha)` is a root of the coefficient of the lowest power of
:math:`\varepsilon`,
whose height is bounded by the same formula with :math:`\lVert F_i \rVert_\infty + M`. This is the bound used throughout. The
same polynomial bounds the denominator of a rational :math:`g(\alpha)`, which divides its leading coefficient.

References
----------
.. [1] D. Bernstein, "The number of roots of a system of equations", *Functional Analysis and its Applications* 9 (1975), 183-185.
.. [2] M. Sombra, "The height of the mixed sparse resultant", *American Journal of Mathematics* 126 (2004), 1253-1260.
.. [3] I. Emiris, B. Mourrain and E. Tsigaridas, "The DMM bound: multivariate (aggregate) separation bounds", *Proceedings of
   ISSAC 2010*, 243-250.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Separation", "root_count", "separation"]


class Separation(NamedTuple):
    """What is known beforehand of the values of polynomials at regular roots of a system."""

    #: The degree of an algebraic number that is a value: the number of roots of the system, with multiplicity, in general.
    degree: int
    #: A value that is not zero is greater than 2**-bits in absolute value; the height of its polynomial is below 2**bits.
    bits: int


def root_count(sizes: Sequence[int], missing: Sequence[int | None]) -> int:
    """How many roots a multilinear system has in general.

    Parameters
    ----------
    sizes : sequence of int
        The number of unknowns in each block; there must be as many equations as unknowns.
    missing : sequence of int or None
        For each equation the block that it does not contain.

    Examples
    --------
    Three players with two, three and four strategies each can have 2, 10 and 56 totally mixed equilibria; four with two, 9.

    >>> from gametheory.solvers.separation import root_count
    >>> [root_count([d] * 3, [i for i in range(3) for _ in range(d)]) for d in (1, 2, 3)]
    [2, 10, 56]
    >>> root_count([1] * 4, [0, 1, 2, 3])
    9
    """
    ways: dict[tuple[int, ...], int] = {tuple(sizes): 1}
    for absent in missing:
        after: dict[tuple[int, ...], int] = defaultdict(int)
        for left, count in ways.items():
            for block, room in enumerate(left):
                if block != absent and room:
                    after[(*left[:block], room - 1, *left[block + 1 :])] += count
        ways = after
    return ways.get((0,) * len(sizes), 0)


def separation(sizes: Sequence[int], equations: Sequence[tuple[int, int]], norm: int) -> Separation:
    """Degree and separation of the values of polynomials at the regular roots of a system.

    Parameters
    ----------
    sizes : sequence of int
        The number of free probabilities of each player.
    equations : sequence of (player, norm)
        Whose equation it is, so that it does not contain that player's probabilities, and its greatest coefficient.
    norm : int
        The greatest coefficient of the polynomial whose value is asked for.

    Examples
    --------
    >>> from gametheory.solvers.separation import separation
    >>> separation([1, 1, 1], [(0, 5), (1, 5), (2, 5)], 1)
    Separation(degree=2, bits=70)
    """
    missing: list[int | None] = [player for player, _ in equations]
    degrees = [root_count(sizes, [None, *missing[:k], *missing[k + 1 :]]) for k in range(len(missing))]
    degree = root_count(sizes, missing)
    total = degree + sum(degrees)
    everything = math.prod(1 + d for d in sizes)
    # One for the t in g - t.
    bits = degree * math.log2(everything * (norm + 1 + total))
    for (player, height), times in zip(equations, degrees, strict=True):
        bits += times * math.log2(everything // (1 + sizes[player]) * (height + total))
    return Separation(degree, math.ceil(bits * (1 + 1e-9)) + 2)
