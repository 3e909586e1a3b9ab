"""All equilibria of random tables: stacks of two-player and three-player games, and exact two-player games."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

import gametheory as gt
from benchmarks import games
from benchmarks.measure import Entry, Line, Section, clock, rounds, say, show
from benchmarks.peers import PEERS, Profile, regret, version
from benchmarks.workers import Run, Worker
from gametheory.solvers import stacked

SUPPORTS, VERTICES = "quantecon support enumeration", "quantecon vertex enumeration"
POLY = "pygambit enumpoly"
TWO = (
    SUPPORTS,
    VERTICES,
    "nashpy support enumeration",
    "nashpy vertex enumeration",
    "pygambit enummixed, floats",
)
THREE = (POLY, "pygambit gnm", "pygambit simpdiv", "pygambit logit")

# shape, games in our stack, games for the peers, peers, goal, the peer that it names
CASES: tuple[tuple[tuple[int, ...], int, int, tuple[str, ...], float, str], ...] = (
    ((2, 2), 2_000_000, 400, TWO, 400, SUPPORTS),
    ((3, 3), 1_000_000, 400, TWO, 300, SUPPORTS),
    ((4, 4), 100_000, 300, TWO, 20, SUPPORTS),
    ((5, 5), 40_000, 200, TWO, 20, SUPPORTS),
    ((8, 8), 2_000, 60, (VERTICES, "nashpy vertex enumeration", "pygambit enummixed, floats"), 10, VERTICES),
    ((2, 2, 2), 1_000_000, 300, THREE, 5000, POLY),
    ((3, 3, 3), 20_000, 40, THREE, 1000, POLY),
)

_CLOSE = 1e-5  # probabilities of one equilibrium as two programs see it
_LIMIT = 5.0  # seconds that a peer gets for one game


def run(quick: bool, wanted: str = "") -> Section:
    """Every shape; a stack of ours against peers that solve its first games."""
    lines = []
    for shape, size, few, names, goal, named in CASES:
        label = "x".join(map(str, shape))
        if wanted and wanted != label:
            continue
        part = max(size // 20, 10) if quick else size
        try:
            lines.append(_stack_line(shape, part, min(few, part), names, goal, named, quick))
        except Exception as error:  # noqa: BLE001 (a line that fails must not cost the others)
            say(f"{label}: left out, {type(error).__name__}: {error}")
            continue
        show(lines[-1])
    return Section("tables", lines, quick=quick)


def _stack_line(
    shape: tuple[int, ...], size: int, few: int, names: Sequence[str], goal: float, named: str, quick: bool
) -> Line:
    payoffs = games.stack(shape, size)
    layouts = {"games first in memory": payoffs, "games last in memory": games.games_last(payoffs)}
    for layout in layouts.values():
        stacked.nash_equilibria(layout[: max(size // 100, 1)])  # compiles, or loads what was compiled
    sample = [np.ascontiguousarray(game) for game in payoffs[:few]]
    reference = list(references(sample))
    runs: dict[str, list[Run]] = {name: [] for name in names}
    budget = (2.0 if quick else 10.0) / len(names)
    calls: list[Callable[[], float]] = [
        lambda layout=layout: clock(lambda: stacked.nash_equilibria(layout)) for layout in layouts.values()
    ]
    workers = {name: Worker(name, sample[0]) for name in names}

    def peer_call(name: str) -> Callable[[], float]:
        def call() -> float:
            runs[name].append(workers[name].run(sample, limit=_LIMIT, budget=budget))
            return runs[name][-1].mean or np.inf

        return call

    try:
        medians = rounds(calls + [peer_call(name) for name in names], 2 if quick else 3)
    finally:
        for worker in workers.values():
            worker.stop()
    ours = dict(zip(layouts, medians, strict=False))
    best = min(ours, key=lambda key: ours[key])
    found = stacked.nash_equilibria(payoffs)
    mine = [_rows(found, k) for k in range(few)]
    entry = Entry("gametheory", "stack", size / ours[best])
    _judge(entry, sample, mine, reference)
    entry.note = ", ".join(f"{layout} {size / seconds:,.0f} a second" for layout, seconds in ours.items())
    if not found.complete.all():
        entry.note += f"; {int((~found.complete).sum())} of {size} games not complete"
    line = Line(f"all equilibria, {'×'.join(map(str, shape))}", "games", entry, goal=goal, goal_peer=named)
    for name, seconds in zip(names, medians[len(layouts) :], strict=True):
        line.peers.append(_peer_entry(name, seconds, runs[name], sample, reference))
    return line


def _peer_entry(
    name: str, seconds: float, runs: Sequence[Run], sample: Sequence[np.ndarray], reference: Sequence[Any]
) -> Entry:
    peer = PEERS[name]
    longest = max(runs, key=lambda run: len(run.answers))
    entry = Entry(peer.program, peer.method, None if not np.isfinite(seconds) else 1 / seconds)
    entry.hung, entry.failed = longest.hung, longest.failed
    entry.note = longest.error
    if version(peer.program) is None:
        entry.note = "not installed"
    _judge(entry, sample, longest.answers, reference, all_of_them=peer.complete)
    if entry.hung:
        entry.note = (
            entry.note + f"; no answer within {_LIMIT:g} s in {entry.hung} of {len(longest.answers)}"
        ).strip("; ")
    return entry


# ---------------------------------------------------------------------------------------------------------------------
# Completeness
# ---------------------------------------------------------------------------------------------------------------------
def references(sample: Sequence[np.ndarray]) -> Iterator[list[Profile] | None]:
    """All equilibria of each game by exact arithmetic on the very same numbers; None where they are not proven complete."""
    for payoffs in sample:
        exact = np.array([Fraction(x) for x in payoffs.ravel().tolist()], dtype=object).reshape(payoffs.shape)
        found = gt.nash_equilibria(gt.NormalFormGame(exact))
        if not found.complete:
            yield None
            continue
        yield [tuple(np.array(v, dtype=float) for v in equilibrium.profile.arrays) for equilibrium in found]


def _rows(found: Any, game: int) -> list[Profile]:
    low, high = np.searchsorted(found.game, [game, game + 1])
    return [tuple(strategy[row] for strategy in found.strategies) for row in range(low, high)]


def same(one: Profile, other: Profile) -> bool:
    return all(np.abs(p - q).max() <= _CLOSE for p, q in zip(one, other, strict=True))


def _judge(
    entry: Entry,
    sample: Sequence[np.ndarray],
    answers: Sequence[list[Profile] | None],
    reference: Sequence[list[Profile] | None],
    *,
    all_of_them: bool = True,
) -> None:
    """Count the games in which an equilibrium is missing, or something is none."""
    missed = 0
    for payoffs, answer, known in zip(sample, answers, reference, strict=False):
        if answer is None:
            continue
        if known is None:
            continue
        entry.games += 1
        missed += any(not any(same(p, q) for q in answer) for p in known)
        entry.wrong += any(regret(payoffs, profile) > 1e-4 for profile in answer)
    entry.missed = missed if all_of_them else None
    unknown = sum(known is None for known in reference[: len(answers)])
    if unknown:
        note = f"{unknown} of {len(answers)} games have no proven reference"
        entry.note = f"{entry.note}; {note}".strip("; ")


# ---------------------------------------------------------------------------------------------------------------------
# Exact two-player games
# ---------------------------------------------------------------------------------------------------------------------
def run_exact(quick: bool) -> Section:
    """Exact games one at a time: random 12x12 ones, and the one with 75 equilibria."""
    from gametheory.games import catalog

    six = catalog.load("von_stengel_six")
    rng = np.random.default_rng(12)
    large = [gt.NormalFormGame(rng.integers(-100, 101, (2, 12, 12))) for _ in range(1 if quick else 3)]
    lines = []
    for task, sample, repeats in (
        ("exact, the 6×6 game with 75 equilibria", [six], 3),
        ("exact, random 12×12 integers", large, 1),
    ):
        tables = [np.array(game.payoffs.tolist(), dtype=object) for game in sample]
        integers = [table.astype(int) for table in tables]
        found = [gt.nash_equilibria(game) for game in sample]
        seconds = rounds(
            [lambda sample=sample: clock(lambda: [gt.nash_equilibria(game) for game in sample])], repeats
        )[0]
        ours = Entry("gametheory", "nash_equilibria", len(sample) / seconds, games=len(sample), missed=0)
        counts = ", ".join(str(len(each)) for each in found)
        ours.note = (
            f"{counts} equilibria, {'all complete' if all(f.complete for f in found) else 'NOT complete'}"
        )
        line = Line(task, "games", ours)
        for name in ("pygambit enummixed, exact",):
            with Worker(name, np.array([[[1, 0], [0, 1]]] * 2)) as worker:
                limit = 5.0 if quick else 30.0
                answer = worker.run(integers, limit=limit, budget=2 * limit)
            peer = PEERS[name]
            entry = Entry(
                peer.program, peer.method, 1 / answer.mean if answer.mean else None, hung=answer.hung
            )
            entry.games = answer.answered
            entry.missed = sum(
                len(theirs) < len(mine)
                for theirs, mine in zip(answer.answers, found, strict=False)
                if theirs is not None
            )
            entry.note = answer.error
            if answer.hung:
                entry.note = f"no answer within {limit:g} s in {answer.hung} of {len(answer.seconds)}"
            line.peers.append(entry)
        lines.append(line)
        show(line)
    return Section("exact", lines, quick=quick)


def first_call(shape: tuple[int, ...]) -> float:
    """Seconds of the first call for a shape in this process: compiling, or loading what was compiled."""
    payoffs = games.stack(shape, 4)
    start = time.perf_counter()
    stacked.nash_equilibria(payoffs)
    return time.perf_counter() - start
