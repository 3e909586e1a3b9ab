r"""Games in extensive form.

A finite extensive game is a rooted tree. At a decision node a player chooses an action, at a chance node nature does with
known probabilities, and at a terminal node every player gets a payoff. The decision nodes of a player are partitioned into
information sets: she knows the set in which she is, not the node.

:class:`ExtensiveGame` keeps the tree as flat arrays in pre-order, so that a parent's number is below its children's, the
subtree of node `v` is ``v, ..., subtree_end[v] - 1``, and a backward loop over the nodes is backward induction. No method
here recurses, whatever the depth of the tree.

References
----------
H. W. Kuhn (1953), "Extensive games and the problem of information", *Contributions to the Theory of Games II*, 193-216.
R. Selten (1975), "Reexamination of the perfectness concept", *International Journal of Game Theory* 4, 25-55 (subgames).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gametheory import scalars
from gametheory.errors import GameError, ParameterError
from gametheory.games import _checks, _compile
from gametheory.games._compile import CHANCE, DECISION, TERMINAL, Infoset
from gametheory.games._readable import Readable
from gametheory.games.nodes import Chance, Decision, Node, Outcome, from_records, records, simultaneous

__all__ = [
    "CHANCE",
    "DECISION",
    "MAX_NODES",
    "TERMINAL",
    "Chance",
    "Decision",
    "ExtensiveGame",
    "Infoset",
    "Node",
    "Outcome",
    "simultaneous",
]

#: Most nodes that a tree may have unless ``max_nodes=`` says otherwise.
MAX_NODES = 5_000_000


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class ExtensiveGame(Readable):
    """A finite game in extensive form.

    Parameters
    ----------
    root : Decision, Chance or Outcome
        The tree, as nested nodes.
    players : sequence of str, optional
        In order of first appearance by default, those who decide before those who only get payoffs.
    title : str, optional
        A caption; not part of the game's identity.
    allow_imperfect_recall : bool, optional
        Whether a player may forget what she knew or did. Most solvers need perfect recall.
    max_nodes : int, optional
        Most nodes to allow, :data:`MAX_NODES` by default.

    Attributes
    ----------
    players : tuple of str
    domain : {"real", "rational", "parametric"}
        Of payoffs and chance probabilities together.
    perfect_recall : bool
    n_nodes : int
    parent : ndarray of int64, shape (n_nodes,)
        -1 at the root, which is node 0.
    kind : ndarray of int8, shape (n_nodes,)
        0 terminal, 1 decision, 2 chance.
    player, infoset : ndarray of int64, shape (n_nodes,)
        Positions in `players` and `infosets`; -1 except at decisions.
    action : ndarray of int64, shape (n_nodes,)
        Position, among the parent's actions, of the one that leads to the node; -1 at the root.
    edge_labels : tuple of str
        The label of that action; empty at the root.
    children : tuple of tuples of int
        In the order of the actions.
    subtree_end : ndarray of int64, shape (n_nodes,)
        One more than the last node of the subtree.
    chance_probability : ndarray, shape (n_nodes,)
        The probability of the edge into the node if its parent is a chance move, otherwise 1.
    infosets : tuple of Infoset
    terminals : ndarray of int64, shape (n_terminals,)
        The terminal nodes.
    payoffs : ndarray, shape (n_players, n_terminals)
    outcome_labels : tuple of (str or None)
        One for each terminal.

    Notes
    -----
    All arrays are read-only. Two games are equal if trees, labels, players, domains and numbers are.

    Examples
    --------
    >>> from gametheory.games import Decision, ExtensiveGame, Outcome
    >>> game = ExtensiveGame(
    ...     Decision("Russia", {
    ...         "refrain": Outcome("status quo", Russia=0, West=0),
    ...         "act": Decision("West", {
    ...             "acquiesce": Outcome(Russia=50, West=-67),
    ...             "respond": Outcome(Russia=-20, West=-60),
    ...         }),
    ...     })
    ... )
    >>> print(game)
    Russia [start]
    ├── refrain: status quo (Russia 0, West 0)
    └── act: West [act]
        ├── acquiesce: (Russia 50, West -67)
        └── respond: (Russia -20, West -60)
    >>> game.path(3), game.subgame_roots()
    ('act/acquiesce', (0, 2))
    """

    players: tuple[str, ...]
    title: str
    domain: scalars.Domain
    allow_imperfect_recall: bool
    perfect_recall: bool
    n_nodes: int
    parent: NDArray[np.int64]
    kind: NDArray[np.int8]
    player: NDArray[np.int64]
    infoset: NDArray[np.int64]
    action: NDArray[np.int64]
    edge_labels: tuple[str, ...]
    children: tuple[tuple[int, ...], ...]
    subtree_end: NDArray[np.int64]
    chance_probability: NDArray[Any]
    infosets: tuple[Infoset, ...]
    terminals: NDArray[np.int64]
    payoffs: NDArray[Any]
    outcome_labels: tuple[str | None, ...]
    _stage: tuple[int, ...]

    def __init__(
        self,
        root: Node,
        players: Iterable[object] | None = None,
        title: str = "",
        allow_imperfect_recall: bool = False,
        *,
        max_nodes: int | None = None,
    ) -> None:
        if not isinstance(root, Node):
            raise GameError(
                f"the root of the tree is {root!r}, which is not a Decision, a Chance or an Outcome."
            )
        flat = _compile.flatten(root, MAX_NODES if max_nodes is None else max_nodes)
        given = None
        if players is not None:
            given = _checks.labels(
                players, "player", empty="the list of players is empty; leave it out or name them."
            )
        names = _compile.player_order(flat, given)
        rows = _compile.payoff_rows(flat, names)
        infosets = _compile.information_sets(flat, names)
        fault = _compile.recall_fault(flat, infosets)
        if fault is not None and not allow_imperfect_recall:
            raise GameError(f"{fault} Pass allow_imperfect_recall=True if that is meant.")
        after_chance = [
            node for node, above in enumerate(flat.parent) if above >= 0 and flat.kind[above] == CHANCE
        ]
        numbers = (
            [value for row in rows for value in row] + [flat.probability[node] for node in after_chance] + [1]
        )
        domain, values = scalars.unify(numbers)
        cut = len(names) * len(flat.terminals)
        probability = scalars.array([values[-1]] * len(flat.parent), domain)
        for node, value in zip(after_chance, values[cut:], strict=False):
            probability[node] = value
        _compile.check_probabilities(flat, probability, domain)
        n = len(flat.parent)
        end = list(range(1, n + 1))
        for node in range(n - 1, 0, -1):
            end[flat.parent[node]] = max(end[flat.parent[node]], end[node])
        position = {name: i for i, name in enumerate(names)}
        fields: dict[str, Any] = {
            "players": names,
            "title": str(title),
            "domain": domain,
            "allow_imperfect_recall": bool(allow_imperfect_recall),
            "perfect_recall": fault is None,
            "n_nodes": n,
            "parent": np.array(flat.parent, dtype=np.int64),
            "kind": np.array(flat.kind, dtype=np.int8),
            "player": np.array(
                [-1 if name is None else position[name] for name in flat.player], dtype=np.int64
            ),
            "infoset": np.array(flat.infoset, dtype=np.int64),
            "action": np.array(flat.action, dtype=np.int64),
            "edge_labels": tuple(flat.edge_labels),
            "children": tuple(map(tuple, flat.children)),
            "subtree_end": np.array(end, dtype=np.int64),
            "chance_probability": probability,
            "infosets": infosets,
            "terminals": np.array(flat.terminals, dtype=np.int64),
            "payoffs": scalars.array(values[:cut], domain).reshape(len(names), len(flat.terminals)),
            "outcome_labels": tuple(outcome.label for outcome in flat.outcomes),
            "_stage": tuple(flat.stage),
        }
        for name, value in fields.items():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
            # The class is frozen, so that its own constructor has to go round the guard.
            object.__setattr__(self, name, value)

    # -----------------------------------------------------------------------------------------------------------------
    # Reading a game
    # -----------------------------------------------------------------------------------------------------------------
    @property
    def n_players(self) -> int:
        """The number of players."""
        return len(self.players)

    @property
    def root(self) -> Node:
        """The tree as nested nodes, from which an equal game can be built."""
        return self._nest(self.payoffs, self.chance_probability)

    def _nest(self, payoffs: NDArray[Any], probability: Any) -> Node:
        nodes: list[Node | None] = [None] * self.n_nodes
        column = len(self.terminals)
        for node in range(self.n_nodes - 1, -1, -1):
            below = self.children[node]
            if self.kind[node] == TERMINAL:
                column -= 1
                row = dict(zip(self.players, payoffs[:, column].tolist(), strict=True))
                nodes[node] = Outcome(self.outcome_labels[column], row)
            elif self.kind[node] == CHANCE:
                nodes[node] = Chance({self.edge_labels[k]: (probability[k], _built(nodes, k)) for k in below})
            else:
                infoset = self.infosets[self.infoset[node]]
                actions = {self.edge_labels[k]: _built(nodes, k) for k in below}
                named = self._stage[node] < 0
                nodes[node] = Decision(
                    self.players[infoset.player],
                    actions,
                    infoset.label if named else None,
                    stage=0 if named else self._stage[node],
                )
        return _built(nodes, 0)

    def history(self, node: int) -> tuple[str, ...]:
        """The labels of the actions from the root to the node."""
        labels = []
        node = self._node(node)
        while node > 0:
            labels.append(self.edge_labels[node])
            node = int(self.parent[node])
        return tuple(reversed(labels))

    def path(self, node: int) -> str:
        """The history as text, such as ``"limited/acquiesce"``; ``"(root)"`` for the root."""
        return "/".join(self.history(node)) or "(root)"

    def _node(self, node: int) -> int:
        if not 0 <= node < self.n_nodes:
            raise GameError(f"there is no node {node}; the tree has the nodes 0 to {self.n_nodes - 1}.")
        return int(node)

    def player_index(self, player: str) -> int:
        """The position of a player.

        Raises
        ------
        UnknownName
            With the nearest name as a suggestion.
        """
        return _checks.index("player", player, self.players)

    def infosets_of(self, player: str) -> tuple[int, ...]:
        """The positions in `infosets` of the player's information sets."""
        i = self.player_index(player)
        return tuple(h for h, infoset in enumerate(self.infosets) if infoset.player == i)

    def infoset_index(self, player: str, label: str) -> int:
        """The position in `infosets` of a player's information set.

        Raises
        ------
        UnknownName
            With the nearest name as a suggestion.
        """
        own = self.infosets_of(player)
        return own[
            _checks.index(f"information set of {player!r}", label, [self.infosets[h].label for h in own])
        ]

    def action_index(self, infoset: int, action: str) -> int:
        """The position of an action at an information set.

        Raises
        ------
        UnknownName
            With the nearest name as a suggestion.
        """
        place = self.infosets[infoset]
        return _checks.index(
            f"action of {self.players[place.player]!r} at {place.label!r}", action, place.actions
        )

    def subgame_roots(self) -> tuple[int, ...]:
        """The nodes that start a subgame, the root among them, in increasing order.

        A subgame starts at a node that is alone in its information set (or a chance move) if every information set that
        meets its subtree lies within it.

        Returns
        -------
        tuple of int
        """
        first, last = np.arange(self.n_nodes), np.arange(self.n_nodes)
        for infoset in self.infosets:
            for node in infoset.nodes:
                first[node], last[node] = infoset.nodes[0], infoset.nodes[-1]
        for node in range(self.n_nodes - 1, 0, -1):
            above = self.parent[node]
            first[above] = min(first[above], first[node])
            last[above] = max(last[above], last[node])
        roots = [0]
        for node in range(1, self.n_nodes):
            alone = self.kind[node] == CHANCE or (
                self.kind[node] == DECISION and len(self.infosets[self.infoset[node]].nodes) == 1
            )
            if alone and first[node] >= node and last[node] < self.subtree_end[node]:
                roots.append(node)
        return tuple(roots)

    @property
    def parameters(self) -> frozenset[str]:
        """The names of the parameters in payoffs and chance probabilities."""
        if self.domain != "parametric":
            return frozenset()
        values = (*self.payoffs.flat, *self.chance_probability)
        return frozenset().union(*(scalars.names(value) for value in values))

    def substitute(self, values: Mapping[str, object]) -> ExtensiveGame:
        """The game with values put for its parameters.

        Parameters
        ----------
        values : mapping of str to scalar
            One for each parameter of the game; further names are ignored. Exact values keep the game exact, a float
            makes it real, and expressions in other parameters keep it parametric.

        Returns
        -------
        ExtensiveGame

        Raises
        ------
        ParameterError
            If a value is missing, a number divides by zero there, or the probabilities of a chance move are none.

        Examples
        --------
        >>> from gametheory.games import Chance, ExtensiveGame, Outcome
        >>> tree = Chance({"rain": ("p", Outcome(Farmer="2*y")), "sun": ("1 - p", Outcome(Farmer=1))})
        >>> print(ExtensiveGame(tree).substitute({"p": "1/3", "y": 4}))
        Chance
        ├── rain (1/3): (Farmer 8)
        └── sun (2/3): (Farmer 1)
        """
        if self.domain != "parametric":
            return self
        numbers = _checks.parameter_values(values, self.parameters)
        payoffs = np.empty(self.payoffs.shape, dtype=object)
        for (i, t), value in np.ndenumerate(self.payoffs):
            where = f"the payoff of {self.players[i]!r} at {self.path(int(self.terminals[t]))}"
            payoffs[i, t] = _checks.substitute(value, numbers, where)
        probability = [
            _checks.substitute(value, numbers, f"the probability of {self.path(node)}")
            for node, value in enumerate(self.chance_probability)
        ]
        try:
            return ExtensiveGame(
                self._nest(payoffs, probability),
                self.players,
                self.title,
                self.allow_imperfect_recall,
                max_nodes=self.n_nodes,
            )
        except GameError as error:
            # The tree itself is sound, so only its numbers can have become faulty.
            at = ", ".join(f"{name} = {scalars.to_text(value)}" for name, value in numbers.items())
            raise ParameterError(f"{error} This is so at {at}.") from error

    # -----------------------------------------------------------------------------------------------------------------
    # Identity
    # -----------------------------------------------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ExtensiveGame):
            return NotImplemented
        return (
            self.players == other.players
            and self.domain == other.domain
            and self.infosets == other.infosets
            and self.edge_labels == other.edge_labels
            and self.outcome_labels == other.outcome_labels
            and np.array_equal(self.parent, other.parent)
            and np.array_equal(self.kind, other.kind)
            and np.array_equal(self.payoffs, other.payoffs)
            and np.array_equal(self.chance_probability, other.chance_probability)
        )

    def __hash__(self) -> int:
        numbers = tuple(self.payoffs.flat), tuple(self.chance_probability)
        return hash((self.players, self.infosets, self.edge_labels, self.outcome_labels, numbers))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (
            records(self.root),
            self.players,
            self.title,
            self.allow_imperfect_recall,
            self.n_nodes,
        )

    # -----------------------------------------------------------------------------------------------------------------
    # Representations
    # -----------------------------------------------------------------------------------------------------------------
    def __repr__(self) -> str:
        title = f" {self.title!r}" if self.title else ""
        return (
            f"<ExtensiveGame{title} ({self.domain}) with players {', '.join(self.players)}; "
            f"{len(self.infosets)} information sets, {len(self.terminals)} outcomes>"
        )

    def __str__(self) -> str:
        from gametheory.games import tree_representation

        return tree_representation.tree_text(self)

    def _repr_html_(self) -> str:
        from gametheory.games import tree_representation

        return tree_representation.tree_html(self)

    def to_latex(self) -> str:
        """The tree in LaTeX, drawn by the ``forest`` package."""
        from gametheory.games import tree_representation

        return tree_representation.tree_latex(self)


def _rebuild(
    table: tuple[Any, ...], players: tuple[str, ...], title: str, allow_imperfect_recall: bool, max_nodes: int
) -> ExtensiveGame:
    """Unpickle through the constructor, so that the new game is validated and read-only like any other."""
    return ExtensiveGame(from_records(table), players, title, allow_imperfect_recall, max_nodes=max_nodes)


def _built(nodes: list[Node | None], k: int) -> Node:
    node = nodes[k]
    assert node is not None  # children have higher numbers and are built first
    nodes[k] = None
    return node
