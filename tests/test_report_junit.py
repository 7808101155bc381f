"""JUnit XML, read back with the standard library's parser, by the rules of the schema that CI servers use."""

import io
import re
from xml.etree import ElementTree

import openpyxl
import pytest

import tracer
from tracer.report.junit import junit

#: The schema of Jenkins' xUnit plugin (junit-10.xsd): what each element must say, may say, and may hold.
SCHEMA = {
    "testsuites": ((), ("name", "time", "tests", "failures", "errors"), ("testsuite",)),
    "testsuite": (
        ("name", "tests", "failures", "errors"),
        ("group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url", "version"),
        ("testsuite", "properties", "testcase", "system-out", "system-err"),
    ),
    "testcase": (
        ("name",),
        ("time", "classname", "group"),
        ("skipped", "error", "failure", "rerunFailure", "system-out", "system-err"),
    ),
    "failure": ((), ("type", "message"), ()),
}


def check(element):
    required, optional, children = SCHEMA[element.tag]
    assert set(required) <= set(element.attrib) <= {*required, *optional}
    for key in element.attrib.keys() & {"tests", "failures", "errors", "skipped", "time"}:
        assert element.get(key).isdecimal()
    for child in element:
        assert child.tag in children
        check(child)
    if element.tag in ("testsuites", "testsuite"):
        cases = list(element.iter("testcase"))
        assert int(element.get("tests")) == len(cases)
        assert int(element.get("failures")) == sum(case.find("failure") is not None for case in cases)


def parsed(text):
    root = ElementTree.fromstring(text.encode())
    check(root)
    return root


def book(**cells):
    made = openpyxl.Workbook()
    made.active.title = "Data"
    made.create_sheet("Notes")["A1"] = "same"
    for address, value in cells.items():
        made["Data"][address] = value
    file = io.BytesIO()
    made.save(file)
    return file


def test_equal_sheets_pass():
    root = parsed(tracer.diff(book(A1=1), book(A1=1)).to_junit())
    assert [case.get("name") for case in root.iter("testcase")] == ["Data", "Notes", "workbook"]
    assert root.get("failures") == "0"


def test_a_sheet_fails_with_its_origins():
    root = parsed(tracer.diff(book(A1=1.0, B1="x"), book(A1=1.5, B1="y")).to_junit())
    failures = {case.get("name"): case.find("failure") for case in root.iter("testcase")}
    assert [name for name, found in failures.items() if found is not None] == ["Data"]
    assert failures["Data"].get("message") == "2 origins"
    first, second = failures["Data"].text.splitlines()
    assert first.startswith("Data!A1: 1 became 1.5: +0.5 (+50%)")
    assert second == 'Data!B1: "x" became "y"'


def test_what_belongs_to_no_sheet_is_a_case_of_its_own():
    books = [openpyxl.load_workbook(book()) for _ in range(2)]
    books[1].properties.title = "New"
    del books[1]["Notes"]
    files = [io.BytesIO(), io.BytesIO()]
    for made, file in zip(books, files):
        made.save(file)
    failures = {
        case.get("name"): case.findtext("failure") for case in parsed(tracer.diff(*files).to_junit()).iter("testcase")
    }
    assert failures == {
        "Data": None,
        "workbook": "properties: property title: nothing became New",
        "Notes": "sheets: sheet (Notes): there became not there",
    }


def test_consequences_fail_their_sheet_and_are_counted(tmp_path):
    known = tracer.Network.walkthrough()
    for name, lr in (("a", 0.1), ("b", 0.2)):
        values = {key: getattr(known, key) for key in ("X", "y", "wh", "bh", "wout", "bout")}
        tracer.run(tracer.Network(**values, lr=lr, name=known.name)).to_excel(tmp_path / f"{name}.xlsx")
    diff = tracer.diff(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    messages = {
        case.get("name"): case.find("failure").get("message")
        for case in parsed(diff.to_junit()).iter("testcase")
        if case.find("failure") is not None
    }
    counted = {
        name: int(found[1]) for name, message in messages.items() if (found := re.search(r"(\d+) cons", message))
    }
    assert messages["Step 1"] == "1 origin"
    assert sum(counted.values()) == len(diff.consequences)


def test_many_origins_are_cut_and_the_rest_counted():
    a, b = ({f"A{row}": row + more for row in range(1, 151)} for more in (0, 1))
    (failure,) = parsed(tracer.diff(book(**a), book(**b)).to_junit()).iter("failure")
    lines = failure.text.splitlines()
    assert len(lines) == 101
    assert lines[-1] == "… 50 more origins"


def test_every_pair_is_a_suite():
    diffs = [tracer.diff(book(A1=1), book(A1=value)) for value in (1, 2, 3)]
    root = parsed(junit(diffs))
    assert [suite.get("failures") for suite in root] == ["0", "1", "1"]
    assert (root.get("tests"), root.get("failures")) == ("9", "2")


@pytest.mark.parametrize("text", ["]]><failure/>", "&amp;\"'", "\x1b[31m\x00\ufffe", "_x0007_", "\U0001f600"])
def test_any_text_is_text(text):
    from dataclasses import replace

    diff = tracer.diff(book(A1="a"), book(A1="b"))
    (found,) = diff
    evil = replace(diff, a=f"{text}\udcff", differences=(replace(found, label=text),))
    root = parsed(junit([evil]))
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    assert shown in next(root.iter("failure")).text
    assert root[0].get("name").startswith(f"{shown}\\udcff → ")
