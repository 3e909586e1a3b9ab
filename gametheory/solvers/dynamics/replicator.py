r"""Replicator dynamics: strategies that earn more than the average grow.

In one population with shares `x` that plays a symmetric game with payoff matrix `A` against itself (Taylor and Jonker 1978),

.. math:: \dot x_i = x_i \left( (Ax)_i - x^\top A x \right).

With a population for each player, `x` against `y` (Taylor 1979),

.. math::
   \dot x_i = x_i \left( (Ay)_i - x^\top A y \right), \qquad \dot y_j = y_j \left( (x^\top B)_j - x^\top B y \right).

Rest points are the shares at which all strategies in use earn the same, among them all Nash equilibria. A limit of a path from
the interior is a Nash equilibrium; an evolutionarily stable strategy is an attractor (Hofbauer and Sigmund 1998,
chapter 7). Nashpy integrates by LSODA with an error of about 1e-8 of the shares; a path that leaves the simplex by more
than a hundred times that is refused.

References
----------
P. Taylor and L. Jonker, "Evolutionary stable strategies and game dynamics", Mathematical Biosciences 40, 1978, 145-156.
P. Taylor, "Evolutionarily stable strategies with two types of player", Journal of Applied Probability 16, 1979, 76-83.
J. Hofbauer and K. Sigmund, Evolutionary Games and Population Dynamics, Cambridge University Press, 1998.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from gametheory.errors import GameError, NotConverged
from gametheory.games.normal_form import NormalFormGame
from gametheory.solvers.dynamics._inputs import (
    Floats,
    bimatrix,
    both,
    labels,
    positive,
    shares,
    symmetric,
)
from gametheory.solvers.dynamics.trajectory import POPULATION, Trajectory

__all__ = ["asymmetric_replicator", "replicator"]

#: By how much shares may leave the simplex before a path is refused.
_DRIFT = 1e-6
_STEPS = 1000


def replicator(
    game: NormalFormGame,
    start: Any = None,
    *,
    until: float = 10.0,
    times: Any = None,
    mutation: Any = None,
) -> Trajectory:
    """Replicator dynamics of one population that plays a symmetric game against itself.

    Parameters
    ----------
    game : NormalFormGame
        Symmetric, with two players.
    start : mapping of strategy to share, or sequence of n shares, optional
        Equal shares by default, from which symmetric games may not move.
    until : float
        The path goes from time 0 to here, in 1000 steps.
    times : sequence of float (T,), optional
        Increasing times at which to report, in place of `until`.
    mutation : array-like (n, n), optional
        Row `i` has the probabilities with which offspring of `i` are of each kind (the replicator-mutator
        equation); no mutation by default.

    Returns
    -------
    Trajectory

    Raises
    ------
    GameError
        If the game is not symmetric, or the start is not in the simplex.
    Unsupported
        If the game has more than two players, or parameters.
    NotConverged
        If the integration fails, which great payoffs over long times make it do.

    Examples
    --------
    Rock, paper, scissors circles around the equilibrium, and the product of the shares is preserved:

    >>> import numpy as np
    >>> import gametheory as gt
    >>> rps = gt.NormalFormGame.from_bimatrix([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    >>> path = gt.dynamics.replicator(rps, [0.5, 0.25, 0.25])
    >>> bool(np.ptp(path.shares[0].prod(axis=1)) < 1e-6)
    True
    """
    matrix = symmetric(game, "replicator")
    first = shares(start, labels(game), "the population")
    when = _times(until, times)
    mixing = _mutation(mutation, labels(game))
    (path,) = _integrate(
        lambda nashpy: (nashpy.replicator_dynamics(first, when, mixing),), matrix, matrix.T, when
    )
    return Trajectory(game, "replicator", "time", when, (POPULATION,), (labels(game),), (path,))


def asymmetric_replicator(
    game: NormalFormGame, start: Any = None, *, until: float = 10.0, times: Any = None
) -> Trajectory:
    """Replicator dynamics of two populations, one for each player.

    Parameters
    ----------
    game : NormalFormGame
        With two players.
    start : MixedProfile, mapping of player to shares, or pair of sequences, optional
        Equal shares by default.
    until, times
        As for :func:`replicator`.

    Returns
    -------
    Trajectory

    Raises
    ------
    GameError, Unsupported, NotConverged
        As for :func:`replicator`.

    Examples
    --------
    >>> import gametheory as gt
    >>> game = gt.NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]], players=("Ann", "Bob"))
    >>> path = gt.dynamics.asymmetric_replicator(game, {"Ann": [0.7, 0.3], "Bob": [0.5, 0.5]}, until=40)
    >>> {player: round(own["1"], 6) for player, own in path.at(-1).items()}
    {'Ann': 1.0, 'Bob': 1.0}
    """
    a, b = bimatrix(game, "asymmetric_replicator")
    x, y = both(start, game)
    when = _times(until, times)
    paths = _integrate(lambda nashpy: nashpy.asymmetric_replicator_dynamics(x, y, when), a, b, when)
    return Trajectory(game, "asymmetric replicator", "time", when, game.players, game.strategies, paths)


def _times(until: Any, times: Any) -> Floats:
    if times is None:
        return np.linspace(0.0, positive(until, "until"), _STEPS + 1)
    when = np.array(times, dtype=np.float64)
    if when.ndim != 1 or len(when) < 2 or not np.isfinite(when).all() or not (np.diff(when) > 0).all():
        raise GameError("times are two or more finite numbers in increasing order.")
    return when


def _mutation(given: Any, names: tuple[str, ...]) -> Floats | None:
    if given is None:
        return None
    matrix = np.array(given, dtype=np.float64)
    if matrix.shape != (len(names), len(names)):
        raise GameError(
            f"mutation has a row and a column for each of {len(names)} strategies, got shape {matrix.shape}."
        )
    for name, row in zip(names, matrix, strict=True):
        if not ((row >= 0).all() and abs(row.sum() - 1) < 1e-9):
            raise GameError(
                f"the row of {name!r} in mutation is no probability distribution: {row.tolist()}."
            )
    return matrix


def _integrate(
    solve: Callable[[Any], tuple[Floats, ...]], a: Floats, b: Floats, when: Floats
) -> tuple[Floats, ...]:
    """Paths from Nashpy, within the simplex; NotConverged if they are not."""
    import nashpy

    with warnings.catch_warnings(), np.errstate(over="ignore", invalid="ignore"):
        # LSODA reports failure by a warning, and returns what it has.
        warnings.simplefilter("error")
        try:
            found = solve(nashpy.Game(a, b))
        except Warning as warning:
            raise _lost(a, when, str(warning).partition(" (")[0].partition(".")[0]) from warning
    result = []
    for path in found:
        if not np.isfinite(path).all():
            raise _lost(a, when, "shares are not finite")
        drift = max(float(np.abs(path.sum(axis=1) - 1).max()), float(-path.min()))
        if drift > _DRIFT:
            raise _lost(a, when, f"shares leave the simplex by {drift:.1g}")
        inside = np.clip(path, 0.0, 1.0)
        result.append(inside / inside.sum(axis=1, keepdims=True))
    return tuple(result)


def _lost(a: Floats, when: Floats, why: str) -> NotConverged:
    size = float(np.ptp(a)) * (when[-1] - when[0])
    return NotConverged(
        f"the integration of the replicator equation failed: {why}. Time runs faster with greater payoffs: here payoffs range over "
        f"{np.ptp(a):.3g} for a time of {when[-1] - when[0]:.3g}, which makes {size:.3g}. Take a shorter time or smaller payoffs."
    )
