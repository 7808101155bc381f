"""Charts of a lesson: lines and points over two axes of numbers."""

from __future__ import annotations

from typing import Any

from xlsxwriter.chart import Chart

from tracer.lessons.sheet import Block
from tracer.workbook.book import Book


def scatter(book: Book, title: str, x_axis: str, y_axis: str, size: tuple[int, int], **x_scale: Any) -> Chart:
    """An empty chart.

    Args:
        size: in pixels.
        x_scale: XlsxWriter's options of the x axis, such as `max`.
    """
    chart = book.add_chart("scatter")
    chart.set_title({"name": title, "name_font": book.chart_title(11), "overlay": False})
    look: dict[str, Any] = {
        "name_font": book.small_print,
        "num_font": book.small_print,
        "num_format": "General",
        "line": {"color": "#BFBFBF"},
        "major_gridlines": {"visible": True, "line": {"color": "#E5E5E5", "width": 0.75}},
        "major_tick_mark": "none",
        "label_position": "low",
    }
    chart.set_x_axis({**look, "name": x_axis, **x_scale})
    chart.set_y_axis({**look, "name": y_axis})
    chart.set_legend({"position": "bottom", "font": book.small_print})
    chart.set_size({"width": size[0], "height": size[1]})
    return chart


def add(
    chart: Chart,
    name: str,
    sheet: str,
    x: Block,
    y: Block,
    color: str,
    *,
    line: float = 0.0,
    marker: int = 0,
    shape: str = "circle",
) -> None:
    """A series of points on a sheet.

    Args:
        line: width of the line through them; 0 for none.
        marker: size of what is drawn at each; 0 for nothing.
        shape: XlsxWriter's name of that.
    """
    drawn = {"type": shape, "size": marker, "fill": {"color": color}, "border": {"color": color}}
    chart.add_series(
        {
            "name": name,
            "categories": [sheet, x.area.row, x.area.column, x.area.last_row, x.area.last_column],
            "values": [sheet, y.area.row, y.area.column, y.area.last_row, y.area.last_column],
            "line": {"color": color, "width": line} if line else {"none": True},
            "marker": drawn if marker else {"type": "none"},
        }
    )
