"""Random parametric games for the campaign, each with a judge that knows it without the package.

Four regimes: whole numbers from -2 to 2 (many ties), whole numbers up to a thousand, few payoffs with parameters in them (structural
zeros), and fractions. Payoffs are polynomials of degree two.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

import gametheory as gt
from campaigns import judging
from campaigns.judging import Draw, End, Move, Node, Polynomial, Profile, Stage
from gametheory.equilibria import sequential

REGIMES = ("ties", "large", "sparse", "fractions")
KINDS = ("two players", "tree", "signalling", "three players")


@dataclass
class Sample:
    """A random game: the model, and who judges it.

    ``judge`` takes a point and returns all equilibria (of continua the extreme ones; irrational ones as pairs of bounds) and the
    payoffs in them, or None where it has no answer.
    """

    title: str
    model: gt.Model
    judge: Callable[[Mapping[str, Fraction]], dict[Profile, tuple[Fraction, ...]] | None]
    #: Payoffs at a point as whole numbers, for Gambit; two players only.
    tables: Callable[[Mapping[str, Fraction]], list[np.ndarray]] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.model.space)


def sample(kind: str, parameters: int, regime: str, seed: int) -> Sample:
    """The game of a seed."""
    rng = random.Random(f"{kind} {parameters} {regime} {seed}")
    names = ("x", "y")[:parameters]
    title = f"{kind}, {parameters} parameters, {regime}, {seed}"
    space = gt.ParameterSpace(*(_parameter(rng, name) for name in names))
    draw = _polynomials(rng, names, regime)
    if kind == "two players":
        shape = rng.choice([(2, 2), (2, 3), (3, 2), (3, 3), (3, 3)])
        return _table(title, space, shape, draw)
    if kind == "three players":
        return _table(title, space, (2, 2, 2), draw)
    if kind == "tree":
        return _tree(title, space, _grow(rng, names, draw), names)
    return _signalling(title, space, rng, names, draw)


def _parameter(rng: random.Random, name: str) -> gt.Parameter:
    low = Fraction(rng.randint(-4, 2), rng.choice([1, 1, 2, 3]))
    high = low + Fraction(rng.randint(1, 6), rng.choice([1, 1, 2]))
    return gt.Parameter(name, (low + high) / 2, low=low, high=high)


def _polynomials(rng: random.Random, names: tuple[str, ...], regime: str) -> Iterator[Polynomial]:
    exponents = [e for e in itertools.product(range(3), repeat=len(names)) if 0 < sum(e) <= 2]
    constant = (0,) * len(names)

    def number() -> Fraction:
        if regime == "large":
            return Fraction(rng.randint(-1000, 1000))
        if regime == "fractions":
            return Fraction(rng.randint(-12, 12), rng.choice([1, 2, 3, 5, 7]))
        return Fraction(rng.randint(-2, 2))

    while True:
        terms = {constant: number()}
        share = {"sparse": 0.15, "ties": 0.6}.get(regime, 0.8)
        for e in exponents:
            if rng.random() < share:
                terms[e] = number()
        yield Polynomial(names, {e: c for e, c in terms.items() if c})


# -- strategic forms --------------------------------------------------------------------------------------------------------
def _table(
    title: str, space: gt.ParameterSpace, shape: tuple[int, ...], draw: Iterator[Polynomial]
) -> Sample:
    n = len(shape)
    cells = list(itertools.product(*map(range, shape)))
    values = {(i, *cell): next(draw) for i in range(n) for cell in cells}
    table = np.empty((n, *shape), dtype=object)
    for index, polynomial in values.items():
        table[index] = polynomial.text()
    model = gt.Model(title, gt.NormalFormGame(table), space)

    def numbers(point: Mapping[str, Fraction]) -> np.ndarray:
        result = np.empty((n, *shape), dtype=object)
        for index, polynomial in values.items():
            result[index] = polynomial.at(point)
        return result

    def mean(payoffs: np.ndarray, profile: Profile) -> tuple[Fraction, ...]:
        weights = {cell: Fraction(1) for cell in cells}
        for cell in cells:
            for vector, k in zip(profile, cell, strict=True):
                weights[cell] *= vector[k]
        return tuple(
            sum((w * payoffs[(i, *c)] for c, w in weights.items()), start=Fraction(0)) for i in range(n)
        )

    def two(point: Mapping[str, Fraction]) -> dict[Profile, tuple[Fraction, ...]]:
        payoffs = numbers(point)
        return {
            p: mean(payoffs, p) for p in judging.extreme_equilibria(payoffs[0].tolist(), payoffs[1].tolist())
        }

    def three(point: Mapping[str, Fraction]) -> dict[Profile, tuple[Fraction, ...]] | None:
        payoffs = numbers(point)
        found = gt.nash_equilibria(gt.NormalFormGame(payoffs), progress=False)
        if not found.complete:
            return None
        return {_bounded(e): tuple(e.payoffs.values()) for e in found}

    def whole(point: Mapping[str, Fraction]) -> list[np.ndarray]:
        # Equilibria do not change when a player's payoffs are multiplied; Gambit is given whole numbers.
        result = []
        for own in numbers(point):
            scale = math.lcm(*(value.denominator for value in own.flat))
            result.append(own * scale)
        return result

    return Sample(title, model, two if n == 2 else three, whole if n == 2 else None)


def _bounded(equilibrium: Any) -> Profile:
    if equilibrium.enclosure is None:
        return tuple(tuple(vector) for vector in equilibrium.profile.arrays)
    return tuple(tuple(tuple(pair) for pair in own) for own in equilibrium.enclosure.intervals)


# -- trees ------------------------------------------------------------------------------------------------------------------
PLAYERS = ("A", "B", "C")


def _grow(rng: random.Random, names: tuple[str, ...], draw: Iterator[Polynomial]) -> Node:
    """A tree of up to thirty nodes in which every decision but the second of a stage starts a subgame."""
    budget = [rng.randint(12, 29)]
    number = itertools.count()

    def end() -> End:
        return End([next(draw) for _ in PLAYERS])

    def shares(n: int) -> list[Polynomial]:
        # Probabilities that depend on no parameter, so that they are probabilities everywhere.
        weights = [rng.randint(1, 4) for _ in range(n)]
        zero = (0,) * len(names)
        return [Polynomial(names, {zero: Fraction(w, sum(weights))}) for w in weights]

    def node(depth: int) -> Node:
        kind = rng.choice(["move", "move", "move", "stage", "chance", "end"] if depth else ["move", "stage"])
        m, n = rng.randint(2, 3), rng.randint(2, 3)
        cost = {"move": m, "chance": 2, "stage": m + m * n}.get(kind, 0)
        if depth >= 4 or kind == "end" or cost > budget[0]:
            return end()
        budget[0] -= cost
        name = f"h{next(number)}"
        if kind == "move":
            return Move(name, rng.randrange(3), [node(depth + 1) for _ in range(m)])
        if kind == "chance":
            return Draw(name, shares(2), [node(depth + 1) for _ in range(2)])
        first, second = rng.sample(range(3), 2)
        return Stage(name, (first, second), [[node(depth + 2) for _ in range(n)] for _ in range(m)])

    return node(0)


def _build(node: Node) -> Any:
    if isinstance(node, End):
        return gt.Outcome(None, {p: value.text() for p, value in zip(PLAYERS, node.payoffs, strict=True)})
    if isinstance(node, Move):
        below = {"abc"[k]: _build(child) for k, child in enumerate(node.below)}
        return gt.Decision(PLAYERS[node.player], below, infoset=node.name)
    if isinstance(node, Draw):
        pairs = zip(node.shares, node.below, strict=True)
        return gt.Chance({"abc"[k]: (share.text(), _build(child)) for k, (share, child) in enumerate(pairs)})
    first, second = (PLAYERS[p] for p in node.players)
    rows = {}
    for i, row in enumerate(node.below):
        replies = {"uvw"[j]: _build(child) for j, child in enumerate(row)}
        rows["abc"[i]] = gt.Decision(second, replies, infoset=f"{node.name}b")
    return gt.Decision(first, rows, infoset=f"{node.name}a")


def _tree(title: str, space: gt.ParameterSpace, root: Node, names: tuple[str, ...]) -> Sample:
    game = gt.ExtensiveGame(_build(root), PLAYERS)
    labels = [infoset.label for infoset in game.infosets]

    def judge(point: Mapping[str, Fraction]) -> dict[Profile, tuple[Fraction, ...]]:
        plays = judging.subgame_perfect(root, point)
        return {tuple(plan[label] for label in labels): values for values, plan in plays}

    return Sample(title, gt.Model(title, game, space), judge)


def _signalling(
    title: str,
    space: gt.ParameterSpace,
    rng: random.Random,
    names: tuple[str, ...],
    draw: Iterator[Polynomial],
) -> Sample:
    """Chance draws a type, A knows it and signals, B sees the signal only, C may keep out of it all.

    There is no independent solver for such trees here: the judge is the package's solver for numbers, and every equilibrium must
    be subgame perfect by definition.
    """

    def end() -> Any:
        return gt.Outcome(None, {p: next(draw).text() for p in PLAYERS})

    def turn(kind: str) -> Any:
        signals = {s: gt.Decision("B", {r: end() for r in "uv"}, infoset=f"after {s}") for s in "lm"}
        return gt.Decision("A", signals, infoset=f"A {kind}")

    prior = Fraction(rng.randint(1, 4), 5)
    root: Any = gt.Chance({"1": (prior, turn("1")), "2": (1 - prior, turn("2"))})
    if rng.random() < 0.5:
        root = gt.Decision("C", {"out": end(), "in": root})
    game = gt.ExtensiveGame(root, PLAYERS)
    model = gt.Model(title, game, space)

    def judge(point: Mapping[str, Fraction]) -> dict[Profile, tuple[Fraction, ...]] | None:
        there = model.at(point)
        found = gt.subgame_perfect_equilibria(there, progress=False)
        for equilibrium in found:
            assert sequential.is_subgame_perfect(there, equilibrium.profile)
        return {tuple(tuple(vector) for vector in e.profile.arrays): tuple(e.payoffs.values()) for e in found}

    return Sample(title, model, judge)
