"""Any network's training: gradients against finite differences, optimizers against their papers, written plainly."""

import itertools

import numpy as np
import plain
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from networks import PAIRS, any_networks

import tracer
from tracer.initial import INITS
from tracer.layers import HIDDEN_ACTIVATIONS
from tracer.optimizers import OPTIMIZERS

WIDTHS = [(3,), (3, 2), (2, 3, 2)]


def example(activation, loss, at_output, hidden, samples="rows", **options):
    """A network of 5 samples, 2 features and 3 outputs, with moderate numbers, away from kinks, no layer dead."""
    seed = 0
    while True:
        seed += 1
        draw = np.random.RandomState(seed)
        X = draw.uniform(-1.5, 1.5, (5, 2))
        y = draw.uniform(0.1, 0.9, (5, 3))
        if loss == "cross_entropy":
            y /= y.sum(axis=1, keepdims=True)
        if samples == "columns":
            X, y = X.T, y.T
        chosen = {"activation": activation, "output_activation": at_output, "loss": loss, "samples": samples}
        network = tracer.Network(X, y, hidden=hidden, **chosen, **options)
        for matrix in network.initial.values():  # both signs, so that activations show both of their sides
            matrix[...] = draw.uniform(0.2, 1, matrix.shape) * draw.choice([-1, 1], matrix.shape)
        slopes = plain.gradients(network, network.initial).values()
        if away_from_kinks(network) and all(np.abs(slope).max() > 1e-3 for slope in slopes):
            return network


def finite_differences(network, h=1e-6):
    """The gradient of the loss by each weight and bias."""
    found = {}
    for name, weight in network.initial.items():
        found[name] = np.zeros_like(weight)
        for place in np.ndindex(weight.shape):
            up, down = weight.copy(), weight.copy()
            up[place] += h
            down[place] -= h
            rise = plain.loss_of(network, {**network.initial, name: up})
            fall = plain.loss_of(network, {**network.initial, name: down})
            found[name][place] = (rise - fall) / (2 * h)
    return found


def away_from_kinks(network):
    stack = plain.layers(network)
    inputs, _ = plain.forward(stack, plain.rows(network)[0])
    return all((np.abs(x) > 1e-3).all() for x, layer in zip(inputs, stack) if layer[2] in plain.KINKED)


