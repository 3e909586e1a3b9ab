"""Published games with parameters."""

from __future__ import annotations

from typing import Any

from gametheory.games.catalog.entries import Answer, CatalogEntry
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.nodes import Chance, Decision, Outcome
from gametheory.games.normal_form import NormalFormGame

__all__ = ["ENTRIES"]


def _hawk_dove() -> NormalFormGame:
    a = [["(V - C)/2", "V"], [0, "V/2"]]
    b = [["(V - C)/2", 0], ["V", "V/2"]]
    return NormalFormGame.from_bimatrix(a, b, ("first", "second"), [["hawk", "dove"]] * 2, "Hawk and dove")


_MIXED_BIRD = {"hawk": "V/C", "dove": "1 - V/C"}
_HAWK = CatalogEntry(
    "hawk_dove",
    "Hawk and dove",
    "J. Maynard Smith (1982), Evolution and the Theory of Games, Cambridge University Press, chapter 2.",
    "Two animals contest a resource of value V. Hawks fight, at a cost C of injury, doves retreat or share.",
    "normal",
    ("first", "second"),
    _hawk_dove,
    (
        Answer(
            "nash",
            "If fighting costs more than the resource is worth: one is a hawk and the other a dove, or both are hawks with "
            "probability V/C, which is the evolutionarily stable strategy.",
            (
                {"first": "hawk", "second": "dove"},
                {"first": "dove", "second": "hawk"},
                {"first": _MIXED_BIRD, "second": _MIXED_BIRD},
            ),
            complete=True,
        ),
    ),
    parameters={"V": 2, "C": 3},
)


def _inspection() -> NormalFormGame:
    return NormalFormGame.from_profiles(
        {
            ("shirk", "inspect"): (0, "-h"),
            ("shirk", "trust"): ("w", "-w"),
            ("work", "inspect"): ("w - g", "v - w - h"),
            ("work", "trust"): ("w - g", "v - w"),
        },
        ("agent", "principal"),
        title="The inspection game",
    )


_INSPECTION = CatalogEntry(
    "inspection",
    "The inspection game",
    "D. Fudenberg and J. Tirole (1991), Game Theory, MIT Press, section 1.1.",
    "An agent works, at a cost g, or shirks; a principal pays the wage w unless she inspects, at a cost h, and finds that the "
    "agent shirked. Work is worth v to her, with v > w > g > 0 and w > h > 0.",
    "normal",
    ("agent", "principal"),
    _inspection,
    (
        Answer(
            "nash",
            "The agent shirks with probability h/w, the principal inspects with probability g/w.",
            (
                {
                    "agent": {"shirk": "h/w", "work": "1 - h/w"},
                    "principal": {"inspect": "g/w", "trust": "1 - g/w"},
                },
            ),
            complete=True,
        ),
    ),
    parameters={"w": 3, "g": 1, "h": 1, "v": 13},
)

_VOLUNTEERS = ("Ann", "Bob", "Cem")


def _volunteers() -> NormalFormGame:
    def payoffs(*profile: object) -> list[Any]:
        if "volunteer" not in profile:
            return [0, 0, 0]
        return ["U - K" if choice == "volunteer" else "U" for choice in profile]

    choices = ["volunteer", "wait"]
    return NormalFormGame.from_function(payoffs, [choices] * 3, _VOLUNTEERS, "The volunteer's dilemma")


def _alone(volunteer: str) -> dict[str, Any]:
    return {name: "volunteer" if name == volunteer else "wait" for name in _VOLUNTEERS}


_VOLUNTEER = CatalogEntry(
    "volunteers_dilemma",
    "The volunteer's dilemma of three",
    'A. Diekmann (1985), "Volunteer\'s dilemma", Journal of Conflict Resolution 29(4), 605-610.',
    "One volunteer is enough to bring everyone the good U, at a cost K to each who volunteers, with U > K > 0.",
    "normal",
    _VOLUNTEERS,
    _volunteers,
    (
        Answer(
            "pure nash",
            "Exactly one volunteers.",
            tuple(_alone(name) for name in _VOLUNTEERS),
            complete=True,
            count=3,
        ),
        Answer(
            "nash",
            "In the symmetric equilibrium of N players each waits with probability (K/U)^(1/(N - 1)); here N = 3, and K/U = 1/4 "
            "at the values given, so it is 1/2.",
            ({name: {"volunteer": "1/2", "wait": "1/2"} for name in _VOLUNTEERS},),
        ),
        Answer(
            "nash",
            "In three more, one waits and the other two volunteer with probability 1 - K/U.",
            tuple(
                {
                    name: "wait" if name == idle else {"volunteer": "1 - K/U", "wait": "K/U"}
                    for name in _VOLUNTEERS
                }
                for idle in _VOLUNTEERS
            ),
            recomputed=True,
        ),
    ),
    parameters={"U": 4, "K": 1},
    notes="The profile of the symmetric equilibrium holds where K/U = 1/4 only; its root is no rational function of K and U.",
)


def _bagwell() -> ExtensiveGame:
    def follower(committed: str) -> dict[str, Decision]:
        ends = {
            ("S", "S"): (5, 2),
            ("S", "C"): (3, 1),
            ("C", "S"): (6, 3),
            ("C", "C"): (4, 4),
        }
        return {
            seen: Decision(
                "follower",
                {
                    reply: Outcome(
                        f"{committed}{reply}",
                        leader=ends[committed, reply][0],
                        follower=ends[committed, reply][1],
                    )
                    for reply in ("S", "C")
                },
                infoset=f"sees {seen}",
            )
            for seen in ("S", "C")
        }

    def signal(committed: str) -> Chance:
        replies = follower(committed)
        chances = {seen: "1 - epsilon" if seen == committed else "epsilon" for seen in replies}
        return Chance({seen: (chances[seen], reply) for seen, reply in replies.items()})

    root = Decision("leader", {"S": signal("S"), "C": signal("C")})
    return ExtensiveGame(root, ("leader", "follower"), "Commitment that is observed imperfectly")


