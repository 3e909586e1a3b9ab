r"""Dominated strategies, pure and mixed, with the strategy that dominates them.

A mixed strategy :math:`\sigma` *strictly dominates* the pure strategy :math:`s` of the same player if it earns more against every
profile :math:`a` of the others, :math:`u(\sigma, a) > u(s, a)`; it *weakly* dominates it if it never earns less and somewhere more.
Whether there is one is a linear program, solved exactly: the greatest :math:`\varepsilon` with :math:`u(\sigma, a) \ge u(s, a) +
\varepsilon` for all :math:`a`, or the greatest :math:`\sum_a [u(\sigma, a) - u(s, a)]` with no term negative. By the separation of
convex sets the strategies that are not strictly dominated are those that are best replies to some belief about the others,
correlated beliefs included; those that are not weakly dominated are best replies to a belief that excludes nothing (Pearce 1984).

References
----------
.. [1] D. Gale, H. Kuhn and A. Tucker, "Reductions of game matrices", *Contributions to the Theory of Games* I, Princeton University
   Press, 1950, 89-96.
.. [2] D. Pearce, "Rationalizable strategic behavior and the problem of perfection", *Econometrica* 52 (1984), 1029-1050,
   lemmas 3 and 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from gametheory.equilibria.linear_programs import maximise
from gametheory.errors import GameTheoryError

__all__ = ["Domination", "dominates", "dominator", "own_table"]

Array: TypeAlias = np.ndarray[Any, Any]


class Domination(NamedTuple):
    """What dominates a strategy."""

    #: One probability for each strategy of the player.
    mixture: tuple[Fraction, ...]
    #: The least (strict) or the total (weak) gain over the dominated strategy.
    margin: Fraction


def own_table(payoffs: Array, player: int) -> list[list[Fraction]]:
    """The payoffs of a player as exact numbers: one row for each own strategy, one column for each profile of the others."""
    rows = np.moveaxis(payoffs[player], player, 0).reshape(payoffs.shape[player + 1], -1).tolist()
    return [[value if isinstance(value, Fraction) else Fraction(value) for value in row] for row in rows]


def dominator(
    table: Sequence[Sequence[Fraction]], strategy: int, *, weak: bool = False, mixed: bool = True
) -> Domination | None:
    """A strategy that dominates a pure one; None if there is none.

    Parameters
    ----------
    table : sequence of n rows of exact numbers
        See :func:`own_table`.
    strategy : int
    weak : bool, optional
        Whether weak dominance is enough.
    mixed : bool, optional
        Whether mixed strategies may dominate.

    Returns
    -------
    Domination or None
        A pure strategy if one dominates.

    Examples
    --------
    The third row is never best, but only a mixture of the other two shows it:

    >>> from fractions import Fraction
    >>> from gametheory.equilibria.dominance import dominator
    >>> table = [[Fraction(3), Fraction(0)], [Fraction(0), Fraction(3)], [Fraction(1), Fraction(1)]]
    >>> [str(p) for p in dominator(table, 2).mixture], dominator(table, 2, mixed=False)
    (['1/2', '1/2', '0'], None)
    """
    own = table[strategy]
    others = [t for t in range(len(table)) if t != strategy]
    pure = [t for t in others if _pure(table[t], own, weak)]
    if pure:
        # The one that gains most, so that it does not depend on the order what is shown.
        best = max(pure, key=lambda t: (_margin(table[t], own, weak), -t))
        unit = tuple(Fraction(int(t == best)) for t in range(len(table)))
        return Domination(unit, _margin(table[best], own, weak))
    if not mixed or len(others) < 2 or _best_somewhere(table, strategy, weak):
        return None
    zero, one = Fraction(0), Fraction(1)
    extra = [] if weak else [one]  # the margin, a free variable
    rows = [[*(-table[t][a] for t in others), *extra] for a in range(len(own))]
    goal = [sum(table[t], zero) for t in others] if weak else [zero] * len(others) + [one]
    simplex = [[one] * len(others) + [zero] * len(extra)]
    found = maximise(goal, rows, [-value for value in own], simplex, [1], free=[] if weak else [len(others)])
    if found.x is None or found.value is None:
        return None
    margin = found.value - (sum(own, zero) if weak else zero)
    if margin <= 0:
        return None
    mixture = [zero] * len(table)
    for t, p in zip(others, found.x, strict=False):
        mixture[t] = p
    if not dominates(table, mixture, strategy, weak=weak):
        raise GameTheoryError(
            "internal error: a mixture was found to dominate and does not; please report the game."
        )
    return Domination(tuple(mixture), margin)


def dominates(
    table: Sequence[Sequence[Fraction]], mixture: Sequence[Fraction], strategy: int, *, weak: bool = False
) -> bool:
    """Whether a mixed strategy dominates a pure one, by the definition."""
    means = [
        sum((p * table[t][a] for t, p in enumerate(mixture) if p), Fraction(0)) for a in range(len(table[0]))
    ]
    return _pure(means, table[strategy], weak)


def _pure(row: Sequence[Fraction], own: Sequence[Fraction], weak: bool) -> bool:
    if not weak:
        return all(a > b for a, b in zip(row, own, strict=True))
    return row != own and all(a >= b for a, b in zip(row, own, strict=True))


def _margin(row: Sequence[Fraction], own: Sequence[Fraction], weak: bool) -> Fraction:
    gains = [a - b for a, b in zip(row, own, strict=True)]
    return sum(gains, Fraction(0)) if weak else min(gains)


def _best_somewhere(table: Sequence[Sequence[Fraction]], strategy: int, weak: bool) -> bool:
    """Whether it is a best reply (weak dominance: the only one) to a pure profile, and so certainly undominated."""
    for column in zip(*table, strict=True):
        best = max(column)
        if column[strategy] == best and (not weak or column.count(best) == 1):
            return True
    return False
