r"""Selecting one equilibrium by a named criterion, with the numbers that decide; sometimes none.

*Payoff dominance* (Harsanyi and Selten 1988): an equilibrium that no player would exchange for another one. Every player gets at least
as much as in any other equilibrium, and some player more than in each. Many games have none.

*Risk dominance* (Harsanyi and Selten 1988), for 2x2 games with two strict equilibria: that one whose *deviation losses* have the
greater product. If :math:`(a, b)` and :math:`(a', b')` are the two, the first dominates if

.. math:: [u_1(a, b) - u_1(a', b)]\,[u_2(a, b) - u_2(a, b')] > [u_1(a', b') - u_1(a, b')]\,[u_2(a', b') - u_2(a', b)].

*Logit limit* (McKelvey and Palfrey 1995): where the principal branch of quantal response equilibria leads.

*Global games*: payoffs are observed with a little noise, which vanishes. In 2x2 games with two strict equilibria the risk-dominant
one is played in the limit (Carlsson and van Damme 1993). In a symmetric binary-action game of :math:`N` players with strategic
complements (the gain :math:`\pi(k)` of the second action over the first grows with the number :math:`k` of others who take it)
everybody takes the best reply to the *Laplacian* belief that every :math:`k` from 0 to :math:`N - 1` is equally likely: the
second action if :math:`\sum_k \pi(k) > 0` (Morris and Shin 2003). In other games the limit may depend on the noise
(Frankel, Morris and Pauzner 2003), so none is selected there.

References
----------
.. [1] J. Harsanyi and R. Selten, *A General Theory of Equilibrium Selection in Games*, MIT Press, 1988.
.. [2] H. Carlsson and E. van Damme, "Global games and equilibrium selection", *Econometrica* 61 (1993), 989-1018.
.. [3] S. Morris and H. S. Shin, "Global games: theory and applications", *Advances in Economics and Econometrics* I, Cambridge
   University Press, 2003, 56-114.
.. [4] D. Frankel, S. Morris and A. Pauzner, "Equilibrium selection in global games with strategic complementarities", *Journal of
   Economic Theory* 108 (2003), 1-44.
.. [5] R. D. McKelvey and T. R. Palfrey, "Quantal response equilibria for normal form games", *Games and Economic Behavior* 10
   (1995), 6-38.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Any, TypeAlias

import numpy as np

from gametheory.equilibria import representation
from gametheory.equilibria.arithmetic import RELATIVE_TOLERANCE, plain, tolerance
from gametheory.equilibria.result import Equilibrium, EquilibriumSet, judge_nash
from gametheory.errors import GameError, Unsupported, unknown
from gametheory.games.conversion import strategic_form
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.labelled import Labelled
from gametheory.games.normal_form import NormalFormGame
from gametheory.games.profiles import MixedProfile
from gametheory.games.representation import escape_latex
from gametheory.solvers.nash import nash_equilibria

__all__ = ["Selection", "select_equilibrium"]

Array: TypeAlias = np.ndarray[Any, Any]
Game: TypeAlias = NormalFormGame | ExtensiveGame
Cell: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Selection:
    """The equilibrium that a criterion selects, or none, and why.

    Attributes
    ----------
    criterion : str
    equilibrium : Equilibrium or None
        None where the criterion applies, but selects nothing.
    reason : str
        What decided.
    numbers : mapping of str to number
        The numbers that did: products of deviation losses, the mean gain under the Laplacian belief, payoffs.
    candidates : EquilibriumSet or None
        The equilibria that were compared, where the criterion compares.

    Examples
    --------
    >>> import gametheory as gt
    >>> hunt = gt.NormalFormGame.from_bimatrix([[4, 0], [3, 3]], [[4, 3], [0, 3]],
    ...     players=("Ann", "Bob"), strategies=[["stag", "hare"]] * 2)
    >>> gt.select_equilibrium(hunt, by="risk_dominance")
    Selection(risk dominance: Ann: hare; Bob: hare | payoffs Ann 3, Bob 3 | products of deviation losses: (stag, stag) 1, (hare, hare) 9)
    """

    criterion: str
    equilibrium: Equilibrium | None
    reason: str
    numbers: Mapping[str, Any]
    candidates: EquilibriumSet | None = None

    def __post_init__(self) -> None:
        numbers = {name: plain(value) for name, value in self.numbers.items()}
        object.__setattr__(self, "numbers", Labelled("number", numbers))

    def _text(self) -> str:
        chosen = "none" if self.equilibrium is None else representation.line(self.equilibrium)
        return f"{self.criterion.replace('_', ' ')}: {chosen} | {self.reason}"

    def __repr__(self) -> str:
        return f"Selection({self._text()})"

    def _repr_html_(self) -> str:
        if self.equilibrium is None:
            return f"<p>{escape(self._text())}</p>"
        caption = f"{self.criterion.replace('_', ' ').capitalize()}: {self.reason}"
        return representation.html_table([self.equilibrium], caption)

    def to_latex(self) -> str:
        """The equilibrium as a LaTeX table of one row; the reason as a sentence where there is none."""
        if self.equilibrium is None:
            return rf"\emph{{{escape_latex(self._text())}}}"
        return self.equilibrium.to_latex()


def select_equilibrium(game: Game | EquilibriumSet, by: str = "payoff_dominance") -> Selection:
    """Select an equilibrium by a criterion that is asked for by name.

    Parameters
    ----------
    game : NormalFormGame, ExtensiveGame or EquilibriumSet
        A tree is taken in its reduced strategic form. Of a set of equilibria its game is meant; payoff dominance compares just the
        equilibria of the set (such as the subgame-perfect ones of a tree).
    by : {"payoff_dominance", "risk_dominance", "logit_limit", "global_games"}

    Returns
    -------
    Selection
        Its `equilibrium` is None where the criterion applies and selects nothing.

    Raises
    ------
    Unsupported
        If the criterion does not apply to the game, or the set has no equilibria or is one of expressions.
    NotConverged
        If the logit path could not be followed.

    References
    ----------
    .. [1] J. Harsanyi and R. Selten, *A General Theory of Equilibrium Selection in Games*, MIT Press, 1988.
    .. [2] H. Carlsson and E. van Damme, "Global games and equilibrium selection", *Econometrica* 61 (1993), 989-1018.
    .. [3] S. Morris and H. S. Shin, "Global games: theory and applications", *Advances in Economics and Econometrics* I,
       Cambridge University Press, 2003, 56-114.

    Examples
    --------
    >>> import gametheory as gt
    >>> hunt = gt.NormalFormGame.from_bimatrix([[4, 0], [3, 3]], [[4, 3], [0, 3]], strategies=[["stag", "hare"]] * 2)
    >>> for criterion in ("payoff_dominance", "risk_dominance", "global_games"):
    ...     print(gt.select_equilibrium(hunt, criterion).equilibrium.play)
    Player 1: stag; Player 2: stag
    Player 1: hare; Player 2: hare
    Player 1: hare; Player 2: hare
    """
    if by not in _CRITERIA:
        raise unknown("criterion", by, _CRITERIA)
    found = game if isinstance(game, EquilibriumSet) else None
    if found is not None:
        if not found:
            raise Unsupported(
                f"no {found.concept} equilibrium is known, so none can be selected: {found.reason or 'the game has none'}."
            )
        game = found[0].game
    if not isinstance(game, NormalFormGame | ExtensiveGame):
        raise GameError(f"select_equilibrium takes a game or a set of equilibria, not {type(game).__name__}.")
    if game.domain == "parametric":
        raise Unsupported(
            f"the payoffs depend on {', '.join(sorted(game.parameters))}; give values, with model.at(...) or game.substitute(...)."
        )
    return _CRITERIA[by](game, found)


# ---------------------------------------------------------------------------------------------------------------------
# Payoff dominance
# ---------------------------------------------------------------------------------------------------------------------
def _payoff_dominance(game: Game, found: EquilibriumSet | None) -> Selection:
    found = nash_equilibria(game) if found is None else found
    if not found:
        raise Unsupported(f"no equilibrium is known, so none can be selected: {found.reason}.")
    payoffs = found[0].game.payoffs
    slack = {
        player: 0
        if all(isinstance(e.payoffs[player], Fraction) for e in found)
        else tolerance(own.astype(float))
        for player, own in zip(game.players, payoffs, strict=True)
    }
    best = {player: max(e.payoffs[player] for e in found) for player in game.players}
    top = [e for e in found if all(e.payoffs[p] >= best[p] - slack[p] for p in game.players)]
    doubt = "" if found.complete else f" (of those that are known; the list is not complete: {found.reason})"
    name = "payoff_dominance"
    if len(top) == 1:
        reason = "the only equilibrium" if len(found) == 1 else "no player gets more in any other equilibrium"
        return Selection(name, top[0], reason + doubt, _by_player(top[0].payoffs), found)
    if top:
        reason = f"{len(top)} equilibria give everybody the most, and the same to each"
        return Selection(name, None, reason + doubt, _by_player(best), found)
    favourites = ", ".join(
        f"{player} most in {_number_of(found, player, best, slack)}" for player in game.players
    )
    reason = f"players prefer different equilibria: {favourites}"
    return Selection(name, None, reason + doubt, _by_player(best), found)


def _by_player(payoffs: Mapping[str, Any]) -> dict[str, Any]:
    return {f"payoff: {player}": value for player, value in payoffs.items()}


def _number_of(found: EquilibriumSet, player: str, best: Mapping[str, Any], slack: Mapping[str, Any]) -> str:
    numbers = [k for k, e in enumerate(found, 1) if e.payoffs[player] >= best[player] - slack[player]]
    shown = ", ".join(map(str, numbers[:5])) + (", ..." if len(numbers) > 5 else "")
    return f"equilibrium {shown}"


# ---------------------------------------------------------------------------------------------------------------------
# Risk dominance
# ---------------------------------------------------------------------------------------------------------------------
def _risk_dominance(game: Game, found: EquilibriumSet | None) -> Selection:
    form = _normal_form(game)
    _two_by_two(form, "risk dominance")
    strict = _strict_cells(form)
    if len(strict) != 2:
        raise Unsupported(
            f"risk dominance compares the two strict equilibria of a 2x2 game; this one has {len(strict) or 'none'}"
            + (": (" + ", ".join(_names(form, strict[0])) + ")." if strict else ".")
        )
    return _compare_losses(form, strict, found, "risk_dominance")


def _compare_losses(
    form: NormalFormGame, strict: Sequence[Cell], found: EquilibriumSet | None, name: str
) -> Selection:
    first, second = (_losses(form, cell) for cell in strict)
    products = [first[0] * first[1], second[0] * second[1]]
    labels = ["(" + ", ".join(_names(form, cell)) + ")" for cell in strict]
    numbers = dict(zip(labels, products, strict=True))
    texts = ", ".join(f"{label} {representation.number(plain(value))}" for label, value in numbers.items())
    if _equal(form, *products):
        reason = f"the products of deviation losses are equal: {texts}"
        return Selection(name, None, reason, numbers)
    chosen = strict[0] if products[0] > products[1] else strict[1]
    return Selection(name, _pure(form, chosen, found), f"products of deviation losses: {texts}", numbers)


def _losses(form: NormalFormGame, cell: Cell) -> list[Any]:
    """What the two players who choose lose by leaving an equilibrium alone."""
    losses = []
    for i, n in enumerate(form.shape):
        if n == 2:
            left = (*cell[:i], 1 - cell[i], *cell[i + 1 :])
            losses.append(_exact(form.payoffs[(i, *cell)]) - _exact(form.payoffs[(i, *left)]))
    return losses


def _strict_cells(form: NormalFormGame) -> list[Cell]:
    """The strict equilibria of a binary game."""
    return [cell for cell in np.ndindex(form.shape) if all(loss > 0 for loss in _losses(form, cell))]


def _two_by_two(form: NormalFormGame, what: str) -> None:
    movers = [n for n in form.shape if n > 1]
    if movers != [2, 2]:
        raise Unsupported(
            f"{what} is defined here for two players with two strategies each; the players of this game have "
            f"{', '.join(map(str, form.shape))}."
        )


# ---------------------------------------------------------------------------------------------------------------------
# Logit limit
# ---------------------------------------------------------------------------------------------------------------------
def _logit_limit(game: Game, found: EquilibriumSet | None) -> Selection:
    from gametheory.solvers.logit_path import logit_equilibrium

    result = logit_equilibrium(game)
    (end,) = result
    near = [other for other in found or () if _distance(end, other) < _SAME]
    if near:
        end = min(near, key=lambda other: _distance(result[0], other))
    return Selection(
        "logit_limit", end, "where the principal branch of quantal response equilibria leads", {}, found
    )


#: Profiles that differ by less in every probability are the same.
_SAME = 1e-6


def _distance(first: Equilibrium, second: Equilibrium) -> float:
    if first.game != second.game:
        return float("inf")
    pairs = zip(first.profile.arrays, second.profile.arrays, strict=True)
    return max(abs(float(a) - float(b)) for u, v in pairs for a, b in zip(u, v, strict=True))


# ---------------------------------------------------------------------------------------------------------------------
# Global games
# ---------------------------------------------------------------------------------------------------------------------
def _global_games(game: Game, found: EquilibriumSet | None) -> Selection:
    form = _normal_form(game)
    movers = [i for i, n in enumerate(form.shape) if n > 1]
    if any(form.shape[i] != 2 for i in movers) or not movers:
        raise Unsupported(
            "the global-games limit is known here for players with two strategies each; the players of this game have "
            f"{', '.join(map(str, form.shape))}. With more the limit may depend on the noise."
        )
    dominant = _dominant(form)
    if dominant is not None:
        reason = "the only profile that survives the elimination of strictly dominated strategies"
        return Selection("global_games", _pure(form, dominant, found), reason, {})
    if len(movers) == 2:
        strict = _strict_cells(form)
        if len(strict) != 2:
            raise Unsupported(
                "the global-games limit of a 2x2 game is known for two strict equilibria, or one dominant one; this game has "
                f"{len(strict) or 'no'} strict {'equilibrium' if len(strict) == 1 else 'equilibria'}."
            )
        return _compare_losses(form, strict, found, "global_games")
    gains = _common_gains(form, movers)
    if any(later < earlier for earlier, later in itertools.pairwise(gains)):
        if all(later <= earlier for earlier, later in itertools.pairwise(gains)):
            why = "the second action gains less the more others take it (strategic substitutes)"
        else:
            why = "the gain from the second action is not monotone in the number of others who take it"
        raise Unsupported(
            f"the global-games limit needs strategic complements; here {why}: "
            f"{', '.join(representation.number(plain(gain)) for gain in gains)}."
        )
    # Everybody believes that each number of others is equally likely.
    mean = sum(gains, Fraction(0)) / len(gains)
    numbers = {f"gain if {k} others": gain for k, gain in enumerate(gains)} | {"mean gain": mean}
    second = form.strategies[movers[0]][1]
    said = f"under the Laplacian belief {second} gains {representation.number(mean)} over {form.strategies[movers[0]][0]}"
    if _equal(form, *(sum((sign * g for g in gains if sign * g > 0), Fraction(0)) for sign in (1, -1))):
        return Selection("global_games", None, said, numbers)
    cell = tuple(int(n > 1 and mean > 0) for n in form.shape)
    return Selection("global_games", _pure(form, cell, found), said, numbers)


def _dominant(form: NormalFormGame) -> Cell | None:
    """The one profile that strict dominance leaves, if it does."""
    from gametheory.solvers.rationalizable import rationalizable

    left = rationalizable(form, by="pure")
    if not left.solvable:
        return None
    return form.profile_index(*(names[0] for names in left.reduced.strategies))


def _common_gains(form: NormalFormGame, movers: list[int]) -> list[Fraction]:
    """The gain of everybody's second action by the number of others who take it, in a symmetric game."""
    gains: dict[int, Fraction] = {}
    for i in movers:
        for cell in np.ndindex(form.shape):
            if cell[i]:
                continue
            up = (*cell[:i], 1, *cell[i + 1 :])
            gain = _exact(form.payoffs[(i, *up)]) - _exact(form.payoffs[(i, *cell)])
            if gains.setdefault(sum(cell), gain) != gain:
                raise Unsupported(
                    f"{len(movers)} players choose, and the global-games limit is known here for symmetric games, in which the gain "
                    "from the second action depends on the number of others who take it only, and is the same for all; it is not "
                    f"for {form.players[i]} at ({', '.join(_names(form, cell))}). List the corresponding action of each player second."
                )
    return [gains[k] for k in range(len(movers))]


