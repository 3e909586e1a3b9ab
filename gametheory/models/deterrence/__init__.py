"""Extended deterrence by exposure: does investment at risk make a challenger refrain, or a defender reply?"""

from gametheory.models.deterrence.games import sequential, simultaneous
from gametheory.models.deterrence.payoffs import payoffs, required, success_probability

__all__ = ["payoffs", "required", "sequential", "simultaneous", "success_probability"]
