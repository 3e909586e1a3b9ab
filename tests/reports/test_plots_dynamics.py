"""Pictures of paths and of basins of attraction."""

from __future__ import annotations

import gametheory as gt
from gametheory.reports import plots
from pictures import outside, overlapping, texts

GAME = gt.NormalFormGame.from_bimatrix(
    [[2, 0], [0, 1]], [[1, 0], [0, 2]], players=("Ann", "Bob"), strategies=[["opera", "football"]] * 2
)


def test_a_path_has_a_panel_for_each_population_and_names_every_strategy():
    figure = gt.dynamics.asymmetric_replicator(GAME, until=30).plot(title="Battle of the sexes")
    shown = texts(figure)
    assert shown.count("opera") == shown.count("football") == 2
    assert {"shares of Ann", "shares of Bob", "time", "Battle of the sexes"} <= set(shown)
    assert outside(figure) == [] and overlapping(figure) == []


def test_names_at_the_same_height_are_moved_apart():
    many = gt.NormalFormGame.from_bimatrix([[0] * 5] * 5, [[0] * 5] * 5)
    figure = gt.dynamics.replicator(many).plot()
    assert outside(figure) == [] and overlapping(figure) == []
    assert {"1", "2", "3", "4", "5", "shares of population"} <= set(texts(figure))


def test_basins_show_every_class_and_its_share():
    found = gt.dynamics.basins_of_attraction(GAME, dynamic="asymmetric_replicator", starts=40)
    figure = found.plot(title="Where it leads")
    words = " ".join(texts(figure))
    for name in found.classes:
        assert name in words
    assert "95 % confidence" in words and "40 starts" in words
    assert f"{100 * found.shares[found.classes[0]]:.1f} %" in texts(figure)
    assert outside(figure) == [] and overlapping(figure) == []
    grid = gt.dynamics.basins_of_attraction(
        GAME, dynamic="asymmetric_replicator", starts="grid", resolution=4
    )
    assert "on a grid" in " ".join(texts(plots.basins(grid)))
