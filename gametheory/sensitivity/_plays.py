"""What is played in an equilibrium, as a short text, for many equilibria at once.

The *play* is the support of the equilibrium along its path: which actions are taken with positive probability at information
sets that are reached with positive probability. It has finitely many values, so parameter space falls into regions by it,
whereas payoffs and mixing probabilities change everywhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gametheory.games.extensive import ExtensiveGame
from gametheory.solvers.stacked import TOLERANCE, Booleans, Floats, Integers

__all__ = ["Plays"]


class Plays:
    """Numbers the plays of a game, and the sets of them, in the order in which they come up.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
    start : int
        The node of a tree from which the play is followed, whether or not it is reached.
    """

    def __init__(self, game: Any, start: int = 0) -> None:
        self.game, self.start = game, start
        self._plays: dict[bytes, int] = {}
        self._texts: list[tuple[bool, str]] = []  # whether somebody mixes, so that pure plays come first
        self._sets: dict[tuple[int, ...], int] = {}

    def codes(self, start: Integers, behaviour: Floats) -> Integers:
        """For each point, the number of its set of plays; rows ``start[b]:start[b + 1]`` are its equilibria."""
        played = self._played(behaviour)
        packed = np.packbits(played, axis=1)
        unique, inverse = np.unique(packed, axis=0, return_inverse=True)
        known = np.array(
            [self._play(row.tobytes(), played, inverse, k) for k, row in enumerate(unique)], np.int64
        )
        plays = known[inverse.ravel()] if len(known) else np.empty(0, np.int64)
        counts = np.diff(start)
        result = np.empty(len(counts), np.int64)
        for count in np.unique(counts):
            points = np.flatnonzero(counts == count)
            groups = np.sort(plays[start[points][:, None] + np.arange(count)], axis=1)
            unique, inverse = np.unique(groups, axis=0, return_inverse=True)
            numbers = [self._set(tuple(dict.fromkeys(int(play) for play in group))) for group in unique]
            result[points] = np.array(numbers, np.int64)[inverse.ravel()]
        return result

    def labels(self) -> tuple[str, ...]:
        """The text of each set of plays, by number."""
        return tuple(
            " | ".join(text for _, text in sorted(self._texts[play] for play in group))
            or "no equilibrium found"
            for group in self._sets
        )

    def _play(self, key: bytes, played: Booleans, inverse: Integers, k: int) -> int:
        if key not in self._plays:
            self._plays[key] = len(self._plays)
            self._texts.append(self._text(played[int(np.flatnonzero(inverse.ravel() == k)[0])]))
        return self._plays[key]

    def _set(self, group: tuple[int, ...]) -> int:
        return self._sets.setdefault(group, len(self._sets))

    def _played(self, behaviour: Floats) -> Booleans:
        """Whether each move is made along the play, for each row."""
        played = behaviour > TOLERANCE
        game = self.game
        if not isinstance(game, ExtensiveGame):
            return played
        offset = np.cumsum([0, *(len(infoset.actions) for infoset in game.infosets)])
        reached = np.zeros((game.n_nodes, len(behaviour)), bool)
        reached[self.start] = True
        for node in range(self.start + 1, game.n_nodes):
            above = int(game.parent[node])
            reached[node] = reached[above]
            if game.kind[above] == 1:
                reached[node] &= played[:, offset[game.infoset[above]] + game.action[node]]
        for h, infoset in enumerate(game.infosets):
            here = np.logical_or.reduce(reached[list(infoset.nodes)])
            played[:, offset[h] : offset[h + 1]] &= here[:, None]
        return played

    def _text(self, played: Booleans) -> tuple[bool, str]:
        """Such as ``"limited; West acquiesce; China acquiesce"``: who moves first in the tree is not named, the others are."""
        game = self.game
        first = None
        if isinstance(game, ExtensiveGame):
            sets = [(infoset.player, infoset.actions) for infoset in game.infosets]
            first = int(game.player[0]) if game.kind[0] == 1 and self.start == 0 else None
        else:
            sets = list(enumerate(game.strategies))
        chosen: dict[int, dict[str, None]] = {}
        mixed = False
        position = 0
        for player, actions in sets:
            taken = [action for k, action in enumerate(actions) if played[position + k]]
            position += len(actions)
            mixed |= len(taken) > 1
            if taken:
                chosen.setdefault(player, {})["/".join(taken)] = None
        order = sorted(chosen, key=lambda player: (player != first, player))
        texts = (
            ("" if player == first else f"{game.players[player]} ") + ", ".join(chosen[player])
            for player in order
        )
        return mixed, "; ".join(texts)
