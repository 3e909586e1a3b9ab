r"""Subgame-perfect equilibria of one tree at many points, in floating point, as a join of tables from the bottom up.

A profile is subgame perfect iff it induces an equilibrium in every stage (:mod:`gametheory.solvers.stages`) once the
leaves of the stage pay what is played after them (Selten 1965). At a point with several equilibria after different
leaves every combination of them is a game of its own. So each stage gets a *table* with one row for each point and
equilibrium of the subgame that starts there, with the expected payoffs, the expected outcomes and the local behaviour
as columns::

    games of a stage  =  join over points of the tables of its child stages      (cartesian product at each point)
    table of a stage  =  nash_equilibria(games of the stage)                     (one compiled call for all rows)

An outcome is a weight for each terminal node (a probability has weights 0 and 1), so that its expected value goes
upward exactly as payoffs do. No step looks at a single point.

Points that come within tolerance of a tie in some stage are flagged as degenerate, not settled: see
:mod:`gametheory.solvers.stacked`. Points with a stage of three or more movers, of which only the pure equilibria are
found, are not complete.

References
----------
R. Selten, "Spieltheoretische Behandlung eines Oligopolmodells mit Nachfragetraegheit", Zeitschrift fuer die gesamte
Staatswissenschaft 121, 1965, 301-324.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gametheory.errors import GameError, TooLarge
from gametheory.solvers.stacked import (
    TOLERANCE,
    Booleans,
    Floats,
    Integers,
    StackedEquilibria,
    nash_equilibria,
)
from gametheory.solvers.stages import stages as stages_of

if TYPE_CHECKING:
    from gametheory.games.extensive import ExtensiveGame
    from gametheory.solvers.stages import Stage

__all__ = ["MAX_BYTES", "StackedTreeEquilibria", "behaviour_columns", "subgame_perfect"]

MAX_BYTES = 2**31
"""Memory that the values of one stage may take, for all points and combinations of later equilibria together."""

# Of the size of the payoffs: a range below it may hide rounding from a tolerance that is relative to the range.
_NEGLIGIBLE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class StackedTreeEquilibria:
    """Subgame-perfect equilibria of a tree at `B` points, one row an equilibrium, rows sorted by point.

    Attributes
    ----------
    point : int array (R,)
        The point at which the row is an equilibrium.
    payoffs : float array (R, N)
        Expected payoffs.
    outcomes : float array (R, K)
        Expected values of the outcomes asked for.
    behaviour : float array (R, M) or None
        Probability of each action of each information set, in the order of :func:`behaviour_columns`. At an information set
        which the player's own earlier choice in the same stage precludes anything goes, and the first action stands.
    tied : bool array (B,)
        Points with a stage in which a best reply is tied.
    degenerate : bool array (B,)
        Points within tolerance of a tie: solve them exactly.
    complete : bool array (B,)
        Points all of whose equilibria are listed.
    """

    point: Integers
    payoffs: Floats
    outcomes: Floats
    behaviour: Floats | None
    tied: Booleans
    degenerate: Booleans
    complete: Booleans

    def __len__(self) -> int:
        return len(self.point)

    def __repr__(self) -> str:
        return (
            f"<StackedTreeEquilibria: {len(self.point)} equilibria at {len(self.complete)} points, "
            f"{int(self.degenerate.sum())} of them degenerate>"
        )

    @property
    def count(self) -> Integers:
        """Number of equilibria found at each point."""
        return np.bincount(self.point, minlength=len(self.complete)).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Rows of one stage: those of point `b` are ``start[b]`` to ``start[b + 1]``."""

    start: Integers
    point: Integers
    values: Floats  # (R, N + K): payoffs, then outcomes
    strategies: tuple[Floats, ...]
    children: dict[int, Integers]  # for each child stage, the row of its table that follows


def behaviour_columns(game: ExtensiveGame) -> tuple[tuple[int, int], ...]:
    """Return the (information set, action) of each column of `behaviour`, as positions."""
    return tuple((h, a) for h, infoset in enumerate(game.infosets) for a in range(len(infoset.actions)))


