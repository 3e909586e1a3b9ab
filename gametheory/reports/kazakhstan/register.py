"""The essay's claims: proved, or refuted by an exact counterexample."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING

from gametheory import scalars
from gametheory.models.kazakhstan import claims_frame
from gametheory.models.kazakhstan._proofs import FOLDER
from gametheory.reports.formulas import mathml
from gametheory.reports.kazakhstan import wording as w
from gametheory.reports.kazakhstan.analysis import Analysis
from gametheory.reports.kazakhstan.book import Book
from gametheory.reports.page import Section, listing, paragraph, text
from gametheory.sensitivity.arrangement import tidy

if TYPE_CHECKING:
    from gametheory.models.kazakhstan import Claim, Condition

__all__ = ["claims", "counts_sentence", "status"]

#: What is told of a verdict, in this order.
_STATUS = {
    "refuted": "refuted by exact counterexamples",
    "proved": "proved",
    "conditional": "true at the baseline on exactly known intervals",
    "open": "open: neither proved nor refuted",
}
#: A formula of more characters than this is left to the table of claims.
_LONGEST = 90


def status(claim: Claim) -> str:
    """``"proved"``, ``"refuted"``, ``"conditional"`` where it is decided exactly along single parameters, or ``"open"``.

    A property about the whole box with a counterexample is refuted, whatever may hold under conditions.
    """
    if claim.verdict == "proved":
        return "proved"
    if claim.counterexample is not None or claim.verdict == "fails":
        return "refuted"
    if any(condition.parameter and condition.holds for condition in claim.conditions):
        return "conditional"
    return "open"


def counts_sentence(a: Analysis) -> str:
    """How many properties of how many claims got which verdict."""
    counts = Counter(map(status, a.claims))
    told = w.joined(f"{counts[key]} {words}" for key, words in _STATUS.items() if counts[key])
    numbers = len({claim.number for claim in a.claims})
    return f"The essay's {numbers} claims make {len(a.claims)} properties: {told}."


def claims(a: Analysis, book: Book) -> Section:
    """The essay's claims, put to the test."""
    section = Section("The essay's claims, put to the test", "claims")
    section.add(
        paragraph(
            "Each claim is written as properties of the model. A property about every point of the box of ranges is either "
            "<strong>proved</strong>, by a certificate that covers the whole box with every equilibrium, or <strong>refuted</strong>, by a "
            "counterexample that is solved in exact arithmetic and made as simple as it can be: none of its values can be put back to the "
            "baseline alone. A property about single parameters with the rest at the baseline is decided exactly. Where a refuted property "
            "may hold under a condition that has not been proved, that is said."
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
    section.add(*_certificates(a, book))
    frame = claims_frame(a.claims).reset_index()
    frame.insert(1, "status", [status(claim) for claim in a.claims])
    book.table("claims", frame)
    return section


def _certificates(a: Analysis, book: Book) -> list[str]:
    """The proofs, among the files, and how anyone checks them."""
    kept = []
    for claim in a.claims:
        path = FOLDER / f"{claim.id}.json"
        if claim.verdict == "proved" and path.exists():
            book.file(f"certificates/{claim.id}.json", path.read_text(encoding="utf-8"))
            kept.append(claim.id)
    if not kept:
        return []
    changed = ", ".join(f"{change.name}={scalars.to_text(change.after)}" for change in a.changes)
    model = f"model of this run ({changed})" if changed else "model"
    program = (
        "from gametheory.models import kazakhstan\n"
        "from gametheory.sensitivity import certificates\n\n"
        f'proof = certificates.load("certificates/{kept[0]}.json")\n'
        "print(certificates.check(proof, kazakhstan.sequential()), 'cases, none open')"
    )
    return [
        "<h3>Checking the proofs</h3>",
        paragraph(
            f"The proofs of {w.joined(kept)} are among the files (<code>certificates/*.json</code>). They were checked anew for the "
            f"{text(model)}, by a checker that writes down all conditions from the payoffs itself, trusts no search, and uses no "
            "floating-point number. To check one yourself:"
        ),
        f'<pre class="scroll"><code>{text(program)}</code></pre>',
    ]


def _card(claim: Claim) -> str:
    """A property with its verdict and the evidence; no table, which a phone would cut in two."""
    head = f"<p><strong>{text(claim.id)}</strong> {_badge(claim)} {text(claim.formal)}</p>"
    return f'<div class="claim">{head}{_evidence(claim)}</div>'


def _badge(claim: Claim) -> str:
    kind = status(claim)
    return f'<span class="verdict {kind}">{kind}</span>'


def _evidence(claim: Claim) -> str:
    items = []
    if claim.verdict == "proved":
        items.append(
            f"proved: {claim.n_cases:,} cases cover everything that it speaks of, each closed exactly"
        )
    elif status(claim) == "open":
        items.append("neither proved nor refuted for these numbers")
    if claim.counterexample is not None:
        items.append(f"simplest counterexample: {text(claim.counterexample)}")
    items += filter(None, map(_condition, claim.conditions))
    if claim.needed is not None:
        items.append(f"given the other replies at the baseline it would take {_bound(claim.needed)}")
    return listing(items)


def _condition(condition: Condition) -> str:
    if condition.parameter:
        return f"holds for {text(condition)}"
    bounds = w.joined(_bound(bound) for bound in condition.bounds)
    if condition.n_against:
        return f"there are counterexamples even where {bounds}"
    if not condition.n_points:
        return f"it would need {bounds}, which nothing inside the box meets"
    return f"no counterexample is known where {bounds}, which is no proof"


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
