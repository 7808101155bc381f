"""How a command ends: its exit status, and the one line on standard error, whatever becomes of its streams."""

import os
import subprocess
import sys

import pytest

import tracer

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a shell and /dev/full")

TRACER = f"{sys.executable} -m tracer"
#: A command of each kind, by how it prints: lines, tables, bytes, colours, nothing but a note.
PRINTING = {
    "text": "textconv a.xlsx",
    "rows": "textconv --rows a.xlsx",
    "git": "git-diff x.xlsx a.xlsx b.xlsx",
    "table": "diff a.xlsx b.xlsx",
    "equal": "diff a.xlsx a.xlsx",
    "json": "diff a.xlsx b.xlsx --format json",
    "marked": "diff a.xlsx b.xlsx --format xlsx",
    "step": "show a.xlsx",
    "verdicts": "verify a.xlsx",
    "script": "script",
    "presets": "presets",
    "summary": "run --out new.xlsx",
    "written": "diff a.xlsx b.xlsx --format json --out new.json",
    "example": "init new.toml",
    "help": "--help",
    "help of a command": "diff --help",
    "version": "--version",
}


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    tracer.run().to_excel(folder / "a.xlsx")
    tracer.run(lr=0.2).to_excel(folder / "b.xlsx")
    return folder


@pytest.fixture
def folder(books, tmp_path):
    for book in books.iterdir():
        (tmp_path / book.name).write_bytes(book.read_bytes())
    return tmp_path


def shell(line, folder, **variables):
    environment = {**os.environ, **variables}
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, capture_output=True, text=True, errors="replace", env=environment
    )


@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize("arguments", PRINTING.values(), ids=PRINTING)
def test_a_full_disk_is_one_line_and_status_2(folder, arguments, buffered):
    done = shell(f"{TRACER} {arguments} > /dev/full", folder, PYTHONUNBUFFERED="" if buffered else "1")
    assert done.returncode == 2
    said = "standard output cannot be written (No space left on device); what was asked for may be incomplete"
    assert done.stderr == f"tracer: {said}\n"


@pytest.mark.parametrize("arguments", PRINTING.values(), ids=PRINTING)
def test_a_closed_standard_output_is_one_line_and_status_2(folder, arguments):
    done = shell(f"{TRACER} {arguments} >&-", folder)
    assert done.returncode == 2
    said = "standard output cannot be written (Bad file descriptor); what was asked for may be incomplete"
    assert done.stderr == f"tracer: {said}\n"


