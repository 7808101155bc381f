"""Workbooks of ours that other programs saved are read back; what is damaged or made to do harm is refused."""

import re
import subprocess
import sys
import warnings
import zipfile

import pytest
from archives import patched
from openpyxl import load_workbook
from test_workbook import block

import tracer
from tracer.lessons import perceptron
from tracer.workbook.recognition import is_ours


def edited(source, target, parts):
    for part, content in parts.items():
        target.write_bytes(patched(source, part, lambda _, content=content: content).getvalue())


RUNS = {
    "walkthrough": {"epochs": 3},
    "names": {"data": "data.csv", "target": "c", "hidden": 2, "epochs": 2},
    "batches": {"epochs": 2, "hidden": 2, "batch": 2},
    "diverged": {"lr": 1e200, "epochs": 20},
}


def without_properties(source, target):
    """A web spreadsheet exports no custom properties."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "_rels/.rels":
                content = re.sub(rb"<Relationship [^>]*custom-properties[^>]*/>", b"", content)
            if name == "[Content_Types].xml":
                content = re.sub(rb'<Override PartName="/docProps/custom.xml"[^>]*/>', b"", content)
            if name != "docProps/custom.xml":
                new.writestr(name, content)


def written(tmp_path, run):
    """A run as a workbook, as others export it; and its trace."""
    data = tmp_path / "data.csv"
    data.write_text("a,b,c\n1,2.5,0\n0.5,1,1\n-1,0.25,1\n")
    options = {**RUNS[run], **({"data": data} if "data" in RUNS[run] else {})}
    trace = tracer.run(**options)
    trace.to_excel(tmp_path / "book.xlsx")
    without_properties(tmp_path / "book.xlsx", tmp_path / "exported.xlsx")
    return tmp_path / "exported.xlsx", tracer.read_excel(tmp_path / "book.xlsx")


@pytest.mark.parametrize("run", RUNS)
def test_without_properties_a_workbook_is_read_all_the_same(tmp_path, run):
    path, trace = written(tmp_path, run)
    assert is_ours(path)
    back = tracer.read_excel(path)
    assert back == trace
    assert back.network.name == trace.network.name
    assert tracer.run(like=path).network == trace.network
    assert all(verdict.agrees for verdict in tracer.verify(path))
    assert list(tracer.diff(tmp_path / "book.xlsx", path, only="values,formulas")) == []


def test_a_workbook_of_before_the_mark_was_a_cell_is_known_by_its_sheet_network(tmp_path):
    path, trace = written(tmp_path, "walkthrough")
    with zipfile.ZipFile(path) as archive:
        strings = archive.read("xl/sharedStrings.xml").decode()
    marks = re.findall(r"<t[^>]*>(# (?:tracer|name|template) = [^<]*)</t>", strings)
    assert len(marks) == 3
    for text in marks:
        strings = strings.replace(text, "")
    edited(path, tmp_path / "old.xlsx", {"xl/sharedStrings.xml": strings.encode()})
    assert is_ours(tmp_path / "old.xlsx")
    back = tracer.read_excel(tmp_path / "old.xlsx")
    assert back == trace
    assert back.network.name == "old"  # its file's, since nothing else says it


def test_a_lesson_without_properties_is_a_lesson(tmp_path):
    perceptron.write(tmp_path / "lesson.xlsx")
    without_properties(tmp_path / "lesson.xlsx", tmp_path / "exported.xlsx")
    assert is_ours(tmp_path / "exported.xlsx")
    with pytest.raises(tracer.TracerError, match="is the lesson perceptron, which has no trace"):
        tracer.read_excel(tmp_path / "exported.xlsx")
    (verdict,) = tracer.verify(tmp_path / "exported.xlsx")
    assert verdict.agrees


def test_somebody_elses_workbook_with_sheets_of_these_names_is_not_ours(tmp_path):
    path, _ = written(tmp_path, "walkthrough")
    book = load_workbook(path)
    for cell in (cell for row in book["Network"].iter_rows() for cell in row):
        cell.value = None
    book.save(tmp_path / "theirs.xlsx")
    assert not is_ours(tmp_path / "theirs.xlsx")
    with pytest.raises(tracer.TracerError, match="not a workbook that tracer wrote"):
        tracer.read_excel(tmp_path / "theirs.xlsx")


@pytest.mark.parametrize("run", ["walkthrough", "names", "batches"])
def test_without_stored_values_ironcalc_computes_them_and_a_warning_says_so(tmp_path, run):
    path, trace = written(tmp_path, run)
    load_workbook(path).save(tmp_path / "saved.xlsx")
    with pytest.warns(
        tracer.RecalculatedWarning, match=r"saved\.xlsx: stores no values beside its formulas; .*IronCalc"
    ):
        back = tracer.read_excel(tmp_path / "saved.xlsx")
    assert back.network == trace.network
    for update, other in zip(back.updates, trace.updates, strict=True):
        for name, matrix in update.filled.items():
            assert matrix == pytest.approx(other.filled[name], rel=1e-12, abs=1e-14)


def test_the_command_says_so_on_standard_error(tmp_path):
    path, _ = written(tmp_path, "walkthrough")
    load_workbook(path).save(tmp_path / "saved.xlsx")
    shown, recalculated = (
        subprocess.run([sys.executable, "-m", "tracer", "show", book], capture_output=True, text=True, check=True)
        for book in (path, tmp_path / "saved.xlsx")
    )
    assert shown.stderr == ""
    assert recalculated.stdout == shown.stdout
    assert recalculated.stderr.endswith("saved.xlsx: stores no values beside its formulas; these are IronCalc's\n")
    assert recalculated.stderr.startswith("tracer: ")
    assert recalculated.stderr.count("\n") == 1


def test_a_formula_that_the_engine_cannot_compute_is_named(tmp_path):
    path, _ = written(tmp_path, "walkthrough")
    book = load_workbook(path)
    block(book["Step 2"], "hidden_layer_input")[0][0].value = "=1/0"
    book.save(tmp_path / "saved.xlsx")
    with (
        warnings.catch_warnings(),
        pytest.raises(
            tracer.TracerError, match=r"Step 2!\w+ \(hidden_layer_input\[0, 0\]\) holds '#DIV/0!'; expected a number"
        ),
    ):
        warnings.simplefilter("ignore")
        tracer.read_excel(tmp_path / "saved.xlsx")


def test_an_empty_cell_is_named(tmp_path):
    path, _ = written(tmp_path, "walkthrough")
    book = load_workbook(path)
    block(book["Step 1"], "wh")[2][1].value = None
    book.save(tmp_path / "saved.xlsx")
    with pytest.raises(tracer.TracerError, match=r"Step 1!\w+ \(wh\[2, 1\]\) is empty; expected a number"):
        tracer.run(like=tmp_path / "saved.xlsx")


def peak(code, *arguments):
    """MiB that a process takes at most."""
    # Not ru_maxrss: a new process starts with that of the one that started it.
    code += "\nprint(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    return int(done.stdout.split()[-1]) // 1024


ATTEMPTS = """
import sys, tracer
for attempt in (tracer.read_excel, tracer.verify, lambda path: tracer.run(like=path)):
    try:
        attempt(sys.argv[1])
        print("read")
    except tracer.TracerError as error:
        print("refused", error)
