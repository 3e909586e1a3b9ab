r"""Basins of attraction: from which starts a dynamic leads to which equilibrium.

Starts are drawn uniformly from the simplex (or product of simplices), or taken from a grid, or given. Each is followed to a
horizon `T`. A path is said to converge to a connected component of Nash equilibria if it ends within a radius of it, and less
than three quarters as far as it was at time `T/2`: approaching, not passing by. (An exponential approach passes this test, and so
do frequencies in fictitious play, which approach like 1/T or its root.) The distance from a component is the least over
its maximal Nash subsets of the distance from the product of convex hulls of their vertices. A path that has come to rest elsewhere, which
it can do from the boundary only, is at *another rest point*; all others show *no convergence within T*, which is a class of
its own: a cycle, or too short a horizon.

Shares of random starts are estimates, and come with Wilson's 95 % confidence intervals (Wilson 1927); shares of a grid are what
they are.

References
----------
E. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American Statistical
Association 22, 1927, 209-212.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from gametheory.equilibria.result import EquilibriumSet
from gametheory.errors import GameError, NotConverged, TooLarge, unknown
from gametheory.games.normal_form import NormalFormGame
from gametheory.solvers import _plotting
from gametheory.solvers.dynamics._inputs import Floats, bimatrix, count, positive, symmetric
from gametheory.solvers.dynamics.learning import fictitious_play
from gametheory.solvers.dynamics.replicator import asymmetric_replicator, replicator
from gametheory.solvers.dynamics.trajectory import POPULATION, Trajectory

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DYNAMICS", "NO_CONVERGENCE", "REST", "Basins", "basins_of_attraction"]

DYNAMICS = ("replicator", "asymmetric_replicator", "fictitious_play")

#: Classes of paths that lead to no equilibrium.
REST, NO_CONVERGENCE = "another rest point", "no convergence within T"

_CONFIDENCE = 0.95
_MAX_STARTS = 1_000_000
_CLOSER = 0.75  # of its distance at half the horizon, within which a path must end
_REST = 1e-9  # by which a path at rest may move in the second half


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Basins:
    """Which starts lead to which equilibria.

    Attributes
    ----------
    game : NormalFormGame
    dynamic : str
        One of :data:`DYNAMICS`.
    equilibria : EquilibriumSet
    classes : tuple of str
        Each connected component of equilibria by its play, then :data:`REST` and :data:`NO_CONVERGENCE`.
    starts, ends : tuple of float arrays (S, n_i)
        Of each population.
    assigned : int array (S,)
        Position in `classes` of what each start leads to.
    horizon : float
        `T`: time or rounds.
    radius : float
    random : bool
        Whether the starts were drawn at random, so that shares are estimates.

    Examples
    --------
    In a coordination game the basins of the pure equilibria meet at the mixed one, here at 1/3:

    >>> import gametheory as gt
    >>> game = gt.NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[2, 0], [0, 1]], strategies=[["l", "r"]] * 2)
    >>> gt.dynamics.basins_of_attraction(game, starts="grid", resolution=200)
    Basins of attraction, replicator, 201 starts on a grid, T = 100
       66.7 %  Player 1: l; Player 2: l
       33.3 %  Player 1: r; Player 2: r
        0.0 %  Player 1: 1/3 l + 2/3 r; Player 2: 1/3 l + 2/3 r
        0.0 %  another rest point
        0.0 %  no convergence within T
    """

    game: NormalFormGame
    dynamic: str
    equilibria: EquilibriumSet
    classes: tuple[str, ...]
    starts: tuple[Floats, ...]
    ends: tuple[Floats, ...]
    assigned: npt.NDArray[np.int64]
    horizon: float
    radius: float
    random: bool

    def __len__(self) -> int:
        return len(self.assigned)

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """How many starts lead to each class."""
        return np.bincount(self.assigned, minlength=len(self.classes)).astype(np.int64)

    @property
    def shares(self) -> dict[str, float]:
        """The share of starts that lead to each class."""
        return dict(zip(self.classes, (self.counts / len(self)).tolist(), strict=True))

    def interval(self, name: str, confidence: float = _CONFIDENCE) -> tuple[float, float]:
        """Wilson's confidence interval of the share of a class; the share itself if the starts are no random sample.

        Raises
        ------
        UnknownName
            If there is no such class.
        """
        from scipy.stats import binomtest

        if name not in self.classes:
            raise unknown("class", name, self.classes)
        hits = int(self.counts[self.classes.index(name)])
        if not self.random:
            return hits / len(self), hits / len(self)
        found = binomtest(hits, len(self)).proportion_ci(confidence, method="wilson")
        return float(found.low), float(found.high)

    def to_frame(self) -> pd.DataFrame:
        """One row a class: `starts` that lead there, their `share`, and the `low` and `high` ends of its 95 % interval."""
        import pandas as pd

        low, high = zip(*(self.interval(name) for name in self.classes), strict=True)
        return pd.DataFrame(
            {"starts": self.counts, "share": self.counts / len(self), "low": low, "high": high},
            index=pd.Index(self.classes, name="limit"),
        )

    def starts_to_frame(self) -> pd.DataFrame:
        """One row a start: the shares it has of each strategy of each population, and the class that it leads to."""
        import pandas as pd

        columns = {
            f"{name}: {strategy}": path[:, k]
            for name, own, path in zip(self._populations, self.game.strategies, self.starts, strict=False)
            for k, strategy in enumerate(own)
        }
        limits = pd.Categorical.from_codes(self.assigned, categories=pd.Index(self.classes))
        return pd.DataFrame(columns | {"limit": limits})

    @property
    def _populations(self) -> tuple[str, ...]:
        return (POPULATION,) if len(self.starts) == 1 else self.game.players

    def plot(self, **options: Any) -> Any:
        """Draw the shares with their intervals; needs the ``plot`` extra."""
        return _plotting.draw("basins", self, **options)

    def __repr__(self) -> str:
        how = "drawn at random" if self.random else "on a grid"
        lines = []
        for name, share in self.shares.items():
            low, high = self.interval(name)
            between = f" ({low:.1%} to {high:.1%})".replace("%", " %") if self.random else ""
            lines.append(f"  {100 * share:5.1f} %{between}  {name}")
        head = f"Basins of attraction, {self.dynamic.replace('_', ' ')}, {len(self):,} starts {how}, T = {self.horizon:g}"
        return "\n".join([head, *lines])


def basins_of_attraction(
    game: NormalFormGame,
    *,
    dynamic: str = "replicator",
    starts: Any = 1000,
    resolution: int = 20,
    horizon: float | None = None,
    radius: float | None = None,
    equilibria: EquilibriumSet | None = None,
    rng: Any = 0,
    progress: bool = False,
) -> Basins:
    """Find which share of starts leads to which equilibrium.

    Parameters
    ----------
    game : NormalFormGame
        With two players; symmetric for ``"replicator"``.
    dynamic : {"replicator", "asymmetric_replicator", "fictitious_play"}
        For fictitious play starts are first beliefs, which weigh as much as one round.
    starts : int, "grid", or sequence
        How many to draw uniformly from the simplex (of each population); or all points of the simplex whose shares are
        multiples of ``1 / resolution``; or the starts themselves, each as the dynamic takes it.
    resolution : int
        Of the grid.
    horizon : float, optional
        `T`. By default 200 divided by the range of the payoffs for the replicator, and 1000 rounds for fictitious play.
    radius : float, optional
        How near a path must end, 0.001 by default and 0.02 for fictitious play, which slows down with time.
    equilibria : EquilibriumSet, optional
        ``nash_equilibria(game)``, if it is known already.
    rng : seed or numpy.random.Generator
        For random starts, and for ties in fictitious play.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    Basins

    Raises
    ------
    Unsupported
        If the game has more than two players, or parameters.
    GameError, UnknownName
        If the game is not symmetric where it must be, or a request is malformed.
    TooLarge
        If the grid has more than a million points.

    Examples
    --------
    >>> import gametheory as gt
    >>> hunt = gt.NormalFormGame.from_bimatrix([[4, 0], [3, 3]], [[4, 3], [0, 3]], strategies=[["stag", "hare"]] * 2)
    >>> found = gt.dynamics.basins_of_attraction(hunt, starts=200, rng=0)
    >>> low, high = found.interval("Player 1: hare; Player 2: hare")
    >>> low < 3 / 4 < high  # hares are hunted unless more than 3/4 hunt stags
    True
    """
    if dynamic not in DYNAMICS:
        raise unknown("dynamic", dynamic, DYNAMICS)
    learning = dynamic == "fictitious_play"
    a, b = (symmetric(game, dynamic), None) if dynamic == "replicator" else bimatrix(game, dynamic)
    spread = max(float(np.ptp(table)) for table in (a, b) if table is not None)
    if horizon is None:
        end = 1000.0 if learning else 200.0 / (spread or 1.0)
    else:
        end = float(count(horizon, "horizon", 2)) if learning else positive(horizon, "horizon")
    near = positive((0.02 if learning else 1e-3) if radius is None else radius, "radius")
    source = _generator(rng)
    sizes = game.shape[:1] if dynamic == "replicator" else game.shape
    begin, drawn = _starts(starts, sizes, resolution, source)
    if equilibria is None:
        from gametheory.solvers.nash import nash_equilibria

        equilibria = nash_equilibria(game)
    parts = _components(equilibria, single=len(sizes) == 1)
    middles, ends, lost = _follow(game, dynamic, begin, end, source, progress)
    assigned = _assign(parts, middles, ends, lost, near)
    classes = (*(name for name, _ in parts), REST, NO_CONVERGENCE)
    return Basins(game, dynamic, equilibria, classes, begin, ends, assigned, end, near, drawn)


def _generator(rng: Any) -> np.random.Generator:
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise GameError(f"rng is a seed or a numpy.random.Generator, not {rng!r}.") from error


def _starts(
    given: Any, sizes: tuple[int, ...], resolution: int, rng: np.random.Generator
) -> tuple[tuple[Floats, ...], bool]:
    """Starts of each population, and whether they are a random sample."""
    if isinstance(given, str):
        if given != "grid":
            raise GameError(f'starts are a number, "grid", or the starts themselves, not {given!r}.')
        steps = count(resolution, "resolution")
        grids = [_lattice(n, steps) for n in sizes]
        size = int(np.prod([float(len(grid)) for grid in grids]))
        if size > _MAX_STARTS:
            raise TooLarge(
                f"the grid has {size:,} points; the limit is {_MAX_STARTS:,}. Lower the resolution."
            )
        rows = np.array(list(itertools.product(*(range(len(grid)) for grid in grids))))
        return tuple(grid[rows[:, i]] for i, grid in enumerate(grids)), False
    if hasattr(given, "__index__"):
        number = count(given, "starts")
        if number > _MAX_STARTS:
            raise TooLarge(f"{number:,} starts were asked for; the limit is {_MAX_STARTS:,}.")
        return tuple(rng.dirichlet(np.ones(n), number) for n in sizes), True
    if not hasattr(given, "__iter__"):
        raise GameError(f'starts are a number, "grid", or the starts themselves, not {given!r}.')
    pairs = [[start] if len(sizes) == 1 else list(start) for start in given]
    if not pairs:
        raise GameError("no starts were given.")
    try:
        columns = tuple(np.array(column, dtype=np.float64) for column in zip(*pairs, strict=True))
    except (TypeError, ValueError) as error:
        raise GameError(f"starts are one vector of shares for each population: {error}.") from error
    if len(columns) != len(sizes) or any(
        c.ndim != 2 or c.shape[1] != n for c, n in zip(columns, sizes, strict=False)
    ):
        raise GameError(f"starts are vectors of {' and '.join(map(str, sizes))} shares.")
    for column in columns:
        wrong = ~((column >= 0).all(axis=1) & (np.abs(column.sum(axis=1) - 1) < 1e-9))
        if wrong.any():
            k = int(np.flatnonzero(wrong)[0])
            raise GameError(f"start number {k}, {column[k].tolist()}, is not in the simplex.")
    return columns, False


def _lattice(n: int, steps: int) -> Floats:
    """All vectors of `n` shares that are multiples of ``1 / steps``."""
    points = float(1)
    for k in range(1, n):
        points *= (steps + k) / k
    if points > _MAX_STARTS:
        raise TooLarge(
            f"the grid has {points:,.0f} points for one population; the limit is {_MAX_STARTS:,}. Lower the resolution."
        )
    rows = [
        np.diff([-1, *bars, steps + n - 1]) - 1
        for bars in itertools.combinations(range(steps + n - 1), n - 1)
    ]
    return np.array(rows, dtype=np.float64) / steps


def _follow(
    game: NormalFormGame,
    dynamic: str,
    begin: tuple[Floats, ...],
    end: float,
    rng: np.random.Generator,
    progress: bool,
) -> tuple[tuple[Floats, ...], tuple[Floats, ...], npt.NDArray[np.bool_]]:
    """Where each path is at half the horizon and at its end, and which could not be followed."""
    from tqdm import tqdm

    middle, last = ([np.empty_like(own) for own in begin] for _ in range(2))
    lost = np.zeros(len(begin[0]), bool)
    for s in tqdm(range(len(lost)), "basins", disable=not progress):
        try:
            path = _path(game, dynamic, [own[s] for own in begin], end, rng)
        except NotConverged:
            lost[s] = True
            for own, half, final in zip(begin, middle, last, strict=True):
                half[s] = final[s] = np.full(own.shape[1], np.nan)
            continue
        for i, shares in enumerate(path.shares):
            middle[i][s], last[i][s] = shares[(len(shares) - 1) // 2], shares[-1]
    return tuple(middle), tuple(last), lost


def _path(
    game: NormalFormGame, dynamic: str, start: list[Floats], end: float, rng: np.random.Generator
) -> Trajectory:
    if dynamic == "fictitious_play":
        return fictitious_play(game, int(end), start=start, rng=rng)
    times = [0.0, end / 2, end]
    if dynamic == "replicator":
        return replicator(game, start[0], times=times)
    return asymmetric_replicator(game, start, times=times)


# ---------------------------------------------------------------------------------------------------------------------
# Which equilibrium a path leads to
# ---------------------------------------------------------------------------------------------------------------------
_Hulls = list[
    tuple[Floats, ...]
]  # of a component: vertices of each player's polytope, for each maximal Nash subset


def _components(found: EquilibriumSet, *, single: bool) -> list[tuple[str, _Hulls]]:
    """Connected components by name; for a single population those with an equilibrium that both players play alike."""
    parts = []
    for connected in found.connected_components:
        vertices = list(dict.fromkeys(v for subset in connected.subsets for v in subset.vertices))
        if single and len(vertices) == 1:
            x, y = (np.array(array, dtype=np.float64) for array in vertices[0].profile.arrays)
            if not np.allclose(x, y, rtol=0, atol=1e-9):
                continue
        hulls: _Hulls = [
            tuple(
                np.unique([np.array(v.profile.arrays[i], dtype=np.float64) for v in subset.vertices], axis=0)
                for i in range(2)
            )
            for subset in connected.subsets
        ]
        parts.append((_name(vertices), hulls))
    return parts


def _name(vertices: list[Any]) -> str:
    plays = [equilibrium.play for equilibrium in vertices[:3]]
    more = f", and {len(vertices) - 3} more" if len(vertices) > 3 else ""
    return plays[0] if len(vertices) == 1 else "continuum through " + " / ".join(plays) + more


def _assign(
    parts: list[tuple[str, _Hulls]],
    middle: tuple[Floats, ...],
    last: tuple[Floats, ...],
    lost: npt.NDArray[np.bool_],
    radius: float,
) -> npt.NDArray[np.int64]:
    """The class of each path."""
    nowhere = len(parts) + 1
    result = np.full(len(lost), nowhere, dtype=np.int64)
    for s in np.flatnonzero(~lost):
        now = [own[s] for own in last] * (2 // len(last))
        then = [own[s] for own in middle] * (2 // len(middle))
        distance = [_distance(hulls, now) for _, hulls in parts]
        moved = max(float(np.abs(p - q).max()) for p, q in zip(now, then, strict=True))
        if distance and min(distance) <= radius:
            nearest = int(np.argmin(distance))
            before = _distance(parts[nearest][1], then)
            if distance[nearest] <= max(_CLOSER * before, _REST) or moved <= _REST:
                result[s] = nearest
        elif moved <= _REST:
            result[s] = len(parts)
    return result


def _distance(hulls: _Hulls, profile: list[Floats]) -> float:
    """The least, over maximal Nash subsets, of the greatest distance (of a player) from the convex hull of its vertices."""
    return min(max(_to_hull(hull, own) for hull, own in zip(pair, profile, strict=True)) for pair in hulls)


def _to_hull(vertices: Floats, point: Floats) -> float:
    """Euclidean distance of a point from the convex hull of points of the simplex."""
    if len(vertices) == 1:
        return float(np.linalg.norm(vertices[0] - point))
    from scipy.optimize import nnls

    # Weights that are not negative and, by a heavy last equation, sum to one.
    heavy = 1e3
    system = np.vstack([vertices.T, np.full(len(vertices), heavy)])
    weights, _ = nnls(system, np.append(point, heavy))
    nearest = vertices.T @ (weights / weights.sum())
    return float(np.linalg.norm(nearest - point))
