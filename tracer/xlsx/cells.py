"""A cell as its row says it: value, formula, style."""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple

from tracer.errors import TracerError
from tracer.xlsx import strings
from tracer.xlsx.addresses import Range, address, number, parse_range
from tracer.xlsx.references import shifted

_ROW = re.compile(rb'\s*<row((?:\s+[\w:]+="[^"<>]*")*)\s*(/?)>')
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"<>]*)"')
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_CELL = re.compile(
    rb"""((?:[\w:]+="[^"<>]*"\s*)*)
    (?:/>|>\s*
      (?:<f((?:\s+[\w:]+="[^"<>]*")*)\s*(?:/>|>([^<]*)</f>))?\s*
      (?:<v(?:\s+xml:space="preserve")?>([^<]*)</v>|(<v\s*/>))?\s*
      (?:<is>((?:(?!</is>).)*)</is>|<is/>)?\s*
      (?:<extLst>(?:(?!</extLst>).)*</extLst>\s*)?
    </c>)\s*""",
    re.VERBOSE | re.DOTALL,
)
_NOTED = re.compile(rb"<c ([^<>]*)><f ([^<>]*)>([^<]+)</f>")
_EPOCH = datetime.datetime(1899, 12, 30)


class UnusualError(Exception):
    """A row that is spelt in another way than nearly every program does; `rows` reads it by another way."""


class Formula(NamedTuple):
    """
    Attributes:
        text: without `=`.
        area: the cells that an array formula fills; None for an ordinary one.
    """

    text: str
    area: Range | None = None

    def __str__(self) -> str:
        if self.area is None:
            return f"={self.text}"
        return f"{{={self.text}}}" + (f" over {self.area}" if self.area.cells > 1 else "")


class Error(str):
    """An error value: `#DIV/0!`."""


class Cell(NamedTuple):
    """
    Attributes:
        value: a float, a str (`strings.Text`), a bool, an `Error`; None for an empty cell, and for a formula beside
            which no value is stored.
        formula: None for a constant.
        style: the index in the workbook's table.
    """

    value: float | str | bool | None
    formula: Formula | None
    style: int

    @property
    def missing(self) -> bool:
        """Whether it is a formula whose value the file does not tell."""
        return self.formula is not None and self.value is None


class Row(NamedTuple):
    """A row, not yet read further.

    Attributes:
        cells: by letters of the column, each as it stands behind `<c `.
    """

    number: int
    attributes: dict[bytes, bytes]
    cells: dict[bytes, bytes]


def split(piece: bytes) -> list[bytes]:
    """A piece of the stream as its rows (empty rows may end without an end tag)."""
    starts = [match.start() for match in re.finditer(rb"<row[\s/>]", piece)]
    return [piece[start:end] for start, end in zip(starts, [*starts[1:], len(piece)])]


def row_number(piece: bytes) -> int:
    match = re.search(rb'<row\b[^<>]*?\sr="([0-9]{1,7})"', piece)
    if match is None:
        raise UnusualError
    return int(match[1])


def row(piece: bytes) -> Row:
    """
    Raises:
        UnusualError: not spelt as expected.
    """
    try:
        piece.decode()
    except UnicodeDecodeError:
        raise UnusualError from None  # the parser says where
    first, *rest = piece.split(b"<c ")
    match = _ROW.match(first)
    if match is None or first[match.end() :].strip():
        raise UnusualError
    attributes = dict(_ATTRIBUTE.findall(match[1]))
    if b"r" not in attributes:
        raise UnusualError
    at = attributes[b"r"]
    cells = {}
    for cell in rest:
        reference = _REFERENCE.search(cell)
        if reference is None or reference[2] != at:
            raise UnusualError
        cells[reference[1]] = cell
    return Row(int(at), attributes, cells)


