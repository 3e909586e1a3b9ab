r"""Conditions on parameters made few and simple, without changing what they say on a box.

A requirement of an equilibrium is a rational function :math:`n/d` of the parameters that must be :math:`\ge 0`, :math:`> 0` or
:math:`= 0`. On a closed box it is brought to a *condition*, a polynomial compared with zero, in steps that keep the set of points:

- where the sign of :math:`d` is fixed on the box, :math:`n/d \ge 0` is :math:`\pm n \ge 0`; otherwise the signs of its factors are cases;
- factors of :math:`n` of one sign (nowhere zero) on the box are dropped, and even powers become squares;
- what holds on the whole box is set aside with its least value; what holds nowhere makes the whole impossible;
- a condition that the others imply is set aside: the others and its strict negation have no common solution on the box, of
  which :mod:`gametheory.sensitivity._infeasibility` gives a certificate, on the box within the bounds (``"box"``) that constraints in
  one variable (``"by"``) are. What could not be decided stays and is said.

That the last step removes conditions one at a time, each against those still there, is what makes it safe: two conditions that imply
each other do not both go.

References
----------
.. [1] S. Basu, R. Pollack and M.-F. Roy, *Algorithms in Real Algebraic Geometry*, 2nd ed., Springer, 2006, ch. 2 and 4.
.. [2] J. Telgen, "Identifying redundant constraints and implicit equalities in systems of linear constraints", *Management
   Science* 29 (1983), 1209-1222.
.. [3] H. C. P. Berbee, C. G. E. Boender, A. H. G. Rinnooy Kan, C. L. Scheffer, R. L. Smith and J. Telgen, "Hit-and-run algorithms for the
   identification of nonredundant linear inequalities", *Mathematical Programming* 37 (1987), 184-207.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from gametheory.sensitivity import _boxes, _infeasibility
from gametheory.sensitivity._condition import Condition, Impossible, Polynomial, Reduced, Relation
from gametheory.sensitivity._stage_systems import Requirement
from gametheory.solvers.rational_functions import RationalFunction, Ring

__all__ = ["Reducer", "positions"]

Box: TypeAlias = Mapping[str, tuple[Fraction, Fraction]]

#: Parts of the box to look at before one question is left undecided.
BUDGET = 10
#: Points of the box at which earlier questions were answered, tried before a new one is asked.
MAX_POINTS = 2000
#: Ways walked from a point to others, steps of each, and the grid on which they end.
RAYS, STEPS, GRID = 200, 32, 8


class Reducer:
    """Simplifies conditions on one box.

    Parameters
    ----------
    ring : Ring
    box : mapping of str to (Fraction, Fraction)
        For every variable that occurs.
    budget : int
        Parts of the box to look at before one question is left undecided.
    """

    def __init__(self, ring: Ring, box: Box, budget: int = BUDGET) -> None:
        self.ring, self.box, self.budget = ring, dict(box), budget
        self._signs: dict[str, _boxes.Range] = {}
        self._normal: dict[tuple[str, str], Condition] = {}
        self._points: list[dict[str, Fraction]] = []
        self._at_points: dict[str, list[int]] = {}

    # -- single polynomials -------------------------------------------------------------------------------------------
    def range(self, polynomial: Polynomial) -> _boxes.Range:
        """Bounds on the box."""
        key = str(polynomial)
        if key not in self._signs:
            self._signs[key] = _boxes.range_on(self.ring, polynomial, self.box)
        return self._signs[key]

    def sign(self, polynomial: Polynomial) -> int | None:
        """1 or -1 if the polynomial has that sign everywhere on the box and is nowhere zero, None otherwise."""
        bounds = self.range(polynomial)
        return 1 if bounds.low > 0 else -1 if bounds.high < 0 else None

    def factors(self, polynomial: Polynomial) -> tuple[int, list[tuple[Polynomial, int]]]:
        """The sign of the constant factor, and the irreducible factors with their powers."""
        constant, parts = polynomial.factor()
        return (1 if constant > 0 else -1), [(part, int(power)) for part, power in parts]

    def condition(
        self, polynomial: Polynomial, relation: Relation, requirements: tuple[Requirement, ...] = ()
    ) -> Condition:
        """A polynomial compared with zero, without the factors that do not matter on the box."""
        key = str(polynomial), relation
        if key not in self._normal:
            self._normal[key] = self._condition(polynomial, relation)
        return replace(self._normal[key], requirements=requirements)

    def _condition(self, polynomial: Polynomial, relation: Relation) -> Condition:
        one = self.ring.constant(1)
        if polynomial.is_zero():
            zero = Fraction(0)
            return Condition(self.ring, self.ring.function(polynomial), relation, (), zero, zero)
        turned, parts = self.factors(polynomial)
        kept: list[tuple[Polynomial, int]] = []
        for part, power in parts:
            sign = self.sign(part)
            if sign is not None:
                turned *= sign**power
            else:
                kept.append((part, 1 if relation == "==" or power % 2 else 2))
        normal = one
        for part, power in kept:
            normal = normal * part**power
        if relation != "==":
            normal = normal * turned
        low, high = self._bounds(normal, kept, turned if relation != "==" else 1)
        if relation == ">=" and low < high == 0:
            return self._condition(polynomial, "==")  # nowhere positive: it can hold with equality only
        return Condition(self.ring, self.ring.function(normal), relation, (), low, high)

    def _bounds(
        self, polynomial: Polynomial, parts: list[tuple[Polynomial, int]], turned: int
    ) -> tuple[Fraction, Fraction]:
        """Bounds of a product: as one polynomial, and where the signs of its factors say more, by these."""
        bounds = self.range(polynomial)
        low, high = bounds.low, bounds.high
        signs = []
        for part, power in parts:
            own = self.range(part)
            signs.append(1 if own.low >= 0 or power == 2 else -1 if own.high <= 0 else 0)
        if 0 not in signs:
            whole = turned
            for sign in signs:
                whole *= sign
            low, high = (max(low, Fraction(0)), high) if whole > 0 else (low, min(high, Fraction(0)))
        return low, high

    @staticmethod
    def verdict(condition: Condition) -> bool | None:
        """Whether a condition holds on the whole box (True), nowhere on it (False), or neither is known."""
        low, high = condition.low, condition.high
        assert low is not None and high is not None
        if condition.relation == ">=":
            return True if low >= 0 else False if high < 0 else None
        if condition.relation == ">":
            return True if low > 0 else False if high <= 0 else None
        return True if low == high == 0 else False if low > 0 or high < 0 else None

    # -- denominators -------------------------------------------------------------------------------------------------
    def denominators(self, functions: Iterable[RationalFunction]) -> list[Polynomial]:
        """Irreducible factors of denominators whose sign the box leaves open."""
        found: dict[str, Polynomial] = {}
        for function in functions:
            if not function.denominator.is_constant():
                for part, _ in self.factors(function.denominator)[1]:
                    if self.sign(part) is None:
                        found.setdefault(str(part), part)
        return list(found.values())

    def cleared(self, function: RationalFunction, signs: Mapping[str, int]) -> Polynomial:
        """A polynomial with the sign of the function, where the factors of the denominator have the signs given.

        Factors of which neither the box nor the caller knows the sign are multiplied in.
        """
        if function.denominator.is_constant():
            return function.numerator  # by construction the constant is one
        turned, parts = self.factors(function.denominator)
        polynomial = function.numerator
        for part, power in parts:
            sign = self.sign(part) or signs.get(str(part))
            if sign is None:
                polynomial = polynomial * part if power % 2 else polynomial
            else:
                turned *= sign**power
        return polynomial * turned

    def sign_cases(self, factors: Sequence[Polynomial]) -> Iterator[tuple[dict[str, int], list[Condition]]]:
        """Every combination of signs of denominators, with the conditions that say so."""
        if not factors:
            yield {}, []
            return
        first, *rest = factors
        for sign in (1, -1):
            own = self.condition(first * sign, ">")
            if self.verdict(own) is False:
                continue
            for signs, conditions in self.sign_cases(rest):
                yield {str(first): sign, **signs}, [own, *conditions]

    # -- several together ---------------------------------------------------------------------------------------------
    def sift(
        self, conditions: Iterable[Condition], profile: str = ""
    ) -> tuple[list[Condition], list[Condition], list[Condition]] | Impossible:
        """Those that matter (each once), those that always hold, and ties; or why they cannot all hold."""
        kept: dict[str, Condition] = {}
        always: dict[str, Condition] = {}
        ties: list[Condition] = []
        for condition in conditions:
            verdict = self.verdict(condition)
            if verdict is False:
                return Impossible(profile, (condition,))
            if verdict:
                if condition.polynomial.is_zero():
                    ties.append(condition)
                else:
                    _join(always, condition)
                continue
            _join(kept, condition)
        return self._opposites(kept, profile), list(always.values()), ties

    def _opposites(self, kept: dict[str, Condition], profile: str) -> list[Condition]:
        """A polynomial that must be at least zero and at most zero is zero."""
        result = dict(kept)
        for key, condition in kept.items():
            other = str(-condition.polynomial)
            if key in result and other in result and key != other:
                pair = (condition, result[other])
                if all(c.relation == ">=" for c in pair):
                    requirements = tuple(r for c in pair for r in c.requirements)
                    result[key] = replace(condition, relation="==", requirements=requirements)
                    del result[other]
        return list(result.values())

    def decide(self, constraints: Sequence[tuple[Polynomial, Relation]]) -> _infeasibility.Outcome:
        """Whether constraints have a common solution on the box."""
        known = self._known(constraints)
        if known is not None:
            return _infeasibility.Outcome("feasible", {}, known)
        found = self._decide(constraints)
        if found.point is not None and len(self._points) < MAX_POINTS:
            self._points.append(self.middle() | found.point)
        return found

    def _decide(self, constraints: Sequence[tuple[Polynomial, Relation]]) -> _infeasibility.Outcome:
        """Whether constraints have a common solution on the box, within the bounds that some of them are on one variable."""
        box, used = self._tightened(constraints)
        if any(low > high for low, high in box.values()):
            return _infeasibility.Outcome("infeasible", {"box": box, "by": used, "multipliers": {}})
        found = _infeasibility.decide(self.ring, constraints, box, budget=self.budget)
        tree = {"box": box, "by": used, **found.tree} if used and found.point is None else found.tree
        return replace(found, tree=tree)

    def _tightened(
        self, constraints: Sequence[tuple[Polynomial, Relation]]
    ) -> tuple[dict[str, Any], list[int]]:
        """The box within the bounds that linear constraints in one variable are, and which constraints those are."""
        box, used = dict(self.box), []
        for k, (polynomial, relation) in enumerate(constraints):
            names = self.ring.used(polynomial)
            if len(names) != 1 or self.ring.degree(polynomial, names[0]) != 1:
                continue
            (name,) = names
            constant, slope = (self.ring.evaluate(c, {}) for c in self.ring.coefficients(polynomial, name))
            cut, (low, high) = -constant / slope, box[name]
            new = (
                max(low, cut) if slope > 0 or relation == "==" else low,
                min(high, cut) if slope < 0 or relation == "==" else high,
            )
            if new != (low, high):
                box[name] = new
                used.append(k)
                if new[0] > new[1]:
                    break
        return box, used

    def _known(self, constraints: Sequence[tuple[Polynomial, Relation]]) -> dict[str, Fraction] | None:
        """A solution among the points that answered earlier questions."""
        rows = []
        for polynomial, relation in constraints:
            signs = self._at_points.setdefault(str(polynomial), [])
            for point in self._points[len(signs) :]:
                value = self.ring.evaluate(polynomial, point)
                signs.append((value > 0) - (value < 0))
            rows.append([{">=": s >= 0, ">": s > 0, "==": s == 0}[relation] for s in signs])
        return next((p for k, p in enumerate(self._points) if all(row[k] for row in rows)), None)

    def _explore(self, conditions: Sequence[Condition], start: Mapping[str, Fraction]) -> None:
        """Walk from a point at which all conditions hold to many others, and keep points at which a single one has come to fail.

        Such a point shows that the others do not imply the condition (hit and run, Berbee et al. 1987). Floats only propose.
        """
        names = [name for name, (low, high) in self.box.items() if low < high]
        if len(conditions) < 2 or not names or len(self._points) >= MAX_POINTS:
            return
        draws = np.random.default_rng(0).integers(0, GRID + 1, (RAYS, len(names)))
        draws[::2] = np.where(draws[::2] > GRID // 2, GRID, 0)  # half of the rays go to vertices
        low, high = (np.array([float(self.box[name][k]) for name in names]) for k in (0, 1))
        origin = np.array([float(start[name]) for name in names])
        ends = low + (high - low) * draws / GRID
        shares = np.arange(1, STEPS + 1) / STEPS
        points = origin + shares[:, None, None] * (ends - origin)  # steps, rays, names
        columns = {name: points[..., k] for k, name in enumerate(names)}
        fixed = {name: float(ends[0]) for name, ends in self.box.items() if name not in columns}
        fails = np.array(
            [~_holds(self.ring, c, columns | fixed) for c in conditions]
        )  # conditions, steps, rays
        single = fails.sum(axis=0) == 1
        for own in fails:
            where = np.argwhere(own & single)
            if len(where):
                step, ray = where[0]
                share = Fraction(int(step) + 1, STEPS)
                point = self.middle() | dict(start)
                for k, name in enumerate(names):
                    least, most = self.box[name]
                    end = least + (most - least) * Fraction(int(draws[ray, k]), GRID)
                    point[name] += share * (end - point[name])
                self._points.append(point)

    def reduce(self, conditions: Iterable[Condition], profile: str = "") -> Reduced | Impossible:
        """The conditions that matter, with what became of the others."""
        sifted = self.sift(conditions, profile)
        if isinstance(sifted, Impossible):
            return sifted
        kept, always, ties = sifted
        undecided = []
        whole = self.decide([c.constraint for c in kept]) if kept else None
        if whole is not None and whole.kind == "infeasible":
            used = sorted(positions(whole.tree))
            return Impossible(profile, tuple(kept[k] for k in used), _renumbered(whole.tree, used))
        point = self.middle() if whole is None else whole.point
        if whole is not None and whole.kind == "unknown":
            undecided.append("whether these conditions can hold together on the box")
        if point is not None:
            self._explore(kept, point)
        implied: list[Condition] = []
        # The longest first: what stays should be short.
        for condition in sorted(kept, key=lambda c: (-len(c.polynomial), c.label)):
            others = [c.constraint for c in kept if c is not condition]
            found = [self.decide([*others, negation]) for negation in condition.negations()]
            if all(outcome.kind == "infeasible" for outcome in found):
                labels = tuple(c.label for c in kept if c is not condition)
                proof = {"others": labels, "trees": tuple(outcome.tree for outcome in found)}
                implied.append(replace(condition, certificate=proof))
                kept = [c for c in kept if c is not condition]
            elif not any(outcome.kind == "feasible" for outcome in found):
                undecided.append(f"whether the others imply: {condition.label}")
        return Reduced(tuple(kept), tuple(always), tuple(implied), tuple(ties), point, tuple(undecided))

    def middle(self) -> dict[str, Fraction]:
        """The middle of the box."""
        return {name: (low + high) / 2 for name, (low, high) in self.box.items()}


def _holds(ring: Ring, condition: Condition, values: Mapping[str, Any]) -> Any:
    """Whether a condition holds at an array of points, in floating point."""
    total: Any = 0.0
    for exponents, coefficient in condition.polynomial.to_dict().items():
        term: Any = int(coefficient.p) / int(coefficient.q)
        for name, power in zip(ring.names, exponents, strict=True):
            if power:
                term = term * values[name] ** int(power)
        total = total + term
    shape = next(v for v in values.values() if isinstance(v, np.ndarray)).shape
    if condition.relation == "==":
        return np.ones(shape, dtype=bool)  # whatever fails with it held is for exact arithmetic to say
    return np.broadcast_to(total >= 0 if condition.relation == ">=" else total > 0, shape)


def _join(known: dict[str, Condition], condition: Condition) -> None:
    """Add a condition, or its requirements to one that says as much."""
    key = str(condition.polynomial)
    other = known.get(key)
    if other is not None and {other.relation, condition.relation} == {">", "=="}:
        key += condition.relation  # they contradict each other, which is not for here to say
        other = known.get(key)
    if other is None:
        known[key] = condition
        return
    strength = {">=": 0, ">": 1, "==": 2}
    relation = max(other.relation, condition.relation, key=lambda r: strength[r])
    known[key] = replace(
        other, relation=relation, requirements=(*other.requirements, *condition.requirements)
    )


def positions(tree: Mapping[str, Any]) -> set[int]:
    """The constraints that a certificate uses."""
    own = {*tree.get("by", ()), *tree.get("multipliers", ())}
    return own.union(*(positions(part) for part in tree.get("parts", ())))


def _renumbered(tree: Mapping[str, Any], used: Sequence[int]) -> dict[str, Any]:
    """A certificate for fewer constraints: those used, in their order."""
    new = dict(tree)
    if "by" in tree:
        new["by"] = [used.index(k) for k in tree["by"]]
    if "multipliers" in tree:
        new["multipliers"] = {used.index(k): value for k, value in tree["multipliers"].items()}
    if "parts" in tree:
        new["parts"] = [_renumbered(part, used) for part in tree["parts"]]
    return new
