r"""Quantal response equilibria: players who choose better strategies more often, but not always the best.

In a *logit quantal response equilibrium* at precision :math:`\lambda \ge 0` every player plays each strategy with probability

.. math:: p_i(s) = \frac{e^{\lambda u_i(s, p_{-i})}}{\sum_t e^{\lambda u_i(t, p_{-i})}}

(McKelvey and Palfrey 1995). In a tree the same is said of every action at every information set, with the expected payoff once
that is reached (*agent* quantal response, McKelvey and Palfrey 1998). At precision 0 play is uniform; as the precision grows, limits of
quantal response equilibria are Nash equilibria, in trees sequential equilibria. A quantal response equilibrium is not itself a
Nash equilibrium: it leaves every player a regret of at most :math:`\log(n_i) / \lambda`.

The precision is measured in one over the unit of payoffs: multiplying all payoffs by :math:`c` and dividing :math:`\lambda` by
:math:`c` changes nothing, nor does adding a constant to a player's payoffs. A precision estimated from an experiment belongs to
the unit in which its payoffs were written.

For small precision there is one quantal response equilibrium; for larger ones there may be several. In almost all games exactly
one curve of them begins with uniform play, the *principal branch*, which leads to a Nash equilibrium (the logit solution of the
game). It is what is computed here, by following the curve (Turocy 2005), which may turn back so that a precision occurs several times.

*When there is only one.* Let :math:`d_{ij}` be the most by which :math:`u_i(s, a) - u_i(t, a)` can change, over all
:math:`s, t`, when :math:`j` alone changes its strategy. The logit response satisfies
:math:`\|dp_i\|_1 \le \frac{\lambda}{4} \sum_j d_{ij} \|dp_j\|_1`, so if the spectral radius of :math:`\frac{\lambda}{4} d`
is less than 1 it is a contraction, and the equilibrium is unique. With perfect information there is always just one, by backward
induction.

References
----------
.. [1] R. D. McKelvey and T. R. Palfrey, "Quantal response equilibria for normal form games", *Games and Economic Behavior* 10
   (1995), 6-38.
.. [2] R. D. McKelvey and T. R. Palfrey, "Quantal response equilibria for extensive form games", *Experimental Economics* 1
   (1998), 9-41.
.. [3] T. L. Turocy, "A dynamic homotopy interpretation of the logistic quantal response equilibrium correspondence", *Games and
   Economic Behavior* 51 (2005), 243-263.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from gametheory.equilibria.result import EquilibriumSet
from gametheory.errors import GameError, NotConverged, Unsupported
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame
from gametheory.solvers import _logit_form
from gametheory.solvers._quantal_response_results import Point, PrincipalBranch, QuantalResponse, response

__all__ = [
    "MAX_STEPS",
    "PrincipalBranch",
    "QuantalResponse",
    "StackedResponses",
    "principal_branch",
    "quantal_response_equilibrium",
    "stacked",
]

#: Steps along the branch before it is given up.
MAX_STEPS = 20_000

#: The most by which probabilities may differ from the logit response to them.
RESIDUAL = 1e-9

#: How far :func:`principal_branch` goes by itself, over the range of payoffs.
FAR = 1000.0

# Comparisons of payoffs up to which it is asked whether a quantal response equilibrium is the only one.
_MOST_COMPARISONS = 10_000_000
_CHUNK = 64 * 2**20  # bytes of payoffs of a stack that are scaled at a time

Floats: TypeAlias = npt.NDArray[np.float64]
Game: TypeAlias = NormalFormGame | ExtensiveGame


class _Scaled(NamedTuple):
    """A game as the kernel takes it."""

    game: Game
    form: _logit_form.Form
    payoffs: Floats  # (N, T), between 0 and 1
    spread: float  # what one unit of them is in payoffs

    def traced(
        self, precisions: Floats, keep: bool
    ) -> tuple[int, list[tuple[int, Point]], list[Point], list[float]]:
        """The branch up to the last of some precisions: status, points at these, all points, crossings."""
        from gametheory.solvers._kernels.logit import trace

        n = int(self.form.start[-1])
        most = 9 * len(precisions) + 20
        hits, at = np.empty((most, n + 3)), np.empty(most, np.int64)
        points, crossings = np.empty((MAX_STEPS if keep else 0, n + 3)), np.empty(256)
        status, n_hits, n_points, n_crossings = trace(
            tuple(self.form),
            self.payoffs,
            precisions * self.spread,
            MAX_STEPS,
            keep,
            hits,
            at,
            points,
            crossings,
        )
        found = [(int(at[k]), self._point(hits[k])) for k in range(n_hits)]
        # Exactly the precision that was asked for, not what is left of it after scaling there and back.
        found = [(k, point._replace(precision=float(precisions[k]))) for k, point in found]
        where = [float(c) / self.spread for c in crossings[:n_crossings]]
        return status, found, [self._point(row) for row in points[:n_points]], where

    def _point(self, row: Floats) -> Point:
        return Point(np.exp(row[:-3]), float(row[-3]) / self.spread, float(row[-2]), float(row[-1]))

    def uniform(self) -> Point:
        sizes = np.diff(self.form.start)
        return Point(np.repeat(1.0 / sizes, sizes), 0.0, 0.0, 0.0)


# Precisions are in units of one over the range of the payoffs, and must be floats as well.
_LEAST_RANGE = 1e-280


def scaled(game: Game, verb: str) -> _Scaled:
    """Read a game for the kernel.

    Raises
    ------
    GameError, Unsupported, TooLarge
        If it is no game, its payoffs have parameters, its players forget, or it is too large.
    """
    if not isinstance(game, NormalFormGame | ExtensiveGame):
        raise GameError(f"{verb} takes a NormalFormGame or an ExtensiveGame, not {type(game).__name__}.")
    if game.domain == "parametric":
        raise Unsupported(
            f"the payoffs depend on {', '.join(sorted(game.parameters))}. Give values, with model.at(...) or game.substitute({{...}})."
        )
    if isinstance(game, NormalFormGame):
        form = _logit_form.of_shape(game.shape)
    elif not game.perfect_recall:
        raise Unsupported(
            "quantal response in a tree is defined here for players who forget nothing; this game has imperfect recall."
        )
    elif not game.infosets:
        raise GameError("nobody decides anything in this tree, so that there is nothing to respond to.")
    else:
        form = _logit_form.of_tree(game)
    table = game.payoffs.reshape(game.n_players, -1)
    low = table.min(axis=1)[:, None]
    with np.errstate(over="ignore"):
        spread = (table - low).max() or 1
    try:
        unit = float(spread)
    except OverflowError:
        unit = math.inf
    if not _LEAST_RANGE < unit < math.inf:
        raise GameError(
            "the payoffs of the game have a range that is beyond that of floats; write them in another unit."
        )
    payoffs = np.ascontiguousarray(((table - low) / spread).astype(np.float64))
    return _Scaled(game, form, payoffs, unit)


def quantal_response_equilibrium(game: Game, precision: float) -> EquilibriumSet:
    """The logit quantal response equilibrium of a game on its principal branch.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
        A tree is solved by agent quantal response: every information set responds by itself, to payoffs expected once it is
        reached. For the quantal response of its strategic form, pass ``strategic_form(tree)``.
    precision : float
        At least 0, in one over the unit of payoffs; 0 is uniform play.

    Returns
    -------
    EquilibriumSet
        One :class:`QuantalResponse`, with its Nash ``regret`` and its ``residual``; where the branch turns back, the one that comes first
        from uniform play. It is complete where there is provably no other quantal response equilibrium at this precision.

    Raises
    ------
    GameError
        If the precision is negative or not finite.
    NotConverged
        If the branch could not be followed so far.
    Unsupported
        If the payoffs have parameters, or the players of a tree forget.

    See Also
    --------
    principal_branch : the whole curve.
    gametheory.solvers.logit_path.logit_equilibrium : the Nash equilibrium at its end.

    References
    ----------
    .. [1] R. D. McKelvey and T. R. Palfrey, "Quantal response equilibria for normal form games", *Games and Economic Behavior*
       10 (1995), 6-38.

    Examples
    --------
    Matching pennies in which one match is worth four times the other (Ochs 1995), in the units of McKelvey and Palfrey; the
    precision that fits the a block of the data is 1.846:

    >>> import gametheory as gt
    >>> ochs = gt.NormalFormGame.from_bimatrix([[1.1141, 0], [0, 0.2785]], [[0, 1.1141], [1.1141, 0]])
    >>> found = gt.quantal_response_equilibrium(ochs, 1.846)
    >>> [round(found[0].strategies[player]["1"], 3) for player in ochs.players], found.complete
    ([0.616, 0.383], True)
    >>> found[0].residual < 1e-12, round(found[0].regret, 3)
    (True, 0.099)
    """
    values = _precisions([precision])
    problem = scaled(game, "quantal_response_equilibrium")
    crossings: list[float] = []
    if values[0] == 0:
        point = problem.uniform()
    else:
        status, found, _, crossings = problem.traced(values, keep=False)
        if not found:
            raise _lost(status, values[0])
        point = found[0][1]
        if not point.residual <= RESIDUAL:
            raise NotConverged(
                f"the point found at precision {values[0]:g} is {point.residual:.1e} away from a logit response, more than {RESIDUAL:g}."
            )
    unique = _unique(problem, float(values[0]))
    reason = "the quantal response equilibrium on the principal branch; there may be others at this precision"
    if crossings:
        reason += f", and other branches cross the principal one at precision {', '.join(f'{c:.6g}' for c in crossings[:3])}"
    return EquilibriumSet(
        (response(game, point),),
        "logit quantal response",
        "principal branch",
        unique,
        "" if unique else reason,
    )


def principal_branch(
    game: Game, precisions: Iterable[float] | None = None, *, to: float | None = None
) -> PrincipalBranch:
    """The curve of quantal response equilibria that begins with uniform play.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
    precisions : iterable of float, optional
        Give the points at these precisions only, up to where the curve first reaches the greatest of them. Where it turns back
        it has a precision several times, and all of these points are given, in their order along the curve.
    to : float, optional
        Without `precisions`, all points computed until the curve reaches this precision; by default 1000 over the range of payoffs.

    Returns
    -------
    PrincipalBranch

    Raises
    ------
    GameError, Unsupported, TooLarge, NotConverged
        As for :func:`quantal_response_equilibrium`.

    References
    ----------
    .. [1] T. L. Turocy, "A dynamic homotopy interpretation of the logistic quantal response equilibrium correspondence", *Games
       and Economic Behavior* 51 (2005), 243-263.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.solvers.quantal_response import principal_branch
    >>> sexes = gt.NormalFormGame.from_bimatrix([[3, 0], [0, 2]], [[2, 0], [0, 2]], players=("Ann", "Bob"), strategies=[["l", "r"]] * 2)
    >>> branch = principal_branch(sexes, [0, 1, 2, 4])
    >>> branch
    <PrincipalBranch: 4 points from precision 0 to 4>
    >>> branch.to_frame()[["precision", "P(Ann: l)", "P(Bob: l)"]].round(3).reset_index(drop=True)
       precision  P(Ann: l)  P(Bob: l)
    0        0.0      0.500      0.500
    1        1.0      0.895      0.829
    2        2.0      0.997      0.982
    3        4.0      1.000      1.000
    """
    problem = scaled(game, "principal_branch")
    if precisions is None:
        values = _precisions([FAR / problem.spread if to is None else to])
    elif to is not None:
        raise GameError("give either precisions or to=, not both.")
    else:
        values = _precisions(precisions)
    points = [problem.uniform()] if values[0] == 0 and precisions is not None else []
    crossings: list[float] = []
    positive = values[values > 0]
    if precisions is None and not len(positive):
        points = [problem.uniform()]
    if len(positive):
        status, found, curve, crossings = problem.traced(positive, keep=precisions is None)
        reached = {k for k, _ in found}
        if len(positive) - 1 not in reached:
            raise _lost(status, positive[-1])
        if precisions is None:
            # The last point lies beyond the end; what is wanted ends with the point that lies on it.
            points = [*curve[:-1], found[-1][1]]
        else:
            points += [point for _, point in found]
    worst = max(points, key=lambda point: point.residual)
    if not worst.residual <= RESIDUAL:
        raise NotConverged(
            f"the point at precision {worst.precision:g} is {worst.residual:.1e} away from a logit response, more than {RESIDUAL:g}."
        )
    together = np.array([point.probabilities for point in points])
    return PrincipalBranch(
        game,
        np.array([point.precision for point in points]),
        np.array([point.arc_length for point in points]),
        np.array([point.residual for point in points]),
        tuple(np.split(together, problem.form.start[1:-1], axis=1)),
        tuple(crossings),
    )


@dataclass(frozen=True, slots=True, eq=False)
class StackedResponses:
    """Quantal response equilibria of a stack of `B` games, one each.

    Attributes
    ----------
    strategies : tuple of float arrays (B, n_i)
        Mixed strategy of each player; NaN where it was not found.
    residual : float array (B,)
        The most by which a probability differs from the logit response to the others.
    converged : bool array (B,)
        Games whose equilibrium was found, with a residual of no more than :data:`RESIDUAL`.
    crossings : int array (B,)
        How many other branches cross the principal one on the way.
    """

    strategies: tuple[Floats, ...]
    residual: Floats
    converged: npt.NDArray[np.bool_]
    crossings: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.converged)

    def __repr__(self) -> str:
        return f"<StackedResponses: {int(self.converged.sum())} of {len(self)} games>"


def stacked(payoffs: Any, precision: Any, *, strict: bool = True) -> StackedResponses:
    """The logit quantal response equilibria of a stack of games on their principal branches, compiled and in parallel.

    Parameters
    ----------
    payoffs : array-like (B, N, n_1, ..., n_N)
        Payoffs of `B` games of one shape, player axis before the strategy axes.
    precision : float or array-like (B,)
        At least 0.
    strict : bool
        Whether to raise if a game is not solved; otherwise it is only marked.

    Returns
    -------
    StackedResponses

    Raises
    ------
    GameError
        If shapes do not fit, or a number is not finite.
    NotConverged
        If a game is not solved, naming the first.

    Examples
    --------
    >>> import numpy as np
    >>> from gametheory.solvers.quantal_response import stacked
    >>> games = np.array([[[[x, 0], [0, 1]], [[0, 1], [1, 0]]] for x in (1, 4, 9)], float)
    >>> found = stacked(games, 1)
    >>> found
    <StackedResponses: 3 of 3 games>
    >>> found.strategies[0].round(3).tolist()
    [[0.5, 0.5], [0.722, 0.278], [0.894, 0.106]]
    """
    from gametheory.solvers._kernels.logit import stack

    games = np.ascontiguousarray(payoffs, dtype=np.float64)
    if games.ndim < 3 or games.shape[1] != games.ndim - 2 or 0 in games.shape[2:]:
        raise GameError(
            f"a stack of games has shape (games, players, n_1, ..., n_N) with at least one strategy a player; this has shape {games.shape}."
        )
    if not np.isfinite(games).all():
        game, player, *cell = (int(k) for k in np.argwhere(~np.isfinite(games))[0])
        raise GameError(
            f"payoffs are finite; that of player {player} in game {game} at strategies {tuple(cell)} is "
            f"{games[(game, player, *cell)]}."
        )
    size, n_players, *shape = games.shape
    values = np.asarray(precision, dtype=np.float64)
    if values.ndim > 1 or (values.ndim == 1 and len(values) != size):
        raise GameError(
            f"precision is one number, or one for each of the {size} games; this has shape {values.shape}."
        )
    values = np.broadcast_to(values, (size,))
    if not (np.isfinite(values) & (values >= 0)).all():
        raise GameError(
            f"a precision is finite and at least 0; one of these is {values[~(np.isfinite(values) & (values >= 0))][0]}."
        )
    form = _logit_form.of_shape(tuple(shape))
    n = int(form.start[-1])
    sizes = np.diff(form.start)
    probabilities = np.broadcast_to(np.repeat(1.0 / sizes, sizes), (size, n)).copy()
    residual, crossings = np.zeros(size), np.zeros(size, np.int64)
    tables = games.reshape(size, n_players, math.prod(shape))
    per_chunk = max(1, _CHUNK // (8 * n_players * tables.shape[2]))
    for first in range(0, size, per_chunk):
        part = tables[first : first + per_chunk]
        low = part.min(axis=2, keepdims=True)
        spread = (part.max(axis=2, keepdims=True) - low).max(axis=1, keepdims=True)
        # Of precision 0, or without any differences in payoffs: uniform play.
        targets = values[first : first + per_chunk] * spread[:, 0, 0]
        busy = np.flatnonzero(targets > 0)
        where = first + busy
        found = stack(tuple(form), (part[busy] - low[busy]) / spread[busy], targets[busy], MAX_STEPS)
        probabilities[where], residual[where], crossings[where] = found
    converged = residual <= RESIDUAL
    if strict and not converged.all():
        raise NotConverged(
            f"{int((~converged).sum())} of {size} games were not solved, first game {int(np.argmin(converged))}; "
            "strict=False marks them."
        )
    return StackedResponses(
        tuple(np.split(probabilities, form.start[1:-1], axis=1)), residual, converged, crossings
    )


# ---------------------------------------------------------------------------------------------------------------------
# Pieces
# ---------------------------------------------------------------------------------------------------------------------
def _precisions(given: Iterable[Any]) -> Floats:
    values = []
    for value in given:
        if isinstance(value, bool) or not isinstance(value, int | float | Fraction | np.number):
            raise GameError(f"the precision is {value!r}; give a number that is at least 0.")
        number = float(value)
        if not (math.isfinite(number) and number >= 0):
            raise GameError(
                f"the precision is {value}; it is finite and at least 0. For the limit of infinite precision there is "
                "nash_equilibria(game, method='logit')."
            )
        values.append(number)
    if not values:
        raise GameError("no precision was given.")
    return np.unique(np.array(values))


def _lost(status: int, precision: float) -> NotConverged:
    from gametheory.solvers._kernels.logit import LONG

    why = f"took more than {MAX_STEPS} steps" if status == LONG else "could not be followed any further"
    return NotConverged(
        f"the principal branch {why} before it reached precision {precision:g}. A smaller precision may be reached; precision is "
        "in one over the unit of payoffs."
    )


def _unique(problem: _Scaled, precision: float) -> bool:
    """Whether there is provably one quantal response equilibrium only; False where that is not known."""
    if precision == 0:
        return True
    if isinstance(problem.game, ExtensiveGame):
        return all(len(h.nodes) == 1 for h in problem.game.infosets)
    shape = problem.game.shape
    if sum(n * n for n in shape) * math.prod(shape) > _MOST_COMPARISONS:
        return False
    n_players = len(shape)
    most = np.zeros((n_players, n_players))
    for i in range(n_players):
        table = np.moveaxis(problem.payoffs[i].reshape(shape), i, 0)
        for s, t in itertools.combinations(range(shape[i]), 2):
            difference = table[s] - table[t]
            for axis, j in enumerate(j for j in range(n_players) if j != i):
                most[i, j] = max(most[i, j], float(np.ptp(difference, axis=axis).max()))
    radius = float(np.abs(np.linalg.eigvals(precision * problem.spread / 4 * most)).max())
    # Rounding must not turn an open question into a proof.
    return radius < 1 - 1e-6
