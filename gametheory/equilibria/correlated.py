r"""Correlated and coarse correlated equilibria: what they are, and judging a given distribution.

A mediator draws a strategy profile :math:`a` from a distribution :math:`p` that everybody knows and tells each player its own
part only. In a *correlated equilibrium* (Aumann 1974) nobody gains by doing something else when told :math:`s`:

.. math:: g_i(s, t) = \sum_{a_{-i}} p(s, a_{-i}) \bigl[ u_i(t, a_{-i}) - u_i(s, a_{-i}) \bigr] \le 0
          \quad\text{for all players } i \text{ and strategies } s, t.

In a *coarse correlated equilibrium* (Moulin and Vial 1978) a player decides before hearing its part whether to follow or to play
some :math:`t` whatever it would have been told: :math:`\sum_s g_i(s, t) \le 0`. Every Nash equilibrium is correlated, every
correlated equilibrium is coarse; each of the two sets is a polytope.

The *regret* of a distribution is what a player gains by its best way of disobeying,
:math:`\max_i \sum_s \max_t g_i(s, t)`, or :math:`\max_i \max_t \sum_s g_i(s, t)` where disobedience is coarse; it is zero
exactly at the equilibria.

References
----------
.. [1] R. Aumann, "Subjectivity and correlation in randomized strategies", *Journal of Mathematical Economics* 1 (1974), 67-96.
.. [2] R. Aumann, "Correlated equilibrium as an expression of Bayesian rationality", *Econometrica* 55 (1987), 1-18.
.. [3] H. Moulin and J.-P. Vial, "Strategically zero-sum games: the class of games whose completely mixed equilibria cannot be
   improved upon", *International Journal of Game Theory* 7 (1978), 201-221.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gametheory import scalars
from gametheory.equilibria.arithmetic import largest, plain, refuse_expressions, tolerance
from gametheory.equilibria.outcomes import parse_outcome
from gametheory.errors import GameError, GameTheoryError, UnknownName
from gametheory.games.conversion import strategic_means
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.labelled import Labelled
from gametheory.games.normal_form import NormalFormGame
from gametheory.games.profiles import TOLERANCE, MixedProfile
from gametheory.games.representation import escape_latex

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CorrelatedEquilibrium",
    "disobedience_gains",
    "is_correlated",
    "judge_correlated",
    "outcome_weights",
    "regret",
]

Array: TypeAlias = np.ndarray[Any, Any]
#: (player, told, instead), or (player, instead) where disobedience is coarse.
Disobedience: TypeAlias = tuple[str, ...]

#: Most strategy profiles in a line of text or a table.
MOST_ROWS = 30


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CorrelatedEquilibrium:
    """A correlated or coarse correlated equilibrium of a game, with labels.

    Attributes
    ----------
    game : NormalFormGame
        Of a tree, its reduced strategic form.
    probabilities : array of shape (n_1, ..., n_N)
        Read-only: the probability of each strategy profile.
    concept : {"correlated", "coarse correlated"}
    payoffs : mapping of str to number
    regret : number
        The most that a player gains by disobeying; 0 if everything is exact, else of the size of rounding errors.
    exact : bool
    objective : str
        What was maximised or minimised, if anything.
    value : number or None
        Its value here, the best over all equilibria of the concept.
    prices : mapping of disobedience to number
        The proof of that: what the objective would gain per unit by which a player's gain from ``(player, told, instead)``
        (coarse: ``(player, instead)``) were allowed to be positive. Those not listed are 0.
    tree : ExtensiveGame or None
        The tree whose strategic form `game` is.

    Examples
    --------
    >>> import gametheory as gt
    >>> chicken = gt.NormalFormGame.from_bimatrix(
    ...     [[6, 2], [7, 0]], [[6, 7], [2, 0]], players=("Ann", "Bob"), strategies=[["swerve", "dare"]] * 2)
    >>> best = gt.correlated_equilibrium(chicken)
    >>> best
    CorrelatedEquilibrium(0.5 (swerve, swerve) + 0.25 (swerve, dare) + 0.25 (dare, swerve) | payoffs Ann 5.25, Bob 5.25)
    >>> best.given("Ann", "swerve")
    {('swerve',): Fraction(2, 3), ('dare',): Fraction(1, 3)}
    """

    game: NormalFormGame
    probabilities: Array
    concept: str
    payoffs: Mapping[str, Any]
    regret: Any
    exact: bool
    objective: str = ""
    value: Any = None
    prices: Mapping[Disobedience, Any] = field(default_factory=dict)
    tree: ExtensiveGame | None = None

    def __post_init__(self) -> None:
        table = np.array(self.probabilities)
        table.setflags(write=False)
        object.__setattr__(self, "probabilities", table)
        object.__setattr__(self, "payoffs", Labelled("player", dict(self.payoffs)))
        object.__setattr__(self, "prices", MappingProxyType(dict(self.prices)))

    def __reduce__(self) -> tuple[Any, ...]:
        state = (self.game, self.probabilities, self.concept, dict(self.payoffs), self.regret, self.exact)
        return type(self), (*state, self.objective, self.value, dict(self.prices), self.tree)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CorrelatedEquilibrium):
            return NotImplemented
        return (
            self.game == other.game
            and self.concept == other.concept
            and np.array_equal(self.probabilities, other.probabilities)
        )

    def __hash__(self) -> int:
        return hash((self.game, self.concept, tuple(self.probabilities.flat)))

    def probability(self, *profile: Any) -> Any:
        """The probability of a strategy profile, given as for :meth:`NormalFormGame.payoff`."""
        return plain(self.probabilities[self.game.profile_index(*profile)])

    def distribution(self) -> dict[tuple[str, ...], Any]:
        """The strategy profiles that occur and their probabilities."""
        names = self.game.strategies
        return {
            tuple(names[i][s] for i, s in enumerate(cell)): plain(p)
            for cell, p in np.ndenumerate(self.probabilities)
            if p != 0
        }

    def marginal(self, player: str) -> dict[str, Any]:
        """How often a player is told each of its strategies."""
        i = self.game.player_index(player)
        others = tuple(j for j in range(self.game.n_players) if j != i)
        sums = self.probabilities.sum(axis=others) if others else self.probabilities
        return {name: plain(p) for name, p in zip(self.game.strategies[i], sums, strict=True)}

    def given(self, player: str, strategy: str) -> dict[tuple[str, ...], Any]:
        """What the others are told, as far as a player knows that was told a strategy.

        Returns
        -------
        dict
            The profiles of the others' strategies, in the order of the players, and their conditional probabilities; those
            that occur only. Empty if the player is never told the strategy.
        """
        i, s = self.game.player_index(player), self.game.strategy_index(player, strategy)
        table = self.probabilities.take(s, axis=i)
        total = table.sum()
        names = [own for j, own in enumerate(self.game.strategies) if j != i]
        return {
            tuple(own[k] for own, k in zip(names, cell, strict=True)): plain(p / total)
            for cell, p in np.ndenumerate(table)
            if p != 0
        }

    @property
    def marginals(self) -> MixedProfile:
        """The mixed strategies that the players are told to play, one by one."""
        return MixedProfile.from_arrays(
            self.game, [list(self.marginal(player).values()) for player in self.game.players]
        )

    @property
    def is_nash(self) -> bool:
        """Whether the players' parts are independent, so that the equilibrium is one of Nash (for floats: up to rounding)."""
        product: Any = 1
        for vector in self.marginals.arrays:
            product = np.multiply.outer(product, vector)
        gap = np.abs(product - self.probabilities).max()
        return bool(gap <= (0 if self.exact else TOLERANCE))

    def outcome(self, outcome: str | Callable[[CorrelatedEquilibrium], Any]) -> Any:
        """The value of an outcome: by name (see :mod:`gametheory.equilibria.outcomes`) or by a function of this equilibrium."""
        if callable(outcome):
            return plain(outcome(self))
        weights = outcome_weights(self.tree or self.game, self.game, outcome)
        used = [(w, p) for w, p in zip(weights.flat, self.probabilities.flat, strict=True) if p != 0]
        return plain(sum(w * p for w, p in used))

    def obedience(self) -> pd.DataFrame:
        """What each way of disobeying gains (never more than 0), and its price."""
        import pandas as pd

        coarse = self.concept != "correlated"
        rows: list[tuple[Any, ...]] = []
        for i, table in enumerate(disobedience_gains(self.game.payoffs, self.probabilities)):
            player, names = self.game.players[i], self.game.strategies[i]
            if coarse:
                found = [(instead, plain(sum(table[:, t]))) for t, instead in enumerate(names)]
                rows += [
                    (player, instead, gain, self.prices.get((player, instead), 0)) for instead, gain in found
                ]
                continue
            rows += [
                (player, told, instead, plain(table[s, t]), self.prices.get((player, told, instead), 0))
                for s, told in enumerate(names)
                for t, instead in enumerate(names)
                if s != t
            ]
        return pd.DataFrame(
            rows, columns=["player", *(() if coarse else ("told",)), "instead", "gain", "price"]
        )

    def to_frame(self) -> pd.DataFrame:
        """One row for each strategy profile that occurs: the strategies, the probability, the payoffs."""
        import pandas as pd

        rows = []
        for profile, p in self.distribution().items():
            row = dict(zip(self.game.players, profile, strict=True)) | {"probability": p}
            row |= {f"payoff: {player}": v for player, v in self.game.payoff(profile).items()}
            rows.append(row)
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        from gametheory.equilibria.representation import number

        pairs = list(self.distribution().items())
        texts = [f"{number(p)} ({', '.join(profile)})" for profile, p in pairs[:MOST_ROWS]]
        if len(pairs) == 1:
            texts = [f"({', '.join(pairs[0][0])})"]
        if len(pairs) > MOST_ROWS:
            texts.append(f"{len(pairs) - MOST_ROWS} more")
        payoffs = ", ".join(f"{player} {number(value)}" for player, value in self.payoffs.items())
        coarse = " | coarse" if self.concept != "correlated" else ""
        return f"CorrelatedEquilibrium({' + '.join(texts)} | payoffs {payoffs}{coarse})"

    def _repr_html_(self) -> str:
        from gametheory.equilibria.representation import TABLE, number

        caption = f"{self.concept.capitalize()} equilibrium"
        if self.objective:
            caption += f", {self.objective} {number(self.value)}"
        heads = [*self.game.players, "probability", *(f"payoff: {player}" for player in self.game.players)]
        body = []
        pairs = list(self.distribution().items())
        for profile, p in pairs[:MOST_ROWS]:
            cells = [*profile, number(p), *(number(v) for v in self.game.payoff(profile).values())]
            body.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
        if len(pairs) > MOST_ROWS:
            body.append(f'<tr><td colspan="{len(heads)}">... and {len(pairs) - MOST_ROWS} more</td></tr>')
        blank = "<td></td>" * (self.game.n_players - 1)
        means = "".join(f"<td>{escape(number(v))}</td>" for v in self.payoffs.values())
        body.append(f"<tr><th>expected</th>{blank}<td></td>{means}</tr>")
        titles = "".join(f"<th>{escape(head)}</th>" for head in heads)
        return f"{TABLE}<caption>{escape(caption)}</caption><tr>{titles}</tr>{''.join(body)}</table>"

    def to_latex(self) -> str:
        """A LaTeX ``tabular`` with one row for each strategy profile that occurs (needs no packages)."""
        from gametheory.equilibria.representation import latex_number

        players = [escape_latex(player) for player in self.game.players]
        heads = [*players, "probability", *(f"payoff: {player}" for player in players)]
        lines = [
            rf"\begin{{tabular}}{{{'l' * len(players)}r{'r' * len(players)}}}",
            " & ".join(heads) + r" \\ \hline",
        ]
        for profile, p in self.distribution().items():
            cells = [*map(escape_latex, profile), f"${latex_number(p)}$"]
            cells += [f"${latex_number(v)}$" for v in self.game.payoff(profile).values()]
            lines.append(" & ".join(cells) + r" \\")
        return "\n".join([*lines, r"\end{tabular}"])


