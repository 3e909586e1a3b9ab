"""Run a peer in a process of its own, with one thread and a deadline for every game.

Some of Gambit's solvers hang on some games, and nothing in their own process can stop them; so a game that is not answered
in time costs the process its life, and the next game gets a new one. Threads of linear-algebra libraries are switched off: an
idle pool slows some peers down, which would flatter us.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMBA_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
    ),
    "1",
)
_START = 120.0  # seconds to import and compile, before the first game


@dataclass
class Run:
    """What a peer did with a list of games: seconds and answer of each, None where it hung or failed."""

    seconds: list[float | None] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    hung: int = 0
    failed: int = 0
    error: str = ""

    @property
    def answered(self) -> int:
        return sum(s is not None for s in self.seconds)

    @property
    def mean(self) -> float | None:
        """Seconds a game, over the games that were answered."""
        times = [s for s in self.seconds if s is not None]
        return sum(times) / len(times) if times else None


class Worker:
    """One peer in its own process. A context manager: the process ends with the block."""

    def __init__(self, peer: str, warm_up: Any) -> None:
        self.peer, self.warm_up = peer, warm_up
        self._process: subprocess.Popen[bytes] | None = None
        self._inbox: queue.Queue[Any] = queue.Queue()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def run(self, games: Sequence[Any], *, limit: float, budget: float) -> Run:
        """Solve games until the budget of seconds is used up; `limit` seconds for each."""
        result = Run()
        end = time.monotonic() + budget
        for game in games:
            if time.monotonic() > end:
                break
            if self._process is None:
                try:
                    self._start()
                except RuntimeError as error:
                    result.error = str(error)
                    break
            seconds, answer, error = self._ask(game, limit)
            result.seconds.append(seconds)
            result.answers.append(answer)
            if error == "hung":
                result.hung += 1
            elif error:
                result.failed += 1
                result.error = error
        return result

    def _start(self) -> None:
        self._inbox = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "benchmarks.workers", self.peer],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | _ONE_THREAD,
        )
        threading.Thread(target=self._read, args=(self._process, self._inbox), daemon=True).start()
        _, _, error = self._ask(self.warm_up, _START)
        if error:
            self.stop()
            raise RuntimeError(f"{self.peer} does not start: {error}")

    @staticmethod
    def _read(process: subprocess.Popen[bytes], inbox: queue.Queue[Any]) -> None:
        assert process.stdout is not None
        try:
            while True:
                inbox.put(pickle.load(process.stdout))
        except (EOFError, pickle.UnpicklingError, ValueError):
            inbox.put((None, None, "died"))

    def _ask(self, game: Any, limit: float) -> tuple[float | None, Any, str]:
        assert self._process is not None and self._process.stdin is not None
        try:
            pickle.dump(game, self._process.stdin)
            self._process.stdin.flush()
            return self._inbox.get(timeout=limit)
        except queue.Empty:
            self.stop()
            return None, None, "hung"
        except BrokenPipeError:
            self.stop()
            return None, None, "died"

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def serve(name: str) -> None:
    """Answer games from the standard input until it closes."""
    from benchmarks.peers import PEERS

    sys.setrecursionlimit(100_000)
    peer = PEERS[name]
    # What peers print must not get among the answers.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while True:
        try:
            game = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            ready = peer.prepare(game)
            start = time.perf_counter()
            answer = peer.solve(ready)
            reply = time.perf_counter() - start, answer, ""
        except Exception as error:  # noqa: BLE001 (whatever a peer raises is its answer)
            reply = None, None, f"{type(error).__name__}: {error}"[:200]
        pickle.dump(reply, out)
        out.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
