"""Two sheets side by side, row by row: rows that are equal as bytes are never parsed."""

from __future__ import annotations

from tracer.compare.cellwise import CellComparison, Change, SheetChanges
from tracer.compare.recalculation import LOOKS, WITHOUT_VALUE
from tracer.xlsx import cells
from tracer.xlsx.addresses import number as column_number
from tracer.xlsx.book import unreadable
from tracer.xlsx.cells import UnusualError
from tracer.xlsx.rows import Rows
from tracer.xlsx.stream import Stream

#: Fewer changes than this are not explained better by a row that was put in.
FEW = 3
#: Nor are fewer than one in so many bytes of a sheet, about a cell in a thousand, worth reading all of it again.
SPARSE = 40_000


class RowComparison(CellComparison):
    """Compares the cells of a pair of sheets at their addresses.

    Attributes:
        shifted: whether rows or columns may have been put in or taken out: only one of the sheets has a row or a
            column, or most of a row differs.
    """

    shifted = False

    def run(self) -> SheetChanges:
        """
        Raises:
            TracerError: a sheet is damaged.
        """
        try:
            return self._run(unusual=False)
        except UnusualError:
            pass  # spelt in another way by one of the programs
        try:
            return self._run(unusual=True)
        except UnusualError:
            raise unreadable(f"{self.book_a.name} or {self.book_b.name}", self.sheet_b.title) from None

    def _run(self, unusual: bool) -> SheetChanges:
        self.found = SheetChanges()
        self.decoder_a, self.decoder_b = self.book_a.decoder(self.sheet_a), self.book_b.decoder(self.sheet_b)
        self.decoder_a.hold_against(self.decoder_b)
        rows_a = Rows(self.book_a.package, self.sheet_a.part, unusual)
        rows_b = Rows(self.book_b.package, self.sheet_b.part, unusual)
        self._unstyled = []
        self._looked = self._last_a = self._last_b = self._changed = 0
        self._uneven = False
        self._rows(Stream(rows_a), Stream(rows_b))
        found = self.found
        found.arrays_a, found.arrays_b = self.decoder_a.arrays, self.decoder_b.arrays
        found.settings_a, found.settings_b = rows_a.settings, rows_b.settings
        self.finish()
        size = max(
            self.book_a.package.parts[self.sheet_a.part].file_size,
            self.book_b.package.parts[self.sheet_b.part].file_size,
        )
        evidence = self._uneven or self._last_a != self._last_b
        self.shifted = evidence and self._changed >= FEW and self._changed * SPARSE >= size
        return found

    def _rows(self, a: Stream, b: Stream) -> None:
        """Rows of equal number, side by side."""
        while a.fill() and b.fill():
            self._skip_equal(a, b)
            if not (a.has_piece and b.has_piece and a.single() and b.single()):
                continue
            row_a, row_b = cells.row_number(a.piece), cells.row_number(b.piece)
            if row_a == row_b:
                self._row(row_a, a.take(), b.take())
            elif row_a < row_b:
                self._row(row_a, a.take(), None)
            else:
                self._row(row_b, None, b.take())
        while a.fill():
            if a.single():
                self._row(cells.row_number(a.piece), a.take(), None)
        while b.fill():
            if b.single():
                self._row(cells.row_number(b.piece), None, b.take())

    def _skip_equal(self, a: Stream, b: Stream) -> None:
        """Go on to the next rows whose bytes differ, or may mean something else."""
        pieces_a, pieces_b, i, j = a.pieces, b.pieces, a.at, b.at
        strings, styles = self.tables.strings, self.tables.styles
        while i < len(pieces_a) and j < len(pieces_b) and (piece := pieces_a[i]) == pieces_b[j]:
            if not (styles and (strings or b't="s"' not in piece)):
                break
            if self.computes and b"<f" in piece:
                break
            if b'"shared"' in piece or b'"array"' in piece:
                if self.decoder_a.unequal:
                    break
                self.decoder_a.note(piece)
                self.decoder_b.note(piece)
            self._look_for_values(piece)
            i, j = i + 1, j + 1
        a.at, b.at = i, j

    def _row(self, number: int, a: bytes | None, b: bytes | None) -> None:
        empty = cells.Row(number, {}, {})
        row_a, row_b = cells.row(a) if a else empty, cells.row(b) if b else empty
        before = len(self.found.cells)
        if row_a.attributes != row_b.attributes:
            self.rows(number, row_a.attributes, row_b.attributes)
        for letters in sorted({**row_a.cells, **row_b.cells}, key=lambda name: (len(name), name)):
            source_a, source_b = row_a.cells.get(letters), row_b.cells.get(letters)
            if source_a is not None and source_a == source_b and self._says_the_same(source_a):
                self._look_for_values(source_a)
                continue
            at = number, column_number(letters.decode())
            cell_a = self.decoder_a.cell(*at, source_a) if source_a else None
            cell_b = self.decoder_b.cell(*at, source_b) if source_b else None
            self.judge(at, at, cell_a, cell_b, row_a.attributes, row_b.attributes)
            self._last_a = max(self._last_a, at[1]) if cell_a else self._last_a
            self._last_b = max(self._last_b, at[1]) if cell_b else self._last_b
        changed = sum(_does_something_else(change) for change in self.found.cells[before:])
        self._changed += changed
        most = max(len(row_a.cells), len(row_b.cells))
        if most and (not row_a.cells or not row_b.cells or (changed > 1 and changed * 2 >= most)):
            self._uneven = True

    def _look_for_values(self, equal: bytes) -> None:
        """Notice formulas without stored values in what is equal on both sheets."""
        if self._looked < LOOKS and b"<f" in equal:
            self._looked += 1
            if WITHOUT_VALUE.search(equal):
                self.found.lacking_a = self.found.lacking_b = True

    def _says_the_same(self, source: bytes) -> bool:
        """Whether equal bytes are an equal cell: no number of a table or of a shared formula that means another."""
        if b"<f" in source and (self.computes or b'"shared"' in source or b'"array"' in source):
            return False
        return self.tables.styles and (self.tables.strings or b't="s"' not in source)


def _does_something_else(change: Change) -> bool:
    """Whether a constant or a formula differs, not only what a formula gives."""
    return change.formula or change.a is None or change.a.formula is None
