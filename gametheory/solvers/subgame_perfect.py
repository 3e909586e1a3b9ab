r"""All subgame-perfect equilibria of a tree, stage by stage from the bottom.

A behaviour profile is *subgame perfect* when it is an equilibrium in every proper subgame (Selten 1965). The
tree is cut into stages (:mod:`gametheory.solvers.stages`). Each stage is solved for each combination of
equilibria of the stages that follow it, whose values it takes as payoffs; an equilibrium of the tree is one
choice for each.

A tie is never broken. Where a player is indifferent, each choice is listed as an equilibrium of its own and
marked as part of a *continuum*, because mixtures between tied choices are equilibria too. Such a mixture may
change what earlier movers do. Where it may, the extreme equilibria that are listed do not span all there are,
and the result says ``complete=False`` and why.

The algorithm uses only ``+ - * /`` and comparisons, and so serves numbers and functions of a parameter alike
(:mod:`gametheory.solvers.fields`).

References
----------
.. [1] R. Selten, "Spieltheoretische Behandlung eines Oligopolmodells mit Nachfragetraegheit", *Zeitschrift
   fuer die gesamte Staatswissenschaft* 121 (1965), 301-324.
.. [2] H. Kuhn, "Extensive games and the problem of information", *Contributions to the Theory of Games* II,
   1953, 193-216.
"""

from __future__ import annotations

import itertools
import math
from typing import Any, NamedTuple

import numpy as np

from gametheory.equilibria.result import EquilibriumSet, judge_subgame_perfect
from gametheory.errors import GameError, TooLarge, Unsupported
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.profiles import BehaviourProfile
from gametheory.solvers.nash import from_exact, solve_table, to_exact
from gametheory.solvers.stages import Stage, stages
from gametheory.solvers.support_enumeration import MAX_BOXES

__all__ = ["TreeSolution", "solve_tree", "subgame_perfect_equilibria"]


class _Play(NamedTuple):
    """One equilibrium of a subgame: what it is worth, what its first stage does, and what follows."""

    values: tuple[Any, ...]
    choices: tuple[tuple[int, tuple[Any, ...]], ...]
    later: tuple[_Play, ...]
    continuum: bool
    #: Whether it rests on an irrational equilibrium of some stage, which is rounded to rationals.
    rounded: bool = False


class TreeSolution(NamedTuple):
    """Subgame-perfect equilibria of a tree, as vectors of numbers of one field."""

    #: For each equilibrium, the probabilities of the actions at each information set.
    profiles: tuple[tuple[tuple[Any, ...], ...], ...]
    #: For each equilibrium, each player's payoff.
    payoffs: tuple[tuple[Any, ...], ...]
    continuum: tuple[bool, ...]
    complete: bool
    reason: str
    #: For each equilibrium, whether it is rounded: irrational, within 2**-90 of the numbers given.
    rounded: tuple[bool, ...] = ()


