"""Read-only mappings from labels, which suggest the right label when they are asked for a wrong one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from gametheory.errors import unknown

__all__ = ["Labelled"]

Value = TypeVar("Value")


class Labelled(Mapping[str, Value]):
    """A mapping that cannot be changed and explains a label that it does not have.

    Parameters
    ----------
    kind : str
        What the labels are, such as ``"player"``.
    items : mapping of str to anything

    Examples
    --------
    >>> from gametheory.games.labelled import Labelled
    >>> payoffs = Labelled("player", {"Russia": 1, "West": -1})
    >>> payoffs["West"], payoffs == {"Russia": 1, "West": -1}
    (-1, True)
    >>> payoffs["Rusia"]
    Traceback (most recent call last):
        ...
    gametheory.errors.UnknownName: unknown player 'Rusia'; did you mean 'Russia'? Known: 'Russia', 'West'.
    """

    __slots__ = ("_items", "_kind")

    def __init__(self, kind: str, items: Mapping[str, Value]) -> None:
        self._kind, self._items = kind, dict(items)

    def __getitem__(self, label: str) -> Value:
        try:
            return self._items[label]
        except (KeyError, TypeError):
            raise unknown(self._kind, label, self._items) from None

    def __contains__(self, label: object) -> bool:
        return label in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return repr(self._items)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._kind, self._items)
