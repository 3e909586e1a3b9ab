"""A tornado: how far each parameter alone moves an outcome, and where the outcome switches.

On the left the bar of each parameter, from the least to the greatest value of the outcome over its range, around the line at the
baseline. On the right the range of the parameter itself, with its own units: a triangle at the baseline, a tick at every switching
value. A dot at each end of a bar says which end of the parameter leads there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from gametheory.errors import ParameterError
from gametheory.reports.plots.style import FAINT, INK, MUTED, PAPER, Canvas, number, text_width, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gametheory.parameters.parameter import Parameter
    from gametheory.sensitivity.tornado import Tornado, TornadoBar

__all__ = ["tornado"]

_ROW, _BAR, _SIZE = 0.52, 0.2, 8.5
_FILL = "#8fc1e3"


def tornado(
    result: Tornado,
    *,
    space: Mapping[str, Parameter] | None = None,
    most: int = 20,
    title: str | None = None,
    width: float = 7.8,
) -> Figure:
    """Draw a tornado.

    Parameters
    ----------
    result : Tornado
    space : ParameterSpace, optional
        Where names and units of the parameters come from.
    most : int
        The widest bars that are drawn; the rest is named below.
    title : str, optional
    width : float
        In inches.

    Returns
    -------
    matplotlib.figure.Figure
    """
    moving = [bar for bar in result if bar.swing > 0]
    if most < 1:
        raise ParameterError(f"most is {most}; draw at least one bar.")
    shown, hidden = moving[:most], moving[most:]
    notes = []
    if hidden:
        notes.append(f"Smaller: {', '.join(bar.name for bar in hidden)}.")
    still = [bar.name for bar in result if bar.swing == 0]
    if still:
        notes.append(f"No effect anywhere in their range: {', '.join(still)}.")
    if result.note:
        notes.append("Where choices are tied, mixtures of them may support values that are not shown.")
    return _Drawing(result.outcome, shown, notes, space or {}, title, width).figure()


class _Drawing:
    def __init__(
        self,
        outcome: str,
        bars: list[TornadoBar],
        notes: list[str],
        space: Mapping[str, Parameter],
        title: str | None,
        width: float,
    ) -> None:
        self.outcome, self.bars, self.space, self.title = outcome, bars, space, title
        self.notes = [line for note in notes for line in wrap(note, width - 0.4, 8)]
        self.names = [self._name(bar) for bar in bars]
        self.left = 2.35
        self.middle = self.left + (width - self.left) * 0.48
        self.right = width - 0.1
        self.head = (0.36 if title else 0.0) + 0.5
        self.foot = 0.12 + 0.17 * len(self.notes) + 0.4
        self.canvas = Canvas(width, self.head + max(len(bars), 1) * _ROW + self.foot)
        ends = [float(value) for bar in bars for value in (bar.least, bar.greatest)] or [0.0, 1.0]
        self.low, self.high = min(ends), max(ends)

    def _name(self, bar: TornadoBar) -> list[str]:
        parameter = self.space.get(bar.name)
        if parameter is None or not parameter.description:
            return [bar.name]
        lines = wrap(parameter.description, 2.05, 7.5)
        return [bar.name, *lines[:2]] if len(lines) <= 2 else [bar.name, lines[0], lines[1] + " …"]

    def _x(self, value: Any) -> float:
        start, end = self.left + 0.35, self.middle - 0.3
        share = 0.5 if self.high == self.low else (float(value) - self.low) / (self.high - self.low)
        return start + share * (end - start)

    def figure(self) -> Figure:
        canvas = self.canvas
        top = canvas.height - self.head
        if self.title:
            canvas.text(0.15, canvas.height - 0.2, self.title, 10.5, bold=True)
        canvas.text(
            (self._x(self.low) + self._x(self.high)) / 2, top + 0.2, self.outcome, 9, ha="center", bold=True
        )
        canvas.text(
            (self.middle + self.right) / 2, top + 0.2, "range of the parameter", 9, ha="center", bold=True
        )
        if not self.bars:
            canvas.text(self.left, top - 0.25, "No parameter moves this outcome.", 9)
        for k, bar in enumerate(self.bars):
            y = top - (k + 0.5) * _ROW
            if k % 2 == 0:
                canvas.axes.add_patch(
                    Rectangle((0.08, y - _ROW / 2), canvas.width - 0.16, _ROW, facecolor="#f4f5f6", zorder=0)
                )
            self._draw_name(k, y)
            self._draw_bar(bar, y)
            self._draw_range(bar, y)
        bottom = top - max(len(self.bars), 1) * _ROW
        if self.bars:
            self._draw_baseline(top, bottom)
        for k, line in enumerate(self.notes):
            canvas.text(0.15, bottom - 0.46 - 0.17 * k, line, 8, color=MUTED)
        return canvas.figure

    def _draw_name(self, k: int, y: float) -> None:
        symbol, *words = self.names[k]
        lines = 1 + len(words)
        top = y + 0.072 * (lines - 1)
        self.canvas.text(0.15, top, symbol, _SIZE, bold=True)
        for n, line in enumerate(words):
            self.canvas.text(0.15, top - 0.15 - 0.135 * n, line, 7.5, color=MUTED)

    def _draw_bar(self, bar: TornadoBar, y: float) -> None:
        left, right = self._x(bar.least), self._x(bar.greatest)
        self.canvas.axes.add_patch(
            Rectangle(
                (left, y - _BAR / 2),
                right - left,
                _BAR,
                facecolor=_FILL,
                edgecolor=INK,
                linewidth=0.7,
                zorder=3,
            )
        )
        self.canvas.text(left - 0.08, y, number(bar.least, 3, mark=False), 7.5, ha="right", color=MUTED)
        self.canvas.text(right + 0.08, y, number(bar.greatest, 3, mark=False), 7.5, color=MUTED)
        for values, marker, fill in ((bar.at_low, "o", PAPER), (bar.at_high, "o", INK)):
            for value in dict.fromkeys(values):
                self.canvas.axes.plot(
                    [self._x(value)],
                    [y],
                    marker,
                    markersize=5.5,
                    color=fill,
                    markeredgecolor=INK,
                    markeredgewidth=0.9,
                    zorder=5,
                )

    def _draw_baseline(self, top: float, bottom: float) -> None:
        values = dict.fromkeys(value for bar in self.bars for value in bar.at_baseline)
        for value in values:
            x = self._x(value)
            self.canvas.axes.plot(
                [x, x], [top, bottom], color=INK, linewidth=1.3, linestyle=(0, (4, 2)), zorder=2
            )
        text = "baseline: " + " or ".join(number(value) for value in values)
        half = text_width(text, 8, True) / 2
        x = max(sum(self._x(value) for value in values) / len(values), self.left + half - 0.2)
        self.canvas.text(x, bottom - 0.1, text, 8, ha="center", bold=True)
        self.canvas.text(
            0.15, bottom - 0.29, "○ parameter at its low end   ● at its high end", 7.5, color=MUTED
        )
        x = (self.middle + self.right) / 2
        self.canvas.text(x, bottom - 0.1, "▲ baseline   | switching value", 7.5, ha="center", color=MUTED)

    def _draw_range(self, bar: TornadoBar, y: float) -> None:
        canvas = self.canvas
        left, right = self.middle + 0.55, self.right - 0.8
        low, high = float(bar.low), float(bar.high)

        def at(value: Any) -> float:
            return left + (float(value) - low) / (high - low) * (right - left)

        line = y - 0.02
        canvas.axes.plot(
            [left, right], [line, line], color=MUTED, linewidth=2.2, solid_capstyle="butt", zorder=2
        )
        parameter = self.space.get(bar.name)
        unit = f" {parameter.unit}" if parameter is not None and parameter.unit not in ("", "share") else ""
        canvas.text(left - 0.07, line, number(bar.low), 7.5, ha="right", color=MUTED)
        canvas.text(right + 0.07, line, number(bar.high) + unit, 7.5, color=MUTED)
        canvas.axes.plot([at(bar.baseline)], [line - 0.06], "^", markersize=6, color=INK, zorder=5)
        ends: list[float] = []
        for value in bar.switches:
            x, text = at(value), number(value)
            half = text_width(text, 7.5, True) / 2
            canvas.axes.plot([x, x], [line - 0.08, line + 0.08], color=INK, linewidth=1.8, zorder=4)
            row = next((k for k, end in enumerate(ends) if x - half > end + 0.05), len(ends))
            ends[row : row + 1] = [x + half]
            if row < 2:
                canvas.text(x, line + 0.13 + 0.1 * row, text, 7.5, ha="center", bold=True, zorder=6)
        canvas.axes.plot([self.middle, self.middle], [y - _ROW / 2, y + _ROW / 2], color=FAINT, linewidth=0.6)