def solve_tree(
    game: ExtensiveGame,
    payoffs: np.ndarray[Any, Any],
    chance: np.ndarray[Any, Any],
    *,
    parts: tuple[Stage, ...] | None = None,
    max_equilibria: int = 100_000,
    max_boxes: int = MAX_BOXES,
    progress: bool = False,
    algebraic: bool = False,
) -> TreeSolution:
    """Solve a tree over any ordered field.

    Parameters
    ----------
    game : ExtensiveGame
        Gives the structure only.
    payoffs : ndarray of objects, shape (N, T)
        Payoffs at the terminal nodes, in the order of ``game.terminals``.
    chance : ndarray of objects, shape (n_nodes,)
        Probability of the edge into each node that follows a chance node; the rest is not read.
    parts : tuple of Stage, optional
        ``stages(game)``, if it is known already.
    max_equilibria : int
        Most equilibria of any subgame.
    max_boxes, progress, algebraic
        For stages with three and more movers; see :func:`gametheory.solvers.nash.solve_table`.

    Raises
    ------
    TooLarge
        If a subgame has more equilibria than that.
    """
    parts = stages(game) if parts is None else parts
    column = {int(node): k for k, node in enumerate(game.terminals)}
    movers_above = _movers_above(parts, len(game.players))
    solved: list[tuple[_Play, ...]] = []
    reasons: list[str] = []
    for k, stage in enumerate(parts):
        reaches = stage.reaches()
        weights = [math.prod((chance[node] for node in nodes), start=1) for nodes in stage.chance_nodes]
        later = [solved[child] for child in stage.child if child >= 0]
        combinations = math.prod(map(len, later))
        if combinations > max_equilibria:
            raise _too_many(game, stage, combinations, max_equilibria)
        plays: list[_Play] = []
        for combination in itertools.product(*later):
            following = iter(combination)
            ends = [
                tuple(payoffs[:, column[leaf]]) if child < 0 else next(following).values
                for leaf, child in zip(stage.leaves, stage.child, strict=True)
            ]
            found, groups, reason = _solve_stage(
                game, stage, reaches, weights, ends, combination, max_boxes, progress, algebraic
            )
            if reason:
                reasons.append(f"in the stage at {game.path(stage.root)}, {reason}")
            if any(play.rounded for play in combination):
                reasons.append(
                    f"the stage at {game.path(stage.root)} is followed by an irrational equilibrium, whose value is rounded to a "
                    "rational; whether that makes a tie or breaks one is not decided"
                )
            if any(_ties_matter([found[p] for p in group], movers_above[k]) for group in groups):
                reasons.append(
                    f"at {game.path(stage.root)} a player is indifferent: mixtures of the choices listed are equilibria "
                    "too, and earlier moves may respond to them in ways not listed"
                )
            plays.extend(found)
            if len(plays) > max_equilibria:
                raise _too_many(game, stage, len(plays), max_equilibria)
        solved.append(tuple(plays))
    roots = solved[-1]
    flat = [_flatten(game, play) for play in roots]
    return TreeSolution(
        tuple(profile for profile, _ in flat),
        tuple(play.values for play in roots),
        tuple(continuum for _, continuum in flat),
        not reasons,
        "; ".join(dict.fromkeys(reasons)),
        tuple(play.rounded for play in roots) if any(play.rounded for play in roots) else (),
    )


def _too_many(game: ExtensiveGame, stage: Stage, count: int, limit: int) -> TooLarge:
    return TooLarge(
        f"the subgame at {game.path(stage.root)} has at least {count:,} combinations of equilibria; the limit is {limit:,}. "
        "Ties multiply: break them by changing equal payoffs, or raise max_equilibria."
    )


def _movers_above(parts: tuple[Stage, ...], n_players: int) -> list[frozenset[int]]:
    """For each stage, the players who move in stages before it."""
    above: list[frozenset[int]] = [frozenset()] * len(parts)
    for k in range(len(parts) - 1, -1, -1):
        here = above[k] | set(parts[k].players)
        for child in parts[k].child:
            if child >= 0:
                above[child] = here
    return above


def _ties_matter(tied: list[_Play], movers: frozenset[int]) -> bool:
    """Whether mixing between tied choices could change what an earlier mover gets."""
    return any(play.values[mover] != tied[0].values[mover] for play in tied[1:] for mover in movers)


def _solve_stage(
    game: ExtensiveGame,
    stage: Stage,
    reaches: np.ndarray[Any, Any],
    weights: list[Any],
    ends: list[tuple[Any, ...]],
    later: tuple[_Play, ...],
    max_boxes: int,
    progress: bool,
    algebraic: bool,
) -> tuple[list[_Play], list[list[int]], str]:
    """The equilibria of a stage whose ends are worth `ends`; sets of them that may be mixed; why they are not all.

    Different mixtures of plans may be one behaviour (Kuhn 1953), which is one equilibrium.
    """
    n_players = len(game.players)
    table = np.empty((n_players, *stage.shape), dtype=object)
    for cell in np.ndindex(*stage.shape):
        leaves = np.flatnonzero(reaches[cell])
        for player in range(n_players):
            table[(player, *cell)] = _total(weights, ends, leaves, player)
    rests = any(play.rounded for play in later)
    if not stage.players:
        return [_Play(tuple(table), (), later, False, rests)], [], ""
    # Whether an equilibrium is irrational matters in what follows, its bounds do not.
    solution = solve_table(
        table[list(stage.players)],
        max_boxes=max_boxes,
        progress=progress,
        names=_names(game, stage),
        algebraic=algebraic,
    )
    plays: list[_Play] = []
    place: list[int] = []  # of each profile, among the plays
    for number, profile in enumerate(solution.profiles):
        choices: list[tuple[int, tuple[Any, ...]]] = []
        free = False
        for k, strategy in enumerate(profile):
            behaviour, unreached = _behaviour(game, stage, k, strategy)
            choices.extend(behaviour)
            free |= unreached
        twin = _twin(plays, choices) if any(len(own) > 1 for own in stage.infosets) else len(plays)
        place.append(twin)
        if twin == len(plays):
            rounded = rests or (bool(solution.rounded) and solution.rounded[number])
            plays.append(_Play(_expectation(table, profile), tuple(choices), later, free, rounded))
    tied = [place[k] for k, continuum in enumerate(solution.continuum) if continuum]
    groups = [sorted({place[k] for k in group}) for group in solution.components] or [tied]
    several = {k for group in groups if len(group) > 1 for k in group} if solution.components else set(tied)
    plays = [play._replace(continuum=play.continuum or k in several) for k, play in enumerate(plays)]
    return plays, groups, solution.reason


