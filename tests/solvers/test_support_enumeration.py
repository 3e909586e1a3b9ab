"""Every equilibrium of games with three players and more, against definitions, published answers and other solvers."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.equilibria import nash
from gametheory.errors import GameError, UnknownName, Unsupported
from gametheory.solvers.nash import solve_table, to_exact
from gametheory.solvers.support_enumeration import Report, _distinct, whole_payoffs

REGIMES = {
    "uniform": lambda rng, size: rng.random(size),
    "millions": lambda rng, size: rng.integers(-(10**6), 10**6 + 1, size).astype(float),
    "lognormal": lambda rng, size: np.exp(rng.normal(0, 3, size)),
    "digits": lambda rng, size: rng.integers(-9, 10, size).astype(float),
    "ties": lambda rng, size: rng.integers(0, 3, size).astype(float),
}


def solved(payoffs, **options):
    return gt.nash_equilibria(gt.NormalFormGame(np.array(payoffs)), progress=False, **options)


def points(found):
    return sorted(tuple(tuple(map(float, vector)) for vector in e.profile.arrays) for e in found)


def pennies():
    """Each of three players wants to match the next one, but the last to differ from the first (Jordan 1993)."""
    return gt.NormalFormGame.from_function(
        lambda a, b, c: (int(a == b), int(b == c), int(c != a)), {name: ["h", "t"] for name in "ABC"}
    )


# ---------------------------------------------------------------------------------------------------------------------
# Published games
# ---------------------------------------------------------------------------------------------------------------------
def test_a_unique_equilibrium_that_is_irrational():
    """Nau, Gomez Canovas and Hansen 2004, On the geometry of Nash equilibria and correlated equilibria, section 4."""
    found = gt.nash_equilibria(gt.catalog.load("nau_irrational"))
    assert found.complete and len(found) == 1
    [equilibrium] = found
    assert not equilibrium.exact and equilibrium.index == 1
    bounds = equilibrium.enclosure
    assert bounds.width < Fraction(1, 2**100)
    assert bounds.polynomials == (
        ((24, -53, 23), (-6, 7, 23)),
        ((-9, 13, 12), (16, -37, 12)),
        ((-9, 23, 2), (16, -27, 2)),
    )
    for (low, high), (c, b, a) in zip(
        itertools.chain(*bounds.intervals), itertools.chain(*bounds.polynomials), strict=True
    ):
        assert (c + b * low + a * low**2) * (c + b * high + a * high**2) < 0  # the root is between the bounds


def test_a_curved_continuum_is_sampled_and_said_not_to_be_complete():
    """The same paper, section 5: a curve of equilibria in which all three players mix."""
    found = gt.nash_equilibria(gt.catalog.load("nau_continuum"))
    assert not found.complete
    assert (
        "{Ann: top, bottom; Bob: left, right; Cem: west, east}" in found.reason
        and "continuum" in found.reason
    )
    [curve] = [part for part in found.components if not part.described]
    assert curve.dimension == 1 and len(curve) > 1
    assert all(e.regret == 0 for e in found)


def test_mckelvey_and_mclennan_nine_equilibria():
    """McKelvey and McLennan 1996: the most regular equilibria that a 2x2x2 game can have."""
    found = gt.nash_equilibria(gt.catalog.load("mckelvey_mclennan"))
    assert found.complete and len(found) == 9
    assert all(e.exact for e in found)
    assert sorted(e.index for e in found) == [-1] * 4 + [1] * 5
    mixed = [
        tuple(v[0] for v in e.profile.arrays)
        for e in found
        if all(0 < p < 1 for v in e.profile.arrays for p in v)
    ]
    f = Fraction
    assert sorted(mixed) == [(f(2, 5), f(1, 2), f(1, 3)), (f(1, 2), f(2, 5), f(1, 4))]


def test_selten_horse_in_strategic_form():
    game = gt.catalog.load("selten_horse")
    found = gt.nash_equilibria(game)
    assert found.complete
    assert sorted(part.dimension for part in found.components) == [1, 1]
    assert len(found) == 4


def test_matching_in_a_circle_has_one_equilibrium():
    found = gt.nash_equilibria(pennies())
    assert found.complete and len(found) == 1
    assert all(p == Fraction(1, 2) for vector in found[0].profile.arrays for p in vector)
    assert found[0].exact and found[0].index == 1 and found[0].regret == 0


def test_coordination_of_three_players():
    shape = (3, 3, 3)
    payoffs = np.zeros((3, *shape), int)
    for k, worth in enumerate((2, 3, 5)):
        payoffs[:, k, k, k] = worth
    found = solved(payoffs)
    assert found.complete
    pure = [e for e in found if e.is_pure]
    # Where nobody else can reach a prize alone, nothing is lost by any choice: (1, 2, 3) in some order is an equilibrium too.
    assert sum(all(v > 0 for v in e.payoffs.values()) for e in pure) == 3
    assert {e.index for e in pure if e.index is not None} == {1}


# ---------------------------------------------------------------------------------------------------------------------
# Theorems
# ---------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "shape, games", [((2, 2, 2), 40), ((2, 3, 2), 10), ((3, 3, 3), 4), ((2, 2, 2, 2), 6)]
)
@pytest.mark.parametrize("regime", list(REGIMES))
def test_complete_answers_obey_the_index_theorem(regime, shape, games):
    rng = np.random.default_rng([*map(ord, regime), *shape])
    for _ in range(games):
        payoffs = REGIMES[regime](rng, (len(shape), *shape))
        found = solve_table(to_exact(payoffs), irrational=False, progress=False)
        floats = [[np.array([float(p) for p in v]) for v in profile] for profile in found.profiles]
        assert all(nash.is_nash(payoffs, profile) for profile in floats)
        if not found.complete:
            assert regime == "ties"
            continue
        assert found.profiles
        assert None in found.indices or sum(found.indices) == 1
        if not any(found.continuum) and None not in found.regular:
            assert len(found.profiles) % 2 == 1 and sum(found.regular) == 1


def test_newton_from_many_starts_finds_nothing_that_is_not_listed():
    from scipy.optimize import root

    rng = np.random.default_rng(7)
    for _ in range(6):
        payoffs = rng.random((3, 2, 2, 2))
        found = solve_table(to_exact(payoffs), irrational=False, progress=False)
        listed = [np.array([float(v[0]) for v in profile]) for profile in found.profiles]

        def gaps(x, payoffs=payoffs):
            mixed = [np.array([p, 1 - p]) for p in x]
            values = [nash.action_payoffs(payoffs, mixed, i) for i in range(3)]
            return [v[0] - v[1] for v in values]

        for start in rng.random((60, 3)):
            answer = root(gaps, start, tol=1e-13)
            if answer.success and (answer.x > 1e-9).all() and (answer.x < 1 - 1e-9).all():
                assert any(np.abs(answer.x - known).max() < 1e-7 for known in listed)


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_names_units_and_dominated_strategies_do_not_matter(data):
    shape = data.draw(st.sampled_from([(2, 2, 2), (2, 3, 2)]))
    size = 3 * int(np.prod(shape))
    values = data.draw(st.lists(st.integers(-5, 5), min_size=size, max_size=size))
    payoffs = np.array(values).reshape(3, *shape)
    found = solved(payoffs)
    permuted = [data.draw(st.permutations(range(n))) for n in shape]
    moved = payoffs[(slice(None), *np.ix_(*permuted))]
    scaled = moved * np.array([2, 3, 7]).reshape(3, 1, 1, 1) + data.draw(st.integers(-9, 9))
    # What a player gets for nothing, by what the others do, changes no best reply; and a strategy may be added that is worse.
    scaled[0] += np.arange(shape[1])[None, :, None]
    worse = np.full((3, shape[0] + 1, *shape[1:]), 0)
    worse[:, :-1] = scaled
    worse[0, -1] = scaled[0].min() - 1
    other = solved(worse)
    assert other.complete == found.complete
    if found.complete:
        back = sorted(
            tuple(
                tuple(float(vector[permuted[i].index(s)]) for s in range(shape[i]))
                for i, vector in enumerate(e.profile.arrays)
            )
            for e in other
        )
        assert np.allclose(
            np.array([np.concatenate(p) for p in back]), [np.concatenate(p) for p in points(found)]
        )


# ---------------------------------------------------------------------------------------------------------------------
# Other solvers
# ---------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size, high", [((2, 2), 3), ((3, 3), 5), ((2, 4), 3)])
def test_two_players_with_an_idle_third_are_the_two_player_game(size, high):
    rng = np.random.default_rng(high)
    for _ in range(15):
        payoffs = rng.integers(0, high, (2, *size))
        two = solved(payoffs)
        same = solved(payoffs, method="support_enumeration")
        assert same.complete and points(same) == points(two)
        # A third player with two strategies that mean the same: every equilibrium times a segment.
        three = np.zeros((3, *size, 2), int)
        three[:2] = payoffs[..., None]
        found = solved(three)
        assert found.complete
        assert {p[:2] for p in points(found)} == set(points(two))
        assert len(found) == 2 * len(two)
        assert [part.dimension for part in found.components] == [
            part.dimension + 1 for part in two.components
        ]


def test_gambit_finds_nothing_that_is_not_listed():
    pygambit = pytest.importorskip("pygambit", minversion="17.0.0b2")
    rng = np.random.default_rng(3)
    for shape in [(2, 2, 2)] * 10 + [(2, 3, 2)] * 3:
        payoffs = rng.integers(-50, 50, (3, *shape))
        found = solved(payoffs)
        assert found.complete
        game = pygambit.StrategicGame.from_arrays(*payoffs)
        for profile in pygambit.nash.enumpoly_solve(game).equilibria:
            theirs = np.array([float(p) for mixed in profile for _, p in mixed])
            assert any(np.abs(theirs - np.concatenate(p)).max() < 1e-5 for p in points(found))


# ---------------------------------------------------------------------------------------------------------------------
# Ties that floats cannot see
# ---------------------------------------------------------------------------------------------------------------------
def with_an_extra_strategy(shift):
    """Nau's irrational game with one more strategy for the third player, which earns `shift` more at the equilibrium.

    There 23 x + 12 y = 20, where the first two play their first strategies with the irrational chances x and y.
    """
    base = gt.catalog.load("nau_irrational").payoffs
    more = np.full((3, 2, 2, 3), Fraction(0), dtype=object)
    more[..., :2] = base
    more[0, 0, :, 2] = more[1, :, 0, 2] = 1
    for first, second in itertools.product((1, 0), repeat=2):
        more[2, 1 - first, 1 - second, 2] = (
            base[2, 1 - first, 1 - second, 0] + 23 * first + 12 * second - 20 + shift
        )
    return gt.NormalFormGame(more)


@pytest.mark.parametrize(
    "shift, listed", [(0, True), (Fraction(-1, 10**40), True), (Fraction(1, 10**40), False)]
)
def test_a_tie_at_an_irrational_equilibrium_is_decided(shift, listed):
    found = gt.nash_equilibria(with_an_extra_strategy(shift))
    at = [0.619233, 0.479804, 0.378825]
    here = [
        e
        for e in found
        if e.profile.arrays[2][2] == 0 and np.allclose([float(v[0]) for v in e.profile.arrays], at, atol=1e-5)
    ]
    assert len(here) == int(listed)
    if listed:
        assert here[0].index == (None if shift == 0 else 1)
    assert found.complete


def test_a_double_root_is_an_equilibrium_without_index():
    # With x, y, z for the chances of first strategies, those earn z - y, x - z and (x - 1/2)(y - 1/2) more than second ones.
    payoffs = np.full((3, 2, 2, 2), Fraction(0))
    payoffs[0, 0] = [[0, -1], [1, 0]]
    payoffs[1, :, 0] = [[0, 1], [-1, 0]]
    payoffs[2, :, :, 0] = [[Fraction(1, 4), Fraction(-1, 4)], [Fraction(-1, 4), Fraction(1, 4)]]
    found = gt.nash_equilibria(gt.NormalFormGame(payoffs))
    half = Fraction(1, 2)
    [centre] = [e for e in found if all(p == half for v in e.profile.arrays for p in v)]
    assert centre.exact and centre.index is None and centre.regret == 0
    assert found.complete


def test_where_nobody_minds_everything_is_one_component_of_index_one():
    found = solved(np.zeros((3, 2, 2, 2), int))
    assert found.complete and len(found) == 8
    [part] = found.connected_components
    assert part.index == 1 and part.subsets[0].dimension == 3 and part.subsets[0].described


def test_payoffs_beyond_machine_numbers_stay_exact():
    rng = np.random.default_rng(0)
    payoffs = np.exp(rng.normal(0, 3, (60, 3, 2, 2, 2)))
    for game in payoffs:
        assert solve_table(to_exact(game), irrational=False, progress=False).complete


# ---------------------------------------------------------------------------------------------------------------------
# Limits
# ---------------------------------------------------------------------------------------------------------------------
def test_a_search_that_is_given_up_says_so():
    rng = np.random.default_rng(1)
    found = solved(rng.random((3, 3, 3, 3)), max_boxes=5)
    assert not found.complete and "given up after 5 boxes" in found.reason


def test_a_game_that_is_too_large_gets_its_pure_equilibria():
    payoffs = np.zeros((3, 61, 2, 2), int)
    payoffs[0, 3] = 1
    payoffs[1, :, 1] = 1
    payoffs[2, :, :, 0] = 1
    found = solved(payoffs)
    assert not found.complete and "too many" in found.reason
    assert [e.play for e in found] == ["Player 1: 4; Player 2: 2; Player 3: 1"]


def test_vertex_enumeration_is_for_two():
    with pytest.raises(Unsupported, match="support_enumeration"):
        gt.nash_equilibria(pennies(), "vertex_enumeration")


def test_whole_payoffs_keep_what_a_player_gains():
    payoffs = to_exact(np.array([[[0.5, 0.75], [1e-3, 2.0]], [[3.0, 1.0], [0.1, 7.0]]]))
    whole = whole_payoffs(payoffs)
    for i in range(2):
        ours, theirs = (np.diff(table[i], axis=i).ravel() for table in (whole, payoffs))
        assert all(isinstance(value, int) for value in ours)
        ratios = {Fraction(int(b.p), int(b.q)) / a for a, b in zip(ours, theirs, strict=True)}
        assert len(ratios) == 1 and ratios.pop() > 0


def test_two_boxes_that_overlap_around_one_root_hold_one():
    game = gt.catalog.load("nau_irrational")
    middle = np.array([[float(p) for p in vector] for vector in gt.nash_equilibria(game)[0].profile.arrays])
    low, high = middle - [[1e-9, 3e-10]], middle + [[3e-10, 1e-9]]
    again = middle - [[3e-10, 1e-9]], middle + [[1e-9, 3e-10]]
    boxes = [Report(0, ((0, 1),) * 3, *box, *box) for box in ((low, high), again)]
    assert len(_distinct(whole_payoffs(to_exact(game.payoffs)), boxes)) == 1


def test_without_boxes_pure_equilibria_are_listed():
    payoffs = np.ones((3, 2, 2, 2), int)
    found = solved(payoffs, method="support_enumeration", max_boxes=0)
    assert len(found) == 8 and not found.complete and "only pure" in found.reason


@pytest.mark.parametrize("boxes", ["many", -1, 2.5, True, None])
def test_a_number_of_boxes_that_is_none(boxes):
    with pytest.raises(GameError, match="max_boxes"):
        solved(np.ones((3, 2, 2, 2), int), max_boxes=boxes)


def test_a_method_that_is_no_name():
    with pytest.raises(UnknownName, match="method"):
        solved(np.ones((3, 2, 2, 2), int), method=["auto"])


def test_a_single_player():
    found = solved([[1, 2, 2]], method="support_enumeration")
    assert found.complete and [e.play for e in found] == ["Player 1: 2", "Player 1: 3"]


def test_the_smallest_floats():
    rng = np.random.default_rng(0)
    for shape in ((2, 2, 2), (2, 2, 3), (3, 2, 2, 2)):
        payoffs = rng.integers(-3, 4, shape)
        tiny = gt.nash_equilibria(gt.NormalFormGame(payoffs * 5e-324), progress=False)
        assert points(tiny) == points(solved(payoffs))
