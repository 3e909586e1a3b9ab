"""Hypothesis strategies for games, trees, profiles and models, to test claims of game theory and code that uses this package.

Needs Hypothesis (``pip install hypothesis``). A claim is a function of a game that asserts; Hypothesis looks for a game that
breaks it and shrinks what it finds to a small one:

>>> from hypothesis import find
>>> from gametheory import testing
>>> def somebody_gains_by_moving(game):
...     u = game.payoffs  # matching pennies has no pure equilibrium
...     return not any(
...         u[0][i, j] == u[0][:, j].max() and u[1][i, j] == u[1][i].max() for i in range(2) for j in range(2)
...     )
>>> game = find(testing.normal_form_games(players=2, size=2), somebody_gains_by_moving)
>>> game.shape
(2, 2)

Numbers are small and few on purpose: ties, duplicated strategies and zero payoffs are where claims break. ``degenerate=False``
keeps ties away, ``degenerate=True`` puts at least one in.
"""

from __future__ import annotations

from gametheory.testing.games import normal_form_games, numbers
from gametheory.testing.models import models
from gametheory.testing.profiles import behaviour_profiles, mixed_profiles
from gametheory.testing.trees import extensive_games

__all__ = [
    "behaviour_profiles",
    "extensive_games",
    "mixed_profiles",
    "models",
    "normal_form_games",
    "numbers",
]
