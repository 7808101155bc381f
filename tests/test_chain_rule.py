"""The article's section on the chain rule: its figures, and its listing written out in NumPy as the oracle."""

from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

import tracer
from tracer.compare.engines import ENGINES
from tracer.lessons import chain_rule

X = np.array([[1, 1, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1]])
Y = np.array([[1, 1, 0]])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def listing(lr, epochs, weights_input_hidden, weights_hidden_output):
    """The section's listing: all of its matrices after some epochs, and the error of each epoch."""
    errors = []
    for _ in range(epochs):
        hiddenLayer_linearTransform = np.dot(weights_input_hidden.T, X)
        hiddenLayer_activations = sigmoid(hiddenLayer_linearTransform)
        outputLayer_linearTransform = np.dot(weights_hidden_output.T, hiddenLayer_activations)
        output = sigmoid(outputLayer_linearTransform)
        error = np.square(Y - output) / 2
        errors.append(error.mean())

        error_wrt_output = -(Y - output)
        output_wrt_outputLayer_LinearTransform = np.multiply(output, 1 - output)
        outputLayer_LinearTransform_wrt_weights_hidden_output = hiddenLayer_activations
        error_wrt_weights_hidden_output = np.dot(
            outputLayer_LinearTransform_wrt_weights_hidden_output,
            (error_wrt_output * output_wrt_outputLayer_LinearTransform).T,
        )
        outputLayer_LinearTransform_wrt_hiddenLayer_activations = weights_hidden_output
        hiddenLayer_activations_wrt_hiddenLayer_linearTransform = hiddenLayer_activations * (
            1 - hiddenLayer_activations
        )
        hiddenLayer_linearTransform_wrt_weights_input_hidden = X
        error_wrt_weights_input_hidden = np.dot(
            hiddenLayer_linearTransform_wrt_weights_input_hidden,
            (
                hiddenLayer_activations_wrt_hiddenLayer_linearTransform
                * np.dot(
                    outputLayer_LinearTransform_wrt_hiddenLayer_activations,
                    output_wrt_outputLayer_LinearTransform * error_wrt_output,
                )
            ).T,
        )
        new_weights_hidden_output = weights_hidden_output - lr * error_wrt_weights_hidden_output
        new_weights_input_hidden = weights_input_hidden - lr * error_wrt_weights_input_hidden
        found = dict(locals())
        weights_hidden_output, weights_input_hidden = new_weights_hidden_output, new_weights_input_hidden
    return found, errors


def drawn():
    """The weights of the first update, and those of the training after it."""
    np.random.seed(42)
    return [(np.random.uniform(size=(4, 3)), np.random.uniform(size=(3, 1))) for _ in range(2)]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("lesson") / "chain-rule.xlsx"
    chain_rule.write(path)
    return path


def blocks(book, title):
    """Addresses of the named blocks of a sheet: first row and column from 0, rows, columns."""
    found = {}
    for name, defined in book[title].defined_names.items():
        cells = book[title][defined.attr_text.rpartition("!")[2].replace("$", "")]
        rows = cells if isinstance(cells, tuple) else ((cells,),)
        found[name] = (rows[0][0].row - 1, rows[0][0].column - 1, len(rows), len(rows[0]))
    return found


def block(lookup, title, place):
    row, column, rows, columns = place
    return np.array([[lookup(title, row + i, column + j) for j in range(columns)] for i in range(rows)], float)


def test_the_first_error_is_the_articles():
    """Section "Understanding the implementation ... in detail": it prints [[0.05013458 0.03727248 0.25388062]]."""
    E = chain_rule.first_update().state(1, 5)["E"]
    assert (E**2 / 2).round(8).tolist() == [[0.05013458, 0.03727248, 0.25388062]]


