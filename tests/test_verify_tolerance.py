"""How close is close enough: untouched workbooks always agree, and one wrong digit in one cell is found."""

import math
import re
import zipfile

import numpy as np
import pytest
from archives import patched
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from networks import any_networks, networks
from openpyxl import load_workbook
from test_workbook import block

import tracer
from tracer.expr import Symbol, exp, log, sqrt, tanh, total, where
from tracer.layers import HIDDEN_ACTIVATIONS
from tracer.losses import cross_entropy
from tracer.rendering import evaluate
from tracer.rounding import Rounded, bound

SETTINGS = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=100
)


def check(trace, path, engine="ironcalc", **options):
    trace.to_excel(path, sheets="all", **options)
    for verdict in tracer.verify(path, engine):
        assert verdict.agrees, (verdict.engine, str(verdict.wrong[0]), verdict.wrong[0].allowed)
        assert verdict.checked > 20


def trained(network, epochs):
    """A trace, or None where the network is one that cannot be trained at all."""
    try:
        return tracer.run(network, epochs=epochs)
    except tracer.TracerError:
        return None


@pytest.mark.parametrize("formulas", ["cell", "matrix"])
@given(network=any_networks(), epochs=st.integers(1, 3))
@SETTINGS
def test_untouched_runs_of_any_network_agree(tmp_path, formulas, network, epochs):
    if trace := trained(network, epochs):
        check(trace, tmp_path / "book.xlsx", formulas=formulas)


@given(network=networks(bound=1e4), epochs=st.integers(1, 3))
@SETTINGS
def test_untouched_runs_with_large_numbers_agree(tmp_path, network, epochs):
    if trace := trained(network, epochs):
        check(trace, tmp_path / "book.xlsx")


def wide(activation, draw, scale=1.0, **options):
    """Weights from a normal distribution, which take tanh and gelu to where they cancel."""
    X, y = draw.normal(size=(6, 3)) * 2, draw.normal(size=(6, 2)) * scale
    network = tracer.Network(X, y, hidden=[4, 3], activation=activation, lr=1e-3, **options)
    weights = {name: draw.normal(size=matrix.shape) * 2 for name, matrix in network.initial.items()}
    return tracer.Network(X, y, hidden=[4, 3], activation=activation, lr=1e-3, **options, **weights)


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
def test_untouched_runs_of_50_epochs_with_wide_weights_and_large_targets_agree(tmp_path, activation):
    for seed, (scale, optimizer) in enumerate([(1.0, "adam"), (1e4, "gradient_descent"), (1e6, "momentum")]):
        output = "linear" if activation in ("relu", "leaky_relu") else activation
        network = wide(activation, np.random.RandomState(seed), scale, optimizer=optimizer, output_activation=output)
        check(tracer.run(network, epochs=50 if seed == 1 else 5), tmp_path / "book.xlsx")


@pytest.mark.usefixtures("libreoffice")
@pytest.mark.parametrize("activation", ["gelu", "tanh", "softplus"])
def test_libreoffice_agrees_on_what_cancels(tmp_path, activation):
    network = wide(activation, np.random.RandomState(7), 1e4, output_activation=activation)
    check(tracer.run(network, epochs=3), tmp_path / "book.xlsx", "libreoffice")


PLACES = [
    (2, "hidden_layer_input"), (3, "hiddenlayer_activations"), (4, "output_layer_input"), (4, "output"), (5, "E"),
    (6, "slope_output_layer"), (6, "slope_hidden_layer"), (7, "d_output"), (8, "Error_at_hidden_layer"),
    (9, "d_hiddenlayer"), (10, "wout"), (10, "wh"), (11, "bh"), (11, "bout"), (11, "E"), (4, "X"), (1, "wh"), (0, "y"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "name"), PLACES)
def test_one_stored_value_that_is_wrong_in_its_ninth_digit_is_found(tmp_path, step, name):
    trace = tracer.run(hidden=[3], seed=4, epochs=2)
    trace.to_excel(tmp_path / "book.xlsx", sheets="all")
    book = load_workbook(tmp_path / "book.xlsx", data_only=True)
    title = f"Step {step}"
    part = f"xl/worksheets/sheet{book.sheetnames.index(title) + 1}.xml"
    constant = name in ("X", "y") or (step == 1)
    cell = next(cell for row in block(book[title], name) for cell in row if cell.value)
    number = cell.value * (1 + 1e-9)

    def change(sheet):
        pattern = rf'(<c r="{cell.coordinate}"[^>]*>(?:<f[^>]*>[^<]*</f>)?<v>)[^<]*'.encode()
        changed, count = re.subn(pattern, rb"\g<1>" + repr(number).encode(), sheet)
        assert count == 1
        return changed

    (tmp_path / "wrong.xlsx").write_bytes(patched(tmp_path / "book.xlsx", part, change).getvalue())
    stored = tracer.verify(tmp_path / "wrong.xlsx")[0]
    assert stored.engine == "stored values"
    wrong = [
        difference for difference in stored.wrong if (difference.sheet, difference.address) == (title, cell.coordinate)
    ]
    if constant and step in (0, 1):  # an input, from which the run is made: all that is stored follows from another one
        assert stored.wrong
    else:
        assert [str(difference) for difference in stored.wrong] == [str(difference) for difference in wrong] != []


