r"""Conditions as a proposition with its proof, ready for an appendix.

The statement names the game, the ranges of the parameters and the profile, and lists what must hold. It says that the profile is an
equilibrium *if and only if* that holds, which is what :mod:`gametheory.sensitivity.conditions` derives. That it is the only
one is said only where it is proved: if every stage is one decision, the inequalities are strict and nothing ties, backward
induction leaves no choice (Kuhn 1953).

The proof lists every deviation: those that the conditions rule out, those that lose on the whole box of parameters, those that the
conditions imply, and those that are worth the same whatever the parameters. In a tree one deviation at a time suffices, by the
one-deviation principle (Hendon, Jacobsen and Sloth 1996).

References
----------
.. [1] H. Kuhn, "Extensive games and the problem of information", *Contributions to the Theory of Games* II, 1953, 193-216.
.. [2] E. Hendon, H. J. Jacobsen and B. Sloth, "The one-shot-deviation principle for sequential rationality", *Games and Economic
   Behavior* 12 (1996), 274-282.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from gametheory import scalars
from gametheory.games.extensive import ExtensiveGame
from gametheory.sensitivity._condition import Condition
from gametheory.sensitivity._condition_notation import Notation, escape_arrows, latex_lines, mathml_lines
from gametheory.sensitivity._condition_results import Case, Conditions
from gametheory.sensitivity._stage_systems import Requirement
from gametheory.sensitivity.arrangement import typeset, written
from gametheory.solvers.rational_functions import RationalFunction, Ring
from gametheory.solvers.stages import stages

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Proposition"]

#: Most parameters whose ranges are named within the sentence.
MOST_INLINE = 3

PREAMBLE = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{amsmath}
\usepackage{amsthm}
\newtheorem{proposition}{Proposition}
\allowdisplaybreaks
\begin{document}
"""


class _Formula(NamedTuple):
    """A formula within a sentence, or an (in)equality where there is a relation; on a line of its own if `block`."""

    left: Any
    relation: str = ""
    right: Any = None
    block: bool = False


class _Paragraph(NamedTuple):
    """One paragraph or item: words and formulas in turn."""

    parts: tuple[str | _Formula, ...]
    #: The number of an item, such as ``(i)``; empty for a paragraph.
    item: str = ""


