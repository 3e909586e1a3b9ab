"""The command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import gametheory
from gametheory.cli import main

ROOT = Path(__file__).parent.parent
TRIPWIRE = str(ROOT / "examples" / "tripwire.toml")


def run(capsys, *arguments):
    code = main([*arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_value_outside_its_range_is_noted(capsys):
    code, out, err = run(capsys, "solve", TRIPWIRE, "--set", "x_W=1000", "--set", "k=40")
    assert code == 0 and out.startswith("1 subgame-perfect")
    assert err == "note: x_W = 1000 is outside its range, 60 to 160.\n"


def test_solve_prints_the_equilibria(capsys):
    code, out, err = run(capsys, "solve", TRIPWIRE)
    assert code == 0 and err == ""
    assert out.startswith("1 subgame-perfect equilibrium") and "Russia: refrain; West: [respond]" in out


def test_set_changes_the_answer(capsys):
    _, out, _ = run(capsys, "solve", TRIPWIRE, "--set", "x_W=120", "--set", "k=80/2")
    assert "Russia: act" in out


def test_solve_takes_normal_forms(capsys):
    _, out, _ = run(capsys, "solve", str(ROOT / "examples" / "hawk_dove.toml"))
    assert "Nash" in out


def test_solve_takes_games_of_gambits(capsys, tmp_path):
    table = tmp_path / "chicken.nfg"
    table.write_text('NFG 1 R "chicken" { "Ann" "Bob" } { 2 2 }  0 0  2 7  7 2  6 6')
    _, out, _ = run(capsys, "solve", str(table))
    assert out.startswith("3 Nash equilibria")
    tree = tmp_path / "TREE.EFG"
    gametheory.save_game(gametheory.catalog.load("centipede"), tree)
    _, out, _ = run(capsys, "solve", str(tree))
    assert out.startswith("1 subgame-perfect equilibrium") and "Ann: start→take" in out
    code, _, err = run(capsys, "solve", str(table), "--set", "x=1")
    assert code == 2 and "have no parameters; leave --set out" in err
    table.write_text('NFG 1 R "chicken" { "Ann" "Bob" } { 2 2 }\n0 0 x')
    code, _, err = run(capsys, "solve", str(table))
    assert code == 2 and f"{table}:2:1: the file is too short" in err


def test_thresholds_are_exact_and_the_interval_can_be_given(capsys):
    code, out, _ = run(
        capsys, "thresholds", TRIPWIRE, "x_W", "--over", "0", "300", "--set", "k=30", "--quiet"
    )
    assert code == 0
    assert "x_W from 0 to 300: 1 threshold" in out and "x_W = 100:" in out


def test_ends_of_the_interval_may_be_negative_fractions(capsys):
    code, out, _ = run(capsys, "thresholds", TRIPWIRE, "x_W", "--over", "-1/3", "-.25", "--quiet")
    assert code == 0
    assert "x_W from -1/3 to -0.25: no thresholds" in out


def test_a_map_of_one_parameter_follows_branches(capsys):
    code, out, _ = run(capsys, "map", TRIPWIRE, "x_W", "--set", "k=30", "--quiet")
    assert code == 0
    assert "x_W from 60 to 160: 2 branches" in out and "x_W = 100: payoff tie" in out


def test_a_map_of_two_parameters_is_saved_as_polygons(capsys, tmp_path):
    file = tmp_path / "map.geojson"
    code, out, _ = run(capsys, "map", TRIPWIRE, "x_W", "k", "--geojson", str(file), "--quiet")
    assert code == 0
    assert "on k = 3*x_W/10, West [act]: respond or acquiesce" in out
    kinds = {feature["properties"]["kind"] for feature in json.loads(file.read_text())["features"]}
    assert kinds == {"face", "curve", "vertex"}
    code, out, _ = run(capsys, "map", TRIPWIRE, "x_W", "k", "--after", "act", "--quiet")
    assert code == 0 and "West acquiesce" in out and "refrain" not in out


def test_conditions_are_derived_solved_and_stated(capsys):
    claim = "P(Russia: refrain) = 1"
    code, out, _ = run(capsys, "conditions", TRIPWIRE, claim, "--quiet")
    assert code == 0 and "x_W*(3 - 2*p) >= 6*k [West [act]: acquiesce instead of respond]" in out
    _, out, _ = run(capsys, "conditions", TRIPWIRE, claim, "--for", "x_W", "--set", "k=30", "--quiet")
    assert "x_W >= 180/(3 - 2*p)" in out
    _, out, _ = run(capsys, "conditions", TRIPWIRE, claim, "--proposition", "--quiet")
    assert out.startswith("Proposition.") and "Proof." in out
    _, out, _ = run(capsys, "conditions", TRIPWIRE, claim, "--proposition", "--latex", "--quiet")
    assert "\\begin{proposition}" in out


def test_a_claim_is_proved_or_refuted(capsys, tmp_path):
    file = tmp_path / "proof.json"
    code, out, _ = run(
        capsys,
        "verify",
        TRIPWIRE,
        "P(Russia: act) never rises with x_W",
        "--set",
        "k=30",
        "--save",
        str(file),
        "--quiet",
    )
    assert code == 0 and "proved for all values of 2 parameters" in out
    model = gametheory.load_model(TRIPWIRE)
    certificates = gametheory.sensitivity.certificates
    assert certificates.check(certificates.load(file), model) > 0
    code, out, err = run(
        capsys, "verify", TRIPWIRE, "P(Russia: act) = 0", "--save", str(tmp_path / "no.json"), "--quiet"
    )
    assert code == 0 and "refuted: with" in out
    assert "nothing was proved" in err and not (tmp_path / "no.json").exists()


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["map", TRIPWIRE, "x_W", "k", "p"], "a map is of one parameter or of two, not of 3"),
        (["map", TRIPWIRE, "x_W", "--after", "act"], "--after is for maps of two parameters"),
        (
            ["map", TRIPWIRE, "x_W", "k", "--geojson", "no-such-folder/map.json"],
            "cannot write to no-such-folder",
        ),
        (["conditions", TRIPWIRE, "P(Russia: act)", "--for", "k", "--proposition"], "give one of them"),
        (["verify", TRIPWIRE, "P(Russia: acts) = 0"], "acts"),
    ],
)
def test_wrong_requests_to_the_new_doors(capsys, arguments, message):
    code, out, err = run(capsys, *arguments, "--quiet")
    assert code == 2 and out == "" and message in err


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["solve", "no-such-file.toml"], "no-such-file.toml: cannot be read"),
        (["thresholds", TRIPWIRE, "xW"], "unknown parameter 'xW'; did you mean 'x_W'?"),
        (["thresholds", TRIPWIRE, "x_W", "--over", "3", "1"], "give over=(low, high) with low < high"),
        (["solve", TRIPWIRE, "--set", "x_W"], "--set x_W: write NAME=VALUE"),
        (["solve", TRIPWIRE, "--set", "k=1", "--set", "k=2"], "--set gives k twice"),
        (["solve", TRIPWIRE, "--set", "k=__import__('os')"], "only numbers, parameter names"),
        (["study", "kazakhstan", "--out", str(ROOT / "examples")], "which no study wrote"),
    ],
)
def test_errors_are_one_clear_line(capsys, arguments, message):
    code, out, err = run(capsys, *arguments)
    assert code == 2 and out == ""
    assert message in err
    assert err.startswith("gametheory: ") and err.count("\n") == 1


def test_a_faulty_file_is_named_with_line_and_field(capsys, tmp_path):
    file = tmp_path / "bad.toml"
    file.write_text(Path(TRIPWIRE).read_text().replace("high = 160", "high = 16"))
    code, _, err = run(capsys, "solve", str(file))
    assert code == 2 and "bad.toml" in err and "x_W" in err and "Traceback" not in err


def test_usage_errors_and_version(capsys):
    for arguments in ([], ["frobnicate"], ["study", "atlantis"], ["solve"]):
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 2
        assert "usage: gametheory" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.strip() == f"gametheory {gametheory.__version__}"


def test_study_prints_a_dozen_lines_and_where_the_report_is(capsys, tmp_path):
    code, out, _ = run(
        capsys, "study", "kazakhstan", "--out", str(tmp_path / "out"), "--set", "G_L=20", "--quiet"
    )
    assert code == 0
    assert "At the baseline Russia refrains." in out
    assert f"Report: {tmp_path / 'out' / 'report.html'}" in out
    assert (tmp_path / "out" / "report.html").is_file()
    assert len(out.strip().splitlines()) <= 26


def test_help_and_errors_need_no_heavy_modules():
    code = (
        "import sys; from gametheory.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "main(['solve', 'missing.toml'])\n"
        "print([m for m in ('matplotlib', 'xarray', 'numba') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip().endswith("[]")


@pytest.mark.skipif(os.name != "posix", reason="signals as terminals send them")
def test_an_interrupt_is_clean(tmp_path):
    target = tmp_path / "study"
    process = subprocess.Popen(
        [sys.executable, "-m", "gametheory.cli", "study", "kazakhstan", "--out", str(target)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stderr is not None
    # Until it computes: while modules are imported, Python itself may swallow an interrupt.
    told = ""
    while "thresholds in" not in told:
        told += process.stderr.read(1)
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.endswith("gametheory: interrupted\n") and "Traceback" not in err
    assert list(tmp_path.iterdir()) == []
