"""What differs beside what cells hold: how they look, the sheets, their settings, the document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer.compare import document, settings
from tracer.compare.cellwise import SheetChanges
from tracer.compare.difference import Difference, told
from tracer.compare.labels import Labels
from tracer.compare.pairing import Pair, moved
from tracer.compare.scope import Scope
from tracer.compare.terms import Terms
from tracer.xlsx.addresses import COLUMNS, ROWS, Range, ranges
from tracer.xlsx.book import Book
from tracer.xlsx.cells import Formula


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
        yield from self._document()

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
        if self.scope.kinds.isdisjoint(("merges", "widths", "settings")):
            return
        looks_a, looks_b = self.a.conditional_looks, self.b.conditional_looks
        for number, (pair, changes) in enumerate(zip(self.pairs, sheets)):
            if pair.a is None or pair.b is None or not self.scope.whole_sheet(pair.title):
                continue
            for kind, cells, before, after in settings.compare(
                changes.settings_a,
                changes.settings_b,
                self.a.package.relationships(pair.a.part),
                self.b.package.relationships(pair.b.part),
                looks_a,
                looks_b,
                self.terms.alignments.get(number),
            ):
                if kind in self.scope.kinds:
                    label = "columns" if kind == "widths" and cells else ""
                    yield Difference(kind, pair.title, cells, told(before), told(after), label=label, cells=0)
        if "settings" in self.scope.kinds and self.scope.document and self.a.date1904 != self.b.date1904:
            said = [f"dates count from {1904 if book.date1904 else 1900}" for book in (self.a, self.b)]
            yield Difference("settings", None, "", told(said[0]), told(said[1]), label="workbook", cells=0)

    def _document(self) -> Iterator[Difference]:
        if not self.scope.document:
            return
        if "properties" in self.scope.kinds:
            ours, theirs = self.a.properties, self.b.properties
            for name in {**ours, **theirs}:
                if ours.get(name) != theirs.get(name):
                    sides = told(ours.get(name)), told(theirs.get(name))
                    yield Difference("properties", None, "", *sides, label=f"property {name}", cells=0)
        if self.scope.kinds.isdisjoint(("parts", "charts")):
            return
        titles = {pair.title for pair in self.pairs if pair.a is not None and pair.b is not None}
        for kind, sheet, label, before, after in document.compare(
            self.a,
            self.b,
            self.terms.title,
            lambda ours, theirs: self.terms.agree(Formula(ours), Formula(theirs)),
        ):
            if kind in self.scope.kinds and (sheet is None or (sheet in titles and self.scope.whole_sheet(sheet))):
                yield Difference(kind, sheet, "", told(before), told(after), label=label, cells=0)
