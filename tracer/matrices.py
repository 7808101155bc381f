"""The article's matrices, by its names.

Shapes, for samples in rows: n samples, f features, h hidden neurons, o outputs. For samples in columns all but the
weights are turned: X is f × n, bh h × 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracer.expr import Symbol, symbols

X, y = symbols("X y")  # n × f, n × o
wout, bout = symbols("wout bout")  # h × o, 1 × o
lr = Symbol("lr", text="learning_rate")  # 1 × 1
output_layer_input, output, E = symbols("output_layer_input output E")  # n × o
slope_output_layer, d_output = symbols("slope_output_layer d_output")  # n × o
momentum, beta_1, beta_2, epsilon = symbols("momentum beta_1 beta_2 epsilon")  # 1 × 1
t = Symbol("t")  # how many updates Adam has made, 1 × 1


@dataclass(frozen=True, eq=False)
class Hidden:
    """The matrices of one hidden layer; with several layers each name ends in the layer's number."""

    wh: Symbol  # (f or the layer before's h) × h
    bh: Symbol  # 1 × h
    hidden_layer_input: Symbol  # n × h, like those below
    hiddenlayer_activations: Symbol
    slope_hidden_layer: Symbol
    Error_at_hidden_layer: Symbol
    d_hiddenlayer: Symbol


#: Names that each hidden layer has for itself.
HIDDEN = tuple(Hidden.__dataclass_fields__)


def hidden_layers(count: int) -> tuple[Hidden, ...]:
    """First to last: `wh` for a single layer; `wh_1`, `wh_2`, … for more."""
    suffixes = [""] if count == 1 else [f"_{number}" for number in range(1, count + 1)]
    return tuple(Hidden(*symbols(" ".join(name + suffix for name in HIDDEN))) for suffix in suffixes)


def stem(name: str) -> str:
    """A name without its layer's number: `wh` for `wh_2`, `m_bh` for `m_bh_1`."""
    base, _, number = name.rpartition("_")
    return (
        base
        if number.isdigit() and base.removeprefix("velocity_").removeprefix("m_").removeprefix("v_") in HIDDEN
        else name
    )
