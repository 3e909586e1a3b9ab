"""The way from a result to its picture.

Pictures are drawn one storey up, in ``gametheory.reports.plots``, so that computing never needs a drawing library. Yet a
result has a ``.plot()``. As pandas does with its plotting backends, the module is therefore looked up by name when a picture
is asked for: the one place where a lower storey calls a higher one.
"""

from __future__ import annotations

import importlib
from typing import Any

from gametheory.errors import Unsupported

__all__ = ["draw"]

_MODULE = "gametheory.reports.plots"


def draw(kind: str, result: object, **options: Any) -> Any:
    """Draw `result` with the function `kind` of ``gametheory.reports.plots``, and return what it returns.

    Raises
    ------
    Unsupported
        If matplotlib is not installed.
    """
    try:
        plots = importlib.import_module(_MODULE)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise Unsupported(
            "pictures need matplotlib: install the package with its extra, 'gametheory[plot]'"
        ) from error
    return getattr(plots, kind)(result, **options)
