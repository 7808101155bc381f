"""Two workbooks: what differs, and where it starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from tracer.compare import blocks, insertions
from tracer.compare.aligned import AlignedComparison
from tracer.compare.alignment import Blocks
from tracer.compare.beside import Beside
from tracer.compare.causes import Causes, Workbook, causes
from tracer.compare.cellwise import CellComparison, Change, Only, SheetChanges, Tables
from tracer.compare.criteria import Criteria
from tracer.compare.difference import KINDS, Diff, Difference, Side, cell_side, size, told
from tracer.compare.labels import Labels
from tracer.compare.looks import laid_out
from tracer.compare.pairing import Pair, pairs
from tracer.compare.programs import program
from tracer.compare.recalculation import RecalculatedBook, lacks_values, recalculated
from tracer.compare.rowwise import RowComparison, ShiftedError
from tracer.compare.runs import Run, run
from tracer.compare.scope import Scope
from tracer.compare.terms import Terms
from tracer.numbers import count
from tracer.xlsx.addresses import address
from tracer.xlsx.book import Book, Sheet
from tracer.xlsx.cells import Cell, Formula

_C = TypeVar("_C", bound=CellComparison)
#: A defined name: the title of its sheet (None for the whole workbook), and the name.
Key = tuple[str | None, str]
#: Kinds from which the values of formulas follow.
_UPSTREAM = ("values", "formulas", "insertions", "names", "sheets")


def compare(a: Book, b: Book, criteria: Criteria) -> Diff:
    """What differs between two workbooks.

    Raises:
        TracerError: a file is damaged, or an entry of `only` or `ignore` names nothing.
    """
    found = _Comparison(a, b, criteria)
    diff = found.run()
    lacking = found.lacking(diff)
    if not lacking:
        return diff
    books, note = recalculated([(a, b)[side] for side in lacking], criteria)
    if not note:
        return diff
    if not isinstance(books[0], RecalculatedBook):
        return replace(diff, notes=(*diff.notes, note))
    sides = dict(zip(lacking, books))
    diff = _Comparison(sides.get(0, a), sides.get(1, b), criteria).run()
    return replace(diff, notes=(*diff.notes, note), recalculated=True)


class _Comparison:
    def __init__(self, a: Book, b: Book, criteria: Criteria) -> None:
        self.a, self.b, self.tolerance = a, b, criteria.tolerance
        self.labels_a, self.labels_b = Labels(a), Labels(b)
        self.pairs = pairs(a, b)
        self.scope = Scope(criteria.only, criteria.ignore, (a, b), self.pairs)
        self.terms = Terms(self.pairs)
        self.run_of_ours = Run()
        self.lacking_a = self.lacking_b = False

    def lacking(self, diff: Diff) -> list[int]:
        """Which of the two (0, 1) lack values that are needed to tell what differs."""
        upstream = any(entry.kind in _UPSTREAM for entry in diff)
        if not upstream and self.lacking_a == self.lacking_b:
            return []
        return [side for side, lacks in enumerate((self.lacking_a, self.lacking_b)) if lacks]

    def run(self) -> Diff:
        sheets = self._sheets()
        self._look_for_values(sheets)
        names = dict(self._names())
        computed = self._cells(sheets, names)
        # A name or a sheet that no differing cell reads starts nothing.
        idle = [found for found in computed if _is_idle(found)]
        computed = [found for found in computed if not _is_idle(found)]
        beside = Beside(self.a, self.b, self.pairs, self.scope, self.terms, self.labels_b)
        rest = [*idle, *beside.differences(sheets)]
        order = list(KINDS)
        rest.sort(key=lambda found: order.index(found.kind))
        computed, rest = laid_out(computed, rest, self._relaid(), self.run_of_ours)
        origins = [found for found in computed if found.role == "origin"]
        consequences = [found for found in computed if found.role == "consequence"]
        unknown = self.lacking_a or self.lacking_b
        compared = sum(pair.a is not None and pair.b is not None for pair in self.pairs)
        titles = {pair.title: pair.a.title for pair in self.pairs if pair.a}
        found = tuple(_before(entry, titles) for entry in (*origins, *rest, *consequences))
        if unknown:
            found = tuple(
                replace(entry, reaches=None) if entry.role == "origin" and entry.kind in _UPSTREAM else entry
                for entry in found
            )
        programs = program(self.a), program(self.b)
        return Diff(self.a.name, self.b.name, found, compared, unknown, programs=programs)

    @property
    def _computes(self) -> bool:
        return isinstance(self.a, RecalculatedBook) or isinstance(self.b, RecalculatedBook)

    def _look_for_values(self, sheets: list[SheetChanges]) -> None:
        """Note whether the formulas of either have no values; on sheets that are the same, only where others differ."""
        self.lacking_a = any(changes.lacking_a for changes in sheets)
        self.lacking_b = any(changes.lacking_b for changes in sheets)
        same = [pair for pair, changes in zip(self.pairs, sheets) if changes.same]
        if (self.lacking_a and self.lacking_b) or len(same) == len(self.pairs):
            return
        for pair in same:
            if pair.b is not None and pair.b.kind == "worksheet" and lacks_values(self.b, pair.b):
                self.lacking_a = self.lacking_a or not isinstance(self.a, RecalculatedBook)
                self.lacking_b = self.lacking_b or not isinstance(self.b, RecalculatedBook)

    def _sheets(self) -> list[SheetChanges]:
        """The cells of each pair of sheets."""
        tables = Tables(self.a, self.b)
        found = [self._sheet(number, pair, tables) for number, pair in enumerate(self.pairs)]
        if not self.terms.alignments:
            return found
        # Where cells stand elsewhere on one sheet, formulas of every sheet may speak of them.
        return [self._in_other_terms(number, changes, tables) for number, changes in enumerate(found)]

    def _sheet(self, number: int, pair: Pair, tables: Tables) -> SheetChanges:
        if pair.a is None or pair.b is None or not self.scope.sheet(pair.title):
            return SheetChanges()
        if tables.complete and self._same_sheet(pair.a, pair.b) and not self._computes:
            return SheetChanges(same=True)
        if pair.a.kind != "worksheet" or pair.b.kind != "worksheet":
            return SheetChanges()
        blocks_a, blocks_b = self.labels_a.blocks(pair.a.title), self.labels_b.blocks(pair.b.title)
        if blocks_a and blocks_b and blocks_a != blocks_b:
            self.terms.alignments[number] = blocks.align((self.a, pair.a, blocks_a), (self.b, pair.b, blocks_b))
            return SheetChanges()  # which cells differ is seen when all alignments are known
        comparison = self._comparison(RowComparison, number, tables)
        comparison.hasty = True
        try:
            changes = comparison.run()
            shifted = comparison.shifted
        except ShiftedError:
            changes, shifted = None, True
        if shifted and (grid := insertions.find((self.a, pair.a), (self.b, pair.b))):
            self.terms.alignments[number] = grid
            return SheetChanges()  # which cells differ is seen when all alignments are known
        if changes is None:
            comparison.hasty = False
            changes = comparison.run()
        return changes

    def _comparison(self, kind: type[_C], number: int, tables: Tables) -> _C:
        pair = self.pairs[number]
        assert pair.a is not None and pair.b is not None
        return kind(
            number,
            (self.a, pair.a),
            (self.b, pair.b),
            tables,
            self.scope,
            self.tolerance,
            lambda ours, theirs: self.terms.agree(ours, theirs, number),
        )

    def _in_other_terms(self, number: int, changes: SheetChanges, tables: Tables) -> SheetChanges:
        if number in self.terms.alignments:
            return self._comparison(AlignedComparison, number, tables).run(self.terms.alignments[number])
        for change in changes.cells:
            ours, theirs = change.a and change.a.formula, change.b and change.b.formula
            if ours and theirs and change.formula:
                change.formula = not self.terms.agree(ours, theirs, number)
        changes.cells = [change for change in changes.cells if change.value or change.formula]
        return changes

    def _same_sheet(self, ours: Sheet, theirs: Sheet) -> bool:
        """Whether two sheets are the same bytes."""
        return self.a.package.checksum(ours.part) == self.b.package.checksum(theirs.part)

    def _relaid(self) -> set[str]:
        """The titles of sheets of ours whose blocks stand elsewhere."""
        numbers = self.terms.alignments
        return {self.pairs[number].title for number in numbers if isinstance(numbers[number], Blocks)}

    def _names(self) -> Iterator[tuple[Key, Difference]]:
        """Defined names whose meaning differs, by sheet (its title in B) and name."""
        if "names" not in self.scope.kinds:
            return
        ours = {(sheet and self.terms.title(sheet), name): found for (sheet, name), found in self.a.names.items()}
        theirs = self.b.names
        gone = {pair.title for pair in self.pairs if pair.a is None or pair.b is None}
        for key in {**ours, **theirs}:
            sheet, name = key
            if sheet in gone or not self.scope.name(name, sheet):
                continue
            before, after = ours.get(key), theirs.get(key)
            if before and after and self.terms.agree(Formula(before.text), Formula(after.text)):
                continue
            ours_says, theirs_says = (told(f"={found.text}" if found else None) for found in (before, after))
            yield key, Difference("names", sheet, "", ours_says, theirs_says, label=f"name {name}", cells=0)

    def _cells(self, sheets: list[SheetChanges], names: dict[Key, Difference]) -> list[Difference]:
        """Cells and names, in calculation order with their roles."""
        changes = [change for found in sheets for change in found.cells]
        nodes = {key: node for node, key in enumerate(names, len(changes))}
        known = list(names.values())
        only = [*self._only(sheets), *((n, None) for n, pair in enumerate(self.pairs) if not (pair.a and pair.b))]
        back = {pair.title: pair.a.title for pair in self.pairs if pair.a}
        sides = (
            Workbook(
                self.a,
                [pair.a.title if pair.a else None for pair in self.pairs],
                {(sheet and back.get(sheet, sheet), name): node for (sheet, name), node in nodes.items()},
            ),
            Workbook(self.b, [pair.b.title if pair.b else None for pair in self.pairs], nodes),
        )
        self.run_of_ours = run(changes, [sheet for sheet, _ in names], only, self.pairs, self.labels_a, self.labels_b)
        result = causes(changes, sheets, len(names), only, *sides, self.run_of_ours.follows)
        found: list[Difference] = []
        for node in result.order:
            if node < len(changes):
                found.append(self._cell(changes[node], result, node))
            elif node < len(changes) + len(names):
                found.append(replace(known[node - len(changes)], role=result.roles[node], reaches=result.reach[node]))
            else:
                pair, part = only[node - len(changes) - len(names)]
                if entry := self._one_sided(pair, part):
                    found.append(replace(entry, role=result.roles[node], reaches=result.reach[node]))
        return found

    def _only(self, sheets: list[SheetChanges]) -> Iterator[tuple[int, Only]]:
        """Rows, columns and parts of blocks that only one of two sheets has, as far as they are compared."""
        for number, changes in enumerate(sheets):
            title = self.pairs[number].title
            for part in changes.only if "insertions" in self.scope.kinds else ():
                if self.scope.whole_sheet(title) or any(self.scope.cell(title, *at) for at in part.cells):
                    yield number, part

    def _one_sided(self, number: int, part: Only | None) -> Difference | None:
        """What only one of the workbooks has, as a difference; a sheet only where sheets are compared."""
        pair = self.pairs[number]
        if part is None:
            if "sheets" not in self.scope.kinds or not self.scope.sheet(pair.title):
                return None
            sides = told("there" if pair.a else "not there"), told("there" if pair.b else "not there")
            return Difference("sheets", pair.title, "", *sides, label="sheet", cells=0)
        region, in_a = part.region, part.region.side == "a"
        there, gone = told(count(len(part.cells), "cell")), told("not there")
        label = region.label
        if region.computed:
            labels, title = (self.labels_a, pair.a) if in_a else (self.labels_b, pair.b)
            label = f"{labels.sheet(title.title)} · {label}"  # type: ignore[union-attr]
        return Difference(
            "insertions",
            pair.title,
            "" if in_a else str(region.area),
            there if in_a else gone,
            gone if in_a else there,
            label=label,
            cells=len(part.cells),
            address_before=str(region.area) if in_a else "",
        )

    def _cell(self, change: Change, result: Causes, node: int) -> Difference:
        pair = self.pairs[change.pair]
        assert pair.a is not None
        sides = ((self.a, change.a), (self.b, change.b))
        formats = [book.styles.format(cell.style) if cell else "" for book, cell in sides]
        before, after = self._sides(sides, formats, change.formula)
        if before.shown == after.shown:  # as two moments within a millisecond are
            before, after = self._sides(sides, ["General", "General"], change.formula)
        return Difference(
            "formulas" if change.formula else "values",
            pair.title,
            address(*change.at_b) if change.at_b else "",
            before,
            after,
            label=(change.at_b and self.labels_b.cell(pair.title, *change.at_b))
            or (change.at_a and self.labels_a.cell(pair.a.title, *change.at_a))
            or "",
            role=result.roles[node],
            reaches=result.reach[node] if result.roles[node] == "origin" else 0,
            size=size(before.value, after.value) if change.value else None,
            address_before=address(*change.at_a) if change.at_a else "",
        )

    def _sides(
        self, sides: Iterable[tuple[Book, Cell | None]], formats: Sequence[str], formula: bool
    ) -> tuple[Side, Side]:
        before, after = (
            cell_side(cell, number_format, book.date1904, formula=formula)
            for (book, cell), number_format in zip(sides, formats)
        )
        return before, after


def _is_idle(found: Difference) -> bool:
    return found.kind in ("names", "sheets") and found.reaches == 0


def _before(found: Difference, titles: Mapping[str, str]) -> Difference:
    """With its place in A."""
    at = found.address_before if found.kind in ("values", "formulas", "insertions") else found.address
    return replace(found, sheet_before=titles.get(found.sheet or ""), address_before=found.address_before or at)
