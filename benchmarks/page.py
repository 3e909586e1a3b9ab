"""docs/benchmarks.md, and its picture for light and dark screens."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from benchmarks.measure import Entry, Line, Section
from benchmarks.peers import PACKAGES, version

TARGET = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
PICTURE = "benchmarks.svg"

_HEADINGS = {
    "tables": "All equilibria of stacks of games",
    "exact": "Exact two-player games",
    "large": "One equilibrium of a large game",
    "trees": "Backward induction",
    "sweeps": "The flagship model",
    "compilation": "First calls",
}


def write(sections: Sequence[Section], target: Path = TARGET) -> list[Path]:
    """Write the page and its picture; return their paths."""
    folder = target.parent / "_static"
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / PICTURE
    picture.write_text(_picture([line for section in sections for line in section.lines]), encoding="utf-8")
    target.write_text(_page(sections), encoding="utf-8")
    return [target, picture]


def _page(sections: Sequence[Section]) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES if version(name))
    parts = [
        "# Benchmarks",
        "Written by `make bench`; do not edit. Every line runs the programs on the same numbers, in turn, and takes medians over "
        "rounds. gametheory solves a stack of games in one compiled call with all processors; peers solve one game a call in a "
        "process of their own with one thread, and get their game objects ready made and their compilation done. "
        "*Missed* is the number of games in which a program that sets out to find all equilibria did not, judged by "
        "exact arithmetic on the same numbers; *wrong* the number of games with a profile that is no equilibrium.",
        f"![Speed of gametheory relative to other programs](_static/{PICTURE})",
        _summary([line for section in sections for line in section.lines]),
    ]
    for section in sections:
        parts.append(f"## {_HEADINGS[section.name]}")
        if section.name == "compilation":
            parts.append(
                "Kernels are compiled at their first use, once for an installation; later processes load them from disk."
            )
            parts.append(
                "\n".join(
                    f"- {line.task.removeprefix('first call, ')}: {line.ours.note}" for line in section.lines
                )
            )
        else:
            parts.append(_details(section.lines))
        parts.extend(section.notes)
        parts.append(
            f"*Measured {section.when}, Python {section.python}, {os.cpu_count()} processors, load {section.load:.1f}"
            f"{', quick' if section.quick else ''}.*"
        )
    parts.append(f"Versions: {versions}; NumPy {np.__version__}.")
    return "---\norphan: true\n---\n\n" + "\n\n".join(parts) + "\n"


def _summary(lines: Sequence[Line]) -> str:
    rows = [
        "| task | ours, a second | peer | a second | ratio | goal | | equilibria missed: ours | theirs |",
        "|---|--:|---|--:|--:|--:|---|--:|--:|",
    ]
    for line in lines:
        if line.ours.rate is None or line.task.startswith("first call"):
            continue
        peer = line.against
        goal, met = "", ""
        if line.goal is not None:
            goal = f"{line.goal:,.0f}×"
            met = "" if line.ratio is None else "reached" if line.ratio >= line.goal else "not reached"
        elif line.goal_rate is not None:
            goal = f"{rate(line.goal_rate)} a second"
            met = "reached" if line.ours.rate >= line.goal_rate else "not reached"
        rows.append(
            f"| {line.task} | {rate(line.ours.rate)} {line.unit} | {f'{peer.program}, {peer.method}' if peer else ''} "
            f"| {rate(peer.rate) if peer else ''} | {times(line.ratio)} | {goal} | {met} "
            f"| {_missed(line.ours)} | {_missed(peer)} |"
        )
    return "\n".join(rows)


def _missed(entry: Entry | None) -> str:
    """In how many of the games compared an equilibrium was missed."""
    if entry is None or entry.missed is None or not entry.games:
        return ""
    return f"in {entry.missed} of {entry.games}" if entry.missed else f"none in {entry.games}"


def _details(lines: Sequence[Line]) -> str:
    rows = [
        "| task | program | a second | ours / theirs | games compared | missed | wrong | remarks |",
        "|---|---|--:|--:|--:|--:|--:|---|",
    ]
    for line in lines:
        for entry in (line.ours, *line.peers):
            ratio = ""
            if entry is not line.ours and entry.rate and line.ours.rate:
                ratio = times(line.ours.rate / entry.rate)
            remarks = "; ".join(
                part for part in (entry.note, line.note if entry is line.ours else "") if part
            )
            rows.append(
                f"| {line.task if entry is line.ours else ''} | {_name(entry)} | {rate(entry.rate)} | {ratio} "
                f"| {entry.games or ''} | {'' if entry.missed is None else entry.missed} | {entry.wrong} | {_cell(remarks)} |"
            )
    return "\n".join(rows)


def _name(entry: Entry) -> str:
    return f"**{entry.program}**" if entry.program == "gametheory" else f"{entry.program}, {entry.method}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def rate(value: float | None) -> str:
    """A rate to three digits, with k or M."""
    if value is None:
        return "–"
    for size, letter in ((1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def times(value: float | None) -> str:
    """A ratio to two digits or none behind the point."""
    if value is None:
        return ""
    return f"{value:,.0f}×" if value >= 10 else f"{value:.1f}×" if value >= 1 else f"{value:.2g}×"


# ---------------------------------------------------------------------------------------------------------------------
# Picture
# ---------------------------------------------------------------------------------------------------------------------
_LEFT, _RIGHT, _ROW, _TOP = 350, 810, 26, 46
# Colours of Okabe and Ito, and for dark screens lighter ones of the same hues.
_STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #1a1a1a; }
    .small { font-size: 11px; fill: #5f6368; }
    .bar { fill: #0072b2; } .low { fill: #d55e00; } .goal { stroke: #1a1a1a; stroke-width: 2.5; } .grid { stroke: #d0d4d8; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e8eaed; } .small { fill: #a5abb2; }
      .bar { fill: #56b4e9; } .low { fill: #f0a04b; } .goal { stroke: #ffffff; } .grid { stroke: #44494f; }
    }
"""


