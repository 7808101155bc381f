"""Templates that people restyled, rearranged or broke."""

import shutil
import subprocess

import ironcalc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.styles.colors import Color
from test_workbook import block

import tracer
from tracer.workbook.style import tinted


@pytest.fixture
def article_template(request):
    return request.config.rootpath / "templates" / "article.xlsx"


@pytest.fixture
def edited(article_template, tmp_path):
    """Saves a copy of the article's template after a function has edited it."""

    def edit(function):
        book = load_workbook(article_template)
        function(book)
        path = tmp_path / "mine.xlsx"
        book.save(path)
        return path

    return edit


def painted(sheet, role):
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == f"{{{{{role}}}}}")


def written(tmp_path, template, network=None):
    """The workbook as openpyxl reads it, after IronCalc has agreed with it."""
    path = tmp_path / "book.xlsx"
    trace = tracer.run(network)
    trace.to_excel(path, template=template)
    assert tracer.read_excel(path) == trace
    assert all(verdict.agrees for verdict in tracer.verify(path))
    return load_workbook(path)


def test_the_template_is_the_palette(edited, tmp_path):
    def restyle(book):
        cell = painted(book["Key"], "current")
        cell.fill = PatternFill("solid", fgColor="FF00FF00")
        cell.font = Font(name="Georgia", size=14, italic=True, color="FF112233")
        cell.border = Border(bottom=Side(style="double", color="FFAA0000"))
        cell.offset(0, 1).value = "gerade gefüllt"

    book = written(tmp_path, edited(restyle))
    cell = block(book["Step 7"], "d_output")[0][0]
    assert cell.fill.fgColor.rgb == "FF00FF00"
    assert (cell.font.name, cell.font.sz, cell.font.i, cell.font.color.rgb) == ("Georgia", 14, True, "FF112233")
    assert (cell.border.bottom.style, cell.border.bottom.color.rgb) == ("double", "FFAA0000")
    assert cell.border.left is None or cell.border.left.style is None
    texts = {cell.value for row in book["Overview"].iter_rows() for cell in row}
    assert "gerade gefüllt" in texts


def test_a_theme_colour_with_a_tint_becomes_that_colour(edited, tmp_path):
    def restyle(book):
        painted(book["Key"], "source").fill = PatternFill("solid", fgColor=Color(theme=5, tint=0.3999))

    book = written(tmp_path, edited(restyle))
    # openpyxl writes Office's first theme: accent 2 is C0504D; "lighter 40 %" in Excel's palette is D99694.
    color = block(book["Step 7"], "E")[0][0].fill.fgColor.rgb
    assert all(abs(int(color[k : k + 2], 16) - int("FFD99694"[k : k + 2], 16)) <= 1 for k in (2, 4, 6))


@given(st.text("0123456789ABCDEF", min_size=6, max_size=6), st.floats(-1, 1))
def test_tints_are_those_of_a_spreadsheet_engine(color, tint):
    theirs = ironcalc.hex_with_tint_to_rgb(f"#{color}", tint)
    mine = tinted(color, tint)
    assert all(abs(int(mine[k : k + 2], 16) - int(theirs[k + 1 : k + 3], 16)) <= 6 for k in (0, 2, 4)), (
        theirs
    )  # it rounds on the way


def test_blocks_go_where_the_template_says(edited, tmp_path):
    def rearrange(book):
        sheet = book["Step"]
        for name in ("wh", "wh.heading"):
            cell = painted(sheet, name)
            other = sheet.cell(30 if name == "wh" else 29, 24)
            other.value, cell.value = cell.value, None
            other.number_format = "0.0000"

    book = written(tmp_path, edited(rearrange))
    first = block(book["Step 2"], "wh")[0][0]
    assert first.row > 20
    assert first.number_format == "0.0000"
    assert first.offset(-1, 0).value == "wh"


def test_text_merged_cells_widths_heights_and_print_settings_come_along(edited, tmp_path):
    def decorate(book):
        sheet = book["Step"]
        sheet["B22"] = "Class 4b, {{step.name}}"
        sheet.merge_cells("B22:D23")
        sheet["B22"].font = Font(bold=True)
        sheet.column_dimensions["X"].width = 33
        sheet["X22"] = "notes"
        sheet.row_dimensions[22].height = 41
        sheet.page_setup.paperSize = 8
        sheet.oddHeader.center.text = "My school"
        sheet.freeze_panes = "B5"

    sheet = written(tmp_path, edited(decorate))["Step 3"]
    title = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "Class 4b, Step 3")
    (merged,) = [area for area in sheet.merged_cells.ranges if title.coordinate in area]
    assert (merged.size["rows"], merged.size["columns"]) == (2, 4 + 1 + 3)  # X, a gap and wh wide
    assert sheet.row_dimensions[title.row].height == pytest.approx(41, abs=0.75)  # whole pixels
    notes = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "notes")
    assert sheet.column_dimensions[notes.column_letter].width == pytest.approx(33, abs=0.2)
    assert sheet.page_setup.paperSize == 8
    assert sheet.oddHeader.center.text == "My school"
    assert sheet.freeze_panes == "B5"


