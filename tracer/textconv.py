"""A workbook as stable text, a line a cell: what `git diff` compares."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.compare.wording import value_text
from tracer.escapes import escaped
from tracer.xlsx.addresses import address
from tracer.xlsx.book import Book, Sheet
from tracer.xlsx.cells import Cell


def lines(book: Book) -> Iterator[str]:
    """Names, then each sheet: its cells by row, as `Sheet!C5`, value, formula and number format.

    Raises:
        TracerError: a sheet is damaged.
    """
    for defined in sorted(book.names.values(), key=lambda found: (found.sheet or "", found.name)):
        yield f"name {defined.sheet + '!' if defined.sheet else ''}{defined.name}\t={defined.text}"
    for sheet in book.sheets:
        yield f"sheet {sheet.title}" + ("" if sheet.state == "visible" else f"\t{sheet.state}")
        if sheet.kind == "worksheet":
            for row, column, cell in book.cells(sheet):
                if cell.value is not None or cell.formula is not None:
                    yield _line(book, sheet, address(row, column), cell)


def _line(book: Book, sheet: Sheet, at: str, cell: Cell) -> str:
    style = book.styles.format(cell.style)
    parts = [f"{sheet.title}!{at}", value_text(cell, style, book.date1904)]
    if cell.formula:
        parts.append(escaped(str(cell.formula)))
    if style != "General":
        parts.append(f"[{style}]")
    return "\t".join(parts)
