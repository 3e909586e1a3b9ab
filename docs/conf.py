"""How Sphinx builds the documentation. The pages need nothing from the network, neither to build nor to be read."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError, pick_math_environment
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.errors import SphinxError

import gametheory

project = "gametheory"
author = copyright = "the gametheory developers"
version = release = gametheory.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc", "sphinx.ext.viewcode"]
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
default_role = "code"

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say the types, in words where words are clearer
numpydoc_show_class_members = False
autosummary_generate = False  # numpydoc switches it on; the reference is laid out by hand

# The references of a module are a reading list; not every entry is cited in the text.
suppress_warnings = ["ref.citation", "ref.footnote"]

html_theme = "furo"
html_title = "gametheory"
html_static_path = ["_static"]
html_css_files = ["extra.css"]
html_math_renderer = "mathml"
html_copy_source = False


def _mathml(translator: Any, tex: str, *, block: bool) -> str:
    """Return a formula as MathML, which browsers draw by themselves."""
    # docutils reads most of LaTeX's mathematics, but not the adaptive dots.
    code = re.sub(r"\\dots(?![a-zA-Z])", r"\\ldots", tex)
    try:
        return tex2mathml(code, as_block=block)
    except (MathError, SyntaxError) as error:
        raise SphinxError(f"{translator.builder.current_docname}: formula {tex!r}: {error}") from error


def _inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(_mathml(translator, node.astext(), block=False))
    raise nodes.SkipNode


def _block(translator: Any, node: nodes.math_block) -> None:
    tex = node.astext().strip()
    if not tex.startswith(r"\begin{") and pick_math_environment(tex) == "align*":
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    translator.body.append(f'<div class="formula">{_mathml(translator, tex, block=True)}</div>\n')
    raise nodes.SkipNode


def _headings_to_rubrics(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Keep the headings in a module's docstring from becoming sections, under which its functions would fall."""
    if what != "module":
        return
    for k in range(len(lines) - 1, 0, -1):
        if lines[k - 1].strip() and re.fullmatch(r"-{3,}|={3,}", lines[k]):
            lines[k - 1 : k + 1] = [f".. rubric:: {lines[k - 1]}", ""]


def setup(app: Sphinx) -> None:
    app.connect("autodoc-process-docstring", _headings_to_rubrics)
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
