"""What an equilibrium is: judges that check a given profile and never search, and the types of results.

- :mod:`~gametheory.equilibria.nash`: mixed profiles of normal forms;
- :mod:`~gametheory.equilibria.sequential`: behaviour profiles of trees, in every proper subgame;
- :mod:`~gametheory.equilibria.outcomes`: outcomes by name;
- :mod:`~gametheory.equilibria.components`: maximal Nash subsets, connected components, enclosures;
- :mod:`~gametheory.equilibria.result`: :class:`Equilibrium` and :class:`EquilibriumSet`.
"""

from __future__ import annotations

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
