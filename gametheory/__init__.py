"""Game-theoretic policy analysis with named parameters: exact equilibria, exact thresholds, honest
completeness.

A game is data, its payoffs are numbers or expressions in named parameters, and the answer is a map: which
equilibria exist where, the exact thresholds between them, and what moves them.

Importing the package is cheap: each name below is loaded when it is first used (PEP 562), and numerical
libraries only with the parts that need them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gametheory import (
        equilibria,
        errors,
        games,
        models,
        parameters,
        reports,
        scalars,
        sensitivity,
        solvers,
        testing,
    )
    from gametheory.equilibria.correlated import CorrelatedEquilibrium
    from gametheory.equilibria.result import Equilibrium, EquilibriumSet
    from gametheory.errors import (
        ExpressionError,
        GameError,
        GameFileError,
        GameTheoryError,
        ModelFileError,
        NotConverged,
        ParameterError,
        TooLarge,
        UnknownName,
        Unsupported,
    )
    from gametheory.games import catalog
    from gametheory.games.conversion import agent_form, strategic_form
    from gametheory.games.extensive import ExtensiveGame
    from gametheory.games.files.reading import load_game, save_game
    from gametheory.games.nodes import Chance, Decision, Outcome, simultaneous
    from gametheory.games.normal_form import NormalFormGame
    from gametheory.games.profiles import BehaviourProfile, MixedProfile
    from gametheory.parameters.model import Model
    from gametheory.parameters.model_file import load_model, save_model
    from gametheory.parameters.parameter import Parameter
    from gametheory.parameters.space import ParameterSpace
    from gametheory.solvers import dynamics
    from gametheory.solvers.correlated import (
        CorrelatedEquilibria,
        coarse_correlated_equilibria,
        coarse_correlated_equilibrium,
        correlated_equilibria,
        correlated_equilibrium,
    )
    from gametheory.solvers.nash import nash_equilibria
    from gametheory.solvers.quantal_response import quantal_response_equilibrium
    from gametheory.solvers.rationalizable import Rationalizable, rationalizable
    from gametheory.solvers.selection import Selection, select_equilibrium
    from gametheory.solvers.subgame_perfect import subgame_perfect_equilibria

__version__ = "0.1.0"

_SUBMODULES = frozenset(
    {
        "equilibria",
        "errors",
        "games",
        "models",
        "parameters",
        "reports",
        "scalars",
        "sensitivity",
        "solvers",
        "testing",
    }
)
#: Modules that are at hand under a shorter name.
_ALIASES = {"dynamics": "solvers.dynamics"}
#: Where each public name lives.
_HOMES = {
    "BehaviourProfile": "games.profiles",
    "Chance": "games.nodes",
    "CorrelatedEquilibria": "solvers.correlated",
    "CorrelatedEquilibrium": "equilibria.correlated",
    "Decision": "games.nodes",
    "Equilibrium": "equilibria.result",
    "EquilibriumSet": "equilibria.result",
    "ExpressionError": "errors",
    "ExtensiveGame": "games.extensive",
    "GameError": "errors",
    "GameFileError": "errors",
    "GameTheoryError": "errors",
    "MixedProfile": "games.profiles",
    "Model": "parameters.model",
    "ModelFileError": "errors",
    "NormalFormGame": "games.normal_form",
    "NotConverged": "errors",
    "Outcome": "games.nodes",
    "Parameter": "parameters.parameter",
    "ParameterError": "errors",
    "ParameterSpace": "parameters.space",
    "Rationalizable": "solvers.rationalizable",
    "Selection": "solvers.selection",
    "TooLarge": "errors",
    "UnknownName": "errors",
    "Unsupported": "errors",
    "agent_form": "games.conversion",
    "catalog": "games",
    "coarse_correlated_equilibria": "solvers.correlated",
    "coarse_correlated_equilibrium": "solvers.correlated",
    "correlated_equilibria": "solvers.correlated",
    "correlated_equilibrium": "solvers.correlated",
    "load_game": "games.files.reading",
    "load_model": "parameters.model_file",
    "nash_equilibria": "solvers.nash",
    "quantal_response_equilibrium": "solvers.quantal_response",
    "rationalizable": "solvers.rationalizable",
    "save_game": "games.files.reading",
    "save_model": "parameters.model_file",
    "select_equilibrium": "solvers.selection",
    "simultaneous": "games.nodes",
    "strategic_form": "games.conversion",
    "subgame_perfect_equilibria": "solvers.subgame_perfect",
}

__all__ = [
    "BehaviourProfile",
    "Chance",
    "CorrelatedEquilibria",
    "CorrelatedEquilibrium",
    "Decision",
    "Equilibrium",
    "EquilibriumSet",
    "ExpressionError",
    "ExtensiveGame",
    "GameError",
    "GameFileError",
    "GameTheoryError",
    "MixedProfile",
    "Model",
    "ModelFileError",
    "NormalFormGame",
    "NotConverged",
    "Outcome",
    "Parameter",
    "ParameterError",
    "ParameterSpace",
    "Rationalizable",
    "Selection",
    "TooLarge",
    "UnknownName",
    "Unsupported",
    "__version__",
    "agent_form",
    "catalog",
    "coarse_correlated_equilibria",
    "coarse_correlated_equilibrium",
    "correlated_equilibria",
    "correlated_equilibrium",
    "dynamics",
    "equilibria",
    "errors",
    "games",
    "load_game",
    "load_model",
    "models",
    "nash_equilibria",
    "parameters",
    "quantal_response_equilibrium",
    "rationalizable",
    "reports",
    "save_game",
    "save_model",
    "scalars",
    "select_equilibrium",
    "sensitivity",
    "simultaneous",
    "solvers",
    "strategic_form",
    "subgame_perfect_equilibria",
    "testing",
]


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _ALIASES:
        return importlib.import_module(f"{__name__}.{_ALIASES[name]}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
