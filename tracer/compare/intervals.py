"""Which differing cells are in a range: columns of cells, in groups that ranges are put together from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from tracer.compare.graph import Graph
from tracer.xlsx.addresses import Range

#: So few cells are read one by one; more are a group.
FEW = 8


class Column:
    """The differing cells of a column, from the top; a run of them is few groups (a segment tree, made as needed)."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, int]] = []
        self._groups: dict[int, int] = {}

    def add(self, row: int, node: int) -> None:
        self._entries.append((row, node))

    def sort(self) -> None:
        self._entries.sort()

    def within(self, top: int, bottom: int, graph: Graph) -> list[int]:
        """Nodes that together are those of the cells from one row to another."""
        entries = self._entries
        start, stop = bisect_left(entries, (top, -1)), bisect_left(entries, (bottom + 1, -1))
        if stop - start <= FEW:
            return [node for _, node in entries[start:stop]]
        # Place i of a heap has its halves at 2i and 2i + 1; the cells are its last places.
        found: list[int] = []
        low, high = start + len(entries), stop + len(entries)
        while low < high:
            if low & 1:
                found.append(self._group(low, graph))
                low += 1
            if high & 1:
                high -= 1
                found.append(self._group(high, graph))
            low, high = low // 2, high // 2
        return found

    def _group(self, at: int, graph: Graph) -> int:
        if at >= len(self._entries):
            return self._entries[at - len(self._entries)][1]
        if at not in self._groups:
            self._groups[at] = graph.group([self._group(2 * at, graph), self._group(2 * at + 1, graph)])
        return self._groups[at]


class Index:
    """Differing cells of one sheet, for questions about ranges.

    Attributes:
        whole: the node of the sheet, where the other workbook does not have it.
    """

    def __init__(self) -> None:
        self.whole: int | None = None
        self._columns: dict[int, Column] = {}
        self._areas: dict[Range, list[int]] = {}

    def add(self, row: int, column: int, node: int) -> None:
        if column not in self._columns:
            self._columns[column] = Column()
        self._columns[column].add(row, node)

    def sort(self) -> None:
        for column in self._columns.values():
            column.sort()

    def within(self, area: Range, graph: Graph) -> list[int]:
        """Nodes that together are those of the cells in an area."""
        if area not in self._areas:
            nodes = self._within(area, graph)
            # The same area is read often.
            self._areas[area] = nodes if len(nodes) <= FEW else [graph.group(nodes)]
        return self._areas[area]

    def _within(self, area: Range, graph: Graph) -> list[int]:
        nodes = [] if self.whole is None else [self.whole]
        if area.right - area.left < len(self._columns):
            columns: Iterable[int] = range(area.left, area.right + 1)
        else:
            columns = sorted(column for column in self._columns if area.left <= column <= area.right)
        for column in columns:
            if column in self._columns:
                nodes += self._columns[column].within(area.top, area.bottom, graph)
        return nodes