def _picture(lines: Sequence[Line]) -> str:
    """Bars of ratios on a logarithmic scale, with the goal as a mark; the background is left to the page."""
    drawn = [line for line in lines if line.ratio]
    top = max([line.ratio or 1 for line in drawn] + [line.goal or 1 for line in drawn] + [10])
    decades = math.ceil(math.log10(top))
    height = _TOP + _ROW * len(drawn) + 34
    room = _RIGHT - _LEFT

    def x(value: float) -> float:
        return _LEFT + room * min(max(math.log10(value) / decades, 0.0), 1.0)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 {height}" role="img" '
        'aria-label="How many times as fast as another program gametheory is, by task">',
        f"<style>{_STYLE}</style>",
        f'<text x="{_LEFT}" y="18">Times as fast as the peer (logarithmic); the mark is the goal, orange where it is not reached</text>',
    ]
    for decade in range(decades + 1):
        at = x(10**decade)
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{_TOP - 8}" y2="{height - 26}"/>')
        parts.append(
            f'<text class="small" x="{at:.1f}" y="{height - 10}" text-anchor="middle">{10**decade:,}</text>'
        )
    for k, line in enumerate(drawn):
        y = _TOP + k * _ROW
        ratio, peer = line.ratio or 1.0, line.against
        assert peer is not None
        below = " low" if line.goal is not None and ratio < line.goal else ""
        name = line.task.removeprefix("all equilibria, ").removeprefix("one equilibrium, ")
        name = name if len(name) <= 46 else name[:45] + "…"
        parts.append(f'<text x="{_LEFT - 10}" y="{y + 13}" text-anchor="end">{escape(name)}</text>')
        parts.append(
            f'<rect class="bar{below}" x="{_LEFT}" y="{y + 2}" width="{max(x(ratio) - _LEFT, 1):.1f}" height="14"/>'
        )
        if line.goal is not None:
            at = x(line.goal)
            parts.append(f'<line class="goal" x1="{at:.1f}" x2="{at:.1f}" y1="{y - 1}" y2="{y + 19}"/>')
        edge = max(x(ratio), x(line.goal) if line.goal else 0) + 6
        parts.append(
            f'<text class="small" x="{edge:.1f}" y="{y + 13}">{times(ratio)} {escape(peer.program)}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])
