"""Parameters: exactness, and refusal of what cannot be one."""

from __future__ import annotations

import pickle
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gametheory import scalars
from gametheory.errors import ParameterError, UnknownName
from gametheory.parameters import Parameter, ParameterSpace


@pytest.mark.parametrize(
    "given_value, meant",
    [(0.6, Fraction(3, 5)), ("1/3", Fraction(1, 3)), (Decimal("0.1"), Fraction(1, 10)), (7, Fraction(7))],
)
def test_numbers_are_read_as_a_person_means_them(given_value: object, meant: Fraction) -> None:
    assert Parameter("x", given_value).baseline == meant


def test_without_a_range_a_parameter_is_a_point() -> None:
    x = Parameter("x", 3)
    assert (x.low, x.high, x.varies) == (3, 3, False)


@pytest.mark.parametrize("name", ["", "2x", "a b", "lambda", "None", "x-y", "__import__('os')"])
def test_a_name_must_be_able_to_stand_in_an_expression(name: str) -> None:
    with pytest.raises(ParameterError, match="cannot name a parameter"):
        Parameter(name, 1)


def test_a_name_is_kept_as_python_reads_it() -> None:
    micro = Parameter("\u00b5", 2)  # the micro sign, which Python reads as the Greek letter
    assert scalars.names(scalars.parse("\u00b5 + 1")) == {micro.name}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1j, True, None, "x + 1", "abc", [1]])
def test_a_value_must_be_a_finite_real_number(value: object) -> None:
    with pytest.raises(ParameterError, match="parameter x: low"):
        Parameter("x", 1, value if value is not None else [], 2)


@pytest.mark.parametrize(
    "arguments, message",
    [((5, 6, 7), "outside its range"), ((8, 6, 7), "outside its range"), ((5, 7, 3), "low is above high")],
)
def test_the_range_must_hold_the_baseline(arguments: tuple[int, ...], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Parameter("x", *arguments)


def test_an_unknown_role_is_refused_with_a_suggestion() -> None:
    with pytest.raises(ParameterError, match="did you mean 'lever'"):
        Parameter("x", 1, role="levers")  # type: ignore[arg-type]  # the slip under test


def test_a_constant_has_no_range() -> None:
    assert Parameter("x", 1, role="constant").role == "constant"
    with pytest.raises(ParameterError, match="constant has no range"):
        Parameter("x", 1, 0, 2, role="constant")


def test_replace_validates_and_keeps_the_rest() -> None:
    x = Parameter("x", 1, 0, 2, unit="USD bn", basis="assumption; a guess")
    y = x.replace(baseline=2, name="y")
    assert (y.name, y.baseline, y.high, y.unit, y.is_assumption) == ("y", 2, 2, "USD bn", True)
    with pytest.raises(ParameterError):
        x.replace(baseline=3)
    with pytest.raises(UnknownName, match="did you mean 'baseline'"):
        x.replace(basline=1)


fractions = st.fractions(max_denominator=10**12)


@given(st.lists(fractions, min_size=3, max_size=3).map(sorted), st.text(max_size=20))
def test_repr_and_pickle_rebuild_the_parameter(numbers: list[Fraction], unit: str) -> None:
    low, baseline, high = numbers
    parameter = Parameter("x", baseline, low, high, unit=unit)
    assert pickle.loads(pickle.dumps(parameter)) == parameter
    assert eval(repr(parameter), {"Parameter": Parameter}) == parameter


def test_parameters_are_immutable_and_hashable() -> None:
    x = Parameter("x", 1)
    with pytest.raises(AttributeError):
        x.baseline = Fraction(2)  # type: ignore[misc]  # the assignment under test
    assert hash(x) == hash(Parameter("x", "1"))
    assert ParameterSpace(x) == ParameterSpace(Parameter("x", 1.0))
