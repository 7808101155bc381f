"""The chain rule behind steps 5 to 11: how the loss changes with each weight.

What a step has is read off the step. Step 10 adds the negative gradient to a weight, times the learning rate; the
factors of the chain are what it and steps 5 to 9 multiply.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tracer.activations import derivatives_sigmoid
from tracer.architecture import Architecture
from tracer.expr import Axis, Call, Elementwise, Expression, Number, Product, Symbol, reads, substituted, total
from tracer.losses import LOSSES
from tracer.matrices import (
    E,
    bout,
    d_output,
    hidden_layers,
    lr,
    output,
    output_layer_input,
    slope_output_layer,
    wout,
    y,
)
from tracer.steps import steps

#: The loss, which no step fills.
loss = Symbol("loss")
#: Any ∂loss/∂output, where ∂output/∂output_layer_input is no matrix but what it makes of that.
g = Symbol("g")


@dataclass(frozen=True, eq=False)
class Partial:
    """∂of/∂by.

    Attributes:
        forms: what it is, written in one or more ways that are equal. Of a matrix product it is the other factor.
        step: where it, or its negative, or a block of it is filled; None where no step has it.
    """

    of: Symbol
    by: Symbol
    forms: tuple[Expression, ...]
    step: int | None = None


@dataclass(frozen=True, eq=False)
class Chain:
    """How the loss changes with the weights of a layer, and with its biases if it has some.

    Attributes:
        weights: these.
        known: the part that the layer after this one has already: loss, output, its input, this layer's answer, for
            ∂loss/∂output · ∂output/∂input · ∂input/∂answer. Empty for the output layer.
        path: what comes between that and the weights, likewise.
        factors: the partials in the chain.
        results: what they come to; the gradients are the last.
    """

    weights: tuple[Symbol, ...]
    known: tuple[Symbol, ...]
    path: tuple[Symbol, ...]
    factors: tuple[Partial, ...]
    results: tuple[Partial, ...]


def gradient_of(weight: Symbol) -> Symbol:
    """∂loss/∂weight, as a matrix with a name."""
    return Symbol(f"∂loss/∂{weight.name}")


def chains(architecture: Architecture) -> tuple[Chain, ...]:
    """Of every layer, from the output back to the inputs."""
    found = tuple(_Chains(replace(architecture, step7_lr=False)))
    if not architecture.step7_lr:
        return found
    # Step 7 has put the learning rate into every delta, where a derivative has none.
    layers = hidden_layers(architecture.layers)
    deltas = [d_output, *(delta for layer in layers for delta in (layer.Error_at_hidden_layer, layer.d_hiddenlayer))]
    without = {delta.name: delta / lr for delta in deltas}
    return tuple(
        replace(chain, results=tuple(_in_terms(partial, without) for partial in chain.results)) for chain in found
    )


def _in_terms(partial: Partial, values: Mapping[str, Expression]) -> Partial:
    return replace(partial, forms=tuple(substituted(form, values) for form in partial.forms))


class _Chains:
    """What `chains` reads off the steps: those of plain gradient descent, since every optimizer has its gradients."""

    def __init__(self, architecture: Architecture) -> None:
        self.architecture = architecture
        plain = steps(replace(architecture, optimizer="gradient_descent"))
        #: Step and expression of each matrix, by its name.
        self.found = {symbol.name: (step.number, made) for step in plain for symbol, made in step.expressions.items()}

    def __iter__(self) -> Iterator[Chain]:
        weights, factors, gradients = self._weights(wout, bout, output_layer_input, d_output)
        yield Chain(
            weights,
            (),
            (loss, output, output_layer_input),
            (*self._at_output(), *factors),
            (self._by_output_input(), *gradients),
        )
        after, delta_after = output_layer_input, d_output
        known: tuple[Symbol, ...] = (loss, output, output_layer_input)
        for layer in reversed(hidden_layers(self.architecture.layers)):
            answer, inputs = layer.hiddenlayer_activations, layer.hidden_layer_input
            weights, factors, gradients = self._weights(
                layer.wh, layer.bh, inputs, layer.d_hiddenlayer, layer.Error_at_hidden_layer
            )
            step, error = self.found[layer.Error_at_hidden_layer.name]
            at_slope, slope = self.found[layer.slope_hidden_layer.name]
            at_delta, delta = self.found[layer.d_hiddenlayer.name]
            yield Chain(
                weights,
                (*known, answer),
                (answer, inputs),
                (
                    Partial(after, answer, (_beside(delta_after, error),)),
                    Partial(answer, inputs, (layer.slope_hidden_layer, opened(slope)), at_slope),
                    *factors,
                ),
                (
                    Partial(loss, answer, (-layer.Error_at_hidden_layer, -error), step),
                    Partial(loss, inputs, (-layer.d_hiddenlayer, -delta), at_delta),
                    *gradients,
                ),
            )
            after, delta_after, known = inputs, layer.d_hiddenlayer, (loss, inputs)

    def _at_output(self) -> tuple[Partial, ...]:
        """∂loss/∂output and ∂output/∂output_layer_input."""
        found = LOSSES[self.architecture.loss]
        if not found.cancels:
            step, slope = self.found["slope_output_layer"]
            by_input = Partial(output, output_layer_input, (slope_output_layer, opened(slope)), step)
            return Partial(loss, output, (found.slope, -E), 5), by_input
        if self.architecture.output_activation == "sigmoid":
            slope = opened(derivatives_sigmoid(output))
        else:
            slope = through_softmax(g, self.architecture.axis)
        return Partial(loss, output, (found.slope,)), Partial(output, output_layer_input, (slope,))

    def _by_output_input(self) -> Partial:
        """∂loss/∂output_layer_input, in which the slope of a cross-entropy cancels that of the output."""
        step, delta = self.found["d_output"]
        found, axis = LOSSES[self.architecture.loss], self.architecture.axis
        if not found.cancels:
            return Partial(loss, output_layer_input, (-d_output, -delta), step)
        if self.architecture.output_activation == "sigmoid":
            product: tuple[Expression, ...] = (found.slope * opened(derivatives_sigmoid(output)),)
        else:
            product = (through_softmax(found.slope, axis), output * total(y, axis) - y)
        return Partial(loss, output_layer_input, (*product, output - y, -delta, -d_output), step)

    def _weights(
        self, weight: Symbol, bias: Symbol, inputs: Symbol, delta: Symbol, error: Symbol | None = None
    ) -> tuple[tuple[Symbol, ...], tuple[Partial, ...], tuple[Partial, ...]]:
        """The weights of a layer and its biases: their names, the last factors of their chains, their gradients.

        Args:
            inputs: what the layer takes in.
            error: what its delta is made of, where that is a product itself.
        """
        weights = (weight, bias) if self.architecture.bias else (weight,)
        made = self.found[delta.name][1]
        if error:
            made = substituted(made, {error.name: self.found[error.name][1]})
        factors, gradients = [], []
        for symbol in weights:
            step, expression = self.found[symbol.name]
            change = added(expression)
            factors.append(Partial(inputs, symbol, (_beside(delta, change),)))
            gradients.append(Partial(loss, symbol, (-change, -substituted(change, {delta.name: made})), step))
        return weights, tuple(factors), tuple(gradients)


def added(expression: Expression) -> Expression:
    """What step 10 or 11 adds to a weight before it is multiplied by the learning rate: the negative gradient."""
    match expression:
        case Elementwise("+", Symbol(), Elementwise("*", change, _)):
            return change
    raise TypeError(f"not a weight plus something times the learning rate: {expression!r}")


def _beside(delta: Symbol, expression: Expression) -> Expression:
    """What a delta is multiplied by in a matrix product; 1 where it is only summed up, as for a bias."""
    if not isinstance(expression, Product):
        return Number(1)
    left, right = expression.left, expression.right
    return right if reads(left) == (delta.name,) else left


def opened(expression: Expression) -> Expression:
    """The body of a function's call."""
    return expression.body if isinstance(expression, Call) else expression


def through_softmax(gradient: Expression, axis: Axis) -> Expression:
    """What a softmax makes of the gradient by its answer: the gradient by its input.

    The answer j of a sample depends on all inputs k of the sample: its derivative is output_j (1 - output_j) for j = k,
    and -output_j output_k for the others.
    """
    return output * (gradient - total(gradient * output, axis))
