"""Trees from text and to text."""

from __future__ import annotations

import io
import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gametheory as gt
from gametheory.games.files import efg
from gametheory.testing import extensive_games
from sample_trees import chain, stage_after, tripwire

F = Fraction
HEAD = 'EFG 2 R "t" { "Ann" "Bob" } "" '
MOVE = HEAD + 'p "" 1 1 "" { "x" "y" } 0 '


def test_nodes_of_every_kind():
    game = efg.loads(
        'EFG 2 R "every kind" { "Ann" "Bob" }\n"a comment"\n\n'
        'c "dice" 7 "toss" { "high" 1/3 "low" 2/3 } 0\n'
        'p "n" 1 4 "ace" { "bet" "fold" } 0\n'
        'p "" 2 9 "after a bet" { "call" "pass" } 0\n'
        't "" 1 "win" { 2, -2 }\nt "" 2 "" { 1, -1 }\nt "" 3 "loss" { -1 1 }\n'
        'p "" 1 5 "king" { "bet" "fold" } 0\n'
        'p "" 2 9 0\n'
        't "" 4 "" { -2.5, 2.5 }\nt "" 2\nt "" 3 "loss" { -1, 1 }\n'
    )
    assert str(game) == (
        "every kind\n"
        "Chance\n"
        "├── high (1/3): Ann [ace]\n"
        "│   ├── bet: Bob [after a bet]\n"
        "│   │   ├── call: win (Ann 2, Bob -2)\n"
        "│   │   └── pass: (Ann 1, Bob -1)\n"
        "│   └── fold: loss (Ann -1, Bob 1)\n"
        "└── low (2/3): Ann [king]\n"
        "    ├── bet: Bob [after a bet]\n"
        "    │   ├── call: (Ann -2.5, Bob 2.5)\n"
        "    │   └── pass: (Ann 1, Bob -1)\n"
        "    └── fold: loss (Ann -1, Bob 1)"
    )


def test_payoffs_on_a_path_add_up():
    game = efg.loads(
        HEAD + 'p "" 1 1 "" { "x" "y" } 1 "stage" { 10, 1/2 } p "" 2 1 "" { "l" "r" } 2 "next" { 1 1 } '
        't "" 1 t "" 0 t "" 3 "end" { .5 .5 }'
    )
    assert game.payoffs.T.tolist() == [[21, 2], [11, F(3, 2)], [F(21, 2), 1]]
    assert game.outcome_labels == ("stage", None, "end")


@pytest.mark.parametrize(
    "text",
    [
        HEAD.replace('"" ', "") + 'p "" 1 1 "" { "x" "y" } 0 t "" 1 "o" { 1 2 } t "" 2 "" { 3 4 }',
        HEAD.replace(" R ", " D ")
        + 'p "" 1 1 "" { "x" "y" } 0 t "" 1 "o" { 1.0 2.0 } t "" 2 "" { 3e0, 4., }',
        'EFG\n2 R"t"{"Ann""Bob"}p""1 1""{"x""y"}0t""1"o"{1 2}t""2""{3 4}'.replace("}0t", "}0 t"),
        HEAD + 'p "" 1 -3 { "x" "y" } 0 t "" 7 "o" { 1 2 } t "" -7 { 3 4 }',
    ],
)
def test_dialects_say_the_same(text):
    assert efg.loads(text) == efg.loads(MOVE + 't "" 1 "o" { 1, 2 } t "" 2 "" { 3, 4 }')


def test_labels_that_are_empty_or_occur_twice():
    game = efg.loads(
        'EFG 2 R "" { "A" "A" } "" c "" 1 "" { "x" 1/2 "x" 1/2 } 0 '
        'p "" 1 1 "i" { "" "" } 0 t "" 0 t "" 0 p "" 2 1 "i" { "l" "l" "l_1" } 0 t "" 0 t "" 0 t "" 0'
    )
    assert game.players == ("A_1", "A_2")
    assert [(h.label, h.actions) for h in game.infosets] == [
        ("A_1: i", ("_1", "_2")),
        ("A_2: i", ("l_2", "l_3", "l_1")),
    ]
    assert game.edge_labels[1] == "x_1"
    assert '"i" { "_1" "_2" }' in efg.dumps(game)
    assert efg.loads(efg.dumps(game)) == game


