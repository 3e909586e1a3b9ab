"""The essay's claims C1 to C9, each as properties that are tried to be broken.

A claim about *every* point of the box cannot be settled by points. So a verdict says no more than is known:

- ``"proved"`` for every point of the box, by a certificate of :func:`gametheory.sensitivity.verify` that is checked anew for the model;
- ``"no counterexample"`` among the points tried, where there is no proof for the model;
- ``"fails"``, with the simplest counterexample, verified in exact arithmetic;
- ``"holds under conditions"``: there are counterexamples, but none was found where a condition is met that follows from the
  payoffs; or the claim is about the baseline, and holds on exactly known intervals of single parameters.

The points are the baseline, single parameters and pairs of them at the ends of their ranges, a Latin hypercube over the box,
and points on both sides of the edges at which the play changes, where properties of change can fail. A counterexample is *simplest* in this
sense: none of its parameters that are off the baseline can be put back alone without losing it, and each value
has as few digits as will do.

Equilibria are compared as sets. A property of change is broken where the least or the greatest value over the equilibria goes
the wrong way; counterexamples in which *every* equilibrium after the change is worse than every one before are
preferred, and those that are not say so.

References
----------
P. Milgrom and C. Shannon, "Monotone comparative statics", *Econometrica* 62 (1994), 157-180.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from gametheory import scalars
from gametheory.errors import ParameterError, Unsupported

if TYPE_CHECKING:
    import numpy as np
    import pandas

    from gametheory.equilibria.result import EquilibriumSet
    from gametheory.models.kazakhstan._gains import Bound
    from gametheory.models.kazakhstan._lines import Span
    from gametheory.parameters import Model
    from gametheory.sensitivity.thresholds import Thresholds

__all__ = ["Claim", "Condition", "Counterexample", "Verdict", "claims", "claims_frame"]

Verdict: TypeAlias = Literal["proved", "no counterexample", "fails", "holds under conditions"]


@dataclass(frozen=True, slots=True, eq=False)
class Counterexample:
    """Values of the parameters at which a property fails, verified in exact arithmetic.

    Attributes
    ----------
    values : mapping of str to Fraction
        Those that are not at their baseline, before any move. None of them can be put back alone without losing the
        counterexample.
    moved : mapping of str to (Fraction, Fraction)
        What is raised or lowered, from and to.
    before, after : EquilibriumSet
        All equilibria; `after` is None where nothing is moved.
    measure : str
        What the property is about.
    measured : tuple of (least, greatest)
        The measure over the equilibria before and, if anything is moved, after.
    in_every_equilibrium : bool
        Whether the property fails whichever of the equilibria is played.
    """

    values: Mapping[str, Fraction]
    moved: Mapping[str, tuple[Fraction, Fraction]]
    before: EquilibriumSet
    after: EquilibriumSet | None
    measure: str
    measured: tuple[tuple[Any, Any], ...]
    in_every_equilibrium: bool

    def __post_init__(self) -> None:
        for name in ("values", "moved"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple[Any, ...]:
        # Read-only mappings pickle only as the dictionaries behind them.
        rest = (self.before, self.after, self.measure, self.measured, self.in_every_equilibrium)
        return type(self), (dict(self.values), dict(self.moved), *rest)

    @property
    def n_changed(self) -> int:
        """How many parameters are off their baseline before the move."""
        return len(self.values)

    def __str__(self) -> str:
        fixed = [f"{name} = {_number(v)}" for name, v in self.values.items() if name not in self.moved]
        place = (
            f"with {', '.join(fixed)} and the rest at the baseline"
            if fixed
            else "with the rest at the baseline"
        )
        if not self.moved:
            where = place if fixed else "at the baseline"
            text = f"{where}, {self.measure} is {_range(self.measured[0])}"
        else:
            moves = ", ".join(
                f"{name} from {_number(a)} to {_number(b)}" for name, (a, b) in self.moved.items()
            )
            text = f"{moves}, {place}: {self.measure} goes from {' to '.join(map(_range, self.measured))}"
        return text if self.in_every_equilibrium else f"{text} (not in every equilibrium)"


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """Where a property holds.

    Attributes
    ----------
    bounds : tuple of Bound
        Bounds on parameters by formulas in the others, from the payoffs. Of several that bound the same parameter the one that binds at
        the baseline.
    n_points, n_against : int
        How many points meet the condition (all of it, not the binding bound alone), of those tried for the claim and of more that
        are put inside; and at how many of them the property fails. 0 if the condition is met at most on the border of the box.
    parameter : str
        The parameter along which ``spans`` are, if this is about one parameter with all else at the baseline.
    spans : tuple of Span
        The values at which the property holds in every equilibrium, exactly.
    low, high : Fraction
        The ends of the line looked at.
    """

    bounds: tuple[Bound, ...] = ()
    n_points: int = 0
    n_against: int = 0
    parameter: str = ""
    spans: tuple[Span, ...] = ()
    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def holds(self) -> bool:
        """Whether the property is not known to fail where the condition is met."""
        return bool(self.spans) if self.parameter else self.n_points > 0 and self.n_against == 0

    def __str__(self) -> str:
        if not self.parameter:
            text = " and ".join(map(str, self.bounds))
            if not self.n_points:
                return f"{text}; nothing inside the box meets this"
            if self.n_against:
                return (
                    f"not enough: {text}; {self.n_against:,} counterexamples among {self.n_points:,} points"
                )
            return f"{text}; no counterexample among {self.n_points:,} points"
        ends = f"{_number(self.low)} to {_number(self.high)}"
        if not self.spans:
            return f"no {self.parameter} from {ends}"
        whole = (self.low, self.high, True, True)
        if [(s.low, s.high, s.includes_low, s.includes_high) for s in self.spans] == [whole]:
            return f"every {self.parameter} from {ends}"
        return " or ".join(span.describe(self.parameter) for span in self.spans)


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A claim of the essay as a property of the model, and what came of trying to break it.

    Attributes
    ----------
    id : str
        ``"C2a"`` is the first property of claim C2.
    statement : str
        The claim in the essay's sense.
    formal : str
        The property in the model's terms.
    verdict : {"proved", "no counterexample", "fails", "holds under conditions"}
    n_points : int
        Points at which the property was tested; 0 where it was decided exactly along one parameter.
    n_against, n_for : int
        At how many it fails; at how many a move does the opposite of what would break the property.
    n_left_out : int
        Points too near to a tie to be told from it in floating point; they are not among `n_points`.
    counterexample : Counterexample or None
    conditions : tuple of Condition
    needed : Bound or None
        How much of the parameter it would take outside its range, given the replies at the baseline.
    note : str
        What the model cannot say.
    n_cases : int
        Cases of the proof, if there is one.
    """

    id: str
    statement: str
    formal: str
    verdict: Verdict
    n_points: int = 0
    n_against: int = 0
    n_for: int = 0
    n_left_out: int = 0
    counterexample: Counterexample | None = None
    conditions: tuple[Condition, ...] = ()
    needed: Bound | None = None
    note: str = ""
    n_cases: int = 0

    @property
    def number(self) -> str:
        """The claim that the property belongs to: ``"C2"`` of ``"C2a"``."""
        return self.id.rstrip("abcdefghijklmnopqrstuvwxyz")

    @property
    def headline(self) -> str:
        """The verdict in one line, with how much it rests on."""
        if self.verdict == "proved":
            return f"proved for every point of the box, in {self.n_cases:,} cases"
        if self.verdict == "no counterexample":
            if not self.n_points:
                return "not tested: nothing that it is about varies"
            return f"no counterexample among {self.n_points:,} points"
        if self.verdict == "holds under conditions":
            held = "; ".join(str(condition) for condition in self.conditions if condition.holds)
            return f"holds under conditions: {held}"
        tried = (
            f" at {self.n_against:,} of {self.n_points:,} points"
            if self.n_against and self.n_points > 1
            else ""
        )
        return f"fails{tried}" + (f"; simplest: {self.counterexample}" if self.counterexample else "")

    def to_frame(self) -> pandas.DataFrame:
        """The claim as a table of one row."""
        return claims_frame([self])

    def __str__(self) -> str:
        lines = [f"{self.id}  {self.statement}", f"  {self.formal}", f"  {self.headline}"]
        holds = self.verdict == "holds under conditions"
        if holds and self.counterexample:
            lines.append(
                f"  but {self.n_against:,} counterexamples among {self.n_points:,} points; simplest: {self.counterexample}"
            )
        # What holds is in the headline.
        rest = [condition for condition in self.conditions if not (holds and condition.holds)]
        lines += [f"  {condition}" for condition in rest if not condition.parameter]
        if any(condition.spans for condition in rest):
            along = "; ".join(str(condition) for condition in rest if condition.parameter)
            lines.append(f"  all else at the baseline, it holds for {along}")
        if self.needed is not None:
            lines.append(f"  it would take {self.needed}, given the other replies at the baseline")
        if self.n_for:
            lines.append(f"  for the better at {self.n_for:,} points")
        if self.n_left_out:
            lines.append(f"  left out as too near to a tie: {self.n_left_out:,} points")
        return "\n".join([*lines, f"  {self.note}"] if self.note else lines)

    def __repr__(self) -> str:
        return f"<Claim {self.id}: {self.headline}>"


