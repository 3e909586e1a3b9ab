r"""From extensive to normal form, and between mixed and behaviour strategies.

A pure strategy of a player names an action at each of her information sets. In the *reduced* form, strategies that differ
only where the player's own earlier choices exclude the information set are one strategy; this loses nothing, since they lead
to the same outcome whatever the others do. The payoff at a pure profile is the expectation over the chance moves,

.. math:: u_i(s) = \sum_{z\ \text{reached by}\ s} \pi_0(z)\, u_i(z),

with :math:`\pi_0(z)` the product of the chance probabilities on the path to the terminal node :math:`z`.

In the *agent* form every information set is a player of its own, with the payoffs of its owner.

Under perfect recall mixed and behaviour strategies reach the same distributions over outcomes (Kuhn's theorem);
:func:`behaviour` and :func:`mixed` are the two directions.

References
----------
H. W. Kuhn (1953), "Extensive games and the problem of information", theorem 4.
R. Selten (1975), "Reexamination of the perfectness concept for equilibrium points in extensive games" (agent form).
E. van Damme (1991), *Stability and Perfection of Nash Equilibria*, section 6.1 (reduced form).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gametheory.errors import GameError, Unsupported
from gametheory.games import _checks
from gametheory.games.extensive import CHANCE, DECISION, ExtensiveGame
from gametheory.games.normal_form import MAX_CELLS, NormalFormGame
from gametheory.games.profiles import BehaviourProfile, MixedProfile

__all__ = [
    "agent_form",
    "behaviour",
    "mixed",
    "pure_strategies",
    "strategic_form",
    "strategic_means",
    "strategy_labels",
]

#: NumPy's arrays have at most 64 axes, one of which is for the payoffs of the players.
MAX_PLAYERS = 63

#: How a strategy label is put together, and what it shows where the player's own choices exclude an information set.
SEPARATOR, PRECLUDED, IDLE = " · ", "*", "(no move)"


def strategic_form(game: ExtensiveGame, reduced: bool = True, max_cells: int | None = None) -> NormalFormGame:
    r"""The strategic (normal) form of an extensive game.

    Parameters
    ----------
    game : ExtensiveGame
    reduced : bool, optional
        Whether strategies that differ only at information sets that they exclude themselves count once.
    max_cells : int, optional
        Most payoffs to allow, :data:`~gametheory.games.normal_form.MAX_CELLS` by default.

    Returns
    -------
    NormalFormGame
        A strategy's label lists the actions at the player's information sets, in their order, with ``*`` where one is
        excluded.

    Raises
    ------
    TooLarge
        Before anything is built, if there are too many strategy profiles.

    Examples
    --------
    >>> from gametheory.games import Decision, ExtensiveGame, Outcome
    >>> from gametheory.games.conversion import strategic_form
    >>> last = Decision("Ann", {"go": Outcome(Ann=3, Bob=1), "stop": Outcome(Ann=0, Bob=3)})
    >>> middle = Decision("Bob", {"go": last, "stop": Outcome(Ann=0, Bob=2)})
    >>> tree = Decision("Ann", {"go": middle, "stop": Outcome(Ann=1, Bob=0)})
    >>> print(strategic_form(ExtensiveGame(tree)))
    Ann \ Bob    go  stop
      go · go  3, 1  0, 2
    go · stop  0, 3  0, 2
     stop · *  1, 0  1, 0
    """
    limit = MAX_CELLS if max_cells is None else max_cells
    sizes, strategies, consistent = _strategies(game, reduced, limit)
    payoffs = _expected(game, sizes, consistent, game.payoffs)
    labels = [strategy_labels(game, name, rows) for name, rows in zip(game.players, strategies, strict=True)]
    return NormalFormGame(payoffs, game.players, labels, game.title, max_cells=limit)


def strategic_means(game: ExtensiveGame, weights: NDArray[Any], reduced: bool = True) -> NDArray[Any]:
    """The mean of weights of the ends of a tree at each pure strategy profile, as payoffs are in the strategic form.

    Parameters
    ----------
    game : ExtensiveGame
    weights : array of shape (T,)
        One for each terminal node.
    reduced : bool, optional

    Returns
    -------
    array of shape (n_1, ..., n_N)

    Examples
    --------
    >>> import numpy as np
    >>> from gametheory.games import Decision, ExtensiveGame, Outcome
    >>> from gametheory.games.conversion import strategic_means
    >>> tree = Decision("Ann", {"on": Decision("Bob", {"in": Outcome(Ann=1, Bob=1), "out": Outcome(Ann=0, Bob=0)}),
    ...                         "off": Outcome(Ann=0, Bob=0)})
    >>> strategic_means(ExtensiveGame(tree), np.array([5, 6, 7])).tolist()
    [[5, 6], [7, 7]]
    """
    sizes, _, consistent = _strategies(game, reduced, MAX_CELLS)
    ends = np.asarray(weights)
    if ends.dtype.kind in "biu":  # fractions of NumPy's whole numbers would overflow
        ends = ends.astype(np.int64).astype(object)
    means: NDArray[Any] = _expected(game, sizes, consistent, ends[None, :])[0]
    return means


def _strategies(
    game: ExtensiveGame, reduced: bool, limit: int
) -> tuple[list[int], list[tuple[tuple[int, ...], ...]], Any]:
    """How many pure strategies each player has, what they are, and which of them take an action."""
    if reduced and not game.perfect_recall:
        raise Unsupported(
            "a player forgets what it knew or did, and the reduced strategic form needs perfect recall; the full one is "
            "strategic_form(game, reduced=False)."
        )
    sizes = [_count(game, i, reduced) for i in range(game.n_players)]
    form = "reduced strategic form" if reduced else "strategic form"
    remedy = "Simplify the tree, or pass max_cells= to allow more."
    # The list of strategies of a single player can be as long as the table.
    own = sum(n * max(1, len(game.infosets_of(name))) for n, name in zip(sizes, game.players, strict=True))
    _checks.size(max(game.n_players * math.prod(sizes), own), limit, f"the {form}", remedy)
    strategies = [pure_strategies(game, name, reduced) for name in game.players]
    tables = [np.array(rows, dtype=np.int64).reshape(len(rows), -1) for rows in strategies]
    owner = {h: game.infosets[h].player for h in range(len(game.infosets))}
    column = {h: k for name in game.players for k, h in enumerate(game.infosets_of(name))}

    def consistent(h: int, action: int) -> tuple[int, NDArray[np.bool_]]:
        i = owner[h]
        return i, tables[i][:, column[h]] == action

    return sizes, strategies, consistent


def agent_form(game: ExtensiveGame, max_cells: int | None = None) -> NormalFormGame:
    """The agent normal form: every information set is a player, with the payoffs of the one who owns it.

    Parameters
    ----------
    game : ExtensiveGame
    max_cells : int, optional
        Most payoffs to allow, :data:`~gametheory.games.normal_form.MAX_CELLS` by default.

    Returns
    -------
    NormalFormGame
        Players are named ``"owner: information set"``; those who decide nothing do not appear.

    Examples
    --------
    >>> from gametheory.games import Decision, ExtensiveGame, Outcome
    >>> from gametheory.games.conversion import agent_form
    >>> later = Decision("Ann", {"left": Outcome(Ann=1), "right": Outcome(Ann=2)})
    >>> agent_form(ExtensiveGame(Decision("Ann", {"on": later, "off": Outcome(Ann=0)}))).players
    ('Ann: start', 'Ann: on')
    """
    if not game.infosets:
        raise GameError("the tree has no decisions, so its agent form has no players.")
    limit = MAX_CELLS if max_cells is None else max_cells
    sizes = [len(infoset.actions) for infoset in game.infosets]
    remedy = "Simplify the tree, or pass max_cells= to allow more."
    _checks.size(len(sizes) * math.prod(sizes), limit, "the agent form", remedy)

    def consistent(h: int, action: int) -> tuple[int, NDArray[np.bool_]]:
        return h, np.arange(sizes[h]) == action

    owners = [infoset.player for infoset in game.infosets]
    payoffs = _expected(game, sizes, consistent, game.payoffs[owners])
    names: dict[str, None] = {}
    for infoset in game.infosets:
        names[_checks.unique(f"{game.players[infoset.player]}: {infoset.label}", names)] = None
    actions = [infoset.actions for infoset in game.infosets]
    return NormalFormGame(payoffs, list(names), actions, game.title, max_cells=limit)


def _expected(game: ExtensiveGame, sizes: Sequence[int], consistent: Any, rows: NDArray[Any]) -> NDArray[Any]:
    """The means of the given rows of payoffs of the terminal nodes at all pure profiles.

    Every terminal adds its payoff, weighted by chance, to the block of the profiles whose strategies all lead there.
    `consistent(h, action)` tells whose strategies an action concerns and which of them take it.
    """
    if len(sizes) > MAX_PLAYERS:
        raise Unsupported(f"the form has {len(sizes)} players; a payoff array has room for {MAX_PLAYERS}.")
    real = game.domain == "real"
    zero = 0.0 if real else rows.flat[0] * 0
    result = np.full((len(rows), *sizes), zero, dtype=np.float64 if real else object)
    masks: dict[tuple[int, int], tuple[int, NDArray[np.bool_]]] = {}
    for column, weight, chosen in _plays(game):
        allowed = [np.ones(n, dtype=bool) for n in sizes]
        for h, action in chosen:
            if (h, action) not in masks:
                masks[h, action] = consistent(h, action)
            whose, mask = masks[h, action]
            allowed[whose] &= mask
        block = np.ix_(*(np.flatnonzero(mask) for mask in allowed))
        for k, row in enumerate(rows):
            result[k][block] += weight * row[column]
    return result


def _plays(game: ExtensiveGame) -> Iterator[tuple[int, Any, list[tuple[int, int]]]]:
    """For every terminal its position, its chance probability and the choices on its path, without recursion."""
    one = 1.0 if game.domain == "real" else 1
    weights: list[Any] = [one] * game.n_nodes
    choices: list[tuple[int, int]] = []  # along the path to the current node
    depths = [0] * game.n_nodes
    column = 0
    for node in range(game.n_nodes):
        above = int(game.parent[node])
        if above >= 0:
            weights[node], depth = weights[above], depths[above]
            # In pre-order, what lies beyond the parent's depth belongs to an earlier branch.
            del choices[depth:]
            if game.kind[above] == CHANCE:
                weights[node] = weights[above] * game.chance_probability[node]
            else:
                choices.append((int(game.infoset[above]), int(game.action[node])))
            depths[node] = len(choices)
        if not game.children[node]:
            if weights[node] != 0:
                yield column, weights[node], choices
            column += 1


# ---------------------------------------------------------------------------------------------------------------------
# Pure strategies
# ---------------------------------------------------------------------------------------------------------------------
def pure_strategies(game: ExtensiveGame, player: str, reduced: bool = True) -> tuple[tuple[int, ...], ...]:
    """The pure strategies of a player as positions of actions.

    Parameters
    ----------
    game : ExtensiveGame
    player : str
    reduced : bool, optional

    Returns
    -------
    tuple of tuples of int
        One entry for each information set of the player, in the order of :meth:`ExtensiveGame.infosets_of`; -1 in the
        reduced form where the strategy itself excludes the information set.

    Examples
    --------
    >>> from gametheory.games import Decision, ExtensiveGame, Outcome
    >>> from gametheory.games.conversion import pure_strategies
    >>> later = Decision("Ann", {"left": Outcome(Ann=1), "right": Outcome(Ann=2)})
    >>> pure_strategies(ExtensiveGame(Decision("Ann", {"on": later, "off": Outcome(Ann=0)})), "Ann")
    ((0, 0), (0, 1), (1, -1))
    """
    own = game.infosets_of(player)
    if not reduced:
        return tuple(itertools.product(*(range(len(game.infosets[h].actions)) for h in own)))
    if not game.perfect_recall:
        raise Unsupported("reduced strategies need perfect recall; pass reduced=False for the full ones.")
    before = _own_predecessors(game, game.player_index(player))
    position = {h: k for k, h in enumerate(own)}
    strategies: list[tuple[int, ...]] = [()]
    # Information sets come in pre-order, so that what precedes one of them is already decided.
    for h in own:
        previous = before[h]
        actions = range(len(game.infosets[h].actions))
        strategies = [
            (*strategy, action)
            for strategy in strategies
            for action in (
                actions if previous is None or strategy[position[previous[0]]] == previous[1] else (-1,)
            )
        ]
    return tuple(strategies)


def strategy_labels(game: ExtensiveGame, player: str, strategies: Sequence[Sequence[int]]) -> tuple[str, ...]:
    """The labels, in the strategic form, of pure strategies of a player."""
    own = game.infosets_of(player)
    names: dict[str, None] = {}
    for strategy in strategies:
        parts = [
            PRECLUDED if k < 0 else game.infosets[h].actions[k] for h, k in zip(own, strategy, strict=True)
        ]
        names[_checks.unique(SEPARATOR.join(parts) or IDLE, names)] = None
    return tuple(names)


def _own_predecessors(game: ExtensiveGame, player: int) -> dict[int, tuple[int, int] | None]:
    """For each information set of a player with perfect recall, her last own information set and action before it."""
    last: list[tuple[int, int] | None] = [None] * game.n_nodes
    result: dict[int, tuple[int, int] | None] = {}
    for node in range(game.n_nodes):
        above = int(game.parent[node])
        if above >= 0:
            own = game.kind[above] == DECISION and game.player[above] == player
            last[node] = (int(game.infoset[above]), int(game.action[node])) if own else last[above]
        if game.player[node] == player:
            result[int(game.infoset[node])] = last[node]
    return result


def _count(game: ExtensiveGame, player: int, reduced: bool) -> int:
    """How many pure strategies a player has, without listing them."""
    own = game.infosets_of(game.players[player])
    if not reduced:
        return math.prod(len(game.infosets[h].actions) for h in own)
    before = _own_predecessors(game, player)
    # ways[h, a]: the choices left after taking a at h; backwards, so that later information sets are counted first.
    ways: dict[tuple[int, int], int] = {}
    total = 1
    for h in reversed(own):
        below = sum(ways.get((h, action), 1) for action in range(len(game.infosets[h].actions)))
        previous = before[h]
        if previous is None:
            total *= below
        else:
            ways[previous] = ways.get(previous, 1) * below
    return total


# ---------------------------------------------------------------------------------------------------------------------
# Kuhn's theorem
# ---------------------------------------------------------------------------------------------------------------------
def behaviour(game: ExtensiveGame, profile: MixedProfile) -> BehaviourProfile:
    """The behaviour profile that is realisation-equivalent to a mixed profile of the strategic form.

    Parameters
    ----------
    game : ExtensiveGame
        With perfect recall.
    profile : MixedProfile
        Of ``strategic_form(game)``, reduced or full.

    Returns
    -------
    BehaviourProfile
        Where a player's own strategy never comes to one of her information sets, its actions are equally likely there: no
        choice follows from the mixed strategy.

    Examples
    --------
    >>> from gametheory.games import Decision, ExtensiveGame, MixedProfile, Outcome
    >>> from gametheory.games.conversion import behaviour, strategic_form
    >>> later = Decision("Ann", {"left": Outcome(Ann=1), "right": Outcome(Ann=2)})
    >>> game = ExtensiveGame(Decision("Ann", {"on": later, "off": Outcome(Ann=0)}))
    >>> half = MixedProfile(strategic_form(game), {"Ann": {"on · left": "1/6", "on · right": "1/3", "off · *": "1/2"}})
    >>> print(behaviour(game, half))
    Ann [start]: 0.5 on + 0.5 off
    Ann [on]: 1/3 left + 2/3 right
    """
    if not game.perfect_recall:
        raise Unsupported("Kuhn's theorem needs perfect recall; this game lacks it.")
    arrays: dict[int, list[Any]] = {}
    for i, name in enumerate(game.players):
        strategies = _match(game, name, profile)
        weights = profile.arrays[i].tolist()
        before = _own_predecessors(game, i)
        own = game.infosets_of(name)
        position = {h: k for k, h in enumerate(own)}
        for h in own:
            needed = _own_history(before, h)
            row: list[Any] = [weights[0] * 0] * len(game.infosets[h].actions)
            for strategy, weight in zip(strategies, weights, strict=True):
                if all(strategy[position[g]] == action for g, action in needed):
                    row[strategy[position[h]]] += weight
            total = sum(row[1:], row[0])
            arrays[h] = [value / total for value in row] if total != 0 else _uniform(len(row), profile.domain)
    return BehaviourProfile.from_arrays(game, [arrays[h] for h in range(len(game.infosets))])


def mixed(game: ExtensiveGame, profile: BehaviourProfile, reduced: bool = True) -> MixedProfile:
    """The mixed profile of the strategic form in which every information set draws its action independently.

    Parameters
    ----------
    game : ExtensiveGame
    profile : BehaviourProfile
    reduced : bool, optional
        Whether the profile is one of the reduced strategic form.

    Returns
    -------
    MixedProfile
    """
    form = strategic_form(game, reduced)
    arrays = []
    for name in game.players:
        own = game.infosets_of(name)
        rows = [profile.arrays[h].tolist() for h in own]
        arrays.append(
            [
                math.prod([row[k] for row, k in zip(rows, strategy, strict=True) if k >= 0])
                for strategy in pure_strategies(game, name, reduced)
            ]
        )
    return MixedProfile.from_arrays(form, arrays)


def _match(game: ExtensiveGame, player: str, profile: MixedProfile) -> tuple[tuple[int, ...], ...]:
    """The pure strategies that a profile of the reduced or full strategic form puts weights on."""
    given = tuple(profile[player])
    for reduced in (True, False):
        if _count(game, game.player_index(player), reduced) == len(given):
            strategies = pure_strategies(game, player, reduced)
            if strategy_labels(game, player, strategies) == given:
                return strategies
    raise GameError(
        f"the strategies of {player!r} in the profile are not those of the game's strategic form; make the profile with "
        "MixedProfile(strategic_form(game), ...)."
    )


def _own_history(before: dict[int, tuple[int, int] | None], h: int) -> list[tuple[int, int]]:
    history = []
    previous = before[h]
    while previous is not None:
        history.append(previous)
        previous = before[previous[0]]
    return history


def _uniform(n: int, domain: str) -> list[Any]:
    return [1 / n if domain == "real" else Fraction(1, n)] * n
