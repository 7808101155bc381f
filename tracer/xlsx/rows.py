"""The rows of a sheet, streamed: nothing of a sheet is held whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from tracer.errors import TracerError
from tracer.xlsx import cells, xml
from tracer.xlsx.cells import UnusualError
from tracer.xlsx.package import CHUNK, Package
from tracer.xlsx.readahead import ahead
from tracer.xlsx.speller import Speller

#: More than a row of 16,384 cells with long texts takes, or the settings of a sheet.
MOST = 1 << 25
#: Of rows that are spelt anew and stand in no order, so much is put in order.
SORTED = 1 << 26

#: Longer than the tag of a row.
_TAG = 1 << 12
_NUMBERS = re.compile(rb'<row\s(?:[^<>]*?\s)?r="([0-9]{1,7})"')
_PREFIXES = re.compile(rb"\sxmlns:([\w.-]+)=")


class Rows:
    """The rows of a sheet as bytes, each `<row …>` with its end tag; `cells` reads them further.

    Nearly every program spells rows in one way, which can be cut without parsing. For any other (`unusual`), expat
    reads the sheet, and the rows are spelt anew in that way and put in order.

    Attributes:
        settings: everything of the sheet but its rows; complete when the rows have been read.
        prefixes: of names that are not the format's own.
    """

    def __init__(self, package: Package, part: str, unusual: bool = False) -> None:
        self._package, self._part, self._unusual = package, part, unusual
        self.where = package.where(part)
        self.settings = xml.Element("worksheet")
        self.prefixes: frozenset[bytes] = frozenset()

    def __iter__(self) -> Iterator[bytes]:
        """Row by row.

        Raises:
            UnusualError: to be read with `unusual`.
            TracerError: damaged.
        """
        for chunk in self.chunks():
            yield from cells.split(chunk)

    def chunks(self, read_ahead: bool = False) -> Iterator[bytes]:
        """Many rows at a time.

        Args:
            read_ahead: whether the next ones are unpacked while these are looked at.

        Raises:
            UnusualError: to be read with `unusual`.
            TracerError: damaged.
        """
        if self._unusual:
            return self._spelt()
        chunks = self._package.stream(self._part)
        return self._cut(ahead(chunks) if read_ahead else chunks)

    def row(self, piece: bytes) -> cells.Row:
        """
        Raises:
            UnusualError: to be read with `unusual`.
        """
        return cells.row(piece, self.prefixes)

    def in_order(self) -> bool:
        """Whether no row comes after a later one, as far as can be told without a parser."""
        last, rest = 0, b""
        for chunk in self._package.stream(self._part):
            data = rest + chunk
            cut = data.rfind(b"<row", -_TAG)  # the tag may go on in the next
            rest = data[cut:] if cut >= 0 else data[-len(b"<ro") :]
            numbers = [last, *map(int, _NUMBERS.findall(data, 0, cut if cut >= 0 else len(data)))]
            if any(x >= y for x, y in pairwise(numbers)):
                return False
            last = numbers[-1]
        return all(last < int(number) for number in _NUMBERS.findall(rest))

    def _cut(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        head = b""
        for chunk in chunks:
            seen = max(len(head) - 100, 0)
            head += chunk
            if (start := head.find(b"<sheetData", seen)) >= 0 and (close := head.find(b">", start)) >= 0:
                break
            if len(head) > MOST:
                raise UnusualError
        else:
            raise UnusualError
        empty = head[close - 1 : close] == b"/"
        head, rest = head[: close + 1], head[close + 1 :]
        if not xml.is_plain(head, b"worksheet"):
            raise UnusualError
        self.prefixes = frozenset(_PREFIXES.findall(head))
        seen = 0
        while not empty:
            if (end := rest.find(b"</sheetData>", seen)) >= 0:
                if end:
                    yield rest[:end]
                rest = rest[end:]
                break
            if (cut := rest.rfind(b"<row", seen)) > 0:
                yield rest[:cut]
                rest = rest[cut:]
            if len(rest) > MOST:
                raise TracerError(
                    f"{self.where}: a row of more than {MOST:,} bytes, as no workbook has; it was not read"
                )
            chunk = next(chunks, b"")
            if not chunk:
                raise UnusualError  # the parser says what is wrong
            seen = max(len(rest) - 12, 0)
            rest += chunk
        tail = [rest]
        for chunk in chunks:
            tail.append(chunk)
            if len(tail) > MOST // CHUNK:
                raise TracerError(f"{self.where}: more than {MOST:,} bytes behind the rows; it was not read")
        rest = b"".join(tail)
        if b"<sheetData" in rest:
            raise UnusualError
        self.settings = xml.parse(head + rest, self.where)

    def _spelt(self) -> Iterator[bytes]:
        speller = Speller(self.where)
        parser = xml.parser(self.where)
        parser.StartElementHandler, parser.EndElementHandler = speller.start, speller.end
        parser.CharacterDataHandler = speller.data
        held: list[tuple[int, bytes]] | None = []
        size = last = 0
        for chunk in self._package.stream(self._part):
            xml.feed(parser, chunk, self.where)
            for number, piece in speller.take():
                if held is not None:
                    held.append((number, piece))
                    size += len(piece)
                elif number > last:
                    yield piece
                else:
                    raise self._disorder(number, last)
                last = number
            if held and size > SORTED:
                yield self._sorted(held)
                last, held = held[-1][0], None
        xml.feed(parser, b"", self.where, last=True)
        if held:
            yield self._sorted(held)
        self.settings = speller.settings.close()

    def _sorted(self, rows: list[tuple[int, bytes]]) -> bytes:
        rows.sort()
        for (number, _), (following, _) in pairwise(rows):
            if number == following:
                raise TracerError(f"{self.where}: has row {number} twice; save the file again, or get another copy")
        return b"".join(piece for _, piece in rows)

    def _disorder(self, number: int, last: int) -> TracerError:
        return TracerError(f"{self.where}: row {number} comes after row {last}; save the file again")


def settings(package: Package, part: str) -> xml.Element:
    """Everything of a sheet but its rows.

    Raises:
        TracerError: damaged.
    """
    for unusual in (False, True):
        rows = Rows(package, part, unusual)
        try:
            for _ in rows.chunks():
                pass
        except UnusualError:
            continue
        break
    return rows.settings
