"""Proofs of entries of the register, found once by :func:`gametheory.sensitivity.verify` and checked anew wherever they are used.

Finding a proof takes up to a minute, checking it a second or two. So the certificates are kept next to the facts, and nothing is taken on
trust: the checker rebuilds all conditions from the model at hand. A certificate counts if it is about the property of
the entry and covers the ranges of the model; a changed model whose payoffs it does not fit fails the check.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from gametheory.models.kazakhstan._goals import Everywhere, Never
from gametheory.models.kazakhstan._reading import Measure
from gametheory.sensitivity._claim_models import Question, ask
from gametheory.sensitivity._claims import Monotone
from gametheory.sensitivity.certificates import CertificateError, check, load

if TYPE_CHECKING:
    from gametheory.parameters import Model

__all__ = ["proved", "question"]

FOLDER = Path(__file__).parent / "proofs"


def question(goal: Never | Everywhere, model: Model) -> Question | None:
    """A goal of the register as a question to :func:`gametheory.sensitivity.verify`; None if it has no such form."""
    outcome = _outcome(goal.measure)
    if outcome is None:
        return None
    after = goal.measure.action if goal.measure.kind in ("replies", "strength") else None
    if isinstance(goal, Never):
        move = goal.move
        moves = dict(zip(move.names, move.signs, strict=True))
        by = "amount" if move.reversible else "share"
        sense = "never rises" if goal.sense > 0 else "never falls"
        return ask(Monotone(outcome, moves, sense, by), model, after=after)  # type: ignore[arg-type]  # two of two texts
    # Probabilities lie between 0 and 1, so that one side is enough.
    relation = "<=" if goal.target == 0 else ">="
    return ask(
        f"{outcome} {relation} {goal.target}",
        model,
        over=goal.free or None,
        after=after,
        given=dict(goal.commitments),
    )


def _outcome(measure: Measure) -> str | None:
    if measure.kind == "act":
        return "P(Russia: limited) + P(Russia: full)"
    if measure.kind == "aim":
        return f"P(Russia: {measure.action})"
    if measure.player == "China":
        return "P(China: oppose)"
    twice = "2*" if measure.kind == "strength" else ""
    return f"P(West: sanction) + {twice}P(West: support)"


@functools.lru_cache(maxsize=64)
def proved(entry: str, goal: Never | Everywhere, model: Model) -> int:
    """The number of cases of the proof of an entry, which is checked for this model; 0 if there is none."""
    path = FOLDER / f"{entry}.json"
    if not path.exists():
        return 0
    asked, certificate = question(goal, model), load(path)
    if asked is None:
        return 0
    known = certificate.question
    own, theirs = (q.to_dict() for q in (asked, known))
    if any(own[field] != theirs[field] for field in own if field != "ranges"):
        return 0
    for name, (low, high) in asked.ranges.items():
        if name not in known.ranges or not known.ranges[name][0] <= low <= high <= known.ranges[name][1]:
            return 0
    try:
        return check(certificate, model)
    except CertificateError:
        return 0
