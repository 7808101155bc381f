"""A copy of B with origins and consequences marked, and a sheet that lists them."""

from __future__ import annotations

import itertools
import re
import zipfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from tracer.compare.difference import Diff
from tracer.errors import TracerError
from tracer.report.listing import TITLE, Listing
from tracer.report.marks import MarkedSheet, Marks, marks
from tracer.report.rewriter import Rewriter, index
from tracer.report.stylesheet import Stylesheet
from tracer.report.text import markup
from tracer.xlsx.book import Book
from tracer.xlsx.titles import free_title

#: The part of our sheet, by which a report is known again.
PART = "xl/worksheets/tracer_differences{}.xml"
_PART = re.compile(r"xl/worksheets/tracer_differences\d*\.xml")
_STYLES = "xl/styles{}.xml"  # where programs look for it that do not follow relationships
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.{}+xml"
#: What the type of the main part says of workbooks with and without macros, and of templates.
_SUFFIXES = {
    ".xlsx": "sheet", ".xlsm": "sheet.macroEnabled", ".xltx": "template", ".xltm": "template.macroEnabled"
}  # fmt: skip
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#: The same at every run.
_DATE = (1980, 1, 1, 0, 0, 0)
_LARGE = 1 << 31


def marked(diff: Diff, file: BinaryIO) -> None:
    """Write the copy: everything of B, byte for byte, but for the looks of marked cells and one more sheet, the last.

    Raises:
        TracerError: B cannot be read.
    """
    with _book(diff) as book:
        _Copy(diff, book).write(file)


def check_suffix(diff: Diff, path: Path) -> None:
    """Excel opens no file whose suffix says something else than the file itself: the copy has B's.

    Raises:
        TracerError: it is another one, or B cannot be read.
    """
    if path.suffix.lower() in _SUFFIXES:
        with _book(diff) as book:
            types = book.package.xml(book.package.named("[Content_Types].xml"))
            main = f"/{book.package.workbook}".lower()
            given = next(
                (entry.get("ContentType", "") for entry in types if entry.get("PartName", "").lower() == main), ""
            )
        wanted = next((suffix for suffix, kind in _SUFFIXES.items() if given.endswith(f".{kind}.main+xml")), None)
        if wanted not in (None, path.suffix.lower()):
            raise TracerError(f"{path}: {diff.b} is of another kind; choose --out {path.with_suffix(wanted)}")


