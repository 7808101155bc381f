"""Sheets are cut without a parser, or spelt anew by one: whatever a file holds, both ways give the same answer."""

import io
import random
import zipfile
from functools import partial

import pytest
from archives import patched
from fuzz.mutations import xml_damaged

import tracer
from tracer.xlsx.rows import Rows

SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r" Type="{RELATIONSHIPS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONSHIPS}">'
    '<sheets><sheet name="S" sheetId="1" r:id="a"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="a" Type="{RELATIONSHIPS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="b" Type="{RELATIONSHIPS}/sharedStrings" Target="sharedStrings.xml"/>'
    f'<Relationship Id="c" Type="{RELATIONSHIPS}/styles" Target="styles.xml"/></Relationships>',
    STRINGS: f'<sst xmlns="{MAIN}" count="3" uniqueCount="3"><si><t>one &amp; only</t></si>'
    '<si><t xml:space="preserve"> two </t></si><si><r><t>th</t></r><r><rPr><b/></rPr><t>ree</t></r></si></sst>',
    STYLES: f'<styleSheet xmlns="{MAIN}"><fonts><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>'
    '<fills><fill/></fills><borders><border/></borders><cellXfs><xf/><xf fontId="1" numFmtId="4"/><xf numFmtId="14"/>'
    "</cellXfs></styleSheet>",
    SHEET: f'<worksheet xmlns="{MAIN}" xmlns:x="urn:x"><sheetData>'
    '<row r="1" x:y="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>1.5</v></c><c r="C1" t="s"><v>2</v></c></row>'
    '<row r="2" ht="30" customHeight="1"><c r="A2" s="2"><v>45000</v></c><c r="B2"><f>B1*2</f><v>3</v></c></row>'
    '<row r="3"/>'
    '<row r="4" s="1" customFormat="1"><c r="A4" t="b"><v>1</v></c><c r="B4" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    '<c r="C4" t="str"><f>A1&amp;"x"</f><v>one &amp; onlyx</v></c></row>'
    '<row r="5"><c r="A5" t="inlineStr"><is><t>in place</t></is></c><c r="B5"><f t="shared" ref="B5:B6" si="0">A2+1</f>'
    "<v>45001</v></c></row>"
    '<row r="6"><c r="A6" t="d"><v>2024-03-01</v></c><c r="B6"><f t="shared" si="0"/><v>45002</v></c></row>'
    '<row r="7"><c r="A7"><f t="array" ref="A7:A8">B1:B2*2</f><v>3</v></c></row>'
    '<row r="8"><c r="A8"><v>6</v></c><c r="D8" s="1"/></row>'
    '</sheetData><pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/></worksheet>',
}