# ---------------------------------------------------------------------------------------------------------------------
# Judging
# ---------------------------------------------------------------------------------------------------------------------
def disobedience_gains(payoffs: Array, probabilities: Array) -> list[Array]:
    """For each player :math:`i` the matrix :math:`g_i(s, t)` of what is gained by playing :math:`t` when told :math:`s`.

    Parameters
    ----------
    payoffs : array of shape (N, n_1, ..., n_N)
    probabilities : array of shape (n_1, ..., n_N)

    Returns
    -------
    list of N arrays of shape (n_i, n_i)
    """
    gains = []
    for i, table in enumerate(payoffs):
        own = np.moveaxis(table, i, 0).reshape(table.shape[i], -1)
        told = np.moveaxis(probabilities, i, 0).reshape(table.shape[i], -1)
        obeyed = (told * own).sum(axis=1)
        gains.append(told @ own.T - obeyed[:, None])
    return gains


def regret(game: NormalFormGame, distribution: Any, *, coarse: bool = False) -> Any:
    """The most that a player gains by disobeying; zero exactly at the (coarse) correlated equilibria.

    Parameters
    ----------
    game : NormalFormGame
    distribution : array of shape (n_1, ..., n_N), or mapping of strategy profile to probability
    coarse : bool, optional
        Whether players must decide before they hear their part.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.equilibria import correlated
    >>> chicken = gt.NormalFormGame.from_bimatrix(
    ...     [[6, 2], [7, 0]], [[6, 7], [2, 0]], strategies=[["swerve", "dare"]] * 2)
    >>> correlated.regret(chicken, {("swerve", "swerve"): "1/2", ("dare", "swerve"): "1/4", ("swerve", "dare"): "1/4"})
    Fraction(0, 1)
    >>> correlated.regret(chicken, {("swerve", "swerve"): 1})
    Fraction(1, 1)
    """
    _check_game(game)
    table = _read_distribution(game, distribution)
    return largest(_regrets(game.payoffs, table, coarse))


