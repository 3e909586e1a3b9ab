r"""Two players who learn from what the other did.

*Fictitious play* (Brown 1951): in every round each player answers the frequencies of the other's past actions by a best reply,
ties broken at random. If the frequencies converge, their limit is a Nash equilibrium. They do in zero-sum games (Robinson
1951) and in two-by-two games (Miyasawa 1961), and need not otherwise (Shapley 1964).

*Stochastic fictitious play* (Fudenberg and Kreps 1993; Hofbauer and Sandholm 2002): the reply is drawn from a logit
distribution over payoffs, which are shaken a little. Its rest points are near logit equilibria rather than Nash equilibria.

*Introspection dynamics* (Couto, Giaimo and Hilbe 2022): one player, drawn at random, compares its payoff with that of another
of its actions, drawn at random, and changes over with probability ``1 / (1 + exp(-beta * gain))``.

References
----------
G. Brown, "Iterative solution of games by fictitious play", in Activity Analysis of Production and Allocation, 1951, 374-376.
J. Robinson, "An iterative method of solving a game", Annals of Mathematics 54, 1951, 296-301.
L. Shapley, "Some topics in two-person games", in Advances in Game Theory, Annals of Mathematics Studies 52, 1964, 1-28.
J. Hofbauer and W. Sandholm, "On the global convergence of stochastic fictitious play", Econometrica 70, 2002, 2265-2294.
M. Couto, S. Giaimo and C. Hilbe, "Introspection dynamics: a simple model of counterfactual learning in asymmetric games",
New Journal of Physics 24, 2022, 063010.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from gametheory.errors import GameError
from gametheory.games.normal_form import NormalFormGame
from gametheory.solvers.dynamics._inputs import Floats, bimatrix, both, count, lent, positive
from gametheory.solvers.dynamics.trajectory import Trajectory

__all__ = ["fictitious_play", "introspection", "stochastic_fictitious_play"]


def fictitious_play(
    game: NormalFormGame, rounds: int = 1000, *, start: Any = None, rng: Any = 0
) -> Trajectory:
    """Fictitious play: the frequencies of all actions so far, round by round.

    Parameters
    ----------
    game : NormalFormGame
        With two players.
    rounds : int
    start : MixedProfile, mapping of player to weights, or pair of sequences, optional
        How often each action counts as played before the first round (any weights from zero on); nothing by default, and then
        the first round is random.
    rng : seed or numpy.random.Generator
        For ties.

    Returns
    -------
    Trajectory
        From round 1 (round 0 if a start is given) on. ``facts["counts"]`` has the final counts of each player.

    Raises
    ------
    GameError
        If the start or the number of rounds is malformed.
    Unsupported
        If the game has more than two players, or parameters.

    Examples
    --------
    >>> import gametheory as gt
    >>> pennies = gt.NormalFormGame.from_bimatrix([[1, -1], [-1, 1]], strategies=[["heads", "tails"]] * 2)
    >>> path = gt.dynamics.fictitious_play(pennies, 5000)
    >>> abs(path.at(-1)["Player 1"]["heads"] - 0.5) < 0.05
    True
    """
    a, b = bimatrix(game, "fictitious_play")
    total = count(rounds, "rounds")
    before = _before(start, game)
    import nashpy

    with lent(rng):
        counts = list(nashpy.Game(a, b).fictitious_play(total, before))
    return _frequencies(game, "fictitious play", counts)


def stochastic_fictitious_play(
    game: NormalFormGame,
    rounds: int = 1000,
    *,
    noise: float = 0.1,
    shake: float = 0.01,
    start: Any = None,
    rng: Any = 0,
) -> Trajectory:
    """Stochastic fictitious play: as :func:`fictitious_play`, with logit replies in place of best ones.

    Parameters
    ----------
    game, rounds, start, rng
        As for :func:`fictitious_play`.
    noise : float
        Of the logit choice, in the unit of the payoffs: probabilities go with ``exp(payoff / noise)``.
    shake : float
        To every payoff a uniform random number from 0 to this is added before each choice.

    Returns
    -------
    Trajectory

    Raises
    ------
    GameError
        If the noise is so small beside the payoffs that probabilities are not numbers; and as for :func:`fictitious_play`.

    Examples
    --------
    >>> import gametheory as gt
    >>> dilemma = gt.NormalFormGame.from_bimatrix([[3, 0], [5, 1]], [[3, 5], [0, 1]], strategies=[["C", "D"]] * 2)
    >>> path = gt.dynamics.stochastic_fictitious_play(dilemma, 500, rng=1)
    >>> path.at(-1)["Player 1"]["D"] > 0.99
    True
    """
    a, b = bimatrix(game, "stochastic_fictitious_play")
    total = count(rounds, "rounds")
    etha, epsilon = positive(noise, "noise"), positive(shake, "shake", zero=True)
    before = _before(start, game)
    import nashpy

    # Logit probabilities depend on differences of payoffs only; below zero no exponential overflows.
    with lent(rng), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        steps = nashpy.Game(a - a.max(), b - b.max()).stochastic_fictitious_play(
            total, etha=etha, epsilon_bar=epsilon, play_counts=before
        )
        try:
            counts = [played for played, _ in steps]
        except ValueError as error:
            raise GameError(
                f"logit probabilities with noise {etha:g} vanish beside payoffs that range over {max(np.ptp(a), np.ptp(b)):g}; "
                "take more noise, or divide the payoffs."
            ) from error
    return _frequencies(game, "stochastic fictitious play", counts)


def introspection(
    game: NormalFormGame, rounds: int = 1000, *, intensity: float = 1.0, start: Any = None, rng: Any = 0
) -> Trajectory:
    """Introspection dynamics: what each player does, round by round.

    Parameters
    ----------
    game : NormalFormGame
        With two players who have two or more strategies each.
    rounds : int
    intensity : float
        The greater, the more surely a player changes over to an action that pays more (``beta`` in the module's formula).
    start : pair of str, optional
        The first actions; random by default.
    rng : seed or numpy.random.Generator

    Returns
    -------
    Trajectory
        Shares are 1 for the action of the round and 0 for the others; see :attr:`Trajectory.average`.

    Raises
    ------
    GameError, UnknownName, Unsupported
        As for :func:`fictitious_play`; or if a player has one strategy only, or a start is no strategy.

    Examples
    --------
    >>> import gametheory as gt
    >>> dilemma = gt.NormalFormGame.from_bimatrix([[3, 0], [5, 1]], [[3, 5], [0, 1]], strategies=[["C", "D"]] * 2)
    >>> path = gt.dynamics.introspection(dilemma, 2000, intensity=10, start=("C", "C"))
    >>> path.average["Player 1"]["D"] > 0.95
    True
    """
    a, b = bimatrix(game, "introspection")
    total = count(rounds, "rounds")
    beta = positive(intensity, "intensity", zero=True)
    for player, own in zip(game.players, game.strategies, strict=True):
        if len(own) < 2:
            raise GameError(f"{player} has one strategy only, and so nothing to compare it with.")
    first = None
    if start is not None:
        names = list(start)
        if len(names) != 2:
            raise GameError(f"a start has a strategy for each of the two players, got {len(names)}.")
        first = np.array([_position(game, i, name) for i, name in enumerate(names)])
    import nashpy

    with lent(rng), np.errstate(over="ignore"):  # exp(-beta * gain) may be infinite, the probability then 0
        actions = np.array(list(nashpy.Game(a, b).introspection_dynamics(total, beta, first)))
    paths = tuple(np.eye(n)[actions[:, i]] for i, n in enumerate(game.shape))
    when = np.arange(total + 1, dtype=np.float64)
    return Trajectory(game, "introspection", "round", when, game.players, game.strategies, paths)


def _position(game: NormalFormGame, player: int, name: Any) -> int:
    from gametheory.errors import unknown

    if name not in game.strategies[player]:
        raise unknown(f"strategy of {game.players[player]}", name, game.strategies[player])
    return game.strategies[player].index(name)


def _before(start: Any, game: NormalFormGame) -> list[Floats] | None:
    if start is None:
        return None
    weights = list(both(start, game, total=False))
    for player, own in zip(game.players, weights, strict=True):
        if own.sum() == 0:
            raise GameError(
                f"the start of {player} gives no action any weight; leave the start out to begin with nothing."
            )
    return weights


def _frequencies(game: NormalFormGame, dynamic: str, counts: Iterable[Any]) -> Trajectory:
    """The trajectory of frequencies; before anything was played there are none."""
    steps = list(counts)
    first = 1 if sum(steps[0][0]) == 0 else 0
    paths, final = [], {}
    for i, player in enumerate(game.players):
        played = np.array([step[i] for step in steps[first:]], dtype=np.float64)
        paths.append(played / played.sum(axis=1, keepdims=True))
        final[player] = dict(zip(game.strategies[i], played[-1].tolist(), strict=True))
    when = np.arange(first, len(steps), dtype=np.float64)
    return Trajectory(
        game, dynamic, "round", when, game.players, game.strategies, tuple(paths), {"counts": final}
    )
