"""Workbooks that other people's programs saved: a folder of them, named by TRACER_FOREIGN."""

import io
import os
import random
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

import tracer
from tracer.textconv import lines
from tracer.xlsx.book import Book

FOLDER = os.environ.get("TRACER_FOREIGN", "")
BOOKS = sorted(Path(FOLDER).glob("*.xlsx")) if FOLDER else []
pytestmark = pytest.mark.skipif(
    not BOOKS, reason="TRACER_FOREIGN names no folder of workbooks: foreign workbooks were NOT checked"
)


def packed(path, change=lambda name, data: data):
    """A workbook packed again: parts in another order, not compressed, perhaps changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(file, "w") as target:
        names = source.namelist()
        random.Random(1).shuffle(names)
        for name in names:
            target.writestr(name, change(name, source.read(name)))
    return file


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_a_workbook_equals_itself_however_it_is_packed(path):
    assert not tracer.diff(path, path)
    assert [str(found) for found in tracer.diff(path, packed(path))] == []


#: The line of a cell: its address and a value, not a look or what else there is at it.
CELL = re.compile(r"([^\t]+![A-Z]+[0-9]+)\t(?:\"|-?[0-9]|#|TRUE|FALSE|no stored value)")


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_textconv_lists_the_cells_that_openpyxl_reads(path):
    with Book(path) as book:
        listed = {found[1] for line in lines(book) if (found := CELL.match(line))}
    expected = set()
    for data_only in (False, True):
        for sheet in openpyxl.load_workbook(path, data_only=data_only).worksheets:
            expected |= {
                f"{sheet.title}!{cell.coordinate}"
                for row in sheet.iter_rows()
                for cell in row
                if cell.value is not None
            }
    assert listed == expected


CONSTANT = re.compile(rb'(<c r="([A-Z]+[0-9]+)"(?: s="[0-9]+")?>\s*<v>)([0-9.]+)(</v>)')


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_one_changed_number_is_one_difference(path):
    changed = []

    def change(name, data):
        if changed or not re.match(r"xl/worksheets/sheet[0-9]+\.xml", name):
            return data
        match = CONSTANT.search(data)
        if match is None:
            return data
        changed.append(match[2].decode())
        return data[: match.start()] + match[1] + b"4711.25" + match[4] + data[match.end() :]

    other = packed(path, change)
    found = tracer.diff(path, other)
    assert [(entry.kind, entry.address, entry.after.value) for entry in found] == [
        ("values", address, 4711.25) for address in changed
    ]
    back = tracer.diff(other, path)
    assert [(entry.address, entry.after) for entry in back] == [(entry.address, entry.before) for entry in found]