@dataclass(frozen=True, eq=False)
class Proposition:
    """A statement with its proof; what :meth:`Conditions.proposition` returns.

    Attributes
    ----------
    conditions : Conditions
    name : str or None
        In brackets after the word Proposition.

    Examples
    --------
    >>> import gametheory as gt
    >>> space = gt.ParameterSpace(gt.Parameter("x", 134, low=60, high=160, description="exposure", unit="USD bn"))
    >>> x = space.symbols("x")
    >>> reply = gt.Decision("West", {
    ...     "acquiesce": gt.Outcome(Russia=50, West=-x / 2), "respond": gt.Outcome(Russia=-20, West=-x / 5 - 40)})
    >>> tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply})
    >>> found = gt.sensitivity.conditions(
    ...     gt.Model("tripwire", gt.ExtensiveGame(tree), space), {"Russia": "refrain", "West": "respond"})
    >>> print(found.proposition("Deterrence").to_text())
    Proposition (Deterrence). Let x (exposure) lie between 60 and 160 USD bn. In the game 'tripwire', the profile Russia: refrain; West:
    respond is a subgame-perfect equilibrium if and only if
      (i) 3*x >= 400.
    It is then the only one where the inequalities, here and in the proof, are strict. It pays Russia 0 and West 0.
    Proof. By the one-deviation principle it suffices to compare single deviations in each stage, with what is played later given.
    (i) says that West [act] does not gain by playing acquiesce instead of respond. On the whole range of the parameters:
      Russia [start] does not gain by playing act instead of refrain, as 20 > 0.
    QED
    """

    conditions: Conditions
    name: str | None = None

    # -- what is said -------------------------------------------------------------------------------------------------
    def _statement(self) -> Iterator[_Paragraph]:
        found = self.conditions
        game = found.model.name
        named = self._named()
        start: list[str | _Formula] = [f"In the game {game!r}, "]
        if len(named) > MOST_INLINE:
            yield _Paragraph(("Suppose that the parameters lie in these ranges:",))
            for name in named:
                yield _Paragraph(tuple(self._range(name, False)), "•")
        elif named:
            parts: list[str | _Formula] = ["Let "]
            for k, name in enumerate(named):
                joint = "" if k == 0 else " and " if k == len(named) - 1 else ", "
                parts += [joint, *self._range(name, True)]
            start = [*parts, ". ", *start]
        if not found.cases:
            what = "no pure profile with " if found.is_outcome else "the profile "
            yield _Paragraph(
                (*start, f"{what}{found.profile} is a {found.title} for no values of the parameters.")
            )
            return
        if found.is_outcome:
            start.append(f"a {found.title} in pure strategies with {found.profile} exists ")
        else:
            start.append(f"the profile {found.profile} is a {found.title} ")
        if len(found.cases) > 1 or found.cases[0].conditions:
            start.append("if and only if ")
        if len(found.cases) == 1:
            yield from self._case(found.cases[0], start, "")
        else:
            yield _Paragraph((*start, "one of the following cases holds."))
            for k, case in enumerate(found.cases, 1):
                which = f"Case {k}"
                if found.is_outcome:
                    which += " (" + " or ".join(case.profiles) + ")"
                yield from self._case(case, [f"{which}: "], f"{k}")

    def _case(self, case: Case, start: Sequence[str | _Formula], prefix: str) -> Iterator[_Paragraph]:
        notation = self.conditions.notation(case)
        if not case.conditions:
            yield _Paragraph(
                (
                    *start,
                    "without further conditions on this range." if not prefix else "no further condition.",
                )
            )
        else:
            yield _Paragraph(tuple(start) if start else ())
            last = len(case.conditions) - 1
            for k, condition in enumerate(case.conditions):
                end = "." if k == last else ", and" if k == last - 1 else ","
                formula = _Formula(*notation.sides(condition), block=True)
                yield _Paragraph((formula, end), _number(prefix, k))
        yield _Paragraph(tuple(self._consequences(case, notation)))

    def _named(self) -> list[str]:
        """The free parameters that the statement or its proof rests on: also where only a sign that is the same on the box does."""
        found, used = self.conditions, set[str]()
        conditions = [c for case in found.cases for c in (*case.conditions, *case.always, *case.implied)]
        conditions += [c for entry in found.impossible for c in entry.conditions]
        for condition in conditions:
            used.update(condition.parameters)
            for requirement in condition.requirements:
                used.update(_occurring(condition.ring, requirement.function))
        for case in found.cases:
            payoffs = [value for _, value in case._payoffs] if len(case.profiles) == 1 else []
            values = [*payoffs, *(entry[3] for entry in case._probabilities)]
            for value in (*values, *(zero for zeros in case._silent for zero in zeros)):
                used.update(_occurring(case.ring, value))
        return [name for name in found.model.space if name in used and name in found.box]

    def _range(self, name: str, inline: bool) -> Iterator[str | _Formula]:
        """A parameter with what it means and where it lies."""
        parameter, (low, high) = self.conditions.model.space[name], self.conditions.box[name]
        yield _Formula(scalars.symbol(name))
        if parameter.description:
            yield f" ({parameter.description})"
        unit = f" {parameter.unit}" if parameter.unit else ""
        ends = f" {scalars.to_text(low)}{unit}"
        if low < high:
            ends = f" between {scalars.to_text(low)} and {scalars.to_text(high)}{unit}"
        yield (" be" if low == high else " lie") * inline + ends

    def _consequences(self, case: Case, notation: Notation) -> Iterator[str | _Formula]:
        """Uniqueness where it is proved, mixed probabilities, payoffs."""
        if self._unique(case):
            strict = [*case.conditions, *case.implied, *(c for c in case.always if not _is_strict(c))]
            if not strict:
                yield "It is the only one. "
            elif case.conditions:
                yield "It is then the only one where the inequalities, here and in the proof, are strict. "
            else:
                yield "It is the only one where the inequalities in the proof are strict. "
        for name, short in notation.short.items():
            yield from (_Formula(scalars.symbol(short)), f" is the probability of {name}. ")
        if case.reason:
            yield f"The probabilities have no closed form: {case.reason}. "
        mixed = [entry for entry in case._probabilities if not _is_one(entry[3])]
        for k, (player, place, action, value) in enumerate(mixed):
            who = f"{player} at {place}" if place else player
            yield f"{'There ' if k == 0 else ''}{who} plays {action} with probability "
            yield _Formula(notation.tidy(value))
            yield ". " if k == len(mixed) - 1 else "; "
        if len(case.profiles) == 1:
            for k, (player, value) in enumerate(case._payoffs):
                last = len(case._payoffs) - 1
                yield f"It pays {player} " if k == 0 else f" and {player} " if k == last else f", {player} "
                yield _Formula(notation.tidy(value))
            yield "."
        for zeros in case._silent:
            yield " Nothing is claimed where "
            for k, value in enumerate(zeros):
                yield " and " * bool(k)
                yield _Formula(notation.tidy(value), "==", 0)
            yield ", where other mixtures may do as well."

    def _unique(self, case: Case) -> bool:
        game = self.conditions.model.game
        if self.conditions.concept == "nash" or not isinstance(game, ExtensiveGame) or case.ties:
            return False
        if any(c.relation == "==" for c in (*case.conditions, *case.implied, *case.always)):
            return False  # who is indifferent may as well do the other
        pure = all(_is_one(value) for *_, value in case._probabilities)
        return pure and len(case.profiles) == 1 and all(stage.is_decision for stage in stages(game))

    def _proof(self) -> Iterator[_Paragraph]:
        found = self.conditions
        tree = isinstance(found.model.game, ExtensiveGame)
        if found.concept == "subgame_perfect":
            yield _Paragraph(
                (
                    "By the one-deviation principle it suffices to compare single deviations in each stage, with what is "
                    "played later given.",
                )
            )
        else:
            what = "plan for the whole game" if tree else "strategy"
            yield _Paragraph((f"By definition no player may gain by another {what}, the others' given.",))
        for k, case in enumerate(found.cases, 1):
            prefix = f"{k}" if len(found.cases) > 1 else ""
            yield from self._deviations(case, prefix)
        if found.is_outcome:
            count, possible = found._count
            rest = count - possible
            if rest == 0:
                said = "No other pure profile has this outcome."
            elif rest == count:
                said = "No pure profile with this outcome is in equilibrium anywhere on the box."
            else:
                verb = "is" if rest == 1 else "are"
                said = f"Of {count} pure profiles with this outcome, {rest} {verb} in equilibrium nowhere on the box."
            yield _Paragraph((said,))
        elif not found.cases:
            for entry in found.impossible:
                yield _Paragraph((f"Impossible: {entry.reason}.",))

    def _deviations(self, case: Case, prefix: str) -> Iterator[_Paragraph]:
        notation = self.conditions.notation(case)
        said = [f"{_number(prefix, k)} says that {_words(c)}." for k, c in enumerate(case.conditions)]
        groups: list[tuple[str, Sequence[Condition]]] = [
            ("On the whole range of the parameters:", case.always),
            ("Implied by the conditions on this range:", case.implied),
        ]
        head = " ".join(said)
        for words, members in groups:
            if members:
                yield _Paragraph((f"{head} {words}".strip(),))
                head = ""
                for condition in (part for whole in members for part in _apart(whole)):
                    formula = self._reason(case, condition, notation)
                    yield _Paragraph((f"{_words(condition)}, as ", formula, "."), "•")
        ties = "; ".join(c.label for c in case.ties)
        if ties:
            head += f" Worth exactly the same whatever the parameters: {ties}."
        if case.undecided:
            head += " Left open, without harm to the statement: " + "; ".join(case.undecided) + "."
        if head.strip():
            yield _Paragraph((head.strip(),))

    def _reason(self, case: Case, condition: Condition, notation: Notation) -> _Formula:
        """The inequality that holds: of a quotient whose denominator has one sign, the quotient itself, and not only ``1 > 0``."""
        shown = _stricter(condition)
        if shown.polynomial.is_constant() and condition.requirements:
            signs = any(not c.requirements for c in (*case.conditions, *case.implied))
            function = condition.requirements[0].function
            if not signs and not function.denominator.is_constant():
                return _Formula(notation.tidy(function), shown.relation, 0)
        return _Formula(*notation.sides(shown))

    # -- how it is said -----------------------------------------------------------------------------------------------
    def to_text(self) -> str:
        """The proposition as text."""

        def shown(paragraph: _Paragraph) -> str:
            body = "".join(p if isinstance(p, str) else _text(p) for p in paragraph.parts).strip()
            if paragraph.item == "•":
                return f"  {body}"
            return f"  {paragraph.item} {body}" if paragraph.item else body

        title = f"Proposition ({self.name}). " if self.name else "Proposition. "
        statement = [shown(p) for p in self._statement()]
        proof = [shown(p) for p in self._proof()]
        return "\n".join(
            line
            for line in [title + statement[0], *statement[1:], "Proof. " + proof[0], *proof[1:], "QED"]
            if line
        )

    __str__ = to_text
    __repr__ = to_text

    def to_latex(self, *, document: bool = False) -> str:
        r"""The proposition in LaTeX: environments ``proposition`` and ``proof`` of amsthm, formulas of amsmath.

        Parameters
        ----------
        document : bool
            A whole document that compiles; otherwise the environments alone, for a document that declares
            ``\newtheorem{proposition}{Proposition}``.
        """

        def shown(paragraph: _Paragraph) -> str:
            first = paragraph.parts[0] if paragraph.parts else ""
            if isinstance(first, _Formula) and first.block:
                # The number of the item is the tag of its formula, and the punctuation belongs to the formula.
                lines = latex_lines(first.left, first.relation, first.right)
                after = "".join(rf"\text{{{p}}}" for p in paragraph.parts[1:])
                tag = rf"\tag{{{paragraph.item[1:-1]}}}"
                return f"\\begin{{align*}}\n{lines}{after} {tag}\n\\end{{align*}}"
            body = "".join(escape_arrows(p) if isinstance(p, str) else _latex(p) for p in paragraph.parts)
            item = paragraph.item.replace("•", r"\textbullet")
            return rf"\par\noindent\hangindent=2em {item} {body}" if item else rf"\par {body}" if body else ""

        title = f"[{escape_arrows(self.name)}]" if self.name else ""
        body = "\n".join(
            [
                rf"\begin{{proposition}}{title}",
                *filter(None, map(shown, self._statement())),
                r"\end{proposition}",
                r"\begin{proof}",
                *filter(None, map(shown, self._proof())),
                r"\end{proof}",
            ]
        )
        return f"{PREAMBLE}{body}\n\\end{{document}}\n" if document else body

    def to_html(self) -> str:
        """The proposition in HTML, with formulas in MathML, which browsers set without a style sheet or script."""

        def shown(paragraph: _Paragraph) -> str:
            body = "".join(escape(p) if isinstance(p, str) else _mathml(p) for p in paragraph.parts)
            item = escape(paragraph.item)
            if item:
                return f'<p style="margin:0.3em 0 0.3em 2em">{item} {body}</p>'
            return f"<p>{body}</p>" if body else ""

        title = f"Proposition ({escape(self.name)})." if self.name else "Proposition."
        statement = "".join(map(shown, self._statement())).removeprefix("<p>")
        proof = "".join(map(shown, self._proof())).removeprefix("<p>")
        return (
            f'<section class="proposition"><p><strong>{title}</strong> {statement}'
            f"<p><em>Proof.</em> {proof}<p>∎</p></section>"
        )

    _repr_html_ = to_html


