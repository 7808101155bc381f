"""Rows and columns that were put into a sheet of any program, or taken out: found by what the others hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from tracer.compare.alignment import Grid, Lines
from tracer.compare.contents import Contents, column_name
from tracer.compare.sequences import PAIRS, anchors, between
from tracer.xlsx.addresses import COLUMNS, ROWS
from tracer.xlsx.book import Book, Sheet

#: More empty rows one after the other are taken as one.
EMPTY = 1000
#: Of so many rows that differ, the cells that differ are counted one by one; of more, all cells are.
EXACT = 500

#: A row, or empty rows: a key, the first number, and how many.
_Line = tuple[int, int, int]


def find(a: tuple[Book, Sheet], b: tuple[Book, Sheet]) -> Grid | None:
    """The lines put in and taken out, where that explains more than it leaves; else None.

    Raises:
        TracerError: a sheet is damaged.
    """
    ours, theirs = Contents(*a), Contents(*b)
    columns = _columns(ours, theirs)
    here = _cost(ours, theirs, Grid(Lines((), (), ROWS), Lines((), (), COLUMNS)))
    if columns:
        sampled = ours.columns, theirs.columns
        kept = {at: columns.to_b(at) for at in ours.columns}
        names = {column_name(at): column_name(there) for at, there in kept.items() if there is not None}
        ours = Contents(*a, names)
        stays = [column_name(at) for at in theirs.columns if columns.to_a(at) is not None]
        theirs = Contents(*b, dict(zip(stays, stays)))
        ours.columns, theirs.columns = sampled
    rows = _rows(ours, theirs)
    if rows is None or not (rows or columns):
        return None
    grid = Grid(rows, columns)
    pure = not (rows.removed and rows.added) and not (columns.removed and columns.added)
    pure = pure and _moves_formulas(ours, theirs, grid)
    # Rows or columns that only moved formulas on are one thing each; where some went and others came, or numbers stand
    # elsewhere, cells may as well have changed.
    cost = _cost(ours, theirs, grid) + _one_sided(ours, theirs, grid, pure)
    return grid if cost + (not pure) < here else None


def _columns(ours: Contents, theirs: Contents) -> Lines:
    lines_a, lines_b = (
        [contents.columns.get(at, Counter()) for at in _to_last(contents)] for contents in (ours, theirs)
    )
    keys_a, keys_b = ([hash(frozenset(line.items())) for line in lines] for lines in (lines_a, lines_b))
    removed: list[int] = []
    added: list[int] = []
    i = j = 0
    for next_i, next_j in (*anchors(keys_a, keys_b), (len(lines_a), len(lines_b))):
        for x, y in between(lines_a[i:next_i], lines_b[j:next_j], _counted_alike):
            if y is None and x is not None:
                removed.append(i + x + 1)
            elif x is None and y is not None:
                added.append(j + y + 1)
        i, j = next_i + 1, next_j + 1
    return Lines(removed, added, COLUMNS)


def _moves_formulas(ours: Contents, theirs: Contents, grid: Grid) -> bool:
    """Whether a formula, such as a total, stands in another row or column."""
    if grid.columns and ours.formulas and theirs.formulas:
        return True
    moved = (grid.rows.to_b(number) for number in ours.formulas)
    return any(there != number and there in theirs.formulas for number, there in zip(ours.formulas, moved))


def _to_last(contents: Contents) -> range:
    return range(1, max(contents.columns, default=0) + 1)


def _counted_alike(x: Counter[int], y: Counter[int]) -> float:
    return (x & y).total() / (max(x.total(), y.total()) or 1)


def _rows(ours: Contents, theirs: Contents) -> Lines | None:
    """Which rows were taken out and put in; None where that would be thousands of empty ones."""
    lines_a, lines_b = _lines(ours), _lines(theirs)
    found = anchors([key for key, _, _ in lines_a], [key for key, _, _ in lines_b])
    gaps = []
    i = j = 0
    for next_i, next_j in (*found, (len(lines_a), len(lines_b))):
        if next_i > i or next_j > j:
            gaps.append((lines_a[i:next_i], lines_b[j:next_j]))
        i, j = next_i + 1, next_j + 1
    weighed = [(x, y) for x, y in gaps if x and y and len(x) * len(y) <= PAIRS and (len(x), len(y)) != (1, 1)]
    details_a = ours.details({first for gap, _ in weighed for _, first, _ in gap})
    details_b = theirs.details({first for _, gap in weighed for _, first, _ in gap})

    def alike(x: _Line, y: _Line) -> float:
        cells_a, cells_b = details_a.get(x[1], frozenset()), details_b.get(y[1], frozenset())
        return len(cells_a & cells_b) / (max(len(cells_a), len(cells_b)) or 1)

    removed: list[int] = []
    added: list[int] = []
    for gap_a, gap_b in gaps:
        for x, y in between(gap_a, gap_b, alike):
            _, first_a, many_a = gap_a[x] if x is not None else (0, 0, 0)
            _, first_b, many_b = gap_b[y] if y is not None else (0, 0, 0)
            if abs(many_a - many_b) > EMPTY:
                return None
            removed += range(first_a + many_b, first_a + many_a)
            added += range(first_b + many_a, first_b + many_b)
    return Lines(removed, added, ROWS)


def _lines(contents: Contents) -> list[_Line]:
    found: list[_Line] = []
    last = 0
    for at, key in zip(contents.numbers, contents.keys):
        empty = at - last - 1
        if empty > EMPTY:
            found.append((hash(("empty", empty)), last + 1, empty))
        else:
            found += ((0, number, 1) for number in range(last + 1, at))
        found.append((key, at, 1))
        last = at
    return found


def _cost(ours: Contents, theirs: Contents, grid: Grid) -> int:
    """How many cells differ in the rows that two sheets have in common."""
    places = {number: at for at, number in enumerate(theirs.numbers)}
    pairs: list[tuple[int | None, int | None]] = []
    for at, number in enumerate(ours.numbers):
        there = grid.rows.to_b(number)
        if there is None:
            continue
        other = places.pop(there, None)
        if other is None or ours.keys[at] != theirs.keys[other]:
            pairs.append((at, other))
    pairs += [(None, other) for number, other in places.items() if grid.rows.to_a(number) is not None]
    if len(pairs) > EXACT:
        return sum(_size(ours, x, theirs, y) for x, y in pairs)
    details_a = ours.details({ours.numbers[x] for x, _ in pairs if x is not None})
    details_b = theirs.details({theirs.numbers[y] for _, y in pairs if y is not None})
    return sum(
        _differing(
            details_a.get(ours.numbers[x], frozenset()) if x is not None else frozenset(),
            details_b.get(theirs.numbers[y], frozenset()) if y is not None else frozenset(),
        )
        for x, y in pairs
    )


def _size(ours: Contents, x: int | None, theirs: Contents, y: int | None) -> int:
    return max(0 if x is None else ours.sizes[x], 0 if y is None else theirs.sizes[y])


def _differing(x: frozenset[tuple[bytes, int]], y: frozenset[tuple[bytes, int]]) -> int:
    return len({column for column, _ in x ^ y})


def _one_sided(ours: Contents, theirs: Contents, grid: Grid, pure: bool) -> int:
    """What the lines cost that only one sheet has: where they moved others on, each run of them is one thing."""
    cost = len(grid.regions)
    for contents, rows, columns in (
        (ours, grid.rows.removed, grid.columns.removed),
        (theirs, grid.rows.added, grid.columns.added),
    ):
        last_row, last_column = (contents.numbers[-1] if contents.numbers else 0), max(contents.columns, default=0)
        alone = {number for number in rows if not pure or _is_behind(number, rows, last_row)}
        if alone:
            cost += sum(size for number, size in zip(contents.numbers, contents.sizes) if number in alone)
        for number in columns:
            if not pure or _is_behind(number, columns, last_column):
                cost += contents.columns.get(number, Counter()).total()
    return cost


def _is_behind(number: int, lines: Sequence[int], last: int) -> bool:
    """Whether no line of the sheet that stays stands behind a line."""
    following = [line for line in lines if line >= number]
    return following[-1] >= last and all(y == x + 1 for x, y in pairwise(following))
