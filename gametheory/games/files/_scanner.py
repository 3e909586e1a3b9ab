r"""The words of Gambit's file formats, each with its line and column.

A file is a sequence of texts in double quotes, numbers, braces and single words; blanks and line ends only separate.
Within a text ``\"`` stands for a quote and ``\\`` for a backslash; any other backslash stands for itself. Numbers are
whole (``-3``), decimal (``.5``, ``2.``, ``1e-3``) or fractions (``1/3``), and always exact.

References
----------
The Gambit Project, "Game representation formats", in the documentation of Gambit 16.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple, NoReturn

from gametheory.errors import GameFileError

__all__ = [
    "MAX_DIGITS",
    "MAX_EXPONENT",
    "MAX_LABEL",
    "Scanner",
    "Token",
    "number_text",
    "quoted",
    "quoted_label",
]

#: Longest number that is read or written, in characters, and largest exponent; Python itself stops at 4300 digits.
MAX_DIGITS = 1000
MAX_EXPONENT = 1000
#: Longest label, in characters; histories are made of labels, so that long ones would fill the memory.
MAX_LABEL = 1000

_TOKEN = re.compile(
    r'"(?P<text>[^"\\]*(?:\\.[^"\\]*)*)"|(?P<mark>[{},])|(?P<word>[^\s{},"]+)|(?P<open>")', re.DOTALL
)
_BLANK = re.compile(r"\s*")
_ESCAPE = re.compile(r'\\(["\\])')
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?:(?P<over>[0-9]+)/(?P<under>[0-9]+)"
    r"|(?P<whole>[0-9]*)(?:\.(?P<part>[0-9]*))?(?:[eE](?P<exponent>[+-]?[0-9]+))?)"
)
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}(?:\.0*)?")


class Token(NamedTuple):
    """A word of the file: a "text", a "mark", a "word" or the "end", and where it starts."""

    kind: str
    value: str
    start: int


class Scanner:
    """Reads one word after the other and says where it stands.

    Parameters
    ----------
    text : str
    path : path-like, optional
        Named in errors.
    floats : bool
        Whether numbers must not be larger than floats are.
    """

    __slots__ = ("_known", "_next", "_position", "floats", "path", "source")

    def __init__(self, text: str, path: str | Path | None = None, *, floats: bool = False) -> None:
        self.source = text
        self.path = path
        self.floats = floats
        self._position = 1 if text.startswith("\ufeff") else 0
        self._next: Token | None = None
        self._known: dict[str, Fraction] = {}

    # -- words -----------------------------------------------------------------------------------------------
    def peek(self) -> Token:
        """The next word, which stays where it is."""
        if self._next is None:
            blank = _BLANK.match(self.source, self._position)
            start = self._position if blank is None else blank.end()
            found = _TOKEN.match(self.source, start)
            if found is None:
                self._next = Token("end", "", start)
            elif found.lastgroup == "open":
                self.fail("a text starts here and never ends; close it with a double quote.", start)
            else:
                kind = str(found.lastgroup)
                self._next = Token(kind, found[kind], start)
                self._position = found.end()
        return self._next

    def take(self) -> Token:
        """The next word, which is then done with."""
        token = self.peek()
        self._next = None
        return token

    def sees(self, mark: str) -> bool:
        """Whether the next word is this mark."""
        token = self.peek()
        return token.kind == "mark" and token.value == mark

    def sees_text(self) -> bool:
        """Whether the next word is a text in quotes."""
        return self.peek().kind == "text"

    @property
    def at(self) -> int:
        """Where the next word starts."""
        return self.peek().start

    @property
    def rest(self) -> int:
        """How many characters follow from the next word on; no more words than that can follow."""
        return len(self.source) - self.at

    # -- what a word must be ---------------------------------------------------------------------------------
    def mark(self, mark: str, where: str) -> None:
        """Take a mark."""
        if not self.sees(mark):
            self.unexpected(f"{mark!r} {where}")
        self.take()

    def skip_comma(self) -> None:
        """Take a comma if there is one."""
        if self.sees(","):
            self.take()

    def word(self, expected: str) -> str:
        """Take a word outside quotes."""
        if self.peek().kind != "word":
            self.unexpected(expected)
        return self.take().value

    def text(self, expected: str) -> str:
        """Take a text in quotes."""
        if self.peek().kind != "text":
            self.unexpected(f"{expected}, in double quotes")
        return _ESCAPE.sub(r"\1", self.take().value)

    def label(self, expected: str) -> str:
        """Take a text in quotes that is to be the name of something."""
        start = self.at
        text = self.text(expected)
        if len(text) > MAX_LABEL:
            self.fail(f"a name of {len(text):,} characters; the limit is {MAX_LABEL:,}.", start)
        return text

    def integer(self, expected: str) -> int:
        """Take a whole number."""
        token = self.peek()
        if token.kind != "word" or not _INTEGER.fullmatch(token.value):
            self.unexpected(f"{expected}, a whole number")
        return int(self.take().value.partition(".")[0])

    def number(self, expected: str) -> Fraction:
        """Take a number, exactly."""
        token = self.peek()
        if token.kind != "word":
            self.unexpected(f"{expected}, a number")
        known = self._known.get(token.value)
        if known is None:
            known = self._known[token.value] = self._value(token, expected)
        self.take()
        return known

    def numbers_to_end(self, count: int) -> list[Fraction] | None:
        """All that is left of the file if it is so many numbers with blanks between them, otherwise None.

        Much quicker than one number after the other, and without their places; where it answers None, they tell what
        is wrong.
        """
        start = self.at
        words = self.source[start:].split()
        if len(words) != count:
            return None
        known = self._known
        try:
            for word in set(words).difference(known):
                known[word] = self._value(Token("word", word, start), "a number")
        except GameFileError:
            return None
        self._position, self._next = len(self.source), None
        return [known[word] for word in words]

    def _value(self, token: Token, expected: str) -> Fraction:
        value = self._exact(token, expected)
        if self.floats:
            self.real(value, token.start)
        return value

    def _exact(self, token: Token, expected: str) -> Fraction:
        found = _NUMBER.fullmatch(token.value)
        if found is None or not (found["over"] or found["whole"] or found["part"]):
            self.unexpected(f"{expected}, a number such as 3, -0.5, 1e-3 or 1/3")
        if len(token.value) > MAX_DIGITS:
            self.fail(
                f"a number of {len(token.value):,} characters; the limit is {MAX_DIGITS:,}.", token.start
            )
        sign = -1 if found["sign"] == "-" else 1
        if found["over"]:
            if int(found["under"]) == 0:
                self.fail(f"{token.value} divides by zero.", token.start)
            return Fraction(sign * int(found["over"]), int(found["under"]))
        part = found["part"] or ""
        digits = int((found["whole"] + part) or "0")
        exponent = int(found["exponent"] or "0")
        if abs(exponent) > MAX_EXPONENT:
            self.fail(
                f"the number {_short(token.value)} is out of all proportion; exponents up to {MAX_EXPONENT} are read.",
                token.start,
            )
        return sign * digits * Fraction(10) ** (exponent - len(part))

    def real(self, value: Fraction, start: int) -> float:
        """The nearest float to a number that stands somewhere."""
        try:
            return float(value)
        except OverflowError:
            self.fail("a number here is too large for a float; read the file with numbers='exact'.", start)

    # -- errors ----------------------------------------------------------------------------------------------
    def unexpected(self, expected: str) -> NoReturn:
        """Say what stands here and what should."""
        token = self.peek()
        found = {
            "end": "the file ends here",
            "text": f"found the text {_short(token.value)!r}",
        }.get(token.kind, f"found {_short(token.value)!r}")
        self.fail(f"{found}; expected {expected}.", token.start)

    def fail(self, message: str, start: int | None = None) -> NoReturn:
        """Raise an error at a place, the next word by default."""
        raise self.error(message, self.at if start is None else start)

    def error(self, message: str, start: int) -> GameFileError:
        """The error for something wrong at a place."""
        line = self.source.count("\n", 0, start) + 1
        column = start - self.source.rfind("\n", 0, start)
        if line == 1 and self.source.startswith("\ufeff"):
            column -= 1
        return GameFileError(message, self.path, line, column)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


# ------------------------------------------------------------------------------------------------------------
# Words to text
# ------------------------------------------------------------------------------------------------------------
def quoted(text: str) -> str:
    """A text in quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def quoted_label(label: str) -> str:
    """A label in quotes, if it would be read back."""
    if len(label) > MAX_LABEL:
        raise GameFileError(
            f"the name {_short(label)!r} has {len(label):,} characters and would not be read back; the limit is "
            f"{MAX_LABEL:,}."
        )
    return quoted(label)


def number_text(value: Fraction | float, where: str) -> str:
    """A number that reads back as the same one."""
    if isinstance(value, float):
        # The zero of floats has a sign, which means nothing in a game; nor does the sign of an exponent.
        return repr(value + 0.0).replace("e+", "e").removesuffix(".0")
    # A bit is 0.3 digits; the product must stay below what Python turns into text at all.
    if max(value.numerator.bit_length(), value.denominator.bit_length()) < 4 * MAX_DIGITS:
        text = str(value)
        if len(text) <= MAX_DIGITS:
            return text
    raise GameFileError(
        f"{where} is a fraction of more than {MAX_DIGITS:,} digits, which would not be read back; round it first."
    )
