"""The values of areas of a sheet: numbers as arrays of doubles, without an object for each cell."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from tracer.errors import TracerError
from tracer.xlsx import cells
from tracer.xlsx.addresses import Range, number
from tracer.xlsx.book import Book, Sheet, unreadable
from tracer.xlsx.cells import Decoder, UnusualError
from tracer.xlsx.rows import Rows

#: So many cells are read of one sheet at most, as one that fills memory.
MOST = 1 << 25
#: A cell as nearly every program writes one: its place, its type, its formula, its number.
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="[0-9]+")?(?: t="([a-zA-Z]+)")?'
    rb"(?:/>|>(?:(<f)[^<>]*(?:/>|>[^<]*</f>))?(?:<v>([^<]*)</v>)?</c>)"
)
_NUMBER = re.compile(rb"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


@dataclass(frozen=True)
class Values:
    """The values of an area, row by row.

    Attributes:
        numbers: a double for each cell; NaN where there is no number.
        others: what those cells hold instead, by their place in `numbers`: a text, an error (`#NUM!`), a bool. A cell
            that is in neither is empty.
        formulas: 1 for each cell that has a formula; empty where that is not known.
    """

    numbers: array[float]
    others: dict[int, Any] = field(default_factory=dict)
    formulas: bytearray = field(default_factory=bytearray)

    def at(self, place: int) -> Any:
        """The value of a cell; None for an empty one."""
        value = self.numbers[place]
        return value if value == value else self.others.get(place)


def read(book: Book, sheet: Sheet, areas: Sequence[Range]) -> list[Values]:
    """The values of some areas of a sheet, in one pass.

    Raises:
        TracerError: the sheet is damaged, or the areas have more cells than can be held.
    """
    if (size := sum(area.cells for area in areas)) > MOST:
        raise TracerError(
            f"{book.name}: the blocks of sheet {sheet.title!r} have {size:,} cells in all; at most {MOST:,} are read"
        )
    for unusual in (False, True):
        reader = _Reader(areas, book.decoder(sheet))
        try:
            for piece in Rows(book.package, sheet.part, unusual):
                reader.take(piece)
        except UnusualError:
            continue
        return reader.values
    raise unreadable(book.name, sheet.title)


class _Reader:
    """Fills the areas of a sheet from its rows."""

    def __init__(self, areas: Sequence[Range], decoder: Decoder) -> None:
        self.values = [Values(array("d", [float("nan")]) * area.cells, {}, bytearray(area.cells)) for area in areas]
        self._parts = list(zip(areas, self.values))
        self._decoder = decoder
        #: The areas that have rows in a span of rows.
        self._span = range(0)
        self._here: list[tuple[Range, Values]] = []

    def take(self, piece: bytes) -> None:
        self._decoder.note(piece)
        row = cells.row_number(piece)
        if row not in self._span:
            self._find(row)
        if not self._here:
            return
        found = _CELL.findall(piece)
        if len(found) != piece.count(b"<c "):
            self._take_slowly(piece)
            return
        at = b"%d" % row
        columns: dict[int, tuple[bytes, bytes, bytes]] = {}
        for letters, line, kind, formula, stored in found:
            if line != at:
                raise UnusualError
            columns[number(letters.decode())] = kind, formula, stored
        parsed = None
        for area, values in self._here:
            place = (row - area.top) * (area.right - area.left + 1)
            for column in range(area.left, area.right + 1):
                if cell := columns.get(column):
                    kind, formula, stored = cell
                    if formula:
                        values.formulas[place] = 1
                    if not kind and _NUMBER.fullmatch(stored) and isfinite(value := float(stored)):
                        values.numbers[place] = value
                    elif kind or stored:
                        parsed = parsed or self._parsed(piece)
                        _put(values, place, parsed[column])
                place += 1

    def _take_slowly(self, piece: bytes) -> None:
        parsed = self._parsed(piece)
        for area, values in self._here:
            first = (parsed.row - area.top) * (area.right - area.left + 1)
            for column in parsed:
                if area.left <= column <= area.right:
                    _put(values, first + column - area.left, parsed[column])

    def _parsed(self, piece: bytes) -> _Row:
        return _Row(piece, self._decoder)

    def _find(self, row: int) -> None:
        self._here = [part for part in self._parts if part[0].top <= row <= part[0].bottom]
        edges = [edge for area, _ in self._parts for edge in (area.top, area.bottom + 1)]
        first = max((edge for edge in edges if edge <= row), default=0)
        self._span = range(first, min((edge for edge in edges if edge > row), default=row + 1))


class _Row:
    """The cells of a row that are wanted, read as `Book.cells` reads them."""

    def __init__(self, piece: bytes, decoder: Decoder) -> None:
        row = cells.row(piece)
        self.row = row.number
        self._decoder = decoder
        self._sources = {number(letters.decode()): source for letters, source in row.cells.items()}

    def __iter__(self) -> Iterator[int]:
        return iter(self._sources)

    def __getitem__(self, column: int) -> cells.Cell:
        return self._decoder.cell(self.row, column, self._sources[column])


def _put(values: Values, place: int, cell: cells.Cell) -> None:
    if cell.formula is not None:
        values.formulas[place] = 1
    if isinstance(cell.value, float):
        values.numbers[place] = cell.value
    elif cell.value is not None:
        values.others[place] = cell.value
