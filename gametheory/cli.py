"""The command line: ``gametheory study``, ``gametheory solve`` and ``gametheory thresholds``.

It reads arguments, calls the package and prints what it returns; nothing is computed here.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gametheory import __version__
from gametheory.errors import GameTheoryError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gametheory.games.extensive import ExtensiveGame
    from gametheory.games.normal_form import NormalFormGame
    from gametheory.parameters.space import ParameterSpace

__all__ = ["main"]

#: Exit codes: all well; the request was wrong; interrupted.
OK, WRONG, INTERRUPTED = 0, 2, 130

_SET = "give a parameter another value than its baseline, such as E_W=100 or k=1/3; may be repeated"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.

    Returns
    -------
    int
        0 if all went well, 2 if the request was wrong, 130 if interrupted.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from gametheory.cli import main
    >>> model = '''
    ... name = "choice"
    ... [parameters.x]
    ... baseline = 2
    ... [tree]
    ... "(root)" = { player = "A" }
    ... stay = { payoffs = { A = 1 } }
    ... go = { payoffs = { A = "x" } }
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "choice.toml")
    ...     _ = file.write_text(model)
    ...     code = main(["solve", str(file), "--set", "x=1/2"])
    1 subgame-perfect equilibrium (backward induction over stages; complete)
      1. A: stay | payoffs A 1
    >>> code
    0
    """
    parser = _parser()
    # argparse takes -1/3 for an option, but not a word with a blank; no option starts with a digit.
    words = [
        re.sub(r"^-(?=[.\d])", " -", word) for word in (sys.argv[1:] if arguments is None else arguments)
    ]
    options = parser.parse_args(words)
    try:
        options.run(options)
        sys.stdout.flush()
    except GameTheoryError as error:
        print(f"gametheory: {_one_line(error)}", file=sys.stderr)
        return WRONG
    except BrokenPipeError:
        # The reader, such as `head`, has enough. Python would complain when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("gametheory: interrupted", file=sys.stderr)
        return INTERRUPTED
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gametheory",
        description="Games with named parameters: equilibria, and how they move when a parameter moves.",
    )
    parser.add_argument("--version", action="version", version=f"gametheory {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    study = commands.add_parser(
        "study", help="run a study and write its report", description="Run a study and write its report."
    )
    study.add_argument("name", choices=["kazakhstan"], help="which study")
    study.add_argument("--out", metavar="DIR", help="the folder to write; study-NAME by default")
    study.add_argument(
        "--overwrite", action="store_true", help="replace the folder even if no study wrote it"
    )
    study.set_defaults(run=_study)

    solve = commands.add_parser(
        "solve",
        help="find the equilibria of a model file or of a game of Gambit's",
        description="Find the equilibria of a model file or of a game of Gambit's.",
    )
    solve.add_argument("file", metavar="FILE", help="a model file (TOML), or a game (.nfg, .efg)")
    solve.set_defaults(run=_solve)

    thresholds = commands.add_parser(
        "thresholds",
        help="find the exact values of a parameter at which the equilibria change",
        description="Find the exact values of a parameter at which the equilibria change.",
    )
    thresholds.add_argument("file", metavar="FILE", help="a model file (TOML)")
    thresholds.add_argument("name", metavar="NAME", help="the parameter")
    thresholds.add_argument(
        "--over",
        nargs=2,
        metavar=("LOW", "HIGH"),
        help="the interval to look at; the range of the parameter by default",
    )
    thresholds.set_defaults(run=_thresholds)

    for command in (study, solve, thresholds):
        command.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help=_SET)
        command.add_argument("--quiet", action="store_true", help="show no progress")
    return parser


def _one_line(error: GameTheoryError) -> str:
    return " ".join(str(error).split())


def _values(given: Sequence[str]) -> Mapping[str, str]:
    values: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise ParameterError(f"--set {text}: write NAME=VALUE, such as --set E_W=100.")
        if name.strip() in values:
            raise ParameterError(f"--set gives {name.strip()} twice; give it once.")
        values[name.strip()] = value.strip()
    return values


def _note_outside(space: ParameterSpace, values: Mapping[str, str]) -> None:
    """Say which values are outside the range of their parameter: allowed, but perhaps a slip of the keyboard."""
    from gametheory import scalars

    for name, text in values.items():
        low, high = space[name].low, space[name].high
        if not low <= scalars.exact(text, name) <= high:
            shown = " to ".join(map(scalars.to_text, (low, high)))
            print(f"note: {name} = {text} is outside its range, {shown}.", file=sys.stderr)


def _study(options: argparse.Namespace) -> None:
    from gametheory.reports.study import run_study

    result = run_study(
        options.name,
        options.out,
        _values(options.set),
        overwrite=options.overwrite,
        progress=not options.quiet,
    )
    width = min(shutil.get_terminal_size().columns, 110)
    first, *rest = result.summary
    print(textwrap.fill(first, width), end="\n\n")
    for sentence in rest:
        print(textwrap.fill(sentence, width, initial_indent="- ", subsequent_indent="  "))
    print(f"\nReport: {result.report}\nPictures, tables and the sweep: {result.folder}")


def _solve(options: argparse.Namespace) -> None:
    from gametheory.games.extensive import ExtensiveGame
    from gametheory.games.files.reading import load_game
    from gametheory.parameters.model_file import load_model
    from gametheory.solvers.nash import nash_equilibria
    from gametheory.solvers.subgame_perfect import subgame_perfect_equilibria

    game: NormalFormGame | ExtensiveGame
    if options.file.lower().endswith((".nfg", ".efg")):
        if options.set:
            raise ParameterError(f"{options.file}: games of Gambit's have no parameters; leave --set out.")
        game = load_game(options.file)
    else:
        model, values = load_model(options.file), _values(options.set)
        game = model.at(values)
        _note_outside(model.space, values)
    print(subgame_perfect_equilibria(game) if isinstance(game, ExtensiveGame) else nash_equilibria(game))


def _thresholds(options: argparse.Namespace) -> None:
    from gametheory.parameters.model_file import load_model
    from gametheory.sensitivity.thresholds import thresholds

    model = load_model(options.file)
    over = (options.over[0], options.over[1]) if options.over else None
    values = _values(options.set)
    found = thresholds(model, options.name, at=values, over=over, progress=not options.quiet)
    _note_outside(model.space, values)
    print(found)


if __name__ == "__main__":
    sys.exit(main())
