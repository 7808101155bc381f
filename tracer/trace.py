"""The trace: every matrix that every step filled, and the network that they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tracer.errors import TracerError, listing
from tracer.expr import reads
from tracer.html import tables
from tracer.losses import LOSSES
from tracer.network import Network, identical
from tracer.numbers import count
from tracer.rendering import evaluate
from tracer.steps import Step

if TYPE_CHECKING:
    import pandas as pd


#: Of the table that `Trace.to_frame` makes.
COLUMNS = ("epoch", "update", "step", "name", "row", "column", "value")


@dataclass(frozen=True, eq=False)
class State(Mapping[str, np.ndarray]):
    """The matrices that are known after a step, by name: what the step's sheet shows.

    A notebook shows it as tables, yellow for what the step filled and orange for what it used.
    """

    epoch: int
    step: Step
    matrices: Mapping[str, np.ndarray]
    update: int = 1

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
        update = f", update {self.update}" if self.update > 1 else ""
        return f"<State after epoch {self.epoch}{update}, step {self.step.number}: {', '.join(self)}>"

    def _repr_html_(self) -> str:
        title = f"Step {self.step.number}: {self.step.title}"
        return tables(
            title,
            self.step.formulas_at(self.epoch, self.update),
            [(name, self.role(name), self[name]) for name in self],
        )


@dataclass(frozen=True, eq=False)
class Update:
    """One pass through the steps.

    Attributes:
        epoch, number: which, both from 1.
        samples: the samples that it took, as indices into the data.
        given: what it started from, by name: weights, biases, the optimizer's state.
        filled: what the steps from 2 on filled, by name.
    """

    epoch: int
    number: int
    samples: np.ndarray
    given: Mapping[str, np.ndarray]
    filled: Mapping[str, np.ndarray]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Update):
            return NotImplemented
        mine, theirs = {**self.given, **self.filled}, {**other.given, **other.filled}
        return (
            (self.epoch, self.number) == (other.epoch, other.number)
            and np.array_equal(self.samples, other.samples)
            and self.filled.keys() == other.filled.keys()
            and all(identical(self.filled[name], other.filled[name]) for name in self.filled)
            and all(identical(self.given[name], other.given[name]) for name in self.given)
            and mine.keys() == theirs.keys()
        )


def follows(one: Update | None, other: Update, updates: int) -> bool:
    """Whether an update starts from what another one left, where an epoch has so many."""
    return one is not None and (other.epoch - one.epoch) * updates + other.number - one.number == 1


@dataclass(frozen=True, eq=False)
class History:
    """How training went.

    Attributes:
        epochs: their numbers, from 1; every one, unless a sheet had no room for them.
        loss: of each epoch, summed over its updates, each as its step 5 found it.
        accuracy: the share of samples that were classified rightly; None where the targets are no classes.
    """

    epochs: np.ndarray
    loss: np.ndarray
    accuracy: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.epochs)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, History):
            return NotImplemented
        ours, theirs = self.accuracy, other.accuracy
        return (
            np.array_equal(self.epochs, other.epochs)
            and identical(self.loss, other.loss)
            and (ours is None) == (theirs is None)
            and (ours is None or theirs is None or identical(ours, theirs))
        )


@dataclass(frozen=True)
class Divergence:
    """Where a number first left the doubles: `name[row, column]`, or the `loss`, at a step of an update."""

    epoch: int
    update: int
    step: int
    name: str
    row: int
    column: int
    value: float

    def __str__(self) -> str:
        place = self.name if self.name == "loss" else f"{self.name}[{self.row}, {self.column}]"
        return (
            f"{place} is {self.value} at epoch {self.epoch}, update {self.update}, "
            f"step {self.step}, and no workbook can hold that; make lr or the numbers in X and y smaller"
        )


class Trace:
    """What was recorded of a run.

    Attributes:
        network: what was trained; the inputs of steps 0 and 1 are in it.
        epochs: how many epochs it was trained.
        updates: what was recorded, in order: every update of the epochs that were to be kept, and of the last one.
        history: of all epochs.
        divergence: where training left the range of a double, if it did.
    """

    def __init__(
        self, network: Network, updates: Sequence[Update], history: History, divergence: Divergence | None = None
    ) -> None:
        self.network = network
        self.updates = tuple(updates)
        self.history = history
        self.divergence = divergence
        self.steps = network.steps
        self.epochs = int(history.epochs[-1])

    @cached_property
    def recorded(self) -> tuple[int, ...]:
        """The epochs that were kept."""
        return tuple(dict.fromkeys(update.epoch for update in self.updates))

    def __getitem__(self, name: str) -> np.ndarray:
        """The last value of a matrix, rows × columns: `trace["wh"]` are the weights after training.

        Raises:
            KeyError: there is no matrix of that name.
        """
        return self.value(name, self.updates[-1], len(self.steps) - 1)

    def value(self, name: str, update: Update, step: int) -> np.ndarray:
        """A matrix as it was after a step of an update.

        Raises:
            KeyError: no step up to this one fills such a matrix, nor does this one read it.
        """
        passed = {symbol.name for done in self.steps[: step + 1] for symbol in done.expressions}
        if name in update.filled and (name in passed or name in self.ahead(step)):
            return update.filled[name]
        if name in update.given and step >= 1:
            return update.given[name]
        if name in ("X", "y"):
            return dict(zip(("X", "y"), self.network.chosen(update.samples)))[name]
        if name in self.network.parameters and step >= 1:
            return self.network.parameters[name]
        raise KeyError(name)

    def ahead(self, step: int) -> tuple[str, ...]:
        """What a step reads of the next one: with several layers steps 2 and 3 take turns, and so do 8 and 9."""
        known = {name for passed in self.steps[: step + 1] for name in passed.current}
        return tuple(name for name in self.steps[step].sources if name not in known)

    def state(self, epoch: int = 1, step: int = 11, update: int = 1) -> State:
        """Everything known after a step of an update of an epoch, and what the step reads of the next one.

        Raises:
            TracerError: there is no such epoch, update or step, or the epoch was not kept.
        """
        if not 1 <= epoch <= self.epochs:
            raise TracerError(f"there is no epoch {epoch}; the trace has epochs 1 to {self.epochs}")
        if not self.recorded:
            raise TracerError("no epoch's steps were kept (sheets = 'none'); run it again with others")
        if epoch not in self.recorded:
            kept = [f"{number:,}" for number in self.recorded]
            said = listing(kept if len(kept) <= 6 else [*kept[:3], "…", kept[-1]])
            raise TracerError(f"epoch {epoch} was not kept; the trace has the steps of {said}")
        if not 0 <= step < len(self.steps):
            raise TracerError(f"there is no step {step}; an epoch has steps 0 to {len(self.steps) - 1}")
        found = [kept for kept in self.updates if kept.epoch == epoch and kept.number == update]
        if not found:
            raise TracerError(f"there is no update {update} in epoch {epoch}; it has 1 to {self.network.updates}")
        return self.state_of(found[0], step)

    def state_of(self, update: Update, step: int) -> State:
        """Everything known after a step of an update, and what the step reads of the next one."""
        names = dict.fromkeys(name for passed in self.steps[: step + 1] for name in passed.current)
        names |= dict.fromkeys(self.ahead(step))
        matrices = {name: self.value(name, update, step) for name in names}
        return State(update.epoch, self.steps[step], matrices, update.number)

    def to_frame(self) -> pd.DataFrame:
        """Every number that was recorded, one a row: epoch, update, step, name, row, column (from 0), value."""
        import pandas as pd

        parts = []
        for update in self.updates:
            for step in self.steps:
                for name in step.current:
                    matrix = self.value(name, update, step.number)
                    rows, columns = np.indices(matrix.shape)
                    parts.append(
                        pd.DataFrame(
                            {
                                "epoch": update.epoch,
                                "update": update.number,
                                "step": step.number,
                                "name": name,
                                "row": rows.ravel(),
                                "column": columns.ravel(),
                                "value": matrix.ravel(),
                            }
                        )
                    )
        return pd.concat(parts, ignore_index=True)[list(COLUMNS)]

    @property
    def loss(self) -> float:
        """The loss of the last epoch recorded, as its step 5 found it."""
        return float(self.history.loss[-1])

    def loss_of(self, update: Update) -> float:
        """The loss that step 5 of an update found."""
        architecture = self.network.architecture
        names = reads(LOSSES[architecture.loss].value(architecture.axis))
        values = {name: self.value(name, update, 5) for name in names}
        return evaluate(LOSSES[architecture.loss].value(architecture.axis), values).item()

    def __eq__(self, other: object) -> bool:
        """Equal when the networks are and every number recorded is, bit for bit."""
        if not isinstance(other, Trace):
            return NotImplemented
        return (
            self.network == other.network
            and self.history == other.history
            and self.updates == other.updates
            and str(self.divergence) == str(other.divergence)  # in which NaN is NaN
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Trace of {self.network.name}: {count(self.epochs, 'epoch')}, loss {self.loss:.6g}>"
