"""How far a long piece of work is, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(doing: str, what: str, patience: float) -> Iterator[Callable[[int, int], None]]:
    """A bar, where standard error is a terminal; what it yields is told how much is done, of how much.

    Args:
        doing: `training`, before the bar.
        what: `epochs`, behind it, with the time that is left.
        patience: how many seconds the work may take without a bar.
    """
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from threading import Timer

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TextColumn(what), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=None)
    later = Timer(patience, bar.start)

    def tell(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)
        if later.ident is None:
            later.start()

    try:
        yield tell
    finally:
        later.cancel()
        if later.is_alive():
            later.join()
        bar.stop()
