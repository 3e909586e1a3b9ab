"""Published two-player games with their published equilibria: all of them, exactly, and none besides."""

from __future__ import annotations

from fractions import Fraction

import pytest

import gametheory as gt

F = Fraction

#: name: (citation, A, B, equilibria as pairs of vectors)
PUBLISHED = {
    "prisoners' dilemma": (
        "Luce and Raiffa 1957, Games and Decisions, section 5.4: the only equilibrium is to confess",
        [["0.9", 0], [1, "0.1"]],
        [["0.9", 1], [0, "0.1"]],
        [([0, 1], [0, 1])],
    ),
    "battle of the sexes": (
        "Luce and Raiffa 1957, section 5.3",
        [[2, -1], [-1, 1]],
        [[1, -1], [-1, 2]],
        [([1, 0], [1, 0]), ([0, 1], [0, 1]), ([F(3, 5), F(2, 5)], [F(2, 5), F(3, 5)])],
    ),
    "matching pennies": (
        "von Neumann 1928, Zur Theorie der Gesellschaftsspiele, Mathematische Annalen 100, 295-320",
        [[1, -1], [-1, 1]],
        [[-1, 1], [1, -1]],
        [([F(1, 2), F(1, 2)], [F(1, 2), F(1, 2)])],
    ),
    "odd or even": (
        "Ferguson 2020, A Course in Game Theory, section II.1.2: 7/12 on one finger, value 1/12",
        [[-2, 3], [3, -4]],
        [[2, -3], [-3, 4]],
        [([F(7, 12), F(5, 12)], [F(7, 12), F(5, 12)])],
    ),
    "rock, paper, scissors": (
        "von Neumann and Morgenstern 1944, Theory of Games and Economic Behavior, section 18.1",
        [[0, -1, 1], [1, 0, -1], [-1, 1, 0]],
        [[0, 1, -1], [-1, 0, 1], [1, -1, 0]],
        [([F(1, 3)] * 3, [F(1, 3)] * 3)],
    ),
    "hawk and dove": (
        "Maynard Smith 1982, Evolution and the Theory of Games, ch. 2, V = 2 and C = 3: hawk with probability V/C",
        [[F(-1, 2), 2], [0, 1]],
        [[F(-1, 2), 0], [2, 1]],
        [([1, 0], [0, 1]), ([0, 1], [1, 0]), ([F(2, 3), F(1, 3)], [F(2, 3), F(1, 3)])],
    ),
    "Shapley's cycle": (
        (
            "Shapley 1964, Some topics in two-person games, Annals of Mathematics Studies 52, 1-28: fictitious play cycles "
            "around the only equilibrium"
        ),
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[0, 1, 0], [0, 0, 1], [1, 0, 0]],
        [([F(1, 3)] * 3, [F(1, 3)] * 3)],
    ),
    "von Stengel's 3x2 game": (
        "von Stengel 2007, Algorithmic Game Theory, ch. 3, equation (3.3)",
        [[3, 3], [2, 5], [0, 6]],
        [[3, 2], [2, 6], [3, 1]],
        [
            ([1, 0, 0], [1, 0]),
            ([F(4, 5), F(1, 5), 0], [F(2, 3), F(1, 3)]),
            ([0, F(1, 3), F(2, 3)], [F(1, 3), F(2, 3)]),
        ],
    ),
    "von Stengel's degenerate 3x2 game": (
        "von Stengel 2007, Algorithmic Game Theory, ch. 3, section 3.6: the first two span a segment",
        [[3, 3], [2, 5], [0, 6]],
        [[3, 3], [2, 6], [3, 1]],
        [
            ([1, 0, 0], [1, 0]),
            ([1, 0, 0], [F(2, 3), F(1, 3)]),
            ([0, F(1, 3), F(2, 3)], [F(1, 3), F(2, 3)]),
        ],
    ),
}


def vectors(found):
    return {tuple(tuple(vector) for vector in equilibrium.profile.arrays) for equilibrium in found}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_equilibria_are_found_and_no_others(name):
    _, a, b, known = PUBLISHED[name]
    found = gt.nash_equilibria(gt.NormalFormGame.from_bimatrix(a, b))
    assert found.complete
    assert len(found) == len(known)
    assert vectors(found) == {tuple(tuple(map(F, vector)) for vector in pair) for pair in known}
    assert all(equilibrium.exact and equilibrium.regret == 0 for equilibrium in found)
    if not any(equilibrium.continuum for equilibrium in found):
        # Shapley 1974: the indices of a nondegenerate game add up to one.
        assert sum(equilibrium.index for equilibrium in found) == 1


def test_the_value_of_odd_or_even():
    _, a, b, _ = PUBLISHED["odd or even"]
    (equilibrium,) = gt.nash_equilibria(gt.NormalFormGame.from_bimatrix(a, b))
    assert equilibrium.payoffs["Player 1"] == F(1, 12)


