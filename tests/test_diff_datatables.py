"""What-if tables: their cells follow from the formulas that they evaluate, and from their inputs."""

import io
import re

import pytest
import xlsxwriter
from archives import patched

import tracer


def workbook(cells, master, table):
    """A sheet with a data table.

    Args:
        cells: numbers, and formulas with their values.
        master: the first cell of the table.
        table: what says that it is one.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("S")
        for address, content in cells.items():
            if isinstance(content, tuple):
                sheet.write_formula(address, content[0], None, content[1])
            else:
                sheet.write(address, content)
    spelt = rb'(<c r="%s"[^>]*>)(<v>)' % master.encode()
    tag = f'<f t="dataTable" {table}/>'.encode()
    return patched(file, "xl/worksheets/sheet1.xml", lambda data: re.sub(spelt, rb"\1" + tag + rb"\2", data, count=1))


def column(factor, inputs=(1, 2, 3)):
    return workbook(
        {"A1": 2, "B1": (f"=A1*{factor}", 2 * factor), "E1": ("=B1", 2 * factor)}
        | {f"D{row}": x for row, x in enumerate(inputs, 2)}
        | {f"E{row}": x * factor for row, x in enumerate(inputs, 2)},
        "E2",
        'ref="E2:E4" dt2D="0" dtr="0" r1="A1"',
    )


def row(factor):
    return workbook(
        {"A1": 2, "B1": (f"=A1*{factor}", 2 * factor), "D3": ("=B1", 2 * factor)}
        | {f"{letter}2": x for x, letter in enumerate("EFG", 1)}
        | {f"{letter}3": x * factor for x, letter in enumerate("EFG", 1)},
        "E3",
        'ref="E3:G3" dt2D="0" dtr="1" r1="A1"',
    )


def both(factor):
    return workbook(
        {"A1": 2, "A2": 3, "B1": (f"=A1*A2*{factor}", 6 * factor), "D3": ("=B1", 6 * factor)}
        | {f"{letter}3": x for x, letter in enumerate("EF", 1)}
        | {f"D{y + 3}": y for y in (1, 2)}
        | {f"{letter}{y + 3}": x * y * factor for y in (1, 2) for x, letter in enumerate("EF", 1)},
        "E4",
        'ref="E4:F5" dt2D="1" dtr="1" r1="A1" r2="A2"',
    )


@pytest.mark.parametrize(("table", "cells"), [(column, 3), (row, 3), (both, 4)])
def test_the_cells_of_a_table_follow_from_the_formula_that_it_evaluates(table, cells):
    a, b = table(10), table(20)
    for pair in ((a, b), (b, a)):
        found = tracer.diff(*pair)
        assert [(entry.address, entry.reaches) for entry in found.origins] == [("B1", cells + 1)]
        assert len(found.consequences) == cells + 1


def test_a_changed_input_reaches_its_own_cell_only():
    found = tracer.diff(column(10), column(10, inputs=(1, 7, 3)))
    assert [(entry.address, entry.reaches) for entry in found.origins] == [("D3", 1)]
    assert [entry.address for entry in found.consequences] == ["E3"]
