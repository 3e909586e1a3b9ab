"""Showing a game where its ``repr`` would be shown, in IPython and by Hypothesis."""

from __future__ import annotations

from typing import Any

__all__ = ["Readable"]


class Readable:
    """What prints through IPython's protocol as its own text, so that a counterexample is a game that one can read."""

    __slots__ = ()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        for k, line in enumerate(str(self).splitlines()):
            if k:
                printer.break_()
            printer.text(line)
