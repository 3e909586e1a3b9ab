r"""Perfect and proper equilibria of two-player games, decided exactly.

*Perfect* (Selten 1975): the limit of completely mixed profiles to which it is a best reply. For two players an equilibrium is perfect
if and only if both strategies are undominated: no mixed strategy is never worse and somewhere better (van Damme 1991, theorem 3.2.2).
Whether one is depends only on which pure strategies are played: a mixed strategy is undominated exactly if some
completely mixed strategy of the opponent makes all of them best replies, which is a linear program.

*Proper* (Myerson 1978): the limit, as :math:`\varepsilon \to 0`, of :math:`\varepsilon`-proper profiles, which are completely mixed and
satisfy

.. math:: u_i(s, x_{-i}) < u_i(t, x_{-i}) \implies x_i(s) \le \varepsilon\, x_i(t).

Along a sequence of such profiles one ordering of the pure strategies into classes :math:`O_i = (C_i^1, C_i^2, \dots)`, from best to worst
against the other's strategies, occurs infinitely often. So :math:`(x_1, x_2)` is proper if and only if there are ordered
partitions :math:`O_1, O_2` such that for each player :math:`i` with opponent :math:`j`, for every :math:`\varepsilon > 0`, there is a
completely mixed strategy :math:`y` of the opponent within :math:`\varepsilon` of :math:`x_j` with

- :math:`u_i(s, y) = u_i(t, y)` in one class of :math:`O_i`, and :math:`u_i(s, y) \ge u_i(t, y)` if the class of :math:`s` comes before
  that of :math:`t`;
- :math:`y(t) \le \varepsilon\, y(s)` if the class of :math:`s` in :math:`O_j` comes before that of :math:`t`.

Given the partitions these are two separate questions, each a system of linear inequalities with :math:`1/\varepsilon = q` in its
coefficients. Such orderings are the lexicographic beliefs of Blume, Brandenburger and Dekel (1991): strategies of a later class
are infinitely less likely. If the system is feasible for one :math:`q` it is for every smaller one. By Cramer's rule and Cauchy's
bound on the roots of integer polynomials, feasibility can end only at a :math:`q` below a bound computed from the coefficients. So one
exact linear program with a :math:`q` above it decides for all. The payoffs against the equilibrium itself fix the order of
all strategies but those that are equally good there, and what is played is in the first class; the orderings of the ties are enumerated.

References
----------
.. [1] R. Selten, "Reexamination of the perfectness concept for equilibrium points in extensive games", *International Journal of Game
   Theory* 4 (1975), 25-55.
.. [2] R. Myerson, "Refinements of the Nash equilibrium concept", *International Journal of Game Theory* 7 (1978), 73-80.
.. [3] E. van Damme, *Stability and Perfection of Nash Equilibria*, 2nd ed., Springer, 1991, sections 2.2, 2.3 and 3.2.
.. [4] L. Blume, A. Brandenburger and E. Dekel, "Lexicographic probabilities and equilibrium refinements", *Econometrica* 59 (1991),
   81-98.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gametheory.equilibria import nash
from gametheory.equilibria.arithmetic import refuse_expressions
from gametheory.equilibria.dominance import own_table
from gametheory.equilibria.linear_programs import maximise
from gametheory.errors import TooLarge, Unsupported

if TYPE_CHECKING:
    from gametheory.equilibria.nash import Game, Profile

__all__ = ["MAX_ORDERINGS", "is_perfect", "is_proper"]

#: Most pairs of orderings of tied strategies that :func:`is_proper` tries.
MAX_ORDERINGS = 2_000

Array: TypeAlias = np.ndarray[Any, Any]
Table: TypeAlias = list[list[Fraction]]
#: Classes of strategies, from the best.
Ordering: TypeAlias = tuple[tuple[int, ...], ...]


def is_perfect(game: Game, profile: Profile) -> bool:
    """Whether a profile of a two-player game is a (trembling-hand) perfect equilibrium.

    Parameters
    ----------
    game : NormalFormGame or array of shape (N, n_1, ..., n_N)
        Floats are compared as the rationals that they are.
    profile : Equilibrium, MixedProfile, labelled mapping, or one vector of probabilities for each player

    Returns
    -------
    bool
        False also if the profile is no Nash equilibrium.

    Raises
    ------
    Unsupported
        For three or more players with several strategies, unless the answer is plain: strict equilibria and completely mixed ones are
        perfect, equilibria in dominated strategies are not.

    References
    ----------
    .. [1] E. van Damme, *Stability and Perfection of Nash Equilibria*, 2nd ed., Springer, 1991, theorem 3.2.2.

    Examples
    --------
    Both profiles on the diagonal are equilibria, and one is in dominated strategies:

    >>> import gametheory as gt
    >>> from gametheory.equilibria import nash
    >>> game = gt.NormalFormGame.from_bimatrix([[1, 0], [0, 0]], [[1, 0], [0, 0]])
    >>> [nash.is_perfect(game, [[k, 1 - k], [k, 1 - k]]) for k in (1, 0)]
    [True, False]
    """
    read = _read(game, profile)
    return False if read is None else _perfect(*read, "perfect")


def is_proper(game: Game, profile: Profile) -> bool:
    """Whether a profile of a two-player game is a proper equilibrium.

    Parameters
    ----------
    game : NormalFormGame or array of shape (N, n_1, ..., n_N)
        Floats are compared as the rationals that they are.
    profile : Equilibrium, MixedProfile, labelled mapping, or one vector of probabilities for each player
        Of floats, only if no player mixes: a mixture that is rounded is no longer an equilibrium, and which strategies are equally
        good cannot be seen.

    Returns
    -------
    bool
        False also if the profile is no Nash equilibrium. A proper equilibrium is perfect.

    Raises
    ------
    TooLarge
        If too many strategies are equally good against the equilibrium: their orderings are enumerated, at most
        :data:`MAX_ORDERINGS` pairs of them.
    Unsupported
        For rounded mixtures; for three or more players with several strategies, unless the answer is plain.

    References
    ----------
    .. [1] R. Myerson, "Refinements of the Nash equilibrium concept", *International Journal of Game Theory* 7 (1978), 73-80.

    Examples
    --------
    Myerson's example: dominated strategies added to the game above make its second equilibrium perfect, but not proper.

    >>> import gametheory as gt
    >>> from gametheory.equilibria import nash
    >>> game = gt.NormalFormGame.from_bimatrix(
    ...     [[1, 0, -9], [0, 0, -7], [-9, -7, -7]], [[1, 0, -9], [0, 0, -7], [-9, -7, -7]])
    >>> second = [[0, 1, 0], [0, 1, 0]]
    >>> nash.is_perfect(game, second), nash.is_proper(game, second)
    (True, False)
    """
    read = _read(game, profile)
    if read is None or not _perfect(*read, "proper"):
        return False
    payoffs, mixed = read
    if _plain(payoffs, mixed):
        return True
    first, second = (i for i, n in enumerate(payoffs.shape[1:]) if n > 1)
    tables = [_duel_table(payoffs, first, second), _duel_table(payoffs, second, first)]
    strategies = _exact(tables, [mixed[first].tolist(), mixed[second].tolist()])
    ties = [_ties(tables[i], strategies[i], strategies[1 - i]) for i in (0, 1)]
    count = math.prod(
        _weak_orders(len(rest)) * (2 if top and rest else 1) for own in ties for top, rest in own
    )
    if count > MAX_ORDERINGS:
        raise TooLarge(
            f"deciding whether the equilibrium is proper needs {count:,} pairs of orderings of the strategies that are equally "
            f"good against it; the limit is {MAX_ORDERINGS:,}. Remove strategies that play no role."
        )
    # What no belief near the equilibrium allows need not be tried together with anything.
    every = [
        [
            ordering
            for ordering in _all_orderings(ties[i])
            if _belief(tables[i], strategies[1 - i], ordering, ()) is not None
        ]
        for i in (0, 1)
    ]
    return any(
        _belief(tables[0], strategies[1], own, other) is not None
        and _belief(tables[1], strategies[0], other, own) is not None
        for own, other in itertools.product(*every)
    )


# ---------------------------------------------------------------------------------------------------------------------
# Perfection: undominated strategies
# ---------------------------------------------------------------------------------------------------------------------
def _read(game: Game, profile: Profile) -> tuple[Array, list[Array]] | None:
    """The payoffs and strategies; None if they are no equilibrium."""
    payoffs, mixed = nash._read(game, profile)
    refuse_expressions(itertools.chain(payoffs.flat, *mixed))
    return (payoffs, mixed) if nash.is_nash(payoffs, mixed) else None


def _perfect(payoffs: Array, mixed: list[Array], concept: str) -> bool:
    movers = [i for i, n in enumerate(payoffs.shape[1:]) if n > 1]
    if len(movers) < 2 or _plain(payoffs, mixed):
        return True
    if not all(_undominated(own_table(payoffs, i), nash.support_array(mixed[i])) for i in movers):
        return False
    if len(movers) > 2:
        raise Unsupported(
            f"{len(movers)} players have several strategies, and whether an equilibrium that is neither strict nor completely mixed "
            f"is {concept} is decided for two only."
        )
    return True


def _plain(payoffs: Array, mixed: list[Array]) -> bool:
    """Whether an equilibrium is completely mixed, or strict, or one of a single player: then it is proper."""
    sizes = payoffs.shape[1:]
    if sum(n > 1 for n in sizes) < 2 or all(np.all(vector != 0) for vector in mixed):
        return True
    pure = [nash.support_array(vector) for vector in mixed]
    if any(len(played) > 1 for played in pure):
        return False
    for i, (chosen,) in enumerate(pure):
        cell = [slice(None) if j == i else pure[j][0] for j in range(len(sizes))]
        own = payoffs[(i, *cell)]
        if any(own[s] >= own[chosen] for s in range(len(own)) if s != chosen):
            return False
    return True


def _undominated(table: Table, played: Sequence[int]) -> bool:
    """Whether a belief that excludes nothing makes all strategies that are played best replies."""
    width, base = len(table[0]), played[0]
    rows, rhs, equal = [], [], []
    for s, own in enumerate(table):
        # The belief is 1 plus a variable, up to a factor.
        gain = [own[a] - table[base][a] for a in range(width)]
        if s in played:
            equal.append(gain)
        else:
            rows.append(gain)
            rhs.append(-sum(gain))
    found = maximise([0] * width, rows, rhs, equal, [-sum(gain) for gain in equal])
    return found.feasible


# ---------------------------------------------------------------------------------------------------------------------
# Properness: orderings of strategies and beliefs that respect them
# ---------------------------------------------------------------------------------------------------------------------
def _duel_table(payoffs: Array, player: int, opponent: int) -> Table:
    """The exact payoffs of one of two players who choose, by own strategy and the other's."""
    cell = tuple(slice(None) if j in (player, opponent) else 0 for j in range(payoffs.shape[0]))
    own = payoffs[(player, *cell)]
    return own_table((own if player < opponent else own.T)[None], 0)


