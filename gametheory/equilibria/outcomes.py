"""Outcomes by name: what a user asks of an equilibrium, as a linear function of how the game ends.

Three kinds of outcome have names:

- ``"P(Russia: limited)"``: the probability that the player takes the action, in a tree at least once along the play;
- ``"payoff: West"``: the expected payoff of the player;
- ``"outcome: full: success"``: the probability that a tree ends in a terminal node of that label (where it has none, of
  that path), or that a normal form ends in that strategy profile, written ``"act, respond"``.

Each is the mean of a vector of weights, one for each terminal node of a tree or strategy profile of a normal form, under
the distribution that the players' strategies and chance induce there: the player's payoffs, or flags that are 0 or 1. So the
same few vectors serve a single equilibrium, a sweep over a hundred thousand points and an exact threshold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from gametheory.errors import GameError, UnknownName, unknown
from gametheory.games.extensive import ExtensiveGame

if TYPE_CHECKING:
    from gametheory.games.normal_form import NormalFormGame

    Game: TypeAlias = NormalFormGame | ExtensiveGame

__all__ = [
    "OutcomeFunctional",
    "action_flags",
    "default_outcomes",
    "end_labels",
    "outcome_flags",
    "parse_outcome",
]

Array: TypeAlias = np.ndarray[Any, Any]

_ACTION = re.compile(r"\s*P\s*\((?P<inner>.*)\)\s*", re.DOTALL)
_NAMED = re.compile(r"\s*(?P<kind>payoff|outcome)\s*:\s*(?P<inner>.*?)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True, eq=False)
class OutcomeFunctional:
    """An outcome as a vector of weights over the ends of a game.

    Attributes
    ----------
    name : str
        As the user wrote it.
    kind : {"action", "payoff", "outcome"}
    player : int or None
        Position of the player, for actions and payoffs.
    weights : array
        Shape ``(T,)`` over the terminal nodes of a tree, ``(n_1, ..., n_N)`` over the profiles of a normal form. Boolean for
        actions and outcomes, payoffs otherwise.
    """

    name: str
    kind: Literal["action", "payoff", "outcome"]
    player: int | None
    weights: Array

    def mean(self, distribution: Any) -> Any:
        """The expectation under a distribution over the ends of the game, in the order of the weights.

        Examples
        --------
        >>> from fractions import Fraction
        >>> import gametheory as gt
        >>> from gametheory.equilibria.outcomes import parse_outcome
        >>> game = gt.NormalFormGame.from_bimatrix([[3, 0]], [[1, 2]])
        >>> parse_outcome("payoff: Player 1", game).mean([[Fraction(1, 4), Fraction(3, 4)]])
        Fraction(3, 4)
        """
        probabilities = np.asarray(distribution)
        if probabilities.shape != self.weights.shape:
            raise GameError(
                f"the distribution has shape {probabilities.shape}, but the game ends in {self.weights.shape} ways."
            )
        if self.weights.dtype == bool:
            terms = [probability for probability in probabilities[self.weights] if probability != 0]
        else:
            pairs = zip(self.weights.flat, probabilities.flat, strict=True)
            terms = [weight * probability for weight, probability in pairs if probability != 0]
        if not terms:
            return 0.0 if probabilities.dtype.kind == "f" else Fraction(0)
        total = terms[0]
        for term in terms[1:]:
            total = total + term
        return float(total) if isinstance(total, np.floating) else total


def parse_outcome(name: str, game: Game) -> OutcomeFunctional:
    """Read the name of an outcome of a game.

    Parameters
    ----------
    name : str
        ``"P(player: action)"``, ``"payoff: player"`` or ``"outcome: label"``.
    game : NormalFormGame or ExtensiveGame

    Returns
    -------
    OutcomeFunctional

    Raises
    ------
    UnknownName
        With the nearest known name, if there is no such player, action or outcome.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.equilibria.outcomes import parse_outcome
    >>> game = gt.ExtensiveGame(gt.Decision("Russia", {
    ...     "limited": gt.Outcome("war", Russia=1), "refrain": gt.Outcome("status quo", Russia=0)}))
    >>> parse_outcome("P(Russia: limited)", game).weights.tolist()
    [True, False]
    >>> parse_outcome("outcome: status quo", game).weights.tolist()
    [False, True]
    >>> parse_outcome("P(Rusia: limited)", game)
    Traceback (most recent call last):
        ...
    gametheory.errors.UnknownName: unknown player 'Rusia'; did you mean 'Russia'? Known: 'Russia'.
    """
    if not isinstance(name, str):
        raise GameError(f"an outcome is named by text such as 'payoff: {game.players[0]}', not by {name!r}.")
    if match := _ACTION.fullmatch(name):
        player, action = _split_player(match["inner"], game, name)
        return OutcomeFunctional(
            name, "action", game.player_index(player), action_flags(game, player, action)
        )
    if match := _NAMED.fullmatch(name):
        if match["kind"] == "payoff":
            position = game.player_index(match["inner"])
            return OutcomeFunctional(name, "payoff", position, game.payoffs[position])
        return OutcomeFunctional(name, "outcome", None, outcome_flags(game, match["inner"]))
    raise unknown("outcome", name, default_outcomes(game))


def default_outcomes(game: Game) -> list[str]:
    """The names of all outcomes of a game: every action, every payoff, every labelled outcome.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.equilibria.outcomes import default_outcomes
    >>> game = gt.ExtensiveGame(gt.Decision("Russia", {
    ...     "limited": gt.Outcome("war", Russia=1), "refrain": gt.Outcome("status quo", Russia=0)}))
    >>> default_outcomes(game)
    ['P(Russia: limited)', 'P(Russia: refrain)', 'payoff: Russia', 'outcome: war', 'outcome: status quo']
    """
    names = [f"P({player}: {action})" for player in game.players for action in _actions(game, player)]
    names += [f"payoff: {player}" for player in game.players]
    labels = dict.fromkeys(game.outcome_labels) if isinstance(game, ExtensiveGame) else {}
    return names + [f"outcome: {label}" for label in labels if label is not None]


def action_flags(game: Game, player: str, action: str) -> Array:
    """Whether the player takes the action on the way to each end of the game.

    Returns
    -------
    bool array of shape (T,) for a tree, (n_1, ..., n_N) for a normal form
    """
    position = game.player_index(player)
    if not isinstance(game, ExtensiveGame):
        return _profile_flags(game, {position: game.strategy_index(player, action)})
    if action not in _actions(game, player):
        raise unknown(f"action of {player!r}", action, _actions(game, player))
    parents, movers = game.parent.tolist(), game.player.tolist()
    taken = [False] * game.n_nodes
    for node in range(1, game.n_nodes):
        above = parents[node]
        taken[node] = taken[above] or (movers[above] == position and game.edge_labels[node] == action)
    return np.array(taken, dtype=bool)[game.terminals]


def outcome_flags(game: Game, label: str) -> Array:
    """Whether each end of the game has that label (in a tree without labels: that path; in a normal form: that profile).

    Returns
    -------
    bool array of shape (T,) for a tree, (n_1, ..., n_N) for a normal form
    """
    if not isinstance(game, ExtensiveGame):
        parts = label.split(", ")
        if len(parts) != len(game.players):
            example = ", ".join(names[0] for names in game.strategies)
            raise UnknownName(
                f"unknown outcome {label!r}: an outcome of a normal form is a strategy of each player, such as {example!r}."
            )
        return _profile_flags(game, dict(enumerate(game.profile_index(*parts))))
    names = end_labels(game)
    if label not in names:
        raise unknown("outcome", label, dict.fromkeys(names))
    return np.array([name == label for name in names], dtype=bool)


def end_labels(game: ExtensiveGame) -> list[str]:
    """The label of each terminal node, or the path to it where it has none."""
    pairs = zip(game.terminals.tolist(), game.outcome_labels, strict=True)
    return [game.path(node) if label is None else label for node, label in pairs]


def _profile_flags(game: NormalFormGame, fixed: dict[int, int]) -> Array:
    """Whether the players in `fixed` play the strategies at those positions, for each strategy profile."""
    flags = np.zeros(game.shape, dtype=bool)
    flags[tuple(fixed.get(i, slice(None)) for i in range(game.n_players))] = True
    return flags


def _actions(game: Game, player: str) -> tuple[str, ...]:
    """The names of all actions (or strategies) of a player, each once, in the order of the game."""
    if not isinstance(game, ExtensiveGame):
        return game.strategies[game.player_index(player)]
    named = (action for h in game.infosets_of(player) for action in game.infosets[h].actions)
    return tuple(dict.fromkeys(named))


def _split_player(inner: str, game: Game, name: str) -> tuple[str, str]:
    """Split ``"player: action"``, where either may hold a colon of its own."""
    text = inner.strip()
    found = [(player, text[len(player) :].lstrip()) for player in game.players if text.startswith(player)]
    found = [(player, rest[1:].strip()) for player, rest in found if rest.startswith(":")]
    if found:
        return max(found, key=lambda pair: len(pair[0]))
    player, colon, _ = text.partition(":")
    if not colon:
        raise UnknownName(
            f"unknown outcome {name!r}: the probability of an action is written 'P(player: action)'."
        )
    raise unknown("player", player.strip(), game.players)
