"""How wrong the numbers must be before the answer changes: all at once, each alone, and what moves what Russia gains."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gametheory.reports import plots
from gametheory.reports.kazakhstan import wording as w
from gametheory.reports.kazakhstan.analysis import Analysis, choices
from gametheory.reports.kazakhstan.book import Book
from gametheory.reports.page import Section, listing, paragraph, table, text

if TYPE_CHECKING:
    from gametheory.sensitivity.robustness import Robustness

__all__ = ["headline", "uncertainty"]

#: Strips in one picture.
STRIPS = 4


# ---------------------------------------------------------------------------------------------------------------------
# Switching values and tornados
# ---------------------------------------------------------------------------------------------------------------------
def uncertainty(a: Analysis, book: Book) -> Section:
    """How far the parameters may move, each alone and all at once."""
    section = Section("How wrong must the numbers be?", "uncertainty")
    found = a.robustness
    if found is None:
        section.add(paragraph(f"How far the numbers may move cannot be said: {text(a.robustness_missing)}."))
    else:
        section.add(
            "<h3>All at once</h3>",
            paragraph(_together(a, found)),
            *_counterexample(a, found),
            "<h3>Each alone</h3>",
            paragraph(_alone(a)),
            _table(a),
        )
        caption = "Each bar is the whole range of a parameter; it is full where Russia does the same as at the baseline if it moves alone."
        drawn = found.plot()
        section.add(
            book.figure(
                "robustness", drawn, caption, title="How far each parameter may move alone", least=620
            )
        )
        book.table("robustness", found.to_frame().astype(str))
    book.table("switching-values", _switch_frame(a))
    section.add("<h3>What moves what Russia gains and does</h3>")
    for outcome, result in a.tornados.items():
        book.table(f"tornado-{_file(outcome)}", _text_frame(result.to_frame()))
        if outcome != "payoff: Russia" and outcome != f"P(Russia: {a.choices[0] if a.choices else ''})":
            continue
        picture = plots.tornado(result, space=a.space, title=f"{outcome}, one parameter at a time")
        caption = "Bars run from the least to the greatest value over the whole range, found from exact thresholds, not from samples."
        name = f"tornado-{_file(outcome)}"
        section.add(book.figure(name, picture, caption, title=f"Tornado of {outcome}", least=700))
    section.add(*_strips(a, book, list(dict.fromkeys(row.name for row in a.switches))))
    return section


def headline(a: Analysis) -> str:
    """How wrong the numbers must be, in a sentence."""
    found = a.robustness
    if found is None:
        return f"How far the numbers may move cannot be said: {a.robustness_missing}."
    if found.holds_everywhere:
        return f"Proved: Russia {w.russia(a.baseline)} whatever the parameters are within their ranges."
    kept = w.percent(found.box.lower, "down")
    sentence = (
        f"Russia {w.russia(a.baseline)} as long as no parameter is off its baseline by more than {kept} of its range: proved for all "
        "at once."
    )
    far = found.l1
    if far is None or far.point is None or far.equilibria is None:
        return sentence
    return f"{sentence} Beyond that it may not: with {_moves(a, far.point)} it {w.russia(far.equilibria)}."


def _moves(a: Analysis, point: Mapping[str, Fraction]) -> str:
    """A counterexample as plain words, what moves most first."""
    order = [name for name in (a.robustness.binding if a.robustness else ()) if name in point]
    names = [*order, *(name for name in point if name not in order)]
    return w.joined(
        f"{a.space[name].description or name} at {w.short(point[name], 4)} instead of {w.short(a.space[name].baseline, 4)}"
        for name in names
    )


def _together(a: Analysis, found: Robustness) -> list[str]:
    if found.holds_everywhere:
        return [
            f"It is proved that Russia {w.russia(a.baseline)} wherever all parameters are within their ranges."
        ]
    box = found.box
    sentences = [
        f"All {len(found.switches)} parameters may be off at once. If none is off its baseline by more than "
        f"<strong>{w.percent(box.lower, 'down')}</strong> of its range, Russia {w.russia(a.baseline)}: proved for all such combinations, "
        "with every equilibrium taken into account."
    ]
    if box.upper is not None and box.equilibria is not None:
        sentences.append(
            f"It cannot be much more: at {w.percent(box.upper, 'up')} there is a combination at which Russia {w.russia(box.equilibria)}."
        )
    else:
        sentences.append("No counterexample is known beyond that, nor is it proved further.")
    return sentences


def _counterexample(a: Analysis, found: Robustness) -> list[str]:
    """The least change in all that breaks it."""
    far = found.l1
    if far is None or far.point is None or far.upper is None or far.equilibria is None:
        return []
    items = [
        f"{w.named(a.space, name, first=True)}: {w.exact(a.space[name].baseline)} becomes {w.exact(far.point[name])}"
        for name in found.binding
    ]
    replies = (
        w.replies(far.equilibria, choices(far.equilibria)[:1])
        if choices(far.equilibria) != ("refrain",)
        else ""
    )
    because = f": {text(replies)}" if replies else ""
    return [
        paragraph(
            f"The least change that breaks it, added up over all parameters, takes {w.percent(far.upper, 'up')} of a range (proved: at "
            f"least {w.percent(far.lower, 'down')}):"
        ),
        listing(items),
        paragraph(f"There Russia {w.russia(far.equilibria)}{because}."),
    ]


def _alone(a: Analysis) -> list[str]:
    rows, count = a.switches, len(a.maps)
    if not rows:
        return [f"None of the {count} parameters, moved alone over its range, changes what Russia does."]
    names = dict.fromkeys(row.name for row in rows)
    quiet = [name for name in a.maps if name not in names]
    first = rows[0]
    side = "rises above" if first.above else "falls below"
    sentences = [
        f"{len(names)} of {count} parameters change what Russia does when they move alone; the other {len(quiet)} do not, wherever "
        "in their range they are.",
        f"The nearest is {w.named(a.space, first.name)}: if it {side} {w.with_unit(first.value, a.space[first.name])} (baseline "
        f"{w.with_unit(first.baseline, a.space[first.name])}), Russia {w.russia(first.becomes)}.",
    ]
    levers = [name for name in a.space.levers if name in quiet]
    if levers:
        sentences.append(f"Among those that do not: {w.joined(w.exposure_name(name) for name in levers)}.")
    return sentences


def _table(a: Analysis) -> str:
    cells = []
    for row in a.switches:
        parameter = a.space[row.name]
        cells.append(
            [
                w.named(a.space, row.name, first=True),
                w.exact(row.baseline),
                f"{w.span(parameter, parameter.low, parameter.high)}",
                ("above " if row.above else "below ") + w.rounded(row.value),
                f"{row.share:.0%}",
                text(w.joined(dict.fromkeys(_turning(turn) for turn in row.turn.indifferences))),
                text(w.russia(row.becomes)),
            ]
        )
    if not cells:
        return ""
    head = [
        "Parameter",
        "Baseline",
        "Range",
        "Switches",
        "off by, of its range",
        "where indifferent",
        "Russia then",
    ]
    caption = "Exact switching values: each parameter alone, the others at the baseline."
    return table(head, cells, caption=caption, numbers=(1, 4))


def _turning(turn: Any) -> str:
    place = "" if turn.infoset in ("", "start") else f" after {turn.infoset}"
    return f"{turn.player}{place}: {turn.action} or {turn.instead}"


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


def _switch_frame(a: Analysis) -> Any:
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
            for row in a.switches
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
