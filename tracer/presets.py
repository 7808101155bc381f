"""What the article teaches, each part as something that runs: networks, and lessons that are none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracer.errors import TracerError, nearest


@dataclass(frozen=True)
class Preset:
    """
    Attributes:
        says: what it is, in a line.
        is_network: whether it is a network file in `tracer.networks`; otherwise a module of `tracer.lessons`.
    """

    name: str
    says: str
    is_network: bool = True

    def write(self, path: str | Path, *, template: str | Path | None = None, force: bool = False) -> None:
        """Write the workbook of a lesson.

        Raises:
            TracerError: the template is none, or the file cannot be written.
        """
        from importlib import import_module  # a lesson's module is loaded only by who wants it

        lesson = import_module(f"tracer.lessons.{self.name.replace('-', '_')}")
        lesson.write(path, template=template, force=force)


PRESETS = {
    found.name: found
    for found in (
        Preset("walkthrough", "the eleven steps of the Excel pictures, one epoch"),
        Preset("python", "the NumPy listing: drawn weights, 5,000 epochs"),
        Preset("r", "the R listing as it is printed, with a bias for each sample"),
        Preset("chain-rule", "samples in columns, no biases: every partial derivative, and 1,000 epochs", False),
        Preset("moons", "two half moons, ten hidden neurons, 10,000 epochs, and the boundary between them"),
        Preset("blobs", "the exercise, solved: three classes, softmax, and their boundaries"),
        Preset("perceptron", "three ways from inputs to an output: a threshold, weights, a bias", False),
        Preset("gradient-descent", "full batch beside stochastic: ten points, two weights, update by update", False),
    )
}


def named(name: str) -> Preset:
    """
    Raises:
        TracerError: there is none of this name.
    """
    key = name.replace("_", "-")
    if key not in PRESETS:
        raise TracerError(f"there is no preset {name!r}{nearest(name, PRESETS)}")
    return PRESETS[key]
