"""Which cells of a workbook are marked, and the sheets with them marked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tracer.compare.difference import Difference, Role
from tracer.report.rewriter import Rewriter, index
from tracer.xlsx.addresses import COLUMNS, ROWS, Range, address, number, parse_range
from tracer.xlsx.styles import true

#: What is about cells. A width is about a column, and would paint all of it.
_CONTENT, _AROUND = ("values", "formulas", "caches"), ("insertions", "formats", "styles", "merges")


@dataclass
class Marks:
    """What is to be marked on a sheet.

    Attributes:
        cells: single ones, by row and column; those that the sheet does not have will be there, empty.
        areas: larger ones, in which the cells are marked that the sheet has.
    """

    cells: dict[int, dict[int, Role]] = field(default_factory=dict)
    areas: list[tuple[Range, Role]] = field(default_factory=list)


def marks(differences: Iterable[Difference]) -> dict[str, Marks]:
    """What is to be marked, by the sheet's title. Where a cell also looks different, the content decides."""
    found: dict[str, Marks] = {}
    for kinds in (_AROUND, _CONTENT):
        for entry in differences:
            if entry.kind not in kinds or entry.sheet is None:
                continue
            sheet = found.setdefault(entry.sheet, Marks())
            for area in filter(None, map(parse_range, entry.address.split())):
                if area.cells == 1:
                    sheet.cells.setdefault(area.top, {})[area.left] = entry.role
                else:
                    sheet.areas.append((area, entry.role))
    return found


class MarkedSheet(Rewriter):
    """A sheet with marked cells, which is not the selected one."""

    def __init__(self, where: str, marks: Marks, style: Callable[[int, Role], int]) -> None:
        """
        Args:
            style: the number of a format that is marked, by the number of one that is not.
        """
        super().__init__(where)
        self._style = style
        self._columns: list[tuple[int, int, int]] = []
        # Still to come, the next one last.
        self._rows = sorted(marks.cells.items(), reverse=True)
        self._areas = sorted(marks.areas, reverse=True)
        # Of the row where we are.
        self._row = self._column = self._row_style = 0
        self._cells: list[tuple[int, Role]] = []
        self._across: list[tuple[Range, Role]] = []

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        depth = len(self.path)
        if depth == 4 and tag == "c":
            if self._cells or self._across:
                self._cell(given)
        elif depth == 3 and tag == "row":
            self._start_row(given)
        elif depth == 3 and tag == "col":
            self._columns.append((index(given.get("min")), index(given.get("max")), index(given.get("style"))))
        elif depth == 3 and tag == "sheetView" and "tabSelected" in given:
            self.change({"tabSelected": None})
        elif depth == 2 and tag == "dimension":
            self._dimension(given)
        elif depth == 2 and tag == "sheetData":
            self.done = not self._rows and not self._areas
            if self._rows:
                self.change({}, hold=True)

    def end(self, tag: str) -> None:
        depth = len(self.path)
        if depth == 3 and tag == "row":
            self._put_cells(COLUMNS + 1)
        elif depth == 2 and tag == "sheetData":
            self._put_rows(ROWS + 1)

    def _dimension(self, given: Mapping[str, str]) -> None:
        """The corners of what the sheet holds, for programs that believe them."""
        area = parse_range(given.get("ref", ""))
        if area and self._rows:
            columns = [column for _, cells in self._rows for column in cells]
            top, bottom = self._rows[-1][0], self._rows[0][0]
            wanted = Range(top, min(columns), bottom, max(columns))
            whole = Range(*map(min, area[:2], wanted[:2]), *map(max, area[2:], wanted[2:]))
            if whole != area:
                self.change({"ref": str(whole)})

    def _start_row(self, given: Mapping[str, str]) -> None:
        row = index(given.get("r")) or self._row + 1
        self._put_rows(row)
        self._row, self._column = row, 0
        self._row_style = index(given.get("s")) if true(given.get("customFormat")) else -1
        self._cells = []
        if self._rows and self._rows[-1][0] == row:
            self._cells = sorted(self._rows.pop()[1].items(), reverse=True)
        while self._areas and self._areas[-1][0].top <= row:
            self._across.append(self._areas.pop())
        self._across = [entry for entry in self._across if entry[0].bottom >= row]
        self.done = not (self._rows or self._areas or self._cells or self._across)
        if self._cells:
            first, _, last = given.get("spans", "1:16384").partition(":")
            inside = index(first) <= self._cells[-1][0] and self._cells[0][0] <= index(last)
            self.change({} if inside else {"spans": None}, hold=True)

    def _cell(self, given: Mapping[str, str]) -> None:
        self._column = number(given["r"].rstrip("0123456789")) if "r" in given else self._column + 1
        self._put_cells(self._column)
        role: Role | None = None
        if self._cells and self._cells[-1][0] == self._column:
            role = self._cells.pop()[1]
        else:
            role = next((role for area, role in self._across if area.left <= self._column <= area.right), None)
        if role:
            self.change({"s": str(self._style(index(given.get("s")), role))})

    def _put_cells(self, before: int) -> None:
        """The cells of this row that come before a column, and that the sheet does not have."""
        while self._cells and self._cells[-1][0] < before:
            self.put(self._new_cell(self._row, *self._cells.pop()))

    def _put_rows(self, before: int) -> None:
        """The same with rows."""
        while self._rows and self._rows[-1][0] < before:
            self._row_style = -1
            row, cells = self._rows.pop()
            inner = "".join(self._new_cell(row, *cell) for cell in sorted(cells.items()))
            self.put(f'<row r="{row}">{inner}</row>')

    def _new_cell(self, row: int, column: int, role: Role) -> str:
        """Looking as its row or its column does there, but for the mark."""
        style = self._row_style
        if style < 0:
            style = next((style for first, last, style in self._columns if first <= column <= last), 0)
        return f'<c r="{address(row, column)}" s="{self._style(style, role)}"/>'
