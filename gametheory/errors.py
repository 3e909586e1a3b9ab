"""The package's own errors.

Every error that a user can cause is a :class:`GameTheoryError`. Its message says what was wrong, where
(player, strategy, parameter, node path, line of a file) and what to do about it. Children also derive from
the built-in class a Python programmer would expect to catch, such as :class:`ValueError`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

__all__ = [
    "ExpressionError",
    "GameError",
    "GameFileError",
    "GameTheoryError",
    "ModelFileError",
    "NotConverged",
    "ParameterError",
    "TooLarge",
    "UnknownName",
    "Unsupported",
    "unknown",
]


class GameTheoryError(Exception):
    """Base class of every error that this package raises on purpose."""


class GameError(GameTheoryError, ValueError):
    """A game, a tree or a strategy profile is malformed."""


class ExpressionError(GameTheoryError, ValueError):
    """A text is not an arithmetic expression of the kind that payoffs may be."""


class ParameterError(GameTheoryError, ValueError):
    """A parameter is malformed, or has no meaning at the value asked for."""


class UnknownName(GameTheoryError, KeyError):
    """A player, strategy, parameter or outcome of that name does not exist."""

    def __str__(self) -> str:
        # KeyError prints the repr of its argument, which would put the sentence in quotes.
        return str(self.args[0]) if self.args else ""


class NotConverged(GameTheoryError, ArithmeticError):
    """A numerical method did not reach the accuracy that its result must have."""


class Unsupported(GameTheoryError):
    """The request is well formed, but no method here answers it; the message says what can be done."""


class TooLarge(GameTheoryError, MemoryError):
    """The request needs more memory or time than its limit allows; the message gives the size and the
    limit.
    """


class ModelFileError(GameTheoryError, ValueError):
    """A model file is malformed.

    Parameters
    ----------
    message : str
        What is wrong and what to do.
    path : path-like, optional
        The file.
    line : int, optional
        Line in the file, counted from 1.
    field : str, optional
        Dotted name of the field, such as ``"parameters.x_W.low"``.
    """

    def __init__(
        self, message: str, path: str | Path | None = None, line: int | None = None, field: str | None = None
    ) -> None:
        self.message, self.path, self.line, self.field = message, path, line, field
        place = "" if path is None else str(path)
        if line is not None:
            place += f":{line}" if place else f"line {line}"
        super().__init__(": ".join(part for part in (place, field, message) if part))

    def __reduce__(self) -> tuple[type[ModelFileError], tuple[object, ...]]:
        return type(self), (self.message, self.path, self.line, self.field)


class GameFileError(GameTheoryError, ValueError):
    """A file that holds a game is malformed, or a game cannot be written to a file.

    Parameters
    ----------
    message : str
        What was found, what was expected, and what to do.
    path : path-like, optional
        The file.
    line, column : int, optional
        The place in the file, both counted from 1.
    """

    def __init__(
        self,
        message: str,
        path: str | Path | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        self.message, self.path, self.line, self.column = message, path, line, column
        place = "" if path is None else str(path)
        if line is not None:
            place += f":{line}" if place else f"line {line}"
            if column is not None:
                place += f":{column}" if path is not None else f", column {column}"
        super().__init__(": ".join(part for part in (place, message) if part))

    def __reduce__(self) -> tuple[type[GameFileError], tuple[object, ...]]:
        return type(self), (self.message, self.path, self.line, self.column)


def unknown(kind: str, name: object, options: Iterable[str]) -> UnknownName:
    """Return the error for a name that is not among the known ones, with the nearest of them as a suggestion.

    Examples
    --------
    >>> from gametheory.errors import unknown
    >>> print(unknown("player", "Rusia", ["Russia", "West"]))
    unknown player 'Rusia'; did you mean 'Russia'? Known: 'Russia', 'West'.
    """
    known = list(options)
    close = difflib.get_close_matches(str(name), known, n=1, cutoff=0.6)
    if not close:
        close = [option for option in known if option.casefold() == str(name).casefold()]
    hint = f"; did you mean {close[0]!r}?" if close else "."
    shown = ", ".join(repr(option) for option in known[:12]) + (", ..." if len(known) > 12 else "")
    return UnknownName(f"unknown {kind} {name!r}{hint} Known: {shown or 'none'}.")
