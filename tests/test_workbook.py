"""What is in the workbook, as other programs see it."""

import re
import zipfile

import article
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from networks import networks
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula
from reference import differences

import tracer
from tracer.architecture import Architecture
from tracer.steps import steps

YELLOW, ORANGE = "FFFFF04D", "FFFFB55A"


@pytest.fixture(scope="session")
def books(tmp_path_factory, walkthrough):
    """The walkthrough in each style of formulas: path, formulas, values."""
    folder = tmp_path_factory.mktemp("books")
    found = {}
    for style in ("cell", "matrix", "none"):
        path = folder / f"{style}.xlsx"
        walkthrough.to_excel(path, formulas=style)
        found[style] = (path, load_workbook(path), load_workbook(path, data_only=True))
    return found


def block(sheet, name):
    """The cells of a named block, by row."""
    title, address = sheet.defined_names[name].attr_text.rsplit("!", 1)
    assert title == (f"'{sheet.title}'" if " " in sheet.title else sheet.title)
    cells = sheet[address.replace("$", "")]
    return cells if isinstance(cells, tuple) else ((cells,),)


def test_the_sheets_are_the_overview_and_the_steps(books):
    _, book, _ = books["cell"]
    assert book.sheetnames == ["Overview", *(f"Step {number}" for number in range(12)), "Math", "Network"]


def test_later_epochs_are_named(tmp_path):
    tracer.run(epochs=2).to_excel(tmp_path / "two.xlsx")
    titles = load_workbook(tmp_path / "two.xlsx").sheetnames
    assert titles[12:15] == ["Step 11", "Epoch 2 Step 0", "Epoch 2 Step 1"]
    assert titles[25:] == ["Loss", "Math", "Network"]
    second = load_workbook(tmp_path / "two.xlsx")["Epoch 2 Step 1"]
    texts = [cell.value for row in second.iter_rows() for cell in row]
    assert "wh, bh, wout, bout, learning_rate: as the epoch before left them" in texts


def test_a_run_is_the_committed_reference(books, request):
    reference = request.config.rootpath / "outputs" / "walkthrough.xlsx"
    assert differences(reference, books["cell"][0]) == []


@pytest.mark.parametrize("style", ["cell", "matrix"])
def test_every_number_from_step_2_on_is_a_formula_with_its_value_cached(books, style):
    _, formulas, values = books[style]
    for sheet in formulas.worksheets[3:-1]:
        spilled = {
            cell.coordinate
            for row in sheet.iter_rows()
            for first in row
            if isinstance(first.value, ArrayFormula)
            for line in np.atleast_2d(np.array(sheet[first.value.ref], dtype=object))
            for cell in line
        }
        numbers = [
            cell for row in values[sheet.title].iter_rows() for cell in row if isinstance(cell.value, (int, float))
        ]
        assert numbers
        for number in numbers:
            at = number.coordinate
            assert sheet[at].data_type == "f" or at in spilled, f"{sheet.title}!{at}"
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert isinstance(values[sheet.title][cell.coordinate].value, (int, float))


def test_inputs_stand_on_steps_0_and_1_as_numbers(books):
    _, formulas, _ = books["cell"]
    for name, numbers in article.GIVEN.items():
        sheet = formulas["Step 0" if name in "Xy" else "Step 1"]
        assert [[cell.value for cell in row] for row in block(sheet, name)] == numbers


