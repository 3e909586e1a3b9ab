"""The path of a dynamic: shares of strategies over time, with labels.

How far a point of the path is from equilibrium is said by its regret: the most that a player (or a member of the population)
could gain by the best reply to the present shares. It is zero exactly at Nash equilibria.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from gametheory.games.normal_form import NormalFormGame
from gametheory.games.profiles import MixedProfile
from gametheory.solvers import _plotting
from gametheory.solvers.dynamics._inputs import Floats

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["POPULATION", "Trajectory"]

POPULATION = "population"
"""The name of the one population in dynamics of symmetric games."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Trajectory:
    """Shares of strategies over time.

    Attributes
    ----------
    game : NormalFormGame
    dynamic : str
        Such as ``"replicator"``.
    unit : str
        What `times` counts: ``"time"``, ``"round"`` or ``"generation"``.
    times : float array (T,)
    populations : tuple of str
        The players, or ``"population"`` alone.
    strategies : tuple of tuples of str
        Of each population.
    shares : tuple of float arrays (T, n_i)
        Of each population: shares of strategies, frequencies of play so far, or the action of the round as 0 and 1.
    facts : mapping of str to object
        What else the dynamic found, such as whether a Moran process was fixed.

    Examples
    --------
    >>> import gametheory as gt
    >>> hawk_dove = gt.NormalFormGame.from_bimatrix([[-1, 4], [0, 2]], [[-1, 0], [4, 2]], strategies=[["hawk", "dove"]] * 2)
    >>> path = gt.dynamics.replicator(hawk_dove, {"hawk": 0.1, "dove": 0.9}, until=50)
    >>> path
    <Trajectory of replicator, time 0 to 50: population at 0.666667 hawk, 0.333333 dove; regret 0>
    >>> path.to_frame().head(2)
       time  population strategy  share
    0   0.0  population     hawk    0.1
    1   0.0  population     dove    0.9
    """

    game: NormalFormGame
    dynamic: str
    unit: str
    times: Floats
    populations: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    shares: tuple[Floats, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for array in (self.times, *self.shares):
            array.setflags(write=False)
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    def __reduce__(self) -> tuple[Any, ...]:
        fields = (
            self.game,
            self.dynamic,
            self.unit,
            self.times,
            self.populations,
            self.strategies,
            self.shares,
        )
        return type(self), (*fields, dict(self.facts))

    def __len__(self) -> int:
        return len(self.times)

    def at(self, position: int) -> dict[str, dict[str, float]]:
        """Shares at one position of the path, by population and strategy; -1 is the end."""
        return {
            name: dict(zip(own, path[position].tolist(), strict=True))
            for name, own, path in zip(self.populations, self.strategies, self.shares, strict=True)
        }

    @property
    def end(self) -> MixedProfile:
        """The end of the path as a profile of the game; both players play the shares of a single population."""
        last = [path[-1].tolist() for path in self.shares]
        return MixedProfile.from_arrays(self.game, last * (2 // len(last)))

    @property
    def regret(self) -> Floats:
        """For each time, the most that anyone could gain by a best reply to the shares; shape (T,)."""
        a, b = self.game.payoffs.astype(np.float64)
        x, y = self.shares * (2 // len(self.shares))
        to_rows, to_columns = y @ a.T, x @ b
        gain = np.maximum(
            to_rows.max(axis=1) - np.sum(x * to_rows, axis=1),
            to_columns.max(axis=1) - np.sum(y * to_columns, axis=1),
        )
        return np.asarray(np.maximum(gain, 0.0))

    @property
    def average(self) -> dict[str, dict[str, float]]:
        """Time averages of the shares, by population and strategy (trapezoidal rule); those of the end if time stands still."""
        span = self.times[-1] - self.times[0]
        if span == 0:
            return self.at(-1)
        return {
            name: dict(zip(own, (np.trapezoid(path, self.times, axis=0) / span).tolist(), strict=True))
            for name, own, path in zip(self.populations, self.strategies, self.shares, strict=True)
        }

    def to_frame(self) -> pd.DataFrame:
        """A tidy frame: one row for each time, population and strategy, with its share."""
        import pandas as pd

        parts = [
            pd.DataFrame(
                {
                    self.unit: np.repeat(self.times, len(own)),
                    "population": name,
                    "strategy": list(own) * len(self.times),
                    "share": path.ravel(),
                }
            )
            for name, own, path in zip(self.populations, self.strategies, self.shares, strict=True)
        ]
        frame = pd.concat(parts, ignore_index=True)
        return frame.sort_values(self.unit, kind="stable", ignore_index=True)

    def to_xarray(self) -> xr.Dataset:
        """A dataset with one variable for each population, over time and its strategies, and the regret."""
        import xarray as xr

        variables: dict[str, Any] = {
            name: ((self.unit, f"strategy of {name}"), path)
            for name, path in zip(self.populations, self.shares, strict=True)
        }
        coordinates: dict[str, Any] = {
            f"strategy of {name}": list(own)
            for name, own in zip(self.populations, self.strategies, strict=True)
        }
        variables["regret"] = ((self.unit,), self.regret)
        return xr.Dataset(variables, {self.unit: self.times} | coordinates, {"dynamic": self.dynamic})

    def plot(self, **options: Any) -> Any:
        """Draw the shares over time; needs the ``plot`` extra."""
        return _plotting.draw("trajectory", self, **options)

    def __repr__(self) -> str:
        ends = "; ".join(
            f"{name} at " + ", ".join(f"{round(share, 6):g} {strategy}" for strategy, share in own.items())
            for name, own in self.at(-1).items()
        )
        regret = float(self.regret[-1])
        return (
            f"<Trajectory of {self.dynamic}, {self.unit} {self.times[0]:g} to {self.times[-1]:g}: {ends}; "
            f"regret {0 if regret < 1e-9 else regret:.3g}>"
        )
