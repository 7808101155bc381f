"""`tracer diff`: the right origins, in workbooks of ours and of others."""

import io
import json
import random
import shutil
import subprocess
import sys
import zipfile

import numpy as np
import openpyxl
import pandas
import pytest
import xlsxwriter
from archives import patched
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tracer
from tracer import TracerError


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """The walkthrough, and the walkthrough with one thing changed, by name."""
    folder = tmp_path_factory.mktemp("books")

    def write(name, change=lambda values: None, **options):
        known = tracer.Network.walkthrough()
        values = {key: np.array(getattr(known, key)) for key in ("X", "y", "wh", "bh", "wout", "bout")}
        values["lr"] = known.lr
        change(values)
        path = folder / f"{name}.xlsx"
        tracer.run(tracer.Network(**values, name=known.name), epochs=2).to_excel(path, **options)
        return path

    def weight(values):
        values["wh"][1, 2] += 0.01

    return {
        "base": write("base"),
        "again": write("again"),
        "weight": write("weight", weight),
        "lr": write("lr", lambda values: values.update(lr=0.2)),
        "matrix": write("matrix", formulas="matrix"),
        "matrix weight": write("matrix weight", weight, formulas="matrix"),
    }


def differing_cells(a, b):
    """Cells whose stored values differ, as openpyxl reads them."""
    ours, theirs = (openpyxl.load_workbook(path, data_only=True) for path in (a, b))
    return {
        (sheet.title, cell.coordinate)
        for sheet in ours
        for row in sheet.iter_rows()
        for cell in row
        if cell.value != theirs[sheet.title][cell.coordinate].value
    }


@pytest.mark.parametrize(
    ("a", "b", "label", "place"),
    [
        ("base", "weight", "Step 1 · wh[1, 2]", "'Step 1'!I9"),
        ("base", "lr", "Step 1 · lr", "'Step 1'!W14"),
        ("matrix", "matrix weight", "Step 1 · wh[1, 2]", "'Step 1'!I9"),
    ],
)
def test_one_changed_input_is_the_one_origin(books, a, b, label, place):
    found = tracer.diff(books[a], books[b])
    assert [(origin.label, origin.place) for origin in found.origins] == [(label, place)]
    listed = {(entry.sheet, entry.address) for entry in found}
    assert listed == differing_cells(books[a], books[b])
    assert found.origins[0].reaches == len(found.consequences) == len(listed) - 1


def test_the_same_run_is_equal(books):
    found = tracer.diff(books["base"], books["again"])
    assert not found
    assert list(found) == []


def test_a_later_epoch_is_named(books):
    found = tracer.diff(books["base"], books["weight"])
    assert any(entry.label == "Epoch 2 · Step 7 · d_output[0, 0]" for entry in found.consequences)


def edited(path, tmp_path, change, part="xl/worksheets/sheet9.xml"):
    """A copy of a workbook with one part changed, as bytes."""
    out = tmp_path / "edited.xlsx"
    out.write_bytes(patched(path, part, change).getvalue())
    return out


def test_a_changed_formula_is_the_origin(books, tmp_path):
    def change(data):
        formula = b"<f>" + data.partition(b'<c r="K14"')[2].partition(b"<f>")[2].partition(b"</f>")[0] + b"</f>"
        assert len(formula) > 7
        return data.replace(formula, formula.replace(b"</f>", b"*W14</f>"), 1)

    found = tracer.diff(books["base"], edited(books["base"], tmp_path, change))
    (origin,) = found.origins
    assert (origin.kind, origin.label) == ("formulas", "Step 7 · d_output[0, 0]")
    assert origin.after.formula == origin.before.formula + "*W14"


def test_a_changed_colour_is_found_as_a_look(books, tmp_path):
    data = zipfile.ZipFile(books["base"]).read("xl/styles.xml")
    color = data.partition(b'<fgColor rgb="')[2][:8]
    changed = edited(books["base"], tmp_path, lambda text: text.replace(color, b"FF123456"), "xl/styles.xml")
    found = tracer.diff(books["base"], changed)
    assert {entry.kind for entry in found} == {"styles"}
    assert all("#123456" in entry.after.shown for entry in found)
    assert not tracer.diff(books["base"], changed, ignore="styles")


