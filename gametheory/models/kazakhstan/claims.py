"""The essay's claims C1 to C9, each as properties that are proved or refuted.

A property has one of three verdicts:

- ``"proved"``: for every point of the box, by a certificate of :func:`gametheory.sensitivity.verify` that is checked anew for the
  model at hand; or, where all else is at the baseline, by the exact equilibria along one parameter;
- ``"refuted"``, by the simplest counterexample that was found, solved in exact arithmetic; or, where some value of one parameter
  should do something, because none does, exactly;
- ``"undecided"``, with the reason: no known proof fits the model, there is no counterexample, and no new proof within the budget.

Points are tried only to find counterexamples; no verdict rests on points at which nothing was found. A property that is refuted may
carry conditions under which it is proved, with certificates of their own, and what its payoffs say exactly about slopes.

A counterexample is *simplest* in this sense: none of its parameters that are off the baseline can be put back alone without losing
it, and each value has as few digits as will do. Equilibria are compared as sets. A property of change is broken where the least or
the greatest value over the equilibria goes the wrong way; counterexamples in which *every* equilibrium after the change is worse than
every one before are preferred, and those that are not say so.

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

__all__ = ["Claim", "Condition", "Counterexample", "Slope", "Verdict", "claims", "claims_frame"]

Verdict: TypeAlias = Literal["proved", "refuted", "undecided"]


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
    """Where a property holds, exactly.

    Attributes
    ----------
    bounds : tuple of Bound
        Bounds on parameters by formulas in the others, under which the property is proved for every point of the box.
    certificate : str
        The name of the certificate among those of the register.
    n_cases : int
        Cases of that proof.
    parameter : str
        The parameter along which ``spans`` are, if this is about one parameter with all else at the baseline.
    spans : tuple of Span
        The values at which the property holds in every equilibrium.
    low, high : Fraction
        The ends of the line looked at.
    """

    bounds: tuple[Bound, ...] = ()
    certificate: str = ""
    n_cases: int = 0
    parameter: str = ""
    spans: tuple[Span, ...] = ()
    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def holds(self) -> bool:
        """Whether the property holds anywhere here; where bounds are met it does, by proof."""
        return bool(self.spans) if self.parameter else self.n_cases > 0

    def __str__(self) -> str:
        if not self.parameter:
            return f"proved where {' and '.join(map(str, self.bounds))}, in {self.n_cases:,} cases"
        ends = f"{_number(self.low)} to {_number(self.high)}"
        if not self.spans:
            return f"no {self.parameter} from {ends}"
        whole = (self.low, self.high, True, True)
        if [(s.low, s.high, s.includes_low, s.includes_high) for s in self.spans] == [whole]:
            return f"every {self.parameter} from {ends}"
        return " or ".join(span.describe(self.parameter) for span in self.spans)


@dataclass(frozen=True, slots=True, eq=False)
class Slope:
    """What the payoffs say about how gains change with a parameter: a fact about slopes, not about equilibria.

    Attributes
    ----------
    what : str
        The gains.
    parameter : str
        With which they should rise.
    bound : Bound
        Where it is met every slope is not negative.
    exact : bool
        Whether some slope is negative wherever it is not met. Otherwise it may be zero there.
    """

    what: str
    parameter: str
    bound: Bound
    exact: bool = True

    def __str__(self) -> str:
        return f"{self.what} never falls with {self.parameter} {'exactly ' * self.exact}where {self.bound}"


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A claim of the essay as a property of the model, and whether it is true.

    Attributes
    ----------
    id : str
        ``"C2a"`` is the first property of claim C2.
    statement : str
        The claim in the essay's sense.
    formal : str
        The property in the model's terms.
    verdict : {"proved", "refuted", "undecided"}
    counterexample : Counterexample or None
        What refutes it. Where no value of a parameter does what is claimed, the upper end of its range stands for all.
    conditions : tuple of Condition
        Where it is proved although it is not true everywhere; and, with all else at the baseline, where along single parameters it holds.
    slopes : tuple of Slope
    needed : Bound or None
        How much of the parameter it would take outside its range, given the replies at the baseline.
    note : str
        What the model cannot say.
    n_cases : int
        Cases of the proof, if there is one.
    reason : str
        Why it is undecided; otherwise where it is proved or refuted, if not for the whole box.
    """

    id: str
    statement: str
    formal: str
    verdict: Verdict
    counterexample: Counterexample | None = None
    conditions: tuple[Condition, ...] = ()
    slopes: tuple[Slope, ...] = ()
    needed: Bound | None = None
    note: str = ""
    n_cases: int = 0
    reason: str = ""

    @property
    def number(self) -> str:
        """The claim that the property belongs to: ``"C2"`` of ``"C2a"``."""
        return self.id.rstrip("abcdefghijklmnopqrstuvwxyz")

    @property
    def headline(self) -> str:
        """The verdict in one line, with what it rests on."""
        if self.verdict == "undecided":
            return f"undecided: {self.reason}"
        if self.verdict == "refuted":
            why = f": {self.reason}; for example " if self.reason else "; simplest counterexample: "
            return f"refuted{why}{self.counterexample}"
        if self.n_cases:
            return f"proved {self.reason or 'for every point of the box'}, in {self.n_cases:,} cases"
        held = "; ".join(str(condition) for condition in self.conditions if condition.holds)
        return "proved" + (f" {self.reason}" if self.reason else "") + (f": {held}" if held else "")

    def to_frame(self) -> pandas.DataFrame:
        """The claim as a table of one row."""
        return claims_frame([self])

    def __str__(self) -> str:
        lines = [f"{self.id}  {self.statement}", f"  {self.formal}", f"  {self.headline}"]
        lines += [f"  {condition}" for condition in self.conditions if not condition.parameter]
        along = "; ".join(str(condition) for condition in self.conditions if condition.parameter)
        if along and not self.reason and self.verdict != "proved":  # otherwise the headline says it
            lines.append(f"  all else at the baseline, it holds for {along}")
        lines += [f"  {slope}" for slope in self.slopes]
        if self.needed is not None:
            lines.append(f"  it would take {self.needed}, given the other replies at the baseline")
        return "\n".join([*lines, f"  {self.note}"] if self.note else lines)

    def __repr__(self) -> str:
        return f"<Claim {self.id}: {self.headline}>"


