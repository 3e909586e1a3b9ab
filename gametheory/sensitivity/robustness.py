r"""How wrong must the numbers be before a conclusion changes?

A conclusion is a statement about the equilibria of a model that holds at a point :math:`b`, the baseline. Its *robustness* is how
far the parameters can move from there without breaking it: each alone, up to an exact *switching value*; and all at once, up
to the *radius of stability*, half the width of the largest scaled box around :math:`b` on which the conclusion holds,

.. math:: \rho = \inf \{ r : \text{the conclusion fails at some } \theta \text{ with } |\theta_i - b_i| \le r s_i \text{ for all } i \}.

The joint answer is the one that counts where conclusions rest on several conditions at once: two small errors that do nothing alone may
do everything together. It is certified from below by a proof over the box and from above by a point where the conclusion fails; see
:mod:`gametheory.sensitivity._distances` for how. The nearest counterexample in the sum norm, which spends the least in all and so moves
few parameters, shows which parameters it hangs on.

References
----------
.. [1] M. Sniedovich, "A bird's view of info-gap decision theory", *Journal of Risk Finance* 11 (2010), 268-283 (on the radius of
   stability).
.. [2] A. Ben-Tal, L. El Ghaoui and A. Nemirovski, *Robust Optimization*, Princeton University Press, 2009, ch. 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from tqdm import tqdm

from gametheory import scalars
from gametheory.errors import ParameterError, Unsupported, unknown
from gametheory.parameters.model import Model
from gametheory.sensitivity import _words
from gametheory.sensitivity._balls import Ball, Distance
from gametheory.sensitivity._cases import Cases, solve_at
from gametheory.sensitivity._chances import check_probabilities
from gametheory.sensitivity._distances import distance
from gametheory.sensitivity._radii import Radius, Switch
from gametheory.sensitivity._statements import Statement, read, read_play
from gametheory.sensitivity._switching import Turn, turns
from gametheory.sensitivity.thresholds import thresholds
from gametheory.solvers import _plotting

if TYPE_CHECKING:
    import pandas

    from gametheory.equilibria.result import EquilibriumSet
    from gametheory.sensitivity.threshold_map import Thresholds

__all__ = ["Radius", "Robustness", "Switch", "robustness"]


@dataclass(frozen=True, slots=True, eq=False)
class Robustness:
    """How far parameters can move before a conclusion changes; what :func:`robustness` returns.

    Attributes
    ----------
    model : Model
    conclusion : str
    quantifier : {"every", "some"}
        Whether the conclusion is about every equilibrium or some equilibrium.
    scale : str
        What distances are measured in.
    equilibria : EquilibriumSet
        At the baseline.
    switches : tuple of Switch
        One for each parameter, the most sensitive first.
    box : Radius
        The largest box.
    l2, l1 : Radius or None
        The nearest counterexample in the Euclidean and in the sum norm; None if there is none within the ranges.
    """

    model: Model
    conclusion: str
    quantifier: Literal["every", "some"]
    scale: str
    equilibria: EquilibriumSet
    switches: tuple[Switch, ...]
    box: Radius
    l2: Radius | None
    l1: Radius | None

    @property
    def holds_everywhere(self) -> bool:
        """Whether it is proved that the conclusion holds wherever all parameters are within their ranges."""
        return self.box.upper is None and self.box.exact is None and self.box.lower >= self._reach

    @property
    def _reach(self) -> Fraction:
        return max(
            (max(s.baseline - s.low, s.high - s.baseline) / s.scale for s in self.switches),
            default=Fraction(0),
        )

    @property
    def complete(self) -> bool:
        """Whether every switching value is known and the joint radius is bounded from both sides, or infinite."""
        return all(switch.complete for switch in self.switches) and (
            self.holds_everywhere or self.box.upper is not None
        )

    @property
    def binding(self) -> tuple[str, ...]:
        """The parameters on which the nearest counterexample in the sum norm hangs, the one that moves most first."""
        if self.l1 is None or self.l1.point is None:
            return ()
        moved = {
            s.name: abs(self.l1.point.get(s.name, s.baseline) - s.baseline) / s.scale for s in self.switches
        }
        return tuple(sorted((name for name in moved if moved[name]), key=lambda name: -moved[name]))

    def __getitem__(self, name: str) -> Switch:
        for switch in self.switches:
            if switch.name == name:
                return switch
        raise unknown("parameter", name, [switch.name for switch in self.switches])

    def to_frame(self) -> pandas.DataFrame:
        """One row for each parameter: switching values (exact), distances, and where it is at the nearest counterexamples."""
        import pandas as pd

        rows = []
        for switch in self.switches:
            row: dict[str, Any] = {
                "parameter": switch.name,
                "baseline": switch.baseline,
                "low": switch.low,
                "high": switch.high,
                "below": None if switch.below is None else switch.below.value,
                "above": None if switch.above is None else switch.above.value,
                "distance": switch.distance,
                "complete": switch.complete,
            }
            for radius in (self.box, self.l2, self.l1):
                if radius is not None and radius.point is not None:
                    row[f"counterexample_{radius.norm}"] = radius.point.get(switch.name, switch.baseline)
            rows.append(row)
        return pd.DataFrame(rows)

    def to_latex(self) -> str:
        """A ``tabular`` of the switching values, with the joint radius below."""
        lines = [
            r"\begin{tabular}{l r r r r}",
            r"\hline",
            r"Parameter & Baseline & Fails below & Fails above & Distance \\",
            r"\hline",
        ]
        for switch in self.switches:
            ends = ["" if turn is None else _words.latex(turn.value) for turn in (switch.below, switch.above)]
            way = "" if switch.distance is None else f"{switch.distance:.3g}"
            lines.append(
                " & ".join([_words.escape(switch.name), f"${scalars.to_latex(switch.baseline)}$", *ends, way])
                + r" \\"
            )
        lines += [r"\hline", rf"\multicolumn{{5}}{{l}}{{{_words.escape(self._headline())}}} \\", r"\hline"]
        return "\n".join([*lines, r"\end{tabular}"])

    def plot(self, **options: Any) -> Any:
        """Draw the range of each parameter with its switching values and the box; needs the ``plot`` extra.

        Returns
        -------
        matplotlib.figure.Figure
        """
        return _plotting.draw("robustness", self, **options)

    # -- words --------------------------------------------------------------------------------------------------------
    def _unit(self) -> str:
        return {"range": "of their ranges", "baseline": "of their baselines"}.get(
            self.scale, "of their scales"
        )

    def _headline(self) -> str:
        what = self.conclusion if self.quantifier == "every" else f"in some equilibrium {self.conclusion}"
        if self.holds_everywhere:
            return f"{what} holds wherever the parameters are within their ranges"
        if self.box.upper is None:
            return (
                f"{what} holds while parameters move by at most {_words.percent(self.box.lower)} {self._unit()} at once; no "
                "counterexample is known, nor is it proved further"
            )
        size = self.box.upper if self.box.exact is None else self.box.exact
        if self.box.gap is not None and self.box.gap <= 0.01:
            text = f"{what} holds unless parameters move by more than {_words.percent(size)} {self._unit()} at once"
        else:
            text = (
                f"{what} holds unless parameters move by more than {_words.percent(self.box.lower)} {self._unit()} at once, and fails "
                f"somewhere within {_words.percent(size)}"
            )
        first = self.switches[0] if self.switches and self.switches[0].distance is not None else None
        if first is None or first.nearest is None:
            return f"{text}; no parameter alone breaks it within its range"
        side = "below" if first.nearest is first.below else "above"
        shown = f"(from {scalars.to_text(first.baseline)} to {side} {_words.rounded(first.nearest.value)})"
        return f"{text}; alone, nearest is {first.name} {shown}"

    def __str__(self) -> str:
        lines = [self._headline()]
        if self.l1 is not None and self.l1.point is not None and self.l1.upper is not None:
            moves = ", ".join(
                f"{name} {scalars.to_text(self[name].baseline)} to {_words.rounded(self.l1.point[name])}"
                for name in self.binding
            )
            play = " | ".join(dict.fromkeys(e.play for e in self.l1.equilibria or ()))
            lines.append(
                f"  the least change in all ({_words.percent(self.l1.upper)}, at least {_words.percent(self.l1.lower)}): {moves}; "
                f"then {play}"
            )
        for switch in self.switches:
            sides = [
                f"{side} {_words.rounded(turn.value)}" + _why(turn)
                for side, turn in (("below", switch.below), ("above", switch.above))
                if turn is not None
            ]
            if sides:
                lines.append(
                    f"  {switch.name} alone ({scalars.to_text(switch.baseline)}): " + "; ".join(sides)
                )
        still = [s.name for s in self.switches if s.below is None and s.above is None and s.complete]
        if still:
            lines.append(f"  not alone within their ranges: {', '.join(still)}")
        doubtful = [s.name for s in self.switches if not s.complete]
        if doubtful:
            lines.append(f"  not every equilibrium is known along: {', '.join(doubtful)}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            "<tr>"
            + "".join(
                f"<td>{escape(cell)}</td>"
                for cell in (
                    switch.name,
                    scalars.to_text(switch.baseline),
                    "" if switch.below is None else _words.rounded(switch.below.value),
                    "" if switch.above is None else _words.rounded(switch.above.value),
                    "" if switch.distance is None else f"{switch.distance:.1%}",
                )
            )
            + "</tr>"
            for switch in self.switches
        )
        head = "<tr><th>Parameter</th><th>Baseline</th><th>Fails below</th><th>Fails above</th><th>Distance</th></tr>"
        return f"<table><caption>{escape(self._headline())}</caption>{head}{rows}</table>"


def _why(turn: Turn) -> str:
    names = dict.fromkeys(
        f"{i.player}{f' [{i.infoset}]' if i.infoset else ''}: {i.action} or {i.instead}"
        for i in turn.indifferences
    )
    return f" ({'; '.join(names)})" if names else ""


def robustness(
    model: Model,
    conclusion: str | None = None,
    *,
    at: Mapping[str, Any] | None = None,
    parameters: Iterable[str] | None = None,
    scale: str | Mapping[str, Any] = "range",
    quantifier: str = "every",
    tolerance: Any = "0.001",
    maps: Mapping[str, Thresholds] | None = None,
    progress: bool = True,
) -> Robustness:
    """How far parameters can move, each alone and all at once, before a conclusion changes.

    Parameters
    ----------
    model : Model
    conclusion : str, optional
        ``"OUTCOME RELATION NUMBER"``, such as ``"P(Russia: full) = 0"`` or ``"payoff: West >= -200"``; an outcome alone means that its
        probability is one. By default: what is played along the play stays as it is.
    at : mapping of str to number, optional
        Exact values to start from, instead of the baseline.
    parameters : iterable of str, optional
        Those that move; by default all that have a range (and a scale).
    scale : {"range", "baseline"} or mapping of str to number
        The unit of each parameter's moves: the width of its range, the size of its baseline, or a number of your own.
    quantifier : {"every", "some"}
        Whether the conclusion is about every equilibrium or about some equilibrium.
    tolerance : number
        How near the bounds of the joint radius should come, relative to it.
    maps : mapping of str to Thresholds, optional
        Maps found before, by parameter, so that they need not be made again. Those made elsewhere than at `at`, or over less than the
        range, are not used.
    progress : bool

    Returns
    -------
    Robustness

    Raises
    ------
    ParameterError
        If the conclusion does not hold at the start, or a scale is not positive.
    UnknownName
        If a parameter or outcome does not exist.
    Unsupported
        If it is not decided at the start, because not every equilibrium is known there.
    TooLarge
        If a subgame has too many supports.

    References
    ----------
    .. [1] M. Sniedovich, "A bird's view of info-gap decision theory", *Journal of Risk Finance* 11 (2010), 268-283.

    Examples
    --------
    >>> import gametheory as gt
    >>> space = gt.ParameterSpace(gt.Parameter("x_W", 140, low=60, high=160), gt.Parameter("k", 40, low=10, high=90))
    >>> x_W, k = space.symbols("x_W k")
    >>> reply = gt.Decision("West", {
    ...     "acquiesce": gt.Outcome(Russia=50, West=-x_W / 2), "respond": gt.Outcome(Russia=-20, West=-x_W / 5 - k)})
    >>> tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply})
    >>> model = gt.Model("tripwire", gt.ExtensiveGame(tree), space)
    >>> from gametheory.sensitivity import robustness
    >>> found = robustness(model, "P(Russia: act) = 0")
    >>> found.box.exact, found["x_W"].below.value
    (Fraction(1, 55), Fraction(400, 3))
    >>> print(str(found).splitlines()[0])
    P(Russia: act) = 0 holds unless parameters move by more than 1.82 % of their ranges at once; alone, nearest is k (from 40 to above 42)
    """
    if not isinstance(model, Model):
        raise ParameterError(
            f"robustness takes a Model, not {type(model).__name__}; gametheory.Model(name, game, space) makes one of a game."
        )
    space = model.space
    base = {name: parameter.baseline for name, parameter in space.items()}
    for name, value in (at or {}).items():
        base[space[name].name] = scalars.exact(value, f"the value of {name}")
    scales = _scales(model, scale, base, parameters)
    ranges = {name: (min(space[name].low, base[name]), max(space[name].high, base[name])) for name in scales}
    check_probabilities(model.game, {name: (value, value) for name, value in base.items()} | ranges)
    equilibria = solve_at(model, base)
    statement = (
        read_play(model, equilibria, quantifier)
        if conclusion is None
        else read(model, conclusion, quantifier)
    )
    _check(statement, equilibria, at)
    switches = [
        _alone(model, statement, name, base, scales[name], (maps or {}).get(name))
        for name in tqdm(scales, desc="robustness: each alone", delay=1, disable=not progress, leave=False)
    ]
    ball = Ball(base, scales, ranges)
    cases = Cases(model, statement, list(scales), base)
    hints = [
        {**{n: base[n] for n in scales}, switch.name: turn.beyond}
        for switch in switches
        for turn in (switch.below, switch.above)
        if turn is not None and turn.beyond is not None
    ]
    limit = scalars.exact(tolerance, "the tolerance")
    if not 0 < limit < 1:
        raise ParameterError(f"tolerance={tolerance} is not between 0 and 1.")
    found = distance(cases, statement, ball, base, hints=hints, tolerance=limit, progress=progress)
    order = list(scales)
    switches.sort(key=lambda s: (float("inf") if s.distance is None else s.distance, order.index(s.name)))
    made = {norm: _result(model, norm, part, base) for norm, part in found.items()}
    return Robustness(
        model,
        statement.text,
        statement.quantifier,
        scale if isinstance(scale, str) else "given",
        equilibria,
        tuple(switches),
        made["box"],
        made.get("l2"),
        made.get("l1"),
    )


def _scales(
    model: Model, scale: Any, base: Mapping[str, Fraction], parameters: Iterable[str] | None
) -> dict[str, Fraction]:
    space = model.space
    if isinstance(parameters, str):
        parameters = (parameters,)
    chosen = None if parameters is None else [space[name].name for name in parameters]
    if isinstance(scale, Mapping):
        given = {space[n].name: scalars.exact(v, f"the scale of {n}") for n, v in scale.items()}
        names = list(given) if chosen is None else chosen
        for name in names:
            if name not in given:
                raise ParameterError(
                    f"the scale does not say in what {name} is measured; add it to scale={{...}}."
                )
    elif scale == "range":
        names = [n for n in space if space[n].varies] if chosen is None else chosen
        given = {n: space[n].high - space[n].low for n in names}
    elif scale == "baseline":
        names = [n for n in space if space[n].varies] if chosen is None else chosen
        given = {n: abs(base[n]) for n in names}
    else:
        raise unknown("scale", scale, ("range", "baseline"))
    for name in names:
        if given[name] <= 0:
            raise ParameterError(
                f"{name} has the scale {scalars.to_text(given[name])}, and moves cannot be measured in that; leave it out of "
                "parameters=[...], or give positive numbers in scale={NAME: NUMBER}."
            )
    names = [name for name in names if space[name].varies]
    if not names:
        raise ParameterError("no parameter has a range to move in; give low and high to those that may.")
    return {name: given[name] for name in names}


def _check(statement: Statement, equilibria: EquilibriumSet, at: Mapping[str, Any] | None) -> None:
    where = "at the point given" if at else "at the baseline"
    held = statement.holds(equilibria)
    if held is None:
        raise Unsupported(
            f"whether {statement.text!r} holds {where} is not decided: {equilibria.reason or 'equilibria there are irrational'}."
        )
    if not held:
        plays = " | ".join(dict.fromkeys(equilibrium.play for equilibrium in equilibria))
        raise ParameterError(
            f"{statement.text!r} does not hold in {statement.quantifier} equilibrium {where}, where what is played is: {plays}. "
            "Robustness is asked of what holds; for what it would take, see levers."
        )


def _alone(
    model: Model,
    statement: Statement,
    name: str,
    base: Mapping[str, Fraction],
    scale: Fraction,
    known: Thresholds | None,
) -> Switch:
    parameter = model.space[name]
    low, high = min(parameter.low, base[name]), max(parameter.high, base[name])
    if name not in model.game.parameters:
        return Switch(name, base[name], low, high, scale, None, None, True)
    others = {other: value for other, value in base.items() if other != name}
    fits = (
        known is not None
        and known.model is model
        and (known.name, known.low, known.high) == (name, low, high)
        and {n: v for n, v in known.fixed.items() if n in others} == others
    )
    found = known if fits else thresholds(model, name, at=others, over=(low, high), progress=False)
    assert found is not None
    below, above, complete = turns(found, statement, base[name])
    return Switch(name, base[name], low, high, scale, below, above, complete)


def _result(model: Model, norm: Any, found: Distance, base: Mapping[str, Fraction]) -> Radius:
    if found.point is None:
        return Radius(norm, found.lower, found.upper, None, None, None)
    moved = {name: value for name, value in found.point.items() if value != base[name]}
    exact = (
        found.exact if found.exact is None or isinstance(found.exact, Fraction) else found.exact.to_sympy()
    )
    return Radius(
        norm, found.lower, found.upper, exact, MappingProxyType(moved), solve_at(model, {**base, **moved})
    )
