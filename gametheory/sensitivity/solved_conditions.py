r"""Conditions as bounds on one parameter.

A condition that is linear in a parameter :math:`x`, say :math:`a x + b \ge 0` with polynomials :math:`a, b` in the others, is

.. math:: x \ge -b/a \text{ if } a > 0, \qquad x \le -b/a \text{ if } a < 0, \qquad b \ge 0 \text{ if } a = 0.

A quadratic one, :math:`a x^2 + b x + c \ge 0` with discriminant :math:`D = b^2 - 4 a c`, holds for :math:`a > 0` everywhere if
:math:`D \le 0` and otherwise outside the two roots; for :math:`a < 0` between them and only if :math:`D \ge 0`; for :math:`a = 0` it is
linear. The signs are decided on the box, and together with the other conditions of the case, so that what cannot be does not appear.
Of higher degree there are no bounds worth printing: the condition stays a polynomial.

References
----------
.. [1] S. Basu, R. Pollack and M.-F. Roy, *Algorithms in Real Algebraic Geometry*, 2nd ed., Springer, 2006, ch. 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from flint import fmpq_mpoly

from gametheory import scalars
from gametheory.errors import ParameterError, unknown
from gametheory.sensitivity._condition import Condition
from gametheory.sensitivity._condition_notation import (
    LATEX_SIGNS,
    SIGNS,
    TURNED,
    Notation,
    escape_arrows,
    latex_lines,
)
from gametheory.sensitivity._condition_results import Case, Conditions
from gametheory.sensitivity._reduction import Reducer
from gametheory.sensitivity.arrangement import tidy, typeset, written
from gametheory.solvers.rational_functions import RationalFunction

if TYPE_CHECKING:
    import pandas

__all__ = ["Branch", "SolvedCondition", "SolvedConditions", "solve_for"]

Polynomial: TypeAlias = fmpq_mpoly
Form: TypeAlias = Literal["bound", "between", "outside", "free", "polynomial"]


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """What a condition says of the parameter, where some expressions have the signs given.

    Attributes
    ----------
    where : tuple of Condition
        Polynomials in the other parameters compared with zero: the branch applies where all hold.
    form : {"bound", "between", "outside", "free", "polynomial"}
        A comparison with one expression; between two; outside two; no restriction (what matters is in ``where``); or the condition
        itself, where the parameter enters with a degree above two.
    relation : str
        ``">="``, ``">"``, ``"<="``, ``"<"`` or ``"=="`` for a bound; for the others whether the ends belong to it (``">="``) or not.
    """

    where: tuple[Condition, ...]
    form: Form
    relation: str
    #: Numerator and denominator functions: of a bound (b, a); of two roots (a, b, c) of the quadratic.
    _parts: tuple[RationalFunction, ...] = ()

    def applies(self, point: Mapping[str, Fraction]) -> bool:
        """Whether the branch applies at a point."""
        return all(condition.holds(point) for condition in self.where)

    def allows(self, name: str, point: Mapping[str, Fraction], condition: Condition) -> bool:
        """Whether the value of the parameter at a point is within the bounds, exactly."""
        if self.form == "free":
            return True
        if self.form == "polynomial":
            return condition.holds(point)
        ring, x = condition.ring, point[name]
        values = [ring.evaluate(part.numerator, point) for part in self._parts]
        if self.form == "bound":
            bound = -values[0] / values[1]
            difference = x - bound
            return {
                ">=": difference >= 0,
                ">": difference > 0,
                "<=": difference <= 0,
                "<": difference < 0,
                "==": difference == 0,
            }[self.relation]
        a, b, c = values
        discriminant = b * b - 4 * a * c
        # x lies below, between or above the roots (-b -+ sqrt(D))/(2a): compare (2ax + b)^2 with D.
        distance = (2 * a * x + b) ** 2 - discriminant
        if self.form == "between":
            return distance <= 0 if self.relation == ">=" else distance < 0
        return distance >= 0 if self.relation == ">=" else distance > 0

    def bounds(self, notation: Notation) -> tuple[Any, ...]:
        """The expressions that bound the parameter; the smaller of two first."""
        if self.form == "bound":
            b, a = self._parts
            return (tidy(notation.expression(-b / a), notation.at),)
        if self.form not in ("between", "outside"):
            return ()
        import sympy

        a, b, c = (notation.expression(part) for part in self._parts)
        root = sympy.sqrt(tidy(b**2 - 4 * a * c, notation.at))
        small, large = ((-b + sign * root) / (2 * a) for sign in (-1, 1))
        # Between the roots is where a negative leading coefficient lets the condition hold, and then they change places.
        return (large, small) if self.form == "between" else (small, large)


@dataclass(frozen=True, slots=True, eq=False)
class SolvedCondition:
    """One condition as bounds on the parameter.

    Attributes
    ----------
    condition : Condition
    branches : tuple of Branch
        One of them applies wherever the condition can hold; empty if the parameter does not occur.
    """

    condition: Condition
    branches: tuple[Branch, ...]


@dataclass(frozen=True, eq=False)
class SolvedConditions:
    """The conditions of a profile as bounds on one parameter; what :meth:`Conditions.solve_for` returns.

    Attributes
    ----------
    conditions : Conditions
    name : str
        The parameter.
    cases : tuple of tuple of SolvedCondition
        For each case, its conditions in their order.
    """

    conditions: Conditions
    name: str
    cases: tuple[tuple[SolvedCondition, ...], ...]

    def holds_at(self, values: Mapping[str, Any] | None = None) -> bool:
        """Whether the parameter is within its bounds and the other conditions hold, at a point; the same as of the conditions.

        Raises
        ------
        ParameterError
            If a value lies outside the box.
        """
        point = self.conditions.point(values)
        for case, solved in zip(self.conditions.cases, self.cases, strict=True):
            self.conditions._check_unknowns(case, point)
            if all(self._holds(entry, point) for entry in solved):
                return True
        return False

    def _holds(self, entry: SolvedCondition, point: Mapping[str, Fraction]) -> bool:
        if not entry.branches:
            return entry.condition.holds(point)
        return any(b.applies(point) and b.allows(self.name, point, entry.condition) for b in entry.branches)

    def _bound(self, branch: Branch, entry: SolvedCondition, notation: Notation) -> str:
        ends = [written(end) for end in branch.bounds(notation)]
        if branch.form == "bound":
            return f"{self.name} {branch.relation} {ends[0]}"
        strict = "<" if branch.relation == ">" else "<="
        if branch.form == "between":
            return f"{ends[0]} {strict} {self.name} {strict} {ends[1]}"
        if branch.form == "outside":
            return f"{self.name} {strict} {ends[0]} or {self.name} {strict.replace('<', '>')} {ends[1]}"
        if branch.form == "free":
            return f"any {self.name}"
        return f"{notation.text(entry.condition)} (of degree above two in {self.name})"

    def to_text(self) -> str:
        """The bounds as text."""
        lines = [f"{self.conditions.profile}, solved for {self.name}:"]
        several = len(self.cases) > 1
        for k, (case, solved) in enumerate(zip(self.conditions.cases, self.cases, strict=True), 1):
            notation = self.conditions.notation(case)
            if several:
                lines.append(f"  case {k}: " + " | or ".join(case.profiles))
            indent = "    " if several else "  "
            for j, entry in enumerate(solved, 1):
                label = f"[{entry.condition.label}]"
                if not entry.branches:
                    lines.append(f"{indent}({j}) {notation.text(entry.condition)} {label}")
                    continue
                if len(entry.branches) == 1:
                    lines.append(f"{indent}({j}) {self._line(entry.branches[0], entry, notation)} {label}")
                    continue
                lines.append(f"{indent}({j}) {label}")
                lines += [f"{indent}    {self._line(b, entry, notation)}" for b in entry.branches]
        if not self.cases:
            lines = [self.conditions.heading()]
        return "\n".join(lines)

    __str__ = to_text
    __repr__ = to_text

    def _line(self, branch: Branch, entry: SolvedCondition, notation: Notation) -> str:
        where = " and ".join(notation.text(condition) for condition in branch.where)
        bound = self._bound(branch, entry, notation)
        return f"{bound} if {where}" if where else bound

    def to_latex(self) -> str:
        """The bounds as ``align*`` environments, which need the package amsmath."""
        blocks = []
        for k, (case, solved) in enumerate(zip(self.conditions.cases, self.cases, strict=True), 1):
            notation = self.conditions.notation(case)
            if len(self.cases) > 1:
                blocks.append(rf"\noindent Case {k}: {escape_arrows(' or '.join(case.profiles))}.")
            lines = []
            for j, entry in enumerate(solved, 1):
                rows = [self._latex(branch, entry, notation) for branch in entry.branches]
                body = " \\\\\n".join(rows) if rows else notation.latex(entry.condition)
                lines.append(rf"\intertext{{({j}) {escape_arrows(entry.condition.label)}}}" + "\n" + body)
            if lines:
                blocks.append("\\begin{align*}\n" + "\n".join(lines) + "\n\\end{align*}")
        return "\n".join(blocks) if blocks else escape_arrows(self.conditions.heading()) + "."

    def _latex(self, branch: Branch, entry: SolvedCondition, notation: Notation) -> str:
        x = typeset(scalars.symbol(self.name))
        ends = [typeset(end) for end in branch.bounds(notation)]
        strict, turned = ("<", ">") if branch.relation == ">" else (r"\le", r"\ge")
        if branch.form == "bound":
            body = f"& {x} {LATEX_SIGNS[branch.relation]} {ends[0]}"
        elif branch.form == "between":
            body = f"& {ends[0]} {strict} {x} {strict} {ends[1]}"
        elif branch.form == "outside":
            body = rf"& {x} {strict} {ends[0]} \text{{ or }} {x} {turned} {ends[1]}"
        elif branch.form == "free":
            body = rf"& \text{{any }} {x}"
        else:
            body = notation.latex(entry.condition)
        for k, condition in enumerate(branch.where):
            lines = latex_lines(*notation.sides(condition)).removeprefix("& ")
            body += f" \\\\\n& \\qquad \\text{{{'and' if k else 'if'} }} {lines}"
        return body

    def to_frame(self) -> pandas.DataFrame:
        """One row for each branch."""
        import pandas as pd

        rows = []
        for k, (case, solved) in enumerate(zip(self.conditions.cases, self.cases, strict=True), 1):
            notation = self.conditions.notation(case)
            for entry in solved:
                for branch in entry.branches or (Branch((), "polynomial", entry.condition.relation),):
                    ends = branch.bounds(notation)
                    rows.append(
                        {
                            "case": k,
                            "label": entry.condition.label,
                            "where": " and ".join(notation.text(c) for c in branch.where),
                            "form": branch.form if entry.branches else "other",
                            "relation": branch.relation,
                            "bound": ends[0] if ends else None,
                            "second": ends[1] if len(ends) > 1 else None,
                        }
                    )
        columns = ["case", "label", "where", "form", "relation", "bound", "second"]
        return pd.DataFrame(rows, columns=columns)

    def _repr_html_(self) -> str:
        rows = []
        for case, solved in zip(self.conditions.cases, self.cases, strict=True):
            notation = self.conditions.notation(case)
            for entry in solved:
                cells = [self._mathml(b, notation) for b in entry.branches] or [""]
                cells = [cell or notation.mathml(entry.condition) for cell in cells]
                rows.append(
                    f"<tr><td>{'<br>'.join(cells)}<br><small>{escape(entry.condition.label)}</small></td></tr>"
                )
        caption = escape(f"{self.conditions.profile}, solved for {self.name}")
        return f"<table><caption>{caption}</caption>{''.join(rows)}</table>"

    def _mathml(self, branch: Branch, notation: Notation) -> str:
        x, ends = scalars.symbol(self.name), branch.bounds(notation)
        strict = "<" if branch.relation == ">" else "≤"
        if branch.form == "bound":
            text = scalars.to_mathml(ends[0], left=x, sign=SIGNS[branch.relation])
        elif branch.form == "between":
            text = f"{scalars.to_mathml(x, left=ends[0], sign=strict)} and {scalars.to_mathml(ends[1], left=x, sign=strict)}"
        elif branch.form == "outside":
            text = f"{scalars.to_mathml(ends[0], left=x, sign=strict)} or {scalars.to_mathml(x, left=ends[1], sign=strict)}"
        elif branch.form == "free":
            text = f"any {scalars.to_mathml(x)}"
        else:
            return ""
        where = " and ".join(notation.mathml(condition) for condition in branch.where)
        return f"{text} if {where}" if where else text


# ---------------------------------------------------------------------------------------------------------------------
# Solving
# ---------------------------------------------------------------------------------------------------------------------
def solve_for(conditions: Conditions, name: str) -> SolvedConditions:
    """The conditions of a profile as bounds on one parameter.

    Raises
    ------
    UnknownName
        If there is no such parameter.
    ParameterError
        If it is fixed.

    Examples
    --------
    >>> import gametheory as gt
    >>> space = gt.ParameterSpace(gt.Parameter("x", 1, -2, 2), gt.Parameter("a", 1, -1, 2), gt.Parameter("c", 1, 1, 2))
    >>> x, a, c = space.symbols("x a c")
    >>> choice = gt.Decision("Ann", {"stop": gt.Outcome(Ann=c), "go": gt.Outcome(Ann=a * x)})
    >>> found = gt.sensitivity.conditions(gt.Model("choice", gt.ExtensiveGame(choice), space), {"Ann": "go"})
    >>> print(found.solve_for("x"))
    Ann: go, solved for x:
      (1) [Ann [start]: stop instead of go]
          x >= c/a if a > 0
          x <= c/a if a < 0
    """
    if name not in conditions.model.space:
        raise unknown("parameter", name, conditions.model.space)
    if name in conditions.fixed:
        raise ParameterError(
            f"{name} is fixed at {scalars.to_text(conditions.fixed[name])} in these conditions; derive them with {name} free."
        )
    box = dict(conditions.box)
    solved = []
    for case in conditions.cases:
        whole = box | {unknown_: (Fraction(0), Fraction(1)) for unknown_ in case.unknowns}
        reducer = Reducer(case.ring, whole, budget=2)  # a sign that cannot be is seen at once, as a rule
        solved.append(tuple(_solved(reducer, case, condition, name) for condition in case.conditions))
    return SolvedConditions(conditions, name, tuple(solved))


def _solved(reducer: Reducer, case: Case, condition: Condition, name: str) -> SolvedCondition:
    ring = condition.ring
    degree = ring.degree(condition.polynomial, name) if name in ring.names else 0
    if degree <= 0:
        return SolvedCondition(condition, ())
    if degree > 2:
        return SolvedCondition(condition, (Branch((), "polynomial", condition.relation),))
    coefficients = ring.coefficients(condition.polynomial, name)
    branches = []
    for where, form, relation, parts in _branches(coefficients, condition.relation):
        guards = []
        for polynomial, sign in where:
            guard = reducer.condition(polynomial, sign)
            verdict = reducer.verdict(guard)
            if verdict is None:
                guards.append(guard)
            elif verdict is False:
                break
        else:
            constraints = [*(c.constraint for c in case.conditions), *(g.constraint for g in guards)]
            if not guards or reducer.decide(constraints).kind != "infeasible":
                functions = tuple(ring.function(part) for part in parts)
                branches.append(Branch(tuple(guards), form, relation, functions))
    return SolvedCondition(condition, tuple(branches))


def _branches(
    coefficients: Sequence[Polynomial], relation: str
) -> list[tuple[Any, Form, str, tuple[Any, ...]]]:
    """Where which bounds hold: pairs of polynomial and relation, form, relation, and the polynomials of the bounds."""
    if len(coefficients) == 1:
        return [([(coefficients[0], relation)], "free", relation, ())]
    lower = [
        ([(coefficients[-1], "=="), *where], form, sign, parts)
        for where, form, sign, parts in _branches(coefficients[:-1], relation)
    ]
    if len(coefficients) == 2:
        b, a = coefficients
        own: list[tuple[Any, Form, str, tuple[Any, ...]]] = [
            ([(a, ">")], "bound", relation, (b, a)),
            ([(-a, ">")], "bound", TURNED[relation], (b, a)),
        ]
        return [*own, *lower]
    c, b, a = coefficients
    discriminant = b * b - 4 * a * c
    parts = (a, b, c)
    if relation == "==":
        # The two roots: nowhere strictly between, nowhere strictly outside; the polynomial says it best.
        return [([], "polynomial", relation, ())]
    none = ">=" if relation == ">=" else ">"
    own = [
        ([(a, ">"), (-discriminant, none)], "free", relation, ()),
        ([(a, ">"), (discriminant, ">" if relation == ">=" else ">=")], "outside", relation, parts),
        ([(-a, ">"), (discriminant, ">=" if relation == ">=" else ">")], "between", relation, parts),
    ]
    return [*own, *lower]
