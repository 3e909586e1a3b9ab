r"""Judging behaviour profiles of extensive-form games: payoffs, probabilities along the play, subgame perfection.

A behaviour profile gives each information set a distribution over its actions. The probability of a node is the product
of the probabilities on the way to it, and a player's expected payoff the mean of its payoffs over the terminal nodes.

A profile is *subgame perfect* (Selten 1965) if it induces a Nash equilibrium in every proper subgame, that is, if its
*subgame regret*

.. math:: \max_{G' \subseteq G} \max_i \Bigl[ \max_{\sigma_i'} u_i^{G'}(\sigma_i', \sigma_{-i})
   - u_i^{G'}(\sigma) \Bigr]

is zero. The inner maximum is found by dynamic programming over the sequences of player :math:`i` (von Stengel 1996): with
perfect recall, every information set of the player lies after one sequence of its own moves, so each leaf adds its
payoff, weighted by what chance and the others do, to the last own move before it, and the values of information sets
are added up from the last to the first. A proper subgame inside counts as one leaf of the subgame around it, because the
best deviation in it does not depend on how it was reached. The whole takes time proportional to the number of nodes
times the number of players, without recursion, in any kind of number that has ``+ - *`` and ``<``.

References
----------
Selten, R. (1965). Spieltheoretische Behandlung eines Oligopolmodells mit Nachfrageträgheit. Zeitschrift für die gesamte
Staatswissenschaft 121, 301-324 and 667-689.
von Stengel, B. (1996). Efficient computation of behavior strategies. Games and Economic Behavior 14, 220-246.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gametheory.equilibria.arithmetic import largest, refuse_expressions, tolerance
from gametheory.equilibria.outcomes import end_labels, parse_outcome
from gametheory.errors import GameError, Unsupported
from gametheory.games.extensive import ExtensiveGame

if TYPE_CHECKING:
    from gametheory.games.profiles import BehaviourProfile

    Profile: TypeAlias = BehaviourProfile | Mapping[str, Mapping[str, Mapping[str, Any]]] | tuple[Any, ...]

__all__ = [
    "action_probability",
    "expected_payoffs",
    "is_subgame_perfect",
    "outcome_probabilities",
    "reach_probabilities",
    "regret",
    "subgame_regret",
    "subgame_regrets",
    "terminal_probabilities",
]

Array: TypeAlias = np.ndarray[Any, Any]


# ---------------------------------------------------------------------------------------------------------------------
# Along the play
# ---------------------------------------------------------------------------------------------------------------------
def _edges(game: ExtensiveGame, vectors: tuple[Any, ...], skip: int = -1) -> list[Any]:
    """The probability of the edge into each node; 1 for the root and for the moves of player `skip`."""
    one: Any = 1.0 if game.domain == "real" else Fraction(1)
    edges = [one] * game.n_nodes
    parents, actions, movers = game.parent.tolist(), game.action.tolist(), game.player.tolist()
    infosets, chance = game.infoset.tolist(), game.chance_probability.tolist()
    for node in range(1, game.n_nodes):
        above = parents[node]
        if infosets[above] < 0:
            edges[node] = chance[node]
        elif movers[above] != skip:
            edges[node] = vectors[infosets[above]][actions[node]]
    return edges


def reach_probabilities(game: ExtensiveGame, profile: Profile) -> list[Any]:
    """The probability that the play comes through each node, in the order of the nodes.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.equilibria import sequential
    >>> game = gt.ExtensiveGame(gt.Decision("A", {
    ...     "in": gt.Chance({"win": ("1/3", gt.Outcome(A=3)), "lose": ("2/3", gt.Outcome(A=-1))}),
    ...     "out": gt.Outcome(A=0)}))
    >>> [str(p) for p in sequential.reach_probabilities(game, {"A": {"start": {"in": "1/2", "out": "1/2"}}})]
    ['1', '1/2', '1/6', '1/3', '1/2']
    """
    edges = _edges(game, _vectors(game, profile))
    parents = game.parent.tolist()
    reach = list(edges)
    for node in range(1, game.n_nodes):
        reach[node] = reach[parents[node]] * edges[node]
    return reach


def terminal_probabilities(game: ExtensiveGame, profile: Profile) -> list[Any]:
    """The probability that the play ends at each terminal node, in the order of ``game.terminals``."""
    reach = reach_probabilities(game, profile)
    return [reach[node] for node in game.terminals.tolist()]


def expected_payoffs(game: ExtensiveGame, profile: Profile) -> list[Any]:
    """The expected payoff of each player, in the order of the players.

    Parameters
    ----------
    game : ExtensiveGame
    profile : BehaviourProfile, labelled mapping, or one vector of probabilities for each information set

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.equilibria import sequential
    >>> game = gt.ExtensiveGame(gt.Decision("A", {
    ...     "in": gt.Chance({"win": ("1/3", gt.Outcome(A=3)), "lose": ("2/3", gt.Outcome(A=-1))}),
    ...     "out": gt.Outcome(A=0)}))
    >>> sequential.expected_payoffs(game, {"A": {"start": {"in": 1}}})
    [Fraction(1, 3)]
    """
    probabilities = terminal_probabilities(game, profile)
    return [mean(row, probabilities) for row in game.payoffs]


def mean(values: Any, probabilities: list[Any]) -> Any:
    """The expectation of `values`; positions without probability are passed over."""
    terms = [value * p for value, p in zip(values, probabilities, strict=True) if p != 0]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return float(total) if isinstance(total, np.floating) else total


def action_probability(game: ExtensiveGame, profile: Profile, player: str, action: str) -> Any:
    """The probability that a player takes an action of that name at least once along the play.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.equilibria import sequential
    >>> game = gt.ExtensiveGame(gt.Decision("A", {
    ...     "act": gt.Decision("B", {"respond": gt.Outcome(A=-1, B=0), "acquiesce": gt.Outcome(A=1, B=-1)}),
    ...     "refrain": gt.Outcome(A=0, B=1)}))
    >>> profile = {"A": {"start": {"act": "1/2", "refrain": "1/2"}}, "B": {"act": {"respond": 1}}}
    >>> sequential.action_probability(game, profile, "B", "respond")
    Fraction(1, 2)
    """
    return parse_outcome(f"P({player}: {action})", game).mean(terminal_probabilities(game, profile))


def outcome_probabilities(game: ExtensiveGame, profile: Profile) -> dict[str, Any]:
    """The probability of each outcome by its label, or by the path to it where it has none.

    Terminal nodes that share a label are one outcome.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.equilibria import sequential
    >>> game = gt.ExtensiveGame(gt.Decision("A", {
    ...     "in": gt.Chance({"win": ("1/3", gt.Outcome("war", A=3)), "lose": ("2/3", gt.Outcome("war", A=-1))}),
    ...     "out": gt.Outcome(A=0)}))
    >>> for label, p in sequential.outcome_probabilities(game, {"A": {"start": {"in": "1/2", "out": "1/2"}}}).items():
    ...     print(label, p)
    war 1/2
    out 1/2
    """
    totals: dict[str, Any] = {}
    for name, p in zip(end_labels(game), terminal_probabilities(game, profile), strict=True):
        _add(totals, name, p)
    return totals


# ---------------------------------------------------------------------------------------------------------------------
# Regret
# ---------------------------------------------------------------------------------------------------------------------
def regret(game: ExtensiveGame, profile: Profile) -> Any:
    """The most that any player could gain by changing its whole plan alone; zero exactly at Nash equilibria.

    Unlike :func:`subgame_regret` this asks nothing of what the players would do where the play does not come.
    """
    return largest(subgame_regrets(game, profile)[0])


def subgame_regret(game: ExtensiveGame, profile: Profile) -> Any:
    """The most that any player could gain by changing its plan alone in any proper subgame.

    Parameters
    ----------
    game : ExtensiveGame
        With perfect recall.
    profile : BehaviourProfile, labelled mapping, or one vector of probabilities for each information set

    Returns
    -------
    number
        Zero exactly at subgame-perfect equilibria. Exact if the game and the profile are.

    Examples
    --------
    An empty threat is a Nash equilibrium, but not subgame perfect:

    >>> import gametheory as gt
    >>> from gametheory.equilibria import sequential
    >>> entry = gt.ExtensiveGame(gt.Decision("Entrant", {
    ...     "in": gt.Decision("Incumbent", {
    ...         "fight": gt.Outcome(Entrant=-1, Incumbent=-1), "accommodate": gt.Outcome(Entrant=1, Incumbent=1)}),
    ...     "out": gt.Outcome(Entrant=0, Incumbent=2)}))
    >>> threat = {"Entrant": {"start": {"out": 1}}, "Incumbent": {"in": {"fight": 1}}}
    >>> sequential.regret(entry, threat), sequential.subgame_regret(entry, threat)
    (Fraction(0, 1), Fraction(2, 1))
    """
    return largest(value for gains in subgame_regrets(game, profile).values() for value in gains)


def is_subgame_perfect(game: ExtensiveGame, profile: Profile) -> bool:
    """Whether no player gains by changing its plan alone in any proper subgame.

    Exactly for exact numbers, else within :func:`gametheory.equilibria.arithmetic.tolerance`.
    """
    slack = [tolerance(row) for row in game.payoffs]
    for gains in subgame_regrets(game, profile).values():
        refuse_expressions(gains)
        if any(gain > (slack[i] if isinstance(gain, float) else 0) for i, gain in enumerate(gains)):
            return False
    return True


def subgame_regrets(game: ExtensiveGame, profile: Profile) -> dict[int, list[Any]]:
    """The regret of each player in each proper subgame, by the node at which the subgame starts; the whole first.

    Raises
    ------
    Unsupported
        If a player forgets what it did or knew: its best plan is then not a matter of one pass.
    """
    vectors = _vectors(game, profile)
    if not game.perfect_recall:
        raise Unsupported(
            "a player of this game forgets what it did or knew (imperfect recall); regret in subgames is judged for games "
            "with perfect recall. strategic_form(game) and equilibria.nash work."
        )
    stages = _stage_members(game)
    actual = _node_values(game, _edges(game, vectors))
    gains: dict[int, list[Any]] = {root: [] for root in sorted(stages)}
    for i in range(len(game.players)):
        best = _best_plan(game, stages, i, _edges(game, vectors, skip=i))
        for root, found in gains.items():
            gain = best[root] - actual[root][i]
            # A mean is never above the maximum; only rounding puts it there.
            found.append(max(0.0, float(gain)) if isinstance(gain, float) else gain)
    return gains


def _stage_members(game: ExtensiveGame) -> dict[int, list[int]]:
    """For the root of each proper subgame, the nodes below it down to the roots of the subgames inside."""
    roots, parents = {0, *game.subgame_roots()}, game.parent.tolist()
    stage_of = [0] * game.n_nodes
    members: dict[int, list[int]] = {root: [] for root in roots}
    for node in range(1, game.n_nodes):
        above = stage_of[parents[node]]
        members[above].append(node)
        stage_of[node] = node if node in roots else above
    return members


def _node_values(game: ExtensiveGame, edges: list[Any]) -> list[list[Any]]:
    """The expected payoffs of all players from each node on."""
    n_players, parents = len(game.players), game.parent.tolist()
    values: list[list[Any]] = [[] for _ in range(game.n_nodes)]
    for position, node in enumerate(game.terminals.tolist()):
        values[node] = [game.payoffs[i, position] for i in range(n_players)]
    for node in range(game.n_nodes - 1, 0, -1):
        above, p = values[parents[node]], edges[node]
        if not above:
            above.extend(p * value for value in values[node])
        elif p != 0:
            for i, value in enumerate(values[node]):
                above[i] = above[i] + p * value
    return values


def _best_plan(
    game: ExtensiveGame, stages: dict[int, list[int]], player: int, edges: list[Any]
) -> dict[int, Any]:
    """For the root of each proper subgame, what the best plan of one player earns there against the others."""
    parents, actions, movers = game.parent.tolist(), game.action.tolist(), game.player.tolist()
    infosets = game.infoset.tolist()
    leaf_value = dict(zip(game.terminals.tolist(), game.payoffs[player], strict=True))
    best: dict[int, Any] = {}
    for root in sorted(stages, reverse=True):
        weight: dict[int, Any] = {root: edges[0]}
        # The last own move before a node: (information set, action), or None before the first.
        last: dict[int, tuple[int, int] | None] = {root: None}
        before: dict[int, tuple[int, int] | None] = {}
        earned: dict[tuple[int, int] | None, Any] = {}
        if movers[root] == player:
            before[infosets[root]] = None
        for node in stages[root]:
            above = parents[node]
            weight[node] = weight[above] * edges[node]
            last[node] = (infosets[above], actions[node]) if movers[above] == player else last[above]
            value = best.get(node, leaf_value.get(node))
            if value is not None:
                _add(earned, last[node], weight[node] * value)
            elif movers[node] == player:
                before.setdefault(infosets[node], last[node])
        # An information set comes before those that follow it, so the last found are the first to be settled.
        for infoset in reversed(before):
            moves = range(len(game.infosets[infoset].actions))
            _add(earned, before[infoset], largest(earned[infoset, move] for move in moves))
        best[root] = leaf_value[root] if root in leaf_value else earned[None]
    return best


def _add(totals: dict[Any, Any], key: Any, value: Any) -> None:
    totals[key] = totals[key] + value if key in totals else value


# ---------------------------------------------------------------------------------------------------------------------
# Reading what was given
# ---------------------------------------------------------------------------------------------------------------------
def _vectors(game: ExtensiveGame, profile: Any) -> tuple[Any, ...]:
    """One vector of probabilities for each information set, whether labelled or bare."""
    if not isinstance(game, ExtensiveGame):
        raise GameError(
            "this is a normal-form game; equilibria.nash judges mixed profiles of normal-form games."
        )
    if isinstance(profile, Mapping):
        from gametheory.games.profiles import BehaviourProfile

        labelled = profile if isinstance(profile, BehaviourProfile) else BehaviourProfile(game, profile)
        return tuple(labelled.arrays)
    vectors = tuple(profile)
    sizes = [len(vector) for vector in vectors]
    wanted = [len(infoset.actions) for infoset in game.infosets]
    if sizes != wanted:
        raise GameError(f"the profile has {sizes} actions at its information sets, the game {wanted}.")
    return vectors
