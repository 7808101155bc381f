"""What an engine computed of a workbook, asked cell by cell or by areas."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from tracer.xlsx.addresses import Range
from tracer.xlsx.values import Values

#: Cells are asked for in squares of so many rows and columns.
SQUARE = 32
#: And so many squares are kept.
MOST = 256


class Calculation(ABC):
    """A workbook, recalculated: call it with a sheet's title, a row and a column (from 0) for the value of a cell.

    The engine works while the caller does something else, and is waited for by the first question.
    """

    def __init__(self) -> None:
        self._squares: dict[tuple[str, int, int], Values] = {}

    @abstractmethod
    def wait(self) -> None:
        """
        Raises:
            TracerError: the engine cannot load or recalculate the workbook, or takes too much time or memory.
        """

    @abstractmethod
    def areas(self, title: str, areas: Sequence[Range]) -> list[Values]:
        """The values of some areas of a sheet.

        Raises:
            TracerError: the engine fails, or knows no such sheet.
        """

    def __call__(self, title: str, row: int, column: int) -> Any:
        key = title, row // SQUARE, column // SQUARE
        if key not in self._squares:
            if len(self._squares) >= MOST:
                self._squares.clear()
            top, left = key[1] * SQUARE + 1, key[2] * SQUARE + 1
            area = Range(top, left, top + SQUARE - 1, left + SQUARE - 1)
            (self._squares[key],) = self.areas(title, [area])
        return self._squares[key].at(row % SQUARE * SQUARE + column % SQUARE)
