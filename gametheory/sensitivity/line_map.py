r"""Branches: every equilibrium followed along one parameter, with its index, its birth and its death.

:func:`gametheory.sensitivity.thresholds` cuts the range of a parameter into open intervals on which the equilibria are fixed
functions of it. Here each is followed over the breakpoints. All functions have limits at the ends of their interval; the limit of
equilibria is an equilibrium, for the set of pairs of a parameter and an equilibrium is closed. Two equilibria, one on either side of a
breakpoint, belong to one *branch* if they have the same limit there. Where several of both sides meet in one point, the same function
goes on first, then the same index.

What happens at a breakpoint has a name:

- *fold*: two branches of one support meet and end (or begin): a double root of the equations;
- *border fold*: two branches of different supports do so, at the border of a simplex;
- *crossing*: branches meet and go on;
- *pitchfork*: one branch becomes three, or the other way round;
- *boundary*: a branch goes on with another support;
- *payoff tie*: branches end in, or come from, a continuum of equilibria that a tie makes, or one goes through it and changes its index;
- *isolated point*: there are equilibria at this value that no branch reaches.

**Index.** A regular equilibrium has an index, +1 or -1; those of all equilibria of a game sum to +1 where all are regular, and the sum over
those that converge to an isolated equilibrium of a game near by is that equilibrium's index, whatever the game near by
(Ritzberger 1994). So the indices that go into a point that is not in a continuum and those that come out have the same sum: births and
deaths away from ties come in pairs of opposite index. Both are checked for every interval and breakpoint; a failure is an internal
error, never a result.

References
----------
.. [1] K. Ritzberger, "The theory of normal form games from the differentiable viewpoint", *International Journal of Game
   Theory* 23 (1994), 207-236.
.. [2] J. Harsanyi, "Oddness of the number of equilibrium points: a new proof", *International Journal of Game Theory* 2
   (1973), 235-250.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gametheory import scalars
from gametheory.equilibria import representation
from gametheory.equilibria.result import Equilibrium, EquilibriumSet
from gametheory.errors import ParameterError, unknown
from gametheory.sensitivity._indifference import Indifference
from gametheory.sensitivity._joints import Joint, check_sum, label
from gametheory.sensitivity.threshold_map import (
    Breakpoint,
    Concept,
    Interval,
    Thresholds,
    _escape,
    _latex,
    _Picklable,
    _readable,
    surface,
)
from gametheory.sensitivity.thresholds import thresholds
from gametheory.solvers import _plotting

if TYPE_CHECKING:
    import pandas

    from gametheory.parameters.model import Model

__all__ = ["Branch", "Event", "LineMap", "Piece", "line_map"]


@dataclass(frozen=True, slots=True, eq=False)
class Piece(_Picklable):
    """A branch on one interval.

    Attributes
    ----------
    interval : Interval
    number : int
        Which of the equilibria of the interval it is, counted from 0.
    label : str
        The strategies that are played: the support, or along the play of a tree.
    """

    interval: Interval
    number: int
    label: str

    @property
    def equilibrium(self) -> Equilibrium:
        """The equilibrium, with strategies and payoffs as functions of the parameter."""
        return self.interval.equilibria[self.number]

    @property
    def index(self) -> int | None:
        """+1 or -1; None where it is not regular, or of a tree."""
        return self.equilibrium.index

    def value(self, outcome: str, number: Any) -> Any:
        """An outcome at an exact value within the interval or at its ends, where it is the limit; in a field of numbers."""
        return self.interval._functions[outcome][self.number].at(number)


@dataclass(frozen=True, slots=True, eq=False)
class Branch(_Picklable):
    """An equilibrium followed along the parameter.

    Attributes
    ----------
    number : int
        Counted from 1, as in pictures and tables.
    pieces : tuple of Piece
        On intervals next to each other.
    birth, death : str
        What happens at its ends, such as ``"fold"``; ``"range"`` where the range of the parameter ends.
    """

    number: int
    pieces: tuple[Piece, ...]
    birth: str
    death: str

    @property
    def label(self) -> str:
        """What is played; the supports in turn, where they change."""
        labels = [piece.label for piece in self.pieces]
        return " → ".join(label for k, label in enumerate(labels) if k == 0 or label != labels[k - 1])

    @property
    def low(self) -> Any:
        """Where the branch begins, exactly."""
        return self.pieces[0].interval.low

    @property
    def high(self) -> Any:
        """Where the branch ends, exactly."""
        return self.pieces[-1].interval.high

    @property
    def index(self) -> int | None:
        """The index, if it is the same on all pieces."""
        indices = {piece.index for piece in self.pieces}
        return indices.pop() if len(indices) == 1 else None

    def __str__(self) -> str:
        found = [piece.index for piece in self.pieces]
        signs = [
            f"{index:+d}" for k, index in enumerate(found) if index and (k == 0 or index != found[k - 1])
        ]
        return f"{self.number}. {self.label}" + (f" (index {', '.join(signs)})" if signs else "")

    __repr__ = __str__


@dataclass(frozen=True, slots=True, eq=False)
class Event(_Picklable):
    """What happens at a breakpoint.

    Attributes
    ----------
    value : Fraction or sympy.Expr
    kinds : tuple of str
        See the module; ``"end of the range"`` for a breakpoint that is one.
    born, died, changed : tuple of int
        Numbers of branches: those that begin, end, or go through a point where something happens to them.
    indifferences : tuple of Indifference
        Whose choice between pure plays turns, with the condition in all parameters.
    breakpoint : Breakpoint
        With the equilibria at exactly this value.
    """

    value: Any
    kinds: tuple[str, ...]
    born: tuple[int, ...]
    died: tuple[int, ...]
    changed: tuple[int, ...]
    indifferences: tuple[Indifference, ...]
    breakpoint: Breakpoint

    @property
    def kind(self) -> str:
        """The kinds in one text."""
        return ", ".join(self.kinds)

    def describe(self) -> str:
        """Kinds, births and deaths in one line."""
        parts = [self.kind]
        for word, numbers in (("begin", self.born), ("end", self.died)):
            if numbers:
                several = "branches" if len(numbers) > 1 else "branch"
                parts.append(
                    f"{several} {', '.join(map(str, numbers))} {word}{'' if len(numbers) > 1 else 's'}"
                )
        parts += [str(turn) for turn in self.indifferences]
        return "; ".join(parts)


@dataclass(frozen=True, slots=True, eq=False)
class LineMap(_Picklable):
    """Every equilibrium along one parameter, as branches; what ``equilibrium_map(model, name)`` returns.

    Attributes
    ----------
    thresholds : Thresholds
        The same without branches: intervals and breakpoints.
    branches : tuple of Branch
    events : tuple of Event
        One for each breakpoint.
    """

    thresholds: Thresholds
    branches: tuple[Branch, ...]
    events: tuple[Event, ...]
    #: For each interval and equilibrium the number of the branch.
    _numbers: tuple[tuple[int, ...], ...] = field(repr=False)

    @property
    def model(self) -> Model:
        """The model."""
        return self.thresholds.model

    @property
    def name(self) -> str:
        """The free parameter."""
        return self.thresholds.name

    @property
    def low(self) -> Fraction:
        """The lower end of the range looked at."""
        return self.thresholds.low

    @property
    def high(self) -> Fraction:
        """The upper end of the range looked at."""
        return self.thresholds.high

    @property
    def fixed(self) -> Mapping[str, Fraction]:
        """Values of the others."""
        return self.thresholds.fixed

    @property
    def concept(self) -> Concept:
        """The solution concept."""
        return self.thresholds.concept

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """The intervals on which the equilibria are fixed functions."""
        return self.thresholds.intervals

    @property
    def points(self) -> tuple[Any, ...]:
        """The breakpoints, exactly."""
        return self.thresholds.points

    @property
    def complete(self) -> bool:
        """Whether every equilibrium on every interval is found."""
        return self.thresholds.complete

    @property
    def reason(self) -> str:
        """Why the map is not complete."""
        return self.thresholds.reason

    def at(self, value: Any) -> EquilibriumSet:
        """The equilibria at one value of the parameter; see :meth:`Thresholds.at`.

        Raises
        ------
        ParameterError
            If the value lies outside the range.
        """
        return self.thresholds.at(value)

    def branches_at(self, value: Any) -> tuple[Branch, ...]:
        """The branches that exist at a value which is no breakpoint, in the order of the interval's equilibria.

        Raises
        ------
        ParameterError
            If the value lies outside the range, or is a breakpoint.
        """
        interval = self.thresholds.interval_at(value)
        if interval is None:
            raise ParameterError(
                f"{self.name} = {value} is a breakpoint, where branches meet; LineMap.at(value) lists the equilibria there."
            )
        numbers = self._numbers[self.intervals.index(interval)]
        return tuple(self.branches[k - 1] for k in numbers)

    def value(self, branch: int, outcome: str, value: Any) -> Any:
        """An outcome on a branch at a value of the parameter, exactly.

        Parameters
        ----------
        branch : int
            Its number.
        outcome : str
        value : number
            Within an interval of the branch; a float is read as the decimal that it prints as.

        Returns
        -------
        Fraction or sympy.Expr

        Raises
        ------
        UnknownName
            If there is no such branch or outcome.
        ParameterError
            If the branch does not exist at the value.
        """
        if not 1 <= branch <= len(self.branches):
            raise unknown("branch", str(branch), [str(b.number) for b in self.branches])
        outcome = self.outcome(outcome)
        interval = self.thresholds.interval_at(value)
        for piece in self.branches[branch - 1].pieces:
            if piece.interval is interval:
                number = scalars.exact(value, f"the value of {self.name}")
                return surface(piece.value(outcome, number), self.name)
        raise ParameterError(
            f"branch {branch} does not exist at {self.name} = {value}: it runs from {self.branches[branch - 1].low} to "
            f"{self.branches[branch - 1].high}."
        )

    def outcome(self, name: str) -> str:
        """The full name of an outcome; ``"Russia: act"`` is short for ``"P(Russia: act)"``.

        Raises
        ------
        UnknownName
            If the model has no such outcome.
        """
        known = self.intervals[0]._functions
        for candidate in (name, f"P({name})"):
            if candidate in known:
                return candidate
        raise unknown("outcome", name, known)

    def to_frame(self) -> pandas.DataFrame:
        """One row for each branch and interval."""
        import pandas as pd

        rows = [
            {
                "branch": branch.number,
                "play": piece.label,
                "index": piece.index,
                "low": piece.interval.low,
                "high": piece.interval.high,
                "low_value": float(piece.interval._ends[0]),
                "high_value": float(piece.interval._ends[1]),
                "birth": branch.birth if piece is branch.pieces[0] else "",
                "death": branch.death if piece is branch.pieces[-1] else "",
                "continuum": piece.equilibrium.continuum,
                **{name: values[piece.number] for name, values in piece.interval.outcomes.items()},
            }
            for branch in self.branches
            for piece in branch.pieces
        ]
        return pd.DataFrame(rows)

    def to_latex(self) -> str:
        """A ``tabular`` of the branches: where they are, what is played with which probabilities, how they begin and end."""
        symbol = scalars.to_latex(scalars.symbol(self.name))
        lines = [
            r"\begin{tabular}{r l l r l l}",
            r"\hline",
            rf"Branch & ${symbol}$ & Equilibrium & Index & Birth & Death \\",
            r"\hline",
        ]
        for branch in self.branches:
            for k, piece in enumerate(branch.pieces):
                where = f"${_latex(piece.interval.low)}$ to ${_latex(piece.interval.high)}$"
                last = piece is branch.pieces[-1]
                ends = [branch.birth if k == 0 else "", branch.death if last else ""]
                index = "" if piece.index is None else f"${piece.index:+d}$"
                play = representation.latex_play(piece.equilibrium)
                number = str(branch.number) if k == 0 else ""
                cells = [number, where, play, index, *map(_escape, ends)]
                lines.append(" & ".join(cells) + r" \\")
        return "\n".join([*lines, r"\hline", r"\end{tabular}"])

    def plot(self, outcome: str | None = None, **options: Any) -> Any:
        """Draw an outcome on every branch against the parameter; needs the ``plot`` extra.

        Returns
        -------
        matplotlib.figure.Figure
        """
        return _plotting.draw("line_map", self, outcome=outcome, **options)

    def __str__(self) -> str:
        head = f"{self.name} from {scalars.to_text(self.low)} to {scalars.to_text(self.high)}: "
        concept = "Nash" if self.concept == "nash" else "subgame-perfect"
        head += f"{len(self.branches)} branch{'es' * (len(self.branches) != 1)} of {concept} equilibria"
        lines = [head if self.complete else f"{head}, not complete: {self.reason}"]
        for branch in self.branches:
            first, last = branch.pieces[0].interval, branch.pieces[-1].interval
            ends = f"{_readable(first.low, first._ends[0])} to {_readable(last.high, last._ends[1])}"
            fate = [
                f"{word} by {kind}"
                for word, kind in (("begins", branch.birth), ("ends", branch.death))
                if kind != "range"
            ]
            lines.append(f"  {branch}: {ends}" + (f"; {', '.join(fate)}" if fate else ""))
        lines += [
            f"  {self.name} = {_readable(event.value, event.breakpoint._number)}: {event.describe()}"
            for event in self.events
        ]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        rows = []
        for branch in self.branches:
            first, last = branch.pieces[0].interval, branch.pieces[-1].interval
            cells = [
                str(branch.number),
                branch.label,
                "" if branch.index is None else f"{branch.index:+d}",
                f"{_readable(first.low, first._ends[0])} to {_readable(last.high, last._ends[1])}",
                branch.birth,
                branch.death,
            ]
            rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
        head = "".join(f"<th>{word}</th>" for word in ("", "Equilibrium", "Index", "Where", "Birth", "Death"))
        caption = escape(str(self).split("\n", 1)[0])
        return f"<table><caption>{caption}</caption><tr>{head}</tr>{''.join(rows)}</table>"


def line_map(
    model: Model,
    name: str,
    *,
    at: Mapping[str, Any] | None = None,
    over: tuple[Any, Any] | None = None,
    concept: str | None = None,
    progress: bool = True,
) -> LineMap:
    """The map of one parameter; see :func:`gametheory.sensitivity.equilibrium_map`."""
    found = thresholds(model, name, at=at, over=over, concept=concept, progress=progress)
    for interval in found.intervals:
        check_sum(interval, name)
    labels = [
        tuple(label(equilibrium) for equilibrium in interval.equilibria) for interval in found.intervals
    ]
    joints = [
        Joint(found, labels, k, next(p for p in found.breakpoints if p._number == left._ends[1]))
        for k, (left, _) in enumerate(pairwise(found.intervals))
    ]
    numbers: list[list[int]] = []
    chains: list[list[tuple[int, int]]] = []
    for k, interval in enumerate(found.intervals):
        before = joints[k - 1].onward if k else {}
        came = {right: left for left, right in before.items()}
        own = []
        for place in range(len(interval.equilibria)):
            if place in came:
                number = numbers[-1][came[place]]
            else:
                chains.append([])
                number = len(chains)
            chains[number - 1].append((k, place))
            own.append(number)
        numbers.append(own)
    branches = []
    for number, chain in enumerate(chains, 1):
        (first, start), (last, end) = chain[0], chain[-1]
        branches.append(
            Branch(
                number,
                tuple(Piece(found.intervals[k], place, labels[k][place]) for k, place in chain),
                joints[first - 1].births[start] if first else "range",
                joints[last].deaths[end] if last < len(joints) else "range",
            )
        )
    by_value = {id(joint.point): (k, joint) for k, joint in enumerate(joints)}
    events = []
    for point in found.breakpoints:
        if id(point) not in by_value:
            events.append(Event(point.value, ("end of the range",), (), (), (), point.indifferences, point))
            continue
        k, joint = by_value[id(point)]
        events.append(
            Event(
                point.value,
                joint.kinds,
                tuple(numbers[k + 1][place] for place in sorted(joint.births)),
                tuple(numbers[k][place] for place in sorted(joint.deaths)),
                tuple(numbers[k][place] for place in joint.changed),
                point.indifferences,
                point,
            )
        )
    return LineMap(found, tuple(branches), tuple(events), tuple(map(tuple, numbers)))
