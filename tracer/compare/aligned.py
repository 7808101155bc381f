"""Two sheets whose cells stand at other places, brought together by an alignment. Both are held, as bytes."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from tracer.compare.alignment import Alignment, Grid, Position
from tracer.compare.cellwise import CellComparison, Only, SheetChanges
from tracer.compare.moved import MovedRows
from tracer.compare.recalculation import LOOKS, WITHOUT_VALUE
from tracer.xlsx import cells, xml
from tracer.xlsx.addresses import Range, letters
from tracer.xlsx.addresses import number as column_number
from tracer.xlsx.book import Book, Sheet, unreadable
from tracer.xlsx.cells import Cell, UnusualError
from tracer.xlsx.rows import Rows
from tracer.xlsx.styles import true

#: So many rows are kept in the form in which cells are read from them.
READY = 256
_NONE = cells.Row(0, {}, {})
#: What the tag of a row says of its place.
_COUNTED = re.compile(rb'\s(?:r|spans)="[^"]*"')


class Held:
    """A sheet, row by row as bytes, of which any cell can be read.

    Attributes:
        numbers: of its rows, in order.
        arrays: what array formulas fill.
        settings: the sheet without its rows.
    """

    def __init__(self, book: Book, sheet: Sheet, unusual: bool) -> None:
        """
        Raises:
            UnusualError: to be read with `unusual`.
            TracerError: it is damaged.
        """
        rows = Rows(book.package, sheet.part, unusual)
        self._decoder = book.decoder(sheet)
        self._pieces: dict[int, bytes] = {}
        self._ready: dict[int, cells.Row] = {}
        self._rows = rows
        for piece in rows:
            self._decoder.note(piece)
            self._pieces[cells.row_number(piece)] = piece
        self.numbers = sorted(self._pieces)
        self.arrays: list[tuple[Range, str]] = list(self._decoder.arrays)
        self.settings: xml.Element = rows.settings

    def piece(self, number: int) -> tuple[bytes, bytes]:
        """The tag of a row, without its number, and its cells, as bytes; empty for a row that is not there."""
        head, _, rest = self._pieces.get(number, b"").partition(b">")
        return _COUNTED.sub(b"", head), rest

    def row(self, number: int) -> cells.Row:
        if number not in self._pieces:
            return _NONE
        if number not in self._ready:
            if len(self._ready) >= READY:
                self._ready.clear()
            self._ready[number] = self._rows.row(self._pieces[number])
        return self._ready[number]

    def heights(self) -> dict[int, float]:
        """The heights of rows that say it, in points."""
        heights = {}
        for number in self.numbers:
            head, _ = self.piece(number)
            if b"ht=" not in head and b"hidden=" not in head:
                continue
            attributes = self.row(number).attributes
            try:
                hidden = true(attributes.get(b"hidden", b"").decode())
                heights[number] = 0.0 if hidden else float(attributes[b"ht"])
            except (KeyError, ValueError):
                continue
        return heights

    def cell(self, row: int, column: int) -> Cell | None:
        source = self.row(row).cells.get(letters(column).encode())
        return self._decoder.cell(row, column, source) if source is not None else None

    def cells(self, without: Container[int]) -> Iterator[tuple[Position, Cell]]:
        """All but those of some rows."""
        for number in self.numbers:
            if number in without:
                continue
            for name, source in self.row(number).cells.items():
                column = column_number(name.decode())
                yield (number, column), self._decoder.cell(number, column, source)


class AlignedComparison(CellComparison):
    """Compares the cells of a pair of sheets that an alignment brings together."""

    def run(self, alignment: Alignment) -> SheetChanges:
        """
        Raises:
            TracerError: a sheet is damaged.
        """
        for unusual in (False, True):
            self.found, self._unstyled = SheetChanges(), []
            try:
                return self._run(alignment, unusual)
            except UnusualError:
                continue
        raise unreadable(f"{self.book_a.name} or {self.book_b.name}", self.sheet_b.title)

    def _run(self, alignment: Alignment, unusual: bool) -> SheetChanges:
        a, b = Held(self.book_a, self.sheet_a, unusual), Held(self.book_b, self.sheet_b, unusual)
        same = self._same(a, b, alignment)
        found = self.found
        found.only = [Only(region) for region in alignment.regions]
        for at_b, cell in b.cells(without=set(same.values())):
            at_a = alignment.to_a(*at_b)
            if at_a is not None:
                row_a, row_b = a.row(at_a[0]), b.row(at_b[0])
                self.judge(at_a, at_b, a.cell(*at_a), cell, row_a.attributes, row_b.attributes)
            elif not self._one_sided("b", at_b, cell):
                self.judge(None, at_b, None, cell)
        for at_a, cell in a.cells(without=same):
            at_b_or_none = alignment.to_b(*at_a)
            if at_b_or_none is None:
                if not self._one_sided("a", at_a, cell):
                    self.judge(at_a, None, cell, None)
            elif b.cell(*at_b_or_none) is None:
                row_a, row_b = a.row(at_a[0]), b.row(at_b_or_none[0])
                self.judge(at_a, at_b_or_none, cell, None, row_a.attributes, row_b.attributes)
        for number in sorted({*b.numbers, *(there for at in a.numbers if (there := alignment.rows.to_b(at)))}):
            here = alignment.rows.to_a(number)
            if here is not None and (a.piece(here)[0] != b.piece(number)[0] or not self.tables.styles.complete):
                self.rows(number, a.row(here).attributes, b.row(number).attributes)
        found.cells.sort(key=lambda change: change.at_b or change.at_a or (0, 0))
        found.arrays_a, found.arrays_b = a.arrays, b.arrays
        found.settings_a, found.settings_b = a.settings, b.settings
        found.heights_a, found.heights_b = a.heights(), b.heights()
        self.finish(alignment.columns.to_a, alignment.columns.to_b)
        return found

    def _same(self, a: Held, b: Held, alignment: Alignment) -> dict[int, int]:
        """The rows of A that moved as they are, and where they are in B."""
        if not isinstance(alignment, Grid) or alignment.columns:
            return {}
        moved = MovedRows(alignment.rows, self.book_a, self.book_b, self.tables)
        same = {}
        looks_left = LOOKS
        for number in a.numbers:
            there = alignment.rows.to_b(number)
            if there is None:
                continue
            (_, cells_a), (_, cells_b) = a.piece(number), b.piece(there)
            if cells_a and cells_b and moved.same(cells_a, cells_b, formulas=not self.computes):
                same[number] = there
                if looks_left > 0 and b"<f" in cells_b:
                    looks_left -= len(cells_b)
                    if WITHOUT_VALUE.search(cells_b):
                        self.found.lacking_a = self.found.lacking_b = True
        return same

    def _one_sided(self, side: str, at: Position, cell: Cell) -> bool:
        """Note a cell of what only one of the sheets has; False for one that is elsewhere."""
        for only in self.found.only:
            if only.region.side == side and at in only.region.area:
                if cell.value is not None or cell.formula is not None:
                    only.cells.append(at)
                if cell.formula is not None:
                    only.formulas.append((at[0], cell.formula.text))
                return True
        return False
