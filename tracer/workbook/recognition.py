"""Whether tracer wrote a workbook, and where its blocks stand: for the reader, the diff and verify alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tracer.errors import TracerError
from tracer.workbook import mark, names
from tracer.xlsx.addresses import Range
from tracer.xlsx.book import Book, Sheet
from tracer.xlsx.references import references

#: The sheet `Network` has its lines in this row and below, in column B, as this note in the second row says.
FIRST_LINE, COLUMN = 4, 2
NOTE = "The run's options, as a network file."
#: More than the longest network file without numbers.
LINES = 10_000


def blocks(book: Book) -> dict[str, dict[str, Range]]:
    """Where the named blocks of each sheet stand; names that point to other sheets or nowhere are left out."""
    areas: dict[str, dict[str, Range]] = {sheet.title: {} for sheet in book.sheets}
    for (title, name), defined in book.names.items():
        if title is None:
            continue
        found = references(defined.text)
        if len(found) == 1 and found[0].area and found[0].sheet == title:
            areas[title][name] = found[0].area
    return areas


def network_lines(book: Book) -> list[str]:
    """The lines of the sheet `Network`; none where there is no such sheet.

    Raises:
        TracerError: the sheet is damaged.
    """
    sheet = book.sheet(names.NETWORK)
    if sheet is None:
        return []
    lines = [text for row, text in _column(book, sheet) if row >= FIRST_LINE]
    if len(lines) > LINES:
        raise TracerError(f"{book.name}: sheet {names.NETWORK!r} has more than {LINES:,} lines, as no network file has")
    return lines


def is_run(book: Book) -> bool:
    """Whether tracer wrote a workbook with a network's steps: its properties say so, or, where a program dropped those,
    its sheet `Network` does.

    Raises:
        TracerError: the sheet is damaged.
    """
    if mark.MARK in book.properties:
        return True
    sheet = book.sheet(names.NETWORK)
    if sheet is None:
        return False
    head = list(islice(_column(book, sheet), 8))
    # Before the mark was written to the sheet there was only the note.
    return any(mark.property_of(text) == mark.MARK or (row == 2 and text.startswith(NOTE)) for row, text in head)


def has_diverged(book: Book) -> bool:
    """Whether the training of a run broke off.

    Raises:
        TracerError: the sheet `Network` is damaged.
    """
    sheet = book.sheet(names.NETWORK)
    if mark.DIVERGENCE in book.properties or sheet is None:
        return mark.DIVERGENCE in book.properties
    return any(mark.property_of(text) == mark.DIVERGENCE for _, text in islice(_column(book, sheet), 8))


def lesson_name(book: Book) -> str | None:
    """What lesson a workbook is; None for any other.

    Raises:
        TracerError: its first sheet is damaged.
    """
    if name := book.properties.get(mark.LESSON):
        return name
    first = book.sheets[0]
    if first.title != names.OVERVIEW:
        return None
    row = mark.LESSON_CELL[0] + 1
    return next((mark.lesson_of(text) for at, text in islice(_column(book, first), 8) if at == row), None)


def is_ours(path: Path) -> bool:
    """Whether a file is a workbook that tracer wrote (it may have been saved again since)."""
    try:
        with Book(path) as book:
            return is_run(book) or lesson_name(book) is not None
    except TracerError:
        return False


def _column(book: Book, sheet: Sheet) -> Iterator[tuple[int, str]]:
    """The rows that have something in column B, and what; only so many."""
    rows = ((row, cells[COLUMN].value) for row, cells in book.rows(sheet) if COLUMN in cells)
    filled = ((row, str(value)) for row, value in rows if value is not None)
    return islice(filled, LINES + FIRST_LINE)
