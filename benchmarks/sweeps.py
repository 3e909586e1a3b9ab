"""The flagship model: its sweep over two parameters, and its exact thresholds."""

from __future__ import annotations

import statistics
from collections.abc import Callable

import numpy as np

import gametheory as gt
from benchmarks.measure import Entry, Line, Section, clock, rounds, show
from benchmarks.peers import PEERS
from benchmarks.workers import Run, Worker
from gametheory.models import deterrence, kazakhstan
from gametheory.sensitivity import sweep, thresholds

_NAMES = ("quantecon stage by stage", "nashpy stage by stage", "pygambit stage by stage")


def run(quick: bool) -> Section:
    return Section("sweeps", [_sweep(quick), *_thresholds(quick)], quick=quick)


def _sweep(quick: bool) -> Line:
    """The others are given the payoffs of the reply stages for nothing, which the sweep computes within its time."""
    model = deterrence.sequential(kazakhstan.space())
    g, n = (60, 50) if quick else (400, 250)
    axes = {"G_L": np.linspace(20, 150, g).round(4), "N_WL": np.linspace(20, 300, n).round(4)}
    step = g * n // 100
    points = dict(
        zip(axes, (axis.ravel()[::step] for axis in np.meshgrid(*axes.values(), indexing="ij")), strict=True)
    )
    stages = stage_tables(model, model.payoffs(points), model.chance(points))
    found = sweep(model, axes, outcomes=["payoff: Russia"], progress=False)
    expected = found["payoff: Russia"].sel(bound="greatest").values.ravel()[::step]
    workers = {name: Worker(name, stages[0]) for name in _NAMES}
    runs: dict[str, Run] = {}

    def theirs(name: str) -> Callable[[], float]:
        def call() -> float:
            runs[name] = workers[name].run(stages, limit=5, budget=2 if quick else 6)
            return runs[name].mean or np.inf

        return call

    try:
        mine, *others = rounds(
            [lambda: clock(lambda: sweep(model, axes, progress=False)), *(theirs(name) for name in _NAMES)], 3
        )
    finally:
        for worker in workers.values():
            worker.stop()
    entry = Entry("gametheory", "sensitivity.sweep", g * n / mine)
    line = Line("sweep of the sequential flagship over two parameters", "points", entry)
    for name, seconds in zip(_NAMES, others, strict=True):
        peer = Entry(PEERS[name].program, PEERS[name].method, 1 / seconds if np.isfinite(seconds) else None)
        peer.games, peer.note = runs[name].answered, runs[name].error
        peer.wrong = sum(
            abs(answer - value) > 1e-6
            for answer, value in zip(runs[name].answers, expected, strict=False)
            if answer is not None
        )
        line.peers.append(peer)
    show(line)
    return line


def _thresholds(quick: bool) -> list[Line]:
    """All thresholds of a parameter, exactly; beside a scan of 1000 values with QuantEcon, which finds them to a thousandth."""
    model = deterrence.sequential(kazakhstan.space())
    names = [name for name, parameter in model.space.items() if parameter.varies]
    times = {
        name: clock(lambda name=name: thresholds(model, name)) for name in (names[:4] if quick else names)
    }
    low, high = (float(end) for end in model.space.box["G_L"])
    points = {"G_L": np.linspace(low, high, 1000)}
    stages: list[list[np.ndarray]] = []
    making = clock(lambda: stages.extend(stage_tables(model, model.payoffs(points), model.chance(points))))
    with Worker(_NAMES[0], stages[0]) as worker:
        scanned = worker.run(stages, limit=5, budget=60)
    peer = Entry("quantecon", "scan of 1000 values")
    if scanned.mean:
        peer.rate = 1 / (making + 1000 * scanned.mean)
    worst = max(times, key=times.__getitem__)
    lines = []
    for what, seconds in (
        (
            f"exact thresholds of the flagship, median of {len(times)} parameters",
            statistics.median(times.values()),
        ),
        (f"exact thresholds of the flagship, slowest parameter ({worst})", times[worst]),
    ):
        line = Line(what, "parameters", Entry("gametheory", "sensitivity.thresholds", 1 / seconds), [peer])
        show(line)
        lines.append(line)
    return lines


def stage_tables(model: gt.Model, payoffs: np.ndarray, chance: np.ndarray) -> list[list[np.ndarray]]:
    """For each point and each act of Russia, the expected payoffs (player, West's reply, China's reply)."""
    game = model.game
    terminal = {int(node): t for t, node in enumerate(game.terminals)}
    points = []
    for b in range(len(payoffs)):
        stages = []
        for act in ("limited", "full"):
            cells = {}
            for node in range(game.n_nodes):
                if game.kind[node] == 2 and game.path(node).startswith(f"{act}/"):
                    expected = sum(chance[b, c] * payoffs[b, :, terminal[c]] for c in game.children[node])
                    cells[game.path(node)] = expected
            table = np.array(list(cells.values())).reshape(3, 2, 3)
            stages.append(np.ascontiguousarray(np.moveaxis(table, 2, 0)))
        points.append(stages)
    return points
