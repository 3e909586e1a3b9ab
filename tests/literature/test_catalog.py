"""The published games of the catalog have their published answers: by the definitions, and by this package's solvers."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from scipy import optimize

import gametheory as gt
from gametheory.equilibria import nash, sequential

F = Fraction
ENTRIES = [gt.catalog.entry(name) for name in gt.catalog.names()]
ANSWERS = [
    pytest.param(entry, answer, id=f"{entry.name}-{answer.concept}-{k}")
    for entry in ENTRIES
    for k, answer in enumerate(entry.answers)
]
EQUILIBRIA = {"nash", "pure nash", "subgame perfect", "perfect", "proper"}


def of(*concepts):
    return [case for case in ANSWERS if case.values[1].concept in concepts]


def numbers(values):
    return {name: F(value) for name, value in values.items()}


def close(value, target):
    return value == target if isinstance(value, F) else value == pytest.approx(float(target), abs=1e-12)


# -- entries ---------------------------------------------------------------------------------------------------
def test_there_are_more_than_two_dozen_games_of_many_kinds():
    games = [entry.game() for entry in ENTRIES]
    assert len(games) >= 24
    assert sum(len(entry.players) >= 3 for entry in ENTRIES) >= 6
    assert sum(entry.form == "extensive" for entry in ENTRIES) >= 8
    assert sum(bool(entry.parameters) for entry in ENTRIES) >= 3
    assert len({entry.name for entry in ENTRIES}) == len({entry.title for entry in ENTRIES}) == len(ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_entries_describe_their_games(entry):
    game = entry.game()
    assert game.players == entry.players
    assert isinstance(game, gt.ExtensiveGame if entry.form == "extensive" else gt.NormalFormGame)
    assert game.domain == "rational"
    assert game.title
    assert entry.citation.endswith(".")
    assert entry.story.endswith(".")
    assert entry.answers
    assert entry.game(parametric=True).parameters == frozenset(entry.parameters)
    assert (
        repr(entry)
        == f"<CatalogEntry {entry.name!r}: {entry.title} ({entry.form} form, {len(entry.players)} players)>"
    )
    for answer in entry.answers:
        assert answer.statement.endswith(".")
        assert answer.count is None or not answer.profiles or answer.count == len(answer.profiles)


def test_the_table_of_games_lists_them_all():
    table = gt.catalog.games()
    assert tuple(table.index) == gt.catalog.names()
    assert list(table.columns) == ["title", "form", "players", "parameters", "citation"]


def test_wrong_names_are_explained():
    with pytest.raises(gt.UnknownName, match="did you mean 'kuhn_poker'"):
        gt.catalog.load("kuhn_pokre")
    with pytest.raises(gt.UnknownName, match=r"unknown parameter of 'hawk_dove' 'v'; did you mean 'V'"):
        gt.catalog.load("hawk_dove", v=3)
    with pytest.raises(gt.ParameterError, match="has no parameters"):
        gt.catalog.load("kuhn_poker", a=1)
    with pytest.raises(gt.ParameterError, match="either values"):
        gt.catalog.load("hawk_dove", V=3, parametric=True)


# -- by definition -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("entry, answer", of(*EQUILIBRIA))
def test_nobody_gains_by_leaving_a_published_equilibrium(entry, answer):
    game = entry.game()
    for profile in entry.profiles(answer):
        if isinstance(game, gt.ExtensiveGame):
            assert sequential.regret(game, profile) == 0
            if answer.concept == "subgame perfect":
                assert sequential.is_subgame_perfect(game, profile)
            found = sequential.expected_payoffs(game, profile)
        else:
            assert close(nash.regret(game, profile), 0)
            found = nash.expected_payoffs(game, profile)
        if answer.payoffs:
            assert dict(zip(game.players, found, strict=True)) == numbers(answer.payoffs)


@pytest.mark.parametrize(
    "name, values",
    [
        ("hawk_dove", {"V": 1, "C": 4}),
        ("inspection", {"w": 5, "g": 2, "h": "1/3", "v": 20}),
        ("volunteers_dilemma", {"U": 10, "K": "5/2"}),
        ("law_enforcement", {"a_1": -100, "b_2": -7}),
        ("asymmetric_pennies", {"X": 80}),
        ("asymmetric_pennies", {"X": 44}),
        ("bagwell", {"epsilon": "1/7"}),
        ("bagwell", {"epsilon": "1/1000"}),
    ],
)
def test_formulas_hold_at_other_values(name, values):
    entry = gt.catalog.entry(name)
    game = entry.game(**values)
    judge = sequential.regret if isinstance(game, gt.ExtensiveGame) else nash.regret
    for answer in entry.answers:
        for profile in entry.profiles(answer, **values):
            assert judge(game, profile) == 0


@pytest.mark.parametrize("entry, answer", of("correlated"))
def test_nobody_gains_by_disobeying_a_correlated_equilibrium(entry, answer):
    game = entry.game()
    weights = {game.profile_index(*profile): F(weight) for profile, weight in answer.distribution.items()}
    assert sum(weights.values()) == 1
    for i, size in enumerate(game.shape):
        for told, instead in itertools.product(range(size), repeat=2):
            gain = sum(
                weight * (game.payoffs[i][(*cell[:i], instead, *cell[i + 1 :])] - game.payoffs[i][cell])
                for cell, weight in weights.items()
                if cell[i] == told
            )
            assert gain <= 0
        total = sum(weight * game.payoffs[i][cell] for cell, weight in weights.items())
        assert total == F(answer.payoffs[game.players[i]])


def is_strictly_dominated(own, rest, against):
    """Whether a mixture of the other strategies is better against everything that is left."""
    rows = [k for k in rest if k != own[0]]
    if not rows:
        return False
    table = np.array([[float(own[1][k, j] - own[1][own[0], j]) for k in rows] for j in against])
    # The greatest gain t with table @ x >= t over mixtures x.
    found = optimize.linprog(
        [0.0] * len(rows) + [-1.0],
        A_ub=np.hstack([-table, np.ones((len(against), 1))]),
        b_ub=np.zeros(len(against)),
        A_eq=[[1.0] * len(rows) + [0.0]],
        b_eq=[1.0],
        bounds=[(0, 1)] * len(rows) + [(None, None)],
    )
    return -found.fun > 1e-9


def test_bernheims_rationalizable_strategies():
    entry = gt.catalog.entry("bernheim")
    game = entry.game()
    left = [list(range(n)) for n in game.shape]
    tables = [game.payoffs[0], game.payoffs[1].T]
    changed = True
    while changed:
        changed = False
        for i in (0, 1):
            gone = [k for k in left[i] if is_strictly_dominated((k, tables[i]), left[i], left[1 - i])]
            left[i] = [k for k in left[i] if k not in gone]
            changed |= bool(gone)
    (answer,) = (answer for answer in entry.answers if answer.concept == "rationalizable")
    for i, player in enumerate(game.players):
        assert tuple(game.strategies[i][k] for k in left[i]) == answer.strategies[player]


def test_the_highest_claim_left_is_always_dominated_for_travelers():
    game = gt.catalog.load("travelers_dilemma")
    for highest in (98, 97, 50, 3, 2, 1):
        left = list(range(highest + 1))
        assert is_strictly_dominated((highest, game.payoffs[0]), left, left)
    assert not is_strictly_dominated((0, game.payoffs[0]), [0], [0])


def test_the_proper_equilibrium_of_myersons_game():
    entry = gt.catalog.entry("myerson_proper")
    table = entry.game().payoffs[0]  # the game is symmetric

    def is_proper_up_to(epsilon, p):
        value = [sum(table[k, j] * p[j] for j in range(3)) for k in range(3)]
        pairs = itertools.product(range(3), repeat=2)
        return all(value[k] >= value[j] or p[k] <= epsilon * p[j] for k, j in pairs)

    for epsilon in (F(1, 100), F(1, 10**6)):
        first = [1 - epsilon - epsilon**2, epsilon, epsilon**2]
        assert is_proper_up_to(2 * epsilon, first)
        # Near the second equilibrium the third strategy, being worst, is rarer than the first, which is then the best.
        for a, b in itertools.product([epsilon, epsilon**2, epsilon**3, epsilon / 2], repeat=2):
            assert not is_proper_up_to(2 * epsilon, [a, 1 - a - b, b])


def test_the_perfect_equilibria_of_myersons_game_are_the_undominated_ones():
    """van Damme 1991, Stability and Perfection of Nash Equilibria, theorem 3.2.2 (two players)."""
    table = gt.catalog.load("myerson_proper").payoffs[0]
    dominated = {
        k
        for k in range(3)
        if any((table[j] >= table[k]).all() and (table[j] != table[k]).any() for j in range(3))
    }
    assert dominated == {2}


def test_the_driver_cannot_plan_better():
    entry = gt.catalog.entry("absent_minded_driver")
    game, (answer,) = entry.game(), entry.answers
    (best,) = entry.profiles(answer)
    assert sequential.expected_payoffs(game, best) == [F(4, 3)]
    for k in range(101):
        plan = gt.BehaviourProfile(
            game, {"driver": {"intersection": {"continue": F(k, 100), "exit": 1 - F(k, 100)}}}
        )
        assert sequential.expected_payoffs(game, plan)[0] <= F(4, 3)
    with pytest.raises(gt.GameError, match="absent-mindedness"):
        gt.ExtensiveGame(game.root)


def test_wichardts_game_has_no_equilibrium_in_behaviour_strategies():
    """Against any t of Bob's Ann's best behaviour is (R, r) or (L, l), and Bob's best reply to these is pure."""
    game = gt.catalog.load("wichardt")

    def value(p, q, t):
        profile = {"start": {"R": p, "L": 1 - p}, "again": {"r": q, "l": 1 - q}}
        both = gt.BehaviourProfile(game, {"Ann": profile, "Bob": {"Bob": {"B": t, "T": 1 - t}}})
        return sequential.expected_payoffs(game, both)[0]

    grid = [F(k, 4) for k in range(5)]
    for t in grid:
        values = {(p, q): value(p, q, t) for p, q in itertools.product(grid, repeat=2)}
        best = {plan for plan, worth in values.items() if worth == max(values.values())}
        assert best <= {(0, 0), (1, 1)}
        for plan in best:
            replies = [value(*plan, reply) for reply in (F(0), F(1))]
            assert value(*plan, t) > min(replies)


