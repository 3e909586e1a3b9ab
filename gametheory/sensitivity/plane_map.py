r"""Exact maps of two parameters: every equilibrium for all values of both.

Two parameters are free over a rectangle, the others are fixed at exact values. The rectangle falls into finitely many *faces* and the
curves between them. On a face the equilibria are given by fixed rational functions of the two parameters; the curves are branches of
algebraic curves, and they end in finitely many *vertices*, whose coordinates are exact. There is no grid and no tolerance; see
:mod:`gametheory.sensitivity._planar` for how, and why nothing is missed.

The map is *complete* (every equilibrium on every face, extreme ones where there is a continuum) for games of two players and for trees
whose stages have at most two movers. Otherwise ``complete`` is False and ``reason`` says why.

References
----------
.. [1] G. E. Collins, "Quantifier elimination for real closed fields by cylindrical algebraic decomposition", *Automata Theory and
   Formal Languages*, Springer LNCS 33, 1975, 134-183.
.. [2] S. Basu, R. Pollack and M.-F. Roy, *Algorithms in Real Algebraic Geometry*, 2nd ed., Springer, 2006.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from gametheory import scalars
from gametheory.errors import ParameterError, Unsupported
from gametheory.parameters.model import Model
from gametheory.sensitivity import _planar, _plane_cells
from gametheory.sensitivity._plane_build import Builder
from gametheory.sensitivity._plane_game import PlaneGame
from gametheory.sensitivity._plane_geometry import Geometry
from gametheory.sensitivity._plane_polynomials import Plane
from gametheory.sensitivity.phase_diagram import _node, axes_of
from gametheory.sensitivity.plane_faces import Curve, CurveArc, Face, FaceCell, Vertex
from gametheory.sensitivity.sweep import fixed_values, split_outcomes
from gametheory.sensitivity.threshold_map import Concept, _Picklable, solve_numbers
from gametheory.sensitivity.thresholds import concept_for
from gametheory.solvers import _plotting
from gametheory.solvers.rational_functions import Ring

if TYPE_CHECKING:
    import pandas as pd

    from gametheory.equilibria.result import EquilibriumSet

__all__ = ["Curve", "CurveArc", "Face", "FaceCell", "PlaneMap", "Vertex", "plane_map"]

#: How far drawn lines may be from the curves, as a share of the ranges.
TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class PlaneMap(_Picklable):
    """Every equilibrium for all values of two parameters; what ``equilibrium_map(model, x, y)`` returns.

    Attributes
    ----------
    model : Model
    x, y : str
        The two parameters.
    x_range, y_range : (Fraction, Fraction)
        The rectangle.
    fixed : mapping of str to Fraction
        The values of all other parameters.
    concept : {"nash", "subgame_perfect"}
    outcome, after : str or None
        What the labels tell apart, if not the whole play.
    faces : tuple of Face
        Connected, largest first.
    curves : tuple of Curve
        On which the equilibria change.
    vertices : tuple of Vertex
        At which arcs of curves end, from left to right and from below.
    labels : tuple of str
        Each label once, that with the largest area first.
    complete : bool
        Whether every equilibrium on every face is found.
    reason : str
        Why not.
    """

    model: Model
    x: str
    y: str
    x_range: tuple[Fraction, Fraction]
    y_range: tuple[Fraction, Fraction]
    fixed: Mapping[str, Fraction]
    concept: Concept
    outcome: str | None
    after: str | None
    faces: tuple[Face, ...]
    curves: tuple[Curve, ...]
    vertices: tuple[Vertex, ...]
    labels: tuple[str, ...]
    _work: _plane_cells.Decomposition = field(repr=False)
    _number: Mapping[_plane_cells.Place, int] = field(repr=False)

    @property
    def complete(self) -> bool:
        """Whether every equilibrium on every face is found."""
        return all(face.equilibria.complete for face in self.faces)

    @property
    def reason(self) -> str:
        """Why the map is not complete."""
        return "; ".join(dict.fromkeys(f.equilibria.reason for f in self.faces if f.equilibria.reason))

    # -- points --------------------------------------------------------------------------------------------------------------
    def at(self, x: Any, y: Any) -> EquilibriumSet:
        """The equilibria at one point, solved exactly there; floats are read as the decimals that they print as.

        Raises
        ------
        ParameterError
            If the point lies outside the rectangle.
        """
        return solve_numbers(self.model, self.concept, {**self.fixed, **self._point(x, y)})

    def face_at(self, x: Any, y: Any) -> Face | None:
        """The face that holds a point, or None where its closed forms are not the equilibria, as on a curve; decided exactly.

        Raises
        ------
        ParameterError
            If the point lies outside the rectangle.
        """
        point = self._point(x, y)
        at = point[self.x], point[self.y]
        places, inside = self._work.touched(*at)
        numbers = {self._number[self._work.find(place)] for place in places}
        if len(numbers) != 1:
            return None
        face = self.faces[numbers.pop()]
        if inside and all(p.sign(*at) for p in self._work.cell(places[0]).leaf.touching):
            return face
        # On the border, between two cells of the face, or where something that never changes its sign is zero.
        return face if self._holds(places[0], point) else None

    def _holds(self, place: _plane_cells.Place, point: Mapping[str, Fraction]) -> bool:
        """Whether the equilibria at a point are what the closed forms of a cell are worth there."""
        ring, solution = self._work.plane.ring, self._work.cell(place).leaf.solution
        try:
            ours = [
                [
                    tuple(
                        ring.evaluate(p.numerator, point) / ring.evaluate(p.denominator, point)
                        for p in vector
                    )
                    for vector in profile
                ]
                for profile in solution.profiles
            ]
        except ZeroDivisionError:
            return False
        found = self.at(point[self.x], point[self.y])
        theirs = [[tuple(vector) for vector in e.profile.arrays] for e in found]
        return len(ours) == len(theirs) and all(
            any(a == b and own == other.continuum for b, other in zip(theirs, found, strict=True))
            for a, own in zip(ours, solution.continuum, strict=True)
        )

    def _point(self, x: Any, y: Any) -> dict[str, Fraction]:
        point = {}
        for name, value, (low, high) in ((self.x, x, self.x_range), (self.y, y, self.y_range)):
            number = scalars.exact(value, f"the value of {name}")
            if not low <= number <= high:
                raise ParameterError(
                    f"{name} = {scalars.to_text(number)} lies outside the map, which goes from {scalars.to_text(low)} to "
                    f"{scalars.to_text(high)}; ask for a larger one with over={{{name!r}: (low, high)}}."
                )
            point[name] = number
        return point

    # -- tables --------------------------------------------------------------------------------------------------------------
    @property
    def area_shares(self) -> pd.Series[Any]:
        """Share of the rectangle that each label takes, largest first; a fraction where it is known exactly."""
        import pandas as pd

        shares = {
            label: sum((face.area_share for face in self.faces if face.label == label), start=Fraction(0))
            for label in self.labels
        }
        return pd.Series(
            list(shares.values()), index=list(shares), name="area_share", dtype=object
        ).sort_values(ascending=False, kind="stable", key=lambda column: column.astype(float))

    def to_frame(self) -> pd.DataFrame:
        """One row for each equilibrium on each face, in their order."""
        import pandas as pd

        rows = []
        for face in self.faces:
            for k, equilibrium in enumerate(face.equilibria):
                rows.append(
                    {
                        "face": face.number,
                        "label": face.label,
                        "area_share": float(face.area_share),
                        self.x: face.sample[0],
                        self.y: face.sample[1],
                        "equilibrium": k + 1,
                        "play": equilibrium.play,
                        "index": equilibrium.index,
                        "continuum": equilibrium.continuum,
                        **{name: values[k] for name, values in face.outcomes.items()},
                    }
                )
        return pd.DataFrame(rows)

    def borders(self) -> tuple[tuple[Curve, CurveArc], ...]:
        """The arcs on either side of which the labels differ, each with its curve."""
        return tuple(
            (curve, arc)
            for curve in self.curves
            for arc in curve.arcs
            if arc.before is not None
            and arc.after is not None
            and self.faces[arc.before].label != self.faces[arc.after].label
        )

    # -- shapes --------------------------------------------------------------------------------------------------------------
    def polyline(self, arc: CurveArc, tolerance: float = TOLERANCE) -> list[tuple[float, float]]:
        """Points of an arc that are joined by lines no farther from it than a share of the ranges."""
        geometry = Geometry(self._work)
        ends = [self.vertices[end].point for end in arc.ends]
        points = [ends[0]]
        for k, wall in enumerate(arc._walls):
            last = k == len(arc._walls) - 1
            end = ends[1] if last else geometry.end_of(wall)
            if wall.position is not None:
                section = _plane_cells.Section(wall.polynomial, wall.position)
                line = geometry.polyline(section, wall.cylinder, (points[-1], end), tolerance)
                points.extend((float(a), float(b)) for a, b in line[1:-1])
            points.append(end)
        return points

    def polygons(
        self, by: Literal["face", "label"] = "face", tolerance: float = TOLERANCE
    ) -> dict[Any, list[list[list[tuple[float, float]]]]]:
        """The faces as polygons, by number; or what has one label, by label.

        Parameters
        ----------
        by : {"face", "label"}
        tolerance : float
            How far lines may be from the curves, as a share of the ranges.

        Returns
        -------
        dict
            For each, polygons: a closed line around it, counterclockwise, and closed lines around its holes, clockwise. Neighbours have
            the same points in common.
        """

        def name(place: _plane_cells.Place) -> Any:
            face = self.faces[self._number[self._work.find(place)]]
            return face.number if by == "face" else face.label

        return Geometry(self._work).polygons(name, tolerance)

    def to_geojson(self, tolerance: float = TOLERANCE) -> dict[str, Any]:
        """The map as a GeoJSON ``FeatureCollection`` (RFC 7946), with the two parameters for coordinates.

        Faces are polygons with ``kind`` "face", ``number``, ``label`` and ``area_share``; curves are lines with ``kind`` "curve",
        ``formula`` and the two ``labels`` beside; vertices are points.

        Parameters
        ----------
        tolerance : float
            How far lines may be from the curves, as a share of the ranges.
        """
        features: list[dict[str, Any]] = []

        def add(form: str, coordinates: Any, /, **properties: Any) -> None:
            geometry = {"type": form, "coordinates": coordinates}
            features.append({"type": "Feature", "geometry": geometry, "properties": properties})

        shapes = self.polygons("face", tolerance)
        for face in self.faces:
            shape = [[[list(p) for p in ring] for ring in polygon] for polygon in shapes[face.number]]
            add(
                "Polygon" if len(shape) == 1 else "MultiPolygon",
                shape[0] if len(shape) == 1 else shape,
                kind="face",
                number=face.number,
                label=face.label,
                area_share=float(face.area_share),
            )
        for k, curve in enumerate(self.curves):
            for arc in curve.arcs:
                beside = [None if f is None else self.faces[f].label for f in (arc.before, arc.after)]
                line = [list(p) for p in self.polyline(arc, tolerance)]
                add("LineString", line, kind="curve", number=k, formula=curve.formula, labels=beside)
        for vertex in self.vertices:
            add("Point", list(vertex.point), kind="vertex", vertex=vertex.kind, curves=list(vertex.curves))
        return {"type": "FeatureCollection", "features": features}

    def plot(self, **options: Any) -> Any:
        """Draw the faces and the curves between them; needs the ``plot`` extra.

        Returns
        -------
        matplotlib.figure.Figure
        """
        return _plotting.draw("plane_map", self, **options)

    def save_svg(self, path: str | Path, **options: Any) -> None:
        """Draw the map into an SVG file, the same bytes every time; needs the ``plot`` extra."""
        figure = self.plot(**options)
        text = _plotting.draw("svg", figure, title=str(self).split("\n", 1)[0])
        Path(path).write_text(text, encoding="utf-8")

    # -- text ----------------------------------------------------------------------------------------------------------------
    def _head(self) -> str:
        where = ", ".join(
            f"{name} from {scalars.to_text(low)} to {scalars.to_text(high)}"
            for name, (low, high) in ((self.x, self.x_range), (self.y, self.y_range))
        )
        counts = f"{len(self.faces)} face{'s' * (len(self.faces) != 1)}, {len(self.curves) or 'no'} curve{'s' * (len(self.curves) != 1)}"
        head = f"{where}: {counts} ({self.concept.replace('_', '-')} equilibria)"
        return head if self.complete else f"{head}, not complete: {self.reason}"

    def __str__(self) -> str:
        lines = [self._head()]
        lines += [f"  {float(share):7.2%}  {label}" for label, share in self.area_shares.items()]
        for curve in dict.fromkeys(curve for curve, _ in self.borders()):
            turns = "; ".join(map(_turn, curve.indifferences))
            lines.append(f"  on {curve.formula}" + (f", {turns}" if turns else ""))
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{face.number}</td><td>{escape(face.label)}</td><td>{float(face.area_share):.2%}</td></tr>"
            for face in self.faces
        )
        head = "<tr><th>Face</th><th>Equilibria</th><th>Area</th></tr>"
        return f"<table><caption>{escape(self._head())}</caption>{head}{rows}</table>"

    def to_latex(self) -> str:
        """A ``tabular`` of faces with their equilibria and payoffs, and below it the curves between them."""
        from gametheory.sensitivity._plane_text import latex

        return latex(self)


def _turn(turn: Any) -> str:
    place = f" [{turn.infoset}]" if turn.infoset else ""
    return f"{turn.player}{place}: {turn.action} or {turn.instead}"


def plane_map(
    model: Model,
    x: str,
    y: str,
    *,
    at: Mapping[str, Any] | None = None,
    over: Mapping[str, tuple[Any, Any]] | None = None,
    outcome: str | None = None,
    after: str | None = None,
    concept: str | None = None,
    progress: bool = True,
) -> PlaneMap:
    """Find every equilibrium for all values of two parameters, and the exact curves on which they change.

    Parameters
    ----------
    model : Model
    x, y : str
        The free parameters.
    at : mapping, optional
        Exact values of other parameters; their baseline where silent. Floats are read as the decimals they print as.
    over : mapping of str to (low, high), optional
        Ranges of the two; the parameter's own range where silent.
    outcome : str, optional
        The name of a probability, such as ``"P(Russia: act)"``. Labels then tell whether it is 0, 1 or between, rather than the play.
    after : str, optional
        The path of a node of a tree, such as ``"full"``. Labels then say what would be played from there on, whether or not the play
        comes there.
    concept : {"subgame_perfect", "nash"}, optional
        Subgame perfection for trees and Nash for normal forms, which are the defaults.
    progress : bool
        Show a progress bar if the work takes more than a second.

    Returns
    -------
    PlaneMap

    Raises
    ------
    UnknownName
        If a parameter, an outcome or a node does not exist.
    ParameterError
        If a range is empty, or a payoff divides by zero or a probability is negative somewhere in the rectangle.
    Unsupported
        If labels cannot be told apart as asked.

    Notes
    -----
    Time depends on the number of curves and on their degree: milliseconds where payoffs are linear, seconds for two players
    with three strategies each and payoffs of degree two.

    References
    ----------
    .. [1] G. E. Collins, "Quantifier elimination for real closed fields by cylindrical algebraic decomposition", *Automata Theory and
       Formal Languages*, Springer LNCS 33, 1975, 134-183.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.sensitivity.plane_map import plane_map
    >>> space = gt.ParameterSpace(gt.Parameter("x_W", 134, 60, 160), gt.Parameter("k", 40, 10, 90))
    >>> x_W, k = space.symbols("x_W k")
    >>> reply = gt.Decision("West", {
    ...     "acquiesce": gt.Outcome(Russia=50, West=-x_W / 2), "respond": gt.Outcome(Russia=-20, West=-x_W / 5 - k)})
    >>> tree = gt.Decision("Russia", {"refrain": gt.Outcome(Russia=0, West=0), "act": reply})
    >>> found = plane_map(gt.Model("tripwire", gt.ExtensiveGame(tree), space), "x_W", "k")
    >>> print(found)
    x_W from 60 to 160, k from 10 to 90: 2 faces, 1 curve (subgame-perfect equilibria)
       71.25%  act; West acquiesce
       28.75%  refrain
      on k = 3*x_W/10, West [act]: respond or acquiesce
    >>> found.faces[0].area_share, found.face_at(100, 30) is None, found.face_at(100, 31).label
    (Fraction(57, 80), True, 'act; West acquiesce')
    """
    if not isinstance(model, Model):
        raise ParameterError(
            f"an equilibrium map takes a Model, not {type(model).__name__}; gametheory.Model(name, game, space) makes one of a game."
        )
    x_range, y_range = axes_of(model, x, y, over)
    fixed = fixed_values(model, at, (x, y))
    resolved = concept_for(model, concept)
    if outcome is not None and after is not None:
        raise Unsupported(
            "give outcome= or after=, not both: the value of an outcome is that of the whole play."
        )
    start = _node(model.game, after)
    functional = None
    if outcome is not None:
        named, called = split_outcomes(model, outcome)
        if called or named[outcome].kind == "payoff":
            raise Unsupported(
                f"labels tell apart plays or values of a probability, not of {outcome!r}; outcomes of every face are in its outcomes."
            )
        functional = named[outcome]
    plane = Plane(Ring([x, y]), x_range, y_range)
    game = PlaneGame(model, x, y, fixed, plane, resolved)
    if game.game is not model.game and (outcome is not None or after is not None):
        raise Unsupported(
            "the Nash equilibria of a tree are those of its strategic form, which has neither its nodes nor its outcomes; leave out "
            "outcome= and after=, or ask for subgame-perfect equilibria."
        )
    work = _planar.decompose(plane, game.solve, label=f"map of {x} and {y}", progress=progress)
    builder = Builder(game, work, functional, outcome or "", start)
    faces, number = builder.faces()
    curves, vertices = builder.curves(faces, number)
    totals: dict[str, float] = {}
    for face in faces:
        totals[face.label] = totals.get(face.label, 0.0) + float(face.area)
    labels = tuple(sorted(totals, key=lambda label: (-totals[label], label)))
    return PlaneMap(
        model, x, y, x_range, y_range, MappingProxyType(fixed), resolved, outcome, after, faces, curves, vertices, labels,
        work, MappingProxyType(number),
    )  # fmt: skip
