r"""Judging mixed profiles of normal-form games: payoffs, best replies, regret, support, index.

Let :math:`u_i(s, x_{-i})` be what player :math:`i` expects from the pure strategy :math:`s` when the others mix
as in :math:`x`. The *regret* of the profile is

.. math:: \rho(x) = \max_i \Bigl[ \max_s u_i(s, x_{-i}) - \sum_s x_i(s)\, u_i(s, x_{-i}) \Bigr] \ge 0,

and :math:`x` is a Nash equilibrium if and only if :math:`\rho(x) = 0` (Nash 1951).

The *index* of an isolated equilibrium is read off its support :math:`S_1 \times \dots \times S_N`. Choose a
base :math:`b_i \in S_i` for each player. With the free coordinates :math:`x_i(s)`, :math:`s \in S_i \setminus
\{b_i\}`, the equilibrium is a zero of :math:`F_{is}(x) = u_i(s, x_{-i}) - u_i(b_i, x_{-i})`, and

.. math:: \operatorname{index}(x) = \operatorname{sign} \det(-DF(x)),

provided that the equilibrium is *regular*: every pure best reply is in the support (quasi-strictness) and the
determinant is not zero. A strict pure equilibrium has an empty determinant and index +1. The indices of a game all of
whose equilibria are regular add up to +1, so that their number is odd (Shapley 1974 for two players; Ritzberger 1994,
for any number). An equilibrium of index -1 is unstable under every reasonable process of adjustment.

All of this needs only ``+ - * /`` and comparisons, and is written once for every kind of number that has them: floats,
fractions, FLINT rationals, algebraic numbers. Exact numbers are compared exactly; floats with the tolerance of
:func:`gametheory.equilibria.arithmetic.tolerance`, which is scaled by the payoffs of each player.

Each function takes either a :class:`~gametheory.NormalFormGame` with a labelled profile, or bare arrays: payoffs of
shape ``(N, n_1, ..., n_N)`` and one vector of probabilities for each player. Functions that name strategies in their
answer need labels; those with ``_array`` in their name are the same for arrays.

References
----------
Nash, J. (1951). Non-cooperative games. Annals of Mathematics 54, 286-295.
Ritzberger, K. (1994). The theory of normal form games from the differentiable viewpoint. International Journal of Game
Theory 23, 207-236.
Shapley, L. S. (1974). A note on the Lemke-Howson algorithm. Mathematical Programming Study 1, 175-189.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gametheory.equilibria.arithmetic import determinant_sign, largest, refuse_expressions, tolerance
from gametheory.errors import GameError

if TYPE_CHECKING:
    from gametheory.equilibria.refinements import is_perfect, is_proper
    from gametheory.games.normal_form import NormalFormGame
    from gametheory.games.profiles import MixedProfile

    Game: TypeAlias = NormalFormGame | np.ndarray[Any, Any]
    Profile: TypeAlias = MixedProfile | Mapping[str, Mapping[str, Any]] | Sequence[Any]

__all__ = [
    "action_payoffs",
    "best_replies",
    "best_replies_array",
    "expected_payoffs",
    "index",
    "is_nash",
    "is_perfect",
    "is_proper",
    "payoffs_and_regrets_array",
    "regret",
    "regrets",
    "regrets_array",
    "support",
    "support_array",
]

Array: TypeAlias = np.ndarray[Any, Any]


# ---------------------------------------------------------------------------------------------------------------------
# Payoffs
# ---------------------------------------------------------------------------------------------------------------------
def action_payoffs(game: Game, profile: Profile, player: int) -> Array:
    """What each pure strategy of a player earns against the mixed strategies of the others.

    Parameters
    ----------
    game : NormalFormGame or array of shape (N, n_1, ..., n_N)
    profile : Equilibrium, MixedProfile, labelled mapping, or one vector of probabilities for each player
    player : int
        Position of the player.

    Returns
    -------
    array of shape (n_player,)

    Examples
    --------
    >>> import numpy as np
    >>> from gametheory.equilibria.nash import action_payoffs
    >>> pennies = np.array([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> action_payoffs(pennies, [[0.5, 0.5], [0.75, 0.25]], 0)
    array([ 0.5, -0.5])
    """
    values = _action_payoffs(*_read(game, profile), player)
    # Whole numbers became fractions on the way in, and fractions times floats are floats in an array of objects.
    return values.astype(np.float64) if any(isinstance(value, float) for value in values) else values


def _action_payoffs(payoffs: Array, mixed: list[Array], player: int) -> Array:
    tensor = payoffs[player]
    # From the last axis to the first, so that the axes still to come keep their numbers.
    for other in reversed(range(len(mixed))):
        if other == player:
            continue
        played = support_array(mixed[other])
        weights = mixed[other][list(played)]
        if len(played) == 1 and weights[0] == 1:
            tensor = tensor.take(played[0], axis=other)
        else:
            tensor = np.tensordot(tensor.take(played, axis=other), weights, axes=([other], [0]))
    return np.asarray(tensor)


def expected_payoffs(game: Game, profile: Profile) -> list[Any]:
    """The expected payoff of each player, in the order of the players.

    Examples
    --------
    >>> import numpy as np
    >>> from fractions import Fraction
    >>> from gametheory.equilibria.nash import expected_payoffs
    >>> pennies = np.array([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> expected_payoffs(pennies, [[1, 0], [Fraction(3, 4), Fraction(1, 4)]])
    [Fraction(1, 2), Fraction(-1, 2)]
    """
    payoffs, mixed = _read(game, profile)
    return [_dot(vector, _action_payoffs(payoffs, mixed, i)) for i, vector in enumerate(mixed)]


# ---------------------------------------------------------------------------------------------------------------------
# Best replies and regret
# ---------------------------------------------------------------------------------------------------------------------
def regrets_array(payoffs: Array, mixed: Sequence[Any]) -> list[Any]:
    """What each player could gain at most by changing its strategy alone, in the order of the players."""
    return _regrets(*_read(payoffs, mixed))


def payoffs_and_regrets_array(payoffs: Array, mixed: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """The expected payoff of each player and what it could gain at most by changing its strategy alone, in one pass."""
    return _payoffs_and_regrets(*_read(payoffs, mixed))


def _regrets(payoffs: Array, mixed: list[Array]) -> list[Any]:
    return _payoffs_and_regrets(payoffs, mixed)[1]


def _payoffs_and_regrets(payoffs: Array, mixed: list[Array]) -> tuple[list[Any], list[Any]]:
    means, gains = [], []
    for i, probabilities in enumerate(mixed):
        values = _action_payoffs(payoffs, mixed, i)
        mean = _dot(probabilities, values)
        gain = largest(values - mean if values.dtype.kind == "f" else [value - mean for value in values])
        means.append(mean)
        # A mean is never above the maximum; only rounding puts it there.
        gains.append(0.0 if isinstance(gain, float) and gain < 0 else gain)
    return means, gains


def regrets(game: NormalFormGame, profile: Profile) -> dict[str, Any]:
    """What each player could gain at most by changing its strategy alone.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.equilibria import nash
    >>> dilemma = gt.NormalFormGame.from_profiles({
    ...     ("silent", "silent"): (-1, -1), ("silent", "confess"): (-9, 0),
    ...     ("confess", "silent"): (0, -9), ("confess", "confess"): (-6, -6)}, players=("Ann", "Bob"))
    >>> nash.regrets(dilemma, {"Ann": {"silent": 1}, "Bob": {"confess": 1}})
    {'Ann': Fraction(3, 1), 'Bob': Fraction(0, 1)}
    """
    return dict(zip(game.players, _regrets(*_read(game, profile)), strict=True))


def regret(game: Game, profile: Profile) -> Any:
    """The most that any player could gain by changing its strategy alone; zero exactly at Nash equilibria.

    Parameters
    ----------
    game : NormalFormGame or array of shape (N, n_1, ..., n_N)
    profile : Equilibrium, MixedProfile, labelled mapping, or one vector of probabilities for each player

    Returns
    -------
    number
        Exact if the payoffs and the probabilities are; an expression for a parametric game.

    Examples
    --------
    >>> import numpy as np
    >>> from fractions import Fraction
    >>> from gametheory.equilibria.nash import regret
    >>> pennies = np.array([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> half = Fraction(1, 2)
    >>> regret(pennies, [[half, half], [half, half]]), regret(pennies, [[1, 0], [half, half]])
    (Fraction(0, 1), Fraction(1, 1))
    """
    return largest(_regrets(*_read(game, profile)))


def is_nash(game: Game, profile: Profile) -> bool:
    """Whether no player gains by changing its strategy alone: exactly for exact numbers, else within tolerance.

    Examples
    --------
    >>> import numpy as np
    >>> from gametheory.equilibria.nash import is_nash
    >>> pennies = np.array([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]])
    >>> is_nash(pennies, [[0.5, 0.5], [0.5, 0.5]]), is_nash(pennies, [[1, 0], [1, 0]])
    (True, False)
    """
    payoffs, mixed = _read(game, profile)
    gains = _regrets(payoffs, mixed)
    refuse_expressions(gains)
    return all(
        gain <= (tolerance(payoffs[i].astype(np.float64)) if isinstance(gain, float) else 0)
        for i, gain in enumerate(gains)
    )


def best_replies_array(payoffs: Array, mixed: Sequence[Any]) -> tuple[tuple[int, ...], ...]:
    """For each player, the positions of its pure best replies to the others."""
    return _best_replies(*_read(payoffs, mixed))


def _best_replies(payoffs: Array, mixed: list[Array]) -> tuple[tuple[int, ...], ...]:
    replies = []
    for i in range(len(mixed)):
        values = _action_payoffs(payoffs, mixed, i)
        refuse_expressions(values)
        best = largest(values)
        if values.dtype.kind == "f":
            near = values >= best - tolerance(payoffs[i].astype(np.float64, copy=False))
            replies.append(tuple(np.flatnonzero(near).tolist()))
            continue
        real = any(isinstance(value, float) for value in values)
        slack = tolerance(payoffs[i].astype(np.float64)) if real else 0
        replies.append(tuple(s for s, value in enumerate(values) if not value < best - slack))
    return tuple(replies)


def best_replies(game: NormalFormGame, profile: Profile) -> dict[str, tuple[str, ...]]:
    """For each player, the names of its pure best replies to the others.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.equilibria import nash
    >>> chicken = gt.NormalFormGame.from_profiles({
    ...     ("swerve", "swerve"): (0, 0), ("swerve", "straight"): (-1, 1),
    ...     ("straight", "swerve"): (1, -1), ("straight", "straight"): (-9, -9)}, players=("Ann", "Bob"))
    >>> nash.best_replies(chicken, {"Ann": {"straight": 1}, "Bob": {"swerve": 1}})
    {'Ann': ('straight',), 'Bob': ('swerve',)}
    """
    replies = _best_replies(*_read(game, profile))
    return {
        player: tuple(names[s] for s in chosen)
        for player, names, chosen in zip(game.players, game.strategies, replies, strict=True)
    }


def support_array(probabilities: Iterable[Any]) -> tuple[int, ...]:
    """The positions with probability other than zero."""
    if isinstance(probabilities, np.ndarray) and probabilities.dtype.kind == "f":
        return tuple(np.flatnonzero(probabilities).tolist())
    return tuple(s for s, probability in enumerate(probabilities) if probability != 0)


def support(game: NormalFormGame, profile: Profile) -> dict[str, tuple[str, ...]]:
    """For each player, the names of the strategies that it plays with positive probability.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.equilibria import nash
    >>> pennies = gt.NormalFormGame.from_bimatrix([[1, -1], [-1, 1]])
    >>> nash.support(pennies, {"Player 1": {"1": 1}, "Player 2": {"1": "1/2", "2": "1/2"}})
    {'Player 1': ('1',), 'Player 2': ('1', '2')}
    """
    _, mixed = _read(game, profile)
    return {
        player: tuple(names[s] for s in support_array(vector))
        for player, names, vector in zip(game.players, game.strategies, mixed, strict=True)
    }


# ---------------------------------------------------------------------------------------------------------------------
# Index
# ---------------------------------------------------------------------------------------------------------------------
def index(game: Game, profile: Profile) -> int | None:
    """The index of a regular equilibrium.

    Parameters
    ----------
    game : NormalFormGame or array of shape (N, n_1, ..., n_N)
    profile : Equilibrium, MixedProfile, labelled mapping, or one vector of probabilities for each player
        A Nash equilibrium.

    Returns
    -------
    +1, -1 or None
        None where the equilibrium is not regular: a best reply is not played, or the determinant is zero. Its component
        has an index, but the point alone does not tell it.

    Raises
    ------
    GameError
        If the profile is not a Nash equilibrium.

    Examples
    --------
    >>> import numpy as np
    >>> from fractions import Fraction
    >>> from gametheory.equilibria.nash import index
    >>> battle = np.array([[[2, 0], [0, 1]], [[1, 0], [0, 2]]])
    >>> index(battle, [[1, 0], [1, 0]])
    1
    >>> index(battle, [[Fraction(2, 3), Fraction(1, 3)], [Fraction(1, 3), Fraction(2, 3)]])
    -1
    """
    payoffs, mixed = _read(game, profile)
    supports = [support_array(vector) for vector in mixed]
    replies = _best_replies(payoffs, mixed)
    if any(not set(played) <= set(best) for played, best in zip(supports, replies, strict=True)):
        raise GameError(
            "only an equilibrium has an index; in this profile a player plays what is not a best reply."
        )
    if any(len(played) < len(best) for played, best in zip(supports, replies, strict=True)):
        return None
    if payoffs.dtype != object and np.abs(payoffs).max(initial=0) > 1e300:
        payoffs = payoffs / 16  # sums of payoffs must not leave the range of floats
    return determinant_sign(_negative_jacobian(payoffs, mixed, supports))


def _negative_jacobian(
    payoffs: Array, mixed: list[Array], supports: list[tuple[int, ...]]
) -> list[list[Any]]:
    """The matrix of derivatives of ``u_i(base) - u_i(s)`` in the free coordinates of all players."""
    rows = [(i, s) for i, played in enumerate(supports) for s in played[1:]]
    zero = payoffs.flat[0] - payoffs.flat[0]
    # payoff[i, j] is the matrix of i's payoffs over the strategies of i and j, the others mixing.
    payoff = {
        (i, j): _pair_payoffs(payoffs[i], mixed, i, j)
        for i in range(len(mixed))
        for j in range(len(mixed))
        if i != j and len(supports[i]) > 1 and len(supports[j]) > 1
    }
    matrix = []
    for i, s in rows:
        base, row = supports[i][0], []
        for j, t in rows:
            if i == j:
                row.append(zero)
                continue
            table, other = payoff[i, j], supports[j][0]
            row.append(table[base, t] - table[s, t] - table[base, other] + table[s, other])
        matrix.append(row)
    return matrix


def _pair_payoffs(tensor: Array, mixed: list[Array], first: int, second: int) -> Array:
    for other in reversed(range(len(mixed))):
        if other not in (first, second):
            tensor = np.tensordot(tensor, mixed[other], axes=([other], [0]))
    return tensor if first < second else tensor.T


# ---------------------------------------------------------------------------------------------------------------------
# Reading what was given
# ---------------------------------------------------------------------------------------------------------------------
def _read(game: Any, profile: Any) -> tuple[Array, list[Array]]:
    """Payoffs and one vector of probabilities a player, whether labelled or bare."""
    payoffs = getattr(game, "payoffs", game)
    if hasattr(game, "infosets"):
        raise GameError(
            "this is a tree; equilibria.sequential judges behaviour profiles in trees, and strategic_form(tree) gives the "
            "normal form for which this function is."
        )
    profile = getattr(profile, "profile", profile)  # an Equilibrium is judged by its profile
    if isinstance(profile, Mapping):
        if hasattr(game, "players"):
            from gametheory.games.profiles import MixedProfile

            profile = profile if isinstance(profile, MixedProfile) else MixedProfile(game, profile)
            _refuse_other_labels(game, profile)
            vectors: Any = profile.arrays
        else:
            raise GameError(
                "a profile with names needs a game with names; give one vector of probabilities a player."
            )
    else:
        vectors = profile
    if isinstance(vectors, str) or not isinstance(vectors, Iterable):
        raise GameError(
            "a profile is a MixedProfile, an Equilibrium, a mapping {player: {strategy: probability}} or one vector of "
            f"probabilities for each player, not {type(vectors).__name__}."
        )
    payoffs, mixed = _numbers(payoffs), [_numbers(vector) for vector in vectors]
    if payoffs.ndim < 2 or payoffs.shape[0] != payoffs.ndim - 1:
        raise GameError(
            f"payoffs have shape (N, n_1, ..., n_N), one axis for the players and one for the strategies of each; "
            f"this array has shape {payoffs.shape}."
        )
    shape = tuple(vector.size for vector in mixed)
    if shape != payoffs.shape[1:]:
        raise GameError(f"the profile has {shape} strategies, the game {payoffs.shape[1:]}.")
    return payoffs, mixed


def _refuse_other_labels(game: NormalFormGame, profile: MixedProfile) -> None:
    """Refuse a profile of another game, which may have as many strategies."""
    names = tuple(zip(game.players, game.strategies, strict=True))
    own = tuple((profile.players[player], actions) for player, _, actions in profile.places)
    for (player, strategies), (other, others) in zip(names, own, strict=False):
        if player != other or strategies != others:
            raise GameError(
                f"the profile is one of another game: there {other} has the strategies {', '.join(others)}; here {player} has "
                f"{', '.join(strategies)}."
            )


def _numbers(values: Any) -> Array:
    """An array in which division is division: whole numbers become fractions."""
    array = values if isinstance(values, np.ndarray) else np.array(values, dtype=_dtype(values))
    if array.dtype.kind in "iu" or (
        array.dtype == object and any(isinstance(value, int) for value in array.flat)
    ):
        exact = np.empty(array.shape, dtype=object)
        exact.ravel()[:] = [Fraction(int(v)) if isinstance(v, int | np.integer) else v for v in array.flat]
        return exact
    return array


def _dtype(values: Any) -> Any:
    """None (let NumPy choose) for plain Python and NumPy numbers, else object, so that NumPy coerces nothing."""
    stack = [values]
    while stack:
        item = stack.pop()
        if isinstance(item, list | tuple):
            stack.extend(item)
        elif not isinstance(item, int | float | np.number | np.ndarray):
            return object
    return None


def _dot(first: Array, second: Array) -> Any:
    played = list(support_array(first))
    total = first[played[0]] * second[played[0]]
    for s in played[1:]:
        total = total + first[s] * second[s]
    return float(total) if isinstance(total, np.floating) else total


def __getattr__(name: str) -> Any:
    # The refinements stand in a module of their own, which uses this one.
    if name in ("is_perfect", "is_proper"):
        from gametheory.equilibria import refinements

        return getattr(refinements, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
