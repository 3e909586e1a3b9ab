r"""The cases in which a profile, or some pure profile with an outcome, is an equilibrium.

A *case* is a conjunction of conditions. A profile has one, or one for each combination of signs of the denominators of its closed forms.
An outcome has one for each pure profile that leads to it. These are built from the last stages to the first: what is impossible in
a stage is impossible in every profile that continues so, and the tree of possibilities is cut there. Two cases that differ in nothing but
one condition and its opposite,

.. math:: (A \wedge f \ge 0) \vee (A \wedge f \le 0) = A,

are one, so that choices that nobody's condition depends on do not multiply cases.

References
----------
.. [1] R. Selten, "Spieltheoretische Behandlung eines Oligopolmodells mit Nachfragetraegheit", *Zeitschrift fuer die gesamte
   Staatswissenschaft* 121 (1965), 301-324.
.. [2] W. V. Quine, "The problem of simplifying truth functions", *American Mathematical Monthly* 59 (1952), 521-531.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gametheory.equilibria.outcomes import OutcomeFunctional
from gametheory.errors import TooLarge
from gametheory.games.extensive import ExtensiveGame
from gametheory.sensitivity._condition import Condition, Impossible
from gametheory.sensitivity._reduction import Reducer
from gametheory.sensitivity._stage_systems import NoClosedForm, Requirement, StageSystem
from gametheory.sensitivity._systems import System, Systems
from gametheory.solvers.rational_functions import RationalFunction

__all__ = ["MAX_PROFILES", "Draft", "Outcomes", "described", "drafts_of_support", "merged"]

#: Most pure profiles of a game among which those with an outcome are looked for.
MAX_PROFILES = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A case before redundant conditions are removed."""

    supports: tuple[tuple[tuple[int, ...], ...], ...]
    conditions: tuple[Condition, ...]
    always: tuple[Condition, ...]
    ties: tuple[Condition, ...]
    probabilities: tuple[tuple[RationalFunction, ...], ...]
    payoffs: tuple[RationalFunction, ...]
    unknowns: tuple[str, ...] = ()
    #: Sets of polynomials at whose common zeros the conditions are silent.
    silent: tuple[tuple[RationalFunction, ...], ...] = ()
    #: Why there are unknowns left.
    reason: str = ""


# ---------------------------------------------------------------------------------------------------------------------
# In words
# ---------------------------------------------------------------------------------------------------------------------
def described(
    systems: Systems, support: Sequence[Sequence[int]], *, skip: frozenset[int] = frozenset()
) -> str:
    """What a support plays, as text; places in `skip` are left out."""
    texts = []
    for i, player in enumerate(systems.game.players):
        own = [k for k, place in enumerate(systems.places) if place.player == i]
        parts = []
        for k in own:
            if k in skip:
                continue
            names = [systems.places[k].actions[a] for a in support[k]]
            text = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}, mixed"
            parts.append(f"{systems.places[k].label}→{text}" if len(own) > 1 else text)
        if parts:
            texts.append(f"{player}: {', '.join(parts)}")
    return "; ".join(texts)


# ---------------------------------------------------------------------------------------------------------------------
# One support
# ---------------------------------------------------------------------------------------------------------------------
def drafts_of_support(
    systems: Systems, reducer: Reducer, support: tuple[tuple[int, ...], ...]
) -> tuple[list[Draft], list[Impossible]]:
    """The cases of one support, by the signs of the denominators of its closed forms."""
    reason = ""
    try:
        system = systems.system(support, solve=True)
    except NoClosedForm as error:
        reason = str(error)
        system = systems.system(support)
    name = described(systems, support)
    functions = [requirement.function for requirement in system.requirements]
    factors = reducer.denominators(functions)
    silent = _silent(reducer, system, factors)
    found: list[Draft] = []
    lost: list[Impossible] = []
    for signs, own in reducer.sign_cases(factors):
        conditions = own + [condition(reducer, r, signs) for r in system.requirements]
        sifted = reducer.sift(conditions, name)
        if isinstance(sifted, Impossible):
            lost.append(sifted)
            continue
        kept, always, ties = sifted
        found.append(
            Draft(
                (support,),
                tuple(kept),
                tuple(always),
                tuple(ties),
                system.probabilities,
                system.payoffs,
                system.unknowns,
                silent,
                reason,
            )
        )
    return found, lost


