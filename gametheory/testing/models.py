"""Random parametric models."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from hypothesis import strategies as st

from gametheory.errors import GameError
from gametheory.testing.games import Range, normal_form_games, numbers, span
from gametheory.testing.trees import extensive_games

if TYPE_CHECKING:
    from gametheory.parameters import Model, ParameterSpace

__all__ = ["models"]

NAMES = ("x", "y", "z", "v", "w")


@st.composite
def models(
    draw: st.DrawFn,
    /,
    form: Literal["normal", "extensive"] | None = None,
    parameters: Range = (1, 2),
    players: Range = 2,
    size: Range = (1, 3),
    degenerate: bool | None = None,
    **tree: Any,
) -> Model:
    """Models: a game whose payoffs are polynomials in parameters, and the space of these.

    Parameters
    ----------
    form : {"normal", "extensive"}, optional
        Either by default.
    parameters : int or (int, int), optional
        How many parameters, at most 5.
    players : int or (int, int), optional
    size : int or (int, int), optional
        How many strategies a player has, or actions a decision.
    degenerate : bool, optional
        As for :func:`~gametheory.testing.normal_form_games` and :func:`~gametheory.testing.extensive_games`; what is
        unequal as an expression may be equal at a point.
    **tree
        Further arguments of :func:`~gametheory.testing.extensive_games`.

    Returns
    -------
    hypothesis.strategies.SearchStrategy

    Examples
    --------
    >>> from hypothesis import given
    >>> from gametheory.testing import models
    >>> @given(models(form="normal"))
    ... def test_a_model_at_its_baseline_is_exact(model):
    ...     assert model.at().domain == "rational"
    >>> test_a_model_at_its_baseline_is_exact()
    """
    from gametheory.parameters import Model

    low, high = span(parameters, "parameters")
    if high > len(NAMES):
        raise GameError(
            f"a model may have at most {len(NAMES)} parameters here; parameters is {parameters!r}."
        )
    space = draw(_spaces(low, high))
    kind = form or draw(st.sampled_from(["normal", "extensive"]))
    if kind not in ("normal", "extensive"):
        raise GameError(f"the form {kind!r} is none; choose 'normal' or 'extensive'.")
    payoffs = numbers("parametric", tuple(space))
    game: Any
    if kind == "normal":
        game = draw(normal_form_games(players, size, "parametric", degenerate, payoffs))
    else:
        game = draw(
            extensive_games(
                players, actions=size, domain="parametric", degenerate=degenerate, payoffs=payoffs, **tree
            )
        )
    return Model("drawn", game, space)


@st.composite
def _spaces(draw: st.DrawFn, low: int, high: int) -> ParameterSpace:
    from gametheory.parameters import Parameter, ParameterSpace

    parameters = []
    for name in NAMES[: draw(st.integers(low, high))]:
        least = draw(st.integers(-5, 4))
        width = draw(st.integers(1, 6))
        share = draw(st.fractions(min_value=0, max_value=1, max_denominator=4))
        parameters.append(
            Parameter(name, least + width * share, low=Fraction(least), high=Fraction(least + width))
        )
    return ParameterSpace(*parameters)
