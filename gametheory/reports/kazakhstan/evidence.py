"""What the facts say against the essay, what is assumed and on what basis, the sources, and the limits of the model."""

from __future__ import annotations

from typing import Any

from gametheory.reports.kazakhstan import wording as w
from gametheory.reports.kazakhstan.analysis import Analysis
from gametheory.reports.kazakhstan.book import Book
from gametheory.reports.page import Section, link, listing, paragraph, table, text

__all__ = ["assumptions", "facts", "limits", "sources"]


_DYADS = "russia_dyad_years_with_russia_initiated_mid_vs_5_lasting_csto_members_1993_2014"


class _Facts:
    """The facts, as figures that link to their sources."""

    def __init__(self, a: Analysis) -> None:
        self.frame = a.facts

    def __call__(self, name: str) -> str:
        row = self.frame.loc[name]
        return link(str(row["url"]), _figure(row))

    def share(self, part: str, whole: str) -> str:
        """One figure as a share of another."""
        values = self.frame["value"]
        return f"{float(str(values[part])) / float(str(values[whole])):.0%}"


def facts(a: Analysis, book: Book) -> Section:
    """What the facts say against the essay."""
    del book
    section = Section("What the facts say against the essay", "facts")
    f = _Facts(a)
    exports = "kazakhstan_oil_and_condensate_exports_2023"
    europe, china = "eu_crude_oil_from_kazakhstan_2023", "china_crude_imports_from_kazakhstan_pipeline_2023"
    items = [
        (
            f"<strong>${f('world_total_foreign_investment_received_source_article_claim_unstated')} bn of foreign investment</strong> has "
            "no independent source. It is the size of a stock, not of a year's inflow: UNCTAD's stock was "
            f"{f('kazakhstan_inward_fdi_stock_2021')} in 2021 and {f('kazakhstan_inward_fdi_stock_2023')} in 2023; the net inflow of 2022 "
            f"was {f('kazakhstan_net_fdi_inflow_2022')}, all in USD bn."
        ),
        (
            f"<strong>The EU, not China, takes most Kazakh oil</strong>: {f(europe)} of {f(exports)} million tonnes in 2023 "
            f"({f.share(europe, exports)}), against {f(china)} by pipeline to China ({f.share(china, exports)})."
        ),
        (
            f"<strong>The oil crosses Russia.</strong> About {f('kazakhstan_share_of_oil_exports_via_cpc_2023')} % of oil exports go "
            f"through the CPC pipeline; {f('kazakhstan_oil_exports_bypassing_russian_ports_2023')} million tonnes went round Russian ports "
            "in 2023. The essay's shield is also Russia's lever."
        ),
        "<strong>The president since 2019 is Tokayev.</strong>",
        (
            "<strong>The CSTO is led by Russia.</strong> An alliance does not deter its own leader by its arms; what it can do is make the "
            "breach costly. Disputes that Russia began with lasting members: "
            f"{f(_DYADS)} {text(a.facts.loc[_DYADS, 'unit'])} dyad-years, 1993 to 2014."
        ),
        (
            "<strong>FDI relative to GDP alone does not tell apart the neighbours that Russia attacked</strong>: Georgia "
            f"{f('georgia_inward_fdi_stock_gdp_2007')} % in 2007, Ukraine {f('ukraine_inward_fdi_stock_gdp_2013')} % in 2013, Kazakhstan "
            f"{f('kazakhstan_inward_fdi_stock_gdp_2013')} % in 2013 and {f('kazakhstan_inward_fdi_stock_gdp_2021')} % in 2021."
        ),
        (
            "<strong>The export value of “petrol”</strong> that it gives, USD "
            f"{f('kazakhstan_crude_export_value_source_article_petrol_2022')} bn for 2022, can only be that of crude: "
            f"{f('kazakhstan_oil_exports_2022')} million tonnes of oil were exported."
        ),
    ]
    section.add(
        listing(items),
        paragraph("Every linked figure leads to its source; all facts are in the last section.", "note"),
    )
    return section


