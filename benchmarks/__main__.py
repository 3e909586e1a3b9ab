"""Time this package and others on the same games in one run, and write the ratios to docs/benchmarks.md.

Speeds of machines differ and drift, so a time means little on its own. Each comparison below alternates the programs in every
round on the very same numbers, checks that they found the same equilibria, and reports the ratio of the median times.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import nashpy
import numpy as np
import pygambit
import quantecon.game_theory as qe

import gametheory as gt
from gametheory.models import deterrence, kazakhstan
from gametheory.sensitivity import sweep, thresholds
from gametheory.solvers import stacked

Profile = tuple[np.ndarray, np.ndarray]
Solver = Callable[[np.ndarray, np.ndarray], list[Profile]]

TARGET = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
ROUNDS = 5


def with_nashpy(a: np.ndarray, b: np.ndarray) -> list[Profile]:
    return list(nashpy.Game(a, b).vertex_enumeration())


def with_nashpy_supports(a: np.ndarray, b: np.ndarray) -> list[Profile]:
    # Faster, but it asks for probabilities >= 0 where rounding gives -1e-17, and so misses equilibria: see shortfall().
    return list(nashpy.Game(a, b).support_enumeration(non_degenerate=True))


def with_quantecon(a: np.ndarray, b: np.ndarray) -> list[Profile]:
    game = qe.NormalFormGame((qe.Player(a), qe.Player(np.ascontiguousarray(b.T))))
    return qe.support_enumeration(game)


def with_gambit(a: np.ndarray, b: np.ndarray) -> list[Profile]:
    game = pygambit.StrategicGame.from_arrays(a, b)
    found = pygambit.nash.enummixed_solve(game, rational=False).equilibria
    return [tuple(np.array([float(p) for _, p in mixed]) for mixed in profile) for profile in found]


PEERS: dict[str, Solver] = {"quantecon": with_quantecon, "nashpy": with_nashpy, "pygambit": with_gambit}
PACKAGES = {"gametheory": "gametheory", "quantecon": "quantecon", "nashpy": "nashpy", "pygambit": "pygambit"}


@dataclass
class Row:
    """One comparison: microseconds a point for each program."""

    task: str
    ours: float
    peers: dict[str, float]

    def cells(self) -> list[str]:
        shown = [self.task, f"{self.ours:,.1f}"]
        for name in PEERS:
            theirs = self.peers.get(name)
            shown.append("" if theirs is None else f"{theirs:,.0f} ({theirs / self.ours:,.0f}×)")
        return shown


def compare(
    task: str, ours: Callable[[], int], size: int, peers: dict[str, Callable[[], int]], few: int
) -> Row:
    """Time `ours` over `size` points and each of `peers` over the first `few` of them, alternating, medians of rounds."""
    ours()  # compiles, or loads what was compiled
    for peer in peers.values():
        peer()
    own: list[float] = []
    others: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(ROUNDS):
        own.append(clock(ours) / size)
        for name, peer in peers.items():
            others[name].append(clock(peer) / few)
    row = Row(task, 1e6 * statistics.median(own), {n: 1e6 * statistics.median(t) for n, t in others.items()})
    print(" | ".join(row.cells()), flush=True)
    return row


def clock(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def tables(rng: np.random.Generator) -> list[Row]:
    """All equilibria of random two-player games of several sizes."""
    rows = []
    for (m, n), size, few in (
        ((2, 2), 100_000, 100),
        ((3, 2), 100_000, 100),
        ((3, 3), 100_000, 50),
        ((5, 5), 2000, 20),
    ):
        stack = rng.normal(size=(size, 2, m, n))
        found = stacked.nash_equilibria(stack)

        def loop(solve: Solver, stack: np.ndarray = stack, few: int = few) -> int:
            return sum(len(solve(a, b)) for a, b in stack[:few])

        expected = int(found.count[:few].sum())
        for name, solve in PEERS.items():
            if loop(solve) != expected:
                raise SystemExit(f"{name} finds other equilibria than gametheory in {m}x{n} games")
        peers = {name: (lambda solve=solve, loop=loop: loop(solve)) for name, solve in PEERS.items()}
        task = f"all equilibria of a random {m}×{n} game"
        rows.append(compare(task, lambda stack=stack: len(stacked.nash_equilibria(stack)), size, peers, few))
    return rows


def shortfall(rng: np.random.Generator) -> str:
    """What nashpy's support enumeration misses, and how long it takes next to its vertex enumeration."""
    stack = rng.normal(size=(200, 2, 3, 3))
    count = stacked.nash_equilibria(stack).count
    missed = sum(len(with_nashpy_supports(a, b)) < n for (a, b), n in zip(stack, count, strict=True))
    supports = clock(lambda: [with_nashpy_supports(a, b) for a, b in stack])
    vertices = clock(lambda: [with_nashpy(a, b) for a, b in stack])
    return (
        f"Nashpy is timed by its vertex enumeration. Its support enumeration takes {supports / vertices:.2f} of that time in 3×3 "
        f"games, and misses an equilibrium in {missed} of {len(stack)} of them by rounding."
    )


