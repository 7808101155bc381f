"""Files that people hand in, read whole within a limit."""

from __future__ import annotations

from pathlib import Path

from tracer.errors import TracerError


def is_missing(path: str | Path) -> bool:
    """Whether there is nothing at a path, but could be."""
    try:
        return not Path(path).exists()
    except OSError:
        return False  # such as a name that is too long: whoever opens it is told


def is_folder(path: str | Path) -> bool:
    """Whether there is a folder at a path, whatever that path is."""
    try:
        return Path(path).is_dir()
    except OSError:
        return False


def is_file(path: str | Path) -> bool:
    """Whether there is an ordinary file at a path, whatever that path is."""
    try:
        return Path(path).is_file()
    except OSError:
        return False


def content(path: str | Path, most: int, remedy: str) -> bytes:
    """The bytes of a file.

    Args:
        most: so many bytes are read at most; a device may give bytes without end.
        remedy: ends the message where it cannot be read.

    Raises:
        TracerError: it cannot be read, or is larger; the message does not name the file.
    """
    try:
        with Path(path).open("rb") as file:
            read = file.read(most + 1)
    except OSError as error:
        raise TracerError(f"cannot be read ({error.strerror or error}); {remedy}") from None
    except ValueError:
        raise TracerError(f"cannot be read (its name holds a character that no path can); {remedy}") from None
    if len(read) > most:
        raise TracerError(f"has more than {most:,} bytes, and is not read; {remedy}")
    return read
