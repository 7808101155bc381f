"""The lessons: the article's figures, plain Python, IronCalc and LibreOffice must say the same."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula
from test_workbook import block

import tracer
from tracer.compare.engines import ENGINES
from tracer.lessons import gradient_descent, perceptron

LESSONS = {"perceptron": perceptron, "gradient-descent": gradient_descent}


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lessons")
    paths = {name: folder / f"{name}.xlsx" for name in LESSONS}
    for name, path in paths.items():
        LESSONS[name].write(path)
    return paths


#: The article's three ways, as it says them, and what changes in them below; the bias is ours.
PERCEPTRON = {"x": [0, 1, 1], "w": [2, 3, 4], "threshold": 0, "b": -3}
CHANGED_PERCEPTRON = {"x": [1, 0, 0.5], "w": [2, -1.5, 4], "threshold": 3.5, "b": -4.25}


def perceptrons(x, w, threshold, b):
    """Sheet, name and numbers of everything that is computed from these."""
    combinations = [list(map(float, bits)) for bits in product((0, 1), repeat=3)]
    totals = {
        "Threshold": lambda x: x[0] + x[1] + x[2],
        "Weights": lambda x: w[0] * x[0] + w[1] * x[1] + w[2] * x[2],
        "Bias": lambda x: w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + 1 * b,
    }
    for sheet, total in totals.items():
        limit = 0 if sheet == "Bias" else threshold
        yield sheet, "total", [[total(x)]]
        yield sheet, "output", [[float(total(x) > limit)]]
        yield sheet, "all_total", [[total(bits)] for bits in combinations]
        yield sheet, "all_output", [[float(total(bits) > limit)] for bits in combinations]
        yield "Overview", f"output_{sheet}", [[float(total(x) > limit)]]
        if sheet != "Threshold":
            for k in range(3):
                yield sheet, f"part_{k + 1}", [[w[k] * x[k]]]
    yield "Bias", "part_4", [[b]]


def change_perceptron(book):
    for sheet in ("Threshold", "Weights", "Bias"):
        for k in range(3):
            block(book[sheet], f"x_{k + 1}")[0][0].value = CHANGED_PERCEPTRON["x"][k]
            if sheet != "Threshold":
                block(book[sheet], f"w_{k + 1}")[0][0].value = CHANGED_PERCEPTRON["w"][k]
        name = "b" if sheet == "Bias" else "threshold"
        block(book[sheet], name)[0][0].value = CHANGED_PERCEPTRON[name]


#: Ten points, the weights that both methods start from, and the learning rate.
DESCENT = {
    "x": [1.4, -1.4, 0.2, 1.8, -0.2, 1.0, -0.6, -1.8, -1.0, 0.6],
    "y": [1.3, 1.0, 0.9, 3.0, 1.9, 3.4, 1.5, -2.2, -1.0, 0.2],
    "w1": 0.0,
    "w2": 0.0,
    "lr": 0.05,
}
CHANGED_DESCENT = {**DESCENT, "y": [2.5, *DESCENT["y"][1:]], "w1": -0.25, "w2": 0.5, "lr": 0.1}


def loss(x, y, w1, w2):
    return sum((b - (w1 + w2 * a)) ** 2 for a, b in zip(x, y)) / 2


def epoch(x, y, w1, w2, lr, stochastic):
    """A row for each point, and one for the weights after all: w1, w2, output, E, changes of both, loss."""
    rows, moved1, moved2 = [], 0.0, 0.0
    for a, b in zip(x, y):
        output = w1 + w2 * a
        change1, change2 = lr * (b - output), lr * (b - output) * a
        rows.append([w1, w2, output, b - output, change1, change2, loss(x, y, w1, w2)])
        if stochastic:
            w1, w2 = w1 + change1, w2 + change2
        else:
            moved1, moved2 = moved1 + change1, moved2 + change2
    w1, w2 = w1 + moved1, w2 + moved2
    return [*rows, [w1, w2, None, None, None, None, loss(x, y, w1, w2)]]


def descents(x, y, w1, w2, lr):
    """Sheet, name and numbers of everything that is computed from these."""
    names = ("w_1", "w_2", "output", "E", "change_1", "change_2", "loss")
    for prefix in ("full", "stochastic"):
        weights, history = (w1, w2), []
        for number in range(1, 6):
            rows = epoch(x, y, *weights, lr, prefix == "stochastic")
            for k, name in enumerate(names):
                yield f"Epoch {number}", f"{prefix}_{name}", [[row[k]] for row in rows if row[k] is not None]
            weights = rows[-1][:2]
            history += rows if number == 5 else rows[:-1]
        for k, name in ((0, "w_1"), (1, "w_2"), (6, "loss")):
            yield "Loss", f"{prefix}_{name}", [[row[k]] for row in history]
        yield "Overview", f"{prefix}_loss", [[row[6]] for row in history[::10]]
        yield "Points", f"{prefix}_output", [[weights[0] + weights[1] * a] for a in x]
    slope, height = np.polyfit(x, y, 1)
    yield "Points", "least_w_2", [[slope]]
    yield "Points", "least_w_1", [[height]]
    yield "Points", "least_loss", [[loss(x, y, height, slope)]]


def change_descent(book):
    sheet = book["Points"]
    block(sheet, "y")[0][0].value = CHANGED_DESCENT["y"][0]
    for name, key in (("w_1", "w1"), ("w_2", "w2"), ("lr", "lr")):
        block(sheet, name)[0][0].value = CHANGED_DESCENT[key]


EXPECTED = {
    "perceptron": (perceptrons(**PERCEPTRON), change_perceptron, perceptrons(**CHANGED_PERCEPTRON)),
    "gradient-descent": (descents(**DESCENT), change_descent, descents(**CHANGED_DESCENT)),
}
EXPECTED = {name: (list(found), change, list(changed)) for name, (found, change, changed) in EXPECTED.items()}


def formulas(path):
    """Sheet and address of every cell with a formula."""
    return [
        (sheet.title, cell)
        for sheet in load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" or isinstance(cell.value, ArrayFormula)
    ]


@pytest.mark.parametrize("lesson", LESSONS)
def test_stored_values_are_plain_pythons(books, lesson):
    book = load_workbook(books[lesson], data_only=True)
    for sheet, name, numbers in EXPECTED[lesson][0]:
        found = [[cell.value for cell in row] for row in block(book[sheet], name)]
        np.testing.assert_allclose(found, numbers, rtol=1e-12, atol=1e-14, err_msg=f"{sheet} {name}")


def test_the_article_s_inputs_give_its_outputs(books):
    book = load_workbook(books["perceptron"], data_only=True)
    totals = {sheet: block(book[sheet], "total")[0][0].value for sheet in ("Threshold", "Weights", "Bias")}
    assert totals == {"Threshold": 2, "Weights": 7, "Bias": 4}
    assert all(block(book[sheet], "output")[0][0].value == 1 for sheet in totals)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_engines_recompute_every_cell(request, books, lesson, engine):
    if engine == "libreoffice":
        request.getfixturevalue("libreoffice")
    lookup = ENGINES[engine](books[lesson])
    values = load_workbook(books[lesson], data_only=True)
    cells = formulas(books[lesson])
    assert len(cells) == {"perceptron": 3 + 3 * 18 + 7, "gradient-descent": 12 + 29 + 5 * 167 + 6 * 51}[lesson]
    found = [lookup(title, cell.row - 1, cell.column - 1) for title, cell in cells]
    stored = [values[title][cell.coordinate].value for title, cell in cells]
    np.testing.assert_allclose(found, stored, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_changed_inputs_run_through_all_sheets(request, tmp_path, books, lesson, engine):
    """Somebody opens the file with a program that stores no values, and changes some inputs."""
    if engine == "libreoffice":
        request.getfixturevalue("libreoffice")
    before, change, after = EXPECTED[lesson]
    assert before != after
    book = load_workbook(books[lesson])
    change(book)
    book.save(tmp_path / "changed.xlsx")
    lookup = ENGINES[engine](tmp_path / "changed.xlsx")
    for sheet, name, numbers in after:
        cells = block(book[sheet], name)
        found = [[lookup(sheet, cell.row - 1, cell.column - 1) for cell in row] for row in cells]
        np.testing.assert_allclose(found, numbers, rtol=1e-12, atol=1e-14, err_msg=f"{sheet} {name}")


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_number_is_an_input_or_a_formula(books, lesson):
    letters = [f"{letter}_{k}" for letter in ("x", "w", "all_x") for k in (1, 2, 3)]
    given = {
        "perceptron": {*letters, "one", "b", "threshold"},
        "gradient-descent": {"x", "y", "w_1", "w_2", "lr", "points_seen"},
    }[lesson]
    for sheet in load_workbook(books[lesson]):
        here = given & set(sheet.defined_names)
        inputs = {cell.coordinate for name in here for row in block(sheet, name) for cell in row}
        numbers = {c.coordinate for row in sheet.iter_rows() for c in row if c.data_type == "n" and c.value is not None}
        assert numbers <= inputs
        assert bool(numbers) == (sheet.title not in ("Overview", *(f"Epoch {k}" for k in range(1, 6))))


def test_formulas_read_as_a_teacher_would_write_them(books):
    book = load_workbook(books["perceptron"])
    found = [cell.value for cell in book["Weights"]["C"] if cell.data_type == "f"]
    assert found == ["=$C$12*$C$10"]
    assert block(book["Bias"], "total")[0][0].value == "=$C$14+$D$14+$E$14+$F$14"
    assert block(book["Weights"], "output")[0][0].value == "=IF($G$14>$I$14,1,0)"
    book = load_workbook(books["gradient-descent"])
    first = {name: block(book["Epoch 2"], name) for name in book["Epoch 2"].defined_names}
    assert [cell.value for (cell,) in first["full_w_1"]] == [
        "='Epoch 1'!F21", *["=$F$11"] * 9, "=$F$20+SUM($J$11:$J$20)"
    ]  # fmt: skip
    assert [cell.value for (cell,) in first["stochastic_w_1"][:3]] == ["='Epoch 1'!N21", "=$N11+$R11", "=$N12+$R12"]
    assert first["stochastic_loss"][1][0].value == "=SUMPRODUCT(($D$11:$D$20-($N$12+$O$12*$C$11:$C$20))^2)/2"


def test_full_batch_moves_once_in_an_epoch_and_stochastic_ten_times(books):
    """Yellow is a moved weight, on every epoch's sheet, and nothing else."""
    book = load_workbook(books["gradient-descent"])
    for number in range(1, 6):
        sheet = book[f"Epoch {number}"]
        for prefix, moved in (("full", 1), ("stochastic", 10)):
            for name in ("w_1", "w_2"):
                colors = [cell.fill.fgColor.rgb for (cell,) in block(sheet, f"{prefix}_{name}")]
                assert [color == "FFFFF04D" for color in colors] == [False] * (11 - moved) + [True] * moved
            for name in ("change_1", "change_2"):
                assert {cell.fill.fgColor.rgb for (cell,) in block(sheet, f"{prefix}_{name}")} == {"FFFFB55A"}


