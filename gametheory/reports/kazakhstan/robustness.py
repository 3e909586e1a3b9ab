"""How firm the answer is: switching values and tornados."""

from __future__ import annotations

from typing import Any

from gametheory.reports import plots
from gametheory.reports.kazakhstan import wording as w
from gametheory.reports.kazakhstan.analysis import Analysis, Switch
from gametheory.reports.kazakhstan.book import Book
from gametheory.reports.page import Section, paragraph, table, text

__all__ = ["uncertainty"]

#: Strips in one picture.
STRIPS = 4


# ---------------------------------------------------------------------------------------------------------------------
# Switching values and tornados
# ---------------------------------------------------------------------------------------------------------------------
def uncertainty(a: Analysis, book: Book) -> Section:
    """Which uncertainty matters, and how far each parameter may move."""
    section = Section("Which uncertainty matters", "uncertainty")
    rows = a.switches
    section.add(paragraph(_sentences(a, rows)))
    cells = []
    for row in rows:
        parameter = a.space[row.name]
        change = float(row.value - row.baseline) / abs(float(row.baseline)) if row.baseline else None
        cells.append(
            [
                w.named(a.space, row.name, first=True),
                w.exact(row.baseline),
                f"{w.span(parameter, parameter.low, parameter.high)}",
                ("above " if row.above else "below ") + w.rounded(row.value),
                "" if change is None else f"{change:+.0%}".replace("-", "\N{MINUS SIGN}"),
                f"{row.share:.0%}",
                text(w.russia(row.becomes)),
            ]
        )
    if cells:
        head = [
            "Parameter",
            "Baseline",
            "Range",
            "Switches",
            "Change",
            "of the way to the end of its range",
            "Russia then",
        ]
        caption = "Exact switching values: each parameter alone, the others at the baseline."
        section.add(table(head, cells, caption=caption, numbers=(1, 4, 5)))
    book.table("switching-values", _switch_frame(a, rows))
    for outcome, result in a.tornados.items():
        book.table(f"tornado-{_file(outcome)}", _text_frame(result.to_frame()))
        if outcome != "payoff: Russia" and outcome != f"P(Russia: {a.choices[0] if a.choices else ''})":
            continue
        picture = plots.tornado(result, space=a.space, title=f"{outcome}, one parameter at a time")
        caption = "Bars run from the least to the greatest value over the whole range, found from exact thresholds, not from samples."
        section.add(
            book.figure(
                f"tornado-{_file(outcome)}", picture, caption, title=f"Tornado of {outcome}", least=700
            )
        )
    section.add(*_strips(a, book, list(dict.fromkeys(row.name for row in rows))))
    return section


def _strips(a: Analysis, book: Book, names: list[str]) -> list[str]:
    """The strips of the parameters that matter, a few to a picture, so that each fits on a page."""
    parts = ["<h3>What is done along each of them</h3>"] if names else []
    for k, first in enumerate(range(0, len(names), STRIPS), 1):
        some = names[first : first + STRIPS]
        picture = plots.thresholds([a.maps[name] for name in some], label=w.label, scheme=book.scheme(a))
        title = f"Threshold strips of {w.joined(some)}"
        caption = f"{w.joined(f'<code>{name}</code>' for name in some)}: what is done on each interval between exact thresholds."
        parts.append(book.figure(f"switching-strips-{k}", picture, caption, title=title))
    return parts


def _sentences(a: Analysis, rows: list[Switch]) -> list[str]:
    names = list(dict.fromkeys(row.name for row in rows))
    quiet = [name for name in a.maps if name not in names]
    if not rows:
        return [
            f"None of the {len(a.maps)} parameters, moved alone over its range, changes what Russia does."
        ]
    first = rows[0]
    side = "rises above" if first.above else "falls below"
    sentences = [
        f"{len(names)} of {len(a.maps)} parameters change what Russia does when they move alone; the other {len(quiet)} do not, wherever "
        "in their range they are.",
        f"The nearest is {w.named(a.space, first.name)}: if it {side} {w.with_unit(first.value, a.space[first.name])} (baseline "
        f"{w.with_unit(first.baseline, a.space[first.name])}), Russia {w.russia(first.becomes)}.",
    ]
    levers = [name for name in a.space.levers if name in quiet]
    if levers:
        sentences.append(f"Among those that do not: {w.joined(w.exposure_name(name) for name in levers)}.")
    return sentences


def _switch_frame(a: Analysis, rows: list[Switch]) -> Any:
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "parameter": row.name,
                "unit": a.space[row.name].unit,
                "baseline": str(row.baseline),
                "switching_value": str(row.value),
                "switching_value_decimal": float(row.value),
                "share_of_range": row.share,
                "russia_beyond": w.russia(row.becomes),
            }
            for row in rows
        ],
        columns=[
            "parameter",
            "unit",
            "baseline",
            "switching_value",
            "switching_value_decimal",
            "share_of_range",
            "russia_beyond",
        ],
    )


def _text_frame(frame: Any) -> Any:
    """Exact numbers as text, so that the file holds them exactly."""
    made = frame.copy()
    for column in made.columns:
        if made[column].dtype == object:
            made[column] = [
                "; ".join(map(str, cell))
                if isinstance(cell, tuple)
                else cell
                if isinstance(cell, bool)
                else str(cell)
                for cell in made[column]
            ]
    return made


def _file(outcome: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in outcome).split())
