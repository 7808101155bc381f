"""The rows of two sheets, side by side: what is equal is passed over without being cut."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.xlsx import cells
from tracer.xlsx.cells import UnusualError

#: Bytes are compared in pieces of this size at first, and twice as many each time that they are equal.
_FIRST = 1 << 12
#: The place of a difference is looked for until it is known to so many bytes.
_NEAR = 1 << 8


class Stream:
    """The bytes of the rows of a sheet, with a place in them.

    Attributes:
        last: the number of the last row before that place.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.data = b""
        self.at = self.last = 0

    def fill(self) -> bool:
        """Go to the next row; False at the end."""
        while True:
            self.at = cells.skip_blanks(self.data, self.at)
            if self.at < len(self.data):
                return True
            chunk = next(self._chunks, None)
            if chunk is None:
                return False
            self.data, self.at = chunk, 0

    @property
    def row(self) -> int:
        """The number of the next row.

        Raises:
            UnusualError: there is something else, or a row that comes too late.
        """
        number = cells.row_number(self.data, self.at)
        if number <= self.last:
            raise UnusualError
        return number

    def take(self) -> bytes:
        """The next row."""
        start, self.last = self.at, self.row
        self.at = cells.row_end(self.data, start)
        return self.data[start : self.at]


def take_equal(a: Stream, b: Stream) -> bytes:
    """The whole rows that are next in both and the same bytes, as far as both have been read."""
    size = min(len(a.data) - a.at, len(b.data) - b.at)
    common = _common(a, b, size)
    end = a.at + common
    if common < size:  # amid a row
        closed, begun = a.data.rfind(b"</row>", a.at, end), a.data.rfind(b"<row", a.at, end)
        end = max(closed + len(b"</row>") if closed >= 0 else a.at, begun, a.at)
    rows = a.data[a.at : end]
    if rows and a.row and b.row:
        a.last = b.last = cells.row_number(rows, rows.rindex(b"<row"))
    a.at, b.at = end, b.at + len(rows)
    return rows


def _common(a: Stream, b: Stream, size: int) -> int:
    """How many bytes are the same: all, or some number that is less than `_NEAR` smaller."""

    def equal(start: int, many: int) -> bool:
        start_b = b.at + start
        return a.data.startswith(b.data[start_b : start_b + many], a.at + start)

    start, step = 0, min(_FIRST, size)
    while equal(start, step):
        start += step
        if start == size:
            return size
        step = min(step * 2, size - start)
    while step > _NEAR:  # the difference is in so many bytes
        half = step // 2
        if equal(start, half):
            start, step = start + half, step - half
        else:
            step = half
    return start
