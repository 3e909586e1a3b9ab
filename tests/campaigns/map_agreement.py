"""Random parametric games: the exact map, at random points and at its own borders, against solving the numeric game.

    python tests/campaigns/map_agreement.py --games 1000 --points 20

Every game is mapped once. At random rational points, at rational breakpoints, close to every breakpoint on both sides and at the
ends, the equilibria that the map's closed forms give there must be those that a judge finds in the numeric game: for two players
and trees the solvers in ``judging.py``, which share nothing with the package (and Gambit now and then); for signalling trees and three
players the package's own solvers of numbers. The strategies must be equal as fractions, one for one, and so must the payoffs; of irrational
branches the values must lie within the bounds of the judge.

One line a game goes to build/campaigns/map_agreement.jsonl; the summary counts mismatches, incomplete maps by reason, and seconds.
"""

# ruff: noqa: T201 (a script: it prints its figures)

from __future__ import annotations

import argparse
import itertools
import json
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[0:0] = [str(Path(__file__).parents[1])]

import flint
import sympy

import gametheory as gt
from campaigns.judging import Profile
from campaigns.random_models import KINDS, REGIMES, Sample, sample
from gametheory import scalars
from gametheory.errors import GameTheoryError as NotRational
from gametheory.sensitivity.equilibrium_map import equilibrium_map
from gametheory.sensitivity.threshold_map import surface
from gametheory.solvers.algebraic import real_roots

FOLDER = Path("build/campaigns")
Point = dict[str, Fraction]
#: The greatest payoff with which Gambit is asked.
GAMBIT = 10**5


class OutOfTime(BaseException):
    """Not an Exception, so that nothing that is looked for catches it."""


