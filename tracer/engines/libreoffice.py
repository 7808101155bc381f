"""LibreOffice, where it is installed: it is started without a window, recalculates a workbook and saves it anew."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from tracer.engines import libreofficeworker
from tracer.engines.calculation import Calculation
from tracer.errors import TracerError
from tracer.xlsx.addresses import Range
from tracer.xlsx.book import Book
from tracer.xlsx.package import Package
from tracer.xlsx.values import Values, read

#: Seconds after which it is given up on, and bytes unpacked that give it another.
SECONDS, BYTES_A_SECOND = 300, 500_000
#: Address space that it may take.
MEMORY = 6 << 30


class LibreOffice(Calculation):
    """A workbook in LibreOffice, which runs in a process group of its own, without a network, with limits."""

    def __init__(self, source: Path | BinaryIO) -> None:
        """Starts it.

        Args:
            source: the path of a workbook, or an open file.

        Raises:
            TracerError: no workbook, or LibreOffice is not installed.
        """
        super().__init__()
        program = shutil.which("soffice") or shutil.which("libreoffice")
        if not program:
            raise TracerError(
                "LibreOffice is not installed; install it (Debian and Ubuntu: libreoffice-calc), "
                "or use --engine ironcalc"
            )
        with Package(source) as package:
            self.name = package.name
            self._seconds = SECONDS + sum(entry.file_size for entry in package.parts.values()) // BYTES_A_SECOND
        self._file, self._errors = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115
        if isinstance(source, (str, Path)):
            with Path(source).open("rb") as file:
                shutil.copyfileobj(file, self._file)
        else:
            source.seek(0)
            shutil.copyfileobj(source, self._file)
        self._file.seek(0)
        self._process = subprocess.Popen(
            [sys.executable, "-P", libreofficeworker.__file__, program, str(self._seconds), str(MEMORY)],
            stdin=subprocess.PIPE,
            stdout=self._file,
            stderr=self._errors,
            start_new_session=True,  # an interrupt is for us, and what we do is its end
        )
        self._end = weakref.finalize(self, _end, self._process)

    def wait(self) -> None:
        _ = self._book

    @cached_property
    def _book(self) -> Book:
        status = self._process.wait()
        self._end()
        if status == libreofficeworker.TIMED_OUT:
            raise TracerError(f"{self.name}: LibreOffice did not finish within {self._seconds} seconds")
        if status:
            self._errors.seek(0)
            lines = self._errors.read(10_000).decode(errors="replace").strip().splitlines()
            raise TracerError(
                f"{self.name}: LibreOffice cannot recalculate it ({lines[-1] if lines else 'it gave no reason'})"
            )
        self._file.seek(0)
        return Book(self._file, f"{self.name}, as LibreOffice saved it")

    def areas(self, title: str, areas: Sequence[Range]) -> list[Values]:
        sheet = self._book.sheet(title)
        if sheet is None:
            raise TracerError(f"{self.name}: LibreOffice knows no sheet {title!r} in it")
        return read(self._book, sheet, areas)


def _end(process: subprocess.Popen) -> None:
    """Its worker ends everything, and removes its files, when this end of the pipe closes."""
    assert process.stdin
    process.stdin.close()
    process.wait()
