"""Nash equilibria of a whole stack of games in one call.

Thousands or millions of games that differ in their numbers only are one array of shape ``(B, n_players, n_1, ..., n_N)``, and the
answer is columnar: one row an equilibrium. One game is a stack of one.

Payoffs are *taken at their word* by default: a float is the rational number that it is, and the equilibria are those of exactly
these games. Compiled kernels settle what floats can settle beyond doubt, in all threads:

- one player with a choice: the maximisers;
- two: all equilibria, by the signs of minors (:mod:`gametheory.solvers._kernels.minors`,
  :mod:`gametheory.solvers._kernels.two_by_two`, :mod:`gametheory.solvers._kernels.signs`), up to about 10x10;
- three with two or three strategies each: all equilibria (:mod:`gametheory.solvers._kernels.many_player`).

A comparison that rounding might decide wrongly leaves its game in doubt. Such games, and games of any other shape, are solved by exact
arithmetic, one by one (:mod:`gametheory.solvers.nash`), so that `complete` is True wherever the exact solver proves it.

With ``settle=False`` payoffs are taken *with a tolerance*, as the results of computations in floating point that they usually are,
and nothing is solved exactly. A best reply may be tied with another, so that there is a continuum of equilibria, of which the
extreme ones are listed. Payoffs of a pure profile that are equal as floats are taken for equal: an action that ends the game,
say, leaves others indifferent at every value of the parameters. A comparison that comes out within `tolerance` (relative to the
range of the player's payoffs in the game at hand) and is not an equality of this kind marks the game as *degenerate*: there may
be an equilibrium more or less on either side, so the game should be solved again by an exact method from exact numbers, as
:func:`gametheory.sensitivity.sweep` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import comb, prod
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from gametheory.errors import GameError, TooLarge
from gametheory.solvers import stack_pieces, two_player_stacks
from gametheory.solvers.two_player_stacks import refuse_infinite, slack

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TOLERANCE", "StackedEquilibria", "chunks", "nash_equilibria", "pure_nash"]

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
    regret : float array (R,)
        The most that a player would gain by deviating, as floats compute it from the strategies.
    index : int array (R,)
        Index of the equilibrium, +1 or -1; 0 where it is tied, or not known.
    tied : bool array (B,)
        Games with an equilibrium at which a best reply is tied.
    degenerate : bool array (B,)
        Games too close to a tie to be settled in floats.
    exact : bool array (B,)
        Games handed to exact arithmetic: those left in doubt, and shapes for which there is no kernel.
    complete : bool array (B,)
        Games all of whose equilibria, where tied all extreme ones, are listed.
    """

    game: Integers
    strategies: tuple[Floats, ...]
    payoffs: Floats
    regret: Floats
    index: npt.NDArray[np.int8]
    tied: Booleans
    degenerate: Booleans
    exact: Booleans
    complete: Booleans

    def __len__(self) -> int:
        return len(self.game)

    def __repr__(self) -> str:
        parts = [f"{len(self.game)} equilibria of {len(self.complete)} games"]
        parts += [f"{self.exact.sum()} of them solved exactly"] if self.exact.any() else []
        open_ = int((self.degenerate & ~self.exact).sum())
        parts += [f"{open_} of them degenerate"] if open_ else []
        missing = int((~self.complete).sum()) - open_
        parts += [f"{missing} of them perhaps incomplete"] if missing > 0 else []
        return f"<StackedEquilibria: {', '.join(parts)}>"

    @property
    def count(self) -> Integers:
        """Number of equilibria found in each game."""
        return np.bincount(self.game, minlength=len(self.complete)).astype(np.int64)

    def to_frame(self) -> pd.DataFrame:
        """One row for each equilibrium: game, payoffs, probabilities, regret, index, and whether its game's list is complete.

        Players and strategies are counted from 1, as the names of a game without names are: ``"P(Player 1: 2)"``.

        Examples
        --------
        >>> from gametheory.solvers.stacked import nash_equilibria
        >>> found = nash_equilibria([[[[2, 0], [0, 1]], [[1, 0], [0, 2]]]])
        >>> found.to_frame()[["game", "payoff: Player 1", "P(Player 2: 2)", "index"]].round(3)
           game  payoff: Player 1  P(Player 2: 2)  index
        0     0             2.000           0.000      1
        1     0             1.000           1.000      1
        2     0             0.667           0.667     -1
        """
        import pandas as pd

        columns: dict[str, Any] = {"game": self.game}
        columns |= {f"payoff: Player {i}": own for i, own in enumerate(self.payoffs.T, 1)}
        for i, mixed in enumerate(self.strategies, 1):
            columns |= {f"P(Player {i}: {s})": share for s, share in enumerate(mixed.T, 1)}
        columns |= {"regret": self.regret, "index": self.index, "complete": self.complete[self.game]}
        return pd.DataFrame(columns)


