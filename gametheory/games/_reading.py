"""Reading what a user gives as a normal-form game: arrays, labels and profiles, each fault named by its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gametheory import scalars
from gametheory.errors import GameError
from gametheory.games import _checks


def as_array(payoffs: object) -> NDArray[Any]:
    """The payoffs as an array that still aliases the caller's; nested lists become objects, so that nothing is rounded."""
    if isinstance(payoffs, np.ndarray):
        return payoffs
    if isinstance(payoffs, list | tuple) and payoffs and all(_is_float_array(part) for part in payoffs):
        if len({part.shape for part in payoffs}) > 1:
            raise GameError(
                f"the payoff arrays of the players have different shapes: {', '.join(str(part.shape) for part in payoffs)}."
            )
        return np.stack(payoffs)
    try:
        array = np.array(payoffs, dtype=object)
    except ValueError as error:
        raise GameError(
            f"the payoffs are not a rectangular array ({error}); every row needs the same number of entries."
        ) from None
    for value in array.flat:
        if isinstance(value, list | tuple | np.ndarray):
            raise GameError(
                "the payoffs are not a rectangular array: some rows are longer than others. Every player needs an array "
                "of the shape (n_1, ..., n_N)."
            )
    return array


def _is_float_array(part: object) -> bool:
    return isinstance(part, np.ndarray) and part.dtype.kind == "f"


def exact_objects(array: NDArray[Any]) -> NDArray[Any]:
    """An object array of scalars."""
    result = np.empty(array.shape, dtype=object)
    for index, value in np.ndenumerate(array):
        result[index] = scalars.as_scalar(value, f"the payoff at row and column {index}")
    return result


def shape(array: NDArray[Any]) -> tuple[int, ...]:
    if array.ndim < 2:
        raise GameError(
            f"the payoffs have the shape {array.shape}; they need one axis for the players and then one for the "
            "strategies of each player: (n_players, n_1, ..., n_N)."
        )
    n = array.shape[0]
    if n != array.ndim - 1:
        hint = " For two payoff matrices use NormalFormGame.from_bimatrix(A, B)." if array.ndim == 2 else ""
        raise GameError(
            f"the payoffs have the shape {array.shape}: the first axis says {n} player(s), but there are "
            f"{array.ndim - 1} strategy axes. They need the shape (n_players, n_1, ..., n_N).{hint}"
        )
    return tuple(array.shape[1:])


def player_labels(players: Iterable[object] | None, n: int) -> tuple[str, ...]:
    if players is None:
        return tuple(f"Player {i + 1}" for i in range(n))
    names = _checks.labels(
        players, "player", empty="the list of players is empty; a game needs at least one."
    )
    if len(names) != n:
        raise GameError(f"{len(names)} player label(s) for a game of {n} player(s): {', '.join(names)}.")
    return names


def same_players(given: Mapping[str, Any], players: Sequence[str], what: str) -> None:
    for name in given:
        _checks.index("player", name, players)
    for name in players:
        if name not in given:
            raise GameError(f"{what} says nothing about the player {name!r}.")


def strategy_labels(
    strategies: Sequence[Iterable[object]] | Mapping[str, Iterable[object]] | None,
    players: tuple[str, ...],
    shape: tuple[int, ...] | None,
) -> tuple[tuple[str, ...], ...]:
    """Validated strategy labels; `shape` is None where the labels decide it."""
    if strategies is None:
        assert shape is not None
        strategies = [[str(k + 1) for k in range(n)] for n in shape]
    if isinstance(strategies, Mapping):
        same_players(strategies, players, "the mapping of strategies")
        strategies = [strategies[name] for name in players]
    if len(strategies) != len(players):
        raise GameError(
            f"{len(strategies)} list(s) of strategies for {len(players)} player(s): {', '.join(players)}."
        )
    result = []
    for i, (name, given) in enumerate(zip(players, strategies, strict=True)):
        empty = f"the player {name!r} has an empty strategy set; every player needs at least one strategy."
        names = _checks.labels(given, f"{name!r} strategy", empty=empty)
        if shape is not None and len(names) != shape[i]:
            raise GameError(
                f"{len(names)} strategy label(s) for {name!r}, whose axis of the payoffs has length {shape[i]}: "
                f"{', '.join(names)}."
            )
        result.append(names)
    return tuple(result)


def read(
    given: NDArray[Any], players: tuple[str, ...], strategies: tuple[tuple[str, ...], ...]
) -> tuple[scalars.Domain, NDArray[Any]]:
    """A fresh array of scalars and its domain."""
    if given.dtype.kind == "f":
        array = np.array(given, dtype=np.float64)
        bad = np.argwhere(~np.isfinite(array))
        if len(bad):
            index = tuple(int(k) for k in bad[0])
            raise GameError(
                f"{place_of(index, players, strategies)} is {array[index]}; payoffs must be finite numbers."
            )
        return "real", array
    flat = given.reshape(-1).tolist()
    try:
        domain, values = scalars.unify(flat)
    except GameError:
        # Only now is it worth putting every place into words, to name the faulty one.
        domain, values = scalars.unify(
            flat, lambda k: place_of(np.unravel_index(k, given.shape), players, strategies)
        )
    result = np.empty(given.size, dtype=np.float64 if domain == "real" else object)
    result[:] = values
    return domain, result.reshape(given.shape)


def place_of(index: Sequence[Any], players: tuple[str, ...], strategies: tuple[tuple[str, ...], ...]) -> str:
    profile = tuple(strategies[i][int(k)] for i, k in enumerate(index[1:]))
    return f"the payoff of {players[int(index[0])]!r} at {profile_text(profile)}"


def profile_text(profile: Sequence[object]) -> str:
    return "(" + ", ".join(map(str, profile)) + ")"


def at(table: Mapping[tuple[str, ...], Any], profile: tuple[str, ...]) -> Any:
    if profile not in table:
        raise GameError(
            f"no payoffs are given for the strategy profile {profile_text(profile)}; every combination needs them."
        )
    return table[profile]


def payoff_row(found: Any, players: tuple[str, ...], profile: tuple[str, ...]) -> list[Any]:
    """The payoffs at a profile, in the order of the players."""
    if isinstance(found, Mapping):
        same_players(found, players, f"the payoffs at {profile_text(profile)}")
        return [found[name] for name in players]
    try:
        row = list(found)
    except TypeError:
        row = [found]
    if found is None or isinstance(found, str) or len(row) != len(players):
        raise GameError(
            f"the payoffs at {profile_text(profile)} are {found!r}; {len(players)} are needed, one for each of "
            f"{', '.join(players)}."
        )
    return row
