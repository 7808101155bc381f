"""What a sheet holds, as numbers that are equal where rows or columns hold the same."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from tracer.xlsx import cells
from tracer.xlsx.addresses import letters, number
from tracer.xlsx.book import Book, Sheet, unreadable
from tracer.xlsx.canonical import skeleton
from tracer.xlsx.cells import UnusualError
from tracer.xlsx.rows import Rows

#: So many cells of a column are looked at to tell it from others.
SAMPLE = 2000

#: A cell as nearly every program writes one: its column, type, formula, value, text.
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})[0-9]+"(?: s="[0-9]+")?(?: t="([a-zA-Z]+)")?\s*(?:/>|>'
    rb"(?:<f[^<>]*(?:/>|>([^<]*)</f>))?(?:<v>([^<]*)</v>|<v/>)?(?:<is>(.*?)</is>)?</c>)",
    re.DOTALL,
)
_REFERENCE = re.compile(rb"\$?\b[A-Z]{1,3}\b\$?(?![(\w])")

#: Columns and what they hold.
Cells = list[tuple[bytes, int]]


class Contents:
    """The rows of a sheet, each as one number.

    What a formula holds is what it does, without the cells that it reads: those move with the lines.

    Attributes:
        numbers: of the rows that hold something, in order.
        keys: of those rows; equal for rows that hold the same.
        sizes: how many cells of those hold something.
        formulas: the numbers of the rows that hold formulas.
        columns: what the first rows hold, by column.
    """

    def __init__(self, book: Book, sheet: Sheet, kept: Mapping[bytes, bytes] | None = None) -> None:
        """
        Args:
            kept: the columns that count, by what they are called for it; all of them when nothing is said.

        Raises:
            TracerError: the sheet is damaged.
        """
        self._book, self._sheet = book, sheet
        self._formulas: dict[bytes, int] = {}
        self._texts: dict[bytes, int] = {}
        self.numbers, self.keys, self.sizes = array("L"), array("q"), array("H")
        self.formulas: set[int] = set()
        self.columns: dict[int, Counter[int]] = {}
        self._kept = kept
        sampled = 0
        for at, found in self._rows(None):
            if not found:
                continue
            if sampled < SAMPLE and kept is None:
                sampled += 1
                self._count(found)
            found = self._counting(found)
            self.numbers.append(at)
            self.keys.append(hash(tuple(found)))
            self.sizes.append(len(found))

    def details(self, wanted: Collection[int]) -> dict[int, frozenset[tuple[bytes, int]]]:
        """What some rows hold, by their numbers."""
        if not wanted:
            return {}
        return {at: frozenset(self._counting(found)) for at, found in self._rows(wanted) if at in wanted}

    def _counting(self, found: Cells) -> Cells:
        kept = self._kept
        if kept is None:
            return found
        return [(kept[column], content) for column, content in found if column in kept]

    def _count(self, found: Cells) -> None:
        for column, content in found:
            self.columns.setdefault(number(column.decode()), Counter())[content] += 1

    def _rows(self, wanted: Collection[int] | None) -> Iterator[tuple[int, Cells]]:
        done = 0
        for unusual in (False, True):
            try:
                for at, found in self._read(wanted, unusual):
                    if at > done:
                        yield at, found
                        done = at
                return
            except UnusualError:
                if unusual:
                    raise unreadable(self._book.name, self._sheet.title) from None

    def _read(self, wanted: Collection[int] | None, unusual: bool) -> Iterator[tuple[int, Cells]]:
        decoder = self._book.decoder(self._sheet)
        rows = Rows(self._book.package, self._sheet.part, unusual)
        for piece in rows:
            at = cells.row_number(piece)
            if wanted is not None and at not in wanted:
                decoder.note(piece)
                continue
            matches = _CELL.findall(piece)
            if len(matches) == piece.count(b"<c "):
                decoder.note(piece)
                if b"<f" in piece:
                    self.formulas.add(at)
                yield at, self._contents(matches)
                continue
            row = rows.row(piece)
            found: Cells = []
            for column, source in row.cells.items():
                cell = decoder.cell(at, number(column.decode()), source)
                if cell.formula is not None:
                    self.formulas.add(at)
                    found.append((column, hash(skeleton(cell.formula.text).text)))
                elif cell.value is not None:
                    found.append((column, hash(cell.value)))
            yield at, found

    def _contents(self, matches: list[tuple[bytes, bytes, bytes, bytes, bytes]]) -> Cells:
        formulas, texts, strings = self._formulas, self._texts, self._book.strings
        found: Cells = []
        for column, kind, formula, value, inline in matches:
            if formula:
                bare = formula.translate(None, b"0123456789$")
                if bare not in formulas:
                    formulas[bare] = hash(_REFERENCE.sub(b"", bare).upper())
                found.append((column, formulas[bare]))
            elif kind == b"s":
                if value not in texts:
                    texts[value] = hash(strings[int(value)]) if value.isdigit() and int(value) < len(strings) else 0
                found.append((column, texts[value]))
            elif inline:
                found.append((column, hash(inline)))
            elif value:
                try:
                    found.append((column, hash(float(value)) if kind in (b"", b"n") else hash((kind, value))))
                except ValueError:
                    found.append((column, hash(value)))
        return found


def column_name(column: int) -> bytes:
    return letters(column).encode()
