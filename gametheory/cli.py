"""The command line: ``gametheory study``, ``solve``, ``thresholds``, ``map``, ``conditions`` and ``verify``.

It reads arguments, calls the package and prints what it returns; nothing is computed here.
"""

from __future__ import annotations

import argparse
import json
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

    maps = commands.add_parser(
        "map",
        help="follow every equilibrium along one parameter, or map two",
        description="Follow every equilibrium along one parameter as branches, or cut the plane of two where the equilibria change.",
    )
    maps.add_argument("file", metavar="FILE", help="a model file (TOML)")
    maps.add_argument("names", metavar="NAME", nargs="+", help="one parameter, or two")
    maps.add_argument(
        "--after", metavar="NODE", help="tell apart what would be played from this node of a tree on"
    )
    maps.add_argument("--geojson", metavar="FILE", help="save a map of two parameters as polygons")
    maps.add_argument("--svg", metavar="FILE", help="draw a map of two parameters")
    maps.set_defaults(run=_map)

    derived = commands.add_parser(
        "conditions",
        help="derive when an outcome is that of an equilibrium, in all parameters",
        description="Derive the conditions, in all parameters, under which an outcome is that of a pure equilibrium.",
    )
    derived.add_argument("file", metavar="FILE", help="a model file (TOML)")
    derived.add_argument("outcome", metavar="OUTCOME", help='such as "P(Russia: refrain) = 1"')
    derived.add_argument("--for", dest="name", metavar="NAME", help="solve them for this parameter")
    derived.add_argument("--proposition", action="store_true", help="write a proposition with its proof")
    derived.add_argument("--latex", action="store_true", help="write LaTeX")
    derived.set_defaults(run=_conditions)

    verify = commands.add_parser(
        "verify",
        help="prove or refute a claim about the equilibria for all parameters in their ranges",
        description="Prove or refute a claim about the equilibria for all parameters in their ranges.",
    )
    verify.add_argument("file", metavar="FILE", help="a model file (TOML)")
    verify.add_argument("claim", metavar="CLAIM", help='such as "P(Russia: act) never rises with x_W"')
    verify.add_argument("--save", metavar="FILE", help="keep the certificate of a proof (JSON)")
    verify.set_defaults(run=_verify)

    for command in (study, solve, thresholds, maps, derived, verify):
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


def _map(options: argparse.Namespace) -> None:
    from gametheory.parameters.model_file import load_model
    from gametheory.sensitivity.equilibrium_map import equilibrium_map
    from gametheory.sensitivity.plane_map import PlaneMap

    if len(options.names) > 2:
        raise ParameterError(f"a map is of one parameter or of two, not of {len(options.names)}.")
    model, values = load_model(options.file), _values(options.set)
    for name in (option for option in ("after", "geojson", "svg") if getattr(options, option)):
        if len(options.names) == 1:
            raise ParameterError(f"--{name} is for maps of two parameters; name a second one.")
    found = equilibrium_map(
        model,
        *options.names,
        at=values,
        progress=not options.quiet,
        **({"after": options.after} if options.after else {}),
    )
    _note_outside(model.space, values)
    if isinstance(found, PlaneMap):
        if options.geojson:
            _write(options.geojson, json.dumps(found.to_geojson()) + "\n")
        if options.svg:
            found.save_svg(options.svg)
    print(found)


def _conditions(options: argparse.Namespace) -> None:
    from gametheory.parameters.model_file import load_model
    from gametheory.sensitivity.conditions import conditions

    if options.name and options.proposition:
        raise ParameterError(
            "--for solves conditions and --proposition writes them as they are; give one of them."
        )
    model, values = load_model(options.file), _values(options.set)
    found = conditions(model, options.outcome, at=values, progress=not options.quiet)
    _note_outside(model.space, values)
    shown = (
        found.solve_for(options.name)
        if options.name
        else found.proposition()
        if options.proposition
        else found
    )
    print(shown.to_latex() if options.latex else shown)


def _verify(options: argparse.Namespace) -> None:
    from gametheory.parameters.model_file import load_model
    from gametheory.sensitivity.verify import verify

    model, values = load_model(options.file), _values(options.set)
    found = verify(options.claim, model, at=values, progress=not options.quiet)
    _note_outside(model.space, values)
    print(found)
    if options.save:
        if found.certificate is None:
            print(f"note: nothing was proved, so {options.save} is not written.", file=sys.stderr)
        else:
            _write(options.save, json.dumps(found.certificate.to_dict(), indent=1) + "\n")


def _write(path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise GameTheoryError(f"cannot write to {path}: {error.strerror}.") from error


if __name__ == "__main__":
    sys.exit(main())
