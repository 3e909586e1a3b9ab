"""Polynomials over a rectangle: signs against a grid of points, events and heights against SymPy."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gametheory import scalars
from gametheory.sensitivity._plane_polynomials import NotGeneric, Plane, nearest
from gametheory.solvers.function_fields import polynomial_key
from gametheory.solvers.rational_functions import Ring

RING = Ring(["x", "y"])
UNIT = (Fraction(0), Fraction(1))
GRID = [Fraction(k, 8) for k in range(9)]


def read(text: str):
    return RING.read(scalars.parse(text)).numerator


@settings(deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 2), st.integers(0, 2)), st.integers(-3, 4), min_size=1, max_size=6
    )
)
def test_a_sign_that_is_seen_is_the_sign_everywhere(terms):
    x, y = RING.variable("x"), RING.variable("y")
    whole = sum((c * x**i * y**j for (i, j), c in terms.items()), start=RING.constant(0))
    assume(not whole.is_constant())
    plane = Plane(RING, UNIT, UNIT)
    for factor in plane.factors(polynomial_key(whole)):
        found = plane.one_sign(factor)
        signs = {factor.sign(a, b) for a, b in product(GRID, GRID)}
        if found is not None:
            assert not signs >= {1, -1}
        if found:
            assert 0 not in signs


@pytest.mark.parametrize(
    "text, expected",
    [
        ("x + y + 1", True),
        ("x**2 - x*y + y**2 + 1/20", True),
        ("x + y", False),
        ("x", False),
        ("x + y - 1", None),
        ("x - 1/2", None),
        ("(x - 1/3)**2 + (y - 1/3)**2 - 1/50", None),
    ],
)
def test_signs_on_the_unit_square(text, expected):
    plane = Plane(RING, UNIT, UNIT)
    assert plane.one_sign(plane.polynomial(read(text))) is expected


def test_only_what_may_turn_is_kept():
    plane = Plane(RING, UNIT, UNIT)
    keys = [polynomial_key(read(t)) for t in ("(x + 1)*x*(y - x)**2", "(y - x)*(3*y - 1)")]
    changing, touching = plane.turning(keys)
    assert [p.key for p in changing] == [polynomial_key(read(t)) for t in ("x - y", "3*y - 1")]
    assert [p.key for p in touching] == [polynomial_key(read("x"))]


def test_events_are_roots_inside_the_range_of_x():
    plane = Plane(RING, (Fraction(-2), Fraction(2)), (Fraction(-1), Fraction(1)))
    circle, line, hyperbola = (plane.polynomial(read(t)) for t in ("x**2 + y**2 - 1", "y - x", "x*y**2 - 1"))
    assert plane.folds(circle) == (-1, 1)
    assert [float(v) for v in plane.crossings(circle, line)] == pytest.approx([-(0.5**0.5), 0.5**0.5])
    assert plane.crossings(circle, line) is plane.crossings(line, circle)
    assert plane.poles(hyperbola) == (0,)
    assert plane.poles(line) == plane.folds(line) == ()
    assert plane.exits(line, True) == (1,)
    assert plane.exits(line, False) == (-1,)
    assert nearest(plane.folds(circle), Fraction(0), *plane.x_range) == (-1, 1)
    assert nearest(plane.folds(circle), Fraction(3, 2), *plane.x_range) == (1, 2)
    with pytest.raises(NotGeneric):
        nearest(plane.folds(circle), Fraction(1), *plane.x_range)
