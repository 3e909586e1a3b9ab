"""Correlated equilibria: published games, the definition, proofs of optimality, and vertices against linear programs."""

from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import gametheory as gt
from gametheory.equilibria import correlated
from gametheory.testing import normal_form_games

HALF, THIRD, QUARTER = Fraction(1, 2), Fraction(1, 3), Fraction(1, 4)
SOLVERS = [gt.correlated_equilibrium, gt.coarse_correlated_equilibrium]
GAMES = st.one_of(normal_form_games(players=(1, 2), size=(1, 3)), normal_form_games(players=3, size=(1, 2)))


@pytest.fixture
def chicken():
    return gt.NormalFormGame.from_bimatrix(
        [[6, 2], [7, 0]],
        [[6, 7], [2, 0]],
        players=("Ann", "Bob"),
        strategies=[["swerve", "dare"]] * 2,
    )


# ---------------------------------------------------------------------------------------------------------------------
# Published games
# ---------------------------------------------------------------------------------------------------------------------
def test_aumanns_chicken(chicken):
    """Aumann (1974, 1987): thirds on all profiles but (dare, dare) give 5 to both, more than the mixed equilibrium 14/3."""
    thirds = {("swerve", "swerve"): THIRD, ("dare", "swerve"): THIRD, ("swerve", "dare"): THIRD}
    assert correlated.regret(chicken, thirds) == 0
    best = gt.correlated_equilibrium(chicken)
    assert best.distribution() == {
        ("swerve", "swerve"): HALF,
        ("swerve", "dare"): QUARTER,
        ("dare", "swerve"): QUARTER,
    }
    assert best.value == Fraction(21, 2) and best.payoffs == {"Ann": Fraction(21, 4), "Bob": Fraction(21, 4)}
    assert best.marginal("Ann") == {"swerve": Fraction(3, 4), "dare": QUARTER}
    assert best.given("Ann", "dare") == {("swerve",): 1} and not best.is_nash


def test_the_polytope_of_chicken(chicken):
    """Five vertices, of which three are the Nash equilibria; dimension three (Nau, Gomez Canovas and Hansen 2004, section 4)."""
    found = gt.correlated_equilibria(chicken)
    assert len(found) == 5 and found.dimension == 3
    nash = {tuple(map(tuple, e.profile.arrays)) for e in gt.nash_equilibria(chicken)}
    assert {tuple(map(tuple, v.marginals.arrays)) for v in found if v.is_nash} == nash
    assert gt.correlated_equilibrium(chicken) in found
    assert found.outcome("payoff: Ann") == (2, 7)


def test_coarse_equilibria_can_be_better_than_all_correlated_ones():
    """As Moulin and Vial (1978) showed: in rock-paper-scissors with 3 for a win and 1 for a tie, to agree never to tie."""
    a = np.array([[1, 3, 0], [0, 1, 3], [3, 0, 1]])
    game = gt.NormalFormGame.from_bimatrix(a, a.T)
    (only,) = gt.correlated_equilibria(game)
    assert only.is_nash and only.payoffs == {"Player 1": Fraction(4, 3), "Player 2": Fraction(4, 3)}
    coarse = gt.coarse_correlated_equilibrium(game, "egalitarian")
    assert coarse.payoffs == {"Player 1": Fraction(3, 2), "Player 2": Fraction(3, 2)}
    assert not np.diagonal(coarse.probabilities).any()


def test_three_players_who_must_agree():
    """The first two win together with the third by all taking the same side; the least payoff is linear with one variable more."""
    payoffs = np.zeros((3, 2, 2, 2), dtype=int)
    payoffs[:, 0, 0, 0] = [3, 2, 1]
    payoffs[:, 1, 1, 1] = [1, 2, 3]
    best = gt.correlated_equilibrium(gt.NormalFormGame(payoffs), "egalitarian")
    assert best.value == 2 and best.objective == "least payoff" and min(best.payoffs.values()) == 2


# ---------------------------------------------------------------------------------------------------------------------
# Definitions
# ---------------------------------------------------------------------------------------------------------------------
def gain(game, p, i, plan):
    """What player i gains by playing plan[s] when told s, from nothing but payoffs."""
    total = Fraction(0)
    for cell in np.ndindex(game.shape):
        other = (*cell[:i], plan[cell[i]], *cell[i + 1 :])
        total += p[cell] * (game.payoffs[(i, *other)] - game.payoffs[(i, *cell)])
    return total


