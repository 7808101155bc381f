"""Workbooks of other people's test suites: equal to themselves, and equal after LibreOffice has saved them again.

TRACER_CORPUS names a folder of .xlsx and .xlsm files, searched with its subfolders: the test data of calamine, Apache
POI, SheetJS and ClosedXML, for example. Without it the folder that TRACER_FOREIGN names is taken. What LibreOffice
itself changes stands in `HABITS`, with the reason, and single workbooks stand in `ALONE`.
"""

import io
import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

import tracer
from tracer.errors import TracerError
from tracer.xlsx.addresses import parse_range
from tracer.xlsx.book import Book

FOLDER = os.environ.get("TRACER_CORPUS") or os.environ.get("TRACER_FOREIGN", "")
BOOKS = sorted(path for path in Path(FOLDER).rglob("*.xls[xm]") if path.is_file()) if FOLDER else []
IDS = [str(path.relative_to(FOLDER)) for path in BOOKS]
pytestmark = pytest.mark.skipif(
    not BOOKS, reason="TRACER_CORPUS and TRACER_FOREIGN name no folder of workbooks: they were NOT checked"
)
#: Workbooks that LibreOffice converts in one go.
BATCH = 20

#: Functions whose value is another one at every calculation, or depends on the program and the machine.
VOLATILE = re.compile(r"\b(NOW|TODAY|RAND|RANDBETWEEN|RANDARRAY|INFO|CELL|OFFSET|INDIRECT)\(", re.IGNORECASE)


def readable(path):
    try:
        with Book(path) as book:
            for sheet in book.sheets:
                if sheet.kind == "worksheet":
                    for _ in book.cells(sheet):
                        pass
    except TracerError as error:
        return str(error)
    return None


def spelt_otherwise(path):
    """The same workbook in an archive in which no part has the checksum that it had."""
    file = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(file, "w") as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename.lower().endswith((".xml", ".rels", ".vml")) and b"\x00" not in data[:4]:
                data = data.rstrip() + b"\n"
            target.writestr(entry.filename, data)
    return file


@pytest.mark.parametrize("path", BOOKS, ids=IDS)
def test_a_workbook_equals_itself_where_no_checksum_says_so(path):
    if reason := readable(path):
        pytest.skip(reason)
    try:
        again = spelt_otherwise(path)
    except zipfile.BadZipFile as error:
        pytest.skip(f"zipfile: {error}")
    assert [str(entry) for entry in tracer.diff(path, again)] == []


@pytest.fixture(scope="session")
def saved(tmp_path_factory, libreoffice):
    """Saves workbooks again by LibreOffice: gives the path of the copy, None where LibreOffice refuses."""
    folder = tmp_path_factory.mktemp("saved")
    profile = tmp_path_factory.mktemp("profile")

    def save(paths, number):
        links = folder / "in" / str(number)
        links.mkdir(parents=True)
        for at, path in paths:
            (links / f"{at}{path.suffix}").symlink_to(path.resolve())
        command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to"]
        command += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out")]
        subprocess.run([*command, *map(str, links.iterdir())], capture_output=True, timeout=600, check=False)

    def copy(path):
        at = BOOKS.index(path)
        first = at // BATCH * BATCH
        if not (folder / "in" / str(first)).exists():
            save(list(enumerate(BOOKS))[first : first + BATCH], first)
        there = folder / "out" / f"{at}.xlsx"
        if not there.exists() and not (folder / "in" / f"alone{at}").exists():
            save([(at, path)], f"alone{at}")  # another workbook may have ended LibreOffice
        return there if there.exists() else None

    return copy


def pivoted(book):
    """Where pivot tables stand: LibreOffice lays them out anew, in its own words."""
    areas = {}
    for sheet in book.sheets:
        for related in book.package.relationships(sheet.part).values():
            if related.kind == "pivotTable" and related.target in book.package.parts:
                areas.setdefault(sheet.title, []).append(book.package.xml(related.target))
    return areas


def tables_of_what_if(book):
    """The areas of data tables, which LibreOffice saves as MULTIPLE.OPERATIONS."""
    areas = {}
    for sheet in book.sheets:
        if sheet.kind != "worksheet":
            continue
        for match in re.finditer(rb'<f [^>]*t="dataTable"[^>]*>', book.package.read(sheet.part)):
            area = re.search(rb'ref="([^"]*)"', match[0])
            if area and (parsed := parse_range(area[1].decode())):
                areas.setdefault(sheet.title, []).append(parsed)
    return areas


def bare(formula):
    """A formula without what says how it fills cells."""
    return re.sub(r" \(dynamic array.*| over [A-Z]+[0-9:A-Z]*$|[{}]", "", formula)


def is_error(value):
    return isinstance(value, str) and re.fullmatch(r"#[A-Z/0!?]+[!?A0]", value) is not None


#: What LibreOffice changes when it saves, and how it is told.
HABITS = {
    "truth values and errors are saved as formulas": lambda d: (
        d.before.formula is None and d.after.formula in ("=TRUE", "=FALSE", "=TRUE()", "=FALSE()", f"={d.before.value}")
    ),
    "dynamic arrays are saved as array formulas": lambda d: (
        bool(d.before.formula and d.after.formula)
        and "(dynamic array" in d.before.formula
        and bare(d.before.formula) == bare(d.after.formula)
    ),
    "empty texts are left out": lambda d: d.before.value == "" and d.after.value is None,
    "carriage returns are lost, or stay as escapes": lambda d: (
        isinstance(d.before.value, str) and isinstance(d.after.value, str)
        and ("\r" in d.before.value or "_x000D_" in d.before.value)
        and re.sub(r"_x000D_|[\r\n]", "", d.before.value) == re.sub(r"_x000D_|[\r\n]", "", d.after.value)
    ),
    "what is volatile is computed anew": lambda d: any(
        side.formula and VOLATILE.search(side.formula) for side in (d.before, d.after)
    ),
    "functions that it lacks give errors, and some errors become others": lambda d: is_error(d.after.value),
    "values that the file did not store are computed": lambda d: (
        d.before.value is None and d.after.value is not None and d.before.formula is not None
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", BOOKS, ids=IDS)
def test_values_and_formulas_are_those_that_libreoffice_saves_again(path, saved):
    if reason := readable(path):
        pytest.skip(reason)
    other = saved(path)
    if other is None:
        pytest.skip("LibreOffice does not open it")
    found = tracer.diff(path, other, only=["values", "formulas"], rtol=1e-12, atol=1e-14)
    with Book(path) as book:
        pivots, areas = pivoted(book), tables_of_what_if(book)
    left = [
        str(entry)
        for entry in found.origins
        if not any(holds(entry) for holds in HABITS.values())
        and entry.sheet not in pivots
        and not any(entry.sheet == title and _within(entry, area) for title, many in areas.items() for area in many)
    ]
    if left and path.name in ALONE:
        pytest.xfail(ALONE[path.name])
    assert left == []


def _within(entry, area):
    place = parse_range(entry.address_before or entry.address)
    return place is not None and (place.top, place.left) in area


#: Workbooks that LibreOffice reads otherwise than Excel, each with what it does.
ALONE: dict[str, str] = {}
