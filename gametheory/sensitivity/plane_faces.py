"""What an equilibrium map of two parameters consists of: faces, the curves between them, and the points where curves end.

See :mod:`gametheory.sensitivity.plane_map`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gametheory import scalars
from gametheory.equilibria.result import EquilibriumSet
from gametheory.sensitivity._indifference import Indifference
from gametheory.sensitivity.threshold_map import _Picklable

if TYPE_CHECKING:
    from gametheory.sensitivity._plane_cells import Wall

__all__ = ["Curve", "CurveArc", "Face", "FaceCell", "Vertex"]


@dataclass(frozen=True, slots=True, eq=False)
class FaceCell:
    """A part of a face between two branches of curves over an interval of x.

    Attributes
    ----------
    low, high : Fraction or sympy.Expr
        The ends of the interval.
    lower, upper : (polynomial, position) or None
        The curve ``polynomial == 0`` and which of its real roots in y, counted from 0 below; None for the border of the rectangle.
    sample : (Fraction, Fraction)
        A point inside.
    """

    low: Any
    high: Any
    lower: tuple[Any, int] | None
    upper: tuple[Any, int] | None
    sample: tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True, eq=False)
class Face(_Picklable):
    """A connected open part of the rectangle on which fixed functions of the two parameters are the equilibria.

    Finitely many points of it may be exceptions.

    Attributes
    ----------
    number : int
        Its position among the faces of the map.
    label : str
        What is played, or what the map was asked to tell apart.
    sample : (Fraction, Fraction)
        A point of it.
    equilibria : EquilibriumSet
        With strategies and payoffs as functions of the two parameters. Each was judged at the sample: its regret there is exactly zero.
    outcomes : mapping of str to tuple
        Each outcome in each equilibrium, in their order.
    cells : tuple of FaceCell
        The parts of which it consists, from left to right and from below.
    area : Fraction or float
        A fraction where it is known exactly.
    area_share : Fraction or float
        Of the rectangle.
    area_error : float
        Bound on the error of `area`.
    """

    number: int
    label: str
    sample: tuple[Fraction, Fraction]
    equilibria: EquilibriumSet
    outcomes: Mapping[str, tuple[Any, ...]]
    cells: tuple[FaceCell, ...]
    area: Any
    area_share: Any
    area_error: float


@dataclass(frozen=True, slots=True, eq=False)
class CurveArc:
    """A piece of a curve between two vertices, with one face on either side.

    Attributes
    ----------
    low, high : Fraction or sympy.Expr
        The interval of x that it spans; of y, if it is a piece of a vertical line.
    vertical : bool
    before, after : int or None
        The faces below and above it; left and right of a vertical one. Where they are the same, the equilibria differ on the arc alone.
    ends : (int, int)
        The vertices at its ends.
    """

    low: Any
    high: Any
    vertical: bool
    before: int | None
    after: int | None
    ends: tuple[int, int]
    _walls: tuple[Wall, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """An irreducible curve on which the equilibria change.

    Attributes
    ----------
    polynomial : sympy.Expr
        The curve is where it is zero.
    solved : (str, sympy.Expr) or None
        One of the two parameters and what it is on the curve, if it enters linearly; the second parameter if both do.
    arcs : tuple of CurveArc
        The pieces on which the equilibria change.
    indifferences : tuple of Indifference
        Who is indifferent there between what, with the condition in all parameters, where pure equilibria come or go.
    """

    polynomial: Any
    solved: tuple[str, Any] | None
    arcs: tuple[CurveArc, ...]
    indifferences: tuple[Indifference, ...]

    @property
    def formula(self) -> str:
        """The curve as text, solved where that can be."""
        if self.solved is not None:
            return f"{self.solved[0]} = {scalars.to_text(self.solved[1])}"
        return f"{scalars.to_text(self.polynomial)} = 0"

    def to_latex(self) -> str:
        """The curve in LaTeX, without dollar signs."""
        if self.solved is not None:
            return f"{scalars.to_latex(scalars.symbol(self.solved[0]))} = {scalars.to_latex(self.solved[1])}"
        return f"{scalars.to_latex(self.polynomial)} = 0"

    def __str__(self) -> str:
        return self.formula


@dataclass(frozen=True, slots=True, eq=False)
class Vertex:
    """A point at which arcs end.

    Attributes
    ----------
    x, y : Fraction or sympy.Expr
        Exact coordinates.
    kind : {"crossing", "fold", "border", "end"}
        Where several curves or branches meet; where one curve turns back in x; on the border of the rectangle; where a curve ends
        alone, as one on which equilibria differ though they agree on both sides.
    curves : tuple of int
        The curves that meet there, as positions in the map.
    """

    x: Any
    y: Any
    kind: str
    curves: tuple[int, ...]

    @property
    def point(self) -> tuple[float, float]:
        """The coordinates as floats."""
        return float(self.x), float(self.y)
