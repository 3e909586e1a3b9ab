"""Backward induction: one large tree, and a tree of fifty nodes at a hundred thousand points."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks import games
from benchmarks.measure import Entry, Line, Section, clock, rounds, show
from benchmarks.peers import PEERS, version
from benchmarks.workers import Run, Worker
from gametheory.solvers.backward_induction import backward_induction
from gametheory.solvers.perfect_information import PerfectInformationTree

_LIMIT = 60.0
GOAL_TREES = 5e6  # trees a second


def run(quick: bool) -> Section:
    lines = [_tic_tac_toe(quick), _random(), _points(quick)]
    for line in lines:
        show(line)
    return Section(
        "trees",
        lines,
        []
        if version("OpenSpiel")
        else ["OpenSpiel is not installed here; with it, `python -m benchmarks trees` has its line."],
        quick=quick,
    )


def _compare(
    line: Line,
    tree: tuple,
    nodes: int,
    ours: Callable[[], float],
    names: tuple[str, ...],
    small: tuple,
    value: tuple,
) -> Line:
    workers = {name: Worker(name, small) for name in names}
    runs: dict[str, Run] = {}

    def theirs(name: str) -> Callable[[], float]:
        def call() -> float:
            runs[name] = workers[name].run([tree], limit=_LIMIT, budget=_LIMIT)
            return runs[name].mean or np.inf

        return call

    try:
        mine, *others = rounds([ours, *(theirs(name) for name in names)], 3)
    finally:
        for worker in workers.values():
            worker.stop()
    line.ours.rate = nodes / mine
    for name, seconds in zip(names, others, strict=True):
        peer = PEERS[name]
        entry = Entry(peer.program, peer.method, nodes / seconds if np.isfinite(seconds) else None)
        entry.note = runs[name].error
        entry.games = runs[name].answered
        entry.wrong = sum(
            not np.allclose(answer, value) for answer in runs[name].answers if answer is not None
        )
        line.peers.append(entry)
    return line


def _repeated(call: Callable[[], object], times: int = 20) -> float:
    return float(np.median([clock(call) for _ in range(times)]))


def _tic_tac_toe(quick: bool) -> Line:
    parent, mover, payoffs = games.tic_tac_toe()
    tree = PerfectInformationTree(parent, mover, 2)
    value = tuple(backward_induction(tree, payoffs).values[0])
    small = ([-1, 0, 0], [0, -1, -1], np.array([[0.0, 1.0], [1.0, 0.0]]))
    names = ["python recursion over lists"]
    if version("OpenSpiel"):
        names.insert(0, "OpenSpiel states in Python")
    line = Line(
        "backward induction, the whole tree of tic-tac-toe", "nodes", Entry("gametheory", "backward_induction"),
        goal=300, goal_peer=names[0], note=f"value {value[0]:g}, {tree.n_nodes:,} nodes",
    )  # fmt: skip
    return _compare(
        line, (parent, mover, payoffs), tree.n_nodes,
        lambda: _repeated(lambda: backward_induction(tree, payoffs)), tuple(names), small, value,
    )  # fmt: skip


def _random() -> Line:
    nodes = 20_000
    parent, mover = games.random_tree(nodes)
    tree = PerfectInformationTree(parent, mover, 2)
    payoffs = np.random.default_rng(0).normal(size=(2, len(tree.terminals)))
    value = tuple(backward_induction(tree, payoffs).values[0])
    small = ([-1, 0, 0], [0, -1, -1], np.array([[0.0, 1.0], [1.0, 0.0]]))
    line = Line(
        "backward induction, a random tree of 20,000 nodes", "nodes", Entry("gametheory", "backward_induction"),
    )  # fmt: skip
    names = ("python recursion over lists",)
    return _compare(
        line, (parent, mover, payoffs), tree.n_nodes,
        lambda: _repeated(lambda: backward_induction(tree, payoffs)), names, small, value,
    )  # fmt: skip


def _points(quick: bool) -> Line:
    parent, mover = games.random_tree(50, seed=3)
    tree = PerfectInformationTree(parent, mover, 2)
    points = 10_000 if quick else 100_000
    payoffs = np.random.default_rng(0).normal(size=(points, 2, len(tree.terminals)))
    layouts = {"points first in memory": payoffs, "points last in memory": games.games_last(payoffs)}
    for layout in layouts.values():
        backward_induction(tree, layout)
    small = ([-1, 0, 0], [0, -1, -1], np.array([[0.0, 1.0], [1.0, 0.0]]))
    few = [(parent, mover, table) for table in payoffs[:200]]
    name = "python recursion over lists"
    with Worker(name, small) as worker:
        runs: list[Run] = []

        def theirs() -> float:
            runs.append(worker.run(few, limit=_LIMIT, budget=10))
            return runs[-1].mean or np.inf

        calls: list[Callable[[], float]] = [
            lambda layout=layout: _repeated(lambda: backward_induction(tree, layout), 5)
            for layout in layouts.values()
        ]
        *mine, other = rounds([*calls, theirs], 3)
    best = min(mine)
    entry = Entry("gametheory", "backward_induction", points / best)
    entry.note = ", ".join(
        f"{layout} {points / s:,.0f} a second" for layout, s in zip(layouts, mine, strict=True)
    )
    found = backward_induction(tree, payoffs)
    peer = Entry("python", "recursion over lists", 1 / other if np.isfinite(other) else None, games=len(few))
    peer.wrong = sum(
        not np.allclose(answer, value) for answer, value in zip(runs[-1].answers, found.values, strict=False)
    )
    return Line(
        f"backward induction, {points:,} points times a tree of {tree.n_nodes} nodes", "trees", entry, [peer],
        goal_rate=GOAL_TREES,
    )  # fmt: skip
