"""The exact map: which equilibria there are for every value of one parameter, or of two.

One parameter cuts its range into intervals, on which every equilibrium is a fixed function of it, and equilibria are followed as
branches (:mod:`gametheory.sensitivity.line_map`). Two cut a rectangle into cells
(:mod:`gametheory.sensitivity.plane_map`). Both are exact: no grid, no tolerance.

References
----------
.. [1] S. Basu, R. Pollack and M.-F. Roy, *Algorithms in Real Algebraic Geometry*, 2nd ed., Springer, 2006, ch. 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, overload

from gametheory.errors import ParameterError

if TYPE_CHECKING:
    from gametheory.parameters.model import Model
    from gametheory.sensitivity.line_map import LineMap
    from gametheory.sensitivity.plane_map import PlaneMap

__all__ = ["equilibrium_map"]


@overload
def equilibrium_map(
    model: Model,
    x: str,
    *,
    at: Mapping[str, Any] | None = None,
    over: tuple[Any, Any] | None = None,
    concept: str | None = None,
    progress: bool = True,
) -> LineMap: ...


@overload
def equilibrium_map(
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
) -> PlaneMap: ...


def equilibrium_map(
    model: Model,
    x: str,
    y: str | None = None,
    *,
    at: Mapping[str, Any] | None = None,
    over: Any = None,
    outcome: str | None = None,
    after: str | None = None,
    concept: str | None = None,
    progress: bool = True,
) -> Any:
    """Every equilibrium for every value of one parameter, or of two, exactly.

    Parameters
    ----------
    model : Model
    x : str
        The free parameter.
    y : str, optional
        The second free parameter.
    at : mapping of str to number, optional
        Exact values of other parameters; the rest are at their baseline. Floats are read as the decimals they print as.
    over : (low, high), or mapping of str to (low, high), optional
        Where to look: an interval of the one parameter, or of each of the two by name. Their ranges by default.
    outcome, after : str, optional
        For two parameters: what tells one cell from another; see :func:`gametheory.sensitivity.plane_map.plane_map`.
    concept : {"nash", "subgame_perfect"}, optional
        Subgame perfection for trees and Nash for strategic forms by default.
    progress : bool
        Show a progress bar if the work takes more than a second.

    Returns
    -------
    LineMap or PlaneMap
        For one parameter the branches of equilibria, with indices, births and deaths; for two the cells of the plane.

    Raises
    ------
    UnknownName
        If a parameter does not exist.
    ParameterError
        If an interval is empty, or a payoff divides by zero or a probability is negative somewhere in it.

    References
    ----------
    .. [1] S. Basu, R. Pollack and M.-F. Roy, *Algorithms in Real Algebraic Geometry*, 2nd ed., Springer, 2006, ch. 5.

    Examples
    --------
    Three players of whom each likes to match the next, but the first only if `t` is positive:

    >>> import gametheory as gt
    >>> space = gt.ParameterSpace(gt.Parameter("t", 1, low=-2, high=3))
    >>> t = space.symbols("t")
    >>> game = gt.NormalFormGame.from_function(
    ...     lambda a, b, c: [t * int(a == b), int(b == c), int(c == a)], {player: ["l", "r"] for player in "ABC"})
    >>> found = gt.sensitivity.equilibrium_map(gt.Model("circle", game, space), "t")
    >>> found.points
    (Fraction(0, 1),)
    >>> for branch in found.branches:
    ...     print(branch)
    1. A: l/r; B: l/r; C: l/r (index +1, -1)
    2. A: l; B: l; C: l (index +1)
    3. A: r; B: r; C: r (index +1)
    >>> found.value(1, "A: l", 2)
    Fraction(1, 2)
    """
    if y is None:
        if outcome is not None or after is not None:
            raise ParameterError(
                "outcome= and after= are for maps of two parameters; on one, plot(outcome) draws any outcome of the map."
            )
        if isinstance(over, Mapping):
            if set(over) != {x}:
                raise ParameterError(
                    f"over={over!r} is for other parameters than {x}; write over=(low, high)."
                )
            over = over[x]
        return import_module("gametheory.sensitivity.line_map").line_map(
            model, x, at=at, over=over, concept=concept, progress=progress
        )
    return import_module("gametheory.sensitivity.plane_map").plane_map(
        model, x, y, at=at, over=over, outcome=outcome, after=after, concept=concept, progress=progress
    )
