"""What a payoff may be: text read safely, numbers kept exact, and everything else refused with a reason."""

from __future__ import annotations

import contextlib
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from gametheory.errors import ExpressionError, GameError, ModelFileError, ParameterError, UnknownName, unknown
from gametheory.scalars import as_scalar, evaluate, exact, parse, substitute, symbol, to_latex, to_text, unify

x, y = symbol("x"), symbol("y")
fractions = st.fractions(-1000, 1000, max_denominator=1000)


@st.composite
def formulas(draw, depth=3):
    """An arithmetic text, and what Python makes of it with exact numbers for its names."""
    kind = draw(st.sampled_from(["number", "name", "sum", "difference", "product", "power", "minus"]))
    if depth == 0 or kind == "number":
        number = draw(st.decimals(-99, 99, places=2, allow_nan=False))
        return f"({number})", Fraction(number)
    if kind == "name":
        return draw(st.sampled_from([("x", Fraction(2, 3)), ("y", Fraction(-5))]))
    first, a = draw(formulas(depth=depth - 1))
    if kind == "minus":
        return f"-({first})", -a
    if kind == "power":
        exponent = draw(st.integers(0, 3))
        return f"({first})**{exponent}", a**exponent
    second, b = draw(formulas(depth=depth - 1))
    sign, value = {"sum": ("+", a + b), "difference": ("-", a - b), "product": ("*", a * b)}[kind]
    return f"({first}) {sign} ({second})", value


@given(formulas())
def test_text_means_what_python_means_by_it_exactly(formula):
    text, value = formula
    assert evaluate(parse(text), {"x": Fraction(2, 3), "y": Fraction(-5)}) == value


@pytest.mark.parametrize(
    "text,value",
    [
        ("0.35", Fraction(7, 20)),
        (" 1/3 ", Fraction(1, 3)),
        ("-2", Fraction(-2)),
        (".5", Fraction(1, 2)),
        ("1e3", Fraction(1000)),
        ("1.5e-2", Fraction(3, 200)),
        ("2**-2", Fraction(1, 4)),
        ("x/2 + 0.1", x / 2 + sympy.Rational(1, 10)),
        ("x - x", Fraction(0)),
        ("1_000", Fraction(1000)),
    ],
)
def test_numbers_in_text_are_exact(text, value):
    assert parse(text) == value


@pytest.mark.parametrize(
    "text,words",
    [
        ("__import__('os').system('id')", "a call"),
        ("x.__class__", "not arithmetic"),
        ("(lambda: 1)()", "a call"),
        ("[1][0]", "not arithmetic"),
        ("x if y else 1", "not arithmetic"),
        ("x // 2", "not arithmetic"),
        ("x < 2", "not arithmetic"),
        ("'a'", "not a real number"),
        ("1j", "not a real number"),
        ("True", "not a real number"),
        ("x**y", "not a whole number"),
        ("x**0.5", "not a whole number"),
        ("9**9**9", "beyond 100"),
        ("10**99**2", "beyond 100"),
        ("((x**99)**99)**99", "beyond"),
        ("((x+1)**60 + (x+2)**60)**60", "beyond"),
        ("1e99999", "out of all proportion"),
        ("1/0", "divides by zero|division by zero"),
        ("x/(2 - 2)", "division by zero"),
        ("x/(x - x)", "division by zero"),
        ("0**-1", "division by zero"),
        ("", "empty"),
        ("1 +", "not an expression"),
        ("x y", "not an expression"),
        ("(" * 300 + "x" + ")" * 300, "not an expression|cannot be read"),
        ("-" * 300 + "x", "nests more than|cannot be read"),
        ("x" * 200_000, "characters"),
    ],
)
def test_all_other_text_is_refused_and_nothing_is_run(text, words):
    with pytest.raises(ExpressionError, match=words):
        parse(text)


@given(st.text(max_size=30))
def test_no_text_gets_past_the_parser_but_by_its_own_error(text):
    with contextlib.suppress(ExpressionError):
        parse(text)


