"""What a game is: frozen, validated data in normal and extensive form, without any algorithm that solves it."""

from __future__ import annotations

from gametheory.games.extensive import ExtensiveGame, Infoset
from gametheory.games.nodes import Chance, Decision, Node, Outcome, simultaneous
from gametheory.games.normal_form import NormalFormGame

__all__ = [
    "Chance",
    "Decision",
    "ExtensiveGame",
    "Infoset",
    "Node",
    "NormalFormGame",
    "Outcome",
    "simultaneous",
]
