"""Templates that are damaged or made to do harm: one line that names sheet and place, or what is odd is ignored."""

import re
import resource
import subprocess
import sys
import zipfile

import pytest
from archives import patched

import tracer

# ruff: noqa: E501 a table reads best as it is

STEP, STYLES = "xl/worksheets/sheet2.xml", "xl/styles.xml"


@pytest.fixture
def article(request):
    return request.config.rootpath / "templates" / "article.xlsx"


@pytest.fixture
def changed(article, tmp_path):
    """The article's template with a regular expression replaced once in one of its parts."""

    def change(pattern, new, part=STEP):
        def once(data):
            assert re.search(pattern, data), pattern
            return re.sub(pattern, lambda match: match.expand(new), data, count=1)

        path = tmp_path / "mine.xlsx"
        path.write_bytes(patched(article, part, once).getvalue())
        return path

    return change


def written(path, tmp_path):
    trace = tracer.run()
    trace.to_excel(tmp_path / "book.xlsx", template=path)
    return (tmp_path / "book.xlsx").read_bytes()


def test_the_step_sheet_is_where_these_tests_look_for_it(article):
    with zipfile.ZipFile(article) as archive:
        assert b"{{hiddenlayer_activations}}" in archive.read(STEP)


@pytest.mark.parametrize("cell", ["A1048576", "XFD1048576", "A100000", "XFD1", "IW3"])
def test_a_stray_formatted_cell_is_ignored(changed, article, tmp_path, cell):
    row = re.sub("[A-Z]", "", cell)
    if int(row) > 100:
        path = changed(
            b"</sheetData>", f'<row r="{row}" ht="30" customHeight="1"><c r="{cell}" s="1"/></row></sheetData>'.encode()
        )
    else:
        path = changed(rb'(<row r="%s"[^>]*>)' % row.encode(), rb'\1<c r="%s" s="1"/>' % cell.encode())
    written(path, tmp_path)
    (tmp_path / "odd.xlsx").write_bytes((tmp_path / "book.xlsx").read_bytes())
    written(article, tmp_path)
    assert not tracer.diff(tmp_path / "odd.xlsx", tmp_path / "book.xlsx", ignore=["properties", "Network"])


REFUSED = {
    "text far below": ("</sheetData>", '<row r="9999"><c r="B9999" t="inlineStr"><is><t>x</t></is></c></row></sheetData>',
                       "Step!B9999 holds text; a template's sheet ends at IV1000"),
    "a row that none has": ('<row r="9"', '<row r="4294967296"', "sheet 'Step', row 4294967296 has the number '4294967296'"),
    "a row of no number": ('<row r="9"', '<row r="nine"', "sheet 'Step', row nine has the number 'nine'; expected a whole number"),
    "an infinite height": (' ht="[^"]*"', ' ht="inf"', "has the height 'inf'; expected a number from 0 to 409.5"),
    "a height beyond doubles": (' ht="[^"]*"', ' ht="1e999"', "has the height '1e999'"),
    "a negative height": (' ht="[^"]*"', ' ht="-1"', "has the height '-1'"),
    "a width that is none": ('<col width="[^"]*"', '<col width="nan"', "sheet 'Step', column A has the width 'nan'"),
    "a width of 1e40": ('<col width="[^"]*"', '<col width="1e40"', "sheet 'Step', column A has the width '1e40'"),
    "a column that none has": ('max="[0-9]*"', 'max="99999999"', "has the last '99999999'; expected a whole number from 1"),
    "a margin that is none": ('<pageMargins left="[^"]*"', '<pageMargins left="nan"', "sheet 'Step', pageMargins has the left 'nan'"),
    "a cell where none is": ('<c r="B2"', '<c r="XFE2"', "sheet 'Step' has a cell at 'XFE2', where no sheet has one"),
    "cells merged over all": ("</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
                              "sheet 'Step' merges 'A1:XFD1048576'; expected cells within A1:IV1000"),
    "a link over all": ("</sheetData>", '</sheetData><hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>',
                        "sheet 'Step' links 'A1:XFD1048576'"),
    "frozen far below": ('ySplit="[^"]*"', 'ySplit="1e9"', "sheet 'Step', pane has the ySplit '1e9'"),
    "deep XML": ("<sheetData>", "<x>" * 500 + "</x>" * 500 + "<sheetData>", "nested more than 200 deep"),
    "many cells": ("</sheetData>", '<row r="900">' + '<c r="A900"/>' * 300_000 + "</row></sheetData>", "more than 300,000 elements"),
    "entities": ("<worksheet", "<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet", "declares a document type or entities"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_template_has_is_refused_in_one_line_with_sheet_and_place(changed, tmp_path, name):
    pattern, new, message = REFUSED[name]
    path = changed(pattern.encode(), new.encode())
    with pytest.raises(tracer.TracerError) as caught:
        written(path, tmp_path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "book.xlsx").exists()


def test_a_font_of_no_size_is_refused(changed, tmp_path):
    path = changed(rb'<sz val="[^"]*"', b'<sz val="nan"', STYLES)
    with pytest.raises(
        tracer.TracerError, match=r"xl/styles.xml, sz has the size 'nan'; expected a number from 1 to 409"
    ):
        written(path, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="the limits of processes are Linux's")
@pytest.mark.parametrize("name", ["many cells", "cells merged over all", "a link over all", "deep XML", "bomb"])
def test_a_template_takes_little_memory_and_time(changed, tmp_path, name):
    if name == "bomb":
        path = changed(b"</worksheet>", b"</worksheet>" + b" " * 100_000_000)
    else:
        pattern, new, _ = REFUSED[name]
        path = changed(pattern.encode(), new.encode())
    done = subprocess.run(
        [sys.executable, "-m", "tracer", "run", "--template", path],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
        preexec_fn=lambda: (resource.setrlimit(resource.RLIMIT_CPU, (10, 10)),
                            resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))),
        env={"PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
