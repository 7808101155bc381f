"""What says that a workbook is ours stands in cells too, since some programs drop a file's custom properties."""

import math
import tomllib

import pytest
from openpyxl import load_workbook

import tracer
from tracer.lessons import gradient_descent, perceptron
from tracer.trace import Divergence
from tracer.workbook.mark import LESSON_CELL, Mark, lesson_of, read_lines
from tracer.workbook.recognition import is_ours


def lines_of(path):
    """Column B of the sheet `Network`, below its heading."""
    column = load_workbook(path)["Network"]["B"][2:]
    return [cell.value for cell in column if cell.value is not None]


@pytest.mark.parametrize("template", ["article", "stacked"])
def test_the_sheet_network_says_what_the_properties_say(tmp_path, template):
    path = tmp_path / "book.xlsx"
    tracer.run(tracer.Network.walkthrough(), epochs=2).to_excel(path, template=template)
    properties = {item.name: item.value for item in load_workbook(path).custom_doc_props.props}
    mark = read_lines(lines_of(path))
    assert mark.properties() == properties
    assert (mark.format, mark.name, mark.template.split()[0]) == ("2", "walkthrough", template)
    assert is_ours(path)


def test_the_lines_are_comments_of_a_network_file_without_a_number_twice(tmp_path):
    path = tmp_path / "book.xlsx"
    tracer.run(epochs=3).to_excel(path)
    lines = lines_of(path)
    assert lines[0] == "# tracer = 2"
    options = tomllib.loads("\n".join(lines))
    assert options["training"]["epochs"] == 3
    assert "3" not in "".join(line for line in lines if line.startswith("#")).replace(read_lines(lines).template, "")


@pytest.mark.parametrize("batch", [1, None])
def test_where_training_broke_off_is_there_too(tmp_path, batch):
    weights = {"wh": [[1]], "bh": [[0]], "wout": [[1]], "bout": [[0]]}
    network = tracer.Network([[0.5], [2], [1]], [[1], [0], [0.5]], **weights, activation="linear", lr=20, batch=batch)
    trace = tracer.run(network, epochs=50)
    assert trace.divergence
    trace.to_excel(tmp_path / "far.xlsx")
    lines = lines_of(tmp_path / "far.xlsx")
    epochs = tomllib.loads("\n".join(lines))["training"]["epochs"]
    back = read_lines(lines, epochs).divergence
    assert (str(back), math.isnan(back.value)) == (str(trace.divergence), math.isnan(trace.divergence.value))


@pytest.mark.parametrize(
    "name", ['a "b" \\ c', "tab\tline\nfeed \x7f", "ü 漢字 😀", "= 1", "#", "# name = 'x'", "x" * 300]
)
@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 1e300])
def test_any_name_comes_back(name, value):
    mark = Mark(name, "article 1234", Divergence(7, 2, 5, "wh_1", 0, 3, value))
    back = read_lines(["", *mark.lines(), "", "[training]", "epochs = 7", "# name = 3"][:-1], 7)
    assert (back.name, back.template, repr(back.divergence)) == (name[:255], mark.template, repr(mark.divergence))


def test_other_sheets_have_no_mark_and_damage_is_an_error():
    assert read_lines([]) is None
    assert read_lines(["[training]", "epochs = 7", "# a note = 3", '# name = "x"']) is None
    for damaged in ("# name = x", "# diverged = [1, 2]", "# diverged = 3"):
        with pytest.raises(ValueError, match="damaged"):
            read_lines(["# tracer = 2", damaged])


@pytest.mark.parametrize("lesson", [perceptron, gradient_descent])
def test_a_lesson_says_so_on_its_first_sheet(tmp_path, lesson):
    lesson.write(tmp_path / "lesson.xlsx")
    book = load_workbook(tmp_path / "lesson.xlsx")
    (own,) = [item.value for item in book.custom_doc_props.props if item.name == "tracer lesson"]
    row, column = LESSON_CELL
    assert lesson_of(book.worksheets[0].cell(row + 1, column + 1).value) == own
    assert lesson_of("Lesson 1") is None
