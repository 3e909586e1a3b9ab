"""Functions of several variables as an ordered field, against their definition and against the fields of one variable."""

from __future__ import annotations

import pickle
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from flint import fmpq_poly
from hypothesis import assume, given
from hypothesis import strategies as st

from gametheory import scalars
from gametheory.errors import Unsupported
from gametheory.solvers.algebraic import RealAlgebraic, real_roots
from gametheory.solvers.fields import AlgebraicNumber, Cell, SampleNotGeneric
from gametheory.solvers.function_fields import PointCell, polynomial_key, primitive
from gametheory.solvers.nash import solve_table
from gametheory.solvers.rational_functions import Ring

RING = Ring(["x", "y"])
numbers = st.fractions(-5, 5, max_denominator=7)
coefficients = st.dictionaries(
    st.tuples(st.integers(0, 2), st.integers(0, 2)), st.integers(-4, 4), min_size=1, max_size=5
)


def polynomial(terms):
    x, y = RING.variable("x"), RING.variable("y")
    return sum((c * x**i * y**j for (i, j), c in terms.items()), start=RING.constant(0))


def value(function, sample):
    return RING.evaluate(function.numerator, sample) / RING.evaluate(function.denominator, sample)


@given(coefficients, coefficients, numbers, numbers)
def test_order_and_arithmetic_are_those_of_the_values_at_the_sample(one, two, x, y):
    sample = {"x": x, "y": y}
    cell = PointCell(RING, sample)
    f, g = (cell.germ(RING.function(polynomial(terms))) for terms in (one, two))
    a, b = (RING.evaluate(h.numerator, sample) for h in (f, g))
    for result, expected in ((f + g, a + b), (f - g, a - b), (f * g, a * b), (1 - f, 1 - a), (f * 3, 3 * a)):
        assert value(result, sample) == expected
    assume(a != b and b != 0)
    assert (f < g, f > g, f == g) == (a < b, a > b, False)
    assert value(f / g, sample) == a / b
    if a:
        assert value(Fraction(2) / f, sample) == 2 / a


@given(coefficients, numbers, numbers)
def test_what_decides_a_sign_is_recorded_with_it(terms, x, y):
    cell = PointCell(RING, {"x": x, "y": y})
    f = polynomial(terms)
    expected = RING.evaluate(f, cell.sample)
    assume(expected != 0 and not f.is_constant())
    assert (cell.germ(RING.function(f)).sign() > 0) == (expected > 0)
    ((key, sign),) = cell.decisions.items()
    recorded = primitive(RING, key)
    assert (RING.evaluate(recorded, cell.sample) > 0) == (sign > 0)
    assert polynomial_key(f * -3) == key == polynomial_key(f)
    assert recorded * f.leading_coefficient() == f * recorded.leading_coefficient()


def test_a_nonzero_function_that_vanishes_at_the_sample_is_not_decided():
    cell = PointCell(RING, {"x": Fraction(1), "y": Fraction(1)})
    with pytest.raises(SampleNotGeneric):
        assert cell.variable("x") < cell.variable("y")
    assert not cell.variable("x") - cell.variable("x")
    assert cell.decisions == {}


def test_division_by_a_function_ends_the_cell_at_its_zeros():
    cell = PointCell(RING, {"x": Fraction(1), "y": Fraction(2)})
    quotient = cell.variable("y") / (cell.variable("x") - 3)
    assert list(cell.decisions.values()) == [-1]
    assert value(quotient, {"x": Fraction(1), "y": Fraction(2)}) == -1
    with pytest.raises(ZeroDivisionError):
        quotient / (quotient - quotient)


CIRCLE = RING.read(scalars.parse("x**2 + y**2 - 1")).numerator


@given(coefficients, st.fractions(Fraction(-9, 10), Fraction(9, 10), max_denominator=10), st.booleans())
def test_on_a_curve_signs_are_those_at_the_point_and_multiples_of_the_curve_are_zero(terms, x, upper):
    (low, high) = real_roots(polynomial_to_line(CIRCLE, x))
    point = high if upper else low
    cell = PointCell(RING, {"x": x, "y": point}, CIRCLE)
    f = polynomial(terms)
    at = fmpq_poly([0])
    for (i, j), c in terms.items():
        at += fmpq_poly([0] * j + [c * to_fmpq(x) ** i])
    expected = (
        AlgebraicNumber(at, point).sign()
        if isinstance(point, RealAlgebraic)
        else int(RING.evaluate(f, {"x": x, "y": point}) > 0) - int(RING.evaluate(f, {"x": x, "y": point}) < 0)
    )
    germ = cell.germ(RING.function(f))
    assert cell.germ(RING.function(f * CIRCLE)).sign() == 0
    assert germ + cell.germ(RING.function(CIRCLE)) == germ
    if expected:
        assert germ.sign() == expected
    else:
        multiple = f.is_zero() or divmod(f, CIRCLE)[1].is_zero()
        if multiple:
            assert germ.sign() == 0
        else:
            with pytest.raises(SampleNotGeneric):
                germ.sign()


