"""What :func:`gametheory.sensitivity.comparative_statics.comparative_statics` returns: a table of derivatives that knows its formulas.

A number is a :class:`~fractions.Fraction` where the equilibrium is rational. Where it is not, it is a pair of proved rational bounds
(:class:`Bounds`). Formulas are made when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from gametheory import scalars
from gametheory.errors import unknown
from gametheory.sensitivity import _statics_formulas
from gametheory.sensitivity._implicit import Bounds, Family, Number
from gametheory.solvers import _plotting

if TYPE_CHECKING:
    import pandas as pd

    from gametheory.parameters.model import Model

__all__ = ["BindingCondition", "Bounds", "ComparativeStatics", "Response"]

Kind: TypeAlias = Literal[
    "derivative", "elasticity", "sign", "box", "side", "formula", "direct", "strategic", "own"
]
PARTS = ("direct", "strategic", "own")
KINDS = ("derivative", "elasticity", "sign", "box", "side", "formula", *PARTS)


def _freeze(result: Any, *names: str) -> None:
    """Make mappings read-only."""
    for name in names:
        object.__setattr__(result, name, MappingProxyType(dict(getattr(result, name))))


def _thawed(result: Any) -> tuple[Any, ...]:
    """How to pickle a result: read-only mappings do not, copies of them do."""
    values = (getattr(result, field.name) for field in fields(result))
    return type(result), tuple(
        dict(value) if isinstance(value, MappingProxyType) else value for value in values
    )


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """How one outcome of the equilibrium moves with each parameter.

    Attributes
    ----------
    name : str
    kind : {"strategy", "payoff", "outcome", "threshold"}
    value : Fraction, Bounds or RealAlgebraic
        At the point.
    derivatives : mapping of str to (Fraction, Bounds or None)
        By parameter; None where it does not exist, for a reason given in `note`.
    direct, strategic, own : mapping of str to (Fraction or Bounds)
        Of a payoff, by parameter: through the own payoffs with all strategies fixed; through the strategies of others; through the
        own strategy, which is zero by the envelope theorem. They add up to the derivative. Empty for other outcomes.
    note : str
        What is peculiar about it.
    """

    name: str
    kind: str
    value: Any
    derivatives: Mapping[str, Number | None]
    direct: Mapping[str, Number]
    strategic: Mapping[str, Number]
    own: Mapping[str, Number]
    #: What the outcome is a function of: a place and an action, a player, a functional of the ends, or a condition.
    source: tuple[Any, ...]
    note: str = ""

    def __post_init__(self) -> None:
        _freeze(self, "derivatives", "direct", "strategic", "own")

    def __reduce__(self) -> tuple[Any, ...]:
        return _thawed(self)

    def elasticity(self, name: str, value: Fraction) -> Number | None:
        """The derivative in relative terms, where the parameter has a value; None where the outcome is zero."""
        rate = self.derivatives[name]
        if rate is None:
            return None
        bounds = getattr(self.value, "bounds", None)
        worth = Bounds(*bounds(256)) if bounds is not None else self.value
        if isinstance(worth, Bounds):
            inverse = worth.inverse()
            if inverse is None:
                return None
            return Fraction(0) if rate == 0 or value == 0 else inverse.times(rate).times(value)
        if worth == 0:
            return None
        return rate.times(value / worth) if isinstance(rate, Bounds) else rate * value / worth

    def sign(self, name: str) -> str:
        """``"+"``, ``"-"`` or ``"0"``; ``"?"`` where it is not known."""
        rate = self.derivatives[name]
        sign = rate.sign if isinstance(rate, Bounds) else None if rate is None else (rate > 0) - (rate < 0)
        return "?" if sign is None else {1: "+", -1: "-", 0: "0"}[sign]

    def is_moved_by(self, name: str) -> bool:
        """Whether a parameter moves the outcome, or has effects on it that cancel each other."""
        return self.sign(name) != "0" or self.direct.get(name, 0) != 0


@dataclass(frozen=True, slots=True, eq=False)
class BindingCondition:
    """A condition of the equilibrium that is met with equality at the point: the equilibrium lies on its boundary.

    Attributes
    ----------
    label : str
        What the condition rules out.
    sides : mapping of str to {"both", "up", "down", "none", "unknown"}
        By parameter: whether the condition still holds when it moves alone, a little, up or down.
    """

    label: str
    sides: Mapping[str, str]

    def __post_init__(self) -> None:
        _freeze(self, "sides")

    def __reduce__(self) -> tuple[Any, ...]:
        return _thawed(self)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ComparativeStatics:
    """Derivatives of everything in an equilibrium with respect to parameters.

    Attributes
    ----------
    model : Model
    play : str
        What the equilibrium does.
    at : mapping of str to Fraction
        The value of every parameter.
    parameters : tuple of str
        The columns.
    responses : tuple of Response
        The rows.
    exact : bool
        Whether the equilibrium is rational, and so all numbers are fractions; otherwise they are proved bounds.
    index : +1, -1 or None
        Of the regular equilibrium (in a tree the product over stages); None on a boundary.
    binding : tuple of BindingCondition
        Conditions that bind at the point. There the derivatives are those of the equilibria of the same support, which exist on the sides
        that all of these allow; see :meth:`side`.
    notes : tuple of str

    Examples
    --------
    See :func:`~gametheory.sensitivity.comparative_statics.comparative_statics`.
    """

    model: Model
    play: str
    at: Mapping[str, Fraction]
    parameters: tuple[str, ...]
    responses: tuple[Response, ...]
    exact: bool
    index: int | None
    binding: tuple[BindingCondition, ...]
    notes: tuple[str, ...]
    family: Family

    def __post_init__(self) -> None:
        _freeze(self, "at")

    def __reduce__(self) -> tuple[Any, ...]:
        return _thawed(self)

    # -- looking up ---------------------------------------------------------------------------------------------------
    def __iter__(self) -> Iterator[Response]:
        return iter(self.responses)

    def __len__(self) -> int:
        return len(self.responses)

    def __getitem__(self, outcome: str) -> Response:
        """A row by its name, or by the beginning of its name if only one row begins so."""
        names = [response.name for response in self.responses]
        if outcome in names:
            return self.responses[names.index(outcome)]
        found = [response for response in self.responses if response.name.startswith(str(outcome))]
        if len(found) != 1:
            raise unknown("outcome", outcome, names)
        return found[0]

    def _column(self, parameter: str) -> str:
        if parameter not in self.parameters:
            raise unknown("parameter", parameter, self.parameters)
        return parameter

    def derivative(self, outcome: str, parameter: str) -> Number | None:
        """The derivative of an outcome with respect to a parameter, at the point."""
        return self[outcome].derivatives[self._column(parameter)]

    def elasticity(self, outcome: str, parameter: str) -> Number | None:
        """By how many percent the outcome moves if the parameter moves by one; None where the outcome is zero."""
        return self[outcome].elasticity(self._column(parameter), self.at[parameter])

    def sign(self, outcome: str, parameter: str) -> str:
        """The sign of the derivative at the point: ``"+"``, ``"-"``, ``"0"``, or ``"?"`` where it is not known."""
        return self[outcome].sign(self._column(parameter))

    def side(self, parameter: str) -> str:
        """On which sides the equilibrium persists as a parameter moves alone, as the sides of a :class:`BindingCondition`."""
        allowed = {condition.sides[self._column(parameter)] for condition in self.binding} - {"both"}
        if "none" in allowed or allowed >= {"up", "down"}:
            return "none"
        if "unknown" in allowed:
            return "unknown"
        return allowed.pop() if allowed else "both"

    def formula(self, outcome: str, parameter: str | None = None, *, elasticity: bool = False) -> Any:
        """The derivative as a formula in all parameters, or without a parameter the outcome itself.

        Parameters
        ----------
        outcome : str
        parameter : str, optional
        elasticity : bool
            The derivative times the parameter over the outcome.

        Returns
        -------
        sympy.Expr
            A rational function of the parameters, arranged to be read. Where more than two mix in a stage there are no such closed forms,
            and it is one of the parameters and of the mixed probabilities, which are symbols with the names of their actions. For a
            threshold that is not given by a linear equation, the free parameter in it stands for the threshold.

        Raises
        ------
        UnknownName
            If there is no such outcome or parameter.
        """
        response = self[outcome]
        if parameter is not None:
            self._column(parameter)
        return _statics_formulas.formula(self.family, response.source, parameter, elasticity=elasticity)

    def sign_over_box(
        self,
        outcome: str,
        parameter: str,
        *,
        where: Literal["defined", "equilibrium"] = "defined",
        budget: int = 100,
    ) -> str:
        """The sign of the formula of a derivative over the whole box of parameters.

        Parameters
        ----------
        outcome, parameter : str
        where : {"defined", "equilibrium"}
            The points of the box that count: all at which the formula is defined, or those at which all conditions of the equilibrium hold.
        budget : int
            Parts of the box to look at for each of two proofs, with ``where="equilibrium"``.

        Returns
        -------
        {"+", "-", "0", "+/-", "?"}
            ``"+"``: proved nowhere negative. ``"+/-"``: both signs occur, proved by points. ``"?"``: neither was proved.

        Examples
        --------
        A greater gain raises Ann's payoff where she takes part, and she takes part only if the size of the market is not negative:

        >>> import gametheory as gt
        >>> space = gt.ParameterSpace(gt.Parameter("size", 1, -1, 1), gt.Parameter("gain", 1, "1/2", 2))
        >>> size, gain = space.symbols("size gain")
        >>> tree = gt.Decision("Ann", {"in": gt.Outcome(Ann=size * gain), "out": gt.Outcome(Ann=0)})
        >>> found = gt.sensitivity.comparative_statics(gt.Model("entry", gt.ExtensiveGame(tree), space))
        >>> found.sign_over_box("payoff: Ann", "gain")
        '+/-'
        >>> found.sign_over_box("payoff: Ann", "gain", where="equilibrium")
        '+'
        """
        source, column = self[outcome].source, self._column(parameter)
        space = self.model.space
        box = {name: (space[name].low, space[name].high) for name in self.model.game.parameters}
        if where == "defined":
            return _statics_formulas.sign_over_box(self.family, source, column, box)
        if where != "equilibrium":
            raise unknown("set of points", where, ("defined", "equilibrium"))
        return _statics_formulas.sign_where_played(self.family, source, column, box, budget=budget)

    # -- showing ------------------------------------------------------------------------------------------------------
    def cell(self, response: Response, parameter: str, kind: Kind) -> Any:
        """One cell of a table."""
        if kind == "derivative":
            return response.derivatives[parameter]
        if kind == "elasticity":
            return response.elasticity(parameter, self.at[parameter])
        if kind == "sign":
            return response.sign(parameter)
        if kind == "box":
            return self.sign_over_box(response.name, parameter)
        if kind == "side":
            return self.side(parameter)
        if kind == "formula":
            return self.formula(response.name, parameter)
        if kind not in KINDS:
            raise unknown("kind of table", kind, KINDS)
        return getattr(response, kind).get(parameter)

    def to_frame(self, kind: Kind = "derivative") -> pd.DataFrame:
        """A table with a row for each outcome and a column for each parameter.

        Parameters
        ----------
        kind : {"derivative", "elasticity", "sign", "box", "side", "formula", "direct", "strategic", "own"}
            ``"box"`` holds the signs over the whole box; ``"direct"``, ``"strategic"`` and ``"own"`` the parts of the derivative of
            payoffs, and have rows for those only. Numbers are exact, or :class:`Bounds`.
        """
        import pandas as pd

        rows = [r for r in self.responses if kind not in PARTS or r.kind == "payoff"]
        cells = [[self.cell(response, name, kind) for name in self.parameters] for response in rows]
        index = pd.Index([response.name for response in rows], name="outcome")
        return pd.DataFrame(cells, index=index, columns=list(self.parameters), dtype=object)

    @property
    def moving(self) -> tuple[tuple[Response, ...], tuple[str, ...]]:
        """The outcomes that some parameter moves, and the parameters that move some outcome.

        A payoff counts as moved also where a direct and a strategic effect cancel each other.
        """
        rows = tuple(r for r in self.responses if any(map(r.is_moved_by, self.parameters)))
        return rows, tuple(name for name in self.parameters if any(r.is_moved_by(name) for r in rows))

    def to_latex(self, kind: Kind = "derivative", *, transpose: bool | None = None) -> str:
        """A ``tabular`` of what moves.

        Parameters
        ----------
        kind : str
            As for :meth:`to_frame`.
        transpose : bool, optional
            Parameters as rows; by default if there are more of them than outcomes.
        """
        rows, names = self.moving
        if kind in PARTS:
            rows = tuple(r for r in rows if r.kind == "payoff")
        cells = [[self._latex(self.cell(response, name, kind)) for name in names] for response in rows]
        heads = [_escaped(response.name) for response in rows]
        columns = [f"${scalars.to_latex(scalars.symbol(name))}$" for name in names]
        if len(names) > len(rows) if transpose is None else transpose:
            cells = [[line[k] for line in cells] for k in range(len(names))]
            heads, columns = columns, heads
        lines = [
            rf"\begin{{tabular}}{{l {'r ' * len(columns)}}}".replace(" }", "}"),
            r"\hline",
            " & ".join(["", *columns]) + r" \\",
            r"\hline",
            *(" & ".join([head, *line]) + r" \\" for head, line in zip(heads, cells, strict=True)),
            r"\hline",
            r"\end{tabular}",
        ]
        return "\n".join(lines)

    @staticmethod
    def _latex(value: Any) -> str:
        if value is None:
            return "--"
        if isinstance(value, str):
            return {"+/-": r"$\pm$"}.get(value, f"${value}$" if value in "+-0?" else value)
        if isinstance(value, Bounds):
            return rf"$\approx {scalars.to_latex(float(value))}$"
        return f"${scalars.to_latex(value)}$"

    def plot(self, **options: Any) -> Any:
        """Draw the signs and strengths as a table; needs the ``plot`` extra.

        Returns
        -------
        matplotlib.figure.Figure
        """
        return _plotting.draw("comparative_statics", self, **options)

    def _head(self) -> str:
        index = "" if self.index is None else f", index {self.index:+d}"
        how = "exact" if self.exact else "in proved bounds"
        return f"comparative statics of {self.model.name}, {how}{index}: {self.play}"

    def _remarks(self) -> list[str]:
        remarks = [f"on the boundary: '{condition.label}' binds" for condition in self.binding]
        if self.binding:
            by: dict[str, list[str]] = {}
            for name in self.parameters:
                by.setdefault(self.side(name), []).append(name)
            said = {
                "up": "persists only as these rise",
                "down": "persists only as these fall",
                "none": "is lost as these move either way",
                "both": "persists as these move",
                "unknown": "not known whether it persists as these move",
            }
            remarks += [f"{said[side]}: {', '.join(names)}" for side, names in by.items()]
        still = [r.name for r in self.responses if r not in self.moving[0]]
        if still:
            remarks.append(f"moved by none of the parameters: {', '.join(still)}")
        return [*remarks, *(f"{r.name}: {r.note}" for r in self.responses if r.note), *self.notes]

    def __str__(self) -> str:
        lines = [self._head()]
        rows, names = self.moving
        for response in rows:
            lines.append(f"  {response.name} = {_short(response.value)}")
            cells = []
            for name in names:
                if response.is_moved_by(name):
                    rate = response.derivatives[name]
                    parts = ""
                    if response.strategic.get(name, 0) != 0 and response.direct[name] != 0:
                        parts = f" (direct {_signed(response.direct[name])}, strategic {_signed(response.strategic[name])})"
                    cells.append(f"{name} {'?' if rate is None else _signed(rate)}{parts}")
            lines.append(f"    {', '.join(cells)}")
        return "\n".join([*lines, *(f"  {remark}" for remark in self._remarks())])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows, names = self.moving
        head = "".join(f"<th>{escape(name)}</th>" for name in ("", "value", *names))
        body = "".join(
            f"<tr><th style='text-align:left'>{escape(r.name)}</th><td>{escape(_short(r.value))}</td>"
            + "".join(_html_cell(r, name) for name in names)
            + "</tr>"
            for r in rows
        )
        remarks = "".join(f"<li>{escape(remark)}</li>" for remark in self._remarks())
        return (
            f"<p>{escape(self._head())}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            + (f"<ul>{remarks}</ul>" if remarks else "")
        )


def _html_cell(response: Response, name: str) -> str:
    rate, sign = response.derivatives[name], response.sign(name)
    colour = {"+": "#d3e8f5", "-": "#f9dfc8", "?": "#eeeeee"}.get(sign)
    style = f" style='background:{colour};color:#1a1a1a'" if colour else ""
    text = "?" if rate is None else "0" if sign == "0" else _signed(rate)
    return f"<td{style}>{escape(text)}</td>"


def _short(value: Any) -> str:
    """A number of at most about a dozen characters."""
    if isinstance(value, Fraction):
        text = scalars.to_text(value)
        return text if len(text) <= 12 else f"{float(value):.6g}"
    return f"{float(value):.6g}"


def _signed(rate: Number) -> str:
    text = _short(rate)
    return text if text.startswith("-") or rate == 0 else f"+{text}"


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "_&%#$" else c for c in text)
