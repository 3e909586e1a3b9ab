"""Expressions evaluated in other fields and at many points at once."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from gametheory.scalars import evaluate, parse


def test_a_quotient_is_evaluated_at_many_points_at_once():
    """As the picture of a payoff in a mixed equilibrium does."""
    points = np.array([0.0, 1.0, 3.0])
    np.testing.assert_allclose(evaluate(parse("t/(t + 1)"), {"t": points}, float), [0, 0.5, 0.75])


@pytest.mark.parametrize("zero, number", [(Fraction(0), Fraction), (0.0, float)])
def test_a_division_by_zero_names_the_divisor(zero, number):
    with pytest.raises(ZeroDivisionError, match=r"^t is zero$"):
        evaluate(parse("1/t**2"), {"t": zero}, number)


@pytest.mark.parametrize("text", ["((x**99)**99)**99", "((x+1)**60 + (x+2)**60)**60", "(x*y*(x+y))**-400"])
def test_powers_of_powers_are_refused_before_they_are_computed(text):
    with pytest.raises(ExpressionError, match="beyond"):
        parse(text)
