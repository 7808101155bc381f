"""`tracer textconv`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def textconv(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="Any workbook.", show_default=False)],
    rows: Annotated[
        bool,
        typer.Option("--rows", help="A line a row, without addresses, so that a row put in is one line of a diff."),
    ] = False,
) -> None:
    """Print a workbook as stable text, a line a cell, for `git diff` (see docs/git.md).

    A file that cannot be read is one line that says why, and exit status 0: git would end with any other.
    """
    from tracer.textconv import text

    for line in text(str(file), rows):
        print(line)
