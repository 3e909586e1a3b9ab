"""A folder of results that appears whole or not at all.

Everything is written to a fresh folder beside the target, which is then moved into place. A marker file lists what was written: only
a folder that holds nothing else is replaced without being asked, so that neither a mistyped path nor a note put beside the results
costs anyone their files.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gametheory.errors import GameTheoryError

__all__ = ["MARKER", "fresh_folder"]

MARKER = ".gametheory-study"


@contextlib.contextmanager
def fresh_folder(target: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A new folder to write to, which becomes `target` if all goes well and vanishes otherwise.

    Parameters
    ----------
    target : path-like
    overwrite : bool
        Whether to replace a folder that this package did not make.

    Raises
    ------
    GameTheoryError
        Before anything is written, if `target` is a file, or a folder with other contents and `overwrite` is false.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from gametheory.reports.folder import fresh_folder
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     target = pathlib.Path(parent) / "results"
    ...     with fresh_folder(target) as folder:
    ...         _ = (folder / "answer.txt").write_text("42")
    ...     (target / "answer.txt").read_text()
    '42'
    """
    place = Path(target).expanduser()
    if place.is_symlink():
        place = place.resolve()
    _refuse(place, overwrite)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    except OSError as error:
        raise GameTheoryError(
            f"cannot write to {place.parent}: {error.strerror}; give another folder with out=."
        ) from error
    try:
        work.chmod(0o755)
        yield work
        (work / MARKER).write_text("\n".join(_files(work)) + "\n", encoding="utf-8")
        _refuse(place, overwrite)
        old = None
        if place.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{place.name}-old-", dir=place.parent))
            place.rename(old / place.name)
        work.rename(place)
        if old is not None:
            shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _files(folder: Path) -> list[str]:
    """The files in a folder, as sorted paths from it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def _refuse(place: Path, overwrite: bool) -> None:
    if (overwrite and place.is_dir()) or not place.exists():
        return
    if not place.is_dir():
        raise GameTheoryError(f"{place} is a file; give a folder with out= (--out on the command line).")
    marker = place / MARKER
    known = {MARKER, *(marker.read_text(encoding="utf-8").splitlines() if marker.is_file() else ())}
    foreign = [name for name in _files(place) if name not in known]
    if foreign:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise GameTheoryError(
            f"the folder {place} holds {foreign[0]}{more}, which no study wrote; give another folder with out= (--out), or replace all "
            "of it with overwrite=True (--overwrite)."
        )
