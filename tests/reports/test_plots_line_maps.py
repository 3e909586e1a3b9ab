"""Pictures of branches: what is drawn is what the map says."""

from __future__ import annotations

import numpy as np
import pytest

import gametheory as gt
from gametheory.sensitivity import equilibrium_map

pytest.importorskip("matplotlib")


def fold():
    space = gt.ParameterSpace(gt.Parameter("t", "1/10", low="1/20", high=1))
    t = space.symbols("t")
    payoffs = np.zeros((3, 2, 2, 2), dtype=object)
    for a, b, c in np.ndindex(2, 2, 2):
        payoffs[:, a, b, c] = [a * (b - c), b * (a - c), c * (a * b - a + t)]
    game = gt.NormalFormGame(payoffs, players=("A", "B", "C"), strategies=[["no", "yes"]] * 3)
    return equilibrium_map(gt.Model("fold", game, space), "t")


def test_branches_meet_in_the_fold():
    found = fold()
    figure = found.plot("C: yes", title="A fold")
    axes = figure.axes[1]
    curves = [line for line in axes.lines if len(line.get_xdata()) > 50]
    assert len(curves) == sum(len(branch.pieces) for branch in found.branches)
    styles = {line.get_linestyle() for line in curves}
    assert "-" in styles
    assert "--" in styles
    ends = [(line.get_xdata()[-1], line.get_ydata()[-1]) for line in curves]
    assert ends.count((0.25, 0.5)) == 2
    marks = [line for line in axes.lines if line.get_marker() == "o"]
    assert any((line.get_xdata()[0], line.get_ydata()[0]) == (0.25, 0.5) for line in marks)
    words = " ".join(text.get_text() for text in figure.axes[0].texts)
    assert "0.25" in words
    assert "C: no/yes" in words


def test_a_payoff_and_no_list():
    figure = fold().plot("payoff: A", legend=False)
    assert figure.axes[1].get_ylabel() == "payoff: A"
    with pytest.raises(gt.UnknownName):
        fold().plot("payoff: Z")
    assert fold().thresholds.plot("P(C: yes)").axes
