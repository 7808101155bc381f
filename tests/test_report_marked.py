"""The marked copy: everything of B is still there, what differs is marked, and a sheet lists it."""

import io
import random
import re
import shutil
import subprocess
import zipfile

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from archives import patched
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

import tracer
from tracer import TracerError
from tracer.report.marks import MarkedSheet, Marks
from tracer.report.rewriter import Rewriter
from tracer.report.stylesheet import MARKS
from tracer.xlsx.addresses import Range

#: openpyxl does not know all that is in these workbooks; that is why the report is not made with it.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

ORIGIN, CONSEQUENCE = (MARKS[role][0] for role in ("origin", "consequence"))
#: What a marked copy changes beside the sheets.
CHANGED = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
SHEET = "xl/worksheets/sheet1.xml"


def marked(a, b, **options):
    file = io.BytesIO()
    tracer.diff(a, b, **options).to_excel(file)
    return file


def painted(file):
    """The cells with our fills, by role, as openpyxl reads them; without the sheet that lists the differences."""
    found = {ORIGIN: set(), CONSEQUENCE: set()}
    for sheet in openpyxl.load_workbook(file).worksheets[:-1]:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.fill.fgColor.rgb in found:
                    found[cell.fill.fgColor.rgb].add((sheet.title, cell.coordinate))
    return found[ORIGIN], found[CONSEQUENCE]


def contents(file):
    """Formula, stored value, number format, alignment and protection of every cell, as openpyxl reads them."""
    formulas, values = (openpyxl.load_workbook(file, data_only=stored) for stored in (False, True))
    return {
        (sheet.title, cell.coordinate): (
            getattr(cell.value, "text", cell.value),
            values[sheet.title][cell.coordinate].value,
            cell.number_format,
            repr(cell.alignment),
            repr(cell.protection),
        )
        for sheet in formulas.worksheets
        if not sheet.title.startswith("Differences")
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def parts(file):
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def walkthrough(path, lr):
    known = tracer.Network.walkthrough()
    values = {key: np.array(getattr(known, key)) for key in ("X", "y", "wh", "bh", "wout", "bout")}
    tracer.run(tracer.Network(**values, lr=lr, name=known.name)).to_excel(path)
    return path


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    return walkthrough(folder / "a.xlsx", 0.1), walkthrough(folder / "b.xlsx", 0.2)


def test_every_difference_is_marked_and_nothing_else(books):
    diff = tracer.diff(*books)
    origins, consequences = painted(marked(*books))
    assert origins == {("Step 1", "W14")}
    assert consequences == {(entry.sheet, entry.address) for entry in diff.consequences}


def test_values_formulas_and_formats_are_those_of_b(books):
    copy = marked(*books)
    assert contents(copy) == contents(books[1])
    assert not tracer.diff(
        books[1], copy, only="values,formulas,caches,formats,names,settings,widths,merges,charts,parts"
    )


def test_origins_and_consequences_are_told_apart_without_colours(books):
    book = openpyxl.load_workbook(marked(*books))
    assert book["Step 1"]["W14"].border.left.style == "medium"
    assert book["Step 2"]["W14"].border.left.style == "dashed"


def test_the_sheet_lists_the_differences_as_numbers_with_links(books):
    diff = tracer.diff(*books)
    book = openpyxl.load_workbook(marked(*books))
    sheet = book.worksheets[-1]
    assert book.active is sheet
    assert [other.title for other in book.worksheets if other.sheet_view.tabSelected] == [sheet.title]
    assert (sheet.title, sheet["B2"].value, sheet["B3"].value) == ("Differences", str(books[0]), str(books[1]))
    assert sheet["A4"].value == "Different: 1 origin (1 in values), 45 consequences"
    heading, first, *others = sheet.iter_rows(min_row=6, values_only=True)
    assert heading == ("role", "kind", "what", "cell", "A", "B", "absolute", "relative", "difference", "reaches")
    assert first == ("origin", "values", "Step 1 · lr", "'Step 1'!W14", 0.1, 0.2, 0.1, 0.5, "+0.1 (twice)", 45)
    assert [(row[0], row[3], row[4], row[5]) for row in others] == [
        (entry.role, entry.place, entry.before.value, entry.after.value) for entry in diff.consequences
    ]
    assert [sheet.cell(row, 4).hyperlink.location for row in range(7, sheet.max_row + 1)] == [
        entry.place for entry in diff
    ]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A7", f"A6:J{sheet.max_row}")


def test_numbers_that_a_spreadsheet_shows_alike_are_listed_so_that_they_differ():
    a, b = plain({"A1": 0.5, "A2": 1.5, "A3": 0.125}), plain({"A1": 0.25, "A2": 1.5 + 1e-12, "A3": 0.375})
    b = patched(b, SHEET, lambda data: data.replace(b"<v>0.375</v>", b"<v>0.12500000000000003</v>"))
    sheet = openpyxl.load_workbook(marked(a, b))["Differences"]
    assert [[(cell.value, cell.number_format) for cell in row] for row in sheet["E7:F9"]] == [
        [(0.5, "General"), (0.25, "General")],
        [(1.5, "0.00000000000000E+00"), (1.5 + 1e-12, "0.00000000000000E+00")],
        [("0.125", "General"), ("0.12500000000000003", "General")],
    ]


def test_equal_workbooks_have_a_report_too(books):
    copy = marked(books[0], books[0])
    assert painted(copy) == (set(), set())
    assert openpyxl.load_workbook(copy)["Differences"]["A4"].value == "Equal (15 sheets compared)"


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc000000301010018"
    "dd8db00000000049454e44ae426082"
)


