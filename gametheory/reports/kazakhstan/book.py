"""The pictures, tables and other files of a study, collected while its pages are written and saved together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from gametheory.reports import page
from gametheory.reports.kazakhstan import wording
from gametheory.reports.plots import style

if TYPE_CHECKING:
    import pandas

    from gametheory.reports.kazakhstan.analysis import Analysis

__all__ = ["Book"]


class Book:
    """Pictures by name, tables by name, other files by path."""

    def __init__(self) -> None:
        self.figures: dict[str, Figure] = {}
        self.drawings: dict[str, str] = {}
        self.tables: dict[str, pandas.DataFrame] = {}
        self.files: dict[str, str] = {}
        self._scheme = style.Scheme()

    def figure(self, name: str, figure: Figure, caption: str, *, title: str, least: int = 620) -> str:
        """Keep a picture and return it for the page, with ids that no other picture of the page has."""
        self.figures[name] = figure
        self.drawings[name] = style.svg(figure, title=title)
        return page.figure(style.svg_in_page(self.drawings[name], name), caption, least=least)

    def table(self, name: str, frame: pandas.DataFrame) -> None:
        """Keep a table."""
        self.tables[name] = frame

    def file(self, path: str, text: str) -> None:
        """Keep a text that is to be a file of its own, at a path from the folder of the study."""
        self.files[path] = text

    def scheme(self, a: Analysis) -> style.Scheme:
        """How what is played looks in strips: the same in all of them, and what is played at the baseline first."""
        for equilibrium in a.baseline:
            self._scheme[wording.label(equilibrium)]
        return self._scheme

    def save(self, folder: Path, step: Callable[[str], None]) -> list[str]:
        """Write everything to `folder`; the names of the files are returned."""
        (folder / "figures").mkdir()
        (folder / "tables").mkdir()
        names = []
        for name, figure in self.figures.items():
            step(f"picture {name}")
            (folder / "figures" / f"{name}.svg").write_text(self.drawings[name], encoding="utf-8")
            (folder / "figures" / f"{name}.png").write_bytes(style.png(figure))
            names += [f"figures/{name}.svg", f"figures/{name}.png"]
        for name, frame in self.tables.items():
            with (folder / "tables" / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                frame.to_csv(stream, index=False, lineterminator="\r\n")
            names.append(f"tables/{name}.csv")
        for path, text in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
            names.append(path)
        return names
