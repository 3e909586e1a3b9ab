r"""Which equilibria are possible somewhere in a box, as finitely many systems of polynomial constraints.

A statement about the equilibria at a point :math:`\theta` fails or holds because of equilibria, and each equilibrium has a support. So

.. math::

    \{\theta : \text{some equilibrium meets the statement}\} = \bigcup_{S} \{\theta : \exists u \in \Delta_S,\;
    g_{S}(\theta, u) \ge 0,\; h_S(\theta, u) \ge 0\},

where :math:`g_S` are the requirements of the support :math:`S` (:mod:`gametheory.sensitivity._systems`), :math:`u` its mixed
probabilities and :math:`h_S` what the statement asks of the outcome; in the same way for equilibria that break it. One term of this
union is a *case*. On a box of parameters most cases are contradictory, and that is proved by multipliers
(:mod:`gametheory.sensitivity._infeasibility`). Supports are put together stage by stage from the end of a tree, so that what is
impossible in a subgame is never combined with anything.

Every finite game has an equilibrium (Nash 1951; for subgame perfection Selten 1965). Hence where no case breaks a statement, it holds
in every equilibrium and in some; and where no case meets it, it fails in both senses.

References
----------
.. [1] J. Nash, "Non-cooperative games", *Annals of Mathematics* 54 (1951), 286-295.
.. [2] R. Selten, "Spieltheoretische Behandlung eines Oligopolmodells mit Nachfragetraegheit", *Zeitschrift fuer die gesamte
   Staatswissenschaft* 121 (1965), 301-324.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from gametheory.equilibria.outcomes import OutcomeFunctional
from gametheory.errors import TooLarge
from gametheory.sensitivity._boxes import Cube, Domain, degrees_of
from gametheory.sensitivity._infeasibility import Attempt, attempt
from gametheory.sensitivity._scaled_systems import Constraint, Scaled, middle, scale
from gametheory.sensitivity._scaled_systems import System as Scalings
from gametheory.sensitivity._stage_systems import Requirement, StageSystem
from gametheory.sensitivity._statements import Statement, path
from gametheory.sensitivity._systems import System, Systems
from gametheory.solvers.nash import nash_equilibria
from gametheory.solvers.rational_functions import RationalFunction, Ring
from gametheory.solvers.subgame_perfect import subgame_perfect_equilibria

if TYPE_CHECKING:
    from gametheory.equilibria.result import EquilibriumSet
    from gametheory.parameters.model import Model

__all__ = ["Arena", "Case", "Cases", "constraint", "solve_at"]

Box: TypeAlias = Mapping[str, tuple[Fraction, Fraction]]

#: Most supports of a subgame that are looked at on one box.
MAX_SUPPORTS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A support, with all that must hold for it to be an equilibrium that meets (or breaks) a statement.

    Attributes
    ----------
    support : tuple of tuple of int
        The actions played, by place.
    constraints : tuple of (polynomial, relation)
        In the free parameters and the unknown probabilities.
    requirements : tuple of (Requirement or None)
        Where each constraint comes from; None for what the statement asks of the outcome.
    groups : tuple of tuple of str
        Unknown probabilities that add up to one.
    meets : bool
        Whether the case meets the statement, or breaks it.
    """

    support: tuple[tuple[int, ...], ...]
    constraints: tuple[Constraint, ...]
    requirements: tuple[Requirement | None, ...]
    groups: tuple[tuple[str, ...], ...]
    meets: bool


