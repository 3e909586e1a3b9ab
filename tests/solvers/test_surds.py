"""Square roots over ordered fields: signs against floats of many digits, and exactly where floats cannot tell."""

from __future__ import annotations

import pickle
from fractions import Fraction

import flint
import pytest
from flint import fmpq, fmpq_poly
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gametheory.solvers.algebraic import real_roots
from gametheory.solvers.fields import AlgebraicNumber, Cell, Germ
from gametheory.solvers.surds import Surd, constant, is_zero, sign, square_root

small = st.integers(-6, 6)


@st.composite
def surds(draw):
    """Sums of rationals and roots, also roots of such sums."""
    number = fmpq(draw(small))
    for _ in range(draw(st.integers(1, 2))):
        number = number + fmpq(draw(small), draw(st.integers(1, 3))) * square_root(
            fmpq(draw(st.integers(1, 12)))
        )
    if draw(st.booleans()) and sign(number) > 0:
        number = square_root(number) + draw(small)
    return number


def ball(number):
    with flint.ctx.workprec(300):
        return flint.arb(number) if isinstance(number, fmpq) else number.ball(300)


@settings(deadline=None, max_examples=150)
@given(surds(), surds())
def test_arithmetic_and_order_agree_with_balls(first, second):
    with flint.ctx.workprec(300):
        for exact, about in (
            (first + second, ball(first) + ball(second)),
            (first - second, ball(first) - ball(second)),
            (first * second, ball(first) * ball(second)),
        ):
            assert (ball(exact) - about).contains(0)
            if about > 0 or about < 0:
                assert sign(exact) == (1 if about > 0 else -1)
            else:
                assert sign(exact) == 0
        if sign(second):
            assert (ball(first / second) - ball(first) / ball(second)).contains(0)
            assert first / second * second == first
    assert (first < second) == (sign(first - second) < 0)
    assert (first == second) == (sign(first - second) == 0)


def test_what_floats_cannot_tell():
    root = square_root(fmpq(2)) + square_root(fmpq(3))
    assert root * root == 5 + 2 * square_root(fmpq(6))
    assert square_root(5 + 2 * square_root(fmpq(6))) == root
    near = fmpq(10**60 + 1, 10**60)
    assert square_root(fmpq(2)) * near > square_root(fmpq(2))
    assert isinstance(square_root(fmpq(49, 36)), fmpq)
    with pytest.raises(ZeroDivisionError):
        _ = 1 / (root * root - 5 - 2 * square_root(fmpq(6)))


def test_a_zero_divisor_is_a_number_like_others():
    # Written over two roots of which one is a multiple of the other.
    two, eight = square_root(fmpq(2)), square_root(fmpq(8))
    number = 2 * two + eight
    assert 1 / number * number == 1
    assert sign(2 * two - eight) == 0
    assert sign(number) == 1


def test_roots_over_an_algebraic_number():
    (_, high) = real_roots((-2, 0, 1))
    alpha = AlgebraicNumber(fmpq_poly([0, 1]), high)
    root = square_root(alpha + 1)
    assert root * root == alpha + 1
    assert alpha < root < 2
    assert pickle.loads(pickle.dumps(root)) == root
    assert float(root) == pytest.approx((2**0.5 + 1) ** 0.5)


polynomials = st.lists(small, min_size=1, max_size=3)


@settings(deadline=None, max_examples=60)
@given(polynomials, polynomials, polynomials, st.integers(-30, 30))
def test_the_sign_of_a_function_holds_on_its_cell(whole, part, inside, place):
    cell = Cell(Fraction(place, 7))
    one = fmpq_poly([1])
    a, b, c = (Germ(fmpq_poly(values), one, cell) for values in (whole, part, inside))
    try:
        assume(sign(c) > 0)
        number = a + b * square_root(c)
        here = sign(number)
        low, high = cell.interval(Fraction(-20), Fraction(20))
    except ArithmeticError:  # the sample is not generic
        return
    assume(low < cell.sample < high)
    for share in (Fraction(1, 50), Fraction(1, 3), Fraction(49, 50)):
        below, above = (e if isinstance(e, Fraction) else e.bounds()[k] for e, k in ((low, 1), (high, 0)))
        point = below + share * (above - below)
        at = fmpq(point.numerator, point.denominator)
        value = fmpq_poly(whole)(at) + fmpq_poly(part)(at) * square_root(fmpq_poly(inside)(at))
        assert sign(value) == here


def test_squares_are_taken_out_of_functions():
    cell = Cell(Fraction(3))
    parameter = cell.parameter()
    assert isinstance(square_root(parameter * parameter), Germ)
    root = square_root(12 * (parameter - 1) * (parameter - 1) * parameter)
    assert isinstance(root, Surd)
    assert root.root.delta.numerator == fmpq_poly([0, 3])
    assert square_root(27 * parameter).root is root.root
    assert is_zero(root - root)
    assert constant(root * root) == 144
