"""What a data file may hold, what comes of it, and what is said when it cannot be used."""

import csv
import math
import subprocess
import sys
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracer import TracerError, data

# Six of Fisher's irises: rows 1, 2, 51, 52, 101 and 102 of the published table.
HEADER = ["sepal length", "sepal width", "petal length", "petal width", "species"]
IRISES = [
    [5.1, 3.5, 1.4, 0.2, "setosa"],
    [4.9, 3.0, 1.4, 0.2, "setosa"],
    [7.0, 3.2, 4.7, 1.4, "versicolor"],
    [6.4, 3.2, 4.5, 1.5, "versicolor"],
    [6.3, 3.3, 6.0, 2.5, "virginica"],
    [5.8, 2.7, 5.1, 1.9, "virginica"],
]
MEASURED = np.array([row[:4] for row in IRISES])
ONE_HOT = [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]


def write_csv(path, rows, encoding="utf-8", **options):
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, **options).writerows(rows)
    return path


def write_workbook(path, rows, sheet=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if sheet:
        book.create_sheet(sheet).append(["another"])
    book.save(path)
    return path


def text_file(tmp_path, content, name="mine.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(content.encode(encoding))
    return path


def same_bits(a, b):
    return a.shape == b.shape and a.dtype == b.dtype == np.float64 and a.tobytes() == b.tobytes()


def iris_file(tmp_path, kind):
    path = tmp_path / f"iris{kind.partition(' ')[0]}"
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return write_workbook(path, [HEADER, *IRISES], sheet="notes")
    if path.suffix == ".parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not installed: reading Parquet was NOT tested")
        pd.DataFrame(IRISES, columns=HEADER).to_parquet(path)
        return path
    rows = [HEADER, *IRISES]
    if "comma" in kind:
        rows = [[str(cell).replace(".", ",") for cell in row] for row in rows]
    if "apart" in kind:
        rows = [[f" {cell} " for cell in row] for row in rows]
    delimiter = ";" if "semicolon" in kind else "\t" if "tab" in kind else ","
    encoding = {"bom": "utf-8-sig", "unicode": "utf-16", "mac": "utf-8"}.get(kind.rpartition(" ")[2], "utf-8")
    return write_csv(path, rows, encoding, delimiter=delimiter, lineterminator="\r" if "mac" in kind else "\r\n")


@pytest.mark.parametrize(
    "kind",
    [
        ".csv",
        ".CSV",
        ".csv bom",
        ".csv mac",
        ".csv apart",
        ".csv semicolon",
        ".csv semicolon, decimal comma",
        ".csv tab",
        ".tsv tab",
        ".tsv tab, decimal comma",
        ".txt",
        ".txt tab",
        ".txt tab unicode",
        ".xlsx",
        ".xlsm",
        ".parquet",
    ],
)
def test_every_kind_of_file_gives_the_same(tmp_path, kind):
    iris = data.read(iris_file(tmp_path, kind), ["species"])
    assert same_bits(iris.X, MEASURED)
    assert same_bits(iris.y, np.array(ONE_HOT, float))
    assert iris.features == tuple(HEADER[:4])
    assert iris.outputs == ("setosa", "versicolor", "virginica")
    assert iris.samples == ()
    assert iris.scaling is None


def test_columns_are_taken_in_the_order_in_which_they_are_named(tmp_path):
    path = write_csv(tmp_path / "iris.csv", [HEADER, *IRISES])
    iris = data.read(path, ["petal width", "sepal width"], columns=["petal length", "sepal length"])
    assert same_bits(iris.X, MEASURED[:, [2, 0]].copy())
    assert same_bits(iris.y, MEASURED[:, [3, 1]].copy())
    assert iris.features == ("petal length", "sepal length")
    assert iris.outputs == ("petal width", "sepal width")


def test_classes_are_sorted_whatever_their_order_in_the_file(tmp_path):
    path = text_file(tmp_path, "x,fruit\n1,pear\n2,apple\n3,Quince\n4,apple\n")
    read = data.read(path, ["fruit"])
    assert read.outputs == ("Quince", "apple", "pear")
    assert read.y.tolist() == [[0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 1, 0]]


def test_row_labels_come_from_a_first_column_of_unique_text(tmp_path):
    content = "name,a,b,y\nAnn,1,2,0\nBob,3,4,1\nCid,5,6,1\n"
    read = data.read(text_file(tmp_path, content), ["y"])
    assert read.samples == ("Ann", "Bob", "Cid")
    assert read.features == ("a", "b")
    assert data.read(text_file(tmp_path, content), ["y"], columns=["b"]).samples == ("Ann", "Bob", "Cid")
    assert data.read(text_file(tmp_path, content.replace("name", "")), ["y"]).samples == ("Ann", "Bob", "Cid")
    assert data.read(text_file(tmp_path, content), ["name"]).samples == ()  # it is the target
    assert data.read(text_file(tmp_path, content.replace("Bob", "Ann")), ["y"], ["a"]).samples == ()


def test_dates_in_a_workbook_can_label_rows(tmp_path):
    rows = [["day", "a", "y"], [date(2024, 5, 1), 1, 0], [date(2024, 5, 2), 2, 1]]
    assert data.read(write_workbook(tmp_path / "days.xlsx", rows), ["y"]).samples[0].startswith("2024-05-01")


@pytest.mark.parametrize("spelled", [("TRUE", "FALSE"), ("True", "False"), ("true", "false")])
def test_truth_values_are_ones_and_zeros(tmp_path, spelled):
    yes, no = spelled
    read = data.read(text_file(tmp_path, f"a,b,y\n{yes},0.5,{no}\n{no},1.5,{yes}\n"), ["y"])
    assert read.X.tolist() == [[1, 0.5], [0, 1.5]]
    assert read.y.tolist() == [[0], [1]]
    assert read.outputs == ("y",)


def test_truth_values_of_a_workbook_are_ones_and_zeros(tmp_path):
    read = data.read(write_workbook(tmp_path / "b.xlsx", [["a", "y"], [True, False], [False, True]]), ["y"])
    assert (read.X.tolist(), read.y.tolist()) == ([[1], [0]], [[0], [1]])


def test_columns_of_parquet_have_types(tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: reading Parquet was NOT tested")
    frame = pd.DataFrame(
        {
            "single": np.array([0.1, 0.2, 0.3], np.float32),
            "whole": pd.array([1, 2, 2**53 + 2], "Int64"),
            "flag": [True, False, True],
            "class": pd.Categorical(["b", "a", "b"]),
        },
        index=pd.Index(["r", "s", "t"], name="id"),
    )
    frame.to_parquet(tmp_path / "typed.parquet")
    read = data.read(tmp_path / "typed.parquet", ["class"])
    expected = [[float(np.float32(0.1)), 1, 1], [float(np.float32(0.2)), 2, 0], [float(np.float32(0.3)), 2**53 + 2, 1]]
    assert same_bits(read.X, np.array(expected, float))
    assert (read.outputs, read.samples) == (("a", "b"), ("r", "s", "t"))

    frame.astype({"whole": "Int64"}).assign(whole=pd.array([1, None, 3], "Int64")).to_parquet(
        tmp_path / "typed.parquet"
    )
    with pytest.raises(TracerError, match=r"row 3, column 'whole' \(C\) is missing; expected a number"):
        data.read(tmp_path / "typed.parquet", ["class"])


def test_parquet_without_pyarrow(tmp_path, monkeypatch):
    (tmp_path / "mine.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(TracerError, match="pip install pyarrow"):
        data.read(tmp_path / "mine.parquet", ["y"])


def test_windows_1252_is_read(tmp_path):
    read = data.read(text_file(tmp_path, "größe;y\n1,5;0\n2,5;1\n", encoding="cp1252"), ["y"])
    assert read.features == ("größe",)
    assert read.X.tolist() == [[1.5], [2.5]]


def test_commas_in_quotes_and_in_headings_do_not_separate(tmp_path):
    assert data.read(text_file(tmp_path, '"a, in m",y\n1,0\n2,1\n'), ["y"]).features == ("a, in m",)
    read = data.read(text_file(tmp_path, "weight (kg, dry);y\n1,5;2\n2,5;3\n"), ["y"])
    assert (read.features, read.X.tolist()) == (("weight (kg, dry)",), [[1.5], [2.5]])


def test_blank_lines_and_columns_at_the_end_are_ignored(tmp_path):
    read = data.read(text_file(tmp_path, "a,y,\n1,0,\n2,1,\n,,\n\n\n"), ["y"])
    assert (read.features, read.X.tolist()) == (("a",), [[1], [2]])
    rows = [["a", "y", None], [1, 0, None], [2, 1, None], [None, None, " "]]
    assert data.read(write_workbook(tmp_path / "mine.xlsx", rows), ["y"]).X.tolist() == [[1], [2]]


# Scaling


WIDE = np.array([[5.1, -3.5, 1e-3], [4.9, 3.0, 2e-3], [7.0, 3.2, 7e-3], [6.4, 0.1, 3e-3]])


def scaled(tmp_path, kind):
    path = write_csv(tmp_path / "wide.csv", [["a", "b", "c", "y"], *([*map(repr, row), 1] for row in WIDE.tolist())])
    read = data.read(path, ["y"], scale=kind)
    assert read.scaling.kind == kind
    assert read.scaling.subtract.shape == read.scaling.divide.shape == (1, 3)
    assert same_bits(read.X, (WIDE - read.scaling.subtract) / read.scaling.divide)
    assert read.y.tolist() == [[1]] * 4
    return read.X


def test_minmax(tmp_path):
    X = scaled(tmp_path, "minmax")
    assert same_bits(X, (WIDE - WIDE.min(axis=0)) / (WIDE.max(axis=0) - WIDE.min(axis=0)))
    assert X.min(axis=0).tolist() == [0, 0, 0]
    assert X.max(axis=0).tolist() == [1, 1, 1]


def test_standard(tmp_path):
    X = scaled(tmp_path, "standard")
    for column, raw in zip(X.T.tolist(), WIDE.T.tolist()):
        mean = math.fsum(raw) / 4
        deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in raw) / 4)
        assert column == pytest.approx([(value - mean) / deviation for value in raw], rel=1e-12)


def test_article(tmp_path):
    expected = WIDE.copy()
    expected -= expected.min()
    expected /= expected.max()
    assert same_bits(scaled(tmp_path, "article"), expected)


# Numbers


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 3), min_size=1, max_size=8),
    kind=st.sampled_from(
        [(".csv", ",", "."), (".csv", ";", "."), (".csv", ";", ","), (".tsv", "\t", "."), (".txt", "\t", ",")]
    ),
)
def test_every_double_comes_back_bit_for_bit(tmp_path, rows, kind):
    suffix, delimiter, decimal = kind
    cells = [[repr(value).replace(".", decimal) for value in row] for row in rows]
    path = write_csv(tmp_path / f"doubles{suffix}", [["a", "b", "y"], *cells], delimiter=delimiter)
    read = data.read(path, ["y"])
    assert same_bits(np.hstack([read.X, read.y]), np.array(rows))


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "+1",
        ".5",
        "5.",
        "1e3",
        "1E-3",
        "-0.0",
        "0.1000000000000000055511151231257827",
        "5e-324",
        "2.2250738585072011e-308",
        "9007199254740993",
        "179769313486231580793e288",
    ],
)
def test_numbers_are_read_as_python_reads_them(tmp_path, text):
    read = data.read(text_file(tmp_path, f"a,y\n{text},0\n"), ["y"])
    assert same_bits(read.X, np.array([[float(text)]]))


