"""Text, HTML and LaTeX of games: what stands where, marks, escaping, and cuts."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gametheory.errors import GameError, Unsupported
from gametheory.games import Chance, Decision, ExtensiveGame, NormalFormGame, Outcome, simultaneous
from gametheory.games.representation import (
    best_reply_mask,
    payoff_table_html,
    payoff_table_latex,
    payoff_table_text,
)
from gametheory.testing import extensive_games, normal_form_games

PD = NormalFormGame.from_bimatrix(
    [[3, 0], [5, "1/3"]], [[3, 5], [0, "1/3"]], ["Ann", "Bob"], [["cooperate", "defect"]] * 2, title="PD"
)
THREE = NormalFormGame(np.arange(24).reshape(3, 2, 2, 2), ["A", "B", "C"])


def parse(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def cells(table: ElementTree.Element) -> list[list[str]]:
    return [["".join(cell.itertext()) for cell in row if cell.tag == "td"] for row in table.iter("tr")][1:]


def test_text_table() -> None:
    assert str(PD) == (
        "PD\nAnn \\ Bob  cooperate    defect\ncooperate       3, 3      0, 5\n   defect       5, 0  1/3, 1/3"
    )


def test_text_of_one_and_of_three_players() -> None:
    assert str(NormalFormGame([[1, 2]], ["Ann"], [["l", "r"]])) == "Ann  payoff\n  l       1\n  r       2"
    text = payoff_table_text(THREE)
    assert text.count("A \\ B") == 2
    assert text.startswith("C: 1\nA \\ B")
    assert "7, 15, 23" in text


def test_html_holds_the_payoffs() -> None:
    root = parse(payoff_table_html(PD))
    (table,) = root.iter("table")
    assert cells(table) == [["3, 3", "0, 5"], ["5, 0", "1/3, 1/3"]]
    assert [th.text for th in table.iter("th")] == [
        "Ann \\ Bob",
        "cooperate",
        "defect",
        "cooperate",
        "defect",
    ]
    tables = list(parse(payoff_table_html(THREE)).iter("table"))
    assert [table.find("caption").text for table in tables] == ["C: 1", "C: 2"]
    assert cells(tables[1])[1][1] == "7, 15, 23"
    single = parse(payoff_table_html(NormalFormGame([[1, 2]])))
    assert cells(next(single.iter("table"))) == [["1"], ["2"]]


def test_best_replies_and_equilibria_are_marked() -> None:
    root = parse(payoff_table_html(PD, highlight="best replies", profiles=[("defect", "defect")]))
    assert [u.text for u in root.iter("u")] == ["5", "5", "1/3", "1/3"]
    shaded = [td for td in root.iter("td") if "outline" in td.get("style", "")]
    assert ["".join(td.itertext()) for td in shaded] == ["1/3, 1/3"]
    mask = np.zeros(PD.payoffs.shape, dtype=bool)
    mask[0, 0, 0] = True
    assert [u.text for u in parse(payoff_table_html(PD, highlight=mask)).iter("u")] == ["3"]
    assert payoff_table_latex(PD, highlight="best replies").count(r"\underline") == 4


def test_bad_marks_are_refused() -> None:
    with pytest.raises(GameError, match="'best replies'"):
        payoff_table_html(PD, highlight="worst")
    with pytest.raises(GameError, match="truth values in the shape"):
        payoff_table_html(PD, highlight=np.zeros((2, 2), dtype=bool))
    with pytest.raises(Unsupported, match="depend on the parameters x"):
        payoff_table_html(NormalFormGame([["x", 1]]), highlight="best replies")


@given(normal_form_games(players=(1, 3)))
def test_a_marked_payoff_is_one_that_no_other_strategy_betters(game) -> None:
    mask = best_reply_mask(game)
    for index in np.ndindex(mask.shape):
        i, cell = index[0], list(index[1:])
        better = False
        for k in range(game.shape[i]):
            other = [*cell[:i], k, *cell[i + 1 :]]
            better |= bool(game.payoffs[(i, *other)] > game.payoffs[index])
        assert mask[index] == (not better)


def test_labels_are_escaped() -> None:
    game = NormalFormGame([[1, 2]], ["<A&B>"], [['"x"', "</td><script>"]], title="<i>")
    root = parse(payoff_table_html(game))
    assert not list(root.iter("script"))
    assert "</td><script>" in "".join(root.itertext())
    tex = NormalFormGame([[1]], ["50% & $x_1"], [["{a}\\"]]).to_latex()
    assert r"50\% \& \$x\_1" in tex
    assert r"\{a\}\textbackslash{}" in tex
    tree = ExtensiveGame(Decision("<A>", {"<go>": Outcome("<end>", {"<A>": 1})}, infoset="<h>"), title="<t>")
    assert "<end>" in "".join(parse(tree._repr_html_()).itertext())


def test_latex() -> None:
    assert PD._repr_latex_() == PD.to_latex()
    assert r"defect & $5,\, 0$ & $\frac{1}{3},\, \frac{1}{3}$ \\" in PD.to_latex()
    three = THREE.to_latex()
    assert three.count(r"\begin{tabular}{r|cc}") == three.count(r"\end{tabular}") == 2
    assert r"\multicolumn{3}{l}{C: 2} \\" in three


def test_large_tables_are_cut_and_say_so() -> None:
    game = NormalFormGame(np.zeros((3, 60, 50, 40)))
    for text in (str(game), payoff_table_html(game), game.to_latex()):
        assert "20 more rows, 34 more columns, 16 more tables" in text
    assert len(parse(payoff_table_html(game)).findall("table")) == 24


def tree() -> ExtensiveGame:
    stage = simultaneous(
        {"B": ["x", "y"], "C": ["z", "w"]}, lambda b, c: Outcome(f"{b}{c}", A="q", B=1, C=0.5)
    )
    risk = Chance({"war": ("1/3", Outcome("war", A=-1, B=-1, C=-1)), "peace": ("2/3", stage)})
    return ExtensiveGame(Decision("A", {"wait": Outcome(A=0, B=0, C=0), "act": risk}), title="crisis")


def test_tree_as_text() -> None:
    assert str(tree()).splitlines()[:6] == [
        "crisis",
        "A [start]",
        "├── wait: (A 0, B 0, C 0)",
        "└── act: Chance",
        "    ├── war (1/3): war (A -1, B -1, C -1)",
        "    └── peace (2/3): B [act/peace]",
    ]


def test_tree_as_html() -> None:
    root = parse(tree()._repr_html_())
    decisions, outcomes = root.iter("table")
    assert cells(decisions)[2] == ["C", "act/peace", "z, w", "2"]
    assert cells(outcomes)[1] == ["act / war", "war", "-1", "-1", "-1"]
    assert "11 nodes, 3 information sets, 6 outcomes" in "".join(root.itertext())


def test_tree_as_latex() -> None:
    text = tree().to_latex()
    assert text.startswith(r"\begin{forest}")
    assert text.rstrip().endswith(r"\end{forest}")
    assert r"\draw[dashed] (n5) -- (n8);" in text
    assert r"war ($\frac{1}{3}$)" in text


@settings(max_examples=40)
@given(st.data())
def test_every_representation_of_every_game_is_well_formed(data) -> None:
    domain = data.draw(st.sampled_from(["rational", "real", "parametric"]))
    table = data.draw(normal_form_games(domain=domain))
    parse(table._repr_html_())
    game = data.draw(extensive_games(domain=domain, depth=4))
    parse(game._repr_html_())
    assert len(str(game).splitlines()) == game.n_nodes
    tex = game.to_latex()
    body = tex[tex.index("\n") : tex.index(r"\end")]
    assert tex.count("name=n") == game.n_nodes
    assert body.count("[{") == body.count("]") - body.count("[midway") - body.count("[dashed")
