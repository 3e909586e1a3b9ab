"""The study: what it writes, that it stands alone, and that its words follow its numbers."""

from __future__ import annotations

import csv
import json
import re
from fractions import Fraction

import pytest
import xarray as xr

import gametheory as gt
from gametheory.errors import GameTheoryError, ParameterError, UnknownName
from gametheory.models import kazakhstan
from gametheory.reports.folder import MARKER
from gametheory.reports.kazakhstan import behaviour, evidence, exposure, report, signs
from gametheory.reports.kazakhstan import wording as w
from gametheory.reports.kazakhstan.analysis import EXPOSURES, ORDERS, analyse, choices, moves_after
from gametheory.reports.kazakhstan.book import Book
from gametheory.reports.study import run_study
from gametheory.sensitivity import certificates, thresholds


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return run_study(out=tmp_path_factory.mktemp("study") / "kazakhstan", progress=False)


@pytest.fixture(scope="module")
def html(study):
    return study.report.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def changed():
    """With a gain from a limited action that is not quite worth its cost, and sanctions beyond their range."""
    return analyse({"s_W": 181, "G_L": 35}, points=16, max_cases=0, progress=False)


def section(html, anchor):
    return re.search(rf'<section id="{anchor}">.*?</section>', html, re.DOTALL)[0]