def test_unlabelled_information_sets_are_named_by_history_or_number():
    blind = 'p "" 1 1 "" { "x" "y" } 0 p "" 2 1 "" { "l" "r" } 0 t "" 0 t "" 0 p "" 2 1 0 t "" 0 t "" 0'
    game = efg.loads(HEAD + blind)
    assert [h.label for h in game.infosets] == ["start", "start"]  # a simultaneous stage
    chance = HEAD + 'c "" 1 "" { "a" 1/2 "b" 1/2 } 0 p "" 2 5 "" { "x" } 0 t "" 0 p "" 2 5 0 t "" 0'
    assert [h.label for h in efg.loads(chance).infosets] == ["Bob #1"]
    for known in (game, efg.loads(chance)):
        text = efg.dumps(known)
        assert efg.loads(text) == known
        assert all('""' in line for line in text.splitlines()[1:] if line)
        assert "#1" not in text


def test_decisions_after_different_histories_are_no_stage():
    """Bob sees neither chance nor Ann, although Ann's two decisions are different ones."""
    bob = 'p "" 2 1 "" { "l" "r" } 0 t "" 0 t "" 0 '
    ann = 'p "" 1 {0} "" {{ "x" "y" }} 0 ' + bob.replace("{", "{{").replace("}", "}}") * 2
    game = efg.loads(HEAD + 'c "" 1 "" { "a" 1/2 "b" 1/2 } 0 ' + ann.format(1) + ann.format(2))
    assert [(h.label, len(h.nodes)) for h in game.infosets] == [("a", 1), ("Bob #1", 4), ("b", 1)]
    assert efg.loads(efg.dumps(game)) == game


def test_a_player_who_sees_something_of_a_move_has_two_information_sets():
    ends = ' { "l" "r" } 0 t "" 0 t "" 0 '
    text = (
        HEAD + 'p "" 1 1 "" { "w" "x" "y" "z" } 0 ' + "".join(f'p "" 2 {k} ""' + ends for k in (1, 1, 2, 2))
    )
    game = efg.loads(text)
    assert [(h.label, len(h.nodes)) for h in game.infosets] == [("start", 1), ("start", 2), ("Bob #2", 2)]
    assert efg.loads(efg.dumps(game)) == game


def test_three_players_who_move_at_once_come_back():
    tree = gt.simultaneous(
        {name: ["l", "r"] for name in "ABC"}, lambda *profile: gt.Outcome(A=len(set(profile)), B=0, C=1)
    )
    game = gt.ExtensiveGame(gt.Decision("A", {"in": tree, "out": gt.Outcome(A=1, B=1, C=1)}))
    back = efg.loads(efg.dumps(game))
    assert back == game
    assert [h.label for h in back.infosets] == ["start", "in", "in", "in"]