@pytest.mark.parametrize("step", range(2, 12))
def test_a_formula_that_is_wrong_in_its_ninth_digit_is_found(tmp_path, step):
    tracer.run(epochs=2).to_excel(tmp_path / "book.xlsx", sheets="all")
    part = f"xl/worksheets/sheet{step + 2}.xml"

    def change(sheet):
        changed, count = re.subn(rb"<f>([^<]*[*/+-][^<]*)</f>", rb"<f>(\1)*(1+1E-9)</f>", sheet, count=1)
        return changed if count else re.sub(rb"(<f [^>]*>)([^<]*)</f>", rb"\1(\2)*(1+1E-9)</f>", sheet, count=1)

    wrong = patched(tmp_path / "book.xlsx", part, change)
    with zipfile.ZipFile(wrong) as archive:
        assert b"(1+1E-9)" in archive.read(part)
    (tmp_path / "wrong.xlsx").write_bytes(wrong.getvalue())
    stored, recalculated = tracer.verify(tmp_path / "wrong.xlsx")
    assert stored.agrees
    assert recalculated.wrong[0].sheet == f"Step {step}"


x = Symbol("x")
EXPRESSIONS = {
    "1 + tanh(x)": 1 + tanh(x),
    "1 - x * x": 1 - x * x,
    "exp(x) - 1": exp(x) - 1,
    "sqrt(x * x + 1) - 1": sqrt(x * x + 1) - 1,
    "log(1 + x * x)": log(1 + x * x),
    "x ** 3 / (1 + x * x)": x**3 / (1 + x * x),
    "total(x) @": total(x, 0) @ (x.T @ x),
    "where": where(x > 0.1, x * x, -x),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_the_bound_holds_against_exact_arithmetic_and_is_no_wider_than_it_has_to_be(name):
    """NumPy's long double has 11 bits more than a double."""
    if np.finfo(np.longdouble).eps > 1e-18:
        pytest.skip("no wider floating point on this machine")
    draw = np.random.RandomState(0)
    for scale in (1e-6, 1e-3, 1.0, 5.0):
        numbers = draw.normal(size=(50, 1)) * scale
        value, error = bound(EXPRESSIONS[name], {"x": Rounded(numbers, np.zeros(numbers.shape))})
        exact = evaluate(EXPRESSIONS[name], {"x": numbers.astype(np.longdouble)})
        off = np.abs(evaluate(EXPRESSIONS[name], {"x": numbers}) - exact).astype(float)
        assert (off <= error).all()
        assert (error <= 1e-12 * max(1.0, float(np.abs(value).max()))).all()


def test_the_bound_grows_with_the_errors_of_what_is_read():
    numbers, error = np.array([[0.5, -2.0]]), np.array([[1e-10, 1e-6]])
    read = {"x": Rounded(numbers, error)}
    for expression, slope in ((exp(x), np.exp(numbers)), (tanh(x), 1 - np.tanh(numbers) ** 2), (x * x, 2 * numbers)):
        found = bound(expression, read).error
        assert found == pytest.approx(np.abs(slope) * error, rel=1e-4)
    assert math.isclose(bound(total(x), read).error.item(), error.sum(), rel_tol=1e-6)


def test_an_output_that_has_all_but_vanished_leaves_the_loss_a_narrow_bound():
    """IronCalc takes 1e-60 for 0 when it compares; both branches of the logarithm say the same there."""
    inputs = np.array([[140.0, 2.0, 0.0], [0.5, 0.25, 1.0]])
    shares = np.exp(inputs - inputs.max(axis=1, keepdims=True))
    given = {
        "output_layer_input": inputs,
        "output": shares / shares.sum(axis=1, keepdims=True),
        "y": np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]),
    }
    read = {name: Rounded(matrix, np.zeros(matrix.shape)) for name, matrix in given.items()}
    value, error = bound(cross_entropy(1), read)
    assert value.item() == pytest.approx(138 + math.log(np.exp(inputs[1]).sum()) - 0.5)
    assert error.item() < 1e-11


def test_what_is_below_the_least_that_an_engine_tells_from_nothing_agrees(tmp_path):
    network = tracer.Network(
        [[1e-17], [-1.0]], [[1], [0]], wh=[[1.0]], bh=[[0.0]], wout=[[1.0]], bout=[[0.0]], activation="relu", lr=0.5
    )
    check(tracer.run(network, epochs=2), tmp_path / "book.xlsx")
