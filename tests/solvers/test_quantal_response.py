"""Quantal response: the definition, invariances, uniqueness, stacks, trees; Gambit as the judge of branches."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory import testing
from gametheory.equilibria import nash
from gametheory.games.files.exports import to_pygambit
from gametheory.solvers import quantal_response as module
from gametheory.solvers.quantal_response import PrincipalBranch, QuantalResponse, principal_branch, stacked


def softmax(values):
    weights = np.exp(values - values.max())
    return weights / weights.sum()


def responses(game, profile, precision):
    """The logit responses by the definition."""
    table = game.payoffs.astype(float)
    return [
        softmax(
            precision * nash.action_payoffs(table, [np.asarray(v, float) for v in profile], i).astype(float)
        )
        for i in range(game.n_players)
    ]


def random_game(seed, most=4):
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, most + 1, size=rng.integers(2, 4))
    return gt.NormalFormGame(rng.normal(size=(len(shape), *shape)))


def solve(game, precision):
    (found,) = gt.quantal_response_equilibrium(game, precision)
    return found


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("precision", [0, 0.1, 3, 50])
def test_everyone_responds_logistically(seed, precision):
    game = random_game(seed)
    found = solve(game, precision)
    profile = found.profile.arrays
    for own, response in zip(profile, responses(game, profile, precision), strict=True):
        assert np.allclose(own, response, atol=1e-9)
    assert found.residual < 1e-9
    assert found.precision == precision
    assert found.regret == pytest.approx(nash.regret(game, profile))
    # A player who responds logistically loses at most log(n) / precision.
    if precision:
        assert found.regret <= np.log(max(game.shape)) / precision + 1e-9
    else:
        assert all(np.ptp(own) == 0 for own in profile)


@pytest.mark.parametrize("seed", range(10))
def test_only_precision_times_payoffs_matters(seed):
    game = random_game(seed)
    rng = np.random.default_rng(seed)
    constants = rng.normal(size=(game.n_players,) + (1,) * game.n_players) * 100
    for factor in (1e-3, 7.0, 1e5):
        other = gt.NormalFormGame((game.payoffs + constants) * factor)
        for one, two in zip(
            solve(game, 4.0).profile.arrays, solve(other, 4.0 / factor).profile.arrays, strict=True
        ):
            assert np.allclose(one, two, atol=1e-8)


@pytest.mark.parametrize("seed", range(8))
def test_names_and_the_order_of_strategies_do_not_matter(seed):
    game = random_game(seed)
    flipped = gt.NormalFormGame(np.flip(game.payoffs, axis=tuple(range(1, game.n_players + 1))))
    turned = gt.NormalFormGame(
        np.flip(game.payoffs.transpose(0, *reversed(range(1, game.n_players + 1))), axis=0)
    )
    own = solve(game, 6).profile.arrays
    for one, two in zip(own, solve(flipped, 6).profile.arrays, strict=True):
        assert np.allclose(one, two[::-1], atol=1e-8)
    for one, two in zip(own, reversed(solve(turned, 6).profile.arrays), strict=True):
        assert np.allclose(one, two, atol=1e-8)


def test_uniqueness_is_claimed_only_where_responding_contracts():
    claimed = 0
    for seed in range(8):
        game = random_game(seed, most=3)
        for precision in (0.2, 0.5, 5.0):
            found = gt.quantal_response_equilibrium(game, precision)
            if not found.complete:
                continue
            claimed += 1
            rng = np.random.default_rng(seed)
            for _ in range(2):
                profile = [rng.dirichlet(np.full(n, 0.3)) for n in game.shape]
                for _ in range(100):
                    profile = responses(game, profile, precision)
                for own, other in zip(profile, found[0].profile.arrays, strict=True):
                    assert np.allclose(own, other, atol=1e-6)
    assert claimed > 3
    # Three equilibria at this precision, one at the other.
    coordination = gt.NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]])
    assert not gt.quantal_response_equilibrium(coordination, 2.1).complete
    assert gt.quantal_response_equilibrium(coordination, 1.9).complete


def judge(game, precisions, **options):
    pygambit = pytest.importorskip("pygambit", minversion="17.0.0b2")
    points = pygambit.qre.logit_solve_lambda(to_pygambit(game, pygambit), precisions, **options)
    return [point.profile for point in points]


@pytest.mark.parametrize("seed", range(12))
def test_the_branch_is_gambits(seed):
    game = random_game(seed)
    precisions = [0.5, 2.0, 10.0, 60.0]
    branch = principal_branch(game, precisions)
    for precision, theirs in zip(precisions, judge(game, precisions), strict=True):
        first = np.flatnonzero(branch.precisions == precision)[0]
        ours = np.concatenate([table[first] for table in branch.probabilities])
        assert np.allclose(ours, [float(p) for mixed in theirs for _, p in mixed], atol=1e-5)


def test_where_the_branch_turns_back_all_points_are_given():
    """A 3x3 game whose branch goes to 189, back to 52 and on; found by search, so checked by the definition."""
    game = gt.NormalFormGame(np.random.default_rng(33).random((2, 3, 3)))
    branch = principal_branch(game, [10, 100, 300])
    assert branch.precisions.tolist() == [10, 100, 100, 100, 300]
    assert (np.diff(branch.arc_lengths) > 0).all()
    assert "turns back" in repr(branch)
    for point in branch:
        for own, response in zip(
            point.profile.arrays, responses(game, point.profile.arrays, point.precision), strict=True
        ):
            assert np.allclose(own, response, atol=1e-9)
    whole = principal_branch(game, to=300)
    assert whole.precisions[-1] == 300
    assert whole.precisions.max() >= 300 - 1e-9
    assert solve(game, 100).profile == branch[1].profile


def test_branches_that_cross_are_reported():
    """Pure coordination: the symmetric branch is crossed at precision 2, where the logit response stops contracting."""
    coordination = gt.NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]])
    branch = principal_branch(coordination, to=50)
    assert len(branch.crossings) == 1
    assert branch.crossings[0] == pytest.approx(2, abs=0.1)
    assert np.allclose(branch.probabilities[0], 0.5)
    found = gt.quantal_response_equilibrium(coordination, 10)
    assert "other branches cross" in found.reason
    # The least asymmetry decides where the branch goes, without a crossing.
    uneven = gt.NormalFormGame.from_bimatrix([[1 + 1e-7, 0], [0, 1]], [[1, 0], [0, 1]])
    branch = principal_branch(uneven, to=50)
    assert branch.crossings == ()
    assert branch.probabilities[0][-1, 0] == pytest.approx(1)


# ---------------------------------------------------------------------------------------------------------------------
# Trees
# ---------------------------------------------------------------------------------------------------------------------
def centipede(moves=4):
    """McKelvey and Palfrey (1992): the pile doubles, who takes gets four fifths of it."""
    node = gt.Outcome(One=6.4, Two=1.6) if moves % 2 == 0 else gt.Outcome(One=1.6, Two=6.4)
    for k in reversed(range(moves)):
        big, small = 0.4 * 2**k, 0.1 * 2**k
        take = gt.Outcome(One=big, Two=small) if k % 2 == 0 else gt.Outcome(One=small, Two=big)
        node = gt.Decision(("One", "Two")[k % 2], {"take": take, "pass": node})
    return gt.ExtensiveGame(node)


def test_backward_induction_with_perfect_information():
    game = centipede()
    found = gt.quantal_response_equilibrium(game, 2.0)
    assert found.complete
    later = {"One": 6.4, "Two": 1.6}
    for k in reversed(range(4)):
        owner = ("One", "Two")[k % 2]
        big, small = 0.4 * 2**k, 0.1 * 2**k
        take = {owner: big, ("Two", "One")[k % 2]: small}
        p = 1 / (1 + np.exp(2.0 * (later[owner] - take[owner])))
        label = game.infosets[k].label
        assert found[0].strategies[owner][label]["take"] == pytest.approx(p, abs=1e-9)
        later = {name: p * take[name] + (1 - p) * later[name] for name in later}
    assert found[0].payoffs["One"] == pytest.approx(later["One"])


@settings(max_examples=25, deadline=None)
@given(testing.extensive_games(), st.sampled_from([0.3, 2.0, 8.0]))
def test_agents_respond_to_what_they_expect_once_reached(game, precision):
    """Gambit's agent quantal response, in trees with chance, information sets and any number of players."""
    assume(game.perfect_recall and game.infosets)
    spread = float(max(max(row) - min(row) for row in game.payoffs))
    assume(spread > 0)
    precision /= spread
    try:
        found = solve(game, precision)
    except gt.Unsupported:
        return  # an information set that chance never lets be reached
    assert found.residual < 1e-9
    pygambit = pytest.importorskip("pygambit", minversion="17.0.0b2")
    peer = to_pygambit(game, pygambit)
    (theirs,) = pygambit.qre.logit_solve_lambda(peer, [precision])
    sums = sorted(float(p) for player in theirs.profile for infoset in player for _, p in infoset[1])
    assert np.allclose(sums, sorted(np.concatenate(found.profile.arrays)), atol=1e-5)


