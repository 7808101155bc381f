"""Standard output and error of a process: open, on every terminal, and honest about what could not be written."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import Any


class OutputError(Exception):
    """Standard output takes nothing more: its disk is full, or it is closed."""


class OutputClosed(Exception):  # noqa: N818 no error: whoever reads our output (`| head`) has enough
    """Nobody reads standard output any more."""


class _Output(io.FileIO):
    """Where standard output goes. What goes wrong here is told from what goes wrong with any other file."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            raise OutputClosed from None
        except OSError as error:
            raise OutputError(
                f"standard output cannot be written ({error.strerror}); what was asked for may be incomplete"
            ) from None


def prepare() -> None:
    """Make sure that there are three standard streams, and that any text can be written to them.

    Where a stream was closed by who started us, the next file that is opened would take its number, and what is
    printed would land in it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY if number < 2 else os.O_WRONLY)  # which takes the lowest free number
    if sys.stderr is None:
        sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), write_through=True)
    if sys.stdout is None or _is_standard(sys.stdout):
        encoding = getattr(sys.stdout, "encoding", "utf-8")
        buffer = io.BufferedWriter(_Output(1, "w", closefd=False))
        sys.stdout = io.TextIOWrapper(buffer, encoding, line_buffering=os.isatty(1))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without ● shows a question mark


def _is_standard(stream: object) -> bool:
    """Whether that is the file that the process was started with, and not what a test has put in its place."""
    return stream is sys.__stdout__ and isinstance(stream, io.TextIOWrapper) and stream.fileno() == 1


def discard() -> None:
    """Send what is still to be written to standard output nowhere."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)


def say(message: str) -> None:
    """A line on standard error, if that can be written."""
    try:
        print(message, file=sys.stderr, flush=True)
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)  # what is left in its buffer would be told of when Python ends
