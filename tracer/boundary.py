"""What a network answers all over the plane of its two inputs: a grid of points, and the forward steps for each.

The grid's points lie in rows, whichever way the samples do, so that biases are rows here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from tracer.errors import TracerError
from tracer.expr import Expression, Symbol
from tracer.network import Network
from tracer.rendering import evaluate
from tracer.steps import order, steps

#: The grid goes beyond the data by this share of their range.
MARGIN = 0.05
#: And by this much where they have none.
ALONE = 0.5


def computed(network: Network) -> list[tuple[Symbol, Expression]]:
    """What steps 2 to 4 fill, by their expressions for points in rows, in the order in which it is computed."""
    found = order(steps(replace(network.architecture, samples="rows")))
    return [(symbol, expression) for step, symbol, expression in found if step.number <= 4]


def upright(network: Network, weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Weights, inputs × neurons, and biases, 1 × neurons."""
    turned = network.architecture.samples == "columns"
    return {name: weights[name].T if turned and name.startswith("b") else weights[name] for name in network.initial}


def samples(network: Network) -> tuple[np.ndarray, np.ndarray]:
    """X and y with the samples in rows: n × 2, n × outputs."""
    turned = network.architecture.samples == "columns"
    return (network.X.T, network.y.T) if turned else (network.X, network.y)


def levels(network: Network) -> tuple[float, float, float]:
    """For one output: the answers that are coloured as no, as undecided, and as yes.

    A sigmoid's are 0, ½ and 1; others answer from the smallest to the largest target.
    """
    least, most = float(network.y.min()), float(network.y.max())
    if network.architecture.output_activation in ("sigmoid", "softmax"):
        least, most = 0.0, 1.0
    elif least == most:
        least, most = least - ALONE, most + ALONE
    return least, (least + most) / 2, most


def classes(network: Network) -> np.ndarray:
    """Of each sample, the number of its class, from 0: of the largest target; of one output, whether it is above the
    middle of `levels`."""
    _, y = samples(network)
    return np.argmax(y, axis=1) if y.shape[1] > 1 else (y[:, 0] > levels(network)[1]).astype(int)


def class_count(network: Network) -> int:
    return max(network.widths[-1], 2)


def limits(network: Network, points: int) -> dict[str, np.ndarray]:
    """Where the grid lies, 1 × 2 each: the data's smallest and largest numbers, how far the grid goes beyond them,
    its first coordinates and the steps to the next."""
    X, _ = samples(network)
    smallest, largest = X.min(axis=0, keepdims=True), X.max(axis=0, keepdims=True)
    margin = np.where(largest > smallest, MARGIN * (largest - smallest), ALONE)
    first = smallest - margin
    step = (largest + margin - first) / (points - 1)
    return {"smallest": smallest, "largest": largest, "margin": margin, "first": first, "step": step}


def grid(network: Network, weights: Mapping[str, np.ndarray], points: int) -> dict[str, np.ndarray]:
    """Every number of the sheet `Boundary`, by name.

    Args:
        weights: those to answer with, in the shapes that the network has them.
        points: along each axis.

    Returns:
        What `limits` and `upright` have; the coordinates `across` (1 × points) and `up` (points × 1, the largest first,
        as on paper); the points themselves, `X` (points² × 2), row by row from the top left; what steps 2 to 4 make of
        them, by the article's names; `class` (points² × 1, from 1), of several outputs; the picture, `boundary`
        (points × points): the class, or the only output; and `samples` (n × 3 or more): the first input of each, and
        its second input in the column of its class, the other columns being NaN.

    Raises:
        TracerError: the network's answers leave the range of a double there.
    """
    with np.errstate(all="ignore"):  # what is not finite is refused below
        found = {**limits(network, points), **upright(network, weights)}
        along = found["first"] + np.arange(points)[:, np.newaxis] * found["step"]
        found["across"], found["up"] = along[:, :1].T, along[::-1, 1:]
        found["X"] = np.column_stack([np.tile(found["across"][0], points), np.repeat(found["up"][:, 0], points)])
        for symbol, expression in computed(network):
            found[symbol.name] = evaluate(expression, found)
            if not np.isfinite(found[symbol.name]).all():
                raise TracerError(
                    f"{symbol.name} is not finite on the grid of the sheet Boundary, and no workbook can hold that; "
                    "leave the sheet out with --boundary 0, or make the numbers in X smaller"
                )
    shown = found["output"]
    if shown.shape[1] > 1:
        shown = found["class"] = np.argmax(shown, axis=1)[:, np.newaxis] + 1.0
    found["boundary"] = shown.reshape(points, points)
    X, _ = samples(network)
    of_class = classes(network)[:, np.newaxis] == np.arange(class_count(network))
    found["samples"] = np.column_stack([X[:, 0], np.where(of_class, X[:, 1:], np.nan)])
    return found
