"""A workbook as stable text, a line a cell: what `git diff` compares."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.compare.difference import value_text
from tracer.errors import TracerError
from tracer.xlsx import cells
from tracer.xlsx.addresses import address, number
from tracer.xlsx.book import Book, Sheet
from tracer.xlsx.cells import UnusualError
from tracer.xlsx.rows import Rows


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
            yield from _cells(book, sheet)


def _cells(book: Book, sheet: Sheet) -> Iterator[str]:
    try:
        yield from _in(book, sheet, unusual=_is_unusual(book, sheet))
    except UnusualError:
        raise TracerError(
            f"{book.name}: sheet {sheet.title!r} holds cells outside of their rows, or shared formulas without their "
            "first; save the file again"
        ) from None


def _is_unusual(book: Book, sheet: Sheet) -> bool:
    """Whether any row is; told before the first line is printed."""
    try:
        for _ in _in(book, sheet, unusual=False):
            pass
    except UnusualError:
        return True
    return False


def _in(book: Book, sheet: Sheet, unusual: bool) -> Iterator[str]:
    decoder = book.decoder(sheet)
    rows = Rows(book.package, sheet.part, unusual)
    for pieces in rows:
        for piece in (row for several in pieces for row in cells.split(several)):
            row = cells.row(piece)
            for letters, source in row.cells.items():
                column = number(letters.decode())
                cell = decoder.cell(row.number, column, source)
                if cell.value is None and cell.formula is None:
                    continue
                style = book.styles.format(cell.style)
                parts = [f"{sheet.title}!{address(row.number, column)}", value_text(cell, style, book.date1904)]
                if cell.formula:
                    parts.append(str(cell.formula).replace("\n", " "))
                if style != "General":
                    parts.append(f"[{style}]")
                yield "\t".join(parts)
    for element in rows.settings.iterfind("mergeCells/mergeCell"):
        yield f"{sheet.title}\tmerged {element.get('ref', '')}"
