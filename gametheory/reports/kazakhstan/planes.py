"""Who does what where: exact maps of two parameters, with the curves between what is played as formulas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gametheory import scalars
from gametheory.reports import plots
from gametheory.reports.formulas import mathml
from gametheory.reports.kazakhstan import wording as w
from gametheory.reports.kazakhstan.analysis import Analysis
from gametheory.reports.kazakhstan.book import Book
from gametheory.reports.page import Section, paragraph, text

if TYPE_CHECKING:
    from gametheory.sensitivity.plane_faces import Curve
    from gametheory.sensitivity.plane_map import PlaneMap

__all__ = ["planes"]

_WHAT = {
    None: "What is played",
    "limited": "The replies to the limited action",
    "full": "The replies to the full action",
}


def planes(a: Analysis, book: Book) -> Section:
    """Who does what where, exactly."""
    section = Section("Who does what where", "planes")
    section.add(
        paragraph(
            "Two parameters move at once over their ranges, the others stay at the baseline. Each plane is cut into faces on which the "
            "equilibria are given by fixed formulas; the curves between them are exact, as are the shares of the plane where no logarithm "
            "enters. There is no grid: nothing between the points of one can be missed. The faces are kept as polygons "
            "(<code>maps/*.geojson</code>). Where a whole plane looks the same, it is only said."
        )
    )
    reasons = dict.fromkeys(found.reason for found in a.planes.values() if not found.complete)
    section.add(
        *(paragraph(f"Not every equilibrium is known there: {text(reason)}.", "note") for reason in reasons)
    )
    scheme = plots.Scheme()
    pairs: dict[tuple[str, str], None] = dict.fromkeys((x, y) for x, y, _ in a.planes)
    for x, y in pairs:
        section.add(f"<h3>{w.named(a.space, x, first=True)} and {w.named(a.space, y)}</h3>")
        for after, what in _WHAT.items():
            found = a.planes[x, y, after]
            name = f"plane-{x}-{y}-{after or 'play'}"
            book.file(f"maps/{name}.geojson", json.dumps(found.to_geojson(), indent=1) + "\n")
            book.table(f"{name}-faces", _faces(found))
            if len(found.labels) == 1:
                section.add(paragraph(f"{what}: everywhere {text(w.plane_label(found.labels[0]))}."))
                continue
            book.table(f"{name}-curves", _curves(found))
            shares = [
                f"{text(w.plane_label(str(label)))} on {_share(share)}"
                for label, share in found.area_shares.items()
                if share
            ]
            picture = plots.plane_map(found, scheme=scheme, label=w.plane_label, title=what)
            caption = f"{what}: {w.joined(shares)} of the plane."
            title = f"Exact map: {what}, {x} and {y}"
            section.add(book.figure(name, picture, caption, title=title, least=520), *_borders(found))
    return section


def _share(share: Any) -> str:
    """A share of a plane, with the exact one to be had by pointing at it."""
    about = f"{float(share):.1%}" if float(share) >= 0.001 else "less than 0.1%"
    return f'<span title="exactly {share}">{about}</span>' if isinstance(share, Fraction) else about


def _borders(found: PlaneMap) -> Iterator[str]:
    """The curves across which the label changes, each with who is indifferent there, at the baseline and in all parameters."""
    for curve in dict.fromkeys(curve for curve, _ in found.borders()):
        who = w.joined(dict.fromkeys(_turn(turn) for turn in curve.indifferences))
        yield paragraph(f"On the curve, {who}:" if who else "On the curve")
        yield f'<div class="formula scroll">{_equation(curve)}</div>'
        general = list(dict.fromkeys(_general(curve)))
        if general:
            yield paragraph("In all parameters:")
            yield from (f'<div class="formula scroll">{made}</div>' for made in general)


def _turn(turn: Any) -> str:
    place = f"after {text(turn.infoset)} " if turn.infoset not in ("", "start") else ""
    who = "the West" if turn.player == "West" else text(turn.player)
    return f"{place}{who} is indifferent between {text(turn.action)} and {text(turn.instead)}"


def _equation(curve: Curve) -> str:
    if curve.solved is not None:
        name, expression = curve.solved
        return mathml(expression, left=scalars.symbol(name), block=True)
    return mathml(0, left=curve.polynomial, block=True)


def _general(curve: Curve) -> Iterator[str]:
    for turn in curve.indifferences:
        if turn.threshold is not None:
            yield mathml(turn.threshold, left=scalars.symbol(turn.name), block=True)
        else:
            yield mathml(0, left=turn.gain, block=True)


def _faces(found: PlaneMap) -> Any:
    """The equilibria on each face, with formulas and exact numbers as text."""
    frame = found.to_frame()
    for column in frame.columns:
        if frame[column].dtype == object:
            frame[column] = [str(value) for value in frame[column]]
    return frame


def _curves(found: PlaneMap) -> Any:
    import pandas as pd

    rows = []
    for number, curve in enumerate(found.curves):
        for arc in curve.arcs:
            beside = ["" if f is None else found.faces[f].label for f in (arc.before, arc.after)]
            along = found.y if arc.vertical else found.x
            turns = "; ".join(
                f"{t.player} [{t.infoset}] {t.action} or {t.instead}" for t in curve.indifferences
            )
            general = "; ".join(
                f"{t.name} = {t.threshold}" if t.threshold is not None else f"{t.gain} = 0"
                for t in curve.indifferences
            )
            rows.append([number, curve.formula, along, str(arc.low), str(arc.high), *beside, turns, general])
    columns = [
        "curve",
        "formula",
        "along",
        "from",
        "to",
        "below_or_left",
        "above_or_right",
        "indifferent",
        "in_all_parameters",
    ]
    return pd.DataFrame(rows, columns=columns)
