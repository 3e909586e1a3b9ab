"""The facts of the case: what was measured or claimed, by whom, with how much confidence.

Each row is one figure with its unit, period and source, and keeps contradictions apart: the stock of foreign
investment appears as UNCTAD, the central bank and officials give it. A figure in the model names the rows
that it rests on.
"""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

__all__ = ["facts"]


def facts() -> pandas.DataFrame:
    """All facts about Kazakhstan and its neighbours that the study uses, as a table.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``id``. ``value`` holds floats, and text where the fact is not a number (``"yes"``,
        ``"1/3"``); ``low`` and ``high`` are floats, given instead of a value where the source gives a range;
        ``confidence`` is an ordered category; the other columns are text, empty where there is nothing to
        say.

    Examples
    --------
    >>> from gametheory.models import kazakhstan
    >>> fact = kazakhstan.facts().loc["kazakhstan_inward_fdi_stock_2021"]
    >>> fact["value"], fact["unit"], fact["confidence"]
    (152.7, 'USD billion', 'high')
    """
    return _read().copy()


@functools.cache
def _read() -> pandas.DataFrame:
    import pandas as pd

    with (resources.files(__package__) / "facts.csv").open(encoding="utf-8") as stream:
        frame = pd.read_csv(stream, dtype=str, keep_default_na=False, index_col="id")
    frame["value"] = pd.Series([_number_or_text(text) for text in frame["value"]], frame.index, dtype=object)
    for column in ("low", "high"):
        frame[column] = [float(text) if text else float("nan") for text in frame[column]]
    frame["confidence"] = pd.Categorical(frame["confidence"], ["low", "medium", "high"], ordered=True)
    return frame


def _number_or_text(text: str) -> float | str:
    if text == "":
        return float("nan")
    try:
        return float(text)
    except ValueError:
        return text
