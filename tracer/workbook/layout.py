"""Where things stand: a template's grid, grown to the size of the matrices that go into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

from tracer.expr import Shape
from tracer.workbook.template import Sheet

#: A column's width in a file, in characters, where nothing says otherwise.
WIDTH = 9.140625


@dataclass(frozen=True)
class Area:
    """A rectangle of cells on a sheet; rows and columns count from 0."""

    row: int
    column: int
    rows: int
    columns: int

    @property
    def last_row(self) -> int:
        return self.row + self.rows - 1

    @property
    def last_column(self) -> int:
        return self.column + self.columns - 1

    @property
    def shape(self) -> Shape:
        return self.rows, self.columns

    def within(self, area: Area) -> Area:
        """This one, as it lies in another one."""
        return Area(area.row + self.row, area.column + self.column, self.rows, self.columns)

    def address(self, i: int = 0, j: int = 0) -> str:
        """The cell of row i and column j of the area: `F5`."""
        return f"{xl_col_to_name(self.column + j)}{self.row + i + 1}"

    @property
    def addresses(self) -> list[list[str]]:
        """The address of every cell, by row."""
        return [[self.address(i, j) for j in range(self.columns)] for i in range(self.rows)]

    @property
    def range(self) -> str:
        """`$F$5:$H$8`, or `$F$5` for a single cell."""
        first = f"${xl_col_to_name(self.column)}${self.row + 1}"
        last = f"${xl_col_to_name(self.last_column)}${self.last_row + 1}"
        return first if first == last else f"{first}:{last}"


class Layout:
    """A template sheet with its rows and columns repeated until every block fits.

    A template column becomes as many sheet columns as the widest block in it has, a template row likewise;
    every other row and column stays one.
    """

    def __init__(self, sheet: Sheet, sizes: Mapping[str, Shape]) -> None:
        """
        Args:
            sheet: the template's sheet.
            sizes: rows and columns of what stands in place of each block placeholder, by its name.
        """
        self.sheet = sheet
        self._rows = dict.fromkeys(range(1, sheet.last_row + 1), 1)
        self._columns = dict.fromkeys(range(1, sheet.last_column + 1), 1)
        for name, (row, column) in sheet.blocks.items():
            _, _, last_row, last_column = sheet.merged.get((row, column), (row, column, row, column))
            rows, columns = sizes[name]
            # A placeholder in merged cells has their other rows and columns already.
            self._rows[row] = max(self._rows[row], rows - (last_row - row))
            self._columns[column] = max(self._columns[column], columns - (last_column - column))
        self._first_row = _firsts(self._rows)
        self._first_column = _firsts(self._columns)
        self._regions: dict[tuple[int, int], Area] = {}
        self.areas = {
            name: Area(self._first_row[row], self._first_column[column], *sizes[name])
            for name, (row, column) in sheet.blocks.items()
        }

    @property
    def size(self) -> Shape:
        """Rows and columns of the sheet."""
        return sum(self._rows.values()), sum(self._columns.values())

    def region(self, row: int, column: int) -> Area:
        """What a template cell (counted from 1), or the merged cells that it begins, becomes."""
        if (row, column) not in self._regions:
            self._regions[row, column] = self._grown(row, column)
        return self._regions[row, column]

    def _grown(self, row: int, column: int) -> Area:
        _, _, last_row, last_column = self.sheet.merged.get((row, column), (row, column, row, column))
        return Area(
            self._first_row[row],
            self._first_column[column],
            sum(self._rows[number] for number in range(row, last_row + 1)),
            sum(self._columns[number] for number in range(column, last_column + 1)),
        )

    def row_heights(self) -> dict[int, float]:
        """Heights in points of the sheet's rows, where the template gives one."""
        return {
            self._first_row[number] + k: height
            for number, height in self.sheet.heights.items()
            for k in range(self._rows.get(number, 0))
        }

    def column_widths(self) -> dict[int, float]:
        """Widths in characters of the sheet's columns, where the template gives one."""
        return {
            self._first_column[number] + k: width
            for number, width in self.sheet.widths.items()
            for k in range(self._columns.get(number, 0))
        }

    def widen(self, widths: dict[int, float], name: str, characters: int) -> None:
        """Make the columns of a block wide enough for numbers of so many characters, bold and indented."""
        area = self.areas[name]
        for column in range(area.column, area.column + area.columns):
            widths[column] = max(widths.get(column, WIDTH), characters * 1.1 + 2)

    @property
    def frozen(self) -> tuple[int, int]:
        """How many rows and columns stay in view; (0, 0) for none."""
        row, column = self.sheet.freeze
        return (
            self._first_row.get(row, row - 1),
            self._first_column.get(column, column - 1),
        )


def _firsts(sizes: Mapping[int, int]) -> dict[int, int]:
    firsts, position = {}, 0
    for number, size in sizes.items():
        firsts[number] = position
        position += size
    return firsts
