"""What an equilibrium is: judges that check a given profile and never search, and the types of results.

- :mod:`~gametheory.equilibria.nash`: mixed profiles of normal forms;
- :mod:`~gametheory.equilibria.refinements`: perfect and proper equilibria;
- :mod:`~gametheory.equilibria.correlated`: correlated and coarse correlated equilibria;
- :mod:`~gametheory.equilibria.dominance`: dominated strategies;
- :mod:`~gametheory.equilibria.sequential`: behaviour profiles of trees, in every proper subgame;
- :mod:`~gametheory.equilibria.outcomes`: outcomes by name;
- :mod:`~gametheory.equilibria.components`: maximal Nash subsets, connected components, enclosures;
- :mod:`~gametheory.equilibria.result`: :class:`Equilibrium` and :class:`EquilibriumSet`.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from gametheory.equilibria.result import (
    Component,
    ConnectedComponent,
    Enclosure,
    Equilibrium,
    EquilibriumSet,
    judge_nash,
    judge_subgame_perfect,
)

__all__ = [
    "Component",
    "ConnectedComponent",
    "Enclosure",
    "Equilibrium",
    "EquilibriumSet",
    "judge_nash",
    "judge_subgame_perfect",
]

_MODULES = frozenset(
    module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")
)


def __getattr__(name: str) -> Any:
    if name in _MODULES:  # loaded when first used
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_MODULES.union(__all__))
