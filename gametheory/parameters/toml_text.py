"""TOML without loss: reading with exact numbers and positions, writing in one step.

The standard library reads TOML but neither writes it nor says on which line a value stands. Positions are
recovered from the reader itself: the line of a key is the least :math:`n` such that the first :math:`n`
lines, read alone, hold the key. Holding it is monotone in :math:`n` (over the prefixes that can be read at
all), so it is found by bisection, and only when there is an error to report.

Format: https://toml.io/en/v1.0.0. Non-integers are read as :class:`decimal.Decimal`, never as binary floats.
"""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from gametheory import scalars
from gametheory.errors import GameTheoryError, ModelFileError, unknown
from gametheory.games.files import _disk

__all__ = ["Document", "key", "parse", "read", "read_text", "value", "write"]

#: Decimals beyond 10**±LARGEST_EXPONENT are slips or attacks: their exact form alone would fill the memory.
LARGEST_EXPONENT = 1000
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


# ------------------------------------------------------------------------------------------------------------
# Reading
# ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A TOML document that knows where its values stand."""

    data: dict[str, Any]
    source: str
    path: Path | None = None

    def error(self, message: str, *place: str) -> ModelFileError:
        """The error for something wrong at a place, a sequence of keys."""
        line = self.line(*place) if place else None
        return ModelFileError(message, self.path, line, ".".join(key(part) for part in place) or None)

    @contextlib.contextmanager
    def at(self, *place: str) -> Iterator[None]:
        """Add the place to whatever error of the package arises within."""
        try:
            yield
        except ModelFileError:
            raise
        except GameTheoryError as error:
            raise self.error(str(error), *place) from error

    def get(self, *place: str) -> Any:
        """The value at a place."""
        found: Any = self.data
        for part in place:
            found = found[part]
        return found

    def table(
        self, *place: str, allowed: Collection[str] | None = None, required: Collection[str] = ()
    ) -> dict[str, Any]:
        """The table at a place, with its keys checked."""
        found = self.get(*place)
        if not isinstance(found, dict):
            raise self.error(f"must be a table, not {_kind(found)}.", *place)
        for name in found:
            if allowed is not None and name not in allowed:
                raise self.error(str(unknown("key", name, allowed)), *place, name)
        for name in required:
            if name not in found:
                raise self.error(f"the key {name!r} is missing.", *place)
        return found

    def text(self, *place: str) -> str:
        """The text at a place."""
        found = self.get(*place)
        if not isinstance(found, str):
            raise self.error(f"must be text in quotes, not {_kind(found)}.", *place)
        return found

    def texts(self, *place: str) -> tuple[str, ...]:
        """The list of texts at a place."""
        found = self.get(*place)
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise self.error("must be a list of texts in quotes.", *place)
        return tuple(found)

    def scalar(self, *place: str, item: int | None = None) -> Any:
        """The exact number or the expression at a place (or at an item of the list there)."""
        found = self.get(*place) if item is None else self.get(*place)[item]
        if (
            isinstance(found, Decimal)
            and found.is_finite()
            and found
            and abs(found.adjusted()) > LARGEST_EXPONENT
        ):
            raise self.error(f"the number {found} is out of all proportion.", *place)
        if isinstance(found, bool) or not isinstance(found, int | Decimal | str):
            raise self.error(f"must be a number or an expression in quotes, not {_kind(found)}.", *place)
        with self.at(*place):
            return scalars.parse(found) if isinstance(found, str) else scalars.exact(found, "the value")

    def number(self, *place: str) -> Fraction:
        """The exact number at a place, such as ``0.35`` or ``"1/3"``."""
        found = self.scalar(*place)
        if not isinstance(found, Fraction):
            raise self.error(f"must be a number, not the expression {found}.", *place)
        return found

    def line(self, *place: str) -> int | None:
        """The line, counted from 1, on which the value at a place begins; None if there is no such value."""
        lines = self.source.split("\n")
        low, high = 0, len(lines)
        if _prefix_holds(lines, high, place)[1] is False:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            start, holds = _prefix_holds(lines, middle, place)
            if holds:
                high = start
            else:
                low = middle
        # A value of several lines is complete on its last one; it begins after the last line at which all was
        # complete.
        first = _prefix_holds(lines, high - 1, place)[0] + 1
        while first < high and (not lines[first - 1].strip() or lines[first - 1].lstrip().startswith("#")):
            first += 1
        return first


def _prefix_holds(lines: list[str], count: int, place: tuple[str, ...]) -> tuple[int, bool]:
    """The longest readable prefix of at most `count` lines, and whether it holds the place."""
    while count > 0:
        try:
            found: Any = tomllib.loads("\n".join(lines[:count]) + "\n", parse_float=Decimal)
        except tomllib.TOMLDecodeError:
            count -= 1
            continue
        for part in place:
            if not isinstance(found, dict) or part not in found:
                return count, False
            found = found[part]
        return count, True
    return 0, False


def _kind(found: object) -> str:
    names = {
        dict: "a table",
        list: "a list",
        bool: "a truth value",
        str: "text",
        int: "a number",
        Decimal: "a number",
    }
    return names.get(type(found), f"a {type(found).__name__}")


def parse(text: str, path: str | Path | None = None) -> Document:
    """Read TOML text."""
    where = None if path is None else Path(path)
    source = text.replace("\r\n", "\n")
    try:
        return Document(tomllib.loads(source, parse_float=Decimal), source, where)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        position = _POSITION.search(message)
        line = None
        if position is not None:
            message = message[: position.start()]
            line = int(position[1]) if position[1] else source.count("\n") + 1
        raise ModelFileError(f"not valid TOML: {message}.", where, line) from error
    except RecursionError as error:
        raise ModelFileError("not readable: it nests too deeply.", where) from error


def read_text(path: str | Path) -> str:
    """The text of a file in UTF-8."""
    return _disk.read_text(path, ModelFileError)


def read(path: str | Path) -> Document:
    """Read a TOML file."""
    return parse(read_text(path), path)


# ------------------------------------------------------------------------------------------------------------
# Writing
# ------------------------------------------------------------------------------------------------------------
def key(name: str) -> str:
    """A key, in quotes where TOML needs them."""
    return name if _BARE_KEY.fullmatch(name) else value(name)


def value(item: Any) -> str:
    """A value: text, a truth value, a number or expression (exactly), a list, or a table written in one line."""
    if isinstance(item, str):
        # Python's universal newlines do not touch what is escaped, so control characters survive the file.
        return (
            '"' + "".join(_ESCAPES.get(c, c if c.isprintable() else _unicode_escape(c)) for c in item) + '"'
        )
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, int | Fraction):
        number = Fraction(item)
        text = scalars.to_text(number)
        # TOML promises 64 bits for integers, and knows no fractions.
        return f'"{text}"' if "/" in text or abs(number) >= 2**63 else text
    if isinstance(item, float):
        return repr(item + 0.0)  # the zero of floats has a sign, which means nothing in a game
    if isinstance(item, list | tuple):
        return "[" + ", ".join(value(part) for part in item) + "]"
    if isinstance(item, dict):
        return "{ " + ", ".join(f"{key(name)} = {value(part)}" for name, part in item.items()) + " }"
    return value(str(item))  # an expression, as text


def _unicode_escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def write(path: str | Path, text: str, *, overwrite: bool = False) -> None:
    """Write text to a file in one step: afterwards the file is the old one or the new one, never half of it."""
    _disk.write_text(path, text, overwrite=overwrite, error=ModelFileError)
