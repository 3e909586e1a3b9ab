r"""Comparative statics: how strategies, payoffs, outcomes and thresholds of an equilibrium move with every parameter, exactly.

At a regular equilibrium the equilibria of the same support form a smooth function of the parameters, whose derivatives follow
from the indifferences by the implicit function theorem (:mod:`gametheory.sensitivity._implicit`). They are numbers at a point and,
where at most two mix in a stage, rational functions of all parameters.

The *thresholds* of a parameter :math:`t` are the ends of the interval around its present value on which the profile stays an equilibrium,
the others fixed: roots of a condition :math:`g(t, \theta) \ge 0`. A threshold at which :math:`g_t \ne 0` moves by
:math:`\partial t / \partial \theta_j = -g_{\theta_j} / g_t`.

References
----------
.. [1] P. Samuelson, *Foundations of Economic Analysis*, Harvard University Press, 1947.
.. [2] G. Tsebelis, "Penalty has no impact on crime: a game-theoretic analysis", *Rationality and Society* 2 (1990), 255-286.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import flint
from tqdm import tqdm

from gametheory import scalars
from gametheory.equilibria.outcomes import OutcomeFunctional
from gametheory.equilibria.result import Equilibrium
from gametheory.errors import GameError, ParameterError, Unsupported, unknown
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.profiles import BehaviourProfile, MixedProfile
from gametheory.parameters.model import Model
from gametheory.sensitivity._implicit import Branch, Family, portable
from gametheory.sensitivity._statics_formulas import derivative, function_of
from gametheory.sensitivity._statics_thresholds import thresholds_of
from gametheory.sensitivity._systems import Systems
from gametheory.sensitivity.statics_result import (
    BindingCondition,
    Bounds,
    ComparativeStatics,
    Response,
)
from gametheory.solvers.algebraic import to_fraction
from gametheory.solvers.nash import nash_equilibria
from gametheory.solvers.subgame_perfect import subgame_perfect_equilibria

if TYPE_CHECKING:
    from gametheory.equilibria.result import EquilibriumSet

__all__ = ["BindingCondition", "Bounds", "ComparativeStatics", "Response", "comparative_statics"]

#: How far a profile of floats may be from the equilibrium that it names.
NEAR = 1e-6


def comparative_statics(
    model: Model,
    equilibrium: Any = 0,
    wrt: str | Iterable[str] | None = None,
    *,
    at: Mapping[str, Any] | None = None,
    outcomes: Iterable[str] | None = None,
    progress: bool = True,
) -> ComparativeStatics:
    """Derivatives of an equilibrium with respect to parameters.

    Parameters
    ----------
    model : Model
    equilibrium : Equilibrium, profile, mapping or int
        An equilibrium found at the point, or a position among those that are solved there (the first by default). A mapping gives for each
        player a strategy, or a list of those that are mixed; in a tree for each player a mapping from information sets to
        actions. Nash equilibria for normal forms, subgame-perfect ones for trees.
    wrt : str or iterable of str, optional
        Parameters; by default all that occur in the game and have a range.
    at : mapping of str to number, optional
        The point, at the baseline where it is silent. Floats are read as the decimals that they print as.
    outcomes : iterable of str, optional
        Names of outcomes of the model or the game; ``"threshold: x"`` for the values of the parameter x at which the profile ceases to be
        an equilibrium; in a tree ``"West at full: support"`` for a choice at an information set. By default the mixed
        probabilities, the outcomes of the model, and all payoffs.
    progress : bool
        Show a progress bar if the work takes more than a second.

    Returns
    -------
    ComparativeStatics

    Raises
    ------
    UnknownName
        If a parameter, outcome, player, strategy or information set does not exist.
    GameError
        If the profile is no equilibrium at the point; the message names the condition that fails.
    Unsupported
        If the equilibrium is not regular, so that derivatives do not exist, or the game holds floats.

    Notes
    -----
    On a boundary, where a condition binds, derivatives are those of the equilibria of the same support, which exist on one side: see
    ``binding`` and ``side``.

    References
    ----------
    .. [1] P. Samuelson, *Foundations of Economic Analysis*, Harvard University Press, 1947.

    Examples
    --------
    In the inspection game the fine does not move how often the rule is broken, only how often is inspected (Tsebelis 1990):

    >>> import gametheory as gt
    >>> space = gt.ParameterSpace(gt.Parameter("fine", 4, 1, 10), gt.Parameter("cost", 1, 0, 2))
    >>> fine, cost = space.symbols("fine cost")
    >>> game = gt.NormalFormGame.from_bimatrix(
    ...     [[1 - fine, 1], [0, 0]], [[3 - cost, 0], [-cost, 0]],
    ...     players=("Citizen", "Police"), strategies=[["break", "keep"], ["inspect", "rest"]])
    >>> found = gt.sensitivity.comparative_statics(gt.Model("inspection", game, space))
    >>> found.derivative("P(Citizen: break)", "fine"), found.derivative("P(Police: inspect)", "fine")
    (Fraction(0, 1), Fraction(-1, 16))
    >>> found.formula("P(Police: inspect)", "fine")
    -1/fine**2
    >>> found.sign_over_box("P(Police: inspect)", "fine")
    '-'
    >>> found.derivative("payoff: Police", "cost"), found["payoff: Police"].direct["cost"]
    (Fraction(0, 1), Fraction(-1, 4))
    """
    if not isinstance(model, Model):
        raise ParameterError(f"comparative statics are of a Model, not of {model!r}.")
    names = _columns(model, wrt)
    point = _point(model, at)
    own = {name: point[name] for name in model.game.parameters}
    systems = Systems(model.game)
    branch = _branch(model, systems, equilibrium, point, own)
    family = branch.family
    notes = [] if not family.why else [f"no closed forms: {family.why}"]
    rows = list(_sources(model, family, outcomes, notes))
    responses: list[Response] = []
    with tqdm(total=len(rows), desc="comparative statics", delay=1, disable=not progress, leave=False) as bar:
        for name, source in rows:
            if source[0] == "threshold":
                responses.extend(thresholds_of(model, branch, source[1], names, point))
            else:
                responses.append(_response(branch, name, source, names))
            bar.update()
    binding = tuple(
        BindingCondition(
            family.conditions[k][0].label,
            {name: branch.sides(k, name) if name in own else "both" for name in names},
        )
        for k in branch.binding
    )
    notes.extend(
        f"'{family.conditions[k][0].label}' is a tie at every point: there are other equilibria beside this one"
        for k in branch.ties
    )
    return ComparativeStatics(
        model,
        _play(branch),
        point,
        names,
        tuple(responses),
        branch.exact,
        branch.index,
        binding,
        tuple(notes),
        family,
    )


# ---------------------------------------------------------------------------------------------------------------------
# What was asked for
# ---------------------------------------------------------------------------------------------------------------------
def _columns(model: Model, wrt: str | Iterable[str] | None) -> tuple[str, ...]:
    space = model.space
    if wrt is None:
        used = [name for name in space if name in model.game.parameters]
        names = [name for name in used if space[name].low < space[name].high] or used
        if not names:
            raise ParameterError("no parameter occurs in the game, so that nothing moves it.")
        return tuple(names)
    names = [wrt] if isinstance(wrt, str) else list(wrt)
    for name in names:
        if name not in space:
            raise unknown("parameter", name, space)
    if not names:
        raise ParameterError("wrt is empty; name at least one parameter.")
    return tuple(dict.fromkeys(names))


def _point(model: Model, at: Mapping[str, Any] | None) -> dict[str, Fraction]:
    for name in at or {}:
        if name not in model.space:
            raise unknown("parameter", name, model.space)
    given = {
        name: scalars.exact(value, f"the value of parameter {name}") for name, value in (at or {}).items()
    }
    return {**model.space.baseline, **given}


def _solved(model: Model, point: Mapping[str, Fraction]) -> EquilibriumSet:
    game = model.at(point)
    return subgame_perfect_equilibria(game) if isinstance(game, ExtensiveGame) else nash_equilibria(game)


def _branch(
    model: Model, systems: Systems, given: Any, point: Mapping[str, Fraction], own: Mapping[str, Fraction]
) -> Branch:
    """The family and the point of the equilibrium that was asked for."""
    if isinstance(given, int) and not isinstance(given, bool):
        found = _solved(model, point)
        if not -len(found) <= given < len(found):
            raise GameError(
                f"there is no equilibrium number {given}: {len(found)} "
                f"{'is' if len(found) == 1 else 'are'} known at this point{'' if found.complete else f' ({found.reason})'}."
            )
        given = found[given]
    support = systems.support(given)
    family = Family(model.game, support, systems)
    profile = given.profile if isinstance(given, Equilibrium) else given
    start = None
    if isinstance(profile, MixedProfile | BehaviourProfile):
        start = _start(family, profile)
    if family.closed is None and start is None:
        start = _start(family, _of_support(model, systems, support, point).profile)
    if family.closed is not None:
        branch = Branch(family, own)
        if start is not None:
            for x, value in start.items():
                if abs(to_fraction(branch.values[x]) - Fraction(value)) > (
                    NEAR if isinstance(value, float) else 0
                ):
                    raise GameError(
                        f"at this point the equilibrium of this support plays '{x}' with probability {portable(branch.values[x])}, and "
                        f"not {value}; give the point at which the equilibrium was found as at={{...}}."
                    )
        return branch
    return Branch(family, own, start)


def _of_support(
    model: Model, systems: Systems, support: tuple[tuple[int, ...], ...], point: Mapping[str, Fraction]
) -> Equilibrium:
    """The only equilibrium of a support at a point."""
    found = _solved(model, point)
    fitting = [(k, e) for k, e in enumerate(found) if systems.support(e) == support]
    if len(fitting) == 1:
        return fitting[0][1]
    if not fitting:
        why = "" if found.complete else f" (not all are known: {found.reason})"
        raise GameError(f"at this point no equilibrium has this support{why}; {len(found)} have others.")
    raise GameError(
        f"at this point {len(fitting)} equilibria have this support; give one of their positions, "
        f"{', '.join(str(k) for k, _ in fitting)}, or the Equilibrium itself."
    )


def _start(family: Family, profile: MixedProfile | BehaviourProfile) -> dict[str, Fraction | float] | None:
    """The unknowns in a profile; None if it is one of closed forms."""
    start: dict[str, Fraction | float] = {}
    for k, vector in enumerate(profile.arrays):
        for a, value in enumerate(vector):
            name = family.systems.unknown(k, a)
            if name in family.owners:
                if scalars.is_expression(value):
                    return None
                start[name] = float(value) if isinstance(value, float) else scalars.exact(value, name)
    if any(isinstance(value, float) for value in start.values()):
        return {name: float(value) for name, value in start.items()}
    return start


def _play(branch: Branch) -> str:
    """What the equilibrium does, in words."""
    systems = branch.family.systems
    parts = []
    for k, (place, vector) in enumerate(zip(systems.places, branch.family.lifted.probabilities, strict=True)):
        played = [(place.actions[a], p) for a, p in enumerate(vector) if p]
        where = systems.unknown(k, 0).removesuffix(f": {place.actions[0]}")
        text = " + ".join(
            f"{float(portable(branch.value(p))):.4g} {action}" if len(played) > 1 else action
            for action, p in played
        )
        parts.append(f"{where}: {text}")
    return "; ".join(parts)


def _sources(
    model: Model, family: Family, outcomes: Iterable[str] | None, notes: list[str]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The name and the source of every row."""
    systems, game = family.systems, model.game
    tree = isinstance(game, ExtensiveGame)
    places = [(k, a) for k, place in enumerate(systems.places) for a in range(len(place.actions))]
    choices = {
        systems.unknown(k, a) if tree else f"P({systems.unknown(k, a)})": ("strategy", k, a)
        for k, a in places
    }
    if isinstance(outcomes, str):
        raise ParameterError(f"the outcomes are the single text {outcomes!r}; give a list of names.")
    if outcomes is None:
        mixed = [
            name
            for name, (_, k, a) in choices.items()
            if sum(map(bool, family.lifted.probabilities[k])) > 1 and family.lifted.probabilities[k][a]
        ]
        named = [name for name, outcome in model.outcomes.items() if isinstance(outcome, OutcomeFunctional)]
        left = [name for name in model.outcomes if name not in named]
        if left:
            notes.append(
                f"functions of an equilibrium have no exact derivatives and are left out: {', '.join(left)}"
            )
        outcomes = dict.fromkeys([*mixed, *named, *(f"payoff: {player}" for player in game.players)])
    for name in outcomes:
        kind, colon, rest = str(name).partition(":")
        if name in choices and name not in model.outcomes:
            yield name, choices[name]
        elif colon and kind.strip() == "threshold" and name not in model.outcomes:
            parameter = rest.strip()
            if parameter not in model.space:
                raise unknown("parameter", parameter, model.space)
            yield name, ("threshold", parameter)
        else:
            outcome = model.outcome(name)
            if not isinstance(outcome, OutcomeFunctional):
                raise Unsupported(
                    f"the outcome {name!r} is a function of an equilibrium, which has no exact derivatives; name an action, a payoff or an "
                    "end of the game."
                )
            if outcome.kind == "payoff" and outcome.player is not None:
                yield name, ("payoff", outcome.player)
            elif name in choices:
                yield name, choices[name]
            else:
                yield name, ("outcome", outcome)


