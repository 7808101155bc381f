"""The rows of a sheet, streamed: nothing of a sheet is held whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from tracer.errors import TracerError
from tracer.xlsx import xml
from tracer.xlsx.addresses import address, number
from tracer.xlsx.cells import UnusualError
from tracer.xlsx.package import CHUNK, Package

#: More than a row of 16,384 cells with long texts takes, or the settings of a sheet.
MOST = 1 << 25

_PLAIN_HEAD = re.compile(rb"\s*(?:\xef\xbb\xbf)?(?:<\?xml[^>]*\?>\s*)?<worksheet[\s>]")
_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"']([^\"']*)")


class Rows:
    """The rows of a sheet as pieces of bytes, each `<row …>` up to its end tag; `cells` reads them further.

    Nearly every program spells rows in one way, which can be cut without parsing. For any other (`unusual`), expat
    reads the sheet and the rows are spelt anew in that way.

    Attributes:
        settings: everything of the sheet but its rows; complete when the rows have been read.
    """

    def __init__(self, package: Package, part: str, unusual: bool = False) -> None:
        self._package, self._part, self._unusual = package, part, unusual
        self.where = package.where(part)
        self.settings = xml.Element("worksheet")

    def __iter__(self) -> Iterator[list[bytes]]:
        """
        Raises:
            UnusualError: to be read with `unusual`.
            TracerError: damaged.
        """
        return self._spelt() if self._unusual else self._cut()

    def _cut(self) -> Iterator[list[bytes]]:
        chunks = self._package.stream(self._part)
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
        encoding = _ENCODING.match(head)
        if not _PLAIN_HEAD.match(head) or (encoding and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii")):
            raise UnusualError
        empty = head[close - 1 : close] == b"/"
        head, rest = head[: close + 1], head[close + 1 :]
        while not empty:
            pieces = rest.split(b"</row>")
            rest = pieces.pop()
            yield pieces
            if (end := rest.find(b"</sheetData>")) >= 0:
                yield [rest[:end]] if rest[:end].strip() else []
                rest = rest[end:]
                break
            if len(rest) > MOST:
                raise TracerError(
                    f"{self.where}: a row of more than {MOST:,} bytes, as no workbook has; it was not read"
                )
            chunk = next(chunks, b"")
            if not chunk:
                raise UnusualError  # the parser says what is wrong
            rest += chunk
        tail = [rest]
        for chunk in chunks:
            tail.append(chunk)
            if len(tail) > MOST // CHUNK:
                raise TracerError(f"{self.where}: more than {MOST:,} bytes behind the rows; it was not read")
        self.settings = xml.parse(head + b"".join(tail), self.where)

    def _spelt(self) -> Iterator[list[bytes]]:
        speller = _Speller(self.where)
        parser = xml.parser(self.where)
        parser.StartElementHandler, parser.EndElementHandler = speller.start, speller.end
        parser.CharacterDataHandler = speller.data
        for chunk in self._package.stream(self._part):
            xml.feed(parser, chunk, self.where)
            yield speller.take()
        xml.feed(parser, b"", self.where, last=True)
        yield speller.take()
        self.settings = speller.settings.close()


def settings(package: Package, part: str) -> xml.Element:
    """Everything of a sheet but its rows.

    Raises:
        TracerError: damaged.
    """
    for unusual in (False, True):
        rows = Rows(package, part, unusual)
        try:
            for _ in rows:
                pass
        except UnusualError:
            continue
        break
    return rows.settings


class _Speller:
    """Spells rows in the one way that `cells` reads."""

    def __init__(self, where: str) -> None:
        self.settings = xml.Builder(where)
        self._rows: list[bytes] = []
        self._path: list[str] = []
        self._parts: list[str] = []
        self._row = self._column = 0
        self._text: list[str] | None = None

    def take(self) -> list[bytes]:
        found, self._rows = self._rows, []
        return found

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = xml.local(name)
        given = {xml.attribute(key): value for key, value in attributes.items()}
        self._path.append(tag)
        if "sheetData" not in self._path[:-1]:
            self.settings.start(tag, given)
        elif tag == "row":
            self._row = int(given.get("r", self._row + 1))
            self._column = 0
            self._parts = [f"<row{_attributes(given | {'r': str(self._row)})}>"]
        elif tag == "c" and self._path[-2] == "row":
            given.setdefault("r", address(self._row, self._column + 1))
            self._column = number(given["r"].rstrip("0123456789"))
            self._parts.append(f"<c{_attributes(given)}>")
        elif tag in ("f", "v", "t") and "extLst" not in self._path:
            self._parts.append(f"<{tag}{_attributes(given) if tag == 'f' else ''}>")
            self._text = []
        elif tag in ("is", "r", "rPr", "rPh"):
            self._parts.append(f"<{tag}>")
        elif "rPr" in self._path:
            self._parts.append(f"<{tag}{_attributes(given)}/>")

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)
        elif "sheetData" not in self._path:
            self.settings.data(text)

    def end(self, name: str) -> None:
        tag = self._path.pop()
        if "sheetData" not in self._path:
            self.settings.end(tag)
        elif tag == "row":
            self._rows.append("".join(self._parts).encode())
        elif tag in ("f", "v", "t") and self._text is not None:
            self._parts.append(f"{escape(''.join(self._text), quote=False)}</{tag}>")
            self._text = None
        elif tag in ("c", "is", "r", "rPr", "rPh"):
            self._parts.append(f"</{tag}>")


def _attributes(given: dict[str, str]) -> str:
    return "".join(f' {key}="{escape(value)}"' for key, value in given.items())
