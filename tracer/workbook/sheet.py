"""A worksheet that stores every double exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from tracer.workbook.limits import check_formula


class ExactWorksheet(Worksheet):
    """XlsxWriter's worksheet, through its documented `worksheet_class` hook, with four differences.

    It prints numbers with as many digits as a double needs to come back bit for bit (XlsxWriter prints 16), and
    it takes formulas as they are: XlsxWriter searches each for names of functions newer than the file format,
    none of which we write. A cell with an empty text is a blank one. Long columns of numbers can go straight into the
    file.
    """

    #: Rows that go into the file as they are written, below all others: see `put_columns`.
    _columns: _Columns | None = None

    def put_columns(self, row: int, column: int, columns: Sequence[tuple[np.ndarray, Format | None]]) -> None:
        """Columns of numbers, side by side, under everything else on the sheet.

        They are not held as cells, of which a million take half a gigabyte.
        """
        self._columns = _Columns(row, column, columns)
        self._check_dimensions(row, column)
        self._check_dimensions(row + len(columns[0][0]) - 1, column + len(columns) - 1)

    def _write_rows(self) -> None:
        last = self.dim_rowmax  # type: ignore[has-type]  # XlsxWriter's
        if self._columns:
            self.dim_rowmax = self._columns.row - 1  # what XlsxWriter goes through row by row
        super()._write_rows()
        self.dim_rowmax = last
        for line in self._columns.lines() if self._columns else ():
            self.fh.write(line)

    def _xml_number_element(self, number, attributes=()) -> None:
        self.fh.write(f"<c{_plain(attributes)}><v>{exact(number)}</v></c>")

    def _xml_formula_element(self, formula, result, attributes=()) -> None:
        self.fh.write(
            f"<c{_plain(attributes)}><f>{escape(formula, quote=False)}</f><v>{escape(str(result), quote=False)}</v></c>"
        )

    def _write_string(self, row, col, string, cell_format=None):
        """An empty text is no text: the cell is blank."""
        if string == "":
            return self._write_blank(row, col, None, cell_format)
        return super()._write_string(row, col, string, cell_format)

    def _prepare_formula(self, formula, expand_future_functions=False):
        check_formula(formula)
        return formula.removeprefix("{").removesuffix("}").removeprefix("=")


#: So many rows are Python's numbers at a time.
CHUNK = 4096


@dataclass(frozen=True)
class _Columns:
    row: int
    column: int
    columns: Sequence[tuple[np.ndarray, Format | None]]

    def lines(self) -> Iterator[str]:
        letters = [xl_col_to_name(self.column + k) for k in range(len(self.columns))]
        looks = [f' s="{style._get_xf_index()}"' if style else "" for _, style in self.columns]
        for first in range(0, len(self.columns[0][0]), CHUNK):
            chunk = zip(*(values[first : first + CHUNK].tolist() for values, _ in self.columns))
            for number, values in enumerate(chunk, self.row + first + 1):
                cells = [
                    f'<c r="{letter}{number}"{look}><v>{exact(value)}</v></c>'
                    for letter, look, value in zip(letters, looks, values)
                ]
                yield f'<row r="{number}">{"".join(cells)}</row>'


def _plain(attributes) -> str:
    """A cell's attributes: address, style and type, in which nothing needs escaping."""
    return "".join([f' {key}="{value}"' for key, value in attributes])


def exact(number: float) -> str:
    """The shortest decimal that reads back as the same double; whole numbers as a spreadsheet writes them."""
    text = repr(float(number))
    return text if text == "-0.0" else text.removesuffix(".0")
