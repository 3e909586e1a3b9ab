"""Dynamics against published behaviour, the definition of the replicator equation, and reproducibility."""

from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.equilibria import nash
from gametheory.errors import GameError, NotConverged, TooLarge, UnknownName, Unsupported
from gametheory.solvers.dynamics.basins import NO_CONVERGENCE, REST, _lattice, _to_hull

HAWK_DOVE = gt.NormalFormGame.from_bimatrix(
    [[-1, 4], [0, 2]], [[-1, 0], [4, 2]], strategies=[["hawk", "dove"]] * 2
)
RPS = gt.NormalFormGame.from_bimatrix([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
PENNIES = gt.NormalFormGame.from_bimatrix([[1, -1], [-1, 1]])
DILEMMA = gt.NormalFormGame.from_bimatrix([[3, 0], [5, 1]], [[3, 5], [0, 1]], strategies=[["C", "D"]] * 2)
# Shapley 1964: the unique equilibrium mixes all three equally.
SHAPLEY = gt.NormalFormGame.from_bimatrix(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 0], [0, 0, 1], [1, 0, 0]], players=("A", "B")
)


def coordination(worth: int) -> gt.NormalFormGame:
    return gt.NormalFormGame.from_bimatrix(
        [[worth, 0], [0, 1]], [[worth, 0], [0, 1]], strategies=[["l", "r"]] * 2
    )


# -- replicator dynamics -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("hawks", [0.01, 0.3, 0.99])
def test_hawk_dove_goes_to_the_stable_strategy(hawks):
    # Maynard Smith and Price 1973: value 4, cost 6, hawks V/C.
    path = gt.dynamics.replicator(HAWK_DOVE, {"hawk": hawks, "dove": 1 - hawks}, until=60)
    assert path.at(-1)["population"]["hawk"] == pytest.approx(2 / 3, abs=1e-6)
    assert path.regret[-1] < 1e-6 < path.regret[0]
    assert nash.regret(HAWK_DOVE, path.end) < 1e-6


def test_two_populations_of_hawks_and_doves_specialise():
    # Asymmetric replicator dynamics leave the mixed equilibrium, which is a saddle: one side all hawks, the other all doves.
    path = gt.dynamics.asymmetric_replicator(HAWK_DOVE, [[0.7, 0.3], [0.6, 0.4]], until=100)
    end = path.at(-1)
    assert end["Player 1"]["hawk"] > 1 - 1e-6 and end["Player 2"]["dove"] > 1 - 1e-6


def test_rock_paper_scissors_preserves_the_product_and_turns_around_the_centre():
    path = gt.dynamics.replicator(RPS, [0.6, 0.3, 0.1], until=60)
    product = path.shares[0].prod(axis=1)
    np.testing.assert_allclose(product, product[0], rtol=1e-4)
    np.testing.assert_allclose(list(path.average["population"].values()), 1 / 3, atol=0.02)
    assert path.regret.min() > 0.1


@given(
    st.lists(st.integers(-5, 5), min_size=6, max_size=6),
    st.lists(st.integers(-5, 5), min_size=6, max_size=6),
    st.integers(0, 99),
)
@settings(max_examples=25)
def test_paths_follow_the_replicator_equation(first, second, seed):
    a, b = np.array(first, float).reshape(2, 3), np.array(second, float).reshape(2, 3)
    rng = np.random.default_rng(seed)
    x, y = rng.dirichlet([1, 1]), rng.dirichlet([1, 1, 1])
    h = 1e-4
    path = gt.dynamics.asymmetric_replicator(gt.NormalFormGame.from_bimatrix(a, b), (x, y), times=[0, h])
    slopes = [(own[1] - own[0]) / h for own in path.shares]
    np.testing.assert_allclose(slopes[0], x * (a @ y - x @ a @ y), atol=5e-3)
    np.testing.assert_allclose(slopes[1], y * (x @ b - x @ b @ y), atol=5e-3)


