"""The register of claims: every counterexample is checked by other means than those that found it."""

from __future__ import annotations

import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

import gametheory as gt
from gametheory.errors import ParameterError, Unsupported
from gametheory.models import deterrence, kazakhstan
from gametheory.models.kazakhstan._attack import Arena
from gametheory.models.kazakhstan._gains import Gains
from gametheory.models.kazakhstan._goals import Everywhere, Move, Never
from gametheory.models.kazakhstan._judge import Judge
from gametheory.models.kazakhstan._lines import Lines, Span
from gametheory.models.kazakhstan._proofs import FOLDER, _covers, prove, proved, question
from gametheory.models.kazakhstan._reading import Measure, Reading
from gametheory.models.kazakhstan._register import REGISTER
from gametheory.sensitivity import certificates, thresholds
from gametheory.sensitivity._claim_models import committed

SPACE = kazakhstan.space()
BASE = SPACE.baseline
MODEL = kazakhstan.sequential()
N = 64
REGISTERED = {entry.id: entry for entry in REGISTER}

VERDICTS = {
    "C1a": "proved",
    "C1b": "refuted",
    "C1c": "refuted",
    "C2a": "refuted",
    "C2b": "refuted",
    "C2c": "proved",
    "C2d": "refuted",
    "C3a": "refuted",
    "C3b": "refuted",
    "C3c": "refuted",
    "C4a": "refuted",
    "C4b": "refuted",
    "C4c": "refuted",
    "C5a": "refuted",
    "C5b": "refuted",
    "C5c": "refuted",
    "C6a": "proved",
    "C6b": "proved",
    "C6c": "refuted",
    "C6d": "refuted",
    "C7a": "refuted",
    "C8a": "proved",
    "C8b": "proved",
    "C9a": "proved",
    "C9b": "refuted",
    "C9c": "proved",
}
#: Proved for every point that they speak of, by certificates.
CERTIFIED = ("C1a", "C6a", "C6b", "C8a", "C9c")
#: The claims that hold by construction: what is raised lowers what Russia gets from acting, and moves nothing else.
SURE = {"C1a": "E_R", "C6a": "lever_W", "C6b": "lever_C", "C8a": "alliance"}


def by_id(found: tuple[kazakhstan.Claim, ...]) -> dict[str, kazakhstan.Claim]:
    return {claim.id: claim for claim in found}


@pytest.fixture(scope="module")
def claims() -> dict[str, kazakhstan.Claim]:
    return by_id(kazakhstan.claims(n=512, progress=False))


# -- what the counterexamples are about, read from the equilibria by label and not by the code under test
def acts(eq: gt.Equilibrium) -> Any:
    return 1 - eq.action_probability("Russia", "refrain")


def aim(action: str) -> Any:
    return lambda eq: eq.action_probability("Russia", action)


def west(action: str) -> Any:
    return lambda eq: eq.strategies["West"][action]["sanction"] + 2 * eq.strategies["West"][action]["support"]


def china(action: str) -> Any:
    return lambda eq: eq.strategies["China"][action]["oppose"]


#: For properties of change: what is measured, and +1 if it should never rise, -1 if it should never fall.
CHANGES = {
    "C1a": (acts, 1),
    "C1b": (aim("full"), 1),
    "C2a": (west("full"), -1),
    "C2b": (west("limited"), -1),
    "C3a": (china("full"), -1),
    "C3b": (china("limited"), -1),
    "C4a": (acts, 1),
    "C4b": (acts, 1),
    "C4c": (acts, 1),
    "C7a": (acts, 1),
}


def worse(id_: str, values: dict[str, Fraction], moved: dict[str, Fraction]) -> bool:
    """Whether a property of change fails, by exact solution of both games, in every equilibrium."""
    measure, sense = CHANGES[id_]
    before, after = (
        [sense * measure(eq) for eq in gt.subgame_perfect_equilibria(MODEL.at(point))]
        for point in (values, {**values, **moved})
    )
    return min(after) > max(before)


