"""One edit of every kind, made by openpyxl or XlsxWriter: exactly that is reported, and back again it mirrors."""

import datetime
import io
import re
import shutil
import subprocess
import zipfile

import openpyxl
import pytest
import xlsxwriter
from archives import patched
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.chart import LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.formula import Tokenizer
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

import tracer
from tracer.xlsx.addresses import Range, parse_range, ranges
from tracer.xlsx.references import references, shifted


def base():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in range(1, 9):
        sheet.append([row, row * 2.5, f"text {row}"])
    sheet["D1"] = "=SUM(A1:A8)*rate"
    sheet["A10"].hyperlink = "https://example.org/one"
    book.create_sheet("Notes")["A1"] = "=Data!B2"
    book.create_sheet("Last")["A1"] = "end"
    book.defined_names["rate"] = DefinedName("rate", attr_text="Data!$B$1")
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=8))
    book["Last"].add_chart(chart, "C3")
    return book


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file


def rename(book):
    book["Notes"].title = "Remarks"


def fill(book):
    book["Data"]["B2"].fill = PatternFill("solid", fgColor="FF123456")


def border(book):
    book["Data"]["B2"].border = Border(top=Side("thin"))


def validate(book):
    rule = DataValidation(type="whole", operator="between", formula1="1", formula2="9")
    rule.add("A1:A8")
    book["Data"].add_data_validation(rule)


def chart(book):
    sheet = book["Last"]
    sheet._charts.clear()
    other = LineChart()
    other.add_data(Reference(book["Data"], min_col=2, min_row=1, max_row=7))
    sheet.add_chart(other, "C3")


def conditional(color):
    def edit(book):
        rule = CellIsRule(operator="lessThan", formula=["3"], fill=PatternFill("solid", bgColor=color))
        book["Data"].conditional_formatting.add("A1:A8", rule)

    return edit


def put(sheet, address, value):
    def edit(book):
        book[sheet][address] = value

    return edit


EDITS = {
    "value": (put("Data", "A3", 99), "values", "Data!A3"),
    "text": (put("Data", "C3", "other"), "values", "Data!C3"),
    "type": (put("Data", "A3", "3"), "values", "Data!A3"),
    "boolean": (put("Data", "A1", True), "values", "Data!A1"),
    "emptied": (put("Data", "A3", None), "values", "Data!A3"),
    "new": (put("Data", "F20", 1), "values", "Data!F20"),
    "error": (put("Data", "C3", "#N/A"), "values", "Data!C3"),
    "formula": (put("Data", "D1", "=SUM(A1:A7)*rate"), "formulas", "Data!D1"),
    "formula for a number": (put("Data", "A3", "=1+2"), "formulas", "Data!A3"),
    "fill": (fill, "styles", "Data!B2"),
    "border": (border, "styles", "Data!B2"),
    "font": (lambda book: setattr(book["Data"]["C1"], "font", Font(bold=True)), "styles", "Data!C1"),
    "style of an empty cell": (lambda book: setattr(book["Data"]["Z9"], "font", Font(bold=True)), "styles", "Data!Z9"),
    "format": (lambda book: setattr(book["Data"]["B2"], "number_format", "0.00"), "formats", "Data!B2"),
    "merge": (lambda book: book["Data"].merge_cells("F1:G2"), "merges", "Data!F1:G2"),
    "width": (lambda book: setattr(book["Data"].column_dimensions["B"], "width", 30), "widths", "Data!B:B"),
    "height": (lambda book: setattr(book["Data"].row_dimensions[2], "height", 40), "widths", "Data!2:2"),
    "hidden row": (lambda book: setattr(book["Data"].row_dimensions[2], "hidden", True), "widths", "Data!2:2"),
    "name": (lambda book: setattr(book.defined_names["rate"], "attr_text", "Data!$B$2"), "names", ""),
    "name gone": (lambda book: book.defined_names.pop("rate"), "names", ""),
    "sheet renamed": (rename, "sheets", "Remarks"),
    "sheet added": (lambda book: book.create_sheet("Fresh"), "sheets", "Fresh"),
    "sheet removed": (lambda book: book.remove(book["Notes"]), "sheets", "Notes"),
    "sheet moved": (lambda book: book.move_sheet("Notes", 1), "sheets", None),
    "sheet hidden": (lambda book: setattr(book["Notes"], "sheet_state", "hidden"), "sheets", "Notes"),
    "chart": (chart, "charts", "Last!C3"),
    "panes": (lambda book: setattr(book["Data"], "freeze_panes", "B2"), "settings", "Data"),
    "validation": (validate, "settings", "Data!A1:A8"),
    "conditional format": (conditional("FFFF0000"), "settings", "Data!A1:A8"),
    "link": (lambda book: setattr(book["Data"]["A10"], "hyperlink", "https://example.org/two"), "settings", "Data!A10"),
    "title": (lambda book: setattr(book.properties, "title", "New"), "properties", ""),
}


