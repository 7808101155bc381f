"""The article's steps of one training iteration, each written once.

Steps 0 to 4 carry the inputs forward to a prediction; steps 5 to 11 carry the error back to the weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tracer import activations
from tracer.expr import Expression, Symbol, calls, reads, total
from tracer.losses import LOSSES
from tracer.matrices import (
    E,
    Error_at_hidden_layer,
    X,
    bh,
    bout,
    d_hiddenlayer,
    d_output,
    hidden_layer_input,
    hiddenlayer_activations,
    lr,
    output,
    output_layer_input,
    slope_hidden_layer,
    slope_output_layer,
    wh,
    wout,
    y,
)
from tracer.rendering import Text, definition

#: The activations for these steps, whose slopes are taken number by number.
ACTIVATIONS = {name: activation for name, activation in activations.ACTIVATIONS.items() if activation.slope}
#: What training makes smaller. Its gradient is what steps 5 to 9 compute.
LOSS = LOSSES["squared_error"].value(1)


@dataclass(frozen=True, eq=False)
class Step:
    """One step: the matrices that it fills, by expressions, or (steps 0 and 1) with what is given."""

    number: int
    title: str
    expressions: Mapping[Symbol, Expression] = field(default_factory=dict)
    given: tuple[Symbol, ...] = ()

    @property
    def phase(self) -> str:
        return "Forward propagation" if self.number <= 4 else "Backward propagation"

    @cached_property
    def current(self) -> tuple[str, ...]:
        """What this step fills (yellow)."""
        return tuple(symbol.name for symbol in (*self.given, *self.expressions))

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """What it reads and does not fill itself (orange)."""
        return tuple(name for name in self._reads() if name not in self.current)

    @cached_property
    def replaces(self) -> tuple[str, ...]:
        """What it fills from its own old value: the weights at step 10, the biases at step 11."""
        return tuple(symbol.name for symbol, expression in self.expressions.items() if symbol.name in reads(expression))

    @cached_property
    def formulas(self) -> tuple[str, ...]:
        """A line for each matrix that is computed, as the article writes it; one line for what is given."""
        if self.given:
            return (f"{', '.join(map(Text(), self.given))}: given",)
        return tuple(f"{symbol.name} = {Text()(expression)}" for symbol, expression in self.expressions.items())

    def formulas_at(self, epoch: int) -> tuple[str, ...]:
        """The formulas as they read in an epoch: after the first, what was given is what the epoch before left."""
        if self.given and epoch > 1:
            return tuple(line.replace(": given", ": as the epoch before left them") for line in self.formulas)
        return self.formulas

    @cached_property
    def definitions(self) -> tuple[str, ...]:
        """A line for each named function in the formulas: `sigmoid(x) = 1 / (1 + exp(-x))`."""
        functions = (function for expression in self.expressions.values() for function in calls(expression))
        return tuple(definition(function, Text()) for function in dict.fromkeys(functions))

    def _reads(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for expression in self.expressions.values() for name in reads(expression)))


def steps(activation: str) -> tuple[Step, ...]:
    """The steps for an activation by its name in `ACTIVATIONS`. `steps(name)[k].number == k`."""
    value, slope = ACTIVATIONS[activation].value, ACTIVATIONS[activation].slope
    of_input = ACTIVATIONS[activation].slope_of == "input"
    assert slope, "softmax has none, and is not among these"
    return (
        Step(0, "Take the inputs and the targets", given=(X, y)),
        Step(1, "Start from some weights and biases", given=(wh, bh, wout, bout, lr)),
        Step(2, "Weigh the inputs for the hidden layer", {
            hidden_layer_input: X @ wh + bh,
        }),
        Step(3, "Let the hidden neurons answer", {
            hiddenlayer_activations: value(hidden_layer_input),
        }),
        Step(4, "Weigh the answers and predict", {
            output_layer_input: hiddenlayer_activations @ wout + bout,
            output: value(output_layer_input),
        }),
        Step(5, "Compare the prediction with the target", {
            E: y - output,
        }),
        Step(6, "Find how steep each neuron's answer is", {
            slope_output_layer: slope(output_layer_input if of_input else output),
            slope_hidden_layer: slope(hidden_layer_input if of_input else hiddenlayer_activations),
        }),
        Step(7, "Turn the error into a delta at the output", {
            d_output: E * slope_output_layer,
        }),
        Step(8, "Send the delta back to the hidden layer", {
            Error_at_hidden_layer: d_output @ wout.T,
        }),
        Step(9, "Turn the hidden error into a delta", {
            d_hiddenlayer: Error_at_hidden_layer * slope_hidden_layer,
        }),
        Step(10, "Correct the weights", {
            wout: wout + hiddenlayer_activations.T @ d_output * lr,
            wh: wh + X.T @ d_hiddenlayer * lr,
        }),
        Step(11, "Correct the biases", {
            bh: bh + total(d_hiddenlayer, axis=0) * lr,
            bout: bout + total(d_output, axis=0) * lr,
        }),
    )  # fmt: skip
