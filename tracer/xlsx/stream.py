"""The rows of a sheet, one at a time, for two sheets that are read side by side."""

from __future__ import annotations

from tracer.xlsx import cells
from tracer.xlsx.rows import Rows


class Stream:
    """The pieces of a sheet, with a place in them."""

    def __init__(self, rows: Rows) -> None:
        self._batches = iter(rows)
        self.pieces: list[bytes] = []
        self.at = 0

    def fill(self) -> bool:
        """Go to the next piece; False at the end."""
        while self.at >= len(self.pieces):
            batch = next(self._batches, None)
            if batch is None:
                return False
            self.pieces, self.at = batch, 0
        return True

    @property
    def has_piece(self) -> bool:
        return self.at < len(self.pieces)

    @property
    def piece(self) -> bytes:
        return self.pieces[self.at]

    def single(self) -> bool:
        """Whether the piece is one row; where it was several or none, they take its place.

        Raises:
            UnusualError: something in it only begins like a row.
        """
        piece = self.piece
        if piece.count(b"<row") == 1:
            return True
        rows = cells.split(piece)
        if rows == [piece]:
            raise cells.UnusualError
        self.pieces[self.at : self.at + 1] = rows
        return False

    def take(self) -> bytes:
        self.at += 1
        return self.pieces[self.at - 1]