def _floats(payoffs: Any) -> Floats:
    try:
        if np.iscomplexobj(payoffs):
            raise TypeError("complex numbers have no order")
        return np.asarray(payoffs, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise GameError(
            f"a stack of games is an array of numbers, of shape (games, players, n_1, ..., n_N): {error}. "
            "The payoffs of a NormalFormGame are game.payoffs; np.stack puts several together."
        ) from error


def _check(payoffs: Any) -> Floats:
    stack = _floats(payoffs)
    if stack.ndim < 3 or stack.shape[1] != stack.ndim - 2:
        raise GameError(
            f"a stack of games has shape (games, players, n_1, ..., n_N), got {stack.shape}: "
            f"{stack.ndim - 2} strategy axes for {stack.shape[1] if stack.ndim > 1 else 0} players"
        )
    if 0 in stack.shape[2:]:
        raise GameError(f"every player needs at least one strategy, got shape {stack.shape}")
    if stack.shape[2:] != (2, 2, 2) and (len(stack.shape) != 4 or 1 in stack.shape[2:]):
        # Games of two movers, and of 2x2x2, are looked at while they are solved.
        refuse_infinite(stack)
    return stack


def _pure(stack: Floats, tolerance: float, noise: float) -> tuple[Booleans, Booleans, Booleans]:
    """Return the pure equilibria (up to tolerance), which of them tie with a deviation, and which tie inexactly."""
    limit = slack(stack, tolerance, noise)
    shape = (len(stack), *stack.shape[2:])
    stable, tied, doubtful = np.ones(shape, bool), np.zeros(shape, bool), np.zeros(shape, bool)
    for i in range(stack.shape[1]):
        u = stack[:, i]
        # Written as a comparison: a difference may underflow or overflow, and its sign is what counts.
        best = u.max(axis=i + 1, keepdims=True)
        with np.errstate(over="ignore"):
            near = (u == best) | (best - u <= limit[:, i])
        stable &= near
        tied |= near.sum(axis=i + 1, keepdims=True) > 1
        doubtful |= (near & (u < best)).any(axis=i + 1, keepdims=True)
    return stable, tied & stable, doubtful & stable


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
    stack = _check(payoffs)
    refuse_infinite(stack)
    return _pure(stack, tolerance, _NOISE)[0]


def _one_player(stack: Floats, settle: bool, tolerance: float) -> StackedEquilibria:
    stable, tied, doubtful = _pure(stack, *_limits(settle, tolerance))
    game, choice = np.nonzero(stable)
    several, degenerate = _anywhere(tied), _anywhere(doubtful)
    index = np.where(several[game], 0, 1).astype(np.int8)
    strategies = (np.eye(stack.shape[2])[choice],)
    payoffs = stack[game, :, choice]
    regret = stack[:, 0].max(axis=1)[game] - payoffs[:, 0]
    exact = np.zeros(len(stack), bool)
    return StackedEquilibria(
        game, strategies, payoffs, regret, index, several, degenerate, exact, ~degenerate
    )


def _limits(settle: bool, tolerance: float) -> tuple[float, float]:
    """What the payoffs' range and size are multiplied by to get what is too close to call."""
    return (0.0, 0.0) if settle else (tolerance, _NOISE)


def _two_player(stack: Floats, settle: bool, tolerance: float) -> StackedEquilibria:
    m, n = stack.shape[2:]
    systems = 2 * comb(m + n, m)
    if systems > MAX_SYSTEMS:
        raise TooLarge(
            f"all equilibria of a {m} by {n} game take up to {systems:.1e} linear systems, the limit is "
            f"{MAX_SYSTEMS:.1e}; raise gametheory.solvers.stacked.MAX_SYSTEMS to try"
        )
    tolerance, noise = _limits(settle, tolerance)
    found = two_player_stacks.solve(stack, tolerance=tolerance, noise=noise)
    degenerate, exact = found.doubtful, np.zeros(len(stack), bool)
    solved = StackedEquilibria(
        found.game,
        (found.x, found.y),
        found.payoffs,
        found.regret,
        found.index,
        found.tied,
        degenerate,
        exact,
        ~degenerate,
    )
    return _settled(stack, solved, degenerate) if settle else solved


def _many_player(stack: Floats, settle: bool, tolerance: float) -> StackedEquilibria:
    from gametheory.solvers._kernels import many_player

    if not many_player.supports(stack.shape[2:]):
        solved = _pure_only(stack, settle, tolerance)
        return _settled(stack, solved, ~solved.complete) if settle else solved
    game, strategies, payoffs, regret, index, tied, degenerate = many_player.many_player(stack, tolerance)
    # No kernel settles a game with an entry that is not finite.
    refuse_infinite(stack, np.flatnonzero(degenerate))
    exact = np.zeros(len(stack), bool)
    solved = StackedEquilibria(game, strategies, payoffs, regret, index, tied, degenerate, exact, ~degenerate)
    if settle:
        return _settled(stack, solved, degenerate)
    # Ties that are facts are left by the kernel to others: of such games the pure equilibria are known, and no more.
    left = np.flatnonzero(degenerate)
    pure = _pure_only(stack[left], settle, tolerance)
    facts = pure.tied & ~pure.degenerate
    if not facts.any():
        return solved
    rows = facts[pure.game]
    new: list[Any] = [left[pure.game[rows]], *(x[rows] for x in pure.strategies)]
    new += [pure.index[rows], pure.payoffs[rows], pure.regret[rows]]
    replaced = np.zeros(len(stack), bool)
    replaced[left[facts]] = True
    return _replace(solved, replaced, new, tied=tied | replaced, degenerate=degenerate & ~replaced)


def _pure_only(stack: Floats, settle: bool, tolerance: float) -> StackedEquilibria:
    """Return the pure equilibria, without a claim that there are no others."""
    stable, ties, doubtful = _pure(stack, *_limits(settle, tolerance))
    where = np.nonzero(stable)
    game, profile = where[0], where[1:]
    strategies = tuple(np.eye(n)[choice] for n, choice in zip(stack.shape[2:], profile, strict=True))
    index = np.where(ties[where], 0, 1).astype(np.int8)
    payoffs, regret = _values(stack, game, strategies)
    no = np.zeros(len(stack), bool)
    return StackedEquilibria(
        game, strategies, payoffs, regret, index, _anywhere(ties), _anywhere(doubtful), no, no
    )


def _replace(
    solved: StackedEquilibria, games: Booleans, new: list[Any], **flags: Booleans
) -> StackedEquilibria:
    """Put other rows in the place of those of some games: game, strategies, index, payoffs and regret."""
    keep = ~games[solved.game]
    old: list[Any] = [solved.game, *solved.strategies, solved.index, solved.payoffs, solved.regret]
    rows = stack_pieces.merge([column[keep] for column in old], new)
    game, strategies = rows[0], rows[1:-3]
    index, payoffs, regret = rows[-3:]
    return replace(
        solved, game=game, strategies=strategies, index=index, payoffs=payoffs, regret=regret, **flags
    )


def _settled(stack: Floats, solved: StackedEquilibria, doubtful: Booleans) -> StackedEquilibria:
    """Solve the doubtful games exactly and put their rows in the place of what there was."""
    left = np.flatnonzero(doubtful)
    if not len(left):
        return solved
    from gametheory.solvers.stacked_exact import solve_exactly

    found = solve_exactly(stack, left)
    new: list[Any] = [found.game, *found.strategies, found.index]
    new += _values(stack, found.game, found.strategies)
    tied, complete, exact = solved.tied.copy(), solved.complete.copy(), solved.exact.copy()
    tied[left], complete[left], exact[left] = found.tied, found.complete, True
    return _replace(solved, doubtful, new, tied=tied, complete=complete, exact=exact)


def _values(stack: Floats, game: Integers, strategies: tuple[Floats, ...]) -> tuple[Floats, Floats]:
    """Return expected payoffs and regret of each row, a part of the rows at a time."""
    n_players = stack.shape[1]
    payoffs, regret = np.empty((len(game), n_players)), np.zeros(len(game))
    step = max(1, 2**20 // prod(stack.shape[1:]))
    for first in range(0, len(game), step):
        rows = slice(first, first + step)
        for i in range(n_players):
            pay = stack[game[rows], i]
            for j in range(n_players - 1, -1, -1):
                if j != i:
                    # Strategies after j that are not i's are summed over already.
                    pay = np.einsum("r...s,rs->r...", np.moveaxis(pay, 1 + j, -1), strategies[j][rows])
            payoffs[rows, i] = (pay * strategies[i][rows]).sum(axis=1)
            regret[rows] = np.maximum(regret[rows], pay.max(axis=1) - payoffs[rows, i])
    return payoffs, regret


def _anywhere(flags: Booleans) -> Booleans:
    """Whether a flag is set at some profile of each game."""
    return np.asarray(flags.reshape(len(flags), prod(flags.shape[1:])).any(axis=1))


def chunks(
    payoffs: Any, size: Any = 2**18, *, settle: bool = True, tolerance: float = TOLERANCE
) -> Iterator[StackedEquilibria]:
    """Solve a stack `size` games at a time, so that no more than their equilibria are in memory.

    Parameters
    ----------
    payoffs : array-like (B, N, n_1, ..., n_N)
        The stack; a memory map is read piece by piece.
    size : int
        Games at a time.
    settle, tolerance
        As in :func:`nash_equilibria`.

    Yields
    ------
    StackedEquilibria
        Of consecutive parts of the stack; `game` counts from the first game of the part.

    Raises
    ------
    GameError
        If the payoffs are not a stack or not finite, or `size` is not positive.

    Examples
    --------
    How many equilibria have games of 2x2?

    >>> import numpy as np
    >>> from gametheory.solvers.stacked import chunks
    >>> stack = np.random.default_rng(0).normal(size=(1000, 2, 2, 2))
    >>> sum(np.bincount(part.count, minlength=4) for part in chunks(stack, 300)).tolist()
    [0, 874, 0, 126]
    """
    if not isinstance(size, Integral) or size < 1:
        raise GameError(f"size is a number of games at a time, at least 1, not {size!r}")
    stack = payoffs if isinstance(payoffs, np.ndarray) else _floats(payoffs)
    for first in range(0, max(len(stack) if stack.ndim else 1, 1), int(size)):
        yield nash_equilibria(
            stack[first : first + int(size)] if stack.ndim else stack, settle=settle, tolerance=tolerance
        )


def nash_equilibria(payoffs: Any, *, settle: bool = True, tolerance: float = TOLERANCE) -> StackedEquilibria:
    """Return the Nash equilibria of every game in a stack.

    Parameters
    ----------
    payoffs : array-like (B, N, n_1, ..., n_N)
        Payoffs of `B` games of one shape, player axis before the strategy axes. Games may also vary fastest in memory (the
        transpose of a contiguous array of shape ``(N, n_1, ..., n_N, B)``); other layouts are copied.
    settle : bool
        Whether to take the payoffs at their word and solve exactly what floats leave in doubt. Otherwise payoffs are taken with
        a tolerance.
    tolerance : float
        Where nothing is settled, comparisons closer than this, relative to the range of a player's payoffs, mark a game as degenerate.

    Returns
    -------
    StackedEquilibria
        All equilibria of each game that is marked as complete: in tied games the extreme ones, which span all.

    Raises
    ------
    GameError
        If the payoffs are not a stack or not finite.
    TooLarge
        If a single game is beyond ``stacked.MAX_SYSTEMS``, or the exact solver says so.

    Notes
    -----
    With two threads, some 50 million games of 2x2, 15 million of 3x3 and two million of 5x5 a second; the first call in an
    environment compiles for some seconds, and the result is kept on disk. Exact arithmetic takes a fraction of a millisecond a
    game and more; of random games next to none need it.

    References
    ----------
    B. von Stengel, "Computing equilibria for two-person games", Handbook of Game Theory 3, 2002, ch. 45.

    Examples
    --------
    Matching pennies, and the battle of the sexes with its three equilibria:

    >>> import numpy as np
    >>> from gametheory.solvers.stacked import nash_equilibria
    >>> pennies = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]
    >>> sexes = [[[3, 0], [0, 2]], [[2, 0], [0, 3]]]
    >>> found = nash_equilibria(np.array([pennies, sexes], float))
    >>> found
    <StackedEquilibria: 4 equilibria of 2 games>
    >>> found.game.tolist(), found.index.tolist()
    ([0, 1, 1, 1], [1, 1, 1, -1])
    >>> found.strategies[0][-1].round(6).tolist(), found.payoffs[-1].round(6).tolist()
    ([0.6, 0.4], [1.2, 1.2])
    """
    if not tolerance >= 0:
        raise GameError(f"tolerance is a number not below zero, not {tolerance!r}")
    stack = _check(payoffs)
    shape = stack.shape[2:]
    movers = [i for i, n in enumerate(shape) if n > 1] or [0]
    if len(movers) == len(shape):
        solve = {1: _one_player, 2: _two_player}.get(len(shape), _many_player)
        return solve(stack, settle, tolerance)
    # Players without a choice are spectators: solve among the movers, then put the spectators back.
    spectators = tuple(i + 2 for i in range(len(shape)) if i not in movers)
    squeezed = stack.squeeze(axis=spectators)
    inner = nash_equilibria(np.ascontiguousarray(squeezed[:, movers]), settle=settle, tolerance=tolerance)
    strategies = [np.ones((len(inner), 1)) for _ in shape]
    expected = squeezed[inner.game]
    for i, strategy in zip(movers, inner.strategies, strict=True):
        strategies[i] = strategy
        expected = np.einsum("rps...,rs->rp...", expected, strategy)
    return StackedEquilibria(
        inner.game,
        tuple(strategies),
        expected,
        inner.regret,
        inner.index,
        inner.tied,
        inner.degenerate,
        inner.exact,
        inner.complete,
    )