FAULTS = {
    "": "line 1, column 1: the file ends here; expected EFG",
    "NFG 1 R": "found 'NFG'; expected EFG",
    "EFG 1 R": "version 1 of EFG files; only version 2",
    HEAD: "the file ends here; expected the first node, one of c, p and t",
    'EFG 2 R "t" { } "" t "" 0': "the list of players is empty",
    HEAD + 'x "" 0': "found 'x'; expected a node, one of c (chance), p (player) and t (terminal)",
    HEAD + 'T "" 0': "found 'T'",
    HEAD + "t 0": "found '0'; expected the name of the node (it may be empty), in double quotes",
    HEAD + '"" t "" 0': "found the text ''; expected a node",
    HEAD + 't "" 0 t "" 0': "found 't'; expected the end of the file: the tree is complete after 1 nodes",
    MOVE
    + 't "" 0': "the file ends here; expected a node, one of c, p and t: the one of line 1 lacks 1 of its branches",
    HEAD + 'p "" 3 1 "" { "x" } 0 t "" 0': "there is no player 3; the players are numbered from 1 to 2",
    HEAD + 'p "" 0 1 "" { "x" } 0 t "" 0': "there is no player 0",
    HEAD + 'p "" 1 1 0 t "" 0': "information set 1 of 'Ann' comes here for the first time",
    HEAD + 'c "" 1 0 t "" 0': "chance event 1 comes here for the first time",
    HEAD + 'p "" 1 1 "" { } 0': "information set 1 of 'Ann' has no actions",
    HEAD + 'p "" 1 1 "" 0': "found '0'; expected '{' before the actions of information set 1 of 'Ann'",
    HEAD
    + 'p "" 1 1 "" { x }': "found 'x'; expected an action of information set 1 of 'Ann' or '}', in double quotes",
    MOVE
    + 'p "" 1 1 "" { "x" "z" } 0': "information set 1 of 'Ann' is described in other words than on line 1",
    MOVE + 'p "" 1 1 "other" { "x" "y" } 0': "information set 1 of 'Ann' is described in other words",
    MOVE + 'p "" 1 1 "" { "y" "x" } 0': "described in other words",
    MOVE + 't "" 1 "o" { 1 2 } t "" 1 "p" { 1 2 }': "outcome 1 has another name or other payoffs than before",
    MOVE + 't "" 1 "o" { 1 2 } t "" 1 "o" { 1 3 }': "outcome 1 has another name or other payoffs than before",
    MOVE + 't "" 3': "outcome 3 comes here for the first time; expected its name and payoffs",
    MOVE + 't "" 0 "o" { 1 2 }': "outcome 0 is no outcome",
    MOVE + 't "" 1 "o" t': "found 't'; expected '{' before the payoffs of outcome 1",
    MOVE + 't "" 1 "o" { 1 }': "found '}'; expected the payoff of 'Bob' in outcome 1",
    MOVE + 't "" 1 "o" { 1 2 3 }': "found '3'; expected '}' after the 2 payoffs of outcome 1",
    MOVE + 't "" 1 "o" { 1 1e5000 }': "out of all proportion",
    MOVE + 't "" one': "found 'one'; expected the number of an outcome (0 for none), a whole number",
    HEAD + 'c "" 1 "" { "a" 1/2 "b" 1/3 } 0': "the probabilities of chance event 1 sum to 5/6, not to 1",
    HEAD + 'c "" 1 "" { "a" 0.333333 "b" 0.666666 } 0': "sum to 999999/1000000, not to 1",
    HEAD + 'c "" 1 "" { "a" 1e500 "b" 1 } 0': "the probabilities of chance event 1 sum to more than 10^20",
    HEAD + 'c "" 1 "" { "a" 3/2 "b" -1/2 } 0': "a negative probability",
    HEAD + 'c "" 1 "" { "a" "b" } 0': "found the text 'b'; expected the probability of 'a', a number",
    HEAD
    + 'c "" 1 "" { "a" 1/2 "b" 1/2 } 0 c "" 1 "" { "a" 1/3 "b" 2/3 } 0': "chance event 1 is described in other words",
    'EFG 2 R "t" { "A" } "" c "" 1 "" { "a" 1 } 0\nc "" 1 "" { "b" 1 } 0': (
        "line 2, column 8: chance event 1 is described in other words than on line 1"
    ),
}


@pytest.mark.parametrize("text", FAULTS, ids=lambda text: text[-30:])
def test_faults_are_explained_with_their_place(text):
    with pytest.raises(gt.GameFileError) as caught:
        efg.loads(text)
    assert FAULTS[text] in str(caught.value)
    assert caught.value.line >= 1 <= caught.value.column