def test_mutation_keeps_the_dominated_strategy_alive():
    path = gt.dynamics.replicator(DILEMMA, [0.5, 0.5], until=50, mutation=[[0.99, 0.01], [0.01, 0.99]])
    assert 0.001 < path.at(-1)["population"]["C"] < 0.2
    assert gt.dynamics.replicator(DILEMMA, [0.5, 0.5], until=50).at(-1)["population"]["C"] < 1e-6


def test_a_failed_integration_is_an_error_and_not_a_warning():
    payoffs = np.array([[0, -3, 1], [1, 0, -3], [-3, 1, 0]]) * 1e3
    huge = gt.NormalFormGame.from_bimatrix(payoffs, payoffs.T)
    with pytest.raises(NotConverged, match="Time runs faster with greater payoffs"):
        gt.dynamics.replicator(huge, [1 / 6, 1 / 3, 1 / 2], until=1000)
    lost = gt.dynamics.basins_of_attraction(huge, starts=[[1 / 6, 1 / 3, 1 / 2]], horizon=1000)
    assert lost.shares[NO_CONVERGENCE] == 1


# -- learning ----------------------------------------------------------------------------------------------------------
def test_fictitious_play_converges_in_zero_sum_games():
    # Robinson 1951.
    for game in (PENNIES, RPS):
        path = gt.dynamics.fictitious_play(game, 4000, rng=1)
        assert path.regret[-1] < 0.05 < path.regret[0]
        assert sum(path.facts["counts"]["Player 1"].values()) == 4000


def test_fictitious_play_does_not_converge_in_shapleys_game():
    path = gt.dynamics.fictitious_play(SHAPLEY, 4000, start={"A": [1, 0, 0], "B": [0, 1, 0]}, rng=0)
    late = path.shares[0][1000:]
    assert (np.ptp(late, axis=0) > 0.2).all()  # frequencies keep swinging, by ever longer runs
    found = gt.dynamics.basins_of_attraction(SHAPLEY, dynamic="fictitious_play", starts=3, horizon=1000)
    assert found.shares[NO_CONVERGENCE] == 1.0


def test_stochastic_fictitious_play_ends_near_the_logit_equilibrium():
    path = gt.dynamics.stochastic_fictitious_play(PENNIES, 4000, noise=0.5, rng=4)
    assert path.at(-1)["Player 1"]["1"] == pytest.approx(0.5, abs=0.06)
    # A payoff far from zero changes nothing: only differences count.
    far = gt.NormalFormGame.from_bimatrix(PENNIES.payoffs[0] + 100000, PENNIES.payoffs[1] - 100000)
    again = gt.dynamics.stochastic_fictitious_play(far, 4000, noise=0.5, rng=4)
    np.testing.assert_allclose(path.shares[0], again.shares[0])
    steep = gt.NormalFormGame.from_bimatrix([[0, 5000], [0, 5000]], [[0, 0], [0, 0]])
    with pytest.raises(GameError, match="take more noise"):
        gt.dynamics.stochastic_fictitious_play(steep, 10, noise=0.1, start=[[1, 0], [1, 0]])


def test_introspection_with_no_intensity_wanders_and_with_much_defects():
    calm = gt.dynamics.introspection(DILEMMA, 4000, intensity=0, rng=2)
    assert calm.average["Player 1"]["C"] == pytest.approx(0.5, abs=0.1)
    keen = gt.dynamics.introspection(DILEMMA, 1000, intensity=2000, start=("C", "D"), rng=2)
    assert keen.at(0) == {"Player 1": {"C": 1.0, "D": 0.0}, "Player 2": {"C": 0.0, "D": 1.0}}
    assert keen.end["Player 1"]["D"] == keen.end["Player 2"]["D"] == 1


