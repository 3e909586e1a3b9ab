r"""Correlated and coarse correlated equilibria: the best for an objective, and all of them.

The (coarse) correlated equilibria of a finite game are the distributions :math:`p` over strategy profiles that satisfy finitely many linear
inequalities, :math:`\sum_a p(a)\, d_k(a) \le 0`, one for each way :math:`k` of disobeying; see
:mod:`gametheory.equilibria.correlated`. So the best for a linear objective is a linear program, solved over the rationals by
:mod:`gametheory.equilibria.linear_programs`, whose dual solution proves that no equilibrium has more: with prices
:math:`\pi_k \ge 0`, no profile has :math:`w(a) - \sum_k \pi_k d_k(a)` above the value. The set is never empty (Hart and
Schmeidler 1989), and it is a polytope, whose vertices are the extreme rays of a cone
(:mod:`gametheory.solvers.cones`). Already in 4x4 games there can be more than 100,000 of them (Nau, Gomez Canovas and Hansen 2004).

Floats are rationals, so a game of floats is solved exactly as well, and only the answer is rounded.

References
----------
.. [1] R. Aumann, "Subjectivity and correlation in randomized strategies", *Journal of Mathematical Economics* 1 (1974), 67-96.
.. [2] H. Moulin and J.-P. Vial, "Strategically zero-sum games: the class of games whose completely mixed equilibria cannot be
   improved upon", *International Journal of Game Theory* 7 (1978), 201-221.
.. [3] S. Hart and D. Schmeidler, "Existence of correlated equilibria", *Mathematics of Operations Research* 14 (1989), 18-25.
.. [4] R. Nau, S. Gomez Canovas and P. Hansen, "On the geometry of Nash equilibria and correlated equilibria", *International
   Journal of Game Theory* 32 (2004), 443-453.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, overload

import numpy as np

from gametheory import scalars
from gametheory.equilibria.correlated import CorrelatedEquilibrium, judge_correlated, outcome_weights
from gametheory.equilibria.linear_programs import maximise
from gametheory.equilibria.representation import TABLE, latex_number, number
from gametheory.errors import GameError, GameTheoryError, Unsupported, unknown
from gametheory.games.conversion import strategic_form
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame
from gametheory.games.representation import escape_latex
from gametheory.solvers.cones import MAX_RAYS, extreme_rays

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CorrelatedEquilibria",
    "coarse_correlated_equilibria",
    "coarse_correlated_equilibrium",
    "correlated_equilibria",
    "correlated_equilibrium",
]

Array: TypeAlias = np.ndarray[Any, Any]
Game: TypeAlias = NormalFormGame | ExtensiveGame
#: A name, or a number for each strategy profile.
Objective: TypeAlias = str | Mapping[Any, Any]
Sense: TypeAlias = Literal["max", "min"]


class _Disobedience(NamedTuple):
    """One inequality: what a way of disobeying gains at each strategy profile, in sum at most 0."""

    label: tuple[str, ...]  #: (player, told, instead), or (player, instead)
    gains: list[Fraction]


# ---------------------------------------------------------------------------------------------------------------------
# The best equilibrium for an objective
# ---------------------------------------------------------------------------------------------------------------------
def correlated_equilibrium(
    game: Game, objective: Objective = "welfare", *, sense: Sense = "max"
) -> CorrelatedEquilibrium:
    """The correlated equilibrium that is best for a linear objective.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
        With payoffs that are numbers. A tree is solved in its reduced strategic form: the mediator tells each player a whole plan
        before the game.
    objective : str or mapping, optional
        ``"welfare"`` (the sum of the payoffs), ``"egalitarian"`` (the least payoff; to be maximised only), a player or
        ``"payoff: player"``, another outcome such as ``"P(West: respond)"`` (see :mod:`gametheory.equilibria.outcomes`), or a
        mapping of strategy profiles to numbers (those left out count 0).
    sense : {"max", "min"}, optional

    Returns
    -------
    CorrelatedEquilibrium
        A vertex of the optimal ones, with the greatest (least) value and the prices that prove it. Exact if the game is.

    Raises
    ------
    Unsupported
        If the game has parameters.
    UnknownName
        If the objective names nothing in the game.
    TooLarge
        If the linear program has too many coefficients.

    References
    ----------
    .. [1] R. Aumann, "Subjectivity and correlation in randomized strategies", *Journal of Mathematical Economics* 1 (1974), 67-96.

    Examples
    --------
    Aumann's game of chicken, with more for both together than any Nash equilibrium gives:

    >>> import gametheory as gt
    >>> chicken = gt.NormalFormGame.from_bimatrix([[6, 2], [7, 0]], [[6, 7], [2, 0]],
    ...     players=("Ann", "Bob"), strategies=[["swerve", "dare"]] * 2)
    >>> found = gt.correlated_equilibrium(chicken)
    >>> found.value, found.probability("dare", "dare")
    (Fraction(21, 2), Fraction(0, 1))
    >>> gt.correlated_equilibrium(chicken, "P(Ann: dare)", sense="min").value
    Fraction(0, 1)
    """
    return _best(game, objective, sense, coarse=False)


def coarse_correlated_equilibrium(
    game: Game, objective: Objective = "welfare", *, sense: Sense = "max"
) -> CorrelatedEquilibrium:
    """The coarse correlated equilibrium that is best for a linear objective.

    The set of these is what play converges to when nobody regrets, in the long run, not having played one strategy all the time.
    Parameters, errors and result are those of :func:`correlated_equilibrium`.

    References
    ----------
    .. [1] H. Moulin and J.-P. Vial, "Strategically zero-sum games: the class of games whose completely mixed equilibria cannot be
       improved upon", *International Journal of Game Theory* 7 (1978), 201-221.

    Examples
    --------
    >>> import gametheory as gt
    >>> a = [[1, 3, 0], [0, 1, 3], [3, 0, 1]]  # rock-paper-scissors with 3 for a win, 1 for a tie
    >>> game = gt.NormalFormGame.from_bimatrix(a, [list(column) for column in zip(*a)])
    >>> gt.coarse_correlated_equilibrium(game).value, gt.correlated_equilibrium(game).value
    (Fraction(3, 1), Fraction(8, 3))
    """
    return _best(game, objective, sense, coarse=True)


def _best(game: Game, objective: Objective, sense: Sense, *, coarse: bool) -> CorrelatedEquilibrium:
    if sense not in ("max", "min"):
        raise unknown("sense", sense, ("max", "min"))
    form, tree = _normal_form(game)
    name, weights = _weights(form, tree, objective, sense)
    rows = _disobediences(form, coarse)
    n = int(form.payoffs[0].size)
    sign = -1 if sense == "min" else 1
    zero, one = Fraction(0), Fraction(1)
    if weights is None:
        # One variable more, free: the least payoff, which no player's payoff is below.
        a_ub = [[*row.gains, zero] for row in rows]
        a_ub += [[*(-value for value in _fractions(own)), one] for own in form.payoffs]
        found = maximise([zero] * n + [one], a_ub, [0] * len(a_ub), [[one] * n + [zero]], [1], free=[n])
    else:
        goal = [sign * weight for weight in _fractions(weights)]
        found = maximise(goal, [row.gains for row in rows], [0] * len(rows), [[one] * n], [1])
    if found.x is None or found.dual_ub is None or found.value is None:
        raise GameTheoryError("internal error: a game without correlated equilibrium; please report it.")
    number = float if form.domain == "real" else Fraction
    prices = {row.label: number(price) for row, price in zip(rows, found.dual_ub, strict=False) if price}
    return judge_correlated(
        form,
        _table(form, found.x[:n]),
        coarse=coarse,
        objective=name if sense == "max" else f"least {name}",
        value=number(sign * found.value),
        prices=prices,
        tree=tree,
    )


def _weights(
    form: NormalFormGame, tree: ExtensiveGame | None, objective: Objective, sense: Sense
) -> tuple[str, Array | None]:
    """The name of an objective, and its value at each strategy profile; None for the least payoff."""
    if isinstance(objective, Mapping):
        table: Array = np.full(form.shape, Fraction(0), dtype=object)
        for profile, value in objective.items():
            weight = scalars.as_scalar(value, f"the weight of {profile!r}")
            if scalars.is_expression(weight):
                raise Unsupported(f"the weight of {profile!r} is {weight}; an objective is made of numbers.")
            table[form.profile_index(profile)] = weight
        return "objective", table
    if not isinstance(objective, str):
        raise GameError(
            "an objective is a name such as 'welfare', or a mapping of strategy profiles to numbers, not "
            f"{objective if np.ndim(objective) == 0 else type(objective).__name__!r}."
        )
    if objective == "welfare":
        return "welfare", form.payoffs.sum(axis=0)
    if objective == "egalitarian":
        if sense == "min":
            raise Unsupported(
                "the least payoff is maximised, not minimised: its minimum is no linear program; minimise each payoff."
            )
        return "least payoff", None
    name = f"payoff: {objective}" if objective in form.players else objective
    return name, outcome_weights(tree or form, form, name)


# ---------------------------------------------------------------------------------------------------------------------
# All equilibria
# ---------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CorrelatedEquilibria(Sequence[CorrelatedEquilibrium]):
    """All (coarse) correlated equilibria of a game: the polytope that a sequence of vertices spans.

    Attributes
    ----------
    game : NormalFormGame
    concept : {"correlated", "coarse correlated"}
    vertices : tuple of CorrelatedEquilibrium
        All of them: every equilibrium is a mixture of these, and every mixture is an equilibrium.
    dimension : int
        Of the polytope: 0 if there is one equilibrium only.

    Examples
    --------
    >>> import gametheory as gt
    >>> battle = gt.NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]], players=("Ann", "Bob"))
    >>> found = gt.correlated_equilibria(battle)
    >>> len(found), found.dimension, sum(vertex.is_nash for vertex in found)
    (5, 3, 3)
    >>> found.outcome("payoff: Ann")
    (Fraction(2, 3), Fraction(2, 1))
    """

    game: NormalFormGame
    concept: str
    vertices: tuple[CorrelatedEquilibrium, ...]
    dimension: int
    tree: ExtensiveGame | None = None

    def __len__(self) -> int:
        return len(self.vertices)

    @overload
    def __getitem__(self, position: int) -> CorrelatedEquilibrium: ...
    @overload
    def __getitem__(self, position: slice) -> tuple[CorrelatedEquilibrium, ...]: ...
    def __getitem__(self, position: int | slice) -> CorrelatedEquilibrium | tuple[CorrelatedEquilibrium, ...]:
        return self.vertices[position]

    def __iter__(self) -> Iterator[CorrelatedEquilibrium]:
        return iter(self.vertices)

    @property
    def inequalities(self) -> dict[tuple[str, ...], Array]:
        """What each way of disobeying gains at each strategy profile.

        Returns
        -------
        dict of tuple to array of shape (n_1, ..., n_N)
            By ``(player, told, instead)``, in the coarse polytope by ``(player, instead)``. A distribution is an equilibrium if
            and only if the mean of each of these arrays is at most 0.
        """
        rows = _disobediences(self.game, self.concept != "correlated")
        return {row.label: _table(self.game, row.gains) for row in rows}

    def outcome(self, outcome: str | Callable[[CorrelatedEquilibrium], Any]) -> tuple[Any, Any]:
        """The least and the greatest value of an outcome over all equilibria.

        For a named outcome; a function of an equilibrium that is not linear need not be extreme at a vertex.
        """
        values = [vertex.outcome(outcome) for vertex in self.vertices]
        return min(values), max(values)

    def to_frame(self) -> pd.DataFrame:
        """One row for each vertex: payoffs, whether it is Nash, and the probability of each strategy profile."""
        import pandas as pd

        rows = []
        for vertex in self.vertices:
            row = {f"payoff: {player}": value for player, value in vertex.payoffs.items()}
            row["Nash"] = vertex.is_nash
            for cell in np.ndindex(self.game.shape):
                names = (self.game.strategies[i][s] for i, s in enumerate(cell))
                row[", ".join(names)] = vertex.probabilities[cell]
            rows.append(row)
        return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="vertex"))

    def __repr__(self) -> str:
        lines = [self._heading()]
        width = len(str(len(self)))
        for k, vertex in enumerate(self.vertices[:_MOST_ROWS], 1):
            text = repr(vertex).partition("(")[2][:-1].removesuffix(" | coarse")
            lines.append(f"  {k:>{width}}. {text}{' | Nash' if vertex.is_nash else ''}")
        if len(self) > _MOST_ROWS:
            lines.append(f"  ... and {len(self) - _MOST_ROWS} more")
        return "\n".join(lines)

    def _heading(self) -> str:
        vertices = "1 vertex" if len(self) == 1 else f"{len(self):,} vertices"
        return f"{self.concept} equilibria: polytope of dimension {self.dimension} with {vertices}"

    def _repr_html_(self) -> str:
        frame = self.to_frame()
        shown = [[_yes_or(value, number) for value in row] for row in frame.values[:_MOST_ROWS].tolist()]
        rows = [
            f"<th>{k}</th>" + "".join(f"<td>{escape(text)}</td>" for text in row)
            for k, row in enumerate(shown, 1)
        ]
        if len(self) > _MOST_ROWS:
            rows.append(f'<td colspan="{len(frame.columns) + 1}">... and {len(self) - _MOST_ROWS} more</td>')
        heads = "".join(f"<th>{escape(head)}</th>" for head in ("vertex", *frame.columns))
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"{TABLE}<caption>{escape(self._heading())}</caption><tr>{heads}</tr>{body}</table>"

    def to_latex(self) -> str:
        """A LaTeX ``tabular`` with one row for each vertex (needs no packages)."""
        frame = self.to_frame()
        heads = " & ".join(escape_latex(head) for head in ("vertex", *frame.columns))
        lines = [rf"\begin{{tabular}}{{r{'r' * len(frame.columns)}}}", heads + r" \\ \hline"]
        for k, row in enumerate(frame.values.tolist(), 1):
            cells = [_yes_or(value, lambda p: f"${latex_number(p)}$") for value in row]
            lines.append(" & ".join([str(k), *cells]) + r" \\")
        return "\n".join([*lines, r"\end{tabular}"])


def _yes_or(value: Any, text: Callable[[Any], str]) -> str:
    """Whether, in a word; else the number as `text` writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return text(value)


