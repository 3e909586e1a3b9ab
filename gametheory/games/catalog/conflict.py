"""Published games of deterrence, bargaining, coercion and entry, with their payoffs as parameters."""

from __future__ import annotations

from gametheory.games.catalog.entries import Answer, CatalogEntry
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.nodes import Decision, Node, Outcome

__all__ = ["ENTRIES"]


# ------------------------------------------------------------------------------------------------------------
# Bargaining in the shadow of war
# ------------------------------------------------------------------------------------------------------------
def _bargaining() -> ExtensiveGame:
    def war() -> Outcome:
        return Outcome("war", A="p - c_A", B="1 - p - c_B")

    reply = Decision("B", {"accept": Outcome("settlement", A="x", B="1 - x"), "fight": war()})
    root = Decision("A", {"propose": reply, "fight": war()})
    return ExtensiveGame(root, ("A", "B"), "Bargaining in the shadow of war")


_FEARON = CatalogEntry(
    "bargaining_and_war",
    "Bargaining in the shadow of war",
    'J. D. Fearon (1995), "Rationalist explanations for war", International Organization 49(3), 379-414.',
    "Two states may divide an issue of size one, x for A and 1 - x for B, or fight: A wins with probability p, and war costs "
    "them c_A and c_B. Either may fight; the division takes place if both prefer it.",
    "extensive",
    ("A", "B"),
    _bargaining,
    (
        Answer(
            "subgame perfect",
            "A division with p - c_A < x < p + c_B, in the bargaining range, is proposed and accepted.",
            ({"A": {"start": "propose"}, "B": {"propose": "accept"}},),
            complete=True,
            payoffs={"A": "3/5", "B": "2/5"},
        ),
    ),
    parameters={"x": "3/5", "p": "1/2", "c_A": "1/10", "c_B": "1/5"},
    notes="Fearon's states are risk-neutral or risk-averse; here they are risk-neutral, and the division x is given. Where x is more "
    "than B accepts, A is indifferent, for there is war either way.",
)


# ------------------------------------------------------------------------------------------------------------
# Unilateral deterrence
# ------------------------------------------------------------------------------------------------------------
#: Outcomes of the deterrence game, by the letters with which the payoffs in them end.
_DETERRENCE = {
    "SQ": "status quo",
    "DC": "Defender concedes",
    "CD": "Challenger defeated",
    "DD": "conflict",
}


def _deterrence() -> ExtensiveGame:
    def end(name: str) -> Outcome:
        return Outcome(_DETERRENCE[name], Challenger=f"ch_{name}", Defender=f"def_{name}")

    last = Decision("Challenger", {"back down": end("CD"), "press on": end("DD")})
    reply = Decision("Defender", {"concede": end("DC"), "resist": last})
    root = Decision("Challenger", {"accept": end("SQ"), "challenge": reply})
    return ExtensiveGame(root, ("Challenger", "Defender"), "Unilateral deterrence")


_UNILATERAL = CatalogEntry(
    "unilateral_deterrence",
    "Unilateral deterrence",
    "F. C. Zagare and D. M. Kilgour (2000), Perfect Deterrence, Cambridge University Press, chapter 5.",
    "A challenger accepts the status quo or demands a change; a defender concedes or resists; a challenger that is resisted backs "
    "down or presses on to conflict. A threat is credible if who makes it prefers conflict to giving in at the last moment, and "
    "capable if who faces it prefers the status quo to conflict.",
    "extensive",
    ("Challenger", "Defender"),
    _deterrence,
    (
        Answer(
            "subgame perfect",
            "Both threats are credible and the defender's is capable: the status quo survives.",
            (
                {
                    "Challenger": {"start": "accept", "challenge/resist": "press on"},
                    "Defender": {"challenge": "resist"},
                },
            ),
            complete=True,
            payoffs={"Challenger": 2, "Defender": 3},
        ),
    ),
    parameters={
        "ch_SQ": 2,
        "ch_DC": 3,
        "ch_CD": 0,
        "ch_DD": 1,
        "def_SQ": 3,
        "def_DC": 0,
        "def_CD": 2,
        "def_DD": 1,
    },
    notes="Zagare and Kilgour study the game under incomplete information; the answer here is that of complete information. The "
    "numbers are ordinal.",
)


