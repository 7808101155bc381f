"""Runs the steps: their expressions are compiled to one Python function, and what it returns is recorded."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tracer.errors import TracerError
from tracer.network import Network
from tracer.rendering import NumPy
from tracer.steps import Step, steps
from tracer.trace import Trace

INPUTS = ("X", "y", "wh", "bh", "wout", "bout", "lr")
#: What an epoch hands to the next one.
CARRIED = ("wh", "bh", "wout", "bout")


def source(network_steps: tuple[Step, ...]) -> str:
    """Python source of one training iteration: the steps as assignments, in a function of `INPUTS`."""
    render = NumPy()
    lines, filled = [f"def iteration({', '.join(INPUTS)}):"], []
    for step in network_steps:
        for symbol, expression in step.expressions.items():
            lines.append(f"    {symbol.name} = {render(expression)}")
            filled.append(symbol.name)
    lines.append(f"    return {', '.join(filled)}")
    return "\n".join(lines)


def compiled(network_steps: tuple[Step, ...]) -> Callable[..., tuple[np.ndarray, ...]]:
    """One training iteration as a function; it returns what the steps filled, in order."""
    namespace: dict[str, Callable] = {"np": np}  # type: ignore[dict-item]
    exec(compile(source(network_steps), "<steps>", "exec"), namespace)
    return namespace["iteration"]


def run(network: Network, epochs: int = 1) -> Trace:
    """Train for some epochs and record every matrix that every step fills.

    Raises:
        TracerError: `epochs` is no whole number above 0, or a number left the range of a double.
    """
    if isinstance(epochs, bool) or not isinstance(epochs, (int, np.integer)) or epochs < 1:
        raise TracerError(f"epochs is {epochs!r}; expected a whole number, at least 1")
    network_steps = steps(network.activation)
    keys = [(step.number, symbol.name) for step in network_steps for symbol in step.expressions]
    names = [name for _, name in keys]
    iteration = compiled(network_steps)
    state = network.inputs
    recorded: list[tuple[np.ndarray, ...]] = []
    # An exp that overflows has a finite effect (see expr.Limit); an overflow that spreads is caught below.
    with np.errstate(over="ignore", invalid="ignore"):
        for epoch in range(1, epochs + 1):
            filled = iteration(*(state[name] for name in INPUTS))
            check_finite(keys, filled, epoch)
            recorded.append(filled)
            state = {**state, **{name: value for name, value in zip(names, filled) if name in CARRIED}}
    return Trace(network, {key: np.stack(matrices) for key, matrices in zip(keys, zip(*recorded))})


def check_finite(keys: list[tuple[int, str]], filled: tuple[np.ndarray, ...], epoch: int) -> None:
    for (step, name), matrix in zip(keys, filled):
        if not np.isfinite(matrix).all():
            row, column = np.argwhere(~np.isfinite(matrix))[0]
            raise TracerError(
                f"{name}[{row}, {column}] is {matrix[row, column]} at epoch {epoch}, step {step}, "
                "and no workbook can hold that; make lr or the numbers in X and y smaller"
            )
