from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from gametheory.reports import page

VOID = {"meta", "br", "img", "hr", "use", "path"}


class Balanced(HTMLParser):
    """Complains if an element is not closed where it should be."""

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.ids = [], [], []

    def handle_starttag(self, tag, attributes):
        self.ids += [value for name, value in attributes if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.ids += [value for name, value in attributes if name == "id"]

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


def faults(html):
    parser = Balanced()
    parser.feed(html)
    return parser.faults + parser.open


@given(st.text(), st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=3))
def test_any_text_makes_a_well_formed_page(title, cells):
    section = page.Section(page.text(title), "one")
    section.add(
        page.table(
            ["a", "b"],
            [[page.text(cell) for cell in row] for row in cells],
            caption=page.text(title),
            numbers=(1,),
        )
    )
    section.add(
        page.paragraph([page.text(title)]), page.listing(page.text(cell) for row in cells for cell in row)
    )
    html = page.document(title, title, [], [section], "")
    assert faults(html) == []
    assert "<script" not in html.replace("&lt;script", "")


def test_a_picture_scrolls_and_keeps_its_size():
    svg = (
        '<svg role="img" xmlns:xlink="http://www.w3.org/1999/xlink" width="360pt" height="72pt" '
        'xmlns="http://www.w3.org/2000/svg"><use xlink:href="#a"/></svg>'
    )
    made = page.figure(svg, "words", least=300)
    assert "--wide:480px;--least:300px" in made
    assert "xmlns" not in made and 'href="#a"' in made and "pt" not in made.replace("figcaption", "")
    assert "<figcaption>words</figcaption>" in made
    assert "figcaption" not in page.figure(svg, "")


def test_nothing_said_makes_no_paragraph():
    assert page.paragraph([]) == page.paragraph("") == page.listing([]) == ""
    assert page.paragraph(["a.", "", "b."], "note") == '<p class="note">a. b.</p>'
