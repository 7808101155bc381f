"""The table of shared strings, and text as cells hold it."""

from __future__ import annotations

import re
from html import escape, unescape

from tracer.xlsx import xml
from tracer.xlsx.package import Package

_ITEM = re.compile(rb"<si>(.*?)</si>|<si/>", re.DOTALL)
#: A run of equal formatting; phonetic runs (`rPh`) are readings, not text.
_RUN = re.compile(r"<r>(?:<rPr>(.*?)</rPr>|<rPr/>)?(?:<t[^>]*>([^<]*)</t>|<t[^>]*/>)?</r>", re.DOTALL)
_PLAIN = re.compile(r"<t[^>]*>([^<]*)</t>")
_PHONETIC = re.compile(r"<rPh\b.*?</rPh>", re.DOTALL)
#: How Excel writes what XML cannot hold: `_x0007_`.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Text(str):
    """Text of a cell.

    Attributes:
        runs: the formatting inside it, run by run; empty where all of it looks like the cell.
    """

    runs: str = ""


def read(package: Package, part: str | None) -> list[bytes]:
    """Every string of the table, still as XML: `text` turns one into text.

    Raises:
        TracerError: the table is damaged.
    """
    if part is None or part not in package.parts:
        return []
    data = package.read(part)
    start = data.find(b"<sst")
    plain = start >= 0 and b"<!" not in data and b"\0" not in data[:100]
    found = [match[1] or b"" for match in _ITEM.finditer(data, start)] if plain else []
    if plain and len(found) == data.count(b"<si"):
        return found
    return [_as_item(element) for element in xml.parse(data, package.where(part)).iter("si")]


def _as_item(element: xml.Element) -> bytes:
    """The same, in the one form that `text` reads, however the file spells it."""
    parts = []
    for child in element:
        if child.tag == "t":
            parts.append(f"<t>{escape(child.text or '')}</t>")
        elif child.tag == "r":
            look = child.find("rPr")
            marks = "" if look is None else "".join(f"<{mark.tag}{_attributes(mark)}/>" for mark in look)
            parts.append(f"<r><rPr>{marks}</rPr><t>{escape(child.findtext('t') or '')}</t></r>")
    return "".join(parts).encode()


def _attributes(element: xml.Element) -> str:
    return "".join(f' {key}="{escape(value)}"' for key, value in element.attrib.items())


def text(item: bytes) -> Text:
    """A string of the table, or what an `is` element of a cell holds, as text."""
    source = item.decode("utf-8", "replace")
    if "<rPh" in source:
        source = _PHONETIC.sub("", source)
    if "<r>" not in source:
        return Text(characters("".join(_PLAIN.findall(source))))
    runs = [(look or "", characters(part or "")) for look, part in _RUN.findall(source)]
    found = Text("".join(part for _, part in runs))
    if any(look for look, _ in runs):
        found.runs = " ".join(f"{{{look}}}{len(part)}" for look, part in runs)
    return found


def characters(source: str) -> str:
    """Character data of XML, and of Excel, decoded."""
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in source:
        source = unescape(source)
    if "_x" in source:
        source = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), source)
    return source
