"""The sheet `Data`: all samples of a run in batches, which the step sheets link to."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from tracer.network import Network
from tracer.workbook import names
from tracer.workbook.book import Book
from tracer.workbook.layout import Area
from tracer.workbook.limits import check_grid
from tracer.workbook.plainsheet import FIRST, HEADING, LABEL, add_plain_sheet
from tracer.workbook.style import with_number_format


def write_data(book: Book, network: Network, start: bool) -> dict[str, Area]:
    """
    Args:
        start: whether the initial weights stand here too, because the first epoch has no sheets.

    Returns:
        Where X and y stand.
    """
    areas = _areas(network)
    given = {**network.initial, **network.parameters} if start else {}
    row, column = areas["y"].last_row + 1, areas["y"].last_column + 1
    if start:
        column = max(column, areas["X"].last_column + 1) + 1
        row = max(row, FIRST + sum(matrix.shape[0] + 2 for matrix in given.values()))
    check_grid(row, column + max((m.shape[1] for m in given.values()), default=0), "the sheet Data")
    note = "Every sample; Step 0 of an update shows those of its batch. Change a number here, and all sheets follow."
    if start:
        note = "Every sample, and what training started from; the sheets of the first epoch are not in this workbook."
    sheet = add_plain_sheet(book, names.DATA, "Data", note)
    style = with_number_format(book.template.roles["given"].style, "General")
    for name, matrix, headings in (("X", network.X, network.features), ("y", network.y, network.outputs)):
        area = areas[name]
        _head(book, sheet, network, name, area, headings)
        if headings:
            in_rows = network.architecture.axis == 1
            place = (area.row - 1, area.column, 1, area.columns) if in_rows else (area.row, 1, area.rows, 1)
            book.define(names.DATA, {"X": "features", "y": "outputs"}[name], Area(*place))
        book.put_values(sheet, area, matrix, style)
        book.define(names.DATA, name, area)
    row = FIRST + 1
    for name, matrix in given.items():
        area = Area(row, column, *matrix.shape)
        sheet.write_string(row - 1, column, names.heading(name), book.formats[HEADING])
        book.put_values(sheet, area, matrix, with_number_format(book.template.roles["weights"].style, "General"))
        book.define(names.DATA, name, area)
        row = area.last_row + 3
    if network.architecture.axis:
        sheet.freeze_panes(FIRST + 1, 2)
    else:
        sheet.freeze_panes(FIRST, 2)
    return areas


def _areas(network: Network) -> dict[str, Area]:
    X = Area(FIRST + 1, 2, *network.X.shape)
    if network.architecture.axis:
        return {"X": X, "y": Area(X.row, X.last_column + 2, *network.y.shape)}
    return {"X": X, "y": Area(X.last_row + 3, X.column, *network.y.shape)}


def _head(book: Book, sheet: Worksheet, network: Network, name: str, area: Area, headings: tuple[str, ...]) -> None:
    """Column names above the block and row labels beside it; numbers from 1 where the data have no names."""
    own = area.columns if network.architecture.axis else area.rows
    names_ = headings or tuple(f"{name} {k + 1}" if own > 1 else name for k in range(own))
    samples = network.rows or tuple(map(str, range(1, network.sample_count + 1)))
    above, beside = (names_, samples) if network.architecture.axis else (samples, names_)
    for j, text in enumerate(above):
        sheet.write_string(area.row - 1, area.column + j, text, book.formats[HEADING])
    if area.column == 2:
        for i, text in enumerate(beside):
            sheet.write_string(area.row + i, 1, text, book.formats[LABEL])
