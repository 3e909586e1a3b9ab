"""Polynomial constraints on one domain: in floating point on the unit cube, each scaled to one, and their exact combinations.

Linear programs need coefficients of like size, proofs need whole numbers. Both are held here side by side, so that multipliers found
in the one can be checked in the other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gametheory.sensitivity._boxes import Cube, Domain, Point, Polynomial, Terms, degrees_of
from gametheory.solvers.rational_functions import Ring

__all__ = ["System", "middle", "point_of"]

Relation: TypeAlias = Literal[">=", ">", "=="]
Constraint: TypeAlias = tuple[Polynomial, Relation]
Floats: TypeAlias = NDArray[np.float64]


class System:
    """The constraints on one domain in floating point, scaled to one."""

    def __init__(self, ring: Ring, constraints: Sequence[Constraint], domain: Domain) -> None:
        self.relations = [relation for _, relation in constraints]
        self.cube = Cube(ring, domain, degrees_of(ring, (p for p, _ in constraints)))
        self.exact, self.factor, self.floats = [], [], []
        for polynomial, _ in constraints:
            terms, factor = self.cube.scaled(polynomial)
            size = max(map(abs, terms.values()), default=1)
            self.exact.append(terms)
            self.factor.append(factor / size)
            self.floats.append({mask: c / size for mask, c in terms.items()})
        self.groups = self.cube.groups
        masks = sorted({mask for terms in self.floats for mask in terms})
        place = {mask: k for k, mask in enumerate(masks)}
        self.member = np.array(
            [[mask >> bit & 1 for bit in range(self.cube.size)] for mask in masks], bool
        ).reshape(len(masks), self.cube.size)
        self.weights = np.zeros((len(constraints), len(masks)))
        for k, terms in enumerate(self.floats):
            for mask, coefficient in terms.items():
                self.weights[k, place[mask]] = coefficient

    def values(self, points: Floats) -> Floats:
        """The constraints (rows) at points of the cube (columns)."""
        monomials = np.where(self.member[None], points[:, None, :], 1.0).prod(axis=2)
        return np.asarray(self.weights @ monomials.T)

    def gradient(self, point: Floats) -> Floats:
        """The partial derivatives of the constraints in the bits."""
        rows = np.where(self.member, point, 1.0)
        ones = np.ones((len(rows), 1))
        before = np.cumprod(np.hstack([ones, rows]), axis=1)[:, :-1]
        after = np.cumprod(np.hstack([ones, rows[:, ::-1]]), axis=1)[:, -2::-1]
        return np.asarray(self.weights @ (before * after * self.member))

    def combined(self, multipliers: Mapping[int, Fraction]) -> Terms:
        """A combination of the constraints themselves, as whole numbers times a positive number."""
        total: dict[int, Fraction] = {}
        for k, multiplier in multipliers.items():
            size = max(map(abs, self.exact[k].values()), default=1)
            weight = multiplier / (self.factor[k] * size)
            for mask, c in self.exact[k].items():
                total[mask] = total.get(mask, Fraction(0)) + weight * c
        common = math.lcm(*(c.denominator for c in total.values())) if total else 1
        return {mask: int(c * common) for mask, c in total.items() if c}

    def vertex(self, ones: int) -> Floats:
        return np.array([ones >> bit & 1 for bit in range(self.cube.size)], float)


def middle(domain: Domain) -> Point:
    point = {name: (low + high) / 2 for name, (low, high) in domain.box.items()}
    for group, corners in domain.groups.items():
        point |= {
            name: sum((c[k] for c in corners), Fraction(0)) / len(corners) for k, name in enumerate(group)
        }
    return point


def point_of(system: System, unit: Floats) -> Point:
    """The point of the domain at a point of the cube, where copies of a variable are averaged."""
    domain = system.cube.domain
    point = {name: low for name, (low, _) in domain.box.items()}
    for name, bits in system.cube.copies.items():
        low, high = domain.box[name]
        share = Fraction(float(np.mean(unit[list(bits)]))).limit_denominator(10**6)
        point[name] = low + (high - low) * min(max(share, Fraction(0)), Fraction(1))
    at = dict(zip(system.cube.group_names, system.groups, strict=True))
    for group, corners in domain.groups.items():
        shares = [Fraction(max(float(unit[b]), 0.0)).limit_denominator(10**6) for b in at.get(group, ())] or [
            Fraction(1)
        ]
        total = sum(shares, Fraction(0)) or Fraction(1)
        for k, name in enumerate(group):
            point[name] = (
                sum((s * corner[k] for s, corner in zip(shares, corners, strict=True)), Fraction(0)) / total
            )
    return point
