"""Two sheets, cell by cell: rows that are equal as bytes are never parsed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tracer.compare.alignment import Alignment
from tracer.compare.difference import Tolerance
from tracer.compare.scope import Scope
from tracer.errors import TracerError
from tracer.xlsx import cells, xml
from tracer.xlsx.addresses import Range, number
from tracer.xlsx.book import Book, Sheet
from tracer.xlsx.cells import Cell, Formula, UnusualError
from tracer.xlsx.rows import Rows
from tracer.xlsx.styles import true

Position = tuple[int, int]


@dataclass(slots=True)
class Change:
    """A cell whose value or formula differs.

    Attributes:
        pair: which pair of sheets.
        at_a, at_b: row and column; None where only the other workbook has it.
        value, formula: whether it differs in it. What is computed from the cell follows only from its value.
        group: what put it in or took it out (a row, a column, a block that grew), where it is listed as a whole.
    """

    pair: int
    at_a: Position | None
    at_b: Position | None
    a: Cell | None
    b: Cell | None
    value: bool
    formula: bool
    group: int | None = None


@dataclass
class SheetChanges:
    """What differs on a pair of sheets.

    Attributes:
        looks: cells by kind (`styles`, `formats`, `caches`) and what the two sides say, where they are in B; column 0
            for a whole row.
        rows: heights and the like by what the two sides say: the numbers of the rows.
        arrays_a, arrays_b: what array formulas fill.
        settings_a, settings_b: the sheets without their rows.
        unknown: formula cells whose value neither stores.
    """

    cells: list[Change] = field(default_factory=list)
    looks: dict[tuple[str, str, str], list[Position]] = field(default_factory=dict)
    rows: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    arrays_a: list[tuple[Range, str]] = field(default_factory=list)
    arrays_b: list[tuple[Range, str]] = field(default_factory=list)
    settings_a: xml.Element = field(default_factory=lambda: xml.Element("worksheet"))
    settings_b: xml.Element = field(default_factory=lambda: xml.Element("worksheet"))
    unknown: int = 0


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
        alignment: Alignment,
        scope: Scope,
        tolerance: Tolerance,
        agree: Callable[[Formula, Formula], bool],
    ) -> None:
        self.pair = pair
        (self.book_a, self.sheet_a), (self.book_b, self.sheet_b) = a, b
        self.tables, self.alignment = tables, alignment
        self.scope, self.tolerance, self.agree = scope, tolerance, agree
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
            raise TracerError(
                f"{self.book_a.name} or {self.book_b.name}: sheet {self.sheet_b.title!r} holds cells outside of their "
                "rows, or shared formulas without their first; save the file again"
            ) from None

    def _run(self, unusual: bool) -> SheetChanges:
        self.found = SheetChanges()
        self.decoder_a, self.decoder_b = self.book_a.decoder(self.sheet_a), self.book_b.decoder(self.sheet_b)
        rows_a = Rows(self.book_a.package, self.sheet_a.part, unusual)
        rows_b = Rows(self.book_b.package, self.sheet_b.part, unusual)
        self._unstyled: list[tuple[Position, Position, Cell, bool, dict[bytes, bytes]]] = []
        if self.alignment.by_rows:
            self._by_rows(_Stream(rows_a), _Stream(rows_b))
        else:
            self._by_cells(_Stream(rows_a), _Stream(rows_b))
        found = self.found
        found.arrays_a, found.arrays_b = self.decoder_a.arrays, self.decoder_b.arrays
        found.settings_a, found.settings_b = rows_a.settings, rows_b.settings
        self._style_of_absent()
        return found

    def _by_rows(self, a: _Stream, b: _Stream) -> None:
        """Rows of equal number, or the rows that stand for one another, side by side."""
        identity = self.alignment.identity
        strings, styles = self.tables.strings, self.tables.styles
        while a.fill() and b.fill():
            pieces_a, pieces_b, i, j = a.pieces, b.pieces, a.at, b.at
            if identity:
                masters = self.decoder_a.same_notes(self.decoder_b)
                while i < len(pieces_a) and j < len(pieces_b) and (piece := pieces_a[i]) == pieces_b[j]:
                    if not (styles and (strings or b't="s"' not in piece)):
                        break
                    if b'"shared"' in piece or b'"array"' in piece:
                        if not masters:
                            break
                        self.decoder_a.note(piece)
                        self.decoder_b.note(piece)
                    i, j = i + 1, j + 1
            a.at, b.at = i, j
            if i == len(pieces_a) or j == len(pieces_b):
                continue
            if not (a.single() and b.single()):
                continue
            row_a, row_b = cells.row_number(a.pieces[a.at]), cells.row_number(b.pieces[b.at])
            there = self.alignment.row(row_a)
            if there == row_b:
                self._row(a.take(), b.take())
            elif there is None or there < row_b:
                self._row(a.take(), None)
            else:
                self._row(None, b.take())
        while a.fill():
            if a.single():
                self._row(a.take(), None)
        while b.fill():
            if b.single():
                self._row(None, b.take())

    def _row(self, a: bytes | None, b: bytes | None) -> None:
        row_a, row_b = cells.row(a) if a else None, cells.row(b) if b else None
        if row_a and row_b is None and self.alignment.row(row_a.number) is None:
            there = None
        else:
            there = row_b.number if row_b else self.alignment.row(row_a.number) if row_a else None
        here = row_a.number if row_a else self.alignment.row_back(there or 0)
        given_a, given_b = row_a.attributes if row_a else {}, row_b.attributes if row_b else {}
        if given_a != given_b and here is not None and there is not None:
            self._row_attributes(here, there, given_a, given_b)
        cells_a, cells_b = row_a.cells if row_a else {}, row_b.cells if row_b else {}
        same = self.alignment.identity and here == there
        comparable = same and self.tables.styles and self.decoder_a.same_notes(self.decoder_b)
        if self.alignment.identity:
            columns = [(letters, letters) for letters in {**cells_a, **cells_b}]
        else:
            columns = self._columns(cells_a, cells_b)
        for letters_a, letters_b in sorted(columns, key=lambda pair: (len(pair[1] or pair[0]), pair[1] or pair[0])):
            source_a, source_b = cells_a.get(letters_a), cells_b.get(letters_b)
            if source_a == source_b and comparable and (self.tables.strings or b't="s"' not in source_a):  # type: ignore[operator]
                if b"<f" in source_a and (b'"shared"' in source_a or b'"array"' in source_a):  # type: ignore[operator]
                    self.decoder_a.note(b"<c " + source_a)  # type: ignore[operator]
                    self.decoder_b.note(b"<c " + source_b)  # type: ignore[operator]
                continue
            at_a = (here, number(letters_a.decode())) if here and letters_a else None
            at_b = (there, number(letters_b.decode())) if there and letters_b else None
            cell_a = self.decoder_a.cell(*at_a, source_a) if source_a and at_a else None
            cell_b = self.decoder_b.cell(*at_b, source_b) if source_b and at_b else None
            self._cell(at_a, at_b, cell_a, cell_b, given_a, given_b)

    def _columns(self, a: dict[bytes, bytes], b: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        """The letters of columns that stand for one another; empty for none."""
        found = []
        seen = set()
        for letters in a:
            there = self.alignment.column(letters)
            found.append((letters, there or b""))
            seen.add(there)
        for letters in b:
            if letters not in seen:
                found.append((self.alignment.column_back(letters) or b"", letters))
        return found

    def _by_cells(self, a: _Stream, b: _Stream) -> None:
        """Cells that stand anywhere: one sheet is held, the other streamed."""
        held: dict[Position, Cell] = dict(self._all(a, self.decoder_a))
        others = dict(self._all(b, self.decoder_b))
        for at, cell in held.items():
            there = self.alignment.cell(at)
            self._cell(at, there, cell, others.pop(there, None) if there else None, {}, {})
        for there, cell in others.items():
            self._cell(self.alignment.cell_back(there), there, None, cell, {}, {})

    def _all(self, stream: _Stream, decoder: cells.Decoder) -> Iterator[tuple[Position, Cell]]:
        while stream.fill():
            if stream.single():
                row = cells.row(stream.take())
                for letters, source in row.cells.items():
                    at = row.number, number(letters.decode())
                    yield at, decoder.cell(*at, source)

    def _cell(
        self,
        at_a: Position | None,
        at_b: Position | None,
        a: Cell | None,
        b: Cell | None,
        row_a: dict[bytes, bytes],
        row_b: dict[bytes, bytes],
    ) -> None:
        at = at_b or at_a
        assert at is not None
        title = (self.sheet_b if at_b else self.sheet_a).title
        if not self.scope.cell(title, *at):
            return
        group = None
        if at_a is None or at_b is None:
            group = self.alignment.group(at_a, at_b)
        self._content(at_a, at_b, a, b, group, at)
        if group is None and at_a is not None and at_b is not None and self.alignment.looks:
            if a is not None and b is not None:
                self._look(at, a.style, b.style)
            elif a is not None or b is not None:
                self._unstyled.append((at_a, at_b, a or b, a is None, row_a if a is None else row_b))  # type: ignore[arg-type]

    def _content(
        self,
        at_a: Position | None,
        at_b: Position | None,
        a: Cell | None,
        b: Cell | None,
        group: int | None,
        at: Position,
    ) -> None:
        value_a, value_b = a.value if a else None, b.value if b else None
        formula_a, formula_b = a.formula if a else None, b.formula if b else None
        if formula_a is None and formula_b is None:
            formula = False
        else:
            formula = formula_a is None or formula_b is None or not self.agree(formula_a, formula_b)
        missing = (a is not None and a.missing, b is not None and b.missing)
        if any(missing) and not formula:
            if all(missing):
                self.found.unknown += 1
            elif "caches" in self.scope.kinds:
                said = ["no stored value" if gone else "a stored value" for gone in missing]
                self.found.looks.setdefault(("caches", said[0], said[1]), []).append(at)
            return
        value = not any(missing) and not self.tolerance.agree(value_a, value_b)
        formula = formula and "formulas" in self.scope.kinds
        value = value and "values" in self.scope.kinds
        if (value or formula) and (group is not None or value_a is not None or value_b is not None or formula):
            self.found.cells.append(Change(self.pair, at_a, at_b, a, b, value, formula, group))

    def _look(self, at: Position, style_a: int, style_b: int) -> None:
        if self.tables.styles and style_a == style_b:
            return
        key = style_a, style_b
        if key not in self._looks:
            self._looks[key] = self._compared(style_a, style_b)
        for change in self._looks[key]:
            self.found.looks.setdefault(change, []).append(at)

    def _compared(self, style_a: int, style_b: int) -> list[tuple[str, str, str]]:
        changes = []
        look_a, look_b = self.book_a.styles.look(style_a), self.book_b.styles.look(style_b)
        if look_a != look_b and "styles" in self.scope.kinds:
            changes.append(("styles", *look_a.change(look_b)))
        format_a, format_b = self.book_a.styles.format(style_a), self.book_b.styles.format(style_b)
        if format_a != format_b and "formats" in self.scope.kinds:
            changes.append(("formats", format_a, format_b))
        return changes

    def _row_attributes(self, here: int, there: int, a: dict[bytes, bytes], b: dict[bytes, bytes]) -> None:
        title = self.sheet_b.title
        if not self.scope.whole_sheet(title):
            return
        if "widths" in self.scope.kinds:
            said_a, said_b = _row_size(a), _row_size(b)
            if said_a != said_b:
                self.found.rows.setdefault((said_a, said_b), []).append(there)
        style_a, style_b = _row_style(a), _row_style(b)
        if (style_a is None) != (style_b is None) or style_a != style_b or not self.tables.styles:
            for change in self._compared(style_a or 0, style_b or 0):
                self.found.looks.setdefault(change, []).append((there, 0))

    def _style_of_absent(self) -> None:
        """A styled cell that the other file does not have looks as its row or column says there."""
        columns_a, columns_b = column_styles(self.found.settings_a), column_styles(self.found.settings_b)
        for at_a, at_b, cell, absent_in_a, row in self._unstyled:
            columns, column = (columns_a, at_a[1]) if absent_in_a else (columns_b, at_b[1])
            absent = _row_style(row)
            if absent is None:
                absent = columns(column)
            styles = (absent, cell.style) if absent_in_a else (cell.style, absent)
            self._look(at_b, *styles)


class _Stream:
    """The pieces of a sheet, with a place in them."""

    def __init__(self, rows: Rows) -> None:
        self._batches = iter(rows)
        self.pieces: list[bytes] = []
        self.at = 0

    def fill(self) -> bool:
        """Go to the next piece; False at the end."""
        while self.at >= len(self.pieces):
            batch = next(self._batches, None)
            if batch is None:
                return False
            self.pieces, self.at = batch, 0
        return True

    def single(self) -> bool:
        """Whether the piece is one row; where it was several or none, they take its place."""
        piece = self.pieces[self.at]
        if piece.count(b"<row") == 1:
            return True
        self.pieces[self.at : self.at + 1] = cells.split(piece)
        return False

    def take(self) -> bytes:
        self.at += 1
        return self.pieces[self.at - 1]


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


def column_styles(settings: xml.Element) -> Callable[[int], int]:
    """The style of empty cells, by column."""
    runs = []
    for element in settings.iterfind("cols/col"):
        style, first, last = (element.get(key, "0") for key in ("style", "min", "max"))
        if style.isdecimal() and first.isdecimal() and last.isdecimal():
            runs.append((int(first), int(last), int(style)))
    return lambda column: next((style for first, last, style in runs if first <= column <= last), 0)
