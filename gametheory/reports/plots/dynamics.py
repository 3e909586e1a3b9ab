"""Paths of dynamics, and basins of attraction.

A path is drawn as shares over time, one panel a population, each line named at its end. Basins are bars with the confidence
interval of each share as a bracket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from gametheory.reports.plots.style import INK, MUTED, Canvas, Scheme, player_colour, text_width, wrap

if TYPE_CHECKING:
    from gametheory.solvers.dynamics.basins import Basins
    from gametheory.solvers.dynamics.trajectory import Trajectory

__all__ = ["basins", "trajectory"]

_STYLES = ("-", "--", ":", "-.")
_POINTS = 2000  # more cannot be seen


def trajectory(
    result: Trajectory, *, title: str | None = None, width: float = 7.4, height: float = 2.3
) -> Figure:
    """Draw the shares of strategies over time.

    Parameters
    ----------
    result : Trajectory
    title : str, optional
    width, height : float
        Of the picture and of one panel, in inches.

    Returns
    -------
    matplotlib.figure.Figure
    """
    names = [name for own in result.strategies for name in own]
    margin = 0.35 + max(text_width(name, 9) for name in names)
    step = height + 0.55
    head = 0.45 if title else 0.25
    canvas = Canvas(width, head + step * len(result.populations))
    if title:
        canvas.text(0.15, canvas.height - 0.22, title, 10.5, bold=True)
    keep = np.unique(np.linspace(0, len(result.times) - 1, _POINTS).astype(int))
    for i, (population, own, path) in enumerate(
        zip(result.populations, result.strategies, result.shares, strict=True)
    ):
        bottom = canvas.height - head - (i + 1) * step + 0.5
        axes = canvas.plot_area(0.65, bottom, width - 0.65 - margin, height - 0.2)
        axes.set(xlim=(result.times[0], result.times[-1]), ylim=(-0.02, 1.02), yticks=(0, 0.25, 0.5, 0.75, 1))
        axes.set_ylabel(f"shares of {population}", fontsize=9, color=INK, parse_math=False)
        ends = _spread(path[-1], 0.16 / height)
        for k, strategy in enumerate(own):
            colour = player_colour(k)
            axes.plot(result.times[keep], path[keep, k], _STYLES[k // 6 % 4], color=colour, linewidth=1.4)
            axes.annotate(
                strategy,
                (1.0, (ends[k] + 0.02) / 1.04),
                xytext=(6, 0),
                xycoords="axes fraction",
                textcoords="offset points",
                va="center",
                fontsize=9,
                color=colour,
                parse_math=False,
            )
        if i == len(result.populations) - 1:
            axes.set_xlabel(result.unit, fontsize=9, color=INK)
    return canvas.figure


def _spread(heights: np.ndarray, gap: float) -> np.ndarray:
    """The heights moved apart, so that neighbours are at least `gap` from each other and stay within 0 and 1 if they can."""
    order = np.argsort(heights, kind="stable")
    moved = heights[order].astype(float)
    for k in range(1, len(moved)):
        moved[k] = max(moved[k], moved[k - 1] + gap)
    if moved[-1] > 1:
        moved[-1] = max(1.0, 0.0)
        for k in range(len(moved) - 2, -1, -1):
            moved[k] = min(moved[k], moved[k + 1] - gap)
    result = np.empty_like(moved)
    result[order] = moved
    return result


def basins(
    result: Basins, *, title: str | None = None, scheme: Scheme | None = None, width: float = 7.4
) -> Figure:
    """Draw which share of starts leads to which equilibrium.

    Parameters
    ----------
    result : Basins
    title : str, optional
    scheme : Scheme, optional
        The looks of labels, to share them between pictures.
    width : float
        In inches.

    Returns
    -------
    matplotlib.figure.Figure
    """
    looks = Scheme() if scheme is None else scheme
    left = 3.0
    rows = [wrap(name, left - 0.35, 9) for name in result.classes]
    heights = [0.16 * max(len(lines), 1) + 0.22 for lines in rows]
    head = 0.45 if title else 0.15
    canvas = Canvas(width, head + sum(heights) + 0.55)
    if title:
        canvas.text(0.15, canvas.height - 0.22, title, 10.5, bold=True)
    room = width - left - 0.9
    top = canvas.height - head
    for name, lines, height in zip(result.classes, rows, heights, strict=True):
        y = top - height / 2
        canvas.lines(left - 0.15, y, lines, 9, 0.16, ha="right")
        share = result.shares[name]
        colour, hatch = looks[name]
        canvas.axes.add_patch(
            Rectangle((left, y - 0.1), room * share, 0.2, facecolor=colour, hatch=hatch, edgecolor=MUTED)
        )
        low, high = result.interval(name)
        end = share
        if result.random:
            end = high
            canvas.axes.plot(
                [left + room * low, left + room * high],
                [y, y],
                color=INK,
                linewidth=1.1,
                marker="|",
                markersize=6,
            )
        canvas.text(left + room * end + 0.1, y, f"{100 * share:.1f} %", 9)
        top -= height
    how = "drawn at random, with 95 % confidence intervals" if result.random else "on a grid"
    canvas.text(
        0.15,
        0.24,
        f"{len(result):,} starts {how}; {result.dynamic.replace('_', ' ')} up to T = {result.horizon:g}",
        8.5,
        color=MUTED,
    )
    return canvas.figure