def test_the_segment_of_von_stengels_degenerate_game():
    _, a, b, known = PUBLISHED["von Stengel's degenerate 3x2 game"]
    found = gt.nash_equilibria(gt.NormalFormGame.from_bimatrix(a, b))
    components = [vectors(component) for component in found.components]
    segment = {tuple(tuple(map(F, vector)) for vector in pair) for pair in known[:2]}
    assert len(components) == 2
    assert segment in components
    assert [component.is_point for component in found.components].count(True) == 1
    assert [equilibrium.continuum for equilibrium in found].count(True) == 2


@pytest.mark.parametrize("wage, cost_of_work, cost_of_inspection", [(3, 1, 1), (5, 2, 1), ("7/2", "1/3", 2)])
def test_the_inspection_game(wage, cost_of_work, cost_of_inspection):
    """Fudenberg and Tirole 1991, Game Theory, section 1.1.2: shirk with probability h/w, inspect with probability g/w."""
    w, g, h = F(wage), F(cost_of_work), F(cost_of_inspection)
    output = w + 10
    game = gt.NormalFormGame.from_profiles(
        {
            ("shirk", "inspect"): (0, -h),
            ("shirk", "trust"): (w, -w),
            ("work", "inspect"): (w - g, output - w - h),
            ("work", "trust"): (w - g, output - w),
        },
        players=("agent", "principal"),
    )
    (equilibrium,) = gt.nash_equilibria(game)
    assert equilibrium.strategies["agent"]["shirk"] == h / w
    assert equilibrium.strategies["principal"]["inspect"] == g / w
    assert equilibrium.index == 1


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_a_game_of_coordination_has_an_equilibrium_for_each_set_of_places_to_meet(size):
    """Quint and Shubik 1997, A theorem on the number of Nash equilibria in a bimatrix game, IJGT 26: 2^n - 1."""
    identity = [[int(row == column) for column in range(size)] for row in range(size)]
    found = gt.nash_equilibria(gt.NormalFormGame.from_bimatrix(identity, identity))
    assert found.complete
    supports = {equilibrium.support["Player 1"] for equilibrium in found}
    assert len(found) == len(supports) == 2**size - 1
    for equilibrium in found:
        places = equilibrium.support["Player 1"]
        assert equilibrium.support["Player 2"] == places
        assert equilibrium.payoffs["Player 1"] == F(1, len(places))
        assert equilibrium.index == (-1) ** (len(places) - 1)


def test_a_six_by_six_game_with_more_equilibria_than_the_game_of_coordination():
    """von Stengel 1999, New maximal numbers of equilibria in bimatrix games, Discrete & Computational Geometry 21, 557-568.

    A 6x6 game with 75 equilibria, where a game of coordination has 63. Equilibria are so close to one another that floats
    would not tell them apart with any ordinary tolerance.
    """
    a = [
        [9504, -660, 19976, -20526, 1776, -8976],
        [-111771, 31680, -130944, 168124, -8514, 52764],
        [397584, -113850, 451176, -586476, 29216, -178761],
        [171204, -45936, 208626, -263076, 14124, -84436],
        [1303104, -453420, 1227336, -1718376, 72336, -461736],
        [737154, -227040, 774576, -1039236, 48081, -300036],
    ]
    b = [
        [72336, 48081, 29216, 14124, 1776, -8514],
        [-461736, -300036, -178761, -84436, -8976, 52764],
        [1227336, 774576, 451176, 208626, 19976, -130944],
        [-1718376, -1039236, -586476, -263076, -20526, 168124],
        [1303104, 737154, 397584, 171204, 9504, -111771],
        [-453420, -227040, -113850, -45936, -660, 31680],
    ]
    found = gt.nash_equilibria(gt.NormalFormGame.from_bimatrix(a, b))
    assert found.complete
    assert len(found) == len(vectors(found)) == 75
    assert sum(equilibrium.index for equilibrium in found) == 1


def test_any_division_of_a_demand_is_an_equilibrium():
    """Nash 1953, Two-person cooperative games, Econometrica 21, 128-140: the demand game, here with four units.

    Every division that leaves nothing on the table is an equilibrium, and so is it that both ask for all.
    """
    units = range(5)
    game = gt.NormalFormGame.from_function(
        lambda mine, yours: (int(mine), int(yours)) if int(mine) + int(yours) <= 4 else (0, 0),
        strategies={"Ann": [str(k) for k in units], "Bob": [str(k) for k in units]},
    )
    found = gt.nash_equilibria(game, method="pure")
    demands = {(e.support["Ann"][0], e.support["Bob"][0]) for e in found}
    assert demands == {(str(k), str(4 - k)) for k in units} | {("4", "4")}
