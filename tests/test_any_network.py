"""Any network as a workbook: read back bit for bit, recalculated by engines; extremes; and where training diverges."""

import itertools
import warnings

import numpy as np
import plain
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from networks import PAIRS, any_networks
from openpyxl import load_workbook
from test_training import example
from test_workbook import block

import tracer
from tracer.layers import HIDDEN_ACTIVATIONS
from tracer.optimizers import OPTIMIZERS

#: Shrinking would take minutes; the failing example is shown as it was drawn.
SLOW = {
    "max_examples": 12,
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.explicit, Phase.reuse, Phase.generate],
}


def filled(path):
    """How many cells belong to blocks, without what only is given to all: the sheet of the data."""
    book = load_workbook(path, data_only=True)
    sheets = [sheet for sheet in book if sheet.title != "Data"]
    names = [(sheet, name) for sheet in sheets for name in sheet.defined_names if not name.endswith("_old")]
    return sum(len(row) for sheet, name in names for row in block(sheet, name))


def check_workbook(path, trace, formulas, engine="ironcalc"):
    """It reads back, and every engine gives every number in it."""
    trace.to_excel(path, formulas=formulas, sheets="all", force=True)
    assert tracer.read_excel(path) == trace
    stored, recalculated = tracer.verify(path, engine=engine)
    assert (stored.engine, recalculated.engine) == ("stored values", engine)
    for verdict in (stored, recalculated):
        assert verdict.agrees, [str(difference) for difference in verdict.wrong[:3]]
    assert stored.checked == recalculated.checked == filled(path)


@given(network=any_networks())
@settings(**SLOW)
@pytest.mark.parametrize("formulas", ["cell", "matrix"])
def test_any_network_is_read_back_and_recomputed_by_ironcalc(tmp_path, formulas, network):
    assume(plain.tame(network, 2 * network.updates))
    check_workbook(tmp_path / "book.xlsx", tracer.run(network, epochs=2), formulas)


@given(network=any_networks())
@settings(**SLOW)
def test_any_network_without_formulas_is_read_back(tmp_path, network):
    trace = tracer.run(network, epochs=2)
    trace.to_excel(tmp_path / "book.xlsx", formulas="none", sheets="all", force=True)
    assert tracer.read_excel(tmp_path / "book.xlsx") == trace


@pytest.mark.parametrize("batch", [None, 3, 99])
def test_samples_in_another_order_in_each_epoch_are_read_back(tmp_path, batch):
    X, y = [[0.5], [1.0], [-2.0]], [[1], [0], [0.5]]
    network = tracer.Network(X, y, hidden=2, shuffle=True, batch=batch)
    check_workbook(tmp_path / "book.xlsx", tracer.run(network, epochs=2), "cell")


