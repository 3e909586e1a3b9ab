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
from gametheory.sensitivity.certificates import CertificateError, check, load

if TYPE_CHECKING:
    from pathlib import Path

    from gametheory.models.kazakhstan import Claim, Condition, Slope

__all__ = ["claims", "counts_sentence"]

#: A formula of more characters than this is left to the table of claims.
_LONGEST = 90


def counts_sentence(a: Analysis) -> str:
    """How many properties of how many claims got which verdict."""
    counts = Counter(claim.verdict for claim in a.claims)
    told = w.joined(
        f"{counts[verdict]} {verdict}" for verdict in ("proved", "refuted", "undecided") if counts[verdict]
    )
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
            "baseline alone. A property about one parameter with the rest at the baseline is decided by its exact map."
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
    book.table("claims", claims_frame(a.claims).reset_index())
    return section


def _certificates(a: Analysis, book: Book) -> list[str]:
    """The proofs, among the files, and how anyone checks them."""
    kept = []
    for claim in a.claims:
        names = [claim.id] if claim.n_cases else []
        for name in [*names, *(condition.certificate for condition in claim.conditions if condition.n_cases)]:
            path = FOLDER / f"{name}.json"
            if path.exists() and _fits(a, path):
                book.file(f"certificates/{name}.json", path.read_text(encoding="utf-8"))
                kept.append(name)
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


def _fits(a: Analysis, path: Path) -> bool:
    """Whether a certificate is about ranges as wide as those of this run, and proves its claim for this run's model."""
    certificate = load(path)
    for name, (low, high) in certificate.question.ranges.items():
        fixed = low == high
        if not fixed and not low <= a.space[name].low <= a.space[name].high <= high:
            return False
        if fixed and low != a.space[name].baseline:
            return False
    try:
        return check(certificate, a.model) > 0
    except CertificateError:
        return False


def _card(claim: Claim) -> str:
    """A property with its verdict and the evidence; no table, which a phone would cut in two."""
    head = f"<p><strong>{text(claim.id)}</strong> {_badge(claim)} {text(claim.formal)}</p>"
    return f'<div class="claim">{head}{_evidence(claim)}</div>'


def _badge(claim: Claim) -> str:
    return f'<span class="verdict {claim.verdict}">{claim.verdict}</span>'


def _evidence(claim: Claim) -> str:
    items = []
    if claim.verdict == "proved" and claim.n_cases:
        items.append(f"{claim.n_cases:,} cases cover everything that it speaks of, each closed exactly")
    elif claim.reason and claim.verdict != "refuted":
        items.append(text(claim.reason))
    if claim.counterexample is not None:
        items.append(f"simplest counterexample: {text(claim.counterexample)}")
    items += map(_condition, claim.conditions)
    items += map(_slope, claim.slopes)
    if claim.needed is not None:
        items.append(f"given the other replies at the baseline it would take {_bound(claim.needed)}")
    return listing(items)


def _condition(condition: Condition) -> str:
    if condition.parameter:
        return f"with all else at the baseline it holds for {text(condition)}"
    bounds = w.joined(map(_bound, condition.bounds))
    return f"proved, in {condition.n_cases:,} cases, where {bounds}"


def _slope(slope: Slope) -> str:
    where = "exactly where" if slope.exact else "where"
    return f"{text(slope.what)} never falls with <code>{text(slope.parameter)}</code> {where} {_bound(slope.bound)}"


def _bound(bound: object) -> str:
    parameter, relation, formula, value = (
        getattr(bound, name) for name in ("parameter", "relation", "formula", "value")
    )
    sign = {"<=": "≤", ">=": "≥"}.get(str(relation), str(relation))
    if len(str(formula)) > _LONGEST:
        count = len(scalars.names(formula))
        return f"<code>{text(parameter)}</code> {sign} {w.exact(value)} at the baseline (a formula in {count} parameters)"
    made = mathml(tidy(formula), left=scalars.symbol(parameter), sign=sign)
    return f'<span class="inline">{made}</span> ({w.exact(value)} at the baseline)'