@pytest.mark.parametrize("arguments", PRINTING.values(), ids=PRINTING)
def test_a_pipe_that_nobody_reads_is_status_0_and_silence(folder, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        done = subprocess.run(
            [*TRACER.split(), *arguments.split()], cwd=folder, stdout=nobody, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 0
    assert done.stderr == ""


@pytest.mark.parametrize("arguments", PRINTING.values(), ids=PRINTING)
def test_a_closed_or_full_standard_error_changes_nothing(folder, arguments):
    usual = shell(f"{TRACER} {arguments}", folder)
    for target in ("2>&-", "2>/dev/full"):
        for name in ("new.xlsx", "new.json", "new.toml"):
            (folder / name).unlink(missing_ok=True)
        done = shell(f"{TRACER} {arguments} {target}", folder)
        assert (done.returncode, done.stderr) == (usual.returncode, "")
        assert done.stdout == usual.stdout


@pytest.mark.parametrize("target", ["2>&-", "2>/dev/full", "2>&- >&-", "<&- >&- 2>&-"])
def test_an_error_that_cannot_be_told_is_status_2_still(folder, target):
    done = shell(f"{TRACER} textconv nothing.xlsx {target}", folder)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


def test_a_workbook_never_lands_in_a_stream_that_was_closed(folder):
    """The first file that a process opens has the lowest number that is free."""
    before = (folder / "a.xlsx").read_bytes()
    for target in (">&-", "2>&-", "<&-", "<&- >&- 2>&-"):
        shell(f"{TRACER} diff a.xlsx b.xlsx {target}", folder)
        shell(f"{TRACER} nothing {target}", folder)
        assert (folder / "a.xlsx").read_bytes() == before


#: A fault of ours, put where every command that reads workbooks comes by.
BROKEN = """
import sys
from tracer.xlsx import book
def fail(self):
    {}
book.Book._open = fail
from tracer.cli import main
main()
"""
FAULTS = {
    "TypeError: 'int' object is not callable": "number = 1; number()",
    "KeyError: 'a\\u202eb'": "{}['a\\u202eb']",
    "ValueError: two lines": "raise ValueError('two\\nlines')",
    "AssertionError": "assert False",
    "OSError: [Errno 5] Input/output error": "raise OSError(5, 'Input/output error')",
    "RecursionError: maximum recursion depth exceeded": "self._open()",
    "SystemError: x": "raise SystemError('x')",
}


@pytest.mark.parametrize("arguments", ["textconv a.xlsx", "diff a.xlsx b.xlsx"])
@pytest.mark.parametrize(("said", "code"), FAULTS.items(), ids=[said.split(":")[0] for said in FAULTS])
def test_a_fault_of_ours_is_one_line_and_never_an_answer(folder, arguments, said, code):
    (folder / "broken.py").write_text(BROKEN.format(code))
    done = shell(f"{sys.executable} broken.py {arguments}", folder)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"tracer: this is a fault of tracer: {said}")
    assert line.isprintable()
    assert "report it" in line


def test_the_traceback_of_a_fault_is_there_for_who_wants_it(folder):
    (folder / "broken.py").write_text(BROKEN.format("number = 1; number()"))
    done = shell(f"{sys.executable} broken.py textconv a.xlsx", folder, TRACER_TRACEBACK="1")
    assert done.returncode == 2
    assert "Traceback (most recent call last)" in done.stderr
    assert 'broken.py", line 5, in fail' in done.stderr


def test_a_memory_that_is_too_small_is_one_line(folder):
    (folder / "broken.py").write_text(BROKEN.format("raise MemoryError"))
    done = shell(f"{sys.executable} broken.py diff a.xlsx b.xlsx", folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "tracer: this machine's memory is too small for that\n"


def breaking(job):
    """Compares a pair of files in a process that has this fault."""
    from tracer.compare import folders

    folders._diff = lambda job: job()
    return folders._compare(job)


def test_a_fault_in_a_process_that_compares_files_of_folders_is_told_as_one(folder):
    from tracer.compare import folders, processes
    from tracer.compare.criteria import Criteria

    pair = folders._Job("a.xlsx", folder / "a.xlsx", folder / "b.xlsx", Criteria())
    results = processes.run(breaking, [pair, pair], 2, lambda done, total: None)
    assert [result.status for result in results] == ["failed", "failed"]
    assert results[0].error.startswith("this is a fault of tracer: TypeError: ")


def test_a_fault_in_one_file_of_two_folders_ends_no_other(folder):
    for side, source in (("one", "a.xlsx"), ("two", "b.xlsx")):
        for name in ("bad.xlsx", "good.xlsx"):
            (folder / side).mkdir(exist_ok=True)
            (folder / side / name).write_bytes((folder / source).read_bytes())
    code = "if 'bad' in self.name: self()\n    whole(self)"
    (folder / "broken.py").write_text(BROKEN.format(code).replace("def fail", "whole = book.Book._open\ndef fail"))
    done = shell(f"{sys.executable} broken.py diff one two", folder)
    assert done.returncode == 2
    assert "this is a fault of tracer: TypeError" in done.stdout
    assert "1 of 2 files" in done.stdout
    assert done.stderr.startswith("tracer: 1 file could not be compared: this is a fault of tracer")
    assert len(done.stderr.splitlines()) == 1
