"""The table of looks of a workbook, with more entries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape

from tracer.compare.difference import Role
from tracer.report.rewriter import Rewriter, index
from tracer.xlsx import xml
from tracer.xlsx.book import Book

#: The tables that we add to, in the order of the schema, with what they hold where the file has none.
_TABLES: dict[str, tuple[str, ...]] = {
    "numFmts": (),
    "fonts": ('<font><sz val="11"/><name val="Calibri"/></font>',),
    "fills": ('<fill><patternFill patternType="none"/></fill>', '<fill><patternFill patternType="gray125"/></fill>'),
    "borders": ("<border/>",),
    "cellStyleXfs": ('<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',),
    "cellXfs": ('<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',),
}
_ORDER = [*_TABLES, "cellStyles", "dxfs", "tableStyles", "colors", "extLst"]
#: What a format of cells says that a marked cell says too.
_KEPT = ("numFmtId", "fontId", "fillId", "borderId", "xfId", "quotePrefix", "pivotButton", "applyNumberFormat",
         "applyFont", "applyAlignment", "applyProtection")  # fmt: skip
#: Excel knows so many formats of cells; a cell that would need one more stays as it is.
FORMATS = 64_000
#: Number formats below are built in.
_CUSTOM = 164

#: How a marked cell looks: its fill, the lines around it, and their colour. Who sees no colours sees the lines.
MARKS: dict[Role, tuple[str, str, str]] = {
    "origin": ("FFFF9EAD", "medium", "FFB00028"),
    "consequence": ("FFE6D6FF", "dashed", "FF7A4FC0"),
}


class Stylesheet:
    """
    Attributes:
        part: its part in the archive; None where the workbook has none.
    """

    def __init__(self, book: Book) -> None:
        """
        Raises:
            TracerError: the table is damaged.
        """
        part = book.shared["styles"]
        self.part = part if part in book.package.parts else None
        self._book = book
        root = book.package.xml(self.part) if self.part else xml.Element("styleSheet")
        self._fonts, self._formats = root.findall("fonts/font"), root.findall("cellXfs/xf")
        self._old = {name: sum(1 for _ in root.iterfind(f"{name}/*")) for name in _TABLES}
        self._new: dict[str, dict[str, int]] = {name: {} for name in _TABLES}
        for name, least in _TABLES.items():
            for entry in () if self._old[name] else least:
                self.add(name, entry)
        codes = [index(element.get("numFmtId")) for element in root.iterfind("numFmts/numFmt")]
        self._code = max([_CUSTOM - 1, *codes])
        self._marked: dict[tuple[int, Role], int] = {}

    def add(self, table: str, entry: str) -> int:
        """The number of an entry, which is added where we have none like it yet."""
        new = self._new[table]
        return new.setdefault(entry, self._old[table] + len(new))

    def number_format(self, code: str) -> int:
        self._code += 1
        self.add("numFmts", f'<numFmt numFmtId="{self._code}" formatCode="{escape(code)}"/>')
        return self._code

    def format(self, *, font: int = 0, fill: int = 0, border: int = 0, number: int = 0, alignment: str = "") -> int:
        """A format of cells, made of entries of the other tables."""
        return self.add(
            "cellXfs",
            f'<xf numFmtId="{number}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" '
            'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
            f"<alignment {alignment}/></xf>",
        )

    def mark(self, role: Role) -> dict[str, int]:
        """The fill and the border of a role."""
        fill, line, edge = MARKS[role]
        sides = "".join(
            f'<{side} style="{line}"><color rgb="{edge}"/></{side}>' for side in ("left", "right", "top", "bottom")
        )
        return {"fill": self.add("fills", solid(fill)), "border": self.add("borders", f"<border>{sides}</border>")}

    def marked(self, style: int, role: Role) -> int:
        """A format as another one, but marked: number format, alignment and protection stay."""
        if (style, role) not in self._marked:
            full = self._old["cellXfs"] + len(self._new["cellXfs"]) >= FORMATS
            self._marked[style, role] = style if full else self._clone(style, role)
        return self._marked[style, role]

    def _clone(self, style: int, role: Role) -> int:
        plain = xml.Element("xf", {"numFmtId": "0", "fontId": "0", "xfId": "0"})
        base = self._formats[style] if style < len(self._formats) else next(iter(self._formats), plain)
        given = {key: value for key, value in base.attrib.items() if key in _KEPT}
        mark = self.mark(role)
        given |= {"fillId": str(mark["fill"]), "borderId": str(mark["border"]), "applyFill": "1", "applyBorder": "1"}
        if _is_light(dict(self._book.styles.look(style).properties).get("colour", "#000000")):
            given |= {"fontId": str(self._dark(index(given.get("fontId")))), "applyFont": "1"}
        inner = "".join(_markup(child) for child in base if child.tag in ("alignment", "protection"))
        return self.add("cellXfs", f"<xf{_attributes(given)}>{inner}</xf>")

    def _dark(self, number: int) -> int:
        """A font without its colour: white text was meant for a darker fill than ours."""
        font = self._fonts[number]
        return self.add("fonts", f"<font>{''.join(_markup(child) for child in font if child.tag != 'color')}</font>")

    def rewritten(self, namespace: str) -> Iterator[bytes]:
        """The part, with the new entries.

        Args:
            namespace: of the workbook's elements.
        """
        where = self._book.package.where(self.part or "styles")
        empty = f'<styleSheet xmlns="{escape(namespace)}"/>'.encode()
        chunks = self._book.package.stream(self.part) if self.part else iter([empty])
        return _Tables(where, self._old, self._new).run(chunks)


class _Tables(Rewriter):
    """Adds entries to tables, and the tables that are missing."""

    def __init__(self, where: str, old: Mapping[str, int], new: Mapping[str, Mapping[str, int]]) -> None:
        super().__init__(where)
        self._old, self._new = old, {name: entries for name, entries in new.items() if entries}

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        if len(self.path) == 1:
            self.change({}, hold=True)
        elif len(self.path) == 2 and tag in _ORDER:
            self._missing(_ORDER[: _ORDER.index(tag)])
            if tag in self._new:
                self.change({"count": self._count(tag)}, hold=True)

    def end(self, tag: str) -> None:
        if len(self.path) == 2 and tag in self._new:
            self.put("".join(self._new.pop(tag)))
        elif len(self.path) == 1:
            self._missing(_ORDER)

    def _missing(self, names: list[str]) -> None:
        for name in names:
            if name in self._new:
                self.put(f'<{name} count="{self._count(name)}">{"".join(self._new.pop(name))}</{name}>')

    def _count(self, name: str) -> str:
        return str(self._old[name] + len(self._new[name]))


def solid(color: str) -> str:
    """A fill of one colour, `AARRGGBB`."""
    return (
        f'<fill><patternFill patternType="solid"><fgColor rgb="{color}"/><bgColor indexed="64"/></patternFill></fill>'
    )


def _is_light(color: str) -> bool:
    """Whether text of this colour is hard to read on our fills."""
    if not re.fullmatch("#[0-9A-F]{6}", color):
        return False
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue > 140


def _markup(element: xml.Element) -> str:
    return f"<{element.tag}{_attributes(element.attrib)}>{''.join(map(_markup, element))}</{element.tag}>"


def _attributes(given: Mapping[str, str]) -> str:
    return "".join(f' {key}="{escape(value)}"' for key, value in given.items())
