"""Model files: what is saved is what is loaded, and what is wrong is said by line and field."""

from __future__ import annotations

import os
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.errors import ModelFileError, Unsupported
from gametheory.models import kazakhstan
from gametheory.parameters.model_file import format_model, parse_model

TREE = """\
name = "tripwire"
players = ["Russia", "West"]

[parameters.x_W]
baseline = 134
low = 60
high = 160

[parameters.k]
baseline = "40/3"

[tree]
"(root)" = { player = "Russia" }
refrain = { label = "status quo", payoffs = { Russia = 0, West = 0 } }
act = { player = "West", infoset = "alarm" }
"act/acquiesce" = { payoffs = { Russia = 50, West = "-x_W/2" } }
"act/respond" = { chance = { success = 0.35, failure = "1 - 0.35" } }
"act/respond/success" = { payoffs = [10, "-x_W"] }
"act/respond/failure" = { payoffs = [-20, "-x_W/5 - k"] }
"""
TABLE = """\
name = "table"

[parameters.x]
baseline = 1

[strategies]
Russia = ["act", "refrain"]
West = ["respond", "acquiesce"]

[table]
"act/respond" = { Russia = "x - 3", West = -1 }
"act/acquiesce" = [5, "-x"]
"refrain/respond" = [0, 0]
"refrain/acquiesce" = [0, 0.1]
"""


def test_a_tree_is_read_exactly() -> None:
    model = parse_model(TREE)
    assert model.name == "tripwire"
    x_W, k = model.space.symbols("x_W k")
    tree = gt.Decision(
        "Russia",
        {
            "refrain": gt.Outcome("status quo", Russia=0, West=0),
            "act": gt.Decision(
                "West",
                {
                    "acquiesce": gt.Outcome(Russia=50, West=-x_W / 2),
                    "respond": gt.Chance(
                        {
                            "success": ("7/20", gt.Outcome(Russia=10, West=-x_W)),
                            "failure": ("13/20", gt.Outcome(Russia=-20, West=-x_W / 5 - k)),
                        }
                    ),
                },
                infoset="alarm",
            ),
        },
    )
    assert model.game == gt.ExtensiveGame(tree)
    assert model.space.baseline == {"x_W": 134, "k": Fraction(40, 3)}


def test_a_table_is_read_exactly() -> None:
    model = parse_model(TABLE)
    assert isinstance(model.game, gt.NormalFormGame)
    assert model.game.strategies == (("act", "refrain"), ("respond", "acquiesce"))
    assert model.at(x="1/2").payoff("act", "respond") == {"Russia": Fraction(-5, 2), "West": -1}  # type: ignore[union-attr]
    assert model.at().payoff("refrain", "acquiesce")["West"] == Fraction(1, 10)  # type: ignore[union-attr]


def test_nodes_may_be_tables_of_their_own() -> None:
    lines = TREE.split("\n")
    row = lines.index('"act/acquiesce" = { payoffs = { Russia = 50, West = "-x_W/2" } }')
    lines.pop(row)
    text = "\n".join(lines) + '\n[tree."act/acquiesce".payoffs]\nRussia = 50\nWest = "-x_W/2"\n'
    found, stated = parse_model(text), parse_model(TREE)
    assert found.at().players == stated.at().players  # the order of the actions follows the file
    assert found.game.infosets[1].actions == ("respond", "acquiesce")  # type: ignore[union-attr]  # a tree


def test_outcomes_and_options() -> None:
    text = TREE.replace("players", 'title = "A tripwire"\nplayers', 1)
    text += '[outcomes]\nattack = "P(Russia: act)"\n"payoff: West" = "payoff: West"\n'
    model = parse_model(text)
    assert model.game.title == "A tripwire"
    assert list(model.outcomes) == ["attack", "payoff: West"]
    assert parse_model(format_model(model)) == model
    assert parse_model(format_model(model)).game.title == "A tripwire"


