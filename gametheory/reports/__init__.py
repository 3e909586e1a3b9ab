"""Results for people: pictures, tables and whole studies. The only storey in which matplotlib is imported.

- :mod:`gametheory.reports.plots` draws games and results;
- :func:`gametheory.reports.study.run_study` runs a study and writes its report.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gametheory.reports import plots
    from gametheory.reports.study import StudyResult, run_study

__all__ = ["StudyResult", "plots", "run_study"]


def __getattr__(name: str) -> Any:
    # Loaded when asked for, so that computing never needs a drawing library.
    if name == "plots":
        return importlib.import_module("gametheory.reports.plots")
    if name in __all__:
        return getattr(importlib.import_module("gametheory.reports.study"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
