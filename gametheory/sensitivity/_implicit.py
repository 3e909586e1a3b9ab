r"""How an equilibrium moves with the parameters: the implicit function theorem, exactly.

Let :math:`F(x, \theta) = 0` be the indifferences of a support (:mod:`gametheory.sensitivity._systems`), with unknown mixed probabilities
:math:`x` and parameters :math:`\theta`. At a *regular* equilibrium the square matrix :math:`D_x F` is invertible and no condition that is
an inequality binds. Then the equilibria of the support near it are the graph of one smooth function :math:`x(\theta)`, with

.. math::

    \frac{\partial x}{\partial \theta_j} = -(D_x F)^{-1} \frac{\partial F}{\partial \theta_j},

and any function :math:`y(x, \theta)` of them moves by the chain rule. A payoff splits: what the own payoffs move (*direct*), what
the others' strategies move (*strategic*), and what the own strategy moves, which is zero, because who mixes is indifferent: the envelope
theorem (Milgrom and Segal 2002).

At rational equilibria all of this is arithmetic with fractions. An irrational one is enclosed in balls by Krawczyk's operator, which proves
that there is exactly one root in them, and the derivatives are balls that hold the true ones.

References
----------
.. [1] P. Samuelson, *Foundations of Economic Analysis*, Harvard University Press, 1947, ch. 2 and 3.
.. [2] E. van Damme, *Stability and Perfection of Nash Equilibria*, Springer, 1987, ch. 2 (regular equilibria).
.. [3] P. Milgrom and I. Segal, "Envelope theorems for arbitrary choice sets", *Econometrica* 70 (2002), 583-601.
.. [4] R. Krawczyk, "Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken", *Computing* 4 (1969), 187-201.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import flint
from flint import arb, arb_mat, fmpq, fmpq_mat

from gametheory.errors import GameError, Unsupported
from gametheory.sensitivity._stage_systems import _solve
from gametheory.sensitivity._systems import NoClosedForm, Requirement, System, Systems
from gametheory.solvers.algebraic import from_fraction, to_fraction
from gametheory.solvers.certification import bounds as ends_of
from gametheory.solvers.rational_functions import RationalFunction

if TYPE_CHECKING:
    from gametheory.games.extensive import ExtensiveGame
    from gametheory.games.normal_form import NormalFormGame

__all__ = ["Bounds", "Branch", "Family", "portable"]

#: Binary digits with which an irrational equilibrium is enclosed: more, where signs are still open.
PRECISIONS = (256, 1024, 4096)


class Bounds(NamedTuple):
    """Proved rational bounds of a number that is not rational."""

    low: Fraction
    high: Fraction

    def __float__(self) -> float:
        return float((self.low + self.high) / 2)

    @property
    def sign(self) -> int | None:
        """The sign of the number; None where zero lies between the bounds."""
        return 1 if self.low > 0 else -1 if self.high < 0 else None

    def times(self, other: Fraction | Bounds) -> Bounds:
        """The product."""
        low, high = other if isinstance(other, Bounds) else (other, other)
        products = [a * b for a in self for b in (low, high)]
        return Bounds(min(products), max(products))

    def inverse(self) -> Bounds | None:
        """One over the number; None where zero lies between the bounds."""
        return None if self.sign is None else Bounds(1 / self.high, 1 / self.low)

    def __str__(self) -> str:
        return f"{float(self):.10g}"


Number: TypeAlias = Fraction | Bounds


def portable(value: Any) -> Number:
    """A number of FLINT as a fraction, or as bounds."""
    if isinstance(value, fmpq):
        return to_fraction(value)
    if isinstance(value, arb):
        low, high = ends_of(value)
        return low if low == high else Bounds(low, high)
    return Fraction(value)


class Family:
    """The equilibria of one support, wherever there is one.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
    support : sequence of tuple of int
        The actions played, by place.
    """

    def __init__(
        self,
        game: NormalFormGame | ExtensiveGame,
        support: Sequence[Sequence[int]],
        systems: Systems | None = None,
    ) -> None:
        self.game, self.support = game, tuple(tuple(actions) for actions in support)
        self.systems = Systems(game) if systems is None else systems
        self.ring = self.systems.ring
        #: With a variable for each mixed probability, but for the last one of a place.
        self.lifted: System = self.systems.system(self.support)
        self.closed: System | None = None
        #: Why there are no closed forms.
        self.why = ""
        try:
            self.closed = self.systems.system(self.support, solve=True)
        except NoClosedForm as error:
            self.why = str(error)
        self.indifferences = [r for r in self.lifted.requirements if r.kind == "indifference"]

    def __reduce__(self) -> tuple[Any, ...]:
        return Family, (self.game, self.support)

    @cached_property
    def conditions(self) -> list[tuple[Requirement, RationalFunction]]:
        """The inequalities, each with its function of the parameters alone where there are closed forms."""
        lifted = [r for r in self.lifted.requirements if r.kind != "indifference"]
        if self.closed is None:
            return [(r, r.function) for r in lifted]
        closed = [r for r in self.closed.requirements if r.kind != "indifference"]
        return [(r, c.function) for r, c in zip(lifted, closed, strict=True)]

    @cached_property
    def owners(self) -> dict[str, int]:
        """Whose each unknown probability is."""
        return {
            self.systems.unknown(k, a): place.player
            for k, place in enumerate(self.systems.places)
            for a in range(len(place.actions))
            if self.systems.unknown(k, a) in self.lifted.unknowns
        }

    @cached_property
    def closed_unknowns(self) -> dict[str, RationalFunction]:
        """The closed form of each unknown probability, where there are closed forms."""
        if self.closed is None:
            return {}
        return {
            self.systems.unknown(k, a): value
            for k, vector in enumerate(self.closed.probabilities)
            for a, value in enumerate(vector)
            if self.systems.unknown(k, a) in self.lifted.unknowns
        }

    def slope(self, function: RationalFunction, name: str) -> RationalFunction:
        """A partial derivative."""
        if not function.denominator.is_constant():
            n, d = function.numerator, function.denominator
            return RationalFunction(self.raw_slope(function, name), d * d) if n else self.systems.zero
        return RationalFunction(self.ring.derivative(function.numerator, name), function.denominator)

    def raw_slope(self, function: RationalFunction, name: str) -> Any:
        """The numerator of a partial derivative over the square of the denominator."""
        n, d = function.numerator, function.denominator
        return self.ring.derivative(n, name) * d - n * self.ring.derivative(d, name)

    def rates(self, name: str) -> dict[str, RationalFunction]:
        """How the unknowns move with a parameter, as functions of parameters and unknowns, by implicit differentiation.

        Raises
        ------
        Unsupported
            If the indifferences determine them nowhere.
        """
        if self.closed is not None:
            return {x: self.slope(value, name) for x, value in self.closed_unknowns.items()}
        unknowns = self.lifted.unknowns
        rows = [
            [*(self.slope(r.function, x) for x in unknowns), -self.slope(r.function, name)]
            for r in self.indifferences
        ]
        found, _ = (
            _solve(rows, len(unknowns), self.systems.one) if len(rows) == len(unknowns) else (None, None)
        )
        if found is None:
            raise Unsupported(
                "the indifferences of this support do not determine the mixed probabilities, so there is no formula for how they move."
            )
        return dict(zip(unknowns, found, strict=True))


class Branch:
    """A family at a point: its values and how they move.

    Parameters
    ----------
    family : Family
    point : mapping of str to Fraction
        Of all parameters of the game.
    start : mapping of str to (Fraction or float), optional
        The unknowns: exact, or near an irrational root. By default their closed forms at the point.

    Raises
    ------
    Unsupported
        If the equilibrium is not regular: the indifferences do not determine the mixed probabilities near it.
    GameError
        If no equilibrium of the support is there.
    """

    def __init__(
        self,
        family: Family,
        point: Mapping[str, Fraction],
        start: Mapping[str, Fraction | float] | None = None,
    ) -> None:
        self.family, self.ring = family, family.ring
        self.unknowns = family.lifted.unknowns
        self.values: dict[str, Any] = {name: from_fraction(value) for name, value in point.items()}
        self.precision = 53
        self._rates: dict[str, list[Any]] = {}
        if start is None:
            start = self._closed_values()
        self.exact = not any(isinstance(value, float) for value in start.values())
        if self.exact:
            self.values |= {name: from_fraction(Fraction(value)) for name, value in start.items()}
            self._check_indifferences()
            self.determinant = self._determinant()
        else:
            self._start = {name: float(value) for name, value in start.items()}
            self._enclose(PRECISIONS[0])
        #: The conditions that are met with equality, though not everywhere; those that are zero everywhere.
        self.binding: list[int] = []
        self.ties: list[int] = []
        self._check_conditions()

    def _closed_values(self) -> dict[str, Fraction]:
        try:
            return {x: to_fraction(self.value(f)) for x, f in self.family.closed_unknowns.items()}
        except ZeroDivisionError:
            raise Unsupported(
                "at this point the indifferences do not determine the mixed probabilities of the support (the denominator of their "
                "closed form is zero), so that the equilibrium is not regular and has no derivatives; move a parameter."
            ) from None

    # -- evaluating ---------------------------------------------------------------------------------------------------
    def polynomial(self, polynomial: Any) -> Any:
        """The value of a polynomial: a rational, or a ball where an unknown is one."""
        if self.precision == 53:
            return fmpq(polynomial(*(self.values.get(name, fmpq(0)) for name in self.ring.names)))
        total = arb(0)
        for exponents, coefficient in polynomial.to_dict().items():
            term = arb(coefficient)
            for name, exponent in zip(self.ring.names, exponents, strict=True):
                if exponent:
                    term *= arb(self.values[name]) ** int(exponent)
            total += term
        return total

    def value(self, function: RationalFunction) -> Any:
        """The value of a function.

        Raises
        ------
        ZeroDivisionError
            At a pole.
        """
        with flint.ctx.workprec(self.precision):
            top = self.polynomial(function.numerator)
            if function.denominator.is_one():
                return top
            bottom = self.polynomial(function.denominator)
            if bottom == 0:
                raise ZeroDivisionError("a pole")
            return top / bottom

    def slope(self, function: RationalFunction, name: str) -> Any:
        """The value of a partial derivative."""
        n, d = function.numerator, function.denominator
        moves = [self.ring.degree(part, name) > 0 for part in (n, d)]
        if not any(moves):
            return fmpq(0)
        with flint.ctx.workprec(self.precision):
            bottom = self.polynomial(d)
            result = self.polynomial(self.ring.derivative(n, name)) / bottom
            if moves[1]:
                result = (
                    result - self.polynomial(n) * self.polynomial(self.ring.derivative(d, name)) / bottom**2
                )
            return result

    # -- regularity ---------------------------------------------------------------------------------------------------
    def _check_indifferences(self) -> None:
        for requirement in self.family.indifferences:
            if self.value(requirement.function) != 0:
                raise GameError(
                    f"at this point the profile is no equilibrium: {requirement.label} does not hold. Give the point at which the "
                    "equilibrium was found as at={...}."
                )

    def _jacobian(self) -> list[list[Any]]:
        return [[self.slope(r.function, x) for x in self.unknowns] for r in self.family.indifferences]

    def _determinant(self) -> Any:
        """Of the indifferences in the unknowns; None where there are more of the first."""
        rows = self._jacobian()
        if not self.unknowns:
            return fmpq(1)
        reduced, rank = fmpq_mat(rows).rref()
        if rank < len(self.unknowns):
            raise self._singular(reduced, rank)
        return fmpq_mat(rows).det() if len(rows) == len(self.unknowns) else None

    def _singular(self, reduced: Any, rank: int) -> Unsupported:
        pivots = {next(c for c in range(len(self.unknowns)) if reduced[r, c] != 0) for r in range(rank)}
        free = [x for c, x in enumerate(self.unknowns) if c not in pivots]
        return Unsupported(
            "the equilibrium is not regular: at this point the indifferences do not determine the probability of "
            f"{', '.join(free)}, so that derivatives do not exist. It is part of a continuum, or a fold where equilibria meet; move a "
            "parameter, or look at gametheory.sensitivity.thresholds."
        )

    def _enclose(self, precision: int) -> None:
        """Newton's iteration from the start, then a proof that a small box around the result holds one root."""
        functions = [r.function for r in self.family.indifferences]
        size = len(self.unknowns)
        if len(functions) != size:
            raise Unsupported(
                "one player mixes at several information sets of one stage with two others, which comparative statics do not cover."
            )
        self.precision = precision
        with flint.ctx.workprec(precision):
            centre = [arb(self._start[x]) for x in self.unknowns]
            try:
                for _ in range(64):
                    inverse, residual = self._newton(centre, functions)
                    step = inverse * residual
                    centre = [(c - step[r, 0]).mid() for r, c in enumerate(centre)]
                    if all(abs(step[r, 0].mid()) < arb(2) ** -(precision // 2) for r in range(size)):
                        break
                inverse, residual = self._newton(centre, functions)
            except ZeroDivisionError:
                raise self._not_certified() from None
            if any(abs(c - self._start[x]) > 1e-6 for c, x in zip(centre, self.unknowns, strict=True)):
                raise self._not_certified()
            box = [arb(c, arb(2) ** -(precision // 3)) for c in centre]
            self.values |= dict(zip(self.unknowns, box, strict=True))
            jacobian = arb_mat(self._jacobian())
            identity = arb_mat(size, size, [int(r == c) for r in range(size) for c in range(size)])
            offset = arb_mat([[b - c] for b, c in zip(box, centre, strict=True)])
            image = (identity - inverse * jacobian) * offset - inverse * residual
            new = [c + image[r, 0] for r, c in enumerate(centre)]
            if not all(b.contains_interior(n) for b, n in zip(box, new, strict=True)):
                raise self._not_certified()
            self.values |= dict(zip(self.unknowns, new, strict=True))
            self._rates.clear()
            self.determinant = arb_mat(self._jacobian()).det()

    def _newton(self, centre: list[Any], functions: list[RationalFunction]) -> tuple[Any, Any]:
        self.values |= dict(zip(self.unknowns, centre, strict=True))
        return (
            arb_mat(self._jacobian()).mid().inv().mid(),
            arb_mat([[self.value(function)] for function in functions]),
        )

    def _not_certified(self) -> Unsupported:
        return Unsupported(
            "no regular equilibrium could be certified near the probabilities given: the indifferences are nearly singular there, or the "
            "equilibrium belongs to another point; give the point at which it was found as at={...}."
        )

    def refine(self) -> bool:
        """Enclose an irrational equilibrium in balls of more digits; whether that was possible."""
        finer = [precision for precision in PRECISIONS if precision > self.precision]
        if self.exact or not finer:
            return False
        self._enclose(finer[0])
        return True

    # -- conditions ---------------------------------------------------------------------------------------------------
    def _check_conditions(self) -> None:
        for k, (requirement, function) in enumerate(self.family.conditions):
            if not function and requirement.kind == "deviation":
                self.ties.append(k)
                continue
            value = self.value(requirement.function)
            while not (value > 0 or value < 0 or value == 0):
                if not self.refine():
                    raise Unsupported(
                        f"whether the condition '{requirement.label}' binds at this point cannot be told; it is within "
                        f"2**-{self.precision // 3} of binding."
                    )
                value = self.value(requirement.function)
            if value < 0:
                what = (
                    "it would be played with a negative probability"
                    if requirement.kind == "positive"
                    else "the deviation pays"
                )
                raise GameError(
                    f"at this point the profile is no equilibrium, because of '{requirement.label}': {what}. Give the point at which "
                    "the equilibrium was found as at={...}."
                )
            if value == 0:
                self.binding.append(k)

    @property
    def index(self) -> int | None:
        """The sign of the determinant of the regular equilibrium; None where it is not regular."""
        if self.binding or self.ties or self.determinant is None:
            return None
        # Our unknowns leave out the last probability of each place and our equations the first plan: each exchange turns the sign.
        turned = -1 if len(self.unknowns) % 2 else 1
        return turned if self.determinant > 0 else -turned if self.determinant < 0 else None

    # -- derivatives --------------------------------------------------------------------------------------------------
    def rates(self, name: str) -> list[Any]:
        """How each unknown moves with a parameter.

        Raises
        ------
        Unsupported
            If the players stay indifferent only where other parameters move with it.
        """
        if name not in self._rates:
            self._rates[name] = self._solve(name)
        return self._rates[name]

    def _solve(self, name: str) -> list[Any]:
        right = [-self.slope(r.function, name) for r in self.family.indifferences]
        if all(isinstance(value, fmpq) and value == 0 for value in right):
            return [fmpq(0)] * len(self.unknowns)
        rows, size = self._jacobian(), len(self.unknowns)
        if not self.exact:
            with flint.ctx.workprec(self.precision):
                found = arb_mat(rows).solve(arb_mat([[value] for value in right]))
                rates: list[Any] = [found[r, 0] for r in range(size)]
            if any(rate.contains(0) for rate in rates):
                zero = {x for x, f in self.family.rates(name).items() if not f}
                rates = [fmpq(0) if x in zero else rate for x, rate in zip(self.unknowns, rates, strict=True)]
            return rates
        reduced, _ = fmpq_mat([[*row, value] for row, value in zip(rows, right, strict=True)]).rref()
        for r in range(size, len(rows)):
            if reduced[r, size] != 0:
                raise Unsupported(
                    f"if {name} moves alone, the players cannot all stay indifferent: the profile is an equilibrium only on a surface in "
                    "the space of parameters, and has no derivative."
                )
        return [reduced[r, size] for r in range(size)]

    def parts(self, function: RationalFunction, name: str, player: int | None = None) -> tuple[Any, Any, Any]:
        """The direct effect of a parameter, the effect through strategies of others than `player`, and that through its own."""
        with flint.ctx.workprec(self.precision):
            direct, strategic, own = self.slope(function, name), fmpq(0), fmpq(0)
            rates = self.rates(name)
            for x, rate in zip(self.unknowns, rates, strict=True):
                if isinstance(rate, fmpq) and rate == 0:
                    continue
                part = self.slope(function, x) * rate
                if self.family.owners[x] == player:
                    own = own + part
                else:
                    strategic = strategic + part
            return direct, strategic, own

    def total(self, function: RationalFunction, name: str) -> Any:
        """The derivative in a parameter."""
        direct, strategic, own = self.parts(function, name)
        with flint.ctx.workprec(self.precision):
            return direct + strategic + own

    def sides(self, k: int, name: str) -> str:
        """Where a binding condition holds as a parameter moves: ``"both"``, ``"up"``, ``"down"``, ``"none"`` or ``"unknown"``."""
        requirement, function = self.family.conditions[k]
        rate = self.total(requirement.function, name)
        if rate != 0:
            return "up" if rate > 0 else "down"
        if self.family.closed is None:
            return "unknown"
        # The first derivative along the line that is not zero decides.
        polynomial, order = function.numerator, 0
        bottom = self.polynomial(function.denominator)
        while self.ring.degree(polynomial, name) > 0:
            polynomial, order = self.ring.derivative(polynomial, name), order + 1
            value = self.polynomial(polynomial) * bottom
            if value != 0:
                if order % 2:
                    return "up" if value > 0 else "down"
                return "both" if value > 0 else "none"
        return "both" if requirement.kind == "deviation" else "none"
