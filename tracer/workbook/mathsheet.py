"""The sheet `Math`: the derivation behind the steps, in letters and in the names of the listings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap

import numpy as np
from xlsxwriter.worksheet import Worksheet

from tracer.derivation import loss
from tracer.exposition import NOTE, TITLE, Line, exposition
from tracer.expr import Shape
from tracer.trace import Trace, Update
from tracer.workbook import names, plainsheet
from tracer.workbook.book import Book
from tracer.workbook.layout import Area
from tracer.workbook.plainsheet import FIRST, LINK, ROMAN, add_plain_sheet
from tracer.workbook.stepsheet import StepSheets
from tracer.workbook.style import Style

#: The columns; formulas in letters reach over the next two, which are empty then.
LETTERS, ARTICLE, MEANING, ROWS, COLUMNS, FILLED, NAMES = range(1, 8)
#: In pixels, at least.
WIDTHS = {LETTERS: 56, ARTICLE: 96, MEANING: 240, ROWS: 48, COLUMNS: 40, FILLED: 120, NAMES: 560}
#: Pixels of a character of a formula, and of one of other text.
LETTER, CHARACTER = 7.6, 6.2

HEADINGS = {
    LETTERS: "letter",
    ARTICLE: "article's letter",
    MEANING: "what it is",
    ROWS: "shape",
    COLUMNS: "",
    FILLED: "filled on",
    NAMES: "in the listings",
}

SECTION: Style = (("bold", True), ("font_size", 12))
HEADING: Style = (("bold", True), ("bottom", 1), ("bottom_color", "#8C8C8C"), ("font_size", 10))
FORMULA: Style = (("font_family", ROMAN), ("font_name", "Cambria"), ("font_size", 11), ("valign", "vcenter"))
TEXT: Style = (("font_size", 10), ("valign", "vcenter"))
HIGH: Style = (("align", "right"), ("font_size", 10), ("num_format", '0" ×"'), ("valign", "vcenter"))
ACROSS: Style = (("align", "left"), ("font_size", 10), ("valign", "vcenter"))
#: Points.
HEIGHT = 17
#: Behind what the lines above it lead to. Not bold, since one of the usual fonts has an S for a bold ᵀ.
RESULT = "#F1F3F5"


def write_math(book: Book, trace: Trace, updates: Sequence[Update], sheets: StepSheets) -> None:
    """
    Args:
        updates: those that have step sheets; the derivation links to the sheets of the first.
        sheets: what wrote them.
    """
    sheet = add_plain_sheet(book, names.MATH, TITLE, NOTE)
    sections = exposition(trace.network)
    formulas = [line for section in sections for line in section.lines if line.letters and not line.meaning]
    room = round(LETTER * max(len(line.letters) for line in formulas)) - WIDTHS[LETTERS] - WIDTHS[ARTICLE]
    named = round(CHARACTER * max(len(line.names) for line in formulas))
    widths = {**WIDTHS, MEANING: max(WIDTHS[MEANING], room), NAMES: max(WIDTHS[NAMES], named)}
    for column, pixels in widths.items():
        sheet.set_column_pixels(column, column, pixels)
    lines = _Lines(book, sheet, trace, updates[0] if updates else None, sheets)
    at = FIRST
    for section in sections:
        sheet.write_string(at, LETTERS, section.title, book.formats[SECTION])
        at += 1
        if any(line.meaning for line in section.lines):
            for column, heading in HEADINGS.items():
                sheet.write(at, column, heading, book.formats[HEADING])
            at += 1
        for line in section.lines:
            lines.put(at, line)
            at += 1
        for note in section.notes:
            for text in wrap(note, round(sum(widths.values()) / CHARACTER)):
                sheet.write_string(at, LETTERS, text, book.formats[plainsheet.NOTE])
                at += 1
        at += 1


class _Lines:
    """Writes lines, with links to the sheets of an update if it has some."""

    def __init__(self, book: Book, sheet: Worksheet, trace: Trace, update: Update | None, sheets: StepSheets) -> None:
        self.book, self.sheet = book, sheet
        self.titles: dict[int, str] = {}
        self.areas: Mapping[str, Area] = {}
        if update:
            self.titles = {s.number: names.step_sheet(update.epoch, s.number, update.number) for s in trace.steps}
            self.areas = sheets.fitting(update)

    def put(self, at: int, line: Line) -> None:
        """One line, in row `at`."""
        fill: Style = (("bg_color", RESULT),) if line.strong else ()
        self.sheet.set_row(at, HEIGHT)
        for column in HEADINGS if line.strong else ():
            self.sheet.write_blank(at, column, None, self.book.formats[fill])
        texts = {LETTERS: line.letters, ARTICLE: line.article, MEANING: line.meaning, NAMES: line.names}
        for column, text in texts.items():
            if text:
                style = FORMULA if column in (LETTERS, ARTICLE) else TEXT
                self.sheet.write_string(at, column, text, self.book.formats[fill + style])
        self._put_link(at, line, fill)
        if line.shape:
            self._put_shape(at, line, line.shape, fill)

    def _put_link(self, at: int, line: Line, fill: Style) -> None:
        """Where it is filled."""
        step = -1 if line.step is None else line.step
        title = names.OVERVIEW if line.block == loss.name else self.titles.get(step, "")
        if title:
            self.sheet.write_url(at, FILLED, names.link(title), self.book.formats[fill + LINK], title)
        elif line.step is not None:
            self.sheet.write_string(at, FILLED, names.step_sheet(1, line.step), self.book.formats[fill + TEXT])

    def _put_shape(self, at: int, line: Line, shape: Shape, fill: Style) -> None:
        """Rows and columns, counted on the sheet of a step."""
        counts = ("COLUMNS", "ROWS") if line.turned else ("ROWS", "COLUMNS")
        for column, style, count, number in zip((ROWS, COLUMNS), (HIGH, ACROSS), counts, shape):
            cell, value = Area(at, column, 1, 1), np.array([[float(number)]])
            if line.block in self.areas and self.book.formulas != "none":
                source = self.titles[max(self.titles) if line.step is None else line.step]
                formula = f"={count}({names.reference(source)}{self.areas[line.block].range})"
                self.book.put_cells(self.sheet, cell, value, fill + style, [[formula]])
            else:
                self.book.put_values(self.sheet, cell, value, fill + style)
