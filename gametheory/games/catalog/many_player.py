"""Published games of three players in normal form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gametheory.games.catalog.entries import Answer, CatalogEntry
from gametheory.games.normal_form import NormalFormGame

__all__ = ["ENTRIES"]

_NAMES = ("Ann", "Bob", "Cem")


def _table(
    title: str,
    profiles: Mapping[tuple[str, str, str], tuple[int, int, int]],
    strategies: Sequence[Sequence[str]],
) -> Callable[[], NormalFormGame]:
    """A game from the payoffs that are not all zero."""
    return lambda: NormalFormGame.from_function(
        lambda *profile: profiles.get(tuple(map(str, profile)), (0, 0, 0)),  # type: ignore[arg-type]  # three strategies
        list(strategies),
        _NAMES,
        title,
    )


def _all(*choices: Any) -> dict[str, Any]:
    return dict(zip(_NAMES, choices, strict=True))


def _mix(first: str, second: str, probability: Any) -> dict[str, Any]:
    other = 1 - probability if isinstance(probability, float) else f"1 - {probability}"
    return {first: probability, second: other}


def _top(probability: Any) -> dict[str, Any]:
    return _mix("top", "bottom", probability)


def _left(probability: Any) -> dict[str, Any]:
    return _mix("left", "right", probability)


def _west(probability: Any) -> dict[str, Any]:
    return _mix("west", "east", probability)


_TWO = (("top", "bottom"), ("left", "right"), ("west", "east"))

_IRRATIONAL = CatalogEntry(
    "nau_irrational",
    "A game whose only equilibrium is irrational",
    'R. Nau, S. Gomez Canovas and P. Hansen (2004), "On the geometry of Nash equilibria and correlated equilibria", International '
    "Journal of Game Theory 32, 443-453, section 4.",
    "Three players with two strategies each and payoffs that are whole numbers; the probabilities of the only equilibrium are "
    "not fractions.",
    "normal",
    _NAMES,
    _table(
        "The irrational game",
        {
            ("top", "left", "west"): (3, 0, 2),
            ("bottom", "left", "west"): (0, 1, 0),
            ("top", "right", "west"): (0, 2, 0),
            ("bottom", "right", "west"): (1, 0, 0),
            ("top", "left", "east"): (1, 0, 0),
            ("bottom", "left", "east"): (0, 3, 0),
            ("top", "right", "east"): (0, 1, 0),
            ("bottom", "right", "east"): (2, 0, 3),
        },
        _TWO,
    ),
    (
        Answer(
            "nash",
            "The only equilibrium: top with probability (53 - √601)/46, left with (√601 - 13)/24, west with (√601 - 23)/4.",
            (_all(_top(0.6192325794725538), _left(0.4798042226776052), _west(0.3788253360656314)),),
            complete=True,
        ),
    ),
)

_CONTINUUM = CatalogEntry(
    "nau_continuum",
    "A continuum of completely mixed equilibria",
    'R. Nau, S. Gomez Canovas and P. Hansen (2004), "On the geometry of Nash equilibria and correlated equilibria", International '
    "Journal of Game Theory 32, 443-453, section 5.",
    "Three pure equilibria, two in which some player mixes and another does not, and a curve of completely mixed ones.",
    "normal",
    _NAMES,
    _table(
        "The game with a curve of equilibria",
        {
            ("top", "left", "west"): (0, 0, 2),
            ("bottom", "left", "west"): (3, 0, 0),
            ("top", "right", "west"): (0, 3, 0),
            ("top", "left", "east"): (1, 1, 0),
            ("bottom", "right", "east"): (0, 0, 3),
        },
        _TWO,
    ),
    (
        Answer(
            "pure nash",
            "Three pure equilibria.",
            (_all("bottom", "left", "west"), _all("top", "right", "west"), _all("bottom", "right", "east")),
            complete=True,
        ),
        Answer(
            "nash",
            "Two segments, each from a pure equilibrium to one in which only Cem mixes, west with probability 1/4.",
            (
                _all("bottom", "left", "west"),
                _all("bottom", "left", _west("1/4")),
                _all("top", "right", "west"),
                _all("top", "right", _west("1/4")),
            ),
            recomputed=True,
        ),
    ),
    notes="The two equilibria in which one player mixes are not isolated: they are ends of segments.",
)

_SEGMENT = CatalogEntry(
    "nau_interior",
    "Nash equilibria inside the polytope of correlated equilibria",
    'R. Nau, S. Gomez Canovas and P. Hansen (2004), "On the geometry of Nash equilibria and correlated equilibria", International '
    "Journal of Game Theory 32, 443-453, section 6.",
    "With more than two players, or here with a third one of four strategies, Nash equilibria need not lie on the boundary of "
    "the set of correlated equilibria: they are a segment in its relative interior.",
    "normal",
    _NAMES,
    _table(
        "The game with equilibria in the interior",
        {
            ("top", "left", "1"): (2, 0, 0),
            ("bottom", "left", "1"): (0, 2, 1),
            ("top", "right", "1"): (0, 1, 1),
            ("bottom", "right", "1"): (1, 0, 2),
            ("top", "left", "2"): (1, 0, 2),
            ("bottom", "left", "2"): (0, 1, 1),
            ("top", "right", "2"): (0, 2, 1),
            ("bottom", "right", "2"): (2, 0, 0),
            ("top", "left", "3"): (1, 0, 1),
            ("bottom", "left", "3"): (0, 2, 0),
            ("top", "right", "3"): (0, 1, 2),
            ("bottom", "right", "3"): (2, 0, 1),
            ("top", "left", "4"): (2, 0, 1),
            ("bottom", "left", "4"): (0, 1, 2),
            ("top", "right", "4"): (0, 2, 0),
            ("bottom", "right", "4"): (1, 0, 1),
        },
        (("top", "bottom"), ("left", "right"), ("1", "2", "3", "4")),
    ),
    (
        Answer(
            "nash",
            "A segment: the first two toss coins, and the third plays 1 and 2, or 3 and 4, or any mean of the two.",
            (
                _all(_top("1/2"), _left("1/2"), {"1": "1/2", "2": "1/2"}),
                _all(_top("1/2"), _left("1/2"), {"3": "1/2", "4": "1/2"}),
                _all(_top("1/2"), _left("1/2"), dict.fromkeys("1234", "1/4")),
            ),
            recomputed=True,
        ),
    ),
)

_NINE = CatalogEntry(
    "mckelvey_mclennan",
    "A 2x2x2 game with nine equilibria",
    'R. D. McKelvey and A. McLennan (1996), "Computation of equilibria in finite games", in H. M. Amman, D. A. Kendrick and J. Rust '
    "(eds), Handbook of Computational Economics 1, Elsevier, 87-142.",
    "The most regular equilibria that three players with two strategies each can have, two of them completely mixed.",
    "normal",
    _NAMES,
    _table(
        "The game with nine equilibria",
        {
            ("top", "left", "west"): (9, 8, 12),
            ("bottom", "right", "west"): (9, 8, 2),
            ("bottom", "left", "east"): (3, 4, 6),
            ("top", "right", "east"): (3, 4, 6),
        },
        _TWO,
    ),
    (
        Answer(
            "nash",
            "Nine equilibria: four pure, three in which two players mix, two in which all three do.",
            (
                _all("top", "left", "west"),
                _all("bottom", "right", "west"),
                _all("bottom", "left", "east"),
                _all("top", "right", "east"),
                _all("bottom", _left("1/4"), _west("1/3")),
                _all(_top("1/3"), "left", _west("1/4")),
                _all(_top("1/2"), _left("1/2"), "west"),
                _all(_top("2/5"), _left("1/2"), _west("1/3")),
                _all(_top("1/2"), _left("2/5"), _west("1/4")),
            ),
            complete=True,
            count=9,
        ),
        Answer(
            "pure nash",
            "Four are pure.",
            (
                _all("top", "left", "west"),
                _all("bottom", "right", "west"),
                _all("bottom", "left", "east"),
                _all("top", "right", "east"),
            ),
            complete=True,
        ),
    ),
    notes="The payoffs are those of the example 2x2x2.nfg that is distributed with Gambit under the authors' names; the "
    "probabilities were recomputed.",
)

_COIN = ("heads", "tails")
_TOSS = {"heads": "1/2", "tails": "1/2"}


def _jordan() -> NormalFormGame:
    def payoffs(ann: object, bob: object, cem: object) -> tuple[int, int, int]:
        return (1 if ann == bob else -1, 1 if bob == cem else -1, 1 if cem != ann else -1)

    return NormalFormGame.from_function(payoffs, [_COIN] * 3, _NAMES, "Matching pennies for three")


_JORDAN = CatalogEntry(
    "jordan_pennies",
    "Matching pennies for three",
    'J. S. Jordan (1993), "Three problems in learning mixed-strategy Nash equilibria", Games and Economic Behavior 5, 368-386.',
    "Ann wants to match Bob, Bob wants to match Cem, and Cem wants not to match Ann; learning does not lead to the equilibrium.",
    "normal",
    _NAMES,
    _jordan,
    (
        Answer("nash", "All toss coins.", (_all(_TOSS, _TOSS, _TOSS),), complete=True, payoffs=_all(0, 0, 0)),
        Answer("pure nash", "No equilibrium is pure.", complete=True, count=0),
    ),
)

ENTRIES = (_IRRATIONAL, _CONTINUUM, _SEGMENT, _NINE, _JORDAN)
