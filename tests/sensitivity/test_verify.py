"""Proofs of claims: against exact solutions at points, with known answers, and certificates that were tampered with."""

from __future__ import annotations

import copy
import functools
import pickle
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.errors import ParameterError, UnknownName, Unsupported
from gametheory.sensitivity import Monotone, certificates, verify


def tripwire():
    space = gt.ParameterSpace(gt.Parameter("x_W", 134, 100, 160), gt.Parameter("k", 40, 10, 90))
    x_W, k = space.symbols("x_W k")
    reply = gt.Decision(
        "West",
        {
            "acquiesce": gt.Outcome(Russia=50, West=-x_W / 2),
            "respond": gt.Outcome(Russia=-20, West=-x_W / 5 - k),
        },
    )
    tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply})
    return gt.Model("tripwire", gt.ExtensiveGame(tree), space)


def inspection():
    """One player inspects at a cost c, the other violates for a gain g and pays a fine f if caught."""
    space = gt.ParameterSpace(
        gt.Parameter("g", 1, "1/2", 2), gt.Parameter("f", 4, 3, 6), gt.Parameter("c", 1, "1/2", 2)
    )
    g, f, c = space.symbols("g f c")
    game = gt.NormalFormGame.from_bimatrix(
        [[g - f, g], [0, 0]],
        [[f - c - 1, -1], [-c, 0]],
        players=("Firm", "State"),
        strategies=[["violate", "comply"], ["inspect", "rest"]],
    )
    return gt.Model("inspection", game, space)


TRIPWIRE, INSPECTION = tripwire(), inspection()


def ask(claim, model=TRIPWIRE, **options):
    return verify(claim, model, progress=False, **options)


# -- known answers
@pytest.mark.parametrize(
    "claim, options, verdict",
    [
        ("P(Russia: act) = 0 for k < 30", {}, "proved"),  # West responds if k < 3 x_W / 10, at least 30
        ("P(Russia: act) = 0 for k <= 30", {}, "refuted"),  # the tie at x_W = 100
        ("in some equilibrium P(Russia: act) <= 0 for k <= 30", {}, "proved"),
        ("in every equilibrium P(Russia: act) = 0", {"over": {"k": (10, 40)}}, "proved"),
        ("P(Russia: act) = 1 for k > 48", {}, "proved"),
        ("P(Russia: act) = 0", {"assuming": ["k < 3*x_W/10"]}, "proved"),
        ("P(West: respond) >= 1", {"after": "act", "assuming": ["k < 3*x_W/10"]}, "proved"),
        ("P(Russia: act) >= 1", {"given": {"West": "acquiesce"}}, "proved"),
        ("payoff: West >= -x_W/2", {}, "proved"),
        ("payoff: West > -x_W/2", {}, "refuted"),
        ("2*P(Russia: act) + P(Russia: refrain) <= 2", {}, "proved"),
        ("P(Russia: act) never rises with x_W", {}, "proved"),
        ("P(Russia: act) never falls with x_W", {}, "refuted"),
        ("P(Russia: act) never rises with k", {}, "refuted"),
        ("greatest P(Russia: act) never falls with k", {}, "proved"),
        (Monotone("P(Russia: act)", {"x_W": 10, "k": 3}), {}, "proved"),  # along the border
        (Monotone("P(Russia: act)", {"x_W": 1, "k": 1}), {}, "refuted"),
    ],
)
def test_tripwire(claim, options, verdict):
    found = ask(claim, max_cases=120, **options)
    assert found.verdict == verdict
    if verdict == "proved":
        assert certificates.check(found.certificate, TRIPWIRE) == found.certificate.cases
    else:
        assert found.certificate is None
        example = found.counterexample
        assert example.values or example.moved
        assert str(example) in found.headline


def test_mixed_equilibria():
    # The State is indifferent where the firm violates with probability c / f, at most 2/3.
    found = ask("P(Firm: violate) <= 2/3", INSPECTION, max_cases=200)
    assert found.verdict == "proved"
    assert certificates.check(found.certificate, INSPECTION) > 1
    found = ask("P(Firm: violate) <= 1/2", INSPECTION)
    assert found.verdict == "refuted"
    # What is reported is the outcome itself, not its distance from the bound.
    assert found.counterexample.measured[0][1] > Fraction(1, 2)


