"""How equilibria are found, one algorithm a file.

Each module is at hand when it is first named: ``gt.solvers.stacked.nash_equilibria`` needs no import of its own.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

_MODULES = frozenset(
    module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")
)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_MODULES)
