"""The comparison of two workbooks or folders, as the library and the command line call it: a diff with its reports."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from tracer.compare import difference
from tracer.compare.criteria import Criteria
from tracer.compare.workbooks import compare
from tracer.errors import TracerError
from tracer.reading import is_folder
from tracer.xlsx.book import Book

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tracer.compare.folders import FileDiff
    from tracer.report.folderdiff import FolderDiff
    from tracer.trace import Trace


class Diff(difference.Diff):
    """What differs between two workbooks, with every report that can be made of it.

    The reports are what `tracer diff --format ... --out ... --force` writes. Without a path they are only returned;
    a file that is there is replaced if it is such a report, or with `force`, but never if it is one of the two.
    """

    @property
    def failed(self) -> tuple[FileDiff, ...]:
        """Nothing: what cannot be compared is an error. See `FolderDiff`."""
        return ()

    def to_json(self, path: str | Path | None = None, *, force: bool = False) -> str:
        """For programs: docs/report-json.md describes it."""
        from tracer.report.record import to_json

        return self._written(path, "json", to_json(self), force)

    def to_html(self, path: str | Path | None = None, *, force: bool = False) -> str:
        """A page of its own, for a browser."""
        from tracer.report.page import html

        return self._written(path, "html", html(self), force)

    def to_junit(self, path: str | Path | None = None, *, force: bool = False) -> str:
        """JUnit XML, for CI servers: a suite with a case a sheet."""
        from tracer.report.junit import junit

        return self._written(path, "junit", junit([self]), force)

    def to_excel(self, path: str | Path | BinaryIO, *, force: bool = False) -> None:
        """A copy of workbook B with origins and consequences marked, and a sheet that lists them.

        Args:
            path: where to, or a file open for writing bytes.

        Raises:
            TracerError: B can no longer be read, or the file cannot be written.
        """
        from tracer.report.files import write
        from tracer.report.marked import check_suffix, marked

        if isinstance(path, (str, Path)):
            check_suffix(self, Path(path))
            write(path, "xlsx", lambda file: marked(self, file), self.sources, force)
        else:
            marked(self, path)

    def _written(self, path: str | Path | None, format: str, text: str, force: bool) -> str:
        from tracer.report.files import write_text

        if path is not None:
            write_text(path, format, text, self.sources, force)
        return text


def diff(
    a: str | Path | BinaryIO | Trace,
    b: str | Path | BinaryIO | Trace,
    *,
    only: Iterable[str] | str | None = None,
    ignore: Iterable[str] | str | None = None,
    rtol: float = 0.0,
    atol: float = 0.0,
    recalculate: str = "auto",
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Diff | FolderDiff:
    """What differs between two workbooks, whoever wrote them, and which cells it starts in; or between two folders.

    >>> found = tracer.diff(tracer.run(), tracer.run(lr=0.2))     # or the paths of two workbooks
    >>> for origin in found.origins:
    ...     print(origin)
    Step 1 · lr ('Step 1'!W14): 0.1 became 0.2

    Args:
        a, b: paths, files open for reading bytes, or traces; or the paths of two folders, whose .xlsx and .xlsm files
            are paired by relative path.
        only, ignore: what to compare, and what not: kinds (`values`, `styles`, ...), `Sheet!A1:C3`, globs of sheets'
            titles, defined names; a list, or text with commas.
        rtol, atol: two numbers agree within atol, or within rtol times the larger; 0 and 0: bit for bit.
        recalculate: how values that a file does not store are had: `auto` has IronCalc compute them where they are
            needed, `ironcalc` and `libreoffice` say so and fail where they cannot; `never` leaves them unknown.
        progress: for folders: told how many pairs of files are compared, of how many.

    Returns:
        A `Diff`, which is true when anything differs, and iterable; with its `origins` and `consequences`, with
        `to_frame()` and reports: `to_json()`, `to_html()`, `to_junit()`, `to_excel(path)`.
        For folders a `FolderDiff`: the same for its `files`, each with its `path`, `status` and `diff`; `to_html(path)`
        writes an index and a page for each pair, `to_excel(folder)` a copy of each file that differs.

    Raises:
        TracerError: a file cannot be read as a workbook, or an entry names nothing. In folders, a file that cannot be
            read has the status `failed`, and its `error` says why.
    """
    criteria = Criteria(only, ignore, rtol, atol, recalculate)
    if a == "" or b == "":  # a Path of it would be the folder where we are
        raise TracerError(f"{'A' if a == '' else 'B'} is an empty path; expected a workbook or a folder")
    if any(isinstance(source, (str, Path)) and is_folder(source) for source in (a, b)):
        from tracer.compare import folders  # here, because two files need nothing of what shares out work
        from tracer.report.folderdiff import FolderDiff

        pairs = folders.compare(a, b, criteria, progress=progress)
        return FolderDiff(**vars(pairs))
    sources = _file(a), _file(b)
    with Book(sources[0]) as first, Book(sources[1]) as second:
        found = compare(first, second, criteria)
    return Diff(**vars(found) | {"sources": sources})


def _file(source: Any) -> Any:
    """A source that `Book` reads. Whoever has a trace has loaded its module, and NumPy with it; files need neither."""
    module = sys.modules.get("tracer.trace")
    return _written(source) if module is not None and isinstance(source, module.Trace) else source


def _written(recorded: Trace) -> BinaryIO:
    """A trace as the workbook that `to_excel` writes, in memory."""
    from tracer.workbook.writer import write

    file = io.BytesIO()
    file.name = f"the trace of {recorded.network.name}"
    write(recorded, file)
    return file
