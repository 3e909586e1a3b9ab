"""Games in normal form from text and to text."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gametheory as gt
from gametheory.games.files import nfg
from gametheory.testing import normal_form_games

F = Fraction
HEAD = 'NFG 1 R "t" { "Ann" "Bob" } '


def payoffs(text, **options):
    return nfg.loads(text, **options).payoffs.tolist()


def test_the_first_players_strategy_changes_fastest():
    game = nfg.loads(HEAD + "{ 3 2 } 1 1 0 2 0 2 1 1 0 3 2 0")  # the example of Gambit's documentation
    assert game.title == "t"
    assert game.players == ("Ann", "Bob")
    assert game.strategies == (("1", "2", "3"), ("1", "2"))
    assert game.payoff("1", "1") == {"Ann": 1, "Bob": 1}
    assert game.payoff("2", "1") == game.payoff("3", "1") == {"Ann": 0, "Bob": 2}
    assert game.payoff("1", "2") == {"Ann": 1, "Bob": 1}
    assert game.payoff("2", "2") == {"Ann": 0, "Bob": 3}
    assert game.payoff("3", "2") == {"Ann": 2, "Bob": 0}


VERSIONS = [
    HEAD + "{ 2 2 } 0 0 2 7 7 2 6 6",
    'NFG 1 D "t" { "Ann" "Bob" } { 2 2 } "a comment" 0 0 2 7 7 2 6 6',
    HEAD + '{ { "1" "2" } { "1" "2" } } 0 0 2 7 7 2 6 6',
    HEAD + '{ { "1" "2" } { "1" "2" } } "" { { "" 2 7 } { "b" 7, 2 } { "c" 6, 6, } } 0 1 2 3',
    HEAD + '{ 2 2 } { { "" 2, 7 } { "" 7, 2 } { 6 6 } } 0 1 2 3',
    '  NFG\n1\tR"t"{"Ann""Bob"}{2 2}""0 0 2\r\n7 7 2 6\r6 ',
    "\ufeff" + HEAD + "{ 2 2 } 0, 0, 2, 7, 7, 2, 6, 6",
    HEAD + "{ 2. 2.0 } 0.0 0/3 4/2 7e0 .7e1 2 60E-1 +6.",
]


@pytest.mark.parametrize("text", VERSIONS)
def test_every_version_says_the_same(text):
    assert nfg.loads(text) == nfg.loads(VERSIONS[0])


def test_numbers_are_exact():
    assert payoffs(HEAD + "{ 2 1 } 0.1 1/3 -2.5e-3 1e3") == [
        [[F(1, 10)], [F(-1, 400)]],
        [[F(1, 3)], [F(1000)]],
    ]


def test_numbers_may_be_read_as_floats():
    game = nfg.loads(HEAD + "{ 2 1 } 0.1 1/3 -2.5e-3 1e3", numbers="float")
    assert game.domain == "real"
    assert game.payoffs.tolist() == [[[0.1], [-0.0025]], [[1 / 3], [1000.0]]]


def test_quotes_and_backslashes_in_labels():
    text = r'NFG 1 R "a \"b\" c\\d\e" { "A\"nn" "B{o}b" } { { "x y" "," } { "}" } } 1 2 3 4'
    game = nfg.loads(text)
    assert game.title == r'a "b" c\d\e'
    assert game.players == ('A"nn', "B{o}b")
    assert game.strategies == (("x y", ","), ("}",))
    assert nfg.loads(nfg.dumps(game)) == game
    assert nfg.loads(nfg.dumps(game)).title == game.title


@pytest.mark.parametrize(
    "labels, expected",
    [
        ('"x" "x" "x_1"', ("x_2", "x_3", "x_1")),
        ('"x_1" "x" "x"', ("x_1", "x_2", "x_3")),
        ('"" "x" ""', ("_1", "x", "_2")),
        ('"_1" "" ""', ("_1", "_2", "_3")),
        ('"x" "x" "x_1" "x_1"', ("x_2", "x_3", "x_1_1", "x_1_2")),
        ('"a" "b"', ("a", "b")),
    ],
)
def test_labels_become_distinct_as_in_gambit(labels, expected):
    text = f'NFG 1 R "" {{ "A" "" }} {{ {{ {labels} }} {{ "c" }} }} ' + "1 2 " * len(expected)
    game = nfg.loads(text)
    assert game.strategies[0] == expected
    assert game.players == ("A", "_1")
    pygambit = pytest.importorskip("pygambit", minversion="17.0.0b2")
    import io

    assert tuple(pygambit.read_nfg(io.BytesIO(text.encode())).get_strategies("A")) == expected


FAULTS = {
    "": "line 1, column 1: the file ends here; expected NFG at the beginning",
    "EFG 2 R": "line 1, column 1: found 'EFG'; expected NFG",
    "nfg 1 R": "found 'nfg'; expected NFG",
    "NFG 2 R": "line 1, column 5: version 2 of NFG files; only version 1",
    "NFG x R": "found 'x'; expected the version 1 of the format, a whole number",
    "NFG 1 X": "line 1, column 7: found 'X'; expected R or D",
    "NFG 1 R t": "line 1, column 9: found 't'; expected the title of the game, in double quotes",
    'NFG 1 R "t': "line 1, column 9: a text starts here and never ends",
    'NFG 1 R "t" "A"': "found the text 'A'; expected '{' before the names of the players",
    'NFG 1 R "t" { "A", "B" }': "line 1, column 18: found ','; expected the name of a player or '}'",
    'NFG 1 R "t" { } { } 1': "the list of players is empty",
    HEAD + "2 2": "found '2'; expected '{' before the strategies",
    HEAD + "{ 2 } 1 2": "found '}'; expected the number of strategies of 'Bob'",
    HEAD + '{ 2 { "a" } }': "found '{'; expected the number of strategies of 'Bob'",
    HEAD + '{ { "a" } 2 }': "found '2'; expected '{' before the strategies of 'Bob'",
    HEAD + '{ { "a" } { } }': "the player 'Bob' has no strategies",
    HEAD + "{ 2 0 }": "the player 'Bob' has 0 strategies",
    HEAD + "{ 2 -2 }": "the player 'Bob' has -2 strategies",
    HEAD + "{ 2 1.5 }": "found '1.5'; expected the number of strategies of 'Bob'",
    HEAD + "{ 2 2 2 }": "found '2'; expected '}' after the strategies of all 2 players",
    HEAD + "{ 2 2 } 1 2 3 4 5 6 7": "the file is too short for its table",
    HEAD + "{ 2 2 } 1 2 3 4 5 6 7        ": "the file ends here; expected the payoff of 'Bob' at strategy profile 4 of 4",
    HEAD + "{ 2 2 } 1 2 3 4 5 6 7 8 9": "found '9'; expected the end of the file, after 4 strategy profiles (2 x 2)",
    HEAD + "{ 2 2 }\n1 2\n3 x 5 6 7 8": "line 3, column 3: found 'x'; expected the payoff of 'Bob' at strategy profile 2",
    HEAD + '{ 2 1 } 1 2 3 "4"': "found the text '4'; expected the payoff",
    HEAD + "{ 2 1 } 1 2 3 4,,": "found ','; expected the end of the file",
    "\ufeffNFG 1 R t": "line 1, column 9: found 't'",
    HEAD + "{ 2 1 } 1 2 3 1/0": "1/0 divides by zero",
    HEAD + "{ 2 1 } 1 2 3 1.5/2": "found '1.5/2'; expected the payoff of 'Bob' at strategy profile 2 of 2, a number such as",
    HEAD + "{ 2 1 } 1 2 3 nan": "found 'nan'",
    HEAD + "{ 2 1 } 1 2 3 inf": "found 'inf'",
    HEAD + "{ 2 1 } 1 2 3 -": "found '-'",
    HEAD + "{ 2 1 } 1 2 3 .": "found '.'",
    HEAD + "{ 2 1 } 1 2 3 e5": "found 'e5'",
    HEAD + "{ 2 1 } 1 2 3 ٣": "found '٣'",
    HEAD + "{ 2 1 } 1 2 3 1e999999999": "out of all proportion; exponents up to 1000 are read",
    HEAD + "{ 2 1 } 1 2 3 1e-999999999": "out of all proportion",
    HEAD + "{ 2 1 } 1 2 3 " + "9" * 5000: "a number of 5,000 characters; the limit is 1,000",
    HEAD + "{ 1000000 1000000 } 1 2": "2,000,000,000,000 payoffs",
    HEAD + "{ 999999999999999 999999999999999 } 1 2": "payoffs, about",
    HEAD + "{ 1000000 1 } 1 2": "the file is too short for its table: expected 2 payoffs at each of 1,000,000",
    HEAD + '{ 2 2 } { { "" 1 2 } { "" 3 4 } } 1 2 0 3': "there is no outcome 3; the file lists 2 of them",
    HEAD + '{ 2 2 } { { "" 1 2 } { "" 3 4 } } 1 2 0 -1': "there is no outcome -1",
    HEAD + '{ 2 2 } { { "" 1 2 3 } } 1 1 1 1': "found '3'; expected '}' after the 2 payoffs of outcome 1",
    HEAD + '{ 2 2 } { { "" 1 } } 1 1 1 1': "found '}'; expected the payoff of 'Bob' in outcome 1",
    HEAD + '{ 2 2 } { "" 1 2 } 1 1 1 1': "found the text ''; expected '{' before outcome 1",
    HEAD + '{ 2 2 } { { "" 1 2 } } 1 1 1': "the file is too short for its table",
    HEAD + '{ 2 2 } { { "" 1 2 } } 1 1 1 1 1': "found '1'; expected the end of the file",
    'NFG 1 R "t" { ' + '"p" ' * 70 + "} { " + "1 " * 70 + "} " + "0 " * 70: "70 players; a game in normal form has at most 63",
}  # fmt: skip


@pytest.mark.parametrize("text", FAULTS, ids=lambda text: text[-30:])
def test_faults_are_explained_with_their_place(text):
    with pytest.raises(gt.GameTheoryError) as caught:
        nfg.loads(text)
    assert FAULTS[text] in str(caught.value)
    if isinstance(caught.value, gt.GameFileError):
        assert caught.value.line >= 1 <= caught.value.column


def test_a_number_too_large_for_floats_is_explained():
    with pytest.raises(gt.GameFileError, match=r"line 1, column 43: .* too large for a float"):
        nfg.loads(HEAD + "{ 2 1 } 1 2 3 1e900", numbers="float")
    with pytest.raises(gt.GameError, match="numbers='double' is none"):
        nfg.loads(VERSIONS[0], numbers="double")


# -- writing ---------------------------------------------------------------------------------------------------
@given(normal_form_games(players=(1, 4), size=(1, 3)), st.sampled_from(["payoff", "outcome"]))
def test_exact_games_come_back_as_they_were(game, version):
    assert nfg.loads(nfg.dumps(game, version=version, comment='"\\')) == game


@given(
    normal_form_games(
        players=(1, 3), size=(1, 3), domain="real", payoffs=st.floats(allow_nan=False, allow_infinity=False)
    ),
    st.sampled_from(["payoff", "outcome"]),
)
def test_games_of_floats_come_back_as_they_were(game, version):
    assert nfg.loads(nfg.dumps(game, version=version), numbers="float") == game


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"])).filter(str.strip),
        min_size=1,
        max_size=4,
        unique=True,
    ),
    st.text(),
)
def test_labels_come_back_as_they_were(labels, title):
    try:
        title.encode()
    except UnicodeEncodeError:
        title = ""
    game = gt.NormalFormGame(np.zeros((1, len(labels))), ["A"], [labels], title)
    back = nfg.loads(nfg.dumps(game), numbers="float")
    assert back == game
    assert back.title == title


def test_labels_of_the_file_are_kept_when_it_is_written_again():
    text = nfg.dumps(nfg.loads(HEAD + '{ { "x" "y z" } { "1" "2" } } 1 2 3 4 5 6 7 1/8'))
    assert nfg.dumps(nfg.loads(text)) == text
    assert '{ { "x" "y z" }\n{ "1" "2" }\n}' in text
    assert text.endswith("\n7 1/8\n")


def test_exponents_are_written_without_a_plus():
    text = nfg.dumps(gt.NormalFormGame([[1e22, -2.5e-7, 3.0]]))
    assert text.splitlines()[-3:] == ["1e22", "-2.5e-07", "3"]


def test_what_cannot_be_written_is_refused():
    game = gt.NormalFormGame([["x", 1]])
    with pytest.raises(
        gt.Unsupported, match=r"the parameter\(s\) x, .* Write it at a point, game.substitute"
    ):
        nfg.dumps(game)
    assert nfg.loads(nfg.dumps(game.substitute({"x": 2}))).payoffs.tolist() == [[2, 1]]
    with pytest.raises(gt.GameFileError, match="more than 1,000 digits"):
        nfg.dumps(gt.NormalFormGame([[10**1200, 1]]))
    with pytest.raises(gt.GameFileError, match="more than 1,000 digits"):
        nfg.dumps(gt.NormalFormGame([[10**12000, 1]]))
    with pytest.raises(gt.GameError, match="the version 'both' is none"):
        nfg.dumps(gt.NormalFormGame([[1, 2]]), version="both")
    with pytest.raises(gt.Unsupported, match="not ExtensiveGame"):
        nfg.dumps(gt.ExtensiveGame(gt.Outcome(A=1)))
