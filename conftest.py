"""What every test shares: documentation is run as a test, and Hypothesis searches the same way each time."""

import contextlib
import doctest
import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser

# The gate must give the same verdict twice, so its examples are drawn from the test's own source (`derandomize`). To look
# for new counterexamples: HYPOTHESIS_PROFILE=explore make pytest. No deadline in either: kernels compile on first use, and
# a busy machine is not a bug.
_COMMON: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow],
    "print_blob": True,
}
settings.register_profile("gate", derandomize=True, max_examples=60, **_COMMON)
settings.register_profile("explore", max_examples=1000, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))


def _enter_folder(namespace: dict[str, Any]) -> None:
    stack = namespace["_folder"] = contextlib.ExitStack()
    stack.enter_context(contextlib.chdir(stack.enter_context(tempfile.TemporaryDirectory())))


def _leave_folder(namespace: dict[str, Any]) -> None:
    # An exit stack unwinds in reverse: the folder is left before it is removed.
    namespace["_folder"].close()


def pytest_configure(config: Any) -> None:
    """Forget compiled kernels that are older than some kernel's source.

    Numba looks at the file of the cached function only, so that a change in a function which it calls would go unnoticed.
    """
    if hasattr(config, "workerinput"):
        return  # the process that starts the workers has seen to it
    kernels = Path(__file__).parent / "gametheory" / "solvers" / "_kernels"
    compiled = [*kernels.glob("__pycache__/*.nbi"), *kernels.glob("__pycache__/*.nbc")]
    changed = max(source.stat().st_mtime for source in kernels.glob("*.py"))
    if compiled and min(file.stat().st_mtime for file in compiled) < changed:
        for file in compiled:
            file.unlink(missing_ok=True)


# The Python blocks of one page share their names and run in order, in a folder of their own, so that a page may write files.
# A block that starts with ``>>>`` is a doctest: what it shows is checked as well.
pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS),
        SkipParser(),
    ],
    patterns=["README.md", "docs/*.md", "docs/**/*.md"],
    setup=_enter_folder,
    teardown=_leave_folder,
).pytest()