# What is refused


GOOD = "a,b,y\n1,2,0\n3,4,1\n5,6,1\n"


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (GOOD, {"target": ["z"]}, "there is no column 'z' (known: a, b, y)"),
        (GOOD.replace("b", "width"), {"columns": ["with"]}, "there is no column 'with' (did you mean width?)"),
        (GOOD, {"target": ["Y"]}, "there is no column 'Y' (did you mean y?)"),
        (GOOD, {"target": []}, "no target is named; expected at least one (known: a, b, y)"),
        (GOOD, {"columns": []}, "no column of X is named; expected at least one (known: a, b, y)"),
        (GOOD, {"target": ["y", "y"]}, "column 'y' (C) is named twice as target; name it once"),
        (GOOD, {"columns": ["a", "y"]}, "column 'y' (C) is a target and also among the columns of X; leave one out"),
        (GOOD, {"target": ["a", "b", "y"]}, "no column is left for X"),
        (GOOD.replace("a,b", "b,b"), {}, "row 1 has the name 'b' twice (columns A and B); rename one"),
        (GOOD.replace("a,b", ",b"), {}, "column A has no name in row 1; name it"),
        (
            GOOD.replace("3,4", "3,"),
            {},
            "row 3, column 'b' (B) is missing; expected a number such as 1.5; correct it, delete",
        ),
        (GOOD.replace("3,4,1", "3"), {}, "row 3, column 'b' (B) is missing; expected a number"),
        (GOOD.replace("3,4", "3,n/a"), {}, "row 3, column 'b' (B) is missing ('n/a'); expected a number"),
        (GOOD.replace("3,4", "3,NA"), {}, "row 3, column 'b' (B) is missing ('NA')"),
        (GOOD.replace("3,4", "3,NaN"), {}, "row 3, column 'b' (B) is missing ('NaN')"),
        (GOOD.replace("3,4", "3,null"), {}, "row 3, column 'b' (B) is missing ('null')"),
        (GOOD.replace("3,4", "3,None"), {}, "row 3, column 'b' (B) is missing ('None')"),
        (GOOD.replace("3,4,1", "3,4,"), {}, "row 3, column 'y' (C) is missing"),
        (
            GOOD.replace("3,4", "3,abc"),
            {},
            "row 3, column 'b' (B) is text ('abc'); expected a number such as 1.5; correct it",
        ),
        (GOOD.replace("3,4", '3,"1,5"'), {}, "row 3, column 'b' (B) is text ('1,5'); expected a number such as 1.5"),
        (GOOD.replace("3,4", "3,4_0"), {}, "row 3, column 'b' (B) is text ('4_0')"),
        (GOOD.replace("3,4", "3,TRUE"), {}, "row 3, column 'b' (B) is text ('TRUE')"),
        (GOOD.replace("3,4", "3,-inf"), {}, "row 3, column 'b' (B) is infinite; expected a number"),
        (GOOD.replace("3,4", f"3,{10**400}"), {}, "row 3, column 'b' (B) is too large for a double (1000"),
        (GOOD.replace("3,4", "3,1e999"), {}, "row 3, column 'b' (B) is too large for a double (1e999)"),
        (GOOD.replace("3,4", f"3,{'long ' * 50}"), {}, "row 3, column 'b' (B) is text ('long long"),
        (GOOD.replace("3,4", '3,"two\nlines"'), {}, "row 3, column 'b' (B) is text ('two\\nlines')"),
        (GOOD.replace("1,2,0", '1,2,"0"').replace("5,6", "5,x"), {}, "row 4, column 'b' (B) is text ('x')"),
        (GOOD.replace("3,4,1\n", "3,4,1\n\n"), {}, "row 4 is blank; expected a sample; delete the row"),
        (GOOD.replace("3,4,1\n", "3,4,1\n , ,\n"), {}, "row 4 is blank; expected a sample; delete the row"),
        ("\n" + GOOD, {}, "row 1 is blank; expected the names of the columns; delete the row"),
        (GOOD.replace("3,4,1", "3,4,1,9"), {}, "row 3 has 4 cells and the header in row 1 has 3; make them"),
        ("My data\n" + GOOD, {}, "row 2 has 3 cells and the header in row 1 has 1"),
        (GOOD.replace("5,6", '5,"6'), {}, "row 4 has a quotation mark that is never closed"),
        ("", {}, "is empty; expected the names of the columns in row 1"),
        ("\n \n", {}, "is empty"),
        (",,\n,,\n", {}, "is empty"),
        ("a,b,y\n", {}, "has a header and no rows below it; expected a sample in each row from row 2"),
        ("a,b,y\n\n,,\n", {}, "has a header and no rows below it"),
        ("a,c,y\n1,red,0\n2,blue,1\n", {}, "column 'c' (B) is text ('red') in row 2; expected a column of numbers"),
        ("a,c,y\n1,red,0\n2,blue,1\n", {"columns": ["c"]}, "column 'c' (B) is text ('red') in row 2"),
        ("a,c,y\n1,red,0\n2,blue,1\n", {"target": ["c", "y"]}, "'c' (B) is text ('red') in row 2; a target of text"),
        ("a,y\n1,red\n2,red\n", {}, "column 'y' (B) holds one class only ('red'); expected at least two to tell apart"),
        ("a,y\n1,red\n2,\n3,blue\n", {}, "row 3, column 'y' (B) is missing; expected a class"),
        ("a;y\n1,5;0\n2.5;1\n3,5;1\n", {}, "row 3, column 'a' (A) is text ('2.5'); expected a number such as 1,5"),
        ("a;y\n1,5;0.5\n2,5;1.5\n", {}, "row 2, column 'y' (B) is text ('0.5'); expected a number such as 1,5"),
        ('a,y\n1,"0,5"\n2,"1,5"\n', {}, "row 2, column 'y' (B) is text ('0,5'); expected a number such as 1.5"),
        ("a,b,y\n1,3,0\n2,3,1\n", {"scale": "minmax"}, "column 'b' (B) is 3.0 throughout, which minmax cannot scale"),
        ("a,b,y\n1,.1,0\n2,.1,1\n3,.1,1\n", {"scale": "standard"}, "column 'b' (B) is 0.1 throughout, which standard"),
        ("a,b,y\n3,3,0\n3,3,1\n", {"scale": "article"}, "X is 3.0 throughout, which article cannot scale"),
        ("a,y\n-1e308,0\n1e308,1\n", {"scale": "minmax"}, "column 'a' (A) goes from -1e+308 to 1e+308, which minmax"),
        ("a,y\n0,0\n1e-200,1\n", {"scale": "standard"}, "column 'a' (A) goes from 0.0 to 1e-200, which standard"),
        ("a\0,y\n1,0\n", {}, "cannot be read (it is not text in UTF-8)"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(tmp_path, content, options, message):
    path = text_file(tmp_path, content)
    with pytest.raises(TracerError) as caught:
        data.read(path, **{"target": ["y"], **options})
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


def test_an_unknown_scale(tmp_path):
    with pytest.raises(TracerError, match=r"scale is 'minmx', which is none \(did you mean minmax\?\)"):
        data.read(tmp_path / "mine.csv", ["y"], scale="minmx")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("mine.xls", b"", "ends in '.xls', which is not read; expected .csv, .tsv, .txt, .xlsx, .xlsm or .parquet"),
        ("mine.csv", None, "cannot be read (No such file or directory)"),
        ("mine.xlsx", None, "cannot be read (No such file or directory)"),
        ("mine.xlsx", b"a,b\n1,2\n", "cannot be read as an Excel workbook"),
        ("mine.csv", b"a,b\n1,\x81\n", "cannot be read (it is not text in UTF-8)"),
    ],
)
def test_files_that_cannot_be_read(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TracerError) as caught:
        data.read(path, ["y"])
    assert str(caught.value).startswith(f"{path}: {message}")
    assert str(caught.value).isprintable()


