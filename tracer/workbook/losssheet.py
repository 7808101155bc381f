"""The sheet `Loss`: the loss of every epoch, with a chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tracer.expr import reads
from tracer.losses import LOSSES
from tracer.numbers import count
from tracer.trace import Trace, Update
from tracer.workbook import names
from tracer.workbook.book import Book
from tracer.workbook.expectation import Computed, Expected, Place, SheetKind
from tracer.workbook.layout import Area
from tracer.workbook.overview import accuracy, put_number
from tracer.workbook.plainsheet import FIRST, HEADING, add_plain_sheet, flush
from tracer.workbook.style import Style, with_number_format
from tracer.xlsx.addresses import ROWS

#: Rows that a sheet has for epochs.
ROOM = ROWS - FIRST - 1
COLUMN = 1
#: So many are printed, which the chart beside them needs.
PRINTED = 34
#: More epochs than these go into the file as numbers, without formulas, to save memory.
STREAMED = 20_000


def thinned(epochs: int, room: int = ROOM) -> np.ndarray:
    """Indices of the epochs that are listed: all, or as many as there is room for, evenly, first and last included."""
    if epochs <= room:
        return np.arange(epochs)
    return np.unique(np.linspace(0, epochs - 1, room).round().astype(int))


def write_loss(book: Book, trace: Trace, updates: Sequence[Update], areas: Mapping[str, Area]) -> None:
    """
    Args:
        updates: those that have step sheets; the numbers of such an epoch are formulas, where it has one update and
            no more than `STREAMED` epochs are listed.
        areas: where the blocks stand on step sheets.
    """
    chosen = thinned(len(trace.history))
    history = trace.history
    columns = {"epoch": history.epochs[chosen].astype(float), "loss": history.loss[chosen]}
    if history.accuracy is not None:
        columns["accuracy"] = history.accuracy[chosen]
    sheet = add_plain_sheet(book, names.LOSS, "Loss", _note(trace, len(chosen)))
    sheet.set_column_pixels(COLUMN, COLUMN + len(columns) - 1, 84)
    sheet.freeze_panes(FIRST + 1, 0)
    known = flush(book.template.roles["known"].style)
    looks: dict[str, Style] = {
        "epoch": with_number_format(known, "#,##0"),
        "loss": with_number_format(known, "0.00000" if columns["loss"].max() < 1000 else "#,##0.00"),
        "accuracy": with_number_format(known, "0.0%"),
    }
    live = {update.epoch: update for update in updates} if trace.network.updates == 1 else {}
    architecture = trace.network.architecture
    computed = {"loss": LOSSES[architecture.loss].value(architecture.axis)}
    if history.accuracy is not None:
        computed["accuracy"] = accuracy(trace.network)
    for k, (name, values) in enumerate(columns.items()):
        at = COLUMN + k
        sheet.write_string(FIRST, at, name, book.formats[HEADING])
        area = Area(FIRST + 1, at, len(values), 1)
        if len(chosen) <= STREAMED:
            book.put_values(sheet, area, values[:, np.newaxis], looks[name])
        book.define(names.LOSS, name, area)
    if len(chosen) > STREAMED:
        sheet.put_columns(FIRST + 1, COLUMN, [(values, book.formats[looks[name]]) for name, values in columns.items()])
        live = {}
    for epoch, update in live.items():
        row = int(np.searchsorted(columns["epoch"], epoch))
        if row < len(chosen) and columns["epoch"][row] == epoch:
            source = names.step_sheet(update.epoch, 5, update.number)
            for k, (name, expression) in enumerate(computed.items(), 1):
                cell = Area(FIRST + 1 + row, COLUMN + k, 1, 1)
                value = columns[name][row : row + 1, np.newaxis]
                put_number(book, sheet, cell, value, looks[name], expression, source, areas)
    sheet.print_area(0, 0, FIRST + PRINTED, COLUMN + len(columns) + 12)
    _draw(book, sheet, len(chosen), list(columns))


def _note(trace: Trace, listed: int) -> str:
    said = "The loss of each epoch, as its step 5 found it"
    if trace.network.updates > 1:
        said = f"The loss of each epoch, summed over its {count(trace.network.updates, 'update')}"
    if listed < len(trace.history):
        said += f"; {listed:,} of {len(trace.history):,} epochs, evenly spaced, since a sheet has no more rows"
    return f"{said}."


def _draw(book: Book, sheet, listed: int, columns: list[str]) -> None:
    """A line chart of the loss, and of the accuracy on the axis to the right."""
    last = FIRST + listed
    epochs = [names.LOSS, FIRST + 1, COLUMN, last, COLUMN]
    grey = book.small_print
    chart = book.add_chart("line")
    for k, (name, color) in enumerate(zip(columns[1:], ("#C2410C", "#1D4ED8")), 1):
        chart.add_series(
            {
                "name": [names.LOSS, FIRST, COLUMN + k],
                "categories": epochs,
                "values": [names.LOSS, FIRST + 1, COLUMN + k, last, COLUMN + k],
                "line": {"color": color, "width": 1.75},
                **({"categories_data": [1], "values_data": [0]} if listed > STREAMED else {}),
                "y2_axis": name == "accuracy",
            }
        )
    step = max(1, round(listed / 10))
    chart.set_x_axis(
        {
            "name": "epoch",
            "name_font": grey,
            "num_font": grey,
            "interval_unit": step,
            "interval_tick": step,
            "line": {"color": "#BFBFBF"},
            "major_tick_mark": "none",
        }
    )
    chart.set_y_axis(
        {
            "name": "loss",
            "name_font": grey,
            "num_font": grey,
            "num_format": "General",
            "major_gridlines": {"visible": True, "line": {"color": "#E5E5E5", "width": 0.75}},
            "line": {"none": True},
        }
    )
    if "accuracy" in columns:
        chart.set_y2_axis(
            {
                "name": "accuracy",
                "name_font": grey,
                "num_font": grey,
                "num_format": "0%",
                "min": 0,
                "max": 1,
                "line": {"none": True},
            }
        )
    chart.set_title(
        {
            "name": "Loss by epoch" if "accuracy" not in columns else "Loss and accuracy by epoch",
            "name_font": book.chart_title(12),
            "overlay": False,
        }
    )
    chart.set_legend({"none": True} if "accuracy" not in columns else {"position": "bottom", "font": grey})
    chart.set_size({"width": 760, "height": 400})
    sheet.insert_chart(FIRST, COLUMN + len(columns) + 1, chart)


def expected(trace: Trace, updates: Sequence[Update], title: str, areas: Mapping[str, Area]) -> Iterator[Expected]:
    """The loss and the accuracy of each epoch; those of epochs with step sheets are computed."""
    history, chosen = trace.history, thinned(len(trace.history))
    if "epoch" in areas:
        yield Expected(Place(title, "epoch"), history.epochs[chosen, np.newaxis].astype(float))
    architecture = trace.network.architecture
    columns = {"loss": (history.loss, LOSSES[architecture.loss].value(architecture.axis))}
    if history.accuracy is not None:
        columns["accuracy"] = history.accuracy, accuracy(trace.network)
    live = updates if trace.network.updates == 1 else ()
    rows = {int(np.searchsorted(history.epochs[chosen], update.epoch)): update for update in live}
    for name, (values, expression) in columns.items():
        if name not in areas:
            continue
        computed = {}
        for row, update in rows.items():
            sheet = names.step_sheet(update.epoch, 5, update.number)
            computed[row] = Computed(expression, {read: Place(sheet, read) for read in reads(expression)})
        yield Expected(Place(title, name), values[chosen, np.newaxis], rows=computed)


SHEET = SheetKind((names.LOSS, names.LOSS_BEFORE), expected)
