"""Sheets that are made to do harm: an answer or one line, within 1 GiB and 10 seconds, by a process of its own."""

import io
import os
import resource
import subprocess
import sys
import zipfile

import pytest
from test_reading_ways import BOOK, MAIN, PARTS, SHEET, STRINGS, packed, replaced

MEMORY, SECONDS = 1 << 30, 10
FEW = {"OPENBLAS_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"}


def sheet(rows):
    return packed(PARTS | {SHEET: f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'})


def compressed(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


def million():
    """As many strings, each in a cell; written once."""
    items = "".join(f"<si><t>string {n}</t></si>" for n in range(1_000_000))
    rows = "".join(
        f'<row r="{row + 1}">'
        + "".join(f'<c r="{letter}{row + 1}" t="s"><v>{row * 20 + n}</v></c>' for n, letter in enumerate(LETTERS))
        + "</row>"
        for row in range(50_000)
    )
    content = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return PARTS | {STRINGS: f'<sst xmlns="{MAIN}" count="1000000">{items}</sst>', SHEET: content}


LETTERS = "ABCDEFGHIJKLMNOPQRST"


def unnamed():
    file = io.BytesIO(BOOK.getvalue())
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(zipfile.ZipInfo("x"), "x")
    content = file.getvalue()
    # The name goes from the directory: 46 bytes, its length at 28.
    at = content.rindex(b"PK\x01\x02")
    directory = content[at : at + 28] + b"\0\0" + content[at + 30 : at + 46] + content[at + 47 :]
    end = directory.rindex(b"PK\x05\x06")
    size = int.from_bytes(directory[end + 12 : end + 16], "little") - 1
    return io.BytesIO(content[:at] + directory[: end + 12] + size.to_bytes(4, "little") + directory[end + 16 :])


REFUSED = {
    "a column that is no letter": lambda: replaced('<c r="D8" s="1"/>', '<c r="-"/><c/>'),
    "a row number that is none": lambda: replaced('<row r="3"/>', '<row r="x"></row>'),
    "100,000 elements, one in the other": lambda: replaced('<row r="3"/>', '<row r="3">' + "<z>" * 100_000),
    "100,000 elements around the rows": lambda: replaced("<sheetData>", "<z>" * 100_000 + "<sheetData>"),
    "a row of 40 MB": lambda: sheet(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>' + "x" * 40_000_000 + "</t></is></c></row>"
    ),
    "a string of 40 MB": lambda: compressed(
        PARTS | {STRINGS: f'<sst xmlns="{MAIN}"><si><t>' + "ab" * 20_000_000 + "</t></si></sst>"}
    ),
    "a reference to a character that is none": lambda: replaced("in place", "&#xD800;"),
}
ANSWERED = {
    "a cell of 33 MB": lambda: sheet(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>' + "x" * 33_000_000 + "</t></is></c></row>"
    ),
    "an entry without a name": unnamed,
    "500,000 empty rows": lambda: sheet("".join(f'<row r="{n}"/>' for n in range(1, 500_001))),
    "one far cell": lambda: sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "a string of 100,000 runs": lambda: packed(
        PARTS | {STRINGS: PARTS[STRINGS].replace("<r><t>th</t></r>", "<r><t>t</t></r>" * 100_000)}
    ),
}


def run(tmp_path, *arguments):
    script = (
        "import resource, sys; from tracer.__main__ import *"
        if False
        else "import resource, sys; from tracer.cli import main; sys.argv[0] = 'tracer'; main()"
    )
    del script
    return subprocess.run(
        [sys.executable, "-m", "tracer", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=SECONDS * 6,  # of a machine that does other things too
        check=False,
        preexec_fn=lambda: [
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS)),
        ],
        env=FEW | {"HOME": os.environ.get("HOME", "/")},
    )


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_made_to_do_harm_is_refused_in_one_line(tmp_path, name):
    (tmp_path / "a.xlsx").write_bytes(BOOK.getvalue())
    (tmp_path / "b.xlsx").write_bytes(REFUSED[name]().getvalue())
    for done in (run(tmp_path, "diff", "a.xlsx", "b.xlsx"), run(tmp_path, "diff", "b.xlsx", "a.xlsx")):
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert done.stderr.startswith("tracer: b.xlsx")


@pytest.mark.parametrize("name", ANSWERED)
def test_what_is_large_or_odd_is_compared(tmp_path, name):
    (tmp_path / "a.xlsx").write_bytes(BOOK.getvalue())
    (tmp_path / "b.xlsx").write_bytes(ANSWERED[name]().getvalue())
    done = run(tmp_path, "diff", "a.xlsx", "b.xlsx")
    assert (done.returncode, done.stderr) == (0 if name == "an entry without a name" else 1, ""), done.stderr


def test_a_million_strings_are_compared_and_the_one_that_differs_is_told(tmp_path):
    parts = million()
    (tmp_path / "a.xlsx").write_bytes(compressed(parts).getvalue())
    other = parts | {STRINGS: parts[STRINGS].replace("<t>string 777777<", "<t>another<")}
    (tmp_path / "b.xlsx").write_bytes(compressed(other).getvalue())
    done = run(tmp_path, "diff", "a.xlsx", "b.xlsx")
    assert done.returncode == 1, done.stderr
    assert "another" in done.stdout
    assert "1 origin" in done.stdout