def claims_frame(claims: Iterable[Claim]) -> pandas.DataFrame:
    """Claims as a table, one row a property.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``id``, with texts for people and the numbers of points behind them.
    """
    import pandas as pd

    rows = [
        {
            "id": claim.id,
            "claim": claim.statement,
            "property": claim.formal,
            "verdict": claim.verdict,
            "points": claim.n_points,
            "cases": claim.n_cases,
            "against": claim.n_against,
            "for": claim.n_for,
            "left_out": claim.n_left_out,
            "counterexample": str(claim.counterexample or ""),
            "conditions": "; ".join(map(str, claim.conditions)),
            "needed": str(claim.needed or ""),
            "note": claim.note,
        }
        for claim in claims
    ]
    return pd.DataFrame(rows).set_index("id")


def claims(
    model: Model | None = None,
    *,
    n: int = 1024,
    rng: int | np.random.Generator = 0,
    maps: Mapping[str, Thresholds] | None = None,
    progress: bool = True,
) -> tuple[Claim, ...]:
    """Try to break each of the essay's claims.

    Parameters
    ----------
    model : Model, optional
        A tree of :func:`gametheory.models.deterrence.sequential`, on any space of parameters and in any order of replies;
        :func:`gametheory.models.kazakhstan.sequential` by default.
    n : int
        Points all over the box. To these come some thousand simple points and, in proportion to `n`, points at the edges where the play
        changes.
    rng : int or numpy.random.Generator
        The seed; the same seed gives the same verdicts.
    maps : mapping of str to Thresholds, optional
        Maps of `model` at its baseline, by parameter, if they have been made already.
    progress : bool
        Show a progress bar if the work takes more than a second.

    Returns
    -------
    tuple of Claim
        In the order of the essay's claims.

    Raises
    ------
    Unsupported
        If the model is of another kind.

    Examples
    --------
    >>> from gametheory.models import kazakhstan
    >>> claims = {claim.id: claim for claim in kazakhstan.claims(n=32, progress=False)}
    >>> claims["C8b"].headline
    'holds under conditions: 30.717775 < alliance <= 60'
    >>> claims["C9a"].verdict
    'holds under conditions'
    """
    import numpy as np
    from tqdm import tqdm

    from gametheory.models.deterrence.payoffs import required
    from gametheory.models.kazakhstan._judge import Judge
    from gametheory.models.kazakhstan._register import REGISTER
    from gametheory.models.kazakhstan.games import sequential

    if model is None:
        model = sequential()
    missing = [name for name in required() if name not in model.space]
    if missing:
        raise Unsupported(f"the claims are about parameters that the model lacks: {', '.join(missing)}.")
    count: object = n  # what callers without a type checker may give
    if not isinstance(count, int | np.integer) or isinstance(count, bool) or count < 1:
        raise ParameterError(f"n is {n!r}; give the number of points all over the box, 1 or more.")
    judge = Judge(model, int(n), np.random.default_rng(rng), maps)
    return tuple(
        judge(entry) for entry in tqdm(REGISTER, desc="claims", unit="claim", delay=1, disable=not progress)
    )


def _number(value: Any) -> str:
    text = scalars.to_text(value)
    return text if len(text) < 12 and "/" not in text else f"{float(value):.6g}"


def _range(bounds: tuple[Any, Any]) -> str:
    least, greatest = map(_number, bounds)
    return least if least == greatest else f"between {least} and {greatest}"
