"""What is in the file for programs other than Excel on a desk: fonts, numbers, blank cells, and plain formulas."""

import io
import math
import re
import struct
import zipfile
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.styles import Font

import tracer
from tracer.expr import Number, Symbol
from tracer.lessons import chain_rule, gradient_descent, perceptron
from tracer.workbook.formulas import BlockFormula, literal

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
X = np.array([[0.0, 1.0], [1.0, 0.5], [0.25, 1.0], [0.75, 0.0]])
CLASSES = np.eye(2)[[0, 1, 1, 0]]
NETWORKS = {
    "softmax": {"output_activation": "softmax", "features": ["a", "b"], "batch": 3, "optimizer": "adam"},
    "gelu": {"activation": ["gelu", "tanh"], "hidden": [2, 3], "output_activation": "linear", "optimizer": "momentum"},
    "columns": {"samples": "columns", "output_activation": "softmax", "activation": "softplus"},
}


@pytest.fixture(scope="module", params=["softmax", "gelu", "columns", "perceptron", "gradient descent", "chain rule"])
def path(request, tmp_path_factory):
    """Workbooks with formulas in each cell."""
    path = tmp_path_factory.mktemp("portable") / "book.xlsx"
    if request.param in NETWORKS:
        options = {"hidden": 2, "seed": 1, **NETWORKS[request.param]}
        turn = np.transpose if options.get("samples") == "columns" else np.asarray
        tracer.run(tracer.Network(turn(X), turn(CLASSES), **options), epochs=2).to_excel(path, boundary=4)
    else:
        {"perceptron": perceptron, "gradient descent": gradient_descent, "chain rule": chain_rule}[request.param].write(
            path
        )
    return path


def parts(path, pattern):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if re.search(pattern, name)}


def test_no_formula_in_cells_needs_names_index_or_exponents(path):
    """Web spreadsheets have no names that hold on one sheet alone in array formulas, and some no `INDEX(name,1,0)`."""
    book = load_workbook(path)
    names = {name for sheet in book for name in sheet.defined_names} - {"true", "false"}
    formulas = [
        getattr(cell.value, "text", cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert formulas
    for formula in formulas:
        bare = re.sub(r"'[^']*'!|[A-Za-z]+!|\$?[A-Z]{1,3}\$?[0-9]+|[A-Z]+(?=\()", " ", formula)
        assert not names & set(re.findall(r"[A-Za-z_]\w*", bare)), formula
        assert not re.search(r"INDEX\(|OFFSET\(|[0-9]E[+-]?[0-9]", formula), formula
        for number in re.findall(r"(?<![\w.$])[0-9.]+(?![\w.(!])", formula):
            assert len(number.replace(".", "").strip("0")) <= 15, formula


def test_no_cell_holds_an_empty_text(path):
    strings = parts(path, "sharedStrings")
    for text in strings.values():
        items = ElementTree.fromstring(text).findall(f"{MAIN}si")
        assert all("".join(item.itertext()) for item in items)
    for sheet in parts(path, "worksheets/sheet").values():
        assert not re.search(r'<c [^>]*t="str"[^>]*>(<f>[^<]*</f>)?<v></v>', sheet)
        assert "<v/>" not in sheet


def test_no_font_has_a_scheme(path):
    """Excel shows the theme's font in place of one that has a scheme, whatever its name says."""
    (styles,) = parts(path, r"xl/styles\.xml").values()
    fonts = ElementTree.fromstring(styles).find(f"{MAIN}fonts")
    assert len(fonts) > 3
    assert [font.find(f"{MAIN}name").get("val") for font in fonts if font.find(f"{MAIN}scheme") is not None] == []
    assert fonts[0].find(f"{MAIN}name").get("val") == "Arial"  # of the style Normal
    book = load_workbook(path)
    assert book._named_styles["Normal"].font.name == "Arial"


@pytest.mark.parametrize("scheme", [None, "minor", "major"])
def test_what_the_template_shows_is_what_is_shown(tmp_path, scheme):
    """A font of the template's theme is written by the name that the theme has for it."""
    template = load_workbook("templates/article.xlsx")
    theme = template.loaded_theme.decode()
    for kind, name in (("minor", "Georgia"), ("major", "Impact")):
        theme = re.sub(rf'(<a:{kind}Font>\s*<a:latin typeface=")[^"]*', rf"\g<1>{name}", theme)
    template.loaded_theme = theme.encode()
    cell = next(cell for row in template["Overview"].iter_rows() for cell in row if "{{name}}" in str(cell.value))
    cell.font = Font(name="Verdana", scheme=scheme, family=2, size=20)
    template.save(tmp_path / "mine.xlsx")
    tracer.run(tracer.Network.walkthrough()).to_excel(tmp_path / "book.xlsx", template=tmp_path / "mine.xlsx")
    sheet = load_workbook(tmp_path / "book.xlsx")["Overview"]
    font = next(cell.font for row in sheet.iter_rows() for cell in row if "walkthrough" in str(cell.value))
    shown = {None: "Verdana", "minor": "Georgia", "major": "Impact"}[scheme]
    assert (font.name, font.scheme) == (shown, None)


DOUBLES = st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("d", struct.pack("Q", bits))[0])


@given(st.floats(-1e6, 1e6) | DOUBLES.filter(lambda x: math.isfinite(x) and (abs(x) > 1e-290 or x == 0)))
def test_a_number_in_a_formula_is_the_double_in_numbers_of_15_digits(value):
    text = literal(value)
    numbers = re.findall(r"[0-9.]+(?:E[+-]?[0-9]+)?", text)
    assert all(len(number.partition("E")[0].replace(".", "").strip("0")) <= 15 for number in numbers)
    assert eval(re.sub(r"([0-9.]+(?:E[+-]?[0-9]+)?)", r'float("\1")', text)) == value


def test_pi_is_pi():
    render = BlockFormula(lambda name: name, {})
    assert render(Number(math.pi) * Symbol("x")) == "PI()*x"
    assert render(Number(math.nextafter(math.pi, 4)) * Symbol("x")) == "(3.14159265358979+0.0000000000000036)*x"
    assert render(Symbol("x") ** Number(-1 / 3)) == "x^((-0.333333333333333-0.00000000000000033))"


def test_a_workbook_in_memory_has_no_empty_texts_either():
    file = io.BytesIO()
    tracer.run(tracer.Network(X, CLASSES, hidden=2, features=["", "b"], rows=["a", "", "c", "d"])).to_excel(file)
    assert "<t></t>" not in "".join(parts(file, "sharedStrings").values())


@pytest.mark.parametrize("template", ["article", "stacked"])
def test_charts_have_the_font_of_the_cells(tmp_path, template):
    network = tracer.Network(X, CLASSES[:, :1], hidden=2, seed=1)
    tracer.run(network, epochs=3).to_excel(tmp_path / "book.xlsx", template=template, boundary=4)
    charts = parts(tmp_path / "book.xlsx", "charts/chart")
    assert len(charts) == 2
    for chart in charts.values():
        fonts = re.findall(r'<a:latin typeface="([^"]*)"', chart)
        assert fonts and set(fonts) == {"Arial"}
