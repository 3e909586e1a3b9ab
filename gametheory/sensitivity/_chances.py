"""Chance probabilities must not be negative anywhere on a box: what is said of such points would be about no game."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import islice, product
from typing import Any

from gametheory import scalars
from gametheory.errors import ParameterError
from gametheory.games.extensive import ExtensiveGame
from gametheory.sensitivity import _boxes
from gametheory.solvers.rational_functions import Ring

__all__ = ["check_probabilities"]

#: Most vertices that are tried where a probability is a quotient.
MOST_VERTICES = 256


def check_probabilities(game: Any, box: Mapping[str, tuple[Fraction, Fraction]]) -> None:
    """Refuse a box on which some chance move of a tree has a negative probability.

    Raises
    ------
    ParameterError
        If there is such a point. Of a probability that divides by parameters only the vertices of the box are tried.
    """
    if not isinstance(game, ExtensiveGame) or game.domain != "parametric":
        return
    for node, probability in enumerate(game.chance_probability):
        names = sorted(scalars.names(probability))
        if not names or not all(name in box for name in names):
            continue
        ring = Ring(names)
        function = ring.read(probability)
        own = {name: box[name] for name in names}
        if function.denominator.is_constant():
            turned = ring.evaluate(function.denominator, {}) < 0
            found = _boxes.range_on(ring, function.numerator, own)
            points = [dict(found.at_high if turned else found.at_low)]
        else:
            vertices = islice(product(*own.values()), MOST_VERTICES)
            points = [dict(zip(names, vertex, strict=True)) for vertex in vertices]
        for point in points:
            below = ring.evaluate(function.denominator, point)
            if below and ring.evaluate(function.numerator, point) / below < 0:
                where = ", ".join(f"{name} = {scalars.to_text(point[name])}" for name in names)
                raise ParameterError(
                    f"the probability of {game.path(node)}, which is {scalars.to_text(probability)}, is negative on part of the box, as "
                    f"at {where}; give ranges on which it is not."
                )
