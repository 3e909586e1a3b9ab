"""Games in files that other programs read and write: one format a file.

:func:`load_game` and :func:`save_game` read and write Gambit's ``.nfg`` (games in normal form) and ``.efg`` (trees);
:mod:`~gametheory.games.files.nfg` and :mod:`~gametheory.games.files.efg` do it for texts. Numbers are exact: ``0.1`` is
a tenth and ``1/3`` a third.

In Gambit's files labels may be empty or occur twice, in this package they are distinct. Reading follows two rules, and
changes nothing where labels are distinct already:

- players, strategies and actions that have no label, or share one, are numbered, ``x_1``, ``x_2``, ``_1``: as Gambit 17
  shows them itself;
- information sets without a label are named by the history that leads to them, as everywhere in this package, and where
  that does not say which decisions they hold by player and number, ``West #2``; a label that two players use
  is preceded by the player, ``West: (1,1)``. Both are taken back when the game is written.

A game comes back equal when it is written and read. A file comes back as the same game when it is read and written,
but not letter by letter: its comment, the names of nodes, chance events and (in ``.nfg``) outcomes are not
part of a game here, and payoffs at interior nodes are added to those of the terminal nodes.
"""

from __future__ import annotations

from gametheory.games.files.reading import load_game, save_game

__all__ = ["load_game", "save_game"]
