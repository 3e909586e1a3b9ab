"""From an entry of the register to a verdict: refute it by an exact counterexample, or prove it, and say exactly where it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gametheory import scalars
from gametheory.models.kazakhstan._attack import Arena, Found
from gametheory.models.kazakhstan._gains import Bound, Gains, Region, bind
from gametheory.models.kazakhstan._goals import Everywhere, Never
from gametheory.models.kazakhstan._lines import Along, At, Lines
from gametheory.models.kazakhstan._proofs import condition_name, prove, sign
from gametheory.models.kazakhstan._reading import STRENGTH
from gametheory.models.kazakhstan._register import ESSAY, Entry
from gametheory.models.kazakhstan.claims import Claim, Condition, Counterexample, Slope

if TYPE_CHECKING:
    import numpy as np

    from gametheory.equilibria.result import Equilibrium
    from gametheory.parameters import Model
    from gametheory.sensitivity.thresholds import Thresholds

__all__ = ["Judge"]

UP = ("positive", "nonnegative", "zero")
#: How far inside a condition a point must be, so that floats are right about it.
MARGIN = 1e-6
UNLISTED = "there are infinitely many equilibria, and those that are listed do not settle it"


class Judge:
    """Judges the entries of the register for one model."""

    def __init__(
        self,
        model: Model,
        n: int,
        rng: np.random.Generator,
        maps: Mapping[str, Thresholds] | None,
        max_cases: int,
    ) -> None:
        self.model, self.baseline, self.max_cases = model, model.space.baseline, max_cases
        self.arena = Arena(model, n, rng)
        self.reading = self.arena.solver()[1]
        self.lines = Lines(model, self.reading, maps)
        self.gains = Gains(model)

    def __call__(self, entry: Entry) -> Claim:
        """The claim with its verdict."""
        goal = entry.goal
        if isinstance(goal, Along):
            facts = self._along(goal)
        elif isinstance(goal, At):
            facts = self._at(goal, entry)
        else:
            facts = self._decided(goal, entry)
        statement = ESSAY[entry.id.rstrip("abcdefghijklmnopqrstuvwxyz")]
        return Claim(entry.id, statement, entry.formal, note=entry.note, **facts)

    def _decided(self, goal: Never | Everywhere, entry: Entry) -> dict[str, Any]:
        """Refuted by a counterexample that points turn up, else proved, else undecided."""
        if isinstance(goal, Never) and goal.move.within(self.arena.box) is None:
            return {"verdict": "proved", "reason": "because nothing that it is about varies"}
        found = self.arena.test(goal).found or self._known(goal, entry)
        if found is None:
            answer = prove(entry.id, goal, self.model, self.max_cases)
            if answer.cases:
                free = goal.free if isinstance(goal, Everywhere) else ()
                where = f"for all values of {', '.join(free)}" if free else ""
                return {"verdict": "proved", "n_cases": answer.cases, "reason": where}
            if answer.values is not None:
                values = {name: self.baseline[name] for name in self.arena.box.names} | dict(answer.values)
                found = self.arena.check(goal, values, answer.moved or None)
            if found is None:
                return {"verdict": "undecided", "reason": answer.reason}
        proofs = (
            self._proved_if(goal, entry, k, *make(self.gains)) for k, make in enumerate(entry.conditions)
        )
        along = self._along_lines(goal, entry) if isinstance(goal, Everywhere) else ()
        facts = (self._slope(*make(self.gains)) for make in entry.slopes)
        return {
            "verdict": "refuted",
            "counterexample": self._counterexample(goal, found),
            "conditions": (*filter(None, proofs), *along),
            "slopes": tuple(filter(None, facts)),
        }

    def _known(self, goal: Never | Everywhere, entry: Entry) -> Found | None:
        """The counterexample that the entry knows of, if it is one for this model."""
        box = self.arena.box
        if not entry.known or any(name not in box.names for name in entry.known):
            return None
        values = {name: self.baseline[name] for name in box.names}
        values |= {name: ends[0] for name, ends in entry.known.items()}
        moved = {name: ends[1] for name, ends in entry.known.items() if ends[1] != ends[0]}
        ranges = self.model.space.box
        for point in (values, moved):
            if any(not ranges[name][0] <= value <= ranges[name][1] for name, value in point.items()):
                return None
        if isinstance(goal, Never) and not self._is_move(goal, values, moved):
            return None
        return self.arena.check(goal, values, moved or None)

    def _is_move(self, goal: Never, values: Mapping[str, Any], moved: Mapping[str, Any]) -> bool:
        """Whether the move is the one that the property is about: in other ranges the same share is another move."""
        move, ranges = goal.move, self.model.space.box
        if set(moved) != set(move.names):
            return False
        steps = [sign * (moved[n] - values[n]) for n, sign in zip(move.names, move.signs, strict=True)]
        rooms = [
            ranges[n][1] - values[n] if sign > 0 else values[n] - ranges[n][0]
            for n, sign in zip(move.names, move.signs, strict=True)
        ]
        measure = steps if move.keep_total else [step / room for step, room in zip(steps, rooms, strict=True)]
        return len(set(measure)) == 1 and measure[0] > 0

    def _proved_if(
        self,
        goal: Never | Everywhere,
        entry: Entry,
        number: int,
        terms: list[Any],
        parameters: tuple[str, ...],
    ) -> Condition | None:
        """The condition that all terms are positive, if the property is proved there and it can be read as bounds."""
        bounds = []
        for term, name in zip(terms, parameters, strict=True):
            bound, direction = bind([term], name, self.baseline), sign(self._slope_in(term, name), self.model)
            if bound is None or direction not in ("positive", "negative"):
                return None
            bounds.append(replace(bound, relation=bound.relation[0]))
        # A condition that no point meets would be proved of nothing.
        points, names = self.arena.points, self.arena.box.names
        columns = {name: points[:, j] for j, name in enumerate(names)}
        if not Region([term - MARGIN for term in terms], self.baseline).holds(columns, len(points)).any():
            return None
        name = condition_name(entry.id, number)
        answer = prove(name, goal, self.model, self.max_cases, tuple(f"{term} > 0" for term in terms))
        return Condition(tuple(bounds), name, answer.cases) if answer.cases else None

    def _slope(self, what: str, exposure: str, terms: list[Any], name: str) -> Slope | None:
        """Where slopes are not negative, if one of them is the least of all and bounds the parameter."""
        import sympy

        bound = bind(terms, name, self.baseline)
        if bound is None:
            return None
        for term in terms:
            own = bind([term], name, self.baseline)
            if own is None or (own.relation, own.value) != (bound.relation, bound.value):
                continue
            others = (
                sign(t, self.model) in UP or sign(t - term, self.model) in UP or self._multiple(t, term)
                for t in terms
            )
            direction = sign(self._slope_in(term, name), self.model)
            exact = direction in ("positive", "negative")
            if all(others) and (exact or direction in ("nonnegative", "nonpositive")):
                below = sympy.fraction(sympy.cancel(bound.formula))[1]
                if sign(below, self.model) in ("positive", "negative"):
                    return Slope(what, exposure, bound, exact)
        return None

    def _multiple(self, term: Any, other: Any) -> bool:
        """Whether a term is another times something that is positive on the box."""
        import sympy

        return sign(sympy.cancel(term / other), self.model) in UP

    @staticmethod
    def _slope_in(term: Any, name: str) -> Any:
        return term.diff(scalars.symbol(name))

    def _along(self, goal: Along) -> dict[str, Any]:
        spans = self.lines.spans(goal.measure, goal.target, goal.name, goal.low)
        low, high = self.lines.range(goal.name, goal.low)
        line = Condition(parameter=goal.name, spans=spans, low=low, high=high)
        if spans:
            return {"verdict": "proved", "conditions": (line,)}
        if not self.lines.missed(goal.measure, goal.target, goal.name, goal.low):
            return {"verdict": "undecided", "reason": UNLISTED, "conditions": (line,)}
        return {
            "verdict": "refuted",
            "reason": f"{line} does",
            "counterexample": self._point(goal, {goal.name: high}),
            "conditions": (line,),
            "needed": self._needed(goal, high),
        }

    def _at(self, goal: At, entry: Entry) -> dict[str, Any]:
        conditions = self._along_lines(goal, entry)
        if self.lines.holds(goal.measure, goal.target, self.lines.baseline):
            return {"verdict": "proved", "reason": "at the baseline", "conditions": conditions}
        if not self.lines.misses(goal.measure, goal.target, self.lines.baseline):
            return {"verdict": "undecided", "reason": UNLISTED, "conditions": conditions}
        return {"verdict": "refuted", "counterexample": self._point(goal, {}), "conditions": conditions}

    def _along_lines(self, goal: At | Everywhere, entry: Entry) -> tuple[Condition, ...]:
        conditions = []
        for name in entry.lines:
            spans = self.lines.spans(goal.measure, goal.target, name)
            low, high = self.lines.range(name)
            conditions.append(Condition(parameter=name, spans=spans, low=low, high=high))
        return tuple(conditions)

    def _needed(self, goal: Along, high: Any) -> Bound | None:
        """How much it would take, by the gains from what the others do at the baseline."""
        equilibria = self.lines.baseline
        if len(equilibria) != 1 or not equilibria[0].is_pure:
            return None
        (equilibrium,) = equilibria
        if goal.measure.kind == "act":
            terms = [
                -self.gains.payoff(
                    "Russia",
                    action,
                    self._reply(equilibrium, "West", action),
                    self._reply(equilibrium, "China", action),
                )
                for action in self.reading.replies
                if action != "refrain"
            ]
            bound = bind(terms, goal.name, self.baseline)
            return bound if bound is not None and bound.relation == ">=" and bound.value > high else None
        player, action = goal.measure.player, goal.measure.action
        other = self._reply(equilibrium, "China" if player == "West" else "West", action)
        ladder = STRENGTH[player]
        weakest = min(ladder, key=ladder.__getitem__)
        bounds = [
            bind([self.gains.reply_gain(player, action, strong, weakest, other)], goal.name, self.baseline)
            for strong in ladder
            if strong != weakest
        ]
        enough = [b for b in bounds if b is not None and b.relation == ">=" and b.value > high]
        return min(enough, key=lambda bound: bound.value, default=None)

    def _reply(self, equilibrium: Equilibrium, player: str, action: str) -> str:
        """The reply of a player to an action of Russia in a pure equilibrium."""
        return self.reading.pure_reply(player, action, [p for v in equilibrium.profile.arrays for p in v])

    def _point(self, goal: Along | At, values: Mapping[str, Any]) -> Counterexample:
        equilibria = self.lines.at(**values)
        least, greatest = self.reading.bounds(goal.measure, equilibria)
        off = {name: value for name, value in values.items() if value != self.baseline[name]}
        every = not least <= goal.target <= greatest
        return Counterexample(
            off,
            {},
            equilibria,
            None,
            str(goal.measure),
            ((least, greatest),),
            every,
        )

    def _counterexample(self, goal: Never | Everywhere, found: Found) -> Counterexample:
        off = {name: value for name, value in found.values.items() if value != self.baseline[name]}
        moved = {name: (found.values[name], value) for name, value in found.moved.items()}
        return Counterexample(
            off,
            moved,
            found.before,
            found.after,
            str(goal.measure),
            found.measured,
            found.in_every_equilibrium,
        )