# -- by our solvers ----------------------------------------------------------------------------------------------
def vectors(profiles):
    return {tuple(tuple(array.tolist()) for array in profile.arrays) for profile in profiles}


def floats(profile):
    return np.concatenate([np.array(array, dtype=float) for array in profile.arrays])


@pytest.mark.parametrize("entry, answer", [case for case in of("nash") if case.values[0].form == "normal"])
def test_all_equilibria_of_games_in_normal_form(entry, answer):
    found = gt.nash_equilibria(entry.game())
    if not answer.complete:
        return
    assert found.complete
    known = entry.profiles(answer)
    for equilibrium in found if known else ():
        # Irrational equilibria are floats on both sides; all others are the same fractions.
        assert equilibrium.profile in known or any(
            profile.domain == "real"
            and np.allclose(floats(equilibrium.profile), floats(profile), rtol=0, atol=1e-9)
            for profile in known
        )
    assert len(found) == (answer.count or len(known))


def test_the_closed_form_of_the_irrational_equilibrium():
    entry = gt.catalog.entry("nau_irrational")
    (profile,) = entry.profiles(entry.answers[0])
    root = 601**0.5
    expected = [(53 - root) / 46, (root - 13) / 24, (root - 23) / 4]
    assert floats(profile)[::2] == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("entry, answer", of("pure nash"))