def subgame_perfect(
    game: ExtensiveGame,
    payoffs: Any,
    chance: Any = None,
    outcomes: Any = None,
    *,
    behaviour: bool = False,
    stages: tuple[Stage, ...] | None = None,
    tolerance: float = TOLERANCE,
) -> StackedTreeEquilibria:
    """Return the subgame-perfect equilibria of a tree at every point of a stack of payoffs.

    Parameters
    ----------
    game : ExtensiveGame
        The structure; its own payoffs are not used.
    payoffs : array-like (B, N, T)
        Payoffs at the terminal nodes, in the order of ``game.terminals``, at each of `B` points.
    chance : array-like (B, n_nodes) or (n_nodes,), optional
        Probability of the edge into each node; those of `game` by default.
    outcomes : array-like (K, T) or (B, K, T), optional
        Weights of further quantities whose expectation is wanted.
    behaviour : bool
        Whether to report the probability of every action.
    stages : tuple of Stage, optional
        What :func:`gametheory.solvers.stages.stages` says of `game`, when it is known already.
    tolerance : float
        As in :func:`gametheory.solvers.stacked.nash_equilibria`.

    Returns
    -------
    StackedTreeEquilibria

    Examples
    --------
    A tripwire: whether the West responds depends on what it has at stake, here 10, 130 and 160.

    >>> import numpy as np
    >>> import gametheory as gt
    >>> from gametheory.solvers.stacked_trees import subgame_perfect
    >>> reply = gt.Decision("West", {"acquiesce": gt.Outcome(Russia=1, West=0), "respond": gt.Outcome(Russia=-1, West=0)})
    >>> game = gt.ExtensiveGame(gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply}))
    >>> stake = np.array([10.0, 130.0, 160.0])
    >>> russia = np.broadcast_to([0.0, 1.0, -1.0], (3, 3))
    >>> west = np.stack([0 * stake, -stake / 2, -stake / 5 - 40], axis=1)
    >>> found = subgame_perfect(game, np.stack([russia, west], axis=1), behaviour=True)
    >>> found.payoffs.tolist()
    [[1.0, -5.0], [1.0, -65.0], [0.0, 0.0]]
    >>> found.behaviour[:, 0].tolist()  # Russia refrains
    [0.0, 0.0, 1.0]
    """
    pay, weights, edge = _check(game, payoffs, chance, outcomes)
    tree = stages_of(game) if stages is None else stages
    points = len(pay)
    tied, degenerate, complete = np.zeros(points, bool), np.zeros(points, bool), np.ones(points, bool)
    tables: dict[int, _Table] = {}
    terminal = {int(node): t for t, node in enumerate(game.terminals)}
    for k, stage in enumerate(tree):
        children = {child: tables[child] for child in stage.child if child >= 0}
        start, point, rows = _join(points, children, game, stage, pay.shape[1] + weights.shape[1])
        leaves = _leaf_values(stage, terminal, pay, weights, edge, children, point, rows)
        reaches = stage.reaches().reshape(-1, len(stage.leaves)).astype(np.float64)
        # One product for all rows: (profiles, leaves) times (leaves, rows * columns).
        values = (reaches @ leaves.reshape(len(stage.leaves), -1)).reshape(len(reaches), len(point), -1)
        if not stage.players:
            tables[k] = _Table(start, point, values[0], (), rows)
        else:
            own = values[:, :, list(stage.players)]
            games = own.transpose(1, 2, 0).reshape(len(point), len(stage.players), *stage.shape)
            found = nash_equilibria(games, settle=False, tolerance=tolerance)
            tied[point[found.tied]] = True
            # Above a tie, earlier moves may respond to mixtures of what is tied: whether they do is for the exact solver.
            above = found.tied & found.complete if k < len(tree) - 1 else np.zeros(len(point), bool)
            ends = np.flatnonzero(
                (game.terminals >= stage.root) & (game.terminals < game.subtree_end[stage.root])
            )
            size = np.abs(pay[:, np.array(stage.players)[:, None], ends]).max(axis=2)
            doubtful = found.degenerate | above | _cancelled(own, size[point])
            doubtful[found.game[_alike(stage, found)]] = True
            degenerate[point[doubtful]] = True
            complete[point[~found.complete]] = False
            below = {child: r[found.game] for child, r in rows.items()} if behaviour else {}
            strategies = found.strategies if behaviour else ()
            here = point[found.game]
            start = np.searchsorted(here, np.arange(points + 1))
            tables[k] = _Table(start, here, _expected(values, found), strategies, below)
        for child in children:
            if not behaviour:
                del tables[child]
    root = tables[len(tree) - 1]
    return StackedTreeEquilibria(
        root.point,
        np.ascontiguousarray(root.values[:, : pay.shape[1]]),
        np.ascontiguousarray(root.values[:, pay.shape[1] :]),
        _behaviour(game, tree, tables) if behaviour else None,
        tied,
        degenerate,
        complete & ~degenerate,
    )


