"""Games from files and to files."""

from __future__ import annotations

import os
import pickle
import stat

import pytest

import gametheory as gt
from gametheory.games.files import _disk

TABLE = 'NFG 1 R "t" { "A" } { 2 } 1 1/3'
TREE = 'EFG 2 R "t" { "A" } "" p "" 1 1 "" { "x" "y" } 0 t "" 1 "" { 1 } t "" 2 "" { 1/3 }'


@pytest.mark.parametrize("name", ["game.nfg", "game.efg", "game.txt", "game"])
def test_the_first_word_says_what_a_file_holds(tmp_path, name):
    path = tmp_path / name
    path.write_text(f"\ufeff\r\n {TABLE}")
    assert isinstance(gt.load_game(path), gt.NormalFormGame)
    path.write_text(TREE)
    assert isinstance(gt.load_game(str(path)), gt.ExtensiveGame)
    assert gt.load_game(path, numbers="float").domain == "real"


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", ":1: the file is empty; expected a game of Gambit's, which begins with NFG or EFG"),
        (b"\n\nname = 'x'", ":3: found 'name'; expected a game of Gambit's"),
        (b"#AGG\n2", ":1: an action-graph game (.agg), which is not read here"),
        (b"#BAGG\n2", "a Bayesian action-graph game (.bagg)"),
        (b"<?xml version", "a workbook of Gambit's graphical interface (.gbt)"),
        (b"NFG 1 R \xff", "not text in UTF-8 (byte 8)"),
        (b"NFG 1 R 'x'", ":1:9: found \"'x'\"; expected the title"),
    ],
)
def test_what_is_no_game_is_explained(tmp_path, content, message):
    path = tmp_path / "game.nfg"
    path.write_bytes(content)
    with pytest.raises(gt.GameFileError) as caught:
        gt.load_game(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)


def test_errors_have_their_place_and_can_be_pickled(tmp_path):
    path = tmp_path / "game.nfg"
    path.write_text('NFG 1 R "t" { "A" }\n{ 2 } 1 x')
    with pytest.raises(gt.GameFileError) as caught:
        gt.load_game(path)
    error = caught.value
    assert (error.path, error.line, error.column) == (path, 2, 9)
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error)
    assert (copy.line, copy.column, copy.message) == (error.line, error.column, error.message)
    with pytest.raises(gt.GameFileError, match="cannot be read: No such file"):
        gt.load_game(tmp_path / "none.nfg")
    with pytest.raises(gt.GameFileError, match="cannot be read: Is a directory"):
        gt.load_game(tmp_path)


def test_a_file_is_replaced_only_when_asked_for(tmp_path):
    path = tmp_path / "game.nfg"
    first, second = gt.NormalFormGame([[1, 2]]), gt.NormalFormGame([[3, 4]])
    gt.save_game(first, path, comment="first")
    assert '"first"' in path.read_text()
    with pytest.raises(gt.GameFileError, match=r"exists already; give another path, or overwrite=True"):
        gt.save_game(second, path)
    assert gt.load_game(path) == first
    path.chmod(0o640)
    gt.save_game(second, path, overwrite=True)
    assert gt.load_game(path) == second
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["game.nfg"]
    with pytest.raises(gt.GameFileError, match="cannot be written: No such file"):
        gt.save_game(first, tmp_path / "none" / "game.nfg")


def test_a_failure_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "game.nfg"
    gt.save_game(gt.NormalFormGame([[1, 2]]), path)
    before = path.read_text()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_disk.os, "replace", fail)
    with pytest.raises(gt.GameFileError, match="cannot be written: No space left on device"):
        gt.save_game(gt.NormalFormGame([[3, 4]]), path, overwrite=True)
    assert path.read_text() == before
    assert os.listdir(tmp_path) == ["game.nfg"]


def test_the_kind_of_file_must_fit_the_game(tmp_path):
    table, tree = gt.NormalFormGame([[1, 2]]), gt.ExtensiveGame(gt.Outcome(A=1))
    with pytest.raises(
        gt.GameFileError, match=r"an \.efg file holds a tree and this is a game in normal form"
    ):
        gt.save_game(table, tmp_path / "game.EFG")
    with pytest.raises(
        gt.GameFileError, match=r"an \.nfg file holds a game in normal form and this is a tree"
    ):
        gt.save_game(tree, tmp_path / "game.nfg")
    with pytest.raises(gt.Unsupported, match=r"models are written by gt\.save_model"):
        gt.save_game("a game", tmp_path / "game.nfg")
    assert os.listdir(tmp_path) == []
    gt.save_game(tree, tmp_path / "game.txt")
    assert gt.load_game(tmp_path / "game.txt") == tree
