"""What it would take to make Russia refrain: the cheapest change of what policy can set, or the proof that none does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gametheory.reports.kazakhstan import wording as w
from gametheory.reports.kazakhstan.analysis import EXPOSURES, Analysis
from gametheory.reports.kazakhstan.book import Book
from gametheory.reports.page import Section, paragraph, table, text

if TYPE_CHECKING:
    from gametheory.sensitivity.levers import Lever, Levers

__all__ = ["levers", "sentence"]

_TITLES = {
    "in range": "Investment within its ranges",
    "beyond": "Investment beyond its ranges",
    "replies": "Cheaper replies of the West",
}


def levers(a: Analysis, book: Book) -> Section:
    """The cheapest ways to make Russia refrain."""
    section = Section("What would it take?", "levers")
    section.add(
        paragraph(
            "Which change of what a policy can set makes Russia refrain in every equilibrium, and which is the cheapest? All combinations "
            "are searched, with a proof that nothing cheaper does, or that nothing does at all; everything else stays at the baseline."
        )
    )
    if not a.levers:
        section.add(
            paragraph("What Russia does is not settled at the baseline, so that the least change decides it.")
        )
    frames = []
    for key, found in a.levers.items():
        section.add(f"<h3>{text(_TITLES[key])}</h3>", paragraph(_told(a, key, found)), _table(a, found))
        frames.append(found.to_frame().assign(question=_TITLES[key], proof=len(found.proof)))
    if frames:
        import pandas as pd

        book.table("levers", pd.concat(frames).astype(str))
    return section


def sentence(a: Analysis) -> str:
    """What it would take, in a sentence or two; empty if Russia refrains already."""
    told = [
        " ".join(_told(a, key, found, short=True)) for key, found in a.levers.items() if not _holds(found)
    ]
    return " ".join(told)


def _holds(found: Levers) -> bool:
    return found.cost == 0


def _told(a: Analysis, key: str, found: Levers, *, short: bool = False) -> list[str]:
    names = [lever.name for lever in found.levers]
    what = (
        "the three stocks of investment"
        if set(names) == set(EXPOSURES)
        else w.joined(_article(a.space[n].description) for n in names)
    )
    where = (
        f"between 0 and {w.money(max(lever.high for lever in found.levers))} each"
        if key == "beyond"
        else "within their ranges"
    )
    if _holds(found):
        return [f"Russia refrains in every equilibrium as things are: nothing need change in {what}."]
    if found.feasible is False:
        tail = (
            "" if short else f" The box of levers falls into {len(found.proof)} parts, each excluded exactly."
        )
        return [f"Proved: no combination of {what} {where} makes Russia refrain.{tail}"]
    if found.cost is None:
        return [
            f"Not decided: no combination of {what} {where} is known to make Russia refrain, and {found.share_open:.2g} of the box is not "
            "excluded."
        ]
    moved = w.joined(_move(a, lever) for lever in found.levers if lever.change)
    outside = (_outside(a, lever) for lever in found.levers if lever.change)
    ranges = w.joined(dict.fromkeys(words for words in outside if words))
    more = f", {ranges}" if ranges else ""
    proved = (
        "nothing less does"
        if found.exact
        else f"nothing below {float(found.lower / found.cost):.1%} of that does"
    )
    if short:
        lead = {
            "beyond": "Beyond their ranges it would take",
            "replies": "With the West's costs it would take",
        }
        return [f"{lead.get(key, 'With them it would take')} {moved}{more} (proved: {proved})."]
    return [
        f"With {what} free {where}, Russia refrains in every equilibrium given {moved}{more}. Proved: {proved}, whatever the combination."
    ]


def _outside(a: Analysis, lever: Lever) -> str:
    """How far out of its range a lever has to go; empty if it stays within."""
    end = lever.value if lever.limit is None else lever.limit
    low, high = a.space[lever.name].low, a.space[lever.name].high
    assert end is not None
    if low <= end <= high:
        return ""
    return (
        f"{w.short(end / high)} times the upper end of its range" if end > high > 0 else "outside its range"
    )


def _move(a: Analysis, lever: Lever) -> str:
    """Where a lever has to go; beyond its limit, where the limit itself does not do."""
    end = lever.value if lever.limit is None else lever.limit
    assert end is not None
    parameter = a.space[lever.name]
    side = "above" if end > lever.baseline else "below"
    name = w.exposure_name(lever.name) if lever.name in EXPOSURES else _article(parameter.description)
    return f"{name} {side} {w.with_unit(end, parameter)} instead of {w.short(lever.baseline)}"


def _table(a: Analysis, found: Levers) -> str:
    rows = []
    for lever in found.levers:
        end = lever.value if lever.limit is None else lever.limit
        rows.append(
            [
                w.named(a.space, lever.name, first=True),
                f"{w.short(lever.low, 4)} to {w.with_unit(lever.high, a.space[lever.name])}",
                w.exact(lever.baseline),
                "" if end is None else w.exact(end),
                "" if lever.change is None else w.exact(lever.change),
            ]
        )
    head = ["Lever", "searched", "now", "at the least cost", "change"]
    return table(head, rows, numbers=(2, 3, 4))


def _article(words: str) -> str:
    return words if words.startswith("the ") else f"the {words}"
