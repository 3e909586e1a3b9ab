r"""A tree as a partial order of stages, for solving it from the bottom up.

A *proper subgame* starts at a node alone in its information set such that no information set crosses the
border of what follows. A *stage* is a proper subgame with the proper subgames inside it cut off at their
roots. A leaf of a stage is thus an outcome of the tree or the root of a later stage, and a profile is subgame
perfect exactly when it induces an equilibrium in every stage whose leaves pay what is played after them
(Selten 1965). A single decision, or a simultaneous stage, is one stage each.

A chance node belongs to the stage that leads to it, unless decisions follow that do not learn its outcome:
then the subgame that it starts is a stage of its own. Within a stage a player's *reduced strategy* says what
to do at each own information set that the strategy itself does not preclude.

References
----------
.. [1] R. Selten, "Spieltheoretische Behandlung eines Oligopolmodells mit Nachfragetraegheit", *Zeitschrift
   fuer die gesamte Staatswissenschaft* 121 (1965), 301-324.
.. [2] H. Kuhn, "Extensive games and the problem of information", *Contributions to the Theory of Games* II,
   1953, 193-216.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gametheory.errors import TooLarge, Unsupported

if TYPE_CHECKING:
    from gametheory.games.extensive import ExtensiveGame

__all__ = ["MAX_CELLS", "Stage", "stages"]

#: Most cells (strategy profiles times leaves) of one stage.
MAX_CELLS = 50_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One stage of a tree; see the module."""

    #: The node at which the stage starts.
    root: int
    #: The players who move in it, as positions in ``game.players``.
    players: tuple[int, ...]
    #: For each mover, the own information sets, as positions in ``game.infosets``.
    infosets: tuple[tuple[int, ...], ...]
    #: For each mover, the reduced strategies: an action for each own information set, -1 where it is
    #: precluded.
    strategies: tuple[tuple[tuple[int, ...], ...], ...]
    #: The nodes at which the stage ends: outcomes of the tree or roots of later stages.
    leaves: tuple[int, ...]
    #: For each leaf, the position of the stage that starts there, or -1 at an outcome.
    child: tuple[int, ...]
    #: For each leaf, the nodes on the way from the root whose chance probabilities multiply.
    chance_nodes: tuple[tuple[int, ...], ...]
    #: For each leaf and mover, the (own information set, action) pairs on the way, own sets counted within
    #: the mover's.
    moves: tuple[tuple[tuple[tuple[int, int], ...], ...], ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of reduced strategies of each mover."""
        return tuple(len(strategies) for strategies in self.strategies)

    @property
    def is_decision(self) -> bool:
        """Whether the stage is one player's choice at one information set."""
        return len(self.players) == 1 and len(self.infosets[0]) == 1

    def reaches(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether a profile leads (chance permitting) to a leaf: shape (n_1, ..., n_k, n_leaves)."""
        result = np.ones((*self.shape, len(self.leaves)), dtype=bool)
        for k, strategies in enumerate(self.strategies):
            table = np.array(strategies, dtype=np.int64)
            allowed = np.ones((len(strategies), len(self.leaves)), dtype=bool)
            for leaf, moves in enumerate(self.moves):
                for infoset, action in moves[k]:
                    allowed[:, leaf] &= table[:, infoset] == action
            result &= allowed.reshape(
                [len(strategies) if axis == k else 1 for axis in range(len(self.shape))] + [-1]
            )
        return result


def stages(game: ExtensiveGame, *, cut: bool = True) -> tuple[Stage, ...]:
    """The stages of a tree, later ones first, so that the children of a stage come before it.

    Parameters
    ----------
    game : ExtensiveGame
    cut : bool
        Whether to cut at the roots of proper subgames; otherwise the tree is one stage, whose equilibria are the Nash
        equilibria of the tree.

    Raises
    ------
    Unsupported
        If a player's recall is imperfect: then information sets do not order a player's own choices.
    TooLarge
        If a stage has more strategy profiles than memory can hold.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.solvers.stages import stages
    >>> reply = gt.Decision("West", {"acquiesce": gt.Outcome(Russia=1, West=-1), "respond": gt.Outcome(Russia=-1, West=0)})
    >>> game = gt.ExtensiveGame(gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply}))
    >>> [(stage.root, stage.child) for stage in stages(game)]
    [(2, (-1, -1)), (0, (-1, 0))]
    """
    if not game.perfect_recall:
        raise Unsupported(
            "a player of the game forgets what it knew or did; subgame perfection by stages needs perfect recall. "
            "The mixed equilibria are those of nash_equilibria(strategic_form(game, reduced=False))."
        )
    kind, parent = game.kind, game.parent
    roots = set(game.subgame_roots()) if cut else {0}
    # Decisions of a chance node's own subgame are a stage; chance moves alone are part of the stage before.
    owner = np.zeros(game.n_nodes, dtype=np.int64)
    decided = {0}
    for node in range(1, game.n_nodes):
        owner[node] = node if node in roots else owner[parent[node]]
        if kind[node] == 1:
            decided.add(int(owner[node]))
    starts = sorted(roots & decided, reverse=True)
    position = {root: k for k, root in enumerate(starts)}
    start_of = np.zeros(game.n_nodes, dtype=np.int64)
    for node in range(1, game.n_nodes):
        start_of[node] = node if node in position else start_of[parent[node]]
    inner: list[list[int]] = [[] for _ in starts]
    leaves: list[list[int]] = [[] for _ in starts]
    for node in range(game.n_nodes):
        if kind[node] == 0:
            leaves[position[int(start_of[node])]].append(node)
        else:
            inner[position[int(start_of[node])]].append(node)
        if node != 0 and node in position:
            leaves[position[int(start_of[parent[node]])]].append(node)
    return tuple(
        _stage(
            game,
            root,
            inner[k],
            sorted(leaves[k]),
            {n: position[n] for n in leaves[k] if n in position and n != root},
        )
        for k, root in enumerate(starts)
    )


def _stage(
    game: ExtensiveGame, root: int, inner: list[int], leaves: list[int], child: dict[int, int]
) -> Stage:
    movers = sorted({int(game.player[node]) for node in inner if game.kind[node] == 1})
    # In order of first appearance, so an own earlier choice comes before what it leads to.
    seen: dict[int, list[int]] = {player: [] for player in movers}
    for node in inner:
        if game.kind[node] == 1 and int(game.infoset[node]) not in seen[int(game.player[node])]:
            seen[int(game.player[node])].append(int(game.infoset[node]))
    moves, chance_nodes = [], []
    for leaf in leaves:
        chosen, chances = _way(game, root, leaf)
        chance_nodes.append(chances)
        moves.append(
            tuple(
                tuple(
                    (seen[player].index(infoset), action)
                    for infoset, action in chosen
                    if infoset in seen[player]
                )
                for player in movers
            )
        )
    strategies = tuple(_reduced_strategies(game, root, seen[player], player) for player in movers)
    cells = math.prod(map(len, strategies)) * len(leaves)
    if cells > MAX_CELLS:
        raise _too_large(game, root, cells)
    return Stage(
        root,
        tuple(movers),
        tuple(tuple(seen[player]) for player in movers),
        strategies,
        tuple(leaves),
        tuple(child.get(leaf, -1) for leaf in leaves),
        tuple(chance_nodes),
        tuple(moves),
    )


def _too_large(game: ExtensiveGame, root: int, cells: int) -> TooLarge:
    return TooLarge(
        f"the stage that starts at {game.path(root)} has {cells:,} cells (strategy profiles times ends); the limit is "
        f"{MAX_CELLS:,}. Split it into proper subgames by letting players observe more, or give fewer actions."
    )


def _way(game: ExtensiveGame, root: int, node: int) -> tuple[list[tuple[int, int]], tuple[int, ...]]:
    """Choices (information set, action) and chance nodes between the root of a stage and a node, from the
    top.
    """
    chosen, chances = [], []
    while node != root:
        above = int(game.parent[node])
        if game.kind[above] == 1:
            chosen.append((int(game.infoset[above]), int(game.action[node])))
        else:
            chances.append(node)
        node = above
    return chosen[::-1], tuple(reversed(chances))


def _reduced_strategies(
    game: ExtensiveGame, root: int, infosets: list[int], player: int
) -> tuple[tuple[int, ...], ...]:
    """All plans of a player that say nothing about information sets which they themselves preclude."""
    plans: list[tuple[int, ...]] = [()]
    for infoset in infosets:
        chosen, _ = _way(game, root, game.infosets[infoset].nodes[0])
        # Perfect recall: the own choices before are the same for every node of the information set.
        before = [(infosets.index(earlier), action) for earlier, action in chosen if earlier in infosets]
        actions = range(len(game.infosets[infoset].actions))
        grown: list[tuple[int, ...]] = []
        for plan in plans:
            if all(plan[earlier] == action for earlier, action in before):
                grown.extend((*plan, action) for action in actions)
            else:
                grown.append((*plan, -1))
        plans = grown
        if len(plans) > MAX_CELLS:
            raise _too_large(game, root, len(plans))
    return tuple(plans)
