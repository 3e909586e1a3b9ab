"""Text files: read whole, and written in one step."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from gametheory.errors import GameFileError, ModelFileError

__all__ = ["read_text", "write_text"]


def read_text(path: str | Path, error: type[GameFileError | ModelFileError] = GameFileError) -> str:
    """The text of a file in UTF-8, with or without a byte-order mark."""
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise error(f"not text in UTF-8 (byte {fault.start}); save it as UTF-8.", path) from fault
    except OSError as fault:
        raise error(f"cannot be read: {fault.strerror}.", path) from fault


def write_text(
    path: str | Path,
    text: str,
    *,
    overwrite: bool = False,
    error: type[GameFileError | ModelFileError] = GameFileError,
) -> None:
    """Write text to a file in one step: afterwards the file is the old one or the new one, never half of it."""
    target = Path(path)
    if target.exists() and not overwrite:
        raise error("exists already; give another path, or overwrite=True.", target)
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    except OSError as fault:
        raise error(f"cannot be written: {fault.strerror}.", target) from fault
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes files private; the result should be as readable as any other file of the user.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~mask)
        os.replace(temporary, target)
    except OSError as fault:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise error(f"cannot be written: {fault.strerror}.", target) from fault
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
