"""What stands beside the cells: of each sheet, and of the workbook, with everything that they refer to."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.compare.branches import Branches, Found
from tracer.compare.cellwise import SheetChanges
from tracer.compare.pairing import Pair
from tracer.compare.placement import Heights, Placement
from tracer.compare.terms import Terms
from tracer.compare.trees import Trees
from tracer.xlsx import rows, xml
from tracer.xlsx.book import Book, Sheet

#: The height of a row of which nothing is said, in points.
ROW = 15.0


class Document:
    """
    Args:
        terms: what became of the sheets and cells of A.
        sheets: the cells of each pair; where their XML was read, it is taken from there.
    """

    def __init__(self, a: Book, b: Book, pairs: list[Pair], terms: Terms, sheets: list[SheetChanges]) -> None:
        self._books, self._pairs, self._terms, self._changes = (a, b), pairs, terms, sheets
        heights = {
            number: (
                Heights(changes.heights_a, _default(changes.settings_a)),
                Heights(changes.heights_b, _default(changes.settings_b)),
            )
            for number, changes in enumerate(sheets)
            if number in terms.alignments
        }
        self._equal: dict[str, bool] = {}
        self._trees = Trees(a, Placement(terms, heights), self._is_equal), Trees(b, Placement(), self._is_equal)
        self._same_terms = terms.same and all(
            _same(a, first, b, second)
            for kind in ("styles", "theme", "person")
            if (first := a.part(kind) or "") + (second := b.part(kind) or "")
        )

    def _is_equal(self, part: str) -> bool:
        """Whether a part of that name, with all that it points at, is the same bytes and means the same in both."""
        if part not in self._equal:
            a, b = self._books
            there = part in a.package.parts and part in b.package.parts
            self._equal[part] = self._same_terms and there and _same(a, part, b, part)
        return self._equal[part]

    def sheet(self, number: int) -> Iterator[Found]:
        """What differs on a pair of sheets."""
        pair, changes = self._pairs[number], self._changes[number]
        assert pair.a is not None and pair.b is not None
        a, b = self._books
        if self._same_terms and _same(a, pair.a.part, b, pair.b.part):
            return
        trees = [
            trees.sheet(sheet, root if len(root) else _root(book, sheet), number)
            for trees, book, sheet, root in zip(
                self._trees, self._books, (pair.a, pair.b), (changes.settings_a, changes.settings_b)
            )
        ]
        yield from Branches(*trees)

    def workbook(self) -> Iterator[Found]:
        """What differs in what belongs to no sheet."""
        yield from Branches(*(trees.workbook() for trees in self._trees))


def _same(a: Book, part_a: str, b: Book, part_b: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether two parts, and everything that they point at, are the same bytes."""
    if a.package.checksum(part_a) != b.package.checksum(part_b):
        return False
    ours, theirs = a.package.relationships(part_a), b.package.relationships(part_b)
    if ours.keys() != theirs.keys():
        return False
    for key, here in ours.items():
        there = theirs[key]
        if (here.kind, here.external, here.fragment) != (there.kind, there.external, there.fragment):
            return False
        if here.external:
            if here.target != there.target:
                return False
        elif here.target not in seen and not _same(a, here.target, b, there.target, seen | {part_a}):
            return False
    return True


def _root(book: Book, sheet: Sheet) -> xml.Element:
    return rows.settings(book.package, sheet.part) if sheet.kind == "worksheet" else book.package.xml(sheet.part)


def _default(sheet: xml.Element) -> float:
    element = sheet.find("sheetFormatPr")
    try:
        return float(element.get("defaultRowHeight", ROW)) if element is not None else ROW
    except ValueError:
        return ROW
