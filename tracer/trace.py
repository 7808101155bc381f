"""The trace: every matrix that every step filled, and the network that they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tracer.errors import TracerError
from tracer.html import tables
from tracer.network import Network, identical
from tracer.rendering import evaluate
from tracer.steps import LOSS, Step, steps

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class State(Mapping[str, np.ndarray]):
    """The matrices that are known after a step, by name: what the step's sheet shows.

    A notebook shows it as tables, yellow for what the step filled and orange for what it used.
    """

    epoch: int
    step: Step
    matrices: Mapping[str, np.ndarray]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.matrices[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.matrices)

    def __len__(self) -> int:
        return len(self.matrices)

    def role(self, name: str) -> str:
        """`current` (filled by this step), `source` (used for it) or `known`."""
        if name in self.step.current:
            return "current"
        return "source" if name in self.step.sources else "known"

    def __repr__(self) -> str:
        return f"<State after epoch {self.epoch}, step {self.step.number}: {', '.join(self)}>"

    def _repr_html_(self) -> str:
        title = f"Step {self.step.number}: {self.step.title}"
        return tables(title, self.step.formulas_at(self.epoch), [(name, self.role(name), self[name]) for name in self])


class Trace:
    """What was recorded of a run.

    Attributes:
        network: what was trained; the inputs of steps 0 and 1 are in it.
        epochs: how many epochs were recorded.
        filled: for each (step, name) from step 2 on, the matrices that the step filled, one an epoch:
            an array of epochs × rows × columns.
    """

    def __init__(self, network: Network, filled: Mapping[tuple[int, str], np.ndarray]) -> None:
        self.network = network
        self.filled = dict(filled)
        self.steps = steps(network.activation)
        self.epochs = len(next(iter(self.filled.values())))

    def __getitem__(self, name: str) -> np.ndarray:
        """The last value of a matrix, rows × columns: `trace["wh"]` are the weights after training.

        Raises:
            KeyError: there is no matrix of that name.
        """
        return self.value(name, self.epochs, len(self.steps) - 1)

    def value(self, name: str, epoch: int, step: int) -> np.ndarray:
        """A matrix as it was after a step of an epoch (both as the article counts: epochs from 1, steps from 0).

        Raises:
            KeyError: no step up to this one fills such a matrix.
        """
        for filled in reversed(self.steps[: step + 1]):
            if name not in filled.current:
                continue
            if (filled.number, name) in self.filled:
                return self.filled[filled.number, name][epoch - 1]
            # Steps 0 and 1 take what the epoch before left, and the very first one what was given.
            last = [step.number for step in self.steps if (step.number, name) in self.filled]
            return self.filled[last[-1], name][epoch - 2] if last and epoch > 1 else self.network.inputs[name]
        raise KeyError(name)

    def state(self, epoch: int = 1, step: int = 11) -> State:
        """Everything known after a step of an epoch.

        Raises:
            TracerError: there is no such epoch or step.
        """
        if not 1 <= epoch <= self.epochs:
            raise TracerError(f"there is no epoch {epoch}; the trace has epochs 1 to {self.epochs}")
        if not 0 <= step < len(self.steps):
            raise TracerError(f"there is no step {step}; an epoch has steps 0 to {len(self.steps) - 1}")
        names = dict.fromkeys(name for passed in self.steps[: step + 1] for name in passed.current)
        return State(epoch, self.steps[step], {name: self.value(name, epoch, step) for name in names})

    def to_frame(self) -> pd.DataFrame:
        """Every number that a step filled, one a row: epoch, step, name, row, column (these two from 0), value."""
        import pandas as pd

        parts = []
        for epoch in range(1, self.epochs + 1):
            for step in self.steps:
                for name in step.current:
                    matrix = self.value(name, epoch, step.number)
                    rows, columns = np.indices(matrix.shape)
                    parts.append(
                        pd.DataFrame(
                            {
                                "epoch": epoch,
                                "step": step.number,
                                "name": name,
                                "row": rows.ravel(),
                                "column": columns.ravel(),
                                "value": matrix.ravel(),
                            }
                        )
                    )
        return pd.concat(parts, ignore_index=True)

    @property
    def loss(self) -> float:
        """Half the sum of the squared errors in the last epoch recorded, as step 5 found them."""
        return float(evaluate(LOSS, {"E": self["E"]}).item())

    def __eq__(self, other: object) -> bool:
        """Equal when the networks are and every number recorded is, bit for bit."""
        if not isinstance(other, Trace):
            return NotImplemented
        return (
            self.network == other.network
            and self.filled.keys() == other.filled.keys()
            and all(identical(matrices, other.filled[key]) for key, matrices in self.filled.items())
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        epochs = "1 epoch" if self.epochs == 1 else f"{self.epochs} epochs"
        return f"<Trace of {self.network.name}: {epochs}, loss {self.loss:.6g}>"
