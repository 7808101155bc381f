"""The chain rule: the article's section with samples in columns and no biases, its partial derivatives as blocks.

Section "Understanding the implementation of Neural Networks from scratch in detail". Names and shapes of the blocks are
the listing's; what the listing computes in one line has blocks in between, so that every factor can be seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tracer import engine
from tracer.expr import Expression, Symbol, largest, reads, symbols
from tracer.lessons.sheet import FORMULA, LABEL, Block, LessonSheet
from tracer.network import Network
from tracer.numbers import count
from tracer.rendering import Text, evaluate
from tracer.trace import Trace, Update
from tracer.values import times
from tracer.workbook import names
from tracer.workbook.book import Book
from tracer.workbook.canvas import Link
from tracer.workbook.expectation import Computed, Expected, Place, SheetKind
from tracer.workbook.layout import Area
from tracer.workbook.plainsheet import HEADING, flush
from tracer.workbook.style import with_number_format
from tracer.workbook.writer import write as write_workbook

#: What the listing starts from, and sets NumPy's generator to.
X = [[1, 1, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1]]
Y = [[1, 1, 0]]
SEED, HIDDEN = 42, 3
#: Of the first update, and of the training after it.
FIRST_LR, LR, EPOCHS, EVERY = 0.01, 0.1, 1000, 100

x, y, weights_input_hidden, weights_hidden_output, lr = symbols("X y weights_input_hidden weights_hidden_output lr")
hidden_answers, output = symbols("hiddenLayer_activations output")
error_wrt_output, output_wrt_linear = symbols("error_wrt_output output_wrt_outputLayer_LinearTransform")
linear_wrt_weights, linear_wrt_answers, answers_wrt_linear, hidden_wrt_weights = symbols(
    "outputLayer_LinearTransform_wrt_weights_hidden_output outputLayer_LinearTransform_wrt_hiddenLayer_activations "
    "hiddenLayer_activations_wrt_hiddenLayer_linearTransform hiddenLayer_linearTransform_wrt_weights_input_hidden"
)
error_wrt_linear, error_wrt_answers, error_wrt_hidden = symbols(
    "error_wrt_outputLayer_LinearTransform error_wrt_hiddenLayer_activations error_wrt_hiddenLayer_linearTransform"
)
error_wrt_weights_out, error_wrt_weights_in = symbols("error_wrt_weights_hidden_output error_wrt_weights_input_hidden")
error, new_out, new_in, step_out, step_in = symbols("error new_weights_hidden_output new_weights_input_hidden wout wh")

#: What the step sheets call what the listing calls otherwise, or the same.
SHOWN = {
    x: "X", y: "y", weights_input_hidden: "wh", weights_hidden_output: "wout", lr: "lr",
    hidden_answers: "hiddenlayer_activations", output: "output",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Blocks that belong together: what the listing calls each, and its expression."""

    title: str
    blocks: Mapping[Symbol, Expression]


PARTS = (
    Part("The error of each sample", {error: (y - output) ** 2 / 2}),
    Part("The partial derivatives", {
        error_wrt_output: -(y - output),
        output_wrt_linear: output * (1 - output),
        linear_wrt_weights: 1 * hidden_answers,
        linear_wrt_answers: 1 * weights_hidden_output,
        answers_wrt_linear: hidden_answers * (1 - hidden_answers),
        hidden_wrt_weights: 1 * x,
    }),
    Part("Chained to the weights of the output", {
        error_wrt_linear: error_wrt_output * output_wrt_linear,
        error_wrt_weights_out: linear_wrt_weights @ error_wrt_linear.T,
    }),
    Part("Chained on to the weights of the hidden layer", {
        error_wrt_answers: linear_wrt_answers @ error_wrt_linear,
        error_wrt_hidden: error_wrt_answers * answers_wrt_linear,
        error_wrt_weights_in: hidden_wrt_weights @ error_wrt_hidden.T,
    }),
    Part("The weights after the first update", {
        new_out: weights_hidden_output - lr * error_wrt_weights_out,
        new_in: weights_input_hidden - lr * error_wrt_weights_in,
    }),
)  # fmt: skip

TITLE, TRAINING = "Chain rule", "Training"
#: As many as the article prints.
DECIMALS = "0.00000000"


def first_update() -> Trace:
    """The listing's first iteration, with its small learning rate."""
    return engine.run(_network(FIRST_LR))