# -- finite populations ------------------------------------------------------------------------------------------------
def test_fixation_under_neutral_drift_and_constant_fitness():
    # Moran 1958: one mutant of relative fitness r among N takes over with probability (1 - 1/r) / (1 - r^-N).
    trials, size = 250, 6
    for fitness, expected in ((1, 1 / size), (3, (1 - 1 / 3) / (1 - 3.0**-size))):
        game = gt.NormalFormGame.from_bimatrix([[fitness, fitness], [1, 1]], [[fitness, 1], [fitness, 1]])
        rng = np.random.default_rng(5)
        won = 0
        for _ in range(trials):
            path = gt.dynamics.moran(game, {"1": 1, "2": size - 1}, rng=rng)
            assert path.facts["fixed"]
            won += path.at(-1)["population"]["1"] == 1
        assert abs(won / trials - expected) < 4 * np.sqrt(expected * (1 - expected) / trials)


def test_a_moran_process_says_whether_it_was_fixed():
    path = gt.dynamics.moran(HAWK_DOVE_FITNESS, {"1": 10, "2": 10}, generations=3)
    assert len(path) == 4 and not path.facts["fixed"]
    assert sum(path.facts["counts"].values()) == 20
    whole = gt.dynamics.moran(HAWK_DOVE_FITNESS, {"1": 4})
    assert len(whole) == 1 and whole.facts["fixed"]
    nothing = gt.NormalFormGame.from_bimatrix(np.zeros((2, 2)), np.zeros((2, 2)))
    assert gt.dynamics.moran(nothing, {"1": 2, "2": 2}).facts["fixed"]


HAWK_DOVE_FITNESS = gt.NormalFormGame.from_bimatrix([[0, 5], [1, 3]], [[0, 1], [5, 3]])


def test_imitation_pays_each_player_by_its_own_matrix():
    # Player 2 is always better off with its first strategy, whatever player 1 does, and player 1 with its second.
    game = gt.NormalFormGame.from_bimatrix([[0, 0], [9, 9]], [[9, 0], [9, 0]])
    spread = gt.dynamics.imitation(game, 400, rng=0)
    assert spread["Player 1"]["2"] > 0.97 and spread["Player 2"]["1"] > 0.97
    # Here the best partner matters: each wants the other at its second strategy.
    wish = gt.NormalFormGame.from_bimatrix([[0, 9], [0, 9]], [[0, 0], [9, 9]])
    assert isinstance(gt.dynamics.imitation(wish, 10), gt.MixedProfile)
    three = gt.dynamics.imitation(RPS, 50, rng=1)
    assert sum(three["Player 1"].values()) == pytest.approx(1)


# -- basins ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("worth", [1, 3])
def test_basins_of_coordination_meet_at_the_mixed_equilibrium(worth):
    game = coordination(worth)
    found = gt.dynamics.basins_of_attraction(game, starts="grid", resolution=101)
    left, right = found.classes[:2]
    threshold = 1 / (1 + worth)
    starts = found.starts[0][:, 0]
    assert ((found.assigned == 0) == (starts > threshold)).all()
    assert ((found.assigned == 1) == (starts < threshold)).all()
    drawn = gt.dynamics.basins_of_attraction(game, starts=300, rng=1)
    low, high = drawn.interval(left)
    assert low < 1 - threshold < high
    frame = drawn.to_frame()
    assert frame["starts"].sum() == 300 and (frame["low"] <= frame["share"]).all()
    assert set(drawn.starts_to_frame()["limit"]) == {left, right}


def test_the_start_at_an_unstable_equilibrium_stays_and_counts():
    found = gt.dynamics.basins_of_attraction(coordination(1), starts=[[0.5, 0.5], [0.6, 0.4], [0, 1]])
    assert found.assigned.tolist() == [2, 0, 1]
    assert found.interval(found.classes[0]) == (1 / 3, 1 / 3) and not found.random


