"""The results as propositions: conditions in all parameters, each with its proof, typeset offline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gametheory.reports.kazakhstan import wording as w
from gametheory.reports.kazakhstan.analysis import Analysis
from gametheory.reports.kazakhstan.book import Book
from gametheory.reports.page import Section, paragraph, table, text

if TYPE_CHECKING:
    from gametheory.sensitivity.conditions import Conditions

__all__ = ["propositions"]

_TITLES = {
    "baseline": (
        "What happens at the baseline",
        "When exactly is what happens at the baseline an equilibrium?",
    ),
    "restraint": (
        "Russia refrains",
        "When is Russia deterred from both actions, the replies being those of the baseline? What differs from the first "
        "proposition are the conditions on Russia alone.",
    ),
    "support-after-limited": (
        "The West's support after the limited action is credible",
        "When does the West support Kazakhstan if Russia has taken the limited action?",
    ),
    "support-after-full": (
        "The West's support after the full action is credible",
        "When does the West support Kazakhstan if Russia has taken the full action? Solved for western investment, the conditions say "
        "where investment helps and where, held hostage by the pipeline, it harms.",
    ),
}


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
        title, why = _TITLES[key]
        proposition = found.proposition(title)
        section.add(
            f"<h3>Proposition {number}. {text(title)}</h3>",
            paragraph(text(why)),
            _folded(proposition.to_html()),
            _margins(found),
        )
        book.file(f"propositions/{number}-{key}.tex", proposition.to_latex() + "\n")
        book.file(f"propositions/{number}-{key}.txt", proposition.to_text() + "\n")
        book.table(f"conditions-{key}", found.to_frame().astype(str))
    section.add(
        *(paragraph(f"{text(key)}: {text(why)}.", "note") for key, why in a.conditions_missing.items())
    )
    return section


def _folded(html: str) -> str:
    """The ranges of the parameters, which fill a screen, are shown on demand; no comma begins a line."""
    html = re.sub(
        r"((?:<p[^>]*>•.*?</p>)+)",
        r"<details><summary>the ranges of all parameters, as in the section on the numbers</summary>\1</details>",
        html,
    )
    # The page has its own sections.
    html = re.sub(r"<(/?)section\b", r"<\1div", html)
    return re.sub(r"(<math(?:(?!</math>).)*</math>)([,.;])", r'<span class="exact">\1\2</span>', html)


def _margins(found: Conditions) -> str:
    """By how much each condition holds or fails at the baseline."""
    rows = [
        [
            text(label),
            w.exact(value),
            "holds" if value > 0 else "fails" if value < 0 else "holds with equality",
        ]
        for label, value in found.margin_at().items()
    ]
    caption = "At the baseline: what each deviation would lose, in USD bn; it gains where that is negative."
    return (
        table(["The condition that rules out", "worth", ""], rows, caption=caption, numbers=(1,))
        if rows
        else ""
    )
