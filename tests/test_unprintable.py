"""No control or direction character of a file, a name, a title or a format reaches a terminal or a report raw."""

import io
import json
import random
import zipfile
from types import SimpleNamespace
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

import tracer

#: What XML lets through; and, as Excel escapes it in texts, what it does not.
DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"
RAW = [*map(chr, range(0x7F, 0xA0)), *DIRECTIONS, *"\u200b\u2028\u2029\ufeff\u00a0"]
ESCAPED = [f"_x{code:04X}_" for code in (*range(0x20), 0xD800, 0xDFFF, 0xFFFE)]
#: These stand in the workbook as it is made; each becomes a text of its own.
TEXT, NAME, TITLE = "qtextq", "qnameq", "qtitleq"


def evil(generator, escapes=False):
    pool = RAW + (ESCAPED if escapes else [])
    return "".join(generator.choice([*generator.sample(pool, 5), "31m", "]0;pwn", "x"]) for _ in range(6))


def book(path, value, generator):
    """A workbook in which every kind of text is evil."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = TITLE
    sheet["A1"], sheet["A2"], sheet["A3"], sheet["A4"] = f"{TEXT}{value}", value, f'="{TEXT}"&{value}', value
    sheet["A2"].number_format = f'0.0"{TEXT}{value}"'
    sheet["A1"].comment = Comment(f"{TEXT}{value}", f"{TEXT}")
    sheet["A1"].hyperlink = f"https://example.org/{TEXT}{value}"
    sheet["A5"].font = openpyxl.styles.Font(name=f"{TEXT}{value}")
    sheet.oddHeader.left.text = f"{TEXT}{value}"
    validation = DataValidation("list", formula1=f'"{TEXT}{value}"', prompt=f"{TEXT}{value}")
    validation.add("B1")
    sheet.add_data_validation(validation)
    workbook.defined_names[f"{NAME}"] = DefinedName(f"{NAME}", attr_text=f'"{TEXT}{value}"')
    workbook.create_sheet(f"{TITLE}{value}")
    workbook.properties.title, workbook.properties.creator = f"{TEXT}{value}", TEXT
    file = io.BytesIO()
    workbook.save(file)
    file.seek(0)
    names = {TITLE: evil(generator), NAME: evil(generator)}
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(path, "w") as target:
        for part in source.namelist():
            data = source.read(part).decode()
            for token, text in names.items():
                data = data.replace(token, text)
            first, *rest = data.split(TEXT)
            escapes = "sharedStrings" in part or "sheet" in part
            target.writestr(part, first + "".join(evil(generator, escapes) + after for after in rest))
    return path


def raw(text):
    """The characters that no line may hold."""
    return {c for c in text if not c.isprintable() and c != "\n"}


@pytest.fixture(params=range(2))
def two(request, tmp_path):
    generator = random.Random(request.param)
    folders = tmp_path / f"a\x1b[31m\x9b\u202e{request.param}", tmp_path / "b\n\x07\u2066"
    for value, folder in enumerate(folders, 1):
        folder.mkdir()
        seeded = generator if request.param % 2 else random.Random(7)  # the same titles, or others
        book(folder / "book\u202e\x1b]0;x\x07.xlsx", value, seeded)
        book(folder / f"alone{value}\x9b\u200f.xlsx", value, seeded)
        (folder / "bad\x9b\n.xlsx").write_bytes(b"PK nothing")
    return folders


def pairs(two):
    yield two
    yield tuple(next(folder.glob("book*")) for folder in two)


@pytest.mark.parametrize(
    "arguments", [[], ["--all"], ["--format", "json"], ["--format", "html"], ["--format", "junit"]]
)
def test_diff(two, command, tmp_path, arguments):
    for pair in pairs(two):
        if pair[0].is_dir() and "html" in arguments:
            continue
        done = command("diff", *pair, *arguments)
        assert done.returncode in (1, 2)
        assert not raw(done.stdout + done.stderr)
        if "json" in arguments:
            json.loads(done.stdout)
        if "junit" in arguments:
            ElementTree.fromstring(done.stdout)
        out = tmp_path / "report\x9b\u202e"
        done = command("diff", *pair, *arguments, "--out", out, "--force")
        assert not raw(done.stdout + done.stderr + out.read_text(encoding="utf-8"))


def test_the_marked_copy(two, tmp_path):
    a, b = list(pairs(two))[1]
    tracer.diff(a, b).to_excel(tmp_path / "marked.xlsx")
    with zipfile.ZipFile(tmp_path / "marked.xlsx") as archive:
        (part,) = (name for name in archive.namelist() if "tracer_differences" in name)
        root = ElementTree.fromstring(archive.read(part))
    assert not raw("".join(root.itertext()))


def test_the_other_commands(two, command):
    a, _ = list(pairs(two))[1]
    for arguments in (["textconv", a], ["textconv", "--rows", a],
                      ["git-diff", "\x9b\u202e", a, "0" * 40, "100644", two[1], "0" * 40, "100644"],
                      ["show", a], ["verify", a], ["run", "--like", a], ["run", "--template", a],
                      ["run", "--data", a], ["show", two[0] / "none\x9b"], ["diff", a, "none\u202e\x1b[31m"],
                      ["diff", a, a, "--only", "\x9b\u202e"], ["diff", a, a, "--\x9b\u202e"],
                      ["run", "\x9b\u202e.toml"], ["diff", a, a, "--format", "\u202e"], ["\x9b\u202e"]):  # fmt: skip
        done = command(*arguments)
        assert not raw((done.stdout + done.stderr).replace("\t", "")), arguments


def test_the_library_and_the_fixture(two):
    from tracer.pytest_plugin import WorkbookRegression

    for found in (tracer.diff(*pair) for pair in pairs(two)):
        assert not raw(repr(found) + found.summary)
        for entry in found:
            assert not raw(str(entry))
    test = SimpleNamespace(_request=SimpleNamespace(node=SimpleNamespace(nodeid="tests/\x9b\u202e.py::test")))
    assert not raw(WorkbookRegression._message(test, found, *list(pairs(two))[1]))


def test_headings_and_names_of_samples_of_a_run(command, tmp_path):
    head, names = ("a\x9b31m\u202e", "b\x1b]0;x\x07", "t\u2066[red]"), ("s\x9b\u200f", "u\x7f", "v\u2028[bold]x")
    lines = [("name", *head), *((name, i, 1 - i % 2, i % 2) for i, name in enumerate(names))]
    (tmp_path / "data.csv").write_text("\n".join(",".join(map(str, line)) for line in lines), encoding="utf-8")
    out = "run\x9b\u202e.xlsx"
    done = command("run", "--data", "data.csv", "--target", head[2], "--hidden", 2, "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert not raw(done.stdout)
    for arguments in (["show", out], ["show", out, "--math"], ["verify", out], ["script", "--like", out]):
        done = command(*arguments)
        assert not raw(done.stdout + done.stderr), arguments
