"""A page that stands alone: one HTML file with its pictures, formulas and styles inside, which needs no network.

Text that comes from data passes through :func:`text` before it enters the page; everything else here expects HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib import resources

__all__ = ["Section", "document", "figure", "link", "listing", "paragraph", "table", "text"]

#: A cell with more letters than this is given room to spread, and the table scrolls instead.
_LONG = 28
#: A heading of a row with fewer letters needs no room to spread.
_SHORT = 14


@dataclass
class Section:
    """A part of the page under one heading."""

    title: str
    anchor: str
    parts: list[str] = field(default_factory=list)

    def add(self, *parts: str) -> None:
        """Append pieces of HTML."""
        self.parts.extend(part for part in parts if part)


def text(value: object) -> str:
    """Plain text as HTML."""
    return escape(str(value))


def paragraph(sentences: str | Iterable[str], kind: str = "") -> str:
    """A paragraph of sentences; nothing if there are none."""
    joined = sentences if isinstance(sentences, str) else " ".join(filter(None, sentences))
    css = f' class="{kind}"' if kind else ""
    return f"<p{css}>{joined}</p>" if joined else ""


def listing(items: Iterable[str]) -> str:
    """A list with one point for each item."""
    points = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{points}</ul>" if points else ""


def link(address: str, words: str) -> str:
    """A link, if the address is one of the web; otherwise only the words.

    Examples
    --------
    >>> from gametheory.reports.page import link
    >>> link("https://example.org/?a=1&b=2", "source"), link("javascript:alert(1)", "source")
    ('<a href="https://example.org/?a=1&amp;b=2" rel="noreferrer">source</a>', 'source')
    """
    if not re.match(r"https?://", address):
        return words
    return f'<a href="{escape(address)}" rel="noreferrer">{words}</a>'


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    caption: str = "",
    numbers: Iterable[int] = (),
    narrow: bool = False,
) -> str:
    """A table that scrolls sideways where the screen is narrow.

    Parameters
    ----------
    head : sequence of str
    rows : iterable of sequences of str
        HTML, the first cell being the heading of the row.
    caption : str
    numbers : iterable of int
        Columns of numbers, set flush right.
    """
    right = set(numbers)

    def cells(row: Sequence[str], first: str, other: str) -> str:
        made = []
        for k, cell in enumerate(row):
            tag = first if k == 0 else other
            css = ' class="n"' if k in right else ""
            length = len(re.sub(r"<[^>]*>", "", cell))
            if not css and tag == "td" and length > _LONG:
                css = ' class="t"'
            elif not css and other == "td" and length < _SHORT:
                css = ' class="s"'
            scope = ' scope="col"' if other == "th" else ' scope="row"' if tag == "th" else ""
            made.append(f"<{tag}{css}{scope}>{cell}</{tag}>")
        return "".join(made)

    body = "".join(f"<tr>{cells(row, 'th', 'td')}</tr>\n" for row in rows)
    title = f"<caption>{caption}</caption>" if caption else ""
    head_row = f"<thead><tr>{cells(head, 'th', 'th')}</tr></thead>"
    return f'<div class="table scroll"><table>{title}{head_row}<tbody>\n{body}</tbody></table></div>'


def figure(svg: str, caption: str, *, least: int = 620) -> str:
    """A picture that shrinks to the screen, though no narrower than `least` pixels: then it scrolls."""
    match = re.search(r'<svg[^>]*?\bwidth="([\d.]+)pt"', svg)
    wide = round(float(match[1]) * 4 / 3) if match else least
    svg = re.sub(r'(<svg[^>]*?) width="[\d.]+pt"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[\d.]+pt"', r"\1", svg, count=1)
    # Within HTML the name spaces are known, and references need no prefix.
    svg = re.sub(r'\s+xmlns(:\w+)?="[^"]*"', "", svg).replace("xlink:href", "href")
    note = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure style="--wide:{wide}px;--least:{least}px"><div class="scroll">{svg}</div>{note}</figure>'


def document(title: str, subtitle: str, top: Sequence[str], sections: Sequence[Section], footer: str) -> str:
    """The whole page.

    Parameters
    ----------
    title, subtitle : str
        Plain text.
    top : sequence of str
        What stands before the table of contents.
    sections : sequence of Section
    footer : str
    """
    style = resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    contents = "".join(f'<li><a href="#{s.anchor}">{s.title}</a></li>' for s in sections)
    body = "".join(
        f'<section id="{s.anchor}"><h2>{k}. {s.title}</h2>\n{"".join(s.parts)}</section>\n'
        for k, s in enumerate(sections, 1)
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title>\n<style>\n{style}</style></head>\n<body>\n<header><h1>{text(title)}</h1>"
        f'<p class="subtitle">{text(subtitle)}</p></header>\n{"".join(top)}\n<nav><ol>{contents}</ol></nav>\n'
        f"<main>\n{body}</main>\n<footer>{footer}</footer>\n</body></html>\n"
    )
