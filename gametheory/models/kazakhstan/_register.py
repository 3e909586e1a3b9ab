"""What each claim of the essay says in the model's terms: a register of properties, and of conditions under which they are proved.

The essay speaks of deterrence in general. To be fair to it, each claim is taken in the weakest form that it can be meant in: that
*raising* what is said to protect never makes things worse (``Never``), that it makes a difference somewhere along its range when all
else is as the facts suggest (``Along``), that means suffice (``Everywhere``), or that the threat is of some kind at
the baseline (``At``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from gametheory.models.kazakhstan._gains import Gains, slopes
from gametheory.models.kazakhstan._goals import Everywhere, Move, Never
from gametheory.models.kazakhstan._lines import Along, At
from gametheory.models.kazakhstan._reading import Measure

__all__ = ["ESSAY", "REGISTER", "Entry"]

#: Terms that are positive where the claim is proved, and the parameters that they bound.
Terms: TypeAlias = tuple[list[Any], tuple[str, ...]]
#: What gains, the exposure that it should gain with, the slopes, and the parameter that they bound.
Slopes: TypeAlias = tuple[str, str, list[Any], str]

ESSAY = {
    "C1": "Russia's own exposure restrains it.",
    "C2": "Western exposure makes the western reply credible.",
    "C3": "Chinese exposure makes China's reply credible.",
    "C4": "More interdependence never makes action more likely.",
    "C5": "Sanctions, diplomacy and defence support suffice without force.",
    "C6": "Leverage of investments deters.",
    "C7": "Spreading a given total over more investors protects more.",
    "C8": "Membership of the CSTO and the SCO restrains.",
    "C9": "The threat is limited in aim, not absent.",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One property.

    Attributes
    ----------
    id : str
    formal : str
        The property in the model's terms.
    goal : Never, Everywhere, Along or At
    conditions : tuple of callables
        Each takes the gains and returns terms and the parameters that they bound: if the property is refuted, it is proved where all terms
        are positive.
    slopes : tuple of callables
        Each takes the gains and returns slopes, of which is said exactly where they are not negative.
    lines : tuple of str
        Parameters along which to say exactly where the property holds, all else at the baseline.
    note : str
        What the model cannot say.
    known : mapping of str to (Fraction, Fraction), or None
        A counterexample, from where each parameter is to where it moves, for models and searches in which points turn up none; it counts
        only after exact solution.
    """

    id: str
    formal: str
    goal: Never | Everywhere | Along | At
    conditions: tuple[Callable[[Gains], Terms], ...] = ()
    slopes: tuple[Callable[[Gains], Slopes], ...] = ()
    lines: tuple[str, ...] = ()
    note: str = ""
    known: Mapping[str, tuple[Fraction, Fraction]] | None = None


def _at(**values: str) -> dict[str, tuple[Fraction, Fraction]]:
    """Values of parameters as texts, ``"from to"`` for what moves."""
    ends = {name: [Fraction(part) for part in text.split()] for name, text in values.items()}
    return {name: (own[0], own[-1]) for name, own in ends.items()}


_ACT = Measure("act")
_BOTH = ("limited", "full")
_LINES = ("E_W", "E_C", "E_R", "alliance", "G_L", "G_F", "K_L", "N_WL")


def _full_package(gains: Gains, west: str, action: str, gain: str) -> Terms:
    return [-gains.payoff("Russia", action, west, "oppose")], (gain,)


def _suffice(west: str) -> Callable[[Gains], Terms]:
    def terms(gains: Gains) -> Terms:
        pairs = [
            _full_package(gains, west, action, gain) for action, gain in (("limited", "G_L"), ("full", "G_F"))
        ]
        return [term for found, _ in pairs for term in found], ("G_L", "G_F")

    return terms


def _replies_gain(player: str, action: str, bound: str) -> Callable[[Gains], Slopes]:
    """Every stronger reply of a player on every weaker one, whatever the other replies, with the player's own exposure."""
    owner, exposure = {"West": ("western", "E_W"), "China": ("Chinese", "E_C")}[player]
    what = f"what every stronger {owner} reply to a {action} action gains on every weaker one, whatever the other replies,"
    return lambda gains: (what, exposure, slopes(gains.reply_gains(player, (action,)), exposure), bound)