def _cancelled(own: Floats, size: Floats) -> Booleans:
    """Return the rows in which what a mover's choice is worth is so small beside the payoffs that it may be rounding."""
    spread = own.max(axis=0) - own.min(axis=0)
    return np.asarray(((spread > 0) & (spread <= _NEGLIGIBLE * size)).any(axis=1))


def _alike(stage: Stage, found: StackedEquilibria) -> Booleans:
    """Return the tied equilibria that mix plans of several information sets: other mixtures may be the same behaviour."""
    result = np.zeros(len(found), bool)
    for infosets, mixed in zip(stage.infosets, found.strategies, strict=True):
        if len(infosets) > 1:
            result |= (mixed > 0).sum(axis=1) > 1
    return result & found.tied[found.game]


def _check(game: ExtensiveGame, payoffs: Any, chance: Any, outcomes: Any) -> tuple[Floats, Floats, Floats]:
    """Return payoffs (B, N, T), outcome weights (B or 1, K, T) and edge probabilities (B or 1, n_nodes) as floats."""
    pay = np.asarray(payoffs, dtype=np.float64)
    n_players, n_terminals = len(game.players), len(game.terminals)
    if pay.ndim != 3 or pay.shape[1:] != (n_players, n_terminals):
        raise GameError(
            f"payoffs of this tree have shape (points, {n_players} players, {n_terminals} terminal nodes), got {pay.shape}"
        )
    edge = np.asarray(game.chance_probability if chance is None else chance, dtype=np.float64)
    if edge.ndim == 1:
        edge = edge[None]
    if edge.shape[1:] != (game.n_nodes,) or len(edge) not in (1, len(pay)):
        raise GameError(
            f"chance probabilities have shape (points, {game.n_nodes} nodes) or ({game.n_nodes},), got {edge.shape}"
        )
    weights = np.zeros((1, 0, n_terminals)) if outcomes is None else np.asarray(outcomes, dtype=np.float64)
    if weights.ndim == 2:
        weights = weights[None]
    if weights.ndim != 3 or weights.shape[2] != n_terminals or len(weights) not in (1, len(pay)):
        raise GameError(
            f"outcome weights have shape (outcomes, {n_terminals} terminal nodes), with the points in front of it if "
            f"they differ, got {weights.shape}"
        )
    for name, array in (("payoffs", pay), ("chance probabilities", edge), ("outcome weights", weights)):
        if not np.isfinite(array).all():
            where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            raise GameError(f"{name} must be finite; entry {where} is {array[where]}")
    return pay, weights, edge


