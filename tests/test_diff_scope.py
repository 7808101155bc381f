"""`--only` and `--ignore`: what they name, and that nothing compared is never called equal."""

import io

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

import tracer
from tracer import TracerError

NOTHING = "leave nothing to compare"


def book(title="Sheet1", *, names=(), others=(), **cells):
    """A sheet with numbers enough to be known again under another title."""
    workbook = openpyxl.Workbook()
    workbook.active.title = title
    for row in range(1, 20):
        workbook.active.cell(row, 1, row)
    for address, value in cells.items():
        workbook.active[address] = value
    for other in others:
        workbook.create_sheet(other)["A1"] = f"what {other} says"
    for name in names:
        workbook.defined_names[name] = DefinedName(name, attr_text=f"'{title}'!$C$1")
    return workbook


def file(*args, **options):
    saved = io.BytesIO()
    book(*args, **options).save(saved)
    saved.seek(0)
    return saved


@pytest.mark.parametrize("entry", ["Old", "New", "old", "O*", "'Old'", "Old!C1", "New!C1", "N?w!B1:D4", "Old,values"])
def test_a_renamed_sheet_is_meant_by_either_of_its_titles(entry):
    a, b = file("Old", C1=1), file("New", C1=2)
    for before, after in ((a, b), (b, a)):
        found = tracer.diff(before, after, only=entry)
        assert [each.address for each in found if each.kind == "values"] == ["C1"]
        assert not [each for each in tracer.diff(before, after, ignore=entry.split(",")[0]) if each.kind == "values"]


def test_a_name_means_its_cells_in_both_workbooks():
    a, b = file("Old", names=["rate"], C1=1), file("New", names=["rate"], C1=2)
    for before, after in ((a, b), (b, a)):
        assert [each.address for each in tracer.diff(before, after, only="rate")] == ["C1"]
        assert "C1" not in [each.address for each in tracer.diff(before, after, ignore="rate")]


@pytest.mark.parametrize("option", ["only", "ignore"])
@pytest.mark.parametrize("entry", ["Nowhere", "Nowhere!A1", "N*where", "Sheet1!A0", "valuess", "rate", "", " , ", ","])
def test_what_is_in_neither_workbook_is_an_error(option, entry):
    with pytest.raises(TracerError, match=f"--{option} "):
        tracer.diff(file(), file(C1=1), **{option: entry})
    with pytest.raises(TracerError, match=f"--{option} "):
        tracer.diff(file(), file(C1=1), **{option: [entry]})


@pytest.mark.parametrize(
    ("only", "ignore"),
    [
        ("values", "values"),
        ("values,formulas", "formulas,values"),
        ("Sheet1", "Sheet1"),
        ("Sheet1", "S*"),
        ("Sheet1!A1", "Sheet1"),
        ("Sheet1!A1:B2", "Sheet1!A1:C9"),
        ("Sheet1!A1,widths", None),
        ("Sheet1,properties", None),
        ("rate", "rate"),
        ("values", "*"),
        ("values", "Sheet1!A:XFD"),
    ],
)
def test_a_combination_that_leaves_nothing_is_an_error(only, ignore):
    a, b = file(names=["rate"], C1=1), file(names=["rate"], C1=2)
    with pytest.raises(TracerError, match=NOTHING):
        tracer.diff(a, b, only=only, ignore=ignore)
    with pytest.raises(TracerError, match=NOTHING):
        tracer.diff(a, a, only=only, ignore=ignore)


@pytest.mark.parametrize(
    ("only", "ignore"),
    [(None, "Sheet1"), ("properties", "Sheet1"), ("Sheet1", "Sheet1!C1"), ("Sheet1!B1:C1", "Sheet1!C1"), ([], [])],
)
def test_a_combination_that_leaves_something_is_compared(only, ignore):
    assert not tracer.diff(file(C1=1), file(C1=1), only=only, ignore=ignore)


def test_a_sheet_that_only_one_workbook_has_is_a_difference_of_what_is_asked_of_it():
    a, b = file(), file(others=["Extra"])
    for before, after in ((a, b), (b, a)):
        for entry in ("Extra", "Extra!A1"):
            (found,) = tracer.diff(before, after, only=entry)
            assert (found.kind, found.sheet) == ("sheets", "Extra")
            with pytest.raises(TracerError, match="in one of the workbooks alone"):
                tracer.diff(before, after, only=f"{entry},values")


def test_the_command_ends_with_status_2(command, tmp_path):
    book(C1=1).save(tmp_path / "a.xlsx")
    book("Other", C1=2).save(tmp_path / "b.xlsx")
    assert command("diff", "a.xlsx", "b.xlsx", "--only", "Sheet1").returncode == 1
    for arguments in (
        ["--only", "values", "--ignore", "values"],
        ["--only", ""],
        ["--only", "Sheet9"],
        ["--ignore", ""],
    ):
        done = command("diff", "a.xlsx", "b.xlsx", *arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    for pair in (("", ""), ("", "b.xlsx"), ("a.xlsx", "")):
        done = command("diff", *pair)
        assert (done.returncode, done.stdout) == (2, "")
        assert "is an empty path" in done.stderr


@pytest.fixture
def folders(tmp_path):
    for folder, value in (("a", 1), ("b", 2)):
        (tmp_path / folder).mkdir()
        book("Old" if folder == "a" else "New", C1=value).save(tmp_path / folder / "renamed.xlsx")
        book("Same", D1=value).save(tmp_path / folder / "same.xlsx")
    book("Lonely").save(tmp_path / "b" / "added.xlsx")
    return tmp_path / "a", tmp_path / "b"


def test_in_folders_an_entry_is_looked_up_in_every_pair(folders):
    for entry in ("Old", "New", "New!C1"):
        found = tracer.diff(*folders, only=entry)
        assert {file.path: file.status for file in found.having("different")} == {"renamed.xlsx": "different"}
        assert [file.path for file in found if file.left_out] == ["same.xlsx"]
        assert "nothing compared in 1" in found.summary
    assert {file.path for file in tracer.diff(*folders, ignore="Old").having("different")} >= {"same.xlsx"}


@pytest.mark.parametrize(
    ("only", "ignore"),
    [("Nowhere", None), (None, "Nowhere"), ("Lonely", None), (None, "Lonely"), ("", None), ("values", "values"),
     ("Old", "Old"), ("Old,Same", "New,Same")],
)  # fmt: skip
def test_in_folders_what_is_in_no_pair_or_leaves_nothing_is_an_error(folders, only, ignore):
    with pytest.raises(TracerError, match=rf"--only|--ignore|{NOTHING}"):
        tracer.diff(*folders, only=only, ignore=ignore)
