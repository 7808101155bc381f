"""Processes that stay alive and take one damaged file after the other, each within limits of time and memory."""

from __future__ import annotations

import io
import json
import mmap
import os
import re
import resource
import select
import shlex
import shutil
import signal
import struct
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import typer
from cases import Case, Seeds, case, prepare

from tracer.cli import app
from tracer.errors import TracerError

#: Seconds of a processor's time for one file; of the clock, after which a worker is killed.
PATIENCE, PATIENCE_OF_CLOCK = 10, 120
#: What a worker may take beyond what it has when everything is loaded.
MEMORY = 1 << 30
#: After so many files a worker begins anew, so that what piled up is no finding.
LIFE = 2_000
#: What no line for a terminal holds: C0 but for tab and line feed, DEL, C1, marks of direction.
_RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class TooSlow(BaseException):
    """Not an Exception: nothing between here and the alarm catches it."""


@dataclass
class Finding:
    """What a file did that it must not: `crash`, `hang`, `memory`, `killed`, or `raw` characters on a terminal."""

    number: int
    what: str
    where: str
    file: str
    command: str


@dataclass
class Tally:
    outcomes: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    slowest: float = 0.0
    slowest_number: int = 0
    largest: int = 0
    seconds: Counter[str] = field(default_factory=Counter)


def run(seed: str, numbers: range, seeds: Seeds, folder: Path, kept: Path, jobs: int, minutes: float | None) -> Tally:
    """Take all files of these numbers.

    Args:
        folder: where the workers work.
        kept: where files of findings go.
    """
    tally, until = Tally(), time.monotonic() + minutes * 60 if minutes else float("inf")
    workers = [_Worker(seed, numbers[index::jobs], seeds, folder / str(index), kept) for index in range(jobs)]
    while alive := [worker for worker in workers if worker.pipe is not None]:
        ready, _, _ = select.select([worker.pipe for worker in alive], [], [], 1.0)
        for worker in alive:
            worker.listen(worker.pipe in ready, tally, time.monotonic() > until)
    return tally


class _Worker:
    def __init__(self, seed: str, numbers: range, seeds: Seeds, folder: Path, kept: Path) -> None:
        self._seed, self._numbers, self._seeds, self._folder, self._kept = seed, numbers, seeds, folder, kept
        folder.mkdir(parents=True, exist_ok=True)
        prepare(folder, seeds)
        self._beat = mmap.mmap(-1, 24)  # what it is at (its index and number), and since when
        self._start(0)

    def _start(self, index: int) -> None:
        self._beat[:] = struct.pack("qqd", index, -1, time.monotonic())
        reading, writing = os.pipe()
        self._child = os.fork()
        if not self._child:
            status = 1
            try:
                os.close(reading)
                with os.fdopen(writing, "w") as report:
                    self._work(index, report)
                status = 0
            finally:
                os._exit(status)
        os.close(writing)
        self.pipe: int | None = reading
        self._buffer = b""

    def listen(self, ready: bool, tally: Tally, over: bool) -> None:
        index, number, since = struct.unpack("qqd", self._beat[:])
        if over or time.monotonic() - since > PATIENCE_OF_CLOCK:
            os.kill(self._child, signal.SIGKILL)
        if not ready or self.pipe is None:
            return
        chunk = os.read(self.pipe, 1 << 16)
        self._buffer += chunk
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            _add(tally, json.loads(line))
        if chunk:
            return
        os.close(self.pipe)
        self.pipe = None
        _, status = os.waitpid(self._child, 0)
        index, number, since = struct.unpack("qqd", self._beat[:])
        if over:
            return
        if status:
            late = time.monotonic() - since > PATIENCE_OF_CLOCK
            what = "hang" if late else "killed"
            done = case(self._seed, number, self._seeds, self._folder)
            how = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"status {os.WEXITSTATUS(status)}"
            tally.findings.append(_finding(done, number, what, how, self._kept))
            tally.outcomes[f"{done.kind} {what}"] += 1
            index += 1
        if index < len(self._numbers):
            self._start(index)

    def _work(self, index: int, report: io.TextIOBase) -> None:
        """Take files until the life of the worker is over; the index of the next one stays in the beat."""
        os.chdir(self._folder)
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        limit = _size() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        for at in range(index, min(index + LIFE, len(self._numbers))):
            number = self._numbers[at]
            self._beat[:] = struct.pack("qqd", at, number, time.monotonic())
            taken = case(self._seed, number, self._seeds, self._folder)
            self._beat[:] = struct.pack("qqd", at, number, time.monotonic())
            before = time.process_time()
            outcome, where = attempt(taken)
            took = time.process_time() - before
            line = {"outcome": f"{taken.kind} {outcome}", "took": took, "number": number, "memory": _peak()}
            if outcome not in ("answered", "refused"):
                line["finding"] = vars(_finding(taken, number, outcome, where, self._kept))
            with suppress(OSError):
                taken.path.unlink()
            report.write(json.dumps(line) + "\n")
            report.flush()
            self._beat[:] = struct.pack("qqd", at + 1, number, time.monotonic())