@pytest.mark.parametrize("engine", ["stored", "ironcalc", "libreoffice"])
def test_every_block_is_the_listings(request, book, engine):
    if engine == "libreoffice":
        request.getfixturevalue("libreoffice")
    stored = load_workbook(book, data_only=True)
    lookup = ENGINES[engine](book) if engine != "stored" else lambda t, r, c: stored[t].cell(r + 1, c + 1).value
    expected, _ = listing(0.01, 1, *drawn()[0])
    places = blocks(stored, "Chain rule")
    checked = 0
    for name in expected.keys() & places.keys():
        found = block(lookup, "Chain rule", places[name])
        assert found.shape == np.atleast_2d(expected[name]).shape
        np.testing.assert_allclose(found, expected[name], rtol=1e-12, err_msg=name)
        checked += 1
    assert checked == 16  # the six partial derivatives among them
    np.testing.assert_allclose(
        block(lookup, "Chain rule", places["wh"]), expected["new_weights_input_hidden"], rtol=1e-13
    )


def test_shapes_are_the_articles(book):
    places = blocks(load_workbook(book), "Chain rule")
    names = [
        "error_wrt_output", "output_wrt_outputLayer_LinearTransform",
        "outputLayer_LinearTransform_wrt_hiddenLayer_activations",
        "hiddenLayer_activations_wrt_hiddenLayer_linearTransform",
        "hiddenLayer_linearTransform_wrt_weights_input_hidden",
    ]  # fmt: skip
    assert [places[name][2:] for name in names] == [(1, 3), (1, 3), (3, 1), (3, 3), (4, 3)]


@pytest.mark.parametrize("engine", ["ironcalc", "libreoffice"])
def test_a_changed_weight_changes_the_partial_derivatives(request, book, tmp_path, engine):
    if engine == "libreoffice":
        request.getfixturevalue("libreoffice")
    changed = load_workbook(book)
    first, second = drawn()[0]
    row, column, *_ = blocks(changed, "Step 1")["wh"]
    changed["Step 1"].cell(row + 1, column + 1).value = 0.75
    changed.save(tmp_path / "changed.xlsx")
    first[0, 0] = 0.75
    expected, _ = listing(0.01, 1, first, second)
    lookup, places = ENGINES[engine](tmp_path / "changed.xlsx"), blocks(changed, "Chain rule")
    for name in ("error", "error_wrt_weights_hidden_output", "new_weights_input_hidden"):
        np.testing.assert_allclose(block(lookup, "Chain rule", places[name]), expected[name], rtol=1e-12, err_msg=name)


def test_the_training_after_it_goes_on_with_the_generator(book):
    _, errors = listing(0.1, 1000, *drawn()[1])
    stored = load_workbook(book, data_only=True)
    places = blocks(stored, "Training")
    found = block(lambda t, r, c: stored[t].cell(r + 1, c + 1).value, "Training", places["error"])
    np.testing.assert_allclose(found.ravel(), errors[99::100], rtol=1e-10)


def test_the_workbook_verifies_and_is_written_again_the_same(book, tmp_path):
    assert all(verdict.agrees for verdict in tracer.verify(book))
    chain_rule.write(tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == Path(book).read_bytes()


def test_a_lesson_takes_no_options_of_networks(command, tmp_path):
    assert command("run", "--preset", "chain-rule").stdout.startswith("outputs/chain-rule.xlsx written: ")
    done = command("run", "--preset", "chain-rule", "--hidden", "3")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "--hidden is of networks, and the preset chain-rule is a lesson" in done.stderr
    with pytest.raises(tracer.TracerError, match="the preset chain-rule is a lesson, no network"):
        tracer.run(preset="chain-rule")


def test_a_formula_that_was_changed_is_found(book, tmp_path):
    changed = load_workbook(book)
    row, column, *_ = blocks(changed, "Chain rule")["error_wrt_output"]
    changed["Chain rule"].cell(row + 1, column + 1).value = "=7"
    changed.save(tmp_path / "changed.xlsx")
    (verdict,) = tracer.verify(tmp_path / "changed.xlsx")
    assert verdict.wrong[0].name == "error_wrt_output[0, 0]"
    assert verdict.wrong[0].found == 7
