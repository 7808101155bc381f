"""What another program wrote anew everywhere is one line; what somebody changed is never in it."""

import json
import subprocess

import openpyxl
import pytest
from archives import patched

import tracer
from tracer.compare.programs import line, routine


def saved_by_openpyxl(path, out, change=lambda book: None):
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(out)


def edited(book):
    book["Step 1"]["W14"] = 0.1 + 1e-15  # the last digits of an input
    book["Step 3"]["B2"] = "another heading"


@pytest.fixture
def walk(tmp_path):
    tracer.run().to_excel(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def told(a, b):
    found = tracer.diff(a, b)
    return found, routine(found)


def test_openpyxl(walk, tmp_path):
    saved_by_openpyxl(walk, tmp_path / "b.xlsx", edited)
    found, folded = told(walk, tmp_path / "b.xlsx")
    left = [entry for number, entry in enumerate(found) if number not in folded and entry.role == "origin"]
    assert {entry.place for entry in left if entry.kind == "values"} == {"'Step 1'!W14", "'Step 3'!B2"}
    assert not [entry for entry in folded.values() if entry.kind in ("values", "formulas", "names", "sheets")]
    if folded:
        assert line(found, folded.values()).startswith("openpyxl saved B: ")


def test_libreoffice(walk, tmp_path, libreoffice, command):
    tracer.run(lr=0.2).to_excel(tmp_path / "b.xlsx")
    out = tmp_path / "saved"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(["soffice", "--headless", profile, "--convert-to", "xlsx", "--outdir", out, tmp_path / "b.xlsx"],
                   check=True, capture_output=True)  # fmt: skip
    found, folded = told(walk, out / "b.xlsx")
    assert [entry.place for entry in found.origins if entry.kind == "values" and not entry.before.formula] == [
        "'Step 1'!W14"
    ]
    for entry in folded.values():
        if entry.kind == "values":  # both round to the same 15 digits
            assert f"{entry.before.value:.14e}" == f"{entry.after.value:.14e}"
            assert entry.before.formula
    done = command("diff", walk, out / "b.xlsx")
    assert done.returncode == 1
    assert "LibreOffice saved B: " in done.stdout
    assert "(--all lists them)" in done.stdout
    assert len(done.stdout.splitlines()) < 20
    every = command("diff", walk, out / "b.xlsx", "--all").stdout
    assert "LibreOffice saved" not in every
    record = json.loads(command("diff", walk, out / "b.xlsx", "--format", "json").stdout)
    assert len(record["differences"]) == len(found)
    assert sum(entry["program"] for entry in record["differences"]) == len(folded)
    assert record["programs"]["b"].startswith("LibreOffice")


def test_the_same_program_is_told_of_nothing(walk, tmp_path):
    tracer.run(lr=0.2).to_excel(tmp_path / "b.xlsx")
    assert not told(walk, tmp_path / "b.xlsx")[1]


def test_what_differs_stays_different(walk, tmp_path):
    """A file of which only the program and a width everywhere differ is not equal."""
    other = patched(walk, "docProps/app.xml", lambda data: data.replace(b"Microsoft Excel", b"Another"))
    assert not routine(tracer.diff(walk, other))
    column = b'<col min="40" max="40" width="33" customWidth="1"/></cols>'

    def widened(data):
        if b"</cols>" in data:
            return data.replace(b"</cols>", column)
        return data.replace(b"<sheetData", b"<cols>" + column + b"<sheetData", 1)

    for number in range(1, 16):
        other = patched(other, f"xl/worksheets/sheet{number}.xml", widened)
    found, folded = told(walk, other)
    assert found
    assert folded
    assert line(found, folded.values()).startswith("Another saved B: ")
