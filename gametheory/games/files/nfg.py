r"""Games in normal form as text: Gambit's ``.nfg``.

The file names the players and their strategies and then lists the table, the first player's strategy changing fastest::

    NFG 1 R "chicken" { "Ann" "Bob" }

    { { "dare" "yield" }
    { "dare" "yield" }
    }
    ""

    0 0
    2 7
    7 2
    6 6

In the *payoff version*, above, the table holds the payoffs of all players at each strategy profile. In the *outcome
version* a list of outcomes ``{ { "crash" 0, 0 } ... }`` comes first, and the table holds their numbers, counted from 1; 0
is the outcome in which everyone gets nothing. In both, numbers of strategies ``{ 2 2 }`` may stand in place of their
names, and the comment may be left out. The letter after the version is R or D and no longer means anything.

Read, but not written, is also what older and hand-made files do: commas between payoffs, and line breaks anywhere.

References
----------
The Gambit Project, "The strategic game (.nfg) file format", payoff version and outcome version, in the documentation of
Gambit 16.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np

from gametheory.errors import GameError, GameFileError, Unsupported
from gametheory.games import _checks
from gametheory.games.files._naming import distinct
from gametheory.games.files._prologue import Numbers, check_numbers, no_parameters, prologue
from gametheory.games.files._scanner import Scanner, number_text, quoted, quoted_label
from gametheory.games.normal_form import MAX_CELLS, NormalFormGame

__all__ = ["dumps", "loads"]

#: Most players: an array has no more than 64 axes, and one of them is for the players.
MAX_PLAYERS = 63


def loads(text: str, *, numbers: Numbers = "exact", path: str | Path | None = None) -> NormalFormGame:
    r"""Read a game from the text of an ``.nfg`` file.

    Parameters
    ----------
    text : str
    numbers : {"exact", "float"}
        Whether ``0.1`` is a tenth or the nearest float to it.
    path : path-like, optional
        Named in errors.

    Returns
    -------
    NormalFormGame
        With the labels of the file, made distinct: see :mod:`gametheory.games.files`. Comments and the labels of
        outcomes are not kept.

    Raises
    ------
    GameFileError
        With line and column, what was found and what was expected.
    TooLarge
        If the table has more cells than :data:`~gametheory.games.normal_form.MAX_CELLS`.

    Examples
    --------
    >>> from gametheory.games.files import nfg
    >>> print(nfg.loads('NFG 1 R "" { "Ann" "Bob" } { 2 2 }  0 0  2 7  7 2  6 6'))
    Ann \ Bob     1     2
            1  0, 0  7, 2
            2  2, 7  6, 6
    """
    check_numbers(numbers)
    scanner = Scanner(text, path, floats=numbers == "float")
    title, players = prologue(scanner, "NFG", 1)
    if not players:
        scanner.fail("the list of players is empty; a game needs at least one.")
    if len(players) > MAX_PLAYERS:
        scanner.fail(f"{len(players)} players; a game in normal form has at most {MAX_PLAYERS} here.")
    start = scanner.at
    shape, labels = _strategies(scanner, players)
    if scanner.sees_text():
        scanner.text("a comment")
    cells = math.prod(shape)
    _checks.size(len(players) * cells, MAX_CELLS, "the table of the file", "Use fewer strategies.")
    if scanner.sees("{"):
        flat = _outcome_table(scanner, players, cells)
    else:
        flat = _payoff_table(scanner, players, shape)
    if scanner.peek().kind != "end":
        scanner.unexpected(f"the end of the file, after {cells:,} strategy profiles ({_times(shape)})")
    table = np.empty((len(players), *shape), dtype=object)
    for i in range(len(players)):
        own: list[Any] = [payoffs[i] for payoffs in flat]
        if numbers == "float":
            own = list(map(float, own))
        row = np.empty(cells, dtype=object)
        row[:] = own
        table[i] = row.reshape(shape, order="F")
    try:
        return NormalFormGame(
            table.astype(np.float64) if numbers == "float" else table,
            players,
            [
                distinct(own) if own is not None else [str(k + 1) for k in range(size)]
                for own, size in zip(labels, shape, strict=True)
            ],
            title,
        )
    except GameFileError:
        raise
    except GameError as error:
        raise scanner.error(str(error), start) from error


def _strategies(scanner: Scanner, players: tuple[str, ...]) -> tuple[list[int], list[list[str] | None]]:
    """The number of strategies of each player, and their labels where the file has them."""
    scanner.mark("{", "before the strategies of the players")
    shape: list[int] = []
    labels: list[list[str] | None] = []
    for name in players:
        if scanner.sees("{") and (not labels or labels[0] is not None):
            scanner.take()
            own = []
            while not scanner.sees("}"):
                own.append(scanner.label(f"a strategy of {name!r} or '}}'"))
            if not own:
                scanner.fail(f"the player {name!r} has no strategies; every player needs at least one.")
            scanner.take()
            labels.append(own)
            shape.append(len(own))
        elif not labels or labels[0] is None:
            start = scanner.at
            size = scanner.integer(f"the number of strategies of {name!r}, or '{{' before their names")
            if size < 1:
                scanner.fail(
                    f"the player {name!r} has {size} strategies; every player needs at least one.", start
                )
            labels.append(None)
            shape.append(size)
        else:
            scanner.unexpected(f"'{{' before the strategies of {name!r}")
    scanner.mark("}", f"after the strategies of all {len(players)} players")
    return shape, labels


def _times(shape: list[int]) -> str:
    return " x ".join(map(str, shape))


def _payoff_table(scanner: Scanner, players: tuple[str, ...], shape: list[int]) -> list[tuple[Fraction, ...]]:
    cells, n = math.prod(shape), len(players)
    _enough(scanner, cells * n, f"{n} payoffs at each of {cells:,} strategy profiles ({_times(shape)})")
    numbers = scanner.numbers_to_end(cells * n)
    if numbers is not None:
        return list(zip(*(numbers[i::n] for i in range(n)), strict=True))
    result = []
    for cell in range(cells):
        payoffs = []
        for name in players:
            payoffs.append(
                scanner.number(f"the payoff of {name!r} at strategy profile {cell + 1:,} of {cells:,}")
            )
            scanner.skip_comma()
        result.append(tuple(payoffs))
    return result


def _outcome_table(scanner: Scanner, players: tuple[str, ...], cells: int) -> list[tuple[Fraction, ...]]:
    scanner.mark("{", "before the outcomes")
    outcomes = [(Fraction(0),) * len(players)]
    while not scanner.sees("}"):
        scanner.mark("{", f"before outcome {len(outcomes)}, or '}}' after the last one")
        if scanner.sees_text():
            scanner.text("the name of an outcome")
        payoffs = []
        for name in players:
            payoffs.append(scanner.number(f"the payoff of {name!r} in outcome {len(outcomes)}"))
            scanner.skip_comma()
        scanner.mark("}", f"after the {len(players)} payoffs of outcome {len(outcomes)}")
        outcomes.append(tuple(payoffs))
    scanner.take()
    _enough(scanner, cells, f"the number of an outcome for each of {cells:,} strategy profiles")
    result = []
    for cell in range(cells):
        start = scanner.at
        number = scanner.integer(f"the number of the outcome of strategy profile {cell + 1:,} of {cells:,}")
        if not 0 <= number < len(outcomes):
            scanner.fail(f"there is no outcome {number}; the file lists {len(outcomes) - 1} of them.", start)
        result.append(outcomes[number])
        scanner.skip_comma()
    return result


def _enough(scanner: Scanner, words: int, what: str) -> None:
    """Refuse a table that the rest of the file cannot fill before anything is allocated for it."""
    if scanner.rest < 2 * words - 1:
        scanner.fail(
            f"the file is too short for its table: expected {what}, but {scanner.rest:,} characters follow."
        )


# ------------------------------------------------------------------------------------------------------------
# Writing
# ------------------------------------------------------------------------------------------------------------
def dumps(
    game: NormalFormGame, *, comment: str = "", version: Literal["payoff", "outcome"] = "payoff"
) -> str:
    r"""Write a game as the text of an ``.nfg`` file.

    Parameters
    ----------
    game : NormalFormGame
        Exact numbers are written as they are, floats by the shortest decimals that read back as the same floats.
    comment : str
    version : {"payoff", "outcome"}
        Whether the table holds payoffs, or numbers of outcomes of which each is listed once.

    Returns
    -------
    str

    Raises
    ------
    Unsupported
        If the game has parameters.
    GameFileError
        If a number is too long to be read back.

    Examples
    --------
    >>> import gametheory as gt
    >>> from gametheory.games.files import nfg
    >>> game = gt.NormalFormGame.from_bimatrix([[0, 7], ["2/3", 6]], [[0, 2], [7, 6]], players=["Ann", "Bob"])
    >>> print(nfg.dumps(game))
    NFG 1 R "" { "Ann" "Bob" }
    <BLANKLINE>
    { { "1" "2" }
    { "1" "2" }
    }
    ""
    <BLANKLINE>
    0 0
    2/3 7
    7 2
    6 6
    <BLANKLINE>
    >>> nfg.loads(nfg.dumps(game)) == game
    True
    """
    if not isinstance(game, NormalFormGame):
        raise Unsupported(f"an .nfg file holds a game in normal form, not {type(game).__name__}.")
    if version not in ("payoff", "outcome"):
        raise GameError(f"the version {version!r} is none; choose 'payoff' or 'outcome'.")
    no_parameters(game)
    return "\n".join(_lines(game, comment, version)) + "\n"


def _lines(game: NormalFormGame, comment: str, version: str) -> Iterator[str]:
    players = " ".join(map(quoted_label, game.players))
    yield f"NFG 1 R {quoted(game.title)} {{ {players} }}"
    yield ""
    lists = ["{ " + " ".join(map(quoted_label, own)) + " }" for own in game.strategies]
    yield "{ " + "\n".join(lists)
    yield "}"
    yield quoted(comment)
    yield ""
    columns = game.payoffs.reshape(game.n_players, -1, order="F").T.tolist()
    rows = [[number_text(value, "a payoff") for value in column] for column in columns]
    if version == "payoff":
        yield from (" ".join(row) for row in rows)
        return
    numbers: dict[tuple[str, ...], int] = {}
    for row in rows:
        numbers.setdefault(tuple(row), len(numbers) + 1)
    yield "{"
    yield from (f'{{ "{number}" {", ".join(row)} }}' for row, number in numbers.items())
    yield "}"
    yield " ".join(str(numbers[tuple(row)]) for row in rows)
