"""The sheet `Data`: all samples, with their names, which the step sheets link to."""

from __future__ import annotations

import numpy as np
from xlsxwriter.worksheet import Worksheet

from tracer.network import Network
from tracer.workbook import names
from tracer.workbook.book import Book
from tracer.workbook.canvas import PIXELS_PER_CHARACTER
from tracer.workbook.layout import Area
from tracer.workbook.limits import check_grid
from tracer.workbook.plainsheet import FIRST, HEADING, LABEL, add_plain_sheet, flush
from tracer.workbook.style import with_number_format


def stands_apart(network: Network) -> bool:
    """Whether the data are more than `Step 0` shows: in batches, in another order, or with names."""
    return bool(network.batch or network.shuffle or network.features or network.outputs or network.rows)


def write_data(book: Book, network: Network, start: bool) -> dict[str, Area]:
    """
    Args:
        start: whether the initial weights stand here too, because the first epoch has no sheets.

    Returns:
        Where X and y stand.
    """
    areas = _areas(network)
    given = {**network.initial, **network.parameters} if start else {}
    column = max(area.last_column for area in areas.values()) + 2
    high = FIRST + 8 + sum(matrix.shape[0] + 2 for matrix in given.values())
    wide = max([network.widths[0], *(matrix.shape[1] for matrix in given.values())])
    check_grid(max(areas["y"].last_row + 1, high), column + wide, "the sheet Data")
    note = "Every sample; each Step 0 shows those of its update. Change a number here, and every Step 0 follows."
    if start:
        note = "Every sample, and what training started from; the sheets of the first epoch are not in this workbook."
    sheet = add_plain_sheet(book, names.DATA, "Data", note)
    scaled = network.scaling is not None and network.scaling.kind != "none"
    style = with_number_format(flush(book.template.roles["given"].style), "General")
    for name, matrix, headings in (("X", network.X, network.features), ("y", network.y, network.outputs)):
        area = areas[name]
        _head(book, sheet, network, name, area, headings)
        above = headings if network.architecture.axis else network.rows
        characters = min(max([8.0, *(len(text) * 0.95 + 1 for text in above)]), 30.0)
        sheet.set_column_pixels(area.column, area.last_column, round(characters * PIXELS_PER_CHARACTER))
        if headings:
            in_rows = network.architecture.axis == 1
            place = (area.row - 1, area.column, 1, area.columns) if in_rows else (area.row, 1, area.rows, 1)
            book.define(names.DATA, {"X": "features", "y": "outputs"}[name], Area(*place))
        in_decimals = scaled and name == "X" and not (matrix == np.round(matrix)).all()
        book.put_values(sheet, area, matrix, with_number_format(style, "0.0000") if in_decimals else style)
        book.define(names.DATA, name, area)
    if network.rows:
        place = (areas["X"].row, 1, areas["X"].rows, 1)
        if not network.architecture.axis:
            place = (areas["X"].row - 1, areas["X"].column, 1, areas["X"].columns)
        book.define(names.DATA, "rows", Area(*place))
    row = _write_scaling(book, sheet, network, FIRST + 1, column)
    for name, matrix in given.items():
        area = Area(row, column, *matrix.shape)
        sheet.write_string(row - 1, column, names.heading(name), book.formats[HEADING])
        book.put_values(sheet, area, matrix, with_number_format(flush(book.template.roles["weights"].style), "General"))
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
        sheet.set_column_pixels(
            1, 1, round(min(max(8.0, *(len(text) + 1.0 for text in beside)), 40.0) * PIXELS_PER_CHARACTER)
        )
        for i, text in enumerate(beside):
            sheet.write_string(area.row + i, 1, text, book.formats[LABEL])


def _write_scaling(book: Book, sheet: Worksheet, network: Network, row: int, column: int) -> int:
    """What was subtracted from each feature, and what it was divided by; returns the row below."""
    if network.scaling is None:
        return row
    style = with_number_format(flush(book.template.roles["known"].style), "General")
    for name, matrix in (("subtract", network.scaling.subtract), ("divide", network.scaling.divide)):
        area = Area(row, column, *matrix.shape)
        doing = "subtracted from" if name == "subtract" else "then divided by, for"
        text = f"{network.scaling.kind} scaling: {doing} each feature"
        sheet.write_string(row - 1, column, text, book.formats[LABEL])
        book.put_values(sheet, area, matrix, style)
        book.define(names.DATA, name, area)
        row = area.last_row + 3
    return row