def test_the_verdicts_on_the_essay(claims: dict[str, kazakhstan.Claim]) -> None:
    assert {id_: claim.verdict for id_, claim in claims.items()} == VERDICTS
    for claim in claims.values():
        assert (claim.counterexample is not None) == (claim.verdict == "refuted")
        assert (claim.n_cases > 10) == (claim.id in CERTIFIED)
        assert claim.headline.startswith(claim.verdict)
        if claim.id in CERTIFIED:
            assert f"in {claim.n_cases:,} cases" in claim.headline
        elif claim.verdict == "proved":
            # Along one parameter, or at the baseline: exactly where.
            assert all(condition.parameter for condition in claim.conditions)
            assert any(condition.spans for condition in claim.conditions)
        text = str(claim)
        assert "points" not in text and "tested" not in claim.headline


def test_every_counterexample_to_a_change_stands_up_to_exact_solution(
    claims: dict[str, kazakhstan.Claim],
) -> None:
    tried = 0
    for id_ in CHANGES:
        found = claims[id_].counterexample
        if found is None:
            continue
        tried += 1
        assert found.in_every_equilibrium
        moved = {name: to for name, (_, to) in found.moved.items()}
        for name, (start, to) in found.moved.items():
            assert start == found.values.get(name, BASE[name])
            assert SPACE[name].low <= min(start, to) < max(start, to) <= SPACE[name].high
        assert all(SPACE[name].low <= value <= SPACE[name].high for name, value in found.values.items())
        assert worse(id_, dict(found.values), moved)
        assert found.before.complete and all(eq.exact and eq.regret == 0 for eq in found.before)
    assert tried == 9


def test_no_parameter_of_a_counterexample_can_be_put_back(claims: dict[str, kazakhstan.Claim]) -> None:
    for id_ in CHANGES:
        found = claims[id_].counterexample
        if found is None:
            continue
        moved = {name: to for name, (_, to) in found.moved.items()}
        for name in found.values:
            if name in found.moved:
                continue  # where the move ends depends on where it starts
            others = {key: value for key, value in found.values.items() if key != name}
            assert not worse(id_, others, moved), (id_, name)
        assert found.n_changed == len(found.values) <= 6


def test_the_simplest_counterexamples_are_simple(claims: dict[str, kazakhstan.Claim]) -> None:
    # One number off the baseline is enough to turn western exposure against deterrence.
    for id_ in ("C2b", "C4a", "C4c"):
        assert claims[id_].counterexample.n_changed == 1
    assert claims["C9b"].counterexample.n_changed == 1
    assert claims["C5c"].counterexample.n_changed == 0
    text = str(claims["C4a"].counterexample)
    assert text.startswith(
        "E_W from 122 to 130, with c_W = 14.5 and the rest at the baseline: P(Russia acts) goes"
    )


@pytest.mark.parametrize("id_, A", [("C5a", 1), ("C5b", 0)])
def test_means_that_do_not_suffice(claims: dict[str, kazakhstan.Claim], id_: str, A: int) -> None:
    def worth(values: dict[str, Fraction]) -> Fraction:
        point = {**BASE, **values}
        return max(deterrence.payoffs(point, a, S=1, A=A, c=1)["Russia"] for a in ("limited", "full"))

    found = claims[id_].counterexample
    assert worth(dict(found.values)) > 0
    for name in found.values:
        assert worth({key: value for key, value in found.values.items() if key != name}) <= 0
    # The condition is the payoff itself, and where it is met the property is proved.
    (condition,) = claims[id_].conditions
    assert condition.n_cases > 1 and condition.holds
    certificate = certificates.load(FOLDER / f"{condition.certificate}.json")
    assert certificates.check(certificate, MODEL) == condition.n_cases
    for bound, action in zip(condition.bounds, ("limited", "full"), strict=True):
        at_bound = deterrence.payoffs({**BASE, bound.parameter: bound.value}, action, S=1, A=A, c=1)
        assert at_bound["Russia"] == 0
        # At the bound itself Russia is indifferent.
        assert bound.relation == "<"


