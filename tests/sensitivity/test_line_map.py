"""Maps of one parameter: against solving the game at single values, against a fold found by hand, and against what indices demand."""

from __future__ import annotations

import pickle
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import sympy
from flint import fmpq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory import scalars
from gametheory.sensitivity import equilibrium_map

t = scalars.symbol("t")
space = gt.ParameterSpace(gt.Parameter("t", 0, low=-2, high=3))
slow = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def polynomials(draw, degree=2):
    coefficients = draw(st.lists(st.integers(-4, 4), min_size=1, max_size=degree + 1))
    return sum((c * t**k for k, c in enumerate(coefficients)), start=sympy.Integer(0))


@st.composite
def three_player_models(draw, degree=2):
    payoffs = np.empty((3, 2, 2, 2), dtype=object)
    for index in np.ndindex(payoffs.shape):
        payoffs[index] = draw(polynomials(degree))
    return gt.Model("random", gt.NormalFormGame(payoffs, players=("A", "B", "C")), space)


@st.composite
def trees_with_three_movers(draw):
    """A chooses between two ends and a stage of B, C and D; A's payoffs there are not constant."""

    def end():
        return gt.Outcome(**{player: draw(polynomials(1)) for player in "ABCD"})

    stage = gt.simultaneous({player: ["x", "y"] for player in "BCD"}, lambda *_: end())
    return gt.Model("random", gt.ExtensiveGame(gt.Decision("A", {"l": end(), "m": stage, "r": end()})), space)


def as_float(number):
    return int(number.p) / int(number.q) if isinstance(number, fmpq) else float(number)


def numbers(interval, value):
    return [
        [as_float(function.at(value)) for vector in profile for function in vector]
        for profile in interval._profiles
    ]


def check_at(model, found, value):
    """The map at a value is what another solver, which knows nothing of parameters, finds there."""
    interval = found.thresholds.interval_at(value)
    if interval is None:
        return
    game = model.at(t=value)
    solve = gt.subgame_perfect_equilibria if isinstance(game, gt.ExtensiveGame) else gt.nash_equilibria
    solved = solve(game, progress=False)
    ours = numbers(interval, value)
    theirs = [[float(p) for vector in e.profile.arrays for p in vector] for e in solved]
    assert len(ours) == len(theirs)
    left = list(range(len(ours)))
    for k, profile in enumerate(theirs):
        (match,) = [j for j in left if ours[j] == pytest.approx(profile, abs=1e-9)]
        left.remove(match)
        assert interval.equilibria[match].index == solved[k].index
        for name in model.outcomes:
            function = interval._functions[name][match]
            assert as_float(function.at(value)) == pytest.approx(float(solved[k].outcome(name)), abs=1e-9)


@slow
@given(three_player_models(), st.lists(st.integers(-1999, 2999), min_size=4, max_size=4))
def test_maps_of_three_players_agree_with_solving_at_single_values(model, places):
    found = equilibrium_map(model, "t", progress=False)
    for place in places:
        check_at(model, found, Fraction(place, 1000))


@slow
@given(trees_with_three_movers(), st.lists(st.integers(-1999, 2999), min_size=3, max_size=3))
def test_maps_of_trees_with_three_movers_agree_with_solving_at_single_values(model, places):
    found = equilibrium_map(model, "t", progress=False)
    for place in places:
        check_at(model, found, Fraction(place, 1000))


@slow
@given(three_player_models())
def test_indices_sum_to_one_and_branches_are_continuous(model):
    found = equilibrium_map(model, "t", progress=False)
    for interval in found.intervals:
        indices = [e.index for e in interval.equilibria]
        if interval.equilibria.complete and None not in indices:
            assert sum(indices) == 1
    for branch in found.branches:
        for before, after in pairwise(branch.pieces):
            end = before.interval._ends[1]
            assert after.interval._ends[0] == end
            first = [f.at(end) for v in before.interval._profiles[before.number] for f in v]
            second = [f.at(end) for v in after.interval._profiles[after.number] for f in v]
            assert all(p == q for p, q in zip(first, second, strict=True))
    # Away from ties, what begins or ends together has indices that cancel.
    for event in found.events:
        for numbers_, piece in ((event.born, 0), (event.died, -1)):
            fates = [found.branches[k - 1] for k in numbers_]
            ends = [b.pieces[piece].index for b in fates if "fold" in (b.death if piece else b.birth)]
            if None not in ends:
                assert sum(ends) == 0


@slow
@given(three_player_models(1), st.integers(1, 5), polynomials(1))
def test_units_and_constants_of_payoffs_do_not_matter(model, factor, constant):
    payoffs = np.array(model.game.payoffs, copy=True)
    payoffs[0] = factor * payoffs[0]
    payoffs[1, 0] = payoffs[1, 0] + constant
    payoffs[1, 1] = payoffs[1, 1] + constant
    other = gt.Model("other", gt.NormalFormGame(payoffs, players=("A", "B", "C")), space)
    first, second = (equilibrium_map(m, "t", progress=False) for m in (model, other))
    assert first.points == second.points
    assert [str(b) for b in first.branches] == [str(b) for b in second.branches]


