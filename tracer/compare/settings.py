"""Merged cells, columns and rows: their sizes, and the looks that they give to their cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tracer.numbers import whole
from tracer.xlsx import xml
from tracer.xlsx.addresses import COLUMNS, letters, parse_range
from tracer.xlsx.styles import true

if TYPE_CHECKING:
    from tracer.compare.alignment import Alignment

#: Eight digits of Calibri 11, with the space beside them.
STANDARD = "width 9.1"
#: A kind, an address, and what the two sides say.
Found = tuple[str, str, str | None, str | None]


def compare(a: xml.Element, b: xml.Element, alignment: Alignment | None = None) -> Iterator[Found]:
    """What two sheets say differently of merged cells and columns.

    Args:
        alignment: where what stands in A is in B.
    """
    yield from _merges(a, b, alignment)
    yield from _widths(a, b, alignment)


def _merges(a: xml.Element, b: xml.Element, alignment: Alignment | None) -> Iterator[Found]:
    ours, theirs = (
        dict.fromkeys(
            _moved(element.get("ref", "").replace("$", ""), aligned)
            for element in sheet.iterfind("mergeCells/mergeCell")
        )
        for sheet, aligned in ((a, alignment), (b, None))
    )
    for area in ours:
        if area not in theirs:
            yield "merges", area, "merged", "not merged"
    for area in theirs:
        if area not in ours:
            yield "merges", area, "not merged", "merged"


def _moved(area: str, alignment: Alignment | None) -> str:
    """A range of A where it is in B, without dollars; one that is gone stays as it was."""
    parsed = parse_range(area)
    there = alignment.image(parsed) if alignment and parsed else None
    return str(there) if there else area


def columns(sheet: xml.Element) -> dict[int, xml.Element]:
    """What a sheet says of its columns, by number; of two that speak of one column, the one that starts first."""
    runs: list[tuple[int, int, xml.Element]] = []
    for element in sheet.iterfind("cols/col"):
        first, last = whole(element.get("min", "")), whole(element.get("max", ""))
        if first is not None and last is not None:
            runs.append((first, min(last, COLUMNS), element))
    found: dict[int, xml.Element] = {}
    free = 1
    for low, high, element in sorted(runs, key=lambda run: run[:2]):
        found |= dict.fromkeys(range(max(low, free), high + 1), element)
        free = max(free, high + 1)
    return found


def sizes(sheet: xml.Element) -> dict[int, str]:
    """What a sheet says of the widths of columns, by number: `width 12.5, hidden`, or `default`."""
    standard = _standard(sheet)
    return {column: _column(element, standard) for column, element in columns(sheet).items()}


def _widths(a: xml.Element, b: xml.Element, alignment: Alignment | None) -> Iterator[Found]:
    ours, theirs = sizes(a), sizes(b)
    if alignment:
        ours = {there: said for column, said in ours.items() if (there := alignment.columns.to_b(column))}
        theirs = {column: said for column, said in theirs.items() if alignment.columns.to_a(column)}
    runs: list[tuple[int, int, str, str]] = []
    for column in sorted(ours.keys() | theirs.keys()):
        before, now = ours.get(column, "default"), theirs.get(column, "default")
        if before == now:
            continue
        if runs and runs[-1][1:] == (column - 1, before, now):
            runs[-1] = (runs[-1][0], column, before, now)
        else:
            runs.append((column, column, before, now))
    for first, last, before, now in runs:
        yield "widths", f"{letters(first)}:{letters(last)}", before, now


def _standard(sheet: xml.Element) -> str:
    """The width of a column of which the sheet says nothing."""
    element = sheet.find("sheetFormatPr")
    width = element.get("defaultColWidth") if element is not None else None
    if width is None:
        return STANDARD
    return _width(width)


def _column(element: xml.Element, standard: str) -> str:
    said = []
    width = element.get("width")
    if width is not None and (true(element.get("customWidth")) or _width(width) not in (standard, STANDARD)):
        said.append(_width(width))
    if true(element.get("hidden")):
        said.append("hidden")
    if true(element.get("collapsed")):
        said.append("collapsed")
    if true(element.get("phonetic")):
        said.append("with readings")
    if element.get("outlineLevel", "0") != "0":
        said.append(f"outline level {element.get('outlineLevel')}")
    return ", ".join(said) or "default"


def _width(width: str) -> str:
    """In characters; programs round to their own pixels, so that hundredths say nothing."""
    try:
        return f"width {round(float(width), 1):g}"
    except (ValueError, OverflowError):
        return f"width {width}"


def row_size(given: dict[bytes, bytes]) -> str:
    """What a person set of a row; a height that a program worked out is not it."""
    said = []
    if true(given.get(b"customHeight", b"").decode()):
        said.append(f"height {_measure(given.get(b'ht', b''))}")
    if true(given.get(b"hidden", b"").decode()):
        said.append("hidden")
    if true(given.get(b"collapsed", b"").decode()):
        said.append("collapsed")
    if (level := given.get(b"outlineLevel", b"0")) != b"0":
        said.append(f"outline level {level.decode()}")
    return ", ".join(said) or "automatic"


def _measure(number: bytes) -> str:
    try:
        return f"{float(number):g}"
    except ValueError:
        return number.decode("utf-8", "replace")


def row_style(given: dict[bytes, bytes]) -> int | None:
    return whole(given[b"s"]) if b"s" in given and true(given.get(b"customFormat", b"").decode()) else None


def column_style(column: xml.Element | None) -> int:
    style = "0" if column is None else column.get("style", "0")
    return whole(style) or 0