def _exact(tables: list[Table], mixed: list[list[Any]]) -> list[list[Fraction]]:
    """The strategies as exact numbers; mixtures of floats are solved for, if what is played determines them."""
    supports = [nash.support_array(vector) for vector in mixed]
    if all(len(played) == 1 for played in supports):
        return [[Fraction(int(p != 0)) for p in vector] for vector in mixed]
    if not any(isinstance(p, float) for vector in mixed for p in vector):
        return [[Fraction(p) for p in vector] for vector in mixed]
    solved = []
    for i, vector in enumerate(mixed):
        other = tables[1 - i]
        base, *rest = supports[1 - i]
        played = supports[i]
        equations = [[other[base][s] - other[t][s] for s in played] for t in rest] + [
            [Fraction(1)] * len(played)
        ]
        values = _solve(equations, [Fraction(0)] * len(rest) + [Fraction(1)])
        if values is None or any(
            abs(float(v) - vector[s]) > 1e-6 for s, v in zip(played, values, strict=True)
        ):
            raise Unsupported(
                "whether this equilibrium is proper depends on which strategies are equally good, and its probabilities are rounded; "
                "give exact payoffs and probabilities (fractions)."
            )
        full = [Fraction(0)] * len(vector)
        for s, value in zip(played, values, strict=True):
            full[s] = value
        solved.append(full)
    return solved


