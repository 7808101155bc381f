"""Data and network files that are damaged, or made to do harm: one line, in little time and memory."""

# ruff: noqa: E501 tables read best as they are

import io
import os
import resource
import subprocess
import sys

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from archives import patched

from tracer import data, networkfile
from tracer.cli import app
from tracer.errors import TracerError


def workbook(rows, change=None):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return patched(file, "xl/worksheets/sheet1.xml", change).getvalue() if change else file.getvalue()


TABLE = [["a", "y"], [1, 0], [2, 1]]
#: The name of the file, what it holds, and what is said of it.
TABLES = {
    "an id for each row": ("t.csv", "a,y\n" + "".join(f"{k},id{k}\n" for k in range(20_000)),
                           "column 'y' (B) has 20,000 different values in 20,000 rows; each would be an output"),
    "many classes": ("t.csv", "a,y\n" + "".join(f"{k},id{k % 5000}\n" for k in range(20_000)),
                     "column 'y' (B) has 5,000 different values in 20,000 rows; each would be an output"),
    "a field of 30 MB": ("t.csv", "a,y\n1,0\n" + "x" * 30_000_000 + ",1\n2,0\n", "row 3, column 'a' (A) is text ('xxx"),
    "a row of 30 MB": ("t.csv", "," * 30_000_000, "has more than 16,384 columns, and a sheet has no more"),
    "a row that gets wide": ("t.csv", "a,y\n" + "," * 30_000, "row 2 has 30001 cells and the header in row 1 has 2"),
    "blank rows": ("t.csv", "a,y\n" + "\n" * 30_000_000, "has about 30,000,001 cells, and at most 4,000,000 are read"),
    "more than 64 MiB": ("t.csv", "a,y\n" + "1,0\n" * 17_000_000, "has more than 67,108,864 bytes, and is not read"),
    "a quotation mark that stays open": ("t.csv", 'a,y\n"' + "1,0\n" * 1_000_000, "quotation mark that is never closed"),
    "NUL bytes": ("t.csv", "a,y\n1,\0\n", "cannot be read (it is not text in UTF-8)"),
    "half a UTF-16 file": ("t.csv", "a,y\n1,0\n".encode("utf-16")[:-1], "cannot be read (it is not text in UTF-8)"),
    "many headings": ("t.csv", ",".join(f"c{k}" for k in range(20_000)) + "\n", "has more than 16,384 columns"),
    "no Parquet": ("t.parquet", b"PAR1" + bytes(1000) + b"PAR1", "cannot be read as Parquet"),
    "no archive": ("t.xlsx", b"PK\x03\x04" + bytes(100), "cannot be read as an Excel workbook (a broken .xlsx file"),
    "a zip bomb": ("t.xlsx", workbook(TABLE, lambda part: part + b" " * 300_000_000), "as no workbook does (a zip bomb?)"),
    "rows far below": ("t.xlsx", workbook(TABLE, lambda part: part.replace(
        b"</sheetData>", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>')), "row 4 is blank; expected a sample"),
    "a cell far to the right": ("t.xlsx", workbook(TABLE, lambda part: part.replace(
        b"</row></sheetData>", b'<c r="XFD3"><v>1</v></c></row></sheetData>')), "column XFD has no name in row 1; name it"),
    "entities": ("t.xlsx", workbook(TABLE, lambda part: part.replace(
        b"<worksheet", b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet")), "declares a document type or entities"),
}  # fmt: skip


@pytest.fixture(scope="module")
def parquet_of_names():
    return pd.DataFrame({"a": range(5000), "y": [f"n{k}" for k in range(5000)]}).to_parquet()


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_none_is_one_line(tmp_path, name):
    file, content, message = TABLES[name]
    path = tmp_path / file
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(TracerError) as caught:
        data.read(path, ["y"])
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


def test_names_in_parquet_are_no_classes(tmp_path, parquet_of_names):
    (tmp_path / "names.parquet").write_bytes(parquet_of_names)
    with pytest.raises(TracerError, match=r"column 'y' .* has 5,000 different values in 5,000 rows"):
        data.read(tmp_path / "names.parquet", ["y"])


def test_as_many_classes_as_are_learned(tmp_path):
    path = tmp_path / "letters.csv"
    path.write_text("a,y\n" + "".join(f"{k},{chr(97 + k)}\n" for k in range(26)))  # each its own class, but few
    assert data.read(path, ["y"]).y.shape == (26, 26)
    path.write_text("a,y\n" + "".join(f"{k},c{k % 1000:03}\n" for k in range(3000)))
    read = data.read(path, ["y"])
    assert read.y.shape == (3000, 1000)
    assert (read.y.sum(axis=1) == 1).all()
    assert read.y[1234].argmax() == 234


def test_a_workbook_that_would_fill_memory_is_refused_before_training(tmp_path, monkeypatch):
    """3,900 samples of 999 classes: no sheet is too large, and all of them together would take 20 GiB."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("a,y\n" + "".join(f"{k},class{k % 999}\n" for k in range(3_900)))
    options = ["run", "--data", "t.csv", "--target", "y", "--hidden", "1"]
    with pytest.raises(
        TracerError, match=r"12 step sheets of [\d,]+ numbers would have [\d,]+ cells, and at most 10,000"
    ):
        app(options, standalone_mode=False)
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


def test_a_stray_formatted_cell_in_a_workbook_of_data_is_ignored(tmp_path):
    content = workbook(
        TABLE, lambda part: part.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>')
    )  # fmt: skip
    (tmp_path / "t.xlsx").write_bytes(content)
    assert data.read(tmp_path / "t.xlsx", ["y"]).X.tolist() == [[1], [2]]


def test_a_workbook_of_data_is_read_as_openpyxl_reads_it(tmp_path):
    rows = [["x", "whole", "name", "y"]] + [[k * 0.1, k, f"s é {k}", k % 2] for k in range(200)]
    (tmp_path / "t.xlsx").write_bytes(workbook(rows))
    read = data.read(tmp_path / "t.xlsx", ["y"], columns=["x", "whole"])
    theirs = [row[:2] for row in openpyxl.load_workbook(tmp_path / "t.xlsx").active.iter_rows(2, values_only=True)]
    assert read.X.tolist() == [list(map(float, row)) for row in theirs]


def test_whole_numbers_that_are_classes_have_no_point(tmp_path):
    rows = [["a", "y"], [1, "big"], [2, 7], [3, 7], [4, "big"]]
    (tmp_path / "t.xlsx").write_bytes(workbook(rows))
    assert data.read(tmp_path / "t.xlsx", ["y"]).outputs == ("7", "big")


NETWORKS = {
    "NUL in the name of the data": ('[data]\ndata = "a\\u0000b.csv"\ntarget = "y"\n', "a character that no path can"),
    "not UTF-8": (b"[data]\nX = '\xff'\n", "cannot be read (it is not UTF-8 text)"),
    "UTF-16": ("[data]\n".encode("utf-16"), "cannot be read (it is not UTF-8 text)"),
    "deep lists": ("[data]\nX = " + "[" * 100_000, "not valid TOML"),
    "deep tables": ("[data]\nX = " + "{a=" * 100_000, "not valid TOML"),
    "a key of 100,000 parts": ("a." * 100_000 + "b = 1\n", "its keys have more than 20 parts"),
    "a quoted key of many parts": ('"a" . ' * 100_000 + "b = 1\n", "its keys have more than 20 parts"),
    "a section of many parts": ("[" + "a." * 100_000 + "b]\n", "its keys have more than 20 parts"),
    "many sections": ("".join(f"[a{k}]\n" for k in range(300_000)), "or it has hundreds of sections"),
    "a number of 5,000 digits": (f"[training]\nlr = {'9' * 5000}\n", "not valid TOML"),
    "more than 4 MiB": ("#" * 5_000_000, "has more than 4,194,304 bytes, and is not read"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_file_that_is_none_is_one_line(tmp_path, name):
    content, message = NETWORKS[name]
    path = tmp_path / "net.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(TracerError) as caught:
        import tracer

        tracer.run(path)
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


def test_rows_of_a_matrix_on_lines_of_their_own_are_no_sections():
    rows = ",\n".join(f"[{k}.5, 1.25]" for k in range(500))
    options = networkfile.parse(f"[data]\nX = [\n{rows}\n]\n")
    assert len(options["X"]) == 500


@pytest.mark.skipif(sys.platform != "linux", reason="the limits of processes are Linux's")
@pytest.mark.parametrize("name", [*TABLES, *NETWORKS])
def test_it_takes_little_memory_and_time(tmp_path, name):
    if name in TABLES:
        file, content, _ = TABLES[name]
        arguments = ["script", "--data", file, "--target", "y"]
    else:
        file, content = "net.toml", NETWORKS[name][0]
        arguments = ["script", file]
    (tmp_path / file).write_bytes(content.encode() if isinstance(content, str) else content)
    done = subprocess.run(
        [sys.executable, "-m", "tracer", *arguments],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        preexec_fn=lambda: (resource.setrlimit(resource.RLIMIT_CPU, (10, 10)),
                            resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))),
        env={"PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr[:2000]


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/full"])
def test_a_device_without_end_is_no_network_file(device):
    with pytest.raises(TracerError, match="has more than 4,194,304 bytes, and is not read"):
        networkfile.read(device)


#: Every command that reads a file, but for its name.
READERS = {
    "diff": ["diff", "a.xlsx"],
    "textconv": ["textconv"],
    "show": ["show"],
    "math": ["show", "--math"],
    "verify": ["verify"],
    "network": ["run"],
    "like": ["run", "--like"],
    "template": ["run", "--template"],
    "data": ["run", "--target", "x", "--data"],
}


@pytest.mark.skipif(sys.platform != "linux", reason="devices and pipes are named as on Linux")
@pytest.mark.parametrize("command", READERS)
def test_what_is_no_file_is_one_line(tmp_path, monkeypatch, capsys, command):
    """A name that is too long, a link to itself, a folder, and what is no file: neither a fault of ours, nor a wait."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.xlsx").write_bytes(workbook(TABLE))
    suffix = {"data": ".csv", "network": ".toml"}.get(command, ".xlsx")
    (tmp_path / f"loop{suffix}").symlink_to(f"loop{suffix}")
    (tmp_path / f"folder{suffix}").mkdir()
    paths = ["x" * 300 + suffix, f"loop{suffix}", f"folder{suffix}", f"missing{suffix}"]
    if suffix == ".xlsx" and command != "template":
        os.mkfifo(tmp_path / "pipe.xlsx")
        paths += ["pipe.xlsx", "/dev/zero"] if command != "math" else []
    for path in paths:
        with pytest.raises(TracerError) as caught:
            app([*READERS[command], path], standalone_mode=False)
            raise TracerError(capsys.readouterr().out.strip())  # textconv says it where git shows it
        assert path[:100] in str(caught.value)
        assert str(caught.value).isprintable()
