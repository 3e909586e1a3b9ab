"""What the catalog says of a published game: the game, where it was published, and what the publication says about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from gametheory import scalars
from gametheory.errors import ParameterError, unknown
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame
from gametheory.games.profiles import BehaviourProfile, MixedProfile

__all__ = ["Answer", "CatalogEntry", "Concept"]

Concept = Literal[
    "nash", "pure nash", "subgame perfect", "perfect", "proper", "correlated", "rationalizable", "optimum"
]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a game under one solution concept.

    Attributes
    ----------
    concept : str
        "nash", "pure nash", "subgame perfect", "perfect", "proper", "correlated", "rationalizable", or "optimum" (of a single
        player).
    statement : str
        In words.
    profiles : tuple of mappings
        Equilibria: for each player a strategy, or the probabilities of some; in a tree for each of her information sets an
        action, or the probabilities of some. Probabilities are numbers or expressions in the parameters of the game.
    complete : bool
        Whether there are no other equilibria. Where they are not isolated, `profiles` are the extreme ones.
    count : int or None
        How many equilibria there are, extreme ones where they are not isolated.
    payoffs : mapping of str to scalar
        What players get in every equilibrium listed; a value of the game among them.
    strategies : mapping of str to tuple of str
        What survives, for "rationalizable".
    distribution : mapping of tuple of str to scalar
        Of strategy profiles, for "correlated".
    recomputed : bool
        Whether this is not in the publication, but was computed with this package and checked against the definition.
    """

    concept: Concept
    statement: str
    profiles: tuple[Mapping[str, Any], ...] = ()
    complete: bool = False
    count: int | None = None
    payoffs: Mapping[str, Any] = field(default_factory=dict)
    strategies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    distribution: Mapping[tuple[str, ...], Any] = field(default_factory=dict)
    recomputed: bool = False

    def __post_init__(self) -> None:
        for name in ("payoffs", "strategies", "distribution"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A published game.

    Attributes
    ----------
    name : str
        By which :func:`~gametheory.games.catalog.load` knows it.
    title : str
    citation : str
    story : str
        What the game is about and why it is known.
    form : {"normal", "extensive"}
    players : tuple of str
    answers : tuple of Answer
    parameters : mapping of str to number
        The parameters of the game and the values at which the answers without formulas hold; empty for most games.
    notes : str
        Errata, and where the game here departs from the publication.

    Examples
    --------
    >>> import gametheory as gt
    >>> entry = gt.catalog.entry("inspection")
    >>> entry.title, entry.form, dict(entry.parameters)
    ('The inspection game', 'normal', {'w': 3, 'g': 1, 'h': 1, 'v': 13})
    >>> entry.profiles(entry.answers[0], w=4)
    (<MixedProfile agent: 0.25 shirk + 0.75 work; principal: 0.25 inspect + 0.75 trust>,)
    """

    name: str
    title: str
    citation: str
    story: str
    form: Literal["normal", "extensive"]
    players: tuple[str, ...]
    build: Callable[[], NormalFormGame | ExtensiveGame]
    answers: tuple[Answer, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    notes: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    def game(self, *, parametric: bool = False, **values: object) -> NormalFormGame | ExtensiveGame:
        """The game, as :func:`~gametheory.games.catalog.load` returns it."""
        at = self._at(values)
        game = self.build()
        if parametric:
            if values:
                raise ParameterError("give either values of parameters or parametric=True.")
            return game
        return game.substitute(at)

    def profiles(self, answer: Answer, **values: object) -> tuple[MixedProfile | BehaviourProfile, ...]:
        """The profiles of an answer on the game at these values of its parameters."""
        at = self._at(values)
        game = self.build().substitute(at)
        result: list[MixedProfile | BehaviourProfile] = []
        for given in answer.profiles:
            if isinstance(game, NormalFormGame):
                result.append(
                    MixedProfile(game, {player: _weights(own, at) for player, own in given.items()})
                )
            else:
                result.append(
                    BehaviourProfile(
                        game,
                        {
                            player: {place: _weights(choice, at) for place, choice in own.items()}
                            for player, own in given.items()
                        },
                    )
                )
        return tuple(result)

    def _at(self, values: Mapping[str, object]) -> dict[str, Any]:
        for name in values:
            if name not in self.parameters:
                if not self.parameters:
                    raise ParameterError(f"the game {self.name!r} has no parameters; {name!r} is none.")
                raise unknown(f"parameter of {self.name!r}", name, self.parameters)
        return {
            name: scalars.as_scalar(values.get(name, value), f"the value of parameter {name!r}")
            for name, value in self.parameters.items()
        }

    def __repr__(self) -> str:
        return f"<CatalogEntry {self.name!r}: {self.title} ({self.form} form, {len(self.players)} players)>"


def _weights(given: Any, at: Mapping[str, Any]) -> dict[str, Any]:
    """Probabilities of labels; a label alone is played for sure."""
    if isinstance(given, str):
        return {given: 1}
    return {label: scalars.substitute(scalars.as_scalar(value), at) for label, value in given.items()}
