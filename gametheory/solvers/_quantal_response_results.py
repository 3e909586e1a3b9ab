"""What quantal response solvers return: a response, and the points of a branch of them, with labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from gametheory.equilibria import nash, sequential
from gametheory.equilibria.result import Equilibrium
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame
from gametheory.games.profiles import BehaviourProfile, MixedProfile

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Point", "PrincipalBranch", "QuantalResponse", "response"]

Floats: TypeAlias = npt.NDArray[np.float64]
Game: TypeAlias = NormalFormGame | ExtensiveGame


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class QuantalResponse(Equilibrium):
    """A logit quantal response equilibrium, with labels.

    It has everything that an :class:`~gametheory.Equilibrium` has: strategies, payoffs, outcomes by name, tables. But it is
    judged by its *residual*, and its `regret` is what a player could gain by choosing perfectly.

    Attributes
    ----------
    precision : float
        In one over the unit of payoffs.
    residual : float
        The most by which a probability differs from the logit response to the others.
    arc_length : float
        How far along the principal branch it lies (in logarithms of probabilities and precision times the range of payoffs).
    """

    precision: float = 0.0
    residual: float = 0.0
    arc_length: float = 0.0

    def __reduce__(self) -> tuple[Any, ...]:
        state = Equilibrium.__reduce__(self)[1]
        return type(self), (*state, self.precision, self.residual, self.arc_length)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, QuantalResponse):
            return NotImplemented
        return self.precision == other.precision and Equilibrium.__eq__(self, other)

    def __hash__(self) -> int:
        return hash((self.game, self.profile, self.precision))

    def __repr__(self) -> str:
        from gametheory.equilibria import representation

        return f"QuantalResponse(precision {self.precision:g} | {representation.line(self)})"


class Point(NamedTuple):
    """A point of the branch as the kernel has it, in the caller's units."""

    probabilities: Floats
    precision: float
    arc_length: float
    residual: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PrincipalBranch(Sequence[QuantalResponse]):
    """Points of the principal branch of a game, in their order along it.

    Attributes
    ----------
    game : NormalFormGame or ExtensiveGame
    precisions, arc_lengths, residuals : float arrays (K,)
    probabilities : tuple of float arrays (K, n)
        Of each player's strategies, in a tree of the actions at each information set.
    crossings : tuple of float
        Precisions at which another branch crosses, as happens in games with symmetries. The smooth continuation was followed.
    """

    game: Game
    precisions: Floats
    arc_lengths: Floats
    residuals: Floats
    probabilities: tuple[Floats, ...]
    crossings: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.precisions)

    @overload
    def __getitem__(self, position: int) -> QuantalResponse: ...
    @overload
    def __getitem__(self, position: slice) -> tuple[QuantalResponse, ...]: ...
    def __getitem__(self, position: int | slice) -> QuantalResponse | tuple[QuantalResponse, ...]:
        if isinstance(position, slice):
            return tuple(self[k] for k in range(*position.indices(len(self))))
        row = range(len(self))[position]
        together = np.concatenate([table[row] for table in self.probabilities])
        return response(
            self.game,
            Point(
                together,
                float(self.precisions[row]),
                float(self.arc_lengths[row]),
                float(self.residuals[row]),
            ),
        )

    def __repr__(self) -> str:
        low, high = (f"{v:.4g}" for v in (self.precisions.min(), self.precisions.max()))
        notes = ", turns back" if (np.diff(self.precisions) <= 0).any() else ""
        if self.crossings:
            notes += f", crossed by other branches at {', '.join(f'{c:.4g}' for c in self.crossings[:3])}"
        return f"<PrincipalBranch: {len(self)} points from precision {low} to {high}{notes}>"

    def to_frame(self) -> pd.DataFrame:
        """One row a point: precision, arc length, residual, and every probability and payoff by name.

        Columns are named as outcomes are (``"P(West: respond)"``, ``"payoff: West"``), in a tree probabilities as in
        :meth:`EquilibriumSet.to_frame <gametheory.EquilibriumSet.to_frame>`: ``"West at limited: sanction"``.
        """
        import pandas as pd

        columns: dict[str, Any] = {
            "precision": self.precisions,
            "arc length": self.arc_lengths,
            "residual": self.residuals,
        }
        if isinstance(self.game, NormalFormGame):
            places = [
                (f"P({name}: ", ")", names)
                for name, names in zip(self.game.players, self.game.strategies, strict=True)
            ]
        else:
            places = [
                (f"{self.game.players[h.player]} at {h.label}: ", "", h.actions) for h in self.game.infosets
            ]
        for (head, tail, names), table in zip(places, self.probabilities, strict=True):
            for name, column in zip(names, table.T, strict=True):
                columns[f"{head}{name}{tail}"] = column
        payoffs = [response.payoffs for response in self]
        for player in self.game.players:
            columns[f"payoff: {player}"] = [row[player] for row in payoffs]
        return pd.DataFrame(columns, index=pd.RangeIndex(len(self), name="point"))


def response(game: Game, point: Point) -> QuantalResponse:
    """A point of the branch with labels and its regret."""
    if isinstance(game, NormalFormGame):
        vectors = np.split(point.probabilities, np.cumsum(game.shape)[:-1])
        profile: Any = MixedProfile.from_arrays(game, [v / v.sum() for v in vectors])
        table = game.payoffs.astype(np.float64)
        values = nash.expected_payoffs(table, profile.arrays)
        regret = max(nash.regrets_array(table, profile.arrays))
    else:
        sizes = [len(h.actions) for h in game.infosets]
        vectors = np.split(point.probabilities, np.cumsum(sizes)[:-1])
        profile = BehaviourProfile.from_arrays(game, [v / v.sum() for v in vectors])
        values = sequential.expected_payoffs(game, profile)
        regret = max(gain for gains in sequential.subgame_regrets(game, profile).values() for gain in gains)
    payoffs: Mapping[str, Any] = {
        player: float(value) for player, value in zip(game.players, values, strict=True)
    }
    return QuantalResponse(
        game,
        profile,
        payoffs,
        float(regret),
        exact=False,
        precision=point.precision,
        residual=point.residual,
        arc_length=point.arc_length,
    )
