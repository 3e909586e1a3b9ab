"""Does investment in Kazakhstan deter Russia? The facts, the numbers and the games of the case."""

from gametheory.models.kazakhstan.claims import Claim, Condition, Counterexample, Slope, claims, claims_frame
from gametheory.models.kazakhstan.facts import facts
from gametheory.models.kazakhstan.games import sequential, simultaneous
from gametheory.models.kazakhstan.space import space

__all__ = [
    "Claim",
    "Condition",
    "Counterexample",
    "Slope",
    "claims",
    "claims_frame",
    "facts",
    "sequential",
    "simultaneous",
    "space",
]