def test_all_pure_equilibria(entry, answer):
    game = entry.game()
    if isinstance(game, gt.ExtensiveGame):
        table = gt.strategic_form(game)
        found = gt.nash_equilibria(table, method="pure")
        # Different plans may lead to the same play; the published profiles are one for each.
        assert {tuple(e.payoffs.values()) for e in found} == {
            tuple(sequential.expected_payoffs(game, profile)) for profile in entry.profiles(answer)
        }
        return
    found = gt.nash_equilibria(game, method="pure")
    assert vectors(e.profile for e in found) == vectors(entry.profiles(answer))


@pytest.mark.parametrize("entry, answer", of("subgame perfect"))
def test_all_subgame_perfect_equilibria(entry, answer):
    found = gt.subgame_perfect_equilibria(entry.game())
    assert found.complete == answer.complete
    assert vectors(e.profile for e in found) == vectors(entry.profiles(answer))


@pytest.mark.parametrize("name", ["myerson_poker", "bagwell", "beer_quiche"])
def test_equilibria_of_trees_in_strategic_form(name):
    entry = gt.catalog.entry(name)
    game = entry.game()
    found = gt.nash_equilibria(gt.strategic_form(game))
    assert found.complete
    (answer,) = (answer for answer in entry.answers if answer.concept == "nash")
    payoffs = {tuple(sequential.expected_payoffs(game, profile)) for profile in entry.profiles(answer)}
    assert {tuple(e.payoffs.values()) for e in found} == payoffs


