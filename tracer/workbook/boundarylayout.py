"""Where everything stands on the sheet `Boundary`, and whether it fits.

At the left the map and the chart; at the right, side by side, a block for the grid's points and one for each matrix
that is computed for them, a row for each point. On top of the columns of a block stands what they are computed with:
the weights of its neurons.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tracer import boundary
from tracer.errors import TracerError
from tracer.expr import calls, reads
from tracer.network import Network
from tracer.numbers import count
from tracer.rendering import Text, definition
from tracer.workbook.layout import Area
from tracer.workbook.limits import check_grid
from tracer.workbook.plainsheet import FIRST

#: The first row of the map; above it stand a heading and a gap.
TOP = FIRST + 2
#: The first column of the map, right of its name and its numbers.
LEFT = 3
#: Of the map, and of each of its cells at least and at most, in pixels.
SIDE, SMALLEST, LARGEST = 574, 14, 48
#: Numbers that place the grid, a row each.
LIMITS = ("smallest", "largest", "margin", "first", "step")

#: Points along each axis; a map of more is no better to look at.
POINTS = 101
#: Cells with formulas on this sheet: more take programs minutes.
CELLS = 2_000_000


class Layout:
    """
    Attributes:
        areas: of every block, by the names that `boundary.grid` has for them.
        groups: the blocks that stand side by side at the right, left to right.
        weights: of each of them, the weights that stand on top of it.
        lines: the formulas, as text, that stand above all of these.
        chart: the column of the chart.
        pixels: width and height of a cell of the map.
        size: rows and columns of the sheet.
    """

    def __init__(self, network: Network, points: int) -> None:
        self.pixels = min(max(round(SIDE / points), SMALLEST), LARGEST)
        self.chart = LEFT + points + 1
        self.lines = lines(network)
        self.weights = {
            symbol.name: tuple(name for name in reads(expression) if name in network.initial)
            for symbol, expression in boundary.computed(network)
        }
        rows = {name: matrix.shape[0] if name.startswith("w") else 1 for name, matrix in network.initial.items()}
        on_top = {"X": LIMITS, **self.weights}
        rows |= dict.fromkeys(LIMITS, 1)
        heights = {name: sum(rows[above] for above in blocks) for name, blocks in on_top.items()}
        #: Two rows of headings, below what stands on top of the blocks.
        self.heads = TOP + len(self.lines) + 1 + max(heights.values())
        # A layer has an input and an answer.
        widths = dict(zip(self.weights, [width for width in network.widths[1:] for _ in range(2)]))
        widths = {"X": 2, **widths, **({"class": 1} if network.widths[-1] > 1 else {})}
        self.groups = (*widths, "samples")
        self.areas = {
            "boundary": Area(TOP, LEFT, points, points),
            "up": Area(TOP, LEFT - 1, points, 1),
            "across": Area(TOP + points, LEFT, 1, points),
        }
        column = self.chart + 2
        for name, width in widths.items():
            row = self.heads - heights.get(name, 0)
            for above in on_top.get(name, ()):
                self.areas[above] = Area(row, column, rows[above], width)
                row += rows[above]
            self.areas[name] = Area(self.heads + 2, column, points * points, width)
            column += width + 1
        self.areas["samples"] = Area(self.heads + 2, column, network.sample_count, 1 + boundary.class_count(network))
        self.size = (
            max(area.last_row for area in self.areas.values()) + 1,
            max(area.last_column for area in self.areas.values()) + 1,
        )


def lines(network: Network) -> list[str]:
    """The formulas, as the article writes them, and what their functions are."""
    found = boundary.computed(network)
    said = [f"{symbol.name} = {Text()(expression)}" for symbol, expression in found]
    if network.widths[-1] > 1:
        said.append("class = the number of the largest output")
    functions = dict.fromkeys(call for _, expression in found for call in calls(expression))
    return [*said, *(definition(function, Text()) for function in functions)]


#: Of the largest number: inputs that are nearer to one another than this have no grid.
NEAR = 1e-9


def check_boundary(network: Network, points: Any) -> None:
    """
    Args:
        points: of the grid, along each axis.

    Raises:
        TracerError: it is no whole number from 2 to `POINTS`, the network has not two inputs or answers samples alone,
            or the sheet would be too large.
    """
    if isinstance(points, bool) or not isinstance(points, (int, np.integer)) or not 2 <= points <= POINTS:
        raise TracerError(
            f"boundary is {points!r}; expected how many points the grid has along each axis, a whole number from 2 to "
            f"{POINTS}, such as 41 (0: no sheet Boundary)"
        )
    if network.widths[0] != 2:
        raise TracerError(
            f"boundary is {points}, and the network has {count(network.widths[0], 'input')}; a boundary is drawn over "
            "two: choose two columns with --columns, or leave it out with --boundary 0"
        )
    if network.architecture.bias == "by_sample":
        raise TracerError(
            f"boundary is {points}, and bias is by_sample: between the samples there are no biases to answer with; "
            "leave the boundary out with --boundary 0"
        )
    X, _ = boundary.samples(network)
    for number, (low, high) in enumerate(zip(X.min(axis=0).tolist(), X.max(axis=0).tolist()), 1):
        span = high - low or 2 * boundary.ALONE
        if span < NEAR * max(abs(low), abs(high), 1e-3):
            raise TracerError(
                f"boundary is {points}, and input {number} goes from {low!r} to {high!r}, too near for a spreadsheet "
                "to tell the points of a grid apart; scale the data with --scale standard, or leave it out with "
                "--boundary 0"
            )
    of_points = 3 + 2 * sum(network.widths[1:]) + (network.widths[-1] > 1)
    of_samples = network.sample_count * (1 + boundary.class_count(network))
    if points**2 * of_points + of_samples > CELLS:
        fitting = math.isqrt(max(CELLS - of_samples, 0) // of_points)
        fits = f"--boundary {fitting} fits" if fitting > 1 else "leave it out with --boundary 0"
        raise TracerError(
            f"boundary is {points}, and the sheet Boundary would have {points**2 * of_points + of_samples:,} formulas; "
            f"it has at most {CELLS:,}: {fits}"
        )
    check_grid(*Layout(network, int(points)).size, "the sheet Boundary")