class Arena:
    """A box of parameters together with all mixed strategies, on which polynomials are bounded once.

    Parameters
    ----------
    ring : Ring
    groups : sequence of tuple of str
        The probabilities of the actions of each place.
    box : mapping of str to (Fraction, Fraction)
    """

    def __init__(self, ring: Ring, groups: Sequence[tuple[str, ...]], box: Box) -> None:
        self.ring, self.box = ring, dict(box)
        # A polynomial of a smaller support has the same range on the whole simplex, for only vertices count.
        self.domain = Domain(self.box, {group: Domain.simplex(len(group)) for group in groups})
        self._cubes: dict[tuple[tuple[str, int], ...], Cube] = {}
        self._rows: dict[tuple[Any, ...], tuple[Any, Scaled]] = {}
        self._values: dict[int, tuple[Any, Fraction]] = {}
        self._middle = middle(self.domain)

    def system(self, constraints: Sequence[Constraint]) -> Scalings:
        """Constraints, scaled on the box."""
        bent = self._bent(constraints)
        rows = [self._row(bent, polynomial) for polynomial, _ in constraints]
        return Scalings(self._cubes[bent], rows, [relation for _, relation in constraints])

    def attempt(self, constraints: Sequence[Constraint]) -> Attempt:
        """The search for a proof that constraints contradict each other on the box, undivided."""
        bent = self._bent(constraints)
        for k, (polynomial, relation) in enumerate(constraints):
            # One that fails everywhere fails in the middle, which is quickly told.
            value = self._in_the_middle(polynomial)
            if value < 0 or (value == 0 and relation == ">") or (relation == "==" and value != 0):
                row = self._row(bent, polynomial)
                if row.above < 0 or (row.above == 0 and relation == ">"):
                    return Attempt({k: Fraction(1)})
                if relation == "==" and row.below < 0:
                    return Attempt({k: Fraction(-1)})
        return attempt(self.system(constraints))

    def _bent(self, constraints: Sequence[Constraint]) -> tuple[tuple[str, int], ...]:
        """The variables of degree two and more, for which a cube of its own is made."""
        degrees = degrees_of(self.ring, (polynomial for polynomial, _ in constraints))
        bent = tuple(sorted((name, degree) for name, degree in degrees.items() if degree > 1))
        if bent not in self._cubes:
            self._cubes[bent] = Cube(self.ring, self.domain, dict.fromkeys(self.box, 1) | dict(bent))
        return bent

    def _row(self, bent: tuple[tuple[str, int], ...], polynomial: Any) -> Scaled:
        # With the polynomial itself, so that its identity is not taken over by another one.
        key = (bent, id(polynomial))
        if key not in self._rows:
            self._rows[key] = polynomial, scale(self._cubes[bent], polynomial)
        return self._rows[key][1]

    def _in_the_middle(self, polynomial: Any) -> Fraction:
        key = id(polynomial)
        if key not in self._values:
            self._values[key] = polynomial, self.ring.evaluate(polynomial, self._middle)
        return self._values[key][1]

    def sign(self, polynomial: Any) -> int | None:
        """1, -1 or 0 if a polynomial is at least zero, at most zero, or zero on all of the box; else None."""
        row = self._row(self._bent([(polynomial, ">=")]), polynomial)
        if row.above <= 0:
            return 0 if row.below <= 0 and row.above == 0 else -1
        return 1 if row.below <= 0 else None

    def always(self, constraints: Sequence[Constraint]) -> bool:
        """Whether all constraints hold at every point of the box, whatever is mixed."""
        bent = self._bent(constraints)
        rows = [(self._row(bent, polynomial), relation) for polynomial, relation in constraints]
        return all(
            row.below < 0 or (row.below == 0 and (relation == ">=" or (relation == "==" and row.above == 0)))
            for row, relation in rows
        )


class _Play(NamedTuple):
    """A support of a subgame, and what follows from it."""

    chosen: dict[int, tuple[int, ...]]
    probabilities: dict[int, tuple[RationalFunction, ...]]
    constraints: tuple[Constraint, ...]
    requirements: tuple[Requirement, ...]
    groups: tuple[tuple[str, ...], ...]
    #: For each part of the subgame, each player's payoff.
    worth: dict[int, tuple[RationalFunction, ...]]
    #: The constraints of the first stage.
    own: tuple[Constraint, ...]


