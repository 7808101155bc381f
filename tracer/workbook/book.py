"""A workbook that is being written: blocks of numbers go in as formulas with their values."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
import xlsxwriter
from xlsxwriter.chart import Chart
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from tracer.trace import Divergence
from tracer.workbook import names
from tracer.workbook.canvas import Formats
from tracer.workbook.layout import Area
from tracer.workbook.mark import LESSON, LONGEST, TEMPLATE, Mark
from tracer.workbook.sheet import ExactWorksheet
from tracer.workbook.style import Style
from tracer.workbook.template import Template
from tracer.xlsx.titles import check_title

#: Goes into every workbook in place of the moment of writing, so that equal runs give equal bytes: the day on
#: which the article appeared.
CREATED = datetime.datetime(2017, 5, 29)
#: What a spreadsheet need not warn of.
IGNORED = dict.fromkeys(("formula_differs", "formula_range", "formula_unlocked"), "A1:XFD1048576")


class Book:
    """Use it as a context manager; the file is written at its end.

    Args:
        formulas: `cell`, `matrix` or `none`, see `writer.write`.
        in_memory: whether sheets are put together in memory, which is faster, or in temporary files.
    """

    def __init__(self, file: BinaryIO, template: Template, formulas: str, in_memory: bool = True) -> None:
        # Without a scheme: Excel shows the theme's font in place of one that has it.
        font = {**dict(zip(("font_name", "font_size"), template.normal)), "font_scheme": "none"}
        self._workbook = xlsxwriter.Workbook(file, {"in_memory": in_memory, "default_format_properties": font})
        self.template = template
        self.formulas = formulas
        self.formats = Formats(self._workbook)

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._workbook.close()
        except FileCreateError as failure:
            raise failure.args[0] from None  # the OSError that XlsxWriter met
        finally:
            self._workbook.fileclosed = True  # XlsxWriter warns of a workbook that was never closed, even on an error

    def add_sheet(self, title: str) -> Worksheet:
        check_title(title, self._workbook.sheetnames)
        sheet = self._workbook.add_worksheet(title, worksheet_class=ExactWorksheet)
        # No green triangles: neighbouring formulas that differ are what a step sheet is made of.
        sheet.ignore_errors(IGNORED)
        return sheet

    def define(self, sheet: str, name: str, area: Area, on: str | None = None) -> None:
        """Give an area a name that holds on one sheet; the area is on that sheet or on another one."""
        self._workbook.define_name(f"{names.reference(sheet)}{name}", f"={names.reference(on or sheet)}{area.range}")

    def describe(self, name: str, divergence: Divergence | None) -> Mark:
        """Say in the file's properties what reading it back needs; the sheet `Network` says it too."""
        mark = Mark(name, self.template.mark, divergence)
        self._describe(name, mark.properties())
        return mark

    def describe_lesson(self, name: str) -> None:
        """Say in the file's properties that there is no trace to read."""
        self._describe(name, {LESSON: name, TEMPLATE: self.template.mark[-LONGEST:]})

    def _describe(self, title: str, properties: Mapping[str, str]) -> None:
        self._workbook.set_properties({"title": title, "created": CREATED})
        for name, text in properties.items():
            self._workbook.set_custom_property(name, text, "text")

    @property
    def small_print(self) -> dict[str, Any]:
        """The font of the axes and the legend of a chart: the template's, as cells have it."""
        return {"name": self.template.normal[0], "color": "#595959", "size": 9, "bold": False}

    def chart_title(self, size: float) -> dict[str, Any]:
        """The font of a chart's title."""
        return {"name": self.template.normal[0], "size": size, "bold": True}

    def add_chart(self, kind: str) -> Chart:
        return self._workbook.add_chart({"type": kind})

    def put_values(self, sheet: Worksheet, area: Area, matrix: np.ndarray, style: Style) -> None:
        """A block of plain numbers."""
        for i, row in enumerate(matrix.tolist()):
            for j, value in enumerate(row):
                sheet.write_number(area.row + i, area.column + j, value, self.formats[style])

    def put_cells(
        self,
        sheet: Worksheet,
        area: Area,
        matrix: np.ndarray,
        style: Style,
        formulas: list[list[str]],
        arrays: bool = False,
    ) -> None:
        """A block with a formula in each cell; `arrays`: each is an array formula of one cell."""
        cell_format = self.formats[style]
        for i, row in enumerate(matrix.tolist()):
            for j, value in enumerate(row):
                at = area.row + i, area.column + j
                if arrays:
                    sheet.write_array_formula(*at, *at, formulas[i][j], cell_format, value)
                else:
                    sheet.write_formula(*at, formulas[i][j], cell_format, value)

    def put_array(self, sheet: Worksheet, area: Area, matrix: np.ndarray, style: Style, formula: str) -> None:
        """A block that is one array formula."""
        values = matrix.tolist()
        sheet.write_array_formula(
            area.row, area.column, area.last_row, area.last_column, formula, self.formats[style], values[0][0]
        )
        for i, row in enumerate(values):
            for j, value in enumerate(row):
                if i or j:  # the first cell holds the formula; the others only their values
                    sheet.write_number(area.row + i, area.column + j, value, self.formats[style])

    def put_link(
        self, sheet: Worksheet, area: Area, matrix: np.ndarray, style: Style, source: str, there: Area | None = None
    ) -> None:
        """A block that shows what another sheet shows, there or at the same place."""
        there = there or area
        reference = names.reference(source)
        if self.formulas == "none":
            self.put_values(sheet, area, matrix, style)
        elif self.formulas == "matrix":
            self.put_array(sheet, area, matrix, style, f"={reference}{there.range}")
        else:
            self.put_cells(
                sheet, area, matrix, style, [[f"={reference}{cell}" for cell in row] for row in there.addresses]
            )