def _names(game: ExtensiveGame, stage: Stage) -> tuple[list[str], list[list[str]]] | None:
    """The movers of a stage and what each chooses between; None if plans are more than single actions."""
    if any(len(own) > 1 for own in stage.infosets):
        return None
    return [game.players[k] for k in stage.players], [
        list(game.infosets[own[0]].actions) for own in stage.infosets
    ]


def _twin(plays: list[_Play], choices: list[tuple[int, tuple[Any, ...]]]) -> int:
    """The position of the play with these choices; behind the last if there is none."""
    for k, play in enumerate(plays):
        pairs = zip(play.choices, choices, strict=True)
        if all(p == q for (_, ours), (_, theirs) in pairs for p, q in zip(ours, theirs, strict=True)):
            return k
    return len(plays)


def _total(weights: list[Any], ends: list[tuple[Any, ...]], leaves: np.ndarray[Any, Any], player: int) -> Any:
    total = None
    for leaf in leaves:
        part = ends[leaf][player] if isinstance(weights[leaf], int) else weights[leaf] * ends[leaf][player]
        total = part if total is None else total + part
    return total


def _expectation(table: np.ndarray[Any, Any], profile: tuple[tuple[Any, ...], ...]) -> tuple[Any, ...]:
    """Each player's payoff from a mixed profile of a stage; zero probabilities are skipped."""
    supports = [[k for k, p in enumerate(strategy) if p != 0] for strategy in profile]
    values = []
    for player_table in table:
        total = None
        for cell in itertools.product(*supports):
            part = player_table[cell]
            for strategy, k in zip(profile, cell, strict=True):
                part = strategy[k] * part
            total = part if total is None else total + part
        values.append(total)
    return tuple(values)


def _behaviour(
    game: ExtensiveGame, stage: Stage, k: int, strategy: tuple[Any, ...]
) -> tuple[list[tuple[int, tuple[Any, ...]]], bool]:
    """A mixed strategy of the `k`-th mover as behaviour at each own information set (Kuhn 1953).

    An information set that the own earlier choices preclude is not governed by the mixed strategy; any
    behaviour there is part of the equilibrium, the first action is written down, and the second value
    returned says so.
    """
    plans = stage.strategies[k]
    behaviour: list[tuple[int, tuple[Any, ...]]] = []
    unreached = False
    for position, infoset in enumerate(stage.infosets[k]):
        n_actions = len(game.infosets[infoset].actions)
        zero = strategy[0] - strategy[0]
        masses = [zero] * n_actions
        for plan, probability in zip(plans, strategy, strict=True):
            if plan[position] >= 0:
                masses[plan[position]] = masses[plan[position]] + probability
        whole = sum(masses[1:], start=masses[0])
        if len(stage.infosets[k]) == 1:
            behaviour.append((infoset, tuple(masses)))
        elif whole == 0:
            unreached = True
            behaviour.append((infoset, tuple(zero + 1 if a == 0 else zero for a in range(n_actions))))
        else:
            behaviour.append((infoset, tuple(mass / whole for mass in masses)))
    return behaviour, unreached


