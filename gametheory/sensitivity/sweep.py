r"""All equilibria over a grid of parameter values, as a labelled array.

Let the axes have values :math:`A_1, \dots, A_d`. At each point of :math:`A_1 \times \dots \times A_d` the game has a set of
equilibria, and an outcome :math:`f` takes a set of values. A sweep records its least and its greatest value,

.. math:: \min_{e \in E(\theta)} f(e), \qquad \max_{e \in E(\theta)} f(e),

and how many equilibria there are, so that multiplicity shows instead of being settled by which equilibrium a solver happens to
find. The points are solved in compiled code by the thousand; a point within tolerance of a tie, where floats cannot say which
equilibria exist, is solved again at its exact values, with floats read as the decimals that they print as.

References
----------
S. Hoyer and J. Hamman, "xarray: N-D labeled arrays and datasets in Python", Journal of Open Research Software 5(1), 2017, 10.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from importlib import metadata
from math import prod
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import xarray as xr
from tqdm import tqdm

from gametheory import scalars
from gametheory.equilibria.outcomes import OutcomeFunctional
from gametheory.errors import ParameterError, TooLarge, unknown
from gametheory.sensitivity._points import PointSolver, Rows, moves, resolve_concept

if TYPE_CHECKING:
    from gametheory.equilibria.result import Equilibrium, EquilibriumSet
    from gametheory.parameters.model import Model

__all__ = ["sweep", "variable_name"]

Outcomes: TypeAlias = Mapping[str, Any] | Iterable[str] | str | None

_RESERVED = ("bound", "n_equilibria", "complete", "equilibrium", "point", "move", "probability", "exact")
_MOVE_COORDINATES = ("player", "infoset", "action")


def sweep(
    model: Model,
    axes: Mapping[str, Iterable[Any]] | None = None,
    /,
    *,
    equilibria: Literal["summary", "all"] = "summary",
    outcomes: Outcomes = None,
    concept: str | None = None,
    at: Mapping[str, Any] | None = None,
    progress: bool = True,
    chunk: int | None = None,
    max_bytes: float | None = None,
    **more_axes: Iterable[Any],
) -> xr.Dataset:
    """Find the equilibria of a model at every point of a grid of parameter values.

    Parameters
    ----------
    model : Model
        The game, its parameters and its outcomes.
    axes : mapping of str to iterable, optional
        Values of each parameter that varies: ints, Fractions, floats or texts such as ``"1/3"``. Axes may also be given by
        keyword; the mapping serves parameters whose names are those of other arguments.
    equilibria : {"summary", "all"}
        Least and greatest value of each outcome at each point, or one row for each equilibrium at each point.
    outcomes : names, or mapping of names to callables, optional
        Outcomes to record (``"P(Russia: act)"``, ``"payoff: West"``, ``"outcome: LABEL"``); those of the model by default.
        A callable is applied to each :class:`~gametheory.equilibria.result.Equilibrium`. This is slow: it takes an exact
        solution, in Python, of every point.
    concept : {"subgame_perfect", "nash"}, optional
        Subgame perfection for trees and Nash for normal forms, which are the defaults.
    at : mapping, optional
        Values of parameters that are not axes; their baseline where silent.
    progress : bool
        Whether to show progress when it takes more than a second.
    chunk : int, optional
        Points solved at once; by default as many as fit in the processor's cache.
    max_bytes : float, optional
        Memory that the result may take; half of what is free by default.

    Returns
    -------
    xarray.Dataset
        For ``"summary"``, a coordinate for each axis with its unit; for each outcome a variable over the axes and ``bound``
        (``"least"``, ``"greatest"``); ``n_equilibria``, and ``complete``, which says where the equilibria counted are all
        there are. Outcomes are NaN where no equilibrium was found. For ``"all"``, rows along ``equilibrium`` with the
        position of the point, the parameters' values, the outcomes, and ``probability`` of each move. Attributes record
        model, concept, the values of the other parameters and the number of points solved exactly. The dataset can be
        saved with ``to_netcdf``; a slash, which netCDF does not allow in names, becomes "∕" (see :func:`variable_name`).

    Raises
    ------
    UnknownName
        If there is no parameter or outcome of that name.
    ParameterError
        If an axis is empty or not numbers, or the game has no payoffs at a point (a division by zero).
    TooLarge
        If the result would take more memory than `max_bytes`.

    Examples
    --------
    >>> import gametheory as gt
    >>> space = gt.ParameterSpace(gt.Parameter("x_W", 134, 60, 160, unit="USD bn"))
    >>> x_W = space.symbols("x_W")
    >>> reply = gt.Decision("West", {
    ...     "acquiesce": gt.Outcome(Russia=50, West=-x_W / 2), "respond": gt.Outcome(Russia=-20, West=-x_W / 5 - 40)})
    >>> tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply})
    >>> model = gt.Model("tripwire", gt.ExtensiveGame(tree), space)
    >>> found = gt.sensitivity.sweep(model, x_W=[60, "400/3", 160])
    >>> found["P(Russia: act)"].values.tolist()
    [[1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]
    >>> found["n_equilibria"].values.tolist(), found["x_W"].attrs["units"]
    ([1, 2, 1], 'USD bn')
    """
    if equilibria not in ("summary", "all"):
        raise unknown("value of equilibria", equilibria, ("summary", "all"))
    grid = _axes(model, {**(axes or {}), **more_axes})
    fixed = fixed_values(model, at, grid)
    named, called = split_outcomes(model, outcomes)
    _check_names([*named, *called], grid)
    solver = PointSolver(
        model,
        resolve_concept(model.game, concept),
        list(named.values()),
        fixed,
        behaviour=equilibria == "all",
    )
    shape = tuple(len(values) for values in grid.values())
    _check_size(prod(shape), len(named) + len(called), len(moves(model.game)), equilibria, max_bytes)
    run = _Run(solver, grid, named, called, chunk or solver.chunk, progress)
    dataset = _summary(run) if equilibria == "summary" else _all(run)
    for name, values in grid.items():
        parameter = model.space[name]
        dataset[name].attrs.update(
            units=parameter.unit, long_name=parameter.description or name, role=parameter.role
        )
        dataset[name].attrs["exact"] = json.dumps([str(value) for value in values])
    dataset.attrs.update(
        model=model.name,
        concept=solver.concept,
        baseline=json.dumps({name: str(value) for name, value in fixed.items()}),
        points=prod(shape),
        points_solved_exactly=run.exact_points,
        gametheory_version=_version(),
    )
    return dataset


def variable_name(outcome: str) -> str:
    """Return the name in a dataset of an outcome, which is the outcome's own name where netCDF allows it.

    Examples
    --------
    >>> from gametheory.sensitivity.sweep import variable_name
    >>> variable_name("P(Russia: act)"), variable_name("outcome: limited/acquiesce")
    ('P(Russia: act)', 'outcome: limited∕acquiesce')
    """
    name = re.sub(r"[\x00-\x1f\x7f]+", " ", outcome).replace("/", "\N{DIVISION SLASH}").strip()
    return name if re.match(r"\w", name) else f"_{name}"


def split_outcomes(
    model: Model, outcomes: Outcomes
) -> tuple[dict[str, OutcomeFunctional], dict[str, Callable[[Any], Any]]]:
    """Return the outcomes asked for by name: those that the compiled code can follow, and the callables."""
    asked: dict[str, Any]
    if outcomes is None:
        asked = dict(model.outcomes)
    elif isinstance(outcomes, str):
        asked = {outcomes: outcomes}
    elif isinstance(outcomes, Mapping):
        asked = dict(outcomes)
    else:
        asked = {name: name for name in outcomes}
    named: dict[str, OutcomeFunctional] = {}
    called: dict[str, Callable[[Any], Any]] = {}
    for name, what in asked.items():
        outcome = what if isinstance(what, OutcomeFunctional) else model.outcome(what)
        if isinstance(outcome, OutcomeFunctional):
            named[name] = outcome
        else:
            called[name] = outcome
    return named, called


def _axes(model: Model, axes: Mapping[str, Iterable[Any]]) -> dict[str, tuple[Fraction, ...]]:
    if not axes:
        raise ParameterError("name at least one parameter to sweep, such as sweep(model, x=[1, 2, 3])")
    grid = {}
    for name, values in axes.items():
        if name not in model.space:
            raise unknown("parameter", name, model.space)
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise ParameterError(f"the axis {name} must be a list of values, not {values!r}")
        given: Any = values
        dimensions = np.ndim(given)
        if dimensions > 1:
            raise ParameterError(f"the axis {name} must have one dimension, not {dimensions}")
        grid[name] = tuple(scalars.exact(value, f"{name}[{k}]") for k, value in enumerate(values))
        if not grid[name]:
            raise ParameterError(f"the axis {name} has no values")
    return grid


def fixed_values(model: Model, at: Mapping[str, Any] | None, grid: Iterable[str]) -> dict[str, Fraction]:
    """Return the exact values of all parameters that are not axes."""
    fixed = {name: parameter.baseline for name, parameter in model.space.items() if name not in grid}
    for name, value in (at or {}).items():
        if name not in model.space:
            raise unknown("parameter", name, model.space)
        if name in grid:
            raise ParameterError(f"{name} is an axis and cannot be fixed with at={{...}} as well")
        fixed[name] = scalars.exact(value, name)
    return fixed


def _check_names(outcomes: Iterable[str], grid: Mapping[str, Any]) -> None:
    seen = dict.fromkeys((*_RESERVED, *_MOVE_COORDINATES), "the sweep itself")
    for what, names in (("a parameter", grid), ("another outcome", outcomes)):
        for name in names:
            variable = variable_name(name)
            if variable in seen:
                raise ParameterError(
                    f"the name {name!r} is taken in the dataset by {seen[variable]}; rename it"
                )
            seen[variable] = what


def _check_size(points: int, outcomes: int, columns: int, equilibria: str, max_bytes: float | None) -> None:
    """Refuse, before anything is computed, a result that would not fit; at least one equilibrium a point is assumed."""
    size = 8.0 * points * (2 * outcomes + 2 if equilibria == "summary" else 2 * (outcomes + columns + 2))
    limit = float(max_bytes) if max_bytes is not None else _free_memory() / 2
    if size > limit:
        raise TooLarge(
            f"the sweep has {points:,} points and {outcomes} outcomes and its result would take about {size / 1e9:.3g} GB; "
            f"the limit is {limit / 1e9:.3g} GB. Take fewer points or outcomes, or raise max_bytes"
        )


def _free_memory() -> float:
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):  # not every system can say
        return 2.0**32


def _version() -> str:
    try:
        return metadata.version("gametheory")
    except metadata.PackageNotFoundError:  # used from a source folder
        return "unknown"


class _Run:
    """One pass over the points of a grid, chunk by chunk."""

    def __init__(
        self,
        solver: PointSolver,
        grid: Mapping[str, tuple[Fraction, ...]],
        named: Mapping[str, OutcomeFunctional],
        called: Mapping[str, Callable[[Any], Any]],
        chunk: int,
        progress: bool,
    ) -> None:
        self.solver, self.grid, self.named, self.called = solver, grid, named, called
        self.shape = tuple(len(values) for values in grid.values())
        self.points, self.chunk, self.progress = prod(self.shape), max(1, int(chunk)), progress
        self.floats = {name: np.array([float(value) for value in values]) for name, values in grid.items()}
        self.exact_points = 0

    def positions(self, points: Any) -> dict[str, np.ndarray[Any, np.dtype[np.intp]]]:
        """Positions along each axis of points given by their number in row-major order."""
        return dict(zip(self.grid, np.unravel_index(points, self.shape), strict=True))

    def __iter__(self) -> Iterator[tuple[slice, Rows, dict[int, EquilibriumSet]]]:
        """Yield each chunk of points, its rows, and the exact solutions that replace the rows of some of its points."""
        with tqdm(total=self.points, unit="point", delay=1.0, disable=not self.progress) as bar:
            for first in range(0, self.points, self.chunk):
                here = slice(first, min(first + self.chunk, self.points))
                positions = self.positions(np.arange(here.start, here.stop))
                rows = self.solver.solve({name: self.floats[name][k] for name, k in positions.items()})
                again = (
                    np.flatnonzero(rows.degenerate) if not self.called else np.arange(len(rows.degenerate))
                )
                bar.update(here.stop - here.start - len(again))
                exact = {}
                for b in again:
                    values = {name: self.grid[name][int(k[b])] for name, k in positions.items()}
                    exact[int(b)] = self.solver.exact(values)
                    bar.update(1)
                self.exact_points += len(exact)
                yield here, rows, exact

    def values(self, equilibrium: Equilibrium) -> list[float]:
        """The outcomes of an equilibrium that was found exactly."""
        ends = equilibrium.distribution()
        players = equilibrium.game.players
        values = [
            equilibrium.payoffs[players[functional.player]]
            if functional.kind == "payoff" and functional.player is not None
            else functional.mean(ends)
            for functional in self.named.values()
        ]
        return [
            float(value) for value in (*values, *(outcome(equilibrium) for outcome in self.called.values()))
        ]

    def coordinates(self) -> dict[str, Any]:
        return {name: (name, values) for name, values in self.floats.items()}


def _summary(run: _Run) -> xr.Dataset:
    names = [*run.named, *run.called]
    bounds = np.full((len(names), run.points, 2), np.nan)
    count, complete = np.zeros(run.points, np.int64), np.zeros(run.points, bool)
    for here, rows, exact in run:
        start = rows.start
        some = np.flatnonzero(np.diff(start))
        if len(some):
            low = np.minimum.reduceat(rows.values, start[some], axis=0)
            high = np.maximum.reduceat(rows.values, start[some], axis=0)
            bounds[: len(run.named), here.start + some] = np.stack([low, high], axis=-1).swapaxes(0, 1)
        count[here], complete[here] = np.diff(start), rows.complete
        for b, found in exact.items():
            count[here.start + b], complete[here.start + b] = len(found), found.complete
            if len(found):
                values = np.array([run.values(equilibrium) for equilibrium in found])
                bounds[:, here.start + b] = np.stack([values.min(axis=0), values.max(axis=0)], axis=-1)
    axes = tuple(run.grid)
    variables: dict[str, Any] = {
        variable_name(name): ((*axes, "bound"), values.reshape(*run.shape, 2), {"long_name": name})
        for name, values in zip(names, bounds, strict=True)
    }
    variables["n_equilibria"] = (axes, count.reshape(run.shape), {"long_name": "number of equilibria found"})
    variables["complete"] = (
        axes,
        complete.reshape(run.shape),
        {"long_name": "whether all equilibria were found"},
    )
    return xr.Dataset(variables, coords=run.coordinates() | {"bound": ["least", "greatest"]})


def _all(run: _Run) -> xr.Dataset:
    names = [*run.named, *run.called]
    columns = moves(run.solver.model.game)
    points, values, behaviour, complete, exactly = [], [], [], [], []
    for here, rows, exact in run:
        kept = ~np.isin(rows.point, list(exact))
        single = [(b, found.complete, equilibrium) for b, found in exact.items() for equilibrium in found]
        fresh = np.empty((len(single), len(names)))
        probability = np.empty((len(single), len(columns)))
        for r, (_, _, equilibrium) in enumerate(single):
            fresh[r] = run.values(equilibrium)
            probability[r] = [float(p) for array in equilibrium.profile.arrays for p in array]
        numeric = np.full((int(kept.sum()), len(names)), np.nan)
        numeric[:, : len(run.named)] = rows.values[kept]
        point = np.concatenate([rows.point[kept], np.array([b for b, _, _ in single], dtype=np.int64)])
        order = np.argsort(point, kind="stable")
        points.append(here.start + point[order])
        values.append(np.concatenate([numeric, fresh])[order])
        assert rows.behaviour is not None  # asked for by sweep
        behaviour.append(np.concatenate([rows.behaviour[kept], probability])[order])
        known = [all_found for _, all_found, _ in single]
        complete.append(np.concatenate([rows.complete[rows.point[kept]], np.array(known, dtype=bool)])[order])
        exactly.append(np.concatenate([np.zeros(kept.sum(), bool), np.ones(len(single), bool)])[order])
    point = np.concatenate(points)
    table = np.concatenate(values)
    row = ("equilibrium",)
    variables: dict[str, Any] = {
        variable_name(name): (row, table[:, k], {"long_name": name}) for k, name in enumerate(names)
    }
    variables["probability"] = (
        ("equilibrium", "move"),
        np.concatenate(behaviour),
        {"long_name": "probability of the move"},
    )
    variables["complete"] = (
        row,
        np.concatenate(complete),
        {"long_name": "whether all equilibria of the point were found"},
    )
    variables["exact"] = (row, np.concatenate(exactly), {"long_name": "whether the point was solved exactly"})
    coordinates: dict[str, Any] = {"point": (row, point), "move": ("move", [str(move) for move in columns])}
    for field in _MOVE_COORDINATES:
        coordinates[field] = ("move", [getattr(move, field) for move in columns])
    for name, k in run.positions(point).items():
        coordinates[name] = (row, run.floats[name][k])
    return xr.Dataset(variables, coords=coordinates)
