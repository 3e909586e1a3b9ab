"""Random games in four regimes: the stacked solver against exact arithmetic on the same numbers, and both against Gambit.

    python -m benchmarks.correctness --games 100000

For every game that the stacked solver calls complete its equilibria must be those of the exact solver, one for one: anything
else is a *mismatch*, and if one is missing a *false complete*. The number of equilibria of a game that has no tie must be odd. Of
every hundredth game the exact answer is compared with Gambit's: for two players its exact extreme equilibria (``enummixed`` in
rational numbers) must be ours, for three every isolated one that ``enumpoly`` finds must be among ours.

What is done is kept in build/benchmarks/correctness.jsonl, a line a chunk, so that a long run can be stopped and resumed; games that do not
agree are kept whole. ``--fresh`` starts anew.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

import gametheory as gt
from benchmarks import games
from benchmarks.measure import FOLDER
from benchmarks.peers import Profile, regret
from benchmarks.workers import Worker
from gametheory.solvers import stacked

#: Shapes, and the share of the games that each gets: small games in great numbers, large ones in fewer.
SHAPES: dict[tuple[int, ...], float] = {
    (2, 2): 0.2,
    (2, 3): 0.1,
    (3, 3): 0.2,
    (3, 4): 0.08,
    (4, 4): 0.08,
    (5, 5): 0.04,
    (2, 2, 2): 0.2,
    (2, 2, 3): 0.06,
    (2, 3, 3): 0.02,
    (3, 3, 3): 0.02,
}
CHUNK = 250
_JUDGED = 100  # one game in so many also goes to Gambit
_CLOSE = 1e-6


@dataclass(frozen=True)
class Task:
    """A chunk of games of one shape and regime."""

    shape: tuple[int, ...]
    regime: str
    number: int
    games: int

    @property
    def key(self) -> str:
        return f"{'x'.join(map(str, self.shape))} {self.regime} {self.number}"

    def stack(self) -> np.ndarray:
        return games.stack(self.shape, self.games, self.regime, seed=1_000_000 + self.number)


def tasks(total: int, shapes: dict[tuple[int, ...], float] = SHAPES) -> Iterator[Task]:
    """All chunks of a run of so many games, the shapes in turn, so that a run that is stopped has seen all of them."""
    left = {
        (shape, regime): max(round(total * share / len(games.REGIMES)), 1)
        for shape, share in shapes.items()
        for regime in games.REGIMES
    }
    number = 0
    while left:
        for kind in list(left):
            size = min(CHUNK, left[kind])
            yield Task(*kind, number, size)
            left[kind] -= size
            if not left[kind]:
                del left[kind]
        number += 1


def exact_game(payoffs: np.ndarray) -> gt.NormalFormGame:
    """The game of the very numbers that the floats are."""
    numbers = [Fraction(x) for x in payoffs.ravel().tolist()]
    return gt.NormalFormGame(np.array(numbers, dtype=object).reshape(payoffs.shape))


def check(task: Task, judges: dict[int, Worker]) -> dict[str, Any]:
    """Counts of one chunk, and the games that do not agree."""
    payoffs = task.stack()
    counts: Counter[str] = Counter(games=task.games)
    faults: list[dict[str, Any]] = []
    try:
        found = stacked.nash_equilibria(payoffs)
    except Exception:  # noqa: BLE001 (whatever it is, it is a fault; the games are then taken one by one)
        found = None
    start = None if found is None else np.searchsorted(found.game, np.arange(task.games + 1))
    for k in range(task.games):
        try:
            if found is None:
                alone, low, high, which = stacked.nash_equilibria(payoffs[k : k + 1]), 0, None, 0
            else:
                alone, low, high, which = found, start[k], start[k + 1], k
            exact = gt.nash_equilibria(exact_game(payoffs[k]))
        except Exception as error:  # noqa: BLE001 (a crash is what is looked for)
            counts["crash"] += 1
            what = f"crash: {type(error).__name__}: {error}"[:300]
            faults.append({"game": k, "wrong": [what], "payoffs": payoffs[k].tolist()})
            continue
        rows: list[Profile] = list(zip(*(strategy[low:high] for strategy in alone.strategies), strict=True))
        complete = bool(alone.complete[which])
        profiles = [tuple(np.array(v, dtype=float) for v in eq.profile.arrays) for eq in exact]
        tied = any(eq.continuum for eq in exact) or any(eq.index is None for eq in exact)
        counts["complete"] += complete
        counts["exact complete"] += exact.complete
        wrong = []
        if any(regret(payoffs[k], row) > 1e-6 for row in rows):
            wrong.append("not an equilibrium")
        if complete and exact.complete:
            counts["compared"] += 1
            if any(not _among(p, rows) for p in profiles):
                wrong.append("false complete")
            elif len(rows) != len(profiles) or any(not _among(row, profiles) for row in rows):
                wrong.append("mismatch")
        if complete and not tied and len(rows) % 2 == 0:
            wrong.append("even count, stacked")
        if exact.complete and not tied and len(exact) % 2 == 0:
            wrong.append("even count, exact")
        if k % _JUDGED == 0 and exact.complete and len(task.shape) in judges:
            wrong += _gambit(judges[len(task.shape)], payoffs[k], profiles, tied, counts)
        counts.update(wrong)
        if wrong:
            faults.append({"game": k, "wrong": wrong, "payoffs": payoffs[k].tolist()})
    return {"key": task.key, "counts": dict(counts), "faults": faults}


def _among(profile: Profile, others: list[Profile]) -> bool:
    return any(
        all(np.abs(p - q).max() <= _CLOSE for p, q in zip(profile, other, strict=True)) for other in others
    )


def _gambit(
    judge: Worker, payoffs: np.ndarray, profiles: list[Profile], tied: bool, counts: Counter[str]
) -> list[str]:
    """What is wrong in the light of Gambit's answer, if it has one."""
    handed = payoffs if len(payoffs) > 2 else exact_game(payoffs).payoffs
    run = judge.run([handed], limit=20, budget=20)
    (answer,) = run.answers or [None]
    if answer is None:
        counts["Gambit: no answer"] += 1
        return []
    counts["Gambit: compared"] += 1
    theirs = [p for p in answer if regret(payoffs, p) <= 1e-9]
    wrong = []
    if not tied and any(not _among(p, profiles) for p in theirs):
        wrong.append("Gambit finds one more")
    if len(payoffs) == 2 and any(not _among(p, theirs) for p in profiles):
        wrong.append("Gambit does not find one")
    if len(payoffs) > 2 and any(not _among(p, theirs) for p in profiles):
        counts["Gambit: incomplete"] += 1
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.correctness", description=__doc__)
    parser.add_argument("--games", type=int, default=10_000, help="how many in all")
    parser.add_argument("--shape", default="", help="only this shape, such as 3x3x3")
    parser.add_argument("--fresh", action="store_true", help="forget what was done before")
    parser.add_argument("--no-gambit", action="store_true", help="do not ask Gambit")
    parser.add_argument(
        "--file", type=Path, default=FOLDER / "correctness.jsonl", help="where results are kept"
    )
    arguments = parser.parse_args()
    from tqdm import tqdm

    arguments.file.parent.mkdir(parents=True, exist_ok=True)
    if arguments.fresh:
        arguments.file.unlink(missing_ok=True)
    shapes = SHAPES
    if arguments.shape:
        shapes = {tuple(int(n) for n in arguments.shape.split("x")): 1.0}
    plan = list(tasks(arguments.games, shapes))
    done = _read(arguments.file)
    total: Counter[str] = Counter()
    kept: list[str] = []
    judges = {}
    if not arguments.no_gambit:
        judges = {
            2: Worker("pygambit enummixed, exact", np.array([[[1, 0], [0, 1]]] * 2)),
            3: Worker("pygambit enumpoly", games.stack((2, 2, 2), 1)[0]),
        }
    try:
        with tqdm(total=sum(task.games for task in plan), unit="game", smoothing=0) as bar:
            for task in plan:
                result = done.get((task.key, task.games))
                if result is None:
                    result = check(task, judges)
                    with arguments.file.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(result) + "\n")
                total.update(result["counts"])
                kept += [
                    f"{task.key}, game {fault['game']}: {', '.join(fault['wrong'])}"
                    for fault in result["faults"]
                ]
                bar.update(task.games)
                bar.set_postfix_str(f"{len(kept)} faults")
    except KeyboardInterrupt:
        print("stopped; run again to resume")
    finally:
        for judge in judges.values():
            judge.stop()
    for name, number in sorted(total.items()):
        print(f"{number:>10,}  {name}")
    for line in kept[:50]:
        print(line)
    if kept:
        print(f"{len(kept)} games at fault, kept in {arguments.file}")
        sys.exit(1)
    print("no fault")


def _read(path: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """Chunks done before, by key and size; a line cut off by a crash is not one."""
    found = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                result = json.loads(line)
            except json.JSONDecodeError:
                continue
            found[result["key"], result["counts"]["games"]] = result
    return found


if __name__ == "__main__":
    main()
