"""Trace -> .xlsx: every step a sheet, every number a live formula with its value cached."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from tracer.errors import TracerError, nearest
from tracer.networkfile import FORMULAS
from tracer.selection import DEFAULT, select
from tracer.trace import Trace, Update, follows
from tracer.workbook import names
from tracer.workbook.book import Book
from tracer.workbook.datasheet import stands_apart, write_data
from tracer.workbook.files import check_target
from tracer.workbook.labels import labels
from tracer.workbook.layout import Area
from tracer.workbook.limits import check_sheets
from tracer.workbook.losssheet import STREAMED, write_loss
from tracer.workbook.mathsheet import write_math
from tracer.workbook.networksheet import write_network
from tracer.workbook.overview import write_overview
from tracer.workbook.stepsheet import StepSheets
from tracer.workbook.template import Template
from tracer.writing import replace

#: Writes a sheet, given where blocks stand on the step sheets of the last update; tells its title and what it holds.
More = Callable[[Book, Trace, Sequence[Update], Mapping[str, Area]], tuple[str, str]]


def write(
    trace: Trace,
    path: str | Path | BinaryIO,
    *,
    formulas: str = "cell",
    template: str | Path | None = None,
    sheets: str = DEFAULT,
    boundary: int | None = None,
    force: bool = False,
    more: Sequence[More] = (),
) -> None:
    """Write a trace as a workbook.

    Args:
        path: where to; its folder is made if it is missing. Or a file open for writing bytes.
        formulas: `cell` (one a cell), `matrix` (one array formula a block, by names) or `none` (values only).
        template: what it looks like: a path, or the name of a template that comes with tracer.
        sheets: which epochs get their step sheets, see `tracer.selection`.
        boundary: points along each axis of the sheet `Boundary`, of a network with two inputs; None or 0 for none.
        force: overwrite a file that is not a workbook of ours.
        more: what writes further sheets.

    Raises:
        TracerError: the template is none, the network has no boundary, or the file cannot be written.
    """
    if formulas not in FORMULAS:
        raise TracerError(f"formulas is {formulas!r}, which is none{nearest(str(formulas), FORMULAS)}")
    chosen = [epoch for epoch in select(sheets, trace.epochs) if epoch in trace.recorded]
    check_sheets(len(chosen), trace.network.updates, len(trace.steps), bool(boundary))
    if boundary:
        from tracer.workbook.boundarylayout import check_boundary  # here, because most workbooks have none

        check_boundary(trace.network, boundary)
        boundary = int(boundary)
    if isinstance(path, (str, Path)):
        check_target(Path(path), force)
    elif isinstance(path, io.TextIOBase):
        raise TracerError(f"{getattr(path, 'name', 'the file')}: is open as text; open it with mode 'wb'")
    network, last = trace.network, trace.updates[-1]
    needed = list(trace.state_of(last, len(trace.steps) - 1))
    look = Template.read(template, needed, len(network.hidden), tuple(labels(network, last.samples)))
    updates = [update for update in trace.updates if update.epoch in chosen]
    if tuple(chosen) != select(sheets, trace.epochs):
        sheets = ",".join(map(str, chosen)) or "none"
    if isinstance(path, (str, Path)):
        replace(Path(path), lambda file: _save(trace, updates, sheets, boundary, file, look, formulas, more))
    else:
        _save(trace, updates, sheets, boundary, path, look, formulas, more)


def _save(
    trace: Trace,
    updates: list[Update],
    sheets: str,
    boundary: int | None,
    file: BinaryIO,
    template: Template,
    formulas: str,
    more: Sequence[More],
) -> None:
    titles = [names.step_sheet(update.epoch, step.number, update.number) for update in updates for step in trace.steps]
    neighbours = iter(zip([None, *titles], titles, [*titles[1:], None]))
    with Book(file, template, formulas, in_memory=trace.epochs <= STREAMED) as book:
        mark = book.describe(trace.network.name, trace.divergence)
        overview = book.add_sheet(names.OVERVIEW)
        started = bool(updates) and updates[0].epoch == 1
        data = write_data(book, trace.network, not started) if stands_apart(trace.network) or not started else {}
        written = StepSheets(book, trace, data)
        previous: Update | None = None
        for update in updates:
            linked = follows(previous, update, trace.network.updates)
            for step in trace.steps:
                before, title, after = next(neighbours)
                written.write(update, step, title, before, after, linked)
            previous = update
        areas = written.fitting(trace.updates[-1])
        others = {names.DATA: "All samples"} if data else {}
        if trace.epochs > 1 or not updates:
            write_loss(book, trace, updates, areas)
            others[names.LOSS] = "How the loss went, with a chart"
        others |= dict(further(book, trace, updates, areas) for further in more)
        if boundary and not trace.divergence:  # weights that ran away draw no boundary
            from tracer.workbook.boundarysheet import write_boundary
            from tracer.workbook.source import Source

            live = bool(updates) and updates[-1] is trace.updates[-1]
            axis = trace.network.architecture.axis
            weights = Source(titles[-1], areas, axis) if live else None
            where = (names.DATA, data) if data else (titles[0], written.fitting(updates[0]))
            write_boundary(book, trace, boundary, weights, Source(*where, axis))
            others[names.BOUNDARY] = "What the network answers all over the plane of its inputs"
        write_math(book, trace, updates, written)
        others[names.MATH] = "The derivation: the chain rule, in letters and in names"
        write_network(book, trace, mark, sheets, formulas, boundary, started)
        others[names.NETWORK] = "The options, as a network file"
        write_overview(book, overview, trace, updates, areas, others)
