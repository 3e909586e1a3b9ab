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

ENTRIES = (_HAWK, _INSPECTION, _VOLUNTEER, _BAGWELL)