def test_a_counterexample_is_simple_and_true():
    found = ask("P(Russia: act) = 0")
    assert len(found.counterexample.values) == 1
    game = TRIPWIRE.at(**found.counterexample.values)
    values = [e.action_probability("Russia", "act") for e in gt.subgame_perfect_equilibria(game)]
    assert max(values) > 0
    assert found.counterexample.measured[0][1] == max(values)


def test_what_fails_on_a_thin_set_only_is_found_there():
    # Below the border the West responds for sure, on it it may also acquiesce.
    found = ask("P(Russia: act) = 0", assuming=["k <= 3*x_W/10"], over={"x_W": (110, 150), "k": (31, 48)})
    assert found.verdict == "refuted" and found.cases == 0
    here = {**TRIPWIRE.space.baseline, **found.counterexample.values}
    assert here["k"] == 3 * here["x_W"] / 10
    # Without points the search for a proof comes to the same border.
    found = ask(
        "P(Russia: act) = 0",
        assuming=["k <= 3*x_W/10"],
        over={"x_W": (110, 150), "k": (31, 48)},
        points=0,
        max_cases=20,
    )
    assert found.verdict in ("refuted", "undecided")


def test_a_search_that_never_ends_is_undecided():
    """Where the Defender is indifferent it may mix so that the Challenger challenges; the solver lists no such mixture."""
    entry = gt.catalog.entry("unilateral_deterrence")
    ranges = {"def_DC": (0, 3), "def_DD": (0, 3)}
    space = gt.ParameterSpace(
        *(gt.Parameter(n, v, *ranges.get(n, (v, v))) for n, v in entry.parameters.items())
    )
    model = gt.Model("unilateral", entry.game(parametric=True), space)
    found = ask("outcome: conflict <= 0", model, max_cases=110, points=32)
    assert found.verdict == "undecided"
    assert 0 < found.volume_left <= 1 and "open after" in found.reason
    with pytest.raises(certificates.CertificateError):
        certificates.check(certificates.Certificate(found.question, ({"open": True},)), model)


@st.composite
def small_models(draw):
    numbers = st.integers(-3, 3)
    space = gt.ParameterSpace(gt.Parameter("s", 0, -1, 1), gt.Parameter("t", 0, -1, 1))
    s, t = space.symbols("s t")
    cells = [[[draw(numbers) for _ in range(2)] for _ in range(2)] for _ in range(2)]
    i, j, k, own = (draw(st.integers(0, 1)) for _ in range(4))
    cells[own][i][j] = cells[own][i][j] + draw(st.sampled_from([1, 2])) * s + draw(numbers) * s * t
    cells[1 - own][j][k] = cells[1 - own][j][k] + draw(numbers) * t
    return gt.Model("small", gt.NormalFormGame.from_bimatrix(*cells, players=("A", "B")), space)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    small_models(),
    st.sampled_from(
        ["P(A: 1) <= 1/2", "payoff: B >= 0", "in some equilibrium P(A: 1) >= 1", "P(A: 1) never rises with s"]
    ),
    st.lists(
        st.tuples(st.fractions(-1, 1, max_denominator=6), st.fractions(-1, 1, max_denominator=6)), max_size=4
    ),
)
def test_the_verdict_agrees_with_exact_solutions(model, claim, points):
    found = ask(claim, model, max_cases=25, points=64)
    if found.verdict == "proved":
        assert certificates.check(found.certificate, model) == found.certificate.cases

        def values(s, t):
            equilibria = gt.nash_equilibria(model.at(s=s, t=t), progress=False)
            name = "payoff: B" if "payoff" in claim else "P(A: 1)"
            return [e.outcome(name) for e in equilibria] if equilibria.complete else []

        for s, t in points:
            here, there = values(s, t), values(1, t)
            if not here or not there:
                continue
            if "never" in claim:
                assert max(there) <= max(here)
                assert min(there) <= min(here)
            elif "some" in claim:
                assert max(here) >= 1
            else:
                assert max(here) <= Fraction(1, 2) if "<=" in claim else min(here) >= 0
    elif found.verdict == "refuted":
        assert found.counterexample.before.complete or "never" not in claim


# -- certificates
@functools.cache
def proof(claim):
    """A proof of a claim about the tripwire, found once."""
    return ask(claim, max_cases=120)