@pytest.mark.parametrize("name", EDITS)
def test_one_edit_is_one_difference_of_its_kind(name):
    edit, kind, place = EDITS[name]
    changed = base()
    edit(changed)
    a, b = saved(base()), saved(changed)
    (found,) = tracer.diff(a, b).origins
    assert found.kind == kind
    assert place is None or found.place == place
    (back,) = tracer.diff(b, a).origins
    assert (back.kind, back.before, back.after) == (kind, found.after, found.before)
    assert not tracer.diff(a, b, ignore=kind)
    assert not tracer.diff(b, b)


def test_a_column_that_is_painted_without_cells_looks_different():
    books = [base(), base()]
    books[1]["Data"].column_dimensions["H"].fill = PatternFill("solid", fgColor="FF123456")
    (found,) = tracer.diff(*map(saved, books), ignore="widths")
    assert (found.kind, found.place) == ("styles", "Data!H:H")


def test_formatting_inside_a_text_is_a_look():
    files = []
    for bold in (False, True):
        files.append(io.BytesIO())
        book = xlsxwriter.Workbook(files[-1], {"in_memory": True})
        sheet = book.add_worksheet("Data")
        style = book.add_format({"bold": bold, "italic": not bold})
        sheet.write_rich_string("A1", "plain ", style, "marked", " plain")
        book.close()
    (found,) = tracer.diff(*files)
    assert (found.kind, found.place) == ("styles", "Data!A1")


def test_many_scattered_looks_are_listed_whole():
    books = [base(), base()]
    cells = {(row, column) for row in range(30, 60) for column in range(1, 8) if (row + column) % 2}
    for row, column in cells:
        books[1]["Data"].cell(row, column).font = Font(bold=True)
    (found,) = tracer.diff(*map(saved, books))
    assert {openpyxl.utils.cell.coordinate_to_tuple(address) for address in found.address.split()} == cells
    assert found.cells == len(cells)


