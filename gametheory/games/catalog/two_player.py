"""Published games of two players in normal form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gametheory.games.catalog.entries import Answer, CatalogEntry
from gametheory.games.normal_form import NormalFormGame

__all__ = ["ENTRIES"]

_PLAYERS = ("Ann", "Bob")


def _table(
    title: str,
    a: Sequence[Sequence[Any]],
    b: Sequence[Sequence[Any]] | None,
    strategies: Sequence[Sequence[str]],
    players: Sequence[str] = _PLAYERS,
) -> Callable[[], NormalFormGame]:
    return lambda: NormalFormGame.from_bimatrix(a, b, players, strategies, title)


def _both(first: Any, second: Any) -> dict[str, Any]:
    return {"Ann": first, "Bob": second}


_PRISONERS = CatalogEntry(
    "prisoners_dilemma",
    "The prisoners' dilemma",
    "R. D. Luce and H. Raiffa (1957), Games and Decisions, Wiley, section 5.4.",
    "Two suspects are questioned apart. To confess is better whatever the other one does, and worse for both if both do.",
    "normal",
    _PLAYERS,
    _table(
        "The prisoners' dilemma",
        [["0.9", 0], [1, "0.1"]],
        [["0.9", 1], [0, "0.1"]],
        [["deny", "confess"]] * 2,
    ),
    (
        Answer(
            "nash",
            "Both confess.",
            (_both("confess", "confess"),),
            complete=True,
            payoffs=_both("1/10", "1/10"),
        ),
    ),
)

_SEXES = CatalogEntry(
    "battle_of_the_sexes",
    "The battle of the sexes",
    "R. D. Luce and H. Raiffa (1957), Games and Decisions, Wiley, section 5.3.",
    "A man and a woman want to spend the evening together, but each prefers another entertainment.",
    "normal",
    ("man", "woman"),
    _table(
        "The battle of the sexes",
        [[2, -1], [-1, 1]],
        [[1, -1], [-1, 2]],
        [["fight", "ballet"]] * 2,
        ("man", "woman"),
    ),
    (
        Answer(
            "nash",
            "They go to the fight, or to the ballet, or each goes to the favourite with probability 3/5.",
            (
                {"man": "fight", "woman": "fight"},
                {"man": "ballet", "woman": "ballet"},
                {"man": {"fight": "3/5", "ballet": "2/5"}, "woman": {"fight": "2/5", "ballet": "3/5"}},
            ),
            complete=True,
        ),
    ),
)

_STAG = CatalogEntry(
    "stag_hunt",
    "A stag hunt: Aumann's example",
    'R. J. Aumann (1990), "Nash equilibria are not self-enforcing", in J. J. Gabszewicz, J.-F. Richard and L. A. Wolsey (eds), '
    "Economic Decision-Making: Games, Econometrics and Optimisation, North-Holland.",
    "Cooperation is best for both, but dangerous; and each would say that she cooperates whatever she does, so saying it "
    "means nothing.",
    "normal",
    _PLAYERS,
    _table("A stag hunt", [[9, 0], [8, 7]], [[9, 8], [0, 7]], [["cooperate", "defect"]] * 2),
    (
        Answer(
            "nash",
            "Both cooperate, which payoff-dominates; both defect, which risk-dominates; or both cooperate with probability 7/8.",
            (
                _both("cooperate", "cooperate"),
                _both("defect", "defect"),
                _both({"cooperate": "7/8", "defect": "1/8"}, {"cooperate": "7/8", "defect": "1/8"}),
            ),
            complete=True,
        ),
    ),
)

_CHICKEN = CatalogEntry(
    "aumann_chicken",
    "Chicken, with a correlated equilibrium outside the hull of the Nash equilibria",
    'R. J. Aumann (1987), "Correlated equilibrium as an expression of Bayesian rationality", Econometrica 55, 1-18.',
    "A signal that tells each player only what to do herself gets both more than any average of Nash equilibria.",
    "normal",
    _PLAYERS,
    _table("Chicken", [[6, 2], [7, 0]], [[6, 7], [2, 0]], [["yield", "dare"]] * 2),
    (
        Answer(
            "nash",
            "One dares and the other yields, or both yield with probability 2/3, which gives 14/3 each.",
            (
                _both("yield", "dare"),
                _both("dare", "yield"),
                _both({"yield": "2/3", "dare": "1/3"}, {"yield": "2/3", "dare": "1/3"}),
            ),
            complete=True,
        ),
        Answer(
            "correlated",
            "All profiles but (dare, dare), with equal probability, give 5 each.",
            payoffs=_both(5, 5),
            distribution={("yield", "yield"): "1/3", ("yield", "dare"): "1/3", ("dare", "yield"): "1/3"},
        ),
        Answer(
            "correlated",
            "The greatest sum of payoffs is 21/2: both yield with probability 1/2, one of them with 1/4 each.",
            payoffs=_both("21/4", "21/4"),
            distribution={("yield", "yield"): "1/2", ("yield", "dare"): "1/4", ("dare", "yield"): "1/4"},
            recomputed=True,
        ),
    ),
)

_HALF = {"heads": "1/2", "tails": "1/2"}
_PENNIES = CatalogEntry(
    "matching_pennies",
    "Matching pennies",
    'J. von Neumann (1928), "Zur Theorie der Gesellschaftsspiele", Mathematische Annalen 100, 295-320.',
    "Ann wins if the pennies show the same side, Bob if they do not.",
    "normal",
    _PLAYERS,
    _table("Matching pennies", [[1, -1], [-1, 1]], None, [["heads", "tails"]] * 2),
    (Answer("nash", "Both toss the coin.", (_both(_HALF, _HALF),), complete=True, payoffs=_both(0, 0)),),
)

_THIRD = {"rock": "1/3", "paper": "1/3", "scissors": "1/3"}
_ROCK = CatalogEntry(
    "rock_paper_scissors",
    "Rock, paper, scissors",
    "J. von Neumann and O. Morgenstern (1944), Theory of Games and Economic Behavior, Princeton University Press, section 18.",
    "Paper beats rock, scissors beat paper, rock beats scissors.",
    "normal",
    _PLAYERS,
    _table(
        "Rock, paper, scissors",
        [[0, -1, 1], [1, 0, -1], [-1, 1, 0]],
        None,
        [["rock", "paper", "scissors"]] * 2,
    ),
    (
        Answer(
            "nash",
            "All three are equally likely.",
            (_both(_THIRD, _THIRD),),
            complete=True,
            payoffs=_both(0, 0),
        ),
    ),
)

_LETTERS = ("a", "b", "c")
_EVEN = dict.fromkeys(_LETTERS, "1/3")
_CYCLE = CatalogEntry(
    "shapley_cycle",
    "Shapley's cycle",
    'L. S. Shapley (1964), "Some topics in two-person games", in M. Dresher, L. S. Shapley and A. W. Tucker (eds), Advances in '
    "Game Theory, Annals of Mathematics Studies 52, Princeton University Press, 1-28.",
    "Fictitious play goes round the only equilibrium for ever, in ever longer rounds.",
    "normal",
    _PLAYERS,
    _table(
        "Shapley's cycle",
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[0, 1, 0], [0, 0, 1], [1, 0, 0]],
        [_LETTERS, _LETTERS],
    ),
    (
        Answer(
            "nash",
            "All three are equally likely.",
            (_both(_EVEN, _EVEN),),
            complete=True,
            payoffs=_both("1/3", "1/3"),
        ),
    ),
)

_INACCESSIBLE = CatalogEntry(
    "shapley_inaccessible",
    "A game with equilibria that the Lemke-Howson method does not reach",
    'L. S. Shapley (1974), "A note on the Lemke-Howson algorithm", Mathematical Programming Study 1, 175-189, figure 3.',
    "Whatever label is dropped first, the paths from the artificial equilibrium end at the pure equilibrium; the two mixed "
    "ones are joined to each other only.",
    "normal",
    _PLAYERS,
    _table(
        "Shapley's game with inaccessible equilibria",
        [[0, 3, 0], [2, 2, 0], [3, 0, 1]],
        [[0, 2, 3], [3, 2, 0], [0, 0, 1]],
        [["1", "2", "3"]] * 2,
    ),
    (
        Answer(
            "nash",
            "One pure equilibrium and two mixed ones.",
            (
                _both("3", "3"),
                _both({"1": "1/3", "2": "2/3"}, {"1": "1/3", "2": "2/3"}),
                _both({"1": "1/6", "2": "1/3", "3": "1/2"}, {"1": "1/6", "2": "1/3", "3": "1/2"}),
            ),
            complete=True,
        ),
    ),
)

_SIX = CatalogEntry(
    "von_stengel_six",
    "A 6x6 game with 75 equilibria",
    'B. von Stengel (1999), "New maximal numbers of equilibria in bimatrix games", Discrete & Computational Geometry 21, 557-568.',
    "More equilibria than the 63 of the 6x6 game of coordination, which had been thought to have the most.",
    "normal",
    _PLAYERS,
    _table(
        "von Stengel's 6x6 game",
        [
            [9504, -660, 19976, -20526, 1776, -8976],
            [-111771, 31680, -130944, 168124, -8514, 52764],
            [397584, -113850, 451176, -586476, 29216, -178761],
            [171204, -45936, 208626, -263076, 14124, -84436],
            [1303104, -453420, 1227336, -1718376, 72336, -461736],
            [737154, -227040, 774576, -1039236, 48081, -300036],
        ],
        [
            [72336, 48081, 29216, 14124, 1776, -8514],
            [-461736, -300036, -178761, -84436, -8976, 52764],
            [1227336, 774576, 451176, 208626, 19976, -130944],
            [-1718376, -1039236, -586476, -263076, -20526, 168124],
            [1303104, 737154, 397584, 171204, 9504, -111771],
            [-453420, -227040, -113850, -45936, -660, 31680],
        ],
        [["1", "2", "3", "4", "5", "6"]] * 2,
    ),
    (Answer("nash", "There are 75 equilibria.", complete=True, count=75),),
)

_DEGENERATE = CatalogEntry(
    "von_stengel_degenerate",
    "A degenerate 3x2 game",
    'B. von Stengel (2007), "Equilibrium computation for two-player games in strategic and extensive form", in N. Nisan et al. '
    "(eds), Algorithmic Game Theory, Cambridge University Press, chapter 3, section 3.6.",
    "The second player has two best replies to a pure strategy, and equilibria form a segment.",
    "normal",
    _PLAYERS,
    _table(
        "von Stengel's degenerate game",
        [[3, 3], [2, 5], [0, 6]],
        [[3, 3], [2, 6], [3, 1]],
        [["1", "2", "3"], ["4", "5"]],
    ),
    (
        Answer(
            "nash",
            "A segment of equilibria, between the first two, and an isolated one.",
            (
                _both("1", "4"),
                _both("1", {"4": "2/3", "5": "1/3"}),
                _both({"2": "1/3", "3": "2/3"}, {"4": "1/3", "5": "2/3"}),
            ),
            complete=True,
            count=3,
        ),
    ),
)

_RING = CatalogEntry(
    "kohlberg_mertens",
    "A game whose equilibria form a ring",
    'E. Kohlberg and J.-F. Mertens (1986), "On the strategic stability of equilibria", Econometrica 54, 1003-1037.',
    "The equilibria are one connected set with a hole: six segments, end to end.",
    "normal",
    _PLAYERS,
    _table(
        "The ring of Kohlberg and Mertens",
        [[1, 0, -1], [-1, 0, -1], [1, 0, -2]],
        [[1, -1, 1], [0, 0, 0], [-1, -1, -2]],
        [["top", "middle", "bottom"], ["left", "centre", "right"]],
    ),
    (
        Answer(
            "nash",
            "Six pure equilibria, joined by six segments to a ring.",
            (
                _both("top", "left"),
                _both("top", "right"),
                _both("middle", "right"),
                _both("middle", "centre"),
                _both("bottom", "centre"),
                _both("bottom", "left"),
            ),
            complete=True,
            count=6,
        ),
    ),
)

_PROPER = CatalogEntry(
    "myerson_proper",
    "A perfect equilibrium that is not proper",
    'R. B. Myerson (1978), "Refinements of the Nash equilibrium concept", International Journal of Game Theory 7, 73-80.',
    "Dominated strategies, if they may be played by mistake, make a second equilibrium perfect. It is not proper, "
    "for the worse mistake would be the likelier one.",
    "normal",
    _PLAYERS,
    _table(
        "Myerson's game",
        [[1, 0, -9], [0, 0, -7], [-9, -7, -7]],
        [[1, 0, -9], [0, 0, -7], [-9, -7, -7]],
        [["1", "2", "3"]] * 2,
    ),
    (
        Answer("nash", "Three pure equilibria.", tuple(_both(k, k) for k in "123"), complete=True),
        Answer("perfect", "The first two are perfect.", tuple(_both(k, k) for k in "12"), complete=True),
        Answer("proper", "Only the first is proper.", (_both("1", "1"),), complete=True),
    ),
)

_RATIONALIZABLE = CatalogEntry(
    "bernheim",
    "Rationalizable strategies beyond equilibrium",
    'B. D. Bernheim (1984), "Rationalizable strategic behavior", Econometrica 52, 1007-1028.',
    "Three strategies of each player can be justified by beliefs about rational opponents, but one equilibrium remains.",
    "normal",
    _PLAYERS,
    _table(
        "Bernheim's game",
        [[0, 2, 7, 0], [5, 3, 5, 0], [7, 2, 0, 0], [0, 0, 0, 10]],
        [[7, 5, 0, 1], [2, 3, 2, 1], [0, 5, 7, 1], [0, -2, 0, -1]],
        [["a1", "a2", "a3", "a4"], ["b1", "b2", "b3", "b4"]],
    ),
    (
        Answer(
            "nash",
            "The only equilibrium is (a2, b2).",
            (_both("a2", "b2"),),
            complete=True,
            payoffs=_both(3, 3),
        ),
        Answer(
            "rationalizable",
            "All strategies but a4 and b4 are rationalizable.",
            strategies=_both(("a1", "a2", "a3"), ("b1", "b2", "b3")),
        ),
    ),
)


ENTRIES = (
    _PRISONERS,
    _SEXES,
    _STAG,
    _CHICKEN,
    _PENNIES,
    _ROCK,
    _CYCLE,
    _INACCESSIBLE,
    _SIX,
    _DEGENERATE,
    _RING,
    _PROPER,
    _RATIONALIZABLE,
)
