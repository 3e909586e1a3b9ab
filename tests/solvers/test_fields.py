"""The ordered fields of the exact solvers, against SymPy and against their own definitions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
import sympy
from flint import fmpq_poly
from hypothesis import assume, given
from hypothesis import strategies as st

from gametheory.solvers.algebraic import (
    RealAlgebraic,
    from_fraction,
    rational_between,
    real_roots,
    to_fraction,
)
from gametheory.solvers.fields import AlgebraicNumber, Cell, Germ, SampleNotGeneric

small = st.integers(-6, 6)
coefficients = st.lists(small, min_size=2, max_size=6).filter(lambda c: c[-1] != 0).map(tuple)
fractions = st.fractions(-20, 20, max_denominator=30)


@given(coefficients)
def test_real_roots_are_those_that_sympy_finds(polynomial):
    x = sympy.Symbol("x")
    expected = sorted({root.evalf(30) for root in sympy.Poly(polynomial[::-1], x).real_roots()})
    found = real_roots(polynomial)
    assert [float(root) for root in found] == pytest.approx(
        [float(root) for root in expected], rel=1e-12, abs=1e-12
    )
    assert [isinstance(root, Fraction) for root in found] == [
        sympy.nsimplify(root.to_sympy() if isinstance(root, RealAlgebraic) else root).is_rational is True
        for root in found
    ]


@given(coefficients)
def test_roots_come_in_increasing_order_and_vanish(polynomial):
    found = real_roots(polynomial)
    assert all(first < second for first, second in pairwise(found))
    for root in found:
        if isinstance(root, Fraction):
            assert sum(c * root**k for k, c in enumerate(polynomial)) == 0
        else:
            assert AlgebraicNumber(fmpq_poly(list(polynomial)), root) == 0


@given(coefficients, fractions)
def test_an_irrational_root_is_ordered_against_rationals(polynomial, rational):
    for root in real_roots(polynomial):
        if isinstance(root, RealAlgebraic):
            assert (root < rational) == (float(root) < rational)
            assert (rational < root) == (rational < float(root))
            low, high = root.bounds(200)
            assert low < root < high


def test_irrational_roots_as_sympy_writes_them():
    low, high = real_roots((-2, 0, 1))
    assert (low.to_sympy(), high.to_sympy()) == (-sympy.sqrt(2), sympy.sqrt(2))
    (golden_small, golden) = real_roots((-1, -1, 1))
    assert sympy.simplify(golden.to_sympy() - (1 + sympy.sqrt(5)) / 2) == 0
    assert golden_small < golden
    (root,) = real_roots((-1, -1, 0, 1))
    assert root.to_sympy().evalf(20) == sympy.CRootOf(
        sympy.Symbol("x") ** 3 - sympy.Symbol("x") - 1, 0
    ).evalf(20)


def test_roots_of_different_polynomials_are_told_apart_however_close():
    root = real_roots((-2, 0, 1))[1]
    near = real_roots((-2 * 10**80 - 1, 0, 10**80))[1]
    assert root < near
    assert not near < root
    assert root != near


@given(st.lists(fractions, min_size=1, max_size=4), st.lists(fractions, min_size=1, max_size=4))
def test_algebraic_numbers_compute_like_the_reals(first, second):
    root = real_roots((-1, -1, 0, 1))[0]
    a = AlgebraicNumber(fmpq_poly([from_fraction(c) for c in first]), root)
    b = AlgebraicNumber(fmpq_poly([from_fraction(c) for c in second]), root)
    x, y = float(a), float(b)
    assert float(a + b) == pytest.approx(x + y, abs=1e-9)
    assert float(a * b) == pytest.approx(x * y, rel=1e-9, abs=1e-9)
    assert (a - b == 0) == (a == b)
    if b != 0:
        assert (a / b) * b == a
    assert (a < b) + (a == b) + (a > b) == 1
    assert (a < b) == (x < y) or x == pytest.approx(y)


def test_division_by_zero_is_refused_in_every_field():
    root = real_roots((-2, 0, 1))[1]
    with pytest.raises(ZeroDivisionError):
        AlgebraicNumber(fmpq_poly([1]), root) / AlgebraicNumber(fmpq_poly([-2, 0, 1]), root)
    t = Cell(Fraction(1)).parameter()
    with pytest.raises(ZeroDivisionError):
        t / (t - t)


@given(st.lists(small, min_size=1, max_size=4), st.lists(small, min_size=1, max_size=4), fractions)
def test_germs_are_rational_functions(numerator, denominator, sample):
    assume(any(denominator))
    cell = Cell(sample)
    t = cell.parameter()

    def polynomial(values):
        total = cell.constant(0)
        for power, c in enumerate(values):
            term = cell.constant(c)
            for _ in range(power):
                term = term * t
            total = total + term
        return total

    below = sum(c * sample**k for k, c in enumerate(denominator))
    assume(below != 0)
    quotient = polynomial(numerator) / polynomial(denominator)
    value = sum(c * sample**k for k, c in enumerate(numerator)) / Fraction(below)
    assert to_fraction(quotient.numerator(cell.point) / quotient.denominator(cell.point)) == value
    x = sympy.Symbol("x")
    assert (
        sympy.simplify(
            quotient.to_sympy(x) - sympy.Poly(numerator[::-1], x) / sympy.Poly(denominator[::-1], x)
        )
        == 0
    )
    if value != 0:
        assert quotient.sign() == (value > 0) - (value < 0)


@given(coefficients, fractions, fractions, fractions)
def test_a_recorded_sign_is_constant_on_the_interval_of_its_cell(polynomial, sample, low, high):
    low, high = min(low, sample) - 1, max(high, sample) + 1
    cell = Cell(sample)
    germ = Germ(fmpq_poly(list(polynomial)), fmpq_poly([1]), cell)
    try:
        sign = germ.sign()
    except SampleNotGeneric:
        assert sum(c * sample**k for k, c in enumerate(polynomial)) == 0
        return
    below, above = cell.interval(low, high)
    assert below < sample < above
    assert low <= below
    assert above <= high
    inside = [rational_between(below, sample), sample, rational_between(sample, above)]
    for point in inside:
        value = sum(c * point**k for k, c in enumerate(polynomial))
        assert (value > 0) - (value < 0) == sign
    for end, border in ((below, low), (above, high)):
        if end != border:
            assert end in real_roots(polynomial)


@given(fractions, fractions)
def test_rational_between_is_strictly_between(first, second):
    assume(first != second)
    low, high = sorted((first, second))
    assert low < rational_between(low, high) < high


def test_an_irrational_root_near_a_simple_fraction_is_not_written_as_that():
    low, high = real_roots((1000000000, -2999999999, 2000000000))
    for root, fraction in ((low, "1/2"), (high, "1")):
        assert str(root) != fraction
        assert sympy.expand(2000000000 * root.to_sympy() ** 2 - 2999999999 * root.to_sympy()) == -1000000000


def test_a_rational_between_numbers_that_are_very_close():
    first, second = 1, 1
    for _ in range(6000):
        first, second = second, first + second
    low = Fraction(second, first)
    high = low + Fraction(1, 10**3000)
    assert low < rational_between(low, high) < high