def test_what_is_never_reached_is_computed_all_the_same():
    """Beliefs are ratios of probabilities far below the range of floats."""
    last = gt.Decision(
        "Two", {"l": gt.Outcome(One=-1000, Two=3), "r": gt.Outcome(One=-1000, Two=2)}, infoset="late"
    )
    other = gt.Decision(
        "Two", {"l": gt.Outcome(One=-2000, Two=0), "r": gt.Outcome(One=-2000, Two=9)}, infoset="late"
    )
    tree = gt.ExtensiveGame(gt.Decision("One", {"out": gt.Outcome(One=0, Two=0), "a": last, "b": other}))
    found = solve(tree, 1.0)
    # 'a' is exp(1000) times as likely as 'b', and both are never played.
    assert found.strategies["One"]["start"]["a"] == 0
    assert found.strategies["Two"]["late"]["l"] == pytest.approx(1 / (1 + np.exp(-1.0)))


# ---------------------------------------------------------------------------------------------------------------------
# Stacks and results
# ---------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (2, 2, 2), (1, 3), (2, 2, 2, 2)])
def test_a_stack_is_its_games_one_by_one(shape, monkeypatch):
    monkeypatch.setattr(module, "_CHUNK", 800)  # several chunks
    rng = np.random.default_rng(7)
    games = rng.normal(size=(20, len(shape), *shape))
    games[3] = 0
    precisions = rng.uniform(0, 10, size=20)
    precisions[5] = 0
    found = stacked(games, precisions)
    assert found.converged.all()
    for b in range(20):
        one = solve(gt.NormalFormGame(games[b]), precisions[b])
        for strategies, own in zip(found.strategies, one.profile.arrays, strict=True):
            assert np.allclose(strategies[b], own, atol=1e-9)
    assert len(stacked(games[:0], 1)) == 0
    assert len(stacked(games[:2], 0)) == 2


