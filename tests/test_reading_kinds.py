"""What cells say beside numbers and texts: number formats, data tables, dynamic arrays, formatting inside a text."""

import pytest
from test_reading_ways import MAIN, PARTS, RELATIONSHIPS, SHEET, STRINGS, STYLES, packed

import tracer

TABLE = '<row r="2"><c r="D2"><v>1</v></c><c r="E2"><f t="dataTable" ref="E2:E3" {}/><v>10</v></c></row>'


def sheet(rows, **parts):
    return packed(PARTS | {SHEET: f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'} | parts)


def formatted(number=0, code=None):
    """One cell with a number format, by its number or its code."""
    formats = "" if code is None else f'<numFmts><numFmt numFmtId="{number}" formatCode="{code}"/></numFmts>'
    styles = f'<styleSheet xmlns="{MAIN}">{formats}<cellXfs><xf/><xf numFmtId="{number}"/></cellXfs></styleSheet>'
    return sheet('<row r="1"><c r="A1" s="1"><v>45000</v></c></row>', **{STYLES: styles})


def test_no_built_in_format_reads_as_another():
    books = {number: formatted(number) for number in range(62)}
    for number, book in books.items():
        other = books[(number + 1) % 62]
        (found,) = tracer.diff(book, other)
        assert found.kind == "formats"
        assert found.before.shown != found.after.shown


#: What Excel shows in its dialog in English for numbers that files do not explain.
ENGLISH = {
    5: "&quot;$&quot;#,##0_);\\(&quot;$&quot;#,##0\\)",
    8: "&quot;$&quot;#,##0.00_);[Red]\\(&quot;$&quot;#,##0.00\\)",
    37: "#,##0_);\\(#,##0\\)",
    41: "_(* #,##0_);_(* \\(#,##0\\);_(* &quot;-&quot;_);_(@_)",
    44: "_(&quot;$&quot;* #,##0.00_);_(&quot;$&quot;* \\(#,##0.00\\);_(&quot;$&quot;* &quot;-&quot;??_);_(@_)",
}


@pytest.mark.parametrize("number", ENGLISH)
def test_built_in_formats_are_the_codes_that_excel_writes_out(number):
    assert not tracer.diff(formatted(number), formatted(170, ENGLISH[number]))


def test_a_format_that_nothing_explains_is_told_by_its_number():
    (found,) = tracer.diff(formatted(0), formatted(60))
    assert (found.before.shown, found.after.shown) == ("General", "format 60")


ALIKE = [
    ("yyyy-mm-dd", "yyyy\\-mm\\-dd"),
    ("0.00&quot; kg&quot;", "0.00\\ \\k\\g"),
    ("DD/MM/YYYY HH:MM", "dd/mm/yyyy hh:mm"),
    ("GENERAL", "General"),
    ("[RED]0", "[Red]0"),
    ("$0", "&quot;$&quot;0"),
]
UNLIKE = [
    ("yyyy/mm", "yyyy\\/mm"),
    ("0&quot;k&quot;", "0&quot;K&quot;"),
    ("0%", "0\\%"),
    ("0.0%", "0.0%;@"),
    ("A/P", "a/p"),
]


@pytest.mark.parametrize("pair", ALIKE)
def test_codes_that_show_the_same_are_equal(pair):
    a, b = (formatted(170, code) for code in pair)
    assert not tracer.diff(a, b)
    assert not tracer.diff(b, a)


@pytest.mark.parametrize("pair", UNLIKE)
def test_codes_that_show_something_else_differ(pair):
    a, b = (formatted(170, code) for code in pair)
    assert [found.kind for found in tracer.diff(a, b)] == ["formats"]


TABLES = {
    'dtr="0" r1="A1"': "{=TABLE(,A1)} over E2:E3",
    'dtr="1" r1="A1"': "{=TABLE(A1,)} over E2:E3",
    'dt2D="1" dtr="1" r1="A1" r2="B1"': "{=TABLE(A1,B1)} over E2:E3",
    'dt2D="1" dtr="1" r1="B1" r2="A1"': "{=TABLE(B1,A1)} over E2:E3",
    'dtr="1" r1="A1" del1="1"': "{=TABLE(#REF!,)} over E2:E3",
}


@pytest.mark.parametrize("one", TABLES)
@pytest.mark.parametrize("other", TABLES)
def test_data_tables_have_directions_and_inputs(one, other):
    found = tracer.diff(sheet(TABLE.format(one)), sheet(TABLE.format(other)))
    expected = [] if one == other else [(TABLES[one], TABLES[other])]
    assert [(entry.before.formula, entry.after.formula) for entry in found] == expected


def filling(formula, metadata="", area="A1:A2"):
    """A formula that fills A1:A2, and what the workbook says of its kind."""
    first = f'<row r="1"><c r="A1"{metadata}>{formula.format(area)}<v>2</v></c></row>'
    rows = first + '<row r="2"><c r="A2"><v>4</v></c></row>'
    kinds = (
        f'<metadata xmlns="{MAIN}"><metadataTypes><metadataType name="XLDAPR"/></metadataTypes>'
        '<futureMetadata name="XLDAPR"><bk><extLst><ext><dynamicArrayProperties fDynamic="1"/></ext></extLst></bk>'
        '</futureMetadata><cellMetadata><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>'
    )
    relations = PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="m" Type="{RELATIONSHIPS}/sheetMetadata" Target="metadata.xml"/></Relationships>',
    )
    return sheet(rows, **{"xl/metadata.xml": kinds, "xl/_rels/workbook.xml.rels": relations})


ARRAY = '<f t="array" ref="{}">D1:D2*2</f>'


def test_dynamic_arrays_array_formulas_and_plain_ones_are_three_things():
    books = {
        "=D1:D2*2 (dynamic array over A1:A2)": filling(ARRAY, ' cm="1"'),
        "{=D1:D2*2} over A1:A2": filling(ARRAY),
        "=D1:D2*2": filling("<f>D1:D2*2</f>"),
    }
    for before, a in books.items():
        for after, b in books.items():
            found = [(entry.before.formula, entry.after.formula) for entry in tracer.diff(a, b, only="formulas")]
            assert found == ([] if before == after else [(before, after)])


def test_how_far_a_dynamic_array_goes_is_no_formula_of_its_own():
    assert not tracer.diff(filling(ARRAY, ' cm="1"'), filling(ARRAY, ' cm="1"', "A1:A3"), only="formulas")
    assert tracer.diff(filling(ARRAY), filling(ARRAY, area="A1:A3"), only="formulas")


def rich(runs):
    items = f'<sst xmlns="{MAIN}"><si>{runs}</si></sst>'
    return sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', **{STRINGS: items})


BOLD, PLAIN = '<rPr><b/><sz val="11"/></rPr>', '<rPr><sz val="11"/></rPr>'


def test_formatting_inside_a_text_is_told_in_words():
    a = rich(f"<r>{BOLD}<t>Note:</t></r><r>{PLAIN}<t> below</t></r>")
    b = rich(f"<r><t>Note:</t></r><r>{BOLD}<t> below</t></r>")
    (found,) = tracer.diff(a, b)
    assert found.before.shown == 'characters 1 to 5 "Note:" bold; characters 6 to 11 " below" not bold'
    assert found.after.shown == 'characters 1 to 5 "Note:" not bold; characters 6 to 11 " below" bold'


def test_runs_that_look_as_their_cell_does_are_no_formatting():
    plain = rich("<t>Note: below</t>")
    assert not tracer.diff(plain, rich(f"<r>{PLAIN}<t>Note:</t></r><r><t> below</t></r>"))
    split = rich(f"<r>{BOLD}<t>No</t></r><r>{BOLD}<t>te: below</t></r>")
    assert not tracer.diff(split, rich(f"<r>{BOLD}<t>Note: below</t></r>"))
