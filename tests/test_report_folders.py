"""Pages and marked copies of two folders, and counts that agree with each other."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote

import openpyxl
import pytest

import tracer
from tracer import TracerError


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = value, "=A1*2"
    book.save(path)


@pytest.fixture
def two(tmp_path):
    a, b = tmp_path / "reference", tmp_path / "outputs"
    for path in ("same", "deep/er/changed", "look #1%&<b>", "javascript:alert(1)", f"{'long' * 61}"):
        write(a / f"{path}.xlsx", 1)
        write(b / f"{path}.xlsx", 1 if path == "same" else 2)
    write(a / "gone.xlsx", 1)
    (b / "bad.xlsx").write_bytes(b"PK")
    write(a / "bad.xlsx", 1)
    return a, b


class Links(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.links += [value for name, value in attributes if name in ("href", "src") and not value.startswith("#")]


@pytest.mark.parametrize("out", ["report", "report.html", "there/", "a folder/index.html"])
def test_an_index_links_to_the_page_of_each_pair_that_differs_and_back(two, command, tmp_path, out):
    if out.endswith("/"):
        (tmp_path / out).mkdir()
    for _ in range(2):  # the second time over the first
        done = command("diff", *two, "--format", "html", "--out", out)
        assert done.returncode == 2
        assert "written to" in done.stdout
    index = tmp_path / (out if out.endswith("html") else f"{out}/index.html")
    text = index.read_text(encoding="utf-8")
    links = Links(text).links
    assert len(links) == 4
    for link in links:
        assert link.startswith("./")
        page = index.parent / unquote(link)
        (back,) = Links(page.read_text(encoding="utf-8")).links
        assert (page.parent / unquote(back)).resolve() == index.resolve()
    for name in ("gone.xlsx", "bad.xlsx", "same.xlsx", "could not be compared"):
        assert name in text
    assert "<b>.xlsx" not in text
    assert not list(tmp_path.rglob("*.part"))


def test_a_page_overwrites_nothing_that_is_none(two, command, tmp_path):
    (tmp_path / "report.html").write_text("my own notes")
    assert command("diff", *two, "--format", "html", "--out", "report.html").returncode == 2
    assert (tmp_path / "report.html").read_text() == "my own notes"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("report")] == ["report.html"]
    refused = command("diff", *two, "--format", "html", "--out", two[1])
    assert "is one of the two folders" in refused.stderr
    assert sorted(path.suffix for path in two[1].iterdir() if path.is_file()) == [".xlsx"] * 5


def test_without_a_place_the_index_is_returned(two):
    assert tracer.diff(*two).to_html().startswith("<!doctype html>")


def test_marked_copies_go_to_a_folder(two, command, tmp_path):
    assert "--out FOLDER" in command("diff", *two, "--format", "xlsx").stderr
    assert command("diff", *two, "--format", "xlsx", "--out", "marked").returncode == 2  # one cannot be compared
    assert len(list((tmp_path / "marked").rglob("*.xlsx"))) == 4
    copy = openpyxl.load_workbook(tmp_path / "marked" / "deep" / "er" / "changed.xlsx")
    assert copy.sheetnames == ["Sheet", "Differences"]
    with pytest.raises(TracerError, match="go to a folder"):
        tracer.diff(*two).to_excel(tmp_path / "marked.xlsx")
    with pytest.raises(TracerError, match="one of the two"):
        tracer.diff(*two).to_excel(two[1])


@pytest.mark.parametrize("change", ["lr", "template", "libreoffice"])
def test_the_counts_of_a_page_agree_with_each_other(tmp_path, change, request):
    """Header, list of kinds, headings of the lists, rows, the bar below and the sheets."""
    trace = tracer.run()
    trace.to_excel(tmp_path / "a.xlsx")
    if change == "lr":
        tracer.run(lr=0.2).to_excel(tmp_path / "b.xlsx")
    elif change == "template":
        trace.to_excel(tmp_path / "b.xlsx", template="stacked")
    else:
        book = openpyxl.load_workbook(tmp_path / "a.xlsx")
        book["Step 1"]["W14"] = 0.2
        book.save(tmp_path / "b.xlsx")
    found = tracer.diff(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    page = found.to_html()
    origins, consequences = len(found.origins), len(found.consequences)
    assert f"{origins:,} origin" in re.search('class="summary">([^<]*)', page)[1]
    kinds = re.search('<ul class="counts">(.*?)</ul>', page)[1]
    assert sum(int(many.replace(",", "")) for many in re.findall("<b>([0-9,]+)</b>", kinds)) == origins
    lists = page[: page.find('<section class="sheet"')]
    headings = [
        (int(many.replace(",", "")), word) for many, word in re.findall("<h2>.*?<small>([0-9,]+) (origin|cons)", lists)
    ]
    assert sum(many for many, word in headings if word == "origin") == origins
    assert sum(many for many, word in headings if word == "cons") == consequences
    for role, many in (("origin", origins), ("consequence", consequences)):
        assert page.count(f'data-role="{role}"') == many
        assert f'<output id="{role}" data-many="{many}">' in page
    dots = [int(many.replace(",", "")) for many in re.findall(r'class="dot \w+">([0-9,]+)', page)]
    tallies = re.findall(r'<section class="sheet".*?<h2>.*?<small>(.*?)</small>', page, re.DOTALL)
    assert not dots or sum(dots) == sum(
        int(n.replace(",", "")) for said in tallies for n in re.findall("[0-9][0-9,]*", said)
    )
