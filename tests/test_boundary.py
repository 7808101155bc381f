"""The sheet Boundary: what a network with two inputs answers over their plane.

The oracle is the forward pass in plain NumPy (`plain.forward`), at points that are laid out here.
"""

import re
import zipfile

import numpy as np
import plain
import pytest
from openpyxl import load_workbook
from test_formulas import KNOWN
from test_verify import edit_xml
from test_workbook import block

import tracer
from tracer.compare.engines import ENGINES

POINTS = 6
#: Two features, of which one goes farther than the other; nothing is 0 or 1 by accident.
X = np.array([[0.5, 10.0], [1.5, -20.0], [-2.0, 30.0], [0.25, 5.0], [1.0, 12.0]])
ANSWERS = {1: [[0.0], [1.0], [1.0], [0.0], [1.0]], 3: np.eye(3)[[0, 1, 2, 0, 1]]}


def network(outputs=1, samples="rows", data=X, **options):
    options = {"hidden": [4, 3], "activation": ["tanh", "relu"], "init": "xavier", "seed": 3, "lr": 0.05, **options}
    y = np.array(ANSWERS[outputs])
    if samples == "columns":
        data, y = data.T, y.T
    return tracer.Network(data / [[1, 10]] if samples == "rows" else data / [[1], [10]], y, samples=samples, **options)


#: Every activation, one output and several, both orientations, with and without biases, one layer and three.
NETWORKS = {
    "sigmoid": {"hidden": 3, "activation": "sigmoid"},
    "sigmoid in columns without biases": {"hidden": 3, "activation": "sigmoid", "samples": "columns", "bias": False},
    "softmax": {"outputs": 3, "output_activation": "softmax"},
    "softmax in columns": {"outputs": 3, "output_activation": "softmax", "samples": "columns"},
    "several sigmoids": {"outputs": 3, "activation": ["elu", "softplus"], "output_activation": "sigmoid"},
    "linear": {"activation": ["gelu", "leaky_relu"], "output_activation": "linear", "samples": "columns"},
    "one neuron": {"hidden": 1, "activation": "tanh", "samples": "columns", "optimizer": "adam"},
    "three layers in batches": {"hidden": [2, 3, 2], "activation": "sigmoid", "batch": 2, "shuffle": True},
}


def answers(network, values, points=POINTS):
    """The coordinates along both axes and what `values` answer, the second input's largest on top."""
    data, _ = plain.rows(network)
    ends = []
    for low, high in zip(data.min(axis=0), data.max(axis=0)):
        margin = 0.05 * (high - low) if high > low else 0.5
        ends.append(np.linspace(low - margin, high + margin, points))
    across, up = ends[0], ends[1][::-1]
    picture = np.array(
        [[plain.forward(plain.layers(network, values), np.array([[x, y]]))[1][-1][0] for x in across] for y in up]
    )
    return across, up, picture


def after(trace):
    """The weights that training left."""
    return {name: trace[name] for name in trace.network.initial}


def shown(picture):
    """What a cell says: the only output, or the number of the largest one."""
    return picture[..., 0] if picture.shape[-1] == 1 else picture.argmax(axis=-1) + 1


def numbers(lookup, sheet, name):
    return np.array([[lookup("Boundary", cell.row - 1, cell.column - 1) for cell in row] for row in block(sheet, name)])


