"""Three answers that must be one: NumPy's, IronCalc's and LibreOffice's."""

import re
import shutil
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from networks import networks
from openpyxl import load_workbook
from test_workbook import block

import tracer
from tracer.compare import engines
from tracer.layers import HIDDEN_ACTIVATIONS as ACTIVATIONS


def everything(path):
    """How many cells hold a number that the steps or the overview's results fill."""
    book = load_workbook(path, data_only=True)
    return sum(
        len(row)
        for sheet in book
        for name in sheet.defined_names
        if not name.endswith("_old")
        for row in block(sheet, name)
    )


def change_inputs(source, target):
    """Somebody opens the file with a program that stores no values, and changes some inputs."""
    book = load_workbook(source)
    block(book["Step 0"], "X")[1][2].value = 0.25
    block(book["Step 0"], "y")[2][0].value = 1
    block(book["Step 1"], "wh")[3][1].value = -2.5
    block(book["Step 1"], "bout")[0][0].value = 0.125
    block(book["Step 1"], "lr")[0][0].value = 0.75
    book.save(target)


def changed_network():
    network = tracer.Network.walkthrough()
    network.X[1, 2], network.y[2, 0], network.wh[3, 1], network.bout[0, 0], network.lr = 0.25, 1, -2.5, 0.125, 0.75
    return network


@pytest.mark.parametrize("template", ["article", "stacked"])
@pytest.mark.parametrize("formulas", ["cell", "matrix"])
def test_ironcalc_recomputes_every_cell(tmp_path, template, formulas):
    path = tmp_path / "book.xlsx"
    tracer.run(epochs=2).to_excel(path, template=template, formulas=formulas)
    stored, recalculated = tracer.verify(path)
    assert (stored.engine, recalculated.engine) == ("stored values", "ironcalc")
    assert stored.agrees
    assert recalculated.agrees
    assert recalculated.checked == stored.checked == everything(path)


@pytest.mark.usefixtures("libreoffice")
@pytest.mark.parametrize("template", ["article", "stacked"])
@pytest.mark.parametrize("formulas", ["cell", "matrix"])
def test_libreoffice_recomputes_every_cell(tmp_path, template, formulas):
    path = tmp_path / "book.xlsx"
    tracer.run(epochs=2).to_excel(path, template=template, formulas=formulas)
    verdict = tracer.verify(path, engine="libreoffice")[-1]
    assert verdict.engine == "libreoffice"
    assert verdict.agrees
    assert verdict.checked == everything(path)


@pytest.mark.parametrize("engine", ["ironcalc", "libreoffice"])
@pytest.mark.parametrize("template", ["article", "stacked"])
@pytest.mark.parametrize("formulas", ["cell", "matrix"])
def test_changed_inputs_run_through_all_sheets(request, tmp_path, template, formulas, engine):
    """The engine is asked directly, and held against a fresh run on the changed inputs."""
    if engine == "libreoffice":
        request.getfixturevalue("libreoffice")
    path, changed = tmp_path / "book.xlsx", tmp_path / "changed.xlsx"
    tracer.run().to_excel(path, template=template, formulas=formulas)
    change_inputs(path, changed)
    fresh = tracer.run(changed_network())
    assert not np.array_equal(fresh["wh"], tracer.run()["wh"])
    lookup = engines.ENGINES[engine](changed)
    book = load_workbook(changed)
    checked = 0
    for number in range(12):
        sheet = book[f"Step {number}"]
        for name, matrix in fresh.state(1, number).items():
            cells = block(sheet, name)
            found = [[lookup(sheet.title, cell.row - 1, cell.column - 1) for cell in row] for row in cells]
            np.testing.assert_allclose(found, matrix, rtol=1e-12, atol=1e-14, err_msg=f"{sheet.title} {name}")
            checked += matrix.size
    assert checked == 790
    (verdict,) = tracer.verify(changed, engine=engine)  # and the command agrees; nothing is stored in this file
    assert verdict.agrees


@given(network=networks())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("formulas", ["cell", "matrix"])
def test_ironcalc_agrees_on_any_network(tmp_path, formulas, network):
    path = tmp_path / "book.xlsx"
    tracer.run(network).to_excel(path, formulas=formulas)
    for verdict in tracer.verify(path):
        # Sums of numbers of opposite sign round differently in another order; that is no wrong formula.
        wrong = [difference for difference in verdict.wrong if difference.size > 1e-10]
        assert not wrong, wrong[0]


@pytest.mark.parametrize("engine", ["ironcalc", "libreoffice"])
@pytest.mark.parametrize("formulas", ["cell", "matrix"])
def test_a_sigmoid_of_plus_and_minus_1000_is_1_and_0_in_every_engine(request, tmp_path, formulas, engine):
    if engine == "libreoffice":
        request.getfixturevalue("libreoffice")
    network = tracer.Network([[1000.0], [-1000.0]], [[1], [0]], wh=[[1, -1]], bh=[[0, 0]], wout=[[1], [1]], bout=[[0]])
    path = tmp_path / "book.xlsx"
    tracer.run(network).to_excel(path, formulas=formulas)
    assert all(verdict.agrees for verdict in tracer.verify(path, engine=engine))
    lookup = engines.ENGINES[engine](path)
    cells = block(load_workbook(path)["Step 3"], "hiddenlayer_activations")
    found = [[lookup("Step 3", cell.row - 1, cell.column - 1) for cell in row] for row in cells]
    assert found == [[1, 0], [0, 1]]


