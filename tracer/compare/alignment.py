"""Which cell of one sheet is which cell of another, where rows, columns or blocks stand elsewhere."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from tracer.xlsx.addresses import COLUMNS, ROWS, Range

Position = tuple[int, int]
Side = Literal["a", "b"]


@dataclass(frozen=True)
class Region:
    """What only one of the two sheets has: rows, columns, or a part of a block.

    Attributes:
        side: of the workbook that has it.
        label: `rows`, `columns`, or what people call the part: `wh[:, 3]`.
        computed: whether its formulas were written by the program that wrote the rest; what they read explains it. Rows
            that a person puts in are explained by nothing.
    """

    side: Side
    area: Range
    label: str
    computed: bool = False


class Lines:
    """Rows (or columns) of A, and what became of them in B: the order stays, some were taken out, some put in."""

    def __init__(self, removed: Iterable[int], added: Iterable[int], most: int) -> None:
        """
        Args:
            removed: numbers in A.
            added: numbers in B.
            most: how many lines a sheet has.
        """
        self.removed, self.added = sorted(removed), sorted(added)
        self._most = most
        # How many lines that stay come before each that does not.
        self._before_removed = [number - 1 - i for i, number in enumerate(self.removed)]
        self._before_added = [number - 1 - i for i, number in enumerate(self.added)]

    def __bool__(self) -> bool:
        return bool(self.removed or self.added)

    def to_b(self, number: int) -> int | None:
        return _across(number, self.removed, self._before_added)

    def to_a(self, number: int) -> int | None:
        return _across(number, self.added, self._before_removed)

    def span(self, first: int, last: int) -> tuple[int, int] | None:
        """What a run of lines of A is in B: from the first that stays to the last; None where none stays."""
        if (first, last) == (1, self._most):
            return first, last
        removed = self.removed
        at = bisect_left(removed, first)
        while at < len(removed) and removed[at] == first and first <= last:
            first, at = first + 1, at + 1
        at = bisect_left(removed, last)
        while at >= 0 and at < len(removed) and removed[at] == last and first <= last:
            last, at = last - 1, at - 1
        if first > last:
            return None
        return self.to_b(first), self.to_b(last)  # type: ignore[return-value]


def _across(number: int, gone: list[int], before: list[int]) -> int | None:
    at = bisect_left(gone, number)
    if at < len(gone) and gone[at] == number:
        return None
    rank = number - at
    return rank + bisect_left(before, rank)


class Alignment(Protocol):
    """
    Attributes:
        regions: what only one of the sheets has.
        rows, columns: what became of whole lines, for their heights and widths.
    """

    rows: Lines
    columns: Lines

    @property
    def regions(self) -> Sequence[Region]: ...

    def to_b(self, row: int, column: int) -> Position | None:
        """Where a cell of A is in B; None for one that B has not."""

    def to_a(self, row: int, column: int) -> Position | None:
        """Where a cell of B is in A."""

    def image(self, area: Range) -> Range | None:
        """What a range of A is in B."""

    def corresponds(self, area_a: Range, area_b: Range) -> bool:
        """Whether a range of A and one of B mean the same cells."""


def runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring numbers as first and last: 3, 4, 7 -> (3, 4), (7, 7)."""
    first = last = None
    for number in numbers:
        if last is not None and number == last + 1:
            last = number
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = number
    if first is not None and last is not None:
        yield first, last


class Grid:
    """Rows and columns put in or taken out."""

    def __init__(self, rows: Lines, columns: Lines) -> None:
        self.rows, self.columns = rows, columns

    @property
    def regions(self) -> Sequence[Region]:
        return [
            *(Region("b", Range(first, 1, last, COLUMNS), "rows") for first, last in runs(self.rows.added)),
            *(Region("a", Range(first, 1, last, COLUMNS), "rows") for first, last in runs(self.rows.removed)),
            *(Region("b", Range(1, first, ROWS, last), "columns") for first, last in runs(self.columns.added)),
            *(Region("a", Range(1, first, ROWS, last), "columns") for first, last in runs(self.columns.removed)),
        ]

    def to_b(self, row: int, column: int) -> Position | None:
        return _both(self.rows.to_b(row), self.columns.to_b(column))

    def to_a(self, row: int, column: int) -> Position | None:
        return _both(self.rows.to_a(row), self.columns.to_a(column))

    def image(self, area: Range) -> Range | None:
        rows, columns = self.rows.span(area.top, area.bottom), self.columns.span(area.left, area.right)
        return Range(rows[0], columns[0], rows[1], columns[1]) if rows and columns else None

    def corresponds(self, area_a: Range, area_b: Range) -> bool:
        return self.image(area_a) == area_b


def _both(row: int | None, column: int | None) -> Position | None:
    return None if row is None or column is None else (row, column)


