"""Published games in extensive form."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Any

from gametheory.games.catalog.entries import Answer, CatalogEntry
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.nodes import Chance, Decision, Node, Outcome

__all__ = ["ENTRIES"]


# ------------------------------------------------------------------------------------------------------------
# Selten's horse
# ------------------------------------------------------------------------------------------------------------
_THREE = ("Player 1", "Player 2", "Player 3")


def _three(*payoffs: int) -> Outcome:
    return Outcome(None, dict(zip(_THREE, payoffs, strict=True)))


def _horse() -> ExtensiveGame:
    def third(right: Outcome, left: Outcome) -> Decision:
        return Decision("Player 3", {"R": right, "L": left}, infoset="3")

    second = Decision(
        "Player 2", {"R": _three(1, 1, 1), "L": third(_three(4, 4, 0), _three(0, 0, 1))}, infoset="2"
    )
    first = {"R": second, "L": third(_three(3, 2, 2), _three(0, 0, 0))}
    return ExtensiveGame(Decision("Player 1", first, infoset="1"), _THREE, "Selten's horse")


def _play(first: Any, second: Any, third: Any) -> dict[str, Any]:
    return {"Player 1": {"1": first}, "Player 2": {"2": second}, "Player 3": {"3": third}}


_HORSE = CatalogEntry(
    "selten_horse",
    "Selten's horse",
    'R. Selten (1975), "Reexamination of the perfectness concept for equilibrium points in extensive games", International Journal '
    "of Game Theory 4, 25-55, figure 1.",
    "There are no proper subgames, so every equilibrium is subgame perfect; in one type of them player 2, who is not "
    "reached, would choose against her interest.",
    "extensive",
    _THREE,
    _horse,
    (
        Answer(
            "nash",
            "Two types: (R, R, R with probability at most 1/4), which are perfect, and (L, R with probability at least 1/3, R), "
            "which are not. Listed are the ends of both.",
            (
                _play("R", "R", "L"),
                _play("R", "R", {"R": "1/4", "L": "3/4"}),
                _play("L", "R", "R"),
                _play("L", {"R": "1/3", "L": "2/3"}, "R"),
            ),
            complete=True,
            count=4,
        ),
        Answer(
            "pure nash",
            "(R, R, L) and (L, R, R).",
            (_play("R", "R", "L"), _play("L", "R", "R")),
            complete=True,
        ),
    ),
)


# ------------------------------------------------------------------------------------------------------------
# Chain store
# ------------------------------------------------------------------------------------------------------------
_STORE = ("Chain store", "Entrant 1", "Entrant 2")


def _chain_store() -> ExtensiveGame:
    def market(k: int, store: str, entrants: tuple[str, ...]) -> Node:
        if k == 3:
            return Outcome(None, dict(zip(_STORE, (store, *entrants), strict=True)))

        def then(more: str, entrant: str) -> Node:
            return market(k + 1, f"{store} + {more}" if store else more, (*entrants, entrant))

        reply = Decision(
            "Chain store", {"cooperative": then("share", "entry"), "aggressive": then("war", "loss")}
        )
        return Decision(f"Entrant {k}", {"out": then("monopoly", "outside"), "in": reply})

    return ExtensiveGame(market(1, "", ()), _STORE, "The chain-store game with two markets")


_CHAIN = CatalogEntry(
    "chain_store",
    "The chain-store game with two markets",
    'R. Selten (1978), "The chain store paradox", Theory and Decision 9, 127-159.',
    "A chain store meets an entrant in one market after the other. To fight the first one costs, and would deter the second one "
    "only if it could be believed; backward induction says that it cannot.",
    "extensive",
    _STORE,
    _chain_store,
    (
        Answer(
            "subgame perfect",
            "Both enter and the chain store cooperates, wherever it is asked.",
            (
                {
                    "Chain store": dict.fromkeys(
                        ("in", "out/in", "in/cooperative/in", "in/aggressive/in"), "cooperative"
                    ),
                    "Entrant 1": {"start": "in"},
                    "Entrant 2": dict.fromkeys(("out", "in/cooperative", "in/aggressive"), "in"),
                },
            ),
            complete=True,
            payoffs={"Chain store": 4, "Entrant 1": 2, "Entrant 2": 2},
        ),
    ),
    parameters={"monopoly": 5, "share": 2, "war": 0, "outside": 1, "entry": 2, "loss": 0},
    notes="Selten has twenty markets, and the numbers that the parameters stand for; the argument is the same with two.",
)


# ------------------------------------------------------------------------------------------------------------
# Centipede
# ------------------------------------------------------------------------------------------------------------
def _centipede() -> ExtensiveGame:
    node: Node = Outcome(Ann="6.4", Bob="1.6")
    ends = [("0.4", "0.1"), ("0.2", "0.8"), ("1.6", "0.4"), ("0.8", "3.2")]
    for k in reversed(range(4)):
        node = Decision(
            ("Ann", "Bob")[k % 2], {"take": Outcome(Ann=ends[k][0], Bob=ends[k][1]), "pass": node}
        )
    return ExtensiveGame(node, ("Ann", "Bob"), "The centipede with four moves")


_CENTIPEDE = CatalogEntry(
    "centipede",
    "The centipede with four moves",
    'R. D. McKelvey and T. R. Palfrey (1992), "An experimental study of the centipede game", Econometrica 60, 803-836; the game is '
    "due to R. W. Rosenthal (1981), Journal of Economic Theory 25, 92-100.",
    "Two piles of money double with every pass; whoever takes gets the larger one. Few people take at once.",
    "extensive",
    ("Ann", "Bob"),
    _centipede,
    (
        Answer(
            "subgame perfect",
            "Whoever is asked takes.",
            (
                {
                    "Ann": {"start": "take", "pass/pass": "take"},
                    "Bob": {"pass": "take", "pass/pass/pass": "take"},
                },
            ),
            complete=True,
            payoffs={"Ann": "2/5", "Bob": "1/10"},
        ),
    ),
)


# ------------------------------------------------------------------------------------------------------------
# Beer and quiche
# ------------------------------------------------------------------------------------------------------------
def _beer_quiche() -> ExtensiveGame:
    def breakfast(kind: str) -> Decision:
        liked = {"strong": "beer", "weak": "quiche"}[kind]

        def reply(had: str) -> Decision:
            return Decision(
                "B",
                {
                    choice: Outcome(
                        A=int(had == liked) + 2 * (choice == "let be"),
                        B=int((choice == "duel") == (kind == "weak")),
                    )
                    for choice in ("duel", "let be")
                },
                infoset=had,
            )

        return Decision("A", {had: reply(had) for had in ("beer", "quiche")}, infoset=kind)

    root = Chance({"strong": ("9/10", breakfast("strong")), "weak": ("1/10", breakfast("weak"))})
    return ExtensiveGame(root, ("A", "B"), "Beer and quiche")


def _pooling(had: str, other: str, reply: Any) -> dict[str, Any]:
    return {"A": {"strong": had, "weak": had}, "B": {had: "let be", other: reply}}


_BEER = CatalogEntry(
    "beer_quiche",
    "Beer and quiche",
    'I.-K. Cho and D. M. Kreps (1987), "Signaling games and stable equilibria", Quarterly Journal of Economics 102, 179-221.',
    "A is strong with probability 9/10 and then likes beer for breakfast, or weak and likes quiche; B sees the breakfast and "
    "would like to duel with a weak one only.",
    "extensive",
    ("A", "B"),
    _beer_quiche,
    (
        Answer(
            "nash",
            "All have beer, and quiche would be met by a duel with probability at least 1/2; or all have quiche, and beer "
            "would. The intuitive criterion rejects the second. Listed are the ends of both.",
            tuple(
                _pooling(had, other, reply)
                for had, other in (("beer", "quiche"), ("quiche", "beer"))
                for reply in ("duel", {"duel": "1/2", "let be": "1/2"})
            ),
            complete=True,
            count=4,
        ),
        Answer(
            "pure nash",
            "All have beer, or all have quiche; the other breakfast leads to a duel.",
            (_pooling("beer", "quiche", "duel"), _pooling("quiche", "beer", "duel")),
            complete=True,
        ),
    ),
)


# ------------------------------------------------------------------------------------------------------------
# Poker
# ------------------------------------------------------------------------------------------------------------
def _kuhn() -> ExtensiveGame:
    def end(gain: int) -> Outcome:
        return Outcome(Ann=gain, Bob=-gain)

    def deal(ann: str, bob: str) -> Decision:
        won = 1 if "JQK".index(ann) > "JQK".index(bob) else -1
        called = Decision("Ann", {"fold": end(-1), "call": end(2 * won)}, infoset=f"Ann {ann} again")
        checked = Decision("Bob", {"check": end(won), "bet": called}, infoset=f"Bob {bob} checked to")
        bet = Decision("Bob", {"fold": end(1), "call": end(2 * won)}, infoset=f"Bob {bob} bet to")
        return Decision("Ann", {"check": checked, "bet": bet}, infoset=f"Ann {ann}")

    root = Chance({ann + bob: ("1/6", deal(ann, bob)) for ann, bob in permutations("JQK", 2)})
    return ExtensiveGame(root, ("Ann", "Bob"), "Kuhn poker")


def _bluffing(share: Fraction) -> dict[str, Any]:
    def mix(first: str, second: str, probability: Fraction) -> dict[str, Fraction]:
        return {first: probability, second: 1 - probability}

    third = Fraction(1, 3)
    return {
        "Ann": {
            "Ann J": mix("bet", "check", share),
            "Ann Q": "check",
            "Ann K": mix("bet", "check", 3 * share),
            "Ann J again": "fold",
            "Ann Q again": mix("call", "fold", share + third),
            "Ann K again": "call",
        },
        "Bob": {
            "Bob J checked to": mix("bet", "check", third),
            "Bob Q checked to": "check",
            "Bob K checked to": "bet",
            "Bob J bet to": "fold",
            "Bob Q bet to": mix("call", "fold", third),
            "Bob K bet to": "call",
        },
    }


_KUHN = CatalogEntry(
    "kuhn_poker",
    "Kuhn poker",
    'H. W. Kuhn (1950), "A simplified two-person poker", in H. W. Kuhn and A. W. Tucker (eds), Contributions to the Theory of Games '
    "I, Annals of Mathematics Studies 24, Princeton University Press, 97-103.",
    "Three cards, one for each of two players, who put one in the pot and may bet one more. Bluffing and slow playing are part "
    "of every optimal strategy of the second player and of almost every one of the first.",
    "extensive",
    ("Ann", "Bob"),
    _kuhn,
    (
        Answer(
            "nash",
            "The value is -1/18. Ann bets with the jack with any probability a from 0 to 1/3, with the king with 3a, and calls "
            "with the queen with a + 1/3. Listed are both ends.",
            (_bluffing(Fraction(0)), _bluffing(Fraction(1, 3))),
            payoffs={"Ann": "-1/18", "Bob": "1/18"},
        ),
    ),
)


def _poker() -> ExtensiveGame:
    def card(colour: str) -> Decision:
        gain = 1 if colour == "red" else -1

        def end(amount: int) -> Outcome:
            return Outcome(Fred=amount, Alice=-amount)

        reply = Decision("Alice", {"meet": end(2 * gain), "pass": end(1)}, infoset="raised")
        return Decision("Fred", {"raise": reply, "fold": end(gain)}, infoset=colour)

    root = Chance({"red": ("1/2", card("red")), "black": ("1/2", card("black"))})
    return ExtensiveGame(root, ("Fred", "Alice"), "One-card poker")


_POKER = CatalogEntry(
    "myerson_poker",
    "One-card poker",
    "R. B. Myerson (1991), Game Theory: Analysis of Conflict, Harvard University Press, figure 2.1.",
    "Fred sees a card and may raise; Alice, who does not see it, may meet the raise. If he folds, the card decides.",
    "extensive",
    ("Fred", "Alice"),
    _poker,
    (
        Answer(
            "nash",
            "Fred raises with red, and with black with probability 1/3; Alice meets with probability 2/3. The value is 1/3.",
            (
                {
                    "Fred": {"red": "raise", "black": {"raise": "1/3", "fold": "2/3"}},
                    "Alice": {"raised": {"meet": "2/3", "pass": "1/3"}},
                },
            ),
            complete=True,
            payoffs={"Fred": "1/3", "Alice": "-1/3"},
        ),
    ),
)


# ------------------------------------------------------------------------------------------------------------
# Ultimatum
# ------------------------------------------------------------------------------------------------------------
def _sharing() -> ExtensiveGame:
    offers = {f"{2 - k}-{k}": k for k in range(3)}
    root = Decision(
        "brother",
        {
            offer: Decision(
                "sister", {"no": Outcome(brother=0, sister=0), "yes": Outcome(brother=2 - k, sister=k)}
            )
            for offer, k in offers.items()
        },
    )
    return ExtensiveGame(root, ("brother", "sister"), "The sharing game")


_SHARING = CatalogEntry(
    "sharing",
    "The sharing game, an ultimatum over two presents",
    "Y. Shoham and K. Leyton-Brown (2008), Multiagent Systems, Cambridge University Press, figure 5.1; an ultimatum game of the "
    "kind in W. Güth, R. Schmittberger and B. Schwarze (1982), Journal of Economic Behavior and Organization 3, 367-388.",
    "A brother proposes how to divide two presents, his sister accepts or nobody gets anything.",
    "extensive",
    ("brother", "sister"),
    _sharing,
    (
        Answer(
            "subgame perfect",
            "She accepts any present. If she accepts even none, he keeps both; if she refuses that, he offers one.",
            (
                {"brother": {"start": "2-0"}, "sister": {"2-0": "yes", "1-1": "yes", "0-2": "yes"}},
                {"brother": {"start": "1-1"}, "sister": {"2-0": "no", "1-1": "yes", "0-2": "yes"}},
            ),
            recomputed=True,
        ),
    ),
)


# ------------------------------------------------------------------------------------------------------------
# Imperfect recall
# ------------------------------------------------------------------------------------------------------------
def _driver() -> ExtensiveGame:
    second = Decision(
        "driver", {"exit": Outcome(driver=4), "continue": Outcome(driver=1)}, infoset="intersection"
    )
    first = Decision("driver", {"exit": Outcome(driver=0), "continue": second}, infoset="intersection")
    return ExtensiveGame(first, ("driver",), "The absent-minded driver", allow_imperfect_recall=True)


_DRIVER = CatalogEntry(
    "absent_minded_driver",
    "The absent-minded driver",
    'M. Piccione and A. Rubinstein (1997), "On the interpretation of decision problems with imperfect recall", Games and Economic '
    "Behavior 20, 3-24.",
    "The way home is the second exit of a highway, but at an exit the driver does not remember whether he passed one already.",
    "extensive",
    ("driver",),
    _driver,
    (
        Answer(
            "optimum",
            "The best plan is to continue with probability 2/3, which is worth 4/3; no pure plan is worth more than 1.",
            ({"driver": {"intersection": {"exit": "1/3", "continue": "2/3"}}},),
            complete=True,
            payoffs={"driver": "4/3"},
        ),
    ),
)


def _wichardt() -> ExtensiveGame:
    def end(gain: int) -> Outcome:
        return Outcome(Ann=gain, Bob=-gain)

    def then(first: str, second: str) -> Decision:
        if first != second:
            gains = {"B": -5, "T": -5}
        else:
            gains = {"B": 1, "T": -1} if first == "r" else {"B": -1, "T": 1}
        return Decision("Bob", {reply: end(gain) for reply, gain in gains.items()}, infoset="Bob")

    root = Decision(
        "Ann",
        {
            first.upper(): Decision("Ann", {second: then(first, second) for second in "rl"}, infoset="again")
            for first in "rl"
        },
    )
    return ExtensiveGame(root, ("Ann", "Bob"), "Wichardt's game", allow_imperfect_recall=True)


_WICHARDT = CatalogEntry(
    "wichardt",
    "A game without equilibrium in behaviour strategies",
    'P. C. Wichardt (2008), "Existence of Nash equilibria in finite extensive form games with imperfect recall: A counterexample", '
    "Games and Economic Behavior 63.",
    "Ann forgets her first move. She would have to mix between R, r and L, l, which she cannot do without remembering.",
    "extensive",
    ("Ann", "Bob"),
    _wichardt,
    (Answer("nash", "There is no equilibrium in behaviour strategies.", complete=True, count=0),),
)

ENTRIES = (_HORSE, _CHAIN, _CENTIPEDE, _BEER, _KUHN, _POKER, _SHARING, _DRIVER, _WICHARDT)