@pytest.mark.parametrize("formulas", ["cell", "matrix"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_ironcalc_recomputes_every_activation(tmp_path, formulas, activation):
    given = {"wh": [[1, -1, 0.5], [0.25, 0.5, -2]], "bh": [[0.5, 0, -0.25]], "wout": [[1], [-0.5], [0.25]]}
    X, y = [[1000, 1], [-1000, 0.5], [0.5, -2]], [[1], [0], [0.5]]
    network = tracer.Network(X, y, **given, bout=[[0.125]], lr=1e-6, activation=activation)
    path = tmp_path / "book.xlsx"
    trace = tracer.run(network, epochs=2)
    trace.to_excel(path, formulas=formulas)
    assert all(verdict.agrees for verdict in tracer.verify(path))
    assert tracer.read_excel(path) == trace


def edit_xml(source, target, part, edit):
    """Changes one part of a workbook and nothing else."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                changed = edit(content.decode())
                assert changed != content.decode()
                content = changed.encode()
            new.writestr(name, content)


SHEET_OF_STEP_7 = "xl/worksheets/sheet9.xml"


def first_delta(path):
    return block(load_workbook(path)["Step 7"], "d_output")[0][0].coordinate


@pytest.mark.parametrize("engine", ["ironcalc", "libreoffice"])
def test_a_wrong_formula_is_found_although_its_stored_value_is_right(request, tmp_path, engine):
    if engine == "libreoffice":
        request.getfixturevalue("libreoffice")
    path, wrong = tmp_path / "book.xlsx", tmp_path / "wrong.xlsx"
    tracer.run().to_excel(path)
    at = first_delta(path)
    edit_xml(path, wrong, SHEET_OF_STEP_7, lambda xml: re.sub(rf'(<c r="{at}"[^>]*><f>[^<]*)\*', r"\1/", xml))
    stored, recalculated = tracer.verify(wrong, engine=engine)
    assert stored.agrees
    assert not recalculated.agrees
    first = recalculated.wrong[0]
    assert (first.sheet, first.address, first.name) == ("Step 7", at, "d_output[0, 0]")


def test_a_wrong_stored_value_is_found_although_its_formula_is_right(tmp_path):
    path, wrong = tmp_path / "book.xlsx", tmp_path / "wrong.xlsx"
    tracer.run().to_excel(path)
    at = first_delta(path)
    edit_xml(path, wrong, SHEET_OF_STEP_7, lambda xml: re.sub(rf'(<c r="{at}".*?<v>0\.)0', r"\g<1>1", xml, count=1))
    stored, recalculated = tracer.verify(wrong)
    assert [difference.name for difference in stored.wrong] == ["d_output[0, 0]"]
    assert recalculated.agrees


def test_an_error_value_is_a_difference(tmp_path):
    path, wrong = tmp_path / "book.xlsx", tmp_path / "wrong.xlsx"
    tracer.run().to_excel(path)
    at = first_delta(path)
    edit_xml(path, wrong, SHEET_OF_STEP_7, lambda xml: re.sub(rf'(<c r="{at}"[^>]*><f>)[^<]*', r"\g<1>1/0", xml))
    recalculated = tracer.verify(wrong)[-1]
    assert recalculated.wrong[0].found == "#DIV/0!"
    expected = float(tracer.run()["d_output"][0, 0])
    assert str(recalculated.largest) == f"Step 7!{at} (d_output[0, 0]): #DIV/0!, expected {expected!r}"


def test_without_libreoffice_it_says_what_to_install(tmp_path, monkeypatch):
    tracer.run().to_excel(tmp_path / "book.xlsx")
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(tracer.TracerError, match=r"LibreOffice is not installed; install it .*libreoffice-calc"):
        tracer.verify(tmp_path / "book.xlsx", engine="all")


def test_a_workbook_without_formulas_cannot_be_verified(tmp_path):
    tracer.run().to_excel(tmp_path / "book.xlsx", formulas="none")
    with pytest.raises(tracer.TracerError, match="holds no formulas"):
        tracer.verify(tmp_path / "book.xlsx")


def test_a_deleted_input_is_named(tmp_path):
    path = tmp_path / "book.xlsx"
    tracer.run().to_excel(path)
    book = load_workbook(path)
    block(book["Step 1"], "wh")[2][1].value = "oops"
    book.save(path)
    with pytest.raises(tracer.TracerError, match=r"Step 1!\w+ \(wh\[2, 1\]\) holds 'oops'; expected a number"):
        tracer.verify(path)