_MOST_ROWS = 30


def correlated_equilibria(game: Game, *, max_vertices: int = MAX_RAYS) -> CorrelatedEquilibria:
    """All correlated equilibria: the polytope, by its vertices and its inequalities.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
    max_vertices : int, optional
        Most vertices, of the polytope or on the way to it.

    Returns
    -------
    CorrelatedEquilibria

    Raises
    ------
    TooLarge
        If there are more vertices than that. The best equilibrium for an objective is then still found by
        :func:`correlated_equilibrium`.

    Examples
    --------
    >>> import gametheory as gt
    >>> dilemma = gt.NormalFormGame.from_bimatrix([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    >>> gt.correlated_equilibria(dilemma)
    correlated equilibria: polytope of dimension 0 with 1 vertex
      1. (2, 2) | payoffs Player 1 1, Player 2 1 | Nash
    """
    return _all(game, max_vertices, coarse=False)


def coarse_correlated_equilibria(game: Game, *, max_vertices: int = MAX_RAYS) -> CorrelatedEquilibria:
    """All coarse correlated equilibria; see :func:`correlated_equilibria`."""
    return _all(game, max_vertices, coarse=True)


def _all(game: Game, max_vertices: int, *, coarse: bool) -> CorrelatedEquilibria:
    form, tree = _normal_form(game)
    rows = _disobediences(form, coarse)
    size = int(np.prod(form.shape))
    concept = "coarse correlated" if coarse else "correlated"
    rays = extreme_rays(
        [row.gains for row in rows], size, max_rays=max_vertices, what=f"{concept} equilibria"
    )
    points = sorted(([Fraction(v, sum(ray)) for v in ray] for ray in rays), reverse=True)
    vertices = tuple(
        judge_correlated(form, _table(form, point), coarse=coarse, tree=tree) for point in points
    )
    return CorrelatedEquilibria(form, concept, vertices, _rank(points) - 1, tree)


