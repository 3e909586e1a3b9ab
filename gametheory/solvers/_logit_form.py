"""Games as the arrays on which the logit kernel works: who expects what from an action, as sums over ways to the end.

Every action ``v`` of an information set `h` is worth, to the owner of `h`, ::

    u(v) = sum over nodes x of h, and ends e reached from x through v, of  b(x) c(e) p(after) U(e),

where ``b(x)`` is the probability of `x` given `h`, ``c(e)`` the product of the chance moves after `x`, ``p(after)`` that of the
probabilities of the actions after `v`, and ``U(e)`` the payoff. In a normal form every player has one information set with one
node, and every strategy profile is an end.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from gametheory.errors import TooLarge, Unsupported
from gametheory.games.extensive import CHANCE, ExtensiveGame

__all__ = ["MAX_ENTRIES", "Form", "of_shape", "of_tree"]

#: Most entries (actions on the ways to all ends of the game, each with what comes after it) that a form may have.
MAX_ENTRIES = 100_000_000


class Form(NamedTuple):
    """See :mod:`gametheory.solvers._kernels.logit` for the arrays."""

    start: Any
    owner: Any
    node_start: Any
    log_chance: Any
    before_start: Any
    before: Any
    entry_start: Any
    node: Any
    end: Any
    chance: Any
    after_start: Any
    after: Any


def of_shape(shape: tuple[int, ...]) -> Form:
    """The form of a normal-form game; ends are numbered as the cells of the payoff table are."""
    n_players, cells = len(shape), math.prod(shape)
    _check(cells * n_players * n_players)
    start = np.concatenate(([0], np.cumsum(shape)))
    index = np.arange(cells).reshape(shape)
    digits = np.indices(shape).reshape(n_players, cells) + start[:-1, None]
    ends, afters = [], []
    for i, n in enumerate(shape):
        others = [j for j in range(n_players) if j != i]
        for s in range(n):
            own = index.take(s, axis=i).ravel()
            ends.append(own)
            afters.append(digits[others][:, own].T.ravel())
    sizes = [len(own) for own in ends]
    n_entries = sum(sizes)
    return _form(
        start,
        np.arange(n_players),
        np.arange(n_players + 1),
        np.zeros(n_players),
        np.zeros(n_players + 1),
        np.zeros(0),
        np.concatenate(([0], np.cumsum(sizes))),
        np.repeat(np.arange(n_players), [cells] * n_players),
        np.concatenate(ends),
        np.ones(n_entries),
        np.arange(n_entries + 1) * (n_players - 1),
        np.concatenate(afters) if n_players > 1 else np.zeros(0),
    )


def of_tree(game: ExtensiveGame) -> Form:
    """The form of a tree; ends are numbered as its terminal nodes are."""
    start = np.concatenate(([0], np.cumsum([len(h.actions) for h in game.infosets])))
    # The nodes of the information sets, set by set.
    number: dict[int, int] = {}
    node_start = [0]
    for infoset in game.infosets:
        for x in infoset.nodes:
            number[int(x)] = len(number)
        node_start.append(len(number))
    before: list[list[int]] = [[] for _ in number]
    log_chance = np.zeros(len(number))
    entries: list[list[tuple[int, int, float, list[int]]]] = [[] for _ in range(int(start[-1]))]
    total = 0
    for end, terminal in enumerate(game.terminals.tolist()):
        chance = 1.0
        moves: list[tuple[int, int, float]] = []  # node, variable, chance on the way to the node
        for x, child in _steps(game, terminal):
            if game.kind[x] == CHANCE:
                chance *= float(game.chance_probability[child])
                continue
            k = number[x]
            log_chance[k] = math.log(chance) if chance > 0 else -math.inf
            before[k] = [v for _, v, _ in moves]
            moves.append((k, int(start[game.infoset[x]]) + int(game.action[child]), chance))
        for k, (x, v, so_far) in enumerate(moves):
            after = [w for _, w, _ in moves[k + 1 :]]
            total += 1 + len(after)
            if so_far > 0:
                entries[v].append((x, end, chance / so_far, after))
    for h, infoset in enumerate(game.infosets):
        if not np.isfinite(log_chance[node_start[h] : node_start[h + 1]]).any():
            raise Unsupported(
                f"chance never lets the play come to the information set {infoset.label!r} of "
                f"{game.players[infoset.player]!r}, so that beliefs there are not defined; leave out branches of probability 0."
            )
    _check(total)
    flat = [entry for own in entries for entry in own]
    return _form(
        start,
        np.array([h.player for h in game.infosets]),
        np.array(node_start),
        log_chance,
        np.concatenate(([0], np.cumsum([len(own) for own in before]))),
        np.array([v for own in before for v in own]),
        np.concatenate(([0], np.cumsum([len(own) for own in entries]))),
        np.array([entry[0] for entry in flat]),
        np.array([entry[1] for entry in flat]),
        np.array([entry[2] for entry in flat]),
        np.concatenate(([0], np.cumsum([len(entry[3]) for entry in flat]))),
        np.array([v for entry in flat for v in entry[3]]),
    )


def _steps(game: ExtensiveGame, terminal: int) -> list[tuple[int, int]]:
    """The edges from the root to an end."""
    edges = []
    child = terminal
    while child:
        parent = int(game.parent[child])
        edges.append((parent, child))
        child = parent
    return edges[::-1]


def _form(*arrays: Any) -> Form:
    floats = {3, 9}
    return Form(
        *(
            np.ascontiguousarray(array, dtype=np.float64 if k in floats else np.int64)
            for k, array in enumerate(arrays)
        )
    )


def _check(entries: int) -> None:
    if entries > MAX_ENTRIES:
        raise TooLarge(
            f"the game has {entries:,} combinations of an action and a way on from it; the limit for quantal response is "
            f"{MAX_ENTRIES:,} (gametheory.solvers._logit_form.MAX_ENTRIES)."
        )
