"""Everything that the study of the Kazakhstan case computes, before a word is written about it.

The exact map of every parameter is found once and used by the threshold strips, the tornados and the table of switching values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from gametheory import scalars
from gametheory.equilibria.result import Equilibrium, EquilibriumSet
from gametheory.errors import GameError, GameTheoryError, Unsupported
from gametheory.games.extensive import ExtensiveGame
from gametheory.models import deterrence, kazakhstan
from gametheory.models.deterrence.games import Order
from gametheory.models.deterrence.payoffs import ACTIONS, CHINA_REPLIES, WEST_REPLIES
from gametheory.parameters import Model, ParameterSpace
from gametheory.reports.kazakhstan.signs import Effect, effect, gain, level, value
from gametheory.sensitivity.comparative_statics import ComparativeStatics, comparative_statics
from gametheory.sensitivity.conditions import Conditions, conditions
from gametheory.sensitivity.levers import Levers, levers
from gametheory.sensitivity.line_map import LineMap, line_map
from gametheory.sensitivity.plane_map import PlaneMap, plane_map
from gametheory.sensitivity.robustness import Robustness, robustness
from gametheory.sensitivity.sweep import sweep
from gametheory.sensitivity.thresholds import Thresholds, thresholds
from gametheory.sensitivity.tornado import Tornado, tornado
from gametheory.solvers.nash import nash_equilibria
from gametheory.solvers.subgame_perfect import subgame_perfect_equilibria

if TYPE_CHECKING:
    import pandas
    import xarray

    from gametheory.models.kazakhstan import Claim
    from gametheory.sensitivity._switching import Turn

__all__ = ["EXPOSURES", "ORDERS", "PLANES", "Analysis", "Change", "Credibility", "analyse", "moves_after"]

EXPOSURES = {"E_W": "West", "E_C": "China", "E_R": "Russia"}
ORDERS: tuple[Order, ...] = ("simultaneous", "west_first", "china_first")
PLANES = (("E_W", "N_WF"), ("E_W", "transit"), ("E_W", "E_C"))
#: How far beyond its range an exposure is followed, as a multiple of the upper end.
REACH = 4
#: The stocks of investment that are searched for what it would take beyond their ranges: from nothing to this, in USD bn.
BEYOND = 500
#: What the West's replies cost it.
REPLY_COSTS = ("c_W", "m")
#: How many of the parameters nearest to a switch are looked at together.
NEAREST = 2
#: Points along each axis of the sweep that is saved: E_W, E_C, E_R.
SWEEP_POINTS = (71, 16, 16)


@dataclass(frozen=True)
class Change:
    """A value that the user set instead of the baseline."""

    name: str
    before: Fraction
    after: Fraction
    widened: bool


@dataclass(frozen=True)
class Credibility:
    """When a defender's reply is worth its cost, as a condition on its exposure.

    Attributes
    ----------
    player, action, reply : str
        Who replies to what, and with what instead of acquiescing.
    given : str
        What the other defender does.
    gain : Fraction
        What the reply is worth more than acquiescing, at the baseline.
    formula : sympy.Expr or None
        The exposure at which the gain is zero.
    threshold : Fraction or None
        Its value, the other parameters at their baseline.
    above : int
        1 if the reply is worth its cost above the threshold, -1 if below it, 0 if exposure does not matter.
    effect : Effect
        Of the exposure on the gain.
    """

    player: str
    action: str
    reply: str
    given: str
    gain: Fraction
    formula: Any
    threshold: Fraction | None
    above: int
    effect: Effect


@dataclass(frozen=True)
class Analysis:
    """The results of the study."""

    space: ParameterSpace
    changes: tuple[Change, ...]
    models: Mapping[str, Model]
    equilibria: Mapping[str, EquilibriumSet]
    normal: Model
    normal_equilibria: EquilibriumSet
    after: Mapping[str, EquilibriumSet]
    without: Mapping[str, tuple[EquilibriumSet, Mapping[str, EquilibriumSet]]]
    maps: Mapping[str, Thresholds]
    wide: Mapping[str, Thresholds]
    worth: Mapping[tuple[str, str], Thresholds]
    normal_lines: Mapping[str, LineMap]
    statics: Mapping[str, ComparativeStatics]
    statics_missing: Mapping[str, str]
    robustness: Robustness | None
    robustness_missing: str
    switches: tuple[Switch, ...]
    levers: Mapping[str, Levers]
    conditions: Mapping[str, Conditions]
    conditions_missing: Mapping[str, str]
    credibility: tuple[Credibility, ...]
    direct: Mapping[tuple[str, str], Effect]
    planes: Mapping[tuple[str, str, str | None], PlaneMap]
    tornados: Mapping[str, Tornado]
    sweep: xarray.Dataset
    claims: tuple[Claim, ...]
    facts: pandas.DataFrame
    baseline: EquilibriumSet = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "baseline", self.equilibria[ORDERS[0]])

    @property
    def model(self) -> Model:
        """The main form: a tree in which the defenders reply at once."""
        return self.models[ORDERS[0]]

    @property
    def choices(self) -> tuple[str, ...]:
        """Russia's actions in the equilibria at the baseline."""
        return choices(self.baseline)


