"""Where differences start: every cell that differs is an origin, or a consequence of cells that its formula reads."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracer.compare.cellwise import Change, Only, SheetChanges
from tracer.compare.difference import Role
from tracer.compare.graph import Graph, calculated, reach
from tracer.compare.intervals import Index
from tracer.xlsx.addresses import Range
from tracer.xlsx.book import Book
from tracer.xlsx.references import Reference, references, table_columns

#: So many reads of differing cells are followed; sums over sums of long columns have more. Roles stay exact beyond
#: it, but reach is not counted.
READS = 3_000_000


class Workbook:
    """One side: what its formulas refer to, and where its differing cells are.

    Attributes:
        names: differing defined names, to their nodes.
    """

    def __init__(self, book: Book, titles: Sequence[str | None], names: Mapping[tuple[str | None, str], int]) -> None:
        """
        Args:
            titles: of this side's sheets, by pair.
        """
        self._book = book
        self._order = {sheet.title.lower(): position for position, sheet in enumerate(book.sheets)}
        self._titles = [sheet.title.lower() for sheet in book.sheets]
        self._names = {((sheet or "").lower(), name.lower()): found for (sheet, name), found in book.names.items()}
        self._differing = {((sheet or "").lower(), name.lower()): node for (sheet, name), node in names.items()}
        self._indexes: dict[str, Index] = {}
        self._graph = Graph(0)
        self.titles = titles

    def add(self, pair: int, at: tuple[int, int] | None, node: int) -> None:
        """Say where a differing cell is; None for one that is not on this side."""
        if at is not None:
            self._index(pair).add(*at, node)

    def add_sheet(self, pair: int, node: int) -> None:
        """Say that only this side has a sheet."""
        self._index(pair).whole = node

    def _index(self, pair: int) -> Index:
        title = self.titles[pair]
        assert title is not None
        return self._indexes.setdefault(title.lower(), Index())

    def sort(self, graph: Graph) -> None:
        """All is added; what is read goes to a graph."""
        self._graph = graph
        for index in self._indexes.values():
            index.sort()

    def precedents(self, formula: str, pair: int, row: int) -> Iterator[int]:
        """What differs of what a formula reads, in groups or not; a node may come more than once."""
        yield from self._read(formula, self._title(pair), row, set())

    def area(self, pair: int, area: Range) -> Iterator[int]:
        """What differs in an area of a sheet."""
        if (title := self._title(pair)) in self._indexes:
            yield from self._indexes[title].within(area, self._graph)

    def _title(self, pair: int) -> str:
        return (self.titles[pair] or "").lower()

    def _read(self, formula: str, sheet: str, row: int, seen: set[tuple[str, str]]) -> Iterator[int]:
        for reference in references(formula):
            if reference.area is not None:
                for title in self._sheets(reference.sheet, sheet):
                    if title in self._indexes:
                        yield from self._indexes[title].within(reference.area, self._graph)
            else:
                yield from self._named(reference, sheet, row, seen)

    def _sheets(self, written: str | None, own: str) -> list[str]:
        """The sheets that a prefix means: `Jan:Mar` is every one in between; another workbook's is none."""
        if written is None:
            return [own]
        first, colon, last = written.lower().partition(":")
        if not colon or first not in self._order or last not in self._order:
            return [written.lower()]
        start, end = sorted((self._order[first], self._order[last]))
        return self._titles[start : end + 1]

    def _named(self, reference: Reference, sheet: str, row: int, seen: set[tuple[str, str]]) -> Iterator[int]:
        name = (reference.name or "").lower()
        scope = reference.sheet.lower() if reference.sheet else sheet
        for key in ((scope, name), ("", name)):
            if key in self._differing:
                yield self._differing[key]
            if key in self._names:
                if key not in seen:  # names may stand for names, many times over and in circles
                    seen.add(key)
                    yield from self._read(self._names[key].text, key[0] or sheet, row, seen)
                return
        table = self._book.tables.get(name)
        if table is not None and table.sheet.lower() in self._indexes:
            area = table.area
            written = [part.lower() for part in table_columns(reference.columns)]
            numbers = [area.left + i for i, column in enumerate(table.columns) if column.lower() in written]
            if numbers:
                area = area._replace(left=min(numbers), right=max(numbers))
            if "#this row" in written or "@" in reference.columns:
                area = area._replace(top=row, bottom=row)
            yield from self._indexes[table.sheet.lower()].within(area, self._graph)


@dataclass
class Causes:
    """
    Attributes:
        roles: of each node.
        order: the nodes in calculation order.
        reach: how many differing cells are computed from each origin; None where that was not counted.
    """

    roles: list[Role]
    order: list[int]
    reach: list[int | None]