def words(html):
    """The page as text."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html)).replace("\N{NO-BREAK SPACE}", " ")


def rows(study, name):
    with (study.folder / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


# -- files ------------------------------------------------------------------------------------------------------------
def test_every_file_is_there_and_nothing_else(study):
    found = {p.relative_to(study.folder).as_posix() for p in study.folder.rglob("*") if p.is_file()}
    assert found == {*study.files, MARKER}
    assert all((study.folder / name).stat().st_size for name in study.files)
    figures = {name.rsplit(".", 1)[0] for name in study.files if name.startswith("figures/")}
    assert all({f"{name}.svg", f"{name}.png"} <= set(study.files) for name in figures)
    assert len(figures) >= 12


def test_the_report_needs_nothing_but_itself(html):
    assert not re.findall(r"<(?:script|link|img|iframe|object|embed|base)\b", html)
    assert not re.findall(r"@import|url\((?!#)", html)
    # Addresses of the web stand in links only.
    assert html.count("http") == html.count('<a href="http')
    assert 'name="viewport"' in html and "@media print" in html


def test_the_report_is_well_formed_and_ids_are_unique(html):
    from reports.test_page import Balanced

    parser = Balanced()
    parser.feed(html)
    assert parser.faults == [] and parser.open == []
    assert len(parser.ids) == len(set(parser.ids))
    targets = set(re.findall(r'href="#([^"]+)"', html)) | set(re.findall(r"url\(#([^)]+)\)", html))
    assert targets <= set(parser.ids)


def test_all_items_of_the_question_are_answered(html):
    anchors = re.findall(r'<section id="(\w+)">', html)
    assert anchors == [
        "baseline", "propositions", "thresholds", "signs", "aims", "planes", "uncertainty", "levers", "claims", "facts", "numbers",
        "limits", "sources",
    ]  # fmt: skip
    for anchor in anchors:
        assert len(words(section(html, anchor))) > 200
    for anchor, pictures in {
        "baseline": 6,
        "thresholds": 1,
        "aims": 1,
        "planes": 1,
        "uncertainty": 3,
    }.items():
        assert section(html, anchor).count("<svg") >= pictures
    for number in range(1, 10):
        assert f"C{number}. " in words(section(html, "claims"))


def test_the_same_numbers_give_the_same_bytes(study, tmp_path):
    files, summary = report.write(study.analysis, tmp_path, lambda _: None)
    assert tuple(files) == study.files and tuple(summary) == study.summary
    for name in files:
        if not name.endswith(".nc"):
            assert (tmp_path / name).read_bytes() == (study.folder / name).read_bytes(), name
    with (
        xr.open_dataset(tmp_path / "sweep.nc") as again,
        xr.open_dataset(study.folder / "sweep.nc") as before,
    ):
        xr.testing.assert_identical(again, before)


# -- tables -----------------------------------------------------------------------------------------------------------
def test_tables_hold_exact_numbers(study):
    space = kazakhstan.space()
    for row in rows(study, "parameters"):
        parameter = space[row["name"]]
        assert (Fraction(row["low"]), Fraction(row["baseline"]), Fraction(row["high"])) == (
            parameter.low, parameter.baseline, parameter.high,
        )  # fmt: skip
    found = {name: [] for name in study.analysis.maps}
    for row in rows(study, "thresholds-all-parameters"):
        found[row["parameter"]].append(Fraction(row["threshold"]))
    assert {name: tuple(values) for name, values in found.items()} == {
        n: m.points for n, m in study.analysis.maps.items()
    }
    assert len(rows(study, "facts")) == len(kazakhstan.facts())
    assert len(rows(study, "claims")) == len(study.analysis.claims)


def test_switching_values_are_where_russia_changes_its_mind(study):
    table = rows(study, "switching-values")
    assert table
    model = study.analysis.model
    for row in table:
        base, value = Fraction(row["baseline"]), Fraction(row["switching_value"])
        step = (value - base) / 1000
        assert step
        before = choices(gt.subgame_perfect_equilibria(model.at({row["parameter"]: value - step})))
        after = choices(gt.subgame_perfect_equilibria(model.at({row["parameter"]: value + step})))
        assert before == study.analysis.choices
        assert after != before


def test_the_sweep_is_reread_with_units_and_agrees_with_exact_solutions(study):
    with xr.open_dataset(study.folder / "sweep.nc") as sweep:
        assert sweep["E_W"].attrs["units"] == "USD bn"
        values = [Fraction(text) for text in json.loads(sweep["E_W"].attrs["exact"])]
        assert values[0] == 60 and values[-1] == 130
        last = sweep.isel(E_W=-1, E_C=0, E_R=-1)
        point = {
            name: Fraction(json.loads(sweep[name].attrs["exact"])[k])
            for name, k in (("E_W", -1), ("E_C", 0), ("E_R", -1))
        }
        (equilibrium,) = gt.subgame_perfect_equilibria(study.analysis.model.at(point))
        assert last["payoff: Russia"].values.tolist() == pytest.approx(
            [float(equilibrium.payoffs["Russia"])] * 2
        )


# -- words ------------------------------------------------------------------------------------------------------------
def test_the_answer_agrees_with_the_hand_check_of_the_case(study, html):
    assert study.analysis.choices == ("limited",)
    top = words(html.split("<nav>")[0])
    assert (
        "At the baseline Russia takes the limited action: the West and China acquiesce, and Russia gains USD 20.7 bn."
        in top
    )
    assert (
        "By the full action it would lose USD 81.2 bn: the West would impose sanctions and arm Kazakhstan"
        in top
    )
    assert all(
        sentence.replace("\N{NO-BREAK SPACE}", " ") in top
        for sentence in [s.replace("'", "&#x27;") for s in study.summary]
    )
    assert len(study.summary) <= 12


def test_the_thresholds_section_has_the_number_and_the_formula(html):
    part = section(html, "thresholds")
    assert "4000/379 ≈ 10.55" in words(part)
    assert '<math display="block" title="E_W = ' in part


def test_the_sign_of_western_exposure_flips_with_transit(html):
    part = words(section(html, "signs"))
    assert (
        "After the full action western investment makes support more credible. The sign flips at transit = 0.100845"
        in part
    )
    assert "After the limited action western investment makes support less credible" in part


def test_changed_parameters_change_the_words(changed):
    assert changed.choices == ("refrain",)
    assert changed.changes[0].widened and changed.space["s_W"].high == 181
    sentences = behaviour.summary_sentences(changed)
    assert sentences[0] == "At the baseline Russia refrains."
    assert behaviour.verdict(changed).startswith("On these numbers, ")
    note = words(behaviour.changes_note(changed))
    assert "181 instead of 60 (its range was widened to hold it)" in note
    text = words(" ".join(exposure.aims(changed, Book()).parts))
    assert "The limited action is deterred" in text
    assert "set for this run" in words(" ".join(evidence.assumptions(changed, Book()).parts))


def test_several_equilibria_are_all_told():
    """Where China's opposition costs next to nothing after a full action, there are three equilibria."""
    model = kazakhstan.sequential()
    found = gt.subgame_perfect_equilibria(model.at(c_C=3))
    assert len(found) == 3
    told = w.replies(found, ("full",))
    assert told.count("or ") >= 2 and "the West mixes acquiesce and support" in told
    assert len({w.label(equilibrium) for equilibrium in found}) == 3
    assert w.russia(found) == "takes the limited action"


def test_an_undetermined_action_is_not_settled_in_silence():
    space = gt.ParameterSpace(gt.Parameter("G_L", Fraction(1211289, 34000), 20, 150))
    values = {"G_L": space["G_L"].baseline}
    found = gt.subgame_perfect_equilibria(kazakhstan.sequential().at(values))
    assert choices(found) == ("refrain", "limited")
    assert w.russia(found) == "refrains or takes the limited action, depending on the equilibrium"