def test_tables_and_runs_of_sheets_are_followed():
    files = []
    for price in (2.0, 3.0):
        files.append(io.BytesIO())
        book = xlsxwriter.Workbook(files[-1], {"in_memory": True})
        for title in ("Jan", "Feb", "Mar"):
            book.add_worksheet(title).write("A1", price if title == "Feb" else 1)
        sheet = book.add_worksheet("Prices")
        columns = [{"header": "Item"}, {"header": "Net"}, {"header": "Gross", "formula": "=[@Net]*2"}]
        sheet.add_table("A1:C3", {"name": "Prices", "columns": columns, "data": [["a", price], ["b", 5.0]]})
        sheet.write_formula("C2", "=Prices[[#This Row],[Net]]*2", None, price * 2)
        sheet.write_formula("C3", "=Prices[[#This Row],[Net]]*2", None, 10.0)
        sheet.write_formula("E1", "=SUM(Prices[Net])", None, price + 5)
        sheet.write_formula("E2", "=SUM(Jan:Mar!A1)", None, price + 2)
        sheet.write_formula("E3", "=COUNTA(Prices[Item])+0*NOW()", None, price)
        book.close()
    found = tracer.diff(*files)
    assert {entry.place: entry.reaches for entry in found.origins} == {"Feb!A1": 1, "Prices!B2": 2, "Prices!E3": 0}
    assert {entry.place for entry in found.consequences} == {"Prices!C2", "Prices!E1", "Prices!E2"}


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({"only": "values"}, {"Data!A3", "Data!C3", "Data!D1", "Notes!A2"}),
        ({"only": "styles"}, {"Data!B2"}),
        ({"only": "Data!A1:B9"}, {"Data!A3", "Data!B2"}),
        ({"only": ["Notes"]}, {"Notes!A2"}),
        ({"ignore": "N*"}, {"Data!A3", "Data!C3", "Data!B2", "Data!D1"}),
        ({"ignore": "'Data'!C3, styles"}, {"Data!A3", "Data!D1", "Notes!A2"}),
        ({"ignore": ["middle"]}, {"Data!C3", "Data!B2", "Data!D1", "Notes!A2"}),
        ({"only": "values", "ignore": "Data"}, {"Notes!A2"}),
    ],
)
def test_the_scope_is_kinds_ranges_sheets_and_names(options, left):
    books = [base(), base()]
    for book in books:
        book.defined_names["middle"] = DefinedName("middle", attr_text="Data!$A$2:$A$4")
    for edit in (put("Data", "A3", 99), put("Data", "C3", "other"), put("Notes", "A2", 1), fill):
        edit(books[1])
    assert {entry.place for entry in tracer.diff(*map(saved, books), **options)} == left


def test_an_entry_that_names_nothing_is_refused():
    for entry in ("valus", "Nowhere", "Data!A1:B", "Nowhere!A1"):
        with pytest.raises(tracer.TracerError, match="--ignore"):
            tracer.diff(saved(base()), saved(base()), ignore=entry)


def test_dates_are_shown_as_dates():
    books = [base(), base()]
    for book, day in zip(books, (1, 2)):
        book["Data"]["A3"] = datetime.datetime(2026, 11, day, 12, 30)
    (found,) = tracer.diff(*map(saved, books)).origins
    assert (found.before.shown, found.after.shown) == ("2026-11-01 12:30:00", "2026-11-02 12:30:00")


def test_a_frame_has_a_row_a_difference():
    changed = base()
    changed["Data"]["A3"] = 99
    frame = tracer.diff(saved(base()), saved(changed)).to_frame()
    assert frame[["role", "sheet", "address", "before", "after"]].to_numpy().tolist() == [
        ["origin", "Data", "A3", 3.0, 99.0],
        ["consequence", "Data", "D1", 36 * 2.5, (36 + 96) * 2.5],
    ]


def test_a_comment_is_a_part_that_differs():
    books = [base(), base()]
    for book, text in zip(books, ("one", "two")):
        book["Data"]["B2"].comment = Comment(text, "someone")
    found = tracer.diff(*map(saved, books))
    assert [(entry.kind, entry.sheet) for entry in found] == [("parts", "Data")]


def test_the_look_that_a_condition_gives_is_compared():
    books = [base(), base()]
    for book, color in zip(books, ("FFFF0000", "FF00FF00")):
        conditional(color)(book)
    (found,) = tracer.diff(*map(saved, books))
    assert (found.kind, found.sheet) == ("settings", "Data")


