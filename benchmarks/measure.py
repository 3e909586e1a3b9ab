"""Clocks, and what is kept of a comparison.

A time on a shared machine means little, a ratio of times taken in turn in one run more: every line runs all programs in each
round, and reports medians over rounds. Results are kept as JSON, one file a section, so that sections can be run alone and the page
be written from what there is.
"""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "build" / "benchmarks"


@dataclass
class Entry:
    """One program on one line."""

    program: str
    method: str
    rate: float | None = None  # units a second, the median over rounds
    games: int = 0  # whose answers were compared with the reference
    missed: int | None = (
        None  # games in which an equilibrium was missing; None where the task is not to find all
    )
    wrong: int = 0  # games with a profile that is no equilibrium
    hung: int = 0
    failed: int = 0
    note: str = ""


@dataclass
class Line:
    """One line of the table: ours and the peers on the same games."""

    task: str
    unit: str  # of the rates, such as "games"
    ours: Entry
    peers: list[Entry] = field(default_factory=list)
    goal: float | None = None  # times the peer named
    goal_peer: str = ""
    goal_rate: float | None = None  # or units a second
    note: str = ""

    @property
    def against(self) -> Entry | None:
        """The peer that the goal names; without one the fastest."""
        rated = [peer for peer in self.peers if peer.rate]
        named = [peer for peer in rated if f"{peer.program} {peer.method}" == self.goal_peer]
        return named[0] if named else max(rated, key=lambda peer: peer.rate or 0, default=None)

    @property
    def ratio(self) -> float | None:
        peer = self.against
        return self.ours.rate / peer.rate if peer and peer.rate and self.ours.rate else None


@dataclass
class Section:
    """The lines of a section, when and where they were measured."""

    name: str
    lines: list[Line]
    notes: list[str] = field(default_factory=list)
    quick: bool = False
    when: str = field(default_factory=lambda: time.strftime("%Y-%m-%d %H:%M"))
    python: str = field(default_factory=platform.python_version)
    load: float = field(default_factory=lambda: _load())

    def save(self, folder: Path = FOLDER) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self), indent=1, default=lambda number: number.item())  # numbers of NumPy
        (folder / f"{self.name}.json").write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, name: str, folder: Path = FOLDER) -> Section | None:
        path = folder / f"{name}.json"
        if not path.exists():
            return None
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        data["lines"] = [
            Line(**line | {"ours": Entry(**line["ours"]), "peers": [Entry(**peer) for peer in line["peers"]]})
            for line in data["lines"]
        ]
        return cls(**data)


def _load() -> float:
    import os

    return os.getloadavg()[0]


def clock(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def rounds(calls: Sequence[Callable[[], float]], number: int) -> list[float]:
    """Call each in turn, `number` times over; the median of what each returns."""
    found: list[list[float]] = [[] for _ in calls]
    for _ in range(number):
        for call, values in zip(calls, found, strict=True):
            values.append(call())
    return [statistics.median(values) for values in found]


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


def show(line: Line) -> None:
    """Print a line as it comes."""
    parts = [f"{line.task}: {_rate(line.ours.rate)} {line.unit}/s"]
    for peer in line.peers:
        if peer.rate and line.ours.rate:
            parts.append(
                f"{peer.program} {peer.method} {_rate(peer.rate)} ({line.ours.rate / peer.rate:,.3g}x)"
            )
        else:
            parts.append(f"{peer.program} {peer.method}: {peer.note or 'nothing'}")
        if peer.missed:
            parts[-1] += f", misses some in {peer.missed} of {peer.games}"
    say(
        "; ".join(parts)
        + (f"; {line.note}" if line.note else "")
        + (f"; ours: {line.ours.note}" if line.ours.note else "")
    )


def _rate(rate: float | None) -> str:
    if rate is None:
        return "-"
    for size, letter in ((1e6, " M"), (1e3, " k")):
        if rate >= size:
            return f"{rate / size:.3g}{letter}"
    return f"{rate:.3g}"
