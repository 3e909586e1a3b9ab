r"""Conditions under which a claim should hold, taken from the payoffs of the game itself.

After Russia's action :math:`a` and the replies :math:`(w, c)`, let :math:`U_i(a, w, c)` be the payoff that player :math:`i` expects. What
a stronger reply :math:`s` is worth more than a weaker one :math:`r`, given the other's reply, is its *gain*. An exposure
:math:`E` makes the stronger reply more credible where the gain rises with it,

.. math:: \frac{\partial}{\partial E} \bigl[ U_i(a, s, \cdot) - U_i(a, r, \cdot) \bigr] \ge 0,

and less credible where it falls. Solved for a parameter that enters linearly, this is a bound on that parameter, in the
others (monotone comparative statics: Milgrom and Shannon 1994). Nothing here knows the formula of a payoff: all is
computed from the symbolic tree, so a changed model brings changed conditions.

References
----------
P. Milgrom and C. Shannon, "Monotone comparative statics", *Econometrica* 62 (1994), 157-180.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from gametheory import scalars
from gametheory.equilibria import sequential
from gametheory.games import ExtensiveGame
from gametheory.models.deterrence.payoffs import ACTIONS
from gametheory.models.kazakhstan._reading import STRENGTH
from gametheory.parameters.compiled import CompiledArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gametheory.parameters import Model

__all__ = ["Bound", "Gains", "Region", "bind", "readable", "slopes"]


#: A longer formula than this, in characters, is shown by its value.
LONGEST_FORMULA = 100
#: A formula in more parameters than this is not factored, which takes long and makes it no shorter.
MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound on one parameter in terms of the others.

    Attributes
    ----------
    parameter : str
    relation : {"<=", ">="}
    formula : sympy.Expr
    value : Fraction
        Of the formula at the baseline.
    """

    parameter: str
    relation: str
    formula: Any
    value: Fraction

    def __str__(self) -> str:
        text = f"{self.parameter} {self.relation} "
        if len(str(self.formula)) > LONGEST_FORMULA:
            names = len(self.formula.free_symbols)
            return f"{text}{readable(self.value)} at the baseline (a formula in {names} parameters)"
        return f"{text}{self.formula} ({readable(self.value)} at the baseline)"


def readable(number: Any) -> str:
    """A number for people, rounded where it is long or a fraction."""
    text = scalars.to_text(number)
    return text if len(text) < 12 and "/" not in text else f"{float(number):.6g}"


class Gains:
    """What actions and replies are worth, as expressions in the parameters."""

    def __init__(self, model: Model) -> None:
        assert isinstance(model.game, ExtensiveGame)  # a Reading of it came first
        self.game = model.game
        self._payoffs: dict[tuple[str, str, str, str], Any] = {}

    def payoff(self, player: str, action: str, west: str, china: str) -> Any:
        """What a player expects if these are played for sure."""
        import sympy

        key = (player, action, west, china)
        if key not in self._payoffs:
            chosen = {"Russia": action, "West": west, "China": china}
            vectors = tuple(
                [Fraction(int(name == chosen[self.game.players[h.player]])) for name in h.actions]
                for h in self.game.infosets
            )
            value = sequential.expected_payoffs(self.game, vectors)[self.game.player_index(player)]
            self._payoffs[key] = sympy.expand(sympy.sympify(value))
        return self._payoffs[key]

    def reply_gains(self, player: str, actions: Iterable[str] = tuple(ACTIONS)) -> list[Any]:
        """What each stronger reply of a player is worth more than each weaker one, whatever the other replies."""
        return [
            self.reply_gain(player, action, strong, weak, reply)
            for action, reply in itertools.product(actions, STRENGTH[_other(player)])
            for weak, strong in _steps(player)
        ]

    def reply_gain(self, player: str, action: str, strong: str, weak: str, other: str) -> Any:
        """What one reply is worth more than another, given the other player's."""

        def payoff(own: str) -> Any:
            replies = (own, other) if player == "West" else (other, own)
            return self.payoff(player, action, *replies)

        return payoff(strong) - payoff(weak)


def _other(player: str) -> str:
    return "China" if player == "West" else "West"


def _steps(player: str) -> list[tuple[str, str]]:
    """Each weaker and stronger reply of a player."""
    ladder = STRENGTH[player]
    return list(itertools.combinations(sorted(ladder, key=ladder.__getitem__), 2))


def slopes(gains: Iterable[Any], name: str) -> list[Any]:
    """How gains rise with a parameter."""
    symbol = scalars.symbol(name)
    return list(dict.fromkeys(gain.diff(symbol) for gain in gains))


def bind(terms: Sequence[Any], parameter: str, baseline: Mapping[str, Fraction]) -> Bound | None:
    """The tightest bound at the baseline that ``term >= 0`` for all terms puts on a parameter.

    None if it enters no term linearly.
    """
    import sympy

    symbol, best = scalars.symbol(parameter), None
    for term in terms:
        polynomial = sympy.Poly(term, symbol)
        if polynomial.degree() != 1:
            continue
        slope, constant = polynomial.all_coeffs()
        rise = scalars.evaluate(slope, baseline)
        if rise != 0:
            value = -scalars.evaluate(constant, baseline) / rise
            tightness = value if rise > 0 else -value
            if best is None or tightness > best[0]:
                best = tightness, value, rise > 0, -constant / slope
    if best is None:
        return None
    _, value, below, formula = best
    if len(formula.free_symbols) <= MOST_NAMES:
        formula = _upright(sympy.factor(formula), baseline)
    return Bound(parameter, ">=" if below else "<=", formula, value)


def _upright(formula: Any, baseline: Mapping[str, Fraction]) -> Any:
    """The same product with factors that are positive at the baseline, which reads better."""
    import sympy

    flipped, sign = [], 1
    for factor in sympy.Mul.make_args(formula):
        base, exponent = factor.as_base_exp()
        if base.is_Add and exponent.is_Integer and scalars.evaluate(base, baseline) < 0:
            base, sign = sympy.expand(-base), -sign if exponent % 2 else sign
        flipped.append(base**exponent)
    return sympy.Mul(sign, *flipped)


class Region:
    """Where ``term >= 0`` for all terms.

    Parameters
    ----------
    terms : sequence of sympy.Expr
    baseline : mapping of str to Fraction
        Values of the parameters that no point gives.
    """

    def __init__(self, terms: Sequence[Any], baseline: Mapping[str, Fraction]) -> None:
        cells = np.empty(len(terms), dtype=object)
        cells[:] = terms
        self._fixed = {name: np.asarray(float(value)) for name, value in baseline.items()}
        self._terms = CompiledArray(cells, lambda k: f"the condition {terms[k]}")

    def holds(self, points: Mapping[str, NDArray[np.float64]], size: int) -> NDArray[np.bool_]:
        """Whether each of `size` points is in the region."""
        return np.asarray((self._terms((size,), self._fixed | dict(points)) >= 0).all(axis=1))