def test_points_at_the_baseline(claims: dict[str, kazakhstan.Claim]) -> None:
    (eq,) = claims["C5c"].counterexample.before
    assert eq.action_probability("Russia", "limited") == 1
    found = claims["C9b"].counterexample
    assert found.after is None and not found.moved
    assert all(aim("full")(eq) == 1 for eq in gt.subgame_perfect_equilibria(MODEL.at(found.values)))
    for id_, name, measure in (("C1c", "E_R", acts), ("C6c", "lever_W", acts), ("C3c", "E_C", china("full"))):
        found = claims[id_].counterexample
        assert dict(found.values) == {name: SPACE[name].high}
        assert [measure(eq) for eq in found.before] == [0 if measure is not acts else 1]


# -- conditions
def at(formula: Any, point: dict[str, Fraction]) -> Fraction:
    value = formula.subs(
        {
            SPACE.symbols(name): sympy.Rational(number.numerator, number.denominator)
            for name, number in point.items()
        }
    )
    return Fraction(int(value.p), int(value.q))


def test_the_condition_of_c2_is_the_one_that_the_payoffs_imply(claims: dict[str, kazakhstan.Claim]) -> None:
    p0, r_S, r_A, r_C, reach, d_s, d_f = SPACE.symbols("p0_F r_S r_A r_C reach_F d_s d_f")
    support, every = claims["C2a"].slopes
    # Support against acquiescence: dp reach (d_s - d_f), where dp is the fall in the chance of success.
    dp = p0 - p0 * (1 - r_S) * (1 - r_A)
    assert sympy.expand(support.bound.formula - dp * reach * (d_s - d_f)) == 0
    assert (support.bound.parameter, support.bound.relation) == ("transit", "<=")
    assert support.bound.value == at(dp * reach * (d_s - d_f), BASE)
    # Sanctions alone lower the chance of success less, and least where China opposes.
    tight = every.bound
    assert sympy.expand(tight.formula - p0 * r_S * (1 - r_C) * reach * (d_s - d_f)) == 0
    assert support.exact and every.exact
    assert "exactly where transit <= " in str(every)
    # A fact about slopes is no proof of a property of equilibria.
    assert not claims["C2a"].conditions
    found = claims["C2a"].counterexample
    point = {**BASE, **found.values}
    assert at(tight.formula, point) < point["transit"]


@pytest.mark.parametrize("action, suffix", [("limited", "L"), ("full", "F")])
def test_the_slopes_change_sign_at_the_bound(
    claims: dict[str, kazakhstan.Claim], action: str, suffix: str
) -> None:
    """Every gain of a stronger western reply, with all its slopes, on both sides of the bound."""
    every = claims["C2a" if suffix == "F" else "C2b"].slopes[1]

    def gains(values: dict[str, Fraction], exposure: int) -> list[Fraction]:
        point = {**values, "E_W": Fraction(exposure)}
        replies = [(0, 0), (1, 0), (1, 1)]
        return [
            deterrence.payoffs(point, action, S=S, A=A, c=c)["West"]
            - deterrence.payoffs(point, action, S=s, A=a, c=c)["West"]
            for c in (0, 1)
            for k, (S, A) in enumerate(replies)
            for s, a in replies[:k]
        ]

    rng = np.random.default_rng(2)
    for _ in range(20):
        point = {
            name: p.low + (p.high - p.low) * Fraction(int(rng.integers(1, 20)), 20)
            for name, p in SPACE.items()
        }
        bound = at(every.bound.formula, point)
        for transit, falls in ((bound, False), (bound + Fraction(1, 10**6), True)):
            here = {**point, "transit": transit}
            pairs = zip(gains(here, 60), gains(here, 130), strict=True)
            assert any(after < before for before, after in pairs) == falls


