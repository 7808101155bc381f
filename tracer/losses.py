"""Losses: the number that training makes smaller, as an expression of what the steps filled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tracer.activations import ACTIVATIONS, relu
from tracer.expr import Axis, Expression, Function, exp, log, total, where
from tracer.matrices import E, output, output_layer_input, y


@dataclass(frozen=True, eq=False)
class Loss:
    """
    Attributes:
        outputs: the activations of the output layer that it goes with.
        value: of the axis along which the outputs of one sample lie (1 for samples in rows, 0 in columns): the loss,
            1 × 1, summed over outputs and samples.
        cancels: whether the slope of the output cancels in its gradient, so that the delta at the output is E
            rather than E * slope_output_layer.
        textbook: the loss as textbooks write it, where an output of 0 or 1 may have no logarithm.
        slope: the derivative of that by the output, number by number.
    """

    name: str
    outputs: tuple[str, ...]
    value: Callable[[Axis], Expression]
    cancels: bool
    textbook: Expression
    slope: Expression


def squared_error(axis: Axis) -> Expression:
    """The article's: half the sum of the squared errors."""
    return total(E * E) / 2


def binary_cross_entropy(axis: Axis) -> Expression:
    """-sum(y * log(output) + (1 - y) * log(1 - output)) for a sigmoid's output, from its input, where neither
    logarithm can be one of 0."""
    x = output_layer_input
    return total(relu(x) - y * x + log(1 + exp(-abs(x))))


def cross_entropy(axis: Axis) -> Expression:
    """-sum(y * log(output)) for a softmax's output, where the targets of a sample add up to 1."""
    return -total(y * _logarithm(axis)(output))


#: An output below this counts as vanished: it weighs nothing beside the others, which add up to 1 without it.
VANISHED = 1e-20


def _logarithm(axis: Axis) -> Function:
    """The logarithm of a softmax's output, also of one that has vanished.

    That one's is its input less the log-sum-exp of the sample, the logarithm of what softmax divides by. Every output
    of the sample says what the log-sum-exp is, input - log(output), and they add up to 1; so it is their mean. That
    needs no maximum, which a spreadsheet cannot take of every row in one cell.
    """

    def value(x: Expression) -> Expression:
        normal = x > VANISHED
        logarithm = log(where(normal, x, 1))
        log_sum_exp = total(x * (output_layer_input - logarithm), axis)
        return where(normal, logarithm, output_layer_input - log_sum_exp)

    return Function("logarithm", value)


LOSSES = {
    loss.name: loss
    for loss in (
        Loss(
            "squared_error",
            tuple(name for name in ACTIVATIONS if name != "softmax"),
            squared_error,
            cancels=False,
            textbook=total((output - y) ** 2) / 2,
            slope=output - y,
        ),
        Loss(
            "binary_cross_entropy",
            ("sigmoid",),
            binary_cross_entropy,
            cancels=True,
            textbook=-total(y * log(output) + (1 - y) * log(1 - output)),
            slope=(output - y) / (output * (1 - output)),
        ),
        Loss(
            "cross_entropy",
            ("softmax",),
            cross_entropy,
            cancels=True,
            textbook=-total(y * log(output)),
            slope=-y / output,
        ),
    )
}
