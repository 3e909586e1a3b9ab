r"""A claim as polynomials: equilibrium conditions of a profile, and conditions of candidates that make up for it.

Let a stage have movers :math:`m` with plans :math:`s`, mixed with probabilities :math:`q_m(s)`. A profile is an equilibrium of the stage
exactly when no pure deviation gains (Nash 1951):

.. math:: \sum_{s} q_m(s) \bigl[ u_m(b, q_{-m}) - u_m(s, q_{-m}) \bigr] \le 0 \qquad \text{for all } m, b.

This needs no support, and is affine in each player's mixed strategy: bounds over all mixed profiles are bounds over the pure ones. The
probabilities of each mover are a group of variables that runs over a simplex (:class:`gametheory.sensitivity._boxes.Domain`).

The ends of a stage pay what later stages are worth, with their own probabilities as variables; only the stages after the node
that the claim is about enter. A *candidate* chooses for each stage a pure profile, or to keep that of the equilibrium
:math:`\sigma`.

Where the claim compares two points the moved parameter is :math:`t' = t + s\,(\bar t - t)` with a share :math:`s \in [0, 1]` of its room
:math:`\bar t - t`, so that all pairs :math:`t \le t' \le \bar t` are a box.

Everything has a *key*, a tuple of text and numbers, by which a certificate names it and a checker builds it again.

References
----------
.. [1] J. Nash, "Non-cooperative games", *Annals of Mathematics* 54 (1951), 286-295.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from gametheory import scalars
from gametheory.errors import ParameterError, Unsupported, unknown
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame
from gametheory.sensitivity._boxes import Domain, Polynomial, sign_on
from gametheory.sensitivity._claims import Obligation, Statement
from gametheory.solvers.rational_functions import RationalFunction, Ring
from gametheory.solvers.stages import Stage, stages

__all__ = ["ClaimFormulas", "Obliged"]

#: For each stage a pure profile (a plan of each mover), or None for that of the equilibrium.
Choices: TypeAlias = tuple[tuple[int, ...] | None, ...]
Key: TypeAlias = tuple[Any, ...]

HERE, THERE = 0, 1


class ClaimFormulas:
    """What a claim is about, in polynomials.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
        With parameters, exact.
    statement : Statement
    box : mapping of str to (Fraction, Fraction)
        A range for each parameter of the game, of the claim and of the conditions; a point where it is fixed.
    assumed : sequence of (str, scalar, str)
        Conditions on the parameters, as :func:`gametheory.sensitivity._claims.parameter_terms` returns them.
    """

    def __init__(
        self,
        game: NormalFormGame | ExtensiveGame,
        statement: Statement,
        box: Mapping[str, tuple[Fraction, Fraction]],
        assumed: Sequence[tuple[str, Any, str]] = (),
    ) -> None:
        if game.domain == "real":
            raise Unsupported(
                "the game holds floats, and proofs are exact; give whole numbers, fractions, or decimals as text such as '0.1'."
            )
        self.game, self.statement, self.assumed = game, statement, tuple(assumed)
        self.parts = _parts(game, statement.after)
        self.movers: list[tuple[int, ...]] = [tuple(part[0]) for part in self.parts]
        self.sizes: list[tuple[int, ...]] = [tuple(part[1]) for part in self.parts]
        self.group_names: dict[tuple[int, int], tuple[str, ...]] = {
            (k, m): tuple(f"q{k}.{m}.{s}" for s in range(size))
            for k, sizes in enumerate(self.sizes)
            for m, size in enumerate(sizes)
            if size > 1
        }
        moved = [name for name in statement.moves if box[name][0] < box[name][1]]
        if statement.moves and (not moved or (not statement.by_share and len(moved) < len(statement.moves))):
            raise ParameterError(
                f"{' and '.join(statement.moves)} must move for {statement.text!r}, but the box gives no room; give ranges with over="
            )
        self.share = "share of the room" if moved else ""
        while self.share and self.share in box:
            self.share += "'"
        names = [*box, *([self.share] if self.share else []), *itertools.chain(*self.group_names.values())]
        self.ring = Ring(names)
        self.box = dict(box)
        self.rooms: list[RationalFunction] = []
        self._there = self._moved(moved)
        groups = {names: Domain.simplex(len(names)) for names in self.group_names.values()}
        self.domain = Domain(dict(self.box), groups)
        self._numbers: dict[tuple[Any, int], RationalFunction] = {}
        self._worth: dict[Any, tuple[RationalFunction, ...]] = {}
        self._tables: dict[Any, Any] = {}
        self._signs: dict[str, int] = {}
        self._keyed: dict[Key, Polynomial] = {}

    # -- numbers --------------------------------------------------------------------------------------------------------
    def _moved(self, moved: list[str]) -> dict[str, RationalFunction]:
        """The values of the moved parameters after the move; adds the range of the share."""
        if not moved:
            return {}
        ring, statement = self.ring, self.statement
        share = ring.function(ring.variable(self.share))
        there: dict[str, RationalFunction] = {}
        if statement.by_share or len(moved) == 1:
            self.box[self.share] = (Fraction(0), Fraction(1))
            for name in moved:
                end = self.box[name][1 if statement.moves[name] > 0 else 0]
                here = ring.function(ring.variable(name))
                there[name] = here + share * (ring.function(ring.constant(end)) - here)
            return there
        longest = min((self.box[name][1] - self.box[name][0]) / abs(statement.moves[name]) for name in moved)
        self.box[self.share] = (Fraction(0), longest)
        for name in moved:
            rate = statement.moves[name]
            there[name] = ring.function(ring.variable(name)) + share * rate
            low, high = (ring.function(ring.constant(end)) for end in self.box[name])
            self.rooms.append(high - there[name] if rate > 0 else there[name] - low)
        return there

    def number(self, value: Any, point: int) -> RationalFunction:
        """A payoff, probability or coefficient at one of the two points."""
        key = (value, point)
        if key not in self._numbers:
            values = {
                str(name): self._there.get(str(name)) if point == THERE else None
                for name in scalars.names(value)
            }
            numbers = {
                name: self.ring.function(self.ring.variable(name)) if moved is None else moved
                for name, moved in values.items()
            }
            self._numbers[key] = scalars.evaluate(
                value, numbers, lambda number: self.ring.function(self.ring.constant(number))
            )
        return self._numbers[key]

    def touches(self, value: Any) -> bool:
        """Whether a scalar changes with the move."""
        return any(str(name) in self._there for name in scalars.names(value))

    def polynomial(self, function: RationalFunction) -> Polynomial:
        """The numerator, with the sign that the function has; its denominator must have one sign on the box."""
        denominator = function.denominator
        if denominator.is_one():
            return function.numerator
        key = str(denominator)
        if key not in self._signs:
            sign = sign_on(self.ring, denominator, self.box).sign
            if sign not in ("positive", "negative"):
                names = ", ".join(self.ring.used(denominator))
                raise Unsupported(
                    f"a payoff or condition divides by something that may be zero on the box (in {names}); narrow the ranges with over="
                )
            self._signs[key] = 1 if sign == "positive" else -1
        return function.numerator * self._signs[key]

    # -- stages ---------------------------------------------------------------------------------------------------------
    def worth(self, k: int, choices: Choices, point: int) -> tuple[RationalFunction, ...]:
        """What a stage is worth: each player's payoff, then each named outcome of the claim."""
        own = self._relevant(k, choices)
        key = (k, own, point)
        if key not in self._worth:
            table = self.table(k, choices, point)
            width = len(self.game.players) + len(self.statement.terms)
            totals = [self._zero] * width
            for cell in np.ndindex(*self.sizes[k]):
                weight = self.weight(k, choices, cell)
                if weight:
                    totals = [t + weight * v for t, v in zip(totals, table[cell], strict=True)]
            self._worth[key] = tuple(totals)
        return self._worth[key]

    @property
    def _zero(self) -> RationalFunction:
        return self.ring.function(self.ring.constant(0))

    def weight(self, k: int, choices: Choices, cell: Sequence[int], skip: int = -1) -> RationalFunction:
        """The probability of a cell of a stage, but for the plan of one mover."""
        product = self.ring.function(self.ring.constant(1))
        chosen = choices[k]
        for m, s in enumerate(cell):
            if m == skip:
                continue
            if chosen is not None:
                if chosen[m] != s:
                    return self._zero
            elif (k, m) in self.group_names:
                product = product * self.ring.function(self.ring.variable(self.group_names[k, m][s]))
        return product

    def table(self, k: int, choices: Choices, point: int) -> Any:
        """For each cell of a stage what it is worth, given what is played later."""
        key = (k, self._relevant(k, choices, later=True), point)
        if key not in self._tables:
            self._tables[key] = self._table(k, choices, point)
        return self._tables[key]

    def _table(self, k: int, choices: Choices, point: int) -> Any:
        _, _, children, stage = self.parts[k]
        game, terms = self.game, self.statement.terms
        table: dict[tuple[int, ...], list[RationalFunction]] = {}
        if stage is None:
            for cell in np.ndindex(*self.sizes[k]):
                paid = [game.payoffs[(i, *cell)] for i in range(len(game.players))]
                flags = [_flag(outcome.weights[cell]) for _, outcome in terms]
                table[cell] = [self.number(v, point) for v in (*paid, *flags)]
            return table
        assert isinstance(game, ExtensiveGame)
        column = {int(node): j for j, node in enumerate(game.terminals)}
        ends: list[list[RationalFunction]] = []
        for leaf, child in zip(stage.leaves, children, strict=True):
            if child >= 0:
                worth = list(self.worth(child, choices, point))
            else:
                j = column[leaf]
                paid = [game.payoffs[i, j] for i in range(len(game.players))]
                flags = [_flag(outcome.weights[j]) for _, outcome in terms]
                worth = [self.number(v, point) for v in (*paid, *flags)]
            ends.append(worth)
        chances = [
            math.prod(
                (self.number(game.chance_probability[node], point) for node in nodes),
                start=self.ring.function(self.ring.constant(1)),
            )
            for nodes in stage.chance_nodes
        ]
        reaches = stage.reaches()
        for cell in np.ndindex(*stage.shape):
            totals = [self._zero] * len(ends[0])
            for leaf in np.flatnonzero(reaches[cell]).tolist():
                totals = [t + chances[leaf] * v for t, v in zip(totals, ends[leaf], strict=True)]
            table[cell] = totals
        return table

    def _relevant(self, k: int, choices: Choices, later: bool = False) -> Any:
        """The choices of the stages from one on: what follows depends on nothing else."""
        after = self._after(k) - ({k} if later else set())
        return tuple((j, choices[j]) for j in sorted(after))

    def _after(self, k: int) -> set[int]:
        found, waiting = set(), [k]
        while waiting:
            j = waiting.pop()
            found.add(j)
            waiting.extend(child for child in self.parts[j][2] if child >= 0)
        return found

    # -- conditions -----------------------------------------------------------------------------------------------------
    @property
    def sigma(self) -> Choices:
        """The equilibrium itself, as a candidate."""
        return (None,) * len(self.parts)

    def gain(self, k: int, m: int, plan: int, choices: Choices, point: int) -> RationalFunction:
        """What a mover gains by a plan, on average over its own strategy."""
        table, player = self.table(k, choices, point), self.movers[k][m]
        total = self._zero
        for cell in np.ndindex(*self.sizes[k]):
            if cell[m] == plan:
                continue
            weight = self.weight(k, choices, cell)
            if weight:
                other = (*cell[:m], plan, *cell[m + 1 :])
                total = total + weight * (table[other][player] - table[cell][player])
        return total

    def advantage(self, k: int, m: int, plan: int, other: int, point: int) -> RationalFunction:
        """What a plan is worth more than another against the others' strategies in the equilibrium."""
        table, player = self.table(k, self.sigma, point), self.movers[k][m]
        total = self._zero
        for cell in np.ndindex(*self.sizes[k]):
            if cell[m] == plan:
                weight = self.weight(k, self.sigma, cell, skip=m)
                total = total + weight * (
                    table[cell][player] - table[(*cell[:m], other, *cell[m + 1 :])][player]
                )
        return total

    def outcome(self, choices: Choices, point: int) -> RationalFunction:
        """The outcome of the claim."""
        worth = self.worth(len(self.parts) - 1, choices, point)[len(self.game.players) :]
        total = self.number(self.statement.constant, point)
        for (coefficient, _), value in zip(self.statement.terms, worth, strict=True):
            total = total + self.number(coefficient, point) * value
        return total