def test_imperfect_recall_must_be_allowed():
    forgets = MOVE + 'p "" 1 2 "i" { "l" "r" } 0 t "" 0 t "" 0 p "" 1 2 0 t "" 0 t "" 0'
    with pytest.raises(
        gt.GameFileError, match=r"imperfect recall: 'Ann' cannot tell .* Pass allow_imperfect_recall=True"
    ):
        efg.loads(forgets)
    absent = MOVE + 't "" 0 p "" 1 1 0 t "" 0 t "" 0'
    with pytest.raises(gt.GameFileError, match="absent-mindedness"):
        efg.loads(absent)
    for text in (forgets, absent):
        game = efg.loads(text, allow_imperfect_recall=True)
        assert not game.perfect_recall
        assert efg.loads(efg.dumps(game), allow_imperfect_recall=True) == game


def test_deep_trees_are_read_and_written():
    depth = 5_000
    text = 'EFG 2 R "" { "A" "B" } ""\n' + "\n".join(
        f'p "" {k % 2 + 1} {k} "" {{ "go" "stop" }} 1{" " + chr(34) * 2 + " { 1, 0 }" if k == 0 else ""}'
        for k in range(depth)
    ) + '\nt "" 0' * (depth + 1)  # fmt: skip
    game = efg.loads(text)
    assert game.n_nodes == 2 * depth + 1
    assert game.payoffs[0, 0] == depth
    assert efg.loads(efg.dumps(game)) == game


@given(extensive_games(players=(1, 3), max_nodes=15), st.data())
def test_outcomes_inside_a_tree_mean_what_they_mean_to_gambit(game, data):
    pygambit = pytest.importorskip("pygambit", minversion="17.0.0b2")
    lines = efg.dumps(game).splitlines()
    zeros = ", ".join(["0"] * game.n_players)
    for k, line in enumerate(lines):
        if line[:2] in ("p ", "c ") and data.draw(st.booleans()):
            payoffs = ", ".join(str(data.draw(st.integers(-3, 3))) for _ in game.players)
            lines[k] = f'{line[:-2]} {1000 + k} "inside {k}" {{ {payoffs} }}'
        elif line.startswith("t ") and data.draw(st.booleans()):
            lines[k] = f't "" 2000 "nothing" {{ {zeros} }}'
    text = "\n".join(lines)
    ours = gt.strategic_form(efg.loads(text)).payoffs
    theirs = np.array(pygambit.read_efg(io.BytesIO(text.encode())).to_arrays(Fraction), dtype=object)
    # Reduced strategies may be counted in another way; the same payoffs arise.
    assert {tuple(cell) for cell in ours.reshape(len(ours), -1).T.tolist()} == {
        tuple(cell) for cell in theirs.reshape(len(theirs), -1).T.tolist()
    }


# -- writing ---------------------------------------------------------------------------------------------------
@given(extensive_games(players=(1, 3), depth=4, max_nodes=40))
def test_exact_trees_come_back_as_they_were(game):
    back = efg.loads(efg.dumps(game, comment='"'))
    assert back == game
    assert efg.dumps(back) == efg.dumps(game)


@given(extensive_games(players=(1, 3), domain="real"))
def test_trees_of_floats_come_back_as_they_were(game):
    text = efg.dumps(game)
    assert efg.loads(text, numbers="float") == game
    efg.loads(text)  # the probabilities sum to one exactly


@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=9))
def test_probabilities_that_are_rounded_shares_come_back(weights):
    total = sum(weights)
    game = gt.ExtensiveGame(
        gt.Chance({str(k): (weight / total, gt.Outcome(A=float(k))) for k, weight in enumerate(weights)})
    )
    assert efg.loads(efg.dumps(game), numbers="float") == game
    assert efg.loads(efg.dumps(game)).domain == "rational"


def test_samples_come_back():
    for tree in (
        tripwire(),
        chain(30),
        stage_after("x"),
        gt.Decision("A", {"a": stage_after("y"), "b": tripwire()}),
    ):
        names = ["A", "Russia", "West", "China", "Ann", "Bob"]
        try:
            game = gt.ExtensiveGame(tree, title="sample")
        except gt.GameError:  # an outcome without payoffs for somebody who decides elsewhere
            continue
        back = efg.loads(efg.dumps(game))
        assert back == game
        assert back.title == "sample"
        assert set(back.players) <= set(names)