def test_no_formulas_means_values_only(books):
    _, formulas, values = books["none"]
    assert not [cell for sheet in formulas for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert block(values["Step 7"], "d_output")[0][0].value == pytest.approx(0.03503, abs=1e-5)


@pytest.mark.parametrize("style", ["cell", "matrix", "none"])
def test_each_block_appears_with_the_step_that_fills_it_and_stays_where_it_is(books, style):
    _, _, values = books[style]
    trace = tracer.run()
    places = {}
    for number in range(12):
        sheet = values[f"Step {number}"]
        state = trace.state(1, number)
        names = {name for name in sheet.defined_names if not name.endswith("_old")}
        assert names == set(state)
        for name in names:
            cells = block(sheet, name)
            assert places.setdefault(name, cells[0][0].coordinate) == cells[0][0].coordinate
            assert [[cell.value for cell in row] for row in cells] == state[name].tolist()
            heading = sheet.cell(cells[0][0].row - 1, cells[0][0].column).value
            assert heading.replace("\n", " ").replace("_ ", "_") == article.HEADINGS.get(name, name)


def test_yellow_and_orange_and_nothing_else(books):
    _, book, _ = books["cell"]
    for step in steps(Architecture()):
        sheet = book[f"Step {step.number}"]
        for name in sheet.defined_names:
            if name.endswith("_old"):
                continue
            for cell in (cell for row in block(sheet, name) for cell in row):
                color = cell.fill.fgColor.rgb
                assert (color == YELLOW) == (name in step.current), (step.number, name)
                assert (color == ORANGE) == (name in step.sources), (step.number, name)


def test_yellow_and_orange_are_told_apart_without_colour(books):
    _, book, _ = books["cell"]
    sheet = book["Step 7"]
    current, source, other = (block(sheet, name)[0][0] for name in ("d_output", "E", "output"))
    assert [cell.font.b for cell in (current, source, other)] == [True, False, False]
    assert [cell.border.left.style for cell in (current, source, other)] == ["medium", "dashed", "thin"]


def test_a_yellow_cell_computes_from_the_orange_cells_of_its_sheet(books):
    """Every reference in a yellow formula points into an orange (or, within a step, a yellow) block of the sheet; at
    steps 10 and 11 also at the old value on the sheet before."""
    _, book, _ = books["cell"]
    for step in steps(Architecture())[2:]:
        sheet = book[f"Step {step.number}"]
        allowed = {
            cell.coordinate for name in (*step.sources, *step.current) for row in block(sheet, name) for cell in row
        }
        for name in step.current:
            for row in block(sheet, name):
                for cell in row:
                    text = getattr(cell.value, "text", cell.value)
                    before = re.findall(r"'([^']+)'!(\$?[A-Z]+\$?\d+)", text)
                    assert bool(before) == (step.number >= 10)
                    for title, address in before:
                        assert title == f"Step {step.number - 1}"
                        assert address.replace("$", "") == cell.coordinate
                    here = re.sub(r"'[^']+'!\$?[A-Z]+\$?\d+", "", text).replace("$", "")
                    used = re.findall(r"\b[A-Z]{1,2}\d+\b", here)
                    assert used
                    assert set(used) <= allowed


def test_the_rest_links_to_the_sheet_before(books):
    _, book, _ = books["cell"]
    for step in steps(Architecture())[2:]:
        sheet = book[f"Step {step.number}"]
        for name in set(sheet.defined_names) - set(step.current):
            if not name.endswith("_old"):
                for cell in (cell for row in block(sheet, name) for cell in row):
                    assert cell.value == f"='Step {step.number - 1}'!{cell.coordinate}"


def test_a_matrix_formula_goes_by_names(books):
    _, book, _ = books["matrix"]
    first = block(book["Step 2"], "hidden_layer_input")[0][0]
    assert first.value.text == "=MMULT(X,wh)+bh"
    updated = block(book["Step 10"], "wout")[0][0]
    assert updated.value.text == "=wout_old+MMULT(TRANSPOSE(hiddenlayer_activations),d_output)*lr"
    area = book["Step 9"].defined_names["wout"].attr_text
    assert book["Step 10"].defined_names["wout_old"].attr_text == area


def test_each_sheet_says_its_step_and_formula(books):
    _, book, _ = books["cell"]
    for step in steps(Architecture()):
        cells = [cell for row in book[f"Step {step.number}"].iter_rows() for cell in row]
        texts = [cell.value for cell in cells if isinstance(cell.value, str)]
        assert f"Step {step.number}: {step.title}" in texts
        if step.number > 1:
            assert "\n".join(article.FORMULAS[step.number]) in texts


def test_links_lead_to_the_steps_before_and_after(books):
    _, book, _ = books["cell"]

    def targets(title):
        links = [cell.hyperlink for row in book[title].iter_rows() for cell in row if cell.hyperlink]
        return [link.location.replace("'", "").removesuffix("!A1") for link in links]

    assert targets("Overview") == [*(f"Step {number}" for number in range(12)), "Math", "Network"]
    assert targets("Step 5") == ["Step 4", "Overview", "Step 6"]
    assert targets("Step 0") == ["Overview", "Step 1"]
    assert targets("Step 11") == ["Step 10", "Overview"]


def test_the_overview_has_parameters_results_and_the_key(books):
    _, book, values = books["cell"]
    sheet = values["Overview"]
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    for text in ("Samples", "Features", "Hidden neurons", "Activation", "sigmoid", "Learning rate", "Epochs"):
        assert text in cells
    key = {cell.value: cell.fill.fgColor.rgb for row in sheet.iter_rows() for cell in row}
    assert (key["filled in this step"], key["used to fill them"]) == (YELLOW, ORANGE)
    np.testing.assert_array_almost_equal(
        [[cell.value for cell in row] for row in block(sheet, "output")], article.FIGURES["output"][1], decimal=8
    )
    E = np.array(article.FIGURES["E"][1])
    assert block(sheet, "loss")[0][0].value == pytest.approx((E**2).sum() / 2, abs=1e-7)
    assert block(book["Overview"], "lr")[0][0].value.startswith("='Step 1'!")


def test_panes_are_frozen_and_each_sheet_prints_on_one_landscape_page(books):
    _, book, _ = books["cell"]
    for sheet in book:
        assert sheet.freeze_panes or sheet.title in ("Math", "Network")
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.title in ("Overview", "Math", "Network") or sheet.page_setup.fitToHeight in (None, 1)


def test_two_or_three_decimals_are_shown(books):
    _, book, _ = books["cell"]
    formats = {name: block(book["Step 11"], name)[0][0].number_format for name in tracer.run().state(1, 11)}
    assert {formats[name] for name in ("wh", "bh", "wout", "bout", "hidden_layer_input", "output", "E")} == {"0.00"}
    assert {formats[name] for name in ("d_output", "d_hiddenlayer", "slope_hidden_layer")} == {"0.000"}


def test_wide_numbers_get_wide_columns(tmp_path):
    network = tracer.Network([[123456789.25, 1]], [[1]], wh=[[1e-9], [1]], bh=[[0]], wout=[[-1]], bout=[[1]])
    tracer.run(network).to_excel(tmp_path / "wide.xlsx")
    sheet = load_workbook(tmp_path / "wide.xlsx")["Step 0"]
    cell = block(sheet, "X")[0][0]
    assert sheet.column_dimensions[cell.column_letter].width >= len("123456789.25") + 1


def test_two_runs_give_equal_bytes(tmp_path, walkthrough):
    import time

    walkthrough.to_excel(tmp_path / "one.xlsx")
    time.sleep(2.1)  # the resolution of a time in a zip archive
    tracer.run().to_excel(tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.parametrize("style", ["cell", "matrix", "none"])
@given(network=networks(bound=1e6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_reading_back_gives_the_same_trace_bit_for_bit(tmp_path, style, network):
    trace = tracer.run(network, epochs=2)
    trace.to_excel(tmp_path / "book.xlsx", formulas=style)
    back = tracer.read_excel(tmp_path / "book.xlsx")
    assert back == trace
    assert back.network.seed == trace.network.seed


def test_the_seed_and_the_name_come_back(tmp_path):
    network = tracer.Network([[1, 2]], [[1]], hidden=2, seed=5, name="<My> & mine")
    tracer.run(network).to_excel(tmp_path / "book.xlsx")
    back = tracer.read_excel(tmp_path / "book.xlsx").network
    assert (back.seed, back.name) == (5, "<My> & mine")


@pytest.mark.parametrize("name", ["=1+1", "=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "{=1}", "-2", "http://example.org"])
def test_text_never_becomes_a_formula(tmp_path, name):
    tracer.run(tracer.Network([[1]], [[1]], hidden=1, name=name)).to_excel(tmp_path / "book.xlsx")
    book = load_workbook(tmp_path / "book.xlsx")
    cells = [cell for row in book["Overview"].iter_rows() for cell in row if name in str(cell.value)]
    assert cells
    assert all(cell.data_type == "s" and not cell.hyperlink for cell in cells)


def test_doubles_are_stored_with_every_digit(tmp_path):
    values = np.random.RandomState(0).uniform(size=(50, 20))
    tracer.run(tracer.Network(values, np.ones(50), hidden=1)).to_excel(tmp_path / "book.xlsx")
    with zipfile.ZipFile(tmp_path / "book.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
    stored = [float(text) for text in re.findall(r"<v>([^<]*\.[^<]*)</v>", sheet)]
    assert stored == values.ravel().tolist()


def test_an_unknown_style_of_formulas_is_refused(tmp_path, walkthrough):
    with pytest.raises(tracer.TracerError, match=r"formulas is 'cells', which is none \(did you mean cell\?\)"):
        walkthrough.to_excel(tmp_path / "book.xlsx", formulas="cells")
