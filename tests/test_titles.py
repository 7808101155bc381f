"""Titles of sheets: which ones Excel takes, when a formula has them in quotation marks, and who is asked."""

import zipfile

import pytest
from openpyxl import load_workbook
from xlsxwriter.utility import quote_sheetname

import tracer
from tracer.lessons import gradient_descent
from tracer.xlsx.titles import check_title, free_title, quoted

ILLEGAL = {
    "": "no characters",
    "x" * 32: "32 characters, and at most 31",
    "😀" * 16: "32 characters",
    "history": "keeps this title",
    "History": "keeps this title",
    "HISTORY": "keeps this title",
    "'a": "apostrophe",
    "a'": "apostrophe",
    "'": "apostrophe",
    **{f"a{sign}b": "is not allowed in it" for sign in "[]:*?/\\\0\n\x7f\ud800"},
}


@pytest.mark.parametrize("title", ILLEGAL)
def test_what_excel_refuses_is_refused(title):
    with pytest.raises(tracer.TracerError, match=ILLEGAL[title]):
        check_title(title)


@pytest.mark.parametrize(
    "title", ["History 2", "Histories", "it's", "x" * 31, "😀" * 15, " ", "=A1", "a!b", "Ünü 漢字"]
)
def test_everything_else_is_taken(title):
    check_title(title)


def test_no_title_is_there_twice_in_any_case():
    with pytest.raises(tracer.TracerError, match="another sheet is called so"):
        check_title("LOSS", ["Loss"])
    assert free_title("Differences", ["differences", "Differences 2"]) == "Differences 3"
    assert free_title("Differences", ["Other"]) == "Differences"


BARE = [
    "Data",
    "Loss",
    "_x",
    "a.b",
    "Ünü",
    "漢字",
    "XFE1",
    "A1048577",
    "A0",
    "Rows",
    "Cat",
    "ABCD12",
    "R1048577",
]
IN_QUOTES = [
    *("Step 7", "1st", "2024", ".a", "It's", "a-b", "a!b", "A1", "ab12", "XFD1048576", "R", "c", "RC", "rc", "R1"),
    *("R1C1", "C5", "R12b", "rc3", "TRUE", "false", "a+b", "a,b", "$A", "😀", "a b"),
]


@pytest.mark.parametrize("title", BARE)
def test_a_title_that_needs_no_quotation_marks_has_none(title):
    assert quoted(title) == title == quote_sheetname(title)


@pytest.mark.parametrize("title", IN_QUOTES)
def test_one_that_reads_as_something_else_has_them(title):
    assert quoted(title) == "'" + title.replace("'", "''") + "'"
    if title.upper() not in ("TRUE", "FALSE"):
        assert quote_sheetname(title) == quoted(title)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("titles") / "book.xlsx"
    network = tracer.Network([[0, 1], [1, 0], [1, 1]], [1, 0, 1], hidden=2, seed=1, features=["a", "b"])
    tracer.run(network, epochs=2).to_excel(path, boundary=5)
    return load_workbook(path)


def test_every_title_that_is_written_is_legal(book, tmp_path):
    gradient_descent.write(tmp_path / "lesson.xlsx")
    for titles in (book.sheetnames, load_workbook(tmp_path / "lesson.xlsx").sheetnames):
        assert "Loss" in titles
        for at, title in enumerate(titles):
            check_title(title, titles[:at])


def test_references_links_and_names_have_quotation_marks_only_where_they_must(book):
    formulas = [
        getattr(cell.value, "text", cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    links = [cell.hyperlink.location for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    names = [defined.attr_text for sheet in book for defined in sheet.defined_names.values()]
    everything = "\n".join([*formulas, *links, *names])
    assert "'Step 0'!" in everything and "Data!" in everything
    assert not [title for title in book.sheetnames if " " not in title and f"'{title}'!" in everything]


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """A run as it is written now, and as it was written when its sheet of losses was called `History`."""
    folder = tmp_path_factory.mktemp("earlier")
    now, before = folder / "now.xlsx", folder / "before.xlsx"
    tracer.run(epochs=2).to_excel(now)
    with zipfile.ZipFile(now) as source, zipfile.ZipFile(before, "w") as target:
        for name in source.namelist():
            part = source.read(name).replace(b'"Loss"', b'"History"').replace(b"Loss!", b"'History'!")
            target.writestr(name, part.replace(b"<vt:lpstr>Loss<", b"<vt:lpstr>History<"))
    assert load_workbook(before).sheetnames.count("History") == 1
    return now, before


def test_a_workbook_written_earlier_is_read_verified_and_repeated(earlier):
    now, before = earlier
    assert tracer.read_excel(before) == tracer.read_excel(now)
    assert all(tracer.verify(before))
    assert tracer.run(like=before) == tracer.run(like=now)


@pytest.mark.parametrize("lr", [0.1, 0.7])
def test_the_diff_pairs_the_earlier_title_with_the_present_one(earlier, tmp_path, lr):
    _, before = earlier
    tracer.run(epochs=2, lr=lr).to_excel(tmp_path / "now.xlsx")
    for a, b, titles in (
        (before, tmp_path / "now.xlsx", ("History", "Loss")),
        (tmp_path / "now.xlsx", before, ("Loss", "History")),
    ):
        found = tracer.diff(a, b)
        renamed = [entry for entry in found if entry.kind == "sheets"]
        assert [(entry.sheet_before, entry.sheet) for entry in renamed] == [titles]
        others = [entry for entry in found.origins if entry.kind not in ("sheets", "settings")]
        assert [entry.label for entry in others] == ([] if lr == 0.1 else ["Step 1 · lr"])
