"""Positions in TOML text."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gametheory.parameters import toml_text

TEXT = """\
# a comment
name = "x"
list = [
    1,
    2,
]

[a.b]
c = { d = 1, "e f" = 2 }

# another
text = '''
[a.z]
'''
[a.z]
last = 1"""


@pytest.mark.parametrize(
    "place, line",
    [
        (("name",), 2),
        (("list",), 3),
        (("a",), 8),
        (("a", "b"), 8),
        (("a", "b", "c", "e f"), 9),
        (("a", "b", "text"), 12),
        (("a", "z"), 15),
        (("a", "z", "last"), 16),
        (("a", "nothing"), None),
    ],
)
def test_line_of_a_key(place: tuple[str, ...], line: int | None) -> None:
    assert toml_text.parse(TEXT).line(*place) == line
    assert toml_text.parse(TEXT.replace("\n", "\r\n")).line(*place) == line


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.text() | st.booleans())))
def test_what_is_written_is_what_is_read(data: dict[str, object]) -> None:
    written = "\n".join(f"{toml_text.key(name)} = {toml_text.value(item)}" for name, item in data.items())
    large = {name: str(item) for name, item in data.items() if isinstance(item, int) and abs(item) >= 2**63}
    assert tomllib.loads(written) == data | large
