r"""Nash equilibria of a finite game in strategic form.

A profile of mixed strategies is a *Nash equilibrium* when no player gains by changing its own strategy alone
(Nash 1951). What is found depends on the number of players with more than one strategy:

- one: all strategies with the greatest payoff; they span the set of all equilibria;
- two: all extreme equilibria and the maximal Nash subsets that they span, by
  :mod:`gametheory.solvers.bimatrix`. This is every equilibrium, whether or not the game is degenerate;
- three or more: all isolated equilibria, and the continua that are polytopes, by
  :mod:`gametheory.solvers.support_enumeration`. The result says whether this is proved to be all.

Floats are rationals, so a game of floats is solved exactly as well, and only the answer is rounded.

References
----------
.. [1] J. Nash, "Non-cooperative games", *Annals of Mathematics* 54 (1951), 286-295.
.. [2] D. Avis, G. Rosenberg, R. Savani and B. von Stengel, "Enumeration of Nash equilibria for two-player
   games", *Economic Theory* 42 (2010), 9-37.
"""

from __future__ import annotations

from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import fmpq

from gametheory.equilibria.result import Component, ConnectedComponent, EquilibriumSet, judge_nash
from gametheory.errors import GameError, Unsupported, unknown
from gametheory.games.conversion import strategic_form
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame
from gametheory.games.profiles import MixedProfile
from gametheory.solvers.algebraic import from_fraction, to_fraction
from gametheory.solvers.bimatrix import extreme_equilibria
from gametheory.solvers.findings import Names
from gametheory.solvers.pure import pure_equilibria
from gametheory.solvers.support_enumeration import MAX_BOXES, support_enumeration
from gametheory.solvers.table_solution import TableSolution

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TableSolution", "from_exact", "nash_equilibria", "solve_table", "to_exact"]

#: Methods of this module, and those that find one equilibrium, each a function of a module of its own.
_METHODS = ("auto", "vertex_enumeration", "support_enumeration", "pure")
_ELSEWHERE = {
    "lemke_howson": ("lemke_howson", "lemke_howson"),
    "zero_sum": ("zero_sum", "zero_sum"),
    "logit": ("logit_path", "logit_equilibrium"),
}
_MIXED_MISSING = "{n} players have more than one strategy: all pure equilibria are listed, and mixed equilibria are not searched for"


def solve_table(
    payoffs: np.ndarray[Any, Any],
    method: str = "auto",
    *,
    irrational: bool = True,
    max_boxes: int = MAX_BOXES,
    progress: bool = True,
    names: Names | None = None,
    algebraic: bool = False,
) -> TableSolution:
    """Solve a payoff table over any ordered field.

    Parameters
    ----------
    payoffs : ndarray of objects, shape (N, n_1, ..., n_N)
        Numbers of one ordered field; see :mod:`gametheory.solvers.fields`. Three and more players are solved completely over
        the rationals only.
    method : {"auto", "vertex_enumeration", "support_enumeration", "pure"}
    irrational, max_boxes, progress, names
        For three and more players; see :func:`gametheory.solvers.support_enumeration.support_enumeration`. With no boxes only pure
        equilibria are listed.
    algebraic : bool
        Whether to solve three and more players by :func:`gametheory.solvers.parametric_supports.solve_supports`, in any field and
        with square roots in the answer.

    Returns
    -------
    TableSolution
    """
    shape = payoffs.shape[1:]
    choosers = [player for player, n in enumerate(shape) if n > 1]
    some = payoffs.flat[0]
    zero = some - some
    one = zero + 1

    def unit(n: int, k: int) -> tuple[Any, ...]:
        return tuple(one if s == k else zero for s in range(n))

    if algebraic and len(choosers) > 2:
        from gametheory.solvers.parametric_supports import solve_supports

        return solve_supports(payoffs, names=names)
    searched = method == "auto" and len(choosers) > 2 and isinstance(some, fmpq) and max_boxes > 0
    if method == "support_enumeration" or searched:
        return support_enumeration(
            payoffs, irrational=irrational, max_boxes=max_boxes, progress=progress, names=names
        )
    if method == "pure" or len(choosers) > 2:
        cells = pure_equilibria(payoffs)
        profiles = tuple(tuple(unit(n, k) for n, k in zip(shape, cell, strict=True)) for cell in cells)
        continuum = tuple(_tied(payoffs, cell, cells) for cell in cells)
        reason = "only pure equilibria were asked for"
        if method != "pure":
            reason = _MIXED_MISSING.format(n=len(choosers))
        complete = len(choosers) < 2 and not any(continuum)
        return TableSolution(
            profiles, (), continuum, complete, "pure enumeration", "" if complete else reason
        )
    if len(choosers) < 2:
        cells = pure_equilibria(payoffs)
        profiles = tuple(tuple(unit(n, k) for n, k in zip(shape, cell, strict=True)) for cell in cells)
        tied = len(cells) > 1
        return TableSolution(
            profiles,
            (tuple(range(len(cells))),),
            (tied,) * len(cells),
            True,
            "maximisation",
            "",
            (len(cells) - 1,),
            ((0,),),
            (1,),
            (None if tied else 1,) * len(cells),
        )
    first, second = choosers
    a, b = (payoffs[player].reshape(shape[first], shape[second]).tolist() for player in choosers)
    found = extreme_equilibria(a, b)
    profiles = tuple(
        tuple(x if player == first else y if player == second else (one,) for player in range(len(shape)))
        for x, y in found.equilibria
    )
    several = {k for component in found.components if len(component) > 1 for k in component}
    continuum = tuple(k in several for k in range(len(profiles)))
    return TableSolution(
        profiles,
        found.components,
        continuum,
        True,
        "vertex enumeration",
        "",
        found.dimensions,
        found.connected,
        found.indices,
        found.regular,
    )