CELLS = [[1.5, "text", True], [2, "text & <more>", -0.0], ["1", 1e-300, "é\n"]]


def by_xlsxwriter(path, rows=CELLS, **options):
    book = xlsxwriter.Workbook(path, options)
    sheet = book.add_worksheet("Data")
    for i, row in reversed(list(enumerate(rows))):  # so that strings get other numbers
        for j, value in enumerate(row):
            (sheet.write_string if isinstance(value, str) else sheet.write)(i, j, value)
    book.close()


def by_openpyxl(path, rows=CELLS):
    book = openpyxl.Workbook()
    book.active.title = "Data"
    for row in rows:
        book.active.append(row)
    book.save(path)


def by_pandas(path, rows=CELLS):
    pandas.DataFrame(rows).to_excel(path, sheet_name="Data", header=False, index=False)


CONTENT = "values,formulas,formats,styles,merges,names,sheets"


@pytest.mark.parametrize("write", [by_openpyxl, by_pandas])
def test_equal_content_of_another_program_is_equal_and_one_change_is_one(tmp_path, write):
    a, b = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    by_xlsxwriter(a)
    write(b)
    assert not [str(entry) for entry in tracer.diff(a, b, only=CONTENT)]
    rows = [list(row) for row in CELLS]
    rows[1][1] = "other"
    write(b, rows)
    (found,) = tracer.diff(a, b, only=CONTENT)
    assert (found.place, found.before.value, found.after.value) == ("Data!B2", "text & <more>", "other")


def workbook(cells):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("Data")
    for (row, column), value in cells.items():
        if isinstance(value, str):
            sheet.write_string(row, column, value)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        else:
            sheet.write_number(row, column, value)
    book.close()
    return file


POSITIONS = st.tuples(st.integers(0, 12), st.integers(0, 6))
VALUES = st.one_of(st.integers(-99, 99), st.booleans(), st.text("ab1<&é \n", min_size=1, max_size=5))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(POSITIONS, VALUES), st.dictionaries(POSITIONS, VALUES))
def test_the_report_is_the_edits_no_more_and_no_fewer(cells, edits):
    a, b = workbook(cells), workbook({**cells, **edits})
    expected = {at for at, value in edits.items() if (type(value), value) != (type(cells.get(at)), cells.get(at))}
    found, mirror = tracer.diff(a, b, ignore="parts"), tracer.diff(b, a, ignore="parts")
    places = {openpyxl.utils.cell.coordinate_to_tuple(entry.address) for entry in found}
    assert places == {(row + 1, column + 1) for row, column in expected}
    assert [(entry.place, entry.before, entry.after) for entry in found] == [
        (entry.place, entry.after, entry.before) for entry in mirror
    ]
    assert not tracer.diff(a, a)


def with_formulas(formulas):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("Data")
    for address, content in formulas.items():
        if isinstance(content, tuple):
            sheet.write_formula(address, *content)
        else:
            sheet.write(address, content)
    book.close()
    return file


def test_circles_have_an_origin():
    a = with_formulas({"A1": ("=B1", None, 1), "B1": ("=A1", None, 1), "C1": ("=B1+1", None, 2)})
    b = with_formulas({"A1": ("=B1", None, 5), "B1": ("=A1", None, 5), "C1": ("=B1+1", None, 6)})
    found = tracer.diff(a, b)
    assert [entry.address for entry in found.origins] == ["A1", "B1"]
    assert [entry.address for entry in found.consequences] == ["C1"]


def test_a_stale_value_is_an_origin_though_formulas_are_equal():
    a = with_formulas({"A1": 1, "B1": ("=A1*2", None, 2), "C1": ("=SUM(A1:B1)", None, 3)})
    b = with_formulas({"A1": 1, "B1": ("=A1*2", None, 4), "C1": ("=SUM(A1:B1)", None, 5)})
    found = tracer.diff(a, b)
    assert [(entry.kind, entry.address, entry.reaches) for entry in found.origins] == [("values", "B1", 1)]
    assert [entry.address for entry in found.consequences] == ["C1"]


