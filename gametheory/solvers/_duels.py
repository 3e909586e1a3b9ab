r"""Games in which at most two players have a choice, as two matrices; and the strategies that a pair of supports determines.

For matrices :math:`M > 0` of payoffs and sets of as many rows :math:`I` as columns :math:`J`, the strategy of the player who
picks columns that leaves the other one indifferent among :math:`I` is :math:`y_J \propto M_{IJ}^{-1} 1`. Pivoting methods
end with such a pair of sets, found in floating point; over the rationals the same system gives the exact strategy, and its
proof is a comparison of payoffs, whoever proposed the sets.

References
----------
L. S. Shapley, "A note on the Lemke-Howson algorithm", Mathematical Programming Study 1, 1974, 175-189.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

import flint
import numpy as np
import numpy.typing as npt

from gametheory.errors import GameError, Unsupported
from gametheory.games.conversion import strategic_form
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame
from gametheory.solvers.algebraic import from_fraction, to_fraction

__all__ = [
    "Duel",
    "Mixture",
    "float_strategy",
    "fractions",
    "numbers",
    "rational_index",
    "rational_strategy",
    "read",
    "scaling",
]

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[Any]

# Exact payoffs whose size is this many times their range are shifted before they are rounded to floats.
_COARSE = 1000


class Mixture(NamedTuple):
    """A mixed strategy that makes the opponent indifferent among its best replies."""

    strategy: list[Fraction]
    #: What the opponent earns.
    value: Fraction
    #: Whether all of the mixture is played, and no other reply is as good.
    strict: bool


class Duel(NamedTuple):
    """The two players of a game who have a choice, and their payoffs."""

    game: NormalFormGame
    first: int
    #: None where only one of several players, or of one, has a choice; the game then has a single column.
    second: int | None
    #: As the game has them: floats, or fractions. Shape (m, n).
    tables: tuple[npt.NDArray[Any], npt.NDArray[Any]]

    @property
    def exact(self) -> bool:
        """Whether the payoffs are rationals and not floats."""
        return self.game.domain == "rational"

    def strategies(self, x: Any, y: Any) -> list[Any]:
        """One vector a player: those of the two, and the only strategy of everyone else."""
        one: Any = Fraction(1) if self.exact else 1.0
        vectors: list[Any] = [[one] for _ in self.game.players]
        vectors[self.first] = x
        if self.second is not None:
            vectors[self.second] = y
        return vectors


def numbers(game: object, verb: str) -> NormalFormGame:
    """The normal form of a game whose payoffs are numbers, for the function called `verb`.

    Raises
    ------
    GameError
        If it is no game.
    Unsupported
        If its payoffs depend on parameters.
    """
    if isinstance(game, ExtensiveGame):
        game = strategic_form(game)
    if not isinstance(game, NormalFormGame):
        raise GameError(f"{verb} takes a NormalFormGame or an ExtensiveGame, not {type(game).__name__}.")
    if game.domain == "parametric":
        raise Unsupported(
            f"the payoffs depend on {', '.join(sorted(game.parameters))}. Give values, with model.at(...) or "
            "game.substitute({...})."
        )
    return game


def read(game: object, verb: str) -> Duel:
    """The two players with a choice and their payoffs.

    Raises
    ------
    GameError, Unsupported
        If it is no such game.
    """
    table = numbers(game, verb)
    choosers = [i for i, n in enumerate(table.shape) if n > 1]
    if len(choosers) > 2:
        names = ", ".join(table.players[i] for i in choosers)
        raise Unsupported(
            f"{verb} is for two players, and here {len(choosers)} have more than one strategy: {names}. "
            "nash_equilibria(game, method='logit') finds one equilibrium of any game."
        )
    first = choosers[0] if choosers else 0
    second = choosers[1] if len(choosers) == 2 else None
    if table.n_players == 2:
        first, second = 0, 1
    shape = table.shape[first], 1 if second is None else table.shape[second]
    own = table.payoffs[first].reshape(shape)
    other = own if second is None else table.payoffs[second].reshape(shape)
    return Duel(table, first, second, (own, other))


def fractions(table: npt.NDArray[Any]) -> list[list[Fraction]]:
    """A table of floats or fractions as fractions; a float is the rational that it is."""
    return [[v if isinstance(v, Fraction) else Fraction(v) for v in row] for row in table.tolist()]


def scaling(table: npt.NDArray[Any]) -> tuple[Floats, float, float]:
    """A table in floats, its least entry, and the reciprocal of its range (1 if there is none).

    Exact payoffs that differ by little, or are beyond the range of floats, are shifted and scaled exactly before they are rounded.
    """
    if table.dtype == object:
        low, high = min(table.flat), max(table.flat)
        spread = high - low or Fraction(1)
        if max(abs(low), abs(high)) > _COARSE * spread or not 1e-250 < spread < 10**250:
            table = (table - low) / spread
        table = table.astype(np.float64)
    rounded = np.ascontiguousarray(table, dtype=np.float64).view()
    low, high = float(rounded.min()), float(rounded.max())
    spread = high - low
    if high > low and not 1e-250 < spread < 1e250:
        # Far out in the range of floats, where sums or reciprocals would leave it. Halves of the smallest floats are zero.
        exponent = math.frexp(spread)[1] if spread < math.inf else math.frexp(high / 2 - low / 2)[1] + 1
        rounded = np.ldexp(rounded, -exponent)
        low, high = float(rounded.min()), float(rounded.max())
    rounded.setflags(write=False)
    return rounded, low, 1.0 / (high - low) if high > low else 1.0


def float_strategy(
    table: Floats, low: float, scale: float, rows: Integers, columns: Integers
) -> Floats | None:
    """The mixture of some columns that makes some rows equally good, in floats.

    Returns None where there is none, or it is not a mixture by more than rounding.
    """
    system = 1.0 + scale * (table[np.ix_(rows, columns)] - low)
    ones = np.ones(len(rows))
    try:
        weights = np.linalg.solve(system, ones)
        weights += np.linalg.solve(system, ones - system @ weights)
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(weights).all() or weights.min() < -1e-9:
        return None
    strategy = np.zeros(table.shape[1])
    strategy[columns] = np.maximum(weights, 0.0)
    return np.asarray(strategy / strategy.sum())


def rational_strategy(table: npt.NDArray[Any], rows: Integers, columns: Integers) -> Mixture | None:
    """The mixture of some columns that makes some rows equally good, exactly, and best.

    Returns None where there is none, or it is not a mixture, or some other row is better.
    """
    picked = table[:, columns]
    chosen = fractions(picked)
    system = _positive(chosen, rows)
    k = len(rows)
    try:
        weights: Any = flint.fmpz_mat(k, k, system).solve(flint.fmpz_mat(k, 1, [1] * k))
    except ZeroDivisionError:
        return None
    entries = [weights[t, 0] for t in range(k)]
    total = sum(entries[1:], entries[0])
    if total <= 0 or any(entry < 0 for entry in entries):
        return None
    shares = [entry / total for entry in entries]
    strategy = [Fraction(0)] * table.shape[1]
    for c, share in zip(columns.tolist(), shares, strict=True):
        strategy[c] = to_fraction(share)
    payoffs = flint.fmpq_mat(len(chosen), k, [from_fraction(v) for row in chosen for v in row])
    earned: Any = payoffs * flint.fmpq_mat(k, 1, shares)
    values = [earned[r, 0] for r in range(len(chosen))]
    value = values[int(rows[0])]
    if any(v > value for v in values):
        return None
    strict = sum(v == value for v in values) == k and all(share > 0 for share in shares)
    return Mixture(strategy, to_fraction(value), strict)


def rational_index(own: npt.NDArray[Any], other: npt.NDArray[Any], rows: Integers, columns: Integers) -> int:
    """The index of a regular equilibrium with these supports, by the signs of two determinants (Shapley 1974)."""
    k, sign = len(rows), 1
    for table in (own, other):
        chosen = fractions(table[np.ix_(rows, columns)])
        sign *= 1 if flint.fmpz_mat(k, k, _positive(chosen, np.arange(k))).det() > 0 else -1
    return sign if k % 2 else -sign


def _positive(table: list[list[Fraction]], rows: Integers) -> list[int]:
    """Some rows of a table as positive integers: shifted, which leaves indifferences as they are, and scaled."""
    block = [table[r] for r in rows.tolist()]
    low = min(min(row) for row in block)
    high = max(max(row) for row in block)
    shift = (high - low or Fraction(1)) - low
    common = math.lcm(*(v.denominator for row in block for v in row), shift.denominator)
    return [int((v + shift) * common) for row in block for v in row]
