"""What differs beside what cells hold: how they look, the sheets, their settings, the document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tracer.compare import settings
from tracer.compare.branches import Found
from tracer.compare.cellwise import SheetChanges
from tracer.compare.difference import Difference, told
from tracer.compare.document import Document
from tracer.compare.labels import Labels
from tracer.compare.pairing import Pair, moved
from tracer.compare.scope import Scope
from tracer.compare.terms import Terms
from tracer.xlsx.addresses import COLUMNS, ROWS, Range, ranges
from tracer.xlsx.book import Book


class Beside:
    """
    Args:
        pairs: the sheets of both workbooks.
        labels: of B.
    """

    def __init__(self, a: Book, b: Book, pairs: list[Pair], scope: Scope, terms: Terms, labels: Labels) -> None:
        self.a, self.b, self.pairs, self.scope, self.terms, self.labels = a, b, pairs, scope, terms, labels

    def differences(self, sheets: Sequence[SheetChanges]) -> Iterator[Difference]:
        """
        Args:
            sheets: by pair.
        """
        for number, changes in enumerate(sheets):
            yield from self._looks(number, changes)
        yield from self._structure()
        yield from self._settings(sheets)
        yield from self._names()
        yield from self._properties()

    def _looks(self, number: int, changes: SheetChanges) -> Iterator[Difference]:
        """Cells that look otherwise: those that changed alike on a sheet are one difference."""
        pair, alignment = self.pairs[number], self.terms.alignments.get(number)
        for (kind, before, after), cells in changes.looks.items():
            areas = [Range(row, 1, row, COLUMNS) for row, column in cells if not column]
            areas += [Range(1, column, ROWS, column) for row, column in cells if not row]
            areas += ranges((row, column) for row, column in cells if row and column)
            here = [at for cell in cells if all(cell) and (at := alignment.to_a(*cell))] if alignment else []
            yield Difference(
                kind,
                pair.title,
                " ".join(map(str, areas)),
                told(before),
                told(after),
                label=self._one_label(pair, areas),
                cells=len(cells),
                address_before=" ".join(map(str, ranges(here))),
            )
        for (before, after), rows in changes.rows.items():
            areas = ranges((row, 1) for row in rows)
            listed = " ".join(f"{area.top}:{area.bottom}" for area in areas)
            yield Difference("widths", pair.title, listed, told(before), told(after), label="rows", cells=0)

    def _one_label(self, pair: Pair, areas: list[Range]) -> str:
        """The block that the cells are, where they are one."""
        for name, area in self.labels.blocks(pair.title).items():
            if [area] == areas:
                return f"{self.labels.sheet(pair.title)} · {name}"
        return ""

    def _structure(self) -> Iterator[Difference]:
        """Sheets added, removed, renamed, moved or hidden."""
        if "sheets" not in self.scope.kinds:
            return
        elsewhere = moved(self.a, self.b, self.pairs)
        orders = [{sheet.title: number for number, sheet in enumerate(book.sheets, 1)} for book in (self.a, self.b)]

        def found(title: str, before: str, after: str) -> Difference:
            return Difference("sheets", title, "", told(before), told(after), label="sheet", cells=0)

        for pair in self.pairs:
            if not self.scope.whole_sheet(pair.title):
                continue
            if pair.a is None or pair.b is None:
                continue  # nodes of their own: cells may be computed from them
            if pair.renamed:
                yield found(pair.title, f"titled {pair.a.title!r}", f"titled {pair.b.title!r}")
            if pair.a.kind != pair.b.kind:
                yield found(pair.title, pair.a.kind, pair.b.kind)
            if pair.a.state != pair.b.state:
                yield found(pair.title, pair.a.state, pair.b.state)
            if pair.title in elsewhere:
                yield found(pair.title, f"tab {orders[0][pair.a.title]}", f"tab {orders[1][pair.title]}")

    def _settings(self, sheets: Sequence[SheetChanges]) -> Iterator[Difference]:
        """Merged cells, widths, and everything else that stands beside the cells."""
        if self.scope.kinds.isdisjoint(("merges", "widths", "settings", "charts", "parts")):
            return
        document = Document(self.a, self.b, self.pairs, self.terms, list(sheets))
        for number, (pair, changes) in enumerate(zip(self.pairs, sheets)):
            if pair.a is None or pair.b is None or not self.scope.whole_sheet(pair.title):
                continue
            alignment = self.terms.alignments.get(number)
            for kind, cells, before, after in settings.compare(changes.settings_a, changes.settings_b, alignment):
                if kind in self.scope.kinds:
                    label = "columns" if kind == "widths" else ""
                    yield Difference(kind, pair.title, cells, told(before), told(after), label=label, cells=0)
            yield from self._together(pair.title, document.sheet(number))
        if self.scope.document:
            yield from self._together(None, document.workbook())

    def _together(self, sheet: str | None, found: Iterable[Found]) -> Iterator[Difference]:
        """What differs alike at several places is one difference."""
        groups: dict[Found, list[str]] = {}
        for entry in found:
            if entry.kind in self.scope.kinds:
                groups.setdefault(entry._replace(address=""), []).append(entry.address)
        for (kind, label, _, before, after), addresses in groups.items():
            address = " ".join(filter(None, dict.fromkeys(addresses)))
            label = label or ("sheet" if sheet else "workbook")
            yield Difference(kind, sheet, address, told(before), told(after), label=label, cells=0)

    def _names(self) -> Iterator[Difference]:
        """What is said of defined names beside what they stand for."""
        if "names" not in self.scope.kinds:
            return
        ours = {(sheet and self.terms.title(sheet), name): found for (sheet, name), found in self.a.names.items()}
        for key in ours.keys() & self.b.names.keys():
            sheet, name = key
            marks = [dict(found.marks) for found in (ours[key], self.b.names[key])]
            if marks[0] != marks[1] and self.scope.name(name, sheet):
                sides = [_marked(side) for side in marks]
                yield Difference("names", sheet, "", told(sides[0]), told(sides[1]), label=f"name {name}", cells=0)

    def _properties(self) -> Iterator[Difference]:
        if "properties" not in self.scope.kinds or not self.scope.document:
            return
        ours, theirs = self.a.properties, self.b.properties
        types_a, types_b = self.a.property_types, self.b.property_types
        for name in {**ours, **theirs}:
            before, after = ours.get(name), theirs.get(name)
            if before == after and types_a.get(name) != types_b.get(name):
                before, after = f"{before} ({types_a.get(name)})", f"{after} ({types_b.get(name)})"
            if before != after:
                yield Difference("properties", None, "", told(before), told(after), label=f"property {name}", cells=0)


def _marked(marks: Mapping[str, str]) -> str:
    words = ["hidden" if marks.get("hidden") == "1" else "shown"]
    return ", ".join([*words, *(f"{key} {value}" for key, value in marks.items() if key != "hidden")])