def test_chinas_exposure_counts_for_it_only_if_russian_control_would_cost_it_more_than_a_failed_action(
    claims: dict[str, kazakhstan.Claim],
) -> None:
    d_s, d_f = SPACE.symbols("d_s d_f")
    for id_ in ("C3a", "C3b"):
        (slope,) = claims[id_].slopes
        assert sympy.simplify(slope.bound.formula - (1 - d_f / d_s)) == 0
        # Where opposition has no effect, r_C = 0, no slope is negative anywhere.
        assert not slope.exact and "exactly" not in str(slope)
        point = {**BASE, **claims[id_].counterexample.values}
        assert point["survive_C"] > at(slope.bound.formula, point)


def test_exact_values_along_one_parameter(claims: dict[str, kazakhstan.Claim]) -> None:
    point = {name: value for name, value in BASE.items() if name != "alliance"}
    worth = deterrence.payoffs({**point, "alliance": 0}, "limited")["Russia"]
    (condition,) = claims["C8b"].conditions
    assert condition.spans == (Span(worth, Fraction(60), False, True),)
    # At the threshold itself Russia is indifferent: then it does not refrain in every equilibrium.
    values = {acts(eq) for eq in gt.subgame_perfect_equilibria(MODEL.at(alliance=worth))}
    assert values == {0, 1}
    after = [acts(eq) for eq in gt.subgame_perfect_equilibria(MODEL.at(alliance=worth + Fraction(1, 10**9)))]
    assert after == [0]
    along = {condition.parameter: condition for condition in claims["C9a"].conditions}
    assert along["alliance"].spans == (Span(Fraction(0), worth, True, False),)
    assert str(along["E_W"]) == "every E_W from 60 to 130"
    never = {condition.parameter: condition for condition in claims["C5c"].conditions}
    assert str(never["E_W"]) == "no E_W from 60 to 130"


def test_the_exposure_from_which_the_west_replies(claims: dict[str, kazakhstan.Claim]) -> None:
    (condition,) = claims["C2c"].conditions
    (span,) = condition.spans
    E_W = SPACE.symbols("E_W")
    point = {**BASE, "E_W": E_W}
    gain = deterrence.payoffs(point, "full", S=1, A=1)["West"] - deterrence.payoffs(point, "full")["West"]
    assert [sympy.Rational(span.low)] == sympy.solve(gain, E_W)
    assert (condition.low, condition.high) == (0, 130)
    assert Fraction(122) in span and Fraction(0) not in span and span.low not in span


def test_how_much_it_would_take(claims: dict[str, kazakhstan.Claim]) -> None:
    needed = claims["C1c"].needed
    at = deterrence.payoffs({**BASE, "E_R": needed.value}, "limited")["Russia"]
    assert at == 0 and needed.value > SPACE["E_R"].high
    needed = claims["C3c"].needed  # given that the West supports
    point = {**BASE, "E_C": needed.value}
    oppose, acquiesce = (deterrence.payoffs(point, "full", 1, 1, c)["China"] for c in (1, 0))
    assert oppose == acquiesce
    assert (
        claims["C2d"].needed is None
    )  # more western exposure makes a reply to the limited action worth less


# -- verdicts that must come out
@pytest.mark.parametrize("order", ["simultaneous", "west_first", "china_first"])
def test_what_holds_by_construction_is_not_refuted(order: Any) -> None:
    arena = Arena(kazakhstan.sequential(order), N, np.random.default_rng(5))
    for name in SURE.values():
        search = arena.test(Never(Measure("act"), Move((name,))))
        assert search.found is None and not search.broken.any()
        assert search.helped > 0 or name.startswith("lever")  # which matters at few points
    # The same attack breaks the opposite.
    search = arena.test(Never(Measure("act"), Move(("alliance",)), -1))
    assert search.found is not None and search.broken.any()


