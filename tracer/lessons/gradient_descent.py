"""Gradient descent: the article's example of full batch and stochastic, ten points and two weights, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tracer.expr import Expression
from tracer.lessons import charts
from tracer.lessons.descent import (
    GIVEN,
    LEAST,
    METHODS,
    POINT,
    POINTS,
    WEIGHTS,
    Method,
    change_1,
    change_2,
    epoch,
    loss,
    w_1,
    w_2,
    x,
)
from tracer.lessons.sheet import FORMULA, HEADING, RESULT, Block, LessonSheet, neighbours, save
from tracer.matrices import lr, output, y
from tracer.rendering import Text
from tracer.workbook.book import Book
from tracer.workbook.canvas import Link
from tracer.workbook.layout import Area
from tracer.workbook.names import LOSS, OVERVIEW

EPOCHS = 5
DATA = "Points"
TITLES = (DATA, *(f"Epoch {number}" for number in range(1, EPOCHS + 1)), LOSS)

COLOURS = {
    "current": "weights after an update",
    "source": "the changes that it adds",
    "weights": "weights before it",
    "given": "points and learning rate",
    "known": "computed on the way",
}
#: Of lines in charts, by the methods' prefixes.
LINES = {"full": "#1D4ED8", "stochastic": "#C2410C"}
DARK = "#1F2937"
HEADINGS = {symbol.name: symbol.text or symbol.name for symbol in (x, y, *WEIGHTS, *POINT)} | {"loss": "loss"}
DECIMALS = "0.000"
#: On the sheet of an epoch: the first point's row.
TOP = 10

Blocks = dict[str, Block]


def write(path: str | Path, *, template: str | Path | None = None, force: bool = False) -> None:
    """Write the lesson's workbook: an overview, the points with charts, each epoch, and the loss after each point.

    Args:
        path: where to; its folder is made if it is missing.
        template: whose colours, font and print settings it takes: a path, or the name of one that comes with tracer.
        force: overwrite a file that tracer did not write.

    Raises:
        TracerError: the template is none, or the file cannot be written.
    """
    save("gradient-descent", path, _fill, template, force)


def _fill(book: Book) -> LessonSheet:
    note = "Ten points and two weights, w1 and w2. Full batch moves them once in an epoch, stochastic after each point."
    overview = LessonSheet(book, OVERVIEW, "Gradient descent: full batch and stochastic", note)
    note = (
        "Change the learning rate: at 0.1 stochastic goes round in a loop, "
        "at 0.15 full batch swings from side to side, at 0.2 it diverges."
    )
    points = LessonSheet(book, DATA, "Points: a line through ten of them", note, neighbours(TITLES, 0, (1, 2, 2)))
    given = _give(points)
    #: By the methods' prefixes: what each epoch gave.
    passed: dict[str, list[Blocks]] = {method.prefix: [] for method in METHODS}
    for number in range(1, EPOCHS + 1):
        _write_epoch(book, number, given, passed)
    history = _write_loss(book, passed)
    lines = _write_results(points, given, passed)
    _draw(points, given, history, lines)
    _write_overview(overview, passed)
    return overview


def _give(page: LessonSheet) -> Blocks:
    """The points, the weights to start from and the learning rate."""
    for k in range(POINTS):
        page.write(6 + k, 1, f"point {k + 1}")
    page.write(18, 1, "start")
    page.write(19, 1, "learning rate")
    places = {x: (6, 2), y: (6, 3), w_1: (18, 2), w_2: (18, 3), lr: (19, 2)}
    return {
        symbol.name: page.give(
            *at,
            np.array(GIVEN[symbol])[:, np.newaxis],
            "weights" if symbol in WEIGHTS else "given",
            name=symbol.name,
            heading=HEADINGS.get(symbol.name, ""),
            number_format="0.0" if symbol in (x, y) else "General",
        )
        for symbol, at in places.items()
    }


def _write_epoch(book: Book, number: int, given: Blocks, passed: Mapping[str, list[Blocks]]) -> None:
    """The sheet of an epoch, both methods beside one another.

    Args:
        given: what is on the sheet of the points.
        passed: what the epochs before gave; this one's is added: the weights with which each point was seen and those
            after the last, and the loss with each.
    """
    note = (
        "Full batch adds up the changes that ten points ask for, all with the same weights. "
        "Stochastic makes each before it sees the next point."
    )
    title = TITLES[number]
    page = LessonSheet(book, title, f"{title}: one update, and ten", note, neighbours(TITLES, number, (1, 2, 5)))
    said = [f"{HEADINGS[symbol.name]} = {Text()(expression)}" for symbol, expression in POINT.items()]
    page.write(4, 1, "     ".join(said), FORMULA)
    page.write(5, 1, f"loss = {Text()(loss)}, of all points", FORMULA)
    for k in range(POINTS):
        page.write(TOP + k, 1, f"point {k + 1}")
    page.write(TOP + POINTS, 1, "after all ten")
    page.write(TOP + POINTS + 2, 1, "learning rate")
    known = {
        name: page.show(TOP, column, given[name], DATA, "given", name=name, heading=name, number_format="0.0")
        for column, name in ((2, "x"), (3, "y"))
    }
    known["lr"] = page.show(TOP + POINTS + 2, 2, given["lr"], DATA, "given", name="lr")
    for method, column in zip(METHODS, (5, 13)):
        before = passed[method.prefix]
        start = {name: block.rows(POINTS) for name, block in before[-1].items()} if before else given
        before.append(_write_method(page, method, column, known, start, TITLES[number - 1]))
    page.legend(TOP + POINTS + 2, 5, COLOURS, width=4)
    for first, last, pixels in ((1, 1, 90), (2, 3, 52), (4, 4, 20), (5, 19, 62), (12, 12, 20)):
        page.sheet.set_column_pixels(first, last, pixels)


def _write_method(page: LessonSheet, method: Method, column: int, known: Blocks, start: Blocks, source: str) -> Blocks:
    """One method's half of an epoch's sheet: a row for each point, and one for the weights after them."""
    page.section(TOP - 3, column, method.title, 7)
    said = [f"{symbol.text} = {Text()(expression)}" for symbol, expression in method.update.items()]
    page.write(TOP - 2, column, "     ".join(said), FORMULA)
    given = {name: block.values for name, block in {**start, **known}.items()}
    blocks = {
        name: Block(Area(TOP, column + k, len(values), 1), values)
        for k, (name, values) in enumerate(epoch(method, given).items())
    }
    #: What stands in the rows of the points.
    seen = known | {name: block.rows(0, POINTS) for name, block in blocks.items()}

    def put(block: Block, expression: Expression, read: Blocks, role: str, heading: str = "") -> None:
        row, at = block.area.row, block.area.column
        page.compute(row, at, expression, read, role, values=block.values, heading=heading, number_format=DECIMALS)

    for symbol, expression in method.update.items():
        block = blocks[symbol.name]
        page.show(
            TOP,
            block.area.column,
            start[symbol.name],
            source,
            "weights",
            heading=HEADINGS[symbol.name],
            number_format=DECIMALS,
        )
        if method.batch == 1:
            put(block.rows(1, POINTS), expression, seen, "current")
        else:
            put(block.rows(1, POINTS - 1), symbol, {symbol.name: block.rows(0)}, "weights")
            put(block.rows(POINTS), expression, seen | {symbol.name: block.rows(POINTS - 1)}, "current")
    for symbol, expression in POINT.items():
        role = "source" if symbol in (change_1, change_2) else "known"
        put(blocks[symbol.name], expression, seen, role, HEADINGS[symbol.name])
    weights = {symbol.name: blocks[symbol.name] for symbol in WEIGHTS}
    losses = [
        page.compute(
            TOP + k,
            column + len(blocks),
            loss,
            known | {name: block.rows(k) for name, block in weights.items()},
            "known",
            heading="" if k else "loss",
            number_format=DECIMALS,
        ).values
        for k in range(POINTS + 1)
    ]
    blocks["loss"] = Block(Area(TOP, column + len(blocks), len(losses), 1), np.concatenate(losses))
    for name, block in blocks.items():
        page.book.define(page.title, f"{method.prefix}_{name}", block.area)
    return weights | {"loss": blocks["loss"]}


def _write_loss(book: Book, passed: Mapping[str, list[Blocks]]) -> dict[str, Blocks]:
    """The sheet of the weights and the loss after each point; returns its columns, by the methods' prefixes."""
    note = "The weights after each point, and the loss of all points with them."
    page = LessonSheet(book, LOSS, "Loss: after each point", note, neighbours(TITLES, len(TITLES) - 1, (1, 3, 3)))
    page.sheet.set_portrait()
    top, count = 6, EPOCHS * POINTS + 1
    seen = page.give(top, 1, np.arange(float(count))[:, np.newaxis], "given", name="points_seen", heading="points seen")
    found: dict[str, Blocks] = {}
    for method, column in zip(METHODS, (3, 7)):
        page.section(top - 2, column, method.title, 3)
        found[method.prefix] = {"seen": seen}
        for at, name in enumerate(("w_1", "w_2", "loss"), column):
            page.write(top - 1, at, HEADINGS[name], HEADING)
            parts = [blocks[name].rows(0, POINTS) for blocks in passed[method.prefix]]
            parts.append(passed[method.prefix][-1][name].rows(POINTS))
            for k, part in enumerate(parts):
                page.show(top + k * POINTS, at, part, TITLES[min(k + 1, EPOCHS)], "known", number_format=DECIMALS)
            whole = Block(Area(top, at, count, 1), np.concatenate([part.values for part in parts]))
            book.define(LOSS, f"{method.prefix}_{name}", whole.area)
            found[method.prefix][name] = whole
    for column, pixels in {1: 92, 2: 20, 6: 20}.items():
        page.sheet.set_column_pixels(column, column, pixels)
    return found


