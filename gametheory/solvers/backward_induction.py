r"""Backward induction in trees of perfect information: one large tree, or one tree at many points of its payoffs.

In a tree in which every information set is a single node, the value of a node is, from the ends upward,

.. math::
   V(v) = \begin{cases}
     u(v) & v \text{ an end} \\
     \sum_w p(w) V(w) & v \text{ a chance move} \\
     V(w^*),\; w^* \in \arg\max_w V_i(w) & v \text{ a decision of player } i
   \end{cases}

with `w` the children of `v` (Zermelo 1913; Kuhn 1953). Taking `w*` at every decision is a subgame-perfect equilibrium, and
the only one if every maximum is attained once. The maximum is therefore compared with the second best at every decision, on
and off the path of play: a tie anywhere, or a gap within tolerance of one, marks the game as *degenerate*. Then what is
reported is one equilibrium among several, or on the wrong side of a knife edge, and
:func:`gametheory.solvers.subgame_perfect.subgame_perfect_equilibria` says what there is.

References
----------
E. Zermelo, "Ueber eine Anwendung der Mengenlehre auf die Theorie des Schachspiels", Proceedings of the Fifth International
Congress of Mathematicians II, 1913, 501-504.
H. W. Kuhn, "Extensive games and the problem of information", Contributions to the Theory of Games II, 1953, 193-216.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from gametheory.errors import GameError, Unsupported
from gametheory.games.extensive import ExtensiveGame
from gametheory.solvers import perfect_information
from gametheory.solvers.perfect_information import CHANCE, TERMINAL, PerfectInformationTree

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BackwardInduction", "backward_induction"]

TOLERANCE = 1e-9
"""Relative size below which a difference of payoffs marks a game as degenerate."""

_NOISE = 1e-13  # of the size of the payoffs: differences below it are rounding, whatever the range
_PROBABILITY = 1e-9  # by which the probabilities of a chance move may miss one
_FEW = 8  # points up to which each is solved on its own

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int32]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BackwardInduction:
    """A subgame-perfect equilibrium in pure strategies of each of `B` games, and whether it is the only one.

    Attributes
    ----------
    tree : PerfectInformationTree
    values : float array (B, N)
        What each player gets.
    actions : int array (B, D)
        The action at each decision, as the position of the child among its siblings, in the order of ``tree.decisions``; the
        first of the best ones where there are several.
    tied : bool array (B,)
        Games in which somewhere two actions are equally good for the mover, as floats.
    degenerate : bool array (B,)
        Games with such a tie, or within tolerance of one. The others have no equilibrium but the one reported.

    See Also
    --------
    gametheory.subgame_perfect_equilibria : All equilibria, exactly.
    """

    tree: PerfectInformationTree
    values: Floats
    actions: Indices
    tied: Booleans
    degenerate: Booleans

    @property
    def complete(self) -> Booleans:
        """Games all of whose subgame-perfect equilibria are reported, which is one: those that are not degenerate."""
        return ~self.degenerate

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"<BackwardInduction: {len(self):,} games, {int(self.degenerate.sum()):,} of them degenerate>"

    def to_frame(self) -> pd.DataFrame:
        """One row a game: the value of each player, the action at each decision, `tied` and `degenerate`."""
        import pandas as pd

        columns: dict[str, Any] = {
            f"value of player {i}": self.values[:, i] for i in range(self.tree.players)
        }
        columns |= {f"action at node {v}": self.actions[:, d] for d, v in enumerate(self.tree.decisions)}
        return pd.DataFrame(columns | {"tied": self.tied, "degenerate": self.degenerate})


def backward_induction(
    tree: ExtensiveGame | PerfectInformationTree,
    payoffs: Any = None,
    chance: Any = None,
    *,
    tolerance: float = TOLERANCE,
) -> BackwardInduction:
    """Solve a tree of perfect information, at one point or at every point of a stack of payoffs.

    Parameters
    ----------
    tree : ExtensiveGame or PerfectInformationTree
        The structure. Prepare it once with :meth:`PerfectInformationTree.from_game` to solve it often.
    payoffs : array-like (B, N, T) or (N, T), optional
        Payoffs at the ends, in the order of ``tree.terminals``; those of the game by default. Stacks whose memory has the points
        last are read as they are.
    chance : array-like (n_nodes,) or (B, n_nodes), optional
        Probability of the edge into each node, read at the children of chance moves; that of the game by default.
    tolerance : float
        Games with a decision where the best two actions are closer than this, relative to the range of the player's payoffs in
        that game, are marked as degenerate. Without chance moves nothing is rounded, and 0 marks true ties only.

    Returns
    -------
    BackwardInduction

    Raises
    ------
    Unsupported
        If an information set has several nodes, or the game has parameters and no payoffs are given.
    GameError
        If shapes do not fit, a payoff is not finite, or probabilities of a chance move are none.

    Examples
    --------
    The chain-store game at three prices of a war, of which the second leaves the incumbent indifferent:

    >>> import gametheory as gt
    >>> from gametheory.solvers.backward_induction import backward_induction
    >>> reply = gt.Decision("Incumbent", {"fight": gt.Outcome(Entrant=-1, Incumbent=0), "share": gt.Outcome(Entrant=1, Incumbent=1)})
    >>> game = gt.ExtensiveGame(gt.Decision("Entrant", {"out": gt.Outcome(Entrant=0, Incumbent=3), "in": reply}))
    >>> found = backward_induction(game, [[[0, -1, 1], [3, war, 1]] for war in (0, 1, 2)])
    >>> found.values.tolist()
    [[1.0, 1.0], [0.0, 3.0], [0.0, 3.0]]
    >>> found.actions.tolist(), found.degenerate.tolist()
    ([[1, 1], [0, 0], [0, 0]], [False, True, False])
    """
    flat = tree if isinstance(tree, PerfectInformationTree) else PerfectInformationTree.from_game(_game(tree))
    if isinstance(tree, ExtensiveGame):
        if tree.domain == "parametric" and payoffs is None:
            raise Unsupported(
                f"the game depends on {', '.join(sorted(tree.parameters))}: give payoffs, such as model.payoffs(points), or "
                "values with model.at(...)."
            )
        payoffs = tree.payoffs if payoffs is None else payoffs
        if chance is None and tree.domain != "parametric":
            chance = tree.chance_probability
    if payoffs is None:
        raise GameError("a PerfectInformationTree has no payoffs of its own; give payoffs.")
    if not 0 <= tolerance < 1:
        raise GameError(f"the tolerance is a number from 0 to 1, not {tolerance!r}.")
    pay = _payoffs(flat, payoffs)
    edge = _chance(flat, chance, len(pay))
    solve = _one_by_one if len(pay) <= _FEW else _together
    values, actions, gap, low, high = solve(flat, pay, edge)
    slack = tolerance * (high - low) + (_NOISE * np.maximum(-low, high) if _has_chance(flat) else 0.0)
    return BackwardInduction(
        flat, values.T, actions.T, np.any(gap == 0, axis=0), np.any(gap <= slack, axis=0)
    )


# ---------------------------------------------------------------------------------------------------------------------
# Solving
# ---------------------------------------------------------------------------------------------------------------------
_Found = tuple[
    Floats, Indices, Floats, Floats, Floats
]  # values, actions, gap, least and greatest payoff; points last


def _together(tree: PerfectInformationTree, pay: Floats, edge: Floats) -> _Found:
    from gametheory.solvers._kernels.backward_induction_stacks import stack

    points, players = len(pay), tree.players
    inner = tree._inner
    values, gap = np.empty((players, points)), np.empty((players, points))
    low, high = np.empty((players, points)), np.empty((players, points))
    actions = np.zeros((len(inner), points), np.int32)
    fine = stack(
        tree._first, tree._child, inner, tree._choosers, tree.terminals, pay.transpose(1, 2, 0),
        np.broadcast_to(edge, (points, tree.n_nodes)), values, actions, gap, low, high,
    )  # fmt: skip
    if not fine:
        _refuse_infinite(pay)
    return values, _of_decisions(tree, actions), gap, low, high


def _one_by_one(tree: PerfectInformationTree, pay: Floats, edge: Floats) -> _Found:
    _refuse_infinite(pay)
    points, players = len(pay), tree.players
    values, gap = np.empty((players, points)), np.empty((players, points))
    actions = np.zeros((points, len(tree._inner)), np.int32)
    for b in range(points):
        one = _fixed(np.ascontiguousarray(pay[b]))
        values[:, b], gap[:, b] = _one(tree, one, _fixed(edge[b if len(edge) > 1 else 0]), actions[b])
    return values, _of_decisions(tree, actions.T), gap, pay.min(axis=2).T, pay.max(axis=2).T


def _one(tree: PerfectInformationTree, pay: Floats, edge: Floats, actions: Indices) -> tuple[Floats, Floats]:
    """Values and least gaps of the players at one point; the action at every inner node goes to `actions`."""
    from gametheory.solvers._kernels.backward_induction import parts_of_tree, top_of_tree

    players, split = tree.players, tree._split
    if not _has_chance(tree):
        edge = _NOTHING
    if tree.n_nodes <= perfect_information.ALONE:
        value, least = np.empty((players, tree.n_nodes)), np.full(players, np.inf)
        value[:, tree.terminals] = pay
        top_of_tree(tree._first, tree._child, tree._inner, tree._choosers, edge, value, actions, least)
        return value[:, 0], least
    below = np.empty((players, len(split.parts)))
    gap = np.full((len(split.parts) + 1, players), np.inf)
    parts_of_tree(
        split.parts, tree._first, tree._child, tree._inner, tree._choosers, tree.terminals, pay, edge, actions, below, gap
    )  # fmt: skip
    value = np.empty((players, len(split.kept)))
    ends = tree.mover[split.kept] == TERMINAL
    value[:, ends] = pay[:, np.searchsorted(tree.terminals, split.kept[ends])]
    value[:, np.searchsorted(split.kept, split.roots)] = below
    chosen = np.zeros(len(split.above), np.int32)
    inner = np.searchsorted(split.kept, tree._inner[split.above]).astype(np.int32)
    top_of_tree(
        _fixed(split.first), _fixed(split.child), _fixed(inner), _fixed(tree._choosers[split.above]),
        _fixed(edge[split.kept]) if len(edge) else edge, value, chosen, gap[-1],
    )  # fmt: skip
    actions[split.above] = chosen
    return value[:, 0], gap.min(axis=0)


def _fixed(array: Any) -> Any:
    """A read-only view: what is compiled for arrays that may be written is other code than for those that may not."""
    view = array.view()
    view.setflags(write=False)
    return view


_NOTHING: Floats = _fixed(np.empty(0))


def _of_decisions(tree: PerfectInformationTree, actions: Indices) -> Indices:
    """The rows of `actions` that belong to decisions; the others, of chance moves, say nothing."""
    if len(tree.decisions) == len(tree._inner):
        return actions
    return np.asarray(actions[tree._choosers >= 0])


# ---------------------------------------------------------------------------------------------------------------------
# Checking
# ---------------------------------------------------------------------------------------------------------------------
def _game(tree: object) -> ExtensiveGame:
    if not isinstance(tree, ExtensiveGame):
        raise GameError(
            f"backward_induction takes an ExtensiveGame or a PerfectInformationTree, not {type(tree).__name__}."
        )
    return tree


def _payoffs(tree: PerfectInformationTree, payoffs: Any) -> Floats:
    pay = np.asarray(payoffs, dtype=np.float64)
    if pay.ndim == 2:
        pay = pay[None]
    if pay.ndim != 3 or pay.shape[1:] != (tree.players, len(tree.terminals)):
        raise GameError(
            f"payoffs of this tree have shape (points, {tree.players} players, {len(tree.terminals)} ends), or without the "
            f"points, got {np.shape(payoffs)}."
        )
    return np.asarray(_fixed(pay))


def _refuse_infinite(pay: Floats) -> None:
    if not np.isfinite(pay).all():
        b, i, t = (int(k) for k in np.argwhere(~np.isfinite(pay))[0])
        raise GameError(f"payoffs must be finite; at point {b} player {i} gets {pay[b, i, t]} at end {t}.")


def _has_chance(tree: PerfectInformationTree) -> bool:
    return len(tree.decisions) < len(tree._inner)


def _chance(tree: PerfectInformationTree, chance: Any, points: int) -> Floats:
    """Probabilities of edges as (1 or B, n_nodes), checked at chance moves."""
    if not _has_chance(tree):
        return np.broadcast_to(1.0, (1, tree.n_nodes))
    if chance is None:
        raise GameError("the tree has chance moves; give chance, the probability of the edge into each node.")
    edge = np.asarray(chance, dtype=np.float64)
    edge = edge[None] if edge.ndim == 1 else edge
    if edge.ndim != 2 or edge.shape[1] != tree.n_nodes or len(edge) not in (1, points):
        raise GameError(
            f"chance probabilities have shape ({tree.n_nodes} nodes,) or ({points} points, {tree.n_nodes} nodes), "
            f"got {np.shape(chance)}."
        )
    for node in tree._inner[tree._choosers == CHANCE]:
        position = int(np.searchsorted(tree._inner, node))
        branches = edge[:, tree._child[tree._first[position] : tree._first[position + 1]]]
        wrong = ~((branches >= 0).all(axis=1) & (np.abs(branches.sum(axis=1) - 1) <= _PROBABILITY))
        if wrong.any():
            b = int(np.flatnonzero(wrong)[0])
            raise GameError(
                f"the probabilities of the chance move at node {node} are not negative and sum to 1; at point {b} they are "
                f"{branches[b].tolist()}."
            )
    return edge
