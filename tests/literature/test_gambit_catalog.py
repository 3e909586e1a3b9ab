"""The games that come with Gambit: read, written, read by Gambit again, and solved by both."""

from __future__ import annotations

import io
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import gametheory as gt
from gametheory.games.files import efg, nfg
from gametheory.games.files.exports import to_pygambit

pygambit = pytest.importorskip("pygambit", minversion="17.0.0b2")

FOLDER = Path(pygambit.__file__).parent / "catalog_data"
FILES = sorted(FOLDER.rglob("*.?fg"))
#: In these games a player forgets; they are read when that is allowed.
FORGETFUL = {
    "books/shohamleytonbrown2008/fig5_12": "absent-mindedness",
    "books/vonstengel2022/fig10.7": "imperfect recall",
    "journals/geb/gilboa1997/fig1": "absent-mindedness",
    "journals/geb/gilboa1997/fig2": "imperfect recall",
    "journals/geb/wichardt2008": "imperfect recall",
}


def name(path):
    return path.relative_to(FOLDER).with_suffix("").as_posix()


def load(path):
    return gt.load_game(path, allow_imperfect_recall=True) if path.suffix == ".efg" else gt.load_game(path)


def entries(text):
    """The nodes of an .efg file, without the names that Gambit gives to outcomes that have none."""
    lines = [line for line in text.splitlines() if line[:2] in ("c ", "p ", "t ")]
    result = []
    for line in lines:
        line = re.sub(r'"_\d+"(?= \{)', '""', line)
        head, _, payoffs = line.rpartition("{") if line.startswith("t") else (line, "", "")
        result.append(
            (head, [Fraction(value) for value in re.findall(r"[-\d./]+", payoffs)] if payoffs else [])
        )
    return result


def test_gambit_still_has_its_catalog():
    assert len(FILES) >= 38
    assert set(FORGETFUL) <= {name(path) for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_games_come_back_through_both_programs(path):
    game = load(path)
    if isinstance(game, gt.ExtensiveGame):
        text = efg.dumps(game)
        assert efg.loads(text, allow_imperfect_recall=True) == game
        ours, theirs = (pygambit.read_efg(source) for source in (io.BytesIO(text.encode()), str(path)))
        # Their writer says everything of a tree: the nodes, players, information sets, actions, chances and payoffs.
        assert entries(ours.to_efg()) == entries(theirs.to_efg())
        return
    for version in ("payoff", "outcome"):
        text = nfg.dumps(game, version=version)
        assert nfg.loads(text) == game
        ours, theirs = (pygambit.read_nfg(source) for source in (io.BytesIO(text.encode()), str(path)))
        assert np.array_equal(ours.to_arrays(Fraction), theirs.to_arrays(Fraction))
        assert [ours.get_strategies(p) for p in game.players] == [
            theirs.get_strategies(p) for p in game.players
        ]


@pytest.mark.parametrize("path", FILES, ids=name)
def test_imperfect_recall_must_be_allowed(path):
    if name(path) not in FORGETFUL:
        gt.load_game(path)
        return
    with pytest.raises(gt.GameFileError, match=FORGETFUL[name(path)]) as caught:
        gt.load_game(path)
    assert caught.value.path == path


@pytest.mark.parametrize("path", [path for path in FILES if name(path) not in FORGETFUL], ids=name)
def test_the_strategic_forms_agree(path):
    game = load(path)
    table = gt.strategic_form(game) if isinstance(game, gt.ExtensiveGame) else game
    read = pygambit.read_efg if path.suffix == ".efg" else pygambit.read_nfg
    theirs = np.array(read(str(path)).to_arrays(Fraction), dtype=object)
    cells = [
        Counter(map(tuple, array.reshape(len(array), -1).T.tolist())) for array in (table.payoffs, theirs)
    ]
    # Reduced strategies may be ordered and counted in another way; the same payoffs arise.
    assert set(cells[0]) == set(cells[1])
    if table.payoffs.shape == theirs.shape:
        assert cells[0] == cells[1]


@pytest.mark.parametrize("path", [path for path in FILES if name(path) not in FORGETFUL], ids=name)
def test_the_equilibria_agree(path):
    game = load(path)
    table = gt.strategic_form(game) if isinstance(game, gt.ExtensiveGame) else game
    small = table.n_players == 2 and max(table.shape) <= 6
    found = gt.nash_equilibria(table, method="auto" if small else "pure")
    assert found.complete or not small
    there = to_pygambit(table, pygambit)
    solve = pygambit.nash.enummixed_solve if small else pygambit.nash.enumpure_solve
    expected = {
        tuple(tuple(Fraction(int(p.numerator), int(p.denominator)) for _, p in mixed) for mixed in profile)
        for profile in (solve(there, rational=True) if small else solve(there)).equilibria
    }
    assert {tuple(tuple(array.tolist()) for array in e.profile.arrays) for e in found} == expected