def assumptions(a: Analysis, book: Book) -> Section:
    """Every parameter with its basis, assumptions marked."""
    section = Section("The numbers, and what is assumed", "numbers")
    assumed = [p for p in a.space.values() if p.is_assumption]
    section.add(
        paragraph(
            f"{len(assumed)} of {len(a.space)} numbers are assumptions; some have a fact as an order of magnitude. The ranges are meant to "
            "be wide: what holds over all of them does not hang on the assumptions."
        )
    )
    changed = {change.name for change in a.changes}
    rows = []
    for name, p in a.space.items():
        note = " <em>(set for this run)</em>" if name in changed else ""
        basis = (
            f"<strong>assumption</strong>{text(p.basis[len('assumption') :])}"
            if p.is_assumption
            else text(p.basis)
        )
        source = ", ".join(
            f'<a href="#fact-{text(key)}">{k}</a>' for k, key in enumerate(_keys(a, p.source), 1)
        )
        rows.append(
            [
                f"<code>{text(name)}</code>", text(p.description) + note, w.exact(p.baseline),
                f"{w.exact(p.low)} to {w.exact(p.high)}", text(p.unit), p.role, basis, source,
            ]
        )  # fmt: skip
    head = ["", "Meaning", "Baseline", "Range", "Unit", "Role", "Basis", "Facts"]
    section.add(table(head, rows, numbers=(2, 3)))
    frame = a.space.to_frame().reset_index()
    for column in ("baseline", "low", "high"):
        frame[column] = [str(getattr(p, column)) for p in a.space.values()]
    book.table("parameters", frame)
    return section


def _keys(a: Analysis, source: str) -> list[str]:
    return [key for key in (part.strip() for part in source.split(";")) if key in a.facts.index]


def limits(a: Analysis, book: Book) -> Section:
    """The limits of the model."""
    del book
    section = Section("Limits", "limits")
    section.add(
        listing(
            [
                (
                    "The powers are taken to be single minds that know each other's payoffs and pursue them. Private information, prestige "
                    "and mistakes are left out; so is Kazakhstan's own choice."
                ),
                "The game is played once. Reputation, escalation over time and withdrawal are left out.",
                "Payoffs are linear in investment: no diminishing worth, no difference between an oil field and a bank.",
                (
                    "Thresholds and maps move one or two numbers at a time. The propositions, the proofs in the register and the box "
                    "of the section on robustness speak of all of them at once, but weigh none: nothing here says how likely one is."
                ),
                (
                    f"The baseline is one point in a box of {len(a.space)} dimensions, most of it assumption. Read the thresholds, not the "
                    "point."
                ),
                *_known_gaps(a),
            ]
        )
    )
    return section


def _known_gaps(a: Analysis) -> list[str]:
    gaps = dict.fromkeys(m.reason for m in a.maps.values() if not m.complete)
    items = [f"Not every equilibrium is known: {text(reason)}." for reason in gaps]
    if not a.normal_equilibria.complete:
        items.append(f"In the simultaneous form, {text(a.normal_equilibria.reason)}.")
    return items


def sources(a: Analysis, book: Book) -> Section:
    """All facts with their links."""
    section = Section("Facts and sources", "sources")
    section.add(
        paragraph(
            f"{len(a.facts)} facts, with contradictions kept apart. Confidence is that of the source, not of the model."
        )
    )
    used: dict[str, list[str]] = {}
    for name, p in a.space.items():
        for key in _keys(a, p.source):
            used.setdefault(key, []).append(name)
    rows = []
    for index, row in a.facts.iterrows():
        key = str(index)
        names = ", ".join(f"<code>{text(name)}</code>" for name in used.get(key, ()))
        rows.append(
            [
                f'<span id="fact-{text(key)}">{text(row["actor"])}: {text(row["quantity"])}</span>', _figure(row), text(row["unit"]),
                text(row["period"]), link(str(row["url"]), text(row["source"])), text(row["confidence"]), names,
            ]
        )  # fmt: skip
    made = table(["Fact", "Value", "Unit", "Period", "Source", "Confidence", "Used for"], rows, numbers=(1,))
    section.add(f"<details open><summary>All facts</summary>{made}</details>")
    book.table("facts", a.facts.reset_index())
    return section


def _figure(row: Any) -> str:
    value = row["value"]
    if isinstance(value, float):
        if value == value:
            return text(f"{value:,.10g}")
        return text(f"{row['low']:,.10g} to {row['high']:,.10g}")
    return text(value)
