"""The article's steps of one training iteration, each written once.

Steps 0 to 4 carry the inputs forward to a prediction; steps 5 to 11 carry the error back to the weights. A step that
has to be done for each hidden layer has an expression for each, in the order in which they are computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from tracer.activations import ACTIVATIONS, Activation
from tracer.architecture import Architecture
from tracer.expr import Axis, Expression, Shape, Symbol, calls, reads, shape, total
from tracer.losses import LOSSES
from tracer.matrices import (
    E,
    Hidden,
    X,
    bout,
    d_output,
    hidden_layers,
    lr,
    output,
    output_layer_input,
    slope_output_layer,
    t,
    wout,
    y,
)
from tracer.optimizers import OPTIMIZERS
from tracer.rendering import Text, definition

#: With several hidden layers these take turns: the second layer's input needs the first one's answer.
TURNS = {2: 3, 8: 9}

TWICE = "The learning rate counts twice, here and in steps 10 and 11: weights and biases move by its square."
BY_SAMPLE = (
    "As the R listing is printed, biases belong to samples: a row of bh starts as one number and is moved by the sum "
    "over its own row. The eleven steps have one bias for each neuron, in all samples alike."
)


@dataclass(frozen=True, eq=False)
class Step:
    """One step: the matrices that it fills, by expressions, or (steps 0 and 1) with what is given."""

    number: int
    title: str
    expressions: Mapping[Symbol, Expression] = field(default_factory=dict)
    given: tuple[Symbol, ...] = ()
    #: What is unusual about it.
    note: str = ""

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

    def formulas_at(self, epoch: int, update: int = 1, linked: bool = True) -> tuple[str, ...]:
        """The formulas as they read in an update: after the first, what was given is what the one before left.

        Args:
            linked: whether the one before is shown too; otherwise the numbers are recorded ones.
        """
        if self.number != 1 or (epoch, update) == (1, 1):
            return self.formulas
        before = f"update {update - 1}" if update > 1 else f"epoch {epoch - 1}"
        said = f"as the {before.split()[0]} before left them"
        if not linked:
            said = f"recorded values, as {before} left them (it has no sheets here)"
        return tuple(line.replace(": given", f": {said}") for line in self.formulas)

    @cached_property
    def definitions(self) -> tuple[str, ...]:
        """A line for each named function in the formulas: `sigmoid(x) = 1 / (1 + exp(-x))`; and the note."""
        functions = (function for expression in self.expressions.values() for function in calls(expression))
        lines = tuple(definition(function, Text()) for function in dict.fromkeys(functions))
        return (*lines, self.note) if self.note else lines

    def _reads(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for expression in self.expressions.values() for name in reads(expression)))


@lru_cache(maxsize=64)
def steps(architecture: Architecture) -> tuple[Step, ...]:
    """The steps of an architecture. `steps(a)[k].number == k`; without biases there is no step 11."""
    a = architecture
    rows, axis = a.samples == "rows", a.axis
    layers = hidden_layers(a.layers)
    answers = dict(zip(layers, (ACTIVATIONS[name] for name in a.activations)))
    at_output, optimizer = ACTIVATIONS[a.output_activation].along(axis), OPTIMIZERS[a.optimizer]
    weights = [weight for layer in layers for weight in (layer.wh, layer.bh)] + [wout, bout]
    biases = (*(layer.bh for layer in layers), bout)
    if not a.bias:
        weights = [weight for weight in weights if weight not in biases]
    states = {weight: [Symbol(f"{state}_{weight.name}") for state in optimizer.states] for weight in weights}
    given = [*weights, lr, *optimizer.constants, *([t] if optimizer.counter else ())]
    given += [state for weight in weights for state in states[weight]]
    #: What each layer takes in, and which matrices follow a hidden one.
    takes = dict(zip((*layers, None), (X, *(layer.hiddenlayer_activations for layer in layers))))
    follows = dict(zip(layers, [*((layer.d_hiddenlayer, layer.wh) for layer in layers[1:]), (d_output, wout)]))
    backwards = layers[::-1]

    def weigh(inputs: Symbol, w: Symbol, b: Symbol) -> Expression:
        weighed = inputs @ w if rows else w.T @ inputs
        return weighed + b if a.bias else weighed

    def send_back(d: Symbol, w: Symbol) -> Expression:
        return d @ w.T if rows else w @ d

    def slope(activation: Activation, of_input: Symbol, of_answer: Symbol) -> Expression:
        assert activation.slope, "a softmax stands at the output, with the loss that cancels its slope"
        return activation.slope(of_input if activation.slope_of == "input" else of_answer)

    def correct(weight: Symbol, inputs: Symbol, d: Symbol) -> dict[Symbol, Expression]:
        return optimizer.move(weight, inputs.T @ d if rows else inputs @ d.T, *states[weight])

    def correct_bias(weight: Symbol, d: Symbol) -> dict[Symbol, Expression]:
        along: Axis = 0 if rows and a.bias != "by_sample" else 1
        return optimizer.move(weight, total(d, axis=along), *states[weight])

    slopes = {
        layer.slope_hidden_layer: slope(answers[layer], layer.hidden_layer_input, layer.hiddenlayer_activations)
        for layer in backwards
    }
    if not LOSSES[a.loss].cancels:
        slopes = {slope_output_layer: slope(at_output, output_layer_input, output), **slopes}
    delta: Expression = E if LOSSES[a.loss].cancels else E * slope_output_layer
    counted = {t: t + 1} if optimizer.counter else {}
    found = (
        Step(0, "Take the inputs and the targets", given=(X, y)),
        Step(
            1,
            "Start from some weights and biases" if a.bias else "Start from some weights",
            given=tuple(given),
            note=BY_SAMPLE if a.bias == "by_sample" else "",
        ),
        Step(2, _many("Weigh the inputs for the hidden layer", layers), {
            layer.hidden_layer_input: weigh(takes[layer], layer.wh, layer.bh) for layer in layers
        }),
        Step(3, "Let the hidden neurons answer", {
            layer.hiddenlayer_activations: answers[layer].value(layer.hidden_layer_input) for layer in layers
        }),
        Step(4, "Weigh the answers and predict", {
            output_layer_input: weigh(takes[None], wout, bout),
            output: at_output.value(output_layer_input),
        }),
        Step(5, "Compare the prediction with the target", {
            E: y - output,
        }),
        Step(6, "Find how steep each neuron's answer is", slopes),
        Step(7, "Turn the error into a delta at the output", {
            d_output: delta * lr if a.step7_lr else delta,
        }, note=TWICE if a.step7_lr else ""),
        Step(8, _many("Send the delta back to the hidden layer", layers), {
            layer.Error_at_hidden_layer: send_back(*follows[layer]) for layer in backwards
        }),
        Step(9, "Turn the hidden error into a delta", {
            layer.d_hiddenlayer: layer.Error_at_hidden_layer * layer.slope_hidden_layer for layer in backwards
        }),
        Step(10, "Correct the weights", {
            **counted,
            **correct(wout, takes[None], d_output),
            **_joined(correct(layer.wh, takes[layer], layer.d_hiddenlayer) for layer in backwards),
        }),
    )  # fmt: skip
    if not a.bias:
        return found
    corrected = _joined(correct_bias(layer.bh, layer.d_hiddenlayer) for layer in backwards)
    corrected |= correct_bias(bout, d_output)
    return (*found, Step(11, "Correct the biases", corrected, note=BY_SAMPLE if a.bias == "by_sample" else ""))


def order(of: tuple[Step, ...]) -> Iterator[tuple[Step, Symbol, Expression]]:
    """Everything that is computed, in the order in which it is: layer by layer where two steps take turns."""
    for step in of:
        if step.number in TURNS:
            other = of[TURNS[step.number]]
            for one, then in zip(step.expressions.items(), other.expressions.items()):
                yield step, *one
                yield other, *then
        elif step.number not in TURNS.values():
            for symbol, expression in step.expressions.items():
                yield step, symbol, expression


def shapes(architecture: Architecture, inputs: Mapping[str, Shape]) -> dict[str, Shape]:
    """Rows and columns of every matrix, given those of the inputs.

    Raises:
        ValueError: they do not fit together.
    """
    found = dict(inputs)
    for _, symbol, expression in order(steps(architecture)):
        found[symbol.name] = shape(expression, found)
    return found


def _many(title: str, layers: tuple[Hidden, ...]) -> str:
    return title if len(layers) == 1 else f"{title}s"


def _joined(parts: Iterable[dict[Symbol, Expression]]) -> dict[Symbol, Expression]:
    return {symbol: expression for part in parts for symbol, expression in part.items()}
