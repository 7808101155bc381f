"""Files that are made to do harm: each gives an answer or one line, in bounded memory and time."""

import io
import resource
import subprocess
import sys

import openpyxl
import pytest
import xlsxwriter
from archives import patched

import tracer

#: Of address space, for a process that has loaded everything; and seconds.
MEMORY, PATIENCE = 2 << 30, 60


def book(**cells):
    file = io.BytesIO()
    written = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = written.add_worksheet("Data")
    for address, content in cells.items():
        sheet.write(address, content)
    written.close()
    return file.getvalue()


def changed(content, part, change):
    return patched(io.BytesIO(content), part, change).getvalue()


SHEET, WORKBOOK, RELS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
PLAIN = book(A1=1, B2="text", C3="=A1*2")
LAUGHS = (
    b"<!DOCTYPE x [<!ENTITY a 'ha'>"
    + b"".join(b"<!ENTITY %c '%s'>" % (98 + k, b"&%c;" % (97 + k) * 10) for k in range(9))
    + b"]>"
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def replaced(part, old, new):
    return changed(PLAIN, part, lambda data: data.replace(old, new, 1))


REFUSED = {
    "nothing": b"",
    "no archive": b"hello",
    "half an archive": PLAIN[: len(PLAIN) // 2],
    "the head of one": b"PK\x03\x04" + bytes(100),
    "Excel 97": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "encrypted": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(600),
    "a zip bomb": changed(PLAIN, SHEET, lambda data: data + bytes(300_000_000)),
    "a billion laughs": replaced(WORKBOOK, b"<workbook", LAUGHS + b"<workbook"),
    "an entity from outside": replaced(SHEET, b"<worksheet", OUTSIDE + b"<worksheet"),
    "a part that is cut off": changed(PLAIN, SHEET, lambda data: data[: len(data) // 2]),
    "no sheets": replaced(WORKBOOK, b"<sheets>", b"<gone>"),
    "deep XML": replaced(SHEET, b"<sheetData>", b"<x>" * 100_000 + b"<sheetData>"),
    "bytes that are no text": replaced(SHEET, b"<v>1</v>", b"<v>\xff\xfe</v>"),
    "a string that there is not": replaced(SHEET, b'<c r="B2" t="s"><v>0</v>', b'<c r="B2" t="s"><v>99</v>'),
}
ANSWERED = {
    "a tag that only begins like a row": replaced(SHEET, b"</sheetData>", b'<row r="4"/><rowing/></sheetData>'),
    "absurd dimensions": replaced(SHEET, b'ref="A1:C3"', b'ref="A1:XFD1048576"'),
    "a long text": book(A1="x" * 32_767),
    "a circle": book(A1="=B1", B1="=A1"),
    "a formula nested 60 deep": book(A1="=" + "IF(A2," * 60 + "1" + ",2)" * 60),
    "brackets without end": book(A1="=" + "[[" * 4000),
    "a link outside": book(A1='=HYPERLINK("http://127.0.0.1:9/")', B1="=[1]Sheet!A1"),
    "names that point nowhere": replaced(
        WORKBOOK,
        b"<calcPr",
        b'<definedNames><definedName name="a">#REF!</definedName><definedName name="b">c</definedName>'
        b'<definedName name="c">b</definedName></definedNames><calcPr',
    ),
    "a workbook that is its own sheet": replaced(RELS, b"worksheets/sheet1.xml", b"workbook.xml"),
    "terminal codes": book(A1="\x1b[2J\u202etext"),
}


def tracer_diff(tmp_path, content, *arguments):
    (tmp_path / "a.xlsx").write_bytes(PLAIN)
    (tmp_path / "b.xlsx").write_bytes(content)
    return subprocess.run(
        [sys.executable, "-m", "tracer", "diff", "a.xlsx", "b.xlsx", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
        env={"PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"},
    )


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path, name):
    done = tracer_diff(tmp_path, REFUSED[name])
    assert done.returncode == 2
    assert done.stderr.startswith("tracer: b.xlsx")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ANSWERED)
def test_what_is_odd_is_compared(tmp_path, name):
    done = tracer_diff(tmp_path, ANSWERED[name], "--all")
    assert done.returncode in (0, 1), done.stderr
    assert done.stderr == ""
    assert "\x1b[2J" not in done.stdout
    assert "\u202e" not in done.stdout
    assert not tracer.diff(io.BytesIO(ANSWERED[name]), io.BytesIO(ANSWERED[name]))


@pytest.mark.parametrize("columns", [1, 3])
def test_rows_without_a_face_are_aligned_in_bounded_time(columns):
    """Equal rows, of which nothing says which was put in, and rows that are all different."""

    def write(rows):
        file = io.BytesIO()
        written = openpyxl.Workbook(write_only=True)
        sheet = written.create_sheet()
        for row in rows:
            sheet.append(row)
        written.save(file)
        return file

    same, other = write([[7] * columns] * 20_000), write([[7] * columns] * 20_001)
    assert len(tracer.diff(same, other)) == columns
    left, right = ([[start + i] * columns for i in range(3_000)] for start in (0, 10_000))
    assert len(tracer.diff(write(left), write(right))) == 3_000 * columns
