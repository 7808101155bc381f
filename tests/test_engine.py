"""Values: against the article's listing written out, and against finite differences."""

import warnings

import article
import numpy as np
import pytest
from hypothesis import given
from networks import networks
from test_activations import PLAIN

import tracer
from tracer.layers import HIDDEN_ACTIVATIONS as ACTIVATIONS


def plain(network, epochs):
    inputs = {key: getattr(network, key) for key in ("X", "y", "wh", "bh", "wout", "bout", "lr")}
    with np.errstate(over="ignore"):
        return article.plain(**inputs, epochs=epochs)


@pytest.mark.parametrize("epochs", [1, 2, 100])
def test_the_trace_is_the_plain_listing_to_the_last_bit(epochs):
    trace = tracer.run(epochs=epochs)
    expected = plain(trace.network, epochs)
    for names in article.FILLS.values():
        for name in names:
            assert trace[name].tobytes() == np.asarray(expected[name], float).tobytes(), name


def test_integers_in_X_as_in_the_article_change_nothing():
    trace = tracer.run(epochs=100)
    inputs = {key: getattr(trace.network, key) for key in ("wh", "bh", "wout", "bout", "lr")}
    expected = article.plain(X=np.array(article.GIVEN["X"]), y=np.array(article.GIVEN["y"]), **inputs, epochs=100)
    assert trace["wh"].tobytes() == expected["wh"].tobytes()


@given(networks())
def test_any_network_is_the_plain_listing_to_the_last_bit(network):
    trace = tracer.run(network, epochs=3)
    expected = plain(network, 3)
    for name, matrix in trace.updates[-1].filled.items():
        assert matrix.tobytes() == expected[name].tobytes(), name


def error(network, **changed):
    """The article's error for some weights: half the sum of the squared differences."""
    w = {key: changed.get(key, getattr(network, key)) for key in ("wh", "bh", "wout", "bout")}
    answer = PLAIN[network.architecture.output_activation]
    hidden = answer(network.X @ w["wh"] + w["bh"])
    return np.sum((network.y - answer(hidden @ w["wout"] + w["bout"])) ** 2) / 2


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("name", ["wh", "bh", "wout", "bout"])
def test_each_update_is_learning_rate_times_the_finite_difference_gradient(name, activation):
    draw = np.random.RandomState(3)
    X, y, wh = draw.uniform(-1, 1, (5, 3)), draw.uniform(size=(5, 2)), draw.uniform(-1, 1, (3, 4))
    network = tracer.Network(X, y, wh=wh, lr=0.3, seed=3, activation=activation)
    trace = tracer.run(network)
    weights, h = getattr(network, name), 1e-6
    gradient = np.zeros_like(weights)
    for place in np.ndindex(weights.shape):
        up, down = weights.copy(), weights.copy()
        up[place] += h
        down[place] -= h
        gradient[place] = (error(network, **{name: up}) - error(network, **{name: down})) / (2 * h)
    np.testing.assert_allclose(trace[name] - weights, -network.lr * gradient, rtol=1e-6, atol=1e-9)
    assert trace.loss == pytest.approx(error(network), rel=1e-14)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_answers_to_plus_and_minus_1000_without_a_warning(activation):
    given = {"wh": [[1]], "bh": [[0]], "wout": [[1]], "bout": [[0]], "activation": activation}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = tracer.run(tracer.Network([[1000.0], [-1000.0]], [[1], [0]], **given))
    answers = {"sigmoid": [1, 0], "tanh": [1, -1], "leaky_relu": [1000, -10], "elu": [1000, -1]}
    answers["linear"] = [1000, -1000]
    assert trace["hiddenlayer_activations"].ravel().tolist() == answers.get(activation, [1000, 0])


@pytest.mark.parametrize("epochs", [0, -1, 1.5, True, "2"])
def test_an_epoch_count_that_makes_no_sense_is_refused(epochs):
    with pytest.raises(tracer.TracerError, match=r"epochs is .*; expected a whole number of epochs, at least 1"):
        tracer.run(epochs=epochs)


def test_a_number_that_no_workbook_can_hold_is_named():
    network = tracer.Network([[1e308, 1e308]], [[1]], wh=[[10], [10]], bh=[[0]], wout=[[1]], bout=[[0]])
    with pytest.raises(tracer.TracerError, match=r"hidden_layer_input\[0, 0\] is inf at epoch 1, update 1, step 2"):
        tracer.run(network)
