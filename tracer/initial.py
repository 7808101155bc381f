"""How weights and biases start."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from tracer.expr import Shape

#: `uniform`: over [0, 1), the article's, biases too. `normal`: mean 0, standard deviation 1, biases too. `xavier`:
#: uniform within ±sqrt(6 / (inputs + neurons)) (Glorot and Bengio 2010, equation 16). `he`: normal with standard
#: deviation sqrt(2 / inputs) (He et al. 2015, equation 10). `zeros`. Where biases are not mentioned they are 0.
INITS = ("uniform", "normal", "xavier", "he", "zeros")


def draw(
    init: str, shapes: Mapping[str, Shape], given: Collection[str], seed: int, skip: int = 0
) -> dict[str, np.ndarray]:
    """What is not given, drawn in the order of `shapes`, as after `numpy.random.seed(seed)`.

    Args:
        init: one of `INITS`.
        shapes: rows and columns of each weight and bias; weights are inputs × neurons.
        given: those that need not be drawn, and are not.
        skip: so many numbers from 0 to 1 are taken before, as by what an article did earlier with the same generator.
    """
    # RandomState(seed) is the generator behind numpy.random.seed(seed), without its global state.
    generator = np.random.RandomState(seed)
    generator.uniform(size=skip)
    return {name: _drawn(generator, init, name, shape) for name, shape in shapes.items() if name not in given}


def _drawn(generator: np.random.RandomState, init: str, name: str, shape: Shape) -> np.ndarray:
    inputs, neurons = shape
    if init == "uniform":
        return generator.uniform(size=shape)
    if init == "normal":
        return generator.normal(size=shape)
    if init == "zeros" or name.startswith("b"):
        return np.zeros(shape)
    if init == "xavier":
        bound = np.sqrt(6 / (inputs + neurons))
        return generator.uniform(-bound, bound, size=shape)
    return generator.normal(0, np.sqrt(2 / inputs), size=shape)