@settings(max_examples=60, deadline=None)
@given(GAMES, st.sampled_from(SOLVERS), st.data())
def test_nobody_gains_by_any_plan_of_disobeying(game, solve, data):
    names = [f"payoff: {player}" for player in game.players] + ["welfare", "egalitarian"]
    found = solve(game, data.draw(st.sampled_from(names)))
    assert found.exact and found.regret == 0 and found.probabilities.sum() == 1
    coarse = solve is gt.coarse_correlated_equilibrium
    for i, n in enumerate(game.shape):
        if coarse:
            plans = [[t] * n for t in range(n)]
        else:
            plans = [data.draw(st.lists(st.integers(0, n - 1), min_size=n, max_size=n)) for _ in range(5)]
        assert all(gain(game, found.probabilities, i, plan) <= 0 for plan in plans)


@settings(max_examples=40, deadline=None)
@given(GAMES, st.booleans(), st.sampled_from(["max", "min"]), st.data())
def test_prices_prove_that_no_equilibrium_is_better(game, coarse, sense, data):
    weights = np.array([data.draw(st.integers(-9, 9)) for _ in range(game.payoffs[0].size)]).reshape(
        game.shape
    )
    solve = SOLVERS[coarse]
    names = game.strategies
    mapping = {
        tuple(names[i][s] for i, s in enumerate(cell)): int(weights[cell]) for cell in np.ndindex(game.shape)
    }
    found = solve(game, mapping, sense=sense)
    assert found.value == sum(w * p for w, p in zip(weights.flat, found.probabilities.flat, strict=True))
    sign = 1 if sense == "max" else -1
    every = (gt.coarse_correlated_equilibria if coarse else gt.correlated_equilibria)(
        game, max_vertices=10**5
    )
    bound = (sign * weights).astype(object)
    for label, gains in every.inequalities.items():
        price = found.prices.get(label, 0)
        assert price >= 0
        bound = bound - price * gains
    assert bound.max() <= sign * found.value  # weak duality, from numbers alone
    # The vertices come from another algorithm.
    values = [sum(w * p for w, p in zip(weights.flat, v.probabilities.flat, strict=True)) for v in every]
    assert (max(values) if sense == "max" else min(values)) == found.value