@dataclass(frozen=True)
class Switch:
    """A value of a parameter beyond which Russia does something else.

    Attributes
    ----------
    name : str
    baseline : Fraction
    value : number
        The nearest switching value on that side of the baseline, exact.
    above : bool
        Whether Russia does something else above it, or below it.
    share : float
        How far it is from the baseline, as a share of the whole range.
    becomes : EquilibriumSet
        What is played beyond.
    turn : Turn
        With who is indifferent there.
    """

    name: str
    baseline: Fraction
    value: Any
    above: bool
    share: float
    becomes: EquilibriumSet
    turn: Turn


def _beyond(found: Thresholds, value: Any, above: bool) -> EquilibriumSet:
    """What is played on the interval that begins at a switching value, or ends there."""
    for interval in found.intervals:
        if float(interval.low if above else interval.high) == float(value):
            return interval.equilibria
    return found.at(value)


def _switches(maps: Mapping[str, Thresholds], found: Robustness | None) -> tuple[Switch, ...]:
    """The nearest switching values of all parameters, the one that needs the least of its range first."""
    rows = []
    for switch in () if found is None else found.switches:
        for above, turn in ((False, switch.below), (True, switch.above)):
            if turn is not None:
                share = abs(float(turn.value - switch.baseline)) / float(switch.scale)
                becomes = _beyond(maps[switch.name], turn.value, above)
                rows.append(Switch(switch.name, switch.baseline, turn.value, above, share, becomes, turn))
    return tuple(sorted(rows, key=lambda row: (row.share, row.name, row.above)))


def _robustness(
    model: Model, found: EquilibriumSet, maps: Mapping[str, Thresholds]
) -> tuple[Robustness | None, str]:
    """How far the parameters may move before Russia does something else; or why that cannot be said."""
    now = choices(found)
    if len(now) != 1 or any(e.action_probability("Russia", now[0]) != 1 for e in found):
        return None, "what Russia does is not settled at the baseline: its equilibria differ, or it mixes"
    try:
        return robustness(model, f"P(Russia: {now[0]}) = 1", maps=maps, progress=False), ""
    except (GameTheoryError, Unsupported) as error:
        return None, str(error).rstrip(".")


def choices(found: EquilibriumSet) -> tuple[str, ...]:
    """Russia's first moves in any of the equilibria, in the order of the game."""
    return tuple(dict.fromkeys(action for e in found for action in moves_after(e, ()).get("Russia", ())))


