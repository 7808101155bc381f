"""Gradient descent: the article's example of full batch and stochastic, ten points and two weights, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tracer.expr import Expression, Symbol, total
from tracer.lessons import charts
from tracer.lessons.sheet import FORMULA, LABEL, RESULT, Block, LessonSheet, neighbours, save
from tracer.matrices import E, lr, output, y
from tracer.rendering import Text, evaluate
from tracer.workbook.book import Book
from tracer.workbook.canvas import Link
from tracer.workbook.layout import Area
from tracer.workbook.names import HISTORY, OVERVIEW

x = Symbol("x")
# w1 is a cell, and so no name in a spreadsheet.
w_1, w_2 = Symbol("w_1", "w1"), Symbol("w_2", "w2")
change_1, change_2 = Symbol("change_1", "Δw1"), Symbol("change_2", "Δw2")

#: The loss is least at w1 = 1 and w2 = 1. In this order, points beside one another often lie on the same side of that
#: line, and so move the weights the same way.
GIVEN = {
    x: [1.4, -1.4, 0.2, 1.8, -0.2, 1.0, -0.6, -1.8, -1.0, 0.6],
    y: [1.3, 1.0, 0.9, 3.0, 1.9, 3.4, 1.5, -2.2, -1.0, 0.2],
    w_1: [0.0],
    w_2: [0.0],
    lr: [0.05],
}
POINTS, EPOCHS = 10, 5

#: What a point asks for, with the article's signs: the learning rate times the negative gradient of E * E / 2.
POINT: dict[Symbol, Expression] = {
    output: w_1 + w_2 * x,
    E: y - output,
    change_1: E * lr,
    change_2: E * x * lr,
}
#: Of all points, as in the article's network.
loss = total((y - (w_1 + w_2 * x)) ** 2) / 2
#: Where it is least.
_x, _y = total(x) / POINTS, total(y) / POINTS
LEAST: dict[Symbol, Expression] = {
    w_2: total((x - _x) * (y - _y)) / total((x - _x) ** 2),
    w_1: _y - w_2 * _x,
}


@dataclass(frozen=True, eq=False)
class Method:
    """
    Attributes:
        prefix: of the names of its blocks.
        color: in charts.
        batch: after how many points it moves the weights.
        update: what they are then.
    """

    title: str
    prefix: str
    color: str
    batch: int
    update: Mapping[Symbol, Expression]


METHODS = (
    Method("Full batch", "full", "#1D4ED8", POINTS, {w_1: w_1 + total(change_1), w_2: w_2 + total(change_2)}),
    Method("Stochastic", "stochastic", "#C2410C", 1, {w_1: w_1 + change_1, w_2: w_2 + change_2}),
)
TITLES = tuple(f"Epoch {number}" for number in range(1, EPOCHS + 1))
DATA = "Points"

COLOURS = {
    "current": "weights after an update",
    "source": "the changes that it adds",
    "weights": "weights before it",
    "given": "points and learning rate",
    "known": "computed on the way",
}
DECIMALS = "0.000"
#: On the sheet of an epoch: the first point's row, and the first column of the points and of each method.
TOP, LEFT, COLUMNS = 10, 2, (5, 13)

Numbers = dict[str, np.ndarray]
Blocks = dict[str, Block]


def write(path: str | Path, *, template: str | Path | None = None, force: bool = False) -> None:
    """Write the lesson's workbook: an overview, the points with charts, each epoch, and the history.

    Args:
        path: where to; its folder is made if it is missing.
        template: whose colours, font and print settings it takes: a path, or the name of one that comes with tracer.
        force: overwrite a file that tracer did not write.

    Raises:
        TracerError: the template is none, or the file cannot be written.
    """
    save("gradient-descent", path, _fill, template, force)


def epoch(method: Method, given: Numbers) -> Numbers:
    """One pass over the points.

    Args:
        given: x and y, n × 1; w_1, w_2 and lr, 1 × 1.

    Returns:
        By name: what is computed for each point, n × 1; the weights with which each is seen, and those after the
        last, n + 1 × 1.
    """
    weights = {symbol.name: given[symbol.name] for symbol in method.update}
    found: dict[str, list[np.ndarray]] = {name: [] for name in (*weights, *(symbol.name for symbol in POINT))}
    for batch in np.split(np.arange(POINTS), POINTS // method.batch):
        state = {**given, **weights, x.name: given[x.name][batch], y.name: given[y.name][batch]}
        for symbol, expression in POINT.items():
            state[symbol.name] = evaluate(expression, state)
        for name, column in found.items():
            column.append(np.broadcast_to(state[name], (len(batch), 1)))
        weights = {symbol.name: evaluate(expression, state) for symbol, expression in method.update.items()}
    for name, after in weights.items():
        found[name].append(after)
    return {name: np.concatenate(column) for name, column in found.items()}


def _fill(book: Book) -> None:
    overview = LessonSheet(
        book,
        OVERVIEW,
        "Gradient descent: full batch and stochastic",
        "Ten points and two weights, w1 and w2. Full batch moves them once in an epoch, stochastic after each point.",
    )
    titles = [DATA, *TITLES, HISTORY]
    points = LessonSheet(
        book,
        DATA,
        "Points: a line through ten of them",
        "Change the learning rate: at 0.1 stochastic goes round in a loop; at 0.2 full batch diverges.",
        neighbours(titles, 0, (1, 2, 4)),
    )
    given = _give(points)
    #: The weights of each method at each epoch's points, and the losses.
    passed: dict[str, list[Blocks]] = {method.prefix: [] for method in METHODS}
    for number, title in enumerate(TITLES, 1):
        before = {
            prefix: {name: b.rows(POINTS) for name, b in epochs[-1].items()}
            for prefix, epochs in passed.items()
            if epochs
        }
        found = _write_epoch(book, titles, number, given, before)
        for prefix, blocks in found.items():
            passed[prefix].append(blocks)
    history = _write_history(book, titles, passed)
    _finish_points(points, given, passed, history)
    _write_overview(overview, passed)


def _give(page: LessonSheet) -> Blocks:
    """The points, the weights to start from and the learning rate, on the sheet of the points."""
    for row in range(POINTS):
        page.write(5 + row, 1, f"point {row + 1}")
    page.write(17, 1, "start")
    page.write(17, 4, "learning rate")
    places = {
        x: (5, 2, "given"),
        y: (5, 3, "given"),
        w_1: (17, 2, "weights"),
        w_2: (17, 3, "weights"),
        lr: (17, 5, "given"),
    }
    return {
        symbol.name: page.give(
            row,
            column,
            np.array(GIVEN[symbol])[:, np.newaxis],
            role,
            name=symbol.name,
            heading="" if symbol is lr else symbol.text or symbol.name,
            number_format="0.0" if symbol in (x, y) else "General",
        )
        for symbol, (row, column, role) in places.items()
    }


def _write_epoch(
    book: Book, titles: list[str], number: int, given: Blocks, before: Mapping[str, Blocks]
) -> dict[str, Blocks]:
    """The sheet of an epoch.

    Args:
        given: what is on the sheet of the points.
        before: the weights after the epoch before, by the methods' prefixes; none for the first epoch.

    Returns:
        By prefix: the weights with which each point was seen and those after the last, and the loss with each.
    """
    title = TITLES[number - 1]
    page = LessonSheet(
        book,
        title,
        f"{title}: one update, and ten",
        "Full batch adds up what the ten points ask for, all with the same weights. "
        "Stochastic moves the weights after each point, and so the next one asks for something else.",
        neighbours(titles, number, (1, 3, 6)),
    )
    said = [f"{symbol.text or symbol.name} = {Text()(expression)}" for symbol, expression in POINT.items()]
    page.write(4, 1, "     ".join(said), FORMULA)
    page.write(5, 1, f"loss = {Text()(loss)}, of all points", FORMULA)
    for k in range(POINTS):
        page.write(TOP + k, 1, f"point {k + 1}")
    page.write(TOP + POINTS, 1, "after them")
    page.write(TOP + POINTS + 2, 1, "learning rate")
    known = {
        symbol.name: page.show(
            TOP, column, given[symbol.name], DATA, "given", name=symbol.name, heading=symbol.name, number_format="0.0"
        )
        for column, symbol in enumerate((x, y), LEFT)
    }
    known["lr"] = page.show(TOP + POINTS + 2, LEFT, given["lr"], DATA, "given", name="lr")
    found = {}
    for method, column in zip(METHODS, COLUMNS):
        start, source = (before[method.prefix], TITLES[number - 2]) if before else (given, DATA)
        found[method.prefix] = _write_method(page, method, column, known, start, source)
    page.legend(TOP + POINTS + 2, COLUMNS[0], dict(list(COLOURS.items())[:3]), width=3)
    page.sheet.set_column_pixels(1, 1, 90)
    page.sheet.set_column_pixels(2, 3, 52)
    page.sheet.set_column_pixels(4, 4, 20)
    page.sheet.set_column_pixels(5, 19, 62)
    page.sheet.set_column_pixels(12, 12, 20)
    return found


def _write_method(page: LessonSheet, method: Method, column: int, known: Blocks, start: Blocks, source: str) -> Blocks:
    """One method's half of an epoch's sheet: a row for each point, and one for the weights after them."""
    page.section(TOP - 3, column, method.title, 7)
    said = [f"{symbol.text} = {Text()(expression)}" for symbol, expression in method.update.items()]
    page.write(TOP - 2, column, "     ".join(said), FORMULA)
    inputs = {name: block.values for name, block in known.items()}
    inputs |= {symbol.name: start[symbol.name].values for symbol in method.update}
    found = epoch(method, inputs)
    places = {name: Area(TOP, column + k, len(values), 1) for k, (name, values) in enumerate(found.items())}
    blocks = {name: Block(area, found[name]) for name, area in places.items()}
    look = {"number_format": DECIMALS}

    for symbol in method.update:
        at, block = blocks[symbol.name].area.column, blocks[symbol.name]
        first = page.show(TOP, at, start[symbol.name], source, "weights", heading=symbol.text, **look)
        if method.batch > 1:
            same = block.rows(1, POINTS - 1).values
            page.compute(TOP + 1, at, symbol, {symbol.name: first}, "weights", values=same, **look)
        page.book.define(page.title, f"{method.prefix}_{symbol.name}", block.area)
    seen = known | {name: block.rows(0, POINTS) for name, block in blocks.items()}
    for symbol, expression in POINT.items():
        role = "source" if symbol in (change_1, change_2) else "known"
        page.compute(
            TOP,
            blocks[symbol.name].area.column,
            expression,
            seen,
            role,
            name=f"{method.prefix}_{symbol.name}",
            heading=symbol.text or symbol.name,
            values=found[symbol.name],
            **look,
        )
    for symbol, expression in method.update.items():
        block = blocks[symbol.name]
        if method.batch > 1:
            last = seen | {symbol.name: block.rows(POINTS - 1)}
            page.compute(TOP + POINTS, block.area.column, expression, last, "current", **look)
        else:
            moved = block.rows(1, POINTS).values
            page.compute(TOP + 1, block.area.column, expression, seen, "current", values=moved, **look)
    at = column + len(found)
    losses = [
        page.compute(
            TOP + k,
            at,
            loss,
            known | {symbol.name: blocks[symbol.name].rows(k) for symbol in method.update},
            "known",
            heading="" if k else "loss",
            **look,
        ).values
        for k in range(POINTS + 1)
    ]
    blocks["loss"] = Block(Area(TOP, at, POINTS + 1, 1), np.concatenate(losses))
    page.book.define(page.title, f"{method.prefix}_loss", blocks["loss"].area)
    return {name: blocks[name] for name in ("w_1", "w_2", "loss")}


def _write_history(book: Book, titles: list[str], passed: Mapping[str, list[Blocks]]) -> dict[str, Blocks]:
    """The sheet of the weights and the loss after each point, and after none. Returns its columns, by prefix."""
    page = LessonSheet(
        book,
        HISTORY,
        "History",
        "The weights after each point, and the loss of all points with them.",
        neighbours(titles, len(titles) - 1, (1, 2, 5)),
    )
    page.sheet.set_portrait()
    top, count = 5, EPOCHS * POINTS + 1
    seen = page.give(top, 1, np.arange(float(count))[:, np.newaxis], "given", name="points_seen", heading="points seen")
    found: dict[str, Blocks] = {}
    for method, column in zip(METHODS, (3, 7)):
        page.section(top - 2, column, method.title, 3)
        found[method.prefix] = {"seen": seen}
        for at, name in enumerate(("w_1", "w_2", "loss"), column):
            parts = [
                page.show(
                    top + k * POINTS,
                    at,
                    blocks[name].rows(0, POINTS + (k == EPOCHS - 1)),
                    TITLES[k],
                    "known",
                    heading="" if k else {"w_1": "w1", "w_2": "w2"}.get(name, name),
                    number_format=DECIMALS,
                ).values
                for k, blocks in enumerate(passed[method.prefix])
            ]
            area = Area(top, at, count, 1)
            book.define(HISTORY, f"{method.prefix}_{name}", area)
            found[method.prefix][name] = Block(area, np.concatenate(parts))
    for column, pixels in {1: 92, 2: 20, 6: 20}.items():
        page.sheet.set_column_pixels(column, column, pixels)
    return found


def _finish_points(
    page: LessonSheet, given: Blocks, passed: Mapping[str, list[Blocks]], history: Mapping[str, Blocks]
) -> None:
    """What came of the points: the weights, the lines, and the charts."""
    top, last = 21, TITLES[-1]
    page.write(top - 2, 1, f"after {EPOCHS} epochs")
    lines: dict[str, Block] = {}
    for row, method in enumerate(METHODS, top):
        page.write(row, 1, method.title.lower())
        reached = {name: block.rows(POINTS) for name, block in passed[method.prefix][-1].items()}
        known = dict(given)
        for column, (name, block) in enumerate(reached.items(), 2):
            heading = "" if row > top else {"w_1": "w1", "w_2": "w2"}.get(name, name)
            known[name] = page.show(row, column, block, last, "known", heading=heading, number_format=DECIMALS)
        at = 4 + METHODS.index(method)
        lines[method.prefix] = page.compute(
            5, at, POINT[output], known, "known", heading=method.title.lower(), number_format=DECIMALS
        )
    page.write(top + 2, 1, "least loss")
    known = dict(given)
    for symbol, expression in LEAST.items():
        column = {w_1: 2, w_2: 3}[symbol]
        known[symbol.name] = page.compute(
            top + 2, column, expression, known, "known", name=f"least_{symbol.name}", number_format=DECIMALS
        )
    page.compute(top + 2, 4, loss, known, "known", name="least_loss", number_format=DECIMALS)

    going = charts.scatter(page.book, "Loss of all points", "points seen", "loss", (640, 300), max=50, major_unit=10)
    path = charts.scatter(page.book, "Path of the weights", "w1", "w2", (316, 300))
    fit = charts.scatter(page.book, f"Points, and lines after {EPOCHS} epochs", "x", "y", (316, 300))
    for method in METHODS:
        columns, whole = history[method.prefix], method.batch > 1
        charts.add(going, method.title, HISTORY, columns["seen"], columns["loss"], method.color, line=1.75)
        charts.add(
            path,
            method.title,
            HISTORY,
            columns["w_1"],
            columns["w_2"],
            method.color,
            line=1.25,
            marker="circle",
            marker_size=7 if whole else 3,
        )
        charts.add(fit, method.title, DATA, given["x"], lines[method.prefix], method.color, line=1.75)
    charts.add(path, "least loss", DATA, known["w_1"], known["w_2"], "#1F2937", marker="diamond", marker_size=9)
    charts.add(fit, "points", DATA, given["x"], given["y"], "#1F2937", marker="circle")
    page.sheet.insert_chart(3, 7, going)
    page.sheet.insert_chart(19, 7, path)
    page.sheet.insert_chart(19, 7, fit, {"x_offset": 324})
    page.sheet.set_column_pixels(1, 1, 100)
    page.sheet.set_column_pixels(2, 5, 76)
    page.sheet.set_column_pixels(6, 6, 24)


def _write_overview(page: LessonSheet, passed: Mapping[str, list[Blocks]]) -> None:
    page.section(3, 1, "Sheets", 3)
    said = {
        DATA: ("The points, the learning rate, and charts of what comes of them", Text()(POINT[output])),
        **{title: ("One update, and ten, beside one another", "") for title in TITLES},
        HISTORY: ("The weights and the loss after each point", Text()(loss)),
    }
    for row, (title, (words, formula)) in enumerate(said.items(), 4):
        page.link(row, 1, Link(title, title))
        page.write(row, 2, words)
        page.write(row, 3, formula, FORMULA)
    page.section(3, 5, "Loss after epoch", 1)
    for column, method in enumerate(METHODS, 6):
        page.write(3, column, method.title, RESULT)
        for k in range(EPOCHS + 1):
            page.write(4 + k, 5, f"{k}", LABEL)
            block = passed[method.prefix][max(k - 1, 0)]["loss"].rows(POINTS if k else 0)
            page.show(4 + k, column, block, TITLES[max(k - 1, 0)], "known", number_format=DECIMALS)
        page.book.define(OVERVIEW, f"{method.prefix}_loss", Area(4, column, EPOCHS + 1, 1))
    page.section(13, 1, "Colours", 2)
    page.legend(14, 1, COLOURS, width=2)
    for column, pixels in enumerate((90, 390, 250, 24, 130, 100, 100), 1):
        page.sheet.set_column_pixels(column, column, pixels)