class Decoder:
    """Reads the cells of one sheet, in the order of its rows.

    Attributes:
        arrays: the areas of several cells that an array formula fills, and its text.
        unequal: the shared formulas that mean something else on the other sheet.
    """

    def __init__(self, where: str, table: list[bytes], date1904: bool) -> None:
        """
        Args:
            where: file and sheet, for messages.
            table: the shared strings.
        """
        self._where = where
        self._table = table
        self._base = datetime.datetime(1904, 1, 1) if date1904 else _EPOCH
        self._masters: dict[bytes, tuple[str, int, int]] = {}
        self._other: dict[bytes, tuple[str, int, int]] = self._masters
        self.unequal: set[bytes] = set()
        self.arrays: list[tuple[Range, str]] = []

    def note(self, piece: bytes) -> None:
        """Remember what a row says of other cells: shared formulas, and formulas that fill several cells."""
        if b'"shared"' in piece or b'"array"' in piece:
            for tag, attributes, text in _NOTED.findall(piece):
                given, reference = dict(_ATTRIBUTE.findall(attributes)), _REFERENCE.search(tag)
                if reference and given.get(b"t") in (b"shared", b"array"):
                    self._formula(given, text, int(reference[2]), number(reference[1].decode()))

    def hold_against(self, other: Decoder) -> None:
        """Keep track, on both, of what shared formulas differ: rows with equal bytes say the same without any."""
        self._other, other._other = other._masters, self._masters
        other.unequal = self.unequal

    def cell(self, row: int, column: int, source: bytes) -> Cell:
        """
        Raises:
            UnusualError: not spelt as expected.
            TracerError: holds what its type forbids.
        """
        match = _CELL.fullmatch(source)
        if match is None:
            raise UnusualError
        attributes, formula_attributes, formula_text, stored, blank, inline = match.groups()
        given = dict(_ATTRIBUTE.findall(attributes))
        formula = None
        if formula_attributes is not None:
            formula = self._formula(dict(_ATTRIBUTE.findall(formula_attributes)), formula_text or b"", row, column)
        kind = given.get(b"t", b"n")
        try:
            value = self._value(kind, stored, inline, blank is not None, formula is not None)
            return Cell(value, formula, int(given.get(b"s", 0)))
        except (ValueError, IndexError, OverflowError, UnicodeDecodeError):
            said = (stored or b"").decode("utf-8", "replace")[:40]
            wanted = {b"s": "the number of a shared string", b"n": "a number"}.get(kind, "a value of its type")
            raise TracerError(
                f"{self._where}!{address(row, column)} holds {said!r}; expected {wanted}; "
                "save the file again, or get another copy"
            ) from None

    def _value(
        self, kind: bytes, stored: bytes | None, inline: bytes | None, blank: bool, formula: bool
    ) -> float | str | bool | None:
        if kind == b"inlineStr":
            return strings.text(inline or b"")
        if kind == b"str":
            if stored is None and not blank:
                return None
            return strings.Text(strings.characters((stored or b"").decode()))
        if not stored or not stored.strip():
            return None
        if kind == b"n":
            if b"_" in stored:
                raise ValueError(stored)
            return float(stored)
        if kind == b"s":
            index = int(stored)
            if index < 0:
                raise ValueError(stored)
            return strings.text(self._table[index])
        if kind == b"b":
            return stored.strip() in (b"1", b"true")
        if kind == b"e":
            return Error(strings.characters(stored.decode()))
        if kind == b"d":
            moment = datetime.datetime.fromisoformat(stored.decode().strip().removesuffix("Z"))
            return (moment - self._base) / datetime.timedelta(days=1)
        raise ValueError(kind)

    def _formula(self, given: dict[bytes, bytes], source: bytes, row: int, column: int) -> Formula | None:
        try:
            text = strings.characters(source.decode()).removeprefix("=")
        except UnicodeDecodeError:
            raise UnusualError from None
        kind = given.get(b"t", b"normal")
        if kind == b"shared":
            index = given.get(b"si", b"")
            if text:
                self._masters[index] = (text, row, column)
                if self._other.get(index) == self._masters[index]:
                    self.unequal.discard(index)
                else:
                    self.unequal.add(index)
                return Formula(text)
            if index not in self._masters:
                raise UnusualError
            master, first_row, first_column = self._masters[index]
            return Formula(shifted(master, row - first_row, column - first_column))
        if kind == b"array":
            area = parse_range(given.get(b"ref", b"").decode("ascii", "replace")) or Range(row, column, row, column)
            if area.cells > 1:
                self.arrays.append((area, text))
            return Formula(text, area)
        if kind == b"dataTable":
            inputs = ",".join(given[key].decode() for key in (b"r1", b"r2") if key in given)
            return Formula(f"TABLE({inputs})")
        return Formula(text) if text else None
