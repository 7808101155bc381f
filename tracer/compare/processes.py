"""Work shared out to processes, which end when this one does."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Thread, current_thread, main_thread
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from tracer.errors import TracerError

if TYPE_CHECKING:
    from multiprocessing import connection

# `multiprocessing` is loaded where it is called: two files need none, and would wait for it.

Job = TypeVar("Job")
Result = TypeVar("Result")
#: Told how many jobs are done, of how many.
Progress = Callable[[int, int], object]

#: No more processes than this: each has workbooks in its memory, and Windows waits for 61 at most.
MOST = 32


def available() -> int:
    """How many processes may work at a time."""
    import multiprocessing

    if multiprocessing.current_process().daemon:
        return 1  # it may have no children
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(processors, MOST)


def run(work: Callable[[Job], Result], jobs: Sequence[Job], processes: int, progress: Progress) -> list[Result]:
    """What `work` makes of every job, in the order of the jobs.

    Args:
        work: a function of a module of ours, by whose name other processes find it.
        processes: how many work at a time; with one, this one works.

    Raises:
        TracerError: the system ended a process.
    """
    progress(0, len(jobs))
    if processes > 1:
        return _shared_out(work, jobs, processes, progress)
    results = []
    for job in jobs:
        results.append(work(job))
        progress(len(results), len(jobs))
    return results


def _shared_out(work: Callable[[Job], Result], jobs: Sequence[Job], processes: int, progress: Progress) -> list[Result]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(processes, context, _start, (theirs,))
    try:
        with _spawning():
            futures = [pool.submit(work, job) for job in jobs]
        for done, future in enumerate(as_completed(futures), 1):
            future.result()
            progress(done, len(jobs))
        pool.shutdown()
        return [future.result() for future in futures]
    except BrokenProcessPool:
        raise TracerError(
            "a process that compared files was ended from outside (is the memory full?); compare fewer files at a time"
        ) from None
    finally:
        ours.close()
        pool.shutdown(cancel_futures=True)
        theirs.close()


@contextmanager
def _spawning() -> Iterator[None]:
    """What is started in here does not hear Ctrl-C, which is for this process to answer, nor load the caller's script.

    A script need not expect to be loaded again: `if __name__ == "__main__"` is not asked of our users.
    """
    script = sys.modules["__main__"]
    handler = signal.getsignal(signal.SIGINT)
    ours = handler is not None and current_thread() is main_thread()  # no other thread may say what a signal does
    sys.modules["__main__"] = ModuleType("__main__")
    if ours:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGINT, handler)
        sys.modules["__main__"] = script


def _start(parent: connection.Connection) -> None:
    """What a new process does first: see to it that it ends, whatever it works at, when the pipe does."""
    from multiprocessing import connection

    def end() -> None:
        connection.wait([parent])
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=end, daemon=True).start()
