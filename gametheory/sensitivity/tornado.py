"""Tornado: how far each parameter alone moves an outcome, exactly.

Each parameter in turn runs over its range while the others stay at their baseline (Howard 1988). The bar of a
parameter goes from the least to the greatest value that the outcome takes in any equilibrium on the way. Both
come from exact thresholds, so that a peak between two samples, or a jump at a threshold, cannot be missed.
The values of the parameter at which the outcome jumps are its *switching values*.

References
----------
.. [1] R. Howard, "Decision analysis: practice and promise", *Management Science* 34 (1988), 679-695.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from gametheory import scalars
from gametheory.errors import ParameterError
from gametheory.sensitivity.thresholds import Thresholds, thresholds
from gametheory.solvers import _plotting

if TYPE_CHECKING:
    import pandas

    from gametheory.parameters.model import Model

__all__ = ["Tornado", "TornadoBar", "tornado"]


@dataclass(frozen=True, slots=True)
class TornadoBar:
    """What one parameter does to the outcome.

    Attributes
    ----------
    name : str
    low, high, baseline : Fraction
        Of the parameter.
    at_low, at_high, at_baseline : (least, greatest)
        The outcome over the equilibria there.
    least, greatest : number
        The outcome over the whole range and all equilibria.
    switches : tuple
        Values of the parameter at which the outcome jumps, exact.
    complete : bool
        Whether every equilibrium is known, also at the thresholds, where somebody is indifferent.
    """

    name: str
    low: Fraction
    high: Fraction
    baseline: Fraction
    at_low: tuple[Any, Any]
    at_high: tuple[Any, Any]
    at_baseline: tuple[Any, Any]
    least: Any
    greatest: Any
    switches: tuple[Any, ...]
    complete: bool

    @property
    def swing(self) -> float:
        """Greatest less least."""
        return float(self.greatest) - float(self.least)


@dataclass(frozen=True, slots=True, eq=False)
class Tornado:
    """Bars, the widest first; what :func:`tornado` returns."""

    outcome: str
    bars: tuple[TornadoBar, ...]

    def __iter__(self) -> Iterator[TornadoBar]:
        return iter(self.bars)

    def __len__(self) -> int:
        return len(self.bars)

    def __getitem__(self, name: str) -> TornadoBar:
        for bar in self.bars:
            if bar.name == name:
                return bar
        from gametheory.errors import unknown

        raise unknown("parameter", name, [bar.name for bar in self.bars])

    @property
    def note(self) -> str:
        """What may be missing from bars that are not complete; empty if all are."""
        doubtful = [bar.name for bar in self.bars if not bar.complete]
        if not doubtful:
            return ""
        return (
            f"{', '.join(doubtful)}: not every equilibrium is listed (where choices are tied, their mixtures may support "
            "other values; see Thresholds.reason and the breakpoints)"
        )

    def to_frame(self) -> pandas.DataFrame:
        """One row for each parameter; exact numbers, and ``swing`` as a float."""
        import pandas as pd

        rows = [
            {
                "parameter": bar.name,
                "low": bar.low,
                "high": bar.high,
                "baseline": bar.baseline,
                "at_low_least": bar.at_low[0],
                "at_low_greatest": bar.at_low[1],
                "at_high_least": bar.at_high[0],
                "at_high_greatest": bar.at_high[1],
                "least": bar.least,
                "greatest": bar.greatest,
                "swing": bar.swing,
                "switches": bar.switches,
                "complete": bar.complete,
            }
            for bar in self.bars
        ]
        return pd.DataFrame(rows)

    def to_latex(self) -> str:
        """A ``tabular`` of the bars."""
        lines = [
            r"\begin{tabular}{l r r r r l}",
            r"\hline",
            r"Parameter & Low & High & Least & Greatest & Switching values \\",
            r"\hline",
        ]
        for bar in self.bars:
            numbers = [
                f"${scalars.to_latex(value)}$" for value in (bar.low, bar.high, bar.least, bar.greatest)
            ]
            name = bar.name.replace("_", r"\_")
            switches = ", ".join(f"${scalars.to_latex(value)}$" for value in bar.switches)
            lines.append(" & ".join([name, *numbers, switches]) + r" \\")
        return "\n".join([*lines, r"\hline", r"\end{tabular}"])

    def plot(self, **options: Any) -> Any:
        """Draw the bars; needs the ``plot`` extra.

        Returns
        -------
        matplotlib.figure.Figure
        """
        return _plotting.draw("tornado", self, **options)

    def __str__(self) -> str:
        lines = [f"{self.outcome}: least and greatest over the range of each parameter"]
        for bar in self.bars:
            if bar.swing:
                switches = ", ".join(scalars.to_text(value) for value in bar.switches)
                ends = f"{scalars.to_text(float(bar.least))} to {scalars.to_text(float(bar.greatest))}"
                mark = "" if bar.complete else " *"
                lines.append(
                    f"  {bar.name}: {ends}{mark}" + (f"; switches at {switches}" if switches else "")
                )
        still = [bar.name for bar in self.bars if not bar.swing]
        if still:
            lines.append(f"  no effect: {', '.join(still)}")
        if self.note:
            lines.append(f"  * {self.note}")
        return "\n".join(lines)

    __repr__ = __str__


def tornado(
    model: Model,
    outcome: str,
    *,
    at: Mapping[str, Any] | None = None,
    concept: str | None = None,
    maps: Mapping[str, Thresholds] | None = None,
    progress: bool = True,
) -> Tornado:
    """How far each parameter alone moves an outcome.

    Parameters
    ----------
    model : Model
    outcome : str
        Such as ``"P(Russia: act)"`` or ``"payoff: West"``.
    at : mapping of str to number, optional
        Where the other parameters stay, instead of at their baseline.
    concept : {"nash", "subgame_perfect"}, optional
    maps : mapping of str to Thresholds, optional
        Maps found before, by parameter; with them, several outcomes cost no more than one. They must have
        been made with the same `at` and `concept`.
    progress : bool

    Returns
    -------
    Tornado

    Raises
    ------
    UnknownName
        If the model has no such outcome.
    ParameterError
        If no parameter has a range.

    Examples
    --------
    >>> import gametheory as gt
    >>> space = gt.ParameterSpace(gt.Parameter("x_W", 134, low=60, high=160), gt.Parameter("k", 40, low=10, high=90))
    >>> x_W, k = space.symbols("x_W k")
    >>> reply = gt.Decision("West", {
    ...     "acquiesce": gt.Outcome(Russia=50, West=-x_W / 2), "respond": gt.Outcome(Russia=-20, West=-x_W / 5 - k)})
    >>> tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply})
    >>> model = gt.Model("tripwire", gt.ExtensiveGame(tree), space)
    >>> found = gt.sensitivity.tornado(model, "payoff: Russia", progress=False)
    >>> found["k"].switches, found["k"].greatest
    ((Fraction(201, 5),), Fraction(50, 1))
    """
    space = model.space
    moving = [name for name in space if space[name].low < space[name].high]
    if not moving:
        raise ParameterError(
            "no parameter of the model has a range; give low and high to those that may vary."
        )
    bars = []
    for name in tqdm(moving, desc=f"tornado of {outcome}", delay=1, disable=not progress, leave=False):
        found = None if maps is None else maps.get(name)
        if found is None:
            others = {key: value for key, value in (at or {}).items() if key != name}
            found = thresholds(model, name, at=others, concept=concept, progress=False)
        least, greatest = found.range(outcome)
        baseline = scalars.exact((at or {}).get(name, space[name].baseline), name)
        bars.append(
            TornadoBar(
                name,
                found.low,
                found.high,
                baseline,
                _span(found, outcome, found.low),
                _span(found, outcome, found.high),
                _span(found, outcome, min(max(baseline, found.low), found.high)),
                least,
                greatest,
                found.switches(outcome),
                found.complete and all(point.equilibria.complete for point in found.breakpoints),
            )
        )
    bars.sort(key=lambda bar: (-bar.swing, moving.index(bar.name)))
    return Tornado(outcome, tuple(bars))


def _span(found: Thresholds, outcome: str, value: Fraction) -> tuple[Any, Any]:
    values = found.values_at(outcome, value)
    return min(values), max(values)
