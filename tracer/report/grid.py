"""The cells that are shown of a pair of sheets, and which of them differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tracer.report.places import Band, Sheets, Shown, columns_only, rows_only, within
from tracer.report.texts import LOOKS, Text, plain
from tracer.xlsx.addresses import Range
from tracer.xlsx.book import Book

#: A line of rows and a line of columns. Column 0 holds the numbers of the rows; the letters of the columns are on the
#: line above a band.
Position = tuple[int, int]


@dataclass
class Grid:
    """Two sheets side by side; [0] is the one of A, [1] that of B.

    Attributes:
        texts: of the cells that are not empty.
        marks: the numbers of the differences that a cell has.
        targets: the first cell of every difference that is shown: side and position.
        parts: differences of which only a part is shown.
        last: the last line that either sheet uses.
    """

    sheets: Sheets
    bands: list[Band]
    texts: tuple[dict[Position, Text], dict[Position, Text]] = field(default_factory=lambda: ({}, {}))
    marks: tuple[dict[Position, list[int]], dict[Position, list[int]]] = field(default_factory=lambda: ({}, {}))
    targets: dict[int, tuple[int, Position]] = field(default_factory=dict)
    parts: set[int] = field(default_factory=set)
    last: int = 0

    @property
    def links(self) -> dict[int, int]:
        """For every difference that is shown, the first of those whose first cell is the same."""
        first: dict[tuple[int, Position], int] = {}
        return {number: first.setdefault(target, number) for number, target in sorted(self.targets.items())}

    @property
    def missing(self) -> int:
        """How many differences are not shown at all."""
        return len(self.sheets.places) - len(self.targets)


def read(sheets: Sheets, bands: list[Band], books: Sequence[Book]) -> Grid:
    """What bands show of two sheets.

    Raises:
        TracerError: a sheet cannot be read.
    """
    grid = Grid(sheets, bands)
    for side, (book, title) in enumerate(zip(books, (sheets.a, sheets.b))):
        _read(grid, side, book, title)
    for place in sheets.places:
        for side, (areas, lines) in enumerate(((place.a, sheets.in_a), (place.b, sheets.in_b))):
            for area in areas:
                _mark(grid, side, place.number, place.kind, area, within(bands, lines(area)))
    _trim(grid)
    return grid


def _read(grid: Grid, side: int, book: Book, title: str) -> None:
    sheet = book.sheet(title)
    if sheet is None or not grid.bands:
        return
    rows, columns = grid.sheets.rows, grid.sheets.columns
    shown: dict[int, tuple[int, Band]] = {}
    for band in grid.bands:
        for line in range(band.top, band.bottom + 1):
            row = rows.at(line)[side]
            if row is not None:
                shown[row] = line, band
    line_of, column_of = (rows.b, columns.b) if side else (rows.a, columns.a)
    chosen = {id(band): set(band.columns) for band in grid.bands}
    last = 0
    for row, cells in book.rows(sheet, shown):
        last = max(last, row)
        if row not in shown:
            continue
        line, band = shown[row]
        for number, cell in cells.items():
            column = column_of(number)
            if column in chosen[id(band)] and (text := plain(cell, book.styles.format(cell.style), book.date1904)):
                grid.texts[side][line, column] = text
    if last:
        grid.last = max(grid.last, line_of(last))


def _mark(grid: Grid, side: int, number: int, kind: str, area: Range, shown: Iterable[Shown]) -> None:
    """Mark the cells of an area; of whole rows and columns, their numbers and letters too."""
    marks, rows = grid.marks[side], grid.sheets.rows
    headings: set[Position] = set()
    cells: list[Position] = []
    for band, every, columns in shown:
        lines = [line for line in every if rows.at(line)[side] is not None]
        if columns_only(area):
            headings |= {(band.top - 1, column) for column in columns}
        if rows_only(area):
            headings |= {(line, 0) for line in lines}
        if not headings or kind not in LOOKS:
            cells += [(line, column) for line in lines for column in columns]
    positions = sorted(headings) + cells
    for position in positions:
        marks.setdefault(position, []).append(number)
    if positions and (number not in grid.targets or side > grid.targets[number][0]):
        grid.targets[number] = side, positions[0]
    if len(headings or cells) < _size(area):
        grid.parts.add(number)


def _size(area: Range) -> int:
    """In columns, rows or cells, whichever it is made of."""
    if columns_only(area):
        return area.right - area.left + 1
    return area.bottom - area.top + 1 if rows_only(area) else area.cells


def _trim(grid: Grid) -> None:
    """Leave out what is empty below and to the right of the last cells."""
    rightmost: dict[int, int] = {}
    for position in (at for side in (*grid.texts, *grid.marks) for at in side):
        line, column = position
        rightmost[line] = max(rightmost.get(line, 0), column)
    grid.last = max([grid.last, *rightmost])
    for band in grid.bands:
        band.bottom = min(band.bottom, grid.last)
        right = max(rightmost.get(line, 0) for line in range(band.top - 1, band.bottom + 1))
        band.columns = [column for column in band.columns if column <= right]
