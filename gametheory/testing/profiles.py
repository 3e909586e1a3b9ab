"""Random strategy profiles of a given game."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame
from gametheory.games.profiles import BehaviourProfile, MixedProfile

__all__ = ["behaviour_profiles", "mixed_profiles"]


@st.composite
def mixed_profiles(draw: st.DrawFn, game: NormalFormGame, completely: bool = False) -> MixedProfile:
    """Mixed profiles of a game: floats if the game is real, otherwise exact.

    Parameters
    ----------
    game : NormalFormGame
    completely : bool, optional
        Whether every strategy has a positive probability.

    Returns
    -------
    hypothesis.strategies.SearchStrategy

    Examples
    --------
    >>> from hypothesis import given, strategies as st
    >>> from gametheory.testing import mixed_profiles, normal_form_games
    >>> @given(st.data(), normal_form_games())
    ... def test_probabilities_sum_to_one(data, game):
    ...     profile = data.draw(mixed_profiles(game))
    ...     assert all(sum(strategy.values()) == 1 for strategy in profile.values())
    >>> test_probabilities_sum_to_one()
    """
    return MixedProfile.from_arrays(
        game, [_distribution(draw, n, completely, game.domain) for n in game.shape]
    )


@st.composite
def behaviour_profiles(draw: st.DrawFn, game: ExtensiveGame, completely: bool = False) -> BehaviourProfile:
    """Behaviour profiles of a tree: floats if the game is real, otherwise exact.

    Parameters
    ----------
    game : ExtensiveGame
    completely : bool, optional
        Whether every action has a positive probability.

    Returns
    -------
    hypothesis.strategies.SearchStrategy
    """
    sizes = [len(infoset.actions) for infoset in game.infosets]
    return BehaviourProfile.from_arrays(
        game, [_distribution(draw, n, completely, game.domain) for n in sizes]
    )


def _distribution(
    draw: Callable[[st.SearchStrategy[Any]], Any], n: int, completely: bool, domain: str
) -> list[Any]:
    weights = draw(st.lists(st.integers(int(completely), 4), min_size=n, max_size=n).filter(any))
    total = sum(weights)
    return [weight / total if domain == "real" else Fraction(weight, total) for weight in weights]