def packed(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


BOOK = packed(PARTS)


def replaced(old, new, part=SHEET):
    assert old in PARTS[part]
    return packed(PARTS | {part: PARTS[part].replace(old, new)})


def answer(a, b):
    """What differs, in words; None for a file that is refused."""
    try:
        return [str(difference) for difference in tracer.diff(a, b, recalculate="never")]
    except tracer.TracerError as error:
        assert "\n" not in str(error)
        return None


@pytest.fixture
def both_ways(monkeypatch):
    def answers(a, b):
        cut = answer(a, b)
        with monkeypatch.context() as parsed:
            parsed.setattr(Rows, "chunks", lambda self, read_ahead=False: self._spelt())
            return cut, answer(a, b)

    return answers


def slightly_damaged(data, chance):
    """A character or a few replaced, left out, or there twice."""
    data = bytearray(data)
    for _ in range(chance.randint(1, 2)):
        at, kind = chance.randrange(len(data)), chance.random()
        if kind < 0.5:
            data[at] = chance.choice(b"0123456789<>&\"'=AZaz!$: \n/rcvtsf")
        elif kind < 0.75:
            del data[at : at + chance.randint(1, 12)]
        else:
            other = chance.randrange(len(data))
            data[at:at] = data[other : other + chance.randint(1, 60)]
    return bytes(data)


@pytest.mark.parametrize("seed", range(8))
def test_random_damage_is_read_or_refused_alike_both_ways(both_ways, seed):
    chance = random.Random(seed)
    for _ in range(60):
        part = chance.choice([SHEET, SHEET, SHEET, SHEET, STRINGS, STYLES])
        damage = chance.choice([slightly_damaged, slightly_damaged, xml_damaged])
        damaged = patched(BOOK, part, partial(damage, chance=chance))
        for a, b in ((BOOK, damaged), (damaged, BOOK)):
            cut, parsed = both_ways(a, b)
            assert cut == parsed, zipfile.ZipFile(damaged).read(part)


def sheet(content):
    return packed(PARTS | {SHEET: content})


WHOLE = PARTS[SHEET]
SECOND = WHOLE[WHOLE.index('<row r="2"') : WHOLE.index('<row r="3"')]
#: Spelt otherwise, or in another order: the same cells.
SAME = {
    "rows in another order": sheet(WHOLE.replace(SECOND, "").replace("</sheetData>", SECOND + "</sheetData>")),
    "cells in another order": replaced(
        '<c r="A8"><v>6</v></c><c r="D8" s="1"/>', '<c r="D8" s="1"/><c r="A8"><v>6</v></c>'
    ),
    "single quotes": replaced('<row r="7">', "<row r='7'>"),
    "a prefix": sheet(WHOLE.replace("<", "<p:").replace("<p:/", "</p:").replace("xmlns=", "xmlns:p=")),
    "a cell without its address": replaced('<c r="B1" s="1">', '<c s="1">'),
    "a row without its number": replaced('<row r="2" ', "<row "),
    "an empty style": replaced('<c r="A1" t="s">', '<c r="A1" s="" t="s">'),
    "blanks": replaced("</row>", "\n  </row>\n  "),
    "a comment": replaced('<row r="3"/>', '<!-- <row r="3"> --><row r="3"/>'),
    "a comment that holds rows": replaced("<sheetData>", "<!-- <sheetData><row r='1'/></sheetData> --><sheetData>"),
    "CDATA": replaced("<t>in place</t>", "<t><![CDATA[in place]]></t>"),
    "character references": replaced("in place", "in&#x20;pl&#97;ce"),
    "a value before its formula": replaced("<f>B1*2</f><v>3</v>", "<v>3</v><f>B1*2</f>"),
    "a time at another offset": replaced("<v>2024-03-01</v>", "<v>2024-03-01T02:00:00+02:00</v>"),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_cells_in_another_spelling_are_equal(both_ways, name):
    assert both_ways(BOOK, SAME[name]) == ([], [])
    assert both_ways(SAME[name], BOOK) == ([], [])
    changed = replaced("<v>6</v>", "<v>7</v>")
    assert both_ways(SAME[name], changed) == (["S!A8: 6 became 7"],) * 2


#: What no parser accepts, or no workbook may hold.
DAMAGED = {
    "an entity of HTML": replaced("in place", "&copy;"),
    "an ampersand": replaced("in place", "a & b"),
    "the character 0": replaced("in place", "&#0;"),
    "a surrogate": replaced("in place", "&#xD800;"),
    "a character beyond Unicode": replaced("in place", "&#x110000;"),
    "a control character": replaced("in place", "a\x01"),
    "the end of CDATA": replaced("in place", "]]>"),
    "an attribute twice": replaced('<c r="B1" s="1">', '<c r="B1" s="1" s="2">'),
    "a prefix that is not declared": replaced('x:y="1"', 'z:y="1"'),
    "no blank between attributes": replaced('<row r="2" ht', '<row r="2"ht'),
    "a row within a row": replaced('<row r="3"/>', '<row r="3">'),
    "a row number that is none": replaced('<row r="3"/>', '<row r="x"/>'),
    "a row beyond the last": replaced('<row r="3"/>', '<row r="1048577"/>'),
    "a row twice": replaced('<row r="3"/>', '<row r="2"/>'),
    "a column that is none": replaced('<c r="D8"', '<c r="-8"'),
    "a column beyond the last": replaced('<c r="D8"', '<c r="XFE8"'),
    "a cell of another row": replaced('<c r="D8"', '<c r="D9"'),
    "a cell twice": replaced('<c r="D8"', '<c r="A8"'),
    "a number that is none": replaced("<v>6</v>", "<v>6_0</v>"),
    "a truth that is none": replaced('t="b"><v>1', 't="b"><v>2'),
    "a style that is none": replaced('<c r="D8" s="1"', '<c r="D8" s="x"'),
    "a date that is none": replaced("2024-03-01", "2024-02-30"),
    "a string that there is not": replaced('t="s"><v>0<', 't="s"><v>3<'),
    "a string with a minus": replaced('t="s"><v>0<', 't="s"><v>-1<'),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_no_workbook_holds_is_refused_both_ways(both_ways, name):
    assert both_ways(BOOK, DAMAGED[name]) == (None, None)
    assert both_ways(DAMAGED[name], BOOK) == (None, None)


def cells(value, kind="n", **parts):
    content = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="{kind}"><v>{value}</v></c></row></sheetData>'
    )
    return packed(PARTS | {SHEET: content + "</worksheet>"} | parts)


def value(book):
    (difference,) = tracer.diff(cells("-1"), book, only="values")
    return difference.after.value


MOMENTS = {
    "2024-03-01T10:00:00+02:00": 45352 + 8 / 24,
    "2024-03-01T10:00:00Z": 45352 + 10 / 24,
    "2024-03-01T10:00:00": 45352 + 10 / 24,
    "2024-03-01T23:00:00-03:00": 45353 + 2 / 24,
    "2024-03-01": 45352,
    "10:11:12": (10 * 3600 + 11 * 60 + 12) / 86400,
    "10:11:12.5": (10 * 3600 + 11 * 60 + 12.5) / 86400,
    "01:00:00+02:00": 23 / 24,
    "1900-01-01": 1,
    "1900-02-28": 59,
    "1900-03-01": 61,
}


@pytest.mark.parametrize("text", MOMENTS)
def test_dates_and_times_are_the_numbers_that_spreadsheets_count_by(text):
    assert value(cells(text, "d")) == pytest.approx(MOMENTS[text], abs=1e-9)


def test_dates_count_from_1904_where_the_workbook_says_so():
    workbook = PARTS["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    ours, theirs = cells("2024-03-01", "d"), cells("2024-03-01", "d", **{"xl/workbook.xml": workbook})
    (found,) = tracer.diff(ours, theirs, only="values")
    assert (found.before.value, found.after.value) == (45352, 45352 - 1462)


@pytest.mark.parametrize("text", ["yesterday", "2024-13-01", "25:00:00", "2024-03-01T10:00:00+99:00", "+02:00"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(tracer.TracerError, match=r"S!A1 holds .*expected a date or time"):
        tracer.diff(cells("1"), cells(text, "d"))


def table(*strings):
    items = "".join(f"<si><t>{text}</t></si>" for text in strings)
    return {STRINGS: f'<sst xmlns="{MAIN}">{items}</sst>'}


def two_texts(**parts):
    rows = "".join(f'<row r="{n + 1}"><c r="A{n + 1}" t="s"><v>{n}</v></c></row>' for n in range(2))
    return packed(PARTS | {SHEET: f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'} | parts)


def test_tables_of_strings_that_differ_are_never_equal():
    book = two_texts(**table("x", "y"))
    assert not tracer.diff(book, two_texts(**table("x", "y", "z")))
    assert [str(found) for found in tracer.diff(book, two_texts(**table("x", "z")))] == ['S!A2: "y" became "z"']
    without = {name: content for name, content in PARTS.items() if name != STRINGS} | {
        SHEET: zipfile.ZipFile(book).read(SHEET)
    }
    relations = {"xl/_rels/workbook.xml.rels": PARTS["xl/_rels/workbook.xml.rels"].replace("/sharedStrings", "/gone")}
    for other in (
        two_texts(**table("x")),
        two_texts(**table()),
        packed(without),
        two_texts(**table("x", "y"), **relations),
    ):
        for pair in ((book, other), (other, book)):
            with pytest.raises(tracer.TracerError, match="expected the number of a shared string"):
                tracer.diff(*pair)


def test_a_style_beyond_its_table_looks_as_no_style_does():
    shorter = PARTS[STYLES].replace('<xf fontId="1" numFmtId="4"/><xf numFmtId="14"/>', "")
    found = tracer.diff(BOOK, packed(PARTS | {STYLES: shorter}), only="styles,formats")
    assert {difference.kind for difference in found} == {"styles", "formats"}
