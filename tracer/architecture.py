"""What decides which expressions the steps are made of: layers, loss, biases, orientation, optimizer; no sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tracer.expr import Axis

Samples = Literal["rows", "columns"]

Bias = Literal[True, False, "by_sample"]

SAMPLES = ("rows", "columns")


@dataclass(frozen=True)
class Architecture:
    """
    Attributes:
        activations: of each hidden layer, first to last: names in `activations.ACTIVATIONS`.
        output_activation: of the output layer.
        loss: a name in `losses.LOSSES`.
        bias: whether layers have biases, and one for each sample in place of each neuron ("by_sample", as the article's
            R listing has it).
        samples: whether the samples lie in rows, as in the article's walkthrough, or in columns, as in its second half.
        optimizer: a name in `optimizers.OPTIMIZERS`.
        step7_lr: whether step 7 multiplies by the learning rate too, as the text over the article's picture of it says.
    """

    activations: tuple[str, ...] = ("sigmoid",)
    output_activation: str = "sigmoid"
    loss: str = "squared_error"
    bias: Bias = True
    samples: Samples = "rows"
    optimizer: str = "gradient_descent"
    step7_lr: bool = False

    @property
    def layers(self) -> int:
        """How many hidden layers."""
        return len(self.activations)

    @property
    def axis(self) -> Axis:
        """Along which the numbers of one sample lie."""
        return 1 if self.samples == "rows" else 0
