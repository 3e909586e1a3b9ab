"""Games from files and to files, whatever the format."""

from __future__ import annotations

from pathlib import Path

from gametheory.errors import GameFileError, Unsupported
from gametheory.games.extensive import ExtensiveGame
from gametheory.games.files import _disk, efg, nfg
from gametheory.games.files._prologue import Numbers
from gametheory.games.normal_form import NormalFormGame

__all__ = ["load_game", "save_game"]

_OTHERS = {
    "#AGG": "an action-graph game (.agg)",
    "#BAGG": "a Bayesian action-graph game (.bagg)",
    "<?xml": "a workbook of Gambit's graphical interface (.gbt)",
}


def load_game(
    path: str | Path, *, numbers: Numbers = "exact", allow_imperfect_recall: bool = False
) -> NormalFormGame | ExtensiveGame:
    r"""Read a game from a file of Gambit's, ``.nfg`` or ``.efg``.

    Parameters
    ----------
    path : path-like
        What the file holds is known by its first word, not by its name.
    numbers : {"exact", "float"}
        Whether ``0.1`` is a tenth or the nearest float to it.
    allow_imperfect_recall : bool
        Whether a player in a tree may forget what she knew or did.

    Returns
    -------
    NormalFormGame or ExtensiveGame

    Raises
    ------
    GameFileError
        With path, line and column, what was found and what was expected.
    TooLarge
        If the game is larger than the package's limits.

    See Also
    --------
    gametheory.games.files : what becomes of labels that are empty or occur twice.
    load_model : models with parameters, in TOML.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import gametheory as gt
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "chicken.nfg")
    ...     _ = file.write_text('NFG 1 R "chicken" { "Ann" "Bob" } { 2 2 }  0 0  2 7  7 2  6 6')
    ...     game = gt.load_game(file)
    >>> game
    <NormalFormGame 'chicken' (rational) with strategies {Ann: 2, Bob: 2}>
    """
    text = _disk.read_text(path)
    start = text.lstrip()
    if start.startswith("EFG"):
        return efg.loads(text, numbers=numbers, allow_imperfect_recall=allow_imperfect_recall, path=path)
    if start.startswith("NFG"):
        return nfg.loads(text, numbers=numbers, path=path)
    line = 1 + text.count("\n", 0, len(text) - len(start))
    for begin, kind in _OTHERS.items():
        if start.startswith(begin):
            raise GameFileError(f"{kind}, which is not read here; save the game as .nfg or .efg.", path, line)
    found = f"found {start.split(maxsplit=1)[0][:20]!r}" if start else "the file is empty"
    raise GameFileError(
        f"{found}; expected a game of Gambit's, which begins with NFG or EFG. Model files in TOML are read by gt.load_model.",
        path,
        line,
    )


def save_game(
    game: NormalFormGame | ExtensiveGame, path: str | Path, *, comment: str = "", overwrite: bool = False
) -> None:
    """Write a game to a file of Gambit's: ``.nfg`` for a game in normal form, ``.efg`` for a tree.

    Parameters
    ----------
    game : NormalFormGame or ExtensiveGame
        Without parameters. :func:`load_game` reads an equal game from the file, for a game of floats with
        ``numbers="float"``.
    path : path-like
        Written in one step, so that a crash leaves the old file or the new one.
    comment : str
    overwrite : bool
        Whether an existing file may be replaced.

    Raises
    ------
    GameFileError
        If the file exists already or cannot be written, its name ends like the other kind of game, or a number is too
        long to be read back.
    Unsupported
        If the game has parameters.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import gametheory as gt
    >>> game = gt.ExtensiveGame(gt.Decision("A", {"stay": gt.Outcome(A=0), "go": gt.Outcome(A="1/3")}))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     gt.save_game(game, pathlib.Path(folder, "choice.efg"))
    ...     gt.load_game(pathlib.Path(folder, "choice.efg")) == game
    True
    """
    suffix = Path(path).suffix.lower()
    if isinstance(game, ExtensiveGame):
        if suffix == ".nfg":
            raise GameFileError(
                "an .nfg file holds a game in normal form and this is a tree; write it to an .efg file, or write "
                "gt.strategic_form(game).",
                path,
            )
        text = efg.dumps(game, comment=comment)
    elif isinstance(game, NormalFormGame):
        if suffix == ".efg":
            raise GameFileError(
                "an .efg file holds a tree and this is a game in normal form; write it to an .nfg file.", path
            )
        text = nfg.dumps(game, comment=comment)
    else:
        raise Unsupported(
            f"a file holds a game, not {type(game).__name__}; models are written by gt.save_model."
        )
    _disk.write_text(path, text, overwrite=overwrite)