def _write_results(page: LessonSheet, given: Blocks, passed: Mapping[str, list[Blocks]]) -> Blocks:
    """What came of the points, beside and below them.

    Returns:
        The outputs of both methods' lines, by prefix; the weights at which the loss is least.
    """
    found: Blocks = {}
    page.write(4, 5, f"output after {EPOCHS} epochs")
    page.write(21, 1, f"after {EPOCHS} epochs")
    columns = {"w_1": 2, "w_2": 3, "loss": 5}
    for name, column in columns.items():
        page.write(21, column, HEADINGS[name], HEADING)
    for row, at, method in zip((22, 23), (5, 6), METHODS):
        page.write(row, 1, method.title.lower())
        known = dict(given)
        for name, block in passed[method.prefix][-1].items():
            known[name] = page.show(
                row, columns[name], block.rows(POINTS), TITLES[EPOCHS], "known", number_format=DECIMALS
            )
        found[method.prefix] = page.compute(
            6,
            at,
            POINT[output],
            known,
            "known",
            name=f"{method.prefix}_output",
            heading=method.title.lower(),
            number_format=DECIMALS,
        )
    page.write(24, 1, "least loss")
    known = dict(given)
    for name, expression in {**{symbol.name: least for symbol, least in LEAST.items()}, "loss": loss}.items():
        known[name] = page.compute(
            24, columns[name], expression, known, "known", name=f"least_{name}", number_format=DECIMALS
        )
    for first, last, pixels in ((1, 1, 90), (2, 3, 64), (4, 4, 20), (5, 6, 84), (7, 7, 24)):
        page.sheet.set_column_pixels(first, last, pixels)
    return found | {symbol.name: known[symbol.name] for symbol in WEIGHTS}