def condition(reducer: Reducer, requirement: Requirement, signs: Mapping[str, int]) -> Condition:
    """A requirement as a condition, for one combination of signs of denominators."""
    polynomial = reducer.cleared(requirement.function, signs)
    return reducer.condition(polynomial, requirement.relation, (requirement,))  # type: ignore[arg-type]  # one of the three


def _silent(
    reducer: Reducer, system: System, factors: Sequence[Any]
) -> tuple[tuple[RationalFunction, ...], ...]:
    """Where the indifferences have many solutions, and where the payoffs have poles: sets of polynomials that are zero together."""
    found: list[tuple[RationalFunction, ...]] = []
    explained: set[str] = set()
    for determinant, *others in system.determinants:
        rest = {str(other.numerator): other.numerator for other in others if other}
        for part in (determinant.numerator, determinant.denominator):
            for factor, _ in [] if part.is_constant() else reducer.factors(part)[1]:
                explained.add(str(factor))
                if reducer.sign(factor) is None:
                    zeros = [reducer.condition(p, "==").polynomial for p in (factor, *rest.values())]
                    if reducer.decide([(zero, "==") for zero in zeros]).kind != "infeasible":
                        found.append(tuple(map(reducer.ring.function, _shortest(zeros))))
    found += [(reducer.ring.function(factor),) for factor in factors if str(factor) not in explained]
    return tuple(found)


def _shortest(zeros: Sequence[Any]) -> list[Any]:
    """Polynomials that are zero together, without multiples of others."""
    kept: list[Any] = []
    for zero in sorted(zeros, key=len):
        if not any((zero % other).is_zero() for other in kept):
            kept.append(zero)
    return kept


