"""The letters of the derivation: this project's, for any number of layers, and the article's, for its one."""

from __future__ import annotations

from tracer.architecture import Architecture
from tracer.derivation import gradient_of
from tracer.expr import Symbol
from tracer.matrices import hidden_layers
from tracer.notation import SUBSCRIPT, Notation


def letters(architecture: Architecture) -> dict[str, str]:
    """A letter for every matrix, by its name; layers are numbered from the inputs, the output's last."""
    found = {"X": "X", "y": "t", "output": "Y", "slope_output_layer": "Y′", "loss": "E", "lr": "η"}
    found |= {"momentum": "μ", "beta_1": "β₁", "beta_2": "β₂", "epsilon": "ε", "t": "n"}
    weights: dict[str, str] = {}
    for number, layer in enumerate(hidden_layers(architecture.layers), 1):
        k = str(number).translate(SUBSCRIPT)
        weights |= {layer.wh.name: f"W{k}", layer.bh.name: f"b{k}"}
        found |= {
            layer.hidden_layer_input.name: f"u{k}",
            layer.hiddenlayer_activations.name: f"h{k}",
            layer.slope_hidden_layer.name: f"h{k}′",
            layer.Error_at_hidden_layer.name: f"e{k}",
            layer.d_hiddenlayer.name: f"δ{k}",
        }
    k = str(architecture.layers + 1).translate(SUBSCRIPT)
    weights |= {"wout": f"W{k}", "bout": f"b{k}"}
    found |= {"output_layer_input": f"u{k}", "E": f"e{k}", "d_output": f"δ{k}", **weights}
    for name, letter in weights.items():
        found[gradient_of(Symbol(name)).name] = f"∂E/∂{letter}"
        found |= {f"{state}_{name}": f"{state[0]}[{letter}]" for state in ("velocity", "m", "v")}
    return found


def articles(architecture: Architecture) -> dict[str, str]:
    """What the article's derivation calls them, by name; it has one hidden layer and no biases."""
    found = {"X": "X", "y": "t", "output": "Y", "loss": "E", "lr": "η"}
    if architecture.layers == 1:
        found |= {"wh": "Wᵢ", "hidden_layer_input": "u", "hiddenlayer_activations": "h"}
        found |= {"wout": "Wₕ", "output_layer_input": "u′"}
    return found


def in_letters(architecture: Architecture) -> Notation:
    """With a letter for every matrix, and σ for the sigmoid, as the article has it."""
    return Notation(letters(architecture), {"sigmoid": "σ"})