def _draw(page: LessonSheet, given: Blocks, history: Mapping[str, Blocks], results: Blocks) -> None:
    """The loss, the path of the weights, and the lines through the points."""
    seen = EPOCHS * POINTS
    going = charts.scatter(page.book, "Loss of all points", "points seen", "loss", (660, 340), max=seen, major_unit=10)
    path = charts.scatter(page.book, "Path of the weights", "w1", "w2", (326, 340))
    lines = charts.scatter(page.book, f"Lines after {EPOCHS} epochs", "x", "y", (326, 340))
    for method in METHODS:
        color, columns = LINES[method.prefix], history[method.prefix]
        size = 7 if method.batch > 1 else 3
        charts.add(going, method.title, LOSS, columns["seen"], columns["loss"], color, line=1.75)
        charts.add(path, method.title, LOSS, columns["w_1"], columns["w_2"], color, line=1.25, marker=size)
        charts.add(lines, method.title, DATA, given["x"], results[method.prefix], color, line=1.75)
    charts.add(path, "least loss", DATA, results["w_1"], results["w_2"], DARK, marker=9, shape="diamond")
    charts.add(lines, "points", DATA, given["x"], given["y"], DARK, marker=5)
    page.sheet.insert_chart(3, 8, going)
    page.sheet.insert_chart(20, 8, path)
    page.sheet.insert_chart(20, 8, lines, {"x_offset": 334})


def _write_overview(page: LessonSheet, passed: Mapping[str, list[Blocks]]) -> None:
    said = {
        DATA: ("Ten points, the learning rate, and charts of what comes of them", f"output = {Text()(POINT[output])}"),
        **{title: ("One update of full batch beside ten of stochastic", "") for title in TITLES[1:-1]},
        LOSS: ("The weights and the loss after each point", f"loss = {Text()(loss)}"),
    }
    page.section(3, 1, "Sheets", 3)
    for row, (title, (words, formula)) in enumerate(said.items(), 4):
        page.link(row, 1, Link(title, title))
        page.write(row, 2, words)
        page.write(row, 3, formula, FORMULA)
    page.section(3, 5, "Loss after epoch")
    for k in range(EPOCHS + 1):
        page.write(4 + k, 5, str(k))
    for column, method in enumerate(METHODS, 6):
        page.write(3, column, method.title, RESULT)
        losses = [blocks["loss"].rows(POINTS) for blocks in passed[method.prefix]]
        losses.insert(0, passed[method.prefix][0]["loss"].rows(0))
        for k, block in enumerate(losses):
            page.show(4 + k, column, block, TITLES[max(k, 1)], "known", number_format=DECIMALS)
        page.book.define(OVERVIEW, f"{method.prefix}_loss", Area(4, column, len(losses), 1))
    page.section(12, 5, "Colours")
    page.legend(13, 5, COLOURS)
    for column, pixels in enumerate((90, 390, 270, 24, 200, 100, 100), 1):
        page.sheet.set_column_pixels(column, column, pixels)
