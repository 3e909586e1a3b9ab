"""Properties that can be tested at many points, and the changes of parameters that some of them are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gametheory.models.kazakhstan._reading import Measure
from gametheory.parameters import Model

__all__ = ["TOLERANCE", "Box", "Commitments", "Everywhere", "Flags", "Floats", "Measured", "Move", "Never"]

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Commitments: TypeAlias = tuple[tuple[str, str], ...]
#: A measure as (least, greatest) over the equilibria: before, and if anything is moved, after.
Measured: TypeAlias = tuple[tuple[Any, Any], ...]

#: Differences between floats that count as none.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Move:
    """A change of some parameters by a share `u` of the room that they have in their ranges.

    Attributes
    ----------
    names : tuple of str
    signs : tuple of int
        +1 for a parameter that is raised, -1 for one that is lowered.
    keep_total : bool
        Whether all change by the same amount, so that what one loses another gains.
    """

    names: tuple[str, ...]
    signs: tuple[int, ...] = (1,)
    keep_total: bool = False

    @property
    def reversible(self) -> bool:
        """Whether the way back is a move of this kind as well: shares of several rooms are not."""
        return self.keep_total or len(self.names) == 1

    def within(self, space: Box) -> Move | None:
        """The move of those parameters that vary; None if nothing is left to move."""
        varying = [
            (name, sign) for name, sign in zip(self.names, self.signs, strict=True) if name in space.names
        ]
        if not varying or (self.keep_total and len(varying) < len(self.names)):
            return None
        names, signs = zip(*varying, strict=True)
        return Move(names, signs, self.keep_total)

    def apply(self, points: NDArray[Any], share: Any, space: Box, back: bool = False) -> NDArray[Any]:
        """The points after the move; floats or exact numbers."""
        columns = [space.names.index(name) for name in self.names]
        signs = [-sign if back else sign for sign in self.signs]
        low, high = (space.low, space.high) if points.dtype != object else (space.exact_low, space.exact_high)
        rooms = [
            high[j] - points[:, j] if s > 0 else points[:, j] - low[j]
            for j, s in zip(columns, signs, strict=True)
        ]
        if self.keep_total:
            rooms = [np.minimum.reduce(rooms)] * len(rooms)
        moved = points.copy()
        for j, s, room in zip(columns, signs, rooms, strict=True):
            moved[:, j] = points[:, j] + s * share * room
        return moved


class Box:
    """The parameters that vary, as arrays."""

    def __init__(self, model: Model) -> None:
        varying = {name: p for name, p in model.space.items() if p.low < p.high}
        self.names = tuple(varying)
        self.exact_low = [p.low for p in varying.values()]
        self.exact_high = [p.high for p in varying.values()]
        self.low = np.array([float(p.low) for p in varying.values()])
        self.high = np.array([float(p.high) for p in varying.values()])
        self.base = np.array([float(p.baseline) for p in varying.values()])


@dataclass(frozen=True, slots=True)
class Never:
    """A move never raises (`sense` 1) or never lowers (-1) a measure."""

    measure: Measure
    move: Move
    sense: int = 1

    def broken(self, measured: Measured, tolerance: float = TOLERANCE) -> tuple[Any, Any]:
        """Whether the least or the greatest value goes the wrong way, and whether it does so in every equilibrium."""
        (b_least, b_most), (a_least, a_most) = measured
        if self.sense < 0:
            b_least, b_most, a_least, a_most = -b_most, -b_least, -a_most, -a_least
        some = (a_least > b_least + tolerance) | (a_most > b_most + tolerance)
        return some, a_least > b_most + tolerance


@dataclass(frozen=True, slots=True)
class Everywhere:
    """A measure has the value `target` in every equilibrium at every point.

    Attributes
    ----------
    commitments : tuple of (player, action)
        Replies that are given whether or not they are worth their cost.
    free : tuple of str
        The parameters that vary, the others staying at the baseline; all if empty.
    """

    measure: Measure
    target: int
    commitments: Commitments = ()
    free: tuple[str, ...] = ()

    def broken(self, measured: Measured, tolerance: float = TOLERANCE) -> tuple[Any, Any]:
        """Whether some equilibrium misses the target, and whether every equilibrium does."""
        ((least, most),) = measured
        some = (least < self.target - tolerance) | (most > self.target + tolerance)
        return some, (most < self.target - tolerance) | (least > self.target + tolerance)