# ---------------------------------------------------------------------------------------------------------------------
# Common
# ---------------------------------------------------------------------------------------------------------------------
def _normal_form(game: Game) -> NormalFormGame:
    return strategic_form(game) if isinstance(game, ExtensiveGame) else game


def _exact(value: Any) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(value)


def _equal(form: NormalFormGame, first: Fraction, second: Fraction) -> bool:
    """Whether two sums or products of payoffs are equal; of floats, up to rounding."""
    slack = Fraction(RELATIVE_TOLERANCE) if form.domain == "real" else 0
    return abs(first - second) <= slack * max(abs(first), abs(second))


def _names(form: NormalFormGame, cell: Cell) -> list[str]:
    return [names[s] for names, s in zip(form.strategies, cell, strict=True)]


def _pure(form: NormalFormGame, cell: Cell, found: EquilibriumSet | None) -> Equilibrium:
    """The pure equilibrium: that of the set, if it is there."""
    profile = MixedProfile.pure(form, _names(form, cell))
    for equilibrium in found or ():
        if equilibrium.profile == profile:
            return equilibrium
    return judge_nash(form, profile)


_CRITERIA: dict[str, Callable[[Game, EquilibriumSet | None], Selection]] = {
    "payoff_dominance": _payoff_dominance,
    "risk_dominance": _risk_dominance,
    "logit_limit": _logit_limit,
    "global_games": _global_games,
}