def _tied(payoffs: np.ndarray[Any, Any], cell: tuple[int, ...], cells: list[tuple[int, ...]]) -> bool:
    """Whether a pure equilibrium can be left along a segment of equilibria by one player's mixing.

    It can if that player's other strategy makes an equilibrium too (the others' gains are linear along the
    segment), or if the others' best replies are strict, so that they stay best when the player mixes a
    little.
    """
    known = set(cells)
    best: list[list[int]] = []
    for player, table in enumerate(payoffs):
        own = table[(*cell[:player], slice(None), *cell[player + 1 :])]
        best.append([s for s in range(len(own)) if own[s] == own[cell[player]]])
    for player, replies in enumerate(best):
        strict = all(len(others) == 1 for k, others in enumerate(best) if k != player)
        for reply in replies:
            if reply != cell[player] and (strict or (*cell[:player], reply, *cell[player + 1 :]) in known):
                return True
    return False


def to_exact(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """An array of floats or fractions as FLINT rationals; a float is the rational that it is."""
    exact = np.empty(values.shape, dtype=object)
    for index, value in np.ndenumerate(values):
        exact[index] = from_fraction(value if isinstance(value, Fraction) else Fraction(float(value)))
    return exact


def _as_float(value: fmpq) -> float:
    return float(to_fraction(value))


def from_exact(domain: str) -> Callable[[Any], Any]:
    """What turns a FLINT rational into a number of a game's domain."""
    if domain == "real":
        return _as_float
    return to_fraction


def _refuse_boxes(given: object) -> None:
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or given < 0:
        raise GameError(f"max_boxes is {given!r}; give a whole number, 0 for pure equilibria only.")


def nash_equilibria(
    game: NormalFormGame | ExtensiveGame,
    method: str = "auto",
    *,
    max_boxes: int = MAX_BOXES,
    progress: bool = True,
) -> EquilibriumSet:
    """Nash equilibria of a finite game.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
        With payoffs that are numbers. A tree is solved in its reduced strategic form.
    method : str
        ``"auto"`` finds all equilibria, by ``"vertex_enumeration"`` for two players and by ``"support_enumeration"`` for more (which
        takes two as well). ``"pure"`` finds all pure ones. One equilibrium of a large game is found by ``"lemke_howson"`` (two
        players), ``"zero_sum"`` or ``"logit"``.
    max_boxes : int
        How many parts of the space of mixed profiles to look at, for three players and more, before giving up with what was found;
        0 for pure equilibria only.
    progress : bool
        Whether to show a bar if that lasts.

    Returns
    -------
    EquilibriumSet
        The extreme equilibria, with ``complete``, ``components`` (maximal Nash subsets) and ``connected_components`` with their
        indices. An irrational equilibrium of an exact game holds floats, and exact bounds in its ``enclosure``.

    Raises
    ------
    GameError
        If `game` is no game, or `max_boxes` no number of boxes.
    Unsupported
        If the game has parameters, or `method` does not apply to it.
    TooLarge
        If the strategic form of a tree does not fit in memory.

    Notes
    -----
    Both enumerations take time exponential in the number of strategies in the worst case. Of two players, games of 8x8 take a
    fraction of a second; of more players, 3x3x3 takes tens of milliseconds, 4x4x4 seconds, 3x3x3x3 minutes.

    ``complete`` is True only where it is proved that there are no other equilibria. With three players and more it is False where a
    continuum of equilibria is curved, or the equations of some support have a solution that is not regular and exact algebra
    did not settle it; ``reason`` names the support.

    References
    ----------
    .. [1] D. Avis, G. Rosenberg, R. Savani and B. von Stengel, "Enumeration of Nash equilibria for two-player
       games", *Economic Theory* 42 (2010), 9-37.
    .. [2] R. Porter, E. Nudelman and Y. Shoham, "Simple search methods for finding a Nash equilibrium", *Games and Economic
       Behavior* 63 (2008), 642-662.

    Examples
    --------
    >>> import gametheory as gt
    >>> chicken = gt.NormalFormGame.from_bimatrix([[0, 7], [2, 6]], [[0, 2], [7, 6]])
    >>> found = gt.nash_equilibria(chicken)
    >>> len(found), found.complete
    (3, True)
    >>> found[2].strategies["Player 1"]["1"]
    Fraction(1, 3)
    """
    if method not in (*_METHODS, *_ELSEWHERE):
        raise unknown("method", method, (*_METHODS, *_ELSEWHERE))
    if method in _ELSEWHERE:
        module, name = _ELSEWHERE[method]
        found: EquilibriumSet = getattr(import_module(f"gametheory.solvers.{module}"), name)(game)
        return found
    if isinstance(game, ExtensiveGame):
        game = strategic_form(game)
    if not isinstance(game, NormalFormGame):
        raise GameError(
            f"nash_equilibria takes a NormalFormGame or an ExtensiveGame, not {type(game).__name__}."
        )
    if game.domain == "parametric":
        raise Unsupported(
            f"the payoffs depend on {', '.join(sorted(game.parameters))}. Give values, with model.at(...) or "
            "game.substitute({...}), or ask for all equilibria as functions of one parameter with sensitivity.thresholds."
        )
    _refuse_boxes(max_boxes)
    if method == "vertex_enumeration" and sum(n > 1 for n in game.shape) > 2:
        raise Unsupported(
            f"vertex enumeration is for two players, and {sum(n > 1 for n in game.shape)} have more than one strategy; use "
            "method='support_enumeration', or 'auto'."
        )
    solution = solve_table(
        to_exact(game.payoffs),
        method,
        irrational=game.domain == "rational",
        max_boxes=max_boxes,
        progress=progress,
        names=(game.players, game.strategies),
    )
    number = from_exact(game.domain)
    nothing = (None,) * len(solution.profiles)
    equilibria = tuple(
        judge_nash(
            game,
            MixedProfile.from_arrays(
                game,
                [[(number if enclosure is None else _as_float)(p) for p in strategy] for strategy in profile],
            ),
            continuum=continuum,
            enclosure=enclosure,
            index=index,
        )
        for profile, continuum, index, enclosure in zip(
            solution.profiles,
            solution.continuum,
            solution.regular or (...,) * len(solution.profiles),
            solution.enclosures or nothing,
            strict=True,
        )
    )
    components = Component.groups(
        equilibria, solution.components, solution.dimensions or None, solution.described or None
    )
    return EquilibriumSet(
        equilibria,
        "Nash",
        solution.method,
        solution.complete,
        solution.reason,
        components,
        ConnectedComponent.groups(components, solution.connected, solution.indices)
        if solution.connected
        else (),
    )
