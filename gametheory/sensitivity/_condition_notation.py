"""How conditions are written: short names, sums the right way round, long lines broken; in text, LaTeX and MathML."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from gametheory import scalars
from gametheory.games.representation import escape_latex
from gametheory.sensitivity._condition import Condition
from gametheory.sensitivity.arrangement import sides, tidy, typeset, written
from gametheory.solvers.rational_functions import Ring

__all__ = ["LATEX_SIGNS", "SIGNS", "TURNED", "Notation", "escape_arrows", "latex_lines", "mathml_lines"]

SIGNS = {">=": "≥", ">": ">", "==": "=", "<=": "≤", "<": "<"}
LATEX_SIGNS = {">=": r"\ge", ">": ">", "==": "=", "<=": r"\le", "<": "<"}
#: The comparison with both sides exchanged.
TURNED = {">=": "<=", ">": "<", "==": "=="}
#: Characters of LaTeX that fit on a line of a page.
LINE = 150


class Notation:
    """How polynomials of a ring are written: sums positive at a point, and short names for unknown probabilities.

    Parameters
    ----------
    ring : Ring
    at : mapping of str to Fraction
        The point; parameters only.
    unknowns : tuple of str
    """

    def __init__(self, ring: Ring, at: Mapping[str, Fraction], unknowns: tuple[str, ...]) -> None:
        self.ring = ring
        letter = next(
            c for c in ("p", "q", "pi", "prob", "prob_") if not any(n.startswith(f"{c}_") for n in ring.names)
        )
        #: The short name of each unknown.
        self.short = {name: f"{letter}_{k}" for k, name in enumerate(unknowns, 1)}
        self.at = {
            **{name: value for name, value in at.items() if name in ring.names},
            **dict.fromkeys(self.short.values(), Fraction(1, 2)),
        }

    def expression(self, value: Any) -> Any:
        """A polynomial or function as a SymPy expression."""
        expression = self.ring.to_sympy(value)
        if not self.short:
            return expression
        return expression.xreplace({scalars.symbol(n): scalars.symbol(s) for n, s in self.short.items()})

    def tidy(self, value: Any) -> Any:
        """A polynomial or function as a SymPy expression, arranged."""
        return tidy(self.expression(value), self.at)

    def sides(self, condition: Condition) -> tuple[Any, str, Any]:
        """The left side of a condition, how it compares, and the right side."""
        left, right = sides(self.expression(condition.polynomial), self.at)
        if left == 0:
            return right, TURNED[condition.relation], left
        return left, condition.relation, right

    def text(self, condition: Condition) -> str:
        """A condition as text."""
        left, relation, right = self.sides(condition)
        return f"{written(left)} {relation} {written(right)}"

    def latex(self, condition: Condition) -> str:
        """A condition in LaTeX, in lines of an ``align*``."""
        return latex_lines(*self.sides(condition))

    def mathml(self, condition: Condition) -> str:
        """A condition in MathML."""
        return mathml_lines(*self.sides(condition))


def mathml_lines(left: Any, relation: str, right: Any) -> str:
    """An (in)equality in MathML; in several elements, between which browsers break lines, where it is long."""
    if len(written(left)) + len(written(right)) <= LINE // 2:
        return scalars.to_mathml(right, left=left, sign=SIGNS[relation])
    return f"{_terms(left)} {SIGNS[relation]} {_terms(right)}"


def _terms(expression: Any) -> str:
    """The terms of a sum as MathML elements of their own."""
    import sympy

    if not scalars.is_expression(expression) or not expression.is_Add:
        return scalars.to_mathml(expression)
    text = ""
    terms = sorted(expression.as_ordered_terms(), key=lambda term: bool(term.could_extract_minus_sign()))
    for term in terms:
        minus = term.could_extract_minus_sign()
        sign = ("\N{MINUS SIGN} " if minus else "+ ") if text or minus else ""
        text += f" {sign}{scalars.to_mathml(sympy.Mul(-1, term) if minus else term)}"
    return text.strip()


def latex_lines(left: Any, relation: str, right: Any) -> str:
    r"""An (in)equality as lines of an ``align*`` environment, broken between terms where it is long."""
    pieces = _pieces(left)
    after = _pieces(right)
    whole = f"{''.join(pieces)} {LATEX_SIGNS[relation]} {''.join(after)}"
    if len(whole) <= LINE:
        return f"& {whole}"
    lines = _filled(pieces, "")
    lines += _filled(after, rf"\quad {LATEX_SIGNS[relation]} ")
    return " \\\\\n".join(f"& {line}" for line in lines)


def _pieces(expression: Any) -> list[str]:
    """The terms of a sum in LaTeX, each but the first with its sign in front."""
    import sympy

    if not scalars.is_expression(expression) or not expression.is_Add:
        return [typeset(expression)]
    terms = sorted(expression.as_ordered_terms(), key=lambda term: bool(term.could_extract_minus_sign()))
    pieces = [typeset(terms[0])]
    for term in terms[1:]:
        minus = term.could_extract_minus_sign()
        body = typeset(sympy.Mul(-1, term) if minus else term)
        pieces.append(f" - {body}" if minus else f" + {body}")
    return pieces


def _filled(pieces: list[str], head: str) -> list[str]:
    lines = [head]
    for piece in pieces:
        if len(lines[-1]) + len(piece) > LINE and lines[-1] != head:
            lines.append(r"\quad\quad {}")
        lines[-1] += piece
    return lines


def escape_arrows(text: str) -> str:
    """Text for LaTeX, with the arrows between information sets and actions."""
    return escape_latex(text).replace("→", r" $\to$ ").replace("≥", r"$\ge$")