def test_a_tie_at_the_baseline_leaves_nothing_to_be_robust():
    a = analyse({"G_L": "1211289/34000", "c_C": 3}, points=16, max_cases=0, progress=False)
    assert a.choices == ("refrain", "limited")
    assert a.robustness is None and a.switches == ()
    assert "not settled at the baseline" in a.robustness_missing
    assert "depending on the equilibrium" in behaviour.verdict(a)
    book = Book()
    told = words(" ".join(part for make in report.SECTIONS for part in make(a, book).parts))
    # China's opposition costs so little that after a full action both defenders may mix.
    assert "the West would mix acquiesce and support" in told


def test_nothing_in_the_report_rests_on_samples(html):
    told = words(html)
    for phrase in (
        "points tried",
        "no counterexample among",
        "counterexamples among",
        "random points",
        "by bisection",
    ):
        assert phrase not in told


def test_the_summary_tells_what_is_proved(study):
    told = " ".join(study.summary).replace("\N{NO-BREAK SPACE}", " ")
    assert "as long as no parameter is off its baseline by more than 0.425 % of its range" in told
    assert (
        "Proved: no combination of the three stocks of investment within their ranges makes Russia refrain."
        in told
    )
    assert (
        "Russian investment above 394.4 USD bn instead of 5.3, 11.8 times the upper end of its range" in told
    )
    assert re.search(r"26 properties: \d+ proved and \d+ refuted", told)


# -- what is proved ---------------------------------------------------------------------------------------------------
def test_certificates_among_the_files_prove_their_claims(study):
    proved = {claim.id: claim.n_cases for claim in study.analysis.claims if claim.n_cases}
    proved |= {
        c.certificate: c.n_cases for claim in study.analysis.claims for c in claim.conditions if c.n_cases
    }
    kept = {
        name.removeprefix("certificates/").removesuffix(".json")
        for name in study.files
        if name.startswith("certificates/")
    }
    assert kept == set(proved) and len(kept) >= 5
    certificate = certificates.load(study.folder / "certificates" / "C9c.json")
    assert certificates.check(certificate, kazakhstan.sequential()) == proved["C9c"]


def test_every_claim_is_proved_or_refuted(study, html):
    part = section(html, "claims")
    verdicts = [row["verdict"] for row in rows(study, "claims")]
    assert set(verdicts) == {"proved", "refuted"}
    for verdict in ("proved", "refuted"):
        assert part.count(f'class="verdict {verdict}"') == verdicts.count(verdict)
    assert all((c.counterexample is not None) == (c.verdict == "refuted") for c in study.analysis.claims)


def test_propositions_hold_where_they_say(study):
    found = study.analysis.conditions
    assert set(found) == {"baseline", "restraint", "support-after-limited", "support-after-full"}
    assert [conditions.holds_at() for conditions in found.values()] == [True, False, False, True]
    # The West's support is worth more than acquiescing by what is found in the table of thresholds.
    margins = found["support-after-full"].margin_at()
    alone = next(
        c
        for c in study.analysis.credibility
        if (c.player, c.action, c.reply, c.given) == ("West", "full", "support", "acquiesce")
    )
    assert margins["case 1: West [start]: acquiesce instead of support"] == alone.gain
    for k, key in enumerate(found, 1):
        text = (study.folder / "propositions" / f"{k}-{key}.tex").read_text(encoding="utf-8")
        assert text.startswith("\\begin{proposition}") or "\\begin{proposition}" in text


def test_the_maps_are_exact_and_saved_as_polygons(study):
    here = study.analysis.space.baseline
    for (x, y, after), found in study.analysis.planes.items():
        assert found.complete and sum(found.area_shares) == pytest.approx(1)
        (face,) = {found.face_at(here[x], here[y])}
        moves = moves_after(study.analysis.baseline[0], (after,) if after else ())
        assert face is not None and all(actions[0] in face.label for actions in moves.values())
        data = json.loads((study.folder / "maps" / f"plane-{x}-{y}-{after or 'play'}.geojson").read_text())
        assert {feature["properties"]["kind"] for feature in data["features"]} >= {"face"}
    assert ("N_WF", "G_F", None) in study.analysis.planes


def test_what_breaks_the_conclusion_breaks_it(study):
    a = study.analysis
    for radius in (a.robustness.box, a.robustness.l1):
        found = gt.subgame_perfect_equilibria(a.model.at(dict(radius.point)))
        assert choices(found) != a.choices
        assert radius.lower < radius.upper
    assert w.percent(a.robustness.box.lower, "down") == f"0.425{w.NB}%"
    assert w.percent(a.robustness.box.upper, "up") == f"0.427{w.NB}%"


