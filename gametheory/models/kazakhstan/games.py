"""The games of the case: the deterrence models on the sourced numbers."""

from __future__ import annotations

from gametheory.models import deterrence
from gametheory.models.deterrence.games import Order
from gametheory.models.kazakhstan.space import space
from gametheory.parameters import Model

__all__ = ["sequential", "simultaneous"]


def simultaneous() -> Model:
    """All three powers move at once: :func:`gametheory.models.deterrence.simultaneous` on :func:`space`.

    Examples
    --------
    >>> from gametheory.models import kazakhstan
    >>> kazakhstan.simultaneous()
    <Model 'deterrence, simultaneous': normal form of Russia, West, China with 25 of 31 parameters>
    """
    return deterrence.simultaneous(space())


def sequential(order: Order = "simultaneous") -> Model:
    """Russia moves, then the others: :func:`gametheory.models.deterrence.sequential` on :func:`space`.

    Parameters
    ----------
    order : {"simultaneous", "west_first", "china_first"}
        Whether West and China reply at once, or who replies first.

    Examples
    --------
    >>> from gametheory.models import kazakhstan
    >>> kazakhstan.sequential("west_first")
    <Model 'deterrence, west_first': tree of Russia, West, China with 31 of 31 parameters>
    """
    return deterrence.sequential(space(), order)
