"""Small games in Fractions, solved by what is written here alone: the judges of the campaign.

Two players: a pair of mixed strategies is an extreme equilibrium if and only if it is a pair of vertices of the best-response polyhedra
that is completely labelled (Mangasarian 1964; von Stengel 2002, theorem 2.14). All vertices are listed by solving for every choice of
inequalities that hold with equality; nothing is shared with the package, which enumerates vertices by pivoting.

Trees: backward induction over subgames, every tie followed, two-player stages by the above.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

Vector = tuple[Fraction, ...]
Profile = tuple[Vector, ...]
Matrix = Sequence[Sequence[Fraction]]


# -- two players ----------------------------------------------------------------------------------------------------------
def solve(rows: list[list[Fraction]]) -> list[Fraction] | None:
    """The solution of a square system, each row with its right-hand side last, or None if there is not exactly one."""
    rows = [list(row) for row in rows]
    n = len(rows)
    for k in range(n):
        pivot = next((r for r in range(k, n) if rows[r][k]), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for r in range(n):
            if r != k and rows[r][k]:
                factor = rows[r][k]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[k], strict=True)]
    return [row[-1] for row in rows]


def vertices(payoffs: Matrix) -> dict[Vector, frozenset[tuple[str, int]]]:
    """The vertices of a player's polyhedron {(x, v): x in the simplex, sum_i x_i payoffs[i][j] <= v for all j}, with their labels.

    ``payoffs[i][j]`` is the other player's payoff; the labels are the own strategies that are not played and the other's best replies.
    """
    m, n = len(payoffs), len(payoffs[0])
    # In the unknowns x_1, ..., x_m, v; the last entry is the right-hand side.
    zero = [[Fraction(int(k == i)) for k in range(m + 2)] for i in range(m)]
    best = [[*(Fraction(row[j]) for row in payoffs), Fraction(-1), Fraction(0)] for j in range(n)]
    one = [Fraction(1)] * m + [Fraction(0), Fraction(1)]
    found: dict[Vector, frozenset[tuple[str, int]]] = {}
    for tight in itertools.combinations([*zero, *best], m):
        point = solve([one, *tight])
        if point is None:
            continue
        x, v = tuple(point[:m]), point[m]
        replies = [sum((x[i] * payoffs[i][j] for i in range(m)), start=Fraction(0)) for j in range(n)]
        if min(x) >= 0 and max(replies) == v:
            labels = {("own", i) for i in range(m) if not x[i]}
            found[x] = frozenset(labels | {("other", j) for j in range(n) if replies[j] == v})
    return found


def extreme_equilibria(a: Matrix, b: Matrix) -> set[Profile]:
    """All extreme equilibria of a bimatrix game."""
    m, n = len(a), len(a[0])
    first = vertices(b)
    second = vertices([[a[i][j] for i in range(m)] for j in range(n)])
    everything = {("row", i) for i in range(m)} | {("column", j) for j in range(n)}
    found = set()
    for x, labels in first.items():
        here = {("row" if kind == "own" else "column", k) for kind, k in labels}
        for y, others in second.items():
            if here | {("column" if kind == "own" else "row", k) for kind, k in others} == everything:
                found.add((x, y))
    return found


# -- trees ----------------------------------------------------------------------------------------------------------------
@dataclass
class End:
    """The end of a play: what each player gets, as polynomials."""

    payoffs: list[Polynomial]


@dataclass
class Move:
    """A decision of one player, of whom the others know."""

    name: str
    player: int
    below: list[Node]


@dataclass
class Stage:
    """Two players decide at once: the second one does not see the choice of the first."""

    name: str
    players: tuple[int, int]
    below: list[list[Node]]


@dataclass
class Draw:
    """A chance move."""

    name: str
    shares: list[Polynomial]
    below: list[Node]


Node = End | Move | Stage | Draw


@dataclass
class Polynomial:
    """A polynomial in named parameters: coefficients by exponents."""

    names: tuple[str, ...]
    terms: dict[tuple[int, ...], Fraction] = field(default_factory=dict)

    def at(self, point: Mapping[str, Fraction]) -> Fraction:
        """The value."""
        total = Fraction(0)
        for exponents, coefficient in self.terms.items():
            for name, exponent in zip(self.names, exponents, strict=True):
                coefficient *= point[name] ** exponent
            total += coefficient
        return total

    def text(self) -> str:
        """As the package reads it."""
        parts = [
            "*".join(
                [f"({c})", *(f"{name}**{e}" for name, e in zip(self.names, exponents, strict=True) if e)]
            )
            for exponents, c in self.terms.items()
        ]
        return " + ".join(parts) or "0"


#: Payoffs, and what is done at each information set.
Play = tuple[Vector, dict[str, Vector]]


def unit(size: int, k: int) -> Vector:
    return tuple(Fraction(int(i == k)) for i in range(size))


def subgame_perfect(node: Node, point: Mapping[str, Fraction]) -> list[Play]:
    """Every subgame-perfect equilibrium in which mixtures are extreme ones of their stage."""
    if isinstance(node, End):
        return [(tuple(p.at(point) for p in node.payoffs), {})]
    rows = node.below if isinstance(node, Stage) else [node.below]
    below = [child for row in rows for child in row]
    found: list[Play] = []
    for following in itertools.product(*(subgame_perfect(child, point) for child in below)):
        rest = {name: vector for _, plan in following for name, vector in plan.items()}
        ends = [values for values, _ in following]
        if isinstance(node, Draw):
            shares = [share.at(point) for share in node.shares]
            mean = (
                sum(s * u for s, u in zip(shares, column, strict=True)) for column in zip(*ends, strict=True)
            )
            found.append((tuple(mean), rest))
        elif isinstance(node, Move):
            best = max(values[node.player] for values in ends)
            for k, values in enumerate(ends):
                if values[node.player] == best:
                    found.append((values, {**rest, node.name: unit(len(ends), k)}))
        else:
            width = len(rows[0])
            a, b = (
                [[ends[i * width + j][player] for j in range(width)] for i in range(len(rows))]
                for player in node.players
            )
            for x, y in extreme_equilibria(a, b):
                weights = [p * q for p in x for q in y]
                mean = (
                    sum(w * u for w, u in zip(weights, column, strict=True))
                    for column in zip(*ends, strict=True)
                )
                found.append((tuple(mean), {**rest, f"{node.name}a": x, f"{node.name}b": y}))
    return found
