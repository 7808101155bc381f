"""Losses: against NumPy written plainly, their gradients against finite differences and PyTorch."""

import warnings

import numpy as np
import pytest
import pytorch
from hypothesis import given
from hypothesis import strategies as st
from test_activations import PLAIN, numbers

from tracer import matrices
from tracer.activations import ACTIVATIONS
from tracer.losses import LOSSES
from tracer.rendering import NumPy, Text, evaluate

PAIRS = [(loss, activation) for loss in LOSSES for activation in LOSSES[loss].outputs]


def states(activation, inputs, targets, axis=1):
    """What a loss may read, of the output layer's inputs and the targets."""
    answer = ACTIVATIONS[activation].along(axis).value(matrices.output_layer_input)
    inputs, targets = np.asarray(inputs, float), np.asarray(targets, float)
    output = evaluate(answer, {"output_layer_input": inputs})
    return {"output_layer_input": inputs, "y": targets, "output": output, "E": targets - output}


def value(loss, state, axis=1):
    """The value of a loss, where everything that NumPy warns of is an error."""
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        result = eval(NumPy()(LOSSES[loss].value(axis)), {"np": np, **state})
    assert result.shape == (1, 1)
    return result.item()


def gradient(loss, activation, state):
    """By the output layer's input, as the delta at the output has it: E, by the slope where that does not cancel."""
    if LOSSES[loss].cancels:
        return -state["E"]
    slope_of = state["output" if ACTIVATIONS[activation].slope_of == "answer" else "output_layer_input"]
    return -state["E"] * evaluate(ACTIVATIONS[activation].slope(matrices.X), {"X": slope_of})


@st.composite
def layers(draw, loss, numbers=numbers):
    """Inputs of an output layer of some samples, and targets."""
    samples, outputs = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    row = st.lists(numbers, min_size=outputs, max_size=outputs)
    inputs = np.array(draw(st.lists(row, min_size=samples, max_size=samples)))
    classes = st.lists(st.integers(0, outputs - 1), min_size=samples, max_size=samples)
    if loss == "cross_entropy":
        return inputs, np.eye(outputs)[draw(classes)]
    target = st.lists(st.sampled_from([0.0, 1.0, 0.25]), min_size=outputs, max_size=outputs)
    return inputs, np.array(draw(st.lists(target, min_size=samples, max_size=samples)))


def plain(loss, activation, inputs, targets):
    """Number by number."""
    if loss == "squared_error":
        return ((targets - PLAIN[activation](inputs)) ** 2).sum() / 2
    if loss == "binary_cross_entropy":
        return (targets * np.logaddexp(-inputs, 0) + (1 - targets) * np.logaddexp(inputs, 0)).sum()
    return sum(np.logaddexp.reduce(row - row[target.argmax()]) for row, target in zip(inputs, targets))


@pytest.mark.parametrize("loss, activation", PAIRS)
@given(data=st.data())
def test_values_are_numpys_written_plainly(loss, activation, data):
    # The square of an error leaves the doubles beyond 1e154.
    limited = numbers if LOSSES[loss].cancels else numbers.filter(lambda x: abs(x) < 1e100)
    inputs, targets = data.draw(layers(loss, limited))
    state = states(activation, inputs, targets)
    with np.errstate(over="ignore"):
        expected = plain(loss, activation, inputs, targets)
    found = value(loss, state)
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-14)
    turned = {name: matrix.T for name, matrix in states(activation, inputs.T, targets.T, axis=0).items()}
    assert turned["output"] == pytest.approx(state["output"], rel=1e-14)
    assert value(loss, {name: matrix.T for name, matrix in turned.items()}, axis=0) == pytest.approx(found, rel=1e-12)


@pytest.mark.parametrize("loss, activation", PAIRS)
@given(data=st.data())
def test_gradients_are_finite_differences(loss, activation, data):
    moderate = st.floats(-30, 30).filter(lambda x: abs(x) > 1e-4)
    inputs, targets = data.draw(layers(loss, moderate))
    found, h = gradient(loss, activation, states(activation, inputs, targets)), 1e-5
    for place in np.ndindex(inputs.shape):
        up, down = inputs.copy(), inputs.copy()
        up[place] += h
        down[place] -= h
        rise = value(loss, states(activation, up, targets)) - value(loss, states(activation, down, targets))
        assert found[place] == pytest.approx(rise / (2 * h), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    "loss, data", [("binary_cross_entropy", pytorch.BINARY), ("cross_entropy", pytorch.CLASSES)], ids=str
)
def test_values_and_gradients_are_pytorchs(loss, data):
    expected, slopes = pytorch.recorded()["losses"][loss]
    (activation,) = LOSSES[loss].outputs
    state = states(activation, *data)
    assert value(loss, state) == pytest.approx(expected, rel=1e-14)
    np.testing.assert_allclose(gradient(loss, activation, state), slopes, rtol=1e-14, atol=1e-15)


def test_a_prediction_that_is_certain_and_wrong_costs_as_much_as_it_is_certain():
    assert value("binary_cross_entropy", states("sigmoid", [[1000.0], [-1000.0]], [[0.0], [1.0]])) == 2000
    assert value("cross_entropy", states("softmax", [[1000.0, -1000.0]], [[0.0, 1.0]])) == 2000
    # and one that is certain and right costs nothing
    assert value("binary_cross_entropy", states("sigmoid", [[1000.0], [-1000.0]], [[1.0], [0.0]])) == 0
    assert value("cross_entropy", states("softmax", [[1000.0, -1000.0]], [[1.0, 0.0]])) == 0


def test_targets_may_be_shared_among_classes():
    state = states("softmax", [[0.0, 0.0], [0.0, 0.0]], [[0.5, 0.5], [0.25, 0.75]])
    assert value("cross_entropy", state) == pytest.approx(2 * np.log(2), rel=1e-15)


def test_what_pages_show():
    assert [f"{name}: {Text()(loss.value(1))}" for name, loss in LOSSES.items()] == [
        "squared_error: sum(E * E) / 2",
        "binary_cross_entropy: sum(relu(output_layer_input) - y * output_layer_input"
        " + log(1 + exp(-abs(output_layer_input))))",
        "cross_entropy: -sum(y * logarithm(output))",
    ]


def test_which_activation_a_loss_goes_with():
    assert "softmax" not in LOSSES["squared_error"].outputs
    assert {*LOSSES["squared_error"].outputs, "softmax"} == set(ACTIVATIONS)
    assert LOSSES["binary_cross_entropy"].outputs == ("sigmoid",)
    assert LOSSES["cross_entropy"].outputs == ("softmax",)