def test_rest_points_that_are_no_equilibrium_and_cycles_have_classes_of_their_own():
    found = gt.dynamics.basins_of_attraction(DILEMMA, starts=[[1, 0], [0.99, 0.01]])
    assert [found.classes[k] for k in found.assigned] == [REST, "Player 1: D; Player 2: D"]
    cycle = gt.dynamics.basins_of_attraction(RPS, starts=20)
    assert cycle.shares[NO_CONVERGENCE] == 1
    short = gt.dynamics.basins_of_attraction(coordination(1), starts=20, horizon=0.1)
    assert short.shares[NO_CONVERGENCE] == 1


def test_only_symmetric_equilibria_attract_one_population_and_both_kinds_two():
    one = gt.dynamics.basins_of_attraction(HAWK_DOVE, starts=30)
    assert len(one.classes) == 3 and one.shares[one.classes[0]] == 1
    two = gt.dynamics.basins_of_attraction(HAWK_DOVE, dynamic="asymmetric_replicator", starts=60)
    assert len(two.classes) == 5
    share = {name: two.shares[name] for name in two.classes}
    assert share["Player 1: hawk; Player 2: dove"] + share["Player 1: dove; Player 2: hawk"] == 1


def test_a_continuum_of_equilibria_is_one_basin():
    chain = gt.NormalFormGame.from_bimatrix(
        [[-1, 1], [0, 0]],
        [[-1, 1], [2, 2]],
        players=("E", "I"),
        strategies=[["in", "out"], ["fight", "share"]],
    )
    found = gt.dynamics.basins_of_attraction(chain, dynamic="asymmetric_replicator", starts=60, horizon=400)
    assert len(found.classes) == 4
    assert any(name.startswith("continuum through") for name in found.classes)
    assert found.counts[:2].min() > 1 and found.counts[:2].sum() >= 58


def test_fictitious_play_has_basins_too():
    found = gt.dynamics.basins_of_attraction(
        coordination(2),
        dynamic="fictitious_play",
        starts=[([0.9, 0.1], [0.8, 0.2]), ([0.1, 0.9], [0.1, 0.9])],
        horizon=300,
    )
    assert found.assigned.tolist() == [0, 1]


@given(st.integers(1, 4), st.integers(1, 6))
def test_a_lattice_is_every_composition_once(n, steps):
    from math import comb

    points = _lattice(n, steps)
    assert len(points) == comb(n + steps - 1, n - 1) == len({tuple(p) for p in points.round(9)})
    np.testing.assert_allclose(points.sum(axis=1), 1)


def test_distance_from_a_convex_hull():
    corners = np.array([[1.0, 0, 0], [0, 1, 0]])
    assert _to_hull(corners, np.array([0.3, 0.7, 0])) == pytest.approx(0, abs=1e-9)
    assert _to_hull(corners, np.array([0, 0, 1.0])) == pytest.approx(np.sqrt(1.5))
    assert _to_hull(corners[:1], np.array([0, 1.0, 0])) == pytest.approx(np.sqrt(2))


# -- randomness --------------------------------------------------------------------------------------------------------
RANDOM = {
    "fictitious play": lambda rng: gt.dynamics.fictitious_play(RPS, 60, rng=rng).shares[0],
    "stochastic": lambda rng: gt.dynamics.stochastic_fictitious_play(RPS, 60, rng=rng).shares[0],
    "introspection": lambda rng: gt.dynamics.introspection(RPS, 60, rng=rng).shares[0],
    "moran": lambda rng: gt.dynamics.moran(
        HAWK_DOVE_FITNESS, {"1": 20, "2": 20}, generations=60, rng=rng
    ).shares[0],
    "imitation": lambda rng: np.array(gt.dynamics.imitation(RPS, 9, rng=rng).arrays[0]),
    "basins": lambda rng: gt.dynamics.basins_of_attraction(RPS, starts=4, horizon=1, rng=rng).starts[0],
}


