"""Lemke-Howson: certified ends, parity and index of paths, degenerate games, exact games, large games, other packages."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.equilibria import nash
from gametheory.solvers import lemke_howson as module
from gametheory.solvers._integer_pivoting import Paths
from gametheory.solvers._kernels.lemke_howson import paths
from gametheory.solvers.lemke_howson import lemke_howson


@st.composite
def bimatrices(draw, low, high, most):
    m, n = draw(st.integers(1, most)), draw(st.integers(1, most))
    entries = st.lists(st.integers(low, high), min_size=m * n, max_size=m * n)
    return tuple(np.array(draw(entries)).reshape(m, n) for _ in range(2))


def game_of(a, b):
    return gt.NormalFormGame.from_bimatrix(a, b)


def vectors(equilibria):
    return {tuple(tuple(v.tolist()) for v in e.profile.arrays) for e in equilibria}


#: von Stengel (2002, Handbook of Game Theory 3, ch. 45): the running example, with three equilibria.
HANDBOOK = game_of([[3, 3], [2, 5], [0, 6]], [[3, 2], [2, 6], [3, 1]])


def test_the_running_example_of_the_handbook():
    everything = gt.nash_equilibria(HANDBOOK)
    ends = {label: lemke_howson(HANDBOOK, label)[0] for label in range(5)}
    # All paths from the artificial equilibrium lead to equilibria of index +1; the third one has index -1.
    assert {e.index for e in ends.values()} == {1}
    assert vectors(ends.values()) == vectors(lemke_howson(HANDBOOK, "all"))
    assert vectors(lemke_howson(HANDBOOK, "network")) == vectors(everything)
    assert lemke_howson(HANDBOOK, ("Player 2", "2"))[0] == ends[4]


@settings(max_examples=60, deadline=None)
@given(bimatrices(-50, 50, 4))
def test_ends_are_exact_equilibria_and_paths_alternate_in_index(matrices):
    game = game_of(*matrices)
    everything = gt.nash_equilibria(game)
    known = vectors(everything)
    found = lemke_howson(game, "all")
    network = lemke_howson(game, "network")
    assert vectors(found) <= vectors(network) <= known
    for e in network:
        assert e.exact and e.regret == 0
    if any(e.index is None for e in everything):
        return
    assert all(e.index == 1 for e in found)
    # Equilibria and the artificial one are paired by the paths of any label, so their number is odd.
    assert sum(e.index for e in network) == 1


@settings(max_examples=80, deadline=None)
@given(bimatrices(0, 2, 5))
def test_degenerate_games_do_not_cycle(matrices):
    game = game_of(*matrices)
    known = vectors(gt.nash_equilibria(game))
    for label in ("any", "all", "network"):
        assert vectors(lemke_howson(game, label)) <= known
    for label in range(sum(game.shape)):
        assert lemke_howson(game, label)[0].regret == 0


def test_a_path_that_cycles_without_the_lexicographic_rule():
    """All payoffs tie, or nearly all do: every pivot is degenerate."""
    for a in (np.zeros((6, 6)), np.eye(6), np.tri(6), np.kron(np.eye(2), np.ones((3, 3)))):
        for b in (a, a.T, 1 - a):
            game = game_of(a.astype(int), b.astype(int))
            found = lemke_howson(game, "all", max_pivots=2000)
            assert "did not end" not in found.reason
            assert all(e.regret == 0 for e in found)


@settings(max_examples=40, deadline=None)
@given(bimatrices(0, 3, 5), st.integers(0, 9))
def test_floats_end_where_exact_pivoting_does(matrices, label):
    """Lexicographic ties are broken alike, so a path of given label has one end, whatever the arithmetic."""
    a, b = matrices
    label %= a.shape[0] + a.shape[1]
    exact = Paths(
        [[Fraction(int(v)) for v in row] for row in a], [[Fraction(int(v)) for v in row] for row in b]
    )
    assert exact.follow(label, 10_000) is not None
    x, y = exact.strategies()
    assert lemke_howson(game_of(a, b), label)[0].profile.arrays[0].tolist() == x
    floats = lemke_howson(game_of(a.astype(float), b.astype(float)), label)[0].profile.arrays
    assert np.allclose(floats[0], [float(p) for p in x], atol=1e-12)
    assert np.allclose(floats[1], [float(p) for p in y], atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(bimatrices(-20, 20, 4), st.integers(1, 9), st.integers(-30, 30))
def test_units_and_constants_of_payoffs_change_nothing(matrices, factor, constant):
    a, b = matrices
    for label in range(sum(a.shape)):
        one = lemke_howson(game_of(a, b), label)[0]
        other = lemke_howson(game_of(factor * a + constant, b + 7), label)[0]
        assert one.profile == other.profile


@pytest.mark.parametrize("seed", range(12))
def test_paths_are_quantecons(seed):
    """In generic games the path of a label is unique: same end, same number of pivots."""
    quantecon = pytest.importorskip("quantecon.game_theory")
    rng = np.random.default_rng(seed)
    m, n = rng.integers(2, 30, size=2)
    a, b = rng.random((2, m, n))
    peer = quantecon.NormalFormGame((quantecon.Player(a), quantecon.Player(np.ascontiguousarray(b.T))))
    views = [x.view() for x in (a, b)]
    for view in views:
        view.setflags(write=False)
    for label in rng.integers(0, m + n, size=4).tolist():
        (x, y), result = quantecon.lemke_howson(peer, init_pivot=label, full_output=True)
        ours = lemke_howson(game_of(a, b), label)[0].profile.arrays
        assert np.allclose(ours[0], x, atol=1e-8)
        assert np.allclose(ours[1], y, atol=1e-8)
        none = np.empty((2, 0), np.int32)
        scaling = (a.min(), 1 / np.ptp(a), b.min(), 1 / np.ptp(b))
        status, pivots, *_ = paths(*views, scaling, none, none, np.array([label]), 10**6, False)
        assert (status[0], pivots[0]) == (0, result.num_iter)


@pytest.mark.parametrize("seed", range(6))
def test_the_network_is_gambits(seed):
    pygambit = pytest.importorskip("pygambit", minversion="17.0.0b2")
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 1000, size=(2, *rng.integers(2, 6, size=2)))
    peer = pygambit.StrategicGame.from_arrays(a, b)
    theirs = {
        tuple(tuple(Fraction(int(p.numerator), int(p.denominator)) for _, p in mixed) for mixed in profile)
        for profile in pygambit.nash.lcp_solve(peer, rational=True).equilibria
    }
    ours = vectors(lemke_howson(game_of(a, b), "network"))
    assert theirs <= ours


def test_large_games_are_certified():
    rng = np.random.default_rng(5)
    a, b = rng.random((2, 300, 200))
    (e,) = lemke_howson(game_of(a, b))
    assert e.regret < 1e-9
    assert e.index == 1
    integers = rng.integers(0, 100, size=(2, 60, 60))
    (e,) = lemke_howson(game_of(*integers), 3)
    assert (e.exact, e.regret) == (True, 0)


def test_a_long_path_with_a_large_support():
    """Supports grow to dozens, so that all four kinds of pivots and the fresh inverses are met."""
    rng = np.random.default_rng(1)
    n = 40
    # Matching games have no small equilibria.
    a = np.eye(n) + 0.01 * rng.random((n, n))
    (e,) = lemke_howson(game_of(a, -a + 0.001 * rng.random((n, n))), 0)
    assert e.regret < 1e-9
    assert len(nash.support_array(e.profile.arrays[0])) == n


def test_numbers_that_floats_do_not_tell_apart():
    """Payoffs 10**30 + {0, 1, 2} are equal as floats; they are scaled exactly, and the answer is that of {0, 1, 2}."""
    small = np.array([[[2, 0, 1], [1, 2, 0], [0, 1, 2]], [[0, 2, 1], [1, 0, 2], [2, 1, 0]]], dtype=object)
    plain = lemke_howson(gt.NormalFormGame(small))[0]
    assert lemke_howson(gt.NormalFormGame(small + 10**30))[0].profile == plain.profile
    assert lemke_howson(gt.NormalFormGame(small * 10**400))[0].profile == plain.profile
    assert lemke_howson(gt.NormalFormGame(small.astype(float) * 1e300))[0].regret < 1e291


def test_exact_pivoting_takes_over_when_floats_fail(monkeypatch):
    monkeypatch.setattr(module._duels, "rational_strategy", lambda *_: None)
    (e,) = lemke_howson(HANDBOOK, 1)
    assert (e.exact, e.regret) == (True, 0)
    monkeypatch.setattr(module, "MAX_OPERATIONS", 10)
    with pytest.raises(gt.NotConverged, match="needs more than 0 pivots"):
        lemke_howson(HANDBOOK, 1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (4, 1), (1, 3, 1), (2, 1, 2), (3,), (1,)])
def test_players_without_a_choice(shape):
    rng = np.random.default_rng(0)
    game = gt.NormalFormGame(rng.integers(0, 9, size=(len(shape), *shape)))
    for label in ("any", "all", 0):
        for e in lemke_howson(game, label):
            assert e.regret == 0


def test_what_is_refused():
    three = gt.NormalFormGame(np.zeros((3, 2, 2, 2)))
    with pytest.raises(gt.Unsupported, match="3 have more than one strategy"):
        lemke_howson(three)
    with pytest.raises(gt.Unsupported, match="depend on x"):
        lemke_howson(gt.NormalFormGame([[["x", 0]], [[1, 1]]]))
    with pytest.raises(gt.GameError, match="takes a NormalFormGame"):
        lemke_howson([[1, 2], [3, 4]])
    with pytest.raises(gt.UnknownName, match="did you mean 'any'"):
        lemke_howson(HANDBOOK, "eny")
    with pytest.raises(gt.UnknownName, match="Player 1"):
        lemke_howson(HANDBOOK, ("Player 3", "1"))
    for label in (-1, 5, 1.5, None, True, ("Player 1",)):
        with pytest.raises(gt.GameError, match="label"):
            lemke_howson(HANDBOOK, label)
    for most in (0, -1, 1.5, True):
        with pytest.raises(gt.GameError, match="max_pivots"):
            lemke_howson(HANDBOOK, max_pivots=most)
    with pytest.raises(gt.NotConverged, match="did not end within 1 pivots"):
        lemke_howson(HANDBOOK, 0, max_pivots=1)
    with pytest.raises(gt.NotConverged, match="within 1 pivots"):
        lemke_howson(HANDBOOK, max_pivots=1)


def test_a_tree_is_solved_in_its_strategic_form():
    tree = gt.ExtensiveGame(
        gt.Decision(
            "Entrant",
            {
                "in": gt.Decision(
                    "Incumbent",
                    {
                        "fight": gt.Outcome(Entrant=-1, Incumbent=-1),
                        "share": gt.Outcome(Entrant=1, Incumbent=1),
                    },
                ),
                "out": gt.Outcome(Entrant=0, Incumbent=2),
            },
        )
    )
    assert lemke_howson(tree, ("Incumbent", "share"))[0].regret == 0


@pytest.mark.parametrize("unit", [5e-324, 1e-320, 1e-308, 1e308])
def test_payoffs_at_the_ends_of_the_range_of_floats(unit):
    table = np.array([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]]) * unit
    [end] = lemke_howson(gt.NormalFormGame(table))
    assert end.regret == 0