def test_a_broken_parquet_file(tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: reading Parquet was NOT tested")
    (tmp_path / "mine.parquet").write_bytes(b"a,b\n1,2\n")
    with pytest.raises(TracerError, match="cannot be read as Parquet") as caught:
        data.read(tmp_path / "mine.parquet", ["y"])
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["a", "y"], [1, 0], [None, 1]], "row 3, column 'a' (A) is missing"),
        ([["a", "y"], [1, 0], ["#N/A", 1], [2, 1]], "row 3, column 'a' (A) is an error, such as #N/A"),
        ([["a", "y"], [1, 0], [True, 1], [2, 1]], "row 3, column 'a' (A) is true"),
        ([["a", "y"], [1, 0], [date(2024, 5, 1), 1], [2, 1]], "row 3, column 'a' (A) is 2024-05-01"),
        ([["a", "y"], [1, 0], [None, None], [2, 1]], "row 3 is blank"),
        ([[None, None], ["a", "y"], [1, 0]], "row 1 is blank; expected names"),
        ([["My data", None], ["a", "y"], [1, 0]], "there is no column 'y' (known: My data)"),
        ([["a", "y"]], "has a header and no rows below it"),
        ([], "is empty"),
    ],
)
def test_what_a_workbook_cannot_hold(tmp_path, rows, message):
    path = write_workbook(tmp_path / "mine.xlsx", rows)
    with pytest.raises(TracerError) as caught:
        data.read(path, ["y"])
    assert str(caught.value).startswith(f"{path}: {message}")
    assert str(caught.value).isprintable()


def test_pandas_is_loaded_only_to_read():
    code = "import sys, tracer.data; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("cells", [("$1.5", "$2.5", "$7"), ("1.234,5", "3,51", "7,25,"), ("1'000", "2'000", "3 000")])
def test_numbers_in_another_guise_are_no_names_of_samples(tmp_path, cells):
    lines = "".join(f'"{cell}",{k},{k % 2}\n' for k, cell in enumerate(cells))
    (tmp_path / "book.csv").write_text(f"p,a,y\n{lines}")
    with pytest.raises(TracerError, match=r"'p' \(A\) is .* in row 2; expected a column of numbers"):
        data.read(tmp_path / "book.csv", ["y"])