def test_games_that_are_not_solved_are_marked(monkeypatch):
    monkeypatch.setattr(module, "MAX_STEPS", 5)
    games = np.stack([np.zeros((2, 2, 2)), np.random.default_rng(0).normal(size=(2, 2, 2))])
    with pytest.raises(gt.NotConverged, match="first game 1"):
        stacked(games, 100)
    found = stacked(games, 100, strict=False)
    assert found.converged.tolist() == [True, False]
    assert np.isnan(found.strategies[0][1]).all()
    with pytest.raises(gt.NotConverged, match="more than 5 steps"):
        gt.quantal_response_equilibrium(gt.NormalFormGame(games[1]), 100)
    with pytest.raises(gt.NotConverged, match="before it reached precision 100"):
        principal_branch(gt.NormalFormGame(games[1]), to=100)


def test_a_result_is_read_as_equilibria_are():
    game = gt.NormalFormGame.from_bimatrix(
        [[9, 0], [0, 1]], players=("Ann", "Bob"), strategies=[["l", "r"]] * 2
    )
    found = gt.quantal_response_equilibrium(game, 0.25)
    (e,) = found
    assert isinstance(e, QuantalResponse)
    assert (found.concept, e.exact, e.index) == ("logit quantal response", False, None)
    assert e.outcome("P(Ann: l)") == e.strategies["Ann"]["l"] == e.profile.arrays[0][0]
    assert found.to_frame().loc[1, "P(Ann: l)"] == e.strategies["Ann"]["l"]
    assert "precision 0.25" in repr(e)
    assert pickle.loads(pickle.dumps(e)) == e
    assert hash(pickle.loads(pickle.dumps(e))) == hash(e)
    assert e != solve(game, 0.5)
    assert "<table" in found._repr_html_()


