r"""The logit path to a Nash equilibrium: where the principal branch of quantal response equilibria leads.

As the precision :math:`\lambda` grows without bound, the principal branch (see :mod:`gametheory.solvers.quantal_response`) of
almost every game converges to one Nash equilibrium (McKelvey and Palfrey 1995), which thereby is selected from all of them. The
branch is followed until the precision is enormous, which takes few steps, for it becomes straight. Strategies that are
not played in the limit have probabilities that fall at least like :math:`1 / \lambda`; the others are solved for by Newton's method
from where the branch is. That corrects the last digits, so it is accepted only if it moves the point by next to nothing.

The result is certified as a Nash equilibrium by its regret. That it is the end of the branch is a numerical statement.

References
----------
.. [1] R. D. McKelvey and T. R. Palfrey, "Quantal response equilibria for normal form games", *Games and Economic Behavior* 10
   (1995), 6-38.
.. [2] T. L. Turocy, "A dynamic homotopy interpretation of the logistic quantal response equilibrium correspondence", *Games and
   Economic Behavior* 51 (2005), 243-263.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from gametheory.equilibria import nash
from gametheory.equilibria.result import Equilibrium, EquilibriumSet, judge_nash
from gametheory.errors import NotConverged
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame
from gametheory.solvers import _duels
from gametheory.solvers.quantal_response import scaled

__all__ = ["logit_equilibrium"]

Floats: TypeAlias = npt.NDArray[np.float64]

# Precisions, over the range of payoffs, at which the branch is looked at.
_PRECISIONS: Floats = np.array([4.0**k for k in range(2, 18)])
# How far the branch may be from its limit where it ends, in probability.
_NEAR = 1e-2
# Unplayed strategies are those whose log probability falls by more than this while the precision grows fourfold. It falls by
# log(4) = 1.39 where the probability is inverse to the precision, and faster where the strategy earns less.
_FALL = 0.5
_REGRET = 5e-10  # as a share of the range of payoffs; the judge's own tolerance is a billionth
_SIMPLE = 1000  # denominators of limits that are recognised as fractions


def logit_equilibrium(game: NormalFormGame | ExtensiveGame) -> EquilibriumSet:
    """The Nash equilibrium to which the principal branch of quantal response equilibria leads.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
        Of any number of players. A tree is solved in its reduced strategic form.

    Returns
    -------
    EquilibriumSet
        One equilibrium, certified by its regret; never complete. It is exact for exact games where at most two players
        randomise; otherwise in floats.

    Raises
    ------
    Unsupported
        If the payoffs have parameters.
    TooLarge
        If the game is too large.
    NotConverged
        If the branch could not be followed, or no equilibrium was certified at its end.

    References
    ----------
    .. [1] R. D. McKelvey and T. R. Palfrey, "Quantal response equilibria for normal form games", *Games and Economic Behavior*
       10 (1995), 6-38.
    .. [2] T. L. Turocy, "A dynamic homotopy interpretation of the logistic quantal response equilibrium correspondence", *Games
       and Economic Behavior* 51 (2005), 243-263.

    Examples
    --------
    The stag hunt has two strict equilibria, and the path leads to the one that risks less:

    >>> import gametheory as gt
    >>> from gametheory.solvers.logit_path import logit_equilibrium
    >>> hunt = gt.NormalFormGame.from_bimatrix([[4, 0], [3, 3]], [[4, 3], [0, 3]], strategies=[["stag", "hare"]] * 2)
    >>> logit_equilibrium(hunt)[0]
    Equilibrium(Player 1: hare; Player 2: hare | payoffs Player 1 3, Player 2 3)
    """
    table = _duels.numbers(game, "logit_equilibrium")
    problem = scaled(table, "logit_equilibrium")
    status, hits, _, crossings = problem.traced(_PRECISIONS / problem.spread, keep=False)
    if not hits:
        raise NotConverged(
            "the principal branch of quantal response equilibria could not be followed from uniform play."
        )
    points = [point.probabilities for _, point in hits]
    found = None
    for support in _supports(points):
        limit = _limit(problem.form, problem.payoffs, points[-1], support)
        if limit is not None:
            vectors = np.split(limit, problem.form.start[1:-1])
            found = _exact(table, vectors) if table.domain == "rational" else None
            found = found or judge_nash(table, vectors)
            break
    if found is None:
        raise NotConverged(
            f"the principal branch of quantal response equilibria was followed to precision {hits[-1][1].precision:.3g}, but no "
            "equilibrium could be certified at its end. nash_equilibria(game) looks for equilibria in other ways."
        )
    reason = "the logit path leads to one equilibrium; there may be others"
    if crossings:
        where = ", ".join(f"{c:.6g}" for c in crossings[:3])
        reason += f", and branches that cross the path at precision {where} may lead elsewhere"
    if status != 0:
        reason += f", and the path could be followed to precision {hits[-1][1].precision:.3g} only"
    return EquilibriumSet((found,), "Nash", "logit path", False, reason)


def _supports(points: list[Floats]) -> Iterator[npt.NDArray[np.bool_]]:
    """What may be played in the limit, the likeliest guess first."""
    last = points[-1]
    seen = set()
    with np.errstate(divide="ignore", invalid="ignore"):
        fall = np.log(points[-2] / last) if len(points) > 1 else np.zeros(len(last))
    guesses = [(last > 1e-12) & ~(fall > _FALL) & ~np.isnan(fall)]
    guesses += [last > share for share in (1e-2, 1e-3, 1e-4, 1e-6, 1e-8)]
    for guess in guesses:
        if guess.tobytes() not in seen:
            seen.add(guess.tobytes())
            yield guess


def _limit(form: Any, payoffs: Floats, near: Floats, support: npt.NDArray[np.bool_]) -> Floats | None:
    """The equilibrium with a given support next to a point, in floats; None if there is none.

    Gauss-Newton steps of least length, so that from a continuum of equilibria the nearest one is taken.
    """
    from gametheory.solvers._kernels.logit import evaluate

    start = form.start
    n = len(near)
    if not all(support[first:last].any() for first, last in pairwise(start)):
        return None
    played = np.flatnonzero(support)
    p = np.where(support, near, 0.0)
    values, slopes = np.empty(n), np.empty((n, n))
    for _ in range(30):
        with np.errstate(divide="ignore"):
            evaluate(tuple(form), payoffs, np.log(np.maximum(p, 1e-300)), values, slopes)
        slopes /= np.maximum(p, 1e-300)
        rows, right = [], []
        for first, last in pairwise(start):
            own = [v for v in range(first, last) if support[v]]
            base = max(own, key=lambda v: p[v])
            rows.append([1.0 if v in own else 0.0 for v in played])
            right.append(1.0 - p[own].sum())
            for v in own:
                if v != base:
                    rows.append((slopes[v] - slopes[base])[played])
                    right.append(values[base] - values[v])
        step = np.linalg.lstsq(np.array(rows), np.array(right), rcond=1e-10)[0]
        p[played] += step
        if not np.isfinite(p).all() or np.abs(p - near).max() > _NEAR or p.min() < -1e-9:
            return None
        p = np.maximum(p, 0.0)
        if np.abs(step).max() < 1e-14:
            break
    for first, last in pairwise(start):
        p[first:last] /= p[first:last].sum()
    shape = tuple(np.diff(start))
    vectors = np.split(p, start[1:-1])
    tables = payoffs.reshape(len(shape), *shape)
    gains = nash.regrets_array(tables, vectors)
    spreads = np.ptp(payoffs, axis=1)
    return p if all(gain <= _REGRET * spread for gain, spread in zip(gains, spreads, strict=True)) else None


def _exact(game: NormalFormGame, vectors: list[Floats]) -> Equilibrium | None:
    """The exact equilibrium that a profile in floats stands for, where it is the solution of linear equations or simple."""
    supports = [np.flatnonzero(vector) for vector in vectors]
    mixing = [i for i, own in enumerate(supports) if len(own) > 1]
    rational: list[list[Fraction]] = [
        [Fraction(int(len(own) == 1 and s == own[0])) for s in range(len(vector))]
        for own, vector in zip(supports, vectors, strict=True)
    ]
    if len(mixing) == 2:
        i, j = mixing
        cell: list[Any] = [slice(None) if k in mixing else int(own[0]) for k, own in enumerate(supports)]
        first, second = game.payoffs[(i, *cell)], game.payoffs[(j, *cell)]
        y = (
            _duels.rational_strategy(first, supports[i], supports[j])
            if len(supports[i]) == len(supports[j])
            else None
        )
        x = None if y is None else _duels.rational_strategy(second.T, supports[j], supports[i])
        if x is not None and y is not None:
            rational[i], rational[j] = x.strategy, y.strategy
            mixing = []
    for k in mixing:
        rational[k] = [Fraction(float(p)).limit_denominator(_SIMPLE) for p in vectors[k]]
    if any(sum(own) != 1 for own in rational):
        return None
    apart = max(
        abs(float(p) - q)
        for own, vector in zip(rational, vectors, strict=True)
        for p, q in zip(own, vector, strict=True)
    )
    if apart > 1e-8 or any(gain > 0 for gain in nash.regrets_array(game.payoffs, rational)):
        return None
    return judge_nash(game, rational)