def training(progress=lambda done, total: None) -> Trace:
    """Its training: weights drawn again, while the generator goes on; only the history is kept."""
    drawn = np.random.RandomState(SEED)
    features = len(X)
    drawn.uniform(size=(features + 1) * HIDDEN)
    given = {"wh": drawn.uniform(size=(features, HIDDEN)), "wout": drawn.uniform(size=(HIDDEN, 1))}
    return engine.run(_network(LR, **given), EPOCHS, keep=(), progress=progress)


def _network(lr: float, **given: np.ndarray) -> Network:
    options = {"hidden": HIDDEN, "samples": "columns", "bias": False, "seed": SEED}
    return Network(X, Y, **options, lr=lr, name="chain-rule", **given)  # type: ignore[arg-type]


def partials(trace: Trace) -> dict[str, np.ndarray]:
    """The blocks of the sheet of partial derivatives, by name."""
    state = trace.state(1, 5)
    found = {symbol.name: state[ours] for symbol, ours in SHOWN.items()}
    for part in PARTS:
        for symbol, expression in part.blocks.items():
            found[symbol.name] = evaluate(expression, found)
    return {**found, step_out.name: trace["wout"], step_in.name: trace["wh"]}


def trained(trace: Trace) -> dict[str, np.ndarray]:
    """The blocks of the sheet of the training, by name; it is the same whatever was changed on other sheets."""
    epochs = np.arange(EVERY, EPOCHS + 1, EVERY)
    history = training().history
    error = history.loss[epochs - 1] / len(Y[0])
    return {"epoch": epochs[:, np.newaxis].astype(float), "error": error[:, np.newaxis]}


def write(path: str | Path, *, template: str | Path | None = None, force: bool = False) -> None:
    """Write the section as a workbook: the steps of the first update, its partial derivatives, and the training.

    Args:
        path: where to; its folder is made if it is missing.
        template: what it looks like: a path, or the name of a template that comes with tracer.
        force: overwrite a file that tracer did not write.

    Raises:
        TracerError: the template is none, or the file cannot be written.
    """
    write_workbook(first_update(), path, template=template, force=force, more=(write_partials, write_training))


def write_partials(book: Book, trace: Trace, updates: Sequence[Update], areas: Mapping[str, Area]) -> tuple[str, str]:
    """The sheet of the partial derivatives, linked to the step sheets; returns its title and what it holds."""
    note = (
        "The same update by the chain rule, in the listing's names; a partial derivative has the shape of what it is "
        "multiplied with. Change a weight on Step 1, and it follows."
    )
    sheet = LessonSheet(book, TITLE, "The chain rule", note, {1: Link(names.OVERVIEW, names.OVERVIEW)})
    sheet.sheet.set_portrait()
    sheet.sheet.set_column_pixels(1, 1, 690)
    sheet.sheet.set_column_pixels(2, 2, 50)
    sheet.sheet.set_column_pixels(3, 5, 100)
    known: dict[str, Block] = {}
    row = 4
    sheet.section(row, 1, "From the step sheets", 5)
    row += 1
    for symbol, ours in SHOWN.items():
        source = names.step_sheet(1, 5)
        block = Block(areas[ours], trace.state(1, 5)[ours])
        row = _show(sheet, known, row + 1, symbol, f"{ours} of the steps", block, source)
    for part in PARTS:
        row += 2
        sheet.section(row, 1, part.title, 5)
        row += 1
        for symbol, expression in part.blocks.items():
            formula = Text()(expression).removeprefix("1 * ")
            shown = "General" if symbol is hidden_wrt_weights else DECIMALS
            block = sheet.compute(row + 1, 3, expression, known, name=symbol.name, number_format=shown)
            row = _label(sheet, row + 1, symbol, f"= {formula}", block)
            known[symbol.name] = block
    row += 2
    sheet.section(row, 1, "The same as steps 5 to 10 find", 5)
    row += 1
    for symbol, ours, new in ((step_out, "wout", new_out), (step_in, "wh", new_in)):
        row = _show(
            sheet, known, row + 1, symbol, "after step 10", Block(areas[ours], trace[ours]), names.step_sheet(1, 10)
        )
        known[symbol.name] = known.pop(symbol.name)
        apart = largest(abs(symbol - new))
        block = sheet.compute(row + 1, 3, apart, known, number_format="0.0E+00")
        row = _label(sheet, row + 1, Symbol(f"largest difference of {new.name}"), "", block)
    return TITLE, "The partial derivatives of the first update, by the listing's names"


