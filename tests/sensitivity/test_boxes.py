"""Bounds on boxes against values at points, and proofs of infeasibility against solutions that are there."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory.errors import ParameterError
from gametheory.scalars import parse
from gametheory.sensitivity._boxes import Cube, Domain, degrees_of, greatest, range_on, sign_on
from gametheory.sensitivity._infeasibility import decide, volume
from gametheory.sensitivity._witnesses import meets
from gametheory.solvers.rational_functions import Ring

RING = Ring(["x", "y", "z"])
NAMES = RING.names


def read(text):
    return RING.read(parse(text)).numerator


def box(*ends):
    return {name: (Fraction(a), Fraction(b)) for name, (a, b) in zip(NAMES, ends, strict=False)}


UNIT = box((0, 1), (0, 1), (0, 1))


@st.composite
def polynomials(draw, degree=1):
    exponents = list(itertools.product(range(degree + 1), repeat=3))
    chosen = draw(st.lists(st.sampled_from(exponents), min_size=1, max_size=6, unique=True))
    from flint import fmpq

    return RING.context.from_dict(
        {e: fmpq(draw(st.integers(-5, 5)), draw(st.integers(1, 3))) for e in chosen}
    )


@st.composite
def boxes(draw):
    ends = []
    for _ in range(3):
        low = draw(st.fractions(-3, 3, max_denominator=4))
        ends.append((low, low + draw(st.fractions(0, 3, max_denominator=4))))
    return box(*ends)


@settings(max_examples=120, deadline=None)
@given(polynomials(), boxes())
def test_multi_affine_extremes_are_at_vertices(polynomial, where):
    values = [
        RING.evaluate(polynomial, dict(zip(NAMES, vertex, strict=True)))
        for vertex in itertools.product(*where.values())
    ]
    found = range_on(RING, polynomial, where)
    assert found.exact
    assert (found.low, found.high) == (min(values), max(values))
    assert RING.evaluate(polynomial, found.at_low) == found.low
    assert RING.evaluate(polynomial, found.at_high) == found.high


@settings(max_examples=60, deadline=None)
@given(
    polynomials(degree=3), boxes(), st.lists(st.fractions(0, 1, max_denominator=9), min_size=3, max_size=3)
)
def test_bounds_hold_at_every_point(polynomial, where, shares):
    point = {n: low + s * (high - low) for (n, (low, high)), s in zip(where.items(), shares, strict=True)}
    found = range_on(RING, polynomial, where, max_boxes=20)
    assert found.low <= RING.evaluate(polynomial, point) <= found.high
    low, high = (RING.evaluate(polynomial, at) for at in (found.at_low, found.at_high))
    assert found.low <= low <= high <= found.high
    if found.exact:
        assert (low, high) == (found.low, found.high)
    sign = sign_on(RING, polynomial, where, max_boxes=20)
    value = RING.evaluate(polynomial, point)
    allowed = {"positive": value > 0, "nonnegative": value >= 0, "zero": value == 0, "nonpositive": value <= 0,
               "negative": value < 0, "mixed": True, "unknown": True}  # fmt: skip
    assert allowed[sign.sign]


def test_bernstein_bounds_are_refined_to_the_extreme_inside():
    found = range_on(RING, read("x*(1 - x)"), UNIT)
    assert Fraction(1, 4) <= found.high < Fraction(1, 4) + Fraction(1, 10**5)
    assert found.low == 0
    assert sign_on(RING, read("x**2 - x + 1/3"), UNIT).sign == "positive"
    sign = sign_on(RING, read("x**2 - x + 1/5"), UNIT)
    assert sign.sign == "mixed"
    assert RING.evaluate(read("x**2 - x + 1/5"), sign.negative) < 0


def test_what_the_box_lacks_is_named():
    with pytest.raises(ParameterError, match="says nothing of z"):
        range_on(RING, read("x + z"), box((0, 1), (0, 1)))


def test_extremes_on_simplices_are_at_pure_strategies():
    ring = Ring(["t", "p", "q", "r"])
    polynomial = ring.read(parse("t*p - 2*q + 3*r - t")).numerator
    domain = Domain({"t": (Fraction(0), Fraction(2))}, {("p", "q", "r"): Domain.simplex(3)})
    cube = Cube(ring, domain, degrees_of(ring, [polynomial]))
    terms, factor = cube.scaled(polynomial)
    value, vertex = greatest(terms, cube.groups)
    assert value / factor == 3
    assert cube.points(vertex)[0] == {"t": 0, "p": 0, "q": 0, "r": 1}
    first, second = domain.bisected(("p", "q", "r"), 0, 2)
    assert volume(first) == volume(second) == volume(domain) / 2
    cube = Cube(ring, second, degrees_of(ring, [polynomial]))  # keeps r, loses p
    terms, factor = cube.scaled(ring.read(parse("p")).numerator)
    assert greatest(terms, cube.groups)[0] / factor == Fraction(1, 2)


RELATIONS = {">=": lambda v: v >= 0, ">": lambda v: v > 0, "==": lambda v: v == 0}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(polynomials(), st.sampled_from([">=", ">"])), min_size=1, max_size=4),
    boxes(),
    st.lists(st.fractions(0, 1, max_denominator=7), min_size=3, max_size=3),
)
def test_infeasible_means_no_point_and_feasible_shows_one(constraints, where, shares):
    found = decide(RING, constraints, where, budget=12)
    if found.kind == "feasible":
        assert all(low <= found.point[n] <= high for n, (low, high) in where.items())
        assert all(RELATIONS[r](RING.evaluate(p, found.point)) for p, r in constraints)
    elif found.kind == "infeasible":
        points = [
            {n: low + s * (high - low) for (n, (low, high)), s in zip(where.items(), spots, strict=True)}
            for spots in [shares, *itertools.product((0, Fraction(1, 2), 1), repeat=3)]
        ]
        assert not any(meets(RING, constraints, point) for point in points)


def test_multipliers_that_only_a_split_brings():
    # x y >= 1/2 and x + y <= 5/4 contradict each other by curvature.
    constraints = [(read("x*y - 1/2"), ">="), (read("5/4 - x - y"), ">=")]
    found = decide(RING, constraints, UNIT)
    assert found.kind == "infeasible"
    assert found.parts > 1
    assert "split" in found.tree
    easier = [(read("x*y - 1/2"), ">="), (read("3/2 - x - y"), ">=")]
    assert decide(RING, easier, UNIT).kind == "feasible"


def test_a_strict_inequality_decides_a_draw():
    constraints = [(read("x*y - x"), ">"), (read("z"), ">=")]
    assert decide(RING, constraints, UNIT).kind == "infeasible"
    assert decide(RING, [(read("x*y - x"), ">="), (read("z"), ">=")], UNIT).kind == "feasible"
    both = [(read("x - y"), ">="), (read("y - x"), ">")]
    assert decide(RING, both, UNIT).tree == {"multipliers": {0: 1, 1: 1}}


def test_a_strict_inequality_that_nearly_always_holds_still_counts():
    """x > 0 holds but for one side of the cube, and there it is what contradicts."""
    found = decide(RING, [(read("x"), ">"), (read("-x"), ">=")], UNIT)
    assert found.kind == "infeasible"
    assert found.tree == {"multipliers": {0: 1, 1: 1}}
    assert decide(RING, [(read("x"), ">="), (read("-x"), ">=")], UNIT).point["x"] == 0
    # The same with another variable in the other condition, and with two strict ones.
    found = decide(RING, [(read("x*y"), ">"), (read("z - 1 - x*y"), ">=")], UNIT)
    assert found.kind == "infeasible" and "multipliers" in found.tree
    found = decide(RING, [(read("x"), ">"), (read("y"), ">"), (read("-x - y"), ">=")], UNIT)
    assert found.kind == "infeasible" and "multipliers" in found.tree


def test_equations():
    assert decide(RING, [(read("x + y - 3"), "==")], UNIT).kind == "infeasible"
    # Multipliers of either sign.
    assert decide(RING, [(read("x + y - 1"), "=="), (read("x + y - 5/4"), ">=")], UNIT).kind == "infeasible"
    assert decide(RING, [(read("x + y - 1"), "=="), (read("3/4 - x - y"), ">=")], UNIT).kind == "infeasible"
    found = decide(RING, [(read("x*y - 1/3"), "=="), (read("x - y"), ">")], UNIT)
    assert found.kind == "feasible"
    assert found.point["x"] * found.point["y"] == Fraction(1, 3)


def test_a_budget_leaves_parts_with_their_share():
    constraints = [(read("x*y - 1/2"), ">="), (read("1414213/1000000 - x - y"), ">=")]
    found = decide(RING, constraints, UNIT, budget=3)
    assert found.kind == "unknown"
    assert 0 < found.volume_left <= 1
    assert found.left