def computed(cells, names=(), **options):
    """A workbook with formulas and the values that are stored beside them."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True} | options)
    sheet = book.add_worksheet("Data")
    for address, content in cells.items():
        if isinstance(content, tuple):
            sheet.write_formula(address, content[0], None, content[1])
        else:
            sheet.write(address, content)
    for name, text in names:
        book.define_name(name, text)
    book.close()
    return file


def roles(a, b, **options):
    found = tracer.diff(a, b, **options)
    return [[entry.address or entry.label for entry in side] for side in (found.origins, found.consequences)]


def test_names_are_followed_and_one_that_changed_is_the_origin():
    cells = {"A1": 1, "A2": 5, "B1": ("=rate*2", 2), "B2": ("=SUM(B1)", 2)}
    a = computed(cells, [("rate", "=Data!$A$1")])
    through = computed({**cells, "A1": 3, "B1": ("=rate*2", 6), "B2": ("=SUM(B1)", 6)}, [("rate", "=Data!$A$1")])
    assert roles(a, through) == [["A1"], ["B1", "B2"]]
    moved = computed({**cells, "B1": ("=rate*2", 10), "B2": ("=SUM(B1)", 10)}, [("rate", "=Data!$A$2")])
    assert roles(a, moved) == [["name rate"], ["B1", "B2"]]
    assert tracer.diff(a, moved).origins[0].reaches == 2


def test_a_changed_formula_does_not_hide_behind_a_changed_input():
    a = computed({"A1": 1, "B1": ("=A1*2", 2), "C1": ("=B1", 2)})
    b = computed({"A1": 2, "B1": ("=A1*3", 6), "C1": ("=B1", 6)})
    assert roles(a, b) == [["A1", "B1"], ["C1"]]


def test_a_value_that_is_not_stored_is_said_to_be_missing():
    a = computed({"A1": 1, "B1": ("=A1-1", 0)})
    book = openpyxl.load_workbook(a)
    (found,) = tracer.diff(a, saved(book), only="values,formulas,caches")
    assert (found.kind, found.address, found.after.shown) == ("caches", "B1", "no stored value")
    book["Data"]["A1"] = 2
    files = saved(openpyxl.load_workbook(a)), saved(book)
    assert [(entry.address, entry.role) for entry in tracer.diff(*files)] == [("A1", "origin"), ("B1", "consequence")]
    other = tracer.diff(*files, recalculate="never")
    assert [entry.address for entry in other] == ["A1"]
    assert "unknown consequences" in other.summary


def test_numbers_are_told_apart_to_the_last_bit():
    pairs = {"A1": (0.0, -0.0), "A2": (0.1 + 0.2, 0.3), "A3": (5e-324, 0.0)}
    a, b = (io.BytesIO(), io.BytesIO())
    for file, side in ((a, 0), (b, 1)):
        book = xlsxwriter.Workbook(file, {"in_memory": True})
        sheet = book.add_worksheet("Data")
        for address, values in pairs.items():
            sheet.write_formula(address, "=1", None, repr(values[side]))
        book.close()
    raw = [_numeric(file) for file in (a, b)]
    found = tracer.diff(*raw)
    assert [entry.address for entry in found] == ["A1", "A2", "A3"]
    assert [entry.size.ulps for entry in found] == [1, 1, 1]
    assert not tracer.diff(*raw, atol=1e-300, rtol=1e-15)


def _numeric(file):
    """XlsxWriter stores text beside a formula as text; here it is the number as it stands."""
    return patched(file, "xl/worksheets/sheet1.xml", lambda data: data.replace(b' t="str"', b""))


CELLS = {
    **{"A1": 1, "B1": ("=A1*2", 2), "C1": "b"},
    **{"A2": 2, "B2": ("=A2*2", 4), "C2": "a"},
    **{"A3": 3, "B3": ("=A3*2", 6)},
}


def shared(file):
    """The formulas of column B as Excel saves a column that was filled down."""

    def change(data):
        data = data.replace(b"<f>A1*2</f>", b'<f t="shared" ref="B1:B3" si="0">A1*2</f>')
        return re.sub(rb"<f>A[23]\*2</f>", b'<f t="shared" si="0"/>', data)

    return patched(file, "xl/worksheets/sheet1.xml", change)


def prefixed(file):
    """The sheet as the Open XML SDK spells it: `<x:row>`, and strings in UTF-16."""

    def sheet(data):
        data = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", data)
        return data.replace(b"xmlns=", b"xmlns:x=")

    def strings(data):
        return data.decode().replace("UTF-8", "UTF-16").encode("utf-16")

    return patched(patched(file, "xl/worksheets/sheet1.xml", sheet), "xl/sharedStrings.xml", strings)


def padded(file):
    """Another style table, in which every number of a style means another one, and other colours that nobody uses."""

    def styles(data):
        data = data.replace(b"<cellXfs ", b"<cellXfs ", 1)
        start = data.index(b"<xf", data.index(b"<cellXfs"))
        unused = b'<xf numFmtId="10" fontId="0" fillId="1" borderId="0" xfId="0"/>'
        return data[:start] + unused + data[start:]

    def sheet(data):
        return re.sub(rb'<c r="([A-Z]+\d+)"(?! s=)', rb'<c r="\1" s="1"', data).replace(
            b"<sheetData>", b'<cols><col min="1" max="16384" width="9.140625" style="1"/></cols><sheetData>'
        )

    return patched(patched(file, "xl/styles.xml", styles), "xl/worksheets/sheet1.xml", sheet)


@pytest.mark.parametrize("form", [shared, prefixed, padded])
def test_the_same_cells_in_another_form_are_equal_and_one_change_is_one(form):
    plain, other = computed(CELLS), form(computed(CELLS))
    assert not [str(entry) for entry in tracer.diff(plain, other)]
    changed = form(computed({**CELLS, "B3": ("=A3*2", 7)}))
    assert [entry.address for entry in tracer.diff(plain, changed)] == ["B3"]


def test_shared_formulas_of_rows_that_are_equal_are_remembered():
    a, b = shared(computed(CELLS)), shared(computed({**CELLS, "B3": ("=A3*2", 7)}))
    (found,) = tracer.diff(a, b)
    assert (found.address, found.before.formula, found.after.formula) == ("B3", "=A3*2", "=A3*2")


def test_rows_with_equal_bytes_differ_with_the_formula_that_they_share():
    a = shared(computed(CELLS))
    b = patched(a, "xl/worksheets/sheet1.xml", lambda data: data.replace(b">A1*2<", b">A1+A1<"))
    found = tracer.diff(a, b)
    assert {entry.address: entry.after.formula for entry in found} == {"B1": "=A1+A1", "B2": "=A2+A2", "B3": "=A3+A3"}
    assert {entry.kind for entry in found} == {"formulas"}


def test_characters_that_xml_cannot_hold_are_read_and_not_sent_to_the_terminal():
    (found,) = tracer.diff(computed({"A1": "a\x07b"}), computed({"A1": "_x0007_"}))
    assert (found.before.value, found.after.value) == ("a\x07b", "_x0007_")
    assert found.before.shown == '"a\\x07b"'


def test_inline_strings_are_strings():
    inline = computed({**CELLS, "B1": 2, "B2": 4, "B3": 6}, in_memory=False, constant_memory=True)
    table = computed({**CELLS, "B1": 2, "B2": 4, "B3": 6})
    assert zipfile.ZipFile(inline).read("xl/worksheets/sheet1.xml").count(b"inlineStr")
    assert not tracer.diff(inline, table, ignore="parts")


def test_libreoffice_saves_the_same_cells(libreoffice, tmp_path):
    (tmp_path / "in").mkdir()
    book = openpyxl.load_workbook("outputs/walkthrough.xlsx", data_only=True)  # values: LibreOffice keeps 15 digits
    original = tmp_path / "in" / "book.xlsx"
    book.save(original)
    program = shutil.which("soffice") or shutil.which("libreoffice")
    subprocess.run(
        [
            *(
                program,
                f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                "xlsx",
            ),
            *("--outdir", str(tmp_path / "out"), str(original)),
        ],
        check=True,
        capture_output=True,
    )
    scope = {"only": "values,formulas,formats,merges,sheets", "rtol": 1e-14}
    assert not [str(entry) for entry in tracer.diff(original, tmp_path / "out" / "book.xlsx", **scope)]
    book["Step 7"]["K14"] = 1
    book.save(original)
    found = tracer.diff(original, tmp_path / "out" / "book.xlsx", **scope)
    assert [entry.label or entry.place for entry in found] == ["Step 7 · d_output[0, 0]"]


NAMES = st.from_regex(r"[a-z]{4,6}_[a-z]{1,3}", fullmatch=True)
AREAS = st.from_regex(r"\$?[A-Z]{1,2}\$?[1-9][0-9]{0,3}(:\$?[A-Z]{1,2}\$?[1-9][0-9]{0,3})?", fullmatch=True)
PREFIXES = st.sampled_from(["", "Data!", "'Step 7'!", "'it''s'!"])
OPERANDS = st.one_of(
    st.builds(str.__add__, PREFIXES, AREAS),
    NAMES,
    st.sampled_from(['"A1"', '"say ""B2"""', "1.5", "2E+3", "TRUE", "#N/A"]),
)
FORMULAS = st.recursive(
    OPERANDS,
    lambda inner: st.one_of(
        st.builds("{}{}{}".format, inner, st.sampled_from("+-*/&<>="), inner),
        st.builds("SUM({},{})".format, inner, inner),
        st.builds("LOG10({})".format, inner),
    ),
    max_leaves=8,
)


