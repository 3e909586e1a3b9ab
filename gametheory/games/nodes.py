r"""The nodes of a game tree, as a person writes them.

A tree is nested: a :class:`Decision` of a player or a :class:`Chance` move leads by labelled actions to further nodes, and
an :class:`Outcome` ends the play. Nodes are frozen, so a tree has no cycles, and one node may stand in several places
of a tree: it is then a different decision in each of them. :class:`~gametheory.games.extensive.ExtensiveGame` turns the nest
into a game and validates it as a whole.

Comparison, hashing and pickling go through one canonical list of the distinct subtrees, children first, so that no
depth of nesting exhausts Python's stack and shared subtrees are visited once.

References
----------
H. W. Kuhn (1953), "Extensive games and the problem of information", *Contributions to the Theory of Games II*.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from gametheory import scalars
from gametheory.errors import GameError, TooLarge
from gametheory.games import _checks

__all__ = ["Chance", "Decision", "Node", "Outcome", "simultaneous"]

#: Most combinations of actions in one simultaneous stage; each is a branch of the tree.
MAX_PROFILES = 1_000_000


class Node(ABC):
    """A node of a game tree: a :class:`Decision`, a :class:`Chance` move or an :class:`Outcome`."""

    __slots__ = ()

    @property
    def children(self) -> tuple[Node, ...]:
        """The nodes that follow, in the order of the actions."""
        return ()

    @abstractmethod
    def _key(self) -> tuple[Any, ...]:
        """What the node is, apart from its children, as it was written."""

    def _identity(self) -> tuple[Any, ...]:
        """What makes the node, apart from its children, different from others."""
        return self._key()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Node):
            return NotImplemented
        if self is other:
            return True
        return self._identity() == other._identity() and records(self, True) == records(other, True)

    def __hash__(self) -> int:
        # Equal trees have equal roots; the depth of the tree is left to __eq__.
        return hash(self._identity())

    def __reduce__(self) -> tuple[Any, ...]:
        return from_records, (records(self),)


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class Outcome(Node):
    """The end of the play, with a payoff for every player.

    Parameters
    ----------
    label : str, optional
        What happened; several outcomes may share a label.
    payoffs : mapping of str to scalar, optional
        For players whose names are not Python identifiers.
    **by_player : scalar
        Payoffs by name.

    Examples
    --------
    >>> from gametheory.games import Outcome
    >>> Outcome("status quo", Russia=0, West=0)
    Outcome('status quo', Russia=0, West=0)
    >>> Outcome("exit", {"New Zealand": 1}).payoffs["New Zealand"]
    Fraction(1, 1)
    """

    label: str | None
    payoffs: Mapping[str, Any]

    def __init__(
        self, label: str | None = None, payoffs: Mapping[str, object] | None = None, /, **by_player: object
    ) -> None:
        if label is not None and not isinstance(label, str):
            raise GameError(
                f"the first argument of Outcome is {label!r}; it is the outcome's label. "
                "Payoffs go by name, Outcome(Russia=0), or second, Outcome(None, {'Russia': 0})."
            )
        for name, kind in (("label", str), ("payoffs", Mapping)):
            if isinstance(by_player.get(name), kind):
                raise GameError(
                    f"Outcome was given {name}={by_player[name]!r}, as if a player were called {name!r}; the label and the "
                    "mapping of payoffs go by position: Outcome('war', {'New Zealand': 1}, Russia=0)."
                )
        named = f"outcome {label!r}" if label else "an outcome"
        if label is not None:
            _checks.label(label, "an outcome")
        given = {} if payoffs is None else payoffs
        if not isinstance(given, Mapping):
            raise GameError(f"the payoffs of {named} are {payoffs!r}; give a mapping of player to payoff.")
        values: dict[str, Any] = {}
        for player, value in (*given.items(), *by_player.items()):
            if not isinstance(player, str):
                raise GameError(
                    f"the payoffs of {named} name the player {player!r}; a player's name is text."
                )
            if player in values:
                raise GameError(f"{named} gives two payoffs to {player!r}.")
            values[player] = scalars.as_scalar(value, f"the payoff of {player!r} in {named}")
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "payoffs", MappingProxyType(values))

    def _key(self) -> tuple[Any, ...]:
        return ("outcome", self.label, *((name, _typed(value)) for name, value in self.payoffs.items()))

    def _identity(self) -> tuple[Any, ...]:
        # The order in which the players are named is not part of what happens to them.
        return (
            "outcome",
            self.label,
            frozenset((name, _typed(value)) for name, value in self.payoffs.items()),
        )

    def __repr__(self) -> str:
        parts = [repr(self.label)] if self.label is not None else []
        if all(name.isidentifier() for name in self.payoffs):
            parts += [f"{name}={scalars.to_text(value)}" for name, value in self.payoffs.items()]
        else:
            shown = ", ".join(f"{name!r}: {scalars.to_text(value)}" for name, value in self.payoffs.items())
            parts = [repr(self.label), f"{{{shown}}}"]
        return f"Outcome({', '.join(parts)})"


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class Decision(Node):
    """A decision of a player.

    Parameters
    ----------
    player : str
    actions : mapping of str to Node
        What follows each action, in order.
    infoset : str, optional
        Decisions of one player with the same `infoset` are one information set: the player cannot tell them apart.
        Without it the decision is an information set of its own, named by the history that leads to it.
    stage : int, optional
        How many levels above this one the simultaneous stage starts to which the decision belongs; the decisions of one
        player in a stage are one information set. :func:`simultaneous` sets it.

    Examples
    --------
    >>> from gametheory.games import Decision, Outcome
    >>> Decision("West", {"acquiesce": Outcome(West=-5), "respond": Outcome(West=-3)})
    Decision('West', ['acquiesce', 'respond'])
    """

    player: str
    actions: Mapping[str, Node]
    infoset: str | None
    stage: int

    def __init__(
        self, player: str, actions: Mapping[str, Node], infoset: str | None = None, *, stage: int = 0
    ) -> None:
        if not _checks.is_text(player):
            raise GameError(f"a decision names the player {player!r}; a player's name is text.")
        where = f"a decision of {player!r}"
        _action_labels(actions, where)
        for name, child in actions.items():
            _check_child(child, f"the action {name!r} of {where}")
        if infoset is not None:
            if not _checks.is_text(infoset):
                raise GameError(f"the information set of {where} is {infoset!r}; it is named by text.")
            if stage:
                raise GameError(f"{where} has both infoset={infoset!r} and stage={stage}; give one of them.")
        if not _is_level(stage):
            raise GameError(f"the stage of {where} is {stage!r}; it is a whole number of levels, 0 or more.")
        object.__setattr__(self, "player", player)
        object.__setattr__(self, "actions", MappingProxyType(dict(actions)))
        object.__setattr__(self, "infoset", infoset)
        object.__setattr__(self, "stage", stage)

    @property
    def children(self) -> tuple[Node, ...]:
        """The nodes that follow, in the order of the actions."""
        return tuple(self.actions.values())

    def _key(self) -> tuple[Any, ...]:
        return ("decision", self.player, self.infoset, self.stage, *self.actions)

    def __repr__(self) -> str:
        infoset = "" if self.infoset is None else f", infoset={self.infoset!r}"
        return f"Decision({self.player!r}, {list(self.actions)!r}{infoset})"


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class Chance(Node):
    """A move of chance.

    Parameters
    ----------
    actions : mapping of str to (probability, Node)
        The probabilities are scalars and sum to one; in a parametric game write the last as one minus the others.

    Examples
    --------
    >>> from gametheory.games import Chance, Outcome
    >>> Chance({"success": ("1/3", Outcome(Russia=5)), "failure": ("2/3", Outcome(Russia=-1))})
    Chance({'success': 1/3, 'failure': 2/3})
    """

    actions: Mapping[str, tuple[Any, Node]]

    def __init__(self, actions: Mapping[str, tuple[object, Node]]) -> None:
        _action_labels(actions, "a chance move")
        result: dict[str, tuple[Any, Node]] = {}
        for name, branch in actions.items():
            probability, child = _pair(branch, name)
            _check_child(child, f"the branch {name!r} of a chance move")
            result[name] = (scalars.as_scalar(probability, f"the probability of the branch {name!r}"), child)
        object.__setattr__(self, "actions", MappingProxyType(result))

    @property
    def children(self) -> tuple[Node, ...]:
        """The nodes that follow, in the order of the branches."""
        return tuple(child for _, child in self.actions.values())

    @property
    def probabilities(self) -> tuple[Any, ...]:
        """The probabilities of the branches, in their order."""
        return tuple(probability for probability, _ in self.actions.values())

    def _key(self) -> tuple[Any, ...]:
        return ("chance", *((name, _typed(value)) for name, (value, _) in self.actions.items()))

    def __repr__(self) -> str:
        branches = ", ".join(
            f"{name!r}: {scalars.to_text(value)}" for name, (value, _) in self.actions.items()
        )
        return f"Chance({{{branches}}})"


def simultaneous(actions: Mapping[str, Sequence[str]], outcome: Callable[..., Node], /) -> Decision:
    """A stage in which several players choose without knowing each other's choice.

    Parameters
    ----------
    actions : mapping of str to sequence of str
        The actions of each player.
    outcome : callable
        Called with one action for each player, in their order; returns the node that follows.

    Returns
    -------
    Decision
        Nested decisions: the first player's at the top, the later players' tied in one information set each, named by the
        history that leads to the stage.

    Examples
    --------
    >>> from gametheory.games import ExtensiveGame, Outcome, simultaneous
    >>> stage = simultaneous(
    ...     {"West": ["acquiesce", "support"], "China": ["acquiesce", "oppose"]},
    ...     lambda west, china: Outcome(West=int(west == "support"), China=int(china == "oppose")),
    ... )
    >>> [infoset.label for infoset in ExtensiveGame(stage).infosets]
    ['start', 'start']
    """
    _check_mapping(actions, "the players and actions of a simultaneous stage", "player to actions")
    names = _checks.labels(
        actions, "player", empty="a simultaneous stage has no players; it needs at least one."
    )
    choices = [
        _checks.labels(
            actions[name],
            f"{name!r} action",
            empty=f"the player {name!r} has no actions in a simultaneous stage; every player needs at least one.",
        )
        for name in names
    ]
    count = math.prod(map(len, choices))
    if count > MAX_PROFILES:
        raise TooLarge(
            f"the simultaneous stage of {', '.join(names)} has {_checks.count(count)} combinations of actions; the limit "
            f"is {MAX_PROFILES:,}. Use fewer actions."
        )
    # The last player's decisions are built first: one layer of nodes for each player, from the bottom up.
    profiles: list[tuple[str, ...]] = [()]
    for options in choices:
        profiles = [(*profile, option) for profile in profiles for option in options]
    layer: list[Node] = []
    for profile in profiles:
        node = outcome(*profile)
        _check_child(node, f"the simultaneous stage at {'/'.join(profile)}")
        layer.append(node)
    for depth in reversed(range(len(names))):
        options = choices[depth]
        layer = [
            Decision(names[depth], dict(zip(options, layer[k : k + len(options)], strict=True)), stage=depth)
            for k in range(0, len(layer), len(options))
        ]
    (root,) = layer
    assert isinstance(root, Decision)
    return root


# ---------------------------------------------------------------------------------------------------------------------
# Checks
# ---------------------------------------------------------------------------------------------------------------------
def _check_mapping(given: object, what: str, kind: str) -> None:
    if not isinstance(given, Mapping):
        raise GameError(f"{what} are {given!r}; give a mapping of {kind}.")


def _is_level(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _pair(branch: object, name: str) -> tuple[Any, Any]:
    if not isinstance(branch, tuple | list) or len(branch) != 2:
        raise GameError(
            f"the branch {name!r} of a chance move is {branch!r}; give a pair of a probability and a node."
        )
    return branch[0], branch[1]


def _action_labels(actions: Any, where: str) -> None:
    _check_mapping(actions, f"the actions of {where}", "action to node")
    _checks.labels(actions, "action", empty=f"{where} has no actions; it needs at least one.")
    for name in actions:
        if not isinstance(name, str):
            raise GameError(f"{where} has the action {name!r}; an action's label is text.")


def _check_child(child: object, where: str) -> None:
    if not isinstance(child, Node):
        raise GameError(f"{where} leads to {child!r}, which is not a Decision, a Chance or an Outcome.")


def _typed(value: Any) -> tuple[str, Any]:
    # 0.5 and Fraction(1, 2) are equal in Python, but make a game of floats and an exact one.
    return ("float" if isinstance(value, float) else "exact", value)


# ---------------------------------------------------------------------------------------------------------------------
# The canonical list of subtrees
# ---------------------------------------------------------------------------------------------------------------------
def records(root: Node, identity: bool = False) -> tuple[tuple[tuple[Any, ...], tuple[int, ...]], ...]:
    """The distinct subtrees, children before parents, each as what its root is and the positions of its children.

    With `identity` what its root is leaves out all that does not make it different; such a list is for comparing only.
    """
    position: dict[tuple[tuple[Any, ...], tuple[int, ...]], int] = {}
    seen: dict[int, int] = {}  # id of a node -> position of its subtree
    for node in post_order(root):
        record = (
            node._identity() if identity else node._key(),
            tuple(seen[id(child)] for child in node.children),
        )
        seen[id(node)] = position.setdefault(record, len(position))
    return tuple(position)


def post_order(root: Node) -> Iterable[Node]:
    """Every node object below the root once, children before parents."""
    done: set[int] = set()
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, expanded = stack.pop()
        if id(node) in done:
            continue
        if expanded or isinstance(node, Outcome):
            done.add(id(node))
            yield node
        else:
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node.children))


def from_records(table: Sequence[tuple[tuple[Any, ...], tuple[int, ...]]]) -> Node:
    """The tree that :func:`records` lists."""
    nodes: list[Node] = []
    for (kind, *rest), below in table:
        children = [nodes[k] for k in below]
        if kind == "outcome":
            label, *payoffs = rest
            nodes.append(Outcome(label, {name: value for name, (_, value) in payoffs}))
        elif kind == "chance":
            nodes.append(
                Chance(
                    {name: (value, child) for (name, (_, value)), child in zip(rest, children, strict=True)}
                )
            )
        else:
            player, infoset, stage, *names = rest
            nodes.append(Decision(player, dict(zip(names, children, strict=True)), infoset, stage=stage))
    return nodes[-1]