def _flatten(game: ExtensiveGame, play: _Play) -> tuple[tuple[tuple[Any, ...], ...], bool]:
    """The behaviour at every information set of the tree, and whether anything in it is part of a
    continuum.
    """
    behaviour: list[tuple[Any, ...]] = [()] * len(game.infosets)
    continuum = False
    waiting = [play]
    while waiting:
        part = waiting.pop()
        continuum |= part.continuum
        for infoset, probabilities in part.choices:
            behaviour[infoset] = probabilities
        waiting.extend(part.later)
    return tuple(behaviour), continuum


def _chance(game: ExtensiveGame) -> np.ndarray[Any, Any]:
    """Chance probabilities that add up to exactly one at each chance move, which floats may miss by a rounding."""
    exact = to_exact(game.chance_probability)
    if game.domain == "real":
        for node in np.flatnonzero(game.kind == 2):
            branches = list(game.children[node])
            exact[branches] = exact[branches] / exact[branches].sum()
    return exact


def subgame_perfect_equilibria(
    game: ExtensiveGame, *, max_equilibria: int = 100_000, max_boxes: int = MAX_BOXES, progress: bool = True
) -> EquilibriumSet:
    """All subgame-perfect equilibria of a tree.

    Parameters
    ----------
    game : ExtensiveGame
        With payoffs and chance probabilities that are numbers, and perfect recall.
    max_equilibria : int
        Most equilibria of any subgame before an error is raised.
    max_boxes, progress
        For stages with three and more movers; see :func:`gametheory.nash_equilibria`.

    Returns
    -------
    EquilibriumSet
        Exact if the game is, but for equilibria that are irrational, which hold floats. ``complete`` is False where a tie lets
        earlier moves respond to mixtures that are not listed, where an irrational equilibrium of a stage with three or more
        movers decides what earlier moves are worth, and where the equilibria of such a stage are not all known; ``reason`` says
        which.

    Raises
    ------
    Unsupported
        If the game has parameters or imperfect recall.
    TooLarge
        If a stage, or the number of equilibria, is beyond its limit.

    References
    ----------
    .. [1] R. Selten, "Spieltheoretische Behandlung eines Oligopolmodells mit Nachfragetraegheit",
       *Zeitschrift fuer die gesamte Staatswissenschaft* 121 (1965), 301-324.

    Examples
    --------
    >>> import gametheory as gt
    >>> reply = gt.Decision("West", {"acquiesce": gt.Outcome(Russia=1, West=-1), "respond": gt.Outcome(Russia=-1, West=-2)})
    >>> game = gt.ExtensiveGame(gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply}))
    >>> [equilibrium] = gt.subgame_perfect_equilibria(game)
    >>> equilibrium.action_probability("Russia", "act"), equilibrium.payoffs["West"]
    (Fraction(1, 1), Fraction(-1, 1))
    """
    if not isinstance(game, ExtensiveGame):
        raise GameError(
            f"subgame_perfect_equilibria takes an ExtensiveGame, not {type(game).__name__}; "
            "for a NormalFormGame use nash_equilibria."
        )
    if game.domain == "parametric":
        raise Unsupported(
            f"the game depends on {', '.join(sorted(game.parameters))}. Give values, with model.at(...) or "
            "game.substitute({...}), or ask for all equilibria as functions of one parameter with sensitivity.thresholds."
        )
    solution = solve_tree(
        game,
        to_exact(game.payoffs),
        _chance(game),
        max_equilibria=max_equilibria,
        max_boxes=max_boxes,
        progress=progress,
    )
    exact, rounded = from_exact(game.domain), from_exact("real")
    inexact = solution.rounded or (False,) * len(solution.profiles)
    equilibria = tuple(
        judge_subgame_perfect(
            game,
            BehaviourProfile.from_arrays(
                game, [[(rounded if irrational else exact)(p) for p in behaviour] for behaviour in profile]
            ),
            continuum=continuum,
        )
        for profile, continuum, irrational in zip(solution.profiles, solution.continuum, inexact, strict=True)
    )
    return EquilibriumSet(
        equilibria, "subgame-perfect", "backward induction over stages", solution.complete, solution.reason
    )
