"""The sheet of one step: the article's picture of that moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from xlsxwriter.worksheet import Worksheet

from tracer.expr import Expression, reads
from tracer.matrices import stem
from tracer.steps import Step, order
from tracer.trace import State, Trace, Update, follows
from tracer.workbook import names
from tracer.workbook.book import Book
from tracer.workbook.canvas import Canvas, Link
from tracer.workbook.expectation import Computed, Expected, Place, SheetKind
from tracer.workbook.formulas import BEFORE, BlockFormula, CellFormula
from tracer.workbook.labels import labels, widen_for_rows
from tracer.workbook.layout import Area, Layout
from tracer.workbook.limits import check_grid
from tracer.workbook.style import Style, with_number_format
from tracer.workbook.text import suited, widest

WEIGHTS = ("wh", "bh", "wout", "bout")


class StepSheets:
    """Writes the step sheets of a book; a block stands at the same place on all of them.

    Args:
        data: where the samples of all batches stand, by name, on the sheet `Data`; none for one batch.
    """

    def __init__(self, book: Book, trace: Trace, data: Mapping[str, Area]) -> None:
        self.book = book
        self.trace = trace
        self.data = data
        self.sheet_template = book.template.step
        self.given = ("X", "y", "t", *trace.network.parameters)
        everything = trace.state_of(trace.updates[0], len(trace.steps) - 1)
        largest = {name: matrix.shape for name, matrix in everything.items()}
        for update in trace.updates:  # the last batch of an epoch may be smaller
            for name, matrix in update.filled.items():
                largest[name] = max(largest[name], matrix.shape)
        for name, matrix in zip(("X", "y"), trace.network.chosen(max((u.samples for u in trace.updates), key=len))):
            largest[name] = matrix.shape
        samples = max((update.samples for update in trace.updates), key=len)
        self.labels = {name: label.shape for name, label in labels(trace.network, samples).items()}
        self.layout = Layout(self.sheet_template, {**largest, **self.labels})
        check_grid(*self.layout.size, "a step sheet")
        self.areas = {name: area for name, area in self.layout.areas.items() if name not in self.labels}
        #: Of each block, whatever part of it an update shows.
        self.number_formats = dict(self.sheet_template.number_formats)
        for name, matrix in (("X", trace.network.X), ("y", trace.network.y)):
            self.number_formats[name] = suited(self.number_formats[name], matrix)
        self.widths = self._widths(trace)
        #: The sheet that showed a matrix last.
        self.shown_on: dict[str, str] = {}
        self._fitted: tuple[Update, dict[str, Area]] | None = None
        self._rendered: dict[tuple[int, str, int], tuple[list[list[str]], bool]] = {}

    def write(
        self, update: Update, step: Step, title: str, before: str | None, after: str | None, linked: bool
    ) -> None:
        """
        Args:
            title: the sheet's.
            before, after: the titles of its neighbours.
            linked: whether the update before this one has its sheets.
        """
        state = self.trace.state_of(update, step.number)
        sheet = self.book.add_sheet(title)
        canvas = Canvas(sheet, self.layout, self.book.formats, self.widths)
        areas = self.fitting(update)
        visible = {name: areas[name] for name in state}
        canvas.paint(self._contents(state, title, before, after, linked), self.book.template.roles, visible)
        self._put_labels(sheet, update, state)
        expressions = {symbol.name: expression for symbol, expression in step.expressions.items()}
        if step.number == 1 and not linked:
            for name in update.given:
                self.shown_on.pop(name, None)
        ahead = self.trace.ahead(step.number)
        for name, matrix in state.items():
            area, style = areas[name], self._style(name, state.role(name))
            if self.book.formulas == "none":
                self.book.put_values(sheet, area, matrix, style)
            elif name in expressions:
                self._put_computed(sheet, step, name, expressions[name], matrix, style, areas)
            elif name in ahead:
                self.book.put_link(
                    sheet, area, matrix, style, names.step_sheet(update.epoch, step.number + 1, update.number)
                )
            elif name in self.data and step.number == 0:
                self._put_samples(sheet, area, matrix, style, name, update.samples)
            elif name in self.shown_on:
                self.book.put_link(sheet, area, matrix, style, self.shown_on[name])
            else:
                self.book.put_values(sheet, area, matrix, style)
            self.book.define(title, name, area)
        for name in step.replaces:
            self.book.define(title, names.old(name), areas[name], on=self.shown_on[name])
        self.shown_on.update(dict.fromkeys((name for name in state if name not in ahead), title))

    def fitting(self, update: Update) -> dict[str, Area]:
        """Where the blocks of an update stand."""
        if self._fitted and self._fitted[0] is update:
            return self._fitted[1]
        state = self.trace.state_of(update, len(self.trace.steps) - 1)
        areas = {
            name: Area(self.areas[name].row, self.areas[name].column, *matrix.shape) for name, matrix in state.items()
        }
        self._fitted = update, areas
        return areas

    def _contents(
        self, state: State, title: str, before: str | None, after: str | None, linked: bool
    ) -> Mapping[str, str | Link]:
        step = state.step
        contents: dict[str, str | Link] = {
            "epoch": str(state.epoch),
            "step.name": title,
            "step.number": str(step.number),
            "step.title": step.title,
            "step.phase": step.phase,
            "step.formula": "\n".join(step.formulas_at(state.epoch, state.update, linked)),
            "step.definitions": "\n".join(step.definitions),
            "overview": Link(names.OVERVIEW, names.OVERVIEW),
        }
        contents |= {f"{name}.heading": names.heading(name) for name in state}
        if before:
            contents["step.previous"] = Link(f"← {before}", before)
        if after:
            contents["step.next"] = Link(f"{after} →", after)
        return contents

    def _put_labels(self, sheet: Worksheet, update: Update, state: State) -> None:
        for name, texts in labels(self.trace.network, update.samples).items():
            if name in self.layout.areas and name.partition(".")[0] in state:
                area, look = self.layout.areas[name], self.book.formats[self.sheet_template.styles[name]]
                for (i, j), text in np.ndenumerate(texts):
                    sheet.write_string(area.row + i, area.column + j, text, look)

    def _put_samples(
        self, sheet: Worksheet, area: Area, matrix: np.ndarray, style: Style, name: str, samples: np.ndarray
    ) -> None:
        """The samples of a batch, each linked to where it stands among all."""
        there, along = self.data[name], self.trace.network.architecture.axis
        place = names.reference(names.DATA)
        formulas = [
            [
                f"={place}{there.address(int(samples[i]), j) if along else there.address(i, int(samples[j]))}"
                for j in range(area.columns)
            ]
            for i in range(area.rows)
        ]
        self.book.put_cells(sheet, area, matrix, style, formulas)

    def _put_computed(
        self,
        sheet: Worksheet,
        step: Step,
        name: str,
        expression: Expression,
        matrix: np.ndarray,
        style: Style,
        areas: dict[str, Area],
    ) -> None:
        """A block of formulas that compute it from the others on the sheet, and from its own old value."""
        area = areas[name]
        if self.book.formulas == "matrix":
            shapes = {read: there.shape for read, there in areas.items()}
            block = BlockFormula(lambda read: names.old(read) if read == name else read, shapes)
            for part, formula in block.block(expression):
                values = matrix[part.row : part.last_row + 1, part.column : part.last_column + 1]
                self.book.put_array(sheet, part.within(area), values, style, formula)
            return
        key = step.number, name, areas["X"].rows * areas["X"].columns
        if key not in self._rendered:
            before = (name,) if name in reads(expression) else ()
            self._rendered[key] = CellFormula(areas, before).block(expression, area.rows, area.columns)
        cells, arrays = self._rendered[key]
        if name in step.replaces:
            reference = names.reference(self.shown_on[name])
            cells = [[formula.replace(BEFORE, reference) for formula in row] for row in cells]
        self.book.put_cells(sheet, area, matrix, style, cells, arrays)

    def _style(self, name: str, role: str) -> Style:
        """How a block is painted: by its role on the sheet, else by what it is."""
        if role == "known":
            role = "given" if name in self.given else "weights" if stem(name) in WEIGHTS else "known"
        return with_number_format(self.book.template.roles[role].style, self.number_formats[name])

    def _widths(self, trace: Trace) -> dict[int, float]:
        """The template's column widths, wider where numbers need it."""
        widths = self.layout.column_widths()
        matrices = [*trace.network.inputs.items()]
        matrices += [item for update in trace.updates for item in (*update.given.items(), *update.filled.items())]
        for name, matrix in matrices:
            self.layout.widen(widths, name, widest(matrix, self.number_formats[name]))
        widen_for_rows(self.layout, widths, labels(trace.network, np.arange(trace.network.sample_count)))
        return widths