@settings(max_examples=30, deadline=None)
@given(normal_form_games(players=2, size=(1, 4)))
def test_welfare_is_scipys(game):
    rows = []
    for i in range(2):
        own = np.moveaxis(game.payoffs[i].astype(float), i, 0)
        for s in range(len(own)):
            for t in range(len(own)):
                gains = np.zeros_like(own)
                gains[s] = own[t] - own[s]
                rows.append(np.moveaxis(gains, 0, i).ravel())
    welfare = game.payoffs.sum(axis=0).astype(float).ravel()
    theirs = linprog(
        -welfare, np.array(rows), np.zeros(len(rows)), np.ones((1, welfare.size)), [1], method="highs-ipm"
    )
    assert float(gt.correlated_equilibrium(game).value) == pytest.approx(-theirs.fun, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(normal_form_games(players=2, size=(1, 3)))
def test_extreme_nash_equilibria_are_vertices(game):
    """Evangelista and Raghavan (1996): in two-player games; every Nash equilibrium is correlated, and correlated is coarse."""
    found = gt.correlated_equilibria(game)
    tables = {tuple(vertex.probabilities.flat) for vertex in found}
    for nash in gt.nash_equilibria(game):
        assert tuple(nash.distribution().flat) in tables
    for vertex in found:
        assert correlated.is_correlated(game, vertex.probabilities, coarse=True)
    assert gt.coarse_correlated_equilibrium(game).value >= gt.correlated_equilibrium(game).value


@settings(max_examples=30, deadline=None)
@given(normal_form_games(players=2, size=(1, 3)), st.data())
def test_a_strictly_dominated_strategy_changes_no_correlated_equilibrium(game, data):
    worse = game.payoffs[:, :1] - np.array([1, 0], dtype=object)[:, None, None]
    larger = gt.NormalFormGame(np.concatenate([game.payoffs, worse], axis=1))
    every, more = gt.correlated_equilibria(game), gt.correlated_equilibria(larger)
    assert all(not vertex.probabilities[-1].any() for vertex in more)
    cut = {tuple(vertex.probabilities[:-1].flat) for vertex in more}
    assert cut == {tuple(vertex.probabilities.flat) for vertex in every} and more.dimension == every.dimension


@settings(max_examples=30, deadline=None)
@given(GAMES, st.sampled_from(SOLVERS))
def test_units_and_order_of_strategies_do_not_matter(game, solve):
    first = solve(game, game.players[0])
    scaled = gt.NormalFormGame(np.array([own * 3 - 7 for own in game.payoffs]))
    assert solve(scaled, scaled.players[0]).value == 3 * first.value - 7
    turned = gt.NormalFormGame(game.payoffs[(slice(None), *[slice(None, None, -1)] * game.n_players)])
    assert solve(turned, turned.players[0]).value == first.value


@settings(max_examples=20, deadline=None)
@given(normal_form_games(players=2, size=(1, 3), domain="real"), st.sampled_from(SOLVERS))
def test_floats_are_solved_as_the_rationals_that_they_are(game, solve):
    found = solve(game)
    exact = solve(gt.NormalFormGame(np.vectorize(Fraction, otypes=[object])(game.payoffs)))
    assert not found.exact and isinstance(found.value, float)
    assert found.value == pytest.approx(float(exact.value))
    assert found.regret < 1e-6 and correlated.is_correlated(game, found.probabilities, coarse=True)


def test_zero_sum_games_have_one_value():
    game = gt.NormalFormGame.from_bimatrix(
        [[0, -1, 1], [1, 0, -1], [-1, 1, 0]], [[0, 1, -1], [-1, 0, 1], [1, -1, 0]]
    )
    for solve in SOLVERS:
        assert solve(game, "Player 1").value == 0 == solve(game, "Player 1", sense="min").value


# ---------------------------------------------------------------------------------------------------------------------
# Trees, objectives by name, results
# ---------------------------------------------------------------------------------------------------------------------
@pytest.fixture
def tripwire():
    return gt.ExtensiveGame(
        gt.Decision(
            "Russia",
            {
                "refrain": gt.Outcome("peace", Russia=0, West=0),
                "act": gt.Chance(
                    {
                        "seen": (
                            "1/3",
                            gt.Decision(
                                "West",
                                {
                                    "acquiesce": gt.Outcome("loss", Russia=50, West=-67),
                                    "respond": gt.Outcome("war", Russia=-20, West=-66),
                                },
                            ),
                        ),
                        "unseen": ("2/3", gt.Outcome("loss", Russia=50, West=-67)),
                    }
                ),
            },
        )
    )


def test_outcomes_of_trees_are_objectives(tripwire):
    most = gt.correlated_equilibrium(tripwire, "P(West: respond)")
    assert most.value == THIRD == most.outcome("P(West: respond)") and most.tree == tripwire
    assert most.outcome("outcome: war") == THIRD and most.outcome("payoff: Russia") == most.payoffs["Russia"]
    assert gt.coarse_correlated_equilibrium(tripwire, "outcome: peace", sense="max").value == 0
    assert gt.correlated_equilibria(tripwire).outcome("P(Russia: act)") == (1, 1)
    with pytest.raises(gt.UnknownName, match="did you mean 'West'"):
        gt.correlated_equilibrium(tripwire, "P(Wst: respond)")


def test_objectives_by_name(chicken):
    assert gt.correlated_equilibrium(chicken, "Ann").objective == "payoff: Ann"
    assert gt.correlated_equilibrium(chicken, "payoff: Ann").value == 7
    assert gt.correlated_equilibrium(chicken, "outcome: swerve, swerve").value == HALF
    assert gt.correlated_equilibrium(chicken, {("dare", "dare"): "1/2"}).value == Fraction(1, 10)
    assert gt.correlated_equilibrium(chicken, sense="min").objective == "least welfare"


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        (("Anne",), gt.UnknownName, "Ann"),
        (("welfare", "least"), gt.UnknownName, "unknown sense 'least'"),
        (("egalitarian", "min"), gt.Unsupported, "minimise each payoff"),
        ((3,), gt.GameError, "not 3"),
        (({("swerve",): 1},), gt.GameError, "names 1 strategies"),
        (({("swerve", "dare"): "x"},), gt.Unsupported, "made of numbers"),
    ],
)
def test_wrong_objectives_are_explained(chicken, arguments, error, message):
    objective, *sense = arguments
    with pytest.raises(error, match=message):
        gt.correlated_equilibrium(chicken, objective, **({"sense": sense[0]} if sense else {}))


