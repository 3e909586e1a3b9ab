r"""Strategy profiles with labels.

A mixed strategy of player :math:`i` is a probability distribution over her pure strategies; a behaviour strategy is one
distribution over the actions at each of her information sets. A profile has one strategy for each player.

Both kinds are immutable nested mappings, read by label: ``profile["Russia"]["act"]`` and
``profile["Russia"]["start"]["act"]``. Solvers read and write the arrays behind them, in the order of the game. Probabilities
are floats, exact rationals or SymPy expressions (equilibria in closed form); expressions are checked for their labels only,
because whether they are probabilities depends on the parameters.

References
----------
H. W. Kuhn (1953), "Extensive games and the problem of information", section 4.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gametheory import scalars
from gametheory.errors import GameError
from gametheory.games import _checks
from gametheory.games.extensive import ExtensiveGame, Infoset
from gametheory.games.labelled import Labelled
from gametheory.games.normal_form import NormalFormGame

__all__ = ["BehaviourProfile", "MixedProfile"]

#: How far floating-point probabilities may be from summing to one, and how far below zero.
TOLERANCE = 1e-9

_Profile = TypeVar("_Profile", bound="_Labelled")


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class _Labelled(Mapping[str, Any]):
    """What both kinds of profile share: one distribution a place, kept as arrays and as a table of labels."""

    players: tuple[str, ...]
    places: tuple[
        tuple[int, str, tuple[str, ...]], ...
    ]  # player, label of the information set, labels of the actions
    arrays: tuple[NDArray[Any], ...]
    domain: scalars.Domain
    _table: Mapping[str, Any]

    def _fill(
        self,
        players: tuple[str, ...],
        places: tuple[tuple[int, str, tuple[str, ...]], ...],
        rows: Sequence[Sequence[object]],
    ) -> None:
        """Validate the rows, one a place, and set every field."""
        if len(rows) != len(places):
            raise GameError(f"the profile has {len(rows)} distributions; the game needs {len(places)}.")
        read: list[list[Any]] = []
        for (i, label, actions), row in zip(places, rows, strict=True):
            where = players[i] if not label else f"{players[i]} at {label}"
            if len(row) != len(actions):
                raise GameError(
                    f"the strategy of {where} has {len(row)} probabilities; it needs {len(actions)}: {', '.join(actions)}."
                )
            # A profile of a large game is floats throughout, and there is nothing to read in a finite float.
            read.append(
                [
                    float(value)
                    if isinstance(value, float) and math.isfinite(value)
                    else _probability(value, f"the probability of {a!r} of {where}")
                    for a, value in zip(actions, row, strict=True)
                ]
            )
        domain = scalars.domain_of(value for row in read for value in row)
        arrays = []
        for (i, label, actions), row in zip(places, read, strict=True):
            where = players[i] if not label else f"{players[i]} at {label}"
            array = _array(row, domain)
            _check_distribution(array, actions, where)
            array.setflags(write=False)
            arrays.append(array)
        for name, value in (
            ("players", players),
            ("places", places),
            ("arrays", tuple(arrays)),
            ("domain", domain),
            ("_table", MappingProxyType(_nested(players, places, arrays))),
        ):
            # The class is frozen, so that its own constructor has to go round the guard.
            object.__setattr__(self, name, value)

    def __getitem__(self, player: str) -> Any:
        if player not in self._table:
            _checks.index("player", player, self.players)
        return self._table[player]

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Labelled):
            return NotImplemented
        return (
            type(self) is type(other)
            and self.players == other.players
            and self.places == other.places
            and all(np.array_equal(a, b) for a, b in zip(self.arrays, other.arrays, strict=True))
        )

    def __hash__(self) -> int:
        return hash((self.players, self.places, tuple(tuple(array.tolist()) for array in self.arrays)))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (
            type(self),
            self.players,
            self.places,
            tuple(tuple(array.tolist()) for array in self.arrays),
        )

    @property
    def is_pure(self) -> bool:
        """Whether every distribution puts everything on one action."""
        return all(sum(bool(value != 0) for value in array) == 1 for array in self.arrays)

    def _rows(self) -> list[tuple[str, str, str]]:
        """Player, information set and distribution in words, for every place."""
        return [
            (self.players[i], label, _words(actions, array))
            for (i, label, actions), array in zip(self.places, self.arrays, strict=True)
        ]

    def __str__(self) -> str:
        return "\n".join(
            f"{player}{f' [{label}]' if label else ''}: {words}" for player, label, words in self._rows()
        )

    def __repr__(self) -> str:
        parts = (
            f"{player}{f' [{label}]' if label else ''}: {words}" for player, label, words in self._rows()
        )
        return f"<{type(self).__name__} {'; '.join(parts)}>"

    def _repr_html_(self) -> str:
        by_place = any(label for _, label, _ in self.places)
        heads = ["player", "information set", "strategy"] if by_place else ["player", "strategy"]
        cell = 'style="padding:.2em .7em;text-align:left;border-bottom:1px solid #ccc"'
        parts = [
            '<table style="border-collapse:collapse"><tr>',
            *(f"<th {cell}>{head}</th>" for head in heads),
            "</tr>",
        ]
        for player, label, words in self._rows():
            texts = [player, label, words] if by_place else [player, words]
            parts.append("<tr>" + "".join(f"<td {cell}>{html.escape(text)}</td>" for text in texts) + "</tr>")
        return "".join([*parts, "</table>"])

    def to_latex(self) -> str:
        """The profile as a LaTeX ``tabular``: one line a player, or an information set."""
        from gametheory.games.representation import escape_latex

        lines = [r"\begin{tabular}{ll}"]
        for (i, label, actions), array in zip(self.places, self.arrays, strict=True):
            place = escape_latex(self.players[i] + (f" [{label}]" if label else ""))
            parts = [
                escape_latex(action) if value == 1 else rf"${scalars.to_latex(value)}$ {escape_latex(action)}"
                for action, value in zip(actions, array.tolist(), strict=True)
                if value != 0
            ]
            lines.append(rf"{place} & {' + '.join(parts)} \\")
        return "\n".join([*lines, r"\end{tabular}"])


class MixedProfile(_Labelled):
    """A mixed strategy for each player of a normal-form game.

    Parameters
    ----------
    game : NormalFormGame
    strategies : mapping of str to mapping of str to scalar
        For each player the probabilities of her strategies; strategies left out have probability zero.

    Attributes
    ----------
    arrays : tuple of ndarray
        One read-only array of probabilities for each player, in the order of the game.

    Examples
    --------
    >>> from gametheory.games import MixedProfile, NormalFormGame
    >>> game = NormalFormGame.from_bimatrix([[1, -1], [-1, 1]], strategies=[["heads", "tails"]] * 2)
    >>> profile = MixedProfile(
    ...     game, {"Player 1": {"heads": "1/2", "tails": "1/2"}, "Player 2": {"tails": 1}}
    ... )
    >>> profile["Player 1"]["tails"], profile["Player 2"]["heads"]
    (Fraction(1, 2), Fraction(0, 1))
    >>> profile
    <MixedProfile Player 1: 0.5 heads + 0.5 tails; Player 2: tails>
    """

    __slots__ = ()

    def __init__(self, game: NormalFormGame, strategies: Mapping[str, Mapping[str, object]]) -> None:
        _check_kind(game, NormalFormGame, "mixed")
        _check_names(strategies, game.players, "the profile")
        rows = [
            _row(strategies[name], game.strategies[i], f"the strategy of {name!r}", f"strategy of {name!r}")
            for i, name in enumerate(game.players)
        ]
        self._fill(game.players, _mixed_places(game), rows)

    @classmethod
    def from_arrays(
        cls, game: NormalFormGame, arrays: Sequence[Sequence[object] | NDArray[Any]]
    ) -> MixedProfile:
        """The profile from one array of probabilities for each player, in the order of the game."""
        _check_kind(game, NormalFormGame, "mixed")
        profile = object.__new__(cls)
        profile._fill(game.players, _mixed_places(game), [list(array) for array in arrays])
        return profile

    @classmethod
    def pure(cls, game: NormalFormGame, strategies: Mapping[str, str] | Sequence[str]) -> MixedProfile:
        """The profile in which everyone plays one strategy for sure.

        Parameters
        ----------
        game : NormalFormGame
        strategies : mapping of player to strategy, or sequence of strategies

        Returns
        -------
        MixedProfile

        Examples
        --------
        >>> game = NormalFormGame.from_bimatrix([[1, -1], [-1, 1]])
        >>> MixedProfile.pure(game, {"Player 1": "2", "Player 2": "1"})
        <MixedProfile Player 1: 2; Player 2: 1>
        """
        _check_kind(game, NormalFormGame, "mixed")
        cell = game.profile_index(strategies)
        rows = [
            [Fraction(int(k == chosen)) for k in range(n)] for chosen, n in zip(cell, game.shape, strict=True)
        ]
        return cls.from_arrays(game, rows)


class BehaviourProfile(_Labelled):
    """A distribution over the actions at every information set of an extensive game.

    Parameters
    ----------
    game : ExtensiveGame
    strategies : mapping of str to mapping of str to mapping of str to scalar
        For each player and each of her information sets the probabilities of her actions; actions left out have
        probability zero. Players who decide nothing may be left out.

    Attributes
    ----------
    arrays : tuple of ndarray
        One read-only array of probabilities for each information set, in the order of ``game.infosets``.

    Examples
    --------
    >>> from gametheory.games import BehaviourProfile, Decision, ExtensiveGame, Outcome
    >>> game = ExtensiveGame(Decision("Ann", {"left": Outcome(Ann=1), "right": Outcome(Ann=2)}))
    >>> profile = BehaviourProfile(game, {"Ann": {"start": {"right": 1}}})
    >>> profile["Ann"]["start"]["left"]
    Fraction(0, 1)
    >>> profile
    <BehaviourProfile Ann [start]: right>
    """

    __slots__ = ()

    def __init__(
        self, game: ExtensiveGame, strategies: Mapping[str, Mapping[str, Mapping[str, object]]]
    ) -> None:
        _check_kind(game, ExtensiveGame, "behaviour")
        movers = [name for i, name in enumerate(game.players) if any(h.player == i for h in game.infosets)]
        _check_names(strategies, game.players, "the profile", needed=movers)
        rows: list[list[object]] = []
        for name in strategies:
            labels = [game.infosets[h].label for h in game.infosets_of(name)]
            _check_names(
                strategies[name], labels, f"the strategy of {name!r}", kind=f"information set of {name!r}"
            )
        for infoset in game.infosets:
            owner = game.players[infoset.player]
            where = f"{owner!r} at {infoset.label!r}"
            given = strategies[owner][infoset.label]
            rows.append(_row(given, infoset.actions, f"the strategy of {where}", f"action of {where}"))
        self._fill(game.players, _behaviour_places(game.infosets), rows)

    @classmethod
    def from_arrays(
        cls, game: ExtensiveGame, arrays: Sequence[Sequence[object] | NDArray[Any]]
    ) -> BehaviourProfile:
        """The profile from one array of probabilities for each information set, in the order of ``game.infosets``."""
        _check_kind(game, ExtensiveGame, "behaviour")
        profile = object.__new__(cls)
        profile._fill(game.players, _behaviour_places(game.infosets), [list(array) for array in arrays])
        return profile

    @classmethod
    def pure(cls, game: ExtensiveGame, actions: Mapping[str, Mapping[str, str]]) -> BehaviourProfile:
        """The profile in which one action is taken for sure at every information set.

        Parameters
        ----------
        game : ExtensiveGame
        actions : mapping of player to mapping of information set to action

        Returns
        -------
        BehaviourProfile
        """
        chosen = {
            player: {label: {action: 1} for label, action in own.items()} for player, own in actions.items()
        }
        return cls(game, chosen)


def _rebuild(
    cls: type[_Profile],
    players: tuple[str, ...],
    places: tuple[Any, ...],
    rows: tuple[tuple[object, ...], ...],
) -> _Profile:
    """Unpickle through validation, so that the new profile is read-only like any other."""
    profile = object.__new__(cls)
    profile._fill(players, places, rows)
    return profile


def _mixed_places(game: NormalFormGame) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    return tuple((i, "", strategies) for i, strategies in enumerate(game.strategies))


def _behaviour_places(infosets: Sequence[Infoset]) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    return tuple((infoset.player, infoset.label, infoset.actions) for infoset in infosets)


def _nested(
    players: tuple[str, ...],
    places: tuple[tuple[int, str, tuple[str, ...]], ...],
    arrays: Sequence[NDArray[Any]],
) -> dict[str, Any]:
    """The table of labels; players who decide nothing have an empty row."""
    table: dict[str, Any] = {name: {} for name in players}
    for (i, label, actions), array in zip(places, arrays, strict=True):
        kind = f"action of {players[i]} at {label!r}" if label else f"strategy of {players[i]}"
        row = Labelled(kind, dict(zip(actions, array.tolist(), strict=True)))
        if label:
            table[players[i]][label] = row
        else:
            table[players[i]] = row
    return {
        name: Labelled(f"information set of {name}", row) if isinstance(row, dict) else row
        for name, row in table.items()
    }


def _words(actions: Sequence[str], array: NDArray[Any]) -> str:
    parts = [
        action if value == 1 else f"{_in_product(scalars.to_text(value))} {action}"
        for action, value in zip(actions, array.tolist(), strict=True)
        if value != 0
    ]
    return " + ".join(parts)


def _in_product(text: str) -> str:
    return f"({text})" if any(sign in text for sign in " +") else text


# ---------------------------------------------------------------------------------------------------------------------
# Checks
# ---------------------------------------------------------------------------------------------------------------------
def _check_kind(game: object, kind: type, adjective: str) -> None:
    if not isinstance(game, kind):
        raise GameError(
            f"a {adjective} profile belongs to a {kind.__name__}, but was given {type(game).__name__}; "
            "a tree has behaviour profiles, and its strategic_form() has mixed ones."
        )


def _check_names(
    given: object,
    names: Sequence[str],
    what: str,
    *,
    kind: str = "player",
    needed: Sequence[str] | None = None,
) -> None:
    if not isinstance(given, Mapping):
        raise GameError(f"{what} is {given!r}; give a mapping by {kind}.")
    for name in given:
        _checks.index(kind, name, names)
    for name in names if needed is None else needed:
        if name not in given:
            raise GameError(f"{what} says nothing about the {kind} {name!r}.")


def _row(given: object, actions: Sequence[str], what: str, kind: str) -> list[object]:
    if not isinstance(given, Mapping):
        raise GameError(
            f"{what} is {given!r}; give a mapping of label to probability, such as {{{actions[0]!r}: 1}}."
        )
    for name in given:
        _checks.index(kind, name, actions)
    return [given.get(name, 0) for name in actions]


def _probability(value: object, where: str) -> Any:
    # A closed form may be any real SymPy expression, such as one with a square root, not only what payoffs may be.
    if scalars.is_expression(value) and not getattr(value, "is_Rational", False):
        return value
    return scalars.as_scalar(value, where)


def _array(row: list[Any], domain: scalars.Domain) -> NDArray[Any]:
    if domain == "parametric":
        import sympy

        array = np.empty(len(row), dtype=object)
        for k, value in enumerate(row):
            if scalars.is_expression(value):
                array[k] = value
            else:
                number = scalars.exact(value)
                array[k] = sympy.Rational(number.numerator, number.denominator)
        return array
    return np.array([float(value) for value in row]) if domain == "real" else scalars.array(row, domain)


def _check_distribution(array: NDArray[Any], actions: Sequence[str], where: str) -> None:
    """Probabilities that are numbers must not be negative and sum to one; rounding noise below zero becomes zero."""
    slack = TOLERANCE if array.dtype == np.float64 else 0
    values = array.tolist()
    if not all(isinstance(value, float | Fraction) or value.is_number for value in values):
        return
    if any(scalars.is_expression(value) for value in values):
        # Closed forms with roots need more than arithmetic to be compared exactly, and that can take long.
        values, slack = [float(value) for value in values], TOLERANCE
    for action, value in zip(actions, values, strict=True):
        if value < -slack:
            raise GameError(
                f"the strategy of {where} gives {action!r} the probability {scalars.to_text(value)}; probabilities must "
                "not be negative."
            )
    total = sum(values[1:], values[0])
    off = bool(abs(total - 1) > slack)
    if off:
        raise GameError(
            f"the strategy of {where} sums to {scalars.to_text(total, 12)}; probabilities sum to 1."
        )
    if array.dtype == np.float64:
        np.maximum(array, 0.0, out=array)
