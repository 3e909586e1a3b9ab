"""The case of Kazakhstan: facts, and numbers that rest on them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from gametheory.models import kazakhstan

# The numbers of the case as they were decided: baseline, low, high.
NUMBERS = """
E_W 122 60 130 | E_C 9.2 7.5 45 | E_R 5.3 4.7 33.5
reach_L 0.1 0.05 0.3 | reach_F 0.9 0.7 1 | d_s 0.6 0.3 0.9 | d_f 0.15 0.05 0.3 | survive_C 0.5 0 0.9
p0_L 0.85 0.7 0.95 | p0_F 0.6 0.3 0.8 | r_S 0.1 0 0.2 | r_A 0.35 0.1 0.5 | r_C 0.15 0 0.3
G_L 60 20 150 | G_F 220 50 600 | K_L 20 5 60 | K_F 100 40 200 | alliance 10 0 60
s_W 60 10 180 | lever_W 0.1 0 0.3 | lever_C 0 0 0.3 | evade 0.35 0 0.7 | s_C 60 0 150
N_WL 120 20 300 | N_WF 220 50 600 | N_CL 10 -20 60 | N_CF 40 -40 150
c_W 35 5 120 | transit 0.08 0 0.3 | m 20 5 100 | c_C 15 0 100
"""


def test_the_numbers_are_the_ones_decided() -> None:
    rows = [row.split() for row in NUMBERS.replace("\n", "|").split("|") if row.strip()]
    decided = {name: tuple(map(Fraction, numbers)) for name, *numbers in rows}
    found = {name: (p.baseline, p.low, p.high) for name, p in kazakhstan.space().items()}
    assert found == decided


def test_every_number_says_what_it_is_and_where_it_comes_from() -> None:
    for parameter in kazakhstan.space().values():
        assert parameter.description
        assert parameter.unit in {"USD bn", "share"}
        assert parameter.basis.startswith(("sourced: ", "assumption"))
        assert parameter.is_assumption or parameter.source


def test_only_the_exposures_are_levers() -> None:
    space = kazakhstan.space()
    assert space.levers == ("E_W", "E_C", "E_R")
    assert len(space.levers) + len(space.uncertainties) == len(space)


def test_every_source_is_a_fact() -> None:
    facts = kazakhstan.facts()
    cited = {fact for p in kazakhstan.space().values() for fact in p.source.split("; ") if fact}
    assert len(cited) > 20
    assert cited <= set(facts.index)


def test_facts_are_typed() -> None:
    facts = kazakhstan.facts()
    assert len(facts) == 207
    assert facts.index.is_unique
    assert list(facts.columns[:4]) == ["actor", "quantity", "value", "low"]
    assert isinstance(facts["value"]["russia_nominal_gdp_2023"], float)
    assert facts["value"]["base_rate_sanctions_success_hufbauer_restatement_20th_c_2014"] == "1/3"
    ranged = facts.loc["base_rate_gsdb_success_range_quoted_by_authors_1950_2019"]
    assert (ranged["low"], ranged["high"]) == (30, 50)
    assert facts["low"].notna().sum() == 3
    assert (facts["confidence"] >= "medium").sum() == (facts["confidence"] != "low").sum() > 150
    assert not facts[["actor", "unit", "source", "note"]].isna().any(axis=None)


def test_facts_are_the_callers_own() -> None:
    facts = kazakhstan.facts()
    facts["value"] = 0
    assert kazakhstan.facts()["value"]["russia_nominal_gdp_2023"] == pytest.approx(2021.4)


def test_the_sourced_numbers_follow_from_the_facts() -> None:
    value = kazakhstan.facts()["value"]
    space = kazakhstan.space()
    stock = value["kazakhstan_inward_fdi_stock_2021"]

    def share(actor: str) -> float:
        return float(value[f"{actor}_share_of_kazakhstan_inward_fdi_stock_end_2021"]) / 100

    hong_kong = (
        value["hong_kong_inward_fdi_stock_in_kazakhstan_by_source_end_2021"]
        / value["world_total_inward_fdi_stock_in_kazakhstan_by_source_end_2021"]
    )
    western = sum(map(share, ["eu27", "united_states", "united_kingdom", "switzerland"]))
    sanctions = 0.002 * value["european_union_nominal_gdp_2023"]
    # Each was rounded when it was decided; the tolerance is the rounding.
    assert float(space["E_W"].baseline) == pytest.approx(stock * western, abs=0.6)
    assert float(space["E_W"].low) == pytest.approx(stock * (western - share("netherlands")), abs=4)
    assert float(space["E_C"].baseline) == pytest.approx(stock * (share("china") + hong_kong), abs=0.05)
    assert float(space["E_R"].baseline) == pytest.approx(stock * share("russia"), abs=0.05)
    assert float(space["c_W"].baseline) == pytest.approx(sanctions, abs=2)