def _show(
    sheet: LessonSheet, known: dict[str, Block], row: int, symbol: Symbol, said: str, block: Block, source: str
) -> int:
    whole = bool((block.values == np.round(block.values)).all())
    number_format = "General" if whole else DECIMALS
    known[symbol.name] = sheet.show(row, 3, block, source, "known", name=symbol.name, number_format=number_format)
    return _label(sheet, row, symbol, said, block)


def _label(sheet: LessonSheet, row: int, symbol: Symbol, said: str, block: Block) -> int:
    """What stands beside a block: its name, what it is, its shape. Returns the row below."""
    sheet.write(row, 1, symbol.name, FORMULA)
    rows = block.values.shape[0]
    if said:
        sheet.write(row + 1, 1, said, LABEL)
        rows = max(rows, 2)
    sheet.write(row, 2, times(block.values.shape), LABEL)
    return row + rows


def write_training(book: Book, trace: Trace, updates: Sequence[Update], areas: Mapping[str, Area]) -> tuple[str, str]:
    """The sheet of the training after the first update; returns its title and what it holds."""
    blocks = trained(trace)
    epochs = blocks["epoch"]
    note = (
        f"Weights drawn again (the generator goes on), learning rate {LR:g}, {count(EPOCHS, 'epoch')}: "
        "the error, averaged over the samples. Recorded values."
    )
    sheet = LessonSheet(book, TRAINING, "Training", note, {1: Link(names.OVERVIEW, names.OVERVIEW)})
    known = flush(book.template.roles["known"].style)
    for column, (name, number_format) in enumerate({"epoch": "#,##0", "error": DECIMALS}.items(), 1):
        values = blocks[name]
        area = Area(5, column, *values.shape)
        sheet.write(4, column, name, HEADING)
        book.put_values(sheet.sheet, area, values, with_number_format(known, number_format))
        book.define(TRAINING, name, area)
    sheet.sheet.set_column_pixels(1, 2, 96)
    chart = book.add_chart("line")
    last = 5 + len(epochs) - 1
    chart.add_series(
        {
            "name": [TRAINING, 4, 2],
            "categories": [TRAINING, 5, 1, last, 1],
            "values": [TRAINING, 5, 2, last, 2],
            "line": {"color": "#C2410C", "width": 1.75},
            "marker": {"type": "circle", "size": 5, "fill": {"color": "#C2410C"}, "border": {"color": "#C2410C"}},
        }
    )
    grey = book.small_print
    chart.set_title({"name": "Error by epoch", "name_font": book.chart_title(12)})
    chart.set_legend({"none": True})
    chart.set_x_axis({"name": "epoch", "name_font": grey, "num_font": grey})
    chart.set_y_axis({"num_font": grey, "min": 0, "major_gridlines": {"visible": True, "line": {"color": "#E5E5E5"}}})
    chart.set_size({"width": 620, "height": 320})
    sheet.sheet.insert_chart(4, 4, chart)
    return TRAINING, "The error of the training after it, every hundred epochs"


def expected_partials(
    trace: Trace, updates: Sequence[Update], title: str, areas: Mapping[str, Area]
) -> Iterator[Expected]:
    """The sheet of the partial derivatives."""
    values = partials(trace)
    for symbol, ours in SHOWN.items():
        yield Expected(Place(TITLE, symbol.name), values[symbol.name], _source(trace, ours))
    for part in PARTS:
        for symbol, expression in part.blocks.items():
            taken = {name: Place(TITLE, name) for name in reads(expression)}
            yield Expected(Place(TITLE, symbol.name), values[symbol.name], computed=Computed(expression, taken))
    for symbol in (step_out, step_in):
        place = Place(names.step_sheet(1, 10), symbol.name)
        yield Expected(Place(TITLE, symbol.name), values[symbol.name], place)


def _source(trace: Trace, name: str) -> Place:
    """Where the step sheets fill a block, before it is corrected."""
    step = next(step.number for step in trace.steps if name in step.current)
    return Place(names.step_sheet(1, step), name)


def expected_training(
    trace: Trace, updates: Sequence[Update], title: str, areas: Mapping[str, Area]
) -> Iterator[Expected]:
    """The sheet of the training, whose numbers are recorded ones."""
    for name, matrix in trained(trace).items():
        yield Expected(Place(TRAINING, name), matrix)


PARTIALS = SheetKind((TITLE,), expected_partials)
TRAINED = SheetKind((TRAINING,), expected_training)
