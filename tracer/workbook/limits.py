"""What a workbook can hold. More is refused before anything is computed or written: no row is lost silently."""

from __future__ import annotations

from tracer.errors import TracerError
from tracer.xlsx.addresses import COLUMNS, ROWS

#: LibreOffice's; Excel's is its memory.
SHEETS = 10_000
#: Steps 0 to 11.
SHEETS_AN_EPOCH = 12


def check_epochs(epochs: int) -> None:
    """
    Raises:
        TracerError: the steps of so many epochs would take more sheets than a workbook can have.
    """
    if isinstance(epochs, int) and epochs * SHEETS_AN_EPOCH + 1 > SHEETS:
        most = (SHEETS - 1) // SHEETS_AN_EPOCH
        raise TracerError(
            f"{epochs:,} epochs would take {epochs * SHEETS_AN_EPOCH + 1:,} sheets, and a workbook has at most "
            f"{SHEETS:,}; at most {most} epochs fit"
        )


def check_grid(rows: int, columns: int, what: str) -> None:
    """
    Raises:
        TracerError: a sheet would be too high or too wide.
    """
    if rows > ROWS or columns > COLUMNS:
        raise TracerError(
            f"{what} would take {rows:,} rows × {columns:,} columns, and a sheet has at most {ROWS:,} × {COLUMNS:,}; "
            "use fewer samples, features or hidden neurons, or a template that puts blocks under one another"
        )
