"""Nash equilibria of a whole stack of games in one call, in floating point.

A sweep solves thousands of games that differ in their numbers only. Here they are one array of shape
``(B, n_players, n_1, ..., n_N)`` and the answer is columnar: one row an equilibrium.

- One player: the maximisers.
- Two players with more than one strategy: all equilibria, by the compiled enumeration of
  :mod:`gametheory.solvers._kernels.two_player` (Dickhaut and Kaplan 1991; von Stengel 2002).
- Three or more: all equilibria in pure strategies, and `complete` says False.

A best reply may be *tied* with another, so that there is a continuum of equilibria, of which the extreme ones are listed.
Payoffs of a pure profile that are equal as floats are taken for equal: an action that ends the game, say, leaves others
indifferent at every value of the parameters. On a knife edge proper floating point decides nothing. A comparison that comes
out within `tolerance` (relative to the range of the player's payoffs in the game at hand) and is not an equality of this
kind marks the game as *degenerate*: there may be an equilibrium more or less on either side, so the game should be solved
again by an exact method, as :func:`gametheory.sensitivity.sweep` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, prod
from typing import Any

import numpy as np
import numpy.typing as npt

from gametheory.errors import GameError, TooLarge
from gametheory.solvers._kernels.two_player import two_player

__all__ = ["TOLERANCE", "StackedEquilibria", "nash_equilibria", "pure_nash"]

TOLERANCE = 1e-9
"""Relative size below which a difference of payoffs or a probability counts as zero, and marks its game."""

MAX_SYSTEMS = 50_000_000
"""Linear systems that one two-player game may need before it is refused; two times ``comb(m + n, m)`` are needed."""

_NOISE = 1e-13  # of the size of the payoffs: differences below it are rounding, whatever the range

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class StackedEquilibria:
    """Equilibria of a stack of `B` games, one row an equilibrium, rows sorted by game.

    Attributes
    ----------
    game : int array (R,)
        Position in the stack of the game whose equilibrium the row is.
    strategies : tuple of float arrays (R, n_i)
        Mixed strategy of each player.
    payoffs : float array (R, N)
        Expected payoffs.
    index : int array (R,)
        Index of the equilibrium, +1 or -1; 0 where it is tied.
    tied : bool array (B,)
        Games with an equilibrium at which a best reply is tied.
    degenerate : bool array (B,)
        Games too close to a tie to be settled in floats: solve them exactly.
    complete : bool array (B,)
        Games all of whose equilibria, where tied all extreme ones, are listed.
    """

    game: Integers
    strategies: tuple[Floats, ...]
    payoffs: Floats
    index: npt.NDArray[np.int8]
    tied: Booleans
    degenerate: Booleans
    complete: Booleans

    def __len__(self) -> int:
        return len(self.game)

    def __repr__(self) -> str:
        return (
            f"<StackedEquilibria: {len(self.game)} equilibria of {len(self.complete)} games, "
            f"{int(self.degenerate.sum())} of them degenerate>"
        )

    @property
    def count(self) -> Integers:
        """Number of equilibria found in each game."""
        return np.bincount(self.game, minlength=len(self.complete)).astype(np.int64)


def _check(payoffs: Any) -> Floats:
    stack = np.ascontiguousarray(payoffs, dtype=np.float64)
    if stack.ndim < 3 or stack.shape[1] != stack.ndim - 2:
        raise GameError(
            f"a stack of games has shape (games, players, n_1, ..., n_N), got {stack.shape}: "
            f"{stack.ndim - 2} strategy axes for {stack.shape[1] if stack.ndim > 1 else 0} players"
        )
    if 0 in stack.shape[2:]:
        raise GameError(f"every player needs at least one strategy, got shape {stack.shape}")
    if not np.isfinite(stack).all():
        where = tuple(int(k) for k in np.argwhere(~np.isfinite(stack))[0])
        raise GameError(
            f"payoffs must be finite; game {where[0]}, player {where[1]}, strategies {where[2:]} is {stack[where]}"
        )
    return stack


def _slack(stack: Floats, tolerance: float) -> Floats:
    """Return, for each game and player, the payoff difference below which there may be a tie; shape (B, N, 1, ...)."""
    axes = tuple(range(2, stack.ndim))
    spread = stack.max(axis=axes, keepdims=True) - stack.min(axis=axes, keepdims=True)
    slack: Floats = tolerance * spread + _NOISE * np.abs(stack).max(axis=axes, keepdims=True)
    return slack


def _pure(stack: Floats, tolerance: float) -> tuple[Booleans, Booleans, Booleans]:
    """Return the pure equilibria (up to tolerance), which of them tie with a deviation, and which tie inexactly."""
    slack = _slack(stack, tolerance)
    shape = (len(stack), *stack.shape[2:])
    stable, tied, doubtful = np.ones(shape, bool), np.zeros(shape, bool), np.zeros(shape, bool)
    for i in range(stack.shape[1]):
        u = stack[:, i]
        best = u.max(axis=i + 1, keepdims=True)
        shortfall = best - u
        near = shortfall <= slack[:, i]
        stable &= near
        tied |= near.sum(axis=i + 1, keepdims=True) > 1
        doubtful |= (near & (shortfall > 0)).any(axis=i + 1, keepdims=True)
    return stable, tied & stable, doubtful & stable


def _near(stack: Floats, tolerance: float) -> Booleans:
    """Return the games in which a reply to pure strategies is as good as the best within tolerance, and not equal to it."""
    slack = _slack(stack, tolerance)
    found = np.zeros(len(stack), bool)
    for i in range(stack.shape[1]):
        shortfall = stack[:, i].max(axis=i + 1, keepdims=True) - stack[:, i]
        found |= _anywhere((shortfall > 0) & (shortfall <= slack[:, i]))
    return found


def pure_nash(payoffs: Any, *, tolerance: float = TOLERANCE) -> Booleans:
    """Return where the pure equilibria of each game are.

    Parameters
    ----------
    payoffs : array-like (B, N, n_1, ..., n_N)
        The stack.
    tolerance : float
        A deviation counts as a gain if it gains more than this, relative to the range of the player's payoffs.

    Returns
    -------
    bool array (B, n_1, ..., n_N)

    Examples
    --------
    >>> import numpy as np
    >>> from gametheory.solvers.stacked import pure_nash
    >>> coordination = np.array([[[[1, 0], [0, 1]], [[1, 0], [0, 1]]]])
    >>> np.argwhere(pure_nash(coordination)[0]).tolist()
    [[0, 0], [1, 1]]
    """
    return _pure(_check(payoffs), tolerance)[0]


def _one_player(stack: Floats, tolerance: float) -> StackedEquilibria:
    stable, tied, doubtful = _pure(stack, tolerance)
    game, choice = np.nonzero(stable)
    several, degenerate = _anywhere(tied), _anywhere(doubtful)
    index = np.where(several[game], 0, 1).astype(np.int8)
    strategies = (np.eye(stack.shape[2])[choice],)
    return StackedEquilibria(
        game, strategies, stack[game, :, choice], index, several, degenerate, ~degenerate
    )


def _two_player(stack: Floats, tolerance: float) -> StackedEquilibria:
    m, n = stack.shape[2:]
    systems = 2 * comb(m + n, m)
    if systems > MAX_SYSTEMS:
        raise TooLarge(
            f"all equilibria of a {m} by {n} game take up to {systems:.1e} linear systems, the limit is "
            f"{MAX_SYSTEMS:.1e}; raise gametheory.solvers.stacked.MAX_SYSTEMS to try"
        )
    game, x, y, index, tied, degenerate = two_player(stack, tolerance)
    # The kernel scales payoffs, which may make equal what is only near: that is no tie that floats can settle.
    facts = np.flatnonzero(tied & ~degenerate)
    degenerate[facts] = _near(stack[facts], tolerance)
    payoffs = np.einsum("rpij,ri,rj->rp", stack[game], x, y, optimize=True)
    return StackedEquilibria(game, (x, y), payoffs, index, tied, degenerate, ~degenerate)


def _many_player(stack: Floats, tolerance: float) -> StackedEquilibria:
    stable, tied, doubtful = _pure(stack, tolerance)
    where = np.nonzero(stable)
    game, profile = where[0], where[1:]
    strategies = tuple(np.eye(n)[choice] for n, choice in zip(stack.shape[2:], profile, strict=True))
    players = np.arange(stack.shape[1])
    payoffs = stack[(game[:, None], players, *(choice[:, None] for choice in profile))]
    index = np.where(tied[where], 0, 1).astype(np.int8)
    incomplete = np.zeros(len(stack), bool)
    return StackedEquilibria(
        game, strategies, payoffs, index, _anywhere(tied), _anywhere(doubtful), incomplete
    )


def _anywhere(flags: Booleans) -> Booleans:
    """Whether a flag is set at some profile of each game."""
    return np.asarray(flags.reshape(len(flags), prod(flags.shape[1:])).any(axis=1))


def nash_equilibria(payoffs: Any, *, tolerance: float = TOLERANCE) -> StackedEquilibria:
    """Return the Nash equilibria of every game in a stack.

    Parameters
    ----------
    payoffs : array-like (B, N, n_1, ..., n_N)
        Payoffs of `B` games of one shape, player axis before the strategy axes.
    tolerance : float
        Comparisons closer than this, relative to the range of a player's payoffs, mark a game as degenerate.

    Returns
    -------
    StackedEquilibria
        All equilibria of games in which at most two players have a choice (in tied games the extreme ones; in degenerate
        games as far as floats can tell, with `complete` False); of other games the pure ones.

    Examples
    --------
    Matching pennies, and the battle of the sexes with its three equilibria:

    >>> import numpy as np
    >>> from gametheory.solvers.stacked import nash_equilibria
    >>> pennies = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]
    >>> sexes = [[[3, 0], [0, 2]], [[2, 0], [0, 3]]]
    >>> found = nash_equilibria(np.array([pennies, sexes], float))
    >>> found
    <StackedEquilibria: 4 equilibria of 2 games, 0 of them degenerate>
    >>> found.game.tolist(), found.index.tolist()
    ([0, 1, 1, 1], [1, 1, 1, -1])
    >>> found.strategies[0][-1].round(6).tolist(), found.payoffs[-1].round(6).tolist()
    ([0.6, 0.4], [1.2, 1.2])
    """
    stack = _check(payoffs)
    shape = stack.shape[2:]
    movers = [i for i, n in enumerate(shape) if n > 1] or [0]
    if len(movers) == len(shape):
        solve = {1: _one_player, 2: _two_player}.get(len(shape), _many_player)
        return solve(stack, tolerance)
    # Players without a choice are spectators: solve among the movers, then put the spectators back.
    spectators = tuple(i + 2 for i in range(len(shape)) if i not in movers)
    squeezed = stack.squeeze(axis=spectators)
    inner = nash_equilibria(np.ascontiguousarray(squeezed[:, movers]), tolerance=tolerance)
    strategies = [np.ones((len(inner), 1)) for _ in shape]
    expected = squeezed[inner.game]
    for i, strategy in zip(movers, inner.strategies, strict=True):
        strategies[i] = strategy
        expected = np.einsum("rps...,rs->rp...", expected, strategy)
    return StackedEquilibria(
        inner.game, tuple(strategies), expected, inner.index, inner.tied, inner.degenerate, inner.complete
    )
