"""A slice of the campaign, and its own judges against published games and the package."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

import gametheory as gt
from campaigns import judging
from campaigns.map_agreement import check, plan, same
from campaigns.random_models import REGIMES, sample

F = Fraction


@pytest.mark.parametrize(
    "name", ["battle_of_the_sexes", "von_stengel_degenerate", "kohlberg_mertens", "rock_paper_scissors"]
)
def test_the_judge_finds_the_extreme_equilibria_of_published_games(name):
    game = gt.catalog.load(name)
    a, b = ([[F(value) for value in row] for row in own] for own in game.payoffs.tolist())
    found = gt.nash_equilibria(game)
    assert judging.extreme_equilibria(a, b) == {tuple(map(tuple, e.profile.arrays)) for e in found}


def test_the_judge_follows_every_tie_of_a_tree():
    one = judging.Polynomial(("x",), {(0,): F(1)})
    end = judging.End([one, one, one])
    tree = judging.Move("h0", 0, [end, judging.Stage("h1", (1, 2), [[end, end], [end, end]])])
    # Two actions of one player; in the stage all four corners of the square of mixtures are extreme.
    assert len(judging.subgame_perfect(tree, {"x": F(0)})) == 2 * 4


def test_differences_are_seen():
    game = sample("two players", 1, "ties", 0)
    judged = game.judge({"x": game.model.space["x"].baseline})
    profile, payoffs = next(iter(judged.items()))
    assert same(judged, judged) == ""
    assert same({}, judged).startswith("missing [[[")
    assert same({**judged, (): ()}, judged).endswith("not equilibria [[]]")
    assert same({**judged, profile: (payoffs[0] + 1, *payoffs[1:])}, judged).startswith("payoffs")


def test_the_plan_has_all_kinds_and_regimes():
    games = list(plan(200))
    assert {regime for _, _, regime, _ in games} == set(REGIMES)
    assert {(kind, parameters) for kind, parameters, _, _ in games} == {
        ("two players", 1),
        ("two players", 2),
        ("tree", 1),
        ("tree", 2),
        ("signalling", 1),
        ("three players", 1),
    }


def small(kind, parameters, regime, count, most=24):
    """The first games of a kind that are small, for the rest takes the campaign's time."""
    games = (sample(kind, parameters, regime, seed) for seed in itertools.count())
    return list(itertools.islice((game for game in games if game.model.game.payoffs.size <= most), count))


@pytest.mark.parametrize("kind", ["two players", "tree", "signalling", "three players"])
@pytest.mark.parametrize("regime", REGIMES)
def test_maps_in_one_parameter_agree_with_the_judges(kind, regime):
    for game in small(kind, 1, regime, 2 if kind in ("two players", "tree") else 1):
        for verdict in check(game, points=4):
            assert verdict.faults == []
            assert verdict.points >= 6


@pytest.mark.parametrize("kind", ["two players", "tree"])
@pytest.mark.parametrize("regime", REGIMES)
def test_maps_in_two_parameters_agree_with_the_judges(kind, regime):
    for game in small(kind, 2, regime, 1, most=12):
        for verdict in check(game, points=4):
            assert verdict.faults == []
            assert verdict.points >= 8


def test_games_in_which_nobody_decides_have_maps():
    names = ("x", "y")
    end = gt.Outcome(A="x + y", B=1)
    space = gt.ParameterSpace(*(gt.Parameter(name, 1, low=0, high=2) for name in names))
    for tree in (end, gt.Chance({"a": ("1/3", end), "b": ("2/3", gt.Outcome(A=0, B="x*y"))})):
        model = gt.Model("nobody", gt.ExtensiveGame(tree), space)
        line = gt.sensitivity.equilibrium_map(model, "x")
        plane = gt.sensitivity.equilibrium_map(model, *names)
        assert len(line.branches) == len(plane.faces) == 1
        assert line.points == plane.curves == ()
