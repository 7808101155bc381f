"""The first sheet of a workbook as rows of values, as tables are read from it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from tracer.compare.moments import moment_text, unit
from tracer.errors import TracerError
from tracer.xlsx.book import Book
from tracer.xlsx.cells import Cell, Error


@dataclass(frozen=True)
class Moment:
    """A date or time, which is neither a number nor a text of the table."""

    text: str

    def __str__(self) -> str:
        return self.text


def rows(content: bytes, most: int) -> list[list[Any]]:
    """Rows of equal length, from row 1: numbers, texts and truth values; an error is NaN, an empty cell an empty text.

    Behind a gap in the rows at most one row comes: a table ends there, or is refused.

    Args:
        most: cells that are read at most.

    Raises:
        TracerError: it cannot be read, or has more cells.
    """
    with Book(io.BytesIO(content)) as book:
        sheet = next((sheet for sheet in book.sheets if sheet.kind == "worksheet"), None)
        if sheet is None:
            raise TracerError("has no sheet with cells; expected a table on the first")
        read: list[dict[int, Any]] = []
        count = width = 0
        for number, cells in book.rows(sheet):
            values = {
                column: _value(cell, book.styles.format(cell.style), book.date1904)
                for column, cell in cells.items()
                if cell.value is not None
            }
            if not values:
                continue
            if number <= len(read):
                raise TracerError(f"row {number} comes twice, or behind later rows; save the workbook again")
            read.extend({} for _ in range(min(number - 1 - len(read), 1)))
            read.append(values)
            count, width = count + len(values), max(width, *values)
            if count > most or width * len(read) > most:
                raise TracerError(
                    f"sheet {sheet.title!r} has more than {most:,} cells, and no more are read; "
                    "choose fewer rows or columns"
                )
            if number > len(read):
                break  # a row was blank
    return [[row.get(column, "") for column in range(1, width + 1)] for row in read]


def _value(cell: Cell, number_format: str, date1904: bool) -> Any:
    value = cell.value
    if isinstance(value, Error):
        return float("nan")
    if isinstance(value, (bool, str)):
        return str(value) if isinstance(value, str) else value
    assert value is not None
    moment = moment_text(value, unit(number_format), date1904)
    if moment is not None:
        return Moment(moment)
    return int(value) if value.is_integer() else value
