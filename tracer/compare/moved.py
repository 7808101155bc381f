"""Rows that moved as they are: equal as bytes, but for the rows that they name."""

from __future__ import annotations

import re

from tracer.compare.alignment import Lines
from tracer.compare.tables import Tables
from tracer.xlsx.book import Book

_PLACE = re.compile(rb'(<c r="[A-Z]{1,3})[0-9]+')
_STRING = re.compile(rb'( t="s"[^<>]*><v>)([0-9]{1,9})</v>')
_FORMULA = re.compile(rb"<f>([^<]*)</f>")
#: A reference to a cell, in a formula without texts, other sheets, arrays, tables and whole rows.
_CELL = re.compile(rb"(?<![\w.\\$])(\$?[A-Z]{1,3}\$?)([0-9]{1,7})(?![\w.(])")
_OTHER = re.compile(rb"[\"'!\[{\\#?]|&quot;|&apos;|&#|[a-z]\$?[0-9]|(?<![A-Za-z0-9$_.])\$?[0-9]+:|:\$?[0-9]")


class MovedRows:
    """Tells whether a row of A is a row of B, every cell of it, where rows were put in and taken out.

    A row that it does not know to be the same may be the same all the same, and is compared cell by cell.
    """

    def __init__(self, rows: Lines, a: Book, b: Book, tables: Tables) -> None:
        self._rows, self._tables = rows, tables
        self._places: dict[bytes, bytes | None] = {}
        self._strings: list[int] | None = None
        if not tables.strings_agree:
            places = {text: at for at, text in reversed(list(enumerate(b.strings)))}
            self._strings = [places.get(text, -1) for text in a.strings]

    def same(self, a: bytes, b: bytes, formulas: bool) -> bool:
        """
        Args:
            a, b: the cells of the rows, as bytes.
            formulas: whether rows with formulas may be the same; not where their values are computed.
        """
        if b"<f" in a and (not formulas or b"<f " in a or b"<f/" in a):
            return False
        moved = _PLACE.sub(rb"\1", a)
        if self._strings is not None and b't="s"' in moved:
            moved = _STRING.sub(self._string, moved)
        if b"<f" in moved:
            moved = _FORMULA.sub(self._formula, moved)
        return moved == _PLACE.sub(rb"\1", b) and self._tables.same_but_strings(b)

    def _string(self, match: re.Match[bytes]) -> bytes:
        assert self._strings is not None
        index = int(match[2])
        there = self._strings[index] if index < len(self._strings) else -1
        return b"%b%d</v>" % (match[1], there)

    def _formula(self, match: re.Match[bytes]) -> bytes:
        if _OTHER.search(match[1]):
            return b"<other>"
        return b"<f>" + _CELL.sub(self._reference, match[1]) + b"</f>"

    def _reference(self, match: re.Match[bytes]) -> bytes:
        number = match[2]
        if number not in self._places:
            there = self._rows.to_b(int(number))
            self._places[number] = None if there is None else b"%d" % there
        return match[1] + (self._places[number] or b"<gone>")
