"""The first sheet: where everything is, what the colours mean, and how the run came out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from xlsxwriter.worksheet import Worksheet

from tracer.accuracy import right
from tracer.architecture import Architecture
from tracer.expr import Expression, reads
from tracer.losses import LOSSES
from tracer.network import Network
from tracer.rendering import Text
from tracer.trace import Trace, Update, follows
from tracer.workbook import names
from tracer.workbook.book import Book
from tracer.workbook.canvas import Canvas, Link, legend
from tracer.workbook.datasheet import stands_apart
from tracer.workbook.expectation import Computed, Expected, Place, SheetKind
from tracer.workbook.fitting import fitted
from tracer.workbook.formulas import BlockFormula
from tracer.workbook.labels import labels, widen_for_rows
from tracer.workbook.layout import Area, Layout
from tracer.workbook.limits import check_grid
from tracer.workbook.style import Style, with_number_format
from tracer.workbook.text import suited, widest

#: Stands in the list of parameters for the learning rate, which is live.
LEARNING_RATE = object()
#: The steps that fill what the overview shows again.
SHOWN = {"y": 0, "output": 4}
ROLES = {"y": "given", "output": "known", "loss": "known", "accuracy": "known", "lr": "given"}
#: So many samples are shown again.
SAMPLES = 12
#: Sheets after the steps.
LAST = (names.MATH, names.NETWORK)
#: Characters that the formulas of a step may take.
WIDE = 170


def write_overview(
    book: Book,
    sheet: Worksheet,
    trace: Trace,
    updates: Sequence[Update],
    areas: Mapping[str, Area],
    others: Mapping[str, str],
) -> None:
    """
    Args:
        sheet: an empty one, the first of the book.
        updates: those that have step sheets.
        areas: where the blocks stand on the step sheets of the last of them.
        others: what other sheets hold, by title.
    """
    architecture, last = trace.network.architecture, trace.updates[-1]
    formula = LOSSES[architecture.loss].value(architecture.axis)
    live = bool(updates) and updates[-1] is last
    #: Loss and accuracy are the epoch's, which one update may not have computed.
    whole = live and trace.network.updates == 1
    lists = _lists(trace, updates, others)
    matrices = {"y": _few(trace, "y"), "output": _few(trace, "output"), "loss": trace.history.loss[-1:, np.newaxis]}
    if trace.history.accuracy is not None:
        matrices["accuracy"] = trace.history.accuracy[-1:, np.newaxis]
    named = labels(trace.network, last.samples[:SAMPLES])
    template = fitted(book.template.overview, {*lists, "key", *matrices, *named}, 1)
    sizes = {name: (len(entries), 1) for name, entries in lists.items()}
    sizes["key"] = (len(book.template.roles), 1)
    sizes |= {name: matrix.shape for name, matrix in [*matrices.items(), *named.items()]}
    layout = Layout(template, sizes)
    check_grid(*layout.size, "the overview")
    number_formats = {
        name: suited(template.number_formats[name], matrix) for name, matrix in matrices.items() if name in layout.areas
    }
    widths = layout.column_widths()
    for name in matrices.keys() & layout.areas.keys():
        layout.widen(widths, name, widest(matrices[name], number_formats[name]))
    widen_for_rows(layout, widths, named)
    if "steps.name" in layout.areas:
        column = layout.areas["steps.name"].column
        titles = [entry.text for entry in lists["steps.name"] if isinstance(entry, Link)]
        widths[column] = max(widths.get(column, 0.0), max(len(text) for text in titles) * 0.95)
    canvas = Canvas(sheet, layout, book.formats, widths)
    contents = {
        "name": trace.network.name,
        "hint": _hint(book, trace, updates),
        "shown": _shown(trace, live),
        "loss.formula": f"loss = {Text()(formula)}" + ("" if trace.network.updates == 1 else ", of all updates"),
        "accuracy.heading": "Accuracy",
    }
    canvas.paint(contents, book.template.roles, layout.areas)

    for name, area in layout.areas.items():
        style = template.styles[name]
        if name == "key":
            for i, role in enumerate(book.template.roles.values()):
                canvas.write(area.row + i, area.column, role.label, legend(role.style))
        for i, entry in enumerate(lists.get(name, ())):
            place = Area(area.row + i, area.column, 1, 1)
            if entry is LEARNING_RATE:
                _put_learning_rate(book, sheet, place, style, trace, updates, areas)
            elif isinstance(entry, (int, float)):
                sheet.write_number(place.row, place.column, entry, book.formats[style])
            elif entry and isinstance(entry, (str, Link)):
                canvas.write(place.row, place.column, entry, style)
        if name in named:
            for (i, j), text in np.ndenumerate(named[name]):
                canvas.write(area.row + i, area.column + j, text, style)
        if name in matrices:
            painted = with_number_format(book.template.roles[ROLES[name]].style, number_formats[name])
            if not (live if name in SHOWN else whole):
                book.put_values(sheet, area, matrices[name], painted)
            elif name in SHOWN:
                source = names.step_sheet(last.epoch, SHOWN[name], last.number)
                there = Area(areas[name].row, areas[name].column, *area.shape)
                book.put_link(sheet, area, matrices[name], painted, source, there)
            else:
                source = names.step_sheet(last.epoch, 5, last.number)
                computed = formula if name == "loss" else accuracy(trace.network)
                put_number(book, sheet, area, matrices[name], painted, computed, source, areas)
            book.define(names.OVERVIEW, name, area)


def _lists(trace: Trace, updates: Sequence[Update], others: Mapping[str, str]) -> dict[str, Sequence[object]]:
    """Sheets and parameters, a line each: what goes into the lists of the overview, by their names."""
    linked = [follows(one, other, trace.network.updates) for one, other in zip([None, *updates], updates)]
    steps = [
        (
            names.step_sheet(update.epoch, step.number, update.number),
            step.title,
            _in_a_line(step.formulas_at(update.epoch, update.number, link)),
        )
        for update, link in zip(updates, linked)
        for step in trace.steps
    ]
    apart = [(title, said, "") for title, said in others.items()]
    sheets = [*(line for line in apart if line[0] not in LAST), *steps, *(line for line in apart if line[0] in LAST)]
    parameters = _parameters(trace)
    return {
        "steps.name": [Link(title, title) for title, _, _ in sheets],
        "steps.title": [said for _, said, _ in sheets],
        "steps.formula": [formula for _, _, formula in sheets],
        "parameters.name": [name for name, _ in parameters],
        "parameters.value": [value for _, value in parameters],
    }


def _in_a_line(formulas: Sequence[str]) -> str:
    """Those for which there is room; all of them are on the step's own sheet."""
    line = textwrap.shorten(formulas[0], WIDE, placeholder=" …")
    for formula in formulas[1:]:
        if len(line) + len(formula) > WIDE:
            return f"{line};   …"
        line += f";   {formula}"
    return line