def check_gradients(network, rtol, atol):
    trace = tracer.run(network)
    for name, gradient in finite_differences(network).items():
        moved = trace[name] - network.initial[name]
        np.testing.assert_allclose(moved / -network.lr, gradient, rtol=rtol, atol=atol, err_msg=name)
    assert trace.loss == pytest.approx(plain.loss_of(network), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
@pytest.mark.parametrize("samples", ["rows", "columns"])
@pytest.mark.parametrize("hidden", WIDTHS, ids=len)
@pytest.mark.parametrize("loss, at_output", PAIRS)
@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
def test_an_update_is_learning_rate_times_the_finite_difference_gradient(
    activation, loss, at_output, hidden, samples, bias
):
    network = example(activation, loss, at_output, hidden, samples, bias=bias, lr=0.3)
    check_gradients(network, rtol=1e-6, atol=1e-7)


@given(any_networks(optimizer="gradient_descent", batch=None))
def test_any_networks_update_is_learning_rate_times_the_finite_difference_gradient(network):
    assume(away_from_kinks(network))
    scale = max(1.0, plain.loss_of(network), *(np.abs(g).max() for g in finite_differences(network).values()))
    assume(scale < 1e4)
    check_gradients(network, rtol=1e-5, atol=1e-6 * scale)


def check_training(network, updates):
    """Each update's samples, gradients' effect, and weights, against the plain ones."""
    trace = tracer.run(network, epochs=-(-updates // network.updates))
    for update, (samples, _, values) in zip(trace.updates, plain.train(network, updates), strict=False):
        assert update.samples.tolist() == samples.tolist()
        for name, value in values.items():
            np.testing.assert_allclose(update.filled[name], value, rtol=1e-11, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batch, shuffle", [(None, False), (2, False), (1, True), (3, True)])
@pytest.mark.parametrize("samples", ["rows", "columns"])
@pytest.mark.parametrize("loss, at_output", PAIRS)
def test_five_updates_are_as_the_papers_have_them(loss, at_output, samples, batch, shuffle, optimizer):
    network = example(
        ["tanh", "gelu"], loss, at_output, (3, 2), samples, optimizer=optimizer, batch=batch, shuffle=shuffle, lr=0.01
    )
    check_training(network, 5)


@given(any_networks())
def test_five_updates_of_any_network_are_as_the_papers_have_them(network):
    assume(plain.tame(network, 5))
    check_training(network, 5)


@pytest.mark.parametrize(
    "optimizer, constants, moves",
    [
        ("gradient_descent", {}, [-0.5, -0.5, -0.5]),
        ("momentum", {}, [-0.5, -0.95, -1.355]),  # 1, 1 + 0.9, 1 + 0.9 * 1.9
        ("momentum", {"momentum": 0.5}, [-0.5, -0.75, -0.875]),
        ("momentum", {"momentum": 0}, [-0.5, -0.5, -0.5]),
        ("adam", {"epsilon": 1e-300}, [-0.5, -0.5, -0.5]),  # both means are 1, their bias corrected
        ("adam", {"epsilon": 1}, [-0.25, -0.25, -0.25]),
        ("adam", {"beta_1": 0, "beta_2": 0, "epsilon": 3}, [-0.125, -0.125, -0.125]),
    ],
)
def test_how_a_weight_moves_when_its_gradient_is_always_1(optimizer, constants, moves):
    """The gradient of the bias at the output is output - y: 1 where a sigmoid is certain and wrong."""
    weights = {"wh": [[0]], "bh": [[0]], "wout": [[0]], "bout": [[100]]}
    options = {"output_activation": "sigmoid", "loss": "binary_cross_entropy", "optimizer": optimizer, "lr": 0.5}
    trace = tracer.run(tracer.Network([[0]], [[0]], **weights, **options, **constants), epochs=3)
    found = [(update.filled["bout"] - update.given["bout"]).item() for update in trace.updates]
    np.testing.assert_allclose(found, moves, rtol=1e-12)


@pytest.mark.parametrize("samples", ["rows", "columns"])
@pytest.mark.parametrize(
    "batch, sizes", [(None, [7]), (1, [1] * 7), (2, [2, 2, 2, 1]), (3, [3, 3, 1]), (7, [7]), (99, [7])]
)
@pytest.mark.parametrize("shuffle", [False, True])
def test_batches_partition_the_samples(batch, sizes, samples, shuffle):
    X, y = np.arange(14.0).reshape(7, 2), np.arange(7.0).reshape(7, 1)
    if samples == "columns":
        X, y = X.T, y.T
    options = {"hidden": 1, "lr": 1e-6, "batch": batch, "shuffle": shuffle, "samples": samples}
    network = tracer.Network(X, y, **options)
    trace = tracer.run(network, epochs=4)
    assert network.updates == len(sizes)
    orders = []
    for epoch in range(1, 5):
        updates = [update for update in trace.updates if update.epoch == epoch]
        assert [update.number for update in updates] == list(range(1, len(sizes) + 1))
        assert [len(update.samples) for update in updates] == sizes
        orders.append([sample for update in updates for sample in update.samples.tolist()])
        assert sorted(orders[-1]) == list(range(7))
        assert [list(samples) for samples in network.batches(epoch)] == [list(update.samples) for update in updates]
        for update in updates:  # sample k is [2k, 2k + 1], its target k
            taken_X, taken_y = (trace.value(name, update, 0) for name in ("X", "y"))
            if samples == "columns":
                taken_X, taken_y = taken_X.T, taken_y.T
            assert taken_X.tolist() == [[2 * sample, 2 * sample + 1] for sample in update.samples]
            assert taken_y.tolist() == [[sample] for sample in update.samples]
    if shuffle:
        assert len(set(map(tuple, orders))) == 4  # one of 5040 orders each; the seed is fixed
        assert list(range(7)) not in orders
        again = tracer.run(tracer.Network(X, y, **options), epochs=4)
        assert again == trace
        other = tracer.run(tracer.Network(X, y, seed=1, **options), epochs=4)
        assert [list(update.samples) for update in other.updates] != [list(update.samples) for update in trace.updates]
    else:
        assert orders == [list(range(7))] * 4


@given(st.integers(1, 12), st.none() | st.integers(1, 15), st.booleans(), st.integers(0, 2**32 - 1), st.integers(1, 99))
def test_any_batches_partition_the_samples(count, batch, shuffle, seed, epoch):
    network = tracer.Network(
        np.ones((count, 1)), np.ones((count, 1)), hidden=1, batch=batch, shuffle=shuffle, seed=seed
    )
    found = [samples.tolist() for samples in network.batches(epoch)]
    assert len(found) == network.updates
    assert sorted(itertools.chain(*found)) == list(range(count))
    size = min(batch or count, count)
    assert all(len(samples) == size for samples in found[:-1])
    assert 1 <= len(found[-1]) <= size
    if not shuffle:
        assert list(itertools.chain(*found)) == list(range(count))
    assert [samples.tolist() for samples in network.batches(epoch)] == found


def test_a_shuffled_order_is_drawn_for_each_epoch_apart_and_leaves_numpys_own_generator_alone():
    network = tracer.Network(np.ones((50, 1)), np.ones((50, 1)), hidden=1, batch=7, shuffle=True, seed=3)
    fifth = np.concatenate(list(network.batches(5)))
    orders = {tuple(np.concatenate(list(network.batches(epoch)))) for epoch in range(1, 101)}
    assert len(orders) == 100
    assert tuple(fifth) in orders
    np.random.seed(1)
    expected = np.random.uniform()
    np.random.seed(1)
    list(network.batches(1))
    assert np.random.uniform() == expected


# Initial values


SHAPES = {"wh_1": (2, 4), "bh_1": (1, 4), "wh_2": (4, 3), "bh_2": (1, 3), "wout": (3, 1), "bout": (1, 1)}


def drawn(bias=True, samples="rows", **options):
    """A network of 2 features, 4 and 3 hidden neurons and 1 output."""
    X, y = np.ones((5, 2)), np.ones((5, 1))
    if samples == "columns":
        X, y = X.T, y.T
    network = tracer.Network(X, y, hidden=[4, 3], bias=bias, samples=samples, seed=11, **options)
    shapes = {name: shape for name, shape in SHAPES.items() if bias or name.startswith("w")}
    if samples == "columns":
        shapes = {name: shape[::-1] if name.startswith("b") else shape for name, shape in shapes.items()}
    assert {name: matrix.shape for name, matrix in network.initial.items()} == shapes
    assert list(network.initial) == list(shapes)
    return network


@pytest.mark.parametrize("samples", ["rows", "columns"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("init", INITS)
def test_initial_values_are_drawn_in_order_as_numpy_draws_them(init, bias, samples):
    network = drawn(bias, samples, init=init)
    np.random.seed(11)
    for name, matrix in network.initial.items():
        inputs, neurons = matrix.shape
        if init == "uniform":
            expected = np.random.uniform(size=matrix.shape)
        elif init == "normal":
            expected = np.random.normal(size=matrix.shape)
        elif init == "zeros" or name.startswith("b"):
            expected = np.zeros(matrix.shape)
        elif init == "xavier":
            bound = np.sqrt(6 / (inputs + neurons))
            expected = np.random.uniform(-bound, bound, size=matrix.shape)
        else:
            expected = np.random.normal(0, np.sqrt(2 / inputs), size=matrix.shape)
        assert matrix.tobytes() == expected.tobytes(), name


def test_what_is_given_is_not_drawn():
    given = {"wh_2": np.full((4, 3), 0.25), "bout": [[7]]}
    network = drawn(**given)
    np.random.seed(11)
    for name in ("wh_1", "bh_1", "bh_2", "wout"):
        assert np.array_equal(network.initial[name], np.random.uniform(size=SHAPES[name])), name
    assert np.array_equal(network.wh_2, given["wh_2"])
    assert network.bout.tolist() == [[7]]


@pytest.mark.parametrize(
    "init, mean, deviation, low, high",
    [
        ("uniform", 0.5, 12**-0.5, 0, 1),
        ("normal", 0, 1, -6, 6),
        ("xavier", 0, (2 / 500) ** 0.5, -((6 / 500) ** 0.5), (6 / 500) ** 0.5),
        ("he", 0, (2 / 200) ** 0.5, -0.6, 0.6),
        ("zeros", 0, 0, 0, 0),
    ],
)
def test_a_large_layer_is_distributed_as_it_should_be(init, mean, deviation, low, high):
    weights = tracer.Network(np.ones((1, 200)), [[1]], hidden=300, init=init).wh
    assert weights.mean() == pytest.approx(mean, abs=5 * deviation / weights.size**0.5)
    assert weights.std() == pytest.approx(deviation, rel=0.01)
    assert low <= weights.min() <= weights.max() <= high
    if init in ("uniform", "xavier"):  # which fill their range
        assert weights.min() < low + 0.01 * (high - low)
        assert weights.max() > high - 0.01 * (high - low)