def test_twice_the_learning_rate_makes_stochastic_jitter_and_nothing_diverge():
    for lr, jitters in ((0.05, False), (0.1, True)):
        losses = {name: numbers for sheet, name, numbers in descents(**{**DESCENT, "lr": lr}) if sheet == "Loss"}
        full, stochastic = np.array(losses["full_loss"]), np.array(losses["stochastic_loss"])
        assert full[-1] < full[20] < full[0]
        assert (np.ptp(stochastic[40:]) > 0.5) == jitters
        assert max(full.max(), stochastic.max()) == full[0]


@pytest.mark.parametrize("lesson", LESSONS)
def test_it_is_written_the_same_again_and_over_its_like_only(tmp_path, books, lesson):
    path = tmp_path / "lesson.xlsx"
    LESSONS[lesson].write(path)
    assert path.read_bytes() == books[lesson].read_bytes()
    LESSONS[lesson].write(path, template="stacked")
    assert path.read_bytes() != books[lesson].read_bytes()
    path.write_text("mine")
    with pytest.raises(tracer.TracerError, match="not a workbook that tracer wrote"):
        LESSONS[lesson].write(path)
    LESSONS[lesson].write(path, force=True)
    assert path.read_bytes() == books[lesson].read_bytes()


@pytest.mark.parametrize("lesson", LESSONS)
def test_it_prints_a_page_a_sheet(books, lesson):
    for sheet in load_workbook(books[lesson]):
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight or 1) == (1, 1)


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("read", [tracer.read_excel, lambda path: tracer.run(like=path)])
def test_a_lesson_has_no_trace(books, lesson, read):
    with pytest.raises(tracer.TracerError, match=f"is the lesson {lesson}, which has no trace to read") as raised:
        read(books[lesson])
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(("heading", "rows"), [("epoch", 6), ("learning rate", 4)])
def test_the_page_has_the_right_figures(heading, rows):
    lines = (Path(__file__).parents[1] / "docs" / "gradient-descent.md").read_text("utf-8").splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith(f"| {heading} |")) + 2
    for line in lines[first : first + rows]:
        name, *said = [cell.strip() for cell in line.split("|")[1:4]]
        lr, epoch = (DESCENT["lr"], int(name)) if heading == "epoch" else (float(name), 5)
        losses = {found: numbers for sheet, found, numbers in descents(**{**DESCENT, "lr": lr}) if sheet == "Overview"}
        assert said == [f"{losses[method][epoch][0]:.3f}" for method in ("full_loss", "stochastic_loss")]


@pytest.mark.parametrize("lesson", LESSONS)
def test_verify_holds_a_lesson_against_what_it_stored(tmp_path, books, lesson):
    (verdict,) = tracer.verify(books[lesson])
    assert (verdict.agrees, verdict.checked) == (True, len(formulas(books[lesson])))
    book = load_workbook(books[lesson])
    book.save(tmp_path / "saved.xlsx")  # without values
    with pytest.raises(tracer.TracerError, match="has no number beside its formula, and a lesson has no trace"):
        tracer.verify(tmp_path / "saved.xlsx")