def test_a_branch_is_a_tidy_table():
    game = centipede(2)
    branch = principal_branch(game, [0, 1, 2])
    assert isinstance(branch, PrincipalBranch)
    frame = branch.to_frame()
    assert frame["precision"].tolist() == [0, 1, 2]
    label = game.infosets[0].label
    assert frame[f"One at {label}: take"].iloc[0] == 0.5
    assert {"payoff: One", "payoff: Two", "residual", "arc length"} <= set(frame.columns)
    assert [p.precision for p in branch[1:]] == [1, 2]
    assert branch[-1].precision == 2
    with pytest.raises(IndexError):
        branch[3]


def test_degenerate_games():
    flat = gt.NormalFormGame(np.zeros((2, 3, 2)))
    found = gt.quantal_response_equilibrium(flat, 5)
    assert found.complete
    assert np.allclose(found[0].profile.arrays[0], 1 / 3)
    alone = gt.NormalFormGame([[1, 2, 4]])
    assert np.allclose(solve(alone, 2).profile.arrays[0], softmax(2.0 * np.array([1, 2, 4])))
    huge = gt.NormalFormGame(np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]]], dtype=object) * 10**400)
    with pytest.raises(gt.GameError, match="another unit"):
        gt.quantal_response_equilibrium(huge, 1)


def test_what_is_refused():
    game = gt.NormalFormGame.from_bimatrix([[1, 0], [0, 1]])
    for precision in (-1, float("nan"), float("inf"), "1", None, True):
        with pytest.raises(gt.GameError, match="precision"):
            gt.quantal_response_equilibrium(game, precision)
    with pytest.raises(gt.GameError, match="no precision"):
        principal_branch(game, [])
    with pytest.raises(gt.GameError, match="not both"):
        principal_branch(game, [1], to=2)
    with pytest.raises(gt.Unsupported, match="depend on x"):
        gt.quantal_response_equilibrium(gt.NormalFormGame([[["x", 0]], [[1, 1]]]), 1)
    with pytest.raises(gt.GameError, match="takes a NormalFormGame"):
        gt.quantal_response_equilibrium([[1]], 1)
    with pytest.raises(gt.GameError, match="nobody decides"):
        gt.quantal_response_equilibrium(gt.ExtensiveGame(gt.Outcome(A=1)), 1)
    with pytest.raises(gt.GameError, match="shape"):
        stacked(np.zeros((3, 2, 2)), 1)
    with pytest.raises(gt.GameError, match="game 1 at strategies"):
        stacked(np.where(np.arange(2)[:, None, None, None] == 1, np.nan, np.zeros((2, 2, 2, 2))), 1)
    with pytest.raises(gt.GameError, match="one for each of the 2"):
        stacked(np.zeros((2, 2, 2, 2)), [1, 2, 3])
    with pytest.raises(gt.GameError, match="at least 0"):
        stacked(np.zeros((2, 2, 2, 2)), [1, -2])