def expected(trace: Trace, updates: Sequence[Update], title: str, areas: Mapping[str, Area]) -> Iterator[Expected]:
    """Every block of the step sheets: first of each update what is given and filled, in the order in which it is
    computed, then what its sheets show again. Neither a title nor areas are needed for that.
    """
    # Of each step what its sheet shows again, and whether a step of the same update has filled it.
    again: list[list[tuple[str, bool]]] = []
    for step in trace.steps:
        passed = dict.fromkeys(name for done in trace.steps[: step.number + 1] for name in done.current)
        ahead = trace.ahead(step.number)
        computed = {symbol.name for done in trace.steps[: step.number + 1] for symbol in done.expressions}.union(ahead)
        shown = [name for name in (*passed, *ahead) if name not in step.current]
        again.append([(name, name in computed) for name in shown])
    before: Update | None = None
    places: dict[str, Place] = {}
    for update in updates:
        titles = [names.step_sheet(update.epoch, step.number, update.number) for step in trace.steps]
        inputs = dict(zip(("X", "y"), trace.network.chosen(update.samples)))
        values = {**inputs, **trace.network.parameters, **update.given}
        given = {name: Place(titles[0 if name in inputs else 1], name) for name in values}
        linked = follows(before, update, trace.network.updates)
        for name, place in given.items():
            source = places.get(name) if linked and name not in inputs else None
            yield Expected(place, values[name], source)
        places = dict(given)
        for step, symbol, expression in order(trace.steps):
            place = Place(titles[step.number], symbol.name)
            taken = {name: places[name] for name in reads(expression)}
            yield Expected(place, update.filled[symbol.name], computed=Computed(expression, taken))
            places[symbol.name] = place
        for sheet, showing in zip(titles, again):
            for name, filled in showing:
                matrix, source = (update.filled[name], places[name]) if filled else (values[name], given[name])
                yield Expected(Place(sheet, name), matrix, source)
        before = update


SHEET = SheetKind((), expected)
