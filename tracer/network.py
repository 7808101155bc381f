"""What is to be trained: the data, the layers, and the numbers that they start from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tracer import initial, networkfile
from tracer.accuracy import are_classes
from tracer.architecture import SAMPLES, Architecture
from tracer.errors import TracerError, listing
from tracer.expr import Shape
from tracer.layers import RANGES, activations_of, check_targets, every_weight, loss_of, widths_of
from tracer.matrices import hidden_layers
from tracer.numbers import count
from tracer.optimizers import OPTIMIZERS
from tracer.steps import Step, shapes, steps
from tracer.values import check_seed, choice, flag, kind, matrix, positive, share, skipped, times, whole

if TYPE_CHECKING:
    from tracer.data import Scaling


#: Characters that the name of a column or a sample may have.
NAME = 1000


class Network:
    """A network, its data, and every number that it starts from.

    Attributes:
        X: inputs, float64, samples × features; for samples in columns features × samples.
        y: targets, samples × outputs, or outputs × samples.
        hidden: neurons of each hidden layer, first to last.
        architecture: what decides the expressions: activations, loss, biases, orientation, optimizer.
        lr: learning rate.
        constants: the optimizer's numbers, by name.
        initial: the initial weights and biases by name, in the order in which they are drawn: `wh` (inputs × neurons)
            and `bh` of each hidden layer, then `wout` and `bout`. Each is an attribute as well: `network.wh`.
        init: how those that were not given have been drawn.
        skip: how many numbers of the generator had been taken before.
        seed: what they and the order of the samples are drawn with; None where nothing is and none was given.
        batch: samples in an update; None for all of them.
        shuffle: whether each epoch takes the samples in another order, drawn by the seed.
        features, outputs: headings of the columns of X and y, where the data have them.
        rows: labels of the samples, likewise.
        scaling: what was subtracted from each column of the data, and what it was divided by, where it was.
        name: what it is called on the overview; two networks with other names are still equal.
    """

    initial: dict[str, np.ndarray]

    def __init__(
        self,
        X: Any,
        y: Any,
        *,
        hidden: int | Sequence[int] | None = None,
        activation: str | Sequence[str] = "sigmoid",
        output_activation: str | None = None,
        loss: str | None = None,
        bias: bool | str = True,
        samples: str = "rows",
        optimizer: str = "gradient_descent",
        lr: float = 0.1,
        init: str = "uniform",
        skip: int = 0,
        seed: int | None = None,
        step7_lr: bool = False,
        batch: int | None = None,
        shuffle: bool = False,
        features: Sequence[str] = (),
        outputs: Sequence[str] = (),
        rows: Sequence[str] = (),
        scaling: Scaling | None = None,
        name: str = "network",
        **given: Any,
    ) -> None:
        """Check what is given and draw the rest.

        Args:
            X: rows of numbers.
            y: rows of numbers; a flat list is one column (for samples in columns, one row).
            hidden: neurons of the hidden layer, or of each; may be left out when the weights say it.
            activation: of the hidden layers, one for all or one for each; of the output as well, unless that has its
                own or the loss decides.
            output_activation: of the output.
            bias: whether layers have biases; `by_sample`: one for each sample, as in the article's R listing.
            step7_lr: whether step 7 multiplies by the learning rate too, as the text over the article's picture says.
            loss: `squared_error`, `binary_cross_entropy` (sigmoid) or `cross_entropy` (softmax); without one, what goes
                with the output's activation: cross_entropy with softmax, else squared_error.
            init: `uniform` (the article's), `normal`, `xavier`, `he` or `zeros`, see `initial.py`.
            skip: numbers of the generator that are taken before the first weight, uniform ones.
            seed: of what is drawn; without one, 0.
            given: initial weights and biases (`wh`, `bh`, `wout`, `bout`; `wh_1` and so on with several layers; a flat
                list of biases is one row) and the optimizer's numbers (`momentum`; `beta_1`, `beta_2`, `epsilon`).

        Raises:
            TracerError: something does not fit; the message names it.
        """
        self.name = name
        samples = choice(samples, "[network] samples", SAMPLES)
        in_rows = samples == "rows"
        self.X = matrix(X, "[data] X")
        self.y = matrix(y, "[data] y", flat="column" if in_rows else "row")
        along = 0 if in_rows else 1
        if self.y.shape[along] != self.X.shape[along]:
            noun = "row" if in_rows else "column"
            raise TracerError(
                f"[data] X has {count(self.X.shape[along], noun)} and y has {self.y.shape[along]}; "
                "every sample needs its inputs in X and its target in y"
            )
        self.lr = positive(lr, "[training] lr")
        if bias != "by_sample" and not isinstance(bias, bool):
            raise TracerError(f'[network] bias is {kind(bias)}; expected true, false or "by_sample"')
        weights = {key: value for key, value in given.items() if key in every_weight(64) and value is not None}
        self.hidden = widths_of(hidden, weights, in_rows)
        layers = len(self.hidden)
        activations, at_output = activations_of(activation, output_activation, loss, layers)
        loss = loss_of(loss, at_output)
        self.architecture = Architecture(
            activations,
            at_output,
            loss,
            bias,  # type: ignore[arg-type]  # checked above
            samples,  # type: ignore[arg-type]
            choice(optimizer, "[training] optimizer", OPTIMIZERS),
            flag(step7_lr, "[training] step7_lr"),
        )
        if self.architecture.step7_lr and self.architecture.optimizer == "adam":
            raise TracerError(
                "[training] step7_lr is given with optimizer = 'adam', which takes steps of the same size however "
                "large the deltas are; take one of them out"
            )
        check_targets(self.y, loss, self.architecture.axis)
        self.constants = self._constants({key: value for key, value in given.items() if key not in weights})
        if seed is not None:
            check_seed(seed)
        self.batch = None if batch is None else min(whole(batch, "[training] batch", "samples"), self.sample_count)
        self.shuffle = flag(shuffle, "[training] shuffle")
        if bias == "by_sample" and (not in_rows or self.batch not in (None, self.sample_count) or self.shuffle):
            raise TracerError(
                "[network] bias is by_sample, so that samples lie in rows and stay where they are; it goes with "
                "neither samples = 'columns' nor batch nor shuffle"
            )
        self.init = choice(init, "[initial] init", initial.INITS)
        self.skip = skipped(skip, "[initial] skip")
        self.initial = self._initial(weights, seed or 0)
        drawn = len(weights) < len(self.initial) and self.init != "zeros"
        self.seed = None if seed is None and not (drawn or self.shuffle) else int(seed or 0)
        self.features, self.outputs, self.rows = map(_headings, (features, outputs, rows))
        for what, named, there in (
            ("features", self.features, self.widths[0]),
            ("outputs", self.outputs, self.widths[-1]),
            ("rows", self.rows, self.sample_count),
        ):
            if named and len(named) != there:
                raise TracerError(f"{what} has {count(len(named), 'name')}; expected {there}, one for each, or none")
        self.scaling = scaling

    @classmethod
    def read(cls, path: str | Path) -> Network:
        """A network file (TOML; docs/network-file.md says what is in it).

        Raises:
            TracerError: it cannot be read, does not parse, or does not fit; the message names file and place.
        """
        options = networkfile.read(path)
        try:
            return networkfile.build(cls, options, Path(path).parent, Path(path).stem)
        except TracerError as error:
            raise TracerError(f"{path}: {error}") from None

    @classmethod
    def parse(cls, content: str, name: str = "network") -> Network:
        """A network from the text of a network file."""
        return networkfile.build(cls, networkfile.parse(content), Path(), name)

    @classmethod
    def walkthrough(cls) -> Network:
        """The network of the article's Excel pictures."""
        return networkfile.build(cls, networkfile.walkthrough(), Path(), "walkthrough")

    def __getattr__(self, name: str) -> np.ndarray:
        """The initial weights by their names."""
        weights = self.__dict__.get("initial", {})
        if name in weights:
            return weights[name]
        raise AttributeError(f"this network has no {name}")

    @property
    def sample_count(self) -> int:
        """How many there are."""
        return self.X.shape[1 - self.architecture.axis]

    @property
    def widths(self) -> tuple[int, ...]:
        """Features, neurons of each hidden layer, outputs."""
        axis = self.architecture.axis
        return (self.X.shape[axis], *self.hidden, self.y.shape[axis])

    @property
    def steps(self) -> tuple[Step, ...]:
        return steps(self.architecture)

    @cached_property
    def classifies(self) -> bool:
        """Whether the targets are classes, so that an accuracy means something."""
        return are_classes(self.architecture, self.y)

    @property
    def unreachable(self) -> str:
        """What to know when targets lie where the output's activation never gets; nothing when it may."""
        at_output = self.architecture.output_activation
        low, high = RANGES.get(at_output, (-np.inf, np.inf))
        smallest, greatest = self.y.min(), self.y.max()
        if low <= smallest and greatest <= high:
            return ""
        return (
            f"targets are from {smallest:g} to {greatest:g}, and the output of a {at_output} is from {low:g} to "
            f"{high:g}; output_activation = 'linear' gets everywhere"
        )

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """Learning rate and the optimizer's numbers, 1 × 1 each."""
        return {name: np.array([[value]]) for name, value in {"lr": self.lr, **self.constants}.items()}

    @property
    def carried(self) -> dict[str, np.ndarray]:
        """What an update hands to the next one, as it is before the first: weights, biases, the optimizer's state."""
        optimizer = OPTIMIZERS[self.architecture.optimizer]
        counter = {"t": np.zeros((1, 1))} if optimizer.counter else {}
        states = {
            f"{state}_{name}": np.zeros_like(weight)
            for name, weight in self.initial.items()
            for state in optimizer.states
        }
        return {**self.initial, **counter, **states}

    @property
    def inputs(self) -> dict[str, np.ndarray]:
        """Everything given at steps 0 and 1, as matrices."""
        return {"X": self.X, "y": self.y, **self.carried, **self.parameters}

    def batches(self, epoch: int) -> Iterator[np.ndarray]:
        """The samples of each update of an epoch, as indices into the data."""
        order = np.arange(self.sample_count)
        if self.shuffle:
            order = np.random.RandomState([self.seed or 0, epoch]).permutation(self.sample_count)
        size = self.batch or self.sample_count
        for first in range(0, self.sample_count, size):
            yield order[first : first + size]

    @property
    def updates(self) -> int:
        """Updates in an epoch."""
        return -(-self.sample_count // (self.batch or self.sample_count))

    def chosen(self, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """X and y of some samples."""
        if self.architecture.axis:
            return self.X[samples], self.y[samples]
        return self.X[:, samples], self.y[:, samples]

    def sizes(self, samples: np.ndarray) -> dict[str, Shape]:
        """Rows and columns of every matrix, for some samples in an update."""
        X, y = self.chosen(samples)
        return shapes(self.architecture, {name: m.shape for name, m in {**self.inputs, "X": X, "y": y}.items()})

    @property
    def options(self) -> dict[str, Any]:
        """What was chosen, by the network file's keys; numbers and names of the data are elsewhere."""
        a = self.architecture
        alike = len(set(a.activations)) == 1
        return {
            "hidden": self.hidden,
            "activation": a.activations[0] if alike else a.activations,
            "output_activation": a.output_activation,
            "loss": a.loss,
            "bias": a.bias,
            "samples": a.samples,
            "optimizer": a.optimizer,
            "step7_lr": a.step7_lr or None,
            "init": self.init,
            "skip": self.skip or None,
            "seed": self.seed,
            "batch": self.batch,
            "shuffle": self.shuffle,
        }

    def __eq__(self, other: object) -> bool:
        """Equal when training would be: the same expressions and batches, and every input equal bit for bit."""
        if not isinstance(other, Network):
            return NotImplemented
        mine, theirs = self.inputs, other.inputs
        return (
            self.architecture == other.architecture
            and (self.batch or self.sample_count, self.shuffle) == (other.batch or other.sample_count, other.shuffle)
            and (not self.shuffle or self.seed == other.seed)
            and mine.keys() == theirs.keys()
            and all(identical(mine[key], theirs[key]) for key in mine)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Network {self.name}: {self.description}>"

    @property
    def description(self) -> str:
        """In a few words, as the command line prints it."""
        features, *hidden, outputs = self.widths
        a = self.architecture
        layers = [f"{width} hidden ({name})" for width, name in zip(hidden, a.activations)]
        return ", ".join(
            [
                count(self.sample_count, "sample"),
                count(features, "feature"),
                *layers,
                f"{count(outputs, 'output')} ({a.output_activation})",
            ]
        )

    def _constants(self, given: dict[str, Any]) -> dict[str, float]:
        usual = {symbol.name: value for symbol, value in OPTIMIZERS[self.architecture.optimizer].constants.items()}
        for name, value in given.items():
            if value is None:
                continue
            if name not in usual:
                users = [key for key, other in OPTIMIZERS.items() if name in {s.name for s in other.constants}]
                if not users:
                    raise TracerError(
                        f"there is no {name!r} to give to a network of {count(len(self.hidden), 'layer')}"
                    )
                raise TracerError(
                    f"[training] {name} is given, and optimizer is {self.architecture.optimizer}, which has none; "
                    f"say optimizer = {listing([repr(user) for user in users], 'or')}"
                )
            check = positive if name == "epsilon" else share
            usual[name] = check(value, f"[training] {name}")
        return usual

    def _shapes(self) -> dict[str, tuple[Shape, str]]:
        """Rows and columns of each weight, and why."""
        shapes: dict[str, tuple[Shape, str]] = {}
        features, *hidden, outputs = self.widths
        in_rows = self.architecture.axis == 1
        before, said = features, f"{count(features, 'feature')} in X"
        layers = [(layer.wh.name, layer.bh.name) for layer in hidden_layers(len(hidden))]
        for (weight, bias), width in zip([*layers, ("wout", "bout")], [*hidden, outputs]):
            last = weight == "wout"
            own = (count(outputs, "column" if in_rows else "row") + " of y") if last else count(width, "hidden neuron")
            shapes[weight] = (before, width), f"{said} × {own}"
            if self.architecture.bias:
                shapes[bias] = ((1, width), f"one row × {own}") if in_rows else ((width, 1), f"{own} × one column")
            if self.architecture.bias == "by_sample":
                shapes[bias] = (self.sample_count, width), f"{count(self.sample_count, 'sample')} × {own}"
            before, said = width, own
        return shapes

    def _initial(self, given: dict[str, Any], seed: int) -> dict[str, np.ndarray]:
        shapes = self._shapes()
        flat = "row" if self.architecture.axis else "column"
        weights = {
            key: matrix(value, f"[initial] {key}", flat=flat if key.startswith("b") else None)
            for key, value in given.items()
        }
        by_sample = self.architecture.bias == "by_sample"
        for key, value in weights.items():
            if key in shapes and by_sample and key.startswith("b") and value.shape == (self.sample_count, 1):
                value = weights[key] = np.repeat(value, shapes[key][0][1], axis=1)
            if key not in shapes:
                reason = "bias = false" if key.startswith("b") else count(len(self.hidden), "hidden layer")
                raise TracerError(f"[initial] {key} is given, and this network has none ({reason}); take it out")
            shape, why = shapes[key]
            if value.shape != shape:
                raise TracerError(f"[initial] {key} is {times(value.shape)}; expected {times(shape)} ({why})")
        sizes = {key: shape for key, (shape, _) in shapes.items()}
        if by_sample:  # a number for each sample, which the neurons share
            sizes |= {key: (rows, 1) for key, (rows, _) in sizes.items() if key.startswith("b")}
        try:
            drawn = initial.draw(self.init, sizes, set(weights), seed, self.skip)
        except (MemoryError, ValueError):  # ValueError: more numbers than an array can count
            most = max(self.hidden)
            raise TracerError(f"[network] hidden is {most}, more neurons than this machine can hold") from None
        found = {key: weights[key] if key in weights else drawn[key] for key in shapes}
        return {key: np.broadcast_to(value, shapes[key][0]).copy() for key, value in found.items()}


def _headings(names: Sequence[str]) -> tuple[str, ...]:
    """Names as cells and pages can show them: without control characters."""
    found = tuple(re.sub(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", " ", str(name)) for name in names)
    for name in found:
        if len(name) > NAME:
            raise TracerError(f"the name {name[:40]!r}… has {len(name):,} characters; expected at most {NAME:,}")
    return found


def identical(a: np.ndarray, b: np.ndarray) -> bool:
    """The same shape and the same bits (so that -0.0 is not 0.0)."""
    return a.shape == b.shape and a.tobytes() == b.tobytes()