@pytest.mark.parametrize("name", RANDOM)
def test_results_follow_from_rng_alone_and_leave_the_global_stream_as_it_was(name):
    run = RANDOM[name]
    np.random.seed(1)  # noqa: NPY002 (the global stream is the subject)
    first = run(7)
    after = np.random.random()  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    assert after == np.random.random()  # noqa: NPY002
    np.testing.assert_array_equal(first, run(7))
    assert not np.array_equal(first, run(8))
    stream = np.random.default_rng(7)
    assert not np.array_equal(run(stream), run(stream))


def test_the_global_stream_is_put_back_after_an_error():
    steep = gt.NormalFormGame.from_bimatrix([[0, 5000], [0, 5000]], [[0, 0], [0, 0]])
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    with pytest.raises(GameError):
        gt.dynamics.stochastic_fictitious_play(steep, 10, noise=0.1, start=[[1, 0], [1, 0]])
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


# -- results -----------------------------------------------------------------------------------------------------------
def test_a_path_is_tidy_labelled_and_pickles():
    game = gt.NormalFormGame.from_bimatrix(
        [[2, 0, 1], [0, 1, 1]], [[1, 0, 0], [0, 2, 0]], players=("Ann", "Bob")
    )
    path = gt.dynamics.asymmetric_replicator(game, times=[0, 1, 2])
    frame = path.to_frame()
    assert list(frame.columns) == ["time", "population", "strategy", "share"] and len(frame) == 3 * 5
    assert frame.groupby(["time", "population"])["share"].sum().round(9).eq(1).all()
    data = path.to_xarray()
    assert data["Bob"].dims == ("time", "strategy of Bob") and data["regret"].shape == (3,)
    again = pickle.loads(pickle.dumps(path))
    assert repr(again) == repr(path) and not again.shares[0].flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        path.shares[0][0] = 0


def test_exact_games_and_fractions_are_taken():
    path = gt.dynamics.replicator(HAWK_DOVE, [Fraction(1, 3), Fraction(2, 3)])
    assert path.at(0)["population"]["hawk"] == pytest.approx(1 / 3)
    profile = gt.MixedProfile(HAWK_DOVE, {"Player 1": {"hawk": 1}, "Player 2": {"dove": 1}})
    assert gt.dynamics.asymmetric_replicator(HAWK_DOVE, profile).end["Player 1"]["hawk"] == 1