def to_fmpq(x):
    from gametheory.solvers.algebraic import from_fraction

    return from_fraction(x)


def polynomial_to_line(curve, x):
    rest = RING.substitute(curve, {"x": x})
    coefficients = [RING.evaluate(c, {}) for c in RING.coefficients(rest, "y")]
    common = np.lcm.reduce([c.denominator for c in coefficients])
    return tuple(int(c * common) for c in coefficients)


def test_division_by_zero_on_the_curve_is_refused():
    cell = PointCell(RING, {"x": Fraction(3, 5), "y": Fraction(4, 5)}, CIRCLE)
    x, y = cell.variable("x"), cell.variable("y")
    with pytest.raises(ZeroDivisionError):
        1 / (x * x + y * y - 1)
    with pytest.raises(ZeroDivisionError):
        cell.germ(RING.read(scalars.parse("1/(x**2 + y**2 - 1)")))
    assert 1 / (x * x + y * y) == 1


def test_the_modulus_must_vanish_at_the_sample_and_one_coordinate_may_be_irrational():
    root = real_roots((-2, 0, 1))[1]
    with pytest.raises(ValueError, match="does not vanish"):
        PointCell(RING, {"x": Fraction(1), "y": Fraction(1)}, CIRCLE)
    with pytest.raises(ValueError, match="no value to y"):
        PointCell(RING, {"x": Fraction(1)})
    with pytest.raises(Unsupported, match="both x and y"):
        PointCell(RING, {"x": root, "y": root})


def test_a_vertical_line_at_an_irrational_value():
    root = real_roots((-2, 0, 1))[1]
    cell = PointCell(RING, {"x": root, "y": Fraction(1)}, RING.variable("x") ** 2 - 2)
    x, y = cell.variable("x"), cell.variable("y")
    assert x * x == 2
    assert x > y
    assert 1 / x == x / 2


@pytest.mark.parametrize("seed", range(6))
def test_games_are_solved_as_in_one_variable(seed):
    rng = np.random.default_rng(seed)
    table = rng.integers(-3, 4, (2, 3, 3, 3))  # of each payoff the coefficients of 1, x, x**2
    x = Fraction(2, 7)
    one = Cell(x)
    several = PointCell(RING, {"x": x, "y": Fraction(1)})
    results = []
    for free, make in ((one.parameter(), one.constant), (several.variable("x"), several.constant)):
        payoffs = np.empty((2, 3, 3), dtype=object)
        for place in product(range(2), range(3), range(3)):
            c, b, a = (make(int(v)) for v in table[place])
            payoffs[place] = c + b * free + a * free * free
        results.append(solve_table(payoffs))
    first, second = results
    assert first.components == second.components
    for ours, theirs in zip(first.profiles, second.profiles, strict=True):
        for p, q in zip((p for v in ours for p in v), (q for v in theirs for q in v), strict=True):
            at = p.numerator(one.point) / p.denominator(one.point)
            assert value(q, several.sample) == Fraction(int(at.p), int(at.q))
    assert {tuple((e[0], c) for e, c in key) for key in several.decisions} == {
        tuple((k, sign * c) for k, c in reversed(list(enumerate(coefficients))) if c)
        for coefficients in one.decisions
        for sign in [1 if coefficients[-1] > 0 else -1]
    }


def test_elements_and_cells_pickle():
    root = real_roots((-8, 0, 9))[1]
    cell = PointCell(RING, {"x": Fraction(1, 3), "y": root}, CIRCLE)
    x, y = cell.variable("x"), cell.variable("y")
    assert x / 3 < y
    again = pickle.loads(pickle.dumps(y / (x + 1)))
    assert again.cell.decisions == cell.decisions
    assert again.key == (y / (x + 1)).key
    assert again.cell.sample == cell.sample
    assert (again * again * (again.cell.variable("x") + 1) - 1 + again.cell.variable("x")).sign() == 0
