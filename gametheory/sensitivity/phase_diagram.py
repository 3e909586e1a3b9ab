r"""Which equilibrium play where, in the plane of two parameters.

The plane of two parameters, the others fixed, falls into regions by the set of plays of the equilibria (what is done along the
path, see :mod:`gametheory.sensitivity._plays`). The regions are found by adaptive refinement: a coarse grid is solved, cells
whose corners differ are cut in four, and so on down to the resolution; each pair of neighbours that differ is then closed in on
by bisection until the boundary between them is known to a stated accuracy, all pairs at the same time.

What the diagram can miss is therefore a region that lies wholly inside a cell of the coarse grid without touching its
corners; exact answers along a line are what :func:`gametheory.sensitivity.thresholds` is for. Points within the solver's
tolerance of a tie (a relative 1e-9) belong to the region next to them in the diagram.

References
----------
H. Samet, "The quadtree and related hierarchical data structures", ACM Computing Surveys 16(2), 1984, 187-260.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from gametheory import scalars
from gametheory.errors import ParameterError, Unsupported, unknown
from gametheory.games.extensive import ExtensiveGame
from gametheory.sensitivity._plays import Plays
from gametheory.sensitivity._points import PointSolver, resolve_concept
from gametheory.sensitivity.sweep import fixed_values, split_outcomes
from gametheory.solvers import _plotting
from gametheory.solvers.stacked import TOLERANCE, Booleans, Floats, Integers

if TYPE_CHECKING:
    import pandas as pd

    from gametheory.equilibria.result import EquilibriumSet
    from gametheory.parameters.model import Model

__all__ = ["PhaseDiagram", "phase_diagram"]

COARSEST = 32
"""Cells along an axis that are solved before any refinement, unless the resolution is lower."""

Interval = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True, eq=False)
class PhaseDiagram:
    """Regions of the plane of two parameters by what is played in equilibrium.

    Attributes
    ----------
    model : Model
    x, y : str
        The two parameters.
    x_range, y_range : tuple of Fraction
        The rectangle.
    fixed : mapping of str to Fraction
        The values of all other parameters.
    outcome : str or None
        What the labels tell apart; the play if None.
    after : str or None
        The path from which the play is followed; the whole play if None.
    concept : str
    labels : tuple of str
        What is played in each kind of region, largest region first; several equilibria are joined by " | ".
    grid : xarray.Dataset
        ``label``, the position in `labels` of the label of each point of a regular grid.
    boundaries : pandas.DataFrame
        Points on the boundaries: a column for each of the two parameters, and the labels on both sides, ``label_a`` below or
        to the left of ``label_b``.
    accuracy : float
        Largest distance of a boundary point from the boundary, relative to the range along which it was located.
    """

    model: Model
    x: str
    y: str
    x_range: Interval
    y_range: Interval
    fixed: Mapping[str, Fraction]
    outcome: str | None
    after: str | None
    concept: str
    labels: tuple[str, ...]
    grid: xr.Dataset
    boundaries: pd.DataFrame
    accuracy: float
    _solver: PointSolver = field(repr=False)

    @property
    def area_shares(self) -> pd.Series[float]:
        """Share of the rectangle that each label takes, largest first, to the accuracy of the grid."""
        import pandas as pd

        codes = self.grid["label"].values
        weight = np.ones(codes.shape)
        for axis in range(2):  # a grid point on the edge stands for half a cell
            for end in (0, -1):
                np.moveaxis(weight, axis, 0)[end] /= 2
        shares = np.bincount(codes.ravel(), weight.ravel(), minlength=len(self.labels)) / weight.sum()
        return pd.Series(shares, index=list(self.labels), name="area_share").sort_values(
            ascending=False, kind="stable"
        )

    def at(self, x: Any, y: Any) -> EquilibriumSet:
        """Return the equilibria at one point, solved exactly; floats are read as decimals."""
        return self._solver.exact({self.x: scalars.exact(x, self.x), self.y: scalars.exact(y, self.y)})

    def label_at(self, x: Any, y: Any) -> str:
        """Return what is played at one point of the plane.

        Within the tolerance of a tie, both sides are named.
        """
        plane = _Plane(self._solver, self.x, self.y, self.outcome, _node(self.model.game, self.after))
        where = (np.array([float(scalars.exact(value, name))]) for value, name in ((x, self.x), (y, self.y)))
        code = int(plane.codes(*where)[0])
        return plane.labels()[code]

    def to_frame(self) -> pd.DataFrame:
        """Return the grid as a frame with one row a point: the two parameters and the label."""
        import pandas as pd

        ys, xs = np.meshgrid(self.grid[self.y].values, self.grid[self.x].values, indexing="ij")
        text = np.array(self.labels, dtype=object)[self.grid["label"].values]
        return pd.DataFrame({self.x: xs.ravel(), self.y: ys.ravel(), "label": text.ravel()})

    def plot(self, **options: Any) -> Any:
        """Draw the regions; needs the ``plot`` extra."""
        return _plotting.draw("phase_diagram", self, **options)

    def __repr__(self) -> str:
        shares = self.area_shares
        lines = [f"  {share:7.2%}  {label}" for label, share in shares.items()]
        return "\n".join([f"PhaseDiagram of {self.model.name!r} in ({self.x}, {self.y}), by area:", *lines])


def phase_diagram(
    model: Model,
    x: str,
    y: str,
    *,
    at: Mapping[str, Any] | None = None,
    over: Mapping[str, tuple[Any, Any]] | None = None,
    outcome: str | None = None,
    after: str | None = None,
    resolution: int = 256,
    accuracy: float = 1e-6,
    concept: str | None = None,
) -> PhaseDiagram:
    """Find which equilibrium is played where, in the plane of two parameters.

    Parameters
    ----------
    model : Model
    x, y : str
        The parameters along the axes.
    at : mapping, optional
        Values of other parameters; their baseline where silent.
    over : mapping of str to (low, high), optional
        Ranges of the axes; the parameter's own range where silent.
    outcome : str, optional
        The name of a probability, such as ``"P(Russia: act)"``. Regions are then told apart by whether it is 0, 1 or between,
        rather than by the whole play.
    after : str, optional
        The path of a node of a tree, such as ``"full"``. Regions are then told apart by what would be played from there on,
        whether or not the play comes there.
    resolution : int
        Cells along each axis of the grid at the boundaries.
    accuracy : float
        How closely to locate boundaries, relative to the range of the axis.
    concept : {"subgame_perfect", "nash"}, optional
        Subgame perfection for trees and Nash for normal forms, which are the defaults.

    Returns
    -------
    PhaseDiagram

    Examples
    --------
    >>> import gametheory as gt
    >>> space = gt.ParameterSpace(gt.Parameter("x_W", 134, 60, 160), gt.Parameter("k", 40, 10, 90))
    >>> x_W, k = space.symbols("x_W k")
    >>> reply = gt.Decision("West", {
    ...     "acquiesce": gt.Outcome(Russia=50, West=-x_W / 2), "respond": gt.Outcome(Russia=-20, West=-x_W / 5 - k)})
    >>> tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply})
    >>> diagram = gt.sensitivity.phase_diagram(gt.Model("tripwire", gt.ExtensiveGame(tree), space), "x_W", "k")
    >>> diagram.labels
    ('act; West acquiesce', 'refrain')
    >>> point = diagram.boundaries.iloc[0]  # on the line k = 3 x_W / 10
    >>> float(round(point["k"] / point["x_W"], 4))
    0.3
    """
    low, high = zip(*axes_of(model, x, y, over), strict=True)
    cells, accuracy = _cells(resolution), _accuracy(accuracy)
    fixed = fixed_values(model, at, (x, y))
    resolved = resolve_concept(model.game, concept)
    functionals = []
    if outcome is not None and after is not None:
        raise Unsupported(
            "give outcome= or after=, not both: the value of an outcome is that of the whole play"
        )
    if outcome is not None:
        named, called = split_outcomes(model, outcome)
        if called or named[outcome].kind == "payoff":
            raise Unsupported(
                f"a phase diagram tells apart plays or values of a probability, not of {outcome!r}; use sweep for its values"
            )
        functionals = [named[outcome]]
    solver = PointSolver(model, resolved, functionals, fixed, behaviour=outcome is None)
    corner, opposite = np.array(low, dtype=float), np.array(high, dtype=float)
    # The two steps are in the golden ratio, so that no boundary with a simple slope runs along them.
    step = accuracy / 2 * (opposite - corner) * np.array([1.0, (5**0.5 - 1) / 2])
    plane = _Plane(solver, x, y, outcome, _node(model.game, after), ((corner + opposite) / 2, step))
    xs, ys, codes = _refine(plane, corner, opposite, cells)
    at_x, at_y, side_a, side_b = _bisect(plane, xs, ys, codes, accuracy)
    # Number the labels that occur by area, largest first; bisection may have come by others on the way.
    used, inverse = np.unique(np.concatenate([codes.ravel(), side_a, side_b]), return_inverse=True)
    area = np.bincount(inverse[: codes.size], minlength=len(used))
    order = np.argsort(-area, kind="stable")
    rank = np.argsort(order)
    codes, side_a, side_b = np.split(rank[inverse], [codes.size, codes.size + len(side_a)])
    codes = codes.reshape(len(xs), len(ys))
    names = plane.labels()
    labels = tuple(names[used[k]] for k in order)
    return PhaseDiagram(
        model, x, y, (low[0], high[0]), (low[1], high[1]), fixed, outcome, after, resolved, labels,
        _grid(model, x, y, xs, ys, codes, labels), _frame(x, y, (at_x, at_y, side_a, side_b), labels), accuracy, solver,
    )  # fmt: skip


def axes_of(
    model: Model, x: str, y: str, over: Mapping[str, tuple[Any, Any]] | None
) -> tuple[Interval, Interval]:
    """Return the ranges of two different parameters, their own where `over` is silent."""
    if over is not None and not isinstance(over, Mapping):
        raise ParameterError(f"over must give ranges by parameter, over={{{x!r}: (low, high)}}, not {over!r}")
    one, two = (_range(model, name, (over or {}).get(name)) for name in (x, y))
    if x == y:
        raise ParameterError(f"the axes must be two different parameters, not {x!r} twice")
    for name in over or {}:
        if name not in (x, y):
            raise unknown("axis", name, (x, y))
    return one, two


def _range(model: Model, name: str, given: tuple[Any, Any] | None) -> Interval:
    if name not in model.space:
        raise unknown("parameter", name, model.space)
    parameter = model.space[name]
    ends = (parameter.low, parameter.high) if given is None else tuple(given)
    if len(ends) != 2:
        raise ParameterError(f"the range of {name} is {given!r}; give over={{{name!r}: (low, high)}}")
    low, high = (scalars.exact(end, name) for end in ends)
    if not low < high:
        raise ParameterError(
            f"{name} needs a range to be an axis, but it goes from {low} to {high}; give one with over={{{name!r}: (low, high)}}"
        )
    return low, high


def _node(game: Any, path: str | None) -> int:
    """Return the node of a tree with a path, the root for None."""
    if path is None:
        return 0
    if not isinstance(game, ExtensiveGame):
        raise Unsupported(
            f"after={path!r} asks for what follows a history, and a normal form has none; use a tree"
        )
    paths = {game.path(node): node for node in range(game.n_nodes) if game.kind[node] != 0}
    if path not in paths:
        raise unknown("path", path, paths)
    return paths[path]


class _Plane:
    """Labels of points of a plane, as numbers.

    With `nudge` (the middle of the rectangle and a step along each axis), a point on a tie has the label of a point a step
    away, towards the middle: a boundary that runs along a line of the grid should not become a region of its own.
    """

    def __init__(
        self,
        solver: PointSolver,
        x: str,
        y: str,
        outcome: str | None,
        start: int,
        nudge: tuple[Floats, Floats] | None = None,
    ) -> None:
        self.solver, self.x, self.y, self.outcome, self.nudge = solver, x, y, outcome, nudge
        self._plays = Plays(solver.model.game, start)
        self._kinds: dict[tuple[int, ...], int] = {}

    def codes(self, xs: Floats, ys: Floats) -> Integers:
        """Return the number of the label at each point."""
        codes, tied = np.empty(len(xs), np.int64), np.zeros(len(xs), bool)
        for first in range(0, len(xs), self.solver.chunk):
            here = slice(first, first + self.solver.chunk)
            codes[here], tied[here] = self._solve(xs[here], ys[here])
        if self.nudge is not None and tied.any():
            middle, step = self.nudge
            moved = [
                at[tied] + step[k] * np.where(at[tied] < middle[k], 1, -1) for k, at in enumerate((xs, ys))
            ]
            codes[tied] = self._solve(moved[0], moved[1])[0]
        return codes

    def _solve(self, xs: Floats, ys: Floats) -> tuple[Integers, Booleans]:
        rows = self.solver.solve({self.x: xs, self.y: ys})
        if rows.behaviour is not None:
            return self._plays.codes(rows.start, rows.behaviour), rows.tied | rows.degenerate
        return self._by_value(rows.start, rows.values[:, 0]), rows.tied | rows.degenerate

    def _by_value(self, start: Integers, values: Floats) -> Integers:
        kinds = np.where(values <= TOLERANCE, 1, np.where(values >= 1 - TOLERANCE, 4, 2))
        padded = np.append(kinds, 0)
        # The set of kinds at a point, as the bits of a number; a point without rows has none.
        masks = np.bitwise_or.reduceat(padded, start[:-1]) * (np.diff(start) > 0)
        known = {
            int(mask): self._kinds.setdefault((int(mask),), len(self._kinds)) for mask in np.unique(masks)
        }
        return np.array([known[int(mask)] for mask in masks], np.int64)

    def labels(self) -> tuple[str, ...]:
        """The text of each label so far."""
        if self.outcome is None:
            return self._plays.labels()
        texts = {1: f"{self.outcome} = 0", 2: f"0 < {self.outcome} < 1", 4: f"{self.outcome} = 1"}
        return tuple(
            " | ".join(text for bit, text in texts.items() if mask & bit) or "no equilibrium found"
            for (mask,) in self._kinds
        )


def _cells(resolution: object) -> int:
    if isinstance(resolution, int | np.integer) and not isinstance(resolution, bool) and resolution >= 2:
        return int(resolution)
    raise ParameterError(f"the resolution must be a whole number of cells, at least 2, not {resolution!r}")


def _accuracy(accuracy: object) -> float:
    if isinstance(accuracy, float | int | np.floating) and TOLERANCE < accuracy < 1:
        return float(accuracy)
    raise ParameterError(f"the accuracy must be a number between {TOLERANCE} and 1, not {accuracy!r}")


def _refine(plane: _Plane, low: Floats, high: Floats, resolution: int) -> tuple[Floats, Floats, Integers]:
    """Return the grid's axes and the codes (x, y) of its points, of which only those near boundaries are solved."""
    halvings = max(0, int(np.ceil(np.log2(max(resolution / COARSEST, 1)))))
    step = 2**halvings
    cells = -(-resolution // step) * step
    xs, ys = (np.linspace(low[k], high[k], cells + 1) for k in range(2))
    codes = np.full((cells + 1, cells + 1), -1, np.int64)
    i, j = (a.ravel() for a in np.meshgrid(*[np.arange(0, cells + 1, step)] * 2, indexing="ij"))
    codes[i, j] = plane.codes(xs[i], ys[j])
    i, j = (a.ravel() for a in np.meshgrid(*[np.arange(0, cells, step)] * 2, indexing="ij"))
    while len(i):
        corners = [codes[i, j], codes[i + step, j], codes[i, j + step], codes[i + step, j + step]]
        mixed = np.logical_or.reduce([corner != corners[0] for corner in corners[1:]])
        if step == 1:
            break
        for a, b in zip(i[~mixed], j[~mixed], strict=True):
            block = codes[a : a + step + 1, b : b + step + 1]
            block[block < 0] = codes[a, b]
        half = step // 2
        i, j = i[mixed], j[mixed]
        new = [(half, 0), (0, half), (half, half), (half, step), (step, half)]
        wanted = np.unique(
            np.concatenate([np.stack([i + a, j + b], axis=1) for a, b in new]).reshape(-1, 2), axis=0
        )
        codes[wanted[:, 0], wanted[:, 1]] = plane.codes(xs[wanted[:, 0]], ys[wanted[:, 1]])
        i, j = (
            np.concatenate([k, k + da, k + db, k + dc])
            for k, da, db, dc in ((i, half, 0, half), (j, 0, half, half))
        )
        step = half
    return xs, ys, codes


def _bisect(
    plane: _Plane, xs: Floats, ys: Floats, codes: Integers, accuracy: float
) -> tuple[Floats, Floats, Integers, Integers]:
    """Locate the boundary between each pair of neighbouring grid points that differ: x, y, code before, code after."""
    ends, before, after = [], [], []
    for di, dj in ((1, 0), (0, 1)):
        a, b = codes[: len(xs) - di, : len(ys) - dj], codes[di:, dj:]
        i, j = np.nonzero(a != b)
        ends.append(np.stack([xs[i], ys[j], xs[i + di], ys[j + dj]], axis=1))
        before.append(a[i, j])
        after.append(b[i, j])
    left, right = np.split(np.concatenate(ends), 2, axis=1)
    first, last = np.concatenate(before), np.concatenate(after)
    span = np.array([xs[-1] - xs[0], ys[-1] - ys[0]])
    relative = float(np.max(np.abs((right - left) / span), initial=0.0))
    while relative / 2 > accuracy:
        middle = (left + right) / 2
        code = plane.codes(middle[:, 0], middle[:, 1])
        same = code == first
        left[same] = middle[same]
        right[~same], last[~same] = middle[~same], code[~same]
        relative /= 2
    where = (left + right) / 2
    return where[:, 0], where[:, 1], first, last


def _grid(
    model: Model, x: str, y: str, xs: Floats, ys: Floats, codes: Integers, labels: tuple[str, ...]
) -> xr.Dataset:
    grid = xr.Dataset({"label": ((y, x), codes.T)}, coords={x: xs, y: ys})
    grid["label"].attrs.update(flag_values=np.arange(len(labels)), flag_meanings="\n".join(labels))
    for name in (x, y):
        parameter = model.space[name]
        grid[name].attrs.update(units=parameter.unit, long_name=parameter.description or name)
    return grid


def _frame(
    x: str, y: str, found: tuple[Floats, Floats, Integers, Integers], labels: tuple[str, ...]
) -> pd.DataFrame:
    import pandas as pd

    names = np.array([*labels, ""], dtype=object)
    return pd.DataFrame({x: found[0], y: found[1], "label_a": names[found[2]], "label_b": names[found[3]]})
