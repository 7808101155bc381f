"""Rows and columns put in, or taken out, next to totals."""

import io

import pytest
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

import tracer


def column(numbers, total, names=True):
    """Numbers in a column, and their total below: the rows that it sums."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("S")
        for row, number in enumerate(numbers):
            if names:
                sheet.write(row, 0, f"item {number}")
            sheet.write(row, 1, number)
        if names:
            sheet.write(len(numbers), 0, "Total")
        first, last = total
        sheet.write_formula(len(numbers), 1, f"=SUM(B{first}:B{last})", None, sum(numbers[first - 1 : last]))
    return file


NUMBERS = [10.5 + number * 37 % 90 for number in range(30)]


def told(a, b):
    return [(e.kind, e.role, e.address_before, e.address) for e in tracer.diff(a, b, ignore="parts")]


@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("at", [0, 15, 29, 30])
@pytest.mark.parametrize("many", [1, 3])
def test_rows_put_in_anywhere_above_a_total(names, at, many):
    new = [700 + i for i in range(many)]
    grown = [*NUMBERS[:at], *new, *NUMBERS[at:]]
    # As Excel moves it: the sum grows with rows put in between its first and its last.
    first, last = (1 + many, 30 + many) if at == 0 else (1, 30) if at == 30 else (1, 30 + many)
    a, b = column(NUMBERS, (1, 30), names), column(grown, (first, last), names)
    rows = f"{at + 1}:{at + many}"
    consequences = [("values", "consequence", "B31", f"B{31 + many}")] if 0 < at < 30 else []
    assert told(a, b) == [("insertions", "origin", "", rows), *consequences]
    back = [(kind, role, after, before) for kind, role, before, after in told(a, b)]
    assert told(b, a) == back


def test_a_sum_that_was_extended_over_the_row_above_it_is_a_formula_that_differs():
    a, b = column(NUMBERS, (1, 30)), column([*NUMBERS, 7], (1, 31))
    assert told(a, b) == [("insertions", "origin", "", "31:31"), ("formulas", "origin", "B31", "B32")]
    (_, formula) = tracer.diff(a, b, ignore="parts").origins
    assert (formula.before.formula, formula.after.formula) == ("=SUM(B1:B30)", "=SUM(B1:B31)")
    # The other way round it moved along: a sum loses the rows that are taken out of it.
    assert told(b, a) == [("insertions", "origin", "31:31", ""), ("values", "consequence", "B32", "B31")]


def test_a_column_put_in_left_of_totals():
    def table(columns, last):
        file = io.BytesIO()
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet("S")
            for row in range(20):
                numbers = [(row * 7 + name * 13) % 50 + name for name in columns]
                sheet.write_row(row, 0, numbers)
                end = xl_col_to_name(last - 1)
                sheet.write_formula(row, len(columns), f"=SUM(A{row + 1}:{end}{row + 1})", None, sum(numbers[:last]))
        return file

    a, b = table([1, 2, 3, 4], 4), table([1, 2, 3, 4, 900], 4)
    assert told(a, b) == [("insertions", "origin", "", "E:E")]
    assert told(b, a) == [("insertions", "origin", "E:E", "")]