def test_the_same_seed_gives_the_same_verdicts() -> None:
    first, again = (kazakhstan.claims(n=4, rng=3, max_cases=0, progress=False) for _ in range(2))
    assert [str(claim) for claim in first] == [str(claim) for claim in again]
    assert kazakhstan.claims_frame(first).equals(kazakhstan.claims_frame(again))


def test_known_counterexamples_are_solved_and_are_moves_of_the_property() -> None:
    def known(id_: str, space: gt.ParameterSpace) -> Any:
        judge = Judge(deterrence.sequential(space), 1, np.random.default_rng(0), None, 0)
        return judge._known(REGISTERED[id_].goal, REGISTERED[id_])

    for id_ in ("C2a", "C4c", "C5a", "C7a", "C9b"):
        found = known(id_, SPACE)
        assert found is not None and found.in_every_equilibrium
    # In a wider range the same step is another share of the room than that of the other stocks; a total is a total.
    wider = SPACE.replace("E_W", high=150)
    assert known("C4c", wider) is None
    assert known("C7a", wider) is not None
    # Where the value is out of range, or nothing goes wrong there, it counts for nothing.
    assert known("C9b", SPACE.replace("d_s", low="0.4")) is None
    assert known("C2a", SPACE.replace("transit", baseline=0, low=0, high=0)) is None


def test_the_verdicts_do_not_hang_on_the_points() -> None:
    found = kazakhstan.claims(n=1, rng=7, max_cases=0, progress=False)
    assert {claim.id: claim.verdict for claim in found} == VERDICTS


def test_a_proof_counts_for_the_model_and_the_ranges_that_it_is_about() -> None:
    goal = Never(Measure("act"), Move(("alliance",)))
    assert proved("C8a", goal, MODEL) > 10
    assert proved("C8a", goal, deterrence.sequential(SPACE.replace("K_F", low=50))) > 10
    # A wider range, another property, another order of replies, no certificate.
    assert not proved("C8a", goal, deterrence.sequential(SPACE.replace("K_F", high=201)))
    assert not proved("C8a", Never(Measure("act"), Move(("m",))), MODEL)
    assert not proved("C8a", goal, kazakhstan.sequential("west_first"))
    assert not proved("C4a", Never(Measure("act"), Move(("E_W",))), MODEL)


def test_a_proof_under_a_condition_counts_for_that_condition() -> None:
    goal = Everywhere(Measure("act"), 0, (("West", "support"), ("China", "oppose")))
    terms = tuple(f"{term} > 0" for term in REGISTERED["C5a"].conditions[0](Gains(MODEL))[0])
    assert proved("C5a-if-1", goal, MODEL, terms) > 1
    # Written in another way, it is the same condition.
    again = tuple(f"0 < {sympy.factor(term.removesuffix(' > 0'))}" for term in terms)
    assert proved("C5a-if-1", goal, MODEL, again) > 1
    # Without the condition, with half of it, with equality allowed, or with another reply.
    assert not proved("C5a-if-1", goal, MODEL)
    assert not proved("C5a-if-1", goal, MODEL, terms[:1])
    assert not proved("C5a-if-1", goal, MODEL, tuple(term.replace(">", ">=") for term in terms))
    other = Everywhere(Measure("act"), 0, (("West", "sanction"), ("China", "oppose")))
    assert not proved("C5a-if-1", other, MODEL, terms)


def test_a_share_of_other_rooms_is_another_move() -> None:
    both = Never(Measure("act"), Move(("E_R", "alliance"), (1, 1)))
    known = question(both, MODEL)
    narrow = deterrence.sequential(SPACE.replace("alliance", high=50))
    assert _covers(known, question(both, MODEL), MODEL)
    assert not _covers(known, question(both, narrow), narrow)
    alone = Never(Measure("act"), Move(("alliance",)))
    assert _covers(question(alone, MODEL), question(alone, narrow), narrow)


