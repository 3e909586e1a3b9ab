r"""A regular root of the equations of a support: bounds as narrow as wanted, and signs decided exactly.

The search (:mod:`gametheory.solvers._kernels.branch_and_prune`) gives a box with exactly one root :math:`\alpha` of the equations

.. math:: F_{is}(x) = u_i(s, x_{-i}) - u_i(b_i, x_{-i}) = 0, \qquad s \in S_i \setminus \{b_i\},

in the probabilities that remain when one of each player is expressed by the others. In ball arithmetic of increasing precision the
Krawczyk operator narrows the box, doubling the number of known digits with each step; the first step proves existence and uniqueness
once more, independently of compiled floats. So the sign of any probability and of any payoff difference at :math:`\alpha` is known
as soon as its ball excludes zero, and it *is* zero if the ball is smaller than the separation bound of
:mod:`gametheory.solvers.separation`. In the same way a probability is rational exactly when the simplest fraction in its ball
satisfies the equations, once the ball is too small for two fractions of bounded denominator; its minimal polynomial is found by lattice
reduction (Lenstra, Lenstra and Lovasz 1982) and proved by a ball smaller than what two polynomials without a common root allow.

The index is the sign of :math:`\det(-DF(\alpha))` (:mod:`gametheory.equilibria.nash`).

References
----------
.. [1] R. Krawczyk, "Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken", *Computing* 4 (1969), 187-201.
.. [2] A. Lenstra, H. Lenstra and L. Lovasz, "Factoring polynomials with rational coefficients", *Mathematische Annalen* 261
   (1982), 515-534.
.. [3] F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic", *IEEE
   Transactions on Computers* 66 (2017), 1281-1292.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

import flint
import numpy as np
from flint import arb, arb_mat, fmpq, fmpz_mat, fmpz_poly

from gametheory.equilibria.components import Enclosure
from gametheory.solvers.algebraic import simplest_fraction
from gametheory.solvers.linear_supports import Profile, Support
from gametheory.solvers.separation import Separation, separation

__all__ = ["MOST_BITS", "Root", "Undecided", "bounds"]

Array: TypeAlias = np.ndarray[Any, Any]

#: The precision up to which signs are pursued.
MOST_BITS = 100_000
# Up to which degree and precision minimal polynomials are sought.
_DEGREE, _POLYNOMIAL_BITS = 10, 12_000
# The precision up to which fractions are sought.
_RATIONAL_BITS = 20_000


class Undecided(ArithmeticError):
    """A sign could not be decided within the precision allowed."""


class Root:
    """A regular root of the equations of a support.

    Parameters
    ----------
    payoffs : ndarray of int, shape (N, n_1, ..., n_N)
        Whole numbers; each player's may be in units of its own.
    support : tuple of tuples of int
    low, high : float array (N, m)
        Bounds of a root that is the only one between them.

    Examples
    --------
    >>> import numpy as np
    >>> from gametheory.solvers.certification import Root
    >>> pennies = np.array([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]], dtype=object)
    >>> root = Root(pennies, ((0, 1), (0, 1)), np.full((2, 2), 0.4), np.full((2, 2), 0.6))
    >>> root.index(), root.rational()
    (1, ((1/2, 1/2), (1/2, 1/2)))
    """

    def __init__(self, payoffs: Array, support: Support, low: Array, high: Array) -> None:
        self.payoffs = payoffs
        self.support = support
        self.bits = 53
        #: Balls around the probabilities of the strategies in the support.
        self.balls: list[Any] = []
        for i, played in enumerate(support):
            vector = np.empty(len(played), dtype=object)
            for position, s in enumerate(played):
                middle = 0.5 * (float(low[i, s]) + float(high[i, s]))
                radius = max(float(high[i, s]) - middle, middle - float(low[i, s]))
                vector[position] = arb(middle, radius * (1 + 1e-9) + 1e-300) if len(played) > 1 else arb(1)
            self.balls.append(vector)
        self.base = [
            max(range(len(played)), key=lambda s: float(self.balls[i][s].mid()))
            for i, played in enumerate(support)
        ]
        self.free = [
            (i, s) for i, played in enumerate(support) for s in range(len(played)) if s != self.base[i]
        ]
        self.inner = [payoffs[(i, *np.ix_(*support))] for i in range(len(support))]
        self._certify()

    # -----------------------------------------------------------------------------------------------------------------
    # Narrowing
    # -----------------------------------------------------------------------------------------------------------------
    def _pairs(self, balls: Sequence[Array]) -> dict[tuple[int, int], Array]:
        """Payoffs of one mixing player over its strategies and another's, the rest mixing as given."""
        mixing = [i for i, played in enumerate(self.support) if len(played) > 1]
        tables = {}
        for i in mixing:
            for j in mixing:
                if i == j:
                    continue
                table = self.inner[i]
                for other in reversed(range(len(balls))):
                    if other not in (i, j):
                        table = np.tensordot(table, balls[other], axes=([other], [0]))
                tables[i, j] = table if i < j else table.T
        return tables

    def _jacobian(self, pairs: dict[tuple[int, int], Array]) -> arb_mat:
        rows = []
        for i, s in self.free:
            b, row = self.base[i], []
            for j, t in self.free:
                if i == j:
                    row.append(arb(0))
                    continue
                table, c = pairs[i, j], self.base[j]
                row.append((table[s, t] - table[b, t]) - (table[s, c] - table[b, c]))
            rows.append(row)
        return arb_mat(rows)

    def _step(self) -> tuple[list[arb], list[arb], list[arb]]:
        """Centre, balls and Krawczyk's image of the free probabilities, at the working precision."""
        centre = [arb(self.balls[i][s].mid()) for i, s in self.free]
        point = [vector.copy() for vector in self.balls]
        for i, vector in enumerate(point):
            if len(vector) > 1:
                vector[self.base[i]] = arb(1)
        for (i, s), value in zip(self.free, centre, strict=True):
            point[i][s] = value
            point[i][self.base[i]] = point[i][self.base[i]] - value
        pairs = self._pairs(point)
        values = []
        for i, s in self.free:
            j = next(j for j, played in enumerate(self.support) if j != i and len(played) > 1)
            table = pairs[i, j]
            values.append([sum((table[s] - table[self.base[i]]) * point[j], start=arb(0))])
        jacobian = self._jacobian(self._pairs(self.balls))
        inverse = jacobian.mid().inv().mid()
        size = len(self.free)
        identity = arb_mat(size, size, [int(r == c) for r in range(size) for c in range(size)])
        balls = [self.balls[i][s] for i, s in self.free]
        offset = arb_mat([[ball - c] for ball, c in zip(balls, centre, strict=True)])
        image = (identity - inverse * jacobian) * offset - inverse * arb_mat(values)
        return centre, balls, [c + image[r, 0] for r, c in enumerate(centre)]

    def _set(self, values: Sequence[arb]) -> None:
        for i, vector in enumerate(self.balls):
            if len(vector) > 1:
                vector[self.base[i]] = arb(1)
        for (i, s), value in zip(self.free, values, strict=True):
            self.balls[i][s] = value
            self.balls[i][self.base[i]] = self.balls[i][self.base[i]] - value

    def _certify(self) -> None:
        """Prove that the box, or one slightly larger, has exactly one root."""
        if not self.free:
            return
        with flint.ctx.workprec(128):
            # A little larger, so that the image of a box that is as narrow as floats allow lies in its interior.
            self._set(
                [
                    arb(ball.mid(), 3 * ball.rad() + 2.0**-44)
                    for ball in (self.balls[i][s] for i, s in self.free)
                ]
            )
            try:
                _, balls, image = self._step()
            except ZeroDivisionError:
                raise Undecided("the equations are singular near the root") from None
            if not all(ball.contains_interior(new) for ball, new in zip(balls, image, strict=True)):
                raise Undecided("existence was not confirmed in ball arithmetic")
            self._set(image)

    def refine(self, bits: int) -> None:
        """Narrow the balls to about `bits` binary digits."""
        if bits <= self.bits or not self.free:
            return
        with flint.ctx.workprec(bits + 64):
            while True:
                _, balls, image = self._step()
                worst = max(_size(ball.rad()) for ball in image)
                before = max(_size(ball.rad()) for ball in balls)
                self._set([a.intersection(b) for a, b in zip(balls, image, strict=True)])
                if worst < -bits:
                    break
                if worst > before - 1:
                    raise Undecided(f"the root could not be narrowed to {bits} binary digits")
        self.bits = bits

    # -----------------------------------------------------------------------------------------------------------------
    # Deciding
    # -----------------------------------------------------------------------------------------------------------------
    def _norm(self, player: int, table: Array) -> int:
        """A bound on the coefficients of a difference of payoffs in free probabilities."""
        mixing = sum(len(played) > 1 for k, played in enumerate(self.support) if k != player)
        return int(max(abs(int(value)) for value in np.ravel(table))) << mixing

    def separation(self, norm: int) -> Separation:
        """Degree and separation of values, at the root, of polynomials with coefficients up to `norm`."""
        equations = [
            (i, self._norm(i, self.inner[i].take(s, axis=i) - self.inner[i].take(self.base[i], axis=i)))
            for i, s in self.free
        ]
        return separation([len(played) - 1 for played in self.support], equations, norm)

    def _sign(self, value: Any, norm: int) -> int:
        """The sign of `value()`, a ball at the present precision."""
        bits, enough = 100, None
        while True:
            self.refine(bits)
            with flint.ctx.workprec(bits + 64):
                ball = value()
            if ball > 0:
                return 1
            if ball < 0:
                return -1
            if enough is None:
                enough = self.separation(norm).bits
            if _size(ball.abs_upper()) < -enough:
                return 0
            bits *= 2
            if bits > MOST_BITS:
                raise Undecided(f"a sign needs more than {MOST_BITS:,} binary digits")

    def probability_sign(self, player: int, position: int) -> int:
        """The sign of the probability of the strategy at a position in the support."""
        return self._sign(lambda: self.balls[player][position], 1)

    def gain_sign(self, player: int, strategy: int) -> int:
        """The sign of what the player would gain by a strategy out of the support."""
        index: list[Any] = [list(played) for played in self.support]
        chosen = self.payoffs[player].take(strategy, axis=player)
        index.pop(player)
        table = chosen[np.ix_(*index)] - self.inner[player].take(self.base[player], axis=player)
        vectors = [k for k in range(len(self.support)) if k != player]

        def value() -> Any:
            total = table
            for axis, k in reversed(list(enumerate(vectors))):
                total = np.tensordot(total, self.balls[k], axes=([axis], [0]))
            return arb(1) * np.asarray(total).flat[0]

        return self._sign(value, self._norm(player, table))

    def index(self) -> int:
        """The sign of the determinant of -DF, which is not zero."""
        if not self.free:
            return 1
        bits = 64
        while True:
            with flint.ctx.workprec(bits + 64):
                determinant = (-self._jacobian(self._pairs(self.balls))).det()
            if determinant > 0:
                return 1
            if determinant < 0:
                return -1
            bits *= 2
            self.refine(bits)

    # -----------------------------------------------------------------------------------------------------------------
    # Numbers
    # -----------------------------------------------------------------------------------------------------------------
    @cached_property
    def _own_separation(self) -> Separation:
        return self.separation(1)

    def rational(self) -> Profile | None:
        """The root as fractions; None if some probability is irrational, or has a denominator of thousands of digits.

        Up to a separation of some 10,000 binary digits, which three players with three strategies and payoffs of fifty binary digits
        stay below, None means irrational.
        """
        bits, enough = 128, min(2 * self._own_separation.bits + 4, _RATIONAL_BITS)
        while True:
            bits = min(bits, enough)
            self.refine(bits)
            mixed = [
                [Fraction(1)] if len(vector) == 1 else [simplest_fraction(*bounds(ball)) for ball in vector]
                for vector in self.balls
            ]
            if self._solves(mixed):
                return self._embed([[fmpq(x.numerator, x.denominator) for x in vector] for vector in mixed])
            if bits == enough:
                return None
            bits *= 4

    def _solves(self, mixed: list[list[Fraction]]) -> bool:
        if any(sum(vector) != 1 for vector in mixed):
            return False
        vectors = [np.array(vector, dtype=object) for vector in mixed]
        for i, played in enumerate(self.support):
            if len(played) > 1:
                table = self.inner[i]
                for other in reversed(range(len(vectors))):
                    if other != i:
                        table = np.tensordot(table, vectors[other], axes=([other], [0]))
                if any(value != table[0] for value in table):
                    return False
        return True

    def _embed(self, mixed: Sequence[Sequence[fmpq]]) -> Profile:
        profile = []
        for i, n in enumerate(self.payoffs.shape[1:]):
            vector = [fmpq(0)] * n
            for s, p in zip(self.support[i], mixed[i], strict=True):
                vector[s] = p
            profile.append(tuple(vector))
        return tuple(profile)

    def middle(self) -> Profile:
        """Fractions within 2**-100 of the root that sum to one."""
        self.refine(110)
        mixed = []
        for i, vector in enumerate(self.balls):
            values = [_middle(ball) for ball in vector]
            rest = sum((v for s, v in enumerate(values) if s != self.base[i]), start=fmpq(0))
            values[self.base[i]] = 1 - rest
            mixed.append(values)
        return self._embed(mixed)

    def enclosure(self) -> Enclosure:
        """Rational bounds, and minimal polynomials where they are cheap."""
        self.refine(110)
        intervals, polynomials = [], []
        for i, n in enumerate(self.payoffs.shape[1:]):
            own: list[tuple[Fraction, Fraction]] = [(Fraction(0), Fraction(0))] * n
            names: list[tuple[int, ...] | None] = [(0, 1)] * n
            for position, s in enumerate(self.support[i]):
                pure = len(self.support[i]) == 1
                own[s] = (Fraction(1), Fraction(1)) if pure else bounds(self.balls[i][position])
                names[s] = (-1, 1) if pure else self.minimal_polynomial(i, position)
            intervals.append(tuple(own))
            polynomials.append(tuple(names))
        return Enclosure(tuple(intervals), tuple(polynomials))

    def minimal_polynomial(self, player: int, position: int) -> tuple[int, ...] | None:
        """The minimal polynomial of a probability, constant term first; None where it would take long."""
        degree, bits = self._own_separation
        if degree > _DEGREE or degree * bits > _POLYNOMIAL_BITS:
            return None
        precision = 2 * degree * bits + 64
        self.refine(precision)
        middle = bounds(self.balls[player][position])
        value = (middle[0] + middle[1]) / 2
        # Short vectors of this lattice are polynomials of degree up to `degree` that nearly vanish.
        scale = 1 << (precision - 32)
        rows = []
        power = Fraction(1)
        for k in range(degree + 1):
            rows.append([int(k == c) for c in range(degree + 1)] + [round(power * scale)])
            power *= value
        reduced = fmpz_mat(rows).lll()
        candidate = fmpz_poly([int(reduced[0, c]) for c in range(degree + 1)])
        if candidate.degree() < 1:
            return None
        for factor, _ in candidate.factor()[1]:
            coefficients = tuple(int(c) for c in factor.coeffs())
            if self._is_root(coefficients, player, position, Separation(degree, bits)):
                lead = 1 if coefficients[-1] > 0 else -1
                return tuple(lead * c for c in coefficients)
        return None

    def _is_root(self, coefficients: tuple[int, ...], player: int, position: int, known: Separation) -> bool:
        """Whether an irreducible polynomial vanishes at a probability, which is a root of one of known degree and height.

        If the two have no root in common, their resultant is a non-zero integer, and it is at most the value of the one
        times a cofactor of Sylvester's matrix (Hadamard's inequality).
        """
        norm = math.isqrt(sum(c * c for c in coefficients)) + 1
        other = known.bits + known.degree.bit_length()
        needed = (
            known.degree.bit_length() + known.degree * norm.bit_length() + (len(coefficients) - 1) * other + 8
        )
        self.refine(needed + 16)
        with flint.ctx.workprec(needed + 80):
            value = arb(0)
            for c in reversed(coefficients):
                value = value * self.balls[player][position] + c
            return bool(value.contains(0)) and _size(value.abs_upper()) < -needed


def _middle(ball: arb) -> fmpq:
    mantissa, exponent = ball.mid().man_exp()
    return fmpq(int(mantissa)) * (fmpq(2) ** int(exponent))


def bounds(ball: arb) -> tuple[Fraction, Fraction]:
    """The ends of a ball, exactly."""
    ends = []
    for part in (ball.mid(), ball.rad()):
        mantissa, exponent = part.man_exp()
        ends.append(Fraction(int(mantissa)) * Fraction(2) ** int(exponent))
    return ends[0] - ends[1], ends[0] + ends[1]


def _size(bound: arb) -> float:
    """The binary logarithm of an exact number that is not negative, rounded up."""
    mantissa, exponent = bound.man_exp()
    return int(mantissa).bit_length() + int(exponent) if mantissa != 0 else -math.inf