def causes(
    changes: Sequence[Change],
    sheets: Sequence[SheetChanges],
    names: int,
    only: Sequence[tuple[int, Only | None]],
    a: Workbook,
    b: Workbook,
    follows: Sequence[tuple[Sequence[int], Sequence[int]]] = (),
) -> Causes:
    """Sort the differing cells into origins and consequences.

    The nodes are the changes, then the differing names, then what only one of the workbooks has.

    Args:
        sheets: by pair.
        names: how many names differ; what is computed with one is its consequence.
        only: the pair and what one of its sheets has; None for a sheet that has no other.
        follows: nodes, and those that follow from them though no formula says so, not even of formulas.
    """
    total = len(changes) + names + len(only)
    for node, change in enumerate(changes):
        if change.value:
            a.add(change.pair, change.at_a, node)
            b.add(change.pair, change.at_b, node)
    for node, (pair, part) in enumerate(only, len(changes) + names):
        if part is None:
            (a if b.titles[pair] is None else b).add_sheet(pair, node)
        else:
            for at in part.cells:
                (a if part.region.side == "a" else b).add(pair, at, node)
    graph = Graph(total)
    a.sort(graph)
    b.sort(graph)
    reads = bytearray(total)
    parts = [(pair, part) for pair, part in only if part is not None and part.region.computed]
    cells_a, cells_b = (
        [(pair, at) for pair, part in parts if part.region.side == side for at in part.cells] for side in ("a", "b")
    )
    cells_a += [(change.pair, change.at_a) for change in changes if change.at_a]
    cells_b += [(change.pair, change.at_b) for change in changes if change.at_b]
    arrays_a = _Arrays([found.arrays_a for found in sheets], cells_a)
    arrays_b = _Arrays([found.arrays_b for found in sheets], cells_b)
    readers = [
        *((node, _precedents(change, a, b, arrays_a, arrays_b)) for node, change in enumerate(changes)),
        *(
            (node, _read_by(pair, part, *((a, arrays_a) if part.region.side == "a" else (b, arrays_b))))
            for node, (pair, part) in enumerate(only, len(changes) + names)
            if part is not None and part.region.computed  # nothing explains what a person put in
        ),
    ]
    for node, precedents in readers:
        seen = {node}
        for source in precedents:
            if source not in seen:
                reads[node] = True
                if graph.edges > READS:
                    break
                seen.add(source)
                graph.edge(source, node)
    followed = bytearray(total)
    for sources, nodes in follows:
        group = graph.group(sources)
        for node in nodes:
            graph.edge(group, node)
            reads[node] = followed[node] = True
    places = [
        *((change.pair, *(change.at_b or change.at_a or (0, 0))) for change in changes),
        *[(-1, 0, 0)] * names,
        *((pair, *(part.region.area[:2] if part else (0, 0))) for pair, part in only),
    ]

    def starts(node: int) -> bool:
        return not reads[node] or (node < len(changes) and changes[node].formula and not followed[node])

    calculation = calculated(graph, places)
    roles: list[Role] = ["origin" if starts(node) else "consequence" for node in range(total)]
    for members in calculation.circles:
        if not any(map(starts, members)):
            for node in members:
                roles[node] = "origin"
    if graph.edges > READS:
        return Causes(roles, calculation.order, [None for _ in range(total)])
    origins = [node for node in range(total) if roles[node] == "origin"]
    return Causes(roles, calculation.order, reach(graph, calculation, origins))


def _read_by(pair: int, part: Only, side: Workbook, arrays: _Arrays) -> Iterator[int]:
    """What the cells of a region read."""
    for row, text in part.formulas:
        yield from side.precedents(text, pair, row)
    for _, text in dict.fromkeys(found for at in part.cells for found in arrays.formulas(pair, *at)):
        yield from side.precedents(text, pair, part.region.area.top)


class _Arrays:
    """Which array formula fills a cell that has none of its own."""

    def __init__(
        self, sheets: Sequence[Sequence[tuple[Range, str]]], cells: Iterable[tuple[int, tuple[int, int]]]
    ) -> None:
        """
        Args:
            sheets: the areas and formulas, by pair.
            cells: pair and place of those that will be asked for.
        """
        rows: dict[int, set[int]] = {}
        for pair, at in cells:
            rows.setdefault(pair, set()).add(at[0])
        self._rows: dict[tuple[int, int], list[tuple[Range, str]]] = {}
        entries = 0
        for pair, wanted in rows.items():
            ordered = sorted(wanted)
            for area, text in sheets[pair]:
                for position in range(bisect_left(ordered, area.top), len(ordered)):
                    if ordered[position] > area.bottom or entries >= READS:
                        break
                    entries += 1
                    self._rows.setdefault((pair, ordered[position]), []).append((area, text))

    def formulas(self, pair: int, row: int, column: int) -> Iterator[tuple[Range, str]]:
        return ((area, text) for area, text in self._rows.get((pair, row), ()) if area.left <= column <= area.right)


def _precedents(change: Change, a: Workbook, b: Workbook, arrays_a: _Arrays, arrays_b: _Arrays) -> Iterator[int]:
    sides = ((a, arrays_a, change.at_a, change.a), (b, arrays_b, change.at_b, change.b))
    for side, arrays, at, cell in sides:
        if at is None:
            continue
        if cell is not None and cell.formula is not None:
            yield from side.precedents(cell.formula.text, change.pair, at[0])
            if cell.formula.kind == "table" and cell.formula.area is not None:
                yield from _table(side, change.pair, at, cell.formula.area, cell.formula.text)
        else:
            for area, text in arrays.formulas(change.pair, *at):
                yield from side.precedents(text, change.pair, at[0])
                if text.startswith("TABLE("):
                    yield from _table(side, change.pair, at, area, text)


def _table(side: Workbook, pair: int, at: tuple[int, int], area: Range, text: str) -> Iterator[int]:
    """What a cell of a data table is computed from: the inputs and formulas above and left of the table.

    A column of inputs has its formulas above the table, a row of inputs has them left of it, and both have one, in the
    corner.
    """
    row, column = at
    read = [(area.top - 1, column), (row, area.left - 1)]
    if all(text.removeprefix("TABLE(").removesuffix(")").split(",")):
        read.append((area.top - 1, area.left - 1))
    for top, left in read:
        if top and left:
            yield from side.area(pair, Range(top, left, top, left))