def fresh(claim="P(Russia: act) = 0 for k < 30"):
    return copy.deepcopy(proof(claim).certificate.to_dict())


MOVE = "P(Russia: act) never rises with x_W"


def leaves(tree, path=()):
    if "multipliers" in tree:
        yield tree
    for part in tree.get("parts", []):
        inner = part[1] if "candidate" in tree else part
        if inner is not None:
            yield from leaves(inner)


def refused(data, model=TRIPWIRE):
    with pytest.raises(certificates.CertificateError):
        certificates.check(certificates.Certificate.from_dict(data), model)


def test_tampered_certificates_are_refused():
    good = fresh()
    certificates.check(certificates.Certificate.from_dict(good), TRIPWIRE)
    data = copy.deepcopy(good)
    data["trees"] = data["trees"][:1]  # one side only
    refused(data)
    data = copy.deepcopy(good)
    data["question"]["ranges"]["x_W"][0] = "90"  # where the claim is false
    refused(data)
    data = copy.deepcopy(good)
    data["question"]["assuming"] = []
    data["question"]["ranges"]["k"][1] = "90"
    refused(data)
    data = copy.deepcopy(good)
    data["question"]["claim"] = "P(Russia: act) = 1"
    refused(data)
    data = copy.deepcopy(good)
    data["trees"][0] = {"open": True}
    refused(data)
    for k, _ in enumerate(list(leaves(good["trees"][0]))):
        data = copy.deepcopy(good)
        leaf = list(leaves(data["trees"][0]))[k]
        leaf["multipliers"] = [[key, "0"] for key, _ in leaf["multipliers"]]
        refused(data)
        data = copy.deepcopy(good)
        leaf = list(leaves(data["trees"][0]))[k]
        leaf["multipliers"] = [[key, f"-{value}"] for key, value in leaf["multipliers"]]
        refused(data)
    data = copy.deepcopy(good)
    node = next(n for n in walk(data["trees"][0]) if "plan" in n)
    node["parts"][1] = node["parts"][0]  # the hard case replaced by the easy one
    refused(data)
    data = copy.deepcopy(good)
    # A condition that does not hold there.
    next(leaves(data["trees"][0]))["multipliers"] = [
        [["played", 0, 0, 1, 0], "1"],
        [["played", 0, 0, 0, 1], "1"],
    ]
    refused(data)


def test_what_would_close_any_case_is_refused():
    for pairs in (
        # A strict condition against itself, with a negative multiplier.
        [[["claim"], "1"], [["claim"], "-1"]],
        # Two strict conditions that contradict each other, of profiles that nobody has taken up.
        [[["gain", [[0], [0]], 1, 0, 1], "1"], [["gain", [[0], [1]], 1, 0, 0], "1"]],
    ):
        data = fresh()
        data["trees"][0] = {"multipliers": pairs}
        refused(data)


def test_a_draw_without_a_strict_condition_closes_nothing():
    for pairs in ([], [[["claim"], "0"]]):
        for number in range(2):
            data = fresh()
            data["trees"][number] = {"multipliers": pairs}
            refused(data)
    # At k = 30 and x_W = 100 the West is indifferent, and the claim is false there.
    data = fresh()
    data["question"]["assuming"] = ["k <= 30"]
    refused(data)


