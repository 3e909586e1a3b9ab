"""Spaces of parameters: views, changed copies, and files without loss."""

from __future__ import annotations

import os
import pickle
import string
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gametheory.errors import ModelFileError, ParameterError, UnknownName
from gametheory.parameters import Parameter, ParameterSpace

SPACE = ParameterSpace(
    Parameter("x_W", 134, 60, 160, unit="USD bn", role="lever", description='stock "in" Kazakhstan'),
    Parameter("k", "40/3", 10, 90),
    Parameter("share", 0.35, 0, 1),
    Parameter("c", 2, role="constant"),
)


def test_views() -> None:
    assert list(SPACE) == ["x_W", "k", "share", "c"]
    assert SPACE.baseline["share"] == Fraction(7, 20)
    assert SPACE.box["k"] == (10, 90)
    assert (SPACE.levers, SPACE.uncertainties) == (("x_W",), ("k", "share"))
    assert SPACE.to_frame().loc["k", "baseline"] == pytest.approx(40 / 3)
    assert "USD bn" in SPACE._repr_html_()


def test_symbols_follow_the_names_asked_for() -> None:
    x, k = SPACE.symbols("x_W, k")
    assert [str(s) for s in (x, k)] == ["x_W", "k"]
    assert SPACE.symbols("k") is k or SPACE.symbols("k") == k
    assert len(SPACE.symbols()) == 4
    assert ParameterSpace(Parameter("a", 1)).symbols() == (ParameterSpace(Parameter("a", 1)).symbols("a"),)
    with pytest.raises(UnknownName, match="did you mean 'share'"):
        SPACE.symbols("x_W shar")


def test_a_point_takes_the_baseline_where_nothing_is_given() -> None:
    point = SPACE.point({"k": "1/3"}, x_W=0.5)
    assert point == {"x_W": 0.5, "k": Fraction(1, 3), "share": Fraction(7, 20), "c": 2}
    assert isinstance(point["x_W"], float)
    with pytest.raises(UnknownName, match="did you mean 'x_W'"):
        SPACE.point(x_w=1)
    for bad in (float("nan"), "k + 1", True, object()):
        with pytest.raises(ParameterError, match="the value of parameter k"):
            SPACE.point(k=bad)


def test_duplicate_names_and_foreign_objects_are_refused() -> None:
    with pytest.raises(ParameterError, match="two parameters are called 'a'"):
        ParameterSpace(Parameter("a", 1), Parameter("a", 2))
    with pytest.raises(ParameterError, match="holds Parameter objects"):
        ParameterSpace("a")  # type: ignore[arg-type]  # the slip under test


def test_changed_copies() -> None:
    assert SPACE.replace("k", high=100)["k"].high == 100
    moved = SPACE.with_values(k=20, x_W="70.5")
    assert (moved["k"].baseline, moved["x_W"].baseline, moved["x_W"].low) == (20, Fraction(141, 2), 60)
    assert SPACE["k"].baseline == Fraction(40, 3)
    with pytest.raises(ParameterError, match="outside its range"):
        SPACE.with_values(k=5)
    with pytest.raises(UnknownName):
        SPACE.with_values(K=5)
    with pytest.raises(UnknownName):
        SPACE.replace("x", high=5)


def test_order_matters_to_equality_and_pickling_keeps_it() -> None:
    assert ParameterSpace(*reversed(list(SPACE.values()))) != SPACE
    copy = pickle.loads(pickle.dumps(SPACE))
    assert copy == SPACE
    assert hash(copy) == hash(SPACE)
    with pytest.raises(AttributeError, match="immutable"):
        SPACE._parameters = {}


names = st.text(string.ascii_letters + "_", min_size=1, max_size=5).map(lambda name: "p_" + name)


@st.composite
def parameters(draw: st.DrawFn) -> Parameter:
    low, baseline, high = sorted(draw(st.lists(st.fractions(), min_size=3, max_size=3)))
    texts = {field: draw(st.text(max_size=8)) for field in ("unit", "description", "basis", "source")}
    role = draw(st.sampled_from(["lever", "uncertainty"]))
    return Parameter(draw(names), baseline, low, high, role=role, **texts)


spaces = st.lists(parameters(), max_size=4, unique_by=lambda p: p.name).map(lambda ps: ParameterSpace(*ps))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(space=spaces)
def test_files_lose_nothing(tmp_path: Path, space: ParameterSpace) -> None:
    space.to_csv(tmp_path / "space.csv", overwrite=True)
    assert ParameterSpace.from_csv(tmp_path / "space.csv") == space
    space.to_toml(tmp_path / "space.toml", overwrite=True)
    if len(space):
        assert ParameterSpace.from_toml(tmp_path / "space.toml") == space