def test_tolerances_and_types():
    a, b = workbook({(0, 0): 1.0, (1, 0): "1", (2, 0): True}), workbook({(0, 0): 1.0 + 1e-15, (1, 0): 1, (2, 0): 1})
    assert {entry.address for entry in tracer.diff(a, b, ignore="parts")} == {"A1", "A2", "A3"}
    assert {entry.address for entry in tracer.diff(a, b, rtol=1e-12)} == {"A2", "A3"}
    assert not tracer.diff(a, b, rtol=1e-12, ignore="Data!A2:A3")


def test_exit_status_and_json(books, command):
    assert command("diff", books["base"], books["again"]).returncode == 0
    different = command("diff", books["base"], books["weight"], "--format", "json")
    assert different.returncode == 1
    record = json.loads(different.stdout)
    assert record["schema"] == 1
    assert record["differences"][0]["label"] == "Step 1 · wh[1, 2]"
    missing = command("diff", books["base"], "none.xlsx")
    assert missing.returncode == 2
    assert missing.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"hello", "not an .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xls workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ],
)
def test_what_is_no_workbook_is_refused_in_one_line(content, said):
    with pytest.raises(TracerError, match=said) as error:
        tracer.diff(io.BytesIO(content), io.BytesIO(content))
    assert "\n" not in str(error.value)


def test_entities_and_bombs_are_refused(books, tmp_path):
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    evil = edited(
        books["base"], tmp_path, lambda data: data.replace(b"<workbook", laughs + b"<workbook", 1), "xl/workbook.xml"
    )
    with pytest.raises(TracerError, match="document type"):
        tracer.diff(books["base"], evil)
    bomb = edited(books["base"], tmp_path, lambda data: data + bytes(100_000_000))
    with pytest.raises(TracerError, match="zip bomb"):
        tracer.diff(books["base"], bomb)


def test_the_terminal_shows_the_origin_and_the_sum(books, command):
    printed = command("diff", books["base"], books["lr"]).stdout
    assert "Step 1 · lr" in printed
    assert "0.1" in printed
    assert "Different: 1 origin (1 in values)" in printed
    assert "follows" not in printed
    every = command("diff", books["base"], books["lr"], "--all").stdout
    assert "Epoch 2 · Step 10 · wh[0, 0]" in every


def test_git_shows_the_changed_cell(books, tmp_path, command):
    def git(*arguments):
        done = subprocess.run(["git", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout

    git("init", "-q")
    git("config", "diff.xlsx.textconv", f"{sys.executable} -m tracer textconv")
    (tmp_path / ".gitattributes").write_text("*.xlsx diff=xlsx\n")
    book = tmp_path / "book.xlsx"
    shutil.copy(books["base"], book)
    git("add", ".")
    shutil.copy(books["lr"], book)
    changed = [line for line in git("diff").splitlines() if line.startswith(("-Step 1!", "+Step 1!"))]
    assert [line.split("\t")[:2] for line in changed] == [["-Step 1!W14", "0.1"], ["+Step 1!W14", "0.2"]]


def test_textconv_says_what_openpyxl_reads(books, command):
    printed = command("textconv", books["base"]).stdout
    sheet = openpyxl.load_workbook(books["base"])["Step 7"]
    formulas = {
        f"Step 7!{cell.coordinate}": getattr(cell.value, "text", cell.value)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    lines = [line.split("\t") for line in printed.splitlines() if line.startswith("Step 7!")]
    found = {line[0]: line[2].strip("{}") for line in lines if len(line) > 2 and line[2][0] in "={"}
    assert found == formulas


MUTATIONS = 150


def test_damaged_files_give_an_answer_or_one_line(books, tmp_path):
    """150 files with random bytes changed in a random part."""
    draw = random.Random(7)
    names = zipfile.ZipFile(books["base"]).namelist()
    for _ in range(MUTATIONS):

        def damage(data):
            data = bytearray(data)
            for _ in range(draw.choice([1, 3, 30])):
                at = draw.randrange(len(data))
                data[at : at + draw.choice([0, 1, 5])] = draw.randbytes(draw.choice([0, 1, 4]))
            return bytes(data)

        damaged = edited(books["base"], tmp_path, damage, draw.choice(names))
        try:
            tracer.diff(books["base"], damaged)
        except TracerError as error:
            assert "\n" not in str(error)
