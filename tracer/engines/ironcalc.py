"""IronCalc, a spreadsheet engine in a Python package: it recalculates a workbook in milliseconds."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from array import array
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from tracer.engines import ironcalcworker
from tracer.engines.calculation import Calculation
from tracer.errors import TracerError, one_line
from tracer.xlsx.addresses import Range
from tracer.xlsx.package import Package
from tracer.xlsx.values import Values

#: Seconds of processor time that any workbook may take, and bytes unpacked that give it another.
SECONDS, BYTES_A_SECOND = 8, 2_000_000
#: Memory that any workbook may take, and how many bytes more for each of its own, unpacked.
MEMORY, MEMORY_A_BYTE = 640 << 20, 10


class IronCalc(Calculation):
    """A workbook in IronCalc, which runs in a process of its own, with limits of time and memory."""

    def __init__(self, source: Path | BinaryIO) -> None:
        """Starts it.

        Args:
            source: the path of a workbook, or an open file.

        Raises:
            TracerError: no workbook.
        """
        super().__init__()
        with Package(source) as package:
            self.name = package.name
            size = sum(entry.file_size for entry in package.parts.values())
        self._seconds = SECONDS + size // BYTES_A_SECOND
        self._memory = MEMORY + MEMORY_A_BYTE * size
        library = find_spec("ironcalc")
        if library is None or library.origin is None:
            raise TracerError("IronCalc is not installed; install it with `pip install ironcalc`")
        with _opened(source) as file, tempfile.TemporaryFile() as errors:
            # By its number: a name of a file need not be Unicode, and an open file has none.
            by_number = os.name == "posix" and Path("/dev/fd").exists()
            path = f"/dev/fd/{file.fileno()}" if by_number else str(Path(file.name).absolute())
            folder = str(Path(library.origin).parent.parent)
            command = [sys.executable, "-P", ironcalcworker.__file__, path, self._seconds, self._memory, folder]
            self._errors = os.fdopen(os.dup(errors.fileno()), "rb")
            self._process = subprocess.Popen(
                list(map(str, command)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                pass_fds=[file.fileno()] if by_number else (),
            )
        #: The worker counts its processor time; this is for one that sleeps.
        self._timer = threading.Timer(10 * self._seconds + 60, self._process.kill)
        self._timer.daemon = True
        self._timer.start()
        self._end = weakref.finalize(self, _end, self._process, self._timer, self._errors)
        self._ready = False

    def wait(self) -> None:
        if self._ready:
            return
        reason = self._answer()
        self._timer.cancel()
        if reason is not None:
            self._end()
            raise self._failure(f"IronCalc cannot recalculate it ({one_line(Exception(reason))})")
        self._ready = True

    def areas(self, title: str, areas: Sequence[Range]) -> list[Values]:
        self.wait()
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(json.dumps([title, areas]).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise self._crash() from None
        answer = self._answer()
        if isinstance(answer, str):
            raise self._failure(f"IronCalc knows no sheet {title!r} in it")
        values = []
        for area, others in zip(areas, answer):
            numbers = array("d")
            numbers.frombytes(self._process.stdout.read(8 * area.cells))
            if len(numbers) < area.cells:
                raise self._crash()
            values.append(Values(numbers, {int(place): value for place, value in others.items()}))
        return values

    def _answer(self):
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            raise self._crash()
        return json.loads(line)

    def _crash(self) -> TracerError:
        """Why the process ended."""
        timed_out = not self._ready and not self._timer.is_alive()
        self._process.kill()
        status = self._process.wait()
        self._errors.seek(0)
        message = self._errors.read(10_000)
        self._end()
        if timed_out or (os.name == "posix" and status == -signal.SIGXCPU):
            return self._failure(f"IronCalc did not finish within {self._seconds} seconds")
        if b"memory allocation" in message or b"MemoryError" in message:
            return self._failure(f"IronCalc needs more than {self._memory >> 20:,} MiB of memory for it")
        return self._failure("IronCalc crashed over it")

    def _failure(self, what: str) -> TracerError:
        return TracerError(f"{self.name}: {what}")


def _opened(source: Path | BinaryIO) -> BinaryIO:
    """A workbook as a file with a number of its own."""
    if isinstance(source, (str, Path)):
        return Path(source).open("rb")
    file = tempfile.NamedTemporaryFile()  # noqa: SIM115
    source.seek(0)
    while chunk := source.read(1 << 20):
        file.write(chunk)
    file.flush()
    file.seek(0)
    return file  # type: ignore[return-value]


def _end(process: subprocess.Popen, timer: threading.Timer, errors: BinaryIO) -> None:
    timer.cancel()
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, errors):
        if pipe:
            with contextlib.suppress(OSError):
                pipe.close()
