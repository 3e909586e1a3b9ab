"""The report of the Kazakhstan study, put together and written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gametheory
from gametheory.reports import page
from gametheory.reports.kazakhstan import (
    behaviour,
    evidence,
    exposure,
    levers,
    planes,
    propositions,
    register,
    robustness,
)
from gametheory.reports.kazakhstan.analysis import Analysis
from gametheory.reports.kazakhstan.book import Book

__all__ = ["SECTIONS", "write"]

_TITLE = "Does investment in Kazakhstan deter Russia?"
_SUBTITLE = "A game of extended deterrence on sourced numbers, with every threshold exact"
SECTIONS = (
    behaviour.baseline,
    propositions.propositions,
    exposure.thresholds,
    exposure.signs,
    exposure.aims,
    planes.planes,
    robustness.uncertainty,
    levers.levers,
    register.claims,
    evidence.facts,
    evidence.assumptions,
    evidence.limits,
    evidence.sources,
)


def write(a: Analysis, folder: Path, step: Callable[[str], None]) -> tuple[list[str], list[str]]:
    """Write the report, pictures, tables and sweep.

    Parameters
    ----------
    a : Analysis
    folder : Path
        Empty.
    step : callable
        Told what is done next.

    Returns
    -------
    files : list of str
    summary : list of str
    """
    book, sections = Book(), []
    for make in SECTIONS:
        step(make.__name__)
        sections.append(make(a, book))
    summary = [behaviour.verdict(a), *behaviour.summary_sentences(a)]
    top = [behaviour.changes_note(a), behaviour.answer(a)]
    footer = page.paragraph(
        f"Made by gametheory {page.text(gametheory.__version__)}. Beside this page: the pictures as SVG and PNG "
        "(<code>figures</code>), all tables as CSV with exact numbers (<code>tables</code>), and the three exposures swept together "
        "(<code>sweep.nc</code>)."
    )
    html = page.document(_TITLE, _SUBTITLE, [part for part in top if part], sections, footer)
    (folder / "report.html").write_text(html, encoding="utf-8")
    files = ["report.html", *book.save(folder, step)]
    step("sweep")
    a.sweep.to_netcdf(folder / "sweep.nc", engine="netcdf4")
    return [*files, "sweep.nc"], summary