#: Ten networks in which every activation, loss and optimizer occurs, and all that goes with them.
SAMPLE = [
    pytest.param(
        pair,
        {
            "activation": [HIDDEN_ACTIVATIONS[at % 8], HIDDEN_ACTIVATIONS[(at + 3) % 8]][: 1 + (at % 4 > 0)],
            "optimizer": list(OPTIMIZERS)[at % 3],
            "samples": ["rows", "columns"][at // 2 % 2],
            "bias": at % 5 > 0,
            "batch": [None, 3][at % 4 == 1],
            "shuffle": at % 4 == 1,
        },
        ["cell", "matrix"][at % 2],
        id=f"{pair[0]}-{pair[1]}",
    )
    for at, pair in enumerate(PAIRS)
]


@pytest.mark.usefixtures("libreoffice")
@pytest.mark.parametrize("pair, options, formulas", SAMPLE)
def test_libreoffice_recomputes_every_kind_of_network(tmp_path, pair, options, formulas):
    options = dict(options)
    activations = options.pop("activation")
    network = example(activations, *pair, (2, 3)[: len(activations)], lr=0.01, **options)
    check_workbook(tmp_path / "book.xlsx", tracer.run(network, epochs=2), formulas, "libreoffice")


# Inputs of 1000 and -1000 at every layer


def extreme(activations, pair, **options):
    """A network of one neuron a layer, two at a softmax, each of which is given 1000 for a sample and -1000."""
    loss, at_output = pair
    X = np.array([[1000.0], [-1000.0]])
    layers, reached = [], X
    for activation in [*activations, None]:
        low, high = reached.min(), reached.max()
        w = 2000 / (high - low)
        layers.append((w, -1000 - w * low))
        reached = plain.answer(activation, X) if activation else X
    given = {}
    suffixes = [""] if len(activations) == 1 else [f"_{number}" for number in range(1, len(activations) + 1)]
    for suffix, (w, b) in zip(suffixes, layers):
        given |= {f"wh{suffix}": [[w]], f"bh{suffix}": [[b]]}
    w, b = layers[-1]
    y = [[0.0], [1.0]]  # certain and wrong
    given |= {"wout": [[w]], "bout": [[b]]}
    if at_output == "softmax":
        y = [[0.0, 1.0], [1.0, 0.0]]
        given |= {"wout": [[w, -w]], "bout": [[b, -b]]}
    options = {"activation": activations, "output_activation": at_output, "loss": loss, **options}
    return tracer.Network(X, y, **given, **options)


def strictly(network, epochs=1):
    """Its trace, where a warning is an error and every number is finite."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = tracer.run(network, epochs=epochs)
    assert trace.divergence is None
    assert trace.epochs == epochs
    for update in trace.updates:
        for name, matrix in {**update.given, **update.filled}.items():
            assert np.isfinite(matrix).all(), name
    assert np.isfinite(trace.history.loss).all()
    return trace


STACKS = [*((name,) for name in HIDDEN_ACTIVATIONS), *itertools.product(HIDDEN_ACTIVATIONS, repeat=2)]


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_inputs_of_plus_and_minus_1000_at_every_layer_stay_finite(pair):
    for activations in STACKS:
        network = extreme(activations, pair)
        update = strictly(network).updates[0]
        for name, matrix in update.filled.items():
            if name.startswith(("hidden_layer_input", "output_layer_input")):
                np.testing.assert_allclose(np.abs(matrix), 1000, rtol=1e-12, err_msg=f"{activations} {name}")
        inputs, answers = plain.forward(plain.layers(network), network.X)
        np.testing.assert_allclose(update.filled["output"], answers[-1], rtol=1e-9, atol=1e-15)
        expected = plain.loss(pair[0], inputs[-1], answers[-1], network.y)
        assert tracer.run(network).loss == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_inputs_of_plus_and_minus_1000_with_all_weights_1(activation, pair):
    y = [[0.0, 1.0], [1.0, 0.0]] if pair[1] == "softmax" else [[0.0], [1.0]]
    given = {"wh_1": [[1]], "bh_1": [[0]], "wh_2": [[1]], "bh_2": [[0]], "wout": [[1] * len(y[0])]}
    chosen = {"activation": activation, "output_activation": pair[1], "loss": pair[0]}
    strictly(tracer.Network([[1000.0], [-1000.0]], y, **given, bout=[0] * len(y[0]), **chosen))


#: In these every activation and every loss occurs.
EXTREMES = [
    (("sigmoid", "tanh"), ("binary_cross_entropy", "sigmoid")),
    (("relu", "leaky_relu"), ("cross_entropy", "softmax")),
    (("elu", "softplus"), ("squared_error", "linear")),
    (("gelu", "linear"), ("squared_error", "gelu")),
]


@pytest.mark.parametrize("samples_and_formulas", [("rows", "cell"), ("columns", "matrix")], ids="-".join)
@pytest.mark.parametrize("activations, pair", [*EXTREMES, *((("linear",), pair) for pair in PAIRS)], ids="-".join)
def test_ironcalc_agrees_at_plus_and_minus_1000(tmp_path, activations, pair, samples_and_formulas):
    samples, formulas = samples_and_formulas
    network = extreme(activations, pair)
    if samples == "columns":
        given = {name: matrix.T if name.startswith("b") else matrix for name, matrix in network.initial.items()}
        chosen = {"activation": activations, "output_activation": pair[1], "loss": pair[0], "samples": samples}
        network = tracer.Network(network.X.T, network.y.T, **given, **chosen)
    check_workbook(tmp_path / "book.xlsx", strictly(network), formulas)


@pytest.mark.usefixtures("libreoffice")
@pytest.mark.parametrize("activations, pair", EXTREMES, ids="-".join)
def test_libreoffice_agrees_at_plus_and_minus_1000(tmp_path, activations, pair):
    check_workbook(tmp_path / "book.xlsx", strictly(extreme(activations, pair)), "cell", "libreoffice")


# Divergence


def steps_of(network):
    """Each update of a linear network whose samples lie in rows, written plainly, as long as one likes: its epoch and
    number, the loss, and what it fills, in order: (step, name, matrix)."""
    momentum = network.constants.get("momentum", 0.0)
    values = {name: matrix.copy() for name, matrix in network.initial.items()}
    velocities = {name: np.zeros_like(matrix) for name, matrix in values.items()}
    names = plain.weight_names(network)
    depth = len(names) - 1
    suffixes = [w.removeprefix("wh") for w, _ in names[:-1]]
    for epoch in itertools.count(1):
        for number, samples in enumerate(network.batches(epoch), 1):
            X, y = plain.rows(network, samples)
            found, layers = [], [X]
            for (w, b), suffix in zip(names[:-1], suffixes):
                layers.append(layers[-1] @ values[w] + values[b])
                found.append((2, f"hidden_layer_input{suffix}", layers[-1]))
                found.append((3, f"hiddenlayer_activations{suffix}", layers[-1]))
            output = layers[-1] @ values["wout"] + values["bout"]
            delta = y - output
            found += [(4, "output_layer_input", output), (4, "output", output), (5, "E", delta)]
            loss = np.sum(delta * delta) / 2
            found.append((7, "d_output", delta))
            deltas = [delta]
            for at in reversed(range(depth)):
                deltas.insert(0, deltas[0] @ values[names[at + 1][0]].T)
                found.append((8, f"Error_at_hidden_layer{suffixes[at]}", deltas[0]))
                found.append((9, f"d_hiddenlayer{suffixes[at]}", deltas[0]))

            def move(step, name, change, found=found):
                if network.architecture.optimizer == "momentum":
                    change = velocities[name] = momentum * velocities[name] + change
                    found.append((step, f"velocity_{name}", change))
                values[name] = values[name] + change * network.lr
                found.append((step, name, values[name]))

            for at in reversed(range(depth + 1)):
                move(10, names[at][0], layers[at].T @ deltas[at])
            for at in [*reversed(range(depth)), depth]:
                move(11, names[at][1], deltas[at].sum(axis=0, keepdims=True))
            yield epoch, number, loss, found


def diverging(network):
    """The update in which a number first is none: its epoch, its number, and step, name, row and column of the first
    such number in a matrix, if the loss is not the only one; and the losses of the updates before."""
    losses, first, updates = [], None, steps_of(network)
    with np.errstate(all="ignore"):
        while True:
            epoch, number, loss, found = next(updates)
            for step, name, matrix in found:
                if not first and not np.isfinite(matrix).all():
                    row, column = np.argwhere(~np.isfinite(matrix))[0]
                    first = step, name, row, column
            if first or not np.isfinite(loss):
                return epoch, number, first, losses
            losses.append((epoch, loss))


@pytest.mark.parametrize("keep", ["all", "first,last", "first", "none", "every:3"])
@pytest.mark.parametrize("hidden", [1, [2, 2], [2, 1, 2]], ids=str)
@pytest.mark.parametrize(
    "optimizer, batch, lr",
    [
        ("gradient_descent", None, 0.9),
        ("gradient_descent", 2, 0.9),
        ("gradient_descent", 1, 1.5),
        ("momentum", None, 0.7),
        ("momentum", 2, 0.7),
        ("momentum", 1, 0.9),
    ],
)
def test_divergence_is_named_where_plain_numpy_first_sees_it(hidden, optimizer, batch, lr, keep):
    X, y = [[0.5, 1], [2, -1], [1, 0.25]], [[1], [0], [0.5]]
    options = {"hidden": hidden, "activation": "linear", "optimizer": optimizer, "batch": batch, "seed": 1}
    network = tracer.Network(X, y, lr=lr, shuffle=batch == 2, **options)
    epoch, number, first, losses = diverging(network)
    trace = tracer.run(network, epochs=epoch + 100, keep=keep)
    at = trace.divergence
    assert (at.epoch, at.update) == (epoch, number)
    if at.name != "loss":
        assert (at.step, at.name, at.row, at.column) == first
    assert not np.isfinite(at.value)
    # The trace ends before it.
    last = trace.updates[-1]
    assert (last.epoch, last.number) == ((epoch, number - 1) if number > 1 else (epoch - 1, network.updates))
    assert all(np.isfinite(matrix).all() for update in trace.updates for matrix in update.filled.values())
    assert trace.epochs == last.epoch
    assert trace.recorded[-1] == last.epoch
    kept = {"all": range(1, 99), "first,last": [1], "first": [1], "none": [], "every:3": range(3, 99, 3)}[keep]
    assert set(kept) & set(range(1, epoch)) <= set(trace.recorded)
    assert trace.history.epochs.tolist() == list(range(1, last.epoch + 1))
    expected = [sum(loss for of, loss in losses if of == which) for which in trace.history.epochs]
    np.testing.assert_allclose(trace.history.loss, expected, rtol=1e-9)


def bias_alone(lr, **options):
    """A network of which only the bias at the output moves, away from its target by a factor of lr - 1."""
    weights = {"wh": [[0]], "bh": [[0]], "wout": [[0]], "bout": [[0]]}
    return tracer.Network([[0]], [[1]], **weights, activation="linear", lr=lr, **options)


@pytest.mark.parametrize("keep", ["all", "first,last", "none"])
@pytest.mark.parametrize("lr, epoch", [(1000, 53), (300, 64), (200, 69), (20, 122)])
def test_a_loss_that_no_double_holds_is_a_divergence(tmp_path, lr, epoch, keep):
    """The square of an error of 1e155 is none, long before the error itself is."""
    found = diverging(bias_alone(lr))
    assert found[:3] == (epoch, 1, None)  # no matrix is concerned
    trace = tracer.run(bias_alone(lr), epochs=400, keep=keep)
    assert (trace.divergence.epoch, trace.divergence.update) == found[:2]
    assert np.isfinite(trace.history.loss).all()
    trace.to_excel(tmp_path / "book.xlsx")


@pytest.mark.parametrize("keep", ["all", "first", "first,last", "none"])
def test_a_number_that_is_none_is_found_although_weights_and_loss_stay_finite(keep):
    """In epoch 2 the input of the sigmoid is infinite; its answer is 1, its slope 0, so that nothing else shows it."""
    weights = {"wh": [[1e-200]], "bh": [[0]], "wout": [[1]], "bout": [[0]]}
    trace = tracer.run(tracer.Network([[1e200], [1e-3]], [[1], [0]], lr=1, **weights), epochs=10, keep=keep)
    at = trace.divergence
    assert (at.epoch, at.update, at.step, at.name, at.row, at.column) == (2, 1, 2, "hidden_layer_input", 0, 0)
    assert [(update.epoch, update.number) for update in trace.updates] == [(1, 1)]


@pytest.mark.parametrize("keep", ["all", "first,last"])
def test_a_run_that_breaks_off_within_an_epoch_is_read_back(tmp_path, keep):
    weights = {"wh": [[1]], "bh": [[0]], "wout": [[1]], "bout": [[0]]}
    network = tracer.Network([[0.5], [2], [1]], [[1], [0], [0.5]], **weights, activation="linear", lr=20, batch=1)
    trace = tracer.run(network, epochs=50, keep=keep)
    assert (trace.divergence.epoch, trace.divergence.update) == (2, 3)
    trace.to_excel(tmp_path / "book.xlsx", sheets="all")
    again = tracer.read_excel(tmp_path / "book.xlsx")
    assert again.updates == trace.updates
    assert again.history == trace.history
    for verdict in tracer.verify(tmp_path / "book.xlsx"):
        # Numbers of 1e100 and more: sums that cancel differ in more than the last bits.
        assert all(difference.size < 1e-9 * abs(difference.expected) for difference in verdict.wrong)


@pytest.mark.parametrize("keep", ["first,last", "every:2", "none"])
@pytest.mark.parametrize("sheets", ["all", "first,last", "2"])
def test_sheets_of_epochs_that_were_not_kept_are_none(tmp_path, keep, sheets):
    trace = tracer.run(hidden=2, epochs=5, keep=keep)
    trace.to_excel(tmp_path / "book.xlsx", sheets=sheets)
    again = tracer.read_excel(tmp_path / "book.xlsx")
    assert set(again.recorded) <= set(trace.recorded)
    assert again.history == trace.history
