"""Polynomial constraints on one domain: in floating point on the unit cube, each scaled to one, and their exact combinations.

Linear programs need coefficients of like size, proofs need whole numbers. Both are held here side by side, so that multipliers found
in the one can be checked in the other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from gametheory.sensitivity._boxes import (
    Cube,
    Domain,
    Point,
    Polynomial,
    Terms,
    bits_of,
    degrees_of,
    greatest,
)
from gametheory.solvers.rational_functions import Ring

__all__ = ["Scaled", "System", "middle", "point_of", "scale"]

Relation: TypeAlias = Literal[">=", ">", "=="]
Constraint: TypeAlias = tuple[Polynomial, Relation]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """One polynomial on one domain.

    Attributes
    ----------
    exact : dict of int to int
        On the cube, times `factor` and `size`.
    floats : dict of int to float
        The same with a greatest coefficient of one: the polynomial times `factor`.
    monomials : dict of tuple of int to float
        The same in the variables in which it is evaluated, see :class:`System`.
    factor : Fraction
    size : int
    above, below : int
        1 if it is positive (negative) somewhere, 0 if it is zero at most, -1 if it is nowhere zero or more (less).
    vertex : int
        Where it is great.
    """

    exact: Terms
    floats: Terms
    monomials: dict[tuple[int, ...], float]
    factor: Fraction
    size: int
    above: int
    below: int
    vertex: int


def scale(cube: Cube, polynomial: Polynomial) -> Scaled:
    """A polynomial on the domain of a cube."""
    terms, factor = cube.scaled(polynomial)
    size = max(map(abs, terms.values()), default=1)
    high, vertex = greatest(terms, cube.groups, enough=0)
    low = greatest({m: -c for m, c in terms.items()}, cube.groups, enough=0)[0]
    floats = {mask: c / size for mask, c in terms.items()}
    if cube.is_affine:
        monomials = {
            tuple(k for k, e in enumerate(exponents) if e): float(
                Fraction(int(c.p), int(c.q)) * factor / size
            )
            for exponents, c in polynomial.to_dict().items()
        }
    else:
        monomials = {bits_of(mask): value for mask, value in floats.items()}
    return Scaled(terms, floats, monomials, factor / size, size, _sign(high), _sign(low), vertex or 0)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


class System:
    """Constraints on one domain, as functions on the unit cube.

    They are evaluated in the variables themselves where all are affine, which are affine functions of the bits of the cube and in which
    polynomials have fewer terms, and otherwise in the bits.

    Parameters
    ----------
    cube : Cube
    rows : sequence of Scaled
    relations : sequence of {">=", ">", "=="}
    """

    def __init__(self, cube: Cube, rows: Sequence[Scaled], relations: Sequence[Relation]) -> None:
        self.cube, self.rows, self.relations = cube, list(rows), list(relations)
        self.groups = cube.groups
        self._base: Floats
        self._linear: Floats
        self._base, self._linear = (
            cube.affine_map() if cube.is_affine else (np.zeros(cube.size), np.eye(cube.size))
        )
        place: dict[tuple[int, ...], int] = {}
        for row in rows:
            for monomial in row.monomials:
                place.setdefault(monomial, len(place))
        # A column of ones behind the variables fills up short monomials.
        width, one = max(map(len, place), default=1) or 1, len(self._base)
        self._columns = np.full((len(place), width), one, np.int64)
        for monomial, k in place.items():
            self._columns[k, : len(monomial)] = monomial
        entries = [
            (k, place[monomial], value)
            for k, row in enumerate(rows)
            for monomial, value in row.monomials.items()
        ]
        row_index, column_index, values = zip(*entries, strict=True) if entries else ((), (), ())
        self.weights = csr_array((values, (row_index, column_index)), shape=(len(rows), len(place)))

    @classmethod
    def of(cls, ring: Ring, constraints: Sequence[Constraint], domain: Domain) -> System:
        """The system of some polynomials on a domain."""
        cube = Cube(ring, domain, degrees_of(ring, (p for p, _ in constraints)))
        return cls(cube, [scale(cube, p) for p, _ in constraints], [relation for _, relation in constraints])

    def _at(self, points: Floats) -> Floats:
        """The variables at points of the cube, and a column of ones."""
        return np.hstack([self._base + points @ self._linear, np.ones((len(points), 1))])

    def values(self, points: Floats, rows: Sequence[int] | None = None) -> Floats:
        """The constraints (rows) at points of the cube (columns)."""
        monomials = self._at(points)[:, self._columns].prod(axis=2)
        weights = self.weights if rows is None else self.weights[list(rows)]
        return np.asarray(weights @ monomials.T)

    def _without_one(self, point: Floats) -> Floats:
        """Each monomial without each of its variables."""
        factors = self._at(point[None])[0][self._columns]
        ones = np.ones((len(factors), 1))
        before = np.cumprod(np.hstack([ones, factors]), axis=1)[:, :-1]
        after = np.cumprod(np.hstack([ones, factors[:, ::-1]]), axis=1)[:, -2::-1]
        return np.asarray(before * after)

    def gradient(self, point: Floats) -> Floats:
        """The partial derivatives of the constraints in the bits."""
        left = self._without_one(point)
        n = len(self._base)
        shape = left.shape
        starts = np.arange(0, left.size + 1, shape[1])
        slopes = csr_array((left.ravel(), self._columns.ravel(), starts), shape=(shape[0], n + 1))
        return np.asarray((self.weights @ slopes).toarray()[:, :n] @ self._linear.T)

    def climb(self, combination: Floats, start: Floats) -> Floats:
        """A vertex at which a combination of the constraints is not less than at a vertex, and no one variable improves."""
        coefficients = combination @ self.weights
        at, n = start.copy(), len(self._base)
        grouped = np.zeros(self.cube.size, bool)
        for group in self.groups:
            grouped[list(group)] = True
        for _ in range(4 * self.cube.size):
            left = self._without_one(at) * coefficients[:, None]
            slope = self._linear @ np.bincount(self._columns.ravel(), left.ravel(), n + 1)[:n]
            gains = np.where(at > 0.5, -slope, slope)
            gains[grouped] = -np.inf
            for group in self.groups:
                bits = list(group)
                gains[bits] = slope[bits] - slope[bits] @ at[bits]
            best = int(np.argmax(gains))
            if gains[best] <= 1e-12:
                break
            if grouped[best]:
                (bits,) = [list(group) for group in self.groups if best in group]
                at[bits] = 0.0
                at[best] = 1.0
            else:
                at[best] = 1.0 - at[best]
        return at

    def combined(self, multipliers: Mapping[int, Fraction]) -> Terms:
        """A combination of the constraints themselves, as whole numbers times a positive number."""
        total: dict[int, Fraction] = {}
        for k, multiplier in multipliers.items():
            row = self.rows[k]
            weight = multiplier / (row.factor * row.size)
            for mask, c in row.exact.items():
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
