"""Comparative statics as a table: what moves which outcome, in which direction, and how strongly.

A row for each outcome, a column for each parameter. The number in a cell is the derivative, or the elasticity. Blue raises the
outcome and orange lowers it; the darker a cell, the more of the outcome does the parameter move over its own range, compared with
the strongest parameter of the row. A hatched cell is a derivative whose sign is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from gametheory.errors import ParameterError, unknown
from gametheory.reports.plots.style import FAINT, HATCH, INK, MUTED, PAPER, Canvas, number, text_width, wrap

if TYPE_CHECKING:
    from gametheory.sensitivity.statics_result import ComparativeStatics, Response

__all__ = ["comparative_statics"]

_ROW, _SIZE, _HEAD = 0.42, 8.0, 8.5
_UP, _DOWN = "#5aa9dd", "#f0a35e"
_LEFT_MOST = 2.6


def comparative_statics(
    result: ComparativeStatics,
    *,
    numbers: Literal["derivative", "elasticity"] = "derivative",
    most: int = 14,
    title: str | None = None,
) -> Figure:
    """Draw the signs and strengths of comparative statics.

    Parameters
    ----------
    result : ComparativeStatics
    numbers : {"derivative", "elasticity"}
        What stands in the cells.
    most : int
        Columns that are drawn, those with the strongest effects; the rest is named below.
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure
    """
    if numbers not in ("derivative", "elasticity"):
        raise unknown("kind of number", numbers, ("derivative", "elasticity"))
    if most < 1:
        raise ParameterError(f"most is {most}; draw at least one parameter.")
    return _Drawing(result, numbers, most, title).canvas.figure


class _Drawing:
    def __init__(self, result: ComparativeStatics, kind: Any, most: int, title: str | None) -> None:
        self.result, self.kind = result, kind
        rows, names = result.moving
        strongest = sorted(names, key=lambda name: -max(self._share(row, name) for row in rows))
        shown = set(strongest[:most])
        self.rows, self.names = rows, [name for name in names if name in shown]
        notes = [
            f"Cells: {kind} of the row with respect to the column. Blue raises, orange lowers; the darker, the more over the range of the "
            "parameter, compared with the strongest of the row."
        ]
        if kind == "elasticity" and any(float(row.value) < 0 for row in rows):
            notes.append("Elasticities are relative: where the value is negative, those above zero lower it.")
        hidden = strongest[most:]
        still = [r.name for r in result if r not in rows]
        if hidden:
            notes.append(f"Weaker everywhere: {', '.join(hidden)}.")
        if still:
            notes.append(f"Moved by none: {', '.join(still)}.")
        notes += [f"On the boundary: “{condition.label}” binds; see side()." for condition in result.binding]
        labels = [wrap(row.name, _LEFT_MOST - 0.2, _SIZE, bold=True) for row in rows]
        wide = max((text_width(line, _SIZE, True) for label in labels for line in label), default=1.0)
        self.left = min(max(wide, 0.9) + 0.3, _LEFT_MOST + 0.1)
        self.values = self.left + 0.72
        texts = [self._text(row, name) for row in rows for name in self.names]
        heads = max((text_width(name, _HEAD, True) for name in self.names), default=0.5)
        self.cell = max([0.52, heads + 0.12, *(text_width(text, _SIZE) + 0.14 for text in texts)])
        width = max(self.values + self.cell * len(self.names) + 0.15, 5.2)
        self.notes = [line for note in notes for line in wrap(note, width - 0.3, 7.5)]
        lines = [max(len(label), 1) for label in labels]
        self.heights = [max(_ROW, 0.16 * n + 0.1) for n in lines]
        top = (0.34 if title else 0.08) + 0.34
        height = top + (sum(self.heights) or _ROW) + 0.14 + 0.155 * len(self.notes) + 0.08
        self.canvas = Canvas(width, height)
        if title:
            self.canvas.text(0.15, height - 0.19, title, 10.5, bold=True)
        self._draw(height - top, labels)

    def _share(self, row: Response, name: str) -> float:
        """How much of the row a parameter moves over its range, compared with the strongest parameter."""
        effects = {other: self._effect(row, other) for other in self.result.parameters}
        most = max(effects.values(), default=0.0)
        return effects[name] / most if most else 0.0

    def _effect(self, row: Response, name: str) -> float:
        rate = row.derivatives[name]
        parameter = self.result.model.space[name]
        span = float(parameter.high - parameter.low) or abs(float(self.result.at[name])) or 1.0
        return 0.0 if rate is None else abs(float(rate)) * span

    def _text(self, row: Response, name: str) -> str:
        value = self.result.cell(row, name, self.kind)
        if value is None:
            return "?" if row.sign(name) == "?" else "–"
        sign = row.sign(name)
        if sign == "0":
            return "0" if row.is_moved_by(name) else ""
        text = number(float(value), 3, mark=False)
        return text if text.startswith("\N{MINUS SIGN}") else f"+{text}"

    def _draw(self, top: float, labels: list[list[str]]) -> None:
        canvas = self.canvas
        canvas.text(self.values - 0.1, top + 0.15, "value", 8, ha="right", color=MUTED)
        for k, name in enumerate(self.names):
            canvas.text(self.values + (k + 0.5) * self.cell, top + 0.15, name, _HEAD, ha="center", bold=True)
        if not self.rows:
            canvas.text(0.15, top - 0.2, "No parameter moves anything here.", 9)
        y = top
        for row, label, height in zip(self.rows, labels, self.heights, strict=True):
            middle = y - height / 2
            canvas.lines(0.15, middle, label, _SIZE, 0.155, bold=True)
            canvas.text(self.values - 0.1, middle, number(float(row.value), 4, mark=False), _SIZE, ha="right")
            for k, name in enumerate(self.names):
                self._draw_cell(row, name, self.values + k * self.cell, y - height, height)
            y -= height
        for k, line in enumerate(self.notes):
            canvas.text(0.15, y - 0.17 - 0.155 * k, line, 7.5, color=MUTED)

    def _draw_cell(self, row: Response, name: str, x: float, y: float, height: float) -> None:
        sign = row.sign(name)
        fill: Any = PAPER
        if sign in ("+", "-"):
            # Never so pale that the direction cannot be seen.
            depth = 0.15 + 0.85 * self._share(row, name)
            base = to_rgb(_UP if sign == "+" else _DOWN)
            fill = tuple(1 - depth * (1 - part) for part in base)
        box: dict[str, Any] = {"facecolor": fill, "edgecolor": FAINT, "linewidth": 0.6}
        self.canvas.axes.add_patch(Rectangle((x, y), self.cell, height, **box))
        if sign == "?":
            unsure = Rectangle(
                (x, y), self.cell, height, fill=False, hatch="//", edgecolor=HATCH, linewidth=0
            )
            self.canvas.axes.add_patch(unsure)
        text = self._text(row, name)
        self.canvas.text(x + self.cell / 2, y + height / 2, text, _SIZE, ha="center", color=INK)
