"""What a game is: frozen, validated data in normal and extensive form, without any algorithm that solves it."""

from __future__ import annotations

import importlib
from typing import Any

from gametheory.games.conversion import agent_form, strategic_form
from gametheory.games.extensive import ExtensiveGame, Infoset
from gametheory.games.nodes import Chance, Decision, Node, Outcome, simultaneous
from gametheory.games.normal_form import NormalFormGame
from gametheory.games.profiles import BehaviourProfile, MixedProfile

__all__ = [
    "BehaviourProfile",
    "Chance",
    "Decision",
    "ExtensiveGame",
    "Infoset",
    "MixedProfile",
    "Node",
    "NormalFormGame",
    "Outcome",
    "agent_form",
    "catalog",
    "files",
    "simultaneous",
    "strategic_form",
]


def __getattr__(name: str) -> Any:
    if name in ("catalog", "files"):  # loaded when first used: few games come from either
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
