"""The table of shared strings, and text as cells hold it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import NamedTuple

from tracer.errors import TracerError
from tracer.xlsx import xml
from tracer.xlsx.package import Package

#: What nearly every string is; any other is parsed.
_SIMPLE = re.compile(r'<t(?: xml:space="preserve")?>([^<]*)</t>')
#: How Excel writes what XML cannot hold: `_x0007_`.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
#: Longer than any string that a cell may hold (32,767 characters), however it is formatted.
_MOST = 1 << 25

#: How a run of characters looks, as `styles.font` reads it.
Font = dict[str, str]
Fonts = Callable[[xml.Element], Font]


class Run(NamedTuple):
    """Characters of a text that look alike.

    Attributes:
        length: how many.
        font: None where they look as the cell does.
    """

    length: int
    font: Font | None


class Text(str):
    """Text of a cell.

    Attributes:
        runs: the formatting inside it; empty where all of it looks like the cell.
    """

    runs: tuple[Run, ...] = ()


class _OddError(Exception):
    """A table that is spelt in another way than nearly every program does."""


def read(package: Package, part: str | None) -> list[bytes]:
    """Every string of the table, still as XML: `text` turns one into text.

    Raises:
        TracerError: the table is damaged.
    """
    if part is None or part not in package.parts:
        return []
    package.check_whole(part)
    try:
        return _cut(package, part)
    except _OddError:
        return _spelt(package, part)


def _cut(package: Package, part: str) -> list[bytes]:
    """The strings of a table that is cut at its tags, without a parser."""
    chunks = package.stream(part)
    head = b""
    for chunk in chunks:
        head += chunk
        if (start := head.find(b"<si>")) >= 0:
            break
        if len(head) > _MOST:
            raise _OddError
    else:
        raise _OddError
    head, rest = head[:start], head[start:]
    if not xml.is_plain(head, b"sst"):
        raise _OddError
    strings: list[bytes] = []
    while True:
        if b"<!" in rest or b"<?" in rest:
            raise _OddError
        items = rest.split(b"</si>")
        rest = items.pop()
        for item in items:
            if not item.startswith(b"<si>"):
                item = item.lstrip()
                if not item.startswith(b"<si>"):
                    raise _OddError
            strings.append(item[4:])
        if len(rest) > _MOST:
            raise _too_long(package, part)
        chunk = next(chunks, b"")
        if not chunk:
            break
        rest += chunk
    if b"<si" in rest:
        raise _OddError
    xml.parse(head + rest, package.where(part))
    return strings


def _spelt(package: Package, part: str) -> list[bytes]:
    """The strings of any table, as XML again that is spelt in one way."""
    where = package.where(part)
    reader = _Reader(where)
    parser = xml.parser(where)
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.data
    for chunk in package.stream(part):
        xml.feed(parser, chunk, where)
        if reader.size > _MOST:
            raise _too_long(package, part)
    xml.feed(parser, b"", where, last=True)
    return reader.strings


def _too_long(package: Package, part: str) -> TracerError:
    return TracerError(
        f"{package.where(part)}: a string of more than {_MOST:,} bytes, as no cell may hold; it was not read"
    )


class _Reader:
    """Takes the strings out of the table, one after the other.

    Attributes:
        size: characters of the string that is being read.
    """

    def __init__(self, where: str) -> None:
        self._where, self._depth = where, 0
        self._string: xml.Builder | None = None
        self.strings: list[bytes] = []
        self.size = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        xml.check_depth(self._depth, self._where)
        if self._depth == 2 and xml.local(name) == "si":
            self._string, self.size = xml.Builder(self._where), 0
        if self._string is not None:
            self._string.start(name, attributes)

    def data(self, text: str) -> None:
        if self._string is not None:
            self.size += len(text)
            self._string.data(text)

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._string is not None:
            self._string.end(name)
            if self._depth == 1:
                self.strings.append("".join(map(_tag, self._string.close())).encode())
                self._string = None


def _tag(element: xml.Element) -> str:
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in element.attrib.items())
    inner = xml.markup(element.text or "") + "".join(map(_tag, element))
    return f"<{element.tag}{'' if element.tag == 't' else attributes}>{inner}</{element.tag}>"


def text(item: bytes, fonts: Fonts | None = None) -> Text:
    """A string of the table, or what an `is` element of a cell holds, as text.

    Args:
        fonts: reads how a run looks; without it the formatting inside the text is left out.

    Raises:
        ValueError: it is damaged.
    """
    if not xml.is_text(item):
        raise ValueError("characters that XML may not hold")
    if simple := _SIMPLE.fullmatch(item.decode()):
        return Text(characters(simple[1]))
    parts: list[tuple[str, xml.Element | None]] = []
    for element in xml.fragment(item):
        if element.tag == "t":
            parts.append((decoded(element.text or ""), None))
        elif element.tag == "r":  # `rPh` are phonetic readings, not text
            parts.append((decoded(element.findtext("t") or ""), element.find("rPr")))
    whole = Text("".join(part for part, _ in parts))
    if fonts is not None and any(look is not None for _, look in parts):
        whole.runs = tuple(Run(len(part), None if look is None else fonts(look)) for part, look in parts)
    return whole


def characters(source: str) -> str:
    """Character data of XML, and of Excel, decoded.

    Raises:
        ValueError: it is damaged.
    """
    return decoded(xml.characters(source))


def decoded(source: str) -> str:
    """Without the escapes that Excel adds to those of XML."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), source) if "_x" in source else source
