"""Published games on the exact maps of one and two parameters, and published statements proved over boxes of parameters.

The areas, curves and crossings are computed by hand from the published conditions.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

import gametheory as gt
from gametheory import scalars
from gametheory.sensitivity import equilibrium_map, verify

F = Fraction


def model(name, **ranges):
    """A game of the catalog; parameters without a range keep their value."""
    entry = gt.catalog.entry(name)
    parameters = []
    for parameter, value in entry.parameters.items():
        baseline = scalars.exact(value, parameter)
        low, high = ranges.pop(parameter, (baseline, baseline))
        parameters.append(gt.Parameter(parameter, min(max(baseline, F(low)), F(high)), low=low, high=high))
    assert not ranges
    return gt.Model(entry.title, entry.game(parametric=True), gt.ParameterSpace(*parameters))


def curves(found):
    """The curves on which something changes, each as a polynomial with a fixed sign."""
    result = set()
    for curve in found.curves:
        _, primitive = sympy.Poly(curve.polynomial).primitive()
        result.add(frozenset({sympy.expand(primitive.as_expr()), sympy.expand(-primitive.as_expr())}))
    return result


def lines(*texts):
    """The same of curves that are typed in."""
    result = set()
    for text in texts:
        _, primitive = sympy.Poly(scalars.parse(text)).primitive()
        result.add(frozenset({sympy.expand(primitive.as_expr()), sympy.expand(-primitive.as_expr())}))
    return result


def share(found, holds):
    """The area of the faces on which something holds at the sample."""
    return sum(face.area_share for face in found.faces if holds(face))


def value(face, outcome):
    """An outcome that is the same number in all equilibria of a face."""
    (number,) = set(face.outcomes[outcome])
    return number


# -- Fearon (1995) ------------------------------------------------------------------------------------------------------------
BARGAINING = {"x": (0, 1), "p": (0, 1), "c_A": (0, "1/2"), "c_B": (0, "1/2")}


def test_fearon_the_bargaining_range_is_a_strip_along_the_diagonal():
    found = equilibrium_map(model("bargaining_and_war", **BARGAINING), "p", "x", progress=False)
    assert found.complete
    assert curves(found) == lines("x - p + 1/10", "x - p - 1/5")
    # A strip of the unit square between two lines parallel to the diagonal, without two corners of triangles.
    peace = 1 - F(9, 10) ** 2 / 2 - F(4, 5) ** 2 / 2
    assert share(found, lambda face: value(face, "outcome: settlement") == 1) == peace
    assert share(found, lambda face: value(face, "outcome: war") == 1) == 1 - peace
    assert {v.kind for v in found.vertices} <= {"border"}


def test_fearon_with_costs_of_war_there_is_always_a_bargain_that_both_prefer():
    # At x = p, inside the range whatever the costs are.
    ranges = {"p": (0, 1), "c_A": ("1/100", 1), "c_B": ("1/100", 1)}
    space = gt.ParameterSpace(
        *(gt.Parameter(n, "1/4", low=low, high=high) for n, (low, high) in ranges.items())
    )
    at = {name: scalars.symbol(name) for name in ranges}
    game = gt.catalog.load("bargaining_and_war", parametric=True).substitute({**at, "x": at["p"]})
    found = verify("outcome: war <= 0", gt.Model("bargain", game, space), progress=False)
    assert found.verdict == "proved"


def test_fearon_the_shadow_of_war_shifts_the_range_only():
    game = model("bargaining_and_war", **{**BARGAINING, "c_A": ("1/100", "1/2"), "c_B": ("1/100", "1/2")})
    assert verify("greatest outcome: war never rises with c_A", game, progress=False).verdict == "proved"
    assert verify("greatest outcome: war never rises with c_B", game, progress=False).verdict == "proved"
    found = verify("greatest outcome: war never rises with p", game, progress=False)
    assert found.verdict == "refuted"


# -- Zagare and Kilgour (2000) ------------------------------------------------------------------------------------------------
def test_unilateral_deterrence_where_the_status_quo_survives():
    # In the plane of both players' values of conflict, with the other payoffs at the baseline: Challenger is hard above 0 and deterred up
    # to 2, Defender is credible above 0.
    game = model("unilateral_deterrence", ch_DD=(-1, 3), def_DD=(-1, 3))
    found = equilibrium_map(game, "ch_DD", "def_DD", progress=False)
    assert curves(found) == lines("ch_DD", "ch_DD - 2", "def_DD")
    peace = F(1, 4) + F(1, 2) * F(3, 4)
    assert share(found, lambda face: value(face, "outcome: status quo") == 1) == peace
    assert share(found, lambda face: value(face, "outcome: Defender concedes") == 1) == F(3, 4) * F(1, 4)
    assert share(found, lambda face: value(face, "outcome: conflict") == 1) == F(1, 4) * F(3, 4)


def test_unilateral_deterrence_succeeds_if_the_threat_is_credible_and_capable():
    # Defender prefers conflict to conceding, Challenger the status quo to conflict and to being defeated, whether or not it is hard.
    capable = {
        "ch_SQ": (2, 3),
        "ch_DC": (3, 4),
        "ch_CD": (0, "19/10"),
        "ch_DD": (0, "19/10"),
        "def_DC": (0, "9/10"),
        "def_DD": (1, 3),
    }
    game = model("unilateral_deterrence", **capable)
    assert verify("outcome: status quo >= 1", game, progress=False).verdict == "proved"
    # Without capability the threat is not sufficient, nor is it without credibility.
    for name, high in (("ch_DD", 3), ("def_DC", 2)):
        wider = verify(
            "outcome: status quo >= 1",
            model("unilateral_deterrence", **{**capable, name: (0, high)}),
            progress=False,
        )
        assert wider.verdict == "refuted"
        assert name in wider.counterexample.values


# -- Drezner (1998) -----------------------------------------------------------------------------------------------------------
COERCION = {"D": (0, 10), "c_S": (0, 5), "c_T": (0, 10), "w_S": (0, 1), "w_T": (0, 1)}


def test_drezner_conflict_expectations_in_the_plane():
    found = equilibrium_map(model("economic_coercion", **COERCION), "w_S", "w_T", progress=False)
    # Credible from w_S = c_S/c_T = 1/6 on; conceded while (1 + w_T) D <= c_T - w_T c_S, to w_T = 3/4.
    assert lines("w_S - 1/6", "w_T - 3/4") <= curves(found)
    concedes = share(found, lambda face: value(face, "outcome: acquiescence") == 1)
    assert concedes == F(5, 6) * F(3, 4)


def test_drezner_expectations_of_conflict_never_make_the_target_concede_more():
    game = model("economic_coercion", **{**COERCION, "c_S": ("1/2", 5), "c_T": (1, 10), "D": ("1/2", 10)})
    found = verify(
        "greatest outcome: acquiescence never rises with w_T", game, over=["w_T", "D", "c_T"], progress=False
    )
    assert found.verdict == "proved"
    refuted = verify(
        "greatest outcome: acquiescence never rises with w_S", game, over=["w_S", "c_T"], progress=False
    )
    assert refuted.verdict == "refuted"


# -- Dixit (1982) and Selten (1978) --------------------------------------------------------------------------------------------
def test_dixit_the_costs_of_commitment_at_which_entry_is_deterred():
    game = model("entry_deterrence", C=(0, 10), P_m=(5, 15))
    found = equilibrium_map(game, "C", "P_m", progress=False)
    # Deterred between the lines C = P_d - P_w = 5 and C = P_m - P_d = P_m - 4.
    deterred = share(found, lambda face: value(face, "outcome: monopoly") == 1)
    assert deterred == F(25, 2 * 100) + F(1 * 5, 100)
    assert lines("C - 5", "P_m - C - 4") <= curves(found)


def test_selten_the_chain_store_never_fights_if_sharing_pays():
    game = model("chain_store", share=(1, 5), war=(-5, "9/10"), entry=(2, 5), outside=(0, "19/10"))
    assert (
        verify("P(Chain store: aggressive) <= 0", game, over=["share", "war"], progress=False).verdict
        == "proved"
    )


# -- Tsebelis (1989), Goeree and Holt (2001) --------------------------------------------------------------------------------------
LAW = {"a_1": (-10, -2), "b_1": ("3/2", 4), "a_2": ("1/2", 3), "d_2": (0, 2)}
SPEED, ENFORCE = "P(public: speed)", "P(police: enforce)"


def test_tsebelis_penalty_has_no_impact_on_crime():
    found = equilibrium_map(model("law_enforcement", **LAW), "a_1", "a_2", progress=False)
    (face,) = found.faces
    assert found.curves == ()
    a_1, a_2 = scalars.symbol("a_1"), scalars.symbol("a_2")
    # With b_1 = 2, c_1 = 0, d_1 = 1 and b_2 = -2, c_2 = -1, d_2 = 0.
    assert sympy.simplify(value(face, SPEED) - 1 / (a_2 + 3)) == 0
    assert sympy.simplify(value(face, ENFORCE) - 1 / (1 - a_1)) == 0
    (branch,) = equilibrium_map(model("law_enforcement", **LAW), "a_1", progress=False).branches
    assert branch.index == 1


def test_goeree_and_holt_the_branch_of_mixed_play_begins_where_top_is_no_longer_dominated():
    found = equilibrium_map(model("asymmetric_pennies", X=(0, 400)), "X", progress=False)
    assert found.points == (40,)
    pure, mixed = (min(found.branches_at(x), key=lambda b: b.number) for x in (20, 320))
    assert found.value(mixed.number, "P(column: left)", 320) == F(1, 8)
    assert found.value(pure.number, "P(row: top)", 20) == 0
    assert {piece.index for branch in found.branches for piece in branch.pieces} == {1}


# -- games of three players -----------------------------------------------------------------------------------------------------
def test_diekmann_volunteers_of_whom_each_waits_with_the_root_of_costs_over_benefits():
    found = equilibrium_map(model("volunteers_dilemma", K=("1/100", "399/100")), "K", progress=False)
    assert found.complete
    assert found.points == ()
    waits = [
        [sympy.simplify(interval.outcomes[f"P({name}: wait)"][k]) for name in ("Ann", "Bob", "Cem")]
        for interval in found.intervals
        for k in range(len(interval.equilibria))
    ]
    K = scalars.symbol("K")
    # One volunteers; one waits and two mix; all mix: (K/U)^(1/2) with U = 4.
    symmetric = [row for row in waits if len({str(w) for w in row}) == 1]
    assert len(symmetric) == 1
    assert all(abs(float(symmetric[0][0].subs(K, k)) - (k / 4) ** 0.5) < 1e-12 for k in (0.3, 1, 3.7))
    assert len(waits) == 7


def test_nau_irrational_equilibria_along_a_payoff():
    # Nau, Gomez Canovas and Hansen (2004): the only equilibrium is irrational; here one payoff of Ann's moves away from their 3.
    game = gt.catalog.load("nau_irrational")
    table = game.payoffs.copy()
    table.setflags(write=True)
    table[0, 0, 0, 0] = scalars.parse("t")
    space = gt.ParameterSpace(gt.Parameter("t", 3, low=2, high=4))
    moved = gt.NormalFormGame(table, players=game.players, strategies=game.strategies)
    found = equilibrium_map(gt.Model("Nau", moved, space), "t", progress=False)
    top = found.thresholds.values_at("P(Ann: top)", 3)
    assert [sympy.nsimplify(p) for p in top] == [(53 - sympy.sqrt(601)) / 46]


@pytest.mark.parametrize(
    "name, parameter", [("hawk_dove", "V"), ("inspection", "g"), ("law_enforcement", "b_1")]
)
def test_indices_along_a_map_sum_to_one(name, parameter):
    entry = gt.catalog.entry(name)
    found = equilibrium_map(model(name, **{parameter: ("1/10", 10)}), parameter, progress=False)
    for interval in found.intervals:
        if not any(e.continuum for e in interval.equilibria):
            assert sum(e.index for e in interval.equilibria) == 1
    assert entry.parameters