# ---------------------------------------------------------------------------------------------------------------------
# Rows
# ---------------------------------------------------------------------------------------------------------------------
def _response(branch: Branch, name: str, source: tuple[Any, ...], names: tuple[str, ...]) -> Response:
    function = function_of(branch.family, source, lifted=True)
    player = source[1] if source[0] == "payoff" else None
    while True:
        parts = {
            parameter: branch.parts(function, parameter, player)
            if parameter in branch.ring.names
            else (Fraction(0),) * 3
            for parameter in names
        }
        # At an irrational equilibrium, the own part of a payoff is a ball around zero, which it is by the envelope theorem.
        with flint.ctx.workprec(branch.precision):
            whole = {
                p: portable(d + s if player is not None else d + s + o) for p, (d, s, o) in parts.items()
            }
        doubtful = [p for p, rate in whole.items() if isinstance(rate, Bounds) and rate.sign is None]
        zero = [p for p in doubtful if not _moves(branch, source, p)]
        whole |= dict.fromkeys(zero, Fraction(0))
        if len(zero) == len(doubtful) or not branch.refine():
            break
    direct, strategic, own = (
        {p: portable(part[k]) for p, part in parts.items()} if player is not None else {} for k in range(3)
    )
    value = portable(branch.value(function))
    return Response(name, source[0], value, whole, direct, strategic, own, source)


def _moves(branch: Branch, source: tuple[Any, ...], parameter: str) -> bool:
    """Whether the formula of a derivative is other than zero."""
    return bool(derivative(branch.family, source, parameter))
