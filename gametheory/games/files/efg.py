r"""Games in extensive form as text: Gambit's ``.efg``.

After the title and the players the file lists the nodes of the tree in pre-order, one entry each::

    EFG 2 R "tripwire" { "Russia" "West" }
    ""

    p "" 1 1 "" { "refrain" "act" } 0
    t "" 1 "status quo" { 0, 0 }
    p "" 2 1 "" { "acquiesce" "respond" } 0
    t "" 2 "" { 50, -67 }
    c "" 1 "" { "success" 2/5 "failure" 3/5 } 0
    t "" 3 "" { 10, -80 }
    t "" 4 "" { -40, -50 }

- ``p`` is a decision: a name of the node, the number of the player, the number of the information set among those of the
  player, its name and actions, and an outcome;
- ``c`` is a chance move: a name, the number of the event, its name, its branches with their probabilities, and an outcome;
- ``t`` is a terminal node: a name and an outcome;
- an outcome is a number, a name, and the payoffs of all players; 0 is no outcome.

What is said once of an information set, an event or an outcome may be left out, or must be said in the same words, where
its number comes again. An outcome may stand at any node: the payoffs along a path add up. Names of information sets
and outcomes may be left out, and so may the comment and the commas; the letter R or D no longer means anything.

References
----------
The Gambit Project, "The extensive game (.efg) file format", in the documentation of Gambit 16.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from gametheory.errors import GameError, GameFileError, TooLarge, Unsupported
from gametheory.games import _checks
from gametheory.games.extensive import CHANCE, MAX_NODES, TERMINAL, ExtensiveGame
from gametheory.games.files._naming import Move, distinct, file_labels, infoset_keys
from gametheory.games.files._prologue import Numbers, check_numbers, no_parameters, prologue
from gametheory.games.files._scanner import MAX_DIGITS, Scanner, number_text, quoted, quoted_label
from gametheory.games.nodes import Chance, Decision, Node, Outcome

__all__ = ["dumps", "loads"]

#: Most payoffs, players times terminal nodes: a short file can ask for many by naming one outcome again and again.
MAX_PAYOFFS = 10_000_000


@dataclass(slots=True)
class _Choice:
    """An information set or an event as the file describes it."""

    label: str
    actions: tuple[str, ...]
    probabilities: tuple[Fraction, ...]
    nodes: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Tree:
    """The nodes of the file, in its order."""

    start: list[int] = field(default_factory=list)  # where in the text
    parent: list[int] = field(default_factory=list)
    choice: list[tuple[int, int] | None] = field(default_factory=list)  # player (0 for chance) and number
    outcome: list[int] = field(default_factory=list)
    choices: dict[tuple[int, int], _Choice] = field(default_factory=dict)
    outcomes: dict[int, tuple[str, tuple[Fraction, ...]]] = field(default_factory=dict)


def loads(
    text: str,
    *,
    numbers: Numbers = "exact",
    allow_imperfect_recall: bool = False,
    path: str | Path | None = None,
) -> ExtensiveGame:
    """Read a game from the text of an ``.efg`` file.

    Parameters
    ----------
    text : str
    numbers : {"exact", "float"}
        Whether ``0.1`` is a tenth or the nearest float to it.
    allow_imperfect_recall : bool
        Whether a player may forget what she knew or did, or even be absent-minded.
    path : path-like, optional
        Named in errors.

    Returns
    -------
    ExtensiveGame
        With the labels of the file, made distinct: see :mod:`gametheory.games.files`. Payoffs of outcomes at interior
        nodes are added to those of the terminal nodes below them. Comments, the names of nodes and of chance events,
        and the labels of outcomes at interior nodes are not kept.

    Raises
    ------
    GameFileError
        With line and column, what was found and what was expected; also for imperfect recall that is not allowed.
    TooLarge
        If the tree has more nodes than :data:`~gametheory.games.extensive.MAX_NODES`.

    Examples
    --------
    >>> from gametheory.games.files import efg
    >>> print(efg.loads('''EFG 2 R "" { "Entrant" "Incumbent" }
    ...     p "" 1 1 "" { "out" "in" } 0
    ...     t "" 1 "monopoly" { 0, 2 }
    ...     p "" 2 1 "" { "fight" "yield" } 0
    ...     t "" 2 "war" { -1, -1 }
    ...     t "" 3 "" { 1, 1 }'''))
    Entrant [start]
    ├── out: monopoly (Entrant 0, Incumbent 2)
    └── in: Incumbent [in]
        ├── fight: war (Entrant -1, Incumbent -1)
        └── yield: (Entrant 1, Incumbent 1)
    """
    check_numbers(numbers)
    scanner = Scanner(text, path, floats=numbers == "float")
    title, players = prologue(scanner, "EFG", 2)
    if not players:
        scanner.fail("the list of players is empty; a game needs at least one.")
    if scanner.sees_text():
        scanner.text("a comment")
    tree = _read(scanner, players)
    ends = tree.choice.count(None)
    _checks.size(len(players) * ends, MAX_PAYOFFS, "the tree of the file", "Use fewer players or outcomes.")
    root = _build(scanner, tree, players, numbers)
    try:
        return ExtensiveGame(root, players, title, allow_imperfect_recall)
    except GameError as error:
        raise GameFileError(str(error), path) from error


# ------------------------------------------------------------------------------------------------------------
# Reading the entries
# ------------------------------------------------------------------------------------------------------------
def _read(scanner: Scanner, players: tuple[str, ...]) -> _Tree:
    tree = _Tree()
    # For each node above that still lacks children: the node, and how many.
    lacking: list[list[int]] = [[-1, 1]]
    while lacking:
        if scanner.peek().kind == "end":
            node, missing = lacking[-1]
            if node < 0:
                scanner.unexpected("the first node, one of c, p and t")
            line = scanner.error("", tree.start[node]).line
            scanner.unexpected(
                f"a node, one of c, p and t: the one of line {line} lacks {missing} of its branches"
            )
        if len(tree.start) == MAX_NODES:
            raise TooLarge(f"the tree of the file has more than {MAX_NODES:,} nodes, which is the limit.")
        node = len(tree.start)
        tree.start.append(scanner.at)
        tree.parent.append(lacking[-1][0])
        lacking[-1][1] -= 1
        if not lacking[-1][1]:
            lacking.pop()
        branches = _entry(scanner, tree, players)
        if branches:
            lacking.append([node, branches])
    if scanner.peek().kind != "end":
        scanner.unexpected(f"the end of the file: the tree is complete after {len(tree.start):,} nodes")
    return tree


def _entry(scanner: Scanner, tree: _Tree, players: tuple[str, ...]) -> int:
    """Read one node; how many branches it has."""
    node = len(tree.start) - 1
    kind = scanner.word("a node, one of c, p and t")
    if kind not in ("c", "p", "t"):
        scanner.fail(
            f"found {kind[:20]!r}; expected a node, one of c (chance), p (player) and t (terminal).",
            tree.start[node],
        )
    scanner.text("the name of the node (it may be empty)")
    if kind == "t":
        tree.choice.append(None)
        tree.outcome.append(_outcome(scanner, tree, players))
        return 0
    player = 0
    if kind == "p":
        start = scanner.at
        player = scanner.integer("the number of the player")
        if not 1 <= player <= len(players):
            scanner.fail(
                f"there is no player {player}; the players are numbered from 1 to {len(players)}.", start
            )
    start = scanner.at
    number = scanner.integer("the number of the information set" if player else "the number of the event")
    key = (player, number)
    what = f"information set {number} of {players[player - 1]!r}" if player else f"chance event {number}"
    _describe(scanner, tree, key, what, start)
    choice = tree.choices[key]
    choice.nodes.append(node)
    tree.choice.append(key)
    tree.outcome.append(_outcome(scanner, tree, players))
    return len(choice.actions)


def _describe(scanner: Scanner, tree: _Tree, key: tuple[int, int], what: str, start: int) -> None:
    """Read what the file says here of an information set or event, if anything."""
    known = tree.choices.get(key)
    start_text = scanner.at
    label = scanner.label("its name") if scanner.sees_text() else None
    if not scanner.sees("{"):
        if label is not None:
            scanner.unexpected(f"'{{' before the actions of {what}")
        if known is None:
            scanner.fail(f"{what} comes here for the first time; expected its name and its actions.", start)
        return
    scanner.take()
    actions: list[str] = []
    probabilities: list[Fraction] = []
    while not scanner.sees("}"):
        actions.append(scanner.label(f"an action of {what} or '}}'"))
        if key[0] == 0:
            at = scanner.at
            probabilities.append(scanner.number(f"the probability of {actions[-1]!r}"))
            scanner.skip_comma()
            if probabilities[-1] < 0:
                scanner.fail("a negative probability; probabilities are 0 or more.", at)
    if not actions:
        scanner.fail(f"{what} has no actions; it needs at least one.")
    if known is not None:
        same = known.label == label or label is None
        if not same or known.actions != tuple(actions) or known.probabilities != tuple(probabilities):
            line = scanner.error("", tree.start[known.nodes[0]]).line
            scanner.fail(
                f"{what} is described in other words than on line {line}; describe it alike, or leave the description out.",
                start_text,
            )
    elif key[0] == 0 and sum(probabilities) != 1:
        scanner.fail(
            f"the probabilities of {what} sum to {_amount(sum(probabilities, Fraction(0)))}, not to 1; write them as "
            "fractions, or with decimals that sum to 1 exactly.",
            start_text,
        )
    scanner.take()
    if known is None:
        tree.choices[key] = _Choice(label or "", tuple(actions), tuple(probabilities))


def _outcome(scanner: Scanner, tree: _Tree, players: tuple[str, ...]) -> int:
    """Read the outcome of a node: its number, and what the file says of it, if anything."""
    start = scanner.at
    number = scanner.integer("the number of an outcome (0 for none)")
    label = scanner.label("its name") if scanner.sees_text() else None
    if not scanner.sees("{"):
        if label is not None:
            scanner.unexpected(f"'{{' before the payoffs of outcome {number}")
        if number and number not in tree.outcomes:
            scanner.fail(
                f"outcome {number} comes here for the first time; expected its name and payoffs.", start
            )
        return number
    if number == 0:
        scanner.fail(
            "outcome 0 is no outcome and has neither name nor payoffs; give it another number.", start
        )
    scanner.take()
    payoffs = []
    for name in players:
        payoffs.append(scanner.number(f"the payoff of {name!r} in outcome {number}"))
        scanner.skip_comma()
    scanner.mark("}", f"after the {len(players)} payoffs of outcome {number}")
    known = tree.outcomes.get(number)
    if known is None:
        tree.outcomes[number] = (label or "", tuple(payoffs))
    elif label not in (None, known[0]) or known[1] != tuple(payoffs):
        scanner.fail(
            f"outcome {number} has another name or other payoffs than before; describe it alike, or leave them out.",
            start,
        )
    return number


def _amount(value: Fraction) -> str:
    if value >= 10**20:
        return "more than 10^20"
    return str(value) if value.denominator < 10**20 else f"about {float(value):.12g}"


# ------------------------------------------------------------------------------------------------------------
# Building the tree
# ------------------------------------------------------------------------------------------------------------
def _build(scanner: Scanner, tree: _Tree, players: tuple[str, ...], numbers: Numbers) -> Node:
    payoffs = _payoffs(scanner, tree, players)
    position = {key: k for k, key in enumerate(key for key in tree.choices if key[0])}
    moves = [
        Move(key[0] - 1, players[key[0] - 1], tree.choices[key].label, tree.choices[key].nodes)
        for key in position
    ]
    at = [-1 if key is None else position.get(key, -1) for key in tree.choice]
    keys = infoset_keys(tree.parent, moves, at)
    actions = {key: distinct(choice.actions) for key, choice in tree.choices.items()}
    below: list[list[Node]] = [[] for _ in tree.start]
    root: Node | None = None
    for node in reversed(range(len(tree.start))):
        key = tree.choice[node]
        children = below[node][::-1]
        below[node] = []
        made: Node
        if key is None:
            label = tree.outcomes[tree.outcome[node]][0] if tree.outcome[node] else ""
            row: list[Any] = list(payoffs[node])
            if numbers == "float":
                row = [scanner.real(value, tree.start[node]) for value in row]
            made = Outcome(label if label.strip() else None, dict(zip(players, row, strict=True)))
        elif key[0]:
            name, stage = keys[at[node]]
            made = Decision(
                players[key[0] - 1], dict(zip(actions[key], children, strict=True)), name, stage=stage
            )
        else:
            chances: list[Any] = list(tree.choices[key].probabilities)
            if numbers == "float":
                chances = [float(value) for value in chances]
            made = Chance(dict(zip(actions[key], zip(chances, children, strict=True), strict=True)))
        if node:
            below[tree.parent[node]].append(made)
        root = made
    assert root is not None  # there is at least one node, and the last one built is the first
    return root


def _payoffs(scanner: Scanner, tree: _Tree, players: tuple[str, ...]) -> list[tuple[Fraction, ...]]:
    """What the players have got at each node: the payoffs of the outcomes on the path to it, added up."""
    nothing = (Fraction(0),) * len(players)
    result: list[tuple[Fraction, ...]] = []
    for node, outcome in enumerate(tree.outcome):
        total = result[tree.parent[node]] if node else nothing
        if outcome:
            own = tree.outcomes[outcome][1]
            total = tuple(a + b for a, b in zip(total, own, strict=True)) if any(total) else own
            if any(max(v.numerator.bit_length(), v.denominator.bit_length()) > 8 * MAX_DIGITS for v in total):
                scanner.fail(
                    "the payoffs on the path to this node add up to numbers out of all proportion.",
                    tree.start[node],
                )
        result.append(total)
    return result


# ------------------------------------------------------------------------------------------------------------
# Writing
# ------------------------------------------------------------------------------------------------------------
def dumps(game: ExtensiveGame, *, comment: str = "") -> str:
    """Write a game as the text of an ``.efg`` file.

    Parameters
    ----------
    game : ExtensiveGame
        Exact numbers are written as they are, floats by the shortest decimals that read back as the same floats.
    comment : str

    Returns
    -------
    str

    Raises
    ------
    Unsupported
        If the game has parameters.
    GameFileError
        If a number is too long to be read back, or probabilities are floats that no exact ones sum to one near.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.games.files import efg
    >>> tree = gt.Decision("A", {"stay": gt.Outcome("home", A=0), "go": gt.Chance({
    ...     "rain": ("1/3", gt.Outcome(A=-1)), "sun": ("2/3", gt.Outcome(A=2))})})
    >>> print(efg.dumps(gt.ExtensiveGame(tree, title="a walk")))
    EFG 2 R "a walk" { "A" }
    ""
    <BLANKLINE>
    p "" 1 1 "" { "stay" "go" } 0
    t "" 1 "home" { 0 }
    c "" 1 "" { "rain" 1/3 "sun" 2/3 } 0
    t "" 2 "" { -1 }
    t "" 3 "" { 2 }
    <BLANKLINE>
    """
    if not isinstance(game, ExtensiveGame):
        raise Unsupported(f"an .efg file holds a game in extensive form, not {type(game).__name__}.")
    no_parameters(game)
    return "\n".join(_lines(game, comment)) + "\n"


def _lines(game: ExtensiveGame, comment: str) -> Iterator[str]:
    players = " ".join(map(quoted_label, game.players))
    yield f"EFG 2 R {quoted(game.title)} {{ {players} }}"
    yield quoted(comment)
    yield ""
    labels, numbers = _infosets(game)
    outcomes: dict[tuple[str, str], int] = {}
    column = events = 0
    unlabelled = 0
    for node in range(game.n_nodes):
        below = game.children[node]
        if game.kind[node] == TERMINAL:
            row = game.payoffs[:, column].tolist()
            payoffs = ", ".join(number_text(value, f"a payoff at node {node}") for value in row)
            label = game.outcome_labels[column] or ""
            # Outcomes of one name and the same payoffs are one outcome; those without a name are not known to be.
            key = (label, payoffs) if label else ("", f"{unlabelled} {payoffs}")
            unlabelled += not label
            number = outcomes.setdefault(key, len(outcomes) + 1)
            yield f't "" {number} {quoted_label(label)} {{ {payoffs} }}'
            column += 1
        elif game.kind[node] == CHANCE:
            events += 1
            shares = _shares(game, node)
            branches = " ".join(
                f"{quoted_label(game.edge_labels[k])} {share}" for k, share in zip(below, shares, strict=True)
            )
            yield f'c "" {events} "" {{ {branches} }} 0'
        else:
            h = int(game.infoset[node])
            actions = " ".join(map(quoted_label, game.infosets[h].actions))
            player = game.infosets[h].player + 1
            yield f'p "" {player} {numbers[h]} {quoted_label(labels[h])} {{ {actions} }} 0'


def _infosets(game: ExtensiveGame) -> tuple[list[str], list[int]]:
    """The label and the number of each information set."""
    moves = [Move(h.player, game.players[h.player], h.label, h.nodes) for h in game.infosets]
    unnamed = [level if (level := game._stage[h.nodes[0]]) >= 0 else None for h in game.infosets]
    labels = file_labels(game.parent.tolist(), moves, game.infoset.tolist(), unnamed)
    count = [0] * game.n_players
    numbers = []
    for h in game.infosets:
        count[h.player] += 1
        numbers.append(count[h.player])
    return labels, numbers


def _shares(game: ExtensiveGame, node: int) -> list[str]:
    """Probabilities as text, which sum to one exactly and read back as what they are."""
    values = [game.chance_probability[k] for k in game.children[node]]
    where = f"a probability at node {node}"
    if game.domain == "rational":
        return [number_text(value, where) for value in values]
    texts = [number_text(float(value), where) for value in values]
    if sum(map(Fraction, texts)) == 1:
        return texts
    # Floats near a third are each rounded; find exact numbers that round to them and sum to one.
    simple = [Fraction(float(value)).limit_denominator(10**6) for value in values]
    if sum(simple) != 1 or any(float(a) != b for a, b in zip(simple, values, strict=True)):
        simple = _spread([Fraction(float(value)) for value in values])
    if sum(simple) != 1 or any(float(a) != b for a, b in zip(simple, values, strict=True)):
        raise GameFileError(
            f"the probabilities of the chance move at {game.path(node)} sum to {float(sum(values))!r} as floats; a file needs "
            "them to sum to 1 exactly. Give them as fractions, such as '1/3'."
        )
    return [number_text(value, where) for value in simple]


def _spread(values: list[Fraction]) -> list[Fraction]:
    """The values, with what they lack to one spread over them in proportion."""
    total = sum(values, Fraction(0))
    return [value + value * (1 - total) / total for value in values]
