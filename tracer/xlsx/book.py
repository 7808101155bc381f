"""A workbook: its sheets, its names, and the tables that its cells refer to."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from tracer.errors import TracerError
from tracer.numbers import whole
from tracer.xlsx import cells, metadata, schema, strings, styles, xml
from tracer.xlsx.addresses import Range, number, parse_range
from tracer.xlsx.cells import Cell, Decoder, UnusualError
from tracer.xlsx.package import Package
from tracer.xlsx.rows import Rows
from tracer.xlsx.styles import Palette, true

#: What a person says of a workbook; not who saved it when and with what.
_CORE = (
    "title",
    "subject",
    "keywords",
    "description",
    "category",
    "contentStatus",
    "language",
    "identifier",
    "version",
)
_EXTENDED = ("Manager", "Company", "HyperlinkBase")
_SHEETS = ("worksheet", "chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet")


#: What programs call the range of a filter for themselves; the filter tells it.
FILTERED = "_xlnm._FilterDatabase"


@dataclass(frozen=True)
class Sheet:
    """
    Attributes:
        title: as on its tab.
        part: its part in the archive.
        kind: `worksheet`, or one without cells, such as `chartsheet`.
        state: `visible`, `hidden` or `veryHidden`.
    """

    title: str
    part: str
    kind: str
    state: str


@dataclass(frozen=True)
class Name:
    """A defined name.

    Attributes:
        sheet: the title of the sheet on which it holds; None for the whole workbook.
        text: what it stands for, a formula without `=`.
        marks: what else is said of it: whether it is hidden, a comment, which key starts it.
    """

    name: str
    sheet: str | None
    text: str
    marks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Table:
    """A table of a sheet (what `Prices[Net]` refers to)."""

    name: str
    sheet: str
    area: Range
    columns: tuple[str, ...]


class Book:
    """A workbook, opened for reading. Use it as a context manager.

    Attributes:
        name: the file's, for messages and reports.
        sheets: in the order of their tabs.
        names: defined names, by sheet and name.
    """

    def __init__(self, source: str | Path | BinaryIO, name: str | None = None) -> None:
        """
        Raises:
            TracerError: it cannot be read.
        """
        self.package = Package(source)
        if name is not None:
            self.package.name = name
        self.name = self.package.name
        try:
            self._open()
        except BaseException:
            self.package.close()
            raise

    def _open(self) -> None:
        main = self.package.workbook
        root = self.package.xml(main)
        self.settings = root
        self._relationships = self.package.relationships(main)
        self.sheets: list[Sheet] = []
        for element in root.iterfind("sheets/sheet"):
            title = element.get("name", "")
            related = self._relationships.get(element.get("r:id", ""))
            if related is None or related.kind not in _SHEETS:
                raise TracerError(f"{self.name}: sheet {title!r} has no part in the file; save it again")
            if related.target not in self.package.parts:
                raise TracerError(f"{self.name}: lacks {related.target}, the part of sheet {title!r}; save it again")
            self.sheets.append(Sheet(title, related.target, related.kind, element.get("state", "visible")))
        if not self.sheets:
            raise TracerError(f"{self.name}: has no sheets; expected at least one")
        if len({sheet.title for sheet in self.sheets}) < len(self.sheets):
            raise TracerError(f"{self.name}: two sheets have the same name; rename one")
        properties = root.find("workbookPr")
        self.date1904 = properties is not None and true(properties.get("date1904"))
        self.names: dict[tuple[str | None, str], Name] = {}
        for element in root.iterfind("definedNames/definedName"):
            index = element.get("localSheetId")
            scope = None
            if index is not None:
                at = whole(index)
                if at is None or at >= len(self.sheets):
                    continue  # a name of a sheet that is gone
                scope = self.sheets[at].title
            name = element.get("name", "")
            if name == FILTERED:
                continue
            self.names[scope, name] = Name(name, scope, (element.text or "").strip().removeprefix("="), _marks(element))

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.package.close()

    def part(self, kind: str) -> str | None:
        """The part that the workbook has of a kind (`styles`, `theme`)."""
        return next((related.target for related in self._relationships.values() if related.kind == kind), None)

    @property
    def shared(self) -> dict[str, str | None]:
        """The parts that every cell depends on."""
        return {kind: self.part(kind) for kind in ("sharedStrings", "styles", "theme", "sheetMetadata")}

    @cached_property
    def strings(self) -> list[bytes]:
        return strings.read(self.package, self.part("sharedStrings"))

    @cached_property
    def styles(self) -> styles.Styles:
        return styles.read(self.package, self.part("styles"), self.part("theme"))

    @cached_property
    def style_sheet(self) -> xml.Element | None:
        """The table of styles as the file has it."""
        part = self.part("styles")
        return self.package.xml(part) if part is not None and part in self.package.parts else None

    @cached_property
    def palette(self) -> Palette:
        root = self.style_sheet
        return styles.read_palette(
            self.package, self.part("theme"), xml.Element("styleSheet") if root is None else root
        )

    @cached_property
    def differential_formats(self) -> list[xml.Element]:
        """What conditional formats, tables and filters change of a look, by number."""
        root = self.style_sheet
        return [] if root is None else list(root.iterfind("dxfs/dxf"))

    @cached_property
    def people(self) -> dict[str, str]:
        """Who wrote threaded comments, by identifier."""
        people = {}
        for related in self._relationships.values():
            if related.kind == "person" and related.target in self.package.parts:
                for element in self.package.xml(related.target).iterfind("person"):
                    people[element.get("id", "")] = element.get("displayName", "")
        return people

    @cached_property
    def tables(self) -> dict[str, Table]:
        """By name, in lower case."""
        found = {}
        for sheet in self.sheets:
            for related in self.package.relationships(sheet.part).values():
                if related.kind == "table" and related.target in self.package.parts:
                    root = self.package.xml(related.target)
                    name = root.get("displayName") or root.get("name") or ""
                    area = parse_range(root.get("ref", ""))
                    columns = tuple(column.get("name", "") for column in root.iterfind("tableColumns/tableColumn"))
                    if area:
                        found[name.lower()] = Table(name, sheet.title, area, columns)
        return found

    @cached_property
    def properties(self) -> dict[str, str]:
        """Title, subject, keywords and the like, and custom properties; not who saved it when and with what."""
        found = {}
        for related in self.package.relationships("").values():
            if related.target not in self.package.parts:
                continue
            if related.kind == "core-properties":
                for element in self.package.xml(related.target):
                    if element.tag in _CORE and element.text:
                        found[element.tag] = element.text
            elif related.kind == "extended-properties":
                for element in self.package.xml(related.target):
                    if element.tag in _EXTENDED and element.text:
                        found[element.tag.lower()] = element.text
            elif related.kind == "custom-properties":
                for element in self.package.xml(related.target):
                    found[element.get("name", "")] = "".join(element.itertext())
        return found

    @cached_property
    def property_types(self) -> dict[str, str]:
        """What custom properties are (`lpwstr` for a text), and the name that they follow, if any."""
        types = {}
        for related in self.package.relationships("").values():
            if related.kind == "custom-properties" and related.target in self.package.parts:
                for element in self.package.xml(related.target):
                    kinds = [child.tag for child in element] + [element.get("linkTarget", "")]
                    types[element.get("name", "")] = " ".join(filter(None, kinds))
        return types

    def sheet(self, title: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.title == title), None)

    def cells(self, sheet: Sheet) -> Iterator[tuple[int, int, Cell]]:
        """Row, column and cell, for every cell of a sheet.

        Raises:
            TracerError: the sheet is damaged.
        """
        for row, found in self.rows(sheet):
            for column, cell in found.items():
                yield row, column, cell

    def rows(
        self,
        sheet: Sheet,
        wanted: Container[int] | None = None,
        told: Callable[[int, dict[bytes, bytes]], object] = lambda row, attributes: None,
    ) -> Iterator[tuple[int, dict[int, Cell]]]:
        """Every row of a sheet that the file has: its number, and its cells by column.

        Args:
            wanted: rows whose cells are read; those of all others stay empty, which takes far less time.
            told: told the attributes of each row that is read, before its cells come.

        Raises:
            TracerError: the sheet is damaged.
        """
        usual = Rows(self.package, sheet.part)
        done = 0
        if usual.in_order():
            try:
                for done, found in self._rows(sheet, usual, wanted, told):
                    yield done, found
                return
            except UnusualError:
                pass
        try:
            for row, found in self._rows(sheet, Rows(self.package, sheet.part, unusual=True), wanted, told):
                if row > done:
                    yield row, found
        except UnusualError:
            raise unreadable(self.name, sheet.title) from None

    def _rows(
        self,
        sheet: Sheet,
        rows: Rows,
        wanted: Container[int] | None,
        told: Callable[[int, dict[bytes, bytes]], object],
    ) -> Iterator[tuple[int, dict[int, Cell]]]:
        decoder = self.decoder(sheet)
        for piece in rows:
            if wanted is not None and (at := cells.row_number(piece)) not in wanted:
                decoder.note(piece)
                yield at, {}
                continue
            row = rows.row(piece)
            told(row.number, row.attributes)
            columns = ((number(letters.decode()), source) for letters, source in row.cells.items())
            yield row.number, {column: decoder.cell(row.number, column, source) for column, source in columns}

    def decoder(self, sheet: Sheet) -> Decoder:
        return Decoder(
            f"{self.name}: {sheet.title}",
            self.strings,
            self.date1904,
            self.dynamic_arrays,
            lambda element: styles.font(element, self.palette),
        )

    @cached_property
    def dynamic_arrays(self) -> frozenset[int]:
        """The numbers of cell metadata (`cm`) that make an array formula a dynamic one."""
        part = self.part("sheetMetadata")
        if part is None or part not in self.package.parts:
            return frozenset()
        return metadata.dynamic_arrays(self.package.xml(part))


def _marks(element: xml.Element) -> tuple[tuple[str, str], ...]:
    marks = (
        (key, schema.spelt("definedNames", "definedName", key, value))
        for key, value in sorted(element.attrib.items())
        if key not in ("name", "localSheetId", "space")
    )
    return tuple((key, value) for key, value in marks if value)


def unreadable(name: str, title: str) -> TracerError:
    """The error for a sheet that no way of reading it makes sense of."""
    return TracerError(
        f"{name}: sheet {title!r} holds cells outside of their rows, or shared formulas without their first; "
        "save the file again"
    )