@pytest.mark.parametrize("name", ["selten_horse", "beer_quiche"])
def test_the_ends_of_all_components_of_trees_without_subgames(name):
    entry = gt.catalog.entry(name)
    found = gt.subgame_perfect_equilibria(entry.game())
    assert found.complete
    assert vectors(e.profile for e in found) == vectors(entry.profiles(entry.answers[0]))


def test_the_volunteers_have_seven_equilibria():
    entry = gt.catalog.entry("volunteers_dilemma")
    found = gt.nash_equilibria(entry.game())
    known = vectors(profile for answer in entry.answers for profile in entry.profiles(answer))
    assert found.complete
    assert len(found) == 7
    assert vectors(e.profile for e in found) == known


def test_kohlberg_and_mertens_ring_is_one_component_with_a_hole():
    found = gt.nash_equilibria(gt.catalog.load("kohlberg_mertens"))
    assert len(found.components) == 6
    ends = [frozenset(vectors(e.profile for e in component.vertices)) for component in found.components]
    assert all(len(pair) == 2 for pair in ends)
    assert all(sum(vertex in pair for pair in ends) == 2 for vertex in frozenset().union(*ends))
    assert len(found.connected_components) == 1


def test_the_value_of_kuhn_poker():
    game = gt.strategic_form(gt.catalog.load("kuhn_poker"))
    table = game.payoffs[0].astype(float)
    rows, columns = table.shape
    found = optimize.linprog(
        [0.0] * rows + [-1.0],
        A_ub=np.hstack([-table.T, np.ones((columns, 1))]),
        b_ub=np.zeros(columns),
        A_eq=[[1.0] * rows + [0.0]],
        b_eq=[1.0],
        bounds=[(0, 1)] * rows + [(None, None)],
    )
    assert -found.fun == pytest.approx(-1 / 18)


def test_every_game_goes_through_gambits_files():
    from gametheory.games.files import efg, nfg

    for entry in ENTRIES:
        game = entry.game()
        if isinstance(game, gt.ExtensiveGame):
            assert efg.loads(efg.dumps(game), allow_imperfect_recall=True) == game
        else:
            assert nfg.loads(nfg.dumps(game)) == game
