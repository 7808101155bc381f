"""What differs between two cells, and on a pair of sheets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tracer.compare import richtext
from tracer.compare.alignment import Position, Region
from tracer.compare.difference import Tolerance
from tracer.compare.recalculation import AGREE, ComputedCell, RecalculatedBook
from tracer.compare.scope import Scope
from tracer.compare.settings import column_style, columns, row_size, row_style
from tracer.compare.tables import Tables
from tracer.xlsx import xml
from tracer.xlsx.addresses import Range
from tracer.xlsx.book import Book, Sheet
from tracer.xlsx.cells import Cell, Formula
from tracer.xlsx.numberformats import canonical
from tracer.xlsx.strings import Text


@dataclass(slots=True)
class Change:
    """A cell whose value or formula differs.

    Attributes:
        pair: which pair of sheets.
        at_a, at_b: row and column in A and in B; None where the other has rows, columns or blocks that one has not.
        a, b: the cell in both workbooks; None where one has none.
        value, formula: whether it differs in it. What is computed from the cell follows only from its value.
    """

    pair: int
    at_a: Position | None
    at_b: Position | None
    a: Cell | None
    b: Cell | None
    value: bool
    formula: bool


@dataclass
class Only:
    """What only one of two sheets has.

    Attributes:
        cells: those that hold something.
        formulas: with the rows that they stand in.
    """

    region: Region
    cells: list[Position] = field(default_factory=list)
    formulas: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class SheetChanges:
    """What differs on a pair of sheets.

    Attributes:
        looks: cells by kind (`styles`, `formats`, `caches`) and what the two sides say, where they are in B; column 0
            for a whole row, row 0 for a whole column.
        only: what only one of the sheets has, with its cells.
        rows: heights and the like by what the two sides say: the numbers of the rows.
        arrays_a, arrays_b: what array formulas fill.
        settings_a, settings_b: the sheets without their rows; empty where the two are the same bytes.
        heights_a, heights_b: of rows, in points, where rows stand elsewhere.
        lacking_a, lacking_b: whether formulas were seen whose values it does not store; programs store those of all or
            of none.
        same: whether the sheets are the same bytes, which were not read.
    """

    cells: list[Change] = field(default_factory=list)
    looks: dict[tuple[str, str, str], list[Position]] = field(default_factory=dict)
    only: list[Only] = field(default_factory=list)
    rows: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    arrays_a: list[tuple[Range, str]] = field(default_factory=list)
    arrays_b: list[tuple[Range, str]] = field(default_factory=list)
    settings_a: xml.Element = field(default_factory=lambda: xml.Element("worksheet"))
    settings_b: xml.Element = field(default_factory=lambda: xml.Element("worksheet"))
    heights_a: dict[int, float] = field(default_factory=dict)
    heights_b: dict[int, float] = field(default_factory=dict)
    lacking_a: bool = False
    lacking_b: bool = False
    same: bool = False


Attributes = dict[bytes, bytes]
Column = Callable[[int], int | None]


def _same(column: int) -> int | None:
    return column


class CellComparison:
    """Judges the cells of one pair of sheets, whichever way they are brought together.

    Args:
        pair: which pair of sheets.
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
        #: Equal bytes may have values that differ, and have to be read.
        self.computes = isinstance(self.book_a, RecalculatedBook) or isinstance(self.book_b, RecalculatedBook)
        self._looks: dict[tuple[int, int], list[tuple[str, str, str]]] = {}
        self.found = SheetChanges()
        self._unstyled: list[tuple[Position, Position, Cell, bool, Attributes]] = []

    def judge(
        self,
        at_a: Position | None,
        at_b: Position | None,
        a: Cell | None,
        b: Cell | None,
        row_a: Attributes | None = None,
        row_b: Attributes | None = None,
    ) -> None:
        """Note what differs between two cells.

        Args:
            at_a, at_b: where they are; None where there is no such place.
            a, b: None for none.
            row_a, row_b: what is said of their rows.
        """
        if not self.scope.cell(self.sheet_b.title, *(at_b or at_a)):  # type: ignore[misc]
            return
        self._content(at_a, at_b, a, b)
        if at_a is None or at_b is None:
            return
        if a is not None and b is not None:
            self._look(at_b, a.style, b.style)
            self._runs(at_b, a, b)
        elif cell := a or b:
            absent = row_a if a is None else row_b
            self._unstyled.append((at_a, at_b, cell, a is None, absent or {}))

    def _content(self, at_a: Position | None, at_b: Position | None, a: Cell | None, b: Cell | None) -> None:
        formula_a, formula_b = a.formula if a else None, b.formula if b else None
        if formula_a is None or formula_b is None:
            formula = formula_a is not formula_b
        else:
            formula = not self.agree(formula_a, formula_b)
        missing = a is not None and a.missing, b is not None and b.missing
        self.found.lacking_a |= missing[0]
        self.found.lacking_b |= missing[1]
        computed = isinstance(a, ComputedCell), isinstance(b, ComputedCell)
        stored = [not (gone or made) for gone, made in zip(missing, computed)]
        if stored[0] != stored[1] and not formula and "caches" in self.scope.kinds:
            said = ["a stored value" if there else "no stored value" for there in stored]
            self.found.looks.setdefault(("caches", said[0], said[1]), []).append(at_b or (0, 0))
        if any(missing) and not formula:
            return
        tolerance = self.tolerance if computed[0] == computed[1] else self.tolerance.loosened(AGREE)
        value = not any(missing) and not tolerance.agree(a.value if a else None, b.value if b else None)
        value, formula = value and "values" in self.scope.kinds, formula and "formulas" in self.scope.kinds
        if value or formula:
            self.found.cells.append(Change(self.pair, at_a, at_b, a, b, value, formula))

    def _look(self, at: Position, style_a: int, style_b: int) -> None:
        if style_a == style_b and style_a in self.tables.styles:
            return
        key = style_a, style_b
        if key not in self._looks:
            self._looks[key] = self._compared(style_a, style_b)
        for change in self._looks[key]:
            self.found.looks.setdefault(change, []).append(at)

    def _runs(self, at: Position, a: Cell, b: Cell) -> None:
        """Equal texts may be formatted differently inside."""
        if not (isinstance(a.value, Text) and isinstance(b.value, Text)) or a.value != b.value:
            return
        if (a.value.runs or b.value.runs) and "styles" in self.scope.kinds:
            looks = self.book_a.styles.look(a.style), self.book_b.styles.look(b.style)
            if change := richtext.change(a.value, b.value, *looks):
                self.found.looks.setdefault(("styles", *change), []).append(at)

    def _compared(self, style_a: int, style_b: int) -> list[tuple[str, str, str]]:
        changes = []
        look_a, look_b = self.book_a.styles.look(style_a), self.book_b.styles.look(style_b)
        if look_a != look_b and "styles" in self.scope.kinds:
            changes.append(("styles", *look_a.change(look_b)))
        format_a, format_b = self.book_a.styles.format(style_a), self.book_b.styles.format(style_b)
        if canonical(format_a) != canonical(format_b) and "formats" in self.scope.kinds:
            changes.append(("formats", format_a, format_b))
        return changes

    def rows(self, row: int, a: dict[bytes, bytes], b: dict[bytes, bytes]) -> None:
        """Note what differs between two rows, given their attributes."""
        title = self.sheet_b.title
        if not self.scope.whole_sheet(title):
            return
        if "widths" in self.scope.kinds:
            said_a, said_b = row_size(a), row_size(b)
            if said_a != said_b:
                self.found.rows.setdefault((said_a, said_b), []).append(row)
        style_a, style_b = row_style(a), row_style(b)
        if style_a != style_b or (style_a is not None and style_a not in self.tables.styles):
            for change in self._compared(style_a or 0, style_b or 0):
                self.found.looks.setdefault(change, []).append((row, 0))

    def finish(self, to_a: Column = _same, to_b: Column = _same) -> None:
        """Judge what needs the columns' looks: a styled cell that the other file does not have looks as its row or
        column says there.

        Args:
            to_a, to_b: which column of the other sheet is a column.
        """
        columns_a, columns_b = columns(self.found.settings_a), columns(self.found.settings_b)
        for at_a, at_b, cell, absent_in_a, row in self._unstyled:
            absent = row_style(row)
            if absent is None:
                absent = column_style(columns_a.get(at_a[1]) if absent_in_a else columns_b.get(at_b[1]))
            self._look(at_b, *((absent, cell.style) if absent_in_a else (cell.style, absent)))
        if self.scope.whole_sheet(self.sheet_b.title):
            for column in sorted(columns_b.keys() | {there for at in columns_a if (there := to_b(at))}):
                here = to_a(column)
                if here is not None:
                    self._look((0, column), column_style(columns_a.get(here)), column_style(columns_b.get(column)))
