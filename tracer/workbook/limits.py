"""What a workbook can hold. More is refused before anything is computed or written: no row is lost silently."""

from __future__ import annotations

from tracer.errors import TracerError
from tracer.xlsx.addresses import COLUMNS, ROWS

#: LibreOffice's; Excel's is its memory.
SHEETS = 10_000


def check_sheets(epochs: int, updates: int, steps: int, boundary: bool = False) -> None:
    """
    Args:
        epochs: that get step sheets, of so many updates and steps each.
        boundary: whether there is a sheet `Boundary`.

    Raises:
        TracerError: they would take more sheets than a workbook can have.
    """
    others, each = 5 + boundary, updates * steps  # beside them: overview, data, history, derivation, network
    if epochs * each + others > SHEETS:
        most = (SHEETS - others) // each
        fits = f"at most {most:,} epochs fit" if most else "not even one epoch fits; use larger batches"
        raise TracerError(
            f"the steps of {epochs:,} epochs would take {epochs * each:,} sheets, and a workbook has at most "
            f"{SHEETS:,}; {fits} (--sheets first,last or every:N chooses them)"
        )


#: Characters of a formula.
FORMULA = 8_192


def check_formula(formula: str) -> None:
    """
    Raises:
        TracerError: a formula is longer than spreadsheets take.
    """
    if len(formula) > FORMULA:
        raise TracerError(
            f"a formula would have {len(formula):,} characters, and a cell takes at most {FORMULA:,}; "
            "write the workbook with --formulas matrix or none"
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
