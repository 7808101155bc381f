"""A cell as its row says it: value, formula, style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tracer.errors import TracerError
from tracer.numbers import whole
from tracer.xlsx import dates, strings, xml
from tracer.xlsx.addresses import ROWS, Range, address, number, parse_range
from tracer.xlsx.references import shifted

# What is read here without a parser is read only where a parser would have made the same of it: every pattern is a
# part of XML's grammar, without references in attributes, and anything else is an UnusualError.
_NAME = rb"[A-Za-z_][\w.-]*"
_PAIR = rb'%s="[^"<>&]*"' % _NAME
_ROW = re.compile(rb"\s*<row((?:\s+(?:%s:)?%s)*)\s*(/?)>\s*" % (_NAME, _PAIR))
_LAST = b"XFD"
_PREFIX = re.compile(rb"\s([A-Za-z_][\w.-]*):[\w.-]+=\"")
_PREFIXED = re.compile(rb"<(?:[\w.-]+:|[^<>]*\s(?!xml:)[\w.-]+:[\w.-]+=\")")
_BLANKS = re.compile(rb"\s*+")
_EMPTY_ROW = re.compile(rb"\s*<row(?:\s[^<>]*)?/>")
_ATTRIBUTE = re.compile(rb'([\w:.-]+)="([^"]*)"')
_REFERENCE = re.compile(rb'(?:%s\s+)*?r="([A-Z]{1,3})([0-9]{1,7})"' % _PAIR)
_CELL = re.compile(
    rb"""((?:%s(?:\s+|(?=[/>])))*)
    (?:/>|>\s*
      (?:<f((?:\s+(?:xml:)?%s)*)\s*(?:/>|>([^<]*)</f>)\s*)?
      (?:<v(?:\s+xml:space="(?:preserve|default)")?>([^<]*)</v>\s*|(<v\s*/>)\s*)?
      (?:<is>(.*?)</is>\s*|<is\s*/>\s*)?
    </c>)\s*"""
    % (_PAIR, _PAIR),
    re.VERBOSE | re.DOTALL,
)
#: A formula that fills several cells, or that others share.
_FILLING = re.compile(rb'<f\s([^<>]*\bref="[^<>]*?)(?:/>|>([^<]*)</f>)')


class UnusualError(Exception):
    """A row that is spelt in another way than nearly every program does; `rows` reads it by another way."""


class Formula(NamedTuple):
    """
    Attributes:
        text: without `=`.
        area: the cells that an array formula or a data table fills; None for an ordinary one.
        kind: of a formula with an area: `array` (entered with Ctrl-Shift-Enter), `dynamic` (its area follows from its
            values), or `table` (what-if; its text is `TABLE(row input,column input)`).
    """

    text: str
    area: Range | None = None
    kind: str = ""

    def __str__(self) -> str:
        if self.area is None:
            return f"={self.text}"
        over = f" over {self.area}" if self.area.cells > 1 else ""
        return f"={self.text} (dynamic array{over})" if self.kind == "dynamic" else f"{{={self.text}}}{over}"


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


def row_end(data: bytes, at: int) -> int:
    """Where the row ends that begins at a place in the bytes of whole rows.

    Raises:
        UnusualError: no row begins there.
    """
    empty = _EMPTY_ROW.match(data, at)
    if empty:
        return empty.end()
    end = data.find(b"</row>", at)
    if end < 0:
        raise UnusualError
    return end + len(b"</row>")


def split(data: bytes) -> Iterator[bytes]:
    """The bytes of whole rows, row by row.

    Raises:
        UnusualError: there is something else between them.
    """
    at = skip_blanks(data, 0)
    while at < len(data):
        end = row_end(data, at)
        yield data[at:end]
        at = skip_blanks(data, end)


def skip_blanks(data: bytes, at: int) -> int:
    match = _BLANKS.match(data, at)
    assert match is not None
    return match.end()


def row_number(data: bytes, at: int = 0) -> int:
    """The number of the row that begins at a place."""
    match = _ROW.match(data, at)
    if match is None:
        raise UnusualError
    return _number(dict(_ATTRIBUTE.findall(match[1])))


def _number(attributes: dict[bytes, bytes]) -> int:
    at = attributes.get(b"r", b"")
    if not at.isdigit() or len(at) > 7 or not 1 <= int(at) <= ROWS:
        raise UnusualError
    return int(at)


def row(piece: bytes, prefixes: frozenset[bytes] = frozenset()) -> Row:
    """
    Args:
        prefixes: those that attributes of rows may have; what they say is left out.

    Raises:
        UnusualError: not spelt as expected.
    """
    match = _ROW.match(piece)
    if match is None or b"xmlns" in piece or not xml.is_text(piece):
        raise UnusualError
    pairs = _ATTRIBUTE.findall(match[1])
    attributes = dict(pairs)
    at = _number(attributes)
    if len(attributes) < len(pairs) or (b":" in match[1] and not _declared(attributes, prefixes)):
        raise UnusualError
    if match[2]:
        if match.end() < len(piece):
            raise UnusualError
        return Row(at, attributes, {})
    first, *rest = piece[match.end() :].removesuffix(b"</row>").split(b"<c ")
    if first or not piece.endswith(b"</row>"):
        raise UnusualError
    cells: dict[bytes, bytes] = {}
    reference_row = b"%d" % at
    for cell in rest:
        reference = _REFERENCE.match(cell)
        if reference is None or reference[2] != reference_row:
            raise UnusualError
        letters = reference[1]
        if letters in cells or (len(letters) == 3 and letters > _LAST):
            raise UnusualError
        cells[letters] = cell
    return Row(at, attributes, cells)


def prefixes(rows: bytes) -> set[bytes]:
    """The prefixes of attributes in the bytes of rows."""
    return set(_PREFIX.findall(rows)) - {b"xml"}


def _declared(attributes: dict[bytes, bytes], prefixes: frozenset[bytes]) -> bool:
    return all(name.partition(b":")[0] in prefixes for name in attributes if b":" in name)


class Decoder:
    """Reads the cells of one sheet, in the order of its rows.

    Attributes:
        arrays: the areas of several cells that an array formula or a data table fills, and its text.
        unequal: the shared formulas that mean something else on the other sheet.
    """

    def __init__(
        self,
        where: str,
        table: list[bytes],
        date1904: bool,
        dynamic: frozenset[int] = frozenset(),
        fonts: strings.Fonts | None = None,
    ) -> None:
        """
        Args:
            where: file and sheet, for messages.
            table: the shared strings.
            dynamic: the numbers of cell metadata that say that a formula is a dynamic array.
            fonts: reads how characters look inside a text.
        """
        self._where = where
        self._table = table
        self._date1904 = date1904
        self._dynamic = dynamic
        self._fonts = fonts
        self._masters: dict[bytes, tuple[str, int, int]] = {}
        self._other: dict[bytes, tuple[str, int, int]] = self._masters
        self.unequal: set[bytes] = set()
        self.arrays: list[tuple[Range, str]] = []

    def note(self, rows: bytes) -> None:
        """Remember what rows say of other cells: shared formulas, and formulas that fill several cells."""
        if b"<f " not in rows:
            return
        for match in _FILLING.finditer(rows):
            reference = _REFERENCE.match(rows, rows.rfind(b"<c ", 0, match.start()) + 3)
            given = dict(_ATTRIBUTE.findall(match[1]))
            if reference and (match[2] or given.get(b"t") != b"shared"):
                self._formula(given, match[2] or b"", int(reference[2]), number(reference[1].decode()), False)

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
        pairs = _ATTRIBUTE.findall(attributes)
        given = dict(pairs)
        if len(given) < len(pairs) or (inline and _PREFIXED.search(inline)):
            raise UnusualError
        formula = None
        if formula_attributes is not None:
            metadata = given.get(b"cm", b"")
            dynamic = whole(metadata) in self._dynamic
            pairs = _ATTRIBUTE.findall(formula_attributes)
            formula_given = dict(pairs)
            if len(formula_given) < len(pairs):
                raise UnusualError
            formula = self._formula(formula_given, formula_text or b"", row, column, dynamic)
        kind, style = given.get(b"t") or b"n", given.get(b"s") or b"0"
        if not style.isdigit():
            raise self._damaged(row, column, style, "the number of a style")
        try:
            return Cell(self._value(kind, stored, inline, blank is not None), formula, int(style))
        except (ValueError, LookupError, OverflowError):
            raise self._damaged(
                row, column, stored or inline or b"", _EXPECTED.get(kind, "a value of its type")
            ) from None

    def _damaged(self, row: int, column: int, holds: bytes, expected: str) -> TracerError:
        return TracerError(
            f"{self._where}!{address(row, column)} holds {holds[:40].decode('utf-8', 'replace')!r}; "
            f"expected {expected}; save the file again, or get another copy"
        )

    def _value(self, kind: bytes, stored: bytes | None, inline: bytes | None, blank: bool) -> float | str | bool | None:
        if kind == b"inlineStr":
            return None if inline is None else strings.text(inline, self._fonts)
        if kind == b"str":
            if stored is None and not blank:
                return None
            return strings.Text(strings.characters((stored or b"").decode()))
        if stored and b"&" in stored:
            stored = xml.characters(stored.decode()).encode()
        if not stored or not (bare := stored.strip()):
            return None
        if kind == b"n":
            if b"_" in bare:
                raise ValueError(stored)
            return float(bare)
        if kind == b"s":
            if not bare.isdigit():
                raise ValueError(stored)
            return strings.text(self._table[int(bare)], self._fonts)
        if kind == b"b":
            return _TRUTH[bare]
        if kind == b"e":
            return Error(strings.decoded(bare.decode()))
        if kind == b"d":
            return dates.serial(bare.decode(), self._date1904)
        raise ValueError(kind)

    def _formula(
        self, given: dict[bytes, bytes], source: bytes, row: int, column: int, dynamic: bool
    ) -> Formula | None:
        try:
            text = strings.characters(source.decode()).removeprefix("=")
        except ValueError:
            raise UnusualError from None
        kind = given.get(b"t", b"normal")
        if kind == b"shared":
            return self._shared(given.get(b"si", b""), text, row, column)
        if kind in (b"array", b"dataTable"):
            area = parse_range(given.get(b"ref", b"").decode("ascii", "replace")) or Range(row, column, row, column)
            if kind == b"dataTable":
                text = _table(given)
            if area.cells > 1:
                self.arrays.append((area, text))
            return Formula(text, area, "table" if kind == b"dataTable" else "dynamic" if dynamic else "array")
        return Formula(text) if text else None

    def _shared(self, index: bytes, text: str, row: int, column: int) -> Formula:
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


_TRUTH = {b"1": True, b"true": True, b"0": False, b"false": False}
_EXPECTED = {
    b"s": "the number of a shared string that the workbook has",
    b"n": "a number",
    b"b": "0 or 1",
    b"d": "a date or time, such as 2024-03-01T10:00:00",
    b"str": "a text",
    b"inlineStr": "a text",
    b"e": "an error value",
}


def _table(given: dict[bytes, bytes]) -> str:
    """A data table as Excel shows it: `TABLE(row input,column input)`."""
    first, second = (
        "#REF!" if given.get(deleted) in (b"1", b"true") else given.get(key, b"").decode("ascii", "replace")
        for key, deleted in ((b"r1", b"del1"), (b"r2", b"del2"))
    )
    if given.get(b"dt2D") in (b"1", b"true"):
        return f"TABLE({first},{second})"
    return f"TABLE({first},)" if given.get(b"dtr") in (b"1", b"true") else f"TABLE(,{first})"