def test_parts_of_the_box_keep_their_proofs():
    space = gt.ParameterSpace(gt.Parameter("x", "1/2", 0, 1), gt.Parameter("y", "1/2", 0, 1))
    x, y = space.symbols("x y")
    tree = gt.Decision("A", {"act": gt.Outcome(A=x * y - Fraction(1, 2)), "refrain": gt.Outcome(A=0)})
    model = gt.Model("curved", gt.ExtensiveGame(tree), space)
    # Not convex: the box must be halved.
    found = ask("P(A: act) <= 0", model, assuming=["x + y <= 5/4"], points=16)
    assert found.verdict == "proved"
    good = found.certificate.to_dict()
    assert certificates.check(certificates.Certificate.from_dict(good), model) == found.certificate.cases
    splits = [n for n in walk(good["trees"][0]) if isinstance(n.get("split"), str)]
    assert splits
    for k, node in enumerate(splits):
        for change in (
            lambda n: n["parts"].reverse(),  # proofs of the wrong halves
            lambda n: n["parts"].pop(),
            lambda n: n["parts"].__setitem__(1, None),
            lambda n: n.update(split="z"),
            lambda n: n.update(at=str(Fraction(n["at"]) + 5)),  # outside
        ):
            data = copy.deepcopy(good)
            change([n for n in walk(data["trees"][0]) if isinstance(n.get("split"), str)][k])
            refused(data, model)
        # A later cut leaves less to the second half than it needs to cover, and more to the first than is proved.
        data = copy.deepcopy(good)
        other = [n for n in walk(data["trees"][0]) if isinstance(n.get("split"), str)][k]
        other["at"] = str(Fraction(node["at"]) * Fraction(99, 100) + Fraction(1, 100))
        own = certificates.Certificate.from_dict(data)
        try:
            certificates.check(own, model)
        except certificates.CertificateError:
            continue
        # If the halves overlap in their proofs, the cut may move: both are then still proved.
        assert own.cases == found.certificate.cases


def test_every_case_must_be_there():
    good = fresh()
    plans = [n for n in walk(good["trees"][0]) if "plan" in n]
    assert plans
    for k, _ in enumerate(plans):
        for j in (0, 1):
            for nothing in (None, {}, {"open": True}, {"multipliers": []}):
                data = copy.deepcopy(good)
                node = [n for n in walk(data["trees"][0]) if "plan" in n][k]
                if node["parts"][j] is None:  # the plan is the only one left, so that it is played
                    continue
                node["parts"][j] = nothing
                refused(data)
    good = fresh(MOVE)
    for t, tree in enumerate(good["trees"]):
        nodes = [n for n in walk(tree) if "candidate" in n]
        for k, node in enumerate(nodes):
            for j, _ in enumerate(node["parts"]):
                data = copy.deepcopy(good)
                [n for n in walk(data["trees"][t]) if "candidate" in n][k]["parts"].pop(j)
                refused(data)


def test_a_proof_of_something_else_is_none():
    good = fresh()
    data = copy.deepcopy(good)
    data["trees"].reverse()  # each side of the equation with the proof of the other
    refused(data)
    other = fresh("P(Russia: act) = 1 for k > 48")
    for question, trees in ((good, other), (other, good)):
        refused({**question, "trees": trees["trees"]})
    data = copy.deepcopy(good)
    data["question"]["some"] = True
    data["question"]["claim"] = "P(Russia: act) = 1"
    refused(data)
    data = copy.deepcopy(good)
    data["question"]["given"] = {"West": "acquiesce"}
    refused(data)
    data = copy.deepcopy(good)
    data["question"]["ranges"].pop("x_W")
    refused(data)
    # What another equilibrium makes up for is no proof about every one: at k = 30, x_W = 100 there are two.
    data = fresh("in some equilibrium P(Russia: act) <= 0 for k <= 30")
    assert any("candidate" in n for tree in data["trees"] for n in walk(tree))
    data["question"]["some"] = False
    refused(data)
    # A move in the other direction, of another parameter, of another outcome.
    for claim in (
        "P(Russia: act) never falls with x_W",
        "P(Russia: act) never rises with k",
        "payoff: Russia never rises with k",
        {"outcome": "P(Russia: act)", "moves": {"x_W": "-1"}, "sense": "never rises", "by": "amount"},
    ):
        data = fresh(MOVE)
        data["question"]["claim"] = claim
        refused(data)


def test_a_certificate_that_is_too_deep_is_refused():
    tree = {"open": True}
    for _ in range(10_000):
        tree = {"split": "k", "at": "20", "parts": [tree, tree]}
    data = {**fresh(), "trees": [tree, tree]}
    refused(data)


def walk(tree):
    yield tree
    for part in tree.get("parts", []):
        inner = part[1] if "candidate" in tree else part
        if inner is not None:
            yield from walk(inner)


def test_candidates_need_a_case_for_each_way_to_fail():
    data = fresh(MOVE)
    nodes = [n for tree in data["trees"] for n in walk(tree) if "candidate" in n]
    assert nodes
    nodes[0]["parts"].pop()
    refused(data)
    # A universal claim has no use for candidates.
    data = fresh()
    data["trees"][0] = {"candidate": [[0], [0]], "parts": []}
    refused(data)


