"""What both of Gambit's formats share: the prologue, and what may be read and written at all."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from gametheory.errors import GameError, Unsupported
from gametheory.games.files._naming import distinct
from gametheory.games.files._scanner import Scanner

__all__ = ["Numbers", "check_numbers", "no_parameters", "prologue"]

Numbers: TypeAlias = Literal["exact", "float"]


def prologue(scanner: Scanner, kind: str, version: int) -> tuple[str, tuple[str, ...]]:
    """Read the beginning of a file: the title and the names of the players, made distinct."""
    start = scanner.at
    found = scanner.word(f"{kind} at the beginning of the file")
    if found != kind:
        scanner.fail(f"found {found[:20]!r}; expected {kind} at the beginning of the file.", start)
    start = scanner.at
    number = scanner.integer(f"the version {version} of the format")
    if number != version:
        scanner.fail(f"version {number} of {kind} files; only version {version} is known.", start)
    start = scanner.at
    letter = scanner.word("R or D")
    if letter not in ("R", "D"):
        scanner.fail(f"found {letter[:20]!r}; expected R or D.", start)
    title = scanner.text("the title of the game")
    scanner.mark("{", "before the names of the players")
    players = []
    while not scanner.sees("}"):
        players.append(scanner.label("the name of a player or '}'"))
    scanner.take()
    return title, distinct(players)


def check_numbers(numbers: object) -> None:
    """Refuse what is not a way to read numbers."""
    if numbers not in ("exact", "float"):
        raise GameError(f"numbers={numbers!r} is none; choose 'exact' or 'float'.")


def no_parameters(game: Any) -> None:
    """Refuse a game with parameters."""
    if game.domain == "parametric":
        names = sorted(game.parameters)
        values = ", ".join(f"{name!r}: ..." for name in names)
        raise Unsupported(
            f"the game has the parameter(s) {', '.join(names)}, which Gambit's files cannot hold. Write it at a point, "
            f"game.substitute({{{values}}}), or keep it in a model file with gt.save_model."
        )
