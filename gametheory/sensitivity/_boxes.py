r"""Certified bounds of polynomials on boxes and on products of boxes with simplices.

A polynomial that is affine in each of its variables (*multi-affine*) takes its extremes on a box at vertices, for with all
other variables fixed it is affine in the last one. The same holds where a group of variables runs over a simplex and the polynomial
is affine in the group: its extremes are at vertices of the simplex. A mixed strategy is such a group, so that bounds over all
mixed strategies are bounds over the pure ones.

A polynomial of degree :math:`d` in a variable :math:`x \in [0, 1]` is the diagonal of a unique symmetric polynomial that is affine in
:math:`d` copies of the variable (its *polar form*, Ramshaw 1989): :math:`x^k` becomes :math:`e_k(x_1, \dots, x_d) / \binom{d}{k}`.
The values of the polar form at the vertices of the cube are the coefficients in the Bernstein basis, so the extremes over all copies
are the Bernstein bounds; they are exact where all copies sit at the same end, and are made tighter by halving the box.

So there is one algorithm, for multi-affine polynomials on the unit cube: variables in which the polynomial is monotone (by
the sum of the coefficients of one sign of the partial derivative) go to an end, the rest is branched on, and a branch is cut where the
sum of its positive coefficients is no more than what has been found. All in whole numbers.

References
----------
.. [1] L. Ramshaw, "Blossoms are polar forms", *Computer Aided Geometric Design* 6 (1989), 323-358.
.. [2] J. Garloff, "The Bernstein algorithm", *Interval Computations* 2 (1993), 154-168.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

from flint import fmpq_mpoly

from gametheory.errors import ParameterError
from gametheory.solvers.algebraic import from_fraction
from gametheory.solvers.rational_functions import Ring

__all__ = ["Cube", "Domain", "Range", "Sign", "bits_of", "degrees_of", "greatest", "range_on", "sign_on"]

Box: TypeAlias = Mapping[str, tuple[Fraction, Fraction]]
Polynomial: TypeAlias = fmpq_mpoly
Point: TypeAlias = dict[str, Fraction]
#: A multi-affine polynomial: coefficients by the set of variables of the term, as the bits of a number.
Terms: TypeAlias = dict[int, Any]
#: Vertices of a simplex, each with a value for each name of the group.
Corners: TypeAlias = tuple[tuple[Fraction, ...], ...]

#: Most copies of one variable: a polar form has two to the power of this many vertices.
MAX_DEGREE = 16
#: Boxes that a bound that is not exact at once may be refined to.
MAX_BOXES = 256


@dataclass(frozen=True, slots=True)
class Domain:
    """A box for some variables and a simplex for each of some groups of others.

    Attributes
    ----------
    box : mapping of str to (Fraction, Fraction)
        Closed intervals.
    groups : mapping of tuple of str to tuple of tuple of Fraction
        The vertices of the simplex over which the named variables run.
    """

    box: Box
    groups: Mapping[tuple[str, ...], Corners] = field(default_factory=dict)

    @staticmethod
    def simplex(size: int) -> Corners:
        """The vertices of the simplex of probability vectors."""
        return tuple(tuple(Fraction(int(i == k)) for i in range(size)) for k in range(size))

    def halves(self, name: str, at: Fraction | None = None) -> tuple[Domain, Domain]:
        """The two parts on both sides of a value of a variable, its middle by default."""
        low, high = self.box[name]
        middle = (low + high) / 2 if at is None else at
        if not low < middle < high:
            raise ValueError(f"{name} runs from {low} to {high}, which {middle} does not cut")
        first, second = (dict(self.box) | {name: ends} for ends in ((low, middle), (middle, high)))
        return Domain(first, self.groups), Domain(second, self.groups)

    def bisected(self, group: tuple[str, ...], i: int, j: int) -> tuple[Domain, Domain]:
        """The two parts on both sides of the middle of an edge of a simplex."""
        corners = self.groups[group]
        if not (0 <= i < len(corners) and 0 <= j < len(corners) and i != j):
            raise ValueError(f"a simplex of {len(corners)} vertices has no edge from {i} to {j}")
        middle = tuple((a + b) / 2 for a, b in zip(corners[i], corners[j], strict=True))
        parts = []
        for gone in (j, i):
            changed = tuple(middle if k == gone else corner for k, corner in enumerate(corners))
            parts.append(Domain(self.box, dict(self.groups) | {group: changed}))
        return parts[0], parts[1]

    def without(self, group: tuple[str, ...], name: str) -> Domain | None:
        """The face of a simplex on which one of its variables is zero; None if it has no such face."""
        k = group.index(name)
        kept = tuple(corner for corner in self.groups[group] if corner[k] == 0)
        return Domain(self.box, dict(self.groups) | {group: kept}) if kept else None

    @property
    def share(self) -> Fraction:
        """The product of the lengths of the box, for comparison with that of the whole."""
        return math.prod((high - low for low, high in self.box.values() if high > low), start=Fraction(1))


class Cube:
    """Polynomials on a domain as multi-affine polynomials on the unit cube, whose variables are bits.

    Parameters
    ----------
    ring : Ring
    domain : Domain
    degrees : mapping of str to int
        The greatest degree in which each variable of the box occurs.
    """

    def __init__(self, ring: Ring, domain: Domain, degrees: Mapping[str, int]) -> None:
        self.ring, self.domain = ring, domain
        self.copies: dict[str, tuple[int, ...]] = {}
        self.groups: list[tuple[int, ...]] = []
        self.group_names: list[tuple[str, ...]] = []
        context, arguments = ring.context, [ring.context.constant(0)] * len(ring.names)
        known = set()
        bit = 0
        for name, (low, high) in domain.box.items():
            if name not in ring.names:
                continue
            k = ring.index(name)
            known.add(name)
            arguments[k] = context.constant(from_fraction(low))
            degree = degrees.get(name, 0)
            if low < high and degree:
                if degree > MAX_DEGREE:
                    raise ParameterError(
                        f"a polynomial has degree {degree} in {name}; bounds on a box are found up to degree {MAX_DEGREE}."
                    )
                arguments[k] = arguments[k] + context.gen(k) * from_fraction(high - low)
                self.copies[name] = tuple(range(bit, bit + degree))
                bit += degree
        self._bits: dict[int, tuple[int, ...]] = {ring.index(n): bits for n, bits in self.copies.items()}
        for group, corners in domain.groups.items():
            variables = [context.gen(ring.index(group[k])) for k in range(len(corners))]
            for position, name in enumerate(group):
                known.add(name)
                total = context.constant(0)
                for variable, corner in zip(variables, corners, strict=True):
                    total = total + variable * from_fraction(corner[position])
                # The one vertex of a point is no variable.
                arguments[ring.index(name)] = (
                    total if len(corners) > 1 else context.constant(from_fraction(corners[0][position]))
                )
            if len(corners) > 1:
                self.groups.append(tuple(range(bit, bit + len(corners))))
                self.group_names.append(group)
                self._bits |= {ring.index(group[k]): (bit + k,) for k in range(len(corners))}
                bit += len(corners)
        self.size = bit
        #: Whether no variable has copies, so that the cube is an affine image of the domain.
        self.is_affine = all(len(bits) == 1 for bits in self.copies.values())
        self._arguments, self._known = arguments, known

    def terms(self, polynomial: Polynomial) -> Terms:
        """A polynomial as integer coefficients by bits, times a positive number."""
        return self.scaled(polynomial)[0]

    def scaled(self, polynomial: Polynomial) -> tuple[Terms, Fraction]:
        """A polynomial as integer coefficients by bits, and the positive number that they are multiplied by."""
        for name in self.ring.used(polynomial):
            if name not in self._known:
                raise ParameterError(f"the box says nothing of {name}, on which a polynomial depends.")
        result: dict[int, Fraction] = {}
        for exponents, coefficient in polynomial.compose(*self._arguments).to_dict().items():
            choices = [_polar(self._bits[k], int(e)) for k, e in enumerate(exponents) if e]
            value = Fraction(int(coefficient.p), int(coefficient.q))
            weight = math.prod((count for _, count in choices), start=1)
            for chosen in itertools.product(*(masks for masks, _ in choices)):
                mask = sum(chosen)
                result[mask] = result.get(mask, Fraction(0)) + value / weight
        common = math.lcm(*(c.denominator for c in result.values())) if result else 1
        whole = {mask: int(c * common) for mask, c in result.items() if c}
        divisor = math.gcd(*whole.values()) if whole else 1
        return {mask: c // divisor for mask, c in whole.items()}, Fraction(common, divisor)

    def affine_map(self) -> tuple[Any, Any]:
        """The variables of the ring as an affine function of the bits: a constant, and a row for each bit."""
        import numpy as np

        base, linear = np.zeros(len(self.ring.names)), np.zeros((self.size, len(self.ring.names)))
        for name, (low, high) in self.domain.box.items():
            if name in self.ring.names:
                base[self.ring.index(name)] = float(low)
                for bit in self.copies.get(name, ()):
                    linear[bit, self.ring.index(name)] = float(high - low)
        at = dict(zip(self.group_names, self.groups, strict=True))
        for group, corners in self.domain.groups.items():
            for position, name in enumerate(group):
                if group not in at:
                    base[self.ring.index(name)] = float(corners[0][position])
                for bit, corner in zip(at.get(group, ()), corners, strict=False):
                    linear[bit, self.ring.index(name)] = float(corner[position])
        return base, linear

    def points(self, ones: int) -> tuple[Point, bool]:
        """The point of a vertex of the cube, and whether it is one: copies of a variable may be at different ends."""
        point = {name: low for name, (low, _) in self.domain.box.items()}
        real = True
        for name, bits in self.copies.items():
            low, high = self.domain.box[name]
            up = sum(ones >> bit & 1 for bit in bits)
            real &= up in (0, len(bits))
            point[name] = low + (high - low) * Fraction(up, len(bits))
        at = dict(zip(self.group_names, self.groups, strict=True))
        for group, corners in self.domain.groups.items():
            chosen = [k for k, bit in enumerate(at.get(group, ())) if ones >> bit & 1]
            point |= dict(zip(group, corners[chosen[0] if chosen else 0], strict=True))
        return point, real


@lru_cache(maxsize=4096)
def _polar(bits: tuple[int, ...], power: int) -> tuple[tuple[int, ...], int]:
    """The sets of copies whose products add up to a power, and their number."""
    if power > len(bits):
        raise ValueError("a polynomial of too high a degree for this cube, or not affine in a mixed strategy")
    masks = tuple(sum(1 << bit for bit in chosen) for chosen in itertools.combinations(bits, power))
    return masks, len(masks)


def degrees_of(ring: Ring, polynomials: Iterable[Polynomial]) -> dict[str, int]:
    """The greatest degree in each variable over some polynomials."""
    degrees: dict[str, int] = {}
    for polynomial in polynomials:
        if polynomial:
            for name, degree in zip(ring.names, polynomial.degrees(), strict=True):
                degrees[name] = max(degrees.get(name, 0), int(degree))
    return degrees


@lru_cache(maxsize=1 << 16)
def bits_of(mask: int) -> tuple[int, ...]:
    """The bits that are set in a number."""
    return tuple(bit for bit in range(mask.bit_length()) if mask >> bit & 1)


def greatest(
    terms: Terms, groups: Sequence[tuple[int, ...]] = (), floor: Any = None, enough: Any = None
) -> tuple[Any, int | None]:
    """The greatest value of a multi-affine polynomial on the unit cube, with simplices for groups of bits.

    Parameters
    ----------
    terms : dict of int to number
        Exact with whole numbers; to rounding with floats.
    groups : sequence of tuple of int
        Bits of which exactly one is set at a vertex.
    floor : number, optional
        Values no greater than this are of no interest.
    enough : number, optional
        A value greater than this ends the search.

    Returns
    -------
    value, vertex
        The vertex as the bits that are set. If nothing exceeds the floor: the floor and None.
    """
    best: list[Any] = [floor, None]
    used = 0
    for mask in terms:
        used |= mask
    chosen = sum(1 << group[0] for group in groups if not any(used >> bit & 1 for bit in group))
    open_groups = [group for group in groups if any(used >> bit & 1 for bit in group)]
    _search(dict(terms), open_groups, chosen, best, enough)
    return best[0], best[1]


def _search(terms: Terms, groups: list[tuple[int, ...]], ones: int, best: list[Any], enough: Any) -> None:
    grouped = 0
    for group in groups:
        for bit in group:
            grouped |= 1 << bit
    while True:
        up: dict[int, Any] = {}
        down: dict[int, Any] = {}
        for mask, coefficient in terms.items():
            side = up if coefficient > 0 else down
            for bit in bits_of(mask):
                side[bit] = side.get(bit, 0) + coefficient
        bound = sum(c for mask, c in terms.items() if c > 0 or mask == 0)
        if best[0] is not None and bound <= best[0]:
            return
        raised = sum(1 << b for b in up if b not in down and not grouped >> b & 1)
        lowered = sum(1 << b for b in down if b not in up and not grouped >> b & 1)
        if not raised and not lowered:
            break
        ones |= raised
        terms = _fixed(terms, raised, lowered)
    if not up and not down:
        best[0], best[1] = terms.get(0, 0), ones
        return
    if groups:
        # The group that matters most first.
        def weight(group: tuple[int, ...]) -> Any:
            return sum(up.get(bit, 0) - down.get(bit, 0) for bit in group)

        group = max(groups, key=weight)
        rest = [other for other in groups if other is not group]
        whole = sum(1 << bit for bit in group)
        branches = [(1 << bit, _fixed(terms, 1 << bit, whole & ~(1 << bit))) for bit in group]
    else:
        rest = groups
        split = max(up, key=lambda bit: min(up[bit], -down.get(bit, 0)))
        branches = [(1 << split, _fixed(terms, 1 << split, 0)), (0, _fixed(terms, 0, 1 << split))]
    order = sorted(branches, key=lambda branch: -sum(c for m, c in branch[1].items() if c > 0 or m == 0))
    for here, part in order:
        _search(part, rest, ones | here, best, enough)
        if enough is not None and best[0] is not None and best[0] > enough:
            return


def _fixed(terms: Terms, raised: int, lowered: int) -> Terms:
    """The polynomial with some variables at one and others at zero."""
    result: Terms = {}
    for mask, coefficient in terms.items():
        if mask & lowered:
            continue
        mask &= ~raised
        total = result.get(mask, 0) + coefficient
        if total:
            result[mask] = total
        else:
            result.pop(mask, None)
    return result


class Range(NamedTuple):
    """Bounds of a polynomial on a box: exact if they are attained at the two points, certified in any case."""

    low: Fraction
    high: Fraction
    at_low: Point
    at_high: Point
    exact: bool


class Sign(NamedTuple):
    """The sign of a polynomial on a box, with a point at which it is positive or negative if there is one known."""

    sign: Literal["positive", "nonnegative", "zero", "nonpositive", "negative", "mixed", "unknown"]
    positive: Point | None
    negative: Point | None


def range_on(
    ring: Ring,
    polynomial: Polynomial,
    box: Box,
    *,
    max_boxes: int = MAX_BOXES,
    tolerance: Fraction = Fraction(1, 10**6),
) -> Range:
    """The range of a polynomial on a box.

    Parameters
    ----------
    ring : Ring
    polynomial : fmpq_mpoly
    box : mapping of str to (Fraction, Fraction)
        Closed; a value for every variable that occurs.
    max_boxes : int
        Parts of the box for each of the two bounds, where the polynomial is not multi-affine.
    tolerance : Fraction
        Gap between a bound and a value that is enough, relative to the range.

    Returns
    -------
    Range
        With ``exact=True`` the range itself. Otherwise ``low`` and ``high`` are certified bounds, and the points are those of the
        least and greatest value known.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory.scalars import parse
    >>> from gametheory.sensitivity._boxes import range_on
    >>> from gametheory.solvers.rational_functions import Ring
    >>> ring = Ring(["x", "y"])
    >>> unit = {"x": (Fraction(0), Fraction(1)), "y": (Fraction(0), Fraction(1))}
    >>> found = range_on(ring, ring.read(parse("x + y - 3*x*y")).numerator, unit)
    >>> found.low, found.high, found.exact
    (Fraction(-1, 1), Fraction(1, 1), True)
    """
    high, at_high, first = _upper(ring, polynomial, Domain(box), max_boxes, tolerance)
    low, at_low, second = _upper(ring, -polynomial, Domain(box), max_boxes, tolerance)
    return Range(-low, high, at_low, at_high, first and second)


def _upper(
    ring: Ring, polynomial: Polynomial, domain: Domain, max_boxes: int, tolerance: Fraction
) -> tuple[Fraction, Point, bool]:
    """An upper bound, a point with the greatest value known, and whether the bound is attained there."""
    degrees = degrees_of(ring, [polynomial])
    bent = [name for name, degree in degrees.items() if degree > 1]
    count = itertools.count()
    known: tuple[Fraction, Point] | None = None
    heap: list[tuple[Fraction, int, Domain]] = []

    def add(part: Domain) -> None:
        nonlocal known
        cube = Cube(ring, part, degrees)
        vertex = greatest(cube.terms(polynomial), cube.groups)[1] or 0
        point, real = cube.points(vertex)
        value = ring.evaluate(polynomial, point)
        if known is None or value > known[0]:
            known = value, point
        heapq.heappush(heap, (-(value if real else _blossom(cube, polynomial, vertex)), next(count), part))

    add(domain)
    for _ in range(max_boxes):
        assert known is not None
        bound = -heap[0][0]
        if not bent or bound - known[0] <= tolerance * (abs(bound) + abs(known[0])):
            break
        part = heapq.heappop(heap)[2]
        name = max(bent, key=lambda n: _width(part, domain, n))
        if not _width(part, domain, name):
            heapq.heappush(heap, (-bound, next(count), part))
            break
        for half in part.halves(name):
            add(half)
    assert known is not None
    bound = -heap[0][0]
    return max(bound, known[0]), known[1], bound <= known[0]


def _width(part: Domain, whole: Domain, name: str) -> Fraction:
    low, high = part.box[name]
    first, last = whole.box[name]
    return (high - low) / (last - first) if last > first else Fraction(0)


def _blossom(cube: Cube, polynomial: Polynomial, vertex: int) -> Fraction:
    """The value of the polar form at a vertex."""
    total = Fraction(0)
    for exponents, coefficient in polynomial.compose(*cube._arguments).to_dict().items():
        part = Fraction(int(coefficient.p), int(coefficient.q))
        for k, e in enumerate(exponents):
            if e:
                bits = cube._bits[k]
                part *= Fraction(
                    math.comb(sum(vertex >> b & 1 for b in bits), int(e)), math.comb(len(bits), int(e))
                )
        total += part
    return total


def sign_on(ring: Ring, polynomial: Polynomial, box: Box, *, max_boxes: int = MAX_BOXES) -> Sign:
    """The sign of a polynomial on a box.

    Returns
    -------
    Sign
        ``"nonnegative"`` means that it is nowhere negative, and zero or not known to be positive somewhere; ``"mixed"`` that it
        has both signs, with a point for each; ``"unknown"`` that the bounds do not decide.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory.scalars import parse
    >>> from gametheory.sensitivity._boxes import sign_on
    >>> from gametheory.solvers.rational_functions import Ring
    >>> ring = Ring(["x", "y"])
    >>> unit = {"x": (Fraction(0), Fraction(1)), "y": (Fraction(0), Fraction(1))}
    >>> sign_on(ring, ring.read(parse("x*y - x - y + 1")).numerator, unit).sign
    'nonnegative'
    """
    if not polynomial:
        return Sign("zero", None, None)
    found = range_on(ring, polynomial, box, max_boxes=max_boxes)
    positive = found.at_high if ring.evaluate(polynomial, found.at_high) > 0 else None
    negative = found.at_low if ring.evaluate(polynomial, found.at_low) < 0 else None
    if positive is not None and negative is not None:
        return Sign("mixed", positive, negative)
    if found.low == found.high == 0:
        return Sign("zero", None, None)
    if found.low > 0:
        return Sign("positive", positive, None)
    if found.high < 0:
        return Sign("negative", None, negative)
    if found.low == 0:
        return Sign("nonnegative", positive, None)
    if found.high == 0:
        return Sign("nonpositive", None, negative)
    return Sign("unknown", positive, negative)
