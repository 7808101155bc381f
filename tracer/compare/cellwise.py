"""Two sheets, cell by cell: rows that are equal as bytes are never parsed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tracer.compare.difference import Tolerance
from tracer.compare.scope import Scope
from tracer.compare.settings import columns
from tracer.xlsx import cells, xml
from tracer.xlsx.addresses import Range
from tracer.xlsx.addresses import number as column_number
from tracer.xlsx.book import Book, Sheet, unreadable
from tracer.xlsx.cells import Cell, Formula, UnusualError
from tracer.xlsx.rows import Rows
from tracer.xlsx.stream import Stream
from tracer.xlsx.strings import Text
from tracer.xlsx.styles import true

Position = tuple[int, int]

#: So many equal rows or cells are searched for formulas whose values were not stored.
LOOKS = 1000
_WITHOUT_VALUE = re.compile(rb"</f>(?:</c>|<v ?/>|<v></v>)")


@dataclass(slots=True)
class Change:
    """A cell whose value or formula differs.

    Attributes:
        pair: which pair of sheets.
        at: row and column.
        a, b: the cell in both workbooks; None where one has none.
        value, formula: whether it differs in it. What is computed from the cell follows only from its value.
    """

    pair: int
    at: Position
    a: Cell | None
    b: Cell | None
    value: bool
    formula: bool


@dataclass
class SheetChanges:
    """What differs on a pair of sheets.

    Attributes:
        looks: cells by kind (`styles`, `formats`, `caches`) and what the two sides say, where they are in B; column 0
            for a whole row, row 0 for a whole column.
        rows: heights and the like by what the two sides say: the numbers of the rows.
        arrays_a, arrays_b: what array formulas fill.
        settings_a, settings_b: the sheets without their rows.
        unknown: whether formulas were seen whose value neither stores; programs store those of all or of none.
    """

    cells: list[Change] = field(default_factory=list)
    looks: dict[tuple[str, str, str], list[Position]] = field(default_factory=dict)
    rows: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    arrays_a: list[tuple[Range, str]] = field(default_factory=list)
    arrays_b: list[tuple[Range, str]] = field(default_factory=list)
    settings_a: xml.Element = field(default_factory=lambda: xml.Element("worksheet"))
    settings_b: xml.Element = field(default_factory=lambda: xml.Element("worksheet"))
    unknown: bool = False


@dataclass(frozen=True)
class Tables:
    """Whether equal bytes mean equal cells in two workbooks: do their tables agree where both have entries?"""

    strings: bool
    styles: bool

    @classmethod
    def of(cls, a: Book, b: Book) -> Tables:
        def same(kind: str) -> bool:
            parts = a.shared[kind], b.shared[kind]
            sums = [book.package.checksum(part) if part else None for book, part in zip((a, b), parts)]
            return sums[0] == sums[1]

        strings = same("sharedStrings") or all(x == y for x, y in zip(a.strings, b.strings))
        styles = (same("styles") and same("theme")) or all(
            x == y for x, y in zip(zip(a.styles.looks, a.styles.formats), zip(b.styles.looks, b.styles.formats))
        )
        return cls(strings, styles)


class SheetComparison:
    """Compares one pair of sheets.

    Args:
        agree: whether a formula of A and one of B say the same, given the text of both.
    """

    def __init__(
        self,
        pair: int,
        a: tuple[Book, Sheet],
        b: tuple[Book, Sheet],
        tables: Tables,
        scope: Scope,
        tolerance: Tolerance,
        agree: Callable[[Formula, Formula], bool],
    ) -> None:
        self.pair = pair
        (self.book_a, self.sheet_a), (self.book_b, self.sheet_b) = a, b
        self.tables, self.scope, self.tolerance, self.agree = tables, scope, tolerance, agree
        self._looks: dict[tuple[int, int], list[tuple[str, str, str]]] = {}

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
        self._unstyled: list[tuple[Position, Cell, bool, dict[bytes, bytes]]] = []
        self._looked = 0
        self._rows(Stream(rows_a), Stream(rows_b))
        found = self.found
        found.arrays_a, found.arrays_b = self.decoder_a.arrays, self.decoder_b.arrays
        found.settings_a, found.settings_b = rows_a.settings, rows_b.settings
        self._style_of_absent()
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
        if row_a.attributes != row_b.attributes:
            self._row_attributes(number, row_a.attributes, row_b.attributes)
        for letters in sorted({**row_a.cells, **row_b.cells}, key=lambda name: (len(name), name)):
            source_a, source_b = row_a.cells.get(letters), row_b.cells.get(letters)
            if source_a is not None and source_a == source_b and self._says_the_same(source_a):
                self._look_for_values(source_a)
                continue
            at = number, column_number(letters.decode())
            cell_a = self.decoder_a.cell(*at, source_a) if source_a else None
            cell_b = self.decoder_b.cell(*at, source_b) if source_b else None
            if self.scope.cell(self.sheet_b.title, *at):
                self._content(at, cell_a, cell_b)
                if cell_a is not None and cell_b is not None:
                    self._look(at, cell_a.style, cell_b.style)
                    self._runs(at, cell_a.value, cell_b.value)
                elif cell := cell_a or cell_b:
                    absent = row_a if cell_a is None else row_b
                    self._unstyled.append((at, cell, cell_a is None, absent.attributes))

    def _look_for_values(self, equal: bytes) -> None:
        """Notice formulas without stored values in what is equal on both sheets."""
        if self._looked < LOOKS:
            self._looked += 1
            self.found.unknown = self.found.unknown or _WITHOUT_VALUE.search(equal) is not None

    def _says_the_same(self, source: bytes) -> bool:
        """Whether equal bytes are an equal cell: no number of a table or of a shared formula that means another."""
        if b"<f" in source and (b'"shared"' in source or b'"array"' in source):
            return False
        return self.tables.styles and (self.tables.strings or b't="s"' not in source)

    def _content(self, at: Position, a: Cell | None, b: Cell | None) -> None:
        formula_a, formula_b = a.formula if a else None, b.formula if b else None
        if formula_a is None or formula_b is None:
            formula = formula_a is not formula_b
        else:
            formula = not self.agree(formula_a, formula_b)
        missing = a is not None and a.missing, b is not None and b.missing
        if any(missing) and not formula:
            if all(missing):
                self.found.unknown = True
            elif "caches" in self.scope.kinds:
                said = ["no stored value" if gone else "a stored value" for gone in missing]
                self.found.looks.setdefault(("caches", said[0], said[1]), []).append(at)
            return
        value = not any(missing) and not self.tolerance.agree(a.value if a else None, b.value if b else None)
        value, formula = value and "values" in self.scope.kinds, formula and "formulas" in self.scope.kinds
        if value or formula:
            self.found.cells.append(Change(self.pair, at, a, b, value, formula))

    def _look(self, at: Position, style_a: int, style_b: int) -> None:
        if self.tables.styles and style_a == style_b:
            return
        key = style_a, style_b
        if key not in self._looks:
            self._looks[key] = self._compared(style_a, style_b)
        for change in self._looks[key]:
            self.found.looks.setdefault(change, []).append(at)

    def _runs(self, at: Position, a: object, b: object) -> None:
        """Equal texts may be formatted differently inside."""
        if isinstance(a, Text) and isinstance(b, Text) and a == b and a.runs != b.runs and "styles" in self.scope.kinds:
            said = [f"formatting inside the text: {text.runs or 'none'}" for text in (a, b)]
            self.found.looks.setdefault(("styles", said[0], said[1]), []).append(at)

    def _compared(self, style_a: int, style_b: int) -> list[tuple[str, str, str]]:
        changes = []
        look_a, look_b = self.book_a.styles.look(style_a), self.book_b.styles.look(style_b)
        if look_a != look_b and "styles" in self.scope.kinds:
            changes.append(("styles", *look_a.change(look_b)))
        format_a, format_b = self.book_a.styles.format(style_a), self.book_b.styles.format(style_b)
        if format_a != format_b and "formats" in self.scope.kinds:
            changes.append(("formats", format_a, format_b))
        return changes

    def _row_attributes(self, row: int, a: dict[bytes, bytes], b: dict[bytes, bytes]) -> None:
        title = self.sheet_b.title
        if not self.scope.whole_sheet(title):
            return
        if "widths" in self.scope.kinds:
            said_a, said_b = _row_size(a), _row_size(b)
            if said_a != said_b:
                self.found.rows.setdefault((said_a, said_b), []).append(row)
        style_a, style_b = _row_style(a), _row_style(b)
        if (style_a is None) != (style_b is None) or style_a != style_b or not self.tables.styles:
            for change in self._compared(style_a or 0, style_b or 0):
                self.found.looks.setdefault(change, []).append((row, 0))

    def _style_of_absent(self) -> None:
        """A styled cell that the other file does not have looks as its row or column says there."""
        columns_a, columns_b = columns(self.found.settings_a), columns(self.found.settings_b)
        for at, cell, absent_in_a, row in self._unstyled:
            absent = _row_style(row)
            if absent is None:
                absent = _column_style((columns_a if absent_in_a else columns_b).get(at[1]))
            self._look(at, *((absent, cell.style) if absent_in_a else (cell.style, absent)))
        if self.scope.whole_sheet(self.sheet_b.title):
            for column in sorted(columns_a.keys() | columns_b.keys()):
                self._look((0, column), _column_style(columns_a.get(column)), _column_style(columns_b.get(column)))


def _row_size(given: dict[bytes, bytes]) -> str:
    """What a person set of a row; a height that a program worked out is not it."""
    said = []
    if true(given.get(b"customHeight", b"").decode()):
        said.append(f"height {_measure(given.get(b'ht', b''))}")
    if true(given.get(b"hidden", b"").decode()):
        said.append("hidden")
    if (level := given.get(b"outlineLevel", b"0")) != b"0":
        said.append(f"outline level {level.decode()}")
    return ", ".join(said) or "automatic"


def _measure(number: bytes) -> str:
    try:
        return f"{float(number):g}"
    except ValueError:
        return number.decode("utf-8", "replace")


def _row_style(given: dict[bytes, bytes]) -> int | None:
    if b"s" in given and true(given.get(b"customFormat", b"").decode()) and given[b"s"].isdigit():
        return int(given[b"s"])
    return None


def _column_style(column: xml.Element | None) -> int:
    style = "0" if column is None else column.get("style", "0")
    return int(style) if style.isdecimal() else 0
