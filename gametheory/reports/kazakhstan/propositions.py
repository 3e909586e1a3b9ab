"""The results as propositions: conditions in all parameters, each with its proof, typeset offline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gametheory.reports.kazakhstan import wording as w
from gametheory.reports.kazakhstan.analysis import Analysis
from gametheory.reports.kazakhstan.book import Book
from gametheory.reports.page import Section, paragraph, table, text

if TYPE_CHECKING:
    from gametheory.sensitivity.conditions import Conditions

__all__ = ["propositions"]


def propositions(a: Analysis, book: Book) -> Section:
    """The conditions under which what is found holds."""
    section = Section("The conditions, as propositions", "propositions")
    section.add(
        paragraph(
            "What follows holds for all values of all parameters in the box of ranges, not only at the baseline. Each condition rules out "
            "one deviation; conditions that the box or the others imply are left out, with a proof. The files "
            "<code>propositions/*.tex</code> hold the same for a paper."
        )
    )
    for number, (key, found) in enumerate(a.conditions.items(), 1):
        title, why = a.condition_titles[key]
        proposition = found.proposition(f"Proposition {number}")
        section.add(
            f"<h3>{text(title)}</h3>",
            paragraph(text(why)) if why else "",
            f'<div class="proposition">{proposition.to_html()}</div>',
            *_margins(a, found),
        )
        book.file(f"propositions/{number}-{key}.tex", proposition.to_latex() + "\n")
        book.file(f"propositions/{number}-{key}.txt", proposition.to_text() + "\n")
        book.table(f"conditions-{key}", found.to_frame().astype(str))
    section.add(
        *(paragraph(f"{text(key)}: {text(why)}.", "note") for key, why in a.conditions_missing.items())
    )
    return section


def _margins(a: Analysis, found: Conditions) -> Iterator[str]:
    """Where a profile stands at the baseline: by how much each condition holds or fails."""
    del a, found
    yield from ()
