"""A template's file, looked through before openpyxl reads it, which takes whatever stands there at its word."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Mapping

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tracer.errors import TracerError
from tracer.workbook.files import load
from tracer.xlsx import xml
from tracer.xlsx.addresses import COLUMNS, ROWS, letters, parse_range
from tracer.xlsx.book import Book

#: The part of a sheet that a template may use. What is formatted beyond is there by mistake, and ignored.
HEIGHT, WIDTH = 1_000, 256
#: More elements, characters of a text, and bytes than a template has.
ELEMENTS, TEXT, SIZE = 300_000, 32_767, 1 << 25
#: Cells of all links and merged cells of a sheet, each of which openpyxl makes.
LINKED = 50_000
#: Where numbers stand that a workbook is written with: what they are, and from what to what they go.
_NUMBERS: Mapping[tuple[str, str], tuple[float, float]] = {
    ("row", "r"): (1, ROWS),
    ("row", "ht"): (0, 409.5),
    ("col", "min"): (1, COLUMNS),
    ("col", "max"): (1, COLUMNS),
    ("col", "width"): (0, 256),
    ("sheetFormatPr", "defaultRowHeight"): (0, 409.5),
    ("sheetFormatPr", "defaultColWidth"): (0, 256),
    **{("pageMargins", side): (0, 49) for side in ("left", "right", "top", "bottom", "header", "footer")},
    ("pageSetup", "scale"): (0, 400),
    ("pageSetup", "fitToWidth"): (0, 32_767),
    ("pageSetup", "fitToHeight"): (0, 32_767),
    ("pageSetup", "paperSize"): (0, 32_767),
    ("sheetView", "zoomScale"): (0, 400),
    ("sz", "val"): (1, 409.55),
    ("alignment", "indent"): (0, 250),
    ("alignment", "textRotation"): (0, 255),
    **{(element, "tint"): (-1, 1) for element in ("color", "fgColor", "bgColor", "tabColor")},
}
_WHOLE = {"r", "min", "max", "fitToWidth", "fitToHeight", "paperSize", "textRotation"}
#: What messages call an attribute whose name says less.
_WORDS = {"r": "number", "ht": "height", "min": "first", "max": "last", "val": "size", "textRotation": "rotation"}
_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_HEADERS = {f"{which}{what}" for which in ("odd", "even", "first") for what in ("Header", "Footer")}
_LONGEST_HEADER = 255


def read(content: bytes, source: str) -> Workbook:
    """The workbook in a template's file.

    Args:
        source: where it came from, for messages.

    Raises:
        TracerError: it is no workbook, or one that no template is; the message names sheet and place.
    """
    file = io.BytesIO(content)
    file.name = source
    with Book(file) as book:
        size = sum(entry.file_size for entry in book.package.parts.values())
        if size > SIZE:
            raise TracerError(
                f"{source}: unpacks to {size:,} bytes; a template has at most {SIZE:,}; take out pictures"
            )
        titles = {sheet.part: sheet.title for sheet in book.sheets}
        reader = _Limits(source)
        for part in book.package.parts:
            if part.endswith((".xml", ".rels", ".vml")):
                reader.look(book.package.stream(part), part, titles.get(part))
    workbook = load(file.getvalue())
    for sheet in workbook.worksheets:
        _keep_what_is_near(sheet, source)
    return workbook


class _Limits:
    """Looks through the parts of a template."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._elements = 0

    def look(self, chunks: Iterable[bytes], part: str, title: str | None) -> None:
        """
        Args:
            title: of the sheet that this part is; None for any other part.

        Raises:
            TracerError: damaged, or beyond a limit.
        """
        where = f"{self._source}: {part}"
        self._place = f"{self._source}: sheet {title!r}" if title is not None else where
        self._depth = self._length = self._linked = 0
        self._element = ""
        parser = xml.parser(where)
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._data
        for chunk in chunks:
            xml.feed(parser, chunk, where)
        xml.feed(parser, b"", where, last=True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        self._element, self._length = xml.local(name), 0
        if self._depth > xml.DEPTH:
            raise TracerError(f"{self._place} has XML nested more than {xml.DEPTH} deep, which no template has")
        if self._elements > ELEMENTS:
            raise TracerError(f"{self._source}: has more than {ELEMENTS:,} elements, which no template has")
        given = {xml.local(key): value for key, value in attributes.items()}
        for key, value in given.items():
            if len(value) > TEXT:
                raise TracerError(f"{self._place} has an attribute {key} of {len(value):,} characters; save it again")
            if limits := _NUMBERS.get((self._element, key)):
                self._check_number(given, key, value, limits)
        if self._element == "c" and (at := given.get("r")) is not None:
            area = parse_range(at)
            if not _CELL.fullmatch(at) or area is None:
                raise TracerError(f"{self._place} has a cell at {at[:40]!r}, where no sheet has one; save it again")
        elif self._element in ("mergeCell", "hyperlink"):
            self._check_area(given.get("ref", ""))
        elif self._element == "pane" and given.get("state", "").startswith("frozen"):
            for key, most in (("xSplit", WIDTH), ("ySplit", HEIGHT)):
                self._check_number(given, key, given.get(key, "0"), (0, most))

    def _check_number(self, given: Mapping[str, str], key: str, value: str, limits: tuple[float, float]) -> None:
        least, most = limits
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if least <= number <= most and (key not in _WHOLE or number.is_integer()):
            return
        kind = "a whole number" if key in _WHOLE else "a number"
        raise TracerError(
            f"{self._place}{self._line(given)} has the {_WORDS.get(key, key)} {value[:40]!r}; "
            f"expected {kind} from {least:,} to {most:,}; set it again"
        )

    def _line(self, given: Mapping[str, str]) -> str:
        """The row or column that an element is about, as far as it can be told; else the element."""
        if self._element == "row":
            return f", row {given.get('r', '?')[:40]}"
        first = given.get("min", "")
        if self._element == "col" and first.isdecimal() and len(first) < 6:
            return f", column {letters(int(first))}"
        return f", {self._element}"

    def _check_area(self, reference: str) -> None:
        area = parse_range(reference)
        if area is None or area.bottom > HEIGHT or area.right > WIDTH:
            what = "merges" if self._element == "mergeCell" else "links"
            raise TracerError(
                f"{self._place} {what} {reference[:40]!r}; expected cells within A1:{letters(WIDTH)}{HEIGHT}"
            )
        self._linked += area.cells
        if self._linked > LINKED:
            raise TracerError(f"{self._place} merges or links more than {LINKED:,} cells; take some of them apart")

    def _data(self, text: str) -> None:
        self._length += len(text)
        most = _LONGEST_HEADER if self._element in _HEADERS else TEXT
        if self._length > most and text.strip():
            raise TracerError(
                f"{self._place} has a text of more than {most:,} characters ({self._element}); shorten it"
            )

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._length = 0


def _keep_what_is_near(sheet: Worksheet, source: str) -> None:
    """Take out the rows and cells beyond what a template uses.

    Raises:
        TracerError: there is text in one.
    """
    for row, column in [place for place in sheet._cells if place[0] > HEIGHT or place[1] > WIDTH]:
        cell = sheet._cells.pop((row, column))
        if cell.value is not None:
            raise TracerError(
                f"{source}: {sheet.title}!{cell.coordinate} holds text; a template's sheet ends at "
                f"{letters(WIDTH)}{HEIGHT}; move it there, or delete it"
            )
    for number in [number for number in sheet.row_dimensions if number > HEIGHT]:
        del sheet.row_dimensions[number]
