r"""The conditions under which a profile is an equilibrium, in all parameters at once.

A profile with a given support is a Nash equilibrium of a game, and in a tree a subgame-perfect one, exactly when no player gains by
another plan in any stage, all mixed plans are worth the same, and all mixed probabilities are positive
(:mod:`gametheory.sensitivity._systems`). With payoffs that are rational functions of the parameters these are finitely many
polynomial inequalities and equations. Where at most two players mix in a stage the mixed probabilities are rational functions
of the parameters and are put in, so that the conditions are in the parameters alone; otherwise the probabilities stay unknowns.

:func:`conditions` derives them, removes what the box of parameters makes superfluous with a proof
(:mod:`gametheory.sensitivity._reduction`), and labels what is left by the deviation that it rules out.

References
----------
.. [1] R. Selten, "Spieltheoretische Behandlung eines Oligopolmodells mit Nachfragetraegheit", *Zeitschrift fuer die gesamte
   Staatswissenschaft* 121 (1965), 301-324.
.. [2] E. Hendon, H. J. Jacobsen and B. Sloth, "The one-shot-deviation principle for sequential rationality", *Games and Economic
   Behavior* 12 (1996), 274-282.
.. [3] R. McKelvey and A. McLennan, "Computation of equilibria in finite games", *Handbook of Computational Economics* I, 1996, 87-142.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Literal

from tqdm import tqdm

from gametheory import scalars
from gametheory.equilibria.outcomes import OutcomeFunctional, parse_outcome
from gametheory.errors import ParameterError, Unsupported, unknown
from gametheory.parameters.model import Model
from gametheory.sensitivity._chances import check_probabilities
from gametheory.sensitivity._condition import Condition, Impossible
from gametheory.sensitivity._condition_results import Case, Conditions
from gametheory.sensitivity._profile_cases import Draft, Outcomes, described, drafts_of_support, merged
from gametheory.sensitivity._reduction import Reducer
from gametheory.sensitivity._systems import Systems
from gametheory.sensitivity.thresholds import concept_for

__all__ = ["Case", "Condition", "Conditions", "Impossible", "conditions"]


def conditions(
    model: Model,
    profile: Any,
    *,
    concept: str | None = None,
    over: Mapping[str, tuple[Any, Any]] | None = None,
    at: Mapping[str, Any] | Literal["baseline"] | None = None,
    free: Iterable[str] | None = None,
    progress: bool = True,
) -> Conditions:
    """Derive the conditions under which a profile, or a pure profile with an outcome, is an equilibrium.

    Parameters
    ----------
    model : Model
    profile : Equilibrium, MixedProfile, BehaviourProfile, mapping or str
        A mapping gives for each player a strategy, or a list of those that are mixed; in a tree for each player an action (or list)
        if there is one information set, otherwise a mapping from the labels of the information sets to these. A text is the name of an
        outcome, such as ``"P(Russia: limited) = 1"`` (the ``= 1`` may be left out) or ``"outcome: status quo"``: then there is a case
        for each pure profile in which it has that probability.
    concept : {"nash", "subgame_perfect"}, optional
        Subgame perfection for trees and Nash for strategic forms by default. With ``"nash"`` the Nash conditions of a tree: a deviation
        is another plan for the whole game, so that threats off the path of play need not be credible.
    over : mapping of str to (low, high), optional
        Ranges of parameters; those of the space where silent.
    at : mapping of str to number, or "baseline", optional
        Parameters to be fixed. With ``"baseline"`` all are, at their baseline, but those in `free`.
    free : iterable of str, optional
        The parameters that stay free with ``at="baseline"``.
    progress : bool
        Show a progress bar if the work takes more than a second.

    Returns
    -------
    Conditions

    Raises
    ------
    UnknownName
        If a parameter, player, strategy, information set, action or outcome does not exist.
    GameError
        If the profile is not one of the game.
    ParameterError
        If a range is empty, or a probability is negative somewhere on the box.
    Unsupported
        If the game holds floats, or the outcome is a payoff or has a probability other than 0 or 1.
    TooLarge
        If an outcome is asked for in a game of too many pure profiles.

    Notes
    -----
    Deviations are compared with one-shot deviations within stages, which suffices for subgame perfection [2]_. Mixed probabilities are
    solved for where at most two players mix in a stage, and are unknowns otherwise.
    A profile has an outcome if it has it whatever chance does: a branch of a chance move counts as possible unless its probability is
    the number zero, also where a parameter makes that zero at the end of its range.

    References
    ----------
    .. [1] R. Selten (1965), "Spieltheoretische Behandlung eines Oligopolmodells mit Nachfragetraegheit".
    .. [2] E. Hendon, H. J. Jacobsen and B. Sloth (1996), "The one-shot-deviation principle for sequential rationality".

    Examples
    --------
    >>> import gametheory as gt
    >>> space = gt.ParameterSpace(gt.Parameter("x", 134, low=60, high=160), gt.Parameter("k", 40, low=10, high=90))
    >>> x, k = space.symbols("x k")
    >>> tree = gt.Decision("Russia", {
    ...     "refrain": gt.Outcome(Russia=0, West=0),
    ...     "act": gt.Decision("West", {
    ...         "acquiesce": gt.Outcome(Russia=50, West=-x / 2),
    ...         "respond": gt.Outcome(Russia=-20, West=-x / 5 - k),
    ...     }),
    ... })
    >>> model = gt.Model("tripwire", gt.ExtensiveGame(tree), space)
    >>> found = gt.sensitivity.conditions(model, {"Russia": "refrain", "West": "respond"})
    >>> print(found)
    Russia: refrain; West: respond: a subgame-perfect equilibrium of 'tripwire' on the box exactly where
      (1) 3*x >= 10*k [West [act]: acquiesce instead of respond]
    always true on the box: 1
    >>> found.holds_at({"x": 120}), found.holds_at({"x": 140})
    (False, True)
    >>> print(found.solve_for("x"))
    Russia: refrain; West: respond, solved for x:
      (1) x >= 10*k/3 [West [act]: acquiesce instead of respond]
    """
    if not isinstance(model, Model):
        raise ParameterError(
            f"conditions takes a Model, not {type(model).__name__}; gametheory.Model(name, game, space) makes one of a game."
        )
    solution = concept_for(model, concept)
    fixed = _fixed(model, at, free)
    box = _box(model, over, fixed)
    game = model.game
    if fixed and game.domain == "parametric":
        free_symbols = {name: scalars.symbol(name) for name in game.parameters}
        game = game.substitute({**free_symbols, **fixed})
    check_probabilities(game, box)
    systems = Systems(game, whole=solution == "nash")
    box = {name: ends for name, ends in box.items() if name in systems.ring.names}
    whole_box = box | {name: (Fraction(0), Fraction(1)) for name in systems.unknowns}
    reducer = Reducer(systems.ring, whole_box)
    count = 1
    with tqdm(desc="conditions", delay=1, disable=not progress, leave=False) as bar:
        if isinstance(profile, str):
            name, outcome, happens = _outcome(model, profile)
            search = Outcomes(systems, reducer, outcome, happens)
            count = len(search.matching)
            drafts, lost = search.drafts(bar)
            drafts = merged(drafts)
            if len(drafts) > 1:
                reducer.budget = 1  # many cases with many questions each
        else:
            support = systems.support(profile)
            name = described(systems, support)
            drafts, lost = drafts_of_support(systems, reducer, support)
        cases = []
        for draft in drafts:
            found = _case(systems, reducer, draft)
            bar.update()
            if isinstance(found, Impossible):
                lost.append(found)
            else:
                cases.append(found)
    if isinstance(profile, str):
        possible = sum(len(case.supports) for case in cases)
    else:
        possible = int(bool(cases))
    return Conditions(
        model,
        name,
        isinstance(profile, str),
        solution,
        tuple(sorted(box.items())),
        tuple(sorted(fixed.items())),
        tuple(cases),
        tuple(lost),
        (count, possible),
    )


def _case(systems: Systems, reducer: Reducer, draft: Draft) -> Case | Impossible:
    name = described(systems, draft.supports[0])
    known = {*systems.game.parameters, *draft.unknowns}
    found = reducer.reduce([*draft.conditions, *draft.always, *draft.ties], name)
    if isinstance(found, Impossible):
        return found
    probabilities = []
    for place, vector in zip(systems.places, draft.probabilities, strict=True):
        for action, probability in zip(place.actions, vector, strict=True):
            if probability:
                player = systems.game.players[place.player]
                probabilities.append((player, place.label, action, probability))
    return Case(
        systems.ring,
        name,
        tuple(described(systems, support) for support in draft.supports),
        found.conditions,
        found.always,
        found.implied,
        found.ties,
        tuple(probabilities),
        tuple(zip(systems.game.players, draft.payoffs, strict=True)),
        draft.unknowns,
        draft.reason,
        draft.silent,
        None if found.point is None else tuple(sorted((n, v) for n, v in found.point.items() if n in known)),
        found.undecided,
    )


# ---------------------------------------------------------------------------------------------------------------------
# Reading the arguments
# ---------------------------------------------------------------------------------------------------------------------
def _fixed(model: Model, at: Any, free: Iterable[str] | None) -> dict[str, Fraction]:
    space = model.space
    loose = [free] if isinstance(free, str) else list(free or ())
    for name in loose:
        if name not in space:
            raise unknown("parameter", name, space)
    if isinstance(at, str) and at != "baseline":
        raise ParameterError(f"at={at!r} is no point; write at='baseline' or at={{'NAME': value}}.")
    if isinstance(at, str):
        return {name: value for name, value in space.baseline.items() if name not in loose}
    if loose:
        raise ParameterError(
            "free= goes with at='baseline'; otherwise all parameters but those in at= are free."
        )
    if at is None:
        return {}
    if not isinstance(at, Mapping):
        raise ParameterError(
            f"at={at!r} does not say which parameter has which value; write at={{'NAME': value}}."
        )
    fixed = {}
    for name, value in at.items():
        if name not in space:
            raise unknown("parameter", name, space)
        fixed[name] = scalars.exact(value, f"the value of {name}")
    return fixed


def _box(
    model: Model, over: Mapping[str, tuple[Any, Any]] | None, fixed: Mapping[str, Fraction]
) -> dict[str, tuple[Fraction, Fraction]]:
    box = {name: ends for name, ends in model.space.box.items() if name not in fixed}
    if over is None:
        return box
    if not isinstance(over, Mapping):
        raise ParameterError(f"over={over!r} does not say which ranges; write over={{'NAME': (low, high)}}.")
    for name, given in over.items():
        if name not in model.space:
            raise unknown("parameter", name, model.space)
        if name in fixed:
            raise ParameterError(f"{name} is fixed by at= and has a range in over=; give one of them.")
        ends: Any = given  # a caller may give anything
        if isinstance(ends, str) or not hasattr(ends, "__len__") or len(ends) != 2:
            raise ParameterError(f"over={{{name!r}: {ends!r}}} is not a pair; write (low, high).")
        low, high = (scalars.exact(end, f"an end of the range of {name}") for end in ends)
        if low > high:
            raise ParameterError(
                f"{name} ranges from {scalars.to_text(low)} to {scalars.to_text(high)}, which is empty; give (low, high)."
            )
        box[name] = (low, high)
    return box


def _outcome(model: Model, text: str) -> tuple[str, OutcomeFunctional, bool]:
    """The outcome that a text names, and whether it is to happen."""
    name, value = text.strip(), "1"
    if name not in model.outcomes and "=" in name:
        before, _, after = name.rpartition("=")
        if after.strip() in ("0", "1"):
            name, value = before.rstrip("= ").strip(), after.strip()
        elif before.strip() in model.outcomes or before.strip().endswith(")"):
            raise Unsupported(
                f"{text!r} asks for a probability other than 0 or 1, which no pure profile gives for all parameters; give the mixed "
                "profile itself, as a mapping from players to lists of strategies."
            )
    known = model.outcomes.get(name)
    if known is not None and not isinstance(known, OutcomeFunctional):
        raise Unsupported(
            f"the outcome {name!r} is a callable; conditions need a named outcome such as 'P(PLAYER: ACTION)'."
        )
    outcome = known if known is not None else parse_outcome(name, model.game)
    if outcome.kind == "payoff":
        raise Unsupported(
            f"{name!r} is a payoff and happens with no probability; ask for 'P(PLAYER: ACTION)' or 'outcome: LABEL'."
        )
    return f"{name} = {value}", outcome, value == "1"