def _join(
    points: int, children: dict[int, _Table], game: ExtensiveGame, stage: Stage, columns: int
) -> tuple[Integers, Integers, dict[int, Integers]]:
    """Return every combination, at each point, of one row of each child table: start, point, and the rows chosen."""
    counts = np.ones(points, dtype=np.int64)
    for sizes in [np.ones(points, dtype=np.int64), *(np.diff(table.start) for table in children.values())]:
        counts *= sizes
        total = counts.sum(dtype=np.float64)
        size = total * columns * 8.0 * (len(stage.leaves) + math.prod(stage.shape))
        if size > MAX_BYTES:
            raise TooLarge(
                f"the stage at {game.path(stage.root)} is followed by {total:.3g} combinations of equilibria over "
                f"{points:,} points, which take {size:.3g} bytes; the limit is {MAX_BYTES:.3g}. Take fewer points at once, "
                "or raise gametheory.solvers.stacked_trees.MAX_BYTES"
            )
    start = np.concatenate([[0], np.cumsum(counts)])
    point = np.repeat(np.arange(points), counts)
    rest = np.arange(len(point)) - start[point]
    rows = {}
    for child, table in children.items():
        choices = np.diff(table.start)[point]
        rows[child] = table.start[point] + rest % choices
        rest //= choices
    return start, point, rows


def _leaf_values(
    stage: Stage,
    terminal: dict[int, int],
    pay: Floats,
    weights: Floats,
    edge: Floats,
    children: dict[int, _Table],
    point: Integers,
    rows: dict[int, Integers],
) -> Floats:
    """Return payoffs and outcomes at each leaf, times the chance probabilities on the way: (leaves, rows, columns)."""
    n = pay.shape[1]
    values = np.empty((len(stage.leaves), len(point), n + weights.shape[1]))
    for j, (leaf, child) in enumerate(zip(stage.leaves, stage.child, strict=True)):
        if child >= 0:
            values[j] = children[child].values[rows[child]]
        else:
            t = terminal[leaf]
            values[j, :, :n] = pay[point, :, t]
            values[j, :, n:] = weights[point, :, t] if len(weights) > 1 else weights[0, :, t]
        for node in stage.chance_nodes[j]:
            values[j] *= edge[point, node, None] if len(edge) > 1 else edge[0, node]
    return values


def _expected(values: Floats, found: StackedEquilibria) -> Floats:
    """Expectation over the equilibrium's pure profiles of `values` (profiles, games, columns): (equilibria, columns)."""
    weight = np.ones((len(found), 1))
    for strategy in found.strategies:
        weight = (weight[:, :, None] * strategy[:, None, :]).reshape(len(found), -1)
    result = np.zeros((len(found), values.shape[2]))
    for s, table in enumerate(values):
        played = np.flatnonzero(weight[:, s])
        result[played] += weight[played, s, None] * table[found.game[played]]
    return result


def _behaviour(game: ExtensiveGame, tree: tuple[Stage, ...], tables: dict[int, _Table]) -> Floats:
    """Follow the rows of the root down through the tables and turn each stage's strategies into behaviour."""
    offset = np.cumsum([0, *(len(infoset.actions) for infoset in game.infosets)])
    root = len(tree) - 1
    result = np.empty((len(tables[root].point), int(offset[-1])))
    chosen = {root: np.arange(len(tables[root].point))}
    for k in range(root, -1, -1):
        stage, table, rows = tree[k], tables[k], chosen.pop(k)
        for child, below in table.children.items():
            chosen[child] = below[rows]
        for infosets, plans, mixed in zip(stage.infosets, stage.strategies, table.strategies, strict=True):
            plan, weight = np.array(plans, dtype=np.int64), mixed[rows]
            for position, h in enumerate(infosets):
                # Kuhn 1953: an action is as likely as the plans that take it among those that can come to it.
                taken = plan[:, position, None] == np.arange(offset[h + 1] - offset[h])
                column = weight @ taken.astype(np.float64)
                total = column.sum(axis=1, keepdims=True)
                first = np.arange(column.shape[1]) == 0
                result[:, offset[h] : offset[h + 1]] = np.where(
                    total > 0, column / np.where(total > 0, total, 1.0), first
                )
    return result
