"""The sheet `Network`: the network file that repeats the run, with the data and the weights left on their sheets."""

from __future__ import annotations

from tracer import networkfile
from tracer.trace import Trace
from tracer.workbook import names
from tracer.workbook.book import Book
from tracer.workbook.datasheet import stands_apart
from tracer.workbook.mark import Mark
from tracer.workbook.plainsheet import CODE, FIRST, add_plain_sheet


def write_network(
    book: Book, trace: Trace, mark: Mark, sheets: str, formulas: str, boundary: int | None, started: bool
) -> None:
    """What `tracer run --like` reads, with where the numbers stand.

    Args:
        mark: what says that the workbook is ours, as comments above the options.
        started: whether the first epoch has its sheets.
    """
    epochs = max(trace.epochs, trace.divergence.epoch) if trace.divergence else trace.epochs
    options = {**trace.network.options, "epochs": epochs, "sheets": sheets, "formulas": formulas}
    options["boundary"] = boundary or None
    where = "Data" if stands_apart(trace.network) else "Step 0"
    start = "Step 1" if started else names.DATA
    note = f"The run's options, as a network file. Its data are on {where if started else names.DATA}, "
    note += f"its weights and learning rate on {start}."
    sheet = add_plain_sheet(book, names.NETWORK, "Network", note)
    for row, line in enumerate([*mark.lines(), "", *networkfile.text(options).splitlines()]):
        if line:
            sheet.write_string(FIRST + row, 1, line, book.formats[CODE])
    sheet.set_column_pixels(1, 1, 560)
