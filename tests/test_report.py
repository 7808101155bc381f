"""`tracer diff --format ... --out ...`, run as a user runs it, and the same from Python."""

import io
import json
import os
import pty
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import openpyxl
import pytest

import tracer
from tracer import TracerError


@pytest.fixture
def books(tmp_path):
    for name, value in (("a", 1), ("b", 2)):
        book = openpyxl.Workbook()
        book.active["A1"] = value
        book.save(tmp_path / f"{name}.xlsx")
    return tmp_path / "a.xlsx", tmp_path / "b.xlsx"


SAID = "Different: 1 origin (1 in values), 0 consequences"
READ = {
    "text": lambda data: data.decode().index("Sheet!A1"),
    "json": json.loads,
    "junit": ElementTree.fromstring,
    "xlsx": lambda data: zipfile.ZipFile(io.BytesIO(data)),
}


@pytest.mark.parametrize("format", READ)
def test_a_report_goes_to_a_file(books, command, tmp_path, format):
    out = tmp_path / "folder" / f"report.{format}"
    for _ in range(2):  # a report of the same format is replaced
        done = command("diff", "a.xlsx", "b.xlsx", "--format", format, "--out", out)
        assert (done.returncode, done.stdout, done.stderr) == (1, f"{SAID}; written to {out}\n", "")
        READ[format](out.read_bytes())
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_a_page_goes_to_a_file(books, command, tmp_path):
    pytest.importorskip("tracer.report.page")
    for _ in range(2):
        done = command("diff", "a.xlsx", "b.xlsx", "--format", "html", "--out", "report.html")
        assert (done.returncode, done.stdout) == (1, f"{SAID}; written to report.html\n")
    assert "Sheet!A1" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("format", ["json", "junit", "xlsx"])
def test_without_a_file_standard_output_is_the_report_and_nothing_else(books, tmp_path, format):
    arguments = [sys.executable, "-m", "tracer", "diff", *map(str, books), "--format", format]
    done = subprocess.run(arguments, capture_output=True, cwd=tmp_path, check=False)
    READ[format](done.stdout)
    assert (done.returncode, done.stderr.decode()) == (1, SAID + os.linesep)


def test_a_terminal_is_not_sent_a_workbook(books, tmp_path):
    terminal, end = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "tracer", "diff", *map(str, books), "--format", "xlsx"],
        stdout=end,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(end)
    os.close(terminal)
    assert done.returncode == 2
    assert done.stderr == "tracer: a terminal cannot show a workbook; say where to write it with --out report.xlsx\n"


def test_equal_workbooks_are_reported_with_status_0(books, command):
    done = command("diff", "a.xlsx", "a.xlsx", "--format", "junit", "--out", "report.xml")
    assert (done.returncode, done.stdout) == (0, "Equal (1 sheet compared); written to report.xml\n")


@pytest.mark.parametrize("format", ["text", "json", "junit", "xlsx"])
def test_the_workbooks_that_are_compared_are_never_overwritten(books, command, tmp_path, format):
    (tmp_path / "link.xlsx").symlink_to("b.xlsx")
    before = [path.read_bytes() for path in books]
    for out in ("a.xlsx", "./b.xlsx", "link.xlsx"):
        done = command("diff", "a.xlsx", "b.xlsx", "--format", format, "--out", out, "--force")
        assert done.returncode == 2
        assert done.stderr.startswith(f"tracer: {out.removeprefix('./')}: is one of the two workbooks")
    assert [path.read_bytes() for path in books] == before


OTHERS = {"json": b"[1, 2]", "junit": b"<project/>", "xlsx": b"PK", "text": b"\x89PNG\0"}


@pytest.mark.parametrize("format", OTHERS)
def test_a_file_that_is_no_report_is_overwritten_only_by_force(books, command, tmp_path, format):
    out = tmp_path / "report"
    out.write_bytes(OTHERS[format])
    refused = command("diff", "a.xlsx", "b.xlsx", "--format", format, "--out", "report")
    assert refused.returncode == 2
    assert refused.stderr == (
        f"tracer: report: exists and is no report in {format}; --force overwrites it, or choose another --out\n"
    )
    assert out.read_bytes() == OTHERS[format]
    assert command("diff", "a.xlsx", "b.xlsx", "--format", format, "--out", "report", "--force").returncode == 1
    READ[format](out.read_bytes())


def test_another_workbook_of_ours_is_no_report(books, command, tmp_path):
    tracer.run().to_excel(tmp_path / "walkthrough.xlsx")
    done = command("diff", "a.xlsx", "b.xlsx", "--format", "xlsx", "--out", "walkthrough.xlsx")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert tracer.read_excel(tmp_path / "walkthrough.xlsx") == tracer.run()


def test_a_workbook_with_macros_is_copied_under_its_own_suffix(books, tmp_path):
    a, b = books
    macros = tmp_path / "b.xlsm"
    with zipfile.ZipFile(b) as source, zipfile.ZipFile(macros, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "[Content_Types].xml":
                data = data.replace(
                    b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
                )
            target.writestr(name, data)
        target.writestr("xl/vbaProject.bin", b"macros")
    diff = tracer.diff(a, macros)
    with pytest.raises(TracerError, match=r"report\.xlsm"):
        diff.to_excel(tmp_path / "report.xlsx")
    diff.to_excel(tmp_path / "report.xlsm")
    assert zipfile.ZipFile(tmp_path / "report.xlsm").read("xl/vbaProject.bin") == b"macros"


def test_python_returns_what_the_command_writes(books, tmp_path):
    diff = tracer.diff(*books)
    assert json.loads(diff.to_json())["differences"][0]["after"]["value"] == 2
    assert diff.to_json(tmp_path / "report.json") == diff.to_json()
    assert (tmp_path / "report.json").read_text() == diff.to_json() + "\n"
    with pytest.raises(TracerError, match="is one of the two"):
        diff.to_junit(books[0], force=True)


def test_a_file_that_was_closed_cannot_be_copied(books, tmp_path):
    with books[0].open("rb") as a, books[1].open("rb") as b:
        diff = tracer.diff(a, b)
        diff.to_excel(tmp_path / "open.xlsx")
    with pytest.raises(TracerError, match="closed"):
        diff.to_excel(tmp_path / "closed.xlsx")
    assert not (tmp_path / "closed.xlsx").exists()
