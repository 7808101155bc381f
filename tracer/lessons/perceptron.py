"""The perceptron: the article's three ways of creating input-output relationships, a sheet each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import add
from pathlib import Path

import numpy as np

from tracer.expr import Expression, Symbol, symbols, where
from tracer.lessons.sheet import FORMULA, RESULT, SIGN, Block, LessonSheet, neighbours, save
from tracer.rendering import Text
from tracer.workbook.book import Book
from tracer.workbook.canvas import Link
from tracer.workbook.names import OVERVIEW
from tracer.workbook.style import Style

# x1 is a cell, and so no name in a spreadsheet.
x_1, x_2, x_3 = (Symbol(f"x_{k}", f"x{k}") for k in (1, 2, 3))
w_1, w_2, w_3 = (Symbol(f"w_{k}", f"w{k}") for k in (1, 2, 3))
one = Symbol("one", "1")
b, threshold, total, output = symbols("b threshold total output")

#: The article's numbers. It says none for the bias; -3 does what a threshold of 3 does.
GIVEN = {x_1: 0, x_2: 1, x_3: 1, w_1: 2, w_2: 3, w_3: 4, one: 1, b: -3, threshold: 0}


@dataclass(frozen=True, eq=False)
class Way:
    """
    Attributes:
        said: what is special about it.
        hint: what to change, and what happens then.
        inputs, weights: each weight belongs to the input at its place.
        parts: what is added up.
        limit: what the total has to exceed.
    """

    title: str
    said: str
    hint: str
    inputs: tuple[Symbol, ...]
    weights: tuple[Symbol, ...]
    parts: tuple[Expression, ...]
    limit: Expression | float

    @property
    def output(self) -> Expression:
        return where(total > self.limit, 1, 0)


weighted = (w_1 * x_1, w_2 * x_2, w_3 * x_3)
WAYS = (
    Way(
        "Threshold",
        said="The inputs are added up",
        hint="One input of 1 is enough: OR. At a threshold of 1 it takes two of them; at 2 it takes all three: AND.",
        inputs=(x_1, x_2, x_3),
        weights=(),
        parts=(x_1, x_2, x_3),
        limit=threshold,
    ),
    Way(
        "Weights",
        said="Some inputs count for more than others",
        hint="Change the threshold to 3: x3 is still enough alone, while x1 and x2 need each other.",
        inputs=(x_1, x_2, x_3),
        weights=(w_1, w_2, w_3),
        parts=weighted,
        limit=threshold,
    ),
    Way(
        "Bias",
        said="A bias takes the threshold's place",
        hint="A bias of -3 does what a threshold of 3 does on the sheet Weights. Change it to 0: OR; to -8: AND.",
        inputs=(x_1, x_2, x_3, one),
        weights=(w_1, w_2, w_3, b),
        parts=(*weighted, one * b),
        limit=0,
    ),
)

COLOURS = {"current": "computed", "source": "what it is computed from"}
#: Paints the row of the table that the example is in.
HERE: Style = (("bg_color", "#FFF9C4"), ("bold", True))
#: The first row and column of a sheet's numbers.
TOP, LEFT = 9, 2


def write(path: str | Path, *, template: str | Path | None = None, force: bool = False) -> None:
    """Write the lesson's workbook: an overview, and a sheet for each way.

    Args:
        path: where to; its folder is made if it is missing.
        template: whose colours, font and print settings it takes: a path, or the name of one that comes with tracer.
        force: overwrite a file that tracer did not write.

    Raises:
        TracerError: the template is none, or the file cannot be written.
    """
    save("perceptron", path, _fill, template, force)


def _fill(book: Book) -> LessonSheet:
    note = (
        "Three ways to make an output from inputs. Change an input, a weight or the threshold, and the output follows."
    )
    overview = LessonSheet(book, OVERVIEW, "The perceptron", note)
    titles = [way.title for way in WAYS]
    found = [_write_way(book, way, neighbours(titles, k, (1, 2, 4))) for k, way in enumerate(WAYS)]
    overview.section(3, 1, "Sheets", 3)
    overview.write(3, 4, "Output", RESULT)
    for row, (way, block) in enumerate(zip(WAYS, found), 4):
        overview.link(row, 1, Link(way.title, way.title))
        overview.write(row, 2, way.said)
        overview.write(row, 3, Text()(reduce(add, way.parts) > way.limit), FORMULA)
        overview.show(row, 4, block, way.title, "known", name=f"output_{way.title}")
    overview.section(8, 1, "Colours", 2)
    overview.legend(9, 1, COLOURS, width=2)
    for column, pixels in enumerate((90, 270, 360, 80), 1):
        overview.sheet.set_column_pixels(column, column, pixels)
    return overview


def _write_way(book: Book, way: Way, links: dict[int, Link]) -> Block:
    """The sheet of one way: the example, and below it a table of all inputs. Returns the example's output."""
    page = LessonSheet(book, way.title, f"{way.title}: {way.said[0].lower()}{way.said[1:]}", way.hint, links)
    page.write(4, 1, f"total = {Text()(reduce(add, way.parts))}", FORMULA)
    page.write(5, 1, f"output = {Text()(way.output)}", FORMULA)
    page.write(6, 1, "where(condition, 1, 0) is 1 where the condition holds, else 0")

    row = TOP
    known: dict[str, Block] = {}
    for label, given in (("inputs", way.inputs), ("weights", way.weights)):
        if given:
            page.write(row, 1, label)
            known |= {symbol.name: _give(page, row, column, symbol) for column, symbol in enumerate(given, LEFT)}
            row += 2
    added: tuple[Expression, ...] = way.parts
    if way.weights:
        page.write(row, 1, "weighted inputs")
        weighed = [Symbol(f"part_{k}", Text()(part)) for k, part in enumerate(way.parts, 1)]
        for column, (symbol, part) in enumerate(zip(weighed, way.parts), LEFT):
            known[symbol.name] = page.compute(row, column, part, known, heading=symbol.text, name=symbol.name)
        added = tuple(weighed)
        row += 2
    row -= 2  # the total stands beside what it is the sum of
    at_total, at_limit, at_output = (LEFT + len(way.inputs) + k for k in (1, 3, 5))
    for column, sign in ((at_total, "="), (at_limit, ">"), (at_output, "→")):
        page.write(row, column - 1, sign, SIGN)
    known["total"] = page.compute(row, at_total, reduce(add, added), known, heading="total", name="total")
    if isinstance(way.limit, Symbol):
        known[way.limit.name] = _give(page, row, at_limit, way.limit)
    else:
        page.write(row, at_limit, f"{way.limit}", SIGN)
    answer = page.compute(row, at_output, way.output, known, heading="output", name="output")
    _write_table(page, way, row + 3, known, at_total, at_output)
    page.legend(4, at_total, COLOURS, width=5)
    page.sheet.set_column_pixels(1, 1, 110)
    page.sheet.set_column_pixels(LEFT, at_output, 72)
    for column in (at_total, at_limit, at_output):
        page.sheet.set_column_pixels(column - 1, column - 1, 24)
    if not isinstance(way.limit, Symbol):
        page.sheet.set_column_pixels(at_limit, at_limit, 32)
    return answer


