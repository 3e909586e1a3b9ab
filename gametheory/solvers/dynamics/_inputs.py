"""Reading what the dynamics are given, and lending Nashpy a random stream.

Nashpy draws from NumPy's global generator. :func:`lent` puts that generator into a state which follows from the caller's `rng`
alone, and puts it back as it was afterwards, so that results are reproducible and nobody else's random numbers change. Nashpy's
generators draw while they are consumed, so they must be consumed within.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from gametheory.errors import GameError, Unsupported
from gametheory.games.normal_form import NormalFormGame
from gametheory.games.profiles import MixedProfile

__all__ = ["Floats", "bimatrix", "count", "labels", "lent", "positive", "shares", "symmetric"]

Floats = npt.NDArray[np.float64]

_SUM = 1e-9  # by which shares may miss one
_lock = threading.Lock()  # the global generator is lent to one caller at a time


@contextlib.contextmanager
def lent(rng: Any) -> Iterator[None]:
    """NumPy's global generator in a state that depends on `rng` alone; on leaving, as it was."""
    try:
        source = np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise GameError(f"rng is a seed or a numpy.random.Generator, not {rng!r}.") from error
    legacy = np.random.RandomState(np.random.MT19937(int(source.integers(2**63))))
    with _lock:
        before = np.random.get_state()  # noqa: NPY002 (to be put back)
        try:
            np.random.set_state(legacy.get_state())  # noqa: NPY002 (what Nashpy draws from)
            yield
        finally:
            np.random.set_state(before)  # noqa: NPY002 (as it was)


def bimatrix(game: object, what: str) -> tuple[Floats, Floats]:
    """The payoff matrices of a two-player game, as floats."""
    if not isinstance(game, NormalFormGame):
        raise GameError(
            f"{what} takes a NormalFormGame, not {type(game).__name__}; strategic_form turns a tree into one."
        )
    if game.n_players != 2:
        raise Unsupported(
            f"{what} is for two players, and this game has {game.n_players}: {', '.join(game.players)}."
        )
    if game.domain == "parametric":
        raise Unsupported(
            f"the game depends on {', '.join(sorted(game.parameters))}; give values with game.substitute({{...}})."
        )
    a, b = game.payoffs.astype(np.float64)
    return a, b


def symmetric(game: NormalFormGame, what: str) -> Floats:
    """The payoff matrix of a symmetric game, in which both players are drawn from one population."""
    a, b = bimatrix(game, what)
    if a.shape[0] != a.shape[1] or not np.array_equal(a, b.T):
        where = "the players have different numbers of strategies"
        if a.shape == b.T.shape:
            i, j = (int(k) for k in np.argwhere(a != b.T)[0])
            first, second = game.players
            own, other = game.strategies[0][i], game.strategies[0][j]
            where = f"{first} gets {a[i, j]:g} from {own!r} against {other!r}, and {second} gets {b[j, i]:g}"
        raise GameError(
            f"{what} is for one population that plays against itself, so the game must be symmetric; but {where}. "
            "asymmetric_replicator has a population for each player."
        )
    return a


def labels(game: NormalFormGame) -> tuple[str, ...]:
    """Strategies of the one population of a symmetric game."""
    return game.strategies[0]


def shares(given: Any, names: tuple[str, ...], whose: str, *, total: bool = True) -> Floats:
    """One number for each strategy, from a mapping or a sequence; the centre of the simplex if nothing is given."""
    if given is None:
        return np.full(len(names), 1 / len(names))
    if isinstance(given, Mapping):
        for name in given:
            if name not in names:
                from gametheory.errors import unknown

                raise unknown(f"strategy of {whose}", name, names)
        given = [given.get(name, 0) for name in names]
    try:
        vector = np.array([float(x) for x in given])
    except (TypeError, ValueError) as error:
        raise GameError(
            f"the start of {whose} is a number for each of {', '.join(names)}: {error}."
        ) from error
    if len(vector) != len(names):
        raise GameError(
            f"the start of {whose} has {len(vector)} numbers for the {len(names)} strategies {', '.join(names)}."
        )
    wrong = ~(np.isfinite(vector) & (vector >= 0))
    if wrong.any():
        k = int(np.flatnonzero(wrong)[0])
        raise GameError(f"the start of {whose} at {names[k]!r} is {vector[k]}, which is no share or count.")
    if total and abs(vector.sum() - 1) > _SUM:
        raise GameError(f"the shares at the start of {whose} sum to {vector.sum():.12g}, not to 1.")
    return vector / vector.sum() if total else vector


def both(given: Any, game: NormalFormGame, *, total: bool = True) -> tuple[Floats, Floats]:
    """One vector for each player: from a profile, a mapping by player, a pair, or nothing."""
    if given is None:
        pair: list[Any] = [None, None]
    elif isinstance(given, MixedProfile):
        pair = list(given.arrays)
    elif isinstance(given, Mapping):
        for name in given:
            if name not in game.players:
                from gametheory.errors import unknown

                raise unknown("player", name, game.players)
        pair = [given.get(player) for player in game.players]
    else:
        pair = list(given)
        if len(pair) != 2:
            raise GameError(f"a start has a vector for each of the two players, got {len(pair)}.")
    one, two = (
        shares(own, names, player, total=total)
        for own, names, player in zip(pair, game.strategies, game.players, strict=True)
    )
    return one, two


def count(value: Any, name: str, least: int = 1) -> int:
    """A whole number from `least` on."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or int(value) < least:
        raise GameError(f"{name} is a whole number from {least} on, not {value!r}.")
    return int(value)


def positive(value: Any, name: str, *, zero: bool = False) -> float:
    """A finite number above zero."""
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise GameError(f"{name} is a number, not {value!r}.") from error
    if not np.isfinite(number) or number < 0 or (number == 0 and not zero):
        raise GameError(f"{name} is a {'number from zero on' if zero else 'positive number'}, not {value!r}.")
    return number
