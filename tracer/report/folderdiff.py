"""The comparison of two folders with its reports."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from tracer.compare import folders
from tracer.errors import TracerError
from tracer.reading import is_file, is_folder
from tracer.report.diff import Diff


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
        """An index, for a browser, and beside it the page of each pair of files that differ, to which it links.

        Args:
            path: of the index, such as `report.html`, or a folder for it; without one, an index without links is
                returned.
        """
        from tracer.report import folderpage

        return folderpage.html(self, {}) if path is None else folderpage.write(self, path, force)

    def to_excel(self, path: str | Path | BinaryIO, *, force: bool = False) -> None:
        """Of each file that differs, a copy of B's with marks, under the same path in a folder.

        Args:
            path: the folder.

        Raises:
            TracerError: it is none, or one of the two; or a file cannot be written.
        """
        if not isinstance(path, (str, Path)):
            raise TracerError("the marked copies of two folders' files are a folder; say which with --out")
        folder = Path(path)
        if is_file(folder) or folder.suffix.lower() in folders.ENDINGS:
            raise TracerError(f"{path}: is a file; the marked copies of two folders' files go to a folder")
        if any(is_folder(folder) and folder.samefile(source) for source in self.sources):
            raise TracerError(f"{path}: is one of the two folders; choose another --out")
        for file in self.having("different"):
            Diff(**vars(file.diff)).to_excel(folder / file.path, force=force)

    def _written(self, path: str | Path | None, format: str, text: str, force: bool) -> str:
        from tracer.report.files import write_text

        if path is not None:
            write_text(path, format, text, self.sources, force)
        return text
