"""The essay's claims: what came of trying to break each of them."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING

from gametheory import scalars
from gametheory.models.kazakhstan import claims_frame
from gametheory.reports.formulas import mathml
from gametheory.reports.kazakhstan import wording as w
from gametheory.reports.kazakhstan.analysis import Analysis
from gametheory.reports.kazakhstan.book import Book
from gametheory.reports.page import Section, listing, paragraph, text
from gametheory.sensitivity.arrangement import tidy

if TYPE_CHECKING:
    from gametheory.models.kazakhstan import Claim, Condition
    from gametheory.models.kazakhstan.claims import Verdict

__all__ = ["claims", "counts_sentence"]

_VERDICTS: dict[Verdict, str] = {
    "fails": "fail",
    "holds under conditions": "hold under conditions only",
    "proved": "are proved for the whole box",
    "no counterexample": "were not broken at any point tried",
}
_BADGE = {
    "fails": "fails",
    "holds under conditions": "conditional",
    "proved": "proved",
    "no counterexample": "not broken",
}
#: A formula of more characters than this is left to the table of claims.
_LONGEST = 90


def counts_sentence(a: Analysis) -> str:
    """How many properties of how many claims got which verdict."""
    counts = Counter(claim.verdict for claim in a.claims)
    told = w.joined(f"{counts[verdict]} {words}" for verdict, words in _VERDICTS.items() if counts[verdict])
    numbers = len({claim.number for claim in a.claims})
    return f"The essay's {numbers} claims make {len(a.claims)} properties that can be tested: {told}."


def claims(a: Analysis, book: Book) -> Section:
    """The essay's claims, put to the test."""
    section = Section("The essay's claims, put to the test", "claims")
    section.add(
        paragraph(
            "Each claim is written as properties that the tools try to break: at random and simple points all over the box of ranges, and "
            "at the edges where the play changes; a counterexample counts only once it is verified in exact arithmetic. A property that "
            "survives this is proved, by a certificate that is checked anew, or said to be unbroken at the points tried. A property "
            "about one parameter, the rest at the baseline, is decided exactly."
        ),
        paragraph(text(counts_sentence(a))),
    )
    for number, group in itertools.groupby(a.claims, key=lambda claim: claim.number):
        properties = list(group)
        section.add(f"<h3>{text(number)}. {text(properties[0].statement)}</h3>")
        section.add(*map(_card, properties))
        section.add(
            *(paragraph(text(note), "note") for note in dict.fromkeys(c.note for c in properties) if note)
        )
    book.table("claims", claims_frame(a.claims).reset_index())
    return section


def _card(claim: Claim) -> str:
    """A property with its verdict and the evidence; no table, which a phone would cut in two."""
    head = f"<p><strong>{text(claim.id)}</strong> {_badge(claim)} {text(claim.formal)}</p>"
    return f'<div class="claim">{head}{_evidence(claim)}</div>'


def _badge(claim: Claim) -> str:
    kind = _BADGE[claim.verdict].split()[0]
    return f'<span class="verdict {kind}">{text(_BADGE[claim.verdict])}</span>'


def _evidence(claim: Claim) -> str:
    items = []
    if claim.verdict in ("proved", "no counterexample"):
        items.append(text(claim.headline))
    elif claim.n_points > 1 and claim.n_against:
        items.append(f"fails at {claim.n_against:,} of {claim.n_points:,} points")
    if claim.counterexample is not None:
        items.append(f"simplest counterexample: {text(claim.counterexample)}")
    items += [_condition(condition) for condition in claim.conditions]
    if claim.needed is not None:
        items.append(f"given the other replies at the baseline it would take {_bound(claim.needed)}")
    if claim.n_for:
        items.append(f"for the better at {claim.n_for:,} points")
    return listing(items)


def _condition(condition: Condition) -> str:
    if condition.parameter:
        return f"holds for {text(condition)}"
    bounds = w.joined(_bound(bound) for bound in condition.bounds)
    if condition.n_against:
        return f"not enough: {bounds}; {condition.n_against:,} counterexamples among {condition.n_points:,} points that meet it"
    return f"holds where {bounds}: no counterexample among {condition.n_points:,} points that meet it"


def _bound(bound: object) -> str:
    parameter, relation, formula, value = (
        getattr(bound, name) for name in ("parameter", "relation", "formula", "value")
    )
    sign = {"<=": "≤", ">=": "≥"}[relation]
    if len(str(formula)) > _LONGEST:
        count = len(scalars.names(formula))
        return f"<code>{text(parameter)}</code> {sign} {w.exact(value)} at the baseline (a formula in {count} parameters)"
    made = mathml(tidy(formula), left=scalars.symbol(parameter), sign=sign)
    return f'<span class="inline">{made}</span> ({w.exact(value)} at the baseline)'
