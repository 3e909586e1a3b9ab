"""Whatever a file holds, reading it gives a game or one of the package's own errors.

``tests/fuzz/fuzz_gambit_files.py`` looks for more with coverage as its guide.
"""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import gametheory as gt
from gametheory.games.files import efg, nfg
from gametheory.testing import extensive_games, normal_form_games

WORDS = [
    "NFG", "EFG", "1", "2", "0", "R", "D", "{", "}", ",", '""', '"a"', '"b"', '"\\"', '"a b"', "c", "p", "t", "1/2", "1/0", "-1",
    "0.5", ".", "1e3", "1e999999999", "-1e-999999999", "1000000", "99999999999999999999", "3/4/5", "x", "nan", "inf", "\n", "\t", '"',
    "\\", "\x00", "\ufeff", "٣", "é",
]  # fmt: skip
HEADS = [
    "",
    'NFG 1 R "t" { "A" "B" } ',
    'NFG 1 R "t" { "A" "B" } { 2 2 } ',
    'NFG 1 R "t" { "A" "B" } { { "a" "b" } { "c" } } "" { ',
    'EFG 2 R "t" { "A" "B" } "" ',
    'EFG 2 R "t" { "A" "B" } "" p "" 1 1 "" { "x" "y" } 0 ',
    'EFG 2 R "t" { "A" "B" } "" c "" 1 "" { ',
]


def read(text):
    """Both readers, whichever the text is for; a game that is read can be written and read again."""
    for module in (nfg, efg):
        options = {"allow_imperfect_recall": True} if module is efg else {}
        with contextlib.suppress(gt.GameTheoryError):
            module.loads(text, **options, numbers="float")
        with contextlib.suppress(gt.GameTheoryError):
            game = module.loads(text, **options)
            assert module.loads(module.dumps(game), **options) == game


@given(st.sampled_from(HEADS), st.lists(st.sampled_from(WORDS), max_size=40))
@settings(max_examples=300)
def test_any_words(head, words):
    read(head + " ".join(words))


@given(st.sampled_from(HEADS), st.text(max_size=60))
def test_any_text(head, text):
    read(head + text)


@st.composite
def mutated(draw, texts):
    """A valid file with a few of its words replaced, dropped, doubled or swapped, or cut off."""
    words = draw(texts).split(" ")
    for _ in range(draw(st.integers(1, 4))):
        k = draw(st.integers(0, len(words) - 1))
        what = draw(st.sampled_from(["replace", "drop", "double", "swap", "cut", "number"]))
        if what == "replace":
            words[k] = draw(st.sampled_from(WORDS))
        elif what == "drop" and len(words) > 1:
            del words[k]
        elif what == "double":
            words.insert(k, words[k])
        elif what == "swap":
            other = draw(st.integers(0, len(words) - 1))
            words[k], words[other] = words[other], words[k]
        elif what == "cut":
            words = words[: k + 1]
        else:
            words[k] = str(draw(st.integers(-3, 12)))
    text = " ".join(words)
    return text[: draw(st.integers(0, len(text)))] if draw(st.booleans()) else text


@given(
    mutated(
        st.builds(
            lambda game, version: nfg.dumps(game, version=version),
            normal_form_games(players=(1, 3), size=(1, 3)),
            st.sampled_from(["payoff", "outcome"]),
        )
    )
)
@settings(max_examples=150)
def test_mutated_tables(text):
    read(text)


@given(mutated(extensive_games(players=(1, 3), max_nodes=12).map(efg.dumps)))
@settings(max_examples=150)
@example('EFG 2 R "" { "A" } "" c "" 1 "" { "a" 1e500 "b" 1 } 0')
def test_mutated_trees(text):
    read(text)


@pytest.mark.parametrize("count", [1, 10, 10_000])
def test_open_braces_do_not_nest(count):
    read('NFG 1 R "t" { "A" "B" } ' + "{ " * count)
    read('EFG 2 R "t" { "A" "B" } "" ' + "{ " * count)
    read('EFG 2 R "t" { "A" "B" } "" ' + 'p "" 1 1 "" { "x" } 0\n' * count)


def test_long_things_end_soon():
    read('NFG 1 R "' + "x" * 10**6)
    read('NFG 1 R "' + "\\" * 10**6)
    read('NFG 1 R "t" { ' + '"A" ' * 10**5 + "}")
    read('NFG 1 R "t" { "A" } { { ' + '"" ' * 2_000 + "} } " + "0 " * 2_000)
    read('NFG 1 R "t" { "A" "B" } { 1 1 } ' + "9" * 10**6 + " 1")
    read('NFG 1 R "t" { "A" "B" } { 1 1 } ' + "1" + "0" * 990 + " 1/" + "3" * 990)
    read('EFG 2 R "t" { "A" } "" p "" 1 1 "" { ' + '"x" ' * 10**4 + "} 0 " + 't "" 0 ' * 10**4)
    read(
        'EFG 2 R "t" { "A" } "" '
        + "".join(f'p "" 1 {k} "" {{ "x" }} {k} "" {{ 1/{10**9 + k} }} ' for k in range(1, 600))
        + 't "" 0'
    )


def test_short_files_do_not_ask_for_much():
    head = 'EFG 2 R "t" { ' + '"A" ' * 5_000
    with pytest.raises(gt.TooLarge, match=r"25,000,000 payoffs"):
        efg.loads(head + '} "" p "" 1 1 "" { ' + '"x" ' * 5_000 + "} 0 " + 't "" 0 ' * 5_000)
    # Two chains in which everybody moves at once, were it not that so many cannot.
    both = "".join(f'p "" {k} 1 "" {{ "x" }} 0 ' for k in range(2, 3_000))
    game = efg.loads(head + '} "" p "" 1 1 "" { "l" "r" } 0 ' + (both + 't "" 0 ') * 2)
    assert max(game._stage) == 62
    for text in (
        'NFG 1 R "t" { "%s" }',
        'NFG 1 R "t" { "A" } { { "%s" } } 1',
        'EFG 2 R "t" { "A" } "" p "" 1 1 "%s" ',
    ):
        with pytest.raises(gt.GameFileError, match="a name of 1,001 characters; the limit is 1,000"):
            (nfg if text[0] == "N" else efg).loads(text % ("x" * 1_001))
    with pytest.raises(gt.GameFileError, match="has 1,001 characters and would not be read back"):
        nfg.dumps(gt.NormalFormGame([[1]], ["x" * 1_001]))
