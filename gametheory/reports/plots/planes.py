"""A phase diagram: what is played where in the plane of two parameters.

Every region carries its label in words, where it is widest; regions too small for that are numbered and named below. Regions differ
in colour and in hatching, their boundaries are drawn through the points that were located by bisection, and a triangle marks the
baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from gametheory.reports.plots.strips import parameter_name
from gametheory.reports.plots.style import HATCH, INK, PAPER, Canvas, Scheme, text_width, wrap

if TYPE_CHECKING:
    from gametheory.sensitivity.phase_diagram import PhaseDiagram

    Array: TypeAlias = np.ndarray[Any, Any]

__all__ = ["phase_diagram"]

_SIZE, _STEP, _PLOT = 8.5, 0.155, 4.3
#: A region of less than this share of the plane is not labelled on its own.
_SMALLEST = 0.0015


def phase_diagram(
    result: PhaseDiagram,
    *,
    scheme: Scheme | None = None,
    label: Callable[[str], str] | None = None,
    title: str | None = None,
    width: float = 6.6,
) -> Figure:
    """Draw a phase diagram.

    Parameters
    ----------
    result : PhaseDiagram
    scheme : Scheme, optional
        The looks of labels, to share them between pictures.
    label : callable, optional
        Turns a label of the result into what is to be written.
    title : str, optional
    width : float
        In inches.

    Returns
    -------
    matplotlib.figure.Figure
    """
    names = [label(text) if label else text for text in result.labels]
    return _Drawing(result, names, Scheme() if scheme is None else scheme, title, width).figure()


class _Drawing:
    def __init__(
        self, result: PhaseDiagram, names: list[str], scheme: Scheme, title: str | None, width: float
    ) -> None:
        self.result, self.names, self.scheme, self.title, self.width = result, names, scheme, title, width
        self.codes = np.asarray(result.grid["label"].values)
        self.xs, self.ys = (np.asarray(result.grid[name].values) for name in (result.x, result.y))
        self.across = width - 1.05
        self.spots, self.callouts = self._spots()

    # -- labels -------------------------------------------------------------------------------------------------------
    def _spots(self) -> tuple[list[tuple[float, float, list[str], int, bool]], list[list[str]]]:
        """Where each connected region is labelled, in inches within the plot, and the texts that go below the plot."""
        spots: list[tuple[float, float, list[str], int, bool]] = []
        numbers: dict[int, str] = {}
        below: list[list[str]] = []
        cell = self.across / (len(self.xs) - 1), _PLOT / (len(self.ys) - 1)
        away = self._away_from_baseline(cell)
        for code, mask in self._regions():
            depth = _depth(mask)
            fits: tuple[tuple[int, int], list[str], bool] | None = None
            for room, upright in (
                (2.6, False),
                (2.0, False),
                (1.5, False),
                (1.15, False),
                (2.6, True),
                (1.5, True),
            ):
                lines = wrap(self.names[code], room, _SIZE)
                box = max(text_width(line, _SIZE) for line in lines) + 0.12, len(lines) * _STEP + 0.08
                wide, high = reversed(box) if upright else box
                where = _fit(mask & away, depth, wide / cell[0], high / cell[1])
                if where is not None:
                    fits = where, lines, upright
                    break
            if fits is None:
                row, column = divmod(int(np.argmax(depth)), depth.shape[1])
                if code not in numbers:
                    numbers[code] = str(len(numbers) + 1)
                    below.append(wrap(f"{numbers[code]}  {self.names[code]}", self.width - 0.5, _SIZE))
                fits = (row, column), [numbers[code]], False
            (row, column), lines, upright = fits
            spots.append((column * cell[0], row * cell[1], lines, code, upright))
        return spots, below

    def _away_from_baseline(self, cell: tuple[float, float]) -> Array:
        """Where a label does not cover the mark of the baseline."""
        away = np.ones(self.codes.shape, dtype=bool)
        x, y = self._baseline()
        column = (x - self.xs[0]) / (self.xs[-1] - self.xs[0]) * (len(self.xs) - 1)
        row = (y - self.ys[0]) / (self.ys[-1] - self.ys[0]) * (len(self.ys) - 1)
        high, wide = 0.16 / cell[1], 0.85 / cell[0]
        rows = slice(max(0, round(row - high)), max(0, round(row + high)))
        away[rows, max(0, round(column - wide)) : max(0, round(column + wide))] = False
        return away

    def _baseline(self) -> tuple[float, float]:
        x, y = (float(self.result.model.space[name].baseline) for name in (self.result.x, self.result.y))
        return x, y

    def _regions(self) -> Iterator[tuple[int, Array]]:
        """Connected pieces of each label, apart from crumbs that the grid makes along boundaries."""
        from scipy import ndimage

        for code in range(len(self.names)):
            pieces, count = ndimage.label(self.codes == code)
            sizes = np.bincount(pieces.ravel())[1:]
            for k in np.argsort(-sizes, kind="stable")[:count]:
                if sizes[k] >= _SMALLEST * self.codes.size:
                    yield code, pieces == k + 1

    # -- drawing ------------------------------------------------------------------------------------------------------
    def figure(self) -> Figure:
        result = self.result
        head = 0.42 if self.title else 0.12
        foot = 0.62 + (0.1 if self.callouts else 0) + sum(0.16 * len(lines) + 0.03 for lines in self.callouts)
        canvas = Canvas(self.width, head + _PLOT + foot)
        if self.title:
            canvas.text(0.15, canvas.height - 0.2, self.title, 10.5, bold=True)
        axes = canvas.plot_area(0.8, foot, self.across, _PLOT)
        for code, name in enumerate(self.names):
            self._fill(axes, code, name)
        self._draw_boundaries(axes)
        for x, y, lines, code, upright in self.spots:
            self._write(axes, (x, y), lines, self.names[code], upright)
        self._mark_baseline(axes)
        axes.set_xlim(self.xs[0], self.xs[-1])
        axes.set_ylim(self.ys[0], self.ys[-1])
        for side in ("top", "right"):
            axes.spines[side].set_visible(True)
        names = [parameter_name(result.model.space[name]) for name in (result.x, result.y)]
        for k, line in enumerate(wrap(names[0], self.across, 9)[:2]):
            canvas.text(0.8 + self.across / 2, foot - 0.36 - 0.16 * k, line, 9, ha="center")
        lines = wrap(names[1], _PLOT + 0.05, 9)[:2]
        for k, line in enumerate(lines):
            canvas.text(
                0.12 + 0.16 * k + (0.08 if len(lines) == 1 else 0),
                foot + _PLOT / 2,
                line,
                9,
                ha="center",
                rotation=90,
            )
        y = foot - 0.72
        for callout in self.callouts:
            for k, line in enumerate(callout):
                if k == 0:
                    key, _, line = line.partition(" ")
                    canvas.text(0.3, y, key, _SIZE, bold=True)
                canvas.text(0.5, y, line, _SIZE)
                y -= 0.16
            y -= 0.03
        return canvas.figure

    def _fill(self, axes: Axes, code: int, name: str) -> None:
        inside = (self.codes == code).astype(float)
        if not inside.any():
            return
        colour, hatch = self.scheme[name]
        if inside.all():
            axes.set_facecolor(colour)
            axes.patch.set(hatch=hatch, edgecolor=HATCH)
            return
        filled = axes.contourf(
            self.xs, self.ys, inside, levels=[0.5, 1.5], colors=[colour], hatches=[hatch or None], zorder=1
        )
        filled.set_edgecolor(HATCH)
        filled.set_linewidth(0)
        # A hair of the same colour closes the seams between neighbours.
        axes.contour(self.xs, self.ys, inside, levels=[0.5], colors=[colour], linewidths=1.5, zorder=0)

    def _draw_boundaries(self, axes: Axes) -> None:
        for line in chains(self.result):
            axes.plot(line[:, 0], line[:, 1], color=INK, linewidth=1.3, zorder=3, solid_joinstyle="round")

    def _write(
        self, axes: Axes, spot: tuple[float, float], lines: list[str], name: str, upright: bool
    ) -> None:
        colour, _ = self.scheme[name]
        for k, line in enumerate(lines):
            down = (k - (len(lines) - 1) / 2) * _STEP
            x, y = (spot[0] + down, spot[1]) if upright else (spot[0], spot[1] - down)
            axes.text(
                x / self.across, y / _PLOT, line, rotation=90 if upright else 0, transform=axes.transAxes, ha="center",
                va="center", fontsize=_SIZE, color=INK, zorder=5, parse_math=False, fontweight="bold" if lines[0].isdigit() else "normal",
                path_effects=[withStroke(linewidth=3.5, foreground=colour)],
            )  # fmt: skip

    def _mark_baseline(self, axes: Axes) -> None:
        x, y = self._baseline()
        if not (self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= y <= self.ys[-1]):
            return
        axes.plot(
            [x],
            [y],
            "^",
            markersize=10,
            color=INK,
            markeredgecolor=PAPER,
            markeredgewidth=1.3,
            zorder=7,
            clip_on=False,
        )
        right = (x - self.xs[0]) / (self.xs[-1] - self.xs[0]) > 0.8
        axes.annotate(
            "baseline", (x, y), xytext=(-8 if right else 8, 0), textcoords="offset points", fontsize=8, fontweight="bold",
            ha="right" if right else "left", va="center", color=INK, zorder=7,
            path_effects=[withStroke(linewidth=3, foreground=PAPER)],
        )  # fmt: skip


def _depth(mask: Array) -> Array:
    """How far each point is from the edge of the region, in cells."""
    from scipy import ndimage

    return np.asarray(ndimage.distance_transform_cdt(np.pad(mask, 1), metric="chessboard"))[1:-1, 1:-1]


def _fit(mask: Array, depth: Array, width: float, height: float) -> tuple[int, int] | None:
    """A point around which a box fits into the region, as deep inside as possible; None if there is none."""
    from scipy import ndimage

    box = np.ones((2 * int(np.ceil(height / 2)) + 1, 2 * int(np.ceil(width / 2)) + 1), dtype=bool)
    if box.shape[0] > mask.shape[0] or box.shape[1] > mask.shape[1]:
        return None
    # A point fits if no outside point is within the box: the greatest value of the complement over the box is zero.
    outside = ndimage.maximum_filter(
        np.pad(~mask, 1, constant_values=True).astype(np.uint8), size=box.shape, mode="constant", cval=1
    )
    free = outside[1:-1, 1:-1] == 0
    if not free.any():
        return None
    deepest = np.argwhere(free & (depth == depth[free].max()))
    # Many points may be as deep: the one nearest to their middle looks placed, not fallen.
    nearest = np.argmin(((deepest - deepest.mean(axis=0)) ** 2).sum(axis=1))
    return int(deepest[nearest, 0]), int(deepest[nearest, 1])


def chains(result: PhaseDiagram) -> list[Array]:
    """The boundary points joined to lines: two points are neighbours if they lie on the sides of one cell of the grid.

    Returns
    -------
    list of array of shape (n, 2)
    """
    xs, ys = (np.asarray(result.grid[name].values) for name in (result.x, result.y))
    points = result.boundaries[[result.x, result.y]].to_numpy(dtype=float)
    if not len(points):
        return []
    place = np.empty((len(points), 2))
    for axis, grid in enumerate((xs, ys)):
        place[:, axis] = (points[:, axis] - grid[0]) / (grid[-1] - grid[0]) * (len(grid) - 1)
    # A point lies on a side between two grid points: one of its coordinates is whole.
    vertical = np.abs(place[:, 0] - np.round(place[:, 0])) < np.abs(place[:, 1] - np.round(place[:, 1]))
    cells: dict[tuple[int, int], list[int]] = {}
    for k, (u, v) in enumerate(place):
        i, j = int(np.floor(u)), int(np.floor(v))
        whole = round(float(u if vertical[k] else v))
        around = ((whole - 1, j), (whole, j)) if vertical[k] else ((i, whole - 1), (i, whole))
        for cell in around:
            cells.setdefault(cell, []).append(k)
    coordinates = list(points)
    links: dict[int, list[int]] = {}
    for members in cells.values():
        if len(members) == 2:
            pairs = [(members[0], members[1])]
        elif len(members) > 2:
            # Three regions or more meet in this cell: join the points in its middle.
            coordinates.append(points[members].mean(axis=0))
            pairs = [(member, len(coordinates) - 1) for member in members]
        else:
            continue
        for a, b in pairs:
            links.setdefault(a, []).append(b)
            links.setdefault(b, []).append(a)
    return [np.array([coordinates[k] for k in chain]) for chain in _walk(links)]


def _walk(links: dict[int, list[int]]) -> Iterator[list[int]]:
    """Every link of a graph once, in chains that begin and end at branchings or loose ends, or are closed."""
    left = {node: list(others) for node, others in links.items()}
    starts = [node for node, others in links.items() if len(others) != 2]
    for start in [*starts, *links]:
        while left[start]:
            chain = [start]
            while left[chain[-1]] and (len(chain) == 1 or len(links[chain[-1]]) == 2):
                node = left[chain[-1]].pop(0)
                left[node].remove(chain[-1])
                chain.append(node)
            yield chain
