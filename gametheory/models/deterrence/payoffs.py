r"""Payoffs of extended deterrence by exposure.

A challenger (Russia) acts against a protégé in which it and two defenders (the West, China) hold investments,
the *exposures* :math:`E_R, E_W, E_C`. The action :math:`a` is limited (L) or full (F). Let :math:`S = 1` if
the West sanctions, :math:`A = 1` if it also arms the protégé, :math:`c = 1` if China opposes. Relative to the
status quo, in one unit of money,

.. math::

    p   &= p_{0a} (1 - r_S S)(1 - r_A A)(1 - r_C c) \\
    L   &= \mathrm{reach}_a \, (d_s p + d_f (1 - p)) \\
    L_C &= \mathrm{reach}_a \, (d_s (1 - \mathrm{survive}_C) p + d_f (1 - p)) \\
    U_R &= p G_a - K_a - \mathrm{alliance} - E_R L - S (s_W + \mathrm{lever}_W E_W)(1 - \mathrm{evade}(1 - c))
           - c (s_C + \mathrm{lever}_C E_C) \\
    U_W &= -E_W L - p N_{Wa} - S (c_W + \mathrm{transit} E_W) - A m \\
    U_C &= -E_C L_C - p N_{Ca} - c \, c_C

where :math:`p` is the chance that the action succeeds and :math:`L`, :math:`L_C` are the shares of a stock
that are lost. Every payoff is affine in :math:`p`, so it is the expectation of what is paid on success
(:math:`p = 1`) and on failure (:math:`p = 0`); a tree in which chance decides pays these.

References
----------
The mechanisms are those of P. K. Huth (1988), *Extended Deterrence and the Prevention of War*, Yale
University Press (the defender's stake), and E. Gartzke, Q. Li and C. Boehmer (2001), "Investing in the
peace", *International Organization* 55, 391-438 (the challenger's own exposure); the functional form is this
package's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from gametheory.errors import GameError, ParameterError, unknown

__all__ = [
    "ACTIONS",
    "CHINA_REPLIES",
    "PLAYERS",
    "WEST_REPLIES",
    "payoffs",
    "required",
    "success_probability",
]

Result: TypeAlias = Literal["success", "failure", "expected"]

PLAYERS = ("Russia", "West", "China")

#: Russia's actions against the protégé, and the suffix of the parameters that go with each.
ACTIONS = MappingProxyType({"limited": "L", "full": "F"})
#: The West's replies, as (S, A): whether it sanctions, whether it arms the protégé.
WEST_REPLIES = MappingProxyType({"acquiesce": (0, 0), "sanction": (1, 0), "support": (1, 1)})
#: China's replies, as c: whether it opposes.
CHINA_REPLIES = MappingProxyType({"acquiesce": 0, "oppose": 1})

# fmt: off
_COMMON = (
    "E_W", "E_C", "E_R", "d_s", "d_f", "survive_C", "r_S", "r_A", "r_C", "alliance", "s_W", "lever_W", "lever_C",
    "evade", "s_C", "c_W", "transit", "m", "c_C",
)
# fmt: on
_BY_ACTION = ("reach", "p0", "G", "K", "N_W", "N_C")


def required(actions: tuple[str, ...] = tuple(ACTIONS)) -> tuple[str, ...]:
    """The names of the parameters that payoffs after these actions depend on.

    Examples
    --------
    >>> from gametheory.models.deterrence import required
    >>> [name for name in required(("full",)) if name.endswith("F")]
    ['reach_F', 'p0_F', 'G_F', 'K_F', 'N_WF', 'N_CF']
    """
    return (*_COMMON, *(_name(stem, action) for action in actions for stem in _BY_ACTION))


def _name(stem: str, action: str) -> str:
    if action not in ACTIONS:
        raise unknown("action of Russia", action, ACTIONS)
    # The players' stakes are written N_WL, everything else with an underscore: reach_L.
    return f"{stem}{ACTIONS[action]}" if stem in ("N_W", "N_C") else f"{stem}_{ACTIONS[action]}"


def success_probability(symbols: Mapping[str, Any], action: str, S: Any = 0, A: Any = 0, c: Any = 0) -> Any:
    """The chance that the action succeeds.

    Parameters
    ----------
    symbols : mapping of str to symbol or number
        What stands for each parameter.
    action : {"limited", "full"}
    S, A, c : 0, 1 or symbol
        Whether the West sanctions, whether it arms the protégé, whether China opposes.

    Examples
    --------
    >>> from gametheory.models.deterrence import success_probability
    >>> success_probability({"p0_L": 0.5, "r_S": 0.5, "r_A": 1, "r_C": 0}, "limited", S=1)
    0.25
    """
    v = symbols
    return v[_name("p0", action)] * (1 - v["r_S"] * S) * (1 - v["r_A"] * A) * (1 - v["r_C"] * c)


def payoffs(
    symbols: Mapping[str, Any], action: str, S: Any = 0, A: Any = 0, c: Any = 0, outcome: Result = "expected"
) -> dict[str, Any]:
    """What Russia, the West and China get after an action and the replies to it.

    Parameters
    ----------
    symbols : mapping of str to symbol or number
        What stands for each parameter of :func:`required`.
    action : {"limited", "full"}
    S, A, c : 0, 1 or symbol
        Whether the West sanctions, whether it arms the protégé, whether China opposes.
    outcome : {"expected", "success", "failure"}
        Whether to pay the expectation, or what the action's success or failure brings.

    Returns
    -------
    dict of str to expression
        By player.

    Examples
    --------
    >>> from gametheory.models import kazakhstan
    >>> from gametheory.models.deterrence import payoffs
    >>> payoffs(kazakhstan.space().baseline, "limited")["Russia"]
    Fraction(828711, 40000)
    """
    v = symbols
    missing = [name for name in required((action,)) if name not in v]
    if missing:
        raise ParameterError(f"the payoffs after {action!r} need values for {', '.join(missing)}.")
    if outcome == "expected":
        p = success_probability(v, action, S, A, c)
    elif outcome in ("success", "failure"):
        p = int(outcome == "success")
    else:
        raise GameError(f"the outcome of an action is 'success', 'failure' or 'expected', not {outcome!r}.")

    def of(stem: str) -> Any:
        return v[_name(stem, action)]

    lost = of("reach") * (v["d_s"] * p + v["d_f"] * (1 - p))
    lost_by_china = of("reach") * (v["d_s"] * (1 - v["survive_C"]) * p + v["d_f"] * (1 - p))
    sanctions = (v["s_W"] + v["lever_W"] * v["E_W"]) * (1 - v["evade"] * (1 - c))
    opposition = v["s_C"] + v["lever_C"] * v["E_C"]
    return {
        "Russia": p * of("G") - of("K") - v["alliance"] - v["E_R"] * lost - S * sanctions - c * opposition,
        "West": -v["E_W"] * lost - p * of("N_W") - S * (v["c_W"] + v["transit"] * v["E_W"]) - A * v["m"],
        "China": -v["E_C"] * lost_by_china - p * of("N_C") - c * v["c_C"],
    }
