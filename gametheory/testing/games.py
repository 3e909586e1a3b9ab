r"""Random normal-form games.

A game is *degenerate* if some mixed strategy of one player has more pure best replies than its support has members (von
Stengel 2002). A tie between two best replies to a pure profile is the simplest case, and the one that the strategies here
control.

References
----------
B. von Stengel (2002), "Computing equilibria for two-person games", *Handbook of Game Theory* 3, definition 2.2.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from hypothesis import strategies as st

from gametheory import scalars
from gametheory.errors import GameError
from gametheory.games.normal_form import NormalFormGame
from gametheory.scalars import Domain

__all__ = ["normal_form_games", "numbers"]

#: A number, or the least and the greatest of a range.
Range: TypeAlias = int | tuple[int, int]


def span(value: Range, what: str) -> tuple[int, int]:
    """The least and greatest of a range that a user gave."""
    low, high = (value, value) if isinstance(value, int) else value
    if not 1 <= low <= high:
        raise GameError(
            f"{what} is {value!r}; give a whole number from 1, or a pair of the least and the greatest."
        )
    return low, high


def numbers(domain: Domain = "rational", parameters: Sequence[str] = ("x", "y")) -> st.SearchStrategy[Any]:
    """Payoffs of one domain.

    Parameters
    ----------
    domain : {"rational", "real", "parametric"}
    parameters : sequence of str, optional
        Names that parametric payoffs may use.

    Returns
    -------
    hypothesis.strategies.SearchStrategy
        Of fractions (whole numbers from -9 to 9, or with a denominator up to 6), of floats with three decimals between
        -100 and 100, or of expressions that are affine in at most one parameter with a product of two now and then.

    Examples
    --------
    >>> from hypothesis import find
    >>> from gametheory.testing import numbers
    >>> find(numbers("rational"), lambda value: value > 1)
    Fraction(2, 1)
    """
    exact = st.one_of(
        st.integers(-9, 9).map(Fraction), st.fractions(min_value=-9, max_value=9, max_denominator=6)
    )
    if domain == "rational":
        return exact
    if domain == "real":
        return st.floats(-100, 100, allow_nan=False).map(lambda value: round(value, 3) + 0.0)
    if domain == "parametric":
        return _expressions(exact, tuple(parameters))
    raise GameError(f"the domain {domain!r} is none; choose 'rational', 'real' or 'parametric'.")


def _expressions(exact: st.SearchStrategy[Fraction], parameters: tuple[str, ...]) -> st.SearchStrategy[Any]:
    if not parameters:
        raise GameError("parametric numbers need the names of parameters; the sequence given is empty.")
    factors = st.lists(st.sampled_from(parameters), min_size=1, max_size=2)

    def write(constant: Fraction, slope: Fraction, names: list[str]) -> Any:
        return scalars.parse(f"({constant}) + ({slope})*{'*'.join(names)}")

    return st.builds(write, exact, exact, factors)


@st.composite
def normal_form_games(
    draw: st.DrawFn,
    players: Range = (1, 3),
    size: Range = (1, 4),
    domain: Domain = "rational",
    degenerate: bool | None = None,
    payoffs: st.SearchStrategy[Any] | None = None,
) -> NormalFormGame:
    """Normal-form games.

    Parameters
    ----------
    players : int or (int, int), optional
        How many players, or from how many to how many.
    size : int or (int, int), optional
        How many strategies each player has.
    domain : {"rational", "real", "parametric"}, optional
    degenerate : bool, optional
        True: some player is indifferent between two best replies to a pure profile. False: no player is indifferent
        between any two strategies against a pure profile (a game with more than one pure or mixed equilibrium may still
        come). None: either.
    payoffs : hypothesis strategy, optional
        Of the payoffs, in place of :func:`numbers`.

    Returns
    -------
    hypothesis.strategies.SearchStrategy

    Examples
    --------
    >>> from hypothesis import given
    >>> from gametheory.testing import normal_form_games
    >>> @given(normal_form_games(players=2, size=(1, 3), domain="real"))
    ... def test_payoffs_are_finite(game):
    ...     assert abs(game.payoffs).max() < 1e6
    >>> test_payoffs_are_finite()
    """
    n = draw(st.integers(*span(players, "players")))
    low, high = span(size, "size")
    shape = tuple(draw(st.integers(low, high)) for _ in range(n))
    values = numbers(domain) if payoffs is None else payoffs
    if degenerate and max(shape) == 1:
        if high == 1:
            raise GameError(
                "a game in which everyone has one strategy is never degenerate; allow a larger size."
            )
        shape = (2, *shape[1:]) if low <= 2 else (low, *shape[1:])
    table = np.empty((n, *shape), dtype=object)
    if degenerate is False:
        for i, rows in enumerate(shape):
            for others in itertools.product(*map(range, shape[:i] + shape[i + 1 :])):
                own = draw(st.lists(values, min_size=rows, max_size=rows, unique=True))
                for k, value in enumerate(own):
                    table[(i, *others[:i], k, *others[i:])] = value
    else:
        for cell in np.ndindex(table.shape):
            table[cell] = draw(values)
    if degenerate:
        _tie(draw, table, domain)
    return NormalFormGame(table)


def _tie(draw: Callable[[st.SearchStrategy[Any]], Any], table: np.ndarray[Any, Any], domain: Domain) -> None:
    """Make two strategies of one player the best, and equal, against one pure profile of the others."""
    shape = table.shape[1:]
    i = draw(st.sampled_from([i for i, size in enumerate(shape) if size > 1]))
    others = [draw(st.integers(0, size - 1)) for size in shape]
    column = table[(i, *others[:i], slice(None), *others[i + 1 :])]
    first, second = draw(st.lists(st.integers(0, shape[i] - 1), min_size=2, max_size=2, unique=True))
    # Expressions have no greatest; two equal ones are indifferent whatever the parameters are.
    column[first] = column[second] = column[first] if domain == "parametric" else max(column)