def test_certificates_are_about_their_model(tmp_path):
    found = proof("P(Russia: act) = 0 for k < 30")
    path = tmp_path / "proof.json"
    found.certificate.save(path)
    again = certificates.load(path)
    assert certificates.check(again, TRIPWIRE) == found.certificate.cases
    assert again.question.text == found.claim
    x_W, k = TRIPWIRE.space.symbols("x_W k")
    dearer = gt.Decision(
        "West",
        {
            "acquiesce": gt.Outcome(Russia=50, West=-x_W / 2),
            "respond": gt.Outcome(Russia=-20, West=-x_W / 4 - k),
        },
    )
    tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": dearer})
    refused(found.certificate.to_dict(), gt.Model("other", gt.ExtensiveGame(tree), TRIPWIRE.space))
    refused(found.certificate.to_dict(), INSPECTION)
    path.write_text("[]")
    with pytest.raises(certificates.CertificateError, match="no certificate"):
        certificates.load(path)
    path.write_text("{")
    with pytest.raises(certificates.CertificateError, match="JSON"):
        certificates.load(path)


# -- the object, and errors
def test_the_verification_reads_well():
    found = proof("P(Russia: act) = 0 for k < 30")
    assert "proved for all values of 2 parameters" in str(found)
    assert found.to_frame().loc["P(Russia: act) = 0, if k < 30", "verdict"] == "proved"
    assert "<b>proved</b>" in found._repr_html_()
    again = pickle.loads(pickle.dumps(found))
    assert again.headline == found.headline
    open_ = ask("P(Russia: act) = 0 for k < 30", max_cases=1)
    assert open_.verdict == "undecided"
    assert 0 < open_.volume_left <= 1
    assert "max_cases" in open_.headline


@pytest.mark.parametrize(
    "claim, options, error, match",
    [
        ("P(Russia: act)", {}, ParameterError, "is no claim"),
        ("P(Rusia: act) <= 0", {}, ParameterError, "Did you mean 'P\\(Russia: act\\)'"),
        ("P(Russia: act) <= z", {}, UnknownName, "z"),
        ("k <= 3", {}, ParameterError, "names no outcome"),
        ("P(Russia: act)*P(West: respond) <= 0", {}, Unsupported, "multiplies outcomes"),
        ("P(Russia: act) never rises with y", {}, UnknownName, "y"),
        ("P(Russia: act) <= 0", {"over": {"y": (0, 1)}}, UnknownName, "y"),
        ("P(Russia: act) <= 0", {"after": "nowhere"}, UnknownName, "path"),
        ("P(Russia: act) <= 0", {"given": {"China": "oppose"}}, UnknownName, "China"),
        ("P(Russia: act) <= 0", {"assuming": ["k"]}, ParameterError, "not readable"),
        ("P(Russia: act) <= 0 for k < 5", {}, ParameterError, "no value of k"),
        ("P(Russia: act) never rises with k", {"at": {"k": 40}}, ParameterError, "no room"),
        ("P(Russia: act) <= 0", {"max_cases": -1}, ParameterError, "max_cases"),
    ],
)
def test_errors_say_what_to_do(claim, options, error, match):
    with pytest.raises(error, match=match):
        ask(claim, **options)


def test_a_move_that_starts_at_a_tie_at_the_end_of_a_range_is_found():
    # At c = 0 the incumbent is indifferent, so that the threat to fight is as good as any; above it is empty.
    names = {"D": (3, -2, 6), "c": (2, 0, 8), "F": (1, 0, 5)}
    space = gt.ParameterSpace(*(gt.Parameter(n, v, low, high) for n, (v, low, high) in names.items()))
    D, c, F = space.symbols("D c F")
    reply = gt.Decision(
        "Incumbent",
        {"fight": gt.Outcome(Entrant=-F, Incumbent=D - c), "share": gt.Outcome(Entrant=D, Incumbent=D)},
    )
    tree = gt.Decision("Entrant", {"out": gt.Outcome(Entrant=0, Incumbent=10), "in": reply})
    entry = gt.Model("entry", gt.ExtensiveGame(tree), space)
    found = gt.sensitivity.verify("P(Entrant: in) never rises with c", entry, progress=False)
    assert found.verdict == "refuted"
    assert found.counterexample.moved["c"][0] == 0