def is_report(path: Path) -> bool:
    """Whether a file is such a copy (that no other program has saved since)."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(map(_PART.fullmatch, archive.namelist()))
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return False


def _book(diff: Diff) -> Book:
    source = diff.sources[1]
    if source is None:
        raise TracerError(f"{diff.b}: the diff does not say which file this is; compare with tracer.diff")
    return Book(source, diff.b)


class _Copy:
    def __init__(self, diff: Diff, book: Book) -> None:
        self.book, self.package = book, book.package
        self.marks = marks(diff)
        self.stylesheet = Stylesheet(book)
        self.related = self.package.relationships(self.package.workbook)
        self.part = _free(PART, {*self.package.parts, *(known.target for known in self.related.values())})
        self.listing = Listing(diff, [sheet.title for sheet in book.sheets], self.stylesheet)
        self.styles = self.stylesheet.part or book.shared["styles"] or _free(_STYLES, self.package.parts)

    def write(self, file: BinaryIO) -> None:
        package = self.package
        rewriters = self._rewriters()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, entry in package.parts.items():
                if part != self.stylesheet.part:
                    chunks = package.stream(part)
                    _put(archive, part, rewriters[part].run(chunks) if part in rewriters else chunks, entry)
            # Last, when it is known which formats are needed.
            namespace = rewriters[package.workbook].namespace
            like = package.parts.get(self.styles)
            _put(archive, self.styles, self.stylesheet.rewritten(namespace), like)
            _put(archive, self.part, self.listing.xml(namespace))

    def _rewriters(self) -> dict[str, Rewriter]:
        """What changes, by part."""
        package, where = self.package, self.package.where
        relationships, types = package.relationships_part(package.workbook), package.named("[Content_Types].xml")
        new = {"worksheet": self.part}
        if self.stylesheet.part is None:
            new["styles"] = self.styles
        targets = {known.target for known in self.related.values()}
        linked = {
            _free(f"rIdTracer{kind}{{}}", self.related): (kind, part)
            for kind, part in new.items()
            if part not in targets
        }
        sheets = self.book.sheets
        found: dict[str, Rewriter] = {
            sheet.part: MarkedSheet(where(sheet.part), self.marks.get(sheet.title, Marks()), self.stylesheet.marked)
            for sheet in sheets
        }
        title, id = free_title(TITLE, [sheet.title for sheet in sheets]), next(iter(linked))
        found[package.workbook] = _Workbook(where(package.workbook), title, id, len(sheets))
        found[relationships] = _Relationships(where(relationships), linked)
        found[types] = _Types(where(types), {part: kind for kind, part in new.items()})
        return found


class _Workbook(Rewriter):
    """Adds the sheet, last, so that what counts sheets counts as before, and opens the workbook at it."""

    def __init__(self, where: str, title: str, id: str, sheets: int) -> None:
        super().__init__(where)
        self._title, self._id, self._sheets = title, id, sheets
        self._highest, self._viewed = 0, False
        self._spelt: Mapping[str, str] = {}

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        if self.path[1:] == ["sheets"] and not self._viewed:
            self.put(f'<bookViews><workbookView activeTab="{self._sheets}"/></bookViews>')
        elif self.path[1:] == ["bookViews", "workbookView"] and not self._viewed:
            self._viewed = True
            self.change({"activeTab": str(self._sheets)})
        elif self.path[1:] == ["sheets", "sheet"]:
            self._highest = max(self._highest, index(given.get("sheetId")))
            self._spelt = self.spelt()

    def end(self, tag: str) -> None:
        if self.path[1:] == ["sheets"]:
            # Files differ in what they call the namespace of `r:id`, and in where they declare it.
            declared = "".join(f' {name}="{value}"' for name, value in self._spelt.items() if name.startswith("xmlns"))
            name = next((name for name in self._spelt if name.endswith(":id")), "id")
            self.put(f'<sheet{declared} name="{self._title}" sheetId="{self._highest + 1}" {name}="{self._id}"/>')


class _Relationships(Rewriter):
    """Adds relationships: a kind and a part by id."""

    def __init__(self, where: str, new: Mapping[str, tuple[str, str]]) -> None:
        super().__init__(where)
        self._new, self._types = new, _RELATIONSHIPS

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        if len(self.path) == 1:
            self.change({}, hold=True)
        elif given.get("Type", "").endswith(("/worksheet", "/chartsheet")):
            self._types = given["Type"].rpartition("/")[0]  # transitional or strict

    def end(self, tag: str) -> None:
        if len(self.path) == 1:
            for id, (kind, part) in self._new.items():
                self.put(f'<Relationship Id="{id}" Type="{markup(self._types)}/{kind}" Target="/{part}"/>')


class _Types(Rewriter):
    """Says of what type new parts are."""

    def __init__(self, where: str, new: Mapping[str, str]) -> None:
        super().__init__(where)
        self._new = dict(new)

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        if len(self.path) == 1:
            self.change({}, hold=True)
        elif tag == "Override":
            self._new.pop(given.get("PartName", "").lstrip("/"), None)

    def end(self, tag: str) -> None:
        if len(self.path) == 1:
            for part, kind in self._new.items():
                self.put(f'<Override PartName="/{markup(part)}" ContentType="{_TYPE.format(kind)}"/>')


def _put(archive: zipfile.ZipFile, part: str, chunks: Iterable[bytes], like: zipfile.ZipInfo | None = None) -> None:
    """Write a part, packed and dated as it was."""
    entry = zipfile.ZipInfo(part, like.date_time if like else _DATE)
    entry.compress_type = (
        zipfile.ZIP_STORED if like and like.compress_type == zipfile.ZIP_STORED else zipfile.ZIP_DEFLATED
    )
    with archive.open(entry, "w", force_zip64=like is not None and like.file_size > _LARGE) as target:
        for chunk in chunks:
            target.write(chunk)


def _free(form: str, taken: Collection[str]) -> str:
    """The first of `form`, `form1`, `form2`, … that is not taken."""
    names = (form.format(number or "") for number in itertools.count())
    return next(name for name in names if name not in taken)
