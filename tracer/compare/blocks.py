"""Sheets that tracer wrote, in another layout or of a network of another shape: block by block, by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping

from tracer.compare.alignment import Blocks, Position
from tracer.xlsx.addresses import Range
from tracer.xlsx.book import Book, Sheet
from tracer.xlsx.canonical import skeleton

_Cells = dict[Position, Hashable]


def align(a: tuple[Book, Sheet, Mapping[str, Range]], b: tuple[Book, Sheet, Mapping[str, Range]]) -> Blocks:
    """The blocks of two sheets by name; what stands beside them (headings, formulas as text) by what it says.

    Raises:
        TracerError: a sheet is damaged.
    """
    return Blocks(a[2], b[2], _together(_beside(*a), _beside(*b)))


def _beside(book: Book, sheet: Sheet, blocks: Mapping[str, Range]) -> _Cells:
    """The cells outside of blocks that hold something, in reading order."""
    found: _Cells = {}
    for row, column, cell in book.cells(sheet):
        if cell.value is None and cell.formula is None:
            continue
        if not any((row, column) in area for area in blocks.values()):
            says = skeleton(cell.formula.text).text if cell.formula else cell.value
            found[row, column] = (cell.formula is not None, type(says).__name__, says)
    return found


def _together(a: _Cells, b: _Cells) -> Iterator[tuple[Position, Position]]:
    """Equal ones in reading order; then what stands at the same place; then, where as many are left, in order."""
    places: dict[Hashable, list[Position]] = defaultdict(list)
    for at, says in b.items():
        places[says].append(at)
    for found in places.values():
        found.reverse()
    left_a: list[Position] = []
    left_b = dict.fromkeys(b)
    for at, says in a.items():
        if places[says]:
            there = places[says].pop()
            del left_b[there]
            yield at, there
        else:
            left_a.append(at)
    for at in [at for at in left_a if at in left_b]:
        left_a.remove(at)
        del left_b[at]
        yield at, at
    if len(left_a) == len(left_b):
        yield from zip(left_a, left_b)
