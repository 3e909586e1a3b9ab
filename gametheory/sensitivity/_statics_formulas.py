r"""Derivatives of the outcomes of a family of equilibria as formulas, and their signs over a box.

An outcome is named by its *source*: ``("strategy", place, action)``, ``("payoff", player)``, ``("outcome", functional)`` or
``("threshold", name, condition)``, the value of the parameter `name` at which the condition binds. By the implicit function theorem a
threshold :math:`t` with :math:`g(t, \theta) = 0` moves by :math:`-g_{\theta_j} / g_t`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal

from gametheory.errors import ParameterError, Unsupported
from gametheory.sensitivity._boxes import sign_on
from gametheory.sensitivity._implicit import Family
from gametheory.sensitivity._infeasibility import decide
from gametheory.sensitivity._scaled_systems import Constraint
from gametheory.sensitivity.arrangement import tidy
from gametheory.solvers.rational_functions import RationalFunction

__all__ = ["derivative", "formula", "function_of", "sign_over_box", "sign_where_played"]


def function_of(family: Family, source: tuple[Any, ...], *, lifted: bool) -> RationalFunction:
    """A strategy, payoff or outcome as a function of parameters, or with `lifted` also of the mixed probabilities."""
    system = family.lifted if lifted or family.closed is None else family.closed
    if source[0] == "strategy":
        place: int
        action: int
        _, place, action = source
        return system.probabilities[place][action]
    if source[0] == "payoff":
        player: int = source[1]
        return system.payoffs[player]
    return family.systems.outcome(source[1], system)


def _threshold(
    family: Family, source: tuple[Any, ...]
) -> tuple[str, RationalFunction, RationalFunction | None]:
    """The free parameter, the condition, and the threshold in the other parameters where the condition is linear."""
    _, name, k = source
    if k < 0:
        raise Unsupported(
            f"this threshold of {name} is no root of a condition, so that there is no formula for it."
        )
    condition = family.conditions[k][1]
    parts = family.ring.coefficients(condition.numerator, name)
    solved = RationalFunction(-parts[0], parts[1]) if len(parts) == 2 else None
    return name, condition, solved


def value_of(family: Family, source: tuple[Any, ...]) -> RationalFunction:
    """The outcome itself; for a threshold without a closed form the free parameter."""
    if source[0] != "threshold":
        return function_of(family, source, lifted=False)
    name, _, solved = _threshold(family, source)
    return family.ring.function(family.ring.variable(name)) if solved is None else solved


def derivative(family: Family, source: tuple[Any, ...], parameter: str) -> RationalFunction:
    """The derivative of an outcome in a parameter."""
    if parameter not in family.ring.names:
        return family.systems.zero
    if source[0] == "threshold":
        name, condition, solved = _threshold(family, source)
        if parameter == name:
            return family.systems.zero
        if solved is not None:
            return family.slope(solved, parameter)
        above, below = (
            family.ring.function(family.ring.derivative(condition.numerator, v)) for v in (parameter, name)
        )
        result: RationalFunction = -above / below
        return result
    if family.closed is not None:
        return family.slope(function_of(family, source, lifted=False), parameter)
    function = function_of(family, source, lifted=True)
    total = family.slope(function, parameter)
    for x, rate in family.rates(parameter).items():
        total = total + family.slope(function, x) * rate
    return total


def formula(family: Family, source: tuple[Any, ...], parameter: str | None, *, elasticity: bool) -> Any:
    """The outcome, its derivative or its elasticity as an arranged expression."""
    value = value_of(family, source)
    if parameter is None:
        return tidy(family.ring.to_sympy(value))
    result = derivative(family, source, parameter)
    if elasticity and result:
        if not value:
            raise Unsupported("the outcome is zero everywhere, so that it has no elasticity.")
        result = result * family.ring.function(family.ring.variable(parameter)) / value
    return tidy(family.ring.to_sympy(result))


def sign_over_box(
    family: Family, source: tuple[Any, ...], parameter: str, box: Mapping[str, tuple[Fraction, Fraction]]
) -> str:
    """The sign of a derivative wherever it is defined in a box: ``"+"``, ``"-"``, ``"0"``, ``"+/-"`` or ``"?"``."""
    try:
        rate = derivative(family, source, parameter)
    except Unsupported:
        return "?"
    if not rate:
        return "0"
    # A mixed probability is somewhere between zero and one, and not everywhere there: two signs then prove nothing.
    lifted = [x for x in family.lifted.unknowns if family.closed is None]
    free = dict(box) | {x: (Fraction(0), Fraction(1)) for x in lifted}
    unclear = bool(lifted)
    if source[0] == "threshold" and _threshold(family, source)[2] is None:
        unclear = True  # the free parameter stands for the threshold, which is not anywhere in its range
    signs = [_sign(family, part, free) for part in (rate.numerator, rate.denominator)]
    if signs[0] == "0":
        return "0"  # as where some range is a point
    if "?" in signs or signs[1] == "0":
        return "?"
    if any(sign == "+/-" for sign in signs):
        # If both change their sign, the quotient may still have one.
        return "?" if unclear or signs == ["+/-", "+/-"] else "+/-"
    return "+" if signs[0] == signs[1] else "-"


def sign_where_played(
    family: Family,
    source: tuple[Any, ...],
    parameter: str,
    box: Mapping[str, tuple[Fraction, Fraction]],
    *,
    budget: int,
) -> str:
    """As :func:`sign_over_box`, for those points of the box only at which the conditions of the equilibrium hold."""
    known = sign_over_box(family, source, parameter, box)
    if known in ("+", "-", "0"):
        return known
    ring = family.ring
    try:
        rate = derivative(family, source, parameter)
    except Unsupported:
        return "?"
    relations: dict[str, Literal[">=", ">"]] = {"deviation": ">=", "positive": ">"}
    constraints: list[Constraint] = [
        (_cleared(family, function, box), relations[requirement.kind])
        for k, (requirement, function) in enumerate(family.conditions)
        if function and ("threshold", k) != (source[0], source[-1])
    ]
    free = dict(box)
    if source[0] == "threshold":
        # At the threshold its own condition binds, wherever that is.
        name, condition, _ = _threshold(family, source)
        constraints.append((condition.numerator, "=="))
        above, below = (ring.derivative(condition.numerator, v) for v in (parameter, name))
        target = -above * below
    else:
        target = _cleared(family, rate, box)
    if family.closed is None:
        constraints += [(r.function.numerator, "==") for r in family.indifferences]
        free |= {x: (Fraction(0), Fraction(1)) for x in family.lifted.unknowns}
    constraints = [
        (polynomial if relation == "==" else _without_factors(family, polynomial, free), relation)
        for polynomial, relation in constraints
    ]
    target = _without_factors(family, target, free)
    rises, falls = (_possible(family, part, constraints, free, budget) for part in (target, -target))
    if rises == falls:
        return {"feasible": "+/-", "infeasible": "0"}.get(rises, "?")
    return "+" if falls == "infeasible" else "-" if rises == "infeasible" else "?"


def _possible(
    family: Family,
    target: Any,
    constraints: Sequence[Constraint],
    box: Mapping[str, tuple[Fraction, Fraction]],
    budget: int,
) -> str:
    """Whether a polynomial is positive somewhere where constraints hold: ``"feasible"``, ``"infeasible"`` or ``"unknown"``."""
    opposite = _primitive(-target)
    if any(relation != "==" and _primitive(polynomial) == opposite for polynomial, relation in constraints):
        return "infeasible"  # its negative is required
    try:
        return decide(family.ring, [(target, ">"), *constraints], box, budget=budget).kind
    except ParameterError:  # of too high a degree
        return "unknown"


def _primitive(polynomial: Any) -> Any:
    """The polynomial over the size of its leading coefficient."""
    lead = polynomial.leading_coefficient()
    return polynomial / (lead if lead > 0 else -lead)


def _without_factors(family: Family, polynomial: Any, box: Mapping[str, tuple[Fraction, Fraction]]) -> Any:
    """The polynomial without the factors that have one strict sign on the box, but with that sign."""
    content, factors = polynomial.factor()
    result = family.ring.constant(1 if content > 0 else -1)
    for factor, power in factors:
        try:
            sign = sign_on(family.ring, factor, box).sign
        except ParameterError:  # of too high a degree
            sign = "unknown"
        if sign == "negative" and power % 2:
            result = -result
        if sign not in ("positive", "negative"):
            result = result * factor**power
    return result


def _cleared(family: Family, function: RationalFunction, box: Mapping[str, tuple[Fraction, Fraction]]) -> Any:
    """A polynomial with the sign of a function where that is defined."""
    if function.denominator.is_constant():
        return function.numerator
    sign = (
        _sign(family, function.denominator, box)
        if set(family.ring.used(function.denominator)) <= set(box)
        else "?"
    )
    return {"+": function.numerator, "-": -function.numerator}.get(
        sign, function.numerator * function.denominator
    )


def _sign(family: Family, polynomial: Any, box: Mapping[str, tuple[Fraction, Fraction]]) -> str:
    """The sign of a polynomial: of the whole, or else from those of its factors."""
    found = _whole(family, polynomial, box)
    if found != "?":
        return found
    content, factors = polynomial.factor()
    positive = content > 0
    for factor, power in factors:
        if power % 2:
            sign = _whole(family, factor, box)
            if sign not in ("+", "-"):
                return "?"
            positive ^= sign == "-"
    return "+" if positive else "-"


def _whole(family: Family, polynomial: Any, box: Mapping[str, tuple[Fraction, Fraction]]) -> str:
    try:
        sign = sign_on(family.ring, polynomial, box).sign
    except ParameterError:  # of too high a degree
        return "?"
    return {
        "positive": "+",
        "nonnegative": "+",
        "zero": "0",
        "nonpositive": "-",
        "negative": "-",
        "mixed": "+/-",
    }.get(sign, "?")
