r"""One stage of a game as polynomial requirements; see :mod:`gametheory.sensitivity._systems` for what they are.

What a plan is worth against the others' mixed plans is a sum over the cells of the stage's table,

.. math:: E_m(s) = \sum_{s_{-m}} \prod_{k \ne m} p_k(s_k)\; u_m(s, s_{-m}),

where a plan's probability is the product of those of its actions at each information set (Kuhn 1953). Where the indifferences
are linear in the unknown probabilities, Gauss's elimination over the field of rational functions gives their closed forms.

References
----------
.. [1] H. Kuhn, "Extensive games and the problem of information", *Contributions to the Theory of Games* II, 1953, 193-216.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

from gametheory.games.extensive import ExtensiveGame
from gametheory.solvers.rational_functions import RationalFunction

if TYPE_CHECKING:
    from gametheory.sensitivity._systems import Systems

__all__ = ["NoClosedForm", "Part", "Place", "Requirement", "StageSystem"]

Kind: TypeAlias = Literal["deviation", "indifference", "positive"]

RELATIONS: dict[Kind, str] = {"deviation": ">=", "indifference": "==", "positive": ">"}


class NoClosedForm(ArithmeticError):
    """The mixed probabilities are not rational functions of the parameters; the message says where and why."""


class Place(NamedTuple):
    """Where a choice is made: an information set of a tree, or a player of a normal form."""

    player: int
    #: The label of the information set; empty in a normal form.
    label: str
    actions: tuple[str, ...]


class Part(NamedTuple):
    """A stage, or a whole normal form."""

    movers: tuple[int, ...]
    #: For each mover the own places, and the plans: an action for each of them, -1 where the plan precludes it.
    places: tuple[tuple[int, ...], ...]
    plans: tuple[tuple[tuple[int, ...], ...], ...]
    #: Positions of the parts that follow.
    children: tuple[int, ...]
    where: str


@dataclass(frozen=True, slots=True, eq=False)
class Requirement:
    """One condition of a profile.

    Attributes
    ----------
    function : RationalFunction
        In the parameters and the unknowns.
    kind : {"deviation", "indifference", "positive"}
        Whether it must be at least zero, zero, or greater than zero.
    player, place : str
        Whose choice, and the label of the information set (empty in a normal form).
    action, instead : str
        What is played, and what it is compared with (empty for "positive").
    """

    function: RationalFunction
    kind: Kind
    player: str
    place: str
    action: str
    instead: str

    @property
    def relation(self) -> str:
        """How the function compares with zero: ``">="``, ``"=="`` or ``">"``."""
        return RELATIONS[self.kind]

    @property
    def label(self) -> str:
        """What the condition rules out, in words."""
        where = f"{self.player} [{self.place}]" if self.place else self.player
        if self.kind == "positive":
            return f"{where}: {self.action} is played"
        return f"{where}: {self.instead} {'as good as' if self.kind == 'indifference' else 'instead of'} {self.action}"


class StageSystem:
    """One stage, given what is played after it."""

    def __init__(
        self,
        systems: Systems,
        k: int,
        chosen: Mapping[int, Sequence[int]],
        worth: Mapping[int, tuple[RationalFunction, ...]],
    ) -> None:
        self.systems, self.k, self.part, self.worth = systems, k, systems.parts[k], worth
        self.chosen = {place: tuple(chosen[place]) for places in self.part.places for place in places}
        #: Positions of the plans in the support, for each mover.
        self.played = [
            [
                s
                for s, plan in enumerate(plans)
                if all(a < 0 or a in self.chosen[place] for a, place in zip(plan, places, strict=True))
            ]
            for places, plans in zip(self.part.places, self.part.plans, strict=True)
        ]
        self.unknowns: list[str] = []
        #: The actions that share the probability of each place: those of the support where the place is not precluded.
        self.mixed: dict[int, tuple[int, ...]] = {}
        #: The determinant of the indifferences, and by Cramer's rule the numerators of their solution. Where the first is zero, the
        #: indifferences have many solutions if all others are zero as well, and otherwise none.
        self.determinants: tuple[RationalFunction, ...] = ()
        self.probabilities = {
            place: self._probabilities(m, place)
            for m, places in enumerate(self.part.places)
            for place in places
        }
        self._cells: dict[tuple[int, ...], tuple[RationalFunction, ...]] = {}
        self._expected: dict[tuple[int, int], RationalFunction] = {}

    def _probabilities(self, mover: int, place: int) -> tuple[RationalFunction, ...]:
        ring, zero, one = self.systems.ring, self.systems.zero, self.systems.one
        actions = self.systems.places[place].actions
        position = self.part.places[mover].index(place)
        # What the own earlier choices preclude is not governed by the support: its first action is written down.
        reached = any(self.part.plans[mover][s][position] >= 0 for s in self.played[mover])
        support = self.chosen[place] if reached else (self.chosen[place][0],)
        self.mixed[place] = support
        rest = one
        vector = [zero] * len(actions)
        for action in support[:-1]:
            name = self.systems.unknown(place, action)
            self.unknowns.append(name)
            vector[action] = ring.function(ring.variable(name))
            rest = rest - vector[action]
        vector[support[-1]] = rest
        return tuple(vector)

    # -- payoffs ------------------------------------------------------------------------------------------------------
    def cell(self, plans: tuple[int, ...]) -> tuple[RationalFunction, ...]:
        """What every player of the game gets where each mover follows a plan."""
        if plans not in self._cells:
            systems, game = self.systems, self.systems.game
            if not isinstance(game, ExtensiveGame):
                self._cells[plans] = tuple(systems.number(table[plans]) for table in game.payoffs)
            else:
                stage = systems.stages[self.k]
                total = [systems.zero] * len(game.players)
                for leaf in np.flatnonzero(systems.reaches[self.k][plans]):
                    weight = systems.product(
                        systems.number(game.chance_probability[n]) for n in stage.chance_nodes[leaf]
                    )
                    child = stage.child[leaf]
                    for i in range(len(total)):
                        end = (
                            self.worth[child][i]
                            if child >= 0
                            else systems.number(game.payoffs[i, systems.column[stage.leaves[leaf]]])
                        )
                        total[i] = total[i] + weight * end
                self._cells[plans] = tuple(total)
        return self._cells[plans]

    def weight(self, mover: int, plan: int) -> RationalFunction:
        """The probability of a plan: the product of those of its actions (Kuhn 1953)."""
        pairs = zip(self.part.plans[mover][plan], self.part.places[mover], strict=True)
        return self.systems.product(
            self.probabilities[place][action] for action, place in pairs if action >= 0
        )

    def expected(self, mover: int, plan: int) -> RationalFunction:
        """What a plan is worth to a mover against the others' mixed plans."""
        if (mover, plan) not in self._expected:
            options = [[plan] if m == mover else played for m, played in enumerate(self.played)]
            total = self.systems.zero
            for cell in itertools.product(*options):
                weight = self.systems.product(self.weight(m, s) for m, s in enumerate(cell) if m != mover)
                total = total + weight * self.cell(cell)[self.part.movers[mover]]
            self._expected[mover, plan] = total
        return self._expected[mover, plan]

    def payoffs(self) -> tuple[RationalFunction, ...]:
        """What the stage is worth to every player."""
        total = [self.systems.zero] * len(self.systems.game.players)
        for cell in itertools.product(*self.played):
            weight = self.systems.product(self.weight(m, s) for m, s in enumerate(cell))
            total = [value + weight * part for value, part in zip(total, self.cell(cell), strict=True)]
        return tuple(total)

    # -- requirements -------------------------------------------------------------------------------------------------
    def requirements(self, *, solved: bool) -> Iterator[Requirement]:
        """Those of every mover; indifferences hold by construction once they are solved."""
        names = self.systems.game.players
        for m, mover in enumerate(self.part.movers):
            base = self.played[m][0]
            for s in range(len(self.part.plans[m])):
                gain = self.expected(m, base) - self.expected(m, s) if s != base else self.systems.zero
                labels = (names[mover], *self._change(m, base, s))
                if s not in self.played[m]:
                    yield Requirement(gain, "deviation", *labels)
                elif s != base and (gain or not solved):
                    yield Requirement(gain, "indifference", *labels)
            for place in self.part.places[m]:
                vector = self.probabilities[place]
                support = self.mixed[place]
                if len(support) > 1:
                    for action in support:
                        what = self.systems.places[place]
                        yield Requirement(
                            vector[action], "positive", names[mover], what.label, what.actions[action], ""
                        )

    def _change(self, m: int, plan: int, other: int) -> tuple[str, str, str]:
        """Where two plans differ, and what they do there."""
        where: list[str] = []
        done: tuple[list[str], list[str]] = ([], [])
        pairs = zip(self.part.places[m], self.part.plans[m][plan], self.part.plans[m][other], strict=True)
        for place, *actions in pairs:
            if actions[0] != actions[1]:
                where.append(self.systems.places[place].label)
                for names, action in zip(done, actions, strict=True):
                    if action >= 0:
                        names.append(self.systems.places[place].actions[action])
        return " & ".join(dict.fromkeys(where)), " & ".join(done[0]), " & ".join(done[1])

    # -- closed forms -------------------------------------------------------------------------------------------------
    def solve(self) -> None:
        """Replace the unknowns by their closed forms.

        Raises
        ------
        NoClosedForm
            If the indifferences do not determine them, or are not linear.
        """
        ring = self.systems.ring
        equations = [
            self.expected(m, s) - self.expected(m, played[0])
            for m, played in enumerate(self.played)
            for s in played[1:]
        ]
        rows = []
        for equation in equations:
            numerator, row = equation.numerator, []
            for name in self.unknowns:
                slope = ring.derivative(numerator, name)
                if any(ring.degree(slope, other) > 0 for other in self.unknowns):
                    raise self._no_closed_form(
                        "more than two mix there, so that the equations are not linear"
                    )
                row.append(ring.function(slope))
            constant = ring.substitute(numerator, dict.fromkeys(self.unknowns, Fraction(0)))
            rows.append([*row, ring.function(-constant)])
        solution, determinant = _solve(rows, len(self.unknowns), self.systems.one)
        if solution is None:
            raise self._no_closed_form("the indifferences do not determine the probabilities")
        values = dict(zip(self.unknowns, solution, strict=True))
        self.determinants = (determinant, *(value * determinant for value in solution))
        for place, vector in self.probabilities.items():
            rest, new = self.systems.one, [self.systems.zero] * len(vector)
            support = self.mixed[place]
            for action in support[:-1]:
                new[action] = values[self.systems.unknown(place, action)]
                rest = rest - new[action]
            new[support[-1]] = rest
            self.probabilities[place] = tuple(new)
        self._expected.clear()

    def _no_closed_form(self, why: str) -> NoClosedForm:
        where = f"in the stage at {self.part.where}" if self.part.where else "in this support"
        return NoClosedForm(f"{where}, the mixed probabilities have no closed form: {why}")


def _solve(
    rows: list[list[RationalFunction]], count: int, one: RationalFunction
) -> tuple[list[RationalFunction] | None, RationalFunction]:
    """The only solution of linear equations over the field of rational functions, and the determinant of those used.

    The solution is None if there is none or several. Equations beyond the number of unknowns that the solution does not satisfy
    identically are left to the requirements.
    """
    rows = [list(row) for row in rows]
    determinant = one
    for k in range(count):
        pivot = next((r for r in range(k, len(rows)) if rows[r][k]), None)
        if pivot is None:
            return None, determinant
        rows[k], rows[pivot] = rows[pivot], rows[k]
        head = rows[k][k]
        determinant = determinant * head
        rows[k] = [value / head for value in rows[k]]
        for r in range(len(rows)):
            if r != k and rows[r][k]:
                factor = rows[r][k]
                rows[r] = [value - factor * top for value, top in zip(rows[r], rows[k], strict=True)]
    return [rows[k][-1] for k in range(count)], determinant