def _write_table(page: LessonSheet, way: Way, row: int, known: dict[str, Block], at_total: int, at_output: int) -> None:
    """The total and the output for all inputs of 0 and 1; the row of the example is painted."""
    page.write(row, 1, "all inputs")
    varying = [symbol for symbol in way.inputs if symbol is not one]
    table = np.array(list(product((0.0, 1.0), repeat=len(varying))))
    columns = {
        symbol.name: page.give(row, LEFT + k, table[:, [k]], "given", heading=symbol.text, name=f"all_{symbol.name}")
        for k, symbol in enumerate(varying)
    }
    columns = known | columns
    summed = reduce(add, way.parts)
    columns["total"] = page.compute(row, at_total, summed, columns, "known", heading="total", name="all_total")
    page.compute(row, at_output, way.output, columns, "known", heading="output", name="all_output")
    here = ",".join(f"${columns[symbol.name].area.address()}={known[symbol.name].area.range}" for symbol in varying)
    painted = {"type": "formula", "criteria": f"=AND({here})", "format": page.book.formats[HERE]}
    page.sheet.conditional_format(row, LEFT, row + len(table) - 1, at_output, painted)


def _give(page: LessonSheet, row: int, column: int, symbol: Symbol) -> Block:
    value = np.array([[float(GIVEN[symbol])]])
    return page.give(row, column, value, "source", heading=symbol.text or symbol.name, name=symbol.name)