@dataclass
class Verdict:
    """What became of one game."""

    title: str
    points: int = 0
    breakpoints: int = 0
    unjudged: int = 0
    gambit: int = 0
    complete: bool = True
    reason: str = ""
    seconds: float = 0.0
    faults: list[dict[str, Any]] = field(default_factory=list)

    @property
    def record(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


# -- what the map says ------------------------------------------------------------------------------------------------------
@dataclass
class Said:
    """What a map says of one point."""

    where: str
    equilibria: dict[Profile, tuple[Any, ...]]
    complete: bool
    reason: str


def value(number: Any, point: Mapping[str, Fraction]) -> Any:
    """A closed form at a point: a fraction, or certified bounds if it has roots in it."""
    try:
        return scalars.evaluate(number, point)
    except NotRational:
        with flint.ctx.workprec(256):
            ball = _ball(number, point)
            if not ball.is_finite():
                raise AssertionError(f"{number} is not finite at {point}") from None
            return dyadic(ball.lower()), dyadic(ball.upper())


def _ball(expression: Any, point: Mapping[str, Fraction]) -> Any:
    if expression.is_Pow and not expression.exp.is_Integer:
        assert abs(expression.exp) == sympy.Rational(1, 2), expression
        try:
            base = scalars.evaluate(expression.base, point)
        except NotRational:
            root = _ball(expression.base, point).sqrt()
        else:
            assert base >= 0, f"the root of {base} at {point}"
            root = arb(base).sqrt()
        return root if expression.exp > 0 else 1 / root
    if expression.is_Add or expression.is_Mul:
        total = arb(Fraction(int(expression.is_Mul)))
        for part in expression.args:
            total = total * _ball(part, point) if expression.is_Mul else total + _ball(part, point)
        return total
    if expression.is_Pow:
        return _ball(expression.base, point) ** int(expression.exp)
    if isinstance(expression, sympy.CRootOf):
        (exact,) = (
            root
            for k, root in enumerate(
                real_roots(tuple(int(c) for c in reversed(expression.poly.all_coeffs())))
            )
            if k == expression.index
        )
        return arb(exact) if isinstance(exact, Fraction) else exact.ball(256)
    return arb(scalars.evaluate(expression, point))


def arb(number: Fraction) -> Any:
    return flint.arb(flint.fmpq(number.numerator, number.denominator))


def dyadic(number: Any) -> Fraction:
    mantissa, exponent = number.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def agree(first: Any, second: Any) -> bool:
    """Whether two numbers are equal, or can be: bounds that overlap, floats that are close."""
    if isinstance(first, Fraction) and isinstance(second, Fraction):
        return first == second
    if isinstance(first, float) or isinstance(second, float):
        low, high = _bounds(first if isinstance(second, float) else second)
        number = Fraction(first if isinstance(first, float) else second)
        slack = Fraction(1, 10**9) * (1 + abs(number))
        return low - slack <= number <= high + slack
    (low, high), (other_low, other_high) = _bounds(first), _bounds(second)
    return low <= other_high and other_low <= high


def _bounds(number: Any) -> tuple[Fraction, Fraction]:
    return number if isinstance(number, tuple) else (Fraction(number), Fraction(number))


class LineView:
    """The map of one parameter: intervals, breakpoints and branches."""

    def __init__(self, model: gt.Model) -> None:
        (self.name,) = model.space
        self.map = equilibrium_map(model, self.name, progress=False)
        self.found = self.map.thresholds

    complete = property(lambda self: self.map.complete)
    reason = property(lambda self: self.map.reason)

    def borders(self, rng: random.Random) -> Iterator[Point]:
        """Points on the rational borders, and very near to all of them."""
        for point in self.found.breakpoints:
            number = point._number
            if isinstance(number, Fraction):
                low = high = number
                yield {self.name: number}
            else:
                low, high = number.bounds(96)
            tiny = Fraction(1, rng.randint(10**9, 10**15))
            for near in (low - tiny, high + tiny):
                if self.found.low <= near <= self.found.high:
                    yield {self.name: near}
        yield {self.name: self.found.low}
        yield {self.name: self.found.high}

    def at(self, point: Point) -> Said:
        number = point[self.name]
        interval = self.found.interval_at(number)
        if interval is None:
            part = next(b for b in self.found.breakpoints if b.value == number)
            where, equilibria = f"breakpoint {number}", part.equilibria
        else:
            where, equilibria = interval.describe(self.name), interval.equilibria
        said = forms(equilibria, point)
        for k, e in enumerate(equilibria):
            for player in e.game.players:
                outcome = self.found.values_at(f"payoff: {player}", number)[k]
                assert agree(value(outcome, point), value(e.payoffs[player], point))
        return Said(where, said, equilibria.complete, equilibria.reason)

    def faults(self, rng: random.Random) -> Iterator[str]:
        """Branches must be continuous, and each equilibrium on each interval must be on one."""
        pieces = [(branch, piece) for branch in self.map.branches for piece in branch.pieces]
        if len(pieces) != sum(len(interval.equilibria) for interval in self.map.intervals):
            yield "an equilibrium is on no branch, or on two"
        for branch in self.map.branches:
            for first, second in itertools.pairwise(branch.pieces):
                end = first.interval._ends[1]
                if end != second.interval._ends[0]:
                    yield f"branch {branch} has a gap at {end}"
                for outcome in first.interval._functions:
                    left, right = (float(surface(p.value(outcome, end), self.name)) for p in (first, second))
                    if abs(left - right) > 1e-7 * (1 + abs(left)):
                        yield f"branch {branch} jumps in {outcome} at {end}: {left} to {right}"


class PlaneView:
    """The map of two parameters: faces, curves and vertices."""

    def __init__(self, model: gt.Model) -> None:
        self.model = model
        self.x, self.y = model.space
        self.map = equilibrium_map(model, self.x, self.y, progress=False)

    complete = property(lambda self: self.map.complete)
    reason = property(lambda self: self.map.reason)

    def _point(self, x: Fraction, y: Fraction) -> Iterator[Point]:
        (west, east), (south, north) = self.map.x_range, self.map.y_range
        if west <= x <= east and south <= y <= north:
            yield {self.x: x, self.y: y}

    def borders(self, rng: random.Random) -> Iterator[Point]:
        """Points on curves that can be solved and at rational vertices, and very near to curves and vertices."""
        tiny = Fraction(1, rng.randint(10**7, 10**12))
        vertices = list(self.map.vertices)
        for vertex in rng.sample(vertices, min(8, len(vertices))):
            at = tuple(Fraction(float(v)).limit_denominator(10**13) for v in (vertex.x, vertex.y))
            exact = all(isinstance(v, Fraction) for v in (vertex.x, vertex.y))
            if exact:
                yield from self._point(vertex.x, vertex.y)
            dx, dy = rng.choice([(0, 1), (1, 0), (-1, 1), (-1, -1), (2, -1)])
            yield from self._point(at[0] + dx * tiny, at[1] + dy * tiny)
        arcs = [(curve, arc) for curve in self.map.curves for arc in curve.arcs]
        for curve, arc in rng.sample(arcs, min(8, len(arcs))):
            line = self.map.polyline(arc)
            k = rng.randrange(len(line) - 1)
            x, y = (
                Fraction((p + q) / 2).limit_denominator(10**6)
                for p, q in zip(line[k], line[k + 1], strict=True)
            )
            if curve.solved is not None:
                name, formula = curve.solved
                try:
                    if name == self.y:
                        y = scalars.evaluate(scalars.as_scalar(formula), {self.x: x})
                    else:
                        x = scalars.evaluate(scalars.as_scalar(formula), {self.y: y})
                except ZeroDivisionError:
                    continue
                yield from self._point(x, y)
            yield from self._point(x, y + tiny)
            yield from self._point(x + tiny, y)
        for x in self.map.x_range:
            for y in self.map.y_range:
                yield from self._point(x, y)

    def at(self, point: Point) -> Said:
        x, y = point[self.x], point[self.y]
        face = self.map.face_at(x, y)
        if face is None:
            equilibria, where = self.map.at(x, y), "a curve or vertex"
        else:
            equilibria, where = face.equilibria, f"face {face.number}"
        return Said(where, forms(equilibria, point), equilibria.complete, equilibria.reason)

    def faults(self, rng: random.Random) -> Iterator[str]:
        total = sum(float(face.area_share) for face in self.map.faces)
        if abs(total - 1) > 1e-6:
            yield f"the faces cover {total} of the rectangle"
        # Random points lie on curves with probability (almost) zero; that each has a face says that nothing is left out.
        for point in random_points(self.model, 20, rng, parts=(10**9 + 7,)):
            if self.map.face_at(point[self.x], point[self.y]) is None:
                yield f"{text(point)} is on no face"


def forms(equilibria: Any, point: Point) -> dict[Profile, tuple[Any, ...]]:
    """Strategies and payoffs of closed forms at a point."""
    return {
        tuple(tuple(value(p, point) for p in vector) for vector in e.profile.arrays): tuple(
            value(u, point) for u in e.payoffs.values()
        )
        for e in equilibria
    }


def views(model: gt.Model) -> Iterator[Any]:
    """The maps of a model."""
    yield (LineView if len(model.space) == 1 else PlaneView)(model)


# -- comparing --------------------------------------------------------------------------------------------------------------
def same(said: dict[Profile, tuple[Any, ...]], judged: dict[Profile, tuple[Any, ...]]) -> str:
    """What differs, or nothing."""
    pairs = {p: [q for q in said if matches(q, p)] for p in judged}
    missing = [p for p, found in pairs.items() if not found]
    matched = [q for found in pairs.values() for q in found]
    extra = [q for q in said if q not in matched]
    if missing or extra:
        return f"missing {shown(missing)}; not equilibria {shown(extra)}"
    if len(matched) != len(judged):
        return f"{len(said)} equilibria for {len(judged)}: {shown(list(said))}"
    for profile, (twin,) in pairs.items():
        if not all(agree(u, v) for u, v in zip(said[twin], judged[profile], strict=True)):
            return f"payoffs {said[twin]} instead of {judged[profile]} in {shown([profile])}"
    return ""


def matches(first: Profile, second: Profile) -> bool:
    return len(first) == len(second) and all(
        agree(p, q) for x, y in zip(first, second, strict=True) for p, q in zip(x, y, strict=True)
    )


def shown(profiles: list[Profile]) -> str:
    return str([[[_short(p) for p in vector] for vector in profile] for profile in profiles])


def _short(number: Any) -> str:
    return str(number) if isinstance(number, Fraction) else f"{float(sum(_bounds(number)) / 2):.9g}"


def random_points(
    model: gt.Model, count: int, rng: random.Random, parts: tuple[int, ...] = (7, 12, 97, 1009, 10**6 + 3)
) -> Iterator[Point]:
    for _ in range(count):
        point = {}
        for name in model.space:
            parameter, size = model.space[name], rng.choice(parts)
            point[name] = parameter.low + (parameter.high - parameter.low) * Fraction(
                rng.randint(0, size), size
            )
        yield point


def check(game: Sample, points: int, *, gambit: bool = False, seed: int = 0) -> list[Verdict]:
    """Compare every map of a game with the judges."""
    rng = random.Random(f"points {game.title} {seed}")
    verdicts = []
    start = time.process_time()
    for view in views(game.model):
        verdict = Verdict(f"{type(view).__name__}: {game.title}", complete=view.complete, reason=view.reason)
        verdict.seconds = time.process_time() - start
        verdict.faults.extend({"wrong": wrong} for wrong in view.faults(rng))
        borders = list(view.borders(rng))
        verdict.breakpoints = len(borders)
        for k, point in enumerate([*random_points(game.model, points, rng), *borders]):
            verdict.points += 1
            said = view.at(point)
            judged = game.judge(point)
            if judged is None:
                verdict.unjudged += 1
                continue
            wrong = same(said.equilibria, judged)
            if (
                wrong
                and not said.complete
                and not wrong.startswith("payoffs")
                and wrong.endswith("not equilibria []")
            ):
                continue  # the map says that something is missing
            if gambit and k % 4 == 0:
                answer = _gambit(game, point)
                verdict.gambit += answer is not None
                if answer not in (None, set(judged)):
                    verdict.faults.append(
                        {"point": text(point), "where": said.where, "wrong": "the judges differ"}
                    )
            if wrong:
                verdict.faults.append({"point": text(point), "where": said.where, "wrong": wrong})
        verdicts.append(verdict)
        start = time.process_time()
    return verdicts


def _gambit(game: Sample, point: Point) -> set[Profile] | None:
    """Gambit's exact extreme equilibria, where the numbers are small: of large ones it may find none, not even a strict one."""
    from judges import gambit

    tables = game.tables(point) if game.tables is not None else []
    if not tables or max(abs(value) for own in tables for value in own.flat) >= GAMBIT:
        return None
    return gambit(*tables)


def text(point: Point) -> dict[str, str]:
    return {name: str(number) for name, number in point.items()}


# -- running ----------------------------------------------------------------------------------------------------------------
def plan(total: int) -> Iterator[tuple[str, int, str, int]]:
    """Kinds and regimes in turn."""
    kinds = [("two players", 1), ("tree", 1), ("two players", 2), ("three players", 1), ("tree", 2)]
    kinds += [("signalling", 1), ("two players", 1), ("two players", 2), ("tree", 1), ("three players", 1)]
    for k in range(total):
        kind, parameters = kinds[k % len(kinds)]
        yield kind, parameters, REGIMES[(k // len(kinds)) % len(REGIMES)], k


def run(
    total: int, points: int, *, limit: int, kind: str | None, parameters: int | None, first: int
) -> Counter[str]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    counts: Counter[str] = Counter()
    seconds: dict[str, list[float]] = {}

    def ring(*_: Any) -> None:
        raise OutOfTime

    # Seconds are the processor's, so that what else a machine does changes neither figures nor answers.
    signal.signal(signal.SIGVTALRM, ring)
    with (FOLDER / "map_agreement.jsonl").open("a" if first else "w") as lines:
        for number, (k, p, regime, seed) in enumerate(plan(total + first)):
            if number < first or kind not in (None, k) or parameters not in (None, p):
                continue
            game = sample(k, p, regime, seed)
            began = time.process_time()
            signal.setitimer(signal.ITIMER_VIRTUAL, limit)
            try:
                verdicts = check(game, points, gambit=True)
            except OutOfTime:
                verdicts = [Verdict(game.title, complete=False, reason=f"more than {limit} s")]
            except Exception as error:  # noqa: BLE001 (a crash is what is looked for)
                wrong = f"{type(error).__name__}: {error}"
                verdicts = [Verdict(game.title, faults=[{"wrong": wrong[:500]}])]
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            spent = time.process_time() - began
            for verdict in verdicts:
                lines.write(json.dumps(verdict.record) + "\n")
                lines.flush()
                counts["maps"] += 1
                counts["points"] += verdict.points
                counts["points at or near borders"] += verdict.breakpoints
                counts["points asked of Gambit, too"] += verdict.gambit
                counts["unjudged points"] += verdict.unjudged
                counts["incomplete maps"] += not verdict.complete
                counts["games with faults"] += bool(verdict.faults)
                counts["faults"] += len(verdict.faults)
                if verdict.reason:
                    counts[f"reason: {verdict.reason[:110]}"] += 1
                seconds.setdefault(f"{k}, {p}", []).append(verdict.seconds)
                for fault in verdict.faults[:1]:
                    print(f"FAULT {verdict.title}: {fault}", flush=True)
            if spent > limit / 2:
                print(f"SLOW {game.title}: {spent:.1f} s", flush=True)
    for name, times in seconds.items():
        print(f"{name}: {len(times)} maps, mean {sum(times) / len(times):.3f} s, most {max(times):.2f} s")
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--games", type=int, default=1000)
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="skip so many games of the plan")
    parser.add_argument("--limit", type=int, default=60, help="seconds of the processor a game")
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--parameters", type=int, choices=(1, 2))
    given = parser.parse_args()
    counts = run(
        given.games,
        given.points,
        limit=given.limit,
        kind=given.kind,
        parameters=given.parameters,
        first=given.first,
    )
    for name, count in sorted(counts.items()):
        print(f"{count:8} {name}")
    return int(counts["faults"] > 0)


if __name__ == "__main__":
    sys.exit(main())
