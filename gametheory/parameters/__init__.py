"""What may vary: parameters with exact baselines and ranges, and models that hang on them."""

from gametheory.parameters.model import Model
from gametheory.parameters.model_file import format_model, load_model, parse_model, save_model
from gametheory.parameters.parameter import Parameter
from gametheory.parameters.space import ParameterSpace

__all__ = ["Model", "Parameter", "ParameterSpace", "format_model", "load_model", "parse_model", "save_model"]
