r"""One Nash equilibrium of a large two-player game, or those that are reached from it: the Lemke-Howson algorithm.

Let :math:`A, B > 0` be the :math:`m \times n` payoffs (a constant added to them changes nothing), and

.. math::
    P = \{x \ge 0 : B^\top x \le 1\}, \qquad Q = \{y \ge 0 : A y \le 1\}.

A point carries as *labels* its tight inequalities: :math:`i` for :math:`x_i = 0` and :math:`(Ay)_i = 1`, :math:`m + j` for
:math:`y_j = 0` and :math:`(B^\top x)_j = 1`. A pair of vertices with all :math:`m + n` labels between them is an equilibrium
(scaled to probabilities), or the pair :math:`(0, 0)`. Give up one label, move along the only edge that this opens, and then
always give up the label that is now there twice: such a path ends at another completely labelled pair (Lemke and Howson 1964).

In a nondegenerate game the paths of one label pair up all equilibria and :math:`(0, 0)`, so that their number is odd, and the
ends of a path have opposite index (Shapley 1974): every equilibrium at the end of a path from :math:`(0, 0)` has index +1.
Degenerate games are perturbed by an infinitely small amount (lexicographic pivoting); the paths are then those of the
perturbed game, and their ends are equilibria of the game itself.

A path may be long, in the worst case exponentially so in the number of strategies (Savani and von Stengel 2006), but some
label nearly always has a short one. The search for *any* equilibrium therefore gives every label a few pivots, then twice as
many, and so on (Codenotti, De Rossi and Pagan 2008).

References
----------
.. [1] C. E. Lemke and J. T. Howson, "Equilibrium points of bimatrix games", *SIAM Journal* 12 (1964), 413-423.
.. [2] L. S. Shapley, "A note on the Lemke-Howson algorithm", *Mathematical Programming Study* 1 (1974), 175-189.
.. [3] B. von Stengel, "Computing equilibria for two-person games", *Handbook of Game Theory* 3 (2002), ch. 45.
.. [4] R. Savani and B. von Stengel, "Hard-to-solve bimatrix games", *Econometrica* 74 (2006), 397-429.
.. [5] B. Codenotti, S. De Rossi and M. Pagan, "An experimental analysis of Lemke-Howson algorithm", arXiv:0811.3247 (2008).
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from gametheory.equilibria.result import Equilibrium, EquilibriumSet, judge_nash
from gametheory.errors import GameError, NotConverged, unknown
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame
from gametheory.solvers import _duels
from gametheory.solvers._integer_pivoting import Paths

__all__ = ["MAX_PIVOTS", "lemke_howson"]

#: Pivots allowed to a path (``label="any"``: to all of them together) unless ``max_pivots=`` says otherwise.
MAX_PIVOTS = 1_000_000

#: What exact pivoting may cost where floats cannot tell: numbers changed, of which a machine changes a few million a second.
MAX_OPERATIONS = 50_000_000

# Pivots that each label is given at first by ``label="any"``.
_FIRST_CAP = 10
_FOUND, _LOST = 0, 2  # as the kernel says
# Regret, as a share of the range of payoffs, that is still rounding; the judge's own tolerance is a billionth.
_REGRET = 5e-10

Bases: TypeAlias = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]


class _End(NamedTuple):
    """Where one path ended."""

    label: int
    status: int
    pivots: int
    tied: bool
    bases: Bases


def lemke_howson(
    game: NormalFormGame | ExtensiveGame,
    label: int | str | tuple[str, str] = "any",
    *,
    max_pivots: int = MAX_PIVOTS,
) -> EquilibriumSet:
    """Nash equilibria of a two-player game at the ends of Lemke-Howson paths.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
        In which at most two players have more than one strategy; thousands of strategies are fine. A tree is solved in its
        reduced strategic form.
    label : {"any", "all", "network"}, tuple of str, or int
        The label to drop at the start, that is a strategy, given as ``(player, strategy)`` or by its position (those of the
        first player, then those of the second). ``"any"`` takes the first equilibrium that some path comes to, ``"all"``
        follows the paths of all labels from the artificial start, and ``"network"`` goes on from every equilibrium found, along
        all labels, until nothing new turns up.
    max_pivots : int
        Allowed to each path, or with ``"any"`` to all paths together.

    Returns
    -------
    EquilibriumSet
        One equilibrium for ``"any"`` or a given label, otherwise all ends of paths, without repetition. Never complete: there may
        be equilibria that no path from the start comes to.

    Raises
    ------
    Unsupported
        If more than two players have a choice, or the payoffs have parameters.
    UnknownName
        If there is no such player or strategy.
    NotConverged
        If no equilibrium was reached within `max_pivots`, or rounding errors won and the game is too large for exact pivoting.

    Notes
    -----
    Paths are followed in floating point. The supports of their ends are then solved again: over the rationals where the game
    is exact, and the result is certified exactly, as is done for a game of any size. Where a tie on the way leaves it open to which
    end the path of a given label leads, or rounding has led astray, the path is followed again in exact integers, as long as that takes
    less than :data:`MAX_OPERATIONS`.

    References
    ----------
    .. [1] C. E. Lemke and J. T. Howson, "Equilibrium points of bimatrix games", *SIAM Journal* 12 (1964), 413-423.
    .. [2] L. S. Shapley, "A note on the Lemke-Howson algorithm", *Mathematical Programming Study* 1 (1974), 175-189.

    Examples
    --------
    The game of von Stengel's survey, with three equilibria; two are at the ends of paths from the artificial start.

    >>> import gametheory as gt
    >>> from gametheory.solvers.lemke_howson import lemke_howson
    >>> game = gt.NormalFormGame.from_bimatrix([[3, 3], [2, 5], [0, 6]], [[3, 2], [2, 6], [3, 1]])
    >>> len(gt.nash_equilibria(game)), len(lemke_howson(game, "all")), len(lemke_howson(game, "network"))
    (3, 2, 3)
    >>> found = lemke_howson(game, ("Player 2", "1"))
    >>> found
    1 Nash equilibrium (Lemke-Howson, label Player 2: 1; not complete: there may be equilibria to which no path leads
    that was followed)
      1. Player 1: 1; Player 2: 1 | payoffs Player 1 3, Player 2 3
    """
    duel = _duels.read(game, "lemke_howson")
    start = _label(duel, label)
    search = _Search(duel, _positive(max_pivots))
    if start == "any":
        return _collected(duel, [search.any()], "any label", "")
    if isinstance(start, int):
        end = search.follow([start], None)[0]
        return _collected(duel, [search.certified(end)], f"label {_name(duel, start)}", "")
    ends = search.follow(list(range(search.m + search.n)), None)
    if start == "all":
        found, stopped = search.survivors(ends)
    else:
        found, stopped = search.network(ends)
    return _collected(
        duel, found, "all labels" if start == "all" else "all labels, from all equilibria", stopped
    )


def _positive(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or given < 1:
        raise GameError(f"max_pivots is {given!r}; give a positive whole number.")
    return int(given)


def _label(duel: _duels.Duel, label: object) -> int | str:
    """The label as a number, or the word that stands for several."""
    game = duel.game
    owners = [duel.first] if duel.second is None else [duel.first, duel.second]
    total = sum(game.shape[i] for i in owners)
    if isinstance(label, str):
        if label not in ("any", "all", "network"):
            raise unknown("label", label, ("any", "all", "network"))
        return label
    if isinstance(label, tuple) and len(label) == 2:
        player = game.player_index(label[0])
        strategy = game.strategy_index(*label)
        if player not in owners:
            raise GameError(
                f"{label[0]!r} has a single strategy, which no path can give up; name another player's."
            )
        return strategy + (game.shape[owners[0]] if player != owners[0] else 0)
    if isinstance(label, int | np.integer) and not isinstance(label, bool):
        if not 0 <= label < total:
            raise GameError(
                f"the label {label} is not one of the {total} strategies, numbered from 0 to {total - 1}."
            )
        return int(label)
    raise GameError(
        f"the label is {label!r}; give 'any', 'all', 'network', a position, or (player, strategy)."
    )


def _name(duel: _duels.Duel, label: int) -> str:
    m = duel.game.shape[duel.first]
    owner = duel.first if label < m or duel.second is None else duel.second
    strategy = label if label < m else label - m
    if duel.second is None and label >= m:
        return "of the idle player"
    return f"{duel.game.players[owner]}: {duel.game.strategies[owner][strategy]}"


class _Search:
    """Paths in one game, their ends, and how these are made exact and judged."""

    def __init__(self, duel: _duels.Duel, most: int) -> None:
        self.duel, self.most = duel, most
        own, other = duel.tables
        if duel.second is None:
            # Against an opponent without a choice the second matrix does not matter.
            other = np.zeros(own.shape)
        self.tables = own, other
        self.m, self.n = (int(k) for k in own.shape)
        self.a, low_a, scale_a = _duels.scaling(own)
        self.b, low_b, scale_b = _duels.scaling(other)
        self.scaling = low_a, scale_a, low_b, scale_b
        self._paths: Paths | None = None

    def _run(
        self, labels: list[int], bases: Bases | None, most: int, any_will_do: bool
    ) -> tuple[list[_End], int]:
        from gametheory.solvers._kernels.lemke_howson import paths

        first, second = bases or (np.empty((2, 0), np.int32),) * 2
        status, pivots, tied, ends_p, ends_q, done = paths(
            self.a, self.b, self.scaling, first, second, np.array(labels, np.int64), most, any_will_do
        )
        ends = [
            _End(
                labels[done - 1 if any_will_do else t],
                int(status[t]),
                int(pivots[t]),
                bool(tied[t]),
                tuple(np.ascontiguousarray(end[t][:, end[t][0] >= 0]) for end in (ends_p, ends_q)),  # type: ignore[arg-type]  # a pair
            )
            for t in range(len(status))
        ]
        return ends, int(done)

    def follow(self, labels: list[int], bases: Bases | None) -> list[_End]:
        """The paths of some labels from one equilibrium, or from the artificial start."""
        return self._run(labels, bases, self.most, False)[0]

    def any(self) -> Equilibrium:
        """The equilibrium at the end of whichever path is found to be short."""
        labels = list(range(self.m + self.n))
        cap, left, lost = _FIRST_CAP, self.most, False
        while left > 0:
            ends, done = self._run(labels, None, min(cap, left), True)
            end = ends[0]
            if end.status == _FOUND:
                found = self._equilibrium(end.bases)
                if found is not None:
                    return found
                lost = True
                labels = labels[done:] or labels
            lost |= end.status == _LOST
            left -= cap * done
            if lost:
                break
            cap *= 2
        if lost:
            return self._exactly(0)
        raise NotConverged(
            f"no Lemke-Howson path came to an equilibrium within {self.most} pivots; allow more with max_pivots=."
        )

    def certified(self, end: _End) -> Equilibrium:
        """The equilibrium at the end of one path, which is followed again exactly if floats leave a doubt."""
        if end.status == _FOUND and not (end.tied and self.duel.exact and self._affordable(end.pivots)):
            found = self._equilibrium(end.bases)
            if found is not None:
                return found
        elif end.status not in (_FOUND, _LOST):
            raise NotConverged(
                f"the path of the label {_name(self.duel, end.label)} did not end within {self.most} pivots; allow more with "
                "max_pivots=, or take label='any', which looks for a short path."
            )
        return self._exactly(end.label)

    def survivors(self, ends: list[_End]) -> tuple[list[Equilibrium], str]:
        """The equilibria at the ends of many paths, and which paths did not end, in words."""
        found: list[Equilibrium] = []
        known: dict[tuple[bytes, bytes], Equilibrium] = {}
        failed = []
        for end in ends:
            key = _key(end.bases)
            try:
                if end.status != _FOUND or key not in known or end.tied:
                    known[key] = self.certified(end)
            except NotConverged:
                failed.append(_name(self.duel, end.label))
                continue
            found.append(known[key])
        if not found:
            raise NotConverged(
                f"none of the {len(ends)} Lemke-Howson paths came to an equilibrium; allow more with max_pivots=."
            )
        return list(
            dict.fromkeys(found)
        ), f"paths that did not end: {', '.join(failed[:5])}" if failed else ""

    def network(self, ends: list[_End]) -> tuple[list[Equilibrium], str]:
        """The equilibria at the ends of the paths from every equilibrium that is found."""
        found, stopped = self.survivors(ends)
        labels = list(range(self.m + self.n))
        waiting = {_key(end.bases): end.bases for end in ends if end.status == _FOUND}
        seen = set(waiting)
        while waiting:
            _, bases = waiting.popitem()
            for end in self.follow(labels, bases):
                if end.status != _FOUND:
                    stopped = stopped or "paths that did not end"
                    continue
                key = _key(end.bases)
                if end.bases[0].shape[1] and key not in seen:
                    seen.add(key)
                    equilibrium = self._equilibrium(end.bases)
                    if equilibrium is None:
                        stopped = stopped or "paths on which rounding errors won"
                        continue
                    found.append(equilibrium)
                    waiting[key] = end.bases
        return list(dict.fromkeys(found)), stopped

    # -----------------------------------------------------------------------------------------------------------------
    # Certificates
    # -----------------------------------------------------------------------------------------------------------------
    def _equilibrium(self, bases: Bases) -> Equilibrium | None:
        """The equilibrium of two bases, judged; None if floats were wrong about them."""
        (rows_p, columns_p), (rows_q, columns_q) = bases
        own, other = self.tables
        if self.duel.exact:
            x = _duels.rational_strategy(other.T, rows_p, columns_p)
            y = _duels.rational_strategy(own, rows_q, columns_q)
            if x is None or y is None:
                return None
            index = None
            if x.strict and y.strict and set(rows_q) == set(columns_p) and set(columns_q) == set(rows_p):
                index = _duels.rational_index(own, other, rows_q, columns_q)
            return judge_nash(self.duel.game, self.duel.strategies(x.strategy, y.strategy), index=index)
        low_a, scale_a, low_b, scale_b = self.scaling
        p = _duels.float_strategy(self.b.T, low_b, scale_b, rows_p, columns_p)
        q = _duels.float_strategy(self.a, low_a, scale_a, rows_q, columns_q)
        if p is None or q is None:
            return None
        earned = self.a @ q, p @ self.b
        gains = earned[0].max() - p @ earned[0], earned[1].max() - earned[1] @ q
        if gains[0] * scale_a > _REGRET or gains[1] * scale_b > _REGRET:
            return None
        return judge_nash(self.duel.game, self.duel.strategies(p, q))

    def _affordable(self, pivots: int) -> bool:
        size = int(self.m + self.n)
        return pivots * size * (size + 1) // 2 <= MAX_OPERATIONS

    def _exactly(self, label: int) -> Equilibrium:
        """The equilibrium at the end of the path of a label, in integers."""
        size = self.m + self.n
        most = min(self.most, MAX_OPERATIONS // (size * (size + 1) // 2))
        paths = Paths(*(_duels.fractions(table) for table in self.tables)) if most else None
        if paths is None or paths.follow(label, most) is None:
            raise NotConverged(
                f"rounding errors are too large for this {self.m} by {self.n} game, and the exact path of the label "
                f"{_name(self.duel, label)} needs more than {most} pivots, which is what "
                "gametheory.solvers.lemke_howson.MAX_OPERATIONS allows. Another label may have a shorter path."
            )
        x, y = paths.strategies()
        if not self.duel.exact:
            return judge_nash(
                self.duel.game, self.duel.strategies([float(p) for p in x], [float(p) for p in y])
            )
        return judge_nash(self.duel.game, self.duel.strategies(x, y))


def _key(bases: Bases) -> tuple[bytes, bytes]:
    """A basis up to the order of its rows and columns."""
    first, second = (np.sort(basis, axis=1).tobytes() for basis in bases)
    return first, second


def _collected(duel: _duels.Duel, found: list[Equilibrium], which: str, stopped: str) -> EquilibriumSet:
    reason = "there may be equilibria to which no path leads that was followed"
    return EquilibriumSet(
        tuple(found), "Nash", f"Lemke-Howson, {which}", False, f"{stopped}; {reason}" if stopped else reason
    )
