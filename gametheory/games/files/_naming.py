"""Labels of Gambit's files as labels of this package, and back.

In a file labels may be empty or occur twice; here they are distinct and say something. A label that stands once is kept.

Players, strategies and actions: an empty label or one that occurs several times gets a number, ``x_1``, ``x_2``, ``_1``,
as Gambit 17 itself does when it reads such a file, so both programs show the same names.

Information sets: here a name belongs to one information set of one player.

- An information set without a label stays without one, and is then named by the history that leads to it, where this
  package can say which decisions it holds without naming it: a single decision, or a move of a simultaneous stage.
  Other information sets without a label are called ``West #2``: the second one of West, in the order of the file.
- A label that several information sets share is preceded by the player, ``West: (1,1)``; if that does not tell them
  apart it is numbered as above.

Writing takes back whatever reading would add again, so a file keeps its labels when it is read and written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Move", "distinct", "file_labels", "infoset_keys"]


class Move(NamedTuple):
    """An information set: the position and name of its player, its label in the file, and its decisions."""

    player: int
    player_name: str
    label: str
    nodes: Sequence[int]


#: Most players who move at once in an unlabelled stage; no table has more axes.
MAX_LEVEL = 63

#: How a decision says which information set it is in: by name, or by the levels above it at which its stage starts.
Key = tuple[str | None, int]


def distinct(labels: Sequence[str]) -> tuple[str, ...]:
    """Labels of one list, made distinct.

    Examples
    --------
    >>> from gametheory.games.files._naming import distinct
    >>> distinct(["x", "y", "x", "", "x_1"])
    ('x_2', 'y', 'x_3', '_1', 'x_1')
    """
    given = ["" if not label.strip() else label for label in labels]
    counts = Counter(given)
    last = dict.fromkeys(given, 0)
    result = []
    for label in given:
        name = label
        if not label or counts[label] > 1:
            # Numbered names of different labels differ, so that only the given ones are in the way.
            while name in counts:
                last[label] += 1
                name = f"{label}_{last[label]}"
        result.append(name)
    return tuple(result)


def infoset_keys(parent: Sequence[int], moves: Sequence[Move], at: Sequence[int]) -> list[Key]:
    """How the decisions of each information set say that they belong to it.

    Parameters
    ----------
    parent : sequence of int
        Of each node, in pre-order; -1 at the root.
    moves : sequence of Move
        In the order of their first nodes.
    at : sequence of int
        The position in `moves` of each node, -1 where no player decides.
    """
    counts = Counter(move.label for move in moves)
    numbers: Counter[int] = Counter()
    stage = [-1] * len(parent)
    starts: set[tuple[int, int]] = set()
    for move in moves:
        if not move.label.strip() and len(move.nodes) == 1:
            stage[move.nodes[0]] = 0
            starts.add((move.player, move.nodes[0]))
    names: list[str | None] = []
    for move in moves:
        numbers[move.player] += 1
        label = move.label
        if label.strip():
            names.append(label if counts[label] == 1 else f"{move.player_name}: {label}")
            continue
        if len(move.nodes) > 1 and not _is_stage(move, parent, at, stage, starts):
            names.append(f"{move.player_name} #{numbers[move.player]}")
        else:
            names.append(None)
    named = iter(distinct([name for name in names if name is not None]))
    return [
        (None, stage[move.nodes[0]]) if name is None else (next(named), 0)
        for move, name in zip(moves, names, strict=True)
    ]


def _is_stage(
    move: Move, parent: Sequence[int], at: Sequence[int], stage: list[int], starts: set[tuple[int, int]]
) -> bool:
    """Whether the decisions are a move of one simultaneous stage; if so, `stage` and `starts` say so afterwards."""
    above = parent[move.nodes[0]]
    level = stage[above] + 1 if above >= 0 and at[above] >= 0 else 0
    if not 0 < level < MAX_LEVEL:
        return False
    start = -1
    for node in move.nodes:
        up = node
        for expected in reversed(range(level)):
            up = parent[up]
            if up < 0 or at[up] < 0 or stage[up] != expected:
                return False
        if start not in (-1, up):
            return False
        start = up
    if (move.player, start) in starts:
        return False
    starts.add((move.player, start))
    for node in move.nodes:
        stage[node] = level
    return True


def file_labels(
    parent: Sequence[int], moves: Sequence[Move], at: Sequence[int], unnamed: Sequence[int | None]
) -> list[str]:
    """The labels to write for the information sets of a game, so that it is read with those that it has.

    Parameters
    ----------
    parent, moves, at
        As for :func:`infoset_keys`, with the labels that the game has.
    unnamed : sequence of int or None
        For an information set that is named by its history, how many levels above it its stage starts.
    """
    numbers: Counter[int] = Counter()
    short = []
    for move, level in zip(moves, unnamed, strict=True):
        numbers[move.player] += 1
        prefix = f"{move.player_name}: "
        if level is not None or move.label == f"{move.player_name} #{numbers[move.player]}":
            short.append("")
        else:
            short.append(move.label.removeprefix(prefix) or move.label)
    wanted: list[Key] = [
        (move.label, 0) if level is None else (None, level)
        for move, level in zip(moves, unnamed, strict=True)
    ]
    for _ in range(3):
        given = [move._replace(label=label) for move, label in zip(moves, short, strict=True)]
        read = infoset_keys(parent, given, at)
        if read == wanted:
            return short
        # A label that would come back as another one is written in full; that may change what others come back as.
        short = [
            label if found == asked else move.label
            for move, label, found, asked in zip(moves, short, read, wanted, strict=True)
        ]
    return [move.label for move in moves]
