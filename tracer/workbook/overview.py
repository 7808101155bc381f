"""The first sheet: where everything is, what the colours mean, and how the run came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from xlsxwriter.worksheet import Worksheet

from tracer.architecture import Architecture
from tracer.expr import Expression
from tracer.losses import LOSSES
from tracer.rendering import Text
from tracer.trace import Trace, Update, follows
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


def write_overview(
    book: Book, sheet: Worksheet, trace: Trace, updates: Sequence[Update], areas: Mapping[str, Area]
) -> None:
    """
    Args:
        sheet: an empty one, the first of the book.
        updates: those that have step sheets.
        areas: where the blocks stand on the step sheets of the last of them.
    """
    architecture, last = trace.network.architecture, trace.updates[-1]
    formula = LOSSES[architecture.loss].value(architecture.axis)
    live = bool(updates) and updates[-1] is last
    template = book.template.overview
    linked = [follows(one, other, trace.network.updates) for one, other in zip([None, *updates], updates)]
    sheets = [(update, step, link) for update, link in zip(updates, linked) for step in trace.steps]
    parameters = _parameters(trace)
    lists: dict[str, Sequence[object]] = {
        "steps.name": [_link(names.step_sheet(update.epoch, step.number, update.number)) for update, step, _ in sheets],
        "steps.title": [step.title for _, step, _ in sheets],
        "steps.formula": [
            ";   ".join(step.formulas_at(update.epoch, update.number, link)) for update, step, link in sheets
        ],
        "parameters.name": [name for name, _ in parameters],
        "parameters.value": [value for _, value in parameters],
    }
    matrices = {"y": trace["y"], "output": trace["output"], "loss": np.array([[trace.loss_of(last)]])}
    sizes = {name: (len(entries), 1) for name, entries in lists.items()}
    sizes["key"] = (len(book.template.roles), 1)
    sizes |= {name: matrix.shape for name, matrix in matrices.items()}
    layout = Layout(template, sizes)
    check_grid(*layout.size, "the overview")
    widths = layout.column_widths()
    for name in matrices.keys() & layout.areas.keys():
        layout.widen(widths, name, widest(matrices[name], template.number_formats[name]))
    canvas = Canvas(sheet, layout, book.formats, widths)
    contents = {"name": trace.network.name, "loss.formula": f"loss = {Text()(formula)}"}
    canvas.paint(contents, book.template.roles, layout.areas)

    for name, area in layout.areas.items():
        style = template.styles[name]
        if name == "key":
            for i, role in enumerate(book.template.roles.values()):
                canvas.write(area.row + i, area.column, role.label, legend(role.style))
        for i, entry in enumerate(lists.get(name, ())):
            if entry is LEARNING_RATE and not updates:
                sheet.write_number(area.row + i, area.column, trace.network.lr, book.formats[style])
            elif entry is LEARNING_RATE:
                cell = Area(area.row + i, area.column, 1, 1)
                book.put_link(
                    sheet,
                    cell,
                    trace["lr"],
                    style,
                    names.step_sheet(updates[0].epoch, 1, updates[0].number),
                    areas["lr"],
                )
                book.define(names.OVERVIEW, "lr", cell)
            elif isinstance(entry, (int, float)):
                sheet.write_number(area.row + i, area.column, entry, book.formats[style])
            elif isinstance(entry, (str, Link)):
                canvas.write(area.row + i, area.column, entry, style)
        if name in matrices:
            painted = with_number_format(book.template.roles[ROLES[name]].style, template.number_formats[name])
            if not live:
                book.put_values(sheet, area, matrices[name], painted)
            elif name in SHOWN:
                source = names.step_sheet(last.epoch, SHOWN[name], last.number)
                book.put_link(sheet, area, matrices[name], painted, source, areas[name])
            else:
                source = names.step_sheet(last.epoch, 5, last.number)
                put_loss(book, sheet, area, matrices[name], painted, formula, source, areas)
            book.define(names.OVERVIEW, name, area)


def put_loss(
    book: Book,
    sheet: Worksheet,
    area: Area,
    loss: np.ndarray,
    style: Style,
    expression: Expression,
    source: str,
    areas: Mapping[str, Area],
) -> None:
    """The loss as a formula of what step 5 shows."""
    shapes = {name: there.shape for name, there in areas.items()}
    formula = BlockFormula(lambda name: names.reference(source) + areas[name].range, shapes)
    text = f"={formula(expression)}"
    if book.formulas == "none":
        book.put_values(sheet, area, loss, style)
    else:
        book.put_cells(sheet, area, loss, style, [[text]], formula.is_array)


def _link(title: str) -> Link:
    return Link(title, title)


def _parameters(trace: Trace) -> list[tuple[str, object]]:
    """What the reader should know of the run; what is as in the article is not worth a line."""
    network = trace.network
    features, *hidden, outputs = network.widths
    a, usual = network.architecture, Architecture()
    parameters: list[tuple[str, object]] = [("Samples", network.sample_count), ("Features", features)]
    for number, width in enumerate(hidden, 1):
        parameters.append((f"Hidden neurons {number}" if len(hidden) > 1 else "Hidden neurons", width))
    parameters += [("Outputs", outputs), ("Activation", ", ".join(dict.fromkeys(a.activations)))]
    if a.output_activation != a.activations[-1]:
        parameters.append(("Output activation", a.output_activation))
    said = {"Loss": a.loss, "Optimizer": a.optimizer, "Samples in": a.samples}
    normal = {"Loss": usual.loss, "Optimizer": usual.optimizer, "Samples in": usual.samples}
    parameters += [(name, value.replace("_", " ")) for name, value in said.items() if value != normal[name]]
    if not a.bias:
        parameters.append(("Biases", "none"))
    parameters += [("Learning rate", LEARNING_RATE), ("Epochs", trace.epochs)]
    if network.batch:
        parameters += [("Batch", network.batch), ("Updates an epoch", network.updates)]
    if network.shuffle:
        parameters.append(("Order", "shuffled"))
    if network.seed is not None:
        parameters.append(("Seed", network.seed))
    return parameters