def test_a_block_in_merged_cells_takes_their_place(edited, tmp_path):
    def merge(book):
        sheet = book["Step"]
        cell = painted(sheet, "lr")
        sheet.merge_cells(f"{cell.coordinate}:{cell.offset(1, 2).coordinate}")

    written(tmp_path, edited(merge))


def test_a_template_without_an_overview_gets_the_articles(edited, tmp_path):
    book = written(tmp_path, edited(lambda book: book.remove(book["Overview"])))
    assert "loss" in book["Overview"].defined_names


@pytest.mark.usefixtures("libreoffice")
@pytest.mark.parametrize("name", ["article", "stacked"])
def test_a_template_saved_again_by_libreoffice_is_the_same_template(request, tmp_path, name):
    source = request.config.rootpath / "templates" / f"{name}.xlsx"
    (tmp_path / "saved").mkdir()
    profile = (tmp_path / "profile").as_uri()
    office = shutil.which("soffice") or "libreoffice"
    convert = [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run([*convert, "--outdir", tmp_path / "saved", source], check=True, capture_output=True)
    ours = written(tmp_path, source)
    theirs = written(tmp_path, tmp_path / "saved" / f"{name}.xlsx")
    for number in (0, 7, 11):
        one, other = ours[f"Step {number}"], theirs[f"Step {number}"]
        for block_name in one.defined_names:
            if block_name.endswith("_old"):
                continue
            a, b = block(one, block_name)[0][0], block(other, block_name)[0][0]
            assert a.coordinate == b.coordinate
            assert a.fill.fgColor.rgb == b.fill.fgColor.rgb
            assert (a.font.name, a.font.sz, a.font.b) == (b.font.name, b.font.sz, b.font.b)
            assert (a.border.left.style, a.border.top.style) == (b.border.left.style, b.border.top.style)
            width = one.column_dimensions[a.column_letter].width
            assert other.column_dimensions[b.column_letter].width == pytest.approx(width, rel=0.1)
        assert other.freeze_panes  # LibreOffice drops the template's when it converts without a window
        assert one.page_setup.orientation == other.page_setup.orientation == "landscape"


def test_the_second_template_is_another_layout_in_another_palette(tmp_path, request):
    book = written(tmp_path, "stacked")
    sheet = book["Step 7"]
    blocks = [block(sheet, name)[0][0] for name in sheet.defined_names if not name.endswith("_old")]
    assert len({cell.column for cell in blocks}) == 1
    assert len({cell.row for cell in blocks}) == len(blocks)
    # Okabe and Ito's yellow and (lightened) sky blue.
    assert block(sheet, "d_output")[0][0].fill.fgColor.rgb == "FFF0E442"
    assert block(sheet, "E")[0][0].fill.fgColor.rgb == "FF8CCBEF"


def test_both_templates_grow_with_the_network(tmp_path):
    network = tracer.Network([[1, 2, 3, 4, 5, 6]] * 7, [[1, 0]] * 7, hidden=9)
    for template in ("article", "stacked"):
        sheet = written(tmp_path, template, network)["Step 11"]
        cells = [cell.coordinate for name in sheet.defined_names for row in block_or_none(sheet, name) for cell in row]
        assert len(cells) == len(set(cells))  # no block stands on another


def block_or_none(sheet, name):
    return () if name.endswith("_old") else block(sheet, name)


def text(address, value):
    return lambda book: book["Step"].__setitem__(address, value)


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda book: book.remove(book["Key"]), "not a template, it has no sheet 'Key' (it has 'Overview' and 'Step')"),
        (lambda book: book.remove(book["Step"]), "not a template, it has no sheet 'Step'"),
        (text("B20", "{{whh}}"), "Step!B20 asks for {{whh}}, which does not exist (did you mean wh?)"),
        (text("B20", "{{wh}}"), "Step!B20 asks for {{wh}} again (D9 has it)"),
        (text("B20", "see {{wh}}"), "Step!B20 has other text beside {{wh}}"),
        (text("B20", "=1+1"), "Step!B20 holds a formula"),
        (text("D9", None), "sheet 'Step' has no place for wh; put {{wh}} into a cell"),
        (lambda book: book["Key"].__setitem__("B4", None), "sheet 'Key' paints no cell for current"),
        (lambda book: book["Key"].__setitem__("B20", "{{yellow}}"), "Key!B20 paints {{yellow}}, which is no role"),
        (lambda book: book["Overview"].__setitem__("B20", "{{precision}}"), "Overview!B20 asks for {{precision}}"),
    ],
)
def test_a_broken_template_is_refused_with_its_sheet_and_cell(edited, tmp_path, break_it, message):
    path = edited(break_it)
    with pytest.raises(tracer.TracerError) as caught:
        tracer.run().to_excel(tmp_path / "book.xlsx", template=path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)
    assert not (tmp_path / "book.xlsx").exists()


def test_what_is_no_workbook_is_no_template(tmp_path):
    (tmp_path / "text.xlsx").write_text("hello")
    with pytest.raises(tracer.TracerError, match=r"text.xlsx: not an .xlsx workbook"):
        tracer.run().to_excel(tmp_path / "book.xlsx", template=tmp_path / "text.xlsx")
    with pytest.raises(tracer.TracerError, match=r"nothing.xlsx: cannot be read .* one of article or stacked"):
        tracer.run().to_excel(tmp_path / "book.xlsx", template="nothing.xlsx")
