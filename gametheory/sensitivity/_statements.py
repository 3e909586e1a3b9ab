r"""Statements about the equilibria at a point, read from text and judged exactly.

A statement is ``OUTCOME RELATION NUMBER``, such as ``"P(Russia: act) = 0"`` or ``"payoff: West >= -200"``; an outcome alone means
that its probability is one. It is about every equilibrium or about some equilibrium. Without an outcome it says that the *play* is
as it was at a point: the actions taken with positive probability where they are reached.

Every named outcome is linear along a component of equilibria in the strategies of each player, so that over a complete set its
least and greatest values are those at the equilibria that are listed (:class:`gametheory.equilibria.result.EquilibriumSet`). A
statement is therefore decided by those, unless the set is not complete.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from gametheory import scalars
from gametheory.equilibria.outcomes import OutcomeFunctional
from gametheory.errors import ParameterError, unknown
from gametheory.games.extensive import ExtensiveGame

if TYPE_CHECKING:
    from gametheory.equilibria.result import Equilibrium, EquilibriumSet
    from gametheory.parameters.model import Model

__all__ = ["Statement", "compare", "path", "read", "read_play"]

Quantifier: TypeAlias = Literal["every", "some"]
#: At each place that is reached (an information set, or a player of a normal form), the actions that are played.
Play: TypeAlias = tuple[tuple[int, tuple[int, ...]], ...]
#: A requirement on outcome minus number: its factor, and how the product compares with zero.
Alternative: TypeAlias = tuple[int, str]

_RELATIONS = {"≥": ">=", "≤": "<=", "≠": "!=", "==": "="}
_SPLIT = re.compile(
    r"(?P<outcome>.*?)\s*(?P<relation>>=|<=|!=|==|=|>|<|≥|≤|≠)\s*(?P<value>[^<>=!≥≤≠]+)", re.DOTALL
)
_MEETS: dict[str, tuple[Alternative, ...]] = {
    ">=": ((1, ">="),),
    ">": ((1, ">"),),
    "<=": ((-1, ">="),),
    "<": ((-1, ">"),),
    "=": ((1, "=="),),
    "!=": ((1, ">"), (-1, ">")),
}
_OPPOSITE = {">=": "<", ">": "<=", "<=": ">", "<": ">=", "=": "!=", "!=": "="}
#: How far the value of an irrational equilibrium, known to about 1e-15, must be from a number to be compared with it.
CLEAR = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """What is said of the equilibria at a point.

    Attributes
    ----------
    text : str
    quantifier : {"every", "some"}
    outcome : str or None
        None for a statement about the play.
    relation : str
        One of ``>=``, ``>``, ``<=``, ``<``, ``=``, ``!=``.
    value : Fraction
    is_probability : bool
        Whether the outcome lies between 0 and 1.
    plays : frozenset of Play
        For a statement about the play, those that it allows.
    """

    text: str
    quantifier: Quantifier
    outcome: str | None
    relation: str
    value: Fraction
    is_probability: bool
    plays: frozenset[Play] = frozenset()

    @property
    def met(self) -> tuple[Alternative, ...]:
        """The ways in which outcome minus number may meet the statement: one of them must hold."""
        return _MEETS[self.relation]

    @property
    def broken(self) -> tuple[Alternative, ...]:
        """The ways in which outcome minus number may break the statement."""
        opposite = _MEETS[_OPPOSITE[self.relation]]
        if self.is_probability and self.relation == "=" and self.value in (0, 1):
            return ((1, ">"),) if self.value == 0 else ((-1, ">"),)
        return opposite

    def of(self, equilibrium: Equilibrium) -> bool | None:
        """Whether one equilibrium meets the statement; None if it is irrational and too near to the number to tell."""
        if self.outcome is None:
            return path(equilibrium.game, _support(equilibrium)) in self.plays
        value = equilibrium.outcome(self.outcome)
        if isinstance(value, float) and abs(value - float(self.value)) <= CLEAR * max(
            1.0, abs(float(self.value))
        ):
            return None
        return compare(value, self.relation, self.value)

    def holds(self, found: EquilibriumSet) -> bool | None:
        """Whether the equilibria at a point are as the statement says; None if those that are known do not decide it."""
        judged = [self.of(equilibrium) for equilibrium in found]
        wanted = self.quantifier == "some"
        if wanted in judged:
            return wanted
        if None in judged or not found.complete:
            return None
        within = self._within_a_component(found)
        return None if within is None else wanted if within else not wanted

    def _within_a_component(self, found: EquilibriumSet) -> bool | None:
        """Whether the outcome takes the very number between listed points of a continuum; None if that is not known."""
        outcome = self.outcome
        if outcome is None or (self.relation, self.quantifier) not in (("=", "some"), ("!=", "every")):
            return False
        loose = [equilibrium.outcome(outcome) for equilibrium in found if equilibrium.continuum]
        for component in found.components:
            values = [equilibrium.outcome(outcome) for equilibrium in component.vertices]
            if component.described and len(values) > 1 and min(values) <= self.value <= max(values):
                return True
        return None if loose and min(loose) <= self.value <= max(loose) else False

    def __str__(self) -> str:
        return self.text


def compare(value: Any, relation: str, number: Fraction) -> bool:
    """Whether a value compares with a number as the relation says."""
    difference = value - number
    found = {
        ">=": difference >= 0,
        ">": difference > 0,
        "<=": difference <= 0,
        "<": difference < 0,
        "=": difference == 0,
        "!=": difference != 0,
    }
    return bool(found[relation])


def read(model: Model, text: str, quantifier: str = "every") -> Statement:
    """Read a statement about a named outcome.

    Parameters
    ----------
    model : Model
    text : str
        ``"OUTCOME RELATION NUMBER"``, or an outcome of which the probability is to be one.
    quantifier : {"every", "some"}

    Raises
    ------
    ParameterError
        If the text is no statement.
    UnknownName
        If the model has no such outcome.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.sensitivity._statements import read
    >>> game = gt.NormalFormGame.from_bimatrix([[3, 0], [5, 1]], [[3, 5], [0, 1]], players=("Ann", "Bob"))
    >>> model = gt.Model("dilemma", game, gt.ParameterSpace())
    >>> statement = read(model, "payoff: Ann >= 3")
    >>> statement.outcome, statement.relation, statement.value
    ('payoff: Ann', '>=', Fraction(3, 1))
    >>> statement.holds(gt.nash_equilibria(model.at()))
    False
    """
    kind = _quantifier(quantifier)
    given: object = text
    if not isinstance(given, str) or not given.strip():
        raise ParameterError(
            f"{text!r} says nothing of the equilibria; write a text such as 'P(PLAYER: ACTION) = 1' or 'payoff: PLAYER >= 0'."
        )
    match = None if text.strip() in model.outcomes else _SPLIT.fullmatch(text.strip())
    name = match["outcome"].strip() if match else text.strip()
    outcome = model.outcome(name)
    if not isinstance(outcome, OutcomeFunctional):
        raise ParameterError(
            f"{name!r} is a function of an equilibrium; statements are about named outcomes such as 'payoff: PLAYER'."
        )
    probable = outcome.kind != "payoff"
    if match is None and not probable:
        raise ParameterError(f"{text!r} does not say how much; write for instance '{name} >= 0'.")
    relation = _RELATIONS.get(match["relation"], match["relation"]) if match else "="
    value = scalars.exact(match["value"].strip(), f"the number in {text!r}") if match else Fraction(1)
    return Statement(text.strip(), kind, outcome.name, relation, value, probable)


def read_play(model: Model, found: EquilibriumSet, quantifier: str = "every") -> Statement:
    """The statement that the play is one of those in a set of equilibria."""
    plays = frozenset(path(model.game, _support(equilibrium)) for equilibrium in found)
    shown = " | ".join(dict.fromkeys(equilibrium.play for equilibrium in found))
    return Statement(f"the play stays {shown}", _quantifier(quantifier), None, "=", Fraction(1), False, plays)


def path(game: Any, support: Sequence[Sequence[int]]) -> Play:
    """The places that are reached when the actions of a support are played, with these actions.

    Every branch of a chance move counts as reached. If those of probability zero did not, a play would change where a probability
    reaches the end of its range though nobody does anything else.
    """
    if not isinstance(game, ExtensiveGame):
        return tuple((k, tuple(actions)) for k, actions in enumerate(support))
    reached = [True] + [False] * (game.n_nodes - 1)
    places = set()
    for node in range(game.n_nodes):
        if node:
            above = int(game.parent[node])
            h = int(game.infoset[above])
            taken = h < 0 or int(game.action[node]) in support[h]
            reached[node] = reached[above] and taken
        if reached[node] and game.kind[node] == 1:
            places.add(int(game.infoset[node]))
    return tuple((h, tuple(support[h])) for h in sorted(places))


def _quantifier(quantifier: str) -> Quantifier:
    for known in get_args(Quantifier):
        if quantifier == known:
            return known  # type: ignore[no-any-return]  # get_args is not typed
    raise unknown("quantifier", quantifier, get_args(Quantifier))


def _support(equilibrium: Equilibrium) -> list[tuple[int, ...]]:
    return [tuple(a for a, p in enumerate(vector) if p != 0) for vector in equilibrium.profile.arrays]