class Blocks:
    """Named blocks that stand at other places or have other shapes; single cells beside them."""

    def __init__(
        self, a: Mapping[str, Range], b: Mapping[str, Range], cells: Iterable[tuple[Position, Position]]
    ) -> None:
        """
        Args:
            a, b: the blocks of both sheets, by name.
            cells: the cells outside of blocks that belong together.
        """
        self.rows, self.columns = Lines((), (), ROWS), Lines((), (), COLUMNS)
        self._a, self._b = a, b
        self._to_b = dict(cells)
        self._to_a = {there: here for here, there in self._to_b.items()}

    @property
    def regions(self) -> Sequence[Region]:
        found: list[Region] = []
        for name in {**self._a, **self._b}:
            ours, theirs = self._a.get(name), self._b.get(name)
            found += _more("b", name, theirs, ours)
            found += _more("a", name, ours, theirs)
        return found

    def to_b(self, row: int, column: int) -> Position | None:
        return self._across((row, column), self._a, self._b, self._to_b)

    def to_a(self, row: int, column: int) -> Position | None:
        return self._across((row, column), self._b, self._a, self._to_a)

    def _across(
        self, at: Position, here: Mapping[str, Range], there: Mapping[str, Range], cells: Mapping[Position, Position]
    ) -> Position | None:
        name = _block(here, at)
        if name is None:
            return cells.get(at)
        if name not in there:
            return None
        found = at[0] - here[name].top + there[name].top, at[1] - here[name].left + there[name].left
        return found if found in there[name] else None

    def image(self, area: Range) -> Range | None:
        name = _block(self._a, (area.top, area.left))
        if name is not None and name in self._b and (area.bottom, area.right) in self._a[name]:
            ours, theirs = self._a[name], self._b[name]
            rows = _within((area.top, area.bottom), (ours.top, ours.bottom), (theirs.top, theirs.bottom))
            columns = _within((area.left, area.right), (ours.left, ours.right), (theirs.left, theirs.right))
            return Range(rows[0], columns[0], rows[1], columns[1]) if rows and columns else None
        first, last = self.to_b(area.top, area.left), self.to_b(area.bottom, area.right)
        return Range(*first, *last) if first and last else None

    def corresponds(self, area_a: Range, area_b: Range) -> bool:
        name = _block(self._a, (area_a.top, area_a.left))
        if name is None or (area_a.bottom, area_a.right) not in self._a[name]:
            return self.image(area_a) == area_b
        if name != _block(self._b, (area_b.top, area_b.left)) or (area_b.bottom, area_b.right) not in self._b[name]:
            return False
        ours, theirs = self._a[name], self._b[name]
        return _alike(
            (area_a.top - ours.top, area_a.bottom - ours.top, ours.bottom - ours.top),
            (area_b.top - theirs.top, area_b.bottom - theirs.top, theirs.bottom - theirs.top),
        ) and _alike(
            (area_a.left - ours.left, area_a.right - ours.left, ours.right - ours.left),
            (area_b.left - theirs.left, area_b.right - theirs.left, theirs.right - theirs.left),
        )


def _within(lines: tuple[int, int], ours: tuple[int, int], theirs: tuple[int, int]) -> tuple[int, int] | None:
    """A run of lines of a block in the other block of its name; all of them are all of them, however many."""
    if lines == ours:
        return theirs
    first, last = (line - ours[0] + theirs[0] for line in lines)
    return (first, last) if last <= theirs[1] else None


def _alike(ours: tuple[int, int, int], theirs: tuple[int, int, int]) -> bool:
    """Whether two runs in a block (first, last, the last there is) are the same lines, or both are all there are."""
    return ours[:2] == theirs[:2] or (ours[0] == theirs[0] == 0 and ours[1] == ours[2] and theirs[1] == theirs[2])


def _block(blocks: Mapping[str, Range], at: Position) -> str | None:
    return next((name for name, area in blocks.items() if at in area), None)


def _more(side: Side, name: str, area: Range | None, other: Range | None) -> Iterator[Region]:
    """What a block has beyond the other one of its name."""
    if area is None:
        return
    if other is None:
        yield Region(side, area, name, computed=True)
        return
    rows, columns = area.bottom - area.top + 1, area.right - area.left + 1
    rows_there, columns_there = other.bottom - other.top + 1, other.right - other.left + 1
    if columns > columns_there:
        part = area._replace(left=area.left + columns_there)
        yield Region(side, part, f"{name}[:, {_numbers(columns_there, columns)}]", computed=True)
    if rows > rows_there:
        right = area.left + min(columns, columns_there) - 1
        part = area._replace(top=area.top + rows_there, right=right)
        yield Region(side, part, f"{name}[{_numbers(rows_there, rows)}, :]", computed=True)


def _numbers(start: int, stop: int) -> str:
    return str(start) if stop == start + 1 else f"{start}:{stop}"