def check(lookup, sheet, network, values, points=POINTS):
    across, up, picture = answers(network, values, points)
    np.testing.assert_allclose(numbers(lookup, sheet, "across")[0], across, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(numbers(lookup, sheet, "up")[:, 0], up, rtol=1e-12, atol=1e-14)
    output = numbers(lookup, sheet, "output").reshape(picture.shape)
    np.testing.assert_allclose(output, picture, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(numbers(lookup, sheet, "boundary"), shown(picture), rtol=1e-11, atol=1e-13)


def stored(path):
    book = load_workbook(path, data_only=True)
    return lambda title, row, column: book[title].cell(row + 1, column + 1).value


@pytest.mark.parametrize("at, options", list(enumerate(NETWORKS.values())), ids=NETWORKS)
def test_every_cell_is_what_plain_numpy_answers(tmp_path, at, options):
    path = tmp_path / "book.xlsx"
    trace = tracer.run(network(**options), epochs=3, keep="last")
    trace.to_excel(path, boundary=POINTS, formulas=["cell", "matrix"][at % 2], sheets="last")
    check(stored(path), load_workbook(path)["Boundary"], trace.network, after(trace))
    recalculated = tracer.verify(path)[-1]
    assert recalculated.agrees, recalculated.wrong[:3]
    assert recalculated.checked > 4 * POINTS**2
    assert tracer.read_excel(path) == trace


@pytest.mark.usefixtures("libreoffice")
def test_libreoffice_computes_it_too(tmp_path):
    path = tmp_path / "book.xlsx"
    tracer.run(network(**NETWORKS["softmax in columns"])).to_excel(path, boundary=POINTS, formulas="matrix")
    verdict = tracer.verify(path, engine="libreoffice")[-1]
    assert verdict.agrees, verdict.wrong[:3]
    assert verdict.checked > 4 * POINTS**2


def test_a_changed_weight_moves_the_boundary(tmp_path):
    path, changed = tmp_path / "book.xlsx", tmp_path / "changed.xlsx"
    trace = tracer.run(network(**NETWORKS["sigmoid"]), epochs=1)
    trace.to_excel(path, boundary=POINTS)
    book = load_workbook(path)
    block(book["Step 1"], "wh")[1][2].value = -2.5
    block(book["Step 0"], "X")[1][0].value = 4.0
    book.save(changed)
    other = network(**NETWORKS["sigmoid"])
    other.wh[1, 2], other.X[1, 0] = -2.5, 4.0
    before, now = ENGINES["ironcalc"](path), ENGINES["ironcalc"](changed)
    check(now, book["Boundary"], other, after(tracer.run(other)))
    moved = numbers(now, book["Boundary"], "boundary") - numbers(before, book["Boundary"], "boundary")
    assert np.abs(moved).min() > 1e-4
    assert tracer.verify(changed)[-1].agrees


@pytest.mark.parametrize("samples, engine", [("rows", "ironcalc"), ("columns", "libreoffice")])
def test_recorded_weights_stand_on_the_sheet_and_move_it(request, tmp_path, samples, engine):
    if engine == "libreoffice":
        request.getfixturevalue("libreoffice")
    path, changed = tmp_path / "book.xlsx", tmp_path / "changed.xlsx"
    trace = tracer.run(network(3, samples, output_activation="softmax"), epochs=7)
    trace.to_excel(path, boundary=POINTS, sheets="2")
    book = load_workbook(path)
    sheet, values = book["Boundary"], after(trace)
    for name, matrix in values.items():
        upright = matrix.T if name.startswith("b") and samples == "columns" else matrix
        assert [[cell.value for cell in row] for row in block(sheet, name)] == upright.tolist()
    block(sheet, "bout")[0][1].value = 5.0
    book.save(changed)
    values["bout"].ravel()[1] = 5.0
    check(ENGINES[engine](changed), sheet, trace.network, values)
    assert {2.0} == set(numbers(ENGINES["ironcalc"](changed), sheet, "boundary").ravel())


def test_formulas_are_short_and_of_functions_that_every_excel_has(tmp_path):
    path = tmp_path / "book.xlsx"
    for formulas in ("cell", "matrix"):
        tracer.run(network(3, hidden=[40, 30], output_activation="softmax")).to_excel(
            path, boundary=3, formulas=formulas, sheets="none"
        )
        cells = [cell.value for row in load_workbook(path)["Boundary"].iter_rows() for cell in row]
        found = [str(getattr(value, "text", value)) for value in cells]
        found = [text for text in found if text.startswith("=")]
        assert max(map(len, found)) < 250
        assert set(re.findall(r"[A-Z]+(?=\()", " ".join(found))) <= KNOWN | {"MATCH", "MIN", "NA"}


def test_a_cell_leads_to_the_row_of_its_point(tmp_path):
    path = tmp_path / "book.xlsx"
    tracer.run(network(**NETWORKS["sigmoid"])).to_excel(path, boundary=POINTS)
    sheet = load_workbook(path)["Boundary"]
    cell, row = block(sheet, "boundary")[2][3], block(sheet, "X")[2 * POINTS + 3]
    assert cell.value == f"={block(sheet, 'output')[2 * POINTS + 3][0].coordinate}"
    assert [found.value for found in row] == [
        f"={block(sheet, 'across')[0][3].coordinate}",
        f"={block(sheet, 'up')[2][0].coordinate}",
    ]
    first = block(sheet, "hidden_layer_input")[0][0].value
    weights = block(sheet, "wh")
    assert weights[0][0].value.startswith("='Step 11'!")
    assert f"{weights[0][0].column_letter}${weights[0][0].row}" in getattr(first, "text", first)


def colors(sheet):
    """The conditional formats of the map."""
    first = block(sheet, "boundary")[0][0].coordinate
    return next(rules for area, rules in sheet.conditional_formatting._cf_rules.items() if first in str(area.sqref))


def test_one_output_flows_from_no_to_yes_and_classes_have_colours_of_their_own(tmp_path):
    path = tmp_path / "book.xlsx"
    tracer.run(network(**NETWORKS["sigmoid"])).to_excel(path, boundary=POINTS)
    (rule,) = colors(load_workbook(path)["Boundary"])
    assert [stop.val for stop in rule.colorScale.cfvo] == [0, 0.5, 1]
    tracer.run(network(**NETWORKS["softmax"])).to_excel(path, boundary=POINTS)
    rules = colors(load_workbook(path)["Boundary"])
    assert [(rule.operator, rule.formula) for rule in rules] == [("equal", [str(k)]) for k in (1, 2, 3)]
    assert len({rule.dxf.fill.bgColor.rgb for rule in rules}) == 3
    linear = network(hidden=2, activation="tanh", output_activation="linear")
    linear.y[0, 0] = -3.0
    tracer.run(linear).to_excel(path, boundary=POINTS)
    (rule,) = colors(load_workbook(path)["Boundary"])
    assert [stop.val for stop in rule.colorScale.cfvo] == [-3, -1, 1]


@pytest.mark.parametrize("outputs, classes", [(1, [0, 1, 1, 0, 1]), (3, [0, 1, 2, 0, 1])])
def test_the_chart_has_the_samples_by_class_on_the_axes_of_the_grid(tmp_path, outputs, classes):
    path = tmp_path / "book.xlsx"
    trace = tracer.run(network(outputs, output_activation="sigmoid"))
    trace.to_excel(path, boundary=POINTS)
    sheet = load_workbook(path, data_only=True)["Boundary"]
    for sample, (row, own) in enumerate(zip(block(sheet, "samples"), classes)):
        x, y = trace.network.X[sample]
        expected = [x, *("#N/A" if k != own else y for k in range(max(outputs, 2)))]
        assert [cell.value for cell in row] == expected
    with zipfile.ZipFile(path) as archive:
        (chart,) = [name for name in archive.namelist() if "charts/chart" in name]
        xml = archive.read(chart).decode()
    across, up, _ = answers(trace.network, after(trace))
    ends = [float(value) for value in re.findall(r'<c:(?:min|max) val="([^"]+)"', xml)]
    np.testing.assert_allclose(sorted(ends), sorted([across[0], across[-1], up[0], up[-1]]), rtol=1e-12)
    assert xml.count("<c:ser>") == max(outputs, 2)
    cached = [len(re.findall("<c:pt ", values)) for values in re.findall(r"<c:yVal>.*?</c:yVal>", xml)]
    assert cached == [classes.count(k) for k in range(max(outputs, 2))]


def test_a_wrong_formula_and_a_wrong_point_of_the_chart_are_found(tmp_path):
    path, wrong = tmp_path / "book.xlsx", tmp_path / "wrong.xlsx"
    tracer.run(network(**NETWORKS["sigmoid"])).to_excel(path, boundary=POINTS)
    book = load_workbook(path)
    part = f"xl/worksheets/sheet{book.sheetnames.index('Boundary') + 1}.xml"
    sheet = book["Boundary"]
    answer, other = block(sheet, "output")[5][0].coordinate, block(sheet, "samples")[0][2].coordinate

    def spoil(xml):
        xml = re.sub(rf'(<c r="{answer}"[^>]*><f>)[^<]*', r"\g<1>0.5", xml)
        return re.sub(rf'(<c r="{other}"[^>]*><f>)[^<]*', r"\g<1>0.5", xml)

    edit_xml(path, wrong, part, spoil)
    verdict = tracer.verify(wrong)[-1]
    assert [difference.name for difference in verdict.wrong] == ["output[5, 0]", "boundary[0, 5]", "samples[0, 2]"]
    assert str(verdict.wrong[-1]).endswith("0.5, expected #N/A")


def test_where_all_outputs_are_equal_rounding_decides_and_is_not_judged(tmp_path):
    tracer.run(network(3, output_activation="softmax", init="zeros")).to_excel(
        tmp_path / "even.xlsx", boundary=POINTS, sheets="none"
    )
    even = tracer.verify(tmp_path / "even.xlsx")[-1]
    tracer.run(network(3, output_activation="softmax")).to_excel(tmp_path / "odd.xlsx", boundary=POINTS, sheets="none")
    odd = tracer.verify(tmp_path / "odd.xlsx")[-1]
    assert even.agrees
    assert odd.agrees
    assert odd.checked > even.checked


def test_data_without_a_range_still_have_a_plane(tmp_path):
    data = X.copy()
    data[:, 1] = 4.0
    trace = tracer.run(network(data=data))
    trace.to_excel(tmp_path / "book.xlsx", boundary=2)
    check(
        stored(tmp_path / "book.xlsx"),
        load_workbook(tmp_path / "book.xlsx")["Boundary"],
        trace.network,
        after(trace),
        2,
    )
    assert tracer.verify(tmp_path / "book.xlsx")[-1].agrees


def test_biases_of_samples_answer_no_other_point(tmp_path):
    trace = tracer.run(network(bias="by_sample"))
    with pytest.raises(tracer.TracerError, match="bias is by_sample: between the samples there are no biases"):
        trace.to_excel(tmp_path / "book.xlsx", boundary=POINTS)


def test_a_plane_that_leaves_the_range_of_a_double_is_refused(tmp_path):
    still = {"wh": [[0, 0], [0, 0]], "bh": [0, 0], "wout": [[1], [1]], "bout": [0], "lr": 1e-300}
    trace = tracer.run(tracer.Network([[1e308, 0], [-1e308, 1]], [0, 1], **still))
    with pytest.raises(tracer.TracerError, match="hidden_layer_input is not finite on the grid of the sheet Boundary"):
        trace.to_excel(tmp_path / "book.xlsx", boundary=3)
    assert not (tmp_path / "book.xlsx").exists()


def test_without_formulas_the_numbers_stand_there(tmp_path):
    path = tmp_path / "book.xlsx"
    trace = tracer.run(network(3, output_activation="softmax"))
    trace.to_excel(path, boundary=POINTS, formulas="none")
    sheet = load_workbook(path)["Boundary"]
    check(stored(path), sheet, trace.network, after(trace))
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert tracer.read_excel(path) == trace


def test_the_command_writes_it_lists_it_and_repeats_it(command, tmp_path):
    table = "\n".join(f"{a},{b},{'yes' if k % 2 else 'no'}" for k, (a, b) in enumerate(X.tolist()))
    (tmp_path / "data.csv").write_text(f"width,height,kind\n{table}\n")
    described = ["--data", "data.csv", "--target", "kind", "--scale", "standard", "--hidden", "2"]
    done = command("run", *described, "--output-activation", "softmax", "--boundary", "5", "--out", "a.xlsx")
    assert done.returncode == 0, done.stderr
    book = load_workbook(tmp_path / "a.xlsx")
    lines = {row[0].value: row for row in book["Overview"].iter_rows(min_col=2) if row[0].value}
    assert lines["Boundary"][0].hyperlink.location == "Boundary!A1"
    texts = [cell.value for row in book["Boundary"].iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {"width", "height", "1  no", "2  yes"} <= set(texts)
    assert any("in its scaled units (standard, see Data)" in text for text in texts)
    assert command("run", "--like", "a.xlsx", "--out", "b.xlsx").returncode == 0
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert command("run", "--like", "a.xlsx", "--boundary", "0", "--out", "c.xlsx").returncode == 0
    assert "Boundary" not in load_workbook(tmp_path / "c.xlsx", read_only=True).sheetnames


def test_a_network_of_other_inputs_is_refused_before_training(command, tmp_path):
    done = command("run", "--boundary", "41", "--epochs", "100000000")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert "boundary is 41, and the network has 4 inputs; a boundary is drawn over two" in done.stderr
    assert not (tmp_path / "outputs").exists()


@pytest.mark.parametrize(
    ("points", "hidden", "message"),
    [
        (1, 2, "boundary is 1; expected how many points the grid has along each axis, a whole number from 2 to 101"),
        (-3, 2, "boundary is -3; expected how many"),
        (102, 2, "boundary is 102; expected how many"),
        (True, 2, "boundary is True; expected how many"),
        (4.0, 2, "boundary is 4.0; expected how many"),
        ("41", 2, "boundary is '41'; expected how many"),
        (101, 100, "it has at most 2,000,000: --boundary 98 fits"),
    ],
)
def test_what_is_no_number_of_points_or_too_large_is_refused(tmp_path, points, hidden, message):
    trace = tracer.run(network(hidden=hidden, activation="tanh"))
    with pytest.raises(tracer.TracerError, match=re.escape(message)):
        trace.to_excel(tmp_path / "book.xlsx", boundary=points)
    assert not (tmp_path / "book.xlsx").exists()


def test_a_run_that_diverges_is_written_without_a_boundary(command, tmp_path):
    arguments = ["--preset", "moons", "--activation", "linear", "--output-activation", "linear", "--lr", "10"]
    done = command("run", *arguments, "--epochs", "200", "--out", "far.xlsx")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "far.xlsx ends before that" in done.stderr
    assert tracer.read_excel(tmp_path / "far.xlsx").divergence


@pytest.mark.parametrize("column", [[1e16, 1e16], [1, 1 + 2**-52], [1e-16, 3e-16], [5e-324, 0]])
def test_inputs_that_no_grid_tells_apart_are_refused(tmp_path, column):
    trace = tracer.run(tracer.Network([[number, k] for k, number in enumerate(column)], [1, 0], hidden=1))
    with pytest.raises(tracer.TracerError, match="too near for a spreadsheet to tell the points of a grid apart"):
        trace.to_excel(tmp_path / "book.xlsx", boundary=5)
    assert not (tmp_path / "book.xlsx").exists()


def test_a_boundary_of_numpys_whole_number(tmp_path):
    trace = tracer.run(tracer.Network([[1, 2], [2, 1]], [1, 0], hidden=1))
    trace.to_excel(tmp_path / "book.xlsx", boundary=np.int64(3))
    assert tracer.read_excel(tmp_path / "book.xlsx") == trace