# -- refusals ----------------------------------------------------------------------------------------------------------
THREE = gt.NormalFormGame.from_function(lambda *s: [0, 0, 0], {p: ["a", "b"] for p in "ABC"})
FUNCTIONS = (
    "replicator", "asymmetric_replicator", "fictitious_play", "stochastic_fictitious_play", "introspection", "imitation",
    "basins_of_attraction",
)  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_three_players_parameters_and_trees_are_refused(name):
    function = getattr(gt.dynamics, name)
    with pytest.raises(Unsupported, match="two players, and this game has 3"):
        function(THREE)
    with pytest.raises(Unsupported, match="depends on k"):
        function(gt.NormalFormGame.from_bimatrix([["k", 0], [0, 1]], [["k", 0], [0, 1]]))
    with pytest.raises(GameError, match="takes a NormalFormGame"):
        function(gt.ExtensiveGame(gt.Decision("A", {"x": gt.Outcome(A=1)})))


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: gt.dynamics.replicator(SHAPLEY), GameError, "must be symmetric"),
        (lambda: gt.dynamics.replicator(RPS, [0.5, 0.5]), GameError, "2 numbers for the 3 strategies"),
        (lambda: gt.dynamics.replicator(RPS, [0.5, 0.4, 0.2]), GameError, "sum to 1.1"),
        (lambda: gt.dynamics.replicator(RPS, [1.5, -0.5, 0]), GameError, "at '2' is -0.5"),
        (lambda: gt.dynamics.replicator(RPS, {"4": 1}), UnknownName, "strategy of the population '4'"),
        (lambda: gt.dynamics.replicator(RPS, until=0), GameError, "until is a positive number"),
        (lambda: gt.dynamics.replicator(RPS, times=[1, 1]), GameError, "increasing order"),
        (lambda: gt.dynamics.replicator(RPS, mutation=[[1]]), GameError, "a row and a column"),
        (
            lambda: gt.dynamics.replicator(RPS, mutation=np.ones((3, 3))),
            GameError,
            "no probability distribution",
        ),
        (lambda: gt.dynamics.asymmetric_replicator(RPS, {"Ann": [1, 0, 0]}), UnknownName, "player 'Ann'"),
        (lambda: gt.dynamics.asymmetric_replicator(RPS, [[1, 0, 0]]), GameError, "two players, got 1"),
        (lambda: gt.dynamics.fictitious_play(RPS, 0), GameError, "rounds is a whole number"),
        (lambda: gt.dynamics.fictitious_play(RPS, 10, rng="x"), GameError, "rng is a seed"),
        (
            lambda: gt.dynamics.fictitious_play(RPS, 10, start=[[0, 0, 0]] * 2),
            GameError,
            "no action any weight",
        ),
        (lambda: gt.dynamics.stochastic_fictitious_play(RPS, 10, noise=0), GameError, "noise is a positive"),
        (
            lambda: gt.dynamics.introspection(RPS, 5, start=("9", "1")),
            UnknownName,
            "strategy of Player 1 '9'",
        ),
        (lambda: gt.dynamics.introspection(RPS, 5, start=("1",)), GameError, "got 1"),
        (
            lambda: gt.dynamics.introspection(gt.NormalFormGame.from_bimatrix([[1, 2]], [[1, 2]])),
            GameError,
            "one strategy only",
        ),
        (lambda: gt.dynamics.moran(RPS, {"1": 2}), GameError, "must not be negative; '1' against '2'"),
        (lambda: gt.dynamics.moran(HAWK_DOVE_FITNESS, {"x": 2}), UnknownName, "type 'x'"),
        (lambda: gt.dynamics.moran(HAWK_DOVE_FITNESS, {"1": 1.5}), GameError, "whole number"),
        (lambda: gt.dynamics.moran(HAWK_DOVE_FITNESS, {}), GameError, "at least one individual"),
        (lambda: gt.dynamics.moran(HAWK_DOVE_FITNESS, [2, 2]), GameError, "by type"),
        (
            lambda: gt.dynamics.imitation(gt.NormalFormGame.from_bimatrix([[1, 2]], [[1, 2]])),
            Unsupported,
            "equally many strategies",
        ),
        (lambda: gt.dynamics.basins_of_attraction(RPS, dynamic="replicater"), UnknownName, "did you mean"),
        (lambda: gt.dynamics.basins_of_attraction(RPS, starts="girds"), GameError, '"grid"'),
        (lambda: gt.dynamics.basins_of_attraction(RPS, starts="grid", resolution=5000), TooLarge, "limit is"),
        (lambda: gt.dynamics.basins_of_attraction(RPS, starts=10**9), TooLarge, "limit is"),
        (lambda: gt.dynamics.basins_of_attraction(RPS, starts=[[1, 0]]), GameError, "vectors of 3"),
        (lambda: gt.dynamics.basins_of_attraction(RPS, starts=[[1, 1, 0]]), GameError, "start number 0"),
        (lambda: gt.dynamics.basins_of_attraction(RPS, starts=[]), GameError, "no starts"),
        (lambda: gt.dynamics.basins_of_attraction(RPS, starts=1.5), GameError, "starts are a number"),
        (
            lambda: gt.dynamics.basins_of_attraction(RPS, starts=3, horizon=1).interval("x"),
            UnknownName,
            "class",
        ),
    ],
)
def test_malformed_requests_say_what_is_wrong(call, error, message):
    with pytest.raises(error, match=message):
        call()
