"""From a decomposition in numbers of fields to a map with labels and closed forms."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from gametheory import scalars
from gametheory.equilibria.outcomes import OutcomeFunctional
from gametheory.equilibria.result import (
    Component,
    Equilibrium,
    EquilibriumSet,
    judge_nash,
    judge_subgame_perfect,
)
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.profiles import BehaviourProfile, MixedProfile
from gametheory.sensitivity._cells import Solution
from gametheory.sensitivity._indifference import Indifference, indifferences
from gametheory.sensitivity._plane_arcs import Chain, chains
from gametheory.sensitivity._plane_cells import Cell, Decomposition, Place, Section
from gametheory.sensitivity._plane_game import PlaneGame
from gametheory.sensitivity._plane_geometry import Geometry
from gametheory.sensitivity._plane_polynomials import PlanePolynomial
from gametheory.sensitivity._plays import Plays
from gametheory.sensitivity.plane_faces import Curve, CurveArc, Face, FaceCell, Vertex
from gametheory.solvers.algebraic import RealAlgebraic, to_fraction
from gametheory.solvers.function_fields import PointCell, PolynomialKey
from gametheory.solvers.rational_functions import RationalFunction, Ring

__all__ = ["Builder", "factored"]


def factored(ring: Ring, function: RationalFunction) -> Any:
    """A rational function as people read it: a Fraction, or a SymPy expression with its polynomials factored."""
    import sympy

    if function.numerator.is_constant() and function.denominator.is_constant():
        top, bottom = function.numerator, function.denominator
        return to_fraction(top.leading_coefficient() / bottom.leading_coefficient()) if top else Fraction(0)

    def product(number: int, parts: Any) -> Any:
        return sympy.Mul(number, *(ring.to_sympy(part) ** power for part, power in parts))

    (above, over), (below, under) = (part.factor() for part in (function.numerator, function.denominator))
    number = above / below
    if not under:
        return sympy.Rational(int(number.p), int(number.q)) * product(1, over)
    # Whole coefficients above and below the line.
    return product(int(number.p), over) / product(int(number.q), under)


@lru_cache(maxsize=4096)
def shown(number: Fraction | RealAlgebraic) -> Any:
    """An exact number as people give and read it."""
    return number if isinstance(number, Fraction) else number.to_sympy()


class Builder:
    """Makes the parts of a map.

    Parameters
    ----------
    game : PlaneGame
    work : Decomposition
    outcome : OutcomeFunctional or None
        What the labels tell apart: whether this probability is 0, 1 or between.
    name : str
        What it is called.
    start : int
        The node from which the play is followed.
    """

    def __init__(
        self,
        game: PlaneGame,
        work: Decomposition,
        outcome: OutcomeFunctional | None = None,
        name: str = "",
        start: int = 0,
    ) -> None:
        self.game, self.work, self.outcome, self.name, self.start = game, work, outcome, name, start
        self.geometry = Geometry(work)
        self.ring = work.plane.ring
        symbols = {name: scalars.symbol(name) for name in self.ring.names}
        base = game.game
        #: The game with the other parameters fixed, in which closed forms are written.
        self.reduced = base.substitute({**game.fixed, **symbols}) if base.domain == "parametric" else base
        self._expressions: dict[tuple[PolynomialKey, PolynomialKey, tuple[int, int]], Any] = {}
        self._labels: dict[int, str] = {}
        self._closed: dict[int, tuple[Any, ...]] = {}
        self._polynomials: dict[PlanePolynomial, Any] = {}

    # -- faces ---------------------------------------------------------------------------------------------------------------
    def faces(self) -> tuple[tuple[Face, ...], dict[Place, int]]:
        """The faces, the largest first, and the number of each by the cell that stands for it."""
        members: dict[Place, list[Place]] = {}
        for k, cylinder in enumerate(self.work.cylinders):
            for j in range(len(cylinder.cells)):
                members.setdefault(self.work.find((k, j)), []).append((k, j))
        (x0, x1), (y0, y1) = self.work.plane.x_range, self.work.plane.y_range
        whole = (x1 - x0) * (y1 - y0)
        areas = {root: self.geometry.area(places) for root, places in members.items()}
        order = sorted(members, key=lambda root: (-areas[root][0], root))
        number = {root: k for k, root in enumerate(order)}
        faces = []
        for k, root in enumerate(order):
            area, error = areas[root]
            share = area / whole if isinstance(area, Fraction) else area / float(whole)
            faces.append(self._face(k, members[root], area, share, error))
        return tuple(faces), number

    def _face(self, number: int, places: list[Place], area: Any, share: Any, error: float) -> Face:
        best = max(places, key=self._room)
        cell, cylinder = self.work.cell(best), self.work.cylinders[best[0]]
        sample = cylinder.sample, cell.sample
        equilibria, outcomes = self._solved(cell, sample)
        return Face(
            number,
            self.label(cell),
            sample,
            equilibria,
            MappingProxyType(outcomes),
            tuple(self._part(*place) for place in sorted(places)),
            area,
            share,
            error,
        )

    def _room(self, place: Place) -> float:
        cell, cylinder = self.work.cell(place), self.work.cylinders[place[0]]
        low, high = (
            float(self.work.bound(section, cylinder.sample, top))
            for section, top in ((cell.lower, False), (cell.upper, True))
        )
        return (float(cylinder.high) - float(cylinder.low)) * (high - low)

    def _part(self, k: int, j: int) -> FaceCell:
        cylinder = self.work.cylinders[k]
        cell = cylinder.cells[j]

        def wall(section: Section | None) -> tuple[Any, int] | None:
            return None if section is None else (self.expression_of(section.polynomial), section.position)

        return FaceCell(
            shown(cylinder.low),
            shown(cylinder.high),
            wall(cell.lower),
            wall(cell.upper),
            (cylinder.sample, cell.sample),
        )

    def expression_of(self, p: PlanePolynomial) -> Any:
        """A polynomial as an expression."""
        if p not in self._polynomials:
            self._polynomials[p] = self.ring.to_sympy(p.polynomial)
        return self._polynomials[p]

    def expression(self, number: Any) -> Any:
        """A function as an expression, or a number."""
        key = number.key
        if key not in self._expressions:
            self._expressions[key] = factored(self.ring, number)
        return self._expressions[key]

    # -- equilibria ----------------------------------------------------------------------------------------------------------
    def _solved(
        self, cell: Cell, sample: tuple[Fraction, Fraction]
    ) -> tuple[EquilibriumSet, dict[str, tuple[Any, ...]]]:
        """The equilibria and the outcomes of a face, in closed form."""
        solution, game = cell.leaf.solution, self.reduced
        judged = self._judged(solution, sample)
        make: Callable[..., Any] = (
            BehaviourProfile.from_arrays if isinstance(game, ExtensiveGame) else MixedProfile.from_arrays
        )
        answer = cell.leaf.number
        if answer not in self._closed:
            place = PointCell(self.ring, dict(zip(self.ring.names, cell.leaf.sample, strict=True)))
            self._closed[answer] = (
                [
                    make(game, [[self.expression(p) for p in vector] for vector in profile])
                    for profile in solution.profiles
                ],
                [
                    {p: self.expression(v) for p, v in zip(game.players, payoffs, strict=True)}
                    for payoffs in solution.payoffs
                ],
                {
                    name: tuple(self.expression(value) for value in values)
                    for name, values in self.game.outcomes(solution, place).items()
                },
            )
        profiles, payoffs, outcomes = self._closed[answer]
        equilibria = tuple(
            Equilibrium(
                game,
                profiles[k],
                MappingProxyType(payoffs[k]),
                Fraction(0),
                judged[k].index,
                True,
                solution.continuum[k],
            )
            for k in range(len(solution.profiles))
        )
        found = EquilibriumSet(
            equilibria,
            "Nash" if self.game.concept == "nash" else "subgame-perfect",
            solution.method,
            solution.complete,
            solution.reason,
            Component.groups(equilibria, solution.components),
        )
        values = dict(outcomes)
        if self.game.game is self.game.model.game:
            for name, outcome in self.game.model.outcomes.items():
                if not isinstance(outcome, OutcomeFunctional):
                    values[name] = tuple(outcome(equilibrium) for equilibrium in found)
        return found, values

    def _judged(self, solution: Solution, sample: tuple[Fraction, Fraction]) -> list[Equilibrium]:
        """The solution at a point, as numbers, judged: closed forms are believed only if regret is exactly zero there."""
        at = dict(zip(self.ring.names, sample, strict=True))
        game = self.game.game
        if game.domain == "parametric":
            game = game.substitute({**self.game.fixed, **at})
        judged = []
        for profile in solution.profiles:
            vectors = [[value_of(self.ring, p, at) for p in vector] for vector in profile]
            if isinstance(game, ExtensiveGame):
                judged.append(judge_subgame_perfect(game, BehaviourProfile.from_arrays(game, vectors)))
            else:
                judged.append(judge_nash(game, MixedProfile.from_arrays(game, vectors)))
        return judged

    # -- labels --------------------------------------------------------------------------------------------------------------
    def label(self, cell: Cell) -> str:
        """What is played in a cell."""
        leaf = cell.leaf
        if leaf.answer not in self._labels:
            if self.outcome is None:
                self._labels[leaf.answer] = self._play(leaf.solution)
            else:
                place = PointCell(self.ring, dict(zip(self.ring.names, leaf.sample, strict=True)))
                values = self.game.values(leaf.solution, place, self.outcome)
                kinds = {
                    0 if v.numerator.is_zero() else 2 if (v - 1).numerator.is_zero() else 1 for v in values
                }
                texts = (f"{self.name} = 0", f"0 < {self.name} < 1", f"{self.name} = 1")
                self._labels[leaf.answer] = (
                    " | ".join(texts[k] for k in sorted(kinds)) or "no equilibrium found"
                )
        return self._labels[leaf.answer]

    def _play(self, solution: Solution) -> str:
        plays = Plays(self.game.game, self.start)
        game = self.game.game
        sets = [i.actions for i in game.infosets] if isinstance(game, ExtensiveGame) else game.strategies
        # Whether a move is made is decided exactly: 1 if its probability is not the zero function.
        moves = [
            [float(not p.numerator.is_zero()) for vector in profile for p in vector]
            for profile in solution.profiles
        ]
        behaviour = np.array(moves).reshape(len(moves), sum(map(len, sets)))
        (code,) = plays.codes(np.array([0, len(moves)]), behaviour)
        labels: tuple[str, ...] = plays.labels()
        return labels[int(code)]

    # -- curves --------------------------------------------------------------------------------------------------------------
    def curves(
        self, faces: tuple[Face, ...], number: dict[Place, int]
    ) -> tuple[tuple[Curve, ...], tuple[Vertex, ...]]:
        """The curves on which the equilibria change, those with most faces beside them first, and the points at which they end."""
        found, nodes = chains(self.work)
        grouped: dict[PlanePolynomial, list[Chain]] = {}
        for chain in found:
            grouped.setdefault(chain.polynomial, []).append(chain)
        order = sorted(grouped, key=lambda p: (sum(p.degrees), p.key))
        place = {p: k for k, p in enumerate(order)}
        curves = []
        for p in order:
            arcs = tuple(self._arc(chain, number) for chain in grouped[p])
            curves.append(
                Curve(
                    self.expression_of(p),
                    self._solved_for(p),
                    arcs,
                    self._turns(p, grouped[p], faces, number),
                )
            )
        vertices = tuple(
            Vertex(shown(n.x), shown(n.y), n.kind, tuple(sorted(place[p] for p in n.polynomials)))
            for n in nodes
        )
        return tuple(curves), vertices

    def _arc(self, chain: Chain, number: dict[Place, int]) -> CurveArc:
        first, last = chain.walls[0], chain.walls[-1]
        upright = first.position is None
        low, high = (first.low.exact, last.high.exact) if upright else (first.low, last.high)
        return CurveArc(
            shown(low),
            shown(high),
            upright,
            None if chain.before is None else number[chain.before],
            None if chain.after is None else number[chain.after],
            chain.ends,
            chain.walls,
        )

    def _solved_for(self, p: PlanePolynomial) -> tuple[str, Any] | None:
        for axis in (1, 0):
            if p.degrees[axis] == 1:
                name = self.ring.names[axis]
                constant, slope = self.ring.coefficients(p.polynomial, name)
                return name, factored(self.ring, RationalFunction(-constant, slope))
        if p.vertical and len(p.rows[0]) == 2:
            return self.ring.names[0], Fraction(-p.rows[0][0], p.rows[0][1])
        return None

    def _turns(
        self, p: PlanePolynomial, found: list[Chain], faces: tuple[Face, ...], number: dict[Place, int]
    ) -> tuple[Indifference, ...]:
        """Whose choice turns on a curve."""
        turns: dict[Any, Indifference] = {}
        seen: set[tuple[str, str]] = set()
        for chain in found:
            if chain.before is None or chain.after is None:
                continue
            before, after = faces[number[chain.before]], faces[number[chain.after]]
            key = _pures(before.equilibria), _pures(after.equilibria)
            if key[0] == key[1] or key in seen:
                continue
            seen.add(key)
            wall = chain.walls[0]
            x, y = self.ring.names
            if wall.position is None:
                assert wall.x is not None
                free, value, over = x, wall.x, self.work.plane.x_range
                other, at = y, wall.low.rational_below(wall.high)
            else:
                at = self.work.sample_on(wall)
                other, free, over = x, y, self.work.plane.y_range
                value = p.roots(at)[wall.position]
            fixed = {**self.game.fixed, other: at}
            sides = before.equilibria, after.equilibria
            for turn in indifferences(self.game.game, free, fixed, value, sides, over):
                turns.setdefault((turn.player, turn.infoset, frozenset((turn.action, turn.instead))), turn)
        return tuple(turns.values())


def _pures(found: EquilibriumSet) -> str:
    return " | ".join(sorted(str([list(v) for v in e.profile.arrays]) for e in found if e.is_pure))


def value_of(ring: Ring, function: Any, at: dict[str, Fraction]) -> Fraction:
    """The value of a rational function at a rational point."""
    return ring.evaluate(function.numerator, at) / ring.evaluate(function.denominator, at)