def _few(trace: Trace, name: str) -> np.ndarray:
    """The first samples of a matrix."""
    return trace[name][:SAMPLES] if trace.network.architecture.axis else trace[name][:, :SAMPLES]


def _shown(trace: Trace, live: bool) -> str:
    """Which samples `_few` leaves, where they are not all."""
    last, every = trace.updates[-1], trace.network.sample_count
    count = len(last.samples)
    said = "" if count == every else " of the last update"
    if count > SAMPLES:
        where = f"; all are on {names.step_sheet(last.epoch, 4, last.number)}" if live else ""
        return f"the first {SAMPLES} of {count:,} samples{said}{where}"
    return f"the samples{said}" if said else ""


def _hint(book: Book, trace: Trace, updates: Sequence[Update]) -> str:
    """What the reader may change, and what happens then; and how training ended, if not well."""
    places = ["Data" if stands_apart(trace.network) else "Step 0", "Step 1"]
    if not updates or updates[0].epoch > 1:
        places = ["Data"]
    where = " or ".join(places)
    gaps = not all(follows(one, other, trace.network.updates) for one, other in pairwise(updates))
    if book.formulas == "none":
        said = "numbers without formulas."
    elif not updates:
        said = "no epoch has its sheets here."
    elif gaps or updates[0].epoch > 1:
        said = f"change a number on {where}, and the sheets follow, but for what starts from recorded values."
    else:
        said = f"change a number on {where}, and every sheet after it follows."
    return f"{said} Training diverged: {trace.divergence}." if trace.divergence else said


