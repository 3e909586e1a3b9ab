"""One equilibrium of a large game: Lemke-Howson, and zero-sum games by linear programming."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

import gametheory as gt
from benchmarks.measure import Entry, Line, Section, clock, rounds, say, show
from benchmarks.peers import PEERS, regret
from benchmarks.workers import Run, Worker

_LIMIT = 60.0


def run(quick: bool) -> Section:
    """Random games of 500 and 1000 strategies; zero-sum games from 200 to 1000 (2000 take minutes)."""
    lines: list[Line] = []
    for n, goal in ((500, 10), (1000, 40)):
        _add(lines, "lemke_howson", n, ("quantecon Lemke-Howson, capping",), goal, quick)
    for n in (200, 600) if quick else (200, 600, 1000):
        peer = "quantecon minmax" if n < 700 else "HiGHS interior point"
        others = ("quantecon minmax", "HiGHS interior point") if n < 1500 else ("HiGHS interior point",)
        _add(lines, "zero_sum", n, tuple(dict.fromkeys((peer, *others))), 1, quick)
    return Section("large", lines, quick=quick)


def _add(lines: list[Line], kind: str, n: int, names: tuple[str, ...], goal: float, quick: bool) -> None:
    try:
        solve = getattr(import_module(f"gametheory.solvers.{kind}"), kind)
        lines.append(_line(kind, solve, n, names, goal, quick))
        show(lines[-1])
    except Exception as error:  # noqa: BLE001 (a line that fails must not cost the others)
        say(f"{kind} {n}: left out, {type(error).__name__}: {error}")


def _line(
    kind: str, solve: Callable[..., Any], n: int, names: tuple[str, ...], goal: float, quick: bool
) -> Line:
    rng = np.random.default_rng(n)
    zero = kind == "zero_sum"
    number = 1 if quick or n >= 2000 else 3 if zero else 5
    tables = []
    for _ in range(number):
        a = rng.normal(size=(n, n))
        tables.append(np.stack([a, -a if zero else rng.normal(size=(n, n))]))
    games = [gt.NormalFormGame(table) for table in tables]
    solve(games[0])  # compiles
    found: list[Any] = []

    def ours() -> float:
        found.clear()
        seconds = clock(lambda: found.extend(solve(game) for game in games))
        return seconds / number

    handed = [table[0] if zero else table for table in tables]
    small = rng.normal(size=(2, 3, 3))
    workers = {name: Worker(name, small[0] if zero else small) for name in names}
    runs: dict[str, Run] = {}

    def theirs(name: str) -> Callable[[], float]:
        def call() -> float:
            runs[name] = workers[name].run(handed, limit=_LIMIT, budget=_LIMIT)
            return runs[name].mean or np.inf

        return call

    try:
        medians = rounds([ours, *(theirs(name) for name in names)], 1 if quick or (n >= 1000 and zero) else 3)
    finally:
        for worker in workers.values():
            worker.stop()
    entry = Entry("gametheory", kind, 1 / medians[0], games=number)
    entry.wrong = sum(
        regret(table, tuple(np.array(v, dtype=float) for v in each[0].profile.arrays)) > 1e-6
        for table, each in zip(tables, found, strict=True)
    )
    label = "zero-sum" if zero else "Lemke-Howson"
    line = Line(f"one equilibrium, {label}, {n}×{n}", "games", entry, goal=goal, goal_peer=names[0])
    for name, seconds in zip(names, medians[1:], strict=True):
        peer, done = PEERS[name], runs[name]
        other = Entry(peer.program, peer.method, 1 / seconds if np.isfinite(seconds) else None)
        other.games, other.hung, other.note = done.answered, done.hung, done.error
        other.wrong = sum(
            regret(table, tuple(answer[0])) > 1e-6
            for table, answer in zip(tables, done.answers, strict=False)
            if answer is not None
        )
        line.peers.append(other)
    return line