class Obliged:
    """The polynomials of one obligation, by their keys."""

    def __init__(self, formulas: ClaimFormulas, obligation: Obligation) -> None:
        self.formulas, self.obligation = formulas, obligation
        kind = obligation.kind
        #: Where the equilibrium is, and where candidates are.
        self.at, self.opposite = {"greatest": (THERE, HERE), "least": (HERE, THERE)}.get(kind, (HERE, HERE))
        if obligation.moved and obligation.relation == ">=":
            # Never falls: the negative never rises, whose greatest value is minus the least.
            self.at, self.opposite = self.opposite, self.at
        self._cache: dict[Key, tuple[Polynomial, str]] = {}

    @property
    def asks_for_candidates(self) -> bool:
        """Whether another equilibrium may make up."""
        return self.obligation.kind != "every"

    def conditions(self) -> list[Key]:
        """What holds wherever the claim is broken, but for candidates."""
        f = self.formulas
        found: list[Key] = [
            ("equilibrium", k, m, plan)
            for k, sizes in enumerate(f.sizes)
            for m, size in enumerate(sizes)
            for plan in range(size)
            if size > 1
        ]
        if not self.obligation.moved:
            found.append(("claim",))
        points = (HERE, THERE) if f.share else (HERE,)
        for j, (_, term, relation) in enumerate(f.assumed):
            where = [point for point in points if point == HERE or f.touches(term)]
            found += [("assumed", j, point) for point in where]
            if f.share and relation != "==":
                found += [("assumed times share", j, point) for point in where]
        found += [("room", j) for j in range(len(f.rooms))]
        return [key for key in found if self.constraint(key)[0]]

    def affected(self) -> frozenset[int]:
        """The stages in which the conditions of an equilibrium change with the move; all if nothing moves."""
        f = self.formulas
        if not f.share:
            return frozenset(range(len(f.parts)))
        return frozenset(
            k
            for k, sizes in enumerate(f.sizes)
            for m, size in enumerate(sizes)
            for plan in range(size)
            if f.gain(k, m, plan, f.sigma, HERE) != f.gain(k, m, plan, f.sigma, THERE)
        )

    def constraint(self, key: Key) -> tuple[Polynomial, str]:
        """A polynomial and how it compares with zero."""
        if key not in self._cache:
            function, relation = self._constraint(key)
            self._cache[key] = self.formulas.polynomial(function), relation
        return self._cache[key]

    def _constraint(self, key: Key) -> tuple[RationalFunction, str]:
        f = self.formulas
        kind = key[0]
        if kind == "equilibrium":
            _, k, m, plan = key
            return -f.gain(k, m, plan, f.sigma, self.at), ">="
        if kind == "claim":
            return self._broken(f.outcome(f.sigma, self.at))
        if kind in ("assumed", "assumed times share"):
            _, term, relation = f.assumed[key[1]]
            value = f.number(term, key[2])
            if kind == "assumed":
                return value, relation
            low, high = f.box[f.share]
            assert low == 0 < high
            return value * f.ring.function(f.ring.variable(f.share)) * self._moved_by(), ">="
        if kind == "room":
            return f.rooms[key[1]], ">="
        if kind == "played":
            _, k, m, plan, other = key
            return f.advantage(k, m, plan, other, self.at), ">="
        if kind == "gain":
            _, choices, k, m, plan = key
            return f.gain(k, m, plan, choices, self.opposite), ">"
        if kind == "short":
            # A candidate that draws makes up for <= and not for <.
            draws = not self.obligation.moved and self.obligation.relation in ("<", ">")
            return self.shortfall(key[1]), ">=" if draws else ">"
        raise ParameterError(f"the certificate names {key!r}, which is no condition of this claim.")

    def _moved_by(self) -> RationalFunction:
        """The room of a single moved parameter, so that times the share it is the change."""
        f = self.formulas
        (name, *others) = f._there
        one = f.ring.function(f.ring.constant(1))
        if others or f.rooms:
            return one
        rate = f.statement.moves[name]
        here = f.ring.function(f.ring.variable(name))
        end = f.ring.function(f.ring.constant(f.box[name][1 if rate > 0 else 0]))
        room: RationalFunction = end - here if rate > 0 else here - end
        return room

    def _broken(self, value: RationalFunction) -> tuple[RationalFunction, str]:
        """How the outcome of the equilibrium breaks a pointwise claim."""
        return {
            "<=": (value, ">"),
            "<": (value, ">="),
            ">=": (-value, ">"),
            ">": (-value, ">="),
        }[self.obligation.relation]

    def shortfall(self, choices: Choices) -> RationalFunction:
        """Positive where a candidate does not make up."""
        f, relation = self.formulas, self.obligation.relation
        value = f.outcome(choices, self.opposite)
        if not self.obligation.moved:
            return value if relation in ("<=", "<") else -value
        own: RationalFunction = f.outcome(f.sigma, self.at)
        # Greatest: the candidate must reach the value of the equilibrium; least: it must not exceed it.
        gap: RationalFunction = own - value if self.obligation.kind == "greatest" else value - own
        return gap

    def alternatives(self, choices: Choices) -> list[Key]:
        """What may keep a candidate from making up: one of these holds wherever the claim is broken.

        Conditions that are those of the equilibrium itself are left out: they hold.
        """
        f = self.formulas
        found: list[Key] = [("short", choices)]
        for k, sizes in enumerate(f.sizes):
            for m, size in enumerate(sizes):
                if size == 1:
                    continue
                pure = choices[k]
                for plan in range(size):
                    if pure is not None and pure[m] == plan:
                        continue
                    key = ("gain", choices, k, m, plan)
                    polynomial = self.constraint(key)[0]
                    same = pure is None and -polynomial == self.constraint(("equilibrium", k, m, plan))[0]
                    if polynomial and not same:
                        found.append(key)
        return found