def _rank(rows: list[list[Fraction]]) -> int:
    import flint

    matrix = flint.fmpq_mat([[flint.fmpq(v.numerator, v.denominator) for v in row] for row in rows])
    return int(matrix.rank())


# ---------------------------------------------------------------------------------------------------------------------
# The inequalities
# ---------------------------------------------------------------------------------------------------------------------
def _normal_form(game: Any) -> tuple[NormalFormGame, ExtensiveGame | None]:
    tree = game if isinstance(game, ExtensiveGame) else None
    if tree is None and not isinstance(game, NormalFormGame):
        raise GameError(
            f"correlated equilibria are those of a NormalFormGame or an ExtensiveGame, not of a {type(game).__name__}."
        )
    if game.domain == "parametric":
        raise Unsupported(
            f"the payoffs depend on {', '.join(sorted(game.parameters))}; give values, with model.at(...) or game.substitute(...)."
        )
    return (game, None) if tree is None else (strategic_form(tree), tree)


def _disobediences(form: NormalFormGame, coarse: bool) -> list[_Disobedience]:
    """The inequalities, in the order of players and strategies."""
    rows = []
    exact = np.array(_fractions(form.payoffs), dtype=object).reshape(form.payoffs.shape)
    for i, player in enumerate(form.players):
        own, names = np.moveaxis(exact[i], i, 0), form.strategies[i]
        for t, instead in enumerate(names):
            if len(names) == 1:
                continue
            gains = own[t : t + 1] - own  # by what one is told
            if coarse:
                rows.append(_Disobedience((player, instead), np.moveaxis(gains, 0, i).ravel().tolist()))
                continue
            for s, told in enumerate(names):
                if s != t:
                    alone = np.full(own.shape, Fraction(0), dtype=object)
                    alone[s] = gains[s]
                    flat = np.moveaxis(alone, 0, i).ravel().tolist()
                    rows.append(_Disobedience((player, told, instead), flat))
    return rows


def _fractions(table: Array) -> list[Fraction]:
    """The entries of an array as fractions; a float is the rational that it is."""
    return [value if isinstance(value, Fraction) else Fraction(value) for value in table.ravel().tolist()]


def _table(form: NormalFormGame, flat: Sequence[Fraction]) -> Array:
    """Numbers of the game's kind, in the shape of its strategy profiles."""
    table = np.array([*flat, None], dtype=object)[:-1].reshape(form.shape)
    return table.astype(np.float64) if form.domain == "real" else table
