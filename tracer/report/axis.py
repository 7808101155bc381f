"""The rows, or the columns, of two sheets side by side, where some may have been put in or taken out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

#: First and last, both included.
Run = tuple[int, int]


class Block(NamedTuple):
    """Lines that follow one another: from which row of A and of B on; None for rows that only the other has."""

    line: int
    a: int | None
    b: int | None
    length: int


class Axis:
    """Numbers *lines*: a line is a row of A and the row of B that it became, or a row that only one of them has.

    Args:
        same: rows of A and the rows of B that they became, as far as known.
        only_a, only_b: rows that only one of the two has.
        size: how many rows a sheet has.
    """

    def __init__(self, same: Iterable[Run], only_a: Iterable[Run], only_b: Iterable[Run], size: int) -> None:
        self._blocks: list[Block] = []
        self._line = self._a = self._b = 1
        removed, added, known = _union(only_a), _union(only_b), sorted(set(same), reverse=True)
        removed.reverse()
        added.reverse()
        while removed or added or known:
            to_removed = removed[-1][0] - self._a if removed else size
            to_added = added[-1][0] - self._b if added else size
            ahead = known[-1][0] - self._a if known else size, known[-1][1] - self._b if known else size
            if known and min(ahead) < 0:
                known.pop()  # says otherwise than an earlier one
            elif to_removed <= min(to_added, *ahead):
                self._both(to_removed)
                self._alone(removed.pop()[1] - self._a + 1, 0)
            elif to_added <= min(ahead):
                self._both(to_added)
                self._alone(0, added.pop()[1] - self._b + 1)
            else:
                self._both(min(ahead))
                self._alone(ahead[0] - min(ahead), ahead[1] - min(ahead))
                known.pop()
        self._both(size - max(self._a, self._b) + 1)
        self._alone(size - self._a + 1, size - self._b + 1)
        self._starts = [block.line for block in self._blocks]
        self._of_a = [block for block in self._blocks if block.a is not None]
        self._of_b = [block for block in self._blocks if block.b is not None]
        self._starts_a = [block.a or 0 for block in self._of_a]
        self._starts_b = [block.b or 0 for block in self._of_b]

    def _both(self, length: int) -> None:
        if length <= 0:
            return
        last = self._blocks[-1] if self._blocks else None
        if last and last.a is not None and last.b is not None:
            self._blocks[-1] = last._replace(length=last.length + length)
        else:
            self._blocks.append(Block(self._line, self._a, self._b, length))
        self._line, self._a, self._b = self._line + length, self._a + length, self._b + length

    def _alone(self, in_a: int, in_b: int) -> None:
        if in_a > 0:
            self._blocks.append(Block(self._line, self._a, None, in_a))
            self._line, self._a = self._line + in_a, self._a + in_a
        if in_b > 0:
            self._blocks.append(Block(self._line, None, self._b, in_b))
            self._line, self._b = self._line + in_b, self._b + in_b

    def a(self, row: int) -> int:
        """The line of a row of A."""
        block = self._of_a[bisect_right(self._starts_a, row) - 1]
        return block.line + row - (block.a or 0)

    def b(self, row: int) -> int:
        """The line of a row of B."""
        block = self._of_b[bisect_right(self._starts_b, row) - 1]
        return block.line + row - (block.b or 0)

    def at(self, line: int) -> tuple[int | None, int | None]:
        """The row of A and the row of B at a line."""
        block = self._blocks[bisect_right(self._starts, line) - 1]
        ahead = line - block.line
        return None if block.a is None else block.a + ahead, None if block.b is None else block.b + ahead


def _union(runs: Iterable[Run]) -> list[Run]:
    """The same rows as runs that do not touch, in order."""
    found: list[Run] = []
    for first, last in sorted(runs):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found
