"""Documentation is code: every Python block of README.md and docs/ runs as a test.

The blocks of one page share their names and run in order. A block that starts with ``>>>`` is a doctest, so what it shows is
checked as well.
"""

import doctest

from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser

pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS),
        SkipParser(),
    ],
    patterns=["README.md", "docs/*.md", "docs/**/*.md"],
).pytest()
