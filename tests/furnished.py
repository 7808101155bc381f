"""A workbook by XlsxWriter in which everything stands that it can write beside cells."""

import datetime
import io
from pathlib import Path

import xlsxwriter

PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "math.png"


def workbook():
    """As bytes."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties(
        {"title": "T", "subject": "S", "author": "A", "keywords": "K", "comments": "C", "category": "G"}
    )
    book.set_custom_property("Checked", True)
    book.set_custom_property("When", datetime.datetime(2026, 1, 2))
    book.set_custom_property("Number", 3)
    sheet, other = book.add_worksheet("S"), book.add_worksheet("Other")
    cells(book, sheet)
    rules(book, sheet)
    objects(book, sheet)
    page(sheet)
    other.write_column("A1", [1, 2, 3])
    other.protect("", {"insert_rows": True, "objects": True})
    other.unprotect_range("A1:B2", "open")
    other.set_background(PICTURE)
    other.hide_gridlines(2)
    other.set_zoom(80)
    other.split_panes(15, 8.43)
    other.ignore_errors({"number_stored_as_text": "A1:A9"})
    chart = book.add_chart({"type": "pie"})
    chart.add_series(
        {"values": "=Other!$A$1:$A$3", "data_labels": {"percentage": True}, "points": [{"fill": {"color": "red"}}]}
    )
    book.add_chartsheet("Chart").set_chart(chart)
    book.define_name("rate", "=Other!$A$1")
    book.define_name("S!own", "=S!$B$2")
    book.set_calc_mode("auto_except_tables")
    book.close()
    return file.getvalue()


def cells(book, sheet):
    sheet.write_column("A1", [f"k{i}" for i in range(20)])
    sheet.write_column("B1", [i * 1.5 for i in range(20)])
    bold, odd = book.add_format({"bold": True}), book.add_format({"border": 1, "num_format": "0.0", "locked": False})
    sheet.write_rich_string("A22", "plain ", bold, "bold", " plain")
    sheet.write("A23", 1, odd)
    sheet.write_dynamic_array_formula("J1:J3", "=SORT(B1:B3)", None, 0)
    sheet.write_array_formula("K1:K2", "{=B1:B2*2}", None, 0)
    sheet.write_url("A24", "https://example.org/#place", tip="There")
    sheet.write_url("A25", "internal:Other!A1")
    sheet.merge_range("A26:B27", "m")
    sheet.set_column("D:E", 20, None, {"level": 1, "hidden": True})
    sheet.set_row(5, 30, None, {"level": 1, "collapsed": True})


def rules(book, sheet):
    red = book.add_format({"bg_color": "red", "bold": True, "border": 1, "num_format": "0.00"})
    for rule in (
        {"type": "cell", "criteria": "between", "minimum": 1, "maximum": 9, "format": red, "stop_if_true": True},
        {"type": "formula", "criteria": "=$B1>3", "format": red},
        {"type": "text", "criteria": "containing", "value": "k", "format": red},
        {"type": "top", "value": 3, "format": red},
        {"type": "average", "criteria": "below", "format": red},
        {"type": "duplicate", "format": red},
        {"type": "blanks", "format": red},
        {"type": "time_period", "criteria": "yesterday", "format": red},
        {"type": "2_color_scale", "min_color": "#FF0000"},
        {"type": "data_bar", "data_bar_2010": True, "bar_border_color": "#00FF00", "min_type": "num", "min_value": 1},
        {"type": "icon_set", "icon_style": "4_arrows", "reverse_icons": True},
    ):
        sheet.conditional_format("B1:B20", rule)
    sheet.data_validation(
        "C1:C9", {"validate": "list", "source": "=$A$1:$A$3", "input_title": "T", "input_message": "M"}
    )
    sheet.data_validation("C11", {"validate": "decimal", "criteria": ">", "value": 3, "error_type": "warning"})
    sheet.data_validation("C12", {"validate": "custom", "value": "=B1>2", "ignore_blank": False, "error_message": "no"})
    sheet.autofilter("A1:B20")
    sheet.filter_column("A", "x == k1 or x == k2")
    sheet.filter_column_list("B", [1.5])


def objects(book, sheet):
    sheet.write_comment("A3", "check this", {"author": "Ann", "visible": True, "color": "#FFCCCC"})
    sheet.add_sparkline("C20", {"range": "S!B1:B9", "type": "column", "negative_points": True, "max": 9, "axis": True})
    sheet.insert_image(
        "M2", PICTURE, {"url": "https://example.org/a", "tip": "t", "description": "d", "object_position": 3}
    )
    sheet.insert_textbox("M20", "Text", {"font": {"bold": True}, "textlink": "=$A$1", "url": "https://example.org/b"})
    sheet.insert_button("P20", {"macro": "run_it", "caption": "Press"})
    sheet.insert_checkbox("L1", True)
    columns = [
        {"header": "Item", "total_string": "Sum"},
        {"header": "Net", "total_function": "sum"},
        {"header": "Twice", "formula": "=[@Net]*2"},
    ]
    table = {
        "columns": columns,
        "name": "Prices",
        "total_row": True,
        "style": "Table Style Light 3",
        "banded_columns": True,
    }
    sheet.add_table("R1:T5", table)
    for row, kind in enumerate(("line", "column", "scatter", "area", "bar", "radar", "stock", "doughnut")):
        chart = book.add_chart({"type": kind})
        series = {"name": "=S!$A$1", "categories": "=S!$A$1:$A$9", "values": "=S!$B$1:$B$9"}
        series |= {"trendline": {"type": "linear"}, "y_error_bars": {"type": "percentage"}} if kind == "line" else {}
        series |= {"data_labels": {"value": True}, "marker": {"type": "square"}} if kind in ("line", "scatter") else {}
        for _ in range(3):
            chart.add_series(series)
        chart.set_title({"name": "Sales", "overlay": True})
        chart.set_x_axis({"name": "x", "num_format": "0", "reverse": True, "major_gridlines": {"visible": True}})
        chart.set_y_axis({"min": 1, "max": 99, "log_base": 10, "name": "=S!$A$2"})
        chart.set_legend({"position": "top"})
        sheet.insert_chart(30 + 20 * row, 7, chart)


def page(sheet):
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_header("&L&G&C&A", {"image_left": PICTURE})
    sheet.set_footer("&R&P")
    sheet.set_h_pagebreaks([10])
    sheet.set_v_pagebreaks([5])
    sheet.print_area("A1:F30")
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 1)
    sheet.set_tab_color("#FF0000")
    sheet.print_row_col_headers()
    sheet.hide_zero()
    sheet.outline_settings(True, False, False, True)
    sheet.set_default_row(18)
