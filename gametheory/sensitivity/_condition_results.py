"""The result of a derivation of conditions: cases, what they say at a point, and how they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, TypeAlias

from gametheory import scalars
from gametheory.errors import ParameterError, Unsupported, unknown
from gametheory.sensitivity._condition import Condition, Impossible
from gametheory.sensitivity._condition_notation import Notation, escape_arrows
from gametheory.sensitivity.arrangement import tidy, written
from gametheory.solvers.rational_functions import RationalFunction, Ring

if TYPE_CHECKING:
    import pandas

    from gametheory.parameters.model import Model
    from gametheory.sensitivity.proposition import Proposition
    from gametheory.sensitivity.solved_conditions import SolvedConditions

__all__ = ["Case", "Conditions"]

Box: TypeAlias = Mapping[str, tuple[Fraction, Fraction]]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Conditions that must hold together.

    Attributes
    ----------
    profile : str
        What is played.
    profiles : tuple of str
        All profiles that the case stands for, where they differ in what no condition depends on.
    conditions : tuple of Condition
        All must hold.
    always, implied, ties : tuple of Condition
        What holds on the whole box, what the conditions imply there (with a certificate), and deviations that are worth exactly the
        same whatever the parameters.
    unknowns : tuple of str
        Probabilities without a closed form, which occur in the conditions; ``reason`` says why.
    point : mapping of str to Fraction, or None
        A point of the box at which all conditions hold, if one is known.
    undecided : tuple of str
        Questions that were left open, in words; the conditions are right in any case, but may be more than needed.
    """

    ring: Ring
    profile: str
    profiles: tuple[str, ...]
    conditions: tuple[Condition, ...]
    always: tuple[Condition, ...]
    implied: tuple[Condition, ...]
    ties: tuple[Condition, ...]
    _probabilities: tuple[tuple[str, str, str, RationalFunction], ...]
    _payoffs: tuple[tuple[str, RationalFunction], ...]
    unknowns: tuple[str, ...]
    reason: str
    _silent: tuple[tuple[RationalFunction, ...], ...]
    _point: tuple[tuple[str, Fraction], ...] | None
    undecided: tuple[str, ...]

    @property
    def supports(self) -> tuple[str, ...]:
        """The profiles, as text."""
        return self.profiles

    @property
    def point(self) -> dict[str, Fraction] | None:
        """A point of the box at which all conditions hold, if one is known."""
        return None if self._point is None else dict(self._point)

    @property
    def probabilities(self) -> dict[tuple[str, str, str], Any]:
        """The probability of each action played, by player, information set (empty in a normal form) and action."""
        return {tuple(where): tidy(self.ring.to_sympy(p)) for *where, p in self._probabilities}  # type: ignore[misc]  # three of them

    @property
    def payoffs(self) -> dict[str, Any]:
        """What every player gets, in the parameters (and the unknowns)."""
        return {player: tidy(self.ring.to_sympy(value)) for player, value in self._payoffs}

    @property
    def silent_where(self) -> tuple[tuple[Any, ...], ...]:
        """Sets of expressions at whose common zeros nothing is said: the closed forms are not the only ones, or payoffs have poles."""
        return tuple(tuple(tidy(self.ring.to_sympy(value)) for value in zeros) for zeros in self._silent)

    def is_silent(self, point: Mapping[str, Fraction]) -> bool:
        """Whether the conditions say nothing at a point."""
        return any(
            all(self.ring.evaluate(value.numerator, point) == 0 for value in zeros) for zeros in self._silent
        )

    def holds(self, point: Mapping[str, Fraction]) -> bool:
        """Whether all conditions hold at a point."""
        return all(condition.holds(point) for condition in self.conditions)


