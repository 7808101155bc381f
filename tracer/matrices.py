"""The article's matrices, by its names. Shapes: n samples, f features, h hidden neurons, o outputs."""

from __future__ import annotations

from tracer.expr import Symbol, symbols

X, y = symbols("X y")  # n × f, n × o
wh, bh, wout, bout = symbols("wh bh wout bout")  # f × h, 1 × h, h × o, 1 × o
lr = Symbol("lr", text="learning_rate")  # 1 × 1
hidden_layer_input, hiddenlayer_activations = symbols("hidden_layer_input hiddenlayer_activations")  # n × h
output_layer_input, output, E = symbols("output_layer_input output E")  # n × o
slope_hidden_layer, Error_at_hidden_layer, d_hiddenlayer = symbols(  # n × h
    "slope_hidden_layer Error_at_hidden_layer d_hiddenlayer"
)
slope_output_layer, d_output = symbols("slope_output_layer d_output")  # n × o
