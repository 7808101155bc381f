"""Networks for property tests."""

import numpy as np
from hypothesis import strategies as st

import tracer
from tracer.initial import INITS
from tracer.layers import HIDDEN_ACTIVATIONS
from tracer.losses import LOSSES
from tracer.optimizers import OPTIMIZERS

#: Every loss with every activation of the output that it goes with.
PAIRS = [(loss, activation) for loss in LOSSES for activation in LOSSES[loss].outputs]


@st.composite
def networks(draw, bound=10.0, most=4):
    """Networks of any small shape; numbers of many magnitudes, both signs, zeros of both signs."""
    samples, features, hidden, outputs = (draw(st.integers(1, most)) for _ in range(4))
    number = st.floats(-bound, bound, allow_nan=False, allow_infinity=False) | st.sampled_from(
        [0.0, -0.0, 1.0, 1 / 3, -1e-5, 5e-324, bound]
    )

    def matrix(rows, columns):
        flat = draw(st.lists(number, min_size=rows * columns, max_size=rows * columns))
        return np.array(flat).reshape(rows, columns)

    return tracer.Network(
        X=matrix(samples, features),
        y=matrix(samples, outputs),
        lr=draw(st.floats(1e-3, 1.0)),
        wh=matrix(features, hidden),
        bh=matrix(1, hidden),
        wout=matrix(hidden, outputs),
        bout=matrix(1, outputs),
    )


@st.composite
def any_networks(draw, **fixed):
    """Networks of every kind: layers, activations, losses, optimizers, batches, orientations, initial values.

    Args:
        fixed: what is not to be drawn: `optimizer="adam"`, `batch=None`.
    """
    count, features, outputs = draw(st.integers(1, 5)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    hidden = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    loss, at_output = draw(st.sampled_from(PAIRS))
    number = st.floats(-3, 3) | st.sampled_from([0.0, -0.0, 1.0, 1 / 3])

    def rows(columns, numbers):
        row = st.lists(numbers, min_size=columns, max_size=columns)
        return np.array(draw(st.lists(row, min_size=count, max_size=count)))

    X = rows(features, number)
    if loss == "cross_entropy":
        shares = rows(outputs, st.integers(0, 3)) + np.eye(outputs)[rows(1, st.integers(0, outputs - 1)).ravel()]
        y = shares / shares.sum(axis=1, keepdims=True)
    else:
        y = rows(outputs, number if loss == "squared_error" else st.floats(0, 1) | st.sampled_from([0.0, 1.0]))
    options = {
        "hidden": hidden,
        "activation": [draw(st.sampled_from(HIDDEN_ACTIVATIONS)) for _ in hidden],
        "output_activation": at_output,
        "loss": loss,
        "bias": draw(st.booleans()),
        "samples": draw(st.sampled_from(["rows", "columns"])),
        "optimizer": draw(st.sampled_from(list(OPTIMIZERS))),
        "batch": draw(st.none() | st.integers(1, 6)),
        "shuffle": draw(st.booleans()),
        "init": draw(st.sampled_from(INITS)),
        "seed": draw(st.integers(0, 2**32 - 1)),
        "lr": draw(st.floats(1e-3, 0.3)),
        **fixed,
    }
    drawn = {"momentum": SHARES, "beta_1": SHARES, "beta_2": SHARES, "epsilon": st.sampled_from([1e-8, 1e-3, 0.1])}
    for constant in OPTIMIZERS[options["optimizer"]].constants:
        if draw(st.booleans()):
            options[constant.name] = draw(drawn[constant.name])
    if options["samples"] == "columns":
        X, y = X.T, y.T
    return tracer.Network(X, y, **options)


#: What momentum and Adam's decays may be.
SHARES = st.floats(0, 0.999) | st.sampled_from([0.0, 0.5, 0.9])