def _support_gains(action: str) -> Callable[[Gains], Slopes]:
    """Support on acquiescence as western exposure rises, while China acquiesces."""
    what = f"what western support after a {action} action gains on acquiescence, if China acquiesces,"
    return lambda gains: (
        what,
        "E_W",
        slopes([gains.reply_gain("West", action, "support", "acquiesce", "acquiesce")], "E_W"),
        "transit",
    )


def _reply(action: str, player: str) -> Measure:
    return Measure("strength", action, player)


REGISTER = (
    Entry(
        "C1a",
        "For every point of the box, raising Russia's stock E_R alone never makes Russia likelier to act.",
        Never(_ACT, Move(("E_R",))),
    ),
    Entry(
        "C1b",
        "For every point of the box, raising E_R alone never makes Russia likelier to choose the full action.",
        Never(Measure("aim", "full"), Move(("E_R",))),
        # Where the two aims are nearly worth the same, and the limited one puts more of the stock at stake.
        known=_at(
            E_R="5.3 19.4", reach_L="0.3", reach_F="0.7", d_f="0.05", p0_L="0.95", p0_F="0.3", G_F="456"
        ),
    ),
    Entry(
        "C1c",
        "With all else at the baseline, some E_R from none to the top of its range makes Russia refrain.",
        Along(_ACT, 0, "E_R", Fraction(0)),
    ),
    Entry(
        "C2a",
        "For every point of the box, raising the western stock E_W alone never makes the West's reply to a full action weaker.",
        Never(_reply("full", "West"), Move(("E_W",)), -1),
        slopes=(_support_gains("full"), _replies_gain("West", "full", "transit")),
        known=_at(E_W="122 130", r_A="231/1000", m="5"),
    ),
    Entry(
        "C2b",
        "For every point of the box, raising E_W alone never makes the West's reply to a limited action weaker.",
        Never(_reply("limited", "West"), Move(("E_W",)), -1),
        slopes=(_support_gains("limited"), _replies_gain("West", "limited", "transit")),
        known=_at(E_W="122 130", c_W="29/2"),
    ),
    Entry(
        "C2c",
        "With all else at the baseline, some E_W from none to the top of its range makes the West reply to a full action.",
        Along(Measure("replies", "full", "West"), 1, "E_W", Fraction(0)),
    ),
    Entry(
        "C2d",
        "With all else at the baseline, some E_W from none to the top of its range makes the West reply to a limited action.",
        Along(Measure("replies", "limited", "West"), 1, "E_W", Fraction(0)),
    ),
    Entry(
        "C3a",
        "For every point of the box, raising the Chinese stock E_C alone never makes China's reply to a full action weaker.",
        Never(_reply("full", "China"), Move(("E_C",)), -1),
        slopes=(_replies_gain("China", "full", "survive_C"),),
        known=_at(E_C="46/5 45", survive_C="4/5", p0_F="57/100", N_CF="59", c_C="5"),
    ),
    Entry(
        "C3b",
        "For every point of the box, raising E_C alone never makes China's reply to a limited action weaker.",
        Never(_reply("limited", "China"), Move(("E_C",)), -1),
        slopes=(_replies_gain("China", "limited", "survive_C"),),
        known=_at(E_C="46/5 45", survive_C="9/10", c_C="63/50"),
    ),
    Entry(
        "C3c",
        "With all else at the baseline, some E_C from none to the top of its range makes China oppose a full action.",
        Along(Measure("replies", "full", "China"), 1, "E_C", Fraction(0)),
    ),
    Entry(
        "C4a",
        "For every point of the box, raising E_W alone never makes Russia likelier to act.",
        Never(_ACT, Move(("E_W",))),
        note="The replies are substitutes: where the West replies more strongly, China has less reason to oppose. Russia's own "
        "exposure alone is C1a.",
        known=_at(E_W="122 130", c_W="29/2"),
    ),
    Entry(
        "C4b",
        "For every point of the box, raising E_C alone never makes Russia likelier to act.",
        Never(_ACT, Move(("E_C",))),
        note="The replies are substitutes: where China opposes, the West has less reason to support.",
        known=_at(E_C="46/5 45", survive_C="9/10", c_C="63/50"),
    ),
    Entry(
        "C4c",
        "For every point of the box, raising all three stocks by the same share of the room in their ranges never makes "
        "Russia likelier to act.",
        Never(_ACT, Move(("E_W", "E_C", "E_R"), (1, 1, 1))),
        note="What makes C4a or C4b fail makes this fail.",
        known=_at(E_W="122 130", E_C="46/5 45", E_R="53/10 67/2", c_W="29/2"),
    ),
    Entry(
        "C5a",
        "At every point of the box, Russia refrains if it is sure that the West supports and China opposes.",
        Everywhere(_ACT, 0, (("West", "support"), ("China", "oppose"))),
        (_suffice("support"),),
        note="Nobody can use force against Russia in this model. The property is that the other means suffice if they are used, "
        "not whether force would do better.",
        known=_at(r_A="1/10", G_F="600"),
    ),
    Entry(
        "C5b",
        "At every point of the box, Russia refrains if it is sure that the West sanctions without arming and China opposes.",
        Everywhere(_ACT, 0, (("West", "sanction"), ("China", "oppose"))),
        (_suffice("sanction"),),
        known=_at(G_F="600"),
    ),
    Entry(
        "C5c",
        "At every point of the box, the replies that are worth their cost once Russia has acted make it refrain.",
        Everywhere(_ACT, 0),
        lines=_LINES,
    ),
    Entry(
        "C6a",
        "For every point of the box, raising the leverage of western investments lever_W alone never makes Russia likelier to act.",
        Never(_ACT, Move(("lever_W",))),
    ),
    Entry(
        "C6b",
        "For every point of the box, raising the leverage of Chinese investments lever_C alone never makes Russia likelier to act.",
        Never(_ACT, Move(("lever_C",))),
    ),
    Entry(
        "C6c",
        "With all else at the baseline, some lever_W within its range makes Russia refrain.",
        Along(_ACT, 0, "lever_W"),
        note="Leverage counts only where the reply that uses it is given.",
    ),
    Entry(
        "C6d",
        "With all else at the baseline, some lever_C within its range makes Russia refrain.",
        Along(_ACT, 0, "lever_C"),
    ),
    Entry(
        "C7a",
        "For every point of the box, moving stock from the West to China with the total E_W + E_C kept never makes Russia "
        "likelier to act.",
        Never(_ACT, Move(("E_W", "E_C"), (-1, 1), keep_total=True)),
        note="The model has one western and one Chinese investor, of which the western holds more, so that moving stock to China "
        "spreads it. Whether many western investors protect more than one (each alone may leave the cost of a reply to the "
        "others) cannot be tested with it.",
        known=_at(E_W="122 431/5", E_C="46/5 45", G_L="20", c_W="37"),
    ),
    Entry(
        "C8a",
        "For every point of the box, raising the cost of breaking the CSTO and the SCO alone never makes Russia likelier to act.",
        Never(_ACT, Move(("alliance",))),
        note="Membership is a cost to Russia here; that Russia leads the CSTO is not in the model.",
    ),
    Entry(
        "C8b",
        "With all else at the baseline, some such cost within its range makes Russia refrain.",
        Along(_ACT, 0, "alliance"),
    ),
    Entry(
        "C9a",
        "At the baseline, Russia chooses the limited action.",
        At(Measure("aim", "limited"), 1),
        lines=_LINES,
    ),
    Entry(
        "C9b",
        "At every point of the box, Russia does not choose the full action.",
        Everywhere(Measure("aim", "full"), 0),
        known=_at(d_s="3/10"),
    ),
    Entry(
        "C9c",
        "With all else at the baseline, Russia acts whatever the three stocks are within their ranges.",
        Everywhere(_ACT, 1, free=("E_W", "E_C", "E_R")),
    ),
)
