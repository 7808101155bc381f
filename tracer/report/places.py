"""Where the differences of a pair of sheets are, and which lines and columns are shown around them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tracer.compare.difference import Difference
from tracer.report.axis import Axis
from tracer.xlsx.addresses import COLUMNS, ROWS, Range, parse_range

#: So many lines are shown above and below a difference, and so many columns left and right: more where there is room.
LINES, WIDE, NARROW = 3, 9, 2
#: No gap is left for so few lines or columns.
FEW = 2
#: Kinds of differences in cells; where these are in A and in B tells which rows are the same.
CELLS = ("values", "formulas", "formats", "styles", "caches")
#: Of a larger area, and of a difference of more areas, only the first are sure to be shown.
CORNER, AREAS = 12, 30


class Place(NamedTuple):
    """Where a difference is.

    Attributes:
        number: of the difference, in the order of the diff.
        kind: of the difference.
        a, b: its areas in the sheet of A and in that of B; empty for what only the other has.
    """

    number: int
    kind: str
    a: list[Range]
    b: list[Range]


class Rectangle(NamedTuple):
    """Lines and columns (as lines of their axis), first and last."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Band:
    """Lines that follow one another, and the columns shown of them."""

    top: int
    bottom: int
    columns: list[int]

    @property
    def cells(self) -> int:
        return (self.bottom - self.top + 1) * len(self.columns)


#: A band, and lines and columns of it.
Shown = tuple[Band, range, list[int]]


def areas(address: str) -> list[Range]:
    """`B8:E10 G8`; what touches in the order given becomes one."""
    found: list[Range] = []
    for area in filter(None, map(parse_range, address.split())):
        last = found[-1] if found else None
        if last and (last.top, last.bottom, last.right) == (area.top, area.bottom, area.left - 1):
            found[-1] = last._replace(right=area.right)
        elif last and (last.left, last.right, last.bottom) == (area.left, area.right, area.top - 1):
            found[-1] = last._replace(bottom=area.bottom)
        else:
            found.append(area)
    return found


def columns_only(area: Range) -> bool:
    """Whether it is whole columns."""
    return area.top == 1 and area.bottom == ROWS


def rows_only(area: Range) -> bool:
    """Whether it is whole rows."""
    return area.left == 1 and area.right == COLUMNS


@dataclass
class Sheets:
    """A sheet of A and the sheet of B that it became, with the places of their differences."""

    a: str
    b: str
    places: list[Place] = field(default_factory=list)

    def align(self) -> None:
        """Work out which rows and columns are the same."""
        cells = [place for place in self.places if place.kind in CELLS and len(place.a) == len(place.b)]
        same = [both for place in cells for both in zip(place.a, place.b)]
        only_a = [area for place in self.places if not place.b for area in place.a]
        only_b = [area for place in self.places if not place.a for area in place.b]

        def rows(found: list[Range]) -> Iterator[tuple[int, int]]:
            return ((area.top, area.bottom) for area in found if not columns_only(area))

        def columns(found: list[Range]) -> Iterator[tuple[int, int]]:
            return ((area.left, area.right) for area in found if columns_only(area))

        self.rows = Axis(((x.top, y.top) for x, y in same), rows(only_a), rows(only_b), ROWS)
        self.columns = Axis(((x.left, y.left) for x, y in same), columns(only_a), columns(only_b), COLUMNS)

    def in_a(self, area: Range) -> Rectangle:
        """An area of the sheet of A in lines."""
        row, column = self.rows.a, self.columns.a
        return Rectangle(row(area.top), column(area.left), row(area.bottom), column(area.right))

    def in_b(self, area: Range) -> Rectangle:
        """An area of the sheet of B in lines."""
        row, column = self.rows.b, self.columns.b
        return Rectangle(row(area.top), column(area.left), row(area.bottom), column(area.right))

    def wanted(self, place: Place) -> set[Rectangle]:
        """What is to be shown of a place."""
        every = {*map(self.in_a, place.a[:AREAS]), *map(self.in_b, place.b[:AREAS])}
        return {
            Rectangle(top, left, min(bottom, top + CORNER - 1), min(right, left + CORNER - 1))
            for top, left, bottom, right in every
        }


def sheets(differences: Iterable[Difference], without: Container[int] = ()) -> list[Sheets]:
    """Every pair of sheets with differences in cells, rows or columns, in the order in which they come.

    Args:
        without: the numbers of those that are not shown.
    """
    found: dict[tuple[str, str], Sheets] = {}
    for number, entry in enumerate(differences):
        if entry.sheet is None or entry.sheet_before is None or number in without:
            continue
        place = Place(number, entry.kind, areas(entry.address_before), areas(entry.address))
        if place.a or place.b:
            key = entry.sheet_before, entry.sheet
            found.setdefault(key, Sheets(*key)).places.append(place)
    for pair in found.values():
        pair.align()
    return list(found.values())


def bands(wanted: Iterable[Rectangle], across: int) -> list[Band]:
    """What is shown around rectangles: lines that are near each other together, each band with columns of its own."""
    found: list[Band] = []
    columns: set[int] = set()

    def close() -> None:
        if found:
            found[-1].columns = _with_few(sorted(columns))
            columns.clear()

    for top, left, bottom, right in sorted(wanted):
        top, bottom = max(top - LINES, 1), bottom + LINES
        if found and top <= found[-1].bottom + 1 + FEW:
            found[-1].bottom = max(found[-1].bottom, bottom)
        else:
            close()
            found.append(Band(1 if top <= 1 + FEW else top, bottom, []))
        columns.update(range(max(left - across, 1), right + across + 1))
    close()
    return found


def _with_few(columns: list[int]) -> list[int]:
    """Columns with those between them of which there are few."""
    found: list[int] = []
    for column in columns:
        last = found[-1] if found else 0
        found += range(last + 1, column + 1) if column - last <= 1 + FEW else [column]
    return found


def shown(pairs: list[Sheets], most: int) -> list[list[Band]]:
    """The bands of each pair of sheets: of as many places, in the order of the diff, as that many cells hold."""
    order = sorted((place.number, index, place) for index, pair in enumerate(pairs) for place in pair.places[:most])
    wanted = [(index, rectangle) for _, index, place in order[:most] for rectangle in pairs[index].wanted(place)]
    across = WIDE
    while True:
        chosen: list[set[Rectangle]] = [set() for _ in pairs]
        for index, rectangle in wanted:
            chosen[index].add(rectangle)
        found = [bands(rectangles, across) for rectangles in chosen]
        if sum(band.cells for several in found for band in several) <= most:
            return found
        if across == NARROW:
            wanted = wanted[: len(wanted) * 3 // 4]
        across = NARROW


def within(found: list[Band], rectangle: Rectangle) -> Iterator[Shown]:
    """The lines and columns of a rectangle that bands show."""
    first = bisect_left(found, rectangle.top, key=lambda band: band.bottom)
    for band in found[first : bisect_right(found, rectangle.bottom, key=lambda band: band.top)]:
        lines = range(max(band.top, rectangle.top), min(band.bottom, rectangle.bottom) + 1)
        low, high = bisect_left(band.columns, rectangle.left), bisect_right(band.columns, rectangle.right)
        if low < high:
            yield band, lines, band.columns[low:high]
