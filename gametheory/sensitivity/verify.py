r"""Proof over the box: is a claim about the equilibria true for all values of the parameters?

A claim such as "in every equilibrium Russia refrains" or "raising this parameter never makes Russia likelier to act" is about infinitely
many games. Points can refute it and never prove it. Here it is decided by what would break it: an equilibrium, as a solution of polynomial
inequalities in the parameters and the mixed strategies, for which no other equilibrium makes up. The search goes down a tree of cases
(:mod:`gametheory.sensitivity._prover`), each of which is closed by multipliers with which the inequalities contradict each other on a whole
part of the box, or turns up a point at which the claim is broken; that is then checked by solving the games there exactly.

So the answer is ``"proved"``, with a certificate that :func:`gametheory.sensitivity.certificates.check` verifies without the search;
``"refuted"``, with a counterexample in few and simple numbers; or ``"undecided"``, with the share of the box that is left.

References
----------
.. [1] D. Handelman, "Representing polynomials by positive linear functions on compact convex polyhedra", *Pacific Journal of
   Mathematics* 132 (1988), 35-62.
.. [2] P. Milgrom and C. Shannon, "Monotone comparative statics", *Econometrica* 62 (1994), 157-180.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from gametheory import scalars
from gametheory.errors import ParameterError
from gametheory.sensitivity._claim_formulas import Obliged
from gametheory.sensitivity._claim_models import Question, ask
from gametheory.sensitivity._claims import Monotone
from gametheory.sensitivity._counterexamples import Referee, Violation
from gametheory.sensitivity.certificates import Certificate

if TYPE_CHECKING:
    import numpy as np
    import pandas

    from gametheory.equilibria.result import EquilibriumSet
    from gametheory.parameters.model import Model

__all__ = ["Counterexample", "Monotone", "Verification", "verify"]


#: For so many points at random one is tried at which somebody is indifferent, which takes exact solution.
TIES = 4


@dataclass(frozen=True, slots=True, eq=False)
class Counterexample:
    """Values of the parameters at which a claim fails, verified by solving the games exactly.

    Attributes
    ----------
    values : mapping of str to Fraction
        Those that are off the baseline, before any move. None of them can be put back alone without losing the counterexample.
    moved : mapping of str to (Fraction, Fraction)
        What moves, from and to.
    before, after : EquilibriumSet
        All equilibria; `after` is None where nothing moves.
    measured : tuple of (least, greatest)
        The outcome over the equilibria before and, if anything moves, after.
    """

    values: Mapping[str, Fraction]
    moved: Mapping[str, tuple[Fraction, Fraction]]
    before: EquilibriumSet
    after: EquilibriumSet | None
    measured: tuple[tuple[Any, Any], ...]

    def __post_init__(self) -> None:
        for name in ("values", "moved"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self.values), dict(self.moved), self.before, self.after, self.measured)

    def __str__(self) -> str:
        fixed = [f"{name} = {_number(v)}" for name, v in self.values.items() if name not in self.moved]
        place = (
            f"with {', '.join(fixed)} and the rest at the baseline"
            if fixed
            else "with the rest at the baseline"
        )
        if not self.moved:
            return f"{place if fixed else 'at the baseline'}, the outcome is {_range(self.measured[0])}"
        moves = ", ".join(f"{n} from {_number(a)} to {_number(b)}" for n, (a, b) in self.moved.items())
        return f"{moves}, {place}: the outcome goes from {' to '.join(map(_range, self.measured))}"


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    """The answer of :func:`verify`.

    Attributes
    ----------
    model : Model
    question : Question
        The claim as it was read, with the range of each parameter that matters.
    verdict : {"proved", "refuted", "undecided"}
    certificate : Certificate or None
        The proof, if there is one.
    counterexample : Counterexample or None
    volume_left : float
        The share of the box (times that of the mixed strategies) that is not decided.
    cases : int
        Cases that were looked at.
    reason : str
        Why it is undecided.
    """

    model: Model
    question: Question
    verdict: Literal["proved", "refuted", "undecided"]
    certificate: Certificate | None = None
    counterexample: Counterexample | None = None
    volume_left: float = 0.0
    cases: int = 0
    reason: str = ""

    @property
    def claim(self) -> str:
        """The claim in words."""
        return self.question.text

    @property
    def box(self) -> dict[str, tuple[Fraction, Fraction]]:
        """The range of each parameter that matters and varies."""
        return {name: ends for name, ends in self.question.ranges.items() if ends[0] < ends[1]}

    @property
    def headline(self) -> str:
        """The verdict in one line."""
        if self.verdict == "refuted":
            return f"refuted: {self.counterexample}"
        if self.verdict == "undecided":
            return f"undecided: {self.reason}"
        closed = self.certificate.cases if self.certificate is not None else 0
        free = len(self.box)
        where = f"all values of {free} parameters" if free > 1 else next(iter(self.box), "the baseline")
        where = f"all values of {where}" if free == 1 else where
        return f"proved for {where} ({closed:,} {'case' if closed == 1 else 'cases'})"

    def to_frame(self) -> pandas.DataFrame:
        """The verdict as a table of one row."""
        import pandas as pd

        row = {
            "claim": self.claim,
            "verdict": self.verdict,
            "parameters": len(self.box),
            "cases": self.cases,
            "volume_left": self.volume_left,
            "counterexample": str(self.counterexample or ""),
            "reason": self.reason,
        }
        return pd.DataFrame([row]).set_index("claim")

    def __str__(self) -> str:
        ranges = ", ".join(f"{n} in [{_number(a)}, {_number(b)}]" for n, (a, b) in self.box.items())
        return "\n".join([self.claim, f"  {self.headline}", *([f"  over {ranges}"] if ranges else [])])

    def __repr__(self) -> str:
        return f"<Verification of {self.claim!r}: {self.verdict}>"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self.claim)}<br><b>{self.verdict}</b>: {escape(self.headline.partition(': ')[2] or self.headline)}</p>"


def verify(
    claim: str | Monotone,
    model: Model,
    *,
    over: Mapping[str, Any] | Iterable[str] | str | None = None,
    at: Mapping[str, Any] | None = None,
    after: str | None = None,
    given: Mapping[str, str] | None = None,
    assuming: Sequence[str] = (),
    max_cases: int = 2000,
    points: int = 512,
    rng: int | np.random.Generator = 0,
    progress: bool = True,
) -> Verification:
    """Prove or refute a claim about the equilibria of a model, for all values of the parameters.

    Parameters
    ----------
    claim : str or Monotone
        Pointwise, such as ``"P(Russia: full) <= 0"`` or ``"payoff: West >= -2*E_W"``, which is about every equilibrium; with
        ``"in some equilibrium ..."`` about at least one; ``"greatest ..."`` and ``"least ..."`` mean the extremes over the equilibria.
        Monotone, such as ``"P(Russia: act) never rises with E_R"``, for the least and the greatest value. Conditions may
        follow: ``"... for k <= 30 and c_W >= 10"``. Outcomes may be added and multiplied by numbers and parameters.
    model : Model
        A tree (subgame-perfect equilibria) or a normal form (Nash equilibria).
    over : "box", names, or mapping of str to (low, high), optional
        What varies; the whole box by default. Parameters that are not named stay at their baseline.
    at : mapping, optional
        Values of parameters that are held fixed.
    after : str, optional
        The path of a node that starts a subgame, such as ``"full"``: the claim is about what follows, on or off the path of play.
    given : mapping of player to action, optional
        Players who take an action come what may.
    assuming : sequence of str
        Conditions on the parameters, such as ``"transit <= p0_F*d_s"``; in a monotone claim they hold before and after the move.
    max_cases : int
        Cases before the rest is left undecided.
    points : int
        Points at random at which the claim is tried first; then a quarter as many at which somebody is indifferent.
    rng : int or numpy.random.Generator
    progress : bool
        Show a progress bar if the work takes more than a second.

    Returns
    -------
    Verification

    Raises
    ------
    ParameterError
        If the claim or a condition cannot be read, or a chance probability is negative somewhere on the box.
    UnknownName
        If it names what the model does not have.
    Unsupported
        If the model holds floats, or divides by something that vanishes on the box.

    References
    ----------
    .. [1] D. Handelman, "Representing polynomials by positive linear functions on compact convex polyhedra", *Pacific Journal
       of Mathematics* 132 (1988), 35-62.

    Examples
    --------
    >>> import gametheory as gt
    >>> space = gt.ParameterSpace(gt.Parameter("x_W", 134, 100, 160), gt.Parameter("k", 40, 10, 90))
    >>> x_W, k = space.symbols("x_W k")
    >>> reply = gt.Decision("West", {
    ...     "acquiesce": gt.Outcome(Russia=50, West=-x_W / 2), "respond": gt.Outcome(Russia=-20, West=-x_W / 5 - k)})
    >>> tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply})
    >>> model = gt.Model("tripwire", gt.ExtensiveGame(tree), space)
    >>> print(gt.sensitivity.verify("P(Russia: act) = 0 for k < 30", model))
    P(Russia: act) = 0, if k < 30
      proved for all values of 2 parameters (6 cases)
      over x_W in [100, 160], k in [10, 30]
    >>> gt.sensitivity.verify("P(Russia: act) never rises with x_W", model).verdict
    'proved'
    >>> print(gt.sensitivity.verify("P(Russia: act) = 0", model).counterexample)
    with x_W = 100 and the rest at the baseline, the outcome is 1
    """
    import numpy as np
    from tqdm import tqdm

    question = ask(claim, model, over=over, at=at, after=after, given=given, assuming=assuming)
    for name, number in (("max_cases", max_cases), ("points", points)):
        count: object = number  # what callers without a type checker may give
        if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 0:
            raise ParameterError(f"{name} is {number!r}; give a whole number, not negative.")
    formulas, statement = question.formulas(model)
    referee = Referee(question, model, np.random.default_rng(rng))
    found = referee.search(int(points)) or referee.ties(formulas, int(points) // TIES)
    if found is not None:
        return _refuted(model, question, referee, found, 0)
    # The search loads linear programming, which a claim that a point refutes does not need.
    from gametheory.sensitivity._prover import Refuted, search

    trees, cases, left = [], 0, 0.0
    with tqdm(desc="verify", unit="case", delay=1, disable=not progress) as bar:
        for obligation in statement.obligations:
            obliged = Obliged(formulas, obligation)
            try:
                result = search(obliged, referee.judge, max_cases=max_cases - cases, tick=bar.update)
            except Refuted as refuted:
                return _refuted(model, question, referee, refuted.found, int(bar.n))
            except RecursionError:
                # Cases within each other are bounded; who calls from deep within a program of their own may still run out.
                reason = "the cases lie too deep within each other for Python's stack; call from less deep, or narrow the ranges with over="
                return Verification(
                    model, question, "undecided", volume_left=1.0, cases=int(bar.n), reason=reason
                )
            cases += result.cases
            left = max(left, result.share_left)
            trees.append(result.tree)
            if not result.proved:
                reason = (
                    f"{left:.2g} of the box and the mixed strategies is open after {cases:,} cases; raise max_cases, narrow the "
                    "ranges with over=, or add conditions with assuming="
                )
                return Verification(
                    model, question, "undecided", volume_left=left, cases=cases, reason=reason
                )
    return Verification(model, question, "proved", Certificate(question, tuple(trees)), cases=cases)


def _refuted(
    model: Model, question: Question, referee: Referee, found: Violation, cases: int
) -> Verification:
    simple = referee.simplest(found)
    baseline = model.space.baseline
    values = {name: v for name, v in simple.here.items() if v != baseline[name]}
    moved = {name: (simple.here[name], v) for name, v in simple.there.items() if v != simple.here[name]}
    example = Counterexample(values, moved, simple.before, simple.after, simple.measured)
    return Verification(model, question, "refuted", counterexample=example, cases=cases)


def _number(value: Any) -> str:
    text = scalars.to_text(value)
    return text if len(text) < 12 and "/" not in text else f"{float(value):.6g}"


def _range(bounds: tuple[Any, Any]) -> str:
    least, greatest = map(_number, bounds)
    return least if least == greatest else f"between {least} and {greatest}"
