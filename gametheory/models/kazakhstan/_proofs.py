"""Proofs of entries of the register, found once by :func:`gametheory.sensitivity.verify` and checked anew wherever they are used.

Finding a proof takes up to a minute, checking it a second or two. So the certificates are kept next to the facts, and nothing is taken on
trust: the checker rebuilds all conditions from the model at hand. A certificate counts if it is about the property of
the entry and covers the ranges of the model; a changed model whose payoffs it does not fit fails the check. Then a proof is searched for,
for as many cases as are allowed, and if none is found the reason is given.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gametheory import scalars
from gametheory.errors import ParameterError, Unsupported
from gametheory.models.kazakhstan._goals import Everywhere, Never
from gametheory.models.kazakhstan._reading import Measure
from gametheory.sensitivity._boxes import sign_on
from gametheory.sensitivity._claim_models import Question, ask
from gametheory.sensitivity._claims import Monotone, parameter_terms
from gametheory.sensitivity.certificates import CertificateError, check, load
from gametheory.sensitivity.verify import verify
from gametheory.solvers.rational_functions import Ring

if TYPE_CHECKING:
    from gametheory.parameters import Model

__all__ = ["Answer", "condition_name", "prove", "proved", "question", "sign"]

FOLDER = Path(__file__).parent / "proofs"
#: Points at random that a new search tries first: the register has tried many already.
POINTS = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of looking for a proof: cases, or a point (and where it moves to) that refutes, or a reason."""

    cases: int = 0
    values: Mapping[str, Fraction] | None = None
    moved: Mapping[str, Fraction] | None = None
    reason: str = ""


def condition_name(entry: str, number: int) -> str:
    """The name of the certificate of an entry under one of its conditions."""
    return f"{entry}-if-{number + 1}"


def question(goal: Never | Everywhere, model: Model, assuming: tuple[str, ...] = ()) -> Question:
    """A goal of the register as a question to :func:`gametheory.sensitivity.verify`."""
    claim, options = _arguments(goal, assuming)
    return ask(claim, model, **options)


def prove(
    name: str, goal: Never | Everywhere, model: Model, max_cases: int, assuming: tuple[str, ...] = ()
) -> Answer:
    """A proof by the certificate of that name, or else by a search."""
    cases = proved(name, goal, model, assuming)
    if cases:
        return Answer(cases)
    unknown = "no known proof fits this model"
    if not max_cases:
        return Answer(reason=f"{unknown}, and none was looked for")
    claim, options = _arguments(goal, assuming)
    try:
        found = verify(claim, model, max_cases=max_cases, points=POINTS, progress=False, **options)
    except (ParameterError, Unsupported) as error:
        return Answer(reason=f"{unknown}, and there is no question to prove: {error}")
    if found.certificate is not None:
        return Answer(found.certificate.cases)
    example = found.counterexample
    if example is not None:
        here = {n: v for n, v in example.values.items() if n not in example.moved}
        here |= {n: ends[0] for n, ends in example.moved.items()}
        return Answer(values=here, moved={n: ends[1] for n, ends in example.moved.items()})
    return Answer(
        reason=f"{unknown}, no counterexample was found, and a search of {found.cases:,} cases found no new proof"
    )


def _arguments(goal: Never | Everywhere, assuming: tuple[str, ...]) -> tuple[str | Monotone, dict[str, Any]]:
    outcome = _outcome(goal.measure)
    after = goal.measure.action if goal.measure.kind in ("replies", "strength") else None
    options: dict[str, Any] = {"after": after, "assuming": assuming}
    if isinstance(goal, Never):
        move = goal.move
        moves = dict(zip(move.names, move.signs, strict=True))
        by = "amount" if move.reversible else "share"
        sense = "never rises" if goal.sense > 0 else "never falls"
        return Monotone(outcome, moves, sense, by), options  # type: ignore[arg-type]  # two of two texts
    # Probabilities lie between 0 and 1, so that one side is enough.
    relation = "<=" if goal.target == 0 else ">="
    options |= {"over": goal.free or None, "given": dict(goal.commitments)}
    return f"{outcome} {relation} {goal.target}", options


def _outcome(measure: Measure) -> str:
    if measure.kind == "act":
        return "P(Russia: limited) + P(Russia: full)"
    if measure.kind == "aim":
        return f"P(Russia: {measure.action})"
    if measure.player == "China":
        return "P(China: oppose)"
    twice = "2*" if measure.kind == "strength" else ""
    return f"P(West: sanction) + {twice}P(West: support)"


@functools.lru_cache(maxsize=64)
def proved(name: str, goal: Never | Everywhere, model: Model, assuming: tuple[str, ...] = ()) -> int:
    """The number of cases of the proof of that name, which is checked for this model; 0 if there is none."""
    path = FOLDER / f"{name}.json"
    if not path.exists():
        return 0
    try:
        asked, certificate = question(goal, model, assuming), load(path)
        if not _covers(certificate.question, asked, model):
            return 0
        return check(certificate, model)
    except (CertificateError, ParameterError, Unsupported):
        return 0


def _covers(known: Question, asked: Question, model: Model) -> bool:
    """Whether a proof of the known question answers what is asked: the same, for ranges that are not wider."""
    own, theirs = (q.to_dict() for q in (asked, known))
    if any(own[field] != theirs[field] for field in own if field not in ("ranges", "assuming")):
        return False
    terms, others = (parameter_terms(q.assuming, model) for q in (asked, known))
    if len(terms) != len(others) or any(
        a[2] != b[2] or not _same(a[1], b[1]) for a, b in zip(terms, others, strict=True)
    ):
        return False
    moves = own["claim"]["moves"] if isinstance(own["claim"], dict) and own["claim"]["by"] == "share" else {}
    for name, (low, high) in asked.ranges.items():
        if name not in known.ranges or not known.ranges[name][0] <= low <= high <= known.ranges[name][1]:
            return False
        # The same share of other rooms is another move.
        if len(moves) > 1 and name in moves and known.ranges[name] != (low, high):
            return False
    return True


def _same(first: Any, second: Any) -> bool:
    import sympy

    return bool(sympy.expand(first - second) == 0)


def sign(expression: Any, model: Model) -> str:
    """The sign of an expression in the parameters on the box of a model: ``"positive"``, ``"nonnegative"`` and so on, or ``"unknown"``."""
    box = model.space.box
    names = sorted(map(str, scalars.names(expression)))
    ring = Ring(names or ["one"])
    value = ring.read(expression)
    box = {name: box[name] for name in names} or {"one": (Fraction(1), Fraction(1))}
    below = sign_on(ring, value.denominator, box).sign
    if below not in ("positive", "negative"):
        return "unknown"
    turned = value.numerator if below == "positive" else -value.numerator
    return str(sign_on(ring, turned, box).sign)
