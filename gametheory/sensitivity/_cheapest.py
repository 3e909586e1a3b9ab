r"""The least cost at which a target about the equilibria is met, by branch and bound with proofs.

Let the levers :math:`\theta` run over a box and let :math:`c(\theta) = \sum_i u_i (\theta_i - b_i)^+ + d_i (b_i - \theta_i)^+` be the cost
of moving them from the baseline :math:`b`. Asked for is :math:`c^* = \inf \{ c(\theta) : \text{the target holds at } \theta \}`.

Where the target holds, some equilibrium meets it, for every finite game has one. So on a part of the box on which every case that
meets the target is contradictory (:mod:`gametheory.sensitivity._cases`), the target fails throughout; and so it does, where it is about
every equilibrium, if the requirements of one case that breaks it hold throughout. Where no case breaks the target it holds throughout.
Parts of which neither is known are halved, the cheapest first. A part is also left if no case that meets the target is possible in it
at less than the cost known (the cost is linear on a part that is on one side of the baseline): that is a proof by multipliers, too.

Costs from above are those of points at which the exact solver finds the target met. They come from local searches in each case
(sequential quadratic programming). Where as many constraints as levers are tight there and affine, their solution is rational, and is
taken for the cost to beat, if an exact map along a way into the inside shows that the target holds from there on; if then every part
is left, :math:`c^*` is that cost exactly.

References
----------
.. [1] R. Horst and H. Tuy, *Global Optimization: Deterministic Approaches*, 3rd ed., Springer, 1996, ch. 4.
.. [2] J. Nash, "Non-cooperative games", *Annals of Mathematics* 54 (1951), 286-295.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq_mat
from tqdm import tqdm

from gametheory import scalars
from gametheory.errors import GameTheoryError
from gametheory.parameters.model import Model
from gametheory.parameters.parameter import Parameter
from gametheory.parameters.space import ParameterSpace
from gametheory.sensitivity._boxes import Domain
from gametheory.sensitivity._cases import Arena, Case, Cases, solve_at
from gametheory.sensitivity._costs import Box, Costs, Found, Left, Point
from gametheory.sensitivity._infeasibility import attempt, divide
from gametheory.sensitivity._local import MARGIN, Smooth, minimise
from gametheory.sensitivity._scaled_systems import Constraint
from gametheory.sensitivity._scaled_systems import System as Scalings
from gametheory.sensitivity._statements import Statement
from gametheory.sensitivity._switching import first_truth
from gametheory.sensitivity.thresholds import thresholds
from gametheory.solvers.algebraic import from_fraction, to_fraction

__all__ = ["Cheapest"]


#: Parts of a mixed case that are looked at in search of a proof, where one part does not suffice.
PARTS = 12
#: Most combinations of constraints by which points without the cases that break the target are looked for.
WAYS = 12
#: Steps from the cheapest point of a case into its inside, as shares of the way to a point well inside.
STEPS = tuple(Fraction(1, 10**k) for k in (9, 7, 6, 5, 4, 3, 2))


class Cheapest:
    """The search for the least cost."""

    def __init__(
        self, cases: Cases, statement: Statement, costs: Costs, box: Box, fixed: Mapping[str, Fraction]
    ) -> None:
        self.cases, self.statement, self.costs, self.box, self.fixed = (
            cases,
            statement,
            costs,
            box,
            dict(fixed),
        )
        self.ring = cases.ring
        self.upper: Fraction | None = None
        self.point: Point | None = None
        #: The infimum that is believed, with its point.
        self.limit: tuple[Fraction, Point] | None = None
        self._judged: dict[tuple[Fraction, ...], bool | None] = {}
        self._meaningless: set[tuple[Fraction, ...]] = set()

    # -- points -------------------------------------------------------------------------------------------------------
    def holds(self, point: Mapping[str, Fraction]) -> bool | None:
        """Whether the exact solver finds the target met at a point."""
        key = tuple(point[name] for name in self.box)
        if key not in self._judged:
            try:
                self._judged[key] = self.statement.holds(solve_at(self.cases.model, {**self.fixed, **point}))
            except GameTheoryError:  # the game has no meaning there
                self._meaningless.add(key)
                self._judged[key] = None
        return self._judged[key]

    def _is_proved(self, point: Point) -> bool:
        """Take the target for met at a point of a part on which it is proved, unless the game has no meaning there.

        The solver itself may not decide, where an irrational equilibrium gives the very number that the target names.
        """
        key = tuple(point[name] for name in self.box)
        if self.holds(point) is None and key not in self._meaningless:
            self._judged[key] = True
        return self._judged[key] is True

    def _offer(self, point: Point) -> bool:
        """Take a point, if the target holds there, for the cheapest if it is."""
        cost = self.costs.of(point)
        if self.upper is not None and cost >= self.upper:
            return self.holds(point) is True
        if self.holds(point):
            self.upper, self.point = cost, point
            if self.limit is not None and cost < self.limit[0]:
                self.limit = None  # it was only a local one
            return True
        return False

    # -- search -------------------------------------------------------------------------------------------------------
    def run(self, tolerance: Fraction, budget: int, progress: bool) -> Found:
        """Branch and bound."""
        left: list[Left] = []
        count = itertools.count()
        waiting: list[tuple[Fraction, int, Box, list[Case] | None, int]] = [
            (self.costs.of(self.costs.least(part)), next(count), part, None, 0) for part in self._sides()
        ]
        heapq.heapify(waiting)
        exact, looked = True, 0
        with tqdm(desc="levers: parts", unit="part", delay=1, disable=not progress, leave=False) as bar:
            while waiting and looked < budget:
                least, _, part, known, depth = heapq.heappop(waiting)
                if self._is_dear(least, tolerance):
                    exact &= self.limit is not None and least >= self.limit[0]
                    left.append(Left(part, "dearer"))
                    continue
                looked += 1
                bar.update()
                reason, cases = self._judge(part, known, depth, tolerance)
                if reason is not None:
                    left.append(Left(part, reason))
                    exact &= reason != "dearer" or self._by_limit
                    continue
                for half in self._halves(part):
                    cost = self.costs.of(self.costs.least(half))
                    heapq.heappush(waiting, (cost, next(count), half, cases, depth + 1))
        lower = min([entry[0] for entry in waiting], default=None)
        left.extend(Left(entry[2], "open") for entry in waiting)
        share = sum(float(_share(entry[2], self.box)) for entry in waiting)
        if self.upper is None:
            return Found(
                lower if lower is not None else Fraction(0), None, None, None, False, tuple(left), share
            )
        exact &= not waiting and self.limit is not None
        assert self.point is not None
        if exact and self.limit is not None:
            return Found(self.limit[0], self.upper, self.point, self.limit[1], True, tuple(left), share)
        proved = self.upper * (1 - tolerance)
        if self.limit is not None:
            proved = min(proved, self.limit[0])
        lower = proved if lower is None else min(lower, proved)
        limit = self.limit[1] if self.limit is not None else None
        return Found(lower, self.upper, self.point, limit, False, tuple(left), share)

    def _sides(self) -> Iterator[Box]:
        """The parts of the box on the sides of the baseline."""
        options = []
        for name, (low, high) in self.box.items():
            base = self.costs.base[name]
            options.append([(low, base), (base, high)] if low < base < high else [(low, high)])
        for choice in itertools.product(*options):
            yield dict(zip(self.box, choice, strict=True))

    def _is_dear(self, least: Fraction, tolerance: Fraction) -> bool:
        if self.upper is None:
            return False
        if self.limit is not None and least >= self.limit[0]:
            return True
        return least >= self.upper * (1 - tolerance)

    def _judge(
        self, part: Box, known: list[Case] | None, depth: int, tolerance: Fraction
    ) -> tuple[Any, list[Case]]:
        """Why a part is done with, or None, and the cases that are possible in it."""
        self._by_limit = False
        arena = self.cases.arena(part)
        cases = self.cases.possible(arena) if known is None else self.cases.narrow(known, arena)
        if self.statement.quantifier == "every" and self._sure(cases, arena, meets=False):
            return "one breaks", cases
        cases = [case for case in cases if not (case.groups and self._refuted(case.constraints, case, arena))]
        meeting = [case for case in cases if case.meets]
        breaking = [case for case in cases if not case.meets]
        if not meeting:
            return "none meets", cases
        sure = self.statement.quantifier == "some" and self._sure(meeting, arena, meets=True)
        if sure or not breaking:
            cheapest = self.costs.least(part)
            if self._is_proved(cheapest):
                if self._offer(cheapest) and self.upper == self.costs.of(cheapest):
                    self.limit = self.upper, cheapest
                return "holds", cases
        if depth % 3 == 0:
            for case in meeting:
                for extra in self._ways_out(breaking):
                    self._explore(case, part, extra)
        for point in (self.costs.least(part), {n: (a + b) / 2 for n, (a, b) in part.items()}):
            self._offer(point)
        if self.limit is not None and self._none_below(meeting, arena, part, self.limit[0], ">"):
            self._by_limit = True
            return "dearer", cases
        if self.upper is not None and self._none_below(
            meeting, arena, part, self.upper * (1 - tolerance), ">="
        ):
            return "dearer", cases
        return None, cases

    def _ways_out(self, breaking: Sequence[Case]) -> list[tuple[Constraint, ...]]:
        """Choices of one constraint of each pure case that breaks the target, turned around: where to look for points without it."""
        if self.statement.quantifier == "some":
            return [()]
        options = [
            [(-polynomial, ">=") for polynomial, relation in case.constraints if relation != "=="]
            for case in breaking
            if not case.groups
        ]
        # A heuristic: proofs do not rest on it.
        chosen: list[Any] = list(itertools.islice(itertools.product(*(o for o in options if o)), WAYS))
        return [(), *(choice for choice in chosen if choice)]

    def _sure(self, cases: Sequence[Case], arena: Arena, *, meets: bool) -> bool:
        """Whether one of the cases holds throughout a part."""
        return any(case.meets == meets and arena.always(case.constraints) for case in cases)

    def _refuted(self, constraints: Sequence[Constraint], case: Case, arena: Arena) -> bool:
        """Whether a case, with what else is asked, is impossible on a part; its mixed strategies are divided a little."""
        if arena.attempt(constraints).multipliers is not None:
            return True
        if not case.groups:
            return False
        waiting = [Domain(arena.box, {group: Domain.simplex(len(group)) for group in case.groups})]
        for _ in range(PARTS):
            if not waiting:
                return True
            domain = waiting.pop()
            found = attempt(Scalings.of(self.ring, constraints, domain))
            if found.multipliers is None:
                split = next((split for _, split in found.splits if not isinstance(split, str)), None)
                if split is None:
                    return False
                waiting.extend(divide(domain, split)[1])
        return not waiting

    def _none_below(
        self, meeting: Sequence[Case], arena: Arena, part: Box, cost: Fraction, relation: Any
    ) -> bool:
        """Whether no case is possible on a part at less than a cost (with ">=": at that cost or less)."""
        slopes = self.costs.slopes(part)
        room = self.ring.constant(cost)
        for name, slope in slopes.items():
            if name in self.ring.names:
                move = self.ring.variable(name) - self.ring.constant(self.costs.base[name])
                room = room - move * from_fraction(slope)
            elif part[name][0] > self.costs.base[name] or part[name][1] < self.costs.base[name]:
                room = room - self.ring.constant(
                    slope * (self.costs.least({name: part[name]})[name] - self.costs.base[name])
                )
        return all(self._refuted([*case.constraints, (room, relation)], case, arena) for case in meeting)

    def _halves(self, part: Box) -> tuple[Box, Box]:
        name = max(part, key=lambda n: _width(part[n], self.box[n]))
        low, high = part[name]
        middle = (low + high) / 2
        if self.limit is not None:
            # At the border itself, so that both sides can be told.
            inside = [n for n, (a, b) in part.items() if a < self.limit[1][n] < b]
            if inside:
                name = max(inside, key=lambda n: _width(part[n], self.box[n]))
                low, high = part[name]
                middle = self.limit[1][name]
        return part | {name: (low, middle)}, part | {name: (middle, high)}

    # -- local search -------------------------------------------------------------------------------------------------
    def _explore(self, case: Case, part: Box, extra: Sequence[Constraint]) -> None:
        """The cheapest point of a case in a part: a candidate for the infimum, and points near by where the target holds."""
        names = [name for name in part if name in self.ring.names and part[name][0] < part[name][1]]
        if not names:
            return
        unknown = [name for group in case.groups for name in group]
        low = np.array([float(part[n][0]) for n in names] + [0.0] * len(unknown))
        step = np.array([float(part[n][1] - part[n][0]) for n in names] + [1.0] * len(unknown))
        still = {n: ends[0] for n, ends in part.items() if n in self.ring.names and n not in names}
        constraints = [
            (self.ring.substitute(q, still), relation) for q, relation in (*case.constraints, *extra)
        ]
        constraints = [(q, relation) for q, relation in constraints if q and not q.is_constant()]
        smooth = Smooth(self.ring, [q for q, _ in constraints], [*names, *unknown], low, step)
        slopes = self.costs.slopes(part)
        price = np.array([float(slopes[n]) for n in names] + [0.0] * len(unknown)) * step
        equal = [k for k, (_, relation) in enumerate(constraints) if relation == "=="]
        other = [k for k in range(len(constraints)) if k not in equal]
        totals = np.zeros((len(case.groups), len(low)))
        for g, group in enumerate(case.groups):
            for name in group:
                totals[g, len(names) + unknown.index(name)] = 1.0
        rules: list[dict[str, Any]] = []
        if other:
            rules.append(
                {
                    "type": "ineq",
                    "fun": lambda z: smooth(z)[other],
                    "jac": lambda z: smooth.gradient(z)[other],
                }
            )
        if equal or len(totals):
            rules.append(
                {
                    "type": "eq",
                    "fun": lambda z: np.append(smooth(z)[equal], totals @ z - 1.0),
                    "jac": lambda z: np.vstack([smooth.gradient(z)[equal], totals]),
                }
            )
        shares = np.concatenate(
            [np.full(len(group), 1 / len(group)) for group in case.groups] or [np.empty(0)]
        )
        inside = self._inside(smooth, other, rules, np.concatenate([np.full(len(names), 0.5), shares]))
        starts = [np.concatenate([np.full(len(names), 0.5), shares])] + ([] if inside is None else [inside])
        for start in starts:
            result = minimise(
                lambda z: (float(price @ z), price),
                start,
                jac=True,
                bounds=[(0.0, 1.0)] * len(start),
                constraints=rules,
                method="SLSQP",
                options={"maxiter": 200, "ftol": 1e-13},
            )
            z = np.asarray(result.x)
            if not np.all(np.isfinite(z)) or (len(other) and smooth(z)[other].min() < -1e-6):
                continue
            limit = self._polished(constraints, part, names, z[: len(names)])
            rough = self._rational(part, names, z)
            goal = None if inside is None else self._rational(part, names, inside)
            self._enter(limit, rough, goal)

    def _inside(
        self, smooth: Smooth, other: list[int], rules: list[dict[str, Any]], start: Any
    ) -> Any | None:
        """A point well inside a case: the least constraint is as great as a local search makes it."""
        n = len(start)
        if not other:
            return start
        raised = [
            {
                "type": rule["type"],
                "fun": (lambda z, f=rule["fun"], k=float(rule["type"] == "ineq"): f(z[:n]) - k * z[n]),
                "jac": (
                    lambda z, f=rule["jac"], k=float(rule["type"] == "ineq"): np.column_stack(
                        [f(z[:n]), np.full(len(f(z[:n])), -k)]
                    )
                ),
            }
            for rule in rules
        ]
        result = minimise(
            lambda z: (-float(z[n]), np.append(np.zeros(n), -1.0)),
            np.append(start, float(smooth(start)[other].min())),
            jac=True,
            bounds=[(0.0, 1.0)] * n + [(None, 1.0)],
            constraints=raised,
            method="SLSQP",
            options={"maxiter": 100, "ftol": 1e-10},
        )
        z = np.asarray(result.x)[:n]
        return z if np.all(np.isfinite(z)) and smooth(z)[other].min() > MARGIN else None

    def _rational(self, part: Box, names: Sequence[str], z: Any) -> Point:
        point = {name: ends[0] for name, ends in part.items()} | self.costs.least(
            {name: ends for name, ends in part.items() if name not in self.ring.names}
        )
        for k, name in enumerate(names):
            low, high = part[name]
            share = min(max(Fraction(float(z[k])).limit_denominator(10**9), Fraction(0)), Fraction(1))
            point[name] = low + (high - low) * share
        return point

    def _polished(
        self, constraints: Sequence[Constraint], part: Box, names: Sequence[str], z: Any
    ) -> Point | None:
        """The point at which the constraints that are tight at `z` are equations, exactly, if they are affine and suffice."""
        point = self._rational(part, names, z)
        free = []
        for k, name in enumerate(names):
            if z[k] < 1e-7 or z[k] > 1 - 1e-7:
                point[name] = part[name][int(z[k] > 0.5)]
            else:
                free.append(name)
        rows, right = [], []
        others = {
            name: value for name, value in point.items() if name in self.ring.names and name not in free
        }
        for polynomial, _ in constraints:
            here = self.ring.substitute(polynomial, others)
            if not here or here.is_constant() or any(name not in free for name in self.ring.used(here)):
                continue
            slopes = [self.ring.derivative(here, name) for name in free]
            if any(not slope.is_constant() for slope in slopes):
                continue
            numbers = [self.ring.evaluate(slope, {}) for slope in slopes]
            size = max(
                abs(n) * (part[name][1] - part[name][0]) for n, name in zip(numbers, free, strict=True)
            )
            if abs(self.ring.evaluate(here, point)) <= size / 10**6:
                rows.append(numbers)
                right.append(-self.ring.evaluate(here, dict.fromkeys(free, Fraction(0))))
        for chosen in itertools.combinations(range(len(rows)), len(free)):
            solution = _solve([rows[r] for r in chosen], [right[r] for r in chosen])
            if solution is None:
                continue
            solved = point | dict(zip(free, solution, strict=True))
            if all(part[name][0] <= solved[name] <= part[name][1] for name in part) and all(
                self._is_met(polynomial, relation, solved) for polynomial, relation in constraints
            ):
                return solved
        return None

    def _is_met(self, polynomial: Any, relation: str, point: Point) -> bool:
        """Whether a constraint without probabilities holds in the closure."""
        if any(name not in point for name in self.ring.used(polynomial)):
            return True
        value = self.ring.evaluate(polynomial, point)
        return value == 0 if relation == "==" else value >= 0

    def _enter(self, limit: Point | None, rough: Point, inside: Point | None) -> None:
        """Take points near the cheapest point of a case at which the target holds; then its cost is a limit."""
        for start in (limit, rough):
            if start is None or (self.upper is not None and self.costs.of(start) >= self.upper):
                continue
            met, near = self._offer(start), start
            for step in STEPS:
                if met or inside is None:
                    break
                near = {n: start[n] + step * (inside[n] - start[n]) for n in start}
                met = self.holds(near) is True and (self._offer(near) or True)
            if (
                met
                and start is limit
                and (self.limit is None or self.costs.of(start) < self.limit[0])
                and self.upper is not None
                and self.upper - self.costs.of(start) <= self.upper / 10**4
                and (near is start or self._holds_towards(start, near))
            ):
                self.limit = self.costs.of(start), dict(start)

    def _holds_towards(self, start: Point, near: Point) -> bool:
        """Whether the target is known to hold at points as near to one as one likes, on the way from there to another.

        That it holds near by is not enough: an equilibrium that breaks it may go only a little beyond the point.
        """
        name = "way"
        while name in self.cases.model.space:
            name += "_"
        way = scalars.symbol(name)
        line = {n: start[n] + (near[n] - start[n]) * way for n in start}
        try:
            game = self.cases.model.game.substitute({**self.fixed, **line})
            model = Model(self.cases.model.name, game, ParameterSpace(Parameter(name, 1, low=0, high=1)))
            found = thresholds(model, name, progress=False)
        except GameTheoryError:
            return False
        return first_truth(found, self.statement) is True


def _solve(rows: list[list[Fraction]], right: list[Fraction]) -> list[Fraction] | None:
    if not rows:
        return []
    n = len(rows)
    try:
        found = fmpq_mat(n, n, [from_fraction(v) for row in rows for v in row]).solve(
            fmpq_mat(n, 1, [from_fraction(v) for v in right])
        )
    except ZeroDivisionError:
        return None
    return [to_fraction(found[k, 0]) for k in range(n)]


def _width(ends: tuple[Fraction, Fraction], whole: tuple[Fraction, Fraction]) -> Fraction:
    return (ends[1] - ends[0]) / (whole[1] - whole[0])


def _share(part: Box, whole: Box) -> Fraction:
    total = Fraction(1)
    for name, ends in part.items():
        total *= _width(ends, whole[name])
    return total