def test_wrong_games_are_explained(chicken):
    with pytest.raises(gt.Unsupported, match="depend on x"):
        gt.correlated_equilibrium(gt.NormalFormGame([[["x", 0]], [[0, 1]]]))
    with pytest.raises(gt.GameError, match="not of a list"):
        gt.correlated_equilibria([[1]])
    with pytest.raises(gt.TooLarge, match="more than 4 vertices"):
        gt.correlated_equilibria(chicken, max_vertices=4)


def test_distributions_of_users_are_judged(chicken):
    assert not correlated.is_correlated(chicken, {("swerve", "swerve"): 1})
    assert correlated.is_correlated(chicken, np.array([[0.5, 0.25], [0.25, 0.0]]))
    with pytest.raises(gt.GameError, match="add up to 1/2"):
        correlated.regret(chicken, {("swerve", "swerve"): HALF})
    with pytest.raises(gt.GameError, match=r"probability of \(swerve, dare\) is -1"):
        correlated.regret(chicken, [[2, -1], [0, 0]])
    with pytest.raises(gt.GameError, match="shape"):
        correlated.regret(chicken, [1])
    with pytest.raises(gt.GameError, match="NormalFormGame"):
        correlated.regret([[1]], [1])
    with pytest.raises(gt.GameTheoryError, match="internal error"):
        correlated.judge_correlated(chicken, np.array([[1, 0], [0, 0]]))


def test_results_are_shown(chicken):
    best = gt.correlated_equilibrium(chicken)
    assert "welfare 10.5" in best._repr_html_() and "<td>swerve</td>" in best._repr_html_()
    assert r"swerve & dare & $0.25$ & $2$ & $7$" in best.to_latex()
    frame = best.to_frame()
    assert list(frame["probability"]) == [HALF, QUARTER, QUARTER] and list(frame["payoff: Ann"]) == [6, 2, 7]
    obedience = best.obedience()
    assert (obedience["gain"] <= 0).all() and (obedience["price"] >= 0).all()
    assert sum(g * p for g, p in zip(obedience["gain"], obedience["price"], strict=True)) == 0
    assert list(gt.coarse_correlated_equilibrium(chicken).obedience().columns) == [
        "player",
        "instead",
        "gain",
        "price",
    ]
    found = gt.correlated_equilibria(chicken)
    assert "dimension 3 with 5 vertices" in repr(found) and repr(found).count("Nash") == 3
    assert "5 vertices" in found._repr_html_() and found.to_frame().shape == (5, 7)
    assert "<tr><th>3</th><td>2</td><td>7</td><td>yes</td><td>0</td><td>1</td>" in found._repr_html_()
    assert r"vertex & payoff: Ann & payoff: Bob & Nash & swerve, swerve & " in found.to_latex()
    assert r"3 & $2$ & $7$ & yes & $0$ & $1$ & $0$ & $0$ \\" in found.to_latex()
    assert found[0] == found.vertices[0] and len(found[:2]) == 2
    assert repr(gt.coarse_correlated_equilibrium(chicken)).endswith("| coarse)")


@pytest.mark.parametrize(
    "objective", [np.ones((2, 2)), 3, [1, 2], None], ids=["array", "number", "list", "None"]
)
def test_what_is_no_objective_is_refused(chicken, objective):
    with pytest.raises(gt.GameError, match="an objective is a name such as 'welfare', or a mapping"):
        gt.correlated_equilibrium(chicken, objective)


def test_results_are_values(chicken):
    best = gt.correlated_equilibrium(chicken)
    copy = pickle.loads(pickle.dumps(best))
    assert copy == best and hash(copy) == hash(best) and copy.prices == best.prices
    with pytest.raises(ValueError, match="read-only"):
        best.probabilities[0, 0] = 1
    with pytest.raises(TypeError):
        best.prices[("Ann", "swerve", "dare")] = 0
    assert best != gt.coarse_correlated_equilibrium(chicken)