def _flag(weight: Any) -> Any:
    """A weight of an outcome over the ends: a payoff, or whether it counts."""
    return Fraction(int(weight)) if isinstance(weight, bool | np.bool_) else weight


def _parts(
    game: NormalFormGame | ExtensiveGame, after: str | None
) -> list[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], Stage | None]]:
    """For each stage from a node on, later ones first: movers, numbers of plans, for each leaf the later stage, and the stage."""
    if not isinstance(game, ExtensiveGame):
        if after is not None:
            raise Unsupported(
                f"after={after!r} asks for what follows a history, and a normal form has none; use a tree"
            )
        return [(tuple(range(len(game.players))), game.shape, (), None)]
    cut = stages(game)
    start = len(cut) - 1
    if after is not None:
        paths = {game.path(stage.root): k for k, stage in enumerate(cut)}
        if after not in paths:
            raise unknown("path at which a subgame starts", after, paths)
        start = paths[after]
    wanted, waiting = set(), [start]
    while waiting:
        k = waiting.pop()
        wanted.add(k)
        waiting.extend(child for child in cut[k].child if child >= 0)
    place = {k: j for j, k in enumerate(sorted(wanted))}
    return [
        (cut[k].players, cut[k].shape, tuple(place.get(c, -1) for c in cut[k].child), cut[k])
        for k in sorted(wanted)
    ]