@given(FORMULAS)
def test_references_are_those_that_openpyxl_finds(formula):
    operands = [
        token.value for token in Tokenizer("=" + formula).items if token.type == "OPERAND" and token.subtype == "RANGE"
    ]
    expected = []
    for operand in operands:
        sheet, _, area = operand.rpartition("!")
        parsed = parse_range(area)
        expected.append((sheet.strip("'").replace("''", "'") or None, parsed, None if parsed else area))
    assert [tuple(found[:3]) for found in references(formula)] == expected


@pytest.mark.parametrize(
    ("formula", "rows", "columns"), [("A1+$B2*C$3", 2, 1), ("SUM($A1:B$4,'A1 x'!D5)", 3, 2), ('"A1"&LOG10(A1)', 1, 1)]
)
def test_a_shifted_formula_is_what_openpyxl_translates(formula, rows, columns):
    from openpyxl.formula.translate import Translator

    there = openpyxl.utils.get_column_letter(5 + columns) + str(5 + rows)
    assert "=" + shifted(formula, rows, columns) == Translator("=" + formula, origin="E5").translate_formula(there)


@given(st.sets(st.tuples(st.integers(1, 6), st.integers(1, 6))))
def test_ranges_cover_the_cells_once(cells):
    covered = [
        (row, column)
        for area in ranges(cells)
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    ]
    assert sorted(covered) == sorted(cells)
    assert all(isinstance(area, Range) for area in ranges(cells))


