r"""Supports whose equations have solutions that are not regular: exact algebra.

Let :math:`F` be the equations of a support in the free probabilities of the players who mix. Wanted are its solutions at which all
probabilities are positive. The ideal of :math:`F` is taken apart by Groebner bases: where a basis element factors, one of its factors
vanishes, and a factor that is a probability does not. What is left is a list of components, each a Groebner basis of
irreducible polynomials:

- the unit ideal: no solution;
- finitely many solutions: the quotient ring has finite dimension :math:`D`. Adding the squarefree parts of the minimal polynomials of
  the coordinates makes the ideal radical (Seidenberg 1974); then some linear form :math:`t` takes different values at the :math:`D`
  solutions, all coordinates are polynomials in :math:`t`, and real solutions are real roots of the minimal polynomial of :math:`t`
  (Rouillier 1999). Probabilities and payoffs are then numbers of :math:`\mathbb{Q}(t)`, whose signs are decided exactly
  (:class:`gametheory.solvers.fields.AlgebraicNumber`);
- linear equations each in the strategy of one player: a product of polytopes. A payoff difference is multilinear, so its sign on the
  product is decided at the vertices;
- any other continuum: points on it are found by fixing probabilities one after the other.

References
----------
.. [1] F. Rouillier, "Solving zero-dimensional systems through the rational univariate representation", *Applicable Algebra in
   Engineering, Communication and Computing* 9 (1999), 433-461.
.. [2] A. Seidenberg, "Constructions in algebra", *Transactions of the American Mathematical Society* 197 (1974), 273-313.
.. [3] D. Cox, J. Little and D. O'Shea, *Using Algebraic Geometry*, 2nd ed., Springer, 2005, ch. 2.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly_ctx, fmpq_poly, fmpz_mpoly_ctx, fmpz_mpoly_vec

from gametheory.equilibria import nash
from gametheory.solvers.algebraic import RealAlgebraic, real_roots, to_fraction
from gametheory.solvers.certification import Undecided, bounds
from gametheory.solvers.fields import AlgebraicNumber
from gametheory.solvers.linear_supports import Part, Support, product_parts

__all__ = ["AlgebraicPoint", "SupportSolution", "solve_singular"]

Array: TypeAlias = np.ndarray[Any, Any]
Polynomial: TypeAlias = Any  # FLINT's multivariate polynomials have no types worth the name

# Limits of the Groebner bases: members, terms of a member, bits of a coefficient; and how many are computed for one support.
_LIMITS = (80, 600, 4000)
_MOST_BASES = 60
# The greatest number of solutions of a component, and how many points of a continuum are looked for.
_MOST_SOLUTIONS = 60
_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class AlgebraicPoint:
    """An equilibrium whose probabilities are rational or numbers of one field Q(t)."""

    profile: tuple[tuple[Any, ...], ...]
    #: None if it is not regular.
    index: int | None
    #: Minimal polynomials of the probabilities.
    polynomials: tuple[tuple[tuple[int, ...], ...], ...]


class SupportSolution(NamedTuple):
    """What there is with exactly the strategies of a support."""

    points: list[AlgebraicPoint]
    #: Continua that are products of polytopes.
    parts: list[Part]
    #: For each other continuum its dimension, as one of complex solutions, and some equilibria in it.
    continua: list[tuple[int, list[AlgebraicPoint]]]


class _System:
    """The equations of a support as polynomials."""

    def __init__(self, whole: Array, support: Support) -> None:
        self.whole, self.support = whole, support
        names = [f"x{i}_{s}" for i, played in enumerate(support) for s in played[1:]]
        self.ring = fmpz_mpoly_ctx.get(names, Ordering.degrevlex)
        self.fractions = fmpq_mpoly_ctx.get(names, Ordering.degrevlex)
        self.free = [i for i, played in enumerate(support) for _ in played[1:]]
        generators = iter(self.ring.gens())
        one = self.ring.constant(1)
        #: The probabilities, for each player, first strategy first.
        self.chances: list[list[Polynomial]] = []
        for played in support:
            rest = [next(generators) for _ in played[1:]]
            self.chances.append([one - sum(rest, start=self.ring.constant(0)), *rest])
        self.equations = [
            polynomial
            for i, played in enumerate(support)
            for s in played[1:]
            if (polynomial := self._difference(i, s, played[0])) != 0
        ]
        self.bases = 0

    def _difference(self, i: int, s: int, t: int) -> Polynomial:
        others = [j for j in range(len(self.support)) if j != i]
        total = self.ring.constant(0)
        for places in itertools.product(*(range(len(self.support[j])) for j in others)):
            cell: list[Any] = [self.support[j][k] for j, k in zip(others, places, strict=True)]
            first, second = (*cell[:i], s, *cell[i:]), (*cell[:i], t, *cell[i:])
            value = self.whole[(i, *first)] - self.whole[(i, *second)]
            if value:
                term = self.ring.constant(int(value))
                for j, k in zip(others, places, strict=True):
                    term *= self.chances[j][k]
                total += term
        return total

    def basis(self, polynomials: list[Polynomial]) -> list[Polynomial]:
        """A reduced Groebner basis."""
        self.bases += 1
        if self.bases > _MOST_BASES:
            raise Undecided("the equations fall into too many parts")
        if not polynomials:
            return []
        members: Any = fmpz_mpoly_vec(
            polynomials, self.ring
        )  # its type does not tell what it returns with limits
        result, done = members.buchberger_naive(limits=_LIMITS)
        if not done:
            raise Undecided("the equations are too large for exact algebra")
        return list(result.autoreduction(groebner=True))

    def factors(self, polynomial: Polynomial) -> list[Polynomial]:
        """The irreducible factors of a polynomial, each once, primitive.

        Over the rationals: python-flint sorts factors over the integers by coefficients as machine words, which overflow.
        """
        found = self.fractions.from_dict(polynomial.to_dict()).factor()[1]
        result = []
        for factor, _ in found:
            terms = factor.to_dict()
            common = math.lcm(*(int(c.q) for c in terms.values()))
            result.append(self.ring.from_dict({m: int(c.p) * (common // int(c.q)) for m, c in terms.items()}))
        return [factor.primitive()[1] for factor in result]

    def components(self) -> Iterator[list[Polynomial]]:
        """Groebner bases whose solutions are together those of the system with no probability zero."""
        known = {str(p) for chances in self.chances for p in chances} | {
            str(-p) for chances in self.chances for p in chances
        }
        waiting = [self.equations]
        seen: set[tuple[str, ...]] = set()
        while waiting:
            basis = self.basis(waiting.pop())
            key = tuple(sorted(map(str, basis)))
            if key in seen or any(p.is_constant() for p in basis):
                continue
            seen.add(key)
            for position, polynomial in enumerate(basis):
                factors = self.factors(polynomial)
                useful = [f for f in factors if str(f) not in known]
                if (
                    len(useful) == 1
                    and len(factors) == 1
                    and useful[0].total_degree() == polynomial.total_degree()
                ):
                    continue
                rest = basis[:position] + basis[position + 1 :]
                waiting.extend([*rest, factor] for factor in useful)
                break
            else:
                yield basis


# ---------------------------------------------------------------------------------------------------------------------
# Finitely many solutions
# ---------------------------------------------------------------------------------------------------------------------
Monomial: TypeAlias = tuple[int, ...]


class _Quotient:
    """The ring of polynomials modulo a Groebner basis with finitely many solutions, as a vector space."""

    def __init__(self, basis: list[Polynomial], n: int) -> None:
        self.rules: list[tuple[Monomial, dict[Monomial, fmpq]]] = []
        for polynomial in basis:
            terms = list(polynomial.to_dict().items())
            lead = polynomial.monoms()[0]
            scale = polynomial.coeffs()[0]
            self.rules.append((lead, {m: fmpq(-c) / fmpq(scale) for m, c in terms if m != lead}))
        self.n = n
        self.monomials = self._standard()
        self.place = {m: k for k, m in enumerate(self.monomials)}

    def _standard(self) -> list[Monomial]:
        """Monomials that no leading one divides, by degree."""
        found, layer = [], [(0,) * self.n]
        while layer:
            layer = [m for m in layer if not any(_divides(lead, m) for lead, _ in self.rules)]
            found += layer
            if len(found) > _MOST_SOLUTIONS:
                raise Undecided(f"the equations have more than {_MOST_SOLUTIONS} complex solutions")
            layer = sorted({(*m[:v], m[v] + 1, *m[v + 1 :]) for m in layer for v in range(self.n)})
        return found

    def matrix(self, v: int) -> fmpq_mat:
        """Multiplication by a variable; columns are the images of the monomials."""
        size = len(self.monomials)
        columns = [self._reduce({(*m[:v], m[v] + 1, *m[v + 1 :]): fmpq(1)}) for m in self.monomials]
        return fmpq_mat(size, size, [columns[c][r] for r in range(size) for c in range(size)])

    def _reduce(self, terms: dict[Monomial, fmpq]) -> list[fmpq]:
        result = [fmpq(0)] * len(self.monomials)
        while terms:
            monomial, value = terms.popitem()
            if value == 0:
                continue
            if monomial in self.place:
                result[self.place[monomial]] += value
                continue
            lead, tail = next(rule for rule in self.rules if _divides(rule[0], monomial))
            shift = [a - b for a, b in zip(monomial, lead, strict=True)]
            for m, c in tail.items():
                target = tuple(a + b for a, b in zip(m, shift, strict=True))
                terms[target] = terms.get(target, fmpq(0)) + value * c
        return result


def _divides(a: Monomial, b: Monomial) -> bool:
    return all(x <= y for x, y in zip(a, b, strict=True))


def _is_finite(basis: list[Polynomial], n: int) -> bool:
    powers = {
        next(v for v, e in enumerate(lead) if e)
        for lead in (p.monoms()[0] for p in basis)
        if sum(e > 0 for e in lead) == 1
    }
    return len(powers) == n


def _dimension(basis: list[Polynomial], n: int) -> int:
    """The greatest number of variables of which no leading monomial is a product (Cox, Little and O'Shea, ch. 9)."""
    leads = [{v for v, e in enumerate(p.monoms()[0]) if e} for p in basis]
    for size in range(n, 0, -1):
        for chosen in itertools.combinations(range(n), size):
            if not any(lead <= set(chosen) for lead in leads):
                return size
    return 0


def _radical(system: _System, basis: list[Polynomial]) -> tuple[_Quotient, list[fmpq_mat]] | None:
    """The quotient by the radical, with its multiplication matrices; None for the unit ideal."""
    n = len(system.free)
    while True:
        if any(p.is_constant() for p in basis):
            return None
        quotient = _Quotient(basis, n)
        matrices = [quotient.matrix(v) for v in range(n)]
        extra = []
        for v, matrix in enumerate(matrices):
            minimal = matrix.minpoly()
            squarefree = minimal // minimal.gcd(minimal.derivative())
            if squarefree.degree() < minimal.degree():
                variable, total = system.ring.gens()[v], system.ring.constant(0)
                for c in reversed(squarefree.numer().coeffs()):
                    total = total * variable + int(c)
                extra.append(total)
        if not extra:
            return quotient, matrices
        basis = system.basis(basis + extra)


def _solutions(system: _System, basis: list[Polynomial]) -> Iterator[list[Any]]:
    """The real solutions of a component with finitely many, as values of the free probabilities: rational, or numbers of Q(t)."""
    found = _radical(system, basis)
    if found is None:
        return
    quotient, matrices = found
    size = len(quotient.monomials)
    unit = fmpq_mat(size, 1, [fmpq(int(k == 0)) for k in range(size)])
    for attempt in itertools.count(1):
        form = fmpq_mat(size, size, [fmpq(0)] * size**2)
        for v, matrix in enumerate(matrices):
            form += matrix * fmpq((attempt * (v + 1)) ** v if attempt % 2 else pow(3, v) + attempt)
        minimal = form.minpoly()
        if minimal.degree() == size:
            break
        if attempt > 50:
            raise Undecided("no linear form separates the solutions")
    powers = [unit]
    for _ in range(size - 1):
        powers.append(form * powers[-1])
    table = fmpq_mat(size, size, [powers[c][r, 0] for r in range(size) for c in range(size)])
    coordinates = []
    for matrix in matrices:
        column = table.solve(matrix * unit)
        coordinates.append(fmpq_poly([column[k, 0] for k in range(size)]))
    for root in real_roots(tuple(int(c) for c in minimal.numer().coeffs())):
        if isinstance(root, RealAlgebraic):
            modulus = fmpq_poly(list(root.coefficients))
            yield [AlgebraicNumber(polynomial, root, modulus) for polynomial in coordinates]
        else:
            at = fmpq(root.numerator, root.denominator)
            yield [polynomial(at) for polynomial in coordinates]


def _point(system: _System, payoffs: Array, values: list[Any]) -> AlgebraicPoint | None:
    """The equilibrium at a solution; None if it is none, or has a probability that is not positive."""
    left, profile = iter(values), []
    for i, n in enumerate(payoffs.shape[1:]):
        played = system.support[i]
        rest = [next(left) for _ in played[1:]]
        own = [fmpq(1) - sum(rest, start=fmpq(0)) if rest else fmpq(1), *rest]
        if any(not p > 0 for p in own):
            return None
        vector: list[Any] = [fmpq(0)] * n
        for s, p in zip(played, own, strict=True):
            vector[s] = p
        profile.append(vector)
    vectors = []
    for own in profile:
        vector_ = np.empty(len(own), dtype=object)
        vector_[:] = own
        vectors.append(vector_)
    replies = nash.best_replies_array(payoffs, vectors)
    if any(not set(played) <= set(best) for played, best in zip(system.support, replies, strict=True)):
        return None
    return AlgebraicPoint(
        tuple(map(tuple, profile)),
        nash.index(payoffs, vectors),
        tuple(tuple(_minimal_polynomial(p) for p in own) for own in profile),
    )


def _minimal_polynomial(value: Any) -> tuple[int, ...]:
    if isinstance(value, AlgebraicNumber):
        size = value.modulus.degree()
        columns = []
        power = fmpq_poly([1])
        for _ in range(size):
            image = (value.polynomial * power) % value.modulus
            columns.append([image[r] for r in range(size)])
            power = power * fmpq_poly([0, 1]) % value.modulus
        minimal = fmpq_mat(size, size, [columns[c][r] for r in range(size) for c in range(size)]).minpoly()
        coefficients = [int(c) for c in minimal.numer().coeffs()]
    else:
        coefficients = [-int(value.p), int(value.q)]
    lead = 1 if coefficients[-1] > 0 else -1
    return tuple(lead * c for c in coefficients)


def _name(point: AlgebraicPoint) -> tuple[Any, ...]:
    """What tells a point from others, whatever the field in which it was found."""
    return tuple(
        _root(value, minimal) if isinstance(value, AlgebraicNumber) else to_fraction(value)
        for own, minimals in zip(point.profile, point.polynomials, strict=True)
        for value, minimal in zip(own, minimals, strict=True)
    )


def _root(value: AlgebraicNumber, minimal: tuple[int, ...]) -> Fraction | RealAlgebraic:
    """A number as a root of its minimal polynomial."""
    bits, roots = 64, real_roots(minimal)
    while len(roots) > 1:  # distinct numbers part at some precision
        low, high = bounds(value.ball(bits))
        roots = tuple(root for root in roots if _meets(root, low, high, bits))
        bits *= 2
    return roots[0]


def _meets(root: Fraction | RealAlgebraic, low: Fraction, high: Fraction, bits: int) -> bool:
    below, above = root.bounds(bits) if isinstance(root, RealAlgebraic) else (root, root)
    return below <= high and low <= above


def _vanishes(polynomial: Polynomial, values: list[Any]) -> bool:
    total: Any = fmpq(0)
    for powers, coefficient in polynomial.to_dict().items():
        term: Any = fmpq(int(coefficient))
        for value, power in zip(values, powers, strict=True):
            for _ in range(power):
                term = value * term
        total = term + total
    return total.sign() == 0 if isinstance(total, AlgebraicNumber) else bool(total == 0)


# ---------------------------------------------------------------------------------------------------------------------
# Infinitely many
# ---------------------------------------------------------------------------------------------------------------------
def _product(system: _System, basis: list[Polynomial]) -> list[Part] | None:
    """A continuum given by linear equations, each in one player's probabilities, as parts; None if it is not of this kind."""
    equal: list[list[list[int]]] = [[] for _ in system.support]
    for polynomial in basis:
        owners = {system.free[v] for monomial in polynomial.monoms() for v, e in enumerate(monomial) if e}
        if polynomial.total_degree() > 1 or len(owners) != 1:
            return None
        (i,) = owners
        own = [v for v, owner in enumerate(system.free) if owner == i]
        terms = polynomial.to_dict()
        constant = int(terms.get((0,) * len(system.free), 0))
        # constant + sum(c x) with probabilities that sum to one: the constant counts for each of them.
        row = [constant]
        for v in own:
            unit = tuple(int(w == v) for w in range(len(system.free)))
            row.append(constant + int(terms.get(unit, 0)))
        equal[i].append(row)
    return product_parts(system.whole, system.support, equal)


def _samples(
    system: _System, payoffs: Array, basis: list[Polynomial], dimension: int
) -> list[AlgebraicPoint]:
    """Some equilibria on a continuum, found by fixing probabilities."""
    found: list[AlgebraicPoint] = []
    n = len(system.free)
    generators = system.ring.gens()
    for chosen in itertools.combinations(range(n), dimension):
        for values in itertools.product(((1, 2), (1, 3), (2, 3), (1, 5), (4, 5)), repeat=dimension):
            fixed = [q * generators[v] - p for v, (p, q) in zip(chosen, values, strict=True)]
            try:
                slice_ = system.basis(basis + fixed)
                if not _is_finite(slice_, n):
                    continue
                for solution in _solutions(system, slice_):
                    point = _point(system, payoffs, solution)
                    if point is not None:
                        found.append(point)
            except Undecided:
                return found
            if len(found) >= _SAMPLES:
                return found[:_SAMPLES]
    return found


def solve_singular(payoffs: Array, whole: Array, support: Support) -> SupportSolution:
    """All equilibria with exactly the strategies of a support, whether or not its equations are regular.

    Parameters
    ----------
    payoffs : ndarray of FLINT rationals, shape (N, n_1, ..., n_N)
    whole : ndarray of int
        The same in whole numbers, each player's in units of its own.
    support : tuple of tuples of int

    Raises
    ------
    Undecided
        If the equations are too large for exact algebra.

    Examples
    --------
    Nobody minds what happens, so that everything is an equilibrium:

    >>> import numpy as np
    >>> from flint import fmpq
    >>> from gametheory.solvers.singular_supports import solve_singular
    >>> whole = np.zeros((3, 2, 2, 2), dtype=object)
    >>> solution = solve_singular(np.full((3, 2, 2, 2), fmpq(0)), whole, ((0, 1),) * 3)
    >>> [(part.dimension, len(part.vertices)) for part in solution.parts]
    [(3, 8)]
    """
    system = _System(whole, support)
    result = SupportSolution([], [], [])
    n = len(system.free)
    points: dict[Any, tuple[AlgebraicPoint, list[Any]]] = {}  # components may meet: each point once
    flat: list[list[Polynomial]] = []
    for basis in system.components():
        if _is_finite(basis, n):
            for solution in _solutions(system, basis):
                point = _point(system, payoffs, solution)
                if point is not None:
                    points.setdefault(_name(point), (point, solution))
            continue
        parts = _product(system, basis)
        if parts is not None and all(part.described for part in parts):
            flat.append(basis)
            result.parts.extend(parts)
        else:
            dimension = _dimension(basis, n)
            result.continua.append((dimension, _samples(system, payoffs, basis, dimension)))
    for point, solution in points.values():
        if not any(all(_vanishes(polynomial, solution) for polynomial in basis) for basis in flat):
            result.points.append(point)
    return result
