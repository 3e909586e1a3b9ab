r"""Trees of perfect information as flat arrays, prepared once to be solved often.

Nodes are numbered in pre-order: every node before its children, and all that follows a node next to it. The subtree of a node
is then a run of nodes, which has three uses: a loop from the last node to the first is backward induction, a subtree of a few
thousand nodes can be solved within the processor's cache, and disjoint subtrees can be solved at the same time. What lies above
such subtrees is a small tree itself, of which they are the ends.

References
----------
H. W. Kuhn, "Extensive games and the problem of information", Contributions to the Theory of Games II, 1953, 193-216.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gametheory.errors import GameError, Unsupported
from gametheory.games.extensive import ExtensiveGame

__all__ = ["ALONE", "CHANCE", "PART", "TERMINAL", "PerfectInformationTree"]

TERMINAL, CHANCE = -1, -2
"""What :attr:`PerfectInformationTree.mover` says of nodes at which no player moves."""

PART = 16384
"""Nodes of a subtree that one processor solves at a time, so that its values stay in the cache."""

ALONE = 100_000
"""Nodes up to which a tree is left to one processor: waking the others would take as long as solving it."""

Integers = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class PerfectInformationTree:
    """The structure of a tree of perfect information as flat arrays: what is needed to solve it, computed once.

    Parameters
    ----------
    parent : int array-like (n_nodes,)
        The parent of each node in pre-order: -1 at the root, which is node 0.
    mover : int array-like (n_nodes,)
        The player who moves at each node, counted from 0; :data:`TERMINAL` (-1) at ends, :data:`CHANCE` (-2) at chance moves.
    players : int, optional
        How many; one more than the greatest mover if it is left out.

    Attributes
    ----------
    n_nodes, players : int
    parent, mover, action : int32 arrays (n_nodes,)
        `action` is the position of a node among its siblings, -1 at the root.
    terminals, decisions : int32 arrays
        The ends and the decisions, in increasing order: the columns of payoffs and of chosen actions.

    Raises
    ------
    GameError
        If the nodes are not in pre-order, an end has children or another node has none.

    Examples
    --------
    >>> from gametheory.solvers.perfect_information import PerfectInformationTree
    >>> tree = PerfectInformationTree([-1, 0, 0, 2, 2], [0, -1, 1, -1, -1])
    >>> tree
    <PerfectInformationTree: 5 nodes, 2 decisions of 2 players, 3 ends>
    """

    n_nodes: int
    players: int
    parent: Indices
    mover: Indices
    action: Indices
    terminals: Indices
    decisions: Indices
    _end: Indices
    _inner: Indices
    _choosers: Indices
    _first: Indices
    _child: Indices
    _split: _Split

    def __init__(self, parent: Any, mover: Any, players: int | None = None) -> None:
        from gametheory.solvers._kernels.backward_induction import flatten

        above, who = _integers(parent, "parent"), _integers(mover, "mover")
        n = len(above)
        if n == 0 or len(who) != n:
            raise GameError(
                f"parent and mover have an entry for each node, at least one; got {n} and {len(who)}."
            )
        if above[0] != -1:
            raise GameError(
                f"node 0 is the root and has no parent, which is written -1; parent[0] is {above[0]}."
            )
        action, end = np.empty(n, np.int32), np.empty(n, np.int32)
        fault = flatten(above, action, end)
        if fault >= 0:
            raise GameError(
                f"the nodes are not in pre-order: the parent of node {fault} is {above[fault]}, which is not on the path from "
                f"the root to node {fault - 1}. Number every node before its children, and all that follows it next."
            )
        count = np.bincount(above[1:], minlength=n)
        _check_movers(count, who)
        least = int(who.max(initial=-1)) + 1
        if players is not None and players < least:
            raise GameError(
                f"player {least - 1} moves, but there are only {players} players, counted from 0."
            )
        inner = np.flatnonzero(count).astype(np.int32)
        first = np.zeros(len(inner) + 1, np.int32)
        np.cumsum(count[inner], out=first[1:])
        fields: dict[str, Any] = {
            "n_nodes": n,
            "players": least if players is None else int(players),
            "parent": above,
            "mover": who,
            "action": action,
            "terminals": np.flatnonzero(count == 0).astype(np.int32),
            "decisions": np.flatnonzero(who >= 0).astype(np.int32),
            "_end": end,
            "_inner": inner,
            "_choosers": who[inner],
            "_first": first,
            # A stable sort keeps the children of a node in order.
            "_child": (np.argsort(above[1:], kind="stable") + 1).astype(np.int32),
        }
        for name, value in fields.items():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
            # The class is frozen, so that its own constructor has to go round the guard.
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_split", _Split.of(self))

    @classmethod
    def from_game(cls, game: ExtensiveGame) -> PerfectInformationTree:
        """The structure of a tree.

        Raises
        ------
        Unsupported
            If an information set has several nodes.
        """
        for infoset in game.infosets:
            if len(infoset.nodes) > 1:
                raise Unsupported(
                    f"backward induction needs perfect information, and {game.players[infoset.player]} cannot tell "
                    f"{game.path(infoset.nodes[0])} from {game.path(infoset.nodes[1])} (information set {infoset.label!r}). "
                    "Use subgame_perfect_equilibria, or gametheory.solvers.stacked_trees for many points."
                )
        mover = np.where(game.kind == 1, game.player, np.where(game.kind == 2, CHANCE, TERMINAL))
        return cls(game.parent, mover, len(game.players))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.parent, self.mover, self.players)

    def __repr__(self) -> str:
        return (
            f"<PerfectInformationTree: {self.n_nodes:,} nodes, {len(self.decisions):,} decisions of {self.players} players, "
            f"{len(self.terminals):,} ends>"
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Split:
    """A tree cut into disjoint subtrees of moderate size, and the tree above them, of which they are ends."""

    parts: Integers  # (P, 6), as the kernel wants them
    roots: Integers  # node at which each part starts
    above: Integers  # inner nodes above, as positions among the inner nodes
    kept: Integers  # all nodes of the tree above, its ends included
    first: Indices
    child: Indices  # as positions in `kept`

    @classmethod
    def of(cls, tree: PerfectInformationTree) -> _Split:
        size = tree._end - np.arange(tree.n_nodes)
        is_inner = np.zeros(tree.n_nodes, bool)
        is_inner[tree._inner] = True
        small = size <= PART
        cut = small & is_inner
        cut[1:] &= ~small[tree.parent[1:]]
        roots = np.flatnonzero(cut)
        ends = tree._end[roots].astype(np.int64)
        before = np.concatenate([[0], np.cumsum(is_inner)])  # inner nodes before each node
        parts = np.stack(
            [roots, ends, before[roots], before[ends], roots - before[roots], ends - before[ends]], axis=1
        )
        inside = np.zeros(tree.n_nodes + 1, np.int64)
        np.add.at(inside, roots + 1, 1)
        np.add.at(inside, ends, -1)
        kept = np.flatnonzero(np.cumsum(inside)[:-1] == 0)
        above = np.flatnonzero(~small[tree._inner])
        count = np.diff(tree._first)
        first = np.concatenate([[0], np.cumsum(count[above])]).astype(np.int32)
        chosen = np.repeat(~small[tree._inner], count)
        child = np.searchsorted(kept, tree._child[chosen]).astype(np.int32)
        return cls(parts.astype(np.int64), roots, above, kept, first, child)


def _integers(given: Any, name: str) -> Indices:
    array = np.asarray(given)
    if array.size and (array.ndim != 1 or array.dtype.kind not in "iu"):
        raise GameError(
            f"{name} is a list of integers, one a node, not {array.dtype} of shape {array.shape}."
        )
    if array.size and max(-int(array.min()), int(array.max()), len(array)) > np.iinfo(np.int32).max:
        raise GameError(f"{name} has entries, or a length, beyond 2^31.")
    return array.astype(np.int32)


def _check_movers(count: Integers, mover: Indices) -> None:
    for wrong, what in (
        (
            (count > 0) & (mover == TERMINAL),
            "has children, but its mover is -1, which says that it is an end",
        ),
        ((count == 0) & (mover != TERMINAL), "has no children; the mover of an end is written -1"),
        (mover < CHANCE, "has a mover below -2"),
    ):
        if wrong.any():
            raise GameError(f"node {int(np.flatnonzero(wrong)[0])} {what}.")
