"""Work that is done ahead, in a thread: unpacking holds no lock, so that two sheets are unpacked at once."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from threading import Event, Thread

#: So many pieces wait to be asked for.
DEPTH = 4


def ahead(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces; the next ones are made while one is looked at.

    What the iterator raises is raised here. A reader that stops early ends the thread.
    """
    waiting: queue.Queue[bytes | BaseException | None] = queue.Queue(DEPTH)
    stopped = Event()

    def put(entry: bytes | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                waiting.put(entry, timeout=0.1)
            except queue.Full:
                continue
            return

    def make() -> None:
        try:
            for piece in pieces:
                put(piece)
                if stopped.is_set():
                    return
            put(None)
        except BaseException as error:
            put(error)

    thread = Thread(target=make, daemon=True)
    thread.start()
    try:
        while (entry := waiting.get()) is not None:
            if isinstance(entry, BaseException):
                raise entry
            yield entry
    finally:
        stopped.set()
        thread.join()
