r"""Solving a game for every value of one parameter: an interval cut into open cells and the points between
them.

Payoffs and chance probabilities are rational functions of the free parameter :math:`t`. In the interior of an
interval a sample :math:`t_0` is taken and the game is solved over :math:`\mathbb{Q}(t)` ordered at
:math:`t_0` (:class:`gametheory.solvers.fields.Germ`). The answer holds on the open cell between the nearest
real roots of the functions whose signs the solver asked for. What lies on either side of the cell is treated
in the same way, until cells cover all but finitely many points. At each of those the game is solved over
:math:`\mathbb{Q}` or :math:`\mathbb{Q}(\alpha)`.

The process ends: a solver makes one of finitely many runs, each of which asks for the signs of finitely many
functions, so there are finitely many roots.

A point between two cells is a *breakpoint* only if the solutions differ there: on both sides the same
functions solve the game, and at the point itself their values and nothing else, or it is one. Otherwise the
two cells become one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from flint import fmpq_poly
from tqdm import tqdm

from gametheory import scalars
from gametheory.errors import ParameterError, Unsupported
from gametheory.solvers.algebraic import (
    RealAlgebraic,
    from_fraction,
    rational_between,
    real_roots,
    to_fraction,
)
from gametheory.solvers.fields import AlgebraicNumber, Cell, Germ, SampleNotGeneric
from gametheory.solvers.surds import Surd, sign, square_root

__all__ = [
    "Curves",
    "OpenCell",
    "Point",
    "Ratio",
    "RootFunction",
    "Solution",
    "decompose",
    "function_of",
    "value_at",
]

Number: TypeAlias = Fraction | RealAlgebraic


class Solution(NamedTuple):
    """What a solver says of a game, in numbers of any field."""

    #: For each equilibrium, one vector for each player (or information set).
    profiles: tuple[tuple[tuple[Any, ...], ...], ...]
    #: For each equilibrium, one number for each player.
    payoffs: tuple[tuple[Any, ...], ...]
    continuum: tuple[bool, ...]
    components: tuple[tuple[int, ...], ...]
    complete: bool
    method: str
    reason: str
    #: The index of each equilibrium, None where it is not regular; empty where that is not known.
    regular: tuple[int | None, ...] = ()
    #: Connected components, as positions in `components`, and the index of each; empty where they are not known.
    connected: tuple[tuple[int, ...], ...] = ()
    indices: tuple[int | None, ...] = ()


class OpenCell(NamedTuple):
    """An open interval, a sample in it, and the solution there as functions of the parameter."""

    low: Number
    high: Number
    sample: Fraction
    solution: Solution


class Point(NamedTuple):
    """A single value of the parameter and the solution there."""

    value: Number
    solution: Solution


class Curves:
    """The payoffs and chance probabilities of a model as rational functions of one parameter.

    Parameters
    ----------
    arrays : sequence of ndarray
        Scalars of a game.
    name : str
        The free parameter.
    fixed : mapping of str to Fraction
        The others.
    low, high : Fraction
        Where the functions must be defined.
    what : callable
        Names entry `k` of array `a` in an error.

    Raises
    ------
    ParameterError
        If an entry divides by zero somewhere in the interval.
    """

    def __init__(
        self,
        arrays: tuple[np.ndarray[Any, Any], ...],
        name: str,
        fixed: Mapping[str, Fraction],
        low: Fraction,
        high: Fraction,
        what: Callable[[int, tuple[int, ...]], str],
    ) -> None:
        self.arrays = []
        for a, values in enumerate(arrays):
            functions = np.empty(values.shape, dtype=object)
            for index, value in np.ndenumerate(values):
                functions[index] = _function(value, name, fixed, low, high, partial(what, a, index))
            self.arrays.append(functions)

    def at_sample(self, cell: Cell) -> list[np.ndarray[Any, Any]]:
        """The functions, ordered at the sample of a cell."""
        return self._map(lambda f: Germ(f[0], f[1], cell))

    def at_point(self, value: Number) -> list[np.ndarray[Any, Any]]:
        """The values of the functions, in Q or in Q(alpha)."""
        return self._map(lambda f: evaluate(f[0], f[1], value))

    def _map(self, transform: Callable[[Any], Any]) -> list[np.ndarray[Any, Any]]:
        result = []
        for functions in self.arrays:
            numbers = np.empty(functions.shape, dtype=object)
            for index, function in np.ndenumerate(functions):
                numbers[index] = transform(function)
            result.append(numbers)
        return result


def _function(
    value: Any,
    name: str,
    fixed: Mapping[str, Fraction],
    low: Fraction,
    high: Fraction,
    what: Callable[[], str],
) -> tuple[fmpq_poly, fmpq_poly]:
    if isinstance(value, float):
        raise ParameterError(f"{what()} is the float {value}; thresholds are exact and need exact numbers.")
    sample = rational_between(low, high)
    while True:
        cell = Cell(sample)
        numbers: dict[str, Any] = {other: cell.constant(number) for other, number in fixed.items()}
        numbers[name] = cell.parameter()
        try:
            germ = scalars.evaluate(value, numbers, cell.constant)
            break
        except SampleNotGeneric:
            sample = rational_between(low, sample)
        except ZeroDivisionError:
            raise ParameterError(
                f"{what()}, which is {value}, divides by zero for every value of {name}."
            ) from None
    # All divisors, also those that cancel: the model has no payoff where one of them is zero.
    for divisor in cell.decisions:
        for root in real_roots(divisor):
            if low <= root <= high:
                shown = scalars.to_text(root) if isinstance(root, Fraction) else str(root)
                raise ParameterError(
                    f"{what()}, which is {value}, divides by zero at {name} = {shown}; "
                    "give an interval without that value in over=(low, high)."
                )
    return germ.numerator, germ.denominator


def evaluate(numerator: fmpq_poly, denominator: fmpq_poly, value: Number) -> Any:
    """The value of a rational function, in Q or in Q(alpha).

    Raises
    ------
    ZeroDivisionError
        At a pole.
    """
    if isinstance(value, Fraction):
        point = from_fraction(value)
        return numerator(point) / denominator(point)
    result = AlgebraicNumber(numerator, value)
    return result if denominator.is_one() else result / AlgebraicNumber(denominator, value)


def value_at(number: Any, value: Number) -> Any:
    """The value at a point of a function that is a number of a cell; where it is 0/0, the limit.

    Raises
    ------
    ZeroDivisionError
        At a pole.
    """
    if isinstance(number, Germ):
        return evaluate(number.numerator, number.denominator, value)
    return function_of(number).at(value)


class Ratio(NamedTuple):
    """A rational function as coefficients, constant terms first; unlike FLINT's polynomials it can be
    pickled.
    """

    numerator: tuple[Fraction, ...]
    denominator: tuple[Fraction, ...]

    @classmethod
    def of(cls, germ: Germ) -> Ratio:
        """The function of a germ, without its cell; equal for equal functions."""
        lead = germ.denominator.leading_coefficient()
        return cls(
            *(
                tuple(to_fraction(c / lead) for c in part.coeffs())
                for part in (germ.numerator, germ.denominator)
            )
        )

    def polynomials(self) -> tuple[fmpq_poly, fmpq_poly]:
        """Numerator and denominator."""
        numerator, denominator = (fmpq_poly([from_fraction(c) for c in part]) for part in self)
        return numerator, denominator

    def at(self, value: Number) -> Any:
        """The value, in Q or in Q(alpha)."""
        return evaluate(*self.polynomials(), value)

    def critical(self) -> fmpq_poly:
        """A polynomial that vanishes where the derivative does; zero for a constant."""
        numerator, denominator = self.polynomials()
        return numerator.derivative() * denominator - numerator * denominator.derivative()


class RootFunction(NamedTuple):
    """A function ``whole + part sqrt(delta)`` of the parameter, with the positive root; it can be pickled."""

    whole: Any
    part: Any
    delta: Any

    def at(self, value: Number) -> Any:
        """The value, in Q or in Q(alpha) or with square roots over it; where it is 0/0, the limit.

        Raises
        ------
        ZeroDivisionError
            At a pole.
        """
        try:
            delta = self.delta.at(value)
            whole, part = self.whole.at(value), self.part.at(value)
        except ZeroDivisionError:
            return self._limit(value)
        kind = sign(delta)
        if kind == 0:
            return whole
        if kind < 0:
            raise ZeroDivisionError("the function is not real there")
        return whole + part * square_root(delta)

    def _over_one(self) -> tuple[fmpq_poly, fmpq_poly, fmpq_poly, fmpq_poly]:
        """(A, B, C, D) with the function ``(A + B sqrt(D)) / C``."""
        if not all(isinstance(part, Ratio) for part in self):
            raise Unsupported("the function has roots within roots")
        (a, first), (b, second), (inside, below) = (part.polynomials() for part in self)
        # sqrt(n / d) = sqrt(n d) / |d|, and the denominators here are one.
        if not below.is_one():
            raise Unsupported("the root is one of a fraction")
        common = first // first.gcd(second) * second
        return a * (common // first), b * (common // second), common, inside

    def _limit(self, value: Number) -> Any:
        try:
            a, b, c, inside = self._over_one()
        except Unsupported:
            raise ZeroDivisionError("the limit of roots within roots is not known") from None
        # (A + B r) / C = (A^2 - B^2 r^2) / C / (A - B r), where the second factor does not vanish with the first one.
        norm = a * a - b * b * inside
        common = norm.gcd(c)
        one = fmpq_poly([1])
        delta = evaluate(inside, one, value)
        if sign(delta) < 0:
            raise ZeroDivisionError("the function is not real there")
        root = square_root(delta) if sign(delta) else delta
        conjugate = evaluate(a, one, value) - evaluate(b, one, value) * root
        if sign(conjugate) == 0:
            raise ZeroDivisionError("a pole")
        return evaluate(norm // common, c // common, value) / conjugate

    def critical(self) -> fmpq_poly:
        """A polynomial that vanishes where the derivative does; zero for a constant.

        Raises
        ------
        Unsupported
            Where there are roots within roots.
        """
        a, b, c, inside = self._over_one()
        first = a.derivative() * c - a * c.derivative()
        second = (b.derivative() * c - b * c.derivative()) * inside + b * c * inside.derivative() / 2
        return first * first * inside - second * second


def function_of(number: Any) -> Ratio | RootFunction:
    """A number of a cell as a function that can be pickled."""
    if isinstance(number, Surd):
        return RootFunction(*map(function_of, (number.whole, number.part, number.root.delta)))
    return Ratio.of(number)


def decompose(
    curves: Curves,
    solve: Callable[[list[np.ndarray[Any, Any]]], Solution],
    low: Fraction,
    high: Fraction,
    *,
    label: str,
    progress: bool = True,
) -> tuple[list[OpenCell], list[Point]]:
    """Solve for every value of the parameter in a closed interval.

    Parameters
    ----------
    curves : Curves
    solve : callable
        The solver, for arrays of numbers of any ordered field.
    low, high : Fraction
    label : str
        Shown beside the progress bar.

    Returns
    -------
    cells : list of OpenCell
        In increasing order, covering the interval but for the points.
    points : list of Point
        The end of the interval first and last, and each breakpoint between: ``len(cells) + 1`` of them.
    """
    cells: list[OpenCell] = []
    waiting: list[tuple[Number, Number]] = [(low, high)]
    with tqdm(total=100, desc=label, unit="%", delay=1, disable=not progress, leave=False) as bar:
        while waiting:
            below, above = waiting.pop()
            cell = _open_cell(curves, solve, below, above)
            cells.append(cell)
            if below < cell.low:
                waiting.append((below, cell.low))
            if cell.high < above:
                waiting.append((cell.high, above))
            bar.update(100 * float((_rational(cell.high) - _rational(cell.low)) / (high - low)))
    cells.sort(key=lambda cell: cell.sample)
    points = [Point(value, solve(curves.at_point(value))) for value in (*(cell.low for cell in cells), high)]
    return _merge(cells, points)


def _rational(value: Number) -> Fraction:
    return value if isinstance(value, Fraction) else value.bounds()[0]


def _open_cell(
    curves: Curves, solve: Callable[[list[np.ndarray[Any, Any]]], Solution], low: Number, high: Number
) -> OpenCell:
    sample = rational_between(low, high)
    while True:
        cell = Cell(sample)
        try:
            solution = solve(curves.at_sample(cell))
        except SampleNotGeneric:
            # A root of one of finitely many functions; samples that keep coming nearer to `low` leave them
            # behind.
            sample = rational_between(low, sample)
            continue
        return OpenCell(*cell.interval(low, high), sample, solution)


def _merge(cells: list[OpenCell], points: list[Point]) -> tuple[list[OpenCell], list[Point]]:
    """Remove the points at which nothing happens."""
    kept, borders = [cells[0]], [points[0]]
    for cell, point in zip(cells[1:], points[1:-1], strict=True):
        before = kept[-1]
        if _same(before.solution, cell.solution) and continues(before.solution, point):
            kept[-1] = before._replace(high=cell.high)
        else:
            kept.append(cell)
            borders.append(point)
    return kept, [*borders, points[-1]]


def _facts(solution: Solution, profile: int) -> tuple[Any, ...]:
    keys = tuple(tuple(number.key for number in vector) for vector in solution.profiles[profile])
    return keys, solution.continuum[profile]


def _same(first: Solution, second: Solution) -> bool:
    """Whether two cells have the same functions for solutions."""
    if (first.complete, len(first.profiles)) != (second.complete, len(second.profiles)):
        return False
    order = {_facts(first, k): k for k in range(len(first.profiles))}
    if any(_facts(second, k) not in order for k in range(len(second.profiles))):
        return False
    place = [order[_facts(second, k)] for k in range(len(second.profiles))]
    groups = {frozenset(component) for component in first.components}
    return groups == {frozenset(place[k] for k in component) for component in second.components}


def continues(solution: Solution, point: Point) -> bool:
    """Whether the solution at a point is what the functions of a neighbouring cell are worth there."""
    there = point.solution
    if (solution.complete, len(solution.profiles)) != (there.complete, len(there.profiles)):
        return False
    unmatched = list(range(len(there.profiles)))
    for k, profile in enumerate(solution.profiles):
        try:
            values = [[value_at(number, point.value) for number in vector] for vector in profile]
        except ZeroDivisionError:
            return False
        match = next(
            (
                other
                for other in unmatched
                if there.continuum[other] == solution.continuum[k]
                and all(
                    ours == theirs
                    for vector, other_vector in zip(values, there.profiles[other], strict=True)
                    for ours, theirs in zip(vector, other_vector, strict=True)
                )
            ),
            None,
        )
        if match is None:
            return False
        unmatched.remove(match)
    return True


def check_probabilities(
    chance: np.ndarray[Any, Any], nodes: list[int], describe: Callable[[int], str]
) -> None:
    """Refuse chance probabilities that are negative here.

    Raises
    ------
    ParameterError
        Naming the node.
    """
    for node in nodes:
        if chance[node] < 0:
            raise ParameterError(f"the probability of {describe(node)} is negative in part of the interval.")
