"""How many samples are classified rightly, as an expression of the output and the targets."""

from __future__ import annotations

import numpy as np

from tracer.architecture import Architecture
from tracer.expr import Expression, total, where
from tracer.matrices import output, y


def are_classes(architecture: Architecture, targets: np.ndarray) -> bool:
    """Whether the targets say yes or no, of one class of several (softmax) or of each by itself (sigmoid)."""
    if architecture.output_activation not in ("sigmoid", "softmax") or not np.isin(targets, (0.0, 1.0)).all():
        return False
    return architecture.output_activation == "sigmoid" or bool((targets.sum(architecture.axis) == 1).all())


def right(architecture: Architecture) -> Expression:
    """The number of samples classified rightly, 1 × 1.

    A softmax says the class of its largest output; where several are equally large, the sample counts by their share.
    A sigmoid says yes above one half, and all outputs of a sample have to be right.
    """
    axis = architecture.axis
    if architecture.output_activation == "sigmoid":
        wrong = where(output > 0.5, 1 - y, y)
        return total(where(total(wrong, axis) > 0, 0, 1))
    at_target = total(output * y, axis)
    above = total(where(output > at_target, 1, 0), axis)
    equal = total(where(output < at_target, 0, 1), axis) - above
    return total(where(above > 0, 0, 1 / equal))
