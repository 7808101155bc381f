"""What PyTorch says of activations and losses. `python tests/pytorch.py` asks it, and writes pytorch.json."""

import json
from pathlib import Path

PATH = Path(__file__).with_suffix(".json")

#: Inputs of an activation: at kinks, around where something saturates, and far beyond.
INPUTS = [0.0, *(sign * x for x in (1e-9, 0.1, 0.5, 1.0, 2.5, 7.4, 8.0, 20.0, 36.0, 709.5, 1000.0) for sign in (1, -1))]
#: The layer's inputs and the targets, samples in rows.
BINARY = (
    [[0.5, -1.25], [1000.0, -1000.0], [1000.0, -1000.0], [30.0, -30.0], [0.0, 2.0]],
    [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.25, 1.0]],
)
CLASSES = (
    [
        [0.5, -1.25, 2.0],
        [1000.0, -1000.0, 0.0],
        [1000.0, -1000.0, 999.0],
        [-1000.0, -1000.0, -1000.0],
        [40.0, 3.0, 0.0],
    ],
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.25, 0.25, 0.5]],
)


def activations():
    """PyTorch's, by our names."""
    import torch
    from torch.nn import functional

    return {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "leaky_relu": functional.leaky_relu,
        "elu": functional.elu,
        # PyTorch itself leaves the logarithm out beyond 20, an error of 2e-9.
        "softplus": lambda x: functional.softplus(x, threshold=700),
        "gelu": lambda x: functional.gelu(x, approximate="tanh"),
        "linear": lambda x: x * 1,
    }


def answers():
    """{"activations": {name: [values, slopes]}, "losses": {name: [value, gradient by the layer's input]}}"""
    import torch
    from torch.nn import functional

    losses = {
        "binary_cross_entropy": (BINARY, functional.binary_cross_entropy_with_logits),
        "cross_entropy": (CLASSES, functional.cross_entropy),
    }

    def asked(function, inputs):
        x = torch.tensor(inputs, dtype=torch.float64, requires_grad=True)
        value = function(x)
        value.sum().backward()
        return [value.tolist(), x.grad.tolist()]

    return {
        "activations": {name: asked(function, INPUTS) for name, function in activations().items()},
        "losses": {
            name: asked(lambda x: loss(x, torch.tensor(data[1], dtype=torch.float64), reduction="sum"), data[0])  # noqa: B023
            for name, (data, loss) in losses.items()
        },
    }


def recorded():
    return json.loads(PATH.read_text())


if __name__ == "__main__":
    PATH.write_text(json.dumps(answers(), indent=1) + "\n")
