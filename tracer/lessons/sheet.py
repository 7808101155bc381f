"""A sheet of a lesson: what it says, and numbers that are given, computed there, or shown from another sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

import numpy as np

from tracer.expr import Expression, reads
from tracer.rendering import evaluate
from tracer.workbook import names, plainsheet
from tracer.workbook.book import Book
from tracer.workbook.canvas import Link, legend
from tracer.workbook.files import check_target
from tracer.workbook.formulas import CellFormula
from tracer.workbook.layout import Area
from tracer.workbook.mark import LESSON_CELL, lesson_line
from tracer.workbook.page import apply
from tracer.workbook.plainsheet import CODE, FIRST, add_plain_sheet
from tracer.workbook.style import Style, with_number_format
from tracer.workbook.template import Template
from tracer.writing import replace


def _with(style: Style, **more: Any) -> Style:
    return tuple(sorted({**dict(style), **more}.items()))


FORMULA = _with(CODE, bold=True)
#: Above numbers, which are indented, and beside them, where they are vertically centred.
HEADING = _with(plainsheet.HEADING, indent=1)
LABEL = _with(plainsheet.LABEL, valign="vcenter")
SIGN = _with(LABEL, align="center", font_size=12)
LINK: Style = (("font_color", "#1D4ED8"), ("font_size", 10), ("underline", 1))
SECTION: Style = (("bold", True), ("bottom", 2), ("bottom_color", "#1F2937"), ("font_size", 11))
RESULT = _with(SECTION, align="right", indent=1)

#: The row of links, above what the sheet shows.
LINKS = FIRST - 1
#: Points: leaves room above headings.
HIGH = 24


def save(
    lesson: str, path: str | Path, fill: Callable[[Book], LessonSheet], template: str | Path | None, force: bool
) -> None:
    """Write a lesson's workbook.

    Args:
        fill: puts its sheets into a book; returns the first.
        template: whose colours, font and print settings it takes; None for the article's.
        force: overwrite a file that is not a workbook of ours.

    Raises:
        TracerError: the template is none, or the file cannot be written.
    """
    path = Path(path)
    check_target(path, force)
    look = Template.read(template, ())

    def write(file: BinaryIO) -> None:
        with Book(file, look, "cell") as book:
            book.describe_lesson(lesson)
            fill(book).write(*LESSON_CELL, lesson_line(lesson), plainsheet.NOTE)

    replace(path, write)


@dataclass(frozen=True)
class Block:
    """Numbers, and where on their sheet they stand."""

    area: Area
    values: np.ndarray

    def rows(self, first: int, count: int = 1) -> Block:
        """Some of its rows; the first is 0."""
        area = Area(self.area.row + first, self.area.column, count, self.area.columns)
        return Block(area, self.values[first : first + count])


class LessonSheet:
    """A sheet with a heading, a line that says what to do with it, and links to its neighbours.

    Every number on it is given, or a formula beside its value.
    """

    def __init__(
        self, book: Book, title: str, heading: str, note: str, links: Mapping[int, Link] = MappingProxyType({})
    ) -> None:
        """
        Args:
            links: by column.
        """
        self.book = book
        self.title = title
        self.sheet = add_plain_sheet(book, title, heading, note)
        apply(book.template.step.page, self.sheet)
        self.sheet.fit_to_pages(1, 1)
        for column, link in links.items():
            self.link(LINKS, column, link)

    def write(self, row: int, column: int, text: str, style: Style = LABEL) -> None:
        self.sheet.write_string(row, column, text, self.book.formats[style])

    def link(self, row: int, column: int, link: Link) -> None:
        self.sheet.write_url(row, column, names.link(link.sheet), self.book.formats[LINK], link.text)

    def section(self, row: int, column: int, text: str, width: int = 1) -> None:
        """A heading with a line under it, so many columns wide."""
        self.write(row, column, text, SECTION)
        for k in range(1, width):
            self.sheet.write_blank(row, column + k, None, self.book.formats[SECTION])

    def legend(self, row: int, column: int, words: Mapping[str, str], width: int = 1) -> None:
        """What colours mean, one under another.

        Args:
            words: what a role means here.
            width: columns that each takes.
        """
        for k, (role, text) in enumerate(words.items()):
            style = legend(self.book.template.roles[role].style)
            if width > 1:
                self.sheet.merge_range(row + k, column, row + k, column + width - 1, "", self.book.formats[style])
            self.write(row + k, column, text, style)

    def give(
        self,
        row: int,
        column: int,
        values: np.ndarray,
        role: str,
        *,
        name: str = "",
        heading: str = "",
        number_format: str = "General",
    ) -> Block:
        """Numbers that nothing on the sheet computes.

        Args:
            role: how they are painted: one of the template's roles.
            name: by which formulas of the reader's can call them on this sheet.
            heading: what stands above them.
        """
        area = Area(row, column, *values.shape)
        self.book.put_values(self.sheet, area, values, self._style(role, number_format))
        return self._placed(Block(area, values), name, heading)

    def compute(
        self,
        row: int,
        column: int,
        expression: Expression,
        known: Mapping[str, Block],
        role: str = "current",
        *,
        name: str = "",
        heading: str = "",
        number_format: str = "General",
        values: np.ndarray | None = None,
    ) -> Block:
        """Formulas that compute a block from others on this sheet.

        Args:
            known: the blocks that the expression reads, by name.
            values: what the formulas give, where each depends on the one above it; else the expression's value.
        """
        blocks = {read: known[read] for read in reads(expression)}
        if values is None:
            values = evaluate(expression, {read: block.values for read, block in blocks.items()})
        area = Area(row, column, *values.shape)
        formulas, arrays = CellFormula({read: block.area for read, block in blocks.items()}).block(
            expression, area.rows, area.columns
        )
        self.book.put_cells(self.sheet, area, values, self._style(role, number_format), formulas, arrays)
        return self._placed(Block(area, values), name, heading)

    def show(
        self,
        row: int,
        column: int,
        block: Block,
        source: str,
        role: str,
        *,
        name: str = "",
        heading: str = "",
        number_format: str = "General",
    ) -> Block:
        """What another sheet shows, linked to it."""
        area = Area(row, column, *block.values.shape)
        self.book.put_link(self.sheet, area, block.values, self._style(role, number_format), source, block.area)
        return self._placed(Block(area, block.values), name, heading)

    def _placed(self, block: Block, name: str, heading: str) -> Block:
        if name:
            self.book.define(self.title, name, block.area)
        if heading:
            self.write(block.area.row - 1, block.area.column, heading, HEADING)
            self.sheet.set_row(block.area.row - 1, HIGH)
        return block

    def _style(self, role: str, number_format: str) -> Style:
        return with_number_format(self.book.template.roles[role].style, number_format)


def neighbours(titles: Sequence[str], k: int, columns: tuple[int, int, int]) -> dict[int, Link]:
    """Links of sheet k of some, by column: to the overview, the sheet before and the one after."""
    overview, before, after = columns
    links = {overview: Link(names.OVERVIEW, names.OVERVIEW)}
    if k > 0:
        links[before] = Link(f"← {titles[k - 1]}", titles[k - 1])
    if k + 1 < len(titles):
        links[after] = Link(f"{titles[k + 1]} →", titles[k + 1])
    return links
