"""All equilibria of random games, against Gambit, Nashpy and QuantEcon; exactly, and with ties, where the other can.

Games with payoffs in {0, 1, 2} are nearly all degenerate: their equilibria form continua, of which Gambit's enummixed lists
the extreme points, as this package does. The two lists must be the same.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.equilibria import nash
from gametheory.solvers.algebraic import to_fraction
from gametheory.solvers.bimatrix import extreme_equilibria
from judges import gambit


@st.composite
def bimatrices(draw, low, high, most):
    rows, columns = draw(st.integers(1, most)), draw(st.integers(1, most))
    entries = st.lists(st.integers(low, high), min_size=rows * columns, max_size=rows * columns)
    return tuple(np.array(draw(entries), dtype=np.int64).reshape(rows, columns) for _ in range(2))


def solve(a, b):
    found = gt.nash_equilibria(gt.NormalFormGame.from_bimatrix(a, b))
    assert found.complete
    return found


def vectors(found):
    return {tuple(tuple(vector.tolist()) for vector in equilibrium.profile.arrays) for equilibrium in found}


@settings(max_examples=150, deadline=None)
@given(bimatrices(0, 2, 4))
def test_extreme_equilibria_of_degenerate_games_are_gambits(game):
    assert vectors(solve(*game)) == gambit(*game)


@settings(max_examples=100, deadline=None)
@given(bimatrices(-20, 20, 5))
def test_equilibria_of_generic_games_are_gambits(game):
    assert vectors(solve(*game)) == gambit(*game)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.sampled_from([0.1, 2.0, 5.0]), st.integers(0, 2**32 - 1))
def test_floats_are_solved_as_the_rationals_that_they_are(rows, columns, spread, seed):
    """Payoffs of many sizes, up to some thousands; Gambit is given the fractions (it returns nothing for integers above 2**31)."""
    floats = np.exp(np.random.default_rng(seed).normal(0, spread, (2, rows, columns)))
    found = extreme_equilibria(*floats.tolist())
    exact = np.vectorize(Fraction, otypes=[object])(floats)
    assert {tuple(tuple(map(to_fraction, vector)) for vector in pair) for pair in found.equilibria} == gambit(
        *exact
    )
    assert sum(found.indices) == 1


@settings(max_examples=60, deadline=None)
@given(bimatrices(0, 2, 4), st.data())
def test_components_hold_equilibria_only_and_every_extreme_one(game, data):
    """Every mixture of the first player's vertices with every mixture of the second player's is an equilibrium."""
    found = solve(*game)
    payoffs = np.array(game)
    assert {vertex for component in found.components for vertex in component} == set(found)
    for component in found.components:
        mixed = []
        for i in range(2):
            corners = list(dict.fromkeys(tuple(vertex.profile.arrays[i]) for vertex in component))
            weights = data.draw(
                st.lists(st.integers(0, 5), min_size=len(corners), max_size=len(corners)).filter(any)
            )
            columns = zip(*corners, strict=True)
            total = sum(weights)
            mixed.append(
                [
                    sum(Fraction(w, total) * p for w, p in zip(weights, column, strict=True))
                    for column in columns
                ]
            )
        assert nash.regret(payoffs, mixed) == 0
    if not any(equilibrium.continuum for equilibrium in found) and all(e.index is not None for e in found):
        assert sum(equilibrium.index for equilibrium in found) == 1


def agree(ours, theirs):
    theirs = [[float(p) for vector in pair for p in vector] for pair in theirs]
    return len(ours) == len(theirs) and all(
        any(np.allclose(one, other, atol=1e-8) for other in theirs) for one in ours
    )


@pytest.mark.parametrize("seed", range(25))
def test_equilibria_of_random_games_are_nashpys_and_quantecons(seed):
    """Payoffs drawn from a wide range have no ties, about which neither could be asked.

    Vertices, not supports: Nashpy compares floats exactly there, and so misses equilibria of two games in five.
    """
    nashpy = pytest.importorskip("nashpy")
    quantecon = pytest.importorskip("quantecon.game_theory")
    rng = np.random.default_rng(seed)
    a, b = rng.integers(-1000, 1000, size=(2, *rng.integers(2, 6, size=2)))
    found = solve(a, b)
    assert not any(equilibrium.continuum for equilibrium in found)
    ours = [[float(p) for vector in e.profile.arrays for p in vector] for e in found]
    a, b = a.astype(float), b.astype(float)
    assert agree(ours, nashpy.Game(a, b).vertex_enumeration())
    theirs = quantecon.NormalFormGame((quantecon.Player(a), quantecon.Player(np.ascontiguousarray(b.T))))
    assert agree(ours, quantecon.vertex_enumeration(theirs))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_pure_equilibria_of_three_players_are_gambits(data):
    shape = data.draw(st.tuples(*[st.integers(1, 3)] * 3))
    size = 3 * int(np.prod(shape))
    payoffs = np.array(data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))).reshape(
        3, *shape
    )
    ours = {
        tuple(tuple(v.tolist()) for v in e.profile.arrays)
        for e in gt.nash_equilibria(gt.NormalFormGame(payoffs), method="pure")
    }
    assert ours == gambit(*payoffs, method="enumpure")


@st.composite
def perfect_information(draw, depth=3, ties=True):
    """A tree of two players without hidden moves; payoffs as a nested list, so that either package can build it."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return tuple(draw(st.integers(0, 3 if ties else 10**6)) for _ in range(2))
    mover = draw(st.integers(0, 1))
    return (mover, [draw(perfect_information(depth - 1, ties)) for _ in range(draw(st.integers(1, 3)))])


def pure_perfect(tree):
    """All pure subgame-perfect plans by the definition, as (payoffs, plans) with one chosen branch for each node."""
    if isinstance(tree[1], int):
        return [(tree, ())]
    mover, branches = tree
    found = []
    for below in itertools.product(*(pure_perfect(branch) for branch in branches)):
        best = max(payoffs[mover] for payoffs, _ in below)
        for k, (payoffs, _) in enumerate(below):
            if payoffs[mover] == best:
                found.append((payoffs, (k, *(choice for _, plan in below for choice in plan))))
    return found


def build(tree):
    if isinstance(tree[1], int):
        return gt.Outcome(one=tree[0], two=tree[1])
    mover, branches = tree
    return gt.Decision(["one", "two"][mover], {str(k): build(branch) for k, branch in enumerate(branches)})


@settings(max_examples=60, deadline=None)
@given(perfect_information())
def test_every_pure_subgame_perfect_plan_is_listed_and_no_other(tree):
    if isinstance(tree[1], int):
        return
    wanted = pure_perfect(tree)
    if len(wanted) > 2000:
        return
    game = gt.ExtensiveGame(build(tree), players=("one", "two"))
    found = gt.subgame_perfect_equilibria(game)
    plans = {
        (tuple(e.payoffs.values()), tuple(int(vector.tolist().index(1)) for vector in e.profile.arrays))
        for e in found
        if e.is_pure
    }
    assert plans == set(wanted)
    # A choice between several is a tie, and a tie is never broken in silence.
    assert any(e.continuum for e in found) == (len(wanted) > 1)