def _put_learning_rate(
    book: Book,
    sheet: Worksheet,
    place: Area,
    style: Style,
    trace: Trace,
    updates: Sequence[Update],
    areas: Mapping[str, Area],
) -> None:
    """Linked to where it can be changed."""
    if not updates:
        sheet.write_number(place.row, place.column, trace.network.lr, book.formats[style])
        return
    first = names.step_sheet(updates[0].epoch, 1, updates[0].number)
    book.put_link(sheet, place, trace["lr"], style, first, areas["lr"])
    book.define(names.OVERVIEW, "lr", place)


def accuracy(network: Network) -> Expression:
    """The share of samples that are classified rightly, where one update has them all."""
    return right(network.architecture) / network.sample_count


def put_number(
    book: Book,
    sheet: Worksheet,
    area: Area,
    value: np.ndarray,
    style: Style,
    expression: Expression,
    source: str,
    areas: Mapping[str, Area],
) -> None:
    """A number as a formula of what the sheet of a step shows."""
    shapes = {name: there.shape for name, there in areas.items()}
    formula = BlockFormula(lambda name: names.reference(source) + areas[name].range, shapes)
    text = f"={formula(expression)}"
    if book.formulas == "none":
        book.put_values(sheet, area, value, style)
    else:
        book.put_cells(sheet, area, value, style, [[text]], formula.is_array)


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
    if a.bias is not True:
        parameters.append(("Biases", "by sample" if a.bias else "none"))
    if a.step7_lr:
        parameters.append(("Step 7", "times learning rate"))
    parameters += [("Learning rate", LEARNING_RATE), ("Epochs", trace.epochs)]
    if network.batch:
        parameters += [("Batch", network.batch), ("Updates an epoch", network.updates)]
    if network.shuffle:
        parameters.append(("Order", "shuffled"))
    if network.seed is not None:
        parameters.append(("Seed", network.seed))
    return parameters


def expected(trace: Trace, updates: Sequence[Update], title: str, areas: Mapping[str, Area]) -> Iterator[Expected]:
    """How the run came out, as far as the overview shows it."""
    architecture, last = trace.network.architecture, trace.updates[-1]
    results: dict[str, tuple[np.ndarray, Expression | None]] = {
        "loss": (trace.history.loss[-1:, np.newaxis], LOSSES[architecture.loss].value(architecture.axis))
    }
    if trace.history.accuracy is not None:
        results["accuracy"] = trace.history.accuracy[-1:, np.newaxis], accuracy(trace.network)
    for name, (value, expression) in results.items():
        place = Place(title, name)
        if name in areas and expression and trace.network.updates == 1 and last in updates:
            sheet = names.step_sheet(last.epoch, 5, last.number)
            taken = {read: Place(sheet, read) for read in reads(expression)}
            yield Expected(place, value, computed=Computed(expression, taken))
        elif name in areas:
            yield Expected(place, value)
    for name, step in SHOWN.items():
        if name in areas:
            first = trace[name][: areas[name].rows, : areas[name].columns]
            source = Place(names.step_sheet(last.epoch, step, last.number), name)
            yield Expected(Place(title, name), first, source)
    if "lr" in areas:
        yield Expected(Place(title, "lr"), trace["lr"])


SHEET = SheetKind((names.OVERVIEW,), expected)
