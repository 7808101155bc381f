"""A workbook as text: everything that the diff sees, no more lines than what changed, nothing that moves a cursor."""

import re
import shutil
import subprocess
import sys
import zipfile

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

import tracer
from tracer.escapes import unescaped
from tracer.textconv import text


def saved(folder, name, change=lambda book, sheet: None):
    """A small workbook with one change."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in range(1, 6):
        sheet.append([f"name {row}", row * 1.5, f"=B{row}*2"])
    change(book, sheet)
    path = folder / name
    book.save(path)
    return path


def noted(words):
    return lambda book, sheet: setattr(sheet["A1"], "comment", Comment(words, "Ada"))


def validated(most):
    def change(book, sheet):
        rule = DataValidation(type="whole", operator="lessThan", formula1=str(most))
        rule.add("B1:B5")
        sheet.add_data_validation(rule)

    return change


def conditional(colour):
    rule = CellIsRule(operator="greaterThan", formula=["3"], fill=PatternFill(bgColor=colour))
    return lambda book, sheet: sheet.conditional_formatting.add("B1:B5", rule)


def charted(title):
    def change(book, sheet):
        chart = BarChart()
        chart.title = title
        chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=5))
        sheet.add_chart(chart, "E2")

    return change


def tabled(name):
    def change(book, sheet):
        sheet.insert_rows(1)
        for column, heading in enumerate(("a", "b", "c"), 1):
            sheet.cell(1, column, heading)
        sheet.add_table(Table(displayName=name, ref="A1:C6"))

    return change


def looked(**look):
    def change(book, sheet):
        for cell in sheet["B"]:
            cell.font = Font(name="Calibri", size=11, **look)

    return change


#: Two changes of a kind, and what is in the lines that differ between them.
KINDS = {
    "note": (noted("check this"), noted("check that"), "check that"),
    "validation": (validated(3), validated(4), "Data!B1:B5\tvalidation"),
    "conditional format": (conditional("FF0000"), conditional("00FF00"), "Data!B1:B5\tconditional format"),
    "chart": (charted("Sales"), charted("Costs"), "Costs"),
    "look": (looked(bold=True), looked(bold=True, italic=True), "Data!B1:B5\tlook bold, italic"),
    "table": (tabled("First"), tabled("Second"), "Second"),
    "hidden row": (
        lambda book, sheet: None,
        lambda book, sheet: setattr(sheet.row_dimensions[3], "hidden", True),
        "Data!3:3\trow hidden",
    ),
    "row height": (
        lambda book, sheet: setattr(sheet.row_dimensions[3], "height", 30),
        lambda book, sheet: setattr(sheet.row_dimensions[3], "height", 40),
        "Data!3:3\trow height 40",
    ),
    "column": (
        lambda book, sheet: setattr(sheet.column_dimensions["B"], "width", 20),
        lambda book, sheet: setattr(sheet.column_dimensions["B"], "width", 30),
        "Data!B:B\tcolumn width 30",
    ),
    "merged cells": (
        lambda book, sheet: sheet.merge_cells("D1:E1"),
        lambda book, sheet: sheet.merge_cells("D1:E2"),
        "Data!D1:E2\tmerged",
    ),
    "defined name": (
        lambda book, sheet: book.defined_names.add(DefinedName("rate", attr_text="Data!$B$1")),
        lambda book, sheet: book.defined_names.add(DefinedName("rate", attr_text="Data!$B$2")),
        "name rate\t=Data!$B$2",
    ),
    "hidden sheet": (
        lambda book, sheet: book.create_sheet("Other"),
        lambda book, sheet: setattr(book.create_sheet("Other"), "sheet_state", "hidden"),
        "sheet Other\thidden",
    ),
    "link": (
        lambda book, sheet: setattr(sheet["A1"], "hyperlink", "https://example.org/a"),
        lambda book, sheet: setattr(sheet["A1"], "hyperlink", "https://example.org/b"),
        "Data!A1\tlink\ttarget=https://example.org/b",
    ),
    "frozen panes": (
        lambda book, sheet: setattr(sheet, "freeze_panes", "A2"),
        lambda book, sheet: setattr(sheet, "freeze_panes", "A3"),
        "pane(",
    ),
    "property": (
        lambda book, sheet: setattr(book.properties, "title", "Sales"),
        lambda book, sheet: setattr(book.properties, "title", "Costs"),
        'property title\t"Costs"',
    ),
    "calculation": (
        lambda book, sheet: None,
        lambda book, sheet: setattr(book.calculation, "calcMode", "manual"),
        "calcMode=manual",
    ),
    "number format": (
        lambda book, sheet: setattr(sheet["B2"], "number_format", "0.0"),
        lambda book, sheet: setattr(sheet["B2"], "number_format", "0.00"),
        "Data!B2\t3\t[0.00]",
    ),
    "formula": (
        lambda book, sheet: None,
        lambda book, sheet: sheet.cell(2, 3, "=B2*3"),
        "Data!C2\tno stored value\t=B2*3",
    ),
}


@pytest.mark.parametrize("by_row", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_what_the_diff_sees_is_in_the_text(tmp_path, kind, by_row):
    change_a, change_b, said = KINDS[kind]
    a, b = saved(tmp_path, "a.xlsx", change_a), saved(tmp_path, "b.xlsx", change_b)
    assert tracer.diff(a, b)
    lines_a, lines_b = (list(text(str(path), by_row)) for path in (a, b))
    gone, new = set(lines_a) - set(lines_b), set(lines_b) - set(lines_a)
    assert 1 <= len(gone | new) <= 10
    if not by_row:
        assert any(said in line for line in new)


def test_every_bit_of_a_number_is_in_the_text(tmp_path):
    plain = saved(
        tmp_path, "a.xlsx", lambda book, sheet: setattr(sheet.cell(6, 1, 4711), "number_format", "yyyy-mm-dd")
    )
    lines = []
    for stored in (b"4711", b"4711.000000000001", b"0.1", b"0.10000000000000002", b"-0.0", b"0"):
        path = tmp_path / "b.xlsx"
        with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                new.writestr(name, old.read(name).replace(b"<v>4711</v>", b"<v>%s</v>" % stored))
        lines.append(next(line for line in text(str(path)) if line.startswith("Data!A6\t")))
    assert len(set(lines)) == len(lines)
    assert lines[0] == "Data!A6\t1912-11-23 (4711)\t[yyyy-mm-dd]"


CHARACTERS = [
    "a\nb",
    r"a\nb",
    "a\tb",
    r"a\tb",
    "a\\b",
    r"a\\b",
    "a\xa0b",
    r"a\xa0b",
    "a b",
    "a\x07b",
    "a\x9bb",
    "a\u202eb",
]


def test_every_text_is_told_from_every_other_and_can_be_had_back(tmp_path):
    path = tmp_path / "texts.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("S")
    for row, characters in enumerate(CHARACTERS):
        sheet.write_string(row, 0, characters)
    book.close()
    with_escapes = [load_workbook(path)["S"].cell(row + 1, 1).value for row in range(len(CHARACTERS))]
    assert with_escapes[0] == "a\nb"  # openpyxl reads what was written
    cells = [line.split("\t")[1] for line in text(str(path)) if re.match(r"S!A\d+\t\"", line)]
    assert all(cell.isprintable() for cell in cells)
    assert len(set(cells)) == len(CHARACTERS)
    assert [unescaped(cell[1:-1]) for cell in cells] == CHARACTERS


def test_a_typed_backslash_and_a_line_feed_look_different(tmp_path):
    a = saved(tmp_path, "a.xlsx", lambda book, sheet: sheet.cell(1, 1, "a\nb"))
    b = saved(tmp_path, "b.xlsx", lambda book, sheet: sheet.cell(1, 1, r"a\nb"))
    assert r'Data!A1	"a\nb"' in list(text(str(a)))
    assert r'Data!A1	"a\\nb"' in list(text(str(b)))


@pytest.mark.parametrize("by_row", [False, True])
def test_nothing_in_a_file_moves_a_cursor_or_turns_a_line_round(tmp_path, by_row):
    """Titles, names, formats, notes, formulas, links: wherever a file holds text."""
    evil = "\x9b31m\x1b]0;x\x07\u202eabc"
    source = saved(tmp_path, "a.xlsx", noted("NOTE"))
    book = load_workbook(source)
    sheet = book.active
    sheet["B1"].number_format = '"FORMAT"0'
    sheet["A2"] = "TEXT"
    sheet["C3"] = '="FORMULA"'
    sheet["A4"].hyperlink = "https://example.org/LINK"
    book.defined_names.add(DefinedName("NAME", attr_text='"DEFINED"'))
    book.properties.title = "PROPERTY"
    sheet.title = "TITLE"
    book.save(source)
    target = tmp_path / "evil.xlsx"
    safe = "".join(c for c in evil if ord(c) >= 0x80 or c.isalnum())  # what XML may hold
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name).decode("utf-8", "surrogateescape")
            data = data.replace('<name val="Calibri"', '<name val="FONT"')
            for word in ("FONT", "NOTE", "FORMAT", "TEXT", "FORMULA", "LINK", "NAME", "DEFINED", "PROPERTY", "TITLE"):
                data = data.replace(word, word + safe)
            new.writestr(name, data.encode("utf-8", "surrogateescape"))
    lines = list(text(str(target), by_row))
    assert sum("\\x9b" in line for line in lines) > 5
    assert all(line.replace("\t", "").isprintable() for line in lines)


def many_rows(folder, name, rows):
    book = xlsxwriter.Workbook(str(folder / name))
    sheet = book.add_worksheet("Data")
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "0.00", "bg_color": "#FFF04D"})
    for row, (label, value) in enumerate(rows, 1):
        sheet.write_string(row - 1, 0, label, bold)
        sheet.write_number(row - 1, 1, value, money)
        sheet.write_formula(row - 1, 2, f"=B{row}*2", None, value * 2)
        sheet.write_formula(row - 1, 3, f"=B{row}*$F$1", None, value * 3)
        sheet.write_formula(row - 1, 4, f"=Data!A{row}&B{row}", None, "x")
    total = sum(value for _, value in rows)
    sheet.write_formula(len(rows), 1, f"=SUM(B1:B{len(rows)})", money, total)
    book.close()
    return folder / name


def test_a_row_put_in_among_two_hundred_is_one_line(tmp_path):
    rows = [(f"item {number}", number * 1.25) for number in range(200)]
    a = many_rows(tmp_path, "a.xlsx", rows)
    b = many_rows(tmp_path, "b.xlsx", [*rows[:80], ("new", 0), *rows[80:]])
    lines_a, lines_b = (list(text(str(path), by_row=True)) for path in (a, b))
    new = [line for line in lines_b if line not in lines_a]
    gone = [line for line in lines_a if line not in lines_b]
    assert len(new) == 2
    assert len(gone) == 1  # the total, whose range is longer
    assert "=SUM(B[-200]:B[-1])" in gone[0]
    assert "=SUM(B[-201]:B[-1])" in new[-1]
    assert "C 0 =B[0]*2" in new[0] and "=B[0]*$F$1" in new[0] and "=Data!A[0]&B[0]" in new[0]


def test_shared_formulas_read_as_if_every_cell_had_its_own(tmp_path):
    """Excel writes a formula once for the cells below it."""
    plain = many_rows(tmp_path, "plain.xlsx", [("a", 1), ("b", 2), ("c", 3)])
    shared = tmp_path / "shared.xlsx"
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(shared, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(b"<f>B1*2</f>", b'<f t="shared" ref="C1:C3" si="0">B1*2</f>')
                for row in (b"2", b"3"):
                    data = data.replace(b"<f>B%s*2</f>" % row, b'<f t="shared" si="0"/>')
            new.writestr(name, data)
    assert b'si="0"/>' in zipfile.ZipFile(shared).read("xl/worksheets/sheet1.xml")
    for by_row in (False, True):
        assert list(text(str(shared), by_row)) == list(text(str(plain), by_row))


def encrypted(path, content=b""):
    """What a file with a password looks like from outside: a compound file with a stream of this name."""
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + content
    )
    return path


def test_a_workbook_that_cannot_be_read_is_one_line_and_status_0(tmp_path, command):
    encrypted(tmp_path / "secret.xlsx")
    (tmp_path / "text.xlsx").write_text("no workbook")
    (tmp_path / "empty.xlsx").write_bytes(b"")
    damaged = saved(tmp_path, "damaged.xlsx")
    with zipfile.ZipFile(damaged) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(damaged, "w") as new:
        for name, data in parts.items():
            new.writestr(name, data.replace(b"</row>", b"<row>") if "sheet1" in name else data)
    for name, why in (
        ("secret.xlsx", "is encrypted"),
        ("text.xlsx", "not an .xlsx workbook"),
        ("empty.xlsx", "is empty"),
        ("damaged.xlsx", ""),
    ):
        for options in ((), ("--rows",)):
            done = command("textconv", name, *options)
            assert (done.returncode, done.stderr) == (0, "")
            (line,) = done.stdout.splitlines()
            assert line.startswith(f"cannot be read: {why}")
            assert name not in line


def test_another_encrypted_file_is_another_line(tmp_path):
    lines = [list(text(str(encrypted(tmp_path / "x.xlsx", content)))) for content in (b"a", b"b", b"a")]
    assert lines[0] == lines[2] != lines[1]


def test_a_file_that_is_not_there_is_an_error(command, tmp_path):
    done = command("textconv", "nothing.xlsx")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "tracer: nothing.xlsx: cannot be read (No such file or directory)\n"


def test_what_is_printed_is_the_same_on_every_day(tmp_path):
    path = saved(tmp_path, "a.xlsx", charted("Sales"))
    copy = tmp_path / "copy.xlsx"
    shutil.copy(path, copy)
    assert list(text(str(path))) == list(text(str(copy)))
    done = [
        subprocess.run(
            [sys.executable, "-m", "tracer", "textconv", str(path)],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert done[0] == done[1]


def test_equal_looks_are_one_area(tmp_path):
    path = many_rows(tmp_path, "a.xlsx", [("a", 1), ("b", 2), ("c", 3)])
    looks = [line for line in text(str(path)) if "\tlook " in line]
    assert [line.partition("\t")[0] for line in looks] == ["Data!A1:A3", "Data!B1:B4"]
    assert "Data!A1:A3\tlook bold" in looks
