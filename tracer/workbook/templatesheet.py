"""One sheet of a template, as it was read from its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tracer.workbook.page import Page
from tracer.workbook.style import Style, shows_when_blank

PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


@dataclass(frozen=True)
class TemplateCell:
    row: int
    column: int
    text: str
    style: Style
    number_format: str

    @cached_property
    def placeholder(self) -> str:
        """The placeholder, where it is all that the cell holds; else nothing."""
        match = PLACEHOLDER.fullmatch(self.text.strip())
        return match[1] if match else ""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a template; rows and columns count from 1, as a spreadsheet shows them."""

    cells: tuple[TemplateCell, ...]
    #: Where each block and list goes.
    blocks: Mapping[str, tuple[int, int]]
    #: Merged cells, by their first: (first row, first column, last row, last column).
    merged: Mapping[tuple[int, int], tuple[int, int, int, int]]
    widths: Mapping[int, float]
    heights: Mapping[int, float]
    #: The first row and column that scroll.
    freeze: tuple[int, int]
    page: Page
    last_row: int
    last_column: int

    @cached_property
    def painted(self) -> tuple[TemplateCell, ...]:
        """The cells that show something even where their block is not there yet."""
        return tuple(cell for cell in self.cells if cell.placeholder not in self.blocks or shows_when_blank(cell.style))

    @cached_property
    def styles(self) -> dict[str, Style]:
        """The style of each block's and list's placeholder."""
        return {cell.placeholder: cell.style for cell in self.cells if cell.placeholder in self.blocks}

    @cached_property
    def number_formats(self) -> dict[str, str]:
        """The number format of each block's placeholder."""
        return {cell.placeholder: cell.number_format for cell in self.cells if cell.placeholder in self.blocks}
