from __future__ import annotations

import pytest

from gametheory.errors import GameTheoryError
from gametheory.reports.folder import MARKER, fresh_folder


def put(target, text, **options):
    with fresh_folder(target, **options) as folder:
        (folder / "sub").mkdir()
        (folder / "sub" / "answer.txt").write_text(text)


def everything(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_folder_appears_whole_and_lists_its_files(tmp_path):
    put(tmp_path / "new" / "results", "1")
    assert (tmp_path / "new" / "results" / MARKER).read_text() == "sub/answer.txt\n"
    assert everything(tmp_path / "new") == [
        "results",
        f"results/{MARKER}",
        "results/sub",
        "results/sub/answer.txt",
    ]


def test_an_earlier_one_is_replaced(tmp_path):
    put(tmp_path / "results", "1")
    put(tmp_path / "results", "2")
    assert (tmp_path / "results" / "sub" / "answer.txt").read_text() == "2"
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_a_failure_leaves_the_earlier_one_and_nothing_else(tmp_path):
    put(tmp_path / "results", "1")

    def fail():
        with fresh_folder(tmp_path / "results") as folder:
            (folder / "half.txt").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert (tmp_path / "results" / "sub" / "answer.txt").read_text() == "1"
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_files_of_others_are_left_alone_unless_asked(tmp_path):
    target = tmp_path / "mine"
    target.mkdir()
    (target / "thesis.txt").write_text("years")
    with pytest.raises(GameTheoryError, match=r"thesis\.txt, which no study wrote"):
        put(target, "1")
    assert everything(target) == ["thesis.txt"] and [p.name for p in tmp_path.iterdir()] == ["mine"]
    put(target, "1", overwrite=True)
    assert not (target / "thesis.txt").exists()


def test_a_note_put_beside_the_results_is_not_lost(tmp_path):
    put(tmp_path / "results", "1")
    (tmp_path / "results" / "note.txt").write_text("important")
    with pytest.raises(GameTheoryError, match=r"note\.txt"):
        put(tmp_path / "results", "2")
    assert (tmp_path / "results" / "note.txt").read_text() == "important"


def test_an_empty_folder_is_used_and_a_file_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    put(tmp_path / "empty", "1")
    assert (tmp_path / "empty" / "sub" / "answer.txt").exists()
    (tmp_path / "file").write_text("x")
    for overwrite in (False, True):
        with pytest.raises(GameTheoryError, match="is a file"):
            put(tmp_path / "file", "1", overwrite=overwrite)
    with pytest.raises(GameTheoryError, match="cannot write"):
        put(tmp_path / "file" / "below", "1")