def attempt(taken: Case) -> tuple[str, str]:
    """What a command makes of a file: `answered` or `refused`, or else what it must not; and where."""
    with _captured() as said, _alarm():
        try:
            app(taken.arguments, standalone_mode=False)
            outcome, where = "answered", ""
        except TracerError as error:
            message = str(error)
            outcome, where = (
                ("refused", "") if "\n" not in message and len(message) < 5_000 else ("long", message[:300])
            )
        except typer.Exit:
            outcome, where = "answered", ""
        except TooSlow as error:
            outcome, where = "hang", _place(error)
        except MemoryError as error:
            outcome, where = "memory", _place(error)
        except BaseException as error:
            if hasattr(error, "format_message"):
                raise  # an option that there is not: the fault is of this harness
            outcome, where = "crash", f"{type(error).__name__}: {str(error)[:200]!r} {_place(error)}"
    if outcome == "answered" and "--format" not in taken.arguments:
        text = said.getvalue().decode("utf-8", "replace")
        if raw := _RAW.search(text):
            outcome, where = "raw", repr(text[max(raw.start() - 40, 0) : raw.end() + 20])
    return outcome, where


@contextmanager
def _captured() -> Iterator[io.BytesIO]:
    """What is printed, in memory."""
    before, said = (sys.stdout, sys.stderr), io.BytesIO()
    sys.stdout, sys.stderr = io.TextIOWrapper(said, "utf-8", "replace", write_through=True), io.StringIO()
    try:
        yield said
    finally:
        (sys.stdout, sys.stderr), mine = before, sys.stdout
        mine.detach()  # type: ignore[attr-defined]  # else it closes the bytes


@contextmanager
def _alarm() -> Iterator[None]:
    def late(*_: object) -> None:
        raise TooSlow

    signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _place(error: BaseException) -> str:
    """The last lines of the project, and the last of all, in a traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/tracer/" in frame.filename][-2:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in (*frames[-1:], *reversed(ours)))


def _finding(taken: Case, number: int, what: str, where: str, kept: Path) -> Finding:
    kept.mkdir(parents=True, exist_ok=True)
    copy = kept / taken.path.name
    with suppress(OSError):
        shutil.copy(taken.path, copy)
    sound = kept / taken.seed.name  # our own are made anew each time
    if not sound.exists():
        with suppress(OSError):
            shutil.copy(taken.seed, sound)
    names = {str(taken.path): str(copy), str(taken.seed): str(sound)}
    arguments = [names.get(argument, argument) for argument in taken.arguments]
    return Finding(number, what, where, str(copy), shlex.join(["tracer", *arguments]))


def _add(tally: Tally, line: dict) -> None:
    tally.outcomes[line["outcome"]] += 1
    tally.seconds[line["outcome"].split()[0]] += line["took"]
    tally.largest = max(tally.largest, line["memory"])
    if line["took"] > tally.slowest:
        tally.slowest, tally.slowest_number = line["took"], line["number"]
    if "finding" in line:
        tally.findings.append(Finding(**line["finding"]))
        print(f"  {line['finding']['number']}: {line['finding']['what']} {line['finding']['where']}", flush=True)
        print(f"      {line['finding']['command']}", flush=True)


def _size() -> int:
    """Of the address space, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _peak() -> int:
    """The most memory that this process had at a time, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
