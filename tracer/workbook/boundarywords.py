"""What the sheet `Boundary` says in words: names of inputs, outputs and classes, its key, and what it is made of."""

from __future__ import annotations

import numpy as np

from tracer import boundary
from tracer.network import Network
from tracer.workbook import names


def inputs(network: Network) -> tuple[str, ...]:
    return network.features or ("X 1", "X 2")


def outputs(network: Network) -> tuple[str, ...]:
    many = network.widths[-1]
    return network.outputs or (tuple(f"output {k + 1}" for k in range(many)) if many > 1 else ("output",))


def classes(network: Network) -> tuple[str, ...]:
    """Of the samples: the outputs, or on which side of the middle the only output is to be."""
    said = outputs(network)
    if len(said) > 1:
        return said
    low, middle, high = boundary.levels(network)
    if np.isin(network.y, (low, high)).all():
        return tuple(f"{said[0]} {level:g}" for level in (low, high))
    return tuple(f"{said[0]} {side} {middle:.4g}" for side in ("up to", "above"))


def key(network: Network) -> list[str]:
    """A word for each colour of the map, or for the three that flow into one another."""
    said = outputs(network)
    if len(said) > 1:
        return [f"{number}  {name}" for number, name in enumerate(said, 1)]
    low, middle, high = (f"{level:.4g}" for level in boundary.levels(network))
    if network.architecture.output_activation == "sigmoid":
        return [low, f"{middle}, the boundary", high]
    return [f"{low} or less", f"{middle}, the middle", f"{high} or more"]


def note(network: Network, live: bool) -> str:
    """
    Args:
        live: whether the sheet has formulas.
    """
    said = "Which output is the largest at each point of the plane of the two inputs."
    if network.widths[-1] == 1:
        said = f"What the network answers at each point of the plane of its two inputs: {outputs(network)[0]}."
    return f"{said} Change a weight, and the map changes." if live else said


def origins(network: Network, weights: str, epochs: int, recorded: str) -> str:
    """Where weights and grid come from.

    Args:
        weights: the sheet of the weights; nothing where they are recorded ones.
        epochs: that the network was trained.
        recorded: the cell from which on they stand.
    """
    said = f"those of {weights}" if weights else f"the recorded ones of epoch {epochs:,}, from {recorded} on"
    scaling = network.scaling
    units = "" if scaling is None else f", in its scaled units ({scaling.kind}, see {names.DATA})"
    return f"The weights are {said}. The grid goes {boundary.MARGIN:.0%} beyond the data on each side{units}."


def heading(network: Network) -> str:
    """Above the map."""
    said = outputs(network)
    return "The class with the largest output at each point" if len(said) > 1 else f"{said[0]} at each point"


def data(network: Network) -> str:
    """What stands above the chart of the samples."""
    return "The data, by class" if network.classifies else "The data, by target"