def fold():
    """All mix where C's second strategy has probability z with z^2 - z + t = 0.

    B's gain from its second strategy is x - z, A's is y - z, C's is xy - x + t, with the probabilities x, y, z of the second ones.
    """
    payoffs = np.zeros((3, 2, 2, 2), dtype=object)
    for a, b, c in np.ndindex(2, 2, 2):
        payoffs[0, a, b, c] = sympy.Integer(a * (b - c))
        payoffs[1, a, b, c] = sympy.Integer(b * (a - c))
        payoffs[2, a, b, c] = c * (a * b - a + t)
    game = gt.NormalFormGame(payoffs, players=("A", "B", "C"), strategies=[["no", "yes"]] * 3)
    return gt.Model("fold", game, gt.ParameterSpace(gt.Parameter("t", "1/10", low="1/20", high=1, unit="u")))


def test_a_fold_found_by_hand():
    found = equilibrium_map(fold(), "t")
    assert found.complete
    (event,) = [event for event in found.events if event.kind == "fold"]
    assert event.value == Fraction(1, 4)
    mixed = [b for b in found.branches if b.label == "A: no/yes; B: no/yes; C: no/yes"]
    assert [b.number for b in mixed] == sorted(event.died)
    assert sorted(b.index for b in mixed) == [-1, 1]
    assert {b.death for b in mixed} == {"fold"}
    root = sympy.sqrt(1 - 4 * t) / 2
    forms = {sympy.expand(b.pieces[0].equilibrium.strategies["C"]["yes"]) for b in mixed}
    assert forms == {sympy.expand(sympy.Rational(1, 2) + root), sympy.expand(sympy.Rational(1, 2) - root)}
    values = {found.value(b.number, "C: yes", "3/16") for b in mixed}
    assert values == {Fraction(1, 4), Fraction(3, 4)}
    irrational = {found.value(b.number, "P(C: yes)", "1/8") for b in mixed}
    assert {sympy.simplify(v) for v in irrational} == {
        sympy.Rational(1, 2) + s * sympy.sqrt(2) / 4 for s in (1, -1)
    }
    # The double point is an equilibrium of its own at the fold, and it is exact.
    (double,) = [e for e in found.at("1/4") if len({p for v in e.profile.arrays for p in v}) == 1]
    assert double.profile["C"]["yes"] == Fraction(1, 2)


def test_the_simple_view_has_ranges_and_switches_of_irrational_branches():
    found = equilibrium_map(fold(), "t", over=("1/8", "3/16")).thresholds
    low, high = found.range("P(C: yes)")
    assert low == 0 or sympy.simplify(low - (sympy.Rational(1, 2) - sympy.sqrt(2) / 4)) == 0
    assert high == 1 or sympy.simplify(high - (sympy.Rational(1, 2) + sympy.sqrt(2) / 4)) == 0
    assert found.switches("P(C: yes)") == ()
    bars = gt.sensitivity.tornado(fold(), "P(C: yes)", progress=False)
    assert bars["t"].complete


def test_extremes_of_an_irrational_branch_between_its_ends():
    from gametheory.sensitivity._cells import Ratio, RootFunction
    from gametheory.sensitivity._extremes import extremes

    one, zero = Ratio((Fraction(1),), (Fraction(1),)), Ratio((), (Fraction(1),))
    circle = RootFunction(zero, one, Ratio((Fraction(1), Fraction(0), Fraction(-1)), (Fraction(1),)))
    least, greatest = extremes([(Fraction(-1, 2), Fraction(1), circle)], [])
    assert (least, greatest) == (0, 1)
    # t + sqrt(1 - t^2) is greatest at 1/sqrt(2).
    shifted = circle._replace(whole=Ratio((Fraction(0), Fraction(1)), (Fraction(1),)))
    _, greatest = extremes([(Fraction(-1, 2), Fraction(1), shifted)], [])
    assert float(greatest) == pytest.approx(2**0.5)
    # t sqrt(1 - t^2) as well, with the value 1/2.
    least, greatest = extremes([(Fraction(-1), Fraction(1), circle._replace(part=shifted.whole))], [])
    assert (float(least), float(greatest)) == pytest.approx((-0.5, 0.5))


def test_a_removable_pole_has_its_limit():
    from gametheory.sensitivity._cells import Ratio, RootFunction

    # (1 - sqrt(1 - 4t)) / (2t) tends to 1 at 0, and (1 + sqrt(1 - 4t)) / (2t) has a pole there.
    half = Ratio((Fraction(1),), (Fraction(0), Fraction(2)))
    minus = Ratio((Fraction(-1),), (Fraction(0), Fraction(2)))
    inside = Ratio((Fraction(1), Fraction(-4)), (Fraction(1),))
    assert RootFunction(half, minus, inside).at(Fraction(0)) == 1
    with pytest.raises(ZeroDivisionError):
        RootFunction(half, half, inside).at(Fraction(0))


