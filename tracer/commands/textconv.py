"""`tracer textconv`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def textconv(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="Any workbook.", show_default=False)],
) -> None:
    """Print a workbook as stable text, a line a cell, for `git diff` (see docs/diff.md)."""
    from tracer.textconv import lines
    from tracer.xlsx.book import Book

    with Book(file) as book:
        for line in lines(book):
            print(line)
