"""Workbooks without stored values, as openpyxl saves them: what a change does to formulas is computed, or unknown."""

import json

import openpyxl
import pytest
import xlsxwriter

import tracer
from tracer import TracerError


def saved(path, cells, titles=("Data",)):
    """As openpyxl saves it: formulas without values."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    sheets = {title: book.create_sheet(title) for title in titles}
    for place, content in cells.items():
        title, _, address = place.rpartition("!")
        sheets[title or titles[0]][address] = content
    book.save(path)
    return path


def stored(path, cells):
    """As Excel saves it: a formula with its value."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        for address, content in cells.items():
            if isinstance(content, tuple):
                sheet.write_formula(address, content[0], None, content[1])
            else:
                sheet.write(address, content)
    return path


CHAIN = {"B1": "=A1*2", "C1": "=B1+1", "D1": "=IF(C1>0,1,0)"}


@pytest.fixture
def two(tmp_path):
    return saved(tmp_path / "a.xlsx", {"A1": 1, **CHAIN}), saved(tmp_path / "b.xlsx", {"A1": 2, **CHAIN})


@pytest.mark.parametrize("engine", ["auto", "ironcalc", "libreoffice"])
def test_values_that_are_not_stored_are_computed(two, engine):
    found = tracer.diff(*two, recalculate=engine)
    assert [(entry.address, entry.reaches) for entry in found.origins] == [("A1", 2)]
    assert [(e.address, e.before.value, e.after.value) for e in found.consequences] == [("B1", 2, 4), ("C1", 3, 5)]
    assert not found.unknown
    name = "LibreOffice" if engine == "libreoffice" else "IronCalc"
    assert found.summary.endswith(f"; {name} computed the values that {two[0]} and {two[1]} do not store")


def test_what_is_not_computed_is_unknown_and_never_0(two):
    found = tracer.diff(*two, recalculate="never")
    assert found.unknown
    assert [(entry.address, entry.reaches) for entry in found.origins] == [("A1", None)]
    assert "unknown consequences" in found.summary
    assert " 0 consequences" not in found.summary + found.to_html() + found.to_junit()
    told = json.loads(found.to_json())
    assert told["unknown"] and told["differences"][0]["reaches"] is None


def test_equal_workbooks_are_not_recalculated(two):
    found = tracer.diff(two[0], saved(two[0].with_name("c.xlsx"), {"A1": 1, **CHAIN}))
    assert not found and not found.recalculated


def test_a_change_far_above_formulas_on_other_sheets_reaches_them(tmp_path):
    def cells(first):
        below = {f"Data!A{row}": row for row in range(2, 3000)}
        return {"Data!A1": first, **below, "Sums!A1": "=SUM(Data!A1:A5000)", "Sums!A2": "=A1*2"}

    a, b = (saved(tmp_path / f"{first}.xlsx", cells(first), ("Data", "Sums")) for first in (1, 7))
    found = tracer.diff(a, b)
    assert [(entry.address, entry.reaches) for entry in found.origins] == [("A1", 2)]
    assert [entry.place for entry in found.consequences] == ["Sums!A1", "Sums!A2"]
    assert tracer.diff(a, b, recalculate="never").origins[0].reaches is None


def test_only_the_workbook_without_values_is_recalculated_and_last_digits_do_not_matter(tmp_path):
    value = 0.1 * 3 * (1 + 1e-15)  # as another engine may round
    a = stored(tmp_path / "a.xlsx", {"A1": 0.1, "B1": ("=A1*3", value)})
    b = saved(tmp_path / "b.xlsx", {"A1": 0.1, "B1": "=A1*3"})
    for pair in ((a, b), (b, a)):
        found = tracer.diff(*pair, only="values,formulas")
        assert not found
        assert found.notes == (f"IronCalc computed the values that {b} does not store",)
    assert {entry.kind for entry in tracer.diff(a, b, only="caches")} == {"caches"}


def test_a_stale_value_beside_a_computed_one_is_an_origin(tmp_path):
    a = stored(tmp_path / "a.xlsx", {"A1": 1, "B1": ("=A1*3", 4), "C1": ("=B1+1", 5)})
    b = saved(tmp_path / "b.xlsx", {"A1": 1, "B1": "=A1*3", "C1": "=B1+1"})
    found = tracer.diff(a, b, only="values,formulas")
    assert [(entry.address, entry.before.value, entry.after.value) for entry in found.origins] == [("B1", 4, 3)]
    assert [entry.address for entry in found.consequences] == ["C1"]


def test_what_no_engine_computes_is_unknown(tmp_path):
    chain = {"B1": "=OURFUNCTION(A1)", "C1": "=A1+1"}
    a, b = (saved(tmp_path / f"{first}.xlsx", {"A1": first, **chain}) for first in (1, 2))
    found = tracer.diff(a, b)
    assert found.unknown and found.origins[0].reaches is None
    assert [entry.address for entry in found.consequences] == ["C1"]
    assert "at least 1 consequence;" in found.summary


def test_there_are_four_ways(two):
    with pytest.raises(TracerError, match="--recalculate is excel; expected auto, never, ironcalc or libreoffice"):
        tracer.diff(*two, recalculate="excel")


def test_folders_are_recalculated_too(two, tmp_path):
    for side, path in zip(("x", "y"), two):
        (tmp_path / side).mkdir()
        path.rename(tmp_path / side / "book.xlsx")
    found = tracer.diff(tmp_path / "x", tmp_path / "y")
    assert "1 origin, 2 consequences" in found.summary
    assert "1 file with values that are not stored, and were computed" in found.summary
    assert "unknown" not in found.summary
    unknown = tracer.diff(tmp_path / "x", tmp_path / "y", recalculate="never")
    assert "0 consequences" not in unknown.summary
