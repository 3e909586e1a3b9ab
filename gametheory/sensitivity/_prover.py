r"""Proving that nothing breaks a claim: case distinctions, each closed by multipliers.

What would break a claim is an equilibrium :math:`\sigma` for which no other makes up (:mod:`gametheory.sensitivity._claims`). It
satisfies polynomial inequalities, and for every candidate one of several: some deviation gains, or the candidate's outcome falls short. The
search for a contradiction goes down a tree of cases, as in the procedure of Davis, Putnam, Logemann and Loveland (1962):

1. If multipliers contradict the inequalities so far on the domain so far, the case is closed.
2. Otherwise a point is sought at which they all hold. If the claim is broken there in exact arithmetic, it is refuted.
3. If a candidate makes up at that point, it is taken up: one case for each thing that may keep it from making up. None of these holds at
   the point, so it does not come back (refinement by counterexamples, Clarke et al. 2000).
4. If none does, a plan that :math:`\sigma` may or may not use is distinguished: either its probability is zero, or it is a best reply.
5. If no plan is left to distinguish, the domain is halved.

Every distinction is exhaustive by itself, so that the tree can be checked without the search.

References
----------
.. [1] M. Davis, G. Logemann and D. Loveland, "A machine program for theorem-proving", *Communications of the ACM* 5 (1962), 394-397.
.. [2] E. Clarke, O. Grumberg, S. Jha, Y. Lu and H. Veith, "Counterexample-guided abstraction refinement", *CAV* (2000), 154-169.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from gametheory.sensitivity._boxes import Cube, Domain, Point
from gametheory.sensitivity._claim_formulas import Choices, Key, Obliged
from gametheory.sensitivity._infeasibility import Attempt, Tree, attempt, divide, volume
from gametheory.sensitivity._scaled_systems import Scaled, System, scale
from gametheory.sensitivity._witnesses import nearest

__all__ = ["Refuted", "Search", "search"]

#: How far below zero a scaled condition may be at a point that stands for one at which it holds.
SLACK = 1e-7
#: How far a condition may hold for a candidate that is nearly an equilibrium.
NEAR = 0.02
#: Distinctions within each other; what lies deeper stays open.
MOST_DEEP = 100
#: Effects of a distinction that are no rounding errors.
USEFUL = 1e-9
#: Candidates that are compared at one point.
MOST_CANDIDATES = 64

#: Says whether the claim is broken at a point of the parameters, in exact arithmetic; returns what it found.
Judge: TypeAlias = Callable[[Point], Any | None]


class Refuted(Exception):
    """The claim is broken; carries what the judge returned."""

    def __init__(self, found: Any) -> None:
        super().__init__("the claim is broken")
        self.found = found


@dataclass(slots=True, eq=False)
class Search:
    """What came of a search: the tree of cases, and how much of it is open."""

    tree: Tree
    cases: int = 0
    open_volume: Fraction = Fraction(0)
    whole: Fraction = Fraction(1)
    open_domains: list[Domain] = field(default_factory=list)

    @property
    def proved(self) -> bool:
        return not self.open_domains

    @property
    def share_left(self) -> float:
        return (
            min(1.0, float(self.open_volume / self.whole)) if self.whole else float(bool(self.open_domains))
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    domain: Domain
    keys: tuple[Key, ...]
    #: Plans that are known to be played, or candidates that are taken up already.
    played: frozenset[tuple[int, int, int]] = frozenset()
    taken: frozenset[Choices] = frozenset()
    #: Whether the conditions of all stages are among the keys.
    whole: bool = True
    depth: int = 0

    def next(self, **changes: Any) -> _Case:
        """A case within this one."""
        return replace(self, depth=self.depth + 1, **changes)


class _Workshop:
    """The scaled polynomials of one obligation, on each domain once."""

    def __init__(self, obliged: Obliged) -> None:
        self.obliged = obliged
        self._rows: dict[tuple[int, Key], Scaled] = {}
        self._cubes: dict[int, tuple[Domain, Cube]] = {}
        names = obliged.formulas.ring.names
        self._degrees = dict.fromkeys(names, 1)

    def cube(self, domain: Domain, keys: tuple[Key, ...]) -> Cube:
        fresh = False
        ring = self.obliged.formulas.ring
        for key in keys:
            polynomial = self.obliged.constraint(key)[0]
            if polynomial:
                for name, degree in zip(ring.names, polynomial.degrees(), strict=True):
                    if degree > self._degrees[name]:
                        self._degrees[name] = int(degree)
                        fresh = True
        if fresh:
            self._cubes.clear()
            self._rows.clear()
        # The domain is kept with its cube, so that its id is not used again.
        if id(domain) not in self._cubes:
            self._cubes[id(domain)] = domain, Cube(ring, domain, self._degrees)
        return self._cubes[id(domain)][1]

    def system(self, domain: Domain, keys: tuple[Key, ...]) -> System:
        cube = self.cube(domain, keys)
        rows, relations = [], []
        for key in keys:
            polynomial, relation = self.obliged.constraint(key)
            if (id(domain), key) not in self._rows:
                self._rows[id(domain), key] = scale(cube, polynomial)
            rows.append(self._rows[id(domain), key])
            relations.append(relation)
        return System(cube, rows, relations)  # type: ignore[arg-type]  # relations are those of constraints


def search(
    obliged: Obliged, judge: Judge, *, max_cases: int, tick: Callable[[], object] = lambda: None
) -> Search:
    """Look for a proof that the obligation cannot be met, or a point at which it is.

    Parameters
    ----------
    obliged : Obliged
    judge : callable
        Called with points that may break the claim.
    max_cases : int
        Cases to look at before what is left stays open.
    tick : callable
        Called for each case.

    Raises
    ------
    Refuted
        If the judge confirms a point.
    """
    formulas = obliged.formulas
    shop = _Workshop(obliged)
    result = Search({}, whole=volume(formulas.domain))
    everything = frozenset(range(len(formulas.parts)))
    affected = obliged.affected() or everything
    asked: set[tuple[tuple[str, Fraction], ...]] = set()

    def work(case: _Case) -> Tree:
        if result.cases >= max_cases or case.depth >= MOST_DEEP:
            result.open_domains.append(case.domain)
            result.open_volume += volume(case.domain)
            return {"open": True}
        result.cases += 1
        tick()
        system = shop.system(case.domain, case.keys)
        found = attempt(system)
        if found.multipliers is not None:
            return {"multipliers": [(case.keys[k], v) for k, v in found.multipliers.items()]}
        witness = nearest(system, found.start) or found.start
        whole = case.whole
        if whole and witness is not None:
            place = tuple((n, witness[n]) for n in formulas.box if formulas.box[n][0] < formulas.box[n][1])
            if place not in asked:
                asked.add(place)
                broken = judge(witness)
                if broken is not None:
                    raise Refuted(broken)
        # What the move touches comes first: in the other stages the equilibrium can stay as it is.
        for stages in (affected, everything) if whole and affected != everything else (affected,):
            if witness is not None and obliged.asks_for_candidates:
                choices = _candidate(obliged, witness, case, stages)
                if choices is not None:
                    return take_up(case, choices)
            plan = _undecided_plan(obliged, case, found, stages, stages == everything)
            if plan is not None:
                return distinguish(case, plan)
            if witness is not None and obliged.asks_for_candidates:
                choices = _nearly(obliged, witness, case, stages)
                if choices is not None:
                    return take_up(case, choices)
        if not whole:
            # The conditions in the other stages may be what is missing.
            return work(case.next(keys=tuple(dict.fromkeys((*case.keys, *obliged.conditions()))), whole=True))
        if not found.splits:
            result.open_domains.append(case.domain)
            result.open_volume += volume(case.domain)
            return {"open": True}
        label, halves = divide(case.domain, found.splits[0][1])
        return {**label, "parts": [work(case.next(domain=h)) for h in halves]}

    def take_up(case: _Case, choices: Choices) -> Tree:
        parts = [
            [key, work(case.next(keys=(*case.keys, key), taken=case.taken | {choices}))]
            for key in obliged.alternatives(choices)
        ]
        return {"candidate": choices, "parts": parts}

    def distinguish(case: _Case, plan: tuple[int, int, int]) -> Tree:
        k, m, s = plan
        names = formulas.group_names[k, m]
        face = case.domain.without(names, names[s])
        played = tuple(("played", k, m, s, other) for other in range(len(names)) if other != s)
        played = tuple(key for key in played if obliged.constraint(key)[0])
        return {
            "plan": [k, m, s],
            "parts": [
                None if face is None else work(case.next(domain=face)),
                work(case.next(keys=(*case.keys, *played), played=case.played | {plan})),
            ],
        }

    few = tuple(key for key in obliged.conditions() if key[0] != "equilibrium" or key[1] in affected)
    result.tree = work(_Case(formulas.domain, few, whole=affected == everything))
    return result


def _undecided_plan(
    obliged: Obliged, case: _Case, found: Attempt, stages: frozenset[int], last: bool
) -> tuple[int, int, int] | None:
    """A plan in some stages of which it is open whether it is played; of the group that matters most, the first stage between equals.

    None if it is the last resort before halving and halving a variable promises more than any of them.
    """
    formulas = obliged.formulas
    place = {names: key for key, names in formulas.group_names.items()}
    groups = [
        (effect, place[split[0]], split)
        for effect, split in found.splits
        if not isinstance(split, str) and place[split[0]][0] in stages
    ]
    helps = any(effect > USEFUL for effect, _, _ in groups)
    if last and not helps and any(e > USEFUL for e, split in found.splits if isinstance(split, str)):
        return None
    for _, (k, m), (names, *corners) in sorted(groups, key=lambda one: (-round(one[0] / USEFUL), -one[1][0])):
        vertices = case.domain.groups[names]
        order = [*corners, *(c for c in range(len(vertices)) if c not in corners)]
        for corner in order:
            for s, value in enumerate(vertices[corner]):
                if value == 1 and (k, m, s) not in case.played:
                    return k, m, s
    return None


def _candidate(obliged: Obliged, witness: Point, case: _Case, stages: frozenset[int]) -> Choices | None:
    """A candidate that makes up at a point: one that keeps as much of the equilibrium and has as few ways to fail as there are."""
    for changes in range(len(stages) + 1):
        best: tuple[int, Choices] | None = None
        for choices in itertools.islice(_alive(obliged, witness, changes, stages), MOST_CANDIDATES):
            if choices in case.taken:
                continue
            ways = sum(_possible(obliged, key) for key in obliged.alternatives(choices))
            if best is None or ways < best[0]:
                best = ways, choices
        if best is not None:
            return best[1]
    return None


def _nearly(obliged: Obliged, witness: Point, case: _Case, stages: frozenset[int]) -> Choices | None:
    """The candidate with one pure stage that comes nearest to making up at a point that is known to rounding errors only."""
    formulas = obliged.formulas
    best: tuple[float, Choices] | None = None
    for k in sorted(stages, reverse=True):
        for cell in itertools.islice(np.ndindex(*formulas.sizes[k]), MOST_CANDIDATES):
            choices = tuple(
                tuple(int(s) for s in cell) if j == k else None for j in range(len(formulas.parts))
            )
            if choices in case.taken:
                continue
            worst = max(_relative(obliged, key, witness) for key in obliged.alternatives(choices))
            if worst < NEAR and (best is None or worst < best[0]):
                best = worst, choices
    return None if best is None else best[1]


def _relative(obliged: Obliged, key: Key, witness: Point) -> float:
    """A condition at a point, relative to its greatest coefficient."""
    polynomial, _ = obliged.constraint(key)
    if not polynomial:
        return 0.0
    value = float(obliged.formulas.ring.evaluate(polynomial, witness))
    size = max(abs(float(c)) for c in polynomial.to_dict().values())
    return value / size if size else 0.0


def _possible(obliged: Obliged, key: Key) -> bool:
    """Whether a condition is more than a number that fails it."""
    polynomial, _ = obliged.constraint(key)
    if not polynomial:
        return False
    return not (polynomial.is_constant() and polynomial.leading_coefficient() <= 0)


def _alive(obliged: Obliged, witness: Point, changes: int, stages: frozenset[int]) -> Iterator[Choices]:
    """The candidates that change a number of some stages, are equilibria and make up, at a point: from the last stage up."""
    formulas = obliged.formulas
    n = len(formulas.parts)

    def holds(key: Key) -> bool:
        """Whether what keeps a candidate from making up fails to hold."""
        return _relative(obliged, key, witness) <= SLACK

    def grow(k: int, chosen: tuple[Any, ...]) -> Iterator[Choices]:
        changed = sum(own is not None for own in chosen)
        if k == n:
            if holds(("short", chosen)):
                yield chosen
            return
        left = sum(j in stages for j in range(k + 1, n))
        own: list[Any] = [None] if changed + left >= changes else []
        own += np.ndindex(*formulas.sizes[k]) if changed < changes and k in stages else []
        for option in own:
            if option is not None:
                option = tuple(int(s) for s in option)
            so_far = (*chosen, option, *([None] * (n - k - 1)))
            gains = (
                ("gain", so_far, k, m, plan)
                for m, size in enumerate(formulas.sizes[k])
                if size > 1
                for plan in range(size)
                if option is None or option[m] != plan
            )
            if all(map(holds, gains)):
                yield from grow(k + 1, so_far[: k + 1])

    yield from grow(0, ())
