"""Sheets that no template lays out: a heading, a line that says what is there, and what follows."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from tracer.workbook.book import Book
from tracer.workbook.style import Style

#: What kinds of fonts are called in a file, which tells programs what to show where one is missing.
ROMAN, MODERN = 1, 3
TITLE: Style = (("bold", True), ("font_size", 18))
NOTE: Style = (("font_color", "#595959"), ("font_size", 10))
HEADING: Style = (("align", "right"), ("bold", True), ("bottom", 1), ("bottom_color", "#8C8C8C"), ("font_size", 10))
LABEL: Style = (("font_color", "#595959"), ("font_size", 10))
LINK: Style = (("font_color", "#1D4ED8"), ("font_size", 10), ("underline", 1), ("valign", "vcenter"))
CODE: Style = (("font_family", MODERN), ("font_name", "Consolas"), ("font_size", 10))

#: The first row below title and note, counted from 0.
FIRST = 3


def flush(style: Style) -> Style:
    """A role's style as it is in a list below a heading: without an indent."""
    return tuple((key, value) for key, value in style if key != "indent")


def add_plain_sheet(book: Book, title: str, heading: str, note: str) -> Worksheet:
    """A sheet with its heading and a line about it; what it shows starts in row `FIRST`, column 1."""
    sheet = book.add_sheet(title)
    sheet.hide_gridlines(2)
    sheet.set_column_pixels(0, 0, 14)
    sheet.set_row(0, 32)
    sheet.write_string(0, 1, heading, book.formats[TITLE])
    sheet.write_string(1, 1, note, book.formats[NOTE])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    return sheet
