"""Published games of two players in normal form whose payoffs follow from a rule."""

from __future__ import annotations

from typing import Any

from gametheory.games.catalog.entries import Answer, CatalogEntry
from gametheory.games.normal_form import NormalFormGame

__all__ = ["ENTRIES"]


def _both(first: Any, second: Any) -> dict[str, Any]:
    return {"Ann": first, "Bob": second}


def _blotto() -> NormalFormGame:
    def payoffs(ours: object, theirs: object) -> tuple[int, int]:
        total = 0
        for mine, yours in zip(str(ours).split("-"), str(theirs).split("-"), strict=True):
            if mine > yours:
                total += 1 + int(yours)
            elif mine < yours:
                total -= 1 + int(mine)
        return total, -total

    return NormalFormGame.from_function(
        payoffs,
        {"Blotto": ["4-0", "3-1", "2-2", "1-3", "0-4"], "Kije": ["3-0", "2-1", "1-2", "0-3"]},
        title="Colonel Blotto",
    )


_BLOTTO = CatalogEntry(
    "colonel_blotto",
    "Colonel Blotto with four regiments against three",
    "S. Karlin (1959), Mathematical Methods and Theory in Games, Programming, and Economics, volume 1, Addison-Wesley.",
    "Colonel Blotto has four regiments, Captain Kije three; they send them to two posts. At each post the larger force "
    "captures the post, worth one, and the regiments that it meets.",
    "normal",
    ("Blotto", "Kije"),
    _blotto,
    (
        Answer(
            "nash",
            "Blotto sends all to one post with probability 4/9 each, two to each with 1/9; the value is 14/9.",
            (
                {
                    "Blotto": {"4-0": "4/9", "2-2": "1/9", "0-4": "4/9"},
                    "Kije": {"3-0": "1/30", "2-1": "8/15", "1-2": "16/45", "0-3": "7/90"},
                },
                {
                    "Blotto": {"4-0": "4/9", "2-2": "1/9", "0-4": "4/9"},
                    "Kije": {"3-0": "7/90", "2-1": "16/45", "1-2": "8/15", "0-3": "1/30"},
                },
            ),
            complete=True,
            count=2,
            payoffs={"Blotto": "14/9", "Kije": "-14/9"},
            recomputed=True,
        ),
    ),
    notes="The extreme optimal strategies of Kije were recomputed; often only their mean, (1/18, 4/9, 4/9, 1/18), is given.",
)


def _travelers() -> NormalFormGame:
    def payoffs(mine: object, yours: object) -> tuple[int, int]:
        a, b = int(str(mine)), int(str(yours))
        low, bonus = min(a, b), 2 * ((a < b) - (a > b))
        return low + bonus, low - bonus

    claims = [str(claim) for claim in range(2, 101)]
    return NormalFormGame.from_function(
        payoffs, {"Ann": claims, "Bob": claims}, title="The traveler's dilemma"
    )


_TRAVELERS = CatalogEntry(
    "travelers_dilemma",
    "The traveler's dilemma",
    'K. Basu (1994), "The traveler\'s dilemma: Paradoxes of rationality in game theory", American Economic Review 84(2), 391-395.',
    "An airline has lost two equal antiques. Each owner claims a value from 2 to 100; both get the lower claim, whoever made it "
    "2 more and the other 2 less.",
    "normal",
    ("Ann", "Bob"),
    _travelers,
    (
        Answer("pure nash", "Both claim the least.", (_both("2", "2"),), complete=True, payoffs=_both(2, 2)),
        Answer("rationalizable", "Only the least claim is left.", strategies=_both(("2",), ("2",))),
    ),
)


def _demand() -> NormalFormGame:
    units = [str(k) for k in range(5)]
    return NormalFormGame.from_function(
        lambda mine, yours: (
            (int(str(mine)), int(str(yours))) if int(str(mine)) + int(str(yours)) <= 4 else (0, 0)
        ),
        {"Ann": units, "Bob": units},
        title="The demand game",
    )


_DEMAND = CatalogEntry(
    "nash_demand",
    "The demand game",
    'J. F. Nash (1953), "Two-person cooperative games", Econometrica 21, 128-140.',
    "Each demands a share of four units and gets it if the demands are compatible; otherwise neither gets anything.",
    "normal",
    ("Ann", "Bob"),
    _demand,
    (
        Answer(
            "pure nash",
            "Every division that leaves nothing on the table, and that both demand everything.",
            tuple(_both(str(k), str(4 - k)) for k in range(5)) + (_both("4", "4"),),
            complete=True,
        ),
    ),
    notes="Nash's set of feasible payoffs is any compact convex one; here it is the discrete division of four units.",
)

ENTRIES = (_BLOTTO, _TRAVELERS, _DEMAND)
