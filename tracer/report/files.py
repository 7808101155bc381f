"""Files of reports: what may be overwritten, and what may not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

from tracer.errors import TracerError
from tracer.report.marked import is_report
from tracer.writing import check, replace

#: How a report begins, in the first bytes of the file; a text begins as any text does.
_BEGINNINGS = {
    "json": re.compile(rb'\s*\{\s*"schema"'),
    "html": re.compile(rb"\s*<!doctype html", re.IGNORECASE),
    "junit": re.compile(rb"\s*<\?xml[^>]*>\s*<testsuites?\b"),
    "text": re.compile(rb"[^\0]*\Z"),
}


def write(
    path: str | Path, format: str, content: Callable[[BinaryIO], Any], sources: Iterable[Any], force: bool
) -> None:
    """Write a report, whole or not at all.

    Args:
        format: `json`, `html`, `junit`, `text` or `xlsx`.
        content: writes it to an open file.
        sources: the workbooks that were compared, as they were given: they are never overwritten.
        force: overwrite a file that is no such report.

    Raises:
        TracerError: it would overwrite what it must not, or cannot be written.
    """
    check_report(path, format, sources, force)
    replace(path, content)


def write_text(path: str | Path, format: str, text: str, sources: Iterable[Any], force: bool) -> None:
    """The same for a report that is text."""
    write(path, format, lambda file: file.write(encoded(text)), sources, force)


def encoded(text: str) -> bytes:
    """Lines in UTF-8; half a surrogate pair, as names of files may hold, becomes a question mark."""
    return (text.rstrip("\n") + "\n").encode("utf-8", "replace")


def check_report(path: str | Path, format: str, sources: Iterable[Any], force: bool) -> None:
    """Before workbooks are compared for it.

    Raises:
        TracerError: it would overwrite what it must not, or cannot be written.
    """
    path = Path(path)
    if any(_same(path, source) for source in sources):
        raise TracerError(f"{path}: is one of the two workbooks, which no report overwrites; choose another --out")
    otherwise = f"exists and is no report in {format}"
    check(path, force=force, is_ours=lambda there: _is_ours(there, format), otherwise=otherwise)


def _same(path: Path, source: Any) -> bool:
    name = source if isinstance(source, (str, Path)) else getattr(source, "name", None)
    try:
        return isinstance(name, (str, Path)) and path.samefile(name)
    except (OSError, ValueError):  # one of the two is not there, or no path at all
        return False


def _is_ours(path: Path, format: str) -> bool:
    if format == "xlsx":
        return is_report(path)
    try:
        with path.open("rb") as file:
            start = file.read(1000)
    except OSError:
        return False
    return not start or _BEGINNINGS[format].match(start) is not None