def is_correlated(game: NormalFormGame, distribution: Any, *, coarse: bool = False) -> bool:
    """Whether a distribution is a (coarse) correlated equilibrium: exactly for exact numbers, else within tolerance."""
    _check_game(game)
    table = _read_distribution(game, distribution)
    return _obeyed(game.payoffs, _regrets(game.payoffs, table, coarse))


def judge_correlated(
    game: NormalFormGame,
    probabilities: Array,
    *,
    coarse: bool = False,
    objective: str = "",
    value: Any = None,
    prices: Mapping[Disobedience, Any] | None = None,
    tree: ExtensiveGame | None = None,
) -> CorrelatedEquilibrium:
    """The equilibrium that a solver says a distribution is, judged.

    Raises
    ------
    GameTheoryError
        If it is none: a fault of the solver, never of the user.
    """
    table = _read_distribution(game, probabilities)
    found = _regrets(game.payoffs, table, coarse)
    concept = "coarse correlated" if coarse else "correlated"
    if not _obeyed(game.payoffs, found):
        raise GameTheoryError(
            f"internal error: a solver returned a distribution of regret {largest(found)}, which is no {concept} equilibrium; "
            "please report the game."
        )
    means = [plain((table * own).sum()) for own in game.payoffs]
    return CorrelatedEquilibrium(
        game,
        table,
        concept,
        dict(zip(game.players, means, strict=True)),
        plain(largest(found)),
        table.dtype == object and game.domain == "rational",
        objective,
        None if value is None else plain(value),
        prices or {},
        tree,
    )