def test_named_information_sets_keep_their_names_in_the_file():
    text = efg.dumps(
        efg.loads(
            HEAD
            + 'c "" 1 "" { "a" 1/2 "b" 1/2 } 0 p "" 1 1 "(1,1)" { "x" } 0 p "" 2 1 "same" { "y" } 0 t "" 0 '
            'p "" 1 2 "same" { "x" } 0 t "" 0'
        )
    )
    assert 'p "" 2 1 "same"' in text
    assert 'p "" 1 2 "same"' in text
    assert efg.dumps(efg.loads(text)) == text


def test_names_in_the_manner_of_gambit_stay_in_the_file():
    blind = 'c "" 1 "" { "a" 1/2 "b" 1/2 } 0 p "" 2 1 "(2,1)" { "x" } 0 t "" 0 p "" 2 1 0 t "" 0'
    assert efg.dumps(efg.loads(HEAD + blind)).count('"(2,1)"') == 2


def test_a_name_that_must_be_written_in_full_leaves_the_others_short():
    named = ('p "" 1 1 "same"', 'p "" 2 1 "same"', 'p "" 2 2 "Bob #2"')
    text = HEAD + " 0 ".join(f'{node} {{ "x" }}' for node in named) + ' 0 t "" 0'
    game = efg.loads(text)
    assert [h.label for h in game.infosets] == ["Ann: same", "Bob: same", "Bob #2"]
    assert all(node in efg.dumps(game) for node in named)


def test_labels_that_look_like_those_of_the_reader_come_back():
    for labels in itertools.product(["A #1", "B #1", "A: i", "B: i", "i", "start"], repeat=3):
        if len(set(labels)) < 3:
            continue
        first, second, third = labels
        end = gt.Outcome(A=0, B=0)
        game = gt.ExtensiveGame(
            gt.Chance({
                "l": ("1/2", gt.Decision("A", {"x": gt.Decision("B", {"z": end}, infoset=second)}, infoset=first)),
                "r": ("1/2", gt.Decision("B", {"z": gt.Decision("A", {"u": end}, infoset=third)}, infoset=second)),
            })
        )  # fmt: skip
        assert efg.loads(efg.dumps(game)) == game


def test_outcomes_of_one_name_and_payoff_are_one_outcome():
    end = gt.Outcome("end", A=1)
    game = gt.ExtensiveGame(
        gt.Decision(
            "A", {"x": end, "y": end, "z": gt.Outcome("end", A=2), "w": gt.Outcome(A=1), "v": gt.Outcome(A=1)}
        )
    )
    numbers = [line.split()[2] for line in efg.dumps(game).splitlines() if line.startswith("t")]
    assert numbers == ["1", "1", "2", "3", "4"]


def test_what_cannot_be_written_is_refused():
    with pytest.raises(gt.Unsupported, match=r"the parameter\(s\) p, q"):
        efg.dumps(
            gt.ExtensiveGame(gt.Chance({"a": ("p", gt.Outcome(A="q")), "b": ("1 - p", gt.Outcome(A=0))}))
        )
    uneven = gt.Chance({"a": (0.5, gt.Outcome(A=0.5)), "b": (0.5 + 5e-10, gt.Outcome(A=0.0))})
    with pytest.raises(gt.GameFileError, match=r"sum to 1\.0000000005 as floats"):
        efg.dumps(gt.ExtensiveGame(uneven))
    with pytest.raises(gt.GameFileError, match="more than 1,000 digits"):
        efg.dumps(gt.ExtensiveGame(gt.Outcome(A=10**1200)))
    with pytest.raises(gt.Unsupported, match="not NormalFormGame"):
        efg.dumps(gt.NormalFormGame([[1, 2]]))