@dataclass(frozen=True, eq=False)
class Conditions:
    """When a profile is an equilibrium; what :func:`gametheory.sensitivity.conditions` returns.

    Attributes
    ----------
    model : Model
    profile : str
        The profile or the outcome, in words.
    is_outcome : bool
        Whether an outcome was asked for: then the cases are of different pure profiles.
    concept : {"nash", "subgame_perfect"}
    box, fixed : mapping
        The ranges of the free parameters, and the values of the others.
    cases : tuple of Case
        The profile is an equilibrium where all conditions of one of them hold.
    impossible : tuple of Impossible
        Profiles, or signs of denominators, that are nowhere on the box in equilibrium, each with its proof.
    """

    model: Model
    profile: str
    is_outcome: bool
    concept: str
    _box: tuple[tuple[str, tuple[Fraction, Fraction]], ...]
    _fixed: tuple[tuple[str, Fraction], ...]
    cases: tuple[Case, ...]
    impossible: tuple[Impossible, ...]
    _count: tuple[int, int]

    # -- what it is ---------------------------------------------------------------------------------------------------
    @property
    def box(self) -> dict[str, tuple[Fraction, Fraction]]:
        """The ranges of the free parameters."""
        return dict(self._box)

    @property
    def fixed(self) -> dict[str, Fraction]:
        """The values of the other parameters."""
        return dict(self._fixed)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of all cases, one after the other."""
        return tuple(condition for case in self.cases for condition in case.conditions)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that occur in some condition."""
        used = {name for condition in self.conditions for name in condition.parameters}
        return tuple(name for name in self.model.space if name in used)

    @property
    def possible(self) -> bool | None:
        """Whether the conditions hold somewhere on the box; None if that is not known."""
        if any(case._point is not None and not case.unknowns for case in self.cases):
            return True
        return None if self.cases else False

    @property
    def undecided(self) -> tuple[str, ...]:
        """Questions that were left open."""
        return tuple(text for case in self.cases for text in case.undecided)

    @property
    def title(self) -> str:
        """The name of the concept for one equilibrium."""
        return "Nash equilibrium" if self.concept == "nash" else "subgame-perfect equilibrium"

    @cached_property
    def _baseline(self) -> dict[str, Fraction]:
        return {**self.model.space.baseline, **self.fixed}

    def notation(self, case: Case) -> Notation:
        """How the formulas of a case are written."""
        return Notation(case.ring, self._baseline, case.unknowns)

    # -- at a point ---------------------------------------------------------------------------------------------------
    def point(self, values: Mapping[str, Any] | None = None) -> dict[str, Fraction]:
        """A point of the box: the values given, elsewhere the baseline.

        Raises
        ------
        UnknownName
            If a parameter does not exist.
        ParameterError
            If a value lies outside the box.
        """
        point = dict(self._baseline)
        unknowns = {name for case in self.cases for name in case.unknowns}
        for name, value in (values or {}).items():
            if name not in point and name not in unknowns:
                raise unknown("parameter", name, [*point, *sorted(unknowns)])
            number = scalars.exact(value, f"the value of {name}")
            if name in self.fixed and number != self.fixed[name]:
                raise ParameterError(
                    f"{name} is fixed at {scalars.to_text(self.fixed[name])} in these conditions; derive them with {name} free."
                )
            point[name] = number
        for name, (low, high) in self._box:
            if not low <= point[name] <= high:
                raise ParameterError(
                    f"{name} = {scalars.to_text(point[name])} lies outside the box, where it ranges from {scalars.to_text(low)} to "
                    f"{scalars.to_text(high)}; derive the conditions with over={{{name!r}: (low, high)}}."
                )
        return point

    def holds_at(self, values: Mapping[str, Any] | None = None) -> bool:
        """Whether the conditions hold at a point, the baseline where silent.

        Raises
        ------
        ParameterError
            If a value lies outside the box.
        Unsupported
            If probabilities without a closed form are not given, or the closed forms do not exist at the point.
        """
        point = self.point(values)
        for case in self.cases:
            self._check_unknowns(case, point)
            if case.holds(point):
                return True
        if any(case.is_silent(point) for case in self.cases):
            raise Unsupported(
                "at this point the indifferences do not determine the mixed probabilities, or a payoff has a pole: the conditions "
                "say nothing; "
                "solve the game there: gametheory.nash_equilibria(model.at(...))."
            )
        return False

    def margin_at(self, values: Mapping[str, Any] | None = None) -> dict[str, Fraction]:
        """What each deviation loses at a point, by label, in units of the payoffs; of other conditions the value.

        Where there are several cases, a label begins with the number of its case.

        Raises
        ------
        ParameterError
            If a value lies outside the box.
        Unsupported
            If probabilities without a closed form are not given, or a closed form has a pole at the point.
        """
        point = self.point(values)
        result = {}
        for k, case, condition in self._numbered():
            self._check_unknowns(case, point)
            try:
                margin = condition.margin(point)
            except ZeroDivisionError as error:
                raise Unsupported(f"a closed form of {case.profile!r} has a pole at this point.") from error
            result[self._key(k, condition)] = margin
        return result

    def binding_at(self, values: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """The labels of the conditions that hold with equality at a point.

        Raises
        ------
        ParameterError
            If a value lies outside the box.
        """
        point = self.point(values)
        return tuple(self._key(k, c) for k, _, c in self._numbered() if c.value(point) == 0)

    #: The same, under a shorter name.
    binding = binding_at

    def _numbered(self) -> Iterator[tuple[int, Case, Condition]]:
        for k, case in enumerate(self.cases, 1):
            for condition in case.conditions:
                yield k, case, condition

    def _key(self, k: int, condition: Condition) -> str:
        return condition.label if len(self.cases) == 1 else f"case {k}: {condition.label}"

    def _check_unknowns(self, case: Case, point: Mapping[str, Fraction]) -> None:
        missing = [name for name in case.unknowns if name not in point]
        if missing:
            raise Unsupported(
                f"{case.reason}; give the probabilities along with the parameters: {', '.join(map(repr, missing))}."
            )

    # -- further --------------------------------------------------------------------------------------------------------
    def solve_for(self, name: str) -> SolvedConditions:
        """The conditions as bounds on one parameter; see :mod:`gametheory.sensitivity.solved_conditions`.

        Raises
        ------
        UnknownName
            If there is no such parameter.
        ParameterError
            If it is fixed.
        """
        from gametheory.sensitivity.solved_conditions import solve_for

        return solve_for(self, name)

    def proposition(self, name: str | None = None) -> Proposition:
        """The conditions as a statement with its proof, for an appendix; see :mod:`gametheory.sensitivity.proposition`."""
        from gametheory.sensitivity.proposition import Proposition

        return Proposition(self, name)

    # -- in words -------------------------------------------------------------------------------------------------------
    def heading(self) -> str:
        """What the conditions are of, in one line."""
        where = f"of {self.model.name!r} on the box"
        if not self.cases:
            return f"{self.profile}: nowhere a {self.title} {where}"
        if self.is_outcome:
            head = f"{self.profile}: in a pure {self.title} {where} exactly where"
        else:
            head = f"{self.profile}: a {self.title} {where} exactly where"
        if len(self.cases) > 1:
            return f"{head} one of {len(self.cases)} cases holds"
        if not self.cases[0].conditions:
            return head.removesuffix("exactly where") + "everywhere"
        return head

    def to_text(self) -> str:
        """The conditions as text."""
        lines = [self.heading()]
        for k, case in enumerate(self.cases, 1):
            notation, indent = self.notation(case), "  "
            if len(self.cases) > 1 or self.is_outcome:
                lines.append(f"  case {k}: " + " | or ".join(case.profiles))
                indent = "    "
            lines += [
                f"{indent}({j}) {notation.text(condition)} [{condition.label}]"
                for j, condition in enumerate(case.conditions, 1)
            ]
            if not case.conditions and (len(self.cases) > 1 or self.is_outcome):
                lines.append(f"{indent}no condition: everywhere on the box")
            lines += [
                f"{indent}{short} is the probability of {name!r}" for name, short in notation.short.items()
            ]
            lines += [f"{indent}no closed form: {case.reason}"] if case.reason else []
            lines += [
                f"{indent}nothing is said where "
                + " and ".join(f"{written(notation.tidy(value))} = 0" for value in zeros)
                for zeros in case._silent
            ]
            lines += [f"{indent}undecided: {text}" for text in case.undecided]
        if len(self.cases) == 1:
            case = self.cases[0]
            counts = [
                ("always true on the box", case.always),
                ("implied by the others on the box", case.implied),
                ("ties whatever the parameters", case.ties),
            ]
            lines += [f"{what}: {len(those)}" for what, those in counts if those]
        if self.is_outcome:
            count, possible = self._count
            lines.append(f"pure profiles with this outcome: {count}; not impossible on the box: {possible}")
        elif not self.cases:
            lines += [f"  {entry.reason}" for entry in self.impossible]
        return "\n".join(lines)

    __str__ = to_text
    __repr__ = to_text

    def to_latex(self) -> str:
        """The conditions as ``align*`` environments, which need the package amsmath."""
        blocks = []
        for k, case in enumerate(self.cases, 1):
            notation = self.notation(case)
            if len(self.cases) > 1 or self.is_outcome:
                blocks.append(rf"\noindent Case {k}: {escape_arrows(' or '.join(case.profiles))}.")
            if not case.conditions:
                blocks.append("No condition: it holds on the whole box.")
                continue
            lines = []
            for j, condition in enumerate(case.conditions, 1):
                label = escape_arrows(condition.label)
                lines.append(rf"\intertext{{({j}) {label}}}" + "\n" + notation.latex(condition))
            body = ""
            for j, line in enumerate(lines):
                body += ("" if j == 0 else "\n") + line
            blocks.append(f"\\begin{{align*}}\n{body}\n\\end{{align*}}")
        if not self.cases:
            return escape_arrows(self.heading()) + "."
        return "\n".join(blocks)

    def to_frame(self) -> pandas.DataFrame:
        """One row for each condition, with those that are always true, implied or ties, and what became of it."""
        import pandas as pd

        rows = []
        for k, case in enumerate(self.cases, 1):
            notation = self.notation(case)
            groups = [
                ("condition", case.conditions),
                ("always", case.always),
                ("implied", case.implied),
                ("tie", case.ties),
            ]
            for status, members in groups:
                for condition in members:
                    left, relation, right = notation.sides(condition)
                    first = condition.requirements[0] if condition.requirements else None
                    rows.append(
                        {
                            "case": k,
                            "profile": case.profile,
                            "status": status,
                            "label": condition.label,
                            "kind": condition.kind,
                            "player": first.player if first else "",
                            "place": first.place if first else "",
                            "action": first.action if first else "",
                            "instead": first.instead if first else "",
                            "left": left,
                            "relation": relation,
                            "right": right,
                            "low": condition.low,
                            "high": condition.high,
                        }
                    )
        columns = ["case", "profile", "status", "label", "kind", "player", "place", "action", "instead"]
        return pd.DataFrame(rows, columns=[*columns, "left", "relation", "right", "low", "high"])

    def _repr_html_(self) -> str:
        rows = []
        for k, case in enumerate(self.cases, 1):
            notation = self.notation(case)
            if len(self.cases) > 1 or self.is_outcome:
                rows.append(f"<tr><th>case {k}: {escape(' or '.join(case.profiles))}</th></tr>")
            rows += [
                f"<tr><td>{notation.mathml(condition)}<br><small>{escape(condition.label)}</small></td></tr>"
                for condition in case.conditions
            ]
        notes = (
            "".join(f"<p>{escape(entry.reason)}</p>" for entry in self.impossible) if not self.cases else ""
        )
        return f"<table><caption>{escape(self.heading())}</caption>{''.join(rows)}</table>{notes}"
