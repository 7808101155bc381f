"""One formula, spelt as different programs spell it, is one formula; another formula never is."""

import io

import pytest
import xlsxwriter
from archives import patched
from hypothesis import given
from hypothesis import strategies as st

import tracer
from tracer.xlsx.canonical import canonical

SAME = [
    ("Data!A1", "'Data'!A1", "data!a1"),
    ("'It''s'!A1", "'it''s'!$a1".replace("$", "")),
    ("[1]Data!A1", "'[1]Data'!A1"),
    ("SUM(Jan:Mar!A1)", "SUM('Jan:Mar'!A1)"),
    ("TRUE", "TRUE()", "true", "True ( )"),
    ("IF(FALSE,1,2)", "IF(FALSE(),1,2)"),
    ("A1", "A1:A1", "a1", " A1 "),
    ("SUM(A1:B2)", "sum(B2:A1)", "SUM( A1 : B2 )", "SUM(A2:B1)", "Sum (A1:B2)"),
    ("SUM(A:A)", "SUM(A1:A1048576)", "SUM(A$1:A$1048576)"),
    ("SUM(3:4)", "SUM(A3:XFD4)"),
    ("SUM(1:1048576)", "SUM(A:XFD)", "SUM(A1:XFD1048576)"),
    ("STDEV.S(A1:A9)", "_xlfn.STDEV.S(A1:A9)"),
    ("SORT(A1:A9)", "_xlfn._xlws.SORT(A1:A9)"),
    ("A1*1.5", "A1*1.50", "A1 * 1.5", "A1\n*1.5"),
    ("A1+0.001", "A1+1E-3", "A1+.001", "A1+1e-03"),
    ("{1,2;3,4}", "{1, 2; 3, 4}"),
    ("Prices[Net]", "PRICES[[net]]", "Prices[[#Data],[Net]]"),
    ("Prices[@Net]", "Prices[[#This Row],[Net]]"),
    ("A1:B9 B1:C9", "A1:B9  B1:C9"),
    ('A1&"a b"', 'A1 & "a b"'),
]
OTHER = [
    ("Data!A1", "Data2!A1"),
    ("'It''s'!A1", "'Its'!A1"),
    ("A1", "$A1"),
    ("SUM(A1:B2)", "SUM(A1,B2)"),
    ("SUM(A1:A1)", "SUM(A:A)"),
    ("SUM(A1)", "SUM(+A1)"),  # a text in A1 counts in one of them only
    ("SUM(A1)", "SUM((A1,A1))"),
    ("A1:B9 B1:C9", "A1:B9,B1:C9"),
    ('"a"', '"A"'),
    ('"a b"', '"a  b"'),
    ('"TRUE()"', '"TRUE"'),
    ('"A1:A1"', '"A1"'),
    ("TRUE", '"TRUE"'),
    ("A1*1.5", "A1*1.500000000000001"),
    ("Prices[Net]", "Prices[#All]"),
    ("Prices[Net]", "Prices[@Net]"),
    ("'a b'!A1", "a!A1"),
    ("2^-1", "2^1"),
]


@pytest.mark.parametrize("spellings", SAME, ids=lambda spellings: spellings[0])
def test_one_meaning_has_one_spelling(spellings):
    assert len({canonical(spelling) for spelling in spellings}) == 1
    assert canonical(canonical(spellings[0])) == canonical(spellings[0])


@pytest.mark.parametrize("pair", OTHER, ids=" / ".join)
def test_other_meanings_have_other_spellings(pair):
    assert canonical(pair[0]) != canonical(pair[1])


#: A formula as a tree: what follows writes it in many ways.
TREES = st.recursive(
    st.one_of(
        st.tuples(st.just("cell"), st.integers(1, 99), st.integers(0, 25), st.booleans()),
        st.tuples(st.just("sheet"), st.sampled_from(["Data", "Other sheet", "It's", "2024"]), st.integers(1, 99)),
        st.tuples(st.just("constant"), st.sampled_from(["TRUE", "FALSE"])),
        st.tuples(st.just("number"), st.integers(0, 9999)),
        st.tuples(st.just("text"), st.text('ab ,()"!:A1', max_size=5)),
    ),
    lambda inner: st.one_of(
        st.tuples(st.just("call"), st.sampled_from(["SUM", "STDEV.S", "IF"]), st.lists(inner, min_size=1, max_size=3)),
        st.tuples(st.just("infix"), st.sampled_from(["+", "<>", "&", "^"]), inner, inner),
    ),
    max_leaves=8,
)


def spelt(tree, either):
    """A tree as a formula, with every freedom that a program has, as `either` chooses."""
    kind, *rest = tree
    if kind == "cell":
        row, column, fixed = rest
        cell = f"{chr(65 + column)}{'$' * fixed}{row}"
        return either(cell, cell.lower(), f"{cell}:{cell}")
    if kind == "sheet":
        title, row = rest
        quoted = "'{}'".format(title.replace("'", "''"))
        return f"{either(quoted, title if title == 'Data' else quoted)}!A{row}"
    if kind == "constant":
        return either(rest[0], f"{rest[0]}()", rest[0].lower())
    if kind == "number":
        return either(str(rest[0]), f"{rest[0]}.0", f"{rest[0]}E0")
    if kind == "text":
        return '"{}"'.format(rest[0].replace('"', '""'))
    if kind == "call":
        name, arguments = rest
        prefix = either("", "_xlfn.") if "." in name else ""
        return (
            f"{prefix}{either(name, name.lower())}({either(',', ', ', ' ,').join(spelt(a, either) for a in arguments)})"
        )
    operator, left, right = rest
    return f"{spelt(left, either)}{either('', ' ')}{operator}{either('', ' ')}{spelt(right, either)}"


def plain(*choices):
    return choices[0]


@given(TREES, TREES, st.data())
def test_trees_are_equal_where_their_spellings_are(tree, other, data):
    def either(*choices):
        return data.draw(st.sampled_from(choices))

    assert canonical(spelt(tree, either)) == canonical(spelt(tree, either))
    if spelt(tree, plain) != spelt(other, plain):
        assert canonical(spelt(tree, either)) != canonical(spelt(other, either))


def book(formula, name):
    file = io.BytesIO()
    written = xlsxwriter.Workbook(file, {"in_memory": True})
    written.add_worksheet("Data").write_number(0, 0, 1)
    written.add_worksheet("Report").write_formula(0, 0, f"={formula}", None, 1)
    written.define_name("total", f"={name}")
    written.close()
    return file


def test_the_diff_finds_no_difference_in_spelling():
    written = book("Data!A1*2", "Data!$A$1")
    assert not tracer.diff(written, book("'Data'!A1 * 2", "'Data'!$A$1:$A$1"))
    assert not tracer.diff(book("'Data'!A1 * 2", "'Data'!$A$1:$A$1"), written)
    assert len(tracer.diff(written, book("Data!A1*2", "Data!$A$2"))) == 1


def test_a_renamed_sheet_is_compared_by_the_same_spelling():
    written = book("Data!A1*2", "Data!$A$1")
    renamed = book("'Data'!A1:A1 * 2", "'Data'!$A$1")
    for part in ("xl/workbook.xml", "xl/worksheets/sheet2.xml"):
        renamed = patched(renamed, part, lambda data: data.replace(b"'Data'", b"Facts").replace(b'"Data"', b'"Facts"'))
    assert {found.kind for found in tracer.diff(written, renamed, ignore="parts,properties")} == {"sheets"}
