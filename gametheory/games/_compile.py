"""From nested nodes to flat lists, without recursion.

The tree is walked once in pre-order, so that a parent's number is below its children's and a subtree is a contiguous run of
numbers. Perfect recall is decided in the same order: a player has it if at all nodes of an information set her last own
information set and action are the same (by induction her whole own history is then the same, and no information set can
come twice on one path).

References
----------
H. W. Kuhn (1953), "Extensive games and the problem of information", definition 17.
R. Selten (1975), "Reexamination of the perfectness concept for equilibrium points in extensive games", section 4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from gametheory import scalars
from gametheory.errors import GameError, TooLarge
from gametheory.games import _checks
from gametheory.games.nodes import Chance, Decision, Node, Outcome, post_order

TERMINAL, DECISION, CHANCE = 0, 1, 2

#: How far the probabilities of a chance move may be from summing to one when they are floats.
PROBABILITY_TOLERANCE = 1e-9

#: Histories of more actions than this are shortened where they serve as a label.
LONGEST_HISTORY = 24


@dataclass(frozen=True, slots=True)
class Infoset:
    """An information set: decisions of one player that it cannot tell apart.

    Attributes
    ----------
    player : int
        Position of the player in the game's `players`.
    label : str
        Unique among the player's information sets.
    actions : tuple of str
    nodes : tuple of int
        The decision nodes, in increasing order.
    """

    player: int
    label: str
    actions: tuple[str, ...]
    nodes: tuple[int, ...]


@dataclass(slots=True)
class _Draft:
    """An information set while the tree is walked."""

    player: str
    actions: tuple[str, ...]
    named: str | None
    start: int  # the node whose history names an information set that has no name
    nodes: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Flat:
    """The tree as lists with one entry a node; numbers not yet of one domain."""

    parent: list[int] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    player: list[str | None] = field(default_factory=list)
    infoset: list[int] = field(default_factory=list)
    action: list[int] = field(default_factory=list)
    stage: list[int] = field(default_factory=list)  # -1 where the information set is named
    edge_labels: list[str] = field(default_factory=list)
    probability: list[Any] = field(default_factory=list)
    children: list[list[int]] = field(default_factory=list)
    terminals: list[int] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    drafts: list[_Draft] = field(default_factory=list)

    def path(self, node: int) -> str:
        """The history as text, shortened if it is long."""
        shortened = self.depth[node] > LONGEST_HISTORY
        labels: list[str] = []
        at = node
        while at > 0 and not (shortened and len(labels) == 5):
            labels.append(self.edge_labels[at])
            at = self.parent[at]
        history = "/".join(reversed(labels))
        return f".../{history} (node {node})" if shortened else history or "(root)"


def flatten(root: Node, max_nodes: int) -> Flat:
    """Number the nodes in pre-order and group the decisions into information sets."""
    _check_size(root, max_nodes)
    flat = Flat()
    drafts: dict[tuple[Any, ...], int] = {}
    stack: list[tuple[Node, int, int, str, Any]] = [(root, -1, -1, "", 1)]
    while stack:
        node, parent, action, edge, probability = stack.pop()
        me = len(flat.parent)
        flat.parent.append(parent)
        flat.depth.append(flat.depth[parent] + 1 if parent >= 0 else 0)
        flat.action.append(action)
        flat.edge_labels.append(edge)
        flat.probability.append(probability)
        flat.children.append([])
        if parent >= 0:
            flat.children[parent].append(me)
        infoset, stage, player, kind = -1, -1, None, TERMINAL
        if isinstance(node, Decision):
            kind, player = DECISION, node.player
            stage = -1 if node.infoset is not None else node.stage
            flat.stage.append(stage)
            infoset = _infoset(flat, drafts, node, me)
            names = flat.drafts[infoset].actions
            stack.extend((node.actions[names[k]], me, k, names[k], 1) for k in reversed(range(len(names))))
        elif isinstance(node, Chance):
            kind = CHANCE
            flat.stage.append(stage)
            branches = list(enumerate(node.actions.items()))
            stack.extend((child, me, k, name, value) for k, (name, (value, child)) in reversed(branches))
        else:
            assert isinstance(node, Outcome)
            flat.stage.append(stage)
            flat.terminals.append(me)
            flat.outcomes.append(node)
        flat.kind.append(kind)
        flat.player.append(player)
        flat.infoset.append(infoset)
    return flat


def _check_size(root: Node, max_nodes: int) -> None:
    """Count the nodes before they are written out: shared subtrees can make a small nest an enormous tree."""
    sizes: dict[int, int] = {}
    for node in post_order(root):
        sizes[id(node)] = 1 + sum(sizes[id(child)] for child in node.children)
    total = sizes[id(root)]
    if total > max_nodes:
        raise TooLarge(
            f"the tree has {_checks.count(total)} nodes ({_checks.byte_text(500 * total)} of memory or more); the limit is "
            f"{max_nodes:,}. Use a smaller tree, or pass max_nodes= to allow more."
        )


def _infoset(flat: Flat, drafts: dict[tuple[Any, ...], int], node: Decision, me: int) -> int:
    """The information set of a decision, opened if it is new; the fields of the node itself are not yet all filled."""
    start = me
    for up in range(node.stage):
        before = flat.parent[start]
        if before < 0 or flat.kind[before] != DECISION or flat.stage[before] != node.stage - up - 1:
            raise GameError(
                f"the decision of {node.player!r} at {flat.path(me)} belongs to a simultaneous stage that starts "
                f"{node.stage} level(s) above it, but stands outside such a stage; build it with simultaneous()."
            )
        start = before
    key = (node.infoset,) if node.infoset is not None else (node.player, start)
    actions = tuple(node.actions)
    if key not in drafts:
        drafts[key] = len(flat.drafts)
        flat.drafts.append(_Draft(node.player, actions, node.infoset, start, [me]))
        return drafts[key]
    draft = flat.drafts[drafts[key]]
    name = f"the information set {node.infoset!r}" if node.infoset is not None else "an information set"
    if draft.player != node.player:
        raise GameError(
            f"{name} belongs to {draft.player!r} at {flat.path(draft.nodes[0])} and to {node.player!r} at "
            f"{flat.path(me)}; an information set has one player. Give the two different names."
        )
    if set(draft.actions) != set(actions):
        raise GameError(
            f"{name} of {node.player!r} has the actions {list(draft.actions)} at {flat.path(draft.nodes[0])} and "
            f"{list(actions)} at {flat.path(me)}; decisions that cannot be told apart have the same actions."
        )
    draft.nodes.append(me)
    return drafts[key]


def player_order(flat: Flat, players: tuple[str, ...] | None) -> tuple[str, ...]:
    """The players in order of first appearance, decisions before outcomes; or the given ones, checked to be all of them."""
    found = dict.fromkeys(name for name in flat.player if name is not None)
    for outcome in flat.outcomes:
        found.update(dict.fromkeys(outcome.payoffs))
    if players is None:
        if not found:
            raise GameError(
                "the tree has no players: its outcomes give no payoffs and there are no decisions."
            )
        return tuple(found)
    for name in found:
        _checks.index("player", name, players)
    return players


def payoff_rows(flat: Flat, players: tuple[str, ...]) -> list[list[Any]]:
    """The payoffs, one list a player, one entry a terminal node."""
    for node, outcome in zip(flat.terminals, flat.outcomes, strict=True):
        for name in players:
            if name not in outcome.payoffs:
                label = f" ({outcome.label})" if outcome.label else ""
                raise GameError(
                    f"the outcome at {flat.path(node)}{label} gives no payoff to {name!r}; every outcome needs a payoff "
                    f"for each of {', '.join(players)}."
                )
    return [[outcome.payoffs[name] for outcome in flat.outcomes] for name in players]


def information_sets(flat: Flat, players: tuple[str, ...]) -> tuple[Infoset, ...]:
    """The information sets in order of their first nodes, each with a label unique for its player."""
    taken: dict[str, set[str]] = {name: set() for name in players}
    for draft in flat.drafts:
        if draft.named is not None:
            taken[draft.player].add(draft.named)
    result = []
    for draft in flat.drafts:
        label = draft.named
        if label is None:
            label = _checks.unique(
                "start" if draft.start == 0 else flat.path(draft.start), taken[draft.player]
            )
            taken[draft.player].add(label)
        result.append(Infoset(players.index(draft.player), label, draft.actions, tuple(draft.nodes)))
    return tuple(result)


def recall_fault(flat: Flat, infosets: tuple[Infoset, ...]) -> str | None:
    """Why some player lacks perfect recall, or None if all have it."""
    last: dict[
        int, tuple[int, int]
    ] = {}  # player -> her last own information set and action on the current path
    expected: dict[int, tuple[int, int] | None] = {}  # information set -> what its first node says
    undo: list[
        tuple[int, int, tuple[int, int] | None]
    ] = []  # along the current path: node, player, value before
    for node in range(len(flat.parent)):
        parent = flat.parent[node]
        while undo and undo[-1][0] >= parent:
            # In pre-order, whatever stands on the path from the parent on belongs to an earlier sibling.
            _restore(last, undo.pop())
        if parent >= 0 and flat.kind[parent] == DECISION:
            mover = infosets[flat.infoset[parent]].player
            undo.append((parent, mover, last.get(mover)))
            last[mover] = (flat.infoset[parent], flat.action[node])
        if flat.kind[node] != DECISION:
            continue
        h = flat.infoset[node]
        memory = last.get(infosets[h].player)
        if h not in expected:
            expected[h] = memory
        elif expected[h] != memory:
            return _recall_message(flat, infosets, h, node, memory)
    return None


def _restore(last: dict[int, tuple[int, int]], step: tuple[int, int, tuple[int, int] | None]) -> None:
    _, player, before = step
    if before is None:
        del last[player]
    else:
        last[player] = before


def _recall_message(
    flat: Flat, infosets: tuple[Infoset, ...], h: int, node: int, memory: tuple[int, int] | None
) -> str:
    infoset = infosets[h]
    first = infoset.nodes[0]
    above, at = set(), node
    while at >= 0:
        above.add(at)
        at = flat.parent[at]
    owner = flat.drafts[h].player
    if any(other in above for other in infoset.nodes if other != node):
        return (
            f"absent-mindedness: the information set {infoset.label!r} of {owner!r} comes twice on the path to "
            f"{flat.path(node)}."
        )
    return (
        f"imperfect recall: {owner!r} cannot tell {flat.path(node)} from {flat.path(first)} (information set "
        f"{infoset.label!r}), although the two histories hold different choices or knowledge of that player's own."
    )


def check_probabilities(flat: Flat, probability: NDArray[Any], domain: scalars.Domain) -> None:
    """Probabilities of each chance move: not negative, and summing to one."""
    for node, below in enumerate(flat.children):
        if flat.kind[node] != CHANCE:
            continue
        values = [probability[k] for k in below]
        for k, value in zip(below, values, strict=True):
            if (not scalars.is_expression(value) or value.is_number) and value < 0:
                raise GameError(
                    f"the chance move at {flat.path(node)} gives the branch {flat.edge_labels[k]!r} the probability "
                    f"{scalars.to_text(value)}; probabilities must not be negative."
                )
        total = sum(values[1:], values[0])
        if domain == "parametric":
            _check_parametric_sum(flat, node, total)
        elif abs(total - 1) > (PROBABILITY_TOLERANCE if domain == "real" else 0):
            raise GameError(
                f"the probabilities of the chance move at {flat.path(node)} sum to {scalars.to_text(total, 12)}, "
                f"not to 1: {_branches(flat, below, values)}."
            )


def _check_parametric_sum(flat: Flat, node: int, total: Any) -> None:
    import sympy

    # A ratio of polynomials is identically zero exactly if cancelling common factors leaves zero.
    if total != 1 and sympy.cancel(total - 1) != 0:
        raise GameError(
            f"the probabilities of the chance move at {flat.path(node)} sum to {total}, which is not 1 for all values of "
            f"the parameters; write the probability of {flat.edge_labels[flat.children[node][-1]]!r} as one minus the others."
        )


def _branches(flat: Flat, below: list[int], values: list[Any]) -> str:
    return ", ".join(
        f"{flat.edge_labels[k]} {scalars.to_text(value)}" for k, value in zip(below, values, strict=True)
    )
