"""`tracer diff` of two folders."""

import json
import pickle
from xml.etree import ElementTree

import openpyxl
import pytest

import tracer
from tracer import TracerError
from tracer.compare import folders as module
from tracer.compare.criteria import Criteria


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    book.active["B2"] = value
    book.save(path)


@pytest.fixture
def two(tmp_path):
    a, b = tmp_path / "reference", tmp_path / "outputs"
    for folder, values in ((a, {"same": 1, "deep/er/changed": 2, "gone": 3}), (b, {"same": 1, "deep/er/changed": 5})):
        for name, value in values.items():
            write(folder / f"{name}.xlsx", value)
    write(b / "new.XLSX", 4)
    (b / "~$same.xlsx").write_bytes(b"Excel has it open")
    (b / "notes.txt").write_text("no workbook")
    return a, b


STATUS = {"deep/er/changed.xlsx": "different", "gone.xlsx": "only in a", "new.XLSX": "only in b", "same.xlsx": "equal"}


@pytest.mark.parametrize("parallel", [1, 2])
def test_files_are_paired_by_relative_path(two, parallel):
    told = []
    found = module.compare(*two, Criteria(), parallel=parallel, progress=lambda done, total: told.append((done, total)))
    assert {file.path: file.status for file in found} == STATUS
    assert [file.path for file in found] == sorted(STATUS)
    (changed,) = found.having("different")
    (origin,) = changed.diff
    assert (origin.place, origin.before.value, origin.after.value) == ("Sheet!B2", 2, 5)
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert pickle.loads(pickle.dumps(found)) == found


def test_the_library_and_its_frame(two):
    found = tracer.diff(*map(str, two))
    assert found
    assert (
        found.summary == f"different: 1 of 2 files (1 origin, 0 consequences), 1 only in {two[0]}, 1 only in {two[1]}"
    )
    assert found.to_frame()["file"].tolist() == ["deep/er/changed.xlsx"]
    assert not tracer.diff(two[0], two[0])


def test_a_file_that_cannot_be_compared_does_not_stop_the_others(two, command):
    (two[1] / "same.xlsx").write_bytes(b"PK broken")
    done = command("diff", *two)
    assert done.returncode == 2
    assert "1 file could not be compared" in done.stderr
    assert done.stderr.count("\n") == 1
    assert "2 became 5" in done.stdout or "deep/er/changed.xlsx" in done.stdout


def test_reports_of_folders(two, command, tmp_path):
    done = command("diff", *two, "--format", "json")
    assert done.returncode == 1
    record = json.loads(done.stdout)
    assert record["schema"] == 1
    assert {file["path"]: file["status"] for file in record["files"]} == STATUS
    assert command("diff", *two, "--format", "junit", "--out", tmp_path / "junit.xml").returncode == 1
    suites = ElementTree.parse(tmp_path / "junit.xml").getroot()
    assert {suite.get("name").partition(" → ")[0].rpartition("reference/")[2]: suite.get("failures")
            for suite in suites} == {path: str(int(status != "equal")) for path, status in STATUS.items()}  # fmt: skip
    assert len(suites.findall(".//failure")) == 3
    assert command("diff", *two, "--format", "html").stdout.startswith("<!doctype html>")


def test_a_folder_and_a_file_are_refused(two):
    with pytest.raises(TracerError, match="is no folder"):
        tracer.diff(two[0], two[1] / "same.xlsx")
    with pytest.raises(TracerError, match="no such folder"):
        tracer.diff(two[0], two[1] / "none")
    with pytest.raises(TracerError, match="neither a kind"):
        tracer.diff(*two, only="Nowhere")


def test_a_trace_is_compared_as_its_workbook(tmp_path):
    trace = tracer.run()
    trace.to_excel(tmp_path / "run.xlsx")
    assert not tracer.diff(tmp_path / "run.xlsx", trace)
    known = tracer.Network.walkthrough()
    values = {key: getattr(known, key) for key in ("X", "y", "wh", "bh", "wout", "bout")}
    other = tracer.run(tracer.Network(**values, lr=0.2, name=known.name))
    (origin,) = tracer.diff(trace, other).origins
    assert origin.label == "Step 1 · lr"


def test_a_file_that_one_folder_lacks_fails_its_suite_and_one_that_cannot_be_read_is_an_error_of_its_own(two, command):
    (two[1] / "same.xlsx").write_bytes(b"PK broken")
    for a, b in (two, two[::-1]):
        done = command("diff", a, b, "--format", "junit")
        assert done.returncode == 2
        root = ElementTree.fromstring(done.stdout)
        assert (root.get("failures"), root.get("errors")) == ("3", "1")
        suites = {suite.get("name").rpartition(f"{b.name}/")[2]: suite for suite in root}
        assert suites.keys() == STATUS.keys()
        here = {b: "gone.xlsx", a: "new.XLSX"}[two[1]]
        for path, folder in ((here, a), (({"gone.xlsx", "new.XLSX"} - {here}).pop(), b)):
            assert suites[path].find("testcase/failure").get("message") == f"only in {folder}"
        assert "same.xlsx" in suites["same.xlsx"].find("testcase/error").text
        assert suites["deep/er/changed.xlsx"].find("testcase/failure") is not None


def test_a_workbook_that_is_gone_when_the_report_is_made_is_an_error_of_its_suite(two):
    found = tracer.diff(*two)
    (two[1] / "same.xlsx").unlink()
    root = ElementTree.fromstring(found.to_junit())
    assert (len(root), root.get("errors")) == (len(STATUS), "1")