def test_two_players_have_the_same_map_with_branches():
    stake = gt.ParameterSpace(gt.Parameter("s", 1, low=-1, high=4))
    s = stake.symbols("s")
    game = gt.NormalFormGame.from_bimatrix(
        [[s, -1], [-1, 1]], [[-s, 1], [1, -1]], players=("Even", "Odd"), strategies=[["h", "t"]] * 2
    )
    found = equilibrium_map(gt.Model("pennies", game, stake), "s")
    assert found.points == (-1,)
    (branch,) = found.branches
    assert (branch.index, branch.birth, branch.death, branch.label) == (
        1,
        "range",
        "range",
        "Even: h/t; Odd: h/t",
    )
    assert found.value(1, "Even: h", 1) == Fraction(1, 2)


def test_irrational_play_below_a_decision_is_compared_exactly():
    """A enters where the value of the irrational stage exceeds an outside option: the threshold is a root of a resultant."""
    inner = fold().game

    def end(b, c, d):
        cell = tuple(int(x == "yes") for x in (b, c, d))
        worth = {p: inner.payoffs[(k, *cell)] for k, p in enumerate("BCD")}
        return gt.Outcome(A=int(d == "yes"), **worth)

    stage = gt.simultaneous({player: ["no", "yes"] for player in "BCD"}, end)
    tree = gt.Decision("A", {"out": gt.Outcome(A=Fraction(2, 5), B=0, C=0, D=0), "in": stage})
    model = gt.Model(
        "above", gt.ExtensiveGame(tree), gt.ParameterSpace(gt.Parameter("t", "1/10", low="1/20", high="6/25"))
    )
    found = equilibrium_map(model, "t")
    # 2/5 = (1 - sqrt(1 - 4t)) / 2 at t = 6/25: for all smaller t A stays out of the lower branch, and goes in for the upper one.
    assert found.complete
    labels = {b.label.split(";")[0] for b in found.branches}
    assert labels == {"A: out", "A: in"}
    wide = gt.Model("above", model.game, gt.ParameterSpace(gt.Parameter("t", "1/10", low="1/20", high="1/4")))
    assert Fraction(6, 25) in equilibrium_map(wide, "t").points


def test_shown_pickled_and_framed():
    found = equilibrium_map(fold(), "t")
    text = str(found)
    assert "ends by fold" in text
    assert "t = 0.25: fold" in text
    frame = found.to_frame()
    assert set(frame["branch"]) == {b.number for b in found.branches}
    assert set(frame["index"].dropna()) <= {-1, 1}
    assert r"\sqrt" in found.to_latex()
    assert "<table" in found._repr_html_()
    again = pickle.loads(pickle.dumps(found))
    assert str(again) == text
    number = found.branches[-1].number
    value = (
        float(found.branches[-1].pieces[0].interval._ends[0])
        + float(found.branches[-1].pieces[0].interval._ends[1])
    ) / 2
    assert again.value(number, "C: yes", round(value, 6)) == found.value(number, "C: yes", round(value, 6))
    assert [b.number for b in found.branches_at("1/10")] == [b.number for b in again.branches_at("1/10")]


def test_wrong_requests_are_explained():
    found = equilibrium_map(fold(), "t")
    with pytest.raises(gt.ParameterError, match="breakpoint"):
        found.branches_at("1/4")
    with pytest.raises(gt.UnknownName, match="branch"):
        found.value(99, "C: yes", "1/10")
    with pytest.raises(gt.UnknownName, match="did you mean"):
        found.value(1, "C: yess", "1/10")
    dead = next(b for b in found.branches if b.death == "fold")
    with pytest.raises(gt.ParameterError, match="does not exist at t"):
        found.value(dead.number, "C: yes", "1/2")
    with pytest.raises(gt.ParameterError, match="outcome= and after="):
        equilibrium_map(fold(), "t", outcome="P(C: yes)")
    with pytest.raises(gt.ParameterError, match="other parameters"):
        equilibrium_map(fold(), "t", over={"s": (0, 1)})
    assert equilibrium_map(fold(), "t", over={"t": (0, "1/5")}).high == Fraction(1, 5)


def test_two_names_make_a_map_of_the_plane():
    both = gt.ParameterSpace(gt.Parameter("x", 1, low=0, high=2), gt.Parameter("k", 1, low=0, high=2))
    x, k = both.symbols("x k")
    tree = gt.Decision("A", {"stay": gt.Outcome(A=k), "go": gt.Outcome(A=x)})
    found = equilibrium_map(gt.Model("plane", gt.ExtensiveGame(tree), both), "x", "k", progress=False)
    assert type(found).__name__ == "PlaneMap"
