"""The sheet of one step: the article's picture of that moment."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from xlsxwriter.worksheet import Worksheet

from tracer.expr import Expression
from tracer.steps import Step
from tracer.trace import State, Trace
from tracer.workbook import names
from tracer.workbook.book import Book
from tracer.workbook.canvas import Canvas, Link
from tracer.workbook.formulas import BEFORE, BlockFormula, CellFormula
from tracer.workbook.layout import Layout
from tracer.workbook.limits import check_grid
from tracer.workbook.style import Style, with_number_format
from tracer.workbook.text import widest

GIVEN = ("X", "y", "lr")
WEIGHTS = ("wh", "bh", "wout", "bout")


class StepSheets:
    """Writes the step sheets of a book; a block stands at the same place on all of them."""

    def __init__(self, book: Book, trace: Trace) -> None:
        self.book = book
        self.sheet_template = book.template.step
        everything = trace.state(1, len(trace.steps) - 1)
        self.layout = Layout(self.sheet_template, {name: matrix.shape for name, matrix in everything.items()})
        check_grid(*self.layout.size, "a step sheet")
        self.areas = self.layout.areas
        self.widths = self._widths(trace)
        #: The sheet that showed a matrix last.
        self.shown_on: dict[str, str] = {}
        self._rendered: dict[tuple[int, str], tuple[list[list[str]], bool]] = {}

    def write(self, state: State, title: str, before: str | None, after: str | None) -> None:
        """
        Args:
            state: what is known after the step.
            title: the sheet's.
            before, after: the titles of its neighbours.
        """
        step = state.step
        sheet = self.book.add_sheet(title)
        canvas = Canvas(sheet, self.layout, self.book.formats, self.widths)
        visible = {name: self.areas[name] for name in state}
        canvas.paint(self._contents(state, title, before, after), self.book.template.roles, visible)
        expressions = {symbol.name: expression for symbol, expression in step.expressions.items()}
        for name, matrix in state.items():
            area, style = self.areas[name], self._style(name, state.role(name))
            if self.book.formulas == "none" or not (name in expressions or name in self.shown_on):
                self.book.put_values(sheet, area, matrix, style)
            elif name in expressions:
                self._put_computed(sheet, step, name, expressions[name], matrix, style)
            else:
                self.book.put_link(sheet, area, matrix, style, self.shown_on[name])
            self.book.define(title, name, area)
        for name in step.replaces:
            self.book.define(title, names.old(name), self.areas[name], on=self.shown_on[name])
        self.shown_on.update(dict.fromkeys(state, title))

    def _contents(self, state: State, title: str, before: str | None, after: str | None) -> Mapping[str, str | Link]:
        step = state.step
        contents: dict[str, str | Link] = {
            "epoch": str(state.epoch),
            "step.name": title,
            "step.number": str(step.number),
            "step.title": step.title,
            "step.phase": step.phase,
            "step.formula": "\n".join(step.formulas_at(state.epoch)),
            "step.definitions": "\n".join(step.definitions),
            "overview": Link(names.OVERVIEW, names.OVERVIEW),
        }
        contents |= {f"{name}.heading": names.HEADINGS.get(name, name) for name in state}
        if before:
            contents["step.previous"] = Link(f"← {before}", before)
        if after:
            contents["step.next"] = Link(f"{after} →", after)
        return contents

    def _put_computed(
        self, sheet: Worksheet, step: Step, name: str, expression: Expression, matrix: np.ndarray, style: Style
    ) -> None:
        """A block of formulas that compute it from the others on the sheet, and from its own old value."""
        area = self.areas[name]
        if self.book.formulas == "matrix":
            shapes = {read: there.shape for read, there in self.areas.items()}
            block = BlockFormula(lambda read: names.old(read) if read in step.replaces else read, shapes)
            for part, formula in block.block(expression):
                values = matrix[part.row : part.last_row + 1, part.column : part.last_column + 1]
                self.book.put_array(sheet, part.within(area), values, style, formula)
            return
        if (step.number, name) not in self._rendered:
            cell = CellFormula(self.areas, step.replaces)
            self._rendered[step.number, name] = cell.block(expression, area.rows, area.columns)
        cells, arrays = self._rendered[step.number, name]
        if name in step.replaces:
            before = names.reference(self.shown_on[name])
            cells = [[formula.replace(BEFORE, before) for formula in row] for row in cells]
        self.book.put_cells(sheet, area, matrix, style, cells, arrays)

    def _style(self, name: str, role: str) -> Style:
        """How a block is painted: by its role on the sheet, else by what it is."""
        if role == "known":
            role = "given" if name in GIVEN else "weights" if name in WEIGHTS else "known"
        return with_number_format(self.book.template.roles[role].style, self.sheet_template.number_formats[name])

    def _widths(self, trace: Trace) -> dict[int, float]:
        """The template's column widths, wider where numbers need it."""
        widths = self.layout.column_widths()
        matrices = [*trace.network.inputs.items(), *((name, filled) for (_, name), filled in trace.filled.items())]
        for name, matrix in matrices:
            self.layout.widen(widths, name, widest(matrix, self.sheet_template.number_formats[name]))
        return widths
