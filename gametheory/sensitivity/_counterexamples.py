"""Points at which a claim fails: tried at random, checked by solving the games exactly, then made simple.

A counterexample is made simple as QuickCheck does with failing tests (Claessen and Hughes 2000): parameters are put back to
their baseline one at a time while the claim still fails, moves are made as large as they can be, and numbers are rounded to few
digits. Only exact equilibria decide whether the claim fails, so that nothing rests on a tolerance; the float solvers serve to find points.

References
----------
K. Claessen and J. Hughes, "QuickCheck: a lightweight tool for random testing of Haskell programs", *ICFP* (2000), 268-279.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from gametheory import scalars
from gametheory.errors import GameTheoryError
from gametheory.sensitivity._claim_models import Question
from gametheory.sensitivity._claims import Obligation, parameter_terms
from gametheory.sensitivity._points import PointSolver, resolve_concept

if TYPE_CHECKING:
    from gametheory.equilibria.result import EquilibriumSet
    from gametheory.parameters.model import Model
    from gametheory.sensitivity._claim_formulas import ClaimFormulas

__all__ = ["Referee", "Violation"]

#: Digits to which values are rounded, the fewest first.
DIGITS = (1, 2, 3, 4, 6)
#: Shares of the room by which a move is tried, the simplest first.
SHARES = (Fraction(1), Fraction(1, 2), Fraction(1, 5), Fraction(1, 10), Fraction(1, 100))
#: How far apart values that are not exact must be to count as different.
CLEAR = 1e-9
#: Points found in floating point that are checked exactly, and orders in which one is simplified.
CHECKED, ORDERS = 12, 3
#: Most free parameters with which every vertex of the box is tried.
MOST_VERTICES = 6


@dataclass(frozen=True, slots=True, eq=False)
class Violation:
    """A point at which the claim fails, with all equilibria there and, for a move, at the other end."""

    here: Mapping[str, Fraction]
    there: Mapping[str, Fraction]
    before: EquilibriumSet
    after: EquilibriumSet | None
    measured: tuple[tuple[Any, Any], ...]


class Referee:
    """Judges points for one question.

    Parameters
    ----------
    question : Question
    model : Model
    rng : numpy.random.Generator
    """

    def __init__(self, question: Question, model: Model, rng: np.random.Generator) -> None:
        self.question, self.rng = question, rng
        self.model = question.model(model)
        self.statement = question.statement(self.model)
        self.terms = parameter_terms(question.assuming, self.model)
        self.baseline = model.space.baseline
        self.ranges = dict(question.ranges)
        self.free = [name for name, (low, high) in self.ranges.items() if low < high]
        game = self.model.game
        outcomes = [outcome for _, outcome in self.statement.terms]
        self.solver = PointSolver(self.model, resolve_concept(game, None), outcomes, self.baseline)
        moves = self.statement.moves
        self.moves = {name: rate for name, rate in moves.items() if name in self.free}

    # -- points ---------------------------------------------------------------------------------------------------------
    def point(self, values: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """Every parameter that matters, put into its range."""
        found = {}
        for name, (low, high) in self.ranges.items():
            value = values.get(name, self.baseline[name])
            found[name] = min(max(value, low), high)
        return found

    def moved(self, here: Mapping[str, Fraction], share: Fraction) -> dict[str, Fraction]:
        """The other end of a move, by a share of the room."""
        there = dict(here)
        rooms = {}
        for name, rate in self.moves.items():
            low, high = self.ranges[name]
            rooms[name] = (high - here[name] if rate > 0 else here[name] - low) / abs(rate)
        least = min(rooms.values(), default=Fraction(0))
        for name, rate in self.moves.items():
            room = rooms[name] if self.statement.by_share else least
            there[name] = here[name] + share * room * rate
        return there

    def allowed(self, point: Mapping[str, Fraction]) -> bool:
        """Whether the conditions hold at a point."""
        values = self.baseline | dict(point)
        for _, term, relation in self.terms:
            value = scalars.evaluate(term, values)
            if not (value == 0 if relation == "==" else value > 0 if relation == ">" else value >= 0):
                return False
        return True

    # -- judging --------------------------------------------------------------------------------------------------------
    def measure(self, point: Mapping[str, Fraction]) -> tuple[EquilibriumSet, list[Any]]:
        """All equilibria at a point, exactly, and the outcome in each."""
        found = self.solver.exact(point)
        values = self.baseline | dict(point)
        constant = scalars.evaluate(self.statement.constant, values)
        rates = [scalars.evaluate(rate, values) for rate, _ in self.statement.terms]
        measured = []
        for equilibrium in found:
            parts = [equilibrium.outcome(outcome.name) for _, outcome in self.statement.terms]
            measured.append(sum((r * p for r, p in zip(rates, parts, strict=True)), constant))
        return found, measured

    def judge(self, witness: Mapping[str, Fraction]) -> Violation | None:
        """The violation at a point that the search proposes, if it is one."""
        rounded = {
            name: Fraction(v).limit_denominator(10**4) for name, v in witness.items() if name in self.ranges
        }
        for values in (rounded, {name: v for name, v in witness.items() if name in self.ranges}):
            here = self.point(values)
            shares: tuple[Fraction, ...] = (Fraction(0),)
            if self.moves:
                shares = (self._share(witness), Fraction(1))
            for share in dict.fromkeys(shares):
                found = self.at(here, share)
                if found is not None:
                    return found
        return None

    def _share(self, witness: Mapping[str, Fraction]) -> Fraction:
        own = [value for name, value in witness.items() if name.startswith("share of the room")]
        return min(max(own[0], Fraction(0)), Fraction(1)) if own else Fraction(1)

    def at(self, here: Mapping[str, Fraction], share: Fraction) -> Violation | None:
        """The violation at an exact point, if the claim fails there."""
        there = self.moved(here, share) if self.moves else dict(here)
        if not self.allowed(here) or not self.allowed(there) or (self.moves and there == dict(here)):
            return None
        try:
            before, low = self.measure(here)
            after, high = self.measure(there) if self.moves else (None, [])
        except GameTheoryError:
            # A game that has no meaning here, or too many equilibria, refutes nothing.
            return None
        complete = (before.complete, after is None or after.complete)
        if not low or (self.moves and not high):
            return None
        if not any(self._fails(obligation, low, high, complete) for obligation in self.statement.obligations):
            return None
        right = scalars.evaluate(self.statement.right, self.baseline | dict(here))
        measured = tuple((min(v) + right, max(v) + right) for v in ([low, high] if self.moves else [low]))
        return Violation(dict(here), there, before, after, measured)

    def _fails(
        self, obligation: Obligation, low: list[Any], high: list[Any], complete: tuple[bool, bool]
    ) -> bool:
        relation = obligation.relation
        if obligation.kind == "every":
            return any(_breaks(value, relation) for value in low)
        if obligation.kind == "some":
            return complete[0] and all(_breaks(value, relation) for value in low)
        # An equilibrium that is not listed can only raise the greatest value and lower the least one. So only one end need be complete:
        # the one whose extreme could otherwise take the violation away.
        rises, falls = relation in ("<=", "<"), relation in (">=", ">")
        only_before = (obligation.kind == "greatest" and rises) or (obligation.kind == "least" and falls)
        only_after = (obligation.kind == "greatest" and falls) or (obligation.kind == "least" and rises)
        if not ((complete[0] or only_after) and (complete[1] or only_before)):
            return False
        extreme = max if obligation.kind == "greatest" else min
        change = extreme(high) - extreme(low)
        return _breaks(change, relation)

    # -- finding --------------------------------------------------------------------------------------------------------
    def search(self, count: int) -> Violation | None:
        """A violation at the baseline or at one of some random points, found in floating point."""
        found = self.at(self.point({}), Fraction(1))
        if found is not None or not count or not self.free:
            return found
        low, high = (np.array([float(self.ranges[n][k]) for n in self.free]) for k in (0, 1))
        base = self.point({})
        start = np.array([float(base[n]) for n in self.free])
        inside = low + self.rng.random((count, len(self.free))) * (high - low)
        corners = np.where(self.rng.random((count, len(self.free))) < 0.5, low, high)
        # Few parameters off the baseline make for simple counterexamples.
        few = np.where(self.rng.random((count, len(self.free))) < 3 / (len(self.free) + 2), corners, start)
        points = np.concatenate([few, inside, corners])
        shares = np.where(self.rng.random(len(points)) < 0.5, 1.0, self.rng.random(len(points)))
        for k in self._suspects(points, shares):
            here = self.point({n: scalars.exact(float(v)) for n, v in zip(self.free, points[k], strict=True)})
            found = self.at(here, Fraction(shares[k]).limit_denominator(1000))
            if found is not None:
                return found
        return next((v for here in self._ends() if (v := self.at(here, Fraction(1))) is not None), None)

    def _ends(self) -> Iterator[dict[str, Fraction]]:
        """The vertices of the box, or with many parameters one at a time at an end: ties are often there, which floats leave out."""
        if len(self.free) <= MOST_VERTICES:
            for ends in itertools.product(*(self.ranges[name] for name in self.free)):
                yield self.point(dict(zip(self.free, ends, strict=True)))
        else:
            for name in self.free:
                yield from (self.point({name: end}) for end in self.ranges[name])

    def _suspects(self, points: Any, shares: Any) -> Iterator[int]:
        """Points at which the claim seems to fail in floating point, those near the baseline first."""
        there = points.copy()
        rooms = {}
        for name, rate in self.moves.items():
            j = self.free.index(name)
            low, high = map(float, self.ranges[name])
            rooms[name] = (high - points[:, j] if rate > 0 else points[:, j] - low) / abs(float(rate))
        least = np.min(list(rooms.values()), axis=0) if rooms else 0.0
        for name, rate in self.moves.items():
            room = rooms[name] if self.statement.by_share else least
            there[:, self.free.index(name)] += shares * room * float(rate)
        try:
            sides = [self._extremes(side) for side in ([points, there] if self.moves else [points])]
        except GameTheoryError:
            return
        broken = np.zeros(len(points), bool)
        for obligation in self.statement.obligations:
            if obligation.kind == "every":
                value = sides[0][1] if obligation.relation in ("<=", "<") else sides[0][0]
            elif obligation.kind == "some":
                value = sides[0][0] if obligation.relation in ("<=", "<") else sides[0][1]
            else:
                side = int(obligation.kind == "greatest")
                value = sides[1][side] - sides[0][side]
            with np.errstate(invalid="ignore"):
                broken |= value > CLEAR if obligation.relation in ("<=", "<") else value < -CLEAR
        base = self.point({})
        start = np.array([float(base[n]) for n in self.free])
        off = (points != start).sum(axis=1)
        suspects = np.flatnonzero(broken)
        yield from suspects[np.argsort(off[suspects], kind="stable")][:CHECKED].tolist()

    def _extremes(self, points: Any) -> tuple[Any, Any]:
        """Least and greatest outcome at each point; not a number where equilibria may be missing."""
        columns = {name: np.ascontiguousarray(points[:, j]) for j, name in enumerate(self.free)}
        for name, (low, high) in self.ranges.items():
            if low == high and low != self.baseline[name]:
                columns[name] = np.full(len(points), float(low))
        rows = self.solver.solve(columns)
        values = self.baseline | {name: ends[0] for name, ends in self.ranges.items()}

        def column(scalar: Any) -> Any:
            if not scalars.is_expression(scalar) or not scalars.names(scalar):
                return float(scalar)
            return np.array(
                [
                    float(
                        scalars.evaluate(
                            scalar,
                            values | {n: scalars.exact(float(points[b, j])) for j, n in enumerate(self.free)},
                        )
                    )
                    for b in rows.point
                ]
            )

        total = np.zeros(len(rows.point)) + column(self.statement.constant)
        for k, (rate, _) in enumerate(self.statement.terms):
            total = total + column(rate) * rows.values[:, k]
        least, greatest = np.full((2, len(points)), np.nan)
        some = np.flatnonzero((np.diff(rows.start) > 0) & rows.complete & ~rows.degenerate)
        for b in some.tolist():
            own = total[rows.start[b] : rows.start[b + 1]]
            least[b], greatest[b] = own.min(), own.max()
        return least, greatest

    def ties(self, formulas: ClaimFormulas, count: int) -> Violation | None:
        """A violation where a player is indifferent between two plans: claims that fail on a thin set only fail there.

        The parameters are at the baseline or at ends of their ranges, but for one, for which the indifference is solved.
        """
        ring, names = formulas.ring, self.free
        movers = [(k, m) for k, m in formulas.group_names]
        seen: set[tuple[tuple[str, Fraction], ...]] = set()
        for _ in range(count if names and movers else 0):
            k, m = movers[self.rng.integers(len(movers))]
            cells = [tuple(int(self.rng.integers(size)) for size in sizes) for sizes in formulas.sizes]
            plan = int(self.rng.integers(formulas.sizes[k][m]))
            gain = formulas.polynomial(formulas.gain(k, m, plan, tuple(cells), 0))
            used = [name for name in names if name in ring.used(gain)]
            if not used:
                continue
            solved = used[self.rng.integers(len(used))]
            point = self.point({})
            for name in names:
                if self.rng.random() < 3 / (len(names) + 2):
                    point[name] = self.ranges[name][self.rng.integers(2)]
            low, high = self.ranges[solved]
            first, last = (ring.evaluate(gain, {**point, solved: end}) for end in (low, high))
            if first == last or first * last > 0:
                continue
            point[solved] = low + (high - low) * first / (first - last)
            # Only where it is linear is this the point of indifference.
            key = tuple(point.items())
            if key in seen or ring.evaluate(gain, point) != 0:
                continue
            seen.add(key)
            found = self.at(point, Fraction(1))
            if found is not None:
                return found
        return None

    # -- simplifying ----------------------------------------------------------------------------------------------------
    def simplest(self, found: Violation) -> Violation:
        """The violation with as few parameters off the baseline and as few digits as are found."""
        best: tuple[tuple[int, int], Violation] | None = None
        for _ in range(ORDERS):
            simple = self._simplified(found)
            off = [name for name, v in simple.here.items() if v != self.baseline[name]]
            length = sum(len(str(simple.here[name])) for name in off)
            if best is None or (len(off), length) < best[0]:
                best = (len(off), length), simple
        assert best is not None
        return best[1]

    def _simplified(self, found: Violation) -> Violation:
        share = self._share_of(found)
        for larger in SHARES:
            if self.moves and share != larger:
                trial = self.at(found.here, larger)
                if trial is not None:
                    found, share = trial, larger
                    break
        changed = True
        while changed:
            changed = False
            for name in self.rng.permutation(self.free).tolist():
                low, high = self.ranges[name]
                base = min(max(self.baseline[name], low), high)
                if found.here[name] == base:
                    continue
                trial = self.at({**found.here, name: base}, share)
                if trial is not None:
                    found, changed = trial, True
        for name in self.free:
            low, high = self.ranges[name]
            if found.here[name] == self.baseline[name]:
                continue
            for digits in DIGITS:
                value = scalars.exact(float(f"{float(found.here[name]):.{digits}g}"))
                if value == found.here[name]:
                    break
                if low <= value <= high:
                    trial = self.at({**found.here, name: value}, share)
                    if trial is not None:
                        found = trial
                        break
        return found

    def _share_of(self, found: Violation) -> Fraction:
        for name, rate in self.moves.items():
            low, high = self.ranges[name]
            room = (high if rate > 0 else low) - found.here[name]
            if room and self.statement.by_share:
                return (found.there[name] - found.here[name]) / room
        full = self.moved(found.here, Fraction(1))
        for name in self.moves:
            if full[name] != found.here[name]:
                return (found.there[name] - found.here[name]) / (full[name] - found.here[name])
        return Fraction(1)


def _breaks(value: Any, relation: str) -> bool:
    """Whether a value does not compare with zero as it should; values that are not exact must do so clearly."""
    slack = CLEAR if isinstance(value, float) else 0
    return bool(
        {
            "<=": value > slack,
            "<": value >= slack if not slack else value > slack,
            ">=": value < -slack,
            ">": value <= -slack if not slack else value < -slack,
        }[relation]
    )