_BAGWELL = CatalogEntry(
    "bagwell",
    "Commitment that is observed imperfectly",
    'K. Bagwell (1995), "Commitment and observability in games", Games and Economic Behavior 8, 271-280.',
    "A leader commits to S (as Stackelberg) or C (as Cournot), and the follower sees the wrong one with probability epsilon. "
    "However small that is, in pure strategies the advantage of moving first is gone.",
    "extensive",
    ("leader", "follower"),
    _bagwell,
    (
        Answer(
            "pure nash",
            "The only pure equilibrium is that both play C, whatever the follower sees.",
            ({"leader": {"start": "C"}, "follower": {"sees S": "C", "sees C": "C"}},),
            complete=True,
            payoffs={"leader": 4, "follower": 4},
        ),
        Answer(
            "nash",
            "With epsilon below 1/4 there are two more, in both of which the leader mixes; in one of them she plays S with "
            "probability 1 - epsilon.",
            (
                {"leader": {"start": "C"}, "follower": {"sees S": "C", "sees C": "C"}},
                {
                    "leader": {"start": {"S": "1 - epsilon", "C": "epsilon"}},
                    "follower": {
                        "sees S": "S",
                        "sees C": {
                            "S": "(1 - 4*epsilon)/(2 - 4*epsilon)",
                            "C": "1 - (1 - 4*epsilon)/(2 - 4*epsilon)",
                        },
                    },
                },
                {
                    "leader": {"start": {"S": "epsilon", "C": "1 - epsilon"}},
                    "follower": {
                        "sees S": {"S": "1/(2 - 4*epsilon)", "C": "1 - 1/(2 - 4*epsilon)"},
                        "sees C": "C",
                    },
                },
            ),
            complete=True,
            recomputed=True,
        ),
    ),
    parameters={"epsilon": "1/100"},
)


def _enforcement() -> NormalFormGame:
    return NormalFormGame.from_profiles(
        {
            ("speed", "enforce"): ("a_1", "a_2"),
            ("speed", "ignore"): ("b_1", "b_2"),
            ("obey", "enforce"): ("c_1", "c_2"),
            ("obey", "ignore"): ("d_1", "d_2"),
        },
        ("public", "police"),
        title="Crime and enforcement",
    )


_SPEEDING = "(d_2 - c_2)/(a_2 - b_2 + d_2 - c_2)"
_PATROLS = "(b_1 - d_1)/(b_1 - d_1 + c_1 - a_1)"
_ENFORCEMENT = CatalogEntry(
    "law_enforcement",
    "Crime and enforcement",
    'G. Tsebelis (1989), "The abuse of probability in political analysis: the Robinson Crusoe fallacy", American Political Science '
    "Review 83(1), 77-91.",
    "The public speeds or obeys the law, the police enforce it or not. The public speeds only if nobody enforces (b_1 > d_1, c_1 > "
    "a_1), the police enforce only if somebody speeds (a_2 > b_2, d_2 > c_2). A heavier penalty, a lower a_1, changes what the police "
    "do and not what the public does.",
    "normal",
    ("public", "police"),
    _enforcement,
    (
        Answer(
            "nash",
            "The public speeds with probability (d_2 - c_2)/(a_2 - b_2 + d_2 - c_2), which depends on the payoffs of the police only, and "
            "the police enforce with probability (b_1 - d_1)/(b_1 - d_1 + c_1 - a_1), which depends on those of the public only.",
            (
                {
                    "public": {"speed": _SPEEDING, "obey": f"1 - {_SPEEDING}"},
                    "police": {"enforce": _PATROLS, "ignore": f"1 - {_PATROLS}"},
                },
            ),
            complete=True,
        ),
    ),
    parameters={"a_1": -3, "b_1": 2, "c_1": 0, "d_1": 1, "a_2": 1, "b_2": -2, "c_2": -1, "d_2": 0},
    notes="The letters of the payoffs are in the order of the cells here and may differ from the article's.",
)


def _asymmetric() -> NormalFormGame:
    rows = [["X", 40], [40, 80]], [[40, 80], [80, 40]]
    names = [["top", "bottom"], ["left", "right"]]
    return NormalFormGame.from_bimatrix(*rows, ("row", "column"), names, "Asymmetric matching pennies")


_ASYMMETRIC = CatalogEntry(
    "asymmetric_pennies",
    "Matching pennies with one payoff as a parameter",
    'J. K. Goeree and C. A. Holt (2001), "Ten little treasures of game theory and ten intuitive contradictions", American Economic '
    "Review 91(5), 1402-1422.",
    "Matching pennies in which a payoff X of the row player is 80, 320 or 44. In equilibrium the row player mixes half and half "
    "whatever X is, and only the column player responds to it; people do not play so.",
    "normal",
    ("row", "column"),
    _asymmetric,
    (
        Answer(
            "nash",
            "If X > 40, the row player mixes half and half, and the column player plays left with probability 40/X.",
            (
                {
                    "row": {"top": "1/2", "bottom": "1/2"},
                    "column": {"left": "40/X", "right": "1 - 40/X"},
                },
            ),
            complete=True,
        ),
    ),
    parameters={"X": 320},
)

ENTRIES = (_HAWK, _INSPECTION, _VOLUNTEER, _BAGWELL, _ENFORCEMENT, _ASYMMETRIC)
