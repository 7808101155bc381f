"""Two sheets whose cells stand at other places, brought together by an alignment. Both are held, as bytes."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.compare.alignment import Alignment, Position
from tracer.compare.cellwise import CellComparison, Only, SheetChanges
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


class Held:
    """A sheet, row by row as bytes, of which any cell can be read.

    Attributes:
        numbers: of its rows, in order.
        arrays: what array formulas fill.
        settings: the sheet without its rows.
    """

    def __init__(self, book: Book, sheet: Sheet) -> None:
        """
        Raises:
            TracerError: it is damaged.
        """
        try:
            self._read(book, sheet, unusual=False)
        except UnusualError:
            try:
                self._read(book, sheet, unusual=True)
            except UnusualError:
                raise unreadable(book.name, sheet.title) from None

    def _read(self, book: Book, sheet: Sheet, unusual: bool) -> None:
        rows = Rows(book.package, sheet.part, unusual)
        self._decoder = book.decoder(sheet)
        self._pieces: dict[int, bytes] = {}
        self._ready: dict[int, cells.Row] = {}
        self._rows = rows
        for piece in rows:
            row = rows.row(piece)
            self._decoder.note(piece)
            self._pieces[row.number] = piece
        self.numbers = sorted(self._pieces)
        self.arrays: list[tuple[Range, str]] = list(self._decoder.arrays)
        self.settings: xml.Element = rows.settings

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

    def __iter__(self) -> Iterator[tuple[Position, Cell]]:
        for number in self.numbers:
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
        try:
            return self._run(alignment)
        except UnusualError:
            raise unreadable(f"{self.book_a.name} or {self.book_b.name}", self.sheet_b.title) from None

    def _run(self, alignment: Alignment) -> SheetChanges:
        a, b = Held(self.book_a, self.sheet_a), Held(self.book_b, self.sheet_b)
        found = self.found
        found.only = [Only(region) for region in alignment.regions]
        for at_b, cell in b:
            at_a = alignment.to_a(*at_b)
            if at_a is not None:
                row_a, row_b = a.row(at_a[0]), b.row(at_b[0])
                self.judge(at_a, at_b, a.cell(*at_a), cell, row_a.attributes, row_b.attributes)
            elif not self._one_sided("b", at_b, cell):
                self.judge(None, at_b, None, cell)
        for at_a, cell in a:
            at_b_or_none = alignment.to_b(*at_a)
            if at_b_or_none is None:
                if not self._one_sided("a", at_a, cell):
                    self.judge(at_a, None, cell, None)
            elif b.cell(*at_b_or_none) is None:
                row_a, row_b = a.row(at_a[0]), b.row(at_b_or_none[0])
                self.judge(at_a, at_b_or_none, cell, None, row_a.attributes, row_b.attributes)
        for number in sorted({*b.numbers, *(there for at in a.numbers if (there := alignment.rows.to_b(at)))}):
            if (here := alignment.rows.to_a(number)) is not None:
                self.rows(number, a.row(here).attributes, b.row(number).attributes)
        found.cells.sort(key=lambda change: change.at_b or change.at_a or (0, 0))
        found.arrays_a, found.arrays_b = a.arrays, b.arrays
        found.settings_a, found.settings_b = a.settings, b.settings
        found.heights_a, found.heights_b = a.heights(), b.heights()
        self.finish(alignment.columns.to_a, alignment.columns.to_b)
        return found

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
