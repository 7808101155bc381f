"""Rows and columns that were put into a sheet of any program, or taken out: found by what the others hold."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from tracer.compare.alignment import Grid, Lines
from tracer.xlsx.addresses import COLUMNS, ROWS
from tracer.xlsx.book import Book, Sheet
from tracer.xlsx.canonical import skeleton
from tracer.xlsx.cells import Cell

T = TypeVar("T")

#: Larger sheets are compared cell by cell at their addresses.
CELLS = 4_000_000
#: So many cells of a column are looked at to tell it from others.
SAMPLE = 2000
#: So many pairs of lines are weighed for what stands between lines that are surely the same.
PAIRS = 40_000
#: What it is worth to take two lines for one that changed, beside how alike they are.
ANY = 0.05


class Content:
    """What a sheet holds, as numbers that are equal where the cells do the same: a row as columns and contents.

    The content of a formula is what it does, without the cells that it reads: those move with the lines.
    """

    def __init__(self, book: Book, sheet: Sheet) -> None:
        self.rows: dict[int, tuple[array[int], array[int]]] = {}
        self.columns: dict[int, Counter[int]] = {}
        self.cells = 0
        for row, column, cell in book.cells(sheet):
            if cell.value is None and cell.formula is None:
                continue
            self.cells += 1
            if self.cells > CELLS:
                return
            content = _content(cell)
            if row not in self.rows:
                self.rows[row] = array("H"), array("q")
            self.rows[row][0].append(column)
            self.rows[row][1].append(content)
            counted = self.columns.setdefault(column, Counter())
            if counted.total() < SAMPLE:
                counted[content] += 1
                if cell.formula is not None and cell.value is not None:
                    counted[hash(cell.value)] += 1  # tells columns apart that do the same with different numbers

    def row(self, number: int, column: Callable[[int], int | None]) -> frozenset[tuple[int, int]]:
        """A row as pairs of column, as it is known to the other sheet, and content."""
        columns, contents = self.rows.get(number, ((), ()))
        found = ((column(at), content) for at, content in zip(columns, contents))
        return frozenset((at, content) for at, content in found if at is not None)


def _content(cell: Cell) -> int:
    if cell.formula is not None:
        return hash(skeleton(cell.formula.text).text)
    return hash((type(cell.value).__name__, cell.value))


def find(a: tuple[Book, Sheet], b: tuple[Book, Sheet]) -> Grid | None:
    """The lines put in and taken out, where that explains more than it leaves; else None.

    Raises:
        TracerError: a sheet is damaged.
    """
    ours, theirs = Content(*a), Content(*b)
    if max(ours.cells, theirs.cells) > CELLS:
        return None
    columns = lines(
        [ours.columns.get(column, Counter()) for column in range(1, max(ours.columns, default=0) + 1)],
        [theirs.columns.get(column, Counter()) for column in range(1, max(theirs.columns, default=0) + 1)],
        lambda counted: hash(frozenset(counted.items())),
        _counted_alike,
        COLUMNS,
    )
    rows = lines(
        [ours.row(number, columns.to_b) for number in range(1, max(ours.rows, default=0) + 1)],
        [theirs.row(number, _kept(columns)) for number in range(1, max(theirs.rows, default=0) + 1)],
        hash,
        lambda x, y: len(x & y) / (max(len(x), len(y)) or 1),
        ROWS,
    )
    if not rows and not columns:
        return None
    here, found = Grid(Lines((), (), ROWS), Lines((), (), COLUMNS)), Grid(rows, columns)
    return found if _unexplained(found, ours, theirs) + 1 < _unexplained(here, ours, theirs) else None


def _kept(columns: Lines) -> Callable[[int], int | None]:
    """The columns of B that A has as well."""
    return lambda column: None if columns.to_a(column) is None else column


def _unexplained(grid: Grid, ours: Content, theirs: Content) -> int:
    """How many cells differ, and how many lines were put in or taken out."""
    found = sum(len(columns) for columns, _ in theirs.rows.values())
    for number, (columns, contents) in ours.rows.items():
        row = grid.rows.to_b(number)
        there = dict(zip(*theirs.rows.get(row, ((), ())))) if row else {}
        for column, content in zip(columns, contents):
            at = grid.columns.to_b(column)
            if at is None or at not in there:
                found += 1
            else:
                found -= there[at] == content
    return found + len(grid.regions)


def _counted_alike(x: Counter[int], y: Counter[int]) -> float:
    return (x & y).total() / (max(x.total(), y.total()) or 1)


def lines(
    a: Sequence[T], b: Sequence[T], key: Callable[[T], Hashable], alike: Callable[[T, T], float], most: int
) -> Lines:
    """Which of two sequences of rows (or columns) belong together, in order.

    First those that are surely the same: equal at the start and end, then equal and there only once, and what is equal
    beside them. What stands between is weighed pair by pair.

    Args:
        key: of a line; equal keys are equal lines.
        alike: from 0 to 1.
        most: how many lines a sheet has.
    """
    keys_a, keys_b = [key(line) for line in a], [key(line) for line in b]
    removed: list[int] = []
    added: list[int] = []
    i = j = 0
    for next_i, next_j in (*_anchors(keys_a, keys_b), (len(a), len(b))):
        for x, y in _between(a[i:next_i], b[j:next_j], alike):
            if y is None and x is not None:
                removed.append(i + x + 1)
            elif x is None and y is not None:
                added.append(j + y + 1)
        i, j = next_i + 1, next_j + 1
    return Lines(removed, added, most)


def _anchors(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs of equal lines, in order (the idea of patience diff)."""
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    stop = 0
    while stop < min(len(a), len(b)) - start and a[-1 - stop] == b[-1 - stop]:
        stop += 1
    end_a, end_b = len(a) - stop, len(b) - stop
    found = [(at, at) for at in range(start)]
    counts_a, counts_b = Counter(a[start:end_a]), Counter(b[start:end_b])
    places = {line: at for at, line in enumerate(b[start:end_b], start)}
    unique = [
        (at, places[line])
        for at, line in enumerate(a[start:end_a], start)
        if counts_a[line] == 1 and counts_b[line] == 1
    ]
    i = j = start
    for x, y in (*_rising(unique), (end_a, end_b)):
        while i < x and j < y and a[i] == b[j]:  # equal ones after the last anchor
            found.append((i, j))
            i, j = i + 1, j + 1
        back: list[tuple[int, int]] = []
        while x - len(back) > i and y - len(back) > j and a[x - len(back) - 1] == b[y - len(back) - 1]:
            back.append((x - len(back) - 1, y - len(back) - 1))
        found += reversed(back)
        if x < end_a:
            found.append((x, y))
        i, j = x + 1, y + 1
    return found + [(end_a + at, end_b + at) for at in range(stop)]


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs, in the order of the first, whose second rises (patience sorting)."""
    tails: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for at, (_, y) in enumerate(pairs):
        pile = bisect_left(tails, y)
        if pile == len(tails):
            tails.append(y)
            tops.append(at)
        else:
            tails[pile], tops[pile] = y, at
        before.append(tops[pile - 1] if pile else -1)
    found, at = [], tops[-1] if tops else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _between(a: Sequence[T], b: Sequence[T], alike: Callable[[T, T], float]) -> Iterator[tuple[int | None, int | None]]:
    """Lines between two anchors: as many as can be are taken for lines that changed, those that are most alike."""
    if len(a) == len(b) == 1 or not a or not b or len(a) * len(b) > PAIRS:
        for at in range(max(len(a), len(b))):
            yield at if at < len(a) else None, at if at < len(b) else None
        return
    # best[i][j]: of the lines from i and j on.
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    worth = [[ANY + alike(x, y) for y in b] for x in a]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            best[i][j] = max(worth[i][j] + best[i + 1][j + 1], best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(a) and j < len(b):
        if best[i][j] == worth[i][j] + best[i + 1][j + 1]:
            yield i, j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield i, None
            i += 1
        else:
            yield None, j
            j += 1
    yield from ((at, None) for at in range(i, len(a)))
    yield from ((None, at) for at in range(j, len(b)))
