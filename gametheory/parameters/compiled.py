r"""Arrays of expressions as one vectorised function of points.

The expressions of a game, one a payoff, share most of their parts. They are compiled together: subexpressions
that occur more than once are computed once (common subexpression elimination, Aho, Lam, Sethi and Ullman
2006, *Compilers*, section 6.1), equal cells are computed once, and parameters that stay fixed are passed as
single numbers, so that what depends on them alone is a single number too.

Points are worked through in blocks small enough that all intermediate results stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gametheory import scalars
from gametheory.errors import ParameterError, unknown

__all__ = ["CompiledArray", "Points", "columns"]

Floats: TypeAlias = NDArray[np.float64]
#: Values by parameter name; a single number or an array of any shape that broadcasts with the others.
Points: TypeAlias = Mapping[str, Any]

#: Points worked through at a time: some hundred arrays of this many floats fit into a processor's
#: second-level cache.
BLOCK = 1024


class CompiledArray:
    """A function from points to float copies of an array of scalars.

    Parameters
    ----------
    cells : ndarray of float, Fraction or sympy.Expr
    describe : callable
        Names a cell, given its position in the flattened array, in errors.
    """

    def __init__(self, cells: NDArray[Any], describe: Callable[[int], str]) -> None:
        self.shape = cells.shape
        self._describe = describe
        self._cells = list(cells.reshape(-1))
        distinct = {cell: k for k, cell in enumerate(dict.fromkeys(self._cells))}
        self._position = np.array([distinct[cell] for cell in self._cells], dtype=np.intp)
        self._names = sorted(frozenset().union(*map(scalars.names, distinct)))
        self._rows = len(distinct)
        self._function = _compile(list(distinct), self._names)

    def __call__(self, shape: tuple[int, ...], values: Mapping[str, Floats]) -> Floats:
        """Evaluate at points.

        Parameters
        ----------
        shape : tuple of int
            Of the points.
        values : mapping of str to array
            For each parameter one number (shape ``()``) or an array that broadcasts to `shape`.

        Returns
        -------
        array of float64, C-contiguous, of shape ``(*shape, *cells.shape)``

        Raises
        ------
        ParameterError
            If a cell is not finite at a point.
        """
        size = int(np.prod(shape, dtype=np.int64))
        given = {name: values[name] for name in self._names}
        flat = {
            name: v if v.ndim == 0 else np.broadcast_to(v, shape).reshape(-1) for name, v in given.items()
        }
        result = np.empty((size, len(self._cells)))
        block = np.empty((self._rows, BLOCK))
        for start in range(0, size, BLOCK):
            stop = min(start + BLOCK, size)
            # A NumPy number divides by zero as arrays do, to infinity, where a Python float would raise.
            arguments = [v[()] if v.ndim == 0 else v[start:stop] for v in flat.values()]
            with np.errstate(all="ignore"):
                for row, value in enumerate(self._function(*arguments)):
                    block[row, : stop - start] = value
            if not np.isfinite(block[:, : stop - start]).all():
                self._refuse(block[self._position, : stop - start], start, flat)
            result[start:stop] = block[self._position, : stop - start].T
        return result.reshape(*shape, *self.shape)

    def _refuse(self, block: Floats, start: int, flat: Mapping[str, Floats]) -> None:
        point, cell = map(int, np.argwhere(~np.isfinite(block.T))[0])
        at = {name: float(v if v.ndim == 0 else v[start + point]) for name, v in flat.items()}
        expression = self._cells[cell]
        used = [f"{name} = {at[name]:g}" for name in sorted(scalars.names(expression))]
        what = "divides by zero" if _denominator_is_zero(expression, at) else "overflows"
        raise ParameterError(f"{self._describe(cell)}, which is {expression}, {what} at {', '.join(used)}.")


def _denominator_is_zero(expression: Any, at: Mapping[str, float]) -> bool:
    try:
        scalars.evaluate(expression, {name: Fraction(value) for name, value in at.items()})
    except ZeroDivisionError:
        return True
    return False


def _compile(cells: list[Any], names: list[str]) -> Callable[..., list[Any]]:
    if not names:
        constants = [float(cell) for cell in cells]
        return lambda: constants
    import sympy

    # Parameters get names of their own: theirs could be those of a function or of a shared subexpression.
    arguments = [sympy.Symbol(f"parameter_{k}", real=True) for k in range(len(names))]
    renamed = dict(zip(map(scalars.symbol, names), arguments, strict=True))
    large = {
        number: sympy.Float(number, 17)
        for cell in cells
        if scalars.is_expression(cell)
        for number in cell.atoms(sympy.Rational)
        # NumPy would take whole numbers beyond 64 bits for Python objects.
        if max(abs(number.p), number.q) >= 2**53 and not number.is_Float
    }
    expressions = [sympy.sympify(cell).xreplace(renamed | large) for cell in cells]
    function: Callable[..., list[Any]] = sympy.lambdify(arguments, expressions, modules="numpy", cse=True)
    return function


def columns(points: Points | Any, baseline: Mapping[str, Any]) -> tuple[tuple[int, ...], dict[str, Floats]]:
    """The common shape of points, and the values of every parameter at them.

    Parameters
    ----------
    points : mapping of str to array_like, or pandas.DataFrame
        Parameters that are not named take their baseline.
    baseline : mapping of str to Fraction

    Raises
    ------
    ParameterError
        If a value is not a finite number, or the shapes do not broadcast.
    """
    given: dict[Any, Any] = {}
    if hasattr(points, "columns"):
        given = {name: points[name].to_numpy() for name in points.columns}
    elif isinstance(points, Mapping):
        given = dict(points)
    else:
        raise ParameterError(
            f"points are a mapping of parameter name to values, or a DataFrame, not {type(points).__name__}."
        )
    values: dict[str, Floats] = {}
    for name in given:
        if name not in baseline:
            raise unknown("parameter", name, baseline)
        values[name] = _floats(name, given[name])
    try:
        shape = np.broadcast_shapes(*(array.shape for array in values.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in values.items())
        raise ParameterError(f"the values of the parameters do not broadcast together: {shapes}.") from None
    fixed = {name: np.asarray(float(value)) for name, value in baseline.items()}
    return shape, fixed | values


def _floats(name: str, given: Any) -> Floats:
    array = np.asarray(given)
    if array.dtype.kind not in "iufO":
        raise ParameterError(f"the values of parameter {name} are of type {array.dtype}; give numbers.")
    try:
        floats = array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ParameterError(f"the values of parameter {name} hold something that is not a number.") from None
    if not np.isfinite(floats).all():
        where = tuple(int(k) for k in np.argwhere(~np.isfinite(floats))[0])
        place = f" at position {where}" if where else ""
        raise ParameterError(f"the value of parameter {name}{place} is {floats[where]}; give finite numbers.")
    return floats