def by_xlsxwriter(value):
    """A workbook with much that openpyxl would lose or write anew."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet, other = book.add_worksheet("Data"), book.add_worksheet("Chart")
    bold, percent = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%", "align": "center"})
    sheet.write_column("A1", [1, 2, 3, 4])
    sheet.write("A3", value, percent)
    sheet.write_formula("B1", "=SUM(A1:A4)", None, 7 + value)
    sheet.write_array_formula("B2:B3", "{=A1:A2*A3}", None, value)
    sheet.write("B3", 2 * value)
    sheet.write_rich_string("C1", "plain ", bold, "bold", " plain")
    sheet.write_comment("A1", "a comment")
    sheet.insert_image("E1", "pixel.png", {"image_data": io.BytesIO(PIXEL)})
    sheet.conditional_format("A1:A4", {"type": "3_color_scale"})
    sheet.conditional_format("A1:A4", {"type": "data_bar", "data_bar_2010": True})
    sheet.data_validation("D1", {"validate": "list", "source": ["x", "y"]})
    sheet.add_table("A10:B12", {"data": [["a", 1], ["b", 2]]})
    sheet.add_sparkline("F1", {"range": "Data!A1:A4"})
    sheet.merge_range("A20:B21", "merged")
    sheet.freeze_panes(1, 1)
    book.define_name("'Chart'!local", "=Data!$A$1")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Data!$A$1:$A$4"})
    other.insert_chart("B2", chart)
    whole = book.add_chart({"type": "bar"})
    whole.add_series({"values": "=Data!$A$1:$A$4"})
    book.add_chartsheet("Whole").set_chart(whole)
    book.set_vba_name("ThisWorkbook")
    book.close()
    return file


def by_openpyxl(value):
    file = io.BytesIO()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in range(1, 5):
        sheet.append([row, f"text {row}"])
    sheet["A3"] = value
    sheet["A3"].number_format, sheet["A3"].alignment = "0.000", Alignment("center", wrap_text=True)
    sheet["A3"].protection = Protection(locked=False)
    rule = DataValidation("whole", "between", "1", "9")
    rule.add("A1:A8")
    sheet.add_data_validation(rule)
    book.create_sheet("Last").sheet_state = "hidden"
    book.save(file)
    return file


@pytest.mark.parametrize("write", [by_xlsxwriter, by_openpyxl])
def test_what_is_not_marked_is_the_same_bytes(write):
    a, b = write(3), write(30)
    before, after = parts(b), parts(marked(a, b))
    assert set(after) - set(before) == {"xl/worksheets/tracer_differences.xml"}
    sheets = {name for name in before if re.fullmatch(r"xl/(work|chart)sheets/[^/]*", name)}
    for name in before.keys() - CHANGED - sheets:
        assert after[name] == before[name], name

    def unmarked(data):
        return re.sub(rb' (s="\d+"|tabSelected="1")', b"", data)

    for name in sheets:
        assert unmarked(after[name]) == unmarked(before[name])
    kept = re.findall(rb"<(?:font|fill|border|dxf)>.*?</(?:font|fill|border|dxf)>", before["xl/styles.xml"])
    assert all(after["xl/styles.xml"].count(entry) >= before["xl/styles.xml"].count(entry) for entry in kept)
    assert contents(marked(a, b)) == contents(b)
    assert ("Data", "A3") in painted(marked(a, b))[0]


def test_consequences_of_a_rich_workbook_are_marked():
    copy = marked(by_xlsxwriter(3), by_xlsxwriter(30))
    assert painted(copy) == ({("Data", "A3")}, {("Data", "B1"), ("Data", "B2"), ("Data", "B3")})
    book = openpyxl.load_workbook(copy)
    assert book["Chart"].defined_names["local"].attr_text == "Data!$A$1"
    assert book.sheetnames == ["Data", "Chart", "Whole", "Differences"]


def plain(cells, **options):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet(options.get("title", "Data"))
    for address, value in cells.items():
        sheet.write(address, value)
    book.close()
    return file


CELLS = {"A1": 1, "B1": "one", "B3": 3, "D3": "=B3*2"}


def prefixed(data):
    return re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", data).replace(b"xmlns=", b"xmlns:x=")


def single_quotes(data):
    return re.sub(rb'"([^"]*)"', rb"'\1'", data)


def utf_16(data):
    return data.decode().replace("UTF-8", "UTF-16").encode("utf-16")


def utf_16_without_a_mark(data):
    return data.decode().replace("UTF-8", "UTF-16LE").encode("utf-16-le")


def without_addresses(data):
    return re.sub(rb'<c r="[A-Z]+\d+"', b"<c", data)


def with_white_space(data):
    data = re.sub(rb'<c r="([A-Z]+\d+)"', rb'<c\n  r = "\1"\t', data)
    return data.replace(b"<sheetData>", b"<!-- <c r='A1'/> --><sheetData >").replace(b"</row>", b"\n</row >")


SPELLINGS = [prefixed, single_quotes, utf_16, utf_16_without_a_mark, with_white_space]


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
@pytest.mark.parametrize("spell", SPELLINGS)
def test_any_spelling_of_a_part_is_marked(spell, part):
    a, b = plain(CELLS), patched(plain({**CELLS, "B3": 4, "C9": 5}), part, spell)
    copy = marked(a, b)
    assert painted(copy)[0] == {("Data", "B3"), ("Data", "C9")}
    assert contents(copy) == contents(b)
    assert not tracer.diff(b, copy, only="values,formulas")


def test_cells_without_addresses_are_counted():
    cells = {"A1": 1, "B1": 2, "A2": 3, "B2": 4}
    b = patched(plain({**cells, "B2": 5}), SHEET, lambda data: re.sub(rb' r="[A-Z0-9]+"', b"", data))
    copy = marked(plain(cells), b)
    assert painted(copy)[0] == {("Data", "B2")}
    assert contents(copy) == contents(b)


def test_content_types_with_a_prefix_and_an_empty_table_of_looks():
    styles = b'<y:styleSheet xmlns:y="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    b = patched(plain({**CELLS, "B3": 4}), "xl/styles.xml", lambda _: styles)
    copy = marked(plain(CELLS), patched(b, "[Content_Types].xml", prefixed), ignore="styles,formats")
    assert painted(copy)[0] == {("Data", "B3")}
    assert openpyxl.load_workbook(copy)["Differences"]["A7"].font.b


def test_a_workbook_without_looks_gets_a_table_of_them():
    def without(data):
        return re.sub(rb"<(Override|Relationship) [^>]*styles[^>]*/>", b"", data)

    out = io.BytesIO()
    with zipfile.ZipFile(plain({**CELLS, "B3": 4})) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            if name != "xl/styles.xml":
                target.writestr(name, without(source.read(name)))
    copy = marked(plain(CELLS), out, ignore="styles,formats")
    assert painted(copy)[0] == {("Data", "B3")}
    assert not tracer.diff(out, copy, only="values,formulas")


def test_a_cell_that_b_does_not_have_is_put_in_its_place():
    a = plain({"A1": 1, "C1": 2, "B2": 3, "A5": 4, "H9": 5, "C5": 6})
    b = plain({"B1": 1, "D1": 1, "A5": 4, "C5": 6})
    copy = marked(a, b)
    assert painted(copy)[0] == {("Data", cell) for cell in ("A1", "B1", "C1", "D1", "B2", "H9")}
    data = parts(copy)[SHEET]
    assert re.findall(rb'<row r="(\d+)"', data) == [b"1", b"2", b"5", b"9"]
    assert re.findall(rb'<c r="([A-Z]+1)"', data) == [b"A1", b"B1", b"C1", b"D1"]
    assert b'<dimension ref="A1:H9"/>' in data
    assert contents(copy) == contents(b)


@pytest.mark.parametrize("rows", ["<sheetData/>", "<sheetData></sheetData>", '<sheetData><row r="2"/></sheetData>'])
def test_a_sheet_without_cells_gets_them(rows):
    def emptied(data):
        return re.sub(rb"<sheetData>.*</sheetData>|<sheetData ?/>", rows.encode(), data)

    copy = marked(plain({"A1": 1, "B2": 2, "C3": 3}), patched(plain({}), SHEET, emptied))
    assert painted(copy)[0] == {("Data", "A1"), ("Data", "B2"), ("Data", "C3")}


def test_a_new_cell_looks_as_its_row_or_column_does():
    def styled(value):
        file = io.BytesIO()
        book = xlsxwriter.Workbook(file, {"in_memory": True})
        sheet = book.add_worksheet("Data")
        sheet.set_column("C:D", 9, book.add_format({"num_format": "0.00"}))
        sheet.set_row(4, 20, book.add_format({"num_format": "0.0%"}))
        if value:
            sheet.write("C2", value, book.add_format({"num_format": "0.00"}))
            sheet.write("D5", value, book.add_format({"num_format": "0.0%"}))
        book.close()
        return file

    copy = marked(styled(1), styled(None))
    assert painted(copy)[0] == {("Data", "C2"), ("Data", "D5")}
    sheet = openpyxl.load_workbook(copy)["Data"]
    assert (sheet["C2"].number_format, sheet["D5"].number_format) == ("0.00", "0.0%")


def test_of_a_painted_column_only_cells_that_exist_are_marked():
    books = [openpyxl.load_workbook(plain({"A1": 1, "B1": 2, "B4": 3, "C4": 4})) for _ in range(2)]
    books[1]["Data"].column_dimensions["B"].fill = PatternFill("solid", fgColor="FF123456")
    books[1]["Data"].column_dimensions["C"].width = 40
    files = [io.BytesIO(), io.BytesIO()]
    for book, file in zip(books, files):
        book.save(file)
    copy = marked(*files)
    assert painted(copy)[0] == {("Data", "B1"), ("Data", "B4")}
    sheet = openpyxl.load_workbook(copy)["Differences"]
    assert {row[3].hyperlink.location for row in sheet.iter_rows(min_row=7)} == {"Data!B:B", "Data!C:C"}


def test_the_content_of_a_cell_decides_when_its_look_differs_too():
    files = []
    for value in (1, 2):
        files.append(io.BytesIO())
        book = xlsxwriter.Workbook(files[-1], {"in_memory": True})
        sheet = book.add_worksheet("Data")
        sheet.write("A1", value)
        sheet.write_formula("B1", "=A1*2", book.add_format({"bold": value == 2}), 2 * value)
        sheet.write("C1", "text", book.add_format({"bold": value == 2}))
        book.close()
    assert painted(marked(*files)) == ({("Data", "A1"), ("Data", "C1")}, {("Data", "B1")})


def test_a_row_that_was_put_in_is_marked_and_one_that_was_taken_out_is_listed():
    rows = [[row, f"text {row}", row / 7] for row in range(1, 12)]
    more = [*rows[:5], [99, "new", 0.5], *rows[5:]]
    a, b = (
        plain({f"{'ABC'[j]}{i}": value for i, row in enumerate(t, 1) for j, value in enumerate(row)})
        for t in (rows, more)
    )
    copy = marked(a, b)
    assert painted(copy)[0] == {("Data", "A6"), ("Data", "B6"), ("Data", "C6")}
    assert openpyxl.load_workbook(copy)["Differences"]["D7"].hyperlink.location == "Data!6:6"
    back = marked(b, a)
    assert painted(back)[0] == set()
    assert openpyxl.load_workbook(back)["Differences"]["B7"].value == "insertions"
    assert openpyxl.load_workbook(back)["Differences"]["D7"].hyperlink is None


def test_white_text_stays_readable():
    files = []
    for value in (1, 2):
        book = openpyxl.Workbook()
        cell = book.active["A1"]
        cell.value, cell.font = value, Font("Arial", 14, True, color="FFFFFFFF")
        cell.fill = PatternFill("solid", fgColor="FF000080")
        files.append(io.BytesIO())
        book.save(files[-1])
    font = openpyxl.load_workbook(marked(*files))["Sheet"]["A1"].font
    assert (font.name, font.sz, font.b, font.color) == ("Arial", 14, True, None)


def test_what_is_listed_is_text_and_never_a_formula():
    texts = ["=1+1", "<b>&amp;\"'", "_x0041_", "a\x07b", "\U0001f600", "long " * 6000]
    b = io.BytesIO()
    book = xlsxwriter.Workbook(b, {"in_memory": True})
    sheet = book.add_worksheet("it's <&> 'Data'.")
    for row, text in enumerate(texts):
        sheet.write_string(row, 0, text)
    book.close()
    a = patched(b, "xl/sharedStrings.xml", lambda data: re.sub(rb"<t[ >].*?</t>", b"<t>other</t>", data))
    rows = list(openpyxl.load_workbook(marked(a, b))["Differences"].iter_rows(min_row=7))
    assert {cell.data_type for row in rows for cell in row if cell.value is not None} <= {"s", "inlineStr"}
    # openpyxl does not decode what Excel does: `_x005F_` is a `_` that starts no escape.
    escaped = ["=1+1", "<b>&amp;\"'", "_x005F_x0041_", "a\\x07b", "\U0001f600", "long " * 6000]
    assert [row[5].value for row in rows] == [f'"{text}"' for text in escaped]
    assert rows[0][3].hyperlink.location == "'it''s <&> ''Data''.'!A1"


def test_a_text_too_long_for_a_cell_is_cut_around_what_differs():
    a, b = plain({"A1": "x" * 32_767}), plain({"A1": "x" * 32_766 + "y"})
    row = openpyxl.load_workbook(marked(a, b))["Differences"][7]
    assert len(row[4].value) <= 32_767
    assert (row[4].value[-3:], row[5].value[-3:]) == ('xx"', 'xy"')


def test_the_title_of_the_sheet_is_free():
    a, b = plain({"A1": 1}, title="differences"), plain({"A1": 2}, title="differences")
    once = marked(a, b)
    twice = marked(b, once)
    assert openpyxl.load_workbook(once).sheetnames == ["differences", "Differences 2"]
    assert openpyxl.load_workbook(twice).sheetnames == ["differences", "Differences 2", "Differences 3"]
    assert len({name for name in parts(twice) if "tracer_differences" in name}) == 2


def test_names_of_sheets_keep_their_sheets():
    files = []
    for value in (1, 2):
        book = openpyxl.Workbook()
        book.active["A1"] = value
        book.create_sheet("Two").defined_names["here"] = DefinedName("here", attr_text="Two!$A$1")
        book["Two"].print_area = "A1:B2"
        book.active = 1
        files.append(io.BytesIO())
        book.save(files[-1])
    copy = marked(*files)
    assert not tracer.diff(files[1], copy, ignore="styles,sheets")
    book = openpyxl.load_workbook(copy)
    assert book["Two"].defined_names["here"].attr_text == "Two!$A$1"
    assert book["Two"].print_area == "'Two'!$A$1:$B$2"


@given(st.integers(1, 200), st.booleans())
def test_where_a_part_is_cut_into_chunks_does_not_matter(size, wide):
    data = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="m"><dimension ref="B2"/><cols><col min="1" max="3" '
        'style="2"/></cols><sheetData><row r="2" spans="2:2"><c r="B2" s="1" t="str"><v>é > &amp; \U0001f600</v></c>'
        "</row><row r='4'><c r='A4'/><c r='C4'><f>\"a>b\"</f></c></row></sheetData><x y='\">'/></worksheet>"
    )
    encoded = data.replace("UTF-8", "UTF-16").encode("utf-16") if wide else data.encode()

    def run(rewriter, size):
        return b"".join(rewriter.run(encoded[at : at + size] for at in range(0, len(encoded), size)))

    def sheet():
        marks = Marks({2: {1: "origin", 2: "origin"}, 3: {5: "origin"}}, [(Range(4, 1, 9, 2), "consequence")])
        return MarkedSheet("sheet", marks, lambda style, role: style + (10 if role == "origin" else 20))

    assert run(Rewriter("part"), size) == data.encode()
    expected = (
        data.replace('ref="B2"', 'ref="A2:E3"')
        .replace(' spans="2:2"><c r="B2" s="1"', '><c r="A2" s="12"/><c r="B2" s="11"')
        .replace("<row r='4'><c r='A4'/>", '<row r="3"><c r="E3" s="10"/></row><row r=\'4\'><c r=\'A4\' s="20"/>')
    )
    assert run(sheet(), size) == run(sheet(), len(encoded)) == expected.encode()


def test_damaged_files_give_a_report_or_one_line(books):
    """100 files with random bytes changed in a part that the report rewrites."""
    draw = random.Random(11)
    a = books[0]
    names = [name for name in parts(a) if name in CHANGED or "sheets/sheet1" in name]
    for _ in range(100):

        def damage(data):
            data = bytearray(data)
            for _ in range(draw.choice([1, 3, 30])):
                at = draw.randrange(len(data))
                data[at : at + draw.choice([0, 1, 5])] = draw.randbytes(draw.choice([0, 1, 4]))
            return bytes(data)

        try:
            copy = marked(a, patched(books[1], draw.choice(names), damage))
        except TracerError as error:
            assert "\n" not in str(error)
        else:
            assert "xl/worksheets/tracer_differences.xml" in parts(copy)


def test_libreoffice_opens_it(libreoffice, tmp_path):
    original = tmp_path / "book.xlsx"
    original.write_bytes(marked(by_xlsxwriter(3), by_xlsxwriter(30)).getvalue())
    program = shutil.which("soffice") or shutil.which("libreoffice")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    out = tmp_path / "out"
    subprocess.run(
        [program, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(original)],
        check=True,
        capture_output=True,
    )
    assert painted(out / "book.xlsx") == ({("Data", "A3")}, {("Data", "B1"), ("Data", "B2"), ("Data", "B3")})
    sheet = openpyxl.load_workbook(out / "book.xlsx")["Differences"]
    assert [cell.value for cell in sheet[7]][:6] == ["origin", "values", None, "Data!A3", 3, 30]
    assert sheet["D7"].hyperlink.location.strip("#").replace("'", "") == "Data!A3"