def flagship() -> list[Row]:
    """The sequential flagship on a grid; the others are given its payoffs and solve its two reply stages in a loop."""
    model = deterrence.sequential(kazakhstan.space())
    axes = {"G_L": np.linspace(20, 150, 400).round(4), "N_WL": np.linspace(20, 300, 250).round(4)}
    size, few = 100_000, 100
    # Points from all over the grid; what the reply stages pay is handed to the others for nothing.
    step = size // few
    g, n = (axis.ravel()[::step] for axis in np.meshgrid(*axes.values(), indexing="ij"))
    payoffs, chance = (f({"G_L": g, "N_WL": n}) for f in (model.payoffs, model.chance))
    stages = stage_tables(model, payoffs, chance)

    def loop(solve: Solver) -> list[float]:
        return [induct(solve, point) for point in stages]

    found = sweep(model, axes, outcomes=["payoff: Russia"], progress=False)
    ours = found["payoff: Russia"].sel(bound="greatest").values.ravel()[::step]
    for name, solve in PEERS.items():
        np.testing.assert_allclose(loop(solve), ours, atol=1e-6, err_msg=name)
    peers = {name: (lambda solve=solve: len(loop(solve))) for name, solve in PEERS.items()}
    return [
        compare(
            "subgame-perfect equilibria of the sequential flagship",
            lambda: sweep(model, axes, progress=False).sizes["G_L"],
            size,
            peers,
            few,
        )
    ]


def stage_tables(model: gt.Model, payoffs: np.ndarray, chance: np.ndarray) -> list[dict[str, np.ndarray]]:
    """For each point and each act of Russia, the expected payoffs (player, West's reply, China's reply)."""
    game = model.game
    points = []
    terminal = {int(node): t for t, node in enumerate(game.terminals)}
    for b in range(len(payoffs)):
        stages = {}
        for act in ("limited", "full"):
            cells = {}
            for node in range(game.n_nodes):
                if game.kind[node] == 2 and game.path(node).startswith(f"{act}/"):
                    expected = sum(chance[b, c] * payoffs[b, :, terminal[c]] for c in game.children[node])
                    cells[game.path(node)] = expected
            table = np.array(list(cells.values())).reshape(3, 2, 3)
            stages[act] = np.ascontiguousarray(np.moveaxis(table, 2, 0))
        points.append(stages)
    return points


def induct(solve: Solver, stages: dict[str, np.ndarray]) -> float:
    """Russia's best payoff, by backward induction over the two reply stages with another program's solver."""
    best = 0.0  # refrain
    for russia, west, china in stages.values():
        best = max(best, max(float(x @ russia @ y) for x, y in solve(west, china)))
    return best


def exact_thresholds() -> list[tuple[str, float, float]]:
    """Exact thresholds of the flagship, in every parameter; seconds, and those of a scan with quantecon of 1000 values."""
    model = deterrence.sequential(kazakhstan.space())
    times = {}
    for name, parameter in model.space.items():
        if parameter.varies:
            times[name] = clock(lambda name=name: thresholds(model, name))
    low, high = (float(end) for end in model.space.box["G_L"])
    points = {"G_L": np.linspace(low, high, 1000)}

    def scan() -> None:
        for point in stage_tables(model, model.payoffs(points), model.chance(points)):
            induct(with_quantecon, point)

    scanned = clock(scan)
    worst = max(times, key=times.__getitem__)
    rows = [
        (f"exact, median over {len(times)} parameters", statistics.median(times.values()), scanned),
        (f"exact, slowest parameter ({worst})", times[worst], scanned),
    ]
    for what, seconds, other in rows:
        print(
            f"thresholds: {what}: {seconds:.3f} s; scan of 1000 values with quantecon: {other:.3f} s",
            flush=True,
        )
    return rows


def write(rows: list[Row], note: str, exact: list[tuple[str, float, float]], target: Path) -> None:
    """Write the page."""
    versions = ", ".join(f"{name} {metadata.version(package)}" for name, package in PACKAGES.items())
    table = ["| task | gametheory, µs a point | " + " | ".join(f"{n}, µs a point" for n in PEERS) + " |"]
    table += ["|---|--:|" + "--:|" * len(PEERS)]
    table += ["| " + " | ".join(row.cells()) + " |" for row in rows]
    thresholds_table = [
        "| thresholds of the sequential flagship | seconds | a scan of 1000 values, seconds |"
    ]
    thresholds_table += ["|---|--:|--:|"]
    thresholds_table += [f"| {what} | {seconds:.3f} | {other:.2f} |" for what, seconds, other in exact]
    text = f"""---
orphan: true
---

# Benchmarks

Written by `make bench`; do not edit. Each row times the programs on the same numbers, alternately, in one run, after
checking that they find the same equilibria; times are medians of {ROUNDS} rounds, and in brackets stands how many times as long as
here another program takes. gametheory solves a stack of games in one compiled call; the others solve one game a call, in a loop.
For the flagship the others are handed the payoffs of its reply stages, which gametheory computes within its time.
{note}

{chr(10).join(table)}

Thresholds are exact here: every value of a parameter at which the equilibria change, as a rational or algebraic number, with
the equilibria between and at them. None of the others does this; a scan of 1000 values with quantecon finds where the play
changes to a thousandth of the range, and misses what happens between two values.

{chr(10).join(thresholds_table)}

Versions: {versions}; Python {platform.python_version()}, NumPy {np.__version__}. Compilation (a few seconds, once per
installation) is not included.
"""
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--out", type=Path, default=TARGET, help="where to write the page")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # the others warn about degenerate games, of which random ones are none
    rng = np.random.default_rng(0)
    rows = [*tables(rng), *flagship()]
    write(rows, shortfall(rng), exact_thresholds(), arguments.out)
    print(f"written: {arguments.out}")


if __name__ == "__main__":
    main()
