"""What the first call costs: in an environment that has compiled nothing, and in a new process that finds the result on disk."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from benchmarks.measure import Entry, Line, Section, show

_CALLS = {
    "2×2": "tables.first_call((2, 2))",
    "3×3": "tables.first_call((3, 3))",
    "5×5": "tables.first_call((5, 5))",
    "2×2×2": "tables.first_call((2, 2, 2))",
    "3×3×3": "tables.first_call((3, 3, 3))",
    "backward induction": "clock(lambda: backward_induction(PerfectInformationTree([-1, 0, 0], [0, -1, -1]), [[1.0, 2.0]]))",
    "backward induction, stack": (
        "clock(lambda: backward_induction(PerfectInformationTree([-1, 0, 0], [0, -1, -1]), np.ones((99, 1, 2))))"
    ),
}
_SETUP = (
    "import numpy as np\nfrom benchmarks import tables\nfrom benchmarks.measure import clock\n"
    "from gametheory.solvers.backward_induction import backward_induction\n"
    "from gametheory.solvers.perfect_information import PerfectInformationTree\n"
)
_LIMIT = 240.0


def run(quick: bool) -> Section:
    """Seconds of the first call, each in a fresh process; the second process finds what the first compiled."""
    lines = []
    with tempfile.TemporaryDirectory() as cache:
        for name, call in list(_CALLS.items())[: 2 if quick else None]:
            seconds = [_fresh(call, cache) for _ in range(2)]
            entry = Entry("gametheory", "first call", None)
            if None in seconds:
                entry.note = f"failed, or took more than {_LIMIT:g} s"
            else:
                entry.note = f"compiling {seconds[0]:.1f} s, later processes {seconds[1]:.2f} s"
            lines.append(Line(f"first call, {name}", "calls", entry))
            show(lines[-1])
    return Section("compilation", lines, quick=quick)


def _fresh(call: str, cache: str) -> float | None:
    try:
        done = subprocess.run(
            [sys.executable, "-c", f"{_SETUP}print({call})"],
            capture_output=True, text=True, timeout=_LIMIT, env=os.environ | {"NUMBA_CACHE_DIR": cache}, check=True,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    return float(done.stdout.split()[-1])
