from __future__ import annotations

import pytest

import gametheory as gt
from gametheory.models import deterrence, kazakhstan


@pytest.fixture(scope="session")
def model():
    """The flagship, in which the defenders reply at once."""
    return kazakhstan.sequential()


@pytest.fixture(scope="session")
def equilibrium(model):
    (found,) = gt.subgame_perfect_equilibria(model.at())
    return found


@pytest.fixture(scope="session")
def tripwire():
    space = gt.ParameterSpace(
        gt.Parameter("x_W", 134, 60, 160, unit="USD bn", description="western investment"),
        gt.Parameter("k", 40, 10, 90),
    )
    x_W, k = space.symbols("x_W k")
    reply = gt.Decision(
        "West",
        {
            "acquiesce": gt.Outcome(Russia=50, West=-x_W / 2),
            "respond": gt.Outcome(Russia=-20, West=-x_W / 5 - k),
        },
    )
    tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply})
    return gt.Model("tripwire", gt.ExtensiveGame(tree), space)


@pytest.fixture(scope="session")
def normal():
    return deterrence.simultaneous(kazakhstan.space()).at()
