"""Two sheets side by side, row by row: rows that are equal as bytes are never parsed."""

from __future__ import annotations

from tracer.compare.cellwise import CellComparison, Change, SheetChanges
from tracer.compare.recalculation import WITHOUT_VALUE
from tracer.xlsx import cells
from tracer.xlsx.addresses import number as column_number
from tracer.xlsx.book import unreadable
from tracer.xlsx.cells import UnusualError
from tracer.xlsx.rows import Rows
from tracer.xlsx.stream import Stream, take_equal

#: So many bytes of equal rows are searched for formulas whose values were not stored.
LOOKS = 1 << 20
#: Fewer changes than this are not explained better by a row that was put in.
FEW = 2
#: More changes than this are looked at from afar before they are noted one by one.
HASTE = 5000
#: Nor are fewer than one in so many bytes of a sheet, about a cell in a thousand, worth reading all of it again.
SPARSE = 40_000


class ShiftedError(Exception):
    """Rows may have been put in above most of what differs."""


class RowComparison(CellComparison):
    """Compares the cells of a pair of sheets at their addresses.

    Attributes:
        shifted: whether rows or columns may have been put in or taken out: only one of the sheets has a row or a
            column, or most of a row differs.
    """

    shifted = False
    #: Whether to leave off where so much differs that rows may have been put in; they are looked for then.
    hasty = False

    def run(self) -> SheetChanges:
        """
        Raises:
            TracerError: a sheet is damaged.
        """
        for unusual in (False, True):
            try:
                return self._run(unusual)
            except UnusualError:
                continue  # spelt in another way by one of the programs
        raise unreadable(f"{self.book_a.name} or {self.book_b.name}", self.sheet_b.title)

    def _run(self, unusual: bool) -> SheetChanges:
        self.found = SheetChanges()
        self.decoder_a, self.decoder_b = self.book_a.decoder(self.sheet_a), self.book_b.decoder(self.sheet_b)
        self.decoder_a.hold_against(self.decoder_b)
        self._rows_a = Rows(self.book_a.package, self.sheet_a.part, unusual)
        self._rows_b = Rows(self.book_b.package, self.sheet_b.part, unusual)
        self._unstyled = []
        self._looks_left = LOOKS
        self._last_a = self._last_b = self._changed = 0
        self._uneven = False
        self._compare(Stream(self._rows_a.chunks(read_ahead=True)), Stream(self._rows_b.chunks()))
        found = self.found
        found.arrays_a, found.arrays_b = self.decoder_a.arrays, self.decoder_b.arrays
        found.settings_a, found.settings_b = self._rows_a.settings, self._rows_b.settings
        self.finish()
        size = max(
            self.book_a.package.parts[self.sheet_a.part].file_size,
            self.book_b.package.parts[self.sheet_b.part].file_size,
        )
        evidence = self._uneven or self._last_a != self._last_b
        self.shifted = evidence and self._changed >= FEW and self._changed * SPARSE >= size
        return found

    def _compare(self, a: Stream, b: Stream) -> None:
        """Rows of equal number, side by side."""
        while a.fill() and b.fill():
            if equal := take_equal(a, b):
                self._equal(equal)
                continue
            row_a, row_b = a.row, b.row
            self._row(min(row_a, row_b), a.take() if row_a <= row_b else None, b.take() if row_b <= row_a else None)
        while a.fill():
            self._row(a.row, a.take(), None)
        while b.fill():
            self._row(b.row, None, b.take())

    def _equal(self, rows: bytes) -> None:
        """Rows that are the same bytes on both sheets."""
        if self._says_the_same(rows):
            self._note(rows)
            return
        for piece in cells.split(rows):
            self._row(cells.row_number(piece), piece, piece)

    def _note(self, equal: bytes) -> None:
        """Remember what equal bytes say of other cells."""
        if b"<f " in equal:
            self.decoder_a.note(equal)
            self.decoder_b.note(equal)
        self._look_for_values(equal)

    def _look_for_values(self, equal: bytes) -> None:
        """Notice formulas without stored values in what is equal on both sheets."""
        if self._looks_left > 0 and b"<f" in equal:
            self._looks_left -= len(equal)
            if WITHOUT_VALUE.search(equal):
                self.found.lacking_a = self.found.lacking_b = True

    def _says_the_same(self, source: bytes) -> bool:
        """Whether equal bytes are equal cells: no number of a table or of a shared formula that means another."""
        a, b = self._rows_a.prefixes, self._rows_b.prefixes
        if a != b and not cells.prefixes(source) <= a & b:
            raise UnusualError  # one of the two may be damaged
        if self.computes and b"<f" in source:
            return False
        return self.tables.same(source) and not (self.decoder_a.unequal and b'"shared"' in source)

    def _row(self, number: int, a: bytes | None, b: bytes | None) -> None:
        if a is not None and a == b and self._says_the_same(a):
            self._note(a)
            return
        empty = cells.Row(number, {}, {})
        row_a = self._rows_a.row(a) if a else empty
        row_b = self._rows_b.row(b) if b else empty
        before = len(self.found.cells)
        if row_a.attributes != row_b.attributes or not self.tables.styles.complete:
            self.rows(number, row_a.attributes, row_b.attributes)
        for letters in sorted({**row_a.cells, **row_b.cells}, key=lambda name: (len(name), name)):
            source_a, source_b = row_a.cells.get(letters, b""), row_b.cells.get(letters, b"")
            if source_a == source_b and b"<f " not in source_a and self._says_the_same(source_a):
                self._look_for_values(source_a)
                continue
            at = number, column_number(letters.decode())
            cell_a = self.decoder_a.cell(*at, source_a) if source_a else None
            cell_b = self.decoder_b.cell(*at, source_b) if source_b else None
            self.judge(at, at, cell_a, cell_b, row_a.attributes, row_b.attributes)
            self._last_a = max(self._last_a, at[1]) if cell_a else self._last_a
            self._last_b = max(self._last_b, at[1]) if cell_b else self._last_b
        if self.hasty and self._uneven and len(self.found.cells) > HASTE:
            raise ShiftedError
        changed = sum(_does_something_else(change) for change in self.found.cells[before:])
        self._changed += changed
        most = max(len(row_a.cells), len(row_b.cells))
        if most and (not row_a.cells or not row_b.cells or (changed > 1 and changed * 2 >= most)):
            self._uneven = True


def _does_something_else(change: Change) -> bool:
    """Whether a constant or a formula differs, not only what a formula gives."""
    return change.formula or change.a is None or change.a.formula is None