def moves_after(equilibrium: Equilibrium, history: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Who does what after a history, along what would then be played: the actions of each player with positive probability.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.models import kazakhstan
    >>> from gametheory.reports.kazakhstan.analysis import moves_after
    >>> (equilibrium,) = gt.subgame_perfect_equilibria(kazakhstan.sequential().at())
    >>> moves_after(equilibrium, ("full",))
    {'West': ('support',), 'China': ('acquiesce',)}
    """
    game = equilibrium.game
    assert isinstance(game, ExtensiveGame)
    start = next(n for n in range(game.n_nodes) if game.history(n) == history)
    found: dict[str, dict[str, None]] = {}
    waiting = [start]
    while waiting:
        node = waiting.pop(0)
        if game.kind[node] != 1:
            waiting.extend(game.children[node])
            continue
        vector = equilibrium.profile.arrays[int(game.infoset[node])]
        for k, child in enumerate(game.children[node]):
            if vector[k] != 0:
                found.setdefault(game.players[int(game.player[node])], {})[game.edge_labels[child]] = None
                waiting.append(child)
    return {player: tuple(actions) for player, actions in found.items()}


def analyse(
    values: Mapping[str, Any] | None = None,
    *,
    points: int = 1024,
    max_cases: int = 60,
    progress: bool = True,
) -> Analysis:
    """Compute the study.

    Parameters
    ----------
    values : mapping of str to number, optional
        Values to take instead of the baselines; a range is widened to hold its value.
    points : int
        Points all over the box at which counterexamples to the essay's claims are looked for.
    max_cases : int
        Cases that a new search for a proof may look at, for claims to which no known proof fits.
    progress : bool

    Returns
    -------
    Analysis
    """
    space, changes = _changed(kazakhstan.space(), values or {})
    steps = tqdm(total=len(space) + 14, desc="study", disable=not progress, leave=False, delay=0.5)

    def step(what: str, done: int = 1) -> None:
        steps.set_postfix_str(what)
        steps.update(done)

    with steps:
        step("games")
        models: dict[str, Model] = {order: deterrence.sequential(space, order) for order in ORDERS}
        main, normal = models[ORDERS[0]], deterrence.simultaneous(space)
        parts = _parts(main)
        step("equilibria")
        equilibria = {order: subgame_perfect_equilibria(_tree(model)) for order, model in models.items()}
        without = {name: _without(main, parts, name) for name in ("", *EXPOSURES, "all")}
        maps = {}
        for name in space:
            step(f"thresholds in {name}")
            if space[name].varies:
                maps[name] = thresholds(main, name, progress=False)
        step("exposures")
        wide, worth = _exposure_maps(main, parts)
        used = [name for name in space if name in normal.game.parameters and space[name].varies]
        normal_lines = {name: line_map(normal, name, progress=False) for name in used}
        step("signs")
        found = equilibria[ORDERS[0]]
        credibility, direct = tuple(_credibility(space)), _direct(space, found)
        step("robustness")
        robust, why = _robustness(main, found, maps)
        rows = _switches(maps, robust)
        nearest = list(dict.fromkeys(row.name for row in rows))[:NEAREST]
        together = [] if robust is None else list(robust.binding[:NEAREST])
        step("comparative statics")
        statics, statics_missing = _statics(main, parts, found, nearest)
        step("propositions")
        derived, derived_missing = _conditions(main, parts, found)
        step("levers")
        taken = _levers(main)
        step("maps of two parameters")
        planes = {
            (x, y, after): plane_map(main, x, y, after=after, progress=False)
            for x, y in (*PLANES, *_plane_of(together))
            for after in (None, *ACTIONS)
        }
        step("tornados")
        outcomes = [f"P(Russia: {action})" for action in ("refrain", *ACTIONS)] + ["payoff: Russia"]
        tornados = {name: tornado(main, name, maps=maps, progress=False) for name in outcomes}
        step("sweep")
        swept = _sweep(main)
        step("claims")
        register = kazakhstan.claims(main, n=points, max_cases=max_cases, maps=maps, progress=False)
        step("", 4)
    return Analysis(
        space=space,
        changes=changes,
        models=models,
        equilibria=equilibria,
        normal=normal,
        normal_equilibria=nash_equilibria(normal.at()),
        after={action: subgame_perfect_equilibria(_tree(part)) for action, part in parts.items()},
        without=without,
        maps=maps,
        wide=wide,
        worth=worth,
        normal_lines=normal_lines,
        statics=statics,
        statics_missing=statics_missing,
        robustness=robust,
        robustness_missing=why,
        switches=rows,
        levers=taken,
        conditions=derived,
        conditions_missing=derived_missing,
        credibility=credibility,
        direct=direct,
        planes=planes,
        tornados=tornados,
        sweep=swept,
        claims=register,
        facts=kazakhstan.facts(),
    )


def _changed(space: ParameterSpace, values: Mapping[str, Any]) -> tuple[ParameterSpace, tuple[Change, ...]]:
    changes = []
    for name, given in values.items():
        parameter, new = space[name], scalars.exact(given, f"the value of {name}")
        low, high = min(parameter.low, new), max(parameter.high, new)
        changes.append(Change(name, parameter.baseline, new, (low, high) != (parameter.low, parameter.high)))
        space = space.replace(name, baseline=new, low=low, high=high)
    return space, tuple(changes)


def _tree(model: Model, **values: Any) -> ExtensiveGame:
    game = model.at(values)
    assert isinstance(game, ExtensiveGame)
    return game


def _parts(model: Model) -> dict[str, Model]:
    """What follows each of Russia's actions, as a model of its own."""
    game = model.game
    assert isinstance(game, ExtensiveGame)
    root: Any = game.root
    return {
        action: Model(
            f"after {action}",
            ExtensiveGame(root.actions[action], game.players, f"After {action}"),
            model.space,
        )
        for action in ACTIONS
    }


def _without(
    model: Model, parts: Mapping[str, Model], name: str
) -> tuple[EquilibriumSet, dict[str, EquilibriumSet]]:
    """The equilibria if an exposure, or all of them, were zero: of the game, and after each action."""
    values = dict.fromkeys(EXPOSURES if name == "all" else [name] if name else [], 0)
    whole = subgame_perfect_equilibria(_tree(model, **values))
    return whole, {
        action: subgame_perfect_equilibria(_tree(part, **values)) for action, part in parts.items()
    }


def _exposure_maps(
    model: Model, parts: Mapping[str, Model]
) -> tuple[dict[str, Thresholds], dict[tuple[str, str], Thresholds]]:
    """Along each exposure from nothing to far beyond its range: the play, and what each action is worth."""
    ends = {name: (0, REACH * model.space[name].high) for name in EXPOSURES}
    wide = {name: thresholds(model, name, over=over, progress=False) for name, over in ends.items()}
    worth = {
        (action, name): thresholds(part, name, over=over, progress=False)
        for action, part in parts.items()
        for name, over in ends.items()
    }
    return wide, worth


def _credibility(space: ParameterSpace) -> Iterator[Credibility]:
    here = space.baseline
    for action in ACTIONS:
        for reply in ("sanction", "support"):
            for given in CHINA_REPLIES:
                worth = gain(space, action, "West", west=("acquiesce", reply), china=(given, given))
                yield _condition(space, here, "West", action, reply, given, worth, "E_W")
        for given in WEST_REPLIES:
            worth = gain(space, action, "China", west=(given, given), china=("acquiesce", "oppose"))
            yield _condition(space, here, "China", action, "oppose", given, worth, "E_C")


def _condition(
    space: ParameterSpace,
    here: Mapping[str, Fraction],
    player: str,
    action: str,
    reply: str,
    given: str,
    worth: Any,
    exposure: str,
) -> Credibility:
    formula, threshold, above = level(worth, exposure, here)
    now = Fraction(scalars.evaluate(worth, here))
    return Credibility(
        player, action, reply, given, now, formula, threshold, above, effect(space, worth, exposure)
    )


def _direct(space: ParameterSpace, found: EquilibriumSet) -> dict[tuple[str, str], Effect]:
    """How each exposure moves what an action is worth to Russia while the replies stay those of the first equilibrium."""
    effects = {}
    for action in ACTIONS:
        replies = moves_after(found[0], (action,))
        west, china = (replies.get(player, ("acquiesce",))[0] for player in ("West", "China"))
        worth = value(space, action, "Russia", west, china)
        for name in EXPOSURES:
            effects[action, name] = effect(space, worth, name)
    return effects


def _plane_of(names: list[str]) -> tuple[tuple[str, str], ...]:
    """The plane of the two parameters on which the nearest counterexample hangs, if it is not among the others."""
    return ((names[0], names[1]),) if len(names) == NEAREST and tuple(names) not in PLANES else ()


def _levers(model: Model) -> dict[str, Levers]:
    """What would make Russia refrain in every equilibrium; the investments in their ranges and beyond, and the costs of western replies."""
    target, space = "P(Russia: refrain) = 1", model.space
    same = dict.fromkeys(EXPOSURES, 1)
    if len(choices(subgame_perfect_equilibria(_tree(model)))) != 1:
        # At a tie the least change does: there is no cheapest one.
        return {}
    found = {"in range": levers(model, target, levers=EXPOSURES, cost=same, progress=False)}
    if found["in range"].feasible is False:
        over = {name: (0, max(Fraction(BEYOND), space[name].high)) for name in EXPOSURES}
        found["beyond"] = levers(model, target, levers=EXPOSURES, cost=same, over=over, progress=False)
    if found["in range"].cost != 0:
        found["replies"] = levers(model, target, levers=REPLY_COSTS, progress=False)
    return found


def _statics(
    model: Model, parts: Mapping[str, Model], found: EquilibriumSet, nearest: list[str]
) -> tuple[dict[str, ComparativeStatics], dict[str, str]]:
    """Comparative statics of the first equilibrium, and of what each other action would bring Russia; and why some are missing."""
    rows = [
        *(f"payoff: {player}" for player in EXPOSURES.values()),
        *(f"threshold: {name}" for name in nearest),
    ]
    asked = {"as it is": (model, rows)}
    played = moves_after(found[0], ()).get("Russia", ())
    asked |= {
        f"by the {action} action": (part, ["payoff: Russia"])
        for action, part in parts.items()
        if action not in played
    }
    made, missing = {}, {}
    for what, (of, outcomes) in asked.items():
        try:
            made[what] = comparative_statics(of, outcomes=outcomes, progress=False)
        except (GameError, Unsupported) as error:
            missing[what] = str(error).rstrip(".")
    return made, missing


def _conditions(
    model: Model, parts: Mapping[str, Model], found: EquilibriumSet
) -> tuple[dict[str, Conditions], dict[str, str]]:
    """The conditions of the first equilibrium, of restraint given the same replies, and of western support; and why some are missing."""
    support = {player: dict(places) for player, places in found[0].support.items()}
    asked: dict[str, tuple[Model, Any]] = {"baseline": (model, support)}
    if support["Russia"] != {"start": ("refrain",)}:
        asked["restraint"] = model, {**support, "Russia": {"start": ("refrain",)}}
    asked |= {f"support-after-{action}": (part, "P(West: support) = 1") for action, part in parts.items()}
    made, missing = {}, {}
    for key, (of, profile) in asked.items():
        try:
            made[key] = conditions(of, profile, progress=False)
        except (GameError, Unsupported) as error:
            missing[key] = str(error).rstrip(".")
    return made, missing


def _sweep(model: Model) -> xarray.Dataset:
    axes = {}
    for name, points in zip(EXPOSURES, SWEEP_POINTS, strict=True):
        parameter = model.space[name]
        width = (parameter.high - parameter.low) / (points - 1)
        axes[name] = (
            [parameter.low + k * width for k in range(points)] if parameter.varies else [parameter.low]
        )
    return sweep(model, axes, progress=False)
