"""Which cell of one sheet stands for which of the other."""

from __future__ import annotations

from tracer.xlsx.addresses import Range

Position = tuple[int, int]


class Alignment:
    """Two sheets on which every cell stays where it is; the others extend it.

    Attributes:
        identity: whether every cell does.
        by_rows: whether cells of a row stay in one row, and rows in their order.
        looks: whether the looks of cells can be compared.
    """

    identity = True
    by_rows = True
    looks = True

    def row(self, row: int) -> int | None:
        """The row in B of a row in A; None for one that was taken out."""
        return row

    def row_back(self, row: int) -> int | None:
        """The row in A of a row in B; None for one that was put in."""
        return row

    def column(self, letters: bytes) -> bytes | None:
        return letters

    def column_back(self, letters: bytes) -> bytes | None:
        return letters

    def cell(self, at: Position) -> Position | None:
        """The cell in B of a cell in A."""
        return at

    def cell_back(self, at: Position) -> Position | None:
        """The cell in A of a cell in B."""
        return at

    def area(self, area: Range) -> str:
        """What an area of A is called in B; a text that is no area where it is nowhere."""
        return str(area)

    def area_back(self, area: Range) -> str:
        """What an area of B is called in these terms."""
        return str(area)

    def group(self, at_a: Position | None, at_b: Position | None) -> int | None:
        """The number of the change that put a cell in or took it out."""
        return None
