"""Checks that every kind of game shares: labels, sizes and the values of parameters.

No mathematics here; each function either returns a clean value or raises an error that says what to change.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from gametheory import scalars
from gametheory.errors import GameError, ParameterError, TooLarge, unknown


def label(value: object, what: str) -> str:
    """The label as text, or an error if it is not a label."""
    if isinstance(value, str):
        if not value.strip():
            raise GameError(f"{what} has an empty label; give it a name.")
        return value
    if isinstance(value, int | float | Fraction) and not isinstance(value, bool):
        return scalars.to_text(value)
    raise GameError(f"{what} has the label {value!r} of type {type(value).__name__}; a label is text.")


def is_text(value: object) -> bool:
    """Whether a value is a text that says something."""
    return isinstance(value, str) and bool(value.strip())


def labels(values: Iterable[object], what: str, *, empty: str) -> tuple[str, ...]:
    """Distinct labels as a tuple; `what` is the singular name of one of them, `empty` the error if there are none."""
    if isinstance(values, str):
        raise GameError(f"the list of {what} labels is the single text {values!r}; give a list of labels.")
    try:
        given = list(values)
    except TypeError:
        raise GameError(f"the list of {what} labels is {values!r}; give a list of labels.") from None
    result = tuple(label(value, f"{what} {k + 1}") for k, value in enumerate(given))
    if not result:
        raise GameError(empty)
    seen: set[str] = set()
    for name in result:
        if name in seen:
            raise GameError(f"the {what} label {name!r} occurs twice; labels must differ.")
        seen.add(name)
    return result


def size(cells: int, limit: int, what: str, remedy: str) -> None:
    """Refuse, before anything is allocated, an array of more cells than the limit."""
    if cells > limit:
        raise TooLarge(
            f"{what} has {count(cells)} payoffs, about {byte_text(8 * cells)} as floats and far more as exact numbers; "
            f"the limit is {count(limit)}. {remedy}"
        )


def count(number: int) -> str:
    """A count for people, even where it has thousands of digits."""
    return (
        f"{number:,}" if number.bit_length() < 80 else f"about 10^{int(math.log10(2) * number.bit_length())}"
    )


def byte_text(number: int) -> str:
    """A number of bytes for people."""
    if number.bit_length() > 80:
        return f"{count(number)} bytes"
    amount, unit = float(number), "bytes"
    for unit in ("bytes", "kB", "MB", "GB", "TB", "PB"):
        if amount < 1000 or unit == "PB":
            break
        amount /= 1000
    return f"{amount:.3g} {unit}"


def unique(candidate: str, taken: Iterable[str]) -> str:
    """The candidate, or the candidate with " #2", " #3", ... if that label is taken."""
    used = taken if isinstance(taken, set | frozenset | dict) else set(taken)
    name, k = candidate, 2
    while name in used:
        name, k = f"{candidate} #{k}", k + 1
    return name


def parameter_values(values: Mapping[str, object], needed: Iterable[str]) -> dict[str, Any]:
    """The values of the needed parameters as scalars.

    Further names are ignored, so that the values of a whole parameter space may be given; a misspelt name shows up
    as the right one missing.
    """
    result: dict[str, Any] = {}
    for name in sorted(needed):
        if name not in values:
            error = unknown("parameter", name, values)
            raise ParameterError(f"the game needs a value for the parameter {name!r}: {error}")
        try:
            result[name] = scalars.as_scalar(values[name], f"the value of parameter {name!r}")
        except GameError as error:
            raise ParameterError(str(error)) from error
    return result


def substitute(value: Any, values: Mapping[str, Any], where: str) -> Any:
    """A scalar with numbers, or expressions in other parameters, put for its parameters."""
    values = {name: values[name] for name in scalars.names(value)}
    if not any(scalars.is_expression(given) for given in values.values()):
        return scalars.substitute(value, values, where)
    import sympy

    # Beside an expression a float is read as the decimal that it prints as, as everywhere in the package.
    replacements = {
        scalars.symbol(name): given if scalars.is_expression(given) else _sympy_rational(scalars.exact(given))
        for name, given in values.items()
    }
    result = value.xreplace(replacements)
    # xreplace may leave 1/(x - x) unevaluated as zoo or nan, which as_scalar would call a malformed game.
    if result.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        at = ", ".join(f"{name} = {scalars.to_text(given)}" for name, given in values.items())
        raise ParameterError(f"{where}, which is {value}, divides by zero at {at}.")
    return scalars.as_scalar(result, where)


def _sympy_rational(value: Fraction) -> Any:
    import sympy

    return sympy.Rational(value.numerator, value.denominator)


def index(kind: str, name: object, options: Sequence[str]) -> int:
    """The position of a label, or an error that suggests the nearest one."""
    if isinstance(name, str) and name in options:
        return options.index(name)
    raise unknown(kind, name, options)
