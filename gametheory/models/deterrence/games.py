"""Games of extended deterrence: one set of payoffs, two forms.

- :func:`simultaneous`: a normal form in which Russia acts in full or refrains, the West gives full support or
  acquiesces, and China opposes or acquiesces, all at once. Payoffs are expectations.
- :func:`sequential`: a tree in which Russia moves, the defenders reply (at once, or one after the other who
  sees the first reply), and chance decides whether the action succeeds. Payoffs are those of the outcome.

The one shows which threats are consistent with each other, the other which are credible: subgame perfection
asks that a reply be worth its cost once Russia has acted (R. Selten 1965, "Spieltheoretische Behandlung eines
Oligopolmodells mit Nachfrageträgheit", *Zeitschrift für die gesamte Staatswissenschaft* 121, 301-324).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, get_args

from gametheory.errors import ParameterError, unknown
from gametheory.games import Chance, Decision, ExtensiveGame, Node, NormalFormGame, Outcome
from gametheory.games import simultaneous as stage
from gametheory.models.deterrence.payoffs import (
    ACTIONS,
    CHINA_REPLIES,
    PLAYERS,
    WEST_REPLIES,
    payoffs,
    required,
    success_probability,
)
from gametheory.parameters import Model, ParameterSpace

__all__ = ["Order", "sequential", "simultaneous"]

Order: TypeAlias = Literal["simultaneous", "west_first", "china_first"]

_RESPOND = {"respond": "support", "acquiesce": "acquiesce"}
_TITLES = {
    "simultaneous": "West and China reply at once",
    "west_first": "the West replies first",
    "china_first": "China replies first",
}


def simultaneous(space: ParameterSpace) -> Model:
    """The three powers move at once: a 2x2x2 game in normal form.

    Parameters
    ----------
    space : ParameterSpace
        It holds at least the parameters ``required(("full",))``.

    Returns
    -------
    Model
        Russia chooses ``act`` (in full) or ``refrain``, the West ``respond`` (with full support) or
        ``acquiesce``, China ``oppose`` or ``acquiesce``. If Russia refrains, nobody gains or loses.

    Examples
    --------
    >>> from gametheory.models import deterrence, kazakhstan
    >>> model = deterrence.simultaneous(kazakhstan.space())
    >>> model.at().payoff("act", "acquiesce", "acquiesce")["West"]
    Fraction(-44529, 250)
    """
    symbols = _symbols(space, required(("full",)))

    def at(russia: str, west: str, china: str) -> dict[str, Any]:
        if russia == "refrain":
            return dict.fromkeys(PLAYERS, 0)
        S, A = WEST_REPLIES[_RESPOND[west]]
        return payoffs(symbols, "full", S, A, CHINA_REPLIES[china])

    strategies = {
        "Russia": ("act", "refrain"),
        "West": ("respond", "acquiesce"),
        "China": ("oppose", "acquiesce"),
    }
    title = "Deterrence by exposure: all move at once"
    return Model("deterrence, simultaneous", NormalFormGame.from_function(at, strategies, title=title), space)


def sequential(space: ParameterSpace, order: Order = "simultaneous") -> Model:
    """Russia moves, the West and China reply, chance decides: a tree.

    Parameters
    ----------
    space : ParameterSpace
        It holds at least the parameters of :func:`required`.
    order : {"simultaneous", "west_first", "china_first"}
        Whether the replies are given at once, or who replies first, seen by the other.

    Returns
    -------
    Model
        Russia chooses ``refrain``, ``limited`` or ``full``; the West ``acquiesce``, ``sanction`` or
        ``support`` (sanction and arm); China ``acquiesce`` or ``oppose``. The outcomes are ``status quo`` and
        ``limited: success``, ``limited: failure``, ``full: success``, ``full: failure``.

    Examples
    --------
    >>> from gametheory.models import deterrence, kazakhstan
    >>> model = deterrence.sequential(kazakhstan.space(), order="west_first")
    >>> [infoset.label for infoset in model.game.infosets][:4]
    ['start', 'limited', 'limited/acquiesce', 'limited/sanction']
    """
    if order not in get_args(Order):
        raise unknown("order of the replies", order, get_args(Order))
    symbols = _symbols(space, required())
    actions: dict[str, Node] = {"refrain": Outcome("status quo", dict.fromkeys(PLAYERS, 0))}
    actions |= {action: _replies(symbols, action, order) for action in ACTIONS}
    title = f"Deterrence by exposure: {_TITLES[order]}"
    return Model(f"deterrence, {order}", ExtensiveGame(Decision("Russia", actions), PLAYERS, title), space)


def _replies(symbols: Mapping[str, Any], action: str, order: Order) -> Node:
    def after(west: str, china: str) -> Node:
        return _chance(symbols, action, west, china)

    if order == "simultaneous":
        return stage({"West": list(WEST_REPLIES), "China": list(CHINA_REPLIES)}, after)
    if order == "west_first":
        return Decision(
            "West",
            {
                west: Decision("China", {china: after(west, china) for china in CHINA_REPLIES})
                for west in WEST_REPLIES
            },
        )
    return Decision(
        "China",
        {
            china: Decision("West", {west: after(west, china) for west in WEST_REPLIES})
            for china in CHINA_REPLIES
        },
    )


def _chance(symbols: Mapping[str, Any], action: str, west: str, china: str) -> Node:
    (S, A), c = WEST_REPLIES[west], CHINA_REPLIES[china]
    p = success_probability(symbols, action, S, A, c)
    won = Outcome(f"{action}: success", payoffs(symbols, action, S, A, c, "success"))
    lost = Outcome(f"{action}: failure", payoffs(symbols, action, S, A, c, "failure"))
    return Chance({"success": (p, won), "failure": (1 - p, lost)})


def _symbols(space: ParameterSpace, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(space, ParameterSpace):
        raise ParameterError(f"the space of parameters is {space!r}; give a ParameterSpace.")
    missing = [name for name in names if name not in space]
    if missing:
        raise ParameterError(
            f"the space lacks {len(missing)} of the {len(names)} parameters that this model needs: {', '.join(missing)}. "
            "gametheory.models.deterrence.payoffs says what they mean."
        )
    return {name: space.symbols(name) for name in names}
