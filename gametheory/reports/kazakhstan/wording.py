"""How results are put into words: who does what, what it is worth, how far something is from its threshold.

Nothing here knows a result. Every sentence is made from what was computed, so that a changed parameter changes the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any, Literal

from gametheory import scalars
from gametheory.models.deterrence.payoffs import ACTIONS
from gametheory.reports.kazakhstan.analysis import choices, moves_after
from gametheory.reports.page import text
from gametheory.reports.plots.style import number

if TYPE_CHECKING:
    from gametheory.equilibria.result import Equilibrium, EquilibriumSet
    from gametheory.parameters import ParameterSpace
    from gametheory.parameters.parameter import Parameter

__all__ = [
    "amount", "describe_choices", "does", "equals", "exact", "exposure_name", "joined", "label", "money", "named", "percent", "plane_label",
    "replies", "rounded", "russia", "short", "span", "third_person", "with_unit",
]  # fmt: skip

_DOES = {
    ("Russia", "refrain"): "refrains",
    ("Russia", "limited"): "takes the limited action",
    ("Russia", "full"): "takes the full action",
    ("West", "acquiesce"): "acquiesces",
    ("West", "sanction"): "imposes sanctions",
    ("West", "support"): "imposes sanctions and arms Kazakhstan",
    ("China", "acquiesce"): "acquiesces",
    ("China", "oppose"): "opposes Russia",
}
#: A blank at which no line is broken.
NB = "\N{NO-BREAK SPACE}"

_WHO = {"West": "the West", "China": "China", "Russia": "Russia"}
_INVESTMENT = {"E_W": "western investment", "E_C": "Chinese investment", "E_R": "Russian investment"}


def joined(parts: Iterable[str], last: str = "and") -> str:
    """A list within a sentence.

    Examples
    --------
    >>> from gametheory.reports.kazakhstan.wording import joined
    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    listed = list(parts)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}"


def short(value: Any, digits: int = 3) -> str:
    """A number for a sentence, rounded."""
    return number(float(value), digits)


def exact(value: Any) -> str:
    """A number for a table: exact where that is short, else rounded, with the exact one to be had by pointing at it."""
    if isinstance(value, float):
        return number(value)
    whole = scalars.to_text(value).replace("-", "\N{MINUS SIGN}")
    about = number(value)
    if not about.startswith("≈") or ("/" not in whole and len(whole) <= 9):
        return text(whole)
    if "/" in whole and len(whole) <= 9:
        return f'<span class="exact">{text(whole)} ≈ {about[1:]}</span>'
    return f'<span class="exact" title="exactly {text(whole)}">{about}</span>'


def rounded(value: Any) -> str:
    """A number for a sentence that says how far something is: rounded, with the exact one to be had by pointing at it."""
    shown = exact(value)
    return shown.replace(">≈", ">", 1) if shown.startswith("<span") else shown


def equals(value: Any) -> str:
    """``"= 0.75"``, or ``"≈ 0.243"`` where digits are left out."""
    shown = exact(value)
    return shown.replace(">≈", ">≈ ", 1) if shown.startswith("<span") and ">≈" in shown else f"= {shown}"


def with_unit(value: Any, parameter: Parameter, digits: int = 4) -> str:
    """A value of a parameter with its unit, rounded."""
    unit = "" if parameter.unit in ("", "share") else f"{NB}{parameter.unit.replace(' ', NB)}"
    return f"{short(value, digits)}{unit}"


def money(value: Any) -> str:
    """An amount, in the unit of all payoffs."""
    return f"USD{NB}{short(value)}{NB}bn"


def percent(share: Any, direction: Literal["down", "up"]) -> str:
    """A share in per cent with three digits that count, rounded so that what is said of it stays true.

    Examples
    --------
    >>> from gametheory.reports.kazakhstan.wording import NB, percent
    >>> [percent(0.0042581, way).replace(NB, " ") for way in ("down", "up")]
    ['0.425 %', '0.426 %']
    """
    value = Decimal(float(share) * 100)
    if value:
        unit = Decimal(1).scaleb(value.adjusted() - 2)
        value = value.quantize(unit, ROUND_FLOOR if direction == "down" else ROUND_CEILING)
    return f"{value:f}{NB}%"


def amount(value: Any) -> str:
    """A gain or a loss in words."""
    if value == 0:
        return "neither gain nor lose anything"
    return f"{'gain' if value > 0 else 'lose'} {money(abs(value))}"


def named(space: ParameterSpace, name: str, *, first: bool = False) -> str:
    """A parameter by description and symbol, as HTML; with `first`, with a capital letter."""
    words = space[name].description or name
    return f"{text(words[:1].upper() + words[1:] if first else words)} (<code>{text(name)}</code>)"


def exposure_name(name: str) -> str:
    """An exposure in everyday words."""
    return _INVESTMENT.get(name, name)


# ---------------------------------------------------------------------------------------------------------------------
# Who does what
# ---------------------------------------------------------------------------------------------------------------------
def does(player: str, actions: Sequence[str]) -> str:
    """What a player does, as the end of a sentence."""
    if len(actions) > 1:
        return f"mixes {joined(actions)}"
    return _DOES.get((player, actions[0]), f"plays {actions[0]}")


def russia(found: EquilibriumSet) -> str:
    """What Russia does, over all equilibria: ``"takes the limited action"``."""
    actions = choices(found)
    words = [_DOES[("Russia", action)] for action in actions]
    if len(words) <= 1:
        return words[0] if words else "has no known equilibrium action"
    return f"{joined(words, 'or')}, depending on the equilibrium"


def replies(found: EquilibriumSet, history: tuple[str, ...] = ()) -> str:
    """What the defenders do after a history, over all equilibria: ``"the West acquiesces and China acquiesces"``."""
    ways = []
    for equilibrium in found:
        moves = moves_after(equilibrium, history)
        both = {player: moves[player] for player in ("West", "China") if player in moves}
        if len(set(both.values())) == 1 and len(both) == 2 and both["West"] == ("acquiesce",):
            ways.append("the West and China acquiesce")
        else:
            ways.append(joined(f"{_WHO[player]} {does(player, actions)}" for player, actions in both.items()))
    different = list(dict.fromkeys(ways))
    # Each way is a sentence with its own "and", so more than two are set apart by semicolons.
    return joined(different, "or") if len(different) < 3 else "; or ".join(different)


def describe_choices(actions: Sequence[str]) -> str:
    """Russia's actions as a noun: ``"the limited action"``."""
    words = {"refrain": "restraint", **{action: f"the {action} action" for action in ACTIONS}}
    return joined((words.get(action, action) for action in actions), "or")


def label(equilibrium: Equilibrium) -> str:
    """An equilibrium in one line, off the path too: what is done, and what would answer each action."""
    head = "Russia: " + "/".join(moves_after(equilibrium, ()).get("Russia", ()))
    parts = [head]
    for action in ACTIONS:
        moves = moves_after(equilibrium, (action,))
        parts.append(
            f"after {action}: "
            + ", ".join(f"{p} {'/'.join(moves[p])}" for p in ("West", "China") if p in moves)
        )
    return " · ".join(parts)


def plane_label(words: str) -> str:
    """A label of a phase diagram, with the defenders joined by commas."""
    return words.replace("; ", ", ").replace(" | ", " or ")


def span(parameter: Parameter, low: Any, high: Any) -> str:
    """A range with its unit, rounded."""
    return f"{short(low, 4)} to {with_unit(high, parameter)}"


def third_person(action: str) -> str:
    """A reply as a verb: ``"supports"``."""
    return f"{action}s"
