"""What people call a cell of our workbooks: `Step 7 · d_output[2, 0]`."""

from __future__ import annotations

from tracer.workbook import names, recognition
from tracer.xlsx.addresses import Range
from tracer.xlsx.book import Book


class Labels:
    """The named blocks of a workbook that tracer wrote; of any other, none.

    Attributes:
        ours: whether tracer wrote it.
        diverged: whether its run broke off.
    """

    def __init__(self, book: Book) -> None:
        self.ours = recognition.is_run(book)
        self.diverged = self.ours and recognition.has_diverged(book)
        self._blocks = recognition.blocks(book) if self.ours else {}

    def blocks(self, title: str) -> dict[str, Range]:
        """The blocks on a sheet, by name."""
        return self._blocks.get(title, {})

    def block(self, title: str, row: int, column: int) -> str | None:
        """The name of the block in which a cell is."""
        return next((name for name, area in self.blocks(title).items() if (row, column) in area), None)

    def cell(self, title: str, row: int, column: int) -> str:
        """What a cell is called; empty for one without a name."""
        for name, area in self.blocks(title).items():
            if (row, column) in area:
                index = f"[{row - area.top}, {column - area.left}]" if area.cells > 1 else ""
                return f"{self.sheet(title)} · {name}{index}"
        return ""

    def sheet(self, title: str) -> str:
        """`Epoch 2 · Step 7`, `Epoch 2 · Update 3 · Step 7`"""
        parsed = names.parse_step_sheet(title)
        if parsed is None:
            return title
        epoch, update, step = parsed
        words = [f"Epoch {epoch}"] if epoch > 1 else []
        words += [f"Update {update}"] if update > 1 else []
        return " · ".join([*words, f"Step {step}"])