def outcome_weights(game: NormalFormGame | ExtensiveGame, form: NormalFormGame, outcome: str) -> Array:
    """The value of a named outcome at each strategy profile of a game's strategic form.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
        Whose outcome is named.
    form : NormalFormGame
        The game itself, or the reduced strategic form of the tree.
    outcome : str

    Returns
    -------
    array of shape (n_1, ..., n_N)
    """
    if isinstance(game, ExtensiveGame):
        try:
            ends = parse_outcome(outcome, game).weights
        except UnknownName as error:
            try:
                return parse_outcome(outcome, form).weights
            except UnknownName:
                raise error from None
        return strategic_means(game, ends)
    return parse_outcome(outcome, form).weights


def _check_game(game: object) -> None:
    if not isinstance(game, NormalFormGame):
        raise GameError(
            f"distributions over strategy profiles are judged in a NormalFormGame, not a {type(game).__name__}; "
            "strategic_form(tree) gives that of a tree."
        )
    refuse_expressions(game.payoffs.flat if game.domain == "parametric" else ())


def _regrets(payoffs: Array, table: Array, coarse: bool) -> list[Any]:
    found = []
    for gains in disobedience_gains(payoffs, table):
        if coarse:
            found.append(largest([gains[0, 0] * 0, *gains.sum(axis=0)]))
        else:
            found.append(sum(largest(row) for row in gains))  # not disobeying is on the diagonal, and gains 0
    return found


def _obeyed(payoffs: Array, regrets: list[Any]) -> bool:
    return all(
        value <= (tolerance(payoffs[i].astype(np.float64)) if isinstance(value, float) else 0)
        for i, value in enumerate(regrets)
    )


def _read_distribution(game: NormalFormGame, distribution: Any) -> Array:
    if isinstance(distribution, Mapping):
        table: Array = np.full(game.shape, Fraction(0), dtype=object)
        for profile, p in distribution.items():
            where = f"the probability of {profile!r}"
            table[game.profile_index(profile)] = scalars.as_scalar(p, where)
    else:
        table = np.asarray(distribution)
        if table.shape != game.shape:
            raise GameError(f"the distribution has shape {table.shape}, the strategy profiles {game.shape}.")
        if table.dtype.kind in "iu":
            table = np.vectorize(lambda p: Fraction(int(p)), otypes=[object])(table)
    if any(isinstance(p, float) for p in table.flat):
        table = table.astype(np.float64)
    slack = TOLERANCE if table.dtype.kind == "f" else 0
    refuse_expressions(table.flat if table.dtype == object else ())
    if not all(p >= -slack for p in table.flat):
        cell = next(cell for cell, p in np.ndenumerate(table) if not p >= -slack)
        names = ", ".join(own[s] for own, s in zip(game.strategies, cell, strict=True))
        raise GameError(f"the probability of ({names}) is {table[cell]}; it must be at least 0.")
    total = table.sum()
    if not abs(total - 1) <= slack:
        raise GameError(f"the probabilities of the strategy profiles add up to {total}, not to 1.")
    return table
