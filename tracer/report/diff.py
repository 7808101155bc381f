"""A diff with its reports."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from tracer.compare import difference, folders
from tracer.errors import TracerError


class Diff(difference.Diff):
    """What differs between two workbooks, with every report that can be made of it.

    The reports are what `tracer diff --format ... --out ... --force` writes. Without a path they are only returned;
    a file that is there is replaced if it is such a report, or with `force`, but never if it is one of the two.
    """

    @property
    def failed(self) -> tuple[folders.FileDiff, ...]:
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


class FolderDiff(folders.FolderDiff):
    """What differs between two folders, with every report that can be made of it."""

    @property
    def failed(self) -> tuple[folders.FileDiff, ...]:
        """The files that could not be compared."""
        return self.having("failed")

    @property
    def sources(self) -> tuple[str, str]:
        """The two folders."""
        return self.a, self.b

    def to_json(self, path: str | Path | None = None, *, force: bool = False) -> str:
        """For programs: docs/report-json.md describes it."""
        from tracer.report.record import to_json

        return self._written(path, "json", to_json(self), force)

    def to_junit(self, path: str | Path | None = None, *, force: bool = False) -> str:
        """JUnit XML, for CI servers: a suite a file, with a case a sheet."""
        from tracer.report.junit import junit

        return self._written(path, "junit", junit(self), force)

    def to_html(self, path: str | Path | None = None, *, force: bool = False) -> str:
        raise TracerError(
            "a page is of two workbooks; give two files, or report on folders with --format json or junit"
        )

    def to_excel(self, path: str | Path | BinaryIO, *, force: bool = False) -> None:
        raise TracerError(
            "a marked copy is of one workbook; give two files, or report on folders with --format json or junit"
        )

    def _written(self, path: str | Path | None, format: str, text: str, force: bool) -> str:
        from tracer.report.files import write_text

        if path is not None:
            write_text(path, format, text, self.sources, force)
        return text
