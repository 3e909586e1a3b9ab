r"""How the thresholds of an equilibrium move: the ends of the interval of a parameter on which its profile stays an equilibrium.

All other parameters fixed, each condition of the profile is a rational function of one parameter :math:`t`. The profile stays an
equilibrium up to the nearest root at which one of them changes its sign. A root at which :math:`g_t \ne 0` is a smooth function of
the other parameters, with :math:`\partial t / \partial \theta_j = -g_{\theta_j} / g_t`. An irrational root is named by its minimal
polynomial; what is zero there is told by division, and everything else by balls of rising precision.

References
----------
.. [1] S. Basu, R. Pollack and M.-F. Roy, *Algorithms in Real Algebraic Geometry*, 2nd ed., Springer, 2006, ch. 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import flint
from flint import arb, fmpq_poly

from gametheory.errors import Unsupported
from gametheory.sensitivity._implicit import Branch, Number, portable
from gametheory.sensitivity.statics_result import Response
from gametheory.solvers.algebraic import RealAlgebraic, from_fraction, real_roots, to_fraction

if TYPE_CHECKING:
    from gametheory.parameters.model import Model

__all__ = ["thresholds_of"]


def thresholds_of(
    model: Model, branch: Branch, name: str, names: tuple[str, ...], point: Mapping[str, Fraction]
) -> Iterator[Response]:
    """The ends of the interval of a parameter on which the profile stays an equilibrium."""
    family, ring = branch.family, branch.ring
    if family.closed is None:
        raise Unsupported(
            f"thresholds of {name} need closed forms: {family.why}. Use gametheory.sensitivity.equilibrium_map(model, {name!r})."
        )
    if name not in ring.names:
        return
    space, here = model.space, point[name]
    low, high = min(space[name].low, here), max(space[name].high, here)
    ends: list[tuple[Fraction | RealAlgebraic, int, bool]] = []
    for k, (_, function) in enumerate(family.conditions):
        if not function:
            continue
        numerator, denominator = (
            _along(branch, part, name) for part in (function.numerator, function.denominator)
        )
        for root, odd in _roots(numerator):
            # Where a condition only touches zero the profile stays an equilibrium; where it binds here, its side matters.
            if odd and low <= root <= high:
                ends.append((root, k, True))
        ends.extend((root, k, False) for root, _ in _roots(denominator) if low <= root <= high)
    allowed = {branch.sides(k, name) for k in branch.binding}
    upper = [end for end in ends if end[0] > here or (end[0] == here and allowed & {"down", "none"})]
    lower = [end for end in ends if end[0] < here or (end[0] == here and allowed & {"up", "none"})]
    for side, found in (("lower", lower), ("upper", upper)):
        if not found:
            continue
        border = max(e[0] for e in found) if side == "lower" else min(e[0] for e in found)
        for value, k, crossing in found:
            if value == border and (value != here or k in branch.binding):
                label = f"threshold: {name} ({side} end, {family.conditions[k][0].label})"
                yield _threshold(branch, label, name, k, value, names, crossing=crossing)


def _along(branch: Branch, polynomial: Any, name: str) -> fmpq_poly:
    """A polynomial on the line on which only one parameter moves."""
    fixed = {other: to_fraction(value) for other, value in branch.values.items() if other != name}
    used = {other: value for other, value in fixed.items() if branch.ring.degree(polynomial, other) > 0}
    parts = branch.ring.coefficients(branch.ring.substitute(polynomial, used), name)
    return fmpq_poly([part.leading_coefficient() if part else 0 for part in parts])


def _roots(polynomial: fmpq_poly) -> Iterator[tuple[Fraction | RealAlgebraic, bool]]:
    """The real roots, and whether the polynomial changes its sign there."""
    if polynomial.degree() < 1:
        return
    for factor, power in polynomial.factor()[1]:
        for root in real_roots(tuple(int(c) for c in factor.numer().coeffs())):
            yield root, bool(power % 2)


def _threshold(
    branch: Branch,
    label: str,
    name: str,
    k: int,
    value: Fraction | RealAlgebraic,
    names: tuple[str, ...],
    *,
    crossing: bool,
) -> Response:
    """A threshold and how it moves: by the gradient of the condition there."""
    ring = branch.ring
    function = branch.family.conditions[k][1]
    polynomial = function.numerator if crossing else function.denominator
    slope = _at(branch, ring.derivative(polynomial, name), name, value)
    none: Mapping[str, Number] = {}
    source = ("threshold", name, k)
    if not crossing or slope == 0:
        note = (
            "the condition only touches zero there, so that the threshold has no derivative"
            if crossing
            else "the closed form of the condition has a pole there"
        )
        rates: dict[str, Number | None] = dict.fromkeys(names)
        gone = ("threshold", name, -1)
        return Response(label, "threshold", value, rates, none, none, none, gone, note)
    rates = {}
    for parameter in names:
        if parameter == name or parameter not in ring.names:
            rates[parameter] = Fraction(0)
        else:
            above = _at(branch, ring.derivative(polynomial, parameter), name, value)
            with flint.ctx.workprec(128):
                rates[parameter] = portable(-above / slope)
    return Response(label, "threshold", value, rates, none, none, none, source)


def _at(branch: Branch, polynomial: Any, name: str, value: Fraction | RealAlgebraic) -> Any:
    """The value of a polynomial at a threshold: a rational, or a ball that holds zero only if the value is exactly zero."""
    if not polynomial:
        return from_fraction(Fraction(0))
    line = _along(branch, polynomial, name)
    if isinstance(value, Fraction):
        return line(from_fraction(value))
    minimal = fmpq_poly(list(value.coefficients))
    if not line % minimal:
        return from_fraction(Fraction(0))
    precision = 128
    while True:
        with flint.ctx.workprec(precision):
            point, total = value.ball(precision), arb(0)
            for coefficient in reversed(line.coeffs()):
                total = total * point + arb(coefficient)
        if not total.contains(0):
            return total
        precision *= 2