def test_other_numbers_give_other_verdicts() -> None:
    space = (
        SPACE.replace("transit", baseline=0, low=0, high=0)  # no pipeline through Russia
        .replace("survive_C", baseline=0, high="0.2")
        .replace("alliance", high=20)
        .replace("E_R", baseline=5, low=5, high=5)
    )
    found = by_id(kazakhstan.claims(deterrence.sequential(space), n=N, max_cases=0, progress=False))
    for id_ in ("C2a", "C2b", "C3a", "C3b"):
        # Nothing breaks them, and no known proof fits: that is no proof.
        assert found[id_].verdict == "undecided"
        assert found[id_].counterexample is None and not found[id_].conditions
        assert found[id_].headline == "undecided: no known proof fits this model, and none was looked for"
    assert found["C8b"].verdict == "refuted"
    assert dict(found["C8b"].counterexample.values) == {"alliance": 20}
    assert "no alliance from 0 to 20 does" in found["C8b"].headline
    # A narrower range is covered by the proof; what does not vary can break nothing.
    assert found["C8a"].n_cases > 10
    assert found["C1a"].headline == "proved because nothing that it is about varies"
    baseline = SPACE.with_values(G_L=30)
    found = by_id(kazakhstan.claims(deterrence.sequential(baseline), n=1, max_cases=0, progress=False))
    assert found["C9a"].verdict == "refuted"
    assert "at the baseline, P(Russia: limited) is 0" in found["C9a"].headline
    assert found["C9c"].verdict == "refuted"


def test_where_no_known_proof_fits_one_is_searched_for() -> None:
    goal = Everywhere(Measure("act"), 0, (("West", "support"), ("China", "oppose")), free=("E_W", "alliance"))
    assert not proved("C5a", goal, MODEL)
    assert prove("C5a", goal, MODEL, 0).cases == 0
    answer = prove("C5a", goal, MODEL, 10)
    assert answer.cases > 0 and answer.values is None and not answer.reason
    # And a counterexample that the search finds is one.
    answer = prove("none", Everywhere(Measure("act"), 1, free=("alliance",)), MODEL, 5)
    assert not answer.cases and dict(answer.values)["alliance"] > 30
    few = prove("none", Never(Measure("act"), Move(("lever_W",))), MODEL, 1)
    assert not few.cases and few.values is None and "a search of 1 cases" in few.reason


def test_maps_made_before_are_used_if_they_fit() -> None:
    reading = Reading(MODEL.game)
    made = thresholds(MODEL, "alliance", progress=False)
    elsewhere = thresholds(MODEL, "alliance", at={"G_L": 100}, progress=False)
    goal = (Measure("act"), 0, "alliance")
    expected = Lines(MODEL, reading, None).spans(*goal)
    assert Lines(MODEL, reading, {"alliance": made}).spans(*goal) == expected
    assert Lines(MODEL, reading, {"alliance": elsewhere}).spans(*goal) == expected
    wide = thresholds(MODEL, "alliance", over=(0, 200), progress=False)
    assert Lines(MODEL, reading, {"alliance": wide}).spans(*goal) == expected


# -- reading equilibria
def test_several_equilibria_are_compared_as_sets() -> None:
    never = Never(Measure("act"), Move(("E_W",)))
    assert never.broken(((0, 0), (1, 1)), 0) == (True, True)
    assert never.broken(((0, 0), (0, 1)), 0) == (True, False)  # the greatest rises
    assert never.broken(((0, 1), (1, 1)), 0) == (True, False)  # the least rises
    assert never.broken(((0, 1), (0, 1)), 0) == (False, False)
    assert never.broken(((0, 1), (0, 0)), 0) == (False, False)
    other = Never(Measure("act"), Move(("E_W",)), -1)
    assert other.broken(((1, 1), (0, 0)), 0) == (True, True)
    assert other.broken(((0, 1), (0, 0)), 0) == (True, False)
    everywhere = Everywhere(Measure("act"), 0)
    assert everywhere.broken(((0, 1),), 0) == (True, False)
    assert everywhere.broken(((1, 1),), 0) == (True, True)
    assert everywhere.broken(((0, 0),), 0) == (False, False)


