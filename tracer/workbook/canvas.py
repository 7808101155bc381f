"""Puts a template sheet onto a worksheet: text, links, painted legend, sizes and print settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tracer.workbook import names
from tracer.workbook.layout import WIDTH, Area, Layout
from tracer.workbook.page import apply
from tracer.workbook.style import PLAIN, Style, shows_when_blank
from tracer.workbook.template import LEGEND, PLACEHOLDER, Role, TemplateCell
from tracer.workbook.text import height, wrapped

PIXELS_PER_CHARACTER = 7


@dataclass(frozen=True)
class Link:
    """Text that leads to a sheet of the same workbook."""

    text: str
    sheet: str


class Formats:
    """The cell formats of a workbook, one for each style."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._formats: dict[Style, Format] = {}

    def __getitem__(self, style: Style) -> Format | None:
        if style == PLAIN:
            return None
        if style not in self._formats:
            self._formats[style] = self._workbook.add_format(dict(style))
        return self._formats[style]


class Canvas:
    """One worksheet that looks as a template's sheet says.

    Args:
        worksheet: where to write.
        layout: the template's sheet, grown.
        widths: the width of each column, in characters.
    """

    def __init__(self, worksheet: Worksheet, layout: Layout, formats: Formats, widths: Mapping[int, float]) -> None:
        self.worksheet = worksheet
        self.layout = layout
        self.formats = formats
        self.widths = widths

    def paint(self, contents: Mapping[str, str | Link], roles: Mapping[str, Role], filled: Mapping[str, Area]) -> None:
        """Write everything but the blocks.

        Args:
            contents: what stands for each text placeholder; nothing is written for one that is missing.
            roles: for the legend.
            filled: the blocks that will be written over their places.
        """
        covered = {
            (row, column)
            for area in filled.values()
            for row in range(area.row, area.row + area.rows)
            for column in range(area.column, area.column + area.columns)
        }
        heights = dict(self.layout.row_heights())
        for cell in self.layout.sheet.painted:
            self._paint_cell(cell, contents, roles, covered, heights)
        for row, points in heights.items():
            self.worksheet.set_row(row, points)
        for column, characters in self.widths.items():
            self.worksheet.set_column_pixels(column, column, round(characters * PIXELS_PER_CHARACTER))
        self.worksheet.freeze_panes(*self.layout.frozen)
        apply(self.layout.sheet.page, self.worksheet)

    def _paint_cell(
        self,
        cell: TemplateCell,
        contents: Mapping[str, str | Link],
        roles: Mapping[str, Role],
        covered: set[tuple[int, int]],
        heights: dict[int, float],
    ) -> None:
        region, style, name = self.layout.region(cell.row, cell.column), cell.style, cell.placeholder
        content: str | Link
        if name in self.layout.sheet.blocks:
            content = ""  # the block itself is written over it, once there is one
        elif name in LEGEND:
            role = roles[name.removeprefix("key.")]
            content, style = role.label, legend(role.style)
        elif name:
            content = contents.get(name, "")
        else:
            content = PLACEHOLDER.sub(lambda match: text_of(contents.get(match[1], "")), cell.text)
        if not text_of(content):
            self._fill(region, style, covered)
            return
        place, is_one_cell = self._place(cell, region)
        if place != region or not is_one_cell:
            self._fill(region, style, covered)
        if is_one_cell and (place.rows > 1 or place.columns > 1):
            corners = place.row, place.column, place.last_row, place.last_column
            self.worksheet.merge_range(*corners, "", self.formats[style])
        size = dict(style).get("font_size", 11)
        if name.endswith(".heading"):
            content = wrapped(text_of(content), self._characters(place, size))
        self.write(place.row, place.column, content, style)
        if place.rows == 1:
            heights[place.row] = max(heights.get(place.row, 15), height(text_of(content), size))

    def _place(self, cell: TemplateCell, region: Area) -> tuple[Area, bool]:
        """Where the text of a cell goes, and whether the cells there are merged into one."""
        if (cell.row, cell.column) in self.layout.sheet.merged or cell.placeholder in LEGEND:
            return region, True
        block = cell.placeholder.removesuffix(".heading")
        if block != cell.placeholder and self.layout.sheet.blocks.get(block, (0, 0))[1] == cell.column:
            # A heading in the column of its block is as wide as the block.
            return Area(region.row, region.column, 1, self.layout.areas[block].columns), True
        return region, False

    def write(self, row: int, column: int, content: str | Link, style: Style) -> None:
        """Text as text, whatever it starts with, or a link."""
        if isinstance(content, Link):
            self.worksheet.write_url(row, column, names.link(content.sheet), self.formats[style], content.text)
        else:
            self.worksheet.write_string(row, column, content, self.formats[style])

    def _fill(self, region: Area, style: Style, covered: set[tuple[int, int]]) -> None:
        if not shows_when_blank(style):
            return
        for row in range(region.row, region.row + region.rows):
            for column in range(region.column, region.column + region.columns):
                if (row, column) not in covered:
                    self.worksheet.write_blank(row, column, None, self.formats[style])

    def _characters(self, place: Area, size: float) -> float:
        """How many characters of a font size fit side by side into an area."""
        width = sum(self.widths.get(place.column + k, WIDTH) for k in range(place.columns))
        return (width - 0.7) * 11 / size


def legend(style: Style) -> Style:
    """A role's style for a word of the legend, which is no number."""
    return tuple(sorted({**dict(style), "align": "left"}.items()))


def text_of(content: str | Link) -> str:
    return content.text if isinstance(content, Link) else content
