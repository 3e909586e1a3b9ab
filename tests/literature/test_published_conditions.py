"""Conditions, thresholds and comparative statics that were published, derived by the package from the game alone.

What the publications say is typed in here as formulas; what the package says must be the same, as polynomials and not as numbers.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import gametheory as gt
from gametheory import scalars
from gametheory.sensitivity import comparative_statics, thresholds
from gametheory.sensitivity.conditions import conditions

F = Fraction


def model(name, **ranges):
    """A game of the catalog with ranges for its parameters; those that have none keep their value."""
    entry = gt.catalog.entry(name)
    parameters = []
    for parameter, value in entry.parameters.items():
        baseline = scalars.exact(value, parameter)
        low, high = ranges.pop(parameter, (baseline, baseline))
        parameters.append(gt.Parameter(parameter, min(max(baseline, F(low)), F(high)), low=low, high=high))
    assert not ranges
    return gt.Model(entry.title, entry.game(parametric=True), gt.ParameterSpace(*parameters))


def canonical(polynomial):
    """A polynomial up to a positive factor."""
    content, rest = sympy.expand(polynomial).as_content_primitive()
    return sympy.expand(rest if content > 0 else -rest)


def derived(found):
    """The conditions that were found, as relations between polynomials and zero."""
    (case,) = found.cases
    return {(c.relation, canonical(case.ring.to_sympy(c.polynomial))) for c in case.conditions}


def published(*texts):
    """Conditions as they are printed: ``left >= right`` or ``left > right``."""
    result = set()
    for text in texts:
        relation = ">=" if ">=" in text else ">"
        left, right = text.split(relation)
        result.add((relation, canonical(scalars.parse(left) - scalars.parse(right))))
    return result


def expected(text):
    return sympy.sympify(scalars.parse(text))


def equal(first, second):
    return sympy.simplify(sympy.sympify(first) - sympy.sympify(second)) == 0


def happens(equilibrium):
    """The outcomes that have a positive probability."""
    return {label for label, probability in equilibrium.outcome_probabilities().items() if probability}


def interior(rng, count=6):
    """Fractions strictly between the ends of a range."""
    low, high = rng
    return [F(low) + (F(high) - F(low)) * F(k, count + 1) for k in range(1, count + 1)]


# -- Fearon (1995): the bargaining range -------------------------------------------------------------------------------------
BARGAINING = {"x": (0, 1), "p": (0, 1), "c_A": (0, "1/2"), "c_B": (0, "1/2")}
SETTLEMENT = {"A": "propose", "B": "accept"}


def test_fearon_the_bargaining_range():
    found = conditions(model("bargaining_and_war", **BARGAINING), SETTLEMENT)
    assert derived(found) == published("x >= p - c_A", "p + c_B >= x")
    assert found.concept == "subgame_perfect"


def test_fearon_the_range_is_as_wide_as_both_costs():
    game = model("bargaining_and_war", **BARGAINING)
    for p, a, b in itertools.product((F(1, 3), F(1, 2)), (F(1, 10), F(1, 4)), (F(1, 20), F(1, 7))):
        found = thresholds(game, "x", at={"p": p, "c_A": a, "c_B": b}, progress=False)
        assert found.points == (p - a, p + b)
        assert found.points[1] - found.points[0] == a + b
        below, between, above = found.intervals
        assert all(happens(e) == {"war"} for e in below.equilibria)
        assert [happens(e) for e in between.equilibria] == [{"settlement"}]
        # Above it B fights whatever A proposes; there is war in all equilibria, and A is indifferent.
        assert all(happens(e) == {"war"} for e in above.equilibria)


def test_fearon_no_peaceful_division_exists_without_costs_but_one():
    found = thresholds(
        model("bargaining_and_war", **BARGAINING), "x", at={"c_A": 0, "c_B": 0}, progress=False
    )
    assert found.points == (F(1, 2),)
    (point,) = found.breakpoints
    assert any(happens(e) == {"settlement"} for e in point.equilibria)


def test_fearon_thresholds_move_with_power_and_costs():
    game = model("bargaining_and_war", **BARGAINING)
    found = comparative_statics(
        game, SETTLEMENT, wrt=["p", "c_A", "c_B"], outcomes=["threshold: x"], progress=False
    )
    table = {name: [found.derivative(r.name, name) for r in found.responses] for name in ("p", "c_A", "c_B")}
    assert table == {"p": [1, 1], "c_A": [-1, 0], "c_B": [0, 1]}


def ultimatum(n):
    """The state A proposes one of n + 1 divisions, and war follows if B does not accept."""

    def reply(k):
        war = gt.Outcome("war", A="p - c_A", B="1 - p - c_B")
        share = F(k, n)
        return gt.Decision("B", {"accept": gt.Outcome(f"{k}/{n}", A=share, B=1 - share), "fight": war})

    space = gt.ParameterSpace(
        gt.Parameter("p", "1/2", low=0, high=1),
        gt.Parameter("c_A", "1/10", low=0, high="1/2"),
        gt.Parameter("c_B", "1/5", low=0, high="1/2"),
    )
    tree = gt.Decision("A", {f"demand {k}/{n}": reply(k) for k in range(n + 1)})
    return gt.Model("ultimatum", gt.ExtensiveGame(tree), space)


def test_fearon_a_demand_that_cannot_be_refused_leaves_b_its_value_of_war():
    # A demands p + c_B, or the greatest division on the grid below it; there is no war with complete information.
    found = thresholds(ultimatum(10), "p", at={"c_B": "1/4"}, progress=False)
    for value in interior((0, 1), 12):
        demand = min(F(1), F((value + F(1, 4)) * 10 // 1, 10))
        payoffs = {F(v) for v in found.values_at("payoff: A", value)}
        assert payoffs == {demand}
    assert found.range("outcome: war") == (0, 0)
    on_the_grid = {F(k, 10) - F(1, 4) for k in range(11)}
    assert set(found.switches("payoff: A")) == {p for p in on_the_grid if 0 < p < 1}


# -- Zagare and Kilgour (2000): unilateral deterrence -------------------------------------------------------------------------
UTILITIES = {f"{who}_{end}": (0, 4) for who in ("ch", "def") for end in ("SQ", "DC", "CD", "DD")}
HARD = {"Challenger": {"start": "accept", "challenge/resist": "press on"}, "Defender": "resist"}
SOFT = {"Challenger": {"start": "accept", "challenge/resist": "back down"}, "Defender": "resist"}


def test_unilateral_deterrence_with_credible_threats_on_both_sides():
    # Challenger's threat is credible if it prefers conflict to being defeated, Defender's if it prefers it to conceding; Defender's is
    # capable if Challenger prefers the status quo to conflict.
    found = conditions(model("unilateral_deterrence", **UTILITIES), HARD)
    assert derived(found) == published("ch_DD >= ch_CD", "def_DD >= def_DC", "ch_SQ >= ch_DD")


def test_unilateral_deterrence_against_a_challenger_that_bluffs():
    found = conditions(model("unilateral_deterrence", **UTILITIES), SOFT)
    assert derived(found) == published("ch_CD >= ch_DD", "def_CD >= def_DC", "ch_SQ >= ch_CD")


def test_unilateral_deterrence_all_strict_preferences_of_zagare_and_kilgour():
    # Challenger: DC best, then SQ; Defender: SQ best, CD better than DC and DD. The rest makes the types.
    game = model("unilateral_deterrence", **UTILITIES)
    outcomes = {}
    for hard, credible, capable in itertools.product((True, False), repeat=3):
        # A challenger with a soft threat prefers the status quo to being defeated, and that to conflict, which is why it bluffs.
        soft = {"ch_DC": 4, "ch_SQ": 3, "ch_CD": 2, "ch_DD": 1}
        firm = {"ch_DC": 4, "ch_SQ": F(5, 2), "ch_CD": 1, "ch_DD": 2 if capable else 3}
        challenger = firm if hard else soft
        defender = {"def_SQ": 4, "def_CD": 3, "def_DD": 2 if credible else 1, "def_DC": 1 if credible else 2}
        (found,) = gt.subgame_perfect_equilibria(game.at({**challenger, **defender}))
        (outcomes[hard, credible, capable],) = happens(found)
    for (hard, credible, capable), outcome in outcomes.items():
        if not hard:
            # A challenger whose threat is not credible is deterred whoever the defender is.
            assert outcome == "status quo"
        elif not credible:
            assert outcome == "Defender concedes"
        else:
            assert outcome == ("status quo" if capable else "conflict")


def test_unilateral_deterrence_a_credible_threat_is_neither_necessary_nor_sufficient():
    # Perfect deterrence theory's paradoxical conclusions, as thresholds.
    game = model("unilateral_deterrence", **UTILITIES)
    # Sufficient only if capable: with both credible, deterrence succeeds exactly while the status quo is worth as much as conflict.
    found = thresholds(game, "ch_SQ", progress=False)
    assert found.points == (1,)
    assert [i.outcomes["outcome: status quo"] for i in found.intervals] == [(0,), (1,)]
    # Not necessary: the defender's preference between conflict and conceding does not matter against a soft challenger.
    soft = thresholds(game, "def_DD", at={"ch_CD": "3/2", "ch_DD": 1}, progress=False)
    assert soft.range("outcome: status quo") == (1, 1)


# -- Drezner (1998): economic coercion ----------------------------------------------------------------------------------------
COERCION = {"D": (0, 10), "c_S": (0, 5), "c_T": (0, 10), "a": (0, "1/2"), "w_S": (0, 1), "w_T": (0, 1)}
CONCESSION = {"Sender": {"start": "demand", "demand/stand firm": "stand firm"}, "Target": "back down"}


def test_drezner_when_threats_are_credible_and_demands_conceded():
    found = conditions(model("economic_coercion", **COERCION), CONCESSION)
    wanted = published(
        "w_S*c_T - c_S >= 0",  # the sender prefers deadlock to the status quo
        "c_T - w_T*c_S >= (1 + w_T)*D",  # the target prefers acquiescence to deadlock
        "(1 + w_S)*D >= (1 - w_S)*a",  # the demand is worth more to the sender than peace
    )
    assert derived(found) == wanted


def test_drezner_without_conflict_expectations_no_costly_threat_is_credible():
    found = conditions(
        model("economic_coercion", **{**COERCION, "c_S": ("1/10", 5), "w_S": (0, 0)}), CONCESSION
    )
    assert found.cases == ()
    assert found.possible is False


def test_drezner_the_paradox_of_economic_coercion():
    # Conflict expectations make threats credible, and concessions smaller.
    game = model("economic_coercion", **COERCION)
    credible = thresholds(game, "w_S", progress=False)
    assert credible.switches("P(Target: back down)") == (F(1, 6),)  # c_S/c_T
    greatest = [
        thresholds(game, "D", at={"w_T": w}, progress=False).points[-1] for w in (0, F(1, 4), F(1, 2), 1)
    ]
    assert greatest == [(6 - w) / (1 + w) for w in (F(0), F(1, 4), F(1, 2), F(1))]
    assert greatest == sorted(greatest, reverse=True)
    found = comparative_statics(game, CONCESSION, outcomes=["threshold: D"], progress=False)
    most = max(found.responses, key=lambda r: r.value)
    signs = {name: found.derivative(most.name, name) for name in ("w_T", "c_T", "c_S")}
    # The derivatives of (c_T - w_T c_S)/(1 + w_T) at the baseline.
    assert signs == {"w_T": -F(7) / F(25, 16), "c_T": F(4, 5), "c_S": -F(1, 5)}


# -- Dixit (1982): entry and commitment ---------------------------------------------------------------------------------------
ENTRY = {"P_m": (0, 20), "P_d": (0, 10), "P_w": (-5, 0), "C": (0, 20)}
DETERRED = {
    "Incumbent": {"start": "committed", "passive/enter": "share", "committed/enter": "fight"},
    "Entrant": {"passive": "enter", "committed": "stay out"},
}


def test_dixit_when_commitment_deters_entry():
    # P_d > 0 > P_w holds on the box: what is left is that war is the better reply once C is sunk, and that deterrence is worth it.
    found = conditions(model("entry_deterrence", **ENTRY), DETERRED)
    assert derived(found) == published("P_w >= P_d - C", "P_m - C >= P_d")


def test_dixit_the_costs_at_which_it_pays():
    found = thresholds(model("entry_deterrence", **ENTRY), "C", progress=False)
    # P_d - P_w = 5 and P_m - P_d = 6, with monopoly 10, duopoly 4 and war -1.
    assert found.switches("outcome: monopoly") == (5, 6)
    for value, deterred in ((F(9, 2), 0), (F(11, 2), 1), (F(13, 2), 0)):
        assert found.values_at("outcome: monopoly", value) == (deterred,)


def test_selten_without_commitment_the_threat_is_empty():
    # A Nash equilibrium deters entry by a threat that is not credible; no subgame-perfect one does.
    space = gt.ParameterSpace(
        gt.Parameter("war", -1, low=-3, high=3), gt.Parameter("share", 2, low=0, high=4)
    )
    reply = gt.Decision(
        "Incumbent",
        {"share": gt.Outcome(Incumbent="share", Entrant=2), "fight": gt.Outcome(Incumbent="war", Entrant=-1)},
    )
    tree = gt.Decision("Entrant", {"enter": reply, "stay out": gt.Outcome(Incumbent=5, Entrant=0)})
    game = gt.Model("entry", gt.ExtensiveGame(tree), space)
    deterred = {"Entrant": "stay out", "Incumbent": "fight"}
    assert derived(conditions(game, deterred)) == published("war >= share")
    assert derived(conditions(game, deterred, concept="nash")) == set()


# -- Selten (1978): the chain store -------------------------------------------------------------------------------------------
CHAIN = {
    "monopoly": (0, 10),
    "share": (0, 10),
    "war": (-5, 10),
    "outside": (0, 10),
    "entry": (0, 10),
    "loss": (-5, 10),
}
STORE = ("in", "out/in", "in/cooperative/in", "in/aggressive/in")
SECOND = ("out", "in/cooperative", "in/aggressive")


def everywhere(reply, entrants):
    return {
        "Chain store": dict.fromkeys(STORE, reply),
        "Entrant 1": entrants,
        "Entrant 2": dict.fromkeys(SECOND, entrants),
    }


def test_selten_the_chain_store_paradox_with_two_markets():
    # Eight decisions, and two conditions: those of a single market.
    game = model("chain_store", **CHAIN)
    found = conditions(game, everywhere("cooperative", "in"))
    assert derived(found) == published("share >= war", "entry >= outside")
    found = conditions(game, everywhere("aggressive", "out"))
    assert derived(found) == published("war >= share", "outside >= loss")


@pytest.mark.parametrize("name, switch", [("share", 0), ("entry", 1), ("war", 2)])
def test_selten_both_markets_turn_at_the_same_value(name, switch):
    found = thresholds(model("chain_store", **CHAIN), name, progress=False)
    assert found.points == (switch,)
    for interval in found.intervals:
        (equilibrium,) = interval.equilibria
        replies = {tuple(equilibrium.support["Chain store"][place]) for place in STORE}
        assert len(replies) == 1


# -- Tsebelis (1989, 1990): the inspection game's invariances -----------------------------------------------------------------
LAW = {
    "a_1": (-10, -2),
    "b_1": ("3/2", 4),
    "c_1": (-1, "1/2"),
    "d_1": ("1/2", 1),
    "a_2": ("1/2", 3),
    "b_2": (-4, 0),
    "c_2": (-3, "-1/2"),
    "d_2": (0, 2),
}
MIXED = {"public": ["speed", "obey"], "police": ["enforce", "ignore"]}
SPEED, ENFORCE = "P(public: speed)", "P(police: enforce)"


def test_tsebelis_the_equilibrium_in_closed_form():
    game = model("law_enforcement", **LAW)
    (case,) = conditions(game, MIXED).cases
    assert case.conditions == ()  # an equilibrium on the whole box
    found = {(player, action): p for (player, _, action), p in case.probabilities.items()}
    assert equal(found["public", "speed"], expected("(d_2 - c_2)/(a_2 - b_2 + d_2 - c_2)"))
    assert equal(found["police", "enforce"], expected("(b_1 - d_1)/(b_1 - d_1 + c_1 - a_1)"))


def test_tsebelis_penalties_do_not_change_the_frequency_of_crime():
    found = comparative_statics(model("law_enforcement", **LAW), progress=False)
    for name in LAW:
        own, other = (SPEED, ENFORCE) if name.endswith("1") else (ENFORCE, SPEED)
        assert found.derivative(own, name) == 0
        assert found.sign_over_box(own, name) == "0"
        assert found.derivative(other, name) != 0
    # A heavier penalty (a lower a_1) is answered by fewer patrols.
    assert found.sign_over_box(ENFORCE, "a_1") == "+"
    assert found.sign_over_box(SPEED, "c_2") == "-"


@pytest.mark.parametrize("name", list(LAW))
def test_tsebelis_along_each_payoff_only_the_opponent_moves(name):
    found = thresholds(model("law_enforcement", **LAW), name, progress=False)
    assert found.points == ()
    (interval,) = found.intervals
    own, other = (SPEED, ENFORCE) if name.endswith("1") else (ENFORCE, SPEED)
    assert not sympy.sympify(interval.outcomes[own][0]).free_symbols
    assert sympy.sympify(interval.outcomes[other][0]).free_symbols


def test_fudenberg_and_tirole_the_conditions_of_the_inspection_game():
    # v > w > g > 0 and w > h > 0, of which v > w only makes work worthwhile and is not needed.
    game = model("inspection", w=(1, 10), g=(0, 10), h=(0, 10), v=(0, 20))
    found = conditions(game, {"agent": ["shirk", "work"], "principal": ["inspect", "trust"]})
    assert derived(found) == published("w > g", "g > 0", "w > h", "h > 0")
    (case,) = found.cases
    assert "v" not in found.parameters
    probabilities = {(player, action): p for (player, _, action), p in case.probabilities.items()}
    assert equal(probabilities["agent", "shirk"], expected("h/w"))
    assert equal(probabilities["principal", "inspect"], expected("g/w"))


# -- Goeree and Holt (2001): matching pennies ---------------------------------------------------------------------------------
PENNIES = {"row": ["top", "bottom"], "column": ["left", "right"]}


def test_goeree_and_holt_only_the_other_responds_to_ones_own_payoff():
    game = model("asymmetric_pennies", X=(0, 400))
    found = conditions(game, PENNIES)
    assert derived(found) == published("X > 40")
    (case,) = found.cases
    probabilities = {(player, action): p for (player, _, action), p in case.probabilities.items()}
    assert equal(probabilities["row", "top"], F(1, 2))
    assert equal(probabilities["column", "left"], expected("40/X"))


def test_goeree_and_holt_the_three_treatments_and_where_nobody_mixes():
    found = thresholds(model("asymmetric_pennies", X=(0, 400)), "X", progress=False)
    assert found.points == (40,)
    for x, left in ((80, F(1, 2)), (320, F(1, 8)), (44, F(10, 11))):
        assert found.values_at("P(column: left)", x) == (left,)
        assert found.values_at("P(row: top)", x) == (F(1, 2),)
    # Below 40 the row player's top is dominated.
    assert found.values_at("P(row: top)", 20) == (0,)
    assert found.values_at("P(column: left)", 20) == (1,)
    assert any(e.continuum for e in found.at(40))


# -- conditions and numbers -----------------------------------------------------------------------------------------------------
PROFILES = {
    "bargaining_and_war": (BARGAINING, SETTLEMENT),
    "unilateral_deterrence": (UTILITIES, HARD),
    "economic_coercion": (COERCION, CONCESSION),
    "entry_deterrence": (ENTRY, DETERRED),
    "chain_store": (CHAIN, everywhere("cooperative", "in")),
}


@pytest.mark.parametrize("name", list(PROFILES))
@given(st.data())
def test_conditions_hold_exactly_where_the_profile_is_an_equilibrium(name, data):
    ranges, profile = PROFILES[name]
    game = model(name, **ranges)
    found = FOUND.setdefault(name, conditions(game, profile))
    # Few values, so that conditions often bind.
    point = {
        parameter: data.draw(st.sampled_from([F(low), F(high), *interior((low, high), 3)]))
        for parameter, (low, high) in ranges.items()
    }
    there = game.at(point)
    full = {player: {} for player in profile}
    for infoset in there.infosets:
        player = there.players[infoset.player]
        given = profile[player]
        chosen = given[infoset.label] if isinstance(given, dict) else given
        full[player][infoset.label] = {chosen: 1}
    judged = gt.equilibria.sequential.is_subgame_perfect(there, gt.BehaviourProfile(there, full))
    assert found.holds_at(point) == judged


FOUND = {}