@pytest.mark.parametrize("order", ["simultaneous", "west_first", "china_first"])
def test_replies_are_read_off_the_path_of_play(order: Any) -> None:
    game = kazakhstan.sequential(order).at()
    found = gt.subgame_perfect_equilibria(game)
    reading = Reading(game)
    # After a full action, which Russia does not choose, the West supports and China acquiesces.
    assert reading.bounds(Measure("aim", "full"), found) == (0, 0)
    assert reading.bounds(Measure("strength", "full", "West"), found) == (2, 2)
    assert reading.bounds(Measure("replies", "full", "China"), found) == (0, 0)
    assert reading.bounds(Measure("strength", "limited", "West"), found) == (0, 0)


def test_mixed_replies_are_averaged() -> None:
    game = kazakhstan.sequential("west_first").game
    reading = Reading(game)
    vectors = [[Fraction(1, len(infoset.actions))] * len(infoset.actions) for infoset in game.infosets]
    row = np.array([[p for vector in vectors for p in vector]], dtype=object)
    assert list(reading.value(Measure("strength", "full", "West"), row)) == [1]
    assert list(reading.value(Measure("replies", "full", "West"), row)) == [Fraction(2, 3)]
    assert list(reading.value(Measure("strength", "full", "China"), row)) == [Fraction(1, 2)]
    assert list(reading.value(Measure("act"), row)) == [Fraction(2, 3)]


@pytest.mark.parametrize("order", ["simultaneous", "west_first", "china_first"])
def test_a_commitment_leaves_the_choice_to_russia(order: Any) -> None:
    model = committed(kazakhstan.sequential(order), {"West": "sanction", "China": "oppose"})
    game = model.at()
    assert [(game.players[h.player], h.label) for h in game.infosets] == [("Russia", "start")]
    (eq,) = gt.subgame_perfect_equilibria(model.at(G_F=600))
    assert (
        eq.payoffs["Russia"] == deterrence.payoffs({**BASE, "G_F": Fraction(600)}, "full", S=1, c=1)["Russia"]
    )


@pytest.mark.parametrize(
    "goal",
    [
        Everywhere(Measure("aim", "full"), 0),
        Everywhere(Measure("act"), 0, (("West", "sanction"), ("China", "oppose"))),
        Never(Measure("act"), Move(("E_W",))),
        Never(Measure("strength", "full", "West"), Move(("E_W",)), -1),
    ],
)
def test_counterexamples_from_anywhere_shrink_to_ones_that_cannot_be_shrunk(goal: Any) -> None:
    arena = Arena(MODEL, 512, np.random.default_rng(1))
    # Without the simple points: all parameters are off the baseline, or all but one.
    away = (arena.points != arena.box.base).sum(axis=1) > 20
    arena.points, arena.share = arena.points[away], arena.share[away]
    arena._base.clear()
    found = arena.test(goal).found
    off = [name for name, value in found.values.items() if value != BASE[name]]
    assert 1 <= len(off) <= 5
    moved = found.moved if isinstance(goal, Never) else None
    assert arena.check(goal, found.values, moved).in_every_equilibrium
    for name in set(off) - set(found.moved):
        weaker = arena.check(goal, {**found.values, name: BASE[name]}, moved)
        assert weaker is None or not weaker.in_every_equilibrium


