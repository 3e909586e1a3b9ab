r"""Zero-sum and constant-sum games of two players, of thousands of strategies, by linear programming.

If the payoffs of the two players add up to a constant, let :math:`A` be those of the first. Strategies are optimal if they
solve

.. math::
    \max_x \min_j (x^\top A)_j \qquad\text{and}\qquad \min_y \max_i (A y)_i,

a linear programme and its dual, whose common value is the *value* :math:`v` of the game (von Neumann 1928; Gale, Kuhn and
Tucker 1951). The Nash equilibria are the pairs of optimal strategies, so that they are interchangeable and all have the
same payoffs; the optimal strategies of either player form a polytope.

A vertex of either polytope belongs to a basis: rows :math:`I` and as many columns :math:`J` with :math:`(A y)_i = v` on
:math:`I` and :math:`(x^\top A)_j = v` on :math:`J`. The equilibrium is the only one if and only if it is *strict*: every row
with :math:`(Ay)_i = v` is played, and every column with :math:`(x^\top A)_j = v`. For some optimal pair is strictly
complementary (Goldman and Tucker 1956), so the only one is; and if :math:`(x, y)` is strict, every optimal :math:`y'`
is zero off :math:`J` and makes the rows of :math:`I` equally good, which determines it.

References
----------
.. [1] J. von Neumann, "Zur Theorie der Gesellschaftsspiele", *Mathematische Annalen* 100 (1928), 295-320.
.. [2] D. Gale, H. W. Kuhn and A. W. Tucker, "Linear programming and the theory of games", in T. C. Koopmans (ed.), *Activity
   Analysis of Production and Allocation*, Wiley, 1951, 317-329.
.. [3] A. J. Goldman and A. W. Tucker, "Theory of linear programming", in *Linear Inequalities and Related Systems*, Princeton
   University Press, 1956, 53-97.
.. [4] Q. Huangfu and J. Hall, "Parallelizing the dual revised simplex method", *Mathematical Programming Computation* 10
   (2018), 119-142 (HiGHS).
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from gametheory.equilibria.linear_programs import maximise
from gametheory.equilibria.result import Equilibrium, EquilibriumSet, judge_nash
from gametheory.errors import NotConverged, Unsupported, unknown
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame
from gametheory.solvers import _duels

__all__ = ["zero_sum"]

#: More payoffs of a player than this go to HiGHS; below, the simplex method of this package is the quicker one.
SIMPLEX_ENTRIES = 2_000_000

#: Games of floats with larger supports than this are not solved again in rational numbers, so uniqueness is not proved.
EXACT_SUPPORT = 40

#: Most payoffs of a player for which the exact simplex method answers where floats cannot.
EXACT_ENTRIES = 10_000

# Sums of payoffs in floats that differ by no more than this share of the payoffs differ by rounding.
_ROUNDING = 8 * float(np.finfo(np.float64).eps)
_REGRET = 5e-10  # as a share of the range of payoffs; the judge's own tolerance is a billionth
_ZERO = 1e-9  # probabilities of HiGHS below this are zero

_SIMPLEX, _HIGHS = "linear programming, simplex method", "linear programming, HiGHS interior point"
_EXACT = "linear programming, exact"
_UNKNOWN = "one pair of optimal strategies is given; whether there are others was not decided"
_MANY = "the optimal strategies form polytopes; one vertex is given, and any optimal strategy of one player goes with any of the other"

Floats: TypeAlias = npt.NDArray[np.float64]
Basis: TypeAlias = tuple[npt.NDArray[Any], npt.NDArray[Any]]


def zero_sum(game: NormalFormGame | ExtensiveGame, solver: str = "auto") -> EquilibriumSet:
    """One Nash equilibrium, that is a pair of optimal strategies, of a game whose payoffs add up to a constant.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
        In which at most two players have more than one strategy. A tree is solved in its reduced strategic form.
    solver : {"auto", "simplex", "highs"}
        Who solves the linear programme: a compiled simplex method, or HiGHS by its interior-point method with crossover, which
        is the quicker one for more than :data:`SIMPLEX_ENTRIES` payoffs.

    Returns
    -------
    EquilibriumSet
        One equilibrium; the value of the game is the payoff of the first player. It is complete where this is proved to be the only
        equilibrium, which takes exact arithmetic: games of rational numbers, and of floats if at most
        :data:`EXACT_SUPPORT` strategies are played. Where it is proved not to be the only one, it says that it is one of a
        continuum.

    Raises
    ------
    Unsupported
        If more than two players have a choice, payoffs have parameters or do not add up to a constant; the message
        names two profiles with different sums.
    NotConverged
        If no pair of strategies could be certified.

    Notes
    -----
    The solution of a game of rational numbers is exact, of whatever size: floats propose the basis, and the strategies that
    belong to it are solved for and compared in rational numbers. Where floats propose a wrong one, an exact simplex method takes
    over for games of up to :data:`EXACT_ENTRIES` payoffs.

    References
    ----------
    .. [1] D. Gale, H. W. Kuhn and A. W. Tucker, "Linear programming and the theory of games", in T. C. Koopmans (ed.), *Activity
       Analysis of Production and Allocation*, Wiley, 1951, 317-329.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.solvers.zero_sum import zero_sum
    >>> fight = gt.NormalFormGame.from_bimatrix([[2, -1], [-1, 1]], players=("Ann", "Bob"), strategies=[["l", "r"]] * 2)
    >>> found = zero_sum(fight)
    >>> found
    1 Nash equilibrium (linear programming, simplex method; complete)
      1. Ann: 0.4 l + 0.6 r; Bob: 0.4 l + 0.6 r | payoffs Ann 0.2, Bob -0.2
    >>> found[0].payoffs["Ann"]
    Fraction(1, 5)
    """
    if solver not in ("auto", "simplex", "highs"):
        raise unknown("solver", solver, ("auto", "simplex", "highs"))
    duel = _duels.read(game, "zero_sum")
    if duel.second is None:
        raise Unsupported(
            f"zero_sum is for two players; here only {duel.game.players[duel.first]} has a choice, among {duel.game.n_players} "
            "players. nash_equilibria(game) maximises its payoff."
        )
    constant = _constant_sum(duel)
    own = duel.tables[0]
    a, low, scale = _duels.scaling(own)
    large = own.size > SIMPLEX_ENTRIES if solver == "auto" else solver == "highs"
    method = _HIGHS if large else _SIMPLEX
    basis, pair = _highs(a, low, scale) if large else (None, None)
    if pair is None:
        method, basis = _SIMPLEX, _simplex(a, low, scale)
    found = None if basis is None else _exactly(duel, basis, method, constant)
    if found is None and not duel.exact:
        found = _in_floats(duel, a, low, scale, basis, pair, method)
    if found is None and large:
        # What HiGHS returns need not be a vertex of either polytope; a basis of the simplex method always is.
        basis = _simplex(a, low, scale)
        found = None if basis is None else _exactly(duel, basis, _SIMPLEX, constant)
    if found is None:
        found = _rescue(duel)
    return found


def _constant_sum(duel: _duels.Duel) -> bool:
    """Whether the payoffs add up to a constant exactly; they must do so within rounding.

    Raises
    ------
    Unsupported
        If they do not, with the profile where the sum is farthest from that of the first one.
    """
    own, other = duel.tables
    if duel.exact:
        sums = own + other
        gaps = np.abs(sums - sums[0, 0])
        slack: Any = 0
    else:
        halves = own / 2 + other / 2  # halves do not overflow
        gaps = np.abs(halves - halves[0, 0])
        slack = _ROUNDING * (np.abs(own).max() / 2 + np.abs(other).max() / 2)
        sums = halves * 2
    worst = np.unravel_index(int(np.argmax(gaps)), gaps.shape)
    if gaps[worst] > slack:
        game = duel.game
        owners = [duel.first] if duel.second is None else [duel.first, duel.second]

        def told(cell: Any) -> str:
            choices = [
                cell[0] if i == duel.first else cell[1] if i == duel.second else 0
                for i in range(game.n_players)
            ]
            profile = ", ".join(game.strategies[i][int(k)] for i, k in enumerate(choices))
            total = float(own[cell]) + float(other[cell])
            return f"{total:.12g} at ({profile})"

        names = " and ".join(game.players[i] for i in owners)
        raise Unsupported(
            f"the payoffs of {names} do not add up to a constant: {told((0, 0))}, {told(worst)}. "
            "lemke_howson(game) finds an equilibrium of any two-player game."
        )
    if duel.exact:
        return True
    # Halves are exact, unlike their sum; the sum is exact where taking one part from it leaves the other.
    return bool(
        gaps[worst] == 0 and (halves - own / 2 == other / 2).all() and (halves - other / 2 == own / 2).all()
    )


# ---------------------------------------------------------------------------------------------------------------------
# Proposals in floats
# ---------------------------------------------------------------------------------------------------------------------
def _simplex(a: Floats, low: float, scale: float) -> Basis | None:
    from gametheory.solvers._kernels.matrix_game import matrix_game

    status, _, rows, columns = matrix_game(a, low, scale, 1000 * sum(a.shape))
    return (rows, columns) if status == 0 else None


def _highs(a: Floats, low: float, scale: float) -> tuple[Basis | None, tuple[Floats, Floats] | None]:
    """The optimal strategies that HiGHS finds, and their supports if these are a basis."""
    from scipy.optimize import linprog

    m, n = a.shape
    payoffs = 1.0 + scale * (a - low)
    # Minimise 1'x subject to x'M >= 1: its solution is x / v, and the prices are y / v.
    found = linprog(np.ones(m), A_ub=-payoffs.T, b_ub=-np.ones(n), bounds=(0, None), method="highs-ipm")
    if found.status != 0:
        return None, None
    x: Any = np.maximum(np.asarray(found.x), 0.0)
    y: Any = np.maximum(-np.asarray(found.ineqlin.marginals), 0.0)
    if not x.sum() > 0 or not y.sum() > 0:
        return None, None
    x, y = x / x.sum(), y / y.sum()
    rows, columns = np.flatnonzero(x > _ZERO), np.flatnonzero(y > _ZERO)
    return (rows, columns) if len(rows) == len(columns) else None, (x, y)


# ---------------------------------------------------------------------------------------------------------------------
# Certificates
# ---------------------------------------------------------------------------------------------------------------------
def _exactly(duel: _duels.Duel, basis: Basis, method: str, constant: bool) -> EquilibriumSet | None:
    """The equilibrium of a basis in rational numbers, and whether it is the only one; None if the basis is not optimal."""
    rows, columns = basis
    if not constant or (not duel.exact and len(rows) > EXACT_SUPPORT):
        return None
    own, other = duel.tables
    y = _duels.rational_strategy(own, rows, columns)
    x = None if y is None else _duels.rational_strategy(other.T, columns, rows)
    if x is None or y is None:
        return None
    unique = x.strict and y.strict
    vectors: Any = x.strategy, y.strategy
    if not duel.exact:
        vectors = [float(p) for p in x.strategy], [float(p) for p in y.strategy]
    return _set(_judged(duel, vectors, 1 if unique else None, not unique), method, unique, _MANY)


def _in_floats(
    duel: _duels.Duel,
    a: Floats,
    low: float,
    scale: float,
    basis: Basis | None,
    pair: tuple[Floats, Floats] | None,
    method: str,
) -> EquilibriumSet | None:
    """The equilibrium of a basis, or of HiGHS, in floats, if its regret is no more than rounding."""
    candidates = []
    if basis is not None:
        rows, columns = basis
        y = _duels.float_strategy(a, low, scale, rows, columns)
        mirrored = -a.T
        x = _duels.float_strategy(mirrored, float(mirrored.min()), scale, columns, rows)
        if x is not None and y is not None:
            candidates.append((x, y))
    if pair is not None:
        candidates.append(pair)
    for x, y in candidates:
        if (float((a @ y).max()) - float((x @ a).min())) * scale <= _REGRET:
            return _set(_judged(duel, (x, y), None, False), method, False, _UNKNOWN)
    return None


def _rescue(duel: _duels.Duel) -> EquilibriumSet:
    """The equilibrium by exact linear programming: what is left where floats propose no optimal basis."""
    own = duel.tables[0]
    if own.size > EXACT_ENTRIES:
        raise NotConverged(
            f"no pair of strategies of this {own.shape[0]} by {own.shape[1]} game could be certified: rounding errors are too "
            f"large, and exact linear programming is for games of up to {EXACT_ENTRIES} payoffs "
            "(gametheory.solvers.zero_sum.EXACT_ENTRIES)."
        )
    table = _duels.fractions(own)
    low = min(min(row) for row in table)
    shifted = [[v - low + 1 for v in row] for row in table]
    found = maximise([1] * own.shape[1], shifted, [1] * own.shape[0])
    if found.x is None or found.dual_ub is None:
        raise NotConverged(
            "exact linear programming found no optimal strategies, which every finite game has."
        )
    rows, columns = (np.flatnonzero([p != 0 for p in prices]) for prices in (found.dual_ub, found.x))
    if duel.exact and len(rows) == len(columns):
        proved = _exactly(duel, (rows, columns), _EXACT, True)
        if proved is not None:
            return proved
    total = sum(found.x)
    x, y = ([p / total for p in prices] for prices in (found.dual_ub, found.x))
    vectors = (x, y) if duel.exact else ([float(p) for p in x], [float(p) for p in y])
    return _set(_judged(duel, vectors, ..., False), _EXACT, False, _UNKNOWN)


def _judged(duel: _duels.Duel, pair: Any, index: Any, continuum: bool) -> Equilibrium:
    return judge_nash(duel.game, duel.strategies(*pair), index=index, continuum=continuum)


def _set(equilibrium: Equilibrium, method: str, unique: bool, reason: str) -> EquilibriumSet:
    return EquilibriumSet((equilibrium,), "Nash", method, unique, "" if unique else reason)