def test_no_corner_of_the_investments_deters_and_the_way_beyond_does(study):
    import itertools

    a = study.analysis
    for corner in itertools.product(*((a.space[n].low, a.space[n].high) for n in EXPOSURES)):
        found = gt.subgame_perfect_equilibria(a.model.at(dict(zip(EXPOSURES, corner, strict=True))))
        assert "refrain" not in choices(found)
    assert a.levers["in range"].feasible is False
    for key in ("beyond", "replies"):
        found = a.levers[key]
        assert choices(gt.subgame_perfect_equilibria(a.model.at(dict(found.point)))) == ("refrain",)
        short = {
            lever.name: lever.baseline + (lever.limit - lever.baseline) * Fraction(99, 100)
            for lever in found.levers
        }
        assert choices(gt.subgame_perfect_equilibria(a.model.at(short))) == ("limited",)


def test_comparative_statics_are_differences_of_payoffs(study):
    a = study.analysis
    found = a.statics["as it is"]
    for player in ("Russia", "West", "China"):
        for name in ("E_W", "E_R", "G_L", "N_WL"):
            step = Fraction(1, 1000)
            (after,) = gt.subgame_perfect_equilibria(a.model.at({name: a.space[name].baseline + step}))
            rise = after.payoffs[player] - a.baseline[0].payoffs[player]
            assert found.derivative(f"payoff: {player}", name) == rise / step


# -- computations -----------------------------------------------------------------------------------------------------
def test_the_sign_of_an_effect_over_the_box_is_not_contradicted_by_random_points(study):
    import numpy as np

    rng = np.random.default_rng(0)
    space = study.analysis.space
    for c in study.analysis.credibility:
        names = sorted(gt.scalars.names(c.effect.derivative))
        for _ in range(20):
            values = {
                n: space[n].low + (space[n].high - space[n].low) * Fraction(int(rng.integers(0, 101)), 100)
                for n in names
            }
            value = gt.scalars.evaluate(c.effect.derivative, values)
            assert c.effect.least <= value <= c.effect.greatest


def test_effects_flip_exactly_where_they_are_said_to(study):
    for c in study.analysis.credibility:
        for turn in c.effect.turns:
            here = study.analysis.space.baseline
            assert gt.scalars.evaluate(c.effect.derivative, {**here, turn.name: turn.value}) == 0
            assert gt.scalars.evaluate(turn.formula, here) == turn.value


def test_a_reply_is_worth_its_cost_beyond_its_threshold_only(study):
    space = study.analysis.space
    for c in study.analysis.credibility:
        exposure_name = "E_W" if c.player == "West" else "E_C"
        if c.threshold is None:
            continue
        west = ("acquiesce", c.reply) if c.player == "West" else (c.given, c.given)
        china = ("acquiesce", c.reply) if c.player == "China" else (c.given, c.given)
        worth = signs.gain(space, c.action, c.player, west=west, china=china)
        for side in (-1, 1):
            at = gt.scalars.evaluate(worth, {**space.baseline, exposure_name: c.threshold + side})
            assert (at > 0) == (side == c.above)


def test_replies_after_an_action_are_those_of_its_subgame(study):
    a = study.analysis
    for action, found in a.after.items():
        assert [moves_after(e, ()) for e in found] == [moves_after(e, (action,)) for e in a.baseline]
    assert set(a.equilibria) == set(ORDERS) and set(a.wide) == set(EXPOSURES)


def test_the_nearest_switches_are_nearest(study):
    for row in study.analysis.switches:
        # Beyond the value, not before it.
        assert choices(row.becomes) != study.analysis.choices
        found = thresholds(
            study.analysis.model, row.name, over=tuple(sorted((row.baseline, row.value))), progress=False
        )
        assert {choices(i.equilibria) for i in found.intervals} == {study.analysis.choices}


# -- refusals ---------------------------------------------------------------------------------------------------------
def test_wrong_requests_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(UnknownName, match="did you mean 'kazakhstan'"):
        run_study("kazakstan", tmp_path / "x")
    with pytest.raises(UnknownName, match="did you mean 'E_W'"):
        run_study(out=tmp_path / "x", set={"EW": 1}, progress=False)
    with pytest.raises(ParameterError, match="a number is needed"):
        run_study(out=tmp_path / "x", set={"E_W": "k"}, progress=False)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "a.txt").write_text("a")
    with pytest.raises(GameTheoryError, match="which no study wrote"):
        run_study(out=tmp_path / "taken", progress=False)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["taken"]
