"""Trees and payoff tables."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from matplotlib.patches import Rectangle

import gametheory as gt
from gametheory.errors import GameError, Unsupported
from gametheory.games.representation import best_reply_mask
from gametheory.reports import plots
from gametheory.reports.plots.game_trees import MOST_ENDS
from gametheory.reports.plots.style import number
from pictures import drawn, outside, overlapping, texts


def lines(figure, width):
    return [line for line in figure.axes[0].lines if line.get_linewidth() == width]


def test_a_tree_shows_players_actions_chances_labels_and_payoffs(model, equilibrium):
    shown = texts(plots.tree(model.at(), equilibrium))
    assert shown.count("Russia") == 2  # its decision, and the heading of its payoffs
    assert shown.count("West") == 3 and shown.count("China") == 7
    assert {"refrain", "limited", "full", "sanction", "support", "oppose"} <= set(shown)
    assert {"success  0.85", "failure  0.15", "status quo", "limited: success", "full: failure"} <= set(shown)
    for value in model.at().payoffs.flat:
        assert number(value, mark=False) in shown


def test_the_path_is_thick_and_the_rest_of_the_equilibrium_of_medium_strength(model, equilibrium):
    figure = plots.tree(model.at(), equilibrium)
    # On the path: limited, acquiesce, acquiesce, and both branches of chance.
    assert len(lines(figure, 3.4)) == 5
    # Elsewhere: the West after full, and China at its five other nodes.
    assert len(lines(figure, 1.9)) == 6
    bold = {text.get_text() for text in drawn(figure) if text.get_fontweight() == "bold"}
    assert {"limited", "acquiesce", "29.68", "\N{MINUS SIGN}30.08"} <= bold
    assert "full" not in bold and "refrain" not in bold


def test_information_sets_are_linked_by_dashed_lines(model):
    figure = plots.tree(model.at())
    dashed = [line for line in figure.axes[0].lines if (line.get_gid() or "").startswith("infoset-")]
    assert sorted(line.get_gid() for line in dashed) == ["infoset-full", "infoset-limited"]
    assert all(line.is_dashed() and len(line.get_xdata()) == 3 for line in dashed)


@pytest.mark.parametrize("order", ["simultaneous", "west_first", "china_first"])
def test_nothing_in_a_tree_is_cut_off_or_covered(order):
    from gametheory.models import kazakhstan

    game = kazakhstan.sequential(order).at()
    figure = plots.tree(game, gt.subgame_perfect_equilibria(game)[0])
    assert outside(figure) == []
    assert overlapping(figure) == []


def test_a_parametric_tree_shows_expressions(tripwire):
    assert "-x_W/2" in texts(plots.tree(tripwire.game))


def test_mixed_moves_carry_their_probability():
    pennies = gt.simultaneous(
        {"Even": ["h", "t"], "Odd": ["h", "t"]},
        lambda a, b: gt.Outcome(Even=1 if a == b else -1, Odd=-1 if a == b else 1),
    )
    game = gt.ExtensiveGame(pennies)
    (found,) = gt.subgame_perfect_equilibria(game)
    shown = texts(plots.tree(game, found))
    assert shown.count("h  0.5") == 3 and shown.count("t  0.5") == 3


def test_a_tree_that_cannot_be_read_is_refused():
    wide = gt.ExtensiveGame(gt.Decision("A", {str(k): gt.Outcome(A=k) for k in range(MOST_ENDS + 1)}))
    with pytest.raises(Unsupported, match="draw a subgame"):
        plots.tree(wide)


def test_an_equilibrium_of_another_tree_is_refused(tripwire, equilibrium, normal):
    with pytest.raises(GameError, match="another tree"):
        plots.tree(tripwire.at(), equilibrium)
    with pytest.raises(GameError, match="payoff_table"):
        plots.tree(normal)


def test_a_payoff_table_marks_exactly_the_best_replies(normal):
    figure = plots.payoff_table(normal, gt.nash_equilibria(normal))
    underlines = [line for line in figure.axes[0].lines if line.get_linewidth() == 1.1]
    assert len(underlines) == best_reply_mask(normal).sum()
    shown = texts(figure)
    for value in normal.payoffs.flat:
        assert number(value, mark=False) in shown
    assert {"China: oppose", "China: acquiesce", "respond", "act", "refrain"} <= set(shown)
    assert outside(figure) == [] and overlapping(figure) == []


def test_a_payoff_table_frames_the_pure_equilibria(normal):
    found = gt.nash_equilibria(normal)
    frames = [
        p
        for p in plots.payoff_table(normal, found).axes[0].patches
        if isinstance(p, Rectangle) and p.get_linewidth() > 2
    ]
    assert len(frames) == sum(equilibrium.is_pure for equilibrium in found) == 3
    plain = plots.payoff_table(normal)
    assert not [p for p in plain.axes[0].patches if p.get_linewidth() > 2]


def test_four_players_and_one_player_have_tables():
    four = gt.NormalFormGame.from_function(lambda *s: [len(set(s))] * 4, {p: ["a", "b"] for p in "ABCD"})
    figure = plots.payoff_table(four)
    assert texts(figure).count("C: a") == 2 and texts(figure).count("D: b") == 2
    assert outside(figure) == [] and overlapping(figure) == []
    one = gt.NormalFormGame.from_profiles({("go",): (1,), ("stay",): (0,)}, players=["A"])
    assert {"go", "stay"} <= set(texts(plots.payoff_table(one)))


def test_a_parametric_payoff_table_marks_nothing():
    game = gt.NormalFormGame.from_bimatrix([["x", 0], [1, "x/2"]], [[0, 1], [1, 0]])
    figure = plots.payoff_table(game)
    assert not [line for line in figure.axes[0].lines if line.get_linewidth() == 1.1]
    assert "x/2" in texts(figure)


def test_a_payoff_table_that_cannot_be_read_is_refused(model):
    import numpy as np

    with pytest.raises(Unsupported, match="cannot be read"):
        plots.payoff_table(gt.NormalFormGame(np.zeros((2, 40, 40))))
    with pytest.raises(GameError, match="strategic_form"):
        plots.payoff_table(model.at())


def test_pictures_are_the_same_every_time_and_change_no_settings(normal):
    before = dict(mpl.rcParams)
    first, second = (plots.svg(plots.payoff_table(normal), title="a & b") for _ in range(2))
    assert first == second
    assert 'aria-label="a &amp; b"' in first and "<metadata" not in first
    assert plots.png(plots.payoff_table(normal)) == plots.png(plots.payoff_table(normal))
    assert dict(mpl.rcParams) == before
