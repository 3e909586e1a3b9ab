"""Branches of equilibria against one parameter: a bifurcation diagram from exact curves.

An outcome is drawn on every branch as a function of the parameter. The line says the index: solid for +1, dashed for -1, dotted where
there is none (ties, trees). Folds are dots, crossings are crosses, and where a branch goes on with another support there is a
square; a vertical bar joins what a tie makes a continuum of. Breakpoints are printed above, exactly where that is short; numbers at the
curves refer to the list of branches below.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import fmpq
from matplotlib.figure import Figure

from gametheory.reports.plots.strips import _clear, _exact, _marks, parameter_name
from gametheory.reports.plots.style import FAINT, INK, MUTED, PAPER, Canvas, number, player_colour, wrap

if TYPE_CHECKING:
    from gametheory.sensitivity.line_map import Branch, LineMap, Piece

__all__ = ["line_map"]

_SAMPLES, _SIZE = 121, 8.5
_LINES: dict[int | None, Any] = {1: "solid", -1: (0, (4, 2)), None: (0, (1, 1.5))}
_WORDS = {1: "index +1", -1: "index \N{MINUS SIGN}1", None: "no index"}
#: How a point is marked at which something happens, the most telling first.
_MARKERS = {"fold": "o", "border fold": "o", "pitchfork": "D", "crossing": "X", "boundary": "s"}


def line_map(
    result: LineMap,
    outcome: str | None = None,
    *,
    title: str | None = None,
    width: float = 7.4,
    height: float = 2.9,
    legend: bool = True,
) -> Figure:
    """Draw branches of equilibria.

    Parameters
    ----------
    result : LineMap
    outcome : str, optional
        Such as ``"P(Russia: act)"``, for short ``"Russia: act"``, or ``"payoff: West"``. By default the first probability that
        differs between branches or along one.
    title : str, optional
    width, height : float
        Of the picture, and of the curves alone, in inches.
    legend : bool
        Whether to list the branches below.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    UnknownName
        If the model has no such outcome.
    """
    name = _telling(result) if outcome is None else result.outcome(outcome)
    across = width - 1.15
    share = across / (float(result.high) - float(result.low))
    places = [((float(value) - float(result.low)) * share, _exact(value)) for value in result.points]
    marks = _marks(places, -0.6, across + 0.2)
    rows = 1 + max((row for *_, row in marks), default=-1)
    entries = [wrap(f"{branch}", width - 1.0, _SIZE) for branch in result.branches] if legend else []
    note = wrap(f"Not complete: {result.reason}", width - 0.6, _SIZE) if not result.complete else []
    below = 0.62 + sum(0.16 * len(lines) + 0.03 for lines in entries) + 0.16 * len(note) + 0.22
    head = (0.42 if title else 0.1) + 0.16 + 0.17 * rows
    canvas = Canvas(width, head + height + below)
    if title:
        canvas.text(0.15, canvas.height - 0.22, title, 10.5, bold=True)
    axes = canvas.plot_area(0.85, below, across, height)
    _draw(axes, result, name)
    for x, middle, text, row in marks:
        top = below + height + 0.16 + 0.17 * row
        canvas.axes.plot([0.85 + x] * 2, [below + height, top - 0.06], color=MUTED, linewidth=0.9)
        canvas.text(0.85 + middle, top, text, 8, ha="center", bold=True).set_bbox(_clear())
    label = wrap(parameter_name(result.model.space[result.name]), across, 9)
    canvas.text(0.85 + across / 2, below - 0.42, label[0], 9, ha="center")
    _list(canvas, result, entries, note, below - 0.68)
    return canvas.figure


def _telling(result: LineMap) -> str:
    """The first probability that is not the same everywhere."""
    functions = [interval._functions for interval in result.intervals]
    names = list(functions[0])
    for name in names:
        if name.startswith("P(") and len({f for part in functions for f in part[name]}) > 1:
            return name
    return names[0]


def _draw(axes: Any, result: LineMap, name: str) -> None:
    kind, _, player = name.partition(": ")
    players = result.model.game.players
    colour = player_colour(players.index(player)) if kind == "payoff" and player in players else None
    span = float(result.high) - float(result.low)
    for event in result.events:
        point = event.breakpoint
        axes.axvline(float(point._number), color=FAINT, linewidth=0.8, zorder=0)
        values = [_float(value) for value in point._values[name]]
        tied = [v for v, e in zip(values, point.equilibria, strict=True) if e.continuum]
        if len(tied) > 1:
            axes.plot(
                [float(point._number)] * 2, [min(tied), max(tied)], color=MUTED, linewidth=1.2, zorder=1
            )
    for branch in result.branches:
        own = colour or player_colour(branch.number - 1)
        for piece in branch.pieces:
            xs, ys = _curve(piece, name)
            axes.plot(xs, ys, color=own, linewidth=2, linestyle=_LINES[piece.index], zorder=3)
        for event in result.events:
            marker = next((m for kind, m in _MARKERS.items() if kind in event.kinds), None)
            if marker and branch.number in (*event.born, *event.died, *event.changed):
                y = _near(branch, event.breakpoint._number, name)
                if y is not None:
                    axes.plot(
                        [float(event.breakpoint._number)],
                        [y],
                        marker,
                        markersize=5.5,
                        color=INK,
                        markeredgecolor=PAPER,
                        markeredgewidth=0.7,
                        zorder=7,
                    )
    _number_branches(axes, result, name, colour, span)
    axes.set_xlim(float(result.low), float(result.high))
    axes.margins(y=0.1)
    axes.set_ylabel(name, fontsize=9, parse_math=False)
    baseline = result.model.space[result.name].baseline
    if result.low <= baseline <= result.high:
        axes.plot([float(baseline)], [0], "^", markersize=7, color=INK, clip_on=False, zorder=6,
                  transform=axes.get_xaxis_transform())  # fmt: skip
        axes.annotate(
            f"baseline {number(baseline)}", (float(baseline), 0), xycoords=("data", "axes fraction"), textcoords="offset points",
            xytext=(6, 5), fontsize=7.5, color=MUTED,
        )  # fmt: skip


def _number_branches(axes: Any, result: LineMap, name: str, colour: str | None, span: float) -> None:
    """The number of each branch at its longest piece, where no other number stands."""
    ends = [v for branch in result.branches for piece in branch.pieces for v in _curve(piece, name)[1]]
    tall = (max(ends) - min(ends) or 1.0) if ends else 1.0
    taken: list[tuple[float, float]] = []
    for branch in result.branches:
        piece = max(branch.pieces, key=lambda p: float(p.interval._ends[1]) - float(p.interval._ends[0]))
        xs, ys = _curve(piece, name)
        best, room = len(xs) // 2, -1.0
        for share in (0.5, 0.35, 0.65, 0.2, 0.8):
            k = int(share * (len(xs) - 1))
            near = min(
                (((xs[k] - x) / span * 2) ** 2 + ((ys[k] - y) / tall) ** 2 for x, y in taken), default=1.0
            )
            if near > room + 1e-9 and (room < 0.01):
                best, room = k, near
        taken.append((xs[best], ys[best]))
        short = xs[-1] - xs[0] < 0.06 * span  # the number would cover the curve
        axes.annotate(
            str(branch.number), (xs[best], ys[best]), textcoords="offset points", xytext=(0, 11 * short), fontsize=8, ha="center",
            va="center", color=colour or player_colour(branch.number - 1), zorder=6,
            bbox={"boxstyle": "circle,pad=0.15", "facecolor": PAPER, "edgecolor": "none"},
        )  # fmt: skip


def _curve(piece: Piece, name: str) -> tuple[list[float], list[float]]:
    """Points of a curve, denser towards the ends, where roots are steep."""
    function = piece.interval._functions[name][piece.number]
    low, high = piece.interval._ends
    inner = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, _SAMPLES))[1:-1]
    below, width = float(low), float(high) - float(low)
    points: list[Any] = [low, *(Fraction(below + width * float(s)) for s in inner), high]
    xs, ys = [], []
    for k, x in enumerate(points):
        # Floats of an irrational end may lie outside the interval.
        if 0 < k < len(points) - 1 and not low < x < high:
            continue
        try:
            y = _float(function.at(x))
        except ZeroDivisionError:  # an end at which the limit is not known
            continue
        xs.append(float(x))
        ys.append(y)
    return xs, ys


def _near(branch: Branch, value: Any, name: str) -> float | None:
    for piece in branch.pieces:
        if value in piece.interval._ends:
            try:
                return _float(piece.value(name, value))
            except ZeroDivisionError:
                return None
    return None


def _float(value: Any) -> float:
    return int(value.p) / int(value.q) if isinstance(value, fmpq) else float(value)


def _list(canvas: Canvas, result: LineMap, entries: list[list[str]], note: list[str], y: float) -> None:
    kinds = sorted(
        {piece.index for branch in result.branches for piece in branch.pieces}, key=lambda i: -(i or 0)
    )
    x = 0.3
    for kind in kinds:
        canvas.axes.plot([x, x + 0.4], [y, y], color=INK, linewidth=2, linestyle=_LINES[kind])
        canvas.text(x + 0.48, y, _WORDS[kind], 8)
        x += 1.35
    marked = [kind for kind in _MARKERS if any(kind in event.kinds for event in result.events)]
    for marker in dict.fromkeys(_MARKERS[kind] for kind in marked):
        words = "fold" if marker == "o" else next(kind for kind in marked if _MARKERS[kind] == marker)
        canvas.axes.plot([x + 0.1], [y], marker, markersize=5.5, color=INK)
        canvas.text(x + 0.22, y, words, 8)
        x += 0.95
    y -= 0.2
    for lines in entries:
        for k, line in enumerate(lines):
            canvas.text(0.3 if k == 0 else 0.5, y, line, _SIZE)
            y -= 0.16
        y -= 0.03
    for line in note:
        canvas.text(0.3, y, line, _SIZE, color=MUTED)
        y -= 0.16
