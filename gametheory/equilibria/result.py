"""What a solver returns: an equilibrium, and a set of them that says whether it is all.

An :class:`Equilibrium` is a labelled profile together with what was found when it was judged: payoffs, regret, index. An
:class:`EquilibriumSet` is a sequence of equilibria that knows the solution concept, the method and, above all, whether
it is complete. Where several equilibria exist an outcome is a range, from the least to the greatest value over them; no
equilibrium is picked in silence.

Solvers build equilibria with :func:`judge_nash` and :func:`judge_subgame_perfect`, which compute the regret and refuse
a profile in which it is not zero. Closed forms in a parameter, whose regret a solver has proved to be zero on a whole
interval, go to the constructor of :class:`Equilibrium` directly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from types import EllipsisType
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np

from gametheory.equilibria import nash, sequential
from gametheory.equilibria.arithmetic import RELATIVE_TOLERANCE, largest, plain, refuse_expressions, tolerance
from gametheory.equilibria.components import Component, ConnectedComponent, Enclosure
from gametheory.equilibria.outcomes import parse_outcome
from gametheory.errors import GameError, GameTheoryError, Unsupported
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.labelled import Labelled
from gametheory.games.normal_form import NormalFormGame
from gametheory.games.profiles import BehaviourProfile, MixedProfile

if TYPE_CHECKING:
    import pandas as pd

    Game: TypeAlias = NormalFormGame | ExtensiveGame
    Profile: TypeAlias = MixedProfile | BehaviourProfile

__all__ = [
    "Component",
    "ConnectedComponent",
    "Enclosure",
    "Equilibrium",
    "EquilibriumSet",
    "judge_nash",
    "judge_subgame_perfect",
]

Array: TypeAlias = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Equilibrium:
    """An equilibrium of a game, with labels.

    Attributes
    ----------
    game : NormalFormGame or ExtensiveGame
    profile : MixedProfile or BehaviourProfile
        ``profile[player][strategy]``, in a tree ``profile[player][infoset][action]``.
    payoffs : mapping of str to number
        Expected payoff of each player.
    regret : number
        The most that a player could gain by deviating; 0 if everything is exact, else of the size of rounding errors. In a
        tree the greatest regret over all proper subgames.
    index : +1, -1 or None
        Of a regular equilibrium of a normal form; see :func:`gametheory.equilibria.nash.index`.
    exact : bool
        Whether strategies and payoffs are exact numbers.
    continuum : bool
        Whether ties make it one point of a continuum of equilibria.
    enclosure : Enclosure or None
        Of an irrational equilibrium of an exact game: rational bounds, proved to hold exactly one equilibrium. The profile then
        holds floats near the middle of them, and `exact` is False.

    Examples
    --------
    >>> import gametheory as gt
    >>> game = gt.NormalFormGame.from_bimatrix([[1, -1], [-1, 1]], players=("Even", "Odd"), strategies=[["h", "t"]] * 2)
    >>> (eq,) = gt.nash_equilibria(game)
    >>> eq
    Equilibrium(Even: 0.5 h + 0.5 t; Odd: 0.5 h + 0.5 t | payoffs Even 0, Odd 0)
    >>> eq.strategies["Even"]["h"], eq.payoffs["Odd"], eq.index
    (Fraction(1, 2), Fraction(0, 1), 1)
    >>> eq.outcome("P(Odd: t)")
    Fraction(1, 2)
    """

    game: Game
    profile: Profile
    payoffs: Mapping[str, Any]
    regret: Any
    index: int | None = None
    exact: bool = True
    continuum: bool = False
    enclosure: Enclosure | None = None

    def __post_init__(self) -> None:
        if set(self.payoffs) != set(self.game.players):
            raise GameError(
                f"payoffs are for {list(self.payoffs)}, the players are {list(self.game.players)}."
            )
        payoffs = {player: plain(self.payoffs[player]) for player in self.game.players}
        object.__setattr__(self, "payoffs", Labelled("player", payoffs))
        object.__setattr__(self, "regret", plain(self.regret))

    def __reduce__(self) -> tuple[Any, ...]:
        rest = (self.regret, self.index, self.exact, self.continuum, self.enclosure)
        return type(self), (self.game, self.profile, dict(self.payoffs), *rest)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Equilibrium):
            return NotImplemented
        return self.game == other.game and self.profile == other.profile

    def __hash__(self) -> int:
        return hash((self.game, self.profile))

    @property
    def strategies(self) -> Profile:
        """The profile: ``strategies[player][strategy]``, in a tree ``strategies[player][infoset][action]``."""
        return self.profile

    @property
    def bounds(self) -> Labelled[Any]:
        """Proved bounds on the probabilities of a normal form: ``bounds[player][strategy]`` is a lower and an upper one.

        They are equal where the equilibrium is exact, and those of `enclosure` where it is irrational.

        Raises
        ------
        Unsupported
            If the equilibrium is one of floats, of which nothing is proved, or of a tree.
        """
        game = self.game
        if isinstance(game, ExtensiveGame) or not (self.exact or self.enclosure):
            raise Unsupported(
                "bounds are for the equilibria of normal forms with exact payoffs; this one is "
                + (
                    "of a tree."
                    if isinstance(game, ExtensiveGame)
                    else "of floats, right up to rounding errors."
                )
            )
        pairs: Any = [[(p, p) for p in vector] for vector in self.profile.arrays]
        if self.enclosure is not None:
            pairs = self.enclosure.intervals
        named = [
            Labelled("strategy", dict(zip(*own, strict=True)))
            for own in zip(game.strategies, pairs, strict=True)
        ]
        return Labelled("player", dict(zip(game.players, named, strict=True)))

    @property
    def is_pure(self) -> bool:
        """Whether no player randomises."""
        return all(p == 0 or p == 1 for vector in self.profile.arrays for p in vector)

    @property
    def support(self) -> dict[str, Any]:
        """The strategies with positive probability, by player; in a tree the actions, by player and information set."""
        chosen = [nash.support_array(vector) for vector in self.profile.arrays]
        if not isinstance(self.game, ExtensiveGame):
            lists = zip(self.game.players, self.game.strategies, chosen, strict=True)
            return {player: tuple(names[s] for s in played) for player, names, played in lists}
        result: dict[str, Any] = {player: {} for player in self.game.players}
        for infoset, played in zip(self.game.infosets, chosen, strict=True):
            result[self.game.players[infoset.player]][infoset.label] = tuple(
                infoset.actions[s] for s in played
            )
        return result

    @property
    def play(self) -> str:
        """What is done along the play, as text; in a tree without what would be done elsewhere."""
        from gametheory.equilibria import representation

        return representation.play(self, off_path=0)

    def distribution(self) -> Array:
        """The probability of each end of the game.

        Returns
        -------
        array
            Shape ``(T,)`` over ``game.terminals`` for a tree, ``(n_1, ..., n_N)`` over the profiles of a normal form.
        """
        if isinstance(self.game, ExtensiveGame):
            return np.asarray(sequential.terminal_probabilities(self.game, self.profile))
        return np.asarray(reduce(np.multiply.outer, self.profile.arrays))

    def action_probability(self, player: str, action: str) -> Any:
        """The probability that a player takes an action (in a tree: at least once along the play)."""
        return self.outcome(f"P({player}: {action})")

    def outcome_probabilities(self) -> dict[str, Any]:
        """The probability of each outcome.

        In a tree by label, or by path where an outcome has none; in a normal form by strategy profile, such as ``"act,
        respond"``, those that occur only.
        """
        if isinstance(self.game, ExtensiveGame):
            found = sequential.outcome_probabilities(self.game, self.profile)
            return {label: plain(p) for label, p in found.items()}
        table, names = self.distribution(), self.game.strategies
        return {
            ", ".join(names[i][s] for i, s in enumerate(cell)): plain(p)
            for cell, p in np.ndenumerate(table)
            if p != 0
        }

    def outcome(self, outcome: str | Callable[[Equilibrium], Any]) -> Any:
        """The value of an outcome: by name (see :mod:`gametheory.equilibria.outcomes`) or by a function of this equilibrium.

        Examples
        --------
        >>> import gametheory as gt
        >>> (eq,) = gt.nash_equilibria(gt.NormalFormGame.from_bimatrix([[3, 0], [5, 1]], [[3, 5], [0, 1]]))
        >>> eq.outcome("payoff: Player 1"), eq.outcome(lambda e: sum(e.payoffs.values()))
        (Fraction(1, 1), Fraction(2, 1))
        """
        if callable(outcome):
            return plain(outcome(self))
        functional = parse_outcome(outcome, self.game)
        if functional.kind == "payoff":
            return self.payoffs[self.game.players[functional.player or 0]]
        return plain(functional.mean(self.distribution()))

    def __repr__(self) -> str:
        from gametheory.equilibria import representation

        return f"Equilibrium({representation.line(self)})"

    def _repr_html_(self) -> str:
        from gametheory.equilibria import representation

        return representation.html_table([self], "Equilibrium")

    def to_latex(self) -> str:
        """The equilibrium as a LaTeX table of one row."""
        from gametheory.equilibria import representation

        return representation.latex_table([self])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EquilibriumSet(Sequence[Equilibrium]):
    """The equilibria of a game that a method found, and whether they are all.

    Parameters
    ----------
    equilibria : sequence of Equilibrium
    concept : str
        Such as ``"Nash"`` or ``"subgame perfect"``.
    method : str
        How they were found.
    complete : bool
        True only where all equilibria (where there are continua: all extreme ones) are proven found.
    reason : str
        Why it is not complete.
    components : sequence of Component
        Maximal Nash subsets. By default each equilibrium on its own.
    connected_components : sequence of ConnectedComponent
        What hangs together of those, each with its index. By default those that share an equilibrium.

    Raises
    ------
    GameTheoryError
        If the set is not complete and does not say why; or if it claims to be, and the indices given in `connected_components` do
        not sum to +1, as those of all components of a game do. Both are faults of a solver, never of the user.

    Examples
    --------
    >>> import gametheory as gt
    >>> battle = gt.NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]], players=("Ann", "Bob"))
    >>> found = gt.nash_equilibria(battle)
    >>> len(found), found.complete
    (3, True)
    >>> found.outcome("payoff: Ann")
    (Fraction(2, 3), Fraction(2, 1))
    """

    equilibria: tuple[Equilibrium, ...]
    concept: str
    method: str
    complete: bool
    reason: str = ""
    components: tuple[Component, ...] = ()
    connected_components: tuple[ConnectedComponent, ...] = ()

    def __post_init__(self) -> None:
        equilibria = tuple(self.equilibria)
        components = tuple(self.components) or Component.groups(
            equilibria, [(k,) for k in range(len(equilibria))]
        )
        object.__setattr__(self, "equilibria", equilibria)
        object.__setattr__(self, "components", components)
        connected = tuple(self.connected_components) or ConnectedComponent.groups(components)
        indices = [part.index for part in self.connected_components if part.index is not None]
        if self.complete and indices and len(indices) == len(connected) and sum(indices) != 1:
            raise GameTheoryError(
                f"internal error: {self.method} found components with indices {indices}; those of all components of a game "
                "sum to 1. Please report this game."
            )
        object.__setattr__(self, "connected_components", connected)
        if not self.complete and not self.reason:
            raise GameTheoryError("a set of equilibria that is not complete must say why.")

    def __len__(self) -> int:
        return len(self.equilibria)

    @overload
    def __getitem__(self, position: int) -> Equilibrium: ...
    @overload
    def __getitem__(self, position: slice) -> tuple[Equilibrium, ...]: ...
    def __getitem__(self, position: int | slice) -> Equilibrium | tuple[Equilibrium, ...]:
        return self.equilibria[position]

    def outcome(self, outcome: str | Callable[[Equilibrium], Any]) -> tuple[Any, Any]:
        """The least and the greatest value of an outcome over the equilibria.

        If the set is complete, these are the bounds over all equilibria: payoffs and the probabilities of actions and
        outcomes attain both at the listed ones, also where these are only the vertices of components. If it is not
        complete, an equilibrium outside the set may lie beyond them.

        Parameters
        ----------
        outcome : str or callable
            ``"P(player: action)"``, ``"payoff: player"``, ``"outcome: label"``, or a function of an :class:`Equilibrium`.

        Raises
        ------
        Unsupported
            If there is no equilibrium in the set, or the values are expressions in a parameter that cannot be compared.
        """
        if not self.equilibria:
            why = self.reason or "the game has none"
            raise Unsupported(
                f"no {self.concept} equilibrium is known here, so the outcome {outcome!r} has no value: {why}."
            )
        values = list(dict.fromkeys(equilibrium.outcome(outcome) for equilibrium in self.equilibria))
        if len(values) > 1:
            refuse_expressions(values)
        return min(values), max(values)

    def to_frame(self) -> pd.DataFrame:
        """One row for each equilibrium: payoffs, probabilities of strategies (in a tree of actions), and how it was judged.

        Exact numbers stay exact. Columns are named as outcomes are (``"payoff: West"``, ``"P(West: respond)"``); in a
        tree, probabilities are conditional on the information set (``"West at limited: sanction"``).
        """
        import pandas as pd

        from gametheory.equilibria import representation

        rows = representation.rows(self)
        return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="equilibrium"))

    def __repr__(self) -> str:
        from gametheory.equilibria import representation

        return representation.listing(self)

    def _repr_html_(self) -> str:
        from gametheory.equilibria import representation

        caption, footer = representation.heading(self), representation.groupings(self)
        return representation.html_table(self.equilibria, caption, footer)

    def to_latex(self) -> str:
        """A LaTeX ``tabular`` with one row for each equilibrium (needs no packages)."""
        from gametheory.equilibria import representation

        return representation.latex_table(self.equilibria)


# ---------------------------------------------------------------------------------------------------------------------
# Judging
# ---------------------------------------------------------------------------------------------------------------------
def judge_nash(
    game: NormalFormGame,
    profile: Any,
    *,
    continuum: bool = False,
    enclosure: Enclosure | None = None,
    index: int | EllipsisType | None = ...,
) -> Equilibrium:
    """The Nash equilibrium that a solver says a profile is, judged.

    Parameters
    ----------
    game : NormalFormGame
        Not parametric.
    profile : MixedProfile, labelled mapping, or one vector of probabilities for each player
    continuum : bool
        Whether the solver knows that it is one point of a continuum.
    enclosure : Enclosure, optional
        Bounds that the solver has proved, of an irrational equilibrium; the profile then holds floats within them.
    index : int or None, optional
        The index, if the solver has it from a better source than the profile. By default it is computed from that.

    Raises
    ------
    GameTheoryError
        If the profile is not an equilibrium or not within `enclosure`: a fault of the solver, never of the user.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.equilibria.result import judge_nash
    >>> game = gt.NormalFormGame.from_bimatrix([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    >>> judge_nash(game, [[0, 1], [0, 1]])
    Equilibrium(Player 1: 2; Player 2: 2 | payoffs Player 1 1, Player 2 1)
    """
    labelled = _labelled(MixedProfile, game, profile)
    values, gains = nash.payoffs_and_regrets_array(game.payoffs, labelled.arrays)
    _refuse_regret(game, labelled, gains)
    if enclosure is not None:
        _refuse_outside(labelled, enclosure)
    known = nash.index(game.payoffs, labelled.arrays) if isinstance(index, EllipsisType) else index
    return _judged(game, labelled, values, largest(gains), known, continuum, enclosure)


def judge_subgame_perfect(game: ExtensiveGame, profile: Any, *, continuum: bool = False) -> Equilibrium:
    """The subgame-perfect equilibrium that a solver says a behaviour profile is, judged in every proper subgame.

    Parameters
    ----------
    game : ExtensiveGame
        Not parametric, with perfect recall.
    profile : BehaviourProfile, labelled mapping, or one vector of probabilities for each information set
    continuum : bool
        Whether the solver knows that it is one point of a continuum.

    Raises
    ------
    GameTheoryError
        If the profile is not an equilibrium: a fault of the solver, never of the user.
    """
    labelled = _labelled(BehaviourProfile, game, profile)
    found = sequential.subgame_regrets(game, labelled)
    gains = [largest(column) for column in zip(*found.values(), strict=True)]
    _refuse_regret(game, labelled, gains)
    values = sequential.expected_payoffs(game, labelled)
    return _judged(game, labelled, values, largest(gains), None, continuum)


def _labelled(kind: Any, game: Game, profile: Any) -> Any:
    if isinstance(profile, kind):
        return profile
    return kind(game, profile) if isinstance(profile, Mapping) else kind.from_arrays(game, profile)


def _refuse_regret(game: Game, profile: Profile, gains: list[Any]) -> None:
    refuse_expressions(gains)
    for i, (player, gain) in enumerate(zip(game.players, gains, strict=True)):
        # The least floats have no parts: sums of them are off by some, whatever the size of the payoffs.
        slack = (
            tolerance(game.payoffs[i].astype(np.float64, copy=False)) + 2.0**-1068
            if isinstance(gain, float)
            else 0
        )
        if gain > slack:
            raise GameTheoryError(
                f"internal error: a solver returned a profile in which {player} would gain {gain} by deviating. Please report "
                f"this game. Profile: {profile!r}"
            )


def _refuse_outside(profile: MixedProfile, enclosure: Enclosure) -> None:
    sizes = [len(vector) for vector in profile.arrays], [len(own) for own in enclosure.intervals]
    pairs = zip(profile.arrays, enclosure.intervals, strict=False)
    if sizes[0] != sizes[1] or any(
        not low - RELATIVE_TOLERANCE <= p <= high + RELATIVE_TOLERANCE
        for vector, own in pairs
        for p, (low, high) in zip(vector, own, strict=True)
    ):
        raise GameTheoryError(
            f"internal error: a solver returned a profile that is not within the bounds it gives: {profile!r}. Please report "
            "this game."
        )


def _judged(
    game: Game,
    profile: Profile,
    values: list[Any],
    regret: Any,
    index: int | None,
    continuum: bool,
    enclosure: Enclosure | None = None,
) -> Equilibrium:
    numbers = [*values, *(p for vector in profile.arrays for p in vector)]
    exact = not any(isinstance(number, float) for number in numbers)
    payoffs = dict(zip(game.players, values, strict=True))
    return Equilibrium(game, profile, payoffs, regret, index, exact, continuum, enclosure)
