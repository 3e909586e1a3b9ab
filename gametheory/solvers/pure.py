"""All pure equilibria of a game with any number of players.

A pure profile is an equilibrium exactly when each player's payoff in it is the greatest along that player's
own axis of the payoff table, the other players' strategies held fixed (Nash 1951). The test is a comparison
of each cell with a maximum, so it serves floats, exact numbers and the elements of any ordered field alike.

References
----------
.. [1] J. Nash, "Non-cooperative games", *Annals of Mathematics* 54 (1951), 286-295.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["pure_equilibria"]


def pure_equilibria(payoffs: np.ndarray[Any, Any]) -> list[tuple[int, ...]]:
    """The pure equilibria of one game, as tuples of strategy indices in lexicographic order.

    Parameters
    ----------
    payoffs : ndarray, shape (N, n_1, ..., n_N)
        Numbers of one ordered field: floats, or objects.

    Examples
    --------
    >>> import numpy as np
    >>> from gametheory.solvers.pure import pure_equilibria
    >>> pure_equilibria(np.array([[[2, 0], [0, 1]], [[1, 0], [0, 2]]]))
    [(0, 0), (1, 1)]
    """
    mask = np.ones(payoffs.shape[1:], dtype=bool)
    for player, table in enumerate(payoffs):
        best = np.maximum.reduce(table, axis=player, keepdims=True)
        mask &= np.asarray(table == best, dtype=bool)
    return [tuple(int(k) for k in cell) for cell in np.argwhere(mask)]
