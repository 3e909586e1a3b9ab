r"""Finite populations: the Moran process, and imitation of the most successful.

*Moran process* (Moran 1958; for games Nowak, Sasaki, Taylor and Fudenberg 2004): `N` individuals, each of a type that is a
strategy of a symmetric game. An individual's fitness is the sum of its payoffs against all others. In each generation one
individual is copied, drawn with probability proportional to fitness, and takes the place of one drawn uniformly. Sooner or
later one type is left. A type whose fitness is always `r` times that of the only other, starting from `k` individuals, takes over
with probability

.. math:: \frac{1 - r^{-k}}{1 - r^{-N}}, \qquad \text{for } r = 1 \text{ this is } k / N.

*Imitation*: individuals of two populations play mixed strategies, drawn at random, each against one opponent, and in each
generation everybody takes over the strategy of its population's most successful member. After one generation all members are
alike, so this says which of the random strategies spreads, no more.

References
----------
P. Moran, "Random processes in genetics", Mathematical Proceedings of the Cambridge Philosophical Society 54, 1958, 60-71.
M. Nowak, A. Sasaki, C. Taylor and D. Fudenberg, "Emergence of cooperation and evolutionary stability in finite populations",
Nature 428, 2004, 646-650.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from gametheory.errors import GameError, Unsupported, unknown
from gametheory.games.normal_form import NormalFormGame
from gametheory.games.profiles import MixedProfile
from gametheory.solvers.dynamics._inputs import Floats, bimatrix, count, labels, lent, symmetric
from gametheory.solvers.dynamics.trajectory import POPULATION, Trajectory

__all__ = ["imitation", "moran"]


def moran(
    game: NormalFormGame, start: Mapping[str, int], *, generations: int = 10_000, rng: Any = 0
) -> Trajectory:
    """The Moran process of a well-mixed population without mutation.

    Parameters
    ----------
    game : NormalFormGame
        Symmetric, with two players and payoffs that are not negative, for they are fitness.
    start : mapping of strategy to int
        How many individuals there are of each type.
    generations : int
        Most generations to follow; ``facts["fixed"]`` says whether one type was left by then.
    rng : seed or numpy.random.Generator

    Returns
    -------
    Trajectory
        Shares of the types up to fixation, or over all the generations. ``facts["counts"]`` has the final counts.

    Raises
    ------
    GameError
        If the game is not symmetric, a payoff is negative, or the start is no population.
    UnknownName
        If a type is no strategy of the game.

    Notes
    -----
    A generation takes a time of the order of the square of the population. Nashpy's mutation is not offered: release 0.0.43
    compares the number of an individual where its type is meant.

    Examples
    --------
    >>> import gametheory as gt
    >>> stag_hunt = gt.NormalFormGame.from_bimatrix([[4, 0], [3, 3]], [[4, 3], [0, 3]], strategies=[["stag", "hare"]] * 2)
    >>> path = gt.dynamics.moran(stag_hunt, {"stag": 8, "hare": 2}, rng=1)
    >>> path.facts["fixed"], path.at(-1)
    (True, {'population': {'stag': 1.0, 'hare': 0.0}})
    """
    matrix = symmetric(game, "moran")
    names = labels(game)
    if matrix.min() < 0:
        i, j = (int(k) for k in np.argwhere(matrix < 0)[0])
        raise GameError(
            f"payoffs are fitness in a Moran process and must not be negative; {names[i]!r} against {names[j]!r} gets "
            f"{matrix[i, j]:g}. Add a constant to all payoffs, which weakens selection."
        )
    individuals = _individuals(start, names)
    limit = count(generations, "generations")
    import nashpy

    with lent(rng), np.errstate(invalid="ignore"):  # where everybody's fitness is zero all are equally likely
        process = nashpy.Game(matrix, matrix.T).moran_process(individuals)
        states = [individuals, *itertools.islice(process, limit)]
    if len(set(individuals.tolist())) == 1:
        states = states[:1]  # Nashpy reports a population that is fixed from the start once more
    kinds = np.array([np.bincount(state, minlength=len(names)) for state in states])
    facts = {
        "fixed": bool((kinds[-1] > 0).sum() == 1),
        "counts": dict(zip(names, kinds[-1].tolist(), strict=True)),
    }
    when = np.arange(len(states), dtype=np.float64)
    return Trajectory(
        game, "Moran process", "generation", when, (POPULATION,), (names,), (kinds / len(individuals),), facts
    )


def _individuals(start: Mapping[str, int], names: tuple[str, ...]) -> np.ndarray[Any, np.dtype[np.int64]]:
    if not isinstance(start, Mapping):
        raise GameError(
            f"the start of a Moran process is a number of individuals by type, such as {{{names[0]!r}: 9}}."
        )
    for name in start:
        if name not in names:
            raise unknown("type", name, names)
    numbers = [count(start.get(name, 0), f"the number of {name!r}", 0) for name in names]
    if sum(numbers) == 0:
        raise GameError("a population has at least one individual.")
    return np.repeat(np.arange(len(names)), numbers)


def imitation(
    game: NormalFormGame, size: int = 100, *, generations: int = 1000, rng: Any = 0
) -> MixedProfile:
    """The strategies that spread when everybody imitates the most successful member of its population.

    Parameters
    ----------
    game : NormalFormGame
        With two players who have equally many strategies, which is what Nashpy supports.
    size : int
        Members of each population; their mixed strategies are drawn uniformly from the simplex.
    generations : int
        Members are all alike after the first.
    rng : seed or numpy.random.Generator

    Returns
    -------
    MixedProfile
        What all members play in the end. How far it is from equilibrium is said by
        :func:`gametheory.equilibria.nash.regret`.

    Raises
    ------
    Unsupported
        If the players have different numbers of strategies, or are not two.

    Examples
    --------
    >>> import gametheory as gt
    >>> dilemma = gt.NormalFormGame.from_bimatrix([[3, 0], [5, 1]], [[3, 5], [0, 1]], strategies=[["C", "D"]] * 2)
    >>> spread = gt.dynamics.imitation(dilemma, 500, rng=3)
    >>> spread["Player 1"]["D"] > 0.5  # against a partner who happened to cooperate
    True
    """
    a, b = bimatrix(game, "imitation")
    if a.shape[0] != a.shape[1]:
        raise Unsupported(
            f"imitation is for players with equally many strategies; here they have {a.shape[0]} and {a.shape[1]}."
        )
    members, steps = count(size, "size"), count(generations, "generations")
    import nashpy

    # Nashpy multiplies the second player's matrix from the left by its own strategy, so it wants the transpose. It rounds
    # the shares to 0 and 1 at a threshold; no number is above or below NaN, which leaves them as they are.
    with lent(rng):
        ((x, y),) = nashpy.Game(a, b.T).imitation_dynamics(members, steps, None, np.nan)
    return MixedProfile.from_arrays(game, [_normal(x), _normal(y)])


def _normal(vector: Any) -> list[float]:
    values: Floats = np.asarray(vector, dtype=np.float64)
    return [float(v) for v in values / values.sum()]