class Cases:
    """The cases of one statement about one model, with some parameters free and the others fixed.

    Parameters
    ----------
    model : Model
    statement : Statement
    free : sequence of str
        Parameters of the game that may move.
    fixed : mapping of str to Fraction
        Values of the others.

    Examples
    --------
    >>> from fractions import Fraction
    >>> import gametheory as gt
    >>> from gametheory.sensitivity._cases import Cases
    >>> from gametheory.sensitivity._statements import read
    >>> t = gt.ParameterSpace(gt.Parameter("t", 1, 0, 2)).symbols("t")
    >>> model = gt.Model("choice", gt.ExtensiveGame(gt.Decision("Ann", {
    ...     "in": gt.Outcome(Ann=t - 1), "out": gt.Outcome(Ann=0)})), gt.ParameterSpace(gt.Parameter("t", 1, 0, 2)))
    >>> cases = Cases(model, read(model, "P(Ann: in) = 1"), ["t"], {})
    >>> [case.support for case in cases.possible(cases.arena({"t": (Fraction(3, 2), Fraction(2))}))]
    [((0,),)]
    """

    def __init__(
        self, model: Model, statement: Statement, free: Sequence[str], fixed: Mapping[str, Fraction]
    ) -> None:
        self.model, self.statement = model, statement
        game = model.game
        self.names = tuple(name for name in free if name in game.parameters)
        self.ring = Ring((*self.names, *Systems(game).unknowns))
        values = {
            name: self.ring.function(self.ring.constant(value))
            for name, value in fixed.items()
            if name not in self.names
        }
        self.systems = Systems(game, self.ring, values)
        self._stages: dict[Any, _Play] = {}
        outcome = None if statement.outcome is None else model.outcome(statement.outcome)
        self._outcome = outcome if isinstance(outcome, OutcomeFunctional) else None

    # -- on a box -----------------------------------------------------------------------------------------------------
    def arena(self, box: Box) -> Arena:
        """A box of the free parameters, with the mixed strategies of all places."""
        own = {name: box[name] for name in self.names}
        groups = [
            tuple(self.systems.unknown(k, a) for a in range(len(place.actions)))
            for k, place in enumerate(self.systems.places)
            if len(place.actions) > 1
        ]
        return Arena(self.ring, groups, own)

    def possible(self, arena: Arena) -> list[Case]:
        """The cases that are not proved impossible on a box.

        Raises
        ------
        TooLarge
            If a subgame has too many supports.
        """
        found: list[list[_Play]] = []
        for k, part in enumerate(self.systems.parts):
            plays: list[_Play] = []
            looked = 0
            for following in itertools.product(*(found[child] for child in part.children)):
                for own in self.systems.supports(k, pure=self._pure_suffices(k)):
                    looked += 1
                    if looked > MAX_SUPPORTS:
                        raise TooLarge(
                            f"the stage{f' at {part.where}' if part.where else ''} has more than {MAX_SUPPORTS:,} supports that are "
                            "possible on the ranges given; narrow the ranges, or give players fewer actions."
                        )
                    play = self._play(k, own, following)
                    if arena.attempt(play.own).multipliers is None:
                        plays.append(play)
            found.append(plays)
        cases = [case for play in found[-1] for case in self._cases(play)]
        return self.narrow(cases, arena)

    def narrow(self, cases: Sequence[Case], arena: Arena) -> list[Case]:
        """Those of some cases that are not proved impossible on a box."""
        return [case for case in cases if arena.attempt(case.constraints).multipliers is None]

    def _pure_suffices(self, k: int) -> bool:
        """Whether mixtures in a stage add nothing: one player chooses first of all, between actions that are then all best.

        If a mixture is an equilibrium, so is each of its actions, and its outcome lies between theirs. So if it meets an
        inequality, one of them does; and if it breaks an equation or leaves the only play, one of them does.
        """
        statement, last = self.statement, len(self.systems.parts) - 1
        own = [place for places in self.systems.parts[k].places for place in places]
        if k != last or len(own) != 1 or not self.systems.stages:
            return False
        if statement.outcome is None:
            return statement.quantifier == "every" and len(statement.plays) == 1
        return statement.relation not in (("!=",) if statement.quantifier == "every" else ("=",))

    # -- cases --------------------------------------------------------------------------------------------------------
    def _play(self, k: int, own: dict[int, tuple[int, ...]], following: tuple[_Play, ...]) -> _Play:
        key = (k, tuple(own.items()), tuple(id(play) for play in following))
        if key not in self._stages:
            worth = {part: value for play in following for part, value in play.worth.items()}
            stage = StageSystem(self.systems, k, own, worth)
            # What holds whatever the parameters are is no constraint.
            requirements = tuple(
                requirement
                for requirement in stage.requirements(solved=False)
                if not _is_trivial(_of(requirement))
            )
            groups = tuple(
                tuple(self.systems.unknown(place, action) for action in actions)
                for place, actions in stage.mixed.items()
                if len(actions) > 1
            )
            constraints = tuple(map(_of, requirements))
            self._stages[key] = _Play(
                {key: value for play in following for key, value in play.chosen.items()} | own,
                {key: value for play in following for key, value in play.probabilities.items()}
                | stage.probabilities,
                (*(c for play in following for c in play.constraints), *constraints),
                (*(r for play in following for r in play.requirements), *requirements),
                (*(g for play in following for g in play.groups), *groups),
                worth | {k: stage.payoffs()},
                constraints,
            )
        return self._stages[key]

    def _cases(self, play: _Play) -> Iterator[Case]:
        """A support of the whole game as cases that meet and that break the statement."""
        support = tuple(play.chosen[place] for place in range(len(self.systems.places)))
        if self._outcome is None:
            meets = path(self.systems.game, support) in self.statement.plays
            yield Case(support, play.constraints, play.requirements, play.groups, meets)
            return
        last = len(self.systems.parts) - 1
        probabilities = tuple(play.probabilities[place] for place in range(len(self.systems.places)))
        system = System(play.requirements, (), probabilities, play.worth[last])
        gap = self.systems.outcome(self._outcome, system) - self.statement.value
        for meets, alternatives in ((True, self.statement.met), (False, self.statement.broken)):
            for factor, relation in alternatives:
                extra = constraint(gap * factor, relation)
                asked = () if _is_trivial(extra) else (extra,)
                sources = (*play.requirements, *(None for _ in asked))
                yield Case(support, (*play.constraints, *asked), sources, play.groups, meets)


def _is_trivial(rule: Constraint) -> bool:
    polynomial, relation = rule
    if not polynomial.is_constant():
        return False
    value = polynomial.leading_coefficient() if polynomial else 0
    return bool(value == 0 if relation == "==" else value > 0 if relation == ">" else value >= 0)


def _of(requirement: Requirement) -> Constraint:
    return constraint(requirement.function, requirement.relation)


def constraint(function: RationalFunction, relation: str) -> Constraint:
    """A rational function compared with zero, as a polynomial; a quotient has the sign of the product."""
    kind: Any = relation
    if function.denominator.is_constant():
        return function.numerator, kind
    return function.numerator * function.denominator, kind


def solve_at(model: Model, values: Mapping[str, Fraction]) -> EquilibriumSet:
    """The equilibria at a point, exactly: subgame-perfect ones of a tree, Nash equilibria of a normal form."""
    from gametheory.games.extensive import ExtensiveGame

    game = model.at(values)
    if isinstance(game, ExtensiveGame):
        return subgame_perfect_equilibria(game, progress=False)
    return nash_equilibria(game, progress=False)