N = 100_000


@pytest.mark.parametrize(
    "formula",
    [
        *("'" * N, "1." * N, "[[" + "'a" * N, '"' * (N + 1), "A1" + " " * N + "x", "(" * N, "a:" * N, "[a" * N),
        "SUM(" * 60 + "A1" + ")" * 60,
    ],
)
def test_no_formula_takes_more_than_its_length(formula):
    """With a regular expression that goes back, these take hours."""
    a, b = (
        patched(
            computed({"A1": value, "B1": ("=1", value)}),
            "xl/worksheets/sheet1.xml",
            lambda data, end=end: data.replace(b"<f>1</f>", f"<f>{formula}{end}</f>".encode()),
        )
        for value, end in ((1, ""), (2, "+1"))
    )
    assert [entry.address for entry in tracer.diff(a, b)] == ["A1", "B1"]


def test_names_that_double_at_every_step_are_followed_once():
    names = [(f"name_{i}", f"=name_{i + 1}+name_{i + 1}") for i in range(60)] + [("name_60", "=Data!$A$1+name_0")]
    a = computed({"A1": 1, "B1": ("=name_0", 1)}, names)
    b = computed({"A1": 2, "B1": ("=name_0", 2)}, names)
    assert roles(a, b) == [["A1"], ["B1"]]


def test_a_sheet_that_says_it_is_huge_is_not():
    def huge(data):
        return data.replace(b'ref="A1:B1"', b'ref="A1:XFD1048576"')

    a = patched(computed({"A1": 1, "B1": "x" * 32_767}), "xl/worksheets/sheet1.xml", huge)
    b = computed({"A1": 1, "B1": "x" * 32_766 + "y", "XFD1048576": 3})
    assert [entry.address for entry in tracer.diff(a, b)] == ["B1", "XFD1048576"]
