"""A condition on parameters, and what becomes of several; see :mod:`gametheory.sensitivity._reduction`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from flint import fmpq_mpoly

from gametheory.sensitivity._stage_systems import Requirement
from gametheory.solvers.rational_functions import RationalFunction, Ring

__all__ = ["Condition", "Impossible", "Reduced"]

Polynomial: TypeAlias = fmpq_mpoly
Relation: TypeAlias = Literal[">=", ">", "=="]

#: What is wrong where a condition of a kind holds nowhere.
FAILURES = {
    "deviation": "the deviation gains",
    "indifference": "one of the two is better",
    "positive": "the probability is not positive",
    "denominator": "it has the other sign",
}


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A polynomial compared with zero, and the requirements that it stands for.

    Attributes
    ----------
    ring : Ring
    relation : {">=", ">", "=="}
        How the polynomial must compare with zero.
    requirements : tuple of Requirement
        What it rules out; several where they come to the same. Empty for the sign of a denominator.
    low, high : Fraction or None
        Certified bounds of the polynomial on the box.
    certificate : object
        Where it is implied by other conditions, the proof; see :mod:`gametheory.sensitivity._infeasibility`.
    """

    ring: Ring
    function: RationalFunction
    relation: Relation
    requirements: tuple[Requirement, ...]
    low: Fraction | None = None
    high: Fraction | None = None
    certificate: Any = None

    @property
    def polynomial(self) -> Polynomial:
        """With whole coefficients that have no common factor."""
        return self.function.numerator

    @property
    def label(self) -> str:
        """What the condition rules out, in words."""
        if not self.requirements:
            return "sign of a denominator"
        return "; ".join(dict.fromkeys(requirement.label for requirement in self.requirements))

    @property
    def kind(self) -> str:
        """``"deviation"``, ``"indifference"``, ``"positive"``, or ``"denominator"``."""
        return self.requirements[0].kind if self.requirements else "denominator"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names that occur in it."""
        return self.ring.used(self.polynomial)

    def value(self, point: Mapping[str, Fraction]) -> Fraction:
        """The value of the polynomial at a point."""
        return self.ring.evaluate(self.polynomial, point)

    def holds(self, point: Mapping[str, Fraction]) -> bool:
        """Whether it holds at a point."""
        value = self.value(point)
        return value > 0 if self.relation == ">" else value >= 0 if self.relation == ">=" else value == 0

    def margin(self, point: Mapping[str, Fraction]) -> Fraction:
        """What the deviation loses at a point, in the units of the payoffs; the polynomial's value where there is no deviation.

        Raises
        ------
        ZeroDivisionError
            Where a closed form has a pole.
        """
        if not self.requirements:
            return self.value(point)
        function = self.requirements[0].function
        bottom = self.ring.evaluate(function.denominator, point)
        return self.ring.evaluate(function.numerator, point) / bottom

    @property
    def constraint(self) -> tuple[Polynomial, Relation]:
        """As a pair of polynomial and relation."""
        return self.polynomial, self.relation

    def negations(self) -> tuple[tuple[Polynomial, Relation], ...]:
        """What holds exactly where the condition does not: one of these."""
        if self.relation == "==":
            return (self.polynomial, ">"), (-self.polynomial, ">")
        return ((-self.polynomial, ">" if self.relation == ">=" else ">="),)


@dataclass(frozen=True, slots=True, eq=False)
class Impossible:
    """Why a profile is nowhere on the box an equilibrium.

    Attributes
    ----------
    profile : str
        Which.
    conditions : tuple of Condition
        One that holds nowhere, or several that hold nowhere together.
    certificate : object
        The proof, where there are several.
    """

    profile: str
    conditions: tuple[Condition, ...]
    certificate: Any = None

    @property
    def reason(self) -> str:
        """In words."""
        if len(self.conditions) == 1:
            (only,) = self.conditions
            where = "whatever the parameters" if only.low == only.high else "on the whole box"
            return f"{only.label}: {FAILURES[only.kind]} {where}"
        return "these cannot hold together on the box: " + " | ".join(c.label for c in self.conditions)


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """The outcome of a reduction that is not impossible.

    Attributes
    ----------
    conditions : tuple of Condition
        What must hold, all of it.
    always, implied, ties : tuple of Condition
        What holds on the whole box, what the conditions imply on it, and what holds with equality whatever the parameters.
    point : mapping of str to Fraction, or None
        A point of the box at which all hold, if one is known.
    undecided : tuple of str
        Questions left open, in words.
    """

    conditions: tuple[Condition, ...]
    always: tuple[Condition, ...]
    implied: tuple[Condition, ...]
    ties: tuple[Condition, ...]
    point: Mapping[str, Fraction] | None
    undecided: tuple[str, ...]