# ---------------------------------------------------------------------------------------------------------------------
# What is wrong
# ---------------------------------------------------------------------------------------------------------------------
def change(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


BAD_TREES = {
    "code": ('"-x_W/2"', '\'__import__("os").system("echo no")\'', r":16: tree\.\"act/acquiesce\"\.payoffs\.West: a call"),
    "attribute": ('"-x_W/2"', '"x_W.real"', r":16: tree\.\"act/acquiesce\"\.payoffs\.West: .*not arithmetic"),
    "power": ('"-x_W/2"', '"9**9**9"', r":16: tree\.\"act/acquiesce\"\.payoffs\.West: "),
    "zero": ('"-x_W/2"', '"x_W/(1 - 1)"', r":16: .*division by zero"),
    "symbol": ('"-x_W/2"', '"-x_w/2"', r":16: .*\.West: unknown parameter 'x_w'; did you mean 'x_W'"),
    "nan": ("Russia = 50", "Russia = nan", r":16: .*\.Russia: .*NaN"),
    "infinite": ("Russia = 50", "Russia = inf", r":16: .*\.Russia: .*Infinity"),
    "enormous": ("Russia = 50", "Russia = 1e99999999", r":16: .*\.Russia: the number .* out of all proportion"),
    "truth": ("Russia = 50", "Russia = true", r":16: .*\.Russia: must be a number or an expression .* not a truth value"),
    "date": ("Russia = 50", "Russia = 1979-05-27", r":16: .*\.Russia: must be a number or an expression .* not a date"),
    "player": ("Russia = 50", "Rusia = 50", r":16: .*\.payoffs\.Rusia: unknown key 'Rusia'; did you mean 'Russia'"),
    "no payoff": ("Russia = 50, ", "", r":16: tree\.\"act/acquiesce\"\.payoffs: the key 'Russia' is missing"),
    "short list": ("[10, ", "[", r":18: .*has 1 payoffs for the 2 players Russia, West"),
    "list of lists": ("[10, ", "[[10], ", r":18: .*must be a number or an expression in quotes, not a list"),
    "key": ("label", "lable", r":14: tree\.refrain\.lable: unknown key 'lable'; did you mean 'label'"),
    "kind": ("player = \"West\"", "playr = \"West\"", r":15: tree\.act\.playr: unknown key 'playr'; did you mean 'player'"),
    "two kinds": ("infoset = \"alarm\"", "payoffs = [1, 2]", r":15: tree\.act: must have one of .* not 2 of them"),
    "no kind": ("{ player = \"West\", infoset = \"alarm\" }", "{}", r":15: tree\.act: must have one of .* not 0"),
    "foreign key": ("label = \"status quo\"", "stage = 1", r":14: tree\.refrain\.stage: unknown key 'stage'"),
    "not a node": ("{ player = \"West\", infoset = \"alarm\" }", "3", r":15: tree\.act: must be a table, not a number"),
    "orphan": ('"act/acquiesce"', '"acct/acquiesce"', r":16: tree\.\"acct/acquiesce\": .*unknown node 'acct'; did you mean 'act'"),
    "no root": ('"(root)"', "root", r":12: tree: the key '\(root\)' is missing"),
    "childless": ('act = {', '"act/wait" = { player = "West" }\nact = {', r":15: tree\.\"act/wait\": is a decision, but no"),
    "after the end": ("act = {", '"refrain/x" = { payoffs = [0, 0] }\nact = {', r":14: tree\.refrain: is an outcome, but 'x'"),
    "branch": ("failure = \"1", "failrue = \"1", r":17: tree\.\"act/respond\"\.chance: .*node 'act/respond/failrue'.* missing"),
    "no chance": (', failure = "1 - 0.35"', "", r":17: tree\.\"act/respond\"\.chance: gives no probability to 'failure'"),
    "sum": ('"1 - 0.35"', "0.6", r"tree: .*act/respond"),
    "negative": ('success = 0.35, failure = "1 - 0.35"', "success = -0.5, failure = 1.5", r"tree: .*act/respond"),
    "infoset": ('player = "Russia" }', 'player = "Russia", infoset = "alarm" }', r"tree: .*'alarm'"),
    "stage": ('infoset = "alarm"', 'stage = "one"', r":15: tree\.act: .*stage"),
    "recall": ("players =", "allow_imperfect_recall = 1\nplayers =", r":2: allow_imperfect_recall: must be true or false"),
    "top": ("players", "palyers", r":2: palyers: unknown key 'palyers'; did you mean 'players'"),
    "players": ('["Russia", "West"]', '"Russia"', r":2: players: must be a list of texts"),
    "unlisted": ('["Russia", "West"]', '["Russia", "West", "China"]', r":18: .*has 2 payoffs for the 3 players Russia, West, China"),
    "name": ('name = "tripwire"\n', "", r"bad\.toml: the key 'name' is missing"),
    "name type": ('"tripwire"', "3", r":1: name: must be text"),
    "numbers": ("players =", 'numbers = "exactly"\nplayers =', r":2: numbers: must be 'exact' or 'float'"),
    "formula": ("players =", 'numbers = "float"\nplayers =', r":19: tree\.\"act/respond/success\"\.payoffs: .*no formulas"),
    "range": ("high = 160", "high = 100", r":4: parameters\.x_W: .*outside its range"),
    "parameter": ("low = 60", "lo = 60", r":6: parameters\.x_W\.lo: unknown key 'lo'; did you mean 'low'"),
    "duplicate": ("low = 60", "low = 60\nlow = 61", r":7: not valid TOML: Cannot overwrite a value"),
    "twice": ("act = {", "refrain = { payoffs = [1, 1] }\nact = {", r":15: not valid TOML: "),
    "strategies": ("[tree]", "[strategies]\nRussia = []\n[tree]", r":12: strategies: belongs to a \[table\]"),
    "both": ("[tree]", "[table]\n[tree]", r"either a \[tree\] or a \[table\]"),
    "outcome": ("[tree]", '[outcomes]\na = "P(Russia: attack)"\n[tree]', r":13: outcomes\.a: unknown action .* 'attack'"),
    "outcome kind": ("[tree]", '[outcomes]\na = 3\n[tree]', r":13: outcomes\.a: must be text"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD_TREES)
def test_a_bad_tree_is_refused_by_line_and_field(tmp_path: Path, fault: str) -> None:
    old, new, message = BAD_TREES[fault]
    path = tmp_path / "bad.toml"
    path.write_text(change(TREE, old, new))
    with pytest.raises(ModelFileError, match=message) as caught:
        gt.load_model(path)
    assert caught.value.path == path
    assert str(path) in str(caught.value)


BAD_TABLES = {
    "strategy": ('"act/acquiesce"', '"act/aquiesce"', r"line 12: table\.\"act/aquiesce\": .*did you mean 'acquiesce'"),
    "profile": ('"act/acquiesce"', '"act"', r"line 12: table\.act: names 1 strategies for the 2 players Russia, West"),
    "incomplete": ('"act/acquiesce" = [5, "-x"]\n', "", r"line 10: table: .*\(act, acquiesce\)"),
    "empty": ('["respond", "acquiesce"]', "[]", r"line 11: table\.\"act/respond\": unknown strategy of 'West'"),
    "no strategies": ('[strategies]\nRussia = ["act", "refrain"]\nWest = ["respond", "acquiesce"]', "", "'strategies' is missing"),
    "repeated": ('["act", "refrain"]', '["act", "act", "refrain"]', r"line 10: table: .*'act' occurs twice"),
    "code": ('"x - 3"', '"exec(1)"', r"line 11: table\.\"act/respond\"\.Russia: a call"),
    "recall": ("[strategies]", "allow_imperfect_recall = true\n[strategies]", r"parameters\.x\.allow"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD_TABLES)
def test_a_bad_table_is_refused_by_line_and_field(fault: str) -> None:
    old, new, message = BAD_TABLES[fault]
    with pytest.raises(ModelFileError, match=message):
        parse_model(change(TABLE, old, new))


def test_a_file_without_a_game_or_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"either a \[tree\] or a \[table\]"):
        parse_model('name = "nothing"')
    with pytest.raises(ModelFileError, match="cannot be read"):
        gt.load_model(tmp_path / "missing.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelFileError, match="UTF-8"):
        gt.load_model(tmp_path / "binary.toml")
    with pytest.raises(ModelFileError, match=r"nests too deeply|not valid TOML"):
        parse_model("x = " + "[" * 100_000)


def test_nothing_in_a_file_is_executed(tmp_path: Path) -> None:
    target = tmp_path / "touched"
    code = f"__import__('pathlib').Path('{target}').touch()"
    with pytest.raises(ModelFileError, match="a call"):
        parse_model(change(TREE, '"-x_W/2"', f'"{code}"'))
    assert not target.exists()


def test_thousands_of_lines_and_one_fault_are_read_in_reasonable_steps() -> None:
    # The position is found by bisection: some dozen readings of the file, not one for each line.
    rows = [f'"a{k}" = {{ payoffs = {{ A = {k} }} }}' for k in range(3000)]
    rows[2500] = '"a2500" = { payoffs = { A = "1 +" } }'
    text = "\n".join(['name = "long"', "[tree]", '"(root)" = { player = "A" }', *rows])
    with pytest.raises(ModelFileError, match=r"line 2504: tree\.a2500\.payoffs\.A"):
        parse_model(text)


# ---------------------------------------------------------------------------------------------------------------------
# What is saved is what is loaded
# ---------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("order", ["simultaneous", "west_first", "china_first"])
def test_the_flagship_survives_its_file(tmp_path: Path, order: Any) -> None:
    model = kazakhstan.sequential(order)
    gt.save_model(model, tmp_path / "model.toml")
    assert gt.load_model(tmp_path / "model.toml") == model


def test_the_flagships_table_survives_its_file(tmp_path: Path) -> None:
    model = kazakhstan.simultaneous()
    gt.save_model(model, tmp_path / "model.toml")
    assert gt.load_model(tmp_path / "model.toml") == model


def test_an_existing_file_stays_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "model.toml"
    path.write_text("precious")
    with pytest.raises(ModelFileError, match="overwrite=True"):
        gt.save_model(parse_model(TREE), path)
    assert path.read_text() == "precious"
    gt.save_model(parse_model(TREE), path, overwrite=True)
    assert gt.load_model(path) == parse_model(TREE)
    assert os.listdir(tmp_path) == ["model.toml"]


def test_a_function_cannot_be_saved(tmp_path: Path) -> None:
    tree = parse_model(TREE)
    model = gt.Model("f", tree.game, tree.space, {"mine": lambda equilibrium: 1})
    with pytest.raises(Unsupported, match=r"'mine' .* is a Python function"):
        gt.save_model(model, tmp_path / "model.toml")
    assert os.listdir(tmp_path) == []


def test_imperfect_recall_survives() -> None:
    inner = {
        a: gt.Decision("A", {"x": gt.Outcome(A=1), "y": gt.Outcome(A=0)}, infoset="lost") for a in ("l", "r")
    }
    game = gt.ExtensiveGame(gt.Decision("A", inner), allow_imperfect_recall=True)
    model = gt.Model("forgetful", game, gt.ParameterSpace())
    assert parse_model(format_model(model)) == model


def test_a_tree_as_deep_as_pythons_stack_survives() -> None:
    node: Any = gt.Outcome(A=0)
    for _ in range(sys.getrecursionlimit() + 100):
        node = gt.Decision("A", {"s": gt.Outcome(A=1), "g": node})
    model = gt.Model("deep", gt.ExtensiveGame(node), gt.ParameterSpace())
    assert parse_model(format_model(model)) == model


# Names of outcomes are read without regard to blanks around players and actions.
labels = st.text(min_size=1, max_size=4).map(str.strip).filter(bool) | st.sampled_from(
    ["(root)", "a/b", "~1", "~", "/", "~2", "."]
)
exact = st.fractions(max_denominator=10**9) | st.sampled_from(["x", "x*y - 1/3", "1/(x + y)", "2*x**3 - x/7"])
floats = st.floats(allow_nan=False, allow_infinity=False)
SPACE = gt.ParameterSpace(gt.Parameter("x", 1, 0, 2), gt.Parameter("y", "1/3"))


@st.composite
def tables(draw: st.DrawFn) -> gt.NormalFormGame:
    players = draw(st.lists(labels, min_size=1, max_size=3, unique=True))
    strategies = [draw(st.lists(labels, min_size=1, max_size=3, unique=True)) for _ in players]
    numbers = draw(st.sampled_from([exact, floats]))
    return gt.NormalFormGame.from_function(
        lambda *profile: [draw(numbers) for _ in players],
        dict(zip(players, strategies, strict=True)),
        title=draw(labels),
    )


@st.composite
def trees(draw: st.DrawFn) -> gt.ExtensiveGame:
    """Trees of up to three levels with chance moves, stages and labels of any kind."""
    players = draw(st.lists(labels, min_size=2, max_size=2, unique=True))
    numbers = draw(st.sampled_from([exact, floats]))

    def outcome() -> Any:
        return gt.Outcome(draw(st.none() | labels), {player: draw(numbers) for player in players})

    def node(depth: int) -> Any:
        kind = draw(st.sampled_from(["outcome", "decision", "chance", "stage"])) if depth else "outcome"
        if kind == "outcome":
            return outcome()
        names = draw(st.lists(labels, min_size=1, max_size=2, unique=True))
        if kind == "stage":
            return gt.simultaneous(dict.fromkeys(players, names), lambda *profile: node(depth - 1))
        if kind == "chance":
            weights = [draw(st.integers(0, 5)) for _ in names[1:]]
            probabilities = [Fraction(w, 10) for w in weights]
            probabilities.append(1 - sum(probabilities, Fraction(0)))
            return gt.Chance(
                {name: (p, node(depth - 1)) for name, p in zip(names, probabilities, strict=True)}
            )
        return gt.Decision(draw(st.sampled_from(players)), {name: node(depth - 1) for name in names})

    return gt.ExtensiveGame(node(3), players)


@settings(max_examples=60, deadline=None)
@given(tables() | trees(), labels)
def test_any_model_survives_its_file(game: Any, name: str) -> None:
    model = gt.Model(name, game, SPACE)
    text = format_model(model)
    found = parse_model(text)
    assert found == model
    assert found.game.domain == game.domain
    assert format_model(found) == text
