"""Activations: how a layer answers its input, and how steep that answer is.

Definitions are PyTorch's, at kinks too (the slope of relu at 0 is 0), with its defaults; gelu is its tanh form.
Only the exponentials in the article's sigmoid and in gelu, and its cube, overflow for large inputs, without harm: see
`expr.Limit`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from tracer.expr import Axis, Expression, Function, Number, exp, largest, limit, log, sqrt, tanh, total, where


@dataclass(frozen=True, eq=False)
class Activation:
    """
    Attributes:
        value: the answer, of a layer's input.
        slope: the derivative of the answer by the input, number by number; None where every answer of a sample
            depends on all of its inputs (softmax).
        slope_of: what `slope` is written in. The article takes it from the answer.
    """

    name: str
    value: Function
    slope: Function | None
    slope_of: Literal["answer", "input"] = "answer"

    def along(self, axis: Axis) -> Activation:
        """This activation for samples that lie in rows (axis 1, as `ACTIVATIONS` has them) or in columns (axis 0)."""
        return softmax(axis) if self.name == "softmax" else self


sigmoid = Function("sigmoid", lambda x: limit(1 / (1 + exp(-x)), beyond=x < -709, value=0))
derivatives_sigmoid = Function("derivatives_sigmoid", lambda x: x * (1 - x))

derivatives_tanh = Function("derivatives_tanh", lambda x: 1 - x * x)

relu = Function("relu", lambda x: where(x > 0, x, 0))
derivatives_relu = Function("derivatives_relu", lambda x: where(x > 0, 1, 0))

leaky_relu = Function("leaky_relu", lambda x: where(x > 0, x, 0.01 * x))
derivatives_leaky_relu = Function("derivatives_leaky_relu", lambda x: where(x > 0, 1, 0.01))

# -abs(x) is x where it matters, below 0, and cannot overflow above.
elu = Function("elu", lambda x: where(x > 0, x, exp(-abs(x)) - 1))
derivatives_elu = Function("derivatives_elu", lambda x: where(x > 0, 1, x + 1))

# log(1 + exp(x)), with the exponential of a large x taken out.
softplus = Function("softplus", lambda x: relu(x) + log(1 + exp(-abs(x))))
derivatives_softplus = Function("derivatives_softplus", lambda x: sigmoid(x))

pi = Number(math.pi)
FAR = 21  # beyond, exp overflows on the left, and 1 is reached to the last bit on the right
# Of x, gelu lets (1 + tanh(z)) / 2 through: the same number, in which nothing cancels where tanh(z) is near -1.
share = Function(
    "share",
    lambda x: limit(
        1 / (1 + exp(-2 * sqrt(2 / pi) * (x + 0.044715 * x**3))), beyond=abs(x) > FAR, value=derivatives_relu(x)
    ),
)
gelu = Function("gelu", lambda x: x * share(x))
# Where share is 0, its slope is that times a power of x, which must not be infinite.
bounded = Function("bounded", lambda x: where(abs(x) < FAR, x, FAR))
derivatives_share = Function(
    "derivatives_share",
    lambda x: share(x) * share(-x) * (2 * sqrt(2 / pi) * (1 + 3 * 0.044715 * bounded(x) ** 2)),
)
derivatives_gelu = Function("derivatives_gelu", lambda x: share(x) + x * derivatives_share(x))

linear = Function("linear", lambda x: x)
derivatives_linear = Function("derivatives_linear", lambda x: 0 * x + 1)  # as large a matrix as x


def softmax(axis: Axis) -> Activation:
    """The softmax of each sample, whose inputs lie along an axis: 1 for samples in rows, 0 in columns."""

    def value(x: Expression) -> Expression:
        shares = exp(x - largest(x, axis))
        return shares / total(shares, axis)

    return Activation("softmax", Function("softmax", value), None)


#: By name. softmax is for the output layer alone.
ACTIVATIONS = {
    activation.name: activation
    for activation in (
        Activation("sigmoid", sigmoid, derivatives_sigmoid),
        Activation("tanh", Function("tanh", tanh), derivatives_tanh),
        Activation("relu", relu, derivatives_relu),
        Activation("leaky_relu", leaky_relu, derivatives_leaky_relu),
        Activation("elu", elu, derivatives_elu),
        Activation("softplus", softplus, derivatives_softplus, slope_of="input"),
        Activation("gelu", gelu, derivatives_gelu, slope_of="input"),
        Activation("linear", linear, derivatives_linear),
        softmax(axis=1),
    )
}
