"""Published games, each with its citation and what is known about it.

>>> import gametheory as gt
>>> game = gt.catalog.load("selten_horse")
>>> print(gt.catalog.entry("selten_horse").citation)
R. Selten (1975), "Reexamination of the perfectness concept for equilibrium points in extensive games", International Journal
of Game Theory 4, 25-55, figure 1.

The games are built here from what the publications say; their answers are tests of this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gametheory.errors import unknown
from gametheory.games.catalog import conflict, many_player, parametric, rules, trees, two_player
from gametheory.games.catalog.entries import Answer, CatalogEntry
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.normal_form import NormalFormGame

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Answer", "CatalogEntry", "entry", "games", "load", "names"]

_ENTRIES: dict[str, CatalogEntry] = {
    entry.name: entry
    for module in (two_player, rules, many_player, trees, parametric, conflict)
    for entry in module.ENTRIES
}


def names() -> tuple[str, ...]:
    """The names of the games.

    Examples
    --------
    >>> from gametheory.games import catalog
    >>> catalog.names()[:3]
    ('prisoners_dilemma', 'battle_of_the_sexes', 'stag_hunt')
    """
    return tuple(_ENTRIES)


def entry(name: str) -> CatalogEntry:
    """What the catalog says of a game.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Returns
    -------
    CatalogEntry

    Raises
    ------
    UnknownName
        With the nearest name as a suggestion.

    Examples
    --------
    >>> from gametheory.games import catalog
    >>> catalog.entry("kuhn_poker").answers[0].payoffs["Ann"]
    '-1/18'
    """
    if name not in _ENTRIES:
        raise unknown("game in the catalog", name, _ENTRIES)
    return _ENTRIES[name]


def load(name: str, *, parametric: bool = False, **values: object) -> NormalFormGame | ExtensiveGame:
    r"""A published game.

    Parameters
    ----------
    name : str
        One of :func:`names`.
    parametric : bool
        Whether the parameters of the game, if it has any, stay in it.
    **values : number
        Of parameters, in place of those in ``entry(name).parameters``.

    Returns
    -------
    NormalFormGame or ExtensiveGame

    Raises
    ------
    UnknownName, ParameterError

    Examples
    --------
    >>> from gametheory.games import catalog
    >>> print(catalog.load("hawk_dove", V=2, C=4))
    Hawk and dove
    first \ second  hawk   dove
              hawk  -1, -1  2, 0
              dove   0, 2   1, 1
    >>> sorted(catalog.load("hawk_dove", parametric=True).parameters)
    ['C', 'V']
    """
    return entry(name).game(parametric=parametric, **values)


def games() -> pd.DataFrame:
    """A table of the games.

    Returns
    -------
    pandas.DataFrame
        With one row a game, by name: title, form, number of players, parameters and citation.

    Examples
    --------
    >>> from gametheory.games import catalog
    >>> table = catalog.games()
    >>> table.loc[table["players"] > 2, "title"].head(2).tolist()
    ['A game whose only equilibrium is irrational', 'A continuum of completely mixed equilibria']
    """
    import pandas as pd

    rows: list[dict[str, Any]] = [
        {
            "name": found.name,
            "title": found.title,
            "form": found.form,
            "players": len(found.players),
            "parameters": ", ".join(found.parameters),
            "citation": found.citation,
        }
        for found in _ENTRIES.values()
    ]
    return pd.DataFrame(rows).set_index("name")
