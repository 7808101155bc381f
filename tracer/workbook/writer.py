"""Trace -> .xlsx: every step a sheet, every number a live formula with its value cached."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

from tracer.errors import TracerError, nearest
from tracer.trace import Trace
from tracer.workbook import names
from tracer.workbook.book import Book
from tracer.workbook.files import check_target, replace
from tracer.workbook.limits import check_epochs
from tracer.workbook.overview import write_overview
from tracer.workbook.stepsheet import StepSheets
from tracer.workbook.template import Template

FORMULAS = ("cell", "matrix", "none")


def write(
    trace: Trace,
    path: str | Path | BinaryIO,
    *,
    formulas: str = "cell",
    template: str | Path | None = None,
    force: bool = False,
) -> None:
    """Write a trace as a workbook.

    Args:
        path: where to; its folder is made if it is missing. Or a file open for writing bytes.
        formulas: `cell` (one a cell), `matrix` (one array formula a block, by names) or `none` (values only).
        template: what it looks like: a path, or the name of a template that comes with tracer.
        force: overwrite a file that is not a workbook of ours.

    Raises:
        TracerError: the template is none, or the file cannot be written.
    """
    if formulas not in FORMULAS:
        raise TracerError(f"formulas is {formulas!r}, which is none{nearest(str(formulas), FORMULAS)}")
    check_epochs(trace.epochs)
    if isinstance(path, (str, Path)):
        check_target(Path(path), force)
    elif isinstance(path, io.TextIOBase):
        raise TracerError(f"{getattr(path, 'name', 'the file')}: is open as text; open it with mode 'wb'")
    look = Template.read(template, list(trace.state(1, len(trace.steps) - 1)))
    if isinstance(path, (str, Path)):
        replace(Path(path), lambda file: _save(trace, file, look, formulas))
    else:
        _save(trace, path, look, formulas)


def _save(trace: Trace, file: BinaryIO, template: Template, formulas: str) -> None:
    states = [trace.state(epoch, step.number) for epoch in range(1, trace.epochs + 1) for step in trace.steps]
    titles = [None, *(names.step_sheet(state.epoch, state.step.number) for state in states), None]
    with Book(file, template, formulas) as book:
        book.describe(trace.network, trace.epochs)
        overview = book.add_sheet(names.OVERVIEW)
        sheets = StepSheets(book, trace)
        for state, before, title, after in zip(states, titles, titles[1:], titles[2:]):
            assert title is not None
            sheets.write(state, title, before, after)
        write_overview(book, overview, trace, sheets.areas)
