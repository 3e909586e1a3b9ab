"""How far parameters can move: switching values of each alone, the box of all, and what levers would have to do.

Every parameter has a row with its own range from end to end. The part on which the conclusion holds while only this parameter moves is
filled up to the switching values; the box within which all may move at once is dark; a triangle marks the baseline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from gametheory.errors import ParameterError
from gametheory.reports.plots.style import FAINT, INK, MUTED, PAPER, Canvas, number, wrap

if TYPE_CHECKING:
    from gametheory.sensitivity.levers import Lever, Levers
    from gametheory.sensitivity.robustness import Robustness, Switch

__all__ = ["levers", "robustness"]

_ROW, _BAR = 0.36, 0.15
_HOLDS, _FAILS, _BOX, _MOVE = "#8fc1e3", "#f6c9a0", "#00456e", "#b34700"


def robustness(result: Robustness, *, most: int = 20, title: str | None = None, width: float = 7.8) -> Figure:
    """Draw how far each parameter can move alone, and all at once.

    Parameters
    ----------
    result : Robustness
    most : int
        Parameters that are drawn, the most sensitive first; those that never matter alone are named below.
    title : str, optional
        The first line of the result by default.
    width : float
        In inches.

    Returns
    -------
    matplotlib.figure.Figure
    """
    if most < 1:
        raise ParameterError(f"most is {most}; draw at least one parameter.")
    turning = [switch for switch in result.switches if switch.distance is not None]
    shown = turning[:most]
    named = [name for name in result.binding if name not in [s.name for s in shown]]
    shown += [result[name] for name in named[: max(0, most - len(shown))]]
    rest = [switch.name for switch in result.switches if switch not in shown]
    size = result.box.lower if result.box.upper is None else result.box.upper
    notes = [
        f"Light: it holds while this parameter moves alone. Dark: all may move at once by {100 * float(size):.3g} % "
        f"{ {'range': 'of their ranges', 'baseline': 'of their baselines'}.get(result.scale, 'of their scales') }."
    ]
    if result.l1 is not None and result.l1.point:
        moves = ", ".join(f"{name} to {number(result.l1.point[name])}" for name in result.binding[:6])
        notes.append(f"Cross: the counterexample that takes the least in all ({moves}).")
    if rest:
        notes.append(f"Holds over the whole range of each of these alone: {', '.join(rest)}.")
    drawing = _Rows(title or str(result).split("\n", 1)[0], [s.name for s in shown], notes, width)
    for k, switch in enumerate(shown):
        _draw_switch(drawing, k, switch, float(size), result)
    return drawing.canvas.figure


def _draw_switch(drawing: _Rows, k: int, switch: Switch, size: float, result: Robustness) -> None:
    low, high, base = (float(v) for v in (switch.low, switch.high, switch.baseline))
    drawing.span(k, low, high, low, high, _FAILS)
    first = low if switch.below is None else float(switch.below.value)
    last = high if switch.above is None else float(switch.above.value)
    drawing.span(k, low, high, first, last, _HOLDS)
    reach = size * float(switch.scale)
    drawing.span(k, low, high, max(low, base - reach), min(high, base + reach), _BOX)
    drawing.ends(k, low, high)
    for turn in (switch.below, switch.above):
        if turn is not None:
            drawing.tick(k, low, high, float(turn.value))
    drawing.triangle(k, low, high, base)
    if result.l1 is not None and result.l1.point is not None and switch.name in result.l1.point:
        drawing.cross(k, low, high, float(result.l1.point[switch.name]))


def levers(result: Levers, *, title: str | None = None, width: float = 7.8) -> Figure:
    """Draw where each lever is, and where it would have to be.

    Parameters
    ----------
    result : Levers
    title : str, optional
        The first line of the result by default.
    width : float
        In inches.

    Returns
    -------
    matplotlib.figure.Figure
    """
    notes = ["Triangle: where the lever is. Bar: its move, with its end and its cost."]
    if result.feasible is False:
        notes = ["Triangle: where the lever is. No setting of the levers within these ranges will do."]
    elif result.cost is None:
        notes = ["Triangle: where the lever is. Whether any setting will do is not decided."]
    drawing = _Rows(
        title or str(result).split("\n", 1)[0], [lever.name for lever in result.levers], notes, width
    )
    for k, lever in enumerate(result.levers):
        _draw_lever(drawing, k, lever)
    return drawing.canvas.figure


def _draw_lever(drawing: _Rows, k: int, lever: Lever) -> None:
    low, high, base = (float(v) for v in (lever.low, lever.high, lever.baseline))
    drawing.span(k, low, high, low, high, "#e9ebed")
    if lever.change:
        end = base + float(lever.change)
        drawing.span(k, low, high, min(base, end), max(base, end), _MOVE)
        cost = "" if lever.cost is None else f" (cost {number(lever.cost)})"
        drawing.tick(k, low, high, end, text=f"{number(end)}{cost}", beside=max(base, end))
    drawing.ends(k, low, high)
    drawing.triangle(k, low, high, base)


class _Rows:
    """Rows with a name on the left and a range from end to end."""

    def __init__(self, title: str, names: list[str], notes: list[str], width: float) -> None:
        self.names = names
        head = wrap(title, width - 0.3, 9.5, bold=True)
        lines = [line for note in notes for line in wrap(note, width - 0.3, 8)]
        self.left, self.right = 1.75, width - 0.85
        top = 0.16 + 0.19 * len(head)
        self.canvas = Canvas(width, top + 0.12 + max(len(names), 1) * _ROW + 0.16 + 0.17 * len(lines))
        for k, line in enumerate(head):
            self.canvas.text(0.12, self.canvas.height - 0.16 - 0.19 * k, line, 9.5, bold=True)
        self.start = self.canvas.height - top - 0.12
        for k, name in enumerate(names):
            y = self._y(k)
            if k % 2 == 0:
                self.canvas.axes.add_patch(
                    Rectangle((0.08, y - _ROW / 2), width - 0.16, _ROW, facecolor="#f4f5f6", zorder=0)
                )
            self.canvas.text(0.15, y, name, 8.5, bold=True)
        if not names:
            self.canvas.text(0.15, self._y(0), "No parameter alone matters within its range.", 8.5)
        bottom = self.start - max(len(names), 1) * _ROW
        for k, line in enumerate(lines):
            self.canvas.text(0.12, bottom - 0.14 - 0.17 * k, line, 8, color=MUTED)

    def _y(self, k: int) -> float:
        return self.start - (k + 0.5) * _ROW

    def _x(self, low: float, high: float, value: float) -> float:
        share = 0.5 if high <= low else min(max((value - low) / (high - low), 0.0), 1.0)
        return self.left + share * (self.right - self.left)

    def span(self, k: int, low: float, high: float, first: float, last: float, colour: str) -> None:
        x, end = self._x(low, high, first), self._x(low, high, last)
        # A box too narrow to be seen is drawn as a line.
        wide = max(end - x, 0.012)
        self.canvas.axes.add_patch(
            Rectangle(
                ((x + end - wide) / 2, self._y(k) - _BAR / 2),
                wide,
                _BAR,
                facecolor=colour,
                edgecolor="none",
                zorder=2,
            )
        )

    def ends(self, k: int, low: float, high: float) -> None:
        y = self._y(k)
        self.canvas.text(self.left - 0.07, y, number(low), 7.5, ha="right", color=MUTED)
        self.canvas.text(self.right + 0.07, y, number(high), 7.5, ha="left", color=MUTED)

    def tick(
        self,
        k: int,
        low: float,
        high: float,
        value: float,
        text: str | None = None,
        beside: float | None = None,
    ) -> None:
        x, y = self._x(low, high, value), self._y(k)
        self.canvas.axes.plot([x, x], [y - _BAR / 2 - 0.03, y + _BAR / 2 + 0.03], color=INK, lw=1.1, zorder=4)
        x = x if beside is None else self._x(low, high, beside) + 0.05
        right = x < self.right - 0.9
        label = self.canvas.text(
            x + (0.05 if right else -0.05),
            y,
            text or number(value),
            7.5,
            ha="left" if right else "right",
            zorder=5,
        )
        label.set_bbox({"facecolor": PAPER, "edgecolor": "none", "alpha": 0.75, "pad": 0.6})

    def triangle(self, k: int, low: float, high: float, value: float) -> None:
        x, y = self._x(low, high, value), self._y(k) - _BAR / 2
        self.canvas.axes.add_patch(
            Polygon(
                [(x, y), (x - 0.05, y - 0.08), (x + 0.05, y - 0.08)],
                facecolor=INK,
                edgecolor=FAINT,
                lw=0.3,
                zorder=6,
            )
        )

    def cross(self, k: int, low: float, high: float, value: float) -> None:
        self.canvas.axes.plot(
            [self._x(low, high, value)],
            [self._y(k)],
            marker="x",
            color=_MOVE,
            markersize=6,
            mew=1.8,
            zorder=7,
        )
