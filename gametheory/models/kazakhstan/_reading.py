r"""What is read off an equilibrium of the deterrence game: whether Russia acts, and which reply would follow.

A claim about credibility is about replies that may never be called for. So they are read off the whole behaviour, on and off
the path of play: after Russia's action :math:`a`, the replies :math:`(w, c)` come with the probability

.. math:: \prod_{h} \sigma_h,

the product over the decisions between the action and the end. This is the same whichever of the two replies first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from gametheory.errors import GameTheoryError, Unsupported
from gametheory.games import ExtensiveGame
from gametheory.models.deterrence.payoffs import ACTIONS, CHINA_REPLIES, WEST_REPLIES

if TYPE_CHECKING:
    from gametheory.equilibria.result import EquilibriumSet

__all__ = ["Measure", "Reading"]

#: How strong each reply is: the West's 0, 1 or 2, China's 0 or 1.
STRENGTH = {
    "West": {reply: S + A for reply, (S, A) in WEST_REPLIES.items()},
    "China": dict(CHINA_REPLIES),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that each equilibrium has.

    ``act`` is the probability that Russia acts, ``aim`` that it takes the action; ``replies`` is the probability that the
    player does not acquiesce if the action is taken, ``strength`` the expected strength of its reply.
    """

    kind: Literal["act", "aim", "replies", "strength"]
    action: str = ""
    player: str = ""

    def __str__(self) -> str:
        if self.kind == "act":
            return "P(Russia acts)"
        if self.kind == "aim":
            return f"P(Russia: {self.action})"
        if self.kind == "replies":
            return f"P({self.player} replies | {self.action})"
        if self.player == "China":
            return f"P(China: oppose | {self.action})"
        ladder = ", ".join(f"{strength} {reply}" for reply, strength in STRENGTH[self.player].items())
        return f"{self.player}'s reply to {self.action} ({ladder})"


class Reading:
    """Reads measures off the behaviour in one tree."""

    def __init__(self, game: Any) -> None:
        if (
            not isinstance(game, ExtensiveGame)
            or game.kind[0] != 1
            or game.players[game.player[0]] != "Russia"
        ):
            raise _unsupported("its game does not start with a decision of Russia")
        starts = np.cumsum([0, *(len(infoset.actions) for infoset in game.infosets)])
        labels = game.infosets[game.infoset[0]].actions
        missing = {"refrain", *ACTIONS} - set(labels)
        if missing:
            raise _unsupported(f"Russia has no action {', '.join(sorted(missing))} at the start")
        first = int(starts[game.infoset[0]])
        self.column = {label: first + k for k, label in enumerate(labels)}
        #: For each action of Russia: the columns of the replies on the way, and the strength of each player's.
        self.replies: dict[str, list[tuple[tuple[int, ...], dict[str, int]]]] = {}
        for k, label in enumerate(labels):
            ends = []
            waiting: list[tuple[int, tuple[int, ...], dict[str, int]]] = [(game.children[0][k], (), {})]
            while waiting:
                node, columns, strength = waiting.pop()
                if game.kind[node] != 1:
                    ends.append((columns, strength))
                    continue
                infoset = game.infosets[game.infoset[node]]
                player = game.players[infoset.player]
                ladder = STRENGTH.get(player, {})
                for a, (child, action) in enumerate(zip(game.children[node], infoset.actions, strict=True)):
                    if action not in ladder or player in strength:
                        raise _unsupported(f"{player} can choose {action!r} after {game.path(node)}")
                    column = int(starts[game.infoset[node]]) + a
                    waiting.append((child, (*columns, column), {**strength, player: ladder[action]}))
            self.replies[label] = ends

    def value(self, measure: Measure, behaviour: Any) -> Any:
        """The measure in each row of behaviour: one column for each action of each information set."""
        if measure.kind == "act":
            return 1 - behaviour[:, self.column["refrain"]]
        if measure.kind == "aim":
            return behaviour[:, self.column[measure.action]]
        total = behaviour[:, 0] * 0
        for columns, strength in self.replies[measure.action]:
            weight = strength.get(measure.player, 0)
            if weight:
                probability = np.prod([behaviour[:, column] for column in columns], axis=0)
                total = total + probability * (1 if measure.kind == "replies" else weight)
        return total

    def values(self, measure: Measure, equilibria: EquilibriumSet) -> list[Any]:
        """The measure in each equilibrium of a set, exactly."""
        if not len(equilibria):
            return []
        return list(self.value(measure, np.array(_rows(equilibria), dtype=object)))

    def settled(self, measure: Measure, equilibria: EquilibriumSet) -> bool:
        """Whether the equilibria that are listed give every value of the measure.

        They do if they are all there are. Replies are settled as well if the listed equilibria agree on them: every choice
        of a tie is listed, so there is none among these replies, whatever ties there are elsewhere.
        """
        if equilibria.complete or measure.kind in ("act", "aim"):
            return equilibria.complete
        columns = sorted({column for end, _ in self.replies[measure.action] for column in end})
        return len({tuple(row[column] for column in columns) for row in _rows(equilibria)}) == 1

    def bounds(self, measure: Measure, equilibria: EquilibriumSet) -> tuple[Any, Any]:
        """The least and the greatest value of the measure over a set of equilibria, exactly."""
        values = self.values(measure, equilibria)
        return min(values), max(values)

    def pure_reply(self, player: str, action: str, behaviour: Sequence[Any]) -> str:
        """The reply of a player to an action of Russia, in behaviour that does not mix."""
        for columns, strength in self.replies[action]:
            if all(behaviour[column] == 1 for column in columns):
                return next(
                    name for name, value in STRENGTH[player].items() if value == strength.get(player, 0)
                )
        raise GameTheoryError(f"internal error: no reply to {action!r} is certain; please report it.")

    def edges(self) -> list[Measure]:
        """Measures that together tell one kind of play from another."""
        found = [Measure("act"), *(Measure("aim", action) for action in ACTIONS)]
        return found + [Measure("strength", action, player) for action in ACTIONS for player in STRENGTH]


def _rows(equilibria: EquilibriumSet) -> list[list[Any]]:
    return [[p for vector in equilibrium.profile.arrays for p in vector] for equilibrium in equilibria]


def _unsupported(why: str) -> Unsupported:
    return Unsupported(
        f"the essay's claims are about the tree of gametheory.models.deterrence.sequential, but {why}. Give such a model, "
        "for example kazakhstan.sequential(order='west_first')."
    )