@pytest.mark.parametrize(
    "value,scalar",
    [
        (3, Fraction(3)),
        (np.int64(3), Fraction(3)),
        (Fraction(1, 3), Fraction(1, 3)),
        (Decimal("0.1"), Fraction(1, 10)),
        ("1/3", Fraction(1, 3)),
        (0.1, 0.1),
        (np.float32(0.5), 0.5),
        (sympy.Rational(1, 3), Fraction(1, 3)),
        (0.1 * x, x / 10),
        (sympy.Symbol("x") + 1, x + 1),
        (np.array(2), Fraction(2)),
    ],
)
def test_numbers_of_every_kind_become_scalars(value, scalar):
    found = as_scalar(value)
    assert found == scalar
    assert type(found) is type(scalar) or sympy.sympify(found).free_symbols == {x}


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 1j, True, None, [1], Decimal("NaN"), Decimal("1e99999"), sympy.oo, sympy.I * x,
     sympy.sqrt(2), sympy.sin(x), x**y, x < y, object()],
)  # fmt: skip
def test_what_is_no_payoff_is_refused_with_its_place(value):
    with pytest.raises(GameError, match="payoff of West"):
        as_scalar(value, "payoff of West")


def test_a_float_is_the_decimal_that_it_prints_as_where_a_person_typed_it():
    assert exact(0.1) == Fraction(1, 10)
    assert exact(1e-7) == Fraction(1, 10**7)
    with pytest.raises(ParameterError, match="expression"):
        exact("x")
    with pytest.raises(ParameterError, match="nan"):
        exact(float("nan"))


def test_the_domain_of_a_game_is_that_of_its_least_exact_number_unless_it_has_parameters():
    assert unify([1, "1/2"]) == ("rational", [Fraction(1), Fraction(1, 2)])
    assert unify([1, 0.5]) == ("real", [1.0, 0.5])
    domain, values = unify([1, 0.1, "x"])
    assert domain == "parametric"
    assert values == [sympy.Integer(1), sympy.Rational(1, 10), x]
    with pytest.raises(GameError, match="entry 1"):
        unify([1, None], lambda k: f"entry {k}")


@given(fractions, fractions)
def test_substitution_is_exact_or_real_as_the_values_are(a, b):
    expression = parse("x**2*y - x/3 + 1")
    assert substitute(expression, {"x": a, "y": b}) == a**2 * b - a / 3 + 1
    real = substitute(expression, {"x": float(a), "y": b})
    assert isinstance(real, float)
    assert real == pytest.approx(float(a**2 * b - a / 3 + 1), rel=1e-9, abs=1e-9)


def test_a_division_by_zero_at_a_value_names_the_value():
    with pytest.raises(ParameterError, match=r"payoff of A.*divides by zero at x = 1"):
        substitute(parse("1/(x - 1)"), {"x": Fraction(1)}, "payoff of A")
    with pytest.raises(UnknownName, match="unknown parameter 'x'"):
        evaluate(x, {"y": Fraction(1)})


def test_a_quotient_is_evaluated_at_many_points_at_once():
    """As the picture of a payoff in a mixed equilibrium does."""
    points = np.array([0.0, 1.0, 3.0])
    np.testing.assert_allclose(evaluate(parse("t/(t + 1)"), {"t": points}, float), [0, 0.5, 0.75])


@pytest.mark.parametrize("zero, number", [(Fraction(0), Fraction), (0.0, float)])
def test_a_division_by_zero_names_the_divisor(zero, number):
    with pytest.raises(ZeroDivisionError, match=r"^t is zero$"):
        evaluate(parse("1/t**2"), {"t": zero}, number)


@given(fractions)
def test_numbers_as_text_and_latex_read_back(value):
    assert parse(to_text(value)) == value
    latex = to_latex(value)
    assert ("frac" in latex) == ("/" in to_text(value))


def test_errors_suggest_and_say_where():
    assert "did you mean 'Russia'?" in str(unknown("player", "Rusia", ["Russia", "West"]))
    assert "did you mean" not in str(unknown("player", "Zz", ["Russia"]))
    error = ModelFileError("is not a number", "game.toml", 7, "parameters.x.low")
    assert str(error) == "game.toml:7: parameters.x.low: is not a number"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
