"""What the layers of a network are, from what people say of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tracer.activations import ACTIVATIONS
from tracer.errors import TracerError, listing
from tracer.losses import LOSSES
from tracer.numbers import count
from tracer.values import choice, matrix, whole

#: What a hidden layer may answer: softmax is for the output.
HIDDEN_ACTIVATIONS = tuple(name for name, activation in ACTIVATIONS.items() if activation.slope)
#: Where the answers of an activation lie, if not everywhere on one side.
RANGES = {"sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0)}


def every_weight(layers: int) -> set[str]:
    """Names that weights and biases of networks with up to so many hidden layers have."""
    numbered = {f"{name}_{number}" for name in ("wh", "bh") for number in range(1, layers + 1)}
    return {"wh", "bh", "wout", "bout"} | numbered


def widths_of(hidden: Any, given: dict[str, Any], in_rows: bool) -> tuple[int, ...]:
    """How many neurons each hidden layer has: as said, or as the initial weights imply."""
    if hidden is None:
        implied: list[int] = []
        for number in range(1, len(given) + 1):
            suffixes = [f"_{number}", ""] if number == 1 else [f"_{number}"]
            for key in [name + suffix for suffix in suffixes for name in ("wh", "bh")]:
                if key in given:
                    is_bias = key.startswith("bh")
                    flat = ("row" if in_rows else "column") if is_bias else None
                    implied.append(
                        matrix(given[key], f"[initial] {key}", flat).shape[0 if is_bias and not in_rows else 1]
                    )
                    break
        if not implied:
            raise TracerError(
                "[network] hidden is missing; say how many hidden neurons, such as hidden = 3, or --hidden 3"
            )
        return tuple(implied)
    listed = list(hidden) if isinstance(hidden, (list, tuple)) else [hidden]
    if not listed:
        raise TracerError("[network] hidden is an empty list; expected the neurons of each layer, such as [4, 3]")
    return tuple(whole(width, "[network] hidden", "neurons") for width in listed)


def activations_of(activation: Any, output: Any, loss: Any, layers: int) -> tuple[tuple[str, ...], str]:
    """Of the hidden layers, and of the output."""
    listed = list(activation) if isinstance(activation, (list, tuple)) else [activation] * layers
    if len(listed) != layers:
        raise TracerError(
            f"[network] activation has {count(len(listed), 'name')} and hidden has {count(layers, 'layer')}; "
            "give one name, or one for each layer"
        )
    found = tuple(choice(name, "[network] activation", HIDDEN_ACTIVATIONS) for name in listed)
    if output is None:
        known = LOSSES.get(loss.replace("-", "_")) if isinstance(loss, str) else None
        output = found[-1] if known is None or found[-1] in known.outputs else known.outputs[0]
    return found, choice(output, "[network] output_activation", ACTIVATIONS)


def loss_of(loss: Any, output: str) -> str:
    if loss is None:
        return "cross_entropy" if output == "softmax" else "squared_error"
    found = choice(loss, "[network] loss", LOSSES)
    if output not in LOSSES[found].outputs:
        fitting = listing(LOSSES[found].outputs, "or")
        raise TracerError(
            f"[network] loss is {found} and output_activation is {output}; "
            f"{found} goes with {fitting}, so that one of both has to change"
        )
    return found


def check_targets(y: np.ndarray, loss: str, axis: int) -> None:
    """Cross-entropies are of probabilities; their gradient is E only then."""
    if loss == "squared_error":
        return
    outside = np.argwhere((y < 0) | (y > 1))
    if len(outside):
        i, j = outside[0]
        raise TracerError(
            f"[data] y, row {i + 1}, column {j + 1} is {y[i, j]:g}; {loss} takes targets from 0 to 1 "
            "(loss = 'squared_error' takes any)"
        )
    if loss == "cross_entropy":
        wrong = np.flatnonzero(~np.isclose(y.sum(axis=axis), 1, rtol=0, atol=1e-9))
        if len(wrong):
            sample = int(wrong[0])
            raise TracerError(
                f"[data] y, {'row' if axis else 'column'} {sample + 1} adds up to {y.sum(axis=axis)[sample]:g}; "
                "cross_entropy takes targets that add up to 1 for each sample, such as [0, 1, 0]"
            )