def _solve(matrix: Table, rhs: list[Fraction]) -> list[Fraction] | None:
    """The one solution of a system of equations; None if there is not exactly one."""
    import flint

    rows = [[*row, value] for row, value in zip(matrix, rhs, strict=True)]
    reduced, rank = flint.fmpq_mat(
        [[flint.fmpq(v.numerator, v.denominator) for v in row] for row in rows]
    ).rref()
    n = len(matrix[0])
    if rank != n or any(reduced[k, k] != 1 for k in range(n)):
        return None
    return [Fraction(int(reduced[k, n].p), int(reduced[k, n].q)) for k in range(n)]


def _ties(
    table: Table, own: list[Fraction], other: list[Fraction]
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Strategies that are equally good, from the best: those that are played, and the rest."""
    values = [sum((p * v for p, v in zip(other, row, strict=True) if p), Fraction(0)) for row in table]
    groups = []
    for value in sorted(set(values), reverse=True):
        group = [s for s, v in enumerate(values) if v == value]
        groups.append((tuple(s for s in group if own[s]), tuple(s for s in group if not own[s])))
    return groups


def _weak_orders(n: int) -> int:
    """How many ordered partitions a set of n has."""
    return sum(math.comb(n, k) * _weak_orders(n - k) for k in range(1, n + 1)) if n else 1


def _partitions(rest: tuple[int, ...]) -> Iterator[Ordering]:
    """All ordered partitions of a set."""
    if not rest:
        yield ()
    for size in range(len(rest), 0, -1):
        for first in itertools.combinations(rest, size):
            for later in _partitions(tuple(s for s in rest if s not in first)):
                yield (first, *later)


def _all_orderings(ties: list[tuple[tuple[int, ...], tuple[int, ...]]]) -> Iterator[Ordering]:
    """All orderings in which better strategies come first and those that are played are in the first class."""
    choices = []
    for played, rest in ties:
        own = []
        for partition in _partitions(rest):
            if not played:
                own.append(partition)
                continue
            own.append((played, *partition))
            if partition:
                own.append((played + partition[0], *partition[1:]))
        choices.append(own)
    for chosen in itertools.product(*choices):
        yield tuple(itertools.chain.from_iterable(chosen))


def _belief(
    table: Table, limit: list[Fraction], own: Ordering, other: Ordering, q: int = 0
) -> list[Fraction] | None:
    """A belief near `limit`, with later classes of `other` unlikely, that makes `own` the order of payoffs; None if there is none.

    "Near" and "unlikely" are meant up to 1/q. By default q is so large that if there is a belief for it there is one for every q.

    `table` has one row for each own strategy, `limit` is the opponent's strategy. The unknown belief is 1 plus a variable, up to a
    factor; each inequality is a pair of rows ``a + b q`` of whole numbers.
    """
    n = len(limit)
    zero = [0] * n
    rows: list[tuple[list[int], list[int]]] = []  # (a + b q) y <= 0
    equal: list[list[int]] = []
    previous: int | None = None
    for members in own:
        first = members[0]
        equal += [_whole([a - b for a, b in zip(table[s], table[first], strict=True)]) for s in members[1:]]
        if previous is not None:
            rows.append((_whole([a - b for a, b in zip(table[first], table[previous], strict=True)]), zero))
        previous = first
    for better, worse in itertools.pairwise(other):
        rows += [(_unit(n, s, -1), _unit(n, t, 1)) for s in better for t in worse]
    common = math.lcm(*(p.denominator for p in limit))
    for t, p in enumerate(limit):
        # q (y_t - p sum y) between -sum y and sum y, times the common denominator
        gap = [common * int(k == t) - int(p * common) for k in range(n)]
        rows += [([-common] * n, gap), ([-common] * n, [-v for v in gap])]
    # A determinant of n + 1 rows, the right-hand side included, is a polynomial in q whose coefficients add up to no more than the
    # product of what those in the rows add up to. No root of it is above that plus 1.
    sizes = [sum(map(abs, a)) + sum(map(abs, b)) for a, b in rows] + [sum(map(abs, a)) for a in equal]
    largest = sorted((max(1, 2 * size) for size in sizes), reverse=True)[: n + 1]
    q = q or 2 + math.prod(largest)
    table_ub = [[u + v * q for u, v in zip(a, b, strict=True)] for a, b in rows]
    found = maximise(
        zero,
        table_ub,
        [-sum(row) for row in table_ub],
        equal,
        [-sum(row) for row in equal],
        floats=False,  # numbers of this size are nothing for floats
    )
    if found.x is None:
        return None
    total = sum(found.x) + n
    return [(value + 1) / total for value in found.x]


def _unit(n: int, k: int, value: int) -> list[int]:
    return [value if j == k else 0 for j in range(n)]


def _whole(row: list[Fraction]) -> list[int]:
    common = math.lcm(*(value.denominator for value in row))
    numbers = [int(value * common) for value in row]
    divisor = math.gcd(*numbers) or 1
    return [number // divisor for number in numbers]
