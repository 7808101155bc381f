"""The first sheet: where everything is, what the colours mean, and how the run came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from xlsxwriter.worksheet import Worksheet

from tracer.rendering import Text
from tracer.steps import LOSS, Step
from tracer.trace import Trace
from tracer.workbook import names
from tracer.workbook.book import Book
from tracer.workbook.canvas import Canvas, Link, legend
from tracer.workbook.formulas import BlockFormula
from tracer.workbook.layout import Area, Layout
from tracer.workbook.limits import check_grid
from tracer.workbook.style import Style, with_number_format
from tracer.workbook.text import widest

#: Stands in the list of parameters for the learning rate, which is live.
LEARNING_RATE = object()
#: The steps that fill what the overview shows again.
SHOWN = {"y": 0, "output": 4}
ROLES = {"y": "given", "output": "known", "loss": "known", "lr": "given"}


def write_overview(book: Book, sheet: Worksheet, trace: Trace, areas: Mapping[str, Area]) -> None:
    """
    Args:
        sheet: an empty one, the first of the book.
        areas: where the blocks stand on the step sheets.
    """
    template = book.template.overview
    titles = [(epoch, step) for epoch in range(1, trace.epochs + 1) for step in trace.steps]
    parameters = _parameters(trace)
    lists: dict[str, Sequence[object]] = {
        "steps.name": [_link(epoch, step) for epoch, step in titles],
        "steps.title": [step.title for _, step in titles],
        "steps.formula": [";   ".join(step.formulas_at(epoch)) for epoch, step in titles],
        "parameters.name": [name for name, _ in parameters],
        "parameters.value": [value for _, value in parameters],
    }
    matrices = {"y": trace["y"], "output": trace["output"], "loss": np.array([[trace.loss]])}
    sizes = {name: (len(entries), 1) for name, entries in lists.items()}
    sizes["key"] = (len(book.template.roles), 1)
    sizes |= {name: matrix.shape for name, matrix in matrices.items()}
    layout = Layout(template, sizes)
    check_grid(*layout.size, "the overview")
    widths = layout.column_widths()
    for name in matrices.keys() & layout.areas.keys():
        layout.widen(widths, name, widest(matrices[name], template.number_formats[name]))
    canvas = Canvas(sheet, layout, book.formats, widths)
    contents = {"name": trace.network.name, "loss.formula": f"loss = {Text()(LOSS)}"}
    canvas.paint(contents, book.template.roles, layout.areas)

    last = trace.epochs
    for name, area in layout.areas.items():
        style = template.styles[name]
        if name == "key":
            for i, role in enumerate(book.template.roles.values()):
                canvas.write(area.row + i, area.column, role.label, legend(role.style))
        for i, entry in enumerate(lists.get(name, ())):
            if entry is LEARNING_RATE:
                cell = Area(area.row + i, area.column, 1, 1)
                book.put_link(sheet, cell, trace["lr"], style, names.step_sheet(1, 1), areas["lr"])
                book.define(names.OVERVIEW, "lr", cell)
            elif isinstance(entry, (int, float)):
                sheet.write_number(area.row + i, area.column, entry, book.formats[style])
            elif isinstance(entry, (str, Link)):
                canvas.write(area.row + i, area.column, entry, style)
        if name in matrices:
            painted = with_number_format(book.template.roles[ROLES[name]].style, template.number_formats[name])
            if name in SHOWN:
                book.put_link(sheet, area, matrices[name], painted, names.step_sheet(last, SHOWN[name]), areas[name])
            else:
                _put_loss(book, sheet, area, matrices[name], painted, names.step_sheet(last, 5), areas)
            book.define(names.OVERVIEW, name, area)


def _put_loss(
    book: Book, sheet: Worksheet, area: Area, loss: np.ndarray, style: Style, source: str, areas: Mapping[str, Area]
) -> None:
    """The loss as a formula of the errors that step 5 found."""
    shapes = {name: there.shape for name, there in areas.items()}
    formula = BlockFormula(lambda name: names.reference(source) + areas[name].range, shapes)
    text = f"={formula(LOSS)}"
    if book.formulas == "none":
        book.put_values(sheet, area, loss, style)
    else:
        book.put_cells(sheet, area, loss, style, [[text]], formula.is_array)


def _link(epoch: int, step: Step) -> Link:
    title = names.step_sheet(epoch, step.number)
    return Link(title, title)


def _parameters(trace: Trace) -> list[tuple[str, object]]:
    network = trace.network
    (samples, features), outputs = network.X.shape, network.y.shape[1]
    parameters: list[tuple[str, object]] = [
        ("Samples", samples),
        ("Features", features),
        ("Hidden neurons", network.hidden),
        ("Outputs", outputs),
        ("Activation", network.activation),
        ("Learning rate", LEARNING_RATE),
        ("Epochs", trace.epochs),
    ]
    if network.seed is not None:
        parameters.append(("Seed", network.seed))
    return parameters
