"""The question that a proof answers: a claim, the ranges of the parameters, what is assumed and what is given.

A question is text and numbers only, so that it can be written down with a certificate; together with a model it becomes
polynomials. Players may be committed to an action, and the claim may be about a subgame: both change the game itself
before anything is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gametheory import scalars
from gametheory.errors import ParameterError, Unsupported, unknown
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.nodes import Chance, Decision, Node
from gametheory.games.normal_form import NormalFormGame
from gametheory.parameters.model import Model
from gametheory.sensitivity._chances import check_probabilities
from gametheory.sensitivity._claim_formulas import ClaimFormulas
from gametheory.sensitivity._claims import Monotone, Statement, parameter_terms, read_claim
from gametheory.solvers.rational_functions import Ring

__all__ = ["Question", "ask", "committed", "subgame"]

_PREFIX = re.compile(
    r"\s*in\s+(?P<which>every|each|some)\s+equilibrium,?\s+(?P<rest>.*)", re.DOTALL | re.IGNORECASE
)
_SUFFIX = re.compile(r"(?P<claim>.*?)\s+(?:for|if|where|provided)\s+(?P<conditions>[^:]*)", re.DOTALL)


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is to be proved.

    Attributes
    ----------
    claim : str or Monotone
    ranges : mapping of str to (Fraction, Fraction)
        For every parameter that matters; a point for those that are fixed.
    after : str or None
    given : mapping of str to str
        The action to which a player is committed.
    assuming : tuple of str
    some : bool
        Whether the claim is about some equilibrium rather than every one.
    """

    claim: str | Monotone
    ranges: Mapping[str, tuple[Fraction, Fraction]]
    after: str | None = None
    given: Mapping[str, str] | None = None
    assuming: tuple[str, ...] = ()
    some: bool = False

    @property
    def text(self) -> str:
        """The claim for people."""
        text = f"in some equilibrium {self.claim}" if self.some else str(self.claim)
        if self.after:
            text += f", after {self.after}"
        if self.given:
            text += f", given {', '.join(f'{player}: {action}' for player, action in self.given.items())}"
        if self.assuming:
            text += f", if {' and '.join(self.assuming)}"
        return text

    def model(self, model: Model) -> Model:
        """The model in which players are committed, from the node on that the claim is about."""
        if self.given:
            model = committed(model, self.given)
        return model if self.after is None else subgame(model, self.after)

    def statement(self, model: Model) -> Statement:
        """The claim, read; `model` is that of :meth:`model`."""
        claim = self.claim
        if self.some and isinstance(claim, str):
            relation = re.search(r"<|>|≤|≥", claim)
            if relation is None:
                raise Unsupported(
                    f"{claim!r} in some equilibrium: say whether the outcome is at most (<=) or at least (>=) something."
                )
            claim = f"{'least' if relation[0] in '<≤' else 'greatest'} {claim}"
        return read_claim(claim, model)

    def formulas(self, model: Model) -> tuple[ClaimFormulas, Statement]:
        """The question as polynomials."""
        own = self.model(model)
        statement = self.statement(own)
        terms = parameter_terms(self.assuming, own)
        return ClaimFormulas(own.game, statement, self.ranges, terms), statement

    def to_dict(self) -> dict[str, Any]:
        """The question in texts."""
        claim: Any = self.claim
        if isinstance(claim, Monotone):
            claim = {
                "outcome": claim.outcome,
                "moves": {name: str(rate) for name, rate in claim.moves.items()},
                "sense": claim.sense,
                "by": claim.by,
            }
        return {
            "claim": claim,
            "ranges": {name: [str(low), str(high)] for name, (low, high) in self.ranges.items()},
            "after": self.after,
            "given": dict(self.given or {}),
            "assuming": list(self.assuming),
            "some": self.some,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Question:
        """The question that :meth:`to_dict` has written."""
        claim = data["claim"]
        if isinstance(claim, Mapping):
            claim = Monotone(claim["outcome"], claim["moves"], claim["sense"], claim["by"])
        ranges = {name: (Fraction(low), Fraction(high)) for name, (low, high) in data["ranges"].items()}
        for name, (low, high) in ranges.items():
            if low > high:
                raise ParameterError(f"the range of {name} is empty.")
        return cls(
            claim, ranges, data["after"], dict(data["given"]), tuple(data["assuming"]), bool(data["some"])
        )


def ask(
    claim: str | Monotone,
    model: Model,
    *,
    over: Mapping[str, Any] | Iterable[str] | str | None = None,
    at: Mapping[str, Any] | None = None,
    after: str | None = None,
    given: Mapping[str, str] | None = None,
    assuming: Sequence[str] = (),
) -> Question:
    """The question that the arguments of :func:`gametheory.sensitivity.verify` put."""
    conditions = [assuming] if isinstance(assuming, str) else list(assuming)
    some = False
    if isinstance(claim, str):
        prefix = _PREFIX.fullmatch(claim)
        if prefix:
            claim, some = prefix["rest"], prefix["which"].lower() == "some"
        suffix = _SUFFIX.fullmatch(claim)
        if suffix and re.search(r"[<>=≤≥]", suffix["conditions"]):
            claim = suffix["claim"]
            conditions += re.split(r"\s+and\s+|\s*,\s*", suffix["conditions"].strip())
        claim = claim.strip()
    question = Question(claim, {}, after, dict(given or {}), tuple(map(str, conditions)), some)
    own = question.model(model)
    statement = question.statement(own)
    terms = parameter_terms(question.assuming, own)
    used = {str(name) for name in own.game.parameters}
    for scalar in (statement.constant, *(c for c, _ in statement.terms), *(term for _, term, _ in terms)):
        used |= {str(name) for name in scalars.names(scalar)}
    used |= set(statement.moves)
    ranges = {name: ends for name, ends in _ranges(model, over, at).items() if name in used}
    ranges = _tightened(ranges, terms, model)
    check_probabilities(own.game, ranges)
    return Question(claim, ranges, after, question.given, question.assuming, some)


def _ranges(
    model: Model, over: Mapping[str, Any] | Iterable[str] | str | None, at: Mapping[str, Any] | None
) -> dict[str, tuple[Fraction, Fraction]]:
    space = model.space
    ranges = dict(space.box)
    if over is not None and not (isinstance(over, str) and over == "box"):
        given: Mapping[str, Any]
        if isinstance(over, Mapping):
            given = over
        else:
            given = dict.fromkeys([over] if isinstance(over, str) else over)
        ranges = {name: (value, value) for name, value in space.baseline.items()}
        for name, ends in given.items():
            if name not in space:
                raise unknown("parameter", name, space)
            low, high = space.box[name] if ends is None else ends
            ranges[name] = (
                scalars.exact(low, f"the low end of {name}"),
                scalars.exact(high, f"the high end of {name}"),
            )
            if ranges[name][0] > ranges[name][1]:
                raise ParameterError(f"the range of {name} is {low} to {high}; give the low end first.")
    for name, value in (at or {}).items():
        if name not in space:
            raise unknown("parameter", name, space)
        number = scalars.exact(value, f"the value of {name}")
        ranges[name] = (number, number)
    return ranges


def _tightened(
    ranges: dict[str, tuple[Fraction, Fraction]], terms: Sequence[tuple[str, Any, str]], model: Model
) -> dict[str, tuple[Fraction, Fraction]]:
    """Ranges cut by conditions that bound one parameter by a number."""
    ring = Ring(model.space)
    for shown, term, _ in terms:
        names = [str(name) for name in scalars.names(term)]
        if len(names) != 1 or names[0] not in ranges:
            continue
        (name,) = names
        function = ring.read(term)
        if not function.denominator.is_one() or ring.degree(function.numerator, name) != 1:
            continue
        rate = ring.evaluate(ring.derivative(function.numerator, name), {})
        bound = -ring.evaluate(function.numerator, {name: Fraction(0)}) / rate
        low, high = ranges[name]
        low, high = (max(low, bound), high) if rate > 0 else (low, min(high, bound))
        if low > high:
            raise ParameterError(
                f"no value of {name} in its range from {ranges[name][0]} to {ranges[name][1]} meets {shown}."
            )
        ranges[name] = (low, high)
    return ranges


def committed(model: Model, given: Mapping[str, str]) -> Model:
    """The model in which some players take an action come what may, instead of choosing it.

    Parameters
    ----------
    model : Model
    given : mapping of player to action
    """
    game = model.game
    for player in given:
        if player not in game.players:
            raise unknown("player", player, game.players)
    shown = ", ".join(f"{player}: {action}" for player, action in given.items())
    if isinstance(game, ExtensiveGame):

        def cut(node: Node) -> Node:
            if isinstance(node, Decision):
                if node.player in given:
                    if given[node.player] not in node.actions:
                        raise unknown(f"action of {node.player}", given[node.player], node.actions)
                    return cut(node.actions[given[node.player]])
                return Decision(
                    node.player, {a: cut(child) for a, child in node.actions.items()}, node.infoset
                )
            if isinstance(node, Chance):
                return Chance({name: (p, cut(child)) for name, (p, child) in node.actions.items()})
            return node

        changed: Any = ExtensiveGame(cut(game.root), game.players)
    else:
        kept: list[Any] = [slice(None)]
        strategies: list[tuple[str, ...]] = []
        for player, own in zip(game.players, game.strategies, strict=True):
            if player in given:
                k = game.strategy_index(player, given[player])
                kept.append(slice(k, k + 1))
                strategies.append((own[k],))
            else:
                kept.append(slice(None))
                strategies.append(tuple(own))
        changed = NormalFormGame(game.payoffs[tuple(kept)], game.players, strategies)
    return Model(f"{model.name}, with {shown}", changed, model.space, ())


def subgame(model: Model, after: str) -> Model:
    """The model of the subgame after a path."""
    game = model.game
    if not isinstance(game, ExtensiveGame):
        raise Unsupported(
            f"after={after!r} asks for what follows a history, and a normal form has none; use a tree."
        )
    starts = {game.path(node): node for node in game.subgame_roots() if node and game.kind[node] != 0}
    if after not in starts:
        raise unknown("path at which a subgame starts", after, starts)
    below, way = starts[after], []
    while below:
        above = int(game.parent[below])
        way.append(list(game.children[above]).index(below))
        below = above
    node: Any = game.root
    for k in reversed(way):
        child = list(node.actions.values())[k]
        node = child[1] if isinstance(node, Chance) else child
    return Model(f"{model.name}, after {after}", ExtensiveGame(node, game.players), model.space, ())
