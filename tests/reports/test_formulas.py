from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory import scalars
from gametheory.reports.formulas import mathml
from gametheory.sensitivity import thresholds
from gametheory.sensitivity.arrangement import tidy

SYMBOLS = [scalars.symbol(name) for name in ("a", "b", "r_S", "p0_F", "d")]


@st.composite
def polynomials(draw):
    """Sums of products of symbols and their complements to one."""
    total = draw(st.integers(-3, 3))
    for _ in range(draw(st.integers(1, 4))):
        term = draw(st.integers(-3, 3))
        for symbol in draw(st.lists(st.sampled_from(SYMBOLS), max_size=3)):
            term = term * draw(st.sampled_from([symbol, 1 - symbol, 1 - (1 - symbol) * (1 - SYMBOLS[0])]))
        total = total + term
    return total


@given(polynomials(), polynomials())
@settings(deadline=None, max_examples=60)
def test_arranging_never_changes_the_value(above, below):
    import sympy

    if sympy.expand(below) == 0:
        below = below + 1
    expression = sympy.sympify(above) / below
    assert sympy.cancel(tidy(expression) - expression) == 0


@pytest.mark.parametrize(
    "given, arranged",
    [
        ("p*r + p*s - p*r*s + c", "p*(1 - (1 - r)*(1 - s)) + c"),
        (
            "(c + m - N*p*r - N*p*s + N*p*r*s)/(p*r*d - p*r*f - t)",
            "(c + m - N*p*(1 - (1 - r)*(1 - s)))/(p*r*(d - f) - t)",
        ),
        ("p*r*d - p*r*f - p*d + p*f", "p*(f - d)*(1 - r)"),
        ("3", "3"),
    ],
)
def test_formulas_are_arranged_as_a_person_would(given, arranged):
    import sympy

    assert sympy.count_ops(tidy(scalars.parse(given))) <= sympy.count_ops(scalars.parse(arranged))


@given(polynomials())
@settings(deadline=None, max_examples=30)
def test_mathml_is_well_formed(expression):
    ElementTree.fromstring(mathml(expression).replace("&InvisibleTimes;", "").replace("&nbsp;", ""))


def test_names_become_subscripts_and_minus_is_a_minus():
    made = mathml(scalars.parse("1 - p0_F*reach_L"), left=scalars.symbol("N_WF"))
    assert "<msub><mi>N</mi><mi>WF</mi></msub><mo>=</mo>" in made
    assert "<msub><mi>p</mi><mi>0,F</mi></msub>" in made
    assert "<msub><mi>reach</mi><mi>L</mi></msub>" in made
    assert "<mo>\N{MINUS SIGN}</mo>" in made and "<mo>-</mo>" not in made
    assert mathml(Fraction(-1, 3)).count("\N{MINUS SIGN}") == 1
    assert made.index("<mn>1</mn>") < made.index("\N{MINUS SIGN}")
    assert mathml(2, left=scalars.symbol("x"), sign="≤", block=True).startswith('<math display="block"')


def test_the_flagship_threshold_reads_as_in_the_paper(model):
    (point,) = thresholds(model, "E_W", over=(0, 400), progress=False).breakpoints
    (turn,) = point.indifferences
    symbols = scalars.parse(
        "(c_W + m - N_WF*p0_F*(1 - (1 - r_A)*(1 - r_S)))/(p0_F*reach_F*(d_s - d_f)*(1 - (1 - r_A)*(1 - r_S)) - transit)"
    )
    assert tidy(turn.threshold) == symbols
