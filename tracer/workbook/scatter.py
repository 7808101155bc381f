"""The chart of the sheet `Boundary`: the training points, each class a series of its own colour and shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from xlsxwriter.chart import Chart

from tracer.workbook import names
from tracer.workbook.book import Book
from tracer.workbook.heatmap import HUES
from tracer.workbook.layout import Area

#: Which are told apart without colour too.
SHAPES = ("circle", "diamond", "triangle", "square", "x", "plus", "star", "short_dash")
#: Pixels around the plot: for the numbers and names of the axes, and below them the legend.
LEFT, RIGHT, BELOW = 76, 14, 76


@dataclass(frozen=True)
class Axis:
    """One of the two inputs: its name, where the grid begins and ends, and every how much a number is shown."""

    name: str
    first: float
    last: float
    unit: float
    number_format: str


def scatter(
    book: Book, area: Area, samples: np.ndarray, across: Axis, up: Axis, above: int, side: int
) -> tuple[Chart, int]:
    """
    Args:
        area: where the samples stand on the sheet, their heads in the row above: the first input, then a column for
            each class with the second input of its samples.
        samples: what stands there; NaN in the columns of other classes.
        above: pixels above the plot.
        side: width and height of the plot in pixels.

    Returns:
        The chart, and its width in pixels.
    """
    width, height = LEFT + side + RIGHT, above + side + BELOW
    chart = book.add_chart("scatter")
    size = 7 if len(samples) <= 100 else 5 if len(samples) <= 400 else 4
    for k in range(1, area.columns):
        hue = HUES[(k - 1) % len(HUES)]
        chart.add_series(
            {
                "name": [names.BOUNDARY, area.row - 1, area.column + k],
                "categories": [names.BOUNDARY, area.row, area.column, area.last_row, area.column],
                "values": [names.BOUNDARY, area.row, area.column + k, area.last_row, area.column + k],
                # What the chart shows until a program looks at the cells; XlsxWriter would write 0 for #N/A.
                "categories_data": samples[:, 0].tolist(),
                "values_data": [None if np.isnan(value) else value for value in samples[:, k].tolist()],
                "marker": {
                    "type": SHAPES[(k - 1) % len(SHAPES)],
                    "size": size,
                    "fill": {"color": hue, "transparency": 25},
                    "border": {"color": hue, "width": 0.5},
                },
            }
        )
    chart.set_x_axis(_axis(across, book.small_print))
    chart.set_y_axis(_axis(up, book.small_print))
    chart.set_legend({"position": "bottom", "font": book.small_print})
    chart.set_title({"none": True})
    plot = {"x": LEFT / width, "y": above / height, "width": side / width, "height": side / height}
    chart.set_plotarea({"layout": plot, "border": {"color": "#BFBFBF", "width": 0.75}})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": width, "height": height})
    return chart, width


def _axis(axis: Axis, font: dict[str, Any]) -> dict[str, object]:
    """An axis that ends where the grid does, and crosses the other one there."""
    return {
        "name": axis.name,
        "name_font": font,
        "num_font": font,
        "num_format": axis.number_format,
        "min": axis.first,
        "max": axis.last,
        "major_unit": axis.unit,
        "crossing": "min",
        "major_gridlines": {"visible": True, "line": {"color": "#EDEDED", "width": 0.75}},
        "line": {"color": "#BFBFBF"},
        "major_tick_mark": "outside",
    }