def test_an_existing_file_stays_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "space.csv"
    path.write_text("precious")
    with pytest.raises(ModelFileError, match=r"space\.csv: exists already"):
        SPACE.to_csv(path)
    assert path.read_text() == "precious"
    SPACE.to_csv(path, overwrite=True)
    assert ParameterSpace.from_csv(path) == SPACE
    assert os.listdir(tmp_path) == ["space.csv"]  # no temporary file stays behind


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "space.toml"
    path.write_text("precious")
    lone_surrogate = ParameterSpace(Parameter("a", 1, unit="\ud800"))
    with pytest.raises(UnicodeEncodeError):
        lone_surrogate.to_csv(path, overwrite=True)
    assert path.read_text() == "precious"
    assert os.listdir(tmp_path) == ["space.toml"]
    with pytest.raises(ModelFileError, match="cannot be written"):
        SPACE.to_toml(tmp_path / "nowhere" / "space.toml")


@pytest.mark.parametrize(
    "text, message",
    [
        ("name,baseline\na,1\nb,x\n", r"bad\.csv:3: .*baseline is the expression x"),
        ("name,baseline\na,1\na,2\n", r":3: a second row for parameter 'a'"),
        ("name,baselin\na,1\n", r":1: the column 'baseline' is missing"),
        ("name,baseline,hgih\na,1,2\n", r":1: unknown column 'hgih'; did you mean 'high'"),
        ("name,baseline\na,1,2\n", r":2: the row of 'a' has not as many cells"),
        ("name,baseline,low\na,1\n", r":2: the row of 'a' has not as many cells"),
        ("name,baseline\na,\n", r":2: .*baseline"),
        ("", r":1: the column 'name' is missing"),
        ('name,baseline\n"a\n', r"bad\.csv:"),
    ],
)
def test_a_bad_table_is_refused_by_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(ModelFileError, match=message):
        ParameterSpace.from_csv(path)


@pytest.mark.parametrize(
    "text, message",
    [
        (
            "[parameters.a]\nbaseline = 1\n\n[parameters.b]\nbaseline = true\n",
            r":5: parameters\.b\.baseline: must be",
        ),
        (
            "[parameters.a]\nbaseline = 1\n# more\nhgih = 2\n",
            r":4: parameters\.a\.hgih: .*did you mean 'high'",
        ),
        ("[parameters.a]\nlow = 1\n", r":1: parameters\.a: the key 'baseline' is missing"),
        ("[parameters]\na = { baseline = 1 }\nb = 3\n", r":3: parameters\.b: must be a table, not a number"),
        ("[parameters.a]\nbaseline = 1\nbaseline = 2\n", r":3: not valid TOML: Cannot overwrite a value"),
        ("[parameters.a]\nbaseline = nan\n", r":2: parameters\.a\.baseline: .*NaN"),
        ("[parameters.a]\nbaseline = 1e999999999\n", r":2: parameters\.a\.baseline: .*out of all proportion"),
        ("[parameters.a]\nbaseline = '__import__(\"os\")'\n", r":2: parameters\.a\.baseline: a call"),
        (
            "[parameters.a]\nbaseline = 'a + 1'\n",
            r":2: parameters\.a\.baseline: must be a number, not the expression",
        ),
        ("[parameters.a]\nbaseline = 5\nlow = 6\nhigh = 7\n", r":1: parameters\.a: .*outside its range"),
        ("[parameters.'2a']\nbaseline = 5\n", r":1: parameters\.2a: '2a' cannot name a parameter"),
        (
            '[parameters.a]\nbaseline = 1\nunit = """\nx\n"""\nrole = 3\n',
            r":6: parameters\.a\.role: must be text",
        ),
        ("x = 1\n", r"bad\.toml: has no parameters"),
        ("[parameters.a\n", r":1: not valid TOML"),
    ],
)
def test_a_bad_toml_file_is_refused_by_line_and_field(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(ModelFileError, match=message) as caught:
        ParameterSpace.from_toml(path)
    assert caught.value.path == path


def test_an_unreadable_file_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="cannot be read"):
        ParameterSpace.from_toml(tmp_path / "missing.toml")
    (tmp_path / "latin.csv").write_bytes("name,baseline,unit\na,1,\u00e9\n".encode("latin-1"))
    with pytest.raises(ModelFileError, match="not text in UTF-8"):
        ParameterSpace.from_csv(tmp_path / "latin.csv")
