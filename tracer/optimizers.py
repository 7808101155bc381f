"""Optimizers: how a weight moves, as expressions of the sum that the article adds to it.

That sum (`X.T @ d_hiddenlayer`) is the negative gradient of the loss, so that everything here is added where textbooks,
which descend along the gradient, subtract.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tracer.expr import Expression, Symbol, sqrt
from tracer.matrices import beta_1, beta_2, epsilon, lr, momentum, t


@dataclass(frozen=True, eq=False)
class Optimizer:
    """
    Attributes:
        constants: its numbers, 1 × 1 each, with their usual values.
        counter: whether it counts its updates, in `t`.
        states: prefixes of the matrices that it keeps for each weight, of the weight's shape, 0 at first.
        move: of a weight, its negative gradient and its states: what each becomes.
    """

    constants: Mapping[Symbol, float]
    counter: bool
    states: tuple[str, ...]
    move: Callable[..., dict[Symbol, Expression]]


def gradient_descent(weight: Symbol, change: Expression) -> dict[Symbol, Expression]:
    """The article's."""
    return {weight: weight + change * lr}


def with_momentum(weight: Symbol, change: Expression, velocity: Symbol) -> dict[Symbol, Expression]:
    """Polyak's momentum (1964) as PyTorch's SGD has it: the learning rate is not in the velocity."""
    return {velocity: momentum * velocity + change, weight: weight + velocity * lr}


def adam(weight: Symbol, change: Expression, m: Symbol, v: Symbol) -> dict[Symbol, Expression]:
    """Kingma and Ba, Adam: a method for stochastic optimization (2015), algorithm 1."""
    return {
        m: beta_1 * m + (1 - beta_1) * change,
        v: beta_2 * v + (1 - beta_2) * change**2,
        weight: weight + lr * (m / (1 - beta_1**t)) / (sqrt(v / (1 - beta_2**t)) + epsilon),
    }


OPTIMIZERS = {
    "gradient_descent": Optimizer({}, False, (), gradient_descent),
    "momentum": Optimizer({momentum: 0.9}, False, ("velocity",), with_momentum),
    "adam": Optimizer({beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8}, True, ("m", "v"), adam),
}
