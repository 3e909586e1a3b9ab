"""Comparing numbers of any kind: floats with a tolerance, exact numbers exactly, expressions not at all.

Whatever judges an equilibrium asks which of some numbers is greatest and what sign a determinant has. Here this is
written once, with ``+ - * /`` and ``<`` only, for floats, fractions, FLINT rationals and algebraic numbers.

References
----------
Bareiss, E. H. (1968). Sylvester's identity and multistep integer-preserving Gaussian elimination. Mathematics of
Computation 22, 565-578.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from gametheory.errors import Unsupported
from gametheory.scalars import is_expression

__all__ = ["determinant_sign", "largest", "plain", "refuse_expressions", "tolerance"]

Array: TypeAlias = np.ndarray[Any, Any]

#: Floats closer than this share of the spread of a player's payoffs are taken for equal.
RELATIVE_TOLERANCE = 1e-9


def tolerance(payoffs: Iterable[Any]) -> Any:
    """How far apart two expected payoffs of one player must be to count as different.

    Parameters
    ----------
    payoffs : iterable of numbers
        All payoffs of the player.

    Returns
    -------
    number
        0 for exact numbers. For floats, a billionth of the spread of the payoffs, plus the rounding error that comes
        with their size.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from gametheory.equilibria.arithmetic import tolerance
    >>> tolerance([Fraction(1), Fraction(2)])
    0
    >>> 1e-9 < tolerance([1.0, 2.0]) < 1.001e-9
    True
    """
    values = payoffs.ravel() if isinstance(payoffs, np.ndarray) else np.asarray(list(payoffs))
    if values.dtype == object:
        if not any(isinstance(value, float) for value in values):
            return 0
        values = values.astype(np.float64)
    if values.dtype.kind != "f" or not values.size:
        return 0
    low, high = float(values.min()), float(values.max())
    return RELATIVE_TOLERANCE * (high - low) + 16 * float(np.finfo(np.float64).eps) * max(-low, high)


def largest(values: Iterable[Any]) -> Any:
    """The greatest of some numbers; for expressions in parameters, the expression ``Max(...)``."""
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        return float(values.max())
    candidates = list(values)
    if any(is_expression(value) and value.free_symbols for value in candidates):
        import sympy

        return sympy.Max(*candidates)
    best = candidates[0]
    for value in candidates[1:]:
        best = max(best, value)
    return float(best) if isinstance(best, np.floating) else best


def refuse_expressions(values: Iterable[Any]) -> None:
    """Raise the error that says why expressions in parameters cannot be compared."""
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        return
    for value in values:
        if is_expression(value) and value.free_symbols:
            raise Unsupported(
                f"which is greatest depends on {', '.join(sorted(map(str, value.free_symbols)))}; "
                "put numbers for the parameters first (game.substitute(...), model.at(...)), or use sensitivity.thresholds."
            )


def plain(value: Any) -> Any:
    """A number as users know it: floats of Python, fractions instead of SymPy rationals, closed forms in lowest terms.

    Examples
    --------
    >>> import sympy
    >>> from gametheory.equilibria.arithmetic import plain
    >>> x = sympy.Symbol("x", real=True)
    >>> plain(sympy.Rational(1, 2)), plain((x**2 - 1) / (x - 1))
    (Fraction(1, 2), x + 1)
    """
    if isinstance(value, np.floating):
        return float(value)
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return Fraction(int(value))
    if is_expression(value):
        import sympy

        if value.free_symbols and value.is_rational_function():
            value = sympy.cancel(value)
        if value.is_Rational:
            return Fraction(int(value.p), int(value.q))
    return value


def determinant_sign(matrix: Sequence[Sequence[Any]]) -> int | None:
    """The sign of a determinant: +1, -1, or None where it is zero (for floats: numerically zero).

    Exact numbers are eliminated without fractions (Bareiss 1968), so that intermediate results stay as small as minors.
    """
    size = len(matrix)
    if size == 0:
        return 1
    if any(isinstance(entry, float) for row in matrix for entry in row):
        return _float_determinant_sign(np.array(matrix, dtype=np.float64))
    refuse_expressions(entry for row in matrix for entry in row)
    work, sign, previous = [list(row) for row in matrix], 1, None
    for k in range(size):
        pivot = next((r for r in range(k, size) if work[r][k] != 0), None)
        if pivot is None:
            return None
        if pivot != k:
            work[k], work[pivot], sign = work[pivot], work[k], -sign
        for r in range(k + 1, size):
            for c in range(k + 1, size):
                entry = work[r][c] * work[k][k] - work[r][k] * work[k][c]
                work[r][c] = entry if previous is None else entry / previous
        previous = work[k][k]
    return sign if work[-1][-1] > 0 else -sign


def _float_determinant_sign(matrix: Array) -> int | None:
    # Rows belong to players, whose units differ; a row of zeros is singular whatever the scale.
    scale = np.abs(matrix).max(axis=1, keepdims=True)
    if not (scale > 0).all():
        return None
    singular = np.linalg.svd(matrix / scale, compute_uv=False)
    if singular[-1] <= RELATIVE_TOLERANCE * singular[0]:
        return None
    return int(np.linalg.slogdet(matrix / scale).sign)
