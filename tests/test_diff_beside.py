"""What stands beside the cells: every difference is seen, none is made up, and each is told in words."""

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from archives import patched
from openpyxl.packaging.relationship import Relationship
from openpyxl.workbook.external_link.external import ExternalBook, ExternalLink

import tracer
from tracer.compare import meaningless

SHEET, BOOK, STYLES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"
ROOT = Path(__file__).parent.parent


def written(fill=lambda book, sheet: None, rows=20, put_in=None):
    """A workbook by XlsxWriter with the sheets S and D; `fill` puts something into S, `put_in` is the row put in."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("S")
    book.add_worksheet("D").write_column("A1", [1, 2, 3])
    lines = [[f"k{i}", i * 1.5] for i in range(rows)]
    if put_in:
        lines.insert(put_in - 1, ["NEW", 99])
    for number, line in enumerate(lines):
        sheet.write_row(number, 0, line)
    fill(book, sheet)
    book.close()
    return file


def replaced(file, part, old, new):
    def change(data):
        assert re.search(old, data, re.DOTALL), (part, old)
        return re.sub(old, new, data, count=1, flags=re.DOTALL)

    return patched(file, part, change)


def told(a, b, **options):
    return [str(found) for found in tracer.diff(a, b, recalculate="never", **options)]


def furnished(book, sheet):
    """What hangs on relationships of a sheet."""
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=S!$B$1:$B$9"})
    chart.set_title({"name": "Sales"})
    sheet.insert_chart("H2", chart)
    sheet.insert_image("M2", ROOT / "docs" / "pictures" / "math.png", {"url": "https://example.org/a"})
    sheet.write_comment("A3", "check this", {"author": "Ann"})
    sheet.add_table("D1:E5", {"columns": [{"header": "Item"}, {"header": "Net"}], "name": "Prices"})
    sheet.write_url("G1", "https://example.org/one")


@pytest.mark.parametrize(
    ("element", "gone"),
    [
        ("drawing", ["chart 1", 'picture "Picture 1"']),
        ("legacyDrawing", ["note by Ann, box"]),
        ("tableParts", ["table Prices"]),
    ],
)
def test_what_a_sheet_refers_to_no_longer_is_gone_though_its_part_is_there(element, gone):
    a = written(furnished)
    b = replaced(a, SHEET, rb"<%b\b[^>]*/>|<%b\b.*</%b>" % ((element.encode(),) * 3), b"")
    found, back = tracer.diff(a, b), tracer.diff(b, a)
    assert sorted(entry.label for entry in found) == sorted(gone)
    assert [(entry.before, entry.after) for entry in back] == [(entry.after, entry.before) for entry in found]


def test_targets_outside_of_the_file_are_compared():
    a = written(furnished)
    b = replaced(a, "xl/drawings/_rels/drawing1.xml.rels", rb"example.org/a", b"example.org/b")
    assert told(a, b) == ['picture "Picture 1", link (S!M2): https://example.org/a became https://example.org/b']
    c = replaced(a, "xl/worksheets/_rels/sheet1.xml.rels", rb"example.org/one", b"example.org/two")
    assert told(a, c) == ["link (S!G1): https://example.org/one became https://example.org/two"]


def linked(year):
    book = openpyxl.Workbook()
    link = ExternalLink(externalBook=ExternalBook(id="rId1"))
    link.file_link = Relationship(type="externalLinkPath", Target=f"rates{year}.xlsx", TargetMode="External")
    book._external_links.append(link)
    file = io.BytesIO()
    book.save(file)
    return file


def test_the_workbook_behind_an_external_link_is_compared():
    assert told(linked(2024), linked(2025)) == ["external link 1: rates2024.xlsx became rates2025.xlsx"]
    a = linked(2024)
    gone = replaced(a, BOOK, rb"<externalReferences>.*</externalReferences>", b"")
    assert told(a, gone) == ["external link 1: rates2024.xlsx became nothing"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ((rb"<calcPr", b'<calcPr calcMode="manual"'), ["calculation, mode: auto became manual"]),
        ((rb"<calcPr", b'<calcPr iterate="1"'), ["calculation, iteration: no became yes"]),
        ((rb"<calcPr", b'<calcPr iterateCount="5"'), ["calculation, iterations: 100 became 5"]),
        ((rb"<calcPr", b'<calcPr fullPrecision="0"'), ["calculation, full precision: yes became no"]),
        ((rb"<bookViews", b'<workbookProtection lockStructure="1"/><bookViews'),
         ["protection, structure locked: no became yes"]),
        ((rb"<workbookPr", b'<fileSharing readOnlyRecommended="1"/><workbookPr'),
         ["file sharing, read-only recommended: no became yes"]),
        ((rb"<workbookPr ", b'<workbookPr date1904="1" '), ["workbook, date1904: no became yes"]),
        ((rb"<calcPr [^>]*/>", b""), []),
        ((rb'calcId="\d+"', b'calcId="7"'), []),
        ((rb'activeTab="\d"|<workbookView ', b'<workbookView activeTab="1" '), []),
    ],
)  # fmt: skip
def test_the_settings_of_the_workbook_are_compared(change, expected):
    a = written()
    assert told(a, replaced(a, BOOK, *change)) == expected


def test_what_is_said_of_a_name_is_compared():
    a = written(lambda book, sheet: book.define_name("rate", "=S!$B$2"))
    b = replaced(a, BOOK, rb'<definedName name="rate"', b'<definedName name="rate" hidden="1" comment="of tax"')
    assert told(a, b) == ["name rate: shown became hidden, comment of tax"]


def test_the_default_height_of_rows_is_compared():
    a = written()
    b = replaced(a, SHEET, rb'defaultRowHeight="15"', b'defaultRowHeight="20"')
    assert told(a, b) == ["default size, row height (S): 15 became 20"]


def conditional(*colours):
    def fill(book, sheet):
        for colour in colours:
            look = book.add_format({"bg_color": colour})
            sheet.conditional_format("B2:B9", {"type": "cell", "criteria": ">", "value": 5, "format": look})

    return fill


def test_the_look_of_a_conditional_format_is_told_and_not_its_number():
    a, b = written(conditional("#FF0000")), written(conditional("#00FF00"))
    assert told(a, b) == ["conditional format, cell value > 5 (S!B2:B9): fill #FF0000 became fill #00FF00"]
    first = rb'(<dxfs count=")1(">)'
    renumbered = replaced(a, STYLES, first, rb"\g<1>2\2<dxf><font><b/></font></dxf>")
    renumbered = replaced(renumbered, SHEET, rb'dxfId="0"', b'dxfId="1"')
    assert told(a, renumbered) == []
    assert told(a, replaced(renumbered, SHEET, rb'dxfId="1"', b'dxfId="0"')) == [
        "conditional format, cell value > 5 (S!B2:B9): fill #FF0000 became bold"
    ]


def test_priorities_are_an_order():
    a = written(conditional("#FF0000", "#00FF00"))
    spread = replaced(replaced(a, SHEET, rb'priority="1"', b'priority="10"'), SHEET, rb'priority="2"', b'priority="20"')
    assert told(a, spread) == []
    swapped = replaced(a, SHEET, rb'priority="1"', b'priority="3"')
    assert told(a, swapped) != []


def test_defaults_that_are_written_out_say_nothing():
    a = written(lambda book, sheet: sheet.data_validation("A1", {"validate": "integer", "criteria": ">", "value": 3}))
    b = a
    for old, new in (
        (rb"<dataValidation ", b'<dataValidation errorStyle="stop" imeMode="noControl" showDropDown="false" '),
        (rb"<pageMargins", b'<printOptions gridLines="0" headings="false"/><pageMargins'),
        (rb"</worksheet>", b'<pageSetup scale="100" copies="1" fitToWidth="1"/><tableParts count="0"/></worksheet>'),
        (
            rb"<dimension",
            b'<sheetPr><outlinePr summaryBelow="1" summaryRight="true"/><pageSetUpPr/></sheetPr><dimension',
        ),
    ):
        b = replaced(b, SHEET, old, new)
    assert told(a, b) == []
    assert told(b, a) == []


def test_a_save_by_openpyxl_differs_in_what_it_loses_only():
    a = written(lambda book, sheet: sheet.freeze_panes(1, 1))
    file = io.BytesIO()
    openpyxl.load_workbook(a).save(file)
    assert told(a, file) == []


def test_quotes_that_a_title_does_not_need_say_nothing():
    def fill(title):
        def write(book, sheet):
            sheet.data_validation("C1", {"validate": "list", "source": f"={title}!$A$1:$A$3"})
            sheet.conditional_format("C2", {"type": "formula", "criteria": f"={title}!$A$1>1", "format": None})
            book.define_name("rates", f"={title}!$A$1")

        return write

    assert told(written(fill("D")), written(fill("'D'"))) == []


def test_notes_in_words():
    def note(text, author="Ann"):
        return written(lambda book, sheet: sheet.write_comment("A1", text, {"author": author}))

    assert told(note("check this"), note("checked")) == ['note by Ann (S!A1): "check this" became "checked"']
    assert told(note("check"), note("check", "Bob")) == ['note (S!A1): by Ann: "check" became by Bob: "check"']
    (gone,) = told(note("check"), written())
    assert gone == 'note (S!A1): by Ann: "check" became nothing'


def test_charts_in_words():
    def chart(title="Sales", subtype=None, last=9):
        def fill(book, sheet):
            drawn = book.add_chart({"type": "bar", "subtype": subtype} if subtype else {"type": "bar"})
            drawn.add_series({"values": f"=S!$B$1:$B${last}"})
            drawn.set_title({"name": title})
            sheet.insert_chart("H2", drawn)

        return written(fill)

    assert told(chart(), chart("Turnover")) == ['chart 1, title (S!H2): "Sales" became "Turnover"']
    assert told(chart(), chart(last=8)) == ["chart 1, series 1, values (S!H2): S!$B$1:$B$9 became S!$B$1:$B$8"]
    (grouping, *_) = told(chart(), chart(subtype="stacked"))
    assert grouping == "chart 1, plotArea, barChart, grouping (S!H2): clustered became stacked"


def test_validations_and_panes_in_words():
    def validated(most, rows=0):
        def fill(book, sheet):
            rule = {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": most}
            sheet.data_validation("A1:A8", rule)
            if rows:
                sheet.freeze_panes(rows, 0)

        return written(fill)

    (found,) = told(validated(9), validated(10))
    assert found.startswith("validation (S!A1:A8): whole number between 1 and 9")
    assert "became whole number between 1 and 10" in found
    assert told(validated(9), validated(9, 2)) == ["view, panes (S): nothing became rows up to 2 frozen"]


def test_what_moves_along_with_a_row_is_no_difference():
    def fill(shift):
        def write(book, sheet):
            sheet.write_comment(8 + shift, 0, "c")
            sheet.add_sparkline(9 + shift, 4, {"range": f"S!$B${11 + shift}:$B${19 + shift}"})
            sheet.conditional_format(9 + shift, 1, 14 + shift, 1, {"type": "cell", "criteria": ">", "value": 5})
            rule = {"validate": "list", "source": f"=$A${12 + shift}:$A${20 + shift}"}
            sheet.data_validation(9 + shift, 0, 12 + shift, 0, rule)
            sheet.write_url(15 + shift, 3, "https://example.org")
            sheet.merge_range(16 + shift, 5, 17 + shift, 6, "m")
            sheet.set_row(14 + shift, 30)
            chart = book.add_chart({"type": "line"})
            chart.add_series({"values": f"=S!$B${11 + shift}:$B${20 + shift}"})
            sheet.insert_chart(9 + shift, 8, chart)
            book.define_name("zone", f"=S!$A${11 + shift}:$B${13 + shift}")
            sheet.print_area(0, 0, 19 + shift, 1)

        return write

    a, b = written(fill(0)), written(fill(1), put_in=6)
    assert [(entry.kind, entry.address) for entry in tracer.diff(a, b)] == [("insertions", "6:6")]
    assert [(entry.kind, entry.address_before) for entry in tracer.diff(b, a)] == [("insertions", "6:6")]


def test_a_note_that_did_not_move_along_is_a_difference():
    a = written(lambda book, sheet: sheet.write_comment(8, 0, "c", {"author": "Ann"}))
    b = written(lambda book, sheet: sheet.write_comment(8, 0, "c", {"author": "Ann"}), put_in=6)
    assert told(a, b, ignore="insertions") == ["note by Ann, range (S!A9): A10 became A9"]


def test_the_order_of_what_has_none_and_prefixes_say_nothing():
    def fill(order):
        def write(book, sheet):
            for row in order:
                sheet.write_comment(row, 3, f"note {row}")
                sheet.data_validation(row, 4, row, 4, {"validate": "integer", "criteria": ">", "value": row})

        return write

    assert told(written(fill([1, 2, 3])), written(fill([3, 1, 2]))) == []


def test_who_refreshed_a_pivot_says_nothing():
    cache = b'<pivotCacheDefinition xmlns="%b" %b><cacheFields count="0"/></pivotCacheDefinition>'
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "xl/_rels/workbook.xml.rels"
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/pivotCacheDefinition"

    def pivoted(said):
        more = b'<Relationship Id="rId99" Type="%b" Target="pivot.xml"/></Relationships>' % kind
        file = replaced(written(), relations, rb"</Relationships>", more)
        caches = b'<pivotCaches><pivotCache cacheId="1" r:id="rId99"/></pivotCaches></workbook>'
        file = replaced(file, BOOK, rb"</workbook>", caches)
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr("xl/pivot.xml", cache % (main, said))
        return file

    a = pivoted(b'refreshedBy="Ann" refreshedDate="45000.5" createdVersion="6"')
    assert told(a, pivoted(b'refreshedBy="Bob" refreshedDate="45001.5" createdVersion="8"')) == []
    assert told(a, pivoted(b'refreshedBy="Ann" saveData="0"')) != []


def test_the_page_of_the_documentation_is_the_table():
    page = (ROOT / "docs" / "not-compared.md").read_text(encoding="utf-8")
    assert meaningless.page() == page


def test_the_name_of_a_font_is_compared_unless_the_theme_names_it():
    a = written(lambda book, sheet: sheet.write("C1", "x", book.add_format({"font_name": "Arial"})))
    b = replaced(a, STYLES, rb"Arial", b"Verdana")
    assert told(a, b) == ["S!C1: font Arial became font Verdana"]
    themed = replaced(a, STYLES, rb'<scheme val="minor"/>', b"")
    assert told(a, themed) == []  # Calibri, by its name and by the theme's
