"""What may vary: parameters with exact baselines and ranges, and models that hang on them."""

from gametheory.parameters.model import Model
from gametheory.parameters.parameter import Parameter
from gametheory.parameters.space import ParameterSpace

__all__ = ["Model", "Parameter", "ParameterSpace"]
