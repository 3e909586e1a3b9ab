"""One parameter from low to high: which equilibria where, or an outcome as a function of it.

A strip is cut at the exact thresholds, which are printed above it; every interval carries in words what is played in it. Where
the words do not fit, a letter stands for them and the words below. The baseline is marked by a triangle. Strips of several
parameters stand below each other and share their looks, each with its own scale.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from gametheory import scalars
from gametheory.equilibria import representation
from gametheory.equilibria.result import Equilibrium
from gametheory.errors import GameError
from gametheory.reports.plots.style import (
    FAINT,
    HATCH,
    INK,
    MUTED,
    PAPER,
    Canvas,
    Scheme,
    number,
    player_colour,
    text_width,
    wrap,
)
from gametheory.sensitivity.threshold_map import surface

if TYPE_CHECKING:
    from gametheory.parameters.parameter import Parameter
    from gametheory.sensitivity.thresholds import Interval, Thresholds

    Label: TypeAlias = Callable[[Equilibrium], str]

__all__ = ["parameter_name", "thresholds"]

_SIZE, _BAR, _STEP = 8.5, 0.56, 0.155
_SAMPLES = 120


def thresholds(
    result: Thresholds | Sequence[Thresholds],
    outcome: str | None = None,
    *,
    label: Label | None = None,
    scheme: Scheme | None = None,
    title: str | None = None,
    width: float = 7.4,
) -> Figure:
    """Draw exact thresholds.

    Parameters
    ----------
    result : Thresholds, or a sequence of them
        Several make one strip each.
    outcome : str, optional
        Draw this outcome against the parameter, instead of the strip.
    label : callable, optional
        What to write for an equilibrium; its play by default, with what would be done off the path.
    scheme : Scheme, optional
        The looks of labels, to share them between pictures.
    title : str, optional
    width : float
        In inches.

    Returns
    -------
    matplotlib.figure.Figure
    """
    several = list(result) if isinstance(result, Sequence) else [result]
    if not several:
        raise GameError(
            "there are no thresholds to draw; give at least one result of gametheory.sensitivity.thresholds."
        )
    if outcome is not None:
        return _curves(several, outcome, title, width)
    looks = Scheme() if scheme is None else scheme
    strips = [_Strip(found, label or _full_play, looks, width) for found in several]
    head = 0.42 if title else 0.08
    canvas = Canvas(width, head + sum(strip.height for strip in strips))
    if title:
        canvas.text(0.15, canvas.height - 0.22, title, 10.5, bold=True)
    top = canvas.height - head
    for strip in strips:
        strip.draw(canvas, top)
        top -= strip.height
    return canvas.figure


def parameter_name(parameter: Parameter, *, unit: bool = True) -> str:
    """The description of a parameter, with its symbol and unit."""
    name = f"{parameter.description} ({parameter.name})" if parameter.description else parameter.name
    return f"{name}, {parameter.unit}" if unit and parameter.unit else name


def _full_play(equilibrium: Equilibrium) -> str:
    """What all players do; mixtures by what is mixed only, since their weights change along the strip."""
    if equilibrium.is_pure:
        return representation.play(equilibrium)
    game = equilibrium.game
    arrays = []
    for vector in equilibrium.profile.arrays:
        share = Fraction(1, sum(p != 0 for p in vector))
        arrays.append([share if p != 0 else Fraction(0) for p in vector])
    make: Callable[..., Any] = type(equilibrium.profile).from_arrays
    even = Equilibrium(game, make(game, arrays), equilibrium.payoffs, 0)
    return re.sub(r"(\d+/\d+|0\.\d+) ", "", representation.play(even)).replace(" + ", "/")


def _labels(interval: Interval, label: Label) -> str:
    """What is played on an interval: all equilibria, each label once."""
    return (
        " or ".join(dict.fromkeys(label(equilibrium) for equilibrium in interval.equilibria))
        or "no equilibrium found"
    )


def _baseline(found: Thresholds) -> Fraction | None:
    """The baseline of the free parameter, if it lies within the interval looked at."""
    baseline = found.model.space[found.name].baseline
    return baseline if found.low <= baseline <= found.high else None


class _Strip:
    """The strip of one parameter, measured before it is drawn."""

    def __init__(self, found: Thresholds, label: Label, scheme: Scheme, width: float) -> None:
        self.found, self.scheme = found, scheme
        self.left, self.right = 0.3, width - 0.3
        self.parameter = found.model.space[found.name]
        self.texts = [_labels(interval, label) for interval in found.intervals]
        self.lines: list[list[str]] = []
        self.callouts: list[list[str]] = []
        letters = iter(string.ascii_lowercase + string.ascii_uppercase)
        known: dict[str, str] = {}
        for interval, text in zip(found.intervals, self.texts, strict=True):
            room = self._x(interval.high) - self._x(interval.low) - 0.12
            lines = wrap(text, room, _SIZE)
            if len(lines) <= 3 and all(text_width(line, _SIZE) <= room for line in lines):
                self.lines.append(lines)
                continue
            if text not in known:
                known[text] = next(letters, "*")
                words = wrap(f"{known[text]}  {text}", width - 0.9, _SIZE)
                self.callouts.append(words)
            self.lines.append([known[text]])
        self.name = wrap(parameter_name(self.parameter), width - 0.4, 9.0, bold=True)
        self.marks = _marks(
            [(self._x(value), _exact(value)) for value in found.points], self.left, self.right
        )
        self.rows = 1 + max((row for *_, row in self.marks), default=0) if self.marks else 0
        self.above = 0.19 * len(self.name) + 0.1 + 0.19 * self.rows
        self.wider = found.low < self.parameter.low or found.high > self.parameter.high
        below = (0.58 if self.wider else 0.42) + sum(0.16 * len(lines) + 0.03 for lines in self.callouts)
        self.height = self.above + _BAR + below + 0.16

    def _x(self, value: Any) -> float:
        share = (float(value) - float(self.found.low)) / (float(self.found.high) - float(self.found.low))
        return self.left + share * (self.right - self.left)

    def draw(self, canvas: Canvas, top: float) -> None:
        for k, line in enumerate(self.name):
            canvas.text(self.left - 0.15, top - 0.1 - 0.19 * k, line, 9, bold=True)
        bottom = top - self.above - _BAR
        for interval, text, lines in zip(self.found.intervals, self.texts, self.lines, strict=True):
            left, right = self._x(interval.low), self._x(interval.high)
            colour, hatch = self.scheme[text]
            canvas.axes.add_patch(
                Rectangle(
                    (left, bottom),
                    right - left,
                    _BAR,
                    facecolor=colour,
                    edgecolor=HATCH,
                    hatch=hatch,
                    linewidth=0,
                )
            )
            self._write(canvas, self._middle(left, right), bottom + _BAR / 2, lines, colour)
        canvas.axes.add_patch(
            Rectangle(
                (self.left, bottom), self.right - self.left, _BAR, fill=False, edgecolor=INK, linewidth=0.9
            )
        )
        for x, middle, text, row in self.marks:
            y = bottom + _BAR + 0.1 + 0.19 * row
            canvas.axes.plot([x, x], [bottom - 0.04, y - 0.02], color=INK, linewidth=1.4, zorder=4)
            canvas.text(middle, y + 0.07, text, 8, ha="center", bold=True, zorder=6).set_bbox(_clear())
        self._draw_scale(canvas, bottom)
        y = bottom - (0.64 if self.wider else 0.5)
        for callout in self.callouts:
            for k, line in enumerate(callout):
                if k == 0:
                    canvas.text(self.left, y, line[0], _SIZE, bold=True)
                canvas.text(self.left + 0.17, y, line[1:].lstrip() if k == 0 else line, _SIZE)
                y -= 0.16
            y -= 0.03

    def _middle(self, left: float, right: float) -> float:
        """Where the words of an interval stand: in its middle, or beside the strip if it is a sliver at one of the ends."""
        if right - left > 0.12:
            return (left + right) / 2
        if left == self.left:
            return left - 0.1
        return right + 0.1 if right == self.right else (left + right) / 2

    def _write(self, canvas: Canvas, x: float, y: float, lines: list[str], colour: str) -> None:
        top = y + _STEP * (len(lines) - 1) / 2
        for k, line in enumerate(lines):
            written = canvas.text(x, top - k * _STEP, line, _SIZE, ha="center", zorder=5)
            # A pad in the colour of the area keeps hatching from crossing the letters.
            written.set_bbox({"facecolor": colour, "edgecolor": "none", "pad": 0.6})

    def _draw_scale(self, canvas: Canvas, bottom: float) -> None:
        y, taken = bottom - 0.15, []
        baseline = _baseline(self.found)
        if baseline is not None:
            x = self._x(baseline)
            canvas.axes.plot([x], [bottom - 0.06], "^", markersize=8, color=INK, zorder=6, clip_on=False)
            text = f"baseline {number(baseline)}"
            half = text_width(text, 8, True) / 2
            middle = min(max(x, self.left + half), self.right - half)
            canvas.text(middle, y - 0.07, text, 8, ha="center", bold=True)
            taken.append((middle - half - 0.1, middle + half + 0.1))
        low, high = max(self.parameter.low, self.found.low), min(self.parameter.high, self.found.high)
        if (low, high) != (self.found.low, self.found.high) and low < high:
            # The map is wider than the range of the parameter: show where that lies.
            ends = (self._x(low), self._x(high))
            canvas.axes.plot(
                list(ends), [bottom - 0.05] * 2, color=INK, linewidth=3, solid_capstyle="butt", zorder=5
            )
            text = f"range {number(low)} to {number(high)}"
            half = text_width(text, 8) / 2
            middle = min(max(sum(ends) / 2, self.left + half), self.right - half)
            if all(middle + half < start or middle - half > end for start, end in taken):
                canvas.text(middle, y - 0.07, text, 8, ha="center", color=INK)
                taken.append((middle - half - 0.1, middle + half + 0.1))
            else:
                canvas.text(middle, y - 0.23, text, 8, ha="center", color=INK)
        for value, side in ((self.found.low, "left"), (self.found.high, "right")):
            x, text = self._x(value), number(value)
            ends = (x, x + text_width(text, 8)) if side == "left" else (x - text_width(text, 8), x)
            if all(ends[1] < low or ends[0] > high for low, high in taken):
                canvas.text(x, y - 0.07, text, 8, ha=side, color=MUTED)


def _marks(places: list[tuple[float, str]], left: float, right: float) -> list[tuple[float, float, str, int]]:
    """Position, centre of the text, text and row of each mark; texts stay within the ends, and rows keep them apart."""
    marks: list[tuple[float, float, str, int]] = []
    ends: list[float] = []
    for x, text in places:
        half = text_width(text, 8, True) / 2
        middle = min(max(x, left + half), right - half)
        row = next((k for k, end in enumerate(ends) if middle - half > end + 0.08), len(ends))
        ends[row : row + 1] = [middle + half]
        marks.append((x, middle, text, row))
    return marks


def _clear() -> dict[str, Any]:
    return {"facecolor": PAPER, "edgecolor": "none", "pad": 0.5, "alpha": 0.85}


def _exact(value: Any) -> str:
    """A threshold: exact where that is short, with its decimals otherwise."""
    if isinstance(value, Fraction):
        text, about = scalars.to_text(value).replace("-", "\N{MINUS SIGN}"), number(value)
        if not about.startswith("≈") or ("/" not in text and len(text) < 12):
            return text
        if len(text) < 22:
            return f"{text} ≈ {about[1:]}"
    return number(value)


# ---------------------------------------------------------------------------------------------------------------------
# An outcome against the parameter
# ---------------------------------------------------------------------------------------------------------------------
def _curves(several: Sequence[Thresholds], outcome: str, title: str | None, width: float) -> Figure:
    head, across = 0.42 if title else 0.1, width - 1.15
    marks = []
    for found in several:
        share = across / (float(found.high) - float(found.low))
        places = [((float(value) - float(found.low)) * share, _exact(value)) for value in found.points]
        marks.append(_marks(places, -0.6, across + 0.2))
    above = [0.16 + 0.17 * (1 + max((row for *_, row in each), default=-1)) for each in marks]
    canvas = Canvas(width, head + sum(2.5 + room for room in above))
    if title:
        canvas.text(0.15, canvas.height - 0.22, title, 10.5, bold=True)
    bottom = canvas.height - head
    for found, each, room in zip(several, marks, above, strict=True):
        bottom -= 2.5 + room
        axes = canvas.plot_area(0.85, bottom + 0.58, across, 1.9)
        _draw_curve(axes, found, outcome)
        for x, middle, text, row in each:
            top = bottom + 2.57 + 0.17 * row
            canvas.axes.plot([0.85 + x] * 2, [bottom + 2.48, top - 0.06], color=MUTED, linewidth=0.9)
            canvas.text(0.85 + middle, top, text, 8, ha="center", bold=True).set_bbox(_clear())
        name = wrap(parameter_name(found.model.space[found.name]), width - 1.2, 9)
        canvas.lines(0.85 + (width - 1.15) / 2, bottom + 0.2, name[:2], 9, 0.16, ha="center")
    return canvas.figure


def _draw_curve(axes: Any, found: Thresholds, outcome: str) -> None:
    found.range(outcome)  # refuses unknown names, with a suggestion
    kind, _, player = outcome.partition(": ")
    players = (
        found.intervals[0].equilibria.equilibria[0].game.players if found.intervals[0].equilibria else ()
    )
    colour = player_colour(players.index(player)) if kind == "payoff" and player in players else INK
    for interval in found.intervals:
        xs = np.linspace(float(interval.low), float(interval.high), _SAMPLES)
        curves = {tuple(_values(f, interval, xs)) for f in interval._functions[outcome]}
        for ys in sorted(curves):
            axes.plot(xs, ys, color=colour, linewidth=2.2, solid_capstyle="butt", zorder=3)
    for point in found.breakpoints:
        x, values = float(point.value), sorted({float(v) for v in point.outcomes[outcome]})
        axes.axvline(x, color=MUTED, linewidth=0.9, linestyle=(0, (4, 2)), zorder=1)
        axes.plot([x] * len(values), values, "o", markersize=4.5, color=colour, zorder=4)
    baseline = _baseline(found)
    if baseline is not None:
        values = sorted({float(v) for v in found.values_at(outcome, baseline)})
        axes.plot(
            [float(baseline)] * len(values),
            values,
            "^",
            markersize=9,
            color=INK,
            markeredgecolor=PAPER,
            zorder=6,
        )
        # The words stand at the axis, where they cover no curve.
        axes.axvline(float(baseline), color=INK, linewidth=0.8, linestyle=":", zorder=1)
        share = (float(baseline) - float(found.low)) / (float(found.high) - float(found.low))
        side = "right" if share > 0.8 else "left"
        axes.annotate(
            f"baseline {number(baseline)}", (float(baseline), 0), xycoords=("data", "axes fraction"), textcoords="offset points",
            xytext=(4 if side == "left" else -4, 4), ha=side, va="bottom", fontsize=8, color=INK,
        )  # fmt: skip
    axes.set_xlim(float(found.low), float(found.high))
    low, high = axes.get_ylim()
    if low < 0 < high:
        axes.axhline(0, color=FAINT, linewidth=0.8, zorder=0)
    axes.margins(y=0.22)
    axes.set_ylabel(outcome, fontsize=9, parse_math=False)


def _values(function: Any, interval: Interval, xs: np.ndarray[Any, Any]) -> list[float]:
    """A function of the parameter at many points; at the ends of its interval its limits."""
    low, high = interval._ends
    points = [low, *(min(max(Fraction(float(x)), low), high) for x in xs[1:-1]), high]
    return [float(surface(function.at(point), "")) for point in points]