def test_a_move_keeps_what_it_says_it_keeps() -> None:
    arena = Arena(MODEL, 8, np.random.default_rng(0))
    move = Move(("E_W", "E_C"), (-1, 1), keep_total=True)
    i, j = (arena.box.names.index(name) for name in move.names)
    moved = move.apply(arena.points, np.abs(arena.share), arena.box)
    np.testing.assert_allclose(moved[:, i] + moved[:, j], arena.points[:, i] + arena.points[:, j])
    assert (moved >= arena.box.low - 1e-12).all() and (moved <= arena.box.high + 1e-12).all()
    assert (moved[:, j] >= arena.points[:, j]).all()
    back = move.apply(arena.points, np.abs(arena.share), arena.box, back=True)
    assert (back[:, j] <= arena.points[:, j]).all()


def test_points_come_in_pairs_across_edges() -> None:
    arena = Arena(MODEL, 32, np.random.default_rng(0))
    values = [arena.base().bounds(measure)[1] for measure in arena.solver()[1].edges()]
    extra = np.stack(values)[:, arena.n_few + arena.n :]
    # Both sides of edges are there for every kind of play, so that each measure takes several values.
    assert all(len(set(np.round(row, 6))) > 1 for row in extra)


# -- for people, and for the wrong model
def test_the_table(claims: dict[str, kazakhstan.Claim]) -> None:
    frame = kazakhstan.claims_frame(claims.values())
    assert list(frame.index) == list(VERDICTS)
    assert frame.loc["C4a", "claim"] == "More interdependence never makes action more likely."
    assert (frame["counterexample"] != "").sum() == sum(c.counterexample is not None for c in claims.values())
    assert frame.loc["C1a", "cases"] == claims["C1a"].n_cases
    assert frame.loc["C2a", "slopes"].count("transit <=") == 2
    assert list(claims["C7a"].to_frame().index) == ["C7a"]
    assert "cannot be tested" in claims["C7a"].note and claims["C7a"].note in str(claims["C7a"])
    assert claims["C2a"].number == "C2"


def test_claims_can_be_pickled(claims: dict[str, kazakhstan.Claim]) -> None:
    again = pickle.loads(pickle.dumps(tuple(claims.values())))
    assert [str(claim) for claim in again] == [str(claim) for claim in claims.values()]
    with pytest.raises(TypeError):
        again[3].counterexample.values["E_W"] = 1


def test_wrong_models_are_refused() -> None:
    with pytest.raises(Unsupported, match="sequential"):
        kazakhstan.claims(kazakhstan.simultaneous(), progress=False)
    space = gt.ParameterSpace(gt.Parameter("x_W", 134, 60, 160))
    tree = gt.Decision(
        "Russia", {"act": gt.Outcome(Russia=0), "refrain": gt.Outcome(Russia=space.symbols("x_W"))}
    )
    with pytest.raises(Unsupported, match="E_W, E_C"):
        kazakhstan.claims(gt.Model("other", gt.ExtensiveGame(tree), space), progress=False)
    with pytest.raises(Unsupported, match="no action full, limited"):
        kazakhstan.claims(
            gt.Model("other", gt.ExtensiveGame(tree), gt.ParameterSpace(*SPACE.values(), *space.values())),
            progress=False,
        )


@pytest.mark.parametrize("n", [0, -1, True, 2.5])
def test_wrong_sizes_are_refused(n: Any) -> None:
    with pytest.raises(ParameterError, match="number of points"):
        kazakhstan.claims(n=n, progress=False)
    if n != 0:
        with pytest.raises(ParameterError, match="max_cases"):
            kazakhstan.claims(n=1, max_cases=n, progress=False)


def test_a_tie_after_the_other_action_leaves_no_hole() -> None:
    """At E_W = 4000/379 the West is indifferent after a full action; its reply to a limited one is not in doubt there."""
    space = SPACE.replace("N_WL", baseline=200)
    found = by_id(kazakhstan.claims(deterrence.sequential(space), n=N, progress=False))
    assert [str(condition) for condition in found["C2d"].conditions] == ["every E_W from 0 to 130"]
