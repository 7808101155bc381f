"""Full batch and stochastic gradient descent, as expressions, and one epoch of either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tracer.expr import Expression, Symbol, total
from tracer.matrices import E, lr, output, y
from tracer.rendering import evaluate

x = Symbol("x")
# w1 is a cell, and so no name in a spreadsheet.
w_1, w_2 = Symbol("w_1", "w1"), Symbol("w_2", "w2")
change_1, change_2 = Symbol("change_1", "Δw1"), Symbol("change_2", "Δw2")

#: The loss is least at w1 = 1 and w2 = 1. In this order, points beside one another often lie on the same side of that
#: line, and so move the weights the same way.
GIVEN = {
    x: [1.4, -1.4, 0.2, 1.8, -0.2, 1.0, -0.6, -1.8, -1.0, 0.6],
    y: [1.3, 1.0, 0.9, 3.0, 1.9, 3.4, 1.5, -2.2, -1.0, 0.2],
    w_1: [0.0],
    w_2: [0.0],
    lr: [0.05],
}
POINTS = len(GIVEN[x])
WEIGHTS = (w_1, w_2)

#: What a point asks for, with the article's signs: the learning rate times the negative gradient of E * E / 2.
POINT: dict[Symbol, Expression] = {
    output: w_1 + w_2 * x,
    E: y - output,
    change_1: E * lr,
    change_2: E * x * lr,
}
#: Of all points, as in the article's network.
loss = total((y - (w_1 + w_2 * x)) ** 2) / 2
#: Where it is least.
_x, _y = total(x) / POINTS, total(y) / POINTS
LEAST: dict[Symbol, Expression] = {
    w_2: total((x - _x) * (y - _y)) / total((x - _x) ** 2),
    w_1: _y - w_2 * _x,
}


@dataclass(frozen=True, eq=False)
class Method:
    """
    Attributes:
        prefix: of the names of its blocks.
        batch: after how many points it moves the weights.
        update: what they are then.
    """

    title: str
    prefix: str
    batch: int
    update: Mapping[Symbol, Expression]


METHODS = (
    Method("Full batch", "full", POINTS, {w_1: w_1 + total(change_1), w_2: w_2 + total(change_2)}),
    Method("Stochastic", "stochastic", 1, {w_1: w_1 + change_1, w_2: w_2 + change_2}),
)

Numbers = dict[str, np.ndarray]


def epoch(method: Method, given: Numbers) -> Numbers:
    """One pass over the points.

    Args:
        given: x and y, n × 1; w_1, w_2 and lr, 1 × 1.

    Returns:
        By name: what is computed for each point, n × 1; the weights with which each is seen, and those after the
        last, n + 1 × 1.
    """
    weights = {symbol.name: given[symbol.name] for symbol in WEIGHTS}
    found: dict[str, list[np.ndarray]] = {name: [] for name in (*weights, *(symbol.name for symbol in POINT))}
    for batch in np.split(np.arange(POINTS), POINTS // method.batch):
        state = {**given, **weights, x.name: given[x.name][batch], y.name: given[y.name][batch]}
        for symbol, expression in POINT.items():
            state[symbol.name] = evaluate(expression, state)
        for name, column in found.items():
            column.append(np.broadcast_to(state[name], (len(batch), 1)))
        weights = {symbol.name: evaluate(expression, state) for symbol, expression in method.update.items()}
    for name, after in weights.items():
        found[name].append(after)
    return {name: np.concatenate(column) for name, column in found.items()}