def claims_frame(claims: Iterable[Claim]) -> pandas.DataFrame:
    """Claims as a table, one row a property.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``id``, with texts for people.
    """
    import pandas as pd

    rows = [
        {
            "id": claim.id,
            "claim": claim.statement,
            "property": claim.formal,
            "verdict": claim.verdict,
            "cases": claim.n_cases,
            "counterexample": str(claim.counterexample or ""),
            "conditions": "; ".join(map(str, claim.conditions)),
            "slopes": "; ".join(map(str, claim.slopes)),
            "needed": str(claim.needed or ""),
            "reason": claim.reason,
            "note": claim.note,
        }
        for claim in claims
    ]
    return pd.DataFrame(rows).set_index("id")


def claims(
    model: Model | None = None,
    *,
    n: int = 1024,
    max_cases: int = 35,
    rng: int | np.random.Generator = 0,
    maps: Mapping[str, Thresholds] | None = None,
    progress: bool = True,
) -> tuple[Claim, ...]:
    """Prove or refute each of the essay's claims.

    Parameters
    ----------
    model : Model, optional
        A tree of :func:`gametheory.models.deterrence.sequential`, on any space of parameters and in any order of replies;
        :func:`gametheory.models.kazakhstan.sequential` by default.
    n : int
        Points all over the box at which counterexamples are looked for. To these come some thousand simple points and, in proportion to
        `n`, points at the edges where the play changes.
    max_cases : int
        Cases that a new search for a proof may look at, for each property without a counterexample to which no known proof fits. A case
        takes up to a second. 0 for no search.
    rng : int or numpy.random.Generator
        The seed; the same seed gives the same counterexamples.
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
    >>> claims = {claim.id: claim for claim in kazakhstan.claims(n=32, max_cases=0, progress=False)}
    >>> claims["C8b"].headline
    'proved: 30.717775 < alliance <= 60'
    >>> claims["C9b"].verdict
    'refuted'
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
    budget: object = max_cases
    if not isinstance(budget, int | np.integer) or isinstance(budget, bool) or budget < 0:
        raise ParameterError(f"max_cases is {max_cases!r}; give a whole number, not negative.")
    judge = Judge(model, int(n), np.random.default_rng(rng), maps, int(budget))
    return tuple(
        judge(entry) for entry in tqdm(REGISTER, desc="claims", unit="claim", delay=1, disable=not progress)
    )


def _number(value: Any) -> str:
    text = scalars.to_text(value)
    return text if len(text) < 12 and "/" not in text else f"{float(value):.6g}"


def _range(bounds: tuple[Any, Any]) -> str:
    least, greatest = map(_number, bounds)
    return least if least == greatest else f"between {least} and {greatest}"