"""


def test_a_stray_cell_at_the_end_of_a_sheet_costs_nothing(tmp_path):
    path, trace = written(tmp_path, "walkthrough")
    for title in ("Network", "Step 3", "Overview"):
        book = load_workbook(path)
        book[title]["A1048576"].number_format = "0.00"
        book[title]["XFD1048576"] = 1
        book.save(tmp_path / "stray.xlsx")
        assert tracer.run(like=tmp_path / "stray.xlsx").network == trace.network
        assert peak(ATTEMPTS, tmp_path / "stray.xlsx") < 300


def test_names_of_huge_areas_cost_nothing(tmp_path):
    path, trace = written(tmp_path, "walkthrough")
    with zipfile.ZipFile(path) as archive:
        book = archive.read("xl/workbook.xml").decode()
    huge = "".join(
        f'<definedName name="mine{k}" localSheetId="{k}">\'Step {k - 1}\'!$A$1:$XFD$1048576</definedName>'
        for k in range(1, 8)
    )
    edited(
        path,
        tmp_path / "huge.xlsx",
        {"xl/workbook.xml": book.replace("<definedNames>", f"<definedNames>{huge}").encode()},
    )
    assert tracer.read_excel(tmp_path / "huge.xlsx") == trace
    assert peak(ATTEMPTS, tmp_path / "huge.xlsx") < 300


def test_a_zip_bomb_is_refused(tmp_path):
    path, _ = written(tmp_path, "walkthrough")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            with new.open(name, "w") as part:
                if name == "xl/worksheets/sheet3.xml":
                    for _ in range(1024):
                        part.write(b" " * (1 << 20))
                part.write(old.read(name))
    assert (tmp_path / "bomb.xlsx").stat().st_size < 1_500_000
    assert peak(ATTEMPTS, tmp_path / "bomb.xlsx") < 150
    with pytest.raises(tracer.TracerError, match="zip bomb"):
        tracer.read_excel(tmp_path / "bomb.xlsx")


def test_a_damaged_lesson_is_refused(tmp_path):
    perceptron.write(tmp_path / "lesson.xlsx")
    with zipfile.ZipFile(tmp_path / "lesson.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml")
    for k, damaged in enumerate(
        (sheet[: len(sheet) // 2], sheet.replace(b"</v>", b"", 1), sheet.replace(b"<v>", b"<v>x"))
    ):
        edited(tmp_path / "lesson.xlsx", tmp_path / f"{k}.xlsx", {"xl/worksheets/sheet2.xml": damaged})
        with pytest.raises(tracer.TracerError, match=rf"{k}\.xlsx: "):
            tracer.verify(tmp_path / f"{k}.xlsx")
