"""A whole study: computed, put into words and pictures, and written to one folder.

The folder holds a report that stands alone (``report.html``), the pictures as SVG and PNG, the tables as CSV with exact numbers, and a
sweep as netCDF. The same numbers give the same report, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from gametheory.errors import Unsupported, unknown
from gametheory.reports.folder import fresh_folder

if TYPE_CHECKING:
    from gametheory.reports.kazakhstan.analysis import Analysis

__all__ = ["STUDIES", "StudyResult", "run_study"]

STUDIES = ("kazakhstan",)


@dataclass(frozen=True)
class StudyResult:
    """Where a study is, and what it found.

    Attributes
    ----------
    name : str
    folder, report : Path
        The folder, and the report in it.
    files : tuple of str
        All files, as paths from the folder.
    summary : tuple of str
        The main results, a sentence each.
    analysis : Analysis
        Everything that was computed.
    """

    name: str
    folder: Path
    report: Path
    files: tuple[str, ...]
    summary: tuple[str, ...]
    analysis: Analysis

    def __str__(self) -> str:
        return "\n".join(self.summary)


def run_study(
    name: str = "kazakhstan",
    out: str | Path | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002 - it is what the option is called
    *,
    overwrite: bool = False,
    progress: bool = True,
) -> StudyResult:
    """Run a study and write its report.

    Parameters
    ----------
    name : {"kazakhstan"}
    out : path-like, optional
        The folder to write, ``study-NAME`` by default. It appears when all is written. An earlier study there is replaced; any other
        folder is left alone, unless `overwrite`.
    set : mapping of str to number, optional
        Values of parameters instead of their baselines; the range is widened where the value lies outside.
    overwrite : bool
        Whether to replace a folder that no study wrote.
    progress : bool

    Returns
    -------
    StudyResult

    Raises
    ------
    UnknownName
        If there is no such study or parameter.
    GameTheoryError
        If the folder must not be replaced.
    Unsupported
        If matplotlib is not installed.
    """
    if name not in STUDIES:
        raise unknown("study", name, STUDIES)
    try:
        import matplotlib  # noqa: F401 - only to see whether it is there, before minutes are spent
    except ModuleNotFoundError as error:
        raise Unsupported(
            "a study draws pictures and needs matplotlib: install the package with its extra, 'gametheory[plot]'"
        ) from error
    from gametheory.reports.kazakhstan.analysis import analyse
    from gametheory.reports.kazakhstan.report import write

    target = Path(f"study-{name}" if out is None else out).expanduser()
    with fresh_folder(target, overwrite=overwrite) as folder:
        analysis = analyse(set, progress=progress)
        with tqdm(desc="report", disable=not progress, leave=False, delay=0.5) as bar:
            files, summary = write(analysis, folder, _stepper(bar))
    return StudyResult(name, target, target / "report.html", tuple(files), tuple(summary), analysis)


def _stepper(bar: Any) -> Callable[[str], None]:
    def step(what: str) -> None:
        bar.set_postfix_str(what)
        bar.update(1)

    return step