# ------------------------------------------------------------------------------------------------------------
# Economic coercion
# ------------------------------------------------------------------------------------------------------------
def _coercion() -> ExtensiveGame:
    def end(label: str, sender: str, target: str) -> Outcome:
        # Own payoff, and the difference to the other's, weighted by the expectation of conflict.
        return Outcome(
            label,
            Sender=f"({sender}) - w_S*({target})",
            Target=f"({target}) - w_T*({sender})",
        )

    last = Decision(
        "Sender",
        {"back down": end("status quo", "0", "0"), "stand firm": end("deadlock", "-c_S", "-c_T")},
    )
    reply = Decision("Target", {"back down": end("acquiescence", "D", "-D"), "stand firm": last})
    root: Node = Decision("Sender", {"no demand": end("status quo ante", "a", "a"), "demand": reply})
    return ExtensiveGame(root, ("Sender", "Target"), "Economic coercion")


_COERCION = CatalogEntry(
    "economic_coercion",
    "Economic coercion and conflict expectations",
    'D. W. Drezner (1998), "Conflict expectations and the paradox of economic coercion", International Studies Quarterly 42(4), '
    "709-731.",
    "A sender threatens sanctions unless the target concedes D. Sanctions, a deadlock, cost both, c_S and c_T; without a demand "
    "both gain a little, a. Who expects conflict cares for relative gains: a share w of the payoff is the difference to the other's.",
    "extensive",
    ("Sender", "Target"),
    _coercion,
    (
        Answer(
            "subgame perfect",
            "The threat is credible if w_S c_T > c_S; then the target concedes demands up to (c_T - w_T c_S)/(1 + w_T).",
            (
                {
                    "Sender": {"start": "demand", "demand/stand firm": "stand firm"},
                    "Target": {"demand": "back down"},
                },
            ),
            complete=True,
        ),
    ),
    parameters={"D": 3, "c_S": 1, "c_T": 6, "a": "1/10", "w_S": "1/2", "w_T": "1/4"},
    notes="Drezner's sender also chooses the size D of its demand; here it is a parameter. His weight of absolute payoffs is 1 - w.",
)


# ------------------------------------------------------------------------------------------------------------
# Entry
# ------------------------------------------------------------------------------------------------------------
def _entry() -> ExtensiveGame:
    def market(cost: str) -> Decision:
        # What was sunk in preparing for a war is of use in a war only, which costs no more then.
        reply = Decision(
            "Incumbent",
            {
                "share": Outcome("duopoly", Incumbent=f"P_d{cost}", Entrant="P_d"),
                "fight": Outcome("war", Incumbent="P_w", Entrant="P_w"),
            },
        )
        monopoly = Outcome("monopoly", Incumbent=f"P_m{cost}", Entrant=0)
        return Decision("Entrant", {"enter": reply, "stay out": monopoly})

    root = Decision("Incumbent", {"passive": market(""), "committed": market(" - C")})
    return ExtensiveGame(root, ("Incumbent", "Entrant"), "Entry and commitment")


_ENTRY = CatalogEntry(
    "entry_deterrence",
    "Entry and commitment",
    'A. Dixit (1982), "Recent developments in oligopoly theory", American Economic Review 72(2), 12-17; after A. Dixit (1980), "The '
    'role of investment in entry-deterrence", Economic Journal 90, 95-106.',
    "An incumbent may sink a cost C beforehand that is of use in a price war only. Profits are P_m in a monopoly, P_d for both in "
    "a duopoly, P_w for both in a war, with P_m > P_d > 0 > P_w, so that without the commitment the threat of war is empty.",
    "extensive",
    ("Incumbent", "Entrant"),
    _entry,
    (
        Answer(
            "subgame perfect",
            "The incumbent commits itself and the entrant stays out if P_m - P_d > C > P_d - P_w.",
            (
                {
                    "Incumbent": {"start": "committed", "passive/enter": "share", "committed/enter": "fight"},
                    "Entrant": {"passive": "enter", "committed": "stay out"},
                },
            ),
            complete=True,
            payoffs={"Incumbent": "9/2", "Entrant": 0},
        ),
    ),
    parameters={"P_m": 10, "P_d": 4, "P_w": -1, "C": "11/2"},
)

ENTRIES = (_FEARON, _UNILATERAL, _COERCION, _ENTRY)
