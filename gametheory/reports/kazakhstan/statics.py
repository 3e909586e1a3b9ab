"""Comparative statics at the baseline: what moves the payoffs and the thresholds, by how much, and with which sign over the whole box."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gametheory.reports.kazakhstan import wording as w
from gametheory.reports.kazakhstan.analysis import Analysis
from gametheory.reports.kazakhstan.book import Book
from gametheory.reports.page import paragraph, table, text

if TYPE_CHECKING:
    from gametheory.sensitivity.statics_result import ComparativeStatics, Kind, Response

__all__ = ["comparative_statics"]

_SIGNS = {"+": "+", "-": "\N{MINUS SIGN}", "+/-": "±", "0": "0", "?": "?"}
_KINDS: tuple[Kind, ...] = ("derivative", "elasticity", "box", "formula")


def comparative_statics(a: Analysis, book: Book) -> list[str]:
    """What moves the payoffs and the nearest thresholds."""
    parts = [
        "<h3>What moves payoffs and thresholds</h3>",
        paragraph(
            "How much each result moves if one parameter rises by one of its units and the equilibrium stays of the same kind: exact "
            "derivatives, by implicit differentiation of the conditions of equilibrium. In brackets the sign of the formula over the whole "
            "box of ranges, proved: (+) never lowers it, (\N{MINUS SIGN}) never raises it, (±) either way. What is "
            "not listed moves nothing."
        ),
    ]
    parts += [paragraph(f"{text(what)}: {text(why)}.", "note") for what, why in a.statics_missing.items()]
    columns = [
        (_head(what, response), found, response)
        for what, found in a.statics.items()
        for response in found.moving[0]
    ]
    names = [
        name
        for name in a.space
        if any(name in found.parameters and response.sign(name) != "0" for _, found, response in columns)
    ]
    rows = [
        [f"<code>{text(name)}</code>", *(_cell(found, response, name) for _, found, response in columns)]
        for name in names
    ]
    if rows:
        head = ["One unit more of", *(title for title, _, _ in columns)]
        numbers = range(1, len(head))
        parts.append(table(head, rows, caption="At the baseline; payoffs in USD bn.", numbers=numbers))
    book.table("comparative-statics", _frame(a))
    return parts


_THRESHOLD = re.compile(r"threshold: (?P<name>\w+) \((?:(?:upper|lower) end, )?(?P<why>.*)\)")


def _head(what: str, response: Response) -> str:
    kind, _, player = response.name.partition(": ")
    if kind == "payoff":
        return f"worth to {'the West' if player == 'West' else text(player)}, {text(what)}"
    found = _THRESHOLD.fullmatch(response.name)
    if found is None:
        return text(response.name)
    why = re.sub(
        r" \[(\w+)\]", lambda place: "" if place[1] == "start" else f" after {place[1]}", found["why"]
    )
    return f"threshold of <code>{text(found['name'])}</code> ({text(why)})"


def _cell(found: ComparativeStatics, response: Response, name: str) -> str:
    if name not in found.parameters or response.sign(name) == "0":
        return ""
    rate = found.cell(response, name, "derivative")
    box = _SIGNS[found.cell(response, name, "box")]
    if rate is None:
        return f"? ({box})"
    plus = "" if rate < 0 else "+"
    return f'<span class="exact" title="exactly {text(rate)}">{plus}{w.short(rate)}</span> ({box})'


def _frame(a: Analysis) -> Any:
    import pandas as pd

    rows = [
        [
            what,
            response.name,
            str(response.value),
            name,
            *(str(found.cell(response, name, kind)) for kind in _KINDS),
        ]
        for what, found in a.statics.items()
        for response in found.moving[0]
        for name in found.parameters
        if response.sign(name) != "0"
    ]
    columns = [
        "situation",
        "outcome",
        "value",
        "parameter",
        "derivative",
        "elasticity",
        "sign_over_box",
        "formula",
    ]
    return pd.DataFrame(rows, columns=columns)
