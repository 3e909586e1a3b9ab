r"""Rationalizable strategies: what is left when dominated strategies are eliminated again and again.

Who is rational does not play a strictly dominated strategy; who knows that the others are rational does not play what is dominated once
theirs are gone; and so on. What is left is what common knowledge of rationality allows. Each round eliminates all strategies
dominated in the game that is left, of all players at once.

*Strict dominance by mixed strategies* leaves exactly the strategies that are *correlated rationalizable*: best replies to beliefs
over the rationalizable strategies of the others, in which these may be correlated. For two players that is rationalizability
(Bernheim 1984, Pearce 1984). For three and more, Bernheim and Pearce let a player believe only in others who choose independently;
then fewer strategies may be rationalizable, never more. The order of elimination does not matter.

*Weak dominance*: here the order does matter. Eliminating all weakly dominated strategies in every round (maximal simultaneous elimination)
is the convention followed; another order may leave other strategies, and the rounds are reported for that reason. Iterated
elimination of weakly dominated strategies can remove Nash equilibria, strict dominance never does.

*Dominance by pure strategies only* may leave more.

References
----------
.. [1] B. D. Bernheim, "Rationalizable strategic behavior", *Econometrica* 52 (1984), 1007-1028.
.. [2] D. Pearce, "Rationalizable strategic behavior and the problem of perfection", *Econometrica* 52 (1984), 1029-1050.
.. [3] A. Brandenburger and E. Dekel, "Rationalizability and correlated equilibria", *Econometrica* 55 (1987), 1391-1402.
.. [4] H. Moulin, "Dominance solvable voting schemes", *Econometrica* 47 (1979), 1337-1351.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from gametheory.equilibria.dominance import dominator, own_table
from gametheory.equilibria.representation import TABLE, latex_mixture
from gametheory.equilibria.representation import mixture as mixture_text
from gametheory.errors import GameError, Unsupported, unknown
from gametheory.games.conversion import strategic_form
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.labelled import Labelled
from gametheory.games.normal_form import NormalFormGame
from gametheory.games.profiles import MixedProfile
from gametheory.games.representation import escape_latex

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Elimination", "Rationalizable", "rationalizable"]

Dominance: TypeAlias = Literal["strict", "weak"]
By: TypeAlias = Literal["mixed", "pure"]


@dataclass(frozen=True, slots=True)
class Elimination:
    """A strategy that was eliminated, and why.

    Attributes
    ----------
    player, strategy : str
    dominated_by : mapping of str to number
        The probabilities of the strategies that dominate it, those that are not 0.
    margin : number
        What the dominating strategy gains at the least (strict) or summed over the others' profiles (weak).
    """

    player: str
    strategy: str
    dominated_by: Mapping[str, Any]
    margin: Any

    def __str__(self) -> str:
        return f"{self.player}: {self.strategy} (dominated by {self.dominator})"

    @property
    def dominator(self) -> str:
        """What dominates it, as text."""
        return mixture_text(list(self.dominated_by), list(self.dominated_by.values()))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rationalizable:
    """The strategies that survive iterated elimination, and how the others went.

    Attributes
    ----------
    game : NormalFormGame
        Of a tree, its reduced strategic form.
    reduced : NormalFormGame
        The game that is left.
    rounds : tuple of tuples of Elimination
        What each round eliminated.
    dominance : {"strict", "weak"}
    by : {"mixed", "pure"}

    Examples
    --------
    >>> import gametheory as gt
    >>> game = gt.NormalFormGame.from_bimatrix([[3, 0], [0, 3], [1, 1]], [[1, 0], [2, 0], [0, 5]],
    ...     players=("Ann", "Bob"), strategies=[["top", "middle", "bottom"], ["left", "right"]])
    >>> gt.rationalizable(game)
    rationalizable strategies (strict dominance by mixed strategies; 3 rounds): Ann {top}; Bob {left}
      round 1: Ann: bottom (dominated by 0.5 top + 0.5 middle)
      round 2: Bob: right (dominated by left)
      round 3: Ann: middle (dominated by top)
    """

    game: NormalFormGame
    reduced: NormalFormGame
    rounds: tuple[tuple[Elimination, ...], ...]
    dominance: Dominance
    by: By

    @property
    def strategies(self) -> Labelled[tuple[str, ...]]:
        """The strategies that are left, by player."""
        return Labelled("player", dict(zip(self.reduced.players, self.reduced.strategies, strict=True)))

    @property
    def eliminated(self) -> Labelled[tuple[str, ...]]:
        """The strategies that are gone, by player, in the order of elimination."""
        gone: dict[str, list[str]] = {player: [] for player in self.game.players}
        for one in (one for eliminations in self.rounds for one in eliminations):
            gone[one.player].append(one.strategy)
        return Labelled("player", {player: tuple(names) for player, names in gone.items()})

    @property
    def solvable(self) -> bool:
        """Whether one strategy profile is left only (*dominance solvable*)."""
        return all(n == 1 for n in self.reduced.shape)

    @property
    def solution(self) -> MixedProfile:
        """The one strategy profile that is left, a Nash equilibrium of the game.

        Raises
        ------
        Unsupported
            If several are left.
        """
        if not self.solvable:
            raise Unsupported(f"the game is not dominance solvable: {self._left()} are left.")
        return MixedProfile.pure(self.game, [names[0] for names in self.reduced.strategies])

    @property
    def concept(self) -> str:
        """What the strategies that are left are called."""
        if self.dominance == "strict" and self.by == "mixed":
            movers = sum(n > 1 for n in self.game.shape)
            return "rationalizable strategies" if movers < 3 else "correlated rationalizable strategies"
        return "undominated strategies"

    def to_frame(self) -> pd.DataFrame:
        """One row for each eliminated strategy: round, player, strategy, what dominates it, by how much."""
        import pandas as pd

        rows = [
            (k, one.player, one.strategy, one.dominator, one.margin)
            for k, eliminations in enumerate(self.rounds, 1)
            for one in eliminations
        ]
        return pd.DataFrame(rows, columns=["round", "player", "strategy", "dominated by", "margin"])

    def _left(self) -> str:
        return "; ".join(f"{player} {{{', '.join(names)}}}" for player, names in self.strategies.items())

    def _heading(self) -> str:
        count = len(self.rounds)
        rounds = "1 round" if count == 1 else f"{count or 'no'} rounds"
        return (
            f"{self.concept} ({self.dominance} dominance by {self.by} strategies; {rounds}): {self._left()}"
        )

    def __repr__(self) -> str:
        lines = [self._heading()]
        for k, eliminations in enumerate(self.rounds, 1):
            lines.append(f"  round {k}: " + ", ".join(map(str, eliminations)))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        heads = "".join(f"<th>{head}</th>" for head in ("round", "player", "eliminated", "dominated by"))
        rows = "".join(
            f"<tr><td>{k}</td><td>{escape(one.player)}</td><td>{escape(one.strategy)}</td><td>{escape(one.dominator)}</td></tr>"
            for k, eliminations in enumerate(self.rounds, 1)
            for one in eliminations
        )
        table = f"{TABLE}<tr>{heads}</tr>{rows}</table>" if rows else ""
        return f"<p>{escape(self._heading())}</p>{table}"

    def to_latex(self) -> str:
        """The eliminations as a LaTeX ``tabular`` (needs no packages)."""
        lines = [r"\begin{tabular}{rlll}", r"round & player & eliminated & dominated by \\ \hline"]
        for k, eliminations in enumerate(self.rounds, 1):
            for one in eliminations:
                dominator = latex_mixture(list(one.dominated_by), list(one.dominated_by.values()))
                cells = [str(k), escape_latex(one.player), escape_latex(one.strategy), dominator]
                lines.append(" & ".join(cells) + r" \\")
        return "\n".join([*lines, r"\end{tabular}"])


def rationalizable(
    game: NormalFormGame | ExtensiveGame, dominance: Dominance = "strict", *, by: By = "mixed"
) -> Rationalizable:
    """Eliminate dominated strategies until none is left.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
        With payoffs that are numbers. Of a tree the reduced strategic form is meant; iterated weak dominance there is related to
        backward and forward induction.
    dominance : {"strict", "weak"}, optional
        Strict dominance gives the rationalizable strategies (three and more players: the correlated rationalizable ones).
        Weak dominance depends on the order: in every round all weakly dominated strategies of all players go at once.
    by : {"mixed", "pure"}, optional
        Whether mixed strategies may dominate.

    Returns
    -------
    Rationalizable
        What is left, the rounds with what dominated what, and the reduced game. Exact, also for floats, which are rationals.

    Raises
    ------
    Unsupported
        If the game has parameters.
    TooLarge
        If a linear program has too many coefficients.

    References
    ----------
    .. [1] B. D. Bernheim, "Rationalizable strategic behavior", *Econometrica* 52 (1984), 1007-1028.
    .. [2] D. Pearce, "Rationalizable strategic behavior and the problem of perfection", *Econometrica* 52 (1984), 1029-1050.

    Examples
    --------
    >>> import gametheory as gt
    >>> dilemma = gt.NormalFormGame.from_bimatrix([[3, 0], [5, 1]], [[3, 5], [0, 1]], strategies=[["C", "D"]] * 2)
    >>> found = gt.rationalizable(dilemma)
    >>> found.solvable, found.strategies["Player 1"], found.rounds[0][0].margin
    (True, ('D',), Fraction(1, 1))
    """
    if dominance not in ("strict", "weak"):
        raise unknown("dominance", dominance, ("strict", "weak"))
    if by not in ("mixed", "pure"):
        raise unknown("kind of dominating strategy", by, ("mixed", "pure"))
    if isinstance(game, ExtensiveGame):
        if game.domain != "parametric":
            game = strategic_form(game)
    elif not isinstance(game, NormalFormGame):
        raise GameError(
            f"rationalizable takes a NormalFormGame or an ExtensiveGame, not {type(game).__name__}."
        )
    if game.domain == "parametric":
        raise Unsupported(
            f"the payoffs depend on {', '.join(sorted(game.parameters))}; give values, with model.at(...) or game.substitute(...)."
        )
    assert isinstance(game, NormalFormGame)
    left = [list(range(n)) for n in game.shape]
    rounds: list[tuple[Elimination, ...]] = []
    while found := _round(game, left, dominance == "weak", by == "mixed"):
        rounds.append(tuple(one for _, _, one in found))
        for player, strategy, _ in found:
            left[player].remove(strategy)
    names = [[own[s] for s in kept] for own, kept in zip(game.strategies, left, strict=True)]
    reduced = NormalFormGame(_part(game, left), game.players, names, game.title, max_cells=game.payoffs.size)
    return Rationalizable(game, reduced, tuple(rounds), dominance, by)


def _part(game: NormalFormGame, left: list[list[int]]) -> np.ndarray[Any, Any]:
    return game.payoffs[np.ix_(range(game.n_players), *left)]


def _round(
    game: NormalFormGame, left: list[list[int]], weak: bool, mixed: bool
) -> list[tuple[int, int, Elimination]]:
    """All strategies dominated in the game that is left."""
    found = []
    payoffs = _part(game, left)
    for i, kept in enumerate(left):
        table = own_table(payoffs, i)
        for k, strategy in enumerate(kept):
            domination = dominator(table, k, weak=weak, mixed=mixed)
            if domination is None:
                continue
            names = game.strategies[i]
            number = float if game.domain == "real" else Fraction
            weights = {names[kept[t]]: number(p) for t, p in enumerate(domination.mixture) if p != 0}
            one = Elimination(
                game.players[i], names[strategy], Labelled("strategy", weights), number(domination.margin)
            )
            found.append((i, strategy, one))
    return found