# ---------------------------------------------------------------------------------------------------------------------
# Words and formulas
# ---------------------------------------------------------------------------------------------------------------------
def _number(prefix: str, k: int) -> str:
    """``(i)``, ``(ii)``, ...; in case 2 ``(2.i)``."""
    ones = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
    tens = ("", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc")
    roman = "c" * ((k + 1) // 100) + tens[(k + 1) % 100 // 10] + ones[(k + 1) % 10]
    return f"({prefix}.{roman})" if prefix else f"({roman})"


def _words(condition: Condition) -> str:
    """What a condition says of the players."""
    if not condition.requirements:
        return "a denominator of the closed forms has this sign"
    said = []
    for requirement in condition.requirements:
        who = f"{requirement.player} [{requirement.place}]" if requirement.place else requirement.player
        if requirement.kind == "deviation":
            said.append(
                f"{who} does not gain by playing {requirement.instead} instead of {requirement.action}"
            )
        elif requirement.kind == "indifference":
            said.append(f"{who} is indifferent between {requirement.action} and {requirement.instead}")
        else:
            said.append(f"{who} plays {requirement.action} with positive probability")
    return " and ".join(dict.fromkeys(said))


def _apart(condition: Condition) -> Iterator[Condition]:
    """One for each difference of payoffs: what comes to the same on the box is still not the same formula."""
    alike: dict[str, list[Requirement]] = {}
    for requirement in condition.requirements:
        alike.setdefault(repr(requirement.function), []).append(requirement)
    for requirements in alike.values():
        yield replace(condition, requirements=tuple(requirements))
    if not alike:
        yield condition


def _stricter(condition: Condition) -> Condition:
    """With a strict sign if the bound on the box allows it, and as the difference of the payoffs where that is a polynomial."""
    if condition.low is not None and condition.low > 0:
        condition = replace(condition, relation=">")
    if condition.requirements and condition.requirements[0].function.denominator.is_constant():
        condition = replace(condition, function=condition.requirements[0].function)
    return condition


def _is_strict(condition: Condition) -> bool:
    return condition.relation == ">" or (condition.low is not None and condition.low > 0)


def _occurring(ring: Ring, function: RationalFunction) -> tuple[str, ...]:
    return (*ring.used(function.numerator), *ring.used(function.denominator))


def _is_one(value: Any) -> bool:
    return bool(value == 1)


def _text(formula: _Formula) -> str:
    if not formula.relation:
        return written(formula.left)
    return f"{written(formula.left)} {formula.relation} {written(formula.right)}"


def _latex(formula: _Formula) -> str:
    if not formula.relation:
        return f"${typeset(formula.left)}$"
    lines = latex_lines(formula.left, formula.relation, formula.right)
    if "\\\\" in lines:
        return f"\n\\begin{{align*}}\n{lines}\n\\end{{align*}}\n"
    return f"${lines.removeprefix('& ')}$"


def _mathml(formula: _Formula) -> str:
    if not formula.relation:
        return scalars.to_mathml(formula.left)
    return mathml_lines(formula.left, formula.relation, formula.right)
