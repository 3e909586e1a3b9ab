"""An exact map of two parameters: faces filled from the curves around them, with labels inside and formulas along the curves.

Faces of one label have one colour and hatching, and each connected part carries its label in words; parts too small for that are
numbered and named below. Curves across which the label changes are drawn, and where a formula is short and its curve has room beside
it, it is written along the curve. A triangle marks the baseline.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from gametheory import scalars
from gametheory.reports.plots.planes import _PLOT, _SIZE, _STEP, _Drawing
from gametheory.reports.plots.style import HATCH, INK, PAPER, Scheme, text_width

if TYPE_CHECKING:
    from gametheory.sensitivity.plane_map import Curve, PlaneMap

    Array: TypeAlias = np.ndarray[Any, Any]

__all__ = ["plane_map"]

#: Points along an axis at which room for labels is looked for.
_GRID = 240
#: Longest formula along a curve, in characters, and the size of its letters.
_LONGEST, _SMALL = 44, 7.5
#: How far the drawn lines may be from the curves, as a share of the ranges.
_FINE = 3e-4


def plane_map(
    result: PlaneMap,
    *,
    scheme: Scheme | None = None,
    label: Callable[[str], str] | None = None,
    title: str | None = None,
    formulas: bool = True,
    width: float = 6.6,
) -> Figure:
    """Draw a map of two parameters.

    Parameters
    ----------
    result : PlaneMap
    scheme : Scheme, optional
        The looks of labels, to share them between pictures.
    label : callable, optional
        Turns a label of the result into what is to be written.
    title : str, optional
    formulas : bool
        Whether to write formulas along curves.
    width : float
        In inches.

    Returns
    -------
    matplotlib.figure.Figure
    """
    names = [label(text) if label else text for text in result.labels]
    return _MapDrawing(result, names, Scheme() if scheme is None else scheme, title, formulas, width).figure()


class _MapDrawing(_Drawing):
    def __init__(
        self,
        result: PlaneMap,
        names: list[str],
        scheme: Scheme,
        title: str | None,
        formulas: bool,
        width: float,
    ) -> None:
        self.map, self.formulas = result, formulas
        self.result: Any = result
        self.names, self.scheme, self.title, self.width = names, scheme, title, width
        self.across = width - 1.05
        (low, high), (bottom, top) = result.x_range, result.y_range
        self.xs = np.linspace(float(low), float(high), _GRID + 1)
        self.ys = np.linspace(float(bottom), float(top), _GRID + 1)
        self.shapes = result.polygons("label", _FINE)
        self.codes = np.zeros((_GRID + 1, _GRID + 1), dtype=int)
        self.pieces = list(self._rastered())
        for code, mask in self.pieces:
            self.codes[mask] = code
        self.spots, self.callouts = self._spots()

    def _rastered(self) -> Iterator[tuple[int, Array]]:
        """Each connected part of each label as points of a grid; at least one point, in its middle."""
        across, up = np.meshgrid(self.xs, self.ys)
        points = np.column_stack([across.ravel(), up.ravel()])
        for code, text in enumerate(self.map.labels):
            for polygon in self.shapes[text]:
                mask = _path(polygon).contains_points(points).reshape(across.shape)
                if not mask.any():
                    middle = np.mean(polygon[0], axis=0)
                    column, row = (
                        int(np.argmin(np.abs(axis - at)))
                        for axis, at in zip((self.xs, self.ys), middle, strict=True)
                    )
                    mask[row, column] = True
                yield code, mask

    def _regions(self) -> Iterator[tuple[int, Array]]:
        yield from self.pieces

    def _fill(self, axes: Axes, code: int, name: str) -> None:
        colour, hatch = self.scheme[name]
        path = Path.make_compound_path(*map(_path, self.shapes[self.map.labels[code]]))
        # A hair of the same colour closes the seams between neighbours.
        axes.add_patch(PathPatch(path, facecolor=colour, edgecolor=colour, linewidth=1.0, zorder=0))
        if hatch:
            axes.add_patch(
                PathPatch(path, facecolor="none", edgecolor=HATCH, hatch=hatch, linewidth=0, zorder=1)
            )

    def _draw_boundaries(self, axes: Axes) -> None:
        lines: dict[int, tuple[Curve, list[Array]]] = {}
        for curve, arc in self.map.borders():
            line = np.array(self.map.polyline(arc, _FINE))
            axes.plot(line[:, 0], line[:, 1], color=INK, linewidth=1.3, zorder=3, solid_joinstyle="round")
            lines.setdefault(id(curve), (curve, []))[1].append(line)
        if self.formulas:
            taken = list(self._boxes())
            for curve, parts in lines.values():
                text = _formula(curve)
                if text is not None:
                    self._write_along(axes, text, parts, taken)

    def _boxes(self) -> Iterator[tuple[float, float, float, float]]:
        """What labels and the mark of the baseline cover, in inches: left, bottom, right, top."""
        for x, y, lines, _, upright in self.spots:
            wide = max(text_width(line, _SIZE) for line in lines) / 2 + 0.05
            high = len(lines) * _STEP / 2 + 0.04
            if upright:
                wide, high = high, wide
            yield x - wide, y - high, x + wide, y + high
        x, y = self._inches(np.array([self._baseline()]))[0]
        yield x - 0.8, y - 0.15, x + 0.8, y + 0.15

    def _inches(self, points: Array) -> Array:
        begin = np.array([self.xs[0], self.ys[0]])
        span = np.array([self.xs[-1], self.ys[-1]]) - begin
        return np.asarray((points - begin) / span * np.array([self.across, _PLOT]))

    def _write_along(
        self, axes: Axes, text: str, parts: list[Array], taken: list[tuple[float, float, float, float]]
    ) -> None:
        """Write a formula beside its curve where that is straight enough and nothing else is written."""
        length = text_width(text, _SMALL) + 0.1
        for part in sorted((self._inches(p) for p in parts), key=_length, reverse=True):
            total = _length(part)
            if total < length * 1.1:
                return
            for share in (0.5, 0.3, 0.7, 0.2, 0.8, 0.4, 0.6):
                begin, middle, end = (
                    _along(part, np.clip(share * total + d, 0, total)) for d in (-length / 2, 0, length / 2)
                )
                chord = end - begin
                if np.hypot(*chord) < 0.96 * length or np.hypot(*(middle - (begin + end) / 2)) > 0.05:
                    continue
                normal = np.array([-chord[1], chord[0]]) / np.hypot(*chord)
                for side in (1, -1):
                    spot = (begin + end) / 2 + side * 0.11 * normal
                    dots = [spot + chord * t for t in np.linspace(-0.5, 0.5, 9)]
                    if all(self._free(dot, taken) for dot in dots):
                        angle = np.degrees(np.arctan2(chord[1], chord[0]))
                        axes.text(
                            spot[0] / self.across, spot[1] / _PLOT, text, rotation=(angle + 90) % 180 - 90,
                            transform=axes.transAxes, ha="center", va="center", rotation_mode="anchor", fontsize=_SMALL,
                            color=INK, zorder=4, parse_math=False, path_effects=[withStroke(linewidth=3, foreground=PAPER)],
                        )  # fmt: skip
                        taken += [(d[0] - 0.1, d[1] - 0.1, d[0] + 0.1, d[1] + 0.1) for d in dots]
                        return

    def _free(self, dot: Array, taken: list[tuple[float, float, float, float]]) -> bool:
        x, y = dot
        if not (0.08 < x < self.across - 0.08 and 0.08 < y < _PLOT - 0.08):
            return False
        return not any(
            left - 0.07 < x < right + 0.07 and bottom - 0.07 < y < top + 0.07
            for left, bottom, right, top in taken
        )


def _path(polygon: list[list[tuple[float, float]]]) -> Path:
    codes, points = [], []
    for ring in polygon:
        codes += [Path.MOVETO, *[Path.LINETO] * (len(ring) - 2), Path.CLOSEPOLY]
        points += ring
    return Path(np.array(points), codes)


def _length(line: Array) -> float:
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def _along(line: Array, at: float) -> Array:
    """The point of a line at a distance from its beginning, along it."""
    distance = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    return np.array([np.interp(at, distance, line[:, axis]) for axis in (0, 1)])


def _formula(curve: Curve) -> str | None:
    """A curve as a short text, with long fractions as decimals; None where it is long all the same."""
    text = curve.formula
    if len(text) > 24:
        name, expression = curve.solved if curve.solved is not None else ("", curve.polynomial)
        rounded = _decimals(expression)
        text = f"{name} ≈ {rounded}" if name else f"{rounded} ≈ 0"
    text = text.replace("**", "^").replace("*", " ").replace("-", "\N{MINUS SIGN}")
    return text if len(text) <= _LONGEST else None


def _decimals(expression: Any) -> str:
    """An expression with its fractions as short decimals."""
    import sympy

    if not scalars.is_expression(expression):
        return f"{float(expression):.4g}"
    numerator, denominator = sympy.fraction(sympy.together(expression))
    if denominator.is_number:
        shown = sympy.expand(expression)
    else:
        constant = abs(sympy.Poly(denominator).LC())
        shown = sympy.expand(numerator / constant) / sympy.expand(denominator / constant)
    rationals = {r: sympy.Float(f"{float(r):.4g}") for r in shown.atoms(sympy.Rational) if not r.is_Integer or abs(r) > 9999}  # fmt: skip
    text = str(shown.xreplace(rationals))
    text = re.sub(r"(\d\.\d*?)0+(?=\D|$)", r"\1", text)
    return re.sub(r"\.(?=\D|$)", "", text)
