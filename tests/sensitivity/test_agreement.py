"""Sweeps in floating point and exact thresholds are two implementations: they must agree, also exactly at ties."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory import scalars
from gametheory.sensitivity import sweep, thresholds
from gametheory.sensitivity.sweep import variable_name

t = scalars.symbol("t")
space = gt.ParameterSpace(gt.Parameter("t", 0, low=-2, high=3))
payoffs = st.one_of(
    st.sampled_from([0, 0, 1, -1, 2]), st.sampled_from([t, 1 - t, t**2 - 1, t**3 - t, 1000000000 * t])
)
probabilities = st.sampled_from(
    [sympy.Rational(1, 2), sympy.Integer(1), (t + 2) / 5, (3 - t) / 5, t**2 / 9, sympy.Integer(0)]
)


@st.composite
def trees(draw):
    """Chance draws what A knows or not, B sees only what A does, and C may keep out of it."""

    def end():
        return gt.Outcome(**{player: draw(payoffs) for player in "ABC"})

    def turn(kind):
        replies = {x: gt.Decision("B", {y: end() for y in "ud"}, infoset=f"after {x}") for x in "lm"}
        if draw(st.integers(0, 3)) == 0:
            replies["m"] = end()
        return gt.Decision("A", replies, infoset=f"A{kind}")

    known, p = draw(st.booleans()), draw(probabilities)
    root = gt.Chance({"1": (p, turn(1)), "2": (1 - p, turn(2 if known else 1))})
    try:
        return gt.ExtensiveGame(gt.Decision("C", {"out": end(), "in": root}) if draw(st.booleans()) else root)
    except gt.GameTheoryError:  # an information set with replies at one node and an end at another is none
        return gt.ExtensiveGame(gt.Decision("C", {"out": end(), "in": turn(1)}))


@st.composite
def tables(draw):
    m, n = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    return gt.NormalFormGame.from_bimatrix(
        *([[draw(payoffs) for _ in range(n)] for _ in range(m)] for _ in range(2))
    )


def check(game):
    model = gt.Model("random", game, space)
    found = thresholds(model, "t", progress=False)
    values = {
        Fraction(-2),
        Fraction(3),
        Fraction(1, 2),
        *(point for point in found.points if isinstance(point, Fraction)),
        *(interval.sample for interval in found.intervals),
    }
    # Where large terms cancel in a payoff, floats of the parameter cannot tell: that is not tried.
    values = sorted(value for value in values if value == 0 or abs(value) > 1e-3)
    swept = sweep(model, t=values, progress=False)
    for k, value in enumerate(values):
        solved = found.at(value)
        interval = found.interval_at(value)
        exact = solved if interval is None else interval.equilibria
        assert (len(solved), solved.complete) == (len(exact), exact.complete)
        assert int(swept["n_equilibria"][k]) == len(solved)
        assert bool(swept["complete"][k]) == solved.complete
        for name in model.outcomes:
            least, greatest = (float(v) for v in swept[variable_name(name)][k])
            assert (least, greatest) == pytest.approx(tuple(map(float, solved.outcome(name))), abs=1e-6)
            assert set(found.values_at(name, value)) == {e.outcome(name) for e in solved}


@settings(max_examples=60, deadline=None)
@given(trees())
def test_trees_with_hidden_information(game):
    check(game)


@settings(max_examples=60, deadline=None)
@given(tables())
def test_tables_with_payoffs_of_very_different_size(game):
    check(game)


def test_what_scaling_makes_equal_is_no_tie():
    # Against column 1, row 2 is better by 1.5e-9, of a range of 1.5e9.
    game = gt.NormalFormGame.from_bimatrix(
        [[t / 1000000000, 1000000000 * t], [0, 0]], [[0, 1000000000 * t], [1000000000 * t, 2]]
    )
    found = sweep(gt.Model("wide", game, space), t=["-3/2"], progress=False)
    assert found["n_equilibria"].values.tolist() == [1]


def two_types(p, ends, *, known):
    """Chance draws a type, which A knows or not; B sees only what A does."""
    rest = iter(ends)

    def turn(kind):
        replies = {}
        for x in "lm":
            first = gt.Outcome(**dict(zip("AB", next(rest), strict=True)))
            if (second := next(rest)) is None:
                replies[x] = first
            else:
                outcomes = {"u": first, "d": gt.Outcome(**dict(zip("AB", second, strict=True)))}
                replies[x] = gt.Decision("B", outcomes, infoset=f"after {x}")
        return gt.Decision("A", replies, infoset=f"A{kind if known else ''}")

    return gt.Model("types", gt.ExtensiveGame(gt.Chance({"1": (p, turn(1)), "2": (1 - p, turn(2))})), space)


def test_a_probability_that_vanishes_up_to_rounding_leaves_a_tie():
    ends = [(-1, 1), (0, 2), (-1, 0), (1, -1), (-2, 0), (-1, 0), (1, 0), None]
    model = two_types((3 - t) / 5, ends, known=True)
    assert len(thresholds(model, "t", progress=False).at(3)) == 4
    assert sweep(model, t=[3], progress=False)["n_equilibria"].values.tolist() == [4]


def test_mixtures_of_plans_that_behave_alike_are_counted_once():
    ends = [(1, 0), (0, 1), (0, 1), (1, -1), (0, 1), (0, 1), (1, 1), (-1, 0)]
    model = two_types(0, ends, known=False)
    found = gt.subgame_perfect_equilibria(model.at(t=1))
    assert len(found) == len({str(e.profile) for e in found})
    assert sweep(model, t=[1], progress=False)["n_equilibria"].values.tolist() == [len(found)]