# ---------------------------------------------------------------------------------------------------------------------
# An outcome
# ---------------------------------------------------------------------------------------------------------------------
class Outcomes:
    """All pure profiles in which an outcome has probability one (or zero).

    Parameters
    ----------
    systems : Systems
    reducer : Reducer
    outcome : OutcomeFunctional
        Of kind "action" or "outcome".
    happens : bool
        Whether it is to happen for certain, or certainly not.
    """

    def __init__(self, systems: Systems, reducer: Reducer, outcome: OutcomeFunctional, happens: bool) -> None:
        self.systems, self.reducer, self.outcome, self.happens = systems, reducer, outcome, happens
        sizes = [len(place.actions) for place in systems.places]
        self.total = math.prod(sizes)
        if self.total > MAX_PROFILES:
            raise TooLarge(
                f"the game has {self.total:,} pure profiles, and those with an outcome are looked for among at most "
                f"{MAX_PROFILES:,}; ask for the conditions of a profile, one at a time."
            )
        self.matching = [chosen for chosen in itertools.product(*map(range, sizes)) if self._matches(chosen)]

    def _matches(self, chosen: Sequence[int]) -> bool:
        game = self.systems.game
        if not isinstance(game, ExtensiveGame):
            return bool(self.outcome.weights[tuple(chosen)]) is self.happens
        weights = dict(zip((int(node) for node in game.terminals), self.outcome.weights, strict=True))
        waiting = [0]
        while waiting:
            node = waiting.pop()
            if node in weights:
                if bool(weights[node]) is not self.happens:
                    return False
            elif game.kind[node] == 1:
                waiting.append(game.children[node][chosen[int(game.infoset[node])]])
            else:
                waiting.extend(child for child in game.children[node] if game.chance_probability[child] != 0)
        return True

    def drafts(self, bar: Any) -> tuple[list[Draft], list[Impossible]]:
        """The cases that are not impossible, and why others are."""
        systems = self.systems
        # What the profiles with the outcome do at the places of each part and of those after it.
        lost: list[Impossible] = []
        done: list[list[_Partial]] = []
        for k, part in enumerate(systems.parts):
            below = [
                place for j in sorted(systems._after(k)) for own in systems.parts[j].places for place in own
            ]
            wanted = {tuple(chosen[place] for place in below) for chosen in self.matching}
            possible: list[_Partial] = []
            for combination in itertools.product(*(done[child] for child in part.children)):
                before: dict[int, tuple[int, ...]] = {}
                for partial in combination:
                    before |= partial.chosen
                for own in systems.supports(k, pure=True):
                    chosen = before | own
                    if tuple(chosen[place][0] for place in below) not in wanted:
                        continue
                    found = self._partial(k, chosen, combination)
                    bar.update()
                    if isinstance(found, Impossible):
                        lost.append(found)
                    else:
                        possible.append(found)
            done.append(possible)
        full = tuple(range(len(systems.places)))
        drafts = []
        for partial in done[-1]:
            support = tuple(partial.chosen[place] for place in full)
            vectors = tuple(
                tuple(systems.one if a in actions else systems.zero for a in range(len(place.actions)))
                for place, actions in zip(systems.places, support, strict=True)
            )
            poles = {str(pole.numerator): pole for pole in partial.poles}
            drafts.append(
                Draft(
                    (support,),
                    partial.conditions,
                    partial.always,
                    partial.ties,
                    vectors,
                    partial.payoffs,
                    silent=tuple((pole,) for pole in poles.values()),
                )
            )
        return drafts, lost

    def _partial(
        self, k: int, chosen: dict[int, tuple[int, ...]], combination: Sequence[_Partial]
    ) -> _Partial | Impossible:
        systems, reducer = self.systems, self.reducer
        worth = {
            child: partial.payoffs
            for child, partial in zip(systems.parts[k].children, combination, strict=True)
        }
        stage = StageSystem(systems, k, chosen, worth)
        requirements = list(stage.requirements(solved=False))
        own = [condition(reducer, requirement, {}) for requirement in requirements]
        poles = reducer.denominators(requirement.function for requirement in requirements)
        before = [c for partial in combination for c in partial.conditions]
        full = {place: chosen.get(place, ()) for place in range(len(systems.places))}
        name = described(systems, list(full.values()), skip=frozenset(p for p, a in full.items() if not a))
        sifted = reducer.sift([*before, *own], name)
        if isinstance(sifted, Impossible):
            return sifted
        kept, always, ties = sifted
        if k < len(systems.parts) - 1 and len(kept) > 1:
            # Cut here what would be carried into every profile above.
            found = reducer.decide([c.constraint for c in kept])
            if found.kind == "infeasible":
                return Impossible(name, tuple(kept), found.tree)
        return _Partial(
            chosen,
            tuple(kept),
            tuple(c for partial in combination for c in partial.always) + tuple(always),
            tuple(c for partial in combination for c in partial.ties) + tuple(ties),
            stage.payoffs(),
            tuple(p for partial in combination for p in partial.poles)
            + tuple(map(reducer.ring.function, poles)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Partial:
    """What is played from one part of a tree on, and what must hold for it."""

    chosen: dict[int, tuple[int, ...]]
    conditions: tuple[Condition, ...]
    always: tuple[Condition, ...]
    ties: tuple[Condition, ...]
    payoffs: tuple[RationalFunction, ...]
    poles: tuple[RationalFunction, ...]


def merged(drafts: Sequence[Draft]) -> list[Draft]:
    """Cases that differ in one condition and its opposite taken together."""
    result = list(drafts)
    again = True
    while again:
        again = False
        for first, second in itertools.combinations(result, 2):
            union = _union(first, second)
            if union is not None:
                result = [union if d is first else d for d in result if d is not second]
                again = True
                break
    return result


def _union(first: Draft, second: Draft) -> Draft | None:
    if (
        first.unknowns
        or second.unknowns
        or any(a != b for a, b in zip(first.payoffs, second.payoffs, strict=True))
    ):
        return None
    ours, theirs = ({(str(c.polynomial), c.relation): c for c in d.conditions} for d in (first, second))
    left = [c for key, c in ours.items() if key not in theirs]
    right = [c for key, c in theirs.items() if key not in ours]
    if not left and not right:
        keep = first.conditions
    elif len(left) == len(right) == 1 and left[0].polynomial == -right[0].polynomial:
        if "==" in (left[0].relation, right[0].relation) or left[0].relation == right[0].relation == ">":
            return None
        keep = tuple(c for c in first.conditions if c is not left[0])
    else:
        return None
    return replace(
        first,
        supports=(*first.supports, *second.supports),
        conditions=keep,
        always=(*first.always, *second.always),
    )
