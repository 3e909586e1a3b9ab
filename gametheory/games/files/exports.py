"""Games as objects of other packages, and back.

Nashpy holds a two-player game as two float matrices. Gambit's Python package, pygambit, holds games of any number of players
in both forms with exact numbers; this package never imports it (its licence is the GPL), so the caller hands the module in
and the game goes through the text of a file, which every version of pygambit reads.

References
----------
V. Knight and J. Campbell (2018), "Nashpy: A Python library for the computation of Nash equilibria", *Journal of Open Source
Software* 3(30), 904.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from gametheory.errors import GameError, Unsupported
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.files import efg, nfg
from gametheory.games.files._prologue import Numbers, no_parameters
from gametheory.games.normal_form import NormalFormGame

if TYPE_CHECKING:
    import nashpy

__all__ = ["from_nashpy", "from_pygambit", "to_nashpy", "to_pygambit"]


def to_nashpy(game: NormalFormGame) -> nashpy.Game:
    """A two-player game as an object of Nashpy.

    Parameters
    ----------
    game : NormalFormGame
        Exact payoffs become floats; labels are left behind.

    Returns
    -------
    nashpy.Game

    Raises
    ------
    Unsupported
        If the game has parameters, or not two players.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.games.files.exports import to_nashpy
    >>> to_nashpy(gt.NormalFormGame.from_bimatrix([[1, -1], [-1, 1]]))
    Zero sum game with payoff matrices:
    <BLANKLINE>
    Row player:
    [[ 1. -1.]
     [-1.  1.]]
    <BLANKLINE>
    Column player:
    [[-1.  1.]
     [ 1. -1.]]
    """
    if not isinstance(game, NormalFormGame):
        raise Unsupported(
            f"Nashpy holds games in normal form, not {type(game).__name__}; use gt.strategic_form(game)."
        )
    no_parameters(game)
    if game.n_players != 2:
        raise Unsupported(f"Nashpy holds games of two players; this one has {game.n_players}.")
    import nashpy

    try:
        first, second = (np.array(matrix, dtype=np.float64) for matrix in game.payoffs)
    except OverflowError:
        raise Unsupported(
            "a payoff of the game is too large for the floats that Nashpy computes with."
        ) from None
    return nashpy.Game(first, second)


def from_nashpy(
    game: nashpy.Game,
    players: Any = None,
    strategies: Any = None,
    title: str = "",
) -> NormalFormGame:
    """A game from an object of Nashpy.

    Parameters
    ----------
    game : nashpy.Game
        Matrices of whole numbers stay exact.
    players, strategies, title
        As for :class:`~gametheory.NormalFormGame`.

    Returns
    -------
    NormalFormGame

    Examples
    --------
    >>> import nashpy
    >>> from gametheory.games.files.exports import from_nashpy
    >>> from_nashpy(nashpy.Game([[1, -1], [-1, 1]])).payoff("1", "2")
    {'Player 1': Fraction(-1, 1), 'Player 2': Fraction(1, 1)}
    """
    matrices = getattr(game, "payoff_matrices", None)
    if matrices is None or len(matrices) != 2:
        raise GameError(f"{type(game).__name__} is no game of Nashpy: it has no two payoff_matrices.")
    first, second = (np.asarray(matrix) for matrix in matrices)
    return NormalFormGame.from_bimatrix(first, second, players, strategies, title)


def to_pygambit(game: NormalFormGame | ExtensiveGame, pygambit: Any) -> Any:
    """A game as an object of pygambit.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
        Exact numbers stay exact, floats become the decimals that they print as.
    pygambit : module
        The module itself, ``import pygambit``.

    Returns
    -------
    pygambit.Game

    Raises
    ------
    Unsupported
        If the game has parameters, or pygambit refuses it, for example because of a label with two blanks in a row.

    Examples
    --------
    >>> import pygambit
    >>> import gametheory as gt
    >>> from gametheory.games.files.exports import from_pygambit, to_pygambit
    >>> game = gt.NormalFormGame.from_bimatrix([["1/3", -1], [-1, 1]])
    >>> from_pygambit(to_pygambit(game, pygambit)) == game
    True
    """
    tree = isinstance(game, ExtensiveGame)
    text = efg.dumps(game) if isinstance(game, ExtensiveGame) else nfg.dumps(game)
    read = getattr(pygambit, "read_efg" if tree else "read_nfg", None)
    if read is None:
        raise Unsupported(
            f"{getattr(pygambit, '__name__', pygambit)!r} has no {'read_efg' if tree else 'read_nfg'}; give the module pygambit, "
            "version 16.3 or later."
        )
    try:
        return read(io.BytesIO(text.encode()))
    except ValueError as error:
        raise Unsupported(f"pygambit refuses the game: {error}.") from error


def from_pygambit(
    game: Any, *, numbers: Numbers = "exact", allow_imperfect_recall: bool = False
) -> NormalFormGame | ExtensiveGame:
    """A game from an object of pygambit.

    Parameters
    ----------
    game : pygambit.Game
        A tree becomes an :class:`~gametheory.ExtensiveGame`, any other game a :class:`~gametheory.NormalFormGame`.
    numbers, allow_imperfect_recall
        As for :func:`~gametheory.load_game`.

    Returns
    -------
    NormalFormGame or ExtensiveGame

    Raises
    ------
    GameFileError
        If the game is one that this package refuses, for example one of imperfect recall.

    Examples
    --------
    >>> import pygambit
    >>> from gametheory.games.files.exports import from_pygambit
    >>> from_pygambit(pygambit.catalog.load("journals/ijgt/selten1975/fig1")).players
    ('Player 1', 'Player 2', 'Player 3')
    """
    if not hasattr(game, "to_nfg"):
        raise GameError(f"{type(game).__name__} is no game of pygambit: it has no to_nfg and no to_efg.")
    # Up to version 16 one class holds both kinds and says by is_tree which it is.
    tree = game.is_tree if hasattr(game, "is_tree") else type(game).__name__ == "ExtensiveGame"
    if tree:
        return efg.loads(game.to_efg(), numbers=numbers, allow_imperfect_recall=allow_imperfect_recall)
    return nfg.loads(game.to_nfg(), numbers=numbers)
