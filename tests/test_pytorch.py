"""Training against PyTorch's own optimizers, activations and losses: the same weights after each of five updates."""

import itertools
import os

import numpy as np
import plain
import pytest
from hypothesis import assume, given
from networks import PAIRS, any_networks
from pytorch import activations
from test_training import example

import tracer
from tracer.layers import HIDDEN_ACTIVATIONS
from tracer.optimizers import OPTIMIZERS

if os.environ.get("TRACER_REQUIRE_PYTORCH"):
    import torch
else:
    torch = pytest.importorskip(
        "torch", reason="PyTorch is not installed: these checks were NOT made (pip install torch)"
    )

torch.set_num_threads(1)
functional = torch.nn.functional
UPDATES = 5

ANSWERS = activations()


def optimizer_of(network, parameters):
    name, c = network.architecture.optimizer, network.constants
    if name == "gradient_descent":
        return torch.optim.SGD(parameters, lr=network.lr)
    if name == "momentum":
        return torch.optim.SGD(parameters, lr=network.lr, momentum=c["momentum"])
    return torch.optim.Adam(parameters, lr=network.lr, betas=(c["beta_1"], c["beta_2"]), eps=c["epsilon"])


def loss_of(network, parameters, X, y):
    """Samples in rows."""
    a, x = network.architecture, X
    for (w, b), activation in zip(plain.weight_names(network), [*a.activations, a.output_activation]):
        weighed = x @ parameters[w]
        if b in parameters:
            weighed = weighed + parameters[b].reshape(1, -1)
        x = ANSWERS[activation](weighed) if activation != "softmax" else None
    if a.loss == "binary_cross_entropy":
        return functional.binary_cross_entropy_with_logits(weighed, y, reduction="sum")
    if a.loss == "cross_entropy":
        return functional.cross_entropy(weighed, y, reduction="sum")
    return (y - x).square().sum() / 2


def train(network):
    """Of each update, without end: its loss, and the weights and biases after it."""
    parameters = {name: torch.tensor(value, requires_grad=True) for name, value in network.initial.items()}
    optimizer = optimizer_of(network, list(parameters.values()))
    for epoch in itertools.count(1):
        for samples in network.batches(epoch):
            X, y = (torch.from_numpy(matrix.copy()) for matrix in plain.rows(network, samples))
            optimizer.zero_grad()
            loss = loss_of(network, parameters, X, y)
            loss.backward()
            optimizer.step()
            yield loss.item(), {name: value.detach().numpy().copy() for name, value in parameters.items()}


def check(network):
    trace = tracer.run(network, epochs=-(-UPDATES // network.updates))
    for update, (loss, weights) in zip(trace.updates[:UPDATES], train(network)):
        assert trace.loss_of(update) == pytest.approx(loss, rel=1e-12, abs=1e-12)
        for name, expected in weights.items():
            place = f"{name} after update {update.number} of epoch {update.epoch}"
            np.testing.assert_allclose(update.filled[name], expected, rtol=1e-12, atol=1e-12, err_msg=place)


#: Every activation with every loss and every optimizer; the others are drawn once and for all.
FACTORS = {
    "activation": list(HIDDEN_ACTIVATIONS),
    "pair": PAIRS,
    "optimizer": list(OPTIMIZERS),
    "batch": [None, 1, 2],
    "samples": ["rows", "columns"],
    "bias": [True, False],
    "layers": [1, 2, 3],
    "shuffle": [True, False],
}
others = np.random.RandomState(2)
CASES = [
    (*chosen, *(levels[others.randint(len(levels))] for levels in list(FACTORS.values())[3:]))
    for chosen in itertools.product(*list(FACTORS.values())[:3])
]


def test_the_cases_have_every_two_factors_in_every_combination():
    for (one, firsts), (two, seconds) in itertools.combinations(enumerate(FACTORS.values()), 2):
        assert {(case[one], case[two]) for case in CASES} == set(itertools.product(firsts, seconds))


@pytest.mark.parametrize(
    ", ".join(FACTORS), CASES, ids=lambda level: "-".join(level) if isinstance(level, tuple) else None
)
def test_five_updates_are_pytorchs(activation, pair, optimizer, batch, samples, bias, layers, shuffle):
    hidden = (3, 2, 4)[:layers]
    options = {"optimizer": optimizer, "batch": batch, "bias": bias, "shuffle": shuffle, "lr": 0.01}
    check(example(activation, *pair, hidden, samples, **options))


@given(any_networks())
def test_five_updates_of_any_network_are_pytorchs(network):
    assume(plain.tame(network, UPDATES))
    check(network)
