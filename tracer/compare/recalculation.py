"""Values that a file does not store, computed by a spreadsheet engine as if it stored them.

What openpyxl and many other programs save has formulas without values, so that nothing tells what a change does to
them. A workbook is recalculated only where it lacks values and another workbook differs from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tracer.compare.criteria import Criteria
from tracer.errors import TracerError, listing
from tracer.xlsx import cells
from tracer.xlsx.book import Book, Sheet
from tracer.xlsx.cells import Cell, Decoder, Error
from tracer.xlsx.rows import Rows
from tracer.xlsx.strings import Text

if TYPE_CHECKING:
    from tracer.engines.calculation import Calculation

#: Of a sheet, so many formulas are looked at: programs store the values of all or of none.
LOOKS = 1000
WITHOUT_VALUE = re.compile(rb"(?:</f>|<f\b[^<>]*/>)\s*(?:</c>|<v\s*/>|<v></v>)")
#: Engines differ in the last digits: a value that one computed agrees with a stored one within this share of it.
AGREE = 1e-12
#: What engines say of a formula that they cannot compute, which Excel may well.
_NO_VALUES = {"#NAME?", "#N/IMPL!", "#N/IMPL", "#ERROR!", "#CIRC!", "#SPILL!", "#CALC!"}
#: What no two engines compute alike, and no engine alike twice.
_VOLATILE = re.compile(r"\b(?:RAND|RANDBETWEEN|RANDARRAY|NOW|TODAY)\(", re.IGNORECASE)
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?")
NAMES = {"ironcalc": "IronCalc", "libreoffice": "LibreOffice"}


class ComputedCell(Cell):
    """A cell whose value is not stored, but computed."""


class RecalculatedBook(Book):
    """An open workbook whose formulas have the values that an engine computes, where the file stores none."""

    def __init__(self, book: Book, calculation: Calculation) -> None:
        vars(self).update(vars(book))
        self._calculation = calculation

    def decoder(self, sheet: Sheet) -> Decoder:
        def value(row: int, column: int) -> Any:
            return self._calculation(sheet.title, row - 1, column - 1)

        return _ComputingDecoder(super().decoder(sheet), value)


class _ComputingDecoder(Decoder):
    def __init__(self, decoder: Decoder, compute: Callable[[int, int], Any]) -> None:
        vars(self).update(vars(decoder))
        self._compute = compute

    def cell(self, row: int, column: int, source: bytes) -> Cell:
        cell = super().cell(row, column, source)
        if cell.formula is None or cell.value is not None or _VOLATILE.search(cell.formula.text):
            return cell
        value = self._compute(row, column)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = float(value)
        elif isinstance(value, str):
            if value in _NO_VALUES:
                return cell
            value = Error(value) if _ERROR.fullmatch(value) else Text(value)
        return cell if value is None else ComputedCell(value, cell.formula, cell.style)


def recalculated(books: list[Book], criteria: Criteria) -> tuple[list[Book], str]:
    """The workbooks with computed values, and a note that says so: as they are, and why, where that was not possible.

    Raises:
        TracerError: the engine that was asked for by name cannot do it.
    """
    if criteria.recalculate == "never":
        return books, ""
    from tracer.compare.engines import ENGINES  # here, because comparisons that need none would wait for them

    engine = "ironcalc" if criteria.recalculate == "auto" else criteria.recalculate
    try:
        calculations = [ENGINES[engine](book.package.file) for book in books]
        for calculation in calculations:
            calculation.wait()
    except TracerError as error:
        if criteria.recalculate != "auto":
            raise
        return books, str(error)
    names = listing(dict.fromkeys(book.name for book in books))
    stores = "does not store" if len(books) == 1 else "do not store"
    note = f"{NAMES[engine]} computed the values that {names} {stores}"
    return [RecalculatedBook(book, calculation) for book, calculation in zip(books, calculations)], note


def lacks_values(book: Book, sheet: Sheet) -> bool:
    """Whether the first formulas of a sheet have no stored values.

    Raises:
        TracerError: the sheet is damaged.
    """
    looked = 0
    try:
        for piece in Rows(book.package, sheet.part):
            if b"<f" in piece:
                looked += 1
                if WITHOUT_VALUE.search(piece):
                    return True
                if looked >= LOOKS:
                    return False
    except cells.UnusualError:
        return any(cell.missing for _, _, cell in book.cells(sheet))
    return False
