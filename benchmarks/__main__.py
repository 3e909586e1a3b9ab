"""Time this package and others on the same games, and write docs/benchmarks.md with its picture."""

from __future__ import annotations

import argparse
import importlib
import warnings
from pathlib import Path

from benchmarks import page
from benchmarks.measure import FOLDER, Section, clock, say

#: In the order of the page; each is a function (quick) -> Section.
SECTIONS = {
    "tables": ("benchmarks.tables", "run"),
    "exact": ("benchmarks.tables", "run_exact"),
    "large": ("benchmarks.large", "run"),
    "trees": ("benchmarks.trees", "run"),
    "sweeps": ("benchmarks.sweeps", "run"),
    "compilation": ("benchmarks.compilation", "run"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", help=f"which of {', '.join(SECTIONS)}; all by default")
    parser.add_argument(
        "--quick", action="store_true", help="few games, for development; the page is not written"
    )
    parser.add_argument(
        "--shape", default="", help="of `tables` only this one, such as 3x3x3; the page is not written"
    )
    parser.add_argument("--out", type=Path, default=page.TARGET, help="where to write the page")
    parser.add_argument(
        "--page", action="store_true", help="only write the page, from what was measured before"
    )
    arguments = parser.parse_args()
    for name in arguments.sections:
        if name not in SECTIONS:
            parser.error(f"there is no section {name!r}; known: {', '.join(SECTIONS)}")
    warnings.simplefilter("ignore")  # peers warn about degenerate games, of which random ones are none
    measured: dict[str, Section] = {}
    for name in () if arguments.page else arguments.sections or SECTIONS:
        module, function = SECTIONS[name]
        more = {"wanted": arguments.shape} if name == "tables" else {}

        def measure(
            name: str = name, module: str = module, function: str = function, more: dict = more
        ) -> None:
            try:
                measured[name] = getattr(importlib.import_module(module), function)(arguments.quick, **more)
            except Exception as error:  # noqa: BLE001 (a section that fails must not cost the others)
                say(f"{name}: left out, {type(error).__name__}: {error}")

        say(f"== {name}")
        say(f"== {name} took {clock(measure):.0f} s")
        if name in measured and not (arguments.quick or arguments.shape):
            measured[name].save()  # at once, so that an interrupted run loses one section only
    if arguments.quick or arguments.shape:
        return
    everything = [found for name in SECTIONS if (found := measured.get(name) or Section.read(name, FOLDER))]
    for path in page.write(everything, arguments.out):
        say(f"written: {path}")


if __name__ == "__main__":
    main()
