"""From an entry of the register to a verdict: test it, shrink what breaks it, and look for where it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gametheory.models.kazakhstan._attack import Arena, Found, Search
from gametheory.models.kazakhstan._gains import Bound, Gains, Region, bind
from gametheory.models.kazakhstan._goals import Everywhere, Floats, Never
from gametheory.models.kazakhstan._lines import Along, At, Lines
from gametheory.models.kazakhstan._proofs import proved
from gametheory.models.kazakhstan._reading import STRENGTH
from gametheory.models.kazakhstan._register import ESSAY, Entry
from gametheory.models.kazakhstan.claims import Claim, Condition, Counterexample, Verdict

if TYPE_CHECKING:
    from gametheory.equilibria.result import Equilibrium
    from gametheory.parameters import Model
    from gametheory.sensitivity.thresholds import Thresholds

__all__ = ["Judge"]


class Judge:
    """Judges the entries of the register for one model."""

    def __init__(
        self, model: Model, n: int, rng: np.random.Generator, maps: Mapping[str, Thresholds] | None
    ) -> None:
        self.model, self.baseline = model, model.space.baseline
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
            facts = self._searched(goal, entry)
        statement = ESSAY[entry.id.rstrip("abcdefghijklmnopqrstuvwxyz")]
        return Claim(entry.id, statement, entry.formal, note=entry.note, **facts)

    def _searched(self, goal: Never | Everywhere, entry: Entry) -> dict[str, Any]:
        search = self.arena.test(goal)
        facts: dict[str, Any] = {
            "n_points": len(search.points),
            "n_for": search.helped,
            "n_left_out": search.left_out,
        }
        found = search.found or self._known(goal, entry)
        if found is None:
            cases = proved(entry.id, goal, self.model) if facts["n_points"] else 0
            if cases:
                return {"verdict": "proved", "n_cases": cases, **facts}
            # What breaks it in floats and not in exact arithmetic is too near to a tie.
            unsure = int(search.broken.sum())
            facts["n_points"] -= unsure
            facts["n_left_out"] += unsure
            return {"verdict": "no counterexample", **facts}
        if search.found is None:
            # One more point than the search has tried.
            facts["n_points"] += 1
            search = replace(
                search,
                points=np.concatenate([search.points, [self.arena.point(found.values)]]),
                broken=np.append(search.broken, True),
            )
        tested = [
            c for make in entry.conditions if (c := self._tested(goal, search, *make(self.gains))) is not None
        ]
        along = self._along_lines(goal, entry) if isinstance(goal, Everywhere) else ()
        verdict: Verdict = "holds under conditions" if any(c.holds for c in tested) else "fails"
        return {
            "verdict": verdict,
            "n_against": int(search.broken.sum()),
            "counterexample": self._counterexample(goal, found),
            "conditions": (*tested, *along),
            **facts,
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
        return self.arena.check(goal, values, moved or None)

    def _tested(
        self, goal: Never | Everywhere, search: Search, terms: list[Any], parameters: tuple[str, ...]
    ) -> Condition | None:
        """How a property fares where terms are not negative, at the points tried and at more points there."""
        bounds = [bound for name in parameters if (bound := bind(terms, name, self.baseline)) is not None]
        if not bounds:
            return None
        region = Region(terms, self.baseline)
        points, broken = search.points, search.broken
        met = region.holds(self._columns(points), len(points))
        if isinstance(goal, Never):
            more = self.arena.test_inside(goal, lambda bulk: self._squeeze(bulk, region, bounds))
            inside = region.holds(self._columns(more.points), len(more.points))
            if not inside.any():
                # What simple points meet it then lie on the border of the box, where something has no effect.
                return Condition(tuple(bounds))
            met, broken = np.concatenate([met, inside]), np.concatenate([broken, more.broken])
        return Condition(tuple(bounds), int(met.sum()), int((met & broken).sum()))

    def _squeeze(self, points: Floats, region: Region, bounds: list[Bound]) -> Floats:
        """Points that do not meet the condition, with the bounded parameters put within their bounds."""
        box, columns, squeezed = self.arena.box, self._columns(points), points.copy()
        outside = ~region.holds(columns, len(points))
        for bound in bounds:
            if bound.parameter not in box.names:
                continue
            j = box.names.index(bound.parameter)
            end = box.low[j] if bound.relation == "<=" else box.high[j]
            limit = np.clip(self._evaluate(bound.formula, columns, len(points)), box.low[j], box.high[j])
            share = self.arena.rng.random(len(points))
            squeezed[outside, j] = (end + share * (limit - end))[outside]
        return squeezed

    def _evaluate(self, formula: Any, columns: Mapping[str, Floats], size: int) -> Floats:
        import sympy

        names = sorted(str(symbol) for symbol in formula.free_symbols)
        function = sympy.lambdify([sympy.Symbol(name, real=True) for name in names], formula, "numpy")
        values = [columns.get(name, np.full(size, float(self.baseline[name]))) for name in names]
        with np.errstate(all="ignore"):
            found = np.broadcast_to(np.asarray(function(*values), dtype=np.float64), (size,))
        return np.nan_to_num(found)

    def _columns(self, points: Floats) -> dict[str, Floats]:
        return {name: points[:, j] for j, name in enumerate(self.arena.box.names)}

    def _along(self, goal: Along) -> dict[str, Any]:
        spans = self.lines.spans(goal.measure, goal.target, goal.name, goal.low)
        low, high = self.lines.range(goal.name, goal.low)
        line = Condition(parameter=goal.name, spans=spans, low=low, high=high)
        if spans:
            return {"verdict": "holds under conditions", "conditions": (line,)}
        values = {goal.name: high}
        return {
            "verdict": "fails",
            "counterexample": self._point(goal, values),
            "conditions": (line,),
            "needed": self._needed(goal, high),
        }

    def _at(self, goal: At, entry: Entry) -> dict[str, Any]:
        conditions = self._along_lines(goal, entry)
        values = self.reading.values(goal.measure, self.lines.baseline)
        if values and all(value == goal.target for value in values):
            return {"verdict": "holds under conditions", "n_points": 1, "conditions": conditions}
        return {
            "verdict": "fails",
            "n_points": 1,
            "n_against": 1,
            "counterexample": self._point(goal, {}),
            "conditions": conditions,
        }

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
