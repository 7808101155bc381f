"""The table of shared strings, and text as cells hold it."""

from __future__ import annotations

import re
from html import escape, unescape

from tracer.xlsx import xml
from tracer.xlsx.package import Package

#: What nearly every string is; any other is parsed.
_SIMPLE = re.compile(r'<t(?: xml:space="preserve")?>([^<]*)</t>')
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
    start, end = data.find(b"<si>"), data.rfind(b"</si>")
    if start < 0 or end < start or b"<!" in data or b"\0" in data[:100]:
        return [_spelt(element) for element in xml.parse(data, package.where(part)).iter("si")]
    found = data[start : end + len(b"</si>")].split(b"</si>")[:-1]
    items = [item.lstrip()[len(b"<si>") :] for item in found]
    if data.count(b"<si>") != len(items) or data.count(b"<si") != len(items) + data.count(b"<sst "):
        return [_spelt(element) for element in xml.parse(data, package.where(part)).iter("si")]
    return items


def _spelt(element: xml.Element) -> bytes:
    """A string as XML again, in one way, however the file spells it."""
    return "".join(map(_tag, element)).encode()


def _tag(element: xml.Element) -> str:
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in element.attrib.items())
    inner = escape(element.text or "", quote=False) + "".join(map(_tag, element))
    return f"<{element.tag}{'' if element.tag == 't' else attributes}>{inner}</{element.tag}>"


def text(item: bytes) -> Text:
    """A string of the table, or what an `is` element of a cell holds, as text.

    Raises:
        ValueError: it is damaged.
    """
    source = item.decode()
    if simple := _SIMPLE.fullmatch(source):
        return Text(characters(simple[1]))
    parts: list[tuple[str, str]] = []
    for element in xml.fragment(item):
        if element.tag == "t":
            parts.append(("", decoded(element.text or "")))
        elif element.tag == "r":  # `rPh` are phonetic readings, not text
            look = element.find("rPr")
            marks = "" if look is None else " ".join(sorted(map(_tag, look)))
            parts.append((marks, decoded(element.findtext("t") or "")))
    found = Text("".join(part for _, part in parts))
    if any(look for look, _ in parts):
        found.runs = " ".join(f"{{{look}}}{len(part)}" for look, part in parts)
    return found


def characters(source: str) -> str:
    """Character data of XML, and of Excel, decoded."""
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in source:
        source = unescape(source)
    return decoded(source)


def decoded(source: str) -> str:
    """Without the escapes that Excel adds to those of XML."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), source) if "_x" in source else source
